import numpy as np
import pytest

from cyberdirector.backlot import SET_NAMES, build_set
from cyberdirector.core.errors import InputRefused
from cyberdirector.core.hashing import content_hash

TRIANGLES, DRAWS = 120_000, 25
PRESETS = ("day", "dawn", "dusk", "night", "rain")


@pytest.fixture(scope="module", params=SET_NAMES)
def place(request):
    return build_set(request.param)


def _project(camera, point, aspect):
    """Return x, y in -1..1 inside the picture, and the depth."""
    eye, target = np.array(camera.eye), np.array(camera.target)
    forward = (target - eye) / np.linalg.norm(target - eye)
    right = np.cross(forward, [0.0, 1.0, 0.0])
    right /= np.linalg.norm(right)
    up = np.cross(right, forward)
    d = np.asarray(point) - eye
    depth = float(d @ forward)
    scale = np.tan(camera.fov / 2) * depth
    return float(d @ right) / (scale * aspect), float(d @ up) / scale, depth


def _hits(place, start, end):
    """Return whether opaque triangles lie between two points (Moeller and Trumbore)."""
    start, end = np.asarray(start, float), np.asarray(end, float)
    d = end - start
    for part in place.parts:
        if place.materials[part.material].alpha_mode != "OPAQUE":
            continue
        a, b, c = (part.positions[part.triangles[:, i]].astype(float) for i in range(3))
        p = np.cross(d, c - a)
        det = np.sum((b - a) * p, axis=1)
        inverse = 1 / np.where(np.abs(det) < 1e-12, np.inf, det)
        s = start - a
        u = np.sum(s * p, axis=1) * inverse
        q = np.cross(s, b - a)
        v = q @ d * inverse
        t = np.sum((c - a) * q, axis=1) * inverse
        if (
            (np.abs(det) >= 1e-12)
            & (u >= 0)
            & (v >= 0)
            & (u + v <= 1)
            & (t > 1e-3)
            & (t < 0.999)
        ).any():
            return True
    return False


def test_has_what_the_stage_needs(place):
    assert {"a", "b", "c", "d", "e", "f", "door", "off"} <= set(place.marks)
    assert {mark.kind for mark in place.marks.values()} >= {"stand", "door", "prop", "off"}
    assert {"establish", "wide", "corner"} <= set(place.cameras)
    assert set(PRESETS) <= set(place.lights)
    assert all(name == light.name for name, light in place.lights.items())
    assert all(name == mark.name for name, mark in place.marks.items())
    assert place.lights["rain"].weather == "rain"
    assert all(len(box) == 6 for box in place.extras["shelters"])
    assert place.extras["ambience"]
    names = {material.name for material in place.materials}
    for light in place.lights.values():
        assert {name for name, _ in light.glow} <= names


def test_arrays_are_sound(place):
    total = 0
    for part in place.parts:
        n = len(part.positions)
        assert part.positions.shape == part.normals.shape == (n, 3)
        assert part.uvs.shape == (n, 2)
        assert part.triangles.dtype == np.uint32
        assert part.positions.dtype == part.normals.dtype == part.uvs.dtype == np.float32
        for array in (part.positions, part.normals, part.uvs):
            assert np.isfinite(array).all()
        assert np.allclose(np.linalg.norm(part.normals, axis=1), 1, atol=1e-3)
        assert part.triangles.max() < n
        assert 0 <= part.material < len(place.materials)
        total += len(part.triangles)
    assert total <= TRIANGLES
    assert len(place.parts) <= DRAWS
    for texture in place.textures:
        assert texture.pixels.dtype == np.uint8
        assert max(texture.pixels.shape[:2]) <= 2048
    for material in place.materials:
        for index in (material.base_texture, material.shade_texture):
            assert index is None or 0 <= index < len(place.textures)


def test_triangles_face_their_normals(place):
    for part in place.parts:
        if place.materials[part.material].double_sided or part.name == "distance":
            continue  # leaves and painted distance are lit by normals of their own
        a, b, c = (part.positions[part.triangles[:, i]].astype(float) for i in range(3))
        face = np.cross(b - a, c - a)
        area = np.linalg.norm(face, axis=1)
        mean = part.normals[part.triangles].mean(axis=1)
        wrong = (np.sum(face * mean, axis=1) < 0) & (area > 1e-5)
        assert wrong.sum() <= 0.01 * len(wrong), part.name


def test_floor_lies_under_the_marks(place):
    for mark in place.marks.values():
        if mark.kind in ("stand", "seat", "door"):
            x, y, z = mark.position
            assert _hits(place, (x, y + 0.2, z), (x + 1e-4, y - 0.2, z + 1e-4)), mark.name


def test_pairs_face_each_other(place):
    for first, second in (("a", "b"), ("e", "f")):
        p, q = (np.array(place.marks[n].position) for n in (first, second))
        assert 1.1 <= np.linalg.norm(q - p) <= 1.6
        for name, way in ((first, q - p), (second, p - q)):
            yaw = place.marks[name].yaw
            ahead = np.array([np.sin(yaw), 0.0, np.cos(yaw)])
            assert ahead @ way / np.linalg.norm(way) > 0.9


@pytest.mark.parametrize("aspect", [9 / 16, 16 / 9])
def test_establish_sees_the_first_pair(place, aspect):
    camera = place.cameras["establish"]
    for name in ("a", "b"):
        x, y, z = place.marks[name].position
        for height in (0.05, 1.75):
            at = (x, y + height, z)
            px, py, depth = _project(camera, at, aspect)
            assert depth > 0
            assert abs(px) < 0.95
            assert abs(py) < 0.95
            assert not _hits(place, camera.eye, at), (name, height)


def test_room_round_the_first_pair(place):
    for name in ("a", "b"):
        x, y, z = place.marks[name].position
        for turn in np.linspace(0, 2 * np.pi, 12, endpoint=False):
            far = (x + 2.0 * np.sin(turn), y + 1.45, z + 2.0 * np.cos(turn))
            assert not _hits(place, (x, y + 1.45, z), far), (name, turn)


def test_walk_area_holds_the_standing_marks(place):
    polygon = place.walk_area
    assert polygon.dtype == np.float32
    nexts = np.roll(polygon, -1, axis=0)
    for name in ("a", "b", "c", "d", "door"):
        x, _, z = place.marks[name].position
        cross = (polygon[:, 1] > z) != (nexts[:, 1] > z)
        at = polygon[:, 0] + (z - polygon[:, 1]) / np.where(
            nexts[:, 1] == polygon[:, 1], 1, nexts[:, 1] - polygon[:, 1]
        ) * (nexts[:, 0] - polygon[:, 0])
        assert (cross & (at > x)).sum() % 2 == 1, name


def test_same_seed_same_set(place):
    again = build_set(place.name)
    first, second = (
        content_hash([p.positions for p in s.parts], [t.pixels for t in s.textures])
        for s in (place, again)
    )
    assert first == second


def test_seed_keeps_marks_and_cameras():
    place, other = (build_set("office", seed) for seed in (0, 5))
    assert other.marks == place.marks
    assert other.cameras == place.cameras
    assert any(
        a.pixels.shape != b.pixels.shape or (a.pixels != b.pixels).any()
        for a, b in zip(other.textures, place.textures, strict=True)
    )


def test_unknown_set_is_refused():
    with pytest.raises(InputRefused) as caught:
        build_set("moon")
    assert caught.value.code == "set-unknown"
    assert "teahouse" in caught.value.en
