"""Old timelines become new ones one version at a time; a step knows only its two versions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def _ids(rows: list[dict[str, Any]], name: Callable[[dict[str, Any]], str]) -> None:
    """Give every row without an id a name of its own."""
    used = {str(row["id"]) for row in rows if row.get("id")}
    for row in rows:
        if row.get("id"):
            continue
        wanted, number = name(row), 1
        row["id"] = wanted
        while row["id"] in used:
            number += 1
            row["id"] = f"{wanted}-{number}"
        used.add(row["id"])


def _scene_at(data: dict[str, Any], frame: int) -> str:
    for scene in data.get("scenes", []):
        if scene["start"] <= frame < scene["end"]:
            return str(scene["id"])
    return ""


def _to_2(data: dict[str, Any]) -> dict[str, Any]:
    """Give all items ids; version 2 adds characters, markers, takes, locks and spans."""
    _ids(data.get("motion", []), lambda row: f"{_scene_at(data, row['start'])}-{row['role']}")
    _ids(data.get("texts", []), lambda row: f"{row['kind']}-{row['start']}")
    _ids(data.get("effects", []), lambda row: f"{row['name']}-{row['start']}")
    lines = [
        {"id": row["id"], "role": row["role"], "start": row["start"], "end": row["end"]}
        for row in data.get("audio", [])
        if row.get("role") and row.get("id")
    ]
    return data | {"version": 2, "lines": lines}


STEPS: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {1: _to_2}
"""Version → what makes the next version of plain data of that version."""


def upgrade(data: dict[str, Any], version: int) -> dict[str, Any]:
    """Return plain data of ``version`` (the newest), made step by step.

    Raises
    ------
    KeyError, TypeError, AttributeError
        When the data lack what their version requires.
    """
    while data["version"] < version:
        data = STEPS[data["version"]](data)
    return data
