"""Measures of a finished performance, taken from the clip alone: for tests and reports."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.clip import Clip
from cyberdirector.core.face import ARKIT_INDEX
from cyberdirector.core.skeleton import BONE_INDEX, Rest
from cyberdirector.core.speech import Phone, Speech
from cyberdirector.perform.lips import audio_onset

VISIBLE = 0.03
"""Change of a shape weight that a viewer can see."""

CLOSED = 0.01
"""Largest jawOpen minus mouthClose at which the lips count as closed."""

_ARTICULATION = tuple(
    ARKIT_INDEX[name]
    for name in ARKIT_INDEX
    if name.startswith(
        (
            "jawOpen", "mouthClose", "mouthFunnel", "mouthPucker", "mouthLowerDown",
            "mouthUpperUp", "mouthRoll", "mouthPress", "mouthStretch", "tongue",
        )
    )
)  # fmt: skip


@dataclass(frozen=True)
class Contact:
    """Lip contact at one b, p, m (or f, v): where it was looked for and what was found."""

    phone: Phone
    frame: int
    gap: float
    """Least remaining opening inside the phone, in weight (0: closed)."""

    @property
    def reached(self) -> bool:
        """Whether the lips (or lip and teeth) met."""
        return self.gap <= CLOSED


def foot_skate(rest: Rest, clip: Clip) -> float:
    """Return the largest drift, metres, of the ball of a foot while it is planted."""
    points, _ = rest.forward(clip.root.astype(np.float64), clip.rotations.astype(np.float64))
    worst = 0.0
    for side, bone in enumerate(("leftToes", "rightToes")):
        path = points[:, BONE_INDEX[bone]]
        planted = clip.contacts[:, side].astype(np.int8)
        edges = np.flatnonzero(np.diff(np.concatenate([[0], planted, [0]])))
        for start, end in edges.reshape(-1, 2):
            drift = np.linalg.norm(path[start:end] - path[start], axis=-1)
            worst = max(worst, float(drift.max()))
    return worst


def _phone_frames(phone: Phone, start: int, fps: float, frames: int) -> NDArray[np.int64]:
    """Return frames whose centre lies in the phone, or the one nearest to its middle."""
    first = int(np.ceil(phone.start * fps - 0.5)) + start
    last = int(np.floor(phone.end * fps - 0.5)) + start
    if last < first:
        first = last = round((phone.start + phone.end) / 2 * fps - 0.5) + start
    inside = np.arange(first, last + 1)
    return inside[(inside >= 0) & (inside < frames)]


def lip_contacts(clip: Clip, speech: Speech, start: int) -> list[Contact]:
    """Return the closure of every BMP phone and the lip-teeth contact of every FV phone.

    Parameters
    ----------
    start
        Frame of the clip at which the audio begins.
    """
    jaw, close, press, roll, low = (
        clip.weights[:, ARKIT_INDEX[n]]
        for n in (
            "jawOpen", "mouthClose", "mouthPressLeft", "mouthRollLower", "mouthLowerDownLeft",
        )
    )  # fmt: skip
    out = []
    for phone in speech.phones:
        if phone.kind not in ("BMP", "FV"):
            continue
        frames = _phone_frames(phone, start, clip.rate.fps, clip.frames)
        if len(frames) == 0:
            continue
        if phone.kind == "BMP":
            gap = np.maximum(jaw - close, 0.0) + np.maximum(0.15 - press, 0.0) + low
        else:
            gap = np.maximum(0.4 - roll, 0.0) + np.maximum(jaw - 0.15, 0.0) + low
        best = int(frames[np.argmin(gap[frames])])
        out.append(Contact(phone, best, float(gap[best])))
    return out


def mouth_onset(clip: Clip, start: int, end: int) -> int:
    """Return the first frame of ``start:end`` in which the mouth visibly articulates, or -1."""
    shapes = clip.weights[start:end, _ARTICULATION]
    if len(shapes) == 0:
        return -1
    moved = np.abs(shapes - shapes[0]).max(axis=1) > VISIBLE
    return start + int(np.argmax(moved)) if moved.any() else -1


def onset_error(clip: Clip, speech: Speech, segment: int, start: int, end: int) -> int:
    """Return mouth onset minus sound onset in frames (negative: the mouth is early).

    Parameters
    ----------
    segment, start, end
        Frames of the clip at which the segment begins, its audio begins, the segment ends.
    """
    heard = start + int(np.floor(audio_onset(speech) * clip.rate.fps + 1e-6))
    return mouth_onset(clip, segment, end) - heard


def hand_speeds(rest: Rest, clip: Clip) -> NDArray[np.float64]:
    """Return the speed of both wrists, (frames - 1, 2), metres per second."""
    points, _ = rest.forward(clip.root.astype(np.float64), clip.rotations.astype(np.float64))
    hands = points[:, [BONE_INDEX["leftHand"], BONE_INDEX["rightHand"]]]
    return np.asarray(np.linalg.norm(np.diff(hands, axis=0), axis=-1) * clip.rate.fps)


def blinks_per_minute(clip: Clip) -> float:
    """Return the rate of full blinks of the left eye."""
    shut = clip.weights[:, ARKIT_INDEX["eyeBlinkLeft"]] > 0.8
    count = int(np.sum(shut[1:] & ~shut[:-1])) + int(bool(len(shut)) and bool(shut[0]))
    minutes = clip.frames / clip.rate.fps / 60.0
    return count / minutes if minutes > 0 else 0.0


def boundary_jumps(clip: Clip, boundaries: list[int]) -> tuple[float, float]:
    """Return the largest joint turn (radians) and root step (metres) over cuts of segments.

    A cut between frames b - 1 and b of a performance must look like any other step.
    """
    turn, step = 0.0, 0.0
    for b in boundaries:
        if 0 < b < clip.frames:
            dots = np.abs(np.sum(clip.rotations[b] * clip.rotations[b - 1], axis=-1))
            turn = max(turn, float(2.0 * np.arccos(np.clip(dots, 0.0, 1.0)).max()))
            step = max(step, float(np.linalg.norm(clip.root[b] - clip.root[b - 1])))
    return turn, step
