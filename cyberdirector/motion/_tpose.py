"""The T-pose of a foreign skeleton: how each joint is turned when the body stands in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.rotations import (
    Array,
    quat_between,
    quat_conjugate,
    quat_from_matrix,
    quat_multiply,
    quat_rotate,
)
from cyberdirector.core.skeleton import BONE_INDEX, BONE_PARENTS, HUMANOID_BONES
from cyberdirector.formats.armature import Armature, forward

_LIMB_CHILD = {
    "UpperLeg": "LowerLeg", "LowerLeg": "Foot", "UpperArm": "LowerArm", "LowerArm": "Hand",
}  # fmt: skip
_HINGES = (("UpperLeg", "LowerLeg", "Foot"), ("UpperArm", "LowerArm", "Hand"))
_FINGERS = ("Index", "Middle", "Ring", "Little")
_LOST = np.cos(np.radians(100.0))
"""A limb that rests more than 100° away from the T-pose says nothing about its twist."""

_BENT = 0.04
"""Mean sine of a knee or elbow over the clip from which its axis can be told."""

_FOOT_DROP = (0.2, 0.36)
"""Sine of the slope from ankle to toe joint of a flat foot (skeletons of adults: 0.24 to
0.35); dances on the toes must not bend it."""


def _unit(v: Array) -> Array:
    return np.asarray(v / max(float(np.linalg.norm(v)), 1e-9))


def _frame(first: Array, second: Array) -> Array:
    """Return columns: unit ``first``, the part of ``second`` square to it, and their cross."""
    a = _unit(first)
    b = _unit(second - np.dot(second, a) * a)
    return np.stack([a, b, np.cross(a, b)], axis=-1)


def _carry(local: tuple[Array, Array], world: tuple[Array, Array]) -> Array:
    """Return the rotation (4,) that carries two local directions onto two in the world."""
    return quat_from_matrix(_frame(*world) @ _frame(*local).T)


@dataclass
class Motion3:
    """The moving joints of the humanoid: VRM bone → places and turns over the frames.

    ``points`` (frames, 3) file units and ``turns`` (frames, 4), both with +Y up already.
    """

    points: dict[str, Array]
    turns: dict[str, Array]


@dataclass
class TPose:
    """``turns``: VRM bone → rotation (4,) of its joint in the T-pose, facing +Z.

    ``guessed`` names limbs whose twist was told from how they bend.
    """

    turns: dict[str, Array]
    guessed: list[str]


def _parent(bone: str, bones: Mapping[str, int]) -> str:
    """Return the nearest VRM bone above that the skeleton has, empty for the hips."""
    at = int(BONE_PARENTS[BONE_INDEX[bone]])
    while at >= 0 and HUMANOID_BONES[at] not in bones:
        at = int(BONE_PARENTS[at])
    return HUMANOID_BONES[at] if at >= 0 else ""


class _Builder:
    def __init__(self, armature: Armature, bones: Mapping[str, int], moving: Motion3) -> None:
        self.bones = bones
        self.moving = moving
        self.guessed: list[str] = []
        points, turns = forward(armature, armature.turns[None], {})
        self.armature = armature
        self.points, self.rest = points[0], turns[0]
        self.front = self._front()
        self.turns: dict[str, Array] = {}
        self.folded = self._is_folded()

    def _is_folded(self) -> bool:
        """Tell whether the legs do not hang down at rest: rest rotations were lost."""
        down = []
        for side in ("left", "right"):
            leg = self.at(f"{side}LowerLeg") - self.at(f"{side}UpperLeg")
            down.append(-float(quat_rotate(self.front, _unit(leg))[1]))
        return min(down) < 0.5

    def at(self, bone: str) -> Array:
        """Return the rest place of a bone's joint, file axes and units."""
        return np.asarray(self.points[self.bones[bone]])

    def _front(self) -> Array:
        """Return the rotation from file axes at rest to up = +Y, left = +X."""
        up = self.at("head") - self.at("hips")
        axis = int(np.argmax(np.abs(up)))
        snapped = np.zeros(3)
        snapped[axis] = np.sign(up[axis])
        left = self.at("leftUpperLeg") - self.at("rightUpperLeg")
        if np.linalg.norm(np.cross(left, snapped)) < 1e-6:
            left = self.at("leftUpperArm") - self.at("rightUpperArm")
        near = int(np.argmax(np.abs(left * (1.0 - np.abs(snapped)))))
        straight = np.zeros(3)
        straight[near] = np.sign(left[near])
        if np.dot(_unit(left), straight) > np.cos(np.radians(20.0)):
            left = straight
        return quat_from_matrix(_frame(snapped, left)[:, [1, 0, 2]].T * [[1.0], [1.0], [-1.0]])

    def plain(self, bone: str) -> Array:
        """Return the rotation of a joint when the rest pose itself is the T-pose."""
        return quat_multiply(self.front, self.rest[self.bones[bone]])

    def local(self, bone: str, child: str) -> Array:
        """Return the direction to a child in the joint's own space."""
        arm = self.at(child) - self.at(bone)
        return _unit(quat_rotate(quat_conjugate(self.rest[self.bones[bone]]), arm))

    def inherit(self, bone: str) -> Array:
        """Return the joint's rotation when its parent stands in the T-pose."""
        parent = _parent(bone, self.bones)
        if not parent:
            return self.plain(bone)
        change = quat_multiply(
            quat_conjugate(self.rest[self.bones[parent]]), self.rest[self.bones[bone]]
        )
        return quat_multiply(self.turns[parent], change)

    def build(self) -> TPose:
        for bone in HUMANOID_BONES:
            if bone not in self.bones:
                continue
            side = "left" if bone.startswith("left") else "right"
            part = bone.removeprefix(side)
            if part in _LIMB_CHILD:
                self._limb(bone, side, part)
            elif part in ("Shoulder", "Hand", "Foot", "Toes") and bone != part:
                getattr(self, f"_{part.lower()}")(bone, side)
            elif part.startswith(_FINGERS) and bone != part:
                self._finger(bone, side)
            else:
                self.turns[bone] = self.inherit(bone) if bone != "hips" else self.plain(bone)
        return TPose(self.turns, self.guessed)

    def _wanted(self, side: str, part: str) -> Array:
        if "Leg" in part:
            return np.array([0.0, -1.0, 0.0])
        return np.array([1.0 if side == "left" else -1.0, 0.0, 0.0])

    def _hinge(self, side: str, part: str) -> Array | None:
        """Return the axis, joint space, about which knee or elbow bends in the motion."""
        chain = _HINGES[0] if "Leg" in part else _HINGES[1]
        a, b, c = (self.moving.points[f"{side}{bone}"] for bone in chain)
        upper, lower = b - a, c - b
        size = np.linalg.norm(upper, axis=-1) * np.linalg.norm(lower, axis=-1)
        axis = np.cross(upper, lower) / np.maximum(size, 1e-12)[:, None]
        own = quat_rotate(quat_conjugate(self.moving.turns[f"{side}{part}"]), axis)
        total = own.sum(axis=0)
        strong = float(np.linalg.norm(axis, axis=-1).mean()) > _BENT
        return _unit(total) if strong and np.linalg.norm(total) > 1e-6 else None

    def _limb(self, bone: str, side: str, part: str) -> None:
        wanted = self._wanted(side, part)
        along = self.local(bone, side + _LIMB_CHILD[part])
        turn = self.inherit(bone)
        now = quat_rotate(turn, along)
        parent = _parent(bone, self.bones)
        lost = self.folded or float(np.dot(now, wanted)) < _LOST or parent in self.guessed
        hinge = self._hinge(side, part) if lost else None
        if hinge is not None:
            bend = np.array([1.0, 0.0, 0.0])
            if "Arm" in part:
                bend = np.array([0.0, -1.0 if side == "left" else 1.0, 0.0])
            self.turns[bone] = _carry((along, hinge), (wanted, bend))
            self.guessed.append(bone)
        else:
            self.turns[bone] = quat_multiply(quat_between(now, wanted), turn)

    def _shoulder(self, bone: str, side: str) -> None:
        turn = self.inherit(bone)
        now = quat_rotate(turn, self.local(bone, f"{side}UpperArm"))
        aside = self._wanted(side, "Arm")
        lost = float(np.dot(now, aside)) < 0.5
        self.turns[bone] = quat_multiply(quat_between(now, aside), turn) if lost else turn

    def _hand(self, bone: str, side: str) -> None:
        wanted = self._wanted(side, "Hand")
        turn = self.inherit(bone)
        tips = [f"{side}{f}Proximal" for f in ("Middle", "Index", "Ring")]
        tip = next((t for t in tips if t in self.bones), "")
        if not tip:
            self.turns[bone] = turn
            return
        along = self.local(bone, tip)
        pair = (f"{side}IndexProximal", f"{side}LittleProximal")
        if f"{side}LowerArm" in self.guessed and all(p in self.bones for p in pair):
            own = quat_conjugate(self.rest[self.bones[bone]])
            across = quat_rotate(own, self.at(pair[0]) - self.at(pair[1]))
            self.turns[bone] = _carry((along, across), (wanted, np.array([0.0, 0.0, 1.0])))
            self.guessed.append(bone)
        else:
            now = quat_rotate(turn, along)
            self.turns[bone] = quat_multiply(quat_between(now, wanted), turn)

    def _finger(self, bone: str, side: str) -> None:
        """Lay a finger straight along the hand; how far it is spread stays."""
        turn = self.inherit(bone)
        finger = next(f for f in _FINGERS if bone.startswith(side + f))
        joints = ("Proximal", "Intermediate", "Distal")
        nearer = joints.index(bone.removeprefix(side + finger))
        child = f"{side}{finger}{joints[min(nearer + 1, 2)]}"
        if nearer == 2 or child not in self.bones:
            self.turns[bone] = turn
            return
        now = quat_rotate(turn, self.local(bone, child))
        spread = float(np.clip(now[2], -0.3, 0.3))
        straight = self._wanted(side, "Hand") * np.sqrt(1.0 - spread**2)
        straight[2] = spread
        self.turns[bone] = quat_multiply(quat_between(now, straight), turn)

    def _toe_child(self, bone: str) -> str:
        return bone.replace("Foot", "Toes")

    def _foot(self, bone: str, side: str) -> None:
        toes = self._toe_child(bone)
        turn = self.plain(bone)
        if toes not in self.bones:
            lost = f"{side}LowerLeg" in self.guessed
            self.turns[bone] = self.inherit(bone) if lost else turn
            return
        along = self.local(bone, toes)
        now = quat_rotate(turn, along)
        if now[2] > 0.3 and f"{side}LowerLeg" not in self.guessed:
            flat = np.array([now[0], 0.0, now[2]])
            ahead = quat_between(flat, np.array([0.0, 0.0, 1.0]))
            self.turns[bone] = quat_multiply(ahead, turn)
            return
        self.turns[bone] = self._foot_of_motion(bone, toes, along)
        self.guessed.append(bone)

    def _foot_of_motion(self, bone: str, toes: str, along: Array) -> Array:
        """Return the flat foot as it is while it is low and slow; both feet slope alike."""
        sides = ("left", "right")
        tips = [self.moving.points[f"{s}Toes"] for s in sides if f"{s}Toes" in self.bones]
        ground = float(np.quantile(np.concatenate([t[:, 1] for t in tips]), 0.25))
        slopes = [self._low_lines(f"{s}Foot", f"{s}Toes", ground)[0] for s in sides]
        own, chosen = self._low_lines(bone, toes, ground)
        pooled = np.concatenate(slopes)
        down = float(np.clip(np.median(-pooled[:, 1]), *_FOOT_DROP))
        aside = np.cross(np.array([0.0, 1.0, 0.0]), own)
        turns = quat_conjugate(self.moving.turns[bone][chosen])
        axis = quat_rotate(turns, aside).sum(axis=0)
        ahead = np.array([0.0, -down, np.sqrt(1.0 - down * down)])
        return _carry((along, axis), (ahead, np.array([1.0, 0.0, 0.0])))

    def _low_lines(
        self, bone: str, toes: str, ground: float
    ) -> tuple[Array, NDArray[np.bool_]]:
        """Return unit lines (k, 3) from ankle to toes while a foot is low, and when."""
        if toes not in self.bones:
            return np.zeros((0, 3)), np.zeros(0, np.bool_)
        ankle, tip = self.moving.points[bone], self.moving.points[toes]
        speed = np.linalg.norm(np.diff(tip, axis=0, prepend=tip[:1]), axis=-1)
        low = tip[:, 1] <= max(ground, float(np.quantile(tip[:, 1], 0.05)))
        still = low & (speed <= np.quantile(speed[low], 0.5))
        line = (tip - ankle)[still]
        return line / np.maximum(np.linalg.norm(line, axis=-1, keepdims=True), 1e-9), still

    def _toes(self, bone: str, side: str) -> None:
        turn = self.inherit(bone)
        joint = self.bones[bone]
        below = np.flatnonzero(self.armature.parents == joint)
        if f"{side}Foot" not in self.guessed or not len(below):
            self.turns[bone] = turn
            return
        arms = self.points[below] - self.points[joint]
        arm = arms[int(np.argmax(np.linalg.norm(arms, axis=-1)))]
        if float(np.linalg.norm(arm)) < 1e-9:
            self.turns[bone] = turn
            return
        own = quat_rotate(quat_conjugate(self.rest[joint]), arm)
        now = _unit(quat_rotate(turn, own))
        self.turns[bone] = quat_multiply(quat_between(now, np.array([0.0, 0.0, 1.0])), turn)


def find_tpose(armature: Armature, bones: Mapping[str, int], moving: Motion3) -> TPose:
    """Return how the joints of a foreign skeleton are turned in the VRM T-pose.

    The rest pose of the file is turned bone by bone: arms out, legs down, feet ahead, with
    the least rotation. Limbs that rest folded the other way (files that lose the rest
    rotations) get their twist from the axis about which knee and elbow bend in the motion,
    hands from the row of the knuckles, feet from how they stand.

    Parameters
    ----------
    armature
        The skeleton at rest.
    bones
        VRM bone → joint.
    moving
        The motion with +Y up.
    """
    return _Builder(armature, bones, moving).build()


def median_offsets(moving: Motion3, bones: Mapping[str, int]) -> dict[str, Array]:
    """Return VRM bone → (3,) place in its parent joint's space, median over the motion."""
    out = {}
    step = max(1, len(moving.points["hips"]) // 200)
    for bone in bones:
        parent = _parent(bone, bones)
        if parent:
            arm = (moving.points[bone] - moving.points[parent])[::step]
            own = quat_rotate(quat_conjugate(moving.turns[parent][::step]), arm)
            out[bone] = np.median(own, axis=0)
    return out


def parent_bone(bone: str, bones: Mapping[str, int]) -> str:
    """Return the nearest VRM bone above that the skeleton has, empty for the hips."""
    return _parent(bone, bones)
