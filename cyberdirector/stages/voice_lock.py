"""Who speaks for a role stays the same over the life of a project (``cast/voices.json``)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from cyberdirector.core.errors import Location, ProjectError
from cyberdirector.core.files import write_json
from cyberdirector.voice import VoiceProfile
from cyberdirector.voice.identity import check_voice, voice_hash
from cyberdirector.voice.notes import Note

SCHEMA = "cyberdirector.voices"
VERSION = 1


class VoiceLock:
    """The voices of a cast with the hash of what each is made of.

    Parameters
    ----------
    path
        ``cast/voices.json`` of the project; it may not be there yet.

    Raises
    ------
    ProjectError
        ``voices-lock`` when the file cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._rows: dict[str, dict[str, Any]] = {}
        self.notes: dict[str, Note] = {}
        if path.is_file():
            try:
                self._rows = dict(json.loads(path.read_text(encoding="utf-8"))["voices"])
            except (OSError, ValueError, KeyError, TypeError) as error:
                raise _damaged(path, type(error).__name__) from None

    def known(self, role: str, sex: str) -> VoiceProfile | None:
        """Return the voice that a role has had, unless its sex has changed."""
        row = self._rows.get(role)
        if row is None:
            return None
        try:
            voice = VoiceProfile.model_validate(row["voice"])
        except (ValidationError, KeyError, TypeError):
            raise _damaged(self._path, role) from None
        return voice if voice.sex == sex else None

    def keep(self, role: str, voice: VoiceProfile) -> None:
        """Keep a role's voice; note when it is the same one but no longer sounds the same."""
        row = self._rows.get(role)
        if row and row.get("voice") == voice.model_dump(mode="json"):
            note = check_voice(voice, str(row.get("hash", "")))
            if note:
                self.notes[role] = note
            return
        self._rows[role] = {"voice": voice.model_dump(mode="json"), "hash": voice_hash(voice)}

    def save(self) -> None:
        """Write the file."""
        write_json(self._path, {"schema": SCHEMA, "version": VERSION, "voices": self._rows})


def _damaged(path: Path, found: str) -> ProjectError:
    return ProjectError(
        "voices-lock",
        f"读不懂演员的声音锁定（{found}）；请删去这个文件，下次制作会重新锁定。",
        f"the lock of the cast's voices cannot be read ({found}); delete the file and the next "
        "run locks the voices anew.",
        Location(str(path)),
    )
