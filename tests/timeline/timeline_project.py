"""A small project folder with motion files, for tests of the timeline."""

from __future__ import annotations

import numpy as np

from cyberdirector.core.clip import Clip
from cyberdirector.core.skeleton import BONE_COUNT, Rest
from cyberdirector.core.time import Rate
from cyberdirector.formats import write_vrma
from cyberdirector.timeline import (
    AudioItem,
    CameraItem,
    LineItem,
    MotionItem,
    SceneItem,
    SegmentItem,
    ShotItem,
    TextItem,
    Timeline,
)

FRAMES = 240


def rest() -> Rest:
    offsets = np.zeros((BONE_COUNT, 3), np.float32)
    offsets[:, 1] = 0.1
    offsets[0, 1] = 0.9
    return Rest(offsets, np.ones(BONE_COUNT, np.bool_))


def write_clip(path, frames: int, seed: int = 0) -> None:
    clip = Clip.rest(frames, Rate(24), 0.9)
    rng = np.random.default_rng(seed)
    clip.weights[:, 3] = rng.random(frames, np.float32)
    clip.root[:, 0] = np.linspace(0, 1, frames)
    write_vrma(path, clip, rest())


def shot(name, scene, start, end, fov=30.0):
    camera = CameraItem(eye=(0, 1.5, 2), target=(0, 1.5, 0), fov=fov)
    return ShotItem(
        id=name, scene=scene, start=start, end=end, cameras=[camera], light="night",
        segments=[name.rpartition("-")[0]],
    )  # fmt: skip


def timeline(lengths=(60, 60, 60, 60)) -> Timeline:
    """Two scenes of two lines each; a segment, a shot and a line have the same frames."""
    built = Timeline(rate=(24, 1), size=(180, 320), frames=sum(lengths))
    at = 0
    for number, scene in enumerate(("1-1", "1-2")):
        first, pair = at, lengths[2 * number : 2 * number + 2]
        for line, frames in enumerate(pair, 1):
            name, role = f"{scene}-L{line:02d}", ("林晚", "沈青")[line - 1]
            built.segments.append(SegmentItem(id=name, scene=scene, start=at, end=at + frames))
            built.shots.append(shot(f"{name}-1", scene, at, at + frames))
            built.lines.append(LineItem(id=name, role=role, start=at + 5, end=at + frames - 5))
            built.audio.append(
                AudioItem(
                    id=name,
                    file=f"takes/{name}.wav",
                    start=at + 5,
                    end=at + frames - 5,
                    role=role,
                )
            )
            built.texts.append(
                TextItem(
                    kind="subtitle", text=f"台词 {name}", start=at + 5, end=at + frames, id=name
                )
            )
            at += frames
        built.scenes.append(
            SceneItem(id=scene, place="茶馆", set="room", light="night", start=first, end=at)
        )
        for role in ("林晚", "沈青"):
            built.motion.append(
                MotionItem(
                    id=f"{scene}-{role}",
                    role=role,
                    file=f"takes/{scene}-{role}.vrma",
                    start=first,
                    end=at,
                    visible_from=first,
                    visible_to=at,
                )
            )
    return built


def write_project(root) -> None:
    (root / "takes").mkdir(parents=True)
    for scene in ("1-1", "1-2"):
        for role in ("林晚", "沈青"):
            write_clip(root / "takes" / f"{scene}-{role}.vrma", 120)
    write_clip(root / "takes" / "phone.vrma", 100, 1)
    write_clip(root / "takes" / "b.vrma", 80, 2)
    timeline().save(root / "timeline.json")
