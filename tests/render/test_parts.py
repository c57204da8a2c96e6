"""Pieces that need no driver: shader text, packing, cameras, light numbers."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from cyberdirector.core.errors import RenderFailed
from cyberdirector.core.model import Material, MeshPart, Morph
from cyberdirector.core.resources import data_dir
from cyberdirector.core.scene import Camera, LightRig, PointLight
from cyberdirector.render.camera import View, boxes_inside
from cyberdirector.render.figure_mesh import pack_figure
from cyberdirector.render.geometry import pack_set, role_of, vertex_normals
from cyberdirector.render.lights import chosen_lamps, flicker, lighting_of
from cyberdirector.render.shaders import Source, shader_hash
from cyberdirector.render.shadows import fit_key_map, screen_box, shadow_reach

sys.path.insert(0, str(Path(__file__).parent))
from samples import figure, room


def test_include_is_once_and_lines_keep_their_origin(tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "a.glsl").write_text("float a;\n")
    (tmp_path / "main.frag").write_text(
        '#include "lib/a.glsl"\n#include "lib/a.glsl"\nvoid main() {}\n'
    )
    source = Source("main.frag", {"N": 3}, root=tmp_path)
    assert source.text.count("float a;") == 1
    line = source.text.splitlines().index("void main() {}") + 1
    assert str(source.place(line)) == "main.frag:3"
    assert source.text.startswith("#version 330\n#define N 3\n")


def test_missing_include_names_the_asking_line(tmp_path: Path) -> None:
    (tmp_path / "main.frag").write_text('\n#include "lib/no.glsl"\n')
    with pytest.raises(RenderFailed, match=r"main\.frag:2.*no\.glsl"):
        Source("main.frag", {}, root=tmp_path)


def test_shader_hash_is_stable() -> None:
    assert shader_hash() == shader_hash()


def test_shader_files_keep_to_the_shared_subset() -> None:
    """No version, precision or desktop-only words: the web preview adds its own header."""
    for path in data_dir("shaders").rglob("*"):
        if path.is_file() and path.suffix != ".json":
            text = path.read_text(encoding="utf-8")
            assert "#version" not in text, path
            assert "precision " not in text, path
            assert "samplerBuffer" not in text, path


def test_known_normal_of_a_triangle() -> None:
    points = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0.0]])
    normals = vertex_normals(points, np.array([[0, 1, 2]]))
    np.testing.assert_allclose(normals, np.tile([0.0, 0.0, 1.0], (3, 1)))


def test_degenerate_triangle_has_a_finite_normal() -> None:
    normals = vertex_normals(np.zeros((3, 3)), np.array([[0, 1, 2]]))
    np.testing.assert_allclose(normals, np.tile([0.0, 1.0, 0.0], (3, 1)))


def test_figure_packs_shapes_as_sparse_rows() -> None:
    person = figure()
    mesh = pack_figure(person)
    morph = person.parts[0].morphs["jawOpen"]
    assert mesh.shapes[0] == "browDownLeft"
    assert int(mesh.rest["morphs"][:, 1].sum()) == len(morph.indices)
    rows = mesh.entries.reshape(-1, 2, 4)
    assert set(rows[:, 0, 3].astype(int)) == {mesh.shapes.index("jawOpen")}
    np.testing.assert_allclose(mesh.rest["weights"].sum(axis=1), 1.0, atol=1e-6)


def test_shapes_of_other_names_follow_the_arkit_ones() -> None:
    person = figure()
    person.parts[0].morphs["blush"] = Morph(
        np.array([1], np.uint32), np.array([[0, 0, 0.01]], np.float32)
    )
    assert pack_figure(person).shapes.index("blush") == 52


def test_head_box_is_about_the_head() -> None:
    mesh = pack_figure(figure())
    np.testing.assert_allclose(mesh.head_center, [0.0, 0.085, 0.015], atol=0.02)
    assert 0.07 < float(mesh.head_radii.max()) < 0.13


def test_set_is_cut_into_columns_that_hold_all_triangles() -> None:
    place = room()
    mesh = pack_set(place.name, place.parts, place.materials)
    assert sum(d.count for d in mesh.draws) == len(mesh.indices)
    assert len(mesh.indices) == 3 * sum(len(p.triangles) for p in place.parts)


@pytest.mark.parametrize(
    ("name", "role"),
    [("N00_000_Hair_00_HAIR", "hair"), ("N00_FaceMouth", "mouth"), ("EyeIris", "eye"),
     ("FaceBrow", "brow"), ("Face_00_SKIN", "face"), ("Body_SKIN", "skin"), ("Tops", "cloth")],
)  # fmt: skip
def test_roles_of_foreign_materials(name: str, role: str) -> None:
    assert role_of(Material(name)) == role


def test_view_projects_the_target_to_the_middle() -> None:
    view = View(Camera((1.0, 2.0, 5.0), (0.3, 1.0, -2.0), roll=0.4), (720, 1280))
    clip = view.matrix @ np.array([0.3, 1.0, -2.0, 1.0])
    np.testing.assert_allclose(clip[:2] / clip[3], 0.0, atol=1e-9)


def test_boxes_behind_the_eye_are_outside() -> None:
    view = View(Camera((0, 1, 3), (0, 1, 0)), (160, 284))
    low = np.array([[-0.5, 0, -0.5], [-0.5, 0, 5.0]])
    assert boxes_inside(view.planes(), low, low + 1.0).tolist() == [True, False]


def test_key_map_holds_the_box_and_its_shadow() -> None:
    light = np.array([0.4, 0.8, 0.5])
    light = light / np.linalg.norm(light)
    joints = np.array([[-0.8, 0.2, 0.0], [0.8, 1.6, 0.0]])
    wide = View(Camera((0, 1, 9), (0, 1, 0)), (160, 284))
    matrix, texels, texel = fit_key_map(joints, light, 900.0, 1024, wide)
    points = shadow_reach(joints, 0.2, light)
    assert points[:, 1].min() == pytest.approx(-0.1)  # down to just under the floor
    clip = np.c_[points, np.ones(len(points))] @ matrix.T
    assert np.abs(clip[:, :3]).max() <= 1.0
    assert texel < 0.006
    assert texels == 1024
    assert fit_key_map(joints, light, 60.0, 1024, wide)[1] == 256


def test_key_map_holds_what_the_picture_shows() -> None:
    """A close-up of one of two joints: all on the way of the light into it is in the map."""
    light = np.array([0.4, 0.8, 0.5])
    light = light / np.linalg.norm(light)
    joints = np.array([[-0.8, 0.2, 0.0], [0.8, 1.6, 0.0]])
    close = View(Camera((0.8, 1.6, 1.2), (0.8, 1.6, 0.0), fov=0.25), (200, 200))
    matrix, texels, texel = fit_key_map(joints, light, 3000.0, 1024, close)
    assert texels * texel < 1.6
    rng = np.random.default_rng(0)
    spots = np.array([0.8, 1.6, 0.0]) + rng.uniform(-0.11, 0.11, (200, 3))
    seen = np.c_[spots, np.ones(200)]
    assert (seen @ close.planes().T > 0.0).all()
    for above in (0.0, 0.2, 0.4):  # metres towards the light
        clip = np.c_[spots + above * light, np.ones(200)] @ matrix.T
        assert np.abs(clip[:, :3]).max() <= 1.0


def test_screen_box_covers_what_is_near_the_eye() -> None:
    view = View(Camera((0, 1, 3), (0, 1, 0)), (160, 284))
    assert screen_box(np.array([[0.0, 1.0, 4.0]]), view, (160, 284)) == (0, 0, 160, 284)
    box = screen_box(np.array([[0.0, 1.0, 0.0]]), view, (160, 284))
    assert box is not None
    assert box[0] <= 80 <= box[0] + box[2]
    assert screen_box(np.array([[90.0, 1.0, 0.0]]), view, (160, 284)) is None


def test_flicker_is_smooth_bounded_and_seeded() -> None:
    values = np.array([flicker(1.0, t, 5, 0) for t in np.linspace(0, 4, 800)])
    assert 0.5 <= values.min()
    assert values.max() <= 1.5
    assert np.abs(np.diff(values)).max() < 0.06
    assert flicker(1.0, 1.3, 5, 0) != flicker(1.0, 1.3, 6, 0)
    assert flicker(0.0, 1.3, 5, 0) == 1.0


def test_dark_rigs_lift_figures_and_bright_ones_hold_them() -> None:
    night = lighting_of(LightRig("n", key_color=(0.1, 0.12, 0.2), ambient=((0.05,) * 3,) * 2))
    noon = lighting_of(LightRig("d", key_color=(1.6, 1.6, 1.5)))
    assert night.figure_boost > 1.3
    assert noon.figure_boost < 1.0


def test_strongest_lamps_are_taken() -> None:
    points = tuple(PointLight((float(i), 1, 0), (1, 1, 1), 3.0) for i in range(40))
    view = View(Camera((0, 1, 3), (0, 1, 0)), (160, 284))
    assert chosen_lamps(LightRig("l", points=points), view, np.zeros(3)) == list(range(12))


def test_materials_of_floors_are_told_from_those_of_walls() -> None:
    """Floors are looked at along their surface; what also stands upright is not."""
    flat = [[0, 0, 0], [0, 0, 4], [4, 0, 4]], [[0, 0, 0], [4, 0, 4], [4, 0, 0]]
    upright = [[0, 0, 0], [4, 0, 0], [4, 3, 0]]
    materials = [Material("floor"), Material("wall"), Material("pond", role="water")]

    def piece(name, faces, material):
        points = np.array(faces, np.float32).reshape(-1, 3)
        order = np.arange(len(points), dtype=np.uint32).reshape(-1, 3)
        none = np.zeros((0, 3), np.float32)
        return MeshPart(
            name, points, none, np.zeros((len(points), 2), np.float32), order, material
        )

    parts = [
        piece("floor", flat, 0),
        piece("wall", [upright, *flat], 1),
        piece("pond", flat, 2),
    ]
    draws = pack_set("room", parts, materials).draws
    assert {draw.name for draw in draws if draw.level} == {"floor"}
