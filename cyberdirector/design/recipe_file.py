"""Recipes as text files that a person can read and edit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cyberdirector.character.recipe import Recipe
from cyberdirector.core.files import write_bytes


def recipe_yaml(recipe: Recipe, heading: str = "") -> str:
    """Return a recipe as YAML (defaults left out, one block per line where it fits).

    ``heading`` becomes comment lines above it.
    """
    import yaml

    full = recipe.model_dump(mode="json", by_alias=True)
    usual = recipe.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    data: dict[str, Any] = {"schema": full["schema"], "version": full["version"]}
    data |= {k: v for k, v in usual.items() if k not in data and v not in ({}, [])}
    lines = [f"# {line}" for line in heading.splitlines()]
    for key, value in data.items():
        plain = isinstance(value, str | int | float)
        flow = yaml.safe_dump(
            {key: value},
            allow_unicode=True,
            sort_keys=False,
            width=96,
            default_flow_style=None if key == "wardrobe" else not plain,
        )
        text = flow.strip()
        lines.append(text[1:-1] if text.startswith("{") and text.endswith("}") else text)
    return "\n".join(lines) + "\n"


def write_recipe(path: Path, recipe: Recipe, heading: str = "") -> None:
    """Write a recipe as YAML in one step."""
    write_bytes(path, recipe_yaml(recipe, heading).encode())
