"""21 points of a hand → rotations of wrist and fingers.

Angles are told in the frame of the palm, so they do not depend on the camera. Each finger
has a spread and three flexions; the last joint mostly follows the one before it.
"""

from __future__ import annotations

from functools import lru_cache
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.resources import data_dir
from cyberdirector.core.rotations import (
    quat_conjugate,
    quat_from_axis_angle,
    quat_from_matrix,
    quat_multiply,
)

Floats = NDArray[np.float64]

MODEL = "capture_hands.npz"

FINGERS = ("Thumb", "Index", "Middle", "Ring", "Little")
CHANNELS = 20
"""15 flexions (thumb to little, root to tip), then 5 spreads; the thumb's spread lifts its
metacarpal out of the palm."""

_JOINTS = {
    name: (("Metacarpal", "Proximal", "Distal") if name == "Thumb"
           else ("Proximal", "Intermediate", "Distal"))
    for name in FINGERS
}  # fmt: skip

_WRIST = 0
_ROOTS = (1, 5, 9, 13, 17)

_COUPLING = 0.67
"""Flexion of the last joint for each radian of the middle one (Rijpkema and Girard, 1991)."""

LEAST = np.radians([-25, -15, -20] + [-25, 0, -5] * 4 + [-30] + [-22] * 4)
"""Least angle of each of the 20 channels, radians: what hands can do."""
MOST = np.radians([60, 65, 85] + [95, 112, 85] * 4 + [60] + [28] * 4)
"""Most of each channel, radians."""

THUMB_AXIS = (0.35, 0.85, -0.3)
"""Axis about which the left thumb folds across the palm, rest pose (mirrored right)."""

HOLD, EASE = 0.15, 0.30
"""Seconds that a hand keeps its shape when it is lost, and in which it then relaxes."""


def _pose(*rows: tuple[float, float, float], spread: tuple[float, ...]) -> Floats:
    return np.radians([*(v for row in rows for v in row), *spread])


_STILL = (0.0, 0.0, 0.0, 0.0, 0.0)

POSES = MappingProxyType({
    "relaxed": _pose((8, 14, 16), (18, 24, 15), (22, 28, 18), (25, 30, 20), (26, 30, 20),
                     spread=(0, 3, 0, -2, -5)),
    "open": _pose((0, 4, 5), (2, 5, 3), (2, 5, 3), (3, 5, 3), (4, 6, 4),
                  spread=(10, 9, 0, -7, -15)),
    "fist": _pose((22, 42, 45), (72, 92, 60), (74, 95, 62), (74, 95, 62), (72, 92, 60),
                  spread=_STILL),
    "point": _pose((20, 35, 35), (4, 6, 4), (72, 92, 60), (74, 95, 62), (72, 92, 60),
                   spread=_STILL),
    "two": _pose((22, 40, 40), (4, 6, 4), (4, 6, 4), (74, 95, 62), (72, 92, 60),
                 spread=(0, 10, -6, 0, 0)),
    "grip": _pose((16, 30, 30), (50, 62, 40), (54, 66, 44), (54, 66, 44), (52, 62, 42),
                  spread=_STILL),
})  # fmt: skip
"""Shapes that a lost hand relaxes into: (20,) radians each."""


def palm_frame(points: Floats, side: int) -> Floats:
    """Return turns (n, 3, 3) of palms: columns are the hand's rest axes (+X, +Y, +Z).

    Parameters
    ----------
    points
        (n, 21, 3), any length unit, x right, y up, z towards the viewer.
    side
        0 left, 1 right. At rest the left hand points to +X and the right one to -X, backs
        up (+Y), thumbs forward (+Z).
    """
    along = points[:, [5, 9, 13, 17]].mean(axis=1) - points[:, _WRIST]
    across = points[:, 5] - points[:, 17]
    x = (1.0 if side == 0 else -1.0) * along
    x = x / np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-9)
    z = across - x * np.sum(across * x, axis=1, keepdims=True)
    z = z / np.maximum(np.linalg.norm(z, axis=1, keepdims=True), 1e-9)
    return np.stack([x, np.cross(z, x), z], axis=-1)


def upright(world: Floats) -> Floats:
    """Return MediaPipe's points (x right, y down, z away) as x right, y up, z to the viewer."""
    return np.asarray(world, np.float64) * np.array([1.0, -1.0, -1.0])


def raw_angles(points: Floats, side: int) -> Floats:
    """Return the angles (n, 20), radians, as the points show them; see :data:`CHANNELS`.

    ``points`` (n, 21, 3) are those of :func:`palm_frame`.
    """
    frame = palm_frame(points, side)
    local = np.einsum("nji,nkj->nki", frame, points - points[:, :1])
    if side == 1:
        local = local * np.array([-1.0, 1.0, 1.0])
    out = np.zeros((len(points), CHANNELS))
    for finger, root in enumerate(_ROOTS):
        bones = np.diff(local[:, root : root + 4], axis=1)
        bones /= np.maximum(np.linalg.norm(bones, axis=-1, keepdims=True), 1e-9)
        first = bones[:, 0]
        at = 3 * finger
        if finger == 0:
            # Opposition turns the metacarpal under the palm; abduction away from it.
            out[:, at] = np.arctan2(-first[:, 1], np.hypot(first[:, 0], first[:, 2]))
            out[:, 15] = np.arctan2(first[:, 2], first[:, 0])
        else:
            out[:, at] = np.arctan2(-first[:, 1], first[:, 0])
            out[:, 15 + finger] = np.arctan2(first[:, 2], np.hypot(first[:, 0], first[:, 1]))
        for joint in (1, 2):
            cosine = np.sum(bones[:, joint - 1] * bones[:, joint], axis=1)
            out[:, at + joint] = np.arccos(np.clip(cosine, -1.0, 1.0))
    return out


def features(points: Floats, side: int) -> Floats:
    """Return what the regression sees of hands (n, 21, 3): (n, 104), without a camera.

    Raw angles, the bend between palm and each finger, how far the tips are from the roots,
    the directions of all bones and the places of the tips, in the palm's frame as a left
    hand, in lengths of the palm.
    """
    frame = palm_frame(points, side)
    local = np.einsum("nji,nkj->nki", frame, points - points[:, :1])
    if side == 1:
        local = local * np.array([-1.0, 1.0, 1.0])
    local = local / np.maximum(np.linalg.norm(local[:, 9], axis=1), 1e-9)[:, None, None]
    bones = np.concatenate([np.diff(local[:, r : r + 4], axis=1) for r in _ROOTS], axis=1)
    bones = bones / np.maximum(np.linalg.norm(bones, axis=-1, keepdims=True), 1e-9)
    palms = local[:, _ROOTS[1:]]
    palms = palms / np.maximum(np.linalg.norm(palms, axis=-1, keepdims=True), 1e-9)
    bend = np.arccos(np.clip(np.sum(palms * bones[:, 3::3], axis=-1), -1.0, 1.0))
    roots, tips = local[:, _ROOTS], local[:, [r + 3 for r in _ROOTS]]
    parts = (
        raw_angles(points, side), bend, np.linalg.norm(tips - roots, axis=-1),
        bones.reshape(len(points), -1), tips.reshape(len(points), -1),
    )  # fmt: skip
    return np.concatenate(parts, axis=1)


@lru_cache(maxsize=1)
def hand_model() -> tuple[Floats, Floats, Floats]:
    """Return middle (104,), spread (104,) and matrix (105, 20) of the shipped regression."""
    with np.load(data_dir("models") / MODEL, allow_pickle=False) as data:
        middle, spread, matrix = (
            data[n].astype(np.float64) for n in ("middle", "spread", "matrix")
        )
    return middle, spread, matrix


def finger_angles(
    world: Floats, side: int, model: tuple[Floats, Floats, Floats] | None = None
) -> Floats:
    """Return angles (n, 20) in radians of hands (n, 21, 3) as MediaPipe gives them.

    A linear regression on renders with known hands turns what MediaPipe sees (it shares a
    bend wrongly among the joints of a finger) into angles; then the last joints are bound to
    the middle ones and all are held to what hands can do.
    """
    middle, spread, matrix = model or hand_model()
    # Views from which the model was not trained do not extrapolate.
    rows = np.clip((features(upright(world), side) - middle) / spread, -3.5, 3.5)
    out = rows @ matrix[:-1] + matrix[-1]
    for finger in range(1, 5):
        at = 3 * finger
        out[:, at + 2] = 0.7 * out[:, at + 2] + 0.3 * _COUPLING * out[:, at + 1]
    return np.clip(out, LEAST, MOST)


def finger_rotations(angles: Floats, side: int) -> dict[str, Floats]:
    """Return local rotations (n, 4) of the 15 finger bones by name, from angles (n, 20)."""
    name, sign = ("left", 1.0) if side == 0 else ("right", -1.0)
    out = {}
    for finger, kind in enumerate(FINGERS):
        axis = (0.0, 0.0, -sign)
        if finger == 0:
            axis = (THUMB_AXIS[0], sign * THUMB_AXIS[1], sign * THUMB_AXIS[2])
        for joint, part in enumerate(_JOINTS[kind]):
            turn = quat_from_axis_angle(axis, angles[:, 3 * finger + joint])
            if joint == 0:
                aside = quat_from_axis_angle([0.0, -sign, 0.0], angles[:, 15 + finger])
                turn = quat_multiply(aside, turn)
            out[f"{name}{kind}{part}"] = turn
    return out


def palm_turn(world: Floats, side: int) -> Floats:
    """Return turns (n, 4) of palms relative to the camera's ray, xyzw; NaN where not seen."""
    points = upright(world)
    good = np.isfinite(points).all(axis=(1, 2))
    out = np.full((len(points), 4), np.nan)
    if good.any():
        out[good] = quat_from_matrix(palm_frame(points[good], side))
    return out


def mirrored(world: Floats) -> Floats:
    """Return hands (..., 3) turned inside out in depth: the other reading of one picture.

    A flat hand seen from afar looks the same as the other hand's mirror image; MediaPipe
    often takes it for that and tells the depth of the wrong hand.
    """
    return np.asarray(world * np.array([1.0, 1.0, -1.0]))


def strain(world: Floats, side: int) -> Floats:
    """Return how far the fingers (n,) bend backwards, radians: a sign of the wrong reading."""
    bends = raw_angles(upright(world), side)[:, [3, 6, 9, 12]]
    return np.asarray(np.maximum(-bends - 0.15, 0.0).mean(axis=1))


def discomfort(palm: Floats, forearm: Floats) -> Floats:
    """Return how unlikely (n,) a wrist is: 1 at 60° of bend, or at 80° of twist."""
    local = quat_multiply(quat_conjugate(forearm), palm)
    local = np.where(local[:, 3:] < 0.0, -local, local)
    twist = 2.0 * np.arctan2(local[:, 0], local[:, 3])
    around = quat_from_axis_angle([1.0, 0.0, 0.0], twist)
    swing = quat_multiply(local, quat_conjugate(around))
    bend = 2.0 * np.arccos(np.clip(np.abs(swing[:, 3]), 0.0, 1.0))
    return np.asarray((bend / np.radians(60.0)) ** 2 + (twist / np.radians(80.0)) ** 2)


def fill(angles: Floats, seen: NDArray[np.bool_], rate: float) -> tuple[Floats, Floats]:
    """Return angles without gaps, and the share (n,) of them that was seen, 0..1.

    Short gaps are bridged; a hand that stays lost keeps its shape for :data:`HOLD`, then
    eases into the nearest of :data:`POSES`.

    Parameters
    ----------
    angles
        (n, 20) radians, anything where not seen.
    seen
        (n,) bool.
    rate
        Frames per second.
    """
    n = len(angles)
    relaxed = POSES["relaxed"]
    if not seen.any():
        return np.tile(relaxed, (n, 1)), np.zeros(n)
    index = np.arange(n)
    known = np.nonzero(seen)[0]
    bridged = np.stack(
        [np.interp(index, known, angles[known, c]) for c in range(CHANNELS)], axis=1
    )
    before = known[np.clip(np.searchsorted(known, index, "right") - 1, 0, len(known) - 1)]
    after = known[np.clip(np.searchsorted(known, index, "left"), 0, len(known) - 1)]
    gone = np.minimum(np.abs(index - before), np.abs(after - index)) / rate
    inside = (before <= index) & (index <= after)
    between = inside & ((after - before) / rate <= 2 * HOLD)
    share = np.where(between, 1.0, np.clip(1.0 - (gone - HOLD) / EASE, 0.0, 1.0))
    share = share * share * (3.0 - 2.0 * share)
    nearest_known = np.where(np.abs(index - before) <= np.abs(after - index), before, after)
    held = np.where(between[:, None], bridged, angles[nearest_known])
    library = np.stack(list(POSES.values()))
    apart = np.abs(held[:, None, :15] - library[None, :, :15]).mean(axis=2)
    # Strange shapes relax; a fist that goes behind the back stays a fist.
    close = np.where(apart.min(axis=1) < np.radians(18.0), apart.argmin(axis=1), 0)
    rest = library[close]
    return share[:, None] * held + (1.0 - share[:, None]) * rest, share


def wrist_rotation(palm: Floats, forearm: Floats, side: int) -> tuple[Floats, Floats]:
    """Return how hand and forearm turn (n, 4) each, local, so that the palm is where it is.

    The twist about the forearm is shared evenly between the two (the forearm's bones twist
    along their length); bending is that of the wrist, held to what wrists can do.

    Parameters
    ----------
    palm, forearm
        (n, 4) rotations in the world.
    side
        0 left, 1 right.
    """
    local = quat_multiply(quat_conjugate(forearm), palm)
    local = np.where(local[:, 3:] < 0.0, -local, local)
    twist = 2.0 * np.arctan2(local[:, 0], local[:, 3])
    twist = np.clip((twist + np.pi) % (2 * np.pi) - np.pi, -_TWIST, _TWIST)
    around = quat_from_axis_angle([1.0, 0.0, 0.0], twist)
    swing = quat_multiply(local, quat_conjugate(around))
    swing = np.where(swing[:, 3:] < 0.0, -swing, swing)
    angle = 2.0 * np.arccos(np.clip(swing[:, 3], -1.0, 1.0))
    swing = quat_from_axis_angle(swing[:, :3], np.minimum(angle, _BEND))
    half = quat_from_axis_angle([1.0, 0.0, 0.0], twist / 2.0)
    return quat_multiply(quat_conjugate(half), quat_multiply(swing, around)), half


_TWIST, _BEND = np.radians(110.0), np.radians(75.0)
"""How far a forearm twists and a wrist bends (AAOS, with some room)."""
