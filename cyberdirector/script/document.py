"""The Episode: a screenplay as a document that every later stage reads.

Stored as JSON with a schema name and a version. Unknown fields survive a round trip, so
that a newer program's file can be opened, changed and saved by an older one.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cyberdirector.core import files
from cyberdirector.core.errors import InputRefused, Location
from cyberdirector.core.speech import Emotion

EPISODE_SCHEMA = "cyberdirector.episode"
EPISODE_VERSION = 1

TimeName = Literal["day", "dusk", "night", "dawn"]

OFF_SCREEN = frozenset({"os", "vo", "off"})
"""Deliveries in which the mouth is not seen to speak: inner voice, narration, off frame."""


class _Node(BaseModel):
    """Common behaviour: immutable, and unknown fields are kept."""

    model_config = ConfigDict(extra="allow", frozen=True, populate_by_name=True)


class Source(_Node):
    """Where something stands in the script; line and column count from 1 (0: nowhere)."""

    file: str = ""
    line: int = 0
    column: int = 0

    def location(self) -> Location:
        """Return the place in the form that errors carry."""
        return Location(self.file, self.line, self.column)


class _Beat(_Node):
    id: str
    text: str
    at: Source = Source()

    def content(self) -> dict[str, Any]:
        """Return plain data without the file position, for hashes that decide re-makes."""
        return self.model_dump(mode="json", exclude={"at"})


class Aside(_Node):
    """A direction inside a spoken line, at a character offset of the spoken text."""

    offset: int
    text: str


class Line(_Beat):
    """Something spoken.

    Attributes
    ----------
    speaker, chorus
        Who speaks, and who speaks along.
    text
        The spoken words only.
    parenthetical, asides
        Directions as written, before and inside the words.
    emotion
        Taken from the directions, or lightly from the words.
    delivery
        Sorted words: ``os`` (inner voice), ``vo`` (narration), ``off`` (outside the frame),
        ``whisper``, ``low``, ``shout``, ``phone``, ``fast``, ``slow``, ``pause``, ``cry``,
        ``laugh``.
    addressee
        Role spoken to; empty when the script does not say.
    language
        ``zh``, ``en`` or ``ja``.
    """

    kind: Literal["line"] = "line"
    speaker: str
    chorus: tuple[str, ...] = ()
    parenthetical: str = ""
    asides: tuple[Aside, ...] = ()
    emotion: Emotion = Emotion()
    delivery: tuple[str, ...] = ()
    addressee: str = ""
    language: str = "zh"

    @property
    def off_screen(self) -> bool:
        """Whether the speaker's mouth stays still."""
        return not OFF_SCREEN.isdisjoint(self.delivery)


class Action(_Beat):
    """Something that happens.

    ``notation`` tells how it was written: ``action`` (△), ``plain`` (a bare sentence),
    ``camera``, ``sound``, ``transition``, or ``unknown`` (kept, with a warning).
    """

    kind: Literal["action"] = "action"
    roles: tuple[str, ...] = ()
    notation: str = "action"


class Caption(_Beat):
    """Words on the screen."""

    kind: Literal["caption"] = "caption"


class Song(_Beat):
    """Something sung, by a role or (empty ``speaker``) by the music."""

    kind: Literal["song"] = "song"
    speaker: str = ""


class Note(_Beat):
    """A comment of the writer; nothing is made of it."""

    kind: Literal["note"] = "note"


Beat = Annotated[Line | Action | Caption | Song | Note, Field(discriminator="kind")]


class Time(_Node):
    """Time of day and the words it was written in."""

    name: TimeName = "day"
    words: str = ""


class Scene(_Node):
    """One place at one time.

    Attributes
    ----------
    id
        ``1-1``: episode and scene; safe as part of a file name.
    inside
        Indoors, outdoors, or None when the heading says both or neither.
    weather
        ``rain``, ``snow``, ``mist``, ``wind``, ``thunder``, from heading and actions.
    weather_words
        Words of the heading that told it.
    cast
        Roles of the cast line, then all others who speak, in order.
    """

    id: str
    place: str = ""
    time: Time = Time()
    inside: bool | None = None
    both: bool = False
    weather: tuple[str, ...] = ()
    weather_words: tuple[str, ...] = ()
    cast: tuple[str, ...] = ()
    beats: tuple[Beat, ...] = ()
    at: Source = Source()

    def lines(self) -> tuple[Line, ...]:
        """Return the spoken lines in order."""
        return tuple(beat for beat in self.beats if isinstance(beat, Line))


class Role(_Node):
    """Someone in the story; ``about`` is what the script says of age, sex and kind."""

    name: str
    about: str = ""
    at: Source = Source()


class Episode(_Node):
    """A whole screenplay."""

    schema_name: Annotated[str, Field(alias="schema", pattern=r"^cyberdirector\.episode$")] = (
        EPISODE_SCHEMA
    )
    version: int = EPISODE_VERSION
    title: str = ""
    number: int = 1
    language: str = "zh"
    roles: tuple[Role, ...] = ()
    scenes: tuple[Scene, ...] = ()

    def lines(self) -> tuple[Line, ...]:
        """Return all spoken lines in order."""
        return tuple(line for scene in self.scenes for line in scene.lines())

    def speakers(self) -> tuple[str, ...]:
        """Return the names of all who speak, in order of their first line."""
        return tuple(
            dict.fromkeys(n for line in self.lines() for n in (line.speaker, *line.chorus))
        )


def save_episode(path: Path, episode: Episode) -> None:
    """Write an episode as readable JSON in one step."""
    files.write_json(path, episode.model_dump(mode="json", by_alias=True))


def load_episode(path: Path) -> Episode:
    """Read an episode written by :func:`save_episode`.

    Raises
    ------
    InputRefused
        ``episode-unreadable`` (no JSON, wrong fields) or ``episode-newer`` (made by a
        newer version of the program).
    """
    place = Location(str(path))
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        version = data.get("version", 0) if isinstance(data, dict) else 0
        if isinstance(version, int) and version > EPISODE_VERSION:
            raise InputRefused(
                "episode-newer",
                f"文件版本为 {version}，本程序只认识到 {EPISODE_VERSION}，请升级程序。",
                f"The file has version {version}, this program knows up to "
                f"{EPISODE_VERSION}; upgrade the program.",
                place,
            )
        return Episode.model_validate(data)
    except (OSError, UnicodeDecodeError, RecursionError, json.JSONDecodeError) as error:
        found = f"{type(error).__name__}: {error}"
    except ValidationError as error:
        first = error.errors()[0]
        found = f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"
    raise InputRefused(
        "episode-unreadable",
        f"读不出剧集文件（{found}），请由剧本重新生成。",
        f"The episode file cannot be read ({found}); make it again from the script.",
        place,
    )
