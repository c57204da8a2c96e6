"""``cyberdirector timeline``: see and edit what an episode is made of."""

from __future__ import annotations

import getpass
import importlib
import os
from pathlib import Path
from typing import Any

import click

from cyberdirector.cli import language, print_json

_EDITS = {
    "add": "timeline_clips", "move": "timeline_clips", "trim": "timeline_clips",
    "split": "timeline_clips", "blend": "timeline_clips", "remove": "timeline_clips",
    "smooth": "timeline_clips", "mirror": "timeline_clips", "footlock": "timeline_clips",
    "retime": "timeline_clips", "reduce": "timeline_clips",
    "layer": "timeline_keys", "weight": "timeline_keys", "mask": "timeline_keys",
    "key": "timeline_keys", "unkey": "timeline_keys", "shift": "timeline_keys",
    "tangent": "timeline_keys",
    "shot": "timeline_shots", "camera": "timeline_shots", "light": "timeline_shots",
    "set": "timeline_shots", "reframe": "timeline_shots", "nest": "timeline_shots",
    "marker": "timeline_words", "text": "timeline_words", "sound": "timeline_words",
    "take": "timeline_words", "lock": "timeline_words", "unlock": "timeline_words",
    "undo": "timeline_history", "redo": "timeline_history", "history": "timeline_history",
    "export": "timeline_export",
}  # fmt: skip
"""Command → file of :mod:`cyberdirector.cli` that has it."""

_SUMMARIES = {
    "show": "Tracks, layers, clips and keys, as text or as a picture.",
    "add": "Place motion of a file on a layer.",
    "move": "Move a clip in time or to another layer.",
    "trim": "Give a clip another start or end.",
    "split": "Cut a clip in two.",
    "blend": "Set the cross-fades of a clip.",
    "remove": "Take a clip off.",
    "smooth": "Calm the jitter of a clip, or keys.",
    "mirror": "Swap left and right in a clip, or in keys.",
    "footlock": "Hold planted feet still.",
    "retime": "Play a clip or keys faster or slower, or pin moments.",
    "reduce": "Turn dense motion into few keys.",
    "layer": "Make, order, mute, change or drop a layer.",
    "weight": "Set how much a layer counts.",
    "mask": "Say which parts of the body a layer moves.",
    "key": "Set a key.",
    "unkey": "Remove keys.",
    "shift": "Move keys in time.",
    "tangent": "Say how the curve passes a key.",
    "shot": "Move, make or join cuts.",
    "camera": "Set keys of a shot's camera; its lens.",
    "light": "Light a shot or a span.",
    "set": "Play a span in another set.",
    "reframe": "Frame a shot for another picture format.",
    "nest": "Show one scene inside another.",
    "marker": "Put, change or remove a marker.",
    "text": "Change a subtitle or caption.",
    "sound": "Level, place and time of a sound.",
    "take": "List, add or choose the takes of a line.",
    "lock": "Lock the look, a character, a shot or a line.",
    "unlock": "Take a lock away.",
    "undo": "Take edits back.",
    "redo": "Make them again.",
    "history": "Who did what when; the creation record.",
    "export": "Cut list, subtitles, motion and scenes for other programs.",
}


class _Group(click.Group):
    """Imports the file of a command only to run it or to show its help."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of work."""
        return list(_SUMMARIES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command of this file or of the file that has it."""
        if cmd_name == "show":
            return show
        if cmd_name not in _EDITS:
            return None
        module = importlib.import_module(f"cyberdirector.cli.{_EDITS[cmd_name]}")
        command: click.Command = module.COMMANDS[cmd_name]
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(_SUMMARIES.items()))


@click.group(cls=_Group)
def timeline() -> None:
    """See and edit the timeline of a project folder (时间线).

    Frames can be written 120, 5.5s, 1:02, 1:02:05, or as the id of a line or shot: 1-1-L03,
    1-1-L03+12, 1-1-L03.end.
    """


@timeline.command()
@click.argument("project", type=click.Path(path_type=Path))
@click.argument("only", default="")
@click.option("--json", "as_json", is_flag=True, help="Everything as JSON.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="Lanes as a picture (.png)."
)
@click.option("--from", "start", default=None, help="First frame of the picture.")
@click.option("--to", "end", default=None, help="End of the picture.")
@click.option("--width", type=click.IntRange(600, 8000), default=1800, help="Of the picture.")
def show(
    project: Path,
    only: str,
    as_json: bool,
    output: Path | None,
    start: str | None,
    end: str | None,
    width: int,
) -> None:
    """Show PROJECT, or ONLY one scene or role of it."""
    from cyberdirector.timeline.show import outline, text
    from cyberdirector.timeline.store import read_project
    from cyberdirector.timeline.when import parse_frame

    found = read_project(project)
    names = [*(x.id for x in found.scenes), *found.roles()]
    if only and only not in names:
        from cyberdirector.core.errors import InputRefused, Location

        raise InputRefused(
            "nothing-to-show",
            f"没有场景或角色“{only}”；有：{'、'.join(names)}。",
            f"there is no scene or role '{only}'; there are {', '.join(names)}.",
            Location("timeline", path=only),
        )
    if output is not None:
        from cyberdirector.core.files import replacing
        from cyberdirector.timeline._errors import writing
        from cyberdirector.timeline.lane_words import project_language
        from cyberdirector.timeline.show_lanes import draw_lanes

        if output.suffix.lower() != ".png":
            raise click.UsageError(f"-o must end in .png, not “{output.name}”")
        scene = next((x for x in found.scenes if x.id == only), None)
        first = parse_frame(found, start) if start else scene.start if scene else 0
        last = parse_frame(found, end) if end else scene.end if scene else found.frames
        role = "" if scene is not None else only
        told = project_language(project)
        picture = draw_lanes(found, project.stem, first, last, width, role, told)
        with writing(output), replacing(output) as temporary:
            picture.save(temporary, format="png")
        click.echo(str(output))
        return
    if as_json:
        print_json(outline(found))
    else:
        click.echo(text(found, only), nl=False)


def editing(command: Any) -> Any:
    """Add what every edit has: the project, who edits, whether to take over, JSON."""
    for option in (
        click.option("--json", "as_json", is_flag=True, help="Print what was written as JSON."),
        click.option("--take-over", is_flag=True, help="Take the project from another writer."),
        click.option(
            "--author", default=None, help="Who edits (default: CYBERDIRECTOR_AUTHOR)."
        ),
        click.argument("project", type=click.Path(path_type=Path)),
    ):
        command = option(command)
    return command


def author_or_user(author: str | None) -> str:
    """Return who edits: what was said, the environment, or the name of the account."""
    named = author or os.environ.get("CYBERDIRECTOR_AUTHOR")
    try:
        return named or getpass.getuser()
    except (OSError, KeyError):
        return ""


def open_editor(project: Path, author: str | None, take_over: bool) -> Any:
    """Return the editor of a project; tell when somebody lost it."""
    from cyberdirector.timeline.store import Editor

    editor = Editor(project, author_or_user(author), take_over=take_over)
    ousted, zh = editor.folder_lock.ousted, language() == "zh"
    if ousted is not None:
        click.echo(f"已从 {ousted} 接管" if zh else f"took over from {ousted}", err=True)
    if editor.torn:
        click.echo(
            f"日志第 {editor.torn} 条不完整，已丢弃" if zh
            else f"row {editor.torn} of the journal was torn and has been dropped",
            err=True,
        )  # fmt: skip
    return editor


def edit(
    project: Path,
    author: str | None,
    take_over: bool,
    as_json: bool,
    command: str,
    places: tuple[str, ...] = (),
    **args: Any,
) -> None:
    """Make one edit and say what was written; ``places`` names arguments that are frames."""
    from cyberdirector.timeline.when import parse_frame

    with open_editor(project, author, take_over) as editor:
        given = {name: value for name, value in args.items() if value is not None}
        for name in places:
            if name in given:
                given[name] = parse_frame(editor.timeline, given[name])
        entry = editor.run(command, **given)
    tell(entry, as_json)


def tell(entry: Any, as_json: bool) -> None:
    """Print a row of the journal."""
    if as_json:
        print_json(row_of(entry) if entry is not None else {"row": None, "changed": False})
    elif entry is None:
        click.echo("没有变化" if language() == "zh" else "nothing changed")
    else:
        click.echo(line_of(entry))


def row_of(entry: Any) -> dict[str, Any]:
    """Return a row of the journal as plain data."""
    return {
        "row": entry.seq,
        "kind": entry.kind,
        "command": entry.command,
        "args": entry.args,
        "author": entry.author,
        "time": entry.time,
        "of": entry.target or None,
        "about": [touch._asdict() for touch in entry.about],
        "chain": entry.chain,
    }


def line_of(entry: Any) -> str:
    """Return a row of the journal as a line."""
    about = ", ".join(f"{x.kind} {x.name} {x.start}–{x.end}" for x in entry.about[:4])
    more = f" … +{len(entry.about) - 4}" if len(entry.about) > 4 else ""
    what = f"{entry.command} {entry.target}" if entry.target else entry.command
    return f"{entry.seq:>6}  {entry.time}  {entry.author}  {what}  {about}{more}"
