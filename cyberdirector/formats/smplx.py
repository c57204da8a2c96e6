"""SMPL-X, SMPL-H and SMPL motion (``.npz`` as in AMASS): rotations of their joints.

Only numbers are read: the body models themselves (and the ``smplx`` package) have licences
that forbid commercial use, so nothing here needs them. Where the user has a model file, the
joints of their body come from it.
"""

from __future__ import annotations

import io
import zipfile

import numpy as np

from cyberdirector.core.errors import InputRefused, Location
from cyberdirector.core.rotations import Array, quat_exp
from cyberdirector.core.time import Rate
from cyberdirector.formats.armature import (
    MAX_MOTION_VALUES,
    Armature,
    ArmatureMotion,
    rate_of_seconds,
)

_MAX_UNPACKED = 1 << 30
"""Bytes of all arrays of one file; SMPL-X with 400 shape directions has 600 MB."""

_BODY = (
    "pelvis left_hip right_hip spine1 left_knee right_knee spine2 left_ankle right_ankle "
    "spine3 left_foot right_foot neck left_collar right_collar head left_shoulder "
    "right_shoulder left_elbow right_elbow left_wrist right_wrist"
).split()
_FACE = ["jaw", "left_eye", "right_eye"]
_HAND = [f"{f}{i}" for f in ("index", "middle", "pinky", "ring", "thumb") for i in (1, 2, 3)]
_HANDS = [f"{side}_{joint}" for side in ("left", "right") for joint in _HAND]

JOINTS: tuple[str, ...] = (*_BODY, *_FACE, *_HANDS)
"""The 55 joints of SMPL-X in the order of its poses."""

_LAYOUTS = {
    165: JOINTS,
    156: (*_BODY, *_HANDS),
    72: (*_BODY, "left_hand", "right_hand"),
    66: tuple(_BODY),
    63: tuple(_BODY[1:]),
}
"""Joints by the number of columns of ``poses``: SMPL-X, SMPL-H, SMPL, bodies alone."""

_PARENT = {
    "left_hip": "pelvis", "right_hip": "pelvis", "spine1": "pelvis", "left_knee": "left_hip",
    "right_knee": "right_hip", "spine2": "spine1", "left_ankle": "left_knee",
    "right_ankle": "right_knee", "spine3": "spine2", "left_foot": "left_ankle",
    "right_foot": "right_ankle", "neck": "spine3", "left_collar": "spine3",
    "right_collar": "spine3", "head": "neck", "left_shoulder": "left_collar",
    "right_shoulder": "right_collar", "left_elbow": "left_shoulder",
    "right_elbow": "right_shoulder", "left_wrist": "left_elbow",
    "right_wrist": "right_elbow", "jaw": "head", "left_eye": "head", "right_eye": "head",
}  # fmt: skip

_TRUNK = {
    "pelvis": "hips", "spine1": "spine", "spine2": "chest", "spine3": "upperChest",
    "neck": "neck", "head": "head", "jaw": "jaw",
}  # fmt: skip
_PARTS = {
    "hip": "UpperLeg", "knee": "LowerLeg", "ankle": "Foot", "foot": "Toes",
    "collar": "Shoulder", "shoulder": "UpperArm", "elbow": "LowerArm", "wrist": "Hand",
    "eye": "Eye",
}  # fmt: skip
_FINGER = {"1": "Proximal", "2": "Intermediate", "3": "Distal"}
_THUMB = {"1": "Metacarpal", "2": "Proximal", "3": "Distal"}


def vrm_bone(joint: str) -> str:
    """Return the VRM bone of a joint of SMPL-X."""
    if joint in _TRUNK:
        return _TRUNK[joint]
    side, part = joint.split("_")
    if part in _PARTS:
        return side + _PARTS[part]
    finger = part[:-1].replace("pinky", "little").capitalize()
    return side + finger + (_THUMB if finger == "Thumb" else _FINGER)[part[-1]]


def _parent(joint: str) -> str:
    if joint in _PARENT:
        return _PARENT[joint]
    side, part = joint.split("_")
    return f"{side}_wrist" if part[-1] == "1" else f"{side}_{part[:-1]}{int(part[-1]) - 1}"


PARENTS: tuple[int, ...] = tuple(
    -1 if joint == "pelvis" else JOINTS.index(_parent(joint)) for joint in JOINTS
)
"""Parent of each joint."""


def _refuse(code: str, zh: str, en: str, file: str) -> InputRefused:
    return InputRefused(code, zh, en, Location(file=file))


def _arrays(data: bytes, file: str) -> dict[str, np.ndarray]:
    """Return the plain arrays of an ``.npz``; pickled objects are left out, never opened."""
    out: dict[str, np.ndarray] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(item.file_size for item in archive.infolist()) > _MAX_UNPACKED:
                raise _refuse(
                    "npz-too-large",
                    f"解压后超过 {_MAX_UNPACKED >> 20} MiB，已拒绝。",
                    f"it unpacks to more than {_MAX_UNPACKED >> 20} MiB and is refused.",
                    file,
                )
        with np.load(io.BytesIO(data), allow_pickle=False) as found:
            for name in found.files:
                try:
                    out[name] = found[name]
                except ValueError:
                    continue
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, KeyError) as error:
        raise _refuse(
            "npz-unreadable",
            "不是完整的 .npz 文件，请重新导出。",
            "not a complete .npz file; export it again.",
            file,
        ) from error
    return out


def _numbers(arrays: dict[str, np.ndarray], name: str, file: str) -> Array | None:
    value = arrays.get(name)
    if value is None or value.dtype.kind not in "fiu":
        return None
    if value.size > MAX_MOTION_VALUES or not np.isfinite(value).all():
        raise _refuse(
            "npz-values",
            f"“{name}”含有非有限数或过长，请重新导出。",
            f"'{name}' is too long or holds numbers that are not finite; export it again.",
            file,
        )
    return np.asarray(value, dtype=np.float64)


def _poses(arrays: dict[str, np.ndarray], file: str) -> tuple[Array, tuple[str, ...]]:
    """Return rotation vectors (n, joints, 3) and the joints that they turn."""
    table = _numbers(arrays, "poses", file)
    if table is None:
        parts = [_numbers(arrays, n, file) for n in ("root_orient", "pose_body")]
        extra = [_numbers(arrays, n, file) for n in ("pose_jaw", "pose_eye", "pose_hand")]
        rows = [p for p in (*parts, *(extra if all(e is not None for e in extra) else ())) if
                p is not None]  # fmt: skip
        if parts[0] is not None and len({len(r) for r in rows}) == 1:
            table = np.concatenate([r.reshape(len(r), -1) for r in rows], axis=1)
    if table is not None:
        table = table.reshape(len(table), -1) if table.ndim > 1 else table[None]
    if table is None or table.shape[1] not in _LAYOUTS or not len(table):
        raise _refuse(
            "smplx-poses",
            "npz 里没有 SMPL 的姿势（poses，每帧 165、156、72 或 66 个数）。",
            "the npz holds no poses of SMPL (poses with 165, 156, 72 or 66 numbers a frame).",
            file,
        )
    return table.reshape(len(table), -1, 3), _LAYOUTS[table.shape[1]]


def _rate(arrays: dict[str, np.ndarray], file: str) -> Rate:
    for name in ("mocap_framerate", "mocap_frame_rate", "fps", "frame_rate"):
        value = _numbers(arrays, name, file)
        if value is not None and value.size == 1 and 1.0 <= float(value.ravel()[0]) <= 1000.0:
            return rate_of_seconds(1.0 / float(value.ravel()[0]))
    return Rate(30)


def model_joints(model: bytes, betas: Array | None, file: str = "") -> Array:
    """Return the joints (55, 3), metres, of a body of an SMPL-X model file, soles at y = 0.

    Parameters
    ----------
    model
        The ``.npz`` of the model: ``v_template``, ``J_regressor``, ``shapedirs``.
    betas
        (k,) shape of the body, or None for the mean body.

    Raises
    ------
    InputRefused
        ``smplx-model`` when the arrays are not those of such a model.
    """
    arrays = _arrays(model, file)
    vertices = _numbers(arrays, "v_template", file)
    regressor = _numbers(arrays, "J_regressor", file)
    shapes = _numbers(arrays, "shapedirs", file)
    if (
        vertices is None
        or regressor is None
        or vertices.ndim != 2
        or regressor.shape[1:] != (len(vertices),)
        or len(regressor) < len(_BODY)
    ):
        raise _refuse(
            "smplx-model",
            "这不是 SMPL-X 模型文件（缺少 v_template 或 J_regressor）。",
            "this is no SMPL-X model file (v_template or J_regressor is missing).",
            file,
        )
    if betas is not None and shapes is not None and shapes.shape[:2] == vertices.shape:
        count = min(len(betas), shapes.shape[2])
        vertices = vertices + shapes[..., :count] @ betas[:count]
    joints = regressor @ vertices
    joints[:, 1] -= vertices[:, 1].min()
    out = np.zeros((len(JOINTS), 3))
    out[: min(len(joints), len(JOINTS))] = joints[: len(JOINTS)]
    return out


def parse_smplx(
    data: bytes, usual: Array, file: str = "", model: bytes | None = None
) -> ArmatureMotion:
    """Return the motion of an SMPL-X, SMPL-H or SMPL ``.npz``.

    Parameters
    ----------
    data
        The file: ``poses`` (or ``root_orient``, ``pose_body`` …), ``trans``, ``betas``, the
        frame rate.
    usual
        (55, 3) joints of a body in T-pose, metres, used without a model file.
    model
        The user's own model file, see :func:`model_joints`.

    Raises
    ------
    InputRefused
        ``npz-unreadable``, ``npz-too-large``, ``npz-values``, ``smplx-poses``,
        ``smplx-model``.
    """
    arrays = _arrays(data, file)
    poses, names = _poses(arrays, file)
    betas = _numbers(arrays, "betas", file)
    flat = None if betas is None else betas.reshape(-1)[:400]
    places = usual if model is None else model_joints(model, flat, file)
    trans = _numbers(arrays, "trans", file)
    if trans is None or trans.shape != (len(poses), 3):
        trans = np.zeros((len(poses), 3))
    rotations = np.zeros((len(poses), len(JOINTS), 4))
    rotations[..., 3] = 1.0
    for k, name in enumerate(names):
        if name in JOINTS:
            rotations[:, JOINTS.index(name)] = quat_exp(poses[:, k])
    offsets = places.copy()
    for j, parent in enumerate(PARENTS):
        if parent >= 0:
            offsets[j] = places[j] - places[parent]
    turns = np.zeros((len(JOINTS), 4))
    turns[:, 3] = 1.0
    armature = Armature(JOINTS, np.array(PARENTS, np.int32), offsets, turns)
    bare = model is None and set(names) >= set(_BODY)
    notes = ("no model file: the body has usual proportions",) if bare else ()
    return ArmatureMotion(
        armature, _rate(arrays, file), rotations, {0: trans + places[0]}, 1.0, None,
        {vrm_bone(joint): j for j, joint in enumerate(JOINTS)}, notes=notes,
    )  # fmt: skip
