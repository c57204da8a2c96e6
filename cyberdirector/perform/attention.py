"""Who looks at what in a segment."""

from __future__ import annotations

import numpy as np

from cyberdirector.perform._state import Player, State
from cyberdirector.perform.gaze import Look, wander
from cyberdirector.perform.manner import still
from cyberdirector.perform.prosody import Prosody
from cyberdirector.perform.score import SceneScore, Segment

_BOUTS = {"anger": (4.5, 0.5), "tender": (4.0, 0.6), "shy": (1.2, 1.1), "sad": (1.6, 1.1)}
"""Mean seconds on and off the partner's face while talking, where it is not 2.2 and 0.8
(talkers look 60 to 80 % of the time; Lee, Badler & Badler 2002, Argyle & Cook 1976)."""


def _known(score: SceneScore, segment: Segment, role: str, key: str) -> bool:
    if key == role or not key:
        return False
    if key in score.targets:
        return True
    on_stage = segment.present or tuple(a.role for a in score.actors)
    return key in on_stage and any(a.role == key for a in score.actors)


def final_look(score: SceneScore, segment: Segment, role: str, carried: str) -> str:
    """Return whom ``role`` looks at when the segment ends (script-level)."""
    own = [c for c in segment.cues if c.role == role and c.target]
    if own and _known(score, segment, role, own[-1].target):
        return own[-1].target
    if segment.kind == "line":
        if role != segment.speaker and _known(score, segment, role, segment.speaker):
            return segment.speaker
        if role == segment.speaker and _known(score, segment, role, segment.addressee):
            return segment.addressee
    others = [c.role for c in segment.cues if c.role != role]
    for other in others:
        if segment.kind != "line" and _known(score, segment, role, other):
            return other
    if _known(score, segment, role, carried):
        return carried
    return ""


def plan_looks(
    score: SceneScore,
    segment: Segment,
    player: Player,
    state: State,
    prosody: Prosody | None,
    goal: str,
    rng: np.random.Generator,
) -> list[Look]:
    """Return the looks of one actor in a segment, ending on ``goal``."""
    role = player.actor.role
    duration = score.rate.seconds(segment.frames)
    size = np.radians(13.0)
    looks: list[Look] = []
    if prosody is not None and role == segment.speaker:
        turn = max(prosody.start - rng.uniform(0.3, 0.5), 0.05)
        looks.append(Look(turn, goal))
        long_line = prosody.end - prosody.start > 1.8
        if long_line and segment.emotion.name not in ("anger", "tender") and rng.random() < 0.7:
            aside = (rng.choice([-1.0, 1.0]) * size, rng.uniform(-0.02, 0.09))
            back = prosody.start + rng.uniform(0.6, 1.1)
            looks.append(Look(prosody.start - 0.08, goal, aside, glance=True))
            looks.append(Look(back, goal))
            turn = back
        on, away = _BOUTS.get(segment.emotion.name, (2.2, 0.8))
        looks += wander(turn + 0.4, prosody.end - 0.4, on, away, goal, rng, size)
    elif prosody is not None:
        turn = prosody.start + rng.uniform(0.12, 0.4)
        looks.append(Look(turn, goal))
        looks += wander(turn + 2.0, duration - 0.6, 7.0, 0.45, goal, rng, 0.8 * size)
    else:
        start = rng.uniform(0.15, 0.5)
        movers = [c for c in segment.cues if c.role != role]
        if movers:
            start += min(c.start for c in movers) * score.rate.den / score.rate.num
        looks.append(Look(start, goal))
        looks += wander(start + 1.0, duration - 0.6, 3.0, 0.9, goal, rng, size)
    if still(player.actor.style):
        looks = [look for look in looks if not look.glance]
    for cue in segment.cues:
        if cue.role == role and _known(score, segment, role, cue.target):
            looks.append(Look(score.rate.seconds(cue.start), cue.target))
    return _settle(looks, goal, state.look)


def _settle(looks: list[Look], goal: str, carried: str) -> list[Look]:
    """Return the looks in order, with one more at the end when they do not end on goal."""
    ordered = sorted(looks, key=lambda look: look.time)
    if not ordered or ordered[-1].key != goal or ordered[-1].glance:
        ordered.append(Look(1e9, goal))
    return ordered
