"""The gesture lexicon: small text files in ``assetlib/gestures`` read into values."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from cyberdirector.core.errors import InputRefused, Location
from cyberdirector.core.resources import data_dir
from cyberdirector.core.speech import EMOTIONS
from cyberdirector.perform._body import LANDMARKS
from cyberdirector.perform.arms import ArmPose
from cyberdirector.perform.hands import HANDSHAPES

HANDS = ("either", "left", "right", "both")

KINDS: tuple[str, ...] = (
    "beat", "point", "self", "negate", "number", "size", "path", "idea", "contrast",
    "certain", "doubt", "greet", "mood", "sign", "thing",
)  # fmt: skip
"""What gestures say; ``thing`` needs an object or a script that asks for it."""

CASTS = ("any", "period", "modern")


@dataclass(frozen=True)
class Key:
    """One moment of a gesture: seconds from the apex and both arms there."""

    time: float
    left: ArmPose
    right: ArmPose


@dataclass(frozen=True)
class Gesture:
    """A gesture as read from its file.

    Attributes
    ----------
    name, zh
        File name without ending; Chinese name for reports.
    kind, hands
        One of :data:`KINDS` and of :data:`HANDS`.
    weight
        How much a matching word calls for it, 0..1.
    prep, hold, retract
        Seconds from rest to the first key, at the last key, and back to rest.
    keys
        In time order; the apex is at 0.
    tags
        Words by language (``zh``, ``en``, ``ja``) that call for the gesture.
    emotions
        Extra weight by emotion.
    avoid
        Emotions in which it is never used.
    trunk
        (yaw, pitch, roll) in radians of ``hips``, ``spine`` and ``head`` that go with it.
    contact
        The hand touches something: its size must not be scaled.
    strong
        Only for the stronger accents.
    cast, sex, elder
        Who uses it: one of :data:`CASTS`; ``any``, ``female`` or ``male``; only the old.
    amplitude, tempo
        Least and largest factor on its size and on the speed of its phases.
    value
        Number that the fingers show, 0 for none.
    aim
        ``addressee`` when the last key points at somebody.
    variants
        The same said by another move: other hands, way or shape; none has variants itself.
    """

    name: str
    zh: str
    hands: str
    weight: float
    prep: float
    hold: float
    retract: float
    keys: tuple[Key, ...]
    tags: dict[str, tuple[str, ...]] = field(default_factory=dict)
    emotions: dict[str, float] = field(default_factory=dict)
    avoid: tuple[str, ...] = ()
    trunk: dict[str, tuple[float, float, float]] = field(default_factory=dict)
    contact: bool = False
    strong: bool = False
    aim: str = ""
    kind: str = "mood"
    cast: str = "any"
    sex: str = "any"
    elder: bool = False
    amplitude: tuple[float, float] = (0.6, 1.3)
    tempo: tuple[float, float] = (0.7, 1.35)
    value: int = 0
    variants: tuple[Gesture, ...] = ()

    @property
    def before(self) -> float:
        """Seconds from the start of the preparation to the apex."""
        return self.prep - self.keys[0].time

    @property
    def after(self) -> float:
        """Seconds from the apex to the end of the retraction."""
        return self.keys[-1].time + self.hold + self.retract


def _pose(data: dict[str, Any], base: ArmPose) -> ArmPose:
    """Return ``base`` with the fields that the file names (angles in degrees)."""
    changes: dict[str, Any] = {}
    for name in ("wrist", "pole", "palm", "fingers"):
        if name in data:
            x, y, z = (float(v) for v in data[name])
            changes[name] = (x, y, z)
    for name in ("flex", "side", "lift"):
        if name in data:
            changes[name] = float(np.radians(float(data[name])))
    if "at" in data:
        if data["at"] not in LANDMARKS:
            raise ValueError(f"unknown landmark {data['at']!r}")
        changes["at"] = str(data["at"])
    if "hang" in data:
        changes["hang"] = float(data["hang"])
    if "hand" in data:
        if data["hand"] not in HANDSHAPES:
            raise ValueError(f"unknown handshape {data['hand']!r}")
        changes["hand"] = str(data["hand"])
    return replace(base, **changes)


def _key(data: dict[str, Any]) -> Key:
    both = _pose(data, ArmPose((0.0, -0.5, 0.5)))
    return Key(
        float(data["t"]), _pose(data.get("left", {}), both), _pose(data.get("right", {}), both)
    )


def _range(data: Any) -> tuple[float, float]:
    low, high = (float(v) for v in data)
    if not 0.0 < low <= high:
        raise ValueError("a range is two factors, the smaller one first")
    return low, high


_VARIED = frozenset(("hands", "prep", "retract", "hold", "keys", "trunk"))
"""What a variant may have of its own."""


def _gesture(name: str, data: dict[str, Any]) -> Gesture:
    varied = data.get("variants", ())
    plain = {key: value for key, value in data.items() if key != "variants"}
    for other in varied:
        if not isinstance(other, dict) or "keys" not in other or set(other) - _VARIED:
            raise ValueError(f"a variant has keys and may have {', '.join(sorted(_VARIED))}")
    keys = tuple(_key(k) for k in data["keys"])
    if not keys or any(a.time >= b.time for a, b in pairwise(keys)):
        raise ValueError("keys must be in order of time")
    if data["hands"] not in HANDS:
        raise ValueError(f"hands must be one of {', '.join(HANDS)}")
    kind, cast, sex = (str(data.get(k, d)) for k, d in (
        ("kind", "mood"), ("cast", "any"), ("sex", "any")))  # fmt: skip
    if kind not in KINDS:
        raise ValueError(f"kind must be one of {', '.join(KINDS)}")
    if cast not in CASTS:
        raise ValueError(f"cast must be one of {', '.join(CASTS)}")
    if sex not in ("any", "female", "male"):
        raise ValueError("sex must be any, female or male")
    emotions = {str(k): float(v) for k, v in data.get("emotions", {}).items()}
    avoid = tuple(data.get("avoid", ()))
    unknown = (set(emotions) | set(avoid)) - set(EMOTIONS)
    if unknown:
        raise ValueError(f"unknown emotion {sorted(unknown)[0]!r}")
    trunk = {}
    for part, angles in data.get("trunk", {}).items():
        if part not in ("hips", "spine", "head"):
            raise ValueError(f"unknown part of the trunk {part!r}")
        yaw, pitch, roll = (float(np.radians(float(a))) for a in angles)
        trunk[part] = (yaw, pitch, roll)
    return Gesture(
        name=name,
        zh=str(data.get("zh", name)),
        hands=data["hands"],
        weight=float(data["weight"]),
        prep=float(data["prep"]),
        hold=float(data["hold"]),
        retract=float(data["retract"]),
        keys=keys,
        tags={k: tuple(str(w).lower() for w in v) for k, v in data.get("tags", {}).items()},
        emotions=emotions,
        avoid=avoid,
        trunk=trunk,
        contact=bool(data.get("contact", False)),
        strong=bool(data.get("strong", False)),
        aim=str(data.get("aim", "")),
        kind=kind,
        cast=cast,
        sex=sex,
        elder=bool(data.get("elder", False)),
        amplitude=_range(data.get("amplitude", (0.6, 1.3))),
        tempo=_range(data.get("tempo", (0.7, 1.35))),
        value=int(data.get("value", 0)),
        variants=tuple(_gesture(name, {**plain, **other}) for other in varied),
    )


def read_gesture(path: Path) -> Gesture:
    """Return the gesture of one YAML file.

    Raises
    ------
    InputRefused
        ``gesture-bad`` when the file is not a gesture.
    """
    import yaml

    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        if not isinstance(data, dict):
            raise ValueError("a mapping was expected")
        return _gesture(path.stem, data)
    except (yaml.YAMLError, ValueError, KeyError, TypeError, UnicodeDecodeError) as error:
        raise InputRefused(
            "gesture-bad",
            f"手势文件有误（{error}）；请对照 assetlib/gestures/beat.yaml 改正。",
            f"This gesture file cannot be read ({error}); compare it with "
            "assetlib/gestures/beat.yaml.",
            Location(file=path.name),
        ) from error


@cache
def gestures() -> dict[str, Gesture]:
    """Return all gestures of the library by name, in order of name."""
    folder = data_dir("assetlib") / "gestures"
    return {p.stem: read_gesture(p) for p in sorted(folder.glob("*.yaml"))}
