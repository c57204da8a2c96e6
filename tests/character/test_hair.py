import numpy as np
import pytest

from cyberdirector.character._figure import figure_of
from cyberdirector.character.body import build_body
from cyberdirector.character.hair import STYLES, HairSpec, build_hair, catalogue, kind_of
from cyberdirector.character.hair.beards import BEARDS
from cyberdirector.character.hair.lock import Lock, loft
from cyberdirector.character.hair.shell import build_shell
from cyberdirector.character.piece import resolve_joints, unique_chains
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


@pytest.mark.parametrize("style", sorted(STYLES))
def test_every_style_is_sound_and_within_budget(bodies, style):
    for body in bodies.values():
        pieces = build_hair(body, HairSpec(style=style))
        assert sum(len(p.triangles) for p in pieces) <= MAX_TRIANGLES
        chains = unique_chains(pieces)
        assert len(chains) <= MAX_CHAINS
        first = {c.name: 100 + 10 * i for i, c in enumerate(chains)}
        for piece in pieces:
            n = len(piece.positions)
            assert np.isfinite(piece.positions).all()
            assert piece.triangles.min() >= 0
            assert piece.triangles.max() < n
            assert np.allclose(np.linalg.norm(piece.normals, axis=1), 1, atol=1e-6)
            assert np.allclose(piece.weights.sum(axis=1), 1)
            assert piece.uvs.min() >= 0
            assert piece.uvs.max() <= 1.0001
            joints = resolve_joints(piece, first)
            assert joints.min() >= 0


@pytest.mark.parametrize("style", sorted(STYLES))
def test_no_lock_crosses_the_eyes_or_sinks_into_the_face(bodies, style):
    body = bodies["woman"]
    figure = figure_of(body)
    shell = build_shell(figure, 0.02)
    for piece in build_hair(body, HairSpec(style=style)):
        for side in ("left", "right"):
            eye = body.landmarks[f"{side}EyeFront"]
            d = piece.positions - eye
            iris = (np.abs(d[:, 0]) < 0.010) & (np.abs(d[:, 1]) < 0.006) & (d[:, 2] > -0.02)
            assert not iris.any(), piece.name
        if piece.name == "hair-locks":
            _, i = shell.tree.query(piece.positions)
            depth = np.sum((piece.positions - shell.skin[i]) * shell.skin_normals[i], axis=1)
            assert (depth < -0.012).mean() < 0.02


def test_same_seed_gives_the_same_bytes_and_another_seed_not(bodies):
    one = build_hair(bodies["woman"], HairSpec(style="bob", seed=3))
    two = build_hair(bodies["woman"], HairSpec(style="bob", seed=3))
    other = build_hair(bodies["woman"], HairSpec(style="bob", seed=4))
    assert all(np.array_equal(a.positions, b.positions) for a, b in zip(one, two, strict=True))
    assert not np.array_equal(one[1].positions, other[1].positions)


def test_locks_face_outwards(bodies):
    figure = figure_of(bodies["man"])
    shell = build_shell(figure, 0.02)
    strands = loft(shell, [Lock((0, 60), (0, 20)), Lock((180, 60), (180, 0), hang=0.2)])
    corner = strands.positions[strands.triangles]
    normal = np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0])
    smooth = strands.outline_normals[strands.triangles].mean(axis=1)
    assert (np.sum(normal * smooth, axis=1) > 0).mean() > 0.95
    middle = np.array([np.mean(strands.lines[i], axis=0) for i in strands.lock])
    assert (
        np.sum((strands.positions - middle) * strands.outline_normals, axis=1) > 0
    ).mean() > 0.5


def test_shell_lies_outside_the_skull(bodies):
    figure = figure_of(bodies["woman"])
    shell = build_shell(figure, 0.0)
    p = np.array([shell.at(az, el, 0.012) for az in (0, 60, 120, 180) for el in (30, 60, 85)])
    _, i = shell.tree.query(p)
    assert np.all(np.sum((p - shell.skin[i]) * shell.skin_normals[i], axis=1) > 0)


@pytest.mark.parametrize("kind", BEARDS)
def test_beards_grow_under_the_nose(bodies, kind):
    body = bodies["man"]
    beard = build_hair(body, HairSpec(style="old_bun", beard=kind))[-1]
    assert beard.name == "hair-beard"
    assert beard.positions[:, 1].max() < body.landmarks["nose_tip"][1] + 0.01
    assert beard.positions[:, 2].max() > body.landmarks["lips"][2] - 0.02


def test_bald_unknown_style_and_bad_colour(bodies):
    body = bodies["man"]
    assert build_hair(body, HairSpec(style="bald")) == []
    for spec, code in (
        (HairSpec(style="mullet"), "hair-style-unknown"),
        (HairSpec(style="bob", beard="stubble"), "beard-unknown"),
        (HairSpec(style="bob", colour="blue"), "colour-unreadable"),
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
