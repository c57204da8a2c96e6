"""Recipes of moves: small YAML files read into values, then into clips."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from cyberdirector.core.clip import Clip
from cyberdirector.core.errors import InputRefused, Location
from cyberdirector.core.face import ARKIT_INDEX
from cyberdirector.core.rotations import Array
from cyberdirector.core.skeleton import Rest
from cyberdirector.core.time import Rate
from cyberdirector.motion.curves import Track, evaluate
from cyberdirector.motion.handshapes import HANDSHAPES
from cyberdirector.motion.moves.channels import (
    COLUMNS,
    LANDMARKS,
    Frame,
    measure_frame,
    standing,
)
from cyberdirector.motion.moves.gait import Gait, cycle_seconds, gait_poses
from cyberdirector.motion.moves.solve import solve_poses

MAX_BYTES = 256_000
"""A recipe; the longest shipped one has 3 kB."""

MAX_KEYS = 500
MAX_SECONDS = 120.0

_ARM = ("wrist", "pole", "palm", "flex", "side", "hand", "at")
_KEY = ("t", "hips", "turn", "spine", "head", "arms", "left", "right", "lfoot", "rfoot",
        "knees", "face", "pose", "arc")  # fmt: skip
_ARC = 0.07
"""How high a foot comes that changes its place between two keys, leg lengths."""

CATEGORIES: tuple[str, ...] = (
    "stand", "walk", "posture", "greet", "daily", "mood", "fight", "sword", "dance",
    "acrobatic",
)  # fmt: skip


@dataclass(frozen=True)
class Recipe:
    """A move as read from its file.

    Attributes
    ----------
    name, zh, en
        File name without ending; titles.
    category
        One of :data:`CATEGORIES`.
    tags
        Words by language (``zh``, ``en``).
    loop
        The end is the start.
    keys
        Key poses as plain data, in time order.
    gait
        Dials of a way of walking, for moves of whole cycles.
    """

    name: str
    zh: str
    en: str
    category: str
    tags: dict[str, tuple[str, ...]]
    loop: bool
    keys: tuple[dict[str, Any], ...]
    gait: Gait | None = None
    poses: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def seconds(self) -> float:
        """Length of one round."""
        return cycle_seconds(self.gait) if self.gait else float(self.keys[-1]["t"])

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON data."""
        return {
            "name": self.name, "zh": self.zh, "en": self.en, "category": self.category,
            "tags": {k: list(v) for k, v in self.tags.items()}, "loop": self.loop,
            "seconds": round(self.seconds, 3), "kind": "gait" if self.gait else "keys",
        }  # fmt: skip


def _numbers(value: Any, most: int, name: str) -> list[float]:
    values = value if isinstance(value, list) else [value]
    if not 1 <= len(values) <= most:
        raise ValueError(f"{name} takes 1 to {most} numbers")
    out = [float(v) for v in values]
    if not all(np.isfinite(out)):
        raise ValueError(f"{name} holds a number that is not finite")
    return out


def _check_key(key: Any) -> dict[str, Any]:
    if not isinstance(key, dict) or "t" not in key:
        raise ValueError("each key is a mapping with a time t")
    unknown = set(key) - set(_KEY)
    if unknown:
        raise ValueError(f"unknown part {sorted(unknown)[0]!r}")
    for part in ("arms", "left", "right"):
        arm = key.get(part, {})
        if not isinstance(arm, dict) or set(arm) - set(_ARM):
            raise ValueError(f"{part} takes {', '.join(_ARM)}")
        if arm.get("hand", "relaxed") not in HANDSHAPES:
            raise ValueError(f"unknown handshape {arm['hand']!r}")
        if arm.get("at", "heart") not in LANDMARKS:
            raise ValueError(f"unknown landmark {arm['at']!r}")
    for shape in key.get("face", {}):
        if shape not in ARKIT_INDEX:
            raise ValueError(f"unknown shape {shape!r}")
    return key


def _recipe(name: str, data: dict[str, Any]) -> Recipe:
    known = {"zh", "en", "category", "tags", "loop", "keys", "gait", "poses"}
    if set(data) - known:
        raise ValueError(f"unknown field {sorted(set(data) - known)[0]!r}")
    keys = tuple(_check_key(k) for k in data.get("keys", []))
    if not keys or len(keys) > MAX_KEYS:
        raise ValueError(f"keys must be 1 to {MAX_KEYS}")
    times = [float(k["t"]) for k in keys]
    if times[0] != 0.0 or any(a >= b for a, b in pairwise(times)) or times[-1] > MAX_SECONDS:
        raise ValueError(f"times rise from 0 to at most {MAX_SECONDS:g}")
    gait = Gait(**{k: float(v) for k, v in data["gait"].items()}) if "gait" in data else None
    if gait is None and len(keys) < 2:
        raise ValueError("a move without gait needs two keys")
    if gait is not None and not (0.2 <= gait.tempo <= 8.0 and 0.1 < gait.duty < 0.95):
        raise ValueError("tempo is 0.2 to 8 and duty 0.1 to 0.95")
    if data.get("category") not in CATEGORIES:
        raise ValueError(f"category must be one of {', '.join(CATEGORIES)}")
    tags = {str(k): tuple(str(w) for w in v) for k, v in data.get("tags", {}).items()}
    return Recipe(
        name, str(data["zh"]), str(data["en"]), str(data["category"]), tags,
        bool(data.get("loop", gait is not None)), keys, gait,
        {str(k): _check_key({"t": 0, **v}) for k, v in data.get("poses", {}).items()},
    )  # fmt: skip


def parse_recipe(text: str, name: str, file: str = "") -> Recipe:
    """Return the recipe of a YAML text.

    Raises
    ------
    InputRefused
        ``move-bad`` when the text is no recipe.
    """
    import yaml

    try:
        if len(text) > MAX_BYTES:
            raise ValueError(f"longer than {MAX_BYTES} characters")
        data = yaml.safe_load(text)
        if not isinstance(data, dict):
            raise ValueError("a mapping was expected")
        return _recipe(name, data)
    except (yaml.YAMLError, ValueError, KeyError, TypeError, AttributeError,
            RecursionError) as error:  # fmt: skip
        raise InputRefused(
            "move-bad",
            f"动作配方有误（{error}）；请对照 assetlib/moves/wave.yaml 改正。",
            f"This recipe of a move cannot be read ({error}); compare it with "
            "assetlib/moves/wave.yaml.",
            Location(file=file or name),
        ) from error


def read_recipe(path: Path) -> Recipe:
    """Return the recipe of a file; errors as in :func:`parse_recipe`."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputRefused(
            "move-bad",
            f"动作配方打不开（{error}）。",
            f"The recipe of a move cannot be opened ({error}).",
            Location(file=str(path)),
        ) from error
    return parse_recipe(text, path.stem, path.name)


def _write_arm(pose: Array, frame: Frame, side: int, arm: dict[str, Any]) -> None:
    name = ("left", "right")[side]
    for part in ("wrist", "pole", "palm"):
        if part in arm:
            values = np.array(_numbers(arm[part], 3, part))
            if part == "wrist" and "at" in arm:
                values = values + frame.landmark(str(arm["at"]), side)
            pose[COLUMNS[f"{name}.{part}"]] = values
    bend = pose[COLUMNS[f"{name}.bend"]]
    for k, part in enumerate(("flex", "side")):
        if part in arm:
            bend[k] = np.radians(_numbers(arm[part], 1, part)[0])
    if "hand" in arm:
        pose[COLUMNS[f"{name}.hand"]] = HANDSHAPES[str(arm["hand"])]


def _write_key(
    pose: Array, frame: Frame, key: dict[str, Any], poses: dict[str, dict[str, Any]]
) -> None:
    """Write what a key names into ``pose`` (WIDTH,), in place; the rest stays."""
    named = key.get("pose")
    if named == "stand":
        pose[:] = standing(frame)
    elif named is not None:
        if named not in poses:
            raise ValueError(f"unknown pose {named!r}")
        pose[:] = standing(frame)
        _write_key(pose, frame, poses[named], {})
    if "hips" in key:
        values = _numbers(key["hips"], 3, "hips")
        pose[COLUMNS["hips"]][: len(values)] = values
    for part in ("turn", "spine", "head"):
        if part in key:
            values = _numbers(key[part], 3, part)
            pose[COLUMNS[part]][: len(values)] = np.radians(values)
    for side, part in ((0, "arms"), (1, "arms"), (0, "left"), (1, "right")):
        if part in key:
            _write_arm(pose, frame, side, key[part])
    for part, name in (("lfoot", "left.foot"), ("rfoot", "right.foot")):
        if part in key:
            values = _numbers(key[part], 5, part)
            values[2:4] = [float(np.radians(v)) for v in values[2:4]]
            pose[COLUMNS[name]][: len(values)] = values
    if "knees" in key:
        values = _numbers(key["knees"], 2, "knees")
        pose[COLUMNS["knees"]] = np.radians(values if len(values) == 2 else values * 2)


def _steps(poses: Array, times: Array, keys: Array, arcs: list[float], t: Array) -> None:
    """Lift feet that change their place between two keys, in place."""
    for name in ("left.foot", "right.foot"):
        column = COLUMNS[name]
        for i in range(len(times) - 1):
            a, b = keys[i, column], keys[i + 1, column]
            moved = float(np.hypot(*(b[:2] - a[:2])))
            if moved < 1e-3 or max(a[4], b[4]) > 0.02 or arcs[i + 1] <= 0.0:
                continue
            u = np.clip((t - times[i]) / (times[i + 1] - times[i]), 0.0, 1.0)
            size = min(1.0, 0.35 + moved)
            poses[:, column.start + 4] += arcs[i + 1] * size * np.sin(np.pi * u) ** 2


def _face(recipe: Recipe, times: Array, t: Array, clip: Clip) -> None:
    shown: dict[str, float] = {}
    rows = []
    for key in recipe.keys:
        shown = {**shown, **{k: float(v) for k, v in key.get("face", {}).items()}}
        rows.append(dict(shown))
    for shape in shown:
        values = np.interp(t, times, [row.get(shape, 0.0) for row in rows])
        clip.weights[:, ARKIT_INDEX[shape]] = np.clip(values, 0.0, 1.0)


def compile_move(recipe: Recipe, rest: Rest, rate: Rate, repeat: int = 1) -> Clip:
    """Return the clip of a recipe on a body.

    Poses are joined by monotone curves: what is held stands still, what passes through does
    not stop. A loop ends on its first pose (its last frame is the first of the next round).

    Parameters
    ----------
    repeat
        Rounds of a loop.

    Raises
    ------
    InputRefused
        ``move-bad`` for a key that names an unknown pose.
    """
    frame = measure_frame(rest)
    pose = standing(frame)
    rows = []
    for key in recipe.keys:
        try:
            _write_key(pose, frame, key, recipe.poses)
        except (ValueError, TypeError) as error:
            raise InputRefused(
                "move-bad",
                f"动作“{recipe.name}”在 {key['t']} 秒处有误（{error}）。",
                f"Move '{recipe.name}' is wrong at {key['t']} s ({error}).",
                Location(file=recipe.name),
            ) from error
        rows.append(pose.copy())
    keys, times = np.array(rows), np.array([float(k["t"]) for k in recipe.keys])
    rounds = repeat if recipe.loop else 1
    frames = rate.frames(rounds * recipe.seconds) + 1
    t = np.arange(frames) / rate.fps
    if recipe.gait is not None:
        return solve_poses(gait_poses(recipe.gait, keys[0], t), frame, rate)
    wrapped = t if not recipe.loop else np.mod(t, times[-1])
    if recipe.loop and abs(t[-1] - rounds * times[-1]) < 0.5 / rate.fps:
        wrapped[-1] = times[-1]
    poses = _curved(keys, times, wrapped, recipe.loop)
    arcs = [float(k.get("arc", _ARC)) for k in recipe.keys]
    _steps(poses, times, keys, arcs, wrapped)
    clip = solve_poses(poses, frame, rate)
    _face(recipe, times, wrapped, clip)
    return clip


def _curved(keys: Array, times: Array, t: Array, loop: bool) -> Array:
    """Return poses (n, WIDTH) on monotone curves through the keys; loops are closed."""
    count = len(times)
    if loop and count > 2:  # a round before and after gives the seam its slope
        span = times[-1]
        times = np.concatenate([times[:-1] - span, times, times[1:] + span])
        keys = np.concatenate([keys[:-1], keys, keys[1:]])
    track = Track.of([float(v) for v in times], keys)
    return np.asarray(evaluate(track, t))
