"""Learn sex, era, hair and kinds of clothes from parts and points of labelled pictures: as
they are, with points out of place, and as the part finder finds them.

usage: python scripts/train_perceive_judge.py DATA OUT.npz
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional
from train_perceive_pictures import (
    HELD_OUT,
    SHOWN,
    UNKNOWN,
    Words,
    classes_of,
    number_of,
)

from cyberdirector.core.files import replacing
from cyberdirector.perceive.judge import features
from cyberdirector.perceive.layout import Layout, is_face
from cyberdirector.perceive.mask import box_of
from cyberdirector.perceive.parts import FACE_POINTS, LEARNT, POINTS
from cyberdirector.perceive.picture import Picture
from cyberdirector.perceive.regions import drawn_regions

STEPS = 3000
BATCH = 128
RATE = 2e-3
NOISE = 0.35
"""Deviation of the noise on features, in their own deviations: parts are never found well."""

INNER = 128


def read(folder: Path, words: Words) -> dict[str, NDArray[Any]]:
    """Return features (n, 2, f), classes (n, attributes), kinds of pictures, which
    characters are held out and which features come from parts as found; a picture that is
    not held out comes again with points out of place.
    """
    out: dict[str, list[Any]] = {
        "features": [], "classes": [], "held": [], "kinds": [], "found": [],
    }  # fmt: skip
    for path in sorted(folder.glob("[0-9]*.npz")):
        held = int(path.stem) % HELD_OUT == 0
        rng = np.random.default_rng([int(path.stem), 77])
        with np.load(path) as data:
            found = classes_of(str(data["attributes"]))
            names = ("images", "labels", "points", "kinds")
            for i, (image, label, points, kind) in enumerate(
                zip(*(data[n] for n in names), strict=True)
            ):
                if _layout(points).head_height < 6.0:
                    continue
                classes = [
                    number_of(own, found[n]) if n in SHOWN[int(kind)] else UNKNOWN
                    for n, own in words.items()
                ]
                layouts = (_layout(points), _layout(points, rng))[: 1 if held else 2]
                seen = [features(label, layout, image[..., :3]) for layout in layouts]
                if i in FOUND:
                    seen += _as_found(image)
                for k, own in enumerate(seen):
                    out["features"].append(own)
                    out["classes"].append(classes)
                    out["held"].append(held)
                    out["kinds"].append(int(kind))
                    out["found"].append(k >= len(layouts))
    return {name: np.array(values) for name, values in out.items()}


FOUND = (0, 1, 6)
"""Numbers of a character's pictures (two of the whole body, one bust) that are also seen as
the part finder sees them."""


def _as_found(image: NDArray[np.uint8]) -> list[NDArray[np.float64]]:
    """Return the features (2, f) of a picture (h, w, 4) as its parts are found, or none."""
    mask = image[..., 3] > 127
    flat = np.where(mask[..., None], image[..., :3], np.uint8(236))
    picture = Picture(flat, None, "")
    regions = drawn_regions(picture, box_of(mask), mask)
    if not is_face(regions.layout) or regions.layout.head_height < 6.0:
        return []
    return [features(regions.labels, regions.layout, regions.picture.flat)]


OFF = (0.03, 0.07)
"""Deviation of points of the face and of the body as they are found, heads."""


def _layout(points: NDArray[np.float32], rng: np.random.Generator | None = None) -> Layout:
    """Return points as a layout, moved about as if they had been found."""
    places = points.astype(np.float64)
    if rng is not None:
        chin, crown = (points[POINTS.index(n)] for n in ("chin", "crown"))
        face = np.arange(len(POINTS)) < len(FACE_POINTS)
        off = np.where(face, *OFF)[:, None] * float(np.hypot(*(crown - chin)))
        places = places + rng.normal(0.0, 1.0, places.shape) * off
    return Layout(
        {n: (float(x), float(y), 1.0) for n, (x, y) in zip(POINTS, places, strict=True)},
        "truth",
    )


def _loss(scores: torch.Tensor, classes: torch.Tensor, words: Words) -> torch.Tensor:
    parts = scores.split([len(own) for own in words.values()], 1)
    losses = [
        functional.cross_entropy(
            own, classes[:, i], ignore_index=UNKNOWN, label_smoothing=0.05, reduction="sum"
        )
        for i, own in enumerate(parts)
    ]
    return torch.stack(losses).sum() / (classes != UNKNOWN).sum().clamp(min=1)


def learn(seen: NDArray[np.float32], classes: NDArray[np.int64], words: Words) -> nn.Sequential:
    """Return the network learnt from normed features (n, f)."""
    torch.manual_seed(0)
    outside = sum(len(own) for own in words.values())
    net = nn.Sequential(
        nn.Dropout(0.15), nn.Linear(seen.shape[1], INNER), nn.ReLU(), nn.Dropout(0.4),
        nn.Linear(INNER, outside),
    )  # fmt: skip
    rule = torch.optim.AdamW(net.parameters(), lr=RATE, weight_decay=0.05)
    x, y = torch.from_numpy(seen), torch.from_numpy(classes)
    for step in range(STEPS):
        for group in rule.param_groups:
            group["lr"] = RATE * 0.5 * (1.0 + np.cos(np.pi * step / STEPS)) + 1e-5
        rows = torch.randint(len(x), (BATCH,))
        loss = _loss(net(x[rows] + NOISE * torch.randn(BATCH, x.shape[1])), y[rows], words)
        rule.zero_grad()
        loss.backward()
        rule.step()
    return net.eval()


def measure(
    net: nn.Sequential, seen: NDArray[np.float32], classes: NDArray[np.int64], words: Words
) -> dict[str, float]:
    """Return the share of right classes of each attribute."""
    with torch.no_grad():
        parts = net(torch.from_numpy(seen)).split([len(own) for own in words.values()], 1)
    out = {}
    for i, (name, scores) in enumerate(zip(words, parts, strict=True)):
        known = classes[:, i] != UNKNOWN
        if known.any():
            hit = scores.argmax(1).numpy() == classes[:, i]
            out[name] = round(float(hit[known].mean()), 3)
    return out


def main(arguments: list[str]) -> int:
    """Learn, measure on characters held out, store."""
    if len(arguments) != 2:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    torch.set_num_threads(1)
    words = {name: list(own) for name, own in LEARNT.items()}
    rows = read(Path(arguments[0]), words)
    own, held = ~rows["held"], rows["held"]
    both = rows["features"][own].transpose(1, 0, 2).reshape(-1, rows["features"].shape[2])
    mean, spread = both.mean(0), both.std(0) + 0.05
    classes = np.concatenate([rows["classes"][own]] * 2)
    net = learn(((both - mean) / spread).astype(np.float32), classes, words)
    seen = ((rows["features"][held][:, 0] - mean) / spread).astype(np.float32)
    for found in (False, True):
        for kind, name in enumerate(("body", "bust", "head")):
            some = (rows["kinds"][held] == kind) & (rows["found"][held] == found)
            right = measure(net, seen[some], rows["classes"][held][some], words)
            parts = "parts as found" if found else "true parts"
            sys.stdout.write(
                f"{name}, {parts}, {int(some.sum())} pictures: {json.dumps(right)}\n"
            )
    state = {k: v.numpy() for k, v in net.state_dict().items()}
    arrays = {"mean": mean, "spread": spread, "w1": state["1.weight"].T, "b1": state["1.bias"],
              "w2": state["4.weight"].T, "b2": state["4.bias"]}  # fmt: skip
    with replacing(Path(arguments[1])) as temporary, temporary.open("wb") as stream:
        np.savez_compressed(
            stream, words=np.array(json.dumps(words)),
            **{n: v.astype(np.float16) for n, v in arrays.items()},
        )  # fmt: skip
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
