"""Lips: the tint of both lips, the line between them and the light on the lower one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cyberdirector.character.body import Body
from cyberdirector.character.face.canvas import Canvas, smooth_line
from cyberdirector.character.face.colors import mix
from cyberdirector.character.face.topology import FaceLoops, face_loops

Points = NDArray[np.float64]

_DARK = np.array([0.25, 0.05, 0.06])


@dataclass(frozen=True)
class _Lip:
    """One manner of drawing lips.

    ``wide`` is the tinted width over that of the mouth, ``upper`` and ``lower`` the
    heights of the tint over those of the lips, ``bow`` the depth of the cupid's bow,
    ``tint`` the strengths on upper and lower lip, ``inner`` how much darker the tint is at
    the line, ``gloss`` the light on the lower lip, ``blur`` of the edges (metres on a head
    of natural size), ``line`` strength and width of the mouth line, ``under`` strength of
    the shade below, ``wave`` metres by which the line swings like the mouth of a cat.
    """

    wide: float = 0.92
    upper: float = 0.84
    lower: float = 0.90
    bow: float = 0.22
    tint: tuple[float, float] = (0.95, 0.75)
    inner: float = 0.25
    gloss: float = 0.35
    blur: float = 0.0008
    line: tuple[float, float] = (0.95, 1.0)
    under: float = 0.65
    wave: float = 0.0


_LIPS = {
    "natural": _Lip(),
    "cherry": _Lip(0.80, 0.95, 1.0, 0.40, (1.0, 0.95), 0.30, 0.45),
    "petal": _Lip(0.90, 1.0, 1.02, 0.55, (1.0, 0.85), 0.25, 0.5, 0.0005),
    "full": _Lip(0.96, 1.12, 1.15, 0.35, (1.0, 0.85), 0.30, 0.55, 0.0005),
    "thin": _Lip(0.92, 0.55, 0.62, 0.18, (0.9, 0.6), 0.1, 0.0, line=(1.0, 1.05), under=0.5),
    "smile": _Lip(0.92, 0.80, 0.86, 0.25),
    "stern": _Lip(0.92, 0.70, 0.75, 0.12, (0.9, 0.6), 0.1, 0.1, line=(1.0, 1.15)),
    "cat": _Lip(0.70, 0.70, 0.80, 0.10, (0.7, 0.6), wave=0.0011, line=(1.0, 1.1), under=0.3),
    "line": _Lip(0.80, 0.5, 0.6, 0.1, (0.5, 0.4), 0.0, 0.0, line=(1.0, 1.0), under=0.8),
    "bitten": _Lip(0.84, 0.80, 0.85, 0.25, (0.55, 0.55), 1.0, 0.35, 0.0012),
    "red": _Lip(0.96, 1.0, 1.02, 0.50, (1.0, 1.0), 0.15, 0.55, 0.0003),
    "gloss": _Lip(0.90, 0.92, 1.05, 0.35, (0.85, 0.7), 0.35, 1.0),
    "pale": _Lip(0.90, 0.70, 0.80, 0.15, (0.7, 0.6), 0.0, 0.1, line=(0.85, 0.9)),
}


def paint_lips(
    canvas: Canvas,
    body: Body,
    kind: str,
    lip: Points,
    skin: Points,
    line: Points,
    amount: float,
) -> None:
    """Paint the lips of ``kind`` with the colours (3,) sRGB; ``amount`` 0..1 of the tint."""
    look = _LIPS[kind]
    unit = body.scale * body.style.head
    loops = face_loops(body.template)
    points = body.positions
    border = points[loops.lip_rings[4]][:, :2]
    seam = smooth_line(0.5 * (points[loops.upper_lip] + _match(points, loops)), 81)
    centre, half = 0.5 * (seam[0] + seam[-1]), 0.5 * float(np.ptp(seam[:, 0]))
    u = (seam[:, 0] - centre[0]) / (look.wide * half)
    inside = np.abs(u) <= 1.0
    middle = float(np.interp(centre[0], seam[:, 0], seam[:, 1]))
    high = look.upper * (float(border[:, 1].max()) - middle)
    low = look.lower * (middle - float(border[:, 1].min()))
    arch = np.clip(1.0 - np.abs(u[inside]) ** 1.7, 0.0, 1.0)
    arch = arch * (1.0 - look.bow * np.exp(-((u[inside] / 0.16) ** 2)))
    belly = np.clip(1.0 - u[inside] ** 2, 0.0, 1.0) ** 0.8
    path = seam[inside]
    for strength, height in ((look.tint[0], high * arch), (look.tint[1], -low * belly)):
        edge = path + np.stack([np.zeros(len(path)), height], 1)
        mask = canvas.area(np.concatenate([path, edge[::-1]]), look.blur * unit)
        dark = 1.0 if height.max() > 0.0 else 0.0
        tone = mix(lip, lip * [0.82, 0.74, 0.76], 0.6 * dark)
        canvas.blend(mask, tone, min(strength * amount, 1.0))
        if look.inner > 0.0:
            core = canvas.glow(path[len(path) // 2], (0.45 * half, 0.35 * (high + low)))
            deep = mix(lip, np.array([0.70, 0.10, 0.16]), 0.55)
            canvas.blend(mask.times(core), deep, min(look.inner * amount, 1.0))
    if look.gloss > 0.0:
        spot = np.array([centre[0], middle - 0.52 * low])
        light = canvas.glow(spot, (0.26 * half, 0.16 * low + 0.0003 * unit))
        canvas.blend(light, mix(lip, np.ones(3), 0.75), 0.75 * look.gloss * min(amount, 1.0))
    _line(canvas, look, seam, unit, mix(line, _DARK, 0.4))
    _under(canvas, look, centre, float(border[:, 1].min()), unit, mix(skin, line, 0.6))


def _line(canvas: Canvas, look: _Lip, seam: Points, unit: float, colour: Points) -> None:
    """The mouth line: fine in the middle, stronger towards the corners, tapered at the ends."""
    t = np.linspace(-1.0, 1.0, len(seam))
    strength, wide = look.line
    width = 0.0007 + 0.0006 * np.abs(t) ** 3 + 0.0003 * np.exp(-((t / 0.25) ** 2))
    width *= unit * wide * np.clip((1.0 - np.abs(t)) / 0.05, 0.0, 1.0) ** 0.7
    swing = 0.5 * np.cos(2.0 * np.pi * t) + 0.5 * np.exp(-((t / 0.12) ** 2))
    path = seam + np.stack([0.0 * t, look.wave * unit * swing], 1)
    canvas.blend(canvas.stroke(path, width, 0.00015 * unit), colour, strength)


def _under(
    canvas: Canvas, look: _Lip, centre: Points, low: float, unit: float, colour: Points
) -> None:
    """The short shade under the lower lip."""
    x = np.linspace(-1.0, 1.0, 15)
    y = low - 0.0016 * unit - 0.0006 * unit * (1.0 - x * x)
    path = np.stack([centre[0] + 0.0052 * unit * x, y], 1)
    mark = canvas.stroke(path, 0.0010 * unit * (1.0 - x * x), 0.0006 * unit)
    canvas.blend(mark, colour, look.under)


def _match(points: Points, loops: FaceLoops) -> Points:
    """Return the lower lip line at the x of the upper lip line."""
    low = points[loops.lower_lip]
    order = np.argsort(low[:, 0])
    x = points[loops.upper_lip, 0]
    return np.stack([x, np.interp(x, low[order, 0], low[order, 1]), 0 * x], axis=1)
