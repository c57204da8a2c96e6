"""``cyberdirector character rig``: any static humanoid mesh becomes a VRM."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import click

from cyberdirector.cli import language, print_json


@click.command("rig")
@click.argument("mesh", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), help="The VRM to write.")
@click.option(
    "--markers", type=click.Path(path_type=Path), help="JSON of joints that you set by hand."
)
@click.option(
    "--height", type=click.FloatRange(0.2, 4.0), help="Metres (default: that of the file)."
)
@click.option(
    "--head",
    type=click.Choice(["keep", "swap"]),
    default="keep",
    help="swap: a head of ours that can blink and talk.",
)
@click.option("--author", "authors", multiple=True, help="Who made the mesh.")
@click.option("--licence", default="", help="Name of the mesh's licence.")
@click.option("--commercial", is_flag=True, help="Refuse meshes that may not be sold.")
@click.option("--seed", type=click.IntRange(0, 2**53), default=0, help="Of the sampling.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def rig(
    mesh: Path,
    output: Path | None,
    markers: Path | None,
    height: float | None,
    head: str,
    authors: tuple[str, ...],
    licence: str,
    commercial: bool,
    seed: int,
    as_json: bool,
) -> None:
    """Rig MESH (.glb, .gltf, .vrm, .obj): skeleton, skin weights, and a face where it can."""
    from cyberdirector.formats import write_vrm
    from cyberdirector.rig import RigOptions, load_statue, read_markers, rig_report, rig_statue
    from cyberdirector.rig.licence import Licence, check_commercial

    start = time.perf_counter()
    given = read_markers(markers) if markers else {}
    known = Licence(name=licence, authors=authors) if licence or authors else None
    options = RigOptions(markers=given, height=height, seed=seed, head=head)
    rigged = rig_statue(load_statue(mesh), options, known)
    if commercial:
        check_commercial(rigged.character.meta, str(mesh))
    path = output or mesh.with_suffix(".vrm").with_stem(f"{mesh.stem}-rigged")
    report = rig_report(rigged)
    rigged.character.extras["rig"] = {k: report[k] for k in ("unit", "stance", "face", "notes")}
    write_vrm(path, rigged.character)
    report |= {
        "ok": True,
        "output": str(path),
        "seconds": round(time.perf_counter() - start, 2),
    }
    if as_json:
        print_json(report)
    else:
        _tell(report)


def _tell(report: dict[str, Any]) -> None:
    zh = language() == "zh"
    kind = {"t": "T", "a": "A", "down": "垂臂" if zh else "arms down"}[report["stance"]["kind"]]
    worst = max(t["stretch_p99"] for t in report["trials"].values())
    click.echo(
        f"{report['output']}：{kind} 姿势，身高 {report['height']:.2f} 米，"
        f"最大拉伸 {worst:.2f}，用时 {report['seconds']:.1f} 秒"
        if zh
        else f"{report['output']}: stance {kind}, {report['height']:.2f} m tall, "
        f"stretch {worst:.2f} at most, {report['seconds']:.1f} s"
    )
    for name, trial in report["trials"].items():
        if trial["flagged"]:
            share = 100.0 * trial["stretched_edges"]
            click.echo(
                f"! {name}：{share:.1f}% 的边拉伸过大"
                if zh
                else f"! {name}: {share:.1f}% of the edges stretch too far"
            )
    for note in report["notes"]:
        click.echo(f"· {note['zh' if zh else 'en']}")
