"""Bars of faces and hands: drawn ones whose weights and angles are known, unseen in training.

Drawn and detected once, then kept beside the takes of :mod:`truth` (12 s a head, 9 s a hand).
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from bars import QUICK, bar, measure, note
from truth import CACHE

sys.path.insert(1, str(Path(__file__).resolve().parents[2] / "scripts"))

import train_capture_hands as hands_data
from train_capture_face_data import make_data
from train_capture_face_score import REPORTED, Head, score

from cyberdirector.capture import hands
from cyberdirector.capture.face import face_model


@measure("face")
def face() -> None:
    """Weights and gaze of unseen heads."""
    folder, heads = CACHE / "faces", 6 if QUICK else 12
    make_data(folder, REPORTED, heads, plain=True)
    files = [folder / f"head-{REPORTED + i}.npz" for i in range(heads)]
    found = score(face_model(), [Head.load(p) for p in files])
    bar("face: mean correlation of 52 channels", found.likeness.mean(), "≥", 0.6)
    bar("face: channels below 0.3", int((found.likeness < 0.3).sum()), "≤", 3)
    bar("face: mean weight at rest", found.rest.mean(), "≤", 0.05)
    raw = found.raw
    note(f"MediaPipe itself {raw.mean():.2f}, {int((raw < 0.3).sum())} below 0.3")
    note(f"gaze off by {found.gaze[0]:.1f}° to the sides, {found.gaze[1]:.1f}° up and down")


@measure("hands")
def fingers() -> None:
    """Angles of fingers of unseen people, hands of some 120 pixels."""
    folder, people = CACHE / "hands", 1 if QUICK else 3
    hands_data.make(folder, people, REPORTED)
    files = [folder / f"hand-{REPORTED + i:03d}.npz" for i in range(people)]
    off = hands_data.miss(hands.hand_model(), [hands_data.load(p) for p in files])
    bar("hands: bends of fingers", float(off[:, :15].mean()), "≤", 12, "°")
    bar("hands: spread of fingers", float(np.mean(off[:, 15:])), "≤", 12, "°")
