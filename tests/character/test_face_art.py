from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from cyberdirector.character import compile_character, shipped_recipe
from cyberdirector.character.expressions import vrm_expressions
from cyberdirector.character.face.catalogue import CATALOGUE
from cyberdirector.character.face.colors import srgb
from cyberdirector.character.face.decals import DECALS
from cyberdirector.character.face.ears import ear_rims
from cyberdirector.character.face.eye_art import COLUMNS, PALETTE, eye_texture, swatch_uv
from cyberdirector.character.face.eyes import EyeLook, eye_parts, opening_of
from cyberdirector.character.face.iris import SIZE, iris_picture
from cyberdirector.character.face.lashes import lash_parts
from cyberdirector.character.face.paint import PaintKinds, PaintLook, paint_face
from cyberdirector.character.face.shapes import arkit_deltas
from cyberdirector.character.face.topology import face_loops


@pytest.fixture(scope="module")
def deltas(woman):
    return arkit_deltas(woman)


def test_irises_differ():
    colour, second, line = srgb("#3f6fb0"), srgb("#7fd0e8"), srgb("#2a1a1c")
    disc = np.hypot(*np.mgrid[-1 : 1 : SIZE * 1j, -1 : 1 : SIZE * 1j]) < 0.8
    painted = {
        entry.name: iris_picture(entry.name, colour, second, line, 1.0)[disc]
        for entry in CATALOGUE["iris_kind"]
    }
    for a, b in combinations(painted, 2):
        assert np.abs(painted[a] - painted[b]).mean() > 0.015, (a, b)
    assert all(0.0 <= p.min() and p.max() <= 1.0 for p in painted.values())


def test_eyes_of_two_colours():
    one = eye_texture("classic", ("#3f6fb0", "#3f6fb0"), "", "#2a1a1c")
    two = eye_texture("classic", ("#3f6fb0", "#b02a3a"), "", "#2a1a1c")
    assert one.shape == (SIZE, COLUMNS * SIZE, 4)
    assert np.array_equal(one[:, SIZE : 2 * SIZE], two[:, SIZE : 2 * SIZE])
    assert not np.array_equal(one[:, 2 * SIZE : 3 * SIZE], two[:, 2 * SIZE : 3 * SIZE])
    for name in PALETTE:
        u, v = swatch_uv(name)
        pixel = one[int(v * SIZE), int(u * COLUMNS * SIZE)]
        around = one[int(v * SIZE) - 8 : int(v * SIZE) + 8, int(u * COLUMNS * SIZE)]
        assert (around == pixel).all()


@pytest.mark.parametrize("entry", CATALOGUE["lash_kind"], ids=lambda e: e.name)
def test_lashes_ride_on_the_rims(woman, deltas, entry):
    parts = lash_parts(woman, deltas, EyeLook(), entry.name)
    loops = face_loops(woman.template)
    for part in parts:
        index = 0 if part.name.endswith("Left") else 1
        rings = [loops.upper_lid[index], loops.lower_lid[index], *loops.lid_rings[index]]
        rim = woman.positions[np.concatenate(rings)]
        gap = np.linalg.norm(part.positions[:, None] - rim, axis=2).min(1)
        assert gap.max() < 0.012
        assert np.isfinite(part.positions).all()
        assert f"eyeBlink{('Left', 'Right')[index]}" in part.morphs


def test_gaze_slides_the_iris_and_its_light_less(woman, deltas):
    parts = {p.name: p for p in eye_parts(woman, deltas, EyeLook())}

    def way(name):
        morph = parts[name].morphs["eyeLookOutLeft"]
        return float(np.median(morph.positions[:, 0]))

    assert way("iris_Left") > 0.4 * opening_of(woman, 0).half_w
    assert 0.0 < way("glint_Left_0") < way("iris_Left")
    assert not [n for n in (p.name for p in eye_parts(woman, deltas, EyeLook(), glint=0.0))
                if n.startswith("glint")]  # fmt: skip


@pytest.mark.parametrize("field", ["lip", "blush", "makeup", "mole", "mark", "scar"])
def test_each_kind_paints_another_picture(woman, field):
    key = {"lip": "lip_kind", "blush": "blush_kind"}.get(field, field)
    # Names that only move dials look alike here.
    same = {"blush": {"none", "light", "rosy"}, "makeup": {"none", "eyeliner"},
            "scar": {"brow_left"}}.get(field, set())  # fmt: skip
    names = [e.name for e in CATALOGUE[key] if e.name not in same]
    seen = {}
    for name in names:
        kinds = PaintKinds(**{field: name})
        seen[name] = paint_face(woman, PaintLook(), kinds).bytes()
    for a, b in combinations(seen, 2):
        assert not np.array_equal(seen[a], seen[b]), (a, b)


def test_laughing_lids_close_upwards(woman, deltas):
    loops = face_loops(woman.template)
    laugh = woman.positions + deltas["eyeHappyLeft"]
    upper, lower = laugh[loops.upper_lid[0]], laugh[loops.lower_lid[0]]
    order = np.argsort(lower[:, 0])
    line = np.interp(upper[:, 0], lower[order, 0], lower[order, 1])
    assert (upper[:, 1] - line).max() < 0.0015
    ends = 0.5 * (upper[0, 1] + upper[-1, 1])
    assert upper[len(upper) // 2, 1] > ends + 0.003


def test_signs_lie_inside_until_they_are_called(heroine):
    part = next(p for p in heroine.parts if "sweatDrop" in p.morphs)
    head = heroine.node_positions()[heroine.humanoid["head"]]
    centre = head + np.array(heroine.extras["head_centre"])
    radius = heroine.extras["head_radius"]
    for name in DECALS:
        morph = part.morphs[name]
        rest = part.positions[morph.indices]
        hidden = rest[np.abs(morph.positions).max(1) > 0.02]
        assert len(hidden), name
        assert np.linalg.norm(hidden - centre, axis=1).max() < 0.75 * radius, name
        shown = (part.positions[morph.indices] + morph.positions)[:, 2]
        assert np.median(shown) > centre[2] + 0.4 * radius, name


def test_signs_are_custom_expressions(heroine):
    shapes = {name for part in heroine.parts for name in part.morphs}
    for name in (*DECALS, "eyeHappy", "pupilShrink", "eyeDull"):
        expression = vrm_expressions()[name]
        assert not expression.preset
        assert {shape for shape, _ in expression.binds} <= shapes


def test_age_reads():
    young, old = shipped_recipe("lin_wan"), shipped_recipe("sun_po")
    assert young.face_look().paint.wrinkles == 0.0
    assert old.face_look().paint.wrinkles > 0.6
    aged = type(young).model_validate({**young.model_dump(by_alias=True), "age": 75})
    assert aged.body_style().eye_height < 0.8 * young.body_style().eye_height


def test_stylisation_makes_another_face():
    data = shipped_recipe("lin_wan").model_dump(by_alias=True)
    data["wardrobe"] = ()
    kind = type(shipped_recipe("lin_wan"))
    real = compile_character(kind.model_validate({**data, "style": {}, "stylisation": 0.0}))
    moe = compile_character(kind.model_validate({**data, "style": {}, "stylisation": 1.25}))
    assert moe.extras["head_radius"] > 1.2 * real.extras["head_radius"]


def test_rims_of_ears_run_around_the_ears(woman):
    for side, rows in zip((1.0, -1.0), ear_rims(woman.template), strict=True):
        rim = woman.positions[rows] * [side, 1.0, 1.0]
        assert (rim[:, 0] > 0.7 * woman.landmarks["leftEar"][0]).all()
        assert np.ptp(rim[:, 1]) > 0.035
        # From the front of the helix over the back to the lobe.
        assert rim[-1, 1] < rim[0, 1] - 0.02
        assert rim[:, 2].min() < min(rim[0, 2], rim[-1, 2]) - 0.008
