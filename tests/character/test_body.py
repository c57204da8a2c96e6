from __future__ import annotations

import numpy as np
import pytest

from cyberdirector.character.body import build_body
from cyberdirector.character.pose import pose_joints, t_pose_rotations, unpose
from cyberdirector.character.shape import Shape, shape_vertices
from cyberdirector.character.style import Style
from cyberdirector.character.template import (
    BODY_COUNT,
    SOURCE,
    VERTEX_COUNT,
    bake_template,
    load_template,
    template_path,
)
from cyberdirector.core.errors import InputRefused
from cyberdirector.core.face import ARKIT_NAMES
from cyberdirector.core.skeleton import BONE_COUNT
from cyberdirector.modelstore import get


def test_template_is_small_and_whole(template):
    assert template.base.shape == (VERTEX_COUNT, 3)
    assert template_path().stat().st_size < 25e6
    assert all(f"arkit/{name}" in template.target_index for name in ARKIT_NAMES)
    for word in ("nipple", "genital", "baby", "infant", "newborn"):
        assert not any(word in n for n in template.target_names)
    assert "helper-genital" not in template.group_names
    np.testing.assert_allclose(template.weights.sum(1), 1.0, atol=1e-6)


def test_baking_gives_the_same_bytes_and_heals(template, tmp_path, monkeypatch):
    whole = template_path().read_bytes()
    monkeypatch.setenv("CYBERDIRECTOR_MODELS", str(get(SOURCE).parent))
    monkeypatch.setenv("CYBERDIRECTOR_CACHE", str(tmp_path))
    path = template_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(whole[:1000])
    load_template.cache_clear()
    try:
        assert load_template().target_names == template.target_names
    finally:
        load_template.cache_clear()
    assert path.read_bytes() == whole
    assert bake_template(get(SOURCE), tmp_path / "again.npz").read_bytes() == whole


@pytest.mark.parametrize("height", [1.5, 1.65, 1.9])
def test_height_and_floor(template, height):
    body = build_body(template, Shape(height=height), Style())
    skin = body.positions[:BODY_COUNT]
    assert skin[:, 1].min() == pytest.approx(0.0, abs=1e-9)
    assert skin[:, 1].max() == pytest.approx(height, abs=1e-9)


def test_t_pose(woman):
    arm = [woman.bone(f"left{n}") for n in ("UpperArm", "LowerArm", "Hand")]
    assert np.ptp([p[1] for p in arm]) < 1e-9
    assert np.ptp([p[2] for p in arm]) < 1e-9
    assert arm[0][0] < arm[1][0] < arm[2][0]
    leg = [woman.bone(f"left{n}") for n in ("UpperLeg", "Foot")]
    assert leg[0][0] == pytest.approx(leg[1][0], abs=1e-9)
    toes = woman.bone("leftToes") - woman.bone("leftFoot")
    assert toes[2] > 0.05
    assert abs(toes[0]) < 1e-6
    finger = woman.bone("leftIndexDistal") - woman.bone("leftIndexProximal")
    assert abs(finger[1]) < 2e-3


def test_sides_are_mirrored(woman):
    joints = woman.joint_positions
    names = list(woman.humanoid)
    for name, row in woman.humanoid.items():
        if name.startswith("left"):
            other = joints[names.index("right" + name[4:])]
            np.testing.assert_allclose(joints[row], other * [-1, 1, 1], atol=2e-3)


def test_skinning_back_gives_the_modelled_pose(template):
    rng = np.random.default_rng(3)
    points = template.base.copy()
    bones = points[template.joint_cubes].mean(1)
    turns = t_pose_rotations(bones)
    after = pose_joints(bones, turns)
    joints = template.joints.astype(np.int64)
    posed = unpose(points, joints, template.weights, bones[:BONE_COUNT], after, turns)
    rows = rng.integers(0, VERTEX_COUNT, 500)
    back = np.transpose(turns, (0, 2, 1))[joints[rows]]
    local = posed[rows][:, None] - after[joints[rows]]
    moved = np.einsum("vkij,vkj->vki", back, local) + bones[:BONE_COUNT][joints[rows]]
    result = np.einsum("vk,vki->vi", template.weights[rows], moved)
    np.testing.assert_allclose(result, points[rows], atol=1e-6)


def test_head_map_never_folds(template, woman):
    """The Jacobian of the head map stays positive over random dials."""
    rng = np.random.default_rng(7)
    rows = np.flatnonzero(woman.head_weight[:BODY_COUNT] > 0.99)[::7]
    for _ in range(12):
        style = Style(
            eye_width=rng.uniform(0.033, 0.042), eye_height=rng.uniform(0.012, 0.027),
            jaw=rng.uniform(0.84, 1.0), chin=rng.uniform(0.6, 0.9),
            mouth_width=rng.uniform(0.62, 0.9), nose_width=rng.uniform(0.5, 0.9),
            nose_depth=rng.uniform(0.5, 0.9), eye_at=rng.uniform(0.43, 0.48),
            head=rng.uniform(1.1, 1.4), eye_tilt=rng.uniform(-0.05, 0.16),
        )  # fmt: skip
        body = build_body(template, Shape(sex=float(rng.integers(2))), style)
        at = body.unstyled[rows]
        step = 1e-5
        columns = [
            (body.warp_points(at + step * e) - body.warp_points(at - step * e)) / (2 * step)
            for e in np.eye(3)
        ]
        assert np.linalg.det(np.stack(columns, axis=2)).min() > 0.02


def test_landmarks_lie_on_the_head(woman):
    marks = woman.landmarks
    assert marks["menton"][1] < marks["lips"][1] < marks["nose_base"][1]
    assert marks["nose_base"][1] < marks["leftEyeFront"][1] < marks["head_top"][1]
    assert np.linalg.norm(marks["head_top"] - woman.head_centre) < 1.2 * woman.head_radius


def test_unknown_dials_are_refused(template):
    with pytest.raises(InputRefused) as error:
        shape_vertices(template, Shape(local={"third-arm-incr": 1.0}))
    assert error.value.code == "character-local"
    with pytest.raises(InputRefused) as error:
        shape_vertices(template, Shape(age=0.1))
    assert error.value.code == "character-age"
