"""The part finder: parts, points and classes of a drawn or rendered figure (ONNX)."""

from __future__ import annotations

import json
from dataclasses import dataclass
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
        Attribute → class → probability (``hair`` and ``garments`` too; garments are
        independent of each other).
    """

    window: Square
    parts: Floats
    points: dict[str, Point]
    classes: dict[str, dict[str, float]]


def net_here() -> bool:
    """Tell whether the network is installed."""
    return (data_dir("models") / MODEL).is_file()


@lru_cache(maxsize=1)
def _session() -> tuple[Any, int, dict[str, list[str]]]:
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
    return session, int(facts["side"]), json.loads(facts["classes"])


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
    """Return parts, points and classes of a window (the mean of it and its mirror image).

    Parameters
    ----------
    pixels
        (h, w, 3) uint8 sRGB.

    Raises
    ------
    AdapterUnavailable
        ``perceive-model-missing``.
    """
    session, side, words = _session()
    given = _window(pixels, window, side)
    both = np.stack([given, given[:, ::-1]]).transpose(0, 3, 1, 2)
    parts, heat, logits = session.run(None, {"image": np.ascontiguousarray(both)})
    mean = _softmax(parts[0] + parts[1][..., ::-1], 0)
    hot = 0.5 * (_sigmoid(heat[0]) + _sigmoid(heat[1][_SWAP][..., ::-1]))
    classes = _classes(0.5 * (logits[0] + logits[1]), words)
    order = _session()[0].get_modelmeta().custom_metadata_map["parts"]
    rows = [json.loads(order).index(name) for name in PARTS]
    return Parsing(
        window,
        np.ascontiguousarray(mean[rows].transpose(1, 2, 0)),
        _peaks(hot, window),
        classes,
    )


def _softmax(x: Floats, axis: int) -> Floats:
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def _sigmoid(x: Floats) -> Floats:
    return np.float32(1.0) / (np.float32(1.0) + np.exp(-np.clip(x, -30, 30)))


def _peaks(heat: Floats, window: Square) -> dict[str, Point]:
    """Return the place of each hill: the centre of mass around its top."""
    size = heat.shape[-1]
    out: dict[str, Point] = {}
    for name, field in zip(POINTS, heat, strict=True):
        top = int(field.argmax())
        y, x = divmod(top, size)
        rows = slice(max(0, y - 2), y + 3)
        columns = slice(max(0, x - 2), x + 3)
        near = field[rows, columns].astype(np.float64)
        gy, gx = np.mgrid[rows.start : rows.start + near.shape[0],
                          columns.start : columns.start + near.shape[1]]  # fmt: skip
        total = near.sum() + 1e-9
        px, py = (near * gx).sum() / total + 0.5, (near * gy).sum() / total + 0.5
        k = window.side / size
        out[name] = (window.left + px * k, window.top + py * k, float(field[y, x]))
    return out


def _classes(logits: Floats, words: dict[str, list[str]]) -> dict[str, dict[str, float]]:
    out: dict[str, dict[str, float]] = {}
    at = 0
    for name, known in words.items():
        part = logits[at : at + len(known)]
        share = _sigmoid(part) if name == "garments" else _softmax(part, 0)
        out[name] = {w: float(v) for w, v in zip(known, share, strict=True)}
        at += len(known)
    return out
