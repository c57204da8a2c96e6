from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pytest

from cyberdirector.core.clip import Clip
from cyberdirector.core.face import ARKIT_INDEX
from cyberdirector.core.rotations import quat_from_yaw_pitch_roll, quat_normalize
from cyberdirector.core.skeleton import BONE_COUNT, BONE_INDEX, Rest
from cyberdirector.core.time import Rate
from cyberdirector.formats import bvh_text, live_link_text, write_bvh

RATE = Rate(30000, 1001)


def _body() -> Rest:
    rng = np.random.default_rng(2)
    offsets = rng.normal(0, 0.1, (BONE_COUNT, 3)).astype(np.float32)
    offsets[0] = (0, 0.9, 0)
    present = np.ones(BONE_COUNT, bool)
    for name in ("jaw", "chest", "leftEye", "leftLittleDistal"):
        present[BONE_INDEX[name]] = False
        offsets[BONE_INDEX[name]] = 0
    return Rest(offsets, present)


def _clip(frames: int = 5) -> Clip:
    rng = np.random.default_rng(3)
    clip = Clip.rest(frames, RATE, 0.9)
    clip.rotations[:] = quat_normalize(rng.normal(size=clip.rotations.shape)).astype(np.float32)
    for name in ("jaw", "chest", "leftEye", "leftLittleDistal"):
        clip.rotations[:, BONE_INDEX[name]] = (0, 0, 0, 1)
    clip.root[:] = rng.normal(size=(frames, 3))
    clip.weights[:] = rng.uniform(size=clip.weights.shape)
    clip.gaze[:] = rng.uniform(-0.3, 0.3, size=(frames, 2))
    return clip


def _read_bvh(text: str) -> tuple[dict[str, np.ndarray], float]:
    """Play a BVH by its definition: return world places (frames, 3) by joint, centimetres."""
    head, motion = text.split("MOTION\n")
    rows = motion.strip().split("\n")
    step = float(rows[1].split(":")[1])
    values = np.array([[float(v) for v in row.split()] for row in rows[2:]])
    places: dict[str, np.ndarray] = {}
    stack: list[tuple[np.ndarray, np.ndarray]] = []
    column, name, end = 0, "", False
    offset = np.zeros(3)
    for line in head.split("\n"):
        word = line.split()
        if not word:
            continue
        if word[0] in ("ROOT", "JOINT"):
            name, end = word[1], False
        elif word[0] == "End":
            end = True
        elif word[0] == "OFFSET":
            offset = np.array([float(v) for v in word[1:]])
            if end:
                stack.append(stack[-1])
        elif word[0] == "CHANNELS":
            n = len(values)
            turn = np.tile(np.eye(3), (n, 1, 1))
            own = np.tile(offset, (n, 1))
            for channel in word[2:]:
                v = values[:, column]
                column += 1
                if channel.endswith("position"):
                    own[:, "XYZ".index(channel[0])] = v
                    continue
                c, s, m = np.cos(np.radians(v)), np.sin(np.radians(v)), np.zeros((n, 3, 3))
                i = "XYZ".index(channel[0])
                j, k = (i + 1) % 3, (i + 2) % 3
                m[:, i, i], m[:, j, j], m[:, k, k] = 1, c, c
                m[:, j, k], m[:, k, j] = -s, s
                turn = turn @ m
            if stack:
                at, held = stack[-1]
                own = at + np.einsum("nij,nj->ni", held, own)
                turn = held @ turn
            places[name] = own
            stack.append((own, turn))
        elif word[0] == "}":
            stack.pop()
    assert column == values.shape[1]
    return places, step


def test_bvh_played_by_its_definition_is_the_motion() -> None:
    clip, rest = _clip(), _body()
    places, step = _read_bvh(bvh_text(clip, rest))
    points, _ = rest.forward(clip.root, clip.rotations)
    assert step == pytest.approx(1001 / 30000, abs=1e-7)
    for name, found in places.items():
        assert np.allclose(found / 100, points[:, BONE_INDEX[name]], atol=2e-6), name
    assert len(places) == BONE_COUNT - 4


def test_bvh_is_written_whole(tmp_path: Path) -> None:
    path = tmp_path / "动作.bvh"
    write_bvh(path, _clip(), _body())
    assert path.read_bytes() == bvh_text(_clip(), _body()).encode()


def test_live_link_columns_carry_the_face() -> None:
    clip = _clip()
    clip.rotations[:, BONE_INDEX["neck"]] = (0, 0, 0, 1)
    clip.rotations[:, BONE_INDEX["head"]] = quat_from_yaw_pitch_roll(0.3, -0.2, 0.1)
    rows = list(csv.DictReader(io.StringIO(live_link_text(clip))))
    assert len(rows) == clip.frames
    assert rows[0]["BlendShapeCount"] == "61"
    assert len(rows[0]) == 63
    for frame, row in enumerate(rows):
        for name, index in ARKIT_INDEX.items():
            column = name[0].upper() + name[1:]
            assert float(row[column]) == pytest.approx(clip.weights[frame, index], abs=1e-5)
        assert [float(row[f"Head{a}"]) for a in ("Yaw", "Pitch", "Roll")] == pytest.approx(
            [0.3, -0.2, 0.1], abs=1e-4
        )
        assert float(row["LeftEyeYaw"]) == pytest.approx(clip.gaze[frame, 0], abs=1e-5)
    assert rows[4]["Timecode"] == "00:00:00:04.000"
