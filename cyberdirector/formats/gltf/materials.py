"""Materials: MToon (VRMC_materials_mtoon-1.0), unlit and plain PBR."""

from __future__ import annotations

from typing import Any

import numpy as np

from cyberdirector.core.limits import MAX_COORDINATE
from cyberdirector.core.model import (
    TEXTURE_SLOTS,
    Color3,
    Color4,
    Material,
    MeshPart,
    Texture,
    UvTransform,
)
from cyberdirector.formats.gltf._view import View, refuse
from cyberdirector.formats.gltf.builder import Builder
from cyberdirector.formats.gltf.document import Gltf
from cyberdirector.formats.gltf.mtoon import (
    MTOON,
    color3,
    read_mtoon,
    take_texture,
    unit,
    without_textures,
    write_mtoon,
)
from cyberdirector.formats.gltf.textures import TextureReader, texture_info, write_textures

__all__ = [
    "bake_transforms",
    "read_material",
    "read_materials",
    "write_material",
    "write_textures",
]

_UNLIT = "KHR_materials_unlit"
_STRENGTH = "KHR_materials_emissive_strength"
_MULTIPLIER = "VRMC_materials_hdr_emissiveMultiplier"
_KNOWN = frozenset((MTOON, _UNLIT, _STRENGTH, _MULTIPLIER))

_SHADE_OF_PBR = (0.62, 0.56, 0.68)
"""Shade tint for materials that know no shade colour: a cool, slightly violet dusk."""


def _emission(view: View, own: View) -> Color3:
    """Return the emitted light, linear RGB; above 1 by an extension or our own data."""
    color = color3(view, "emissiveFactor", (0.0, 0.0, 0.0))
    for name, key in ((_STRENGTH, "emissiveStrength"), (_MULTIPLIER, "emissiveMultiplier")):
        strength = view.extension(name)
        if strength is not None:
            k = strength.number(key, 1.0, 0.0)
            color = (color[0] * k, color[1] * k, color[2] * k)
    return color3(own, "emissive", color) if "emissive" in own else color


def _keep_foreign(material: Material, view: View, reader: TextureReader) -> None:
    """Keep the extensions that are not drawn."""
    held = view.view("extensions")
    for name in held.keys():
        if name in _KNOWN:
            continue
        data = held.view(name).data()
        kept = without_textures(data)
        material.extensions[name] = kept
        if not reader.ours:
            lost = "" if kept == data else ", without its textures"
            text = f"{name} is not drawn; its values are kept{lost}"
            reader.gltf.note(text, "material-extension", view.path)


def read_material(view: View, reader: TextureReader) -> Material:
    """Return one material; colours are linear, as glTF has them."""
    pbr = view.view("pbrMetallicRoughness")
    r, g, b, a = pbr.numbers("baseColorFactor", 4, (1.0, 1.0, 1.0, 1.0))
    base: Color4 = (r, g, b, a)
    material = Material(name=view.text("name", "material"), base_color=base)
    take_texture(material, "base_texture", pbr, "baseColorTexture", reader)
    take_texture(material, "emissive_texture", view, "emissiveTexture", reader)
    take_texture(material, "normal_texture", view, "normalTexture", reader)
    material.normal_scale = view.view("normalTexture").number("scale", 1.0)
    own = view.own()
    material.emissive = _emission(view, own)
    material.alpha_mode = view.choice("alphaMode", ("OPAQUE", "MASK", "BLEND"), "OPAQUE")
    cutoff = own.number("alphaCutoff", 0.5) if "alphaCutoff" in own else 0.5
    material.alpha_cutoff = view.number("alphaCutoff", cutoff)
    material.double_sided = view.flag("doubleSided")
    mtoon = view.extension(MTOON)
    material.unlit = view.extension(_UNLIT) is not None and mtoon is None
    if mtoon is None and "mtoon" in own:
        mtoon = own.view("mtoon")
    if mtoon is not None:
        read_mtoon(material, mtoon, reader)
    else:
        _shade_pbr(material)
    _keep_foreign(material, view, reader)
    material.role = own.text("role", "")
    material.extras = own.view("extras").data() if "extras" in own else {}
    return material


def _shade_pbr(material: Material) -> None:
    """Give a material that knows no shade one that suits its colour."""
    r, g, b, _ = material.base_color
    k = _SHADE_OF_PBR
    material.shade_color = (r * k[0], g * k[1], b * k[2])
    material.shade_texture = material.base_texture
    if "base_texture" in material.transforms:
        material.transforms["shade_texture"] = material.transforms["base_texture"]


def read_materials(gltf: Gltf, ours: bool = False) -> tuple[list[Material], list[Texture]]:
    """Return materials and the textures that they use.

    Parameters
    ----------
    gltf
        Checked file.
    ours
        Keep every texture in the order of the file, used or not (files of our own).
    """
    reader = TextureReader(gltf, ours)
    materials = [read_material(view, reader) for view in gltf.materials]
    return materials, reader.textures


def _shared_transform(material: Material, always: bool) -> UvTransform | None:
    """Return the transform that all textures of a material share, None for none.

    Animated coordinates are transformed after the animation, so theirs stays apart
    (unless ``always``, which takes that of the base texture).
    """
    base = material.transforms.get("base_texture")
    if always:
        return base
    used = [
        slot
        for slot in TEXTURE_SLOTS
        if slot != "matcap_texture" and getattr(material, slot) is not None
    ]
    alike = all(material.transforms.get(slot) == base for slot in used)
    still = material.uv_scroll == (0.0, 0.0) and not material.uv_rotation
    return base if alike and still else None


def bake_transforms(
    gltf: Gltf, parts: list[MeshPart], materials: list[Material], always: bool = False
) -> None:
    """Move texture transforms that a whole material shares into the coordinates of parts.

    Parameters
    ----------
    always
        Take the transform of the base texture for everything (sets have no other).

    Raises
    ------
    InputRefused
        ``gltf-value`` when coordinates leave the sane range.
    """
    matrices: dict[int, Any] = {}
    for i, material in enumerate(materials):
        shared = _shared_transform(material, always)
        if shared is not None:
            matrices[i] = shared.matrix()
        if shared is not None or always:
            matcap = material.transforms.get("matcap_texture")
            material.transforms = {} if matcap is None else {"matcap_texture": matcap}
    for part in parts:
        matrix = matrices.get(part.material)
        if matrix is None:
            continue
        moved = part.uvs.astype(np.float64) @ matrix[:, :2].T + matrix[:, 2]
        if not bool((np.abs(moved) < MAX_COORDINATE).all()):
            path = f"/materials/{part.material}"
            raise refuse(
                "gltf-value",
                "贴图变换把坐标移得太远，请检查 KHR_texture_transform。",
                "the texture transform moves coordinates out of any sane range; check "
                "KHR_texture_transform.",
                gltf.file,
                path,
            )
        part.uvs = moved.astype(np.float32)


def _write_emission(builder: Builder, material: Material, item: dict[str, Any]) -> None:
    """Store emission; above 1 as a power of two times 0..1, which loses no bit."""
    most = max(material.emissive)
    if most <= 0.0:
        return
    strength = 1.0 if most <= 1.0 else float(2.0 ** np.ceil(np.log2(most)))
    item["emissiveFactor"] = [float(c) / strength for c in material.emissive]
    if strength > 1.0:
        builder.use(_STRENGTH)
        item["extensions"][_STRENGTH] = {"emissiveStrength": strength}


def _write_core_textures(builder: Builder, material: Material, item: dict[str, Any]) -> None:
    """Store the textures that glTF itself knows."""
    places = (
        ("base_texture", item["pbrMetallicRoughness"], "baseColorTexture"),
        ("emissive_texture", item, "emissiveTexture"),
        ("normal_texture", item, "normalTexture"),
    )
    for slot, holder, key in places:
        index = getattr(material, slot)
        if index is not None:
            holder[key] = texture_info(builder, index, material.transforms.get(slot))
    if material.normal_texture is not None and material.normal_scale != 1.0:
        item["normalTexture"]["scale"] = float(material.normal_scale)


def write_material(builder: Builder, material: Material) -> int:
    """Add one material and return its index."""
    item: dict[str, Any] = {
        "name": material.name,
        "pbrMetallicRoughness": {
            "baseColorFactor": unit(material.base_color),
            "metallicFactor": 0.0,
            "roughnessFactor": 0.9,
        },
        "alphaMode": material.alpha_mode,
        "doubleSided": bool(material.double_sided),
        "extensions": {k: v for k, v in material.extensions.items() if k != MTOON},
    }
    for name in item["extensions"]:
        builder.use(name)
    _write_core_textures(builder, material, item)
    own: dict[str, Any] = {"role": material.role} if material.role else {}
    if material.alpha_mode == "MASK":
        item["alphaCutoff"] = material.alpha_cutoff
    elif material.alpha_cutoff != 0.5:
        own["alphaCutoff"] = material.alpha_cutoff
    if material.extras:
        own["extras"] = material.extras
    extension = _UNLIT if material.unlit else MTOON
    builder.use(extension)
    mtoon = write_mtoon(builder, material)
    item["extensions"][extension] = {} if material.unlit else mtoon
    if material.unlit:  # glTF's unlit surface has neither shading nor emission
        own["mtoon"] = mtoon
        own["emissive"] = [float(c) for c in material.emissive]
    else:
        _write_emission(builder, material, item)
    if own:
        item["extras"] = {"cyberdirector": own}
    return builder.add("materials", item)
