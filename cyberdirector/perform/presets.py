"""A face in VRM presets: for avatars and players that know no ARKit shapes.

Least squares on the model itself: the weights of the presets are those whose binds move the
mesh most like the ARKit weights do.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.face import ARKIT_NAMES
from cyberdirector.core.model import Character

Floats = NDArray[np.float64]

MOUTH = ("aa", "ih", "ou", "ee", "oh")
LIDS = ("blinkLeft", "blinkRight")
FEELINGS = ("happy", "angry", "sad", "relaxed", "surprised")

_ROUNDS = 500
"""Sweeps of coordinate descent; the last ones change less than a thousandth."""

_RIDGE = 0.002
"""Share of a preset's own size that a weight must earn, so that alike presets do not fight."""

_SPEAKING = 0.03
"""Weight of the mouth presets, summed, from which the mouth counts as speaking."""

_BLENDED = 0.35
"""Largest weight of a feeling that fades the mouth out, while it speaks."""


def _moves(character: Character, binds: list[tuple[str, float]]) -> Floats:
    """Return what binds move, flattened over all parts, metres."""
    out = []
    for part in character.parts:
        moved = np.zeros((len(part.positions), 3))
        for name, weight in binds:
            morph = part.morphs.get(name)
            if morph is not None:
                moved[morph.indices] += weight * morph.positions
        if part.morphs:
            out.append(moved.reshape(-1))
    return np.concatenate(out) if out else np.zeros(0)


def fit_presets(
    character: Character, weights: NDArray[np.floating]
) -> dict[str, NDArray[np.float32]]:
    """Return the weights of the character's presets for a face in ARKit weights.

    Parameters
    ----------
    character
        Its presets of :data:`MOUTH`, :data:`LIDS` and :data:`FEELINGS` that have binds.
    weights
        (frames, 52) ARKit weights.

    Returns
    -------
    dict
        Preset → (frames,) float32, 0..1. Empty when the character has none of them, or no
        ARKit shapes to compare with.

    Notes
    -----
    Minimises ``|B x - A w|²`` with ``x`` in 0..1 by coordinate descent on the normal equations
    (A: what the ARKit shapes move, B: what the presets move). A feeling whose preset overrides
    the mouth (``block``) is left out while the mouth speaks, one that blends it is kept weak,
    and one that blocks blinking yields to closed lids, since a player would hide the rest.
    """
    names = [
        name
        for name in (*MOUTH, *LIDS, *FEELINGS)
        if name in character.expressions and character.expressions[name].binds
    ]
    if not names:
        return {}
    basis = np.stack([_moves(character, character.expressions[name].binds) for name in names])
    shapes = np.stack([_moves(character, [(name, 1.0)]) for name in ARKIT_NAMES])
    if basis.shape[1] == 0 or not shapes.any():
        return {}
    used = basis.any(axis=0)
    gram = basis[:, used] @ basis[:, used].T
    want = np.asarray(weights, np.float64) @ (shapes[:, used] @ basis[:, used].T)
    size = np.diag(gram).copy()
    x = np.zeros_like(want)
    for _ in range(_ROUNDS):
        for k in np.flatnonzero(size > 0.0):
            rest = want[:, k] - x @ gram[:, k] + x[:, k] * size[k]
            x[:, k] = np.clip(rest / ((1.0 + _RIDGE) * size[k]), 0.0, 1.0)
    out = dict(zip(names, x.T, strict=True))
    _respect(character, out)
    return {name: values.astype(np.float32) for name, values in out.items()}


def _respect(character: Character, x: dict[str, Floats]) -> None:
    """Hold feelings back whose override would hide lips or lids, in place."""
    frames = len(next(iter(x.values())))
    speaking = sum((x[n] for n in MOUTH if n in x), np.zeros(frames)) > _SPEAKING
    shut = np.maximum.reduce([x[n] for n in LIDS if n in x] or [np.zeros(frames)]) > 0.5
    for name in FEELINGS:
        if name not in x:
            continue
        expression = character.expressions[name]
        if expression.override_mouth == "block":
            x[name][speaking] = 0.0
        elif expression.override_mouth == "blend":
            x[name][speaking] = np.minimum(x[name][speaking], _BLENDED)
        if expression.override_blink == "block":
            x[name][shut] = 0.0
