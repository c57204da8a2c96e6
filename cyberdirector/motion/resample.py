"""Clips at another rate: places joined straight, rotations on the shortest way."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from cyberdirector.core.clip import Clip
from cyberdirector.core.rotations import quat_slerp
from cyberdirector.core.time import Rate


def resample(clip: Clip, rate: Rate) -> Clip:
    """Return the clip at ``rate``; the same clip when it has that rate already.

    Contacts are those of the nearest frame. The length in seconds stays, to a frame.
    """
    if rate.fraction == clip.rate.fraction or clip.frames < 2:
        return replace(clip, rate=rate)
    step = clip.rate.fraction / rate.fraction
    count = int((clip.frames - 1) / step) + 1
    at = np.arange(count) * float(step)
    low = np.clip(np.floor(at + 1e-9).astype(np.int64), 0, clip.frames - 2)
    share = np.clip(at - low, 0.0, 1.0)
    near = np.clip(np.rint(at).astype(np.int64), 0, clip.frames - 1)

    def joined(values: np.ndarray) -> np.ndarray:
        u = share.reshape(-1, *([1] * (values.ndim - 1)))
        return ((1.0 - u) * values[low] + u * values[low + 1]).astype(np.float32)

    turns = quat_slerp(clip.rotations[low], clip.rotations[low + 1], share[:, None])
    return replace(
        clip,
        rate=rate,
        root=joined(clip.root),
        rotations=turns.astype(np.float32),
        weights=joined(clip.weights),
        gaze=joined(clip.gaze),
        contacts=clip.contacts[near],
        signs={name: joined(values) for name, values in clip.signs.items()},
    )
