"""Our lips against filmed ones: the gap of the mesh and the gap that MediaPipe sees.

Clips of the GRID corpus (Cooke, Barker, Cunningham & Shao 2006): ``grid/*.mpg`` in the folder
of :mod:`ear_data`, as the repository rizkiarm/LipNet keeps them in ``evaluation/samples``; 3 s
each, 25 frames a second. The file name tells the words. None is in this repository. Three
numbers of the product were chosen on the clips that are measured here (how late jaw and lips
come, how slowly they let go, how strongly rest pulls: ``perform/_targets.py``), so the
figure of these clips is not held out.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from bars import QUICK, bar, measure, note
from ear_data import folder
from filmed_peers import peers
from lines import cast

from cyberdirector.core.speech import Speech
from cyberdirector.core.time import Rate
from cyberdirector.formats.audio import read_audio
from cyberdirector.perform.lip_probe import LipProbe
from cyberdirector.perform.take import Acting, perform_line
from cyberdirector.voice.ear.take import listen_to_audio
from cyberdirector.voice.recording import align_recording

RATE = Rate(25)
MEASURED = 5
"""Clips of the evaluation folder that are used, first by name; the others stay unseen."""

_UPPER, _LOWER = 13, 14  # inner lips of the face mesh
_EYES = (33, 263)  # outer corners of the eyes: their distance is the scale
_CODE = (
    {"b": "bin", "l": "lay", "p": "place", "s": "set"},
    {"b": "blue", "g": "green", "r": "red", "w": "white"},
    {"a": "at", "b": "by", "i": "in", "w": "with"},
    {},
    dict(zip("z123456789", "zero one two three four five six seven eight nine".split(),
             strict=True)),
    {"a": "again", "n": "now", "p": "please", "s": "soon"},
)  # fmt: skip
_LAGS = range(-4, 5)


@dataclass(frozen=True)
class Filmed:
    """A clip: its words, its sound, and the gap of the lips in each frame (NaN unseen)."""

    name: str
    text: str
    audio: np.ndarray
    gap: np.ndarray


def words_of(code: str) -> str:
    """Return the sentence of a GRID file name such as ``bbaf2n``."""
    return " ".join(table.get(c, c) for table, c in zip(_CODE, code, strict=True))


@lru_cache(maxsize=1)
def clips() -> tuple[Filmed, ...]:
    """Return the clips that are measured, seen once."""
    root = folder()
    found = sorted((root / "grid").glob("*.mpg")) if root else []
    chosen = [p for p in found if len(p.stem) == 6][: 2 if QUICK else MEASURED]
    chosen += [] if QUICK else [p for p in found if p.stem.startswith("id2_vcd_")]
    return tuple(
        Filmed(p.stem, words_of(p.stem.split("_")[-1]), read_audio(p), _seen(p)) for p in chosen
    )


def _seen(path: Path) -> np.ndarray:
    """Return the gap of the inner lips in each frame, in distances of the eyes."""
    import av

    from cyberdirector.perceive.photo import see_faces

    gaps = []
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            faces = see_faces(frame.to_ndarray(format="rgb24"))
            if not faces:
                gaps.append(np.nan)
                continue
            points = faces[0].points[:, :2]
            scale = np.linalg.norm(points[_EYES[1]] - points[_EYES[0]])
            gaps.append(float(np.linalg.norm(points[_LOWER] - points[_UPPER]) / scale))
    return np.array(gaps)


def our_gap(speech: Speech, text: str, frames: int) -> np.ndarray:
    """Return the gap of our character's lips in each frame of the clip."""
    person = cast()[0]
    take = perform_line(person, speech, text, Acting(rate=RATE, seed=1))
    gap = LipProbe(person).gaps(take.clip.weights)
    return np.asarray(np.pad(gap[take.start :], (0, frames))[:frames], float)


def alike(ours: np.ndarray, filmed: np.ndarray, lag: int = 0) -> float:
    """Return the correlation when ours is delayed by ``lag`` frames."""
    moved = np.roll(ours, lag)
    known = np.isfinite(filmed)
    return float(np.corrcoef(moved[known], filmed[known])[0, 1])


def loudness(clip: Filmed) -> np.ndarray:
    """Return the level of the sound in each frame: what any meter could show."""
    size = 24_000 // 25
    count = len(clip.gap)
    blocks = np.pad(clip.audio, (0, count * size))[: count * size].reshape(count, size)
    return np.maximum(20.0 * np.log10(np.sqrt((blocks**2).mean(1)) + 1e-6), -50.0)


@measure("filmed")
def filmed() -> None:
    """Correlation of lip gaps, mean over clips, at zero lag."""
    found = clips()
    if not found:
        note("not measured: no clips (CYBERDIRECTOR_EAR_DATA/grid)")
        return
    told: list[list[float]] = []
    heard, meter = [], []
    for clip in found:
        speech = align_recording(clip.audio, clip.text, "en")
        curve = our_gap(speech, clip.text, len(clip.gap))
        told.append([alike(curve, clip.gap, lag) for lag in _LAGS])
        free, _ = listen_to_audio(clip.audio, None, "en")
        heard.append(alike(our_gap(free, "", len(clip.gap)), clip.gap))
        meter.append(alike(loudness(clip), clip.gap))
        note(f"{clip.name}: {told[-1][4]:.2f} words known, {heard[-1]:.2f} not, "
             f"{meter[-1]:.2f} loudness alone")  # fmt: skip
    for name, curve in peers().items():
        others = [alike(curve(c.audio, c.text, len(c.gap)), c.gap) for c in found]
        note(f"{name}: {np.nanmean(others):.3f}")
    by_lag = np.array(told).mean(0)
    best = int(np.argmax(by_lag))
    note(f"best lag {40 * (best - 4):+d} ms: {by_lag[best]:.3f}; loudness {np.mean(meter):.3f}")
    bar("filmed lips, words known: mean r at zero lag", float(by_lag[4]), "≥", 0.65)
    if QUICK:
        note(f"words not known: {np.mean(heard):.3f}")
    else:
        name = "filmed lips, words not known: mean r at zero lag"
        bar(name, float(np.mean(heard)), "≥", 0.55)
