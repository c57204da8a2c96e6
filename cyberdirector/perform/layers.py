"""The layers of a take and their dials: each is scaled, muted, re-rolled or replaced alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.clip import Clip
from cyberdirector.core.errors import InputRefused, Location
from cyberdirector.core.face import ARKIT_NAMES
from cyberdirector.core.skeleton import HUMANOID_BONES

LAYERS: tuple[str, ...] = (
    "lips", "emotion", "brows", "blinks", "gaze", "head", "gesture", "posture", "breathing",
)  # fmt: skip
"""Layers of a performance, in the order in which they are laid over each other."""

STRONGEST = 2.0
"""Largest strength of a layer."""


@dataclass(frozen=True)
class Dial:
    """One layer of one take.

    Attributes
    ----------
    strength
        0 mutes the layer, 1 is as performed, up to :data:`STRONGEST`.
    seed
        Seed of this layer alone; None takes that of the line.
    """

    strength: float = 1.0
    seed: int | None = None


PLAIN = Dial()

Layers = Mapping[str, Dial]


def parse_layers(words: Mapping[str, object], where: str = "layers") -> dict[str, Dial]:
    """Return dials from plain values: ``{"gesture": 0.5, "head": {"seed": 3}}``.

    Parameters
    ----------
    words
        Layer → strength, or a mapping with ``strength`` and ``seed``.
    where
        Path of the value in its document, for the error.

    Raises
    ------
    InputRefused
        ``layer-unknown``, ``layer-dial``.
    """
    out = {}
    for name, value in words.items():
        if name not in LAYERS:
            raise InputRefused(
                "layer-unknown",
                f"没有“{name}”这一层；可用：{'、'.join(LAYERS)}。",
                f"there is no layer '{name}'; use one of {', '.join(LAYERS)}.",
                Location(path=f"{where}.{name}"),
            )
        out[name] = _dial(value, f"{where}.{name}")
    return out


def _dial(value: object, where: str) -> Dial:
    """Return the dial that a plain value means."""
    given = value if isinstance(value, Mapping) else {"strength": value}
    strength, seed = given.get("strength", 1.0), given.get("seed")
    if (
        set(given) <= {"strength", "seed"}
        and isinstance(strength, int | float)
        and not isinstance(strength, bool)
        and 0.0 <= strength <= STRONGEST
        and (seed is None or (isinstance(seed, int) and not isinstance(seed, bool)))
    ):
        return Dial(float(strength), seed)
    raise InputRefused(
        "layer-dial",
        f"层的旋钮写作强度 0–{STRONGEST:g}，或 strength 与整数 seed；现在是“{value}”。",
        f"a layer takes a strength of 0 to {STRONGEST:g}, or strength and a whole seed; "
        f"found '{value}'.",
        Location(path=where),
    )


def _shapes(*starts: str) -> NDArray[np.bool_]:
    return np.array([name.startswith(starts) for name in ARKIT_NAMES])


def _bones(*parts: str) -> NDArray[np.bool_]:
    return np.array([any(part in name for part in parts) for name in HUMANOID_BONES])


_FACE = {
    "lips": _shapes("mouth", "jaw", "tongue"),
    "emotion": _shapes("cheek", "nose", "eyeSquint", "eyeWide"),
    "brows": _shapes("brow"),
    "blinks": _shapes("eyeBlink"),
    "gaze": _shapes("eyeLook"),
}
"""Shapes (52,) that a layer owns in a finished clip."""

_ARMS = (
    "Shoulder",
    "UpperArm",
    "LowerArm",
    "Hand",
    "Thumb",
    "Index",
    "Middle",
    "Ring",
    "Little",
)
_BODY = {
    "head": _bones("neck", "head"),
    "gesture": _bones(*_ARMS),
    "posture": ~(_bones("neck", "head", "jaw", "Eye") | _bones(*_ARMS)),
}
"""Bones (55,) that a layer owns in a finished clip."""


def replace_layer(clip: Clip, name: str, other: Clip) -> Clip:
    """Return a clip whose layer comes from another take of the same length.

    Parameters
    ----------
    clip, other
        Same rate; ``other`` has at least as many frames, what is longer is left out.
    name
        One of :data:`LAYERS` except ``breathing``, which shares its bones with ``posture``.

    Raises
    ------
    InputRefused
        ``layer-not-replaceable``, ``layer-length``.
    """
    if name not in _FACE and name not in _BODY:
        usable = [layer for layer in LAYERS if layer in _FACE or layer in _BODY]
        raise InputRefused(
            "layer-not-replaceable",
            f"“{name}”层不能由别的动作替换；可替换：{'、'.join(usable)}。",
            f"the layer '{name}' cannot come from another take; these can: "
            f"{', '.join(usable)}.",
            Location(path=name),
        )
    if other.rate != clip.rate or other.frames < clip.frames:
        raise InputRefused(
            "layer-length",
            f"替换“{name}”的动作有 {other.frames} 帧（{other.rate.fps:g} fps），需要至少 "
            f"{clip.frames} 帧（{clip.rate.fps:g} fps）。",
            f"the take for '{name}' has {other.frames} frames at {other.rate.fps:g} fps; at "
            f"least {clip.frames} at {clip.rate.fps:g} are needed.",
            Location(path=name),
        )
    n = clip.frames
    weights, turns = clip.weights.copy(), clip.rotations.copy()
    root, gaze, contacts = clip.root, clip.gaze, clip.contacts
    if name in _FACE:
        weights[:, _FACE[name]] = other.weights[:n, _FACE[name]]
    else:
        turns[:, _BODY[name]] = other.rotations[:n, _BODY[name]]
    if name == "gaze":
        gaze = other.gaze[:n]
    if name == "posture":
        scale = np.float32(clip.hip_height / other.hip_height)
        root, contacts = other.root[:n] * scale, other.contacts[:n]
    return replace(
        clip, root=root, rotations=turns, weights=weights, gaze=gaze, contacts=contacts
    )
