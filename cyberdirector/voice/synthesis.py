"""Text → a spoken line with its phones, words, melody and accents."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.progress import Progress, SilentProgress
from cyberdirector.core.speech import SAMPLE_RATE, Emotion, Phone, Speech, Word
from cyberdirector.voice.assembly import accents_of, assemble
from cyberdirector.voice.curve import EmotionCurve
from cyberdirector.voice.emotion import colour_of
from cyberdirector.voice.g2p import Reading, read_line
from cyberdirector.voice.graph import kokoro
from cyberdirector.voice.line import LinePlan, plan_reading, split_sounds
from cyberdirector.voice.plan import Take
from cyberdirector.voice.profile import VoiceProfile
from cyberdirector.voice.render import finish, outline_line, predict_level, sound_line

_PART = 24
"""Pieces (sentences) of a long text that are planned and sounded together: about a minute."""

_PART_GAP = 0.3  # seconds between parts, besides the silence at their ends


def take_of(
    emotion: Emotion | EmotionCurve | None = None,
    seed: int = 0,
    pace: float = 1.0,
    delivery: str = "",
) -> Take:
    """Return how a line is to be brought out.

    Parameters
    ----------
    emotion
        Colours melody, pace, level and pauses, as one emotion or a curve along the line;
        neutral when None.
    seed
        Gives each take a slightly different melody.
    pace
        Factor on speaking rate, 0.5..2.
    delivery
        Empty, or ``shout``, ``whisper``, ``murmur``.

    Raises
    ------
    InputRefused
        When emotion or delivery are not known.
    """
    curve = EmotionCurve.of(emotion)
    for _, key in curve.keys:
        colour_of(key, delivery)
    return Take(curve, delivery, min(max(pace, 0.5), 2.0), seed)


def plan_line(
    text: str,
    voice: VoiceProfile,
    emotion: Emotion | EmotionCurve | None = None,
    seed: int = 0,
    threads: int = 2,
) -> LinePlan:
    """Plan a line: phones, durations, F0, energy, accents, pauses; no sound is made.

    Takes about 20 ms per second of speech; see :func:`plan_read` for more.
    """
    return plan_read(read_line(text), voice, take_of(emotion, seed), threads)


def plan_read(
    reading: Reading,
    voice: VoiceProfile,
    take: Take,
    threads: int = 2,
    part: tuple[int, int] | None = None,
) -> LinePlan:
    """Plan a line that has been read, with its accents; only some pieces with ``part``."""
    return with_accents(plan_reading(kokoro(threads), reading, voice, take, part=part))


def with_accents(plan: LinePlan) -> LinePlan:
    """Return the plan with the accents that its contours show."""
    outline = outline_line(plan)
    levels = predict_level(plan, outline)
    accents = accents_of(plan.reading, outline.segments, outline.f0, levels)
    return replace(plan, accents=accents)


def outline(plan: LinePlan) -> Speech:
    """Return what is known of a line before it sounds.

    Phones, words, F0, energy (dB, predicted) and accents are those of the plan, some
    10 ms from those of the sound; ``audio`` is silence of the right length.
    """
    sounded = outline_line(plan)
    levels = predict_level(plan, sounded)
    return assemble(
        plan.reading, sounded.audio, sounded.segments, sounded.f0, plan.accents, levels
    )


def render_plan(plan: LinePlan, threads: int = 2) -> Speech:
    """Sound a plan as it stands.

    Returns
    -------
    Speech
        50 ms of silence before (more where the line begins with a breath) and 120 ms after;
        phones, words and accents in the time of the audio; F0 and energy every 10 ms.
    """
    sounded = sound_line(kokoro(threads), plan)
    audio = finish(plan, sounded)
    return assemble(plan.reading, audio, sounded.segments, sounded.f0, plan.accents)


def speak(
    text: str,
    voice: VoiceProfile,
    emotion: Emotion | EmotionCurve | None = None,
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
    language
        ``zh``, ``en`` or ``ja``; found from the characters when None.
    emotion, seed, pace, delivery
        How; see :func:`take_of`.
    threads
        Threads of the vocoder; the sound does not depend on it.

    Raises
    ------
    InputRefused
        When there is nothing to say, or language, emotion or delivery are not known.
    AdapterUnavailable
        When the voice model is not here.
    """
    take = take_of(emotion, seed, pace, delivery)
    return speak_read(read_line(text, language), voice, take, threads)


def speak_read(
    reading: Reading,
    voice: VoiceProfile,
    take: Take,
    threads: int = 2,
    progress: Progress | None = None,
) -> Speech:
    """Speak a line that has been read; a long one part by part.

    A part is about a minute: memory follows the part, but for the finished sound.
    ``progress`` gets a stage ``voice`` with one step per sentence.
    """
    count = len(split_sounds(reading.sounds))
    parts = []
    with (progress or SilentProgress()).stage("voice", count) as bar:
        for first in range(0, count, _PART):
            part = (first, min(first + _PART, count))
            parts.append(render_plan(plan_read(reading, voice, take, threads, part), threads))
            bar.advance(part[1] - first)
    return parts[0] if len(parts) == 1 else join_speech(parts)


def join_speech(parts: list[Speech]) -> Speech:
    """Return parts of a long text as one speech, a short silence between them."""
    pause = np.zeros(round(_PART_GAP * SAMPLE_RATE), np.float32)
    steps = round(_PART_GAP / parts[0].step)
    audio: list[NDArray[np.float32]] = []
    phones: list[Phone] = []
    words: list[Word] = []
    accents: list[tuple[float, float]] = []
    contours: tuple[list[NDArray[np.float32]], list[NDArray[np.float32]]] = ([], [])
    time = 0.0
    for index, part in enumerate(parts):
        last = index == len(parts) - 1
        phones += [replace(p, start=p.start + time, end=p.end + time) for p in part.phones]
        words += [replace(w, start=w.start + time, end=w.end + time) for w in part.words]
        accents += [(at + time, prominence) for at, prominence in part.accents]
        count = round(len(part.audio) / SAMPLE_RATE / part.step)
        for rows, values, rest in zip(contours, (part.f0, part.energy), (0, -100), strict=True):
            fitted = np.full(count + (0 if last else steps), rest, np.float32)
            fitted[: min(count, len(values))] = values[:count]
            rows.append(fitted)
        audio += [part.audio] if last else [part.audio, pause]
        time += len(part.audio) / SAMPLE_RATE + (0.0 if last else _PART_GAP)
    return replace(
        parts[0],
        audio=np.concatenate(audio),
        phones=tuple(phones),
        words=tuple(words),
        f0=np.concatenate(contours[0]),
        energy=np.concatenate(contours[1]),
        accents=tuple(accents),
    )
