"""``cyberdirector character``: recipes, characters, sheets, checks."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import click

from cyberdirector.cli import language, print_json
from cyberdirector.cli.character_create import create
from cyberdirector.cli.character_rig import rig

STYLES = ("cel", "guoman", "ink", "comic")


@click.group()
def character() -> None:
    """Make, look at and check characters."""


character.add_command(create)
character.add_command(rig)


def _say(zh: str, en: str, **rest: Any) -> None:
    click.echo(zh if language() == "zh" else en, **rest)


@character.command("compile")
@click.argument("recipe", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), help="The VRM to write.")
@click.option("--seed", type=click.IntRange(0, 2**53), default=0, help="Of hair and cloth.")
@click.option("--json", "as_json", is_flag=True, help="Print what was made as JSON.")
def compile_command(recipe: Path, output: Path | None, seed: int, as_json: bool) -> None:
    """Compile RECIPE (a YAML file, or the id of a shipped character) into a VRM."""
    from cyberdirector.character import recipe_names, shipped_recipe
    from cyberdirector.character.recipe import load_recipe

    shipped = not recipe.suffix and str(recipe) in recipe_names()
    found = shipped_recipe(str(recipe)) if shipped else load_recipe(recipe)
    made = write_character(found, output or Path(f"{found.id}.vrm"), seed)
    if as_json:
        print_json(made)
        return
    tell_made(made)


def write_character(recipe: Any, path: Path, seed: int, origin: Any = None) -> dict[str, Any]:
    """Compile a recipe into a file and return what there is to say of it.

    ``origin`` is the :class:`~cyberdirector.character.provenance.Provenance` to keep in it.
    """
    from cyberdirector.character import compile_character
    from cyberdirector.formats import write_vrm

    start = time.perf_counter()
    figure = compile_character(recipe, seed, origin)
    write_vrm(path, figure)
    return {
        "ok": True,
        "output": str(path),
        "id": recipe.id,
        "name": recipe.name.zh,
        "seconds": round(time.perf_counter() - start, 2),
        "triangles": sum(len(p.triangles) for p in figure.parts),
        "draw_calls": len(figure.parts),
        "bytes": path.stat().st_size,
    }


def tell_made(made: dict[str, Any]) -> None:
    """Say in one line what was written."""
    size = made["bytes"] / 1e6
    _say(
        f"{made['output']}：{made['name']}，{made['triangles']} 个三角形，{size:.1f} MB，"
        f"用时 {made['seconds']:.1f} 秒",
        f"{made['output']}: {made['name']}, {made['triangles']} triangles, {size:.1f} MB, "
        f"{made['seconds']:.1f} s",
    )


@character.command()
@click.argument("source", type=click.Path(path_type=Path))
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="The card, a PNG (default: beside)."
)
@click.option("--expressions", is_flag=True, help="Also the page of faces: <card>-expressions.")
@click.option("--poses", is_flag=True, help="Also the page of poses: <card>-poses.")
@click.option("--turntable", type=click.Path(path_type=Path), help="Also one turn, an MP4.")
@click.option("--style", type=click.Choice(STYLES), default="cel", help="The look.")
@click.option("--json", "as_json", is_flag=True, help="Print what was drawn as JSON.")
def show(
    source: Path,
    output: Path | None,
    expressions: bool,
    poses: bool,
    turntable: Path | None,
    style: str,
    as_json: bool,
) -> None:
    """Draw the card of SOURCE: a .vrm, a recipe (.yaml), or the id of a shipped character."""
    from cyberdirector.render.still import save_image
    from cyberdirector.review.pages import expression_page, pose_page
    from cyberdirector.review.sheet import write_card
    from cyberdirector.review.turntable import write_turntable

    figure = _figure(source)
    card = output or Path(f"{source.stem}-card.png")
    made = {"card": str(write_card(figure, card, style))}
    for wanted, kind, page in (
        (expressions, "expressions", expression_page),
        (poses, "poses", pose_page),
    ):
        if wanted:
            path = card.with_name(f"{card.stem}-{kind}.png")
            made[kind] = str(save_image(page(figure, style), path))
    if turntable is not None:
        from cyberdirector.cli.progress import RichProgress
        from cyberdirector.core.progress import SilentProgress

        if as_json and not sys.stderr.isatty():
            write_turntable(figure, turntable, style=style, progress=SilentProgress())
        else:
            with RichProgress() as bars:
                write_turntable(figure, turntable, style=style, progress=bars)
        made["turntable"] = str(turntable)
    if as_json:
        print_json({"ok": True, **made})
        return
    for name in made.values():
        click.echo(name)


def _figure(source: Path) -> Any:
    """Return the character of a VRM, a recipe file or a shipped id."""
    from cyberdirector.character import compile_character, recipe_names, shipped_recipe
    from cyberdirector.character.recipe import load_recipe
    from cyberdirector.core.errors import InputRefused, Location
    from cyberdirector.core.model import Character
    from cyberdirector.render import load_model

    if not source.suffix and str(source) in recipe_names():
        return compile_character(shipped_recipe(str(source)))
    if source.suffix.lower() in (".yaml", ".yml"):
        return compile_character(load_recipe(source))
    model = load_model(source)
    if isinstance(model, Character):
        return model
    raise InputRefused(
        "model-no-character",
        "文件里没有 VRM 人形角色；请给出 .vrm 或角色配方 .yaml。",
        "The file has no VRM humanoid; give a .vrm or a recipe (.yaml).",
        Location(str(source)),
    )


@character.command()
@click.argument("source", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print findings and figures as JSON.")
def check(source: Path, as_json: bool) -> None:
    """Check SOURCE (.vrm): rules of VRM 1.0, budgets, weights, faces, springs, glTF."""
    from cyberdirector.core.errors import ExitCode
    from cyberdirector.review import check_file

    report = check_file(source)
    if as_json:
        print_json(report.as_dict())
    else:
        zh = language() == "zh"
        marks = {"error": "✗", "warning": "!", "info": "·"}
        for finding in report.findings:
            where = f" ({finding.where})" if finding.where else ""
            text = finding.zh if zh else finding.en
            click.echo(f"{marks[finding.level]} [{finding.code}]{where} {text}")
        figures = report.figures
        if "triangles" in figures:
            _say(
                f"{figures['triangles']} 个三角形，{figures['draw_calls']} 次绘制，"
                f"{figures['joints']} 个关节，{figures['shapes']} 个表情形状",
                f"{figures['triangles']} triangles, {figures['draw_calls']} draw calls, "
                f"{figures['joints']} joints, {figures['shapes']} shapes",
            )
        errors, warnings = report.count("error"), report.count("warning")
        _say(
            f"{source}：{errors} 个错误，{warnings} 个警告",
            f"{source}: {errors} errors, {warnings} warnings",
        )
    if not report.ok:
        raise click.exceptions.Exit(int(ExitCode.CHECK_FAILED))
