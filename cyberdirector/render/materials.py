"""Materials and textures on the device."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from cyberdirector.core.errors import InputRefused, Location
from cyberdirector.core.model import Material, Texture
from cyberdirector.render.shaders import UNIT

_CODES = np.arange(256) / 255.0
_LINEAR = np.where(_CODES <= 0.04045, _CODES / 12.92, ((_CODES + 0.055) / 1.055) ** 2.4)
_ROOTS = np.round(np.sqrt(_LINEAR) * 255.0).astype(np.uint8)
"""sRGB code (IEC 61966-2-1) → 8-bit square root of linear light. Shaders square it: half
the price of the sRGB decoder of a software driver, with steps as fine in the darks."""

_BLOCK = 256
"""Bytes between material blocks: the largest UBO offset alignment in use."""


def upload_texture(context: Any, texture: Texture) -> Any:
    """Return a mipmapped device texture of ``texture``.

    Raises
    ------
    InputRefused
        ``texture-invalid`` when the pixels are not (height, width, 4) uint8.
    """
    import moderngl

    pixels = texture.pixels
    if pixels.ndim != 3 or pixels.shape[2] != 4 or pixels.dtype != np.uint8 or not pixels.size:
        raise InputRefused(
            "texture-invalid",
            f"贴图“{texture.name}”为 {pixels.shape} {pixels.dtype}，应为（高，宽，4）uint8。",
            f"Texture '{texture.name}' is {pixels.shape} {pixels.dtype}, expected "
            "(height, width, 4) uint8.",
            Location(path=texture.name),
        )
    height, width = pixels.shape[:2]
    data = np.array(pixels)
    if not texture.linear:
        data[..., :3] = _ROOTS[data[..., :3]]
    out = context.texture((width, height), 4, data.tobytes())
    out.build_mipmaps()
    out.filter = (moderngl.LINEAR_MIPMAP_LINEAR, moderngl.LINEAR)
    return out


def material_block(material: Material, glow: float = 1.0) -> bytes:
    """Return the std140 bytes of ``shaders/lib/material.glsl`` for one material.

    ``glow`` is a factor on the emissive colour.
    """
    m = material
    rows = [
        m.base_color,
        (*m.shade_color, m.shading_shift),
        (*m.rim_color, m.rim_fresnel_power),
        (*(glow * c for c in m.emissive), m.rim_lift),
        (*m.outline_color, m.outline_lighting_mix),
        (m.shading_toony, m.outline_width, m.alpha_cutoff, float(m.unlit)),
        (
            float(m.base_texture is not None),
            float(m.shade_texture is not None),
            float(m.outline_mode == "screenCoordinates"),
            m.gi_equalization,
        ),
    ]
    return np.array(rows, dtype=np.float32).tobytes().ljust(_BLOCK, b"\0")


class MaterialTable:
    """The materials of one set or character, ready to bind by index."""

    def __init__(
        self,
        context: Any,
        owner: str,
        materials: Sequence[Material],
        textures: Sequence[Texture],
    ) -> None:
        for material in materials:
            for index in (material.base_texture, material.shade_texture):
                if index is not None and not 0 <= index < len(textures):
                    raise InputRefused(
                        "texture-missing",
                        f"“{owner}”的材质“{material.name}”引用贴图 {index}，"
                        f"但只有 {len(textures)} 张。",
                        f"Material '{material.name}' of '{owner}' names texture {index} of "
                        f"{len(textures)}.",
                        Location(path=f"{owner}/{material.name}"),
                    )
        used = {
            i for m in materials for i in (m.base_texture, m.shade_texture) if i is not None
        }
        self._textures = {i: upload_texture(context, textures[i]) for i in sorted(used)}
        self._materials = list(materials)
        data = b"".join(material_block(m) for m in materials) or bytes(_BLOCK)
        self._buffer = context.buffer(data)
        self._glow: tuple[tuple[str, float], ...] = ()

    def set_glow(self, glow: tuple[tuple[str, float], ...]) -> None:
        """Scale the emissive colours of the named materials (``LightRig.glow``)."""
        if glow == self._glow:
            return
        factors = dict(glow)
        self._buffer.write(
            b"".join(material_block(m, factors.get(m.name, 1.0)) for m in self._materials)
        )
        self._glow = glow

    def bind(self, index: int) -> None:
        """Make material ``index`` the current one."""
        material = self._materials[index]
        self._buffer.bind_to_uniform_block(1, index * _BLOCK, _BLOCK)
        if material.base_texture is not None:
            self._textures[material.base_texture].use(UNIT["base_map"])
        if material.shade_texture is not None:
            self._textures[material.shade_texture].use(UNIT["shade_map"])

    def __getitem__(self, index: int) -> Material:
        return self._materials[index]
