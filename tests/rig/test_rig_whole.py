"""From a stripped character to a VRM, and the generators' path."""

import json
from dataclasses import replace

import numpy as np
import pytest
from rig_samples import character_of, standing, statue_of

from cyberdirector.core.errors import AdapterUnavailable, InputRefused
from cyberdirector.core.face import ARKIT_NAMES
from cyberdirector.core.model import Material, MeshPart
from cyberdirector.core.scene import Set
from cyberdirector.core.skeleton import HUMANOID_BONES
from cyberdirector.formats import set_bytes, vrm_bytes
from cyberdirector.formats.vrm import parse_vrm
from cyberdirector.rig import (
    GeneratedMesh,
    Licence,
    MeshGenerator,
    RigOptions,
    check_commercial,
    find_generators,
    generate_character,
    rig_report,
    rig_statue,
)
from cyberdirector.rig.colour import bake_vertex_colours, vertex_srgb
from cyberdirector.rig.mesh import Statue


@pytest.fixture(scope="module")
def rigged():
    return rig_statue(statue_of("su_qing", "a", scale=100.0))


def test_joints_weights_and_rest_pose(rigged):
    character = rigged.character
    _, joints, _ = standing("su_qing", "a")
    found = rigged.joints.positions - rigged.joints.positions[0]
    true = joints - joints[0]
    assert np.linalg.norm(found - true, axis=1).mean() < 0.03 * 1.65
    at = character.node_positions()
    arm = at[character.humanoid["leftHand"]] - at[character.humanoid["leftUpperArm"]]
    assert arm[0] > 0.98 * np.linalg.norm(arm)  # level, towards +X
    for part in character.parts:
        assert np.allclose(part.weights.sum(axis=1), 1.0, atol=1e-5)
    assert min(p.positions[:, 1].min() for p in character.parts) == pytest.approx(0.0, abs=1e-6)


def test_the_skin_bends_without_tearing(rigged):
    trials = rig_report(rigged)["trials"]
    assert len(trials) == 6
    assert all(not t["flagged"] for t in trials.values()), trials


def test_the_face_gets_all_shapes(rigged):
    assert rigged.face["mouth"]
    assert set(rigged.face["shapes"]) == set(ARKIT_NAMES)
    shapes = {name for part in rigged.character.parts for name in part.morphs}
    assert {"jawOpen", "eyeBlinkLeft", "mouthSmileRight", "eyeLookInLeft"} <= shapes
    assert {"blink", "aa", "happy"} <= set(rigged.character.expressions)


def test_blinking_closes_the_eyes(rigged):
    """The upper rim comes down about as far as on the character itself."""
    own = character_of("su_qing")
    moved = []
    for part in rigged.character.parts:
        morph = part.morphs.get("eyeBlinkLeft")
        if morph is not None:
            moved.append(-morph.positions[:, 1].min())
    true = [p.morphs["eyeBlinkLeft"] for p in own.parts if "eyeBlinkLeft" in p.morphs]
    assert max(moved) > 0.8 * max(-m.positions[:, 1].min() for m in true)


def test_the_vrm_can_be_read_again(rigged):
    data = vrm_bytes(rigged.character)
    again = parse_vrm(data)
    assert set(again.humanoid) == set(HUMANOID_BONES)
    assert not again.springs
    assert vrm_bytes(rig_statue(statue_of("su_qing", "a", scale=100.0)).character) == data


def test_a_swapped_head_has_all_shapes():
    swapped = rig_statue(statue_of("su_qing", "t"), RigOptions(head="swap")).character
    shapes = {name for part in swapped.parts for name in part.morphs}
    assert set(ARKIT_NAMES) <= shapes
    face = [p for p in swapped.parts if p.name == "face"][-1]  # behind the statue's own
    assert set(np.unique(face.joints[face.weights > 0])) == {swapped.humanoid["head"]}
    parse_vrm(vrm_bytes(swapped))


class Fake:
    """Our own character without its rig, as a generator would give it."""

    name = "fake"
    needs = {"vram": "0 GB"}  # noqa: RUF012

    def __init__(self, reason="", licence=None, pose="a"):
        self.reason, self.pose = reason, pose
        self.licence = licence or Licence("CC0-1.0", commercial=True, source="fake")

    def available(self):
        return self.reason

    def generate(self, images, prompt="", seed=0):
        statue = statue_of("su_qing", "a")
        glb = set_bytes(Set("fake", statue.parts, statue.materials, statue.textures))
        return GeneratedMesh(glb, self.pose, self.licence)


def test_what_a_generator_makes_is_rigged_and_keeps_its_licence():
    assert isinstance(Fake(), MeshGenerator)
    made = generate_character(Fake(), {}, "a girl")
    assert made.character.meta["commercialUsage"] == "corporation"
    assert "fake" in made.character.meta["thirdPartyLicenses"]
    check_commercial(made.character.meta)
    closed = Licence("research only", authors=("lab",), commercial=False, source="model-x")
    meta = replace(closed).meta("x")
    with pytest.raises(InputRefused) as caught:
        check_commercial(meta)
    assert caught.value.code == "licence-non-commercial"
    assert "research only" in caught.value.en
    assert json.dumps(meta)


def test_generators_that_cannot_run_say_why():
    with pytest.raises(AdapterUnavailable) as caught:
        generate_character(Fake("needs 8 GB of graphics memory"), {}, "a girl")
    assert "8 GB" in caught.value.en
    for images, prompt in (({}, " "), ({"left": b""}, "x")):
        with pytest.raises(InputRefused):
            generate_character(Fake(), images, prompt)
    with pytest.raises(InputRefused):
        generate_character(Fake(pose="dancing"), {}, "a girl")
    assert "fake" not in find_generators()


def test_vertex_colours_become_a_picture():
    points = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [1, 1, 0]], np.float32)
    triangles = np.array([[0, 1, 2], [1, 3, 2]], np.uint32)
    part = MeshPart("p", points, points * 0 + [0, 0, 1], points[:, :2] * 0, triangles, 0)
    red, blue = [1.0, 0.0, 0.0, 1.0], [0.0, 0.0, 1.0, 1.0]
    colour = np.array([red, red, red, red], np.float32)
    plain = bake_vertex_colours(Statue("s", [part], [Material("m")], colours={0: colour}))
    assert np.allclose(vertex_srgb(plain), [1.0, 0.0, 0.0], atol=0.01)
    colour[3] = blue
    mixed = bake_vertex_colours(Statue("s", [part], [Material("m")], colours={0: colour}))
    assert mixed.parts[0].uvs.min() >= 0.0
    assert mixed.parts[0].uvs.max() <= 1.0
    found = vertex_srgb(mixed)
    order = [int(np.abs(mixed.parts[0].positions - p).sum(axis=1).argmin()) for p in points]
    assert np.abs(found[order[0]] - [1.0, 0.0, 0.0]).max() < 0.1
    assert np.abs(found[order[3]] - [0.0, 0.0, 1.0]).max() < 0.1
    assert not mixed.colours
