"""Builds sets by name."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from cyberdirector.core.errors import InputRefused
from cyberdirector.core.scene import Set

SET_NAMES = ("teahouse", "mountain_gate", "office")


def build_set(name: str, seed: int = 0) -> Set:
    """Return a set with its marks, cameras and light presets.

    Parameters
    ----------
    name
        One of ``SET_NAMES``.
    seed
        Varies small things (which jar stands where, the skyline); never the marks,
        cameras or the architecture.

    Raises
    ------
    InputRefused
        ``set-unknown`` when there is no such set.
    """
    if name not in SET_NAMES:
        known = ", ".join(SET_NAMES)
        raise InputRefused(
            "set-unknown",
            f"没有名为“{name}”的场景，请用其中之一：{known}。",
            f"There is no set called “{name}”; use one of {known}.",
        )
    module = import_module(f"cyberdirector.backlot.places.{name}")
    build: Callable[[int], Set] = module.build
    return build(seed)
