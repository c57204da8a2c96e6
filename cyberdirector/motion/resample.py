"""Clips at another rate."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from cyberdirector.core.clip import Clip
from cyberdirector.core.time import Rate
from cyberdirector.motion.retime import sample_clip


def resample(clip: Clip, rate: Rate) -> Clip:
    """Return the clip at ``rate``; the same clip when it has that rate already.

    The length in seconds stays, to a frame.
    """
    if rate.fraction == clip.rate.fraction or clip.frames < 2:
        return replace(clip, rate=rate)
    step = clip.rate.fraction / rate.fraction
    count = int((clip.frames - 1) / step) + 1
    return replace(sample_clip(clip, np.arange(count) * float(step)), rate=rate)
