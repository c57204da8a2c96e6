"""Lines that a person acted out on film: ``takes/<line id>.mp4`` beside the script.

The film gives the body of that line; the voice keeps lips, face and gaze.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cyberdirector.capture.landmarks import Parts
from cyberdirector.capture.observations import read_observations
from cyberdirector.capture.report import capture_report
from cyberdirector.capture.take import CaptureOptions, capture, solve_take
from cyberdirector.core.clip import Clip
from cyberdirector.core.hashing import file_sha256
from cyberdirector.core.model import Character
from cyberdirector.core.rotations import (
    quat_from_axis_angle,
    quat_multiply,
    quat_rotate,
    quat_slerp,
)
from cyberdirector.motion.resample import resample
from cyberdirector.motion.retarget import retarget
from cyberdirector.perform import Actor, SceneScore
from cyberdirector.stages.production import Production

Floats = NDArray[np.float64]

SUFFIXES = (".mp4", ".mov", ".webm", ".mkv")

OPTIONS = CaptureOptions(Parts(body=True, hands=True, face=False))

_EASE = 0.35
"""Seconds in which the performance goes over into the film and back."""


@dataclass(frozen=True)
class Film:
    """The film of a line and the SHA-256 of its bytes."""

    path: Path
    sha256: str


def films_of(folder: Path | None, score: SceneScore) -> dict[str, Film]:
    """Return the films of a scene's lines by line, from ``takes`` in a folder."""
    if folder is None or not (folder / "takes").is_dir():
        return {}
    out = {}
    for segment in score.segments:
        if segment.kind != "line":
            continue
        for suffix in SUFFIXES:
            path = folder / "takes" / f"{segment.id}{suffix}"
            if path.is_file():
                out[segment.id] = Film(path, file_sha256(path))
                break
    return out


def with_films(
    production: Production, clip: Clip, score: SceneScore, actor: Actor,
    films: Mapping[str, Film], body: Character | None,
) -> Clip:  # fmt: skip
    """Return an actor's clip of a scene with the body of filmed lines from their films.

    Raises
    ------
    InputRefused
        As :func:`cyberdirector.capture.take.capture`: a film that cannot be used is told.
    """
    first = 0
    for segment in score.segments:
        film = films.get(segment.id)
        if film is not None and segment.speaker == actor.role:
            taken = _captured(production, film, segment.id, actor, body, clip)
            clip = lay_over(clip, taken, first, first + segment.frames)
        first += segment.frames
    return clip


def _captured(
    production: Production, film: Film, line: str, actor: Actor, body: Character | None,
    clip: Clip,
) -> Clip:  # fmt: skip
    """Return the film's motion on the actor's body, at the scene's rate, and note it."""
    kept = production.project.path("captures", f"{film.sha256[:32]}.observations.npz")
    if kept.is_file():
        take = solve_take(read_observations(kept), OPTIONS)
    else:
        take = capture(film.path, OPTIONS, production.progress)
        take.observations.save(kept)
    report = capture_report(take)
    production.note(
        stage="perform", code="line-filmed", line=line, role=actor.role,
        file=f"takes/{film.path.name}",
        confidence={lane: row["mean"] for lane, row in report["confidence"].items()},
        notes=report["notes"],
        zh=f"“{line}”的身体动作取自 {film.path.name}，口型与表情仍由配音驱动。",
        en=f"The body of {line} comes from {film.path.name}; lips and face follow the voice.",
    )  # fmt: skip
    moved = retarget(take.clip, take.rest, body if body is not None else actor.rest)
    return resample(moved, clip.rate)


def lay_over(clip: Clip, taken: Clip, start: int, end: int) -> Clip:
    """Return ``clip`` with the body of ``taken`` in frames ``start:end``, eased at both ends.

    The film is turned and moved so that it begins where the performance stands, facing where
    it faces; a film shorter than the line goes back into the performance when it ends.
    """
    frames = min(end - start, taken.frames)
    edge = min(max(1, round(_EASE * clip.rate.fps)), max(frames // 3, 1))
    index = np.arange(frames)
    share = np.clip(np.minimum(index + 1, frames - index) / edge, 0.0, 1.0)
    share = share * share * (3.0 - 2.0 * share)
    over = slice(start, start + frames)
    turn = _yaw_between(taken.rotations[0, 0], clip.rotations[start, 0])
    hips = quat_multiply(turn, taken.rotations[:frames, 0].astype(np.float64))
    away = quat_rotate(turn, (taken.root[:frames] - taken.root[0]).astype(np.float64))
    place = away + clip.root[start] * np.array([1.0, 0.0, 1.0])
    place[:, 1] = taken.root[:frames, 1]
    rotations, root = clip.rotations.copy(), clip.root.copy()
    film = taken.rotations[:frames].astype(np.float64)
    film[:, 0] = hips
    base = clip.rotations[over].astype(np.float64)
    mixed = quat_slerp(base, film, np.repeat(share[:, None], base.shape[1], axis=1))
    rotations[over] = mixed
    root[over] = clip.root[over] + share[:, None] * (place - clip.root[over])
    contacts = clip.contacts.copy()
    contacts[over] = np.where(share[:, None] > 0.5, taken.contacts[:frames], contacts[over])
    return replace(clip, rotations=rotations, root=root, contacts=contacts)


def _yaw_between(here: NDArray[np.floating], there: NDArray[np.floating]) -> Floats:
    """Return the turn about +Y from where one hips rotation faces to where another does."""
    a, b = (quat_rotate(np.asarray(q, np.float64), [0.0, 0.0, 1.0]) for q in (here, there))
    angle = np.arctan2(b[0], b[2]) - np.arctan2(a[0], a[2])
    return quat_from_axis_angle([0.0, 1.0, 0.0], np.asarray(angle))
