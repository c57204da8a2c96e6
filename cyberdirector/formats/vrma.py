"""Motion clips as VRM animation (VRMC_vrm_animation-1.0).

Rotations, hips, ARKit weights and gaze are animation channels that every VRMA player
reads. What the format has no place for (contacts, the exact gaze, the rate as a ratio, the
hip height) lies in ``extras.cyberdirector`` of the scene, and wins when it fits the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.clip import Clip
from cyberdirector.core.face import ARKIT_NAMES
from cyberdirector.core.files import write_bytes
from cyberdirector.core.rotations import quat_from_yaw_pitch_roll
from cyberdirector.core.skeleton import (
    BONE_COUNT,
    BONE_INDEX,
    BONE_PARENTS,
    HUMANOID_BONES,
    Rest,
)
from cyberdirector.core.time import Rate
from cyberdirector.formats._vrma_reader import clip_from, rest_from
from cyberdirector.formats.gltf.builder import Builder
from cyberdirector.formats.gltf.document import parse_gltf, read_gltf
from cyberdirector.formats.gltf.nodes import node_item

SCHEMA = "cyberdirector.clip"
VERSION = 1

_EYES = ("leftEye", "rightEye")
"""Bones that VRM animation forbids: the gaze is told by ``lookAt`` instead."""

Floats = NDArray[np.float32]


class _Tracks:
    """Collects channels; a track that never changes keeps one key."""

    def __init__(self, builder: Builder, times: Floats) -> None:
        self._builder = builder
        self._times = times
        self._first = times[:1]
        self.samplers: list[dict[str, Any]] = []
        self.channels: list[dict[str, Any]] = []

    def add(self, node: int, path: str, values: Floats, rest: tuple[float, ...]) -> None:
        """Animate ``path`` of ``node``; a track that stays at rest is left out."""
        still = bool((values == values[:1]).all())
        if still and np.array_equal(values[0], np.array(rest, np.float32)):
            return
        times, keys = (self._first, values[:1]) if still else (self._times, values)
        sampler = {
            "input": self._builder.accessor(times, bounds=True),
            "output": self._builder.accessor(keys),
            "interpolation": "LINEAR",
        }
        self.samplers.append(sampler)
        self.channels.append(
            {
                "sampler": len(self.samplers) - 1,
                "target": {"node": node, "path": path},
            }
        )


def _write_skeleton(builder: Builder, rest: Rest) -> None:
    """Add one node per bone, bone i as node i."""
    for i, name in enumerate(HUMANOID_BONES):
        offset = tuple(float(v) for v in rest.offsets[i])
        builder.add("nodes", node_item(name, offset))
    for i in range(1, BONE_COUNT):
        parent = builder.json["nodes"][int(BONE_PARENTS[i])]
        parent.setdefault("children", []).append(i)


def _write_weights(
    builder: Builder, tracks: _Tracks, weights: Mapping[str, Floats]
) -> dict[str, Any]:
    """Add one node per expression, whose x translation is the weight."""
    out: dict[str, Any] = {}
    for name, shown in weights.items():
        node = builder.add("nodes", node_item(f"expression:{name}"))
        out[name] = {"node": node}
        values = np.zeros((len(shown), 3), np.float32)
        values[:, 0] = shown
        tracks.add(node, "translation", values, (0.0, 0.0, 0.0))
    return out


def _write_expressions(builder: Builder, tracks: _Tracks, clip: Clip) -> dict[str, Any]:
    """Add the ARKit shapes and the signs as custom expressions."""
    shapes = {name: clip.weights[:, i] for i, name in enumerate(ARKIT_NAMES)}
    return _write_weights(builder, tracks, {**shapes, **dict(sorted(clip.signs.items()))})


def _write_gaze(builder: Builder, tracks: _Tracks, clip: Clip) -> int:
    node = builder.add("nodes", node_item("lookAt"))
    yaw, pitch = clip.gaze[:, 0].astype(float), clip.gaze[:, 1].astype(float)
    turn = quat_from_yaw_pitch_roll(yaw, pitch, np.zeros(clip.frames))
    tracks.add(node, "rotation", turn.astype(np.float32), (0.0, 0.0, 0.0, 1.0))
    return node


def _own(builder: Builder, clip: Clip) -> dict[str, Any]:
    feet = clip.contacts.astype(np.uint8)
    return {
        "schema": SCHEMA,
        "version": VERSION,
        "rate": [clip.rate.num, clip.rate.den],
        "frames": clip.frames,
        "hip_height": float(clip.hip_height),
        "gaze": builder.accessor(np.asarray(clip.gaze, np.float32)),
        "contacts": builder.accessor(feet[:, 0] + 2 * feet[:, 1]),
    }


def vrma_bytes(clip: Clip, rest: Rest, presets: Mapping[str, Floats] | None = None) -> bytes:
    """Return the VRMA file of a clip.

    Parameters
    ----------
    clip
        At least one frame, all values finite.
    rest
        Rest pose of the body that the clip was made on.
    presets
        VRM preset → (frames,) weights that are written in place of the ARKit shapes, for
        avatars that have only presets.

    Raises
    ------
    ValueError
        For an empty clip, NaN or infinity.
    """
    values = (clip.root, clip.rotations, clip.weights, clip.gaze, *clip.signs.values())
    if not clip.frames or not all(bool(np.isfinite(v).all()) for v in values):
        raise ValueError("a clip needs at least one frame and finite values")
    builder = Builder()
    _write_skeleton(builder, rest)
    times = (np.arange(clip.frames) * clip.rate.den / clip.rate.num).astype(np.float32)
    tracks = _Tracks(builder, times)
    hips = tuple(float(v) for v in rest.offsets[0])
    tracks.add(0, "translation", np.asarray(clip.root, np.float32), hips)
    for i in range(BONE_COUNT):
        turn = np.asarray(clip.rotations[:, i], np.float32)
        tracks.add(i, "rotation", turn, (0.0, 0.0, 0.0, 1.0))
    if presets is None:
        faces = {"custom": _write_expressions(builder, tracks, clip)}
    else:
        faces = {"preset": _write_weights(builder, tracks, presets)}
    look = _write_gaze(builder, tracks, clip)
    if not tracks.channels:  # glTF wants one channel: state that the hips rest
        tracks.add(0, "translation", np.asarray(clip.root, np.float32), (np.nan,) * 3)
    builder.add(
        "animations",
        {"name": "clip", "samplers": tracks.samplers, "channels": tracks.channels},
    )
    bones = {
        name: {"node": BONE_INDEX[name]}
        for name in HUMANOID_BONES
        if rest.present[BONE_INDEX[name]] and name not in _EYES
    }
    builder.use("VRMC_vrm_animation")
    builder.json["extensions"] = {
        "VRMC_vrm_animation": {
            "specVersion": "1.0",
            "humanoid": {"humanBones": bones},
            "expressions": faces,
            "lookAt": {"node": look, "offsetFromHeadBone": [0.0, 0.0, 0.0]},
        }
    }
    roots = [0, *range(BONE_COUNT, len(builder.json["nodes"]))]
    own = {"cyberdirector": _own(builder, clip)}
    builder.add("scenes", {"nodes": roots, "extras": own})
    builder.json["scene"] = 0
    return builder.glb()


def write_vrma(
    path: Path, clip: Clip, rest: Rest, presets: Mapping[str, Floats] | None = None
) -> None:
    """Write a clip as VRM animation in one step; see :func:`vrma_bytes`."""
    write_bytes(path, vrma_bytes(clip, rest, presets))


def parse_vrma(data: bytes, file: str = "", rate: Rate | None = None) -> Clip:
    """Return the clip of a VRMA file in memory; see :func:`read_vrma`."""
    return clip_from(parse_gltf(data, file), rate)


def read_vrma(path: Path, rate: Rate | None = None) -> Clip:
    """Return the clip of a VRMA file.

    Parameters
    ----------
    path
        The file, of our own or of another program.
    rate
        Frames per second wanted. None takes the rate that the file states (files of our
        own: then every number comes back bit for bit), else 30.

    Raises
    ------
    InputRefused
        When the file is damaged, too large or holds no humanoid animation.
    """
    return clip_from(read_gltf(path), rate)


def parse_vrma_rest(data: bytes, file: str = "") -> Rest:
    """Return the rest pose of the body that a VRMA file was made on; errors as in reading."""
    return rest_from(parse_gltf(data, file))
