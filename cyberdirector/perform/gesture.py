"""Playing a gesture on a body: preparation, stroke, hold, retraction."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from cyberdirector.perform._motion import Array, min_jerk, ramp
from cyberdirector.perform.arms import ArmPose, blend_arm
from cyberdirector.perform.controls import Controls
from cyberdirector.perform.hands import LAG
from cyberdirector.perform.lexicon import Gesture, Key

_CENTRE = np.array([0.0, -0.46, 0.42])
"""Middle of the gesture space, arm lengths from the shoulder; sizes scale about it."""

_REST = np.array([0.2, -0.95, 0.1])
"""Usual place of a resting wrist, arm lengths from the shoulder."""

_ARM = 0.45
"""Length of an adult's arm, shoulder to wrist, metres."""

_NEAR = {
    "heart": (-0.37, -0.2, 0.3), "midriff": (-0.37, -0.38, 0.3), "belly": (-0.37, -0.75, 0.3),
    "hip": (0.0, -0.8, 0.0), "back": (-0.37, -0.75, -0.25),
    **{name: (-0.3, 0.35, 0.3) for name in (
        "chin", "mouth", "cheek", "eyes", "brow", "temple", "ear", "crown", "nape")},
}  # fmt: skip
"""About where landmarks are, arm lengths from the shoulder: for the lengths of ways."""

_ARM_FIELDS = ("wrist", "pole", "twist", "bend", "hand", "hang", "lift", "pin")


@dataclass(frozen=True)
class Played:
    """A gesture placed in a segment.

    Attributes
    ----------
    gesture
        What is played.
    apex
        Time of its apex, seconds local to the segment.
    sides
        Arms that take part (0 left, 1 right).
    amplitude
        Size against the file's.
    prep, hold, retract
        Seconds, already fitted to the segment.
    aim
        Yaw in radians (from the chest's forward) of what is pointed at.
    carried
        Shift of free hands outward and upward, arm lengths.
    flow
        Share of a phase by which it begins before the one before it ends: hands pass
        through the preparation's end instead of stopping there.
    """

    gesture: Gesture
    apex: float
    sides: tuple[int, ...]
    amplitude: float
    prep: float
    hold: float
    retract: float
    aim: float = 0.0
    carried: tuple[float, float] = (0.0, 0.0)
    flow: float = 0.3

    @property
    def stroke_end(self) -> float:
        """Time of the last key: the hand holds from here on."""
        return self.apex + self.gesture.keys[-1].time

    @property
    def start(self) -> float:
        """Time at which the hand leaves its rest."""
        return self.apex + self.gesture.keys[0].time - self.prep

    @property
    def end(self) -> float:
        """Time at which the hand is back."""
        return self.stroke_end + self.hold + self.retract


def at_speed(gesture: Gesture, size: float, fastest: float) -> Gesture:
    """Return the gesture with phases long enough for hands of at most ``fastest`` m/s.

    A minimum-jerk way of length d in time T peaks at 1.875 d / T (Flash & Hogan 1985).
    Lengths are those of an adult's arm; strokes may be a third faster than the way there.
    """
    sides = (0,) if gesture.hands == "left" else (1,)

    def seconds(a: Array, b: Array, limit: float) -> float:
        return 1.875 * size * _ARM * float(np.linalg.norm(b - a)) / limit

    def wrist(key: Key) -> Array:
        pose = key.left if sides == (0,) else key.right
        return np.array(pose.wrist) + np.array(_NEAR.get(pose.at, (0.0, 0.0, 0.0)))

    keys = gesture.keys
    there = [wrist(key) for key in keys]
    spans = [
        max(b.time - a.time, seconds(there[i], there[i + 1], 1.33 * fastest))
        for i, (a, b) in enumerate(pairwise(keys))
    ]
    apex = min(range(len(keys)), key=lambda i: abs(keys[i].time))
    times = np.concatenate([[0.0], np.cumsum(spans)])
    times += keys[apex].time - times[apex]
    return replace(
        gesture,
        keys=tuple(replace(k, time=float(t)) for k, t in zip(keys, times, strict=True)),
        prep=max(gesture.prep, seconds(_REST, there[0], fastest)),
        retract=max(gesture.retract, seconds(there[-1], _REST, 0.9 * fastest)),
    )


@dataclass(frozen=True)
class Stroke:
    """When a gesture was made: seconds local to its segment, for lanes, edits and measures.

    ``start`` the hand leaves its rest, ``begin`` the preparation ends, ``apex`` the stroke is
    at its height, ``held`` the hold ends, ``end`` the hand is back.
    """

    segment: str
    role: str
    name: str
    sides: tuple[int, ...]
    start: float
    begin: float
    apex: float
    held: float
    end: float

    @classmethod
    def of(cls, played: Played, segment: str, role: str) -> Stroke:
        """Return the times of a gesture that is played."""
        keys = played.gesture.keys
        return cls(
            segment,
            role,
            played.gesture.name,
            played.sides,
            played.start,
            played.apex + keys[0].time,
            played.apex,
            played.apex + keys[-1].time + played.hold,
            played.end,
        )


def fit(
    gesture: Gesture,
    apex: float,
    sides: tuple[int, ...],
    amplitude: float,
    window: tuple[float, float],
    aim: float = 0.0,
) -> Played | None:
    """Return the gesture placed with its apex at ``apex``, or None when there is no room.

    Preparation, hold and retraction shrink to what fits into ``window`` (seconds), but not
    below what a hand can do without haste.
    """
    first, last = window
    prep = min(gesture.prep, apex + gesture.keys[0].time - first)
    room = last - (apex + gesture.keys[-1].time)
    least_prep, least_retract = 0.65 * gesture.prep, 0.75 * gesture.retract
    if prep < least_prep or room < least_retract + 0.08:
        return None
    retract = min(gesture.retract, max(least_retract, room - gesture.hold))
    hold = min(gesture.hold, room - retract)
    return Played(gesture, apex, sides, amplitude, prep, hold, retract, aim)


def _aimed(pose: ArmPose, key: Key, played: Played, side: int) -> ArmPose:
    """Return the pose with its size and its direction fitted to the occasion."""
    if pose.at:
        return pose
    wrist = np.array(pose.wrist)
    if not played.gesture.contact:
        wrist = _CENTRE + (wrist - _CENTRE) * played.amplitude
        wrist[:2] += played.carried
    if played.gesture.aim and key is played.gesture.keys[-1]:
        angle = played.aim if side == 0 else -played.aim
        angle = float(np.clip(angle, -0.3, 1.2))
        cos, sin = np.cos(angle), np.sin(angle)
        wrist = np.array(
            [cos * wrist[0] + sin * wrist[2], wrist[1], cos * wrist[2] - sin * wrist[0]]
        )
    length = float(np.linalg.norm(wrist))
    wrist *= min(1.0, 0.97 / max(length, 1e-6))
    return replace(pose, wrist=(float(wrist[0]), float(wrist[1]), float(wrist[2])))


def _retract(c: Controls, saved: dict[str, Array], side: int, amount: Array) -> None:
    """Bring one arm back to where it would have been, (n,) 0..1."""
    for name in _ARM_FIELDS:
        array, rest = getattr(c, name)[:, side], saved[name][:, side]
        if name == "wrist":
            length = np.linalg.norm(array, axis=-1, keepdims=True)
            goal = np.linalg.norm(rest, axis=-1, keepdims=True)
            x = amount[:, None]
            mixed = array + x * (rest - array)
            size = np.linalg.norm(mixed, axis=-1, keepdims=True)
            array[:] = mixed * ((length + x * (goal - length)) / np.maximum(size, 1e-6))
        else:
            x = amount.reshape(-1, *([1] * (array.ndim - 1)))
            array += x * (rest - array)


def play_gesture(c: Controls, t: Array, played: Played, around: ArmPose | None = None) -> None:
    """Write a gesture into the controls, in place.

    Parameters
    ----------
    c
        Controls with the resting arms already in them.
    t
        (n,) frame centres in seconds.
    around
        A pose at the side of the body through which the arm must pass when it rests behind
        the back, or None.
    """
    saved = {name: getattr(c, name).copy() for name in _ARM_FIELDS}
    keys = played.gesture.keys
    times = [played.apex + key.time for key in keys]
    done = times[-1] + played.hold
    for side in played.sides:
        begin = played.start
        if around is not None:
            half = begin + 0.5 * played.prep
            blend_arm(c, side, around, ramp(t, begin, half))
            begin += 0.3 * played.prep
        for number, key in enumerate(keys):
            pose = _aimed(key.left if side == 0 else key.right, key, played, side)
            since = begin if number == 0 else times[number - 1]
            if number > 0:
                # The last key of a course is always reached and never left early.
                before = times[number - 2] if number > 1 else begin
                since -= played.flow * min(times[number] - since, since - before)
            span = times[number] - since
            # Fingers take their shape a little ahead of the arm.
            fingers = min_jerk((t[:, None] - LAG - since) / max(0.8 * span, 1e-3))
            blend_arm(c, side, pose, ramp(t, since, times[number]), fingers)
        if around is not None:
            middle = done + 0.55 * played.retract
            blend_arm(c, side, around, ramp(t, done, middle))
            _retract(c, saved, side, ramp(t, done + 0.45 * played.retract, played.end))
        else:
            _retract(c, saved, side, ramp(t, done, played.end))
    amount = ramp(t, played.start, played.apex) * (1.0 - ramp(t, done, played.end))
    for part, angles in played.gesture.trunk.items():
        array: Array = getattr(c, part)
        array += amount[:, None] * np.array(angles)
