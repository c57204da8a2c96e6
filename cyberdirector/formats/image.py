"""Pictures: checked before they are decoded, written with the same bytes every time."""

from __future__ import annotations

import io
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.errors import InputRefused, Location
from cyberdirector.core.files import write_bytes
from cyberdirector.core.limits import MAX_IMAGE_BYTES, MAX_IMAGE_PIXELS

if TYPE_CHECKING:
    from PIL.Image import Image

_ORIENTATION = 0x0112
"""EXIF tag that says how a camera was held."""

_FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF")
"""Decoders that are allowed; the others of Pillow are rarely used and rarely tested."""


def _refuse(reason_zh: str, reason_en: str, file: str, path: str) -> InputRefused:
    return InputRefused(
        "image-unreadable",
        f"图片打不开（{reason_zh}），请换成 PNG 或 JPEG。",
        f"the picture cannot be used ({reason_en}); give a PNG or JPEG.",
        Location(file=file, path=path),
    )


def _too_large(size: str, file: str, path: str) -> InputRefused:
    most = MAX_IMAGE_PIXELS // 1_000_000
    return InputRefused(
        "image-unreadable",
        f"图片太大（{size}超过 {most} 百万像素），请缩小后再试。",
        f"the picture is too large ({size}more than {most} Mpx); make it smaller.",
        Location(file=file, path=path),
    )


def _open(data: bytes, file: str, path: str) -> Image:
    """Return the picture with its size checked and its pixels not yet decoded."""
    from PIL import Image, UnidentifiedImageError

    if len(data) > MAX_IMAGE_BYTES:
        raise _refuse("文件太大", f"larger than {MAX_IMAGE_BYTES >> 20} MiB", file, path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow's own size warning: ours is checked
            image = Image.open(io.BytesIO(data), formats=_FORMATS)
    except UnidentifiedImageError as error:
        raise _refuse("不认识的格式", "unknown format", file, path) from error
    except Image.DecompressionBombError as error:
        raise _too_large("", file, path) from error
    width, height = image.size
    if width * height > MAX_IMAGE_PIXELS:
        raise _too_large(f"{width}×{height} ", file, path)
    return image


def _eight_bits(image: Image) -> NDArray[np.uint8]:
    """Return 16-bit, 32-bit or float grey as (height, width, 4); Pillow would clip it."""
    grey = np.nan_to_num(np.asarray(image, np.float32))
    top = 65535.0 if image.mode.startswith("I") else 1.0 if grey.max() <= 1.0 else 255.0
    level = np.rint(np.clip(grey / top, 0.0, 1.0) * 255.0).astype(np.uint8)
    out = np.repeat(level[..., None], 4, axis=2)
    out[..., 3] = 255
    return out


def _rgba(image: Image) -> NDArray[np.uint8]:
    """Return the pixels as (height, width, 4) with as few copies as possible."""
    if image.mode.startswith(("I", "F")):
        return _eight_bits(image)
    if image.mode != "RGB":
        return np.array(image if image.mode == "RGBA" else image.convert("RGBA"), np.uint8)
    out = np.full((image.height, image.width, 4), 255, np.uint8)
    out[..., :3] = np.asarray(image)
    return out


def has_frames(data: bytes, file: str = "", path: str = "") -> bool:
    """Return whether an encoded picture has more than one frame or page.

    They are not counted: a small file can hold millions.

    Raises
    ------
    InputRefused
        ``image-unreadable``.
    """
    try:
        return bool(getattr(_open(data, file, path), "is_animated", False))
    except InputRefused:
        raise
    except Exception as error:  # decoders raise struct, zlib, OS and syntax errors
        raise _refuse(str(error)[:80], str(error)[:80], file, path) from error


def image_size(data: bytes, file: str = "", path: str = "") -> tuple[int, int]:
    """Return (width, height) of an encoded picture without decoding it.

    Raises
    ------
    InputRefused
        ``image-unreadable``.
    """
    try:
        return _open(data, file, path).size
    except InputRefused:
        raise
    except (OSError, ValueError, SyntaxError) as error:
        raise _refuse(str(error)[:80], str(error)[:80], file, path) from error


def decode_image(data: bytes, file: str = "", path: str = "") -> NDArray[np.uint8]:
    """Return the pixels (height, width, 4) uint8, straight alpha, sRGB, row 0 on top.

    The orientation that a camera noted is applied.

    Raises
    ------
    InputRefused
        ``image-unreadable`` when it is too large, damaged or of an unknown kind.
    """
    from PIL import ImageOps

    try:
        image = _open(data, file, path)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if image.getexif().get(_ORIENTATION, 1) != 1:
                image = ImageOps.exif_transpose(image)
            return _rgba(image)
    except InputRefused:
        raise
    except Exception as error:  # decoders raise struct, zlib, OS and syntax errors
        raise _refuse(str(error)[:80], str(error)[:80], file, path) from error


def read_image(path: Path) -> NDArray[np.uint8]:
    """Return the pixels of a picture file; see :func:`decode_image`.

    Raises
    ------
    InputRefused
        ``image-unreadable``.
    """
    try:
        if path.stat().st_size > MAX_IMAGE_BYTES:
            raise _refuse("文件太大", "too large", str(path), "")
        data = path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise _refuse(reason, reason, str(path), "") from error
    return decode_image(data, str(path))


def encode_png(pixels: NDArray[np.uint8], level: int = 6) -> bytes:
    """Return PNG bytes of (height, width), (…, 3) or (…, 4) uint8 pixels.

    Opaque RGBA is stored as RGB. Nothing else than the pixels goes in, so equal pixels
    give equal bytes.
    """
    from PIL import Image

    array = np.ascontiguousarray(pixels, dtype=np.uint8)
    if array.ndim == 3 and array.shape[2] == 4 and bool((array[..., 3] == 255).all()):
        array = np.ascontiguousarray(array[..., :3])
    stream = io.BytesIO()
    Image.fromarray(array).save(stream, "PNG", compress_level=level)
    return stream.getvalue()


def write_png(path: Path, pixels: NDArray[np.uint8], level: int = 6) -> None:
    """Write pixels as PNG in one step; see :func:`encode_png`."""
    write_bytes(path, encode_png(pixels, level))
