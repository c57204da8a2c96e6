"""The paper of the lanes: positions in frames and pixels, bars, lines, words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cyberdirector.timeline.document import Timeline

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

Rgb = tuple[int, int, int]

GROUND: Rgb = (22, 23, 28)
LANE: Rgb = (30, 32, 39)
LANE_ALT: Rgb = (34, 36, 44)
RULE: Rgb = (52, 55, 66)
INK: Rgb = (232, 233, 238)
SOFT: Rgb = (140, 144, 158)
KEY: Rgb = (255, 205, 112)
WEIGHT: Rgb = (120, 224, 190)
LOCK: Rgb = (255, 118, 118)
ROLES: tuple[Rgb, ...] = (
    (108, 160, 255), (255, 142, 168), (126, 211, 158), (240, 180, 98), (186, 150, 255),
    (104, 208, 222), (232, 146, 226), (192, 204, 104),
)  # fmt: skip
"""Colours of roles, in order of appearance; then again."""
SIZES: dict[str, Rgb] = {
    "establish": (70, 92, 128), "full": (64, 104, 118), "two": (72, 112, 100),
    "medium": (94, 112, 82), "mcu": (124, 108, 76), "close": (140, 92, 82),
    "over": (112, 88, 128),
}  # fmt: skip

SCALE = 2
"""Drawn this much larger and brought down: Pillow's edges are not smooth."""
GUTTER, MARGIN, ROW, GAP = 190, 18, 30, 4


class Board:
    """The picture being drawn; positions in pixels of the result."""

    def __init__(
        self, timeline: Timeline, width: int, height: int, start: int, end: int
    ) -> None:
        from PIL import Image, ImageDraw

        from cyberdirector.modelstore.fonts import pil_font

        self.timeline, self.start, self.end = timeline, start, end
        self.left, self.right = GUTTER, width - MARGIN
        self.image = Image.new("RGB", (width * SCALE, height * SCALE), GROUND)
        self._draw = ImageDraw.Draw(self.image)
        self._fonts = {
            (size, bold): pil_font(size * SCALE, bold)
            for size, bold in ((11, False), (12, False), (13, True), (20, True))
        }

    def x(self, frame: float) -> float:
        """Return where a frame lies."""
        share = (frame - self.start) / max(self.end - self.start, 1)
        return self.left + share * (self.right - self.left)

    def box(
        self, x0: float, y0: float, x1: float, y1: float, fill: Rgb, radius: int = 0
    ) -> None:
        """Fill a rectangle, cut off at the sides of the lanes."""
        if x1 <= x0:
            return
        box = tuple(v * SCALE for v in (x0, y0, x1, y1))
        self._draw.rounded_rectangle(box, radius * SCALE, fill=fill)

    def bar(
        self, start: int, end: int, y: float, height: float, fill: Rgb, label: str = "",
        ink: Rgb = INK,
    ) -> None:  # fmt: skip
        """Draw an item over frames ``start:end`` with its name in it."""
        x0, x1 = self.x(max(start, self.start)), self.x(min(end, self.end))
        if x1 - x0 < 0.5:
            return
        gap = 0.6 if x1 - x0 > 3 else 0.0
        self.box(x0, y, x1 - gap, y + height, fill, 3 if x1 - x0 > 8 else 0)
        if label and x1 - x0 > 16:
            self.text(label, x0 + 5, y + height / 2, 11, ink, room=x1 - x0 - 9)

    def line(
        self, points: Sequence[tuple[float, float]], fill: Rgb, width: float = 1.0
    ) -> None:
        """Draw a line through points."""
        row = [(x * SCALE, y * SCALE) for x, y in points]
        self._draw.line(row, fill=fill, width=round(width * SCALE), joint="curve")

    def shape(self, points: Sequence[tuple[float, float]], fill: Rgb) -> None:
        """Fill a polygon."""
        self._draw.polygon([(x * SCALE, y * SCALE) for x, y in points], fill=fill)

    def text(
        self, words: str, x: float, y: float, size: int = 12, fill: Rgb = INK,
        bold: bool = False, room: float = 1e9, anchor: str = "lm",
    ) -> None:  # fmt: skip
        """Write words, shortened to ``room`` pixels."""
        font = self._fonts[size, bold]
        if font.getlength(words) > room * SCALE:
            while words and font.getlength(words + "…") > room * SCALE:
                words = words[:-1]
            words = words + "…" if words else ""
        self._draw.text((x * SCALE, y * SCALE), words, font=font, fill=fill, anchor=anchor)

    def finished(self) -> Picture:
        """Return the picture at its own size."""
        return self.image.reduce(SCALE)


def mix(a: Rgb, b: Rgb, t: float) -> Rgb:
    """Return the colour between ``a`` (0) and ``b`` (1)."""
    r, g, bl = (round(x + t * (y - x)) for x, y in zip(a, b, strict=True))
    return r, g, bl
