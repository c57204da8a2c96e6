"""The asset library: procedural sets and the catalogue that casts and places."""

from __future__ import annotations

from cyberdirector.backlot.sets import SET_NAMES, build_set

__all__ = ["SET_NAMES", "build_set"]
