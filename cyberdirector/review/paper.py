"""The paper of the sheets: colours from the character, panels, words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.model import Character

if TYPE_CHECKING:
    from PIL.Image import Image as Pillow

Image = NDArray[np.uint8]
Rgb = tuple[int, int, int]

INK: Rgb = (38, 36, 44)
SOFT_INK: Rgb = (120, 116, 128)


@dataclass(frozen=True)
class Palette:
    """Colours of a sheet, sRGB 0..255."""

    accent: Rgb
    paper: Rgb
    panel: Rgb
    swatches: tuple[tuple[str, Rgb], ...]

    @property
    def linear_panel(self) -> tuple[float, float, float]:
        """Colour of the panels as linear RGB 0..1."""
        r, g, b = (float(c) for c in srgb_to_linear(self.panel))
        return (r, g, b)


def srgb_to_linear(colour: Rgb) -> NDArray[np.float64]:
    """Return linear RGB 0..1 of an sRGB colour 0..255 (IEC 61966-2-1)."""
    c = np.asarray(colour, np.float64) / 255.0
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def hex_rgb(text: str) -> Rgb:
    """Return ``#rrggbb`` as three numbers 0..255."""
    return (int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16))


def mix(a: Rgb, b: Rgb, t: float) -> Rgb:
    """Return the colour between ``a`` (0) and ``b`` (1), in sRGB."""
    r, g, bl = (round(x + t * (y - x)) for x, y in zip(a, b, strict=True))
    return (r, g, bl)


def palette_of(character: Character) -> Palette:
    """Return the colours of a character's sheet: its recipe's, or plain grey."""
    recipe: dict[str, Any] = character.extras.get("recipe") or {}
    swatches: list[tuple[str, Rgb]] = []

    def add(name: str, value: object) -> None:
        if isinstance(value, str) and len(value) == 7 and value.startswith("#"):
            colour = hex_rgb(value)
            if all(colour != other for _, other in swatches):
                swatches.append((name, colour))

    add("skin", (recipe.get("paint") or {}).get("skin", "#fde7dc"))
    add("hair", (recipe.get("hair") or {}).get("colour"))
    add("iris", (recipe.get("face") or {}).get("iris", "#6b4a36"))
    first: list[Rgb] = []
    for garment in recipe.get("wardrobe") or ():
        for name, value in (garment.get("colours") or {}).items():
            add(name, value)
        first = first or [c for n, c in swatches if n not in ("skin", "hair", "iris")]
    if not recipe:
        swatches.clear()
    accent = max(first, key=_vivid, default=(128, 132, 148))
    return Palette(
        accent=mix(accent, INK, 0.25) if _luma(accent) > 150 else accent,
        paper=mix(accent, (250, 248, 245), 0.90),
        panel=mix(accent, (238, 236, 236), 0.84),
        swatches=tuple(swatches[:8]),
    )


def _vivid(colour: Rgb) -> float:
    return float(max(colour) - min(colour)) + 0.1 * _luma(colour)


def _luma(colour: Rgb) -> float:
    return 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2]


class Paper:
    """A sheet of paper to lay pictures and words on; pixels, (0, 0) is the top left."""

    def __init__(self, size: tuple[int, int], palette: Palette) -> None:
        from PIL import Image as Pil

        self.size, self.palette = size, palette
        width, height = size
        y = np.linspace(0.0, 1.0, height)[:, None, None]
        x = np.linspace(0.0, 1.0, width)[None, :, None]
        top = np.array(mix(palette.paper, (255, 255, 255), 0.5), np.float64)
        low = np.array(palette.paper, np.float64)
        fill = top + (low - top) * (0.75 * y + 0.25 * x)
        self.picture: Pillow = Pil.fromarray(np.round(fill).astype(np.uint8))

    def panel(
        self, box: tuple[int, int, int, int], colour: Rgb | None = None, radius: int = 22
    ) -> None:
        """Fill a rounded box (left, top, right, bottom)."""
        mask = _rounded((box[2] - box[0], box[3] - box[1]), radius)
        self.picture.paste(colour or self.palette.panel, box[:2], mask)

    def slant(self, left: int, right: int, lean: int) -> None:
        """Lay a wide slanted band of the accent colour, faint, over the full height."""
        from PIL import Image as Pil
        from PIL import ImageDraw

        width, height = self.size
        mask = Pil.new("L", (width, height), 0)
        ImageDraw.Draw(mask).polygon(
            [(left + lean, 0), (right + lean, 0), (right, height), (left, height)], fill=30
        )
        self.picture.paste(self.palette.accent, (0, 0), mask)

    def shadow(self, centre: tuple[int, int], radii: tuple[int, int]) -> None:
        """Lay the soft shadow of someone who stands at ``centre``."""
        from PIL import Image as Pil

        w, h = radii
        y, x = np.mgrid[-1.6 : 1.6 : (h * 3.2 + 1) * 1j, -1.6 : 1.6 : (w * 3.2 + 1) * 1j]
        level = np.exp(-2.2 * (x * x + y * y)) * 95.0
        mask = Pil.fromarray(level.astype(np.uint8))
        at = (centre[0] - mask.width // 2, centre[1] - mask.height // 2)
        self.picture.paste(mix(self.palette.accent, INK, 0.55), at, mask)

    def lay(
        self, cut: Image, at: tuple[int, int], box: tuple[int, int, int, int] | None = None
    ) -> None:
        """Lay a cut-out with its top left at ``at``, clipped to a rounded ``box``."""
        from PIL import Image as Pil

        figure = Pil.fromarray(cut[..., :3])
        mask = Pil.fromarray(np.ascontiguousarray(cut[..., 3]))
        if box is not None:
            clip = Pil.new("L", self.size, 0)
            clip.paste(_rounded((box[2] - box[0], box[3] - box[1]), 22), box[:2])
            inside = clip.crop((at[0], at[1], at[0] + mask.width, at[1] + mask.height))
            from PIL import ImageChops

            mask = ImageChops.multiply(mask, inside)
        self.picture.paste(figure, at, mask)

    def words(
        self,
        at: tuple[float, float],
        text: str,
        size: int,
        colour: Rgb = INK,
        weight: int = 400,
        anchor: str = "la",
        spacing: float = 0.0,
    ) -> int:
        """Write one line; return its width in pixels. ``anchor`` as in Pillow."""
        from PIL import ImageDraw

        from cyberdirector.modelstore import pil_font

        font = pil_font(size, weight=weight, bold=weight >= 600)
        draw = ImageDraw.Draw(self.picture)
        if spacing <= 0.0:
            draw.text(at, text, colour, font, anchor=anchor)
            return round(font.getlength(text))
        gap = spacing * size
        total = sum(font.getlength(c) + gap for c in text) - gap
        x = at[0] - (total if anchor[0] == "r" else total / 2 if anchor[0] == "m" else 0.0)
        for letter in text:
            draw.text((x, at[1]), letter, colour, font, anchor="l" + anchor[1])
            x += font.getlength(letter) + gap
        return round(total)

    def column(
        self, at: tuple[int, int], text: str, size: int, colour: Rgb, weight: int
    ) -> int:
        """Write a column of characters downwards; return the y under it."""
        y = at[1]
        for letter in text:
            self.words((at[0], y), letter, size, colour, weight, anchor="ma")
            y += round(size * 1.12)
        return y

    def swatches(self, at: tuple[int, int], side: int, gap: int) -> None:
        """Draw the colours of the character as discs in rows of four."""
        from PIL import Image as Pil

        for i, (_, colour) in enumerate(self.palette.swatches):
            x, y = at[0] + i % 4 * (side + gap), at[1] + i // 4 * (side + gap)
            big = _rounded((side, side), side // 2)
            ring = Pil.new("L", (side, side), 0)
            ring.paste(big)
            self.picture.paste((255, 255, 255), (x, y), ring)
            inner = side - 8
            self.picture.paste(colour, (x + 4, y + 4), _rounded((inner, inner), inner // 2))

    def pixels(self) -> Image:
        """Return (height, width, 3) uint8 sRGB."""
        return np.asarray(self.picture)


def _rounded(size: tuple[int, int], radius: int) -> Pillow:
    """Return an anti-aliased mask of a rounded rectangle."""
    from PIL import Image as Pil
    from PIL import ImageDraw

    width, height = size
    big = Pil.new("L", (width * 4, height * 4), 0)
    ImageDraw.Draw(big).rounded_rectangle(
        (0, 0, width * 4 - 1, height * 4 - 1), radius * 4, fill=255
    )
    return big.resize((width, height), Pil.Resampling.BOX)
