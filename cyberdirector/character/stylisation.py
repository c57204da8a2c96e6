"""One scalar from a real person to a moe figure, and standing height in heads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from types import MappingProxyType

from cyberdirector.character.style import Style

LEVELS: tuple[float, ...] = (0.0, 0.5, 1.0, 1.25)
"""Stylisation of the tables below: real, guoman, anime, moe."""

PROPORTIONS: tuple[float, ...] = (7.5, 7.0, 6.5, 6.0, 5.0, 3.0)
"""Presets of the standing height in heads."""

_ANIME = {f.name: float(f.default) for f in fields(Style)}  # type: ignore[arg-type]

_REAL: Mapping[str, float] = MappingProxyType({
    **_ANIME, "head": 1.0, "head_depth": 1.0, "eye_at": 0.492, "nose_at": 0.282,
    "lips_at": 0.185, "eye_width": 0.0237, "eye_height": 0.0085, "eye_apart": 0.0276,
    "eye_tilt": 0.141, "eye_forward": 0.0, "eye_wrap": 0.0, "nose_width": 1.0,
    "nose_height": 1.0, "nose_depth": 1.0, "mouth_width": 1.0, "mouth_height": 1.0,
    "mouth_back": 0.0, "cheek": 1.0, "jaw": 1.0, "chin": 1.0, "neck": 1.0, "limb": 1.0,
    "leg": 1.0, "torso": 1.0, "hand": 1.0, "pull": 0.0,
})  # fmt: skip

_GUOMAN = {
    "head": 1.13, "eye_at": 0.468, "nose_at": 0.250, "lips_at": 0.162, "eye_width": 0.0325,
    "eye_height": 0.0158, "eye_apart": 0.0312, "eye_tilt": 0.09, "eye_forward": 0.002,
    "eye_wrap": 0.003, "nose_width": 0.72, "nose_height": 0.86, "nose_depth": 0.84,
    "mouth_width": 0.82, "mouth_height": 0.80, "mouth_back": 0.002, "jaw": 0.92,
    "chin": 0.76, "neck": 0.90, "limb": 0.88, "leg": 0.94, "torso": 0.94, "hand": 0.95,
}  # fmt: skip

_MOE = {
    "head": 1.42, "eye_at": 0.425, "eye_width": 0.0420, "eye_height": 0.0285,
    "eye_apart": 0.0345, "nose_width": 0.50, "nose_depth": 0.60, "mouth_width": 0.64,
    "mouth_height": 0.56, "chin": 0.66, "jaw": 0.92, "neck": 0.80, "limb": 0.82,
}  # fmt: skip

_MALE: Mapping[float, Mapping[str, float]] = MappingProxyType({
    0.0: {"eye_at": 0.505, "nose_at": 0.292, "lips_at": 0.189, "eye_apart": 0.0300},
    0.5: {"head": 1.10, "eye_at": 0.478, "eye_height": 0.0128, "eye_width": 0.0310,
          "eye_tilt": 0.10, "nose_width": 0.80, "nose_depth": 0.84, "mouth_width": 0.88,
          "jaw": 0.95, "chin": 0.82, "neck": 0.96, "limb": 0.94, "leg": 0.96,
          "torso": 0.97, "hand": 0.98},
    1.0: {"head": 1.22, "eye_at": 0.47, "eye_width": 0.0360, "eye_height": 0.0180,
          "eye_tilt": 0.08, "nose_width": 0.68, "nose_depth": 0.66, "nose_at": 0.24,
          "lips_at": 0.155, "mouth_width": 0.80, "cheek": 0.98, "jaw": 0.93, "chin": 0.76,
          "neck": 0.92, "limb": 0.90, "leg": 0.94, "torso": 0.95, "hand": 0.97},
    1.25: {"head": 1.34, "eye_at": 0.44, "eye_width": 0.0390, "eye_height": 0.0225,
           "nose_width": 0.60, "mouth_width": 0.72, "jaw": 0.93, "chin": 0.74},
})  # fmt: skip


def _tables(sex: str) -> list[dict[str, float]]:
    guoman = {**_ANIME, **_GUOMAN, "pull": 0.8}
    tables = [dict(_REAL), guoman, dict(_ANIME), {**_ANIME, **_MOE}]
    if sex == "male":
        man = [_MALE[level] for level in LEVELS]
        tables = [{**t, **m} for t, m in zip(tables, man, strict=True)]
        tables[3] = {**tables[2], **_MALE[1.25]}
    return tables


def style_dials(amount: float, sex: str) -> dict[str, float]:
    """Return every dial of :class:`~cyberdirector.character.style.Style` for one scalar.

    Parameters
    ----------
    amount
        0 real … 0.5 guoman … 1 anime … 1.25 moe; monotone cubics run through the levels.
    sex
        ``female`` or ``male``.
    """
    import numpy as np
    from scipy.interpolate import PchipInterpolator

    tables = _tables(sex)
    names = list(_ANIME)
    values = np.array([[t[n] for n in names] for t in tables])
    at = PchipInterpolator(LEVELS, values)(min(max(amount, LEVELS[0]), LEVELS[-1]))
    return dict(zip(names, (float(v) for v in at), strict=True))


def fit_heads(style: Style, heads: float | None) -> Style:
    """Return the style with the figure's height in heads, or as it is for None."""
    if heads is None:
        return style
    return Style(**{**asdict(style), "heads": heads})
