"""A scene in one GLB: everything is there, refers to its own data, and moves."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import numpy as np
import pytest

from cyberdirector.core.clip import Clip
from cyberdirector.core.model import Character, Material, MeshPart, Node, Texture
from cyberdirector.core.rotations import quat_rotate
from cyberdirector.core.scene import Camera, Mark, Set
from cyberdirector.core.skeleton import BONE_PARENTS, HUMANOID_BONES
from cyberdirector.core.time import Rate
from cyberdirector.formats import read_vrma
from cyberdirector.formats.gltf.document import parse_gltf
from cyberdirector.timeline.export_scene import (
    ShotCamera,
    look_rotations,
    scene_bytes,
    write_role,
    write_scene,
)
from tests.motion.bodies import acted, body
from tests.timeline.scenes import Library, timeline


def part(name: str, skinned: bool) -> MeshPart:
    flat = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0]], np.float32)
    made = MeshPart(
        name=name, positions=flat, normals=np.tile(np.float32([0, 0, 1]), (3, 1)),
        uvs=flat[:, :2].copy(), triangles=np.array([[0, 1, 2]], np.uint32), material=0,
    )  # fmt: skip
    if skinned:
        made.joints = np.zeros((3, 1), np.uint16)
        made.weights = np.ones((3, 1), np.float32)
    return made


def dot(name: str) -> Texture:
    return Texture(name, np.full((4, 4, 4), 200, np.uint8))


def actor(name: str) -> Character:
    rest = body()
    nodes = [
        Node(bone, int(BONE_PARENTS[i]), tuple(map(float, rest.offsets[i])))
        for i, bone in enumerate(HUMANOID_BONES)
    ]
    return Character(
        name=name, nodes=nodes, humanoid={b: i for i, b in enumerate(HUMANOID_BONES)},
        parts=[part("skin", True)],
        materials=[Material("skin", base_texture=0, shade_texture=0)],
        textures=[dot("skin")],
    )  # fmt: skip


def room() -> Set:
    return Set(
        "茶馆", [part("floor", False)], [Material("wood", base_texture=0)], [dot("wood")],
        marks={"a": Mark("a", (0.0, 0.0, 0.0))},
        cameras={"establish": Camera((0, 1, 3), (0, 1, 0))},
    )  # fmt: skip


def shots() -> list[ShotCamera]:
    moving = [Camera((0.1 * i, 1.5, 3.0), (0.0, 1.4, 0.0), 0.6) for i in range(10)]
    return [ShotCamera("1-1-L01-1", 0, [Camera((0, 2, 4), (0, 1, 0))] * 10),
            ShotCamera("1-1-L02-1", 10, moving)]  # fmt: skip


def test_everything_of_a_scene_is_in_the_file() -> None:
    cast = [(n, actor(n), acted(i, 20)) for i, n in enumerate(("林晚", "沈青"))]
    data = scene_bytes(room(), cast, shots(), Rate(24))
    gltf = parse_gltf(data, "scene.glb")  # checks every reference
    names = [node.text("name", "") for node in gltf.nodes]
    for name in (
        "茶馆",
        "林晚",
        "沈青",
        "shot:1-1-L01-1",
        "shot:1-1-L02-1",
        "camera:establish",
    ):
        assert names.count(name) == 1
    assert names.count("hips") == 2
    assert len(gltf.root.views("animations")) == 1
    assert len(gltf.root.views("materials")) == 3
    assert len(gltf.root.views("cameras")) == 3
    channels = gltf.root.views("animations")[0].views("channels")
    moved = {names[channel.view("target").index("node", len(names))] for channel in channels}
    assert {"hips", "leftHand", "shot:1-1-L02-1"} <= moved
    assert "shot:1-1-L01-1" not in moved


def test_a_scene_has_the_same_bytes_twice(tmp_path: Path) -> None:
    cast = [("林晚", actor("林晚"), acted(1, 5))]
    write_scene(tmp_path / "a.glb", room(), cast, shots(), Rate(24))
    first = (tmp_path / "a.glb").read_bytes()
    write_scene(tmp_path / "a.glb", room(), cast, shots(), Rate(24))
    assert (tmp_path / "a.glb").read_bytes() == first


@pytest.mark.parametrize("target", [(0.0, 1.4, 0.0), (0.3, 9.0, 3.0), (2.0, 1.5, -7.0)])
def test_cameras_look_at_their_target(target: tuple[float, float, float]) -> None:
    camera = Camera((0.3, 1.5, 3.0), target)
    turn = look_rotations([camera])[0]
    ahead = np.subtract(target, camera.eye)
    assert quat_rotate(turn, [0.0, 0.0, -1.0]) == pytest.approx(
        ahead / np.linalg.norm(ahead), abs=1e-6
    )


def test_a_role_is_exported_with_its_layers(tmp_path: Path) -> None:
    clips = Library(base=acted(1, 60), cap=acted(2, 60))
    layer = {"clips": [{"id": "c", "file": "cap.vrma", "start": 10, "end": 30}]}
    write_role(tmp_path / "林晚.vrma", timeline(layer), "林晚", body(), clips)
    found: Clip = read_vrma(tmp_path / "林晚.vrma")
    assert found.frames == 60
    assert found.rotations[15] == pytest.approx(clips("cap.vrma").rotations[5], abs=1e-6)
    assert found.rotations[40] == pytest.approx(clips("base.vrma").rotations[40], abs=1e-6)


def test_a_lens_that_changes_is_animated_by_a_pointer() -> None:
    zoom = [Camera((0, 1.5, 3.0), (0, 1.4, 0), 0.6 - 0.02 * i) for i in range(8)]
    cameras = [*shots(), ShotCamera("1-1-L03-1", 20, zoom)]
    data = scene_bytes(room(), [("林晚", actor("林晚"), acted(1, 20))], cameras, Rate(24))
    gltf = json.loads(data[20 : 20 + struct.unpack_from("<I", data, 12)[0]])
    assert "KHR_animation_pointer" in gltf["extensionsUsed"]
    (animation,) = gltf["animations"]
    found = [c for c in animation["channels"] if c["target"]["path"] == "pointer"]
    assert len(found) == 1
    pointer = found[0]["target"]["extensions"]["KHR_animation_pointer"]["pointer"]
    _, _, number, rest = pointer.split("/", 3)
    assert gltf["cameras"][int(number)]["name"] == "1-1-L03-1"
    assert rest == "perspective/yfov"
    sampler = animation["samplers"][found[0]["sampler"]]
    assert gltf["accessors"][sampler["output"]]["type"] == "SCALAR"
    assert gltf["accessors"][sampler["output"]]["count"] == len(zoom)
