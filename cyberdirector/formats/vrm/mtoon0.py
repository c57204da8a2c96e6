"""Materials of VRM 0.x: MToon 0.x properties as those of VRMC_materials_mtoon-1.0.

The ramp arithmetic is that of the VRM 1.0 migration notes (toony and shift describe the
same ramp in other variables). Colours of 0.x are sRGB, masks are in the red channel,
texture coordinates count upwards and rotation speeds are turns per second.
"""

from __future__ import annotations

import numpy as np

from cyberdirector.core.model import (
    LINEAR_SLOTS,
    TEXTURE_SLOTS,
    Color3,
    Material,
    Texture,
    UvTransform,
)
from cyberdirector.formats.gltf._view import View
from cyberdirector.formats.gltf.document import Gltf
from cyberdirector.formats.gltf.materials import read_material
from cyberdirector.formats.gltf.textures import TextureReader

_SLOTS = {
    "_MainTex": "base_texture",
    "_ShadeTexture": "shade_texture",
    "_BumpMap": "normal_texture",
    "_EmissionMap": "emissive_texture",
    "_SphereAdd": "matcap_texture",
    "_RimTexture": "rim_multiply_texture",
    "_OutlineWidthTexture": "outline_width_texture",
    "_UvAnimMaskTexture": "uv_animation_mask_texture",
}
_GONE = ("_ReceiveShadowTexture", "_ShadingGradeTexture")
"""Textures that MToon 1.0 has no place for."""

_MASKS = frozenset(("outline_width_texture", "uv_animation_mask_texture"))


def linear_of(color: tuple[float, ...]) -> Color3:
    """Return an sRGB colour as linear RGB (IEC 61966-2-1)."""
    c = np.clip(np.array(color[:3]), 0.0, 1.0)
    out = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
    r, g, b = (float(v) for v in out)
    return (r, g, b)


def _red_in_all(reader: TextureReader, at: int) -> int:
    """Return the place of a texture that has the red channel of ``at`` in all three."""
    texture = reader.textures[at]
    red = texture.pixels[..., :1]
    if bool((texture.pixels[..., :3] == red).all()):
        return at
    name = f"{texture.name} (red)"
    known = [i for i, other in enumerate(reader.textures) if other.name == name]
    if known:
        return known[0]
    pixels = texture.pixels.copy()
    pixels[..., :3] = red
    reader.textures.append(Texture(name, pixels, True, texture.wrap))
    return len(reader.textures) - 1


def _take_textures(material: Material, view: View, reader: TextureReader) -> None:
    """Put the textures of a material into their slots, with the transform they share."""
    listed = view.view("textureProperties")
    for key, slot in _SLOTS.items():
        if listed.raw(key) is not None:
            at = reader.take(listed.index(key, len(reader.gltf.textures)), slot in LINEAR_SLOTS)
            setattr(material, slot, _red_in_all(reader, at) if slot in _MASKS else at)
        elif slot != "base_texture":
            setattr(material, slot, None)
    for key in _GONE:
        if listed.raw(key) is not None:
            reader.gltf.note(f"MToon 0.x {key} is not drawn", "mtoon-unknown", view.path)
    moved = view.view("vectorProperties")
    if "_MainTex" not in moved:
        return
    x, y, w, h = moved.numbers("_MainTex", 4)
    transform = UvTransform((x, 1.0 - h - y), (w, h))
    material.transforms = {}
    if transform != UvTransform():
        material.transforms = {
            slot: transform
            for slot in TEXTURE_SLOTS
            if slot != "matcap_texture" and getattr(material, slot) is not None
        }


def _shading(material: Material, floats: View, vectors: View) -> None:
    color = vectors.numbers("_Color", 4, (1.0, 1.0, 1.0, 1.0))
    material.base_color = (*linear_of(color), color[3])
    material.shade_color = linear_of(vectors.numbers("_ShadeColor", 4, (0.97, 0.81, 0.86, 1.0)))
    shift = floats.number("_ShadeShift", 0.0, -1.0, 1.0)
    toony = floats.number("_ShadeToony", 0.9, 0.0, 1.0)
    low, high = shift, 1.0 + (shift - 1.0) * toony
    material.shading_toony = min(max(1.0 - (high - low) / 2.0, 0.0), 1.0)
    material.shading_shift = min(max(-(low + high) / 2.0, -1.0), 1.0)
    material.gi_equalization = 1.0 - floats.number("_IndirectLightIntensity", 0.1, 0.0, 1.0)
    material.normal_scale = floats.number("_BumpScale", 1.0, -1e3, 1e3)
    material.rim_color = linear_of(vectors.numbers("_RimColor", 4, (0.0, 0.0, 0.0, 1.0)))
    material.rim_fresnel_power = floats.number("_RimFresnelPower", 1.0, 0.0, 1e3)
    material.rim_lift = floats.number("_RimLift", 0.0, -1e3, 1e3)
    material.rim_lighting_mix = floats.number("_RimLightingMix", 0.0, 0.0, 1.0)
    material.emissive = linear_of(vectors.numbers("_EmissionColor", 4, (0.0, 0.0, 0.0, 1.0)))


def _outline(material: Material, floats: View, vectors: View) -> None:
    mode = int(floats.number("_OutlineWidthMode", 0.0, 0.0, 2.0))
    material.outline_mode = ("none", "worldCoordinates", "screenCoordinates")[mode]
    # Widths of 0.x are centimetres, or percent of half the screen height.
    width = floats.number("_OutlineWidth", 0.0, 0.0, 1e3) * 0.01
    material.outline_width = width * (0.5 if mode == 2 else 1.0)
    material.outline_color = linear_of(
        vectors.numbers("_OutlineColor", 4, (0.0, 0.0, 0.0, 1.0))
    )
    mixed = floats.number("_OutlineColorMode", 0.0) >= 0.5
    mix = floats.number("_OutlineLightingMix", 1.0, 0.0, 1.0)
    material.outline_lighting_mix = mix if mixed else 0.0


def _toon(material: Material, view: View, reader: TextureReader) -> None:
    """Translate the properties of one MToon material of VRM 0.x."""
    floats, vectors = view.view("floatProperties"), view.view("vectorProperties")
    _shading(material, floats, vectors)
    _outline(material, floats, vectors)
    blend = int(floats.number("_BlendMode", 0.0, 0.0, 3.0))
    material.alpha_mode = ("OPAQUE", "MASK", "BLEND", "BLEND")[blend]
    material.transparent_with_z_write = blend == 3
    material.alpha_cutoff = floats.number("_Cutoff", 0.5, 0.0, 1.0)
    material.double_sided = int(floats.number("_CullMode", 2.0)) == 0
    material.uv_scroll = (
        floats.number("_UvAnimScrollX", 0.0),
        0.0 - floats.number("_UvAnimScrollY", 0.0),
    )
    material.uv_rotation = 2.0 * np.pi * floats.number("_UvAnimRotation", 0.0)
    _take_textures(material, view, reader)
    material.unlit = False


def _set_queues(pairs: list[tuple[Material, View]]) -> None:
    """Number the render queues of transparent materials in their order, as 1.0 wants."""
    for z_write in (True, False):
        held = [
            (material, view.integer("renderQueue", -1, 1 << 20, -1))
            for material, view in pairs
            if material.alpha_mode == "BLEND" and material.transparent_with_z_write == z_write
        ]
        queues = sorted({queue for _, queue in held if queue >= 0})
        for material, queue in held:
            if queue >= 0:
                place = queues.index(queue)
                last = len(queues) - 1
                offset = min(place, 9) if z_write else max(place - last, -9)
                material.render_queue_offset = offset


def read_materials_0(gltf: Gltf) -> tuple[list[Material], list[Texture]]:
    """Return the materials of a VRM 0.x file and the textures that they use."""
    reader = TextureReader(gltf)
    materials = [read_material(view, reader) for view in gltf.materials]
    vrm = gltf.root.extension("VRM") or View({}, gltf.file, "/extensions/VRM")
    pairs = list(zip(materials, vrm.views("materialProperties", 4096), strict=False))
    for material, view in pairs:
        shader = view.raw("shader")
        if shader == "VRM/MToon":
            _toon(material, view, reader)
        elif isinstance(shader, str) and shader.startswith("VRM/Unlit"):
            material.unlit = True
            material.transparent_with_z_write = shader == "VRM/UnlitTransparentZWrite"
        elif shader not in (None, "VRM_USE_GLTFSHADER"):
            gltf.note(f"shader {str(shader)[:60]!r} is drawn as MToon", "shader", view.path)
    _set_queues(pairs)
    return materials, reader.textures
