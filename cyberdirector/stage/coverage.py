"""Which shots cover a scene: the grammar of dialogue on screen."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.hashing import seed_of
from cyberdirector.core.scene import Camera, Set
from cyberdirector.core.speech import Speech
from cyberdirector.core.time import Rate
from cyberdirector.perform import MOVES, Cue, SceneScore, Segment
from cyberdirector.stage.bodies import Performer
from cyberdirector.stage.camera_keys import keep_in_frame, pan, push_in, rises, smooth
from cyberdirector.stage.framing import Subject
from cyberdirector.stage.lens import Lens
from cyberdirector.stage.shot import CameraKey, Shot

LONGEST = 5.6
"""A line longer than this (seconds) is cut into several shots."""
SHORTEST = 1.5
"""No shot is shorter than this (seconds)."""
STRONG = 0.6
"""From this intensity an emotion is worth a close-up."""

_SIGHTS = {
    "window": ("雨", "窗", "雪", "rain", "snow", "window"),
    "sea": ("云", "雾", "cloud", "mist"),
    "view": ("云", "雾", "cloud", "mist"),
    "door": ("门", "door"),
}
"""Words of an action without people that a camera of the set can show."""


@dataclass(frozen=True)
class _Piece:
    """A part of a segment that one shot covers; frames count from the scene's start."""

    start: int
    end: int
    size: str
    subjects: tuple[str, ...]
    why: str
    push: float = 0.0


class Coverage:
    """Plans the shots of one scene.

    Parameters
    ----------
    score
        The scene.
    performers
        Motion by role.
    place
        The set, with its cameras.
    light
        Name of the light preset.
    aspect
        Width / height of the picture.
    visible
        Role → (first, last + 1) frame on stage.
    """

    def __init__(
        self,
        score: SceneScore,
        performers: dict[str, Performer],
        place: Set,
        light: str,
        aspect: float,
        visible: dict[str, tuple[int, int]],
    ) -> None:
        self._score = score
        self._performers = performers
        self._place = place
        self._light = light
        self._aspect = aspect
        self._lens = Lens(place, aspect)
        self._visible = visible
        self._rate: Rate = score.rate
        self._spoken: set[frozenset[str]] = set()
        self._turn = 0
        self._wide_name = ""

    def plan(self) -> list[Shot]:
        """Return the shots in order; together they cover every frame once."""
        shots: list[Shot] = []
        start = 0
        before: tuple[str, ...] = ()
        since = 0
        for segment in self._score.segments:
            end = start + segment.frames
            if segment.spills and self._rate.seconds(end - since) < SHORTEST:
                before, start = (*before, segment.id), end  # seen in the shot of who breaks in
                continue
            pieces = self._pieces(segment, start, end)
            pieces[0] = replace(pieces[0], start=since)
            own = [
                self._shoot(segment, piece, f"{segment.id}-{i + 1}")
                for i, piece in enumerate(pieces)
            ]
            own[0] = replace(own[0], segments=(*before, *own[0].segments))
            shots += own
            before, start, since = (), end, end
        return shots

    def _pieces(self, segment: Segment, start: int, end: int) -> list[_Piece]:
        if segment.kind == "line":
            return self._cover_line(segment, start, end)
        if segment.kind == "action":
            return self._shorten(self._cover_action(segment, start, end))
        why = "opens" if start == 0 else "establish"
        return [_Piece(start, end, "establish", (), why, 0.06 if why == "opens" else 0.0)]

    def _shorten(self, pieces: list[_Piece]) -> list[_Piece]:
        """Cut pieces that are too long for one shot into equal ones, the later ones closer."""
        out: list[_Piece] = []
        for piece in pieces:
            frames = piece.end - piece.start
            count = math.ceil(self._rate.seconds(frames) / LONGEST)
            for i in range(count):
                a, b = (piece.start + frames * k // count for k in (i, i + 1))
                part = replace(piece, start=a, end=b)
                if i > 0 and piece.size == "medium" and not rises(self._eyes(part)):
                    part = replace(part, size="mcu")
                out.append(part)
        return out

    def _on_stage(self, role: str, start: int, end: int) -> bool:
        first, last = self._visible.get(role, (0, 0))
        return first <= start and end <= last + self._rate.frames(0.5)

    def _cover_line(self, segment: Segment, start: int, end: int) -> list[_Piece]:
        speaker = segment.speaker
        partner = segment.addressee if segment.addressee in segment.present else ""
        if not self._on_stage(speaker, start, end):
            seen = tuple(r for r in segment.present if self._on_stage(r, start, end))[:1]
            size = "medium" if seen else "establish"
            return [_Piece(start, end, size, seen, "voice-over", 0.05)]
        strong = segment.emotion.intensity >= STRONG
        if segment.off_screen:
            return [_Piece(start, end, "close", (speaker,), "inner-voice", 0.06)]
        first = self._first_size(segment, partner, strong)
        cuts = _cut_line(segment, end - start, self._rate)
        pieces = [
            _Piece(start + a, start + b, *self._later(i, first, speaker, partner, strong))
            for i, (a, b) in enumerate(cuts)
        ]
        self._turn += 1
        return pieces

    def _first_size(self, segment: Segment, partner: str, strong: bool) -> str:
        if not partner:
            return "close" if strong else "medium"
        pair = frozenset((segment.speaker, partner))
        if pair not in self._spoken:
            self._spoken.add(pair)
            return "two"
        if strong:
            return "close"
        # Alternating coverage; every fifth turn returns to the master for orientation.
        if self._turn % 5 == 4:
            return "two"
        return "over" if self._turn % 2 else "mcu"

    def _later(
        self, i: int, first: str, speaker: str, partner: str, strong: bool
    ) -> tuple[str, tuple[str, ...], str, float]:
        both = (speaker, partner) if partner else (speaker,)
        if i == 0:
            subjects = both if first in ("two", "over") else (speaker,)
            return first, subjects, "speaks", 0.05 if first == "close" else 0.0
        if i % 2 == 1 and partner:
            return "mcu", (partner,), "reaction", 0.0
        size = "close" if strong or first in ("mcu", "over") else "mcu"
        return size, (speaker,), "speaks-on", 0.05

    def _cover_action(self, segment: Segment, start: int, end: int) -> list[_Piece]:
        movers = tuple(dict.fromkeys(cue.role for cue in segment.cues))
        movers = tuple(r for r in movers if r in self._performers)
        if not movers:
            return [_Piece(start, end, "establish", (), "action")]
        lead = movers[0]
        touch = next((c for c in segment.cues if MOVES[c.move].distance and c.target), None)
        if touch is not None and touch.target in self._performers:
            return self._cover_touch(segment, touch, start, end)
        walker = max(movers, key=lambda r: self._performers[r].travel(start, end))
        if self._performers[walker].travel(start, end) > 0.8:
            return self._cover_walker(segment, walker, start, end)
        if len(movers) > 1:
            return [_Piece(start, end, "two", movers[:2], "action")]
        whole = any(MOVES[cue.move].library for cue in segment.cues)
        face = all(MOVES[cue.move].kind == "face" for cue in segment.cues)
        size = "full" if whole else "mcu" if face else "medium"
        return [_Piece(start, end, size, (lead,), "action")]

    def _cover_touch(self, segment: Segment, touch: Cue, start: int, end: int) -> list[_Piece]:
        """Show both from the side while one touches the other, and the way there before."""
        both = (touch.role, touch.target)
        cut = start + touch.start
        late = self._rate.seconds(end - cut) < SHORTEST
        if late or self._rate.seconds(cut - start) < SHORTEST:
            return [_Piece(start, end, "two", both, "touches")]
        pair = _Piece(cut, end, "two", both, "touches")
        if self._performers[touch.role].travel(start, cut) > 0.8:
            return [*self._cover_walk(segment, touch.role, start, cut), pair]
        return [_Piece(start, cut, "medium", (touch.role,), "action"), pair]

    def _cover_walker(
        self, segment: Segment, walker: str, start: int, end: int
    ) -> list[_Piece]:
        """Show who acts before somebody walks, then the walk."""
        cut = start + min(cue.start for cue in segment.cues if cue.role == walker)
        others = [c.role for c in segment.cues if c.role != walker and start + c.start < cut]
        seen = [role for role in others if self._on_stage(role, start, cut)]
        if not seen or self._rate.seconds(min(cut - start, end - cut)) < SHORTEST:
            return self._cover_walk(segment, walker, start, end)
        first = _Piece(start, cut, "medium", (seen[0],), "action")
        return [first, *self._cover_walk(segment, walker, cut, end)]

    def _cover_walk(self, segment: Segment, lead: str, start: int, end: int) -> list[_Piece]:
        """Follow a walk; a long one from the door is first seen at the door."""
        follow = _Piece(start, end, "full", (lead,), "walks")
        enters = any(cue.role == lead and cue.move == "enter" for cue in segment.cues)
        if not enters or "door" not in self._place.cameras:
            return [follow]
        if self._rate.seconds(end - start) < 2.0 * SHORTEST + 1.0:
            return [follow]
        cut = start + min((end - start) // 2, self._rate.frames(3.2))
        return [_Piece(start, cut, "door", (lead,), "enters"), replace(follow, start=cut)]

    def _shoot(self, segment: Segment, piece: _Piece, name: str) -> Shot:
        size, camera = self._camera(segment, piece)
        keys = self._follow(piece) if piece.why == "walks" else self._keep(piece, size, camera)
        keys = keys or push_in(camera, piece.push, piece.end - piece.start)
        return Shot(
            name,
            self._score.id,
            piece.start,
            piece.end,
            size,
            piece.subjects,
            keys,
            self._light,
            (segment.id,),
            piece.why,
        )

    def _camera(self, segment: Segment, piece: _Piece) -> tuple[str, Camera]:
        """Return the size really used and its camera, falling back to wider ones."""
        establish = self._place.cameras["establish"]
        if piece.size == "door":
            return "door", self._place.cameras["door"]
        if piece.size == "establish" or not piece.subjects:
            return self._wide(segment, piece)
        people = {
            role: self._performers[role].subject(piece.start, piece.end)
            for role in dict.fromkeys((*segment.present, *piece.subjects))
            if self._on_stage(role, piece.end - 1, piece.end) or role in piece.subjects
        }
        lead = people[piece.subjects[0]]
        others = [p for role, p in people.items() if role not in piece.subjects]
        toward = self._audience(lead, people, segment)
        tries = self._with_partner(piece, lead, people, others)
        lift = math.radians((-3.0, 0.0, 2.0)[seed_of(segment.seed, piece.why) % 3])
        single = piece.size if piece.size not in ("over", "two") else "mcu"
        rest = [p for role, p in people.items() if role != lead.role]
        for size in dict.fromkeys((single, "mcu", "close")):
            if tries and tries[-1][1][0] < 2.5:
                break
            tries.append((size, self._lens.person(lead, size, toward, rest, lift)))
        best = min(tries, key=lambda item: item[1][0])
        return (best[0], best[1][1]) if best[1][0] < 30.0 else ("establish", establish)

    def _with_partner(
        self, piece: _Piece, lead: Subject, people: dict[str, Subject], others: list[Subject]
    ) -> list[tuple[str, tuple[float, Camera]]]:
        """Return the camera on both, unless they stand too far apart for one picture."""
        if piece.size not in ("over", "two"):
            return []
        partner = people[piece.subjects[1]]
        apart = float(np.linalg.norm((lead.eyes - partner.eyes)[[0, 2]]))
        if apart > ((1.9 if self._aspect < 1.0 else 2.6) if piece.size == "two" else 3.2):
            return []
        if piece.size == "over":
            return [("over", self._lens.over_shoulder(lead, partner, others))]
        return [("two", self._lens.pair(lead, partner, others))]

    def _wide(self, segment: Segment, piece: _Piece) -> tuple[str, Camera]:
        """Return a camera of the set: what the words name, else who is there."""
        people = [
            self._performers[role].subject(piece.start, piece.end)
            for role in segment.present
            if self._on_stage(role, piece.start, piece.end)
        ]
        told = any(role in segment.text for role in segment.present)
        if piece.why == "action" and not told:
            for name, mark in self._place.marks.items():
                words = (mark.zh, *_SIGHTS.get(name, ()))
                named = any(word and word in segment.text.lower() for word in words)
                if named and name in self._place.cameras:
                    return "insert", self._place.cameras[name]
        liked = ("establish", "wide", "corner")
        if piece.why == "action":
            liked = ("corner", "wide", "establish")
        avoid = self._wide_name if piece.why == "action" else ""
        self._wide_name, camera = self._lens.view(people, liked, avoid)
        return "establish", camera

    def _audience(
        self, lead: Subject, people: dict[str, Subject], segment: Segment
    ) -> NDArray[np.float64]:
        """Return the side of the camera for a single: that of the line to the partner."""
        partner = segment.addressee if segment.speaker == lead.role else segment.speaker
        if partner in people and partner != lead.role:
            return self._lens.side_of(lead, people[partner])
        toward = np.array(self._place.cameras["establish"].eye) - lead.eyes
        toward[1] = 0.0
        return toward / max(float(np.linalg.norm(toward)), 1e-6)

    def _follow(self, piece: _Piece) -> tuple[CameraKey, ...]:
        """Return keys that pan with a walking person from a fixed stand.

        The stand is the establishing camera's, moved towards the walker; panning is a
        smoothed copy of the walker's path.
        """
        performer = self._performers[piece.subjects[0]]
        path = smooth(self._eyes(piece), self._rate.fps * 0.5)
        middle = path[[0, len(path) // 2, -1]].mean(axis=0)
        eye, fov = self._stand(middle, float(np.ptp(path[:, [0, 2]], axis=0).max()))
        target = path.copy()
        target[:, 1] = performer.subject(piece.end - 1, piece.end).height * 0.56
        return pan(eye, target, fov, self._rate.fps)

    def _keep(self, piece: _Piece, size: str, camera: Camera) -> tuple[CameraKey, ...] | None:
        """Return keys that follow who rises, sits down or leans out alone in the picture."""
        if size not in ("close", "mcu", "medium") or not piece.subjects:
            return None
        framed = self._performers[piece.subjects[0]].subject(piece.start, piece.end).eyes
        return keep_in_frame(camera, self._eyes(piece), framed, self._aspect, self._rate.fps)

    def _eyes(self, piece: _Piece) -> NDArray[np.float64]:
        """Return where the eyes of the first subject are, (frames, 3), metres."""
        eyes, _ = self._performers[piece.subjects[0]].track(np.arange(piece.start, piece.end))
        return eyes

    def _stand(
        self, middle: NDArray[np.float64], reach: float
    ) -> tuple[NDArray[np.float64], float]:
        establish = self._place.cameras["establish"]
        away = np.array(establish.eye) - middle
        away[1] = 0.0
        distance = float(np.linalg.norm(away))
        wanted = min(max(3.6 + 0.6 * reach, 3.6), max(distance, 1.0))
        eye = middle + away / max(distance, 1e-6) * wanted
        eye[1] = 1.35
        return eye, math.radians(40)


def _gaps(speech: Speech) -> list[float]:
    """Return times between words at which a cut does not hurt, pauses first."""
    pauses = [
        (p.start + p.end) / 2.0
        for p in speech.phones
        if p.kind == "SIL" and p.end - p.start > 0.12
    ]
    return pauses or [word.end for word in speech.words[:-1]]


def _cut_line(segment: Segment, frames: int, rate: Rate) -> list[tuple[int, int]]:
    """Return local (start, end) of the shots of a line: 1.5 to 5.6 s, cut at pauses."""
    seconds = rate.seconds(frames)
    count = math.ceil(seconds / LONGEST)
    if count < 2 or segment.speech is None:
        return [(0, frames)]
    offset = rate.seconds(segment.speech_start)
    gaps = [offset + t for t in _gaps(segment.speech)]
    cuts = [0]
    for i in range(1, count):
        ideal = seconds * i / count
        low = rate.seconds(cuts[-1]) + SHORTEST
        high = seconds - SHORTEST * (count - i)
        choices = [t for t in gaps if low <= t <= high] or [min(max(ideal, low), high)]
        cuts.append(rate.frames(min(choices, key=lambda t: abs(t - ideal))))
    cuts.append(frames)
    return list(itertools.pairwise(cuts))
