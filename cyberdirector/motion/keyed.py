"""Motion as keys: one track per channel, and the clip that they make when baked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.clip import Clip
from cyberdirector.core.face import ARKIT_INDEX, ARKIT_NAMES
from cyberdirector.core.rotations import quat_normalize
from cyberdirector.core.skeleton import BONE_INDEX
from cyberdirector.core.time import Rate
from cyberdirector.motion.curves import Array, Bank, Track

CONTACTS = ("contact:left", "contact:right")
"""Channels of the feet's contacts: planted from 0.5 on."""


def evaluate_channels(tracks: Mapping[str, Track], frames: Array) -> dict[str, Array]:
    """Return channel → (m, width) float64 at ``frames`` (m,).

    Tracks of one width are evaluated together.
    """
    groups: dict[tuple[bool, int], list[str]] = {}
    for name, track in tracks.items():
        groups.setdefault((track.rotation, track.values.shape[1]), []).append(name)
    out: dict[str, Array] = {}
    for names in groups.values():
        values = Bank([tracks[name] for name in names]).at(frames)
        out.update({name: values[:, i] for i, name in enumerate(names)})
    return out


def bake(
    tracks: Mapping[str, Track],
    frames: Iterable[float] | NDArray[np.floating],
    rate: Rate,
    hip_height: float,
) -> Clip:
    """Return the clip of key tracks at ``frames``, any increasing numbers.

    Parameters
    ----------
    tracks
        Channel → keys: ``bone:<VRM bone>``, ``root``, ``gaze``, ``weight:<ARKit shape>``,
        ``sign:<name>``, ``contact:left`` and ``contact:right``. Channels that are not there
        stay at rest.
    hip_height
        Of the body the motion is for, metres.

    Raises
    ------
    ValueError
        For a channel of any other name.
    """
    at = np.asarray(frames, np.float64).reshape(-1)
    clip = Clip.rest(len(at), rate, hip_height)
    for name, values in evaluate_channels(tracks, at).items():
        kind, _, which = name.partition(":")
        if kind == "bone":
            clip.rotations[:, BONE_INDEX[which]] = quat_normalize(values)
        elif kind == "weight":
            clip.weights[:, ARKIT_INDEX[which]] = np.clip(values[:, 0], 0.0, 1.0)
        elif name == "root":
            clip.root[:] = values
        elif name == "gaze":
            clip.gaze[:] = values
        elif name in CONTACTS:
            clip.contacts[:, CONTACTS.index(name)] = values[:, 0] >= 0.5
        elif kind == "sign":
            assert isinstance(clip.signs, dict)  # Clip.rest makes a dict of its own
            clip.signs[which] = np.clip(values[:, 0], 0.0, 1.0).astype(np.float32)
        else:
            raise ValueError(f"there is no channel {name!r}")
    return clip


def count_keys(tracks: Mapping[str, Track]) -> int:
    """Return how many keys there are."""
    return sum(len(track) for track in tracks.values())


def weight_channels() -> list[str]:
    """Return the channels of the 52 face shapes, in order."""
    return [f"weight:{name}" for name in ARKIT_NAMES]
