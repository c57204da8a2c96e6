"""Words in the picture: subtitles, captions, place names and the AI label.

Safe areas for 9:16 (practice of short dramas): nothing in the top 10 %, the bottom
25 % and the right 12 %, where the platforms draw their own controls; subtitles stand at
about 71 % of the height. For 16:9 subtitles stand at 87 %.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.time import Rate
from cyberdirector.deliver import label, typeset
from cyberdirector.deliver.typeset import Block, Face
from cyberdirector.deliver.wrap import drawable, split_pages

FADE_SECONDS = {"subtitle": 0.0, "caption": 0.45, "place": 0.35, "label": 0.25}
"""Seconds over which words of each kind appear and go."""


class Words(Protocol):
    """Words over frames ``start:end``; ``kind`` is one of :data:`FADE_SECONDS`."""

    @property
    def kind(self) -> str: ...  # noqa: D102
    @property
    def text(self) -> str: ...  # noqa: D102
    @property
    def speaker(self) -> str: ...  # noqa: D102
    @property
    def start(self) -> int: ...  # noqa: D102
    @property
    def end(self) -> int: ...  # noqa: D102


@dataclass(frozen=True)
class Overlay:
    """A rectangle to lay over the picture.

    Attributes
    ----------
    x, y
        Left and top edge, pixels.
    pixels
        (height, width, 4) uint8, sRGB, premultiplied alpha.
    """

    x: int
    y: int
    pixels: NDArray[np.uint8]


def blend(picture: NDArray[np.uint8], overlay: Overlay, alpha: float = 1.0) -> None:
    """Lay an overlay over a picture in place; touches only its rectangle.

    Parameters
    ----------
    picture
        (height, width, 3 or 4) uint8, sRGB, writable.
    overlay
        May reach over the edge.
    alpha
        0..1, for fading.
    """
    height, width = picture.shape[:2]
    top, left = max(0, overlay.y), max(0, overlay.x)
    bottom = min(height, overlay.y + overlay.pixels.shape[0])
    right = min(width, overlay.x + overlay.pixels.shape[1])
    if top >= bottom or left >= right or alpha <= 0.0:
        return
    part = overlay.pixels[
        top - overlay.y : bottom - overlay.y, left - overlay.x : right - overlay.x
    ].astype(np.uint32)
    level = round(256 * min(alpha, 1.0))
    under = picture[top:bottom, left:right, :3]
    keep = 255 * 256 - part[..., 3:] * level
    mixed = (under * keep + part[..., :3] * (level * 255) + 255 * 128) // (255 * 256)
    picture[top:bottom, left:right, :3] = mixed


class Lettering:
    """Sets words for one picture size; each is drawn once and kept.

    Parameters
    ----------
    size
        (width, height) in pixels.
    names
        Whether subtitles begin with the speaker's name.
    """

    def __init__(self, size: tuple[int, int], names: bool = False) -> None:
        self.size, self.names = size, names
        self.short = min(size)
        self.portrait = size[1] > size[0]
        self._made: dict[tuple[str, str, str], list[Overlay]] = {}

    def write(
        self, picture: NDArray[np.uint8], texts: Sequence[Words], frame: int, rate: Rate
    ) -> NDArray[np.uint8]:
        """Return the picture with all words that stand at a frame.

        Parameters
        ----------
        picture
            (height, width, 3 or 4) uint8, sRGB; not changed.
        texts
            Words with their frames.
        frame
            Number of this frame, counted as ``texts`` count.
        rate
            Frames per second, for the fades.
        """
        seen = [t for t in texts if t.start <= frame < t.end and t.text.strip()]
        out = np.array(picture[..., :3], copy=True, order="C")
        for text in seen:
            pages = self.overlays(text.kind, text.text, text.speaker)
            if not pages:
                continue
            span = text.end - text.start
            page = min(len(pages) - 1, (frame - text.start) * len(pages) // span)
            blend(out, pages[page], _level(text, frame, rate))
        return out

    def overlays(self, kind: str, text: str, speaker: str = "") -> list[Overlay]:
        """Return the overlays of a text, one per page (long subtitles turn pages)."""
        key = (kind, text, speaker if kind == "subtitle" and self.names else "")
        if key not in self._made:
            made = {
                "subtitle": self._subtitle,
                "caption": self._caption,
                "place": self._place,
                "label": self._label,
            }[kind](text, key[2])
            self._made[key] = made
        return self._made[key]

    def _centred(self, block: Block, middle: float) -> Overlay:
        """Put a block in the middle of the width, its own middle at a share of the height."""
        width, height = self.size
        pixels = block.pixels
        return Overlay(
            (width - pixels.shape[1]) // 2,
            round(height * middle) - pixels.shape[0] // 2,
            pixels,
        )

    def _subtitle(self, text: str, speaker: str) -> list[Overlay]:
        face = Face(round(self.short * 0.0585), 600)
        limit = self.size[0] * (0.76 if self.portrait else 0.7)
        words = f"{speaker}：{text}" if speaker else text
        pages = split_pages(words, face.width, limit)
        style = typeset.Style(outline=0.085, shadow=0.10, line=1.34)
        middle = 0.71 if self.portrait else 0.87
        return [self._centred(typeset.rows(page, face, style), middle) for page in pages]

    def _caption(self, text: str, _: str) -> list[Overlay]:
        text = drawable(text)
        if not text:
            return []
        chinese = sum("\u3400" <= c <= "\u9fff" for c in text) * 2 >= len(text)
        face = Face(round(self.short * 0.062), 400)
        if self.portrait and chinese and len(text) <= 24:
            block = typeset.columns(text, face, max_rows=9 if len(text) > 11 else 11)
            x = round(self.size[0] * 0.11)
            return [Overlay(x, round(self.size[1] * 0.235), block.pixels)]
        limit = self.size[0] * 0.72
        spacing = 0.18 if chinese else 0.06
        pages = split_pages(text, lambda t: face.width(t, spacing), limit)
        style = typeset.Style(
            outline=0.0, shadow=0.28, line=1.6, spacing=spacing, rules=True, strength=2.2
        )
        return [self._centred(typeset.rows(page, face, style), 0.40) for page in pages]

    def _place(self, text: str, _: str) -> list[Overlay]:
        text = drawable(text)[:40]
        if not text:
            return []
        face = Face(round(self.short * 0.052), 500)
        style = typeset.Style(
            outline=0.0, shadow=0.22, line=1.35, spacing=0.12, bar=True, left=True, strength=2.0
        )
        pages = split_pages(text, lambda t: face.width(t, 0.12), self.size[0] * 0.6)
        block = typeset.rows(pages[0], face, style)
        y = 0.205 if self.portrait else 0.14
        return [Overlay(round(self.size[0] * 0.075), round(self.size[1] * y), block.pixels)]

    def _label(self, text: str, _: str) -> list[Overlay]:
        face = typeset.face_of_height(text, self.short * label.LABEL_HEIGHT, 500)
        block = typeset.plate(
            [text, label.LABEL_TEXT_EN], [face, Face(round(face.size * 0.62), 400)]
        )
        return [self._centred(block, 0.145 if self.portrait else 0.13)]


def _level(text: Words, frame: int, rate: Rate) -> float:
    """Return the opacity 0..1 of words at a frame; the label is whole for at least 2 s."""
    fade = FADE_SECONDS[text.kind] * rate.fps
    if fade < 1.0:
        return 1.0
    since, left = frame - text.start + 1, text.end - frame
    return float(min(1.0, since / fade, left / fade))
