"""What a performance knows of a character's figure: sex, age, costume, girth, own dials."""

from __future__ import annotations

import numpy as np

from cyberdirector.core.model import Character
from cyberdirector.perform._girth import girth_dials, measure_girth


def figure_style(character: Character) -> dict[str, float]:
    """Return the dials of a character that its file tells.

    ``sex`` and ``age``, ``period`` (1 in old costume, 0 in modern clothes), the dials of its
    recipe and the girth of the clothed trunk, so that hands rest on the cloth and not in it.
    Hands that hold something are ``holds_left`` and ``holds_right``; ``signs`` is how much of
    drawn signs (sweat, tears, small irises) suits the face: none where it is lifelike.
    A foreign model without a recipe gives its girth alone.
    """
    worn = [p.positions for p in character.parts if not p.name.startswith("hair")]
    style: dict[str, float] = {}
    if worn:
        vertices = np.concatenate(worn).astype(np.float64)
        style.update(girth_dials(measure_girth(character.rest(), vertices)))
    recipe = character.extras.get("recipe")
    if isinstance(recipe, dict):
        if recipe.get("sex") in ("male", "female"):
            style["sex"] = 1.0 if recipe["sex"] == "female" else 0.0
        if isinstance(recipe.get("age"), int | float):
            style["age"] = float(recipe["age"])
        if recipe.get("era") in ("ancient", "modern"):
            style["period"] = 1.0 if recipe["era"] == "ancient" else 0.0
        if isinstance(recipe.get("stylisation"), int | float):
            style["signs"] = min(max((float(recipe["stylisation"]) - 0.5) / 0.4, 0.0), 1.0)
    held = character.extras.get("holds")
    for side in held if isinstance(held, list) else []:
        style[f"holds_{side}"] = 1.0
    style.update({k: float(v) for k, v in character.extras.get("style", {}).items()})
    return style
