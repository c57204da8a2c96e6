"""What falls or floats through the air: rain, snow, petals, leaves, ash, fireflies, dust.

A particle is a point of an endless lattice around the camera, moved by time alone, so any
frame can be drawn without those before it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

import numpy as np

from cyberdirector.core.model import Color3
from cyberdirector.render.lights import SHELTERS
from cyberdirector.render.shaders import UNIT

Form = Literal["STREAK", "FLAKE", "LEAF", "SPARK"]
"""Permutation of ``pass/weather``: lines, soft discs, turning leaves, points that shine."""


@dataclass(frozen=True)
class Drift:
    """One kind of particles.

    Attributes
    ----------
    form
        How one is drawn.
    count
        Particles in the box.
    box
        Size of the lattice around the camera, metres.
    fall
        Velocity, metres per second, world space.
    sway
        Width (metres) and rate (radians per second) of the way to and fro.
    size
        Half width of the smallest and the largest, metres.
    length
        Half length over half width.
    spin
        Turns of a leaf, radians per second.
    colors
        Three linear colours; each particle takes one or a mixture of two.
    opacity
        0..1.
    shape
        For leaves: 0 petal, 1 maple leaf, 2 narrow leaf.
    """

    form: Form
    count: int
    box: tuple[float, float, float] = (14.0, 9.0, 14.0)
    fall: tuple[float, float, float] = (0.0, 0.0, 0.0)
    sway: tuple[float, float] = (0.0, 0.0)
    size: tuple[float, float] = (0.01, 0.02)
    length: float = 1.0
    spin: float = 0.0
    colors: tuple[Color3, Color3, Color3] = ((0.85,) * 3, (0.85,) * 3, (0.85,) * 3)
    opacity: float = 1.0
    shape: float = 0.0


DRIFTS: Mapping[str, Drift] = MappingProxyType(
    {
        "rain": Drift(
            "STREAK", 2600, fall=(0.9, -9.5, 0.35), size=(0.0042, 0.0042), length=62.0,
            opacity=0.46,
        ),
        "snow": Drift(
            "FLAKE", 5200, (12.0, 7.0, 12.0), (0.25, -0.95, 0.1), (0.2, 1.3),
            (0.006, 0.017), colors=((0.9, 0.93, 1.0),) * 3, opacity=0.95,
        ),
        "petals": Drift(
            "LEAF", 1500, (12.0, 6.0, 12.0), (0.42, -0.55, 0.22), (0.30, 1.1),
            (0.014, 0.026), 1.25, 2.6,
            ((0.98, 0.62, 0.70), (1.0, 0.80, 0.84), (0.92, 0.42, 0.54)),
        ),
        "leaves": Drift(
            "LEAF", 620, (12.0, 6.0, 12.0), (0.55, -0.75, 0.2), (0.42, 0.9),
            (0.030, 0.052), 1.0, 2.1,
            ((0.72, 0.14, 0.03), (0.85, 0.36, 0.05), (0.62, 0.07, 0.04)), shape=1.0,
        ),
        "bamboo": Drift(
            "LEAF", 620, (12.0, 6.0, 12.0), (0.35, -0.70, 0.15), (0.30, 1.0),
            (0.010, 0.016), 5.0, 3.0,
            ((0.30, 0.42, 0.10), (0.46, 0.50, 0.14), (0.20, 0.32, 0.09)), shape=2.0,
        ),
        "ash": Drift(
            "FLAKE", 2600, (12.0, 7.0, 12.0), (0.25, -0.35, 0.1), (0.35, 0.8),
            (0.003, 0.010), colors=((0.10, 0.10, 0.11), (0.22, 0.21, 0.21), (0.05, 0.05, 0.05)),
            opacity=0.8,
        ),
        "embers": Drift(
            "SPARK", 1100, (10.0, 6.0, 10.0), (0.35, 0.85, 0.1), (0.40, 1.7),
            (0.003, 0.007), 1.0, 5.0,
            ((1.5, 0.42, 0.08), (1.5, 0.75, 0.20), (1.2, 0.22, 0.05)),
        ),
        "fireflies": Drift(
            "SPARK", 420, (12.0, 3.2, 12.0), (0.04, 0.03, 0.02), (0.70, 0.45),
            (0.014, 0.022), 1.0, 1.3,
            ((0.75, 1.30, 0.25), (1.0, 1.35, 0.30), (0.60, 1.10, 0.35)),
        ),
        "dust": Drift(
            "SPARK", 1600, (8.0, 4.0, 8.0), (0.05, -0.02, 0.03), (0.25, 0.30),
            (0.0025, 0.005), 1.0, 0.6, ((0.55, 0.50, 0.40),) * 3, opacity=0.6,
        ),
    }
)  # fmt: skip
"""Kinds by the names that ``LightRig.weather`` takes (``mist`` has no particles)."""


@dataclass(frozen=True)
class Over:
    """What particles need that are drawn on a finished picture.

    Attributes
    ----------
    distance
        Texture of distances, half the size.
    height
        Of the picture, pixels.
    grade
        Exposure (factor), contrast, saturation, warmth.
    """

    distance: Any
    height: int
    grade: tuple[float, float, float, float]


def set_over(program: Any, over: Over) -> None:
    """Write the uniforms of the permutation ``OVER`` of ``pass/weather``."""
    over.distance.use(UNIT["distance_map"])
    program["height"].value = float(over.height)
    program["grade"].value = over.grade


_WIDE = 0.95
"""Field of view (radians) for which the boxes are meant."""

DRAFT_SHARE = 0.4
"""Share of the particles that a draft has."""


def particle_count(drift: Drift, dense: bool) -> int:
    """Return how many particles are drawn."""
    return drift.count if dense else max(int(drift.count * DRAFT_SHARE), 1)


def box_share(drift: Drift, fov: float) -> float:
    """Return the factor on the box for a field of view (vertical, radians).

    Narrow views see little of a large box. Steps of √2 keep the lattice in place while a
    camera zooms a little; rain is dense enough everywhere.
    """
    if drift.form == "STREAK":
        return 1.0
    wide = float(np.tan(fov / 2.0) / np.tan(_WIDE / 2.0))
    return float(np.clip(2.0 ** (np.round(2.0 * np.log2(wide)) / 2.0), 0.35, 1.0))


def drift_values(drift: Drift, fov: float) -> dict[str, tuple[float, ...]]:
    """Return the uniforms of ``pass/weather`` by name for a field of view (radians)."""
    share = box_share(drift, fov)
    return {
        "box": (*(side * share for side in drift.box), drift.opacity),
        "fall": (*drift.fall, drift.spin),
        "sway": (*drift.sway, drift.length, drift.shape),
        "size": drift.size,
    }


HEADS = 4
"""Faces that leaves keep clear of (``pass/weather``): the nearest."""


def set_weather(
    program: Any,
    drift: Drift,
    shelters: Sequence[tuple[float, ...]],
    fov: float,
    heads: Sequence[tuple[float, ...]] = (),
) -> None:
    """Write the uniforms of ``pass/weather``.

    Parameters
    ----------
    program
        Of the permutation ``drift.form``.
    drift
        What falls.
    shelters
        Boxes without particles (min xyz, max xyz), metres; at most ``SHELTERS`` count.
    fov
        Vertical field of view of the camera, radians.
    heads
        Spheres (x, y, z, radius), metres, nearest first, before which no leaf passes when
        they are large in the picture.
    """
    if "heads" in program:
        spheres = np.zeros((HEADS, 4), np.float32)
        spheres[: min(len(heads), HEADS)] = np.reshape(heads[:HEADS], (-1, 4))
        program["heads"].write(spheres.tobytes())
    for name, value in drift_values(drift, fov).items():
        if name in program:
            program[name].value = value
    if "tints" in program:
        tints = np.ones((3, 4), np.float32)
        tints[:, :3] = drift.colors
        program["tints"].write(tints.tobytes())
    boxes = np.zeros((2, SHELTERS, 4), np.float32)
    for i, box in enumerate(shelters[:SHELTERS]):
        boxes[0, i, :3], boxes[1, i, :3] = box[:3], box[3:6]
    program["shelter_low"].write(boxes[0].tobytes())
    program["shelter_high"].write(boxes[1].tobytes())
