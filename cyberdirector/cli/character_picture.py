"""``cyberdirector character create --image``: a character from a picture."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from cyberdirector.cli import language, print_json


def picture_options(command: Any) -> Any:
    """Add the options that belong to ``--image`` to a command."""
    path = click.Path(path_type=Path)
    for option in reversed((
        click.option("--image", type=path, help="A picture of the person: photo or drawing."),
        click.option("--back", type=path, help="The same character from behind."),
        click.option("--side", type=path, help="The same character from the side."),
        click.option(
            "--points", type=path,
            help="JSON of nine points (eye corners, nose, mouth corners, chin, crown).",
        ),
        click.option("--person", type=click.IntRange(1, 99), help="Which one, from the left."),
        click.option("--consent", is_flag=True, help="The person in the photo agreed to this."),
    )):  # fmt: skip
        command = option(command)
    return command


def create_from_picture(
    image: Path,
    back: Path | None,
    side: Path | None,
    points: Path | None,
    person: int | None,
    consent: bool,
    output: Path | None,
    recipe: Path | None,
    style: float | None,
    seed: int,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Read the picture, say what was seen and guessed, and write recipe and VRM."""
    from cyberdirector.character.provenance import Provenance
    from cyberdirector.cli.character import tell_made, write_character
    from cyberdirector.design import write_recipe
    from cyberdirector.perceive import perceive_picture

    seen = perceive_picture(image, back, side, points, style, seed, person, consent)
    report: dict[str, Any] = {"ok": True, "seed": seed, "perception": seen.report(language())}
    if not as_json:
        _tell_seen(report["perception"], seen.provenance["likeness_of_real_person"], consent)
    if recipe is not None:
        write_recipe(recipe, seen.recipe, "")
        report["recipe"] = str(recipe)
    if not dry_run:
        origin = Provenance(
            picture=seen.provenance["pictures"][0],
            likeness=bool(seen.provenance["likeness_of_real_person"]),
            consent=consent, seed=seed,
        )  # fmt: skip
        path = output or image.with_suffix(".vrm")
        made = write_character(seen.recipe, path, seed, origin)
        report |= made
        if not as_json:
            tell_made(made)
    if as_json:
        print_json(report)


def _tell_seen(found: dict[str, Any], likeness: bool, consent: bool) -> None:
    zh = language() == "zh"
    for note in found["notes"]:
        click.echo(note, err=True)
    kind = {"photo": "照片", "drawing": "画"}[found["medium"]] if zh else found["medium"]
    guessed = "、".join(found["guessed"]) if zh else ", ".join(found["guessed"])
    click.echo(f"看到：{kind}；猜测：{guessed}" if zh else f"seen: {kind}; guessed: {guessed}",
               err=True)  # fmt: skip
    if likeness and not consent:
        click.echo(
            "这是真人照片：请确认本人同意，并加上 --consent；否则角色只许作者本人使用。"
            if zh
            else "This is a photograph of a person: make sure they agree and add --consent; "
            "without it the character stays for its author alone.",
            err=True,
        )
