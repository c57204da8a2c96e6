"""From classes to names of the catalogues: the hairstyle and the garments that fit best."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from cyberdirector.character.hair import HairKind
from cyberdirector.character.hair import catalogue as hair_catalogue
from cyberdirector.character.wardrobe.catalogue import catalogue as garment_catalogue
from cyberdirector.character.wardrobe.kinds import GarmentKind

Classes = Mapping[str, Mapping[str, float]]

_FLOOR = 0.02
"""Least probability that anything gets: the network may be wrong about any one class."""

_EXTRA_SURE = 0.62
"""Probability above which an accessory is put on."""


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


def choose_hair(classes: Classes, sex: str, era: str) -> Choice:
    """Return the hairstyle of the catalogue that agrees best with what was seen."""

    def score(kind: HairKind) -> float:
        known = classes.get("hair", {})
        own = math.log(max(known.get(kind.name, 0.02), 0.004)) if known else 0.0
        own += _log(classes, "length", kind.length, 0.8)
        own += _log(classes, "fringe", kind.fringe, 0.7)
        own -= 0.0 if kind.sex in (sex, "any") else 0.7
        own -= 0.0 if kind.era in (era, "any") else 0.5 if known else 1.6
        return own

    return _best({kind.name: score(kind) for kind in hair_catalogue()})


def _best(scores: dict[str, float]) -> Choice:
    name = max(scores, key=lambda n: scores[n])
    total = sum(math.exp(s - scores[name]) for s in scores.values())
    return Choice(name, 1.0 / total)


def _garment_score(kind: GarmentKind, classes: Classes, sex: str, era: str) -> float:
    known = classes.get("garments", {})
    share = min(max(known.get(kind.name, 0.12), 0.01), 0.99)
    own = 0.8 * math.log(share / (1.0 - share)) if known else 0.0
    if kind.sleeve:
        own += _log(classes, "sleeve", kind.sleeve)
    if kind.lower:
        own += _log(classes, "lower", kind.lower)
    own -= 0.0 if kind.sex in (sex, "any") else 1.2
    own -= 0.0 if kind.era in (era, "any") else 1.0
    return own


def choose_garments(classes: Classes, sex: str, era: str) -> list[Choice]:
    """Return the outfit that agrees best: one whole garment, or a top and a bottom, shoes,
    and what is surely worn besides.
    """
    scores = {k.name: _garment_score(k, classes, sex, era) for k in garment_catalogue()}
    slots: dict[str, list[GarmentKind]] = {}
    for kind in garment_catalogue():
        slots.setdefault(kind.slot, []).append(kind)
    outfits: dict[str, float] = {k.name: scores[k.name] for k in slots.get("dress", [])}
    pairs: dict[str, tuple[GarmentKind, GarmentKind]] = {}
    tops, bottoms = slots.get("top", []), slots.get("bottom", [])
    for top in tops:
        for bottom in bottoms:
            own = 0.5 * (scores[top.name] + scores[bottom.name])
            # Halves say half as much about sleeve and legs as a whole garment does.
            own += 0.5 * _log(classes, "sleeve", top.sleeve or "none")
            own += 0.5 * _log(classes, "lower", bottom.lower or "none")
            key = f"{top.name}+{bottom.name}"
            outfits[key], pairs[key] = own, (top, bottom)
    best = _best(outfits)
    worn = list(pairs[best.name]) if best.name in pairs else [
        k for k in slots["dress"] if k.name == best.name
    ]  # fmt: skip
    out = [Choice(k.name, best.sure) for k in worn]
    out += _shoes(worn, slots, classes, sex, era)
    out += _extras(slots, classes, era)
    return out


def _shoes(
    worn: list[GarmentKind], slots: dict[str, list[GarmentKind]], classes: Classes, sex: str,
    era: str,
) -> list[Choice]:  # fmt: skip
    known = slots.get("shoes", [])
    wanted = best_class(classes, "shoes", "shoes")
    held = any("shoes" in k.holds for k in worn)
    if not known or wanted.name == "none" or (held and wanted.name == "shoes"):
        return []
    best = _best({k.name: _garment_score(k, classes, sex, era)
                  + (2.0 if (wanted.name == "boots") == ("boot" in k.name) else 0.0)
                  for k in known})  # fmt: skip
    return [best]


def _extras(slots: dict[str, list[GarmentKind]], classes: Classes, era: str) -> list[Choice]:
    known = classes.get("garments", {})
    out = []
    for slot in ("outer", "head", "face", "hand", "jewellery", "armour"):
        found = [k for k in slots.get(slot, []) if known.get(k.name, 0.0) > _EXTRA_SURE]
        if found:
            top = max(found, key=lambda k: known[k.name])
            out.append(Choice(top.name, known[top.name]))
    return out
