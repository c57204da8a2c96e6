"""How good a motion is: foot slide, floor, jitter, limits, touches, flips, numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from cyberdirector.core.clip import Clip
from cyberdirector.core.model import Character
from cyberdirector.core.rotations import Array, quat_conjugate, quat_log, quat_multiply
from cyberdirector.core.skeleton import BONE_INDEX, Rest
from cyberdirector.core.time import Rate
from cyberdirector.motion.feet import SIDES, foot_paths
from cyberdirector.motion.resample import resample
from cyberdirector.motion.surface import ADULT, into_bone, measure_surface, usual_surface
from cyberdirector.motion.touches import find_touches, hand_points

SLIDE = 2.0
"""Mean centimetres a second of bearing feet that nobody sees."""

SUNK = 0.005
"""Metres of a foot or hand under floor or skin that nobody sees."""

JITTER = 4.0
"""Mean third difference of joints times fps³ at 30 frames a second, hundred m/s³: studio
takes of walking, climbing and dance have 2 to 3.6 (measured), raw single-camera capture 8."""

_RATE = Rate(30)
_ENDS = ("head", "leftHand", "rightHand", "leftFoot", "rightFoot")

_FLIP = np.radians(60.0)
"""Turn of a bone between two frames of 30 a second that no body makes."""

_LIMITS = {
    "LowerLeg": (-0.15, 2.75), "LowerArm": (-0.2, 2.75),
}  # fmt: skip
"""Bending of knees and elbows in radians: least (overstretched) and greatest."""


@dataclass
class Measure:
    """One measure: its value, the bar, and the frames where it is worst."""

    name: str
    value: float
    bar: float
    unit: str
    worst: tuple[int, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the value keeps the bar."""
        return self.value <= self.bar

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON data."""
        return {
            "value": round(self.value, 4),
            "bar": self.bar,
            "unit": self.unit,
            "ok": self.ok,
            "worst_frames": list(self.worst),
        }


_ZH = {
    "finite": "非有限数", "skate": "脚滑", "floor": "脚入地", "skin": "手入体",
    "jitter": "抖动", "limits": "关节超限", "flips": "突跳",
}  # fmt: skip


@dataclass
class ClipReport:
    """All measures of a clip; touches are told, not judged."""

    measures: dict[str, Measure] = field(default_factory=dict)
    touches: list[dict[str, Any]] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether every measure keeps its bar."""
        return all(m.ok for m in self.measures.values())

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON data."""
        return {
            "measures": {name: m.as_dict() for name, m in self.measures.items()},
            "touches": self.touches,
        }

    def lines(self, language: str) -> list[str]:
        """Return one line a measure in ``zh`` or ``en``."""
        out = []
        for name, m in self.measures.items():
            title = _ZH[name] if language == "zh" else name
            mark = "✓" if m.ok else "✗"
            frames = " ".join(str(f) for f in m.worst)
            out.append(
                f"{mark} {title}: {m.value:.3g} {m.unit} (≤ {m.bar:g}) {frames}".rstrip()
            )
        return out


def _worst(values: Array, count: int = 3) -> tuple[int, ...]:
    """Return the frames of the greatest values, at least ten frames apart, that are not 0."""
    order = np.argsort(-values, kind="stable")
    out: list[int] = []
    for f in order[:200]:
        if values[f] > 0.0 and all(abs(int(f) - g) > 10 for g in out):
            out.append(int(f))
        if len(out) == count:
            break
    return tuple(out)


def slide_speeds(clip: Clip, rest: Rest) -> Array:
    """Return (frames, 2) horizontal speeds of bearing feet, cm/s; 0 where a foot is free.

    A foot that tips stands on its ball or its heel: the slower of both counts.
    """
    out = np.zeros((clip.frames, 2))
    for side, path in enumerate(foot_paths(clip, rest)):
        steps = [
            np.linalg.norm(np.diff(p[:, [0, 2]], axis=0), axis=-1)
            for p in (path.heel, path.ball)
        ]
        speed = np.min(steps, axis=0) * clip.rate.fps * 100.0
        both = clip.contacts[1:, side] & clip.contacts[:-1, side]
        out[1:, side] = np.where(both, speed, 0.0)
    return out


def skate(clip: Clip, rest: Rest) -> float:
    """Return the mean speed of bearing feet in cm/s, 0 for clips without contacts."""
    speeds = slide_speeds(clip, rest)
    both = clip.contacts[1:] & clip.contacts[:-1]
    return float(speeds[1:][both].mean()) if both.any() else 0.0


def _skin(clip: Clip, rest: Rest, character: Character | None) -> Array:
    """Return (frames,) metres of the deepest hand in the own body."""
    surface = usual_surface(rest) if character is None else measure_surface(character)
    points, turns = rest.forward(clip.root, clip.rotations)
    hands = hand_points(points, turns, rest)
    deep = np.zeros(clip.frames)
    for on, part in surface.items():
        bone = BONE_INDEX[on]
        for side in range(2):
            for k in range(2):
                own = into_bone(hands[:, side, k], points[:, bone], turns[:, bone])
                deep = np.maximum(deep, -part.gap(own)[0])
    return deep


def _bends(clip: Clip) -> tuple[float, tuple[int, ...]]:
    """Return how far (degrees) knees and elbows are beyond their limits at most, and where."""
    beyond = np.zeros(clip.frames)
    for part, (low, high) in _LIMITS.items():
        for side in SIDES:
            turn = quat_log(clip.rotations[:, BONE_INDEX[side + part]])
            if part == "LowerLeg":
                bend = turn[:, 0]
            else:
                bend = turn[:, 1] * (-1.0 if side == "left" else 1.0)
            # A bend about another axis is no overstretching.
            pure = np.abs(bend) > 0.7 * np.linalg.norm(turn, axis=-1)
            beyond = np.maximum(beyond, np.where(pure, low - bend, 0.0))
            beyond = np.maximum(beyond, np.linalg.norm(turn, axis=-1) - high)
    return float(np.degrees(beyond.max(initial=0.0))), _worst(beyond)


def _flips(clip: Clip) -> tuple[int, tuple[int, ...]]:
    """Count frames at which a bone jumps: far, and much farther than just before and after."""
    if clip.frames < 4:
        return 0, ()
    turn = quat_multiply(quat_conjugate(clip.rotations[:-1]), clip.rotations[1:])
    step = np.linalg.norm(quat_log(turn), axis=-1)
    padded = np.pad(step, ((2, 2), (0, 0)))
    around = np.median([padded[i : i + len(step)] for i in (0, 1, 3, 4)], axis=0)
    jump = (step * clip.rate.fps / 30.0 > _FLIP) & (step > 3.0 * around)
    size = np.concatenate([[0.0], np.where(jump, step, 0.0).max(axis=1)])
    return int(jump.any(axis=1).sum()), _worst(size)


def _jitter(clip: Clip, rest: Rest) -> tuple[float, tuple[int, ...]]:
    """Return the mean third difference of hands, feet and head at 30 frames a second."""
    slow = resample(clip, _RATE) if clip.rate.fps > _RATE.fps else clip
    if slow.frames < 4:
        return 0.0, ()
    points = rest.forward(slow.root, slow.rotations)[0][:, [BONE_INDEX[b] for b in _ENDS]]
    third = np.linalg.norm(np.diff(points, 3, axis=0), axis=-1).mean(axis=1)
    third *= slow.rate.fps**3 / 100.0
    ratio = clip.rate.fps / slow.rate.fps
    return float(third.mean()), tuple(round((f + 2) * ratio) for f in _worst(third))


def check_clip(clip: Clip, rest: Rest, character: Character | None = None) -> ClipReport:
    """Return the measures of a clip on a body.

    Parameters
    ----------
    clip
        The motion; only frames whose numbers are finite are measured further.
    rest
        The body that performs it.
    character
        Its mesh, for hands in the body; None takes a usual girth.
    """
    report = ClipReport()
    broken = ~(
        np.isfinite(clip.root).all(axis=1) & np.isfinite(clip.rotations).all(axis=(1, 2))
    )
    report.measures["finite"] = Measure(
        "finite", float(broken.sum()), 0.0, "frames", _worst(broken.astype(float))
    )
    if broken.any() or not clip.frames:
        return report
    speeds = slide_speeds(clip, rest)
    sunk = np.max([-path.lowest for path in foot_paths(clip, rest)], axis=0)
    sunk = np.maximum(sunk, 0.0)
    skin = np.maximum(_skin(clip, rest, character), 0.0)
    scale = rest.hip_height / ADULT
    jitter, shaking = _jitter(clip, rest)
    beyond, at = _bends(clip)
    flips, where = _flips(clip)
    for measure in (
        Measure("skate", skate(clip, rest), SLIDE, "cm/s", _worst(speeds.max(axis=1))),
        Measure("floor", float(sunk.max()), SUNK * scale, "m", _worst(sunk)),
        Measure("skin", float(skin.max()), 0.02 * scale, "m", _worst(skin)),
        Measure("jitter", jitter, JITTER, "100 m/s³", shaking),
        Measure("limits", beyond, 5.0, "°", at),
        Measure("flips", float(flips), 0.0, "frames", where),
    ):
        report.measures[measure.name] = measure
    surface = usual_surface(rest) if character is None else measure_surface(character)
    report.touches = [
        {
            "hand": SIDES[t.side], "on": t.on, "start": t.start, "end": t.end,
            "gap": round(float(np.min(t.gap)), 4),
        }
        for t in find_touches(clip, rest, surface)
    ]  # fmt: skip
    return report
