"""The face of a drawing as dials: sizes and places of eyes, nose and mouth."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from cyberdirector.character.recipe import Recipe
from cyberdirector.character.stylisation import style_dials
from cyberdirector.perceive.layout import Layout
from cyberdirector.perceive.model import body_of, model_face
from cyberdirector.perceive.regions import Regions

Floats = NDArray[np.float64]

HEAD = 0.233
"""Metres from chin to crown of the head that style dials are given for."""

_DIALS: tuple[tuple[str, float], ...] = (
    ("eye_at", 0.10), ("nose_at", 0.16), ("lips_at", 0.16), ("eye_width", 0.16),
    ("eye_height", 0.16), ("eye_apart", 0.12), ("mouth_width", 0.25), ("jaw", 0.06),
)  # fmt: skip
"""Dials that a picture moves, and by which share at most: beyond it faces fall apart."""

_WIDE, _TALL = 1.175, 1.08
"""Width and height of drawn eyes over those of their dials (medians over our renders: lids
lie before the plane of chin and crown, and lashes are part of what is seen)."""

_TRUST = 0.75
"""Share of a measured difference that is followed."""


def measures(points: Mapping[str, Floats]) -> dict[str, float]:
    """Return sizes and places on a face as shares of chin to crown.

    Parameters
    ----------
    points
        Name → (2,) in any unit, y up; a turn of the head is taken out of widths by the
        place of the nose between the eyes.
    """
    chin, crown = points["chin"], points["crown"]
    up = crown - chin
    height = float(np.hypot(*up))
    up = up / height
    side = np.array([up[1], -up[0]])

    def along(name: str) -> float:
        return float((points[name] - chin) @ up) / height

    def across(name: str) -> float:
        return float((points[name] - chin) @ side) / height

    wide = [abs(across(f"{s}_eye_outer") - across(f"{s}_eye_inner")) for s in ("left", "right")]
    apart = abs(across("left_eye") - across("right_eye"))
    # A head turned by a shows eyes cos(a) closer; the nose tip moves sideways by sin(a).
    middle = 0.5 * (across("left_eye") + across("right_eye"))
    turn = np.clip((across("nose") - middle) / 0.42, -0.8, 0.8)
    open_ = float(np.sqrt(1.0 - turn**2))
    tilt = [
        (along(f"{s}_eye_outer") - along(f"{s}_eye_inner")) / max(w, 1e-3)
        for s, w in zip(("left", "right"), wide, strict=True)
    ]
    return {
        "eye_at": 0.5 * (along("left_eye") + along("right_eye")),
        "nose_at": along("nose"),
        "lips_at": 0.5 * (along("mouth_left") + along("mouth_right")),
        "eye_width": 0.5 * sum(wide) / open_,
        "eye_apart": 0.5 * apart / open_,
        "mouth_width": abs(across("mouth_left") - across("mouth_right")) / open_,
        "eye_tilt": 0.5 * sum(tilt),
    }


def picture_measures(layout: Layout) -> dict[str, float]:
    """Return the measures of a layout (pixels, y down)."""
    points = {n: np.array([p[0], -p[1]]) for n, p in layout.points.items()}
    return measures(points)


def _eye_sizes(regions: Regions) -> tuple[float, float] | None:
    """Return width and height of the larger eye over chin to crown, or None if not seen."""
    from scipy.ndimage import find_objects, label

    layout = regions.layout
    head = layout.head_height
    y, x = np.mgrid[0 : regions.mask.shape[0], 0 : regions.mask.shape[1]]
    near = np.zeros(regions.mask.shape, np.bool_)
    for side in ("left", "right"):
        at = layout.at(f"{side}_eye")
        near |= np.hypot(x - at[0], y - at[1]) < 0.16 * head
    spots, _ = label(regions.part("eyes") & near)
    sizes = [
        (columns.stop - columns.start, rows.stop - rows.start)
        for rows, columns in find_objects(spots)
    ]
    found = [v for v in sizes if v[0] >= 4 and v[1] >= 3 and v[0] < 0.32 * head]
    if not found:
        return None
    width, height = max(found)
    return width / head, height / head


def _sharpness(layout: Layout) -> float:
    """Return 0.25 for a head of a few pixels … 1 for one of 160 and more."""
    return float(np.clip(layout.head_height / 160.0, 0.25, 1.0))


def style_of(regions: Regions, sex: str) -> float:
    """Return the stylisation whose eyes are as wide and lie as high as drawn.

    Between guoman and moe (0.4..1.25): who draws rarely means a real person.
    """
    seen = picture_measures(regions.layout)
    sizes = _eye_sizes(regions)
    if sizes is not None:
        seen["eye_width"] = sizes[0]
    sharp = _sharpness(regions.layout) ** 2
    best, least = 1.0, np.inf
    for amount in np.linspace(0.4, 1.25, 18):
        dials = style_dials(float(amount), sex)
        wide = _WIDE * dials["eye_width"] / HEAD - seen["eye_width"]
        high = dials["eye_at"] - seen["eye_at"]
        off = (wide / 0.02) ** 2 + (high / 0.03) ** 2
        off = off * sharp + ((amount - 1.0) / 0.4) ** 2
        if off < least:
            best, least = float(amount), off
    return round(best, 2)


def fit_face(regions: Regions, recipe: Recipe) -> dict[str, float]:
    """Return style dials that bring the recipe's face towards the face in the picture."""
    layout = regions.layout
    body = body_of(recipe)
    model = measures({n: p[:2] for n, p in model_face(body).items()})
    seen = picture_measures(layout)
    base = style_dials(recipe.stylisation, recipe.sex)
    sizes = _eye_sizes(regions)
    if sizes is not None:
        seen["eye_width"], model["eye_width"] = sizes[0], _WIDE * base["eye_width"] / HEAD
        seen["eye_height"], model["eye_height"] = sizes[1], _TALL * base["eye_height"] / HEAD
    elif layout.points["left_eye_outer"][2] < 0.3:
        del seen["eye_width"]
    trust = _TRUST * _sharpness(layout)
    out: dict[str, float] = {}
    for dial, most in _DIALS:
        if dial not in seen or dial not in model or model[dial] <= 1e-4:
            continue
        ratio = float(np.clip(1.0 + trust * (seen[dial] / model[dial] - 1.0),
                              1.0 - most, 1.0 + most))  # fmt: skip
        out[dial] = round(base[dial] * ratio, 5)
    lean = float(np.clip(trust * (seen["eye_tilt"] - model["eye_tilt"]), -0.10, 0.10))
    out["eye_tilt"] = round(base["eye_tilt"] + lean, 4)
    return out
