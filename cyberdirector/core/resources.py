"""Where data that ships with the program and data that can be rebuilt are kept."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

_PACKAGE = Path(__file__).resolve().parent.parent


def data_dir(name: str) -> Path:
    """Return the folder ``assetlib``, ``models``, ``shaders`` or ``examples``.

    An installed wheel carries them inside the package; a source checkout keeps them
    beside it.
    """
    inside = _PACKAGE / "_data" / name
    return inside if inside.is_dir() else _PACKAGE.parent / name


def cache_dir(name: str = "") -> Path:
    """Return (and make) a cache folder of this user; ``CYBERDIRECTOR_CACHE`` moves it."""
    base = os.environ.get("CYBERDIRECTOR_CACHE") or platformdirs.user_cache_dir("cyberdirector")
    path = Path(base) / name
    path.mkdir(parents=True, exist_ok=True)
    return path
