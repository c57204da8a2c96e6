"""What other tools make of a filmed clip: the gap of their visemes on our mouth.

``pip install openfacefx pylipsync`` beside the product (both MIT); a tool that is not installed
is left out. Every viseme opens the mouth as far as the same sound does on our character, so
only timing and choice of visemes are compared.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

OPEN = {
    "sil": 0.0, "silence": 0.0, "PP": 0.0, "FF": 0.09, "TH": 0.18, "DD": 0.19, "kk": 0.26,
    "CH": 0.18, "SS": 0.11, "nn": 0.19, "RR": 0.18, "aa": 0.61, "E": 0.40, "I": 0.20, "O": 0.41,
    "U": 0.16, "ee": 0.20, "ih": 0.25, "oh": 0.41, "ou": 0.16,
}  # fmt: skip
"""Gap of our lips for the visemes of both tools, in heights of the open mouth."""

Peer = Callable[[np.ndarray, str, int], np.ndarray]


def _openfacefx(audio: np.ndarray, text: str, frames: int) -> np.ndarray:
    from openfacefx import generate_naive

    track = generate_naive(text, len(audio) / 24_000)
    at, gap = (np.arange(frames) + 0.5) / 25.0, np.zeros(frames)
    for channel in track.channels:
        keys = channel.keys
        values = np.interp(at, [k.time for k in keys], [k.value for k in keys])
        gap += OPEN.get(channel.name, 0.0) * values
    return gap


def _pylipsync(audio: np.ndarray, text: str, frames: int) -> np.ndarray:
    from pylipsync import PhonemeAnalyzer

    segments = PhonemeAnalyzer().extract_phoneme_segments(
        audio, 24_000, fps=25, return_seconds=True
    )
    gap = np.zeros(frames)
    for segment in segments:
        shares = {p.name: p.target for p in segment.phonemes}
        middle = int((segment.start + segment.end) / 2 * 25)
        if middle < frames:
            gap[middle] = sum(OPEN.get(name, 0.2) * share for name, share in shares.items())
    return gap


def peers() -> dict[str, Peer]:
    """Return the tools that are installed, by name."""
    from importlib.util import find_spec

    known = {"openfacefx": _openfacefx, "pylipsync": _pylipsync}
    return {name: curve for name, curve in known.items() if find_spec(name)}
