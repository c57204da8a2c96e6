"""The gate for pictures: any file becomes upright sRGB pixels with notes, or is refused."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.errors import InputRefused, Location
from cyberdirector.core.limits import MAX_IMAGE_BYTES
from cyberdirector.formats.image import decode_image, has_frames

MIN_SIDE = 48
"""Pixels of the shorter side below which no face can be read."""

WORK_SIDE = 1536
"""Pixels of the longer side that is worked on; the eyes of a full figure have 15 then."""

MAX_ASPECT = 8.0
"""Longer over shorter side; a sheet of three views has about 2."""

Note = tuple[str, str]
"""A sentence in Chinese and in English."""


@dataclass(frozen=True)
class Picture:
    """Pixels of one picture.

    Attributes
    ----------
    pixels
        (h, w, 3) uint8, sRGB, row 0 on top, colours of transparent pixels as stored.
    alpha
        (h, w) float32 0..1, or None when the picture is opaque.
    sha256
        Of the file (of the raw pixels for arrays).
    notes
        What was done to it that the user should know.
    file
        Where it came from, for messages.
    """

    pixels: NDArray[np.uint8]
    alpha: NDArray[np.float32] | None
    sha256: str
    notes: tuple[Note, ...] = ()
    file: str = ""

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) in pixels."""
        return self.pixels.shape[1], self.pixels.shape[0]

    @cached_property
    def flat(self) -> NDArray[np.uint8]:
        """The pixels over mid grey where they are transparent, (h, w, 3) uint8."""
        if self.alpha is None:
            return self.pixels
        a = self.alpha[..., None]
        return np.rint(self.pixels * a + 128.0 * (1.0 - a)).astype(np.uint8)

    def crop(self, box: tuple[int, int, int, int]) -> Picture:
        """Return the part inside (left, top, right, bottom), pixels, clipped to the frame."""
        width, height = self.size
        left, top = max(box[0], 0), max(box[1], 0)
        right, bottom = min(box[2], width), min(box[3], height)
        rows, columns = slice(top, bottom), slice(left, right)
        alpha = None if self.alpha is None else self.alpha[rows, columns]
        return Picture(self.pixels[rows, columns], alpha, self.sha256, self.notes, self.file)


def load_picture(source: Path | str | NDArray[np.uint8]) -> Picture:
    """Return the pixels of a file or an array, upright, at most ``WORK_SIDE`` wide or high.

    Parameters
    ----------
    source
        A PNG, JPEG, WebP, BMP, GIF or TIFF file, or (h, w), (h, w, 3) or (h, w, 4) uint8.

    Raises
    ------
    InputRefused
        ``image-unreadable`` when it is no picture, damaged or above 64 megapixels,
        ``picture-small``, ``picture-narrow``, ``picture-array``.
    """
    notes: list[Note] = []
    if isinstance(source, np.ndarray):
        rgba, file = _from_array(source), ""
        digest = hashlib.sha256(np.ascontiguousarray(source).tobytes()).hexdigest()
    else:
        file = str(source)
        data = _read(Path(source))
        digest = hashlib.sha256(data).hexdigest()
        moving = has_frames(data, file)
        rgba = decode_image(data, file)
        if moving:
            notes.append((
                "图片有多帧（动图或多页），只用第一帧。",
                "The picture has several frames or pages; only the first is used.",
            ))  # fmt: skip
    _check(rgba.shape[1], rgba.shape[0], file)
    small, shrunk = _reduce(rgba)
    if shrunk:
        notes.append((
            f"图片从 {rgba.shape[1]}×{rgba.shape[0]} 缩小到 "
            f"{small.shape[1]}×{small.shape[0]}。",
            f"The picture was reduced from {rgba.shape[1]}×{rgba.shape[0]} to "
            f"{small.shape[1]}×{small.shape[0]}.",
        ))  # fmt: skip
    opaque = bool((small[..., 3] > 250).mean() > 0.995)
    alpha = None if opaque else (small[..., 3] / np.float32(255.0)).astype(np.float32)
    return Picture(np.ascontiguousarray(small[..., :3]), alpha, digest, tuple(notes), file)


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_IMAGE_BYTES:
            raise InputRefused(
                "image-unreadable",
                f"图片文件超过 {MAX_IMAGE_BYTES >> 20} MiB，请缩小后再试。",
                f"the picture is larger than {MAX_IMAGE_BYTES >> 20} MiB; make it smaller.",
                Location(str(path)),
            )
        return path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputRefused(
            "image-unreadable",
            f"图片打不开（{reason}），请检查路径。",
            f"the picture cannot be opened ({reason}); look at the path.",
            Location(str(path)),
        ) from error


def _from_array(array: NDArray[np.uint8]) -> NDArray[np.uint8]:
    if array.dtype != np.uint8 or array.ndim not in (2, 3) or array.size == 0:
        raise InputRefused(
            "picture-array",
            f"图片数组应为 uint8 的 (高, 宽, 3 或 4)，得到 {array.dtype} {array.shape}。",
            "a picture array must be uint8 (height, width, 3 or 4); "
            f"found {array.dtype} {array.shape}.",
        )
    if array.ndim == 2:
        array = np.repeat(array[..., None], 3, axis=2)
    if array.shape[2] not in (3, 4):
        raise InputRefused(
            "picture-array",
            f"图片数组应有 3 或 4 个通道，得到 {array.shape[2]} 个。",
            f"a picture array has 3 or 4 channels; found {array.shape[2]}.",
        )
    out = np.full((*array.shape[:2], 4), 255, np.uint8)
    out[..., : array.shape[2]] = array
    return out


def _check(width: int, height: int, file: str) -> None:
    if min(width, height) < MIN_SIDE:
        raise InputRefused(
            "picture-small",
            f"图片只有 {width}×{height} 像素，至少需要 {MIN_SIDE} 像素；请换一张大图。",
            f"the picture has {width}×{height} pixels; give one of at least {MIN_SIDE} a side.",
            Location(file),
        )
    if max(width, height) > MAX_ASPECT * min(width, height):
        raise InputRefused(
            "picture-narrow",
            f"图片的长宽比为 {width}:{height}，太细长；请裁到人物再试。",
            f"the picture is {width}:{height}, too long and thin; crop it to the person.",
            Location(file),
        )


def _reduce(rgba: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], bool]:
    from PIL import Image

    height, width = rgba.shape[:2]
    factor = WORK_SIDE / max(height, width)
    if factor >= 1.0:
        return rgba, False
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    image = Image.fromarray(rgba).resize(size, Image.Resampling.BOX, reducing_gap=2.0)
    return np.asarray(image), True
