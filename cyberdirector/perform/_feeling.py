"""What an actor feels in a segment: carried in, said, answered, carried out."""

from __future__ import annotations

from cyberdirector.core.speech import Emotion
from cyberdirector.perform import face
from cyberdirector.perform._motion import Array, ramp
from cyberdirector.perform._state import State
from cyberdirector.perform.prosody import Prosody
from cyberdirector.perform.score import Segment

MIRROR = {
    "joy": "joy", "sad": "sad", "tender": "tender", "surprise": "surprise", "fear": "fear",
    "anger": "surprise", "cold": "cold", "disgust": "disgust", "contempt": "cold",
}  # fmt: skip
"""What a listener's face answers to the speaker's emotion."""

_MIRROR_GAIN = 0.3


def carried_feeling(segment: Segment, role: str, state: State) -> Emotion:
    """Return the emotion that stays on the face after a segment."""
    if segment.kind == "line" and role == segment.speaker:
        last = segment.course[-1][1] if segment.course else segment.emotion
        return Emotion(last.name, last.intensity * face.RESIDUE)
    return Emotion(state.emotion.name, state.emotion.intensity * 0.5)


def feelings_of(
    segment: Segment, role: str, state: State, line: Prosody | None, t: Array, duration: float
) -> list[tuple[Emotion, Array]]:
    """Return emotions with their envelopes (frames,); fixed at both ends by what is carried.

    Parameters
    ----------
    state
        Of the role when the segment begins.
    line
        Prosody of what is said in the segment, None in silence.
    t, duration
        Frame centres and length in seconds, local to the segment.
    """
    held = state.emotion
    if segment.kind == "line" and role == segment.speaker:
        first, last = (line.start, line.end) if line else (0.3, duration - 0.3)
        own = face.envelope(t, duration, first, last, 0.0, face.RESIDUE)
        start = max(first - 0.32, 0.0)
        course = face.course(t, first, last, segment.course, segment.emotion)
        return [
            (held, 1.0 - ramp(t, start, first + 0.22)),
            *((emotion, own * share) for emotion, share in course),
        ]
    parts = [(held, 1.0 - 0.5 * ramp(t, 0.0, duration))]
    answer = MIRROR.get(segment.emotion.name)
    if line is not None and answer:
        first = line.start + 0.5
        shown = face.envelope(t, duration, first, line.end, 0.0, 0.0)
        gain = _MIRROR_GAIN * (1.5 if segment.emotion.intensity > 0.7 else 1.0)
        parts.append((Emotion(answer, gain * segment.emotion.intensity), shown))
    return parts
