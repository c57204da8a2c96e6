"""The sound of every line: spoken by the voice model, or recorded by the user."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cyberdirector.core.errors import InputRefused, Location
from cyberdirector.core.hashing import content_hash, file_sha256, seed_of
from cyberdirector.core.speech import Speech
from cyberdirector.project import Outcome
from cyberdirector.script import Episode, Line
from cyberdirector.stage.blocking import Direction
from cyberdirector.stages.production import Production, code_hash
from cyberdirector.stages.speech_file import load_speech, save_sound, save_timing
from cyberdirector.voice import VoiceProfile
from cyberdirector.voice.g2p import Reading, read_line
from cyberdirector.voice.g2p.dictionary import (
    NONE,
    Dictionary,
    dictionary_path,
    read_dictionary,
)

_MANNERS = (("shout", "shout"), ("whisper", "whisper"), ("low", "murmur"), ("os", "murmur"))
_PLAIN = Direction()
_PACES = {"fast": 1.14, "slow": 0.86}


def find_recording(production: Production, script: Path, line: Line) -> Path | None:
    """Return the user's own sound of a line: ``voices/<line id>.wav``, if there is one."""
    for folder in (production.project.path("voices"), script.parent / "voices"):
        path = folder / f"{line.id}.wav"
        if path.is_file():
            return path
    return None


def speak_lines(
    production: Production,
    episode: Episode,
    voices: dict[str, VoiceProfile],
    script: Path,
    directions: dict[str, Direction] | None = None,
) -> dict[str, Speech]:
    """Return the speech of every line by id; files go to ``takes/``.

    ``directions`` are what was changed in single lines: a feeling that changes along the line
    colours the voice as well.
    """
    told = directions or {}
    lines = episode.lines()
    speeches: dict[str, Speech] = {}
    with production.stage("voice", len(lines)) as log:
        for line in lines:
            recording = find_recording(production, script, line)
            outcome = _make(
                production,
                line,
                voices[line.speaker],
                recording,
                told.get(line.id, _PLAIN),
                script,
            )
            wav, timing = _paths(production, line)
            if outcome is Outcome.EDITED and recording is None:
                outcome = _realign(production, line, wav, timing)
            speeches[line.id] = load_speech(wav, timing)
            log.done(outcome, line.speaker)
        log.more["seconds_of_speech"] = round(sum(s.duration for s in speeches.values()), 2)
    return speeches


def _paths(production: Production, line: Line) -> tuple[Path, Path]:
    base = production.project.path("takes", line.id)
    return base.with_name(f"{line.id}.wav"), base.with_name(f"{line.id}.json")


def _make(
    production: Production,
    line: Line,
    voice: VoiceProfile,
    recording: Path | None,
    told: Direction,
    script: Path,
) -> Outcome:
    """Make ``takes/<line id>.wav`` and ``.json`` unless they are there."""
    wav, timing = _paths(production, line)
    seed = seed_of(production.settings.seed, line.id, line.text)
    inputs: dict[str, Any] = {
        "text": line.text,
        "language": line.language,
        "emotion": line.emotion,
        "delivery": list(line.delivery),
        "seed": seed,
    }
    if recording is not None:
        inputs["recording"] = file_sha256(recording)
    else:
        inputs["voice"] = voice.model_dump(mode="json")
    if told.course:
        inputs["course"] = list(told.course)
    if told.seed is not None:
        seed = inputs["seed"] = seed_of(seed, "take", told.seed)
    own = _dictionary(script).within(line.text)
    if own != NONE:
        inputs["dictionary"] = own
    key = content_hash(code_hash("voice", "modelstore"), inputs)

    def build(path: Path) -> None:
        if recording is None:
            reading = read_line(line.text, line.language, own)
            for note in reading.notes:
                production.note(stage="voice", line=line.id, code=note.code, text=note.en)
            speech = _speak(line, reading, voice, seed, told)
        else:
            speech = _align(line, recording)
        save_sound(path, speech)
        save_timing(timing, speech, key=key, text=line.text, speaker=line.speaker)

    if not timing.exists():
        wav.unlink(missing_ok=True)
    return production.project.ledger.step(wav, key, build)


def _dictionary(script: Path) -> Dictionary:
    """Return the user's pronunciations beside the script, if there are any."""
    path = dictionary_path(script)
    return read_dictionary(path) if path.is_file() else NONE


def _speak(
    line: Line, reading: Reading, voice: VoiceProfile, seed: int, told: Direction
) -> Speech:
    from cyberdirector.voice.curve import EmotionCurve
    from cyberdirector.voice.synthesis import speak_read, take_of

    take = take_of(
        EmotionCurve(told.course) if told.course else line.emotion,
        seed,
        next((_PACES[word] for word in line.delivery if word in _PACES), 1.0),
        _manner(line),
    )
    return speak_read(reading, voice, take)


def _manner(line: Line) -> str:
    """Return how the voice model is asked to speak: loudly, whispering, under the breath."""
    for word, manner in _MANNERS:
        if word in line.delivery:
            return manner
    return ""


def _align(line: Line, recording: Path) -> Speech:
    from cyberdirector.formats import read_audio
    from cyberdirector.voice import align_recording

    audio = read_audio(recording)
    if len(audio) < 2400 or float(abs(audio).max()) < 1e-3:
        raise InputRefused(
            "recording-silent",
            f"这段录音没有声音：{line.text[:20]}。请重录，或删除该文件改用合成语音。",
            f"This recording is silent: {line.text[:20]}. Record it again, or delete the "
            "file to have the line spoken by the voice model.",
            Location(str(recording)),
        )
    return align_recording(audio, line.text, line.language)


def _realign(production: Production, line: Line, wav: Path, timing: Path) -> Outcome:
    """Time a WAV that a person has put in the place of ours."""
    key = file_sha256(wav)
    ledger = production.project.ledger
    marker = timing.with_suffix(".aligned.json")
    if not marker.exists() or key not in marker.read_text(encoding="utf-8"):
        speech = _align(line, wav)
        save_timing(timing, speech, key=key, text=line.text, speaker=line.speaker)
        marker.write_text(f'{{"wav": "{key}"}}\n', encoding="utf-8")
    ledger.outcomes[wav.name] = Outcome.EDITED
    return Outcome.EDITED
