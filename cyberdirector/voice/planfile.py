"""The plan of a line as JSON that a person can edit, and back.

A file is read by planning the same line again and imposing what differs: a plan without
edits gives the bytes of the line without a plan.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from cyberdirector.core.errors import InputRefused, Location
from cyberdirector.core.files import write_bytes
from cyberdirector.core.speech import PHONE_CLASSES
from cyberdirector.voice.accents import Accent
from cyberdirector.voice.curve import EmotionCurve, read_emotion
from cyberdirector.voice.edits import impose
from cyberdirector.voice.emotion import DELIVERIES
from cyberdirector.voice.g2p.sounds import PAUSES, Reading, Sound, Spelled
from cyberdirector.voice.graph import kokoro
from cyberdirector.voice.line import Breath, LinePlan, plan_reading
from cyberdirector.voice.plan import Take
from cyberdirector.voice.profile import VoiceProfile
from cyberdirector.voice.synthesis import outline, with_accents

SCHEMA: Literal["cyberdirector.voiceplan"] = "cyberdirector.voiceplan"
VERSION = 1
MAX_BYTES = 64 << 20
"""Largest plan: an hour of speech is about 10 MB."""

Hertz = Annotated[float, Field(ge=0.0, le=1000.0)]
_STRICT = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class SoundRow(BaseModel):
    """A sound: editable are ``seconds``, ``f0``, ``energy``, ``gain`` and ``tilt``.

    ``f0`` (Hz, 0 unvoiced) and ``energy`` (voice effort) are points spread evenly over the
    sound, any number of them. ``gain`` in dB, ``tilt`` in dB per kHz. ``start`` (seconds) is
    for the reader. ``phones`` are articulatory classes and their shares of the sound.
    """

    model_config = _STRICT

    symbols: Annotated[str, Field(min_length=1, max_length=12)]
    phones: list[tuple[str, Annotated[float, Field(gt=0.0, le=1.0)]]]
    word: Annotated[int, Field(ge=-1)] = -1
    syllable: Annotated[int, Field(ge=-1)] = -1
    stress: Literal[0, 1, 2] = 0
    tone: Annotated[int, Field(ge=0, le=5)] = 0
    rounded: Annotated[float, Field(ge=0.0, le=1.0)] = 0.0
    nucleus: bool = False
    start: float = 0.0
    seconds: Annotated[float, Field(ge=0.0, le=5.0)]
    f0: Annotated[list[Hertz], Field(max_length=800)] = []
    energy: Annotated[
        list[Annotated[float, Field(ge=-20.0, le=30.0)]], Field(max_length=800)
    ] = []
    gain: Annotated[float, Field(ge=-40.0, le=12.0)] = 0.0
    tilt: Annotated[float, Field(ge=-6.0, le=6.0)] = 0.0

    @model_validator(mode="after")
    def _known(self) -> SoundRow:
        from cyberdirector.voice.styles import vocabulary

        unknown = sorted(set(self.symbols) - set(vocabulary()))
        if unknown:
            raise ValueError(f"symbols {unknown[0]!r} are not of the voice model")
        strange = [kind for kind, _ in self.phones if kind not in PHONE_CLASSES]
        if strange:
            raise ValueError(f"phones: {strange[0]!r} is no phone class")
        return self


class WordRow(BaseModel):
    """A word of the text, ``text[first:last]``; ``emphasis`` when it was marked."""

    model_config = _STRICT

    text: str
    first: Annotated[int, Field(ge=0)]
    last: Annotated[int, Field(ge=0)]
    emphasis: bool = False


class AccentRow(BaseModel):
    """A syllable on which brows rise and hands stroke."""

    model_config = _STRICT

    syllable: Annotated[int, Field(ge=0)]
    prominence: Annotated[float, Field(ge=0.0, le=1.0)]


class BreathRow(BaseModel):
    """Air drawn in before a sound (index into ``sounds``); ``level`` dB re the speech."""

    model_config = _STRICT

    before: Annotated[int, Field(ge=0)]
    seconds: Annotated[float, Field(ge=0.08, le=1.5)]
    level: Annotated[float, Field(ge=-60.0, le=0.0)] = -30.0


class PhraseRow(BaseModel):
    """Sounds between two pauses, for the reader: ``sounds[first:last]``."""

    model_config = _STRICT

    first: int
    last: int
    text: str
    start: float
    end: float


class PlanFile(BaseModel):
    """The whole file."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, populate_by_name=True)

    schema_name: Literal["cyberdirector.voiceplan"] = Field(alias="schema")
    version: Annotated[int, Field(ge=1, le=VERSION)]
    text: str
    language: Literal["zh", "en", "ja"]
    voice: VoiceProfile
    voice_hash: str = ""
    emotion: str
    delivery: str = ""
    pace: Annotated[float, Field(ge=0.5, le=2.0)] = 1.0
    seed: int = 0
    seconds: float = 0.0
    words: list[WordRow]
    phrases: list[PhraseRow] = []
    accents: list[AccentRow] = []
    breaths: list[BreathRow] = []
    sounds: Annotated[list[SoundRow], Field(min_length=1, max_length=100_000)]

    @model_validator(mode="after")
    def _fits(self) -> PlanFile:
        if self.delivery and self.delivery not in DELIVERIES:
            raise ValueError(f"delivery {self.delivery!r} is not known")
        for index, row in enumerate(self.sounds):
            if row.word >= len(self.words):
                raise ValueError(f"sounds.{index}.word: there is no word {row.word}")
        syllables = {row.syllable for row in self.sounds}
        for index, accent in enumerate(self.accents):
            if accent.syllable not in syllables:
                raise ValueError(f"accents.{index}.syllable: there is no {accent.syllable}")
        for index, breath in enumerate(self.breaths):
            if breath.before >= len(self.sounds):
                raise ValueError(f"breaths.{index}.before: there is no {breath.before}")
        if self.sounds[-1].symbols not in PAUSES:
            raise ValueError("sounds: the last one must be a pause mark")
        if all(row.syllable < 0 for row in self.sounds):
            raise ValueError("sounds: nothing is spoken")
        return self


def save_plan(path: Path, plan: LinePlan) -> None:
    """Write a plan as JSON, one sound per line."""
    data = _to_file(plan).model_dump(mode="json", by_alias=True)
    rows = [_short(row) for row in data.pop("sounds")]
    head = json.dumps(data, ensure_ascii=False, indent=1)
    lines = ",\n  ".join(json.dumps(row, ensure_ascii=False) for row in rows)
    write_bytes(path, f'{head[:-2]},\n "sounds": [\n  {lines}\n ]\n}}\n'.encode())


def _short(row: dict[str, Any]) -> dict[str, Any]:
    """Leave out what has its usual value."""
    plain = {k: f.default for k, f in SoundRow.model_fields.items() if not f.is_required()}
    return {k: v for k, v in row.items() if k not in plain or v != plain[k] or k == "start"}


def load_plan(path: Path, threads: int = 2) -> LinePlan:
    """Read a plan and impose its edits.

    Raises
    ------
    InputRefused
        ``voice-plan`` naming the field that is wrong.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise _refused(path, "size", f"> {MAX_BYTES} bytes")
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, ValueError, RecursionError) as error:
        raise _refused(path, "file", str(error)[:120]) from None
    try:
        file = PlanFile.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "plan"
        raise _refused(path, field, str(first["msg"])) from None
    try:
        curve = read_emotion(file.emotion)
    except InputRefused as error:
        raise _refused(path, "emotion", error.en) from None
    base = _base(file, curve, threads)
    rows = sound_rows(base)
    plan = impose(kokoro(threads), base, rows, [row.model_dump() for row in file.sounds])
    accents = tuple(Accent(a.syllable, a.prominence) for a in file.accents)
    breaths = tuple(Breath(b.before, b.seconds, b.level) for b in file.breaths)
    return replace(plan, accents=accents, breaths=breaths)


def _base(file: PlanFile, curve: EmotionCurve, threads: int) -> LinePlan:
    """Plan the line of a file again, as if nothing had been edited."""
    sounds = tuple(
        Sound(
            row.symbols, tuple(row.phones), row.word, row.stress, row.tone,
            row.rounded, row.syllable, row.nucleus,
        )
        for row in file.sounds
    )  # fmt: skip
    words = tuple(Spelled(word.text, word.first, word.last) for word in file.words)
    stressed = frozenset(i for i, word in enumerate(file.words) if word.emphasis)
    reading = Reading(file.text, file.language, sounds, words, stressed)
    take = Take(curve, file.delivery, file.pace, file.seed)
    return with_accents(plan_reading(kokoro(threads), reading, file.voice, take))


def sound_rows(plan: LinePlan) -> list[dict[str, Any]]:
    """Return what can be edited, by sound: seconds, f0, energy, gain, tilt."""
    rows: list[dict[str, Any]] = [
        {"seconds": 0.0, "f0": [], "energy": [], "gain": 0.0, "tilt": 0.0}
        for _ in plan.reading.sounds
    ]
    for number, piece in enumerate(plan.pieces):
        edges = piece.edges()
        for index, sound in enumerate(piece.sounds):
            first, last = int(edges[index]), int(edges[index + 1])
            row = rows[piece.first + index]
            row["gain"] = round(float(piece.gain[index]), 2)
            row["tilt"] = round(float(piece.tilt[index]), 2)
            if not sound.pause:
                row["seconds"] = round((last - first) * piece.step, 4)
                row["f0"] = _rounded(piece.f0[first:last], 2)
                row["energy"] = _rounded(piece.prosody.energy[first:last], 2)
            elif index + 1 < len(piece.sounds):
                row["seconds"] = round((last - first) * piece.step, 4)
            elif number < len(plan.gaps):
                row["seconds"] = plan.gaps[number]
    return rows


def _rounded(values: NDArray[np.float32], digits: int) -> list[float]:
    return [round(float(value), digits) for value in values]


def _to_file(plan: LinePlan) -> PlanFile:
    from cyberdirector.voice.identity import voice_hash

    if not isinstance(plan.take.shading, EmotionCurve):
        raise TypeError("only plans with an emotion curve can be saved")
    reading = plan.reading
    speech = outline(plan)
    sounds = []
    time = next(phone.start for phone in speech.phones if phone.kind != "SIL")
    for sound, row in zip(reading.sounds, sound_rows(plan), strict=True):
        sounds.append(
            SoundRow(
                symbols=sound.symbols, phones=list(sound.parts), word=sound.word,
                syllable=sound.syllable, stress=sound.stress, tone=sound.tone,  # type: ignore[arg-type]
                rounded=sound.rounded, nucleus=sound.nucleus, start=round(time, 3), **row,
            )
        )  # fmt: skip
        time += row["seconds"]
    return PlanFile(
        schema=SCHEMA,
        version=VERSION,
        text=reading.text,
        language=reading.language,  # type: ignore[arg-type]
        voice=plan.voice,
        voice_hash=voice_hash(plan.voice),
        emotion=str(plan.take.shading),
        delivery=plan.take.delivery,
        pace=plan.take.pace,
        seed=plan.take.seed,
        seconds=round(speech.duration, 3),
        words=[
            WordRow(text=w.text, first=w.first, last=w.last, emphasis=i in reading.emphasis)
            for i, w in enumerate(reading.words)
        ],
        phrases=_phrases(reading, sounds),
        accents=[AccentRow(syllable=a.syllable, prominence=a.prominence) for a in plan.accents],
        breaths=[
            BreathRow(before=b.before, seconds=b.seconds, level=b.level) for b in plan.breaths
        ],
        sounds=sounds,
    )


def _phrases(reading: Reading, rows: list[SoundRow]) -> list[PhraseRow]:
    """Return the runs of sounds between pauses that are heard (60 ms and more)."""
    phrases, first = [], 0
    for index, sound in enumerate(reading.sounds):
        last = index == len(reading.sounds) - 1
        if not last and not (sound.pause and rows[index].seconds >= 0.06):
            continue
        words = [reading.words[s.word] for s in reading.sounds[first:index] if s.word >= 0]
        if words:
            phrases.append(
                PhraseRow(
                    first=first,
                    last=index,
                    text=reading.text[words[0].first : words[-1].last],
                    start=rows[first].start,
                    end=rows[index].start,
                )
            )
        first = index + 1
    return phrases


def _refused(path: Path, field: str, found: str) -> InputRefused:
    return InputRefused(
        "voice-plan",
        f"台词计划的 {field} 不对（{found}）；请对照 docs/voice.md 修改，"
        "或重新用 --plan 生成。",
        f"{field} of the voice plan is wrong ({found}); compare docs/voice.md, or make the "
        "plan again with --plan.",
        Location(str(path), path=field),
        field=field,
    )
