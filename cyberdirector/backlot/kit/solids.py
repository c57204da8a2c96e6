"""Boxes, lathes, tubes, panels: the simple solids that everything is made of.

Two ways of laying textures are used. *Trim*: the texture holds eight strips (boards)
one under the other; a face runs its long side along U at world scale and takes as many
strips as its short side needs, so that every beam and board has its own painted edges.
*Fit*: the face takes the whole texture (or a rectangle of it) once.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cyberdirector.backlot.kit.mesh import Mesh, grid_mesh, join, unit

TRIM_STRIPS = 8
"""Boards in a trim texture, one under the other."""
TRIM_LENGTH = 2.4
"""Metres of board that the width of a trim texture shows."""
TRIM_WIDTH = 0.22
"""Metres of one strip when a face is wide enough for several."""

Point = tuple[float, float, float]
Rect = tuple[float, float, float, float]
"""Part of a texture: left, top, right, bottom in 0..1."""

# One row per face of a box: outward axis, its sign, first in-plane axis, second.
_FACES = ((0, 1, 2, 1), (0, -1, 2, 1), (1, 1, 0, 2), (1, -1, 0, 2), (2, 1, 0, 1), (2, -1, 0, 1))


def boxes(centers: ArrayLike, sizes: ArrayLike, seed: int = 0, faces: str = "xXyYzZ") -> Mesh:
    """Return boxes with trim texture coordinates.

    Parameters
    ----------
    centers, sizes
        (n, 3) or (3,), metres.
    seed
        Chooses the strips.
    faces
        Which sides to make: a small letter is the side towards −, a capital towards +.
    """
    center = np.atleast_2d(np.asarray(centers, dtype=np.float64))
    size = np.broadcast_to(np.atleast_2d(np.asarray(sizes, dtype=np.float64)), center.shape)
    rng = np.random.default_rng(seed)
    made = []
    for axis, sign, first, second in _FACES:
        letter = "xyz"[axis] if sign < 0 else "XYZ"[axis]
        if letter in faces:
            made.append(_box_faces(center, size, axis, sign, first, second, rng))
    return join(made)


def _box_faces(
    center: NDArray[np.float64],
    size: NDArray[np.float64],
    axis: int,
    sign: int,
    first: int,
    second: int,
    rng: np.random.Generator,
) -> Mesh:
    """Return one side of every box."""
    count = len(center)
    corner = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) / 2.0
    at = np.repeat(center[:, None], 4, axis=1)
    at[..., axis] += sign * size[:, None, axis] / 2
    at[..., first] += corner[None, :, 0] * size[:, None, first]
    at[..., second] += corner[None, :, 1] * size[:, None, second]
    normal = np.zeros((count, 4, 3))
    normal[..., axis] = sign
    uv = trim_uvs(size[:, first], size[:, second], rng)
    # first × second points along +axis for (y,z,x) orders; find the winding by the sign.
    order = np.cross(np.eye(3)[first], np.eye(3)[second])[axis] * sign > 0
    quad = np.array([[0, 1, 2], [0, 2, 3]]) if order else np.array([[0, 2, 1], [0, 3, 2]])
    triangles = (np.arange(count)[:, None, None] * 4 + quad[None]).reshape(-1, 3)
    return Mesh(
        at.reshape(-1, 3).astype(np.float32),
        normal.reshape(-1, 3).astype(np.float32),
        uv.reshape(-1, 2).astype(np.float32),
        triangles.astype(np.uint32),
    )


def trim_uvs(
    first: NDArray[np.float64], second: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.float64]:
    """Return (n, 4, 2) trim coordinates of faces ``first`` × ``second`` metres large.

    Corners go (−,−), (+,−), (+,+), (−,+). The long side follows the grain.
    """
    count = len(first)
    long = np.maximum(first, second)
    short = np.minimum(first, second)
    strips = np.clip(np.round(short / TRIM_WIDTH), 1, TRIM_STRIPS)
    begin = rng.integers(0, TRIM_STRIPS, count)
    shift = rng.random(count)
    s = np.array([0.0, 1.0, 1.0, 0.0])
    t = np.array([1.0, 1.0, 0.0, 0.0])
    turned = (second > first)[:, None]
    along = np.where(turned, 1.0 - t[None], s[None])
    over = np.where(turned, s[None], t[None])
    u = shift[:, None] + along * long[:, None] / TRIM_LENGTH
    v = (begin[:, None] + over * strips[:, None]) / TRIM_STRIPS
    return np.stack([u, v], axis=-1)


def box(center: Point, size: Point, seed: int = 0, faces: str = "xXyYzZ") -> Mesh:
    """Return one box with trim texture coordinates (see :func:`boxes`)."""
    return boxes(center, size, seed, faces)


def bevel_box(center: Point, size: Point, bevel: float = 0.012, seed: int = 0) -> Mesh:
    """Return a box whose edges are cut at 45°, so that they catch the light.

    ``bevel`` in metres is held under a third of the smallest side.
    """
    size_ = np.asarray(size, dtype=np.float64)
    bevel = float(min(bevel, size_.min() / 3))
    half = size_ / 2
    rng = np.random.default_rng(seed)
    made = []
    for axis, sign, first, second in _FACES:
        inner = size_ - 2 * bevel
        inner[axis] = size_[axis]
        made.append(_box_faces(np.zeros((1, 3)), inner[None], axis, sign, first, second, rng))
    made.append(_bevel_edges(half, bevel))
    return join(made).moved(center)


def _bevel_edges(half: NDArray[np.float64], bevel: float) -> Mesh:
    """Return the 12 edge strips and 8 corners of a bevelled box round the origin."""
    positions: list[NDArray[np.float64]] = []
    normals: list[NDArray[np.float64]] = []
    triangles: list[list[int]] = []

    def face(points: list[NDArray[np.float64]]) -> None:
        normal = unit(
            np.sum(points, axis=0) * 0 + np.cross(points[1] - points[0], points[2] - points[0])
        )
        if normal @ np.mean(points, axis=0) < 0:
            points, normal = points[::-1], -normal
        base = len(positions)
        positions.extend(points)
        normals.extend([normal] * len(points))
        triangles.append([base, base + 1, base + 2])
        if len(points) == 4:
            triangles.append([base, base + 2, base + 3])

    inner = half - bevel
    for axis in range(3):
        b, c = (axis + 1) % 3, (axis + 2) % 3
        for sb in (-1, 1):
            for sc in (-1, 1):
                quad = []
                for end, outer in ((-1, b), (1, b), (1, c), (-1, c)):
                    p = inner.copy()
                    p[axis] *= end
                    p[b] = sb * (half[b] if outer == b else inner[b])
                    p[c] = sc * (half[c] if outer == c else inner[c])
                    quad.append(p)
                face(quad)
    for signs in np.stack(np.meshgrid([-1, 1], [-1, 1], [-1, 1]), axis=-1).reshape(-1, 3):
        corner = []
        for axis in range(3):
            p = inner.copy()
            p[axis] = half[axis]
            corner.append(p * signs)
        face(corner)
    # The lightest line of a strip lies near its top edge.
    uvs = np.tile([[0.1, 0.012]], (len(positions), 1))
    return Mesh(
        np.asarray(positions, dtype=np.float32),
        np.asarray(normals, dtype=np.float32),
        uvs.astype(np.float32),
        np.asarray(triangles, dtype=np.uint32),
    )


def panel(
    center: Point,
    width: float,
    height: float,
    yaw: float = 0.0,
    pitch: float = 0.0,
    rect: Rect = (0.0, 0.0, 1.0, 1.0),
    double: bool = False,
) -> Mesh:
    """Return an upright rectangle that faces +Z before it is turned; fit texture.

    ``double`` adds a back side that shows the same texture mirrored.
    """
    w, h = width / 2, height / 2
    left, top, right, bottom = rect
    mesh = Mesh(
        np.array([[-w, -h, 0], [w, -h, 0], [w, h, 0], [-w, h, 0]], dtype=np.float32),
        np.tile(np.array([0, 0, 1], dtype=np.float32), (4, 1)),
        np.array(
            [[left, bottom], [right, bottom], [right, top], [left, top]], dtype=np.float32
        ),
        np.array([[0, 1, 2], [0, 2, 3]], dtype=np.uint32),
    )
    if double:
        back = mesh.moved(yaw=np.pi).with_uvs(mesh.uvs[[1, 0, 3, 2]])
        mesh = join([mesh, back])
    return mesh.moved(center, yaw, pitch)


def ground(
    x: tuple[float, float],
    z: tuple[float, float],
    y: float = 0.0,
    tile: float = 0.0,
    steps: int = 1,
    up: bool = True,
    rect: Rect = (0.0, 0.0, 1.0, 1.0),
) -> Mesh:
    """Return a level rectangle; ``tile`` metres per texture, or 0 to fit ``rect`` once."""
    u = np.linspace(0, 1, steps + 1)
    zz, xx = np.meshgrid(u, u, indexing="ij")
    px = x[0] + (x[1] - x[0]) * xx
    pz = z[0] + (z[1] - z[0]) * zz
    at = np.stack([px, np.full_like(px, y), pz], axis=-1)
    if tile > 0:
        uv = np.stack([px / tile, pz / tile], axis=-1)
    else:
        uv = np.stack(
            [rect[0] + (rect[2] - rect[0]) * xx, rect[1] + (rect[3] - rect[1]) * zz], -1
        )
    mesh = grid_mesh(at, uv)
    if up:
        return mesh
    return Mesh(
        mesh.positions, -mesh.normals, mesh.uvs, np.ascontiguousarray(mesh.triangles[:, ::-1])
    )


def lathe(
    profile: Sequence[tuple[float, float]],
    sides: int = 16,
    rect: Rect = (0.0, 0.0, 1.0, 1.0),
    smooth: bool = True,
) -> Mesh:
    """Return a solid of revolution about +Y.

    Parameters
    ----------
    profile
        (radius, height) from the bottom to the top, metres.
    sides
        Segments round the axis.
    rect
        Part of the texture: U once round, V from the top down by length of the profile.
    smooth
        Smooth across profile corners; otherwise each band has its own normals.
    """
    if not smooth:
        pairs = list(pairwise(profile))
        lengths = np.cumsum(
            [0.0] + [float(np.hypot(b[0] - a[0], b[1] - a[1])) for a, b in pairs]
        )
        total = max(float(lengths[-1]), 1e-9)
        bands = []
        for i, pair in enumerate(pairs):
            bottom = rect[3] + (rect[1] - rect[3]) * lengths[i] / total
            top = rect[3] + (rect[1] - rect[3]) * lengths[i + 1] / total
            bands.append(lathe(pair, sides, (rect[0], float(top), rect[2], float(bottom))))
        return join(bands)
    line = np.asarray(profile, dtype=np.float64)
    step = np.hypot(*np.diff(line, axis=0).T)
    where = np.concatenate([[0.0], np.cumsum(step)]) / max(float(step.sum()), 1e-9)
    angle = np.linspace(0, 2 * np.pi, sides + 1)
    r = np.maximum(line[:, 0], 1e-5)[:, None]
    at = np.stack(
        [
            r * np.sin(angle)[None],
            np.repeat(line[:, 1:2], sides + 1, axis=1),
            r * np.cos(angle)[None],
        ],
        axis=-1,
    )
    u = np.broadcast_to(np.linspace(rect[0], rect[2], sides + 1)[None], at.shape[:2])
    v = np.broadcast_to((rect[3] + (rect[1] - rect[3]) * where)[:, None], at.shape[:2])
    mesh = grid_mesh(at[::-1], np.stack([u, v], axis=-1)[::-1], closed=True)
    return mesh


def cylinder(
    center: Point,
    radius: float,
    height: float,
    sides: int = 14,
    top: float | None = None,
    rect: Rect = (0.0, 0.0, 1.0, 1.0),
    caps: bool = True,
) -> Mesh:
    """Return an upright cylinder or cone that stands on ``center``; fit texture."""
    upper = radius if top is None else top
    made = [lathe([(radius, 0.0), (upper, height)], sides, rect)]
    if caps:
        made.append(
            lathe(
                [(upper, height), (0.0, height)],
                sides,
                (rect[0], rect[1], rect[2], rect[1] + 0.02),
            )
        )
        made.append(
            lathe(
                [(0.0, 0.0), (radius, 0.0)], sides, (rect[0], rect[3] - 0.02, rect[2], rect[3])
            )
        )
    return join(made).moved(center)


def tube(
    path: ArrayLike,
    radius: ArrayLike,
    sides: int = 8,
    rect: Rect = (0.0, 0.0, 1.0, 1.0),
    repeat: float = 0.0,
) -> Mesh:
    """Return a round tube along a polyline, (n, 3) metres.

    ``radius`` may vary along the line. V runs along the tube: once, or every ``repeat``
    metres. U runs round it.
    """
    line = np.asarray(path, dtype=np.float64)
    radii = np.broadcast_to(np.asarray(radius, dtype=np.float64), (len(line),))
    tangent = unit(np.gradient(line, axis=0))
    side = np.cross(tangent, [0.0, 1.0, 0.0])
    weak = np.linalg.norm(side, axis=1) < 0.15
    side[weak] = np.cross(tangent[weak], [1.0, 0.0, 0.0])
    for i in range(1, len(line)):  # keep the frame from turning over between points
        if side[i] @ side[i - 1] < 0:
            side[i] = -side[i]
    side = unit(side)
    other = np.cross(tangent, side)
    angle = np.linspace(0, 2 * np.pi, sides + 1)
    ring = (
        np.cos(angle)[None, :, None] * side[:, None]
        + np.sin(angle)[None, :, None] * other[:, None]
    )
    at = line[:, None] + radii[:, None, None] * ring
    length = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))])
    run = (
        length / repeat
        if repeat > 0
        else rect[1] + (rect[3] - rect[1]) * length / max(float(length[-1]), 1e-9)
    )
    u = np.broadcast_to(np.linspace(rect[0], rect[2], sides + 1)[None], at.shape[:2])
    v = np.broadcast_to(run[:, None], at.shape[:2])
    uv = np.stack([u, v], axis=-1)
    return grid_mesh(at[:, ::-1], uv[:, ::-1], closed=True)


def sphere(
    center: Point, radius: float | Point, sides: int = 14, rect: Rect = (0.0, 0.0, 1.0, 1.0)
) -> Mesh:
    """Return a ball or ellipsoid; V runs from its top to its bottom."""
    angle = np.linspace(-np.pi / 2, np.pi / 2, max(sides // 2 + 1, 4))
    ball = lathe([(float(np.cos(a)), float(np.sin(a))) for a in angle], sides, rect)
    scale = (radius, radius, radius) if isinstance(radius, int | float) else radius
    return ball.moved(center, scale=scale)
