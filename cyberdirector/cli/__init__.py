"""The command line: one file per command, loaded only when it is called."""

from __future__ import annotations

import importlib
import json
import os
import sys
from typing import Any

import click

from cyberdirector import __version__
from cyberdirector.core.errors import CyberDirectorError, ExitCode

_COMMANDS = {
    "produce": "Make a finished episode from a screenplay.",
    "render": "Draw frames of a project, a shot, a character or a set.",
    "character": "Make, show and check characters: from words, from a recipe.",
    "script": "Check a screenplay and see what was understood.",
    "timeline": "See and edit the timeline: layers, clips, keys, cameras, takes, locks.",
    "perform": "Let a character say a line, or perform a scene: voice, face and body.",
    "capture": "Turn a video of a person into a take: body, hands and face.",
    "motion": "Convert, retarget and check motion; the library of moves.",
    "voice": "Speak a line; list the voices.",
    "models": "List, fetch and verify the model files.",
    "doctor": "Show what this machine has and what is missing.",
}


class _LazyGroup(click.Group):
    """A group that imports the file of a command only to run it or to show its help."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order in which a newcomer needs them."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import ``cyberdirector.cli.<name>`` and return its command."""
        if cmd_name not in _COMMANDS:
            return None
        module = importlib.import_module(f"cyberdirector.cli.{cmd_name}")
        command: click.Command = getattr(module, cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="cyberdirector")
def cyberdirector() -> None:
    """Turn a screenplay into a finished 3D animated episode (从剧本到成片)."""


def language() -> str:
    """Return ``zh`` when this user's locale is Chinese, else ``en``."""
    for name in ("CYBERDIRECTOR_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"


def print_json(data: Any) -> None:
    """Write ``data`` as JSON to standard output (Chinese kept readable)."""
    click.echo(json.dumps(data, ensure_ascii=False, indent=2))


def main() -> None:
    """Run the command line and turn typed errors into one sentence and an exit code."""
    # Threads that spin take the other core from the rasterizer.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    try:
        cyberdirector(standalone_mode=False)
    except CyberDirectorError as error:
        if "--json" in sys.argv:
            print_json({"ok": False, "error": error.as_dict()})
        click.echo(error.text(language()), err=True)
        sys.exit(error.exit_code)
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(ExitCode.USAGE)
    except (KeyboardInterrupt, click.Abort):
        zh = language() == "zh"
        click.echo(
            "已中断；再次运行会从这里继续。"
            if zh
            else "Interrupted; run it again to go on from here.",
            err=True,
        )
        sys.exit(ExitCode.INTERRUPTED)
