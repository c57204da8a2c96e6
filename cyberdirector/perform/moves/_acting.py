"""Moves that gestures of the lexicon or moves of the library play, by the words for them."""

from __future__ import annotations

from functools import cache
from typing import Any

import yaml

from cyberdirector.core.resources import data_dir
from cyberdirector.perform.moves._kinds import Move


@cache
def script_moves() -> dict[str, Any]:
    """Return ``assetlib/lexicon/script_moves.yaml``, read once."""
    path = data_dir("assetlib") / "lexicon" / "script_moves.yaml"
    found: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


@cache
def told_moves() -> tuple[Move, ...]:
    """Return the moves of ``assetlib/lexicon/script_moves.yaml``."""
    told = script_moves()

    def words(row: dict[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        return tuple(row.get("zh", ())), tuple(row.get("en", ()))

    gestures = [
        Move(name, "arms", *words(row), 2.6, row.get("gesture", name))
        for name, row in told["gestures"].items()
    ]
    small = [
        Move(name, row["kind"], *words(row), float(row["seconds"]))
        for name, row in told["small"].items()
    ]
    faces = [
        Move(name, "face", *words(row), float(row["seconds"]))
        for name, row in told["faces"].items()
    ]
    library = [
        Move(
            f"play_{name}",
            "library",
            *words(row),
            library=name,
            rounds=int(row.get("rounds", 1)),
            seated=bool(row.get("seated", False)),
        )
        for name, row in told["library"].items()
    ]
    return (*small, *faces, *gestures, *library)
