"""How few keys give a motion back."""

from __future__ import annotations

import time

import numpy as np
from bars import QUICK, bar, measure, note
from motions import captured, performed

from cyberdirector.core.clip import Clip
from cyberdirector.core.rotations import quat_conjugate, quat_log, quat_multiply
from cyberdirector.core.skeleton import BONE_INDEX, Rest
from cyberdirector.motion.keyed import bake
from cyberdirector.motion.reduce import ENDS, reduce_clip
from cyberdirector.motion.smooth import smooth


def errors(clip: Clip, baked: Clip, rest: Rest) -> tuple[float, float]:
    """Return the largest error of the end effectors: millimetres, degrees."""
    a, x = rest.forward(clip.root, clip.rotations)
    b, y = rest.forward(baked.root, baked.rotations)
    ends = [BONE_INDEX[name] for name in ENDS if rest.present[BONE_INDEX[name]]]
    turn = quat_log(quat_multiply(x, quat_conjugate(y)))[:, ends]
    place = np.linalg.norm((a - b)[:, ends], axis=-1)
    return 1e3 * float(place.max()), float(np.degrees(np.linalg.norm(turn, axis=-1)).max())


@measure("reduction")
def reduction() -> None:
    """Dense poses of the channels that move ÷ keys; still channels count for neither."""
    takes = [("performed", *performed(240 if QUICK else 600)), *captured(QUICK)]
    raw = [_row(*take) for take in takes]
    bar("fewer keys, all takes as they came", sum(r[0] for r in raw) / sum(r[1] for r in raw),
        "≥", 8.0, "x")  # fmt: skip
    calm = [_row(f"{n}, smoothed", smooth(clip), rest) for n, clip, rest in takes[1:]]
    rows = [raw[0], *calm]
    bar("fewer keys, worst take after smooth", min(r[0] / r[1] for r in rows), "≥", 8.0, "x")
    bar("end effectors, worst place", max(r[2] for r in [*raw, *calm]), "≤", 4.0, " mm")
    bar("end effectors, worst turn", max(r[3] for r in [*raw, *calm]), "≤", 1.0, "°")


def _row(name: str, clip: Clip, rest: Rest) -> tuple[int, int, float, float]:
    """Reduce a take; return its dense poses, its keys and the worst errors (mm, degrees)."""
    start = time.perf_counter()
    tracks = reduce_clip(clip, rest, face=False)
    seconds = time.perf_counter() - start
    moving = [t for n, t in tracks.items() if len(t) > 1 and not n.startswith("contact")]
    baked = bake(tracks, np.arange(clip.frames), clip.rate, clip.hip_height)
    mm, degrees = errors(clip, baked, rest)
    poses, keys = clip.frames * len(moving), sum(len(t) for t in moving)
    note(
        f"{name}: {clip.frames} frames at {clip.rate.fps:g}, {len(moving)} channels, "
        f"{poses / keys:.1f}x, {mm:.2f} mm, {degrees:.2f}°, {seconds:.1f} s"
    )
    return poses, keys, mm, degrees
