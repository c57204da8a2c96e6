"""Draw what ten edits do to the demo, to ``out/timeline/``.

``lanes-before.png`` and ``lanes-after.png``: the lanes of the first scene; ``frames.png``: a
frame of each edit before and after, with the edit under it, and how many shots are drawn
again. Works on a copy of the project that ``make demo`` leaves (or makes one).

usage: python scripts/sheet_timeline.py [--project FOLDER] [-o FOLDER] [--height PIXELS]
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

from cyberdirector.core.time import Rate
from cyberdirector.formats import read_vrm, write_vrma
from cyberdirector.modelstore import pil_font
from cyberdirector.motion.moves import make_move
from cyberdirector.stages.project_reel import ProjectReel
from cyberdirector.stages.reel import ReelTask
from cyberdirector.timeline.show_lanes import draw_lanes
from cyberdirector.timeline.store import Editor, read_project

SCENE = "1-1"
MOVE = "takes/招手.vrma"


@dataclass(frozen=True)
class Change:
    """An edit: what a director would say, how it is made, and a frame to look at."""

    words: str
    make: Callable[[Any], object]
    frame: int


def ten_edits() -> list[Change]:
    """Return ten edits of the demo's first scene."""
    nod = {"role": "林晚", "channel": "bone:head", "layer": "hand"}
    smile = ("weight:mouthSmileLeft", "weight:mouthSmileRight")

    def smiles(do: Any) -> None:
        for channel in smile:
            do.key(role="林晚", channel=channel, frame=1050, value=0.85, layer="face", fade=24)

    def beckon(do: Any) -> None:
        mask = {part: 1.0 for part in ("torso", "armLeft", "armRight", "handLeft", "handRight")}
        do.add(role="老掌柜", file=MOVE, at=325, layer="acting", mask=mask, clip="招手",
               blend=8, source="library")  # fmt: skip

    return [
        Change("1 林晚低头：头部关键帧 (key)",
               lambda do: do.key(**nod, frame=612, value=[0, 22, 0], fade=14), 612),
        Change("2 林晚微笑：表情关键帧 (key)", smiles, 1050),
        Change("3 掌柜招手：动作库片段只盖上身 (add, mask)", beckon, 346),
        Change("4 换一只手 (mirror)", lambda do: do.mirror(clip="招手"), 346),
        Change("5 动作放慢到 0.8 倍 (retime)",
               lambda do: do.retime(clip="招手", speed=0.8), 352),
        Change("6 特写换长焦 (lens)", lambda do: do.lens(shot="1-1-L05-1", fov=17.0), 800),
        Change("7 提前 14 帧切到双人镜头 (shot)",
               lambda do: do.shot(shot="1-1-L01-1", start=294), 300),
        Change("8 林晚转头：颈部关键帧 (key)",
               lambda do: do.key(role="林晚", channel="bone:neck", frame=800,
                                 value=[-26, 0, 0], fade=8), 800),
        Change("9 这一镜改为日光 (light)",
               lambda do: do.light(shot="1-1-L06-1", preset="day"), 1020),
        Change("10 改字幕 (text)",
               lambda do: do.text(text="1-1-L03", words="雨停了，我们就走。"), 530),
    ]  # fmt: skip


def copy_project(source: Path, target: Path) -> None:
    """Copy what is needed to draw a project; a project that is not there is made."""
    if target.exists():
        shutil.rmtree(target)
    if not (source / "timeline.json").exists() or not any((source / "cast").glob("*.vrm")):
        script = Path(__file__).resolve().parent.parent / "examples" / "雨夜茶馆.txt"
        subprocess.run(
            [sys.executable, "-m", "cyberdirector", "produce", str(script), "--project",
             str(source), "--shots", "1-1", "--quality", "draft", "-o",
             str(source.parent / "first-shot.mp4")],
            check=True,
        )  # fmt: skip
    target.mkdir(parents=True)
    for name in ("cast", "sets", "takes"):
        shutil.copytree(source / name, target / name)
    for name in ("project.json", "episode.json", "timeline.json", "ledger.json"):
        if (source / name).exists():
            shutil.copy(source / name, target / name)


class Pictures:
    """Frames of a project at one state."""

    def __init__(self, root: Path, height: int) -> None:
        film = read_project(root)
        width, tall = film.size
        size = (max(2, height * width // tall // 2 * 2), height // 2 * 2)
        self.reel = ProjectReel(ReelTask(str(root), size=size))
        self.keys = {name: self.reel.key(start) for name, start, _ in self.reel.spans()}

    def frame(self, number: int) -> Image.Image:
        """Draw a frame."""
        return Image.fromarray(self.reel.picture(number))


def lanes(root: Path, title: str, path: Path) -> None:
    """Draw the lanes of the first scene."""
    film = read_project(root)
    scene = next(x for x in film.scenes if x.id == SCENE)
    draw_lanes(film, title, scene.start, scene.end, 2000).save(path)


def page(pairs: list[tuple[str, Image.Image, Image.Image]], title: str) -> Image.Image:
    """Lay pairs of frames out five in a row, the edit under each pair."""
    width, height = pairs[0][1].size
    cell, gap, foot, head = 2 * width + 4, 18, 34, 64
    rows = -(-len(pairs) // 5)
    sheet = Image.new(
        "RGB", (5 * (cell + gap) + gap, head + rows * (height + foot + gap) + gap), "white"
    )
    pen = ImageDraw.Draw(sheet)
    pen.text((gap, 16), title, "black", pil_font(26))
    for i, (words, before, after) in enumerate(pairs):
        x = gap + (i % 5) * (cell + gap)
        y = head + (i // 5) * (height + foot + gap)
        sheet.paste(before, (x, y))
        sheet.paste(after, (x + width + 4, y))
        pen.text((x, y + height + 6), words, "black", pil_font(17))
    return sheet


def main() -> None:
    """Draw lanes and frames before and after."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--project", type=Path, default=Path("out/demo.cdir"))
    parser.add_argument("-o", "--output", type=Path, default=Path("out/timeline"))
    parser.add_argument("--height", type=int, default=480)
    wanted = parser.parse_args()
    root = wanted.output / "demo.cdir"
    copy_project(wanted.project, root)
    film = read_project(root)
    rest = read_vrm(root / "cast" / "老掌柜.vrm").rest()
    write_vrma(root / MOVE, make_move("beckon", rest, Rate(*film.rate)), rest)
    edits = ten_edits()
    lanes(root, "雨夜茶馆 · 修改前", wanted.output / "lanes-before.png")
    now = Pictures(root, wanted.height)
    first, pairs = now.keys, []
    with Editor(root, "导演") as editor:
        for edit in edits:
            before = now.frame(edit.frame)
            now.reel.close()
            edit.make(editor)
            editor.save()
            now = Pictures(root, wanted.height)
            pairs.append((edit.words, before, now.frame(edit.frame)))
    lanes(root, "雨夜茶馆 · 十次修改后", wanted.output / "lanes-after.png")
    redone = [name for name, key in now.keys.items() if first.get(name) != key]
    now.reel.close()
    title = (
        f"十次修改：每对左为修改前，右为修改后；{len(now.keys)} 个镜头中重画 {len(redone)} 个"
    )
    page(pairs, title).save(wanted.output / "frames.png")
    count = f"{len(redone)} of {len(now.keys)} shots"
    sys.stdout.write(f"drawn again: {', '.join(redone)} ({count})\n{wanted.output}\n")


if __name__ == "__main__":
    main()
