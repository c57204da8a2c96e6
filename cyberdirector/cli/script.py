"""``cyberdirector script``: look at a screenplay before anything is made of it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cyberdirector.cli import language
from cyberdirector.core.errors import CyberDirectorError, ExitCode

if TYPE_CHECKING:
    from cyberdirector.script import ParseResult


def _summary(result: ParseResult, spoken: str) -> dict[str, Any]:
    episode = result.episode
    return {
        "title": episode.title,
        "number": episode.number,
        "language": episode.language,
        "scenes": len(episode.scenes),
        "lines": len(episode.lines()),
        "actions": sum(b.kind == "action" for s in episode.scenes for b in s.beats),
        "captions": sum(b.kind == "caption" for s in episode.scenes for b in s.beats),
        "characters": sum(len(line.text) for line in episode.lines()),
        "roles": list(episode.speakers()),
        "problems": [p.as_dict(spoken) for p in result.problems],
    }


def _print(path: Path, found: dict[str, Any], spoken: str) -> None:
    roles = "、".join(found["roles"]) if spoken == "zh" else ", ".join(found["roles"])
    if spoken == "zh":
        click.echo(
            f"《{found['title']}》：{found['scenes']} 场，{found['lines']} 句台词，"
            f"{found['actions']} 个动作，{found['captions']} 条字幕；角色：{roles}"
        )
    else:
        click.echo(
            f"“{found['title']}”: {found['scenes']} scenes, {found['lines']} lines, "
            f"{found['actions']} actions, {found['captions']} captions; roles: {roles}"
        )
    for p in found["problems"]:
        click.echo(f"{path}:{p['line']}:{p['column']}: [{p['code']}] {p['message']}")
    if not found["problems"]:
        click.echo("没有发现问题。" if spoken == "zh" else "No problems found.")


@click.group()
def script() -> None:
    """Check screenplays (剧本 or Fountain)."""


@script.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print counts and problems as JSON.")
def check(file: Path, as_json: bool) -> None:
    """Read FILE and print its counts and what is doubtful in it.

    Exit status: 0 when it can be produced (warnings allowed), 3 when it is refused.
    """
    from cyberdirector.script import parse_script

    spoken = language()
    try:
        found = _summary(parse_script(file), spoken)
    except CyberDirectorError as error:
        if as_json:
            problem = {**error.as_dict(), "severity": "error", "message": error.text(spoken)}
            empty: dict[str, Any] = {"scenes": 0, "lines": 0, "roles": []}
            click.echo(json.dumps({**empty, "problems": [problem]}, ensure_ascii=False))
        click.echo(error.text(spoken), err=True)
        sys.exit(error.exit_code)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
    else:
        _print(file, found, spoken)
    sys.exit(ExitCode.OK)
