"""Terrace, stairs, the gate, the distant hall and the stone fittings."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cyberdirector.backlot.kit import decals
from cyberdirector.backlot.kit.builder import Builder
from cyberdirector.backlot.kit.mesh import Mesh, grid_mesh
from cyberdirector.backlot.kit.roofs import roof
from cyberdirector.backlot.kit.solids import bevel_box, box, ground, lathe, panel, tube
from cyberdirector.backlot.kit.timber import (
    balustrade,
    bracket,
    column,
    column_base,
    lattice,
    stairs,
)
from cyberdirector.backlot.props import lanterns, placed
from cyberdirector.backlot.props.swatch import swatch

Floats = NDArray[np.float64]

X, Z0, Z1 = 7.0, -5.5, 8.6
LANDING = 1.2
GATE_Z = -9.2
PATH = (-1.9, -0.5)
"""Opening of the left balustrade for the bridge, along z."""


def add_terrace(made: Builder) -> None:
    """Add the paved terrace, its walls, stairs up and down, the bridge, balustrades."""
    made.add("slabs", ground((-X, X), (Z0, Z1), 0.0, 3.6, steps=6))
    made.add(
        "masonry",
        box((0.0, -0.16, (Z0 + Z1) / 2), (2 * X + 0.3, 0.3, Z1 - Z0 + 0.3), 1, "xXzZ"),
    )
    for seed, (x, z, w, d) in enumerate(
        ((0.0, Z1 - 0.2, 2 * X, 0.4), (-X + 0.2, 1.5, 0.4, 14.0), (X - 0.2, 1.5, 0.4, 14.0))
    ):
        made.add("masonry", box((x, -4.2, z), (w, 8.0, d), seed, "xXzZ"))
    made.add("masonry", stairs((-3.2, 3.2), (Z0, Z0 - 2.4), (0.0, LANDING), 8, 4))
    for side in (-1, 1):
        made.add("masonry", *_cheek(side))
    made.add("slabs", ground((-8.0, 8.0), (-12.2, Z0 - 2.4), LANDING, 3.6, steps=3))
    for side in (-1, 1):
        made.add(
            "slabs",
            ground(
                (min(side * 3.2, side * 9.0), max(side * 3.2, side * 9.0)),
                (-8.2, Z0),
                -0.002,
                3.6,
            ),
        )
        made.add("masonry", box((side * 8.9, -4.0, -7.0), (0.3, 8.0, 3.4), 6, "xXzZ"))
    made.add(
        "masonry",
        box((-5.6, LANDING / 2, Z0 - 2.6), (4.8, LANDING, 0.4), 8, "Z"),
        box((5.6, LANDING / 2, Z0 - 2.6), (4.8, LANDING, 0.4), 9, "Z"),
    )
    made.add("masonry", stairs((-2.6, 2.6), (-12.2, -24.0), (LANDING, 7.4), 30, 12))
    made.add("masonry", stairs((-2.2, 2.2), (Z1 + 6.0, Z1), (-3.0, 0.0), 20, 60))
    made.add("slabs", ground((-13.0, -X), (PATH[0], PATH[1]), 0.0, 3.6))
    made.add(
        "masonry",
        box(
            (-10.0, -0.3, (PATH[0] + PATH[1]) / 2), (6.0, 0.6, PATH[1] - PATH[0] + 0.3), 5, "zZ"
        ),
    )
    h = 0.95
    rails = (
        [(-X + 0.2, Z1 - 0.2), (-2.4, Z1 - 0.2)], [(2.4, Z1 - 0.2), (X - 0.2, Z1 - 0.2)],
        [(-X + 0.2, Z0 - 2.2), (-X + 0.2, PATH[0] - 0.1)],
        [(-X + 0.2, PATH[1] + 0.1), (-X + 0.2, Z1 - 0.2)],
        [(X - 0.2, Z0 - 2.2), (X - 0.2, Z1 - 0.2)],
        [(-13.0, PATH[0]), (-X + 0.2, PATH[0])], [(-13.0, PATH[1]), (-X + 0.2, PATH[1])],
    )  # fmt: skip
    for i, path in enumerate(rails):
        made.add("masonry", balustrade(path, h, 1.55, 20 + i))
    for side in (-1, 1):
        rail = balustrade([(side * 3.6, -7.9), (side * 7.9, -7.9)], h, 1.5, 40)
        made.add("masonry", rail.moved((0.0, LANDING, 0.0)))


def _cheek(side: int) -> list[Mesh]:
    """Return the sloping cheek of the stairs and its end post."""
    x, half = side * 3.4, 0.2
    s = np.linspace(0, 1, 9)
    z, y = Z0 + 0.25 - 2.8 * s, 0.4 + LANDING * s
    run = 1.2 * s

    def strip(first: tuple[float, Floats], second: tuple[float, Floats], wide: float) -> Mesh:
        rows = [np.stack([np.full(9, x + dx), level, z], -1) for dx, level in (first, second)]
        uv = [np.stack([run, np.full(9, v)], -1) for v in (0.0, wide)]
        return grid_mesh(np.stack(rows), np.stack(uv))

    return [
        strip((-half, y), (half, y), 0.24),
        strip((half, y), (half, 0 * y - 0.1), 0.5),
        strip((-half, 0 * y - 0.1), (-half, y), 0.5),
        bevel_box((x, 0.35, Z0 + 0.3), (0.46, 0.7, 0.46), 0.03, 3),
    ]


def add_gate(made: Builder) -> None:
    """Add the 牌楼: four columns, painted beams, bracket rows, three roofs, the sign."""
    z = GATE_Z
    for x, radius, height in (
        (-2.05, 0.26, 6.3),
        (2.05, 0.26, 6.3),
        (-4.9, 0.22, 4.7),
        (4.9, 0.22, 4.7),
    ):
        made.add("lacquer", column((x, LANDING, z), radius, height, 16))
        made.add("masonry", column_base((x, LANDING, z), radius * 1.15))
        made.add("masonry", bevel_box((x, LANDING + 0.3, z), (0.42, 0.6, 1.5), 0.06, 3))
        for dz in (-0.9, 0.9):
            made.add(
                "masonry",
                lathe(
                    [(0.24, 0.0), (0.27, 0.1), (0.2, 0.3), (0.23, 0.42), (0.0, 0.5)],
                    10,
                    (0.0, 0.02, 0.6, 0.11),
                ).moved((x, LANDING, z + dz)),
            )
    _bay(made, 0.0, 4.1, 5.0, 1.25)
    for side in (-1, 1):
        _bay(made, side * 3.48, 2.85, 3.7, 0.85)
    board = panel((0.0, 0.0, 0.1), 2.3, 0.92)
    back = bevel_box((0.0, 0.0, 0.02), (2.44, 1.06, 0.12), 0.04, 4)
    made.add("sign", board.moved((0.0, LANDING + 5.62, z + 0.36), pitch=0.14))
    made.add("ridge", back.moved((0.0, LANDING + 5.62, z + 0.36), pitch=0.14))
    _roof(made, (0.0, LANDING + 6.95, z), 6.2, 2.6, 1.15, 0.55)
    for side in (-1, 1):
        _roof(made, (side * 3.95, LANDING + 5.1, z), 3.7, 2.2, 0.85, 0.45)
    for x in (-1.15, 1.15):
        for slot, mesh in placed(
            lanterns.round_lantern(0.33, 0.55), (x, LANDING + 3.85, z)
        ).items():
            made.add({"glow": "lantern", "paint": "props"}[slot], mesh)


def _bay(made: Builder, x: float, width: float, height: float, spare: float) -> None:
    """Add one bay's beams, openwork and bracket row; ``height`` of its lower beam."""
    y, z = LANDING + height, GATE_Z
    made.add("beams", bevel_box((x, y, z), (width, 0.34, 0.26), 0.03, 1))
    made.add("beams", bevel_box((x, y + spare, z), (width + 0.5, 0.36, 0.3), 0.03, 2))
    made.add(
        "ridge",
        lattice(width - 0.3, spare - 0.36, "steps", 0.035, 0.05).moved((x, y + spare / 2, z)),
    )
    for side in (-1, 1):
        for i, (reach, drop) in enumerate(((0.8, 0.13), (0.55, 0.13), (0.3, 0.14))):
            made.add(
                "beams",
                box(
                    (x + side * (width / 2 - reach / 2 - 0.2), y - 0.24 - 0.13 * i, z),
                    (reach, drop, 0.12),
                    i,
                ),
            )
    count = max(round(width / 0.62), 2)
    for i in range(count + 1):
        at = (x + (width + 0.2) * (i / count - 0.5), y + spare + 0.18, z)
        made.add("beams", bracket(at, 0.6, seed=i))
    made.add("beams", box((x, y + spare + 0.62, z), (width + 0.9, 0.16, 1.0), 5))


def _roof(
    made: Builder,
    at: tuple[float, float, float],
    width: float,
    depth: float,
    rise: float,
    uplift: float,
) -> None:
    """Add a tiled roof with its eaves at the height of ``at``."""
    body = roof(width, depth, rise, width - depth * 0.75, uplift)
    made.add("tiles", body.tiles.moved(at))
    made.add("ridge", body.ridge.moved(at))
    made.add("beams", body.under.moved(at))


def add_hall(made: Builder) -> None:
    """Add the two-storey hall that closes the view at the top of the far stairs."""
    base, z = 7.4, -31.0
    made.add("masonry", box((0.0, base - 1.0, z), (22.0, 3.0, 12.0), 1, "xXYZ"))
    for level, (width, y, height) in enumerate(
        ((14.0, base + 0.5, 4.2), (10.0, base + 6.6, 2.6))
    ):
        made.add("plaster", box((0.0, y + height / 2, z), (width, height, 6.5), 2, "xXZ"))
        for i in range(6):
            x = (i / 5 - 0.5) * (width - 0.3)
            made.add("lacquer", column((x, y, z + 3.4), 0.24, height, 8))
        made.add("beams", box((0.0, y + height - 0.2, z + 3.4), (width + 0.6, 0.5, 0.5), 3))
        _roof(made, (0.0, y + height, z), width + 5.0, 11.0 - 2 * level, 2.6, 1.3)
    for x in (-2.7, 0.0, 2.7):
        made.add("ridge", box((x, base + 2.2, z + 3.28), (1.9, 3.2, 0.1), 4, "Z"))


def add_fittings(made: Builder) -> None:
    """Add stone lanterns, the incense burner and the banners."""
    slots = {"stone": "masonry", "glow": "lantern"}
    for x, z, h in (
        (-4.5, -4.7, 1.9),
        (4.5, -4.7, 1.9),
        (-5.6, 3.4, 1.7),
        (5.6, 3.4, 1.7),
        (-6.1, 7.7, 1.6),
        (6.1, 7.7, 1.6),
    ):
        for slot, mesh in placed(lanterns.stone_lantern(h), (x, 0.0, z), 0.0).items():
            made.add(slots[slot], mesh)
        made.add("shadow", decals.blob((x, 0.0, z), 1.5, 1.5))
    at = (4.6, 0.0, 0.0)
    bronze = swatch("slate")
    legs = [
        tube(
            [
                (0.32 * np.sin(a), 0.0, 0.32 * np.cos(a)),
                (0.4 * np.sin(a), 0.25, 0.4 * np.cos(a)),
                (0.34 * np.sin(a), 0.5, 0.34 * np.cos(a)),
            ],
            0.06,
            6,
            bronze,
        )
        for a in (0.5, 2.6, 4.7)
    ]
    bowl = lathe(
        [
            (0.12, 0.42),
            (0.42, 0.5),
            (0.52, 0.72),
            (0.46, 0.95),
            (0.56, 1.0),
            (0.52, 1.04),
            (0.4, 0.98),
            (0.0, 0.96),
        ],
        16,
        bronze,
    )
    ears = [
        tube(
            [
                (s * 0.5, 0.95, -0.1),
                (s * 0.62, 1.25, -0.08),
                (s * 0.62, 1.25, 0.08),
                (s * 0.5, 0.95, 0.1),
            ],
            0.045,
            6,
            bronze,
        )
        for s in (-1, 1)
    ]
    made.add("props", *(m.moved(at) for m in (*legs, bowl, *ears)))
    made.add("masonry", bevel_box((at[0], 0.06, at[2]), (1.3, 0.12, 1.3), 0.02, 7))
    made.add("shadow", decals.blob(at, 2.2, 2.2))
    for side in (-1, 1):
        x, z = side * 5.75, -4.9
        made.add("props", tube([(x, 0, z), (x, 2.6, z), (x, 5.2, z)], 0.05, 8, swatch("clay")))
        made.add(
            "props",
            tube(
                [(x - 0.05 * side, 5.0, z), (x - 0.5 * side, 5.0, z), (x - 1.0 * side, 5.0, z)],
                0.025,
                6,
                swatch("brass"),
            ),
        )
        s, t = np.meshgrid(np.linspace(0, 1, 13), np.linspace(0, 1, 4), indexing="ij")
        points = np.stack(
            [
                x - side * (0.14 + 0.8 * (t if side < 0 else 1 - t)),
                4.95 - 2.7 * s,
                z + 0.10 * s * np.sin(3.2 * s + 1.5 * t + side),
            ],
            -1,
        )
        made.add("banner", grid_mesh(points, np.stack([t, s], -1)))
        made.add("masonry", bevel_box((x, 0.2, z), (0.6, 0.4, 0.6), 0.04, 9))


def add_soft_shadows(made: Builder) -> None:
    """Add the contact shadows along walls, stairs and under the gate."""
    e = decals.LIFT
    for side in (-1, 1):
        x = side * (X - 0.3)
        made.add("shadow", decals.edge_fade((x, e, Z0), (x, e, Z1), (-side * 1.1, 0, 0)))
        made.add(
            "shadow",
            decals.edge_fade(
                (side * 3.6, e, Z0 - 2.35), (side * 7.9, e, Z0 - 2.35), (0, 0, 1.0)
            ),
        )
        for x in (2.05, 4.9):
            made.add("shadow", decals.blob((side * x, LANDING, GATE_Z), 1.8, 2.8))
    made.add("shadow", decals.edge_fade((-3.2, e, Z0), (3.2, e, Z0), (0, 0, 0.7)))
    made.add(
        "shadow",
        decals.edge_fade((-X, e, Z1 - 0.3), (-2.4, e, Z1 - 0.3), (0, 0, -1.0)),
        decals.edge_fade((2.4, e, Z1 - 0.3), (X, e, Z1 - 0.3), (0, 0, -1.0)),
    )
