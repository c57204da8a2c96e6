"""Draws blocks of words as premultiplied pictures (Pillow masks, composed with numpy)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFont import FreeTypeFont

WHITE = (255, 253, 248)
INK = (14, 14, 20)
ACCENT = (214, 170, 104)

_VERTICAL_PAUSE = {"，": 0.45, "、": 0.4, "。": 0.5, "；": 0.5, "：": 0.5, " ": 0.4, "·": 0.4}
_TURNED = {
    "—": "︱",
    "…": "︙",
    "（": "︵",
    "）": "︶",
    "《": "︽",
    "》": "︾",
    "“": "﹁",
    "”": "﹂",
}


@cache
def _pil_font(size: int, weight: int) -> FreeTypeFont:
    from cyberdirector.modelstore import pil_font

    return pil_font(size, bold=weight >= 600, weight=weight)


_Layer = tuple[NDArray[np.floating], tuple[int, int, int], float]


@dataclass(frozen=True)
class Face:
    """The shipped font at a size (pixels of the em) and weight (100..900)."""

    size: int
    weight: int = 400

    @property
    def font(self) -> FreeTypeFont:
        """The Pillow font."""
        return _pil_font(self.size, self.weight)

    def width(self, text: str, spacing: float = 0.0) -> float:
        """Return the advance of a text in pixels; ``spacing`` in em after each character."""
        gap = spacing * self.size * max(0, len(text) - 1)
        return float(self.font.getlength(text)) + gap


def face_of_height(text: str, height: float, weight: int) -> Face:
    """Return the least face in which the drawn characters are ``height`` pixels high."""
    size = max(4, int(height))
    while True:
        box = Face(size, weight).font.getbbox(text or "字")
        if box[3] - box[1] >= height or size > height * 3:
            return Face(size, weight)
        size += 1


@dataclass(frozen=True)
class Style:
    """How a block looks; lengths in em.

    ``outline`` dark rim, ``shadow`` radius of the soft shade and ``strength`` its weight,
    ``line`` line height, ``spacing`` letter spacing, ``rules`` thin lines above and below,
    ``bar`` a bar on the left, ``left`` flush left instead of centred.
    """

    outline: float = 0.08
    shadow: float = 0.1
    line: float = 1.3
    spacing: float = 0.0
    rules: bool = False
    bar: bool = False
    left: bool = False
    strength: float = 1.2


@dataclass(frozen=True)
class Block:
    """A drawn block: (height, width, 4) uint8, sRGB, premultiplied alpha."""

    pixels: NDArray[np.uint8]


def _draw_spaced(
    mask: Image, xy: tuple[float, float], text: str, face: Face, spacing: float, stroke: int
) -> None:
    from PIL import ImageDraw

    draw = ImageDraw.Draw(mask)
    x, y = xy
    if spacing <= 0.0:
        draw.text((x, y), text, fill=255, font=face.font, stroke_width=stroke)
        return
    for i, c in enumerate(text):
        at = face.width(text[:i]) + spacing * face.size * i
        draw.text((x + at, y), c, fill=255, font=face.font, stroke_width=stroke)


def _blur(mask: Image, radius: float) -> NDArray[np.float32]:
    from PIL import ImageFilter

    soft = mask.filter(ImageFilter.GaussianBlur(radius)) if radius > 0 else mask
    return np.asarray(soft, np.float32) / 255.0


def _compose(
    layers: Sequence[_Layer],
) -> Block:
    """Lay masks (0..1) of one colour over each other, first one undermost."""
    shape = layers[0][0].shape
    color = np.zeros((*shape, 3), np.float32)
    alpha = np.zeros((*shape, 1), np.float32)
    for mask, rgb, opacity in layers:
        a = np.clip(mask * opacity, 0.0, 1.0)[..., None]
        color = color * (1 - a) + a * np.array(rgb, np.float32)
        alpha = alpha * (1 - a) + a
    out = np.concatenate([color, alpha * 255.0], axis=-1)
    return Block(np.clip(out + 0.5, 0, 255).astype(np.uint8))


def _fill(mask: Image, box: tuple[float, float, float, float]) -> None:
    from PIL import ImageDraw

    ImageDraw.Draw(mask).rectangle([round(v) for v in box], fill=255)


def rows(lines: Sequence[str], face: Face, style: Style) -> Block:
    """Return horizontal lines of text with a dark rim or shade for any background."""
    from PIL import Image

    em = face.size
    widths = [face.width(line, style.spacing) for line in lines]
    stroke = round(style.outline * em)
    margin = round(em * (0.35 + 2.2 * style.shadow)) + stroke
    bar = round(em * 0.5) if style.bar else 0
    step = em * style.line
    wide = round(max(widths)) + 2 * margin + bar
    high = round(step * len(lines)) + 2 * margin
    text = Image.new("L", (wide, high), 0)
    rim = Image.new("L", (wide, high), 0)
    extra = Image.new("L", (wide, high), 0)
    ascent, descent = face.font.getmetrics()
    lead = (step - ascent - descent) / 2
    for i, (line, width) in enumerate(zip(lines, widths, strict=True)):
        x = margin + bar + (0 if style.left else (max(widths) - width) / 2)
        y = margin + i * step + lead
        _draw_spaced(text, (x, y), line, face, style.spacing, 0)
        _draw_spaced(rim, (x, y), line, face, style.spacing, stroke)
    if style.rules:
        thin = max(1, round(em * 0.028))
        inset = margin + max(widths) * 0.5 - max(em * 1.6, max(widths) * 0.28)
        for y in (margin - em * 0.30, high - margin + em * 0.22):
            _fill(extra, (inset, y, wide - inset, y + thin - 1))
    if style.bar:
        pad = step * 0.16
        _fill(extra, (margin, margin + pad, margin + max(1, em * 0.09), high - margin - pad))
    shade = np.maximum(_blur(rim, style.shadow * em), _blur(extra, style.shadow * em))
    layers: list[_Layer] = [(shade * style.strength, INK, 0.62)]
    if stroke:
        layers.append((_blur(rim, 0.0), INK, 0.92))
    layers.append((_blur(extra, 0.0), ACCENT, 1.0))
    layers.append((_blur(text, 0.0), WHITE, 1.0))
    return _compose(layers)


def columns(text: str, face: Face, max_rows: int = 11) -> Block:
    """Return vertical writing, right to left, with a thin rule: for Chinese captions."""
    from PIL import Image, ImageDraw

    em, pitch = face.size, face.size * 1.22
    groups: list[list[tuple[str, float]]] = [[]]
    y = 0.0
    count = -(-len(text) // max_rows)
    max_rows = -(-len(text) // count)
    for c in text.rstrip("。，、；： "):
        pause = _VERTICAL_PAUSE.get(c)
        full = y >= max_rows * pitch - 1e-6
        if count > 1 and (full or (pause and y > 0.55 * max_rows * pitch)):
            groups.append([])
            y = 0.0
            if pause:
                continue
        if pause:
            y += pause * em
            continue
        groups[-1].append((_TURNED.get(c, c), y))
        y += pitch
    groups = [g for g in groups if g]
    tall = max(g[-1][1] for g in groups) + pitch
    margin, column = round(em * 0.9), em * 1.55
    wide = round(column * len(groups) + 2 * margin)
    high = round(tall + 2 * margin)
    mask = Image.new("L", (wide, high), 0)
    rule = Image.new("L", (wide, high), 0)
    draw = ImageDraw.Draw(mask)
    for i, group in enumerate(groups):
        centre = wide - margin - column * (i + 0.5)
        for c, top in group:
            draw.text((centre, margin + top), c, fill=255, font=face.font, anchor="ma")
    x = wide - margin + em * 0.06
    thin = max(1, round(em * 0.03))
    _fill(rule, (x, margin - em * 0.1, x + thin - 1, high - margin + em * 0.1))
    both = Image.fromarray(np.maximum(np.asarray(mask), np.asarray(rule)))
    shade = _blur(both, em * 0.30)
    return _compose(
        [
            (shade * 2.4, INK, 0.6),
            (_blur(both, em * 0.05), INK, 0.55),
            (_blur(rule, 0.0), ACCENT, 1.0),
            (_blur(mask, 0.0), WHITE, 1.0),
        ]
    )


def plate(lines: Sequence[str], faces: Sequence[Face]) -> Block:
    """Return centred lines on a half-transparent dark plate with round corners."""
    from PIL import Image, ImageDraw

    em = faces[0].size
    pad_x, pad_y, gap = round(em * 0.55), round(em * 0.38), round(em * 0.24)
    boxes = [face.font.getbbox(line) for line, face in zip(lines, faces, strict=True)]
    heights = [box[3] - box[1] for box in boxes]
    wide = round(max(box[2] - box[0] for box in boxes)) + 2 * pad_x
    high = round(sum(heights)) + gap * (len(lines) - 1) + 2 * pad_y
    text = Image.new("L", (wide, high), 0)
    ground = Image.new("L", (wide * 4, high * 4), 0)
    ImageDraw.Draw(ground).rounded_rectangle(
        (0, 0, wide * 4 - 1, high * 4 - 1), radius=round(em * 1.1), fill=255
    )
    draw = ImageDraw.Draw(text)
    y = float(pad_y)
    for line, face, box, height in zip(lines, faces, boxes, heights, strict=True):
        x = (wide - (box[2] - box[0])) / 2
        draw.text((x - box[0], y - box[1]), line, fill=255, font=face.font)
        y += height + gap
    plain = ground.resize((wide, high), Image.Resampling.BOX)
    return _compose([(_blur(plain, 0.0), INK, 0.62), (_blur(text, 0.0), WHITE, 1.0)])
