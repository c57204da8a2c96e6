"""What the rasterizer is told about a place: sets, marks, cameras and lights."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.model import Color3, Material, MeshPart, Texture


@dataclass(frozen=True)
class Mark:
    """A place to be, in world metres; ``yaw`` in radians about +Y from +Z.

    ``kind`` is ``stand``, ``seat`` (with ``seat_height`` over the floor), ``door``,
    ``prop`` (something to look at or touch) or ``off`` (out of sight).
    """

    name: str
    position: tuple[float, float, float]
    yaw: float = 0.0
    kind: str = "stand"
    seat_height: float = 0.0
    zh: str = ""


@dataclass(frozen=True)
class Camera:
    """A perspective camera in world metres; ``fov`` is vertical, radians; roll radians.

    ``aperture`` is the f-number of the lens; 0 leaves it to the style (``cel`` keeps all
    sharp). ``focus`` is the distance in focus along the view, metres; 0 is the nearest face
    in the middle of the picture, else the target.
    """

    eye: tuple[float, float, float]
    target: tuple[float, float, float]
    fov: float = 0.6
    roll: float = 0.0
    near: float = 0.05
    far: float = 400.0
    focus: float = 0.0
    aperture: float = 0.0


@dataclass(frozen=True)
class PointLight:
    """A lantern, candle or lamp: linear colour × intensity, range in metres."""

    position: tuple[float, float, float]
    color: Color3
    range: float = 4.0
    flicker: float = 0.0


WEATHERS = (
    "",
    "rain",
    "snow",
    "mist",
    "petals",
    "leaves",
    "bamboo",
    "ash",
    "embers",
    "fireflies",
    "dust",
)
"""What can fill the air; ``bamboo`` are its leaves, ``dust`` are motes in the light."""


@dataclass(frozen=True)
class LightRig:
    """Light of one preset; colours are linear RGB, directions world space.

    ``key_direction`` points from the scene towards the light. ``sky`` are the colours of
    zenith and horizon, ``ambient`` those from above and below. ``fog_density`` per metre.
    ``grade`` = (exposure in stops, contrast, saturation, warmth -1..1).
    ``weather`` is one of :data:`WEATHERS`; rain and all that drifts falls only outside the
    boxes in ``Set.extras["shelters"]`` (lists of 6 numbers: min xyz, max xyz).
    ``lut`` names a table of colours (``memory``, ``night`` …, or a .cube file); empty leaves
    it to the style. ``shafts`` is the strength of light seen in the air, 0..1.
    """

    name: str
    key_direction: tuple[float, float, float] = (0.4, 0.8, 0.5)
    key_color: Color3 = (1.0, 0.97, 0.92)
    ambient: tuple[Color3, Color3] = ((0.42, 0.45, 0.52), (0.25, 0.22, 0.2))
    sky: tuple[Color3, Color3] = ((0.25, 0.45, 0.8), (0.75, 0.85, 0.95))
    fog_color: Color3 = (0.7, 0.78, 0.88)
    fog_density: float = 0.0
    points: tuple[PointLight, ...] = ()
    weather: str = ""
    grade: tuple[float, float, float, float] = (0.0, 1.0, 1.0, 0.0)
    bloom: float = 0.0
    glow: tuple[tuple[str, float], ...] = ()
    """(material name, factor on its emissive colour); materials not named keep 1."""
    lut: str = ""
    shafts: float = 0.0


@dataclass
class Set:
    """A place: static geometry in world space and all that a director needs to use it.

    Attributes
    ----------
    parts, materials, textures
        Static geometry, world metres, floor at y = 0, main axis so that the establishing
        camera looks towards -Z.
    marks
        Places by name. Every set has at least ``a`` … ``f`` (stand or seat), ``door``.
    cameras
        Named cameras; ``establish`` is required (works for 9:16 and 16:9).
    walk_area
        (n, 2) float32 polygon of x, z in metres where people can walk.
    lights
        Presets by name: ``day``, ``dusk``, ``night``, ``rain`` are required.
    extras
        Free data (shelters, ambience tags …) kept in ``extras.cyberdirector``.
    """

    name: str
    parts: list[MeshPart]
    materials: list[Material]
    textures: list[Texture] = field(default_factory=list)
    marks: dict[str, Mark] = field(default_factory=dict)
    cameras: dict[str, Camera] = field(default_factory=dict)
    walk_area: NDArray[np.float32] = field(
        default_factory=lambda: np.zeros((0, 2), dtype=np.float32)
    )
    lights: dict[str, LightRig] = field(default_factory=dict)
    extras: dict[str, Any] = field(default_factory=dict)
