"""The solve against exact truth (drawn) and against three other cameras (real)."""

from __future__ import annotations

import dataclasses
import os
import time
from dataclasses import dataclass

import fourcam
import hard as trouble
import numpy as np
import truth
from bars import QUICK, bar, measure, note
from numpy.typing import NDArray

from cyberdirector.capture.confidence import FLAGGED
from cyberdirector.capture.lifter import body_scale
from cyberdirector.capture.online import OneEuro
from cyberdirector.capture.solve import Solved, SolveOptions, solve_clip
from cyberdirector.capture.solve_figure import HUMAN, LANDMARK
from cyberdirector.core.skeleton import BONE_INDEX

Floats = NDArray[np.float64]

_BONES = [BONE_INDEX[j] for j in truth.JOINTS]
_HIPS = [truth.JOINTS.index("leftUpperLeg"), truth.JOINTS.index("rightUpperLeg")]
_MARKS = [
    LANDMARK[s + n]
    for n in ("Shoulder", "Elbow", "Wrist", "Hip", "Knee", "Ankle")
    for s in ("left", "right")
]


@dataclass
class Score:
    """Errors of a take, millimetres; jitter in m/s³, skate in cm/s."""

    mpjpe: float
    pa: float
    frames: Floats
    jitter: float


def _centred(points: Floats) -> Floats:
    return points - points[:, _HIPS].mean(axis=1, keepdims=True)


def _aligned(points: Floats, target: Floats) -> float:
    """Mean error after the best turn, scale and shift of each frame (Umeyama 1991)."""
    out = []
    for a, b in zip(points, target, strict=True):
        p, q = a - a.mean(axis=0), b - b.mean(axis=0)
        u, s, vt = np.linalg.svd(p.T @ q)
        sign = np.array([1.0, 1.0, np.sign(np.linalg.det(u @ vt))])
        turn = (u * sign) @ vt
        scale = float((s * sign).sum() / (p * p).sum())
        out.append(np.linalg.norm(scale * p @ turn - q, axis=-1).mean())
    return float(np.mean(out))


def _score(points: Floats, target: Floats, fps: float) -> Score:
    n = min(len(points), len(target))
    points, target = points[:n], target[:n]
    error = np.linalg.norm(_centred(points) - _centred(target), axis=-1)
    jerk = np.linalg.norm(np.diff(points, n=3, axis=0), axis=-1) * fps**3
    return Score(
        float(error.mean()) * 1e3, _aligned(points, target) * 1e3, error.mean(axis=1) * 1e3,
        float(jerk.mean()) if len(jerk) else 0.0,
    )  # fmt: skip


def _in_camera(solved: Solved) -> Floats:
    """Return the 12 joints of a solve in the camera's space, metres."""
    points, _ = solved.rest.forward(solved.clip.root, solved.clip.rotations)
    turn, shift = solved.camera.place
    return (points[:, _BONES] - shift) @ turn


def _raw(scene: truth.Scene) -> tuple[Floats, NDArray[np.bool_]]:
    ok = scene.seen.seen
    return scene.seen.world[:, truth.BLAZE].astype(np.float64) * [1.0, -1.0, -1.0], ok


def _one_euro(points: Floats, fps: float) -> Floats:
    smooth = OneEuro(1.2, 2.0)
    return np.stack([smooth(p, 1.0 / fps if i else 0.0).copy() for i, p in enumerate(points)])


def _skate(feet: Floats, planted: NDArray[np.bool_], fps: float) -> float:
    """Return the speed of heels and toes while truth stands, cm/s along the floor."""
    n = min(len(feet), len(planted))
    speed = np.linalg.norm(np.gradient(feet[:n], 1.0 / fps, axis=0)[..., [0, 2]], axis=-1)
    return float(speed[planted[:n]].mean() * 100.0) if planted[:n].any() else 0.0


def _stands(feet: Floats, fps: float) -> NDArray[np.bool_]:
    speed = np.linalg.norm(np.gradient(feet, 1.0 / fps, axis=0), axis=-1)
    return np.asarray((speed < 0.12) & (feet[..., 1] < 0.05))


def _options(scene: truth.Scene) -> SolveOptions:
    return SolveOptions(height=scene.height)


def _take(name: str, azimuth: float) -> dict[str, float]:
    scene = truth.scene(name, azimuth)
    target = scene.points[:, _BONES]
    start = time.process_time()
    solved = solve_clip(scene.seen, _options(scene))
    spent = time.process_time() - start
    found = _score(_in_camera(solved), target, truth.FPS)
    raw, ok = _raw(scene)
    plain = _score(raw[ok], target[ok], truth.FPS)
    euro = _score(_one_euro(raw[ok], truth.FPS), target[ok], truth.FPS)
    own = _score(target, target, truth.FPS)
    from truth import feet_of

    feet = feet_of(
        solved.rest, solved.clip.root.astype(float), solved.clip.rotations.astype(float)
    )
    planted = _stands(scene.feet, truth.FPS)
    crossed = _crossed(_in_camera(solved), target)
    out = {
        "mpjpe": found.mpjpe, "pa": found.pa, "raw": plain.mpjpe, "raw_pa": plain.pa,
        "euro": euro.mpjpe, "euro_pa": euro.pa, "jitter": found.jitter, "own": own.jitter,
        "raw_jitter": plain.jitter, "skate": _skate(feet, planted, truth.FPS),
        "own_skate": _skate(scene.feet, planted, truth.FPS), "crossed": crossed,
        "ms": spent * 1e3 / len(target),
    }  # fmt: skip
    tuned = " (tuned)" if name in truth.TUNED else ""
    note(
        f"{name} {azimuth:g}°{tuned}: {out['mpjpe']:.0f}/{out['pa']:.0f} mm; raw "
        f"{plain.mpjpe:.0f}/{plain.pa:.0f}, One-Euro {euro.mpjpe:.0f}/{euro.pa:.0f}; jitter "
        f"{found.jitter:.0f} (truth {own.jitter:.0f}, raw {plain.jitter:.0f}); skate "
        f"{out['skate']:.1f} (truth {out['own_skate']:.1f}) cm/s; {out['ms']:.1f} ms a frame"
    )
    return out


def _crossed(points: Floats, target: Floats) -> float:
    """Return the share of frames in which exchanging the sides of legs or arms fits better."""
    n = min(len(points), len(target))
    p, q = _centred(points[:n]), _centred(target[:n])
    worse = np.zeros(n, np.bool_)
    for left in ((2, 4), (8, 10)):
        a, b = list(left), [i + 1 for i in left]
        same = np.linalg.norm(p[:, a + b] - q[:, a + b], axis=-1).mean(axis=1)
        other = np.linalg.norm(p[:, b + a] - q[:, a + b], axis=-1).mean(axis=1)
        # Feet side by side fit either way within the error of depth.
        worse |= other < same - 0.10
    return float(worse.mean())


def _mean(rows: list[dict[str, float]], key: str) -> float:
    return float(np.mean([r[key] for r in rows]))


def _missing() -> bool:
    if truth.recording("wave_hello") is None:
        note("skipped: the recordings of ../shared/data are not here")
        return True
    return False


@measure("solve: front")
def front() -> None:
    """Our character drawn from 20° beside its front, eight recordings."""
    if _missing():
        return
    names = truth.FRONT[:3] if QUICK else truth.FRONT
    rows = {name: _take(name, 20.0) for name in names}
    fresh = [r for name, r in rows.items() if name not in truth.TUNED]
    note(f"not tuned on: {_mean(fresh, 'mpjpe'):.0f}/{_mean(fresh, 'pa'):.0f} mm")
    all_of = list(rows.values())
    note(
        f"raw {_mean(all_of, 'raw'):.0f}/{_mean(all_of, 'raw_pa'):.0f}, "
        f"One-Euro {_mean(all_of, 'euro'):.0f}/{_mean(all_of, 'euro_pa'):.0f}"
    )
    bar("front MPJPE", _mean(all_of, "mpjpe"), "≤", 75.0, " mm")
    bar("front PA-MPJPE", _mean(all_of, "pa"), "≤", 57.0, " mm")
    bar("jitter over truth", _mean(all_of, "jitter") / _mean(all_of, "own"), "≤", 1.3)
    bar(
        "skate beyond truth",
        _mean(all_of, "skate") - _mean(all_of, "own_skate"),
        "≤",
        1.0,
        " cm/s",
    )
    bar("left and right exchanged", 100 * _mean(all_of, "crossed"), "≤", 0.0, " %")
    bar("solve, one core", _mean(all_of, "ms"), "≤", 5.0, " ms a frame")


@measure("solve: side and rear")
def aside() -> None:
    """The same from the side and from behind."""
    if _missing():
        return
    names = truth.ASIDE[:1] if QUICK else truth.ASIDE
    for label, azimuth in (("side", 90.0), ("rear", 180.0)):
        rows = [_take(name, azimuth) for name in names]
        bar(f"{label} MPJPE", _mean(rows, "mpjpe"), "≤", 100.0, " mm")
        bar(f"{label} PA-MPJPE", _mean(rows, "pa"), "≤", 75.0, " mm")
        bar(f"{label} sides exchanged", 100 * _mean(rows, "crossed"), "≤", 0.0, " %")


@measure("solve: hard takes")
def hard() -> None:
    """Occluder, leaving the frame, second person, hand-held, uneven frames, other lenses."""
    if _missing():
        return
    kinds = trouble.KINDS[:2] if QUICK else trouble.KINDS
    bad = flagged = marked = total = 0
    for kind in kinds:
        scene = truth.scene("dab", 20.0, hard=kind)
        options = dataclasses.replace(_options(scene), moving_camera=kind == "handheld")
        solved = solve_clip(scene.seen, options)
        errors, flags = _flags(scene, solved)
        bad += int((errors > 150.0).sum())
        flagged += int((flags & (errors > 150.0)).sum())
        marked += int(flags.sum())
        total += len(errors)
        note(
            f"{kind}: {errors.mean():.0f} mm, {100 * np.mean(errors > 150):.0f} % over 150 mm, "
            f"{100 * flags.mean():.0f} % flagged"
        )
    note(f"flagged: {100 * marked / max(total, 1):.0f} % of all frames; {bad} are over 150 mm")
    bar(
        "flagged of frames over 150 mm",
        100.0 * flagged / max(bad, 1) if bad else 100.0,
        "≥",
        95.0,
        " %",
    )


def _flags(scene: truth.Scene, solved: Solved) -> tuple[Floats, NDArray[np.bool_]]:
    """Return errors at the frames of the video, mm, and whether the solve marks them."""
    at = np.round((scene.seen.times - scene.seen.times[0]) * solved.clip.rate.fps).astype(int)
    at = np.minimum(at, solved.clip.frames - 1)
    points = _centred(_in_camera(solved)[at])
    errors = np.linalg.norm(points - _centred(scene.points[:, _BONES]), axis=-1)
    return errors.mean(axis=1) * 1e3, (solved.confidence[at] < FLAGGED).any(axis=1)


@measure("solve: four real cameras")
def real() -> None:
    """One camera of four against the triangulation of the other three; tuned on the first."""
    wheel = fourcam.fetch()
    if wheel is None:
        note(f"skipped: pip cannot fetch {fourcam.WHEEL}")
        return
    cameras = fourcam.views(wheel)
    rows, raws = [], []
    only = os.environ.get("CAMERA")
    for i, camera in enumerate(cameras):
        if only and str(i + 1) != only:
            continue
        world = fourcam.triangulate([c for c in cameras if c is not camera])
        target = camera.to_camera(world[:, truth.BLAZE])
        height = _limbs(world[:, truth.BLAZE]) / float(body_scale(HUMAN))
        solved = solve_clip(camera.seen, SolveOptions(height=height))
        turn, shift = solved.camera.place
        found = (solved.landmarks[:, _MARKS].astype(np.float64) - shift) @ turn
        score = _score(found, target, 60.0)
        raw = camera.seen.world[:, truth.BLAZE].astype(np.float64) * [1.0, -1.0, -1.0]
        plain = _score(raw, target[: len(raw)], 60.0)
        rows.append(score)
        raws.append(plain)
        tuned = " (tuned)" if i == 0 else ""
        note(f"camera {i + 1}{tuned}: {score.mpjpe:.0f}/{score.pa:.0f}, "
             f"raw {plain.mpjpe:.0f}/{plain.pa:.0f} mm")  # fmt: skip
    fresh = rows[1:] or rows
    note(
        f"cameras not tuned on: {np.mean([r.mpjpe for r in fresh]):.0f}/"
        f"{np.mean([r.pa for r in fresh]):.0f} mm; raw of all "
        f"{np.mean([r.mpjpe for r in raws]):.0f}/{np.mean([r.pa for r in raws]):.0f}"
    )
    bar("real MPJPE", float(np.mean([r.mpjpe for r in rows])), "≤", 75.0, " mm")
    bar("real PA-MPJPE", float(np.mean([r.pa for r in rows])), "≤", 54.0, " mm")


def _limbs(points: Floats) -> float:
    """Return leg + arm + trunk of triangulated landmarks, metres."""

    def length(a: int, b: int) -> float:
        return float(np.median(np.linalg.norm(points[:, a] - points[:, b], axis=-1)))

    both = sum(length(a, b) for a, b in ((0, 2), (2, 4), (1, 3), (3, 5), (6, 8), (8, 10),
                                         (7, 9), (9, 11)))  # fmt: skip
    middle = points[:, [6, 7]].mean(axis=1) - points[:, [0, 1]].mean(axis=1)
    return both / 2 + float(np.median(np.linalg.norm(middle, axis=-1)))
