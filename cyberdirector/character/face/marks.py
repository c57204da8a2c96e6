"""Small marks on the skin: moles, freckles, scars and painted forehead marks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cyberdirector.character.body import Body
from cyberdirector.character.face.canvas import Canvas
from cyberdirector.character.face.colors import mix
from cyberdirector.character.face.makeup import eye_rims

Points = NDArray[np.float64]

_CIRCLE = np.linspace(0.0, 2.0 * np.pi, 24, endpoint=False)


def _dot(centre: Points, w: float, h: float, turn: float = 0.0) -> Points:
    """Return the outline (24, 2) of an ellipse."""
    c, s = np.cos(turn), np.sin(turn)
    x, y = w * np.cos(_CIRCLE), h * np.sin(_CIRCLE)
    return centre + np.stack([c * x - s * y, s * x + c * y], 1)


def _mole_place(body: Body, name: str, unit: float) -> Points:
    (_, up_l, low_l), (_, _, low_r) = eye_rims(body)
    lips, tip = body.landmarks["lips"][:2], body.landmarks["nose_tip"][:2]
    chin = body.landmarks["menton"][:2]
    half = 0.5 * abs(up_l[-1, 0] - up_l[0, 0])
    middle = 0.5 * (up_l[0, 0] + up_l[-1, 0])
    under = np.array([middle + 0.45 * half, low_l[:, 1].min() - 0.0052 * unit])
    places = {
        "tear_left": under,
        "tear_right": under * [-1.0, 1.0] + [0.0, low_r[:, 1].min() - low_l[:, 1].min()],
        "tail_left": up_l[-1, :2] + np.array([0.0052, -0.0055]) * unit,
        "lip_left": lips + np.array([0.0150, -0.0042]) * unit,
        "lip_right": lips + np.array([-0.0150, -0.0042]) * unit,
        "chin": 0.55 * lips + 0.45 * chin + np.array([0.0062, 0.0]) * unit,
        "cheek_left": np.array([under[0], 0.45 * low_l[:, 1].min() + 0.55 * lips[1]]),
        "nose": tip + np.array([0.0022, 0.0012]) * unit,
        "brow": np.array([0.0, up_l[:, 1].max() + 0.0080 * unit]),
    }  # fmt: skip
    return places[name]


def paint_mole(canvas: Canvas, body: Body, name: str, line: Points) -> None:
    """Paint one mole; the one between the brows is cinnabar red."""
    unit = body.scale * body.style.head
    centre = _mole_place(body, name, unit)
    colour = np.array([0.76, 0.10, 0.14]) if name == "brow" else mix(line, np.zeros(3), 0.6)
    size = 0.0013 if name == "brow" else 0.00078
    canvas.blend(
        canvas.area(_dot(centre, size * unit, size * unit), 0.00012 * unit), colour, 0.92
    )


def paint_freckles(canvas: Canvas, body: Body, colour: Points, amount: float) -> None:
    """Paint freckles over cheeks and nose; the same places for every face."""
    unit = body.scale * body.style.head
    rng = np.random.default_rng(5)
    (_, _, low_l), _ = eye_rims(body)
    level = low_l[:, 1].min() - 0.0115 * unit
    for _ in range(int(46 * amount)):
        x = rng.normal(0.0, 0.017) * unit
        y = level + rng.normal(0.0, 0.0036) * unit + 0.16 * abs(x)
        size = rng.uniform(0.00035, 0.0007) * unit
        spot = _dot(np.array([x, y]), size, 0.8 * size)
        canvas.blend(canvas.area(spot, 0.00012 * unit), colour, 0.55)


def paint_scar(canvas: Canvas, body: Body, name: str, skin: Points, line: Points) -> None:
    """Paint an old cut: a pale ridge with a dark edge, and two stitches."""
    unit = body.scale * body.style.head
    (_, up_l, low_l), _ = eye_rims(body)
    lips, tip = body.landmarks["lips"][:2], body.landmarks["nose_tip"][:2]
    middle = 0.5 * (up_l[0, 0] + up_l[-1, 0])
    half = 0.5 * abs(up_l[-1, 0] - up_l[0, 0])
    high, low = up_l[:, 1].max(), low_l[:, 1].min()
    sign = -1.0 if name.endswith("right") else 1.0
    cheek = np.array([0.5 * low + 0.5 * tip[1], 0.35 * lips[1] + 0.65 * tip[1]])
    ends: dict[str, tuple[Points, Points]] = {
        "cheek": (np.array([[0.024, 0.0], [0.008, 0.0]]), cheek),
        "nose": (
            np.array([[-0.014, 0.001], [0.014, -0.001]]),
            np.full(2, tip[1] + 0.007 * unit),
        ),
    }
    kind = name.rsplit("_", 1)[0]
    if kind in ends:
        shift, level = ends[kind]
        path = shift * unit * [sign, 1.0] + np.stack([np.zeros(2), level], 1)
        _cut(canvas, path, unit, skin, line)
        return
    x = sign * (middle + 0.0015 * unit)
    top = np.array([x - sign * 0.003 * unit, high + 0.016 * unit])
    if kind == "brow":
        # The brow itself is parted in brows.py; a short pale line runs through the gap.
        x = sign * (middle + 0.50 * half)
        through = [[x - sign * 0.0015 * unit, high + 0.0200 * unit],
                 [x + sign * 0.0020 * unit, high + 0.0072 * unit]]  # fmt: skip
        _cut(canvas, np.array(through), unit, skin, line)
        return
    if kind == "eye":
        _cut(canvas, np.array([top, [x, high + 0.0035 * unit]]), unit, skin, line)
        end = [x + sign * 0.002 * unit, low - 0.014 * unit]
        _cut(canvas, np.array([[x, low - 0.002 * unit], end]), unit, skin, line)


def _cut(canvas: Canvas, ends: Points, unit: float, skin: Points, line: Points) -> None:
    t = np.linspace(0.0, 1.0, 20)
    along = ends[1] - ends[0]
    across = np.array([-along[1], along[0]]) / np.linalg.norm(along)
    path = ends[0] + t[:, None] * along + np.outer(0.0008 * unit * np.sin(np.pi * t), across)
    width = unit * np.sin(np.pi * (0.05 + 0.9 * t)) ** 0.6
    canvas.blend(canvas.stroke(path, 0.0020 * width, 0.0003 * unit), mix(skin, line, 0.55), 0.8)
    canvas.blend(
        canvas.stroke(path, 0.0009 * width, 0.0001 * unit), mix(skin, np.ones(3), 0.55), 0.9
    )


def paint_forehead(canvas: Canvas, body: Body, kind: str, colour: Points) -> None:
    """Paint a forehead mark (花钿 and others) between and over the brows."""
    unit = body.scale * body.style.head
    brow = max(rim[:, 1].max() for _, rim, _ in eye_rims(body))
    centre = np.array([0.0, brow + 0.0185 * unit])
    for outline in _MARKS[kind](unit):
        canvas.blend(canvas.area(centre + outline, 0.00006 * unit), colour, 0.95)


def _petal(
    unit: float, angle: float, length: float, width: float, start: float = 0.0
) -> Points:
    """Return a petal that points to ``angle`` (0 up, to the right), lengths in metres."""
    along = np.array([np.sin(angle), np.cos(angle)])
    across = np.array([along[1], -along[0]])
    body = 0.5 + 0.5 * np.cos(_CIRCLE)
    out = np.outer(start + length * body, along)
    return unit * (out + np.outer(width * np.sin(_CIRCLE) * np.sqrt(body + 1e-9), across))


def _plum(unit: float) -> list[Points]:
    three = [
        _petal(unit, a, n, 0.0016) for a, n in ((0.0, 0.0064), (0.75, 0.0048), (-0.75, 0.0048))
    ]
    return [*three, _dot(np.array([0.0, -0.0026 * unit]), 0.0009 * unit, 0.0009 * unit)]


def _lotus(unit: float) -> list[Points]:
    fan = ((0.0, 0.0078), (0.55, 0.0066), (-0.55, 0.0066), (1.1, 0.0052), (-1.1, 0.0052))
    out = [_petal(unit, a, n, 0.0014, 0.0006) for a, n in fan]
    low = np.array([0.0, -0.0022]) * unit
    return [*out, _dot(low, 0.0008 * unit, 0.0008 * unit),
            _dot(2.1 * low, 0.0005 * unit, 0.0005 * unit)]  # fmt: skip


def _flame(unit: float) -> list[Points]:
    t = np.linspace(0.0, 1.0, 16)
    tongue = np.concatenate([
        np.stack([-0.0030 * np.sin(np.pi * t) ** 0.8 * (1 - 0.3 * t), -0.004 + 0.013 * t], 1),
        np.stack([0.0026 * np.sin(np.pi * t) ** 1.2, -0.004 + 0.013 * t], 1)[::-1],
    ])  # fmt: skip
    sides = [
        unit * (np.array([s * 0.0022, -0.0030]) + _petal(1.0, s * 0.55, 0.0066, 0.0009, 0.0012))
        for s in (1.0, -1.0)
    ]
    return [unit * tongue, *sides]


def _drop(unit: float) -> list[Points]:
    body = _petal(unit, 0.0, 0.0078, 0.0015) - [0.0, 0.002 * unit]
    return [body, _dot(np.array([0.0, -0.0040]) * unit, 0.0007 * unit, 0.0007 * unit)]


def _crescent(unit: float) -> list[Points]:
    a = np.linspace(-0.15 * np.pi, 1.15 * np.pi, 30) + np.pi
    outer = 0.0045 * np.stack([np.cos(a), np.sin(a)], 1)
    inner = np.array([0.0, 0.0014]) + 0.0039 * np.stack([np.cos(a), np.sin(a)], 1)
    return [unit * np.concatenate([outer, inner[::-1]])]


def _dots(unit: float) -> list[Points]:
    return [_dot(np.array([0.0, -0.004 * unit]), 0.0017 * unit, 0.0019 * unit)]


def _cloud(unit: float) -> list[Points]:
    out = []
    for s in (1.0, -1.0):
        a = np.linspace(0.0, 2.6 * np.pi, 40)
        r = 0.0028 * (1.0 - 0.75 * a / a[-1])
        curl = np.stack([s * (0.0030 - r * np.cos(a)), r * np.sin(a)], 1)
        normal = np.gradient(curl, axis=0)
        normal = np.stack([-normal[:, 1], normal[:, 0]], 1)
        normal /= np.linalg.norm(normal, axis=1, keepdims=True)
        wide = 0.00050 * (1.1 - a / a[-1])[:, None] * normal
        out.append(unit * np.concatenate([curl + wide, (curl - wide)[::-1]]))
    return [*out, _petal(unit, 0.0, 0.0060, 0.0009, 0.001)]


def _third_eye(unit: float) -> list[Points]:
    t = np.linspace(-1.0, 1.0, 20)
    left = np.stack([-0.0022 * (1 - t * t) - 0.0004, 0.0072 * t], 1)
    inner = left * [0.45, 0.7]
    ring = np.concatenate([left, inner[::-1]])
    return [
        unit * ring,
        unit * ring * [-1.0, 1.0],
        _dot(np.zeros(2), 0.0006 * unit, 0.0022 * unit),
    ]


_MARKS = {
    "plum": _plum, "lotus": _lotus, "flame": _flame, "drop": _drop, "crescent": _crescent,
    "dot": _dots, "cloud": _cloud, "eye": _third_eye,
}  # fmt: skip
