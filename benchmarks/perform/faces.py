"""Do strangers' eyes read the feelings? MediaPipe on close-ups of speaking characters.

A sample is one line said in one emotion: the mean of MediaPipe's 52 scores over frames spread
over the words, minus the character's mean over all samples. It is named by the nearest mean of
the other lines' samples, so no line is judged by itself; and, without any learning, by the
action units of the emotion (EMFACS) that it agrees with best.
"""

from __future__ import annotations

import numpy as np
from bars import QUICK, bar, measure, note
from lines import cast, spoken

from cyberdirector.core.face import ARKIT_NAMES
from cyberdirector.core.model import Character
from cyberdirector.core.speech import Emotion, Speech
from cyberdirector.perceive.photo import see_faces
from cyberdirector.perform.take import Acting, perform_line
from cyberdirector.render import Stage
from cyberdirector.render.still import face_camera

NAMES = ("neutral", "joy", "anger", "sad", "fear", "surprise", "disgust")
SIZE = 320
FRAMES = 2 if QUICK else 5

UNITS = {
    "joy": ("mouthSmile", "cheekSquint"),
    "anger": ("browDown", "noseSneer", "mouthPress"),
    "sad": ("browInnerUp", "mouthFrown", "mouthShrugLower"),
    "fear": ("browInnerUp", "eyeWide", "mouthStretch"),
    "surprise": ("browOuterUp", "browInnerUp", "eyeWide", "jawOpen"),
    "disgust": ("noseSneer", "mouthUpperUp", "browDown"),
}
"""Shapes of the action units of each emotion (Ekman & Friesen, EMFACS)."""


def _scores(
    stage: Stage, speech: Speech, text: str, person: Character, name: str
) -> np.ndarray:
    """Return MediaPipe's mean scores (52,) of a line said in an emotion; NaN if unseen."""
    emotion = Emotion(name, 0.0 if name == "neutral" else 0.9)
    take = perform_line(person, speech, text, Acting(((0.0, emotion),), seed=2))
    clip, rows = take.clip, []
    first = take.start + clip.rate.frames(0.35)
    last = take.start + clip.rate.frames(speech.duration) - 2
    actor = stage.actors["speaker"]
    for frame in np.linspace(first, last, FRAMES).astype(int):
        shown = dict(zip(ARKIT_NAMES, clip.weights[frame], strict=True))
        shown |= {sign: values[frame] for sign, values in clip.signs.items()}
        actor.pose(clip.rotations[frame], clip.root[frame]).weigh(shown)
        faces = see_faces(stage.draw()[..., :3])
        if faces:
            rows.append([faces[0].scores.get(shape, 0.0) for shape in ARKIT_NAMES])
    return np.mean(rows, axis=0) if rows else np.full(len(ARKIT_NAMES), np.nan)


@measure("faces")
def faces() -> None:
    """Share of lines whose emotion MediaPipe names while they are spoken."""
    lines = spoken()[: 3 if QUICK else 6]
    samples, labels, groups = [], [], []
    with Stage((SIZE, SIZE)) as stage:
        for number, person in enumerate(cast()):
            stage.add(person, "speaker")
            stage.camera = face_camera(person, 0.1, 0.24)
            own = []
            for line, (text, speech) in enumerate(lines):
                for name in NAMES:
                    own.append(_scores(stage, speech, text, person, name))
                    labels.append(name)
                    groups.append((number, line))
            samples.append(np.array(own) - np.nanmean(own, axis=0))
            stage.remove("speaker")
    data = np.concatenate(samples)
    seen = ~np.isnan(data).any(axis=1)
    called = [_nearest(data, labels, groups, i) if seen[i] else "" for i in range(len(data))]
    named = [found == label for found, label in zip(called, labels, strict=True)]
    bar("emotions that MediaPipe's scores name while speaking", float(np.mean(named)), "≥", 0.8)
    units = [
        _by_units(data[i]) == labels[i]
        for i in range(len(data))
        if labels[i] != "neutral" and seen[i]
    ]
    hidden = int((~seen).sum())
    note(f"by action units alone, nothing learnt: {np.mean(units):.2f} of six; unseen {hidden}")
    for name in NAMES:
        found = [f for f, label in zip(called, labels, strict=True) if label == name]
        others = sorted({f for f in found if f != name})
        mistaken = ", ".join(f"{f or 'unseen'} {found.count(f)}" for f in others)
        note(f"{name}: {found.count(name)} of {len(found)} {mistaken}")


def _nearest(
    data: np.ndarray, labels: list[str], groups: list[tuple[int, int]], row: int
) -> str:
    """Return the emotion of the nearest mean of samples of other lines."""
    other = [i for i, g in enumerate(groups) if g[1] != groups[row][1]]
    scale = np.nanstd(data[other], axis=0) + 0.02
    best, least = "", np.inf
    for name in NAMES:
        rows = [i for i in other if labels[i] == name]
        gap = float(np.linalg.norm((data[row] - np.nanmean(data[rows], axis=0)) / scale))
        if gap < least:
            best, least = name, gap
    return best


def _by_units(sample: np.ndarray) -> str:
    """Return the emotion whose action units stand out most."""
    best = {}
    for name, stems in UNITS.items():
        columns = [i for i, n in enumerate(ARKIT_NAMES) if n.startswith(stems)]
        best[name] = float(sample[columns].mean())
    return max(best, key=lambda name: best[name])
