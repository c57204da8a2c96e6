"""A user's own recording of a line → the same phones, words and melody as a spoken one.

The ear hears the recording, and the chain of classes that the text asks for is laid over what
it heard.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.errors import InputRefused
from cyberdirector.core.speech import SAMPLE_RATE, Speech
from cyberdirector.voice.assembly import CONTOUR_STEP, assemble
from cyberdirector.voice.ear.align import emissions, heard_as, lay_chain, segments_of
from cyberdirector.voice.ear.chain import Link, chain_of
from cyberdirector.voice.ear.edges import snap_plosives
from cyberdirector.voice.ear.hearing import Hearing, listen
from cyberdirector.voice.g2p import Reading, read_line
from cyberdirector.voice.notes import Note
from cyberdirector.voice.pitch import track_f0

_LONGEST = 120.0  # seconds
_MISFIT = 0.95  # nepers per frame by which free listening may beat the text (fits: 0.3-0.7)


def align_recording(
    audio: NDArray[np.float32], text: str, language: str | None = None, threads: int = 1
) -> Speech:
    """Return the speech of a recorded line.

    Parameters
    ----------
    audio
        (samples,) float32 mono at 24 kHz, the recording of ``text`` as it is.
    text
        What is said.
    language
        ``zh``, ``en`` or ``ja``; found from the characters when None.
    threads
        Threads of the network.

    Raises
    ------
    InputRefused
        ``recording-silent``, ``recording-length`` when audio and text cannot belong together.
    """
    return align_heard(audio, text, language, threads)[0]


def align_heard(
    audio: NDArray[np.float32], text: str, language: str | None = None, threads: int = 1
) -> tuple[Speech, Hearing, tuple[Note, ...]]:
    """Return the speech of a recorded line, what the ear heard, and remarks on the fit.

    Parameters and errors are those of :func:`align_recording`.
    """
    reading = read_line(text, language)
    audio = np.ascontiguousarray(audio, np.float32)
    _check(audio, reading)
    hearing = listen(audio, threads=threads)
    evidence = emissions(hearing.posteriors)
    links = chain_of(reading)
    spans = lay_chain(evidence, links)
    segments = snap_plosives(segments_of(reading, links, spans), hearing.mel)
    f0 = track_f0(audio, CONTOUR_STEP)
    speech = assemble(reading, audio, segments, f0)
    return speech, hearing, _fit(evidence, links, spans)


def _check(audio: NDArray[np.float32], reading: Reading) -> None:
    seconds = len(audio) / SAMPLE_RATE
    syllables = len({sound.syllable for sound in reading.sounds if sound.syllable >= 0})
    if not len(audio) or not np.isfinite(audio).all() or float(np.abs(audio).max()) < 1e-3:
        raise InputRefused(
            "recording-silent",
            "录音里没有声音；请检查麦克风后重录，或删去这个文件改用合成语音。",
            "the recording is silent; record it again, "
            "or delete the file to use a synthetic voice.",
        )
    if seconds > _LONGEST or seconds < 0.06 * syllables:
        raise InputRefused(
            "recording-length",
            f"录音长 {seconds:.1f} 秒，而台词有 {syllables} 个音节，二者对不上；"
            "请核对文件与台词。",
            f"the recording lasts {seconds:.1f} s but the line has {syllables} syllables; "
            "check that file and line belong together.",
        )


def _fit(
    evidence: NDArray[np.float64], links: list[Link], spans: list[tuple[int, int]]
) -> tuple[Note, ...]:
    """Remark on a recording that says something else than the text."""
    lack, frames = 0.0, 0
    for link, (first, last) in zip(links, spans, strict=True):
        if link.parts:
            heard = evidence[first:last]
            lack += float((heard.max(1) - heard_as(heard, link)).sum())
            frames += last - first
    if lack <= _MISFIT * max(frames, 1):
        return ()
    return (
        Note(
            "ear-misfit",
            "录音与台词似乎对不上；口型按台词排布，请核对文件与台词。",
            "the recording does not seem to say this text; lips follow the text, "
            "check that both belong together.",
        ),
    )
