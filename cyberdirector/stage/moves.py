"""Reading actions: which known moves the words of the script ask of whom."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cyberdirector.core.time import Rate
from cyberdirector.perform import Cue, Placement, find_move, move_frames
from cyberdirector.script import Action, Beat, Line

if TYPE_CHECKING:
    from cyberdirector.stage.blocking import Floor

_CLAUSE = re.compile(r"[，,。.；;！!？?、\n]+|\band\b|\bthen\b|然后|随后|接着")
_SITTING_DOWN = re.compile(r"坐下|落座|入座|sits? down|takes? a seat", re.IGNORECASE)
_SITTING = re.compile(r"坐|sits?\b|sitting|seated", re.IGNORECASE)

STEP = 0.32
"""Metres from the middle of a seat to where one stands before it."""

IN_PLACE = frozenset(
    {
        "nod",
        "shake_head",
        "bow",
        "salute",
        "wave",
        "look_at",
        "sigh",
        "laugh",
        "slam_table",
        "give",
        "drink",
        "draw_sword",
    }
)
"""Moves that can be made while speaking, without going anywhere."""


@dataclass
class ActionPlan:
    """Cues of one action; ``entered`` and ``left`` give the frame of coming and going."""

    cues: list[Cue] = field(default_factory=list)
    frames: int = 0
    unknown: list[str] = field(default_factory=list)
    entered: dict[str, int] = field(default_factory=dict)
    left: dict[str, int] = field(default_factory=dict)


class Reader:
    """Turns the words of actions into cues, moving people over the floor as it reads."""

    def __init__(self, floor: Floor, rate: Rate) -> None:
        self._floor = floor
        self._rate = rate

    def length(self, move: str, start: Placement, to: Placement | None) -> int:
        """Return the frames that a move takes."""
        return move_frames(move, start, to, self._rate)

    def _clauses(self, text: str, roles: Sequence[str]) -> list[tuple[str, str]]:
        """Return (role, clause) pairs; a clause without a name belongs to the last one."""
        subject = roles[0] if roles else ""
        pairs = []
        for clause in (c.strip() for c in _CLAUSE.split(text)):
            if not clause:
                continue
            named = sorted((r for r in roles if r in clause), key=clause.index)
            if named and clause.index(named[0]) <= 2:
                subject = named[0]
            pairs.append((subject, clause))
        return pairs

    def enters(self, text: str, role: str, roles: Sequence[str]) -> bool:
        """Return True when the first known move of ``role`` in ``text`` is to come in."""
        for who, clause in self._clauses(text, roles):
            move = find_move(clause)
            if who == role and move is not None:
                return move.name == "enter"
        return False

    def begins_seated(self, beats: Sequence[Beat], role: str) -> bool:
        """Return True when the script finds the role sitting already."""
        for beat in beats:
            if isinstance(beat, Line) and beat.speaker == role:
                return False
            if isinstance(beat, Action) and role in beat.roles:
                own = [c for who, c in self._clauses(beat.text, beat.roles) if who == role]
                first = next((c for c in own if find_move(c) is not None), "")
                return bool(_SITTING.search(first)) and not _SITTING_DOWN.search(first)
        return False

    def in_place(self, words: str, role: str, start: int) -> list[Cue]:
        """Return cues of a parenthetical: what can be done while speaking."""
        move = find_move(words)
        if move is None or move.name not in IN_PLACE:
            return []
        spot = self._floor.at[role]
        return [Cue(role, move.name, start, self.length(move.name, spot, None), None, "")]

    def read(self, text: str, roles: Sequence[str]) -> ActionPlan:
        """Return the cues of an action; one role's moves follow each other.

        Another role begins when the one before is nearly done, as in a played scene.
        """
        plan = ActionPlan()
        roles = [r for r in roles if r in self._floor.at]
        free: dict[str, int] = {}
        clock = 0
        for role, clause in self._clauses(text, roles):
            move = find_move(clause)
            if move is None or not role:
                plan.unknown.append(clause)
                continue
            begin = max(free.get(role, 0), clock)
            end = self._place(plan, role, move.name, clause, begin)
            free[role] = end
            clock = max(clock, end - self._rate.frames(0.35))
            plan.frames = max(plan.frames, end)
        return plan

    def _place(self, plan: ActionPlan, role: str, move: str, clause: str, begin: int) -> int:
        """Append the cue(s) of one move; return the frame at which the role is free."""
        floor = self._floor
        if role not in floor.here and move != "enter":
            plan.unknown.append(clause)
            return begin
        for name, to in self._legs(role, move, clause):
            start = floor.at[role]
            frames = self.length(name, start, to)
            plan.cues.append(Cue(role, name, begin, frames, to, self._target(role, clause)))
            if name == "enter":
                floor.here.add(role)
                plan.entered[role] = begin
            begin += frames
            if name == "exit":
                floor.here.discard(role)
                plan.left[role] = begin
            if to is not None:
                floor.at[role] = to
        return begin

    def _target(self, role: str, clause: str) -> str:
        for other in self._floor.at:
            if other != role and other in clause:
                return other
        for name, mark in self._floor.marks.items():
            if mark.zh and mark.zh in clause:
                return name
        return next((r for r in sorted(self._floor.here) if r != role), "")

    def _legs(self, role: str, move: str, clause: str) -> list[tuple[str, Placement | None]]:
        """Return the steps that a move needs from where the role is now."""
        floor = self._floor
        spot = floor.at[role]
        target = self._target(role, clause)
        if move == "enter":
            return [("enter", self._entrance(role))]
        rise: list[tuple[str, Placement | None]] = []
        if spot.seat_height and move in ("walk_to", "exit", "turn", "stand_up", "kneel"):
            spot = before_seat(spot)
            rise = [("stand_up", spot)]
        if move == "stand_up":
            return rise or [("look_at", None)]
        if move == "walk_to":
            return [*rise, ("walk_to", self._goal(role, target))]
        if move == "exit":
            door = floor.door()
            return [*rise, ("exit", Placement(door.position, door.yaw + math.pi))]
        if move == "turn":
            return [*rise, ("turn", self._turned(spot, target, clause))]
        if move == "sit":
            return self._sit(spot)
        return [*rise, (move, None)]

    def _entrance(self, role: str) -> Placement:
        floor = self._floor
        others = [r for r in sorted(floor.here) if r != role]
        near = floor.at[others[0]].position if others else None
        mark = floor.free("stand", near) or floor.marks["a"]
        to = floor.placement(mark)
        if others and near is not None:
            to = Placement(to.position, _yaw(to.position, near))
        return Placement(to.position, to.yaw)

    def _goal(self, role: str, target: str) -> Placement:
        floor = self._floor
        if target in floor.at:
            return floor.beside(role, target)
        if target in floor.marks:
            mark = floor.marks[target]
            a, b = floor.at[role].position, mark.position
            gap = max(math.dist((a[0], a[2]), (b[0], b[2])), 1e-6)
            t = min(0.9, 0.8 / gap)
            spot = (b[0] + (a[0] - b[0]) * t, 0.0, b[2] + (a[2] - b[2]) * t)
            return Placement(spot, _yaw(spot, b))
        mark_or_none = floor.free("stand", floor.at[role].position)
        return floor.placement(mark_or_none) if mark_or_none else floor.at[role]

    def _turned(self, spot: Placement, target: str, clause: str) -> Placement:
        away = any(word in clause for word in ("背", "away", "离"))
        if target in self._floor.at:
            yaw = _yaw(spot.position, self._floor.at[target].position)
            return Placement(spot.position, yaw + (math.pi * 0.75 if away else 0.0))
        return Placement(spot.position, spot.yaw + math.pi)

    def _sit(self, spot: Placement) -> list[tuple[str, Placement | None]]:
        if spot.seat_height:
            return [("look_at", None)]
        mark = self._floor.free("seat", spot.position)
        if mark is None:
            return [("kneel", None)]
        seat = self._floor.placement(mark)
        stand = before_seat(seat)
        gap = math.dist(
            (spot.position[0], spot.position[2]), (stand.position[0], stand.position[2])
        )
        steps: list[tuple[str, Placement | None]] = [("sit", seat)]
        return [("walk_to", stand), *steps] if gap > 0.15 else steps


def before_seat(seat: Placement) -> Placement:
    """Return where a person stands who is about to sit, or has just risen."""
    x, _, z = seat.position
    spot = (x + STEP * math.sin(seat.yaw), 0.0, z + STEP * math.cos(seat.yaw))
    return Placement(spot, seat.yaw)


def _yaw(a: tuple[float, float, float], b: tuple[float, float, float]) -> float:
    return math.atan2(b[0] - a[0], b[2] - a[2])
