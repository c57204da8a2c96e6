"""``cyberdirector timeline marker | text | sound | take | lock | unlock``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from cyberdirector.cli import print_json
from cyberdirector.cli.timeline import edit, editing
from cyberdirector.cli.timeline_clips import adopt

COMMANDS: dict[str, click.Command] = {}
_LOCKS = click.Choice(["look", "cast", "shot", "line"])


def _enter(command: click.Command) -> click.Command:
    COMMANDS[str(command.name)] = command
    return command


@_enter
@click.command("marker")
@editing
@click.argument("frame", required=False)
@click.argument("name", default="")
@click.option("--id", "marker", default=None, help="Change this marker.")
@click.option("--colour", default=None)
@click.option("--note", default=None)
@click.option("--role", default=None, help="Whom it is about.")
@click.option("--remove", is_flag=True, help="Remove it (--id).")
def marker(project: Path, author: Any, take_over: bool, as_json: bool, **args: Any) -> None:
    """Put a marker called NAME at FRAME, or change or remove one."""
    edit(project, author, take_over, as_json, "marker", ("frame",), **args)


@_enter
@click.command("text")
@editing
@click.argument("text")
@click.option("--words", default=None, help="What it says.")
@click.option("--start", default=None, help="First frame.")
@click.option("--end", default=None, help="End.")
def text(project: Path, author: Any, take_over: bool, as_json: bool, **args: Any) -> None:
    """Change the subtitle or caption TEXT (its id)."""
    edit(project, author, take_over, as_json, "text", ("start", "end"), **args)


@_enter
@click.command("sound")
@editing
@click.argument("sound")
@click.option("--gain", type=float, default=None, help="Decibels.")
@click.option("--pan", type=float, default=None, help="-1 left … 1 right.")
@click.option("--by", type=int, default=None, help="Frames later, or earlier (negative).")
@click.option("--treatment", type=click.Choice(["", "os", "vo", "off", "phone"]), default=None)
def sound(project: Path, author: Any, take_over: bool, as_json: bool, **args: Any) -> None:
    """Change level, place, time or treatment of SOUND (its id)."""
    edit(project, author, take_over, as_json, "sound", **args)


@_enter
@click.command("take")
@editing
@click.argument("line")
@click.argument("take", required=False)
@click.option("--add", "file", default=None, help="Put this motion (.vrma) beside the others.")
@click.option("--sound", default=None, help="Its voice (.wav in the project).")
@click.option("--seed", type=int, default=None, help="Perform the line anew with this seed.")
@click.option("--emotion", default="", help="For --seed: sad:0.7, or anger:0.9@0.5 …")
@click.option("--style", default="", help="For --seed: restrained, lively, grand …")
@click.option("--offset", type=float, default=None, help="Frame at which the line begins.")
@click.option("--note", default=None)
def take(
    project: Path, author: Any, take_over: bool, as_json: bool, line: str, take: str | None,
    file: str | None, emotion: str, style: str, **args: Any,
) -> None:  # fmt: skip
    """List the takes of LINE, choose TAKE, or put another one beside them (--add, --seed)."""
    if file is None and args["seed"] is not None:
        from cyberdirector.stages.line_take import perform_take

        file, offset = perform_take(project, line, args["seed"], emotion, style)
        args["offset"] = offset
        args["note"] = args["note"] or " ".join(x for x in (emotion, style) if x) or None
    if file is not None:
        edit(
            project, author, take_over, as_json, "take-add", line=line, take=take,
            file=adopt(project, file), **args,
        )  # fmt: skip
    elif take is not None:
        edit(project, author, take_over, as_json, "take", line=line, take=take)
    else:
        _list(project, line, as_json)


def _list(project: Path, line: str, as_json: bool) -> None:
    from cyberdirector.timeline.store import read_project

    lines = read_project(project).lines
    rows = [x for x in lines if x.id == line]
    if not rows:
        from cyberdirector.core.errors import InputRefused, Location

        known = [x.id for x in lines][:12]
        raise InputRefused(
            "line-unknown",
            f"没有台词“{line}”；有：{'、'.join(known)}。",
            f"there is no line '{line}'; there are {', '.join(known)}.",
            Location("timeline", path=line),
        )
    if as_json:
        print_json([x.model_dump(mode="json") for x in rows])
        return
    for row in rows:
        for one in row.takes:
            mark = "*" if one.id == row.chosen else " "
            made = f"{one.author} {one.made}".strip()
            click.echo(f"{mark} {one.id}  {one.file or '—'}  {made}  {one.note}")


@_enter
@click.command("lock")
@editing
@click.argument("kind", type=_LOCKS)
@click.argument("name", default="")
@click.option("--note", default=None, help="Why.")
def lock(
    project: Path, author: Any, take_over: bool, as_json: bool, kind: str, name: str,
    note: str | None,
) -> None:  # fmt: skip
    """Lock the look, a character, a shot or a line by its NAME."""
    from cyberdirector.stages.timeline_file import now_hash

    edit(
        project, author, take_over, as_json, "lock", kind=kind, name=name, note=note,
        hash=now_hash(project, kind, name),
    )  # fmt: skip


@_enter
@click.command("unlock")
@editing
@click.argument("kind", type=_LOCKS)
@click.argument("name", default="")
@click.option("--force", is_flag=True, help="Also when somebody else set it.")
def unlock(project: Path, author: Any, take_over: bool, as_json: bool, **args: Any) -> None:
    """Take a lock away."""
    edit(project, author, take_over, as_json, "unlock", **args)
