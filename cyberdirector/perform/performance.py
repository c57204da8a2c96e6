"""A scene's score becomes one continuous clip per actor, segment by segment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cyberdirector.core.clip import Clip
from cyberdirector.core.progress import Bar
from cyberdirector.core.speech import EMOTIONS
from cyberdirector.perform._body import Body, measure_body
from cyberdirector.perform._girth import told_girth
from cyberdirector.perform._segment import SegmentRun
from cyberdirector.perform._state import Piece, Player, first_state
from cyberdirector.perform.gesture import Stroke
from cyberdirector.perform.score import Actor, SceneScore


@dataclass(frozen=True)
class Performance:
    """Clips of all actors over the whole scene, remarks for the report, and the gestures.

    Each note is a dict with ``segment``, ``role``, ``code`` and further plain values.
    """

    clips: dict[str, Clip]
    notes: list[dict[str, object]]
    gestures: list[Stroke]


def perform_scene(score: SceneScore, bar: Bar | None = None) -> Performance:
    """Return the motion of every actor of a scene.

    Everything in a segment follows from that segment, from the script-level state at its
    start and from boundary seeds: changing one line leaves the frames of all other
    segments bit-identical. One thing is carried on: what a role's hands did in the last
    20 s, so that no gesture comes twice. ``bar`` advances by the frames of each segment.

    Raises
    ------
    ValueError
        When the score contradicts itself (unknown role, emotion or negative length).
    """
    _check(score)
    notes: list[dict[str, object]] = []
    gestures: list[Stroke] = []
    players = {a.role: Player(a, body_of(a)) for a in score.actors}
    states = {a.role: first_state(a, _nearest(score, a.role)) for a in score.actors}
    pieces: dict[str, list[Piece]] = {a.role: [] for a in score.actors}
    for number, segment in enumerate(score.segments):
        following = score.segments[number + 1].id if number + 1 < len(score.segments) else ""
        scene = SegmentRun(score, segment, following, players, states, notes, gestures)
        for role, (piece, state) in scene.run().items():
            pieces[role].append(piece)
            states[role] = state
        if bar is not None:
            bar.advance(segment.frames)
    clips = {role: _join(score, players[role], parts) for role, parts in pieces.items()}
    return Performance(clips, notes, gestures)


def body_of(actor: Actor) -> Body:
    """Return the measures of an actor's body in its clothes."""
    return measure_body(actor.rest, told_girth(actor.style))


def _check(score: SceneScore) -> None:
    """Raise ValueError for a score that cannot be meant (a mistake of the caller)."""
    roles = {a.role for a in score.actors}
    if len(roles) != len(score.actors):
        raise ValueError(f"scene {score.id}: two actors have one role name")
    for segment in score.segments:
        if segment.frames < 0 or segment.speech_start < 0:
            raise ValueError(f"segment {segment.id}: negative length or start")
        if segment.emotion.name not in EMOTIONS:
            raise ValueError(f"segment {segment.id}: unknown emotion {segment.emotion.name!r}")
        strange = {c.role for c in segment.cues} - roles
        if strange:
            raise ValueError(f"segment {segment.id}: cue for nobody: {sorted(strange)[0]!r}")


def _nearest(score: SceneScore, role: str) -> str:
    """Return the role that stands nearest at the start, or an empty string."""
    here = next(a for a in score.actors if a.role == role)
    others = [a for a in score.actors if a.role != role and not a.entrance]
    if not others:
        return ""

    def distance(other: Actor) -> float:
        p, q = here.place.position, other.place.position
        return float((p[0] - q[0]) ** 2 + (p[2] - q[2]) ** 2)

    return min(others, key=distance).role


def _join(score: SceneScore, player: Player, parts: list[Piece]) -> Clip:
    if not parts:
        return Clip.rest(0, score.rate, player.body.rest.hip_height)
    return Clip(
        rate=score.rate,
        root=np.concatenate([p.root for p in parts]),
        rotations=np.concatenate([p.rotations for p in parts]),
        weights=np.concatenate([p.weights for p in parts]),
        gaze=np.concatenate([p.gaze for p in parts]),
        contacts=np.concatenate([p.contacts for p in parts]),
        hip_height=player.body.rest.hip_height,
        signs={
            name: np.concatenate(
                [p.signs.get(name, np.zeros(len(p.root), np.float32)) for p in parts]
            )
            for name in sorted({name for p in parts for name in p.signs})
        },
    )


__all__ = ["Performance", "perform_scene"]
