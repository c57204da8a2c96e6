"""What is refused, what is mended, and what a file brings along."""

import json

import numpy as np
import pytest
from rig_samples import standing, statue_of

from cyberdirector.core.errors import InputRefused
from cyberdirector.core.model import Material, MeshPart
from cyberdirector.core.scene import Set
from cyberdirector.formats import set_bytes
from cyberdirector.rig import RigOptions, load_statue, parse_statue, read_markers, rig_statue
from cyberdirector.rig.clean import face_outwards, thin_statue
from cyberdirector.rig.depth import SAMPLES, sample_surface
from cyberdirector.rig.mesh import Statue


def sphere(rings):
    """Return vertices and triangles of a sphere (2 · rings² triangles)."""
    v, u = np.meshgrid(np.linspace(0, np.pi, rings + 1), np.linspace(0, 2 * np.pi, rings + 1))
    points = np.stack([np.sin(v) * np.cos(u), np.cos(v), np.sin(v) * np.sin(u)], -1)
    i = np.arange(rings * (rings + 1)).reshape(rings, rings + 1)[:, :-1].ravel()
    a, b, c, d = i, i + 1, i + rings + 1, i + rings + 2
    return points.reshape(-1, 3), np.concatenate(
        [np.stack([a, b, c], 1), np.stack([b, d, c], 1)]
    )


def part_of(points, triangles, uvs=None):
    uv = np.zeros((len(points), 2)) if uvs is None else uvs
    return MeshPart(
        "body", points.astype(np.float32), np.ones((len(points), 3), np.float32),
        uv.astype(np.float32), triangles.astype(np.uint32), 0,
    )  # fmt: skip


def refused(call, code):
    with pytest.raises(InputRefused) as caught:
        call()
    assert caught.value.code == code
    assert caught.value.zh
    assert caught.value.en


def test_files_that_are_no_models_are_refused(tmp_path):
    refused(lambda: load_statue(tmp_path / "a.png"), "rig-suffix")
    refused(lambda: load_statue(tmp_path / "a.glb"), "rig-missing")
    (tmp_path / "b.glb").write_bytes(b"glTF" + b"\0" * 30)
    refused(lambda: load_statue(tmp_path / "b.glb"), "gltf-container")
    refused(lambda: parse_statue(set_bytes(Set("empty", [], []))), "rig-empty")


def test_external_references_and_nan_are_refused(tmp_path):
    root = {
        "asset": {"version": "2.0"},
        "buffers": [{"uri": "../secret.bin", "byteLength": 36}],
    }
    (tmp_path / "a.gltf").write_text(json.dumps(root))
    refused(lambda: load_statue(tmp_path / "a.gltf"), "gltf-uri")
    points, triangles = sphere(12)
    data = bytearray(set_bytes(Set("s", [part_of(points, triangles)], [Material("m")])))
    at = bytes(data).index(points.astype(np.float32)[1].tobytes())
    data[at : at + 4] = np.float32(np.nan).tobytes()
    refused(lambda: parse_statue(bytes(data)), "gltf-value")


def test_degenerate_and_coarse_meshes_are_refused():
    points, triangles = sphere(12)
    flat = part_of(points * 0.0, triangles)
    refused(lambda: parse_statue(set_bytes(Set("s", [flat], [Material("m")]))), "rig-empty")
    few = part_of(points, triangles[:50])
    refused(lambda: parse_statue(set_bytes(Set("s", [few], [Material("m")]))), "rig-too-coarse")


def test_obj_brings_uvs_colours_and_materials(tmp_path):
    points, triangles = sphere(16)
    rows = [f"v {x:.6f} {y:.6f} {z:.6f} 1 0 0" for x, y, z in points]
    rows += ["vt 0.25 0.75", "mtllib a.mtl", "usemtl red"]
    rows += [f"f {a + 1}/1 {b + 1}/1 {c + 1}/1" for a, b, c in triangles]
    (tmp_path / "a.obj").write_text("\n".join(rows))
    (tmp_path / "a.mtl").write_text("newmtl red\nKd 1 0.5 0\n")
    statue = load_statue(tmp_path / "a.obj")
    assert statue.materials[0].base_color == (1.0, 0.5, 0.0, 1.0)
    assert statue.parts[0].uvs[0].tolist() == [0.25, 0.25]
    assert np.allclose(statue.colours[0][:, :3], [1.0, 0.0, 0.0])
    assert len(statue.parts[0].triangles) == len(triangles) - 2 * 16


@pytest.mark.parametrize(
    "text", ["v 1 2\nf 1 1 1", "v 0 0 nan\nf 1 1 1", "v 0 0 0\nf 1 2 3", "f 1 2 3", "v a b c"]
)
def test_damaged_obj_is_refused(tmp_path, text):
    (tmp_path / "a.obj").write_text(text)
    refused(lambda: load_statue(tmp_path / "a.obj"), "obj-damaged")


def test_markers_are_checked(tmp_path):
    path = tmp_path / "m.json"
    for text in ("[", "[]", '{"tail": [0, 0, 0]}', '{"head": [0, 0]}', '{"head": [0, 0, 1e9]}'):
        path.write_text(text)
        refused(lambda: read_markers(path), "rig-markers-file")
    path.write_text('{"head": [0, 1.5, 0]}')
    assert read_markers(path)["head"].tolist() == [0.0, 1.5, 0.0]
    statue = statue_of("su_qing", "a")
    refused(lambda: rig_statue(statue, RigOptions(markers={"tail": np.zeros(3)})), "rig-marker")


def test_many_triangles_are_thinned_and_keep_the_shape():
    points, triangles = sphere(260)
    statue = Statue("s", [part_of(points, triangles)], [Material("m")])
    thin = thin_statue(statue, 10_000)
    count = len(thin.parts[0].triangles)
    assert 4_000 < count <= 12_000
    assert np.abs(np.linalg.norm(thin.parts[0].positions, axis=1) - 1.0).max() < 0.02
    assert "rig-thinned" in [note.code for note in thin.notes]


def test_texture_borders_survive_thinning():
    points, triangles = sphere(200)
    u = np.linspace(0.0, 1.0, 201).repeat(201)
    uvs = np.stack([u, 0.5 - 0.5 * points[:, 1]], axis=1)
    thin = thin_statue(Statue("s", [part_of(points, triangles, uvs)], [Material("m")]), 8_000)
    part = thin.parts[0]
    off_poles = np.abs(part.positions[part.triangles][:, :, 1]).max(axis=1) < 0.9
    across = np.ptp(part.uvs[part.triangles[off_poles]][:, :, 0], axis=1)
    assert across.max() < 0.5  # no triangle runs over the seam


def test_a_mesh_full_of_borders_is_thinned_too():
    points, triangles = sphere(90)
    torn = points[triangles].reshape(-1, 3)
    inward = np.repeat(torn.reshape(-1, 3, 3).mean(1), 3, axis=0)
    torn = inward + 0.97 * (torn - inward)
    loose = np.arange(len(torn)).reshape(-1, 3)
    thin = thin_statue(Statue("s", [part_of(torn, loose)], [Material("m")]), 8_000)
    (part,) = thin.parts
    assert 2_000 < len(part.triangles) <= 1.3 * 8_000
    assert np.abs(np.linalg.norm(part.positions, axis=1) - 1.0).max() < 0.05


def test_inside_out_figures_are_turned_round():
    points, _, triangles = standing("gu_chen", "a")
    samples = sample_surface(points, triangles, SAMPLES, np.random.default_rng(0))
    right = face_outwards(points, triangles, samples)
    wrong = face_outwards(points, triangles[:, ::-1], samples)
    assert right.mean() < 0.02
    assert wrong.mean() > 0.97
