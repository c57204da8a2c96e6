"""One level of detail of a character on the device."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyberdirector.render.figure_mesh import FigureMesh
from cyberdirector.render.geometry import Draw
from cyberdirector.render.lod import Level
from cyberdirector.render.materials import MaterialTable
from cyberdirector.render.tiles import patches_of
from cyberdirector.render.visibility import SeenTriangles


class FigureLevel:
    """Triangles of one level of detail on the device.

    Attributes
    ----------
    shape
        The arrays.
    indices
        The corners of its triangles as an index buffer.
    patches
        See :func:`~.tiles.patches_of`.
    seen
        What can be seen of it in this frame.
    solid_runs
        (first index, count, double sided) of opaque triangles, for shadow maps.
    holed
        Draws that throw a shadow with the holes of their texture.
    holders
        For each draw the nodes that move its vertices.
    fineness
        For each draw how much of a texture a metre of its surface spans, shares of its sides.
    """

    def __init__(
        self, context: Any, mesh: FigureMesh, level: Level, materials: MaterialTable
    ) -> None:
        self.shape = level
        self.patches = _patches_of(mesh, level)
        self.indices = context.buffer(level.indices.tobytes() or bytes(12))
        self.seen = SeenTriangles(
            context,
            mesh.rest["position"],
            level.indices,
            level.draws,
            self.indices,
            rings=2 if level is mesh.levels[0] else 1,
        )
        casters = [d for d in level.draws if d.count and _casts(d)]
        self.solid_runs = _solid_runs([d for d in casters if not d.cutout], materials)
        self.holed = [d for d in casters if d.cutout]
        self.holders = [_nodes_of(mesh, level, draw) for draw in level.draws]
        self.fineness = [_fineness_of(mesh, level, draw) for draw in level.draws]

    def twin(self) -> FigureLevel:
        """Return the same triangles for another figure, with its own visible ones."""
        other = copy.copy(self)
        other.seen = self.seen.twin()
        return other


def _patches_of(mesh: FigureMesh, level: Level) -> NDArray[np.uint32]:
    triangles = level.indices.reshape(-1, 3)
    ends = [(draw.first + draw.count) // 3 for draw in level.draws]
    owners = np.searchsorted(ends, np.arange(len(triangles)), side="right")
    return patches_of(mesh.rest["position"], triangles, owners)


def _nodes_of(mesh: FigureMesh, level: Level, draw: Draw) -> NDArray[np.int64]:
    """Return the nodes that move the vertices of a draw; the first node if it has none."""
    used = mesh.rest[np.unique(level.indices[draw.first : draw.first + draw.count])]
    nodes = np.unique(used["joints"][used["weights"] > 0.0]).astype(np.int64)
    return nodes if len(nodes) else np.zeros(1, np.int64)


def _fineness_of(mesh: FigureMesh, level: Level, draw: Draw) -> float:
    """Return the root of the area in the texture over that of the surface at rest, 1/m."""
    corners = level.indices[draw.first : draw.first + draw.count].reshape(-1, 3)
    a, b, c = (mesh.rest["position"][corners[:, k]].astype(np.float64) for k in range(3))
    surface = float(np.linalg.norm(np.cross(b - a, c - a), axis=1).sum())
    p, q, r = (mesh.uvs[corners[:, k]].astype(np.float64) for k in range(3))
    u, v = q - p, r - p
    drawn = float(np.abs(u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]).sum())
    return float(np.sqrt(drawn / max(surface, 1e-12)))


def _casts(draw: Draw) -> bool:
    """Tell whether a draw throws a shadow."""
    return not draw.blended and draw.role not in ("brow", "lash", "mouth", "eye")


def _solid_runs(draws: list[Draw], materials: MaterialTable) -> list[tuple[int, int, bool]]:
    """Return merged runs of draws."""
    out: list[tuple[int, int, bool]] = []
    for draw in draws:
        double = materials[draw.material].double_sided
        if out and out[-1][2] == double and sum(out[-1][:2]) == draw.first:
            out[-1] = (out[-1][0], out[-1][1] + draw.count, double)
        else:
            out.append((draw.first, draw.count, double))
    return out
