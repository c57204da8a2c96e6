"""What parts and points together say of a figure: sex, era, hairstyle, kinds of clothes.

A small network on the map of the hair, the measures of the clothes and the places of the
points; learnt from labelled pictures (``scripts/train_perceive_judge.py``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.errors import AdapterUnavailable
from cyberdirector.core.resources import data_dir
from cyberdirector.perceive.gallery import (
    COLUMNS,
    CROWN_AREA,
    CROWN_WIDE,
    HAT_AREA,
    HAT_WIDE,
    MEASURES,
    ROWS,
    hair_map,
    hair_scores,
    outfit_measures,
)
from cyberdirector.perceive.layout import Layout
from cyberdirector.perceive.parts import LEARNT, PART_INDEX, POINTS
from cyberdirector.perceive.profiles import (
    arm_profile,
    colour_relations,
    fringe_map,
    fringe_profile,
    leg_profile,
)

Floats = NDArray[np.float64]
Labels = NDArray[np.uint8]
Judged = dict[str, dict[str, float]]

FILE = "perceive_judge.npz"

_SWAP = [
    POINTS.index(n.replace("left", "#").replace("right", "left").replace("#", "right"))
    for n in POINTS
]
_FAR = 8.0
"""Heads from the chin beyond which a point is taken for lost."""


@dataclass(frozen=True)
class Judge:
    """Words of each attribute, mean and spread of the features, and two layers."""

    words: dict[str, list[str]]
    mean: Floats
    spread: Floats
    first: tuple[Floats, Floats]
    second: tuple[Floats, Floats]


@lru_cache(maxsize=1)
def _judge() -> Judge:
    path = data_dir("models") / FILE
    if not path.is_file():
        raise AdapterUnavailable(
            "perceive-model-missing",
            f"缺少看图模型 {FILE}，请重新安装本程序。",
            f"The model {FILE} that reads pictures is missing; install the program again.",
        )
    with np.load(path) as data:
        a = {n: data[n].astype(np.float64) for n in data.files if n != "words"}
        words = json.loads(str(data["words"]))
    return Judge(words, a["mean"], a["spread"], (a["w1"], a["b1"]), (a["w2"], a["b2"]))


def _pooled(field: Floats, step: int) -> Floats:
    """Return the mean of squares of ``step`` cells, flat."""
    out: Floats = field.reshape(ROWS // step, step, COLUMNS // step, step).mean((1, 3)).ravel()
    return out


def features(labels: Labels, layout: Layout, picture: NDArray[np.uint8]) -> Floats:
    """Return the features (2, f) of a figure and of its mirror image.

    Parameters
    ----------
    labels
        (h, w) numbers of :data:`~.parts.PARTS`.
    layout
        Points in the same pixels; those that are missing lie on the chin.
    picture
        (h, w, 3) uint8 sRGB, the same pixels.
    """
    chin, head = layout.at("chin"), layout.head_height
    layout = Layout(
        {n: layout.points.get(n, (float(chin[0]), float(chin[1]), 0.0)) for n in POINTS},
        layout.source,
    )
    hair = hair_map(labels, layout)
    found = outfit_measures(labels, layout)
    measures = np.array([found[n] for n, _ in MEASURES])
    at = np.array([layout.at(n) for n in POINTS])
    points = np.clip((at - chin) / head, -_FAR, _FAR)
    eyes = 20.0 * float((labels == PART_INDEX["eyes"]).sum()) / head**2
    limbs = [arm_profile(labels, layout), leg_profile(labels, layout)]
    rest = np.concatenate([
        1.5 * np.nan_to_num(measures), np.isfinite(measures), [eyes], *limbs,
        colour_relations(labels, layout, picture),
    ])  # fmt: skip
    fringe, fine = fringe_profile(labels, layout), fringe_map(labels, layout)
    like = hair_scores(labels, layout)
    styles = np.array([8.0 * like.get(n, 0.5) - 4.0 for n in LEARNT["hair"]])
    out = []
    for field, places, brow, locks in (
        (hair, points, fringe, fine),
        (hair[:, ::-1], points[_SWAP] * [-1.0, 1.0], fringe[:, ::-1], fine[:, ::-1]),
    ):
        known = np.isfinite(field)
        out.append(np.concatenate([
            _pooled(np.where(known, field, 0.0), 2), _pooled(1.0 - known, 4),
            0.5 * places.ravel(), brow.ravel(), rest, locks.ravel(), styles,
        ]))  # fmt: skip
    return np.array(out)


_TRUST, _TRUSTED = 0.3, {"shoes": 1.0}
"""Power of the shares that the part finder itself gives, and for what it sees better: soles
and shafts are a few pixels."""


def joined(parts: Judged, pixels: Judged) -> Judged:
    """Return what parts and pixels together say: the product of both shares.

    Of words that the pixels' judge never learnt it says what it says on average.
    """
    out: Judged = {}
    for name, shares in parts.items():
        other = pixels.get(name, {})
        even, power = 1.0 / max(len(other), 1), _TRUSTED.get(name, _TRUST)
        both = {
            w: max(p, 1e-3) * max(other.get(w, even), 1e-3) ** power if other else p
            for w, p in shares.items()
        }
        out[name] = {w: p / sum(both.values()) for w, p in both.items()}
    return out


def with_hat(judged: Judged, area: float, wide: float) -> Judged:
    """Return judgements in which a crown or hat is worn if one is seen, wide if its brim is.

    Parameters
    ----------
    area, wide
        See :func:`~.gallery.hat_size`.
    """
    shares = dict(judged["hat"])
    if area < CROWN_AREA or wide < CROWN_WIDE:
        return judged | {"hat": {w: float(w == "none") for w in shares}}
    if area < HAT_AREA:
        return judged | {"hat": {w: float(w == _CROWN) for w in shares}}
    broad = wide > HAT_WIDE
    kept = {
        w: p for w, p in shares.items()
        if w not in ("none", _CROWN) and (w in _WIDE_HATS) == broad
    }  # fmt: skip
    total = sum(kept.values())
    return judged | {"hat": {w: p / total for w, p in kept.items()}} if total else judged


_CROWN, _WIDE_HATS = "crown", ("douli",)

_CLOSED, _LOW, _DOUBT = 0.02, 0.55, 0.1
"""Open share between the legs below which cloth that hangs low is no trousers; factor of
those that it is not."""

_LEGGED = ("trousers", "jeans", "shorts", "hoodie", "suit", "duanda")


def with_legs(judged: Judged, measures: Mapping[str, float]) -> Judged:
    """Return judgements in which cloth that hangs low and is closed is no trousers.

    Parameters
    ----------
    measures
        See :func:`~.gallery.outfit_measures`.
    """
    open_, hem = measures["notch"], measures["hem"]
    if not (np.isfinite(open_) and open_ < _CLOSED and hem > _LOW):
        return judged
    out = dict(judged)
    for name in ("lower", "bottom", "whole"):
        shares = {
            w: p * (_DOUBT if w in _LEGGED else 1.0) for w, p in judged.get(name, {}).items()
        }
        total = sum(shares.values())
        if total > 0.0:
            out[name] = {w: p / total for w, p in shares.items()}
    return out


_BARE, _COVERED, _UNLIKELY = 0.65, 0.2, 0.02
"""Shares of skin along a forearm from which sleeves are short, below which they are long;
factor of those that they then are not."""

_UPPER_ONLY = ("none", "short")


def with_arms(judged: Judged, bare: float | None) -> Judged:
    """Return judgements in which sleeves end above forearms that are bare.

    Parameters
    ----------
    bare
        Share of skin along the forearms; None where they are not seen.
    """
    if bare is None or _COVERED <= bare <= _BARE or "sleeve" not in judged:
        return judged
    short = bare > _BARE
    shares = {
        w: p * (1.0 if (w in _UPPER_ONLY) == short else _UNLIKELY)
        for w, p in judged["sleeve"].items()
    }
    total = sum(shares.values())
    return judged | {"sleeve": {w: p / total for w, p in shares.items()}}


def judge(labels: Labels, layout: Layout, picture: NDArray[np.uint8]) -> Judged:
    """Return attribute or slot (:data:`~.parts.LEARNT`) → class → probability.

    Raises
    ------
    AdapterUnavailable
        ``perceive-model-missing``.
    """
    own = _judge()
    seen = np.clip((features(labels, layout, picture) - own.mean) / own.spread, -6.0, 6.0)
    inner = np.maximum(seen @ own.first[0] + own.first[1], 0.0)
    scores = (inner @ own.second[0] + own.second[1]).mean(0)
    out: Judged = {}
    start = 0
    for name, words in own.words.items():
        part = scores[start : start + len(words)]
        start += len(words)
        share = np.exp(part - part.max())
        out[name] = dict(zip(words, (share / share.sum()).tolist(), strict=True))
    return out
