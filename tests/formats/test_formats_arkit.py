"""Face shapes of other programs: ARKit names in odd spellings, or made from presets."""

import numpy as np
import pytest
from format_samples import make_character

from cyberdirector.core.model import Expression, MeshPart, Morph
from cyberdirector.formats import parse_vrm, vrm_bytes
from cyberdirector.formats.vrm.arkit import adopt, arkit_name


def face_of(morphs):
    """Return a part with six vertices from right (-X) to left (+X) and the given shapes."""
    x = np.linspace(-0.06, 0.06, 6, dtype=np.float32)
    positions = np.stack([x, np.zeros(6, np.float32), np.zeros(6, np.float32)], axis=1)
    part = MeshPart(
        "face",
        positions,
        np.tile(np.array([0, 0, 1], np.float32), (6, 1)),
        np.zeros((6, 2), np.float32),
        np.array([[0, 1, 2], [3, 4, 5]], np.uint32),
        0,
    )
    rows = np.arange(6, dtype=np.uint32)
    for i, name in enumerate(morphs):
        offsets = np.zeros((6, 3), np.float32)
        offsets[:, 1] = -0.01 * (i + 1)
        part.morphs[name] = Morph(rows, offsets)
    return part


@pytest.mark.parametrize(
    ("name", "proper"),
    [
        ("eyeBlink_L", "eyeBlinkLeft"),
        ("EyeBlinkRight", "eyeBlinkRight"),
        ("blendShape1.jawOpen", "jawOpen"),
        ("MouthSmileL", "mouthSmileLeft"),
        ("mouthLeft", "mouthLeft"),
        ("JAW_LEFT", "jawLeft"),
        ("Fcl_MTH_A", ""),
        ("blinkLeft", ""),
        ("sleepy", ""),
    ],
)
def test_spellings_of_arkit_names(name, proper):
    assert arkit_name(name) == proper


def test_arkit_shapes_are_made_from_presets():
    part = face_of(["A", "blink both"])
    expressions = {
        "aa": Expression([("A", 0.5)]),
        "blink": Expression([("blink both", 1.0)]),
        "happy": Expression([("A", 1.0)]),
    }
    made = adopt([part], expressions)
    assert made == ["eyeBlinkLeft", "eyeBlinkRight", "jawOpen"]
    jaw = part.morphs["jawOpen"]
    np.testing.assert_allclose(jaw.positions[:, 1], -0.005)
    left, right = part.morphs["eyeBlinkLeft"], part.morphs["eyeBlinkRight"]
    assert left.indices.tolist() == [3, 4, 5]
    assert right.indices.tolist() == [0, 1, 2]
    assert expressions["jawOpen"].binds == [("jawOpen", 1.0)]
    assert not expressions["jawOpen"].preset
    assert expressions["aa"].binds == [("A", 0.5)]


def test_arkit_shapes_under_other_spellings_are_renamed():
    part = face_of(["eyeBlink_L", "Smirk"])
    expressions = {
        "blinkLeft": Expression([("eyeBlink_L", 1.0)]),
        "MouthSmileRight": Expression([("Smirk", 0.5)], preset=False),
    }
    assert adopt([part], expressions) == ["mouthSmileRight"]
    assert set(part.morphs) == {"eyeBlinkLeft", "Smirk", "mouthSmileRight"}
    assert expressions["blinkLeft"].binds == [("eyeBlinkLeft", 1.0)]
    np.testing.assert_allclose(part.morphs["mouthSmileRight"].positions[:, 1], -0.01)


def test_our_own_files_are_not_adapted():
    made = make_character(6)
    back = parse_vrm(vrm_bytes(made))
    assert set(back.expressions) == set(made.expressions)
    assert "import_notes" not in back.extras
