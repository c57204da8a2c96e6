"""Who is in the picture: the figure's mask from alpha, a flat background, or a soft guess."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cyberdirector.perceive.colour import lab_from_rgb
from cyberdirector.perceive.picture import Picture

Mask = NDArray[np.bool_]
Box = tuple[int, int, int, int]
"""(left, top, right, bottom) in pixels, half-open."""

_FLAT_SHARE = 0.72
"""Share of border pixels that must have one colour for a flat background."""

_NEAR = 7.0
"""CIELAB distance within which a pixel may belong to a flat background (JPEG noise is 3)."""

_LEAST = 0.004
"""Share of the picture below which a spot is no figure."""


@dataclass(frozen=True)
class Figure:
    """One connected figure: its mask (h, w), box and share of the picture."""

    mask: Mask
    box: Box
    share: float


def alpha_mask(picture: Picture) -> Mask | None:
    """Return the opaque pixels, or None for an opaque (or an all but empty) picture."""
    if picture.alpha is None:
        return None
    mask: Mask = picture.alpha > 0.5
    return mask if 0.002 < mask.mean() < 0.98 else None


def background_distance(picture: Picture) -> NDArray[np.float64]:
    """Return how far (CIELAB) each pixel is from the smooth colour along the border."""
    lab = lab_from_rgb(picture.flat)
    return np.asarray(np.sqrt(((lab - _gradient(lab, _border(lab.shape))) ** 2).sum(2)))


def _border(shape: tuple[int, ...]) -> Mask:
    """Return the upper, left and right edge: figures often stand on the lower one."""
    edge = max(2, min(shape[:2]) // 100)
    border = np.zeros(shape[:2], np.bool_)
    border[:edge], border[:, :edge], border[:, -edge:] = True, True, True
    return border


def flat_mask(picture: Picture) -> Mask | None:
    """Return what stands before an even background, or None where there is none.

    The background is what is connected to the border and changes slowly: paper white,
    flat colour, or a soft gradient. Holes (between arm and body) are left to the caller.
    """
    from scipy.ndimage import binary_opening, label, median_filter

    distance = background_distance(picture)
    border = _border(distance.shape)
    edge = max(2, min(distance.shape) // 100)
    if (distance[border] < _NEAR).mean() < _FLAT_SHARE:
        return None
    smooth = median_filter(distance, 3)
    regions, _ = label(smooth < _NEAR)
    border[-edge:] = True
    names = np.unique(regions[border & (smooth < _NEAR)])
    background = np.isin(regions, names[names > 0])
    mask = binary_opening(~background, iterations=1)
    return mask if 0.01 < mask.mean() < 0.95 else None


def _gradient(lab: NDArray[np.float64], border: Mask) -> NDArray[np.float64]:
    """Return the smooth (linear) colour field through most of the border pixels."""
    height, width = border.shape
    rows, columns = np.nonzero(border)
    terms = np.stack([np.ones(len(rows)), rows / height, columns / width], axis=1)
    values = lab[rows, columns]
    keep = np.abs(values - np.median(values, 0)).sum(1) < 30.0
    field = np.zeros((3, 3))
    for _ in range(4):
        if keep.sum() < 0.4 * len(rows):
            keep = np.ones(len(rows), np.bool_)
        field = np.linalg.lstsq(terms[keep], values[keep], rcond=None)[0]
        error = np.sqrt(((values - terms @ field) ** 2).sum(1))
        keep = error < max(_NEAR, float(np.percentile(error, 60)))
    y, x = np.mgrid[0:height, 0:width]
    return field[0] + (y / height)[..., None] * field[1] + (x / width)[..., None] * field[2]


def refine(
    picture: Picture, soft: NDArray[np.floating], radius_share: float = 0.012
) -> NDArray[np.float64]:
    """Return a soft mask (h, w) whose edge follows the edges of the picture.

    He, Sun, Tang: "Guided image filtering" (2013), grey guide, regularisation 1e-4.

    Parameters
    ----------
    soft
        (h, w) 0..1, any source of the picture's size.
    """
    from scipy.ndimage import uniform_filter

    guide = lab_from_rgb(picture.flat)[..., 0] / 100.0
    size = 2 * max(2, round(radius_share * max(guide.shape))) + 1

    def mean(field: NDArray[np.float64]) -> NDArray[np.float64]:
        return uniform_filter(field, size, mode="nearest")

    given = np.asarray(soft, np.float64)
    m_g, m_s = mean(guide), mean(given)
    slope = (mean(guide * given) - m_g * m_s) / (mean(guide * guide) - m_g * m_g + 1e-4)
    base = m_s - slope * m_g
    return np.clip(mean(slope) * guide + mean(base), 0.0, 1.0)


def figures(mask: Mask) -> list[Figure]:
    """Return the figures of a mask, the largest first.

    A smaller spot beside a figure (a hat whose pale brim is lost in the background, a
    sword) belongs to it.
    """
    from scipy.ndimage import find_objects, label

    regions, _ = label(mask, np.ones((3, 3)))
    sizes = np.bincount(regions.ravel())
    slices = find_objects(regions)
    order = sorted(range(1, len(sizes)), key=lambda n: -int(sizes[n]))
    big = [n for n in order if sizes[n] >= max(_LEAST * mask.size, 0.15 * sizes[order[0]])]
    owner = {n: n for n in big}
    for i, lower in enumerate(big):
        for upper in big[:i]:
            # A pale shirt lost in a pale background leaves head and legs over each other.
            if _stacked(slices[upper - 1], slices[lower - 1]):
                owner[lower] = owner[upper]
                break
    big = [n for n in big if owner[n] == n]
    for number in order:
        if number in owner or sizes[number] < 12:
            continue
        rows, columns = slices[number - 1]
        x, y = 0.5 * (columns.start + columns.stop), 0.5 * (rows.start + rows.stop)
        near = [n for n in big if _holds(slices[n - 1], x, y)]
        if near:
            owner[number] = near[0]
    found = []
    for n in big:
        own = np.isin(regions, [k for k, v in owner.items() if v == n])
        found.append(Figure(own, box_of(own), float(own.mean())))
    return sorted(found, key=lambda f: -f.share)


def _stacked(one: Sequence[slice], two: Sequence[slice]) -> bool:
    left = max(one[1].start, two[1].start)
    right = min(one[1].stop, two[1].stop)
    least = min(s[1].stop - s[1].start for s in (one, two))
    return right - left > 0.6 * least


_BESIDE = 0.12
"""Share of a figure's height within which spots beside its box belong to it."""


def _holds(slices: Sequence[slice], x: float, y: float) -> bool:
    rows, columns = slices
    air = _BESIDE * (rows.stop - rows.start)
    return (
        rows.start - air < y < rows.stop + air / 2
        and columns.start - air / 2 < x < columns.stop + air / 2
    )


def box_of(mask: Mask) -> Box:
    """Return the box around the true pixels of a mask that has some."""
    rows, columns = np.nonzero(mask.any(1))[0], np.nonzero(mask.any(0))[0]
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1
