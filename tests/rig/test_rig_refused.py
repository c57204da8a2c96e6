"""Meshes that are no figures, damaged or made to hurt: one typed error, nothing written."""

from __future__ import annotations

import json
import struct
import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
from click.testing import CliRunner
from test_rig_input import part_of, sphere

from cyberdirector.cli.character import character
from cyberdirector.core.errors import InputRefused
from cyberdirector.core.model import Material
from cyberdirector.core.scene import Set
from cyberdirector.formats import set_bytes
from cyberdirector.rig import rigger
from cyberdirector.rig.joints import Joints
from cyberdirector.rig.mesh import Statue
from cyberdirector.rig.orient import Stand, find_stand

MEBI = 1 << 20


def _split(data):
    size = struct.unpack_from("<I", data, 12)[0]
    return json.loads(data[20 : 20 + size]), data[28 + size :]


def _join(root, binary):
    text = json.dumps(root).encode()
    text += b" " * (-len(text) % 4)
    binary += bytes(-len(binary) % 4)
    return (
        struct.pack("<III", 0x46546C67, 2, 28 + len(text) + len(binary))
        + struct.pack("<II", len(text), 0x4E4F534A) + text
        + struct.pack("<II", len(binary), 0x004E4942) + binary
    )  # fmt: skip


def _sphere_glb():
    points, triangles = sphere(12)
    return _split(set_bytes(Set("s", [part_of(points, triangles)], [Material("m")])))


def _accessors(root):
    first = root["meshes"][0]["primitives"][0]
    return root["accessors"][first["attributes"]["POSITION"]], root["accessors"][
        first["indices"]
    ]


def external(root, binary):
    root["buffers"][0]["uri"] = "https://example.com/body.bin"
    return _join(root, b"")


def outside(root, binary):
    root["images"] = [{"uri": "../../secret.png"}]
    root["textures"] = [{"source": 0}]
    root["materials"][0].setdefault("pbrMetallicRoughness", {})["baseColorTexture"] = {
        "index": 0
    }
    return _join(root, binary)


def not_numbers(root, binary):
    points, _ = _accessors(root)
    at = root["bufferViews"][points["bufferView"]].get("byteOffset", 0)
    return _join(root, binary[:at] + struct.pack("<f", np.nan) + binary[at + 4 :])


def no_triangles(root, binary):
    root["meshes"] = []
    for node in root["nodes"]:
        node.pop("mesh", None)
    return _join(root, binary)


def lines_only(root, binary):
    root["meshes"][0]["primitives"][0]["mode"] = 1
    return _join(root, binary)


def millions_claimed(root, binary):
    points, indices = _accessors(root)
    points["count"], indices["count"] = 2_500_000, 15_000_000
    return _join(root, binary)


def millions_of_zeros(root, binary):
    points, indices = _accessors(root)
    points.pop("bufferView"), indices.pop("bufferView")
    points["count"], indices["count"] = 7_000_000, 15_000_000
    return _join(root, binary)


def _sparse(root, indices, binary):
    points, _ = _accessors(root)
    data = np.asarray(indices, np.uint32).tobytes()
    start = len(binary)
    root["bufferViews"] += [
        {"buffer": 0, "byteOffset": start, "byteLength": len(data)},
        {"buffer": 0, "byteOffset": start + len(data), "byteLength": 12 * len(indices)},
    ]
    count = len(root["bufferViews"])
    points["sparse"] = {
        "count": len(indices),
        "indices": {"bufferView": count - 2, "componentType": 5125},
        "values": {"bufferView": count - 1},
    }
    binary += data + bytes(12 * len(indices))
    root["buffers"][0]["byteLength"] = len(binary)
    return _join(root, binary)


def sparse_beyond(root, binary):
    return _sparse(root, [3, 1 << 30], binary)


def sparse_backwards(root, binary):
    return _sparse(root, [5, 3], binary)


def sparse_without_end(root, binary):
    points, _ = _accessors(root)
    points["sparse"] = {
        "count": 1 << 40,
        "indices": {"bufferView": 0, "componentType": 5125},
        "values": {"bufferView": 0},
    }
    return _join(root, binary)


def truncated(root, binary):
    return _join(root, binary)[:-2000]


def half_a_header(root, binary):
    return _join(root, binary)[:16]


def turned_to_nothing(root, binary):
    for node in root["nodes"]:
        node.pop("matrix", None)
        node["scale"] = [0.0, 0.0, 0.0]
    return _join(root, binary)


def flung_away(root, binary):
    for node in root["nodes"]:
        node["translation"] = [1e30, 0.0, 0.0]
    return _join(root, binary)


DAMAGES = (
    external, outside, not_numbers, no_triangles, lines_only, millions_claimed,
    millions_of_zeros, sparse_beyond, sparse_backwards, sparse_without_end, truncated,
    half_a_header, turned_to_nothing, flung_away,
)  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_files_are_refused_and_nothing_is_written(tmp_path, damage):
    mesh, out = tmp_path / "mesh.glb", tmp_path / "out.vrm"
    mesh.write_bytes(damage(*_sphere_glb()))
    tracemalloc.start()
    try:
        done = CliRunner().invoke(character, ["rig", str(mesh), "-o", str(out)])
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert isinstance(done.exception, InputRefused), done.exception
    assert done.exception.zh
    assert done.exception.code
    assert peak < 64 * MEBI
    assert [p.name for p in tmp_path.iterdir()] == ["mesh.glb"]


@pytest.mark.parametrize("lying", [False, True])
def test_flat_meshes_are_refused(lying):
    n = np.arange(256)
    grid = np.stack([n % 16, n // 16, 0 * n], axis=1) / 15.0
    points = grid[:, [0, 2, 1]] if lying else grid
    a = n.reshape(16, 16)[:-1, :-1].ravel()
    triangles = np.concatenate([np.stack([a, a + 1, a + 16], 1)] * 2)
    with pytest.raises(InputRefused, match="rig-flat"):
        find_stand(points, triangles, np.random.default_rng(0))


def test_what_is_no_figure_is_refused():
    """With enough joints set by hand the word of a person counts."""
    stood = Stand(np.eye(3), 1.0, np.zeros(3), "m", True, 0.1)
    turned = replace(stood, turn=np.eye(3)[[1, 2, 0]])
    places, some = np.zeros((55, 3)), np.full(55, 0.45)
    with pytest.raises(InputRefused, match="rig-no-figure") as caught:
        rigger._check_figure(Joints(places, np.full(55, 0.1)), stood)
    assert "10%" in caught.value.zh
    rigger._check_figure(Joints(places, some), stood)
    with pytest.raises(InputRefused, match="rig-no-figure"):
        rigger._check_figure(Joints(places, some), turned)
    six = ("hips", "head", "leftHand", "rightHand", "leftFoot", "rightFoot")
    rigger._check_figure(Joints(places, some, frozenset(six)), turned)


@pytest.mark.slow
def test_a_stool_is_no_figure():
    points, triangles = sphere(24)
    places = [points * [0.5, 0.05, 0.5]]
    places += [
        points * [0.04, 0.4, 0.04] + [x, -0.4, z] for x in (-0.3, 0.3) for z in (-0.3, 0.3)
    ]
    faces = [triangles + k * len(points) for k in range(len(places))]
    stool = part_of(np.concatenate(places), np.concatenate(faces))
    with pytest.raises(InputRefused, match="rig-no-figure"):
        rigger.rig_statue(Statue("stool", [stool], [Material("m")]))
