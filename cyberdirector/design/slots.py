"""What a description says of a character: the schema that words, and language models, fill.

A language model that designs characters must answer with JSON of this schema
(``CharacterSlots.model_json_schema()``); everything is optional, unknown keys are refused,
names are those of the catalogues, and a colour is ``#rrggbb`` or a name of the lexicon
(``dark_`` and ``light_`` may stand before one).
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Degree = Literal["", "slight", "very"]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid")


class FaceSlots(_Model):
    """The face: names of the face catalogue, colours, skin."""

    shape: str = ""
    eye_shape: str = ""
    iris_kind: str = ""
    lash_kind: str = ""
    brow_kind: str = ""
    lip_kind: str = ""
    nose_kind: str = ""
    blush_kind: str = ""
    mole: str = ""
    makeup: str = ""
    mark: str = ""
    scar: str = ""
    iris: str = Field(default="", description="colour of the eyes")
    lips: str = Field(default="", description="colour of the lips")
    skin: str = Field(
        default="", description="fair, pale, wheat, tan, dark, yellowish or #rrggbb"
    )
    skin_degree: Degree = ""
    wrinkles: float | None = Field(default=None, ge=0.0, le=1.0)
    freckles: bool = False


class HairSlots(_Model):
    """Hair: a style of the hair catalogue or what is known of one."""

    style: str = ""
    length: Literal["", "short", "medium", "long"] = ""
    fringe: Literal["", "none", "full", "side", "parted", "curtain"] = ""
    curl: bool = False
    colour: str = ""
    tip: str = ""
    ornament: str = Field(default="", description="colour of pins and crowns")
    beard: str = ""
    beard_colour: str = ""


class GarmentSlots(_Model):
    """One garment: a kind of the wardrobe catalogue, or ``clothes``, ``robe``, ``skirt``."""

    kind: str
    colours: dict[str, str] = Field(default={}, description="part (main, sash, tie …): colour")
    pattern: str = ""
    sleeve: Literal["", "none", "short", "long", "wide"] = ""
    length: Literal["", "short", "long"] = ""


class CharacterSlots(_Model):
    """Everything that was said; empty means that nothing was."""

    name: str = ""
    count: int = Field(default=1, ge=1, le=24)
    sex: Literal["", "female", "male"] = ""
    age: int | None = Field(default=None, ge=3, le=100)
    age_class: Literal["", "child", "teen", "young", "adult", "middle", "old"] = ""
    era: Literal["", "ancient", "modern"] = ""
    roles: list[str] = []
    build: Literal[
        "", "average", "slim", "thin", "petite", "sturdy", "muscular", "plump", "fat"
    ] = ""
    build_degree: Degree = ""
    stature: Literal["", "tall", "short"] = ""
    height: int | None = Field(default=None, ge=90, le=230, description="centimetres")
    stylisation: float | None = Field(default=None, ge=0.0, le=1.25)
    proportion: float | None = Field(
        default=None, ge=2.5, le=8.0, description="height in heads"
    )
    moods: list[str] = []
    face: FaceSlots = FaceSlots()
    hair: HairSlots = HairSlots()
    garments: list[GarmentSlots] = []
    without: list[str] = Field(default=[], description="kinds that are not worn")
