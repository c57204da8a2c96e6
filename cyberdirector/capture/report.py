"""What a person should know of a take before they trust it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyberdirector.capture.confidence import FLAGGED
from cyberdirector.capture.take import LANES, Take
from cyberdirector.core.skeleton import BONE_INDEX

Floats = NDArray[np.float64]

SCHEMA, VERSION = "cyberdirector.capture-report", 1

_SHORT = 0.1
"""Seconds under which a doubt is not worth a look."""

_ENDS = ("hips", "head", "leftHand", "rightHand", "leftFoot", "rightFoot")

PROMISE = {
    "zh": "单机位捕捉是可编辑的第一版：脚已踩实，深度仍可能偏差数厘米到十几厘米。",
    "en": "One camera gives an editable first pass with planted feet; depth may be off by "
    "several to some fifteen centimetres.",
}


def spans(flags: NDArray[np.bool_], rate: float, least: float = _SHORT) -> list[list[float]]:
    """Return [start, end] in seconds of runs of True that last at least ``least``."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(np.int8), [0]])))
    runs = edges.reshape(-1, 2) / rate
    return [[round(a, 3), round(b, 3)] for a, b in runs.tolist() if b - a >= least]


def jitter(points: Floats, rate: float) -> float:
    """Return the mean size of the third difference of points (n, k, 3) in m/s³."""
    if len(points) < 4:
        return 0.0
    third = np.diff(points, n=3, axis=0) * rate**3
    return float(np.linalg.norm(third, axis=-1).mean())


def slide(feet: Floats, contacts: NDArray[np.bool_], rate: float) -> float:
    """Return the mean speed over the ground of planted feet (n, 2, 3), cm/s."""
    if len(feet) < 2:
        return 0.0
    speed = np.linalg.norm(np.diff(feet[..., [0, 2]], axis=0), axis=-1) * rate * 100
    both = contacts[1:] & contacts[:-1]
    return float(speed[both].mean()) if both.any() else 0.0


def capture_report(take: Take) -> dict[str, Any]:
    """Return the report as plain JSON data."""
    clip, rate, seen = take.clip, take.clip.rate.fps, take.observations
    points, _ = take.rest.forward(clip.root, clip.rotations)
    ends = points[:, [BONE_INDEX[n] for n in _ENDS]]
    feet = points[:, [BONE_INDEX["leftFoot"], BONE_INDEX["rightFoot"]]]
    video = take.video
    report: dict[str, Any] = {
        "schema": SCHEMA,
        "version": VERSION,
        "source": seen.source,
        "promise": PROMISE,
        "seconds": round(clip.frames / rate, 3),
        "frames": clip.frames,
        "rate": [clip.rate.num, clip.rate.den],
        "picture": list(seen.size),
        "seen": {
            "body": _share(seen.pose[:, 0, 0]),
            "leftHand": _share(seen.hands[:, 0, 0, 0]),
            "rightHand": _share(seen.hands[:, 1, 0, 0]),
            "face": _share(seen.face[:, 0, 0]),
        },
        "people": int(max(seen.people.max(initial=-1), 0)),
        "cuts": [round(float(seen.times[c]), 3) for c in seen.cuts],
        "confidence": {
            lane: {
                "mean": round(float(take.confidence[:, i].mean()), 3),
                "doubtful": spans(take.confidence[:, i] < FLAGGED, rate),
            }
            for i, lane in enumerate(LANES)
        },
        "unseen": spans(~_at_frames(take, np.isfinite(seen.pose[:, 0, 0])), rate),
        "jitter": round(jitter(ends, rate), 1),
        "footSlide": round(slide(feet, clip.contacts, rate), 2),
        "planted": round(float(clip.contacts.mean()), 3),
        "clamped": dict(take.clamped),
        "notes": [{"code": c, "zh": zh, "en": en} for c, zh, en in take.notes],
    }
    if video is not None:
        report["video"] = {
            "codec": video.codec, "fps": round(video.fps, 3), "rotation": video.rotation,
            "hdr": video.hdr, "slowed": video.slowed, "damaged": video.damaged,
            "ended": video.ended,
        }  # fmt: skip
    return report


def _share(values: NDArray[np.float32]) -> float:
    return round(float(np.isfinite(values).mean()), 3) if len(values) else 0.0


def _at_frames(take: Take, flags: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return flags of pictures at the frames of the clip."""
    times = take.observations.times - take.observations.times[0]
    even = np.arange(take.clip.frames) / take.clip.rate.fps
    at = np.clip(np.searchsorted(times, even - 1e-6), 0, len(times) - 1)
    return np.asarray(flags[at])
