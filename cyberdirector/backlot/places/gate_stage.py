"""Marks, cameras, walk area and lights of the mountain gate."""

from __future__ import annotations

from math import pi
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyberdirector.backlot.kit.noise import linear
from cyberdirector.backlot.places.gate_building import GATE_Z, LANDING, PATH, Z1, X
from cyberdirector.core.scene import Camera, LightRig, Mark, PointLight

_PATH_Z = (PATH[0] + PATH[1]) / 2


def marks() -> dict[str, Mark]:
    """Return the marks: pairs a–b, c–d and e–f face each other along the stair axis."""
    made = [
        Mark("a", (-0.62, 0.0, 0.6), pi / 2, zh="中间左"),
        Mark("b", (0.62, 0.0, 0.6), -pi / 2, zh="中间右"),
        Mark("c", (-0.75, 0.0, -0.75), 0.55, zh="后左"),
        Mark("d", (0.75, 0.0, -0.75), -0.55, zh="后右"),
        Mark("e", (-0.65, 0.0, -3.3), pi / 2, zh="阶前左"),
        Mark("f", (0.65, 0.0, -3.3), -pi / 2, zh="阶前右"),
        Mark("g", (-5.3, 0.0, 1.2), -pi / 2, zh="栏边左"),
        Mark("h", (5.3, 0.0, 5.2), pi / 2, zh="栏边右"),
        Mark("door", (-X + 0.9, 0.0, _PATH_Z), pi / 2, "door", zh="桥口"),
        Mark("off", (-11.5, 0.0, _PATH_Z), pi / 2, "off", zh="画外"),
        Mark("gate", (0.0, LANDING + 2.6, GATE_Z), 0.0, "prop", zh="山门"),
        Mark("stairs", (0.0, LANDING, -8.4), 0.0, "stand", zh="石阶上"),
        Mark("burner", (4.6, 1.0, 0.0), -pi / 2, "prop", zh="香炉"),
        Mark("view", (0.0, 1.5, Z1 + 20.0), 0.0, "prop", zh="云海"),
        Mark("window", (X + 20.0, 2.0, 2.0), 0.0, "prop", zh="远山"),
    ]
    return {mark.name: mark for mark in made}


def cameras() -> dict[str, Camera]:
    """Return the named cameras."""
    return {
        "establish": Camera((0.25, 1.45, 7.4), (0.0, 2.35, -2.0), 0.84),
        "wide": Camera((-4.6, 2.6, 6.9), (0.9, 1.9, -4.0), 0.85),
        "corner": Camera((5.6, 3.4, 7.4), (-1.2, 1.4, -2.5), 0.85),
        "high": Camera((3.2, 6.5, 8.2), (-0.2, 0.6, -2.0), 0.8),
        "gate": Camera((0.0, 1.3, -1.6), (0.0, 4.3, GATE_Z), 0.85),
        "sea": Camera((0.6, 1.9, -3.0), (-0.4, 1.2, 8.0), 0.75),
        "door": Camera((-2.8, 1.6, 1.6), (-X, 1.4, _PATH_Z), 0.65),
    }


def walk_area() -> NDArray[np.float32]:
    """Return the terrace and the bridge, (n, 2) metres."""
    x = X - 0.6
    points = [
        (x, Z1 - 0.8), (x, 3.9), (5.0, 3.9), (5.0, 2.9), (x, 2.9), (x, 0.9), (3.8, 0.9),
        (3.8, -0.9), (x, -0.9), (x, -4.0), (4.0, -4.0), (3.4, -5.2), (-3.4, -5.2), (-4.0, -4.0),
        (-x, -4.0), (-x, PATH[0] + 0.25), (-12.8, PATH[0] + 0.25), (-12.8, PATH[1] - 0.25),
        (-x, PATH[1] - 0.25), (-x, 2.9), (-5.0, 2.9), (-5.0, 3.9), (-x, 3.9), (-x, Z1 - 0.8),
    ]  # fmt: skip
    return np.array(points, dtype=np.float32)


def _lanterns(strength: float) -> tuple[PointLight, ...]:
    """Return the lights of stone lanterns and the pair in the gate."""
    amber, red = linear("#ffb566"), linear("#ff7a48")

    def lit(color: tuple[float, float, float], gain: float) -> tuple[float, float, float]:
        return (
            color[0] * gain * strength,
            color[1] * gain * strength,
            color[2] * gain * strength,
        )

    spots = ((-4.5, 1.2, -4.7), (4.5, 1.2, -4.7), (-5.6, 1.1, 3.4), (5.6, 1.1, 3.4))
    made = [PointLight(at, lit(amber, 1.8), 5.0, 0.06) for at in spots]
    made += [
        PointLight((x, LANDING + 3.7, GATE_Z + 0.3), lit(red, 2.2), 6.0, 0.05)
        for x in (-1.15, 1.15)
    ]
    return tuple(made)


def lights() -> dict[str, LightRig]:
    """Return the presets ``day``, ``dawn``, ``dusk``, ``night`` and ``rain``."""
    day = LightRig(
        "day",
        (0.55, 0.72, 0.42),
        (1.50, 1.34, 1.06),
        ((0.46, 0.54, 0.70), (0.32, 0.34, 0.37)),
        sky=(linear("#3f86cf"), linear("#cfe6f4")),
        fog_color=linear("#cfe2f0"),
        fog_density=0.0045,
        grade=(0.0, 1.03, 1.08, 0.04),
        bloom=0.22,
        glow=(("lantern", 0.12),),
        lut="day",
    )
    dusk = LightRig(
        "dusk",
        (-0.75, 0.30, -0.42),
        (1.35, 0.70, 0.40),
        ((0.38, 0.31, 0.38), (0.27, 0.19, 0.19)),
        sky=(linear("#42508f"), linear("#ffb38a")),
        fog_color=linear("#f0ac90"),
        fog_density=0.0055,
        points=_lanterns(0.5),
        grade=(0.0, 1.05, 1.10, 0.22),
        bloom=0.4,
        glow=(("lantern", 0.8),),
        lut="dusk",
        shafts=0.12,
    )
    night = LightRig(
        "night",
        (0.45, 0.75, 0.35),
        (0.35, 0.385, 0.48),
        ((0.125, 0.14, 0.195), (0.07, 0.07, 0.09)),
        sky=(linear("#0c1530"), linear("#33476c")),
        fog_color=linear("#2a3f60"),
        fog_density=0.006,
        points=_lanterns(1.0),
        grade=(0.15, 1.05, 1.02, 0.0),
        bloom=0.5,
        lut="night",
    )
    dawn = LightRig(
        "dawn",
        (0.72, 0.50, 0.46),
        (1.75, 1.24, 0.90),
        ((0.46, 0.50, 0.70), (0.36, 0.31, 0.34)),
        sky=(linear("#5f8fcb"), linear("#ffd9b8")),
        fog_color=linear("#f6e0d6"),
        fog_density=0.006,
        points=_lanterns(0.25),
        grade=(0.02, 1.03, 1.06, 0.08),
        bloom=0.3,
        glow=(("lantern", 0.5),),
        lut="morning",
        shafts=0.12,
    )
    rain = LightRig(
        "rain",
        (0.25, 0.9, 0.35),
        (0.36, 0.40, 0.46),
        ((0.34, 0.39, 0.46), (0.20, 0.22, 0.25)),
        sky=(linear("#6d7f92"), linear("#aab8c2")),
        fog_color=linear("#a2b0bb"),
        fog_density=0.013,
        points=_lanterns(0.45),
        weather="rain",
        grade=(0.0, 1.02, 0.88, -0.08),
        bloom=0.25,
        glow=(("lantern", 0.7),),
        lut="cold",
    )
    return {rig.name: rig for rig in (day, dawn, dusk, night, rain)}


def extras() -> dict[str, Any]:
    """Return shelters (boxes without rain), ambience tags and titles."""
    return {
        "shelters": [[-3.2, LANDING, GATE_Z - 1.4, 3.2, LANDING + 8.0, GATE_Z + 1.4]],
        "ambience": ["mountain", "wind"],
        "title": {"zh": "青云门", "en": "Azure Cloud Gate"},
        "indoor": False,
        "era": "ancient",
    }
