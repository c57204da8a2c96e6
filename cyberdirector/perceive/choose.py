"""From classes to names of the catalogues: the hairstyle and the garments that fit best."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from cyberdirector.character.hair import catalogue as hair_catalogue
from cyberdirector.character.wardrobe.catalogue import CATALOGUE
from cyberdirector.character.wardrobe.catalogue import catalogue as garment_catalogue
from cyberdirector.character.wardrobe.kinds import GarmentKind
from cyberdirector.perceive.gallery import Look
from cyberdirector.perceive.parts import shoe_class
from cyberdirector.perceive.worn import lower_class, sleeve_class

Classes = Mapping[str, Mapping[str, float]]

_FLOOR = 0.02
"""Least probability that anything gets: the network may be wrong about any one class."""


_NEW = 0.1
"""Probability of what the catalogues got after the network learnt its words."""


@dataclass(frozen=True)
class Choice:
    """A name with the probability that a viewer would agree."""

    name: str
    sure: float


def _log(classes: Classes, attribute: str, word: str, weight: float = 1.0) -> float:
    if attribute not in classes:
        return 0.0
    return weight * math.log(max(classes[attribute].get(word, _NEW), _FLOOR))


def best_class(classes: Classes, attribute: str, default: str) -> Choice:
    """Return the likeliest class of an attribute, or the default where none is known."""
    found = classes.get(attribute)
    if not found:
        return Choice(default, 0.0)
    name = max(found, key=lambda w: found[w])
    return Choice(name, float(found[name]))


_HAIR_SHARP, _BOTH = 70.0, 0.6
"""How fast belief falls with unlikeness of hair; weight of the clothes' costs."""

_NAMED, _HINT = 1.0, 0.5
"""Weights of the network's judgement of a catalogue name and of an attribute."""

_HAIR_NAMED, _HAIR_HINT = 2.0, 1.6
"""Weights of the judged hairstyle, and of judged length and fringe."""

_SHOES = 1.6
"""Weight of the judgement of shoes: half hidden, their measures say little."""

_PAIR = 1.2
"""Cost of two garments over one: more of them agree with anything by chance."""

_WORN = 0.5
"""Probability from which a hat or an outer garment is worn."""

_LEAST_KNOWN = 6.0
"""Cost of a garment that the gallery does not know yet."""


@dataclass(frozen=True)
class Outfit:
    """What the figure is taken for: sex, era, hairstyle and garments, each with its share;
    dials of the garments by name.
    """

    sex: Choice
    era: Choice
    hair: Choice
    garments: list[Choice]
    dials: dict[str, dict[str, float]] = field(default_factory=dict)


def choose(
    classes: Classes, hair: Mapping[str, float], looks: Mapping[str, list[Look]]
) -> Outfit:
    """Return the sex, era, hairstyle and garments that agree best with each other.

    Parameters
    ----------
    classes
        Attribute → class → probability; also names of catalogues by slot
        (:data:`~.parts.LEARNT`) where they were judged.
    hair
        Likeness 0..1 of each hairstyle to what is seen.
    looks
        The looks of each garment, see :func:`~.gallery.garment_looks`.
    """
    best = {k.name: _best_look(k, classes, looks.get(k.name, [])) for k in garment_catalogue()}
    costs = {name: look.cost for name, look in best.items()}
    found: dict[tuple[str, str], tuple[float, Choice, list[Choice]]] = {}
    for sex in ("female", "male"):
        for era in ("ancient", "modern"):
            style, own = _hair_for(classes, hair, sex, era)
            worn, cost = _worn_for(classes, costs, sex, era)
            score = own - cost
            score += _log(classes, "sex", sex) + _log(classes, "era", era)
            found[sex, era] = (score, style, worn)
    top = max(found, key=lambda k: found[k][0])
    weights = {k: math.exp(v[0] - found[top][0]) for k, v in found.items()}
    total = sum(weights.values())
    sex_share = sum(w for k, w in weights.items() if k[0] == top[0]) / total
    era_share = sum(w for k, w in weights.items() if k[1] == top[1]) / total
    _, style, worn = found[top]
    worn = worn + _over(classes, "outer", top[1]) + _over(classes, "hat", top[1])
    dials = {g.name: best[g.name].dials for g in worn if g.name in best}
    return Outfit(Choice(top[0], sex_share), Choice(top[1], era_share), style, worn, dials)


def _best_look(kind: GarmentKind, classes: Classes, looks: list[Look]) -> Look:
    """Return the look of a garment that agrees best with measures and classes, its cost with
    both; of a garment that the gallery does not know, the look of the catalogue.
    """

    def joined(look: Look) -> Look:
        cost = _BOTH * look.cost
        if kind.sleeve and kind.slot in ("top", *_WHOLE):
            cost -= _log(classes, "sleeve", sleeve_class(kind.name, look.dials), _HINT)
        if kind.lower:
            cost -= _log(classes, "lower", lower_class(kind.name, look.dials), _HINT)
        return Look(cost, look.dials)

    return min(map(joined, looks or [Look(_LEAST_KNOWN, {})]), key=lambda look: look.cost)


def _given(classes: Classes, slot: str) -> Classes:
    """Return classes in which something of a slot is worn: without ``none``."""
    shares = {w: p for w, p in classes.get(slot, {}).items() if w != "none"}
    total = sum(shares.values())
    return {slot: {w: p / total for w, p in shares.items()}} if total > 0.0 else {}


_OTHER_ERA = 0.2
"""How much less likely what belongs to another era is."""


def _over(classes: Classes, slot: str, era: str) -> list[Choice]:
    """Return what is worn over the rest in a slot, if anything is."""
    shares = {
        w: p if w not in CATALOGUE or CATALOGUE[w].era in (era, "any") else p * _OTHER_ERA
        for w, p in classes.get(slot, {}).items()
    }
    total = sum(shares.values())
    if total <= 0.0:
        return []
    best = max(shares, key=lambda w: shares[w])
    sure = shares[best] / total
    worn = sure >= _WORN or shares.get("none", 0.0) == 0.0
    return [Choice(best, sure)] if best in CATALOGUE and worn else []


def _hair_for(
    classes: Classes, hair: Mapping[str, float], sex: str, era: str
) -> tuple[Choice, float]:
    scores = {}
    for kind in hair_catalogue():
        if kind.name not in hair:
            continue
        own = _HAIR_SHARP * hair[kind.name] + _log(classes, "hair", kind.name, _HAIR_NAMED)
        own += _log(classes, "length", kind.length, _HAIR_HINT)
        own += _log(classes, "fringe", kind.fringe, _HAIR_HINT)
        own -= 0.0 if kind.sex in (sex, "any") else 1.0
        own -= 0.0 if kind.era in (era, "any") else 1.0
        scores[kind.name] = own
    best = _best(scores)
    return best, scores[best.name]


def _suits(kind: GarmentKind, sex: str, era: str) -> float:
    return (0.0 if kind.sex in (sex, "any") else 1.2) + (
        0.0 if kind.era in (era, "any") else 1.0
    )


def _worn_for(
    classes: Classes, costs: Mapping[str, float], sex: str, era: str
) -> tuple[list[Choice], float]:
    """Return the outfit of least cost for a sex and era, and its cost."""
    slots: dict[str, list[GarmentKind]] = {}
    for kind in garment_catalogue():
        slots.setdefault(kind.slot, []).append(kind)

    def cost(kind: GarmentKind) -> float:
        out = costs[kind.name] + _suits(kind, sex, era)
        if kind.slot in ("top", "bottom"):
            out -= _log(_given(classes, kind.slot), kind.slot, kind.name, _NAMED)
        if kind.slot in _WHOLE:
            out -= _log(classes, "whole", kind.name, _NAMED)
        if kind.slot == "shoes":
            out -= _log(classes, "shoes", shoe_class([kind.name]), _SHOES)
        return out

    wholes = {k.name: -cost(k) for slot in _WHOLE for k in slots.get(slot, [])}
    pair: list[GarmentKind] = []
    if slots.get("top") and slots.get("bottom"):
        pair = [min(slots[slot], key=cost) for slot in ("top", "bottom")]
        wholes["+"] = _log(classes, "whole", "separate", _NAMED) - sum(map(cost, pair)) - _PAIR
    best = _best(wholes)
    worn = pair if best.name == "+" else [CATALOGUE[best.name]]
    chosen = [Choice(k.name, best.sure) for k in worn]
    if slots.get("shoes"):
        shoe = min(slots["shoes"], key=cost)
        held = any("shoes" in k.holds for k in worn)
        if not held or "boot" in shoe.name:
            chosen.append(Choice(shoe.name, math.exp(-cost(shoe))))
    return chosen, -wholes[best.name]


_WHOLE = ("dress", "armour")
"""Slots of garments that dress the whole body."""


def _best(scores: dict[str, float]) -> Choice:
    name = max(scores, key=lambda n: scores[n])
    total = sum(math.exp(s - scores[name]) for s in scores.values())
    return Choice(name, 1.0 / total)
