"""Plosives between vowels begin and end where the sound falls and rises."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from cyberdirector.voice.ear.chain import VOWELS
from cyberdirector.voice.ear.features import STEP, Floats
from cyberdirector.voice.timing import Segment

_OPEN = VOWELS | {"W", "Y", "R", "L"}
_NASALS = ("m", "n", "ŋ")
_AFFRICATES = ("ꭧ", "ʨ", "ʦ", "ʧ", "ʤ", "ʣ", "ʥ")
_REACH = 4
"""Frames by which a closure may grow at each end."""
_HALF = 2
"""Frames to each side whose loudness is compared."""
_STEP = 1.0
"""Nepers of power that loudness must fall or rise by."""


def snap_plosives(segments: list[Segment], mel: Floats) -> list[Segment]:
    """Return phones whose closures begin and end at the steps of loudness nearby.

    What a network learnt from synthetic speech makes closures of real speech too short: it
    hears the vowel into the silence. The steepest fall in the 40 ms before the start of a b, p,
    d, t, g, k behind a vowel, and the steepest rise after its end before one, are sounder. An
    affricate begins with a closure too; its end is a hiss, and stays.

    Parameters
    ----------
    segments
        In order.
    mel
        (n, 40) natural log of mel-band power.
    """
    loud = np.logaddexp.reduce(mel.astype(np.float64), axis=1)
    rise = np.zeros(len(loud))
    rise[_HALF : len(loud) - _HALF] = loud[2 * _HALF :] - loud[: -2 * _HALF]
    out = list(segments)
    for k in range(1, len(out)):
        before, here = out[k - 1], out[k]
        if here.start - before.end > 0.5 * STEP:
            continue
        edge = low = high = round(here.start / STEP)
        if before.kind in _OPEN and (_plosive(here) or here.symbol.startswith(_AFFRICATES)):
            course, low = -rise, edge - _REACH
        elif _plosive(before) and here.kind in _OPEN:
            course, high = rise, edge + _REACH
        else:
            continue
        low = max(low, int(before.start / STEP) + 2, _HALF)
        high = min(high, int(here.end / STEP) - 2, len(loud) - _HALF - 1)
        if high <= low:
            continue
        best = low + int(course[low : high + 1].argmax())
        if course[best] >= _STEP:
            out[k - 1] = replace(before, end=best * STEP)
            out[k] = replace(here, start=best * STEP)
    return out


def _plosive(segment: Segment) -> bool:
    return segment.kind in ("BMP", "TD", "KG") and not segment.symbol.startswith(_NASALS)
