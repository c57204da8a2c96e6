"""The 52 ARKit shapes of a styled head."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cyberdirector.character.body import Body
from cyberdirector.character.face.lids import laugh_lids, meet_lids, smile_lids
from cyberdirector.character.face.topology import face_loops
from cyberdirector.character.style import smooth
from cyberdirector.character.template import BODY_COUNT
from cyberdirector.core.face import ARKIT_NAMES

Deltas = dict[str, NDArray[np.float64]]

_GAIN = {
    "eyeLookDown": 0.55, "eyeLookUp": 0.45, "eyeLookIn": 0.25, "eyeLookOut": 0.25,
    "eyeSquint": 0.45, "eyeWide": 1.2, "mouthSmile": 1.25, "browDown": 1.70,
    "browOuterUp": 1.5, "browInnerUp": 1.6, "mouthFrown": 1.5, "noseSneer": 1.5,
    "mouthUpperUp": 1.3, "mouthLowerDown": 1.3, "cheekPuff": 1.3,
}  # fmt: skip
"""What suits a drawn face: enlarged lids need less of their way, small lips a little more."""

_LIPS_TOUCH = (
    "mouthPressLeft", "mouthPressRight", "mouthSmileLeft", "mouthSmileRight",
    "mouthFrownLeft", "mouthFrownRight", "mouthStretchLeft", "mouthStretchRight",
    "mouthDimpleLeft", "mouthDimpleRight", "mouthLeft", "mouthRight", "mouthPucker",
    "mouthRollLower", "mouthRollUpper", "mouthShrugLower", "mouthShrugUpper",
    "jawForward", "jawLeft", "jawRight", "cheekPuff", "cheekSquintLeft",
    "cheekSquintRight", "noseSneerLeft", "noseSneerRight",
)  # fmt: skip
"""Shapes of a closed mouth: alone they must not part the lips."""

EYE_HAPPY, EYE_PAIN = "eyeHappy", "eyePain"
"""Shapes of our own: ^_^ (one per side) and >_< (both eyes)."""

_CHIN_DROP = 0.52
"""Share of the jaw's way that the chin keeps (drawn mouths open without a long chin)."""

_LIPS_MEET = 0.10
"""How far closed lips follow the falling jaw: share of the lower lip's way down."""


def arkit_deltas(body: Body) -> Deltas:
    """Return for each ARKit shape, and for our own, the offsets (19158, 3), metres.

    A shape is ``warp(unstyled + delta) - warp(unstyled)``, so what touches in the source
    touches here. ``mouthClose`` is made anew from ``jawOpen`` so that both at the same
    weight keep the lips closed (see :func:`_mouth_close`).
    """
    template = body.template
    rows, offsets, starts = [], [], [0]
    for name in ARKIT_NAMES:
        r, d = template.target(f"arkit/{name}")
        rows.append(r)
        offsets.append(d)
        starts.append(starts[-1] + len(r))
    row, offset = np.concatenate(rows), np.concatenate(offsets)
    weight = body.head_weight[row]
    before = body.unstyled[row]
    moved = body.warp_points(before + offset, weight) - body.warp_points(before, weight)
    out: Deltas = {}
    for i, name in enumerate(ARKIT_NAMES):
        dense = np.zeros_like(body.positions)
        cut = slice(starts[i], starts[i + 1])
        dense[row[cut]] = moved[cut]
        out[name] = dense * _GAIN.get(name.removesuffix("Left").removesuffix("Right"), 1.0)
    for name in _LIPS_TOUCH:
        _keep_lips(body, out[name])
    half = out["mouthFunnel"].copy()
    _keep_lips(body, half)
    out["mouthFunnel"] = 0.5 * (out["mouthFunnel"] + half)
    for index, side in enumerate(("Left", "Right")):
        blink = out[f"eyeBlink{side}"]
        meet_lids(body, blink, index)
        out[f"{EYE_HAPPY}{side}"] = laugh_lids(body, blink, index)
        smile_lids(body, out[f"eyeSquint{side}"], index)
    out[EYE_PAIN] = out["eyeBlinkLeft"] + out["eyeBlinkRight"]
    out["jawOpen"] = _short_chin(body, out["jawOpen"])
    out["mouthClose"] = _mouth_close(body, out["jawOpen"])
    return out


def _keep_lips(body: Body, delta: NDArray[np.float64]) -> None:
    """Correct a shape in place so that upper and lower lip line move alike."""
    loops = face_loops(body.template)
    points, size = body.positions, body.scale * body.style.head
    x = points[:, 0]

    def way(rows: NDArray[np.int64]) -> NDArray[np.float64]:
        order = np.argsort(points[rows, 0])
        at = points[rows, 0][order]
        return np.stack([np.interp(x, at, delta[rows, k][order]) for k in range(3)], axis=1)

    above, below = way(loops.upper_lip), way(loops.lower_lip)
    mean = 0.5 * (above + below)
    change = np.where(_upper_side(body)[:, None], mean - above, mean - below)
    order = np.argsort(points[loops.lower_lip, 0])
    line = points[loops.lower_lip][order]
    off = np.abs(points[:, 1] - np.interp(x, line[:, 0], line[:, 1]))
    fade = smooth(0.012 * size, 0.002 * size, off)
    fade *= smooth(1.35, 1.0, np.abs(x) / np.abs(line[:, 0]).max())
    fade[loops.upper_lip] = fade[loops.lower_lip] = 1.0
    near = (body.head_weight > 0.5) & (np.arange(len(points)) < BODY_COUNT)
    near &= points[:, 2] > points[loops.upper_lip, 2].min() - 0.02 * size
    delta[near] += (change * fade[:, None])[near]


def _short_chin(body: Body, jaw: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the jaw's shape with a round mouth, and a share of the way at the chin.

    The data drop the middle of the lower lip most, which opens small drawn mouths to a
    wedge; the sides get more of the way.
    """
    lips, chin = body.landmarks["lip_lower"][1], body.landmarks["menton"][1]
    points = body.positions
    below = (lips - points[:, 1]) / (lips - chin)
    share = 1.0 - (1.0 - _CHIN_DROP) * smooth(0.05, 0.85, below)
    rows = face_loops(body.template).lower_lip
    half = np.ptp(points[rows, 0]) / 2.0
    side = np.abs(points[rows, 0]) / half
    order = np.argsort(side)
    drop = -jaw[rows, 1]
    wanted = drop.max() * np.clip(1.0 - side**2.2, 0.0, 1.0) ** 0.62
    change = np.clip(wanted / np.maximum(drop, 1e-5), 0.4, 1.8)
    round_ = np.interp(np.abs(points[:, 0]) / half, side[order], change[order]) - 1.0
    near = smooth(0.75, 0.15, below) * (~_upper_side(body)) * (points[:, 2] > 0.0)
    near *= smooth(1.6, 1.0, np.abs(points[:, 0]) / half)
    return jaw * (share * (1.0 + round_ * near))[:, None]


def _mouth_close(body: Body, jaw: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the shape that brings the lips together again under an open jaw.

    On the lip line the sum of both shapes is the same for the upper and the lower lip
    (a share of the jaw's way), therefore the gap stays what it is in the neutral face for
    every common weight. Away from the line the shape fades out over chin and cheeks.
    """
    loops = face_loops(body.template)
    points, size = body.positions, body.scale * body.style.head
    line = points[loops.lower_lip]
    order = np.argsort(line[:, 0])
    x = points[:, 0]

    def along(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.stack(
            [np.interp(x, line[order, 0], values[order, k]) for k in range(3)], axis=1
        )

    meet = _LIPS_MEET * along(jaw[loops.lower_lip])
    lip_y = along(line)[:, 1]
    below = lip_y - points[:, 1]
    upper = _upper_side(body)
    out = np.zeros_like(points)
    inside = (np.abs(x) < 0.036 * size) & (body.head_weight > 0.5)
    inside &= points[:, 2] > points[loops.upper_lip, 2].min() - 0.02 * size
    fade_x = smooth(0.036 * size, 0.020 * size, np.abs(x))
    fade_low = smooth(0.030 * size, 0.007 * size, np.abs(below)) * fade_x
    fade_high = smooth(0.018 * size, 0.004 * size, np.abs(below)) * fade_x
    on_line = np.zeros(len(points), np.bool_)
    on_line[loops.upper_lip] = on_line[loops.lower_lip] = True
    fade_low[on_line] = fade_high[on_line] = 1.0
    fade = np.where(upper, fade_high, fade_low)
    # The upper lip rises from its own jaw motion to the meeting line, the lower lip too.
    out[inside | on_line] = ((meet - jaw) * fade[:, None])[inside | on_line]
    helper = np.arange(len(points)) >= BODY_COUNT
    out[helper] = 0.0
    return out


def _upper_side(body: Body) -> NDArray[np.bool_]:
    """Return which vertices belong to the upper lip and what lies above it."""
    loops = face_loops(body.template)
    line_x = body.positions[loops.upper_lip, 0]
    order = np.argsort(line_x)
    upper_y = np.interp(
        body.positions[:, 0], line_x[order], body.positions[loops.upper_lip, 1][order]
    )
    lower_x = body.positions[loops.lower_lip, 0]
    by = np.argsort(lower_x)
    lower_y = np.interp(
        body.positions[:, 0], lower_x[by], body.positions[loops.lower_lip, 1][by]
    )
    upper = body.positions[:, 1] > 0.5 * (upper_y + lower_y)
    upper[loops.upper_lip[1:-1]] = True
    upper[loops.lower_lip] = False
    return upper
