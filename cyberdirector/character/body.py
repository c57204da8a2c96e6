"""The stylised body in its T-pose: what face, hair and clothes are built on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from cyberdirector.character.bones import POINT_NAMES
from cyberdirector.character.face.topology import face_loops
from cyberdirector.character.pose import pose_joints, t_pose_rotations, unpose
from cyberdirector.character.shape import Shape, shape_vertices
from cyberdirector.character.style import Style, draw_shoulders, slim_limb, slim_torso
from cyberdirector.character.stylisation import chibi_share
from cyberdirector.character.template import BODY_COUNT, Template
from cyberdirector.character.warp import HeadFrame, warp_head
from cyberdirector.core.model import Node
from cyberdirector.core.skeleton import BONE_COUNT, BONE_INDEX, BONE_PARENTS, HUMANOID_BONES

Points = NDArray[np.float64]

HEAD_BONES = ("head", "leftEye", "rightEye", "jaw")


def _of_arm(name: str) -> bool:
    """Tell whether a joint lies on an arm from the shoulder joint on."""
    parts = ("UpperArm", "LowerArm", "Hand", "Thumb", "Index", "Middle", "Ring", "Little")
    return any(part in name for part in parts)


_ARM_BONES = tuple(name for name in HUMANOID_BONES if _of_arm(name))

_NOSE_BASE, _LIP_UPPER, _LIP_LOWER = 317, 474, 493
_CHIN, _MENTON, _TOP, _NOSE_TIP = 732, 747, 881, 5054
_WIDTH_SHARE = 0.72
"""Exponent of the body's width when its length is changed to fit a number of heads."""

_AT = {name: i for i, name in enumerate(POINT_NAMES)}


@dataclass(frozen=True, eq=False)
class Body:
    """A stylised body with all helper layers, T-pose, metres, +Y up, facing +Z.

    Attributes
    ----------
    template, shape, style
        What it was made from.
    positions
        (19158, 3) float64 vertices: skin first (``BODY_COUNT``), then helper layers.
        The lowest point of the skin is on y = 0.
    normals
        (19158, 3) float64, unit, smooth.
    joints, weights
        (19158, 8) node index (int64) and weight (float64), sum 1.
    nodes
        The 55 humanoid bones in the order of ``HUMANOID_BONES``, rest rotations identity.
    head_weight
        (19158,) float64 0..1, skin weight of head, eyes and jaw.
    landmarks
        Name -> (3,) point; see :func:`find_landmarks`.
    head_centre, head_radius
        Centre and radius of the sphere around the skull, metres.
    scale
        Factor from the unstyled body's metres to this body's metres.
    frame
        Where the head warp was hung, unstyled metres.
    unstyled
        (19158, 3) A-pose vertices after limb changes, before the head warp.
    drop
        (3,) what was added after scaling to put the feet on the floor.
    """

    template: Template
    shape: Shape
    style: Style
    positions: Points
    normals: Points
    joints: NDArray[np.int64]
    weights: Points
    nodes: list[Node]
    head_weight: Points
    landmarks: dict[str, Points]
    head_centre: Points
    head_radius: float
    scale: float
    frame: HeadFrame
    unstyled: Points
    drop: Points

    @property
    def humanoid(self) -> dict[str, int]:
        """Humanoid bone name -> node index."""
        return dict(BONE_INDEX)

    @cached_property
    def joint_positions(self) -> Points:
        """T-pose positions of the 55 bones, (55, 3), metres, model space."""
        out = np.array([n.translation for n in self.nodes], np.float64)
        for i in range(1, BONE_COUNT):
            out[i] += out[BONE_PARENTS[i]]
        return out

    @cached_property
    def uvs(self) -> NDArray[np.float32]:
        """One MakeHuman uv per vertex, (19158, 2)."""
        return self.template.vertex_uvs()

    def faces(self, group: str = "body") -> NDArray[np.int32]:
        """Return the triangles (n, 3) of ``body``, ``helper-tights``, ``helper-skirt`` …."""
        return self.template.faces(group)

    def bone(self, name: str) -> Points:
        """Return the T-pose position (3,) of a humanoid bone."""
        return self.joint_positions[BONE_INDEX[name]]

    def bone_weight(self, *names: str) -> Points:
        """Return per vertex (19158,) the summed skin weight of the named bones."""
        wanted = np.zeros(BONE_COUNT)
        wanted[[BONE_INDEX[n] for n in names]] = 1.0
        return (self.weights * wanted[self.joints]).sum(1)

    def warp_points(self, points: Points, head_weight: Points | float = 1.0) -> Points:
        """Carry points of the unstyled head (n, 3) to where they lie on this body."""
        w = np.broadcast_to(np.asarray(head_weight, np.float64), (len(points),))
        return warp_head(points, w, self.frame, self.style) * self.scale + self.drop


def build_body(template: Template, shape: Shape, style: Style) -> Body:
    """Return the body for shape parameters and style dials (deterministic, about 0.2 s).

    Raises
    ------
    InputRefused
        A shape parameter is out of its range or unknown.
    """
    raw = shape_vertices(template, shape)
    raw[:, 1] -= raw[:BODY_COUNT, 1].min()
    weights = template.weights.astype(np.float64)
    joints = template.joints.astype(np.int64)
    # Eyes and jaw are moved by shapes, so their skin hangs on the head bone.
    joints[np.isin(joints, [BONE_INDEX[n] for n in HEAD_BONES])] = BONE_INDEX["head"]
    bones = raw[template.joint_cubes].mean(1)
    raw, bones = _slim(raw, bones, joints, weights, style)

    raw = _seal_lips(template, raw)
    head_weight = _sum_weight(joints, weights, HEAD_BONES)
    frame = _head_frame(template, raw, bones)
    styled = warp_head(raw, head_weight, frame, style)
    bone_head = np.array([_bone_head_weight(name) for name in POINT_NAMES])
    bones = warp_head(bones, bone_head, frame, style)

    turns = t_pose_rotations(bones)
    after = pose_joints(bones, turns)
    posed = unpose(styled, joints, weights, bones[:BONE_COUNT], after, turns)
    if style.heads > 0.0:
        posed, after = _fit_heads(posed, after, head_weight, style.heads)

    low, high = posed[:BODY_COUNT, 1].min(), posed[:BODY_COUNT, 1].max()
    scale = shape.height / (high - low)
    drop = np.array([0.0, -low * scale, 0.0])
    positions = posed * scale + drop
    after = after * scale + drop
    centre, radius = _head_sphere(positions, head_weight)
    return Body(
        template, shape, style, positions, vertex_normals(positions, template.corners),
        joints, weights, _nodes(after), head_weight,
        find_landmarks(template, positions, after, centre, radius),
        centre, radius, scale, frame, raw, drop,
    )  # fmt: skip


def vertex_normals(points: Points, triangles: NDArray[np.integer]) -> Points:
    """Return area-weighted unit vertex normals (v, 3); unused vertices get +Z."""
    a, b, c = (points[triangles[:, i]] for i in range(3))
    face = np.cross(b - a, c - a)
    out = np.zeros_like(points)
    for axis in range(3):
        for corner in range(3):
            out[:, axis] += np.bincount(
                triangles[:, corner], face[:, axis], minlength=len(points)
            )
    length = np.linalg.norm(out, axis=1, keepdims=True)
    return np.where(length > 1e-14, out / np.maximum(length, 1e-14), [0.0, 0.0, 1.0])


def find_landmarks(
    template: Template, positions: Points, bones: Points, centre: Points, radius: float
) -> dict[str, Points]:
    """Return named places on the finished body, model space, metres.

    Eyes (``leftEye`` … the lid centre at the front), ``nose_tip``, ``nose_base``,
    ``lips``, ``lip_upper``, ``lip_lower``, ``chin``, ``menton``, ``head_top``,
    ``head_centre``, ``head_back``, ``leftEar``/``rightEar``, ``neck_front``,
    ``neck_back``, ``waist``, ``crotch``, and every bone by its name.
    """
    out = {name: bones[i] for i, name in enumerate(HUMANOID_BONES)}
    for side, k in (("left", "l"), ("right", "r")):
        rows = np.unique(
            np.concatenate([template.faces(f"helper-{k}-eyelashes-{i}") for i in (1, 2)])
        )
        box = positions[rows]
        mean = 0.5 * (box.min(0) + box.max(0))
        out[f"{side}EyeFront"] = np.array([mean[0], mean[1], box[:, 2].max()])
    for name, row in (
        ("nose_tip", _NOSE_TIP), ("nose_base", _NOSE_BASE), ("lip_upper", _LIP_UPPER),
        ("lip_lower", _LIP_LOWER), ("chin", _CHIN), ("menton", _MENTON), ("head_top", _TOP),
    ):  # fmt: skip
        out[name] = positions[row]
    out["lips"] = 0.5 * (out["lip_upper"] + out["lip_lower"])
    skin = positions[:BODY_COUNT]
    head = skin[skin[:, 1] > out["menton"][1]]
    out["head_top"] = head[head[:, 1].argmax()]
    out["head_back"] = head[head[:, 2].argmin()]
    level = np.abs(head[:, 1] - out["leftEyeFront"][1]) < 0.04
    ear = head[level][head[level][:, 0].argmax()]
    out["leftEar"], out["rightEar"] = ear, ear * [-1.0, 1.0, 1.0]
    out["head_centre"] = centre
    ring_y = 0.5 * (bones[BONE_INDEX["neck"]][1] + out["menton"][1])
    ring = skin[(np.abs(skin[:, 1] - ring_y) < 0.012) & (np.abs(skin[:, 0]) < 0.03)]
    out["neck_front"], out["neck_back"] = ring[ring[:, 2].argmax()], ring[ring[:, 2].argmin()]
    out["waist"] = bones[BONE_INDEX["spine"]] + [0.0, 0.25 * radius, 0.0]
    middle = skin[(np.abs(skin[:, 0]) < 0.01) & (skin[:, 1] < bones[0][1])]
    out["crotch"] = middle[middle[:, 1].argmin()]
    return out


def _sum_weight(joints: NDArray[np.int64], weights: Points, names: tuple[str, ...]) -> Points:
    wanted = np.zeros(BONE_COUNT)
    wanted[[BONE_INDEX[n] for n in names]] = 1.0
    return (weights * wanted[joints]).sum(1)


def _bone_head_weight(name: str) -> float:
    if name in HEAD_BONES:
        return 1.0
    return 0.0


def _seal_lips(template: Template, raw: Points) -> Points:
    """Return vertices with the lips touching along the lip line (the data leave 0.7 mm)."""
    loops = face_loops(template)
    upper, lower = raw[loops.upper_lip], raw[loops.lower_lip]
    out = raw.copy()
    for rows, other in ((loops.upper_lip, lower), (loops.lower_lip, upper)):
        for axis in (1, 2):
            level = np.interp(raw[rows, 0], other[:, 0], other[:, axis])
            out[rows, axis] = 0.5 * (raw[rows, axis] + level)
    return out


def _slim(
    raw: Points, bones: Points, joints: NDArray[np.int64], weights: Points, style: Style
) -> tuple[Points, Points]:
    """Return vertices and joints with slimmer limbs, hands and trunk."""
    out = raw
    for side in ("left", "right"):
        for names, ends, factor in (
            (("UpperArm", "LowerArm"), ("UpperArm", "LowerArm", "Hand"), style.limb),
            (("UpperLeg", "LowerLeg"), ("UpperLeg", "LowerLeg", "Foot"), style.leg),
        ):
            weight = _sum_weight(joints, weights, tuple(side + n for n in names))
            axis = np.array([bones[_AT[side + n]] for n in ends])
            out = slim_limb(out, weight, axis, factor)
    low = bones[_AT["leftUpperLeg"]][1] - 0.25
    high = bones[_AT["hips"]][1]
    body = 1.0 - _sum_weight(joints, weights, HEAD_BONES)
    out = slim_torso(out, body, low, high, style.torso, 0.02)
    no_head = np.array([1.0 - _bone_head_weight(n) for n in POINT_NAMES])
    bones = slim_torso(bones, no_head, low, high, style.torso, 0.02)
    chest, joint = bones[_AT["chest"]][1], bones[_AT["leftUpperArm"]].copy()
    arm = _sum_weight(joints, weights, _ARM_BONES)
    arm_bone = np.array([float(_of_arm(n)) for n in POINT_NAMES])
    out = draw_shoulders(out, arm, body, chest, joint, style.shoulder)
    bones = draw_shoulders(bones, arm_bone, no_head, chest, joint, style.shoulder)
    return _scale_hands(out, bones, joints, weights, style)


def _fit_heads(
    posed: Points, bones: Points, head_weight: Points, heads: float
) -> tuple[Points, Points]:
    """Return T-pose vertices and joints with a body that makes the figure ``heads`` tall.

    The head keeps its size; what is below its joint is made longer or shorter, and wider
    or narrower by less.
    """
    joint = bones[BONE_INDEX["head"]]
    low, chin, top = posed[:BODY_COUNT, 1].min(), posed[_MENTON, 1], posed[:BODY_COUNT, 1].max()
    tall = (joint[1] - chin + (heads - 1.0) * (top - chin)) / (joint[1] - low)
    wide = tall**_WIDTH_SHARE
    free = (1.0 - head_weight)[:, None]
    loose = np.array([0.0 if n in HEAD_BONES else 1.0 for n in HUMANOID_BONES])[:, None]
    level = _chibi_levels(bones, low, chibi_share(heads))
    factor = np.array([wide, tall, wide])

    def moved(points: Points) -> Points:
        away = points - joint
        away[:, 1] = level(points[:, 1]) - joint[1]
        return joint + away * factor

    return posed + (moved(posed) - posed) * free, bones + (moved(bones) - bones) * loose


_CHIBI_SHARES = (0.46, 0.92, 1.0)
"""Heights of crotch, shoulders and neck of a chibi over that of its head joint."""


def _chibi_levels(bones: Points, low: float, share: float) -> Callable[[Points], Points]:
    """Return the map of heights that gives a small figure short legs and hardly a neck."""
    from scipy.interpolate import PchipInterpolator

    top = float(bones[BONE_INDEX["head"]][1])
    own = np.array([bones[BONE_INDEX[n]][1] for n in ("leftUpperLeg", "leftUpperArm", "head")])
    goal = low + np.array(_CHIBI_SHARES) * (top - low)
    knots = np.concatenate([[low - 0.5, low], own, [top + 0.5]])
    after = np.concatenate([[low - 0.5, low], own + share * (goal - own), [top + 0.5]])
    curve = PchipInterpolator(knots, after)

    def level(y: Points) -> Points:
        inside: Points = curve(np.clip(y, knots[0], knots[-1]))
        return inside if share > 0.0 else y

    return level


def _scale_hands(
    raw: Points, bones: Points, joints: NDArray[np.int64], weights: Points, style: Style
) -> tuple[Points, Points]:
    out, bones = raw.copy(), bones.copy()
    for side in ("left", "right"):
        rows = [i for i, n in enumerate(POINT_NAMES) if n.startswith(side) and any(
            f in n for f in ("Thumb", "Index", "Middle", "Ring", "Little"))]  # fmt: skip
        names = tuple(POINT_NAMES[i] for i in rows if i < BONE_COUNT)
        weight = _sum_weight(joints, weights, (f"{side}Hand", *names))[:, None]
        wrist = bones[_AT[f"{side}Hand"]]
        out += (out - wrist) * (style.hand - 1.0) * weight
        bones[rows] += (bones[rows] - wrist) * (style.hand - 1.0)
    return out, bones


def _head_frame(template: Template, raw: Points, bones: Points) -> HeadFrame:
    loops = face_loops(template)
    centres = []
    for side in (0, 1):
        rim = raw[np.concatenate([loops.upper_lid[side], loops.lower_lid[side]])]
        centres.append(0.5 * (rim.min(0) + rim.max(0)))
    rim = raw[np.concatenate([loops.upper_lid[0], loops.lower_lid[0]])]
    half = 0.5 * np.ptp(rim, axis=0)
    inner, outer = raw[loops.upper_lid[0][0]], raw[loops.upper_lid[0][-1]]
    return HeadFrame(
        eyes=(centres[0], centres[1]),
        eye_half=(float(half[0]), float(half[1])),
        eye_slope=float((outer[1] - inner[1]) / (outer[0] - inner[0])),
        nose_base=raw[_NOSE_BASE],
        lips=0.5 * (raw[_LIP_UPPER] + raw[_LIP_LOWER]),
        mouth_half=0.5 * float(np.ptp(raw[loops.upper_lip, 0])),
        menton=raw[_MENTON],
        top=raw[_TOP],
        ear=_ear(raw),
        pivot=bones[_AT["head"]],
        neck=0.5 * (bones[_AT["neck"]] + bones[_AT["head"]]),
    )


def _ear(raw: Points) -> Points:
    """Return the middle of the left ear: what stands out beside the skull."""
    low, high = raw[_MENTON, 1], raw[_TOP, 1]
    skin = raw[:BODY_COUNT]
    side = skin[(skin[:, 1] > low + 0.25 * (high - low)) & (skin[:, 0] > 0.0)]
    out = side[side[:, 0] > 0.86 * side[:, 0].max()]
    middle: Points = 0.5 * (out.min(0) + out.max(0))
    return middle


def _head_sphere(positions: Points, head_weight: Points) -> tuple[Points, float]:
    """Return centre and radius of the sphere around the skull above the chin."""
    skull = positions[:BODY_COUNT][head_weight[:BODY_COUNT] > 0.9]
    low, high = positions[_MENTON], skull.max(0)
    back = skull[:, 2].min()
    centre = np.array([0.0, 0.5 * (low[1] + high[1]), 0.5 * (low[2] + back)])
    radius = 0.5 * (high[1] - low[1])
    return centre, float(radius)


def _nodes(bones: Points) -> list[Node]:
    nodes = []
    for i, name in enumerate(HUMANOID_BONES):
        parent = int(BONE_PARENTS[i])
        at = bones[i] - (bones[parent] if parent >= 0 else 0.0)
        nodes.append(Node(name, parent, (float(at[0]), float(at[1]), float(at[2]))))
    return nodes
