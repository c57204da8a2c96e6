"""The plan of a piece: which sound when, how high, with how much effort, before it sounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from cyberdirector.voice.contour import (
    SILENT,
    VOICED,
    emphasise,
    raise_end,
    shape_f0,
    sounded_range,
    vary,
)
from cyberdirector.voice.curve import EmotionCurve, colours_at
from cyberdirector.voice.emotion import Colour
from cyberdirector.voice.g2p.sounds import Sound
from cyberdirector.voice.graph import FRAME_SECONDS, Encoded, KokoroGraph, Prosody
from cyberdirector.voice.pauses import pause_columns, pause_runs, silent_runs
from cyberdirector.voice.profile import VoiceProfile
from cyberdirector.voice.styles import style_row, tokens_of

LABEL_LEAD = 0.065
"""Seconds by which the sound comes before its token frames (measured on strident onsets,
offsets and hand labels of three languages)."""

_LEAD_STEPS = 5  # LABEL_LEAD in steps of 12.5 ms of the model's own time
_CLOSURE_STEPS = 4  # silent closure that a stop after a pause owns
_FADE_STEPS = 4  # the end of a phrase is below hearing before the effort is
_HISS_STEPS = 3  # fricatives begin earlier still than the label lead says
_HISSES = ("s", "ʂ", "ɕ", "ʃ", "x", "f", "h", "θ", "ç", "ɸ")
_STOPS = ("p", "b", "t", "d", "k", "ɡ", "ʨ", "ʦ", "ꭧ", "ʤ", "ʧ", "ʣ", "ʥ")
_REGISTER = 0.5  # of the rise of a Mandarin question, on the phrase as a whole
_ASKED = 0.6  # of a stressed word's lift, on a question word
_STRESSED = 1.15  # factor on the length of an emphasised word
_WHISPER = 8.0  # Hz: below the voicing threshold the vocoder's source is noise


@dataclass(frozen=True)
class Take:
    """What is the same for all pieces of a line.

    Attributes
    ----------
    shading
        Emotion along the line, or one colour for all of it.
    delivery, pace, seed
        As in :func:`cyberdirector.voice.synthesis.speak`.
    """

    shading: EmotionCurve | Colour = field(default_factory=Colour)
    delivery: str = ""
    pace: float = 1.0
    seed: int = 0


@dataclass(frozen=True)
class Change:
    """An edit of a piece: frames to add per sound, and the frames of silence at pauses."""

    frames: Mapping[int, float] = field(default_factory=dict)
    pauses: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """A piece of a line, ready for the vocoder; change it with ``dataclasses.replace``.

    Attributes
    ----------
    sounds
        The sounds of the piece, pauses and spaces included.
    bounds
        (len(sounds) + 1,) float64 seconds: where the token frames of each sound start and
        the last one ends, in the time of the finished audio.
    prosody
        F0 (Hz, 2 per frame), energy and features as the vocoder will get them.
    style
        (1, 256) float32.
    formant
        The audio is to be resampled by this factor; F0 and durations allow for it.
    gain, tilt
        (len(sounds),) float64: dB, and dB per kHz, of the emotion at each sound.
    first
        Index of the first sound in the line.
    """

    sounds: tuple[Sound, ...]
    bounds: NDArray[np.float64]
    prosody: Prosody
    style: NDArray[np.float32]
    formant: float
    gain: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    tilt: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    first: int = 0

    @property
    def step(self) -> float:
        """Seconds of finished audio per value of F0 and energy."""
        return FRAME_SECONDS / 2.0 / self.formant

    @property
    def f0(self) -> NDArray[np.float32]:
        """F0 as it will sound, in Hz every :attr:`step`, 0 where unvoiced."""
        f0 = self.prosody.f0 * self.formant
        return np.where(self.prosody.f0 > VOICED, f0, 0.0).astype(np.float32)

    def silences(self) -> dict[int, int]:
        """Return the frames of silence at each pause inside the piece that is heard."""
        frames = np.round(self.bounds * self.formant / FRAME_SECONDS).astype(np.int64)
        runs = silent_runs(self.prosody.energy)
        found = pause_runs(runs, len(self.prosody.energy) // 2, self.sounds, frames)
        return {index: runs[number][1] - runs[number][0] for index, number in found.items()}

    def edges(self) -> NDArray[np.int64]:
        """Return (len(sounds) + 1,) int64: where each sound is heard, in steps.

        Token frames are moved :data:`LABEL_LEAD` earlier, pauses are laid on the silence
        that the energy shows; a space is empty, its time goes to the sound before it.
        """
        frames = np.round(self.bounds * self.formant / FRAME_SECONDS).astype(np.int64)
        count = len(self.prosody.energy)
        edges = np.clip(2 * frames - _LEAD_STEPS, 0, count)
        runs = silent_runs(self.prosody.energy)
        fixed: dict[int, int] = {}
        if runs and runs[0][0] == 0:
            fixed[0] = 2 * runs[0][1] - 1
        if runs and 2 * runs[-1][1] == count and self.sounds[-1].pause:
            fixed[len(self.sounds) - 1] = max(2 * runs[-1][0] - _FADE_STEPS, 0)
            fixed[len(self.sounds)] = count
        for index, number in pause_runs(runs, count // 2, self.sounds, frames).items():
            first, last = runs[number]
            fixed[index], fixed[index + 1] = 2 * first - _FADE_STEPS, 2 * last - 1
        return _settle(self.sounds, edges, fixed)


def _settle(
    sounds: tuple[Sound, ...], edges: NDArray[np.int64], fixed: dict[int, int]
) -> NDArray[np.int64]:
    """Return rising edges that keep those which silence has fixed."""
    edges = edges.copy()
    for index, sound in enumerate(sounds):
        if index and sound.symbols.startswith(_HISSES):
            edges[index] -= min(_HISS_STEPS, (edges[index] - edges[index - 1]) // 2)
    for index, place in fixed.items():
        edges[index] = max(place, 0)
    for index in sorted(fixed):
        edges[index:] = np.maximum(edges[index:], edges[index])
    for index in sorted(fixed, reverse=True):
        edges[: index + 1] = np.minimum(edges[: index + 1], edges[index])
    for index in reversed(range(len(sounds))):
        if sounds[index].space:
            edges[index] = edges[index + 1]
    least = [0 if sound.space or sound.pause else 1 for sound in sounds]
    for index in range(len(sounds)):
        if index + 1 not in fixed:
            edges[index + 1] = max(edges[index + 1], edges[index] + least[index])
    for index in reversed(range(len(sounds))):
        if index not in fixed:
            edges[index] = max(0, min(edges[index], edges[index + 1] - least[index]))
    for index, sound in enumerate(sounds):
        starts = index in fixed and not sound.pause and sound.symbols.startswith(_STOPS)
        if starts and (index == 0 or sounds[index - 1].pause):
            room = edges[index] - (edges[index - 1] if index else 0)
            edges[index] -= min(_CLOSURE_STEPS, room // 2)
    return edges


def make_plan(
    graph: KokoroGraph,
    sounds: tuple[Sound, ...],
    language: str,
    voice: VoiceProfile,
    take: Take,
    rise: float = 0.0,
    emphasis: frozenset[int] = frozenset(),
    places: NDArray[np.float64] | None = None,
    change: Change | None = None,
    asked: frozenset[int] = frozenset(),
) -> Plan:
    """Plan a piece of at most 510 tokens.

    Parameters
    ----------
    sounds
        The piece, with its pauses.
    take
        Emotion, delivery, pace, and the seed that gives each take a melody of its own
        (about 0.2 semitones).
    rise
        Semitones added over the last 250 ms of voice (questions).
    emphasis
        Indices of the words that are stressed on purpose.
    places
        (len(sounds) + 1,) where in the line (0..1) each sound begins; the whole line when
        None.
    change
        Durations and pauses that a person has edited.
    asked
        Indices of question words: what is asked for stands out, but is not stressed.
    """
    if places is None:
        places = line_places(sounds)
    middles = 0.5 * (places[:-1] + places[1:])
    colours = colours_at(take.shading, middles, take.delivery)
    stretch = voice.formant / (voice.rate * colours["rate"] * take.pace)
    timbre, prosody_mix = voice.mixes(language)
    tokens = tokens_of("".join(sound.symbols for sound in sounds))
    style = style_row(timbre, prosody_mix, len(tokens) - 2)
    encoded = graph.encode(tokens, style)
    strong = np.array([sound.word in emphasis for sound in sounds])
    stretches = np.where(strong, _STRESSED * stretch, stretch)
    frames = _frames(encoded, sounds, stretches, voice.formant, change)
    prosody = graph.intone(encoded, frames, style)
    starts = np.cumsum([1, *(len(sound.symbols) for sound in sounds)])
    bounds = np.concatenate([[0], np.cumsum(frames)])[starts]
    columns = pause_columns(
        prosody.energy,
        sounds,
        bounds,
        colours["pause"] * stretch,
        voice.formant,
        change.pauses if change else None,
    )
    prosody = take_columns(prosody, columns)
    bounds = np.searchsorted(columns, bounds)
    spread = np.interp(np.arange(len(prosody.f0)), 2.0 * bounds, places)
    steps = colours_at(take.shading, spread, take.delivery)
    f0 = shape_f0(
        prosody.f0,
        prosody.energy,
        mean=voice.pitch * steps["pitch"] / voice.formant,
        spread=sounded_range(voice.range * steps["range"]),
    )
    register = _REGISTER * rise if language == "zh" else 0.0
    f0 = vary(raise_end(f0, rise, register), take.seed)
    f0 = emphasise(f0, _emphasis_spans(sounds, strong, bounds))
    wanted = np.array([sound.word in asked - emphasis for sound in sounds])
    spans = _emphasis_spans(sounds, wanted, bounds)
    f0 = emphasise(f0, [(a, b, _ASKED * sign) for a, b, sign in spans])
    if take.delivery == "whisper":
        f0 = np.full_like(f0, _WHISPER)
    effort = steps["effort"] + np.interp(
        np.arange(len(f0)), 2.0 * bounds[:-1], 0.5 * strong.astype(np.float64)
    )
    energy = np.where(prosody.energy > SILENT, prosody.energy + effort, prosody.energy)
    return Plan(
        sounds,
        bounds * FRAME_SECONDS / voice.formant,
        replace(prosody, f0=f0, energy=energy.astype(np.float32)),
        style,
        voice.formant,
        colours["gain"],
        colours["tilt"],
    )


def line_places(sounds: tuple[Sound, ...]) -> NDArray[np.float64]:
    """Return (len(sounds) + 1,) float64 0..1: the share of syllables before each sound."""
    members: dict[int, int] = {}
    for sound in sounds:
        if sound.syllable >= 0:
            members[sound.syllable] = members.get(sound.syllable, 0) + 1
    shares = [1.0 / members[s.syllable] if s.syllable >= 0 else 0.0 for s in sounds]
    total = max(len(members), 1)
    return np.minimum(np.concatenate([[0.0], np.cumsum(shares)]) / total, 1.0)


def _frames(
    encoded: Encoded,
    sounds: tuple[Sound, ...],
    stretch: NDArray[np.float64],
    pads: float,
    change: Change | None,
) -> NDArray[np.int64]:
    """Return the frames of each token, pads included.

    What is spoken is stretched from the length that the model's own rounding gives, so that
    a pace is against the line as it is without one; pads are stretched by ``pads`` alone: the
    first phone begins in them.
    """
    if np.all(stretch == 1.0):
        frames = encoded.rounded.astype(np.int64)
    else:
        sizes = [len(sound.symbols) for sound in sounds]
        spoken = np.repeat(np.array([not sound.pause for sound in sounds], np.bool_), sizes)
        inner = float(encoded.durations[1:-1].sum(where=spoken))
        ratio = float(encoded.rounded[1:-1].sum(where=spoken)) / inner if inner > 0.0 else 1.0
        each = np.repeat(stretch, sizes) * np.where(spoken, ratio, 1.0)
        each = np.concatenate([[pads], each, [pads]])
        frames = round_durations((encoded.durations * each).astype(np.float32))
    if change is None or not change.frames:
        return frames
    place, owed = 1, 0.0
    for index, sound in enumerate(sounds):
        own = slice(place, place + len(sound.symbols))
        place += len(sound.symbols)
        owed += change.frames.get(index, 0.0)
        taken = _add_frames(frames[own], int(np.floor(owed + 0.5)))
        owed = min(max(owed - taken, -0.5), 0.5)
    return frames


def _add_frames(frames: NDArray[np.int64], count: int) -> int:
    """Add frames to (or take them from) the longest tokens; return how many were."""
    for done in range(abs(count)):
        best = int(np.argmax(frames))
        if count < 0 and frames[best] <= 1:
            return -done
        frames[best if count < 0 else done % len(frames)] += 1 if count > 0 else -1
    return count


def _emphasis_spans(
    sounds: tuple[Sound, ...], strong: NDArray[np.bool_], bounds: NDArray[np.int64]
) -> list[tuple[int, int, float]]:
    """Return the steps of the syllable that carries each emphasised word, and its sign.

    In Chinese the syllable is the last one with a full tone, and a third tone goes lower.
    """
    words: dict[int, list[int]] = {}
    for index, sound in enumerate(sounds):
        if strong[index] and sound.nucleus:
            words.setdefault(sound.word, []).append(index)
    spans = []
    for indices in words.values():
        stressed = [i for i in indices if sounds[i].stress == 1 or 1 <= sounds[i].tone <= 4]
        best = (stressed or indices)[-1]
        first = 2 * int(bounds[best]) - _LEAD_STEPS
        last = 2 * int(bounds[best + 1]) - _LEAD_STEPS
        spans.append((first, last, -1.0 if sounds[best].tone == 3 else 1.0))
    return spans


def round_durations(durations: NDArray[np.float32]) -> NDArray[np.int64]:
    """Round frames per token so that the running total stays true; each at least 1.

    Parameters
    ----------
    durations
        (tokens,) float32 wanted frames.
    """
    frames = np.ones(len(durations), np.int64)
    owed = 0.0
    for index, wanted in enumerate(durations):
        owed += float(wanted)
        frames[index] = max(1, int(np.floor(owed + 0.5)))
        owed -= float(frames[index])
    return frames


def take_columns(prosody: Prosody, columns: NDArray[np.int64]) -> Prosody:
    """Return the prosody at the frame numbers ``columns`` (n,), in that order."""
    halves = (2 * columns[:, None] + np.arange(2)).reshape(-1)
    return Prosody(
        prosody.f0[halves],
        prosody.energy[halves],
        np.ascontiguousarray(prosody.features[:, :, columns]),
    )
