"""Few parts from many: pieces and face parts of equal material become one mesh part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from cyberdirector.character.piece import Piece, resolve_joints
from cyberdirector.core.model import Material, MeshPart, Morph, Texture


class Wardrobe:
    """Collects parts, materials and textures; equal names are the same thing."""

    def __init__(self) -> None:
        self.materials: list[Material] = []
        self.textures: list[Texture] = []
        self._parts: dict[int, list[MeshPart]] = {}
        self._textures: dict[str, int] = {}
        self._materials: dict[str, int] = {}

    def add(self, part: MeshPart, material: Material, textures: Sequence[Texture]) -> None:
        """Add a part whose material indexes ``textures``."""
        number = self._materials.get(material.name)
        if number is None:
            number = len(self.materials)
            self._materials[material.name] = number
            self.materials.append(
                replace(
                    material,
                    base_texture=self._texture(material.base_texture, textures),
                    shade_texture=self._texture(material.shade_texture, textures),
                )
            )
        if len(part.triangles):
            self._parts.setdefault(number, []).append(replace(part, material=number))

    def parts(self) -> list[MeshPart]:
        """Return one part per material, in the order of the materials."""
        return [join_parts(self._parts[n]) for n in sorted(self._parts)]

    def _texture(self, index: int | None, textures: Sequence[Texture]) -> int | None:
        if index is None:
            return None
        texture = textures[index]
        if texture.name not in self._textures:
            self._textures[texture.name] = len(self.textures)
            self.textures.append(texture)
        return self._textures[texture.name]


def join_parts(parts: Sequence[MeshPart]) -> MeshPart:
    """Return one part with the vertices, triangles and shapes of all (equal material)."""
    first = np.cumsum([0] + [len(p.positions) for p in parts])
    morphs: dict[str, list[Morph]] = {}
    for part, start in zip(parts, first, strict=False):
        for name, morph in part.morphs.items():
            moved = Morph(morph.indices + np.uint32(start), morph.positions)
            morphs.setdefault(name, []).append(moved)
    shifts = zip(parts, first, strict=False)
    triangles = np.concatenate([p.triangles + np.uint32(start) for p, start in shifts])
    outline = [p.normals if p.outline_normals is None else p.outline_normals for p in parts]
    ones = [np.ones(len(p.positions), np.float32) for p in parts]
    scales = [o if p.outline_scale is None else p.outline_scale
              for p, o in zip(parts, ones, strict=True)]  # fmt: skip
    return MeshPart(
        parts[0].name,
        np.concatenate([p.positions for p in parts]),
        np.concatenate([p.normals for p in parts]),
        np.concatenate([p.uvs for p in parts]),
        triangles,
        parts[0].material,
        np.concatenate([p.joints for p in parts if p.joints is not None]),
        np.concatenate([p.weights for p in parts if p.weights is not None]),
        {
            name: Morph(
                np.concatenate([m.indices for m in found]),
                np.concatenate([m.positions for m in found]),
            )
            for name, found in morphs.items()
        },
        np.concatenate(outline),
        np.concatenate(scales),
    )


def piece_part(
    piece: Piece, first_node: Mapping[str, int], morphs: dict[str, Morph] | None = None
) -> MeshPart:
    """Return a piece of hair or cloth as a mesh part with resolved joints."""
    return MeshPart(
        piece.name,
        piece.positions.astype(np.float32),
        piece.normals.astype(np.float32),
        piece.uvs.astype(np.float32),
        piece.triangles.astype(np.uint32),
        0,
        resolve_joints(piece, first_node).astype(np.uint16),
        piece.weights.astype(np.float32),
        morphs or {},
        None if piece.outline_normals is None else piece.outline_normals.astype(np.float32),
        None if piece.outline_scale is None else piece.outline_scale.astype(np.float32),
    )
