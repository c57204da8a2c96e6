"""Motion clips as BVH (Biovision hierarchy): what every motion tool reads.

Centimetres and degrees; each joint has the channels Z, X, Y, so its turn is Rz · Rx · Ry. The
face is not part of the format.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.clip import Clip
from cyberdirector.core.files import write_bytes
from cyberdirector.core.rotations import quat_to_matrix
from cyberdirector.core.skeleton import BONE_COUNT, BONE_PARENTS, HUMANOID_BONES, Rest

_CM = 100.0
_TIP = 4.0
"""Length of the last joint of a limb, which has no bone after it, in centimetres."""

Floats = NDArray[np.float64]


def euler_zxy(turns: NDArray[np.floating]) -> Floats:
    """Return angles (..., 3) about z, x, y in radians, so that R = Rz · Rx · Ry.

    Parameters
    ----------
    turns
        (..., 4) unit quaternions xyzw.

    Notes
    -----
    Where x is a right angle, z and y turn about one axis: y is set to 0.
    """
    m = quat_to_matrix(turns)
    x = np.arctan2(m[..., 2, 1], np.hypot(m[..., 0, 1], m[..., 1, 1]))
    locked = np.abs(m[..., 2, 1]) > 1.0 - 1e-9
    free_z = np.arctan2(-m[..., 0, 1], m[..., 1, 1])
    z = np.where(locked, np.arctan2(m[..., 1, 0], m[..., 0, 0]), free_z)
    y = np.where(locked, 0.0, np.arctan2(-m[..., 2, 0], m[..., 2, 2]))
    return np.stack([z, x, y], axis=-1)


def _children(rest: Rest) -> dict[int, list[int]]:
    """Return the present bones under each bone; an absent one hands its children up."""
    out: dict[int, list[int]] = {i: [] for i in range(BONE_COUNT)}
    for bone in range(1, BONE_COUNT):
        if rest.present[bone]:
            out[_holder(rest, bone)].append(bone)
    return out


def _holder(rest: Rest, bone: int) -> int:
    """Return the nearest present bone above a bone."""
    parent = int(BONE_PARENTS[bone])
    while not rest.present[parent]:
        parent = int(BONE_PARENTS[parent])
    return parent


def _offset(rest: Rest, bone: int) -> Floats:
    points = rest.positions().astype(np.float64)
    return _CM * (points[bone] - points[_holder(rest, bone)])


def _joint(
    rest: Rest, bone: int, below: dict[int, list[int]], depth: int, lines: list[str]
) -> list[int]:
    """Write a joint and what hangs on it; return the bones in the order of their channels."""
    pad = "\t" * depth
    x, y, z = _CM * rest.offsets[0].astype(np.float64) if bone == 0 else _offset(rest, bone)
    head = "ROOT" if bone == 0 else "JOINT"
    moved = "6 Xposition Yposition Zposition" if bone == 0 else "3"
    lines += [
        f"{pad}{head} {HUMANOID_BONES[bone]}", f"{pad}{{",
        f"{pad}\tOFFSET {x:.6f} {y:.6f} {z:.6f}",
        f"{pad}\tCHANNELS {moved} Zrotation Xrotation Yrotation",
    ]  # fmt: skip
    order = [bone]
    for child in below[bone]:
        order += _joint(rest, child, below, depth + 1, lines)
    if not below[bone]:
        own = _offset(rest, bone) if bone else np.array([0.0, 1.0, 0.0])
        tip = _TIP * own / max(float(np.linalg.norm(own)), 1e-6)
        lines += [
            f"{pad}\tEnd Site", f"{pad}\t{{",
            f"{pad}\t\tOFFSET {tip[0]:.6f} {tip[1]:.6f} {tip[2]:.6f}", f"{pad}\t}}",
        ]  # fmt: skip
    lines.append(f"{pad}}}")
    return order


def bvh_text(clip: Clip, rest: Rest) -> str:
    """Return the BVH file of a clip.

    Parameters
    ----------
    clip
        Rotations local to the parent, rest pose = T-pose.
    rest
        Rest pose of the body; absent bones are left out, and their turn with them.
    """
    lines = ["HIERARCHY"]
    order = _joint(rest, 0, _children(rest), 0, lines)
    angles = np.degrees(euler_zxy(clip.rotations[:, order].astype(np.float64)))
    # The channels of the root are places; its offset is where it rests.
    rows = np.concatenate(
        [_CM * clip.root.astype(np.float64), angles.reshape(clip.frames, -1)], axis=1
    )
    lines += ["MOTION", f"Frames: {clip.frames}", f"Frame Time: {1.0 / clip.rate.fps:.8f}"]
    lines += [" ".join(f"{value:.6f}" for value in row) for row in rows]
    return "\n".join(lines) + "\n"


def write_bvh(path: Path, clip: Clip, rest: Rest) -> None:
    """Write a clip as BVH; nothing is left behind when it fails."""
    write_bytes(path, bvh_text(clip, rest).encode("ascii"))
