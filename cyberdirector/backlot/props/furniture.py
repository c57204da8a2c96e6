"""Old-style tables, benches, stools, shelves, counters and screens."""

from __future__ import annotations

import numpy as np

from cyberdirector.backlot.kit.mesh import Mesh, join
from cyberdirector.backlot.kit.solids import bevel_box, box, boxes, lathe
from cyberdirector.backlot.kit.timber import frame, lattice
from cyberdirector.backlot.props import Prop
from cyberdirector.backlot.props.swatch import swatch

TABLE_HEIGHT = 0.78
BENCH_HEIGHT = 0.46


def square_table(width: float = 0.96, seed: int = 0) -> Prop:
    """Return an 八仙桌: framed top, waist, apron with lattice, straight legs."""
    h, leg = TABLE_HEIGHT, 0.07
    reach = width / 2 - leg / 2 - 0.03
    made = [bevel_box((0.0, h - 0.02, 0.0), (width, 0.04, width), 0.01, seed)]
    made.append(box((0.0, h - 0.06, 0.0), (width - 0.1, 0.05, width - 0.1), seed + 1))
    made += [
        bevel_box(
            (sx * reach, (h - 0.04) / 2, sz * reach), (leg, h - 0.04, leg), 0.012, seed + 2
        )
        for sx in (-1, 1)
        for sz in (-1, 1)
    ]
    for turn in range(4):
        apron = join(
            [
                box((0.0, h - 0.115, reach), (2 * reach, 0.075, 0.025), seed + 3),
                box((0.0, h - 0.225, reach), (2 * reach, 0.03, 0.03), seed + 4),
                lattice(2 * reach - leg, 0.08, "screen", 0.016, 0.02).moved(
                    (0.0, h - 0.18, reach)
                ),
                box((0.0, 0.14, reach), (2 * reach, 0.035, 0.035), seed + 5),
            ]
        )
        made.append(apron.moved(yaw=turn * np.pi / 2))
    return {"wood": join(made)}


def bench(length: float = 0.95, seed: int = 0) -> Prop:
    """Return a 条凳 along X: plank on two splayed trestles."""
    h = BENCH_HEIGHT
    made = [bevel_box((0.0, h - 0.025, 0.0), (length, 0.05, 0.26), 0.012, seed)]
    for side in (-1, 1):
        x = side * (length / 2 - 0.14)
        for sz in (-1, 1):
            leg = box((0.0, 0.0, 0.0), (0.05, h - 0.03, 0.05), seed + 1)
            made.append(
                leg.moved(
                    (x + side * 0.03, (h - 0.04) / 2, sz * 0.11),
                    pitch=sz * 0.16,
                    roll=side * 0.10,
                )
            )
        made.append(box((x + side * 0.02, 0.2, 0.0), (0.03, 0.035, 0.22), seed + 2))
    made.append(box((0.0, h - 0.075, 0.0), (length - 0.3, 0.05, 0.03), seed + 3))
    return {"wood": join(made)}


def stool(seed: int = 0) -> Prop:
    """Return a round 鼓凳 (drum stool) of painted wood."""
    r, h = 0.18, BENCH_HEIGHT
    profile = [
        (r * 0.92, 0.0),
        (r * 1.0, 0.03),
        (r * 1.22, h * 0.5),
        (r * 1.0, h - 0.035),
        (r * 1.02, h - 0.02),
        (r * 0.98, h),
        (0.0, h),
    ]
    del seed
    return {"paint": lathe(profile, 16, swatch("clay"))}


def counter(length: float, height: float = 1.05, depth: float = 0.6, seed: int = 0) -> Prop:
    """Return a shop counter along X whose front faces +Z: panels, plinth, thick top."""
    made = [
        bevel_box(
            (0.0, height - 0.035, 0.02), (length + 0.12, 0.07, depth + 0.14), 0.018, seed
        ),
        box((0.0, height / 2, 0.0), (length, height - 0.08, depth), seed + 1),
        bevel_box((0.0, 0.06, 0.01), (length + 0.04, 0.12, depth + 0.06), 0.015, seed + 2),
        bevel_box(
            (0.0, height - 0.11, 0.01), (length + 0.03, 0.06, depth + 0.05), 0.012, seed + 3
        ),
    ]
    count = max(round(length / 0.72), 1)
    wide = length / count
    for i in range(count):
        x = -length / 2 + wide * (i + 0.5)
        low, high = 0.16, height - 0.17
        ring = frame(wide - 0.08, high - low, 0.05, 0.03, seed + i)
        made.append(ring.moved((x, (low + high) / 2, depth / 2 + 0.012)))
        inset = lattice(wide - 0.2, 0.16, "steps", 0.014, 0.018, seed + i)
        made.append(inset.moved((x, high - 0.16, depth / 2 + 0.01)))
    return {"wood": join(made)}


def shelf(
    width: float,
    height: float,
    depth: float = 0.36,
    rows: int = 5,
    columns: int = 4,
    seed: int = 0,
) -> Prop:
    """Return a wall shelf whose back lies on z = 0 and whose front faces +Z."""
    board = 0.032
    xs = np.linspace(-width / 2 + board / 2, width / 2 - board / 2, columns + 1)
    ys = np.linspace(board / 2, height - board / 2, rows + 1)
    uprights = boxes(
        np.array([(x, height / 2, depth / 2) for x in xs]), (board, height, depth), seed
    )
    levels = boxes(
        np.array([(0.0, y, depth / 2) for y in ys]),
        (width - 0.004, board, depth - 0.01),
        seed + 1,
    )
    back = box((0.0, height / 2, 0.008), (width, height, 0.016), seed + 2, "Z")
    crown = bevel_box(
        (0.0, height + 0.05, depth / 2), (width + 0.14, 0.1, depth + 0.08), 0.02, seed + 3
    )
    return {"wood": join([uprights, levels, crown]), "dark": back}


def shelf_cells(
    width: float, height: float, depth: float = 0.36, rows: int = 5, columns: int = 4
) -> list[tuple[float, float, float]]:
    """Return the middle of the floor of each cell of :func:`shelf`, row by row from below."""
    cell_w, cell_h = width / columns, height / rows
    return [
        (-width / 2 + cell_w * (c + 0.5), cell_h * r + 0.02, depth / 2)
        for r in range(rows)
        for c in range(columns)
    ]


def folding_screen(
    leaves: int = 4, width: float = 0.62, height: float = 1.9, seed: int = 0
) -> tuple[Prop, list[tuple[Mesh, int]]]:
    """Return a 屏风 in zigzag: the frames, and each leaf's picture panel with its number."""
    from cyberdirector.backlot.kit.solids import panel

    made, sheets = [], []
    x = -leaves * width * 0.47
    for i in range(leaves):
        yaw = 0.32 if i % 2 == 0 else -0.32
        dx = width * np.cos(yaw)
        z = 0.0
        at = (x + dx / 2, height / 2, z)
        made.append(frame(width, height, 0.05, 0.045, seed + i).moved(at, yaw))
        made.append(
            box((0.0, -height / 2 + 0.2, 0.0), (width - 0.1, 0.3, 0.02), seed + i).moved(
                at, yaw
            )
        )
        sheets.append(
            (panel((0.0, 0.15, 0.0), width - 0.1, height - 0.4, double=True).moved(at, yaw), i)
        )
        x += dx
    return {"wood": join(made)}, sheets
