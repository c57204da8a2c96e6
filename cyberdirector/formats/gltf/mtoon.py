"""The extension VRMC_materials_mtoon-1.0: its values to and from a material.

Names, defaults and ranges are those of the JSON schema of the extension.
"""

from __future__ import annotations

import copy
from typing import Any

from cyberdirector.core.model import LINEAR_SLOTS, Color3, Material
from cyberdirector.formats.gltf._view import View
from cyberdirector.formats.gltf.builder import Builder
from cyberdirector.formats.gltf.textures import TextureReader, read_transform, texture_info

MTOON = "VRMC_materials_mtoon"
OUTLINE_MODES = ("none", "worldCoordinates", "screenCoordinates")

_TEXTURES = {
    "shadeMultiplyTexture": "shade_texture",
    "shadingShiftTexture": "shading_shift_texture",
    "matcapTexture": "matcap_texture",
    "rimMultiplyTexture": "rim_multiply_texture",
    "outlineWidthMultiplyTexture": "outline_width_texture",
    "uvAnimationMaskTexture": "uv_animation_mask_texture",
}

_COLORS: dict[str, tuple[str, Color3]] = {
    "shadeColorFactor": ("shade_color", (0.0, 0.0, 0.0)),
    "matcapFactor": ("matcap_color", (1.0, 1.0, 1.0)),
    "parametricRimColorFactor": ("rim_color", (0.0, 0.0, 0.0)),
    "outlineColorFactor": ("outline_color", (0.0, 0.0, 0.0)),
}

_ANY = 3.4e38
_NUMBERS: dict[str, tuple[str, float, float, float]] = {
    "shadingShiftFactor": ("shading_shift", 0.0, -_ANY, _ANY),
    "shadingToonyFactor": ("shading_toony", 0.9, 0.0, 1.0),
    "giEqualizationFactor": ("gi_equalization", 0.9, 0.0, 1.0),
    "rimLightingMixFactor": ("rim_lighting_mix", 1.0, 0.0, 1.0),
    "parametricRimFresnelPowerFactor": ("rim_fresnel_power", 5.0, 0.0, _ANY),
    "parametricRimLiftFactor": ("rim_lift", 0.0, -_ANY, _ANY),
    "outlineWidthFactor": ("outline_width", 0.0, 0.0, _ANY),
    "outlineLightingMixFactor": ("outline_lighting_mix", 1.0, 0.0, 1.0),
    "renderQueueOffsetNumber": ("render_queue_offset", 0, -9, 9),
}
"""Key → field, default, least, most."""

_MOTION = (
    "uvAnimationScrollXSpeedFactor",
    "uvAnimationScrollYSpeedFactor",
    "uvAnimationRotationSpeedFactor",
)
_FLAGS = ("specVersion", "transparentWithZWrite", "outlineWidthMode")
_KNOWN = frozenset((*_TEXTURES, *_COLORS, *_NUMBERS, *_MOTION, *_FLAGS))
_RARE = frozenset(("matcapFactor", "rimLightingMixFactor"))
"""Written only when they differ from the default."""


def color3(view: View, key: str, default: Color3) -> Color3:
    """Return three numbers."""
    r, g, b = view.numbers(key, 3, default)
    return (r, g, b)


def take_texture(
    material: Material, slot: str, holder: View, key: str, reader: TextureReader
) -> None:
    """Put the texture info under ``key`` of ``holder`` into ``slot`` of the material."""
    if holder.raw(key) is None:
        return
    info = holder.view(key)
    moved = info.extension("KHR_texture_transform")
    if any(v is not None and v.integer("texCoord", 0, 7, 0) != 0 for v in (info, moved)):
        reader.gltf.note("textures on a second UV set are drawn on the first")
    index = info.index("index", len(reader.gltf.textures))
    setattr(material, slot, reader.take(index, slot in LINEAR_SLOTS))
    transform = read_transform(info)
    if transform is not None:
        material.transforms[slot] = transform


def _number(view: View, key: str, reader: TextureReader) -> float:
    """Return a number held within the range of the schema, with a note if it was not."""
    _, default, low, high = _NUMBERS[key]
    value = view.number(key, default)
    if not low <= value <= high:
        reader.gltf.note(
            f"{key} {value:g} is outside {low:g}..{high:g} and was moved inside",
            "mtoon-value",
            view.path,
        )
    return min(max(value, low), high)


def without_textures(value: Any) -> Any:
    """Return JSON data without references to textures, whose numbers would not last."""
    if isinstance(value, dict):
        return {
            k: without_textures(v)
            for k, v in value.items()
            if not (isinstance(v, dict) and "index" in v)
        }
    if isinstance(value, list):
        return [without_textures(v) for v in value]
    return copy.copy(value)


def read_mtoon(material: Material, view: View, reader: TextureReader) -> None:
    """Fill in the values of the extension; keys that it does not know are kept."""
    for key, slot in _TEXTURES.items():
        take_texture(material, slot, view, key, reader)
    material.shading_shift_scale = view.view("shadingShiftTexture").number("scale", 1.0)
    for key, (field, default) in _COLORS.items():
        setattr(material, field, color3(view, key, default))
    for key, (field, *_) in _NUMBERS.items():
        setattr(material, field, _number(view, key, reader))
    material.render_queue_offset = round(material.render_queue_offset)
    material.outline_mode = view.choice("outlineWidthMode", OUTLINE_MODES, "none")
    material.transparent_with_z_write = view.flag("transparentWithZWrite")
    u, v, turn = (view.number(key, 0.0) for key in _MOTION)
    material.uv_scroll, material.uv_rotation = (u, v), turn
    unknown = [key for key in view.keys() if key not in _KNOWN]
    if unknown:
        kept = without_textures({key: view.raw(key) for key in unknown})
        material.extensions[MTOON] = kept
        if not reader.ours:
            names = ", ".join(sorted(unknown)[:6])
            reader.gltf.note(f"{names} is kept but not drawn", "mtoon-unknown", view.path)


def unit(color: tuple[float, ...]) -> list[float]:
    """Return a colour within 0..1, as the schemas of glTF and MToon demand."""
    return [min(max(float(c), 0.0), 1.0) for c in color]


def write_mtoon(builder: Builder, material: Material) -> dict[str, Any]:
    """Return the extension object of a material."""
    data: dict[str, Any] = dict(material.extensions.get(MTOON, {}))
    data |= {
        "specVersion": "1.0",
        "transparentWithZWrite": material.transparent_with_z_write,
        "outlineWidthMode": material.outline_mode,
    }
    for key, (field, color) in _COLORS.items():
        if key not in _RARE or getattr(material, field) != color:
            data[key] = unit(getattr(material, field))
    for key, (field, default, *_) in _NUMBERS.items():
        if key not in _RARE or getattr(material, field) != default:
            data[key] = type(default)(getattr(material, field))
    for key, value in zip(_MOTION, (*material.uv_scroll, material.uv_rotation), strict=True):
        if value:
            data[key] = float(value)
    for key, slot in _TEXTURES.items():
        index = getattr(material, slot)
        if index is not None:
            data[key] = texture_info(builder, index, material.transforms.get(slot))
    if material.shading_shift_texture is not None:
        data["shadingShiftTexture"]["scale"] = float(material.shading_shift_scale)
    return data
