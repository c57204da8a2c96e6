"""Small bodies and motions for tests of motion."""

from __future__ import annotations

import numpy as np

from cyberdirector.core.clip import Clip
from cyberdirector.core.rotations import quat_from_axis_angle, quat_rotate
from cyberdirector.core.skeleton import BONE_INDEX, Rest
from cyberdirector.core.time import Rate
from cyberdirector.motion.ik import two_bone
from cyberdirector.motion.usual import usual_rest


def body(height: float = 0.92, legs: float = 1.0, arms: float = 1.0) -> Rest:
    """Return a rest pose of a hip height, with longer or shorter limbs."""
    return usual_rest(height, legs, arms)


def stroll(rest: Rest, frames: int = 90, slip: float = 0.0, speed: float = 1.0) -> Clip:
    """Return a plain walk along +Z; ``slip`` (m/s) is how fast bearing feet slide."""
    rate = Rate(30)
    clip = Clip.rest(frames, rate, rest.hip_height)
    rotations = clip.rotations.astype(np.float64)
    t = np.arange(frames) / rate.fps
    root = np.stack(
        [np.zeros(frames), 0.96 * rest.hip_height + 0.01 * np.cos(4 * np.pi * t), speed * t], -1
    )
    contacts = np.zeros((frames, 2), np.bool_)
    points = rest.positions().astype(np.float64)
    for side, name in enumerate(("left", "right")):
        phase = (t + 0.5 * side) % 1.0
        step = np.floor(t + 0.5 * side)
        contacts[:, side] = phase < 0.6
        swing = np.clip((phase - 0.6) / 0.4, 0.0, 1.0)
        smooth = swing * swing * (3.0 - 2.0 * swing)
        ankle = points[BONE_INDEX[f"{name}Foot"]]
        z = speed * (step - 0.5 * side + 0.3 + smooth) + slip * phase * contacts[:, side]
        y = ankle[1] + 0.12 * np.sin(np.pi * swing) ** 2
        target = np.stack([np.full(frames, ankle[0]), y, z], axis=-1)
        upper, lower, foot = (
            points[BONE_INDEX[f"{name}{b}"]] for b in ("UpperLeg", "LowerLeg", "Foot")
        )
        thigh, shin, _ = two_bone(
            root + (upper - points[0]), target, np.tile([0.0, 0.0, 1.0], (frames, 1)),
            (float(np.linalg.norm(lower - upper)), float(np.linalg.norm(foot - lower))),
            tuple((b - a) / np.linalg.norm(b - a) for a, b in ((upper, lower), (lower, foot))),
            np.array([0.0, 0.0, -1.0]),
        )  # fmt: skip
        rotations[:, BONE_INDEX[f"{name}UpperLeg"]] = thigh
        rotations[:, BONE_INDEX[f"{name}LowerLeg"]] = _times(_inverse(thigh), shin)
        rotations[:, BONE_INDEX[f"{name}Foot"]] = _inverse(shin)
        sign = 1.0 if side == 0 else -1.0
        rotations[:, BONE_INDEX[f"{name}UpperArm"]] = quat_from_axis_angle(
            [0.0, 0.0, -sign], np.full(frames, 1.2)
        )
    return Clip(
        rate, root.astype(np.float32), rotations.astype(np.float32), clip.weights, clip.gaze,
        contacts, rest.hip_height,
    )  # fmt: skip


def _inverse(q: np.ndarray) -> np.ndarray:
    return q * np.array([-1.0, -1.0, -1.0, 1.0])


def _times(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    from cyberdirector.core.rotations import quat_multiply

    return quat_multiply(a, b)


def joints(clip: Clip, rest: Rest) -> np.ndarray:
    """Return world joints (n, 55, 3) of a clip, metres."""
    return rest.forward(clip.root, clip.rotations)[0]


def degrees_apart(a: np.ndarray, b: np.ndarray) -> float:
    """Return the greatest angle between two arrays of quaternions, degrees."""
    cross = _times(_inverse(np.asarray(a, float)), np.asarray(b, float))
    angle = 2.0 * np.arctan2(np.linalg.norm(cross[..., :3], axis=-1), np.abs(cross[..., 3]))
    return float(np.degrees(angle).max())


def turned(v: np.ndarray, q: np.ndarray) -> np.ndarray:
    """Return vectors turned by quaternions."""
    return quat_rotate(q, v)
