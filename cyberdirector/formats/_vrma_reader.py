"""Reads VRM animations of any program into a clip (normalised pose)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.clip import Clip
from cyberdirector.core.face import ARKIT_INDEX, SHAPE_COUNT, SIGNS
from cyberdirector.core.limits import MAX_CLIP_FRAMES
from cyberdirector.core.rotations import (
    quat_conjugate,
    quat_from_matrix,
    quat_multiply,
    quat_normalize,
    quat_rotate,
    quat_slerp,
)
from cyberdirector.core.skeleton import (
    BONE_COUNT,
    BONE_INDEX,
    BONE_PARENTS,
    HUMANOID_BONES,
    Rest,
)
from cyberdirector.core.time import Rate
from cyberdirector.formats.gltf import accessors
from cyberdirector.formats.gltf._view import View, refuse
from cyberdirector.formats.gltf.document import Gltf
from cyberdirector.formats.gltf.nodes import global_matrices
from cyberdirector.formats.vrm.arkit import PRESET_MIX, arkit_name

SCHEMA = "cyberdirector.clip"
VERSION = 1
_DEFAULT_RATE = Rate(30)
_EYES = ("leftEye", "rightEye")
_ON_GRID = 1e-3
"""A key this near to a frame (in frames) stands on it."""

Floats = NDArray[np.float32]


@dataclass
class Track:
    """Keys of one channel: times in seconds, rising; values (keys, width)."""

    times: NDArray[np.float64]
    values: Floats
    mode: str
    turns: bool = False
    """Whether the values are quaternions."""


def _width(gltf: Gltf, path: str, keys: int, per_key: int, at: int) -> int:
    """Return numbers per key of a channel; weights have one per shape, stored as scalars."""
    if path == "weights":
        return max(1, accessors.shape_of(gltf, at).count // max(keys * per_key, 1))
    return 4 if path == "rotation" else 3


def tracks_of(
    gltf: Gltf, paths: tuple[str, ...] = ("rotation", "translation")
) -> dict[tuple[int, str], Track]:
    """Return the channels of the first animation by node and path."""
    animations = gltf.root.views("animations", 4096)
    if not animations:
        return {}
    samplers = animations[0].views("samplers")
    out: dict[tuple[int, str], Track] = {}
    for channel in animations[0].views("channels"):
        target = channel.view("target")
        node = target.optional_index("node", len(gltf.nodes))
        path = target.text("path")
        if node is None or path not in paths:
            continue
        sampler = samplers[channel.index("sampler", len(samplers))]
        mode = sampler.choice("interpolation", ("LINEAR", "STEP", "CUBICSPLINE"), "LINEAR")
        at = sampler.index("input", len(gltf.accessors))
        times = accessors.floats(gltf, at, 1)[:, 0].astype(np.float64)
        if bool((np.diff(times) <= 0.0).any()) or times[0] < 0.0:
            raise sampler.bad("input", "rising times")
        at = sampler.index("output", len(gltf.accessors))
        per_key = 3 if mode == "CUBICSPLINE" else 1
        width = _width(gltf, path, len(times), per_key, at)
        values = accessors.floats(gltf, at, 1 if path == "weights" else width)
        if values.size != len(times) * per_key * width:
            raise sampler.bad("output", f"{len(times) * per_key} values")
        values = values.reshape(-1, width)
        out[(node, path)] = Track(times, values, mode, path == "rotation")
    return out


def _cubic(track: Track, t: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return cubic Hermite values at ``t`` seconds (glTF 2.0, appendix C)."""
    keys = track.values.reshape(len(track.times), 3, -1).astype(np.float64)
    if len(track.times) == 1:
        return np.repeat(keys[:1, 1], len(t), axis=0)
    at = np.clip(np.searchsorted(track.times, t, "right") - 1, 0, len(track.times) - 2)
    span = track.times[at + 1] - track.times[at]
    s = np.clip((t - track.times[at]) / span, 0.0, 1.0)[:, None]
    d = span[:, None]
    p0, m0 = keys[at, 1], keys[at, 2] * d
    p1, m1 = keys[at + 1, 1], keys[at + 1, 0] * d
    s2, s3 = s * s, s * s * s
    return (
        (2 * s3 - 3 * s2 + 1) * p0 + (s3 - 2 * s2 + s) * m0
        + (-2 * s3 + 3 * s2) * p1 + (s3 - s2) * m1
    )  # fmt: skip


def sample_track(track: Track, rate: Rate, frames: int) -> Floats:
    """Return the track at each frame; keys that stand on the frames are not touched."""
    t = np.arange(frames) * rate.den / rate.num
    values = track.values
    if track.mode == "CUBICSPLINE":
        out = _cubic(track, t)
    elif len(track.times) == 1:
        return np.repeat(values, frames, axis=0)
    else:
        steps = track.times * rate.num / rate.den
        expected = np.arange(len(steps))
        if len(steps) == frames and bool((np.abs(steps - expected) < _ON_GRID).all()):
            return values
        at = np.clip(np.searchsorted(track.times, t, "right") - 1, 0, len(track.times) - 2)
        span = track.times[at + 1] - track.times[at]
        s = np.clip((t - track.times[at]) / span, 0.0, 1.0)
        a, b = values[at].astype(np.float64), values[at + 1].astype(np.float64)
        if track.mode == "STEP":
            out = np.where((s >= 1.0)[:, None], b, a)
        elif track.turns:
            out = quat_slerp(a, b, s)
        else:
            out = a + (b - a) * s[:, None]
    return (quat_normalize(out) if track.turns else out).astype(np.float32)


def _own(gltf: Gltf) -> View:
    scenes = gltf.root.views("scenes")
    own = scenes[0].own() if scenes else View({}, gltf.file)
    if own.raw("schema") != SCHEMA:
        return View({}, gltf.file)
    if own.integer("version", 1, 1 << 30) > VERSION:
        raise refuse(
            "clip-newer",
            "这个动作由更新版本的程序保存，请升级本程序。",
            "this motion was saved by a newer version of the program; upgrade it.",
            gltf.file,
            own.path,
        )
    return own


def _rate_of(own: View) -> Rate | None:
    if "rate" not in own:
        return None
    num, den = own.numbers("rate", 2)
    if not (num.is_integer() and den.is_integer() and 0 < num < 1e9 and 0 < den < 1e9):
        raise own.bad("rate", "two positive integers")
    return Rate(int(num), int(den))


def length_of(tracks: dict[tuple[int, str], Track], rate: Rate, gltf: Gltf) -> int:
    """Return the number of frames up to the last key, or refuse the file."""
    last = max((float(track.times[-1]) for track in tracks.values()), default=0.0)
    if last * rate.fps >= MAX_CLIP_FRAMES:
        raise refuse(
            "clip-too-long",
            f"动作超过 {MAX_CLIP_FRAMES} 帧，请截短。",
            f"the motion is longer than {MAX_CLIP_FRAMES} frames; shorten it.",
            gltf.file,
            "/animations/0",
        )
    return round(last * rate.fps) + 1


class _Body:
    """The humanoid of the file: bone nodes and their rest transforms."""

    def __init__(self, gltf: Gltf, spec: View, ours: bool) -> None:
        humans = spec.view("humanoid").view("humanBones")
        names = HUMANOID_BONES if ours else tuple(n for n in HUMANOID_BONES if n in humans)
        self.nodes = {
            name: BONE_INDEX[name] if ours else humans.view(name).index("node", len(gltf.nodes))
            for name in names
        }
        if self.nodes.get("hips", -1) not in gltf.order or len(gltf.nodes) < len(names):
            raise refuse(
                "vrma-no-humanoid",
                "文件里没有人形动作（缺少 hips），请导出为 VRM 动画（.vrma）。",
                "the file holds no humanoid motion (no hips); export a VRM animation.",
                gltf.file,
                "/extensions/VRMC_vrm_animation/humanoid",
            )
        self.parents = gltf.parents
        self.matrices = global_matrices(gltf)

    def turn(self, node: int) -> NDArray[np.float64]:
        """Return the rest rotation of a node in model space (identity for -1)."""
        if node < 0:
            return np.array([0.0, 0.0, 0.0, 1.0])
        linear = self.matrices[node, :3, :3]
        length = np.maximum(np.linalg.norm(linear, axis=0), 1e-9)
        return quat_from_matrix(linear / length)


def _rotations(
    gltf: Gltf, body: _Body, tracks: dict[tuple[int, str], Track], rate: Rate, frames: int
) -> Floats:
    """Return (frames, 55, 4) rotations, rest = identity.

    With W the rest rotation of a bone in model space, P that of its parent and q the
    animated local rotation, the normalised rotation is ``P q W⁻¹``
    (VRMC_vrm_animation-1.0, "humanoid").
    """
    out = np.zeros((frames, BONE_COUNT, 4), np.float32)
    out[..., 3] = 1.0
    for name, node in body.nodes.items():
        track = tracks.get((node, "rotation"))
        if track is None:
            continue
        values = sample_track(track, rate, frames)
        own, parent = body.turn(node), body.turn(body.parents[node])
        plain = np.abs(own[3]) > 1.0 - 1e-12 and np.abs(parent[3]) > 1.0 - 1e-12
        if not plain:
            turned = quat_multiply(
                quat_multiply(parent, quat_normalize(values)), quat_conjugate(own)
            )
            values = quat_normalize(turned).astype(np.float32)
        out[:, BONE_INDEX[name]] = values
    return out


def _root(body: _Body, tracks: dict[tuple[int, str], Track], rate: Rate, frames: int) -> Floats:
    """Return (frames, 3) hips positions in model space, metres."""
    hips = body.nodes["hips"]
    track = tracks.get((hips, "translation"))
    if track is None:
        here = body.matrices[hips, :3, 3]
        return np.repeat(here[None], frames, axis=0).astype(np.float32)
    values = sample_track(track, rate, frames)
    parent = body.parents[hips]
    if parent < 0 or np.array_equal(body.matrices[parent], np.eye(4)):
        return values
    above = body.matrices[parent]
    return (values.astype(np.float64) @ above[:3, :3].T + above[:3, 3]).astype(np.float32)


def _weights(
    gltf: Gltf, spec: View, tracks: dict[tuple[int, str], Track], rate: Rate, frames: int
) -> Floats:
    """Return (frames, 52) ARKit weights; VRM presets become mixes of ARKit shapes."""
    out = np.zeros((frames, SHAPE_COUNT), np.float32)
    for kind in ("preset", "custom"):
        group = spec.view("expressions").view(kind)
        for name in group.keys():
            node = group.view(name).index("node", len(gltf.nodes))
            track = tracks.get((node, "translation"))
            if track is None:
                continue
            proper = arkit_name(name)
            mix = {proper: 1.0} if proper else PRESET_MIX.get(name, {})
            if not mix and name not in SIGNS:
                gltf.note(f"expression {name!r} is not an ARKit shape")
            values = np.clip(sample_track(track, rate, frames)[:, 0], 0.0, 1.0)
            for shape, share in mix.items():
                out[:, ARKIT_INDEX[shape]] += values * np.float32(share)
    return np.minimum(out, 1.0)


def _signs(
    gltf: Gltf, spec: View, tracks: dict[tuple[int, str], Track], rate: Rate, frames: int
) -> dict[str, Floats]:
    """Return the signs of drawn faces that are animated."""
    out: dict[str, Floats] = {}
    group = spec.view("expressions").view("custom")
    for name in SIGNS:
        if name in group:
            node = group.view(name).index("node", len(gltf.nodes))
            track = tracks.get((node, "translation"))
            if track is not None:
                values = sample_track(track, rate, frames)[:, 0]
                out[name] = np.clip(values, 0.0, 1.0).astype(np.float32)
    return out


def _gaze(
    gltf: Gltf, spec: View, tracks: dict[tuple[int, str], Track], rate: Rate, frames: int
) -> Floats:
    """Return (frames, 2) yaw and pitch of the ``lookAt`` node in radians."""
    out = np.zeros((frames, 2), np.float32)
    if "lookAt" not in spec:
        return out
    node = spec.view("lookAt").optional_index("node", len(gltf.nodes))
    track = tracks.get((node, "rotation")) if node is not None else None
    if track is not None:
        ahead = quat_rotate(sample_track(track, rate, frames), [0.0, 0.0, 1.0])
        out[:, 0] = np.arctan2(ahead[:, 0], ahead[:, 2])
        out[:, 1] = np.arcsin(np.clip(-ahead[:, 1], -1.0, 1.0))
    return out


def _stored(gltf: Gltf, own: View, key: str, frames: int) -> int | None:
    """Return the accessor of extra data if it is there and has one row per frame."""
    if own.raw(key) is None:
        return None
    at = own.index(key, len(gltf.accessors))
    return at if accessors.shape_of(gltf, at).count == frames else None


def clip_from(gltf: Gltf, rate: Rate | None) -> Clip:
    """Return the clip of a checked VRM animation at ``rate`` (None: the file's own)."""
    spec = gltf.root.extension("VRMC_vrm_animation")
    if spec is None:
        raise refuse(
            "vrma-not-animation",
            "文件不是 VRM 动画（没有 VRMC_vrm_animation），请导出为 .vrma。",
            "the file is no VRM animation (no VRMC_vrm_animation); export a .vrma.",
            gltf.file,
            "/extensions",
        )
    own = _own(gltf)
    ours = bool(own.keys())
    stated = _rate_of(own)
    wanted = rate or stated or _DEFAULT_RATE
    tracks = tracks_of(gltf)
    frames = length_of(tracks, wanted, gltf)
    if ours and wanted == stated:
        frames = own.integer("frames", 1, MAX_CLIP_FRAMES)
    gltf.spend(frames * (BONE_COUNT * 16 + SHAPE_COUNT * 4 + 32) * 2, "/animations/0")
    body = _Body(gltf, spec, ours)
    weights = _weights(gltf, spec, tracks, wanted, frames)
    gaze = _gaze(gltf, spec, tracks, wanted, frames)
    contacts = np.zeros((frames, 2), np.bool_)
    if ours and wanted == stated:
        at = _stored(gltf, own, "gaze", frames)
        if at is not None:
            gaze = accessors.floats(gltf, at, 2)
        at = _stored(gltf, own, "contacts", frames)
        if at is not None:
            bits = accessors.integers(gltf, at, 1)[:, 0]
            contacts = np.stack([bits & 1, bits >> 1 & 1], axis=1).astype(np.bool_)
    height = float(body.matrices[body.nodes["hips"], 1, 3])
    return Clip(
        wanted,
        _root(body, tracks, wanted, frames),
        _rotations(gltf, body, tracks, wanted, frames),
        weights,
        gaze,
        contacts,
        own.number("hip_height", height),
        _signs(gltf, spec, tracks, wanted, frames),
    )


def rest_from(gltf: Gltf) -> Rest:
    """Return the rest pose of the body that a checked VRM animation was made on."""
    spec = gltf.root.extension("VRMC_vrm_animation") or View({}, gltf.file)
    own = bool(_own(gltf).keys())
    body = _Body(gltf, spec, own)
    told = spec.view("humanoid").view("humanBones")
    offsets = np.zeros((BONE_COUNT, 3), np.float32)
    present = np.zeros(BONE_COUNT, np.bool_)
    places = np.zeros((BONE_COUNT, 3))
    for i, name in enumerate(HUMANOID_BONES):
        parent = max(int(BONE_PARENTS[i]), 0)
        # Files of ours keep all nodes, VRM animation forbids eyes among the bones.
        present[i] = name in told or (own and name in _EYES)
        places[i] = (
            body.matrices[body.nodes[name], :3, 3] if name in body.nodes else places[parent]
        )
        offsets[i] = places[i] - (
            places[parent] if i else np.array([places[0, 0], 0.0, places[0, 2]])
        )
    return Rest(offsets, present)
