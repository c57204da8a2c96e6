"""A wider network that computes what a narrower one did."""

from __future__ import annotations

import torch

_SILENT = 0.0  # what the new channels say to the old ones at first


def widen(
    old: dict[str, torch.Tensor], new: dict[str, torch.Tensor]
) -> dict[str, torch.Tensor]:
    """Return ``new`` with the weights of ``old`` in its first channels.

    New channels keep their random weights for what they hear and say nothing to old
    channels, so that the output is that of the old network and every weight has a slope.

    Parameters
    ----------
    old, new
        State of an ``Ear`` with fewer and with more channels.
    """
    result = {}
    for name, value in new.items():
        before, grown = old[name], value.clone()
        if grown.ndim == 0:
            grown = before
        elif grown.ndim == 1:
            grown[: len(before)] = before
        else:
            grown[: len(before), before.shape[1] :] = _SILENT
            if name.endswith("mix.weight"):
                grown[len(before) :] = _SILENT
            grown[: len(before), : before.shape[1]] = before
        if name.endswith("mix.bias"):
            grown[len(before) :] = _SILENT
        result[name] = grown
    return result
