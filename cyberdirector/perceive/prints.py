"""Prints of a picture's clothes: rectified from side seam to side seam."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cyberdirector.character.recipe import Recipe
from cyberdirector.character.wardrobe.prints import SIDE, encode_print
from cyberdirector.perceive.colour import clusters, lab_from_rgb
from cyberdirector.perceive.regions import Regions

Floats = NDArray[np.float64]

ON_TRUNK = ("t_shirt", "sweater", "shirt", "dress")
ON_SKIRT = ("skirt_pleated", "skirt_a", "skirt_long", "school_summer", "school_winter")
"""Garments that take a print, and of which trims are not taken for one."""

_APART = 15.0
"""CIELAB distance from the cloth (lightness counts less: folds, shade) of what is printed."""

_LIGHTNESS = 0.45
_LEAST, _MOST = 0.02, 0.65
"""Share of the cloth that a print covers."""

_INSIDE = 0.04
"""Share of the width at the seams that is left out: outline and background."""

_SPECK = 0.006
"""Share of the cloth below which a patch of another colour is no print."""

_RIM, _STEP = 5, 0.4
"""Texels inside and outside the border of a patch between which its colour must change, and
the share of its whole difference that does: ink ends at once, a gradient or a soft shadow
crosses any threshold slowly.
"""


def with_prints(regions: Regions, recipe: Recipe) -> Recipe:
    """Return the recipe with the prints that its clothes have in the picture."""
    garments = []
    for garment in recipe.wardrobe:
        found = None
        if garment.kind in ON_TRUNK:
            found = read_print(regions, "top")
        elif garment.kind in ON_SKIRT:
            found = read_print(regions, "bottom")
        if found is not None and not garment.pattern:
            garment = garment.model_copy(update={"pattern": encode_print(found)})
        garments.append(garment)
    return recipe.model_copy(update={"wardrobe": tuple(garments)})


def read_print(regions: Regions, part: str) -> NDArray[np.uint8] | None:
    """Return the print (256, 256, 4) uint8 sRGB on a part (``top``, ``bottom``), or None.

    Rows go from the pit of the neck (or the waist) to the hips (or the hem); columns from seam
    to seam, the width of the part in each row of the mask. Cloth whose colour changes smoothly
    has no print.
    """
    rows = _rows(regions, part)
    if rows is None:
        return None
    colours, cloth = _rectified(regions, part, *rows)
    if cloth.mean() < 0.6:
        return None
    lab = lab_from_rgb(colours)
    off = np.linalg.norm((lab - _cloth_colour(lab, cloth)) * [_LIGHTNESS, 1.0, 1.0], axis=2)
    solid = _inked(_patches(off > _APART, cloth, part), off, cloth)
    share = float(solid.sum()) / float(cloth.sum())
    if not _LEAST <= share <= _MOST:
        return None
    return np.dstack([_crisp(colours, solid), np.where(solid, np.uint8(255), np.uint8(0))])


def _cloth_colour(lab: Floats, cloth: NDArray[np.bool_]) -> Floats:
    """Return the colour (h, w, 3) that the cloth has below its print, CIELAB.

    A quadratic over the cloth, fitted by least squares with Geman-McClure weights that begin
    at the commonest colour: a gradient is followed from there, a print is left out.
    """
    y, x = (np.mgrid[0:SIDE, 0:SIDE] / SIDE - 0.5)[:, ::4, ::4]
    few, own = lab[::4, ::4], cloth[::4, ::4]
    basis = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=-1)
    centres, shares = clusters(few[own], 6)
    fitted = np.broadcast_to(centres[int(np.argmax(shares))], few.shape)
    scale = np.array([_LIGHTNESS, 1.0, 1.0])
    ridge = np.diag([0.0, 1e-3, 1e-3, 1e-2, 1e-2, 1e-2]) * own.sum()
    weights = np.zeros((6, 3))
    for _ in range(12):
        off = np.linalg.norm((few - fitted) * scale, axis=2)
        w = np.where(own, 1.0 / (1.0 + (off / 6.0) ** 2) ** 2, 0.0)
        left = np.einsum("hwi,hw,hwj->ij", basis, w, basis) + ridge
        weights = np.linalg.solve(left, np.einsum("hwi,hw,hwc->ic", basis, w, few))
        fitted = basis @ weights
    y, x = np.mgrid[0:SIDE, 0:SIDE] / SIDE - 0.5
    whole = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=-1)
    return np.asarray(whole @ weights)


def _inked(
    solid: NDArray[np.bool_], off: Floats, cloth: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Return the patches whose colour ends at a border, without those that fade out."""
    from scipy.ndimage import binary_dilation, binary_erosion, label

    out = np.zeros_like(solid)
    regions, count = label(solid)
    for number in range(1, count + 1):
        own = regions == number
        around = binary_dilation(own, iterations=_RIM) & ~solid & cloth
        around &= ~binary_dilation(own, iterations=2)
        rim = own & ~binary_erosion(own, iterations=_RIM, border_value=1)
        if not around.any() or not rim.any():
            out |= own
            continue
        step = float(np.median(off[rim]) - np.median(off[around]))
        if step > _STEP * float(np.percentile(off[own], 75)):
            out |= own
    return out


def _crisp(colours: NDArray[np.uint8], solid: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Return colours whose borders, mixed with the cloth, take those from farther inside."""
    from scipy.ndimage import binary_erosion, distance_transform_edt

    inner = binary_erosion(solid, iterations=2)
    if not inner.any():
        return colours
    far, (rows, columns) = distance_transform_edt(~inner, return_indices=True)
    near = solid & (far < 3.5)
    return np.where(near[..., None], colours[rows, columns], colours)


def _rows(regions: Regions, part: str) -> tuple[float, float] | None:
    """Return the first and last row that a print spans, pixels; None if not shown."""
    layout, mask = regions.layout, regions.part(part)
    hips = 0.5 * (layout.at("left_hip") + layout.at("right_hip"))[1]
    shoulders = 0.5 * (layout.at("left_shoulder") + layout.at("right_shoulder"))[1]
    if part == "top":
        # The pit of the neck lies at the joints of the shoulders, where TRUNK begins.
        first, last = shoulders, hips
    else:
        found = np.nonzero(mask.sum(1) > 0.4 * layout.head_height)[0]
        if not len(found):
            return None
        first, last = float(found[0]), float(found[-1])
    if last - first < 24.0 or last >= mask.shape[0] - 1:
        return None
    return float(first), float(last)


def _rectified(
    regions: Regions, part: str, first: float, last: float
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """Return colours (256, 256, 3) uint8 and where they are of the part."""
    from scipy.ndimage import binary_fill_holes, map_coordinates

    # Ink of the colour of skin or hair makes holes in the cloth.
    mask, picture = binary_fill_holes(regions.part(part)), regions.picture.flat
    places = np.zeros((2, SIDE, SIDE))
    cloth = np.zeros((SIDE, SIDE), np.bool_)
    across = _INSIDE + (1.0 - 2.0 * _INSIDE) * (np.arange(SIDE) + 0.5) / SIDE
    ends: list[tuple[float, float]] = []
    heights = first + (np.arange(SIDE) + 0.5) / SIDE * (last - first)
    for y in heights:
        on = np.nonzero(mask[int(y)])[0]
        ends.append((float(on[0]), float(on[-1] + 1)) if len(on) > 3 else (np.nan, np.nan))
    edges = _smooth(np.array(ends))
    for i, y in enumerate(heights):
        if not np.isfinite(edges[i]).all():
            continue
        x = edges[i, 0] + across * (edges[i, 1] - edges[i, 0])
        columns = np.clip(x.astype(int), 0, mask.shape[1] - 1)
        places[0, i], places[1, i] = y - 0.5, x - 0.5
        cloth[i] = mask[int(y), columns]
    layers = [map_coordinates(picture[..., k], places, order=1, mode="nearest")
              for k in range(3)]  # fmt: skip
    return np.stack(layers, axis=-1), cloth


_NEAR = SIDE // 16
"""Rows above and below over which the seams are smoothed."""


def _smooth(edges: Floats) -> Floats:
    """Return the seams (rows, 2) without the jags of the mask (running median)."""
    out = edges.copy()
    for i in range(len(edges)):
        near = edges[max(0, i - _NEAR) : i + _NEAR + 1]
        known = near[np.isfinite(near).all(1)]
        if len(known):
            out[i] = np.median(known, axis=0)
    return out


_THIN = 1
"""Half the texels of a line that is drawn rather than printed."""


def _patches(
    solid: NDArray[np.bool_], cloth: NDArray[np.bool_], part: str
) -> NDArray[np.bool_]:
    """Return a print without collars, plackets, belts, and specks."""
    from scipy.ndimage import binary_closing, binary_dilation, binary_opening, label

    shown = np.nonzero(cloth.mean(1) > 0.5)[0]
    end = int(shown[-1]) + 1 if len(shown) else SIDE
    solid = solid & cloth
    if part == "top":
        # What lies all across the waist belongs to a belt or to what is worn below.
        across = solid.mean(1) > 0.7 * np.maximum(cloth.mean(1), 0.1)
        across[: end - round(0.45 * SIDE)] = False
        if across.any():
            end = int(np.nonzero(across)[0][0])
            solid[end:] = False
    # Thin lines of the drawing go; what is thin but part of a motif stays with it.
    thick = binary_opening(solid, iterations=_THIN)
    joined = binary_closing(solid & binary_dilation(thick, iterations=2 * _THIN))
    out = np.zeros_like(solid)
    regions, count = label(joined)
    for number in range(1, count + 1):
        own = regions == number
        rows, columns = (np.nonzero(own.any(axis))[0] for axis in (1, 0))
        tall = (rows[-1] - rows[0] + 1) / SIDE
        wide = (columns[-1] - columns[0] + 1) / SIDE
        low = rows[-1] >= end - 0.08 * SIDE
        collar = part == "top" and rows[0] < 0.10 * SIDE
        belt = wide > 0.5 and (low if part == "top" else rows[0] < 0.05 * SIDE) and tall < 0.4
        placket = wide < 0.09 and tall > 0.35
        leg = part == "bottom" and low and wide < 0.3 and tall < 0.15
        if own.mean() >= _SPECK and not (collar or belt or placket or leg):
            out |= own
    return out
