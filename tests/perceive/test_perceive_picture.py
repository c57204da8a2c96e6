"""The gate for pictures: what comes in upright, what is refused and how."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cyberdirector.core.errors import InputRefused
from cyberdirector.perceive.picture import WORK_SIDE, load_picture


def _save(path: Path, image: Image.Image, **options: object) -> Path:
    image.save(path, **options)  # type: ignore[arg-type]
    return path


def _paint(width: int = 90, height: int = 60) -> Image.Image:
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[:, : width // 2] = (200, 40, 30)
    return Image.fromarray(pixels)


def test_exif_orientation_is_applied(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned: show it 90 degrees clockwise
    path = _save(tmp_path / "turned.jpg", _paint(), exif=exif, quality=95)
    picture = load_picture(path)
    assert picture.size == (60, 90)
    assert picture.pixels[10, 30, 0] > 150
    assert picture.pixels[80, 30, 0] < 60


def test_cmyk_becomes_rgb(tmp_path: Path) -> None:
    path = _save(tmp_path / "print.jpg", _paint().convert("CMYK"), quality=95)
    assert np.abs(load_picture(path).pixels[30, 20].astype(int) - [200, 40, 30]).max() < 12


def test_sixteen_bits_keep_their_levels(tmp_path: Path) -> None:
    grey = np.full((64, 64), 32768, np.uint16)
    path = _save(tmp_path / "deep.png", Image.fromarray(grey))
    assert abs(int(load_picture(path).pixels[5, 5, 0]) - 128) <= 1


def test_animation_gives_its_first_frame_and_a_note(tmp_path: Path) -> None:
    path = tmp_path / "moves.gif"
    frames = [Image.new("RGB", (64, 64), c) for c in ("red", "blue")]
    frames[0].save(path, save_all=True, append_images=frames[1:])
    picture = load_picture(path)
    assert picture.pixels[5, 5].tolist() == [255, 0, 0]
    assert any("several frames" in en for _, en in picture.notes)


def test_large_pictures_are_reduced(tmp_path: Path) -> None:
    picture = load_picture(_save(tmp_path / "big.png", Image.new("RGB", (3000, 2000), "white")))
    assert picture.size == (WORK_SIDE, round(WORK_SIDE * 2 / 3))
    assert any("reduced" in en for _, en in picture.notes)


def test_alpha_is_kept_only_where_it_says_something(tmp_path: Path) -> None:
    opaque = _save(tmp_path / "opaque.png", _paint().convert("RGBA"))
    assert load_picture(opaque).alpha is None
    cut = np.full((64, 64, 4), 255, np.uint8)
    cut[:, :20, 3] = 0
    alpha = load_picture(_save(tmp_path / "cut.png", Image.fromarray(cut))).alpha
    assert alpha is not None
    assert alpha[5, 5] == 0.0


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("text.png", b"this is no picture at all", "image-unreadable"),
        ("empty.png", b"", "image-unreadable"),
    ],
)
def test_what_is_no_picture_is_refused(
    tmp_path: Path, name: str, data: bytes, code: str
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(InputRefused) as caught:
        load_picture(path)
    assert caught.value.code == code
    assert caught.value.zh
    assert caught.value.en


def test_a_truncated_file_is_refused(tmp_path: Path) -> None:
    stream = io.BytesIO()
    rng = np.random.default_rng(0)
    Image.fromarray(rng.integers(0, 255, (300, 300, 3), np.uint8)).save(stream, "PNG")
    path = tmp_path / "half.png"
    path.write_bytes(stream.getvalue()[:9000])
    with pytest.raises(InputRefused, match="image-unreadable"):
        load_picture(path)


def test_too_many_pixels_are_refused_before_decoding(tmp_path: Path) -> None:
    path = tmp_path / "bomb.png"
    Image.new("1", (20_000, 20_000)).save(path)
    with pytest.raises(InputRefused, match="Mpx"):
        load_picture(path)


@pytest.mark.parametrize("size", [(1, 1), (20, 400)])
def test_tiny_pictures_are_refused(tmp_path: Path, size: tuple[int, int]) -> None:
    with pytest.raises(InputRefused, match="picture-small"):
        load_picture(_save(tmp_path / "tiny.png", Image.new("RGB", size)))


def test_thin_pictures_and_wrong_arrays_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match="picture-narrow"):
        load_picture(_save(tmp_path / "thin.png", Image.new("RGB", (60, 900))))
    with pytest.raises(InputRefused, match="picture-array"):
        load_picture(np.zeros((64, 64, 3), np.float64))  # type: ignore[arg-type]
    with pytest.raises(InputRefused, match="picture-array"):
        load_picture(np.zeros((64, 64, 2), np.uint8))


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match="image-unreadable"):
        load_picture(tmp_path / "nothing.png")
