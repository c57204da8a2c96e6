"""Shape parameters of a human body and the vertices they give (unstyled, A-pose)."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from cyberdirector.character.template import Template
from cyberdirector.core.errors import InputRefused


@dataclass(frozen=True)
class Shape:
    """Macro dials 0..1 and named local changes.

    Attributes
    ----------
    sex
        0 female … 1 male.
    age
        0 child (about ten), 0.5 adult (about 25), 1 old (about 90). Below 0.25 is refused.
    muscle, weight, ideal, cup
        0.5 is average; ``ideal`` 0 plain … 1 ideal proportions.
    tall
        0.5 average; the final height in metres is set apart by ``height``.
    asian
        1 asian … 0 caucasian features.
    height
        Standing height in metres without shoes.
    local
        MakeHuman target stems with amounts, for example ``{"chin-width-decr": 0.4}``;
        a stem without ``l-``/``r-`` that exists in pairs is applied to both sides.
    """

    sex: float = 0.0
    age: float = 0.5
    muscle: float = 0.45
    weight: float = 0.35
    ideal: float = 0.9
    cup: float = 0.45
    tall: float = 0.5
    asian: float = 0.7
    height: float = 1.65
    local: dict[str, float] = field(default_factory=dict)


def _split(value: float, names: tuple[str, ...]) -> dict[str, float]:
    """Return linear weights of ``value`` 0..1 over evenly spaced names."""
    at = min(max(value, 0.0), 1.0) * (len(names) - 1)
    i = min(int(at), len(names) - 2)
    return {names[i]: 1.0 - (at - i), names[i + 1]: at - i}


def shape_vertices(template: Template, shape: Shape) -> NDArray[np.float64]:
    """Return all template vertices (19158, 3), metres, A-pose, for ``shape``.

    Raises
    ------
    InputRefused
        A local change does not exist, or the age is below a teenager's.
    """
    if shape.age < 0.25:
        raise InputRefused(
            "character-age",
            f"人物的 age 为 {shape.age}，最小为 0.25（少年）；请调大。",
            f"The age dial is {shape.age}; the least is 0.25 (a teenager). Raise it.",
        )
    points = template.base.copy()
    for name, amount in _macro_targets(shape).items():
        if amount:
            template.add(points, name, amount)
    for stem, amount in shape.local.items():
        for name in _local_names(template, stem):
            template.add(points, name, amount)
    return points


def _macro_targets(shape: Shape) -> dict[str, float]:
    """Return target name -> amount for the macro dials."""
    out: dict[str, float] = {}
    sexes = {"female": 1.0 - shape.sex, "male": shape.sex}
    ages = _split(shape.age, ("child", "young", "old"))
    levels = ("min", "average", "max")
    for sex, ws in sexes.items():
        for age, wa in ages.items():
            w = ws * wa
            out[f"race/asian-{sex}-{age}"] = w * shape.asian
            out[f"race/caucasian-{sex}-{age}"] = w * (1.0 - shape.asian)
            out[f"ideal/{sex}-{age}"] = w * shape.ideal
            end = "maxheight" if shape.tall > 0.5 else "minheight"
            out[f"height/{sex}-{age}-{end}"] = w * abs(shape.tall - 0.5) * 2.0
            for muscle, wm in _split(shape.muscle, levels).items():
                for weight, wf in _split(shape.weight, levels).items():
                    out[f"body/{sex}-{age}-{muscle}muscle-{weight}weight"] = w * wm * wf
            if sex == "female" and age != "child":
                end = "maxcup" if shape.cup > 0.5 else "mincup"
                out[f"cup/female-{age}-{end}"] = w * abs(shape.cup - 0.5) * 2.0
    return out


def _local_names(template: Template, stem: str) -> list[str]:
    """Return the target names that a stem stands for (both sides where paired)."""
    for names in ([f"local/{stem}"], [f"local/l-{stem}", f"local/r-{stem}"]):
        if all(name in template.target_index for name in names):
            return names
    raise InputRefused(
        "character-local",
        f"没有名为“{stem}”的局部体形；请查 MakeHuman 目标文件名。",
        f"There is no local change named “{stem}”; see the MakeHuman target names.",
    )
