"""Marks, cameras, walk area and lights of the office."""

from __future__ import annotations

from math import pi
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyberdirector.backlot.kit.noise import linear
from cyberdirector.backlot.places.office_shell import CEILING, DOOR, LAMPS, Z0, Z1, X
from cyberdirector.backlot.places.office_things import DESKS, MEETING
from cyberdirector.backlot.props.office import CHAIR_HEIGHT
from cyberdirector.core.scene import Camera, LightRig, Mark, PointLight

_DOOR_X = (DOOR[0] + DOOR[1]) / 2


def marks() -> dict[str, Mark]:
    """Return the marks: a–b and c–d stand, e–f sit across the meeting table."""
    mx, mz = MEETING
    made = [
        Mark("a", (-0.62, 0.0, 0.2), pi / 2, zh="中间左"),
        Mark("b", (0.62, 0.0, 0.2), -pi / 2, zh="中间右"),
        Mark("c", (-0.75, 0.0, -1.2), 0.55, zh="后左"),
        Mark("d", (0.75, 0.0, -1.2), -0.55, zh="后右"),
        Mark("e", (mx - 0.78, 0.0, mz), pi / 2, "seat", CHAIR_HEIGHT, "会议桌左座"),
        Mark("f", (mx + 0.78, 0.0, mz), -pi / 2, "seat", CHAIR_HEIGHT, "会议桌右座"),
        Mark(
            "seat_1", (mx - 0.78, 0.0, mz + 0.8), pi / 2, "seat", CHAIR_HEIGHT, "会议桌左前座"
        ),
        Mark(
            "seat_2", (mx + 0.78, 0.0, mz + 0.8), -pi / 2, "seat", CHAIR_HEIGHT, "会议桌右前座"
        ),
        Mark(
            "desk_1", (DESKS[2][0], 0.0, DESKS[2][1] - 0.72), 0.0, "seat", CHAIR_HEIGHT, "工位"
        ),
        Mark("door", (_DOOR_X, 0.0, Z1 - 0.8), pi, "door", zh="门口"),
        Mark("off", (_DOOR_X, 0.0, Z1 + 1.4), pi, "off", zh="画外"),
        Mark("window", (0.0, 1.6, Z0), 0.0, "prop", zh="窗"),
        Mark("at_window", (-0.2, 0.0, Z0 + 0.95), pi, zh="窗前"),
        Mark("whiteboard", (-X + 0.1, 1.55, -2.9), pi / 2, "prop", zh="白板"),
        Mark("desk", (DESKS[2][0], 0.74, DESKS[2][1]), 0.0, "prop", zh="办公桌"),
        Mark("table", (mx, 0.74, mz), 0.0, "prop", zh="会议桌"),
    ]
    return {mark.name: mark for mark in made}


def cameras() -> dict[str, Camera]:
    """Return the named cameras."""
    mx, mz = MEETING
    return {
        "establish": Camera((0.1, 1.55, 5.9), (0.0, 1.45, -1.0), 0.78),
        "wide": Camera((-3.6, 2.0, 4.8), (0.9, 1.25, -2.2), 0.85),
        "corner": Camera((6.2, 2.5, 5.6), (-1.0, 1.1, -2.0), 0.85),
        "window": Camera((1.6, 1.6, -1.6), (-0.4, 1.6, Z0), 0.7),
        "meeting": Camera((mx + 2.6, 1.6, mz + 2.4), (mx, 0.95, mz), 0.62),
        "door": Camera((1.0, 1.6, 2.2), (_DOOR_X, 1.5, Z1), 0.62),
    }


def walk_area() -> NDArray[np.float32]:
    """Return the free floor, (n, 2) metres."""
    points = [
        (-2.6, 3.4), (-0.2, 3.4), (-0.2, 5.4), (_DOOR_X - 0.5, 5.4), (_DOOR_X - 0.5, Z1 + 1.8),
        (_DOOR_X + 0.5, Z1 + 1.8), (_DOOR_X + 0.5, 5.0), (4.0, 4.6), (4.0, 0.2), (2.5, -0.6),
        (2.5, -3.2), (-0.1, -3.6), (-0.1, -4.8), (-1.5, -4.8), (-2.4, -4.0), (-2.4, 0.0),
        (-5.6, 0.2), (-5.6, 3.0),
    ]  # fmt: skip
    return np.array(points, dtype=np.float32)


def _lamps(strength: float, color: str = "#fff2dc") -> tuple[PointLight, ...]:
    """Return the ceiling panels near the middle and the lamp over the meeting table."""
    white, warm = linear(color), linear("#ffc27a")

    def lit(tint: tuple[float, float, float], gain: float) -> tuple[float, float, float]:
        return (tint[0] * gain * strength, tint[1] * gain * strength, tint[2] * gain * strength)

    spots = [(x, z) for x in LAMPS[1:3] for z in (-2.6, 0.4, 3.2)] + [
        (LAMPS[0], 0.0),
        (LAMPS[3], 0.0),
    ]
    made = [PointLight((x, CEILING - 0.1, z), lit(white, 0.62), 5.6) for x, z in spots]
    made.append(PointLight((MEETING[0], 2.1, MEETING[1]), lit(warm, 1.1), 3.6))
    made.append(PointLight((-3.1, 1.6, Z1 - 0.6), lit(warm, 0.9), 3.2))
    return tuple(made)


def lights() -> dict[str, LightRig]:
    """Return the presets ``day``, ``dawn``, ``dusk``, ``night`` and ``rain``."""
    day = LightRig(
        "day",
        (0.40, 0.62, -0.50),
        (1.02, 0.98, 0.90),
        ((0.84, 0.88, 0.94), (0.74, 0.75, 0.78)),
        sky=(linear("#4f9ade"), linear("#d6ecf8")),
        fog_color=linear("#d4e6f2"),
        fog_density=0.006,
        points=_lamps(0.12),
        grade=(0.0, 1.03, 1.04, 0.02),
        bloom=0.15,
        glow=(("city_glow", 0.0), ("lamp", 0.85), ("warm_lamp", 0.7), ("screen", 0.85)),
        lut="day",
    )
    dawn = LightRig(
        "dawn",
        (0.6, 0.4, -0.5),
        (1.05, 0.80, 0.62),
        ((0.70, 0.70, 0.80), (0.60, 0.54, 0.56)),
        sky=(linear("#6c9ad2"), linear("#ffdcc2")),
        fog_color=linear("#f2d6c8"),
        fog_density=0.006,
        points=_lamps(0.2, "#ffe8cc"),
        grade=(0.0, 1.03, 1.04, 0.08),
        bloom=0.25,
        glow=(("city_glow", 0.25), ("lamp", 0.9)),
        lut="morning",
        shafts=0.2,
    )
    dusk = LightRig(
        "dusk",
        (-0.6, 0.36, -0.55),
        (1.12, 0.76, 0.54),
        ((0.50, 0.44, 0.54), (0.44, 0.33, 0.34)),
        sky=(linear("#4a4f92"), linear("#ffae80")),
        fog_color=linear("#eaa58c"),
        fog_density=0.006,
        points=_lamps(0.35, "#ffe2bc"),
        grade=(0.0, 1.05, 1.08, 0.2),
        bloom=0.35,
        glow=(("city_glow", 0.7), ("lamp", 0.9)),
        lut="dusk",
        shafts=0.25,
    )
    night = LightRig(
        "night",
        (0.4, 0.8, 0.5),
        (0.40, 0.42, 0.50),
        ((0.24, 0.26, 0.36), (0.24, 0.24, 0.30)),
        sky=(linear("#0a1230"), linear("#33406e")),
        fog_color=linear("#1e2a50"),
        fog_density=0.006,
        points=_lamps(0.8, "#fff0da"),
        grade=(0.05, 1.05, 1.05, 0.0),
        bloom=0.4,
        glow=(("city_glow", 1.0), ("lamp", 0.95)),
        lut="night",
    )
    rain = LightRig(
        "rain",
        (0.3, 0.85, 0.45),
        (0.42, 0.45, 0.50),
        ((0.50, 0.55, 0.62), (0.42, 0.45, 0.50)),
        sky=(linear("#5c6c80"), linear("#9fb0be")),
        fog_color=linear("#93a4b2"),
        fog_density=0.014,
        points=_lamps(0.6),
        weather="rain",
        grade=(0.0, 1.03, 0.92, -0.08),
        bloom=0.25,
        glow=(("city_glow", 0.6), ("lamp", 0.95)),
        lut="cold",
    )
    return {rig.name: rig for rig in (day, dawn, dusk, night, rain)}


def extras() -> dict[str, Any]:
    """Return shelters (boxes without rain), ambience tags and titles."""
    return {
        "shelters": [[-X, -0.2, Z0 - 0.1, X, CEILING + 0.5, Z1 + 3.0]],
        "ambience": ["office", "room"],
        "title": {"zh": "现代办公室", "en": "Office over the city"},
        "indoor": True,
        "era": "modern",
    }
