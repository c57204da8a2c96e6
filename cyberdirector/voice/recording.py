"""A user's own recording of a line → the same phones, words and melody as a spoken one.

The line is spoken by the voice model, whose phones are known, and the two are laid over each
other by dynamic time warping on mel spectra; the phone edges carried over are then settled on
the recording like those of synthetic speech.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.errors import InputRefused
from cyberdirector.core.speech import SAMPLE_RATE, Speech
from cyberdirector.voice.acoustics import frames_of, level, silence_level
from cyberdirector.voice.emotion import Colour
from cyberdirector.voice.g2p import Reading, read_line
from cyberdirector.voice.pitch import track_f0
from cyberdirector.voice.profile import VoiceProfile, fit_to_packs, load_voices
from cyberdirector.voice.synthesis import CONTOUR_STEP, assemble, utter
from cyberdirector.voice.timing import Segment, place_segments

_MELS = 32
_STEP = 0.01
_LONGEST = 120.0  # seconds
_QUIET = 8  # frames of a pause that take part in the warping


def align_recording(
    audio: NDArray[np.float32], text: str, language: str | None = None, threads: int = 2
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

    Raises
    ------
    InputRefused
        ``recording-silent``, ``recording-length`` when audio and text cannot belong together.
    """
    reading = read_line(text, language)
    audio = np.ascontiguousarray(audio, np.float32)
    _check(audio, reading)
    f0 = track_f0(audio, CONTOUR_STEP)
    model, segments, _ = utter(reading, _reader(f0), Colour(), threads=threads)
    times = warp_times(model, audio)
    carried = [
        replace(s, start=_carry(times, s.start), end=_carry(times, s.end))
        for s in _with_marks(reading, segments)
    ]
    placed = place_segments(carried, audio, trust=3.0)
    return assemble(reading, audio, [s for s in placed if s.kind != "SIL"], f0)


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


def _reader(f0: NDArray[np.float32]) -> VoiceProfile:
    """Choose the plain voice whose register is nearest to the recording's."""
    voiced = f0[f0 > 0]
    sex = "female" if len(voiced) and float(np.median(voiced)) > 165.0 else "male"
    return fit_to_packs(next(voice for voice in load_voices() if voice.sex == sex))


def _with_marks(reading: Reading, segments: list[Segment]) -> list[Segment]:
    """Put a silence of no length back at every mark, where the recording may pause."""
    spoken = sorted(segments, key=lambda s: s.start)
    result: list[Segment] = []
    marks = [i for i, sound in enumerate(reading.sounds) if sound.pause]
    for segment in spoken:
        while marks and marks[0] < segment.sound:
            end = result[-1].end if result else segment.start
            result.append(Segment("SIL", marks.pop(0), end, segment.start))
        result.append(segment)
    return result


def warp_times(
    model: NDArray[np.float32], recording: NDArray[np.float32]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return matching times (n,), (n,) in seconds of ``model`` and ``recording``.

    Long pauses are shortened in both before the warping; the local speed may differ by a
    factor of two either way from the mean.
    """
    a, index_a = _mel_frames(model)
    b, index_b = _mel_frames(recording)
    stretch = np.linspace(0, len(a) - 1, len(b)).round().astype(np.int64)
    path_a, path_b = _warp(a[stretch], b)
    at_a = index_a[stretch[path_a]].astype(np.float64) * _STEP
    return at_a, index_b[path_b].astype(np.float64) * _STEP


def _mel_frames(audio: NDArray[np.float32]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return normalised mel features and the frame number of each (speech and short pauses)."""
    spectrum = np.abs(np.fft.rfft(frames_of(audio, _STEP) * np.hanning(480), 512)) ** 2
    mel = np.log(spectrum @ _mel_filters().T + 1e-7)
    levels = level(audio, _STEP)[: len(mel)]
    loud = levels > silence_level(levels)
    keep = np.zeros(len(mel), bool)
    quiet = 0
    first, last = int(np.argmax(loud)), len(loud) - int(np.argmax(loud[::-1]))
    for index in range(first, last):
        quiet = 0 if loud[index] else quiet + 1
        keep[index] = quiet <= _QUIET
    kept = np.flatnonzero(keep).astype(np.int64)
    mean, spread = mel[loud].mean(0), mel[loud].std(0) + 0.3
    shape = np.clip((mel[kept] - mean) / spread, -3.0, 3.0).astype(np.float64)
    change = np.diff(shape, axis=0, prepend=shape[:1])
    change = 0.5 * (change + np.roll(change, -1, axis=0))
    return np.concatenate([shape, 2.0 * change], axis=1), kept


def _mel_filters() -> NDArray[np.float64]:
    """Return (32, 257) triangular filters, 80..8000 Hz on the mel scale."""
    edges = 2595.0 * np.log10(1.0 + np.array([80.0, 8000.0]) / 700.0)
    points = 700.0 * (10.0 ** (np.linspace(edges[0], edges[1], _MELS + 2) / 2595.0) - 1.0)
    frequency = np.fft.rfftfreq(512, 1.0 / SAMPLE_RATE)
    rising = (frequency - points[:-2, None]) / (points[1:-1] - points[:-2])[:, None]
    falling = (points[2:, None] - frequency) / (points[2:] - points[1:-1])[:, None]
    return np.clip(np.minimum(rising, falling), 0.0, None)


def _warp(
    a: NDArray[np.float64], b: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the cheapest path through two feature sequences, steps (1,1), (1,2), (2,1)."""
    squares = (a**2).sum(1)[:, None] + (b**2).sum(1)[None] - 2.0 * a @ b.T
    cost = np.sqrt(np.maximum(squares, 0.0) / a.shape[1])
    rows, columns = cost.shape
    total = np.full((rows, columns), np.inf)
    step = np.zeros((rows, columns), np.int8)
    edge = min(rows, columns, 20)  # the ends may be free by 0.2 s
    total[0, :edge] = cost[0, :edge]
    total[:edge, 0] = cost[:edge, 0]
    for row in range(1, rows):
        here = cost[row]
        options = np.full((3, columns), np.inf)
        options[0, 1:] = total[row - 1, :-1] + 1.4 * here[1:]
        options[1, 2:] = total[row - 1, :-2] + here[2:] + here[1:-1]
        if row > 1:
            options[2, 1:] = total[row - 2, :-1] + here[1:] + cost[row - 1, 1:]
        best = np.argmin(options, axis=0)
        reached = options[best, np.arange(columns)]
        better = reached < total[row]
        total[row] = np.where(better, reached, total[row])
        step[row] = np.where(better, best + 1, 0)
    return _trace(total, step, edge)


def _trace(
    total: NDArray[np.float64], step: NDArray[np.int8], edge: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    rows, columns = total.shape
    ends = [(rows - 1, c) for c in range(columns - edge, columns)]
    ends += [(r, columns - 1) for r in range(rows - edge, rows)]
    row, column = min(ends, key=lambda end: total[end] / (end[0] + end[1] + 1))
    path = [(rows - 1, columns - 1), (row, column)]
    moves = {1: (1, 1), 2: (1, 2), 3: (2, 1)}
    while step[row, column]:
        down, right = moves[int(step[row, column])]
        row, column = row - down, column - right
        path.append((row, column))
    path.append((0, 0))
    points = np.array(sorted(set(path)), np.int64)
    return points[:, 0], points[:, 1]


def _carry(times: tuple[NDArray[np.float64], NDArray[np.float64]], time: float) -> float:
    """Carry a time of the model over to the recording."""
    return float(np.interp(time, times[0], times[1]))
