"""Posteriors → timed phones when nobody says what was said."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.speech import PHONE_CLASSES, Phone
from cyberdirector.voice.ear.align import emissions
from cyberdirector.voice.ear.features import STEP, Floats
from cyberdirector.voice.ear.hearing import speaking
from cyberdirector.voice.ear.network import load_ear
from cyberdirector.voice.ear.syllables import spell, tree_of

_GRAMMAR = 0.5  # weight of the order of classes against the evidence
_CLOSED, _MAYBE = 0.55, 0.08
"""Share of the evidence for lips that meet at which a closure is believed, and above which
frames belong to it (tuned on held-out synthetic voices under noise)."""

_CORE = 0.8  # of the peak of a closure's share: what is kept of one that is too long
_FIRM = 1.0  # nepers that a believed closure gains in its middle
_LIPS = PHONE_CLASSES.index("BMP")
_LEAST = np.array([4 if kind in ("SIL", "BMP", "FV") else 3 for kind in PHONE_CLASSES])


def decode(posteriors: Floats, language: str | None = None) -> NDArray[np.int64]:
    """Return (n,) the class of every frame: the best path.

    Every phone lasts at least 30 ms (lips take 40). In a language whose syllables are known
    it is a path of these (:mod:`~.syllables`), else a loop of phones, each of which follows
    the one before it as often as in the training speech of three languages. Where nobody
    speaks there is silence. A mouth that shuts by mistake is seen at once, so closures are
    decided first.

    Parameters
    ----------
    posteriors
        (n, 21) float32 log posteriors.
    language
        ``zh``, ``en``, ``ja``; None where it is not known.
    """
    evidence = settle_closures(emissions(posteriors), posteriors)
    ear = load_ear()
    order = _GRAMMAR * ear.bigrams.astype(np.float64)
    np.fill_diagonal(order, -np.inf)
    spoken = speaking(posteriors)
    path = np.where(spoken, _loop(evidence, order), 0)
    tree = tree_of(language) if language else None
    return path if tree is None else spell(evidence, spoken, tree, path)


def settle_closures(evidence: NDArray[np.float64], posteriors: Floats) -> NDArray[np.float64]:
    """Return the evidence (n, 21) with lips that meet where that is sure, and nowhere else.

    A closure is a run of frames above :data:`_MAYBE` that somewhere passes :data:`_CLOSED`;
    of a run that is longer than nearly all closures, what is nearly as sure as its peak: the
    rest is a vowel that was not told from it.
    """
    mean, spread = load_ear().lengths[_LIPS].astype(np.float64)
    longest = float(np.exp(mean + 2.0 * spread))
    share = np.exp(posteriors[:, _LIPS].astype(np.float64))
    edges = np.flatnonzero(np.diff(np.concatenate([[False], share > _MAYBE, [False]])))
    sure = np.zeros(len(share), np.bool_)
    settled = evidence.copy()
    for first, last in edges.reshape(-1, 2):
        peak = float(share[first:last].max())
        if peak >= _CLOSED:
            if last - first > longest:
                core = first + np.flatnonzero(share[first:last] > _CORE * peak)
                spare = max(0, round(float(np.exp(mean))) - (core[-1] + 1 - core[0])) / 2
                first = max(first, core[0] - int(np.floor(spare)))
                last = min(last, core[-1] + 1 + int(np.ceil(spare)))
            sure[first:last] = True
            middle = first + np.flatnonzero(share[first:last] > 0.5 * peak)
            settled[middle, _LIPS] += _FIRM
    settled[~sure, _LIPS] = evidence[~sure].min(axis=1, initial=0.0)
    return settled


def _loop(evidence: NDArray[np.float64], order: NDArray[np.float64]) -> NDArray[np.int64]:
    """Viterbi over classes that each pass through ``_LEAST`` states and stay in the last."""
    count, classes = evidence.shape
    depth = int(_LEAST.max())
    rows = np.arange(classes)
    start = depth - _LEAST  # where each class enters, so that all leave from the last state
    score = np.full((depth, classes), -np.inf)
    score[depth - 1] = evidence[0]
    back = np.zeros((count, depth, classes), np.int8)  # 0 stay, 1 step down, 2.. class + 2
    for frame in range(1, count):
        leave = score[depth - 1][:, None] + order
        source = leave.argmax(0)
        fresh = np.full((depth, classes), -np.inf)
        fresh[1:] = score[:-1]
        back[frame, 1:] = 1
        stay = score[depth - 1] >= fresh[depth - 1]
        fresh[depth - 1] = np.where(stay, score[depth - 1], fresh[depth - 1])
        back[frame, depth - 1] = np.where(stay, 0, 1)
        fresh[start, rows] = leave[source, rows]
        back[frame, start, rows] = source + 2
        score = fresh + evidence[frame]
    path = np.zeros(count, np.int64)
    layer, kind = divmod(int(score.argmax()), classes)
    for frame in range(count - 1, -1, -1):
        path[frame] = kind
        move = int(back[frame, layer, kind])
        if move == 1:
            layer -= 1
        elif move > 1:
            layer, kind = depth - 1, move - 2
    return path


def phones_of(path: NDArray[np.int64], duration: float) -> tuple[Phone, ...]:
    """Return the runs of ``path`` as phones that cover ``duration`` seconds.

    ``word`` counts groups of three syllables, so that accents can be found; there is no
    symbol, tone or stress.
    """
    edges = np.flatnonzero(np.diff(path)) + 1
    starts = np.concatenate([[0.0], (edges - 0.5) * STEP])
    ends = np.minimum(np.concatenate([starts[1:], [duration]]), duration)
    kinds = path[np.concatenate([[0], edges])]
    return tuple(
        Phone("", PHONE_CLASSES[kind], round(float(a), 4), round(float(b), 4))
        for kind, a, b in zip(kinds, starts, ends, strict=True)
        if b > a
    )
