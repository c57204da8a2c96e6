"""The stored timeline: JSON with schema name and version; unknown fields survive."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from cyberdirector.core.errors import Location, ProjectError
from cyberdirector.core.files import write_json
from cyberdirector.core.scene import Camera
from cyberdirector.core.time import Rate

SCHEMA = "cyberdirector.timeline"
VERSION = 1

Vector = tuple[float, float, float]


class _Item(BaseModel):
    model_config = ConfigDict(extra="allow")


class CameraItem(_Item):
    """A camera key; metres, degrees, world space; ``frame`` counts from the shot's start."""

    frame: int = 0
    eye: Vector
    target: Vector
    fov: float = Field(gt=1.0, lt=170.0)
    roll: float = 0.0


class ShotItem(_Item):
    """A shot on the camera track. ``locked`` keeps its cameras and light as they are."""

    id: str
    scene: str
    start: int
    end: int
    size: str = ""
    subjects: list[str] = []
    cameras: list[CameraItem] = Field(min_length=1)
    light: str
    segments: list[str] = []
    why: str = ""
    locked: bool = False

    @model_validator(mode="after")
    def _ordered(self) -> ShotItem:
        if self.end <= self.start:
            raise ValueError(f"shot {self.id}: end {self.end} is not after start {self.start}")
        return self


class MotionItem(_Item):
    """A take of one role: the file's first frame plays at ``start`` (project frames)."""

    role: str
    file: str
    start: int
    end: int
    visible_from: int
    """First frame at which the role can be seen (later for one who enters)."""
    visible_to: int
    """End (exclusive) of the frames in which the role can be seen."""


class AudioItem(_Item):
    """A sound: file, first project frame, gain in dB and pan -1 (left) … 1."""

    id: str
    file: str
    start: int
    end: int
    role: str = ""
    gain: float = 0.0
    pan: float = 0.0
    treatment: str = ""
    """How a voice is heard: in the room, ``os``, ``vo``, ``off`` or ``phone``."""


class EffectItem(_Item):
    """A small sound that begins at a project frame: a step, a door, cloth."""

    name: str
    start: int
    pan: float = 0.0
    gain: float = 0.0
    id: str = ""


class TextItem(_Item):
    """A subtitle or caption over project frames ``start:end``."""

    kind: Literal["subtitle", "caption", "place", "label"]
    text: str
    start: int
    end: int
    speaker: str = ""
    id: str = ""


class SceneItem(_Item):
    """A scene: its set, light, ambience and span in project frames."""

    id: str
    place: str
    set: str
    light: str
    ambience: list[str] = []
    start: int
    end: int


class Timeline(_Item):
    """All tracks of an episode; frames are whole numbers at ``rate`` (num, den)."""

    schema_name: str = Field(default=SCHEMA, alias="schema")
    version: int = VERSION
    rate: tuple[int, int]
    size: tuple[int, int]
    frames: int
    scenes: list[SceneItem] = []
    shots: list[ShotItem] = []
    motion: list[MotionItem] = []
    audio: list[AudioItem] = []
    effects: list[EffectItem] = []
    texts: list[TextItem] = []

    model_config = ConfigDict(extra="allow", populate_by_name=True)

    @property
    def exact_rate(self) -> Rate:
        """Frames per second."""
        return Rate(*self.rate)

    def save(self, path: Path) -> None:
        """Write the timeline as JSON in one step."""
        write_json(path, self.model_dump(mode="json", by_alias=True))

    def shot(self, shot_id: str) -> ShotItem | None:
        """Return the shot with this id, if any."""
        return next((shot for shot in self.shots if shot.id == shot_id), None)


def to_camera(item: CameraItem, template: Camera | None = None) -> Camera:
    """Return the engine's camera (radians) of a stored one (degrees)."""
    from math import radians

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


def _refuse(path: Path, found: str) -> ProjectError:
    return ProjectError(
        "timeline-damaged",
        f"时间线文件无法读取：{found}。请改正这一处，或删除该文件后重新运行 produce。",
        f"The timeline cannot be read: {found}. Mend it there, or delete it and run produce.",
        Location(str(path)),
    )


def load_timeline(path: Path) -> Timeline:
    """Read a timeline.

    Raises
    ------
    ProjectError
        When the file is not JSON, of a newer version, or breaks a rule of the schema.
    """
    try:
        data: Any = json.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise _refuse(path, str(error)) from error
    if not isinstance(data, dict) or data.get("schema") != SCHEMA:
        raise _refuse(path, "schema is not " + SCHEMA)
    if not isinstance(data.get("version"), int) or data["version"] > VERSION:
        raise ProjectError(
            "timeline-newer",
            f"时间线版本 {data.get('version')} 比本程序支持的 {VERSION} 新，请升级程序。",
            f"Timeline version {data.get('version')} is newer than {VERSION}; please upgrade.",
            Location(str(path)),
        )
    try:
        return Timeline.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(x) for x in first["loc"])
        raise _refuse(path, f"{where}: {first['msg']}") from error
