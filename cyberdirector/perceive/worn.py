"""Classes of sleeves and lower garments as their dials make them: what a viewer sees.

A shirt with its sleeve dial at 0 has short sleeves, a uniform with trousers no skirt. The
formulas follow the cuts of ``character/wardrobe``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import cast

from cyberdirector.character.wardrobe.catalogue import CATALOGUE
from cyberdirector.character.wardrobe.kinds import GarmentKind, Lower, Sleeve

_SLEEVE_END: dict[str, Callable[[float], float]] = {
    "dress": lambda s: 0.24 + 0.82 * s * s if s > 0.2 else 0.0,
    "qipao": lambda s: 0.12 + 0.75 * s,
    "t_shirt": lambda s: 0.30 + 0.10 * s,
    "shirt": lambda s: 0.44 if s < 0.5 else 0.96,
    "school": lambda s: 0.95 if s > 0.5 else 0.42,
}
"""Kind → where its sleeve ends by its dial: 0 shoulder, 1 wrist."""

_SLEEVE_DROP: dict[str, float] = {
    "ruqun": 0.22, "jiaoling_robe": 0.22, "yuanling_pao": 0.12, "xianpao": 0.50,
}  # fmt: skip
"""Kind → how far its wide sleeve hangs (metres) at 1 of its dial."""

_HEM: dict[str, Callable[[float], float]] = {
    "skirt_pleated": lambda v: 0.80 * v, "skirt_a": lambda v: 0.98 * v,
    "school": lambda v: 0.90 * v, "school_summer": lambda v: 0.85 * v,
    "school_winter": lambda v: 0.85 * v, "dress": lambda v: 0.98 * v,
    "qipao": lambda v: 1.0 + 0.62 * v,
}  # fmt: skip
"""Kind → where its hem hangs by its dial: 0 hip, 1 knee, 2 ankle."""

_SLEEVELESS, _SHORT = 0.10, 0.62
"""Ends of sleeves below which they are none, and short: the elbow is at 0.5."""

_WIDE, _HUGE = 0.075, 0.36
"""Metres that a sleeve hangs from which it is wide, and huge."""

_ABOVE, _BELOW = 0.94, 1.35
"""Hems above which a skirt is short, below which it is long."""


def _dial(kind: GarmentKind, name: str, params: Mapping[str, float]) -> float:
    default = next((d.default for d in kind.params if d.name == name), 1.0)
    return float(params.get(name, default))


def sleeve_class(name: str, params: Mapping[str, float]) -> Sleeve:
    """Return the class of sleeve of a kind of garment with these dials ("" for none)."""
    kind = CATALOGUE[name]
    dial = _dial(kind, "sleeve", params)
    if name in _SLEEVE_END:
        end = _SLEEVE_END[name](dial)
        return "none" if end < _SLEEVELESS else "short" if end < _SHORT else "long"
    if name in _SLEEVE_DROP:
        drop = _SLEEVE_DROP[name] * dial
        return "long" if drop < _WIDE else "wide" if drop < _HUGE else "huge"
    return kind.sleeve


def lower_class(name: str, params: Mapping[str, float]) -> Lower:
    """Return the class of what a kind of garment with these dials does for the legs."""
    kind = CATALOGUE[name]
    if _dial(kind, "trousers", params) > 0.5 and any(d.name == "trousers" for d in kind.params):
        return "trousers"
    if name in _HEM:
        hem = _HEM[name](_dial(kind, "length", params))
        found = (
            "skirt_short" if hem < _ABOVE else "skirt_knee" if hem < _BELOW else "skirt_long"
        )
        return cast("Lower", found)
    return kind.lower
