"""Do the lips meet when they must? Measured on the character's mesh, from takes and sound.

Nothing here knows how the lips were made: the gap comes from the shapes in the VRM and
the weights in the VRMA, the onset of the voice from the samples of the WAV.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.clip import Clip
from cyberdirector.core.speech import SAMPLE_RATE, Speech
from cyberdirector.core.time import Rate
from cyberdirector.perform.lip_probe import LipProbe

CLOSED = 0.001
"""A lip gap up to this many metres counts as closed."""


@dataclass(frozen=True)
class LineMeasure:
    """One line: b/p/m phonemes, how many of them close, the widest gap, onset difference.

    ``onset_frames`` is mouth minus sound, in frames (None when the mouth never opens).
    """

    closures: int
    closed: int
    worst_gap: float
    onset_frames: float | None


def sound_onset(audio: NDArray[np.float32], level_db: float = -38.0) -> float:
    """Return when the sound first comes within ``level_db`` of its peak, in seconds.

    The level is the RMS over 10 ms.
    """
    step = SAMPLE_RATE // 200
    count = max(len(audio) // step - 1, 1)
    power = np.array(
        [
            np.mean(np.square(audio[i * step : (i + 2) * step], dtype=np.float64))
            for i in range(count)
        ]
    )
    loud = np.flatnonzero(power > power.max() * 10.0 ** (level_db / 10.0))
    return float(loud[0] * step / SAMPLE_RATE) if len(loud) else 0.0


def measure_line(
    probe: LipProbe, clip: Clip, speech: Speech, first: int, rate: Rate
) -> LineMeasure:
    """Measure one line.

    Parameters
    ----------
    probe
        Of the speaker.
    clip
        The speaker's take of the whole scene.
    speech
        The line; its sound begins at frame ``first`` of the clip.
    """
    closures = [p for p in speech.phones if p.kind == "BMP"]
    last = min(clip.frames, first + rate.ceil(speech.duration) + 2)
    gaps = probe.gaps(clip.weights[max(first - 12, 0) : last])
    times: NDArray[np.float64] = rate.seconds(1) * (
        np.arange(max(first - 12, 0), last) - first
    ).astype(np.float64)
    closed, worst = 0, 0.0
    for phone in closures:
        # A frame is shown for its whole duration: it counts when it overlaps the phone.
        inside = (times + rate.seconds(1) > phone.start) & (times < phone.end)
        least = float(gaps[inside].min()) if inside.any() else float(gaps.min())
        worst = max(worst, least)
        closed += least <= CLOSED
    return LineMeasure(len(closures), closed, worst, _onset(gaps, times, speech, rate))


def _onset(
    gaps: NDArray[np.float64], times: NDArray[np.float64], speech: Speech, rate: Rate
) -> float | None:
    """Return mouth onset minus sound onset in frames.

    A line that begins with closed lips (b, p, m, f) is heard before it can be seen to
    open: then the end of that phone is where the mouth must move.
    """
    spoken = [p for p in speech.phones if p.kind != "SIL"]
    if not spoken:
        return None
    start = sound_onset(speech.audio)
    if spoken[0].kind in ("BMP", "FV"):
        start = max(start, spoken[0].end)
    quiet = float(np.median(gaps[:6]))
    moving = np.flatnonzero((gaps > quiet + 0.0008) & (times > -0.5))
    if not len(moving):
        return None
    return float((times[moving[0]] - start) * rate.fps)
