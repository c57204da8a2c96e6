"""The part finder: parts and points of a drawn or rendered figure (ONNX)."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.errors import AdapterUnavailable
from cyberdirector.core.resources import data_dir
from cyberdirector.perceive.parts import PARTS, POINTS

Floats = NDArray[np.float32]
Point = tuple[float, float, float]
"""x, y in pixels of the picture and a score 0..1."""

MODEL = "perceive.onnx"

_SWAP = [
    POINTS.index(n.replace("left", "#").replace("right", "left").replace("#", "right"))
    for n in POINTS
]


@dataclass(frozen=True)
class Square:
    """A square window of a picture: its corner and side in pixels; it may stick out."""

    left: float
    top: float
    side: float


@dataclass(frozen=True)
class Parsing:
    """What the network says of a window.

    Attributes
    ----------
    window
        Where in the picture.
    parts
        (side, side, parts) float32, share of each of :data:`~.parts.PARTS` in a pixel.
    points
        Name → place in the picture and score.
    classes
        Attribute or slot (:data:`~.parts.LEARNT`) → class → probability.
    """

    window: Square
    parts: Floats
    points: dict[str, Point]
    classes: dict[str, dict[str, float]] = field(default_factory=dict)


@lru_cache(maxsize=1)
def _session() -> tuple[Any, int, list[int], dict[str, list[str]]]:
    from cyberdirector.modelstore import onnx_session

    path = data_dir("models") / MODEL
    if not path.is_file():
        raise AdapterUnavailable(
            "perceive-model-missing",
            f"缺少看图模型 {MODEL}，请重新安装本程序。",
            f"The model {MODEL} that reads pictures is missing; install the program again.",
        )
    session = onnx_session(path)
    facts = session.get_modelmeta().custom_metadata_map
    order = json.loads(facts["parts"])
    rows = [order.index(name) for name in PARTS]
    return session, int(facts["side"]), rows, json.loads(facts["classes"])


def _window(pixels: NDArray[np.uint8], window: Square, side: int) -> Floats:
    """Return the window scaled to (side, side, 3) 0..1; outside the picture is white."""
    from PIL import Image

    height, width = pixels.shape[:2]
    left, top = int(np.floor(window.left)), int(np.floor(window.top))
    size = max(8, int(np.ceil(window.side)))
    canvas = np.full((size, size, 3), 255, np.uint8)
    x0, y0 = max(left, 0), max(top, 0)
    x1, y1 = min(left + size, width), min(top + size, height)
    if x1 > x0 and y1 > y0:
        canvas[y0 - top : y1 - top, x0 - left : x1 - left] = pixels[y0:y1, x0:x1]
    image = Image.fromarray(canvas)
    how = Image.Resampling.BOX if size > side else Image.Resampling.BICUBIC
    return np.asarray(image.resize((side, side), how), np.float32) / np.float32(255.0)


def parse(pixels: NDArray[np.uint8], window: Square) -> Parsing:
    """Return parts and points of a window (the mean of it and its mirror image).

    Parameters
    ----------
    pixels
        (h, w, 3) uint8 sRGB.

    Raises
    ------
    AdapterUnavailable
        ``perceive-model-missing``.
    """
    session, side, rows, words = _session()
    given = _window(pixels, window, side)
    both = np.stack([given, given[:, ::-1]]).transpose(0, 3, 1, 2)
    parts, heat, scores = session.run(
        ["parts", "points", "classes"], {"image": np.ascontiguousarray(both)}
    )
    mean = _softmax(parts[0] + parts[1][..., ::-1], 0)[rows]
    hot = 0.5 * (_sigmoid(heat[0]) + _sigmoid(heat[1][_SWAP][..., ::-1]))
    shares = np.ascontiguousarray(mean.transpose(1, 2, 0))
    return Parsing(window, shares, _peaks(hot, window), _judged(scores.mean(0), words))


def _judged(scores: Floats, words: dict[str, list[str]]) -> dict[str, dict[str, float]]:
    """Return attribute → class → probability of the scores (all classes in one row)."""
    ends = np.cumsum([len(names) for names in words.values()])
    return {
        name: dict(zip(words[name], _softmax(own, 0).tolist(), strict=True))
        for name, own in zip(words, np.split(scores, ends[:-1]), strict=True)
    }


def _softmax(x: Floats, axis: int) -> Floats:
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def _sigmoid(x: Floats) -> Floats:
    return np.float32(1.0) / (np.float32(1.0) + np.exp(-np.clip(x, -30, 30)))


_PAIRS = tuple(
    (i, POINTS.index(n.replace("left", "right")))
    for i, n in enumerate(POINTS)
    if n.startswith("left")
)


def _peaks(heat: Floats, window: Square) -> dict[str, Point]:
    """Return the place of each hill: the centre of mass around its top.

    The two points of a pair are the two highest hills of both fields together, the one
    further right in the picture is the figure's left (it faces the viewer).
    """
    out: dict[str, Point] = {}
    for i, name in enumerate(POINTS):
        if not name.startswith(("left", "right")):
            out[name] = _placed(_top(heat[i]), window, heat.shape[-1])
    for left, right in _PAIRS:
        both = np.maximum(heat[left], heat[right])
        one = _top(both)
        two = _top(_without(both, one))
        if two[2] < 0.35 * one[2]:
            one, two = _top(heat[left]), _top(heat[right])
        if one[0] < two[0]:
            one, two = two, one
        out[POINTS[left]] = _placed(one, window, heat.shape[-1])
        out[POINTS[right]] = _placed(two, window, heat.shape[-1])
    return out


_HILL = 3
"""Cells around the top of a hill that belong to it."""


def _top(field: Floats) -> Point:
    """Return column, row (cell centres) and height of the highest hill of a field."""
    y, x = divmod(int(field.argmax()), field.shape[-1])
    rows = slice(max(0, y - 2), y + 3)
    columns = slice(max(0, x - 2), x + 3)
    near = field[rows, columns].astype(np.float64)
    gy, gx = np.mgrid[rows.start : rows.start + near.shape[0],
                      columns.start : columns.start + near.shape[1]]  # fmt: skip
    total = near.sum() + 1e-9
    return (
        float((near * gx).sum() / total + 0.5),
        float((near * gy).sum() / total + 0.5),
        float(field[y, x]),
    )


def _without(field: Floats, hill: Point) -> Floats:
    """Return a field without the hill at a place."""
    y, x = np.mgrid[0 : field.shape[0], 0 : field.shape[1]]
    near = np.hypot(x + 0.5 - hill[0], y + 0.5 - hill[1]) < _HILL
    return np.where(near, np.float32(0.0), field)


def _placed(at: Point, window: Square, size: int) -> Point:
    k = window.side / size
    return window.left + at[0] * k, window.top + at[1] * k, at[2]
