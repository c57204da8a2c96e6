"""What is painted on the face: blush, lips, the mouth line, nose, lid creases, wrinkles."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cyberdirector.character.body import Body
from cyberdirector.character.face.canvas import Canvas, smooth_line
from cyberdirector.character.face.colors import mix, srgb
from cyberdirector.character.face.topology import FaceLoops, face_loops
from cyberdirector.character.face.wrinkles import paint_wrinkles

Points = NDArray[np.float64]

SIZE = 1024


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


def paint_face(body: Body, look: PaintLook) -> Canvas:
    """Return the picture of the face front."""
    radius = body.head_radius
    middle = np.array([0.0, body.head_centre[1] - 0.1 * radius])
    canvas = Canvas(SIZE, middle, 2.3 * radius, srgb(look.skin))
    unit = body.scale * body.style.head
    _blush(canvas, body, look, unit)
    _lids(canvas, body, look, unit)
    if look.stubble:
        _stubble(canvas, body, look, unit)
    _nose(canvas, body, look, unit)
    _mouth(canvas, body, look, unit)
    if look.wrinkles:
        paint_wrinkles(canvas, body, mix(srgb(look.skin), srgb(look.line), 0.7), look.wrinkles)
    if look.flower:
        _flower(canvas, body, look, unit)
    return canvas


def _sides(body: Body) -> list[tuple[float, Points, Points]]:
    """Return per eye: sign, rim of the upper lid, rim of the lower lid."""
    loops = face_loops(body.template)
    return [
        (sign, body.positions[loops.upper_lid[i]], body.positions[loops.lower_lid[i]])
        for i, sign in enumerate((1.0, -1.0))
    ]


def _blush(canvas: Canvas, body: Body, look: PaintLook, unit: float) -> None:
    colour = srgb(look.blush)
    for sign, upper, lower in _sides(body):
        middle = 0.5 * (upper[0, 0] + upper[-1, 0])
        spot = np.array([middle + sign * 0.010 * unit, lower[:, 1].min() - 0.016 * unit])
        mask = canvas.glow(spot, (0.0135 * unit, 0.0075 * unit), turn=sign * 0.15)
        canvas.blend(mask, colour, look.blush_amount)
    tip = body.landmarks["nose_tip"]
    canvas.blend(
        canvas.glow(tip, (0.006 * unit, 0.005 * unit)), colour, 0.3 * look.blush_amount
    )


def _lids(canvas: Canvas, body: Body, look: PaintLook, unit: float) -> None:
    """Warm the skin around the eyes; nothing sharp here, closing lids would stretch it."""
    warm = mix(srgb(look.skin), srgb(look.line), 0.40)
    for _, upper, lower in _sides(body):
        middle = 0.5 * (upper[0] + upper[-1])[:2]
        half = 0.5 * abs(upper[-1, 0] - upper[0, 0])
        top = np.array([middle[0], upper[:, 1].max() + 0.001 * unit])
        canvas.blend(canvas.glow(top, (0.75 * half, 0.0028 * unit)), warm, 0.28)
        low = np.array([middle[0], lower[:, 1].min() - 0.0005 * unit])
        canvas.blend(canvas.glow(low, (0.6 * half, 0.0013 * unit)), warm, 0.22)


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


def _mouth(canvas: Canvas, body: Body, look: PaintLook, unit: float) -> None:
    loops = face_loops(body.template)
    line, skin, lip = srgb(look.line), srgb(look.skin), srgb(look.lip)
    points = body.positions
    border = points[loops.lip_rings[4]][:, :2]
    centre = body.landmarks["lips"][:2]
    outline = centre + (border - centre) * [0.94, 0.84]
    soft = canvas.area(outline, 0.0012 * unit)
    canvas.blend(soft, lip, 0.85 * look.lip_amount)
    glow = canvas.glow(centre - [0.0, 0.0022 * unit], (0.0065 * unit, 0.0022 * unit))
    canvas.blend(soft.times(glow), mix(lip, np.ones(3), 0.5), 0.6 * look.lip_amount)
    upper = smooth_line(0.5 * (points[loops.upper_lip] + _match(points, loops)), 60)
    t = np.linspace(-1.0, 1.0, len(upper))
    width = unit * (0.0007 + 0.0006 * np.abs(t) ** 3 + 0.0003 * np.exp(-((t / 0.25) ** 2)))
    width *= np.clip((1.0 - np.abs(t)) / 0.04, 0.0, 1.0)
    canvas.blend(
        canvas.stroke(upper, width, 0.00015 * unit),
        mix(line, np.array([0.25, 0.05, 0.06]), 0.4),
        0.95,
    )
    low = border[:, 1].min()
    x = np.linspace(-1.0, 1.0, 15)
    under = np.stack(
        [centre[0] + 0.0055 * unit * x, low - 0.0018 * unit - 0.0006 * unit * (1 - x * x)], 1
    )
    mark = canvas.stroke(under, 0.0011 * unit * (1 - x * x), 0.0006 * unit)
    canvas.blend(mark, mix(skin, line, 0.6), 0.7)


def _match(points: Points, loops: FaceLoops) -> Points:
    """Return the lower lip line at the x of the upper lip line."""
    low = points[loops.lower_lip]
    order = np.argsort(low[:, 0])
    x = points[loops.upper_lip, 0]
    return np.stack([x, np.interp(x, low[order, 0], low[order, 1]), 0 * x], axis=1)


def _stubble(canvas: Canvas, body: Body, look: PaintLook, unit: float) -> None:
    lips, chin = body.landmarks["lips"], body.landmarks["menton"]
    grey = srgb(look.skin) * [0.80, 0.82, 0.86]
    jaw = canvas.glow(0.5 * (lips + chin), (0.024 * unit, 0.011 * unit))
    lip = canvas.glow(lips + np.array([0.0, 0.007, 0.0]) * unit, (0.012 * unit, 0.0028 * unit))
    for mask in (jaw, lip):
        canvas.blend(mask, grey, 0.7 * look.stubble)


def _flower(canvas: Canvas, body: Body, look: PaintLook, unit: float) -> None:
    brow = max(e[1][:, 1].max() for e in _sides(body))
    centre = np.array([0.0, brow + 0.021 * unit])
    red = srgb(look.flower)
    t = np.linspace(0.0, 2 * np.pi, 24, endpoint=False)
    for angle, length in ((0.0, 1.25), (0.75, 0.95), (-0.75, 0.95)):
        along = np.array([np.sin(angle), np.cos(angle)])
        across = np.array([along[1], -along[0]])
        petal = 0.5 + 0.5 * np.cos(t)
        outline = centre + 0.0050 * unit * length * petal[:, None] * along
        outline = (
            outline + (0.0015 * unit * np.sin(t) * np.sqrt(petal + 1e-9))[:, None] * across
        )
        canvas.blend(canvas.area(outline), red, 0.95)
    canvas.blend(canvas.area(centre - [0.0, 0.0026 * unit] + 0.0009 * unit * np.stack(
        [np.cos(t), np.sin(t)], 1)), red, 0.95)  # fmt: skip
