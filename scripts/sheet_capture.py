"""A page for each test film: picture, skeleton over it, our character from two sides, lanes.

Films are rendered from motion files (anime bodies would not do: a natural person performs
them before a camera like a phone's), or given.

usage: python scripts/sheet_capture.py [FILM.mp4 ...] [--motions FOLDER] [--out out/sheet]
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cyberdirector.capture.preview import (
    beside,
    frame_of,
    lanes,
    shrink,
    skeleton_over,
    write_preview,
)
from cyberdirector.capture.report import capture_report
from cyberdirector.capture.take import CaptureOptions, Take, capture
from cyberdirector.capture.video import open_video
from cyberdirector.character.compile import compile_character
from cyberdirector.core.clip import Clip
from cyberdirector.core.model import Character
from cyberdirector.core.rotations import quat_rotate
from cyberdirector.core.time import Rate
from cyberdirector.design import design_characters
from cyberdirector.motion.files import read_motion
from cyberdirector.motion.resample import resample
from cyberdirector.motion.retarget import retarget
from cyberdirector.render import Stage
from cyberdirector.render.still import STUDIO
from cyberdirector.stages.captured import TakeStage, stand_in

Pixels = NDArray[np.uint8]

COLUMNS, HEIGHT = 7, 300
SECONDS = 3.0
SIZE = (540, 960)


def natural_person() -> Character:
    """Return a person of natural proportions: drawn faces are no faces to MediaPipe."""
    recipe = design_characters("短发的男生，红色T恤，深蓝长裤").recipes[0]
    return compile_character(recipe.model_copy(update={"stylisation": 0.0}))


def film(clip: Clip, person: Character, path: Path, yaw: float) -> None:
    """Render a clip as a phone films it, ``yaw`` off the front: 60° lens, chest height."""
    low, high = clip.root.min(axis=0), clip.root.max(axis=0)
    middle = (low + high) / 2
    front = quat_rotate(clip.rotations[:, 0].astype(np.float64), [0.0, 0.0, 1.0]).mean(axis=0)
    yaw += float(np.arctan2(front[0], front[2]))
    away = 3.1 + 0.6 * float(np.ptp(clip.root[:, [0, 2]], axis=0).max())
    with Stage(SIZE, style="guoman", profile="cpu") as stage:
        stage.light = STUDIO
        actor = stage.add(person, "figure")
        eye = (middle[0] + away * np.sin(yaw), 1.25, middle[2] + away * np.cos(yaw))
        stage.look(eye, (float(middle[0]), 0.95, float(middle[2])), fov=np.radians(60.0))

        def pictures() -> list[Pixels]:
            return [
                np.ascontiguousarray(actor.play(clip, i) and stage.draw()[..., :3])
                for i in range(clip.frames)
            ]

        write_preview(path, clip.rate, pictures())


def page(take: Take, source: Path, who: Character) -> Pixels:
    """Return the sheet of one film: four rows of pictures at even times, lanes below."""
    clip = retarget(take.clip, take.rest, who)
    count = take.observations.frames
    chosen = set(np.linspace(0, count - 1, COLUMNS).round().astype(int).tolist())
    rows: list[list[Pixels]] = [[], [], [], []]
    size = take.observations.size
    wide = max(2, round(HEIGHT * size[0] / size[1] / 2) * 2)
    stage = TakeStage(who, clip, (wide, HEIGHT))
    with open_video(source) as video:
        for number, picture in enumerate(video.pictures()):
            if number not in chosen:
                continue
            small = shrink(picture.pixels, HEIGHT)
            frame = frame_of(take, number)
            rows[0].append(small)
            rows[1].append(skeleton_over(small, take, number, HEIGHT / picture.pixels.shape[0]))
            rows[2].append(stage.draw(frame, 0.0))
            rows[3].append(stage.draw(frame, np.pi / 2))
    stage.close()
    strips = [beside(row) for row in rows]
    width = max(s.shape[1] for s in strips)
    padded = [np.pad(s, ((0, 0), (0, width - s.shape[1]), (0, 0))) for s in strips]
    return np.concatenate([*padded, lanes(take, width)], axis=0)


def films_of(folder: Path, out: Path) -> list[Path]:
    """Render the motions of a folder as films (those there are kept) and return them."""
    made = []
    person: Character | None = None
    for i, path in enumerate(sorted(folder.glob("*.bvh"))):
        target = out / f"{path.stem}.mp4"
        if not target.is_file():
            person = person or natural_person()
            motion = read_motion(path)
            clip = resample(motion.clip, Rate(30))
            clip = clip.slice(0, min(clip.frames, round(SECONDS * 30)))
            film(retarget(clip, motion.rest, person), person, target, (0.35, 1.2, -0.35)[i % 3])
        made.append(target)
    return made


def main(words: list[str]) -> int:
    """Write one page for each film."""
    from PIL import Image

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("films", type=Path, nargs="*")
    parser.add_argument("--motions", type=Path, default=Path("../shared/data/bvh"))
    parser.add_argument("--out", type=Path, default=Path("out/sheet"))
    asked = parser.parse_args(words)
    asked.out.mkdir(parents=True, exist_ok=True)
    films = asked.films or films_of(asked.motions, asked.out)
    who = stand_in(0)
    for source in films:
        take = capture(source, CaptureOptions())
        report = capture_report(take)
        target = asked.out / f"capture-{source.stem}.png"
        Image.fromarray(page(take, source, who)).save(target)
        sure = {lane: row["mean"] for lane, row in report["confidence"].items()}
        sys.stdout.write(
            f"{target}: jitter {report['jitter']}, slide {report['footSlide']} cm/s, {sure}\n"
        )
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
