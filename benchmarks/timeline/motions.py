"""Motion for the bars: performed by the engine, captured by others, drawn by chance."""

from __future__ import annotations

import tarfile
import tempfile
from pathlib import Path

import numpy as np

from cyberdirector.core.clip import Clip
from cyberdirector.core.rotations import quat_exp
from cyberdirector.core.skeleton import BONE_COUNT, BONE_INDEX, HUMANOID_BONES, Rest
from cyberdirector.core.time import Rate

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
"""Motion capture that is not part of the repository."""

_ARM = {"Shoulder": 0.06, "UpperArm": 0.1, "LowerArm": 0.24, "Hand": 0.23}
_TRUNK = {"hips": 0.9, "spine": 0.1, "chest": 0.12, "upperChest": 0.12, "neck": 0.14,
          "head": 0.09}  # fmt: skip


def body() -> Rest:
    """Return a T-pose of 1.6 m with hands and feet."""
    offsets = np.zeros((BONE_COUNT, 3), np.float32)
    for name, index in BONE_INDEX.items():
        side = 1.0 if name.startswith("left") else -1.0
        bare = name.removeprefix("left").removeprefix("right")
        if name in _TRUNK:
            offsets[index, 1] = _TRUNK[name]
        elif bare in _ARM:
            offsets[index, 0] = side * _ARM[bare]
        elif bare == "UpperLeg":
            offsets[index] = side * 0.09, -0.05, 0.0
        elif bare in ("LowerLeg", "Foot"):
            offsets[index, 1] = -0.41
        elif bare == "Toes":
            offsets[index] = 0.0, -0.07, 0.13
        elif bare not in ("Eye", "jaw"):
            offsets[index, 0] = side * (0.08 if "Proximal" in bare else 0.03)
    return Rest(offsets, np.ones(BONE_COUNT, np.bool_))


def drawn(seed: int, frames: int) -> Clip:
    """Return smooth motion of all bones by chance, 24 frames a second."""
    rng = np.random.default_rng(seed)
    t = np.arange(frames)[:, None, None] / 24.0
    angle = np.zeros((frames, BONE_COUNT, 3))
    for _ in range(3):
        pace, size = (
            rng.uniform(0.15, 0.7, (BONE_COUNT, 1)),
            rng.normal(0, 0.18, (BONE_COUNT, 3)),
        )
        angle += size * np.sin(6.283 * pace * t + rng.uniform(0.0, 6.3, (BONE_COUNT, 3)))
    clip = Clip.rest(frames, Rate(24), 0.9)
    clip.rotations[:] = quat_exp(angle)
    clip.weights[:] = np.clip(0.6 * np.sin(3 * t[:, 0] + rng.uniform(0, 6.3, (1, 52))), 0, 1)
    return clip


def performed(frames: int) -> tuple[Clip, Rest]:
    """Return what the engine performs: a figure that stands, looks about and gestures."""
    from cyberdirector.perform.performance import perform_scene
    from cyberdirector.perform.score import Actor, Cue, Placement, SceneScore, Segment

    rest = body()
    rate = Rate(24)
    cues = tuple(
        Cue("one", move, 12 + 60 * i, 48)
        for i, move in enumerate(("wave", "bow", "nod", "point", "clap", "shrug"))
        if 72 + 60 * i < frames
    )
    actor = Actor("one", rest, Placement((0.0, 0.0, 0.0), 0.0), 3)
    segment = Segment("a", "action", frames, 5, cues=cues)
    score = SceneScore("bench", rate, (actor,), (segment,), {"partner": (0.0, 1.4, 1.3)}, 7)
    return perform_scene(score).clips["one"], rest


def captured(quick: bool) -> list[tuple[str, Clip, Rest]]:
    """Return optical and inertial captures as name, clip, body; none where they are absent."""
    from cyberdirector.motion.files import read_motion

    out = []
    longest = 120 if quick else 600
    names = ["dab"] if quick else ["zombie", "dab", "wave_hello", "jumping_jacks"]
    for name in names:
        path = SHARED / "bvh" / f"{name}.bvh"
        if path.exists():
            found = read_motion(path)
            out.append((name, found.clip.slice(0, longest), found.rest))
    archive = SHARED / "cmu" / "cmu_subjects_001-006.tar.xz"
    wanted = {"002/002_01.bvh"} | (
        set() if quick else {"001/001_01.bvh", "005/005_02.bvh", "006/006_02.bvh"}
    )
    if archive.exists():
        with tarfile.open(archive) as tar, tempfile.TemporaryDirectory() as folder:
            for member in tar:
                if member.name in wanted:
                    tar.extract(member, folder, filter="data")
                    found = read_motion(Path(folder) / member.name)
                    name = f"CMU {member.name[4:10]}"
                    out.append((name, found.clip.slice(0, longest), found.rest))
    return out


def parts_moving(clip: Clip) -> list[str]:
    """Return the bones whose rotation changes."""
    moves = (clip.rotations != clip.rotations[:1]).any(axis=(0, 2))
    return [name for name, moved in zip(HUMANOID_BONES, moves, strict=True) if moved]
