"""Self-collision: forearms and hands stay out of trunk, head, thighs and each other."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.rotations import quat_conjugate, quat_rotate
from cyberdirector.core.skeleton import BONE_INDEX
from cyberdirector.perform._body import SIDES, Body
from cyberdirector.perform._motion import Array

SHARES = (0.45, 0.75, 1.0)
"""Where a forearm is looked at, from elbow (0) to wrist (1)."""

PALM, TIP = 0.085, 0.165
"""Middle of the palm and tip of the straight fingers from the wrist, metres for an adult."""

_FOREARM_RADIUS, _PALM_RADIUS, _TIP_RADIUS = 0.028, 0.014, 0.008
_HEAD_CENTRE = np.array([0.0, 0.065, -0.004])
_HEAD_RADII = np.array([0.100, 0.140, 0.124])
_THIGH_RADIUS = 0.075
_ARMS_APART = 0.055
_HANDS_APART = 0.028


@dataclass(frozen=True)
class Frame:
    """What hands may touch, over the frames: origins (n, 3) metres and turns (n, 4), world."""

    body: Body
    chest: Array
    chest_turn: Array
    head: Array
    head_turn: Array
    hip: Array
    """(n, 2, 3) hip joints."""
    knee: Array
    """(n, 2, 3) knee joints."""
    width: float = 0.0
    """Half-width of wide clothes at the hips, metres."""

    def rows(self, chosen: NDArray[np.intp]) -> Frame:
        """Return the frame on some frames only."""
        names = ("chest", "chest_turn", "head", "head_turn", "hip", "knee")
        return replace(self, **{name: getattr(self, name)[chosen] for name in names})


def probes(body: Body, elbow: Array, wrist: Array, along: Array, curl: Array) -> Array:
    """Return points of a forearm and its hand, (n, 5, 3).

    Parameters
    ----------
    elbow, wrist
        (n, 3) metres.
    along
        (n, 3) unit direction of the straight hand.
    curl
        (n,) 0 for straight fingers, 1 for a fist.
    """
    fore = [elbow + share * (wrist - elbow) for share in SHARES]
    reach = (PALM + (TIP - PALM) * (1.0 - curl)) * body.scale
    palm, tip = PALM * body.scale * along, reach[:, None] * along
    return np.stack([*fore, wrist + palm, wrist + tip], axis=1)


def _radii(body: Body) -> Array:
    fore = [_FOREARM_RADIUS] * (len(SHARES) - 1) + [0.8 * _FOREARM_RADIUS]
    return np.array([*fore, _PALM_RADIUS, _TIP_RADIUS]) * body.scale


def _out_of_trunk(frame: Frame, points: Array, radii: Array) -> Array:
    """Return how points (n, k, 3), world, must move to leave the trunk (world)."""
    body = frame.body
    turn = frame.chest_turn[:, None]
    p = quat_rotate(quat_conjugate(turn), points - frame.chest[:, None])
    low = body.points[0, 1] - body.chest[1]
    high = body.shoulder_height - body.chest[1]
    share = (p[..., 1] - low) / (high - low)
    front, back, half = np.moveaxis(body.girth.at(share), -1, 0)
    half = np.maximum(half, np.where(share < 0.3, frame.width, 0.0))
    a, b = half + radii, 0.5 * (front - back) + radii
    x, z = p[..., 0], p[..., 2] - 0.5 * (front + back)
    r = np.sqrt((x / a) ** 2 + (z / b) ** 2)
    grow = np.where((r < 1.0) & (share < 1.15) & (share > -0.55), 1.0 / np.maximum(r, 0.2), 1.0)
    out = np.stack([x * (grow - 1.0), np.zeros_like(x), z * (grow - 1.0)], axis=-1)
    return quat_rotate(turn, out)


def _out_of_head(frame: Frame, points: Array, radii: Array) -> Array:
    k = frame.body.scale
    turn = frame.head_turn[:, None]
    p = quat_rotate(quat_conjugate(turn), points - frame.head[:, None]) - _HEAD_CENTRE * k
    size = _HEAD_RADII * k + radii[:, None]
    r = np.linalg.norm(p / size, axis=-1, keepdims=True)
    grow = np.where(r < 1.0, 1.0 / np.maximum(r, 0.2) - 1.0, 0.0)
    return quat_rotate(turn, p * grow)


def _out_of_segment(a: Array, b: Array, points: Array, radii: Array) -> Array:
    """Return how points (n, k, 3) leave capsules a-b, (n, 3) each, of ``radii`` (k,)."""
    line = (b - a)[:, None]
    u = np.sum((points - a[:, None]) * line, axis=-1) / np.maximum(
        np.sum(line * line, axis=-1), 1e-9
    )
    away = points - (a[:, None] + np.clip(u, 0.0, 1.0)[..., None] * line)
    gap = np.linalg.norm(away, axis=-1)
    deep = np.maximum(radii - gap, 0.0)
    return np.asarray(away * (deep / np.maximum(gap, 1e-4))[..., None])


def out_of_body(frame: Frame, points: Array) -> Array:
    """Return how far each point of :func:`probes` must move to leave the body, (n, k, 3)."""
    radii = _radii(frame.body)
    out = _out_of_trunk(frame, points, radii) + _out_of_head(frame, points, radii)
    for side in range(2):
        out += _out_of_segment(
            frame.hip[:, side],
            frame.knee[:, side],
            points,
            radii + _THIGH_RADIUS * frame.body.scale,
        )
    return np.asarray(out)


def out_of_arm(body: Body, mine: Array, other: Array) -> Array:
    """Return how one arm's points must move to leave the other arm, (n, k, 3).

    Forearms keep :data:`_ARMS_APART`, hands may lie in one another's palm.
    """
    fore = len(SHARES)
    out = np.zeros_like(mine)
    both = np.full(fore, _ARMS_APART * body.scale)
    out[:, :fore] += _out_of_segment(other[:, 0], other[:, fore - 1], mine[:, :fore], both)
    hands = np.full(mine.shape[1] - fore, _HANDS_APART * body.scale)
    out[:, fore:] += _out_of_segment(other[:, 0], other[:, fore], mine[:, fore:], 1.4 * hands)
    return out


def wrist_push(out: Array) -> Array:
    """Return how the wrist must move (n, 3) for the points to move by ``out`` (n, k, 3).

    The farthest offender decides; a point at a share of the forearm moves by that share.
    """
    levers = np.array([*SHARES, 1.0, 1.0])
    wanted = out / np.maximum(levers, 0.5)[:, None]
    size = np.linalg.norm(wanted, axis=-1)
    worst = np.argmax(size, axis=1)
    return np.asarray(wanted[np.arange(len(out)), worst])


def depths(body: Body, clip_root: Array, rotations: Array, width: float = 0.0) -> Array:
    """Return how deep (metres) forearms and hands stand in the body, per frame and side.

    Parameters
    ----------
    clip_root, rotations
        (n, 3) metres and (n, 55, 4) xyzw, as in a clip.

    Returns
    -------
    (n, 2) float64; the other arm is looked at too.
    """
    points, turns = body.rest.forward(clip_root, rotations)
    frame = Frame(
        body,
        points[:, BONE_INDEX["upperChest"]], turns[:, BONE_INDEX["upperChest"]],
        points[:, BONE_INDEX["head"]], turns[:, BONE_INDEX["head"]],
        points[:, [BONE_INDEX[f"{s}UpperLeg"] for s in SIDES]],
        points[:, [BONE_INDEX[f"{s}LowerLeg"] for s in SIDES]],
        width,
    )  # fmt: skip
    arms = []
    for side, name in enumerate(SIDES):
        hand = BONE_INDEX[f"{name}Hand"]
        sign = np.array([1.0 if side == 0 else -1.0, 0.0, 0.0])
        along = quat_rotate(turns[:, hand], np.broadcast_to(sign, (len(points), 3)))
        tip = points[:, BONE_INDEX[f"{name}MiddleDistal"]]
        reach = np.linalg.norm(tip - points[:, hand], axis=-1) / body.scale + 0.02
        curl = np.clip(1.0 - (reach - PALM) / (TIP - PALM), 0.0, 1.0)
        elbow = points[:, BONE_INDEX[f"{name}LowerArm"]]
        arms.append(probes(body, elbow, points[:, hand], along, curl))
    deep = [
        np.maximum(
            np.linalg.norm(out_of_body(frame, arms[side]), axis=-1).max(axis=1),
            np.linalg.norm(out_of_arm(body, arms[side], arms[1 - side]), axis=-1).max(axis=1),
        )
        for side in range(2)
    ]
    return np.stack(deep, axis=-1)
