"""Textures of glTF: decoded once for each use, their wrapping and their transforms."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.limits import MAX_IMAGE_BYTES, MAX_MODEL_PIXELS
from cyberdirector.core.model import Texture, UvTransform
from cyberdirector.formats.gltf._view import View, refuse
from cyberdirector.formats.gltf.builder import Builder
from cyberdirector.formats.gltf.document import Gltf, resource
from cyberdirector.formats.image import decode_image, encode_png, image_size

TRANSFORM = "KHR_texture_transform"

_LEVEL = 4
"""Effort of PNG compression: a third faster than 6 for a tenth more bytes."""

_WRAPS = {10497: "repeat", 33648: "mirror", 33071: "clamp"}
_WRAP_CODES = {name: code for code, name in _WRAPS.items()}
_LINEAR, _MIPMAPPED = 9729, 9987


class TextureReader:
    """Decodes the textures that materials ask for, each once.

    Parameters
    ----------
    gltf
        Checked file.
    ours
        Take every texture in the order of the file, with the kind that our writer noted.
    """

    def __init__(self, gltf: Gltf, ours: bool = False) -> None:
        self.gltf = gltf
        self.textures: list[Texture] = []
        self.ours = ours
        self._at: dict[tuple[int, bool], int] = {}
        self._images: dict[int, NDArray[np.uint8]] = {}
        self._pixels = 0
        for index in range(len(gltf.textures) if ours else 0):
            self.take(index)

    def take(self, index: int, linear: bool = False) -> int:
        """Return the place in :attr:`textures` of glTF texture ``index``.

        A texture that is used both as colour and as numbers (``linear``) has two places.
        """
        key = (index, linear and not self.ours)
        if key not in self._at:
            view = self.gltf.textures[index]
            self._at[key] = len(self.textures)
            self.textures.append(self._read(view, key[1]))
        return self._at[key]

    def _read(self, view: View, linear: bool) -> Texture:
        webp = view.extension("EXT_texture_webp")
        holder = webp if webp is not None and "source" in webp else view
        number = holder.index("source", len(self.gltf.images))
        image = self.gltf.images[number]
        if number not in self._images:
            self._images[number] = self._decode(image)
        name = image.text("name", "") or view.text("name", "") or f"texture{len(self.textures)}"
        flat = view.own().raw("linear") is True if self.ours else linear
        return Texture(name, self._images[number], flat, self._wrap(view))

    def _wrap(self, view: View) -> tuple[str, str]:
        samplers = self.gltf.root.views("samplers", 4096)
        which = view.optional_index("sampler", len(samplers))
        if which is None:
            return ("repeat", "repeat")
        codes = (samplers[which].raw(key) for key in ("wrapS", "wrapT"))
        u, v = (_WRAPS.get(c, "repeat") if isinstance(c, int) else "repeat" for c in codes)
        return (u, v)

    def _bytes(self, image: View) -> bytes:
        gltf = self.gltf
        if image.raw("bufferView") is None:
            return resource(image, gltf.folder, MAX_IMAGE_BYTES)
        view = gltf.buffer_views[image.index("bufferView", len(gltf.buffer_views))]
        buffer = gltf.buffers[view.index("buffer", len(gltf.buffers))]
        start = view.integer("byteOffset", 0, len(buffer), 0)
        length = view.integer("byteLength", 1, len(buffer) - start or 1)
        return bytes(buffer[start : start + length])

    def _decode(self, image: View) -> NDArray[np.uint8]:
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
        return decode_image(data, self.gltf.file, image.path)


def read_transform(info: View) -> UvTransform | None:
    """Return the KHR_texture_transform of a texture info, None for none or identity."""
    view = info.extension(TRANSFORM)
    if view is None:
        return None
    x, y = view.numbers("offset", 2, (0.0, 0.0))
    w, h = view.numbers("scale", 2, (1.0, 1.0))
    found = UvTransform((x, y), (w, h), view.number("rotation", 0.0))
    return None if found == UvTransform() else found


def texture_info(builder: Builder, index: int, transform: UvTransform | None) -> dict[str, Any]:
    """Return a glTF texture info for texture ``index``."""
    info: dict[str, Any] = {"index": index}
    if transform is not None:
        builder.use(TRANSFORM)
        data: dict[str, Any] = {
            "offset": list(transform.offset),
            "scale": list(transform.scale),
        }
        if transform.rotation:
            data["rotation"] = transform.rotation
        info["extensions"] = {TRANSFORM: data}
    return info


def write_textures(builder: Builder, textures: list[Texture]) -> None:
    """Store textures as PNG, in order."""
    samplers: dict[tuple[str, str], int] = {}
    for texture in textures:
        view = builder.blob(encode_png(texture.pixels, _LEVEL))
        image = builder.add(
            "images", {"name": texture.name, "mimeType": "image/png", "bufferView": view}
        )
        if texture.wrap not in samplers:
            u, v = (_WRAP_CODES[name] for name in texture.wrap)
            samplers[texture.wrap] = builder.add(
                "samplers",
                {"magFilter": _LINEAR, "minFilter": _MIPMAPPED, "wrapS": u, "wrapT": v},
            )
        item: dict[str, Any] = {"source": image, "sampler": samplers[texture.wrap]}
        if texture.linear:
            item["extras"] = {"cyberdirector": {"linear": True}}
        builder.add("textures", item)
