"""Pictures of the part finder's training, drawn anew as other hands would, with labels."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from cyberdirector.character.wardrobe.catalogue import CATALOGUE
from cyberdirector.perceive.colour import lab_from_rgb, rgb_from_lab
from cyberdirector.perceive.parts import CLASSES, LEARNT, PARTS, POINTS, shoe_class

SIDE = 128
"""Pixels of the network's input."""

HEAT = SIDE // 2
HELD_OUT = 10
"""Every tenth character is never trained on."""

BODY, BUST, HEAD = range(3)
SHOWN: dict[int, tuple[str, ...]] = {
    BODY: tuple(LEARNT),
    BUST: ("fringe", "sleeve", "sex", "era", "hat", "outer", "whole", "top", "hair"),
    HEAD: ("length", "fringe", "sex", "era", "hat", "hair"),
}
"""What can be judged from each kind of picture."""

UNKNOWN = -100

CROWNS = ("crown", "mianguan", "helmet")
"""Hats of metal, which look like the ornaments of hair."""

LONG = ("skirt_long", "robe")
"""Lower garments that hide most of a boot."""

_SWAP = [
    POINTS.index(n.replace("left", "#").replace("right", "left").replace("#", "right"))
    for n in POINTS
]


Words = dict[str, list[str]]
"""Attribute → its classes, in the order of the network's scores."""


def read_words(folder: Path) -> Words:
    """Return the classes of a training, which stay what they were when it began."""
    path = folder / "words.json"
    if not path.exists():
        path.write_text(json.dumps(LEARNT), encoding="utf-8")
    words: Words = json.loads(path.read_text(encoding="utf-8"))
    return words


def classes_of(text: str) -> dict[str, str]:
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
        rare: list[bool] = []
        crowned: list[bool] = []
        classes = []
        for path in sorted(folder.glob("[0-9]*.npz")):
            with np.load(path) as data:
                for name in rows:
                    rows[name].append(data[name])
                found = classes_of(str(data["attributes"]))
                known = [number_of(own, found[n]) for n, own in words.items()]
                for kind in data["kinds"]:
                    seen = [n in SHOWN[int(kind)] for n in words]
                    classes.append(np.where(seen, known, UNKNOWN))
                count = len(data["images"])
                held += [int(path.stem) % HELD_OUT == 0] * count
                crowned += [found["hat"] in CROWNS] * count
                rare += [
                    found["hat"] != "none" or found["outer"] == "cloak"
                    or (found["shoes"] == "boots" and found["lower"] in LONG)
                ] * count  # fmt: skip
        self.images = np.concatenate(rows["images"])
        self.labels = np.concatenate(rows["labels"])
        self.points = np.concatenate(rows["points"])
        self.kinds = np.concatenate(rows["kinds"])
        self.classes = np.array(classes, np.int64)
        self.held = np.array(held)
        self.rare, self.crowned = np.array(rare), np.array(crowned)
        self.names = list(words)

    def shares(self) -> NDArray[np.float64]:
        """Return how often each picture is drawn: whole bodies and what is rare oftener."""
        weight = np.where(self.kinds == BODY, 1.4, 1.0)
        weight *= np.where(self.rare, 2.0, 1.0) * np.where(self.crowned, 1.6, 1.0)
        weight[self.held] = 0.0
        out: NDArray[np.float64] = weight / weight.sum()
        return out


def number_of(words: list[str], word: str) -> int:
    """Return the number of a class, or ``UNKNOWN`` for one that is not learnt."""
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


def heat_of(points: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return (k, heat, heat) hills of height 1 at points in network pixels."""
    at = np.arange(HEAT) + 0.5
    x, y, seen = (points[:, i] for i in range(3))
    gx = np.exp(-(((at - x[:, None] / 2) / 1.6) ** 2) / 2)
    gy = np.exp(-(((at - y[:, None] / 2) / 1.6) ** 2) / 2)
    return (gy[:, :, None] * gx[:, None, :] * seen[:, None, None]).astype(np.float32)
