"""Small characters, sets and files for the format tests."""

from __future__ import annotations

import json
import struct
from dataclasses import replace

import numpy as np

from cyberdirector.core.face import ARKIT_NAMES
from cyberdirector.core.model import (
    TEXTURE_SLOTS,
    Character,
    Collider,
    ColourBind,
    Expression,
    LookAt,
    Material,
    MeshPart,
    Morph,
    Node,
    Spring,
    SpringJoint,
    Texture,
    UvBind,
    UvTransform,
)
from cyberdirector.core.scene import Camera, LightRig, Mark, PointLight, Set
from cyberdirector.core.skeleton import BONE_PARENTS, HUMANOID_BONES, REQUIRED_BONES


def f32(values):
    return np.asarray(values, np.float32)


def number(rng, low=-1.0, high=1.0):
    return float(np.float32(rng.uniform(low, high)))


def triple(rng, low=-1.0, high=1.0):
    return (number(rng, low, high), number(rng, low, high), number(rng, low, high))


def make_part(rng, name, nodes, materials, shapes=(), outline=True):
    """A part with random triangles, up to eight influences and sparse shapes."""
    n = int(rng.integers(3, 40))
    normals = rng.normal(size=(n, 3))
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    part = MeshPart(
        name=name,
        positions=f32(rng.normal(size=(n, 3))),
        normals=f32(normals),
        uvs=f32(rng.random((n, 2))),
        triangles=rng.integers(0, n, (int(rng.integers(1, 30)), 3)).astype(np.uint32),
        material=int(rng.integers(0, materials)),
    )
    if nodes:
        k = int(rng.integers(1, 9))
        part.joints = rng.integers(0, nodes, (n, k)).astype(np.uint16)
        weights = rng.random((n, k)) + 1e-3
        part.weights = f32(weights / weights.sum(axis=1, keepdims=True))
    for shape in shapes:
        rows = np.sort(rng.choice(n, int(rng.integers(1, n + 1)), replace=False))
        with_normals = bool(rng.integers(2))
        part.morphs[shape] = Morph(
            rows.astype(np.uint32),
            f32(rng.normal(size=(len(rows), 3)) * 0.01),
            f32(rng.normal(size=(len(rows), 3)) * 0.1) if with_normals else None,
        )
    if outline and rng.integers(2):
        part.outline_normals = f32(normals[::-1])
        part.outline_scale = f32(rng.random(n))
    return part


def make_material(rng, name, textures):
    some = int(rng.integers(0, textures)) if textures and rng.integers(2) else None
    made = replace(plain_material(rng, name, some), **foreign_values(rng, some))
    return replace(made, extensions={}) if made.unlit else made  # nothing goes with unlit


def foreign_values(rng, some):
    """What MToon has besides the values that our own characters use."""
    if rng.integers(2):
        return {}
    values = {
        "rim_lighting_mix": number(rng, 0, 1),
        "matcap_color": triple(rng, 0, 1),
        "uv_scroll": (number(rng), number(rng)),
        "uv_rotation": number(rng),
        "extensions": {"EXAMPLE_weave": {"threads": 0.5}},
    }
    if some is None:
        return values
    # Normal maps without tangents are worth a warning of the validator.
    slots = {s: some for s in TEXTURE_SLOTS if rng.integers(2) and s != "normal_texture"}
    moved = UvTransform((number(rng), number(rng)), (number(rng), 2.0), number(rng))
    values["transforms"] = {slot: moved for slot in slots if rng.integers(2)}
    if "shading_shift_texture" in slots:
        values["shading_shift_scale"] = number(rng)
    return values | slots


def plain_material(rng, name, some):
    return Material(
        name=name,
        base_color=(*triple(rng, 0, 1), number(rng, 0, 1)),
        base_texture=some,
        shade_color=triple(rng, 0, 1),
        shade_texture=some,
        shading_toony=number(rng, 0, 1),
        shading_shift=number(rng),
        gi_equalization=number(rng, 0, 1),
        rim_color=triple(rng, 0, 1),
        rim_fresnel_power=number(rng, 0, 9),
        rim_lift=number(rng, 0, 1),
        emissive=triple(rng, 0, 40) if rng.integers(2) else triple(rng, 0, 1),
        outline_mode=["none", "worldCoordinates", "screenCoordinates"][rng.integers(3)],
        outline_width=number(rng, 0, 0.01),
        outline_color=triple(rng, 0, 1),
        outline_lighting_mix=number(rng, 0, 1),
        alpha_mode=["OPAQUE", "MASK", "BLEND"][rng.integers(3)],
        alpha_cutoff=number(rng, 0, 1),
        double_sided=bool(rng.integers(2)),
        render_queue_offset=int(rng.integers(-9, 10)),
        transparent_with_z_write=bool(rng.integers(2)),
        unlit=bool(rng.integers(2)),
        role=["", "skin", "面"][rng.integers(3)],
        extras={"threads": [1, 2, {"a": "β"}]} if rng.integers(2) else {},
    )


def make_textures(rng, count):
    out = []
    for i in range(count):
        pixels = rng.integers(0, 256, (int(rng.integers(1, 6)), 4, 4)).astype(np.uint8)
        if i % 2:
            pixels[..., 3] = 255
        wrap = ("repeat", ("repeat", "mirror", "clamp")[i % 3])
        out.append(Texture(f"纹理{i}", pixels, linear=bool(i % 2), wrap=wrap))
    return out


def make_nodes(rng, optional=True):
    """Nodes of a humanoid with some optional bones and two extra chains."""
    names = [b for b in HUMANOID_BONES if b in REQUIRED_BONES or (optional and rng.integers(2))]
    place = {name: i for i, name in enumerate(names)}
    nodes = []
    for name in names:
        parent = int(BONE_PARENTS[HUMANOID_BONES.index(name)])
        while parent >= 0 and HUMANOID_BONES[parent] not in place:
            parent = int(BONE_PARENTS[parent])
        at = place[HUMANOID_BONES[parent]] if parent >= 0 else -1
        nodes.append(Node(name, at, triple(rng)))
    head = place["head"]
    for i in range(4):
        nodes.append(Node(f"hair{i}", head if i in (0, 2) else len(nodes) - 1, triple(rng)))
    return nodes, place


def make_character(seed, optional=True):
    rng = np.random.default_rng(seed)
    nodes, humanoid = make_nodes(rng, optional)
    textures = make_textures(rng, int(rng.integers(0, 3)))
    materials = [make_material(rng, f"m{i}", len(textures)) for i in range(2)]
    shapes = [*ARKIT_NAMES[:3], "mood"]
    parts = [
        make_part(rng, "face", len(nodes), 2, shapes),
        make_part(rng, "brow", len(nodes), 2, shapes[:2]),
        make_part(rng, "衣", len(nodes), 2),
    ]
    expressions = {
        "happy": Expression([("mood", 1.0), (shapes[0], 0.5)], override_blink="block"),
        "blink": Expression([(shapes[1], 1.0)], is_binary=True),
        "sly": Expression([("mood", 0.25)], override_mouth="blend", preset=False),
        "ashamed": Expression(
            [], preset=False,
            colours=[
                ColourBind(0, "color", (0.75, 0.25, 0.125, 0.5)),
                ColourBind(0, "rimColor", (1.0, 0.5, 0.25, 1.0)),
            ],
            moves=[UvBind(0, (0.5, 0.25), (0.5, 1.0))],
        ),
    }  # fmt: skip
    for name in ARKIT_NAMES[:3]:
        expressions[name] = Expression([(name, 1.0)], preset=False)
    tip = len(nodes) - 1
    return Character(
        name="林晚",
        nodes=nodes,
        humanoid=humanoid,
        parts=parts,
        materials=materials,
        textures=textures,
        expressions=expressions,
        colliders=[
            Collider(0, triple(rng), 0.1),
            Collider(1, triple(rng), 0.25, tail=triple(rng)),
        ],
        collider_groups=[[0], [0, 1]],
        springs=[
            Spring(
                "hair",
                [SpringJoint(tip - 1, 0.03, 0.7, 0.1, triple(rng), 0.3), SpringJoint(tip)],
                [1],
            )
        ],
        look_at=LookAt("bone", triple(rng), (30.0, 8.0), (31.0, 9.0), (32.0, 7.0), (33.0, 6.0)),
        meta={
            "name": "林晚",
            "authors": ["someone"],
            "licenseUrl": "https://vrm.dev/licenses/1.0/",
            "commercialUsage": "personalProfit",
        },
        extras={"recipe": "linwan", "numbers": [1.5, 2]},
    )


def make_set(seed):
    rng = np.random.default_rng(seed)
    textures = make_textures(rng, 2)
    materials = [make_material(rng, f"m{i}", 2) for i in range(2)]
    light = LightRig(
        name="day",
        key_direction=triple(rng),
        key_color=triple(rng),
        ambient=(triple(rng), triple(rng)),
        sky=(triple(rng), triple(rng)),
        fog_color=triple(rng),
        fog_density=number(rng, 0, 1),
        points=(PointLight(triple(rng), triple(rng), 3.5, 0.25),),
        weather="rain",
        grade=(0.5, 1.25, 0.75, -0.5),
        bloom=0.125,
        glow=(("m0", 0.5),),
        lut="dusk",
        shafts=0.25,
    )
    return Set(
        name="茶馆",
        parts=[make_part(rng, f"part{i}", 0, 2, outline=False) for i in range(2)],
        materials=materials,
        textures=textures,
        marks={
            "a": Mark("a", triple(rng), number(rng, -3, 3), "seat", 0.45, "椅子"),
            "door": Mark("door", triple(rng), 0.0, "door"),
        },
        cameras={
            "establish": Camera(
                triple(rng), triple(rng, 2, 3), 0.7, number(rng), 0.1, 90.0, 2.5, 1.75
            ),
            "top": Camera((0.0, 5.0, 0.0), (0.0, 0.0, 0.0)),
        },
        walk_area=f32(rng.normal(size=(5, 2))),
        lights={"day": light, "night": LightRig("night")},
        extras={"shelters": [[0.0, 1.0, 2.0, 3.0, 4.0, 5.0]], "ambience": "rain"},
    )


def split_glb(data):
    """Return the JSON and the binary chunk of a GLB."""
    size = struct.unpack_from("<I", data, 12)[0]
    return json.loads(data[20 : 20 + size]), data[20 + size + 8 :]


def join_glb(root, binary=b""):
    """Return a GLB of JSON data and a binary chunk."""
    text = json.dumps(root).encode()
    text += b" " * (-len(text) % 4)
    chunks = struct.pack("<II", len(text), 0x4E4F534A) + text
    if binary:
        binary += b"\0" * (-len(binary) % 4)
        chunks += struct.pack("<II", len(binary), 0x004E4942) + binary
    return struct.pack("<III", 0x46546C67, 2, 12 + len(chunks)) + chunks


def assert_parts_equal(a, b, places=0):
    """Compare parts; weights are equal as stored (16 bits, sorted), shapes bit for bit."""
    assert a.name == b.name
    assert a.material == b.material
    for name in (
        "positions",
        "normals",
        "uvs",
        "triangles",
        "outline_normals",
        "outline_scale",
    ):
        x, y = getattr(a, name), getattr(b, name)
        assert (x is None) == (y is None), name
        if x is not None:
            if places:
                np.testing.assert_allclose(x, y, atol=10.0**-places, err_msg=name)
            else:
                assert np.array_equal(x, y), name
    assert list(a.morphs) == list(b.morphs)
    for key, morph in a.morphs.items():
        other = b.morphs[key]
        assert np.array_equal(morph.indices, other.indices)
        np.testing.assert_allclose(morph.positions, other.positions, atol=1e-5 if places else 0)
        assert (morph.normals is None) == (other.normals is None)
        if morph.normals is not None:
            np.testing.assert_allclose(morph.normals, other.normals, atol=1e-5 if places else 0)


def influence_matrix(part, nodes):
    """Return (vertices, nodes) float64 weights."""
    out = np.zeros((len(part.positions), nodes))
    rows = np.arange(len(part.positions))
    for column in range(part.joints.shape[1]):
        np.add.at(out, (rows, part.joints[:, column]), part.weights[:, column])
    return out
