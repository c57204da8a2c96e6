"""Blocking: from the beats of a scene to actors on marks and segments in time."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from cyberdirector.core.hashing import seed_of
from cyberdirector.core.scene import Mark, Set
from cyberdirector.core.speech import Speech
from cyberdirector.core.time import Rate
from cyberdirector.perform import Actor, Cue, Placement, SceneScore, Segment
from cyberdirector.script import Action, Beat, Caption, Line, Scene, Song
from cyberdirector.stage.bodies import Body
from cyberdirector.stage.moves import Reader

ESTABLISH = 2.6
"""Seconds of the opening shot of a scene."""
BEFORE, AFTER = 0.30, 0.40
"""Seconds before and after the words of a line."""
LEAST = 1.5
"""Least length of a segment in seconds: no shot is shorter."""
TALK = 1.15
"""Metres between two people who talk."""


@dataclass(frozen=True)
class Caster:
    """What blocking must know of a role: its body, style dials and seed."""

    body: Body
    style: dict[str, float]
    seed: int


@dataclass
class Blocking:
    """A scene ready to be performed, with what the shots and the report need.

    ``visible`` gives for each role the frames (first, last + 1) on stage; ``captions``
    (first, last + 1, text); ``notes`` what was not understood.
    """

    score: SceneScore
    visible: dict[str, tuple[int, int]]
    captions: list[tuple[int, int, str]]
    notes: list[dict[str, Any]] = field(default_factory=list)


def towards(a: tuple[float, float, float], b: tuple[float, float, float]) -> float:
    """Return the yaw (radians about +Y from +Z) that looks from ``a`` to ``b``."""
    return math.atan2(b[0] - a[0], b[2] - a[2])


def turn_between(a: float, b: float) -> float:
    """Return the size of the turn from yaw ``a`` to yaw ``b``, 0..pi."""
    return abs((b - a + math.pi) % (2.0 * math.pi) - math.pi)


class Floor:
    """Who is where: the script-level state that is carried from segment to segment."""

    def __init__(self, place: Set) -> None:
        self.marks = place.marks
        self.at: dict[str, Placement] = {}
        self.here: set[str] = set()

    def taken(self, mark: Mark, but: str = "") -> bool:
        """Return True when somebody (other than ``but``) stands or sits at the mark."""
        return any(
            role != but and math.dist(spot.position, mark.position) < 0.5
            for role, spot in self.at.items()
        )

    def free(self, kind: str, near: tuple[float, float, float] | None = None) -> Mark | None:
        """Return a free mark of a kind: the nearest to ``near``, else the first by name."""
        marks = [m for m in self.marks.values() if m.kind == kind and not self.taken(m)]
        if kind in ("stand", "seat"):
            marks = [m for m in marks if len(m.name) == 1] or marks
        if not marks:
            return None
        if near is None:
            return min(marks, key=lambda m: m.name)
        return min(marks, key=lambda m: (math.dist(m.position, near), m.name))

    def placement(self, mark: Mark) -> Placement:
        """Return the placement of somebody at a mark."""
        height = mark.seat_height if mark.kind == "seat" else 0.0
        return Placement(mark.position, mark.yaw, height)

    def door(self) -> Placement:
        """Return the door, looking in."""
        return self.placement(self.marks["door"])

    def beside(self, role: str, other: str) -> Placement:
        """Return where ``role`` stands to talk to ``other``: on the line between them."""
        a, b = self.at[role].position, self.at[other].position
        gap = math.dist((a[0], a[2]), (b[0], b[2]))
        if gap <= TALK:
            return Placement(a, towards(a, b))
        t = TALK / gap
        spot = (b[0] + (a[0] - b[0]) * t, 0.0, b[2] + (a[2] - b[2]) * t)
        return Placement(spot, towards(spot, b))


def _on_stage(scene: Scene) -> list[str]:
    """Return the roles that have a body in this scene, in order of appearance.

    A voice that only ever narrates, and is not in an action, has none.
    """
    seen: dict[str, None] = {}
    for beat in scene.beats:
        if isinstance(beat, Line) and not {"vo", "off"} & set(beat.delivery):
            for role in (beat.speaker, *beat.chorus):
                seen.setdefault(role)
        elif isinstance(beat, Action):
            for role in beat.roles:
                seen.setdefault(role)
    return list(seen)


class SceneBlocker:
    """Blocks one scene.

    Parameters
    ----------
    scene
        From the script.
    place
        The set.
    casters
        Body, style and seed by role (roles without one are voices only).
    speeches
        Sound by line id.
    rate
        Frames per second.
    seed
        Of the project.
    """

    def __init__(
        self,
        scene: Scene,
        place: Set,
        casters: dict[str, Caster],
        speeches: dict[str, Speech],
        rate: Rate,
        seed: int,
    ) -> None:
        self._scene = scene
        self._place = place
        self._casters = casters
        self._speeches = speeches
        self._rate = rate
        self._seed = seed
        self._floor = Floor(place)
        self._reader = Reader(self._floor, rate)
        self._segments: list[Segment] = []
        self._captions: list[tuple[int, int, str]] = []
        self._notes: list[dict[str, Any]] = []
        self._visible: dict[str, tuple[int, int]] = {}
        self._clock = 0

    def block(self) -> Blocking:
        """Return the blocked scene."""
        roles = [r for r in _on_stage(self._scene) if r in self._casters]
        entering = {r for r in roles if self._enters(r)}
        actors = self._place_actors(roles, entering)
        self._open()
        for beat in self._scene.beats:
            self._add_beat(beat)
        self._add("tail", "pause", 0.9, seed_of(self._seed, self._scene.id, "tail"))
        for role in self._floor.here:
            self._visible[role] = (self._visible[role][0], self._clock)
        targets = {
            name: (mark.position[0], mark.position[1] + 1.2, mark.position[2])
            for name, mark in self._place.marks.items()
            if mark.kind in ("prop", "door")
        }
        score = SceneScore(
            self._scene.id,
            self._rate,
            tuple(actors),
            tuple(self._segments),
            targets,
            seed_of(self._seed, self._scene.id),
        )
        return Blocking(score, self._visible, self._captions, self._notes)

    def _enters(self, role: str) -> bool:
        """Return True when the first thing that the role does in view is to come in."""
        for beat in self._scene.beats:
            if isinstance(beat, Line) and beat.speaker == role and not beat.off_screen:
                return False
            if isinstance(beat, Action) and role in beat.roles:
                return self._reader.enters(beat.text, role, beat.roles)
        return False

    def _place_actors(self, roles: list[str], entering: set[str]) -> list[Actor]:
        floor = self._floor
        for role in roles:
            if role in entering:
                floor.at[role] = floor.door()
                continue
            seated = self._reader.begins_seated(self._scene.beats, role)
            near = next((floor.at[r].position for r in floor.at if r not in entering), None)
            mark = floor.free("seat" if seated else "stand", near)
            mark = mark or floor.free("stand") or floor.free("seat") or floor.marks["door"]
            floor.at[role] = floor.placement(mark)
            floor.here.add(role)
            self._visible[role] = (0, 0)
        self._face_each_other(roles, entering)
        return [
            Actor(
                role,
                self._casters[role].body.rest,
                floor.at[role],
                self._casters[role].seed,
                self._casters[role].style,
                role in entering,
            )
            for role in roles
        ]

    def _face_each_other(self, roles: list[str], entering: set[str]) -> None:
        standing = [r for r in roles if r not in entering]
        for role in standing:
            spot = self._floor.at[role]
            others = [self._floor.at[r].position for r in standing if r != role]
            if not others or spot.seat_height:
                continue
            middle = tuple(sum(axis) / len(others) for axis in zip(*others, strict=True))
            yaw = towards(spot.position, (middle[0], middle[1], middle[2]))
            self._floor.at[role] = Placement(spot.position, yaw)

    def _present(self) -> tuple[str, ...]:
        return tuple(sorted(self._floor.here))

    def _add(self, name: str, kind: str, seconds: float, seed: int, **more: Any) -> Segment:
        frames = max(more.pop("frames", 0), self._rate.ceil(seconds))
        segment = Segment(
            id=f"{self._scene.id}-{name}",
            kind=kind,
            frames=frames,
            seed=seed,
            present=more.pop("present", self._present()),
            **more,
        )
        self._segments.append(segment)
        self._clock += frames
        return segment

    def _open(self) -> None:
        captions = [
            b.text for b in self._scene.beats[: self._leading()] if isinstance(b, Caption)
        ]
        seconds = ESTABLISH + (0.8 if captions else 0.0)
        self._add("open", "pause", seconds, seed_of(self._seed, self._scene.id, "open"))
        if captions:
            self._captions.append((self._rate.frames(0.4), self._clock, "\n".join(captions)))

    def _leading(self) -> int:
        """Return how many captions stand before anything else happens."""
        count = 0
        for beat in self._scene.beats:
            if not isinstance(beat, Caption):
                break
            count += 1
        return count

    def _add_beat(self, beat: Beat) -> None:
        seed = seed_of(self._seed, beat.id, beat.text)
        name = beat.id.removeprefix(f"{self._scene.id}-")
        if isinstance(beat, Line):
            self._add_line(beat, name, seed)
        elif isinstance(beat, Action):
            self._add_action(beat, name, seed)
        elif isinstance(beat, Caption):
            if beat not in self._scene.beats[: self._leading()]:
                start = self._clock
                self._add(name, "pause", 2.2, seed)
                self._captions.append((start, self._clock, beat.text))
        elif isinstance(beat, Song):
            self._add(name, "pause", 2.5, seed)
            self._note("song-not-sung", beat)

    def _note(self, code: str, beat: Beat, **more: Any) -> None:
        self._notes.append(
            {"code": code, "beat": beat.id, "line": beat.at.line, "text": beat.text, **more}
        )

    def _addressee(self, line: Line) -> str:
        """Return whom a line is said to: as written, else the last or next other voice."""
        here = [r for r in self._present() if r != line.speaker]
        if line.addressee in here:
            return line.addressee
        beats = self._scene.beats
        i = next(k for k, beat in enumerate(beats) if beat is line)
        around = [*reversed(beats[:i]), *beats[i + 1 :]]
        for other in around:
            if isinstance(other, Line) and other.speaker in here:
                return other.speaker
        return here[0] if here else ""

    def _add_line(self, line: Line, name: str, seed: int) -> None:
        speech = self._speeches[line.id]
        start = self._rate.ceil(BEFORE)
        addressee = self._addressee(line)
        cues: list[Cue] = []
        if line.speaker in self._floor.here and not line.off_screen:
            cues = self._turn_to(line.speaker, addressee)
            start = max(start, max((c.start + c.frames // 2 for c in cues), default=0))
            if line.parenthetical:
                found = self._reader.in_place(line.parenthetical, line.speaker, start)
                cues += found
        frames = start + self._rate.ceil(speech.duration) + self._rate.ceil(AFTER)
        frames = max([frames, *(c.start + c.frames for c in cues)])
        self._add(
            name,
            "line",
            LEAST,
            seed,
            frames=frames,
            speaker=line.speaker,
            text=line.text,
            speech=speech,
            speech_start=start,
            emotion=line.emotion,
            addressee=addressee,
            cues=tuple(cues),
            off_screen=line.off_screen,
        )

    def _turn_to(self, role: str, other: str) -> list[Cue]:
        """Turn a standing speaker whose back is towards the person spoken to."""
        floor = self._floor
        spot = floor.at[role]
        if not other or other not in floor.here or spot.seat_height:
            return []
        yaw = towards(spot.position, floor.at[other].position)
        if turn_between(spot.yaw, yaw) < math.radians(50):
            return []
        to = Placement(spot.position, yaw)
        floor.at[role] = to
        return [Cue(role, "turn", 0, self._reader.length("turn", spot, to), to, other)]

    def _add_action(self, action: Action, name: str, seed: int) -> None:
        if action.notation in ("camera", "transition", "sound"):
            self._note("direction-not-followed", action, notation=action.notation)
            return
        before = self._present()
        start = self._clock
        plan = self._reader.read(action.text, action.roles)
        for phrase in plan.unknown:
            self._note("unknown-action", action, phrase=phrase)
        present = tuple(sorted({*before, *self._floor.here}))
        self._add(
            name,
            "action",
            LEAST,
            seed,
            frames=plan.frames + (self._rate.ceil(0.4) if plan.cues else 0),
            text=action.text,
            cues=tuple(plan.cues),
            present=present,
        )
        for role, frame in plan.entered.items():
            self._visible[role] = (start + frame, self._clock)
        for role, frame in plan.left.items():
            self._visible[role] = (self._visible[role][0], start + frame)
