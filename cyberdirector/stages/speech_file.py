"""A spoken line on disk: a WAV that any player opens, and its timing as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from cyberdirector.core.errors import Location, ProjectError
from cyberdirector.core.files import write_json
from cyberdirector.core.speech import SAMPLE_RATE, Phone, Speech, Word
from cyberdirector.formats import read_audio, write_wav

SCHEMA = "cyberdirector.speech"
VERSION = 1


def save_timing(path: Path, speech: Speech, **more: Any) -> None:
    """Write phonemes, words, contours and accents of a line as JSON."""
    write_json(
        path,
        {
            "schema": SCHEMA,
            "version": VERSION,
            **more,
            "language": speech.language,
            "duration": round(speech.duration, 5),
            "phones": [_row(asdict(p)) for p in speech.phones],
            "words": [_row(asdict(w)) for w in speech.words],
            "step": speech.step,
            "f0": [round(float(x), 2) for x in speech.f0],
            "energy": [round(float(x), 2) for x in speech.energy],
            "accents": [[round(t, 4), round(p, 3)] for t, p in speech.accents],
        },
    )


def _row(row: dict[str, Any]) -> dict[str, Any]:
    return {k: round(v, 5) if isinstance(v, float) else v for k, v in row.items()}


def save_sound(path: Path, speech: Speech) -> None:
    """Write the sound of a line as a 24 kHz WAV."""
    write_wav(path, speech.audio, SAMPLE_RATE)


def load_speech(wav: Path, timing: Path) -> Speech:
    """Read a line back from its two files.

    Raises
    ------
    ProjectError
        When the timing file is damaged.
    """
    try:
        data = json.loads(timing.read_text(encoding="utf-8"))
        return Speech(
            read_audio(wav),
            tuple(Phone(**row) for row in data["phones"]),
            tuple(Word(**row) for row in data["words"]),
            np.array(data["f0"], dtype=np.float32),
            np.array(data["energy"], dtype=np.float32),
            float(data["step"]),
            tuple((float(t), float(p)) for t, p in data["accents"]),
            str(data["language"]),
        )
    except (KeyError, TypeError, ValueError, OSError) as error:
        raise ProjectError(
            "timing-damaged",
            f"配音时间文件无法读取（{error}）；删除它后重新运行即可。",
            f"The timing of this line cannot be read ({error}); delete the file and run again.",
            Location(str(timing)),
        ) from error
