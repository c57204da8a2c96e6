"""Lips around pauses and breaths, and brows that speak along under a full emotion."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from conftest import make_speech

from cyberdirector.core.face import ARKIT_INDEX
from cyberdirector.core.speech import SAMPLE_RATE, Phone, Speech
from cyberdirector.perform import face
from cyberdirector.perform._expressions import EXPRESSIONS
from cyberdirector.perform.lips import articulate

FPS = 60.0
PUCKER, JAW = ARKIT_INDEX["mouthPucker"], ARKIT_INDEX["jawOpen"]
INNER, DOWN = ARKIT_INDEX["browInnerUp"], ARKIT_INDEX["browDownLeft"]


def _said(phones: tuple[Phone, ...], heard: list[tuple[float, float, float]]) -> Speech:
    """Phones with a sound of (start, end, level) pieces."""
    end = phones[-1].end + 0.2
    clock = np.arange(int(end * SAMPLE_RATE)) / SAMPLE_RATE
    audio = np.zeros(len(clock), np.float32)
    for start, stop, level in heard:
        inside = (clock >= start) & (clock < stop)
        audio[inside] = level * np.sin(2 * np.pi * 200 * clock[inside])
    return replace(make_speech(1), audio=audio, phones=phones, accents=())


def test_rounding_waits_for_the_end_of_a_pause() -> None:
    phones = (
        Phone("a", "AA", 0.1, 0.3, 0), Phone("", "SIL", 0.3, 0.9),
        Phone("w", "W", 0.9, 0.97, 1),
        Phone("o", "OW", 0.97, 1.2, 1),
    )  # fmt: skip
    speech = _said(phones, [(0.1, 0.3, 0.3), (0.9, 1.2, 0.3)])
    pucker = articulate(speech, 90, 0, FPS).weights[:, PUCKER]
    at = lambda seconds: pucker[int(seconds * FPS)]  # noqa: E731
    assert at(0.6) < 0.02
    assert at(0.72) < 0.04
    assert at(0.78) < 0.15
    assert at(0.93) > 0.45
    assert at(0.89) > 0.2  # ready when the sound comes


def test_a_breath_before_a_line_parts_the_lips_and_is_no_vowel() -> None:
    vowel = (Phone("a", "AA", 0.5, 0.75, 0),)
    still = articulate(_said(vowel, [(0.5, 0.75, 0.3)]), 70, 0, FPS).weights[:, JAW]
    drawn = articulate(_said(vowel, [(0.15, 0.43, 0.02), (0.5, 0.75, 0.3)]), 70, 0, FPS)
    jaw = drawn.weights[:, JAW]
    breath, spoken = slice(int(0.24 * FPS), int(0.42 * FPS)), slice(int(0.53 * FPS), 42)
    assert jaw[: int(0.14 * FPS)].max() == 0.0
    assert 0.04 < jaw[breath].min() <= jaw[breath].max() < 0.15
    assert np.allclose(jaw[spoken], still[spoken], atol=0.02)


def test_a_breath_before_a_closed_sound_ends_in_closed_lips() -> None:
    phones = (Phone("m", "BMP", 0.5, 0.6, 0), Phone("a", "AA", 0.6, 0.8, 0))
    speech = _said(phones, [(0.15, 0.43, 0.02), (0.5, 0.8, 0.3)])
    mouth = articulate(speech, 70, 0, FPS)
    assert mouth.weights[int(0.3 * FPS), JAW] > 0.04
    assert mouth.contact[int(0.3 * FPS)] == 0.0
    assert mouth.contact[int(0.52 * FPS) : int(0.57 * FPS)].min() == 1.0


def test_noise_long_before_a_line_is_no_breath() -> None:
    phones = (Phone("a", "AA", 2.0, 2.3, 0),)
    speech = _said(phones, [(0.0, 1.9, 0.03), (2.0, 2.3, 0.3)])
    assert articulate(speech, 150, 0, FPS).weights[: int(1.3 * FPS), JAW].max() < 0.02


def _brows(name: str) -> tuple[np.ndarray, np.ndarray]:
    t = np.arange(120) / 30.0
    feeling = np.tile(EXPRESSIONS[name] * 1.1, (120, 1))
    rng = np.random.default_rng(3)
    accents = [(1.0, 1.0), (2.0, 0.9), (3.0, 0.4)]
    face.move_brows(feeling, face.brow_accents(t, accents, 1.0, rng), np.ones(120))
    return feeling[:, INNER], feeling[:, DOWN]


def test_raised_brows_rise_and_knit_brows_knit_on_accents() -> None:
    for name, which in (("fear", 0), ("sad", 0), ("surprise", 0), ("anger", 1)):
        brow = _brows(name)[which]
        assert brow[30] > brow[45] + 0.1, name
        assert brow.max() <= 1.3
    assert _brows("anger")[0].max() < 0.15


def test_silent_brows_keep_their_emotion() -> None:
    feeling = np.tile(EXPRESSIONS["sad"], (10, 1))
    before = feeling.copy()
    face.move_brows(feeling, np.zeros((10, 3)), np.zeros(10))
    assert np.allclose(feeling, before)
