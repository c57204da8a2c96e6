from __future__ import annotations

import numpy as np
import pytest

from cyberdirector.core.skeleton import BONE_COUNT, BONE_INDEX, Rest
from cyberdirector.core.speech import SAMPLE_RATE, Phone, Speech, Word
from cyberdirector.perform.lexicon import Gesture, gestures


def every_move() -> list[tuple[str, int]]:
    """Return (gesture, number of its variant), 0 for the gesture itself."""
    return [(n, k) for n, g in sorted(gestures().items()) for k in range(1 + len(g.variants))]


def move_named(move: tuple[str, int]) -> Gesture:
    """Return a gesture or a variant of one."""
    gesture = gestures()[move[0]]
    return (gesture, *gesture.variants)[move[1]]


def humanoid(height: float = 1.65) -> Rest:
    """A plain humanoid of the given height in metres, T-pose."""
    k = height / 1.65
    offsets = np.zeros((BONE_COUNT, 3), np.float32)

    def put(name: str, x: float, y: float, z: float) -> None:
        offsets[BONE_INDEX[name]] = (x * k, y * k, z * k)

    put("hips", 0, 0.90, 0)
    put("spine", 0, 0.08, -0.005)
    put("chest", 0, 0.13, 0.0)
    put("upperChest", 0, 0.13, -0.01)
    put("neck", 0, 0.15, -0.01)
    put("head", 0, 0.08, 0.015)
    put("leftEye", 0.032, 0.075, 0.075)
    put("rightEye", -0.032, 0.075, 0.075)
    put("jaw", 0, 0.0, 0.02)
    for side, s in (("left", 1.0), ("right", -1.0)):
        put(f"{side}UpperLeg", 0.085 * s, -0.04, 0.0)
        put(f"{side}LowerLeg", 0.0, -0.40, 0.005)
        put(f"{side}Foot", 0.0, -0.39, -0.02)
        put(f"{side}Toes", 0.01 * s, -0.055, 0.125)
        put(f"{side}Shoulder", 0.02 * s, 0.10, 0.0)
        put(f"{side}UpperArm", 0.14 * s, 0.0, -0.01)
        put(f"{side}LowerArm", 0.26 * s, 0.0, 0.0)
        put(f"{side}Hand", 0.235 * s, 0.0, 0.005)
        put(f"{side}ThumbMetacarpal", 0.025 * s, -0.01, 0.025)
        put(f"{side}ThumbProximal", 0.03 * s, -0.005, 0.02)
        put(f"{side}ThumbDistal", 0.025 * s, 0.0, 0.012)
        for i, finger in enumerate(("Index", "Middle", "Ring", "Little")):
            put(f"{side}{finger}Proximal", 0.085 * s, 0.0, 0.03 - 0.02 * i)
            put(f"{side}{finger}Intermediate", 0.036 * s, 0.0, 0.0)
            put(f"{side}{finger}Distal", 0.024 * s, 0.0, 0.0)
    return Rest(offsets, np.ones(BONE_COUNT, bool))


SYLLABLES = (
    ("BMP", "AA"), ("S", "UW"), ("FV", "EH"), ("TD", "IY"), ("BMP", "OW"), ("KG", "AA"),
    ("SH", "AH"), ("BMP", "IY"), ("L", "AE"), ("W", "OW"),
)  # fmt: skip


def make_speech(
    seed: int = 1, syllables: int = 12, lead: float = 0.15, language: str = "zh"
) -> Speech:
    """A made-up line: syllables of 0.12-0.3 s, two phrases, a hum as its sound."""
    rng = np.random.default_rng(seed)
    time, phones, words, accents = lead, [], [], []
    for i in range(syllables):
        onset, vowel = SYLLABLES[rng.integers(len(SYLLABLES))]
        a, b = rng.uniform(0.03, 0.1), rng.uniform(0.08, 0.2)
        phones.append(Phone(onset, onset, time, time + a, i, 0, 0))
        phones.append(Phone(vowel, vowel, time + a, time + a + b, i, 1 if i % 3 == 0 else 0, 1))
        words.append(Word("字", time, time + a + b, i, i + 1))
        if i % 3 == 0:
            accents.append((time + a + b / 2, float(rng.uniform(0.3, 1.0))))
        time += a + b
        if i == syllables // 2:
            time += 0.35
    end = time + 0.2
    audio = np.zeros(int(end * SAMPLE_RATE), np.float32)
    clock = np.arange(len(audio)) / SAMPLE_RATE
    for phone in phones:
        inside = (clock >= phone.start) & (clock < phone.end)
        audio[inside] = 0.2 * np.sin(2 * np.pi * 180 * clock[inside])
    step = 0.0125
    n = int(end / step)
    f0 = (200 + 30 * np.sin(np.arange(n) * 0.2)).astype(np.float32)
    energy = np.full(n, -20.0, np.float32)
    return Speech(
        audio, tuple(phones), tuple(words), f0, energy, step, tuple(accents), language
    )


@pytest.fixture(scope="session")
def rest() -> Rest:
    return humanoid()
