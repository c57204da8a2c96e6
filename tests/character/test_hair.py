import numpy as np
import pytest

from cyberdirector.character._figure import figure_of
from cyberdirector.character.body import build_body
from cyberdirector.character.hair import (
    STYLES,
    VOLUME,
    HairSpec,
    build_hair,
    catalogue,
    kind_of,
)
from cyberdirector.character.hair.beards import BEARDS
from cyberdirector.character.hair.dials import DIALS
from cyberdirector.character.hair.hairline import PEAKED, hairline_at
from cyberdirector.character.hair.lock import Lock
from cyberdirector.character.hair.loft import loft
from cyberdirector.character.hair.shell import build_shell
from cyberdirector.character.piece import resolve_joints, unique_chains
from cyberdirector.character.recipe import Hair
from cyberdirector.character.shape import Shape
from cyberdirector.character.style import Style
from cyberdirector.character.template import load_template
from cyberdirector.core.errors import InputRefused

MAX_TRIANGLES, MAX_CHAINS = 20_000, 24


@pytest.fixture(scope="module")
def bodies():
    template = load_template()
    return {
        "woman": build_body(template, Shape(sex=0.0), Style()),
        "man": build_body(template, Shape(sex=1.0, height=1.8), Style()),
    }


@pytest.fixture(scope="module")
def made(bodies):
    """Every style on the body that it is meant for."""
    out = {}
    for kind in catalogue():
        body = bodies["man" if kind.sex == "male" else "woman"]
        out[kind.name] = (body, build_hair(body, HairSpec(style=kind.name, seed=5)))
    return out


@pytest.mark.parametrize("style", sorted(STYLES))
def test_every_style_is_sound_and_within_budget(made, style):
    _, pieces = made[style]
    assert sum(len(p.triangles) for p in pieces) <= MAX_TRIANGLES
    chains = unique_chains(pieces)
    assert len(chains) <= MAX_CHAINS
    first = {c.name: 100 + 10 * i for i, c in enumerate(chains)}
    for piece in pieces:
        assert np.isfinite(piece.positions).all()
        assert piece.triangles.min() >= 0
        assert piece.triangles.max() < len(piece.positions)
        assert np.allclose(np.linalg.norm(piece.normals, axis=1), 1, atol=1e-6)
        assert np.allclose(piece.weights.sum(axis=1), 1)
        assert piece.uvs.min() >= 0
        assert piece.uvs.max() <= 1.0001
        assert resolve_joints(piece, first).min() >= 0


@pytest.mark.parametrize("style", sorted(STYLES))
def test_no_lock_sinks_into_the_face_or_reaches_far(made, style):
    body, pieces = made[style]
    shell = build_shell(figure_of(body), VOLUME)
    locks = next(p for p in pieces if p.name == "hair-locks")
    _, i = shell.tree.query(locks.positions)
    depth = np.sum((locks.positions - shell.skin[i]) * shell.skin_normals[i], axis=1)
    assert (depth < -0.012).mean() < 0.02
    assert np.linalg.norm(locks.positions - shell.centre, axis=1).max() < 0.85
    assert locks.positions[:, 1].max() < shell.centre[1] + 0.32


@pytest.mark.parametrize("style", sorted(STYLES))
def test_eyes_are_free(made, style):
    """Below the brows no hair hangs before the face between the outer corners of the eyes."""
    body, pieces = made[style]
    left, right = body.landmarks["leftEyeFront"], body.landmarks["rightEyeFront"]
    top = left[1] - 0.004
    for piece in pieces:
        p = piece.positions
        before = p[:, 2] > left[2] - 0.03
        low = (p[:, 1] < top) & (p[:, 1] > body.landmarks["chin"][1])
        across = (p[:, 0] < left[0] + 0.012) & (p[:, 0] > right[0] - 0.012)
        assert not (before & low & across).any(), piece.name


@pytest.mark.parametrize("style", sorted(STYLES))
def test_hair_covers_the_scalp(made, style):
    """From outside, rays towards the middle of the head meet hair before skin."""
    from scipy.spatial import cKDTree

    body, pieces = made[style]
    shell = build_shell(figure_of(body), VOLUME)
    az, el = np.meshgrid(np.arange(-180.0, 180.0, 12.0), np.arange(-30.0, 90.0, 8.0))
    az, el = az.ravel(), el.ravel()
    inside = el > hairline_at(shell, PEAKED, az) + 12.0
    d = shell.direction(np.radians(az[inside]), np.radians(el[inside]))
    points, radius = [], []
    for piece in pieces:
        corner = piece.positions[piece.triangles]
        for w in ((1 / 3, 1 / 3, 1 / 3), (0.6, 0.2, 0.2), (0.2, 0.6, 0.2), (0.2, 0.2, 0.6)):
            points += [np.einsum("tkc,k->tc", corner, w) - shell.centre]
    points = np.concatenate([*points, *(p.positions - shell.centre for p in pieces)])
    radius = np.linalg.norm(points, axis=1)
    near = cKDTree(points / radius[:, None]).query_ball_point(d, 0.06)
    outer = np.array([max((radius[i] for i in found), default=0.0) for found in near])
    assert (outer > shell.skull(d) - 0.001).all()


def test_same_seed_gives_the_same_bytes_and_another_seed_not(bodies):
    one = build_hair(bodies["woman"], HairSpec(style="bob", seed=3))
    two = build_hair(bodies["woman"], HairSpec(style="bob", seed=3))
    other = build_hair(bodies["woman"], HairSpec(style="bob", seed=4))
    assert all(np.array_equal(a.positions, b.positions) for a, b in zip(one, two, strict=True))
    assert not np.array_equal(one[1].positions, other[1].positions)


def test_locks_face_outwards_and_end_in_points(bodies):
    shell = build_shell(figure_of(bodies["man"]), VOLUME)
    locks = [
        Lock(path=((0, 60, 0.003), (0, 20, 0.01))),
        Lock(path=((180, 60, 0.003), (180, 0, 0.01)), hang=0.2),
    ]
    strands = loft(shell, locks)
    corner = strands.positions[strands.triangles]
    normal = np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0])
    smooth = strands.normals[strands.triangles].mean(axis=1)
    assert (np.sum(normal * smooth, axis=1) > 0).mean() > 0.95
    for number in range(2):
        end = strands.positions[(strands.lock == number) & (strands.along > 0.9999)]
        assert np.ptp(end, axis=0).max() < 1e-6


def test_shell_lies_outside_the_skull(bodies):
    shell = build_shell(figure_of(bodies["woman"]), 0.0)
    p = np.array([shell.at(az, el, 0.012) for az in (0, 60, 120, 180) for el in (30, 60, 85)])
    _, i = shell.tree.query(p)
    assert np.all(np.sum((p - shell.skin[i]) * shell.skin_normals[i], axis=1) > 0)


@pytest.mark.parametrize("who", ["woman", "man"])
def test_the_forehead_is_about_a_quarter_of_the_face(bodies, who):
    body = bodies[who]
    shell = build_shell(figure_of(body), VOLUME)
    el = hairline_at(shell, PEAKED, np.array([10.0]))
    line = float(shell.at(10.0, float(el[0]))[1])
    brow = float(body.landmarks["leftEyeFront"][1]) + 0.03
    share = (line - brow) / (line - float(body.landmarks["menton"][1]))
    assert 0.12 < share < 0.34


def test_dials_change_their_group_only(bodies):
    body = bodies["woman"]
    plain = build_hair(body, HairSpec(style="bob"))[1].positions
    curled = build_hair(body, HairSpec(style="bob", params={"back_curl": -1.0}))[1].positions
    assert curled.shape == plain.shape
    moved = np.linalg.norm(curled - plain, axis=1) > 1e-6
    assert 0.1 < moved.mean() < 0.95
    more = build_hair(body, HairSpec(style="bob", params={"back_count": 1.4}))[1].positions
    assert len(more) > len(plain)


@pytest.mark.parametrize("name", ["fringe_length", "part", "asymmetry", "fringe_width"])
def test_fringe_dials_move_the_fringe(bodies, name):
    body = bodies["woman"]
    low, high = DIALS[name][1:]
    a = build_hair(body, HairSpec(style="bob", params={name: low}))[1].positions
    b = build_hair(body, HairSpec(style="bob", params={name: high}))[1].positions
    front = a[:, 2] > body.landmarks["leftEyeFront"][2] - 0.03
    assert np.abs(a[front] - b[front]).max() > 0.004


@pytest.mark.parametrize("kind", BEARDS)
def test_beards_grow_under_the_nose(bodies, kind):
    body = bodies["man"]
    beard = build_hair(body, HairSpec(style="old_bun", beard=kind))[-1]
    assert beard.name == "hair-beard"
    assert beard.positions[:, 1].max() < body.landmarks["nose_tip"][1] + 0.01
    assert beard.positions[:, 2].max() > body.landmarks["lips"][2] - 0.02


def test_colours_paint_gradient_inner_and_streaks(bodies):
    body = bodies["woman"]
    plain = build_hair(body, HairSpec(style="long_straight"))[1]
    dyed = build_hair(body, HairSpec(style="long_straight", inner="#d04070", streak="#f0e0a0"))[
        1
    ]
    assert plain.material.name != dyed.material.name
    assert not np.array_equal(plain.uvs, dyed.uvs)
    assert np.array_equal(plain.positions, dyed.positions)
    assert Hair(inner="#d04070").model_dump().keys() <= HairSpec().__dict__.keys()


def test_bald_unknown_style_and_bad_values(bodies):
    body = bodies["man"]
    assert build_hair(body, HairSpec(style="bald")) == []
    for spec, code in (
        (HairSpec(style="mullet"), "hair-style-unknown"),
        (HairSpec(style="bob", beard="stubble"), "beard-unknown"),
        (HairSpec(style="bob", colour="blue"), "colour-unreadable"),
        (HairSpec(style="bob", params={"shine": 1.0}), "hair-dial-unknown"),
        (HairSpec(style="bob", params={"part": 90.0}), "hair-dial-range"),
    ):
        with pytest.raises(InputRefused) as refused:
            build_hair(body, spec)
        assert refused.value.code == code


def test_catalogue_names_every_style_once():
    names = [kind.name for kind in catalogue()]
    assert len(names) == len(set(names))
    assert set(names) == {*STYLES, "bald"}
    assert len(STYLES) >= 24
    for kind in catalogue():
        assert kind.zh
        assert kind.en
        assert kind_of(kind.name) is kind
    assert kind_of("mullet") is None


@pytest.mark.parametrize("style", ["side_part_male", "twin_tails", "slick_back"])
def test_the_crown_of_the_cap_has_no_needles(made, style):
    """Needles around the pole fold over in coarse levels and show the scalp."""
    cap = next(p for p in made[style][1] if p.name == "hair-cap")
    used = np.bincount(cap.triangles.ravel(), minlength=len(cap.positions))
    top = cap.positions[:, 1].argmax()
    near = np.linalg.norm(cap.positions - cap.positions[top], axis=1) < 0.03
    assert 0 < used[near].max() <= 16


def test_a_bald_head_may_have_a_beard(bodies):
    assert build_hair(bodies["man"], HairSpec(style="bald")) == []
    pieces = build_hair(bodies["man"], HairSpec(style="bald", beard="goatee"))
    assert [piece.name for piece in pieces] == ["hair-beard"]


@pytest.mark.parametrize("kind", ["goatee", "beard_long"])
def test_beards_hang_below_the_chin_and_not_before_the_nose(bodies, kind):
    man = bodies["man"]
    beard = build_hair(man, HairSpec(style="bald", beard=kind))[0].positions
    assert beard[:, 1].min() < man.landmarks["menton"][1] - 0.02
    assert beard[:, 2].max() < man.landmarks["nose_tip"][2] + 0.003
