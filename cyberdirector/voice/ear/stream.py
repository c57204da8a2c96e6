"""One network of the ear on a stream: what does not change any more is not computed again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cyberdirector.voice.ear.features import Floats

_TAPS = 5


@dataclass(frozen=True)
class Layers:
    """The weights of one network.

    Attributes
    ----------
    first, last
        (5, 40, c), (c, 21): what goes in and out of the blocks.
    blocks
        Per block the spacing of its taps and (5, c, c) and (c, c): wide and mix.
    biases
        Of ``first``, of the two of every block in turn, and of ``last``.
    """

    first: Floats
    last: Floats
    blocks: tuple[tuple[int, Floats, Floats], ...]
    biases: tuple[Floats, ...]


def layers_of(weights: list[NDArray[np.floating]], spacings: list[int]) -> Layers:
    """Return the layers of convolution weights (out, in, 1, taps) and biases in turn."""
    kernels = [
        np.ascontiguousarray(w[:, :, 0].transpose(2, 1, 0), np.float32) for w in weights[::2]
    ]
    mixes = [kernel[0] for kernel in kernels[2:-1:2]]
    blocks = tuple(zip(spacings[1:], kernels[1:-1:2], mixes, strict=True))
    biases = tuple(np.asarray(b, np.float32) for b in weights[1::2])
    return Layers(kernels[0], kernels[-1][0], blocks, biases)


class Stream:
    """Judges ``hop`` frames at a time, ``ahead`` frames before the newest.

    The result is that of the whole network on all frames so far, with silence (zeros in every
    layer) before the first and after the newest. What a layer gives so far back that no later
    frame reaches it is kept; the rest is computed again each time.

    Parameters
    ----------
    layers
        The network.
    hop, ahead
        Frames.
    """

    def __init__(self, layers: Layers, hop: int, ahead: int) -> None:
        self._layers, self._hop, self._ahead = layers, hop, ahead
        self._heard = 0
        spans = [2, *(2 * spacing for spacing, _, _ in layers.blocks)]
        sizes = [layers.first.shape[1], *(len(mix) for _, _, mix in layers.blocks)]
        final = np.cumsum(spans)  # frames behind the newest where a layer's output is settled
        low = hop + ahead  # frames behind the newest from which on its output is needed
        self._plan: list[tuple[int, int]] = []  # (computed, needed) frames behind, per layer
        for number in reversed(range(len(spans))):
            self._plan.insert(0, (min(low, int(final[number]) + hop), low))
            low += spans[number]
        inputs = [low, *(needed for _, needed in self._plan)][: len(spans)]
        fresh = [hop, *(computed for computed, _ in self._plan)][: len(spans)]
        self._kept = [
            np.zeros((needed - new, size), np.float32)
            for needed, new, size in zip(inputs, fresh, sizes, strict=True)
        ]

    def push(self, features: Floats) -> Floats:
        """Return (hop, 21) log posteriors after ``hop`` new frames (hop, 40) of features.

        They are of the frames ``hop + ahead`` to ``ahead`` behind the newest; before the
        stream began where it is shorter than that.
        """
        self._heard += len(features)
        biases = self._layers.biases
        whole = self._extend(0, features)
        x = _convolve(whole, self._layers.first, 1, self._plan[0][0]) + biases[0]
        for number, (spacing, wide, mix) in enumerate(self._layers.blocks, 1):
            whole = self._extend(number, self._begin(x))
            end = self._ahead if number == len(self._layers.blocks) else 0
            count = self._plan[number][0]
            inner = _convolve(whole, wide, spacing, count, end) + biases[2 * number - 1]
            outer = np.maximum(inner, 0.0, out=inner) @ mix + biases[2 * number]
            x = whole[len(whole) - count : len(whole) - end] + outer
        logits = np.maximum(x, 0.0) @ self._layers.last + biases[-1]
        logits -= logits.max(1, keepdims=True)
        return np.asarray(logits - np.log(np.exp(logits).sum(1, keepdims=True)), np.float32)

    def _extend(self, number: int, fresh: Floats) -> Floats:
        """Return all input that layer ``number`` needs, and keep what the next call does."""
        kept = self._kept[number]
        whole = np.concatenate([kept, fresh])
        self._kept[number] = whole[self._hop : self._hop + len(kept)]
        return whole

    def _begin(self, x: Floats) -> Floats:
        """Silence what lies before the first frame."""
        if len(x) > self._heard:
            x[: len(x) - self._heard] = 0.0
        return x


def _convolve(x: Floats, kernel: Floats, spacing: int, count: int, end: int = 0) -> Floats:
    """Return (count - end, c): sums over taps around the frames up to ``end`` before the last.

    After the newest frame there are zeros; ``x`` reaches ``2 · spacing`` before the first. One
    product per tap is quicker than one of all: few frames, weights that fill the cache.
    """
    first, rows = len(x) - count - 2 * spacing, count - end
    result = x[first : first + rows] @ kernel[0]
    for tap in range(1, _TAPS):
        piece = x[first + tap * spacing : first + tap * spacing + rows]
        result[: len(piece)] += piece @ kernel[tap]
    return result
