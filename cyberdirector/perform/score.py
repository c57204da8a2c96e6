"""What the performance is asked to do: actors, segments and cues of one scene."""

from __future__ import annotations

from dataclasses import dataclass, field

from cyberdirector.core.skeleton import Rest
from cyberdirector.core.speech import Emotion, Speech
from cyberdirector.core.time import Rate
from cyberdirector.perform.layers import Dial

Point = tuple[float, float, float]


@dataclass(frozen=True)
class Placement:
    """Where an actor is: a place on the floor and a heading.

    Attributes
    ----------
    position
        World metres. Standing: the point on the floor between the feet. Sitting: the
        point on the floor under the middle of the seat.
    yaw
        Radians about +Y from +Z (positive turns to the actor's own left).
    seat_height
        Height of the seat over the floor in metres; 0 means standing.
    """

    position: Point
    yaw: float
    seat_height: float = 0.0


@dataclass(frozen=True)
class Actor:
    """A body on stage and its manner.

    Attributes
    ----------
    role
        Name that segments and cues use.
    rest
        Rest pose of the character.
    place
        Where the actor is when the scene begins.
    seed
        Seed of everything that belongs to this actor alone.
    style
        Dials 0..1 ``amplitude``, ``tempo``, ``openness``, ``energy``, ``density``
        (default 0.5 each); ``sex`` (0 male, 1 female), ``age`` in years (default 25),
        ``face_gain`` (factor on expressions, default 1.25), ``holds_left`` and
        ``holds_right`` (1: the hand is closed on something), ``signs`` (drawn tears and
        blush, 0..1, default 0), ``skirt`` (half-width of wide clothes at the hips in metres,
        default 0) and ``feet_apart`` (metres, default by sex).
    entrance
        True when the actor is off stage until a cue brings them in.
    layers
        Dials of the layers in the whole scene; a layer without one is as performed.
    mouth
        ``full`` moves the lips at every frame, ``anime`` holds drawn mouths on a grid of 12 a
        second.
    """

    role: str
    rest: Rest
    place: Placement
    seed: int
    style: dict[str, float] = field(default_factory=dict)
    entrance: bool = False
    layers: dict[str, Dial] = field(default_factory=dict)
    mouth: str = "full"


@dataclass(frozen=True)
class Cue:
    """A known move inside a segment; ``start`` and ``frames`` count from its first frame.

    ``target`` is a role or a key of :attr:`SceneScore.targets` (what is looked at, whom a
    thing is given to); ``to`` is where a move through space ends.
    """

    role: str
    move: str
    start: int
    frames: int
    to: Placement | None = None
    target: str = ""


@dataclass(frozen=True)
class Voice:
    """A line that is heard in a segment of another speaker: broken into, or said together.

    Attributes
    ----------
    id
        Of the line.
    role, speech
        Who says what.
    start
        Frame, local to the segment, at which its audio begins; below 0 when it began in the
        segment before.
    delivery, layers
        As of a :class:`Segment`.
    spills
        Whether it goes on in the next segment.
    """

    id: str
    role: str
    speech: Speech
    start: int
    delivery: tuple[str, ...] = ()
    layers: dict[str, Dial] = field(default_factory=dict)
    spills: bool = False


@dataclass(frozen=True)
class Segment:
    """One line, action or pause; the unit that can change without touching its neighbours.

    ``speech_start`` is the frame, local to the segment, at which the audio begins.
    ``off_screen`` marks a voice whose mouth is not seen moving (OS, VO). ``course`` holds keys
    (share of the line 0..1, emotion) along which the feeling changes; empty: ``emotion`` all
    through. ``layers`` are dials of the speaker in this line, before those of the actor.
    ``delivery`` says how the words are brought out: shout, whisper, low, laugh, cry …
    ``spills`` marks a line whose audio goes on in the next segment, where it is one of the
    ``voices``: those that are heard besides the speaker.
    """

    id: str
    kind: str
    frames: int
    seed: int
    speaker: str = ""
    text: str = ""
    speech: Speech | None = None
    speech_start: int = 0
    emotion: Emotion = field(default_factory=Emotion)
    addressee: str = ""
    cues: tuple[Cue, ...] = ()
    present: tuple[str, ...] = ()
    off_screen: bool = False
    course: tuple[tuple[float, Emotion], ...] = ()
    layers: dict[str, Dial] = field(default_factory=dict)
    delivery: tuple[str, ...] = ()
    spills: bool = False
    voices: tuple[Voice, ...] = ()


@dataclass(frozen=True)
class SceneScore:
    """A scene ready to be performed; ``targets`` are points to look at, world metres."""

    id: str
    rate: Rate
    actors: tuple[Actor, ...]
    segments: tuple[Segment, ...]
    targets: dict[str, Point] = field(default_factory=dict)
    seed: int = 0

    @property
    def frames(self) -> int:
        """Number of frames of the whole scene."""
        return sum(segment.frames for segment in self.segments)
