"""``cyberdirector capture``: a video of a person becomes a take."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cyberdirector.cli import language, print_json

if TYPE_CHECKING:
    from cyberdirector.core.progress import Progress


@click.command()
@click.argument("video")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), default=Path("take.vrma"),
    help="The .vrma to write.",
)  # fmt: skip
@click.option("--body", is_flag=True, help="Only the parts that are named; default: all three.")
@click.option("--hands", is_flag=True, help="Fingers and wrists.")
@click.option("--face", is_flag=True, help="Expressions, gaze and head.")
@click.option("--start", type=click.FloatRange(min=0), default=0.0, help="Seconds.")
@click.option("--end", type=click.FloatRange(min=0), default=None, help="Seconds.")
@click.option("--height", type=float, default=None, help="Of the actor, metres.")
@click.option("--fov", type=float, default=None, help="Of the lens, long side, degrees.")
@click.option(
    "--fps", type=click.IntRange(8, 60), default=30, help="Pictures a second at most."
)
@click.option("--moving-camera", is_flag=True, help="The camera was held in the hand.")
@click.option("--person", type=click.IntRange(min=1), default=None, help="From the left.")
@click.option(
    "--live", is_flag=True,
    help="A rough take at once, smoothed as it comes; VIDEO may be the number of a camera.",
)  # fmt: skip
@click.option("--report", type=click.Path(path_type=Path), help="Where to write the report.")
@click.option("--preview", type=click.Path(path_type=Path), help="A video to judge by (.mp4).")
@click.option(
    "--character", type=click.Path(path_type=Path, exists=True), help="Who performs it (.vrm)."
)
@click.option("--seed", type=int, default=0, help="Of the character that a preview makes up.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def capture(
    video: str,
    output: Path,
    body: bool,
    hands: bool,
    face: bool,
    start: float,
    end: float | None,
    height: float | None,
    fov: float | None,
    fps: int,
    moving_camera: bool,
    person: int | None,
    live: bool,
    report: Path | None,
    preview: Path | None,
    character: Path | None,
    seed: int,
    as_json: bool,
) -> None:
    """Turn VIDEO of a person into a take (.vrma) that can be layered and edited.

    VIDEO is a film of a phone, or the .observations.npz of an earlier capture, which is
    solved again without the film. What was seen is kept beside the take.
    """
    from math import radians

    from cyberdirector.capture.landmarks import Parts
    from cyberdirector.capture.take import CaptureOptions

    if output.suffix.lower() != ".vrma":
        raise click.UsageError(f"-o must end in .vrma, not “{output.name}”")
    if end is not None and end <= start:
        raise click.UsageError("--end must be later than --start")
    chosen = Parts(body, hands, face) if body or hands or face else Parts()
    angle = None if fov is None else radians(fov)
    options = CaptureOptions(
        chosen, start, end, height, angle, moving_camera, person, float(fps)
    )
    if live:
        from cyberdirector.stages.captured import capture_live

        rows = capture_live(video, output, options)
    else:
        rows = _captured(
            Path(video), output, options, report, preview, character, seed, as_json
        )
    if as_json:
        print_json(rows)
        return
    _tell(rows)


def _captured(
    video: Path, output: Path, options: Any, report: Path | None, preview: Path | None,
    character: Path | None, seed: int, as_json: bool,
) -> dict[str, Any]:  # fmt: skip
    from cyberdirector.cli.progress import RichProgress
    from cyberdirector.core.progress import SilentProgress
    from cyberdirector.stages.captured import capture_file

    def run(progress: Progress) -> dict[str, Any]:
        return capture_file(
            video, output, options, report=report, preview=preview, character=character,
            seed=seed, progress=progress,
        )  # fmt: skip

    if as_json and not sys.stderr.isatty():
        return run(SilentProgress())
    with RichProgress() as bars:
        return run(bars)


def _tell(rows: dict[str, Any]) -> None:
    zh = language() == "zh"
    for one in rows.get("takes", []):
        _tell({k: v for k, v in one.items() if k != "promise"})
    frames = f"{rows['frames']} {'帧' if zh else 'frames'}"
    click.echo(f"{rows['output']}: {rows['seconds']:.2f} s, {frames}")
    for lane, found in rows.get("confidence", {}).items():
        doubt = "".join(f"  {a:.1f}-{b:.1f} s" for a, b in found["doubtful"][:6])
        bar = "█" * round(10 * found["mean"])
        told = ("  存疑" if zh else "  doubtful") + doubt if doubt else ""
        click.echo(f"  {lane:<10} {bar:<10} {found['mean']:.0%}{told}")
    for note in rows.get("notes", []):
        click.echo(f"  [{note['code']}] {note['zh' if zh else 'en']}", err=True)
    if "promise" in rows:
        click.echo(f"  {rows['promise']['zh' if zh else 'en']}", err=True)
