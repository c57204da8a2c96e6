"""Wrapping, overlays, safe areas, subtitles on disk."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cyberdirector import modelstore
from cyberdirector.core.time import Rate
from cyberdirector.deliver import LABEL_TEXT, Cue, Lettering, Overlay, blend, write_srt
from cyberdirector.deliver.wrap import drawable, split_pages

SIZES = [(720, 1280), (1280, 720), (1080, 1920), (360, 640)]
KINDS = ["subtitle", "caption", "place", "label"]


@pytest.fixture(autouse=True)
def _font():
    modelstore.font()


@dataclass(frozen=True)
class Text:
    kind: str
    text: str
    start: int
    end: int
    speaker: str = ""


def em(text: str) -> float:
    return sum(0.5 if c.isascii() else 1.0 for c in text)


@pytest.mark.parametrize(
    ("text", "pages"),
    [
        ("你说什么？", [["你说什么？"]]),
        ("三年前他不肯开门，如今倒想起我了？", [["三年前他不肯开门，", "如今倒想起我了？"]]),
        ("青云山。我找一个姓林的大夫。", [["青云山。", "我找一个姓林的大夫。"]]),
        ("One two three four five six", [["One two three", "four five six"]]),
        ("", []),
        ("😀", []),
    ],
)
def test_wrap(text, pages):
    assert split_pages(text, em, 12) == pages


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="林晚沈青云茶馆，。！？“”…（） ab'-12\n\u200d😀", max_size=120))
def test_wrap_keeps_all_words_in_two_lines(text):
    pages = split_pages(text, em, 10)
    kept = "".join(line for page in pages for line in page)
    assert kept.replace(" ", "") == drawable(text).replace(" ", "")
    assert all(1 <= len(page) <= 2 for page in pages)
    assert all(line for page in pages for line in page)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("kind", KINDS)
def test_overlays_stay_in_the_safe_area(size, kind):
    words = LABEL_TEXT if kind == "label" else "三年前他不肯开门，如今倒想起我了？"
    for overlay in Lettering(size).overlays(kind, words):
        seen = overlay.pixels[..., :3].max(axis=2) > 120
        rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
        left, right = overlay.x + columns[0], overlay.x + columns[-1]
        top, bottom = overlay.y + rows[0], overlay.y + rows[-1]
        width, height = size
        portrait = height > width
        assert left >= 0.05 * width
        assert right <= (0.88 if portrait else 0.95) * width
        assert top >= (0.10 if portrait else 0.04) * height
        assert bottom <= (0.75 if portrait else 0.95) * height


@pytest.mark.parametrize("size", SIZES)
def test_label_is_high_enough(size):
    (overlay,) = Lettering(size).overlays("label", LABEL_TEXT)
    words = (overlay.pixels[..., :3].min(axis=2) > 200).any(axis=1)
    rows = np.flatnonzero(words)
    first = rows[: np.flatnonzero(np.diff(rows) > 2)[0] + 1]
    assert len(first) >= 0.05 * min(size)


def test_blend_is_the_over_operator_on_its_rectangle_only():
    rng = np.random.default_rng(1)
    picture = rng.integers(0, 256, (60, 80, 3), np.uint8)
    alpha = rng.random((20, 30, 1))
    color = rng.random((20, 30, 3)) * 255
    pixels = np.concatenate([color * alpha, alpha * 255], -1).round().astype(np.uint8)
    for x, y, level in ((10, 10, 1.0), (-5, 50, 0.4), (70, -8, 0.0), (200, 200, 1.0)):
        out = picture.copy()
        blend(out, Overlay(x, y, pixels), level)
        wanted = picture.astype(float)
        for j in range(20):
            for i in range(30):
                if 0 <= y + j < 60 and 0 <= x + i < 80:
                    p = pixels[j, i].astype(float) * level
                    wanted[y + j, x + i] = wanted[y + j, x + i] * (1 - p[3] / 255) + p[:3]
        assert np.abs(out.astype(float) - wanted).max() <= 2.0


def test_words_come_and_go():
    lettering = Lettering((360, 640))
    black = np.zeros((640, 360, 3), np.uint8)
    texts = [Text("label", LABEL_TEXT, 0, 60), Text("subtitle", "你说什么？", 70, 90)]
    lit = [lettering.write(black, texts, f, Rate(24)).max() for f in range(100)]
    assert lit[0] > 0
    assert all(v > 240 for v in lit[6:54])
    assert all(v == 0 for v in lit[60:70])
    assert all(v > 240 for v in lit[70:90])
    assert max(lit[90:]) == 0
    assert black.max() == 0


def test_long_subtitles_turn_pages():
    text = "他说这一路走来，见过许多人，许多事，也曾在大雪里等过一盏灯，"
    text += "可是从来没有人告诉过他回家的路。"
    assert len(Lettering((720, 1280)).overlays("subtitle", text)) >= 2


@pytest.mark.parametrize("text", ["😀😀", "…", "a" * 500, "林" * 300, "שלום", "{\\b1}"])
@pytest.mark.parametrize("kind", KINDS[:3])
def test_odd_texts(text, kind):
    out = Lettering((360, 640)).write(
        np.zeros((640, 360, 3), np.uint8), [Text(kind, text, 0, 9)], 4, Rate(24)
    )
    assert out.shape == (640, 360, 3)


def test_srt(tmp_path: Path):
    path = tmp_path / "雨夜.srt"
    cues = [
        Cue(48, 96, "再见 {\\b1}x", "沈青"),
        Cue(0, 24, "你好\n吗"),
        Cue(5, 5, "no"),
        Cue(1, 2, " "),
    ]
    write_srt(path, cues, Rate(24))
    assert path.read_text(encoding="utf-8") == (
        "1\n00:00:00,000 --> 00:00:01,000\n你好 吗\n\n"
        "2\n00:00:02,000 --> 00:00:04,000\n再见 ｛＼b1｝x\n\n"
    )
