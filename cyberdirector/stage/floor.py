"""The floor of a set: marks, who is on which, and where one can go."""

from __future__ import annotations

import math

import numpy as np

from cyberdirector.core.scene import Mark, Set
from cyberdirector.perform import Placement

Point = tuple[float, float, float]

TALK = 1.15
"""Metres between two people who talk."""
STEP = 0.42
"""Metres from the middle of a seat to where one stands beside it."""
FARTHEST = 2.4
"""Metres that a person walks at most towards a thing: a walk must fit into a shot."""
ENTRANCE = 3.6
"""Metres that a person walks at most when coming in."""


def yaw_to(a: Point, b: Point) -> float:
    """Return the yaw (radians about +Y from +Z) that looks from ``a`` to ``b``."""
    return math.atan2(b[0] - a[0], b[2] - a[2])


def turn_between(a: float, b: float) -> float:
    """Return the size of the turn from yaw ``a`` to yaw ``b``, 0..pi."""
    return abs((b - a + math.pi) % (2.0 * math.pi) - math.pi)


def flat_distance(a: Point, b: Point) -> float:
    """Return the distance of two points on the floor, metres."""
    return math.dist((a[0], a[2]), (b[0], b[2]))


class Floor:
    """Who is where: the script-level state that is carried from segment to segment.

    Attributes
    ----------
    at
        Placement by role (also of those who have not come in yet: the door).
    here
        Roles on stage.
    goals
        Marks that roles walk to in their first move.
    low
        Roles who sit or kneel.
    """

    def __init__(self, place: Set) -> None:
        self.marks = place.marks
        self.at: dict[str, Placement] = {}
        self.here: set[str] = set()
        self.goals: dict[str, Placement] = {}
        self.low: set[str] = set()
        self._area = np.asarray(place.walk_area, dtype=np.float64)

    def walkable(self, x: float, z: float) -> bool:
        """Return True when the point lies in the walk area (even-odd rule)."""
        if len(self._area) < 3:
            return True
        a, b = self._area, np.roll(self._area, -1, axis=0)
        crosses = (a[:, 1] > z) != (b[:, 1] > z)
        rise = np.where(b[:, 1] == a[:, 1], 1.0, b[:, 1] - a[:, 1])
        at = a[:, 0] + (z - a[:, 1]) / rise * (b[:, 0] - a[:, 0])
        return bool(np.count_nonzero(crosses & (x < at)) % 2)

    def free(self, kind: str, near: Point | None = None) -> Mark | None:
        """Return a free mark of a kind: the nearest to ``near``, else the first by name.

        Marks with a one-letter name are where scenes are played; the others come last.
        """
        taken = [spot.position for role, spot in self.at.items() if role in self.here]
        marks = [
            mark
            for mark in self.marks.values()
            if mark.kind == kind and all(flat_distance(p, mark.position) > 0.5 for p in taken)
        ]
        marks = [m for m in marks if len(m.name) == 1] or marks
        if not marks:
            return None
        if near is None:
            return min(marks, key=lambda m: m.name)
        return min(marks, key=lambda m: (round(flat_distance(m.position, near), 2), m.name))

    def placement(self, mark: Mark) -> Placement:
        """Return the placement of somebody at a mark."""
        height = mark.seat_height if mark.kind == "seat" else 0.0
        return Placement(mark.position, mark.yaw, height)

    def door(self) -> Placement:
        """Return the door, looking in."""
        return self.placement(self.marks["door"])

    def beside(self, role: str, other: str, distance: float = TALK) -> Placement:
        """Return where ``role`` stands at most ``distance`` metres from ``other``: on the line
        between them.
        """
        a, b = self.at[role].position, self.at[other].position
        gap = flat_distance(a, b)
        if gap <= distance:
            return Placement((a[0], 0.0, a[2]), yaw_to(a, b))
        t = distance / gap
        spot = (b[0] + (a[0] - b[0]) * t, 0.0, b[2] + (a[2] - b[2]) * t)
        return Placement(spot, yaw_to(spot, b))

    def on_the_way(self, start: Point, goal: Point) -> Point:
        """Return the goal, or a walkable place on the way that is not too far a walk."""
        gap = flat_distance(start, goal)
        way = ENTRANCE
        while way < gap:
            t = way / gap
            x, z = start[0] + (goal[0] - start[0]) * t, start[2] + (goal[2] - start[2]) * t
            if self.walkable(x, z):
                return (x, 0.0, z)
            way += 0.2
        return (goal[0], 0.0, goal[2])

    def towards_mark(self, role: str, mark: Mark) -> Placement:
        """Return a place on the way to a thing: near it, but not too far a walk."""
        a, b = self.at[role].position, mark.position
        gap = max(flat_distance(a, b), 1e-6)
        yaw = yaw_to(a, b)
        way = min(max(gap - 0.8, 0.0), FARTHEST)
        while way > 0.2:
            x, z = a[0] + way * math.sin(yaw), a[2] + way * math.cos(yaw)
            if self.walkable(x, z):
                return Placement((x, 0.0, z), yaw)
            way -= 0.2
        return Placement((a[0], 0.0, a[2]), yaw)

    def start_before(self, role: str) -> None:
        """Let a role whose first move is to walk begin behind its mark and walk onto it."""
        goal = self.at[role]
        x, _, z = goal.position
        centre = self._area.mean(axis=0) if len(self._area) else np.zeros(2)
        out = math.atan2(x - centre[0], z - centre[1])
        for turn in (0.0, 0.5, -0.5, 1.0, -1.0, 1.6, -1.6):
            for way in (1.9, 1.4, 1.0):
                sx, sz = x + way * math.sin(out + turn), z + way * math.cos(out + turn)
                others = [self.at[r].position for r in self.here if r != role]
                near = any(flat_distance((sx, 0.0, sz), p) < 1.4 for p in others)
                if self.walkable(sx, sz) and not near:
                    self.at[role] = Placement((sx, 0.0, sz), yaw_to((sx, 0.0, sz), (x, 0.0, z)))
                    self.goals[role] = goal
                    return

    def before_seat(self, seat: Placement) -> Placement:
        """Return where a person stands who has risen: before the seat, or beside it.

        Before a seat at a table there is no room; then the side where it is free.
        """
        x, _, z = seat.position
        things = [m.position for m in self.marks.values() if m.kind == "prop"]
        for turn in (0.0, math.pi / 2.0, -math.pi / 2.0):
            yaw = seat.yaw + turn
            spot = (x + STEP * math.sin(yaw), 0.0, z + STEP * math.cos(yaw))
            if all(flat_distance(spot, thing) > 0.72 for thing in things):
                return Placement(spot, seat.yaw)
        return Placement(
            (x + STEP * math.sin(seat.yaw), 0.0, z + STEP * math.cos(seat.yaw)), seat.yaw
        )
