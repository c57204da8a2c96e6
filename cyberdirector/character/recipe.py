"""Recipes: the few kilobytes of text that a character is compiled from."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from cyberdirector.character.face.brows import BrowLook
from cyberdirector.character.face.build import FaceLook
from cyberdirector.character.face.catalogue import FACE_FIELDS, find_entry
from cyberdirector.character.face.choice import apply_choices
from cyberdirector.character.face.eyes import EyeLook
from cyberdirector.character.face.paint import PaintLook
from cyberdirector.character.hair.spec import HairSpec
from cyberdirector.character.shape import Shape
from cyberdirector.character.style import Style
from cyberdirector.character.stylisation import (
    age_dials,
    chibi_share,
    fit_heads,
    style_dials,
)
from cyberdirector.character.wardrobe.spec import GarmentSpec
from cyberdirector.character.wardrobe.usual import shod
from cyberdirector.core.errors import InputRefused, Location
from cyberdirector.core.resources import data_dir

MAX_BYTES = 262_144
"""A recipe is a few kilobytes; a larger file is no recipe."""


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Name(_Model):
    """What the character is called in Chinese and in English."""

    zh: str
    en: str


class Hair(_Model):
    """Hairstyle, colours and dials (see ``HairSpec``)."""

    style: str = "long_straight"
    colour: str = "#2a2028"
    tip: str = ""
    inner: str = ""
    streak: str = ""
    ornament: str = "#d9b45b"
    gem: str = "#3f8f7f"
    length: float = 1.0
    volume: float = 1.0
    beard: str = ""
    params: dict[str, float] = {}


class Garment(_Model):
    """One garment (see ``GarmentSpec``)."""

    kind: str
    colours: dict[str, str] = {}
    pattern: str = ""
    params: dict[str, float] = {}


class Recipe(_Model):
    """A character as text.

    ``sex`` and ``age`` (years) choose the macro shape; ``shape``, ``local``, ``style``,
    ``eyes``, ``brows``, ``paint`` and ``face`` set single dials of ``Shape``, ``Style``,
    ``EyeLook``, ``BrowLook``, ``PaintLook`` and ``FaceLook``; ``manner`` holds the
    performance dials (amplitude, tempo, openness, energy, 0..1); ``voice`` hints for the
    choice of a voice; ``tags`` and ``era`` are what casting searches.

    ``stylisation`` is one scalar for the whole look: 0 a real person, 0.5 guoman, 1 anime,
    1.25 moe. ``proportion`` is the standing height in heads (8 … 2.5; presets 7.5, 7, 6.5,
    6, 5 and 3), or None for what the stylisation gives. ``face`` also takes names of
    :mod:`cyberdirector.character.face.catalogue`; single dials win over names.

    Who wears clothes but no shoes gets usual ones unless ``barefoot``, which also leaves out
    the shoes that belong to a whole outfit.
    """

    schema_: Literal["cyberdirector.character"] = Field(alias="schema")
    version: Literal[1]
    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    name: Name
    sex: Literal["female", "male"]
    age: int = Field(ge=13, le=100)
    era: Literal["ancient", "modern"]
    tags: tuple[str, ...] = ()
    height: float = Field(1.65, ge=1.3, le=2.1)
    stylisation: float = Field(1.0, ge=0.0, le=1.25)
    proportion: float | None = Field(None, ge=2.5, le=8.0)
    shape: dict[str, float] = {}
    local: dict[str, float] = {}
    style: dict[str, float] = {}
    eyes: dict[str, float] = {}
    brows: dict[str, float] = {}
    paint: dict[str, float | str] = {}
    face: dict[str, float | str] = {}
    hair: Hair = Hair()
    wardrobe: tuple[Garment, ...] = ()
    barefoot: bool = False
    voice: dict[str, str | float] = {}
    manner: dict[str, float] = {}

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    @field_validator("shape", "style", "eyes", "brows", "paint", "face")
    @classmethod
    def _known(cls, value: dict[str, Any], info: Any) -> dict[str, Any]:
        kinds = {"shape": Shape, "style": Style, "eyes": EyeLook, "brows": BrowLook,
                 "paint": PaintLook, "face": FaceLook}  # fmt: skip
        known = {f.name for f in fields(kinds[info.field_name])}
        strange = sorted(set(value) - known)
        if strange:
            raise ValueError(f"unknown dials {strange}; known: {sorted(known)}")
        if info.field_name == "face":
            for name in FACE_FIELDS:
                if value.get(name):
                    find_entry(name, str(value[name]))
        return value

    def body_shape(self) -> Shape:
        """Return the macro shape of the body."""
        sex = 0.0 if self.sex == "female" else 1.0
        plump = chibi_share(self.proportion)
        slim = {name: amount * (1.0 - plump) for name, amount in SLIM_HANDS.items()}
        slim |= {name: amount * plump for name, amount in PLUMP_HANDS.items() if plump}
        slim["hand-scale-decr"] = 0.4 * sex
        values: dict[str, Any] = {
            "sex": sex, "age": age_dial(self.age), "height": self.height,
            "muscle": 0.42 + 0.14 * sex, "local": {**slim, **self.local}, **self.shape,
        }  # fmt: skip
        return Shape(**values)

    def body_style(self) -> Style:
        """Return the dials of the stylisation."""
        base = style_dials(self.stylisation, self.sex)
        base = age_dials(base, "style", self.age, self.stylisation)
        style = {**apply_choices(self.face, "style", base), **self.style}
        return fit_heads(Style(**style), self.proportion, self.sex)

    def face_look(self) -> FaceLook:
        """Return everything drawn on the face."""
        male = self.sex == "male"
        choices = self.face

        def dials(section: str, kind: Any, base: dict[str, float], own: Any) -> dict[str, Any]:
            start = {**{f.name: f.default for f in fields(kind)}, **base}
            start = age_dials(start, section, self.age)
            return {**apply_choices(choices, section, start), **own}

        eyes = dials("eyes", EyeLook, MALE_EYES if male else {}, self.eyes)
        eyes["fold"] = int(eyes["fold"])
        brows = dials("brows", BrowLook, MALE_BROWS if male else {}, self.brows)
        paint = dials("paint", PaintLook, MALE_PAINT if male else {}, self.paint)
        if self.hair.beard and "moustache" not in self.paint:
            paint["moustache"] = self.hair.colour
        drawn = {f.name: f.default for f in fields(FaceLook)
                 if f.name not in ("eyes", "brows", "paint")}  # fmt: skip
        face: dict[str, Any] = {**apply_choices(choices, "face", drawn), **choices}
        return FaceLook(EyeLook(**eyes), BrowLook(**brows), PaintLook(**paint), **face)

    def hair_spec(self, seed: int) -> HairSpec:
        """Return what the hair package builds from."""
        return HairSpec(**self.hair.model_dump(), seed=seed)

    def garments(self, seed: int) -> list[GarmentSpec]:
        """Return what the wardrobe package builds from."""
        told = [
            GarmentSpec(**g.model_dump(), seed=seed + i) for i, g in enumerate(self.wardrobe)
        ]
        return told if self.barefoot else shod(told, self.era, self.sex)


SLIM_HANDS: dict[str, float] = {
    "hand-fingers-diameter-decr": 0.45, "hand-fingers-distance-decr": 0.5,
    "hand-fingers-length-incr": 0.25,
}  # fmt: skip
"""Drawn hands are slimmer than measured ones."""

PLUMP_HANDS: dict[str, float] = {
    "hand-fingers-length-decr": 1.0, "hand-fingers-diameter-incr": 0.8,
    "hand-fingers-distance-decr": 1.0,
}  # fmt: skip
"""The hands of chibi figures are mittens: short thick fingers that lie together."""

MALE_EYES: dict[str, float] = {
    "lash": 1.0, "wing": 0.6, "lower_lash": 0.65, "iris": 1.21, "iris_aspect": 0.89,
    "crease": 1.3,
}  # fmt: skip
MALE_BROWS: dict[str, float] = {
    "gap": 0.0085, "thick": 0.0058, "tilt": 0.14, "arch": 0.0022, "inner": -1.0,
    "outer": 1.35, "square": 0.6, "droop": 0.003,
}  # fmt: skip
MALE_PAINT: dict[str, float] = {"lip_amount": 0.34, "blush_amount": 0.07, "contour": 0.8}


def age_dial(years: int) -> float:
    """Return the age dial of :class:`Shape` for an age in years (drawn ages look younger)."""
    from numpy import interp

    return float(interp(years, [13, 16, 20, 30, 45, 60, 75, 100],
                        [0.34, 0.42, 0.47, 0.50, 0.56, 0.66, 0.76, 0.85]))  # fmt: skip


def load_recipe(path: Path) -> Recipe:
    """Read and check a recipe file (YAML).

    Raises
    ------
    InputRefused
        The file is missing, too large, not YAML or not a recipe.
    """
    import yaml

    place = Location(str(path))
    if not path.is_file() or path.stat().st_size > MAX_BYTES:
        raise InputRefused(
            "recipe-unreadable",
            f"找不到角色配方，或文件超过 {MAX_BYTES} 字节；请检查路径。",
            f"The character recipe is missing or larger than {MAX_BYTES} bytes.",
            place,
        )
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        return Recipe.model_validate(data)
    except (yaml.YAMLError, UnicodeDecodeError, ValidationError) as error:
        first = str(error).splitlines()
        detail = " ".join(first[:3])
        raise InputRefused(
            "recipe-invalid",
            f"角色配方有误：{detail}",
            f"The character recipe is wrong: {detail}",
            place,
        ) from error


def recipe_names() -> list[str]:
    """Return the ids of the recipes that ship with the program."""
    return sorted(p.stem for p in (data_dir("assetlib") / "characters").glob("*.yaml"))


def shipped_recipe(name: str) -> Recipe:
    """Return a recipe that ships with the program by its id.

    Raises
    ------
    InputRefused
        There is none of that name.
    """
    if name not in recipe_names():
        known = ", ".join(recipe_names())
        raise InputRefused(
            "recipe-unknown",
            f"没有名为“{name}”的角色；可选：{known}。",
            f"There is no character “{name}”; choose one of: {known}.",
        )
    return load_recipe(data_dir("assetlib") / "characters" / f"{name}.yaml")
