"""Colours of a statue: sampled at its vertices, and vertex colours baked into a picture."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.model import MeshPart, Texture
from cyberdirector.rig.mesh import Statue

Floats = NDArray[np.float64]

_LEVELS = 16
"""Steps per channel of the palette that vertex colours are rounded to."""


def to_srgb(linear: NDArray[np.floating]) -> Floats:
    """Return linear colours 0..1 as sRGB 0..1 (IEC 61966-2-1)."""
    c = np.clip(np.asarray(linear, np.float64), 0.0, 1.0)
    return np.where(c <= 0.0031308, 12.92 * c, 1.055 * c ** (1.0 / 2.4) - 0.055)


def vertex_srgb(statue: Statue) -> Floats:
    """Return the sRGB colour (v, 3), 0..1, of the joined vertices of a statue."""
    rows = []
    for i, part in enumerate(statue.parts):
        material = statue.materials[part.material]
        colour = np.tile(to_srgb(np.array(material.base_color[:3])), (len(part.positions), 1))
        if material.base_texture is not None:
            pixels = statue.textures[material.base_texture].pixels
            height, width = pixels.shape[:2]
            u, v = np.mod(part.uvs.astype(np.float64), 1.0).T
            column = np.minimum((u * width).astype(np.int64), width - 1)
            row = np.minimum((v * height).astype(np.int64), height - 1)
            colour = colour * pixels[row, column, :3] / 255.0
        if i in statue.colours:
            colour = colour * to_srgb(statue.colours[i][:, :3])
        rows.append(colour)
    return np.concatenate(rows)


def bake_vertex_colours(statue: Statue) -> Statue:
    """Return the statue with vertex colours turned into a palette picture, one per face.

    VRM's materials know no vertex colours. Every triangle takes the mean colour of its
    corners, rounded to the palette; vertices are split where colours meet.
    """
    if not statue.colours:
        return statue
    parts, materials = list(statue.parts), list(statue.materials)
    textures = [*statue.textures, _palette()]
    for i, colour in statue.colours.items():
        part = parts[i]
        material = materials[part.material]
        if material.base_texture is not None:
            continue  # the picture says more than the vertices
        mean = to_srgb(colour[:, :3]).astype(np.float64)[part.triangles].mean(axis=1)
        parts[i] = _split(replace(part, material=len(materials)), mean)
        materials.append(
            replace(
                material, name=f"{material.name}-colours", base_texture=len(textures) - 1,
                shade_texture=len(textures) - 1,
            )
        )  # fmt: skip
    return replace(statue, parts=parts, materials=materials, textures=textures, colours={})


def _palette() -> Texture:
    """Return a picture with one texel per palette colour, doubled against filtering."""
    level = np.rint(np.arange(_LEVELS) * 255.0 / (_LEVELS - 1)).astype(np.uint8)
    side = int(_LEVELS**1.5)
    rgb = np.stack(np.meshgrid(level, level, level, indexing="ij"), -1).reshape(-1, 3)
    small = np.full((side, side, 4), 255, np.uint8)
    small[..., :3] = rgb.reshape(side, side, 3)
    return Texture("vertex-colours", small.repeat(4, axis=0).repeat(4, axis=1))


def _split(part: MeshPart, colours: Floats) -> MeshPart:
    """Return the part with one vertex per corner and palette colour of its triangle."""
    step = np.rint(colours * (_LEVELS - 1)).astype(np.int64)
    number = (step[:, 0] * _LEVELS + step[:, 1]) * _LEVELS + step[:, 2]
    key = part.triangles.astype(np.int64) * _LEVELS**3 + number[:, None]
    unique, local = np.unique(key, return_inverse=True)
    source, colour = np.divmod(unique, _LEVELS**3)
    side = int(_LEVELS**1.5)
    row, column = np.divmod(colour, side)
    uvs = np.stack([(column + 0.5) / side, (row + 0.5) / side], axis=1)
    return replace(
        part,
        positions=part.positions[source],
        normals=part.normals[source],
        uvs=uvs.astype(np.float32),
        triangles=local.reshape(-1, 3).astype(np.uint32),
    )
