"""Marks, cameras, walk area and lights of the teahouse."""

from __future__ import annotations

from math import pi
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyberdirector.backlot.kit.noise import linear
from cyberdirector.backlot.places.teahouse_shell import CEILING, DOOR, X0, X1, Z0, Z1
from cyberdirector.backlot.places.teahouse_things import COUNTER, HANGING, TABLES
from cyberdirector.backlot.props.furniture import BENCH_HEIGHT, TABLE_HEIGHT
from cyberdirector.core.scene import Camera, LightRig, Mark, PointLight

_DOOR_X = (DOOR[0] + DOOR[1]) / 2


def marks() -> dict[str, Mark]:
    """Return the marks: a–b and c–d stand, e–f sit across the first table."""
    tx, tz = TABLES[0]
    ux, uz = TABLES[1]
    made = [
        Mark("a", (-0.62, 0.0, 0.2), pi / 2, zh="中间左"),
        Mark("b", (0.62, 0.0, 0.2), -pi / 2, zh="中间右"),
        Mark("c", (-0.72, 0.0, -1.15), 0.55, zh="后左"),
        Mark("d", (0.72, 0.0, -1.15), -0.55, zh="后右"),
        Mark("e", (tx - 0.70, 0.0, tz), pi / 2, "seat", BENCH_HEIGHT, "桌左座"),
        Mark("f", (tx + 0.70, 0.0, tz), -pi / 2, "seat", BENCH_HEIGHT, "桌右座"),
        Mark("seat_1", (tx, 0.0, tz - 0.70), 0.0, "seat", BENCH_HEIGHT, "桌里座"),
        Mark("seat_2", (ux - 0.70, 0.0, uz), pi / 2, "seat", BENCH_HEIGHT, "左桌左座"),
        Mark("seat_3", (ux + 0.70, 0.0, uz), -pi / 2, "seat", BENCH_HEIGHT, "左桌右座"),
        Mark("door", (_DOOR_X, 0.0, Z0 + 0.75), 0.0, "door", zh="门口"),
        Mark("off", (_DOOR_X + 3.0, 0.0, Z0 - 1.6), -pi / 2, "off", zh="画外"),
        Mark("keeper", (COUNTER[0], 0.0, COUNTER[2] - 0.65), 0.0, zh="柜台后"),
        Mark("counter", (COUNTER[0], 1.05, COUNTER[2] + 0.3), 0.0, "prop", zh="柜台"),
        Mark("table", (tx, TABLE_HEIGHT, tz), 0.0, "prop", zh="桌"),
        Mark("window", (X1 - 0.1, 1.7, 0.1), -pi / 2, "prop", zh="窗"),
        Mark("street", (_DOOR_X, 1.6, Z0 - 2.0), 0.0, "prop", zh="门外"),
    ]
    return {mark.name: mark for mark in made}


def cameras() -> dict[str, Camera]:
    """Return the named cameras."""
    tx, tz = TABLES[0]
    return {
        "establish": Camera((0.15, 1.72, 6.1), (0.1, 1.82, -1.0), 0.80),
        "wide": Camera((-3.0, 2.3, 5.6), (0.7, 1.45, -2.2), 0.85),
        "corner": Camera((2.7, 2.75, 4.7), (-1.2, 1.1, -2.4), 0.8),
        "door": Camera((0.4, 1.6, -0.6), (_DOOR_X, 1.55, Z0), 0.62),
        "counter": Camera((-0.6, 1.55, -1.5), (COUNTER[0], 1.5, COUNTER[2] - 0.6), 0.62),
        "table": Camera((tx - 0.2, 1.5, tz + 3.0), (tx, 1.0, tz), 0.6),
        "window": Camera((2.0, 1.6, 0.6), (X1, 1.7, 0.1), 0.6),
    }


def walk_area() -> NDArray[np.float32]:
    """Return the free floor between tables, counter and door, (n, 2) metres."""
    d0, d1 = DOOR[0] + 0.25, DOOR[1] - 0.25
    points = [
        (-1.7, 4.8), (1.9, 4.8), (2.4, 0.1), (1.75, -0.5), (1.75, -2.9), (d1, -3.6), (d1, -8.0),
        (d0, -8.0), (d0, -4.0), (0.3, -3.7), (-3.2, -3.7), (-3.2, -2.3), (-1.9, -2.0),
        (-1.9, 0.2), (-2.4, 1.4),
    ]  # fmt: skip
    return np.array(points, dtype=np.float32)


def _lanterns(strength: float, flicker: float = 0.12) -> tuple[PointLight, ...]:
    """Return the warm lights of the room at a strength (1 at night)."""
    amber = linear("#ffc08a")
    deep = linear("#ffae6a")
    red = linear("#ff5a36")

    def lit(color: tuple[float, float, float], gain: float) -> tuple[float, float, float]:
        return (
            color[0] * gain * strength,
            color[1] * gain * strength,
            color[2] * gain * strength,
        )

    made = [
        PointLight((x, y - 0.1, z), lit(amber, gain), 6.2, flicker * 0.4)
        for (x, y, z), gain in zip(HANGING, (2.1, 2.1, 1.3, 1.3, 1.5, 1.4), strict=True)
    ]
    made.append(
        PointLight(
            (COUNTER[0] + 0.45, 1.32, COUNTER[2] - 0.08), lit(amber, 2.2), 5.0, flicker * 0.4
        )
    )
    tx, tz = TABLES[0]
    ux, uz = TABLES[1]
    made.append(PointLight((tx + 0.3, 1.06, tz - 0.28), lit(deep, 1.5), 3.0, flicker))
    made.append(PointLight((ux + 0.3, 1.06, uz - 0.28), lit(deep, 1.5), 3.0, flicker))
    made.append(PointLight((_DOOR_X, 2.5, Z0 - 1.3), lit(red, 1.6), 4.5, flicker * 0.5))
    return tuple(made)


def lights() -> dict[str, LightRig]:
    """Return the presets ``day``, ``dawn``, ``dusk``, ``night`` and ``rain``."""
    day = LightRig(
        "day",
        (0.55, 0.75, 0.6),
        (1.15, 1.06, 0.90),
        ((0.80, 0.78, 0.74), (0.62, 0.54, 0.46)),
        sky=(linear("#6fa6dc"), linear("#dcebf2")),
        fog_color=linear("#e2e4d8"),
        fog_density=0.003,
        points=_lanterns(0.22),
        grade=(0.05, 1.03, 1.02, 0.12),
        bloom=0.2,
        glow=(
            ("lantern", 0.45),
            ("street_glow", 0.0),
            ("wet_glow", 0.0),
            ("paper", 4.2),
            ("flame", 0.9),
        ),
        lut="day",
        shafts=0.25,
    )
    dawn = LightRig(
        "dawn",
        (0.75, 0.45, 0.55),
        (1.20, 0.92, 0.70),
        ((0.56, 0.56, 0.64), (0.44, 0.37, 0.34)),
        sky=(linear("#7fa2d0"), linear("#ffdcc0")),
        fog_color=linear("#f0d8c8"),
        fog_density=0.004,
        points=_lanterns(0.4),
        grade=(0.03, 1.04, 1.04, 0.1),
        bloom=0.25,
        glow=(("lantern", 0.6), ("street_glow", 0.1), ("wet_glow", 0.1), ("paper", 3.4)),
        lut="morning",
        shafts=0.25,
    )
    dusk = LightRig(
        "dusk",
        (-0.8, 0.35, 0.45),
        (1.0, 0.66, 0.44),
        ((0.46, 0.40, 0.48), (0.36, 0.27, 0.26)),
        sky=(linear("#4c5a94"), linear("#ffb27a")),
        fog_color=linear("#e8a884"),
        fog_density=0.004,
        points=_lanterns(0.5),
        grade=(0.0, 1.04, 1.04, 0.16),
        bloom=0.32,
        glow=(("lantern", 0.85), ("street_glow", 0.7), ("wet_glow", 0.7), ("paper", 3.0)),
        lut="dusk",
        shafts=0.12,
    )
    night = LightRig(
        "night",
        (0.45, 0.75, 0.55),
        (0.34, 0.30, 0.36),
        ((0.19, 0.19, 0.29), (0.20, 0.14, 0.11)),
        sky=(linear("#0b1230"), linear("#24365f")),
        fog_color=linear("#16233f"),
        fog_density=0.006,
        points=_lanterns(1.0),
        grade=(0.1, 1.06, 1.08, 0.12),
        bloom=0.5,
        glow=(("street_glow", 1.0), ("wet_glow", 1.0), ("paper", 0.7)),
    )
    rain = LightRig(
        "rain",
        (0.45, 0.75, 0.55),
        (0.30, 0.29, 0.37),
        ((0.22, 0.26, 0.42), (0.20, 0.17, 0.19)),
        sky=(linear("#101b36"), linear("#33507c")),
        fog_color=linear("#2a4a80"),
        fog_density=0.012,
        points=_lanterns(1.0, 0.16),
        weather="rain",
        grade=(0.1, 1.06, 1.04, 0.0),
        bloom=0.55,
        glow=(("street_glow", 0.85), ("wet_glow", 0.85), ("paper", 0.6)),
        lut="cold",
    )
    return {rig.name: rig for rig in (day, dawn, dusk, night, rain)}


def extras() -> dict[str, Any]:
    """Return shelters (boxes without rain), ambience tags and titles."""
    return {
        "shelters": [[X0, -0.2, Z0 - 1.7, X1, CEILING + 0.5, Z1]],
        "ambience": ["teahouse", "room"],
        "title": {"zh": "云来茶馆", "en": "Yunlai Teahouse"},
        "indoor": True,
        "era": "ancient",
    }
