"""The network of the ear, as it is trained and as it is stored."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional

from cyberdirector.core.speech import PHONE_CLASSES
from cyberdirector.voice.ear.features import MELS

CLASSES = len(PHONE_CLASSES)
DILATIONS = (1, 2, 4, 8, 1, 2, 4)


class Block(nn.Module):
    """A dilated convolution around which the input is carried."""

    def __init__(self, channels: int, dilation: int) -> None:
        super().__init__()
        self.wide = nn.Conv2d(
            channels, channels, (1, 5), padding=(0, 2 * dilation), dilation=(1, dilation),
            bias=False,
        )  # fmt: skip
        self.norm = nn.BatchNorm2d(channels)
        self.mix = nn.Conv2d(channels, channels, 1)
        self.drop = nn.Dropout(0.15)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the block's output, same shape."""
        return x + self.drop(self.mix(functional.relu(self.norm(self.wide(x)))))


class Ear(nn.Module):
    """(batch, 40, 1, frames) features → (batch, 21, 1, frames) logits, ±0.46 s of context."""

    def __init__(self, channels: int = 208) -> None:
        super().__init__()
        self.first = nn.Conv2d(MELS, channels, (1, 5), padding=(0, 2))
        self.blocks = nn.Sequential(*(Block(channels, d) for d in DILATIONS))
        self.last = nn.Conv2d(channels, CLASSES, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the logits of ``x``."""
        return self.last(functional.relu(self.blocks(self.first(x))))


class Exported(nn.Module):
    """(frames, 40) features → (frames, 21) log posteriors."""

    def __init__(self, net: Ear) -> None:
        super().__init__()
        self.net = net

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Return the log posteriors of one take."""
        logits = self.net(features.t()[None, :, None, :])[0, :, 0].t()
        return functional.log_softmax(logits, dim=-1)
