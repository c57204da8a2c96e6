"""Whose mouth speaks in a segment, and how: the speaker's, and voices that overlap."""

from __future__ import annotations

import numpy as np

from cyberdirector.perform import delivery
from cyberdirector.perform.layers import PLAIN, Dial
from cyberdirector.perform.lips import Mouth, articulate
from cyberdirector.perform.lips_drawn import hold_mouths
from cyberdirector.perform.score import Actor, Segment, Voice
from cyberdirector.perform.stance import style


def voice_in(segment: Segment, role: str) -> Voice | None:
    """Return what a role says in a segment: its own line, or one that runs into it."""
    if segment.speech is not None and role == segment.speaker and not segment.off_screen:
        return Voice(
            segment.id, role, segment.speech, segment.speech_start, segment.delivery,
            segment.layers, segment.spills,
        )  # fmt: skip
    return next((voice for voice in segment.voices if voice.role == role), None)


def lips_dial(voice: Voice, actor: Actor) -> Dial:
    """Return the dial of the lips: that of the line, else that of the actor."""
    return voice.layers.get("lips") or actor.layers.get("lips", PLAIN)


def mouth_of(
    segment: Segment,
    actor: Actor,
    fps: float,
    arousal: float,
    varied: np.random.Generator | None,
) -> Mouth:
    """Return the mouth of an actor in a segment; still where nothing is said.

    Parameters
    ----------
    arousal
        -1..1, from the feelings: it opens the jaw.
    varied
        Small variations of the articulation, where the lips have a seed of their own.
    """
    voice = voice_in(segment, actor.role)
    if voice is None:
        zero = np.zeros(segment.frames)
        return Mouth(np.zeros((segment.frames, 52)), zero, zero.copy(), -1, -1)
    gain = (0.85 + 0.3 * style(actor, "energy")) * (1 + 0.15 * arousal)
    gain *= delivery.open_more(voice.delivery)
    mouth = articulate(
        voice.speech, segment.frames, voice.start, fps, gain,
        lips_dial(voice, actor).strength, varied, spills=voice.spills,
    )  # fmt: skip
    if actor.mouth == "anime":
        return hold_mouths(mouth, voice.speech, voice.start, fps)
    return mouth
