"""Bars of motion: reading, round trips, retargeting, the library of moves."""

from __future__ import annotations

import tarfile
import tempfile
import time
from pathlib import Path

import numpy as np
from bars import QUICK, bar, measure, note

from cyberdirector.core.clip import Clip
from cyberdirector.core.rotations import quat_conjugate, quat_multiply
from cyberdirector.core.skeleton import BONE_INDEX, Rest
from cyberdirector.core.time import Rate
from cyberdirector.formats._bvh_reader import parse_bvh
from cyberdirector.motion.check import check_clip, skate
from cyberdirector.motion.feet import foot_paths
from cyberdirector.motion.files import read_motion, write_motion
from cyberdirector.motion.moves import make_move, make_sequence
from cyberdirector.motion.moves.library import shipped
from cyberdirector.motion.retarget import retarget
from cyberdirector.motion.surface import into_bone, usual_surface
from cyberdirector.motion.touches import Touch, find_touches, hand_points
from cyberdirector.motion.usual import usual_rest

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
BODIES = {
    "3 heads": usual_rest(0.42, 0.6, 0.75),
    "5 heads": usual_rest(0.62, 0.85, 0.9),
    "6.5 heads": usual_rest(0.85, 0.98, 0.97),
    "8 heads": usual_rest(1.04, 1.15, 1.05),
}


def _minute() -> bytes:
    """Return one minute of 51 joints at 30 frames a second as BVH."""
    joints = 51
    head = "HIERARCHY\nROOT j0\n{\nOFFSET 0 0 0\nCHANNELS 6 Xposition Yposition Zposition "
    head += "Zrotation Xrotation Yrotation\n"
    for i in range(1, joints):
        head += f"JOINT j{i}\n{{\nOFFSET 0 1 0\nCHANNELS 3 Zrotation Xrotation Yrotation\n}}\n"
    rows = np.random.default_rng(1).normal(0.0, 60.0, (1800, 3 * joints + 3))
    text = "\n".join(" ".join(f"{v:.6f}" for v in row) for row in rows)
    return f"{head}}}\nMOTION\nFrames: 1800\nFrame Time: 0.0333333\n{text}\n".encode()


@measure("motion-read")
def read() -> None:
    """Time of reading BVH."""
    data = _minute()
    times = []
    for _ in range(3 if QUICK else 9):
        start, clock = time.process_time(), time.perf_counter()
        parse_bvh(data)
        times.append((time.process_time() - start, time.perf_counter() - clock))
    seconds, wall = min(times)
    bar("BVH, one minute × 51 joints, processor time", seconds, "≤", 0.1, " s")
    note(f"by the clock {wall:.3f} s, with what else this machine did")


def _apart(a: Clip, b: Clip, rest: Rest) -> tuple[float, float]:
    """Return the greatest distance (mm) of joints and angle (degrees) of bones."""
    places = [rest.forward(c.root, c.rotations)[0] for c in (a, b)]
    turn = quat_multiply(quat_conjugate(a.rotations), b.rotations)
    angle = 2.0 * np.arctan2(np.linalg.norm(turn[..., :3], axis=-1), np.abs(turn[..., 3]))
    return 1e3 * float(np.abs(places[0] - places[1]).max()), float(np.degrees(angle.max()))


@measure("motion-round-trips")
def round_trips() -> None:
    """What comes back from each format."""
    rest = usual_rest(0.87)
    clip = make_sequence(["run", "kick_spin", "kowtow"], rest, Rate(30))
    with tempfile.TemporaryDirectory() as folder:
        for ending in ("bvh", "vrma", "vmd", "glb"):
            path = Path(folder) / f"take.{ending}"
            write_motion(path, clip, rest)
            place, angle = _apart(clip, read_motion(path).clip, rest)
            bar(f"{ending} round trip, joints", place, "≤", 0.1, " mm")
            bar(f"{ending} round trip, rotations", angle, "≤", 0.01, "°")


def _takes(folder: Path) -> list[Path]:
    """Return the takes that are there: BVH examples, and CMU clips out of their archive."""
    out = sorted((DATA / "bvh").glob("*.bvh"))
    archive = DATA / "cmu" / "cmu_subjects_001-006.tar.xz"
    if archive.is_file():
        with tarfile.open(archive) as tar:
            names = sorted(m.name for m in tar.getmembers() if m.name.endswith(".bvh"))
            chosen = names[:: 16 if QUICK else 5]
            tar.extractall(folder, [tar.getmember(n) for n in chosen], filter="data")
        out += [folder / n for n in chosen]
    return out


def _touch_error(touch: Touch, out: Clip, rest: Rest, source: Rest) -> float:
    """Return how far (m) a touch is from where it should be on another body."""
    points, turns = rest.forward(out.root, out.rotations)
    hands = hand_points(points, turns, rest)
    rows = slice(touch.start, touch.end)
    scale = rest.hip_height / source.hip_height
    mine = hands[rows, touch.side, touch.point]
    if touch.on == "hand":
        other = np.where(touch.share[:, None] > 0.5, hands[rows, 0, 1], hands[rows, 0, 0])
        return float(np.abs(np.linalg.norm(mine - other, axis=-1) - touch.gap * scale).max())
    bone = BONE_INDEX[touch.on]
    own = into_bone(mine, points[rows, bone], turns[rows, bone])
    gap = usual_surface(rest)[touch.on].gap(own)[0]
    return float(np.abs(gap - np.maximum(touch.gap, 0.0) * scale).max())


@measure("motion-retarget")
def retargeting() -> None:
    """Skate, floor and touches on bodies of 3 to 8 heads."""
    worst, deepest, errors, seconds = -np.inf, 0.0, [], 0.0
    with tempfile.TemporaryDirectory() as folder:
        takes = _takes(Path(folder))
        if not takes:
            note("no takes in ../shared/data: retargeting is not measured")
            return
        for path in takes:
            found = read_motion(path)
            before = skate(found.clip, found.rest)
            touches = find_touches(found.clip, found.rest, usual_surface(found.rest))
            for rest in BODIES.values():
                start = time.perf_counter()
                out = retarget(found.clip, found.rest, rest)
                seconds += time.perf_counter() - start
                worst = max(worst, skate(out, rest) - before)
                low = min(float(p.lowest.min()) for p in foot_paths(out, rest))
                deepest = max(deepest, -low)
                errors += [_touch_error(t, out, rest, found.rest) for t in touches]
    note(f"{len(takes)} takes on {len(BODIES)} bodies, {seconds:.1f} s in all")
    bar("skate on the target less that of the source, worst", worst, "≤", 0.5, " cm/s")
    bar("feet in the floor, worst", 100.0 * deepest, "≤", 0.5, " cm")
    if errors:
        bar("touches, 95 % of all", 100.0 * float(np.quantile(errors, 0.95)), "≤", 2.0, " cm")


@measure("motion-moves")
def moves() -> None:
    """The library on two bodies."""
    slides, sunk = [], []
    for name in list(shipped())[:: 4 if QUICK else 1]:
        for rest in (usual_rest(), BODIES["3 heads"]):
            report = check_clip(make_move(name, rest, Rate(30)), rest).measures
            slides.append(report["skate"].value)
            sunk.append(report["floor"].value)
    bar("moves in the library", float(len(shipped())), "≥", 40)
    bar("moves: skate, median", float(np.median(slides)), "≤", 0.5, " cm/s")
    bar("moves: feet in the floor, worst", 100.0 * max(sunk), "≤", 0.5, " cm")
