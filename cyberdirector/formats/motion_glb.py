"""A character and its motion in one GLB: what Blender, Unity, Unreal and viewers open.

The file is the VRM 1.0 of the character with one glTF animation: rotations of the joints,
place of the hips, weights of the shapes. Springs (hair, skirts) are for the player to move.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.clip import Clip
from cyberdirector.core.face import ARKIT_NAMES
from cyberdirector.core.files import write_bytes
from cyberdirector.core.model import Character
from cyberdirector.core.pose import local_rotations
from cyberdirector.core.rotations import (
    quat_continuous,
    quat_from_yaw_pitch_roll,
    quat_multiply,
)
from cyberdirector.formats.gltf.builder import Builder
from cyberdirector.formats.vrm.writer import Parts, build_vrm

_EYES = ("leftEye", "rightEye")

Floats = NDArray[np.float32]


class _Channels:
    """Samplers and channels of one animation; what never changes keeps one key."""

    def __init__(self, builder: Builder, times: Floats) -> None:
        self._builder, self._times = builder, times
        self.samplers: list[dict[str, Any]] = []
        self.channels: list[dict[str, Any]] = []

    def add(self, node: int, path: str, values: Floats) -> None:
        """Animate ``path`` of a node with one row of ``values`` a frame."""
        still = bool((values == values[:1]).all())
        times, rows = (self._times[:1], values[:1]) if still else (self._times, values)
        flat = rows.reshape(-1) if path == "weights" else rows
        self.samplers.append(
            {
                "input": self._builder.accessor(times, bounds=True),
                "output": self._builder.accessor(np.ascontiguousarray(flat)),
                "interpolation": "LINEAR",
            }
        )
        target = {"node": node, "path": path}
        self.channels.append({"sampler": len(self.samplers) - 1, "target": target})


def _eyes(character: Character, clip: Clip) -> dict[int, NDArray[np.float64]]:
    """Return the turns of eye bones, for characters whose eyes are bones."""
    if character.look_at.kind != "bone":
        return {}
    yaw, pitch = clip.gaze[:, 0].astype(float), clip.gaze[:, 1].astype(float)
    turn = quat_from_yaw_pitch_roll(yaw, pitch, np.zeros(clip.frames))
    return {character.humanoid[e]: turn for e in _EYES if e in character.humanoid}


def _place(character: Character, clip: Clip) -> Floats:
    """Return the translation of the hips node (frames, 3) against its parent, metres."""
    node = character.nodes[character.humanoid["hips"]]
    above = np.zeros(3)
    if node.parent >= 0:
        above = character.node_positions()[node.parent]
    return np.asarray(clip.root - above, dtype=np.float32)


def _write_shapes(channels: _Channels, parts: Parts, clip: Clip) -> None:
    shown = {name: clip.weights[:, i] for i, name in enumerate(ARKIT_NAMES)}
    shown |= dict(clip.signs)
    for node, shapes in parts:
        if not shapes:
            continue
        values = np.zeros((clip.frames, len(shapes)), np.float32)
        for k, name in enumerate(shapes):
            if name in shown:
                values[:, k] = shown[name]
        channels.add(node, "weights", values)


def motion_glb_bytes(character: Character, clip: Clip, name: str = "clip") -> bytes:
    """Return a GLB of a character that performs a clip.

    Parameters
    ----------
    character
        Any with a complete humanoid.
    clip
        At least one frame, all values finite; made on (or retargeted to) this character.
    name
        Name of the animation.

    Raises
    ------
    InputRefused
        ``vrm-bones-missing`` when the humanoid is not complete.
    ValueError
        For an empty clip, NaN or infinity.
    """
    values = (clip.root, clip.rotations, clip.weights, clip.gaze, *clip.signs.values())
    if not clip.frames or not all(bool(np.isfinite(v).all()) for v in values):
        raise ValueError("a clip needs at least one frame and finite values")
    builder, parts = build_vrm(character)
    times = (np.arange(clip.frames) * clip.rate.den / clip.rate.num).astype(np.float32)
    channels = _Channels(builder, times)
    channels.add(character.humanoid["hips"], "translation", _place(character, clip))
    turns = local_rotations(character, clip.rotations, {})
    for node, gaze in _eyes(character, clip).items():
        turns[node] = quat_multiply(turns[node], gaze)
    for node in sorted(turns):
        channels.add(node, "rotation", quat_continuous(turns[node]).astype(np.float32))
    _write_shapes(channels, parts, clip)
    builder.add(
        "animations",
        {"name": name, "samplers": channels.samplers, "channels": channels.channels},
    )
    return builder.glb()


def write_motion_glb(path: Path, character: Character, clip: Clip, name: str = "clip") -> None:
    """Write a character and its motion as one GLB; see :func:`motion_glb_bytes`."""
    write_bytes(path, motion_glb_bytes(character, clip, name))
