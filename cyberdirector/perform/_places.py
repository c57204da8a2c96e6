"""Places on another person's body that a hand is laid on; world metres."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cyberdirector.core.clip import Clip
from cyberdirector.core.rotations import quat_rotate
from cyberdirector.core.skeleton import BONE_INDEX, Rest
from cyberdirector.motion.surface import ADULT, Surface, out_of_bone
from cyberdirector.motion.touches import hand_points
from cyberdirector.perform._body import SIDES
from cyberdirector.perform._motion import Array

# Place → bone of the round part, share along it, direction from its axis (x to the side of
# the hand that comes), metres over the skin for an adult.
_ROUND = {
    "chest": ("upperChest", 0.45, (0.5, 0.0, 1.0), 0.0),
    "collar": ("upperChest", 0.85, (0.2, 0.0, 1.0), 0.02),
    "back": ("upperChest", 0.2, (0.3, 0.0, -1.0), 0.0),
    "waist": ("spine", 0.6, (0.55, 0.0, -0.9), 0.0),
    "cheek": ("head", 0.0, (0.85, -0.3, 0.5), 0.0),
    "under_eye": ("head", 0.0, (0.55, -0.05, 0.9), 0.0),
    "chin": ("head", 0.0, (0.05, -0.85, 0.6), 0.0),
    "crown": ("head", 0.0, (0.25, 0.9, 0.3), 0.03),
}

# Place → joints between which it lies, share of the way, how thick the limb is (metres).
_LIMBS = {
    "upper_arm": ("UpperArm", "LowerArm", 0.6, 0.045),
    "forearm": ("LowerArm", "Hand", 0.72, 0.035),
}

_SHOULDER = (0.055, 0.012)
"""Metres over the joint and towards the neck: where a hand lies on a shoulder."""

_CLASP = 0.024
"""Metres from the middle of a held hand to the palms that hold it."""


@dataclass(frozen=True)
class Pose:
    """A body over some frames: joints (n, 55, 3) and turns (n, 55, 4), world; palms."""

    rest: Rest
    surface: Surface
    points: Array
    turns: Array

    @classmethod
    def of(cls, clip: Clip, rest: Rest, surface: Surface) -> Pose:
        """Return the pose of all frames of a clip."""
        return cls(rest, surface, *rest.forward(clip.root, clip.rotations))

    @property
    def scale(self) -> float:
        """Size of the body; 1 for an adult."""
        return float(self.rest.hip_height / ADULT)

    def joint(self, name: str) -> Array:
        """Return a joint, (n, 3)."""
        return np.asarray(self.points[:, BONE_INDEX[name]])

    def hands(self) -> Array:
        """Return palm and fingertips of both hands, (n, 2, 2, 3)."""
        return hand_points(self.points, self.turns, self.rest)

    def aside(self) -> Array:
        """Return the direction to the own left, level, (n, 3)."""
        line = self.joint("leftUpperArm") - self.joint("rightUpperArm")
        line[:, 1] = 0.0
        return np.asarray(line / np.maximum(np.linalg.norm(line, axis=-1), 1e-6)[:, None])


def near_side(pose: Pose, hand: Array) -> int:
    """Return the side of a body (0 left, 1 right) that is nearer to points (n, 3)."""
    gaps = [np.linalg.norm(pose.joint(f"{s}UpperArm") - hand, axis=-1).mean() for s in SIDES]
    return int(gaps[1] < gaps[0])


def place_on(place: str, pose: Pose, side: int, own: Pose, hand: int) -> tuple[Array, Array]:
    """Return where a hand is laid on another body, and the skin's normal there.

    Parameters
    ----------
    place
        Name of the place.
    pose, side
        The body that is touched, and on which of its sides.
    own, hand
        The body that touches, and with which hand.

    Returns
    -------
    point, normal
        (n, 3) metres and (n, 3) unit, world; a zero normal where the palm may lie anyhow.
    """
    sign = 1.0 if side == 0 else -1.0
    if place in _ROUND:
        bone, share, way, over = _ROUND[place]
        part = pose.surface[bone if bone in pose.surface else "chest"]
        direction = np.array([way[0] * sign, way[1], way[2]])
        direction = np.tile(direction / np.linalg.norm(direction), (len(pose.points), 1))
        gap = np.full(len(direction), over * pose.scale)
        local = part.place(np.full(len(direction), share), direction, gap)
        index = BONE_INDEX[part.bone]
        turn = pose.turns[:, index]
        return out_of_bone(local, pose.points[:, index], turn), quat_rotate(turn, direction)
    if place in _LIMBS:
        first, last, share, thick = _LIMBS[place]
        a, b = (pose.joint(f"{SIDES[side]}{name}") for name in (first, last))
        middle = a + share * (b - a)
        out = own.joint(f"{SIDES[hand]}UpperArm") - middle
        along = (b - a) / np.maximum(np.linalg.norm(b - a, axis=-1), 1e-6)[:, None]
        out = out - np.sum(out * along, axis=-1, keepdims=True) * along
        out = out / np.maximum(np.linalg.norm(out, axis=-1), 1e-6)[:, None]
        return middle + thick * pose.scale * out, np.zeros_like(out)
    if place == "hand":
        aside = own.aside() * (1.0 if hand == 0 else -1.0)
        return pose.hands()[:, side, 0] + _CLASP * aside, np.zeros_like(aside)
    if place == "shoulder":
        joint = pose.joint(f"{SIDES[side]}UpperArm")
        over, inward = _SHOULDER
        point = joint + pose.scale * np.array([0.0, over, 0.0])
        point = point - inward * pose.scale * sign * pose.aside()
        return point, np.tile([0.0, 1.0, 0.0], (len(point), 1))
    raise ValueError(f"unknown place {place!r}")


PLACES = frozenset({*_ROUND, *_LIMBS, "hand", "shoulder", "meeting"})
"""Names of the places; ``meeting`` is half-way between two hands."""
