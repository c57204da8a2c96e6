"""A long speech is cut in its pauses into passages, each performed as a line of its own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from cyberdirector.core.speech import SAMPLE_RATE, Emotion, Phone, Speech
from cyberdirector.core.time import Rate

LONGEST = 90.0
"""Seconds of speech that are performed in one go: memory and the swell of a feeling follow
the passage, not the text."""

_SHORTEST = 30.0
"""Seconds after which the longest pause is looked for."""

_AIM = 60.0
"""Seconds after which a passage ends at the softest place where there is no pause at all."""

_PAUSE = 0.1
"""Seconds of silence that count as a pause."""

Keys = tuple[tuple[float, Emotion], ...]


@dataclass(frozen=True)
class Passage:
    """A part of a speech on its own clock.

    Attributes
    ----------
    speech
        Sound, phones, words and contours of the passage; time 0 is its first frame.
    text
        What is said in it.
    first, frames
        First frame of the whole speech, and how many.
    share
        First and last share of the speech (0..1) that it covers.
    """

    speech: Speech
    text: str
    first: int
    frames: int
    share: tuple[float, float]


def cut_speech(speech: Speech, text: str, rate: Rate) -> list[Passage]:
    """Cut a speech on whole frames; one of at most :data:`LONGEST` seconds stays whole.

    Each cut lies in the longest pause between 30 and 90 s after the one before, where
    nobody can see that the body begins anew.
    """
    total = rate.ceil(speech.duration)
    if speech.duration <= LONGEST:
        return [Passage(speech, text, 0, total, (0.0, 1.0))]
    spoken = [p for p in speech.phones if p.kind != "SIL"]
    bounds = [0, *_cuts(speech, spoken, rate), total]
    begin, end = (spoken[0].start, spoken[-1].end) if spoken else (0.0, speech.duration)
    middles = np.array([0.5 * (p.start + p.end) for p in speech.phones])
    passages = []
    for first, last in pairwise(bounds):
        times = (rate.seconds(first), min(rate.seconds(last), speech.duration))
        inside = np.flatnonzero((middles >= times[0]) & (middles < times[1]))
        part = _slice(speech, [speech.phones[i] for i in inside], *times)
        share = [min(max((t - begin) / max(end - begin, 1e-3), 0.0), 1.0) for t in times]
        passages.append(Passage(part, text, first, last - first, (share[0], share[1])))
    return _with_text(passages, speech, text)


def _cuts(speech: Speech, spoken: list[Phone], rate: Rate) -> list[int]:
    """Return the frames at which a speech is cut."""
    ends = np.array([p.end for p in spoken[:-1]])
    starts = np.array([p.start for p in spoken[1:]])
    middles, gaps = 0.5 * (ends + starts), starts - ends
    level = np.interp(middles, np.arange(len(speech.energy)) * speech.step, speech.energy)
    place, cuts = 0.0, []
    while speech.duration - place > LONGEST:
        near = np.flatnonzero((middles > place + _SHORTEST) & (middles < place + LONGEST))
        paused = near[gaps[near] >= _PAUSE]
        late = near[middles[near] > place + _AIM]
        if len(paused):
            at = float(middles[paused[np.argmax(gaps[paused])]])
        elif len(late):
            at = float(middles[late[np.argmin(level[late])]])
        else:
            at = place + _AIM
        cuts.append(rate.frames(at))
        place = rate.seconds(cuts[-1])
    return cuts


def _slice(speech: Speech, phones: list[Phone], begin: float, end: float) -> Speech:
    """Return what lies between two times, in seconds from the first."""
    numbers = [p.word for p in phones if p.word >= 0]
    base, stop = (min(numbers), max(numbers) + 1) if numbers else (0, 0)
    steps = slice(round(begin / speech.step), round(end / speech.step))

    def moved(time: float) -> float:
        return min(max(time, begin), end) - begin

    return replace(
        speech,
        audio=speech.audio[round(begin * SAMPLE_RATE) : round(end * SAMPLE_RATE)],
        phones=tuple(
            replace(p, start=moved(p.start), end=moved(p.end), word=max(p.word - base, -1))
            for p in phones
        ),
        words=tuple(
            replace(w, start=moved(w.start), end=moved(w.end)) for w in speech.words[base:stop]
        ),
        f0=speech.f0[steps],
        energy=speech.energy[steps],
        accents=tuple((t - begin, p) for t, p in speech.accents if begin <= t < end),
    )


def _with_text(passages: list[Passage], speech: Speech, text: str) -> list[Passage]:
    """Give each passage its own words and the places of them in its own text."""
    if not speech.words:
        return passages
    places = [p.speech.words[0].first if p.speech.words else -1 for p in passages]
    places[0] = 0
    out = []
    for index, passage in enumerate(passages):
        later = [place for place in places[index + 1 :] if place >= 0]
        first = max(places[index], 0)
        own = text[first : later[0] if later else len(text)] if places[index] >= 0 else ""
        words = tuple(
            replace(w, first=w.first - first, last=w.last - first) for w in passage.speech.words
        )
        out.append(replace(passage, text=own, speech=replace(passage.speech, words=words)))
    return out


def course_of(keys: Keys, share: tuple[float, float]) -> Keys:
    """Return the keys of a feeling that changes along a speech, for a passage of it.

    At its ends stands whatever is strongest there, so that neighbours agree.
    """
    if len(keys) == 1:
        return keys
    first, last = share
    inner = [((at - first) / (last - first), e) for at, e in keys if first < at < last]
    return ((0.0, _strongest(keys, first)), *inner, (1.0, _strongest(keys, last)))


def _strongest(keys: Keys, place: float) -> Emotion:
    places = [at for at, _ in keys]
    weights = [float(np.interp(place, places, row)) for row in np.eye(len(places))]
    sizes = [w * (0.01 + e.intensity) for w, (_, e) in zip(weights, keys, strict=True)]
    best = int(np.argmax(sizes))
    return replace(keys[best][1], intensity=weights[best] * keys[best][1].intensity)
