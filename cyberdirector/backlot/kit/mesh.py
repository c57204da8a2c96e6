"""Bare triangles, and moving and joining them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Mesh:
    """Triangles without a material.

    Attributes
    ----------
    positions, normals
        (n, 3) float32, metres and unit vectors, any frame.
    uvs
        (n, 2) float32, (0, 0) is the top left corner of the texture.
    triangles
        (m, 3) uint32, counter-clockwise seen from outside.
    """

    positions: Floats
    normals: Floats
    uvs: Floats
    triangles: NDArray[np.uint32]

    def moved(
        self,
        offset: tuple[float, float, float] = (0.0, 0.0, 0.0),
        yaw: float = 0.0,
        pitch: float = 0.0,
        roll: float = 0.0,
        scale: float | tuple[float, float, float] = 1.0,
    ) -> Mesh:
        """Return a copy scaled, rolled about Z, pitched about X, turned about Y, moved.

        Angles in radians, ``offset`` in metres. A scale with an odd number of negative
        factors turns the triangles over, so that outsides stay outsides.
        """
        factors = np.broadcast_to(np.asarray(scale, dtype=np.float64), (3,))
        turn = rotation(yaw, pitch, roll)
        positions = (self.positions * factors) @ turn.T + np.asarray(offset)
        normals = unit((self.normals / factors) @ turn.T)
        flip = bool(np.prod(factors) < 0.0)
        triangles = self.triangles[:, ::-1] if flip else self.triangles
        return Mesh(_f32(positions), _f32(normals), self.uvs, np.ascontiguousarray(triangles))

    def with_uvs(self, uvs: ArrayLike) -> Mesh:
        """Return a copy with other texture coordinates, (n, 2)."""
        return Mesh(self.positions, self.normals, _f32(uvs), self.triangles)

    def bounds(self) -> tuple[Floats, Floats]:
        """Return the lowest and highest corner, metres."""
        return self.positions.min(axis=0), self.positions.max(axis=0)


def rotation(yaw: float, pitch: float = 0.0, roll: float = 0.0) -> NDArray[np.float64]:
    """Return the (3, 3) matrix that rolls about Z, then pitches about X, then yaws about Y."""
    cy, sy, cp, sp = np.cos(yaw), np.sin(yaw), np.cos(pitch), np.sin(pitch)
    cr, sr = np.cos(roll), np.sin(roll)
    about_y = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    about_x = np.array([[1, 0, 0], [0, cp, -sp], [0, sp, cp]])
    about_z = np.array([[cr, -sr, 0], [sr, cr, 0], [0, 0, 1]])
    return np.asarray(about_y @ about_x @ about_z)


def unit(vectors: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return vectors (…, 3) of length 1; those without length point up."""
    vectors = np.asarray(vectors, dtype=np.float64)
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    up = np.array([0.0, 1.0, 0.0])
    return np.where(length > 1e-12, vectors / np.maximum(length, 1e-12), up)


def join(meshes: Iterable[Mesh]) -> Mesh:
    """Return one mesh made of all (an empty one when there are none)."""
    parts = [mesh for mesh in meshes if len(mesh.triangles)]
    if not parts:
        return Mesh(_zeros(3), _zeros(3), _zeros(2), np.zeros((0, 3), dtype=np.uint32))
    starts = np.cumsum([0] + [len(p.positions) for p in parts[:-1]])
    return Mesh(
        np.concatenate([p.positions for p in parts]),
        np.concatenate([p.normals for p in parts]),
        np.concatenate([p.uvs for p in parts]),
        np.concatenate(
            [p.triangles + np.uint32(s) for p, s in zip(parts, starts, strict=True)]
        ),
    )


def flipped(mesh: Mesh) -> Mesh:
    """Return the mesh inside out."""
    return Mesh(
        mesh.positions, -mesh.normals, mesh.uvs, np.ascontiguousarray(mesh.triangles[:, ::-1])
    )


def grid_mesh(points: ArrayLike, uvs: ArrayLike | None = None, closed: bool = False) -> Mesh:
    """Return the surface through a grid of points with smooth normals.

    Parameters
    ----------
    points
        (rows, columns, 3), metres. Outside is where rows × columns directions (d/drow ×
        d/dcolumn) point.
    uvs
        (rows, columns, 2), or None for 0..1 along columns and rows.
    closed
        The last column is the first again (a seam with its own texture coordinates).
    """
    at = np.asarray(points, dtype=np.float64)
    rows, columns = at.shape[:2]
    along = np.gradient(at, axis=0)
    across = np.gradient(at, axis=1)
    if closed:
        wrapped = (at[:, 1] - at[:, -2]) / 2
        across[:, 0] = across[:, -1] = wrapped
    normals = unit(np.cross(along, across))
    if uvs is None:
        v, u = np.meshgrid(np.linspace(0, 1, rows), np.linspace(0, 1, columns), indexing="ij")
        uvs = np.stack([u, v], axis=-1)
    index = np.arange(rows * columns, dtype=np.uint32).reshape(rows, columns)
    a, b, c, d = index[:-1, :-1], index[1:, :-1], index[1:, 1:], index[:-1, 1:]
    triangles = np.stack([a, b, c, a, c, d], axis=-1).reshape(-1, 3)
    return Mesh(
        _f32(at.reshape(-1, 3)),
        _f32(normals.reshape(-1, 3)),
        _f32(np.asarray(uvs).reshape(-1, 2)),
        np.ascontiguousarray(triangles),
    )


def _f32(values: ArrayLike) -> Floats:
    return np.ascontiguousarray(values, dtype=np.float32)


def _zeros(width: int) -> Floats:
    return np.zeros((0, width), dtype=np.float32)
