"""``cyberdirector perform``: a line or a scene becomes voice, face and body."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cyberdirector.cli import language, print_json

if TYPE_CHECKING:
    from cyberdirector.core.progress import Progress

_LONG = 600
"""Characters from which a user wants to see how far it is (about two minutes of speech)."""


@contextmanager
def watch_long(text: str) -> Iterator[Progress]:
    """Give bars with the time that is left for a long text on a terminal, else nothing."""
    from cyberdirector.cli.progress import RichProgress
    from cyberdirector.core.progress import SilentProgress

    if len(text) < _LONG or not sys.stderr.isatty():
        yield SilentProgress()
        return
    with RichProgress() as bars:
        yield bars


class _Layer(click.ParamType):  # type: ignore[type-arg]
    """``gesture=0.5``, ``head=off`` or ``gaze=1:seed=7``."""

    name = "LAYER=DIAL"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, dict[str, Any]]:
        """Return the layer and its plain dial."""
        layer, _, dial = str(value).partition("=")
        out: dict[str, Any] = {}
        for word in dial.split(":"):
            key, _, number = word.partition("=")
            try:
                if key == "seed":
                    out["seed"] = int(number)
                else:
                    out["strength"] = 0.0 if word == "off" else float(word)
            except ValueError:
                self.fail(f"“{value}” is not like gesture=0.5, head=off or gaze=1:seed=7")
        return layer, out


class _Swap(click.ParamType):  # type: ignore[type-arg]
    """``head=other.vrma``."""

    name = "LAYER=FILE"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        """Return the layer and the file it comes from."""
        layer, _, file = str(value).partition("=")
        if not layer or not file:
            self.fail(f"“{value}” is not like head=other.vrma")
        return layer, file


@click.command()
@click.argument("script", required=False, type=click.Path(path_type=Path))
@click.option("--scene", default="", help="Scene of SCRIPT, for example 1-1 (default: all).")
@click.option("--text", default=None, help="The line.")
@click.option(
    "--audio", type=click.Path(path_type=Path, exists=True), help="A recording of the line."
)
@click.option("--transcript", default=None, help="What is said in the recording.")
@click.option("--take", "again", type=click.Path(path_type=Path), help="A .take.json to redo.")
@click.option(
    "--character", type=click.Path(path_type=Path, exists=True), help="Who speaks (.vrm)."
)
@click.option("--voice", default=None, help="Name from `voice list`.")
@click.option(
    "--language", "tongue", type=click.Choice(["zh", "en", "ja"]), help="Of the line."
)
@click.option(
    "--emotion", default=None, help="sad:0.7, or sad:0.2@0,anger:0.9@1 along the line."
)
@click.option("--style", default=None, help="restrained, composed, lively, grand, shy …")
@click.option("--mouth", type=click.Choice(["full", "anime"]), help="How lips move.")
@click.option("--seed", type=int, default=None, help="Another number, another take.")
@click.option("--takes", type=click.IntRange(1, 99), default=1, help="How many, side by side.")
@click.option("--fps", type=click.IntRange(8, 120), default=None, help="Frames per second.")
@click.option(
    "--layer", "layers", type=_Layer(), multiple=True,
    help="Dial of a layer: gesture=0.5, head=off, gaze=1:seed=7.",
)  # fmt: skip
@click.option(
    "--replace", "replaced", type=_Swap(), multiple=True,
    help="Take a layer from another take: head=other.vrma.",
)  # fmt: skip
@click.option("-o", "--output", type=click.Path(path_type=Path), help="The .vrma to write.")
@click.option("--curves", type=click.Path(path_type=Path), help="Face curves (Live Link CSV).")
@click.option("--bvh", type=click.Path(path_type=Path), help="The body as BVH.")
@click.option("--glb", type=click.Path(path_type=Path), help="Character and motion in one.")
@click.option("--presets", is_flag=True, help="The face in VRM presets, not ARKit shapes.")
@click.option("--json", "as_json", is_flag=True, help="Print what was made as JSON.")
def perform(
    script: Path | None,
    scene: str,
    text: str | None,
    audio: Path | None,
    transcript: str | None,
    again: Path | None,
    character: Path | None,
    voice: str | None,
    tongue: str | None,
    emotion: str | None,
    style: str | None,
    mouth: str | None,
    seed: int | None,
    takes: int,
    fps: int | None,
    layers: tuple[tuple[str, dict[str, Any]], ...],
    replaced: tuple[tuple[str, str], ...],
    output: Path | None,
    curves: Path | None,
    bvh: Path | None,
    glb: Path | None,
    presets: bool,
    as_json: bool,
) -> None:
    """Perform one line by a character, or the scenes of SCRIPT.

    Writes the take (.vrma), its sound (.wav) and a .take.json, which --take makes again with
    what is changed.
    """
    if script is not None:
        _perform_script(script, scene, output, as_json)
        return
    changes: dict[str, Any] = {
        "text": transcript if audio is not None and transcript is not None else text,
        "audio": str(audio) if audio is not None else None,
        "character": str(character) if character is not None else None,
        "voice": voice,
        "language": tongue,
        "emotion": emotion,
        "style": style,
        "mouth": mouth,
        "seed": seed,
        "rate": (fps, 1) if fps is not None else None,
    }
    _perform_line(
        {k: v for k, v in changes.items() if v is not None},
        again, dict(layers), dict(replaced), takes, output or Path("take.vrma"),
        (curves, bvh, glb), presets, as_json,
    )  # fmt: skip


def _perform_line(
    changes: dict[str, Any],
    again: Path | None,
    layers: dict[str, dict[str, Any]],
    replaced: dict[str, str],
    takes: int,
    output: Path,
    beside: tuple[Path | None, Path | None, Path | None],
    presets: bool,
    as_json: bool,
) -> None:
    """Perform a line; ``beside`` names curves, BVH and GLB where they are wanted."""
    from cyberdirector.stages.takes import (
        TakeDocument,
        perform_document,
        read_take,
        write_take,
    )

    before = read_take(again) if again is not None else TakeDocument()
    fields = before.model_dump() | changes
    fields["layers"] = before.layers | layers
    fields["replaced"] = before.replaced | replaced
    document = TakeDocument.model_validate(fields)
    if not document.character:
        raise click.UsageError("give --character (a .vrm), or a SCRIPT")
    if output.suffix.lower() != ".vrma":
        raise click.UsageError(f"-o must end in .vrma, not “{output.name}”")
    if beside[2] is not None and beside[2].suffix.lower() != ".glb":
        raise click.UsageError(f"--glb must end in .glb, not “{beside[2].name}”")
    reports, speech = [], None
    for number in range(takes):
        named = output if takes == 1 else output.with_stem(f"{output.stem}-{number + 1}")
        own = document.model_copy(update={"seed": document.seed + number})
        with watch_long(document.text) as progress:
            performed = perform_document(own, speech, progress=progress)
        speech = performed.speech
        side = [
            path if path is None or takes == 1 else path.with_stem(f"{path.stem}-{number + 1}")
            for path in beside
        ]
        reports.append(write_take(performed, named, side[0], side[1], presets, side[2]))
    if as_json:
        print_json(reports[0] if takes == 1 else {"takes": reports})
        return
    for row in reports:
        seconds = f"{row['seconds']:.2f} s, {row['frames']}"
        click.echo(f"{row['output']}: {seconds} {'帧' if language() == 'zh' else 'frames'}")
        for note in row["notes"]:
            click.echo(f"  [{note['code']}]", err=True)


def _perform_script(script: Path, scene: str, project: Path | None, as_json: bool) -> None:
    from cyberdirector.cli.progress import RichProgress
    from cyberdirector.core.progress import SilentProgress
    from cyberdirector.produce import perform_script

    if as_json and not sys.stderr.isatty():
        silent: Progress = SilentProgress()
        report = perform_script(script, scene, project, silent)
    else:
        with RichProgress() as bars:
            report = perform_script(script, scene, project, bars)
    if as_json:
        print_json(report)
        return
    for row in report["takes"]:
        click.echo(f"{row['file']}: {row['role']}, {row['frames']}")
