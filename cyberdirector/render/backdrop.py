"""The set on the device: culled parts, its own cached shadow map."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.scene import Set
from cyberdirector.render.camera import View, boxes_inside, orthographic, view_matrix
from cyberdirector.render.geometry import Draw, join_runs, pack_set
from cyberdirector.render.materials import MaterialTable
from cyberdirector.render.mend import mend_parts
from cyberdirector.render.shadows import corners
from cyberdirector.render.visibility import SeenTriangles

_Floats = NDArray[np.float64]
_FORMAT = "3f4 3f4 2f4"
_REACH = 9.0
"""Metres around the middle of the walk area that the set's shadow map covers."""
_CAST_HEIGHT = 2.0
"""Indoors only triangles that stay lower than this cast shadows: walls and roofs would
keep every light out that a director hangs outside."""


class Backdrop:
    """Buffers of a set.

    Attributes
    ----------
    draws
        Runs of triangles with bounds.
    shaded
        An index buffer for triangles that shadows of this frame may fall on.
    water
        The eight corners (8, 3) around each surface that moves by itself, metres.
    remarks
        What was mended in its meshes and textures.
    """

    def __init__(self, context: Any, place: Set) -> None:
        self._context = context
        parts, self.remarks = mend_parts(place.name, place.parts)
        self.mesh = pack_set(place.name, parts, place.materials)
        self.draws = self.mesh.draws
        self.materials = MaterialTable(context, place.name, place.materials, place.textures)
        self.remarks += self.materials.remarks
        self._vertices = context.buffer(self.mesh.vertices.tobytes() or bytes(32))
        self._indices = context.buffer(self.mesh.indices.tobytes() or bytes(12))
        numbers = np.arange(max(len(self.mesh.vertices), 1), dtype=np.int32)
        self._numbers = context.buffer(numbers.tobytes())
        casters = self._casters(place)
        self._caster_count = len(casters)
        self._casters_buffer = context.buffer(casters.tobytes() or bytes(12))
        self._arrays: dict[tuple[int, int], Any] = {}
        self.seen = SeenTriangles(
            context,
            self.mesh.vertices[:, :3],
            self.mesh.indices,
            self.draws,
            self._indices,
            ("surface",),
        )
        self.shaded = context.buffer(reserve=max(self.mesh.indices.nbytes, 12))
        self.low = np.array([d.low for d in self.draws]).reshape(-1, 3)
        self.high = np.array([d.high for d in self.draws]).reshape(-1, 3)
        self.water = [corners(d.low, d.high) for d in self.draws if d.family == "water"]
        self.middle = self._middle(place)
        self.shelters = [
            tuple(float(v) for v in box) for box in place.extras.get("shelters", [])
        ]

    def _middle(self, place: Set) -> NDArray[np.float64]:
        """Return the middle of where people are, on the floor, (3,) metres."""
        if len(place.walk_area):
            x, z = (place.walk_area.min(axis=0) + place.walk_area.max(axis=0)) / 2.0
            return np.array([float(x), 0.0, float(z)])
        return np.zeros(3)

    def _casters(self, place: Set) -> NDArray[np.uint32]:
        """Return the flat indices of the triangles that cast shadows."""
        indoors = bool(place.extras.get("inside", False))
        positions = self.mesh.vertices[:, :3]
        runs = []
        for draw in self.draws:
            material = place.materials[draw.material]
            if draw.blended or draw.role in ("water", "sky", "emissive"):
                continue
            if not material.extras.get("cast_shadow", True):
                continue
            faces = self.mesh.indices[draw.first : draw.first + draw.count].reshape(-1, 3)
            if indoors:
                faces = faces[positions[faces, 1].max(axis=1) < _CAST_HEIGHT]
            runs.append(faces.reshape(-1))
        return np.concatenate(runs) if runs else np.zeros(0, np.uint32)

    def array(self, program: Any, indices: Any = None) -> Any:
        """Return the vertex array that feeds ``program`` with the set.

        ``indices`` is an index buffer instead of that of the whole mesh.
        """
        buffer = indices or self._indices
        key = (program.glo, buffer.glo)
        if key not in self._arrays:
            content: list[tuple[Any, ...]] = [
                (self._vertices, _FORMAT, "in_position", "in_normal", "in_uv")
            ]
            if "in_number" in program:
                content.append((self._numbers, "1i4", "in_number"))
            self._arrays[key] = self._context.vertex_array(
                program, content, buffer, skip_errors=True
            )
        return self._arrays[key]

    def draw_casters(self, program: Any) -> None:
        """Draw all triangles that cast shadows."""
        if self._caster_count:
            self.array(program, self._casters_buffer).render(vertices=self._caster_count)

    def light_matrix(self, direction: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return world → clip of the set's shadow map for a key light direction."""
        view = view_matrix(
            self.middle + direction * 40.0, -direction, np.array([0.0, 1.0, 0.0])
        )
        low = np.array([-_REACH, -_REACH, -40.0 - 2.5 * _REACH])
        high = np.array([_REACH, _REACH, -40.0 + 3.0 * _REACH])
        return orthographic(low, high, view)

    def inside(self, view: View) -> list[tuple[int, Draw]]:
        """Return the draws (number, draw) inside the picture, nearest materials first."""
        if not self.draws:
            return []
        inside = boxes_inside(view.planes(), self.low, self.high)
        nearest = np.clip(view.eye, self.low, self.high) - view.eye
        gap = np.sum(nearest * nearest, axis=1)
        first: dict[int, float] = {}
        for i, draw in enumerate(self.draws):
            if inside[i]:
                first[draw.material] = min(first.get(draw.material, np.inf), float(gap[i]))
        seen = [(i, d) for i, d in enumerate(self.draws) if inside[i]]
        return sorted(seen, key=lambda s: (first[s[1].material], s[1].material, s[0]))

    def visible(self, view: View) -> list[Draw]:
        """Return the draws inside the picture with neighbours of one material joined."""
        return join_runs([draw for _, draw in self.inside(view)])

    def solid(
        self, view: View, box: tuple[_Floats, _Floats] | None = None
    ) -> list[tuple[Draw, int, int, bool]]:
        """Return the opaque draws inside the picture: draw, first, count, whole buffer.

        Runs that follow each other in the index buffer are joined: fewer calls matter
        more than a perfect order. With a ``box`` (low, high) only those that meet it.
        """
        out: list[tuple[Draw, int, int, bool]] = []
        meets = np.ones(len(self.draws), bool)
        if box is not None:
            meets = np.all((self.low <= box[1]) & (self.high >= box[0]), axis=1)
        for index, draw in self.inside(view):
            if draw.blended or draw.family != "set" or not meets[index]:
                continue
            first, count, whole = self.seen.run("surface", draw, index)
            last = out[-1] if out else None
            if last and last[0].material == draw.material and last[1] + last[2] == first:
                out[-1] = (last[0], last[1], last[2] + count, whole)
            elif count:
                out.append((draw, first, count, whole))
        return out
