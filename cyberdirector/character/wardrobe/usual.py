"""What is usual where a recipe is silent: shoes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from cyberdirector.character.wardrobe.catalogue import CATALOGUE
from cyberdirector.character.wardrobe.kinds import GarmentKind
from cyberdirector.character.wardrobe.spec import GarmentSpec

_MODERN: dict[str, tuple[str, ...]] = {
    "suit": ("shoes_leather",),
    "blazer": ("shoes_leather",),
    "coat": ("boots", "shoes_leather"),
    "jacket": ("boots", "sneakers"),
    "skirt_a": ("loafers", "heels"),
    "skirt_long": ("heels", "loafers"),
    "skirt_pleated": ("loafers", "sneakers"),
    "shirt": ("shoes_leather", "loafers", "sneakers"),
}
"""What goes with the first of these that is worn; sneakers with all else."""

_UNDER_TROUSERS = {"boots": {"height": 0.22}, "loafers": {"sock": 0.0}}
"""Dials of shoes whose shafts or socks disappear under trousers, where none are told."""


def usual_shoes(kinds: Iterable[str], era: str, sex: str) -> tuple[str, ...]:
    """Return the shoes that go with the garments, the most usual first (never empty).

    Parameters
    ----------
    kinds
        Names of the garments that are worn.
    era, sex
        As in a recipe.
    """
    worn = set(kinds)
    if era == "ancient":
        return ("boots_cloth",) if sex == "male" and "cloak" in worn else ("shoes_cloth",)
    own = next((_MODERN[k] for k in _MODERN if k in worn), ())
    return tuple(k for k in own if CATALOGUE[k].sex in (sex, "any")) or ("sneakers",)


def shod(garments: Sequence[GarmentSpec], era: str, sex: str) -> list[GarmentSpec]:
    """Return the garments, with usual shoes added where the legs are dressed but no feet.

    Nothing is added to no garments at all, nor to kinds that the wardrobe lacks.
    """
    kinds = [CATALOGUE[g.kind] for g in garments if g.kind in CATALOGUE]
    trousers = any(k.lower == "trousers" for k in kinds)
    garments = [_low(g) if trousers else g for g in garments]
    if not any(_dresses(kind) for kind in kinds) or any(_shoes(kind) for kind in kinds):
        return list(garments)
    kind = usual_shoes([k.name for k in kinds], era, sex)[0]
    spec = GarmentSpec(kind, seed=garments[-1].seed + 1)
    return [*garments, _low(spec) if trousers else spec]


def _low(shoes: GarmentSpec) -> GarmentSpec:
    """Return shoes as they are worn with trousers: shafts and socks disappear under them."""
    own = _UNDER_TROUSERS.get(shoes.kind, {})
    return replace(shoes, params={**own, **shoes.params}) if own else shoes


def _dresses(kind: GarmentKind) -> bool:
    return kind.slot in ("top", "bottom", "dress", "outer", "armour")


def _shoes(kind: GarmentKind) -> bool:
    return kind.slot == "shoes" or "shoes" in kind.holds
