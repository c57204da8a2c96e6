"""The light of one frame as numbers for the shaders."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.scene import LightRig, PointLight
from cyberdirector.render.camera import View, normalized

POINTS = 12
"""Lamps that light one frame; the strongest near the picture are taken."""
BLOBS = 24
"""Contact shadows of feet and seats."""
SHELTERS = 8
"""Boxes that rain does not enter."""

KEY_GAIN, AMBIENT_GAIN = 0.72, 0.80
"""So that a white wall in key (1, 1, 1) plus day ambient ends just under full white."""

FIGURE_RANGE = (0.67, 0.90)
"""Levels of light on figures are drawn into this range (times the exposure): faces stay
readable at night, white silk keeps its drawing at noon."""

_LUMA = np.array([0.2126, 0.7152, 0.0722])

WEATHER = {"": 0.0, "rain": 1.0, "snow": 2.0, "mist": 0.0}


def _hash01(*values: int) -> float:
    """Return a number 0..1 from integers (splitmix64 finaliser, Steele et al. 2014)."""
    x = 0x9E3779B97F4A7C15
    for value in values:
        x = (x ^ (value & 0xFFFFFFFFFFFFFFFF)) * 0xBF58476D1CE4E5B9 & 0xFFFFFFFFFFFFFFFF
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB & 0xFFFFFFFFFFFFFFFF
        x ^= x >> 31
    return (x >> 11) / float(1 << 53)


def flicker(amount: float, time: float, seed: int, index: int) -> float:
    """Return the brightness factor of a flame, 1 ± ``amount``/2, smooth in time.

    Parameters
    ----------
    amount
        0 (steady) .. 1.
    time
        Seconds from the start of the shot.
    seed, index
        Of the shot and the lamp.
    """
    if amount <= 0.0:
        return 1.0
    total = 0.0
    for octave, (rate, share) in enumerate(((5.0, 0.65), (11.0, 0.35))):
        x = time * rate
        cell = int(np.floor(x))
        f = x - cell
        f = f * f * (3.0 - 2.0 * f)
        a = _hash01(seed, index, octave, cell)
        b = _hash01(seed, index, octave, cell + 1)
        total += (a + (b - a) * f - 0.5) * share
    return 1.0 + amount * total


def chosen_lamps(rig: LightRig, view: View, target: NDArray[np.float64]) -> list[int]:
    """Return the indices of the lamps that matter most for this picture, strongest first."""

    def score(item: tuple[int, PointLight]) -> tuple[float, int]:
        index, lamp = item
        at = np.asarray(lamp.position)
        gap = min(float(np.sum((at - target) ** 2)), float(np.sum((at - view.eye) ** 2)))
        level = float(_LUMA @ np.asarray(lamp.color))
        return -level * lamp.range**2 / (1.0 + gap), index

    ranked = sorted(enumerate(rig.points), key=score)
    return sorted(index for index, _ in ranked[:POINTS])


@dataclass(frozen=True)
class Lighting:
    """Scaled colours of a rig.

    Attributes
    ----------
    direction
        (3,) float64 unit, world space, towards the key light.
    key, ambient_up, ambient_down
        (3,) float64 linear RGB, scaled to "1 = full light".
    night
        0 (day) .. 1.
    figure_boost
        Factor on key and ambient for figures (see :data:`FIGURE_RANGE`).
    """

    direction: NDArray[np.float64]
    key: NDArray[np.float64]
    ambient_up: NDArray[np.float64]
    ambient_down: NDArray[np.float64]
    night: float
    figure_boost: float


def lighting_of(rig: LightRig) -> Lighting:
    """Return the scaled light of a rig."""
    key = np.asarray(rig.key_color, np.float64) * KEY_GAIN
    up, down = (np.asarray(c, np.float64) * AMBIENT_GAIN for c in rig.ambient)
    level = float(_LUMA @ (key + 0.6 * up + 0.4 * down)) * 2.0 ** rig.grade[0]
    wanted = float(np.clip(level, *FIGURE_RANGE))
    boost = float(np.clip(wanted / max(level, 1e-3), 0.5, 3.0)) ** 0.75
    zenith = float(_LUMA @ np.asarray(rig.sky[0]))
    night = float(np.clip((0.10 - zenith) / 0.08, 0.0, 1.0))
    return Lighting(normalized(rig.key_direction), key, up, down, night, boost)


def face_direction(key: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the light of a face, unit, for a key light; both (3,) in head space.

    Faces never fall wholly into shade: the light is pulled to the front of the head.
    """
    return normalized(
        np.array([0.95 * key[0], 0.28 + 0.30 * key[1], 0.50 + 0.65 * max(key[2], -0.25)])
    )


def fill_at(
    point: NDArray[np.float64], rig: LightRig, lighting: Lighting
) -> NDArray[np.float64]:
    """Return the light (3,) at ``point`` (metres, world) that is not the key light.

    Hemisphere light on a floor plus the lamps with the window of ``lib/light.glsl``.
    """
    total = 0.8 * lighting.ambient_up + 0.2 * lighting.ambient_down + 0.01
    for lamp in rig.points:
        d2 = float(np.sum((np.asarray(lamp.position) - point) ** 2))
        window = max(1.0 - d2 / max(lamp.range, 1e-3) ** 2, 0.0) ** 2
        total = total + np.asarray(lamp.color) * (0.8 * window / (1.0 + 0.6 * d2))
    return np.asarray(total)


class KeyMaps(NamedTuple):
    """The shadow maps of the key light.

    Attributes
    ----------
    figures, set
        World → texture, (4, 4).
    texel
        Size of a texel of the map of the figures, metres.
    share
        Of its side that is in use, 0..1, from the corner on.
    """

    figures: NDArray[np.float64]
    set: NDArray[np.float64]
    texel: float
    share: float = 1.0


def frame_block(
    view: View,
    rig: LightRig,
    lighting: Lighting,
    size: tuple[int, int],
    moment: tuple[float, int],
    maps: KeyMaps,
    blobs: list[tuple[float, float, float, float]],
    shelters: int,
) -> bytes:
    """Return the std140 bytes of ``shaders/lib/frame.glsl``.

    Parameters
    ----------
    view, rig, lighting, size
        Camera, light and picture size (width, height) in pixels.
    moment
        Time in seconds and seed of the shot.
    maps
        The shadow maps of the key light.
    blobs
        Contact shadows: x, y, z, radius in metres.
    shelters
        Number of boxes without rain.
    """
    width, height = size
    time, seed = moment
    lamps = chosen_lamps(rig, view, view.eye + view.forward * 3.0)
    rain = rig.weather == "rain"
    clouds = 1.0 if rain or rig.weather == "snow" else 0.8 - 0.35 * lighting.night
    stars = 0.0 if rig.weather else lighting.night
    rows: list[list[float]] = [
        [*view.eye, 0.0],
        [*view.up, 0.0],
        [*view.forward, 0.0],
        [*lighting.direction, maps.texel],
        [*lighting.key, 0.0],
        [*lighting.ambient_up, 0.0],
        [*lighting.ambient_down, 0.0],
        [*rig.sky[0], clouds],
        [*rig.sky[1], stars],
        [*rig.fog_color, rig.fog_density],
        [width, height, view.focal_pixels, min(width, height) / 720.0],
        [time, _hash01(seed), WEATHER.get(rig.weather, 0.0), lighting.night],
        [len(lamps), min(len(blobs), BLOBS), shelters, maps.share],
    ]
    positions = np.ones((POINTS, 4))
    colors = np.zeros((POINTS, 4))
    for row, index in enumerate(lamps):
        lamp = rig.points[index]
        positions[row] = [*lamp.position, max(lamp.range, 1e-3)]
        colors[row] = [*lamp.color, flicker(lamp.flicker, time, seed, index)]
    feet = np.zeros((BLOBS, 4))
    feet[: len(blobs)] = np.asarray(blobs, np.float64).reshape(-1, 4)[:BLOBS]
    inverse = np.linalg.inv(view.matrix)
    matrices = [m.T.ravel() for m in (view.matrix, inverse, maps.figures, maps.set)]
    data = np.concatenate(
        [*matrices, np.asarray(rows).ravel(), positions.ravel(), colors.ravel(), feet.ravel()]
    )
    return data.astype(np.float32).tobytes()
