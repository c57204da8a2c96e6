"""A line on its own: sound, take and the small document that the take is made anew from."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cyberdirector.core.clip import Clip
from cyberdirector.core.errors import InputRefused, Location
from cyberdirector.core.files import write_json
from cyberdirector.core.hashing import file_sha256, seed_of
from cyberdirector.core.model import Character
from cyberdirector.core.progress import Progress, SilentProgress
from cyberdirector.core.speech import SAMPLE_RATE, Speech
from cyberdirector.core.time import Rate
from cyberdirector.formats import (
    read_vrm,
    read_vrma,
    write_bvh,
    write_live_link,
    write_motion_glb,
    write_vrma,
    write_wav,
)
from cyberdirector.perform.layers import parse_layers
from cyberdirector.perform.passages import LONGEST
from cyberdirector.perform.presets import fit_presets
from cyberdirector.perform.styles import style_named
from cyberdirector.perform.take import AFTER, BEFORE, Acting, Take, perform_line
from cyberdirector.voice import VoiceProfile, choose_voice, load_voices, read_line
from cyberdirector.voice.curve import read_emotion
from cyberdirector.voice.ear.take import listen_to
from cyberdirector.voice.notes import Note
from cyberdirector.voice.synthesis import speak_read, take_of

SCHEMA = "cyberdirector.take"
VERSION = 1

_MAX_BYTES = 1 << 20


class TakeDocument(BaseModel):
    """What a take is made of: a small file that can be read, changed and made again.

    Attributes
    ----------
    text, language
        The words; the language is found from them when empty.
    audio
        A recording of the words; empty: the voice model speaks them.
    character
        A ``.vrm`` file.
    voice
        Name of a voice of the catalogue; empty: one that suits the character.
    emotion
        ``sad``, ``sad:0.7`` or keys along the line, ``sad:0.2@0,anger:0.9@1``.
    style, mouth
        Acting of acting; ``full`` or ``anime``.
    seed
        Of everything that the words leave open.
    rate
        Frames per second as a ratio.
    layers
        Layer → strength, or strength and seed of its own.
    replaced
        Layer → ``.vrma`` that it is taken from.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    schema_name: str = Field(default=SCHEMA, alias="schema", pattern=f"^{SCHEMA}$")
    version: int = Field(default=VERSION, ge=1, le=VERSION)
    text: str = ""
    language: str = Field(default="", pattern="^(zh|en|ja)?$")
    audio: str = ""
    character: str = ""
    voice: str = ""
    emotion: str = "neutral"
    style: str = ""
    mouth: str = Field(default="full", pattern="^(full|anime)$")
    seed: int = 0
    rate: tuple[int, int] = (30, 1)
    layers: dict[str, Any] = {}
    replaced: dict[str, str] = {}


@dataclass(frozen=True)
class Performed:
    """A take with what it was made from."""

    document: TakeDocument
    character: Character
    speech: Speech
    take: Take
    voice: str
    heard: tuple[Note, ...] = ()


def read_take(path: Path) -> TakeDocument:
    """Read the document of a take.

    Raises
    ------
    InputRefused
        ``take-unreadable`` with the first field that is wrong.
    """
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise ValueError(f"{path.stat().st_size} bytes")
        data = json.loads(path.read_text(encoding="utf-8"))
        return TakeDocument.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise _unreadable(path, f"{where}: {first['msg']}") from error
    except (OSError, ValueError, RecursionError) as error:
        raise _unreadable(path, str(error)[:120]) from error


def _unreadable(path: Path, found: str) -> InputRefused:
    return InputRefused(
        "take-unreadable",
        f"读不懂这个表演文件（{found}）；请用 perform 命令写出的 .take.json。",
        f"this take cannot be read ({found}); give a .take.json that `perform` wrote.",
        Location(str(path)),
    )


def perform_document(
    document: TakeDocument,
    speech: Speech | None = None,
    threads: int = 2,
    progress: Progress | None = None,
) -> Performed:
    """Make the take that a document describes.

    Parameters
    ----------
    document
        See :class:`TakeDocument`; ``character`` must be given.
    speech
        The sound when it is there already (several takes of one line share it).
    threads
        Of the voice model.
    progress
        Gets a stage ``voice`` (sentences) and a stage ``perform`` (frames).

    Raises
    ------
    InputRefused
        ``take-without-words``, ``voice-too-long``, ``voice-unknown``, ``style-unknown`` …
    """
    progress = progress or SilentProgress()
    character = read_vrm(Path(document.character))
    feeling = read_emotion(document.emotion)
    manner = Acting(
        feeling.keys,
        document.seed,
        Rate(*document.rate),
        style_named(document.style),
        parse_layers(document.layers),
        document.mouth,
    )
    replaced: dict[str, Clip] = {
        name: read_vrma(Path(path)) for name, path in document.replaced.items()
    }
    name: str = document.voice
    heard: tuple[Note, ...] = ()
    if speech is None:
        speech, name, heard = _sound(document, character, threads, progress)
    frames = manner.rate.ceil(BEFORE) + manner.rate.ceil(speech.duration + AFTER)
    with progress.stage("perform", frames) as bar:
        take = perform_line(character, speech, document.text, manner, replaced, bar)
    return Performed(document, character, speech, take, name, heard)


def _sound(
    document: TakeDocument, character: Character, threads: int, progress: Progress
) -> tuple[Speech, str, tuple[Note, ...]]:
    """Return the speech of a document, its voice (empty: recorded), and remarks."""
    if document.audio:
        words = document.text.strip() or None
        speech, notes = listen_to(Path(document.audio), words, document.language or None)
        return speech, "", notes
    if not document.text.strip():
        raise InputRefused(
            "take-without-words",
            "没有台词也没有录音；请给 --text 或 --audio。",
            "there are neither words nor a recording; give --text or --audio.",
        )
    voice = _voice(document, character)
    reading = read_line(document.text, document.language or None)
    how = take_of(read_emotion(document.emotion), document.seed)
    speech = speak_read(reading, voice, how, threads, progress)
    return speech, voice.name, (*reading.notes, *_length(document.text, speech))


def _length(text: str, speech: Speech) -> tuple[Note, ...]:
    """Return a remark on a text that became many minutes of speech."""
    if speech.duration <= LONGEST:
        return ()
    minutes = speech.duration / 60.0
    return (
        Note(
            "take-long",
            f"台词有 {len(text)} 个字，说了 {minutes:.1f} 分钟；已在停顿处分段表演。"
            "写成剧本可以逐句修改。",
            f"the text of {len(text)} characters became {minutes:.1f} minutes of speech, "
            "performed in passages; as a script each line could be changed alone.",
        ),
    )


def _voice(document: TakeDocument, character: Character) -> VoiceProfile:
    voices = {voice.name: voice for voice in load_voices()}
    if document.voice in voices:
        return voices[document.voice]
    if document.voice:
        raise InputRefused(
            "voice-unknown",
            f"没有名为“{document.voice}”的声音；可用：{'、'.join(voices)}。",
            f"there is no voice “{document.voice}”; use one of {', '.join(voices)}.",
        )
    recipe = character.extras.get("recipe", {})
    sex, age = str(recipe.get("sex", "female")), int(recipe.get("age", 24))
    return choose_voice(sex, age, seed_of(character.name, "voice"))


def write_take(
    performed: Performed,
    output: Path,
    curves: Path | None = None,
    bvh: Path | None = None,
    presets: bool = False,
    glb: Path | None = None,
) -> dict[str, Any]:
    """Write ``name.vrma``, ``name.wav`` and ``name.take.json``; return what was made.

    Parameters
    ----------
    output
        The ``.vrma``.
    curves, bvh
        Further files: face curves in the columns of Live Link, the body as BVH.
    presets
        Write the face in the character's VRM presets instead of ARKit shapes.
    glb
        A further file: character and motion in one, skins, shapes and one animation.

    Raises
    ------
    InputRefused
        ``presets-missing`` when the character has none to fit.
    """
    take, rest = performed.take, performed.character.rest()
    fitted = fit_presets(performed.character, take.clip.weights) if presets else None
    if fitted is not None and not fitted:
        raise InputRefused(
            "presets-missing",
            "这个角色没有可用的 VRM 预设表情；请去掉 --presets。",
            "this character has no VRM presets that could be fitted; leave --presets out.",
            Location(performed.document.character),
        )
    sound = output.with_suffix(".wav")
    write_wav(sound, performed.speech.audio, SAMPLE_RATE)
    write_vrma(output, take.clip, rest, fitted)
    document = performed.document.model_dump(mode="json", by_alias=True)
    write_json(output.with_suffix(".take.json"), document)
    if curves is not None:
        write_live_link(curves, take.clip)
    if bvh is not None:
        write_bvh(bvh, take.clip, rest)
    if glb is not None:
        write_motion_glb(glb, performed.character, take.clip, output.stem)
    speech = performed.speech
    return {
        "output": str(output),
        "sound": str(sound),
        "document": str(output.with_suffix(".take.json")),
        "character": performed.character.name,
        "sha256": file_sha256(output),
        "voice": performed.voice,
        "language": speech.language,
        "seconds": round(speech.duration, 3),
        "frames": take.clip.frames,
        "rate": [take.clip.rate.num, take.clip.rate.den],
        "audio_starts_at_frame": take.start,
        "phones": len([p for p in speech.phones if p.kind != "SIL"]),
        "notes": [*(_remark(note) for note in performed.heard), *take.notes],
    }


def _remark(note: Note) -> dict[str, object]:
    return {"code": note.code, "zh": note.zh, "en": note.en}
