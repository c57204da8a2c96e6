import numpy as np
import pytest

from cyberdirector.character._skin import chain_weights, dense_weights, pack_weights
from cyberdirector.character.body import build_body
from cyberdirector.character.piece import resolve_joints, unique_chains
from cyberdirector.character.recipe import Recipe
from cyberdirector.character.shape import Shape
from cyberdirector.character.style import Style
from cyberdirector.character.template import BODY_COUNT, load_template
from cyberdirector.character.wardrobe import (
    CATALOGUE,
    GARMENTS,
    GarmentSpec,
    build_outfit,
    catalogue,
)
from cyberdirector.character.wardrobe.loft import band, hang_line, pleats, resample
from cyberdirector.character.wardrobe.look import Look, nuance, paint
from cyberdirector.character.wardrobe.motif import PATTERNS, pattern
from cyberdirector.core.errors import InputRefused
from cyberdirector.core.skeleton import BONE_INDEX

MAX_TRIANGLES, MAX_CHAINS = 32_000, 26


@pytest.fixture(scope="module")
def body():
    return build_body(load_template(), Shape(sex=0.0), Style())


@pytest.fixture(scope="module")
def man():
    return build_body(load_template(), Shape(sex=1.0, height=1.8), Style())


@pytest.fixture(scope="module")
def dressed(body, man):
    """Every garment, made once; whole outfits on both bodies."""
    return {
        (kind, who): build_outfit(one, [GarmentSpec(kind)])
        for kind in GARMENTS
        for who, one in (("woman", body), ("man", man))
        if who == "woman" or CATALOGUE[kind].slot in ("dress", "armour", "outer")
    }


@pytest.mark.parametrize("kind", sorted(GARMENTS))
def test_every_garment_is_sound_and_within_budget(dressed, body, man, kind):
    for who, one in (("woman", body), ("man", man)):
        outfit = dressed.get((kind, who))
        if outfit is None:
            continue
        assert sum(len(p.triangles) for p in outfit.pieces) <= MAX_TRIANGLES
        chains = unique_chains(outfit.pieces)
        assert len(chains) <= MAX_CHAINS
        first = {c.name: 200 + 10 * i for i, c in enumerate(chains)}
        for piece in outfit.pieces:
            assert len(piece.triangles) > 0, piece.name
            assert np.isfinite(piece.positions).all(), piece.name
            assert np.isfinite(piece.normals).all(), piece.name
            assert piece.triangles.max() < len(piece.positions)
            assert np.allclose(piece.weights.sum(axis=1), 1), piece.name
            assert resolve_joints(piece, first).min() >= 0
            assert piece.positions[:, 1].min() > -0.02
        if CATALOGUE[kind].slot in ("dress", "armour"):
            assert 1000 < outfit.hidden.sum() < BODY_COUNT
        assert not outfit.hidden[one.head_weight > 0.5].any()


@pytest.mark.parametrize("kind", sorted(set(GARMENTS) - {"gloves"}))
def test_hands_and_face_stay_visible(dressed, body, kind):
    hidden = dressed[kind, "woman"].hidden
    hand = body.bone_weight("leftHand", "leftIndexDistal", "leftMiddleDistal") > 0.9
    assert not hidden[hand].any()
    if CATALOGUE[kind].slot in ("dress", "armour"):
        waist = np.abs(body.positions[:BODY_COUNT, 1] - 1.0) < 0.02
        assert hidden[:BODY_COUNT][waist].mean() > 0.85


def test_catalogue_names_what_can_be_built():
    assert list(CATALOGUE) == [kind.name for kind in catalogue()]
    assert set(CATALOGUE) == set(GARMENTS)
    for kind in catalogue():
        assert kind.colours
        assert kind.zh
        assert kind.slot not in kind.holds
        assert all(dial.low <= dial.default <= dial.high for dial in kind.params)


def test_garments_are_deterministic_and_take_colours(dressed, body):
    one = dressed["school", "woman"]
    two = build_outfit(body, [GarmentSpec("school")])
    red = build_outfit(body, [GarmentSpec("school", {"skirt": "#aa2222"})])
    for a, b in zip(one.pieces, two.pieces, strict=True):
        assert np.array_equal(a.positions, b.positions)
        assert a.material == b.material
    names = [p.name for p in one.pieces]
    skirt = names.index("skirt")
    assert red.pieces[skirt].material.name != one.pieces[skirt].material.name


def test_skirt_follows_both_legs_between_them(body):
    skirt = next(
        p
        for p in build_outfit(body, [GarmentSpec("jiaoling_robe")]).pieces
        if p.name == "skirt"
    )
    legs = {n.name: i for i, n in enumerate(body.nodes)}
    knee = body.bone("leftLowerLeg")[1]
    middle = (np.abs(skirt.positions[:, 0]) < 0.004) & (skirt.positions[:, 1] > knee + 0.08)
    middle &= skirt.positions[:, 1] < body.bone("leftUpperLeg")[1] - 0.15
    w = [
        np.where(skirt.joints[middle] == legs[f"{side}UpperLeg"], skirt.weights[middle], 0).sum(
            1
        )
        for side in ("left", "right")
    ]
    assert middle.sum() > 3
    assert np.allclose(w[0], w[1], atol=0.08)


def test_unknown_garment_and_colour(body):
    for spec, code in (
        (GarmentSpec("toga"), "garment-unknown"),
        (GarmentSpec("school", {"skirt": "grey"}), "colour-unreadable"),
    ):
        with pytest.raises(InputRefused) as refused:
            build_outfit(body, [spec])
        assert refused.value.code == code


def test_weights_survive_packing():
    rng = np.random.default_rng(0)
    table = np.zeros((5, 12))
    table[np.arange(5)[:, None], rng.integers(0, 12, (5, 3))] = 0.4
    table /= table.sum(axis=1, keepdims=True)
    joints, weights = pack_weights(table, 9)
    assert np.allclose(weights.sum(axis=1), 1)
    columns = np.where(joints < 0, 9 - 1 - joints, joints)
    assert np.allclose(dense_weights(columns, weights, 12), table)


def test_chain_weights_sum_to_one_and_move_down():
    w = chain_weights(np.linspace(-1, 4, 50), 4)
    assert np.allclose(w.sum(axis=1), 1)
    assert np.isclose(w[0, 0], 1)
    assert np.isclose(w[-1, 3], 1)
    assert np.all(np.diff(w @ np.arange(4)) >= -1e-12)


def test_band_is_closed_and_as_wide_as_told():
    path = resample(np.array([[0, 0, 0], [0, -0.2, 0.0]], float), 0.01)
    p, t, _, share = band(path, np.tile([0.0, 0, 1], (len(path), 1)), 0.03)
    assert np.isclose(np.ptp(p[:, 0]), 0.03)
    assert t.max() < len(p)
    assert share.min() == 0
    assert share.max() == 1


def test_pleats_patterns_and_ribbon_lines():
    a = np.linspace(0, 2 * np.pi, 400)
    assert np.abs(pleats(a, 20, 0.8)).max() <= 1.0001
    x, y = np.meshgrid(np.linspace(0, 0.5, 64), np.linspace(0, 0.5, 64))
    for name in PATTERNS:
        mask = pattern(name, x, y)
        assert 0 <= mask.min()
        assert mask.max() <= 1
        assert mask.std() > 0.01
    line = hang_line(np.array([0, 1.0, 0]), 0.4, np.array([0, 0, 1.0]), 9)
    assert np.isclose(line[-1, 1], 0.6)
    image = paint(Look("#336699", "skirt", "#ffffff", "cloud", folds=12, border=0.1))
    assert image.min() >= 0
    assert image.max() <= 1
    assert nuance("#000000", 1.0) == "#ffffff"


def _kinds(**values):
    data = {
        "schema": "cyberdirector.character", "version": 1, "id": "someone",
        "name": {"zh": "某", "en": "Someone"}, "sex": "female", "age": 20, "era": "modern",
    }  # fmt: skip
    recipe = Recipe.model_validate({**data, **values})
    return [g.kind for g in recipe.garments(1)]


def test_dressed_people_wear_shoes_unless_barefoot():
    top = {"kind": "shirt"}
    assert _kinds(wardrobe=[top, {"kind": "skirt_a"}])[-1] == "loafers"
    assert _kinds(wardrobe=[top, {"kind": "trousers"}], sex="male")[-1] == "shoes_leather"
    assert _kinds(wardrobe=[{"kind": "t_shirt"}, {"kind": "shorts"}])[-1] == "sneakers"
    assert _kinds(wardrobe=[top, {"kind": "trousers"}], era="ancient")[-1] == "shoes_cloth"
    for dressed in ([], [{"kind": "ruqun"}], [top, {"kind": "heels"}]):
        assert len(_kinds(wardrobe=dressed)) == len(dressed)
    assert _kinds(wardrobe=[top], barefoot=True) == ["shirt"]


def test_barefoot_leaves_out_the_shoes_of_an_outfit(body):
    names = {p.name for p in build_outfit(body, [GarmentSpec("ruqun")], barefoot=True).pieces}
    assert "shoes" not in names
    assert "skirt" in names


def test_gloves_follow_the_fingers_and_hide_the_hand(body):
    outfit = build_outfit(body, [GarmentSpec("gloves")])
    glove = next(p for p in outfit.pieces if p.name == "gloves")
    wrist = body.landmarks["leftHand"][0]
    assert np.abs(glove.positions[:, 0]).min() > 0.75 * wrist
    fingers = BONE_INDEX["leftIndexDistal"]
    assert ((glove.joints == fingers) & (glove.weights > 0.5)).any()
    assert outfit.hidden.sum() > 1000


def test_a_sword_on_the_back_hangs_from_the_chest(body):
    def scabbard(**params):
        outfit = build_outfit(body, [GarmentSpec("sword", params=params)])
        return next(p for p in outfit.pieces if p.name == "scabbard")

    back, hip = scabbard(back=1.0), scabbard()
    assert (back.joints[:, 0] == BONE_INDEX["upperChest"]).all()
    assert (hip.joints[:, 0] == BONE_INDEX["hips"]).all()
    skin = body.positions[:BODY_COUNT]
    assert back.positions[:, 2].max() < skin[np.abs(skin[:, 0]) < 0.1, 2].mean()
