"""What is known of a pose before the solve: depth of MediaPipe and lifter, as directions."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cyberdirector.capture.body_bias import jointed, unbiased
from cyberdirector.capture.lifter import Lifted, body_scale, view
from cyberdirector.capture.solve_figure import (
    BLAZEPOSE,
    HUMAN,
    LANDMARK,
    SEGMENT,
    SEGMENTS,
    SIZE,
    landmarks,
)
from cyberdirector.capture.solve_gap import held, someone
from cyberdirector.capture.solve_problem import Aim, Weights
from cyberdirector.capture.synth import frame_of, swing

Floats = NDArray[np.float64]

_X, _Y, _Z = np.eye(3)


@dataclass(frozen=True)
class _Bone:
    """A direction between means of landmarks, and the segment whose vector it is."""

    segment: int
    vector: Floats
    start: list[int]
    end: list[int]
    frame: bool
    weight: float


def _at(*names: str) -> list[int]:
    return [LANDMARK[n] for n in names]


def _bones() -> list[_Bone]:
    shoulders, hips = _at("leftShoulder", "rightShoulder"), _at("leftHip", "rightHip")
    ears = _at("leftEar", "rightEar")
    m = {name: HUMAN[i] for name, i in SIZE.items()}
    face = np.array([0.0, m["noseUp"] - m["earUp"], m["noseForward"]])
    out = [
        _Bone(SEGMENT["pelvis"], _X, hips[1:], hips[:1], True, 1.0),
        _Bone(SEGMENT["pelvis"], _Y, hips, shoulders, True, 0.6),
        _Bone(SEGMENT["chest"], _X, shoulders[1:], shoulders[:1], True, 1.0),
        _Bone(SEGMENT["chest"], _Y, hips, shoulders, True, 0.6),
        _Bone(SEGMENT["neck"], _Y, shoulders, ears, False, 0.7),
        _Bone(SEGMENT["head"], _X, ears[1:], ears[:1], False, 1.0),
        _Bone(SEGMENT["head"], face / np.linalg.norm(face), ears, _at("nose"), False, 1.0),
    ]
    for s, sign in (("left", 1.0), ("right", -1.0)):
        joints = _at(
            *(f"{s}{n}" for n in ("Shoulder", "Elbow", "Wrist", "Hip", "Knee", "Ankle"))
        )
        heel, toe = _at(f"{s}Heel", f"{s}Toe")
        limbs = (
            (f"{s}UpperArm", sign * _X, 0, 1), (f"{s}LowerArm", sign * _X, 1, 2),
            (f"{s}UpperLeg", -_Y, 3, 4), (f"{s}LowerLeg", -_Y, 4, 5),
        )  # fmt: skip
        # Length and picture place the legs of someone who stands better than depth does, which
        # bends their knees.
        out += [
            _Bone(SEGMENT[n], v, [joints[a]], [joints[b]], False, 0.4 if "Leg" in n else 1.0)
            for n, v, a, b in limbs
        ]
        sole = np.array([0.0, m["heelDown"] - m["toeDown"], m["toeForward"] + m["heelBack"]])
        instep = np.array([0.0, -m["toeDown"], m["toeForward"]])
        foot = SEGMENT[f"{s}Foot"]
        out += [
            _Bone(foot, sole / np.linalg.norm(sole), [heel], [toe], False, 1.2),
            _Bone(foot, instep / np.linalg.norm(instep), [joints[5]], [toe], False, 1.2),
        ]
    return out


BONES = _bones()


def scaled_world(world: Floats, flat: Floats, seen: Floats) -> Floats:
    """Return MediaPipe's points in camera space, in units of the body's scale.

    Parameters
    ----------
    world
        (n, 33, 3) metres, x right, y down, z away, relative to the viewing ray.
    flat
        (n, 19, 2) landmarks at distance one.
    seen
        (n, 19) confidence.
    """
    points = world[:, BLAZEPOSE] * np.array([1.0, -1.0, -1.0])
    _, turn = view(flat, seen)
    points = np.einsum("nji,nkj->nki", turn, points)
    limb = (("Hip", "Knee"), ("Knee", "Ankle"), ("Shoulder", "Elbow"), ("Elbow", "Wrist"))
    ends = [(_at(f"{s}{a}"), _at(f"{s}{b}")) for s in ("left", "right") for a, b in limb]
    limbs = [np.linalg.norm(points[:, a[0]] - points[:, b[0]], axis=-1) for a, b in ends]
    middle = [points[:, _at(f"left{n}", f"right{n}")].mean(axis=1) for n in ("Hip", "Shoulder")]
    total = sum(limbs) / 2 + np.linalg.norm(middle[1] - middle[0], axis=-1)
    good = np.isfinite(total)
    scale = float(np.median(total[good])) if good.any() else 1.0
    points = points - points[:, _at("leftHip", "rightHip")].mean(axis=1, keepdims=True)
    return np.asarray(points / max(scale, 1e-3))


def _directions(points: Floats) -> Floats:
    """Return the unit directions of :data:`BONES`, (n, bones, 3), of points with joints."""
    ends = [points[:, b.end].mean(axis=1) - points[:, b.start].mean(axis=1) for b in BONES]
    out = np.stack(ends, axis=1)
    return np.asarray(out / np.maximum(np.linalg.norm(out, axis=-1, keepdims=True), 1e-9))


_WORLD = {"Leg": 0.0, "Foot": 0.0, "UpperArm": 0.4, "LowerArm": 0.7}
"""Share of MediaPipe beside the lifter where it is not a half: seen from the side or from
behind it takes the bend of knees for that of someone who faces the camera. Forearms move too
freely to be told from the rest of the body, but the picture shows which way a hand points."""


def _share(bone: _Bone) -> float:
    name = SEGMENTS[bone.segment]
    return next((v for part, v in _WORLD.items() if part in name), 0.5)


def aims_of(
    world: Floats, lifted: Lifted | None, flat: Floats, trust: Floats, weights: Weights,
    rate: float,
) -> tuple[list[Aim], Floats, Floats]:  # fmt: skip
    """Return directions to aim at, the points they come from, and how far the two disagree.

    Parameters
    ----------
    world
        (n, 19, 3) of :func:`scaled_world`, without gaps.
    lifted
        The lifter's answer; None takes MediaPipe's alone.
    flat, trust
        (n, 19, 2) landmarks at distance one, (n, 19) how far they are believed, 0..1.
    rate
        Frames per second.

    Returns
    -------
    aims
        For :class:`~cyberdirector.capture.solve_fit.Problem`.
    points
        (n, 19, 3) mean of both, units of the body's scale.
    apart
        (n, bones) radians between both.
    """
    world = held(world, trust, rate)
    if lifted is not None:
        lifted = replace(lifted, points=held(lifted.points, trust, rate))
    gone = ~someone(trust)
    turn = view(flat, trust)[1]
    here = unbiased(world, turn)
    there = here if lifted is None else jointed(lifted.points)
    near, far = _directions(here), _directions(there)
    apart = np.arccos(np.clip(np.sum(near * far, axis=-1), -1.0, 1.0))
    aims = []
    for i, bone in enumerate(BONES):
        sure = np.minimum(trust[:, bone.start].min(axis=1), trust[:, bone.end].min(axis=1))
        # Where the landmark itself is not trusted only the lifter, which sees the rest of
        # the body and its movement, has something to say.
        share = _share(bone) * sure if lifted is not None else np.ones_like(sure)
        target = near[:, i] * share[:, None] + far[:, i] * (1.0 - share)[:, None]
        length = np.linalg.norm(target, axis=-1, keepdims=True)
        target = target / np.maximum(length, 1e-6)
        agree = np.clip((np.radians(80.0) - apart[:, i]) / np.radians(50.0), 0.3, 1.0)
        base = (weights.frame if bone.frame else weights.aim) * bone.weight
        weight = base * agree * np.where(gone, 1.0, np.maximum(sure, 0.15))
        aims.append(Aim(bone.segment, bone.vector, target, weight))
    return aims, 0.5 * (here + there), apart


def first_turns(points: Floats) -> Floats:
    """Return rotations of the segments (n, 16, 3, 3) of points (n, 19, 3)."""

    def mean(*names: str) -> Floats:
        return np.asarray(points[:, _at(*names)].mean(axis=1))

    turns = np.tile(np.eye(3), (len(points), len(SEGMENTS), 1, 1))
    hips, shoulders = mean("leftHip", "rightHip"), mean("leftShoulder", "rightShoulder")
    ears, trunk = mean("leftEar", "rightEar"), shoulders - hips
    turns[:, 0] = frame_of(mean("leftHip") - mean("rightHip"), trunk, "xy")
    turns[:, 1] = frame_of(trunk, mean("leftShoulder") - mean("rightShoulder"))
    across = mean("leftEar") - mean("rightEar")
    turns[:, 2] = frame_of(across, np.cross(mean("nose") - ears, across), "xy")
    turns[:, SEGMENT["neck"]] = swing(turns[:, 1], _Y, ears - shoulders)
    for s, sign in (("left", 1.0), ("right", -1.0)):
        base = turns[:, 1]
        turns[:, SEGMENT[f"{s}Shoulder"]] = base
        for name, axis, a, b in (
            ("UpperArm", sign * _X, "Shoulder", "Elbow"),
            ("LowerArm", sign * _X, "Elbow", "Wrist"),
            ("UpperLeg", -_Y, "Hip", "Knee"), ("LowerLeg", -_Y, "Knee", "Ankle"),
        ):  # fmt: skip
            base = turns[:, 0] if name == "UpperLeg" else base
            base = swing(base, axis, mean(f"{s}{b}") - mean(f"{s}{a}"))
            turns[:, SEGMENT[f"{s}{name}"]] = base
        foot = mean(f"{s}Toe") - mean(f"{s}Heel")
        turns[:, SEGMENT[f"{s}Foot"]] = frame_of(foot, turns[:, 0] @ _X, "zx")
    return turns


def first_roots(flat: Floats, trust: Floats, turns: Floats, sizes: Floats) -> Floats:
    """Return where the figure must stand to be seen at ``flat``, (n, 3), metres.

    Least squares of each frame; the depth is then filtered by a running median, because it
    hangs on a few pixels.
    """
    from scipy.ndimage import median_filter

    body = landmarks(np.zeros((len(flat), 3)), turns, sizes)
    a = np.zeros((len(flat), 3, 3))
    b = np.zeros((len(flat), 3))
    for k in (0, 1):
        row = np.zeros((*trust.shape, 3))
        row[..., k], row[..., 2] = 1.0, flat[..., k]
        right = -flat[..., k] * body[..., 2] - body[..., k]
        a += np.einsum("nj,nji,njk->nik", trust, row, row)
        b += np.einsum("nj,nji,nj->ni", trust, row, right)
    good = trust.sum(axis=1) > 3.0
    if not good.any():
        return np.tile([0.0, 0.0, -3.0], (len(flat), 1))
    root = np.linalg.solve(a + 1e-6 * np.eye(3), b[..., None])[..., 0]
    root = np.stack([np.interp(np.arange(len(flat)), np.flatnonzero(good), root[good, k])
                     for k in range(3)], axis=-1)  # fmt: skip
    depth = np.minimum(median_filter(root[:, 2], 19, mode="nearest"), -0.5)
    return root * (depth / np.minimum(root[:, 2], -0.3))[:, None]


def human(height: float) -> Floats:
    """Return the measures of a body of a height in metres."""
    return HUMAN * height


def scale_of(height: float) -> float:
    """Return leg + arm + trunk of a body of a height, metres."""
    return float(body_scale(human(height)))
