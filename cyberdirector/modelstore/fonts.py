"""Finds the Chinese font for subtitles and signs."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from cyberdirector.core.errors import AdapterUnavailable, InputRefused, Location
from cyberdirector.modelstore import store

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

FONT_VARIABLE = "CYBERDIRECTOR_FONT"
"""Environment variable that names a font file of the user's choice."""

REGULAR, BOLD = 400, 700
"""Weights on the OpenType ``wght`` axis."""

_SIMPLIFIED = 2
"""Face of the Noto Sans CJK collections with Chinese (simplified) letter forms."""

_DEBIAN = Path("/usr/share/fonts/opentype/noto")
"""Where the Debian package fonts-noto-cjk keeps its collections."""


@dataclass(frozen=True)
class FontFace:
    """A face inside a font file.

    ``index`` is the face of a collection; ``weight`` is the value of the weight axis to
    set, or 0 when the file has a fixed weight.
    """

    path: Path
    index: int = 0
    weight: int = 0
    name: str = ""


@cache
def _faces(chosen: str, cache_root: str) -> dict[bool, FontFace]:
    """Return the faces by boldness; the arguments are the key of the cache."""
    if chosen:
        path = Path(chosen)
        if not path.is_file():
            raise InputRefused(
                "font-not-found",
                f"{FONT_VARIABLE} 指向的字体文件不存在，请改正路径。",
                f"The font file that {FONT_VARIABLE} names does not exist; mend the path.",
                Location(chosen),
            )
        return {bold: FontFace(path, name=path.stem) for bold in (False, True)}
    if store.has("noto-sans-sc"):
        path = store.get("noto-sans-sc")
        return {
            bold: FontFace(path, _SIMPLIFIED, BOLD if bold else REGULAR, "Noto Sans CJK SC")
            for bold in (False, True)
        }
    regular, heavy = (_DEBIAN / f"NotoSansCJK-{n}.ttc" for n in ("Regular", "Bold"))
    if regular.is_file():
        return {
            False: FontFace(regular, _SIMPLIFIED, name="Noto Sans CJK SC"),
            True: FontFace(
                heavy if heavy.is_file() else regular, _SIMPLIFIED, name="Noto Sans CJK SC"
            ),
        }
    raise AdapterUnavailable(
        "font-missing",
        "没有找到中文字体，请运行：cyberdirector models pull noto-sans-sc"
        f"（或 apt install fonts-noto-cjk，或用 {FONT_VARIABLE} 指定字体文件）。",
        "No Chinese font was found; run: cyberdirector models pull noto-sans-sc "
        f"(or apt install fonts-noto-cjk, or name a font file in {FONT_VARIABLE}).",
    )


def face(bold: bool = False) -> FontFace:
    """Return the face for Chinese text.

    The environment variable comes first, then the model store, then Debian's fonts.

    Raises
    ------
    AdapterUnavailable
        ``font-missing`` with what to run.
    InputRefused
        ``font-not-found`` when the environment variable names no file.
    """
    root = os.environ.get("CYBERDIRECTOR_CACHE", "")
    return _faces(os.environ.get(FONT_VARIABLE, ""), root)[bold]


def font(bold: bool = False) -> Path:
    """Return the font file of :func:`face`; a collection needs its index and weight too.

    To draw with Pillow use :func:`pil_font`, which sets both.
    """
    return face(bold).path


def pil_font(size: float, bold: bool = False, weight: int = 0) -> FreeTypeFont:
    """Return a Pillow font for Chinese text.

    Parameters
    ----------
    size
        Height of the em square, pixels.
    bold
        Weight 700 instead of 400.
    weight
        Any weight 100..900 instead, where the font is variable.

    Raises
    ------
    AdapterUnavailable
        ``font-missing``.
    """
    from PIL import ImageFont

    found = face(bold)
    made = ImageFont.truetype(str(found.path), size, index=found.index)
    if found.weight:
        made.set_variation_by_axes([weight or found.weight])
    return made
