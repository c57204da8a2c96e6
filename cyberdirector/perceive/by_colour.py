"""Parts of a figure told apart by colour and place: photographs, and drawings whose points
the user or MediaPipe gave.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cyberdirector.perceive.colour import clusters, lab_from_rgb
from cyberdirector.perceive.layout import Layout
from cyberdirector.perceive.mask import Box, Mask
from cyberdirector.perceive.parts import PART_INDEX
from cyberdirector.perceive.picture import Picture
from cyberdirector.perceive.regions import Regions, crop_box

Floats = NDArray[np.float64]
Labels = NDArray[np.uint8]


def seen_regions(
    picture: Picture, box: Box, mask: Mask, layout: Layout, medium: str,
    oval: Floats | None = None,
) -> Regions:  # fmt: skip
    """Return parts of a figure whose points are known, told apart by colour and place.

    Used for photographs and where the network does not know what it sees. ``oval`` is the
    outline (n, 2) of the face in pixels of the whole picture, if known.
    """
    cut = crop_box(box, picture.size)
    small = picture.crop(cut)
    own = mask[cut[1] : cut[3], cut[0] : cut[2]]
    layout = layout.moved((-cut[0], -cut[1]))
    lab = lab_from_rgb(small.flat)
    labels = np.zeros(own.shape, np.uint8)
    labels[own] = PART_INDEX["top"]
    skin = skin_colour(lab, own, layout)
    _label_body(labels, own, layout)
    bare = own & (_far(lab, skin) < 1.0)
    labels[bare & _near_limbs(own.shape, layout)] = PART_INDEX["skin"]
    face = _face_shape(own.shape, layout, None if oval is None else oval - cut[:2])
    _label_head(labels, lab, own & face, own, layout, skin)
    return Regions(small, cut[:2], own, labels, layout, medium)


Skin = tuple[Floats, Floats]
"""Mean (3,) and spread (3,) in CIELAB."""


def skin_colour(lab: Floats, own: Mask, layout: Layout) -> Skin:
    """Return the colour of the cheeks: between eyes and mouth, where no hair falls."""
    eyes = 0.5 * (layout.at("left_eye") + layout.at("right_eye"))
    mouth = 0.5 * (layout.at("mouth_left") + layout.at("mouth_right"))
    across = layout.at("left_eye") - layout.at("right_eye")
    middle = 0.45 * eyes + 0.55 * mouth
    y, x = np.mgrid[0 : own.shape[0], 0 : own.shape[1]]
    half = 0.62 * float(np.hypot(*across))
    near = own & (np.hypot(x - middle[0], (y - middle[1]) * 1.4) < max(half, 2.0))
    if near.sum() < 6:
        near = own
    centres, shares = clusters(lab[near], 3)
    main = centres[int(shares.argmax())]
    close = lab[near][np.linalg.norm(lab[near] - main, axis=1) < 16.0]
    spread = close.std(0) if len(close) > 8 else np.zeros(3)
    return main, np.array([14.0, 5.0, 6.0]) + 1.2 * spread


def _far(lab: Floats, skin: Skin) -> Floats:
    """Return the distance from a colour in units of its spread; 1 is the border."""
    return np.sqrt((((lab - skin[0]) / skin[1]) ** 2).sum(-1)) / 1.6


def _label_body(labels: Labels, own: Mask, layout: Layout) -> None:
    """Mark what is below the hips as bottom, what lies along the arms as sleeve."""
    y, x = np.mgrid[0 : own.shape[0], 0 : own.shape[1]]
    hips = 0.5 * (layout.at("left_hip") + layout.at("right_hip"))
    ankle = 0.5 * (layout.at("left_ankle")[1] + layout.at("right_ankle")[1])
    labels[own & (y > hips[1])] = PART_INDEX["bottom"]
    labels[own & (y > ankle - 0.1 * layout.head_height)] = PART_INDEX["shoes"]
    body = 0.5 * np.abs(layout.at("left_shoulder") - layout.at("right_shoulder"))[0]
    for side in ("left", "right"):
        line = [layout.at(f"{side}_{j}") for j in ("shoulder", "elbow", "wrist")]
        far = np.minimum(_to_segment(x, y, line[0], line[1]), _to_segment(x, y, *line[1:]))
        outside = np.abs(x - hips[0]) > 0.75 * body
        arm = own & (far < 0.34 * layout.head_height) & outside
        labels[arm & (labels != PART_INDEX["shoes"])] = PART_INDEX["sleeve"]


def _to_segment(x: NDArray[np.int64], y: NDArray[np.int64], a: Floats, b: Floats) -> Floats:
    """Return the distance of every pixel to the segment from a to b, pixels."""
    d = b - a
    t = ((x - a[0]) * d[0] + (y - a[1]) * d[1]) / max(float(d @ d), 1e-9)
    t = np.clip(t, 0.0, 1.0)
    return np.hypot(x - a[0] - t * d[0], y - a[1] - t * d[1])


def _near_limbs(shape: tuple[int, ...], layout: Layout) -> Mask:
    """Return where bare skin may be: face, neck, arms, hands and legs."""
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]]
    head = layout.head_height
    middle = 0.5 * (layout.at("chin") + layout.at("crown"))
    near = np.hypot(x - middle[0], y - middle[1]) < 0.85 * head
    neck = layout.at("neck")
    near |= _to_segment(x, y, layout.at("chin"), neck) < 0.35 * head
    # A low neckline shows skin down to the chest and along the shoulders.
    near |= _to_segment(x, y, neck, neck + np.array([0.0, 0.75 * head])) < 0.4 * head
    near |= _to_segment(x, y, layout.at("left_shoulder"), layout.at("right_shoulder")) < (
        0.35 * head
    )
    for side in ("left", "right"):
        for a, b in (("shoulder", "elbow"), ("elbow", "wrist"), ("hip", "knee"),
                     ("knee", "ankle")):  # fmt: skip
            p, q = layout.at(f"{side}_{a}"), layout.at(f"{side}_{b}")
            if b == "wrist":
                q = q + 0.35 * (q - p)
            near |= _to_segment(x, y, p, q) < 0.22 * head
    return near


def _face_shape(shape: tuple[int, ...], layout: Layout, oval: Floats | None) -> Mask:
    """Return the face (h, w): inside its outline, or an ellipse around eyes and chin."""
    from PIL import Image, ImageDraw

    if oval is not None:
        image = Image.new("1", (shape[1], shape[0]))
        ImageDraw.Draw(image).polygon([(float(x), float(y)) for x, y in oval], fill=1)
        return np.asarray(image)
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]]
    eyes = [layout.at("left_eye"), layout.at("right_eye")]
    half = 0.5 * float(np.hypot(*(eyes[0] - eyes[1])))
    centre = 0.275 * (eyes[0] + eyes[1]) + 0.45 * layout.at("chin")
    tall = 0.46 * layout.head_height
    inside = ((x - centre[0]) / (1.95 * half)) ** 2 + ((y - centre[1]) / tall) ** 2 < 1
    return np.asarray(inside)


_OVER_SKIN, _OTHER = 1.15, 1.0
"""Units of the skin's spread beyond which a colour inside the face, and beside it, is not the
skin's, lit or in shade."""


def _label_head(
    labels: Labels, lab: Floats, face: Mask, own: Mask, layout: Layout, skin: Skin
) -> None:
    """Mark face, eyes and hair; hair is what is on the skull and looks like it."""
    from scipy.ndimage import binary_closing, binary_dilation

    y, x = np.mgrid[0 : own.shape[0], 0 : own.shape[1]]
    head, chin = layout.head_height, layout.at("chin")
    eyes = [layout.at("left_eye"), layout.at("right_eye")]
    half = 0.5 * float(np.hypot(*(eyes[0] - eyes[1])))
    middle = 0.5 * (eyes[0] + eyes[1])
    far = far_in_shade(lab, skin)
    beside = np.abs(x - middle[0]) < 0.9 * head
    over = own & ~face & beside & (y < middle[1])
    # What stands that far over and beside a face is hair, whatever its colour.
    rich = over.sum() > _RICH * face.sum()
    brow = (np.abs(x - middle[0]) < 0.3 * head) & (y > chin[1] - _HAIRLINE * head)
    seeds = over & ((rich & (~brow | (far > 0.5))) | (far > _OTHER))
    if seeds.sum() > max(12, _BALD * int(over.sum())):
        centres, shares = clusters(lab[seeds], 4)
        kept = centres[shares > 0.08]
        near = np.min(np.linalg.norm(lab[..., None, :] - kept, axis=-1), axis=-1)
        wide = np.abs(x - middle[0]) < 1.3 * head
        # Pale hair may have the colour of skin: what is wider than face and neck is hair.
        outside = ~binary_dilation(face, iterations=max(1, round(0.05 * head)))
        outside &= (np.abs(x - middle[0]) > 0.42 * head) & (y < chin[1] + 0.15 * head)
        hair = (near < 15.0) & own & wide & (y < chin[1] + 2.2 * head)
        hair &= (far > _OTHER) | (outside & (near < 10.0))
        hair &= ~(_neck(x, y, layout) & (far < 1.6))
        hair = _joined(hair | seeds, seeds)
        # Pale strands and highlights may have the colour of skin; on the skull all is hair.
        hair |= binary_closing(hair, iterations=max(2, round(0.03 * head))) & over & ~brow
        hair &= ~face | ((far > _OVER_SKIN) & (y < middle[1]))
        labels[hair & own] = PART_INDEX["hair"]
    hair = labels == PART_INDEX["hair"]
    labels[face & ~hair] = PART_INDEX["skin"]
    labels[own & ~hair & _neck(x, y, layout) & (far < 1.6)] = PART_INDEX["skin"]
    for eye in eyes:
        spot = np.hypot((x - eye[0]) / 0.5, (y - eye[1]) / 0.32) < half
        labels[own & spot & (_far(lab, skin) > 0.9)] = PART_INDEX["eyes"]
    brows = face & hair & ~binary_dilation(hair & ~face, iterations=max(1, round(0.35 * half)))
    labels[brows & (y > middle[1] - 0.9 * half)] = PART_INDEX["skin"]


_BALD = 0.25
"""Share of the skull that must have another colour than skin for hair to grow on it."""

_HAIRLINE = 0.90
"""Heads over the chin up to which a bare forehead may reach beyond the mesh of the face."""

_RICH = 0.70
"""Area over the eyes outside the face over that of the face from which it is hair: bald and
shaven heads have 0.37 to 0.6, full hair 0.85 and more."""


def far_in_shade(lab: Floats, skin: Skin) -> Floats:
    """Return the distance from the skin's colour, lit or in shade; 1 is the border.

    Shade keeps the hue and scales chroma with lightness; lightness itself says little.
    """
    mean, spread = skin
    ratio = np.clip(lab[..., 0] / max(float(mean[0]), 1.0), 0.25, 1.15)
    off = lab - mean
    off[..., 1:] = lab[..., 1:] - mean[1:] * (0.3 + 0.7 * ratio)[..., None]
    dark = np.minimum(ratio / _DEEP, 1.0)  # deep shade is no skin any more
    off[..., 0] *= np.where(off[..., 0] < 0.0, 0.45, 1.0)
    return np.sqrt(((off / spread) ** 2).sum(-1)) / 1.6 + 4.0 * (1.0 - dark)


_DEEP = 0.42
"""Lightness over that of the lit skin below which a colour is hair rather than shade."""


def _neck(x: NDArray[np.int64], y: NDArray[np.int64], layout: Layout) -> Mask:
    """Return where the neck is: under the chin, as wide as the jaw is."""
    chin, head = layout.at("chin"), layout.head_height
    below = (y > chin[1] - 0.12 * head) & (y < chin[1] + 0.42 * head)
    return np.asarray(below & (np.abs(x - chin[0]) < 0.36 * head))


def _joined(mask: Mask, seeds: Mask) -> Mask:
    """Return the parts of a mask that touch the seeds."""
    from scipy.ndimage import label

    regions, _ = label(mask)
    names = np.unique(regions[seeds & mask])
    return np.isin(regions, names[names > 0])
