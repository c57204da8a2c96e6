"""Lines that break into each other or are said together."""

from __future__ import annotations

import re
from dataclasses import replace

from cyberdirector.core.time import Rate
from cyberdirector.perform import Cue, Segment, Voice
from cyberdirector.script import Line

BROKEN_IN, BROKEN_OFF = 0.45, 0.25
"""Seconds by which a line that breaks in, or follows one that breaks off (——), begins before
the other's sound ends."""
TOGETHER = 0.08
"""Seconds after the start of a line at which another one begins that is said with it."""
QUICK = 0.2
"""Seconds before the words of a line that breaks in."""
_BREAKS_OFF = re.compile(r"(?:—|--|-)[”’」』\"'）)]*$")


def overlap(last: Segment | None, line: Line) -> float:
    """Return by how many seconds a line begins before the one before it ends; 0: after.

    It does where it is marked as breaking in or said together, or where the other speaker's
    line breaks off in a dash.
    """
    if last is None or last.speech is None or last.speaker == line.speaker:
        return 0.0
    if any(voice.role == line.speaker for voice in last.voices):
        return 0.0
    if "together" in line.delivery:
        return last.speech.duration - TOGETHER
    if "interrupt" in line.delivery:
        return min(BROKEN_IN, 0.5 * last.speech.duration)
    broken = _BREAKS_OFF.search(last.text.rstrip())
    return min(BROKEN_OFF, 0.5 * last.speech.duration) if broken else 0.0


def lead_in(last: Segment | None, line: Line) -> float:
    """Return the seconds before the words of a line that overlaps the one before it.

    Who joins as the third has less: the segment of the second is short as it is.
    """
    third = last is not None and last.voices and "together" in line.delivery
    return TOGETHER if third else QUICK


def wait_for_turn(last: Segment, start: int, rate: Rate) -> tuple[Segment, list[Cue]]:
    """Let the last line wait until its speaker has turned, where the next one, whose sound
    begins ``start`` frames into its own segment, is said together with it.

    Who has joined somebody already does not wait, but turns in the next segment: the cues
    for that are returned.
    """
    turns = [c for c in last.cues if c.move == "turn"]
    if last.voices:
        return replace(last, cues=tuple(c for c in last.cues if c not in turns)), turns
    turned = max((c.start + c.frames for c in turns), default=0)
    late = turned + start - last.speech_start - rate.frames(TOGETHER)
    return (replace(last, speech_start=last.speech_start + late) if late > 0 else last), []


def break_off(
    last: Segment, start: int, early: float, rate: Rate
) -> tuple[Segment, tuple[Voice, ...]]:
    """Return the last segment so short that the next line, whose sound begins ``start`` frames
    into its own, overlaps it, and what is left of the lines in it as voices in the next.
    """
    if last.speech is None:
        return last, ()
    sound = last.speech_start + rate.frames(last.speech.duration - early)
    frames = max(sound - start, rate.frames(0.2), *(c.start + c.frames for c in last.cues))
    if frames >= last.speech_start + rate.ceil(last.speech.duration):
        return last, ()
    going = [v for v in last.voices if v.start + rate.ceil(v.speech.duration) > frames]
    heard = tuple(replace(v, spills=True) if v in going else v for v in last.voices)
    rest = Voice(
        last.id, last.speaker, last.speech, last.speech_start - frames, last.delivery,
        last.layers,
    )  # fmt: skip
    own = () if last.off_screen else (rest,)
    left = (*own, *(replace(v, start=v.start - frames, spills=False) for v in going))
    return replace(last, frames=frames, spills=True, voices=heard), left
