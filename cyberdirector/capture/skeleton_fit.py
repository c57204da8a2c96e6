"""From the solved figure to the humanoid: a rest pose of its measures, bone rotations."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cyberdirector.capture.solve_figure import SEGMENT, SIZE
from cyberdirector.capture.synth import frame_of, swing
from cyberdirector.core.rotations import (
    quat_conjugate,
    quat_continuous,
    quat_from_matrix,
    quat_multiply,
    quat_slerp,
)
from cyberdirector.core.skeleton import BONE_COUNT, BONE_INDEX, BONE_PARENTS, Rest

Floats = NDArray[np.float64]

SOLE = 0.010
"""Metres between the landmarks of heel and toe and the floor under them."""

_FINGERS = {
    "Thumb": ((0.20, -0.08, 0.16), 0.24, 0.18),
    "Index": ((0.52, 0.0, 0.13), 0.24, 0.14),
    "Middle": ((0.53, 0.0, 0.02), 0.26, 0.16),
    "Ring": ((0.50, 0.0, -0.08), 0.24, 0.15),
    "Little": ((0.46, -0.02, -0.17), 0.19, 0.11),
}
"""Knuckle of each finger from the wrist and lengths of its first two parts, in hand lengths
(x out, z to the thumb), after Buryanov and Kotiuk (Proportions of Hand Segments, 2010)."""


def rest_of(sizes: Floats) -> Rest:
    """Return the rest pose of measures in metres (24,); it stands on y = 0."""
    m = {name: float(sizes[i]) for name, i in SIZE.items()}
    offsets = np.zeros((BONE_COUNT, 3))

    def put(bone: str, x: float, y: float, z: float) -> None:
        offsets[BONE_INDEX[bone]] = (x, y, z)

    ankle = max(m["heelDown"], m["toeDown"]) - m["ankleUp"] + SOLE
    waist = 0.8 * m["loin"]
    low, high = m["loin"] - waist / 2, m["trunk"] - waist / 2
    put("hips", 0.0, m["upperLeg"] + m["lowerLeg"] + ankle, 0.0)
    put("spine", 0.0, low, 0.0)
    put("chest", 0.0, waist, 0.0)
    put("upperChest", 0.0, high / 2, 0.0)
    put("neck", 0.0, high / 2, 0.0)
    put("head", 0.0, m["neck"], 0.0)
    eye = (m["earUp"] + m["noseUp"]) / 2
    put("jaw", 0.0, m["noseUp"] - 0.5 * m["noseForward"], 0.2 * m["noseForward"])
    hand = 0.72 * m["lowerArm"]
    for side, s in (("left", 1.0), ("right", -1.0)):
        put(f"{side}Eye", s * 0.4 * m["earSide"], eye, 0.7 * m["noseForward"])
        put(f"{side}UpperLeg", s * m["hip"], 0.0, 0.0)
        put(f"{side}LowerLeg", 0.0, -m["upperLeg"], 0.0)
        put(f"{side}Foot", 0.0, -m["lowerLeg"], 0.0)
        put(f"{side}Toes", 0.0, -0.8 * ankle, 0.68 * m["toeForward"])
        put(f"{side}Shoulder", s * m["clavicle"], high / 2, 0.0)
        put(f"{side}UpperArm", s * m["shoulder"], 0.0, 0.0)
        put(f"{side}LowerArm", s * m["upperArm"], 0.0, 0.0)
        put(f"{side}Hand", s * m["lowerArm"], 0.0, 0.0)
        for finger, ((x, y, z), first, second) in _FINGERS.items():
            parts = ("Metacarpal", "Proximal", "Distal") if finger == "Thumb" else (
                "Proximal", "Intermediate", "Distal")  # fmt: skip
            put(f"{side}{finger}{parts[0]}", s * x * hand, y * hand, z * hand)
            put(f"{side}{finger}{parts[1]}", s * first * hand, 0.0, 0.0)
            put(f"{side}{finger}{parts[2]}", s * second * hand, 0.0, 0.0)
    return Rest(offsets.astype(np.float32), np.ones(BONE_COUNT, np.bool_))


def _unit(v: Floats) -> Floats:
    return np.asarray(v / np.maximum(np.linalg.norm(v, axis=-1, keepdims=True), 1e-9))


def _steady(values: Floats, weight: Floats, seconds: float, rate: float) -> Floats:
    """Return vectors (n, 3) averaged over time with weights: what is sure fills what is not."""
    from scipy.ndimage import gaussian_filter1d

    sigma = max(seconds * rate, 0.5)
    total = gaussian_filter1d(values * weight[:, None], sigma, axis=0, mode="nearest")
    return _unit(total)


def _twisted(
    base: Floats, axis: Floats, upper: Floats, lower: Floats, hinge: Floats,
    others: Floats | None, rate: float,
) -> tuple[Floats, Floats]:  # fmt: skip
    """Return rotations of both parts of a limb that bends about ``hinge`` (T-pose axis).

    Where the limb is nearly straight its plane is not seen; the plane of the frames around, and
    the way the limb hangs on its base, decide. ``others`` (n, 3): one more opinion on the axis.
    """
    u, d = _unit(upper), _unit(lower)
    cross = np.cross(u, d)
    bend = np.linalg.norm(cross, axis=-1)
    hung = swing(base, axis, u) @ hinge
    if others is not None:
        hung = _unit(hung + others)
    hung = _unit(hung - np.sum(hung * u, -1, keepdims=True) * u)
    seen = _unit(cross)
    # An axis that contradicts how the joint is built comes from noise in depth.
    right = np.clip(np.sum(seen * hung, axis=-1) + 0.5, 0.0, 1.0)
    weight = np.clip((bend - 0.10) / 0.35, 0.0, 1.0) ** 2 * right
    mixed = seen * weight[:, None] + hung * (0.15 * (1.0 - weight))[:, None]
    about = _steady(mixed, np.ones(len(u)), 0.05, rate)
    rest = frame_of(axis, hinge)
    top = frame_of(u, about) @ rest.T
    return top, frame_of(d, about) @ rest.T


def bone_turns(turns: Floats, rate: float) -> Floats:
    """Return rotations of the 55 bones, (n, 55, 4) float64, local to parent, rest = identity.

    Parameters
    ----------
    turns
        (n, 16, 3, 3) segments in world space.
    rate
        Frames per second.
    """
    n = len(turns)
    world = np.zeros((n, BONE_COUNT, 4))
    world[..., 3] = 1.0

    def put(bone: str, turn: Floats) -> None:
        world[:, BONE_INDEX[bone]] = turn

    hips, chest = (quat_from_matrix(turns[:, SEGMENT[s]]) for s in ("pelvis", "chest"))
    put("hips", hips)
    put("spine", quat_slerp(hips, chest, np.full(n, 0.5)))
    put("chest", chest)
    put("upperChest", chest)
    y, x = np.array([0.0, 1.0, 0.0]), np.array([1.0, 0.0, 0.0])
    head = turns[:, SEGMENT["head"]]
    neck_way = turns[:, SEGMENT["neck"]] @ y
    half = quat_slerp(chest, quat_from_matrix(head), np.full(n, 0.4))
    from cyberdirector.core.rotations import quat_to_matrix

    put("neck", quat_from_matrix(swing(quat_to_matrix(half), y, neck_way)))
    put("head", quat_from_matrix(head))
    for side, s in (("left", 1.0), ("right", -1.0)):
        arm = s * x
        collar = swing(
            turns[:, SEGMENT["chest"]], arm, turns[:, SEGMENT[f"{side}Shoulder"]] @ arm
        )
        put(f"{side}Shoulder", quat_from_matrix(collar))
        up, down = (turns[:, SEGMENT[f"{side}{p}"]] @ arm for p in ("UpperArm", "LowerArm"))
        top, low = _twisted(collar, arm, up, down, -s * y, None, rate)
        put(f"{side}UpperArm", quat_from_matrix(top))
        put(f"{side}LowerArm", quat_from_matrix(low))
        put(f"{side}Hand", quat_from_matrix(low))
        up, down = (turns[:, SEGMENT[f"{side}{p}"]] @ -y for p in ("UpperLeg", "LowerLeg"))
        foot = turns[:, SEGMENT[f"{side}Foot"]]
        top, low = _twisted(turns[:, 0], -y, up, down, x, foot @ x, rate)
        put(f"{side}UpperLeg", quat_from_matrix(top))
        put(f"{side}LowerLeg", quat_from_matrix(low))
        put(f"{side}Foot", quat_from_matrix(foot))
        put(f"{side}Toes", quat_from_matrix(foot))
    return _local(world)


def _local(world: Floats) -> Floats:
    out = world.copy()
    known = {"hips", "spine", "chest", "upperChest", "neck", "head"}
    for bone in range(1, BONE_COUNT):
        name = next(k for k, i in BONE_INDEX.items() if i == bone)
        placed = name in known or name.endswith(
            ("Shoulder", "UpperArm", "LowerArm", "Hand", "UpperLeg", "LowerLeg", "Foot", "Toes")
        )
        parent = int(BONE_PARENTS[bone])
        out[:, bone] = (
            quat_multiply(quat_conjugate(world[:, parent]), world[:, bone])
            if placed
            else np.array([0.0, 0.0, 0.0, 1.0])
        )
    return quat_continuous(out)
