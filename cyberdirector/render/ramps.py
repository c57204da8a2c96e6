"""Shading ramps: how the light term becomes colour, as a texture of one row.

A ramp says for each light term how much of the lit colour is seen, channel by channel; the
rest is the shade colour: ``colour = shade + (lit - shade) * ramp(t)``. The light term is
``t = min((1 + facing + shift) / 2, shadow)``: 0.5 is the border between light and shade, and
the rim of a cast shadow runs through the same colours. Red that comes before green and blue
gives the warm border of skin.

A style names ramps for kinds of surfaces (``Style.ramps``). A material names its own in
``Material.extras["ramp"]``: one of :data:`RAMPS`, or its stops as JSON
``[[place, red, green, blue], …]``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cyberdirector.core.errors import InputRefused, Location
from cyberdirector.core.model import Color3
from cyberdirector.render.shaders import UNIT
from cyberdirector.render.style import Style

TEXELS = 256
"""Width of the texture; its texel ``i`` holds the ramp at ``(i + 0.5) / TEXELS``."""

MOST_STOPS = 64
"""Stops that a ramp may have: more would lie closer than texels are worth."""

_KEPT = 32
"""Ramps that stay on the device."""


@dataclass(frozen=True)
class Ramp:
    """Stops, joined by smoothstep.

    Attributes
    ----------
    name
        For messages.
    stops
        (place 0..1, shares of the lit colour 0..1), places not falling. Two stops at one
        place are a hard edge.
    """

    name: str
    stops: tuple[tuple[float, Color3], ...]


def _grey(*stops: tuple[float, float]) -> tuple[tuple[float, Color3], ...]:
    return tuple((at, (value, value, value)) for at, value in stops)


RAMPS: Mapping[str, Ramp] = MappingProxyType(
    {
        ramp.name: ramp
        for ramp in (
            Ramp("cel", _grey((0.5, 0.0), (0.5, 1.0))),
            Ramp("three", _grey((0.40, 0.0), (0.41, 0.45), (0.58, 0.45), (0.59, 1.0))),
            Ramp("soft", _grey((0.18, 0.0), (0.82, 1.0))),
            Ramp(
                "skin",
                (
                    (0.20, (0.0, 0.0, 0.0)),
                    (0.47, (0.58, 0.27, 0.20)),
                    (0.60, (0.97, 0.76, 0.70)),
                    (0.80, (1.0, 1.0, 1.0)),
                ),
            ),
            Ramp(
                "silk",
                (
                    (0.16, (0.0, 0.0, 0.0)),
                    (0.46, (0.40, 0.42, 0.50)),
                    (0.62, (0.80, 0.82, 0.86)),
                    (0.88, (1.0, 1.0, 1.0)),
                ),
            ),
            Ramp("hair", _grey((0.22, 0.0), (0.46, 0.36), (0.56, 0.72), (0.80, 1.0))),
        )
    }
)
"""Ramps that ship: ``cel`` one hard edge, ``three`` tones, ``soft``, ``skin`` with a warm
border, ``silk`` with a cool half-tone, ``hair``."""


def ramp_values(ramp: Ramp, at: ArrayLike) -> NDArray[np.float64]:
    """Return the shares of the lit colour at places.

    Parameters
    ----------
    ramp
        Which.
    at
        (...) light terms, 0..1.

    Returns
    -------
    NDArray
        (..., 3) float64, 0..1: between stops ``a + (b - a) (3 u² - 2 u³)``, beyond the first
        and the last stop their values.
    """
    t = np.asarray(at, np.float64)
    places = np.array([place for place, _ in ramp.stops])
    values = np.array([value for _, value in ramp.stops])
    after = np.searchsorted(places, t, side="right")
    low, high = np.clip(after - 1, 0, None), np.clip(after, None, len(places) - 1)
    gap = places[high] - places[low]
    u = np.clip((t - places[low]) / np.where(gap > 0.0, gap, 1.0), 0.0, 1.0)
    u = (u * u * (3.0 - 2.0 * u))[..., None]
    return np.asarray(values[low] + (values[high] - values[low]) * u)


def ramp_row(ramp: Ramp) -> NDArray[np.float16]:
    """Return the texels of a ramp, (1, TEXELS, 4) float16; alpha is 1."""
    row = np.ones((1, TEXELS, 4), np.float16)
    row[0, :, :3] = ramp_values(ramp, (np.arange(TEXELS) + 0.5) / TEXELS)
    return row


def ramp_named(name: str, place: Location | None = None) -> Ramp:
    """Return a ramp that ships.

    Raises
    ------
    InputRefused
        ``ramp-unknown`` for other names.
    """
    if name not in RAMPS:
        raise InputRefused(
            "ramp-unknown",
            f"没有名为“{name}”的明暗渐变；可用：{'、'.join(RAMPS)}，或直接给出色标列表。",
            f"There is no shading ramp '{name}'; use one of {', '.join(RAMPS)} or a list of "
            "stops.",
            place or Location(path="ramp"),
        )
    return RAMPS[name]


def ramp_from(data: object, place: Location) -> Ramp:
    """Return the ramp that ``Material.extras["ramp"]`` names or holds.

    Parameters
    ----------
    data
        A name, or a list of [place, red, green, blue], all 0..1, places not falling.
    place
        Of the material, for messages.

    Raises
    ------
    InputRefused
        ``ramp-unknown``, ``ramp-invalid``.
    """
    if isinstance(data, str):
        return ramp_named(data, place)
    try:
        stops = np.array(data, np.float64)
    except (TypeError, ValueError):
        stops = np.zeros(0)
    fits = stops.ndim == 2 and stops.shape[1] == 4 and 1 <= len(stops) <= MOST_STOPS
    sane = fits and bool(((stops >= 0.0) & (stops <= 1.0)).all())
    if not sane or bool((np.diff(stops[:, 0]) < 0.0).any()):
        raise InputRefused(
            "ramp-invalid",
            f"明暗渐变应为 1 到 {MOST_STOPS} 个 [位置, 红, 绿, 蓝]，数值 0..1，位置不递减。",
            f"A shading ramp is 1 to {MOST_STOPS} stops [place, red, green, blue], all 0..1, "
            "with places that do not fall.",
            place,
        )
    return Ramp("", tuple((float(t), (float(r), float(g), float(b))) for t, r, g, b in stops))


class RampShelf:
    """Ramps on the device, made when they are first used."""

    def __init__(self, context: Any) -> None:
        self._context = context
        self._held: dict[Ramp, Any] = {}

    def choose(self, own: Ramp | None, kind: str, style: Style) -> dict[str, float]:
        """Bind the ramp of a surface and return the defines that draw it; none without one.

        Parameters
        ----------
        own
            Of its material, comes first.
        kind
            ``face``, ``skin``, ``cloth``, ``hair`` …: what the style's ramps go by.
        """
        named = dict(style.ramps).get(kind)
        ramp = own or (ramp_named(named) if named else None)
        if ramp is None:
            return {}
        self._use(ramp)
        return {"RAMP": 1}

    def _use(self, ramp: Ramp) -> None:
        texture = self._held.pop(ramp, None) or self._upload(ramp)
        self._held[ramp] = texture
        while len(self._held) > _KEPT:
            del self._held[next(iter(self._held))]
        texture.use(UNIT["ramp_map"])

    def _upload(self, ramp: Ramp) -> Any:
        import moderngl

        row = ramp_row(ramp)
        texture = self._context.texture((TEXELS, 1), 4, row.tobytes(), dtype="f2")
        # Mipmaps: where the light term runs fast, hard edges stay as wide as a pixel.
        texture.build_mipmaps()
        texture.filter = (moderngl.LINEAR_MIPMAP_LINEAR, moderngl.LINEAR)
        texture.repeat_x = texture.repeat_y = False
        return texture
