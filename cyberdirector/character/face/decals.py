"""Signs of drawn faces: >< eyes, sweat, tears, blush strokes, gloom and an anger mark.

Each is a few flat shapes that lie folded away inside the head and come out onto the skin
by a shape of their own, so that every VRM player can show them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cyberdirector.character.body import Body
from cyberdirector.character.face.eye_art import swatch_uv
from cyberdirector.character.face.eyes import SIDES, forward, opening_of
from cyberdirector.character.face.materials import EYE
from cyberdirector.character.face.shapes import Deltas
from cyberdirector.character.face.strip import grid_triangles, head_part, on_front
from cyberdirector.core.model import MeshPart

Points = NDArray[np.float64]

DECALS: tuple[str, ...] = (
    "eyePain", "sweatDrop", "tearDrops", "tearStreams", "blushLines", "gloomLines", "angerVein",
)  # fmt: skip
"""Names of the shapes (and custom expressions) made here."""

_FOLDED = 0.8
"""Size of a sign while it is put away: smaller ones would fall to coarser levels of detail."""


@dataclass(frozen=True)
class _Flat:
    """A flat shape before the face: outline or ribbon points (n, 2) and its triangles."""

    points: Points
    triangles: NDArray[np.int64]
    colour: str
    lift: float


def decal_parts(body: Body, deltas: Deltas) -> list[MeshPart]:
    """Return the folded signs as parts, each with its own shape and those of the skin."""
    unit = body.scale * body.style.head
    front = body.faces().astype(np.int64)
    front = front[(body.head_weight[front] > 0.9).all(1)]
    skull = body.positions[np.unique(front)]
    face = skull[skull[:, 2] > body.head_centre[2] + 0.1 * body.head_radius]
    sheets = {
        "eyePain": _pain(body, unit), "sweatDrop": _sweat(body, unit),
        "tearDrops": _beads(body, unit), "tearStreams": _streams(body, unit),
        "blushLines": _blush(body, unit), "gloomLines": _gloom(body, unit),
        "angerVein": _vein(body, unit),
    }  # fmt: skip
    inside = body.head_centre * [0.0, 0.0, 1.0]
    inside[1] = body.landmarks["leftEyeFront"][1] + 0.01 * unit
    parts = []
    for name, flats in sheets.items():
        for number, flat in enumerate(flats):
            x = _within(face, flat.points, unit)
            place = on_front(front, body.positions, x, flat.points[:, 1])
            shown = place.at(body.positions)
            if name == "eyePain":
                eye = opening_of(body, number)
                shown[:, 2] = eye.depth(shown[:, 0], shown[:, 1]) + 0.0045 * unit
            shown[:, 2] += (0.0022 + flat.lift) * unit
            folded = inside + _FOLDED * (shown - shown.mean(0))
            follow = {} if name == "eyePain" else {k: place.at(d) for k, d in deltas.items()}
            follow[name] = shown - folded
            uvs = np.tile(swatch_uv(flat.colour), (len(shown), 1))
            parts.append(
                head_part(
                    f"{name}_{number}",
                    folded,
                    forward(len(shown)),
                    uvs,
                    flat.triangles,
                    EYE,
                    follow,
                )
            )
    return parts


def _within(face: Points, points: Points, unit: float) -> Points:
    """Return the x of points (n, 2), drawn in where they would lie beside the face.

    ``face`` (m, 3) is the skin before the ears.
    """
    over = points[:, 1, None] - face[:, 1]
    near = (over > -0.001 * unit) & (over < 0.010 * unit)  # the jaw narrows downwards
    side = 0.97 * np.where(near, np.abs(face[:, 0]), 0.0).max(axis=1)
    return np.clip(points[:, 0], -side, side)


def _fan(outline: Points, colour: str, lift: float = 0.0) -> _Flat:
    """Return a star-shaped area by its outline (n, 2), counter-clockwise."""
    n = len(outline)
    j = np.arange(n)
    triangles = np.stack([np.full(n, n), j, (j + 1) % n], axis=1)
    return _Flat(np.concatenate([outline, [outline.mean(0)]]), triangles, colour, lift)


def _stroke(line: Points, width: Points | float, colour: str, lift: float = 0.0) -> _Flat:
    """Return a ribbon along ``line`` (n, 2) with a width per point, metres."""
    w = np.broadcast_to(np.asarray(width, np.float64), (len(line),))[:, None]
    along = np.gradient(line, axis=0)
    along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-12)
    across = np.stack([-along[:, 1], along[:, 0]], axis=1) * 0.5 * w
    triangles = grid_triangles(2, len(line))[:, [0, 2, 1]]
    both = np.concatenate([triangles, triangles[:, [0, 2, 1]]])
    return _Flat(np.concatenate([line + across, line - across]), both, colour, lift)


def _drop(centre: Points, size: float, turn: float = 0.0) -> Points:
    """Return the outline of a drop: a circle below, a tip above."""
    a = np.linspace(0.0, 2.0 * np.pi, 28, endpoint=False) - 0.5 * np.pi
    taper = np.clip(np.sin(a), 0.0, 1.0) ** 1.5
    x = np.cos(a) * (1.0 - 0.75 * taper)
    y = np.sin(a) * (1.0 + 0.9 * taper)
    c, s = np.cos(turn), np.sin(turn)
    return centre + size * np.stack([c * x - s * y, s * x + c * y], axis=1)


def _pain(body: Body, unit: float) -> list[_Flat]:
    out = []
    for _, index, sign in SIDES:
        eye = opening_of(body, index)
        w, h = 0.72 * eye.half_w, 0.62 * max(eye.half_h, 0.42 * eye.half_w)
        ends = np.array([[sign * w, h], [-sign * 0.7 * w, 0.0], [sign * w, -h]])
        line = eye.centre[:2] + np.concatenate(
            [np.linspace(ends[0], ends[1], 8), np.linspace(ends[1], ends[2], 8)[1:]]
        )
        t = np.linspace(-1.0, 1.0, len(line))
        out.append(_stroke(line, 0.0026 * unit * (1.0 - 0.75 * np.abs(t) ** 3), "ink"))
    return out


def _outlined(outline: Points, colour: str, edge: float) -> list[_Flat]:
    middle = outline.mean(0)
    away = outline - middle
    grown = middle + away * (1.0 + edge / np.linalg.norm(away, axis=1, keepdims=True))
    return [_fan(grown, "ink"), _fan(outline, colour, 0.0005)]


def _sweat(body: Body, unit: float) -> list[_Flat]:
    eye = opening_of(body, 0)
    brow = eye.centre[1] + eye.half_h + 0.018 * unit
    at = np.array([eye.centre[0] + 0.55 * eye.half_w, brow + 0.006 * unit])
    out = _outlined(_drop(at, 0.0058 * unit, -0.25), "sweat", 0.0009 * unit)
    shine = _drop(at + np.array([-0.0018, -0.0016]) * unit, 0.0016 * unit, 0.4)
    return [*out, _fan(shine, "glint", 0.001)]


def _beads(body: Body, unit: float) -> list[_Flat]:
    out = []
    for _, index, sign in SIDES:
        eye = opening_of(body, index)
        at = eye.centre[:2] + np.array([sign * 0.78 * eye.half_w, -0.80 * eye.half_h])
        out += _outlined(_drop(at, 0.0044 * unit, 0.35 * sign), "tear", 0.0006 * unit)
        shine = _drop(at + np.array([-0.0012, -0.0012]) * unit, 0.0012 * unit)
        out.append(_fan(shine, "glint", 0.001))
    return out


def _streams(body: Body, unit: float) -> list[_Flat]:
    out = []
    lips = body.landmarks["lips"][1]
    for _, index, sign in SIDES:
        eye = opening_of(body, index)
        top = eye.centre[1] - 0.86 * eye.half_h
        y = np.linspace(top, lips - 0.002 * unit, 14)
        t = np.linspace(0.0, 1.0, 14)
        for side, width in ((-0.30, 0.0042), (0.34, 0.0056)):
            x = eye.centre[0] + sign * (side * eye.half_w + 0.0025 * unit * np.sin(2.6 * t))
            w = width * unit * (0.75 + 0.35 * np.sin(3.0 * t + side))
            w *= np.clip((1.04 - t) / 0.16, 0.0, 1.0) ** 0.5
            line = np.stack([x, y], axis=1)
            out.append(_stroke(line, w + 0.0007 * unit, "glint_soft"))
            out.append(_stroke(line, w, "tear", 0.0004))
    return out


def _blush(body: Body, unit: float) -> list[_Flat]:
    out = []
    t = np.linspace(-1.0, 1.0, 7)
    for _, index, sign in SIDES:
        eye = opening_of(body, index)
        low = eye.centre[1] - eye.half_h - 0.0095 * unit
        for k in (-1.5, -0.5, 0.5, 1.5):
            x = eye.centre[0] + sign * 0.004 * unit + 0.0046 * unit * k + 0.0012 * unit * t
            line = np.stack([x, low + 0.0034 * unit * t], axis=1)
            out.append(_stroke(line, 0.0016 * unit * (1.0 - 0.7 * t * t), "blush"))
    return out


def _gloom(body: Body, unit: float) -> list[_Flat]:
    eye = opening_of(body, 0)
    brow = eye.centre[1] + eye.half_h + 0.012 * unit
    out = []
    for i, k in enumerate(np.linspace(-1.0, 1.0, 9)):
        x = k * (eye.centre[0] + 0.75 * eye.half_w)
        long = (0.026, 0.018, 0.030)[i % 3] * unit
        t = np.linspace(0.0, 1.0, 7)
        line = np.stack([x + 0.0 * t, brow + 0.040 * unit - long * t], axis=1)
        out.append(_stroke(line, 0.0022 * unit * (1.0 - t**2) + 1e-5, "gloom"))
    return out


def _vein(body: Body, unit: float) -> list[_Flat]:
    eye = opening_of(body, 1)
    at = np.array(
        [eye.centre[0] - 0.25 * eye.half_w, eye.centre[1] + eye.half_h + 0.026 * unit]
    )
    t = np.linspace(-1.0, 1.0, 9)
    out = []
    for turn in np.arange(4) * 0.5 * np.pi + 0.3:
        c, s = np.cos(turn), np.sin(turn)
        bow = np.stack([0.0068 * t, 0.0034 + 0.0042 * t * t], axis=1) * unit
        line = at + bow @ np.array([[c, s], [-s, c]])
        out.append(_stroke(line, 0.0032 * unit * (1.0 - 0.5 * t**4), "vein"))
    return out
