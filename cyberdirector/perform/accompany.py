"""Choosing gestures for a spoken line: by what is said, by stress, by manner."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from cyberdirector.core.speech import Emotion, Speech
from cyberdirector.perform.gesture import Played, at_speed, fit
from cyberdirector.perform.lexicon import Gesture, gestures
from cyberdirector.perform.manner import Manner
from cyberdirector.perform.meaning import read_meaning
from cyberdirector.perform.prosody import Prosody

SEMANTIC_REACH = 0.4
"""A word moves its gesture to an accent that is at most this far away, seconds."""

LATE = 0.6
"""A gesture without room for its preparation may come this many seconds after its word."""

UNREPEATED = 20.0
"""Seconds in which nobody makes the same gesture twice."""

LINKED = 1.2
"""Hands that are wanted again within this many seconds are held and not brought back."""

_QUICKER, _SLOWER = 0.92, 1.67
"""How much the length of a stroke may change so that it begins on an accent."""

_BREATH = 0.12
"""Least hold between a stroke and the next preparation, seconds."""


@dataclass(frozen=True)
class Memory:
    """What an actor's hands did of late: (gesture, seconds since its apex), the last hand."""

    gestures: tuple[tuple[str, float], ...] = ()
    hand: int = 1

    def after(self, played: list[Played], seconds: float) -> Memory:
        """Return the memory at the end of a segment that was ``seconds`` long."""
        old = [(name, ago + seconds) for name, ago in self.gestures]
        new = [(p.gesture.name, seconds - p.apex) for p in played]
        hands = [p.sides[0] for p in played if len(p.sides) == 1]
        kept = tuple((n, a) for n, a in old + new if a < UNREPEATED + LATE)
        return Memory(kept, hands[-1] if hands else self.hand)


@dataclass(frozen=True)
class Speaker:
    """Who speaks: dials, who they are, whom they face and what their hands just did.

    ``period`` is 1 in old costume, 0 in modern clothes, -1 when nobody knows; ``aim`` the yaw
    of the addressee from the chest, radians.
    """

    manner: Manner
    female: bool = False
    elder: bool = False
    period: float = -1.0
    aim: float = 0.0
    memory: Memory = field(default_factory=Memory)

    def may(self, gesture: Gesture, emotion: Emotion, called: bool) -> bool:
        """Tell whether the speaker would ever use a gesture; ``called`` by a word."""
        if emotion.name in gesture.avoid and emotion.intensity > 0.3:
            return False
        if gesture.sex != "any" and (gesture.sex == "female") != self.female:
            return False
        if gesture.elder and not self.elder:
            return False
        if gesture.cast == "any" or (called and self.period < 0.0):
            return True
        return gesture.cast == ("period" if self.period > 0.5 else "modern") and (
            called or self.period >= 0.0
        )


@dataclass(frozen=True)
class _Candidate:
    gesture: Gesture
    apex: float
    score: float


def _meant(
    speech: Speech,
    offset: float,
    text: str,
    emotion: Emotion,
    prosody: Prosody,
    who: Speaker,
    rng: np.random.Generator,
) -> list[_Candidate]:
    found: list[_Candidate] = []
    for meant in read_meaning(speech, offset, text):
        gesture = meant.gesture
        roll = rng.uniform(0.0, 0.16)
        if not who.may(gesture, emotion, called=True):
            continue
        near = [(abs(a - meant.time), a, p) for a, p in prosody.accents]
        gap, accent, strength = min(near, default=(9.0, meant.time, 0.0))
        mood = gesture.emotions.get(emotion.name, 0.0) * emotion.intensity
        # Longer words say more about what is meant.
        size = len(meant.word) / (3 if meant.word.isascii() else 1)
        score = 0.25 + gesture.weight + mood + 0.1 * min(size - 1, 3) + roll
        if gap <= SEMANTIC_REACH:
            found.append(_Candidate(gesture, accent, score + 0.35 * strength))
        else:
            found.append(_Candidate(gesture, meant.time, score - 0.3))
    return found


def _stressed(
    emotion: Emotion, prosody: Prosody, who: Speaker, rng: np.random.Generator
) -> list[_Candidate]:
    found: list[_Candidate] = []
    library = gestures().values()
    beats = [g for g in library if g.kind in ("beat", "idea") and who.may(g, emotion, False)]
    moods = [g for g in library if g.emotions.get(emotion.name) and who.may(g, emotion, False)]
    for time, strength in prosody.accents:
        for gesture in beats:
            if gesture.strong and strength <= 0.6:
                continue
            mood = gesture.emotions.get(emotion.name, 0.0) * emotion.intensity
            wide = 0.15 * (who.manner.openness - 0.5) * (gesture.kind == "idea")
            score = 0.16 + 0.45 * strength + mood + wide + rng.uniform(0.0, 0.22)
            found.append(_Candidate(gesture, time, score))
        for gesture in moods:
            mood = gesture.emotions[emotion.name] * emotion.intensity
            score = mood + 0.3 * strength + rng.uniform(0.0, 0.2)
            found.append(_Candidate(gesture, time, score))
    return found


def _sides(
    gesture: Gesture, who: Speaker, last: int, rng: np.random.Generator
) -> tuple[int, ...]:
    if gesture.hands == "both":
        return (0, 1)
    if gesture.hands in ("left", "right"):
        return (0,) if gesture.hands == "left" else (1,)
    if gesture.aim and abs(who.aim) > 0.25:
        return (0,) if who.aim > 0 else (1,)
    if gesture.kind == "contrast":
        return (1 - last,)
    return (last,) if rng.random() < 0.6 else (1 - last,)


def _later(apex: float, prosody: Prosody) -> list[float]:
    """Return accents soon after a word at which the hand had no time to be there."""
    return [a for a, _ in prosody.accents if apex < a <= apex + LATE]


def _paced(gesture: Gesture, manner: Manner) -> Gesture:
    """Return the gesture at the pace of the speaker, no faster than the hand may be."""
    pace = float(np.clip(manner.slowness, 1.0 / gesture.tempo[1], 1.0 / gesture.tempo[0]))
    away = 0.82 + 0.36 * manner.fluidity
    slowed = replace(gesture, prep=pace * gesture.prep, retract=pace * away * gesture.retract)
    size = float(np.clip(manner.size, *gesture.amplitude))
    return at_speed(slowed, size, manner.fastest)


def _repeats(candidate: _Candidate, chosen: list[Played], memory: Memory) -> bool:
    """Tell whether the same gesture was made, or will be, within :data:`UNREPEATED`."""
    name, apex = candidate.gesture.name, candidate.apex
    here = [p.apex for p in chosen if p.gesture.name == name]
    here += [-ago for n, ago in memory.gestures if n == name]
    # Later accents may be taken instead; they lie at most LATE after the word.
    return any(abs(apex - other) < UNREPEATED + LATE for other in here)


def _phrase_end(apex: float, prosody: Prosody) -> float:
    return next((end for start, end in prosody.phrases if start <= apex <= end), apex)


def _linked(one: Played, two: Played) -> bool:
    """Tell whether ``two`` may begin before ``one`` has gone back to rest."""
    return two.start >= one.stroke_end + _BREATH and two.end >= one.end


def _room(played: Played, chosen: list[Played], taken: list[tuple[float, float]]) -> bool:
    """Tell whether a gesture has room between those already chosen and other arm moves."""
    if any(played.start < end and played.end > start for start, end in taken):
        return False
    for other in chosen:
        first, then = (other, played) if other.apex < played.apex else (played, other)
        if then.start < first.end and not _linked(first, then):
            return False
    return True


def _in_rhythm(gesture: Gesture, apex: float, prosody: Prosody) -> Gesture:
    """Return the gesture with a stroke that begins on an accent, where one is near.

    The way from the end of the preparation to the apex grows by up to two thirds or
    shrinks by a twelfth; a hand that turns between two accents beats beside the words.
    """
    way = -gesture.keys[0].time
    if way < 0.12:
        return gesture
    scales = [(apex - a) / way for a, _ in prosody.accents if a < apex]
    fitting = [k for k in scales if _QUICKER <= k <= _SLOWER]
    if not fitting:
        return gesture
    scale = min(fitting, key=lambda k: abs(k - 1.0))
    keys = tuple(replace(k, time=k.time * scale) if k.time < 0.0 else k for k in gesture.keys)
    return replace(gesture, keys=keys)


def _in_time(played: Played, hold: float, free: float, prosody: Prosody) -> float:
    """Return the hold after which the hand is home on an accent, where one is near.

    All phases of gestures keep the rhythm of speech, not only strokes (Loehr 2004).
    """
    home = played.stroke_end + played.retract
    wished = [
        a - home
        for a, _ in prosody.accents
        if max(_BREATH, hold - 0.35) <= a - home <= min(hold + 0.8, free - played.retract)
    ]
    return min(wished, key=lambda w: abs(w - hold), default=hold)


def _held(ordered: list[Played], prosody: Prosody, window: tuple[float, float]) -> list[Played]:
    """Return gestures with holds to the next one that is near, or to the phrase's end."""
    out = []
    for i, played in enumerate(ordered):
        following = ordered[i + 1] if i + 1 < len(ordered) else None
        gap = following.start - played.stroke_end if following else 9.0
        free = (following.start if following else window[1]) - played.stroke_end
        if following and gap <= LINKED and set(played.sides) <= set(following.sides):
            # The next gesture begins where this one holds; its own way back is covered.
            hold = max(gap, _BREATH)
        else:
            wish = _phrase_end(played.apex, prosody) - played.stroke_end
            hold = max(played.hold, min(wish, LINKED))
            hold = max(min(hold, free - played.retract), min(played.hold, _BREATH))
            hold = _in_time(played, hold, free, prosody)
        out.append(replace(played, hold=hold))
    return out


def choose_gestures(
    speech: Speech,
    offset: float,
    text: str,
    emotion: Emotion,
    prosody: Prosody,
    window: tuple[float, float],
    taken: list[tuple[float, float]],
    who: Speaker,
    rng: np.random.Generator,
) -> list[Played]:
    """Return the gestures of a line in order of time, strokes on accents.

    Nothing that was made within :data:`UNREPEATED` seconds comes again; a gesture whose
    preparation has no time is left out; where two strokes follow each other closely the hand
    goes from one to the next without going home.

    Parameters
    ----------
    offset
        Seconds of the segment at which the audio begins.
    window
        Seconds between which hands may leave and must be back at rest.
    taken
        Spans of other arm moves.
    """
    manner = who.manner
    spoken = prosody.end - prosody.start
    if manner.density <= 0.0 or spoken <= 0.7:
        return []
    wanted = manner.per_minute * spoken / 60.0
    quota = int(wanted + rng.uniform(0.25, 0.75))
    pool = _meant(speech, offset, text, emotion, prosody, who, rng)
    # What the words plainly ask for is shown even where the time alone would give nothing.
    quota = max(quota, int(any(k.score > 1.1 - 0.5 * manner.density for k in pool)))
    pool += _stressed(emotion, prosody, who, rng)
    pool.sort(key=lambda k: (-k.score, k.apex, k.gesture.name))
    chosen: list[Played] = []
    last = who.memory.hand
    for candidate in pool:
        if len(chosen) >= quota or candidate.score < 0.3:
            break
        if _repeats(candidate, chosen, who.memory):
            continue
        moves = (candidate.gesture, *candidate.gesture.variants)
        move = moves[int(rng.integers(len(moves)))]
        sides = _sides(move, who, last, rng)
        paced = _paced(move, manner)
        size = float(np.clip(manner.size, *paced.amplitude))
        for apex in (candidate.apex, *_later(candidate.apex, prosody)):
            tries = (_in_rhythm(paced, apex, prosody), paced)
            fitted = (fit(way, apex, sides, size, window, who.aim) for way in tries)
            played = next((p for p in fitted if p and _room(p, chosen, taken)), None)
            if played is not None:
                chosen.append(replace(played, carried=manner.carried, flow=manner.flow))
                last = sides[0] if len(sides) == 1 else last
                break
    ordered = sorted(chosen, key=lambda p: p.apex)
    return _held(ordered, prosody, window)
