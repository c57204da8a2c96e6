"""Text → a spoken line with its phones, words, melody and accents."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.hashing import seed_of
from cyberdirector.core.speech import SAMPLE_RATE, Emotion, Phone, Speech, Word
from cyberdirector.voice.accents import find_accents
from cyberdirector.voice.acoustics import (
    even_out,
    level,
    limit,
    resample,
    speech_rms,
    tilt,
    without_hum,
)
from cyberdirector.voice.emotion import Colour, colour_of
from cyberdirector.voice.g2p import Reading, Sound, read_line
from cyberdirector.voice.graph import KokoroGraph, kokoro
from cyberdirector.voice.plan import LABEL_LEAD, Plan, make_plan
from cyberdirector.voice.profile import VoiceProfile
from cyberdirector.voice.timing import Segment, label_segments, place_segments

CONTOUR_STEP = 0.01
"""Seconds between values of the F0 and energy contours of a speech."""

SPEECH_LEVEL = -21.0
"""RMS level of neutral speech in dB re full scale (pauses not counted)."""

_HEAD, _TAIL = 0.05, 0.12  # seconds of silence left before and after a line
_COMFORTABLE = 220  # tokens: beyond this a sentence is cut
_SENTENCE = 4  # syllables: shorter sentences are spoken together with their neighbours
_PAUSE_BETWEEN = {
    ".": 0.42,
    "!": 0.38,
    "?": 0.42,
    "…": 0.6,
    ";": 0.3,
    ":": 0.3,
    "—": 0.3,
    ",": 0.2,
}
_WH = re.compile(r"^\W*(who|what|when|where|why|how|which|whose)\b", re.IGNORECASE)


@dataclass(frozen=True)
class _Piece:
    """A synthesised piece: audio with placed phones and its plan's F0."""

    audio: NDArray[np.float32]
    segments: list[Segment]
    f0: NDArray[np.float32]


def speak(
    text: str,
    voice: VoiceProfile,
    emotion: Emotion | None = None,
    language: str | None = None,
    seed: int = 0,
    pace: float = 1.0,
    delivery: str = "",
    threads: int = 2,
) -> Speech:
    """Speak a line.

    Parameters
    ----------
    text
        The line as written; Chinese, English or Japanese.
    voice
        Who speaks.
    emotion
        Colours melody, pace, level and pauses; neutral when None.
    language
        ``zh``, ``en`` or ``ja``; found from the characters when None.
    seed
        Gives each take a slightly different melody.
    pace
        Factor on speaking rate, 0.5..2.
    delivery
        Empty, or ``shout``, ``whisper``, ``murmur``.
    threads
        Threads of the vocoder; the sound does not depend on it.

    Returns
    -------
    Speech
        50 ms of silence before and 120 ms after; phones, words and accents in the time of
        the audio; F0 and energy every 10 ms.

    Raises
    ------
    InputRefused
        When there is nothing to say, or language, emotion or delivery are not known.
    AdapterUnavailable
        When the voice model is not here.
    """
    reading = read_line(text, language)
    colour = colour_of(emotion or Emotion(), delivery)
    audio, segments, f0 = utter(reading, voice, colour, seed, pace, delivery, threads)
    if delivery == "whisper":
        audio = without_hum(audio)
    return assemble(reading, _level(audio, colour), segments, f0)


def utter(
    reading: Reading,
    voice: VoiceProfile,
    colour: Colour,
    seed: int = 0,
    pace: float = 1.0,
    delivery: str = "",
    threads: int = 2,
) -> tuple[NDArray[np.float32], list[Segment], NDArray[np.float32]]:
    """Sound a reading: raw audio, its spoken phones, and F0 in Hz every 10 ms."""
    graph = kokoro(threads)
    pieces = []
    gaps = []
    chunks = split_sounds(reading.sounds)
    pace = min(max(pace, 0.5), 2.0)
    for index, (first, last) in enumerate(chunks):
        sounds = reading.sounds[first:last]
        plan = make_plan(
            graph,
            sounds,
            reading.language,
            voice,
            colour,
            pace,
            seed_of("take", seed, reading.text, index),
            _rise(reading, sounds),
        )
        if delivery == "whisper":
            plan = _whispered(plan)
        pieces.append(_render(graph, plan, first))
        ending = sounds[-1].symbols if sounds[-1].pause else ","
        gaps.append(_PAUSE_BETWEEN[ending] * colour.pause / pace)
    return _join(pieces, gaps[:-1])


def split_sounds(sounds: tuple[Sound, ...]) -> list[tuple[int, int]]:
    """Cut a line into pieces (first, last) to be spoken one by one.

    A sentence of at least four syllables and a start that breaks off (…) are pieces of their
    own, so that the pause after them is ours; one longer than about 220 tokens is cut at
    clauses, else at words (the model takes 510).
    """
    sentences: list[tuple[int, int]] = []
    first = 0
    for last in range(1, len(sounds) + 1):
        mark = sounds[last - 1].symbols if sounds[last - 1].pause else ","
        shortest = {"…": 1, ".": _SENTENCE, "!": _SENTENCE, "?": _SENTENCE}.get(mark, 999)
        sides = (_syllables(sounds[first:last]), _syllables(sounds[last:]))
        if last == len(sounds) or min(sides) >= shortest:
            sentences.append((first, last))
            first = last
    return [piece for sentence in sentences for piece in _split_long(sounds, *sentence)]


def _syllables(sounds: tuple[Sound, ...]) -> int:
    return len({sound.syllable for sound in sounds if sound.syllable >= 0})


def _split_long(sounds: tuple[Sound, ...], first: int, last: int) -> list[tuple[int, int]]:
    sizes = np.cumsum([0, *(len(sound.symbols) for sound in sounds)])
    pieces = []
    while first < last and sounds[first].space:
        first += 1
    while sizes[last] - sizes[first] > _COMFORTABLE:
        fits = [i for i in range(first + 1, last) if sizes[i] - sizes[first] <= _COMFORTABLE]
        clauses = [i for i in fits if sounds[i - 1].pause]
        spaces = [i for i in fits if sounds[i - 1].space]
        cut = next((options[-1] for options in (clauses, spaces, fits) if options), first + 1)
        pieces.append((first, cut))
        first = cut
        while first < last - 1 and sounds[first].space:
            first += 1
    return [*pieces, (first, last)] if first < last else pieces


def _rise(reading: Reading, sounds: tuple[Sound, ...]) -> float:
    """Semitones to add at the end of a question."""
    if not (sounds[-1].pause and sounds[-1].symbols == "?"):
        return 0.0
    opening = next((reading.words[s.word].text for s in sounds if s.word >= 0), "")
    if reading.language == "en" and _WH.match(opening):
        return 0.0
    return {"zh": 2.0, "en": 3.0, "ja": 3.0}[reading.language]


def _whispered(plan: Plan) -> Plan:
    """Take the voicing out: below the voicing threshold the vocoder's source is noise."""
    silent = np.full_like(plan.prosody.f0, 8.0)
    return replace(plan, prosody=replace(plan.prosody, f0=silent))


def _render(graph: KokoroGraph, plan: Plan, first: int) -> _Piece:
    """Sound a plan and place its phones; ``first`` is the index of its first sound."""
    audio = resample(graph.sound(plan.prosody, plan.style), plan.formant)
    labels = label_segments(plan.sounds, plan.bounds, LABEL_LEAD / plan.formant)
    placed = [
        replace(segment, sound=segment.sound + first if segment.sound >= 0 else -1)
        for segment in place_segments(labels, audio)
    ]
    times = np.arange(0.0, len(audio) / SAMPLE_RATE, CONTOUR_STEP)
    index = np.minimum((times / plan.step).astype(np.int64), len(plan.f0) - 1)
    return _Piece(audio, placed, plan.f0[index])


def _join(
    pieces: list[_Piece], gaps: list[float]
) -> tuple[NDArray[np.float32], list[Segment], NDArray[np.float32]]:
    """Trim each piece to its speech and put silences between them."""
    audio: list[NDArray[np.float32]] = []
    contour: list[NDArray[np.float32]] = []
    segments: list[Segment] = []
    time = 0.0
    for index, piece in enumerate(pieces):
        spoken = [s for s in piece.segments if s.kind != "SIL"]
        head = _HEAD if index == 0 else 0.02
        tail = _TAIL if index == len(pieces) - 1 else 0.05
        grid = CONTOUR_STEP * SAMPLE_RATE
        start = int(np.floor((spoken[0].start - head) * SAMPLE_RATE / grid) * grid)
        stop = int(np.ceil((spoken[-1].end + tail) * SAMPLE_RATE / grid) * grid)
        cut = _window(piece.audio, start, stop)
        steps = np.arange(start // int(grid), stop // int(grid))
        inside = (steps >= 0) & (steps < len(piece.f0))
        f0 = np.where(inside, piece.f0[np.clip(steps, 0, len(piece.f0) - 1)], 0.0)
        shift = time - start / SAMPLE_RATE
        segments += [replace(s, start=s.start + shift, end=s.end + shift) for s in spoken]
        audio.append(cut)
        contour.append(f0.astype(np.float32))
        time += len(cut) / SAMPLE_RATE
        if index < len(gaps):
            count = max(1, round((gaps[index] - 0.07) / CONTOUR_STEP))
            audio.append(np.zeros(int(count * grid), np.float32))
            contour.append(np.zeros(count, np.float32))
            time += count * CONTOUR_STEP
    return np.concatenate(audio), segments, np.concatenate(contour)


def _window(audio: NDArray[np.float32], start: int, stop: int) -> NDArray[np.float32]:
    """Return ``audio[start:stop]``, zeros outside, with 5 ms fades at the cuts."""
    result = np.zeros(stop - start, np.float32)
    first, last = max(start, 0), min(stop, len(audio))
    result[first - start : last - start] = audio[first:last]
    fade = np.linspace(0.0, 1.0, 120, dtype=np.float32)
    result[:120] *= fade
    result[-120:] *= fade[::-1]
    return result


def _level(audio: NDArray[np.float32], colour: Colour) -> NDArray[np.float32]:
    """Bring the line to its level and brightness, peaks bent below full scale."""
    bright = tilt(even_out(audio), colour.tilt)
    rms = speech_rms(bright)
    wanted = 10.0 ** ((SPEECH_LEVEL + colour.gain) / 20.0)
    return limit((bright * (wanted / max(rms, 1e-6))).astype(np.float32))


def assemble(
    reading: Reading,
    audio: NDArray[np.float32],
    segments: list[Segment],
    f0: NDArray[np.float32],
) -> Speech:
    """Return the speech of a reading whose spoken ``segments`` are placed on ``audio``.

    Parameters
    ----------
    segments
        In order, without silences; ``sound`` indexes ``reading.sounds``.
    f0
        (n,) float32 Hz every 10 ms, 0 where unvoiced.
    """
    energy = level(audio, CONTOUR_STEP)
    count = min(len(energy), len(f0))
    f0, energy = f0[:count], energy[:count]
    phones, syllables = _phones(reading, segments, len(audio) / SAMPLE_RATE)
    f0 = np.where(energy > energy.max() - 45.0, f0, 0.0).astype(np.float32)
    for phone in phones:
        if phone.kind == "SIL":
            f0[round(phone.start / CONTOUR_STEP) : round(phone.end / CONTOUR_STEP)] = 0.0
    accents = find_accents(phones, syllables, f0, energy, CONTOUR_STEP)
    words = _words(reading, phones)
    return Speech(audio, phones, words, f0, energy, CONTOUR_STEP, accents, reading.language)


def _phones(
    reading: Reading, segments: list[Segment], total: float
) -> tuple[tuple[Phone, ...], tuple[int, ...]]:
    """Return phones with ``SIL`` in the gaps, and the syllable of each."""
    phones: list[Phone] = []
    syllables: list[int] = []
    place = 0.0
    for segment in segments:
        sound = reading.sounds[segment.sound]
        start, end = round(segment.start, 4), round(segment.end, 4)
        if start - place > 1e-3:
            phones.append(Phone("", "SIL", place, start))
            syllables.append(-1)
        phones.append(
            Phone(
                sound.symbols, segment.kind, start, end,
                sound.word, sound.stress, sound.tone, sound.rounded,
            )
        )  # fmt: skip
        syllables.append(sound.syllable)
        place = end
    if total - place > 1e-3:
        phones.append(Phone("", "SIL", place, round(total, 4)))
        syllables.append(-1)
    return tuple(phones), tuple(syllables)


def _words(reading: Reading, phones: tuple[Phone, ...]) -> tuple[Word, ...]:
    """Return the words with the times of their phones."""
    words = []
    for index, spelled in enumerate(reading.words):
        own = [phone for phone in phones if phone.word == index]
        if own:
            words.append(
                Word(spelled.text, own[0].start, own[-1].end, spelled.first, spelled.last)
            )
    return tuple(words)
