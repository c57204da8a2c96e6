"""Skin weights as dense tables, so that they can be cut, mixed and packed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cyberdirector.character.piece import INFLUENCES

Floats = NDArray[np.float64]


def dense_weights(joints: NDArray[np.integer], weights: Floats, nodes: int) -> Floats:
    """Return (v, nodes) weights of (v, k) joint and weight slots."""
    out = np.zeros((len(joints), nodes))
    rows = np.arange(len(joints))
    for k in range(joints.shape[1]):
        np.add.at(out, (rows, joints[:, k]), weights[:, k])
    return out


def pack_weights(table: Floats, nodes: int) -> tuple[NDArray[np.int32], Floats]:
    """Return the eight strongest joints and weights (sum 1) of dense rows.

    Columns below ``nodes`` are node indices; column ``nodes + k`` is chain joint k and
    becomes ``-1 - k`` (see :class:`~cyberdirector.character.piece.Piece`).
    """
    if table.shape[1] < INFLUENCES:
        table = np.pad(table, ((0, 0), (0, INFLUENCES - table.shape[1])))
    order = np.argsort(-table, axis=1, kind="stable")[:, :INFLUENCES]
    weights = np.take_along_axis(table, order, axis=1)
    weights = np.where(weights > 1e-4, weights, 0.0)
    weights /= weights.sum(axis=1, keepdims=True)
    joints = np.where(order < nodes, order, nodes - 1 - order)
    return np.where(weights > 0, joints, 0).astype(np.int32), weights


def chain_weights(t: Floats, points: int) -> Floats:
    """Return smooth weights along a chain: (n, points), column 0 is the parent.

    ``t`` is the place along the chain, 0 at the first joint, ``points - 1`` at the tail.
    Joint j turns what lies between points j and j + 1; it has full weight in the middle
    of its segment and shares linearly with its neighbours.
    """
    centre = np.concatenate([[-0.5], np.arange(points - 1) + 0.5])
    place = np.clip(t, centre[0], centre[-1])
    hat = np.maximum(0.0, 1.0 - np.abs(place[:, None] - centre))
    return hat / hat.sum(axis=1, keepdims=True)


def rigid_table(count: int, node: int, nodes: int) -> Floats:
    """Return dense weights of ``count`` vertices bound to one node."""
    out = np.zeros((count, nodes))
    out[:, node] = 1.0
    return out


def nearest_weights(
    points: Floats, source: Floats, table: Floats, neighbours: int = 6, soft: float = 0.02
) -> Floats:
    """Return weights of points taken from the nearest source vertices (dense rows)."""
    from scipy.spatial import cKDTree

    distance, i = cKDTree(source).query(points, k=neighbours)
    w = 1.0 / (np.asarray(distance, dtype=np.float64) + soft) ** 2
    w /= w.sum(axis=1, keepdims=True)
    return np.einsum("pk,pkn->pn", w, table[i])


def widen(table: Floats, extra: int) -> Floats:
    """Return the table with ``extra`` empty columns for chain joints."""
    return np.pad(table, ((0, 0), (0, extra)))


def sum_columns(table: Floats, columns: Sequence[int]) -> Floats:
    """Return (v,) the summed weight of some columns."""
    return table[:, list(columns)].sum(axis=1)
