"""The face of a character: what was said, what moods call for, what is usual."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from cyberdirector.character.face.catalogue import CATALOGUE as FACE
from cyberdirector.design.colours import colour_hex, lighter, lightness, varied
from cyberdirector.design.draw import coin
from cyberdirector.design.lexicon import read_table
from cyberdirector.design.slots import CharacterSlots

SKINS = {
    "fair": "#feece3",
    "pale": "#f4e6e2",
    "wheat": "#eac7a4",
    "tan": "#d9a780",
    "dark": "#a9744f",
    "yellowish": "#ecd3a8",
}
"""Skin by name, sRGB."""
_USUAL_SKIN = {
    "female": ("#fee9df", "#fde3d6", "#fbe4d8", "#f7d9c6"),
    "male": ("#f9dfd0", "#f4d3bd", "#eec7a8", "#fae3d6"),
}
_IRISES = ("#6b4a36", "#5a3d30", "#7a4a2c", "#4a3a36", "#8a5a38", "#4a5560")
_ROLE_IRIS = {
    "fox_spirit": "#d9a02c",
    "demon_lord": "#b02030",
    "elf": "#4f9a7a",
    "immortal": "#6f86a8",
    "witch": "#7d4f9e",
}
_CHILD = 15


@cache
def moods() -> dict[str, dict[str, Any]]:
    """Return what each mood does to face and manner."""
    return read_table("moods")


def compose_face(
    slots: CharacterSlots, sex: str, age: int, mood_names: list[str], rng: np.random.Generator
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the ``face`` and ``paint`` blocks."""
    said = slots.face
    face: dict[str, Any] = {}
    for field in FACE:
        value = getattr(said, field, "") if field != "beard" else ""
        if value:
            face[field] = value
    for field, names in _mood_choices(mood_names, sex).items():
        if field not in face and field != "manner" and names:
            face[field] = coin(rng, *names)
    if "shape" not in face:
        face["shape"] = _face_shape(slots, sex, age, rng)
    for field, usual in _usual_face(sex, age).items():
        face.setdefault(field, coin(rng, *usual))
    face = {k: v for k, v in face.items() if v != "none"}
    role_iris = next((_ROLE_IRIS[r] for r in slots.roles if r in _ROLE_IRIS), "")
    face["iris"] = (
        colour_hex(said.iris) if said.iris else role_iris or varied(coin(rng, *_IRISES), rng)
    )
    if said.lips == "" and "lip_kind" not in face:
        face["lip_kind"] = "natural"
    paint: dict[str, Any] = {"skin": _skin(slots, sex, rng)}
    if said.lips:
        paint["lip"] = colour_hex(said.lips)
        paint["lip_amount"] = 1.0
    wrinkles = (
        said.wrinkles
        if said.wrinkles is not None
        else float(np.interp(age, [42, 55, 72], [0.0, 0.35, 0.9]))
    )
    if wrinkles > 0.02:
        paint["wrinkles"] = round(wrinkles, 3)
    return face, paint


def brow_colours(hair: str) -> tuple[str, str]:
    """Return the colours of brows and lashes under hair of a colour."""
    pale = lightness(hair) > 0.5
    return lighter(hair, -0.3 if pale else 0.06), lighter(hair, -0.72 if pale else -0.1)


def _mood_choices(mood_names: list[str], sex: str) -> dict[str, list[str]]:
    """Return face field → names that the moods call for; the first mood wins a field."""
    other = "m:" if sex == "female" else "f:"
    out: dict[str, list[str]] = {}
    for mood in mood_names:
        for field, names in moods().get(mood, {}).items():
            if field == "manner":
                continue
            kept = [str(n).split(":")[-1] for n in names if not str(n).startswith(other)]
            out.setdefault(field, kept)
    return out


def _face_shape(slots: CharacterSlots, sex: str, age: int, rng: np.random.Generator) -> str:
    if slots.build in ("fat", "plump"):
        return coin(rng, "round", "broad") if slots.build == "fat" else "round"
    if slots.build in ("thin",):
        return coin(rng, "diamond", "long")
    if age <= _CHILD:
        return coin(rng, "baby", "round")
    if sex == "female":
        return coin(rng, "oval", "melon", "heart", "oval")
    if slots.build in ("muscular", "sturdy"):
        return coin(rng, "square", "oval")
    return coin(rng, "oval", "melon", "diamond", "long", "oval")


def _usual_face(sex: str, age: int) -> dict[str, tuple[str, ...]]:
    if age >= 60:
        return {
            "eye_shape": ("droopy", "narrow"),
            "brow_kind": ("straight", "long") if sex == "male" else ("crescent", "willow"),
            "lip_kind": ("natural", "pale"),
            "lash_kind": ("fine",),
        }
    if sex == "female":
        return {
            "eye_shape": ("almond", "round", "peach", "deer"),
            "brow_kind": ("willow", "crescent", "straight"),
            "lip_kind": ("natural", "petal", "gloss"),
            "lash_kind": ("natural", "winged", "doll"),
            "iris_kind": ("classic", "watery", "dual"),
            "blush_kind": ("light",),
        }
    return {
        "eye_shape": ("almond", "phoenix", "ruifeng"),
        "brow_kind": ("straight", "sword"),
        "lip_kind": ("natural", "line"),
        "lash_kind": ("fine",),
        "iris_kind": ("classic",),
    }


def _skin(slots: CharacterSlots, sex: str, rng: np.random.Generator) -> str:
    said = slots.face.skin
    if not said:
        dark = {"fisherman", "farmer", "bandit"}.intersection(slots.roles)
        return varied("#e6bf9a" if dark else coin(rng, *_USUAL_SKIN[sex]), rng, 0.4)
    skin = SKINS.get(said) or colour_hex(said)
    if slots.face.skin_degree == "very":
        return lighter(skin, 0.35 if said in ("fair", "pale") else -0.12)
    return skin
