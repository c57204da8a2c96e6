"""Which pixel is hair, skin, eye, cloth: from the network, or from points and colours."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from cyberdirector.perceive.arms import follow_arms
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


def drawn_regions(
    picture: Picture, box: Box, mask: Mask | None, again: bool = False
) -> Regions:
    """Return what the network sees in a box of a picture.

    Parameters
    ----------
    picture, box
        The whole picture and where the figure is.
    mask
        (h, w) of the whole picture, or None where the network shall find it.
    again
        That the box was made larger already: a pale hand or foot lay at its border.
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
        # What is pale before a pale background is told by the network alone.
        lost = share[..., 0] < _lost_below(own.shape, layout)
        lost |= _lost_parts(share, layout)
        larger = _grown(cut, lost & ~own, picture.size)
        if larger is not None and not again:
            return drawn_regions(picture, larger, mask, again=True)
        own = own | lost
    if own is None:
        soft = refine(small, 1.0 - share[..., 0])
        own = soft > 0.5
    if is_face(layout):
        layout = steady(layout, own)
    labels = settle(small.flat, share, own, layout)
    if is_face(layout):
        _settle_head(labels, small.flat, share, own, layout)
        layout = follow_arms(layout, labels)
    return Regions(small, cut[:2], own, labels, layout, "drawing", judged)


_BELOW_CHIN = 0.1
"""Heads below the chin down to which parts are settled once more from near."""


def _settle_head(
    labels: Labels, pixels: NDArray[np.uint8], share: NDArray[np.float32], own: Mask,
    layout: Layout,
) -> None:  # fmt: skip
    """Set the parts of the head in place, as fine as the picture: locks of a fringe are a few
    pixels of a whole figure.
    """
    window, (height, width) = layout.head_window, own.shape
    left, top = max(int(window.left), 0), max(int(window.top), 0)
    right = min(int(window.left + window.side), width)
    low = float(layout.at("chin")[1]) + _BELOW_CHIN * layout.head_height
    bottom = min(int(window.top + window.side), height)
    end = min(int(low), bottom)
    if right - left < 16 or end - top < 16 or not own[top:end, left:right].any():
        return
    cut = (slice(top, bottom), slice(left, right))
    near = settle(pixels[cut], share[cut], own[cut], layout.moved((-left, -top)))
    labels[top:end, left:right] = near[: end - top]


def _lost_below(shape: tuple[int, ...], layout: Layout) -> NDArray[np.float64]:
    """Return :data:`_LOST` for every row (h, 1)."""
    hips = 0.5 * float(layout.at("left_hip")[1] + layout.at("right_hip")[1])
    return np.where(np.arange(shape[0]) < hips, *_LOST)[:, None]


def _lost_parts(share: NDArray[np.float32], layout: Layout) -> Mask:
    """Return pixels (h, w) below the hips that the network takes for hands, the hem of a top,
    or, about the feet, for shoes.
    """
    y = np.arange(share.shape[0])[:, None]
    hips = 0.5 * float(layout.at("left_hip")[1] + layout.at("right_hip")[1])
    ankles = 0.5 * float(layout.at("left_ankle")[1] + layout.at("right_ankle")[1])
    arms = share[..., [PART_INDEX[n] for n in ("skin", "sleeve", "top")]].max(2)
    shoes = share[..., PART_INDEX["shoes"]]
    high = y < hips + 0.8 * layout.head_height
    low = y > ankles - 0.1 * layout.head_height
    return np.asarray((high & (arms > _SURE)) | (low & (shoes > _SURE)))


_SURE = 0.75
"""Share from which a pixel is of a part though it has the background's colour."""

_GROW = 0.15
"""Share of its longer side by which a box grows on a side where the figure goes on."""


def _grown(cut: Box, lost: Mask, size: tuple[int, int]) -> Box | None:
    """Return the crop made larger where pixels that the mask lost touch its border, or None
    where none do.
    """
    edge = max(2, round(0.01 * max(lost.shape)))
    touched = (
        lost[:, :edge].any(1).sum(), lost[:edge].any(0).sum(),
        lost[:, -edge:].any(1).sum(), lost[-edge:].any(0).sum(),
    )  # fmt: skip
    more = round(_GROW * max(lost.shape))
    inside = (cut[0] > 0, cut[1] > 0, cut[2] < size[0], cut[3] < size[1])
    grow = [more if t >= 2 * edge and i else 0 for t, i in zip(touched, inside, strict=True)]
    if not any(grow):
        return None
    return (
        max(cut[0] - grow[0], 0), max(cut[1] - grow[1], 0),
        min(cut[2] + grow[2], size[0]), min(cut[3] + grow[3], size[1]),
    )  # fmt: skip


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
