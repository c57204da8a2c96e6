"""Hands that touch the body: found on one body, kept on another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from cyberdirector.core.clip import Clip
from cyberdirector.core.rotations import Array, quat_conjugate, quat_multiply, quat_rotate
from cyberdirector.core.skeleton import BONE_INDEX, Rest
from cyberdirector.motion.feet import SIDES, runs
from cyberdirector.motion.ik import adjust_limb
from cyberdirector.motion.surface import ADULT, Surface, into_bone, out_of_bone

NEAR = 0.03
"""A hand nearer to the skin than this (metres for an adult) touches it."""

_LEGS = 0.3
"""Share of :data:`NEAR` that counts on legs: arms that hang or swing pass by at 2 cm."""

_HOLD = 0.10
"""Seconds: shorter touches are passings-by."""

_EDGE = 0.2
"""Seconds of easing into and out of a touch (4 to 6 frames)."""

_PALM, _TIP = 0.09, 0.17
"""Palm and fingertips from the wrist along the hand, metres for an adult."""

_THICK = 0.012
"""Half the thickness of a hand, metres for an adult."""

_HAND = "hand"


@dataclass(frozen=True)
class Touch:
    """One hand on one part of the body over some frames.

    Attributes
    ----------
    side
        0 left, 1 right.
    on
        VRM bone of the part, or ``hand`` for the other hand.
    point
        Which point of the hand: 0 palm, 1 fingertips.
    start, end
        Frames, half-open.
    share, direction, gap
        (n,), (n, 3), (n,): where on the part, and how far from the skin, metres of the
        source; for the other hand ``direction`` is the whole way there.
    """

    side: int
    on: str
    point: int
    start: int
    end: int
    share: Array
    direction: Array
    gap: Array


def hand_points(points: Array, turns: Array, rest: Rest) -> Array:
    """Return palm and fingertips of both hands, (n, 2 sides, 2 points, 3), metres, world."""
    scale = rest.hip_height / ADULT
    out = np.zeros((len(points), 2, 2, 3))
    for side, name in enumerate(SIDES):
        hand = BONE_INDEX[f"{name}Hand"]
        sign = 1.0 if side == 0 else -1.0
        middle = BONE_INDEX[f"{name}MiddleProximal"]
        flat = quat_rotate(turns[:, hand], np.array([sign, 0.0, 0.0]))
        out[:, side, 0] = points[:, hand] + _PALM * scale * flat
        out[:, side, 1] = points[:, hand] + _TIP * scale * flat
        if rest.present[middle]:
            tip = BONE_INDEX[f"{name}MiddleDistal"]
            way = quat_rotate(turns[:, tip], np.array([sign * 0.022 * scale, 0.0, 0.0]))
            out[:, side, 0] = 0.3 * points[:, hand] + 0.7 * points[:, middle]
            out[:, side, 1] = points[:, tip] + way
    return out


def _spans(gap: Array, near: float, fps: float) -> list[tuple[int, int]]:
    """Return spans in which ``gap`` is small; left only when it grows to twice as much."""
    mask = gap < near
    loose = gap < 2.0 * near
    out = [(a, b) for a, b in runs(loose) if mask[a:b].any()]
    return [(a, b) for a, b in out if b - a >= max(2, round(_HOLD * fps))]


def find_touches(clip: Clip, rest: Rest, surface: Surface) -> list[Touch]:
    """Return all touches of hands with the own body in a clip.

    A touch begins within :data:`NEAR` of the skin and ends beyond twice that; of palm and
    fingertips the nearer one counts.

    Parameters
    ----------
    surface
        Skin of the body that the clip was made on.
    """
    points, turns = rest.forward(clip.root, clip.rotations)
    hands = hand_points(points, turns, rest)
    scale, fps = rest.hip_height / ADULT, clip.rate.fps
    near, thick = NEAR * scale, _THICK * scale
    out: list[Touch] = []
    for side in range(2):
        best: dict[str, Touch] = {}
        for on, part in surface.items():
            bone = BONE_INDEX[on]
            seen = []
            for k in range(2):
                local = into_bone(hands[:, side, k], points[:, bone], turns[:, bone])
                seen.append(part.gap(local))
            gaps = np.stack([s[0] - thick for s in seen])
            reach = _LEGS * near if on.endswith("Leg") else near
            for start, end in _spans(gaps.min(axis=0), reach, fps):
                k = int(np.argmin(gaps[:, start:end].mean(axis=1)))
                _, share, direction = seen[k]
                rows = slice(start, end)
                touch = Touch(
                    side, on, k, start, end, share[rows], direction[rows], gaps[k, rows]
                )
                best[f"{on}:{start}"] = touch
        out += _nearest(list(best.values()))
    out += _hand_touches(hands, points, turns, near, fps)
    return sorted(out, key=lambda t: (t.start, t.side, t.on))


def _nearest(found: list[Touch]) -> list[Touch]:
    """Return touches of one hand of which no two overlap: the closest ones stay."""
    kept: list[Touch] = []
    for touch in sorted(found, key=lambda t: float(t.gap.min())):
        if all(touch.end <= k.start or touch.start >= k.end for k in kept):
            kept.append(touch)
    return kept


def _hand_touches(
    hands: Array, points: Array, turns: Array, near: float, fps: float
) -> list[Touch]:
    """Return touches of the right hand with the left one (both give way later)."""
    out: list[Touch] = []
    ways = hands[:, 1][:, :, None] - hands[:, 0][:, None]
    apart = np.linalg.norm(ways, axis=-1).reshape(len(ways), 4)
    for start, end in _spans(apart.min(axis=1) - 0.5 * near, 1.5 * near, fps):
        best = int(np.argmin(apart[start:end].mean(axis=0)))
        mine, other = divmod(best, 2)
        hand = turns[start:end, BONE_INDEX["leftHand"]]
        way = quat_rotate(quat_conjugate(hand), ways[start:end, mine, other])
        share = np.full(end - start, float(other))
        out.append(Touch(1, _HAND, mine, start, end, share, way, apart[start:end, best]))
    return out


def _weights(touch: Touch, frames: int, edge: int) -> Array:
    t = np.arange(frames)
    away = np.maximum(np.maximum(touch.start - t, t - (touch.end - 1)), 0)
    u = np.clip(1.0 - away / (edge + 1.0), 0.0, 1.0)
    return np.asarray(u**3 * (10.0 - 15.0 * u + 6.0 * u * u))


def _shares(touches: list[Touch], frames: int, edge: int) -> Array:
    """Return how much each touch says on each frame, (touches, frames).

    Inside a touch of a hand its others are silent; sums of one hand are at most 1.
    """
    out = np.array([_weights(touch, frames, edge) for touch in touches])
    kinds = [(t.side, t.on == _HAND) for t in touches]
    for kind in set(kinds):
        mine = [i for i, k in enumerate(kinds) if k == kind]
        for i in mine:
            for other in mine:
                if other != i:
                    out[other, touches[i].start : touches[i].end] = 0.0
        out[mine] /= np.maximum(out[mine].sum(axis=0), 1.0)
    return out


def _held(values: Array, start: int, end: int, frames: int) -> Array:
    """Return rows of a touch for all frames; its ends are held outside."""
    return np.asarray(values[np.clip(np.arange(frames), start, end - 1) - start])


def keep_touches(
    clip: Clip, rest: Rest, surface: Surface, touches: list[Touch], scale: float
) -> Clip:
    """Return a clip whose hands touch the same places of this body.

    Parameters
    ----------
    clip, rest, surface
        The motion on the new body, and its skin.
    touches
        From :func:`find_touches` on the body that the motion comes from.
    scale
        Size of this body against that one (gaps are scaled by it).
    """
    if not touches:
        return clip
    local = clip.rotations.astype(np.float64)
    edge = max(3, round(_EDGE * clip.rate.fps))
    thick = _THICK * rest.hip_height / ADULT
    shares = _shares(touches, clip.frames, edge)
    laid = np.zeros((clip.frames, 2))
    for touch, weight in zip(touches, _shares(touches, clip.frames, edge // 3), strict=True):
        if touch.on != _HAND:
            laid[:, touch.side] = np.maximum(laid[:, touch.side], weight)
    for both in (False, True):
        points, turns = rest.forward(clip.root, local)
        hands = hand_points(points, turns, rest)
        shift = np.zeros((clip.frames, 2, 3))
        for touch, said in zip(touches, shares, strict=True):
            if (touch.on == _HAND) != both:
                continue
            share, way, gap = (
                _held(v, touch.start, touch.end, clip.frames)
                for v in (touch.share, touch.direction, touch.gap)
            )
            if both:
                other = np.where(share[:, None] > 0.5, hands[:, 0, 1], hands[:, 0, 0])
                turn = turns[:, BONE_INDEX["leftHand"]]
                missing = other + quat_rotate(turn, way * scale) - hands[:, 1, touch.point]
                # A hand that lies on the body stays there and the other one comes; where both
                # do, they are left where they are.
                weight = said * (1.0 - laid[:, 0] * laid[:, 1])
                right = 0.5 * (1.0 + laid[:, 0] - laid[:, 1]) * weight
                left = 0.5 * (1.0 + laid[:, 1] - laid[:, 0]) * weight
                shift[:, 1] += right[:, None] * missing
                shift[:, 0] -= left[:, None] * missing
                continue
            part = surface.get(touch.on)
            if part is None:
                continue
            bone = BONE_INDEX[touch.on]
            there = part.place(share, way, np.maximum(gap, 0.0) * scale + thick)
            wanted = out_of_bone(there, points[:, bone], turns[:, bone])
            missing = wanted - hands[:, touch.side, touch.point]
            shift[:, touch.side] += said[:, None] * missing
        for side in range(2):
            if (np.abs(shift[:, side]) > 1e-6).any():
                move_hand(local, points, turns, side, shift[:, side])
    return replace(clip, rotations=local.astype(np.float32))


def move_hand(local: Array, points: Array, turns: Array, side: int, shift: Array) -> None:
    """Move a wrist by ``shift`` (n, 3), world, in place; the hand keeps its turn.

    Parameters
    ----------
    local
        (n, 55, 4) local rotations, changed.
    points, turns
        World joints and turns of ``local`` before the change.
    """
    name = SIDES[side]
    upper, lower, hand = (BONE_INDEX[f"{name}{b}"] for b in ("UpperArm", "LowerArm", "Hand"))
    shoulder = BONE_INDEX[f"{name}Shoulder"]
    bend = np.array([0.0, -1.0 if side == 0 else 1.0, 0.0])
    hinge = quat_rotate(turns[:, upper], bend)
    target = points[:, hand] + shift
    first, second, _ = adjust_limb(
        points[:, [upper, lower, hand]],
        (turns[:, upper], turns[:, lower]),
        target,
        hinge,
        0.995,
    )
    local[:, upper] = quat_multiply(quat_conjugate(turns[:, shoulder]), first)
    local[:, lower] = quat_multiply(quat_conjugate(first), second)
    local[:, hand] = quat_multiply(quat_conjugate(second), turns[:, hand])


def push_out(
    clip: Clip,
    rest: Rest,
    surface: Surface,
    allowed: float = 0.0,
    touches: Sequence[Touch] = (),
) -> Clip:
    """Return a clip whose hands do not stand deeper in the body than ``allowed`` metres.

    Hands that ``touches`` has laid somewhere stay there.
    """
    laid = np.zeros((clip.frames, 2), np.bool_)
    for touch in touches:
        laid[touch.start : touch.end, touch.side] = True
        if touch.on == _HAND:
            laid[touch.start : touch.end] = True
    local = clip.rotations.astype(np.float64)
    thick = _THICK * rest.hip_height / ADULT
    kernel = np.hanning(2 * max(2, round(0.1 * clip.rate.fps)) + 1)
    for _ in range(3):
        points, turns = rest.forward(clip.root, local)
        hands = hand_points(points, turns, rest)
        moved = False
        for side in range(2):
            push = np.zeros((clip.frames, 3))
            for on, part in surface.items():
                bone = BONE_INDEX[on]
                for k in range(2):
                    own = into_bone(hands[:, side, k], points[:, bone], turns[:, bone])
                    gap, _, direction = part.gap(own)
                    deep = np.maximum(thick + -gap - allowed, 0.0)
                    deep = np.where(gap < -6.0 * thick, 6.0 * thick, deep)
                    out = quat_rotate(turns[:, bone], direction * deep[:, None])
                    longer = np.linalg.norm(out, axis=-1) > np.linalg.norm(push, axis=-1)
                    push = np.where(longer[:, None], out, push)
            push[laid[:, side]] = 0.0
            if float(np.abs(push).max(initial=0.0)) < 5e-4:
                continue
            moved = True
            soft = np.where(laid[:, side, None], 0.0, _spread(push, kernel))
            move_hand(local, points, turns, side, soft)
        if not moved:
            break
    return replace(clip, rotations=local.astype(np.float32))


def _spread(push: Array, kernel: Array) -> Array:
    """Return pushes (n, 3) that begin before and end after they are needed, smoothly."""
    half = len(kernel) // 2
    size = np.linalg.norm(push, axis=-1)
    padded = np.pad(size, half)
    window = np.lib.stride_tricks.sliding_window_view(padded, len(kernel))
    eased = np.convolve(np.pad(window.max(axis=-1), half, mode="edge"), kernel / kernel.sum(),
                        mode="valid")  # fmt: skip
    lines = np.stack(
        [np.convolve(np.pad(push[:, i], half), kernel / kernel.sum(), mode="valid") for i in
         range(3)], axis=-1,
    )  # fmt: skip
    unit = lines / np.maximum(np.linalg.norm(lines, axis=-1, keepdims=True), 1e-9)
    soft = unit * np.minimum(eased, 4.0 * np.linalg.norm(lines, axis=-1))[:, None]
    keep = np.linalg.norm(soft, axis=-1) >= size
    return np.where(keep[:, None], soft, push)
