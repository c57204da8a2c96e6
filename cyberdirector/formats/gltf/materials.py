"""Materials and textures: MToon (VRMC_materials_mtoon-1.0), unlit and plain PBR."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.limits import MAX_IMAGE_BYTES, MAX_MODEL_PIXELS
from cyberdirector.core.model import Color3, Color4, Material, Texture
from cyberdirector.formats.gltf._view import View, refuse
from cyberdirector.formats.gltf.builder import Builder
from cyberdirector.formats.gltf.document import Gltf, resource
from cyberdirector.formats.image import decode_image, encode_png, image_size

UvTransform = NDArray[np.float64]

MTOON = "VRMC_materials_mtoon"
_UNLIT = "KHR_materials_unlit"
_STRENGTH = "KHR_materials_emissive_strength"

_LEVEL = 4
"""Effort of PNG compression: a third faster than 6 for a tenth more bytes."""

_SHADE_OF_PBR = (0.62, 0.56, 0.68)
"""Shade tint for materials that know no shade colour: a cool, slightly violet dusk."""


class TextureReader:
    """Decodes the textures that materials ask for, each once."""

    def __init__(self, gltf: Gltf) -> None:
        self.gltf = gltf
        self.textures: list[Texture] = []
        self._at: dict[int, int] = {}
        self._pixels = 0

    def take(self, index: int) -> int:
        """Return the place in :attr:`textures` of glTF texture ``index``."""
        if index not in self._at:
            view = self.gltf.textures[index]
            self._at[index] = len(self.textures)
            self.textures.append(self._decode(view))
        return self._at[index]

    def _source(self, view: View) -> View:
        webp = view.extension("EXT_texture_webp")
        holder = webp if webp is not None and "source" in webp else view
        return self.gltf.images[holder.index("source", len(self.gltf.images))]

    def _bytes(self, image: View) -> bytes:
        gltf = self.gltf
        if image.raw("bufferView") is None:
            return resource(image, gltf.folder, MAX_IMAGE_BYTES)
        view = gltf.buffer_views[image.index("bufferView", len(gltf.buffer_views))]
        buffer = gltf.buffers[view.index("buffer", len(gltf.buffers))]
        start = view.integer("byteOffset", 0, len(buffer), 0)
        length = view.integer("byteLength", 1, len(buffer) - start or 1)
        return bytes(buffer[start : start + length])

    def _decode(self, view: View) -> Texture:
        image = self._source(view)
        data = self._bytes(image)
        width, height = image_size(data, self.gltf.file, image.path)
        self._pixels += width * height
        if self._pixels > MAX_MODEL_PIXELS:
            raise refuse(
                "model-textures",
                f"贴图总和超过 {MAX_MODEL_PIXELS // 1_000_000} 百万像素，请缩小贴图。",
                f"the textures have more than {MAX_MODEL_PIXELS // 1_000_000} Mpx in all; "
                "make them smaller.",
                self.gltf.file,
                image.path,
            )
        name = image.text("name", "") or view.text("name", "") or f"texture{len(self.textures)}"
        linear = view.own().raw("linear") is True
        return Texture(name, decode_image(data, self.gltf.file, image.path), linear)


def _texture(reader: TextureReader, holder: View, key: str) -> int | None:
    if holder.raw(key) is None:
        return None
    info = holder.view(key)
    if info.integer("texCoord", 0, 7, 0) != 0:
        reader.gltf.note("textures on a second UV set are drawn on the first")
    return reader.take(info.index("index", len(reader.gltf.textures)))


def uv_transform(holder: View, key: str) -> UvTransform | None:
    """Return the (2, 3) matrix of a texture's KHR_texture_transform, None for none.

    It maps (u, v, 1) to the coordinates to look up: scaled, turned, then moved.
    """
    if holder.raw(key) is None:
        return None
    view = holder.view(key).extension("KHR_texture_transform")
    if view is None:
        return None
    x, y = view.numbers("offset", 2, (0.0, 0.0))
    w, h = view.numbers("scale", 2, (1.0, 1.0))
    turn = view.number("rotation", 0.0)
    cos, sin = np.cos(turn), np.sin(turn)
    matrix = np.array([[cos * w, -sin * h, x], [sin * w, cos * h, y]])
    return None if np.array_equal(matrix, np.eye(2, 3)) else matrix


def _color3(view: View, key: str, default: Color3) -> Color3:
    r, g, b = view.numbers(key, 3, default)
    return (r, g, b)


def _read_mtoon(material: Material, view: View, reader: TextureReader) -> None:
    """Fill in the values of VRMC_materials_mtoon-1.0 (defaults from its JSON schema)."""
    for key in ("matcapTexture", "rimMultiplyTexture", "uvAnimationMaskTexture"):
        if key in view:
            reader.gltf.note(f"MToon {key} is not drawn")
    material.shade_color = _color3(view, "shadeColorFactor", (0.0, 0.0, 0.0))
    material.shade_texture = _texture(reader, view, "shadeMultiplyTexture")
    material.shading_toony = view.number("shadingToonyFactor", 0.9)
    material.shading_shift = view.number("shadingShiftFactor", 0.0)
    material.gi_equalization = view.number("giEqualizationFactor", 0.9)
    material.rim_color = _color3(view, "parametricRimColorFactor", (0.0, 0.0, 0.0))
    material.rim_fresnel_power = view.number("parametricRimFresnelPowerFactor", 5.0)
    material.rim_lift = view.number("parametricRimLiftFactor", 0.0)
    modes = ("none", "worldCoordinates", "screenCoordinates")
    material.outline_mode = view.choice("outlineWidthMode", modes, "none")
    material.outline_width = view.number("outlineWidthFactor", 0.0)
    material.outline_color = _color3(view, "outlineColorFactor", (0.0, 0.0, 0.0))
    material.outline_lighting_mix = view.number("outlineLightingMixFactor", 1.0)
    material.transparent_with_z_write = view.flag("transparentWithZWrite")
    material.render_queue_offset = view.integer("renderQueueOffsetNumber", -9, 9, 0)


def read_material(view: View, reader: TextureReader) -> Material:
    """Return one material; colours are linear, as glTF has them."""
    pbr = view.view("pbrMetallicRoughness")
    r, g, b, a = pbr.numbers("baseColorFactor", 4, (1.0, 1.0, 1.0, 1.0))
    base: Color4 = (r, g, b, a)
    material = Material(name=view.text("name", "material"), base_color=base)
    material.base_texture = _texture(reader, pbr, "baseColorTexture")
    material.emissive = _color3(view, "emissiveFactor", (0.0, 0.0, 0.0))
    strength = view.extension(_STRENGTH)
    if strength is not None:
        k = strength.number("emissiveStrength", 1.0, 0.0)
        material.emissive = (
            material.emissive[0] * k,
            material.emissive[1] * k,
            material.emissive[2] * k,
        )
    own = view.own()
    if "emissive" in own:
        material.emissive = _color3(own, "emissive", material.emissive)
    material.alpha_mode = view.choice("alphaMode", ("OPAQUE", "MASK", "BLEND"), "OPAQUE")
    cutoff = own.number("alphaCutoff", 0.5) if "alphaCutoff" in own else 0.5
    material.alpha_cutoff = view.number("alphaCutoff", cutoff)
    material.double_sided = view.flag("doubleSided")
    mtoon = view.extension(MTOON)
    material.unlit = view.extension(_UNLIT) is not None and mtoon is None
    if mtoon is None and "mtoon" in own:
        mtoon = own.view("mtoon")
    if mtoon is not None:
        _read_mtoon(material, mtoon, reader)
    else:
        material.shade_color = (
            r * _SHADE_OF_PBR[0],
            g * _SHADE_OF_PBR[1],
            b * _SHADE_OF_PBR[2],
        )
        material.shade_texture = material.base_texture
    material.role = own.text("role", "")
    material.extras = own.view("extras").data() if "extras" in own else {}
    return material


def read_materials(
    gltf: Gltf, all_textures: bool = False
) -> tuple[list[Material], list[Texture]]:
    """Return materials and the textures that they use.

    Parameters
    ----------
    gltf
        Checked file.
    all_textures
        Keep every texture in the order of the file, used or not (files of our own).
    """
    reader = TextureReader(gltf)
    if all_textures:
        for index in range(len(gltf.textures)):
            reader.take(index)
    materials = [read_material(view, reader) for view in gltf.materials]
    return materials, reader.textures


def write_textures(builder: Builder, textures: list[Texture]) -> None:
    """Store textures as PNG, in order."""
    for texture in textures:
        view = builder.blob(encode_png(texture.pixels, _LEVEL))
        image = builder.add(
            "images", {"name": texture.name, "mimeType": "image/png", "bufferView": view}
        )
        if "samplers" not in builder.json:
            linear, mipmapped, repeat = 9729, 9987, 10497
            builder.add(
                "samplers",
                {
                    "magFilter": linear,
                    "minFilter": mipmapped,
                    "wrapS": repeat,
                    "wrapT": repeat,
                },
            )
        item: dict[str, Any] = {"source": image, "sampler": 0}
        if texture.linear:
            item["extras"] = {"cyberdirector": {"linear": True}}
        builder.add("textures", item)


def _unit(color: tuple[float, ...]) -> list[float]:
    """Return a colour within 0..1, as the schemas of glTF and MToon demand."""
    return [min(max(float(c), 0.0), 1.0) for c in color]


def _mtoon(material: Material) -> dict[str, Any]:
    data: dict[str, Any] = {
        "specVersion": "1.0",
        "transparentWithZWrite": material.transparent_with_z_write,
        "renderQueueOffsetNumber": int(material.render_queue_offset),
        "shadeColorFactor": _unit(material.shade_color),
        "shadingShiftFactor": material.shading_shift,
        "shadingToonyFactor": material.shading_toony,
        "giEqualizationFactor": material.gi_equalization,
        "parametricRimColorFactor": _unit(material.rim_color),
        "parametricRimFresnelPowerFactor": material.rim_fresnel_power,
        "parametricRimLiftFactor": material.rim_lift,
        "outlineWidthMode": material.outline_mode,
        "outlineWidthFactor": material.outline_width,
        "outlineColorFactor": _unit(material.outline_color),
        "outlineLightingMixFactor": material.outline_lighting_mix,
    }
    if material.shade_texture is not None:
        data["shadeMultiplyTexture"] = {"index": material.shade_texture}
    return data


def _emissive(builder: Builder, material: Material, item: dict[str, Any]) -> None:
    """Store emission; above 1 as a power of two times 0..1, which loses no bit."""
    most = max(material.emissive)
    if most <= 0.0:
        return
    strength = 1.0 if most <= 1.0 else float(2.0 ** np.ceil(np.log2(most)))
    item["emissiveFactor"] = [float(c) / strength for c in material.emissive]
    if strength > 1.0:
        builder.use(_STRENGTH)
        item["extensions"][_STRENGTH] = {"emissiveStrength": strength}


def write_material(builder: Builder, material: Material) -> int:
    """Add one material and return its index."""
    pbr: dict[str, Any] = {
        "baseColorFactor": _unit(material.base_color),
        "metallicFactor": 0.0,
        "roughnessFactor": 0.9,
    }
    if material.base_texture is not None:
        pbr["baseColorTexture"] = {"index": material.base_texture}
    item: dict[str, Any] = {
        "name": material.name,
        "pbrMetallicRoughness": pbr,
        "alphaMode": material.alpha_mode,
        "doubleSided": bool(material.double_sided),
        "extensions": {},
    }
    own: dict[str, Any] = {"role": material.role} if material.role else {}
    if material.alpha_mode == "MASK":
        item["alphaCutoff"] = material.alpha_cutoff
    elif material.alpha_cutoff != 0.5:
        own["alphaCutoff"] = material.alpha_cutoff
    if material.extras:
        own["extras"] = material.extras
    extension = _UNLIT if material.unlit else MTOON
    builder.use(extension)
    item["extensions"][extension] = {} if material.unlit else _mtoon(material)
    if material.unlit:  # glTF's unlit surface has neither shading nor emission
        own["mtoon"] = _mtoon(material)
        own["emissive"] = [float(c) for c in material.emissive]
    else:
        _emissive(builder, material, item)
    if own:
        item["extras"] = {"cyberdirector": own}
    return builder.add("materials", item)
