"""Sound → what was heard in every 10 ms, and whether it was speech at all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.speech import SAMPLE_RATE
from cyberdirector.formats.audio import resample
from cyberdirector.voice.ear.features import RATE, STEP, Floats, log_mel
from cyberdirector.voice.ear.network import load_ear

_ENTER, _LEAVE = 0.5, 0.7  # probability of silence below / above which speech starts / ends
_HOLD = 3  # frames for which it must stay there


@dataclass(frozen=True)
class Hearing:
    """What was heard.

    Attributes
    ----------
    posteriors
        (n, 21) float32 log probability of each phone class every :data:`~.features.STEP`.
    mel
        (n, 40) float32 log-mel power.
    """

    posteriors: Floats
    mel: Floats

    @property
    def level(self) -> Floats:
        """(n,) float32 loudness in dB, of the bands together."""
        total = np.logaddexp.reduce(self.mel, axis=1)
        return np.asarray(10.0 / np.log(10.0) * total, np.float32)

    @property
    def duration(self) -> float:
        """Seconds."""
        return len(self.posteriors) * STEP


def listen(audio: Floats, rate: int = SAMPLE_RATE, threads: int = 1) -> Hearing:
    """Hear a take.

    Parameters
    ----------
    audio
        (samples,) float32 mono, full scale ±1.
    rate
        Its sample rate in Hz.
    threads
        Threads of the network.
    """
    mel = log_mel(resample(np.asarray(audio, np.float32), rate, RATE))
    return Hearing(load_ear(threads).hear_take(mel), mel)


def speaking(posteriors: Floats) -> NDArray[np.bool_]:
    """Return (n,) whether somebody speaks: the silence class with hysteresis.

    A state changes when the probability of silence has been beyond its threshold for three
    frames, so that soft endings do not flap; the change counts from the first of them.
    """
    silence = np.exp(posteriors[:, 0])
    state = np.zeros(len(silence), np.bool_)
    on, run = False, 0
    for index, value in enumerate(silence):
        run = run + 1 if (value > _LEAVE if on else value < _ENTER) else 0
        if run == _HOLD:
            on, run = not on, 0
            state[index - _HOLD + 1 : index] = on
        state[index] = on
    return state
