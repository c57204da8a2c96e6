"""Blocking: from the beats of a scene to actors on marks and segments in time."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from cyberdirector.core.hashing import seed_of
from cyberdirector.core.scene import Set
from cyberdirector.core.speech import Emotion, Speech
from cyberdirector.core.time import Rate
from cyberdirector.perform import Actor, Cue, Placement, SceneScore, Segment, Voice
from cyberdirector.perform.layers import Dial
from cyberdirector.script import Action, Beat, Caption, Line, Scene, Song
from cyberdirector.stage.bodies import Body
from cyberdirector.stage.floor import Floor, turn_between, yaw_to
from cyberdirector.stage.moves import Reader
from cyberdirector.stage.overlap import break_off, lead_in, overlap, wait_for_turn

ESTABLISH = 2.6
"""Seconds of the opening shot of a scene."""
BEFORE, AFTER = 0.30, 0.40
"""Seconds before and after the words of a line."""
LEAST = 1.5
"""Least length of a segment in seconds: no shot is shorter."""


@dataclass(frozen=True)
class Caster:
    """What blocking must know of a role: body, manner, seed, dials of the layers, mouth."""

    body: Body
    style: dict[str, float]
    seed: int
    layers: dict[str, Dial] = field(default_factory=dict)
    mouth: str = "full"


@dataclass(frozen=True)
class Direction:
    """What a director changed in one line: dials of the speaker, feeling, another seed.

    ``course`` holds keys (share of the line 0..1, emotion); empty: the emotion of the script.
    """

    layers: dict[str, Dial] = field(default_factory=dict)
    course: tuple[tuple[float, Emotion], ...] = ()
    seed: int | None = None


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
    directions
        What was changed in single lines, by line id.
    """

    def __init__(
        self,
        scene: Scene,
        place: Set,
        casters: dict[str, Caster],
        speeches: dict[str, Speech],
        rate: Rate,
        seed: int,
        directions: dict[str, Direction] | None = None,
    ) -> None:
        self._scene = scene
        self._directions = directions or {}
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
        first = {r: self._reader.first_move(self._scene.beats, r) for r in roles}
        actors = self._place_actors(roles, first)
        self._open()
        for beat in self._scene.beats:
            self._add_beat(beat)
        self._add("tail", "pause", 0.9, seed_of(self._seed, self._scene.id, "tail"))
        for role in sorted(self._floor.here):
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

    def _place_actors(self, roles: list[str], first: dict[str, str]) -> list[Actor]:
        """Put everybody on a mark: the seated first, the others near them."""
        floor = self._floor
        for role in sorted(roles, key=lambda r: first[r] != "seated"):
            if first[role] == "enter":
                floor.at[role] = floor.door()
                continue
            near = next((at.position for r, at in floor.at.items() if r in floor.here), None)
            mark = floor.free("seat" if first[role] == "seated" else "stand", near)
            mark = mark or floor.free("stand") or floor.free("seat") or floor.marks["door"]
            floor.at[role] = floor.placement(mark)
            floor.here.add(role)
            self._visible[role] = (0, 0)
        self._face_each_other()
        for role in roles:
            if first[role] == "walk_to":
                floor.start_before(role)
        return [
            Actor(
                role,
                self._casters[role].body.rest,
                floor.at[role],
                self._casters[role].seed,
                self._casters[role].style,
                first[role] == "enter",
                self._casters[role].layers,
                self._casters[role].mouth,
            )
            for role in roles
        ]

    def _face_each_other(self) -> None:
        floor = self._floor
        for role in sorted(floor.here):
            spot = floor.at[role]
            others = [floor.at[r].position for r in sorted(floor.here) if r != role]
            if not others or spot.seat_height:
                continue
            middle = [sum(axis) / len(others) for axis in zip(*others, strict=True)]
            yaw = yaw_to(spot.position, (middle[0], middle[1], middle[2]))
            floor.at[role] = Placement(spot.position, yaw)

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
        told = self._directions.get(line.id, Direction())
        if told.seed is not None:
            seed = seed_of(seed, "take", told.seed)
        feelings = [line.emotion, *(emotion for _, emotion in told.course)]
        speech = self._speeches[line.id]
        last = self._segments[-1] if self._segments else None
        early = overlap(last, line)
        start = self._rate.ceil(lead_in(last, line) if early else BEFORE)
        addressee = self._addressee(line)
        cues: list[Cue] = []
        if line.speaker in self._floor.here and not line.off_screen:
            cues = self._turn_to(line.speaker, addressee)
            if not early:  # who breaks in or joins speaks at once and turns meanwhile
                start = max(start, max((c.start + c.frames // 2 for c in cues), default=0))
            if line.parenthetical:
                found = self._reader.in_place(line.parenthetical, line.speaker, start)
                cues += found
        voices: tuple[Voice, ...] = ()
        if last is not None and early:
            turns: list[Cue] = []
            if "together" in line.delivery:
                last, turns = wait_for_turn(last, start, self._rate)
            cues += turns
            shortened, voices = break_off(last, start, early, self._rate)
            self._clock += shortened.frames - last.frames
            self._segments[-1] = shortened
        frames = start + self._rate.ceil(speech.duration) + self._rate.ceil(AFTER)
        frames = max([frames, *(c.start + c.frames for c in cues)])
        ends = [v.start + self._rate.ceil(v.speech.duration + 0.2) for v in voices]
        frames = max([frames, *ends])
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
            emotion=max(feelings[-len(told.course) :], key=lambda e: e.intensity),
            addressee=addressee,
            cues=tuple(cues),
            off_screen=line.off_screen,
            course=told.course if len(told.course) > 1 else (),
            layers=told.layers,
            delivery=line.delivery,
            voices=voices,
        )

    def _turn_to(self, role: str, other: str) -> list[Cue]:
        """Turn a standing speaker whose back is towards the person spoken to."""
        floor = self._floor
        spot = floor.at[role]
        if not other or other not in floor.here or spot.seat_height:
            return []
        yaw = yaw_to(spot.position, floor.at[other].position)
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
