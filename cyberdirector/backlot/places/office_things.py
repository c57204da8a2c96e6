"""Furniture of the office."""

from __future__ import annotations

import numpy as np

from cyberdirector.backlot.kit import decals
from cyberdirector.backlot.kit.builder import Builder
from cyberdirector.backlot.kit.solids import bevel_box, box, tube
from cyberdirector.backlot.places.office_shell import Z0, Z1, X
from cyberdirector.backlot.props import Prop, office, placed
from cyberdirector.backlot.props.swatch import swatch
from cyberdirector.backlot.props.teaware import painted_box

SLOTS = {
    "wood": "wood",
    "paint": "props",
    "glow": "warm_lamp",
    "screen": "screen",
    "leaf": "leaf",
}
MEETING = (-3.9, -2.9)
"""Middle (x, z) of the meeting table."""
TABLE = (1.5, 3.0)
DESKS = ((3.55, -3.2), (5.15, -3.2), (3.55, -1.75), (5.15, -1.75), (5.3, 1.9), (5.3, 3.5))


def put(made: Builder, prop: Prop, at: tuple[float, float, float], yaw: float = 0.0) -> None:
    """Add a prop to the set, its slots mapped to this set's materials."""
    for slot, mesh in placed(prop, at, yaw).items():
        made.add(SLOTS[slot], mesh)


def add_meeting(made: Builder, rng: np.random.Generator) -> None:
    """Add the meeting table with chairs, papers, cups and the hanging lamp over it."""
    x, z = MEETING
    made.add("wood", bevel_box((x, 0.725, z), (1.15, 0.04, 2.6), 0.012, 1))
    for dz in (-0.8, 0.8):
        made.add("props", painted_box((x, 0.36, z + dz), (0.5, 0.7, 0.06), "slate"))
    for side in (-1, 1):
        for dz in (-0.8, 0.0, 0.8):
            at = (x + side * 0.78, 0.0, z + dz)
            put(
                made,
                office.meeting_chair("teal" if side < 0 else "slate"),
                at,
                -side * np.pi / 2,
            )
            made.add("shadow", decals.blob(at, 0.9, 0.9))
        put(
            made,
            office.papers(int(rng.integers(99))),
            (x + side * 0.3, 0.745, z + 0.1 * side),
            np.pi / 2,
        )
        put(
            made,
            office.mug("orange" if side < 0 else "white"),
            (x + side * 0.36, 0.745, z - 0.42),
        )
    put(made, office.monitor(1, 0.8), (x, 0.745, z - 1.1), 0.0)
    made.add("shadow", decals.blob((x, 0.0, z), 2.4, 3.6))
    for dz in (-0.7, 0.7):
        made.add(
            "props",
            tube(
                [(x, 3.05, z + dz), (x, 2.6, z + dz), (x, 2.2, z + dz)], 0.008, 4, swatch("ink")
            ),
        )
    made.add("props", painted_box((x, 2.19, z), (0.1, 0.05, 2.1), "ink"))
    made.add("warm_lamp", box((x, 2.155, z), (0.07, 0.025, 2.05), 0))


def add_desks(made: Builder, rng: np.random.Generator) -> None:
    """Add desks with screens, chairs and clutter, low dividers between them."""
    for i, (x, z) in enumerate(DESKS):
        yaw = (0.0, 0.0, np.pi, np.pi, -np.pi / 2, -np.pi / 2)[i]
        front = (float(np.sin(yaw)), float(np.cos(yaw)))
        put(made, office.desk(1.5, 0.72, i), (x, 0.0, z), yaw)
        h = office.DESK_HEIGHT
        back = (x - front[0] * 0.18, z - front[1] * 0.18)
        side = (front[1], -front[0])
        for k in (-1, 1) if i % 2 == 0 else (0,):
            at = (back[0] + side[0] * 0.3 * k, h, back[1] + side[1] * 0.3 * k)
            put(
                made,
                office.monitor(int(rng.integers(4)), 0.56 if k else 0.68),
                at,
                yaw - 0.18 * k,
            )
        put(made, office.keyboard(), (x + front[0] * 0.16, h, z + front[1] * 0.16), yaw)
        put(
            made,
            office.mug(("teal", "white", "orange", "red")[i % 4]),
            (x + side[0] * 0.52 + front[0] * 0.1, h, z + side[1] * 0.52 + front[1] * 0.1),
            i,
        )
        put(
            made,
            office.papers(i),
            (x - side[0] * 0.52 + front[0] * 0.05, h, z - side[1] * 0.52 + front[1] * 0.05),
            yaw + 0.2,
        )
        if i % 2:
            put(
                made,
                office.potted_plant(0.36, i),
                (x + side[0] * 0.6 - front[0] * 0.2, h, z + side[1] * 0.6 - front[1] * 0.2),
            )
        seat = (x + front[0] * 0.72, 0.0, z + front[1] * 0.72)
        put(
            made,
            office.office_chair("slate" if i % 3 else "blue"),
            seat,
            yaw + np.pi + 0.25 * (rng.random() - 0.5),
        )
        made.add(
            "shadow",
            decals.blob(seat, 1.0, 1.0),
            decals.blob((x, 0.0, z), 2.2 if i < 4 else 1.3, 1.3 if i < 4 else 2.2),
        )
    made.add("props", painted_box((4.35, 0.95, -2.475), (3.1, 0.42, 0.04), "teal"))
    made.add("props", painted_box((6.05, 0.95, 2.7), (0.04, 0.42, 3.1), "teal"))


def add_lounge(made: Builder, rng: np.random.Generator) -> None:
    """Add sofa, round table, bookcases, plants and lamps."""
    put(made, office.sofa(2.1, "slate"), (-1.6, 0.0, Z1 - 0.62), np.pi)
    made.add("shadow", decals.blob((-1.6, 0.0, Z1 - 0.7), 3.0, 1.8))
    put(made, office.round_table(0.42), (-1.6, 0.0, Z1 - 1.75))
    for x, yaw in ((0.7, 0.45), (2.3, -0.45)):
        put(made, office.sofa(0.92, "teal"), (x, 0.0, Z0 + 1.05), yaw)
        made.add("shadow", decals.blob((x, 0.0, Z0 + 1.05), 1.5, 1.4))
    put(made, office.round_table(0.32), (1.5, 0.0, Z0 + 1.2))
    put(made, office.mug("white"), (1.42, 0.74, Z0 + 1.2))
    put(made, office.potted_plant(0.3, 5), (1.6, 0.74, Z0 + 1.1))
    for i, (x, z, yaw) in enumerate(
        ((-X + 0.06, 4.2, np.pi / 2), (X - 0.06, -0.55, -np.pi / 2))
    ):
        put(
            made,
            office.bookcase(1.9 if i == 0 else 2.0, 2.1, int(rng.integers(999))),
            (x, 0.0, z),
            yaw,
        )
        made.add("shadow", decals.blob((x, 0.0, z), 1.6, 2.8))
    plants = (
        (-6.3, -4.75, 1.7),
        (6.3, -4.75, 1.6),
        (-1.95, -4.95, 1.3),
        (-6.2, 2.9, 1.5),
        (2.4, Z1 - 0.5, 1.6),
        (-4.4, Z1 - 0.6, 1.7),
        (6.2, 5.6, 1.5),
        (-1.6, -5.15, 0.0),
    )
    for i, (x, z, height) in enumerate(plants):
        if height > 0:
            put(
                made,
                office.potted_plant(height, 40 + i, ("white", "slate", "clay")[i % 3]),
                (x, 0.0, z),
            )
            made.add("shadow", decals.blob((x, 0.0, z), 1.1, 1.1))
    put(made, office.floor_lamp(), (-3.1, 0.0, Z1 - 0.6))
    put(made, office.potted_plant(0.45, 3), (-1.7, 0.385, Z0 + 0.27))
    put(made, office.potted_plant(0.4, 4, "clay"), (2.4, 0.385, Z0 + 0.27))
