"""Random recipes: what the part finder learns from and what the loop test starts from."""

from __future__ import annotations

import colorsys
from typing import Any

import numpy as np

from cyberdirector.character.face.catalogue import CATALOGUE
from cyberdirector.character.hair import catalogue as hair_catalogue
from cyberdirector.character.recipe import Recipe
from cyberdirector.character.wardrobe.catalogue import catalogue as garment_catalogue
from cyberdirector.character.wardrobe.kinds import GarmentKind

_NATURAL_HAIR = (
    "#1d1719", "#2a2028", "#3a2a26", "#4a3229", "#6b4632", "#8a5f3c", "#b98a54", "#d9b878",
    "#e8d3a0", "#7a3524", "#b8b4b0", "#e6e3de",
)  # fmt: skip
_SKINS = (
    "#fff0e6", "#fde7dc", "#fbdccb", "#f6d2bb", "#eec3a4", "#dcab86", "#c08d66", "#9a6a48",
    "#74492f",
)  # fmt: skip
_SKIN_SHARES = (0.16, 0.22, 0.20, 0.14, 0.10, 0.07, 0.05, 0.04, 0.02)

_ALONE = ("dress", "outer")
_EXTRAS: tuple[tuple[str, float], ...] = (
    ("outer", 0.22), ("head", 0.15), ("face", 0.12), ("hand", 0.05), ("jewellery", 0.15),
    ("armour", 0.08),
)  # fmt: skip


def _hex(h: float, s: float, v: float) -> str:
    r, g, b = colorsys.hsv_to_rgb(h % 1.0, min(max(s, 0.0), 1.0), min(max(v, 0.0), 1.0))
    return f"#{round(r * 255):02x}{round(g * 255):02x}{round(b * 255):02x}"


def _choice(rng: np.random.Generator, items: Any, shares: Any = None) -> Any:
    return items[int(rng.choice(len(items), p=shares))]


def _hair_colour(rng: np.random.Generator) -> str:
    if rng.random() < 0.62:
        return str(_choice(rng, _NATURAL_HAIR))
    return _hex(rng.random(), rng.uniform(0.15, 0.75), rng.uniform(0.3, 0.95))


def _cloth_colours(rng: np.random.Generator, roles: tuple[str, ...]) -> dict[str, str]:
    """Return colours of all roles: one hue, one accent, and quiet tones."""
    hue = rng.random()
    accent = hue + float(_choice(rng, (0.0, 0.08, -0.08, 0.33, 0.5)))
    out = {}
    for i, role in enumerate(roles):
        kind = rng.random()
        if kind < 0.30:
            colour = _hex(hue, rng.uniform(0.0, 0.12), rng.uniform(0.1, 0.98))
        elif kind < (0.85 if i < 2 else 0.6):
            colour = _hex(hue + rng.normal(0, 0.02), rng.uniform(0.2, 0.8), rng.uniform(0.2, 1))
        else:
            colour = _hex(accent, rng.uniform(0.2, 0.9), rng.uniform(0.2, 1.0))
        out[role] = colour
    return out


def _garment(rng: np.random.Generator, kind: GarmentKind) -> dict[str, Any]:
    params = {}
    for dial in kind.params:
        if rng.random() < 0.5:
            params[dial.name] = round(float(rng.uniform(dial.low, dial.high)), 3)
    return {
        "kind": kind.name, "colours": _cloth_colours(rng, kind.colours), "params": params,
    }  # fmt: skip


def _outfit(
    rng: np.random.Generator, sex: str, era: str, extras: float
) -> list[dict[str, Any]]:
    """Return garments that fill top, bottom and shoes, and now and then more."""
    usual = [
        k for k in garment_catalogue()
        if k.sex in (sex, "any") and k.era in (era, "any")
    ]  # fmt: skip
    by_slot: dict[str, list[GarmentKind]] = {}
    for kind in usual:
        by_slot.setdefault(kind.slot, []).append(kind)
    chosen: list[GarmentKind] = []
    separate = "top" in by_slot and "bottom" in by_slot
    if "dress" in by_slot and not (separate and rng.random() < 0.5):
        chosen.append(_choice(rng, by_slot["dress"]))
    elif separate:
        chosen += [_choice(rng, by_slot["top"]), _choice(rng, by_slot["bottom"])]
    held = {slot for kind in chosen for slot in kind.holds}
    if "shoes" in by_slot and ("shoes" not in held or rng.random() < 0.25):
        chosen.append(_choice(rng, by_slot["shoes"]))
    for slot, share in _EXTRAS:
        if slot in by_slot and rng.random() < share * extras:
            chosen.append(_choice(rng, by_slot[slot]))
    return [_garment(rng, kind) for kind in chosen]


def random_recipe(seed: int, extras: float = 1.0) -> Recipe:
    """Return a plausible character drawn from all catalogues (deterministic in ``seed``).

    ``extras`` scales how often hats, glasses, outer clothes and the like are worn.
    """
    rng = np.random.default_rng([seed, 7321])
    sex = str(_choice(rng, ("female", "male"), (0.55, 0.45)))
    era = str(_choice(rng, ("ancient", "modern")))
    age = int(
        _choice(rng, (16, 19, 23, 28, 36, 48, 68), (0.14, 0.2, 0.24, 0.2, 0.1, 0.06, 0.06))
    )
    styles = [
        k for k in hair_catalogue()
        if k.sex in (sex, "any") and (k.era in (era, "any") or rng.random() < 0.3)
        and (k.name != "bald" or (sex == "male" and rng.random() < 0.3))
    ]  # fmt: skip
    colour = _hair_colour(rng) if age < 60 else str(_choice(rng, _NATURAL_HAIR[-3:]))
    hair: dict[str, Any] = {
        "style": _choice(rng, styles).name, "colour": colour,
        "length": round(float(rng.uniform(0.75, 1.3)), 3),
        "volume": round(float(rng.uniform(0.85, 1.25)), 3),
        "ornament": _hex(rng.uniform(0.08, 0.15), rng.uniform(0.2, 0.7), rng.uniform(0.6, 1)),
        "gem": _hex(rng.random(), 0.6, 0.6),
    }  # fmt: skip
    if rng.random() < 0.12:
        hair["tip"] = _hex(rng.random(), rng.uniform(0.2, 0.7), rng.uniform(0.4, 0.95))
    if sex == "male" and age >= 28 and rng.random() < 0.3:
        hair["beard"] = str(_choice(rng, ("moustache", "goatee", "beard_long")))
    skin = str(_choice(rng, _SKINS, _SKIN_SHARES))
    face: dict[str, Any] = {
        "iris": _hex(rng.random(), rng.uniform(0.25, 0.8), rng.uniform(0.25, 0.8)),
        "brow": colour, "lash": "#221a1e",
    }  # fmt: skip
    for name in ("shape", "eye_shape", "iris_kind", "brow_kind"):
        if rng.random() < 0.6:
            face[name] = _choice(rng, CATALOGUE[name]).name
    mid = 1.60 if sex == "female" else 1.74
    return Recipe.model_validate({
        "schema": "cyberdirector.character", "version": 1, "id": f"sample_{seed}",
        "name": {"zh": f"样本{seed}", "en": f"Sample {seed}"},
        "sex": sex, "age": age, "era": era,
        "height": round(float(np.clip(rng.normal(mid, 0.07), 1.45, 1.95)), 3),
        "stylisation": float(_choice(rng, (0.5, 0.8, 1.0, 1.25), (0.15, 0.2, 0.5, 0.15))),
        "shape": {
            "weight": round(float(rng.uniform(0.2, 0.62)), 3),
            "muscle": round(float(rng.uniform(0.35, 0.65)), 3),
        },
        "paint": {"skin": skin},
        "face": face, "hair": hair, "wardrobe": _outfit(rng, sex, era, extras),
    })  # fmt: skip
