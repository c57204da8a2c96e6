"""Moves of the library over a performance."""

from __future__ import annotations

import numpy as np
import pytest

from cyberdirector.core.clip import Clip
from cyberdirector.core.skeleton import BONE_INDEX
from cyberdirector.core.time import Rate
from cyberdirector.motion.usual import usual_rest
from cyberdirector.perform import (
    MOVES,
    Actor,
    Cue,
    Placement,
    SceneScore,
    Segment,
    move_frames,
    perform_scene,
)
from cyberdirector.perform import measure as m
from cyberdirector.stages.played import with_library_moves

RATE = Rate(24)
LIBRARY = sorted(name for name, move in MOVES.items() if move.library)
REST = usual_rest()


def _scene(name: str, place: Placement) -> tuple[Clip, Clip, int, int]:
    """Return the performance, the same with its move, and the frames of the move."""
    frames = move_frames(name, place, None, RATE)
    actor = Actor("A", REST, place, 13)
    segments = (
        Segment("a", "action", frames + 20, 3, cues=(Cue("A", name, 6, frames),)),
        Segment("b", "pause", 24, 4),
    )
    score = SceneScore("x", RATE, (actor,), segments)
    bare = perform_scene(score).clips["A"]
    return bare, with_library_moves(bare, score, actor), 6, 6 + frames


@pytest.mark.parametrize("name", LIBRARY)
def test_a_move_is_played_where_one_stands(name: str) -> None:
    bare, clip, start, end = _scene(name, Placement((0.4, 0.0, -0.2), 0.6))
    np.testing.assert_array_equal(clip.root[end + 12 :], bare.root[end + 12 :])
    assert np.abs(clip.rotations[start:end] - bare.rotations[start:end]).max() > 0.15
    points, _ = REST.forward(clip.root.astype(float), clip.rotations.astype(float))
    assert points[..., 1].min() > -0.03
    assert m.foot_skate(REST, clip) < 0.012
    away = np.linalg.norm(clip.root[:, [0, 2]] - bare.root[:, [0, 2]], axis=1)
    assert away.max() < 0.8


@pytest.mark.parametrize("name", [n for n in LIBRARY if MOVES[n].seated])
def test_a_seated_body_plays_above_the_hips(name: str) -> None:
    bare, clip, start, end = _scene(name, Placement((0.0, 0.0, 0.0), 0.0, 0.45))
    np.testing.assert_array_equal(clip.root, bare.root)
    np.testing.assert_array_equal(clip.contacts, bare.contacts)
    for bone in ("hips", "leftUpperLeg", "rightLowerLeg", "leftFoot"):
        at = BONE_INDEX[bone]
        np.testing.assert_array_equal(clip.rotations[:, at], bare.rotations[:, at])
    arm = BONE_INDEX["rightUpperArm"]
    moved = np.abs(clip.rotations[start:end] - bare.rotations[start:end])
    assert moved[:, arm].max() + moved[:, BONE_INDEX["head"]].max() > 0.1


def test_without_a_move_of_the_library_nothing_changes() -> None:
    actor = Actor("A", REST, Placement((0.0, 0.0, 0.0), 0.0), 13)
    segment = Segment("a", "action", 60, 3, cues=(Cue("A", "nod", 6, 30),))
    score = SceneScore("x", RATE, (actor,), (segment,))
    bare = perform_scene(score).clips["A"]
    assert with_library_moves(bare, score, actor) is bare
