"""Opening a project folder for writing, one writer at a time."""

from __future__ import annotations

import json
from pathlib import Path
from types import TracebackType
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cyberdirector.core.errors import Location, ProjectError
from cyberdirector.core.files import write_json
from cyberdirector.core.folder_lock import FolderLock, unwritable
from cyberdirector.project.ledger import Ledger

SCHEMA = "cyberdirector.project"
VERSION = 1

FOLDERS = ("cast", "sets", "takes", "shots", "deliver", "voices")


class Settings(BaseModel):
    """What a project is made with (``project.json``)."""

    model_config = ConfigDict(extra="allow", populate_by_name=True)

    schema_name: str = Field(default=SCHEMA, alias="schema")
    version: int = VERSION
    title: str = ""
    script: str = ""
    size: tuple[int, int] = (720, 1280)
    rate: tuple[int, int] = (24, 1)
    seed: int = 1
    quality: str = "final"
    style: str = "cel"
    """How pictures are painted (``cyberdirector/render/style.py``)."""
    step: int = Field(default=1, ge=1, le=4)
    """Frames for which a pose is held: 1 on ones, 2 on twos, 3 on threes."""
    subtitles: str = "burn"
    source: str = ""
    """Where the script lies, as a path from the project folder."""
    output: str = ""
    """Where the episode goes, as a path from the project folder."""


class Project:
    """A project folder held open by this process.

    Use it as a context manager: the lock is taken on entry and given back on exit.

    Parameters
    ----------
    root
        The folder.
    owner
        Name that others read in the lock.
    take_over
        Take the lock from a writer who still holds it; they are told at their next write.
    """

    def __init__(self, root: Path, owner: str = "", take_over: bool = False) -> None:
        self.root = root
        self.lock = FolderLock(root, owner)
        self._take_over = take_over
        self.ledger: Ledger

    def __enter__(self) -> Project:
        try:
            for name in FOLDERS:
                (self.root / name).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise unwritable(self.root, error) from error
        self.lock.take(self._take_over)
        try:
            self.ledger = Ledger(self.root)
        except BaseException:
            self.lock.release()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.lock.release()

    def path(self, *parts: str) -> Path:
        """Return a path inside the project."""
        return self.root.joinpath(*parts)

    def load_settings(self) -> Settings | None:
        """Return the stored settings, or None for a new project.

        Raises
        ------
        ProjectError
            When ``project.json`` is damaged or of a newer version.
        """
        path = self.path("project.json")
        if not path.exists():
            return None
        try:
            data: Any = json.loads(path.read_text(encoding="utf-8"))
            settings = Settings.model_validate(data)
        except (ValueError, ValidationError) as error:
            raise ProjectError(
                "project-damaged",
                f"project.json 无法读取：{error}。请改正，或删除它后重新运行。",
                f"project.json cannot be read: {error}. Mend it, or delete it and run again.",
                Location(str(path)),
            ) from error
        if settings.schema_name != SCHEMA or settings.version > VERSION:
            raise ProjectError(
                "project-newer",
                f"project.json 的版本是 {settings.version}，本程序只支持到 {VERSION}，请升级。",
                f"project.json has version {settings.version}; this program knows {VERSION}.",
                Location(str(path)),
            )
        return settings

    def save_settings(self, settings: Settings) -> None:
        """Write ``project.json`` when it differs from what is there."""
        write_json(self.path("project.json"), settings.model_dump(mode="json", by_alias=True))
