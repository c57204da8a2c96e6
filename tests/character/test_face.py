from __future__ import annotations

import numpy as np
import pytest

from cyberdirector.character.face.canvas import Canvas
from cyberdirector.character.face.colors import linear, srgb
from cyberdirector.character.face.shapes import arkit_deltas
from cyberdirector.character.face.skin import face_normals
from cyberdirector.character.face.topology import face_loops, sockets
from cyberdirector.core.errors import InputRefused
from cyberdirector.core.face import ARKIT_NAMES


@pytest.fixture(scope="module")
def deltas(woman):
    return arkit_deltas(woman)


def _gaps(character, weights):
    """Return vertical lip gaps (pairs,) in metres under shape weights."""
    out = []
    for part_index, upper, lower in character.extras["lip_probe"]:
        part = character.parts[part_index]
        points = part.positions[[upper, lower]].astype(np.float64)
        for name, weight in weights.items():
            morph = part.morphs[name]
            for row, vertex in enumerate((upper, lower)):
                hit = np.flatnonzero(morph.indices == vertex)
                if len(hit):
                    points[row] += weight * morph.positions[hit[0]]
        out.append(points[0, 1] - points[1, 1])
    return np.array(out)


def test_lips_close_in_the_neutral_face(heroine):
    assert np.abs(_gaps(heroine, {})).max() < 1e-3


@pytest.mark.parametrize("x", [0.1, 0.35, 0.7, 1.0])
def test_mouth_close_cancels_jaw_open(heroine, x):
    assert _gaps(heroine, {"jawOpen": x}).max() > 0.012 * x
    assert np.abs(_gaps(heroine, {"jawOpen": x, "mouthClose": x})).max() < 1e-3
    press = {"mouthPressLeft": 0.6, "mouthPressRight": 0.6}
    assert _gaps(heroine, {"jawOpen": x, "mouthClose": x, **press}).max() < 1e-3


def test_closed_mouth_shapes_do_not_part_the_lips(heroine):
    for name in ("mouthPress", "mouthSmile", "mouthFrown", "mouthStretch", "mouthDimple"):
        weights = {f"{name}Left": 1.0, f"{name}Right": 1.0}
        assert np.abs(_gaps(heroine, weights)).max() < 1e-3, name
    assert np.abs(_gaps(heroine, {"mouthPucker": 1.0})).max() < 1e-3


def test_every_shape_moves_something(deltas):
    assert set(ARKIT_NAMES) <= set(deltas)
    for name, delta in deltas.items():
        assert np.isfinite(delta).all()
        if not name.startswith("eyeLook"):
            assert np.abs(delta).max() > 5e-4, name


@pytest.mark.parametrize("side", [0, 1])
def test_blink_closes_the_lids(woman, deltas, side):
    loops = face_loops(woman.template)
    blink = woman.positions + deltas[("eyeBlinkLeft", "eyeBlinkRight")[side]]
    upper, lower = blink[loops.upper_lid[side]], blink[loops.lower_lid[side]]
    order = np.argsort(lower[:, 0])
    line = np.interp(upper[:, 0], lower[order, 0], lower[order, 1])
    assert (upper[:, 1] - line).max() < 0.0015
    neutral = woman.positions[loops.upper_lid[side]]
    assert np.ptp(neutral[:, 1]) > 0.008


def test_sides_move_alike(woman, deltas):
    left, right = deltas["mouthSmileLeft"], deltas["mouthSmileRight"]
    assert np.abs(left).max() == pytest.approx(np.abs(right).max(), rel=0.1)


def test_face_normals_are_unit(woman):
    np.testing.assert_allclose(np.linalg.norm(face_normals(woman), axis=1), 1.0, atol=1e-6)


def test_sockets_are_behind_the_lids(woman):
    hidden = sockets(woman.template)
    assert 300 < hidden.sum() < 900
    assert woman.head_weight[hidden].min() > 0.9


def test_colours():
    assert linear("#ffffff") == pytest.approx((1.0, 1.0, 1.0))
    assert linear("#808080")[0] == pytest.approx(0.2158605, abs=1e-6)
    with pytest.raises(InputRefused):
        srgb("#12345g")


def test_canvas_paints_where_it_should():
    canvas = Canvas(64, np.zeros(2), 1.0, np.zeros(3))
    square = np.array([[0.1, 0.1], [0.3, 0.1], [0.3, 0.3], [0.1, 0.3]])
    canvas.blend(canvas.area(square), np.ones(3))
    u, v = canvas.uv(np.array([[0.2, 0.2]]))[0]
    assert canvas.bytes()[int(v * 64), int(u * 64), 0] == 255
    assert canvas.bytes()[48, 10, 0] == 0
    assert canvas.bytes()[..., 0].mean() / 255 == pytest.approx(0.04, rel=0.05)
    canvas.blend(canvas.glow(np.array([5.0, 5.0]), (0.01, 0.01)), np.ones(3))
