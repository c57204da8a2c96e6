"""A planned line → sound with placed phones, or its outline before there is any sound."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.speech import SAMPLE_RATE
from cyberdirector.voice.acoustics import (
    even_out,
    limit,
    resample,
    speech_rms,
    tilt,
    without_hum,
)
from cyberdirector.voice.assembly import CONTOUR_STEP
from cyberdirector.voice.breath import add_breaths
from cyberdirector.voice.graph import KokoroGraph
from cyberdirector.voice.line import LinePlan
from cyberdirector.voice.plan import LABEL_LEAD, Plan
from cyberdirector.voice.timing import Segment, label_segments, place_segments

SPEECH_LEVEL = -21.0
"""RMS level of neutral speech in dB re full scale (pauses not counted)."""

_HEAD, _TAIL = 0.05, 0.12  # seconds of silence left before and after a line
_GRID = round(CONTOUR_STEP * SAMPLE_RATE)
_TILT_STEP = 1.0  # dB per kHz between the filtered versions that are blended
_LEVEL_AT_REST, _LEVEL_SLOPE = -52.0, 4.1  # dB at effort 0 and per unit (see `predict_level`)


@dataclass(frozen=True)
class Sounded:
    """A line in time.

    Attributes
    ----------
    audio
        (samples,) float32 at 24 kHz; silence in an outline.
    segments
        Spoken phones in order.
    f0
        (n,) float32 Hz every 10 ms, 0 where unvoiced.
    effort
        (n,) float32, the model's own voice effort every 10 ms.
    """

    audio: NDArray[np.float32]
    segments: list[Segment]
    f0: NDArray[np.float32]
    effort: NDArray[np.float32]


def sound_line(graph: KokoroGraph, plan: LinePlan) -> Sounded:
    """Sound a line: raw audio, before level, brightness and breaths."""
    pieces = [_sound_piece(graph, piece, plan) for piece in plan.pieces]
    return _join(pieces, plan)


def outline_line(plan: LinePlan) -> Sounded:
    """Place the phones of a line where its plan says that they will be heard."""
    return _join([_outline_piece(piece, plan) for piece in plan.pieces], plan)


def finish(plan: LinePlan, sounded: Sounded) -> NDArray[np.float32]:
    """Bring a line to its level and brightness, add its breaths; peaks stay below 0.95."""
    audio = without_hum(sounded.audio) if plan.take.delivery == "whisper" else sounded.audio
    audio = even_out(audio)
    slopes = _along(plan, sounded, [piece.tilt for piece in plan.pieces])
    audio = _tilted(audio, slopes)
    rms = speech_rms(audio)
    gains = SPEECH_LEVEL + _along(plan, sounded, [piece.gain for piece in plan.pieces])
    gain = 10.0 ** (_stretch(gains, len(audio)) / 20.0) / max(rms, 1e-6)
    audio = add_breaths((audio * gain).astype(np.float32), plan, sounded.segments)
    return limit(audio)


def predict_level(plan: LinePlan, sounded: Sounded) -> NDArray[np.float32]:
    """Return (n,) float32 dB every 10 ms that an outline will have when it sounds.

    A line through level against the model's effort 10 ms later, fitted on twelve lines of
    four voices (correlation 0.87); silence is −100.
    """
    gains = _along(plan, sounded, [piece.gain for piece in plan.pieces])
    effort = np.append(sounded.effort[1:], sounded.effort[-1:])
    levels = _LEVEL_AT_REST + _LEVEL_SLOPE * effort + gains
    spoken = np.zeros(len(levels), bool)
    for segment in sounded.segments:
        spoken[round(segment.start / CONTOUR_STEP) : round(segment.end / CONTOUR_STEP)] = True
    return np.where(spoken, np.minimum(levels, -6.0), -100.0).astype(np.float32)


def _sound_piece(graph: KokoroGraph, plan: Plan, line: LinePlan) -> Sounded:
    audio = resample(graph.sound(plan.prosody, plan.style), plan.formant)
    labels = label_segments(plan.sounds, plan.bounds, LABEL_LEAD / plan.formant)
    placed = _in_line(place_segments(labels, audio), plan.first)
    return _insert_silences(_contours(audio, placed, plan), line)


def _outline_piece(plan: Plan, line: LinePlan) -> Sounded:
    seconds = (plan.edges() * plan.step).astype(np.float64)
    audio = np.zeros(round(len(plan.prosody.energy) * plan.step * SAMPLE_RATE), np.float32)
    labels = label_segments(plan.sounds, seconds, 0.0)
    placed = _in_line([s for s in labels if s.end > s.start], plan.first)
    return _insert_silences(_contours(audio, placed, plan), line)


def _in_line(segments: list[Segment], first: int) -> list[Segment]:
    return [
        replace(segment, sound=segment.sound + first if segment.sound >= 0 else -1)
        for segment in segments
    ]


def _contours(audio: NDArray[np.float32], placed: list[Segment], plan: Plan) -> Sounded:
    """Return a piece with its contours every 10 ms.

    The sound runs half a step (6 ms) ahead of the middle of each value: value k is heard
    at ``k * step`` (best lag between Praat's F0 and the plan's on four voices).
    """
    place = np.arange(0.0, len(audio) / SAMPLE_RATE, CONTOUR_STEP) / plan.step
    place = np.minimum(place, len(plan.f0) - 1.0)
    before = place.astype(np.int64)
    after = np.minimum(before + 1, len(plan.f0) - 1)
    share = place - before
    a, b = plan.f0[before], plan.f0[after]
    f0 = np.where((a > 0) & (b > 0), (1.0 - share) * a + share * b, np.where(share < 0.5, a, b))
    spoken = [segment for segment in placed if segment.kind != "SIL"]
    effort = plan.prosody.energy[np.where(share < 0.5, before, after)]
    return Sounded(audio, spoken, f0.astype(np.float32), effort)


def _insert_silences(piece: Sounded, line: LinePlan) -> Sounded:
    """Cut silence in after the sounds that a person wants followed by a pause."""
    for sound, seconds in line.inserts:
        before = [i for i, s in enumerate(piece.segments) if s.sound < sound]
        if not before or len(before) == len(piece.segments):
            continue
        step = round(piece.segments[before[-1]].end / CONTOUR_STEP)
        count = round(seconds / CONTOUR_STEP)
        at = min(step * _GRID, len(piece.audio))
        head, tail = piece.audio[:at].copy(), piece.audio[at:].copy()
        fade = np.linspace(0.0, 1.0, min(192, len(head), len(tail)), dtype=np.float32)
        head[len(head) - len(fade) :] *= fade[::-1]
        tail[: len(fade)] *= fade
        audio = np.concatenate([head, np.zeros(count * _GRID, np.float32), tail])
        segments = [
            s if i in before else replace(s, start=s.start + count * CONTOUR_STEP,
                                          end=s.end + count * CONTOUR_STEP)
            for i, s in enumerate(piece.segments)
        ]  # fmt: skip
        piece = Sounded(
            audio,
            segments,
            np.insert(piece.f0, step, np.zeros(count, np.float32)),
            np.insert(piece.effort, step, np.zeros(count, np.float32)),
        )
    return piece


def _join(pieces: list[Sounded], plan: LinePlan) -> Sounded:
    """Trim each piece to its speech and put silences between them."""
    audio: list[NDArray[np.float32]] = []
    f0: list[NDArray[np.float32]] = []
    effort: list[NDArray[np.float32]] = []
    segments: list[Segment] = []
    time = 0.0
    for index, piece in enumerate(pieces):
        spoken = piece.segments
        head = _head(plan) if index == 0 else 0.02
        tail = _TAIL if index == len(pieces) - 1 else 0.05
        start = int(np.floor((spoken[0].start - head) * SAMPLE_RATE / _GRID) * _GRID)
        stop = int(np.ceil((spoken[-1].end + tail) * SAMPLE_RATE / _GRID) * _GRID)
        shift = time - start / SAMPLE_RATE
        segments += [replace(s, start=s.start + shift, end=s.end + shift) for s in spoken]
        audio.append(_window(piece.audio, start, stop))
        f0.append(_steps(piece.f0, start, stop))
        effort.append(_steps(piece.effort, start, stop))
        time += (stop - start) / SAMPLE_RATE
        if index < len(plan.gaps):
            count = max(1, round((plan.gaps[index] - 0.07) / CONTOUR_STEP))
            audio.append(np.zeros(count * _GRID, np.float32))
            f0.append(np.zeros(count, np.float32))
            effort.append(np.zeros(count, np.float32))
            time += count * CONTOUR_STEP
    return Sounded(np.concatenate(audio), segments, np.concatenate(f0), np.concatenate(effort))


def _head(plan: LinePlan) -> float:
    """Return the silence before a line; a first breath needs time of its own."""
    first = [b for b in plan.breaths if b.before <= plan.pieces[0].first]
    return _HEAD + (first[0].seconds + 0.05 if first else 0.0)


def _steps(values: NDArray[np.float32], start: int, stop: int) -> NDArray[np.float32]:
    steps = np.arange(start // _GRID, stop // _GRID)
    inside = (steps >= 0) & (steps < len(values))
    found = values[np.clip(steps, 0, len(values) - 1)]
    return np.where(inside, found, 0.0).astype(np.float32)


def _window(audio: NDArray[np.float32], start: int, stop: int) -> NDArray[np.float32]:
    """Return ``audio[start:stop]``, zeros outside, with 5 ms fades at the cuts."""
    result = np.zeros(stop - start, np.float32)
    first, last = max(start, 0), min(stop, len(audio))
    result[first - start : last - start] = audio[first:last]
    fade = np.linspace(0.0, 1.0, 120, dtype=np.float32)
    result[:120] *= fade
    result[-120:] *= fade[::-1]
    return result


def _along(
    plan: LinePlan, sounded: Sounded, values: list[NDArray[np.float64]]
) -> NDArray[np.float64]:
    """Return (n,) a value per sound as a curve over time every 10 ms."""
    table = {
        piece.first + index: float(value)
        for piece, row in zip(plan.pieces, values, strict=True)
        for index, value in enumerate(row)
    }
    middles = [0.5 * (s.start + s.end) for s in sounded.segments]
    at = [table.get(s.sound, 0.0) for s in sounded.segments]
    return np.interp(np.arange(len(sounded.f0)) * CONTOUR_STEP, middles, at)


def _stretch(values: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """Return (count,) samples of a curve that is given every 10 ms."""
    return np.interp(np.arange(count) / _GRID, np.arange(len(values)), values)


def _tilted(audio: NDArray[np.float32], slopes: NDArray[np.float64]) -> NDArray[np.float32]:
    """Tilt the spectrum by slopes (n,) in dB per kHz every 10 ms."""
    low, high = float(slopes.min()), float(slopes.max())
    if high - low < 0.05:
        return tilt(audio, float(np.mean([low, high])))
    count = 2 + int((high - low) / _TILT_STEP)
    grid = np.linspace(low, high, count)
    place = _stretch((slopes - low) / (high - low) * (count - 1), len(audio))
    result = np.zeros(len(audio), np.float32)
    for index, slope in enumerate(grid):
        weight = np.clip(1.0 - np.abs(place - index), 0.0, 1.0).astype(np.float32)
        result += weight * tilt(audio, float(slope))
    return result
