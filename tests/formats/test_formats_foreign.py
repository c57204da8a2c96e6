"""Files of other programs: rest rotations, scales, VRM 0.x, shared buffers, odd names."""

from pathlib import Path

import numpy as np
import pytest
from format_samples import (
    assert_parts_equal,
    influence_matrix,
    join_glb,
    make_character,
    split_glb,
)

from cyberdirector.core.model import Material
from cyberdirector.core.rotations import (
    quat_conjugate,
    quat_from_axis_angle,
    quat_multiply,
    quat_rotate,
    quat_to_matrix,
)
from cyberdirector.formats import parse_vrm, read_vrm, vrm_bytes
from cyberdirector.formats.vrm.names import BONES_0

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "data" / "vrm"


class Editor:
    """Changes a GLB: JSON in ``root``, new binary data through ``store``."""

    def __init__(self, data):
        self.root, self.binary = split_glb(data)

    def store(self, accessor, values):
        raw = np.ascontiguousarray(values).tobytes()
        self.binary += b"\0" * (-len(self.binary) % 4)
        self.root["bufferViews"].append(
            {"buffer": 0, "byteOffset": len(self.binary), "byteLength": len(raw)}
        )
        self.binary += raw
        item = self.root["accessors"][accessor]
        item["bufferView"] = len(self.root["bufferViews"]) - 1
        item.pop("min", None)
        item.pop("max", None)

    def glb(self):
        self.root["buffers"][0]["byteLength"] = len(self.binary)
        return join_glb(self.root, self.binary)


def rotate_rest(character, seed):
    """Return the character's VRM with random rest rotations and a scaled root.

    The bind matrices also contain a transform M that moves the stored mesh away from where
    it stands in the rest pose.
    """
    rng = np.random.default_rng(seed)
    editor = Editor(vrm_bytes(character))
    root = editor.root
    del root["scenes"][0]["extras"]
    count = len(character.nodes)
    world = quat_from_axis_angle(rng.normal(size=(count, 3)), rng.uniform(0, 3, count))
    points = character.node_positions()
    scale = 0.01
    inverse = np.zeros((count, 16), np.float32)
    away = np.eye(4)
    away[:3, :3] = quat_to_matrix(quat_from_axis_angle([1.0, 0.0, 0.0], -np.pi / 2))
    away[:3, 3] = (0.5, 0.25, -1.0)
    for i, node in enumerate(character.nodes):
        item = root["nodes"][i]
        above = world[node.parent] if node.parent >= 0 else np.array([0, 0, 0, 1.0])
        origin = points[node.parent] if node.parent >= 0 else np.zeros(3)
        unit = scale if node.parent >= 0 else 1.0
        local = quat_rotate(quat_conjugate(above), points[i] - origin) / unit
        item["translation"] = local.tolist()
        item["rotation"] = quat_multiply(quat_conjugate(above), world[i]).tolist()
        if node.parent < 0:
            item["scale"] = [scale] * 3
        matrix = np.eye(4)
        matrix[:3, :3] = quat_to_matrix(world[i]) * scale
        matrix[:3, 3] = points[i]
        inverse[i] = (np.linalg.inv(matrix) @ away).T.reshape(-1)
    editor.store(root["skins"][0]["inverseBindMatrices"], inverse)
    back = np.linalg.inv(away)
    for part, mesh in zip(character.parts, root["meshes"], strict=True):
        attributes = mesh["primitives"][0]["attributes"]
        moved = part.positions @ back[:3, :3].T + back[:3, 3]
        editor.store(attributes["POSITION"], moved.astype(np.float32))
        turned = part.normals @ back[:3, :3].T
        editor.store(attributes["NORMAL"], turned.astype(np.float32))
        if part.outline_normals is not None:
            turned = part.outline_normals @ back[:3, :3].T
            editor.store(attributes["_OUTLINE_NORMAL"], turned.astype(np.float32))
        for morph, target in zip(
            part.morphs.values(), mesh["primitives"][0].get("targets", []), strict=True
        ):
            for key, values in (("POSITION", morph.positions), ("NORMAL", morph.normals)):
                if key in target and values is not None:
                    dense = np.zeros((len(part.positions), 3), np.float32)
                    dense[morph.indices] = values @ back[:3, :3].T
                    editor.store(target[key], dense)
                    root["accessors"][target[key]].pop("sparse", None)
    spring = root["extensions"]["VRMC_springBone"]
    for collider in spring["colliders"]:
        turn = quat_conjugate(world[collider["node"]])
        shape = next(iter(collider["shape"].values()))
        shape["radius"] /= scale
        for key in ("offset", "tail"):
            if key in shape:
                shape[key] = (quat_rotate(turn, shape[key]) / scale).tolist()
    for joint in spring["springs"][0]["joints"]:
        joint["hitRadius"] /= scale
    look = root["extensions"]["VRMC_vrm"]["lookAt"]
    turn = quat_conjugate(world[character.humanoid["head"]])
    look["offsetFromHeadBone"] = (
        quat_rotate(turn, look["offsetFromHeadBone"]) / scale
    ).tolist()
    return editor.glb()


def assert_close(a, b):
    """Compare characters that took the long way round (float32 matrices on the way)."""
    np.testing.assert_allclose(a.node_positions(), b.node_positions(), atol=1e-5)
    assert a.humanoid == b.humanoid
    for x, y in zip(a.parts, b.parts, strict=True):
        used = np.zeros(len(x.positions), bool)
        used[x.triangles] = True
        np.testing.assert_allclose(
            x.positions[x.triangles], y.positions[y.triangles], atol=2e-4
        )
        np.testing.assert_allclose(x.normals[x.triangles], y.normals[y.triangles], atol=1e-3)
        a_w, b_w = influence_matrix(x, len(a.nodes)), influence_matrix(y, len(b.nodes))
        np.testing.assert_allclose(a_w[x.triangles], b_w[y.triangles], atol=2e-4)
        assert set(x.morphs) <= set(y.morphs)  # ARKit shapes may have been added
        for name in x.morphs:
            dense = []
            for part in (x, y):
                full = np.zeros((len(part.positions), 3))
                full[part.morphs[name].indices] = part.morphs[name].positions
                dense.append(full[part.triangles])
            np.testing.assert_allclose(*dense, atol=1e-4)
    for c, d in zip(a.colliders, b.colliders, strict=True):
        np.testing.assert_allclose(c.offset, d.offset, atol=1e-4)
        np.testing.assert_allclose(c.radius, d.radius, rtol=1e-4)
        assert c.node == d.node
        assert (c.tail is None) == (d.tail is None)
        if c.tail is not None:
            np.testing.assert_allclose(c.tail, d.tail, atol=1e-4)
    np.testing.assert_allclose(
        a.look_at.offset_from_head, b.look_at.offset_from_head, atol=1e-4
    )


@pytest.mark.parametrize("seed", range(4))
def test_rest_rotations_and_scales_are_normalised(seed):
    made = make_character(seed)
    for part in made.parts:  # a foreign exporter has no such attribute
        part.outline_normals = part.outline_scale = None
    back = parse_vrm(rotate_rest(made, seed))
    assert all(n.rotation == (0.0, 0.0, 0.0, 1.0) for n in back.nodes)
    assert_close(made, back)
    joint = back.springs[0].joints[0]
    assert joint.hit_radius == pytest.approx(made.springs[0].joints[0].hit_radius, rel=1e-4)
    again = parse_vrm(vrm_bytes(back))  # what was normalised stays as it is
    for x, y in zip(back.parts, again.parts, strict=True):
        assert_parts_equal(x, y)


def _value(key: str, target: tuple[float, ...]) -> dict[str, object]:
    return {"materialName": "m0", "propertyName": key, "targetValue": list(target)}


def turn_to_version_0(character):
    """Return a VRM 0.x of the character: facing -Z, old names, z of offsets reversed."""
    editor = Editor(vrm_bytes(character))
    root = editor.root
    del root["scenes"][0]["extras"]
    points = character.node_positions()
    half = np.array([-1.0, 1.0, -1.0])
    inverse = np.tile(np.eye(4, dtype=np.float32), (len(points), 1, 1))
    for i, node in enumerate(character.nodes):
        offset = np.array(node.translation) * half
        root["nodes"][i]["translation"] = offset.tolist()
        inverse[i, 3, :3] = -points[i] * half
    editor.store(root["skins"][0]["inverseBindMatrices"], inverse.reshape(-1, 16))
    for part, mesh in zip(character.parts, root["meshes"], strict=True):
        primitive = mesh["primitives"][0]
        editor.store(primitive["attributes"]["POSITION"], part.positions * half.astype("f4"))
        editor.store(primitive["attributes"]["NORMAL"], part.normals * half.astype("f4"))
        for morph, target in zip(
            part.morphs.values(), primitive.get("targets", []), strict=True
        ):
            target.pop("NORMAL", None)
            dense = np.zeros((len(part.positions), 3), np.float32)
            dense[morph.indices] = morph.positions * half.astype("f4")
            editor.store(target["POSITION"], dense)
            root["accessors"][target["POSITION"]].pop("sparse", None)
    face = next(i for i, m in enumerate(root["meshes"]) if m["name"] == "face")
    old_names = {new: old for old, new in BONES_0.items()}
    collider = character.colliders[0]
    at = np.array(collider.offset) * half * (1, 1, -1)
    root["extensions"] = {
        "VRM": {
            "humanoid": {
                "humanBones": [
                    {"bone": old_names.get(name, name), "node": node}
                    for name, node in character.humanoid.items()
                ]
            },
            "meta": {
                "title": "老角色",
                "author": "某人",
                "commercialUssageName": "Disallow",
                "allowedUserName": "Everyone",
            },
            "blendShapeMaster": {
                "blendShapeGroups": [
                    {
                        "name": "喜",
                        "presetName": "joy",
                        "binds": [{"mesh": face, "index": 3, "weight": 50}],
                    },
                    {
                        "name": "Wink",
                        "presetName": "unknown",
                        "binds": [],
                        "materialValues": [
                            _value("_RimColor", (0.5, 1.0, 0.0, 1.0)),
                            _value("_MainTex_ST", (0.5, 0.25, 0.1, 0.2)),
                            _value("_MainTex_ST_S", (0.5, 0.0, 0.3, 0.0)),
                            _value("_Cutoff", (0.5, 0.0, 0.0, 0.0)),
                        ],
                    },
                ]
            },
            "secondaryAnimation": {
                "colliderGroups": [
                    {
                        "node": collider.node,
                        "colliders": [
                            {
                                "offset": dict(zip("xyz", at.tolist(), strict=True)),
                                "radius": 0.1,
                            }
                        ],
                    }
                ],
                "boneGroups": [
                    {
                        "comment": "hair",
                        "stiffiness": 0.6,
                        "gravityPower": 0.2,
                        "gravityDir": {"x": 0, "y": -1, "z": 0},
                        "dragForce": 0.3,
                        "hitRadius": 0.05,
                        "bones": [len(points) - 2],
                        "colliderGroups": [0],
                    }
                ],
            },
            "firstPerson": {
                "lookAtTypeName": "BlendShape",
                "firstPersonBoneOffset": {"x": 0, "y": 0.1, "z": 0.2},
                "lookAtVerticalUp": {"xRange": 45, "yRange": 0.5},
            },
            "materialProperties": [
                {
                    "name": "m0",
                    "shader": "VRM/MToon",
                    "floatProperties": {
                        "_ShadeToony": 0.9,
                        "_ShadeShift": 0.0,
                        "_OutlineWidthMode": 1,
                        "_OutlineWidth": 0.2,
                        "_BlendMode": 3,
                        "_CullMode": 0,
                    },
                    "vectorProperties": {"_Color": [0.5, 1, 1, 0.25]},
                },
                {"name": "m1", "shader": "VRM_USE_GLTFSHADER"},
            ],
        }
    }
    root["extensionsUsed"] = ["VRM"]
    for material in root["materials"]:
        material.pop("extensions")
    return editor.glb()


def test_version_0_is_turned_and_translated():
    made = make_character(2)
    for part in made.parts:
        part.outline_normals = part.outline_scale = None
    back = parse_vrm(turn_to_version_0(made))
    made.colliders = made.colliders[:1]
    made.look_at.offset_from_head = (0.0, 0.1, 0.2)
    assert_close(made, back)
    assert back.name == "老角色"
    assert back.meta["avatarPermission"] == "everyone"
    assert back.meta["commercialUsage"] == "personalNonProfit"
    assert back.meta["authors"] == ["某人"]
    assert back.expressions["happy"].binds == [("mood", 0.5)]
    assert back.expressions["happy"].preset
    wink = back.expressions["Wink"]
    assert not wink.preset
    (rim,) = wink.colours
    assert (rim.material, rim.kind) == (0, "rimColor")
    assert rim.target == pytest.approx((0.2140, 1.0, 0.0, 1.0), abs=1e-3)  # sRGB 0.5
    whole, across = wink.moves  # coordinates of 0.x count upwards
    assert (whole.offset, whole.scale) == (pytest.approx((0.1, 0.55)), (0.5, 0.25))
    assert (across.offset, across.scale) == ((0.3, None), (0.5, None))
    assert back.look_at.kind == "expression"
    assert back.look_at.vertical_up == (45.0, 0.5)
    (spring,) = back.springs
    assert [j.stiffness for j in spring.joints] == [0.6, 0.6]
    assert spring.joints[0].gravity_dir == (0.0, -1.0, 0.0)
    toon = back.materials[0]
    assert toon.base_color[0] == pytest.approx(0.2140, abs=1e-3)  # sRGB 0.5
    assert toon.shading_toony == pytest.approx(0.95)
    assert toon.shading_shift == pytest.approx(-0.05)
    assert toon.outline_width == pytest.approx(0.002)
    assert toon.transparent_with_z_write
    assert toon.double_sided


def test_the_same_shape_name_on_two_meshes_is_kept_apart():
    """An expression that moves one of two shapes of one name must not move the other."""
    made = make_character(3)
    data = vrm_bytes(made)
    root, binary = split_glb(data)
    custom = root["extensions"]["VRMC_vrm"]["expressions"]["custom"]
    name = next(iter(made.parts[0].morphs))
    custom[name]["morphTargetBinds"] = custom[name]["morphTargetBinds"][:1]
    back = parse_vrm(join_glb(root, binary))
    (bind,) = back.expressions[name].binds
    assert [bind[0] in part.morphs for part in back.parts] == [True, False, False]


def test_shared_vertex_buffers_are_split_per_part():
    made = make_character(4)
    made.parts[2].morphs = {}
    root, binary = split_glb(vrm_bytes(made))
    del root["scenes"][0]["extras"]
    mesh = root["meshes"][2]
    one = dict(mesh["primitives"][0])
    one.pop("material", None)
    accessor = dict(root["accessors"][one["indices"]])
    accessor["count"] = 3
    root["accessors"].append(accessor)
    one["indices"] = len(root["accessors"]) - 1
    mesh["primitives"].append(one)
    back = parse_vrm(join_glb(root, binary))
    assert len(back.parts) == 4
    assert len(back.parts[3].positions) <= 3
    assert back.materials[back.parts[3].material] == Material("default")


def test_a_prop_without_skin_follows_its_bone():
    made = make_character(5)
    made.parts[2].joints = made.parts[2].weights = None
    root, binary = split_glb(vrm_bytes(made))
    del root["scenes"][0]["extras"]
    prop = next(i for i, n in enumerate(root["nodes"]) if n["name"] == "衣")
    hand = made.humanoid["leftHand"]
    root["scenes"][0]["nodes"].remove(prop)
    root["nodes"][hand].setdefault("children", []).append(prop)
    back = parse_vrm(join_glb(root, binary))
    (part,) = [p for p in back.parts if p.name == "衣"]
    assert (part.joints == hand).all()
    moved = made.parts[2].positions + made.node_positions()[hand].astype(np.float32)
    np.testing.assert_allclose(
        part.positions[part.triangles], moved[made.parts[2].triangles], atol=1e-5
    )


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="no sample avatars beside this checkout")
def test_sample_avatars_are_read_and_written_the_same():
    files = sorted(SAMPLES.glob("*.vrm"))
    assert files
    for path in files:
        character = read_vrm(path)
        assert character.parts
        data = vrm_bytes(character)
        assert vrm_bytes(parse_vrm(data)) == data
        rest = character.rest()
        assert 0.3 < rest.hip_height < 2.0
        left = rest.positions()[rest.present][:, 0]
        assert left.max() > 0.3  # the left hand of a model that faces +Z is at +X
        hand = character.node_positions()[character.humanoid["leftHand"]]
        assert hand[0] > 0.2
