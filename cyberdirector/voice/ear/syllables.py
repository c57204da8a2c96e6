"""Posteriors → classes where the language is known by its syllables (Mandarin has about 400).

A segmental Viterbi search through a tree of syllables: every syllable is as likely as it is in
the language, every phone lasts as long as its class usually does at the pace of the take.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.speech import PHONE_CLASSES
from cyberdirector.voice.ear.network import load_ear

Doubles = NDArray[np.float64]

_FAVOUR = 2.0  # weight of how likely a syllable is against the evidence
_FRESH = 4.0  # nepers given to each syllable, so that they are not all long
_SILENCE = -1.0  # nepers of a silence between two syllables
_LASTING = 2.0  # weight of how long phones last
_LONGEST = 24  # frames that lengths are told apart up to
_SPREAD = 0.3  # least SD of the log of a length
_PACES = (-0.7, 1.2)
_PIECE = 6000  # frames searched at once


@dataclass(frozen=True)
class Tree:
    """Syllables as a tree of classes, and silence as its last node.

    Attributes
    ----------
    kinds
        (n,) class of every node.
    parents
        (n,) node before; the node itself at a root.
    roots
        (n,) whether a syllable begins there.
    ends
        (n,) log probability of a syllable that ends there; -inf where none does.
    """

    kinds: NDArray[np.int64]
    parents: NDArray[np.int64]
    roots: NDArray[np.bool_]
    ends: Doubles


@lru_cache(maxsize=4)
def tree_of(language: str) -> Tree | None:
    """Return the syllables of a language as the ear was taught them; None where it was not."""
    known = load_ear().syllables.get(language)
    if known is None:
        return None
    nodes: dict[tuple[str, ...], int] = {}
    rows: list[tuple[int, int]] = []
    ends: dict[int, float] = {}
    for classes, likely in known.items():
        path = tuple(classes.split())
        for size in range(1, len(path) + 1):
            if path[:size] not in nodes:
                nodes[path[:size]] = len(rows)
                parent = nodes[path[: size - 1]] if size > 1 else len(rows)
                rows.append((PHONE_CLASSES.index(path[size - 1]), parent))
        ends[nodes[path]] = likely
    rows.append((0, len(rows)))
    kinds, parents = np.array(rows, np.int64).T
    cost = np.full(len(rows), -np.inf)
    for node, likely in ends.items():
        cost[node] = _FAVOUR * likely + _FRESH
    cost[-1] = _SILENCE
    return Tree(kinds, parents, parents == np.arange(len(rows)), cost)


def spell(
    evidence: Doubles, spoken: NDArray[np.bool_], tree: Tree, first_path: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return (n,) the class of every frame; silence where nobody speaks.

    Parameters
    ----------
    evidence
        (n, 21) log evidence per class.
    spoken
        (n,) whether somebody speaks; every run is searched for itself.
    tree
        From :func:`tree_of`.
    first_path
        (n,) classes by which the pace is judged.
    """
    prices = _prices(tree, _pace(first_path))
    edges = np.flatnonzero(np.diff(np.concatenate([[False], spoken, [False]])))
    path = np.zeros(len(evidence), np.int64)
    for start, last in edges.reshape(-1, 2):
        for first in range(int(start), int(last), _PIECE):
            place = first
            piece = evidence[first : min(first + _PIECE, int(last))]
            for kind, size in _search(piece, tree, prices):
                path[place : place + size] = kind
                place += size
    return path


def _pace(path: NDArray[np.int64]) -> float:
    """Return the log of how much longer phones last than usual, by the median."""
    edges = np.concatenate([[0], np.flatnonzero(np.diff(path)) + 1, [len(path)]])
    kinds, sizes = path[edges[:-1]], np.diff(edges)
    slower = np.log(sizes[kinds > 0]) - load_ear().lengths[kinds[kinds > 0], 0]
    return float(np.clip(np.median(slower), *_PACES)) if len(slower) else 0.0


def _prices(tree: Tree, pace: float) -> Doubles:
    """Return (longest, n) nepers of a node's lasting longest .. 1 frames."""
    lengths = load_ear().lengths.astype(np.float64)
    frames = np.arange(_LONGEST, 0, -1)[:, None]
    spread = np.maximum(lengths[:, 1], _SPREAD)
    prices = -0.5 * _LASTING * np.square((np.log(frames) - lengths[:, 0] - pace) / spread)
    prices[:, 0] = 0.0
    closed = [PHONE_CLASSES.index(kind) for kind in ("SIL", "BMP", "FV")]
    least = np.full(len(PHONE_CLASSES), 3)
    least[closed] = 4
    return np.where(frames < least, -np.inf, prices)[:, tree.kinds]


def _search(evidence: Doubles, tree: Tree, prices: Doubles) -> list[tuple[int, int]]:
    """Return (class, frames) of the best path, in order."""
    count, nodes = len(evidence), np.arange(len(tree.kinds))
    sums = np.concatenate([np.zeros((1, evidence.shape[1])), np.cumsum(evidence, 0)])
    enter = np.full((count + 1 + _LONGEST, len(nodes)), -np.inf)  # less the evidence before
    enter[_LONGEST, tree.roots] = 0.0
    sizes = np.zeros((count + 1, len(nodes)), np.int16)
    sources = np.full((count + 1, len(nodes)), -1, np.int16)
    held, since = np.full(len(nodes), -np.inf), np.zeros(len(nodes), np.int64)
    score = held
    for frame in range(1, count + 1):
        options = enter[frame : frame + _LONGEST] + prices
        best = options.argmax(0)
        score, size = options[best, nodes], _LONGEST - best
        if frame > _LONGEST:  # longer, at the price of the longest
            old = enter[frame - 1]
            since = np.where(old > held, frame - 1 - _LONGEST, since)
            held = np.maximum(old, held)
            longer = held + prices[0]
            size = np.where(longer > score, frame - since, size)
            score = np.maximum(longer, score)
        here = sums[frame, tree.kinds]
        score = score + here
        sizes[frame] = size
        leave = score + tree.ends
        last = int(leave.argmax())
        enter[frame + _LONGEST] = np.where(tree.roots, leave[last], score[tree.parents]) - here
        sources[frame] = np.where(tree.roots, last, tree.parents)
    leave = score + tree.ends
    node = int((leave if np.isfinite(leave).any() else score).argmax())
    found, frame = [], count
    while frame > 0:
        size = int(sizes[frame, node])
        if size <= 0:  # too short for any syllable
            return [(int(evidence.sum(0).argmax()), count)]
        found.append((int(tree.kinds[node]), size))
        frame -= size
        node = int(sources[frame, node])
    return found[::-1]
