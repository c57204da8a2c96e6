"""Classes of a figure that points and parts alone can tell (photographs, user's points)."""

from __future__ import annotations

import numpy as np

from cyberdirector.character.hair import catalogue
from cyberdirector.perceive.colour import lab_from_rgb
from cyberdirector.perceive.mask import Mask
from cyberdirector.perceive.parts import CLASSES
from cyberdirector.perceive.regions import Regions

Shares = dict[str, float]


def _peak(name: str, chosen: str, sure: float) -> Shares:
    """Return a distribution with most of it on one class."""
    words = CLASSES[name]
    rest = (1.0 - sure) / max(len(words) - 1, 1)
    return {w: sure if w == chosen else rest for w in words}


def measured_classes(regions: Regions, male: float = 0.0) -> dict[str, Shares]:
    """Return attribute → class → probability from geometry; what is not seen is even.

    ``male`` are the log-odds that the face itself tells.
    """
    out = {
        "length": _hair_length(regions),
        "fringe": _fringe(regions),
        "sleeve": _sleeve(regions),
        "lower": _lower(regions),
        "beard": _peak("beard", "", 0.9),
        "era": _peak("era", "modern", 0.8 if regions.medium == "photo" else 0.5),
        "age": _age(regions),
    }
    shown = regions.part("shoes").sum() > 20
    out["shoes"] = _peak("shoes", "shoes", 0.7 if shown else 0.5)
    if regions.medium == "photo":
        out["hair"] = {k.name: _WORN if k.name in _EVERYDAY else _RARE for k in catalogue()}
    area = float(regions.part("hair").sum()) / max(regions.layout.head_height, 1.0) ** 2
    odds = float(np.clip((area - _HAIR_EVEN) / _HAIR_UNIT, -0.7, 3.0)) - male
    female = float(1.0 / (1.0 + np.exp(-odds)))
    out["sex"] = {"female": female, "male": 1.0 - female}
    return out


_EVERYDAY = (
    "bob", "long_straight", "loose_long", "ponytail", "low_ponytail", "wolf_cut",
    "short_male", "side_part_male", "slick_back", "curls", "office_updo", "pixie", "bald",
)  # fmt: skip
_WORN, _RARE = 0.5, 0.05
"""Hairstyles that people in photographs wear, and how likely these and others are."""

_HAIR_EVEN, _HAIR_UNIT = 0.31, 0.08
"""Area of hair in squares of the head that men and women have alike, and for how much more the
odds of a woman grow by e: short hair has 0.1 to 0.3, hair over the ears 0.4, long 0.6 on."""


def _age(regions: Regions) -> Shares:
    """Guess that grey hair is not a young person's; nothing else tells an age here."""
    hair = regions.part("hair")
    if regions.medium == "photo" and hair.sum() > 60:
        lab = np.median(lab_from_rgb(regions.picture.flat[hair]), axis=0)
        if lab[0] > 48.0 and np.hypot(lab[1], lab[2]) < 9.0 and not _is_grey(regions):
            return {"young": 0.1, "adult": 0.5, "old": 0.4}
    return _peak("age", "young", 0.6)


def _is_grey(regions: Regions) -> bool:
    """Tell whether the whole picture has no colour."""
    lab = lab_from_rgb(regions.picture.flat[regions.mask][::7])
    return bool(np.percentile(np.hypot(lab[:, 1], lab[:, 2]), 90) < 5.0)


def _hair_length(regions: Regions) -> Shares:
    hair = regions.part("hair")
    layout = regions.layout
    head = layout.head_height
    if hair.sum() < 0.02 * head * head:
        return _peak("length", "bald", 0.75)
    rows = np.nonzero(hair.sum(1) > 0.03 * head)[0]
    low = float(rows[-1]) if len(rows) else 0.0
    chin = layout.at("chin")[1]
    if low < chin + 0.05 * head:
        return _peak("length", "short", 0.8)
    if low < chin + 0.45 * head:
        return _peak("length", "medium", 0.75)
    return _peak("length", "long", 0.85)


def _fringe(regions: Regions) -> Shares:
    """Judge by how much of the forehead left, middle and right is covered by hair."""
    layout = regions.layout
    eyes = 0.5 * (layout.at("left_eye") + layout.at("right_eye"))
    up = layout.at("crown") - layout.at("chin")
    wide = float(np.hypot(*(layout.at("left_eye") - layout.at("right_eye"))))
    y, x = np.mgrid[0 : regions.mask.shape[0], 0 : regions.mask.shape[1]]
    middle = eyes + 0.20 * up
    tall = 0.07 * float(np.hypot(*up))
    hair = regions.part("hair")
    share = []
    for k in (-1.0, 0.0, 1.0):
        at = middle[0] + 0.42 * k * wide
        zone = (np.abs(x - at) < 0.2 * wide) & (np.abs(y - middle[1]) < max(tall, 1.5))
        share.append(float(hair[zone].mean()) if zone.any() else 0.0)
    left, centre, right = share
    if max(share) < 0.25:
        return _peak("fringe", "none", 0.7)
    if min(share) > 0.5:
        return _peak("fringe", "full", 0.75)
    if abs(left - right) > 0.4:
        return _peak("fringe", "side", 0.7)
    return _peak("fringe", "curtain" if centre < 0.35 else "parted", 0.6)


def _along(mask: Mask, regions: Regions, one: str, two: str) -> float | None:
    """Return the share of a limb (one → two) that lies on a mask; None outside the frame."""
    height, width = mask.shape
    hits, count = 0.0, 0
    for side in ("left", "right"):
        names = (f"{side}_{one}", f"{side}_{two}")
        if not regions.layout.sure(*names):
            continue
        a, b = (regions.layout.at(n) for n in names)
        for t in np.linspace(0.25, 0.85, 7):
            x, y = (int(v) for v in a + t * (b - a))
            if 0 <= x < width and 0 <= y < height and regions.mask[y, x]:
                hits += float(mask[y, x])
                count += 1
    return hits / count if count >= 3 else None


def bare_forearms(regions: Regions) -> float | None:
    """Return the share of skin along the forearms, or None where they are not seen."""
    return _along(regions.part("skin"), regions, "elbow", "wrist")


def _sleeve(regions: Regions) -> Shares:
    upper = _along(regions.part("skin"), regions, "shoulder", "elbow")
    lower = bare_forearms(regions)
    if upper is None and lower is None:
        return _peak("sleeve", "long", 0.5)
    if (lower or 0.0) > 0.5:
        return _peak("sleeve", "none" if (upper or 0.0) > 0.6 else "short", 0.75)
    return _peak("sleeve", "long", 0.75)


def _lower(regions: Regions) -> Shares:
    skin, bottom = regions.part("skin"), regions.part("bottom")
    thigh = _along(skin, regions, "hip", "knee")
    shin = _along(skin, regions, "knee", "ankle")
    if thigh is None:
        return {w: 1.0 / len(CLASSES["lower"]) for w in CLASSES["lower"]}
    apart = _gap_between_legs(regions)
    if (shin or 0.0) > 0.5:
        return _peak("lower", "shorts" if apart else "skirt_knee", 0.65)
    if not apart and bottom.sum() > 0:
        return _peak("lower", "skirt_long", 0.65)
    return _peak("lower", "trousers", 0.75)


def _gap_between_legs(regions: Regions) -> bool:
    """Tell whether background or a deep notch shows between the knees and ankles."""
    layout, mask = regions.layout, regions.mask
    knees = [layout.at("left_knee"), layout.at("right_knee")]
    ankles = [layout.at("left_ankle"), layout.at("right_ankle")]
    open_rows = 0
    for t in np.linspace(0.1, 0.9, 9):
        a = knees[0] + t * (ankles[0] - knees[0])
        b = knees[1] + t * (ankles[1] - knees[1])
        y = int(0.5 * (a[1] + b[1]))
        low, high = sorted((int(a[0]), int(b[0])))
        if 0 <= y < mask.shape[0] and high > low + 2:
            row = mask[y, max(low, 0) : high]
            open_rows += int(len(row) > 0 and (~row).mean() > 0.05)
    return open_rows >= 3
