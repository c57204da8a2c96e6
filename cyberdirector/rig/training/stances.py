"""People in other proportions and stances: skinning with a stretched, turned skeleton."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.rotations import quat_exp, quat_to_matrix
from cyberdirector.core.skeleton import BONE_COUNT, BONE_INDEX, BONE_PARENTS
from cyberdirector.rig.training.people import Person

Floats = NDArray[np.float64]

STANCES = ("t", "a", "down")
"""Arms level, arms half way down, arms beside the body."""

_ANGLES = {"t": (-0.10, 0.20), "a": (0.45, 1.0), "down": (1.10, 1.42)}
"""How far the upper arms turn down from the T-pose, radians (least, greatest)."""

_FINGERS = ("Thumb", "Index", "Middle", "Ring", "Little")


def random_turns(rng: np.random.Generator, stance: str) -> Floats:
    """Return (55, 3) rotation vectors, radians, local to the parent, of a still stance."""
    out = rng.normal(0.0, 0.02, (BONE_COUNT, 3))
    fingers = [i for n, i in BONE_INDEX.items() if any(f in n for f in _FINGERS)]
    out[fingers] = 0.0
    spread, toes = rng.uniform(-0.02, 0.16), rng.uniform(-0.1, 0.35)
    angle = rng.uniform(*_ANGLES[stance])
    swing, elbow, curl = rng.uniform(-0.2, 0.25), rng.uniform(0.0, 0.45), rng.uniform(0, 0.35)
    shrug = 0.12 * angle * rng.uniform(0.0, 1.0)
    for side, sign in (("left", 1.0), ("right", -1.0)):
        jitter = rng.normal(0.0, 0.03, 6)
        _add(out, f"{side}Shoulder", z=-sign * shrug)
        _add(out, f"{side}UpperArm", y=-sign * swing, z=-sign * (angle - shrug + jitter[0]))
        _add(out, f"{side}LowerArm", y=-sign * (elbow + jitter[1]))
        _add(out, f"{side}Hand", z=-sign * jitter[2])
        _add(out, f"{side}UpperLeg", z=sign * (spread + jitter[3]), y=sign * toes * 0.5)
        _add(out, f"{side}Foot", y=sign * toes * 0.5)
        for finger in _FINGERS[1:]:
            for part in ("Proximal", "Intermediate", "Distal"):
                _add(out, f"{side}{finger}{part}", z=-sign * curl)
    return out


def _add(turns: Floats, bone: str, y: float = 0.0, z: float = 0.0) -> None:
    turns[BONE_INDEX[bone]] += [0.0, y, z]


def random_scales(rng: np.random.Generator, amount: float = 1.0) -> Floats:
    """Return (55, 3) factors along the axes of the T-pose, equal on both sides.

    ``amount`` 0 leaves the person as it is, 1 gives heads of 0.75 to 1.9 and limbs of 0.6
    to 1.6 times their size.
    """

    def draw(low: float, high: float) -> float:
        return float(np.exp(amount * rng.uniform(np.log(low), np.log(high))))

    out = np.ones((BONE_COUNT, 3))
    arm, arm_thick = draw(0.75, 1.25), draw(0.75, 1.6)
    leg, leg_thick = draw(0.6, 1.25), draw(0.75, 1.5)
    trunk = np.array([draw(0.82, 1.35), draw(0.8, 1.15), draw(0.85, 1.35)])
    for bone in ("hips", "spine", "chest", "upperChest"):
        out[BONE_INDEX[bone]] = trunk
    out[BONE_INDEX["neck"]] = [draw(0.85, 1.15), draw(0.7, 1.3), draw(0.85, 1.15)]
    head = draw(0.75, 1.9) * np.array([draw(0.93, 1.07), 1.0, draw(0.93, 1.07)])
    for bone in ("head", "leftEye", "rightEye", "jaw"):
        out[BONE_INDEX[bone]] = head
    hand, foot, upper, thigh = draw(0.8, 1.3), draw(0.85, 1.2), draw(0.9, 1.1), draw(0.92, 1.08)
    for side in ("left", "right"):
        out[BONE_INDEX[f"{side}Shoulder"]] = [trunk[0] * draw(0.95, 1.05), 1.0, 1.0]
        out[BONE_INDEX[f"{side}UpperArm"]] = [arm * upper, arm_thick, arm_thick]
        out[BONE_INDEX[f"{side}LowerArm"]] = [arm / upper, arm_thick, arm_thick]
        out[BONE_INDEX[f"{side}UpperLeg"]] = [leg_thick, leg * thigh, leg_thick]
        out[BONE_INDEX[f"{side}LowerLeg"]] = [leg_thick, leg / thigh, leg_thick]
        out[[BONE_INDEX[f"{side}Foot"], BONE_INDEX[f"{side}Toes"]]] = foot
        for name, i in BONE_INDEX.items():
            if name.startswith(side) and ("Hand" in name or any(f in name for f in _FINGERS)):
                out[i] = hand
    return out


def deform(person: Person, turns: Floats, scales: Floats) -> tuple[Floats, Floats]:
    """Return vertices (v, 3) and joints (55, 3) of a person turned and stretched, metres.

    ``turns`` are local rotation vectors (55, 3), ``scales`` factors along the axes of the
    T-pose (55, 3), applied before the turn.
    """
    local = quat_to_matrix(quat_exp(turns))
    frames = np.zeros((BONE_COUNT, 3, 3))
    at = person.bones.copy()
    for bone in range(BONE_COUNT):
        parent = int(BONE_PARENTS[bone])
        if parent < 0:
            frames[bone] = local[bone]
            continue
        frames[bone] = frames[parent] @ local[bone]
        arm = scales[parent] * (person.bones[bone] - person.bones[parent])
        at[bone] = at[parent] + frames[parent] @ arm
    matrices = frames * scales[:, None, :]
    shift = at - np.einsum("bij,bj->bi", matrices, person.bones)
    out = np.zeros((len(person.points), 3))
    points = person.points.astype(np.float64)
    for k in range(person.joints.shape[1]):
        rows = person.joints[:, k]
        moved = np.einsum("vij,vj->vi", matrices[rows], points) + shift[rows]
        out += person.weights[:, k, None] * moved
    return out, at


def random_stance(
    person: Person, rng: np.random.Generator, stance: str, **options: Any
) -> tuple[Floats, Floats]:
    """Return vertices and joints of a person in a random stance and proportion."""
    scales = random_scales(rng, options.get("amount", 1.0))
    return deform(person, random_turns(rng, stance), scales)
