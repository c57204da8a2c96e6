"""Pictures that are damaged, huge or made to hurt: refused or read, in little memory."""

from __future__ import annotations

import io
import resource
import struct
import subprocess
import sys
import tracemalloc
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cyberdirector.core.errors import InputRefused
from cyberdirector.perceive.picture import load_picture

MEBI = 1 << 20
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")


def _file(image: Image.Image, kind: str, **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def _noise() -> Image.Image:
    rng = np.random.default_rng(0)
    return Image.fromarray(rng.integers(0, 255, (200, 160, 3), np.uint8))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    )


def _png(width: int, height: int, depth: int, pixels: bytes, extra: bytes = b"") -> bytes:
    head = struct.pack(">IIBBBBB", width, height, depth, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + extra
        + _chunk(b"IDAT", zlib.compress(pixels)) + _chunk(b"IEND", b"")
    )  # fmt: skip


def _gif(width: int, height: int) -> bytes:
    """Return a GIF of 64 x 64 whose frame claims another size."""
    return (
        b"GIF89a" + struct.pack("<HH", 64, 64) + b"\x80\0\0" + bytes(6)
        + b",\0\0\0\0" + struct.pack("<HH", width, height) + b"\0\x02\x02D\x01\0;"
    )  # fmt: skip


ZEROS = zlib.compress(bytes(64 * MEBI), 9)
BMP = _file(_noise(), "BMP")
HURTFUL = {
    "20,000 x 20,000": _png(20_000, 20_000, 8, b""),
    "2^31 wide": _png(2**31 - 1, 1, 8, b""),
    "no pixels": _png(0, 0, 8, b""),
    "frame larger than the picture": _gif(65_535, 65_535),
    "bitmap": BMP[:18] + struct.pack("<ii", 30_000, 30_000) + BMP[26:],
    "text that inflates": _png(64, 64, 8, bytes(64 * 193), _chunk(b"zTXt", b"a\0\0" + ZEROS)),
    "profile that inflates": _png(
        64, 64, 8, bytes(64 * 193), _chunk(b"iCCP", b"a\0\0" + ZEROS)
    ),
    "drawing": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9999 9999\n",
    **{
        f"half a {kind}": (lambda d: d[: len(d) // 2])(_file(_noise(), kind))
        for kind in FORMATS
    },
    **{f"head of a {kind}": _file(_noise(), kind)[:40] for kind in FORMATS},
}


@pytest.mark.parametrize("name", HURTFUL)
def test_refused_with_a_reason_and_little_memory(tmp_path: Path, name: str) -> None:
    path = tmp_path / "picture"
    path.write_bytes(HURTFUL[name])
    tracemalloc.start()
    try:
        with pytest.raises(InputRefused) as caught:
            load_picture(path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert caught.value.code == "image-unreadable"
    assert caught.value.zh
    assert peak < 32 * MEBI


def test_pixels_that_inflate_without_end_are_cut(tmp_path: Path) -> None:
    path = tmp_path / "long.png"
    path.write_bytes(_png(64, 64, 8, bytes(64 * MEBI)))
    tracemalloc.start()
    assert load_picture(path).size == (64, 64)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 * MEBI


def test_sixteen_bits_a_colour_keep_their_levels(tmp_path: Path) -> None:
    path = tmp_path / "deep.png"
    path.write_bytes(_png(64, 64, 16, (b"\0" + b"\x80\0\x40\0\x20\0" * 64) * 64))
    assert load_picture(path).pixels[5, 5].tolist() == [128, 64, 32]


@pytest.mark.parametrize(("kind", "options"), [("PNG", {}), ("WEBP", {"lossless": True})])
def test_the_first_frame_is_used(tmp_path: Path, kind: str, options: dict[str, bool]) -> None:
    path = tmp_path / "moves"
    red, blue = (Image.new("RGB", (64, 64), c) for c in ("red", "blue"))
    path.write_bytes(_file(red, kind, save_all=True, append_images=[blue], **options))
    picture = load_picture(path)
    assert picture.pixels[5, 5].tolist() == [255, 0, 0]
    assert any("several frames" in en for _, en in picture.notes)


def test_frames_are_not_counted(tmp_path: Path) -> None:
    """200,000 frames in four megabytes are as quick as two."""
    frame = b",\0\0\0\0" + struct.pack("<HH", 1, 1) + b"\0\x02\x02D\x01\0"
    path = tmp_path / "many.gif"
    path.write_bytes(_file(Image.new("P", (64, 64)), "GIF")[:-1] + 200_000 * frame + b";")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    assert load_picture(path).notes
    assert resource.getrusage(resource.RUSAGE_SELF).ru_utime - before < 1.0


@pytest.mark.parametrize("value", [0, 9, 65_535])
def test_a_wrong_orientation_is_none(tmp_path: Path, value: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = value
    path = tmp_path / "turned.jpg"
    path.write_bytes(_file(_noise(), "JPEG", exif=exif))
    assert load_picture(path).size == (160, 200)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_all_orientations_stand_up(tmp_path: Path, orientation: int) -> None:
    """The corner that was red stays red on the upright picture (EXIF 2.3, tag 0x0112)."""
    upright = np.zeros((60, 90, 3), np.uint8)
    upright[:30, :45] = [255, 0, 0]
    stored = {
        1: upright, 2: upright[:, ::-1], 3: upright[::-1, ::-1], 4: upright[::-1],
        5: upright.transpose(1, 0, 2), 6: np.rot90(upright, 1),
        7: upright.transpose(1, 0, 2)[::-1, ::-1], 8: np.rot90(upright, -1),
    }[orientation]  # fmt: skip
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / "turned.jpg"
    image = Image.fromarray(np.ascontiguousarray(stored))
    path.write_bytes(_file(image, "JPEG", exif=exif, quality=95))
    picture = load_picture(path)
    assert picture.size == (90, 60)
    assert picture.pixels[10, 10, 0] > 200
    assert picture.pixels[[10, 50, 50], [80, 10, 80], 0].max() < 60


PROBE = """
import resource, sys
from pathlib import Path
from cyberdirector.perceive.picture import load_picture
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
assert max(load_picture(Path(sys.argv[1])).size) == 1536
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_a_pixel_takes_twenty_bytes_at_most(tmp_path: Path) -> None:
    """So that 64 megapixels, the most that is read, stay below 1.3 GB."""
    path = tmp_path / "large.png"
    Image.new("1", (4000, 4000)).save(path)
    done = subprocess.run(
        [sys.executable, "-c", PROBE, str(path)], capture_output=True, text=True, check=True
    )
    assert int(done.stdout) * 1024 < 20 * 16_000_000
