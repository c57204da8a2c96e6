"""One-dimensional profiles of a figure: along arms, legs and fringe, and colours side by side.

What a sleeve, a skirt, a robe or a fringe is shows in where parts begin and end along a
limb, in how wide they are there, and in which cloths share a colour.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cyberdirector.perceive.colour import lab_from_rgb
from cyberdirector.perceive.layout import Layout
from cyberdirector.perceive.parts import PART_INDEX

Floats = NDArray[np.float64]
Labels = NDArray[np.uint8]

_ARM = np.linspace(0.08, 1.0, 10)
_LEG = np.linspace(0.05, 1.0, 12)
_REACH = 0.06
"""Step across a limb, heads."""


def _at(labels: Labels, points: Floats) -> NDArray[np.int64]:
    """Return the part at points (n, 2) x, y in pixels; -1 outside the picture."""
    x, y = np.floor(points).astype(np.int64).T
    inside = (x >= 0) & (x < labels.shape[1]) & (y >= 0) & (y < labels.shape[0])
    found = labels[np.clip(y, 0, labels.shape[0] - 1), np.clip(x, 0, labels.shape[1] - 1)]
    return np.where(inside, found.astype(np.int64), -1)


def arm_profile(labels: Labels, layout: Layout) -> Floats:
    """Return along shoulder → wrist (ten places, mean of both arms): share of cloth, of skin,
    width of the sleeve there (heads, the wider arm) and how far it hangs below (heads).
    """
    head = max(layout.head_height, 1.0)
    sleeve, top, skin = (PART_INDEX[n] for n in ("sleeve", "top", "skin"))
    rows = np.zeros((2, 4, len(_ARM)))
    offsets = np.arange(-1.2, 1.21, _REACH)
    for side, name in enumerate(("left", "right")):
        line = [layout.at(f"{name}_{j}") for j in ("shoulder", "elbow", "wrist")]
        for i, t in enumerate(_ARM):
            k = int(t > 0.5)
            a, b = line[k], line[k + 1]
            middle = a + (2.0 * t - k) * (b - a)
            way = (b - a) / max(float(np.hypot(*(b - a))), 1e-6)
            across = np.array([-way[1], way[0]])
            found = _at(labels, middle + head * offsets[:, None] * across)
            centre = len(offsets) // 2
            near = found[centre - 1 : centre + 2]
            rows[side, 0, i] = np.isin(near, (sleeve, top)).mean()
            rows[side, 1, i] = (near == skin).mean()
            rows[side, 2, i] = _run(found == sleeve, centre) * _REACH
            below = _at(labels, middle + head * offsets[centre:, None] * [0.0, 1.0])
            rows[side, 3, i] = _run(below == sleeve, 0) * _REACH
    return np.concatenate([rows[:, :2].mean(0).ravel(), rows[:, 2:].max(0).ravel()])


def _run(on: NDArray[np.bool_], at: int) -> int:
    """Return the length of the run of true values around an index (one gap allowed there)."""
    gaps = np.nonzero(~on)[0]
    right = gaps[gaps > at]
    left = gaps[gaps < at]
    end = int(right[0]) if len(right) else len(on)
    start = int(left[-1]) + 1 if len(left) else 0
    return max(end - start - int(not on[at]), 0)


def leg_profile(labels: Labels, layout: Layout) -> Floats:
    """Return along hip → ankle (twelve rows): width of the lower garment (heads), its share of
    that width, and the shares of skin, legwear and shoes in the row of the figure.
    """
    head = max(layout.head_height, 1.0)
    hips, ankles = (
        0.5 * (layout.at(f"left_{j}") + layout.at(f"right_{j}")) for j in ("hip", "ankle")
    )
    bottom = PART_INDEX["bottom"]
    others = [PART_INDEX[n] for n in ("skin", "legwear", "shoes")]
    out = np.zeros((5, len(_LEG)))
    columns = np.arange(labels.shape[1])
    near = np.abs(columns - hips[0]) < 2.2 * head
    for i, t in enumerate(_LEG):
        y = int(hips[1] + t * (ankles[1] - hips[1]))
        if not 0 <= y < len(labels):
            continue
        row = labels[y][near]
        cloth = np.nonzero(row == bottom)[0]
        if len(cloth) > 1:
            span = cloth[-1] - cloth[0] + 1
            out[0, i], out[1, i] = span / head, len(cloth) / span
        total = max(int((row > 0).sum()), 1)
        out[2:, i] = [(row == k).sum() / total for k in others]
    return out.ravel()


_COLUMNS = np.linspace(-0.48, 0.48, 13)
_BANDS = ((0.36, 0.48), (0.48, 0.60), (0.60, 0.72), (0.72, 0.86))
"""Heights over the chin (chin to crown is 1): lids, brows, forehead, hairline."""


def fringe_profile(labels: Labels, layout: Layout) -> Floats:
    """Return the share of hair (4 bands of height, 13 columns) over the face, and the lowest
    hair in each column; the columns go from the viewer's left to right.
    """
    chin = layout.at("chin")
    up = layout.at("crown") - chin
    side = np.array([-up[1], up[0]])
    hair = PART_INDEX["hair"]
    heights = np.linspace(0.30, 0.90, 31)
    spots = chin + heights[:, None, None] * up + _COLUMNS[None, :, None] * side
    found = _at(labels, spots.reshape(-1, 2)).reshape(len(heights), -1) == hair
    bands = [found[(heights >= a) & (heights < b)].mean(0) for a, b in _BANDS]
    lowest = np.where(found.any(0), heights[found.argmax(0)], 0.95)
    return np.stack([*bands, lowest])


_FINE_COLUMNS, _FINE_ROWS = np.linspace(-0.525, 0.525, 16), np.linspace(0.28, 1.06, 14)
_QUARTERS = [(dh, dc) for dh in (-0.015, 0.015) for dc in (-0.0175, 0.0175)]


def fringe_map(labels: Labels, layout: Layout) -> Floats:
    """Return the share of hair (14 rows upwards, 16 columns from the viewer's left) over the
    face, from the cheeks to over the crown: what locks a fringe has.
    """
    chin = layout.at("chin")
    up = layout.at("crown") - chin
    side = np.array([-up[1], up[0]])
    out = np.zeros((len(_FINE_ROWS), len(_FINE_COLUMNS)))
    for dh, dc in _QUARTERS:
        spots = (
            chin + (_FINE_ROWS + dh)[:, None, None] * up
            + (_FINE_COLUMNS + dc)[None, :, None] * side
        )  # fmt: skip
        out += (_at(labels, spots.reshape(-1, 2)) == PART_INDEX["hair"]).reshape(out.shape)
    return out / len(_QUARTERS)


_PAIRS: tuple[tuple[str, str], ...] = (
    ("top", "sleeve"), ("top", "side"), ("top", "middle"), ("side", "middle"),
    ("low_side", "low_middle"), ("side", "low_side"), ("sleeve", "side"), ("chest", "top"),
    ("chest", "skin"), ("bottom", "legwear"), ("bottom", "shoes"), ("legwear", "skin"),
    ("legwear", "shoes"), ("shoes", "skin"), ("sleeve", "skin"),
)  # fmt: skip
"""Places of cloth whose colours are compared."""

_MOST = 1500
_SAME = 25.0
"""CIELAB distance that counts as one."""


def colour_relations(labels: Labels, layout: Layout, picture: NDArray[np.uint8]) -> Floats:
    """Return how far apart the colours of places of cloth are, and which pairs are shown.

    Parameters
    ----------
    picture
        (h, w, 3) uint8 sRGB, the pixels of the labels.
    """
    head = max(layout.head_height, 1.0)
    hips = 0.5 * (layout.at("left_hip") + layout.at("right_hip"))
    spine = 0.5 * (hips[0] + layout.at("neck")[0])
    ys, xs = np.nonzero(labels)
    if not len(ys):
        return np.zeros(2 * len(_PAIRS))
    part = labels[ys, xs]
    bottom = part == PART_INDEX["bottom"]
    low = float(ys[bottom].max()) if bottom.any() else float(hips[1])
    start = float(ys[bottom].min()) if bottom.any() else float(hips[1])
    depth = (ys - start) / max(low - start, 1.0)
    off = np.abs(xs - hips[0]) / head
    upper = bottom & (depth > 0.08) & (depth < 0.45)
    lower = bottom & (depth > 0.60) & (depth < 0.92)
    top = part == PART_INDEX["top"]
    zones = {
        "top": top & (np.abs(xs - spine) > 0.18 * head),
        "chest": top & (np.abs(xs - spine) < 0.1 * head),
        "sleeve": part == PART_INDEX["sleeve"], "bottom": bottom,
        "side": upper & (off > 0.40), "middle": upper & (off < 0.15),
        "low_side": lower & (off > 0.55), "low_middle": lower & (off < 0.20),
        "legwear": part == PART_INDEX["legwear"], "shoes": part == PART_INDEX["shoes"],
        "skin": part == PART_INDEX["skin"],
    }  # fmt: skip
    colours: dict[str, Floats] = {}
    for name, zone in zones.items():
        rows = np.nonzero(zone)[0]
        if len(rows) >= 10:
            rows = rows[:: max(1, len(rows) // _MOST)]
            colours[name] = np.median(lab_from_rgb(picture[ys[rows], xs[rows]]), axis=0)
    far, known = [], []
    for one, two in _PAIRS:
        both = one in colours and two in colours
        known.append(float(both))
        off_by = colours[one] - colours[two] if both else np.zeros(3)
        # Folds and light change lightness; hue tells cloth from cloth.
        apart = float(np.linalg.norm(off_by * [0.7, 1.0, 1.0])) / _SAME
        far.append(min(apart, 2.0) - 0.5 if both else 0.0)
    return np.array([*far, *known])
