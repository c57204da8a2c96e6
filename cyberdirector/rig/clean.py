"""Meshes made fit for rigging: fewer triangles, and every surface facing outwards."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.model import MeshPart
from cyberdirector.core.simplify import Simplifier, open_edges
from cyberdirector.rig.joints import frame_of, views_of
from cyberdirector.rig.mesh import Statue
from cyberdirector.rig.notes import Note
from cyberdirector.rig.weights import connected_pieces, weld

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

MOST_TRIANGLES = 120_000
"""Triangles of a rigged character; heroes may have 160,000."""

_CLUSTER = 3
"""More than this many times too many triangles are first merged on a lattice."""
_LOOSE = 1.3
"""More than this many times too many are left where borders keep the edges from collapsing:
then the lattice merges the rest."""
_BLOCKS = 8
"""Parts of a texture's side; vertices of different parts are never merged on the lattice."""
_ROUNDS = 6
_PROBE = 0.006
"""Share of the height at which both sides of a triangle are looked at."""
_AGAINST = -0.3
"""Mean vote below which a piece is turned inside out."""


def thin_statue(statue: Statue, most: int = MOST_TRIANGLES) -> Statue:
    """Return the statue with at most about ``most`` triangles; texture borders stay."""
    total = sum(len(p.triangles) for p in statue.parts)
    if total <= most:
        return statue
    size = float(np.ptp(statue.joined()[0], axis=0).max())
    parts, colours = [], {}
    for i, part in enumerate(statue.parts):
        share = max(int(most * len(part.triangles) / total), 8)
        thin, rows = _thin_part(part, statue.colours.get(i), share, size)
        if i in statue.colours:
            colours[i] = statue.colours[i][rows]
        parts.append(thin)
    left = sum(len(p.triangles) for p in parts)
    note = Note(
        "rig-thinned",
        f"三角形从 {total} 个减到 {left} 个。",
        f"{total} triangles were reduced to {left}.",
    )
    return replace(statue, parts=parts, colours=colours, notes=[*statue.notes, note])


def _thin_part(
    part: MeshPart, colour: NDArray[np.float32] | None, most: int, size: float
) -> tuple[MeshPart, Ints]:
    """Return the part with about ``most`` triangles, and the old row of each vertex."""
    rows, triangles = _joined_twins(part, colour, size)
    points = part.positions[rows].astype(np.float64)
    if len(triangles) > _CLUSTER * most:
        keep, triangles = _cluster(points, part.uvs[rows], triangles, _CLUSTER * most)
        rows, points = rows[keep], points[keep]
    traits = [part.normals[rows] * 0.001 * size]
    if colour is not None:
        traits.append(colour[rows] * 0.01 * size)
    locked = _seams(points, triangles)
    mesh = Simplifier([points], np.hstack(traits).astype(np.float32), triangles, locked)
    limit = 5e-4 * size
    for _ in range(_ROUNDS):
        if len(mesh.triangles) <= most:
            break
        mesh.reduce(limit, most)
        limit *= 2.0
    triangles = np.asarray(mesh.triangles, np.int64)
    for k in range(_ROUNDS):
        if len(triangles) <= _LOOSE * most:
            break
        keep, triangles = _cluster(points, part.uvs[rows], triangles, int(most * 0.7**k))
        rows, points = rows[keep], points[keep]
    used, local = np.unique(triangles, return_inverse=True)
    rows = rows[used]
    thin = replace(
        part,
        positions=part.positions[rows],
        normals=part.normals[rows],
        uvs=part.uvs[rows],
        triangles=local.reshape(-1, 3).astype(np.uint32),
    )
    return thin, rows


def _joined_twins(
    part: MeshPart, colour: NDArray[np.float32] | None, size: float
) -> tuple[Ints, Ints]:
    """Return rows of distinct vertices (place, texture, colour), and triangles of them."""
    keys = [np.rint(part.positions / (1e-6 * size)), np.rint(part.uvs * 16384.0)]
    if colour is not None:
        keys.append(np.rint(colour * 255.0))
    # One number per vertex is much faster to sort than rows.
    flat = np.hstack(keys).astype(np.int64)
    mixed = np.zeros(len(flat), np.uint64)
    for column in flat.T.astype(np.uint64):
        mixed = (mixed ^ column) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    _, rows, place = np.unique(mixed, return_index=True, return_inverse=True)
    return rows.astype(np.int64), _whole(place.ravel()[part.triangles].astype(np.int64))


def _whole(triangles: Ints) -> Ints:
    a, b, c = triangles.T
    return triangles[(a != b) & (b != c) & (c != a)]


def _cluster(
    points: Floats, uvs: NDArray[np.float32], triangles: Ints, most: int
) -> tuple[Ints, Ints]:
    """Merge vertices of one texture chart in one cell of a lattice into one of them."""
    corners = points[triangles]
    area = np.linalg.norm(
        np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1
    )
    step = np.sqrt(float(area.sum()) / most)
    cell = np.floor((points - points.min(axis=0)) / step).astype(np.int64)
    key = (cell[:, 0] << 42) | (cell[:, 1] << 21) | cell[:, 2]
    if bool(np.any(np.ptp(uvs, axis=0) > 0.0)):
        chart = connected_pieces(triangles, len(points))
        block = np.floor(uvs.astype(np.float64) * _BLOCKS).astype(np.int64) % 4096
        key = (key * np.int64(1_000_003) + chart) * np.int64(1_000_003)
        key += block[:, 0] * 4096 + block[:, 1]
    _, number = np.unique(key, return_inverse=True)
    number = number.ravel()
    count = np.bincount(number)
    mean = np.stack([np.bincount(number, points[:, k]) / count for k in range(3)], axis=1)
    off = ((points - mean[number]) ** 2).sum(axis=1)
    order = np.lexsort((off, number))
    keep = order[np.flatnonzero(np.diff(number[order], prepend=-1))]
    return keep, np.unique(_whole(number[triangles]), axis=0)


def _seams(points: Floats, triangles: Ints) -> Bools:
    """Return which vertices lie on a border or share their place with another."""
    locked = np.zeros(len(points), np.bool_)
    for ends in open_edges(triangles, len(points)):
        locked[ends] = True
    return locked


def face_outwards(points: Floats, triangles: Ints, samples: Floats) -> Bools:
    """Return which triangles (t,) must be turned round so that every piece faces outwards.

    Both sides of each triangle are probed: the side that can be seen is the outside.
    Pieces that cannot be seen turn with the rest.

    Parameters
    ----------
    points, triangles
        The upright figure.
    samples
        (n, 3) points spread evenly over its surface.
    """
    frame = frame_of(samples)
    views = views_of(frame.inside(samples))
    local = frame.inside(points)
    place, _ = weld(points, triangles, 1e-5 * frame.height)
    pieces = connected_pieces(place[triangles], int(place.max()) + 1)[place[triangles[:, 0]]]
    a, b, c = (local[triangles[:, k]] for k in range(3))
    normal = np.cross(b - a, c - a)
    area = np.linalg.norm(normal, axis=1)
    normal /= np.maximum(area, 1e-20)[:, None]
    middle = (a + b + c) / 3.0
    front = views.depth_of(middle + _PROBE * normal, 2.0 * _PROBE)
    back = views.depth_of(middle - _PROBE * normal, 2.0 * _PROBE)
    votes = np.bincount(pieces, weights=area * (back - front))
    weight = np.maximum(np.bincount(pieces, weights=area), 1e-20)
    mean = votes / weight
    turned = mean < _AGAINST
    if weight[turned].sum() > 0.5 * weight[np.abs(mean) > -_AGAINST].sum():
        turned |= np.abs(mean) <= -_AGAINST
    return np.asarray(turned[pieces])
