"""Where the joints of a figure are: a learnt guess that is refined by what lies around it.

A small network guesses all joints from how solid the figure is on a coarse lattice. Linear
steps then move every joint by what they see on lattices that hang on the present guess (a
cascade after Dollár et al., "Cascaded Pose Regression", CVPR 2010, and Xiong & De la Torre,
"Supervised Descent Method", CVPR 2013). All of it is learnt from characters of our own
(``rig/training``); the figure and its mirror image are averaged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.resources import data_dir
from cyberdirector.core.skeleton import BONE_COUNT, BONE_INDEX, BONE_PARENTS, HUMANOID_BONES
from cyberdirector.rig.depth import Views, look_around
from cyberdirector.rig.features import (
    FINGER_BONES,
    MAIN,
    hand_features,
    hand_frame,
    joint_features,
    joint_frames,
    whole_features,
)

Floats = NDArray[np.float64]

MODEL = "rig-joints.npz"

MIRRORED = np.array(
    [
        BONE_INDEX[n.replace("left", "_").replace("right", "left").replace("_", "right")]
        for n in HUMANOID_BONES
    ]
)
"""The bone on the other side of each bone."""

_FARTHEST = 0.1
"""Share of the height that a joint may move in one step."""

_ROUNDS = 2
"""How often the learnt steps are gone through: sleeves and skirts hide joints far off."""

_AGREED = 0.7
"""Certainty from which the height of a figure is not questioned."""
_SHARES = (0.92, 0.85, 0.78)
"""Shares of the height that are tried where hair or a hat may stand over the head."""
_GAIN = 0.05
"""Certainty by which another height must be better."""

_DOUBT = 0.03
"""Disagreement of figure and mirror image, in shares of the height, that counts as no
confidence at all."""


@dataclass(frozen=True)
class Frame:
    """A figure's own measure: what stands at (0, 0, 0) on the floor, and its height."""

    origin: Floats
    height: float

    def inside(self, points: Floats) -> Floats:
        """Return points (n, 3) in shares of the height."""
        return (points - self.origin) / self.height

    def outside(self, points: Floats) -> Floats:
        """Return points (n, 3) of this measure in the units of the figure."""
        return points * self.height + self.origin


def frame_of(samples: Floats) -> Frame:
    """Return the measure of a figure that stands upright (surface points (n, 3))."""
    low, high = samples.min(axis=0), samples.max(axis=0)
    middle = np.median(samples, axis=0)
    return Frame(np.array([middle[0], low[1], middle[2]]), float(high[1] - low[1]))


def views_of(samples: Floats) -> Views:
    """Return the depth views of a figure in its own measure."""
    return look_around(samples, np.array([0.0, 0.5, 0.0]), 0.6)


@dataclass(frozen=True)
class Joints:
    """Joints of a figure.

    Attributes
    ----------
    positions
        (55, 3), units of the figure.
    confidence
        (55,) 0..1; 1 where a marker was given.
    given
        Bones whose place a person gave.
    """

    positions: Floats
    confidence: Floats
    given: frozenset[str] = frozenset()

    @property
    def certainty(self) -> float:
        """Mean confidence of all joints but the fingers', 0..1."""
        return float(self.confidence[MAIN].mean())


@lru_cache(maxsize=1)
def _model() -> dict[str, NDArray[np.float64]]:
    with np.load(Path(data_dir("models")) / MODEL, allow_pickle=False) as data:
        return {name: data[name].astype(np.float64) for name in data.files}


def orientation_score(views: Views) -> float:
    """Return how much a figure looks as if it stood upright and faced +Z (learnt, ±1)."""
    m = _model()
    x = (whole_features(views) - m["turn_mean"]) @ m["turn_basis"]
    hidden = np.tanh(x @ m["turn_w0"] + m["turn_b0"])
    return float((hidden @ m["turn_w1"] + m["turn_b1"])[0])


def first_guess(views: Views) -> Floats:
    """Return a first guess (55, 3) of all joints, in shares of the height."""
    m = _model()
    x = (whole_features(views) - m["mean"]) @ m["basis"]
    layers = sum(name.startswith("w") for name in m)
    for k in range(layers):
        x = x @ m[f"w{k}"] + m[f"b{k}"]
        if k < layers - 1:
            x = np.tanh(x)
    return x.reshape(BONE_COUNT, 3) + m["joints"]


def _refine(views: Views, joints: Floats, fixed: Mapping[int, Floats]) -> Floats:
    """Return the joints after all learnt steps."""
    m = _model()
    for k in range(sum(name.startswith("step_w") for name in m)):
        frames = joint_frames(joints)
        seen = joint_features(views, joints, frames)
        moves = np.einsum("jf,jfi->ji", seen, m[f"step_w{k}"]) + m[f"step_b{k}"]
        moves = np.clip(moves, -_FARTHEST, _FARTHEST)
        new = joints.copy()
        new[MAIN] += np.einsum("ji,jic->jc", moves, frames)
        for bone, point in fixed.items():
            new[bone] = point
        for side, rows in FINGER_BONES.items():
            wrist = BONE_INDEX[f"{side}Hand"]
            new[rows] += new[wrist] - joints[wrist]
            axes = hand_frame(new, side)
            seen_hand = hand_features(views, new, side, axes)
            local = np.clip(seen_hand @ m[f"{side}_w{k}"] + m[f"{side}_b{k}"], -0.25, 0.25)
            new[rows] = new[wrist] + local.reshape(-1, 3) @ axes
        for bone, point in fixed.items():
            new[bone] = point
        joints = new
    return joints


def find_joints(
    samples: Floats, markers: Mapping[str, Floats] | None = None, quick: bool = False
) -> Joints:
    """Return the joints of an upright figure that faces +Z.

    Parameters
    ----------
    samples
        (n, 3) points spread evenly over its surface, any unit.
    markers
        Bone → place (3,) that a person gave, same unit; those joints stay there, and what
        hangs on them moves along.
    quick
        One look, to tell whether a figure stands there at all. Else what lies far off is
        looked at again, and lesser heights are tried where that of the whole is doubtful:
        a tall bun or a hat may stand over the head.
    """
    whole, given = frame_of(samples), markers or {}
    best = _find(samples, whole, given, 1 if quick else _ROUNDS)
    if not quick and best.certainty < _AGREED:
        for share in _SHARES:
            lower = Frame(whole.origin, share * whole.height)
            other = _find(samples, lower, given, _ROUNDS)
            if other.certainty > best.certainty + _GAIN:
                best = other
    return best


def _find(samples: Floats, frame: Frame, markers: Mapping[str, Floats], rounds: int) -> Joints:
    """Return the joints of a figure of a given height, of the surest round."""
    given = {BONE_INDEX[b]: frame.inside(np.asarray(p)) for b, p in markers.items()}
    mirror = np.array([-1.0, 1.0, 1.0])
    local = frame.inside(samples)
    views = [views_of(local), views_of(local * mirror)]
    fixed = [given, {int(MIRRORED[b]): p * mirror for b, p in given.items()}]
    runs = [_moved(first_guess(v), f) for v, f in zip(views, fixed, strict=True)]
    tries = []
    for _ in range(rounds):
        runs = [_refine(v, r, f) for v, r, f in zip(views, runs, fixed, strict=True)]
        other = (runs[1] * mirror)[MIRRORED]
        doubt = np.linalg.norm(runs[0] - other, axis=1)
        confidence = np.clip(1.0 - doubt / _DOUBT, 0.0, 1.0)
        confidence[list(given)] = 1.0
        middle = frame.outside(0.5 * (runs[0] + other))
        tries.append(Joints(middle, confidence, frozenset(markers)))
    return max(tries, key=lambda found: found.certainty)


def _moved(joints: Floats, fixed: Mapping[int, Floats]) -> Floats:
    """Return the first guess with markers in place; what has none follows its parent."""
    out, shift = joints.copy(), np.zeros_like(joints)
    for bone in range(BONE_COUNT):
        parent = int(BONE_PARENTS[bone])
        shift[bone] = shift[parent] if parent >= 0 else 0.0
        if bone in fixed:
            shift[bone] = fixed[bone] - joints[bone]
        out[bone] = joints[bone] + shift[bone]
    return out
