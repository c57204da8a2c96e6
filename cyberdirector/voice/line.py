"""The plan of a line: its pieces, the pauses between them, accents and breaths."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from cyberdirector.core.hashing import seed_of
from cyberdirector.voice.accents import Accent
from cyberdirector.voice.curve import EmotionCurve, colours_at
from cyberdirector.voice.g2p import Reading, Sound
from cyberdirector.voice.graph import KokoroGraph
from cyberdirector.voice.plan import Change, Plan, Take, line_places, make_plan
from cyberdirector.voice.profile import VoiceProfile

_COMFORTABLE = 220  # tokens: beyond this a sentence is cut
_SENTENCE = 4  # syllables: shorter sentences are spoken together with their neighbours
_PAUSE_BETWEEN = {
    ".": 0.42, "!": 0.38, "?": 0.42, "…": 0.6, ";": 0.3, ":": 0.3, "—": 0.3, ",": 0.2,
}  # fmt: skip
_WH = re.compile(r"^\W*(who|what|when|where|why|how|which|whose)\b", re.IGNORECASE)
_ASKING = {
    "zh": re.compile(r"什么|为何|谁|哪|怎|几|多少|啥|干嘛|何"),
    "en": re.compile(r"^(who|what|when|where|why|how|which|whose|whom)\b", re.IGNORECASE),
    "ja": re.compile(r"何|誰|どこ|いつ|なぜ|どう|どの|どれ|だれ|なに|なん"),
}  # words that ask for something
_BEFORE_STRONG = 0.25  # seconds of pause more where the intensity rises from 0 to 1
_BREATH_ROOM = 0.36  # seconds: a shorter pause leaves no time to breathe
_BREATH = 0.28  # seconds
_BREATH_EVERY = 2.2  # seconds of speech before the next one is needed
_GASPS = {"fear": 0.24, "surprise": 0.2, "sad": 0.34}
_GASP_FROM = 0.6  # intensity


@dataclass(frozen=True)
class Breath:
    """Air drawn in before the sound with index ``before``; ``level`` dB re the speech."""

    before: int
    seconds: float
    level: float = -30.0


@dataclass(frozen=True)
class LinePlan:
    """A line, ready to be sounded.

    Attributes
    ----------
    reading
        Sounds and words.
    voice, take
        Who speaks, and how.
    pieces
        In order; each is spoken in one go.
    gaps
        Seconds of silence after each piece but the last.
    accents
        Syllables that stand out.
    breaths
        In order.
    inserts
        Seconds of silence put after sounds at which the voice model makes no pause.
    """

    reading: Reading
    voice: VoiceProfile
    take: Take
    pieces: tuple[Plan, ...]
    gaps: tuple[float, ...]
    accents: tuple[Accent, ...] = ()
    breaths: tuple[Breath, ...] = ()
    inserts: tuple[tuple[int, float], ...] = ()


def plan_reading(
    graph: KokoroGraph,
    reading: Reading,
    voice: VoiceProfile,
    take: Take,
    changes: dict[int, Change] | None = None,
    part: tuple[int, int] | None = None,
) -> LinePlan:
    """Plan a reading, without accents.

    Parameters
    ----------
    changes
        Edits of durations by index of the piece.
    part
        First and last (exclusive) piece to plan; all when None.
    """
    places = line_places(reading.sounds)
    pieces = []
    cuts = split_sounds(reading.sounds)
    chosen = range(len(cuts))[slice(*part)] if part else range(len(cuts))
    for index in chosen:
        first, last = cuts[index]
        sounds = reading.sounds[first:last]
        plan = make_plan(
            graph,
            sounds,
            reading.language,
            voice,
            replace(take, seed=seed_of("take", take.seed, reading.text, index)),
            _rise(reading, sounds),
            reading.emphasis,
            places[first : last + 1],
            (changes or {}).get(index),
            _asked(reading, sounds),
        )
        pieces.append(replace(plan, first=first))
    gaps = _gaps(pieces, take, places)
    plan_ = LinePlan(reading, voice, take, tuple(pieces), gaps)
    return replace(plan_, breaths=_breaths(plan_, places))


def split_sounds(sounds: tuple[Sound, ...]) -> list[tuple[int, int]]:
    """Cut a line into pieces (first, last) to be spoken one by one.

    A sentence of at least four syllables and a start that breaks off (…) are pieces of their
    own, so that the pause after them is ours; one longer than about 220 tokens is cut at
    clauses, else at words (the model takes 510).
    """
    counts = np.cumsum([0, *_new_syllables(sounds)])
    sentences: list[tuple[int, int]] = []
    first = 0
    for last in range(1, len(sounds) + 1):
        mark = sounds[last - 1].symbols if sounds[last - 1].pause else ","
        shortest = {"…": 1, ".": _SENTENCE, "!": _SENTENCE, "?": _SENTENCE}.get(mark, 999)
        least = min(counts[last] - counts[first], counts[-1] - counts[last])
        if last == len(sounds) or least >= shortest:
            sentences.append((first, last))
            first = last
    return [piece for sentence in sentences for piece in _split_long(sounds, *sentence)]


def _new_syllables(sounds: tuple[Sound, ...]) -> list[int]:
    """Return 1 for each sound that begins a syllable, else 0."""
    seen: set[int] = set()
    begins = []
    for sound in sounds:
        begins.append(int(sound.syllable >= 0 and sound.syllable not in seen))
        seen.add(sound.syllable)
    return begins


def _split_long(sounds: tuple[Sound, ...], first: int, last: int) -> list[tuple[int, int]]:
    sizes = np.cumsum([0, *(len(sound.symbols) for sound in sounds[first:last])])
    base = first
    pieces = []
    while first < last and sounds[first].space:
        first += 1
    while sizes[last - base] - sizes[first - base] > _COMFORTABLE:
        room = sizes[first - base] + _COMFORTABLE
        end = base + int(np.searchsorted(sizes, room, side="right"))
        fits = range(first + 1, min(end, last))
        clauses = [i for i in fits if sounds[i - 1].pause]
        spaces = [i for i in fits if sounds[i - 1].space]
        cut = next((list(o)[-1] for o in (clauses, spaces, fits) if o), first + 1)
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
        return 1.0
    return {"zh": 2.0, "en": 3.0, "ja": 3.0}[reading.language]


def _asked(reading: Reading, sounds: tuple[Sound, ...]) -> frozenset[int]:
    """Return the words of a question that ask for something (who, 什么, どこ)."""
    if not (sounds[-1].pause and sounds[-1].symbols == "?"):
        return frozenset()
    words = {sound.word for sound in sounds if sound.word >= 0}
    pattern = _ASKING[reading.language]
    return frozenset(w for w in words if pattern.search(reading.words[w].text))


def _gaps(pieces: list[Plan], take: Take, places: np.ndarray) -> tuple[float, ...]:
    """Return the silence after each piece but the last: its mark, emotion, what follows."""
    gaps = []
    for plan, following in pairwise(pieces):
        ending = plan.sounds[-1].symbols if plan.sounds[-1].pause else ","
        place = places[following.first : following.first + 1]
        factor = float(colours_at(take.shading, place, take.delivery)["pause"][0])
        gap = _PAUSE_BETWEEN[ending] * factor / take.pace
        if isinstance(take.shading, EmotionCurve):
            here, there = places[plan.first], places[following.first + len(following.sounds)]
            middle = 0.5 * (places[following.first] + there)
            rise = take.shading.intensity(middle) - take.shading.intensity(
                0.5 * (here + places[following.first])
            )
            gap += _BEFORE_STRONG * max(rise, 0.0)
        gaps.append(round(gap, 4))
    return tuple(gaps)


def _breaths(plan: LinePlan, places: np.ndarray) -> tuple[Breath, ...]:
    """Return a breath in each pause between pieces that has room and need for one.

    A line that begins in strong fear, surprise or grief begins with a gasp.
    """
    breaths = []
    shading = plan.take.shading
    if isinstance(shading, EmotionCurve):
        share = shading.shares(0.0)
        name = max(share, key=lambda n: share[n])
        if name in _GASPS and share[name] >= _GASP_FROM:
            breaths.append(Breath(plan.pieces[0].first, _GASPS[name], -25.0))
    spoken = 0.0
    for piece, gap in zip(plan.pieces, plan.gaps, strict=False):
        spoken += float(piece.bounds[-1] - piece.bounds[0])
        if gap >= _BREATH_ROOM and spoken >= _BREATH_EVERY:
            following = piece.first + len(piece.sounds)
            while plan.reading.sounds[following].space:
                following += 1
            breaths.append(Breath(following, round(min(_BREATH, gap - 0.08), 3)))
            spoken = 0.0
    return tuple(breaths)
