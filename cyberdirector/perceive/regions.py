"""Which pixel is hair, skin, eye, cloth: from the network, or from points and colours."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from cyberdirector.perceive.arms import follow_arms
from cyberdirector.perceive.colour import clusters, lab_from_rgb
from cyberdirector.perceive.layout import Layout, is_face, steady
from cyberdirector.perceive.mask import Box, Mask, background_distance, box_of, refine
from cyberdirector.perceive.net import Parsing, Square, parse
from cyberdirector.perceive.parts import FACE_POINTS, PART_INDEX, PARTS
from cyberdirector.perceive.picture import Picture
from cyberdirector.perceive.settle import settle

Floats = NDArray[np.float64]
Labels = NDArray[np.uint8]
Judged = dict[str, dict[str, float]]

_PAD = 0.06
"""Air around a figure, share of the longer side of its box."""

_HOLE = 5.0
"""CIELAB distance from the background below which an enclosed pixel may be a hole."""

_LOST = (0.25, 0.0)
"""Share of background below which a pixel of its colour belongs to the figure all the same,
above and below the hips (never: between legs the network is often wrong)."""

_EMPTY = 0.012
"""Share of a window that hair, skin and cloth must fill for a figure to be in it."""


@dataclass(frozen=True)
class Regions:
    """One figure taken apart; everything in pixels of ``picture`` (a crop).

    Attributes
    ----------
    picture
        The figure cut out with some air.
    corner
        Where the crop lies in the whole picture, (x, y) pixels.
    mask
        (h, w) bool, the figure.
    labels
        (h, w) uint8, numbers of :data:`~.parts.PARTS`; 0 outside the mask.
    layout
        Points.
    medium
        ``drawing`` or ``photo``.
    judged
        What the network says of the whole figure: attribute → class → probability; empty
        where it was not asked (photographs).
    """

    picture: Picture
    corner: tuple[int, int]
    mask: Mask
    labels: Labels
    layout: Layout
    medium: str
    judged: Judged = field(default_factory=dict)

    def part(self, *names: str) -> Mask:
        """Return the pixels of some parts."""
        return np.isin(self.labels, [PART_INDEX[n] for n in names])


def square_of(box: Box, pad: float = _PAD) -> Square:
    """Return the square window around a box with air on all sides."""
    width, height = box[2] - box[0], box[3] - box[1]
    side = max(width, height) * (1.0 + 2.0 * pad)
    return Square(0.5 * (box[0] + box[2] - side), 0.5 * (box[1] + box[3] - side), side)


def crop_box(box: Box, size: tuple[int, int], pad: float = _PAD) -> Box:
    """Return the box with air, clipped to a picture of (width, height)."""
    air = round(pad * max(box[2] - box[0], box[3] - box[1]))
    return (
        max(box[0] - air, 0), max(box[1] - air, 0),
        min(box[2] + air, size[0]), min(box[3] + air, size[1]),
    )  # fmt: skip


def place(parsing: Parsing, size: tuple[int, int]) -> NDArray[np.float32]:
    """Return the parts (h, w, p) of a parsing over a picture of (width, height).

    Outside the window everything is background.
    """
    from PIL import Image

    width, height = size
    window, grid = parsing.window, parsing.parts.shape[0]
    k = grid / window.side
    matrix = (k, 0.0, -window.left * k, 0.0, k, -window.top * k)
    out = np.zeros((height, width, len(PARTS)), np.float32)
    for number in range(len(PARTS)):
        field = Image.fromarray(parsing.parts[..., number])
        moved = field.transform(
            (width, height), Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR
        )
        out[..., number] = np.asarray(moved)
    out[..., 0] += np.maximum(0.0, 1.0 - out.sum(2))
    return out


def find_box(picture: Picture) -> Box | None:
    """Return the box of what the network takes for a figure in a picture, or None."""
    width, height = picture.size
    found = parse(picture.flat, square_of((0, 0, width, height), 0.0))
    solid = place(found, picture.size)[..., 0] < 0.5
    if solid.mean() < _EMPTY:
        return None
    from scipy.ndimage import label

    regions, _ = label(solid)
    sizes = np.bincount(regions.ravel())[1:]
    return box_of(regions == int(sizes.argmax()) + 1)


def drawn_regions(picture: Picture, box: Box, mask: Mask | None) -> Regions:
    """Return what the network sees in a box of a picture.

    Parameters
    ----------
    picture, box
        The whole picture and where the figure is.
    mask
        (h, w) of the whole picture, or None where the network shall find it.
    """
    cut = crop_box(box, picture.size)
    small = picture.crop(cut)
    own = None if mask is None else mask[cut[1] : cut[3], cut[0] : cut[2]]
    shown = small.flat
    if own is not None and picture.alpha is not None:
        shown = np.where(own[..., None], small.pixels, np.uint8(255))
    inner = (box[0] - cut[0], box[1] - cut[1], box[2] - cut[0], box[3] - cut[1])
    body = parse(shown, square_of(inner))
    layout = Layout(body.points, "net")
    share, judged = place(body, small.size), body.classes
    if is_face(layout):
        layout = _see_halves(shown, share, layout)
        head = parse(shown, layout.head_window)
        close = Layout({**layout.points, **{n: head.points[n] for n in FACE_POINTS}}, "net")
        if is_face(close) and close.face_score > 0.6 * layout.face_score:
            layout = close
        _sharpen(share, place(head, small.size), layout.head_window, 0.8)
        judged = _joined_words(judged, head.classes)
    if own is not None and mask is not None and picture.alpha is None:
        # Between arm and body shows background that the border does not reach.
        far = background_distance(picture)[cut[1] : cut[3], cut[0] : cut[2]]
        own = own & ~((far < _HOLE) & (share[..., 0] > 0.5))
        # Pale cloth before a pale background is told by the network alone.
        own = own | (share[..., 0] < _lost_below(own.shape, layout))
    if own is None:
        soft = refine(small, 1.0 - share[..., 0])
        own = soft > 0.5
    if is_face(layout):
        layout = steady(layout, own)
    labels = settle(small.flat, share, own, layout)
    if is_face(layout):
        layout = follow_arms(layout, labels)
    return Regions(small, cut[:2], own, labels, layout, "drawing", judged)


def _lost_below(shape: tuple[int, ...], layout: Layout) -> NDArray[np.float64]:
    """Return :data:`_LOST` for every row (h, 1)."""
    hips = 0.5 * float(layout.at("left_hip")[1] + layout.at("right_hip")[1])
    return np.where(np.arange(shape[0]) < hips, *_LOST)[:, None]


_OF_HEAD = ("length", "fringe", "hat", "hair", "sex", "era")
"""What is judged from near too."""


def _joined_words(body: Judged, head: Judged) -> Judged:
    """Return judgements of the whole figure, those of the head from near as well (the
    geometric mean of both, made to sum to one).
    """
    out = dict(body)
    for name in _OF_HEAD:
        if name in body and name in head:
            both = {w: (p * head[name][w]) ** 0.5 for w, p in body[name].items()}
            out[name] = {w: p / sum(both.values()) for w, p in both.items()}
    return out


_HALVES: tuple[tuple[str, float, tuple[str, ...]], ...] = (
    ("upper", 0.30, ("shoulder", "elbow", "wrist")), ("lower", 0.72, ("hip", "knee", "ankle")),
)  # fmt: skip
"""Windows of a whole body: centre as share of its height, joints that are taken from there."""

_HALF = 0.62
"""Side of those windows over the height of the body."""


def _see_halves(
    pixels: NDArray[np.uint8], share: NDArray[np.float32], layout: Layout
) -> Layout:
    """Mix what is seen of the upper and lower body from near into the parts, in place, and
    return the layout with the joints found there; bodies of few heads are near already.
    """
    height, width = share.shape[:2]
    crown = layout.at("crown")
    tall = float(min(_foot(layout), height) - crown[1])
    if tall < 3.5 * layout.head_height:
        return layout
    points = dict(layout.points)
    hips = 0.5 * (layout.at("left_hip") + layout.at("right_hip"))
    side = _HALF * tall
    for name, at, joints in _HALVES:
        x = crown[0] if name == "upper" else hips[0]
        window = Square(float(x) - side / 2, float(crown[1]) + at * tall - side / 2, side)
        seen = parse(pixels, window)
        _sharpen(share, place(seen, (width, height)), window, 0.6)
        for joint in joints:
            for own in (f"left_{joint}", f"right_{joint}"):
                near = seen.points[own]
                off = np.hypot(near[0] - points[own][0], near[1] - points[own][1])
                if near[2] > 0.5 * points[own][2] and off < 0.6 * layout.head_height:
                    points[own] = near
    return replace(layout, points=points)


def _foot(layout: Layout) -> float:
    """Return y of the soles: a tenth of the legs under the ankles."""
    ankle = 0.5 * float(layout.at("left_ankle")[1] + layout.at("right_ankle")[1])
    hip = 0.5 * float(layout.at("left_hip")[1] + layout.at("right_hip")[1])
    return ankle + 0.1 * max(ankle - hip, 0.0)


def _sharpen(
    whole: NDArray[np.float32], near: NDArray[np.float32], window: Square, most: float
) -> None:
    """Mix what was seen from near in a window into the parts of the whole, in place."""
    height, width = whole.shape[:2]
    y, x = np.mgrid[0:height, 0:width]
    far = np.maximum(
        np.abs(x - window.left - window.side / 2), np.abs(y - window.top - window.side / 2)
    ) / (window.side / 2)
    weight = np.clip((0.95 - far) / 0.25, 0.0, 1.0)[..., None].astype(np.float32)
    whole += (near - whole) * np.float32(most) * weight


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
    skin = _skin_colour(lab, own, layout)
    _label_body(labels, own, layout)
    bare = own & (_far(lab, skin) < 1.0)
    labels[bare & _near_limbs(own.shape, layout)] = PART_INDEX["skin"]
    face = _face_shape(own.shape, layout, None if oval is None else oval - cut[:2])
    _label_head(labels, lab, own & face, own, layout, skin)
    return Regions(small, cut[:2], own, labels, layout, medium)


Skin = tuple[Floats, Floats]
"""Mean (3,) and spread (3,) in CIELAB."""


def _skin_colour(lab: Floats, own: Mask, layout: Layout) -> Skin:
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
    near |= _to_segment(x, y, layout.at("chin"), layout.at("neck")) < 0.35 * head
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
    beside = np.abs(x - middle[0]) < 0.9 * head
    over = own & ~face & beside & (y < middle[1])
    seeds = over & (_far(lab, skin) > 1.0)
    if seeds.sum() > 12:
        centres, shares = clusters(lab[seeds], 4)
        kept = centres[shares > 0.08]
        near = np.min(np.linalg.norm(lab[..., None, :] - kept, axis=-1), axis=-1) < 15.0
        wide = np.abs(x - middle[0]) < 1.3 * head
        hair = near & own & wide & (y < chin[1] + 2.2 * head) & (_far(lab, skin) > 0.8)
        hair = _joined(hair | seeds, seeds)
        # Pale strands and highlights may have the colour of skin; on the skull all is hair.
        hair |= binary_closing(hair, iterations=max(2, round(0.03 * head))) & over
        hair &= ~face | (_far(lab, skin) > 1.2)
        labels[hair & own] = PART_INDEX["hair"]
    hair = labels == PART_INDEX["hair"]
    labels[face & ~hair] = PART_INDEX["skin"]
    for eye in eyes:
        spot = np.hypot((x - eye[0]) / 0.5, (y - eye[1]) / 0.32) < half
        labels[own & spot & (_far(lab, skin) > 0.9)] = PART_INDEX["eyes"]
    brows = face & hair & ~binary_dilation(hair & ~face, iterations=max(1, round(0.35 * half)))
    labels[brows & (y > middle[1] - 0.9 * half)] = PART_INDEX["skin"]


def _joined(mask: Mask, seeds: Mask) -> Mask:
    """Return the parts of a mask that touch the seeds."""
    from scipy.ndimage import label

    regions, _ = label(mask)
    names = np.unique(regions[seeds & mask])
    return np.isin(regions, names[names > 0])
