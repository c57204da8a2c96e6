"""The preflight finds seeded faults in encoded files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from scipy.ndimage import uniform_filter1d

from cyberdirector import modelstore
from cyberdirector.core.errors import InputRefused, IntegrityError
from cyberdirector.core.time import Rate
from cyberdirector.deliver import (
    LABEL_TEXT,
    Lettering,
    SegmentWriter,
    aigc_fields,
    check_delivery,
    join_segments,
    read_label,
    verify_label,
)
from cyberdirector.deliver.loudness import master

SIZE, RATE, FRAMES = (360, 640), Rate(24), 72


@dataclass(frozen=True)
class Text:
    kind: str
    text: str
    start: int
    end: int
    speaker: str = ""


@pytest.fixture(scope="module")
def ground():
    modelstore.font()
    y, x = np.mgrid[0 : SIZE[1], 0 : SIZE[0]]
    return np.stack(
        [90 + 70 * np.sin(x / 20), 80 + y / 8, 120 + 60 * np.cos(y / 30)], -1
    ).astype(np.uint8)


def film(path: Path, ground, *, label=True, black=0, frozen=0, sound=True, aigc=True):
    lettering = Lettering(SIZE)
    texts = [Text("label", LABEL_TEXT, 0, 60)] if label else []
    piece = path.with_suffix(".part.mp4")
    with SegmentWriter(piece, SIZE, RATE, "draft") as writer:
        for i in range(FRAMES):
            shift = 0 if i >= FRAMES - frozen else 3 * i
            picture = np.roll(ground, shift, axis=1) * (0 if i >= FRAMES - black else 1)
            writer.write(lettering.write(picture.astype(np.uint8), texts, i, RATE))
    # Noise with a speech-like slope: an AAC encoder takes the top octave off white noise.
    rng = np.random.default_rng(0)
    noise = uniform_filter1d(rng.standard_normal((144_000, 2)), 6, axis=0)
    audio = (noise * 0.1).astype(np.float32)
    audio = master(audio)[0] if sound is True else audio * sound
    fields = aigc_fields("x") if aigc else None
    join_segments([piece], audio, path, RATE, aigc=fields)
    return path


def test_good_film(tmp_path: Path, ground):
    found = check_delivery(film(tmp_path / "a.mp4", ground), FRAMES, RATE, SIZE)
    assert found["problems"] == []
    assert found["ok"]
    assert found["frames"] == FRAMES
    assert abs(found["loudness"] + 16) < 1
    assert found["true_peak"] <= -1.5
    assert found["label_seconds"] >= 2.0
    assert found["label_height"] >= 0.05


@pytest.mark.parametrize(
    ("fault", "problem"),
    [
        ({"label": False}, "label-time"),
        ({"black": 20}, "black"),
        ({"frozen": 40}, "frozen"),
        ({"sound": 0.0}, "silent"),
        ({"sound": 0.2}, "loudness"),
        ({"sound": 8.0}, "true-peak"),
        ({"aigc": False}, "label-metadata"),
    ],
)
def test_faults_are_found(tmp_path: Path, ground, fault, problem):
    found = check_delivery(film(tmp_path / "a.mp4", ground, **fault), FRAMES, RATE, SIZE)
    assert problem in found["problems"]


def test_wrong_expectations(tmp_path: Path, ground):
    path = film(tmp_path / "a.mp4", ground)
    assert check_delivery(path, FRAMES + 1, RATE, SIZE)["problems"] == ["frames"]
    assert "rate" in check_delivery(path, FRAMES, Rate(25), SIZE)["problems"]
    assert check_delivery(path, FRAMES, RATE, (640, 360))["problems"] == ["size"]


def test_label_verifier(tmp_path: Path, ground):
    with pytest.raises(IntegrityError, match="label-missing"):
        verify_label(film(tmp_path / "a.mp4", ground, aigc=False))
    piece = tmp_path / "a.part.mp4"
    for fields in ({"Label": "1"}, aigc_fields("x") | {"Label": "7"}):
        join_segments(
            [piece], np.zeros((0, 2), np.float32), tmp_path / "b.mp4", RATE, aigc=fields
        )
        with pytest.raises(IntegrityError, match="label-broken"):
            verify_label(tmp_path / "b.mp4")
    junk = tmp_path / "junk.mp4"
    junk.write_bytes(b"not a film at all")
    for call in (read_label, lambda p: check_delivery(p, 1, RATE, SIZE)):
        with pytest.raises(InputRefused, match="video-unreadable"):
            call(junk)
