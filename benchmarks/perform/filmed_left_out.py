"""Filmed lips with no clip judged by numbers that were chosen on it.

Three numbers of the lips (when jaw and lips come, how slowly they let go, how strongly rest
pulls) are searched on a grid around those that ship; for every clip of :mod:`filmed` the
setting is used that is best on the mean of the others.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product

import numpy as np
from bars import QUICK, bar, measure, note
from filmed import RATE, Filmed, alike, clips
from lines import cast

from cyberdirector.core.speech import Speech
from cyberdirector.perform import lips
from cyberdirector.perform.lip_probe import LipProbe
from cyberdirector.voice.recording import align_recording

EARLY = (0.02, 0.01, 0.0, -0.01, -0.015, -0.02, -0.03)
SLOW = (0.04, 0.05, 0.06)
REST = (0.3, 0.5, 0.7)
_BEFORE = 10  # frames before the sound, as in a take


@contextmanager
def _set(early: float, slow: float, rest: float) -> Iterator[None]:
    """Let the lips be articulated with other numbers for a while."""
    kept = lips.LEAD, lips.DECAY, lips.DOMINANCE
    silence = (rest, rest, *kept[2]["SIL"][2:])
    lips.LEAD = (early, early, *kept[0][2:])  # type: ignore[assignment]
    lips.DECAY = (slow, slow, *kept[1][2:])  # type: ignore[assignment]
    lips.DOMINANCE = {**kept[2], "SIL": silence}  # type: ignore[assignment]
    try:
        yield
    finally:
        lips.LEAD, lips.DECAY, lips.DOMINANCE = kept


def _likeness(probe: LipProbe, speech: Speech, clip: Filmed) -> float:
    count = len(clip.gap)
    mouth = lips.articulate(speech, count + 2 * _BEFORE, _BEFORE, float(RATE.fps))
    return alike(probe.gaps(mouth.weights)[_BEFORE:][:count], clip.gap)


@measure("filmed: clips left out")
def left_out() -> None:
    """Correlation of lip gaps at zero lag, each clip with what is best for the others."""
    found = () if QUICK else clips()
    if not found:
        note("not measured: no clips (CYBERDIRECTOR_EAR_DATA/grid), or in haste")
        return
    probe = LipProbe(cast()[0])
    spoken = [align_recording(clip.audio, clip.text, "en") for clip in found]
    settings = list(product(EARLY, SLOW, REST))
    table = np.zeros((len(settings), len(found)))
    for row, setting in enumerate(settings):
        with _set(*setting):
            pairs = zip(spoken, found, strict=True)
            table[row] = [_likeness(probe, speech, clip) for speech, clip in pairs]
    held = []
    for column, clip in enumerate(found):
        best = int(np.delete(table, column, axis=1).mean(axis=1).argmax())
        held.append(table[best, column])
        note(f"{clip.name}: {held[-1]:.2f} with {settings[best]}")
    note(f"spread over all {len(settings)} settings: {table.mean(1).min():.3f} to "
         f"{table.mean(1).max():.3f}")  # fmt: skip
    bar("filmed lips, words known, clip left out: mean r", float(np.mean(held)), "≥", 0.65)
