"""What stands and hangs in the teahouse."""

from __future__ import annotations

import numpy as np

from cyberdirector.backlot.kit import decals
from cyberdirector.backlot.kit.builder import Builder
from cyberdirector.backlot.kit.mesh import Mesh, grid_mesh
from cyberdirector.backlot.kit.plants import crossed_cards
from cyberdirector.backlot.kit.solids import bevel_box, box, panel, tube
from cyberdirector.backlot.places import teahouse_shell as shell
from cyberdirector.backlot.places.teahouse_paint import SCROLLS, label_rect
from cyberdirector.backlot.props import Prop, furniture, lanterns, placed, teaware

SLOTS = {
    "wood": "wood",
    "paint": "props",
    "glow": "lantern",
    "flame": "flame",
    "dark": "timber",
}
COUNTER = (-1.75, 0.0, -4.5)
TABLES = ((2.75, -1.45), (-2.95, -1.1), (3.75, 2.35), (-3.7, 2.5))
"""Middle (x, z) of each table; the first is the one for talks at a table."""
HANGING = (
    (-1.5, 3.0, -1.9),
    (1.5, 3.0, -1.9),
    (-3.7, 2.85, 0.4),
    (3.7, 2.85, 0.4),
    (-0.66, 3.0, 2.35),
    (1.05, 3.14, 1.5),
)


def put(made: Builder, prop: Prop, at: tuple[float, float, float], yaw: float = 0.0) -> None:
    """Add a prop to the set, its slots mapped to this set's materials."""
    for slot, mesh in placed(prop, at, yaw).items():
        made.add(SLOTS[slot], mesh)


def add_counter(made: Builder, rng: np.random.Generator) -> None:
    """Add the counter, the tea shelves behind it with their jars and labels, the sign."""
    x, _, z = COUNTER
    put(made, furniture.counter(3.1, seed=3), COUNTER)
    for dx, wide in ((-1.05, 1.9), (1.0, 1.9)):
        put(
            made,
            furniture.shelf(wide, 2.3, rows=5, columns=4, seed=4),
            (x + dx, 0.75, shell.Z0 + 0.04),
        )
        put(made, furniture.counter(wide, 0.75, 0.4, seed=5), (x + dx, 0.0, shell.Z0 + 0.24))
        for i, (cx, cy, cz) in enumerate(furniture.shelf_cells(wide, 2.3, rows=5, columns=4)):
            spot = (x + dx + cx, 0.75 + cy + 0.01, shell.Z0 + 0.04 + cz)
            if rng.random() < 0.16:
                put(made, teaware.books(int(rng.integers(99)), 3), spot, 1.57)
            else:
                put(made, teaware.random_jar(rng, 0.4), spot, rng.random() * 6)
            if i % 3 == 0:
                tag = panel(
                    (spot[0], spot[1] + 0.17, shell.Z0 + 0.43), 0.075, 0.2, rect=label_rect(i)
                )
                made.add("pictures", tag)
    top = 1.05
    put(made, teaware.abacus(), (x - 0.55, top, z + 0.05), 0.2)
    put(made, teaware.teapot("celadon", 0.1), (x + 1.1, top, z), 2.4)
    put(made, teaware.books(4, 3), (x - 1.15, top, z - 0.05), 0.3)
    put(made, lanterns.desk_lamp(), (x + 0.45, top, z - 0.08))
    put(made, teaware.jar("clay", 0.11, 0.3, "red"), (x + 0.8, top, z - 0.13))
    for i in range(8):
        sign = panel(
            (x - 1.45 + i * 0.415, 3.16, shell.Z0 + 0.55),
            0.16,
            0.44,
            rect=label_rect(i),
            double=True,
        )
        made.add("pictures", sign)
    made.add("timber", box((x, 3.42, shell.Z0 + 0.55), (3.6, 0.05, 0.05), 5))
    board = panel((0.0, 0.0, 0.075), 2.5, 0.83)
    made.add("sign", board.moved((0.0, 3.27, shell.GRID_Z[0] + 0.1), pitch=0.12))
    backing = bevel_box((0.0, 0.0, 0.02), (2.62, 0.93, 0.1), 0.03, 6)
    made.add("timber", backing.moved((0.0, 3.27, shell.GRID_Z[0] + 0.1), pitch=0.12))
    made.add("shadow", decals.blob((x, 0.0, z + 0.35), 4.2, 1.5))


def add_tables(made: Builder, rng: np.random.Generator) -> None:
    """Add four square tables with benches, tea sets, candles and their shadows."""
    for i, (x, z) in enumerate(TABLES):
        turn = (0.0, 0.06, -0.08, 0.1)[i]
        put(made, furniture.square_table(seed=i), (x, 0.0, z), turn)
        for side in range(4):
            if i == 0 and side == 0:
                continue
            yaw = turn + side * np.pi / 2
            out = 0.70
            at = (x + out * float(np.sin(yaw)), 0.0, z + out * float(np.cos(yaw)))
            put(made, furniture.bench(0.92, i * 4 + side), at, yaw)
            made.add("shadow", decals.blob(at, 1.25, 0.55, yaw))
        if i == 0:
            put(made, furniture.stool(), (x, 0.0, z + 0.76))
        top = furniture.TABLE_HEIGHT
        put(
            made,
            teaware.tea_set(
                int(rng.integers(1000)), 4 if i < 2 else 3, "white" if i % 2 else "celadon"
            ),
            (x, top, z),
            turn,
        )
        put(made, teaware.candle(), (x + 0.30, top, z - 0.28))
        put(made, teaware.snack_plate(i), (x - 0.26, top, z + 0.27))
        made.add(
            "shadow", decals.blob((x, 0.0, z), 2.0, 2.0), decals.blob((x, 0.0, z), 1.3, 1.3)
        )
        made.add(
            "warmth", decals.blob((x + 0.2, top - decals.LIFT + 0.004, z - 0.18), 0.9, 0.9)
        )


def add_decoration(made: Builder, rng: np.random.Generator) -> None:
    """Add scrolls, screen, side tables with vases and plants, door cloth, jars on the floor."""
    for x, z, yaw, i in (
        (-5.15, shell.Z0 + 0.05, 0.0, 0),
        (4.85, shell.Z0 + 0.05, 0.0, 1),
        (-4.6, shell.Z1 - 0.05, np.pi, 2),
        (4.6, shell.Z1 - 0.05, np.pi, 0),
        (-2.5, shell.Z1 - 0.05, np.pi, 1),
        (2.5, shell.Z1 - 0.05, np.pi, 2),
    ):
        made.add("pictures", panel((x, 2.25, z), 0.92, 1.84, yaw, rect=SCROLLS[i]))
    for x, z, yaw in (
        (-5.15, shell.Z0 + 0.36, 0.0),
        (4.85, shell.Z0 + 0.36, 0.0),
        (-4.6, shell.Z1 - 0.4, np.pi),
        (4.6, shell.Z1 - 0.4, np.pi),
    ):
        put(made, furniture.counter(1.3, 0.86, 0.36, seed=9), (x, 0.0, z), yaw)
        put(made, teaware.vase("celadon" if x < 0 else "blue", 0.42), (x - 0.38, 0.86, z))
        put(made, teaware.jar("white", 0.1, 0.22), (x + 0.35, 0.86, z))
        _branch(made, (x - 0.38, 1.24, z), rng)
        made.add("shadow", decals.blob((x, 0.0, z), 2.0, 1.2))
    for x in (-0.35, 0.35):
        put(
            made,
            teaware.vase("blue" if x < 0 else "white", 0.36),
            (x * 1.6, 0.9, shell.Z1 - 0.24),
        )
    put(made, furniture.counter(1.9, 0.9, 0.34, seed=12), (0.0, 0.0, shell.Z1 - 0.24), np.pi)
    made.add("shadow", decals.blob((0.0, 0.0, shell.Z1 - 0.3), 3.0, 1.2))
    d0, d1 = shell.DOOR
    for i, mid in enumerate((d0 + 0.36, d1 - 0.36)):
        made.add(
            "cloth",
            _hanging(
                (mid, shell.DOOR_HEIGHT - 0.02, shell.Z0 + 0.02), 0.66, 0.62, (0.0, 0.5), i
            ),
        )
    made.add(
        "cloth",
        _hanging(
            ((d0 + d1) / 2, shell.DOOR_HEIGHT - 0.02, shell.Z0 + 0.03),
            0.66,
            0.62,
            (0.0, 0.5),
            2,
        ),
    )
    for x, z, r in (
        (-5.9, -2.6, 0.3),
        (-5.85, -1.9, 0.24),
        (5.9, -2.7, 0.3),
        (5.95, 4.9, 0.32),
        (-5.9, 5.2, 0.3),
        (0.35, -5.75, 0.22),
    ):
        put(
            made,
            teaware.jar(
                "clay" if r > 0.25 else "ink", r, r * 2.3, "red" if r > 0.25 else "straw"
            ),
            (x, 0.0, z),
        )
        made.add("shadow", decals.blob((x, 0.0, z), r * 4, r * 4))


def _branch(made: Builder, at: tuple[float, float, float], rng: np.random.Generator) -> None:
    """Add a leafy branch that stands in a vase."""
    lean = 0.5 * (rng.random() - 0.5)
    tips = [(0.0, 0.0, 0.0), (lean * 0.3, 0.25, 0.05), (lean, 0.55, 0.0)]
    made.add("props", tube(tips, [0.012, 0.009, 0.004], 5, (0.3, 0.5, 0.305, 0.9)).moved(at))
    for k in range(3):
        spot = (at[0] + lean * (0.4 + 0.3 * k), at[1] + 0.28 + 0.16 * k, at[2] + 0.05 * (k - 1))
        made.add("leaf", crossed_cards(spot, 0.34, int(rng.integers(999)), 2))


def _hanging(
    at: tuple[float, float, float], width: float, drop: float, u: tuple[float, float], seed: int
) -> Mesh:
    """Return a cloth that hangs from ``at`` (middle of its top edge) in soft folds."""
    s, t = np.meshgrid(np.linspace(0, 1, 5), np.linspace(0, 1, 13), indexing="ij")
    x = (t - 0.5) * width
    z = 0.03 * s * np.sin(t * 12 + seed)
    points = np.stack([at[0] + x, at[1] - s * drop, at[2] + z], axis=-1)
    uv = np.stack([u[0] + (u[1] - u[0]) * t, s], axis=-1)
    return grid_mesh(points, uv)


def add_lanterns(made: Builder) -> None:
    """Add the hanging lanterns inside and the red pair outside the door."""
    for i, (x, y, z) in enumerate(HANGING):
        lantern = (
            lanterns.palace_lantern(0.2, 0.4, 4.3 - y)
            if i < 4
            else lanterns.round_lantern(0.26, 4.2 - y)
        )
        put(made, lantern, (x, y, z), 0.3 * i)
    for x in (shell.DOOR[0] + 0.12, shell.DOOR[1] - 0.12):
        put(made, lanterns.round_lantern(0.26, 0.5), (x, 2.62, shell.Z0 - 1.3))
