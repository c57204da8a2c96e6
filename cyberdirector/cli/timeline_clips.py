"""``cyberdirector timeline add | move | trim | split …``: motion placed on layers."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any, ClassVar

import click

from cyberdirector.cli.timeline import edit, editing

COMMANDS: dict[str, click.Command] = {}


def _enter(command: click.Command) -> click.Command:
    COMMANDS[str(command.name)] = command
    return command


class Parts(click.ParamType):  # type: ignore[type-arg]
    """``head,armLeft=0.5``, or ``body`` (all but the face) and ``face``."""

    name = "PARTS"

    _WORDS: ClassVar = {
        "body": ("root", "legs", "torso", "armLeft", "armRight", "handLeft", "handRight",
                 "head"),
        "upper": ("torso", "armLeft", "armRight", "handLeft", "handRight", "head"),
        "arms": ("armLeft", "armRight"),
        "hands": ("handLeft", "handRight"),
        "face": ("upperFace", "mouth", "gaze"),
        "all": (),
    }  # fmt: skip

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> dict[str, float]:
        """Return part → share."""
        out: dict[str, float] = {}
        for word in str(value).split(","):
            part, _, share = word.strip().partition("=")
            try:
                amount = float(share) if share else 1.0
            except ValueError:
                self.fail(f"“{word}” is not like head or armLeft=0.5")
            if part:
                out |= dict.fromkeys(self._WORDS.get(part, (part,)), amount)
        return out


def full_channel(name: str) -> str:
    """Return the channel of a bare bone or shape name."""
    from cyberdirector.core.face import ARKIT_NAMES
    from cyberdirector.core.skeleton import BONE_INDEX

    if name in BONE_INDEX:
        return f"bone:{name}"
    return f"weight:{name}" if name in ARKIT_NAMES else name


def adopt(project: Path, file: str) -> str:
    """Return the path of a motion file inside the project; one from outside is copied in."""
    path, root = Path(file), project.resolve()
    if not path.is_absolute() and (project / path).is_file():
        return file
    if path.resolve().is_relative_to(root):
        return path.resolve().relative_to(root).as_posix()
    if not path.is_file():
        return file
    folder = project / "clips"
    folder.mkdir(exist_ok=True)
    target, number = folder / path.name, 1
    while target.exists() and target.read_bytes() != path.read_bytes():
        number += 1
        target = folder / f"{path.stem}-{number}{path.suffix}"
    if not target.exists():
        shutil.copyfile(path, target)
    return f"clips/{target.name}"


@_enter
@click.command("add")
@editing
@click.argument("role")
@click.argument("file")
@click.option("--at", default="0", help="First frame.")
@click.option("--layer", default="capture", show_default=True, help="Layer it lies on.")
@click.option("--offset", type=float, default=None, help="First frame of the file.")
@click.option("--frames", type=int, default=None, help="Length (default: all of the file).")
@click.option("--blend", type=click.IntRange(0), default=None, help="Cross-fade, frames.")
@click.option("--mask", type=Parts(), default=None, help="head,armLeft=0.5, upper, body, face.")
@click.option("--mode", type=click.Choice(["override", "additive"]), default=None)
@click.option("--free", is_flag=True, help="Leave it where the file has it in the world.")
@click.option("--name", "clip", default=None, help="Name of the clip.")
def add(project: Path, author: Any, take_over: bool, as_json: bool, role: str, file: str,
        at: str, free: bool, **args: Any) -> None:  # fmt: skip
    """Place motion of FILE (.vrma) on a layer of ROLE."""
    edit(
        project, author, take_over, as_json, "add", ("at",),
        role=role, file=adopt(project, file), at=at, align=not free, **args,
    )  # fmt: skip


@_enter
@click.command("move")
@editing
@click.argument("clip")
@click.option("--by", type=int, default=None, help="Frames later (or earlier, negative).")
@click.option("--to", default=None, help="New first frame.")
@click.option("--layer", default=None, help="Another layer of the role.")
def move(project: Path, author: Any, take_over: bool, as_json: bool, **args: Any) -> None:
    """Move CLIP in time, or to another layer."""
    edit(project, author, take_over, as_json, "move", ("to",), **args)


@_enter
@click.command("trim")
@editing
@click.argument("clip")
@click.option("--start", default=None, help="New first frame.")
@click.option("--end", default=None, help="New end.")
def trim(project: Path, author: Any, take_over: bool, as_json: bool, **args: Any) -> None:
    """Give CLIP another start or end; what it shows at a frame stays."""
    edit(project, author, take_over, as_json, "trim", ("start", "end"), **args)


@_enter
@click.command("split")
@editing
@click.argument("clip")
@click.argument("at")
def split(project: Path, author: Any, take_over: bool, as_json: bool, **args: Any) -> None:
    """Cut CLIP in two at a frame."""
    edit(project, author, take_over, as_json, "split", ("at",), **args)


@_enter
@click.command("blend")
@editing
@click.argument("clip")
@click.option("--in", "into", type=int, default=None, help="Frames over which it comes in.")
@click.option("--out", type=int, default=None, help="Frames over which it goes out.")
def blend(project: Path, author: Any, take_over: bool, as_json: bool, **args: Any) -> None:
    """Set the cross-fades of CLIP."""
    edit(project, author, take_over, as_json, "blend", **args)


@_enter
@click.command("remove")
@editing
@click.argument("clip")
def remove(project: Path, author: Any, take_over: bool, as_json: bool, clip: str) -> None:
    """Take CLIP off its layer; the file stays."""
    edit(project, author, take_over, as_json, "remove", clip=clip)


def _keyed(command: Any) -> Any:
    """Add what narrows an operator down that works on the keys of a layer."""
    for option in (
        click.option("--channel", default=None, help="Keys: only these, bone:head …"),
        click.option("--end", default=None, help="Keys: up to this frame."),
        click.option("--start", default=None, help="Keys: from this frame on."),
    ):
        command = option(command)
    return command


def _operate(
    project: Path, author: Any, take_over: bool, as_json: bool, command: str, target: str,
    only: dict[str, Any], **args: Any,
) -> None:  # fmt: skip
    """Run an operator on a clip, or on the keys of a layer (``ROLE/LAYER``)."""
    role, slash, layer = target.rpartition("/")
    given = {name: value for name, value in only.items() if value is not None}
    if not slash:
        if given:
            raise click.UsageError(f"--{min(given)} is for keys; name them as ROLE/LAYER")
        edit(project, author, take_over, as_json, command, clip=target, **args)
        return
    if args.pop("off", None) or args.pop("reset", None):
        raise click.UsageError("what was done to keys is taken back by undo")
    if "channel" in given:
        given["channel"] = full_channel(given["channel"])
    edit(
        project, author, take_over, as_json, f"{command}-keys", ("start", "end"), role=role,
        layer=layer, **given, **args,
    )  # fmt: skip


@_enter
@click.command("smooth")
@editing
@click.argument("target", metavar="CLIP|ROLE/LAYER")
@click.option("--strength", type=float, default=None, help="0 … 1 (default 0.5).")
@_keyed
@click.option("--off", is_flag=True, help="Take it off a clip again.")
def smooth(
    project: Path, author: Any, take_over: bool, as_json: bool, target: str,
    strength: float | None, off: bool, **only: Any,
) -> None:  # fmt: skip
    """Calm the jitter of a clip, or the keys of a layer."""
    _operate(
        project, author, take_over, as_json, "smooth", target, only, strength=strength, off=off
    )


@_enter
@click.command("mirror")
@editing
@click.argument("target", metavar="CLIP|ROLE/LAYER")
@click.option("--start", default=None, help="Keys: from this frame on.")
@click.option("--end", default=None, help="Keys: up to this frame.")
@click.option("--off", is_flag=True, help="Take it off a clip again.")
def mirror(
    project: Path, author: Any, take_over: bool, as_json: bool, target: str, off: bool,
    **only: Any,
) -> None:  # fmt: skip
    """Swap left and right in a clip, or in the keys of a layer."""
    _operate(project, author, take_over, as_json, "mirror", target, only, off=off)


@_enter
@click.command("footlock")
@editing
@click.argument("clip")
@click.option("--strength", type=float, default=None, help="0 … 1 (default 1).")
@click.option("--off", is_flag=True, help="Take it away again.")
def footlock(project: Path, author: Any, take_over: bool, as_json: bool, **args: Any) -> None:
    """Hold the planted feet of CLIP still and out of the floor."""
    edit(project, author, take_over, as_json, "footlock", **args)


@_enter
@click.command("retime")
@editing
@click.argument("target", metavar="CLIP|ROLE/LAYER")
@click.option("--speed", type=float, default=None, help="2 plays twice as fast.")
@click.option("--pin", "pins", multiple=True, metavar="NOW=WANTED", help="Move a moment.")
@_keyed
@click.option("--reset", is_flag=True, help="A clip back to the speed of its file.")
def retime(
    project: Path, author: Any, take_over: bool, as_json: bool, target: str,
    speed: float | None, pins: tuple[str, ...], reset: bool, **only: Any,
) -> None:  # fmt: skip
    """Play a clip or keys faster or slower, or pin moments to other frames (beats)."""
    rows = []
    for pin in pins:
        now, _, wanted = pin.partition("=")
        try:
            rows.append((int(now), int(wanted)))
        except ValueError:
            raise click.UsageError(f"--pin {pin} is not like 120=132") from None
    _operate(
        project, author, take_over, as_json, "retime", target, only, speed=speed,
        pins=rows or None, reset=reset,
    )  # fmt: skip


@_enter
@click.command("reduce")
@editing
@click.argument("clip")
@click.option("--mm", type=float, default=None, help="How far hands, feet and head may be off.")
@click.option("--degrees", type=float, default=None, help="How far they may be turned.")
@click.option("--layer", default=None, help="Name of the layer with the keys.")
@click.option("--no-face", is_flag=True, help="Leave the face out.")
@click.option("--fewest", is_flag=True, help="As few keys as can be found; takes longer.")
def reduce(
    project: Path, author: Any, take_over: bool, as_json: bool, no_face: bool, **args: Any
) -> None:
    """Turn the dense motion of CLIP into few keys on a layer over it."""
    edit(project, author, take_over, as_json, "reduce", face=not no_face, **args)
