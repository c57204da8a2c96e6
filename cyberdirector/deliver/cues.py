"""Subtitle cues: the ``.srt`` beside the film and the soft track inside it."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from cyberdirector.core.files import write_bytes
from cyberdirector.core.time import Rate

_STYLE = """[Script Info]
ScriptType: v4.00+
[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, \
Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, \
Shadow, Alignment, MarginL, MarginR, MarginV, Encoding
Style: Default,Sans,16,&Hffffff,&Hffffff,&H0,&H0,0,0,0,0,100,100,0,0,1,1,0,2,10,10,10,1
[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""


@dataclass(frozen=True)
class Cue:
    """Words to read over frames ``start:end`` (half-open)."""

    start: int
    end: int
    text: str
    speaker: str = ""


def _one_line(text: str) -> str:
    return " ".join(text.split())


def write_srt(path: Path, cues: Sequence[Cue], rate: Rate, speakers: bool = False) -> None:
    """Write cues as SubRip, UTF-8, in one step.

    Parameters
    ----------
    path
        File to write.
    cues
        In any order; empty ones are left out.
    rate
        Frames per second.
    speakers
        Whether to begin each cue with the speaker's name.
    """
    import pysubs2

    file = pysubs2.SSAFile()
    for cue in sorted(cues, key=lambda c: (c.start, c.end)):
        text = _one_line(cue.text)
        if cue.end <= cue.start or not text:
            continue
        if speakers and cue.speaker:
            text = f"{cue.speaker}：{text}"
        # Braces and back-slashes would be read as ASS tags: full-width ones look the same.
        text = text.replace("{", "｛").replace("}", "｝").replace("\\", "＼")
        start, end = (round(1000 * rate.seconds(n)) for n in (cue.start, cue.end))
        file.append(pysubs2.SSAEvent(start=start, end=end, text=text))
    write_bytes(path, file.to_string("srt").encode("utf-8"))


def add_track(container: Any, language: str) -> Any:
    """Add a mov_text track to an MP4 that is being written and return its stream."""
    stream = container.add_stream("mov_text")
    stream.codec_context.subtitle_header = _STYLE.encode()
    stream.time_base = Fraction(1, 1000)
    names = {"zh": "zho", "en": "eng", "ja": "jpn"}
    stream.metadata["language"] = names.get(language, "und")
    return stream


def track_packets(cues: Sequence[Cue], rate: Rate, stream: Any) -> list[tuple[int, Any]]:
    """Return (frame, packet) of a mov_text track; gaps hold empty samples (ISO 14496-30)."""
    import av

    spans: list[tuple[int, int, str]] = []
    now = 0
    for cue in sorted(cues, key=lambda c: (c.start, c.end)):
        start, text = max(cue.start, now), _one_line(cue.text)
        if cue.end <= start or not text:
            continue
        if start > now:
            spans.append((now, start, ""))
        spans.append((start, cue.end, text))
        now = cue.end
    packets = []
    for start, end, text in spans:
        data = text.encode()[:65_000]
        packet = av.Packet(struct.pack(">H", len(data)) + data)
        packet.pts = packet.dts = round(1000 * rate.seconds(start))
        packet.duration = round(1000 * rate.seconds(end)) - packet.pts
        packet.time_base = Fraction(1, 1000)
        packet.stream = stream
        packets.append((start, packet))
    return packets
