"""Who stands still stands over the feet: what that adds to the normal equations."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cyberdirector.capture.solve_figure import FREE, LANDMARK, LANDMARKS
from cyberdirector.capture.solve_normal import Normal
from cyberdirector.capture.solve_problem import FEET, Problem, Weights

Floats = NDArray[np.float64]

_MASS = np.zeros(len(LANDMARKS))
for _name, _share in (("Hip", 0.27), ("Shoulder", 0.18), ("Knee", 0.05)):
    for _side in ("left", "right"):
        _MASS[LANDMARK[_side + _name]] = _share
"""Shares of landmarks in the centre of mass: trunk, head and arms above, thighs below."""


def standing(problem: Problem, root: Floats) -> Floats:
    """Return how surely somebody stands still on both feet in each frame, (n,), 0..1."""
    both = problem.planted.reshape(-1, 2, 2).max(axis=-1).min(axis=-1)
    if len(root) < 2:
        return both
    # Across the view only: distance is too noisy to tell movement.
    speed = np.linalg.norm(np.gradient(root[:, :2], 1.0 / problem.rate, axis=0), axis=-1)
    return np.asarray(both * np.clip((0.2 - speed) / 0.1, 0.0, 1.0))


def balance(problem: Problem, points: Floats, jac: Floats, w: Weights, out: Normal) -> float:
    """Hold who stands still on both feet over them: else they would fall."""
    both = problem.planted.reshape(-1, 2, 2).max(axis=-1).min(axis=-1)
    middle = points[:, FEET].mean(axis=1)
    mass = np.einsum("k,nki->ni", _MASS, points)
    speed = np.linalg.norm(np.gradient(mass, 1.0 / problem.rate, axis=0), axis=-1)
    still = both * np.clip((0.35 - speed) / 0.2, 0.0, 1.0)
    level = np.eye(3) - np.outer(problem.up, problem.up)
    miss = (mass - middle) @ level
    rows = np.einsum("k,nkic->nic", _MASS, jac) - jac[:, FEET].mean(axis=1)
    rows = level @ rows
    # The weight may lie anywhere within the soles.
    far = np.linalg.norm(miss, axis=-1)
    pull = w.balance * still * np.clip(1.0 - w.sole / np.maximum(far, 1e-6), 0.0, 1.0)
    across = np.swapaxes(rows, 1, 2) * pull[:, None, None]
    out.blocks[:, :FREE] += across @ rows
    out.right += (across @ miss[..., None])[..., 0]
    return float(np.sum(pull * far * far))
