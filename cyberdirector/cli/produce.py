"""``cyberdirector produce``: from a screenplay to an episode."""

from __future__ import annotations

import re
import sys
from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path

import click

from cyberdirector.cli import language, print_json
from cyberdirector.cli.parameters import PictureSize


class _Rate(click.ParamType):  # type: ignore[type-arg]
    name = "FPS"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int]:
        common = {"23.976": (24000, 1001), "29.97": (30000, 1001), "59.94": (60000, 1001)}
        text = str(value)
        try:
            rate = Fraction(*common[text]) if text in common else Fraction(text)
        except (ValueError, ZeroDivisionError):
            self.fail(f"“{value}” is not a frame rate", param, ctx)
        if not 8 <= rate <= 120:
            self.fail("the frame rate must be within 8..120", param, ctx)
        return rate.numerator, rate.denominator


class _Range(click.ParamType):  # type: ignore[type-arg]
    name = "A-B"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int]:
        found = re.fullmatch(r"(\d+)(?:-(\d+))?", str(value))
        if not found or int(found[1]) < 1 or int(found[2] or found[1]) < int(found[1]):
            self.fail(f"“{value}” is not like 1-3 (shots are counted from 1)", param, ctx)
        return int(found[1]), int(found[2] or found[1])


@click.command()
@click.argument("script", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), help="The MP4 to write.")
@click.option("--project", type=click.Path(path_type=Path), help="Project folder.")
@click.option("--size", type=PictureSize(film=True), help="Picture size, for example 720x1280.")
@click.option("--fps", type=_Rate(), help="Frames per second (default 24).")
@click.option("--seed", type=click.IntRange(0, 2**53), help="Another number, another take.")
@click.option("--quality", type=click.Choice(["draft", "final"]), help="How well to draw.")
@click.option(
    "--style", type=click.Choice(["cel", "guoman", "ink", "comic"]), help="How to paint it."
)
@click.option("--step", type=click.IntRange(1, 4), help="Hold each pose: 2 animates on twos.")
@click.option("--subtitles", type=click.Choice(["burn", "soft"]), help="Burnt in, or a track.")
@click.option("--shots", type=_Range(), help="Only these shots, for example 1-3.")
@click.option("--workers", type=click.IntRange(0, 256), default=0, help="Drawing processes.")
@click.option("--author", default="", help="Who works; others see it while it runs.")
@click.option("--take-over", is_flag=True, help="Take the project from another writer.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def produce(
    script: Path,
    output: Path | None,
    project: Path | None,
    size: tuple[int, int] | None,
    fps: tuple[int, int] | None,
    seed: int | None,
    quality: str | None,
    style: str | None,
    step: int | None,
    subtitles: str | None,
    shots: tuple[int, int] | None,
    workers: int,
    author: str,
    take_over: bool,
    as_json: bool,
) -> None:
    """Make a finished episode from SCRIPT (剧本 .txt or .fountain).

    SCRIPT may be a project folder: it is made again, with the edits of its timeline.
    """
    from cyberdirector.cli.progress import RichProgress
    from cyberdirector.core.progress import Progress, SilentProgress
    from cyberdirector.produce import Options, reopened
    from cyberdirector.produce import produce as make

    target = output or Path(f"{script.stem}.mp4")
    if script.is_dir():
        project = script
        script, known = reopened(project)
        target = output or known
    options = Options(
        project, size, fps, seed, quality, style, step, subtitles, shots, workers, author,
        take_over,
    )  # fmt: skip
    with ExitStack() as stack:
        progress: Progress = SilentProgress()
        if sys.stderr.isatty() or not as_json:
            progress = stack.enter_context(RichProgress())
        report = make(script, target, options, progress)
    if as_json:
        print_json(report)
        return
    zh = language() == "zh"
    made = report["delivery"]
    click.echo(
        f"{'成片' if zh else 'Episode'}: {made['file']}  "
        f"{made['seconds']:.1f} s, {made['size'][0]}×{made['size'][1]}  "
        f"({report['seconds']:.1f} s)"
    )
    for shot in report.get("shots_why", []):
        if shot["because"]:
            edits = ", ".join(f"{x['command']} {x['row']}" for x in shot["edits"])
            click.echo(
                f"  {shot['id']}: {', '.join(shot['because'])}  {edits}".rstrip(), err=True
            )
    for row in report.get("notes", []):
        where = f" {script.name}:{row['line']}" if "line" in row else ""
        text = row.get("phrase") or row.get("text") or ""
        click.echo(f"  [{row.get('code', 'note')}]{where} {text}", err=True)
