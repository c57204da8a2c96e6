"""Textures on the device: checked, made small enough, with mipmaps."""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.errors import InputRefused, Location
from cyberdirector.core.model import Texture
from cyberdirector.render.device._egl import load_function
from cyberdirector.render.remarks import Remark

_CODES = np.arange(256) / 255.0
_LINEAR = np.where(_CODES <= 0.04045, _CODES / 12.92, ((_CODES + 0.055) / 1.055) ** 2.4)
_ROOTS = np.round(np.sqrt(_LINEAR) * 255.0).astype(np.uint8)
"""sRGB code (IEC 61966-2-1) → 8-bit square root of linear light. Shaders square it: half
the price of the sRGB decoder of a software driver, with steps as fine in the darks."""

_ROOTS_OF_LINEAR = np.round(np.sqrt(_CODES) * 255.0).astype(np.uint8)
"""The same for colours that are stored linear."""

# OpenGL 3.3 core.
_TEXTURE_2D, _WRAP_S, _WRAP_T, _MIRRORED_REPEAT = 0x0DE1, 0x2802, 0x2803, 0x8370

_FINE = 2048
"""Longest side of masks and normal maps that are kept as half floats: a software driver
filters 8-bit textures to 8 bits, and a sharp toon edge shows the steps."""


def _check(texture: Texture) -> None:
    pixels = texture.pixels
    if pixels.ndim != 3 or pixels.shape[2] != 4 or pixels.dtype != np.uint8 or not pixels.size:
        raise InputRefused(
            "texture-invalid",
            f"贴图“{texture.name}”为 {pixels.shape} {pixels.dtype}，应为（高，宽，4）uint8。",
            f"Texture '{texture.name}' is {pixels.shape} {pixels.dtype}, expected "
            "(height, width, 4) uint8.",
            Location(path=texture.name),
        )


def _mirror(texture: Any, wrap: tuple[str, str]) -> bool:
    """Make a device texture mirror itself along the axes that ask for it; False if it cannot.

    moderngl knows repeating and clamping only.
    """
    number = ctypes.c_uint
    set_parameter = load_function("glTexParameteri", None, number, number, ctypes.c_int)
    if set_parameter is None:
        return False
    texture.use(0)
    for axis, way in zip((_WRAP_S, _WRAP_T), wrap, strict=True):
        if way == "mirror":
            set_parameter(_TEXTURE_2D, axis, _MIRRORED_REPEAT)
    return True


def shrink(pixels: NDArray[np.uint8], most: int) -> NDArray[np.uint8]:
    """Return pixels (height, width, 4) with both sides at most ``most``, by whole factors."""
    from PIL import Image

    height, width = pixels.shape[:2]
    factors = (-(-width // most), -(-height // most))
    if factors == (1, 1):
        return pixels
    small = Image.fromarray(pixels).reduce(factors)
    return np.array(small, np.uint8)


def blend_mipmaps(texture: Any, on: bool) -> None:
    """Read a texture between its two nearest mipmaps, or in the nearest alone."""
    import moderngl

    between = moderngl.LINEAR_MIPMAP_LINEAR if on else moderngl.LINEAR_MIPMAP_NEAREST
    texture.filter = (between, moderngl.LINEAR)


def upload_texture(
    context: Any, texture: Texture, numbers: bool = False, most: int = 0
) -> tuple[Any, list[Remark]]:
    """Return a mipmapped device texture, and what was changed to make it.

    Parameters
    ----------
    numbers
        Keep the values as they are (masks, normal maps); colours become square roots of
        linear light.
    most
        Longest side in texels; 0 is the limit of the driver.

    Raises
    ------
    InputRefused
        ``texture-invalid`` when the pixels are not (height, width, 4) uint8.
    """
    _check(texture)
    remarks: list[Remark] = []
    limit = int(context.info["GL_MAX_TEXTURE_SIZE"])
    limit = min(limit, most) if most else limit
    height, width = texture.pixels.shape[:2]
    data = shrink(texture.pixels, limit)
    if data is not texture.pixels:
        small = f"{data.shape[1]}×{data.shape[0]}"
        remarks.append(
            Remark(
                "texture-shrunk",
                f"贴图“{texture.name}”为 {width}×{height}，显卡最多 {limit}，"
                f"已缩小为 {small}。",
                f"Texture '{texture.name}' is {width}×{height}, the driver takes {limit}; "
                f"it was made {small}.",
                texture.name,
            )
        )
    if not numbers:
        roots = _ROOTS_OF_LINEAR if texture.linear else _ROOTS
        data = np.concatenate([roots[data[..., :3]], data[..., 3:]], axis=-1)
    size = (data.shape[1], data.shape[0])
    if numbers and max(size) <= _FINE:
        halves = (data / np.float32(255.0)).astype("f2")
        out = context.texture(size, 4, halves.tobytes(), dtype="f2")
    else:
        out = context.texture(size, 4, np.ascontiguousarray(data).tobytes())
    out.build_mipmaps()
    blend_mipmaps(out, True)
    out.repeat_x, out.repeat_y = (way != "clamp" for way in texture.wrap)
    if "mirror" in texture.wrap and not _mirror(out, texture.wrap):
        remarks.append(
            Remark(
                "texture-mirrored",
                f"贴图“{texture.name}”要求镜像平铺，驱动无法做到，现按普通平铺绘制。",
                f"Texture '{texture.name}' asks to be mirrored at its border, which this "
                "driver does not offer; it is repeated.",
                texture.name,
            )
        )
    return out, remarks


def neutral_texture(context: Any, value: tuple[float, float, float, float]) -> Any:
    """Return a texture of one texel that holds ``value`` exactly."""
    return context.texture((1, 1), 4, np.array(value, "f2").tobytes(), dtype="f2")
