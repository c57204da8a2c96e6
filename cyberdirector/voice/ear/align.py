"""Viterbi: lays a chain of classes over the posteriors of a recording."""

from __future__ import annotations

from itertools import pairwise

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
_CLOSURE = 0.06  # seconds
_JUMPS = 4  # links that may be left out in a row, plus one


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

    Parameters
    ----------
    evidence
        (n, 21) from :func:`emissions`.
    links
        From :func:`~.chain.chain_of`; when the take is too short for their least durations,
        these shrink to one frame.
    """
    count = len(evidence)
    least = np.array([link.least for link in links])
    if least.sum() > 0.7 * count:
        least = np.ones(len(links), np.int64)
    owner = np.repeat(np.arange(len(links)), least)
    starts = np.concatenate([[0], np.cumsum(least)[:-1]])
    ends = np.cumsum(least) - 1
    sources, costs = _entries(links, starts, ends, len(owner))
    kinds = np.array([PHONE_CLASSES.index(links[i].kind) for i in owner])
    loops = np.zeros(len(owner), np.bool_)
    loops[ends] = True
    path = _search(evidence, kinds, sources, costs, loops, _first(links, starts), ends, links)
    frames = owner[path]
    spans = [(0, 0)] * len(links)
    edges = np.flatnonzero(np.diff(np.concatenate([[-1], frames, [-1]])))
    for first, last in pairwise(edges):
        spans[frames[first]] = (int(first), int(last))
    return spans


def _entries(
    links: list[Link], starts: NDArray[np.int64], ends: NDArray[np.int64], states: int
) -> tuple[NDArray[np.int64], Doubles]:
    """Return (states, 4) states from which each may be entered, and their log probability."""
    sources = np.zeros((states, _JUMPS), np.int64)
    costs = np.full((states, _JUMPS), -np.inf)
    sources[:, 0] = np.maximum(np.arange(states) - 1, 0)
    costs[1:, 0] = 0.0
    for number, start in enumerate(starts):
        sources[start], costs[start] = 0, -np.inf
        cost = 0.0
        for jump in range(min(_JUMPS, number)):
            before = number - 1 - jump
            sources[start, jump] = ends[before]
            costs[start, jump] = cost
            cost += links[before].skip
            if not np.isfinite(cost):
                break
    return sources, costs


def _first(links: list[Link], starts: NDArray[np.int64]) -> dict[int, float]:
    """Return the states in which a take may begin, with their log probability."""
    allowed, cost = {}, 0.0
    for number, link in enumerate(links):
        allowed[int(starts[number])] = cost
        cost += link.skip
        if not np.isfinite(cost):
            break
    return allowed


def _search(
    evidence: Doubles,
    kinds: NDArray[np.int64],
    sources: NDArray[np.int64],
    costs: Doubles,
    loops: NDArray[np.bool_],
    begin: dict[int, float],
    ends: NDArray[np.int64],
    links: list[Link],
) -> NDArray[np.int64]:
    """Return (n,) the state of every frame on the best path."""
    count, states = len(evidence), len(kinds)
    stay = np.where(loops, 0.0, -np.inf)
    score = np.full(states, -np.inf)
    for state, cost in begin.items():
        score[state] = cost + evidence[0, kinds[state]]
    back = np.zeros((count, states), np.int8)
    rows = np.arange(states)
    options = np.empty((_JUMPS + 1, states))
    turned, prices = np.ascontiguousarray(sources.T), np.ascontiguousarray(costs.T)
    for frame in range(1, count):
        options[0] = score + stay
        options[1:] = score[turned] + prices
        best = options.argmax(0)
        back[frame] = best
        score = options[best, rows] + evidence[frame, kinds]
    state, cost = int(ends[-1]), links[-1].skip
    for number in range(len(links) - 2, -1, -1):
        if not np.isfinite(cost):
            break
        if score[ends[number]] + cost > score[state]:
            state = int(ends[number])
        cost += links[number].skip
    path = np.zeros(count, np.int64)
    for frame in range(count - 1, -1, -1):
        path[frame] = state
        choice = int(back[frame, state])
        if choice:
            state = int(sources[state, choice - 1])
    return path


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
