"""Soft shadows, glows and mist as translucent cards with one shared texture.

The texture holds, side by side: a radial blob, a linear fade (dark at the top) and a
corner fade. Cards laid a few millimetres over floors and walls give the contact shadows
and corner darkening that a background painter puts in by hand, in every light.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cyberdirector.backlot.kit.mesh import Mesh, grid_mesh, join
from cyberdirector.backlot.kit.noise import coordinates, pixels, rgb, step
from cyberdirector.backlot.kit.solids import Point, panel

BLOB = (0.004, 0.02, 0.328, 0.98)
FADE = (0.40, 0.01, 0.60, 0.99)
LIFT = 0.006
"""Metres between a decal and the surface under it."""


def decal_texture(color: str, strength: float = 0.6, size: int = 128) -> NDArray[np.uint8]:
    """Return the shared fades (three squares of ``size`` pixels) in one colour."""
    v, u = coordinates(size, size)
    radius = np.hypot(u - 0.5, v - 0.5) * 2
    blob = (1 - step(0.0, 1.0, radius)) ** 1.3
    fade = (1 - step(0.0, 1.0, v)) ** 1.6
    corner = np.clip(1 - np.hypot(u, v), 0, 1) ** 2
    alpha = np.concatenate([blob, fade, corner], axis=1).astype(np.float32) * strength
    image = np.broadcast_to(rgb(color), (*alpha.shape, 3))
    return pixels(np.asarray(image, dtype=np.float32), alpha)


def blob(center: Point, width: float, depth: float, yaw: float = 0.0) -> Mesh:
    """Return a round soft patch on a floor under ``center`` (metres)."""
    mesh = panel((0.0, 0.0, 0.0), width, depth, rect=BLOB).moved(pitch=-np.pi / 2)
    return mesh.moved((center[0], center[1] + LIFT, center[2]), yaw)


def edge_fade(start: Point, end: Point, depth: Point) -> Mesh:
    """Return a strip that is dark along ``start`` → ``end`` and fades over ``depth``.

    ``depth`` is the vector of the fade; the strip faces ``start→end`` × ``depth`` or the
    other side, both are made.
    """
    a, b, d = (np.asarray(p, dtype=np.float64) for p in (start, end, depth))
    at = np.array([[a, b], [a + d, b + d]])
    left, top, right, bottom = FADE
    uv = np.array([[[left, top], [right, top]], [[left, bottom], [right, bottom]]])
    mesh = grid_mesh(at, uv)
    back = Mesh(
        mesh.positions, -mesh.normals, mesh.uvs, np.ascontiguousarray(mesh.triangles[:, ::-1])
    )
    return join([mesh, back])


def room_shading(
    low: Point, high: Point, floor: float = 1.2, ceiling: float = 1.4, corner: float = 0.9
) -> Mesh:
    """Return the darkening of a room's edges: floor and walls, ceiling, upright corners.

    ``low`` and ``high`` are the inner corners of the room; the rest are the widths of
    the fades, metres (0 leaves that fade out).
    """
    (x0, y0, z0), (x1, y1, z1) = low, high
    e = LIFT
    made = []
    for (ax, az), (bx, bz), (nx, nz) in (
        ((x0, z0), (x1, z0), (0, 1)),
        ((x0, z1), (x1, z1), (0, -1)),
        ((x0, z0), (x0, z1), (1, 0)),
        ((x1, z0), (x1, z1), (-1, 0)),
    ):
        ox, oz = nx * e, nz * e
        if floor > 0:
            made.append(
                edge_fade((ax, y0 + e, az), (bx, y0 + e, bz), (nx * floor, 0, nz * floor))
            )
            made.append(
                edge_fade((ax + ox, y0, az + oz), (bx + ox, y0, bz + oz), (0, floor * 0.5, 0))
            )
        if ceiling > 0:
            made.append(
                edge_fade((ax + ox, y1, az + oz), (bx + ox, y1, bz + oz), (0, -ceiling, 0))
            )
            made.append(
                edge_fade((ax, y1 - e, az), (bx, y1 - e, bz), (nx * ceiling, 0, nz * ceiling))
            )
        if corner > 0:
            tx, tz = np.sign(bx - ax) * corner, np.sign(bz - az) * corner
            made.append(edge_fade((ax + ox, y0, az + oz), (ax + ox, y1, az + oz), (tx, 0, tz)))
            made.append(
                edge_fade((bx + ox, y0, bz + oz), (bx + ox, y1, bz + oz), (-tx, 0, -tz))
            )
    return join(made)
