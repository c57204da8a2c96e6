"""Reading actions: which known moves the words of the script ask of whom."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from cyberdirector.core.time import Rate
from cyberdirector.perform import MOVES, Cue, Move, Placement, find_moves, move_frames
from cyberdirector.perform.moves import touches
from cyberdirector.script import Action, Beat, Line
from cyberdirector.script.people import GROUP, tells_looks
from cyberdirector.stage.floor import Floor, flat_distance, yaw_to
from cyberdirector.stage.touching import after_touch, before_touch

_CLAUSE = re.compile(r"[，,。.；;！!？?、\n]+|\band\b|\bthen\b|然后|随后|接着")
_SITTING_DOWN = re.compile(r"坐下|落座|入座|sits? down|takes? a seat", re.IGNORECASE)
_SITTING = re.compile(r"坐|sits?\b|sitting|seated", re.IGNORECASE)

_RUNNING = re.compile(r"[跑冲奔扑]|\br[au]n|\brush", re.IGNORECASE)
_RUN_SHARE = 0.62
"""Share of the time of a walk that hurrying takes."""

_IN_REACH = 0.2
"""Metres over the usual distance at which somebody can be touched without a step."""

_LEADS_UP = frozenset({"walk_to", "reach_out"})
"""Moves that a touch which follows at once brings with it."""

IN_PLACE = frozenset(
    "nod shake_head bow salute wave look_at sigh smile sneer slam_table give drink draw_sword "
    "point clench_fist think wipe_tears cover_mouth shrug refuse lower_head raise_head startle "
    "weep frown glare pant hands_on_hips scratch_head facepalm cover_face clutch_chest "
    "cross_arms thumb_up finger_lips clap palms_joined phone read_letter stroke_beard "
    "touch_hair sleeve_flick hands_back come stop_palm invite reach_out hand_to_brow "
    "wave_off fidget point_up".split()
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
        """Return (role, clause) pairs; a clause without a name belongs to the last one, one
        that begins with 两人 or “they” to all.
        """
        subject = roles[0] if roles else ""
        pairs = []
        for clause in (c.strip() for c in _CLAUSE.split(text)):
            if not clause:
                continue
            # Fountain writes speakers in capitals and names in actions as usual.
            plain = clause.lower()
            named = sorted(
                (r for r in roles if r.lower() in plain), key=lambda r: plain.index(r.lower())
            )
            if named and plain.index(named[0].lower()) <= 2:
                subject = named[0]
            who = tuple(roles) if not named and GROUP.match(clause) else (subject,)
            pairs += [(role, clause) for role in who]
        return pairs

    def first_move(self, beats: Sequence[Beat], role: str) -> str:
        """Return what the role is first seen to do: a move, ``seated``, or nothing."""
        for beat in beats:
            if isinstance(beat, Line) and beat.speaker == role and not beat.off_screen:
                return ""
            if isinstance(beat, Action) and role in beat.roles:
                own = [c for who, c in self._clauses(beat.text, beat.roles) if who == role]
                for clause in own:
                    if _SITTING.search(clause) and not _SITTING_DOWN.search(clause):
                        return "seated"
                    moves = find_moves(clause)
                    if moves:
                        return moves[0].name
        return ""

    def in_place(self, words: str, role: str, start: int) -> list[Cue]:
        """Return cues of a parenthetical: what can be done while speaking."""
        floor = self._floor
        spot, other = floor.at[role], self._target(role, words)
        for move in find_moves(words):
            if move.name in IN_PLACE:
                frames = self.length(move.name, spot, None)
                return [Cue(role, move.name, start, frames, None, "")]
            if move.distance and other in floor.here:
                gap = flat_distance(spot.position, floor.at[other].position)
                if gap <= move.distance + _IN_REACH:
                    frames = self.length(move.name, spot, None)
                    return [Cue(role, move.name, start, frames, None, other)]
        return []

    def read(self, text: str, roles: Sequence[str]) -> ActionPlan:
        """Return the cues of an action; one role's moves follow each other.

        Another role begins when the one before is nearly done, as in a played scene.
        """
        plan = ActionPlan()
        roles = [r for r in roles if r in self._floor.at]
        free: dict[str, int] = {}
        clock = 0
        last = ("", 0)
        for role, clause, moves in self._told(text, roles):
            if moves is None or not role:
                told = clause in roles or tells_looks(clause) or clause in plan.unknown
                plan.unknown += [] if told else [clause]
                continue
            # Who does the same thing together begins together.
            last = last if last[0] == clause else (clause, clock)
            for move in moves:
                begin = max(free.get(role, 0), last[1])
                if move.distance and self._touched(plan, role, move.name, clause, begin, free):
                    clock = max(clock, free.get(role, 0) - self._rate.frames(0.35))
                    plan.frames = max([plan.frames, *free.values()])
                    continue
                end = self._place(plan, role, move.name, clause, begin)
                free[role] = end
                clock = max(clock, end - self._rate.frames(0.35))
                plan.frames = max(plan.frames, end)
        return plan

    def _told(
        self, text: str, roles: Sequence[str]
    ) -> list[tuple[str, str, list[Move] | None]]:
        """Return (role, clause, moves) of an action; None where no move is known.

        Going there and reaching out are left to a touch that the same person makes next.
        """
        rows = [
            (role, clause, find_moves(clause)) for role, clause in self._clauses(text, roles)
        ]
        out: list[tuple[str, str, list[Move] | None]] = []
        for number, (role, clause, moves) in enumerate(rows):
            following = rows[number + 1] if number + 1 < len(rows) else None
            then = following[2] if following and following[0] == role else []
            chain = [*moves, *then]
            kept = [
                move
                for i, move in enumerate(moves)
                if move.name not in _LEADS_UP
                or not next(
                    (m.distance for m in chain[i + 1 :] if m.name not in _LEADS_UP), 0.0
                )
            ]
            out.append((role, clause, kept if moves else None))
        return out

    def _touched(
        self, plan: ActionPlan, role: str, move: str, clause: str, begin: int,
        free: dict[str, int],
    ) -> bool:  # fmt: skip
        """Append the cues of a touch; return False where there is nobody to touch."""
        floor, other = self._floor, self._target(role, clause)
        if role not in floor.here or other not in floor.here or other not in floor.at:
            return False
        touch = touches()[move]
        if touch.answer.gesture and any(
            (c.role, c.move, c.target) == (other, move, role) for c in plan.cues
        ):
            return True  # two who embrace each other do it once
        there = before_touch(floor, self._rate, role, other, touch, begin)
        begin = max([begin, *(c.start + c.frames for c in there)])
        cue = Cue(role, move, begin, self.length(move, floor.at[role], None), None, other)
        back = after_touch(floor, self._rate, role, other, touch, cue)
        plan.cues += [*there, cue, *back]
        for made in (*there, cue, *back):
            free[made.role] = max(free.get(made.role, 0), made.start + made.frames)
        return True

    def _place(self, plan: ActionPlan, role: str, move: str, clause: str, begin: int) -> int:
        """Append the cue(s) of one move; return the frame at which the role is free."""
        floor = self._floor
        if role not in floor.here and move == "walk_to":
            move = "enter"
        known = MOVES[move]
        unfit = known.library and floor.at[role].seat_height > 0.0 and not known.seated
        if (role not in floor.here and move != "enter") or unfit:
            plan.unknown.append(clause)
            return begin
        if _already(floor.at[role], move):
            return begin
        to = self._destination(role, move, clause)
        frames = self.length(move, floor.at[role], to)
        if known.kind == "space" and to is not None and _RUNNING.search(clause):
            frames = round(_RUN_SHARE * frames)
        # A touch comes here only where there is nobody to touch.
        target = "" if known.distance else self._target(role, clause)
        plan.cues.append(Cue(role, move, begin, frames, to, target))
        if move == "enter":
            floor.here.add(role)
            plan.entered[role] = begin
        if move == "exit":
            floor.here.discard(role)
            plan.left[role] = begin + frames
        if to is not None:
            floor.at[role] = to
        if move in ("sit", "kneel"):
            floor.low.add(role)
        elif known.kind in ("space", "posture"):
            floor.low.discard(role)
        return begin + frames

    def _target(self, role: str, clause: str) -> str:
        for other in self._floor.at:
            if other != role and other.lower() in clause.lower():
                return other
        for name, mark in self._floor.marks.items():
            if mark.zh and mark.zh in clause:
                return name
        return next((r for r in sorted(self._floor.here) if r != role), "")

    def _destination(self, role: str, move: str, clause: str) -> Placement | None:
        """Return where a move ends; None for one that is made on the spot."""
        floor = self._floor
        spot = floor.at[role]
        target = self._target(role, clause)
        if move == "enter":
            return self._entrance(role)
        if move == "walk_to":
            return self._goal(role, target)
        if move == "exit":
            door = floor.door()
            return Placement(door.position, door.yaw + math.pi)
        if move == "turn":
            return self._turned(spot, target, clause)
        if move == "stand_up":
            return floor.before_seat(spot)
        if move == "step_back":
            x, _, z = spot.position
            back = (x - 0.5 * math.sin(spot.yaw), 0.0, z - 0.5 * math.cos(spot.yaw))
            return Placement(back, spot.yaw)
        if move == "sit":
            mark = floor.free("seat", spot.position)
            return floor.placement(mark) if mark else None
        return None

    def _entrance(self, role: str) -> Placement:
        """Return where one who comes in stops: a free mark, or on the way to it."""
        floor = self._floor
        others = [r for r in sorted(floor.here) if r != role]
        near = floor.at[others[0]].position if others else None
        mark = floor.free("stand", near) or floor.marks["a"]
        spot = floor.on_the_way(floor.at[role].position, mark.position)
        return Placement(spot, yaw_to(spot, near) if near else mark.yaw)

    def _goal(self, role: str, target: str) -> Placement:
        floor = self._floor
        if role in floor.goals:
            return floor.goals.pop(role)
        if target in floor.at:
            return floor.beside(role, target)
        if target in floor.marks:
            return floor.towards_mark(role, floor.marks[target])
        mark = floor.free("stand", floor.at[role].position)
        return floor.placement(mark) if mark else floor.at[role]

    def _turned(self, spot: Placement, target: str, clause: str) -> Placement:
        away = any(word in clause for word in ("背", "away", "离"))
        if target in self._floor.at:
            yaw = yaw_to(spot.position, self._floor.at[target].position)
            return Placement(spot.position, yaw + (math.pi * 0.75 if away else 0.0))
        return Placement(spot.position, spot.yaw + math.pi)


def _already(spot: Placement, move: str) -> bool:
    """Return True when a move asks for the posture that the role is in."""
    seated = spot.seat_height > 0.0
    return (move == "sit" and seated) or (move == "stand_up" and not seated)
