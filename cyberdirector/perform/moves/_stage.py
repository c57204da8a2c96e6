"""Playing the cues of one actor in a segment on top of the carried posture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from cyberdirector.perform._motion import Array, frame_times, plateau, ramp
from cyberdirector.perform._state import Player
from cyberdirector.perform.arms import blend_arm
from cyberdirector.perform.controls import Controls
from cyberdirector.perform.gait import turn_of, walk, walk_seconds
from cyberdirector.perform.gesture import Played, fit
from cyberdirector.perform.lexicon import gestures
from cyberdirector.perform.moves._kinds import Move
from cyberdirector.perform.moves._registry import MOVES
from cyberdirector.perform.moves._touch import Touch, touches
from cyberdirector.perform.score import Cue, Placement
from cyberdirector.perform.stance import (
    FLOOR_SEAT,
    KNEELING,
    SITTING,
    STANDING,
    Posture,
    habitual_arms,
    hold,
    posture,
    rest_arms,
    seat_reach,
)
from cyberdirector.perform.transit import change_posture

NEAR = 0.15
"""Standing this close (metres) to where one should be is close enough."""

HURRY = 2.2
"""Walking faster than this (metres per second) is noted in the report."""

_RISE, _SINK = 1.15, 1.25
"""Usual seconds of standing up and of sitting down."""


@dataclass
class Stage:
    """One actor during a segment while the cues are played, first to last.

    ``where`` gives the position of roles and targets at the segment's start (metres);
    ``spans`` collects when (seconds) the whole body was on the move.
    """

    player: Player
    stance: str
    place: Placement
    frames: int
    fps: float
    where: dict[str, tuple[float, float, float]]
    notes: list[dict[str, object]] = field(default_factory=list)
    played: list[Played] = field(default_factory=list)
    heads: list[tuple[str, float, float]] = field(default_factory=list)
    faces: list[tuple[str, float, float]] = field(default_factory=list)
    spans: list[tuple[float, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.t = frame_times(self.frames, self.fps)
        self.c = Controls.zeros(self.frames, self.player.body)
        self.seated = np.full(self.frames, float(self.stance != STANDING))
        hold(self.c, slice(None), self.place, self.posture())
        rest_arms(self.c, self.player.body, self.player.actor, self.stance)

    def posture(self) -> Posture:
        """Return the quiet posture of now."""
        return posture(self.player.body, self.player.actor, self.stance, self.place)

    def play(self, cue: Cue) -> None:
        """Play one cue; what does not fit is noted."""
        move = MOVES.get(cue.move)
        first = int(np.clip(cue.start, 0, self.frames))
        frames = min(cue.frames, self.frames - first)
        if move is None:
            self.note("move-unknown", cue, move=cue.move)
        elif frames < 4:
            self.note("move-without-room", cue, move=cue.move)
        elif move.kind in ("space", "posture"):
            _BODY[move.name](self, cue, first, frames)
        elif move.kind == "arms":
            self._gesture(move, cue, first, frames)
        elif move.kind == "head":
            self.heads.append((move.name, first / self.fps, frames / self.fps))
        elif move.kind == "face":
            self.faces.append((move.name, first / self.fps, frames / self.fps))

    def answer(self, cue: Cue) -> None:
        """React to a move that another actor makes towards this one."""
        start = cue.start / self.fps
        end = min(cue.start + cue.frames, self.frames) / self.fps
        if cue.move in touches():
            self._touched(touches()[cue.move], start, self.aim(cue.role))
        elif cue.move == "give":
            take, hold_out = gestures()["receive"], gestures()["give"]
            apex = start + hold_out.before + 0.4
            window = (start, self.frames / self.fps)
            played = fit(take, apex, (1,), 1.0, window, 0.0)
            if played is not None and self.stance != KNEELING:
                self.played.append(played)
        elif cue.move in ("bow", "salute") and end - start > 1.0:
            self.heads.append(("nod", start + 0.55 * (end - start), 1.1))

    def _touched(self, touch: Touch, start: float, side: float) -> None:
        """Answer a touch that begins at ``start`` seconds and comes from the yaw ``side``."""
        apex = start + gestures()[touch.gesture].before
        answer = touch.answer
        # Who sits or kneels cannot put their arms around somebody who stands.
        able = self.stance == STANDING if answer.hands else self.stance != KNEELING
        if answer.gesture and able:
            reply = gestures()[answer.gesture]
            late = max(apex + 0.25 * reply.prep * bool(answer.hands), start + reply.before)
            sides = (0, 1) if reply.hands == "both" else (int(reply.hands == "right"),)
            if reply.hands == "either" and side < -0.35:
                sides = (1,)
            played = fit(reply, late, sides, 1.0, (start, self.frames / self.fps), 0.0)
            if played is not None:
                self.played.append(played)
        if answer.face:
            self.faces.append((answer.face, apex, MOVES[answer.face].seconds))

    def note(self, code: str, cue: Cue, **details: object) -> None:
        """Remember a remark for the report."""
        self.notes.append({"role": cue.role, "code": code, **details})

    def _gesture(self, move: Move, cue: Cue, first: int, frames: int) -> None:
        gesture = gestures()[move.gesture]
        start, end = first / self.fps, (first + frames) / self.fps
        sides = (0, 1) if gesture.hands == "both" else (1,)
        played = None
        for squeeze in (1.0, 0.8, 0.65):
            apex = start + squeeze * gesture.prep - gesture.keys[0].time + 0.01
            window = (start, min(end, self.frames / self.fps))
            played = fit(gesture, apex, sides, 1.0, window, self.aim(cue.target))
            if played is not None:
                break
        if played is None:
            self.note("move-without-room", cue, move=move.name)
        else:
            self.played.append(played)

    def aim(self, target: str) -> float:
        """Return the yaw of a role or target from the actor's heading, radians."""
        if target not in self.where:
            return 0.0
        x, _, z = self.where[target]
        dx, dz = x - self.place.position[0], z - self.place.position[2]
        return turn_of(self.place.yaw, float(np.arctan2(dx, dz)))

    def busy(self, first: int, frames: int) -> None:
        """Let idle motion rest during a move."""
        start, end = first / self.fps, (first + frames) / self.fps
        self.spans.append((start, end))
        self.c.still *= 1.0 - plateau(self.t, start, 0.3, end, 0.3)

    def free_window(self, duration: float) -> tuple[float, float]:
        """Return the longest time (seconds) in which the body stays where it is."""
        edges = [0.04, *(edge for span in sorted(self.spans) for edge in span), duration - 0.04]
        gaps = list(zip(edges[::2], edges[1::2], strict=True))
        return max(gaps, key=lambda gap: gap[1] - gap[0])

    def settle(self, first: int, stance: str, place: Placement) -> None:
        """Hold a new stance from frame ``first`` on."""
        self.stance, self.place = stance, place
        hold(self.c, slice(first, None), place, self.posture())
        self.seated[first:] = float(stance != STANDING)

    def walk(self, first: int, frames: int, to: Placement, back: bool = False) -> None:
        """Walk to a standing placement."""
        body, actor = self.player.body, self.player.actor
        end = Placement(to.position, to.yaw)
        goal = posture(body, actor, STANDING, end)
        self.busy(first, frames)
        walk(
            self.c,
            first,
            frames,
            body,
            (self.place, self.posture()),
            (end, goal),
            self.fps,
            back,
        )
        self.settle(first + frames, STANDING, end)

    def change(
        self, first: int, frames: int, stance: str, place: Placement, lean: float, down: bool
    ) -> None:
        """Change the stance on the spot."""
        start = (self.place, self.posture())
        body, actor = self.player.body, self.player.actor
        goal = posture(body, actor, stance, place)
        self.busy(first, frames)
        change_posture(self.c, first, frames, start, (place, goal), lean, down)
        begin, end = first / self.fps, (first + frames) / self.fps
        x = ramp(self.t, begin + 0.15 * (end - begin), end)
        for side, pose in enumerate(habitual_arms(body, actor, stance)):
            blend_arm(self.c, side, pose, x)
        self.settle(first + frames, stance, place)

    def rise(self, first: int, frames: int) -> int:
        """Stand up when not standing; return the frames used."""
        if self.stance == STANDING:
            return 0
        lean = np.radians(38.0 if self.stance == SITTING else 14.0)
        used = min(round(_RISE * self.fps), max(4, round(0.5 * frames)))
        self.change(first, used, STANDING, self.risen(), lean, down=False)
        return used

    def risen(self) -> Placement:
        """Return where the actor stands after standing up on the spot."""
        place, body = self.place, self.player.body
        if self.stance != SITTING:
            return Placement(place.position, place.yaw)
        if place.seat_height < FLOOR_SEAT:
            return ahead_of(place, 0.12 * body.scale)
        return ahead_of(place, seat_reach(body, place.seat_height))


def ahead_of(place: Placement, distance: float) -> Placement:
    """Return the standing placement ``distance`` metres in front of a placement."""
    x, y, z = place.position
    return Placement(
        (x + distance * float(np.sin(place.yaw)), y, z + distance * float(np.cos(place.yaw))),
        place.yaw,
    )


def _gap(a: Placement, b: Placement) -> float:
    return float(np.hypot(a.position[0] - b.position[0], a.position[2] - b.position[2]))


def _destination(stage: Stage, cue: Cue) -> Placement:
    """Return where a move through space goes: ``to``, near the target, or a default."""
    here = stage.place
    if cue.to is not None:
        if cue.to.seat_height >= FLOOR_SEAT:
            return ahead_of(cue.to, seat_reach(stage.player.body, cue.to.seat_height))
        return Placement(cue.to.position, cue.to.yaw)
    if cue.move == "step_back":
        return Placement(ahead_of(here, -0.45).position, here.yaw)
    if cue.move == "exit":
        away = Placement(here.position, here.yaw + np.pi)
        return ahead_of(away, 2.5)
    if cue.target in stage.where and cue.move != "turn":
        x, _, z = stage.where[cue.target]
        dx, dz = x - here.position[0], z - here.position[2]
        way = float(np.arctan2(dx, dz))
        far = max(float(np.hypot(dx, dz)) - 1.0, 0.0)
        return ahead_of(Placement(here.position, way), far)
    if cue.move == "turn":
        swing = stage.aim(cue.target) if cue.target in stage.where else np.pi
        return Placement(here.position, here.yaw + swing)
    return ahead_of(here, 1.5)


def _go(stage: Stage, cue: Cue, first: int, frames: int) -> None:
    used = stage.rise(first, frames)
    to = _destination(stage, cue)
    stage.walk(first + used, frames - used, to, back=cue.move == "step_back")


def _enter(stage: Stage, cue: Cue, first: int, frames: int) -> None:
    push = gestures()["push_door"]
    used = min(round(0.9 * stage.fps), frames // 3)
    end = (first + frames) / stage.fps
    played = fit(push, first / stage.fps + push.before, (0, 1), 1.0, (first / stage.fps, end))
    if played is not None and stage.stance == STANDING:
        stage.played.append(played)
    else:
        used = 0
    _go(stage, cue, first + used, frames - used)


def _sit(stage: Stage, cue: Cue, first: int, frames: int) -> None:
    body = stage.player.body
    if stage.stance == SITTING and (cue.to is None or _gap(cue.to, stage.place) < 0.3):
        stage.note("move-already-done", cue, move=cue.move)
        return
    height = cue.to.seat_height if cue.to is not None else 0.45
    if cue.to is not None:
        seat = Placement(cue.to.position, cue.to.yaw, height or 0.45)
    else:
        behind = ahead_of(stage.place, -seat_reach(body, height))
        seat = Placement(behind.position, behind.yaw, height)
    reach = seat_reach(body, seat.seat_height) if seat.seat_height >= FLOOR_SEAT else 0.12
    spot = ahead_of(seat, reach)
    used = stage.rise(first, frames)
    sink = min(round(_SINK * stage.fps), max(4, (frames - used) // 2))
    if _gap(stage.place, spot) > 0.02 or abs(turn_of(stage.place.yaw, spot.yaw)) > 0.05:
        stage.walk(first + used, frames - used - sink, spot)
        used = frames - sink
    else:
        sink = frames - used
    stage.change(first + used, sink, SITTING, seat, np.radians(42.0), down=True)


def _stand(stage: Stage, cue: Cue, first: int, frames: int) -> None:
    if stage.stance == STANDING and cue.to is None:
        stage.note("move-already-done", cue, move=cue.move)
        return
    up = stage.risen()
    to = _destination(stage, cue) if cue.to is not None else up
    aside = _gap(to, up) > NEAR or abs(turn_of(up.yaw, to.yaw)) > 0.15
    used = stage.rise(first, frames if aside else 2 * frames)
    if aside:
        stage.walk(first + used, frames - used, to)


def _kneel(stage: Stage, cue: Cue, first: int, frames: int) -> None:
    if stage.stance == KNEELING:
        stage.note("move-already-done", cue, move=cue.move)
        return
    used = stage.rise(first, frames)
    if cue.to is not None and _gap(cue.to, stage.place) > 0.1:
        way = min(round(walk_seconds(stage.place, cue.to) * stage.fps), (frames - used) // 2)
        stage.walk(first + used, way, cue.to)
        used += way
    stage.change(
        first + used, frames - used, KNEELING, stage.place, np.radians(18.0), down=True
    )


_BODY: dict[str, Callable[[Stage, Cue, int, int], None]] = {
    "walk_to": _go,
    "exit": _go,
    "turn": _go,
    "step_back": _go,
    "enter": _enter,
    "sit": _sit,
    "stand_up": _stand,
    "kneel": _kneel,
}

__all__ = ["Array", "Stage", "ahead_of"]
