"""``cyberdirector motion``: convert, retarget, check and make motion clips."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from cyberdirector.cli import language, print_json


@click.group()
def motion() -> None:
    """Convert, retarget and check motion; the library of moves (动作)."""


def _say(zh: str, en: str) -> None:
    click.echo(zh if language() == "zh" else en)


@motion.command("convert")
@click.argument("source", type=click.Path(path_type=Path))
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path),
    help="What to write: .vrma, .bvh, .vmd, .glb or .csv.",
)  # fmt: skip
@click.option(
    "--height", type=click.FloatRange(0.3, 3.0), help="The performer's height in metres."
)
@click.option("--fps", type=click.IntRange(1, 240), help="Frames per second of the output.")
@click.option("--origin", is_flag=True, help="Start at the origin, facing the camera (+Z).")
@click.option("--plant", is_flag=True, help="Hold planted feet still.")
@click.option(
    "--character", type=click.Path(path_type=Path, exists=True), help="Who is in a .glb."
)
@click.option(
    "--body-model", type=click.Path(path_type=Path, exists=True),
    help="SMPL-X model file (.npz) for the joints of an SMPL-X motion.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def convert(
    source: Path,
    output: Path,
    height: float | None,
    fps: int | None,
    origin: bool,
    plant: bool,
    character: Path | None,
    body_model: Path | None,
    as_json: bool,
) -> None:
    """Convert SOURCE (.bvh .vmd .vrma .fbx .glb, SMPL-X .npz) to another format."""
    from cyberdirector.core.time import Rate
    from cyberdirector.formats import read_vrm
    from cyberdirector.motion.files import read_motion, write_motion
    from cyberdirector.motion.plant import plant_feet
    from cyberdirector.motion.resample import resample
    from cyberdirector.motion.retarget import retarget
    from cyberdirector.motion.root import to_origin

    found = read_motion(source, height, body_model)
    clip, rest = found.clip, found.rest
    if fps is not None:
        clip = resample(clip, Rate(fps))
    if origin:
        clip = to_origin(clip)
    if plant:
        clip = plant_feet(clip, rest)
    hero = read_vrm(character) if character is not None else None
    if hero is not None:
        clip, rest = retarget(clip, rest, hero), hero.rest()
    write_motion(output, clip, rest, hero)
    report = {
        "output": str(output),
        "frames": clip.frames,
        "fps": clip.rate.fps,
        "seconds": clip.rate.seconds(clip.frames),
        "hip_height": clip.hip_height,
        "contacts": [float(v) for v in clip.contacts.mean(axis=0)],
        "notes": list(found.notes),
    }
    _told(report, as_json)


def _told(report: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(report)
        return
    seconds = f"{report['seconds']:.2f} s, {report['frames']}"
    _say(f"{report['output']}：{seconds} 帧", f"{report['output']}: {seconds} frames")
    for note in report.get("notes", ()):
        click.echo(f"  {note}", err=True)


@motion.command("retarget")
@click.argument("take", type=click.Path(path_type=Path))
@click.option(
    "--character", required=True, type=click.Path(path_type=Path, exists=True),
    help="Who performs it (.vrm).",
)  # fmt: skip
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path), help="What to write."
)
@click.option(
    "--arms", type=click.FloatRange(0.0, 1.0), default=0.0,
    help="0: joints turn alike; 1: hands are in the same place against the body.",
)  # fmt: skip
@click.option("--no-plant", is_flag=True, help="Leave the feet as they come.")
@click.option("--no-touches", is_flag=True, help="Leave hands that touch the body.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def retarget_command(
    take: Path,
    character: Path,
    output: Path,
    arms: float,
    no_plant: bool,
    no_touches: bool,
    as_json: bool,
) -> None:
    """Bring TAKE to the proportions of a character: steps, feet, touches."""
    from cyberdirector.formats import read_vrm
    from cyberdirector.motion.check import check_clip
    from cyberdirector.motion.files import read_motion, write_motion
    from cyberdirector.motion.retarget import RetargetOptions, retarget

    found = read_motion(take)
    hero = read_vrm(character)
    options = RetargetOptions(arms=arms, plant=not no_plant, touches=not no_touches)
    clip = retarget(found.clip, found.rest, hero, options)
    write_motion(output, clip, hero.rest(), hero)
    report = {
        "output": str(output),
        "frames": clip.frames,
        "seconds": clip.rate.seconds(clip.frames),
        "notes": list(found.notes),
        "source": check_clip(found.clip, found.rest).as_dict(),
        "target": check_clip(clip, hero.rest(), hero).as_dict(),
    }
    _told(report, as_json)


@motion.command("check")
@click.argument("take", type=click.Path(path_type=Path))
@click.option(
    "--character", type=click.Path(path_type=Path, exists=True), help="On whom (.vrm)."
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def check_command(take: Path, character: Path | None, as_json: bool) -> None:
    """Measure TAKE: foot slide, floor, jitter, joint limits, touches, flips."""
    from cyberdirector.core.errors import ExitCode
    from cyberdirector.formats import read_vrm
    from cyberdirector.motion.check import check_clip
    from cyberdirector.motion.files import read_motion

    found = read_motion(take)
    hero = read_vrm(character) if character is not None else None
    rest = hero.rest() if hero is not None else found.rest
    report = check_clip(found.clip, rest, hero)
    if as_json:
        print_json({"ok": report.ok, **report.as_dict()})
    else:
        for line in report.lines(language()):
            click.echo(line)
    if not report.ok:
        raise click.exceptions.Exit(int(ExitCode.CHECK_FAILED))


@motion.group("moves")
def moves() -> None:
    """Show the library of moves (动作库)."""


_FOLDER = click.option(
    "--folder", type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Your own recipes (.yaml) and clips, searched too.",
)  # fmt: skip


@moves.command("list")
@_FOLDER
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def list_moves(folder: Path | None, as_json: bool) -> None:
    """List all moves."""
    from cyberdirector.motion.moves import library

    _rows(list(library(folder).values()), as_json)


@moves.command("search")
@click.argument("words")
@_FOLDER
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def search_moves(words: str, folder: Path | None, as_json: bool) -> None:
    """Find moves by WORDS, Chinese or English."""
    from cyberdirector.motion.moves import search

    _rows(search(words, folder), as_json)


def _rows(found: list[Any], as_json: bool) -> None:
    if as_json:
        print_json([move.as_dict() for move in found])
        return
    for move in found:
        loop = " ∞" if move.loop else ""
        click.echo(f"{move.name:<20} {move.zh}  {move.seconds:.1f} s{loop}")


@moves.command("show")
@click.argument("name")
@_FOLDER
def show_move(name: str, folder: Path | None) -> None:
    """Print what is known of a move as JSON."""
    from cyberdirector.motion.moves import find

    print_json(find(name, folder).as_dict())


@moves.command("make")
@click.argument("names", nargs=-1, required=True)
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path), help="What to write."
)
@click.option(
    "--character", type=click.Path(path_type=Path, exists=True), help="Who performs it."
)
@click.option("--fps", type=click.IntRange(8, 120), default=30, help="Frames per second.")
@click.option("--repeat", type=click.IntRange(1, 100), default=1, help="Rounds of a loop.")
@click.option("--mirror", is_flag=True, help="Left for right.")
@_FOLDER
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def make_move(
    names: tuple[str, ...],
    output: Path,
    character: Path | None,
    fps: int,
    repeat: int,
    mirror: bool,
    folder: Path | None,
    as_json: bool,
) -> None:
    """Make a clip of one move, or of several NAMES that flow into each other."""
    from cyberdirector.core.time import Rate
    from cyberdirector.formats import read_vrm
    from cyberdirector.motion.files import write_motion
    from cyberdirector.motion.moves import make_sequence
    from cyberdirector.motion.usual import usual_rest

    hero = read_vrm(character) if character is not None else None
    rest = hero.rest() if hero is not None else usual_rest()
    clip = make_sequence(names, rest, Rate(fps), repeat=repeat, mirror=mirror, folder=folder)
    write_motion(output, clip, rest, hero)
    _told(
        {
            "output": str(output),
            "frames": clip.frames,
            "seconds": clip.rate.seconds(clip.frames),
        },
        as_json,
    )
