"""Lips that must meet do meet: the last word on a clip, after all layers, on the mesh."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.clip import Clip
from cyberdirector.core.face import ARKIT_INDEX, SHAPE_COUNT
from cyberdirector.core.speech import Speech
from cyberdirector.perform._expressions import CORNER_SHAPES, MOUTH_SHAPES
from cyberdirector.perform.lip_probe import LipProbe

REACHED = 0.006
"""Gap that counts as met, in shares of the height of the open mouth."""

_STEPS = 14

_PRESSED = np.zeros(SHAPE_COUNT)
for _name in ("mouthPressLeft", "mouthPressRight"):
    _PRESSED[ARKIT_INDEX[_name]] = 0.25


def closure_frames(speech: Speech, start: int, clip: Clip) -> NDArray[np.int64]:
    """Return for every b, p, m the frames (n,) whose centre lies in its middle 60 %.

    A phone too short to hold a frame centre gives the frame nearest to its middle.

    Parameters
    ----------
    start
        Frame of the clip at which the audio begins.
    """
    fps = clip.rate.fps
    found: set[int] = set()
    for phone in speech.phones:
        if phone.kind == "BMP":
            length = phone.end - phone.start
            first = int(np.ceil((phone.start + 0.2 * length) * fps - 0.5))
            last = int(np.floor((phone.end - 0.2 * length) * fps - 0.5))
            middle = round((phone.start + phone.end) / 2 * fps - 0.5)
            found |= set(range(first, last + 1)) or {middle}
    return np.array(sorted(start + f for f in found if 0 <= start + f < clip.frames), np.int64)


def meet_lips(clip: Clip, frames: NDArray[np.int64], probe: LipProbe) -> Clip:
    """Return a clip whose lips meet at the given frames on the character of the probe.

    The mouth of such a frame is drawn towards rest by the least share that brings the gap
    under :data:`REACHED` of the open mouth (bisection); the other shapes stay. First all but
    the corners give way, so that a smile stays one, and the corners only where that is not
    enough. A face whose lips do not meet at rest keeps its rest gap.

    Parameters
    ----------
    frames
        (n,) frame numbers, for example of :func:`closure_frames`.
    """
    if not len(frames):
        return clip
    limit = max(REACHED * probe.height, float(probe.gaps(np.zeros((1, SHAPE_COUNT)))[0]))
    weights = clip.weights[frames].astype(np.float64)
    inner = MOUTH_SHAPES & ~CORNER_SHAPES
    for yielding in (inner, MOUTH_SHAPES):
        wide = probe.gaps(weights) > limit
        if wide.any():
            weights[wide] = _eased(weights[wide], yielding, probe, limit)
    out = clip.weights.copy()
    out[frames] = weights.astype(np.float32)
    return replace(clip, weights=out)


def _eased(
    weights: NDArray[np.float64], which: NDArray[np.bool_], probe: LipProbe, limit: float
) -> NDArray[np.float64]:
    """Return rows (n, 52) with the marked shapes drawn towards pressed lips."""
    low, high = np.zeros(len(weights)), np.ones(len(weights))

    def at(share: NDArray[np.float64]) -> NDArray[np.float64]:
        mixed = (1.0 - share[:, None]) * weights + share[:, None] * _PRESSED
        return np.where(which, mixed, weights)

    for _ in range(_STEPS):
        middle = (low + high) / 2.0
        met = probe.gaps(at(middle)) <= limit
        high = np.where(met, middle, high)
        low = np.where(met, low, middle)
    return at(high)
