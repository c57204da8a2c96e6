"""Hair that grows on the face follows the shapes of the skin under it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cyberdirector.character.body import Body
from cyberdirector.character.face.mouth import cavity
from cyberdirector.character.face.shapes import Deltas
from cyberdirector.character.face.strip import sparse
from cyberdirector.character.template import BODY_COUNT
from cyberdirector.core.model import Morph

_NEAREST = 6


def ride_skin(points: NDArray[np.float64], body: Body, deltas: Deltas) -> dict[str, Morph]:
    """Return the shapes of ``points`` (n, 3) that move with the nearest skin of the head."""
    from scipy.spatial import cKDTree

    skin = np.flatnonzero(
        (body.head_weight[:BODY_COUNT] > 0.5) & ~cavity(body.template)[:BODY_COUNT]
    )
    distance, near = cKDTree(body.positions[skin]).query(points, k=_NEAREST)
    mix = 1.0 / np.maximum(distance, 1e-4) ** 2
    mix /= mix.sum(1, keepdims=True)
    rows = skin[near]
    out = {}
    for name, delta in deltas.items():
        if name.startswith("eye"):
            continue
        morph = sparse(np.einsum("nk,nkc->nc", mix, delta[rows]))
        if morph is not None:
            out[name] = morph
    return out
