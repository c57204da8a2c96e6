"""Named manners of acting: dials of an actor that a director asks for by one word."""

from __future__ import annotations

from types import MappingProxyType

from cyberdirector.core.errors import InputRefused

_STYLES: dict[str, dict[str, float]] = {
    "natural": {},
    "restrained": {
        "amplitude": 0.25, "density": 0.22, "energy": 0.3, "tempo": 0.4, "openness": 0.35,
        "face_gain": 0.95,
    },
    "composed": {
        "amplitude": 0.1, "density": 0.0, "energy": 0.15, "tempo": 0.4, "openness": 0.4,
        "face_gain": 0.8,
    },
    "lively": {
        "amplitude": 0.8, "density": 0.85, "energy": 0.8, "tempo": 0.7, "openness": 0.75,
        "face_gain": 1.45,
    },
    "grand": {
        "amplitude": 0.95, "density": 0.6, "energy": 0.6, "tempo": 0.35, "openness": 0.9,
        "face_gain": 1.3,
    },
    "shy": {
        "amplitude": 0.25, "density": 0.3, "energy": 0.35, "tempo": 0.55, "openness": 0.1,
        "face_gain": 1.1,
    },
    "fierce": {
        "amplitude": 0.8, "density": 0.6, "energy": 0.9, "tempo": 0.85, "openness": 0.5,
        "face_gain": 1.4,
    },
    "weary": {
        "amplitude": 0.3, "density": 0.25, "energy": 0.1, "tempo": 0.2, "openness": 0.3,
        "face_gain": 1.0,
    },
}  # fmt: skip
STYLES = MappingProxyType(_STYLES)
"""Style → dials 0..1 of :attr:`~cyberdirector.perform.score.Actor.style`."""


def style_named(name: str) -> dict[str, float]:
    """Return the dials of a style; an empty name changes nothing.

    Raises
    ------
    InputRefused
        ``style-unknown``.
    """
    if not name:
        return {}
    if name not in STYLES:
        raise InputRefused(
            "style-unknown",
            f"没有名为“{name}”的表演风格；可用：{'、'.join(STYLES)}。",
            f"there is no acting style '{name}'; use one of {', '.join(STYLES)}.",
        )
    return dict(STYLES[name])
