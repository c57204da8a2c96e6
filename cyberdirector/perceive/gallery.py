"""Every hairstyle and garment as it looks from the front, to compare pictures with.

Hair is compared as a small map around the head, clothes as a few measures along the body.
``bake_gallery`` makes the file anew when the catalogues have grown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyberdirector.character.body import Body
from cyberdirector.character.hair import build_hair, catalogue
from cyberdirector.character.recipe import Recipe
from cyberdirector.character.wardrobe import build_outfit
from cyberdirector.character.wardrobe.catalogue import CATALOGUE
from cyberdirector.character.wardrobe.kinds import GarmentKind
from cyberdirector.core.resources import data_dir
from cyberdirector.perceive.layout import Layout
from cyberdirector.perceive.model import body_of
from cyberdirector.perceive.parts import PART_INDEX
from cyberdirector.perceive.raster import front_labels

Floats = NDArray[np.float64]
Labels = NDArray[np.uint8]

FILE = "perceive_gallery.npz"

COLUMNS, ROWS = 32, 40
_LEFT, _TOP, _STEP = -1.6, 1.6, 0.1
"""The map spans 3.2 × 4 heads (chin to crown) around the face in steps of a tenth."""

LENGTHS = (0.75, 1.0, 1.3)


def hair_map(labels: Labels, layout: Layout) -> Floats:
    """Return what lies around a head: (40, 32) 1 hair, 0 not, NaN where that is not seen."""
    chin, crown = layout.at("chin"), layout.at("crown")
    up = crown - chin
    side = np.array([-up[1], up[0]])
    v = _TOP - _STEP * (np.arange(ROWS) + 0.5)
    u = _LEFT + _STEP * (np.arange(COLUMNS) + 0.5)
    at = chin + v[:, None, None] * up + u[None, :, None] * side
    out = np.zeros((ROWS, COLUMNS))
    hair = labels == PART_INDEX["hair"]
    worn = labels == PART_INDEX["accessory"]
    height, width = labels.shape
    for dy in (-0.25, 0.25):
        for dx in (-0.25, 0.25):
            spot = at + _STEP * (dy * up + dx * side)
            x, low = (np.rint(spot[..., k]).astype(int) for k in (0, 1))
            inside = (x >= 0) & (x < width) & (low >= 0) & (low < height)
            x, y = np.clip(x, 0, width - 1), np.clip(low, 0, height - 1)
            out += np.where(inside, hair[y, x], 0.0)
            out[inside & worn[y, x]] = np.nan  # a hat hides what is under it
            out[~inside & (low >= height)] = np.nan
    return out / 4.0


def _hair_weight() -> Floats:
    """Return how much a place says: the forehead most, what hangs low least."""
    v = (_TOP - _STEP * (np.arange(ROWS) + 0.5))[:, None]
    u = (_LEFT + _STEP * (np.arange(COLUMNS) + 0.5))[None]
    weight = np.where(v < 0.0, 0.45, 1.0) * np.ones_like(u)
    weight[(v > 0.45) & (v < 0.95) & (np.abs(u) < 0.45)] = 2.2
    return weight


def hair_likeness(one: Floats, two: Floats) -> float:
    """Return the weighted overlap 0..1 of two hair maps, the better of both mirror images."""
    weight = _hair_weight()
    best = 0.0
    for other in (two, two[:, ::-1]):
        known = np.isfinite(one) & np.isfinite(other)
        a, b, w = one[known], other[known], weight[known]
        union = float((w * np.maximum(a, b)).sum())
        best = max(best, float((w * np.minimum(a, b)).sum()) / max(union, 1e-6))
    return best


MEASURES: tuple[tuple[str, float], ...] = (
    ("hem", 0.25), ("hem_width", 0.22), ("knee_width", 0.20), ("notch", 0.10),
    ("waist", 0.20), ("upper_sleeve", 0.22), ("lower_sleeve", 0.22), ("cuff_width", 0.16),
    ("neck_skin", 0.15), ("shoe_top", 0.15), ("shoe_area", 0.08),
)  # fmt: skip
"""Measures of clothes with the deviation that pose and drawing add (see the functions)."""

_LOWER = ("hem", "hem_width", "knee_width", "notch", "waist")
_UPPER = ("upper_sleeve", "lower_sleeve", "cuff_width", "neck_skin")
OF_SLOT: dict[str, tuple[str, ...]] = {
    "top": _UPPER, "bottom": _LOWER, "dress": (*_UPPER, *_LOWER),
    "armour": (*_UPPER, *_LOWER), "shoes": ("shoe_top", "shoe_area"),
}  # fmt: skip
"""Measures that a garment of a slot decides."""


def outfit_measures(labels: Labels, layout: Layout) -> dict[str, float]:
    """Return measures of clothes in heads (chin to crown) or shares; NaN if not shown."""
    head = layout.head_height
    out = {name: np.nan for name, _ in MEASURES}
    height = labels.shape[0]
    hips, knees, ankles = (
        0.5 * (layout.at(f"left_{j}") + layout.at(f"right_{j}"))
        for j in ("hip", "knee", "ankle")
    )
    cloth = labels == PART_INDEX["bottom"]
    if knees[1] < height:
        leg = max(float(ankles[1] - hips[1]), 1.0)
        below = np.nonzero(cloth[int(max(hips[1], 0)) :].sum(1) > 0.2 * head)[0]
        hem = float(below[-1]) if len(below) else 0.0
        out["hem"] = hem / leg
        out["knee_width"] = _width(cloth, knees[1], hips[0], head)
        if hem > 0.05 * leg:
            out["hem_width"] = _width(cloth, hips[1] + 0.94 * hem, hips[0], head)
            out["notch"] = _notch(cloth, hips, hem, head)
            out["waist"] = _waist(cloth, layout, hips)
        shoes = labels == PART_INDEX["shoes"]
        if ankles[1] < height - 2:
            rows = np.nonzero(shoes.sum(1) > 0.04 * head)[0]
            out["shoe_top"] = float(ankles[1] - rows[0]) / leg if len(rows) else -0.2
            out["shoe_area"] = float(shoes.sum()) / head**2 * 0.3
    sleeve = ("sleeve", "top")
    out["upper_sleeve"] = _along(labels, layout, "shoulder", "elbow", sleeve)
    out["lower_sleeve"] = _along(labels, layout, "elbow", "wrist", ("sleeve",))
    out["cuff_width"] = _cuff(labels, layout)
    neck = layout.at("neck")
    y, x = np.mgrid[0:height, 0 : labels.shape[1]]
    low = np.hypot(x - neck[0], y - neck[1] - 0.3 * head) < 0.28 * head
    if low.any():
        out["neck_skin"] = float((labels[low] == PART_INDEX["skin"]).mean())
    return out


def _width(mask: NDArray[np.bool_], row: float, middle: float, head: float) -> float:
    """Return the width of a mask in a row, in heads."""
    y = int(np.clip(row, 0, mask.shape[0] - 1))
    hit = np.nonzero(mask[y])[0]
    near = hit[np.abs(hit - middle) < 2.6 * head]
    return float(near[-1] - near[0]) / head if len(near) > 1 else 0.0


def _notch(cloth: NDArray[np.bool_], hips: Floats, hem: float, head: float) -> float:
    """Return how much of the lowest quarter of the cloth is open between its sides."""
    open_ = []
    for t in np.linspace(0.72, 0.96, 9):
        row = cloth[int(np.clip(hips[1] + t * hem, 0, cloth.shape[0] - 1))]
        hit = np.nonzero(row)[0]
        hit = hit[np.abs(hit - hips[0]) < 2.6 * head]
        if len(hit) > 1:
            open_.append(1.0 - len(hit) / (hit[-1] - hit[0] + 1))
    return float(np.mean(open_)) if open_ else np.nan


def _waist(cloth: NDArray[np.bool_], layout: Layout, hips: Floats) -> float:
    """Return where the lower garment begins: 0 at the shoulders, 1 at the hips."""
    shoulders = 0.5 * (layout.at("left_shoulder") + layout.at("right_shoulder"))
    half = max(0.12 * layout.head_height, 1.5)
    x0, x1 = (int(np.clip(hips[0] + k * half, 0, cloth.shape[1] - 1)) for k in (-1.0, 1.0))
    rows = np.nonzero(cloth[:, x0 : x1 + 1].mean(1) > 0.5)[0]
    tall = max(float(hips[1] - shoulders[1]), 1.0)
    return float(np.clip((rows[0] - shoulders[1]) / tall, 0.0, 1.6)) if len(rows) else np.nan


def _along(labels: Labels, layout: Layout, one: str, two: str, names: tuple[str, ...]) -> float:
    """Return the share of two limbs (one → two) under given parts; NaN if not shown."""
    codes = [PART_INDEX[n] for n in names]
    height, width = labels.shape
    seen = []
    for side in ("left", "right"):
        a, b = layout.at(f"{side}_{one}"), layout.at(f"{side}_{two}")
        for t in np.linspace(0.2, 0.9, 12):
            x, y = (int(v) for v in a + t * (b - a))
            if 0 <= x < width and 0 <= y < height and labels[y, x]:
                seen.append(float(labels[y, x] in codes))
    return float(np.mean(seen)) if len(seen) >= 6 else np.nan


def _cuff(labels: Labels, layout: Layout) -> float:
    """Return how far the sleeve reaches across the forearm, in heads (the wider arm)."""
    sleeve = labels == PART_INDEX["sleeve"]
    height, width = labels.shape
    best = np.nan
    for side in ("left", "right"):
        a, b = layout.at(f"{side}_elbow"), layout.at(f"{side}_wrist")
        along = b - a
        length = float(np.hypot(*along))
        if length < 0.15 * layout.head_height:
            continue  # the arm points at the viewer
        across = np.array([-along[1], along[0]]) / length
        spans = []
        for t in (0.55, 0.7, 0.85):
            middle = a + t * along
            reach = 0.0
            for sign in (-1.0, 1.0):
                for k in np.arange(0.0, 2.0, 0.04):
                    x, y = (int(v) for v in middle + sign * k * layout.head_height * across)
                    on = 0 <= x < width and 0 <= y < height and sleeve[y, x]
                    if not on and k > 0.1:
                        break
                    reach += 0.04 * on
            spans.append(reach)
        found = float(np.median(spans))
        best = found if np.isnan(best) else max(best, found)
    return best


def outfit_cost(seen: Mapping[str, float], kind: Mapping[str, float], slot: str) -> float:
    """Return half the squared distance of measures that a slot decides, in deviations.

    What only one of both has (a hem without a skirt) differs by two deviations.
    """
    cost = 0.0
    for name, deviation in MEASURES:
        if name in OF_SLOT.get(slot, ()):
            off = (seen[name] - kind[name]) / deviation
            if np.isfinite(off):
                cost += 0.5 * min(off * off, 9.0)
            elif np.isfinite(seen[name]):
                cost += 2.0
    return cost


def _recipe(sex: str, **more: Any) -> Recipe:
    return Recipe.model_validate({
        "schema": "cyberdirector.character", "version": 1, "id": "gallery",
        "name": {"zh": "样", "en": "sample"}, "sex": sex, "age": 22, "era": "modern",
        "height": 1.64 if sex == "female" else 1.76, **more,
    })  # fmt: skip


SAMPLES = 5
"""Ways in which a garment with dials is looked at."""


def _dials(kind: GarmentKind, number: int) -> dict[str, float]:
    """Return dials of a garment: as they are, near both ends, and at random."""
    if number == 0:
        return {}
    rng = np.random.default_rng([number, 31])
    at = {1: 0.15, 2: 0.85}.get(number)
    return {
        d.name: round(d.low + (float(rng.random()) if at is None else at) * (d.high - d.low), 3)
        for d in kind.params
    }


def _rows_of(bodies: dict[str, Body]) -> tuple[list[str], list[list[float]]]:
    """Return names and measures of all garments that dress, each in several ways."""
    kinds, rows = [], []
    for name, garment in CATALOGUE.items():
        if garment.slot not in OF_SLOT:
            continue
        for number in range(SAMPLES if garment.params else 1):
            sex = ("female", "male")[number % 2] if garment.sex == "any" else garment.sex
            worn = [{"kind": name, "params": _dials(garment, number)}]
            recipe = _recipe(sex, wardrobe=worn)
            pieces = build_outfit(bodies[sex], recipe.garments(0)).pieces
            found = outfit_measures(*front_labels(bodies[sex], pieces))
            kinds.append(name)
            rows.append([found[n] for n, _ in MEASURES])
    return kinds, rows


def bake_gallery() -> dict[str, Any]:
    """Return the arrays of the gallery file for all kinds of both catalogues."""
    hair_names, maps = [], []
    bodies = {sex: body_of(_recipe(sex)) for sex in ("female", "male")}
    for kind in catalogue():
        sex = "male" if kind.sex == "male" else "female"
        for length in LENGTHS if kind.name != "bald" else (1.0,):
            recipe = _recipe(sex, hair={"style": kind.name, "length": length})
            pieces = build_hair(bodies[sex], recipe.hair_spec(0))
            hair_names.append(kind.name)
            maps.append(np.rint(hair_map(*front_labels(bodies[sex], pieces)) * 100.0))
    kinds, rows = _rows_of(bodies)
    hair = np.nan_to_num(np.array(maps)).astype(np.uint8)
    return {
        "hair_names": np.array(hair_names), "hair": hair,
        "kinds": np.array(kinds), "measures": np.array(rows, np.float32),
    }  # fmt: skip


@lru_cache(maxsize=1)
def _load() -> tuple[dict[str, list[Floats]], dict[str, list[dict[str, float]]]]:
    hair: dict[str, list[Floats]] = {}
    kinds: dict[str, list[dict[str, float]]] = {}
    with np.load(data_dir("models") / FILE) as data:
        for name, field in zip(data["hair_names"], data["hair"], strict=True):
            hair.setdefault(str(name), []).append(field / 100.0)
        keys = [n for n, _ in MEASURES]
        for name, row in zip(data["kinds"], data["measures"], strict=True):
            kinds.setdefault(str(name), []).append(dict(zip(keys, row.tolist(), strict=True)))
    return hair, kinds


def hair_scores(labels: Labels, layout: Layout) -> dict[str, float]:
    """Return how alike the hair in a picture is to each style, 0..1."""
    seen = hair_map(labels, layout)
    if np.nansum(seen) < 3.0:
        if hat_size(labels, layout)[0] > HAT_AREA:
            return dict.fromkeys(_load()[0], 0.5)  # under a hat nothing is known
        return {name: float(name == "bald") for name in _load()[0]}
    return {
        name: max(hair_likeness(seen, field) for field in fields)
        for name, fields in _load()[0].items()
    }


_RARE = 1.4
"""Cost of dials that are not those of the catalogue."""


@dataclass(frozen=True)
class Look:
    """A garment with some dials: how unlike what is worn it is (0 the same)."""

    cost: float
    dials: dict[str, float]


def garment_looks(labels: Labels, layout: Layout) -> dict[str, list[Look]]:
    """Return for each known garment its looks, the first with the catalogue's own dials."""
    seen = outfit_measures(labels, layout)
    return {
        name: [
            Look(
                outfit_cost(seen, look, CATALOGUE[name].slot) + _RARE * (number > 0),
                _dials(CATALOGUE[name], number),
            )
            for number, look in enumerate(looks)
        ]
        for name, looks in _load()[1].items()
        if name in CATALOGUE
    }


CROWN_AREA, CROWN_WIDE = 0.055, 0.6
"""Area over the eyes in squares of the head, and width in heads, from which something is worn
(hairpins have 0.01; crowns 0.06 to 0.24, 0.9 heads wide)."""

HAT_AREA, HAT_WIDE = 0.255, 1.45
"""Area from which it covers the skull (caps have 0.27 and more), and width in heads from which
its brim is wide."""


def hat_size(labels: Labels, layout: Layout) -> tuple[float, float]:
    """Return area (squares of the head) and width (heads) of what is worn over the eyes."""
    head = max(layout.head_height, 1.0)
    eyes = 0.5 * (layout.at("left_eye") + layout.at("right_eye"))
    worn = labels == PART_INDEX["accessory"]
    worn[int(np.clip(eyes[1], 0, len(worn))) :] = False
    columns = np.nonzero(worn.sum(0) > 0.06 * head)[0]
    wide = float(columns[-1] - columns[0] + 1) / head if len(columns) else 0.0
    return float(worn.sum()) / head**2, wide
