"""One character says one line: the score of a take, and the take itself."""

from __future__ import annotations

from dataclasses import dataclass, field

from cyberdirector.core.clip import Clip
from cyberdirector.core.hashing import seed_of
from cyberdirector.core.model import Character
from cyberdirector.core.progress import Bar
from cyberdirector.core.skeleton import BONE_INDEX
from cyberdirector.core.speech import Emotion, Speech
from cyberdirector.core.time import Rate
from cyberdirector.perform.contact import closure_frames, meet_lips
from cyberdirector.perform.figure import figure_style
from cyberdirector.perform.gesture import Stroke
from cyberdirector.perform.layers import PLAIN, Dial, replace_layer
from cyberdirector.perform.lip_probe import LipProbe
from cyberdirector.perform.passages import course_of, cut_speech
from cyberdirector.perform.performance import perform_scene
from cyberdirector.perform.score import Actor, Placement, SceneScore, Segment

PARTNER = "partner"
"""What a speaker alone on stage talks to: a point at eye height."""

AHEAD = 1.3
"""Distance of the partner in metres."""

BEFORE, AFTER = 0.5, 0.7
"""Seconds before the first sound and after the last: breath in, and the feeling fades."""


@dataclass(frozen=True)
class Acting:
    """How a line is to be performed.

    Attributes
    ----------
    feeling
        Keys (share of the line 0..1, emotion), in order, at least one.
    seed
        Of everything that is not fixed by the line.
    rate
        Frames per second of the take.
    style
        Dials of the actor, as :attr:`~cyberdirector.perform.score.Actor.style`.
    layers
        Dials of the layers.
    mouth
        ``full`` or ``anime``.
    """

    feeling: tuple[tuple[float, Emotion], ...] = ((0.0, Emotion()),)
    seed: int = 0
    rate: Rate = field(default_factory=lambda: Rate(30, 1))
    style: dict[str, float] = field(default_factory=dict)
    layers: dict[str, Dial] = field(default_factory=dict)
    mouth: str = "full"


@dataclass(frozen=True)
class Take:
    """A performed line.

    Attributes
    ----------
    clip
        Motion of the character, standing at the origin and facing +Z.
    start
        Frame at which the audio begins.
    notes
        Remarks: dicts with ``code`` and plain values.
    score
        What was asked.
    gestures
        When each gesture was made, seconds of the clip.
    """

    clip: Clip
    start: int
    notes: list[dict[str, object]]
    score: SceneScore
    gestures: list[Stroke]


def eye_height(character: Character) -> float:
    """Return the height of the eyes over the floor in the rest pose, metres."""
    rest = character.rest()
    points = rest.positions()
    eyes = [BONE_INDEX["leftEye"], BONE_INDEX["rightEye"]]
    if rest.present[eyes].all():
        return float(points[eyes, 1].mean())
    return float(points[BONE_INDEX["head"], 1]) + 0.06


def line_score(character: Character, speech: Speech, text: str, manner: Acting) -> SceneScore:
    """Return the score of one line said to a partner in front of the character.

    A long speech becomes several segments, cut in its pauses.
    """
    rate = manner.rate
    start = rate.ceil(BEFORE)
    whole = rate.ceil(speech.duration + AFTER)
    actor = Actor(
        "speaker",
        character.rest(),
        Placement((0.0, 0.0, 0.0), 0.0),
        manner.seed,
        {**figure_style(character), **manner.style},
        layers=dict(manner.layers),
        mouth=manner.mouth,
    )
    passages = cut_speech(speech, text, rate)
    segments = []
    for number, passage in enumerate(passages):
        lead = start if number == 0 else 0
        final = number == len(passages) - 1
        feeling = course_of(manner.feeling, passage.share)
        segments.append(
            Segment(
                f"line-{number + 1}" if number else "line",
                "line",
                lead + (whole - passage.first if final else passage.frames),
                seed_of(manner.seed, "passage", number) if number else manner.seed,
                speaker="speaker",
                text=passage.text,
                speech=passage.speech,
                speech_start=lead,
                emotion=max((e for _, e in feeling), key=lambda e: e.intensity),
                addressee=PARTNER,
                course=feeling if len(feeling) > 1 else (),
            )
        )
    eyes = {PARTNER: (0.0, eye_height(character), AHEAD)}
    return SceneScore("take", rate, (actor,), tuple(segments), eyes, manner.seed)


def perform_line(
    character: Character,
    speech: Speech,
    text: str,
    manner: Acting,
    replaced: dict[str, Clip] | None = None,
    bar: Bar | None = None,
) -> Take:
    """Return the take of one line.

    Parameters
    ----------
    character
        Who speaks; any humanoid, with or without lips of ours.
    speech
        The sound with its phones.
    text
        The words, for gestures and questions.
    manner
        Emotion, style, dials, seed, rate.
    replaced
        Layer → clip that it is taken from.
    bar
        Advances by the frames of each passage.

    Raises
    ------
    InputRefused
        ``layer-not-replaceable``, ``layer-length``.
    """
    score = line_score(character, speech, text, manner)
    performance = perform_scene(score, bar)
    clip, notes = performance.clips["speaker"], list(performance.notes)
    for name, other in (replaced or {}).items():
        clip = replace_layer(clip, name, other)
    start = score.segments[0].speech_start
    lips = manner.layers.get("lips", PLAIN)
    lines = [(speech, start)] if lips.strength > 0.0 else []
    clip, more = close_lips(character, clip, lines)
    return Take(clip, start, notes + more, score, performance.gestures)


def close_lips(
    character: Character, clip: Clip, lines: list[tuple[Speech, int]]
) -> tuple[Clip, list[dict[str, object]]]:
    """Return a clip whose lips meet on the mesh wherever b, p or m is said, and remarks.

    Parameters
    ----------
    lines
        Speech and the frame of the clip at which its audio begins.
    """
    try:
        probe = LipProbe(character)
    except KeyError:
        return clip, [{"code": "no-lips", "character": character.name}]
    for speech, start in lines:
        clip = meet_lips(clip, closure_frames(speech, start, clip), probe)
    return clip, []
