"""Opening a project folder for writing, one writer at a time."""

from __future__ import annotations

import json
import os
from pathlib import Path
from types import TracebackType
from typing import Any

import psutil
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cyberdirector.core.errors import Location, ProjectError
from cyberdirector.core.files import write_json
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


class Project:
    """A project folder held open by this process.

    Use it as a context manager: the lock is taken on entry and given back on exit.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._lock = root / ".lock"
        self._held = False
        self.ledger: Ledger

    def __enter__(self) -> Project:
        try:
            for name in FOLDERS:
                (self.root / name).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ProjectError(
                "project-unwritable",
                f"无法写入项目文件夹（{error.strerror}），请换一个位置或检查权限和磁盘空间。",
                f"The project folder cannot be written ({error.strerror}); choose another "
                "place, or look at its permissions and the free space.",
                Location(str(self.root)),
            ) from error
        self._take_lock()
        self.ledger = Ledger(self.root)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._held:
            self._lock.unlink(missing_ok=True)
            self._held = False

    def _take_lock(self) -> None:
        for _ in range(2):
            try:
                handle = os.open(self._lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY)
            except FileExistsError:
                self._drop_stale_lock()
                continue
            with os.fdopen(handle, "w") as stream:
                stream.write(f"{os.getpid()}\n")
            self._held = True
            return
        raise ProjectError(
            "project-locked",
            "另一个进程正在写这个项目，请等它结束。",
            "Another process is writing this project; wait until it has ended.",
            Location(str(self.root)),
        )

    def _drop_stale_lock(self) -> None:
        try:
            owner = int(self._lock.read_text())
        except (ValueError, OSError):
            owner = -1
        if owner < 0 or not psutil.pid_exists(owner) or owner == os.getpid():
            self._lock.unlink(missing_ok=True)

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
