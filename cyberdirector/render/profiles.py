"""How well to draw: the profiles draft, cpu, gpu and final, and which one fits a machine."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Literal, Protocol

from cyberdirector.core.errors import InputRefused, Location

Quality = Literal["draft", "final"]
"""What a project asks for: ``draft`` is the profile of that name, ``final`` is ``cpu``."""

VARIABLE = "CYBERDIRECTOR_PROFILE"
"""Environment variable that names the profile where none is asked for."""

AUTO = "auto"
"""Asks for the profile that fits the device."""


class Probe(Protocol):
    """What the choice of a profile depends on; :class:`~.device.Device` has it."""

    @property
    def software(self) -> bool: ...  # noqa: D102
    @property
    def max_samples(self) -> int: ...  # noqa: D102


@dataclass(frozen=True)
class Profile:
    """How well frames are drawn; change single values with :func:`dataclasses.replace`.

    Attributes
    ----------
    name
        Goes into the keys of cached frames, as all other values do.
    samples
        Samples a pixel (MSAA): 0, 4 or 8; no more than the device has are taken.
    supersampling
        1, or 2 to draw at twice the size and average 2 × 2 pixels in linear light.
    shadow_size
        Side of the shadow map of the figures, texels.
    effects
        Whether there is glow, depth of field, occlusion and shafts of light.
    dense_weather
        Whether rain and snow have all their drops.
    hdr
        Whether light is kept in half floats where the device draws them well.
    """

    name: str
    samples: int = 4
    supersampling: int = 1
    shadow_size: int = 1280
    effects: bool = True
    dense_weather: bool = True
    hdr: bool = False


PROFILES: dict[str, Profile] = {
    profile.name: profile
    for profile in (
        Profile("draft", samples=0, shadow_size=1024, effects=False, dense_weather=False),
        Profile("cpu"),
        Profile("gpu", samples=8, shadow_size=2048, hdr=True),
        Profile("final", supersampling=2, shadow_size=2048),
    )
}
"""The shipped profiles by name. Against 64 samples a pixel at 720p, MSAA 4 reaches 44 dB and
MSAA 4 drawn at twice the size 52 dB (close shots of a character)."""


def profile_named(name: str) -> Profile:
    """Return a shipped profile.

    Raises
    ------
    InputRefused
        ``profile-unknown``.
    """
    if name not in PROFILES:
        known = ", ".join([AUTO, *PROFILES])
        raise InputRefused(
            "profile-unknown",
            f"没有名为“{name}”的渲染档位，可选：{known}。",
            f"There is no render profile '{name}'; choose one of {known}.",
            Location(path="profile"),
        )
    return PROFILES[name]


def profile_of(quality: Quality | Profile) -> Profile:
    """Return the profile of a project's quality; a profile is returned as it is."""
    if isinstance(quality, Profile):
        return quality
    return PROFILES["draft" if quality == "draft" else "cpu"]


def choose_profile(probe: Probe, wanted: str | Profile = AUTO) -> Profile:
    """Return the profile to draw with on a device.

    Parameters
    ----------
    probe
        The device: ``gpu`` is chosen for a real GPU, ``cpu`` for a software driver.
    wanted
        A profile, its name, or ``auto``; for ``auto`` the environment variable
        ``CYBERDIRECTOR_PROFILE`` may name another.

    Raises
    ------
    InputRefused
        ``profile-unknown``.
    """
    if isinstance(wanted, Profile):
        return wanted
    name = wanted
    if name == AUTO:
        name = os.environ.get(VARIABLE, "") or AUTO
    if name == AUTO:
        name = "cpu" if probe.software else "gpu"
    return profile_named(name)
