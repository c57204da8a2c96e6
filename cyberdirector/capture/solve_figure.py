"""The figure that a take is solved with: rigid segments in a tree that carry landmarks.

All segments hold rotations from the T-pose to the camera's space (x right, y up, z towards the
viewer, metres); a figure that faces the camera in T-pose has identities everywhere. Directions
of limbs need two angles, rigid parts three, so a frame has :data:`FREE` unknowns.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SEGMENTS = (
    "pelvis", "chest", "head", "leftFoot", "rightFoot", "neck",
    "leftShoulder", "rightShoulder", "leftUpperArm", "rightUpperArm",
    "leftLowerArm", "rightLowerArm", "leftUpperLeg", "rightUpperLeg",
    "leftLowerLeg", "rightLowerLeg",
)  # fmt: skip
"""Rigid parts of the figure."""

SEGMENT = {name: i for i, name in enumerate(SEGMENTS)}

LANDMARKS = (
    "nose", "leftEar", "rightEar", "leftShoulder", "rightShoulder", "leftElbow", "rightElbow",
    "leftWrist", "rightWrist", "leftHip", "rightHip", "leftKnee", "rightKnee",
    "leftAnkle", "rightAnkle", "leftHeel", "rightHeel", "leftToe", "rightToe",
)  # fmt: skip
"""The points of BlazePose that the solve uses."""

LANDMARK = {name: i for i, name in enumerate(LANDMARKS)}

BLAZEPOSE = np.array([0, 7, 8, 11, 12, 13, 14, 15, 16, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32])
"""Index of each landmark among the 33 of BlazePose."""

MIRROR = np.array([0, 2, 1, 4, 3, 6, 5, 8, 7, 10, 9, 12, 11, 14, 13, 16, 15, 18, 17])
"""Landmark of the other side."""

SIZES = (
    "hip", "loin", "trunk", "shoulder", "neck", "earUp", "earSide", "noseUp", "noseForward",
    "upperArm", "lowerArm", "upperLeg", "lowerLeg", "toeForward", "toeDown", "heelBack",
    "heelDown", "clavicle", "hipOut", "hipUp", "shoulderOut", "shoulderUp", "kneeDown",
    "ankleUp",
)  # fmt: skip
"""Measures of a body, see :data:`HUMAN`."""

SIZE = {name: i for i, name in enumerate(SIZES)}

HUMAN: Floats = np.array([
    0.056, 0.098, 0.158, 0.094, 0.055, 0.048, 0.043, 0.040, 0.058,
    0.157, 0.150, 0.270, 0.252, 0.100, 0.040, 0.030,
    0.030, 0.025, 0.000, -0.036, -0.008, 0.020, 0.005,
    0.022,
])  # fmt: skip
"""Measures of an adult as fractions of standing height: segment lengths after Winter
(Biomechanics and Motor Control of Human Movement, table 4.1), joints at the bones' centres.

``hip`` and ``clavicle`` + ``shoulder`` are half widths, ``loin`` and ``trunk`` the spine below
and above the waist, ``neck`` reaches from the line of the shoulders to the head's joint, ears
and nose lie relative to that joint; toe and heel relative to the landmark of the ankle; the
last six say where landmarks lie beside joints. The detector marks the hips some 6 cm below the
joints, the shoulders 3 cm above theirs, where the acromion is, and sees shins shorter than they
are: it marks ankles 2 to 3 cm above the joints of drawn people, more on filmed ones."""


@dataclass(frozen=True)
class _Piece:
    """One arm of the chain: a vector of measures, fixed in a segment."""

    segment: int
    terms: tuple[tuple[int, int, float], ...]
    """(measure, axis, sign)"""


def _piece(segment: str, **axes: tuple[str, float]) -> _Piece:
    terms = tuple((SIZE[size], "xyz".index(axis), sign) for axis, (size, sign) in axes.items())
    return _Piece(SEGMENT[segment], terms)


def _build() -> tuple[list[_Piece], dict[str, list[_Piece]]]:
    joints: dict[str, list[_Piece]] = {"hips": []}
    spine = [_piece("pelvis", y=("loin", 1.0)), _piece("chest", y=("trunk", 1.0))]
    joints["neck"] = spine
    head = [*spine, _piece("neck", y=("neck", 1.0))]
    joints["head"] = head
    joints["nose"] = [*head, _piece("head", y=("noseUp", 1.0), z=("noseForward", 1.0))]
    for side, s in (("left", 1.0), ("right", -1.0)):
        joints[f"{side}Ear"] = [*head, _piece("head", x=("earSide", s), y=("earUp", 1.0))]
        base = [*spine, _piece("chest", x=("clavicle", s))]
        joints[f"{side}Clavicle"] = base
        arm = [*base, _piece(f"{side}Shoulder", x=("shoulder", s))]
        joints[f"{side}UpperArm"] = arm
        beside = _piece("chest", x=("shoulderOut", s), y=("shoulderUp", 1.0))
        joints[f"{side}Shoulder"] = [*arm, beside]
        elbow = [*arm, _piece(f"{side}UpperArm", x=("upperArm", s))]
        joints[f"{side}Elbow"] = elbow
        joints[f"{side}Wrist"] = [*elbow, _piece(f"{side}LowerArm", x=("lowerArm", s))]
        leg = [_piece("pelvis", x=("hip", s))]
        joints[f"{side}UpperLeg"] = leg
        joints[f"{side}Hip"] = [*leg, _piece("pelvis", x=("hipOut", s), y=("hipUp", 1.0))]
        knee = [*leg, _piece(f"{side}UpperLeg", y=("upperLeg", -1.0))]
        shin = f"{side}LowerLeg"
        joints[shin] = knee
        joints[f"{side}Knee"] = [*knee, _piece(shin, y=("kneeDown", -1.0))]
        ankle = [*knee, _piece(shin, y=("lowerLeg", -1.0))]
        joints[f"{side}Foot"] = ankle
        ankle = [*ankle, _piece(shin, y=("ankleUp", 1.0))]
        joints[f"{side}Ankle"] = ankle
        foot = f"{side}Foot"
        heel = _piece(foot, y=("heelDown", -1.0), z=("heelBack", -1.0))
        toe = _piece(foot, y=("toeDown", -1.0), z=("toeForward", 1.0))
        joints[f"{side}Heel"] = [*ankle, heel]
        joints[f"{side}Toe"] = [*ankle, toe]
    pieces = list(dict.fromkeys(p for chain in joints.values() for p in chain))
    return pieces, joints


_PIECES, CHAINS = _build()
_POINTS = [[_PIECES.index(p) for p in CHAINS[name]] for name in LANDMARKS]
_REACH: Floats = np.zeros((len(LANDMARKS), len(_PIECES)))
for _i, _chain in enumerate(_POINTS):
    _REACH[_i, _chain] = 1.0
_OWNER = np.array([p.segment for p in _PIECES])

# Limbs turn about the two axes across their length; a turn about it moves no landmark.
_AXES: dict[int, tuple[int, ...]] = {s: (0, 1, 2) for s in range(5)}
_AXES |= {5: (0, 2)} | {s: (1, 2) for s in range(6, 12)} | {s: (0, 2) for s in range(12, 16)}
COLUMNS: tuple[tuple[int, int], ...] = tuple((s, a) for s, axes in _AXES.items() for a in axes)
"""(segment, local axis) of each angle among the unknowns; the root's three come before."""

FREE = 3 + len(COLUMNS)
"""Unknowns of a frame: root position and angles."""


def arms(sizes: Floats) -> Floats:
    """Return the vector of each piece in its segment, (..., pieces, 3), of sizes (..., k)."""
    out = np.zeros((*np.shape(sizes)[:-1], len(_PIECES), 3))
    for i, piece in enumerate(_PIECES):
        for size, axis, sign in piece.terms:
            out[..., i, axis] = sign * sizes[..., size]
    return out


def _turned(turns: Floats, vectors: Floats) -> Floats:
    """Return each piece's vector in camera space, (..., pieces, 3)."""
    return np.asarray((turns[..., _OWNER, :, :] @ vectors[..., None])[..., 0])


def landmarks(root: Floats, turns: Floats, sizes: Floats) -> Floats:
    """Return the landmarks of figures, (..., 19, 3), metres.

    Parameters
    ----------
    root
        (..., 3) midpoint of the hip joints, metres.
    turns
        (..., 16, 3, 3) rotation of each segment from the T-pose.
    sizes
        (..., 24) measures in metres, :data:`SIZES`.
    """
    pieces = _turned(turns, arms(sizes))
    return np.asarray(root[..., None, :] + _REACH @ pieces)


def joints(root: Floats, turns: Floats, sizes: Floats, names: tuple[str, ...]) -> Floats:
    """Return named points of :data:`CHAINS`, (..., len(names), 3), metres."""
    pieces = _turned(turns, arms(sizes))
    reach = np.zeros((len(names), len(_PIECES)))
    for i, name in enumerate(names):
        reach[i, [_PIECES.index(p) for p in CHAINS[name]]] = 1.0
    return root[..., None, :] + np.einsum("kp,...pi->...ki", reach, pieces)


def about_axis(axis: int, vectors: Floats) -> Floats:
    """Return the cross product of a unit axis with vectors (..., 3)."""
    out = np.zeros_like(vectors)
    j, k = (axis + 1) % 3, (axis + 2) % 3
    out[..., j], out[..., k] = -vectors[..., k], vectors[..., j]
    return out


_SPREAD: list[NDArray[np.intp]] = [np.flatnonzero(_OWNER == s) for s in range(len(SEGMENTS))]


def jacobian(turns: Floats, sizes: Floats) -> Floats:
    """Return the change of the landmarks with the unknowns, (n, 19, 3, FREE).

    Angles are radians about the local axes: a segment's rotation R becomes R · exp(angles).
    """
    n = len(turns)
    out = np.zeros((n, len(LANDMARKS), 3, FREE))
    out[:, :, :, :3] = np.eye(3)
    vectors = arms(sizes)
    for column, (segment, axis) in enumerate(COLUMNS, start=3):
        owned = _SPREAD[segment]
        local = _REACH[:, owned] @ about_axis(axis, vectors[owned])
        moved = np.flatnonzero(np.any(local != 0.0, axis=-1))
        out[..., column][:, moved] = np.swapaxes(turns[:, segment] @ local[moved].T, 1, 2)
    return out


def size_jacobian(turns: Floats) -> Floats:
    """Return the change of the landmarks with the measures, (n, 19, 3, 24)."""
    out = np.zeros((len(SIZES), len(turns), len(LANDMARKS), 3))
    for i, piece in enumerate(_PIECES):
        points = np.flatnonzero(_REACH[:, i])
        for size, axis, sign in piece.terms:
            out[size][:, points] += sign * turns[:, None, piece.segment, :, axis]
    return np.ascontiguousarray(np.moveaxis(out, 0, -1))


def exp_turns(angles: Floats) -> Floats:
    """Return rotation matrices (..., 3, 3) of rotation vectors (..., 3), radians."""
    from cyberdirector.core.rotations import quat_exp, quat_to_matrix

    return quat_to_matrix(quat_exp(angles))


def step(root: Floats, turns: Floats, change: Floats) -> tuple[Floats, Floats]:
    """Return root and turns after a change (n, FREE) of the unknowns."""
    angles = np.zeros((len(root), len(SEGMENTS), 3))
    for column, (segment, axis) in enumerate(COLUMNS, start=3):
        angles[:, segment, axis] = change[:, column]
    return root + change[:, :3], turns @ exp_turns(angles)
