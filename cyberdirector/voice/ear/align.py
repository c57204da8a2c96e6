"""Lays a chain of classes over the posteriors of a recording."""

from __future__ import annotations

from math import log

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.speech import PHONE_CLASSES
from cyberdirector.voice.ear.chain import VOWELS, Link
from cyberdirector.voice.ear.features import STEP, Floats
from cyberdirector.voice.ear.network import load_ear
from cyberdirector.voice.g2p import Reading
from cyberdirector.voice.timing import Segment

Doubles = NDArray[np.float64]

_PRIOR = 0.6  # exponent of the priors that are divided out
_KIN = 0.08  # share of the vowels together in the evidence for one of them
_FLOOR = -7.0  # nepers below which evidence against a class does not count any more
_OTHER = 2.0  # nepers that evidence by another class counts less
_CLOSURE = 0.06  # seconds
_WEIGHT = 5.0  # of lengths against the evidence of single frames, which know of each other
_LONGEST = 30  # frames that lengths are told apart up to
_SPREAD = 0.3  # least SD of the log of a length
_REACH = 100  # frames around the first laying in which the second is sought
_PACES = (-0.7, 1.2)  # log of how much longer a take's phones may be than usual


def emissions(posteriors: Floats) -> Doubles:
    """Return (n, 21) float64 log evidence for each class, frame by frame.

    Posteriors over priors; other vowels speak for a vowel a little, because accents move
    them about; the floor keeps one strange sound from throwing off a whole line.
    """
    share = np.exp(posteriors.astype(np.float64))
    vowel = np.array([kind in VOWELS for kind in PHONE_CLASSES])
    kin = share[:, vowel].sum(1, keepdims=True)
    share[:, vowel] = (1.0 - _KIN) * share[:, vowel] + _KIN * kin
    evidence = np.log(share + 1e-6) - _PRIOR * np.log(load_ear().priors.astype(np.float64))
    return np.asarray(np.maximum(evidence, evidence.max(1, keepdims=True) + _FLOOR))


def lay_chain(evidence: Doubles, links: list[Link]) -> list[tuple[int, int]]:
    """Return the half-open frames (first, last) of every link; empty where it was left out.

    Laid first by the evidence alone; that tells the pace of the take. Then again, a second
    around, by evidence and by how long classes last at this pace (log-normal, from the
    training speech).

    Parameters
    ----------
    evidence
        (n, 21) from :func:`emissions`.
    links
        From :func:`~.chain.chain_of`; when the take is too short for their least durations,
        these shrink to one frame.
    """
    needed = np.cumsum([0] + [0 if np.isfinite(link.skip) else 1 for link in links])
    whole = [  # every link that must be heard takes a frame at least
        (int(needed[n]), len(evidence) - int(needed[-1] - needed[n + 1]))
        for n in range(len(links))
    ]
    spans = _lay(evidence, links, [None] * len(links), whole)
    table = load_ear().lengths.astype(np.float64)
    rows = [table[PHONE_CLASSES.index(link.kind)] for link in links]
    usual = [
        float(row[0]) + log(max(1, len(link.parts)))
        for link, row in zip(links, rows, strict=True)
    ]
    slower = [
        log(last - first) - mean
        for link, (first, last), mean in zip(links, spans, usual, strict=True)
        if link.kind != "SIL" and last > first
    ]
    pace = float(np.clip(np.median(slower), *_PACES)) if slower else 0.0
    lengths = [
        None if link.kind == "SIL" else (mean + pace, max(float(row[1]), _SPREAD))
        for link, mean, row in zip(links, usual, rows, strict=True)
    ]
    return _lay(evidence, links, lengths, _around(spans, len(evidence)))


def _around(spans: list[tuple[int, int]], count: int) -> list[tuple[int, int]]:
    """Return the frames among which each link may lie: a second around where it lay."""
    windows, place = [], 0
    for first, last in spans:
        if last > first:
            place = last
        else:  # left out
            first = last = place
        windows.append((max(0, first - _REACH), min(count, last + _REACH)))
    return windows


def _lay(
    evidence: Doubles,
    links: list[Link],
    lengths: list[tuple[float, float] | None],
    windows: list[tuple[int, int]],
) -> list[tuple[int, int]]:
    """Lay the chain once: link by link, the best start for every frame where it may end."""
    count, small = len(evidence), sum(link.least for link in links) > 0.7 * len(evidence)
    enter = np.full(count + 1, -np.inf)  # best score with which a link may start at a frame
    enter[0] = 0.0
    before = np.full(count + 1, -1, np.int16)  # the link that ended there
    traces: list[tuple[int, NDArray[np.int16], NDArray[np.int16]]] = []
    for link, usual, (low, high) in zip(links, lengths, windows, strict=True):
        among = slice(low, high + 1)
        total = np.concatenate([[0.0], np.cumsum(heard_as(evidence, link))])[among]
        best, lasting = _end(enter[among] - total, 1 if small else link.least, usual)
        traces.append((low, lasting, before[among]))
        skipped, score = enter + link.skip, np.full(count + 1, -np.inf)
        score[among] = best + total
        before = np.where(skipped > score, before, np.int16(len(traces) - 1))
        enter = np.maximum(skipped, score)
    spans, frame, number = [(0, 0)] * len(links), count, int(before[count])
    while number >= 0:
        low, lasting, came = traces[number]
        spans[number] = (frame - int(lasting[frame - low]), frame)
        frame = spans[number][0]
        number = int(came[frame - low])
    return spans


def heard_as(evidence: Doubles, link: Link) -> Doubles:
    """Return the evidence (n,) for a link, also by what it may sound like."""
    own = evidence[:, PHONE_CLASSES.index(link.kind)]
    if not link.also:
        return own
    others = evidence[:, [PHONE_CLASSES.index(kind) for kind in link.also]].max(1)
    return np.maximum(own, others - _OTHER)


def _end(
    enter: Doubles, least: int, usual: tuple[float, float] | None
) -> tuple[Doubles, NDArray[np.int16]]:
    """Return the best score at which a link ends at every frame, and for how long it lasts.

    Parameters
    ----------
    enter
        (n,) score at which it may start at every frame, less the evidence before.
    least
        Fewest frames.
    usual
        Mean and SD of the log of its frames; None where any length is as good.
    """
    frames = np.arange(len(enter))
    score, lasted = np.full(len(enter), -np.inf), np.zeros(len(enter), np.int16)
    later, price = least, 0.0
    if usual is not None:
        later = max(_LONGEST, least) + 1
        lasting = np.arange(later - 1, least - 1, -1)
        prices = -0.5 * _WEIGHT * np.square((np.log(lasting) - usual[0]) / usual[1])
        price = float(prices[0])
        padded = np.concatenate([np.full(later - 1, -np.inf), enter])
        options = np.lib.stride_tricks.sliding_window_view(padded, len(lasting))
        options = options[: len(enter)] + prices
        best = options.argmax(1)
        score, lasted = options[frames, best], lasting[best].astype(np.int16)
    if later < len(enter):  # longer than lengths are told apart
        run = np.maximum.accumulate(enter)
        source = np.maximum.accumulate(np.where(enter >= run, frames, 0))
        held = run[:-later] + price
        use = held > score[later:]
        score[later:] = np.where(use, held, score[later:])
        lasted[later:] = np.where(use, frames[later:] - source[:-later], lasted[later:])
    return score, lasted


def segments_of(
    reading: Reading, links: list[Link], spans: list[tuple[int, int]]
) -> list[Segment]:
    """Return the phones of a laid chain, silence left out; runs are split by their shares.

    Of the silence before it a b or p owns at most 60 ms, as in synthetic speech.
    """
    segments: list[Segment] = []
    for link, (first, last) in zip(links, spans, strict=True):
        if last <= first or not link.parts:
            continue
        place = first - 0.5
        fresh = not segments or segments[-1].end < (first - 1) * STEP
        if fresh and reading.sounds[link.parts[0][0]].symbols[:1] in ("b", "p"):
            place = max(place, last - 0.5 - _CLOSURE / STEP)
        whole = last - 0.5 - place
        total = sum(share for _, share in link.parts)
        for sound, share in link.parts:
            stop = place + whole * share / total
            symbol = reading.sounds[sound].symbols
            segments.append(
                Segment(link.kind, sound, max(0.0, place * STEP), stop * STEP, symbol)
            )
            place = stop
    return segments
