"""The room: carpet, ceiling with light panels, walls, the glass front and the city."""

from __future__ import annotations

import numpy as np

from cyberdirector.backlot.kit import decals
from cyberdirector.backlot.kit.builder import Builder
from cyberdirector.backlot.kit.mesh import Mesh, flipped
from cyberdirector.backlot.kit.solids import bevel_box, box, boxes, ground, panel
from cyberdirector.backlot.kit.terrain import distance_band
from cyberdirector.backlot.kit.timber import frame
from cyberdirector.backlot.places.office_paint import LOGO, POSTERS, WHITEBOARD
from cyberdirector.backlot.props.teaware import painted_box

X, Z0, Z1, CEILING = 7.0, -5.6, 6.4, 3.05
DOOR = (3.0, 4.9)
"""Glass door along x in the front wall."""
LAMPS = (-5.1, -2.5, 2.5, 5.1)
"""x of the light strips that run along the room under the ceiling."""


def add_room(made: Builder) -> None:
    """Add floor, ceiling, side and front walls, skirting, door, whiteboard, logo."""
    made.add("carpet", ground((-X, X), (Z0, Z1), 0.0, 2.0, steps=4))
    made.add("ceiling", flipped(ground((-X, X), (Z0, Z1), CEILING, 2.4, steps=2)))
    for x in LAMPS:
        for z in (-2.55, 2.55):
            strip = ground((x - 0.07, x + 0.07), (z - 2.1, z + 2.1), CEILING - 0.064)
            made.add("lamp", flipped(strip))
            made.add("frame", box((x, CEILING - 0.03, z), (0.2, 0.05, 4.3), 1, "xXzZy"))
    slats = np.arange(-1.95, 1.96, 0.3)
    made.add("accent", boxes(np.array([(x, 2.88, -0.2) for x in slats]), (0.05, 0.16, 8.4), 3))
    made.add(
        "frame",
        boxes(np.array([(0.0, 2.985, z) for z in (-3.6, -0.2, 3.2)]), (4.1, 0.05, 0.05), 2),
    )
    for side, yaw in ((-1, np.pi / 2), (1, -np.pi / 2)):
        _wall(made, Z1 - Z0, (side * X, 0.0, (Z0 + Z1) / 2), yaw)
    made.add("accent", box((-X + 0.03, 1.5, -2.9), (0.05, 3.0, 3.4), 2, "XzZ"))
    made.add("graphics", panel((-X + 0.075, 1.55, -2.9), 2.6, 1.3, np.pi / 2, rect=WHITEBOARD))
    made.add("frame", *_rim((-X + 0.07, 1.55, -2.9), 2.6, 1.3, np.pi / 2))
    for i, z in enumerate((0.6, 1.9)):
        made.add("graphics", panel((-X + 0.03, 1.65, z), 0.9, 0.9, np.pi / 2, rect=POSTERS[i]))
        made.add("frame", *_rim((-X + 0.025, 1.65, z), 0.9, 0.9, np.pi / 2))
    for side, yaw in ((-1, np.pi / 2), (1, -np.pi / 2)):
        band = painted_box(
            (side * (X - 0.012), 0.6, (Z0 + Z1) / 2), (0.02, 1.0, Z1 - Z0), "steel"
        )
        rail = box((side * (X - 0.02), 1.12, (Z0 + Z1) / 2), (0.035, 0.05, Z1 - Z0), 8)
        made.add("props", band)
        made.add("frame", rail)
        for i, z in enumerate((-0.55,) if side < 0 else (1.6, 2.75, 3.9)):
            spot = (side * (X - 0.03), 1.78, z)
            made.add("graphics", panel(spot, 0.8, 0.8, yaw, rect=POSTERS[i % 2]))
            made.add("frame", *_rim(spot, 0.8, 0.8, yaw))
    _front(made)
    for x in (-X + 0.25, X - 0.25):
        for z in (Z0 + 0.3, 0.4, Z1 - 0.3):
            made.add(
                "wall",
                bevel_box((x, CEILING / 2, z), (0.5, CEILING, 0.5), 0.01, 3).with_uvs(
                    _column_uvs()
                ),
            )


def _column_uvs() -> np.ndarray:
    mesh = bevel_box((0.0, CEILING / 2, 0.0), (0.5, CEILING, 0.5), 0.01, 3)
    return np.stack(
        [
            (mesh.positions[:, 0] + mesh.positions[:, 2]) * 0.3 + 0.4,
            1 - mesh.positions[:, 1] / CEILING * 0.98 - 0.01,
        ],
        -1,
    )


def _wall(made: Builder, width: float, at: tuple[float, float, float], yaw: float) -> None:
    """Add one painted wall with its skirting; ``at`` is the middle of its foot."""
    made.add(
        "wall",
        panel(
            (0.0, CEILING / 2, 0.0), width, CEILING, rect=(0.0, 0.01, width / 4.0, 0.99)
        ).moved(at, yaw),
    )
    made.add("frame", box((0.0, 0.05, 0.01), (width, 0.1, 0.02), 4, "YZ").moved(at, yaw))


def _rim(at: tuple[float, float, float], width: float, height: float, yaw: float) -> list[Mesh]:
    return [frame(width + 0.06, height + 0.06, 0.035, 0.04, 2).moved(at, yaw)]


def _front(made: Builder) -> None:
    """Add the wall behind the establishing camera: boarded logo wall and a glass door."""
    d0, d1 = DOOR
    for a, b in ((-X, d0), (d1, X)):
        _wall(made, b - a, ((a + b) / 2, 0.0, Z1), np.pi)
    made.add(
        "wall", panel(((d0 + d1) / 2, 2.75, Z1), d1 - d0, 0.6, np.pi, rect=(0, 0.0, 0.4, 0.2))
    )
    made.add("accent", box((-0.6, 1.5, Z1 - 0.03), (5.4, 3.0, 0.05), 5, "xXz"))
    made.add("graphics", panel((-0.6, 1.85, Z1 - 0.08), 3.2, 0.8, np.pi, rect=LOGO))
    for x in (d0, (d0 + d1) / 2, d1):
        made.add("frame", box((x, 1.22, Z1), (0.06, 2.44, 0.08), 6))
    made.add("frame", box(((d0 + d1) / 2, 2.44, Z1), (d1 - d0, 0.07, 0.08), 7))
    made.add(
        "wall",
        panel(((d0 + d1) / 2, 1.4, Z1 + 2.2), 5.0, 3.0, np.pi, rect=(0.0, 0.01, 1.2, 0.99)),
    )
    made.add("carpet", ground((d0 - 1.5, d1 + 1.5), (Z1, Z1 + 2.2), 0.0, 2.0))
    made.add("lamp", flipped(ground((d0, d1), (Z1 + 0.9, Z1 + 1.1), 2.9)))
    made.add(
        "glass", panel(((d0 + d1) / 2, 1.2, Z1), d1 - d0, 2.4, np.pi, rect=(0.0, 0.0, 1.0, 1.0))
    )


def add_glass_wall(made: Builder) -> None:
    """Add the glass front: sill, mullions, transoms, panes and a low bench under it."""
    count = 8
    width = 2 * X / count
    for i in range(count + 1):
        x = -X + width * i
        made.add("frame", box((x, CEILING / 2, Z0), (0.07, CEILING, 0.14), i))
    for y, h in ((0.1, 0.2), (2.62, 0.07), (CEILING - 0.06, 0.12)):
        made.add("frame", box((0.0, y, Z0), (2 * X, h, 0.12), 9))
    made.add("wood", bevel_box((0.0, 0.36, Z0 + 0.26), (2 * X, 0.05, 0.46), 0.012, 3))
    made.add(
        "wall",
        box((0.0, 0.17, Z0 + 0.3), (2 * X, 0.34, 0.3), 3, "Z").with_uvs(
            np.array([[0, 0.6], [1, 0.6], [1, 0.4], [0, 0.4]])
        ),
    )
    for i in (0, 2, 5):
        x = -X + width * (i + 0.5)
        made.add(
            "glass",
            panel(
                (x, 1.5, Z0), width, 2.9, rect=(0.3 * i % 1.0, 0.0, 0.3 * i % 1.0 + 0.7, 1.0)
            ),
        )


def add_city(made: Builder) -> None:
    """Add the skyline seen through the glass: two bands at different distances."""
    for slot, nearer in (("city", 0.0), ("city_glow", 0.4)):
        made.add(slot, distance_band(120.0 - nearer, -34.0, 36.0, 4, 0.3, step=12.0))
        made.add(slot, distance_band(62.0 - nearer, -30.0, 7.5, 4, 1.15, step=6.0))


def add_soft_shadows(made: Builder) -> None:
    """Add the darkening of the room's edges."""
    made.add(
        "shadow", decals.room_shading((-X, 0.0, Z0 + 0.45), (X, CEILING, Z1), 1.1, 0.9, 0.6)
    )
