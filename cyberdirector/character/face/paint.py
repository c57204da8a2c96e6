"""What is painted on the face: blush, lips, the mouth line, nose, lid creases, wrinkles."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cyberdirector.character.body import Body
from cyberdirector.character.face.canvas import Canvas
from cyberdirector.character.face.colors import mix, srgb
from cyberdirector.character.face.lips import paint_lips
from cyberdirector.character.face.makeup import paint_blush, paint_lids
from cyberdirector.character.face.marks import (
    paint_forehead,
    paint_freckles,
    paint_mole,
    paint_scar,
)
from cyberdirector.character.face.wrinkles import paint_wrinkles

Points = NDArray[np.float64]

SIZE = 1024

_MARK_COLOUR = "#c8394a"
"""Of a forehead mark without a colour: cinnabar."""


@dataclass(frozen=True)
class PaintLook:
    """Colours ``#rrggbb`` and strengths 0..1 of what is painted.

    ``wrinkles`` 0 none … 1 very old; ``flower`` a painted forehead mark (花钿);
    ``stubble`` a grey shade where a beard grows; ``freckles`` 0 none … 1 many.
    """

    skin: str = "#fde7dc"
    line: str = "#8a4a3c"
    lip: str = "#e2837f"
    lip_amount: float = 0.55
    blush: str = "#f4968c"
    blush_amount: float = 0.22
    wrinkles: float = 0.0
    stubble: float = 0.0
    flower: str = ""
    freckles: float = 0.0


@dataclass(frozen=True)
class PaintKinds:
    """Names of the catalogue for what is painted; empty is none or the usual."""

    lip: str = "natural"
    blush: str = ""
    makeup: str = ""
    mole: str = ""
    mark: str = ""
    scar: str = ""


_USUAL = PaintKinds()


def paint_face(body: Body, look: PaintLook, kinds: PaintKinds = _USUAL) -> Canvas:
    """Return the picture of the face front."""
    radius = body.head_radius
    middle = np.array([0.0, body.head_centre[1] - 0.1 * radius])
    skin, line = srgb(look.skin), srgb(look.line)
    canvas = Canvas(SIZE, middle, 2.3 * radius, skin)
    unit = body.scale * body.style.head
    paint_blush(canvas, body, kinds.blush, srgb(look.blush), look.blush_amount)
    if look.freckles:
        paint_freckles(canvas, body, mix(skin, line, 0.6), look.freckles)
    paint_lids(canvas, body, kinds.makeup, skin, line)
    if look.stubble:
        _stubble(canvas, body, look, unit)
    _nose(canvas, body, look, unit)
    paint_lips(canvas, body, kinds.lip, srgb(look.lip), skin, line, look.lip_amount)
    if look.wrinkles:
        paint_wrinkles(canvas, body, mix(skin, line, 0.7), look.wrinkles)
    if kinds.scar:
        paint_scar(canvas, body, kinds.scar, skin, line)
    if kinds.mole:
        paint_mole(canvas, body, kinds.mole, line)
    if look.flower or kinds.mark:
        colour = srgb(look.flower or _MARK_COLOUR)
        paint_forehead(canvas, body, kinds.mark or "plum", colour)
    return canvas


def _nose(canvas: Canvas, body: Body, look: PaintLook, unit: float) -> None:
    line, skin = srgb(look.line), srgb(look.skin)
    base, tip = body.landmarks["nose_base"][:2], body.landmarks["nose_tip"][:2]
    x = np.linspace(-1.0, 1.0, 15)
    y = 0.35 * base[1] + 0.65 * tip[1] - 0.0030 * unit + 0.0006 * unit * (1 - x * x) * -1.0
    mark = np.stack([0.0030 * unit * x, y + 0 * x], axis=1)
    width = 0.0011 * unit * (1.0 - x * x) ** 0.8
    under = canvas.glow(
        mark[7] + np.array([0.0, 0.0002]) * unit, (0.0042 * unit, 0.0016 * unit)
    )
    canvas.blend(under, mix(skin, line, 0.5), 0.30)
    canvas.blend(canvas.stroke(mark, width, 0.0002 * unit), line, 0.85)
    light = canvas.glow(tip + np.array([0.0, 0.0035]) * unit, (0.0011 * unit, 0.0016 * unit))
    canvas.blend(light, np.ones(3), 0.55)


def _stubble(canvas: Canvas, body: Body, look: PaintLook, unit: float) -> None:
    lips, chin = body.landmarks["lips"], body.landmarks["menton"]
    grey = srgb(look.skin) * [0.80, 0.82, 0.86]
    jaw = canvas.glow(0.5 * (lips + chin), (0.024 * unit, 0.011 * unit))
    lip = canvas.glow(lips + np.array([0.0, 0.007, 0.0]) * unit, (0.012 * unit, 0.0028 * unit))
    for mask in (jaw, lip):
        canvas.blend(mask, grey, 0.7 * look.stubble)
