"""The way of the body over the floor: where a clip starts and looks."""

from __future__ import annotations

import numpy as np

from cyberdirector.core.clip import Clip
from cyberdirector.motion.mirror import heading_of, place


def to_origin(clip: Clip) -> Clip:
    """Return the clip that starts over the origin and looks along +Z there."""
    if not clip.frames:
        return clip
    turned = place(clip, -heading_of(clip.rotations[0, 0]), np.zeros(3))
    return place(turned, 0.0, -turned.root[0] * np.array([1.0, 0.0, 1.0]))
