"""``cyberdirector timeline shot | camera | light | set | reframe | nest``: what is seen."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from cyberdirector.cli.timeline import edit, editing

COMMANDS: dict[str, click.Command] = {}


def _enter(command: click.Command) -> click.Command:
    COMMANDS[str(command.name)] = command
    return command


@_enter
@click.command("shot")
@editing
@click.argument("shot")
@click.option("--start", default=None, help="Move the cut at its start.")
@click.option("--end", default=None, help="Move the cut at its end.")
@click.option("--cut", default=None, help="Cut it in two at this frame.")
@click.option("--join", is_flag=True, help="Join it with the next shot.")
def shot(
    project: Path, author: Any, take_over: bool, as_json: bool, shot: str, start: str | None,
    end: str | None, cut: str | None, join: bool,
) -> None:  # fmt: skip
    """Move the cuts of SHOT, cut it in two, or join it with the next."""
    if join:
        edit(project, author, take_over, as_json, "join", shot=shot)
    elif cut is not None:
        edit(project, author, take_over, as_json, "cut", ("at",), shot=shot, at=cut)
    else:
        edit(
            project, author, take_over, as_json, "shot", ("start", "end"), shot=shot,
            start=start, end=end,
        )  # fmt: skip


@_enter
@click.command("camera")
@editing
@click.argument("shot")
@click.option("--at", "frame", type=int, default=None, help="Frame of the shot (default 0).")
@click.option("--eye", type=float, nargs=3, default=None, help="Where it stands, metres.")
@click.option("--target", type=float, nargs=3, default=None, help="What it looks at, metres.")
@click.option("--fov", type=float, default=None, help="Vertical field of view, degrees.")
@click.option("--roll", type=float, default=None, help="Degrees.")
@click.option("--ease", type=click.Choice(["step", "linear", "in", "out", "inout"]),
              default=None, help="How it moves on from this key.")  # fmt: skip
@click.option("--lens", type=float, default=None, help="Field of view of all its keys.")
@click.option("--remove", is_flag=True, help="Remove the key.")
def camera(
    project: Path, author: Any, take_over: bool, as_json: bool, shot: str, lens: float | None,
    **args: Any,
) -> None:  # fmt: skip
    """Set a key of SHOT's camera, or its lens all through."""
    if lens is not None:
        edit(project, author, take_over, as_json, "lens", shot=shot, fov=lens)
    else:
        edit(project, author, take_over, as_json, "camera", shot=shot, **args)


@_enter
@click.command("light")
@editing
@click.option("--shot", default=None, help="A shot.")
@click.option("--scene", default=None, help="A scene.")
@click.option("--start", default=None, help="From this frame.")
@click.option("--end", default=None, help="To this frame.")
@click.option("--preset", default=None, help="Preset of the set: day, dusk, night, rain …")
@click.option("--value", "values", multiple=True, metavar="NAME=JSON",
              help="bloom=0.4, key_color=[1,0.8,0.6], grade=[0.2,1,1,0.1] …")  # fmt: skip
@click.option("--remove", default=None, help="Take this light item away.")
def light(
    project: Path, author: Any, take_over: bool, as_json: bool, values: tuple[str, ...],
    **args: Any,
) -> None:  # fmt: skip
    """Light a shot by another preset, or a span by a preset and values of the rig."""
    rows: dict[str, Any] = {}
    for value in values:
        name, _, plain = value.partition("=")
        try:
            rows[name] = json.loads(plain)
        except ValueError:
            rows[name] = plain
    edit(
        project, author, take_over, as_json, "light", ("start", "end"), values=rows or None,
        **args,
    )  # fmt: skip


@_enter
@click.command("set")
@editing
@click.argument("scene")
@click.argument("name", default="")
@click.option("--start", default=None, help="From this frame.")
@click.option("--end", default=None, help="To this frame.")
@click.option("--remove", default=None, help="Take this set item away.")
def set_(
    project: Path, author: Any, take_over: bool, as_json: bool, name: str, **args: Any
) -> None:
    """Play SCENE, or a span of it, in the set NAME (sets/NAME.glb)."""
    edit(project, author, take_over, as_json, "set", ("start", "end"), set=name, **args)


@_enter
@click.command("reframe")
@editing
@click.argument("shot")
@click.argument("ratio")
@click.option("--at", "frame", type=int, default=None, help="Frame of the shot (default 0).")
@click.option("--x", type=float, default=None, help="Right, halves of the picture's height.")
@click.option("--y", type=float, default=None, help="Up, halves of the picture's height.")
@click.option("--zoom", type=float, default=None, help="2 shows half as much.")
@click.option("--remove", is_flag=True, help="Remove the key.")
def reframe(project: Path, author: Any, take_over: bool, as_json: bool, **args: Any) -> None:
    """Frame SHOT for RATIO: 9:16, 16:9, 1:1 or 2.39:1."""
    edit(project, author, take_over, as_json, "reframe", **args)


@_enter
@click.command("nest")
@editing
@click.option("--scene", default=None, help="The scene around.")
@click.option("--source", default=None, help="The scene that is shown in it.")
@click.option("--start", default=None, help="From this frame.")
@click.option("--end", default=None, help="To this frame.")
@click.option("--offset", type=int, default=None, help="First frame of the source.")
@click.option("--remove", default=None, help="Take this nested scene away.")
def nest(project: Path, author: Any, take_over: bool, as_json: bool, **args: Any) -> None:
    """Show a span of one scene inside another: a memory, a dream."""
    edit(project, author, take_over, as_json, "nest", ("start", "end"), **args)
