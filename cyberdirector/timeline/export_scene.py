"""A whole scene as one GLB: set, characters that move, and the cameras of its shots.

Every piece is written by its own writer; here their lists are put after each other. What only
one avatar per file may have (the VRM objects) is left out; materials keep MToon.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.clip import Clip
from cyberdirector.core.files import write_bytes
from cyberdirector.core.model import Character
from cyberdirector.core.rotations import (
    quat_continuous,
    quat_from_axis_angle,
    quat_from_matrix,
    quat_multiply,
)
from cyberdirector.core.scene import Camera, Set
from cyberdirector.core.skeleton import Rest
from cyberdirector.core.time import Rate
from cyberdirector.formats.gltf.builder import Builder
from cyberdirector.formats.gltf.nodes import node_item
from cyberdirector.formats.motion_glb import motion_glb_bytes
from cyberdirector.formats.set_glb import set_bytes
from cyberdirector.formats.vrma import write_vrma
from cyberdirector.timeline.document import Timeline
from cyberdirector.timeline.evaluate import Load, evaluate_track

_LISTS = (
    "bufferViews", "accessors", "images", "samplers", "textures", "materials", "meshes",
    "skins", "cameras", "nodes",
)  # fmt: skip
_POINTER = "KHR_animation_pointer"
_ONE_PER_FILE = frozenset(("VRMC_vrm", "VRMC_springBone"))


@dataclass(frozen=True)
class ShotCamera:
    """The camera of a shot: frame of the scene at which it begins, and one camera a frame."""

    name: str
    start: int
    cameras: Sequence[Camera]


def look_rotations(cameras: Sequence[Camera]) -> NDArray[np.float64]:
    """Return (n, 4) node rotations: glTF cameras look along their local -Z, +Y is up."""
    back = np.array([np.subtract(c.eye, c.target) for c in cameras], np.float64)
    length = np.linalg.norm(back, axis=1, keepdims=True)
    back = np.where(length > 1e-9, back / np.where(length > 1e-9, length, 1.0), [0.0, 0.0, 1.0])
    steep = np.abs(back[:, 1:2]) >= 0.999
    right = np.cross(np.where(steep, [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]), back)
    right /= np.linalg.norm(right, axis=1, keepdims=True)
    turn = quat_from_matrix(np.stack([right, np.cross(back, right), back], axis=2))
    roll = quat_from_axis_angle([0.0, 0.0, 1.0], np.array([c.roll for c in cameras]))
    return quat_continuous(quat_multiply(turn, roll))


def _camera_bytes(shots: Sequence[ShotCamera], rate: Rate) -> bytes:
    """Return a GLB of one camera node per shot, animated over the frames of its shot."""
    builder = Builder()
    samplers: list[dict[str, Any]] = []
    channels: list[dict[str, Any]] = []
    roots = []
    for shot in shots:
        first, turns = shot.cameras[0], look_rotations(shot.cameras)
        lens = {"yfov": float(first.fov), "znear": float(first.near), "zfar": float(first.far)}
        item = node_item(f"shot:{shot.name}", first.eye, tuple(turns[0].tolist()))
        item["camera"] = builder.add(
            "cameras", {"name": shot.name, "type": "perspective", "perspective": lens}
        )
        span = {"start": shot.start, "end": shot.start + len(shot.cameras)}
        item["extras"] = {"cyberdirector": {"shot": {"id": shot.name, **span}}}
        node = builder.add("nodes", item)
        roots.append(node)
        if len(set(shot.cameras)) < 2:
            continue
        frames = shot.start + np.arange(len(shot.cameras))
        times = builder.accessor((frames * rate.den / rate.num).astype(np.float32), bounds=True)
        eyes = np.array([c.eye for c in shot.cameras], np.float32)
        for path, rows in (("translation", eyes), ("rotation", turns.astype(np.float32))):
            output = builder.accessor(rows)
            samplers.append({"input": times, "output": output, "interpolation": "LINEAR"})
            target = {"node": node, "path": path}
            channels.append({"sampler": len(samplers) - 1, "target": target})
        if len({c.fov for c in shot.cameras}) > 1:
            lenses = np.array([c.fov for c in shot.cameras], np.float32)
            samplers.append({"input": times, "output": builder.accessor(lenses)})
            target = _pointer(f"/cameras/{item['camera']}/perspective/yfov")
            channels.append({"sampler": len(samplers) - 1, "target": target})
            builder.use(_POINTER)
    if channels:
        builder.add("animations", {"samplers": samplers, "channels": channels})
    builder.add("scenes", {"nodes": roots})
    return builder.glb()


def _pointer(path: str) -> dict[str, Any]:
    """Return the target of a channel that animates a property (KHR_animation_pointer)."""
    return {"path": "pointer", "extensions": {_POINTER: {"pointer": path}}}


def scene_bytes(
    place: Set,
    actors: Sequence[tuple[str, Character, Clip]],
    shots: Sequence[ShotCamera],
    rate: Rate,
    name: str = "scene",
) -> bytes:
    """Return the GLB of a scene.

    Parameters
    ----------
    place
        The set.
    actors
        Role, character and its motion in the scene, frame 0 at the scene's start.
    shots
        Cameras; one node each.
    rate
        Frames per second of the cameras.
    name
        Of the scene and its animation.
    """
    merged = _Merged()
    merged.add(set_bytes(place), place.name)
    for role, character, clip in actors:
        merged.add(motion_glb_bytes(character, clip, role), role)
    if shots:
        merged.add(_camera_bytes(shots, rate), "cameras")
    return merged.glb(name)


def write_scene(
    path: Path,
    place: Set,
    actors: Sequence[tuple[str, Character, Clip]],
    shots: Sequence[ShotCamera],
    rate: Rate,
) -> None:
    """Write a scene as GLB in one step; see :func:`scene_bytes`."""
    write_bytes(path, scene_bytes(place, actors, shots, rate, path.stem))


def write_role(
    path: Path,
    timeline: Timeline,
    role: str,
    rest: Rest,
    load: Load,
    frames: slice | None = None,
) -> None:
    """Write how a role moves, all layers laid, as VRM animation.

    Parameters
    ----------
    rest
        Its body.
    load
        Motion files of the timeline.
    frames
        Project frames; None takes all of the role's motion.
    """
    if frames is None:
        spans = [(x.start, x.end) for x in timeline.motion if x.role == role]
        starts, ends = zip(*spans, strict=True) if spans else ((0,), (timeline.frames,))
        frames = slice(min(starts), max(ends))
    write_vrma(path, evaluate_track(timeline, role, frames, load, lambda: rest), rest)


class _Merged:
    """Lists of several glTF files after each other, references moved along."""

    def __init__(self) -> None:
        self.lists: dict[str, list[dict[str, Any]]] = {name: [] for name in _LISTS}
        self.samplers: list[dict[str, Any]] = []
        self.channels: list[dict[str, Any]] = []
        self.roots: list[int] = []
        self.used: set[str] = set()
        self.binary = bytearray()

    def add(self, glb: bytes, name: str) -> None:
        """Take in a GLB of ours; its roots hang under one node ``name``."""
        size = struct.unpack_from("<I", glb, 12)[0]
        data = json.loads(glb[20 : 20 + size])
        at = {kind: len(rows) for kind, rows in self.lists.items()}
        base = len(self.binary)
        self.binary += glb[28 + size :]
        self.binary += b"\0" * (-len(self.binary) % 4)
        for view in data.get("bufferViews", []):
            view["byteOffset"] = view.get("byteOffset", 0) + base
        for kind, rows in data.items():
            if kind in self.lists:
                self.lists[kind] += [_moved(kind, row, at) for row in rows]
        self._animate(data.get("animations", []), at)
        self.used |= set(data.get("extensionsUsed", [])) - _ONE_PER_FILE
        roots = data["scenes"][0].get("nodes", [])
        # Skinned meshes follow their joints alone and belong to the scene itself.
        skinned = [node for node in roots if "skin" in data["nodes"][node]]
        held = [node + at["nodes"] for node in roots if node not in skinned]
        self.lists["nodes"].append({**node_item(name), **({"children": held} if held else {})})
        self.roots.append(len(self.lists["nodes"]) - 1)
        self.roots += [node + at["nodes"] for node in skinned]

    def _animate(self, animations: list[dict[str, Any]], at: dict[str, int]) -> None:
        for animation in animations:
            first = len(self.samplers)
            for sampler in animation["samplers"]:
                for key in ("input", "output"):
                    sampler[key] += at["accessors"]
                self.samplers.append(sampler)
            for channel in animation["channels"]:
                channel["sampler"] += first
                target = channel["target"]
                if "node" in target:
                    target["node"] += at["nodes"]
                else:
                    _, kind, number, rest = target["extensions"][_POINTER]["pointer"].split(
                        "/", 3
                    )
                    channel["target"] = _pointer(f"/{kind}/{int(number) + at[kind]}/{rest}")
                self.channels.append(channel)

    def glb(self, name: str) -> bytes:
        """Return the file."""
        binary = bytes(self.binary)
        root: dict[str, Any] = {
            "asset": {"version": "2.0", "generator": "CyberDirector"},
            "scene": 0,
            "scenes": [{"name": name, "nodes": self.roots}],
            **{kind: rows for kind, rows in self.lists.items() if rows},
        }
        if self.channels:
            animation = {"name": name, "samplers": self.samplers, "channels": self.channels}
            root["animations"] = [animation]
        if binary:
            root["buffers"] = [{"byteLength": len(binary)}]
        if self.used:
            root["extensionsUsed"] = sorted(self.used)
        text = json.dumps(root, ensure_ascii=False, separators=(",", ":")).encode()
        text += b" " * (-len(text) % 4)
        chunks = struct.pack("<II", len(text), 0x4E4F534A) + text
        if binary:
            chunks += struct.pack("<II", len(binary), 0x004E4942) + binary
        return struct.pack("<III", 0x46546C67, 2, 12 + len(chunks)) + chunks


def _moved(kind: str, row: dict[str, Any], at: dict[str, int]) -> dict[str, Any]:
    """Return an item of a list with its references to other lists moved."""
    if kind == "materials":
        _move_textures(row, at["textures"])
    for key, target in _REFERENCES.get(kind, {}).items():
        value = row.get(key)
        if isinstance(value, list):
            row[key] = [index + at[target] for index in value]
        elif value is not None:
            row[key] = value + at[target]
    if kind == "accessors" and "sparse" in row:
        for part in ("indices", "values"):
            row["sparse"][part]["bufferView"] += at["bufferViews"]
    if kind == "meshes":
        for primitive in row["primitives"]:
            _move_primitive(primitive, at)
    return row


_REFERENCES: dict[str, dict[str, str]] = {
    "accessors": {"bufferView": "bufferViews"},
    "images": {"bufferView": "bufferViews"},
    "textures": {"source": "images", "sampler": "samplers"},
    "skins": {"joints": "nodes", "skeleton": "nodes", "inverseBindMatrices": "accessors"},
    "nodes": {"children": "nodes", "mesh": "meshes", "skin": "skins", "camera": "cameras"},
}
"""List → key that refers to another list → that list (glTF 2.0)."""


def _move_primitive(primitive: dict[str, Any], at: dict[str, int]) -> None:
    for table in (primitive["attributes"], *primitive.get("targets", [])):
        for name in table:
            table[name] += at["accessors"]
    if "indices" in primitive:
        primitive["indices"] += at["accessors"]
    if "material" in primitive:
        primitive["material"] += at["materials"]


def _move_textures(item: Any, by: int) -> None:
    """Move the index of every texture info inside a material, those of extensions too."""
    if isinstance(item, list):
        for row in item:
            _move_textures(row, by)
    if not isinstance(item, dict):
        return
    for key, value in item.items():
        if key.endswith("Texture") and isinstance(value, dict) and "index" in value:
            value["index"] += by
        elif key != "extras":
            _move_textures(value, by)
