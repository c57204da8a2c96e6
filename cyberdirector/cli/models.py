"""``cyberdirector models``: list, pull and verify the models."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import asdict

import click

from cyberdirector.core.errors import ExitCode

_STATES = {
    "ready": ("green", "就绪"),
    "missing": ("yellow", "缺少"),
    "damaged": ("red", "损坏"),
}


@click.group(help="List, pull and verify models. 列出、下载、校验模型。")
def models() -> None:
    """Group of the model commands."""


def _print_rows(rows: Iterable[object], as_json: bool) -> None:
    from cyberdirector.modelstore import ModelStatus

    found = [row for row in rows if isinstance(row, ModelStatus)]
    if as_json:
        click.echo(json.dumps([asdict(row) for row in found], ensure_ascii=False, indent=2))
        return
    from rich.console import Console
    from rich.table import Table

    from cyberdirector.cli import language

    zh = language() == "zh"
    titles = ("模型", "状态", "MB", "许可", "用途")
    table = Table(box=None, pad_edge=False)
    for title in titles if zh else ("model", "state", "MB", "licence", "purpose"):
        table.add_column(title, justify="right" if title == "MB" else "left")
    for row in found:
        colour, text = _STATES[row.state]
        state = text if zh else row.state
        purpose = row.purpose["zh" if zh else "en"]
        megabytes = f"{row.size / 1e6:.1f}"
        table.add_row(row.name, f"[{colour}]{state}[/]", megabytes, row.licence, purpose)
    Console().print(table)


@models.command("list", help="Show every model and its state. 列出所有模型。")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")
def list_models(as_json: bool) -> None:
    """Print the state of every model."""
    from cyberdirector.modelstore import status

    _print_rows(status(), as_json)


@models.command(help="Bring models onto this machine (all when none is named). 下载模型。")
@click.argument("names", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")
def pull(names: tuple[str, ...], as_json: bool) -> None:
    """Download what is missing, with a progress bar."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        Progress,
        TaskID,
        TextColumn,
        TimeElapsedColumn,
    )

    from cyberdirector import modelstore

    console = Console(stderr=True)
    tasks: dict[str, TaskID] = {}
    columns = (
        TextColumn("{task.description:<18}"),
        BarColumn(),
        DownloadColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, disable=as_json) as bars:

        def report(name: str, here: int, total: int) -> None:
            if name not in tasks:
                tasks[name] = bars.add_task(name, total=total)
            bars.update(tasks[name], completed=here, total=total)

        replaced = modelstore.pull(names or None, report)
    if as_json:
        rows = [asdict(r) for r in modelstore.status() if not names or r.name in names]
        click.echo(json.dumps({"replaced": replaced, "models": rows}, ensure_ascii=False))
        return
    for name in replaced:
        fallback = modelstore.model(name).fallback
        console.print(
            f"[yellow]{name}: 无法取得，改用 {fallback} · not reachable, "
            f"{fallback} is used instead[/]"
        )
    console.print("[green]模型就绪 · models are ready[/]")


@models.command(help="Read every file whole and compare its hash. 逐字节校验。")
@click.argument("names", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")
def verify(names: tuple[str, ...], as_json: bool) -> None:
    """Exit with 1 when a file is damaged and 4 when one is missing."""
    from cyberdirector.modelstore import manifest
    from cyberdirector.modelstore import verify as check

    rows = check(names or None)
    _print_rows(rows, as_json)
    states = {row.name: row.state for row in rows}
    if "damaged" in states.values():
        sys.exit(ExitCode.CHECK_FAILED)
    entries = manifest()
    for name, state in states.items():
        stand_in = states.get(entries[name].fallback) == "ready" or entries[name].on_demand
        if state == "missing" and (names or not stand_in):
            sys.exit(ExitCode.MISSING)
