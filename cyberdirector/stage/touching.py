"""Getting near enough to touch somebody: where to stand, who turns, who steps back."""

from __future__ import annotations

import math

from cyberdirector.core.time import Rate
from cyberdirector.perform import Cue, Placement, move_frames
from cyberdirector.perform.moves import Touch
from cyberdirector.stage.floor import Floor, flat_distance, turn_between, yaw_to

_FACED = math.radians(30)
"""A person turned away by more than this turns round to be embraced or looked in the face."""

_KNEES = (math.radians(55), math.radians(130))
"""From the front of a seated person: angles between which one can stand beside the knees."""

_ROOM = 0.08
"""Metres farther away than usual from one who sits: one bends down to them."""

_LEAST = 0.06
"""Metres: closer to the right distance than this nobody moves."""

_LATE = 0.5
"""Share of a touch after which the one who is pushed goes back."""

_HELD = 0.3
"""Share of a touch after which the one who is helped up rises."""


def before_touch(
    floor: Floor, rate: Rate, role: str, other: str, touch: Touch, begin: int
) -> list[Cue]:
    """Return the cues after which ``role`` can touch ``other``; people are moved on the floor.

    Parameters
    ----------
    touch
        What is to be done.
    begin
        First frame of the action that is free.
    """
    cues = []
    spot = _spot(floor, role, other, touch.distance)
    here = floor.at[role]
    aside = flat_distance(here.position, spot.position) > _LEAST
    if aside or here.seat_height > 0.0 or turn_between(here.yaw, spot.yaw) > 0.2:
        move = "walk_to" if aside or here.seat_height > 0.0 else "turn"
        frames = move_frames(move, here, spot, rate)
        cues.append(Cue(role, move, begin, frames, spot, other))
        floor.at[role] = spot
        begin += frames
    place = floor.at[other]
    yaw = yaw_to(place.position, floor.at[role].position)
    if touch.facing and not place.seat_height and turn_between(place.yaw, yaw) > _FACED:
        to = Placement(place.position, yaw)
        frames = move_frames("turn", place, to, rate)
        # While the other one comes there is time to turn.
        first = max(cues[0].start, begin - frames) if cues else begin
        cues.append(Cue(other, "turn", first, frames, to, role))
        floor.at[other] = to
    return cues


def _spot(floor: Floor, role: str, other: str, distance: float) -> Placement:
    """Return where to stand: on the way, but beside the knees of a seated person."""
    here, there = floor.at[role], floor.at[other]
    if not there.seat_height:
        return floor.beside(role, other, distance)
    a, b = here.position, there.position
    off = (yaw_to(b, a) - there.yaw + math.pi) % (2.0 * math.pi) - math.pi
    low, high = _KNEES
    near = math.copysign(min(max(abs(off), low), high), off)
    distance += _ROOM
    for angle in (near, -near):
        yaw = there.yaw + angle
        x, z = b[0] + distance * math.sin(yaw), b[2] + distance * math.cos(yaw)
        if floor.walkable(x, z):
            return Placement((x, 0.0, z), yaw_to((x, 0.0, z), b))
    return floor.beside(role, other, distance)


def after_touch(
    floor: Floor, rate: Rate, role: str, other: str, touch: Touch, cue: Cue
) -> list[Cue]:
    """Return the steps back that follow a touch: of who was pushed, or of who embraced."""
    if touch.raises and (other in floor.low or floor.at[other].seat_height):
        return [_rise(floor, rate, other, role, cue)]
    if touch.backward and not floor.at[other].seat_height:
        return [_back(floor, rate, other, role, touch.backward, cue.start, cue.frames)]
    gap = flat_distance(floor.at[role].position, floor.at[other].position)
    if touch.apart > gap + _LEAST:
        end = cue.start + cue.frames
        return [_back(floor, rate, role, other, touch.apart - gap, end, 0)]
    return []


def _rise(floor: Floor, rate: Rate, other: str, role: str, cue: Cue) -> Cue:
    """Return the rising of who is helped up, once the hands are there."""
    spot = floor.at[other]
    to = floor.before_seat(spot) if spot.seat_height else spot
    first = cue.start + round(_HELD * cue.frames)
    floor.at[other] = to
    floor.low.discard(other)
    return Cue(other, "stand_up", first, move_frames("stand_up", spot, to, rate), to, role)


def _back(
    floor: Floor, rate: Rate, role: str, other: str, way: float, start: int, frames: int
) -> Cue:
    spot = floor.at[role]
    yaw = yaw_to(spot.position, floor.at[other].position)
    x, _, z = spot.position
    to = Placement((x - way * math.sin(yaw), 0.0, z - way * math.cos(yaw)), yaw)
    if not floor.walkable(to.position[0], to.position[2]):
        to = Placement(spot.position, yaw)
    first = start + round(_LATE * frames)
    cue = Cue(role, "step_back", first, move_frames("step_back", spot, to, rate), to, other)
    floor.at[role] = to
    return cue
