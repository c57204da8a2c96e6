"""``cyberdirector character create``: a character from words or from a picture."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from cyberdirector.cli import language, print_json
from cyberdirector.cli.character_picture import create_from_picture, picture_options


@click.command()
@click.option(
    "--text", help="Who it is, in Chinese or English: role, age, hair, clothes, mood."
)
@click.option(
    "--slots",
    "slots_file",
    type=click.Path(path_type=Path),
    help="JSON of the slots instead (what a language model answers; see --schema).",
)
@picture_options
@click.option("--schema", is_flag=True, help="Print the JSON schema of --slots and stop.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="The VRM to write (default: <id>.vrm).",
)
@click.option("--recipe", type=click.Path(path_type=Path), help="Also write the recipe (YAML).")
@click.option(
    "--style", type=click.FloatRange(0.0, 1.25), help="0 real, 0.5 guoman, 1 anime, 1.25 moe."
)
@click.option("--seed", type=click.IntRange(0, 2**53), default=0, help="Of what nobody said.")
@click.option("--count", type=click.IntRange(1, 24), help="How many different people.")
@click.option("--dry-run", is_flag=True, help="Only say what was understood.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def create(
    text: str | None,
    slots_file: Path | None,
    image: Path | None,
    back: Path | None,
    side: Path | None,
    points: Path | None,
    person: int | None,
    consent: bool,
    schema: bool,
    output: Path | None,
    recipe: Path | None,
    style: float | None,
    seed: int,
    count: int | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Design characters from words or from a picture and compile them.

    Words that were not understood are listed, never dropped in silence; so is what a
    picture does not show and was guessed.
    """
    from cyberdirector.design import CharacterSlots

    if schema:
        print_json(CharacterSlots.model_json_schema())
        return
    if sum(given is not None for given in (text, slots_file, image)) != 1:
        raise click.UsageError("give one of --text, --image or --slots")
    if image is not None:
        create_from_picture(
            image, back, side, points, person, consent, output, recipe, style, seed, dry_run,
            as_json,
        )  # fmt: skip
        return
    report: dict[str, Any] = {"ok": True, "seed": seed}
    if text is not None:
        from cyberdirector.design import design_characters

        design = design_characters(text, seed, count, style)
        recipes = design.recipes
        report |= design.reading.as_dict()
        if not as_json:
            _tell_reading(report)
    else:
        recipes = _from_slots(_read_slots(slots_file), seed, count, style)
    report["characters"] = [
        _make(
            found,
            i if len(recipes) > 1 else 0,
            output,
            recipe,
            text or "",
            seed,
            dry_run,
            as_json,
        )
        for i, found in enumerate(recipes, start=1)
    ]
    if as_json:
        print_json(report)


def _from_slots(
    slots: Any, seed: int, count: int | None, style: float | None
) -> tuple[Any, ...]:
    from cyberdirector.design import recipe_from_slots

    if style is not None:
        slots = slots.model_copy(update={"stylisation": style})
    many = count if count is not None else slots.count
    return tuple(recipe_from_slots(slots, seed, i) for i in range(many))


def _read_slots(path: Path | None) -> Any:
    """Return the slots of a JSON file."""
    from pydantic import ValidationError

    from cyberdirector.core.errors import InputRefused, Location
    from cyberdirector.design import CharacterSlots

    place = Location(str(path))
    if path is None or not path.is_file() or path.stat().st_size > 262_144:
        raise InputRefused(
            "slots-missing",
            "找不到槽位文件，或文件过大；请检查路径。",
            "The file of slots is not there or too large; look at the path.",
            place,
        )
    try:
        return CharacterSlots.model_validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InputRefused(
            "slots-invalid",
            f"槽位 JSON 有误：{where}：{first['msg']}；结构见 --schema。",
            f"The JSON of slots is wrong: {where}: {first['msg']}; --schema prints its form.",
            place,
        ) from error


def _make(
    found: Any, number: int, output: Path | None, recipe: Path | None, text: str, seed: int,
    dry_run: bool, quiet: bool,
) -> dict[str, Any]:  # fmt: skip
    """Write one character and return what there is to say of it."""
    from cyberdirector.character.provenance import Provenance
    from cyberdirector.cli.character import tell_made, write_character
    from cyberdirector.design import write_recipe

    made: dict[str, Any] = {"id": found.id, "name": found.name.zh}
    if recipe is not None:
        path = numbered(recipe, number)
        write_recipe(path, found, text)
        made["recipe"] = str(path)
    if not dry_run:
        path = numbered(output or Path(f"{found.id}.vrm"), number if output else 0)
        made |= write_character(found, path, 0, Provenance(words=text, seed=seed))
        if not quiet:
            tell_made(made)
    return made


def numbered(path: Path, number: int) -> Path:
    """Return ``x-2.vrm`` for number 2 of ``x.vrm``; 0 leaves the path as it is."""
    return path.with_name(f"{path.stem}-{number}{path.suffix}") if number else path


def _tell_reading(report: dict[str, Any]) -> None:
    """Say what was read from which words, and what was not."""
    zh = language() == "zh"
    for span in report["spans"]:
        click.echo(f"  {span['text']} → {span['slot']} = {span['value']}", err=True)
    for key, words in (
        ("unresolved", "没有看懂" if zh else "not understood"),
        ("lacking", "素材库里还没有" if zh else "not in the library"),
    ):
        if report[key]:
            listed = "、".join(span["text"] for span in report[key])
            click.echo(f"! {words}: {listed}", err=True)
