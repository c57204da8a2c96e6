"""Colour around the eyes and on the cheeks: soft, so that closing lids may stretch it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cyberdirector.character.body import Body
from cyberdirector.character.face.canvas import Canvas
from cyberdirector.character.face.colors import mix, srgb
from cyberdirector.character.face.topology import face_loops

Points = NDArray[np.float64]

_SHADOWS = {
    "red_shadow": ("#d2454a", 0.55, 0.55), "peach_shadow": ("#f09a86", 0.50, 0.35),
    "gold_shadow": ("#d9a441", 0.55, 0.30), "smoky": ("#4a3444", 0.60, 0.45),
    "dark_circles": ("#8d7a92", 0.0, 0.42),
}  # fmt: skip
"""Make-up → colour, strength on the upper lid, strength at the tail and under the eye."""


def eye_rims(body: Body) -> list[tuple[float, Points, Points]]:
    """Return per eye: sign (+1 left), rim of the upper lid and of the lower lid, (n, 3)."""
    loops = face_loops(body.template)
    return [
        (sign, body.positions[loops.upper_lid[i]], body.positions[loops.lower_lid[i]])
        for i, sign in enumerate((1.0, -1.0))
    ]


def paint_lids(canvas: Canvas, body: Body, kind: str, skin: Points, line: Points) -> None:
    """Warm the skin around the eyes, then paint the make-up of ``kind``."""
    unit = body.scale * body.style.head
    warm = mix(skin, line, 0.40)
    for sign, upper, lower in eye_rims(body):
        middle = 0.5 * (upper[0] + upper[-1])[:2]
        half = 0.5 * abs(upper[-1, 0] - upper[0, 0])
        top = np.array([middle[0], upper[:, 1].max() + 0.001 * unit])
        low = np.array([middle[0], lower[:, 1].min() - 0.0005 * unit])
        tail = upper[-1, :2] + np.array([sign * 0.0012, 0.0004]) * unit
        canvas.blend(canvas.glow(top, (0.75 * half, 0.0028 * unit)), warm, 0.28)
        canvas.blend(canvas.glow(low, (0.6 * half, 0.0013 * unit)), warm, 0.22)
        if kind in _SHADOWS:
            name, lid, end = _SHADOWS[kind]
            colour = srgb(name)
            outer = top + np.array([sign * 0.35 * half, -0.0004 * unit])
            canvas.blend(canvas.glow(outer, (0.60 * half, 0.0036 * unit)), colour, lid)
            if kind == "dark_circles":
                canvas.blend(canvas.glow(low - [0, 0.003 * unit], (0.62 * half, 0.0026 * unit)),
                             colour, end)  # fmt: skip
            else:
                canvas.blend(
                    canvas.glow(tail, (0.0042 * unit, 0.0026 * unit), 0.5 * sign), colour, end
                )
                below = low + np.array([sign * 0.55 * half, 0.0006 * unit])
                canvas.blend(
                    canvas.glow(below, (0.36 * half, 0.0011 * unit)), colour, 0.8 * end
                )
        if kind == "aegyo":
            bag = low - np.array([0.0, 0.0022 * unit])
            canvas.blend(
                canvas.glow(bag, (0.55 * half, 0.0012 * unit)), mix(skin, np.ones(3), 0.7), 0.75
            )
            under = bag - np.array([0.0, 0.0022 * unit])
            canvas.blend(
                canvas.glow(under, (0.42 * half, 0.0007 * unit)), mix(skin, line, 0.5), 0.55
            )


def paint_blush(canvas: Canvas, body: Body, kind: str, colour: Points, amount: float) -> None:
    """Paint the cheeks; ``kind`` is a name of the catalogue or empty for the usual."""
    unit = body.scale * body.style.head
    tip = body.landmarks["nose_tip"]
    wide = 1.25 if kind in ("drunk", "sunny") else 1.0
    for sign, upper, lower in eye_rims(body):
        middle = 0.5 * (upper[0, 0] + upper[-1, 0])
        spot = np.array([middle + sign * 0.006 * unit, lower[:, 1].min() - 0.0125 * unit])
        mask = canvas.glow(spot, (0.0115 * wide * unit, 0.0062 * unit), turn=sign * 0.15)
        canvas.blend(mask, colour, amount)
        if kind in ("shy", "drunk"):
            _hatch(canvas, spot, unit, mix(colour, np.array([0.80, 0.20, 0.22]), 0.6))
    across = 0.020 if kind in ("sunny", "drunk") else 0.006
    strength = 0.85 if kind in ("sunny", "drunk") else 0.3
    canvas.blend(canvas.glow(tip, (across * unit, 0.005 * unit)), colour, strength * amount)


def _hatch(canvas: Canvas, spot: Points, unit: float, colour: Points) -> None:
    """Three slanted strokes: the shorthand of drawn faces for blood in the cheeks."""
    t = np.linspace(-1.0, 1.0, 9)
    for shift in (-0.0052, 0.0, 0.0052):
        path = spot + np.stack([shift + 0.0011 * t, 0.0026 * t], 1) * unit
        width = 0.0008 * unit * (1.0 - t * t) + 1e-5
        canvas.blend(canvas.stroke(path, width, 0.0001 * unit), colour, 0.65)
