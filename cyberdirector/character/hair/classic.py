"""Hairstyles of costume drama."""

from __future__ import annotations

import numpy as np

from cyberdirector.character.hair.build import Style
from cyberdirector.character.hair.parts import SWEPT, back
from cyberdirector.character.hair.shell import Shell
from cyberdirector.character.hair.spec import HairSpec


def half_up_bun(shell: Shell, spec: HairSpec, rng: np.random.Generator) -> Style:
    """Long loose hair, the upper part in a bun, soft locks beside the face."""
    length = 0.50 * spec.length
    locks = back(rng, 11, length, lift=0.009, width=0.060, root=40)
    locks += back(rng, 9, length * 0.94, spread=92, root=56, lift=0.017, width=0.052)
    return Style(locks, SWEPT)


CLASSIC = {"half_up_bun": half_up_bun}
"""Style makers by name."""
