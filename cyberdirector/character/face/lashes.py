"""Lashes and the fold of the upper lid: ribbons and spikes that ride on the rims."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cyberdirector.character.body import Body
from cyberdirector.character.face.eyes import SIDES, EyeLook, forward
from cyberdirector.character.face.materials import CREASE_U, LASH_U, LINE
from cyberdirector.character.face.shapes import EYE_HAPPY, EYE_PAIN, Deltas
from cyberdirector.character.face.strip import (
    Binding,
    along_rows,
    grid_triangles,
    head_part,
)
from cyberdirector.character.face.topology import face_loops
from cyberdirector.core.model import MeshPart

Points = NDArray[np.float64]


@dataclass(frozen=True)
class _Cut:
    """The cut of a lash set; lengths are metres on a head of natural size.

    ``peak`` is where the upper line is thickest (0 inner … 1 outer corner), ``inner`` its
    thickness there over the greatest, ``tail`` the way of the wing (outwards, upwards),
    ``upper`` and ``lower`` the spikes: place, length, lean outwards (1 is 45°).
    """

    peak: float = 0.80
    inner: float = 0.34
    tail: tuple[float, float] = (0.0044, 0.0014)
    upper: tuple[tuple[float, float, float], ...] = ()
    lower: tuple[tuple[float, float, float], ...] = ()


_CUTS = {
    "natural": _Cut(upper=((0.90, 0.0030, 1.2),), lower=((0.80, 0.0014, 0.8),)),
    "winged": _Cut(0.86, 0.26, (0.0056, 0.0030), ((0.80, 0.0026, 1.5),)),
    "doll": _Cut(0.66, 0.46, (0.0034, 0.0012),
                 ((0.30, 0.0024, 0.1), (0.52, 0.0030, 0.4), (0.72, 0.0034, 0.8),
                  (0.90, 0.0036, 1.2)),
                 ((0.45, 0.0018, 0.2), (0.62, 0.0021, 0.5), (0.80, 0.0021, 0.9))),
    "lush": _Cut(0.74, 0.42, (0.0050, 0.0022),
                 ((0.62, 0.0028, 0.7), (0.76, 0.0034, 1.0), (0.90, 0.0040, 1.3)),
                 ((0.66, 0.0017, 0.7), (0.84, 0.0018, 1.0))),
    "droopy": _Cut(0.86, 0.34, (0.0046, -0.0022), ((0.92, 0.0026, 1.4),),
                   ((0.78, 0.0015, 0.8),)),
    "fine": _Cut(0.74, 0.55, (0.0026, 0.0006)),
}  # fmt: skip


def lash_parts(body: Body, deltas: Deltas, look: EyeLook, kind: str) -> list[MeshPart]:
    """Return upper and lower lashes and the fold line of both eyes.

    ``kind`` is a name of :data:`~cyberdirector.character.face.catalogue.eyes.LASHES`.
    """
    cut = _CUTS[kind]
    parts = []
    for side, index, sign in SIDES:
        parts.append(_upper(body, deltas, look, cut, side, index, sign))
        parts.append(_lower(body, deltas, look, cut, side, index, sign))
        if look.crease > 0.0:
            parts.append(_crease(body, deltas, look, side, index, sign))
        loops = face_loops(body.template)
        rims = (
            (cut.upper, loops.upper_lid[index], 1.0),
            (cut.lower, loops.lower_lid[index], -1.0),
        )
        for spikes, rows, up in rims:
            weight = look.lash if up > 0.0 else look.lower_lash
            if spikes and weight > 0.3:
                parts.append(_spikes(body, deltas, spikes, weight, rows, (side, sign, up)))
    return parts


def _upper(
    body: Body, deltas: Deltas, look: EyeLook, cut: _Cut, side: str, index: int, sign: float
) -> MeshPart:
    """Return the thick line of the upper lid with its outer wing."""
    rows = face_loops(body.template).upper_lid[index]
    n = 34
    t = np.linspace(0.092, 1.0, n)
    place = along_rows(rows, body.positions, t)
    unit = body.scale * body.style.head
    rise = np.where(t < cut.peak, t / cut.peak, 1.0 - 0.55 * (t - cut.peak) / (1.0 - cut.peak))
    weight = cut.inner + (1.0 - cut.inner) * rise**1.3
    # The inner corner stays open: no line runs down to it.
    ends = np.clip((t - 0.09) / 0.20, 0.0, 1.0) * np.clip((1.0 - t) / 0.16, 0.0, 1.0) ** 0.8
    thick = unit * look.lash * 0.0039 * weight * ends
    inside = unit * look.lash * 0.0016 * weight * ends * np.clip((t - 0.10) / 0.30, 0.0, 1.0)
    reach = np.clip((t - 0.70) / 0.30, 0.0, 1.0) ** 1.9 * look.wing * unit
    out, lift = cut.tail
    outward = np.stack([sign * out * reach, lift * reach, -0.0022 * reach], axis=1)
    up = np.stack([sign * (0.45 * t - 0.12), np.ones(n), 0.60 + 0 * t], axis=1)
    up /= np.linalg.norm(up, axis=1, keepdims=True)
    base = place.at(body.positions) + np.array([0.0, 0.0, 0.0014]) * unit
    down = np.array([0.0, 1.0, 0.0]) * inside[:, None]
    # Seen from the side the lash stands out before the eye.
    stand = np.stack([0 * t, 0 * t, 0.9 * thick * np.sin(np.pi * t)], axis=1)
    offsets = [
        outward - down,
        outward + up * (0.45 * thick)[:, None] + 0.5 * stand,
        outward + up * thick[:, None] + stand,
    ]
    # A closed lid carries its lashes lower and in front of the lid.
    ahead = np.array([0.0, 0.0, 0.0022 * unit])
    hang = np.stack([0 * t, -0.9 * thick - 0.6 * lift * reach, 0 * t], axis=1)
    extra = {
        f"eyeBlink{side}": [hang + ahead for _ in offsets],
        f"{EYE_HAPPY}{side}": [0.4 * hang + 2.0 * ahead for _ in offsets],
        EYE_PAIN: [_folded(base, o, deltas[EYE_PAIN], place) for o in offsets],
    }
    v = np.tile(0.15 + 0.7 * np.abs(2.0 * t - 0.9) ** 1.5, 3)
    return _ribbon(f"lash_{side}", place, base, offsets, deltas, extra, (LASH_U, v))


def _folded(base: Points, offset: Points, delta: Points, place: Binding) -> Points:
    """Return what draws a ribbon together and back while a sign stands for the eye."""
    shift: Points = base.mean(0) - base - offset - place.at(delta)
    return shift * [0.9, 0.98, 1.0] + np.array([0.0, 0.0, -0.02])


def _lower(
    body: Body, deltas: Deltas, look: EyeLook, cut: _Cut, side: str, index: int, sign: float
) -> MeshPart:
    """Return the thin line of the lower lid, outer part only."""
    rows = face_loops(body.template).lower_lid[index]
    n = 18
    t = np.linspace(0.0, 1.0, n)
    place = along_rows(rows, body.positions, 0.20 + 0.80 * t)
    unit = body.scale * body.style.head
    thick = unit * look.lower_lash * 0.0010 * np.sin(np.pi * (0.06 + 0.93 * t**0.8)) ** 0.8
    down = np.stack([sign * 0.25 * t, -np.ones(n), 0.4 + 0 * t], axis=1)
    down /= np.linalg.norm(down, axis=1, keepdims=True)
    base = place.at(body.positions) + np.array([0.0, 0.0, 0.0012]) * unit
    offsets = [0.0 * down, 0.5 * thick[:, None] * down, thick[:, None] * down]
    v = np.tile(0.75 - 0.4 * t, 3)
    # Under the sign of >_< no line is left.
    extra = {EYE_PAIN: [-o for o in offsets]}
    return _ribbon(f"lash_low_{side}", place, base, offsets, deltas, extra, (LASH_U, v))


def _spikes(
    body: Body,
    deltas: Deltas,
    spikes: tuple[tuple[float, float, float], ...],
    weight: float,
    rows: NDArray[np.int64],
    way: tuple[str, float, float],
) -> MeshPart:
    """Return single lashes: curved triangles of six corners that stand on the rim."""
    side, sign, up = way
    unit = body.scale * body.style.head
    width = 0.034 if up > 0.0 else 0.026
    points, places, heights = [], [], []
    for at, length, lean in spikes:
        for k, w in ((0.0, 1.0), (0.55, 0.62), (1.0, 0.06)):
            bend = np.array([sign * lean * (0.55 + 0.45 * k), up, 0.55])
            bend /= np.linalg.norm(bend)
            for edge in (-1.0, 1.0):
                places.append(np.clip(at + edge * w * width, 0.0, 1.0))
                points.append(bend * length * k * unit * min(weight, 1.3))
                heights.append(k)
    place = along_rows(rows, body.positions, np.array(places))
    offset = np.array(points) + np.array([0.0, 0.0, 0.0012]) * unit
    # Towards the tip both edges draw together about the middle of the spike.
    base = place.at(body.positions)
    middle = 0.5 * (base[0::2] + base[1::2]).repeat(2, axis=0)
    base = np.where(np.array(heights)[:, None] > 0.0, 0.75 * base + 0.25 * middle, base)
    one = np.array([[0, 1, 2], [1, 3, 2], [2, 3, 4], [3, 5, 4]])
    triangles = np.concatenate([one + 6 * i for i in range(len(spikes))])
    follow = {k: place.at(d) for k, d in deltas.items()}
    if up > 0.0:
        fold = offset * [0.0, -1.5, 0.0] + np.array([0.0, 0.0, 0.0022 * unit])
        follow[f"eyeBlink{side}"] = follow[f"eyeBlink{side}"] + fold
        follow[f"{EYE_HAPPY}{side}"] = follow[f"{EYE_HAPPY}{side}"] + 0.5 * fold
        follow[EYE_PAIN] = follow[EYE_PAIN] + np.array([0.0, 0.0, -0.02])
    uvs = np.tile([LASH_U, 0.2], (len(base), 1))
    name = f"lash_spikes_{'up' if up > 0 else 'low'}_{side}"
    return head_part(name, base + offset, forward(len(base)), uvs, triangles, LINE, follow)


def _crease(
    body: Body, deltas: Deltas, look: EyeLook, side: str, index: int, sign: float
) -> MeshPart:
    """Return the fine line of the fold over the upper lid."""
    ring = face_loops(body.template).lid_rings[index][look.fold]
    points = body.positions[ring]
    rim = body.positions[face_loops(body.template).upper_lid[index]]
    middle = 0.4 * rim[:, 1].max() + 0.6 * rim[0, 1]
    ring = ring[points[:, 1] > middle]
    ring = ring[np.argsort(body.positions[ring, 0] * sign)]
    n = 22
    t = np.linspace(0.0, 1.0, n)
    place = along_rows(ring, body.positions, 0.10 + 0.84 * t)
    unit = body.scale * body.style.head
    thick = unit * look.crease * 0.0008 * np.sin(np.pi * np.clip(0.05 + 0.85 * t, 0, 1))
    base = place.at(body.positions) + np.array([0.0, 0.0, 0.0011]) * unit
    lift = np.stack([0 * t, thick, 0 * t], axis=1)
    # The fold is smoothed away while the lid closes.
    closed = (f"eyeBlink{side}", f"{EYE_HAPPY}{side}", EYE_PAIN)
    extra = {name: [0.0 * lift, -lift] for name in closed}
    uv = (CREASE_U, np.full(2 * n, 0.5))
    return _ribbon(f"crease_{side}", place, base, [0.0 * lift, lift], deltas, extra, uv)


def _ribbon(
    name: str,
    place: Binding,
    base: Points,
    offsets: list[Points],
    deltas: Deltas,
    extra: dict[str, list[Points]],
    uv: tuple[float, Points],
) -> MeshPart:
    """Return a ribbon of rows ``base + offset`` that follows the places in every shape."""
    points = np.concatenate([base + o for o in offsets])
    count = len(offsets)
    follow = {k: np.tile(place.at(d), (count, 1)) for k, d in deltas.items()}
    for k, more in extra.items():
        follow[k] = follow[k] + np.concatenate(more)
    triangles = grid_triangles(count, len(base))
    u, v = uv
    uvs = np.stack([np.full(len(points), u), v], axis=1)
    return head_part(name, points, forward(len(points)), uvs, triangles, LINE, follow)
