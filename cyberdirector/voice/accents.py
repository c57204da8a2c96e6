"""Which syllables stand out: the accents on which brows rise, heads nod and hands stroke."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.speech import Phone

_VOWELS = frozenset(("AA", "AE", "AH", "EH", "IY", "OW", "UW", "YY"))
_STRESS = {0: 0.0, 1: 1.0, 2: 0.4}


@dataclass(frozen=True)
class Accent:
    """A syllable that stands out, by its index in the line, and how much (0..1)."""

    syllable: int
    prominence: float


def place_accents(
    accents: tuple[Accent, ...],
    phones: tuple[Phone, ...],
    syllables: tuple[int, ...],
    energy: NDArray[np.float32],
    step: float,
) -> tuple[tuple[float, float], ...]:
    """Return (time in s, prominence) of accents: the loudest step of the syllable's vowel."""
    placed = []
    for accent in accents:
        own = [p for p, s in zip(phones, syllables, strict=True) if s == accent.syllable]
        vowels = [phone for phone in own if phone.kind in _VOWELS] or own
        if not vowels:
            continue
        first, last = round(vowels[0].start / step), round(vowels[-1].end / step) + 1
        loud = energy[first:last]
        if len(loud):
            time = (first + int(np.argmax(loud))) * step
            placed.append((round(float(time), 4), accent.prominence))
    return tuple(placed)


def find_accents(
    phones: tuple[Phone, ...],
    syllables: tuple[int, ...],
    f0: NDArray[np.float32],
    energy: NDArray[np.float32],
    step: float,
) -> tuple[Accent, ...]:
    """Return the strongest syllable of each word.

    The prominence of a syllable is the sum of its z-scores in F0 peak (semitones above the
    falling line of the phrase), duration and level, with lexical stress and a fourth tone
    as small bonuses and a neutral tone as a loss; words below the middle of the line are
    left out.

    Parameters
    ----------
    phones, syllables
        Phones and, for each, the index of its syllable (-1: none).
    f0, energy
        (n,) Hz (0 unvoiced) and dB every ``step`` seconds.
    """
    rows = _syllable_rows(phones, syllables, f0, energy, step)
    if not rows:
        return ()
    table = np.array([row[:4] for row in rows])
    centre, pitch, length, loud = table.T
    if len(rows) > 2:
        pitch = pitch - np.polyval(np.polyfit(centre, pitch, 1), centre)
    score = _z(pitch) + 0.7 * _z(length) + 0.7 * _z(loud) + np.array([row[4] for row in rows])
    spread = float(np.ptp(score))
    prominence = (score - float(score.min())) / spread if spread else np.full(len(rows), 0.8)
    best: dict[int, int] = {}
    for index, row in enumerate(rows):
        word = int(row[5])
        if word not in best or prominence[index] > prominence[best[word]]:
            best[word] = index
    floor = float(np.median(prominence))
    return tuple(
        Accent(int(rows[i][6]), round(float(prominence[i]), 3))
        for i in sorted(best.values())
        if prominence[i] >= floor
    )


def _syllable_rows(
    phones: tuple[Phone, ...],
    syllables: tuple[int, ...],
    f0: NDArray[np.float32],
    energy: NDArray[np.float32],
    step: float,
) -> list[tuple[float, float, float, float, float, float, float]]:
    """Return per syllable: peak time, semitones, seconds, dB, bonus, word, its index."""
    members: dict[int, list[Phone]] = {}
    for phone, syllable in zip(phones, syllables, strict=True):
        if syllable >= 0:
            members.setdefault(syllable, []).append(phone)
    rows = []
    for number, group in members.items():
        vowels = [phone for phone in group if phone.kind in _VOWELS] or group
        first, last = round(vowels[0].start / step), round(vowels[-1].end / step) + 1
        pitch, loud = f0[first:last], energy[first:last]
        if not len(loud):
            continue
        voiced = pitch[pitch > 0]
        semitones = (
            12.0 * float(np.log2(np.percentile(voiced, 90) / 100.0)) if len(voiced) else 0.0
        )
        peak = (first + int(np.argmax(loud))) * step
        bonus = max(_STRESS.get(phone.stress, 0.0) for phone in group)
        bonus += {4: 0.3, 5: -1.0}.get(group[-1].tone, 0.0)
        rows.append(
            (
                peak,
                semitones,
                group[-1].end - group[0].start,
                float(loud.max()),
                bonus,
                float(group[0].word),
                float(number),
            )
        )
    return rows


def _z(values: NDArray[np.float64]) -> NDArray[np.float64]:
    deviation = float(values.std())
    return (values - values.mean()) / deviation if deviation > 1e-9 else np.zeros_like(values)
