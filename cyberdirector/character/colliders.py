"""Colliders of a body that hair and cloth mind, by group name."""

from __future__ import annotations

import numpy as np

from cyberdirector.character.body import Body
from cyberdirector.character.template import BODY_COUNT
from cyberdirector.core.model import Collider

BREAST, SHOULDER, CLOTH = 0.065, 0.040, 0.006
"""Metres: radii of balls in the chest and of capsules in the shoulders; room for cloth."""

GROUPS = ("head", "neck", "chest", "hips", "arms", "legs")


def body_colliders(body: Body) -> tuple[list[Collider], list[list[int]]]:
    """Return colliders and, in the order of :data:`GROUPS`, the indices of each group."""
    found: list[Collider] = []
    groups: list[list[int]] = []
    makers = (_head, _neck, _chest, _hips, _arms, _legs)
    for make in makers:
        new = make(body)
        groups.append(list(range(len(found), len(found) + len(new))))
        found += new
    return found, groups


def _at(body: Body, bone: str, point: np.ndarray) -> tuple[float, float, float]:
    x, y, z = (point - body.bone(bone)).tolist()
    return x, y, z


def _capsule(body: Body, bone: str, end: str, share: float) -> Collider:
    """Return a capsule along a limb; its radius is a share of the mean distance of its skin."""
    a, b = body.bone(bone), body.bone(end)
    weight = body.bone_weight(bone)[:BODY_COUNT]
    skin = body.positions[:BODY_COUNT][weight > 0.8 * weight.max()]
    axis = (b - a) / np.linalg.norm(b - a)
    d = skin - a
    d = d - (d @ axis)[:, None] * axis
    radius = share * float(np.linalg.norm(d, axis=1).mean())
    return Collider(body.humanoid[bone], (0.0, 0.0, 0.0), radius, _at(body, bone, b))


def _head(body: Body) -> list[Collider]:
    centre, r = body.head_centre, body.head_radius
    node = body.humanoid["head"]
    skull = centre + np.array([0.0, 0.12, -0.12]) * r
    face = centre + np.array([0.0, -0.35, 0.22]) * r
    return [
        Collider(node, _at(body, "head", skull), 0.86 * r),
        Collider(node, _at(body, "head", face), 0.60 * r),
    ]


def _neck(body: Body) -> list[Collider]:
    return [_capsule(body, "neck", "head", 0.95)]


def _chest(body: Body) -> list[Collider]:
    left, right = body.bone("leftUpperArm"), body.bone("rightUpperArm")
    inward = 0.25 * (right - left)
    a, b = left + inward, right - inward
    skin = body.positions[:BODY_COUNT]
    level = np.abs(skin[:, 1] - (a[1] - 0.06)) < 0.03
    trunk = skin[level & (np.abs(skin[:, 0]) < abs(a[0]))]
    depth = 0.5 * float(np.ptp(trunk[:, 2]))
    middle = np.array([0.0, -0.06, trunk[:, 2].mean() - a[2]])
    node = body.humanoid["upperChest"]
    start, end = (_at(body, "upperChest", p + middle) for p in (a, b))
    low = body.bone("chest") * [0.0, 1.0, 0.0] + [0.0, 0.0, trunk[:, 2].mean()]
    return [
        Collider(node, start, 0.92 * depth, end),
        Collider(body.humanoid["chest"], _at(body, "chest", low), 0.95 * depth),
        *_breast(body, a[1]),
        *_shoulders(body),
    ]


def _breast(body: Body, top: float) -> list[Collider]:
    """Return two balls whose fronts are the foremost skin of the chest below ``top``."""
    skin = body.positions[:BODY_COUNT]
    low = float(body.bone("chest")[1]) - 0.04
    node, out = body.humanoid["upperChest"], []
    for sign in (1.0, -1.0):
        x = sign * skin[:, 0]
        rows = (skin[:, 1] > low) & (skin[:, 1] < top) & (x > 0.03) & (x < 0.12)
        front = skin[rows][np.argmax(skin[rows, 2])]
        centre = front - np.array([0.0, 0.0, BREAST - CLOTH])
        out.append(Collider(node, _at(body, "upperChest", centre), BREAST))
    return out


def _shoulders(body: Body) -> list[Collider]:
    """Return two capsules from the neck to the arms whose tops are the skin."""
    skin = body.positions[:BODY_COUNT]
    node, out = body.humanoid["upperChest"], []
    for side in ("left", "right"):
        arm = body.bone(f"{side}UpperArm")
        ends = []
        for share in (0.42, 0.90):
            x = share * float(arm[0])
            near = (np.abs(skin[:, 0] - x) < 0.015) & (np.abs(skin[:, 2] - arm[2]) < 0.06)
            near &= skin[:, 1] < float(body.bone("neck")[1]) + 0.06
            high = float(skin[near, 1].max())
            ends.append(np.array([x, high + CLOTH - SHOULDER, arm[2]]))
        a, b = (_at(body, "upperChest", end) for end in ends)
        out.append(Collider(node, a, SHOULDER, b))
    return out


def _hips(body: Body) -> list[Collider]:
    left, right = body.bone("leftUpperLeg"), body.bone("rightUpperLeg")
    skin = body.positions[:BODY_COUNT]
    trunk = skin[(np.abs(skin[:, 1] - left[1]) < 0.03) & (np.abs(skin[:, 0]) < 0.2)]
    depth = 0.5 * float(np.ptp(trunk[:, 2]))
    shift = np.array([0.0, 0.02, trunk[:, 2].mean() - left[2]])
    node = body.humanoid["hips"]
    return [
        Collider(node, _at(body, "hips", left * [0.7, 1, 1] + shift), 0.92 * depth,
                 _at(body, "hips", right * [0.7, 1, 1] + shift)),
    ]  # fmt: skip


def _arms(body: Body) -> list[Collider]:
    return [
        _capsule(body, f"{side}{bone}", f"{side}{end}", 1.0)
        for side in ("left", "right")
        for bone, end in (("UpperArm", "LowerArm"), ("LowerArm", "Hand"))
    ]


def _legs(body: Body) -> list[Collider]:
    return [
        _capsule(body, f"{side}{bone}", f"{side}{end}", 1.0)
        for side in ("left", "right")
        for bone, end in (("UpperLeg", "LowerLeg"), ("LowerLeg", "Foot"))
    ]
