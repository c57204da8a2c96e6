"""The stored timeline: JSON with schema name and version; unknown fields survive."""

from __future__ import annotations

import json
from math import radians
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cyberdirector.core.errors import Location, ProjectError
from cyberdirector.core.files import write_bytes
from cyberdirector.core.scene import Camera
from cyberdirector.core.time import Rate
from cyberdirector.timeline.items import (
    AudioItem,
    CameraItem,
    CharacterItem,
    EffectItem,
    LayerItem,
    LightItem,
    LineItem,
    LockItem,
    MarkerItem,
    MotionItem,
    NestedItem,
    SceneItem,
    SegmentItem,
    SetItem,
    ShotItem,
    TextItem,
)
from cyberdirector.timeline.upgrade import upgrade

SCHEMA = "cyberdirector.timeline"
VERSION = 2


class Timeline(BaseModel):
    """All tracks of an episode; frames are whole numbers at ``rate`` (num, den).

    ``motion`` is what was generated; ``characters`` are the layers that people put over it.
    """

    model_config = ConfigDict(extra="allow", populate_by_name=True, allow_inf_nan=False)

    schema_name: str = Field(default=SCHEMA, alias="schema")
    version: int = VERSION
    rate: tuple[int, int]
    size: tuple[int, int]
    frames: int
    scenes: list[SceneItem] = []
    segments: list[SegmentItem] = []
    shots: list[ShotItem] = []
    motion: list[MotionItem] = []
    characters: list[CharacterItem] = []
    lines: list[LineItem] = []
    audio: list[AudioItem] = []
    effects: list[EffectItem] = []
    texts: list[TextItem] = []
    lights: list[LightItem] = []
    sets: list[SetItem] = []
    nested: list[NestedItem] = []
    markers: list[MarkerItem] = []
    locks: list[LockItem] = []

    @property
    def exact_rate(self) -> Rate:
        """Frames per second."""
        return Rate(*self.rate)

    def plain(self) -> dict[str, Any]:
        """Return the timeline as plain JSON data."""
        data: dict[str, Any] = self.model_dump(mode="json", by_alias=True)
        return data

    def text(self) -> str:
        """Return the timeline as JSON for people: a key, a camera, a place on one line."""
        return _readable(self.plain(), 0) + "\n"

    def save(self, path: Path) -> None:
        """Write the timeline as JSON in one step."""
        write_bytes(path, self.text().encode())

    def shot(self, shot_id: str) -> ShotItem | None:
        """Return the shot with this id, if any."""
        return next((shot for shot in self.shots if shot.id == shot_id), None)

    def character(self, role: str) -> CharacterItem | None:
        """Return the layers of a role, if it has any."""
        return next((one for one in self.characters if one.role == role), None)

    def layer(self, role: str, layer_id: str) -> LayerItem | None:
        """Return a layer of a role, if it is there."""
        one = self.character(role)
        layers = one.layers if one is not None else []
        return next((layer for layer in layers if layer.id == layer_id), None)

    def roles(self) -> list[str]:
        """Return every role with motion or layers, in order of appearance."""
        names = [item.role for item in self.motion] + [one.role for one in self.characters]
        return list(dict.fromkeys(names))


_WIDE = 96
"""Columns of a line of the stored file."""


def _readable(value: Any, indent: int) -> str:
    """Return JSON that breaks into lines only where it is too wide for one."""
    if isinstance(value, dict):
        parts = [
            f"{json.dumps(name, ensure_ascii=False)}: {_readable(item, indent + 2)}"
            for name, item in value.items()
        ]
        left, right = "{", "}"
    elif isinstance(value, list):
        parts = [_readable(item, indent + 2) for item in value]
        left, right = "[", "]"
    else:
        return json.dumps(value, ensure_ascii=False)
    wide = indent + sum(len(part) + 2 for part in parts) > _WIDE
    if not wide and not any("\n" in part for part in parts):
        return left + ", ".join(parts) + right
    inner = ",\n".join(" " * (indent + 2) + part for part in parts)
    return f"{left}\n{inner}\n{' ' * indent}{right}"


def to_camera(item: CameraItem, template: Camera | None = None) -> Camera:
    """Return the engine's camera (radians) of a stored one (degrees)."""
    base = template or Camera(item.eye, item.target)
    return Camera(
        item.eye,
        item.target,
        radians(item.fov),
        radians(item.roll),
        base.near,
        base.far,
        base.focus,
        base.aperture,
    )


def _refuse(place: str, found: str) -> ProjectError:
    return ProjectError(
        "timeline-damaged",
        f"时间线文件无法读取：{found}。请改正这一处，或删除该文件后重新运行 produce。",
        f"The timeline cannot be read: {found}. Mend it there, or delete it and run produce.",
        Location(place),
    )


def load_timeline(path: Path) -> Timeline:
    """Read a timeline of this or an older version.

    Raises
    ------
    ProjectError
        ``timeline-damaged`` when the file is not there, is not JSON or breaks a rule of the
        schema; ``timeline-newer`` when a newer program wrote it.
    """
    try:
        data: Any = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise _refuse(str(path), str(error)) from error
    return read_timeline(data, str(path))


def read_timeline(data: Any, place: str) -> Timeline:
    """Return the timeline of plain data; ``place`` is named in errors.

    Raises
    ------
    ProjectError
        As :func:`load_timeline`.
    """
    if not isinstance(data, dict) or data.get("schema") != SCHEMA:
        raise _refuse(place, "schema is not " + SCHEMA)
    version = data.get("version")
    if not isinstance(version, int) or version < 1:
        raise _refuse(place, f"version is {version!r}")
    if version > VERSION:
        raise ProjectError(
            "timeline-newer",
            f"时间线版本 {version} 比本程序支持的 {VERSION} 新，请升级程序。",
            f"Timeline version {version} is newer than {VERSION}; please upgrade.",
            Location(place),
        )
    try:
        return Timeline.model_validate(upgrade(data, VERSION))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(x) for x in first["loc"])
        raise _refuse(place, f"{where}: {first['msg']}") from error
    except (KeyError, TypeError, AttributeError) as error:
        raise _refuse(place, f"version {version}: {error!r}") from error
