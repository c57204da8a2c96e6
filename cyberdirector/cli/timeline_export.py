"""``cyberdirector timeline export``: the edited timeline for other programs."""

from __future__ import annotations

from pathlib import Path

import click

from cyberdirector.cli import print_json


@click.command("export")
@click.argument("project", type=click.Path(path_type=Path))
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), required=True,
    help="cut.otio, .fcpxml, .edl, .srt, role.vrma, scene.glb.",
)  # fmt: skip
@click.option("--role", default="", help="Whose motion (.vrma).")
@click.option("--scene", default="", help="Which scene (.glb).")
@click.option("--json", "as_json", is_flag=True, help="Print what was written as JSON.")
def export(project: Path, output: Path, role: str, scene: str, as_json: bool) -> None:
    """Write PROJECT's cuts, subtitles, the motion of a role or a whole scene."""
    from cyberdirector.stages.timeline_export import export_timeline

    written = export_timeline(project, output, role, scene)
    if as_json:
        print_json({"output": str(written), "bytes": written.stat().st_size})
    else:
        click.echo(str(written))


COMMANDS = {"export": export}
