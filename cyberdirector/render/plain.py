"""Plain meshes: what any renderer understands, posed on the processor."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.errors import InputRefused, Location
from cyberdirector.core.face import ARKIT_INDEX
from cyberdirector.core.model import Character, Color4, Material, MeshPart
from cyberdirector.core.scene import Set
from cyberdirector.render.geometry import vertex_normals
from cyberdirector.render.scene import FigureState


@dataclass(frozen=True, eq=False)
class PlainMesh:
    """Triangles of one colour in world space.

    Attributes
    ----------
    positions
        (vertices, 3) float32, metres, world.
    triangles
        (triangles, 3) uint32, counter-clockwise seen from outside.
    normals
        (vertices, 3) float32 unit; made from the triangles when left out.
    color
        Linear RGB and alpha.
    name
        For messages.
    """

    positions: NDArray[np.float32]
    triangles: NDArray[np.uint32]
    normals: NDArray[np.float32] = field(default_factory=lambda: np.zeros((0, 3), np.float32))
    color: Color4 = (0.8, 0.8, 0.8, 1.0)
    name: str = "mesh"

    def __post_init__(self) -> None:
        shapes = np.shape(self.positions), np.shape(self.triangles)
        fits = all(len(shape) == 2 and shape[1] == 3 for shape in shapes)
        if not fits or len(self.normals) not in (0, len(self.positions)):
            raise ValueError(
                f"mesh '{self.name}': positions {shapes[0]}, triangles {shapes[1]} and normals "
                f"{np.shape(self.normals)}; (n, 3), (m, 3) and (n, 3) are needed"
            )

    def checked(self) -> PlainMesh:
        """Return the mesh with normals.

        Raises
        ------
        InputRefused
            ``mesh-invalid`` with its name for NaN or indices out of range.
        """
        points = np.asarray(self.positions, np.float32)
        triangles = np.asarray(self.triangles).astype(np.uint32)
        finite = bool(np.isfinite(points).all() and np.isfinite(self.normals).all())
        if not finite or (triangles.size and int(triangles.max()) >= len(points)):
            raise InputRefused(
                "mesh-invalid",
                f"网格“{self.name}”含有非数值，或三角形指向不存在的顶点，请检查数据。",
                f"Mesh '{self.name}' has numbers that are not finite, or triangles that point "
                "at vertices that are not there; look at its data.",
                Location(path=self.name),
            )
        normals = self.normals
        if not len(normals):
            normals = vertex_normals(points, triangles).astype(np.float32)
        return PlainMesh(points, triangles, normals, self.color, self.name)

    def part(self, material: int) -> MeshPart:
        """Return the mesh as a part of a set."""
        mesh = self.checked()
        uvs = np.zeros((len(mesh.positions), 2), np.float32)
        return MeshPart(self.name, mesh.positions, mesh.normals, uvs, mesh.triangles, material)

    def material(self) -> Material:
        """Return the material of :meth:`part`."""
        red, green, blue, alpha = self.color
        return Material(
            self.name,
            self.color,
            shade_color=(0.6 * red, 0.6 * green, 0.62 * blue),
            alpha_mode="OPAQUE" if alpha >= 1.0 else "BLEND",
            double_sided=True,
        )


def posed_meshes(character: Character, state: FigureState) -> Iterator[PlainMesh]:
    """Yield the parts of a posed character: morphs, then linear blend skinning.

    The numbers are those of ``pass/skin.vert`` up to rounding; use it as an oracle, or to
    hand a pose to another renderer.
    """
    palette = np.asarray(state.palette, np.float64)
    for part in character.parts:
        points = part.positions.astype(np.float64)
        normals = part.normals.astype(np.float64)
        for name, morph in part.morphs.items():
            at = ARKIT_INDEX.get(name, -1)
            weight = float(state.weights[at]) if at >= 0 else state.shapes.get(name, 0.0)
            if weight:
                points[morph.indices] += weight * morph.positions
                if morph.normals is not None:
                    normals[morph.indices] += weight * morph.normals
        if part.joints is not None and part.weights is not None:
            blend = np.zeros((len(points), 3, 4))
            for column in range(part.joints.shape[1]):
                blend += part.weights[:, column, None, None] * palette[part.joints[:, column]]
            points = np.einsum("vij,vj->vi", blend[:, :, :3], points) + blend[:, :, 3]
            normals = np.einsum("vij,vj->vi", blend[:, :, :3], normals)
        length = np.linalg.norm(normals, axis=1, keepdims=True)
        normals /= np.where(length > 1e-12, length, 1.0)
        yield PlainMesh(
            points.astype(np.float32),
            part.triangles,
            normals.astype(np.float32),
            character.materials[part.material].base_color,
            part.name,
        )


def set_meshes(place: Set) -> Iterator[PlainMesh]:
    """Yield the parts of a set."""
    for part in place.parts:
        yield PlainMesh(
            part.positions,
            part.triangles,
            part.normals,
            place.materials[part.material].base_color,
            part.name,
        )
