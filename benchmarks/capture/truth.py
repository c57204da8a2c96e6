"""Exact truth: our characters, drawn while they perform recorded movement, and detected.

The picture of each frame goes straight to the detector. What was detected is kept under
``CYBERDIRECTOR_BENCH`` (default: a folder of the temporary directory) and made again when it is
missing: about 0.15 s a frame.
"""

from __future__ import annotations

import os
import tarfile
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyberdirector.capture.lifter import body_scale
from cyberdirector.capture.observations import Observations, read_observations
from cyberdirector.capture.skeleton_fit import bone_turns
from cyberdirector.capture.solve_figure import HUMAN, SIZE
from cyberdirector.capture.synth import Movement, movement
from cyberdirector.core.errors import InputRefused
from cyberdirector.core.skeleton import BONE_INDEX, Rest
from cyberdirector.core.time import Rate

Floats = NDArray[np.float64]

CACHE = Path(
    os.environ.get("CYBERDIRECTOR_BENCH") or Path(tempfile.gettempdir()) / "cyberdirector-bench"
)
SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"

SIZE_PX, FPS, FOV = (480, 854), 30, np.radians(58.0)
"""Portrait picture, its rate, and the angle of its long side (the solve assumes 60°)."""

JOINTS = tuple(
    f"{side}{bone}"
    for bone in ("UpperArm", "LowerArm", "Hand", "UpperLeg", "LowerLeg", "Foot")
    for side in ("left", "right")
)
"""The 12 joints that are scored; their counterparts in BlazePose."""
BLAZE = [11, 12, 13, 14, 15, 16, 23, 24, 25, 26, 27, 28]

TUNED = ("wave_hello", "002_01")
"""The only recordings that anything was tuned on."""

FRONT = (
    "wave_hello", "dab", "zombie", "jumping_jacks", "002_01", "002_05", "005_10", "006_10",
)  # fmt: skip
LENGTH = {"wave_hello": 150, "002_01": 150}
"""Frames of takes that are longer than :func:`scene` makes them otherwise."""

ASIDE = ("002_01", "dab", "005_10")


@dataclass(frozen=True)
class Scene:
    """One take with truth.

    Attributes
    ----------
    seen
        What the detector saw.
    points
        (n, 55, 3) bones in the space of the camera (x right, y up, z to the viewer), metres.
    feet
        (n, 4, 3) heels and toes (left, right) in the world, metres.
    up
        (3,) up in camera space.
    height
        Of a person with limbs of this length (heads of drawn characters are larger).
    """

    seen: Observations
    points: Floats
    feet: Floats
    up: Floats
    height: float


def recording(name: str) -> Path | None:
    """Return the BVH file of a recording, or None where the shared data is absent."""
    plain = SHARED / "bvh" / f"{name}.bvh"
    if plain.is_file():
        return plain
    packed = SHARED / "cmu" / "cmu_subjects_001-006.tar.xz"
    if not packed.is_file():
        return None
    CACHE.mkdir(parents=True, exist_ok=True)
    out = CACHE / f"{name}.bvh"
    if not out.is_file():
        with tarfile.open(packed) as archive:
            member = next(m for m in archive if m.name.endswith(f"{name}.bvh"))
            stream = archive.extractfile(member)
            assert stream is not None
            out.write_bytes(stream.read())
    return out


def resample(m: Movement, frames: int, start: float = 0.0) -> tuple[Floats, Floats, Floats]:
    """Return root, turns and hands of at most ``frames`` at :data:`FPS`."""
    t = np.arange(int((len(m.root) - 1) / m.rate * FPS)) / FPS * m.rate + start * m.rate
    t = t[t < len(m.root) - 1][:frames]
    i, f = t.astype(int), (t % 1.0)

    def mix(values: Floats) -> Floats:
        g = f.reshape(-1, *[1] * (values.ndim - 1))
        return np.asarray(values[i] * (1 - g) + values[i + 1] * g)

    turns, hands = mix(m.turns), mix(m.hands)
    u, _, v = np.linalg.svd(turns)
    return mix(m.root), u @ v, hands


@cache
def actor(name: str = "gu_chen") -> Any:
    """Return a compiled character of the library."""
    from cyberdirector.character import compile_character, shipped_recipe

    return compile_character(shipped_recipe(name), seed=1)


def limbs(rest: Rest) -> float:
    """Return leg + arm + trunk of a humanoid, metres."""
    p = rest.positions().astype(np.float64)

    def length(a: str, b: str) -> float:
        return float(np.linalg.norm(p[BONE_INDEX[a]] - p[BONE_INDEX[b]]))

    total = length("leftUpperLeg", "leftLowerLeg") + length("leftLowerLeg", "leftFoot")
    total += length("leftUpperArm", "leftLowerArm") + length("leftLowerArm", "leftHand")
    middle = [
        (p[BONE_INDEX[f"left{n}"]] + p[BONE_INDEX[f"right{n}"]]) / 2
        for n in ("UpperLeg", "UpperArm")
    ]
    return total + float(np.linalg.norm(middle[1] - middle[0]))


def perform(name: str, rest: Rest, frames: int) -> tuple[Floats, Floats]:
    """Return root (n, 3) and rotations (n, 55, 4) of a body performing a recording."""
    path = recording(name)
    if path is None:
        raise FileNotFoundError(name)
    root, turns, _ = resample(movement(path), frames)
    p = rest.positions().astype(np.float64)
    leg = float(np.linalg.norm(p[BONE_INDEX["leftUpperLeg"]] - p[BONE_INDEX["leftLowerLeg"]]))
    leg += float(np.linalg.norm(p[BONE_INDEX["leftLowerLeg"]] - p[BONE_INDEX["leftFoot"]]))
    ratio = leg / (1.7 * (HUMAN[SIZE["upperLeg"]] + HUMAN[SIZE["lowerLeg"]]))
    rotations = bone_turns(turns, FPS)
    middle = (p[BONE_INDEX["leftUpperLeg"]] + p[BONE_INDEX["rightUpperLeg"]]) / 2
    lift = p[0] - middle
    root = root * ratio + turns[:, 0] @ lift
    points, _ = rest.forward(root, rotations)
    sole = p[BONE_INDEX["leftFoot"], 1]
    low = np.percentile(
        points[:, [BONE_INDEX["leftFoot"], BONE_INDEX["rightFoot"]], 1].min(1), 5
    )
    root[:, 1] += sole - low
    root[:, [0, 2]] -= points[:, 0, [0, 2]].mean(axis=0)
    return root, rotations


def feet_of(rest: Rest, root: Floats, rotations: Floats) -> Floats:
    """Return heels and toe tips, (n, 4, 3): left heel, left toe, right heel, right toe."""
    from cyberdirector.motion.feet import foot_path, measure_soles

    points, turns = rest.forward(root, rotations)
    soles = measure_soles(rest)
    paths = [foot_path(soles, side, points, turns) for side in range(2)]
    return np.stack([q for p in paths for q in (p.heel, p.ball)], axis=1)


def camera_axes(eye: Floats, target: Floats) -> Floats:
    """Return rows x right, y up, z to the viewer of a camera in world space, (3, 3)."""
    back = (eye - target) / np.linalg.norm(eye - target)
    side = np.cross([0.0, 1.0, 0.0], back)
    side /= np.linalg.norm(side)
    return np.stack([side, np.cross(back, side), back])


def scene(
    name: str, azimuth: float = 20.0, frames: int = 0, who: str = "gu_chen", hard: str = ""
) -> Scene:
    """Return a take from the cache, or draw and detect it.

    Parameters
    ----------
    frames
        At most so many; 0 takes 120 (90 of hard takes, 150 of those in :data:`LENGTH`).
    azimuth
        Degrees by which the camera stands beside the actor's front (90: side, 180: rear).
    hard
        ``""`` or what makes it hard, see :mod:`hard`.
    """
    import hard as trouble

    frames = frames or (90 if hard else LENGTH.get(name, 120))
    character = actor(who)
    rest = character.rest()
    root, rotations = perform(name, rest, frames)
    points, _ = rest.forward(root, rotations)
    eye, target = _camera(points, azimuth)
    setting = trouble.setting(hard, len(points), eye, target, FOV)
    root, points = root + setting.path(), points + setting.path()[:, None]
    axes = camera_axes(eye, target)
    seen_points = (points - eye) @ axes.T
    key = f"{name}-{azimuth:g}-{frames}-{who}-{hard}"
    path, known = CACHE / f"{key}.observations.npz", CACHE / f"{key}.points.npy"
    if not (_readable(path) and _same(known, seen_points)):
        CACHE.mkdir(parents=True, exist_ok=True)
        _detect(character, root, rotations, setting).save(path)
        np.save(known, seen_points)
    seen = read_observations(path)
    height = limbs(rest) / body_scale(HUMAN)
    return Scene(seen, seen_points, feet_of(rest, root, rotations), axes[:, 1], float(height))


def _readable(path: Path) -> bool:
    """Tell whether observations are there, in the form of today."""
    try:
        read_observations(path)
    except InputRefused:
        return False
    return True


def _same(path: Path, points: Floats) -> bool:
    """Tell whether a take was drawn of the same points: the last digits may differ."""
    if not path.is_file():
        return False
    kept = np.load(path)
    return kept.shape == points.shape and float(np.abs(kept - points).max()) < _MOVED


_MOVED = 0.003
"""Metres by which the actor may have changed before a take is drawn anew."""


def _camera(points: Floats, azimuth: float) -> tuple[Floats, Floats]:
    """Return eye and target of a phone on a stand that sees the whole take."""
    across = points[0, BONE_INDEX["leftUpperLeg"]] - points[0, BONE_INDEX["rightUpperLeg"]]
    facing = np.array([-across[2], 0.0, across[0]])
    facing /= np.linalg.norm(facing)
    a = np.radians(azimuth)
    c, s = np.cos(a), np.sin(a)
    way = np.array([c * facing[0] + s * facing[2], 0.0, -s * facing[0] + c * facing[2]])
    reach = float(np.linalg.norm(points[..., [0, 2]], axis=-1).max())
    eye = way * (2.4 + 0.8 * reach) + np.array([0.0, 1.25, 0.0])
    return eye, np.array([0.0, 0.92, 0.0])


def _detect(character: Any, root: Floats, rotations: Floats, setting: Any) -> Observations:
    from cyberdirector.capture._tasks import Bodies
    from cyberdirector.render import Stage

    n = len(root)
    times = setting.times
    seen = Observations.empty(times, SIZE_PX, Rate(FPS))
    heavy, full = Bodies(True), Bodies(False)
    with Stage(SIZE_PX, place=setting.place, profile="draft") as stage:
        who = stage.add(character, "actor")
        for i in range(n):
            who.pose(rotations[i].astype(np.float32), root[i].astype(np.float32))
            setting.prepare(stage, i)
            picture = np.ascontiguousarray(stage.draw()[..., :3])
            picture = setting.finish(picture, i)
            ms = round(float(times[i]) * 1000.0) + 1
            pose, world = heavy.look(picture, ms)
            if len(pose):
                seen.pose[i], seen.world[i] = pose[0], world[0]
            other, _ = full.look(picture, ms)
            if len(other):
                seen.check[i] = other[0][:, :2]
            if os.environ.get("BENCH_LOOK") and i == n // 2:
                from PIL import Image

                Image.fromarray(picture).save(os.environ["BENCH_LOOK"])
    heavy.close()
    full.close()
    return seen
