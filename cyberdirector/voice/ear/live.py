"""The ear on a microphone: sound in as it comes, classes out 80 ms later."""

from __future__ import annotations

import numpy as np

from cyberdirector.core.speech import PHONE_CLASSES
from cyberdirector.voice.ear.features import (
    HOP,
    LOUD,
    MELS,
    WINDOW,
    Floats,
    normalise,
    window_mel,
)
from cyberdirector.voice.ear.network import load_ear
from cyberdirector.voice.ear.stream import Stream

_PRIOR = 30.0  # frames of ordinary speech that are assumed to have been heard before
_FADE = 300.0  # frames, how long loudness and colour of the microphone are remembered
_RISE = 0.2  # share of the way to a louder level per frame


class LiveEar:
    """Hears a stream of any length with fixed delay and memory.

    Parameters
    ----------
    lookahead
        Frames of 10 ms that are waited for before a frame is judged; 8 is 80 ms. Fewer
        are quicker and less sure.
    hop
        Frames judged at once: the network runs every ``hop`` frames.

    Examples
    --------
    >>> ear = LiveEar()  # doctest: +SKIP
    >>> for chunk in microphone:  # doctest: +SKIP
    ...     posteriors = ear.push(chunk)
    """

    def __init__(self, lookahead: int = 8, hop: int = 4) -> None:
        ear = load_ear()
        ahead = max(0, lookahead - hop + 1)
        self._every, self._early = hop, hop + ahead  # frames before the first of the stream
        self._shares = ear.shares
        self._streams = [Stream(layers, hop, ahead) for layers in ear.layers]
        self._audio = np.zeros(WINDOW // 2, np.float32)
        self._mel = np.zeros((0, MELS), np.float32)
        colour = ear.colour.astype(np.float64)
        self._level = float(np.logaddexp.reduce(colour))
        self._sum, self._weight = colour * _PRIOR, _PRIOR

    def push(self, chunk: Floats) -> Floats:
        """Return (k, 21) log posteriors of the frames that can now be judged.

        Parameters
        ----------
        chunk
            (samples,) float32 mono at 16 kHz, the next piece of the stream.
        """
        self._audio = np.concatenate([self._audio, np.asarray(chunk, np.float32)])
        if len(self._audio) >= WINDOW:
            mel = window_mel(self._audio)
            self._mel = np.concatenate([self._mel, mel])
            self._audio = self._audio[len(mel) * HOP :]
        judged = []
        while len(self._mel) >= self._every:
            fresh, self._mel = self._mel[: self._every], self._mel[self._every :]
            judged.append(self._judge(fresh))
        return np.concatenate([np.zeros((0, len(PHONE_CLASSES)), np.float32), *judged])

    def _judge(self, mel: Floats) -> Floats:
        """Hear the next ``hop`` frames, judge as many and return those of the stream."""
        self._remember(mel)
        features = normalise(mel, (self._sum / self._weight).astype(np.float32))
        heard = sum(
            share * stream.push(features)
            for share, stream in zip(self._shares, self._streams, strict=True)
        )
        self._early = max(0, self._early - self._every)
        result = np.asarray(heard - np.logaddexp.reduce(heard, axis=1, keepdims=True))
        return result[min(self._early, self._every) :].astype(np.float32)

    def _remember(self, mel: Floats) -> None:
        """Follow the mean of loud frames."""
        for frame in mel.astype(np.float64):
            total = float(np.logaddexp.reduce(frame))
            share = _RISE if total > self._level else 0.25 / _FADE
            self._level += share * (total - self._level)
            if total >= self._level - LOUD:
                fade = 1.0 - 1.0 / _FADE
                self._sum = fade * self._sum + frame
                self._weight = fade * self._weight + 1.0
