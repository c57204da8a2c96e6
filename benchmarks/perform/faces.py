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

from cyberdirector.core.face import ARKIT_INDEX, ARKIT_NAMES
from cyberdirector.core.model import Character
from cyberdirector.core.speech import Emotion, Speech
from cyberdirector.perceive.photo import see_faces
from cyberdirector.perform.take import Acting, perform_line
from cyberdirector.render import Stage
from cyberdirector.render.still import face_camera

NAMES = ("neutral", "joy", "anger", "sad", "fear", "surprise", "disgust")
SIZE = 320
FRAMES = 5
_LID = ARKIT_INDEX["eyeBlinkLeft"]

UNITS = {
    "joy": ("mouthSmile", "cheekSquint"),
    "anger": ("browDown", "noseSneer", "mouthPress"),
    "sad": ("browInnerUp", "mouthFrown", "mouthShrugLower"),
    "fear": ("browInnerUp", "eyeWide", "mouthStretch"),
    "surprise": ("browOuterUp", "browInnerUp", "eyeWide", "jawOpen"),
    "disgust": ("noseSneer", "mouthUpperUp", "browDown"),
}
"""Shapes of the action units of each emotion (Ekman & Friesen, EMFACS)."""


def _scores(stage: Stage, speech: Speech, text: str, person: Character) -> list[np.ndarray]:
    """Return MediaPipe's mean scores (52,) of a line said in each emotion; NaN if unseen.

    All are looked at in the same frames: other sounds would be other faces, and so would a
    blink, so that frames amid a blink of any of them are left out.
    """
    takes = [
        perform_line(
            person, speech, text,
            Acting(((0.0, Emotion(name, 0.0 if name == "neutral" else 0.9)),), seed=2),
        )
        for name in NAMES
    ]  # fmt: skip
    rate = takes[0].clip.rate
    spoken = np.arange(rate.frames(0.35), rate.frames(speech.duration) - 1)
    lids = np.stack([t.clip.weights[t.start + spoken, _LID] for t in takes])
    awake = spoken[(lids < np.median(lids, axis=1, keepdims=True) + 0.15).all(axis=0)]
    chosen = awake[np.linspace(0, len(awake) - 1, FRAMES).astype(int)]
    found = []
    for take in takes:
        clip, rows, actor = take.clip, [], stage.actors["speaker"]
        for frame in take.start + chosen:
            shown = dict(zip(ARKIT_NAMES, clip.weights[frame], strict=True))
            shown |= {sign: values[frame] for sign, values in clip.signs.items()}
            actor.pose(clip.rotations[frame], clip.root[frame]).weigh(shown)
            faces = see_faces(stage.draw()[..., :3])
            if faces:
                rows.append([faces[0].scores.get(shape, 0.0) for shape in ARKIT_NAMES])
        found.append(np.mean(rows, axis=0) if rows else np.full(len(ARKIT_NAMES), np.nan))
    return found


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
                own += _scores(stage, speech, text, person)
                labels += NAMES
                groups += [(number, line)] * len(NAMES)
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
