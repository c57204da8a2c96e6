"""The colours of a figure: one per part and the tones of its clothes, freed from shade."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from cyberdirector.perceive.colour import (
    clusters,
    delta_e,
    hex_of,
    lab_from_rgb,
    lit_colour,
    rgb_from_lab,
)
from cyberdirector.perceive.mask import Mask
from cyberdirector.perceive.regions import Regions

Floats = NDArray[np.float64]
Tone = tuple[Floats, float]
"""A colour in CIELAB and its share of the region."""

_LEAST = 14
"""Pixels that a region needs before its colour is believed."""


@dataclass(frozen=True)
class Palette:
    """Colours ``#rrggbb`` by slot, and tones of cloth regions, the largest first.

    Slots: ``hair``, ``tip``, ``skin``, ``iris``, ``lip``, ``top``, ``sleeve``, ``bottom``,
    ``hem``, ``legwear``, ``shoes``, ``inner``, ``sash``, ``front``, ``hat``;
    a slot that was not seen is absent.
    """

    colours: dict[str, str]
    tones: dict[str, list[tuple[str, float]]] = field(default_factory=dict)

    def as_dict(self) -> dict[str, object]:
        """Return plain data."""
        return {"colours": self.colours, "tones": self.tones}


def tones_of(lab: Floats) -> list[Tone]:
    """Return the cloth colours of a region: what is only shade of another is joined to it.

    Drawn shade keeps the hue and scales chroma with lightness, so a cluster is the shade of
    a lighter one when its a, b are near those of the lighter scaled by the ratio of L.
    """
    if len(lab) < _LEAST:
        return []
    centres, shares = clusters(lab, 6)
    order = np.argsort(-(centres[:, 0] + 40.0 * shares), kind="stable")
    groups: list[list[int]] = []
    for i in order:
        home = next((g for g in groups if _is_shade(centres[i], centres[g[0]])), None)
        if home is None:
            groups.append([int(i)])
        else:
            home.append(int(i))
    nearest = ((lab[:, None] - centres[None]) ** 2).sum(2).argmin(1)
    out = []
    for group in groups:
        own = lab[np.isin(nearest, group)]
        if len(own) >= max(6, 0.02 * len(lab)):
            out.append((lit_colour(own), len(own) / len(lab)))
    return sorted(out, key=lambda tone: -tone[1])


def _is_shade(dark: Floats, light: Floats) -> bool:
    ratio = min(max(dark[0], 3.0) / max(light[0], 3.0), 1.3)
    off = float(np.hypot(*(dark[1:] - light[1:] * (0.35 + 0.65 * ratio))))
    grey = float(np.hypot(*light[1:])) < 9.0
    return off < 12.0 and abs(light[0] - dark[0]) < (30.0 if grey else 34.0)


_LIT = {"skin": (70.0, 97.0), "hair": (30.0, 85.0)}
"""Percentiles of lightness between which skin is lit, and hair neither shade nor glint."""


def _natural(lab: Floats, name: str) -> Floats:
    """Return the colour of hair or skin in a photograph: of its lit part.

    Light falls off smoothly there, so there is no lit tone; strands shade each other.
    """
    level = np.percentile(lab[:, 0], _LIT[name])
    lit = lab[(lab[:, 0] >= level[0]) & (lab[:, 0] <= level[1])]
    return np.median(lit if len(lit) else lab, axis=0)


def _inside(mask: Mask, pixels: int) -> Mask:
    """Return the mask without its outline, or itself where nothing would remain."""
    from scipy.ndimage import binary_erosion

    for steps in range(pixels, 0, -1):
        inner: Mask = binary_erosion(mask, iterations=steps)
        if inner.sum() >= max(_LEAST, 0.25 * mask.sum()):
            return inner
    return mask


def _text(lab: Floats) -> str:
    return hex_of(rgb_from_lab(lab))


def read_palette(regions: Regions) -> Palette:
    """Return the colours of all parts of a figure."""
    lab = lab_from_rgb(regions.picture.flat)
    edge = max(1, round(0.004 * max(lab.shape)))
    colours: dict[str, str] = {}
    tones: dict[str, list[tuple[str, float]]] = {}
    for name in ("hair", "skin", "top", "sleeve", "bottom", "legwear", "shoes"):
        part = regions.part(name)
        if name == "skin":
            part &= _face_rows(regions) if (part & _face_rows(regions)).sum() > 30 else part
        own = lab[_inside(part, edge)]
        if len(own) < _LEAST:
            continue
        if name in ("hair", "skin"):
            colours[name] = _text(
                _natural(own, name) if regions.medium == "photo" else lit_colour(own)
            )
            continue
        found = tones_of(own)
        if found:
            tones[name] = [(_text(c), round(s, 4)) for c, s in found]
            colours[name] = tones[name][0][0]
    _read_tip(regions, lab, edge, colours)
    _read_hem(regions, lab, edge, colours)
    _read_iris(regions, lab, colours)
    _read_lip(regions, lab, colours)
    for slot, zone in _zones(regions).items():
        worn = ("accessory",) if slot == "hat" else ("top", "bottom", "accessory")
        found = _not_skin(tones_of(lab[zone & regions.part(*worn)]), regions, lab)
        if found:
            tones[slot] = [(_text(c), round(s, 4)) for c, s in found]
    return Palette(colours, tones)


_SKIN_NEAR = 7.0
"""CIELAB distance within which a tone at the neckline is bare skin or its shade."""


def _not_skin(tones: list[Tone], regions: Regions, lab: Floats) -> list[Tone]:
    """Return tones without those of the skin, lit and in shade; one tone alone stays."""
    skin = lab[regions.part("skin")]
    if len(skin) < _LEAST or len(tones) < 2:
        return tones
    centres, shares = clusters(skin, 4)
    bare = centres[shares > 0.06]
    return [t for t in tones if np.linalg.norm(bare - t[0], axis=1).min() > _SKIN_NEAR]


def _face_rows(regions: Regions) -> Mask:
    """Return the rows between brows and chin."""
    layout = regions.layout
    eyes = 0.5 * (layout.at("left_eye") + layout.at("right_eye"))
    out = np.zeros(regions.mask.shape, np.bool_)
    low = int(min(eyes[1], layout.at("chin")[1]))
    out[max(low, 0) : max(int(layout.at("chin")[1]), low + 1)] = True
    return out


def _read_tip(regions: Regions, lab: Floats, edge: int, colours: dict[str, str]) -> None:
    """Set ``tip`` where the lower third of long hair has another colour."""
    if "hair" not in colours:
        return
    hair = _inside(regions.part("hair"), edge)
    rows = np.nonzero(hair.any(1))[0]
    if len(rows) < 12:
        return
    cut = rows[0] + 0.75 * (rows[-1] - rows[0])
    y = np.arange(hair.shape[0])[:, None]
    upper, lower = lab[hair & (y < cut)], lab[hair & (y >= cut)]
    if len(upper) > _LEAST and regions.medium != "photo":
        colours["hair"] = _text(lit_colour(upper))
    long = rows[-1] > regions.layout.at("chin")[1] + 0.3 * regions.layout.head_height
    if len(lower) > 40 and long:
        tip = lit_colour(lower)
        if float(delta_e(tip, lit_colour(upper))) > 14.0:
            colours["tip"] = _text(tip)


_HEM_ROWS, _WAIST_ROWS, _FADED = (0.72, 0.90), (0.06, 0.30), 0.84
"""Shares of the height of a skirt where its end and its own colour are read, and how far a
fade has gone at the end's rows (``smooth_step`` of the wardrobe's cloth).
"""


def _read_hem(regions: Regions, lab: Floats, edge: int, colours: dict[str, str]) -> None:
    """Set ``hem``, the colour that the lower garment ends in, and where that differs from the
    waist's take the waist's for the whole.
    """
    bottom = _inside(regions.part("bottom"), edge)
    rows = np.nonzero(bottom.any(1))[0]
    if "bottom" not in colours or len(rows) < 24:
        return
    y = (np.arange(bottom.shape[0])[:, None] - rows[0]) / (rows[-1] - rows[0])
    low, high = (
        lab[bottom & (y >= a) & (y < b)] for a, b in (_HEM_ROWS, _WAIST_ROWS)
    )  # fmt: skip
    if min(len(low), len(high)) < _LEAST:
        return
    start, end = lit_colour(high), lit_colour(low)
    if float(delta_e(start, end)) < 6.0:
        colours["hem"] = colours["bottom"]
        return
    colours["bottom"] = _text(start)
    colours["hem"] = _text(start + (end - start) / _FADED)


def _read_iris(regions: Regions, lab: Floats, colours: dict[str, str]) -> None:
    """Set ``iris``: what is neither white nor lash in the middle of the eyes."""
    layout = regions.layout
    apart = float(np.hypot(*(layout.at("left_eye") - layout.at("right_eye"))))
    y, x = np.mgrid[0 : lab.shape[0], 0 : lab.shape[1]]
    near = np.zeros(regions.mask.shape, np.bool_)
    for eye in ("left_eye", "right_eye"):
        at = layout.at(eye)
        near |= np.hypot(x - at[0], y - at[1]) < 0.17 * apart
    own = lab[near & (regions.part("eyes") | (regions.medium == "photo"))]
    chroma = np.hypot(own[:, 1], own[:, 2])
    skin = colours.get("skin")
    iris = own[(own[:, 0] > 14) & (own[:, 0] < 84) & ~((own[:, 0] > 62) & (chroma < 12))]
    if skin is not None and len(iris):
        face = lab_from_rgb(np.array([int(skin[i : i + 2], 16) for i in (1, 3, 5)]))
        iris = iris[np.linalg.norm(iris - face, axis=1) > 16.0]
    if len(iris) < 6:
        return
    found = np.hypot(iris[:, 1], iris[:, 2])
    vivid = iris[found >= np.percentile(found, 50)]
    # The upper half of a drawn iris lies in the shadow of the lid.
    bright = vivid[vivid[:, 0] >= np.percentile(vivid[:, 0], 40)]
    colours["iris"] = _text(np.median(bright, 0))


def _read_lip(regions: Regions, lab: Floats, colours: dict[str, str]) -> None:
    """Set ``lip``: the reddest skin between the corners of the mouth."""
    layout = regions.layout
    a, b = layout.at("mouth_left"), layout.at("mouth_right")
    middle, half = 0.5 * (a + b), 0.5 * float(np.hypot(*(a - b)))
    y, x = np.mgrid[0 : lab.shape[0], 0 : lab.shape[1]]
    near = (np.abs(x - middle[0]) < half) & (np.abs(y - middle[1]) < max(0.45 * half, 1.5))
    own = lab[near & regions.part("skin")]
    if len(own) < _LEAST:
        return
    red = own[own[:, 1] >= np.percentile(own[:, 1], 75)]
    colours["lip"] = _text(np.median(red, 0))


def _zones(regions: Regions) -> dict[str, Mask]:
    """Return places where garments have their own colour: neckline, front, waist."""
    layout = regions.layout
    shape = regions.mask.shape
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]]
    head = layout.head_height
    neck = layout.at("neck")
    shoulders = 0.5 * (layout.at("left_shoulder") + layout.at("right_shoulder"))
    hips = 0.5 * (layout.at("left_hip") + layout.at("right_hip"))
    waist = 0.38 * shoulders + 0.62 * hips
    brows = 0.5 * (layout.at("left_eye") + layout.at("right_eye"))[1] - 0.06 * head
    return {
        "hat": y < brows,
        "inner": np.hypot(x - neck[0], (y - neck[1] - 0.18 * head) * 0.9) < 0.26 * head,
        "front": (np.abs(x - shoulders[0]) < 0.16 * head)
        & (y > shoulders[1]) & (y < 0.5 * (shoulders[1] + hips[1])),
        "sash": (np.abs(x - waist[0]) < 0.45 * head) & (np.abs(y - waist[1]) < 0.16 * head),
    }  # fmt: skip
