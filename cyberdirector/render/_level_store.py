"""Coarser levels of a character, kept on disk: finding them takes a second."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core import simplify
from cyberdirector.core.files import write_bytes
from cyberdirector.core.hashing import content_hash
from cyberdirector.core.resources import cache_dir
from cyberdirector.render import hidden, lod

Corners = list[tuple[NDArray[np.uint32], NDArray[np.int64]]]

_MOST = 200
"""Files that are kept; each has half a megabyte."""


def kept_levels(make: Callable[[], Corners], *known: Any) -> Corners:
    """Return what ``make`` returns, from disk if it was asked before.

    Parameters
    ----------
    make
        Finds the corners (triangles, 3) and the draw number (triangles,) of each level.
    known
        All that the result depends on, but for the code.
    """
    name = f"{content_hash(_code(), *known)}.npz"
    found = _read(name)
    if found is None:
        found = make()
        with suppress(OSError):  # a full or locked disk costs time, not pictures
            folder = cache_dir("levels")
            write_bytes(folder / name, _packed(found))
            _drop_oldest(folder)
    return found


@cache
def _code() -> str:
    """Return a hash of the files that find levels."""
    files = (simplify.__file__, hidden.__file__, lod.__file__)
    return content_hash(*(Path(name).read_bytes() for name in files))


def _packed(levels: Corners) -> bytes:
    named: dict[str, NDArray[np.uint32]] = {}
    for i, (corners, owner) in enumerate(levels):
        named[f"corners{i}"], named[f"owner{i}"] = corners, owner.astype(np.uint32)
    out = io.BytesIO()
    np.savez(out, allow_pickle=False, **named)
    return out.getvalue()


def _read(name: str) -> Corners | None:
    """Return the levels in a file, None if it is not there or damaged."""
    try:
        with np.load(cache_dir("levels") / name, allow_pickle=False) as data:
            pairs = [(data[f"corners{i}"], data[f"owner{i}"]) for i in range(len(data) // 2)]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
    return [(corners, owner.astype(np.int64)) for corners, owner in pairs]


def _drop_oldest(folder: Path) -> None:
    """Remove the files that were made first where there are too many."""
    made = []
    for path in folder.glob("*.npz"):
        with suppress(FileNotFoundError):  # another process removes too
            made.append((path.stat().st_mtime_ns, path.name))
    for _, name in sorted(made)[:-_MOST]:
        (folder / name).unlink(missing_ok=True)
