"""Desks, chairs, screens, plants and other furniture of a modern office."""

from __future__ import annotations

import numpy as np

from cyberdirector.backlot.kit.mesh import Mesh, join
from cyberdirector.backlot.kit.plants import fronds
from cyberdirector.backlot.kit.solids import (
    bevel_box,
    box,
    cylinder,
    lathe,
    panel,
    sphere,
    tube,
)
from cyberdirector.backlot.props import Prop
from cyberdirector.backlot.props.swatch import swatch
from cyberdirector.backlot.props.teaware import painted, painted_box

DESK_HEIGHT = 0.74
CHAIR_HEIGHT = 0.45


def desk(width: float = 1.5, depth: float = 0.72, seed: int = 0) -> Prop:
    """Return a desk with a light top, a drawer block and a thin frame; front faces +Z."""
    h = DESK_HEIGHT
    top = bevel_box((0.0, h - 0.015, 0.0), (width, 0.03, depth), 0.008, seed)
    drawers = [painted_box((width / 2 - 0.24, 0.3, 0.0), (0.4, 0.54, depth - 0.12), "grey")]
    for i in range(3):
        y = 0.12 + 0.18 * i
        drawers.append(
            painted_box(
                (width / 2 - 0.24, y, (depth - 0.12) / 2 + 0.006), (0.37, 0.165, 0.012), "steel"
            )
        )
        drawers.append(
            painted_box(
                (width / 2 - 0.24, y + 0.04, (depth - 0.12) / 2 + 0.018),
                (0.12, 0.012, 0.014),
                "slate",
            )
        )
    legs = [
        painted_box(
            (-width / 2 + 0.04, h / 2, sz * (depth / 2 - 0.05)), (0.045, h, 0.045), "slate"
        )
        for sz in (-1, 1)
    ]
    modesty = painted_box(
        (0.0, h - 0.22, -depth / 2 + 0.05), (width - 0.1, 0.36, 0.02), "steel"
    )
    return {"wood": top, "paint": join([*drawers, *legs, modesty])}


def office_chair(color: str = "slate") -> Prop:
    """Return a swivel chair that faces +Z: star foot, column, cushion, curved back, arms."""
    made = [painted_box((0.0, 0.30, 0.0), (0.05, 0.26, 0.05), "steel")]
    for i in range(5):
        a = 2 * np.pi * i / 5
        made.append(
            tube(
                [
                    (0, 0.13, 0),
                    (0.15 * np.sin(a), 0.11, 0.15 * np.cos(a)),
                    (0.29 * np.sin(a), 0.07, 0.29 * np.cos(a)),
                ],
                0.022,
                5,
                swatch("slate"),
            )
        )
        made.append(
            sphere(
                (0.29 * float(np.sin(a)), 0.035, 0.29 * float(np.cos(a))),
                0.035,
                6,
                swatch("ink"),
            )
        )
    made.append(
        painted(bevel_box((0.0, CHAIR_HEIGHT - 0.035, 0.02), (0.48, 0.07, 0.46), 0.03), color)
    )
    made.append(
        painted(bevel_box((0.0, 0.80, -0.25), (0.45, 0.5, 0.06), 0.03), color).moved((0, 0, 0))
    )
    made.append(painted_box((0.0, 0.52, -0.25), (0.08, 0.2, 0.03), "steel"))
    for side in (-1, 1):
        made.append(
            painted(bevel_box((side * 0.27, 0.64, 0.0), (0.05, 0.03, 0.26), 0.012), "ink")
        )
        made.append(painted_box((side * 0.27, 0.53, -0.04), (0.03, 0.2, 0.04), "steel"))
    return {"paint": join(made)}


def meeting_chair(color: str = "teal") -> Prop:
    """Return a shell chair on four thin legs, facing +Z."""
    made = [
        painted(bevel_box((0.0, CHAIR_HEIGHT - 0.02, 0.0), (0.45, 0.05, 0.43), 0.02), color)
    ]
    made.append(
        painted(bevel_box((0.0, 0.0, 0.0), (0.43, 0.38, 0.045), 0.02), color).moved(
            (0.0, 0.70, -0.23), pitch=-0.16
        )
    )
    feet = [(sx, sz) for sx in (-1, 1) for sz in (-1, 1)]
    for sx, sz in feet:
        line = [
            (sx * f, y, sz * (f - 0.01)) for f, y in ((0.15, 0.44), (0.18, 0.22), (0.21, 0.0))
        ]
        made.append(tube(line, 0.013, 5, swatch("steel")))
    return {"paint": join(made)}


def monitor(screen: int = 0, width: float = 0.56) -> Prop:
    """Return a monitor that faces +Z; ``screen`` 0..3 picks the picture on it."""
    h = width * 0.58
    left = screen % 4 / 4
    rect = (left + 0.004, 0.01, left + 0.246, 0.99)
    case = painted(bevel_box((0.0, 0.14 + h / 2, 0.0), (width, h, 0.03), 0.008), "ink")
    stand = [
        painted_box((0.0, 0.08, -0.02), (0.05, 0.16, 0.025), "slate"),
        painted(bevel_box((0.0, 0.008, 0.0), (0.24, 0.016, 0.18), 0.005), "slate"),
    ]
    return {
        "screen": panel((0.0, 0.14 + h / 2, 0.0162), width - 0.025, h - 0.025, rect=rect),
        "paint": join([case, *stand]),
    }


def keyboard() -> Prop:
    """Return a keyboard and a mouse lying on y = 0."""
    keys = [
        painted_box((0.0, 0.017, -0.045 + 0.03 * i), (0.40, 0.008, 0.022), "white")
        for i in range(4)
    ]
    board = painted(bevel_box((0.0, 0.007, 0.0), (0.43, 0.014, 0.14), 0.004), "steel")
    mouse = sphere((0.30, 0.012, 0.0), (0.03, 0.018, 0.05), 8, swatch("white"))
    return {"paint": join([board, *keys, mouse])}


def mug(color: str) -> Prop:
    """Return a mug with a handle."""
    wall = [
        (0.036, 0.0),
        (0.04, 0.01),
        (0.04, 0.09),
        (0.036, 0.09),
        (0.035, 0.075),
        (0.0, 0.075),
    ]
    t = np.linspace(-1.3, 1.3, 6)
    grip = tube(
        np.stack([0.04 + 0.028 * np.cos(t), 0.048 + 0.028 * np.sin(t), 0 * t], -1),
        0.006,
        5,
        swatch(color),
    )
    return {"paint": join([lathe(wall, 12, swatch(color)), grip])}


def papers(seed: int) -> Prop:
    """Return loose sheets and a folder."""
    rng = np.random.default_rng(seed)
    made = [
        painted_box(
            (0.0, 0.006, 0.0), (0.24, 0.012, 0.32), ("blue", "orange", "teal")[rng.integers(3)]
        )
    ]
    for i in range(3):
        sheet = painted_box((0.0, 0.0, 0.0), (0.21, 0.002, 0.29), "white")
        made.append(
            sheet.moved(
                (0.03 * rng.normal(), 0.014 + 0.002 * i, 0.03 * rng.normal()),
                0.3 * rng.normal(),
            )
        )
    return {"paint": join(made)}


def potted_plant(height: float, seed: int, pot: str = "white") -> Prop:
    """Return a plant with arching leaves in a pot, ``height`` metres in all."""
    p = height * 0.26
    bowl = lathe(
        [
            (p * 0.52, 0.0),
            (p * 0.72, p),
            (p * 0.76, p * 1.04),
            (p * 0.66, p * 1.04),
            (p * 0.6, p * 0.9),
            (0.0, p * 0.9),
        ],
        14,
        swatch(pot),
    )
    return {"paint": bowl, "leaf": fronds((0.0, p * 0.88, 0.0), height - p, seed)}


def sofa(width: float = 1.9, color: str = "slate") -> Prop:
    """Return a sofa that faces +Z; seat 0.42 m high."""
    made = [painted(bevel_box((0.0, 0.24, 0.0), (width, 0.2, 0.8), 0.04), color)]
    count = max(round(width / 0.65), 1)
    wide = (width - 0.3) / count
    for i in range(count):
        x = -width / 2 + 0.15 + wide * (i + 0.5)
        made.append(
            painted(bevel_box((x, 0.37, 0.04), (wide - 0.015, 0.13, 0.66), 0.04), color)
        )
        made.append(
            painted(bevel_box((0.0, 0.0, 0.0), (wide - 0.015, 0.42, 0.16), 0.05), color).moved(
                (x, 0.62, -0.28), pitch=-0.14
            )
        )
    for side in (-1, 1):
        made.append(
            painted(
                bevel_box((side * (width / 2 - 0.08), 0.36, 0.0), (0.16, 0.46, 0.8), 0.05),
                color,
            )
        )
        x = side * (width / 2 - 0.1)
        made += [painted_box((x, 0.07, sz * 0.33), (0.04, 0.14, 0.04), "ink") for sz in (-1, 1)]
    return {"paint": join(made)}


def round_table(radius: float = 0.62) -> Prop:
    """Return a round table on one foot."""
    made = [
        painted(cylinder((0.0, 0.0, 0.0), 0.26, 0.025, 20), "steel"),
        painted(cylinder((0.0, 0.02, 0.0), 0.045, 0.68, 12), "steel"),
    ]
    top = lathe(
        [(radius - 0.03, 0.70), (radius, 0.715), (radius, 0.74), (0.0, 0.74)],
        28,
        (0.0, 0.02, 1.0, 0.98),
    )
    return {"wood": _flat_uv(top), "paint": join(made)}


def _flat_uv(mesh: Mesh) -> Mesh:
    return mesh.with_uvs(mesh.positions[:, [0, 2]] / 2.4 + 0.5)


def floor_lamp() -> Prop:
    """Return a standing lamp; the shade is in slot ``glow``."""
    foot = painted(cylinder((0.0, 0.0, 0.0), 0.16, 0.025, 16), "ink")
    pole = tube([(0, 0.02, 0), (0, 0.8, 0), (0, 1.5, 0)], 0.012, 6, swatch("ink"))
    shade = lathe([(0.2, 1.42), (0.15, 1.72)], 16, (0.1, 0.1, 0.9, 0.9))
    return {"paint": join([foot, pole]), "glow": shade}


def bookcase(width: float, height: float, seed: int, rows: int = 5) -> Prop:
    """Return an open bookcase (back on z = 0, front +Z) with books, boxes and small things."""
    rng = np.random.default_rng(seed)
    depth, board = 0.32, 0.03
    wood = [
        box(
            (side * (width / 2 - board / 2), height / 2, depth / 2),
            (board, height, depth),
            seed,
        )
        for side in (-1, 1)
    ]
    wood += [
        box(
            (0.0, height * i / rows + board / 2 * (1 if i == 0 else -1), depth / 2),
            (width - 2 * board, board, depth),
            seed + i,
        )
        for i in range(rows + 1)
    ]
    wood.append(box((0.0, height / 2, 0.006), (width, height, 0.012), seed + 9, "Z"))
    things = []
    for row in range(rows):
        y = height * row / rows + board * (1.0 if row == 0 else 0.5)
        room = height / rows - board
        x = -width / 2 + 0.06
        while x < width / 2 - 0.1:
            kind = rng.random()
            if kind < 0.72:
                w, h = 0.025 + 0.03 * rng.random(), room * (0.6 + 0.3 * rng.random())
                color = (
                    "blue",
                    "teal",
                    "grey",
                    "cream",
                    "orange",
                    "plum",
                    "slate",
                    "white",
                    "red",
                )[rng.integers(9)]
                things.append(
                    painted_box((x + w / 2, y + h / 2, depth * 0.55), (w, h, 0.2), color)
                )
                x += w + 0.002
            elif kind < 0.86:
                w = 0.22
                if x + w > width / 2 - 0.05:
                    break
                things.append(
                    painted(
                        bevel_box(
                            (x + w / 2, y + room * 0.3, depth * 0.5),
                            (w, room * 0.6, 0.24),
                            0.01,
                        ),
                        ("straw", "grey", "cream")[rng.integers(3)],
                    )
                )
                x += w + 0.02
            else:
                x += 0.10 + 0.1 * rng.random()
    return {"wood": join(wood), "paint": join(things)}
