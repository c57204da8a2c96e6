"""What is written comes back: 0.1 mm and 0.01°."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cyberdirector.core.clip import Clip
from cyberdirector.core.rotations import quat_continuous, quat_exp, quat_multiply
from cyberdirector.core.skeleton import BONE_COUNT, BONE_INDEX
from cyberdirector.motion.files import read_motion, write_motion

from .strolls import body, degrees_apart, joints, stroll


def _busy(height: float) -> Clip:
    """Return a walk in which every bone moves."""
    clip = stroll(body(height), frames=40)
    rng = np.random.default_rng(5)
    t = np.arange(clip.frames)[:, None, None] / 30.0
    size = rng.uniform(-0.4, 0.4, (1, BONE_COUNT, 3))
    moves = quat_exp(size * np.sin(2.0 * np.pi * t + rng.uniform(0, 6, (1, BONE_COUNT, 3))))
    for eye in ("leftEye", "rightEye", "jaw"):
        moves[:, BONE_INDEX[eye]] = (0.0, 0.0, 0.0, 1.0)
    turns = quat_continuous(quat_multiply(clip.rotations, moves)).astype(np.float32)
    return replace(clip, rotations=turns)


@pytest.mark.parametrize("ending", ["bvh", "vrma", "glb", "vmd"])
@pytest.mark.parametrize("height", [0.92, 0.71])
def test_round_trip(tmp_path: Path, ending: str, height: float) -> None:
    rest, clip = body(height), _busy(height)
    path = tmp_path / f"take.{ending}"
    write_motion(path, clip, rest)
    again = read_motion(path)
    assert again.clip.rate == clip.rate
    assert again.clip.frames == clip.frames
    assert degrees_apart(clip.rotations, again.clip.rotations) < 0.01
    assert np.abs(joints(clip, rest) - joints(again.clip, rest)).max() < 1e-4
    if ending != "vmd":  # VMD holds no body
        assert np.abs(joints(again.clip, again.rest) - joints(clip, rest)).max() < 1e-4


def test_table_has_a_row_a_frame(tmp_path: Path) -> None:
    rest, clip = body(), _busy(0.92)
    path = tmp_path / "take.csv"
    write_motion(path, clip, rest)
    lines = path.read_text().splitlines()
    assert len(lines) == clip.frames + 1
    first = dict(zip(lines[0].split(","), lines[1].split(","), strict=True))
    assert float(first["root.y"]) == pytest.approx(float(clip.root[0, 1]), abs=1e-6)
    assert first["contact.left"] == str(int(clip.contacts[0, 0]))
