"""One scalar from a real person to a moe figure; age; standing height in heads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from types import MappingProxyType
from typing import Any

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
    "leg": 1.0, "torso": 1.0, "shoulder": 1.0, "hand": 1.0, "pull": 0.0, "crown": 1.0,
    "temple": 1.0,
    "skull": 1.0, "skull_top": 1.0, "jaw_lift": 0.0, "chin_forward": 0.0, "nose_root": 0.0,
    "brow_back": 0.0, "nose_tip": 0.0, "face_wrap": 0.0, "ear": 1.0, "ear_out": 1.0,
    "ear_up": 0.0, "head_back": 0.0, "cheek_full": 0.0, "eye_round": 0.0, "eye_hook": 0.0,
    "eye_tail": 0.0,
})  # fmt: skip

_GUOMAN = {
    "head": 1.12, "eye_at": 0.468, "nose_at": 0.248, "lips_at": 0.158, "eye_width": 0.0330,
    "eye_height": 0.0160, "eye_apart": 0.0310, "eye_tilt": 0.10, "eye_forward": 0.002,
    "eye_wrap": 0.009, "nose_width": 0.70, "nose_height": 0.88, "nose_depth": 0.92,
    "mouth_width": 0.84, "mouth_height": 0.80, "mouth_back": 0.002, "jaw": 1.04,
    "cheek": 1.0, "chin": 0.78, "neck": 0.90, "limb": 0.88, "leg": 0.94, "torso": 0.94,
    "shoulder": 0.96,
    "hand": 0.95, "crown": 0.97, "temple": 1.01, "skull": 1.06, "skull_top": 1.08,
    "face_wrap": 0.010, "ear": 0.86, "ear_out": 0.72, "cheek_full": 0.0004,
    "head_back": 0.006,
}  # fmt: skip

_MOE = {
    "head": 1.42, "eye_at": 0.42, "nose_at": 0.215, "lips_at": 0.135, "eye_width": 0.0425,
    "eye_height": 0.0290, "eye_apart": 0.0345, "eye_tilt": 0.03, "nose_width": 0.50,
    "nose_depth": 0.72, "mouth_width": 0.64, "mouth_height": 0.56, "chin": 0.74,
    "jaw": 1.18, "cheek": 1.06, "temple": 1.06, "skull": 1.16, "skull_top": 1.18,
    "cheek_full": 0.0022, "ear": 0.72, "neck": 0.80, "limb": 0.82, "shoulder": 0.92,
}  # fmt: skip

_MALE: Mapping[float, Mapping[str, float]] = MappingProxyType({
    0.0: {"eye_at": 0.505, "nose_at": 0.292, "lips_at": 0.189, "eye_apart": 0.0300},
    0.5: {"head": 1.09, "eye_at": 0.478, "nose_at": 0.258, "lips_at": 0.168,
          "eye_height": 0.0134, "eye_width": 0.0318, "eye_tilt": 0.10, "nose_width": 0.78,
          "nose_depth": 0.96, "mouth_width": 0.88, "jaw": 1.02, "chin": 0.87, "neck": 0.96,
          "limb": 0.94, "leg": 0.96, "torso": 0.97, "shoulder": 0.99, "hand": 0.98,
          "skull": 1.04, "skull_top": 1.06, "cheek_full": 0.0, "jaw_lift": 0.001,
          "chin_forward": 0.007},
    1.0: {"head": 1.21, "eye_at": 0.462, "eye_width": 0.0370, "eye_height": 0.0198,
          "eye_tilt": 0.08, "nose_width": 0.68, "nose_depth": 0.92, "nose_at": 0.238,
          "lips_at": 0.152, "mouth_width": 0.80, "cheek": 1.01, "jaw": 1.06, "chin": 0.85,
          "neck": 0.92, "limb": 0.90, "leg": 0.94, "torso": 0.95, "shoulder": 0.96,
          "hand": 0.97, "temple": 1.02, "skull": 1.09, "skull_top": 1.10, "ear": 0.84,
          "cheek_full": 0.0, "jaw_lift": 0.002, "face_wrap": 0.015,
          "chin_forward": 0.010, "mouth_back": 0.003},
    1.25: {"head": 1.34, "eye_at": 0.435, "eye_width": 0.0390, "eye_height": 0.0225,
           "nose_width": 0.60, "mouth_width": 0.72, "jaw": 1.13, "chin": 0.80, "shoulder": 0.94,
           "nose_at": 0.225, "lips_at": 0.142, "cheek": 1.04},
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


_YEARS = (13, 16, 20, 30, 38, 45, 60, 75)

_AGED: Mapping[str, tuple[float, ...]] = MappingProxyType({
    "style.eye_height": (1.1, 1.05, 1.0, 0.97, 0.9113, 0.86, 0.75, 0.68),
    "style.eye_width": (1.02, 1.01, 1.0, 1.0, 0.9893, 0.98, 0.95, 0.93),
    "style.nose_width": (0.95, 0.97, 1.0, 1.02, 1.0627, 1.1, 1.18, 1.22),
    "style.nose_depth": (0.94, 0.97, 1.0, 1.02, 1.036, 1.05, 1.08, 1.1),
    "style.mouth_width": (0.94, 0.97, 1.0, 1.02, 1.0413, 1.06, 1.08, 1.08),
    "style.jaw": (1.03, 1.02, 1.0, 1.0, 1.0107, 1.02, 1.04, 1.05),
    "style.chin": (1.03, 1.02, 1.0, 1.0, 1.0213, 1.04, 1.06, 1.05),
    "style.shoulder": (0.94, 0.965, 1.0, 1.0, 1.0, 1.0, 0.985, 0.97),
    "eyes.lash": (1.0, 1.0, 1.0, 1.0, 0.9573, 0.92, 0.75, 0.62),
    "eyes.wing": (0.9, 1.0, 1.0, 1.0, 0.92, 0.85, 0.5, 0.3),
    "eyes.lower_lash": (1.0, 1.0, 1.0, 1.0, 0.9467, 0.9, 0.7, 0.6),
    "paint.lip_amount": (0.9, 0.95, 1.0, 1.0, 0.9733, 0.95, 0.75, 0.65),
})  # fmt: skip
"""Factors that the years put on dials."""

_AGED_BY: Mapping[str, tuple[float, ...]] = MappingProxyType({
    "style.face_length": (-0.05, -0.025, 0.0, 0.01, 0.0153, 0.02, 0.03, 0.03),
    "style.eye_tilt": (-0.02, 0.0, 0.0, 0.0, -0.0053, -0.01, -0.05, -0.09),
    "style.eye_tail": (0.0, 0.0, 0.0, 0.0, -0.0213, -0.04, -0.14, -0.2),
    "style.cheek_full": (0.001, 0.0006, 0.0, 0.0, -0.0002, -0.0003, -0.0008, -0.0012),
    "style.mouth_curve": (0.0, 0.0, 0.0, 0.0, -0.0001, -0.0002, -0.0005, -0.0006),
    "paint.wrinkles": (0.0, 0.0, 0.0, 0.0, 0.02, 0.25, 0.62, 0.9),
    "brows.droop": (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.001, 0.0018),
})  # fmt: skip
"""What the years add to dials, in the dial's own unit."""


def age_dials(
    dials: Mapping[str, Any], section: str, years: int, amount: float = 1.0
) -> dict[str, Any]:
    """Return the dials of one section for an age in years; drawn faces tell it gently.

    Parameters
    ----------
    dials
        Dial → value of a twenty-year-old.
    section
        ``style``, ``eyes``, ``brows`` or ``paint``.
    years
        Age; beyond 13 and 75 the ends hold.
    amount
        Stylisation: a real head (0) is left to the shape of the body data.
    """
    import numpy as np

    share = min(amount / 0.5, 1.0) if section == "style" else 1.0
    out = dict(dials)
    for key, values in _AGED.items():
        place, _, dial = key.partition(".")
        if place == section:
            out[dial] *= 1.0 + share * (float(np.interp(years, _YEARS, values)) - 1.0)
    for key, values in _AGED_BY.items():
        place, _, dial = key.partition(".")
        if place == section:
            out[dial] += share * float(np.interp(years, _YEARS, values))
    return out


CHIBI_FROM, CHIBI_AT = 5.4, 3.0
"""Heads below which a figure becomes a chibi, and at which it is one wholly."""

_CHIBI: Mapping[str, float] = MappingProxyType({
    "eye_at": 0.372, "nose_at": 0.205, "lips_at": 0.120, "eye_width": 0.0455,
    "eye_height": 0.0335, "eye_apart": 0.0375, "eye_tilt": 0.01, "eye_round": 0.25,
    "nose_width": 0.50, "nose_height": 0.72, "nose_depth": 0.66, "mouth_width": 0.62,
    "mouth_height": 0.60, "cheek": 1.10, "jaw": 1.24, "chin": 0.92, "cheek_full": 0.0040,
    "temple": 1.09, "skull": 1.17, "skull_top": 1.18, "neck": 0.78, "limb": 1.0, "leg": 1.04,
    "shoulder": 0.80, "hand": 0.86, "ear": 0.66, "jaw_lift": 0.006, "chin_forward": 0.002,
})  # fmt: skip
"""Dials of a figure three heads tall; a man's eyes keep a quarter of their own height."""


def chibi_share(heads: float | None) -> float:
    """Return how much of a chibi a figure of ``heads`` is, 0..1; None is none."""
    if heads is None or heads <= 0.0:
        return 0.0
    t = min(max((CHIBI_FROM - heads) / (CHIBI_FROM - CHIBI_AT), 0.0), 1.0)
    return t * t * (3.0 - 2.0 * t)


def fit_heads(style: Style, heads: float | None, sex: str = "female") -> Style:
    """Return the style with the figure's height in heads, or as it is for None.

    Small figures are drawn otherwise than tall ones: large low eyes, round cheeks, hardly
    a nose, plump limbs and no neck to speak of.
    """
    if heads is None:
        return style
    dials = asdict(style)
    share = chibi_share(heads)
    for name, goal in _CHIBI.items():
        male = sex == "male" and name in ("eye_height", "eye_width")
        dials[name] += (0.75 if male else 1.0) * share * (goal - dials[name])
    return Style(**{**dials, "heads": heads})
