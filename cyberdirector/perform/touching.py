"""Hands laid on another person: the arms of a gesture are brought to where that one is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from cyberdirector.core.clip import Clip
from cyberdirector.core.rotations import (
    quat_between,
    quat_conjugate,
    quat_from_axis_angle,
    quat_multiply,
    quat_rotate,
    quat_slerp,
)
from cyberdirector.core.skeleton import BONE_INDEX
from cyberdirector.motion.surface import Surface
from cyberdirector.motion.touches import move_hand
from cyberdirector.perform._body import SIDES
from cyberdirector.perform._motion import Array, ramp
from cyberdirector.perform._places import Pose, near_side, place_on
from cyberdirector.perform.gesture import Stroke
from cyberdirector.perform.moves._touch import Touch, touches
from cyberdirector.perform.score import Actor, Cue, SceneScore

OUT_OF_REACH = 0.05
"""Metres that a hand may miss its place by before the report says so."""

_STRIKE = (0.18, 0.16)
"""Seconds before and after the moment of a strike in which the hand is led."""

_PAT, _RUB, _SHAKE = 0.045, 0.03, 0.03
"""Metres by which a patting hand is lifted, a stroking one moves, shaken hands rise."""

_STRAIGHT = 0.96
"""Share of a straight arm beyond which the trunk leans after the hand."""

_LEAN, _BOW = np.radians(38.0), np.radians(18.0)
_TURN = np.radians(55.0)
"""Most that the trunk leans and bows from the hips, and a palm is turned, radians."""

_SPINE = (
    ("spine", "hips", 0.4, 0.0), ("chest", "spine", 0.75, 0.4),
    ("upperChest", "chest", 1.0, 0.75), ("neck", "upperChest", 0.5, 1.0),
    ("head", "neck", 0.0, 0.5),
)  # fmt: skip
"""Bone, its parent, shares of the trunk's lean that they take part in; the head stays."""

_HIPS = (
    ("hips", "", 1.0, 0.0), ("neck", "upperChest", 0.6, 1.0), ("head", "neck", 0.2, 0.6),
    ("leftUpperLeg", "hips", 0.0, 1.0), ("rightUpperLeg", "hips", 0.0, 1.0),
)  # fmt: skip
"""The same for a bow from the hips, where leaning is not enough; the legs stay."""

_JOLT, _AFTER = 0.09, 0.55
"""Seconds in which a struck head turns, and how long it stays so."""

_FAR = (0.35, 0.6)
"""Metres that are missing to a straight arm: from the first a hand lets go, at the second it
does not reach out."""

_HALF_PALM = 0.012
"""Metres from the middle of a hand to its palm."""


@dataclass(frozen=True)
class _Reach:
    """One hand-laying: who, whom, when. Seconds are those of the scene."""

    role: str
    other: str
    hands: dict[str, str]
    touch: Touch
    begin: float
    apex: float
    held: float
    end: float
    side: int = 0
    """Side of the hand, or of the first of two."""
    lent: int | None = None
    """Side of the hand that the other one holds out, if any."""

    def share(self, t: Array) -> Array:
        """Return how much of the way to its place the hand is led, (n,) 0..1."""
        if self.touch.strike:
            before, after = _STRIKE
            return ramp(t, self.apex - before, self.apex) * (
                1.0 - ramp(t, self.apex, self.apex + after)
            )
        last = self.held + 0.7 * (self.end - self.held)
        return ramp(t, self.begin, self.apex) * (1.0 - ramp(t, self.held, last))

    def play(self, t: Array) -> Array:
        """Return the phase 0..1 of the time that the hand lies there, (n,)."""
        return np.clip((t - self.apex) / max(self.held - self.apex, 1e-3), 0.0, 1.0)


def with_touches(
    clips: Mapping[str, Clip],
    score: SceneScore,
    strokes: list[Stroke],
    surfaces: Mapping[str, Surface],
) -> tuple[dict[str, Clip], list[dict[str, object]]]:
    """Return the clips of a scene with hands on those whom they touch, and remarks.

    Where one person touches another the arms play a gesture; here the trunk leans and the
    arms bend until the hand lies on the other's skin as it moves, and the one who is touched
    is moved by it.

    Parameters
    ----------
    clips
        Role → motion of the whole scene, world space.
    score
        Cues and actors.
    strokes
        Gestures that were made, from the performance.
    surfaces
        Role → skin in its clothes.
    """
    out = dict(clips)
    notes: list[dict[str, object]] = []
    actors = {actor.role: actor for actor in score.actors}
    first = 0
    for segment in score.segments:
        offset = first / score.rate.fps
        for cue in sorted(segment.cues, key=lambda c: c.start):
            if cue.move in touches() and cue.target in out and cue.role in out:
                _touch(out, notes, cue, segment.id, offset, strokes, actors, surfaces)
        first += segment.frames
    return out, notes


def _touch(
    clips: dict[str, Clip], notes: list[dict[str, object]], cue: Cue, segment: str,
    offset: float, strokes: list[Stroke], actors: dict[str, Actor],
    surfaces: Mapping[str, Surface],
) -> None:  # fmt: skip
    """Lay the hands of one touch, and of its answer, in place."""
    touch = touches()[cue.move]
    fps = clips[cue.role].rate.fps
    reach = _reach(touch, cue, segment, offset, fps, strokes)
    if reach is None:
        return
    _jolt(clips, reach, actors)
    reaches = [reach]
    theirs = replace(cue, role=cue.target, target=cue.role)
    answer = replace(touch, gesture=touch.answer.gesture)
    other = _reach(answer, theirs, segment, offset, fps, strokes)
    if other is not None and (touch.answer.hands or "meeting" in touch.hands.values()):
        reaches.append(replace(other, hands=touch.answer.hands or touch.hands))
    elif other is not None:
        reaches = [replace(reach, lent=other.side)]
        _lend(clips, other, reach, actors, surfaces)
    elif "meeting" in touch.hands.values():  # who kneels holds out no hand: theirs is taken
        reaches = [replace(reach, hands=dict.fromkeys(reach.hands, "hand"))]
    if len(reaches) > 1 and "meeting" in touch.hands.values():
        missed = _meet(clips, reaches, actors, surfaces)
    else:
        missed = max(_lay(clips, one, actors, surfaces) for one in reaches)
    if missed > OUT_OF_REACH:
        notes.append({
            "segment": segment, "role": cue.role, "code": "touch-out-of-reach",
            "move": cue.move, "target": cue.target, "metres": round(missed, 3),
        })  # fmt: skip


def _reach(
    touch: Touch, cue: Cue, segment: str, offset: float, fps: float, strokes: list[Stroke]
) -> _Reach | None:
    """Return when the hands of a cue are where, or None when its gesture had no room."""
    made = [
        s for s in strokes if (s.segment, s.role, s.name) == (segment, cue.role, touch.gesture)
    ]
    if not made:
        return None
    stroke = min(made, key=lambda s: abs(s.start - cue.start / fps))
    return _Reach(
        cue.role, cue.target, touch.hands, touch, offset + stroke.start,
        offset + stroke.apex, offset + stroke.held, offset + stroke.end, stroke.sides[0],
    )  # fmt: skip


def _rows(clip: Clip, reach: _Reach) -> tuple[slice, Array]:
    """Return the frames of a reach and their times, seconds."""
    fps = clip.rate.fps
    first = max(0, int(np.floor(reach.begin * fps)))
    last = min(clip.frames, int(np.ceil((reach.end + _AFTER) * fps)) + 1)
    return slice(first, last), (np.arange(first, last, dtype=np.float64) + 0.5) / fps


def _pose(clips: Mapping[str, Clip], role: str, rows: slice, actors: Mapping[str, Actor],
          surfaces: Mapping[str, Surface]) -> Pose:  # fmt: skip
    return Pose.of(clips[role].slice(rows.start, rows.stop), actors[role].rest, surfaces[role])


def _targets(reach: _Reach, own: Pose, other: Pose, t: Array) -> dict[int, tuple[Array, Array]]:
    """Return by side where the hand is laid and the skin's normal there, (n, 3) each."""
    out = {}
    phase = reach.play(t)
    for name, place in sorted(reach.hands.items()):
        side = SIDES.index(name)
        near = near_side(other, own.joint(f"{name}UpperArm"))
        if place == "hand" and reach.lent is not None:
            near = reach.lent
        point, normal = place_on(place, other, near, own, side)
        point = point + _HALF_PALM * normal
        lift = _PAT * np.abs(np.sin(np.pi * reach.touch.pats * phase))
        point = point + lift[:, None] * (normal if normal.any() else np.array([0.0, 1.0, 0.0]))
        slide = _RUB * np.sin(2.0 * np.pi * reach.touch.rubs * phase)
        out[side] = (point + slide[:, None] * other.aside(), normal)
    return out


def _lend(
    clips: dict[str, Clip], lent: _Reach, taken: _Reach, actors: Mapping[str, Actor],
    surfaces: Mapping[str, Surface],
) -> None:  # fmt: skip
    """Bring a hand that is held out half-way towards those that take it, in place."""
    rows, t = _rows(clips[lent.role], lent)
    own = _pose(clips, lent.role, rows, actors, surfaces)
    other = _pose(clips, taken.role, rows, actors, surfaces)
    side = lent.side
    goal = (own.hands()[:, side, 0] + other.hands()[:, :, 0].mean(axis=1)) / 2.0
    _led(clips, lent, rows, t, own, {side: (goal, np.zeros_like(goal))})


def _lay(
    clips: dict[str, Clip], reach: _Reach, actors: Mapping[str, Actor],
    surfaces: Mapping[str, Surface],
) -> float:  # fmt: skip
    """Bring the hands of one person onto the other, in place; return by how much they miss."""
    clip = clips[reach.role]
    rows, t = _rows(clip, reach)
    own = _pose(clips, reach.role, rows, actors, surfaces)
    other = _pose(clips, reach.other, rows, actors, surfaces)
    goals = _targets(reach, own, other, t)
    return _led(clips, reach, rows, t, own, goals)


def _led(
    clips: dict[str, Clip], reach: _Reach, rows: slice, t: Array, own: Pose,
    goals: Mapping[int, tuple[Array, Array]],
) -> float:  # fmt: skip
    clip, rest = clips[reach.role], own.rest
    share, point = reach.share(t), 1 if reach.touch.on == "tips" else 0
    local = clip.rotations[rows].astype(np.float64)
    root = clip.root[rows].astype(np.float64)
    legs = own.joint("leftUpperLeg") + own.joint("rightUpperLeg")
    there = share > 0.98
    share = share * _near_enough(own, goals, point)
    for base, bones, most in (("spine", _SPINE, _LEAN), ("hips", _HIPS, _BOW)):
        _lean(local, own, goals, share, point, base, bones, most)
        own = Pose(rest, own.surface, *rest.forward(root, local))
    # A bow turns the hips about the joints of the legs, so that the feet stay.
    root += (legs - own.joint("leftUpperLeg") - own.joint("rightUpperLeg")) / 2.0
    own = Pose(rest, own.surface, *rest.forward(root, local))
    for side, (_, normal) in goals.items():
        _turn_palm(local, own, side, normal, share)
    own = Pose(rest, own.surface, *rest.forward(root, local))
    for side, (goal, _) in goals.items():
        shift = share[:, None] * (goal - own.hands()[:, side, point])
        move_hand(local, own.points, own.turns, side, shift)
    done = Pose(rest, own.surface, *rest.forward(root, local))
    missed = [
        float(
            np.linalg.norm(goal - done.hands()[:, side, point], axis=-1)[there].max(initial=0)
        )
        for side, (goal, _) in goals.items()
    ]
    rotations = clip.rotations.copy()
    # One sign of each quaternion all through, so that frames can be blended.
    same = np.sum(local * rotations[rows], axis=-1, keepdims=True) >= 0.0
    rotations[rows][share > 0.0] = np.where(same, local, -local)[share > 0.0]
    places = clip.root.copy()
    places[rows][share > 0.0] = root[share > 0.0]
    clips[reach.role] = replace(clip, rotations=rotations, root=places)
    return max(missed)


def _missing(
    own: Pose, goals: Mapping[int, tuple[Array, Array]], point: int
) -> tuple[Array, Array]:
    """Return how far goals are out of reach, metres (n,), and the way to them (n, 3)."""
    missing, way = np.zeros(len(own.points)), np.zeros((len(own.points), 3))
    for side, (goal, _) in goals.items():
        name = SIDES[side]
        shoulder, elbow, wrist = (
            own.joint(f"{name}{b}") for b in ("UpperArm", "LowerArm", "Hand")
        )
        arm = np.linalg.norm(elbow - shoulder, axis=-1) + np.linalg.norm(wrist - elbow, axis=-1)
        line = goal - own.hands()[:, side, point] + wrist - shoulder
        missing = np.maximum(missing, np.linalg.norm(line, axis=-1) - _STRAIGHT * arm)
        way += line / len(goals)
    return missing, way


def _near_enough(own: Pose, goals: Mapping[int, tuple[Array, Array]], point: int) -> Array:
    """Return 1 where all goals can be reached, 0 where the other one is too far away, (n,)."""
    missing, _ = _missing(own, goals, point)
    return np.asarray(1.0 - ramp(missing, *_FAR))


def _lean(
    local: Array, own: Pose, goals: Mapping[int, tuple[Array, Array]], share: Array,
    point: int, base: str, bones: tuple[tuple[str, str, float, float], ...], most: float,
) -> None:  # fmt: skip
    """Lean the trunk about ``base`` where an arm would not reach, in place."""
    shoulders = (own.joint("leftUpperArm") + own.joint("rightUpperArm")) / 2.0
    height = np.linalg.norm(shoulders - own.joint(base), axis=-1)
    missing, way = _missing(own, goals, point)
    angle = np.minimum(np.arcsin(np.clip(missing / np.maximum(height, 0.1), 0.0, 0.9)), most)
    axis = np.cross([0.0, 1.0, 0.0], way)
    size = np.linalg.norm(axis, axis=-1, keepdims=True)
    aside = own.aside()
    axis = np.where(size > 1e-3, axis / np.maximum(size, 1e-3), aside)
    if base == "hips":  # a bow is straight ahead: the legs stay side by side
        angle = angle * np.clip(np.sum(axis * aside, axis=-1), 0.0, 1.0)
        axis = aside

    def turned(bone: str, part: float) -> Array:
        turn = quat_from_axis_angle(axis, part * share * angle)
        return quat_multiply(turn, own.turns[:, BONE_INDEX[bone]])

    for bone, parent, part, above in bones:
        if own.rest.present[BONE_INDEX[bone]]:
            new = turned(bone, part)
            if parent:
                new = quat_multiply(quat_conjugate(turned(parent, above)), new)
            local[:, BONE_INDEX[bone]] = new


def _turn_palm(local: Array, own: Pose, side: int, normal: Array, share: Array) -> None:
    """Turn a hand until its palm lies on the skin, as far as a wrist goes, in place."""
    if not normal.any():
        return
    hand, fore = (BONE_INDEX[f"{SIDES[side]}{b}"] for b in ("Hand", "LowerArm"))
    palm = quat_rotate(own.turns[:, hand], np.array([0.0, -1.0, 0.0]))
    turn = quat_between(palm, -normal)
    angle = 2.0 * np.arccos(np.clip(np.abs(turn[:, 3]), 0.0, 1.0))
    part = share * np.minimum(1.0, _TURN / np.maximum(angle, 1e-6))
    nothing = np.tile([0.0, 0.0, 0.0, 1.0], (len(turn), 1))
    turned = quat_multiply(quat_slerp(nothing, turn, part), own.turns[:, hand])
    local[:, hand] = quat_multiply(quat_conjugate(own.turns[:, fore]), turned)


def _meet(
    clips: dict[str, Clip], reaches: list[_Reach], actors: Mapping[str, Actor],
    surfaces: Mapping[str, Surface],
) -> float:  # fmt: skip
    """Let two right hands meet half-way between them, in place."""
    one, two = reaches
    apex, held = max(one.apex, two.apex), min(one.held, two.held)
    rows, t = _rows(clips[one.role], replace(one, end=max(one.end, two.end)))
    poses = {r.role: _pose(clips, r.role, rows, actors, surfaces) for r in reaches}
    inside = (t >= apex) & (t <= held)
    palms = [poses[r.role].hands()[inside, 1, 0].mean(axis=0) for r in reaches]
    rise = _SHAKE * np.sin(2.0 * np.pi * one.touch.pats * one.play(t))
    middle = np.mean(palms, axis=0) + np.outer(rise, [0.0, 1.0, 0.0])
    missed = 0.0
    for reach in reaches:
        own = poses[reach.role]
        # Each right palm faces the own left; the hands lie side by side.
        goal = middle - _HALF_PALM * own.aside()
        missed = max(missed, _led(clips, reach, rows, t, own, {1: (goal, np.zeros_like(goal))}))
    return missed


def _jolt(clips: dict[str, Clip], reach: _Reach, actors: Mapping[str, Actor]) -> None:
    """Turn the head of the one who is touched as the hand moves it, in place."""
    yaw, pitch, roll = (np.radians(v) for v in reach.touch.answer.jolt)
    if not any((yaw, pitch, roll)):
        return
    clip, own = clips[reach.other], clips[reach.role]
    rows, t = _rows(clip, reach)
    a = actors[reach.role].rest.forward(own.root[rows], own.rotations[rows])[0]
    b = Pose(actors[reach.other].rest, {}, *actors[reach.other].rest.forward(
        clip.root[rows], clip.rotations[rows]))  # fmt: skip
    side = near_side(b, a[:, BONE_INDEX[f"{sorted(reach.hands)[-1]}UpperArm"]])
    away = -1.0 if side == 0 else 1.0
    last = max(reach.held, reach.apex + _AFTER) if reach.touch.strike else reach.held
    rise = _JOLT if reach.touch.strike else 0.5
    course = ramp(t, reach.apex, reach.apex + rise) * (1.0 - ramp(t, last, last + 0.6))
    rotations, moved = clip.rotations.copy(), course > 0.0
    for name, part in (("neck", 0.45), ("head", 0.55)):
        bone = BONE_INDEX[name]
        turn = quat_multiply(
            quat_from_axis_angle([0.0, 1.0, 0.0], away * yaw * part * course),
            quat_multiply(
                quat_from_axis_angle([1.0, 0.0, 0.0], pitch * part * course),
                quat_from_axis_angle([0.0, 0.0, 1.0], away * roll * part * course),
            ),
        )
        turned = quat_multiply(clip.rotations[rows, bone].astype(np.float64), turn)
        rotations[rows, bone][moved] = turned[moved]
    clips[reach.other] = replace(clip, rotations=rotations)
