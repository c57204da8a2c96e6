"""Puts face, head, fingers and wrists that were seen onto a clip with a body."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cyberdirector.capture import face as faces
from cyberdirector.capture import hands
from cyberdirector.capture.camera import CaptureCamera, focal_of
from cyberdirector.capture.crops import hand_square
from cyberdirector.capture.observations import Observations
from cyberdirector.core.clip import Clip
from cyberdirector.core.rotations import (
    quat_between,
    quat_conjugate,
    quat_continuous,
    quat_from_matrix,
    quat_multiply,
    quat_normalize,
    quat_slerp,
)
from cyberdirector.core.skeleton import BONE_INDEX, Rest
from cyberdirector.core.time import Rate

Floats = NDArray[np.float64]
Note = tuple[str, str, str]

NECK_SHARE = 0.4
"""Share of the neck in the turn of the head against the chest."""

_HAND_PIXELS = (50.0, 90.0)
"""Side of a hand's square from which fingers are guessed, and from which they are read."""

_EASE = 0.2
"""Seconds over which what is seen takes over from what is assumed."""

FACE_LANE, HAND_LANES = 8, (6, 7)
"""Columns of the confidence of a take (``take.LANES``)."""


@dataclass(frozen=True)
class Grid:
    """Even time: for each frame of the clip the nearest picture, and whether it is near."""

    rate: Rate
    nearest: NDArray[np.int64]
    near: NDArray[np.bool_]

    @classmethod
    def of(cls, times: Floats, frames: int, rate: Rate) -> Grid:
        """Return the grid of a clip whose first frame is the first of ``times``."""
        even = times[0] + np.arange(frames) / rate.fps
        right = np.clip(np.searchsorted(times, even), 1, max(len(times) - 1, 1))
        right = np.minimum(right, len(times) - 1)
        left = np.maximum(right - 1, 0)
        nearest = np.where(even - times[left] <= times[right] - even, left, right)
        near = np.abs(times[nearest] - even) < 1.5 / rate.fps
        return cls(rate, nearest, near)

    def seen(self, values: NDArray[np.floating]) -> NDArray[np.bool_]:
        """Return for which frames rows (n, …) of pictures are known."""
        known = np.isfinite(values).all(axis=tuple(range(1, values.ndim)))
        return np.asarray(known[self.nearest] & self.near)


def _soft(seen: NDArray[np.bool_], rate: float) -> Floats:
    """Return how much to believe what was seen, (n,) 0..1, eased at the edges of gaps."""
    index = np.arange(len(seen))
    gaps = np.nonzero(~seen)[0]
    if not len(gaps):
        return np.ones(len(seen))
    at = np.clip(np.searchsorted(gaps, index), 0, len(gaps) - 1)
    before = np.abs(index - gaps[np.maximum(at - 1, 0)])
    away = np.minimum(np.abs(index - gaps[at]), before) / rate
    share = np.clip(away / _EASE, 0.0, 1.0)
    return np.asarray(share * share * (3.0 - 2.0 * share))


def _over(values: Floats, weight: Floats) -> Floats:
    """Return values (n,) weighed with their neighbours, also where the window is wider."""
    start = (len(weight) - 1) // 2
    return np.asarray(np.convolve(values, weight)[start : start + len(values)])


def _mean_turns(turns: Floats, seen: NDArray[np.bool_], width: int = 2) -> Floats:
    """Return turns (n, 4) averaged over neighbours that were seen."""
    line = quat_continuous(np.where(seen[:, None], turns, [0.0, 0.0, 0.0, 1.0]))
    weight = np.hanning(2 * width + 3)[1:-1]
    shares = _over(seen.astype(float), weight)
    rows = [_over(line[:, c] * seen, weight) for c in range(4)]
    return quat_normalize(np.stack(rows, axis=1) / np.maximum(shares, 1e-9)[:, None])


def _ray_turns(centre: Floats, size: tuple[int, int], focal: float) -> Floats:
    """Return turns (n, 4) that carry the camera's axis to the rays through pixels (n, 2)."""
    ray = np.stack(
        [centre[:, 0] - size[0] / 2, size[1] / 2 - centre[:, 1], np.full(len(centre), -focal)],
        axis=1,
    )
    return quat_between([0.0, 0.0, -1.0], ray)


def _to_world(
    turns: Floats, centre: Floats, camera: CaptureCamera | None, seen: Observations
) -> Floats:
    """Return rotations in the world of turns (n, 4) relative to the rays through ``centre``."""
    focal = camera.focal if camera is not None else focal_of(seen.size)
    out = quat_multiply(_ray_turns(centre, seen.size, focal), turns)
    if camera is None:
        return out
    if camera.turns is not None:
        out = quat_multiply(quat_from_matrix(camera.turns), out)
    return quat_multiply(quat_from_matrix(camera.place[0]), out)


def put_face(
    clip: Clip, rest: Rest, seen: Observations, grid: Grid, camera: CaptureCamera | None,
    sure: NDArray[np.float32], notes: list[Note],
) -> Clip:  # fmt: skip
    """Return the clip with expressions, gaze and head as seen; writes its lane of ``sure``."""
    known = np.isfinite(seen.face[:, 0, 0]) & np.isfinite(seen.face_matrix[:, 0, 0])
    if known.sum() < 3:
        notes.append((
            "face-unseen",
            "没有看清脸，表情与头部朝向取自身体；可另拍脸部近景再叠加。",
            "The face was not seen well; film it from near as a take of its own and layer it.",
        ))  # fmt: skip
        return clip
    points, scores, frames = (
        v[known].astype(np.float64) for v in (seen.face, seen.face_scores, seen.face_matrix)
    )
    readable = seen.reader == faces.face_model().tag
    pixels = seen.face_pixels[known].astype(np.float64) if readable else None
    found = faces.solve_face(points, scores, frames, pixels)
    here = grid.seen(np.where(known[:, None], 0.0, np.nan))
    share = _soft(here, clip.rate.fps)
    times = seen.times - seen.times[0]
    even = np.arange(clip.frames) / clip.rate.fps
    weights = _between(even, times[known], faces.calm(found.weights)) * share[:, None]
    near = np.clip(np.searchsorted(times[known], even), 0, int(known.sum()) - 1)
    gaze = found.gaze[near] * share[:, None]
    sure[:, FACE_LANE] = share
    clip = replace(clip, weights=weights.astype(np.float32), gaze=gaze.astype(np.float32))
    matrix = seen.face_matrix[grid.nearest].astype(np.float64)
    matrix = np.where(here[:, None, None], matrix, np.eye(4))
    turn = quat_multiply(quat_from_matrix(matrix[:, :3, :3]), _level(faces.face_model().pitch))
    centre = np.where(here[:, None], np.nan_to_num(seen.face[grid.nearest, 6, :2]), 0.0)
    turn = _mean_turns(_to_world(turn, centre, camera, seen), here)
    return _put_head(clip, rest, turn, share)


def _level(pitch: float) -> Floats:
    """Return the turn that takes off how far a level face matrix looks down, radians."""
    return np.array([np.sin(-pitch / 2), 0.0, 0.0, np.cos(pitch / 2)])


def _between(even: Floats, times: Floats, values: Floats) -> Floats:
    columns = [np.interp(even, times, values[:, c]) for c in range(values.shape[1])]
    return np.stack(columns, axis=1)


def _put_head(clip: Clip, rest: Rest, turn: Floats, share: Floats) -> Clip:
    """Return the clip with the head turned as ``turn`` (n, 4, world) by ``share`` (n,)."""
    _, world = rest.forward(clip.root, clip.rotations)
    chest, head, neck = (BONE_INDEX[n] for n in ("upperChest", "head", "neck"))
    wanted = quat_slerp(world[:, head], turn, share)
    local = quat_multiply(quat_conjugate(world[:, chest]), wanted)
    local = np.where(local[:, 3:] < 0, -local, local)
    angle = 2.0 * np.arccos(np.clip(local[:, 3], -1.0, 1.0))
    most = np.radians(100.0)
    one = np.tile([0.0, 0.0, 0.0, 1.0], (len(local), 1))
    local = quat_slerp(one, local, np.minimum(1.0, most / np.maximum(angle, 1e-6)))
    half = quat_slerp(one, local, np.full(len(local), NECK_SHARE))
    rotations = clip.rotations.copy()
    rotations[:, neck] = half
    rotations[:, head] = quat_multiply(quat_conjugate(half), local)
    return replace(clip, rotations=rotations)


def put_hand(
    clip: Clip, rest: Rest, seen: Observations, grid: Grid, camera: CaptureCamera | None,
    side: int, sure: NDArray[np.float32], clamped: dict[str, int],
) -> Clip:  # fmt: skip
    """Return the clip with fingers and wrist of a side as seen; writes its lane of ``sure``."""
    world = seen.hands_world[:, side].astype(np.float64)
    here = grid.seen(world)
    world = np.nan_to_num(world[grid.nearest])
    centre = np.nan_to_num(seen.hands[grid.nearest, side, 9, :2].astype(np.float64))
    if here.any():
        world = _right_reading(clip, rest, seen, camera, side, world, centre, here)
    angles = hands.finger_angles(world, side)
    name = "left" if side == 0 else "right"
    held = (angles <= hands.LEAST) | (angles >= hands.MOST)
    clamped[f"{name}Fingers"] = int(held[here].sum())
    filled, share = hands.fill(angles, here, clip.rate.fps)
    for _ in range(2):
        padded = np.concatenate([filled[:1], filled, filled[-1:]])
        filled = 0.25 * padded[:-2] + 0.5 * padded[1:-1] + 0.25 * padded[2:]
    rotations = clip.rotations.copy()
    for bone, turn in hands.finger_rotations(filled, side).items():
        rotations[:, BONE_INDEX[bone]] = turn
    clip = replace(clip, rotations=rotations)
    size = np.array([_side_of(p, side, seen.size) for p in seen.pose])[grid.nearest]
    least, enough = _HAND_PIXELS
    sure[:, HAND_LANES[side]] = (
        share * here * np.clip((size - least) / (enough - least), 0.0, 1.0)
    )
    if camera is None or not here.any():
        return clip
    turn = _to_world(_palm(world, side, here), centre, camera, seen)
    return _put_wrist(clip, rest, _mean_turns(turn, here), _soft(here, clip.rate.fps), side)


def _palm(world: Floats, side: int, here: NDArray[np.bool_]) -> Floats:
    """Return turns (n, 4) of palms along their rays, identity where none was seen."""
    known = np.where(here[:, None, None], world, np.nan)
    return np.where(here[:, None], hands.palm_turn(known, side), [0.0, 0.0, 0.0, 1.0])


def _right_reading(
    clip: Clip, rest: Rest, seen: Observations, camera: CaptureCamera | None, side: int,
    world: Floats, centre: Floats, here: NDArray[np.bool_],
) -> Floats:  # fmt: skip
    """Return hands (n, 21, 3) read in depth as wrists and fingers can be, over half a second.

    Of the two readings of each picture (:func:`~cyberdirector.capture.hands.mirrored`) the
    one is taken that bends fingers and wrist less; the given one when they are alike.
    """
    readings = (world, hands.mirrored(world))
    costs = []
    for reading in readings:
        cost = (hands.strain(reading, side) / 0.35) ** 2
        if camera is not None:
            name = "left" if side == 0 else "right"
            _, turns = rest.forward(clip.root, clip.rotations)
            palm = _to_world(_palm(reading, side, here), centre, camera, seen)
            cost = cost + hands.discomfort(palm, turns[:, BONE_INDEX[f"{name}LowerArm"]])
        costs.append(np.where(here, np.minimum(cost, 8.0), 0.0))
    width = max(3, round(0.5 * clip.rate.fps)) | 1
    gain = _over(costs[0] - costs[1], np.hanning(width + 2)[1:-1])
    other = gain > 0.15 * np.hanning(width + 2).sum()
    return np.where(other[:, None, None], readings[1], readings[0])


def _side_of(pose: NDArray[np.float32], side: int, size: tuple[int, int]) -> float:
    square = hand_square(pose, side, size) if np.isfinite(pose[0, 0]) else None
    return float(square.side) if square is not None else 0.0


def _put_wrist(clip: Clip, rest: Rest, palm: Floats, share: Floats, side: int) -> Clip:
    """Return the clip with hand and forearm turned so that the palm is as ``palm`` says."""
    name = "left" if side == 0 else "right"
    lower, hand = BONE_INDEX[f"{name}LowerArm"], BONE_INDEX[f"{name}Hand"]
    _, world = rest.forward(clip.root, clip.rotations)
    bent, twist = hands.wrist_rotation(palm, world[:, lower], side)
    rotations = clip.rotations.copy()
    one = np.tile([0.0, 0.0, 0.0, 1.0], (clip.frames, 1))
    twist = quat_slerp(one, twist, share)
    rotations[:, lower] = quat_multiply(clip.rotations[:, lower].astype(np.float64), twist)
    rotations[:, hand] = quat_slerp(clip.rotations[:, hand].astype(np.float64), bent, share)
    return replace(clip, rotations=rotations)
