"""Many plain materials of cloth, or of metal, become one with a shared picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from cyberdirector.character.face.colors import to_linear
from cyberdirector.core.model import Material, MeshPart, Texture

LIMIT = 2048
"""Greatest side of a shared picture, pixels."""

TILE = 1024
"""Greatest side of one cloth in it."""

_MARGIN = 4


@dataclass(frozen=True)
class Item:
    """One part with its material and the textures that the material indexes."""

    part: MeshPart
    material: Material
    textures: Sequence[Texture]


def _tinted(pixels: NDArray[np.uint8], colour: Sequence[float]) -> NDArray[np.uint8]:
    """Return an sRGB picture multiplied by a linear colour, by one table per channel."""
    level = to_linear(np.arange(256) / 255.0)
    out = np.zeros_like(pixels)
    for k in range(3):
        v = np.clip(level * colour[k], 0.0, 1.0)
        v = np.where(v <= 0.0031308, v * 12.92, 1.055 * v ** (1 / 2.4) - 0.055)
        out[..., k] = np.rint(v * 255.0).astype(np.uint8)[pixels[..., k]]
    return out


def _kind(item: Item) -> tuple[object, ...] | None:
    """Return what must be equal for items to share a material, or None to stay apart."""
    m = item.material
    if m.role not in ("cloth", "metal") or m.alpha_mode != "OPAQUE":
        return None
    uv = item.part.uvs
    if m.base_texture is not None and (uv.min() < -1e-3 or uv.max() > 1.0 + 1e-3):
        return None
    return (m.role, m.double_sided, m.unlit, m.outline_mode, m.emissive)


def share_materials(items: Sequence[Item]) -> list[Item]:
    """Return items whose plain parts of cloth or metal point into one picture per kind.

    Colours and shade colours are baked into the pictures; outline width and shading
    values are those of the largest part of the kind.
    """
    groups: dict[tuple[object, ...], list[Item]] = {}
    out: list[Item] = []
    for item in items:
        kind = _kind(item)
        if kind is None:
            out.append(item)
        else:
            groups.setdefault(kind, []).append(item)
    count: dict[str, int] = {}
    for group in groups.values():
        role = group[0].material.role
        number = count.get(role, 0)
        count[role] = number + 1
        out += _shared(group, f"{role}{number}" if number else role)
    return out


def _pictures(item: Item) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return the base and the shade picture of an item with its colours multiplied in."""
    m = item.material

    def picture(index: int | None, colour: Sequence[float]) -> NDArray[np.uint8]:
        if index is None:
            pixels = np.full((8, 8, 3), 255, np.uint8)
        else:
            image = Image.fromarray(item.textures[index].pixels[..., :3])
            image.thumbnail((TILE, TILE), Image.Resampling.LANCZOS)
            pixels = np.asarray(image)
        return _tinted(pixels, colour)

    shade = m.shade_texture if m.shade_texture is not None else None
    return picture(m.base_texture, m.base_color), picture(shade, m.shade_color)


def _shared(group: list[Item], name: str) -> list[Item]:
    unique: dict[str, tuple[NDArray[np.uint8], NDArray[np.uint8]]] = {}
    for item in group:
        unique.setdefault(item.material.name, _pictures(item))
    places, width, height = _pack({k: max(a.shape, b.shape) for k, (a, b) in unique.items()})
    base = np.full((height, width, 4), 255, np.uint8)
    shade = np.full((height, width, 4), 255, np.uint8)
    for key, (x, y, w, h) in places.items():
        for canvas, picture in zip((base, shade), unique[key], strict=True):
            image = Image.fromarray(picture).resize((w, h), Image.Resampling.BILINEAR)
            tile = np.asarray(image)
            padded = np.pad(tile, ((_MARGIN, _MARGIN), (_MARGIN, _MARGIN), (0, 0)), "edge")
            canvas[y - _MARGIN : y + h + _MARGIN, x - _MARGIN : x + w + _MARGIN, :3] = padded
    largest = max(group, key=lambda item: len(item.part.triangles)).material
    material = replace(
        largest, name=name, base_color=(1.0, 1.0, 1.0, 1.0), shade_color=(1.0, 1.0, 1.0),
        base_texture=0, shade_texture=1,
    )  # fmt: skip
    textures = [Texture(name, base), Texture(f"{name}_shade", shade)]
    out = []
    for item in group:
        x, y, w, h = places[item.material.name]
        uv = np.clip(item.part.uvs.astype(np.float64), 0.0, 1.0)
        uv = (np.array([x + 0.5, y + 0.5]) + uv * [w - 1, h - 1]) / [width, height]
        width_ratio = item.material.outline_width / max(largest.outline_width, 1e-9)
        scale = item.part.outline_scale
        if scale is None:
            scale = np.ones(len(uv), np.float32)
        part = replace(
            item.part, uvs=uv.astype(np.float32),
            outline_scale=(scale * np.float32(width_ratio)).astype(np.float32),
        )  # fmt: skip
        out.append(Item(part, material, textures))
    return out


def _pack(
    sizes: dict[str, tuple[int, ...]],
) -> tuple[dict[str, tuple[int, int, int, int]], int, int]:
    """Return place (x, y, w, h) of each picture on shelves, and the size of the whole."""
    factor = 1.0
    while True:
        places: dict[str, tuple[int, int, int, int]] = {}
        x = y = shelf = right = 0
        for key in sorted(sizes, key=lambda k: (-sizes[k][0], -sizes[k][1], k)):
            h, w = (max(8, int(v * factor)) for v in sizes[key][:2])
            if x + w + 2 * _MARGIN > LIMIT:
                x, y, shelf = 0, y + shelf, 0
            places[key] = (x + _MARGIN, y + _MARGIN, w, h)
            x += w + 2 * _MARGIN
            shelf = max(shelf, h + 2 * _MARGIN)
            right = max(right, x)
        if y + shelf <= LIMIT:
            return places, right, y + shelf
        factor *= 0.8
