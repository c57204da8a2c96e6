"""Skin weights of a primitive: any number of sets, the eight largest of each vertex."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cyberdirector.formats.gltf import accessors
from cyberdirector.formats.gltf._view import View
from cyberdirector.formats.gltf.document import Gltf

MOST_INFLUENCES = 8
_MOST_SETS = 8
"""Sets of four influences that are read; exporters of scans write four at most."""


def _sets(
    gltf: Gltf, attributes: View, count: int
) -> tuple[NDArray[np.uint32], NDArray[np.float32]] | None:
    """Return joints and weights (vertices, 4 × sets) as they are stored."""
    sets_j, sets_w = [], []
    for n in range(_MOST_SETS):
        if f"JOINTS_{n}" not in attributes or f"WEIGHTS_{n}" not in attributes:
            break
        at = attributes.index(f"JOINTS_{n}", len(gltf.accessors))
        sets_j.append(accessors.integers(gltf, at, 4))
        at = attributes.index(f"WEIGHTS_{n}", len(gltf.accessors))
        sets_w.append(accessors.floats(gltf, at, 4))
    if not sets_j:
        return None
    if any(len(a) != count for a in [*sets_j, *sets_w]):
        raise attributes.bad("JOINTS_0", f"{count} vertices")
    return np.concatenate(sets_j, axis=1), np.concatenate(sets_w, axis=1)


def read_influences(
    gltf: Gltf, attributes: View, count: int, joints: int
) -> tuple[NDArray[np.uint16], NDArray[np.float32]] | None:
    """Return joints and weights (vertices, k ≤ 8), empty columns left out; None for none.

    Weights are never negative and sum to 1. Of more than eight influences the largest are
    kept, with the note ``influences-reduced``; a vertex without any hangs on the first
    joint, with the note ``weights-missing``.

    Raises
    ------
    InputRefused
        ``gltf-value`` for NaN, wrong counts or joints that the skin does not have.
    """
    found = _sets(gltf, attributes, count)
    if found is None:
        return None
    index, weight = found[0], np.maximum(found[1], 0.0)
    if bool((index[weight > 0.0] >= joints).any()):
        raise attributes.bad("JOINTS_0", f"joints below {joints}")
    index = np.where(weight > 0.0, index, 0)
    many = int((weight > 0.0).sum(axis=1).max(initial=0))
    if many > MOST_INFLUENCES:
        order = np.argsort(-weight, axis=1, kind="stable")[:, :MOST_INFLUENCES]
        index = np.take_along_axis(index, order, axis=1)
        weight = np.take_along_axis(weight, order, axis=1)
        gltf.note(
            f"vertices with up to {many} influences keep the {MOST_INFLUENCES} largest",
            "influences-reduced",
            attributes.path,
        )
    total = weight.sum(axis=1, keepdims=True, dtype=np.float64)
    bare = total[:, 0] <= 1e-12
    if bool(bare.any()):
        weight[bare, 0] = 1.0
        text = f"{int(bare.sum())} vertices without weights hang on the first joint"
        gltf.note(text, "weights-missing", attributes.path)
    total = np.where(total > 1e-12, total, 1.0)
    if bool((np.abs(total - 1.0) > 1e-5).any()):
        weight = (weight / total).astype(np.float32)
    used = np.flatnonzero((weight > 0.0).any(axis=0))
    columns = int(used[-1]) + 1 if len(used) else 1
    return index[:, :columns].astype(np.uint16), weight[:, :columns]
