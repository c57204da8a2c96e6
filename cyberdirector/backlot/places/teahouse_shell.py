"""The building: floor, columns, beams, walls, windows, door, and the street outside."""

from __future__ import annotations

import numpy as np

from cyberdirector.backlot.kit import decals
from cyberdirector.backlot.kit.builder import Builder
from cyberdirector.backlot.kit.mesh import Mesh, flipped
from cyberdirector.backlot.kit.solids import bevel_box, box, cylinder, ground, lathe, panel
from cyberdirector.backlot.kit.timber import (
    beam,
    bracket,
    column,
    column_base,
    frame,
    lattice,
    leaf,
    round_lattice,
)
from cyberdirector.backlot.props.teaware import painted

X0, X1, Z0, Z1 = -6.6, 6.6, -6.2, 6.6
CEILING = 4.7
DOOR = (0.95, 2.95)
"""Door opening along x in the back wall."""
DOOR_HEIGHT = 2.55
GRID_X, GRID_Z = (-3.7, 3.7), (-3.4, 3.7)
RADIUS = 0.15


def add_structure(made: Builder) -> None:
    """Add floor, ceiling, columns with bases and brackets, beams and joists."""
    made.add("floor", ground((X0 - 0.2, X1 + 0.2), (Z0 - 0.2, Z1 + 0.2), 0.0, 1.76, steps=4))
    made.add("timber", _ceiling())
    walls_x, walls_z = (X0, *GRID_X, X1), (Z0, *GRID_Z, Z1)
    for i, x in enumerate(walls_x):
        for k, z in enumerate(walls_z):
            if (x, z) == (3.7, Z0):
                continue
            free = x in GRID_X and z in GRID_Z
            radius = RADIUS if free else RADIUS * 0.85
            made.add("lacquer", column((x, 0.0, z), radius, 4.2, 16 if free else 10))
            made.add("props", painted(column_base((x, 0.0, z), radius), "grey", 0.3, 0.95))
            if free:
                made.add("timber", bracket((x, 3.86, z), 0.72, seed=i + k))
    for k, z in enumerate(GRID_Z):
        made.add("timber", beam((X0, 4.28, z), (X1, 4.28, z), 0.26, 0.34, k))
        made.add("timber", beam((X0, 3.66, z), (X1, 3.66, z), 0.14, 0.2, k + 5))
        for x in GRID_X:
            made.add("timber", *_braces(x, z))
    made.add("timber", beam((X0, 4.28, 0.15), (X1, 4.28, 0.15), 0.22, 0.28, 9))
    for i, x in enumerate((-5.4, -3.7, -1.85, 0.0, 1.85, 3.7, 5.4)):
        made.add("timber", beam((x, 4.52, Z0), (x, 4.52, Z1), 0.15, 0.18, 20 + i))


def _ceiling() -> Mesh:
    made = ground((X0, X1), (Z0, Z1), CEILING, 1.76, steps=2)
    return flipped(made)


def _braces(x: float, z: float) -> list[Mesh]:
    """Return stepped 雀替 brackets where a column meets the lower beam."""
    made = []
    for side in (-1, 1):
        for i, (reach, drop) in enumerate(((0.62, 0.09), (0.42, 0.09), (0.24, 0.1))):
            y = 3.56 - 0.045 - 0.09 * i
            made.append(box((x + side * (RADIUS + reach / 2), y, z), (reach, drop, 0.07), i))
    return made


def add_walls(made: Builder) -> None:
    """Add the four walls with their windows and the door in the back wall."""
    _back_wall(made)
    _window_wall(made, X0, np.pi / 2, seed=3)
    _window_wall(made, X1, -np.pi / 2, seed=5)
    _front_wall(made)
    for z in (Z0, Z1):
        yaw = 0.0 if z < 0 else np.pi
        made.add("timber", box((0.0, 4.5, z), (X1 - X0, 0.4, 0.16), 4))
        made.add(
            "timber", box((0.0, 3.5, 0.06), (X1 - X0, 0.14, 0.1), 5).moved((0.0, 0.0, z), yaw)
        )
    for x in (X0, X1):
        made.add("timber", box((x, 4.5, 0.0), (0.16, 0.4, Z1 - Z0), 6))


def _wall(
    made: Builder,
    x: tuple[float, float],
    y: tuple[float, float],
    at: tuple[float, float, float],
    yaw: float,
) -> None:
    """Add a plaster panel in local x, y that faces local +Z, moved and turned."""
    width, height = x[1] - x[0], y[1] - y[0]
    left = (x[0] % 4.0) / 4.0
    rect = (left, 1 - y[1] / 4.7, left + width / 4.0, 1 - y[0] / 4.7)
    sheet = panel(((x[0] + x[1]) / 2, (y[0] + y[1]) / 2, 0.0), width, height, rect=rect)
    made.add("plaster", sheet.moved(at, yaw))


def _wainscot(
    made: Builder, x: tuple[float, float], at: tuple[float, float, float], yaw: float, seed: int
) -> None:
    """Add a boarded lower wall 0.9 m high with frame and rail."""
    width = x[1] - x[0]
    mid = (x[0] + x[1]) / 2
    made.add("timber", box((mid, 0.45, 0.02), (width, 0.9, 0.03), seed, "Z").moved(at, yaw))
    made.add("timber", box((mid, 0.92, 0.05), (width, 0.07, 0.1), seed + 1).moved(at, yaw))
    made.add("timber", box((mid, 0.07, 0.04), (width, 0.14, 0.07), seed + 2).moved(at, yaw))
    count = max(round(width / 0.8), 1)
    for i in range(1, count):
        rail = box((x[0] + width * i / count, 0.48, 0.045), (0.06, 0.84, 0.04), seed + i)
        made.add("timber", rail.moved(at, yaw))


def _back_wall(made: Builder) -> None:
    """Add the back wall: plaster, the door with its transom, and two open leaves."""
    at, d0, d1 = (0.0, 0.0, Z0), DOOR[0], DOOR[1]
    _wall(made, (X0, d0 - 0.1), (0.0, 4.7), at, 0.0)
    _wall(made, (d1 + 0.1, X1), (0.0, 4.7), at, 0.0)
    _wall(made, (d0 - 0.1, d1 + 0.1), (3.3, 4.7), at, 0.0)
    _wainscot(made, (X0, -3.9), at, 0.0, 30)
    _wainscot(made, (d1 + 0.2, X1), at, 0.0, 33)
    for x in (d0 - 0.06, d1 + 0.06):
        made.add("timber", bevel_box((x, 1.7, Z0), (0.14, 3.4, 0.26), 0.02, 1))
    made.add(
        "timber",
        bevel_box(
            ((d0 + d1) / 2, DOOR_HEIGHT + 0.06, Z0), (d1 - d0 + 0.3, 0.14, 0.28), 0.02, 2
        ),
    )
    made.add(
        "timber", bevel_box(((d0 + d1) / 2, 3.35, Z0), (d1 - d0 + 0.3, 0.14, 0.28), 0.02, 3)
    )
    made.add("timber", box(((d0 + d1) / 2, 0.04, Z0), (d1 - d0, 0.08, 0.3), 4))
    width = d1 - d0
    transom = lattice(width, 3.28 - DOOR_HEIGHT - 0.13, "steps", 0.026, 0.04)
    made.add("timber", transom.moved(((d0 + d1) / 2, (3.28 + DOOR_HEIGHT + 0.13) / 2, Z0)))
    for side, hinge, yaw in ((-1, d0, -2.78), (1, d1, 2.15)):
        frame_, sheet = leaf(width / 2 - 0.02, DOOR_HEIGHT - 0.04, "steps", 0.32, 7)
        shift = -side * (width / 4)
        for slot, mesh in (("timber", frame_), ("paper", sheet)):
            made.add(slot, mesh.moved((shift, 0.05, 0.0)).moved((hinge, 0.0, Z0 + 0.1), yaw))


def _window_wall(made: Builder, x: float, yaw: float, seed: int) -> None:
    """Add a side wall: wainscot, windows of paper and open lattice between the columns."""
    at = (x, 0.0, 0.0)
    bays = ((Z0, GRID_Z[0]), (GRID_Z[0], GRID_Z[1]), (GRID_Z[1], Z1))
    for b, (z0, z1) in enumerate(bays):
        # local x runs along −z for yaw +90°, along +z for −90°
        x0, x1 = (-z1, -z0) if yaw > 0 else (z0, z1)
        x0, x1 = x0 + RADIUS, x1 - RADIUS
        _wainscot(made, (x0, x1), at, yaw, seed + b)
        _wall(made, (x0, x1), (3.05, 4.7), at, yaw)
        made.add(
            "timber",
            box(((x0 + x1) / 2, 2.98, 0.05), (x1 - x0, 0.16, 0.14), seed).moved(at, yaw),
        )
        count = max(round((x1 - x0) / 0.9), 1)
        width = (x1 - x0) / count
        _transom(made, (x0, x1), at, yaw, count, seed)
        for i in range(count):
            mid = x0 + width * (i + 0.5)
            open_leaf = b == 1 and i in (count // 2 - 1, count // 2, count // 2 + 1)
            pattern = "ice" if open_leaf else "steps"
            made.add(
                "timber",
                frame(width, 1.95, 0.07, 0.07, i).moved((mid, 1.95, 0.0)).moved(at, yaw),
            )
            bars = lattice(width - 0.14, 1.81, pattern, 0.022, 0.03, seed + i)
            made.add("timber", bars.moved((mid, 1.95, 0.0)).moved(at, yaw))
            if not open_leaf:
                sheet = panel((mid, 1.95, -0.02), width - 0.12, 1.83, double=True)
                made.add("paper", sheet.moved(at, yaw))


def _transom(
    made: Builder,
    x: tuple[float, float],
    at: tuple[float, float, float],
    yaw: float,
    count: int,
    seed: int,
) -> None:
    """Add a row of low paper windows above the windows (横披)."""
    width = (x[1] - x[0]) / count
    for i in range(count):
        mid = (x[0] + width * (i + 0.5), 3.42, 0.03)
        made.add("timber", frame(width, 0.66, 0.06, 0.06, seed + i).moved(mid).moved(at, yaw))
        bars = lattice(width - 0.12, 0.54, "steps", 0.02, 0.03, seed + i)
        made.add("timber", bars.moved(mid).moved(at, yaw))
        sheet = panel((mid[0], mid[1], 0.012), width - 0.1, 0.58)
        made.add("paper", sheet.moved(at, yaw))
    made.add(
        "timber",
        box(((x[0] + x[1]) / 2, 3.8, 0.05), (x[1] - x[0], 0.12, 0.12), seed).moved(at, yaw),
    )


def _front_wall(made: Builder) -> None:
    """Add the wall behind the establishing camera: plaster, wainscot, a round window."""
    at = (0.0, 0.0, Z1)
    _wall(made, (X0, X1), (0.0, 4.7), at, np.pi)
    _wainscot(made, (X0, X1), at, np.pi, 60)
    ring = lathe(
        [(1.13, 0.0), (1.13, 0.05), (1.1, 0.1), (0.95, 0.1), (0.95, 0.0)], 36,
        (0.0, 0.02, 3.0, 0.115), smooth=False,
    )  # fmt: skip
    middle = (0.0, 2.1, 0.0)
    made.add("timber", ring.moved(pitch=np.pi / 2).moved(middle).moved(at, np.pi))
    disc = cylinder((0.0, 0.0, 0.0), 0.95, 0.02, 36, rect=(0.05, 0.05, 0.95, 0.95))
    made.add("paper", disc.moved(pitch=np.pi / 2).moved(middle).moved(at, np.pi))
    made.add("timber", round_lattice(0.95).moved((0.0, 2.1, 0.045)).moved(at, np.pi))
    for x in (-3.7, -1.6, 1.6, 3.7):
        made.add("timber", box((x, 2.2, 0.03), (0.14, 2.6, 0.06), 70).moved(at, np.pi))


def add_street(made: Builder) -> None:
    """Add what is seen through door and windows: wet street, houses, porch, lanterns."""
    made.add("stone", ground((-16.0, 16.0), (-16.0, Z0), -0.12, 2.2, steps=6))
    made.add("stone", ground((-16.0, X0), (Z0, 12.0), -0.12, 2.2, steps=3))
    made.add("stone", ground((X1, 16.0), (Z0, 12.0), -0.12, 2.2, steps=3))
    for slot, nearer in (("street", 0.0), ("street_glow", 0.05)):
        for at, yaw, width, left in (
            ((0.0, 3.9, -14.5 + nearer), 0.0, 30.0, 0.0),
            ((-14.5 + nearer, 3.9, -1.0), np.pi / 2, 28.0, 0.35),
            ((14.5 - nearer, 3.9, -1.0), -np.pi / 2, 28.0, 0.6),
        ):
            rect = (left, 0.0, left + width / 16.0, 1.0)
            made.add(slot, panel(at, width, 8.0, yaw, rect=rect))
    far = panel((0.0, 4.6, -19.0), 36.0, 9.5, rect=(0.27, 0.0, 0.27 + 36.0 / 19.0, 1.0))
    made.add("street", far)
    wet = ground((-12.0, 12.0), (-14.4, -7.0), -0.11, rect=(0.1, 1.0, 0.85, 0.25))
    made.add("wet_glow", wet)
    made.add("timber", box((0.0, 3.15, Z0 - 0.9), (13.2, 0.12, 1.6), 3))
    made.add(
        "lacquer",
        column((DOOR[0] - 0.4, -0.12, Z0 - 1.5), 0.11, 3.3),
        column((DOOR[1] + 0.4, -0.12, Z0 - 1.5), 0.11, 3.3),
    )


def add_soft_shadows(made: Builder) -> None:
    """Add painted contact shadows of the room's edges and of columns."""
    made.add("shadow", decals.room_shading((X0, 0.0, Z0), (X1, CEILING, Z1), 1.5, 1.5, 1.1))
    for x in GRID_X:
        for z in GRID_Z:
            made.add("shadow", decals.blob((x, 0.0, z), 1.2, 1.2))
