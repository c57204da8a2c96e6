"""Gives foreign faces the ARKit shapes that the performance drives.

Avatars of other programs name their shapes otherwise, or have only the VRM presets. What
they have is taken: shapes of the same meaning under another spelling, custom expressions
of ARKit's names, the named shapes of VRoid, and the VRM presets, cut in halves at the
middle of the face where ARKit has a left and a right shape.
"""

from __future__ import annotations

import re
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.face import ARKIT_INDEX, ARKIT_NAMES
from cyberdirector.core.model import Expression, MeshPart, Morph

Recipe = tuple[str, ...]
"""Names to look for, first come first served: shapes or expressions."""


def _key(name: str) -> str:
    """Return a spelling-free form: ``BS.eyeBlink_L`` and ``EyeBlinkLeft`` are one."""
    text = re.split(r"[.:]", name)[-1]
    text = re.sub(r"[^a-z0-9]", "", re.sub(r"(?<=[a-z_])([LR])$", r"_\1", text).lower())
    return re.sub(r"(?<!^)(left|right)$", lambda m: m.group(1)[0], text)


_BY_KEY = MappingProxyType({_key(name): name for name in ARKIT_NAMES})

_BOTH: dict[str, Recipe] = {
    "jawOpen": ("Fcl_MTH_A", "aa"),
    "mouthFunnel": ("Fcl_MTH_O", "oh"),
    "mouthPucker": ("Fcl_MTH_U", "ou"),
    "browInnerUp": ("Fcl_BRW_Sorrow",),
}
"""ARKit shapes of the whole face and where they come from."""

_HALVES: dict[str, Recipe] = {
    "eyeBlink": ("blink", "Fcl_EYE_Close"),
    "eyeWide": ("Fcl_EYE_Spread", "Fcl_EYE_Surprised"),
    "browDown": ("Fcl_BRW_Angry",),
    "browOuterUp": ("Fcl_BRW_Surprised",),
    "mouthSmile": ("Fcl_MTH_Fun", "Fcl_MTH_Up"),
    "mouthFrown": ("Fcl_MTH_Angry", "Fcl_MTH_Down"),
    "mouthStretch": ("Fcl_MTH_I", "ih"),
    "eyeLookUp": ("lookUp",),
    "eyeLookDown": ("lookDown",),
}
"""Stems of left and right ARKit shapes and the shapes of both sides to cut them from."""

_SIDES: dict[str, tuple[Recipe, str]] = {
    "eyeBlinkLeft": (("blinkLeft", "Fcl_EYE_Close_L"), ""),
    "eyeBlinkRight": (("blinkRight", "Fcl_EYE_Close_R"), ""),
    "eyeLookOutLeft": (("lookLeft",), "Left"),
    "eyeLookInRight": (("lookLeft",), "Right"),
    "eyeLookInLeft": (("lookRight",), "Left"),
    "eyeLookOutRight": (("lookRight",), "Right"),
}
"""One-sided ARKit shapes: sources and the half to keep of them (empty: all)."""

PRESET_MIX = MappingProxyType(
    {
        "aa": {"jawOpen": 0.7},
        "ih": {"mouthStretchLeft": 0.6, "mouthStretchRight": 0.6, "jawOpen": 0.15},
        "ou": {"mouthPucker": 0.9, "jawOpen": 0.15},
        "ee": {"mouthStretchLeft": 0.5, "mouthStretchRight": 0.5, "jawOpen": 0.25},
        "oh": {"mouthFunnel": 0.7, "jawOpen": 0.35},
        "blink": {"eyeBlinkLeft": 1.0, "eyeBlinkRight": 1.0},
        "blinkLeft": {"eyeBlinkLeft": 1.0},
        "blinkRight": {"eyeBlinkRight": 1.0},
        "happy": {
            "mouthSmileLeft": 0.8, "mouthSmileRight": 0.8,
            "cheekSquintLeft": 0.4, "cheekSquintRight": 0.4,
        },
        "relaxed": {"mouthSmileLeft": 0.4, "mouthSmileRight": 0.4},
        "angry": {
            "browDownLeft": 0.8, "browDownRight": 0.8,
            "mouthFrownLeft": 0.3, "mouthFrownRight": 0.3,
        },
        "sad": {"browInnerUp": 0.8, "mouthFrownLeft": 0.5, "mouthFrownRight": 0.5},
        "surprised": {
            "eyeWideLeft": 0.8, "eyeWideRight": 0.8, "jawOpen": 0.3,
            "browInnerUp": 0.6, "browOuterUpLeft": 0.6, "browOuterUpRight": 0.6,
        },
    }
)  # fmt: skip
"""ARKit weights that look like a VRM preset (our choice, by eye)."""


def arkit_name(name: str) -> str:
    """Return the ARKit name that another spelling means, empty when none."""
    return name if name in ARKIT_INDEX else _BY_KEY.get(_key(name), "")


def _rename(parts: list[MeshPart], expressions: dict[str, Expression]) -> None:
    """Give shapes that are ARKit's under another spelling their proper names."""
    names = {name for part in parts for name in part.morphs}
    table: dict[str, str] = {}
    for name in sorted(names):
        proper = arkit_name(name)
        if proper and proper not in names and proper not in table.values():
            table[name] = proper
    for part in parts:
        part.morphs = {table.get(name, name): m for name, m in part.morphs.items()}
    for expression in expressions.values():
        expression.binds = [(table.get(n, n), weight) for n, weight in expression.binds]


def _blend(part: MeshPart, binds: list[tuple[str, float]], half: str) -> Morph | None:
    """Return a weighted sum of shapes of a part, cut to one half of the face."""
    shapes = [(part.morphs[n], w) for n, w in binds if n in part.morphs and w != 0.0]
    if not shapes:
        return None
    rows = np.unique(np.concatenate([shape.indices for shape, _ in shapes]))
    positions = np.zeros((len(rows), 3), np.float64)
    with_normals = all(shape.normals is not None for shape, _ in shapes)
    normals = np.zeros((len(rows), 3), np.float64)
    for shape, weight in shapes:
        at = np.searchsorted(rows, shape.indices)
        positions[at] += weight * shape.positions
        if with_normals and shape.normals is not None:
            normals[at] += weight * shape.normals
    if half:
        keep = _half(part.positions[rows, 0].astype(np.float64), half)
        positions, normals = positions * keep[:, None], normals * keep[:, None]
    moved = (positions != 0.0).any(axis=1)
    if not bool(moved.any()):
        return None
    return Morph(
        rows[moved].astype(np.uint32),
        positions[moved].astype(np.float32),
        normals[moved].astype(np.float32) if with_normals else None,
    )


def _half(x: NDArray[np.float64], side: str) -> NDArray[np.float64]:
    """Return weights 0..1 of one side (left is +X), blended over 2 cm at the middle."""
    ramp = np.clip(x / 0.02 + 0.5, 0.0, 1.0)
    return ramp if side == "Left" else 1.0 - ramp


def _sources(
    parts: list[MeshPart], expressions: dict[str, Expression]
) -> dict[str, list[tuple[str, float]]]:
    """Return what a name stands for: a shape itself, or the shapes of an expression."""
    shapes = {name: [(name, 1.0)] for part in parts for name in part.morphs}
    return {name: e.binds for name, e in expressions.items() if e.binds} | shapes


def _tries(name: str, expressions: dict[str, Expression]) -> list[tuple[str, str]]:
    """Return (source, half to keep) of an ARKit shape in the order of preference."""
    out = [(other, "") for other in expressions if other != name and arkit_name(other) == name]
    sources, half = _SIDES.get(name, ((), ""))
    out += [(source, half) for source in sources]
    out += [(source, "") for source in _BOTH.get(name, ())]
    for side in ("Left", "Right"):
        if name.endswith(side):
            out += [(source, side) for source in _HALVES.get(name.removesuffix(side), ())]
    return out


def adopt(parts: list[MeshPart], expressions: dict[str, Expression]) -> list[str]:
    """Add the ARKit shapes that can be made from what a foreign face has.

    Parameters
    ----------
    parts
        Changed in place: shapes renamed and added.
    expressions
        Changed in place: one custom expression per ARKit shape is added.

    Returns
    -------
    list of str
        Names of the shapes that were made.
    """
    _rename(parts, expressions)
    have = {name for part in parts for name in part.morphs}
    sources = _sources(parts, expressions)
    made: list[str] = []
    for name in ARKIT_NAMES:
        found = [t for t in _tries(name, expressions) if t[0] in sources]
        if name in have or not found:
            continue
        source, half = found[0]
        for part in parts:
            shape = _blend(part, sources[source], half)
            if shape is not None:
                part.morphs[name] = shape
                have.add(name)
        made += [name] if name in have else []
    for name in ARKIT_NAMES:
        if name in have:
            expressions[name] = Expression([(name, 1.0)], preset=False)
    return made
