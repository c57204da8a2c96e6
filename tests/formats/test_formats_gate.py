"""What damaged and malicious files ask for is refused before anything is allocated."""

import base64
import copy
import json
import os
import random
import resource
import struct
import tracemalloc
import zlib

import numpy as np
import pytest
from format_samples import join_glb, make_character, make_set, split_glb
from test_formats_foreign import rotate_rest, turn_to_version_0
from test_formats_vrma import make_clip, make_rest

from cyberdirector.core import limits
from cyberdirector.core.errors import InputRefused
from cyberdirector.formats import (
    parse_set,
    parse_vrm,
    parse_vrma,
    read_set,
    set_bytes,
    vrm_bytes,
    vrma_bytes,
)
from cyberdirector.formats.gltf.document import parse_gltf
from cyberdirector.formats.image import encode_png

ASSET = {"asset": {"version": "2.0"}}
CEILING = 300 * limits.MEBI


def mesh_file(accessor, extra=None, binary=b"\0" * 64):
    """A file with one triangle mesh whose positions are the given accessor."""
    root = {
        **ASSET,
        "buffers": [{"byteLength": len(binary)}],
        "bufferViews": [{"buffer": 0, "byteLength": len(binary)}],
        "accessors": [accessor],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}}]}],
        "nodes": [{"mesh": 0}],
        "scenes": [{"nodes": [0]}],
        **(extra or {}),
    }
    return join_glb(root, binary)


VEC3 = {"componentType": 5126, "type": "VEC3"}

BOMBS = {
    "count beyond the buffer": mesh_file({**VEC3, "bufferView": 0, "count": 1_000_000}),
    "count beyond all limits": mesh_file({**VEC3, "bufferView": 0, "count": 2**40}),
    "zeros without data": mesh_file({**VEC3, "count": 20_000_000}),
    "sparse zeros": mesh_file(
        {
            **VEC3,
            "count": 8_000_000,
            "sparse": {
                "count": 1,
                "indices": {"bufferView": 0, "componentType": 5125},
                "values": {"bufferView": 0},
            },
        }
    ),
    "stride below element": mesh_file(
        {**VEC3, "bufferView": 0, "count": 3},
        {"bufferViews": [{"buffer": 0, "byteLength": 64, "byteStride": 4}]},
    ),
    "view past the end": mesh_file(
        {**VEC3, "bufferView": 0, "count": 3},
        {"bufferViews": [{"buffer": 0, "byteLength": 64, "byteOffset": 8}]},
    ),
    "negative offset": mesh_file({**VEC3, "bufferView": 0, "count": 3, "byteOffset": -4}),
    "unknown buffer": mesh_file(
        {**VEC3, "bufferView": 0, "count": 3}, {"bufferViews": [{"buffer": 7, "byteLength": 4}]}
    ),
    "infinite position": mesh_file(
        {**VEC3, "bufferView": 0, "count": 3}, binary=struct.pack("<16f", *[np.inf] * 16)
    ),
    "huge position": mesh_file(
        {**VEC3, "bufferView": 0, "count": 3}, binary=struct.pack("<16f", *[1e30] * 16)
    ),
    "indices beyond the vertices": mesh_file(
        {**VEC3, "bufferView": 0, "count": 3},
        {
            "accessors": [
                {**VEC3, "bufferView": 0, "count": 3},
                {"bufferView": 0, "componentType": 5121, "type": "SCALAR", "count": 3},
            ],
            "meshes": [{"primitives": [{"attributes": {"POSITION": 0}, "indices": 1}]}],
        },
        b"\x09" * 64,
    ),
    "node that is its own child": join_glb({**ASSET, "nodes": [{"children": [0]}]}),
    "two parents": join_glb(
        {
            **ASSET,
            "nodes": [{"children": [2]}, {"children": [2]}, {}],
            "scenes": [{"nodes": [0]}],
        }
    ),
    "very long chain": join_glb(
        {**ASSET, "nodes": [{"children": [i + 1]} for i in range(999)] + [{}]}
    ),
    "child that does not exist": join_glb({**ASSET, "nodes": [{"children": [5]}]}),
    "required compression": join_glb(
        {**ASSET, "extensionsRequired": ["KHR_draco_mesh_compression"]}
    ),
    "version 1": join_glb({"asset": {"version": "1.0"}}),
    "no JSON": struct.pack("<III", 0x46546C67, 2, 12),
    "deep JSON": b'{"asset":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "moderately deep JSON": b'{"asset":' + b"[" * 100 + b"]" * 100 + b"}",
    "long number": b'{"asset":' + b"9" * 100_000 + b"}",
    "not a number": b'{"asset":{"version":NaN}}',
    "large JSON": b"{" + b" " * (limits.MAX_JSON_BYTES + 10) + b"}",
    "empty": b"",
    "text": "第一场 茶馆".encode(),
    "zip": b"PK\x03\x04" + b"\0" * 100,
}


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_are_refused_with_little_memory(name):
    tracemalloc.start()
    try:
        with pytest.raises(InputRefused) as caught:
            parse_set(BOMBS[name])
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 64 * limits.MEBI
    assert caught.value.zh
    assert caught.value.code


def test_the_place_of_a_wrong_value_is_named():
    with pytest.raises(InputRefused) as caught:
        parse_set(mesh_file({**VEC3, "bufferView": 0, "count": 3, "byteOffset": -4}))
    assert caught.value.location.path == "/accessors/0/byteOffset"


URIS = (
    "../secret.bin",
    "/etc/passwd",
    "..%2fsecret.bin",
    "%2e%2e/secret.bin",
    "file:///etc/passwd",
    "https://example.com/a.bin",
    "\\\\host\\share",
    "c:\\a.bin",
    "sub/a.bin",
    "a\0.bin",
    ".",
    "..",
    "",
    "link.bin",
    "missing.bin",
)


@pytest.mark.parametrize("uri", URIS)
def test_no_path_leads_out_of_the_folder(tmp_path, uri):
    folder = tmp_path / "model"
    folder.mkdir()
    (tmp_path / "secret.bin").write_bytes(b"s" * 64)
    (folder / "link.bin").symlink_to(tmp_path / "secret.bin")
    path = folder / "a.gltf"
    root = {**ASSET, "buffers": [{"uri": uri, "byteLength": 4}]}
    path.write_text(json.dumps(root), encoding="utf-8")
    with pytest.raises(InputRefused):
        read_set(path)


def test_plain_files_beside_and_data_uris_are_read(tmp_path):
    root, binary = split_glb(set_bytes(make_set(1)))
    (tmp_path / "几何 1.bin").write_bytes(binary)
    root["buffers"][0]["uri"] = "%E5%87%A0%E4%BD%95%201.bin"
    path = tmp_path / "a.gltf"
    path.write_text(json.dumps(root), encoding="utf-8")
    assert read_set(path).name == "茶馆"
    text = base64.b64encode(binary).decode()
    root["buffers"][0]["uri"] = "data:application/octet-stream;base64," + text
    assert parse_set(json.dumps(root).encode()).name == "茶馆"
    root["buffers"][0]["uri"] = "data:application/octet-stream;base64,###"
    with pytest.raises(InputRefused):
        parse_set(json.dumps(root).encode())


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(InputRefused) as caught:
        read_set(tmp_path / "none.glb")
    assert caught.value.code == "file-unreadable"


def test_a_picture_bomb_is_refused():
    root, binary = split_glb(set_bytes(make_set(2)))
    png = bytearray(encode_png(np.zeros((1, 1, 3), np.uint8)))
    png[16:24] = struct.pack(">II", 60_000, 60_000)
    png[29:33] = struct.pack(">I", zlib.crc32(png[12:29]))
    view = root["bufferViews"][root["images"][0]["bufferView"]]
    view.update(byteOffset=len(binary), byteLength=len(png))
    binary += bytes(png)
    root["buffers"][0]["byteLength"] = len(binary)
    with pytest.raises(InputRefused, match="Mpx"):
        parse_set(join_glb(root, binary))


def _mutations(data, rng):
    """Yield one damaged copy: bytes flipped, cut, doubled, or a JSON value replaced."""
    kind = rng.randrange(4)
    if kind == 0:
        out = bytearray(data)
        for _ in range(rng.randrange(1, 30)):
            out[rng.randrange(len(out))] = rng.randrange(256)
        return bytes(out)
    if kind == 1:
        return data[: rng.randrange(len(data))]
    root, binary = split_glb(data)
    if kind == 2:
        out = bytearray(binary)
        for _ in range(rng.randrange(1, 200)):
            out[rng.randrange(len(out))] = rng.randrange(256)
        return join_glb(root, bytes(out))
    for _ in range(rng.randrange(1, 4)):
        _damage(root, rng)
    return join_glb(root, binary)


ODD = (
    None, True, -1, 0, 1, 3, 255, 65_536, 2**31, 2**53, 1e308, -0.5, "", "x", "../a", [], {},
    [0], [1, 2, 3], [[]], [None], {"node": 0}, {"a": {"b": {}}}, "MAT4", 5126, 5125,
)  # fmt: skip


def _damage(root, rng):
    """Replace, remove or copy one random value somewhere in the JSON."""
    at = root
    while True:
        keys = list(at) if isinstance(at, dict) else list(range(len(at)))
        if not keys:
            return
        key = rng.choice(keys)
        if isinstance(at[key], dict | list) and at[key] and rng.random() < 0.8:
            at = at[key]
            continue
        if rng.random() < 0.2:
            del at[key]
        else:
            at[key] = copy.deepcopy(rng.choice(ODD))
        return


def _seeds():
    return (
        (parse_vrm, vrm_bytes(make_character(1))),
        (parse_vrm, rotate_rest(make_character(2), 2)),
        (parse_vrm, turn_to_version_0(make_character(3))),
        (parse_set, set_bytes(make_set(1))),
        (parse_vrma, vrma_bytes(make_clip(1, 6), make_rest())),
    )


def test_damaged_files_are_read_or_refused():
    """Every outcome is a typed refusal or a usable object, in little memory."""
    rng = random.Random(20_260_101)
    count = int(os.environ.get("CYBERDIRECTOR_FUZZ", "150"))
    refusals = []
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for parse, data in _seeds():
        for _ in range(count):
            broken = _mutations(data, rng)
            try:
                parse(broken)
            except InputRefused as error:
                refusals.append((error.code, error.zh, str(error)))
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown * 1024 < CEILING
    assert len(refusals) > count  # the mutations do hurt
    assert all(all(words) for words in refusals)


def test_what_survives_damage_can_be_written_again():
    rng = random.Random(7)
    data = vrm_bytes(make_character(3))
    written = 0
    for _ in range(400):
        try:
            character = parse_vrm(_mutations(data, rng))
        except InputRefused:
            continue
        vrm_bytes(character)
        written += 1
    assert written > 5


def test_budget_is_shared_by_all_arrays():
    gltf = parse_gltf(join_glb(ASSET))
    gltf.spend(limits.MIN_ARRAY_BUDGET, "/a")
    with pytest.raises(InputRefused, match="declares"):
        gltf.spend(1, "/a")
