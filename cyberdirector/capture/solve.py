"""Observations of a take → movement of a humanoid in the world.

The whole take is solved at once: a figure of constant measures whose projection explains the
landmarks of all frames, whose limbs point where MediaPipe and the lifter see them point, that
moves smoothly and stands where it stands. See ``docs/conventions.md`` for spaces.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from cyberdirector.capture.camera import CaptureCamera, focal_of, to_rays, turns_of
from cyberdirector.capture.confidence import (
    PARTS,
    landmark_trust,
    part_confidence,
)
from cyberdirector.capture.contacts import foot_contacts, in_flight, planted_points
from cyberdirector.capture.lifter import Lifted, lift, lifter_here
from cyberdirector.capture.observations import Observations
from cyberdirector.capture.skeleton_fit import SOLE, bone_turns, rest_of
from cyberdirector.capture.solve_even import EvenSeen, in_even_time, resampled
from cyberdirector.capture.solve_fit import fit
from cyberdirector.capture.solve_gap import someone
from cyberdirector.capture.solve_prior import (
    BONES,
    aims_of,
    first_roots,
    first_turns,
    human,
    scale_of,
    scaled_world,
)
from cyberdirector.capture.solve_problem import FEET, Problem, State, Weights
from cyberdirector.capture.swaps import exchange, find_swaps
from cyberdirector.core.clip import Clip
from cyberdirector.core.errors import InputRefused
from cyberdirector.core.face import SHAPE_COUNT
from cyberdirector.core.skeleton import Rest

Floats = NDArray[np.float64]

HEIGHT = 1.68
"""Metres: height of an actor who does not tell it (mean of adults, NCD-RisC 2016)."""


_NO_LIFTER = (
    "lifter-missing",
    "找不到 models/lifter.onnx，深度只靠 MediaPipe，会差一些。",
    "models/lifter.onnx is missing; depth comes from MediaPipe alone and is less exact.",
)


@dataclass(frozen=True)
class SolveOptions:
    """What is known of actor and camera.

    Attributes
    ----------
    height
        Standing height of the actor, metres; None takes :data:`HEIGHT` and tells so.
    fov
        Angle of view along the longer side of the picture, radians; None takes 60°.
    moving_camera
        The camera was held in the hand and turned.
    lifter
        Ask the lifter as well as MediaPipe.
    weights
        Of the terms of the solve.
    """

    height: float | None = None
    fov: float | None = None
    moving_camera: bool = False
    lifter: bool = True
    weights: Weights = field(default_factory=Weights)


@dataclass(frozen=True)
class Solved:
    """A solved take.

    Attributes
    ----------
    clip
        The movement, in even time from the first frame on.
    rest
        The body that was fitted: its bones have the actor's lengths.
    confidence
        (n, 6) float32, 0..1, columns :data:`~cyberdirector.capture.confidence.PARTS`; below
        :data:`~cyberdirector.capture.confidence.FLAGGED` a part is a guess.
    camera
        How the take was seen.
    landmarks
        (n, 19, 3) float32, metres, world: the figure's points
        (:data:`~cyberdirector.capture.solve_figure.LANDMARKS`).
    notes
        (code, zh, en) of what the user should know.
    """

    clip: Clip
    rest: Rest
    confidence: NDArray[np.float32]
    camera: CaptureCamera
    landmarks: NDArray[np.float32]
    notes: tuple[tuple[str, str, str], ...]


def _refuse(code: str, zh: str, en: str) -> InputRefused:
    return InputRefused(code, zh, en)


def _lifted(flat: Floats, trust: Floats, rate: float) -> Lifted:
    """Return the lifter's answer at the take's own rate; it was trained at 30 a second."""
    n = len(flat)
    if abs(rate - 30.0) < 1.0 or n < 4:
        return lift(flat, trust)
    own = np.arange(n) / rate
    even = np.arange(int(own[-1] * 30.0) + 1) / 30.0
    every = np.ones(n, np.bool_)
    said = lift(resampled(flat, every, own, even), resampled(trust, every, own, even))
    all_of = np.ones(len(even), np.bool_)
    parts = (said.points, said.spread, said.up, said.planted)
    return Lifted(*(resampled(p, all_of, even, own) for p in parts))


def _level(up: Floats, points: Floats, planted: Floats, rate: float) -> Floats:
    """Return the direction up: the lifter's mean, corrected by where the feet stood.

    Parameters
    ----------
    up
        (n, 3) the lifter's opinion.
    points
        (n, 19, 3) solved landmarks, camera space.
    planted
        (n, 4) how surely heels and toes stand.
    rate
        Frames per second.

    Notes
    -----
    Planted feet lie in one plane; someone who walks through the room shows its slope far
    better than someone who stands. A standing foot is off by some 5 cm (:data:`_FOOT`), the
    lifter's mean by 3 degrees (:data:`_TILT`).
    """
    mean = up.mean(axis=0) * 3.0 + np.array([0.0, 1.0, 0.0]) * 0.5
    # A phone is held level far more often than not: roll counts less than pitch.
    mean[0] *= 0.6
    mean /= np.linalg.norm(mean)
    axes = np.stack([np.cross(mean, [0.0, 0.0, 1.0]), [0.0, 0.0, 1.0]])
    axes -= (axes @ mean)[:, None] * mean
    axes /= np.linalg.norm(axes, axis=1, keepdims=True)
    feet = points[:, FEET].reshape(-1, 3)
    # Neighbouring frames err alike: a fifth of a second counts once, four points as two.
    weight = (planted**2).ravel() / (rate / 5.0) / 2.0 / _FOOT**2
    rows = np.concatenate([feet @ axes.T, -np.ones((len(feet), 1))], axis=1)
    heights = feet @ mean
    middle = float(np.median(heights))
    near = np.abs(heights - middle) < 0.5
    a = (rows * (weight * near)[:, None]).T @ rows + np.diag([1.0, 1.0, 1e-6]) / _TILT**2
    change = np.linalg.solve(a, -(rows * (weight * near)[:, None]).T @ heights)
    out = (
        mean + np.clip(change[0], -0.2, 0.2) * axes[0] + np.clip(change[1], -0.2, 0.2) * axes[1]
    )
    return np.asarray(out / np.linalg.norm(out))


_FOOT, _TILT = 0.05, 0.05


def _floor(points: Floats, planted: Floats, up: Floats) -> float:
    """Return the height of the floor along ``up``: where planted feet are."""
    heights = points[:, FEET] @ up
    weight = planted > 0.5
    if weight.sum() >= 8:
        return float(np.median(heights[weight]))
    return float(np.percentile(heights, 5.0))


def _place(up: Floats, floor: float, root: Floats) -> tuple[Floats, Floats]:
    """Return turn and shift from camera space to the world: floor at 0, +Z to the camera."""
    back = np.array([0.0, 0.0, 1.0]) - up[2] * up
    back /= np.linalg.norm(back)
    turn = np.stack([np.cross(up, back), up, back])
    start = turn @ root
    return turn, np.array([-start[0], SOLE - floor, -start[2]])


def solve_clip(observations: Observations, options: SolveOptions | None = None) -> Solved:
    """Return the movement of a take.

    Parameters
    ----------
    observations
        What was seen, one person.
    options
        Actor and camera.

    Raises
    ------
    InputRefused
        ``capture-nobody`` when no body was seen; ``capture-height`` and ``capture-fov`` when
        they are not possible.
    """
    options = options or SolveOptions()
    _check(observations, options)
    notes: list[tuple[str, str, str]] = []
    seen = in_even_time(observations)
    height = options.height
    if height is None:
        height = HEIGHT
        notes.append((
            "height-assumed",
            f"没有给出演员身高，按 {HEIGHT:.2f} 米计算；位移大小随身高成比例。",
            f"No height was given; {HEIGHT:.2f} m is assumed. Distances scale with it.",
        ))  # fmt: skip
    size = observations.size
    focal = focal_of(size, options.fov)
    swaps = find_swaps(seen.pixels, _tall(seen.pixels), seen.rate.fps)
    if swaps.any():
        pixels, world, check, visible = (
            exchange(v, swaps) for v in (seen.pixels, seen.world, seen.check, seen.visibility)
        )
        seen = replace(seen, pixels=pixels, world=world, check=check, visibility=visible)
        notes.append((
            "sides-exchanged",
            f"{int((swaps > 0).sum())} 帧左右肢体识别颠倒，已换回。",
            f"Left and right were exchanged in {int((swaps > 0).sum())} frames and put back.",
        ))  # fmt: skip
    turns = None
    flat_all = to_rays(seen.pixels, size, focal)
    if options.moving_camera:
        turns, drift = turns_of(seen.background, size, focal)
        flat_all = _unturned(flat_all, turns)
        if drift > 0.15:
            notes.append((
                "camera-carried",
                "摄影机像是被拿着走动了；只能抵消转动，位移会被算到演员身上，请把手机放稳。",
                "The camera seems to have been carried: only its turning is undone, its path "
                "is taken for the actor's. Put the phone down.",
            ))  # fmt: skip
    trust = landmark_trust(seen.pixels, seen.visibility, seen.check, size, seen.rate.fps)
    return _solve(seen, flat_all, trust, turns, focal, size, height, options, notes)


def _tall(pixels: Floats) -> Floats:
    from cyberdirector.capture.confidence import person_height

    return person_height(pixels)


def _unturned(flat: Floats, turns: Floats) -> Floats:
    rays = np.concatenate([flat, -np.ones_like(flat[..., :1])], axis=-1)
    rays = np.einsum("nij,nkj->nki", turns, rays)
    return np.asarray(rays[..., :2] / np.maximum(-rays[..., 2:], 0.05))


def _check(observations: Observations, options: SolveOptions) -> None:
    if not observations.frames or not observations.seen.any():
        raise _refuse(
            "capture-nobody",
            "画面中没有找到人体；请让全身入镜、光线充足后重拍。",
            "No body was found in the picture; film the whole body in good light.",
        )
    if options.height is not None and not 0.3 <= options.height <= 3.0:
        raise _refuse(
            "capture-height",
            f"演员身高 {options.height} 米不合理，应在 0.3 到 3 米之间。",
            f"an actor of {options.height} m is not possible; give 0.3 to 3 metres.",
        )
    if options.fov is not None and not 0.1 <= options.fov <= 2.6:
        raise _refuse(
            "capture-fov",
            "镜头视角应在 6° 到 149° 之间。",
            "the angle of view must lie between 6 and 149 degrees.",
        )


def _solve(
    seen: EvenSeen, flat_all: Floats, trust: Floats, turns: Floats | None, focal: float,
    size: tuple[int, int], height: float, options: SolveOptions,
    notes: list[tuple[str, str, str]],
) -> Solved:  # fmt: skip
    from cyberdirector.capture.solve_figure import BLAZEPOSE

    rate, w = seen.rate.fps, options.weights
    flat = flat_all[:, BLAZEPOSE]
    world = scaled_world(seen.world, flat, trust)
    lifted = _lifted(flat, trust, rate) if options.lifter and lifter_here() else None
    if options.lifter and lifted is None:
        notes.append(_NO_LIFTER)
    aims, points, apart = aims_of(world, lifted, flat, trust, w, rate)
    first = first_turns(points)
    sizes = human(height)
    state = State(first_roots(flat, trust, first, sizes), first, sizes)
    planted = np.zeros((len(flat), 4))
    problem = Problem(rate, flat, trust, aims, seen.joined, planted)
    state = fit(problem, state, w, 4, height)
    planted = _planted(flat, trust, state, rate, lifted)
    problem = replace(problem, planted=planted)
    state = fit(problem, state, w, 4, height)
    planted = _planted(flat, trust, state, rate, lifted)
    said = lifted.up if lifted is not None else np.array([[0.0, 1.0, 0.0]])
    up = _level(said, state.points(), planted, rate)
    floor = _floor(state.points(), planted, up)
    flight = in_flight(state.points()[:, FEET] @ up - floor, planted, rate) & someone(trust)
    problem = replace(problem, planted=planted, up=up, floor=floor, flight=flight)
    state = fit(problem, state, w, 3)
    floor = _floor(state.points(), planted, up)
    place = _place(up, floor, state.root[0])
    confidence = _confidence(state, problem, lifted, apart, height)
    return _result(
        seen, state, planted, place, confidence, up, floor, turns, focal, size, notes
    )


def _planted(
    flat: Floats, trust: Floats, state: State, rate: float, lifted: Lifted | None
) -> Floats:
    feet = planted_points(flat[:, FEET], -state.root[:, 2], rate, trust[:, FEET], lifted)
    # Where somebody stands who is not there nobody knows; steps held still lose their beat.
    return feet * someone(trust)[:, None]


def _confidence(
    state: State, problem: Problem, lifted: Lifted | None, apart: Floats, height: float
) -> Floats:
    points = state.points()
    depth = np.maximum(-points[..., 2], 0.2)
    miss = np.linalg.norm(points[..., :2] / depth[..., None] - problem.flat, axis=-1) * depth
    spread = np.zeros_like(miss) if lifted is None else lifted.spread * scale_of(height)
    segments = np.array([b.segment for b in BONES])
    groups = ((0, 1), (2,), (8, 10), (9, 11), (12, 14), (13, 15))
    parts = np.stack([apart[:, np.isin(segments, g)].max(axis=1) for g in groups], axis=-1)
    assert len(groups) == len(PARTS)
    return part_confidence(problem.trust, parts, miss, spread)


def _result(
    seen: EvenSeen, state: State, planted: Floats, place: tuple[Floats, Floats],
    confidence: Floats, up: Floats, floor: float, turns: Floats | None, focal: float,
    size: tuple[int, int], notes: list[tuple[str, str, str]],
) -> Solved:  # fmt: skip
    from cyberdirector.motion.plant import plant_feet

    turn, shift = place
    n = len(state.root)
    rest = rest_of(state.sizes)
    points = state.points() @ turn.T + shift
    feet = points[:, FEET]
    contacts = foot_contacts(feet, seen.rate.fps, planted, SOLE)
    rotations = bone_turns(turn @ state.turns, seen.rate.fps)
    clip = Clip(
        seen.rate,
        (state.root @ turn.T + shift).astype(np.float32),
        rotations.astype(np.float32),
        np.zeros((n, SHAPE_COUNT), np.float32),
        np.zeros((n, 2), np.float32),
        contacts,
        rest.hip_height,
    )
    clip = plant_feet(clip, rest)
    camera = CaptureCamera(size, focal, up, floor, turns, place)
    return Solved(
        clip,
        rest,
        confidence.astype(np.float32),
        camera,
        points.astype(np.float32),
        tuple(notes),
    )
