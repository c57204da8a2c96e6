"""``cyberdirector timeline undo | redo | history``: the journal of edits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from cyberdirector.cli import language, print_json
from cyberdirector.cli.timeline import editing, line_of, open_editor, row_of

COMMANDS: dict[str, click.Command] = {}


def _enter(command: click.Command) -> click.Command:
    COMMANDS[str(command.name)] = command
    return command


@_enter
@click.command("undo")
@editing
@click.argument("count", type=click.IntRange(1), default=1)
def undo(project: Path, author: Any, take_over: bool, as_json: bool, count: int) -> None:
    """Take the last COUNT edits back."""
    with open_editor(project, author, take_over) as editor:
        rows = editor.undo(count)
    _tell(rows, as_json)


@_enter
@click.command("redo")
@editing
@click.argument("count", type=click.IntRange(1), default=1)
def redo(project: Path, author: Any, take_over: bool, as_json: bool, count: int) -> None:
    """Make COUNT edits again that were taken back."""
    with open_editor(project, author, take_over) as editor:
        rows = editor.redo(count)
    _tell(rows, as_json)


def _tell(rows: list[Any], as_json: bool) -> None:
    if as_json:
        print_json([row_of(row) for row in rows])
    elif not rows:
        click.echo(
            "没有可以撤销或重做的编辑" if language() == "zh" else "there is nothing left"
        )
    for row in [] if as_json else rows:
        click.echo(line_of(row))


@_enter
@click.command("history")
@click.argument("project", type=click.Path(path_type=Path))
@click.option("-n", "--last", type=click.IntRange(1), default=None, help="Only the last rows.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="The record as a file.")
@click.option("--verify", is_flag=True, help="Check that no row was altered.")
def history(
    project: Path, last: int | None, as_json: bool, output: Path | None, verify: bool
) -> None:
    """Print who did what when; with -o write the creation record (JSON)."""
    from cyberdirector.timeline.record import creation_record
    from cyberdirector.timeline.store import read_history

    if verify or output is not None or as_json:
        record = creation_record(project, last)
        if output is not None:
            from cyberdirector.core.files import write_json

            write_json(output, record)
            click.echo(str(output))
        elif as_json:
            print_json(record)
        else:
            sound = "完整，未被改动" if language() == "zh" else "whole and unaltered"
            click.echo(f"{record['rows']} · {sound}")
        return
    rows = read_history(project)
    for row in rows[-last:] if last else rows:
        click.echo(line_of(row))
