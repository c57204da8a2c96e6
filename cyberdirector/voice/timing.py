"""Token frames → phones that sit on the sound.

The durations of the voice model run about 65 ms behind its own sound and let the last phone
before a pause swallow the silence. Here pauses are laid on real silence first; then every
edge between two pauses starts from the shifted token frames and moves by up to 70 ms to
where the spectrum changes as its two phones ask for (a Viterbi search over edges with a
table of band levels per phone class).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.speech import SAMPLE_RATE
from cyberdirector.voice.acoustics import STEP, band_levels, level, silence_level
from cyberdirector.voice.g2p.sounds import Sound

_REACH = 14  # frames of 5 ms that an edge may move either way
_SIGMA = 6.0  # frames, spread of the model's edges around the true ones
_SHORTEST = 4  # frames, no phone is shorter where there is room
_GAP = 0.06  # seconds, a shorter silence at a mark is no pause
_CLOSURE = 0.06  # seconds of silent closure that a stop after a pause owns
_WEIGHT = 0.25  # of a frame's spectral misfit against an edge's displacement
_TRUST_AT_END = 4.0  # the last phone before a pause is too soft to judge by its spectrum
_STOPS = ("p", "b", "t", "d", "k", "ɡ", "ʨ", "ʦ", "ꭧ", "ʤ", "ʧ", "ʣ", "ʥ")

# Level of each class in the bands of acoustics.BANDS, in dB relative to the 90th percentile
# of that band over the line; measured on the middle half of phones of the voice model.
_LEVELS: dict[str, tuple[int, int, int, int, int]] = {
    "AA": (-5, -1, -2, -7, -11),
    "AE": (-6, -1, 4, -3, -12),
    "AH": (-4, -6, -7, -10, -13),
    "BMP": (-37, -53, -56, -49, -49),
    "BMP.nasal": (-2, -19, -24, -26, -31),
    "CJ": (-45, -40, -20, -1, 5),
    "EH": (-4, -4, -2, -7, -8),
    "FV": (-31, -37, -22, -16, -4),
    "IY": (-3, -19, -7, -9, -12),
    "KG": (-44, -52, -53, -47, -47),
    "KG.nasal": (-3, -18, -21, -27, -26),
    "L": (-4, -15, -16, -18, -22),
    "OW": (-3, -2, -14, -11, -14),
    "R": (-5, -15, -12, -21, -20),
    "S": (-48, -39, -23, -2, 6),
    "S.vowel": (1, -10, -3, -7, -12),
    "SH": (-42, -31, -5, 4, 1),
    "SH.vowel": (0, -13, -3, -13, -15),
    "SIL": (-60, -60, -60, -60, -60),
    "TD": (-30, -42, -43, -43, -42),
    "TD.nasal": (-5, -23, -20, -25, -26),
    "TH": (-30, -35, -29, -25, -22),
    "UW": (-3, -11, -19, -15, -19),
    "W": (-8, -18, -28, -30, -29),
    "Y": (-6, -20, -9, -11, -14),
    "YY": (-10, -27, -17, -24, -21),
    "breath": (-33, -19, -12, -7, -10),
}
_SPREAD = np.array([9.0, 8.0, 8.0, 8.0, 8.0])


@dataclass(frozen=True)
class Segment:
    """A phone with provisional or final times in seconds; ``sound`` indexes the sounds."""

    kind: str
    sound: int
    start: float
    end: float
    symbol: str = ""


def label_segments(
    sounds: tuple[Sound, ...], bounds: NDArray[np.float64], lead: float
) -> list[Segment]:
    """Return phones from token times ``bounds`` (len(sounds) + 1,) moved ``lead`` s earlier.

    Spaces give their time to the sound before them; a sound with several parts is split by
    their shares.
    """
    segments: list[Segment] = []
    for index, sound in enumerate(sounds):
        start, end = bounds[index] - lead, bounds[index + 1] - lead
        if index + 1 < len(sounds) and sounds[index + 1].space:
            end = bounds[index + 2] - lead
        first, whole = start, end - start
        for kind, share in sound.parts:
            stop = first + share * whole
            segments.append(Segment(kind, index, float(first), float(stop), sound.symbols))
            first = stop
    return segments


@dataclass(frozen=True)
class Spectrum:
    """How loud a sound is, every 5 ms.

    Attributes
    ----------
    levels
        (n,) float32 dB, of all of it.
    bands
        (n, 5) float32 dB, of each of :data:`~.acoustics.BANDS`.
    seconds
        Its length.
    """

    levels: NDArray[np.float32]
    bands: NDArray[np.float32]
    seconds: float


def place_segments(
    segments: list[Segment], audio: NDArray[np.float32], trust: float = 2.0
) -> list[Segment]:
    """Return the phones with their edges on the sound (samples,) float32 of the same piece.

    See :func:`place_on`.
    """
    spectrum = Spectrum(level(audio, STEP), band_levels(audio), len(audio) / SAMPLE_RATE)
    return place_on(segments, spectrum, trust)


def place_on(segments: list[Segment], heard: Spectrum, trust: float = 2.0) -> list[Segment]:
    """Return the phones with their edges where the spectrum changes, pauses on silence.

    Parameters
    ----------
    segments
        From :func:`label_segments`, in order; ``SIL`` only where there are marks. Silence
        at both ends of the audio is added, marks without audible silence are dropped.
    heard
        The sound of the same piece.
    trust
        How much the given edges count against the spectrum; 2 suits the voice model.
    """
    silent = heard.levels < silence_level(heard.levels)
    if silent.all():
        return segments
    first, last = int(np.argmin(silent)), len(silent) - int(np.argmin(silent[::-1]))
    groups, gaps = _split_at_pauses(segments, silent, first, last)
    features = _features(heard.bands, ~silent)
    placed: list[Segment] = []
    place = 0.0
    for group, (begin, end) in zip(groups, _spans(first, last, gaps), strict=True):
        edges = _settle(group, begin, end, features, trust) * STEP
        if group[0].symbol.startswith(_STOPS):
            edges[0] -= min(_CLOSURE, (edges[0] - place) * 0.5)
        if edges[0] > place:
            placed.append(Segment("SIL", -1, place, float(edges[0])))
        for segment, (start, stop) in zip(group, pairwise(edges), strict=True):
            placed.append(replace(segment, start=float(start), end=float(stop)))
        place = float(edges[-1])
    if heard.seconds > place:
        placed.append(Segment("SIL", -1, place, heard.seconds))
    return placed


def _split_at_pauses(
    segments: list[Segment], silent: NDArray[np.bool_], first: int, last: int
) -> tuple[list[list[Segment]], list[tuple[int, int]]]:
    """Return groups of phones and the silent runs (frames, half-open) between them."""
    edges = np.flatnonzero(np.diff(silent.astype(np.int8))) + 1
    runs = [
        (int(a), int(b))
        for a, b in pairwise(edges)
        if silent[a] and first < a and b < last and (b - a) * STEP >= _GAP
    ]
    groups: list[list[Segment]] = [[]]
    gaps: list[tuple[int, int]] = []
    for segment in segments:
        if segment.kind != "SIL":
            groups[-1].append(segment)
            continue
        run = _best_run(runs, segment, groups[-1], gaps)
        if run and groups[-1]:
            gaps.append(run)
            groups.append([])
    if not groups[-1]:
        groups.pop()
        if len(gaps) == len(groups):
            gaps.pop()
    return groups, gaps


def _best_run(
    runs: list[tuple[int, int]],
    pause: Segment,
    group: list[Segment],
    gaps: list[tuple[int, int]],
) -> tuple[int, int] | None:
    """Return the longest silent run near a mark that is not yet used."""
    if not group:
        return None
    earliest = max(group[-1].start / STEP - 6, gaps[-1][1] if gaps else 0)
    latest = pause.end / STEP + 20
    near = [run for run in runs if run[0] >= earliest and run[0] < latest]
    return max(near, key=lambda run: run[1] - run[0]) if near else None


def _spans(first: int, last: int, gaps: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the spoken frames between the silent runs."""
    starts = [first, *(end for _, end in gaps)]
    ends = [*(start for start, _ in gaps), last]
    return list(zip(starts, ends, strict=True))


def _features(levels: NDArray[np.float32], loud: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return (n, 5) band levels in dB relative to each band's 90th percentile.

    Where a line sinks, half of what the loudest frame within 150 ms lacks is given back.
    """
    from scipy.ndimage import maximum_filter1d

    bands = levels.astype(np.float64)
    top = np.percentile(bands[loud[: len(bands)]], 90, axis=0)
    whole = 10.0 * np.log10((10.0 ** (bands / 10.0)).sum(1))
    near = maximum_filter1d(whole, 61)
    lack = np.clip(np.percentile(whole[loud[: len(whole)]], 90) - near, 0.0, 20.0)
    return np.maximum(bands - top + 0.5 * lack[:, None], -60.0)


def sort_of(kind: str, symbol: str) -> str:
    """Return the acoustic sort of a phone: its class, nasals and apical vowels told apart."""
    head = symbol[:1] or " "
    if head in "mnŋɲɴ" and kind in ("BMP", "TD", "KG"):
        return kind + ".nasal"
    if head == "ɨ" and kind in ("S", "SH"):
        return kind + ".vowel"
    if head in "ʰh" or (kind == "KG" and head in "xç"):
        return "breath"
    return kind


def _misfit(features: NDArray[np.float64], sort: str) -> NDArray[np.float64]:
    """Return the running sum (n + 1,) of the misfit of frames to an acoustic sort."""
    target = np.array(_LEVELS[sort])
    cost = np.minimum(((features - target) / _SPREAD) ** 2, 9.0).mean(1)
    return np.concatenate([[0.0], np.cumsum(_WEIGHT * cost)])


def _settle(
    group: list[Segment],
    begin: int,
    end: int,
    features: NDArray[np.float64],
    trust: float,
) -> NDArray[np.float64]:
    """Return (len(group) + 1,) edges in frames between the fixed ends ``begin``, ``end``."""
    count = len(group)
    shortest = min(float(_SHORTEST), (end - begin) / (count + 1))
    prior = np.array([segment.start / STEP for segment in group[1:]])
    room = shortest * np.arange(1, count)
    prior = np.clip(prior, begin + room, end - room[::-1])
    if count == 1:
        return np.array([begin, end], np.float64)
    offsets = np.arange(-_REACH, _REACH + 1)
    sums = [_misfit(features[begin:end], sort_of(s.kind, s.symbol)) for s in group]
    places = np.clip(np.round(prior[:, None] + offsets), begin, end).astype(np.int64) - begin
    penalty = 0.5 * trust * (offsets / _SIGMA) ** 2
    last_penalty = _TRUST_AT_END * penalty
    cost = sums[0][places[0]] + (last_penalty if count == 2 else penalty)
    cost = np.where(places[0] < shortest, np.inf, cost)
    back = []
    for index in range(1, count - 1):
        sum_here = sums[index]
        length = places[index][None] - places[index - 1][:, None]
        step = sum_here[places[index]][None] - sum_here[places[index - 1]][:, None]
        total = cost[:, None] + np.where(length < int(shortest), np.inf, step)
        best = np.argmin(total, axis=0)
        back.append(best)
        cost = total[best, np.arange(len(offsets))]
        cost += last_penalty if index == count - 2 else penalty
    sum_last = sums[-1]
    tail = end - begin - places[-1]
    cost = cost + np.where(
        tail < int(shortest), np.inf, sum_last[end - begin] - sum_last[places[-1]]
    )
    if not np.isfinite(cost).any():
        return np.concatenate([[begin], prior, [end]])
    choice = [int(np.argmin(cost))]
    for best in reversed(back):
        choice.append(int(best[choice[-1]]))
    picked = [int(places[i][c]) for i, c in enumerate(reversed(choice))]
    return np.array([begin, *(begin + p for p in picked), end], np.float64)
