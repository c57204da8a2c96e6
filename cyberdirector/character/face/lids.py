"""Lids in motion: closed lids that meet, the arches of a laugh and of a smile."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cyberdirector.character.body import Body
from cyberdirector.character.face.topology import face_loops

_LAUGH, _SMILE = 0.62, 0.17
"""Rise of the middle of laughing and of smiling lids over the height of the opening."""


def meet_lids(body: Body, blink: NDArray[np.float64], index: int) -> None:
    """Correct a blink in place: the upper rim lands on the lower rim, not behind it.

    The correction fades out over the rings of the upper lid.
    """
    loops = face_loops(body.template)
    points = body.positions
    unit = body.scale * body.style.head
    upper, lower = loops.upper_lid[index], loops.lower_lid[index]
    closed, line = points + blink, points[lower] + blink[lower]
    order = np.argsort(line[:, 0])
    corner = np.interp(points[:, 0], *_sorted(points[[upper[0], upper[-1]], :2]))
    rings = (*loops.lid_edges[index], upper, *loops.lid_rings[index])
    for k, ring in enumerate(rings):
        rows = ring[points[ring, 1] > corner[ring] - 1e-9]
        share = 1.0 - max(0, k - len(loops.lid_edges[index])) / 7.0
        x = closed[rows, 0]
        near = upper[np.abs(points[rows, 0][:, None] - points[upper, 0]).argmin(1)]
        for axis, extra in ((1, 0.0004 * unit), (2, 0.0009 * unit)):
            target = np.interp(x, line[order, 0], line[order, axis]) + extra
            source = closed[near, axis]
            blink[rows, axis] += share * (target - source)


def laugh_lids(body: Body, blink: NDArray[np.float64], index: int) -> NDArray[np.float64]:
    """Return the closed lids of a laugh (^): the line where they meet is bent upwards."""
    out = blink.copy()
    _arch(body, out, index, _LAUGH, lower=False)
    return out


def smile_lids(body: Body, squint: NDArray[np.float64], index: int) -> None:
    """Bend a squint in place: the lower lid rises as an arch, not as a bar."""
    _arch(body, squint, index, _SMILE, lower=True)


def _arch(body: Body, delta: NDArray[np.float64], index: int, rise: float, lower: bool) -> None:
    """Raise the middle of the rims in place, less on rings further out.

    ``rise`` is a share of the height of the opening; ``lower`` leaves the upper lid alone.
    """
    loops = face_loops(body.template)
    points = body.positions
    upper, under = loops.upper_lid[index], loops.lower_lid[index]
    rim = points[np.concatenate([upper, under])]
    middle, half = 0.5 * (rim[:, 0].min() + rim[:, 0].max()), 0.5 * np.ptp(rim[:, 0])
    way = rise * float(np.ptp(rim[:, 1]))
    edges, rings = loops.lid_edges[index], loops.lid_rings[index]
    both = np.concatenate([upper, under[1:-1]])
    fade = [1.0 - (k + 1) / (len(rings) + 1) for k in range(len(rings))]
    corner = _sorted(points[[upper[0], upper[-1]], :2])
    share = np.zeros(len(points))
    for rows, amount in zip(rings, fade, strict=True):
        share[rows] = np.maximum(share[rows], amount)
    share[np.concatenate([both, *edges])] = 1.0
    moved = np.flatnonzero(share)
    if lower:
        moved = moved[points[moved, 1] < np.interp(points[moved, 0], *corner) - 1e-9]
    # Closing lids also move sideways: the arch is that of where they arrive.
    u = np.clip((points[moved, 0] + delta[moved, 0] - middle) / half, -1.0, 1.0)
    delta[moved, 1] += share[moved] * way * (1.0 - u * u)
    delta[moved, 2] += share[moved] * 0.15 * way * (1.0 - u * u)


def _sorted(points: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    order = np.argsort(points[:, 0])
    return points[order, 0], points[order, 1]
