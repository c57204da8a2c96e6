import io

import numpy as np
import pytest
from PIL import Image

from cyberdirector.core.errors import InputRefused
from cyberdirector.formats import decode_image, encode_png, read_image, write_png


@pytest.mark.parametrize("channels", [3, 4])
def test_png_comes_back_and_is_always_the_same(tmp_path, channels):
    rng = np.random.default_rng(channels)
    pixels = rng.integers(0, 256, (7, 5, channels)).astype(np.uint8)
    path = tmp_path / "图.png"
    write_png(path, pixels)
    back = read_image(path)
    assert back.shape == (7, 5, 4)
    assert np.array_equal(back[..., :channels], pixels)
    assert encode_png(pixels) == path.read_bytes()


def test_opaque_pictures_are_stored_without_alpha():
    pixels = np.full((4, 4, 4), 255, np.uint8)
    assert Image.open(io.BytesIO(encode_png(pixels))).mode == "RGB"


def test_the_orientation_of_a_photo_is_applied():
    stream = io.BytesIO()
    image = Image.new("RGB", (4, 2), "white")
    exif = Image.Exif()
    exif[0x0112] = 6
    image.save(stream, "JPEG", exif=exif)
    assert decode_image(stream.getvalue()).shape == (4, 2, 4)


@pytest.mark.parametrize("data", [b"", b"\x89PNG\r\n\x1a\n", "字".encode() * 50, b"GIF89a"])
def test_what_is_no_picture_is_refused(data):
    with pytest.raises(InputRefused) as caught:
        decode_image(data)
    assert caught.value.code == "image-unreadable"


def test_too_many_pixels_are_refused_before_decoding(tmp_path):
    stream = io.BytesIO()
    Image.new("1", (9_000, 9_000)).save(stream, "PNG")
    with pytest.raises(InputRefused, match=r"Mpx.*make it smaller"):
        decode_image(stream.getvalue())
    with pytest.raises(InputRefused):
        read_image(tmp_path / "none.png")
