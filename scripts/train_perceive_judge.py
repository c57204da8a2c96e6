"""Learn sex, era, hair and kinds of clothes from parts and points: of labelled pictures, of
figures drawn as label maps, and of some drawn as in the loop test, with parts as found.

usage: python scripts/train_perceive_judge.py DATA FIGURES OUT.npz
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
from train_perceive_check import SIZE, draw
from train_perceive_data import make_doll
from train_perceive_pictures import (
    BODY,
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
from cyberdirector.perceive.mask import figures, flat_mask
from cyberdirector.perceive.parts import FACE_POINTS, LEARNT, POINTS, training_classes
from cyberdirector.perceive.picture import load_picture
from cyberdirector.perceive.regions import drawn_regions
from cyberdirector.render import Stage
from cyberdirector.render.still import body_camera

STEPS = 3500
BATCH = 128
RATE = 2e-3
NOISE = 0.35
"""Deviation of the noise on features, in their own deviations: parts are never found well."""

INNER = 128


PICTURES = {0: False, 1: True, 3: False, 6: False, 7: True, 9: False, 10: True}
"""Numbers of a character's pictures (bodies, busts, heads) that are learnt from, and whether
their points are moved about as if they had been found."""

FOUND, TWICE = range(60_001, 60_033), 2
"""Seeds of the figures whose parts are learnt from as they are found, and how often each."""

Rows = tuple[list[NDArray[Any]], list[list[int]], list[bool]]
"""Features (2, f), classes (attributes,), and whether the character is held out."""


def _classes(words: Words, found: dict[str, str], kind: int) -> list[int]:
    return [
        number_of(own, found[n]) if n in SHOWN[kind] else UNKNOWN for n, own in words.items()
    ]


def read_pictures(folder: Path, words: Words) -> Rows:
    """Return rows of the pictures of ``train_perceive_data.py``."""
    rows: Rows = ([], [], [])
    for path in sorted(folder.glob("[0-9]*.npz")):
        rng = np.random.default_rng([int(path.stem), 77])
        with np.load(path) as data:
            found = classes_of(str(data["attributes"]))
            images, labels, points, kinds = (
                data[n] for n in ("images", "labels", "points", "kinds")
            )
            for i, moved in PICTURES.items():
                layout = _layout(points[i], rng if moved else None)
                if layout.head_height < 6.0:
                    continue
                rows[0].append(features(labels[i], layout, images[i][..., :3]))
                rows[1].append(_classes(words, found, int(kinds[i])))
                rows[2].append(int(path.stem) % HELD_OUT == 0)
    return rows


def read_figures(folder: Path, words: Words) -> Rows:
    """Return rows of the label maps of ``train_perceive_figures.py``: the first view as it is
    and with points out of place, the second with points out of place.
    """
    rows: Rows = ([], [], [])
    for path in sorted(folder.glob("[0-9]*.npz")):
        rng = np.random.default_rng(int(path.stem))
        with np.load(path) as data:
            classes = _classes(words, json.loads(str(data["attributes"])), BODY)
            for view, moved in ((0, False), (0, True), (1, True)):
                layout = _layout(data[f"points{view}"], rng if moved else None)
                seen = features(data[f"labels{view}"], layout, data[f"image{view}"])
                rows[0].append(seen)
                rows[1].append(classes)
                rows[2].append(False)
    return rows


def draw_found(words: Words) -> Rows:
    """Return rows of figures drawn as in the loop test, parts and points as found."""
    rows: Rows = ([], [], [])
    with Stage(SIZE, profile="cpu") as stage:
        for seed in FOUND:
            doll = make_doll(seed)
            stage.camera = body_camera({"figure": doll.character})
            image, _ = draw(stage, doll.character)
            picture = load_picture(image)
            mask = flat_mask(picture)
            if mask is None:
                continue
            figure = figures(mask)[0]
            regions = drawn_regions(picture, figure.box, figure.mask)
            if not is_face(regions.layout):
                continue
            seen = features(regions.labels, regions.layout, regions.picture.flat)
            rows[0].extend([seen] * TWICE)
            rows[1].extend([_classes(words, training_classes(doll.recipe), BODY)] * TWICE)
            rows[2].extend([False] * TWICE)
    return rows


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
    if len(arguments) != 3:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    torch.set_num_threads(1)
    words = {name: list(own) for name, own in LEARNT.items()}
    parts = (
        read_pictures(Path(arguments[0]), words), read_figures(Path(arguments[1]), words),
        draw_found(words),
    )  # fmt: skip
    seen, classes, held = (np.array([v for p in parts for v in p[i]]) for i in range(3))
    both = seen[~held].transpose(1, 0, 2).reshape(-1, seen.shape[2])
    mean, spread = both.mean(0), both.std(0) + 0.05
    net = learn(
        ((both - mean) / spread).astype(np.float32), np.concatenate([classes[~held]] * 2), words
    )
    test = ((seen[held][:, 0] - mean) / spread).astype(np.float32)
    right = measure(net, test, classes[held], words)
    sys.stdout.write(f"{int(held.sum())} pictures held out: {json.dumps(right)}\n")
    state = {k: v.numpy() for k, v in net.state_dict().items()}
    arrays = {"mean": mean, "spread": spread, "w1": state["1.weight"].T, "b1": state["1.bias"],
              "w2": state["4.weight"].T, "b2": state["4.bias"]}  # fmt: skip
    with replacing(Path(arguments[2])) as temporary, temporary.open("wb") as stream:
        np.savez_compressed(
            stream, words=np.array(json.dumps(words)),
            **{n: v.astype(np.float16) for n, v in arrays.items()},
        )  # fmt: skip
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
