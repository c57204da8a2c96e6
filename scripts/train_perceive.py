"""Train the part finder on pictures from ``train_perceive_data.py`` and store it as ONNX.

A run that was stopped goes on where it was: the state is kept beside the data.

usage: python scripts/train_perceive.py DATA [--seconds S] [--steps N] [--export MODEL.onnx]
       [--begin STEP --rate R]
"""

from __future__ import annotations

import argparse
import io
import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional
from train_perceive_pictures import (
    HEAT,
    SIDE,
    UNKNOWN,
    Pictures,
    Words,
    heat_of,
    read_words,
    sample,
)

from cyberdirector.core.files import replacing
from cyberdirector.perceive.parts import PARTS, POINTS

BATCH = 16
PEAK_RATE = 2.5e-3


class Block(nn.Module):
    """Two 3×3 convolutions around which the input is carried."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.a = nn.Conv2d(channels, channels, 3, 1, 1, bias=False)
        self.an = nn.BatchNorm2d(channels)
        self.b = nn.Conv2d(channels, channels, 3, 1, 1, bias=False)
        self.bn = nn.BatchNorm2d(channels)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the block's output, same shape."""
        y = functional.relu(self.an(self.a(x)))
        return functional.relu(x + self.bn(self.b(y)))


def _step(inside: int, outside: int, stride: int = 1, size: int = 3) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inside, outside, size, stride, size // 2, bias=False),
        nn.BatchNorm2d(outside),
        nn.ReLU(inplace=True),
    )


class PartNet(nn.Module):
    """A small U-Net: parts of every pixel and heat of every point."""

    def __init__(self, words: Words) -> None:
        super().__init__()
        self.words = words
        self.one = nn.Sequential(_step(3, 16, 2), _step(16, 24))
        self.two = nn.Sequential(_step(24, 40, 2), Block(40))
        self.three = nn.Sequential(_step(40, 72, 2), Block(72))
        self.four = nn.Sequential(_step(72, 128, 2), Block(128), Block(128))
        self.wide = nn.Sequential(nn.Linear(128, 128), nn.ReLU(inplace=True))
        self.low3 = _step(128, 72, 1, 1)
        self.up3 = _step(144, 72)
        self.low2 = _step(72, 40, 1, 1)
        self.up2 = _step(80, 40)
        self.low1 = _step(40, 16, 1, 1)
        self.up1 = _step(40, 24)
        self.parts = nn.Conv2d(24, 4 * len(PARTS), 1)
        self.points = nn.Conv2d(24, len(POINTS), 1)
        self.judge = nn.Sequential(
            nn.Dropout(0.25), nn.Linear(256, 128), nn.ReLU(inplace=True), nn.Dropout(0.25),
            nn.Linear(128, sum(map(len, words.values()))),
        )  # fmt: skip

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Return parts (n, p, 128, 128), heat (n, k, 64, 64) and scores of all classes."""
        one = self.one((x - 0.5) * 4.0)
        two = self.two(one)
        three = self.three(two)
        four = self.four(three)
        four = four + self.wide(four.mean((2, 3)))[:, :, None, None]
        y = self.up3(torch.cat([_double(self.low3(four)), three], 1))
        y = self.up2(torch.cat([_double(self.low2(y)), two], 1))
        y = self.up1(torch.cat([_double(self.low1(y)), one], 1))
        seen = self.judge(torch.cat([four.mean((2, 3)), four.amax((2, 3))], 1))
        return functional.pixel_shuffle(self.parts(y), 2), self.points(y), seen


def _double(x: torch.Tensor) -> torch.Tensor:
    return functional.interpolate(x, scale_factor=2.0, mode="bilinear", align_corners=False)


_WEIGHTS = torch.tensor([0.6, 1.0, 1.2, 3.0, 1.0, 1.3, 1.0, 1.6, 2.0, 2.0])


_WORDS = 0.4
"""Weight of the judgements in the loss."""


def loss_of(
    net: PartNet, batch: dict[str, torch.Tensor]
) -> tuple[torch.Tensor, dict[str, float]]:
    """Return the loss of a batch and its parts."""
    image = batch["image"].contiguous(memory_format=torch.channels_last)
    parts, heat, scores = (out.float() for out in net(image))
    seg = functional.cross_entropy(parts, batch["labels"], _WEIGHTS)
    prob = parts.softmax(1)
    truth = functional.one_hot(batch["labels"], len(PARTS)).permute(0, 3, 1, 2).float()
    inter, both = (prob * truth).sum((0, 2, 3)), (prob + truth).sum((0, 2, 3))
    dice = 1.0 - ((2 * inter + 1) / (both + 1)).mean()
    gain = 1.0 + 12.0 * batch["heat"]
    hot = functional.binary_cross_entropy_with_logits(heat, batch["heat"], reduction="none")
    hot = (hot * gain).mean() * 12.0
    word = torch.stack([
        functional.cross_entropy(own, batch["classes"][:, i], ignore_index=UNKNOWN,
                                 label_smoothing=0.05, reduction="sum")
        for i, own in enumerate(scores.split([len(w) for w in net.words.values()], 1))
    ]).sum() / (batch["classes"] != UNKNOWN).sum().clamp(min=1)  # fmt: skip
    shown = {"seg": seg, "dice": dice, "hot": hot, "word": word}
    total = seg + 0.5 * dice + hot + _WORDS * word
    return total, {n: round(v.item(), 3) for n, v in shown.items()}


def _batch(
    pictures: Pictures, rows: NDArray[np.int64], rng: np.random.Generator, plain: bool = False
) -> dict[str, torch.Tensor]:
    got = [sample(pictures, int(row), rng, plain) for row in rows]
    return {
        "image": torch.from_numpy(np.stack([g[0] for g in got]).transpose(0, 3, 1, 2).copy()),
        "labels": torch.from_numpy(np.stack([g[1] for g in got])).long(),
        "heat": torch.from_numpy(np.stack([heat_of(g[2]) for g in got])),
        "points": torch.from_numpy(np.stack([g[2] for g in got])),
        "classes": torch.from_numpy(np.stack([g[3] for g in got])),
    }


def evaluate(net: PartNet, pictures: Pictures, plain: bool) -> dict[str, Any]:
    """Return measures on characters that were never trained on.

    Plain pictures are those of the renderer; the others are augmented as in training.
    """
    rows = np.nonzero(pictures.held)[0]
    rng = np.random.default_rng(5)
    net.eval()
    inter, union = np.zeros(len(PARTS)), np.zeros(len(PARTS))
    off: list[float] = []
    right = np.zeros((len(net.words), 2))
    with torch.no_grad():
        for start in range(0, len(rows), 26):
            batch = _batch(pictures, rows[start : start + 26], rng, plain)
            parts, heat, scores = net(batch["image"])
            found, truth = parts.argmax(1).numpy(), batch["labels"].numpy()
            for k in range(len(PARTS)):
                inter[k] += ((found == k) & (truth == k)).sum()
                union[k] += ((found == k) | (truth == k)).sum()
            best = heat.flatten(2).argmax(2).numpy()
            places = np.stack([best % HEAT, best // HEAT], 2) * 2.0 + 1.0
            marks = batch["points"].numpy()
            seen = marks[..., 2] > 0
            off += np.linalg.norm(places - marks[..., :2], axis=2)[seen].tolist()
            for i, own in enumerate(scores.split([len(w) for w in net.words.values()], 1)):
                wanted = batch["classes"][:, i]
                known = wanted != UNKNOWN
                right[i] += [(own.argmax(1) == wanted)[known].sum(), known.sum()]
    iou = inter / np.maximum(union, 1)
    return {
        "iou": {name: round(float(v), 3) for name, v in zip(PARTS, iou, strict=True)},
        "mean_iou": round(float(iou.mean()), 3),
        "points_median_px": round(float(np.median(off)), 2),
        "right": {n: round(float(a / max(b, 1)), 3)
                  for n, (a, b) in zip(net.words, right, strict=True)},
        "pictures": len(rows),
    }  # fmt: skip


def export(net: PartNet, path: Path, facts: str) -> None:
    """Store the network as ONNX with the names of its outputs in the metadata."""
    import onnx

    net.eval()
    stream = io.BytesIO()
    torch.onnx.export(
        net, (torch.zeros(1, 3, SIDE, SIDE),), stream, input_names=["image"],
        output_names=["parts", "points", "classes"], dynamo=False, opset_version=17,
        dynamic_axes={n: {0: "n"} for n in ("image", "parts", "points", "classes")},
    )  # fmt: skip
    model = onnx.load_from_string(stream.getvalue())
    texts = {"parts": json.dumps(PARTS), "points": json.dumps(POINTS), "side": str(SIDE),
             "classes": json.dumps(net.words), "facts": facts}  # fmt: skip
    for key, value in texts.items():
        entry = model.metadata_props.add()
        entry.key, entry.value = key, value
    with replacing(path) as temporary:
        onnx.save(model, str(temporary))


def main(words: list[str]) -> int:
    """Train for a while, measure, store."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--seconds", type=float, default=1e9)
    parser.add_argument("--steps", type=int, default=2500)
    parser.add_argument("--begin", type=int, default=0, help="step at which this rate began")
    parser.add_argument("--rate", type=float, default=PEAK_RATE, help="peak of this part")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--measure", action="store_true")
    parser.add_argument("--export", type=Path)
    asked = parser.parse_args(words)
    torch.set_num_threads(asked.threads)
    state_path = asked.data / "state.pt"
    words = read_words(asked.data)
    pictures = Pictures(asked.data, words)
    torch.manual_seed(0)
    net = PartNet(words).to(memory_format=torch.channels_last)
    slow = PartNet(words)
    rule = torch.optim.AdamW(net.parameters(), lr=PEAK_RATE, weight_decay=0.02)
    slow.load_state_dict(net.state_dict())
    step = 0
    if state_path.exists():
        state = torch.load(state_path, weights_only=True)
        net.load_state_dict(state["net"])
        slow.load_state_dict(state["slow"])
        rule.load_state_dict(state["rule"])
        step = int(state["step"])
    shares = pictures.shares()
    end = time.monotonic() + asked.seconds
    began, first = time.monotonic(), step
    net.train()
    while step < asked.steps and time.monotonic() < end:
        rng = np.random.default_rng([step, 11])
        t = (step - asked.begin) / (asked.steps - asked.begin)
        rate = (
            asked.rate * min(1.0, (step - first + 1) / 60) * 0.5 * (1 + np.cos(np.pi * t))
            + 1e-5
        )
        for group in rule.param_groups:
            group["lr"] = float(rate) + 1e-5
        batch = _batch(pictures, rng.choice(len(shares), BATCH, p=shares), rng)
        with torch.autocast("cpu", torch.bfloat16):
            loss, shown = loss_of(net, batch)
        rule.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 5.0)
        rule.step()
        step += 1
        _follow(slow, net, min(0.99, step / (step + 20.0)))
        if step % 20 == 0:
            each = (time.monotonic() - began) / (step - first)
            sys.stdout.write(f"{step} {loss.item():.3f} {shown} {each:.2f} s\n")
            sys.stdout.flush()
        if step % 100 == 0:
            _store(state_path, step, net, slow, rule)
    _store(state_path, step, net, slow, rule)
    if asked.measure or asked.export:
        facts = evaluate(slow, pictures, False) | {"plain": evaluate(slow, pictures, True)}
        facts["trained_on"], facts["steps"] = int((shares > 0).sum()), step
        sys.stdout.write(json.dumps(facts, indent=1) + "\n")
        if asked.export:
            export(slow, asked.export, json.dumps(facts))
    return 0


def _store(
    path: Path, step: int, net: PartNet, slow: PartNet, rule: torch.optim.Optimizer
) -> None:
    """Keep the state of the training."""
    state = {"step": step, "net": net.state_dict(), "slow": slow.state_dict(),
             "rule": rule.state_dict()}  # fmt: skip
    with replacing(path) as temporary:
        torch.save(state, temporary)


def _follow(slow: PartNet, net: PartNet, keep: float) -> None:
    """Move the slow network a little towards the fast one."""
    with torch.no_grad():
        pairs = zip(slow.state_dict().values(), net.state_dict().values(), strict=True)
        for a, b in pairs:
            if a.dtype.is_floating_point:
                a.lerp_(b, 1.0 - keep)
            else:
                a.copy_(b)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
