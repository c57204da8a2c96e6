"""Recorded movement as figures: what the lifter is trained on and what truth is drawn from.

Reads joint positions of BVH recordings (any axes and units) and turns them into the segments
of :mod:`cyberdirector.capture.solve_figure` in a space with +Y up, metres.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cyberdirector.capture.solve_figure import HUMAN, SEGMENT, SEGMENTS, SIZE

Floats = NDArray[np.float64]

_LIMBS = ("Shoulder", "UpperArm", "LowerArm", "Hand", "Fingers")
_LEGS = ("UpperLeg", "LowerLeg", "Foot", "Toes")

NAMES: tuple[dict[str, str], ...] = (
    {
        "hips": "CC_Base_Hip", "chest": "CC_Base_Spine01", "neck": "CC_Base_NeckTwist01",
        "head": "CC_Base_Head", "leftEye": "CC_Base_L_Eye", "rightEye": "CC_Base_R_Eye",
    }
    | {
        f"{side}{ours}": f"CC_Base_{s}_{theirs}"
        for side, s in (("left", "L"), ("right", "R"))
        for ours, theirs in zip(
            _LIMBS + _LEGS,
            ("Clavicle", "Upperarm", "Forearm", "Hand", "Mid1", "Thigh", "Calf", "Foot",
             "ToeBase"),
            strict=True,
        )
    },
    {"hips": "Hips", "chest": "Spine2", "neck": "Neck", "head": "Head"}
    | {
        f"{side}{ours}": f"{side.title()}{theirs}"
        for side in ("left", "right")
        for ours, theirs in zip(
            _LIMBS + _LEGS,
            ("Shoulder", "Arm", "ForeArm", "Hand", "HandEnd", "UpLeg", "Leg", "Foot",
             "ToeBase"),
            strict=True,
        )
    },
    {"hips": "Hips", "chest": "Chest", "neck": "Neck", "head": "Head"}
    | {
        f"{side}{ours}": f"{side.title()}{theirs}"
        for side in ("left", "right")
        for ours, theirs in zip(
            (*_LIMBS[:4], *_LEGS),
            ("Collar", "Shoulder", "Elbow", "Wrist", "Hip", "Knee", "Ankle", "Toe"),
            strict=True,
        )
    },
)  # fmt: skip
"""Joint names of the recordings that we use: CMU (iClone), AnimatedDrawings, CMU (bvh)."""


@dataclass(frozen=True)
class Movement:
    """A recorded movement as segments, +Y up.

    Attributes
    ----------
    rate
        Frames per second.
    root
        (n, 3) midpoint of the hip joints, metres, for legs of :data:`HUMAN` × 1.7 m.
    turns
        (n, 16, 3, 3) rotations of the segments from the T-pose (faces +Z).
    hands
        (n, 2, 3, 3) rotations of left and right hand.
    name
        Of the file.
    """

    rate: float
    root: Floats
    turns: Floats
    hands: Floats
    name: str


def _unit(v: Floats) -> Floats:
    return v / np.maximum(np.linalg.norm(v, axis=-1, keepdims=True), 1e-9)


def frame_of(first: Floats, second: Floats, axes: str = "yx") -> Floats:
    """Return rotations (..., 3, 3): axis ``axes[0]`` is ``first``, ``axes[1]`` near ``second``.

    Parameters
    ----------
    first, second
        (..., 3) directions, any length.
    """
    a = _unit(first)
    i, j = ("xyz".index(c) for c in axes)
    k = 3 - i - j
    sign = 1.0 if (i, j) in ((0, 1), (1, 2), (2, 0)) else -1.0
    c = _unit(sign * np.cross(a, second))
    b = sign * np.cross(c, a)
    out = np.zeros((*a.shape[:-1], 3, 3))
    out[..., :, i], out[..., :, j], out[..., :, k] = a, b, c
    return out


def swing(base: Floats, axis: Floats, direction: Floats) -> Floats:
    """Return ``base`` turned by the shortest way so that its local ``axis`` points along.

    Parameters
    ----------
    base
        (..., 3, 3) rotation that the limb hangs on.
    axis
        (3,) direction of the limb in T-pose.
    direction
        (..., 3) where it points.
    """
    from cyberdirector.core.rotations import quat_between, quat_to_matrix

    return quat_to_matrix(quat_between(base @ axis, direction)) @ base


def hinged(
    base: Floats,
    axis: Floats,
    upper: Floats,
    lower: Floats,
    hinge: Floats,
    straight: float = 0.15,
) -> tuple[Floats, Floats]:
    """Return rotations of an upper and lower limb whose joint bends about one axis.

    Parameters
    ----------
    base
        (n, 3, 3) rotation that the limb hangs on.
    axis
        (3,) the limb in T-pose.
    upper, lower
        (n, 3) directions of both parts.
    hinge
        (3,) axis in T-pose about which the lower part bends by a positive angle.
    straight
        Sine of the bend below which the hinge follows the swing of the limb instead.
    """
    u, d = _unit(upper), _unit(lower)
    cross = np.cross(u, d)
    loose = swing(base, axis, u)
    about = loose @ hinge
    about = about - np.sum(about * u, -1, keepdims=True) * u
    weight = np.clip((np.linalg.norm(cross, axis=-1, keepdims=True) - straight) / 0.3, 0.0, 1.0)
    weight = weight * weight * (3.0 - 2.0 * weight)
    mixed = weight * _unit(cross) + (1.0 - weight) * _unit(about)
    rest = frame_of(axis, hinge)
    top = frame_of(u, mixed) @ rest.T
    side = mixed - np.sum(mixed * d, -1, keepdims=True) * d
    return top, frame_of(d, side) @ rest.T


def read_joints(path: Path) -> tuple[list[str], Floats, float]:
    """Return names, world positions (n, joints, 3) and frames per second of a BVH file."""
    words = path.read_text("utf-8", errors="replace").split()
    names: list[str] = []
    parents: list[int] = []
    offsets: list[list[float]] = []
    channels: list[list[str]] = []
    stack: list[int] = []
    i = 0
    while words[i] != "MOTION":
        word = words[i]
        if word in ("ROOT", "JOINT", "End"):
            names.append(words[i + 1] if word != "End" else f"{names[stack[-1]]}_end")
            parents.append(stack[-1] if stack else -1)
            channels.append([])
            i += 2
        elif word == "{":
            stack.append(len(names) - 1)
            i += 1
        elif word == "}":
            stack.pop()
            i += 1
        elif word == "OFFSET":
            offsets.append([float(x) for x in words[i + 1 : i + 4]])
            i += 4
        elif word == "CHANNELS":
            count = int(words[i + 1])
            channels[stack[-1]] = words[i + 2 : i + 2 + count]
            i += 2 + count
        else:
            i += 1
    count, seconds = int(words[i + 2]), float(words[i + 5])
    data = np.array(words[i + 6 :], dtype=np.float64).reshape(count, -1)
    return names, _positions(parents, np.array(offsets), channels, data), 1.0 / seconds


def _positions(
    parents: list[int], offsets: Floats, channels: list[list[str]], data: Floats
) -> Floats:
    from cyberdirector.core.rotations import quat_from_axis_angle, quat_to_matrix

    n, column = len(data), 0
    turns = np.zeros((n, len(parents), 3, 3))
    points = np.zeros((n, len(parents), 3))
    for joint, parent in enumerate(parents):
        shift = np.tile(offsets[joint], (n, 1))
        turn = np.tile(np.eye(3), (n, 1, 1))
        if parent < 0 and any(c.endswith("position") for c in channels[joint]):
            shift[:] = 0.0
        for channel in channels[joint]:
            axis = "XYZ".index(channel[0])
            if channel.endswith("position"):
                # Below the root a position channel repeats the offset in most writers.
                shift[:, axis] = data[:, column] if parent < 0 else shift[:, axis]
            else:
                angle = np.radians(data[:, column])
                turn = turn @ quat_to_matrix(quat_from_axis_angle(np.eye(3)[axis], angle))
            column += 1
        if parent >= 0:
            points[:, joint] = points[:, parent] + np.einsum(
                "nij,nj->ni", turns[:, parent], shift
            )
            turns[:, joint] = turns[:, parent] @ turn
        else:
            points[:, joint], turns[:, joint] = shift, turn
    return points


def movement(path: Path) -> Movement:
    """Return the movement of a BVH file whose joints :data:`NAMES` knows.

    Raises
    ------
    ValueError
        When no list of names fits.
    """
    names, points, rate = read_joints(path)
    table = next((t for t in NAMES if set(t.values()) <= set(names)), None)
    if table is None:
        raise ValueError(f"{path.name}: joint names not known: {names[:5]}")
    p = {ours: points[:, names.index(theirs)] for ours, theirs in table.items()}
    return figure(p, rate, path.stem)


def figure(p: dict[str, Floats], rate: float, name: str) -> Movement:
    """Return the movement of named joints.

    Parameters
    ----------
    p
        Joint (values of :data:`NAMES`' keys) → (n, 3) world positions, any unit, +Y or +Z up.
    rate
        Frames per second.
    name
        Of the recording.
    """
    feet = (p["leftFoot"] + p["rightFoot"]) / 2
    if abs(np.median((p["head"] - feet)[:, 2])) > abs(np.median((p["head"] - feet)[:, 1])):
        p = {k: np.stack([v[:, 0], v[:, 2], -v[:, 1]], -1) for k, v in p.items()}
    legs = [
        np.linalg.norm(p[f"{s}{a}"] - p[f"{s}{b}"], axis=-1)
        for s in ("left", "right")
        for a, b in (("UpperLeg", "LowerLeg"), ("LowerLeg", "Foot"))
    ]
    scale = 3.4 * (HUMAN[SIZE["upperLeg"]] + HUMAN[SIZE["lowerLeg"]]) / np.median(sum(legs))
    return _segments({k: v * scale for k, v in p.items()}, rate, name)


def _segments(p: dict[str, Floats], rate: float, name: str) -> Movement:
    n = len(p["hips"])
    turns = np.tile(np.eye(3), (n, len(SEGMENTS), 1, 1))
    hands = np.tile(np.eye(3), (n, 2, 1, 1))
    x, y, _ = np.eye(3)
    middle = (p["leftUpperLeg"] + p["rightUpperLeg"]) / 2
    arms = p["leftUpperArm"] - p["rightUpperArm"]
    pelvis = frame_of(p["leftUpperLeg"] - p["rightUpperLeg"], p["chest"] - middle, "xy")
    # The joint of the spine lies behind those of the hips: level the pelvis by the trunk.
    level = np.median(_lean(p["neck"] - middle, pelvis))
    pelvis = np.einsum("nij,jk->nik", pelvis, _pitch(-level))
    chest = frame_of(p["neck"] - p["chest"], arms)
    turns[:, 0], turns[:, 1] = pelvis, chest
    turns[:, SEGMENT["neck"]] = swing(chest, y, p["head"] - p["neck"])
    if "leftEye" in p:
        eyes = (p["leftEye"] + p["rightEye"]) / 2 - p["head"]
        head = frame_of(
            p["leftEye"] - p["rightEye"], np.cross(eyes, p["leftEye"] - p["rightEye"]), "xy"
        )
        # Eyes lie above the joint: the face looks up from there by their angle at rest.
        lift = np.median(
            np.arctan2(np.sum(eyes * chest[..., 1], -1), np.sum(eyes * chest[..., 2], -1))
        )
        head = np.einsum("nij,jk->nik", head, _pitch(lift))
    else:
        head = frame_of(p["head"] - p["neck"], arms)
        level = np.median(_lean(head[..., 1], chest))
        head = np.einsum("nij,jk->nik", head, _pitch(level))
    turns[:, 2] = head
    for i, (side, s) in enumerate((("left", 1.0), ("right", -1.0))):
        arm = s * x
        shoulder = p[f"{side}UpperArm"] - p["neck"]
        rest = np.median(np.einsum("nij,ni->nj", chest, _unit(shoulder)), axis=0)
        aim = swing(chest, _unit(rest), shoulder)
        turns[:, SEGMENT[f"{side}Shoulder"]] = aim
        top, low = hinged(
            aim, arm,
            p[f"{side}LowerArm"] - p[f"{side}UpperArm"],
            p[f"{side}Hand"] - p[f"{side}LowerArm"], -s * y,
        )  # fmt: skip
        turns[:, SEGMENT[f"{side}UpperArm"]], turns[:, SEGMENT[f"{side}LowerArm"]] = top, low
        fingers = p.get(f"{side}Fingers")
        hands[:, i] = low if fingers is None else swing(low, arm, fingers - p[f"{side}Hand"])
        top, low = hinged(
            pelvis, -y,
            p[f"{side}LowerLeg"] - p[f"{side}UpperLeg"],
            p[f"{side}Foot"] - p[f"{side}LowerLeg"], x,
        )  # fmt: skip
        turns[:, SEGMENT[f"{side}UpperLeg"]], turns[:, SEGMENT[f"{side}LowerLeg"]] = top, low
        foot = frame_of(p[f"{side}Toes"] - p[f"{side}Foot"], low @ x, "zx")
        droop = np.arctan2(HUMAN[SIZE["toeDown"]], HUMAN[SIZE["toeForward"]])
        turns[:, SEGMENT[f"{side}Foot"]] = np.einsum("nij,jk->nik", foot, _pitch(-droop))
    return Movement(rate, middle, turns, hands, name)


def _pitch(angle: float) -> Floats:
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[1.0, 0.0, 0.0], [0.0, c, -s], [0.0, s, c]])


def _lean(direction: Floats, base: Floats) -> Floats:
    local = np.einsum("nij,ni->nj", base, direction)
    return -np.arctan2(local[:, 2], local[:, 1])
