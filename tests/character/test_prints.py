"""Prints on cloth: carried as text, laid on trunk and skirt, mirrored at the seams."""

from __future__ import annotations

import numpy as np
import pytest

from cyberdirector.character.wardrobe.look import Look, paint
from cyberdirector.character.wardrobe.prints import decode_print, encode_print, print_skirt
from cyberdirector.core.errors import InputRefused


def _picture(left: int, right: int) -> np.ndarray:
    out = np.zeros((64, 64, 4), np.uint8)
    out[20:40, left:right] = (230, 40, 40, 255)
    return out


def test_print_survives_its_text() -> None:
    picture = _picture(16, 48)
    text = encode_print(picture)
    assert len(text) < 1000
    back = decode_print(text)
    assert np.array_equal(back[..., 3] > 0.5, picture[..., 3] > 0)
    assert np.abs(back[30, 30, :3] * 255 - (230, 40, 40)).max() < 3


def test_front_only_unless_it_reaches_the_seams() -> None:
    plain = paint(Look("#2040a0", "flat", folds=6, pattern=encode_print(_picture(0, 0))))
    for picture, behind in ((_picture(16, 48), False), (_picture(0, 64), True)):
        image = paint(Look("#2040a0", "flat", folds=6, pattern=encode_print(picture)))
        red = np.abs(image - plain).max(2) > 0.3
        half = red.shape[1] // 2
        assert red[:, :half].sum() > 500
        assert (red[:, half:].sum() > 500) == behind


def test_skirt_is_mirrored_behind() -> None:
    u, v = np.meshgrid((np.arange(64) + 0.5) / 64, (np.arange(16) + 0.5) / 16)
    blank = np.ones((16, 64, 3))
    image = print_skirt(blank, encode_print(_picture(0, 64)), u, v)
    assert np.allclose(image[:, :32], image[:, :32][:, ::-1], atol=1e-6)
    assert (image[8] < 0.5).any(1).mean() > 0.9


@pytest.mark.parametrize("text", ["print:", "print:###", "print:aGVsbG8="])
def test_damaged_prints_are_refused(text: str) -> None:
    with pytest.raises(InputRefused) as caught:
        decode_print(text)
    assert caught.value.code == "print-damaged"
