"""What a person has changed in a plan, imposed on the plan as it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyberdirector.voice.contour import VOICED
from cyberdirector.voice.graph import FRAME_SECONDS, KokoroGraph
from cyberdirector.voice.line import LinePlan, plan_reading
from cyberdirector.voice.plan import Change, Plan

_SAME = 1e-4  # seconds, Hz or units: written values are rounded to more than this
_UNVOICED = 10.0  # Hz that the vocoder takes for noise
_SHORTEST_INSERT = 0.03  # seconds

Row = dict[str, Any]


def impose(
    graph: KokoroGraph, base: LinePlan, was: Sequence[Row], asked: Sequence[Row]
) -> LinePlan:
    """Return ``base`` with the rows that were asked for.

    Parameters
    ----------
    was, asked
        By sound: ``seconds``, ``f0``, ``energy``, ``gain``, ``tilt``; ``was`` are those of
        ``base``. What is the same stays as it is, to the last bit.
    """
    changes, gaps, inserts = _durations(base, was, asked)
    plan = base
    if any(change.frames or change.pauses for change in changes.values()):
        plan = plan_reading(graph, base.reading, base.voice, base.take, changes)
    pieces = [_with_curves(piece, was, asked) for piece in plan.pieces]
    return replace(
        base, pieces=tuple(pieces), gaps=tuple(gaps), inserts=base.inserts + tuple(inserts)
    )


def _durations(
    base: LinePlan, was: Sequence[Row], asked: Sequence[Row]
) -> tuple[dict[int, Change], list[float], list[tuple[int, float]]]:
    """Return the edits of durations: inside pieces, between pieces, where no pause was."""
    changes: dict[int, Change] = {}
    gaps = list(base.gaps)
    inserts: list[tuple[int, float]] = []
    for number, piece in enumerate(base.pieces):
        silences = piece.silences()
        frames: dict[int, float] = {}
        pauses: dict[int, int] = {}
        for index, sound in enumerate(piece.sounds):
            place = piece.first + index
            more = asked[place]["seconds"] - was[place]["seconds"]
            if abs(more) < _SAME or sound.space:
                continue
            count = more * piece.formant / FRAME_SECONDS
            if not sound.pause:
                frames[index] = count
            elif index == len(piece.sounds) - 1:
                if number < len(gaps):
                    gaps[number] = max(0.08, asked[place]["seconds"])
            elif index in silences:
                pauses[index] = max(1, silences[index] + round(count))
            elif asked[place]["seconds"] >= _SHORTEST_INSERT:
                inserts.append((place, asked[place]["seconds"]))
        if frames or pauses:
            changes[number] = Change(frames, {**silences, **pauses})
    return changes, gaps, inserts


def _with_curves(piece: Plan, was: Sequence[Row], asked: Sequence[Row]) -> Plan:
    """Return a piece with the points of F0 and energy, gains and tilts that were asked."""
    edges = piece.edges()
    f0, energy = piece.prosody.f0.copy(), piece.prosody.energy.copy()
    gain, tilt = piece.gain.copy(), piece.tilt.copy()
    for index, sound in enumerate(piece.sounds):
        before, after = was[piece.first + index], asked[piece.first + index]
        own = slice(int(edges[index]), int(edges[index + 1]))
        if not sound.pause and own.stop > own.start:
            if after["f0"] and not _same(before["f0"], after["f0"]):
                f0[own] = _voice(f0[own], after["f0"], before["f0"], piece.formant)
            if after["energy"] and not _same(before["energy"], after["energy"]):
                energy[own] = _points(after["energy"], own.stop - own.start)
        if abs(after["gain"] - before["gain"]) > _SAME:
            gain[index] = after["gain"]
        if abs(after["tilt"] - before["tilt"]) > _SAME:
            tilt[index] = after["tilt"]
    return replace(
        piece, prosody=replace(piece.prosody, f0=f0, energy=energy), gain=gain, tilt=tilt
    )


def _same(a: Sequence[float], b: Sequence[float]) -> bool:
    return len(a) == len(b) and all(abs(x - y) < _SAME for x, y in zip(a, b, strict=True))


def _points(values: Sequence[float], count: int) -> NDArray[np.float32]:
    """Return (count,) values through points that are spread evenly, ends included."""
    if len(values) == count:
        return np.asarray(values, np.float32)
    place = np.linspace(0.0, len(values) - 1.0, count)
    return np.interp(place, np.arange(len(values)), values).astype(np.float32)


def _voice(
    now: NDArray[np.float32], asked: Sequence[float], was: Sequence[float], formant: float
) -> NDArray[np.float32]:
    """Return F0 for the vocoder: asked Hz where voiced, noise where 0 was asked.

    Points that are as they were keep the model's own value.
    """
    count = len(now)
    nearest = np.round(np.linspace(0.0, len(asked) - 1.0, count)).astype(np.int64)
    points = np.asarray(asked, np.float64)
    voiced = points > 0
    if not voiced.any():
        return np.where(now > VOICED, _UNVOICED, now).astype(np.float32)
    logs = np.interp(np.arange(len(points)), np.flatnonzero(voiced), np.log(points[voiced]))
    place = np.linspace(0.0, len(points) - 1.0, count)
    hertz = np.exp(np.interp(place, np.arange(len(points)), logs)) / formant
    result = np.where(voiced[nearest], hertz, np.where(now > VOICED, _UNVOICED, now))
    if len(asked) == len(was) == count:
        kept = np.abs(points - np.asarray(was)) < _SAME
        result = np.where(kept, now, result)
    return result.astype(np.float32)
