"""Parts made to agree with colours: what has the colour of the face is skin, and a patch of
one colour is one part.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cyberdirector.perceive.colour import clusters, lab_from_rgb
from cyberdirector.perceive.layout import Layout, is_face
from cyberdirector.perceive.parts import PART_INDEX, PARTS

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

SIDE = 288
"""Pixels of the longer side at which parts are settled."""

_TEMPER = 0.6
"""Power of the network's shares: it is surer than it is right."""

_COLOURS = 20
_BAND = 0.6
"""Heads of height over which a patch of one colour is one part."""


def settle(
    pixels: NDArray[np.uint8], share: NDArray[np.float32], own: Mask, layout: Layout
) -> NDArray[np.uint8]:
    """Return the part (h, w) of every pixel of a figure, 0 outside of it.

    Parameters
    ----------
    pixels
        (h, w, 3) uint8 sRGB.
    share
        (h, w, parts) what the network says; the background's share is ignored.
    own
        (h, w) the figure.
    layout
        Points in the same pixels.
    """
    from PIL import Image

    height, width = own.shape
    k = min(1.0, SIDE / max(height, width))
    size = (max(8, round(width * k)), max(8, round(height * k)))
    small = np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BOX))
    mask = np.asarray(Image.fromarray(own).resize(size, Image.Resampling.NEAREST))
    belief = np.stack([
        np.asarray(Image.fromarray(share[..., i]).resize(size, Image.Resampling.BILINEAR))
        for i in range(len(PARTS))
    ], axis=2).astype(np.float64)  # fmt: skip
    belief = np.maximum(belief, 1e-3) ** _TEMPER
    belief[..., 0] = 0.0
    lab = lab_from_rgb(small)
    points = {n: (x * k, y * k, s) for n, (x, y, s) in layout.points.items()}
    here = Layout(points, layout.source)
    if is_face(here):
        _skin_by_colour(belief, lab, mask, here)
        _feet(belief, here)
    tall = here.head_height if is_face(here) else 0.15 * size[1]
    knees = round(_between(here, "knee")) if is_face(here) else mask.shape[0]
    belief = _by_patches(belief, lab, _cut(mask, max(8, round(_BAND * tall)), knees))
    labels = _without_lines(np.where(mask, belief.argmax(2), 0).astype(np.uint8), mask)
    if is_face(here):
        labels = _hair_not_hat(labels, lab, here)
        labels = _clean_legs(labels, mask, here)
    large = np.asarray(
        Image.fromarray(labels).resize((width, height), Image.Resampling.NEAREST)
    )
    rest = np.where(large == 0, _nearest(large), large)
    return np.where(own, rest, 0).astype(np.uint8)


_CLOTH = ("top", "sleeve", "legwear", "shoes")


def _without_lines(labels: NDArray[np.uint8], mask: Mask) -> NDArray[np.uint8]:
    """Return labels in which drawn outlines of bare limbs are no cloth."""
    from scipy.ndimage import binary_opening

    out = labels.copy()
    for name in _CLOTH:
        own = labels == PART_INDEX[name]
        out[own & ~binary_opening(own)] = 0
    return np.where(mask & (out == 0), _nearest(out), out).astype(np.uint8)


_SAME_HAIR, _BLACK = 6.0, 24.0
"""CIELAB distance within which what is on the head has the colour of the hair, and lightness
of hair below which hats may have it too."""


def _hair_not_hat(labels: NDArray[np.uint8], lab: Floats, layout: Layout) -> NDArray[np.uint8]:
    """Return labels in which what lies over the eyes and has the colour of the hair is hair."""
    hair = labels == PART_INDEX["hair"]
    eyes = 0.5 * float(layout.at("left_eye")[1] + layout.at("right_eye")[1])
    above = (labels == PART_INDEX["accessory"]) & (np.arange(len(labels))[:, None] < eyes)
    if min(hair.sum(), above.sum()) < 20:
        return labels
    tone = np.median(lab[hair], axis=0)
    hat = np.median(lab[above], axis=0)
    if tone[0] < _BLACK or float(np.linalg.norm(hat - tone)) > _SAME_HAIR:
        return labels
    return np.where(above, np.uint8(PART_INDEX["hair"]), labels)


def _clean_legs(labels: NDArray[np.uint8], mask: Mask, layout: Layout) -> NDArray[np.uint8]:
    """Return labels without outlines taken for cloth; cloth below bare knees is legwear."""
    from scipy.ndimage import binary_opening, label

    bottom = labels == PART_INDEX["bottom"]
    solid = binary_opening(bottom, iterations=2)
    out = labels.copy()
    out[bottom & ~solid] = 0
    out = np.where(mask & (out == 0), _nearest(out), out)
    knees = _between(layout, "knee")
    regions, count = label(out == PART_INDEX["bottom"])
    for k in range(1, count + 1):
        rows = np.nonzero((regions == k).any(1))[0]
        if rows[0] > knees - 0.1 * layout.head_height:
            out[regions == k] = PART_INDEX["legwear"]
    return np.asarray(out, np.uint8)


def _nearest(labels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return labels with the zeros replaced by the nearest other label."""
    from scipy.ndimage import distance_transform_edt

    if not labels.any():
        return labels
    rows, columns = distance_transform_edt(
        labels == 0, return_distances=False, return_indices=True
    )
    return np.asarray(labels[rows, columns])


_SKIN_SPREAD = np.array([11.0, 4.0, 5.0])
"""CIELAB distances within which a colour is the skin's: pale cloth is near to pale skin."""


def _skin_by_colour(belief: Floats, lab: Floats, mask: Mask, layout: Layout) -> None:
    """Raise skin where the colour is that of the face, lower it where it is not, in place."""
    eyes = 0.5 * (layout.at("left_eye") + layout.at("right_eye"))
    chin = layout.at("chin")
    y, x = np.mgrid[0 : mask.shape[0], 0 : mask.shape[1]]
    middle, head = 0.45 * eyes + 0.55 * chin, layout.head_height
    cheek = mask & (np.hypot(x - middle[0], 1.3 * (y - middle[1])) < 0.26 * head)
    if cheek.sum() < 12:
        return
    centres, shares = clusters(lab[cheek], 3)
    main = centres[int(shares.argmax())]
    # Shade keeps the hue: lightness may fall far, a and b only a little.
    off = (lab - main) / _SKIN_SPREAD
    off[..., 0] = np.where(off[..., 0] < 0.0, off[..., 0] * 0.6, off[..., 0])
    far = np.sqrt((off**2).sum(2))
    like = np.exp(-0.5 * np.maximum(far - 0.6, 0.0) ** 2)
    skin, hair, eye = (PART_INDEX[n] for n in ("skin", "hair", "eyes"))
    cloth = [i for i in range(1, len(PARTS)) if i not in (skin, hair, eye)]
    belief[..., skin] *= 0.2 + 1.6 * like
    below = y > chin[1]
    belief[..., skin] = np.where(
        below, np.maximum(belief[..., skin], 0.4 * like**2), belief[..., skin]
    )
    belief[..., cloth] *= (1.0 - 0.72 * like)[..., None]
    belief[..., hair] *= 1.0 - 0.4 * like


def _feet(belief: Floats, layout: Layout) -> None:
    """Raise shoes below the ankles and keep them away from above the knees, in place."""
    ankle, knee = _between(layout, "ankle"), _between(layout, "knee")
    head = layout.head_height
    y = np.arange(belief.shape[0])[:, None]
    low = y > ankle - 0.06 * head
    shoes, bottom, legs = (PART_INDEX[n] for n in ("shoes", "bottom", "legwear"))
    belief[..., shoes] *= np.where(low, 3.5, np.where(y < knee, 0.1, 1.0))
    belief[..., [bottom, legs]] *= np.where(low, 0.45, 1.0)[..., None]


def _between(layout: Layout, joint: str) -> float:
    """Return the mean row of a joint of both sides."""
    return 0.5 * float(layout.at(f"left_{joint}")[1] + layout.at(f"right_{joint}")[1])


def _cut(mask: Mask, band: int, end: int) -> Mask:
    """Return the mask with every ``band``-th row above ``end`` taken out."""
    out = mask.copy()
    out[band // 2 : max(end, 0) : band] = False
    return out


def _by_patches(belief: Floats, lab: Floats, mask: Mask) -> Floats:
    """Return beliefs of which half is the mean over the connected patch of one colour.

    The mask has gaps (:func:`_cut`), so that a collar does not speak for a skirt; the shaft
    of a boot goes on from its foot.
    """
    from scipy.ndimage import label

    centres, _ = clusters(lab[mask], _COLOURS)
    if not len(centres):
        return belief
    colour = ((lab[..., None, :] - centres) ** 2).sum(-1).argmin(-1)
    norm = belief / np.maximum(belief.sum(2, keepdims=True), 1e-9)
    mean = np.zeros_like(norm)
    for k in range(len(centres)):
        regions, count = label(mask & (colour == k))
        if not count:
            continue
        flat = regions.ravel()
        sizes = np.maximum(np.bincount(flat, minlength=count + 1), 1)
        inside = regions > 0
        for part in range(1, norm.shape[2]):
            total = np.bincount(flat, norm[..., part].ravel(), minlength=count + 1)
            mean[..., part][inside] = (total / sizes)[regions[inside]]
    # The rows that cut patches have no mean of their own.
    known = mean.sum(2, keepdims=True) > 0.0
    out: Floats = np.where(known, 0.45 * norm + 0.55 * mean, norm)
    return out
