"""Moves in which one person touches another: words, distance, hands, answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Any

import yaml

from cyberdirector.core.resources import data_dir
from cyberdirector.perform.moves._kinds import Move

SIDES = ("left", "right")


@dataclass(frozen=True)
class Answer:
    """What the touched person does.

    Attributes
    ----------
    gesture
        Gesture of the lexicon, or empty.
    face
        Act of the face (:mod:`cyberdirector.perform.moves._small`), or empty.
    jolt
        Degrees by which the head turns away from the hand, tips down and leans away.
    hands
        Where the hands of ``gesture`` are laid on the first person, by side.
    """

    gesture: str = ""
    face: str = ""
    jolt: tuple[float, float, float] = (0.0, 0.0, 0.0)
    hands: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Touch:
    """How a touch is played; the rows of ``assetlib/lexicon/script_touches.yaml``.

    Attributes
    ----------
    name, gesture
        The move, and the gesture with which the arms get there.
    distance, apart
        Metres between the two adults while touching, and afterwards (0: they stay).
    facing
        Whether the other one turns to the first.
    hands
        Side → place on the other's body.
    on
        Point of the hand that meets it: ``palm``, ``tips`` or ``fist``.
    pats, rubs
        How often the hand is lifted, and moved to and fro, while it is there.
    strike
        Whether the hand is there for a moment only.
    backward
        Metres by which the other one is pushed back.
    raises
        Whether one who sits or kneels stands up.
    answer
        What the other one does.
    """

    name: str
    gesture: str
    distance: float
    hands: dict[str, str]
    apart: float = 0.0
    facing: bool = False
    on: str = "palm"
    pats: int = 0
    rubs: int = 0
    strike: bool = False
    backward: float = 0.0
    raises: bool = False
    answer: Answer = field(default_factory=Answer)


def _answer(row: dict[str, Any]) -> Answer:
    yaw, pitch, roll = (float(v) for v in row.get("jolt", (0, 0, 0)))
    return Answer(
        str(row.get("gesture", "")), str(row.get("face", "")), (yaw, pitch, roll),
        {str(k): str(v) for k, v in row.get("hands", {}).items()},
    )  # fmt: skip


@cache
def _rows() -> dict[str, dict[str, Any]]:
    path = data_dir("assetlib") / "lexicon" / "script_touches.yaml"
    rows: dict[str, dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return rows


@cache
def touches() -> dict[str, Touch]:
    """Return all touches by the name of their move."""
    names = ("apart", "facing", "on", "pats", "rubs", "strike", "backward", "raises")
    return {
        name: Touch(
            name,
            str(row["gesture"]),
            float(row["distance"]),
            {str(k): str(v) for k, v in row["hands"].items()},
            answer=_answer(row.get("answer", {})),
            **{key: row[key] for key in names if key in row},
        )
        for name, row in _rows().items()
    }


def touch_moves() -> tuple[Move, ...]:
    """Return the moves that touches are, with the words for them."""
    return tuple(
        Move(
            name,
            "arms",
            tuple(_rows()[name].get("zh", ())),
            tuple(_rows()[name].get("en", ())),
            2.0,
            touch.gesture,
            distance=touch.distance,
        )
        for name, touch in touches().items()
    )
