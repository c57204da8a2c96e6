"""Foreign characters: which program, textures and order MToon 1.0 asks for."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from cyberdirector.core.model import TEXTURE_SLOTS, Material, UvTransform
from cyberdirector.render.materials import MaterialTable
from cyberdirector.render.shaders import ShaderLibrary
from cyberdirector.render.style import CEL, Style, foreign_defines

VERTEX, FRAGMENT = "pass/mtoon.vert", "pass/mtoon.frag"

_DETAIL = ("shading_shift_texture", "normal_texture", "emissive_texture")


def is_foreign(material: Material) -> bool:
    """Tell whether a material is drawn as MToon says and not by a paint of ours."""
    return not material.role


def queue_of(material: Material) -> tuple[int, int]:
    """Return the place in the order of drawing ("Render Queue"): class, then offset.

    Classes: 0 opaque, 1 mask, 2 blended with depth, 3 blended. The offset counts for blended
    ones only and is held to 0..9 with depth and -9..0 without.
    """
    if material.alpha_mode != "BLEND":
        return (1 if material.alpha_mode == "MASK" else 0), 0
    offset = material.render_queue_offset
    if material.transparent_with_z_write:
        return 2, min(max(offset, 0), 9)
    return 3, max(min(offset, 0), -9)


def blended_queue(material: Material) -> int:
    """Return :func:`queue_of` of a blended part as one number, 0 for paints of ours."""
    if not is_foreign(material):
        return 0
    kind, offset = queue_of(material)
    return 20 * (kind - 2) + offset


def _has_shade_map(material: Material) -> bool:
    """Tell whether the shade needs another look-up than the lit colour."""
    base, shade = (
        (getattr(material, slot), material.transforms.get(slot))
        for slot in ("base_texture", "shade_texture")
    )
    return shade[0] is not None and shade != base


def keys_of(material: Material, outline: bool = False) -> dict[str, float]:
    """Return the defines of the programs that draw a material."""
    flags = {
        "OUTLINE": outline,
        "CUTOUT": material.alpha_mode == "MASK",
        "BLENDED": material.alpha_mode == "BLEND",
        "SHADE_MAP": _has_shade_map(material),
        "RIM": any(material.rim_color) or material.matcap_texture is not None,
        "DETAIL": any(getattr(material, slot) is not None for slot in _DETAIL),
        "UV": bool(material.transforms) or any((*material.uv_scroll, material.uv_rotation)),
    }
    return {name: 1 for name, on in flags.items() if on}


def uv_rows(material: Material) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Return ``uv_rows`` of ``lib/mtoon_uv.glsl``: (18, 4) float32, two rows a slot."""
    rows = np.zeros((len(TEXTURE_SLOTS), 2, 4), np.float32)
    for row, slot in zip(rows, TEXTURE_SLOTS, strict=True):
        row[:, :3] = material.transforms.get(slot, UvTransform()).matrix()
    return rows.reshape(-1, 4)


def use_material(
    shaders: ShaderLibrary,
    table: MaterialTable,
    index: int,
    lamps: int,
    *,
    outline: bool = False,
    soft: bool = False,
    style: Style = CEL,
    chosen: Mapping[str, float] = MappingProxyType({}),
) -> Any:
    """Bind a material with all its textures and return the program that draws it.

    Parameters
    ----------
    lamps
        Number of point lights in the Frame block that the program reads.
    outline
        The hull of the outline; the caller culls front faces.
    soft
        Edges of holes become shares of a pixel; the caller turns alpha into covered samples.
    style
        Widens edges of shade and lines.
    chosen
        Defines of the shading ramp and the threshold map that are bound.
    """
    material = table[index]
    table.bind_all(index)
    defines = keys_of(material, outline) | {"LAMPS": lamps} | foreign_defines(style, outline)
    defines |= chosen
    if soft:
        defines["SOFT"] = 1
    program = shaders.program(VERTEX, FRAGMENT, defines)
    if "uv_rows" in program:  # the driver may keep fewer rows than there are
        rows = program["uv_rows"]
        rows.write(uv_rows(material)[: rows.array_length].tobytes())
    return program


def has_outline(material: Material) -> bool:
    """Tell whether MToon draws an outline around a material."""
    return material.outline_mode != "none" and material.outline_width > 0.0
