"""``cyberdirector timeline layer | weight | mask | key | tangent …``: layers and keys."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from cyberdirector.cli.timeline import edit, editing
from cyberdirector.cli.timeline_clips import Parts, full_channel

COMMANDS: dict[str, click.Command] = {}
_TANGENTS = click.Choice(["step", "linear", "auto", "tcb", "bezier"])


def _enter(command: click.Command) -> click.Command:
    COMMANDS[str(command.name)] = command
    return command


@_enter
@click.command("layer")
@editing
@click.argument("role")
@click.argument("layer")
@click.option("--mode", type=click.Choice(["override", "additive"]), default=None)
@click.option("--mask", type=Parts(), default=None, help="Parts of the body.")
@click.option("--order", type=int, default=None, help="Up over others, or down (negative).")
@click.option("--mute/--unmute", "muted", default=None, help="Switch it off or on.")
@click.option("--drop", is_flag=True, help="Take it away with all that lies on it.")
def layer(
    project: Path, author: Any, take_over: bool, as_json: bool, role: str, layer: str,
    mode: str | None, mask: dict[str, float] | None, order: int | None, muted: bool | None,
    drop: bool,
) -> None:  # fmt: skip
    """Make LAYER of ROLE, or order, mute, change or drop it."""
    where: dict[str, Any] = {"role": role, "layer": layer}
    if drop:
        edit(project, author, take_over, as_json, "drop", **where)
    elif order is not None:
        edit(project, author, take_over, as_json, "order", by=order, **where)
    elif muted is not None:
        edit(project, author, take_over, as_json, "mute", muted=muted, **where)
    else:
        from cyberdirector.timeline.store import read_project

        there = read_project(project).layer(role, layer) is not None
        if there and mode is not None:
            edit(project, author, take_over, as_json, "mode", mode=mode, **where)
        elif there and mask is not None:
            edit(project, author, take_over, as_json, "mask", parts=mask, **where)
        else:
            edit(project, author, take_over, as_json, "layer", mode=mode, mask=mask, **where)


@_enter
@click.command("weight")
@editing
@click.argument("role")
@click.argument("layer")
@click.argument("value", type=float)
@click.option("--at", "frame", default=None, help="A key of the curve at this frame.")
@click.option("--tangent", "ease", type=_TANGENTS, default=None)
def weight(project: Path, author: Any, take_over: bool, as_json: bool, **args: Any) -> None:
    """Set how much LAYER of ROLE counts, 0 … 1, all through or at a frame."""
    edit(project, author, take_over, as_json, "weight", ("frame",), **args)


@_enter
@click.command("mask")
@editing
@click.argument("role")
@click.argument("layer")
@click.argument("parts", type=Parts())
def mask(project: Path, author: Any, take_over: bool, as_json: bool, **args: Any) -> None:
    """Say which PARTS LAYER of ROLE moves: head,armLeft=0.5, upper, body, face, all."""
    edit(project, author, take_over, as_json, "mask", **args)


@_enter
@click.command("key", context_settings={"ignore_unknown_options": True})
@editing
@click.argument("role")
@click.argument("channel")
@click.argument("frame")
@click.argument("value", type=float, nargs=-1, required=True)
@click.option("--layer", default=None, help="Layer (default: hand, additive).")
@click.option("--tangent", "ease", type=_TANGENTS, default=None)
@click.option("--fade", type=click.IntRange(0), default=None,
              help="Frames before and after it at which the change is nothing.")  # fmt: skip
def key(
    project: Path, author: Any, take_over: bool, as_json: bool, channel: str,
    value: tuple[float, ...], **args: Any,
) -> None:  # fmt: skip
    """Set a key: bone:head takes yaw, pitch and roll in degrees; root metres; shapes 0 … 1.

    A bare name is a bone or an ARKit shape: head, mouthSmileLeft.
    """
    edit(
        project, author, take_over, as_json, "key", ("frame",), channel=full_channel(channel),
        value=list(value), **args,
    )  # fmt: skip


@_enter
@click.command("unkey")
@editing
@click.argument("role")
@click.argument("layer")
@click.argument("channel")
@click.argument("frame")
@click.option("--to", "end", default=None, help="All keys up to here.")
def unkey(
    project: Path, author: Any, take_over: bool, as_json: bool, channel: str, **args: Any
) -> None:
    """Remove the key at FRAME, or all keys from FRAME on --to another."""
    edit(
        project, author, take_over, as_json, "unkey", ("frame", "end"),
        channel=full_channel(channel), **args,
    )  # fmt: skip


@_enter
@click.command("shift", context_settings={"ignore_unknown_options": True})
@editing
@click.argument("role")
@click.argument("layer")
@click.argument("channel")
@click.argument("start")
@click.argument("end")
@click.argument("by", type=int)
def shift(
    project: Path, author: Any, take_over: bool, as_json: bool, channel: str, **args: Any
) -> None:
    """Move the keys of frames START to END by BY frames."""
    edit(
        project, author, take_over, as_json, "shift", ("start", "end"),
        channel=full_channel(channel), **args,
    )  # fmt: skip


@_enter
@click.command("tangent")
@editing
@click.argument("role")
@click.argument("layer")
@click.argument("channel")
@click.argument("frame")
@click.argument("ease", type=_TANGENTS)
@click.option("--tcb", type=float, nargs=3, default=None, help="Tension, continuity, bias.")
@click.option("--arriving", default=None, help="Bézier handle: frames,value,… (frames < 0).")
@click.option("--leaving", default=None, help="Bézier handle: frames,value,…")
def tangent(
    project: Path, author: Any, take_over: bool, as_json: bool, channel: str,
    arriving: str | None, leaving: str | None, **args: Any,
) -> None:  # fmt: skip
    """Say how the curve passes the key at FRAME."""
    edit(
        project, author, take_over, as_json, "tangent", ("frame",),
        channel=full_channel(channel), arriving=_numbers(arriving), leaving=_numbers(leaving),
        **args,
    )  # fmt: skip


def _numbers(text: str | None) -> list[float] | None:
    try:
        return None if text is None else [float(x) for x in text.split(",")]
    except ValueError:
        raise click.UsageError(f"“{text}” is not like -6,0,12") from None
