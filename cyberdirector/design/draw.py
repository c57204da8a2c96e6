"""Drawing lots."""

from __future__ import annotations

import numpy as np


def coin(rng: np.random.Generator, *choices: str) -> str:
    """Return one of the choices."""
    return choices[int(rng.integers(len(choices)))]
