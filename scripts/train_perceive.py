"""Train the part finder on pictures from ``train_perceive_data.py`` and store it as ONNX.

A run that was stopped goes on where it was: the state is kept beside the data.

usage: python scripts/train_perceive.py DATA [--seconds S] [--steps N] [--export MODEL.onnx]
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
from PIL import Image, ImageFilter
from torch import nn
from torch.nn import functional

from cyberdirector.character.wardrobe.catalogue import CATALOGUE
from cyberdirector.core.files import replacing
from cyberdirector.perceive.colour import lab_from_rgb, rgb_from_lab
from cyberdirector.perceive.parts import CLASSES, LEARNT, PARTS, POINTS, shoe_class

SIDE = 128
"""Pixels of the network's input."""

HEAT = SIDE // 2
HELD_OUT = 10
"""Every tenth character is never trained on."""

BATCH = 16
PEAK_RATE = 2.5e-3

BODY, BUST, HEAD = range(3)
SHOWN: dict[int, tuple[str, ...]] = {
    BODY: tuple(LEARNT),
    BUST: ("fringe", "sleeve", "sex", "era", "hat", "outer", "whole", "top", "hair"),
    HEAD: ("length", "fringe", "sex", "era", "hat", "hair"),
}
"""What can be judged from each kind of picture."""

UNKNOWN = -100

_SWAP = [
    POINTS.index(n.replace("left", "#").replace("right", "left").replace("#", "right"))
    for n in POINTS
]


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


Words = dict[str, list[str]]
"""Attribute → its classes, in the order of the network's scores."""


def read_words(folder: Path) -> Words:
    """Return the classes of a training, which stay what they were when it began."""
    path = folder / "words.json"
    if not path.exists():
        path.write_text(json.dumps(LEARNT), encoding="utf-8")
    words: Words = json.loads(path.read_text(encoding="utf-8"))
    return words


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


def _classes(text: str) -> dict[str, str]:
    """Return attribute → class of a character from what was stored with its pictures."""
    stored: dict[str, Any] = json.loads(text)
    if "garments" not in stored:
        return stored
    kinds = [CATALOGUE[k] for k in stored["garments"] if k in CATALOGUE]
    worn = {k.slot: k.name for k in kinds}
    sleeves = [k.sleeve for k in kinds if k.sleeve]
    return stored | {
        "sleeve": max(sleeves, key=CLASSES["sleeve"].index) if sleeves else "none",
        "lower": next((k.lower for k in reversed(kinds) if k.lower), "none"),
        "shoes": shoe_class([k.name for k in kinds]),
        "hat": worn.get("head", "none"), "outer": worn.get("outer", "none"),
        "whole": worn.get("armour") or worn.get("dress", "separate"),
        "top": worn.get("top", "none"), "bottom": worn.get("bottom", "none"),
    }  # fmt: skip


class Pictures:
    """All pictures of a folder in memory, with their labels."""

    def __init__(self, folder: Path, words: Words) -> None:
        names = ("images", "labels", "points", "kinds")
        rows: dict[str, list[Any]] = {k: [] for k in names}
        held: list[bool] = []
        classes = []
        for path in sorted(folder.glob("[0-9]*.npz")):
            with np.load(path) as data:
                for name in rows:
                    rows[name].append(data[name])
                found = _classes(str(data["attributes"]))
                known = [_number(own, found[n]) for n, own in words.items()]
                for kind in data["kinds"]:
                    seen = [n in SHOWN[int(kind)] for n in words]
                    classes.append(np.where(seen, known, UNKNOWN))
                held += [int(path.stem) % HELD_OUT == 0] * len(data["images"])
        self.images = np.concatenate(rows["images"])
        self.labels = np.concatenate(rows["labels"])
        self.points = np.concatenate(rows["points"])
        self.kinds = np.concatenate(rows["kinds"])
        self.classes = np.array(classes, np.int64)
        self.held = np.array(held)
        self.names = list(words)

    def shares(self) -> NDArray[np.float64]:
        """Return how often each picture is drawn: whole bodies and hats oftener."""
        hats = self.classes[:, self.names.index("hat")] > 0
        weight = np.where(self.kinds == BODY, 1.4, 1.0) * np.where(hats, 2.0, 1.0)
        weight[self.held] = 0.0
        out: NDArray[np.float64] = weight / weight.sum()
        return out


def _number(words: list[str], word: str) -> int:
    return words.index(word) if word in words else UNKNOWN


def _background(rng: np.random.Generator, pictures: Pictures) -> NDArray[np.float32]:
    """Return a picture (side, side, 3) 0..255 that may lie behind a figure."""
    kind = rng.random()
    if kind < 0.22:
        level = 255.0 if rng.random() < 0.7 else rng.uniform(180, 255)
        return np.full((SIDE, SIDE, 3), level, np.float32)
    colour = rng.uniform(0, 255, (2, 3)).astype(np.float32)
    if kind < 0.40:
        return np.broadcast_to(colour[0], (SIDE, SIDE, 3)).astype(np.float32)
    if kind < 0.58:
        t = np.linspace(0, 1, SIDE, dtype=np.float32)[:, None, None]
        fade = colour[0] * (1 - t) + colour[1] * t
        return np.broadcast_to(fade, (SIDE, SIDE, 3)).astype(np.float32)
    if kind < 0.82:
        side = int(rng.integers(2, 20))
        blobs = rng.uniform(0, 255, (side, side, 3)).astype(np.uint8)
        how = Image.Resampling.BICUBIC if rng.random() < 0.6 else Image.Resampling.NEAREST
        image = Image.fromarray(blobs).resize((SIDE, SIDE), how)
        mixed = np.asarray(image, np.float32)
        return mixed * 0.7 + colour[0] * 0.3
    other = pictures.images[int(rng.integers(len(pictures.images)))][..., :3]
    left, top = rng.integers(0, 96, 2)
    image = Image.fromarray(other[top : top + 128, left : left + 128]).resize((SIDE, SIDE))
    image = image.filter(ImageFilter.GaussianBlur(float(rng.uniform(1.0, 6.0))))
    return np.asarray(image, np.float32)


def _recolour(
    rng: np.random.Generator, rgb: NDArray[np.float32], labels: NDArray[np.uint8]
) -> NDArray[np.float32]:
    """Return the picture with the colours of its parts moved, each for itself."""
    lab = lab_from_rgb(rgb)
    for number, name in enumerate(PARTS):
        inside = labels == number
        if number == 0 or name == "eyes" or rng.random() < 0.45 or inside.sum() < 12:
            continue
        part = lab[inside]
        middle = np.median(part, 0)
        if name == "skin":
            shift = rng.normal(0.0, [7.0, 3.0, 4.0])
        else:
            shift = np.array([rng.uniform(12, 95), *rng.normal(0.0, 26.0, 2)]) - middle
        lab[inside] = part + shift
    return rgb_from_lab(lab).astype(np.float32)


def _finish(rng: np.random.Generator, rgb: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the picture as other hands, tools and files would show it."""
    rgb = rgb * rng.uniform(0.8, 1.15) + rng.normal(0, 10)
    rgb = 255.0 * (np.clip(rgb, 0, 255) / 255.0) ** rng.uniform(0.75, 1.35)
    grey = rgb.mean(2, keepdims=True)
    rgb = grey + (rgb - grey) * rng.uniform(0.3, 1.4)
    image = Image.fromarray(np.clip(rgb, 0, 255).astype(np.uint8))
    filters: list[Any] = [
        None, None, None, ImageFilter.MedianFilter(3), ImageFilter.SMOOTH_MORE,
        ImageFilter.GaussianBlur(float(rng.uniform(0.3, 1.1))), ImageFilter.ModeFilter(3),
        ImageFilter.EDGE_ENHANCE, ImageFilter.UnsharpMask(1, 120),
    ]  # fmt: skip
    chosen = filters[int(rng.integers(len(filters)))]
    if chosen is not None:
        image = image.filter(chosen)
    if rng.random() < 0.15:
        levels = int(rng.integers(3, 6))
        image = Image.fromarray(np.asarray(image.quantize(2**levels).convert("RGB")))
    if rng.random() < 0.3:
        stream = io.BytesIO()
        image.save(stream, "JPEG", quality=int(rng.integers(25, 90)))
        image = Image.open(stream)
    out = np.asarray(image, np.float32)
    if rng.random() < 0.3:
        out = out + rng.normal(0, rng.uniform(1, 9), out.shape).astype(np.float32)
    return np.clip(out, 0, 255)


_CLOSE = 0.3
"""Share of the pictures of whole bodies that are seen from near, a part at a time."""

Row = tuple[NDArray[np.float32], NDArray[np.uint8], NDArray[np.float32], NDArray[np.int64]]


def sample(pictures: Pictures, row: int, rng: np.random.Generator, plain: bool = False) -> Row:
    """Return picture (side, side, 3) 0..1, labels, points (k, 3: x, y, seen) and classes.

    ``plain`` pictures keep their frame, colours and drawing; their background is pale.
    """
    size = pictures.images.shape[1]
    classes = pictures.classes[row]
    zoom = 1.0 if plain else float(np.exp(rng.normal(0.0, 0.12)))
    turn = 0.0 if plain else float(np.radians(rng.normal(0.0, 6.0)))
    shift = np.zeros(2) if plain else rng.normal(0.0, 0.045 * size, 2)
    if not plain and pictures.kinds[row] == BODY and rng.random() < _CLOSE:
        zoom = float(rng.uniform(1.4, 2.1))
        shift = np.array([rng.normal(0.0, 0.05), rng.uniform(-0.3, 0.3)]) * size
        classes = np.full_like(classes, UNKNOWN)
    flip = -1.0 if not plain and rng.random() < 0.5 else 1.0
    k = size / SIDE / zoom
    c, s = np.cos(turn) * k, np.sin(turn) * k
    # Picture point = matrix @ (network point - centre) + centre + shift.
    matrix = np.array([[c * flip, -s * flip], [s, c]])
    offset = size / 2 + shift - matrix @ [SIDE / 2, SIDE / 2]
    data = (*matrix[0], offset[0], *matrix[1], offset[1])
    whole = Image.fromarray(pictures.images[row])
    how = (Image.Transform.AFFINE, data)
    shrunk = whole.filter(ImageFilter.BoxBlur(0.4)) if zoom < 1.3 else whole
    rgba = np.asarray(
        shrunk.transform((SIDE, SIDE), *how, resample=Image.Resampling.BILINEAR), np.float32
    )
    labels = np.asarray(Image.fromarray(pictures.labels[row]).transform(
        (SIDE, SIDE), *how, resample=Image.Resampling.NEAREST))  # fmt: skip
    rgb, alpha = rgba[..., :3], rgba[..., 3:] / 255.0
    if not plain and rng.random() < 0.5:
        rgb = _recolour(rng, rgb, labels)
    rgb = rgb * alpha + _background(rng, pictures) * (1.0 - alpha)
    if not plain and rng.random() < 0.8:
        rgb = _finish(rng, rgb)
    points = (np.linalg.inv(matrix) @ (pictures.points[row] - offset).T).T
    if flip < 0:
        points = points[_SWAP]
    seen = ((points > 2) & (points < SIDE - 2)).all(1)
    marks = np.c_[points, seen].astype(np.float32)
    return rgb / np.float32(255), labels, marks, classes


def _heat(points: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return (k, heat, heat) hills of height 1 at points in network pixels."""
    at = np.arange(HEAT) + 0.5
    x, y, seen = (points[:, i] for i in range(3))
    gx = np.exp(-(((at - x[:, None] / 2) / 1.6) ** 2) / 2)
    gy = np.exp(-(((at - y[:, None] / 2) / 1.6) ** 2) / 2)
    return (gy[:, :, None] * gx[:, None, :] * seen[:, None, None]).astype(np.float32)


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
        "heat": torch.from_numpy(np.stack([_heat(g[2]) for g in got])),
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
        t = step / asked.steps
        rate = (
            PEAK_RATE * min(1.0, (step - first + 1) / 60) * 0.5 * (1 + np.cos(np.pi * t)) + 1e-5
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
        if step % 250 == 0:
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
