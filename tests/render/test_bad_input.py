"""Bad characters and sets: drawn with a named remark, or refused with the node's name."""

from __future__ import annotations

import json
import struct
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cyberdirector.core.errors import CyberDirectorError, InputRefused
from cyberdirector.core.model import Character, Material, Morph, Node, Texture
from cyberdirector.core.scene import Camera, LightRig
from cyberdirector.formats import parse_vrm, vrm_bytes
from cyberdirector.render.device import Device
from cyberdirector.render.renderer import Renderer
from cyberdirector.render.scene import FigureState, FrameState, RenderScene
from cyberdirector.render.still import stand

sys.path.insert(0, str(Path(__file__).parent))
from samples import figure, room

pytestmark = pytest.mark.gl

SIZE = (96, 160)
LIGHT = LightRig("plain")
CAMERA = Camera((0.3, 1.1, 3.4), (0.0, 0.9, 0.0), 0.6)
SECONDS = 12.0
"""Longest time for loading and drawing one bad character, on a busy machine of two cores."""


@pytest.fixture(scope="module")
def device():
    one = Device("software")
    yield one
    one.close()


@pytest.fixture(scope="module")
def foreign() -> Character:
    """The sample as from elsewhere: no roles, plain names."""
    made = figure()
    materials = [replace(m, name=f"Mat{i}", role="") for i, m in enumerate(made.materials)]
    return replace(made, materials=materials)


def shown(device, character, **state) -> tuple[np.ndarray, list[str]]:
    """Return a frame and the codes of its remarks; fails when it takes too long."""
    began = time.perf_counter()
    with Renderer(RenderScene(None, {"a": character}), SIZE, device=device) as renderer:
        posed = state.pop("posed", None) or stand(character)
        image = renderer.draw(FrameState(CAMERA, LIGHT, {"a": posed}, **state))
        codes = [remark.code for remark in renderer.remarks]
    assert time.perf_counter() - began < SECONDS
    return image[..., :3].astype(int), codes


@pytest.fixture(scope="module")
def empty(device) -> np.ndarray:
    """The same view with nobody in it."""
    with Renderer(RenderScene(None, {}), SIZE, device=device) as renderer:
        return renderer.draw(FrameState(CAMERA, LIGHT))[..., :3].astype(int)


def covered(image, empty) -> float:
    """Return the share of pixels where something is seen that is neither sky nor black."""
    differs = np.abs(image - empty).max(axis=-1) > 12
    return float((differs & (image.max(axis=-1) > 8)).mean())


def with_part(character, index=2, **changes) -> Character:
    parts = list(character.parts)
    parts[index] = replace(parts[index], **changes)
    return replace(character, parts=parts)


def many_influences(character):
    count = len(character.parts[2].positions)
    joints = np.tile(np.arange(12, dtype=np.uint16), (count, 1))
    weights = np.full((count, 12), 1.0 / 12.0, np.float32)
    return with_part(character, joints=joints, weights=weights)


def nan_weights(character):
    weights = character.parts[2].weights.copy()
    weights[::7] = np.nan
    return with_part(character, weights=weights)


def flat_triangles(character):
    triangles = character.parts[2].triangles.copy()
    triangles[::5, 1] = triangles[::5, 0]
    return with_part(character, triangles=triangles)


def nan_normals(character):
    normals = character.parts[2].normals.copy()
    normals[3] = np.nan
    return with_part(character, normals=normals)


def many_bones(character):
    hips = character.humanoid["hips"]
    extra = [Node(f"extra{i}", hips, (0.0, 0.001 * i, 0.0)) for i in range(300)]
    changed = replace(character, nodes=[*character.nodes, *extra])
    joints = changed.parts[3].joints.copy()
    joints[::2] = len(changed.nodes) - 1
    return with_part(changed, 3, joints=joints)


def many_shapes(character):
    part = character.parts[0]
    rows = np.arange(len(part.positions), dtype=np.uint32)
    shapes = {
        f"shape{i}": Morph(rows, np.full((len(rows), 3), 0.0001 * i, np.float32))
        for i in range(200)
    }
    return with_part(character, 0, morphs={**part.morphs, **shapes})


def huge_texture(character):
    wide = Texture("wide", np.full((2, 16384 * 2, 4), 200, np.uint8))
    materials = [
        replace(m, base_texture=1) if i == 2 else m for i, m in enumerate(character.materials)
    ]
    return replace(character, materials=materials, textures=[*character.textures, wide])


TROUBLES = {
    "influences-reduced": many_influences,
    "weights-invalid": nan_weights,
    "triangles-empty": flat_triangles,
    "normals-invalid": nan_normals,
    "texture-shrunk": huge_texture,
    "": many_bones,
    " ": many_shapes,
}


@pytest.mark.parametrize("code", list(TROUBLES))
def test_a_frame_is_drawn_and_the_trouble_named(device, foreign, empty, code) -> None:
    good, none = shown(device, foreign)
    assert none == []
    image, codes = shown(device, TROUBLES[code](foreign))
    assert (code.strip() in codes) if code.strip() else codes == []
    assert covered(image, empty) > 0.6 * covered(good, empty) > 0.03


def mirrored_file(character: Character) -> bytes:
    """Return the character as a foreign VRM whose nodes hang under a scale of -1 in x."""
    data = vrm_bytes(character)
    size = struct.unpack_from("<I", data, 12)[0]
    root = json.loads(data[20 : 20 + size])
    scene = root["scenes"][0]
    del scene["extras"]
    root["nodes"].append({"name": "mirror", "scale": [-1, 1, 1], "children": scene["nodes"]})
    scene["nodes"] = [len(root["nodes"]) - 1]
    text = json.dumps(root).encode()
    text += b" " * (-len(text) % 4)
    rest = data[20 + size :]
    head = struct.pack(
        "<IIIII", 0x46546C67, 2, 20 + len(text) + len(rest), len(text), 0x4E4F534A
    )
    return head + text + rest


def test_negative_scale_does_not_turn_a_figure_inside_out(device, foreign) -> None:
    def rest(character):
        nodes = len(character.nodes)
        palette = np.tile(np.eye(3, 4, dtype=np.float32), (nodes, 1, 1))
        head = np.eye(4, dtype=np.float32)
        head[:3, 3] = character.node_positions()[character.humanoid["head"]]
        return FigureState(palette, np.zeros(52, np.float32), head)

    mirrored = parse_vrm(mirrored_file(foreign))
    camera = Camera((0.0, 1.1, 3.4), (0.0, 0.9, 0.0), 0.6)
    light = LightRig("ahead", key_direction=(0.0, 0.5, 1.0))
    images = []
    for cast in ({}, {"a": foreign}, {"a": mirrored}):
        with Renderer(RenderScene(None, cast), SIZE, device=device) as renderer:
            states = {role: rest(character) for role, character in cast.items()}
            image = renderer.draw(FrameState(camera, light, states))
            images.append(image[..., :3].astype(float))
    empty, good, turned = images
    seen = np.abs(good - empty).max(axis=-1) > 12
    assert (np.abs(good - turned[:, ::-1]).max(axis=-1)[seen] < 24).mean() > 0.8


def test_a_missing_texture_names_its_material(device, foreign) -> None:
    materials = [replace(foreign.materials[0], matcap_texture=7), *foreign.materials[1:]]
    with pytest.raises(InputRefused, match="Mat0"):
        shown(device, replace(foreign, materials=materials))


def test_a_set_is_mended_too(device) -> None:
    place = room()
    uvs = place.parts[0].uvs.copy()
    uvs[0] = np.nan
    place = replace(place, parts=[replace(place.parts[0], uvs=uvs), *place.parts[1:]])
    with Renderer(RenderScene(place, {}), SIZE, device=device) as renderer:
        image = renderer.draw(FrameState(place.cameras["establish"], place.lights["day"]))
        assert [r.code for r in renderer.remarks] == ["uvs-invalid"]
    assert image[..., :3].max() > 60


def _spoil(rng, character):
    """Change one thing somewhere, as a bad file would."""
    parts = list(character.parts)
    i = int(rng.integers(len(parts)))
    part = parts[i]
    name = str(rng.choice(["positions", "normals", "uvs", "weights", "joints", "triangles"]))
    array = np.array(getattr(part, name))
    row = int(rng.integers(len(array)))
    if array.dtype.kind == "f":
        array[row] = rng.choice([np.nan, np.inf, -1.0, 0.0, 1e30])
    else:
        array[row] = rng.choice([0, 1, 54, len(part.positions) - 1, 60000])
    parts[i] = replace(part, **{name: array})
    materials = list(character.materials)
    j = int(rng.integers(len(materials)))
    field = str(rng.choice(["shading_toony", "rim_fresnel_power", "outline_width", "rim_lift"]))
    value = float(rng.choice([np.nan, -3.0, 0.0, 1.0, 1e9, np.inf]))
    materials[j] = replace(materials[j], **{field: value, "outline_mode": "worldCoordinates"})
    return replace(character, parts=parts, materials=materials)


@pytest.mark.parametrize("seed", range(24))
def test_whatever_is_spoilt_is_drawn_or_refused(device, foreign, empty, seed) -> None:
    rng = np.random.default_rng(seed)
    spoilt = foreign
    for _ in range(int(rng.integers(1, 4))):
        spoilt = _spoil(rng, spoilt)
    refused, image = None, None
    try:
        image, _ = shown(device, spoilt, time=float(rng.uniform(0, 9)))
    except CyberDirectorError as error:
        refused = error
    if refused is None:
        assert covered(image, empty) > 0.01
    else:
        assert refused.code in ("mesh-invalid", "material-invalid")
        assert "sample/" in str(refused)


def test_wild_but_finite_materials_stay_finite(device, foreign, empty) -> None:
    wild = Material(
        "wild", shading_toony=5.0, shading_shift=-40.0, rim_color=(9.0, 9.0, 9.0),
        rim_fresnel_power=0.0, rim_lift=-50.0, normal_scale=1e6, uv_scroll=(1e4, -1e4),
        uv_rotation=1e5, gi_equalization=7.0, emissive=(40.0, 0.0, 0.0), base_texture=0,
        normal_texture=0,
    )  # fmt: skip
    image, _ = shown(device, replace(foreign, materials=[wild] * 7), time=3.0)
    assert covered(image, empty) > 0.02
