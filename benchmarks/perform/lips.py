"""Lips on the mesh: b, p, m close, f, v reach the teeth under every emotion; cost of a take."""

from __future__ import annotations

import time

import numpy as np
from bars import QUICK, bar, measure, note
from lines import cast, spoken

from cyberdirector.core.face import ARKIT_INDEX, SHAPE_COUNT
from cyberdirector.core.model import Character, MeshPart
from cyberdirector.core.speech import EMOTIONS, Emotion, Speech
from cyberdirector.perform.contact import closure_frames
from cyberdirector.perform.lip_probe import LipProbe
from cyberdirector.perform.take import Acting, Take, perform_line

TEETH_U = 0.375
"""Texture place of the upper teeth in the part of the mouth's inside."""

MIDDLE = 0.007
"""Half-width of the middle of the mouth in which the bite is looked for, metres."""

_JAW = ARKIT_INDEX["jawOpen"]


class Bite:
    """The gap between the upper teeth's edge and the lower lip in the middle of the mouth."""

    def __init__(self, character: Character) -> None:
        pairs = character.extras["lip_probe"]
        self._face = character.parts[int(pairs[0][0])]
        inside = next(p for p in character.parts if "cavity" in p.name)
        lips = np.array([int(p[2]) for p in pairs])
        self._lips = lips[np.abs(self._face.positions[lips, 0]) < MIDDLE]
        teeth = np.flatnonzero(np.abs(inside.uvs[:, 0] - TEETH_U) < 0.01)
        teeth = teeth[np.abs(inside.positions[teeth, 0]) < MIDDLE]
        self._edge = float(inside.positions[teeth, 1].min())
        self._shapes = _heights(self._face, self._lips)

    def gaps(self, weights: np.ndarray) -> np.ndarray:
        """Return teeth edge minus lower lip, metres, at least 0, for rows (n, 52)."""
        lip = self._face.positions[self._lips, 1] + np.asarray(weights, float) @ self._shapes
        return np.maximum(self._edge - lip.max(axis=1), 0.0)


def _heights(part: MeshPart, rows: np.ndarray) -> np.ndarray:
    """Return (52, rows): how each shape lifts vertices."""
    out = np.zeros((SHAPE_COUNT, len(rows)))
    for name, morph in part.morphs.items():
        if name in ARKIT_INDEX:
            full = np.zeros(len(part.positions))
            full[morph.indices] = morph.positions[:, 1]
            out[ARKIT_INDEX[name]] = full[rows]
    return out


def _bites(speech: Speech, take: Take) -> list[np.ndarray]:
    """Return for each f, v the frames whose time overlaps it."""
    fps, out = take.clip.rate.fps, []
    for phone in speech.phones:
        if phone.kind == "FV":
            first = int(np.floor(phone.start * fps)) + take.start
            out.append(np.arange(first, int(np.ceil(phone.end * fps)) + take.start))
    return out


@measure("lips")
def lips() -> None:
    """Closures and bites of all lines, neutral and under every emotion; openness kept."""
    worst, closed, total, bites, bitten = 0.0, 0, 0, 0, 0
    least_kept = 1.0
    feelings = EMOTIONS[:4] if QUICK else EMOTIONS
    for character in cast():
        probe, bite = LipProbe(character), Bite(character)
        for text, speech in spoken():
            plain: np.ndarray | None = None
            for feeling in feelings:
                manner = Acting(((0.0, Emotion(feeling, 1.0)),), seed=3)
                take = perform_line(character, speech, text, manner)
                gaps = probe.gaps(take.clip.weights)
                for frame_set in _closures(speech, take):
                    gap = float(gaps[frame_set].min())
                    total += 1
                    closed += gap <= 0.02 * probe.height
                    worst = max(worst, gap / probe.height)
                reach = bite.gaps(take.clip.weights)
                for frames in _bites(speech, take):
                    bites += 1
                    bitten += float(reach[frames].min()) <= 0.02 * probe.height
                if plain is None:
                    plain = gaps
                elif plain.std() > 0:
                    r = float(np.corrcoef(plain, gaps)[0, 1])
                    least_kept = min(least_kept, r)
    bar("b, p, m that close", closed / max(total, 1), "≥", 1.0)
    bar("widest gap left, share of the open mouth", worst, "≤", 0.02)
    bar("f, v that reach the teeth", bitten / max(bites, 1), "≥", 1.0)
    note(f"{total} closures, {bites} bites; lip gap against neutral: r ≥ {least_kept:.3f}")


def _closures(speech: Speech, take: Take) -> list[np.ndarray]:
    """Return for each b, p, m the frames that are held to be shut."""
    held = closure_frames(speech, take.start, take.clip)
    fps, out = take.clip.rate.fps, []
    for phone in speech.phones:
        if phone.kind == "BMP":
            first, last = phone.start * fps + take.start - 1, phone.end * fps + take.start + 1
            inside = held[(held >= first) & (held <= last)]
            out.append(inside)
    return out


@measure("speed")
def speed() -> None:
    """Processor time of the whole take beyond the voice."""
    character = cast()[0]
    spent, heard = 0.0, 0.0
    for text, speech in spoken():
        start = time.process_time()
        perform_line(character, speech, text, Acting(seed=1))
        spent += time.process_time() - start
        heard += speech.duration
    bar("take beyond the voice, ms per second of speech", 1e3 * spent / heard, "≤", 30.0)
