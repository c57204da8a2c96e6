"""Reads the animation of any skinned glTF: joints as nodes, keys brought to frames."""

from __future__ import annotations

import numpy as np

from cyberdirector.core.rotations import Array, quat_from_matrix, quat_multiply, quat_normalize
from cyberdirector.core.skeleton import BONE_COUNT, HUMANOID_BONES
from cyberdirector.core.time import Rate
from cyberdirector.formats._vrma_reader import Track, length_of, sample_track, tracks_of
from cyberdirector.formats.armature import (
    MAX_MOTION_JOINTS,
    MAX_MOTION_VALUES,
    Armature,
    ArmatureMotion,
    rate_of_seconds,
)
from cyberdirector.formats.gltf._view import refuse
from cyberdirector.formats.gltf.document import Gltf, parse_gltf
from cyberdirector.formats.gltf.nodes import HALF_TURN, local_matrix
from cyberdirector.formats.vrm import version0

_HALF = np.array([0.0, 1.0, 0.0, 0.0])
_DEFAULT = Rate(30)


def _rate(tracks: dict[tuple[int, str], Track]) -> Rate:
    """Return the rate of the densest keys; 30 where that is no frame rate."""
    gaps = [float(np.median(np.diff(t.times))) for t in tracks.values() if len(t.times) > 2]
    usual = [gap for gap in gaps if 1.0 / 250.0 < gap < 1.0 / 7.0]
    return rate_of_seconds(min(usual)) if usual else _DEFAULT


def _humanoid(gltf: Gltf, table: dict[int, int]) -> tuple[dict[str, int], bool]:
    """Return VRM bone → joint as the file says, and whether it is a VRM 0.x."""
    vrm = gltf.root.extension("VRMC_vrm")
    if vrm is not None:
        humans = vrm.view("humanoid").view("humanBones")
        nodes = {
            name: humans.view(name).index("node", len(gltf.nodes))
            for name in HUMANOID_BONES
            if name in humans
        }
        return {name: table[n] for name, n in nodes.items() if n in table}, False
    if gltf.root.extension("VRM") is not None:
        found = version0.bones(gltf)
        return {name: table[n] for name, n in found.items() if n in table}, True
    return {}, False


def _joints(gltf: Gltf) -> list[int]:
    """Return the nodes that matter: all but meshes at the ends, parents first."""
    skip = {i for i in gltf.order if "mesh" in gltf.nodes[i] or "camera" in gltf.nodes[i]}
    above = {gltf.parents[i] for i in gltf.order if i not in skip}
    out = [i for i in gltf.order if i not in skip or i in above]
    if len(out) > MAX_MOTION_JOINTS:
        raise refuse(
            "motion-joints",
            f"节点超过 {MAX_MOTION_JOINTS} 个，请只导出角色。",
            f"more than {MAX_MOTION_JOINTS} nodes; export the character only.",
            gltf.file,
            "/nodes",
        )
    return out


def _scale(matrix: Array) -> float:
    return float(np.cbrt(abs(np.linalg.det(matrix[:3, :3]))))


def _armature(gltf: Gltf, order: list[int], turn: bool) -> tuple[Armature, list[float]]:
    """Return the joints at rest and the scale of each joint's parent space."""
    table = {node: j for j, node in enumerate(order)}
    offsets, turns = np.zeros((len(order), 3)), np.zeros((len(order), 4))
    parents = np.full(len(order), -1, np.int32)
    scales: list[float] = []
    inner: list[float] = []
    for j, node in enumerate(order):
        parents[j] = table.get(gltf.parents[node], -1)
        local = local_matrix(gltf.nodes[node])
        if parents[j] < 0 and turn:
            local = HALF_TURN @ local
        outer = inner[parents[j]] if parents[j] >= 0 else 1.0
        scales.append(outer)
        inner.append(outer * _scale(local))
        offsets[j] = local[:3, 3] * outer
        turns[j] = quat_from_matrix(local[:3, :3] / max(_scale(local), 1e-9))
    names = tuple(gltf.nodes[node].text("name", f"node{node}") for node in order)
    return Armature(names, parents, offsets, quat_normalize(turns)), scales


def _weights(gltf: Gltf, rate: Rate, frames: int) -> dict[str, Array]:
    """Return the animated shapes by name."""
    out: dict[str, Array] = {}
    for (node, path), track in tracks_of(gltf, ("weights",)).items():
        mesh = gltf.nodes[node].optional_index("mesh", len(gltf.meshes))
        if path != "weights" or mesh is None:
            continue
        extras = gltf.meshes[mesh].raw("extras")
        names = extras.get("targetNames") if isinstance(extras, dict) else None
        shown = sample_track(track, rate, frames).astype(np.float64)
        if isinstance(names, list) and len(names) == shown.shape[1]:
            for k, name in enumerate(names):
                out.setdefault(str(name), shown[:, k])
    return out


def parse_glb_motion(data: bytes, file: str = "", rate: Rate | None = None) -> ArmatureMotion:
    """Return the first animation of a glTF binary as joints in motion.

    Parameters
    ----------
    data
        A GLB or VRM with an animation.
    rate
        Frames per second wanted; None takes that of the densest keys.

    Raises
    ------
    InputRefused
        Damaged files, ``motion-none`` without animation, ``motion-joints``,
        ``clip-too-long``.
    """
    gltf = parse_gltf(data, file)
    tracks = tracks_of(gltf, ("rotation", "translation"))
    order = _joints(gltf)
    table = {node: j for j, node in enumerate(order)}
    tracks = {key: track for key, track in tracks.items() if key[0] in table}
    if not tracks:
        raise refuse(
            "motion-none",
            "文件里没有骨骼动画，请连同动画一起导出。",
            "the file holds no animation of joints; export it with the animation.",
            file,
            "/animations",
        )
    wanted = rate or _rate(tracks)
    frames = length_of(tracks, wanted, gltf)
    if frames * len(order) * 4 > MAX_MOTION_VALUES * 2:
        raise refuse(
            "motion-too-long",
            "动作太长，请分段导出。",
            "the motion is too long; export it in parts.",
            file,
            "/animations/0",
        )
    gltf.spend(frames * (len(order) * 64 + BONE_COUNT * 32), "/animations/0")
    humanoid, old = _humanoid(gltf, table)
    armature, scales = _armature(gltf, order, old)
    rotations = np.repeat(armature.turns[None], frames, axis=0)
    moves: dict[int, Array] = {}
    for (node, path), track in tracks.items():
        j = table[node]
        values = sample_track(track, wanted, frames).astype(np.float64)
        first = old and armature.parents[j] < 0
        if path == "rotation":
            turns = quat_normalize(values)
            rotations[:, j] = quat_multiply(_HALF, turns) if first else turns
        elif float(np.abs(values * scales[j] - armature.offsets[j]).max()) > 1e-7:
            way = values * [-1.0, 1.0, -1.0] if first else values
            moves[j] = way * scales[j]
    return ArmatureMotion(
        armature, wanted, rotations, moves, 1.0, 1, humanoid, _weights(gltf, wanted, frames)
    )
