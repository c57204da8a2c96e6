"""Choosing gestures for a spoken line: by what is said, by stress, by manner."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import numpy as np

from cyberdirector.core.speech import Emotion, Speech
from cyberdirector.perform._expressions import AROUSAL
from cyberdirector.perform.gesture import Played, fit
from cyberdirector.perform.lexicon import Gesture, gestures
from cyberdirector.perform.prosody import Prosody

SEMANTIC_REACH = 0.4
"""A word moves its gesture to an accent that is at most this far away, seconds."""

LATE = 0.6
"""A gesture without room for its preparation may come this many seconds after its word."""

_BEATS = ("beat", "beat_both", "palm_up", "chop")


@dataclass(frozen=True)
class _Candidate:
    gesture: Gesture
    apex: float
    score: float


def _word_times(speech: Speech, offset: float, text: str, word: str) -> list[float]:
    """Return when a tag is spoken, segment seconds; Latin tags match whole words only."""
    lowered = text.lower()
    latin = word.isascii()
    pattern = rf"\b{re.escape(word)}\b" if latin else re.escape(word)
    times = []
    for match in re.finditer(pattern, lowered):
        for spoken in speech.words:
            if spoken.first <= match.start() < spoken.last:
                times.append(offset + (spoken.start + min(spoken.end, spoken.start + 0.4)) / 2)
                break
    return times


def _semantic(
    speech: Speech, offset: float, text: str, emotion: Emotion, prosody: Prosody
) -> list[_Candidate]:
    found: list[_Candidate] = []
    for gesture in gestures().values():
        if emotion.name in gesture.avoid and emotion.intensity > 0.3:
            continue
        mood = gesture.emotions.get(emotion.name, 0.0) * emotion.intensity
        for word in gesture.tags.get(speech.language, ()):
            for time in _word_times(speech, offset, text, word):
                near = [(abs(a - time), a, p) for a, p in prosody.accents]
                gap, accent, strength = min(near, default=(9.0, time, 0.0))
                apex = accent if gap <= SEMANTIC_REACH else time
                # Longer words say more about what is meant.
                long = 0.1 * min(len(word) - 1, 4) / (1 if not word.isascii() else 3)
                score = (
                    0.25
                    + gesture.weight
                    + mood
                    + long
                    + 0.35 * strength * (gap < SEMANTIC_REACH)
                )
                found.append(_Candidate(gesture, apex, score))
    return found


def _stressed(
    emotion: Emotion, prosody: Prosody, openness: float, rng: np.random.Generator
) -> list[_Candidate]:
    found: list[_Candidate] = []
    library = gestures()
    moods = [g for g in library.values() if g.emotions.get(emotion.name)]
    for time, strength in prosody.accents:
        names = [n for n in _BEATS if not library[n].strong or strength > 0.6]
        name = names[int(rng.integers(len(names)))]
        jitter = rng.uniform(0.0, 0.15)
        extra = 0.15 * (openness - 0.5) if name.startswith("palm") else 0.0
        score = library[name].weight * 0.6 + 0.45 * strength + jitter + extra
        found.append(_Candidate(library[name], time, score))
        for gesture in moods:
            mood = gesture.emotions[emotion.name] * emotion.intensity
            found.append(
                _Candidate(gesture, time, mood + 0.3 * strength + rng.uniform(0.0, 0.1))
            )
    return found


def _sides(
    gesture: Gesture, aim: float, last: int, rng: np.random.Generator
) -> tuple[int, ...]:
    if gesture.hands == "both":
        return (0, 1)
    if gesture.hands in ("left", "right"):
        return (0,) if gesture.hands == "left" else (1,)
    if gesture.aim and abs(aim) > 0.25:
        return (0,) if aim > 0 else (1,)
    return (last,) if rng.random() < 0.6 else (1 - last,)


def _later(apex: float, prosody: Prosody) -> list[float]:
    """Return accents soon after a word at which the hand had no time to be there."""
    return [a for a, _ in prosody.accents if apex < a <= apex + LATE]


def choose_gestures(
    speech: Speech,
    offset: float,
    text: str,
    emotion: Emotion,
    prosody: Prosody,
    window: tuple[float, float],
    taken: list[tuple[float, float]],
    manner: dict[str, float],
    aim: float,
    rng: np.random.Generator,
) -> list[Played]:
    """Return the gestures of a line, in order of time, never overlapping.

    Parameters
    ----------
    window
        Seconds between which hands may leave and must be back at rest.
    taken
        Spans of other arm moves.
    manner
        Dials ``density`` (0: none, 1: about 25 a minute), ``amplitude``, ``tempo``,
        ``openness``.
    aim
        Yaw of the addressee from the chest, radians.
    """
    density = manner["density"]
    if density <= 0.0:
        return []
    spoken = prosody.end - prosody.start
    heat = AROUSAL[emotion.name] * emotion.intensity
    per_minute = (4.0 + 21.0 * density) * (1.0 + 0.6 * heat)
    quota = max(1, round(per_minute * spoken / 60.0)) if spoken > 0.7 else 0
    pool = _semantic(speech, offset, text, emotion, prosody)
    pool += _stressed(emotion, prosody, manner["openness"], rng)
    pool.sort(key=lambda k: (-k.score, k.apex, k.gesture.name))
    size = (0.78 + 0.44 * manner["amplitude"]) * (1.0 + 0.15 * heat)
    slow = (1.2 - 0.4 * manner["tempo"]) * (1.0 - 0.15 * heat)
    chosen: list[Played] = []
    busy = list(taken)
    last = int(rng.integers(4) == 0) ^ 1
    for candidate in pool:
        if len(chosen) >= quota or candidate.score < 0.3:
            break
        if any(p.gesture.name == candidate.gesture.name for p in chosen):
            continue
        gesture = candidate.gesture
        sides = _sides(gesture, aim, last, rng)
        paced = replace(gesture, prep=slow * gesture.prep, retract=slow * gesture.retract)
        played = None
        for apex in (candidate.apex, *_later(candidate.apex, prosody)):
            played = played or fit(paced, apex, sides, size, window, aim)
        if played is None:
            continue
        if any(played.start < end and played.end > start for start, end in busy):
            continue
        chosen.append(played)
        busy.append((played.start, played.end))
        if len(sides) == 1:
            last = sides[0]
    return sorted(chosen, key=lambda p: p.start)
