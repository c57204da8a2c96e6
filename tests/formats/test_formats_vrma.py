from dataclasses import replace

import numpy as np
import pytest
from format_samples import join_glb, split_glb
from hypothesis import given, settings
from hypothesis import strategies as st

from cyberdirector.core.clip import Clip
from cyberdirector.core.errors import InputRefused
from cyberdirector.core.rotations import (
    quat_conjugate,
    quat_from_axis_angle,
    quat_from_yaw_pitch_roll,
    quat_multiply,
    quat_rotate,
)
from cyberdirector.core.skeleton import BONE_COUNT, BONE_INDEX, BONE_PARENTS, Rest
from cyberdirector.core.time import Rate
from cyberdirector.formats import parse_vrma, read_vrma, vrma_bytes, write_vrma


def make_rest(seed=0):
    rng = np.random.default_rng(seed)
    offsets = rng.normal(size=(BONE_COUNT, 3)).astype(np.float32)
    offsets[0] = (0.0, 0.93, 0.0)
    return Rest(offsets, np.ones(BONE_COUNT, np.bool_))


FILM = Rate(24)


def make_clip(seed, frames=12, rate=FILM):
    rng = np.random.default_rng(seed)
    turns = rng.normal(size=(frames, BONE_COUNT, 4))
    turns /= np.linalg.norm(turns, axis=-1, keepdims=True)
    turns[:, 5:9] = turns[:1, 5:9]  # still, but not at rest
    turns[:, 9:12] = (0.0, 0.0, 0.0, 1.0)
    return Clip(
        rate,
        rng.normal(size=(frames, 3)).astype(np.float32),
        turns.astype(np.float32),
        rng.random((frames, 52)).astype(np.float32) * (rng.random(52) > 0.5).astype(np.float32),
        rng.uniform(-0.5, 0.5, (frames, 2)).astype(np.float32),
        rng.random((frames, 2)) > 0.5,
        float(np.float32(rng.uniform(0.5, 1.2))),
    )


def assert_same(a, b):
    assert a.rate == b.rate
    assert a.hip_height == b.hip_height
    for name in ("root", "rotations", "weights", "gaze", "contacts"):
        assert np.array_equal(getattr(a, name), getattr(b, name)), name


@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, 2**32),
    st.integers(1, 90),
    st.sampled_from([Rate(24), Rate(30), Rate(60), Rate(30000, 1001), Rate(25)]),
)
def test_clips_come_back_bit_for_bit(seed, frames, rate):
    clip = make_clip(seed, frames, rate)
    data = vrma_bytes(clip, make_rest(seed))
    assert_same(clip, parse_vrma(data))
    assert vrma_bytes(parse_vrma(data), make_rest(seed)) == data


def test_a_long_clip_stays_on_its_grid():
    clip = make_clip(1, 20_000, Rate(30000, 1001))
    assert_same(clip, parse_vrma(vrma_bytes(clip, make_rest())))


def test_a_clip_at_rest_has_a_channel():
    rest = make_rest()
    clip = Clip.rest(5, Rate(24), rest.hip_height)
    root, _ = split_glb(vrma_bytes(clip, rest))
    assert len(root["animations"][0]["channels"]) == 1
    assert_same(clip, parse_vrma(vrma_bytes(clip, rest)))


def test_the_rate_can_be_changed(tmp_path):
    path = tmp_path / "a.vrma"
    clip = make_clip(2, 25)
    write_vrma(path, clip, make_rest())
    twice = read_vrma(path, Rate(48))
    assert twice.frames == 49
    np.testing.assert_allclose(twice.root[::2], clip.root, atol=1e-5)
    middle = (clip.root[:-1] + clip.root[1:]) / 2
    np.testing.assert_allclose(twice.root[1::2], middle, atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(twice.rotations, axis=-1), 1.0, atol=1e-5)


def test_a_foreign_player_sees_gaze_and_expressions():
    clip = make_clip(3)
    root, binary = split_glb(vrma_bytes(clip, make_rest()))
    del root["scenes"][0]["extras"]
    spec = root["extensions"]["VRMC_vrm_animation"]
    assert not {"leftEye", "rightEye"} & set(spec["humanoid"]["humanBones"])
    back = parse_vrma(join_glb(root, binary), rate=Rate(24))
    np.testing.assert_allclose(back.gaze, clip.gaze, atol=1e-5)
    assert np.array_equal(back.weights, clip.weights)
    assert np.array_equal(back.root, clip.root)
    assert back.hip_height == pytest.approx(0.93)
    eyes = [BONE_INDEX["leftEye"], BONE_INDEX["rightEye"]]
    others = np.setdiff1d(np.arange(BONE_COUNT), eyes)
    assert np.array_equal(back.rotations[:, others], clip.rotations[:, others])


def test_presets_of_other_programs_become_arkit_weights():
    clip = make_clip(8)
    clip.weights[:, 24] = np.linspace(0.1, 1.0, clip.frames, dtype=np.float32)  # jawOpen
    root, binary = split_glb(vrma_bytes(clip, make_rest()))
    del root["scenes"][0]["extras"]
    expressions = root["extensions"]["VRMC_vrm_animation"]["expressions"]
    node = expressions["custom"]["jawOpen"]
    expressions["custom"] = {"JawOpen": node}
    expressions["preset"] = {"blink": node, "aa": node}
    back = parse_vrma(join_glb(root, binary), rate=Rate(24))
    jaw = clip.weights[:, 24]
    np.testing.assert_allclose(back.weights[:, 8], jaw)
    np.testing.assert_allclose(back.weights[:, 9], jaw)
    np.testing.assert_allclose(back.weights[:, 24], np.minimum(jaw * 1.7, 1.0), atol=1e-6)


def test_foreign_rest_rotations_are_taken_out():
    """The same motion on a skeleton whose bones have rest rotations gives the same clip."""
    clip, rest = make_clip(4), make_rest()
    root, binary = split_glb(vrma_bytes(clip, rest))
    del root["scenes"][0]["extras"]
    rng = np.random.default_rng(0)
    world = quat_from_axis_angle(
        rng.normal(size=(BONE_COUNT, 3)), rng.uniform(0, 3, BONE_COUNT)
    )
    arrays = {}
    for channel in root["animations"][0]["channels"]:
        node, path = channel["target"]["node"], channel["target"]["path"]
        if node >= BONE_COUNT or path != "rotation":
            continue
        above = world[BONE_PARENTS[node]] if node else np.array([0, 0, 0, 1.0])
        sampler = root["animations"][0]["samplers"][channel["sampler"]]
        count = root["accessors"][sampler["output"]]["count"]
        values = clip.rotations[:count, node].astype(float)
        # local rotation of the rotated skeleton: P^-1 n W
        local = quat_multiply(quat_multiply(quat_conjugate(above), values), world[node])
        arrays[sampler["output"]] = local.astype(np.float32).tobytes()
    for node in range(BONE_COUNT):
        above = world[BONE_PARENTS[node]] if node else np.array([0, 0, 0, 1.0])
        item = root["nodes"][node]
        item["rotation"] = quat_multiply(quat_conjugate(above), world[node]).tolist()
        offset = item.get("translation", [0.0, 0.0, 0.0])
        item["translation"] = quat_rotate(quat_conjugate(above), offset).tolist()
    for index, data in arrays.items():
        root["bufferViews"].append(
            {"buffer": 0, "byteOffset": len(binary), "byteLength": len(data)}
        )
        root["accessors"][index]["bufferView"] = len(root["bufferViews"]) - 1
        binary += data
    root["buffers"][0]["byteLength"] = len(binary)
    back = parse_vrma(join_glb(root, binary), rate=Rate(24))
    moved = [i for i in range(BONE_COUNT) if not 9 <= i < 12]
    moved = [i for i in moved if i not in (BONE_INDEX["leftEye"], BONE_INDEX["rightEye"])]
    dots = np.abs(np.sum(back.rotations[:, moved] * clip.rotations[:, moved], axis=-1))
    np.testing.assert_allclose(dots, 1.0, atol=1e-5)


def test_step_and_cubic_keys_are_played():
    root, binary = split_glb(vrma_bytes(make_clip(5, 3), make_rest()))
    del root["scenes"][0]["extras"]
    sampler = root["animations"][0]["samplers"][0]
    sampler["interpolation"] = "STEP"
    held = parse_vrma(join_glb(root, binary), rate=Rate(48))
    assert np.array_equal(held.root[1], held.root[0])
    times = np.array([0.0, 1.0], np.float32).tobytes()
    zero = [0.0, 0.0, 0.0]
    keys = np.array([zero, [0, 0, 0], [1, 0, 0], [1, 0, 0], [1, 0, 0], zero], np.float32)
    for data, count, kind, name in ((times, 2, "SCALAR", "input"), (keys, 6, "VEC3", "output")):
        raw = data if isinstance(data, bytes) else data.tobytes()
        root["bufferViews"].append(
            {"buffer": 0, "byteOffset": len(binary), "byteLength": len(raw)}
        )
        binary += raw
        root["accessors"].append(
            {
                "bufferView": len(root["bufferViews"]) - 1,
                "componentType": 5126,
                "count": count,
                "type": kind,
            }
        )
        sampler[name] = len(root["accessors"]) - 1
    sampler["interpolation"] = "CUBICSPLINE"
    root["buffers"][0]["byteLength"] = len(binary)
    back = parse_vrma(join_glb(root, binary), rate=Rate(4))
    np.testing.assert_allclose(back.root[:, 0], [0, 0.25, 0.5, 0.75, 1.0], atol=1e-6)


def test_gaze_signs_are_those_of_the_core():
    clip = make_clip(6, 1)
    clip.gaze[0] = (0.3, -0.2)
    root, binary = split_glb(vrma_bytes(clip, make_rest()))
    del root["scenes"][0]["extras"]
    back = parse_vrma(join_glb(root, binary))
    np.testing.assert_allclose(back.gaze[0], (0.3, -0.2), atol=1e-6)
    ahead = quat_rotate(quat_from_yaw_pitch_roll(0.3, -0.2, 0.0), [0.0, 0.0, 1.0])
    assert ahead[0] > 0
    assert ahead[1] > 0


def test_empty_clips_and_other_files_are_refused():
    with pytest.raises(ValueError, match="one frame"):
        vrma_bytes(Clip.rest(0, Rate(24), 1.0), make_rest())
    with pytest.raises(InputRefused, match="no VRM animation"):
        parse_vrma(join_glb({"asset": {"version": "2.0"}}))


def test_drawn_signs_travel_with_a_clip() -> None:
    clip = Clip.rest(12, Rate(24), 0.9)
    tears = np.linspace(0, 1, 12, dtype=np.float32)
    signed = replace(clip, signs={"tearDrops": tears, "sweatDrop": np.zeros(12, np.float32)})
    back = parse_vrma(vrma_bytes(signed, make_rest()))
    assert np.array_equal(back.signs["tearDrops"], tears)
    assert np.array_equal(signed.slice(3, 6).signs["tearDrops"], tears[3:6])
    with pytest.raises(ValueError, match="signs"):
        replace(clip, signs={"tearDrops": tears[:3]})
