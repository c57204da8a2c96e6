"""From classes to names of the catalogues: the hairstyle and the garments that fit best."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from cyberdirector.character.hair import catalogue as hair_catalogue
from cyberdirector.character.wardrobe.catalogue import catalogue as garment_catalogue
from cyberdirector.character.wardrobe.kinds import GarmentKind

Classes = Mapping[str, Mapping[str, float]]

_FLOOR = 0.02
"""Least probability that anything gets: the network may be wrong about any one class."""


@dataclass(frozen=True)
class Choice:
    """A name with the probability that a viewer would agree."""

    name: str
    sure: float


def _log(classes: Classes, attribute: str, word: str, weight: float = 1.0) -> float:
    if attribute not in classes:
        return 0.0
    return weight * math.log(max(classes[attribute].get(word, 0.0), _FLOOR))


def best_class(classes: Classes, attribute: str, default: str) -> Choice:
    """Return the likeliest class of an attribute, or the default where none is known."""
    found = classes.get(attribute)
    if not found:
        return Choice(default, 0.0)
    name = max(found, key=lambda w: found[w])
    return Choice(name, float(found[name]))


_HAIR_SHARP, _BOTH = 16.0, 0.9
"""How fast belief falls with unlikeness of hair; weight of the clothes' costs."""

_LEAST_KNOWN = 6.0
"""Cost of a garment that the gallery does not know yet."""


@dataclass(frozen=True)
class Outfit:
    """What the figure is taken for: sex, era, hairstyle and garments, each with its share."""

    sex: Choice
    era: Choice
    hair: Choice
    garments: list[Choice]


def choose(classes: Classes, hair: Mapping[str, float], costs: Mapping[str, float]) -> Outfit:
    """Return the sex, era, hairstyle and garments that agree best with each other.

    Parameters
    ----------
    classes
        Attribute → class → probability.
    hair
        Likeness 0..1 of each hairstyle to what is seen.
    costs
        Cost of each garment (0 is the same), see :func:`~.gallery.garment_costs`.
    """
    found: dict[tuple[str, str], tuple[float, Choice, list[Choice]]] = {}
    for sex in ("female", "male"):
        for era in ("ancient", "modern"):
            style, own = _hair_for(classes, hair, sex, era)
            worn, cost = _worn_for(costs, sex, era)
            score = own - _BOTH * cost
            score += _log(classes, "sex", sex) + _log(classes, "era", era)
            found[sex, era] = (score, style, worn)
    top = max(found, key=lambda k: found[k][0])
    weights = {k: math.exp(v[0] - found[top][0]) for k, v in found.items()}
    total = sum(weights.values())
    sex_share = sum(w for k, w in weights.items() if k[0] == top[0]) / total
    era_share = sum(w for k, w in weights.items() if k[1] == top[1]) / total
    _, style, worn = found[top]
    return Outfit(Choice(top[0], sex_share), Choice(top[1], era_share), style, worn)


def _hair_for(
    classes: Classes, hair: Mapping[str, float], sex: str, era: str
) -> tuple[Choice, float]:
    scores = {}
    for kind in hair_catalogue():
        if kind.name not in hair:
            continue
        own = _HAIR_SHARP * hair[kind.name] + _log(classes, "length", kind.length, 0.4)
        own += _log(classes, "fringe", kind.fringe, 0.4)
        own -= 0.0 if kind.sex in (sex, "any") else 1.0
        own -= 0.0 if kind.era in (era, "any") else 1.0
        scores[kind.name] = own
    best = _best(scores)
    return best, scores[best.name]


def _suits(kind: GarmentKind, sex: str, era: str) -> float:
    return (0.0 if kind.sex in (sex, "any") else 1.2) + (
        0.0 if kind.era in (era, "any") else 1.0
    )


def _worn_for(costs: Mapping[str, float], sex: str, era: str) -> tuple[list[Choice], float]:
    """Return the outfit of least cost for a sex and era, and its cost."""
    slots: dict[str, list[GarmentKind]] = {}
    for kind in garment_catalogue():
        slots.setdefault(kind.slot, []).append(kind)

    def cost(kind: GarmentKind) -> float:
        return costs.get(kind.name, _LEAST_KNOWN) + _suits(kind, sex, era)

    wholes = {k.name: -cost(k) for k in slots.get("dress", [])}
    pairs: dict[str, tuple[GarmentKind, GarmentKind]] = {}
    if slots.get("top") and slots.get("bottom"):
        top = min(slots["top"], key=cost)
        bottom = min(slots["bottom"], key=cost)
        wholes["+"] = -cost(top) - cost(bottom)
        pairs["+"] = (top, bottom)
    best = _best(wholes)
    worn = list(pairs["+"]) if best.name == "+" else [
        k for k in slots["dress"] if k.name == best.name
    ]  # fmt: skip
    chosen = [Choice(k.name, best.sure) for k in worn]
    if slots.get("shoes"):
        shoe = min(slots["shoes"], key=cost)
        held = any("shoes" in k.holds for k in worn)
        if not held or "boot" in shoe.name:
            chosen.append(Choice(shoe.name, math.exp(-cost(shoe))))
    return chosen, -wholes[best.name]


def _best(scores: dict[str, float]) -> Choice:
    name = max(scores, key=lambda n: scores[n])
    total = sum(math.exp(s - scores[name]) for s in scores.values())
    return Choice(name, 1.0 / total)
