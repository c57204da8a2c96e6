"""A character on the device: skinned once per frame, drawn many times."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.errors import Location, RenderFailed
from cyberdirector.core.face import ARKIT_INDEX, SHAPE_COUNT
from cyberdirector.core.model import Character
from cyberdirector.render.camera import (
    TO_TEXTURE,
    View,
    boxes_inside,
    normalized,
    orthographic,
    view_matrix,
)
from cyberdirector.render.figure_level import FigureLevel
from cyberdirector.render.figure_mesh import REST_FORMAT, REST_NAMES, pack_figure
from cyberdirector.render.geometry import Draw
from cyberdirector.render.lights import Lighting, face_direction
from cyberdirector.render.lod import level_for
from cyberdirector.render.materials import MaterialBind, MaterialTable, Tints
from cyberdirector.render.mend import mend_character
from cyberdirector.render.scene import FigureState
from cyberdirector.render.shaders import UNIT, ShaderLibrary
from cyberdirector.render.shadows import shadow_reach

_ENTRY_WIDTH = 2048
_VARYINGS = ("out_position", "out_normal", "out_outline")
_SKINNED = "3f4 3f4 4f4"
_SKINNED_BYTES = 40
_PAST = "3f4 12x 4f4"
_FLESH = 0.35
"""Metres from a joint to the farthest skin or cloth around it, for bounds."""
_THROWN = 0.30
"""The same for shadows, whose blurred rims nobody misses."""


_SHADOW_STEP = 1
"""Shadow maps take a level coarser than the picture: its error is about a texel of theirs."""


class Figure:
    """Buffers of one character and its state in the current frame.

    Attributes
    ----------
    mesh
        The merged arrays; ``mesh.draws`` are its runs of triangles.
    low, high
        (3,) float64 bounds in the world, metres.
    visible
        Whether it is drawn in this frame.
    on_screen
        Whether its bounds touch the picture (its shadow may do so without it).
    far
        Whether it is so small in this frame that painting its vertices is enough.
    levels, level, shadow_level
        Full and coarser triangles, and those of this frame and of its shadow maps.
    density
        Pixels that a metre at the head covers.
    remarks
        What was mended in its meshes and textures.
    """

    def __init__(self, context: Any, shaders: ShaderLibrary, character: Character) -> None:
        import moderngl

        self.name = character.name
        character, self.remarks = mend_character(character)
        self.mesh = pack_figure(character)
        self.materials = MaterialTable(
            context, character.name, character.materials, character.textures
        )
        self.remarks += self.materials.remarks
        self._binds: dict[str, list[MaterialBind]] = {
            name: [*e.colours, *e.moves]
            for name, e in character.expressions.items()
            if e.colours or e.moves
        }
        self._context = context
        self._shaders = shaders
        self._points = character.node_positions()
        self._head = character.humanoid.get("head", character.humanoid.get("hips", 0))
        self._feet = [
            character.humanoid[b]
            for b in ("leftFoot", "leftToes", "rightFoot", "rightToes")
            if b in character.humanoid
        ]
        self._count = len(self.mesh.rest)
        used = self.mesh.rest
        self._carriers = np.unique(used["joints"][used["weights"] > 0.0]).astype(np.int64)
        self._rest = context.buffer(self.mesh.rest.tobytes())
        self._uvs = context.buffer(self.mesh.uvs.tobytes())
        self._numbers = context.buffer(np.arange(self._count, dtype=np.int32).tobytes())
        rows = -(-len(self.mesh.entries) // _ENTRY_WIDTH)
        padded = np.zeros((rows * _ENTRY_WIDTH, 4), np.float32)
        padded[: len(self.mesh.entries)] = self.mesh.entries
        self._entries = context.texture((_ENTRY_WIDTH, rows), 4, padded.tobytes(), dtype="f4")
        self._entries.filter = (moderngl.NEAREST, moderngl.NEAREST)
        self._skins: dict[int, Any] = {}
        self.levels = [
            FigureLevel(context, self.mesh, level, self.materials) for level in self.mesh.levels
        ]
        self._own()

    def twin(self) -> Figure:
        """Return another figure of the same character; mesh and textures are shared."""
        other = copy.copy(self)
        other.levels = [level.twin() for level in self.levels]
        other.materials = self.materials.twin() if self._binds else self.materials
        other._own()
        return other

    def _own(self) -> None:
        """Make what belongs to this figure alone: its pose and its skinned vertices."""
        import moderngl

        context, nodes = self._context, len(self._points)
        self.skinned = context.buffer(reserve=self._count * _SKINNED_BYTES)
        self._palette = context.texture((3, nodes), 4, dtype="f4")
        self._weights = context.texture((len(self.mesh.shapes), 1), 1, dtype="f4")
        for texture in (self._palette, self._weights):
            texture.filter = (moderngl.NEAREST, moderngl.NEAREST)
        self.level = self.shadow_level = self.levels[0]
        self.density = 0.0
        self._arrays: dict[tuple[int, int, int], Any] = {}
        self._block = context.buffer(reserve=2 * 64 + 5 * 16)
        self.visible = False
        self.far = False
        self.on_screen = False
        self.low = self.high = np.zeros(3)
        self.head = np.eye(4)
        self._joints = np.zeros((nodes, 3))
        self._inside: tuple[View, list[tuple[int, Draw]]] | None = None

    def pose(self, state: FigureState, eye: NDArray[np.float64], focal_pixels: float) -> None:
        """Take the state of a frame and skin the vertices into the shared buffer.

        Parameters
        ----------
        state
            Where it is.
        eye, focal_pixels
            Of the :class:`~cyberdirector.render.camera.View`: they choose the level.

        Raises
        ------
        RenderFailed
            ``figure-invalid`` when matrices or weights have a wrong shape or NaN.
        """
        nodes = len(self._points)
        palette = np.ascontiguousarray(state.palette, np.float32)
        weights = np.asarray(state.weights, np.float32)
        if (
            palette.shape != (nodes, 3, 4)
            or weights.shape != (SHAPE_COUNT,)
            or not np.isfinite(palette).all()
            or not np.isfinite(weights).all()
        ):
            raise RenderFailed(
                "figure-invalid",
                f"角色“{self.name}”的姿态不可用：矩阵 {palette.shape}，权重 {weights.shape}，"
                f"需要有限的（{nodes}，3，4）与（{SHAPE_COUNT}，）。",
                f"The pose of '{self.name}' cannot be drawn: matrices {palette.shape}, weights "
                f"{weights.shape}; finite ({nodes}, 3, 4) and ({SHAPE_COUNT},) are needed.",
                Location(path=self.name),
            )
        self.visible = state.visible
        self.head = np.asarray(state.head, np.float64)
        table = palette.astype(np.float64)
        p = self._points
        self._joints = (
            table[:, :, 0] * p[:, 0:1]
            + table[:, :, 1] * p[:, 1:2]
            + table[:, :, 2] * p[:, 2:3]
            + table[:, :, 3]
        )
        self._inside = None
        self.low = self._joints.min(axis=0) - _FLESH
        self.high = self._joints.max(axis=0) + _FLESH
        if not state.visible:
            return
        values = np.zeros(len(self.mesh.shapes), np.float32)
        values[:SHAPE_COUNT] = weights
        for name, value in state.shapes.items():
            if name in self.mesh.shapes:
                values[self.mesh.shapes.index(name)] = value
        if self._binds:
            self.materials.tint(self._tints(state))
        self._palette.write(palette.tobytes())
        self._weights.write(values.tobytes())
        self._palette.use(UNIT["palette"])
        self._weights.use(UNIT["morph_weights"])
        self._entries.use(UNIT["morph_entries"])
        away = float(np.linalg.norm(self.head_center_world() - eye))
        self.density = focal_pixels / max(away, 1e-3)
        number = level_for(self.density)
        self.level = self.levels[number]
        self.shadow_level = self.levels[min(number + _SHADOW_STEP, len(self.levels) - 1)]
        count = self.level.shape.vertices
        self._skin().transform(self.skinned, mode=self._context.POINTS, vertices=count)

    def _tints(self, state: FigureState) -> Tints:
        """Return what expressions ask of materials, by their weights in a state."""
        out: list[tuple[MaterialBind, float]] = []
        for name, binds in self._binds.items():
            face = state.weights[ARKIT_INDEX[name]] if name in ARKIT_INDEX else 0.0
            weight = float(state.shapes.get(name, face))
            out += [(bind, weight) for bind in binds if weight]
        return tuple(out)

    def posed(self, count: int) -> NDArray[np.float32]:
        """Return the first ``count`` skinned vertices (count, 3), metres, world."""
        data = np.frombuffer(self.skinned.read(count * _SKINNED_BYTES), np.float32)
        return np.ascontiguousarray(data.reshape(count, -1)[:, :3])

    def _skin(self) -> Any:
        """Return the vertex array that skins; another one when its shader was reloaded."""
        program = self._shaders.program("pass/skin.vert", varyings=_VARYINGS)
        if program.glo not in self._skins:
            self._skins[program.glo] = self._context.vertex_array(
                program, [(self._rest, REST_FORMAT, *REST_NAMES)], skip_errors=True
            )
        return self._skins[program.glo]

    def draws_inside(self, view: View) -> list[tuple[int, Draw]]:
        """Return the draws (number, draw) whose joints, with flesh, touch the picture."""
        if self._inside is not None and self._inside[0] is view:
            return self._inside[1]
        holders = self.level.holders
        low = np.array([self._joints[nodes].min(axis=0) for nodes in holders])
        high = np.array([self._joints[nodes].max(axis=0) for nodes in holders])
        inside = boxes_inside(view.planes(), low, high, margin=_FLESH)
        draws = enumerate(self.level.shape.draws)
        found = [(i, draw) for i, draw in draws if inside[i] and draw.count]
        self._inside = (view, found)
        return found

    def shadow_reach(self, lighting: Lighting) -> NDArray[np.float64]:
        """Return points (n, 3) around the figure and its shadow on the floor, metres."""
        return shadow_reach(self.joints(), _THROWN, lighting.direction)

    def joints(self) -> NDArray[np.float64]:
        """Return the joints that hold its vertices (n, 3), metres, world."""
        return self._joints[self._carriers]

    def contacts(self) -> list[tuple[float, float, float, float]]:
        """Return contact shadows (x, y, z, radius) of the feet, metres, world."""
        out = []
        for node in self._feet:
            x, y, z = (float(v) for v in self._joints[node])
            out.append((x, y - self._points[node][1], z, 0.20))
        return out

    def head_axes(self) -> NDArray[np.float64]:
        """Return the head basis (3, 3) with unit columns, head → world."""
        basis = self.head[:3, :3]
        return basis / np.maximum(np.linalg.norm(basis, axis=0), 1e-9)

    def fringe_matrix(self, lighting: Lighting) -> NDArray[np.float64]:
        """Return world → clip of the light that throws the shadow of the hair.

        It always hangs in front of and above the face and follows the key light sideways
        a little, so that the shadow is a clean shape.
        """
        axes = self.head_axes()
        key = axes.T @ lighting.direction
        ray = normalized(axes @ np.array([0.40 * key[0], 0.62, 0.92]))
        center = self.head_center_world()
        radius = float(self.mesh.head_radii.max()) * 1.45
        view = view_matrix(center + ray * radius * 2.0, -ray, axes[:, 1])
        low = np.array([-radius, -radius, -4.0 * radius])
        high = np.array([radius, radius, 0.0])
        return orthographic(low, high, view)

    def head_center_world(self) -> NDArray[np.float64]:
        """Return the middle of the head, (3,) float64, metres, world."""
        return self.head_axes() @ self.mesh.head_center + self.head[:3, 3]

    def head_sphere(self) -> tuple[float, float, float, float]:
        """Return the sphere around the head: x, y, z, radius; metres, world."""
        x, y, z = (float(v) for v in self.head_center_world())
        return x, y, z, float(self.mesh.head_radii.max())

    def bind(self) -> None:
        """Make the Figure block of this character the current one."""
        self._block.bind_to_uniform_block(2)

    def set_light(self, lighting: Lighting, fringe: NDArray[np.float64] | None) -> None:
        """Fill the Figure block; ``fringe`` is world → tile (0..1) or None.

        Called before the main pass: a write between draws would make the driver finish
        all that came before.
        """
        axes = self.head_axes()
        inverse = np.eye(4)
        inverse[:3, :3] = axes.T
        inverse[:3, 3] = -(axes.T @ self.head[:3, 3])
        key = axes.T @ lighting.direction
        face = face_direction(key)
        radii = self.mesh.head_radii
        rows = [
            [*self.mesh.head_center, float(radii.max())],
            [*radii, 0.0],
            [*face, lighting.figure_boost],
            [*self.head_center_world(), 0.0],
            [*axes[:, 2], 0.0 if fringe is None else 1.0],
        ]
        tile = np.eye(4) if fringe is None else fringe
        data = np.concatenate([inverse.T.ravel(), tile.T.ravel(), np.asarray(rows).ravel()])
        self._block.write(data.astype(np.float32).tobytes())

    def array(self, program: Any, indices: Any = None, past: Any = None) -> Any:
        """Return the vertex array that feeds ``program`` with the skinned vertices.

        Parameters
        ----------
        program
            Takes any of ``in_position``, ``in_normal``, ``in_outline``, ``in_uv``.
        indices
            An index buffer instead of that of the level in use.
        past
            A copy of ``skinned`` from another moment: ``in_before``, ``in_before_outline``.
        """
        buffer = indices or self.level.indices
        key = (program.glo, buffer.glo, past.glo if past else 0)
        if key not in self._arrays:
            names = ("in_position", "in_normal", "in_outline")
            content = [(self.skinned, _SKINNED, *names), (self._uvs, "2f4", "in_uv")]
            if "in_number" in program:
                content.append((self._numbers, "1i4", "in_number"))
            if past:
                content.append((past, _PAST, "in_before", "in_before_outline"))
            self._arrays[key] = self._context.vertex_array(
                program, content, buffer, skip_errors=True
            )
        return self._arrays[key]

    def pattern_level(self, index: int) -> float:
        """Return the mipmap whose texels are about pixels on draw number ``index``."""
        level = self.level
        side = self.materials.side(level.shape.draws[index].material)
        texels = level.fineness[index] * side / max(self.density, 1e-3)
        return float(np.log2(max(texels, 1.0)))

    def draw_seen(self, program: Any, kind: str, index: int, draw: Draw) -> None:
        """Draw what can be seen of draw number ``index`` (``surface`` or ``outline``)."""
        seen = self.level.seen
        first, count, whole = seen.run(kind, draw, index)
        if count:
            array = self.array(program, seen.buffer(kind, whole))
            array.render(vertices=count, first=first)


def to_tile(matrix: NDArray[np.float64], column: int, row: int, columns: int) -> Any:
    """Return world → texture space of one tile of a square atlas of ``columns``²."""
    place = np.diag([1.0 / columns, 1.0 / columns, 1.0, 1.0])
    place[0, 3], place[1, 3] = column / columns, row / columns
    return place @ TO_TEXTURE @ matrix
