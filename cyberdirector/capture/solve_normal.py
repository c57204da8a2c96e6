"""Normal equations of a take: a block for each frame, two for its neighbours, a border.

The band is factored at a cost that grows with the frames alone; what touches every frame (the
measures of the body) is eliminated last.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cyberdirector.capture.solve_figure import FREE

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Border:
    """What the measures of the body add to the normal equations.

    Attributes
    ----------
    across
        (n, FREE, k) coupling with the unknowns of each frame.
    own, right
        (k, k) and (k,).
    """

    across: Floats
    own: Floats
    right: Floats


class Normal:
    """Normal equations with blocks on the diagonal and two below it."""

    def __init__(self, n: int) -> None:
        self.n = n
        self.blocks = np.zeros((n, 3 * FREE, FREE))
        self.right = np.zeros((n, FREE))

    def add(self, lag: int, columns: NDArray[np.intp], values: Floats) -> None:
        """Add (m, k, k) to the blocks ``lag`` below the diagonal of the first m frames."""
        rows = columns[:, None] + lag * FREE
        self.blocks[: len(values), rows, columns[None, :]] += values

    def solve(self, damping: float, border: Border | None = None) -> tuple[Floats, Floats]:
        """Return the change of the unknowns (n, FREE) and of the measures in the border.

        The measures touch every frame: they are eliminated last (Schur complement), so that
        a limb that is too long for its picture gets shorter instead of bending.
        """
        from scipy.linalg import solveh_banded

        width = 3 * FREE
        band = np.zeros((width, self.n * FREE))
        for column in range(FREE):
            band[: width - column, column::FREE] = self.blocks[:, column:, column].T
        band[0] += damping
        right = -self.right.reshape(-1, 1)
        if border is not None:
            right = np.concatenate([right, border.across.reshape(self.n * FREE, -1)], axis=1)
        out = np.asarray(
            solveh_banded(band, right, overwrite_ab=True, lower=True, check_finite=False)
        )
        change = out[:, 0]
        if border is None:
            return np.asarray(change.reshape(self.n, FREE)), np.zeros(0)
        flat = border.across.reshape(self.n * FREE, -1)
        inner = border.own - flat.T @ out[:, 1:]
        grown = np.linalg.solve(inner, -border.right - flat.T @ change)
        change = change - out[:, 1:] @ grown
        return np.asarray(change.reshape(self.n, FREE)), np.asarray(grown)
