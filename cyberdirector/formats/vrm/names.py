"""Names of VRM 1.0 and how those of VRM 0.x map onto them."""

from __future__ import annotations

from types import MappingProxyType

PRESETS: frozenset[str] = frozenset(
    [
        *("happy", "angry", "sad", "relaxed", "surprised", "neutral"),
        *("aa", "ih", "ou", "ee", "oh"),
        *("blink", "blinkLeft", "blinkRight"),
        *("lookUp", "lookDown", "lookLeft", "lookRight"),
    ]
)
"""Expression presets (VRMC_vrm-1.0, expressions.md)."""

OVERRIDES = ("none", "block", "blend")

PRESETS_0 = MappingProxyType(
    {
        "a": "aa", "i": "ih", "u": "ou", "e": "ee", "o": "oh",
        "blink": "blink", "blink_l": "blinkLeft", "blink_r": "blinkRight",
        "joy": "happy", "angry": "angry", "sorrow": "sad", "fun": "relaxed",
        "lookup": "lookUp", "lookdown": "lookDown",
        "lookleft": "lookLeft", "lookright": "lookRight", "neutral": "neutral",
    }
)  # fmt: skip
"""Blend-shape presets of VRM 0.x and their names in 1.0."""

BONES_0 = MappingProxyType(
    {
        f"{side}Thumb{old}": f"{side}Thumb{new}"
        for side in ("left", "right")
        for old, new in (("Proximal", "Metacarpal"), ("Intermediate", "Proximal"))
    }
)
"""Bones that VRM 1.0 names differently (the thumb starts at its metacarpal)."""

CHARACTER_SCHEMA = "cyberdirector.character"
CHARACTER_VERSION = 1

LICENCE_URL = "https://vrm.dev/licenses/1.0/"
"""The only licence document that VRM 1.0 allows in ``meta.licenseUrl``."""
