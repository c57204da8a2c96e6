"""What is painted on the face: blush, lips, the mouth line, nose, lid creases, wrinkles."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cyberdirector.character.body import Body
from cyberdirector.character.face.canvas import Canvas
from cyberdirector.character.face.colors import mix, srgb
from cyberdirector.character.face.lips import paint_lips
from cyberdirector.character.face.makeup import eye_rims, paint_blush, paint_lids
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
    ``stubble`` a grey shade where a beard grows; ``freckles`` 0 none … 1 many; ``contour``
    how much the bones are drawn: the root and the bridge of the nose, the cheeks;
    ``moustache`` the colour of one, painted under its locks so that it is seen from afar.
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
    contour: float = 0.25
    moustache: str = ""


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
    if look.contour:
        _contour(canvas, body, mix(skin, line, 0.55), look.contour)
    _nose(canvas, body, look, unit)
    paint_lips(canvas, body, kinds.lip, srgb(look.lip), skin, line, look.lip_amount)
    if look.moustache:
        _moustache(canvas, body, srgb(look.moustache))
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


def _contour(canvas: Canvas, body: Body, tone: Points, amount: float) -> None:
    """Draw the bones of a face: hollows at the root of the nose, its bridge, the cheeks."""
    unit = body.scale * body.style.head
    tip, lips = body.landmarks["nose_tip"][:2], body.landmarks["lips"][:2]
    for sign, upper, lower in eye_rims(body):
        inner = upper[np.abs(upper[:, 0]).argmin(), :2]
        root = np.array([0.55 * inner[0], inner[1] + 0.0045 * unit])
        spread = (0.0026 * unit, 0.0062 * unit)
        canvas.blend(canvas.glow(root, spread, -0.35 * sign), tone, 0.24 * amount)
        outer = upper[np.abs(upper[:, 0]).argmax(), 0]
        hollow = np.array([0.93 * outer, 0.45 * lower[:, 1].min() + 0.55 * lips[1]])
        spread = (0.0048 * unit, 0.0125 * unit)
        canvas.blend(canvas.glow(hollow, spread, -0.55 * sign), tone, 0.16 * amount)
        ridge = (amount - 0.3) / 0.7
        if sign < 0.0 and ridge > 0.0:
            # The key light of drawn faces comes from their left; soft faces have no ridge.
            t = np.linspace(0.0, 1.0, 13)
            start = np.array([0.30 * inner[0], inner[1] - 0.001 * unit])
            end = np.array([-0.0026 * unit, 0.72 * tip[1] + 0.28 * inner[1]])
            bow = np.stack([0.0010 * unit * np.sin(np.pi * t), 0.0 * t], 1)
            path = start + t[:, None] * (end - start) + bow
            side = np.concatenate([path, path[::-1] - [0.0034 * unit, 0.0]])
            canvas.blend(canvas.area(side, 0.0012 * unit), tone, 0.20 * ridge)
            width = 0.0007 * unit * np.sin(np.pi * np.clip(t, 0.02, 0.98))
            canvas.blend(canvas.stroke(path, width, 0.00025 * unit), tone, 0.55 * ridge)


def _moustache(canvas: Canvas, body: Body, colour: Points) -> None:
    """Paint two wings over the mouth, the ground of the locks that grow there."""
    unit = body.scale * body.style.head
    lips = body.landmarks["lips"][:2]
    t = np.linspace(0.0, 1.0, 15)
    for sign in (1.0, -1.0):
        x = lips[0] + sign * unit * (0.0012 + 0.0125 * t)
        y = lips[1] + unit * (0.0068 - 0.0062 * t**1.6)
        width = unit * 0.0030 * np.sin(np.pi * np.clip(0.12 + 0.86 * t, 0.0, 1.0)) ** 0.7
        canvas.blend(canvas.stroke(np.stack([x, y], 1), width, 0.0004 * unit), colour, 0.9)


def _stubble(canvas: Canvas, body: Body, look: PaintLook, unit: float) -> None:
    lips, chin = body.landmarks["lips"], body.landmarks["menton"]
    grey = srgb(look.skin) * [0.80, 0.82, 0.86]
    jaw = canvas.glow(0.5 * (lips + chin), (0.024 * unit, 0.011 * unit))
    lip = canvas.glow(lips + np.array([0.0, 0.007, 0.0]) * unit, (0.012 * unit, 0.0028 * unit))
    for mask in (jaw, lip):
        canvas.blend(mask, grey, 0.7 * look.stubble)
