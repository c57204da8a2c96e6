"""The table of commands: a name, a function from one timeline to the next, a sentence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import ConfigDict, ValidationError, validate_call

from cyberdirector.core.errors import InputRefused, Location
from cyberdirector.timeline.commands._edit import Edit
from cyberdirector.timeline.document import Timeline

Make = Callable[..., Timeline]


@dataclass(frozen=True)
class Command:
    """One kind of edit. ``over_locks``: whether it may change what is locked."""

    name: str
    make: Make
    summary: str
    over_locks: bool = False

    def __call__(self, edit: Edit, args: dict[str, Any]) -> Timeline:
        """Return the timeline after the edit.

        Raises
        ------
        InputRefused
            ``edit-refused`` for values of a wrong kind, or what the command says.
        """
        try:
            return self.make(edit, **args)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(x) for x in first["loc"])
            said = f"{where} {str(first['msg']).removeprefix('Value error, ')}".strip()
        except ValueError as error:
            said = str(error)
        track = _track(args)
        raise InputRefused(
            "edit-refused",
            f"{self.name} {track}：{said}。",
            f"{self.name} {track}: {said}.",
            Location("timeline", path=track),
            command=self.name,
            track=track,
        )


def _track(args: dict[str, Any]) -> str:
    """Return what an edit is about, from its arguments."""
    names = ("role", "layer", "clip", "shot", "channel", "line", "frame")
    return "/".join(str(args[name]) for name in names if args.get(name) not in (None, ""))


COMMANDS: dict[str, Command] = {}


def command(name: str, over_locks: bool = False) -> Callable[[Make], Make]:
    """Enter a function into the table; its first line of documentation is the summary."""

    def enter(make: Make) -> Make:
        checked = validate_call(config=ConfigDict(arbitrary_types_allowed=True))(make)
        summary = (make.__doc__ or "").strip().splitlines()[0]
        COMMANDS[name] = Command(name, checked, summary, over_locks)
        return make

    return enter
