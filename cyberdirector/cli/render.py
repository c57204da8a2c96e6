"""``cyberdirector render``: frames of a project, a shot, a character or a set."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from cyberdirector.cli import language, print_json
from cyberdirector.cli.parameters import PictureSize
from cyberdirector.core.progress import Progress, SilentProgress


class _Frames(click.ParamType):  # type: ignore[type-arg]
    name = "A:B"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int]:
        found = re.fullmatch(r"(\d+):(\d+)", str(value))
        if not found or int(found[1]) >= int(found[2]):
            self.fail(f"“{value}” is not like 0:48 (from 0, the end left out)", param, ctx)
        return int(found[1]), int(found[2])


@click.command()
@click.argument("source", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="Folder, .png, .exr or .mp4 (default: <name>-frames/, or <name>.png of a model).",
)
@click.option("--frames", type=_Frames(), help="Half-open range, for example 0:48.")
@click.option(
    "--size", type=PictureSize(film=False), help="Picture size, for example 1280x720."
)
@click.option(
    "--profile",
    type=click.Choice(["auto", "draft", "cpu", "gpu", "final"]),
    default="auto",
    help="How well to draw; auto fits the device.",
)
@click.option(
    "--style",
    type=click.Choice(["cel", "guoman", "ink", "comic"]),
    help="The look (default: the project's, cel for models).",
)
@click.option("--aov", "aovs", default="", help="Data layers, for example depth,normal,object.")
@click.option(
    "--control", "controls", default="", help="Control videos: depth,normal,pose,mask,edge."
)
@click.option("--view", default="", help="body, bust or face; or a camera of a set.")
@click.option("--light", default="", help="A light preset of a set.")
@click.option("--motion", type=click.Path(path_type=Path), help="A .vrma that a VRM plays.")
@click.option("--no-words", is_flag=True, help="Leave out subtitles and captions.")
@click.option("--sheet", is_flag=True, help="A contact sheet of a model instead (one .png).")
@click.option("--workers", type=click.IntRange(0, 256), default=0, help="Drawing processes.")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
def render(
    source: Path,
    output: Path | None,
    frames: tuple[int, int] | None,
    size: tuple[int, int] | None,
    profile: str,
    style: str | None,
    aovs: str,
    controls: str,
    view: str,
    light: str,
    motion: Path | None,
    no_words: bool,
    sheet: bool,
    workers: int,
    as_json: bool,
) -> None:
    """Draw SOURCE: a project folder, PROJECT/shots/<id>, a .vrm or a .glb.

    A project's finished takes are drawn again as they are; frames whose picture is there
    already are kept.
    """
    from cyberdirector.stages.reel import ReelTask, split_source
    from cyberdirector.stages.sequence import write_controls, write_frames

    found, shot = split_source(source)
    layers, passes = _names(aovs), _names(controls)
    task = ReelTask(
        str(found), shot, size, profile, style or "", layers, not no_words, view, light,
        str(motion) if motion else "",
    )  # fmt: skip
    if sheet:
        report = _draw_sheet(found, output or Path(f"{found.stem}-sheet.png"))
    elif passes:
        folder = output or Path(f"{shot or found.stem}-control")
        with _progress(as_json) as bars:
            report = write_controls(task, folder, passes, frames, bars)
    else:
        target = output or _default_output(found, shot, layers, motion, frames)
        with _progress(as_json) as bars:
            report = write_frames(task, target, frames, bars, workers)
    if as_json:
        print_json(report)
    else:
        _tell(report)


def _default_output(
    source: Path,
    shot: str,
    layers: tuple[str, ...],
    motion: Path | None,
    frames: tuple[int, int] | None,
) -> Path:
    """Return where to write when nothing is said: a picture of a model, else a folder."""
    several = frames is not None and frames[1] - frames[0] > 1
    if source.is_file() and motion is None and not several:
        return Path(f"{source.stem}.{'exr' if layers else 'png'}")
    return Path(f"{shot or source.stem}-frames")


def _names(text: str) -> tuple[str, ...]:
    """Return the names of a list with commas, each once."""
    return tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))


@contextmanager
def _progress(as_json: bool) -> Iterator[Progress]:
    """Open the progress bars (none for JSON that nobody watches)."""
    from cyberdirector.cli.progress import RichProgress

    if as_json and not sys.stderr.isatty():
        yield SilentProgress()
        return
    with RichProgress() as bars:
        yield bars


def _draw_sheet(source: Path, target: Path) -> dict[str, Any]:
    from cyberdirector.core.errors import InputRefused, Location
    from cyberdirector.core.model import Character
    from cyberdirector.render import load_model
    from cyberdirector.render.still import set_sheet, turntable_sheet

    if source.is_dir():
        raise InputRefused(
            "sheet-of-model",
            "--sheet 只用于 .vrm 或 .glb；项目的联系表请用 make sheet。",
            "--sheet takes a .vrm or .glb; `make sheet` draws those of a project.",
            Location(str(source)),
        )
    model = load_model(source)
    if isinstance(model, Character):
        turntable_sheet(model, target)
    else:
        set_sheet(model, target)
    return {"output": str(target), "frames": [0, 1], "drawn": 1, "kept": 0, "notes": []}


def _tell(report: dict[str, Any]) -> None:
    zh = language() == "zh"
    drawn, kept = report["drawn"], report["kept"]
    words = f"画了 {drawn} 帧，保留 {kept} 帧" if zh else f"{drawn} frames drawn, {kept} kept"
    shape = "×".join(str(n) for n in report["size"]) + ", " if "size" in report else ""
    click.echo(f"{report['output']}: {shape}{words}")
    for note in report["notes"]:
        click.echo(f"  [{note['code']}] {note['zh' if zh else 'en']}", err=True)
