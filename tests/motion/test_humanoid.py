"""Foreign skeletons: names, A-poses, folded rest poses, axes, units, floors; MMD."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cyberdirector.core.clip import Clip
from cyberdirector.core.errors import InputRefused
from cyberdirector.core.rotations import (
    quat_conjugate,
    quat_exp,
    quat_from_axis_angle,
    quat_multiply,
    quat_rotate,
)
from cyberdirector.core.skeleton import BONE_INDEX, BONE_PARENTS, HUMANOID_BONES, Rest
from cyberdirector.formats.armature import Armature, ArmatureMotion
from cyberdirector.formats.vmd import Vmd, keys_of
from cyberdirector.motion.bone_names import match_bones
from cyberdirector.motion.files import read_motion
from cyberdirector.motion.humanoid import to_humanoid
from cyberdirector.motion.mmd import humanoid_of, plain_name

from .strolls import body, degrees_apart, joints, stroll

_DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "bvh"

_MIXAMO = {
    "hips": "Hips", "spine": "Spine", "chest": "Spine1", "upperChest": "Spine2",
    "neck": "Neck", "head": "Head", "UpperLeg": "UpLeg", "LowerLeg": "Leg", "Foot": "Foot",
    "Toes": "ToeBase", "Shoulder": "Shoulder", "UpperArm": "Arm", "LowerArm": "ForeArm",
    "Hand": "Hand",
}  # fmt: skip


def _mixamo(bone: str) -> str:
    for side in ("left", "right"):
        if bone.startswith(side):
            part = bone.removeprefix(side)
            return f"mixamorig:{side.capitalize()}{_MIXAMO.get(part, part)}"
    return f"mixamorig:{_MIXAMO[bone]}"


def _foreign(
    clip: Clip, rest: Rest, pose: dict[str, np.ndarray], unit: float, up: np.ndarray
) -> ArmatureMotion:
    """Return the motion as a skeleton tells it whose joints are turned by ``pose`` in T-pose.

    ``pose`` holds the turn of each joint in the T-pose (4,), the same for all others as for
    their parent; rest rotations are lost as in BVH.
    """
    names = [b for b in HUMANOID_BONES if not b.endswith("Eye") and b != "jaw"]
    names = [b for b in names if "Thumb" not in b and "Distal" not in b]
    none = np.array([0.0, 0.0, 0.0, 1.0])
    turn: dict[str, np.ndarray] = {}
    for b in names:
        parent = HUMANOID_BONES[BONE_PARENTS[BONE_INDEX[b]]] if b != "hips" else ""
        turn[b] = pose.get(b, turn[parent] if parent else none)
    points, world = rest.forward(clip.root, clip.rotations)
    index = {b: j for j, b in enumerate(names)}
    parents = [-1] + [index[HUMANOID_BONES[BONE_PARENTS[BONE_INDEX[b]]]] for b in names[1:]]
    offsets = np.zeros((len(names), 3))
    rotations = np.zeros((clip.frames, len(names), 4))
    places = rest.positions().astype(float)
    whole = {
        b: quat_multiply(up, quat_multiply(world[:, BONE_INDEX[b]], turn[b])) for b in names
    }
    for j, b in enumerate(names):
        if parents[j] < 0:
            rotations[:, j] = whole[b]
            continue
        above = names[parents[j]]
        arm = places[BONE_INDEX[b]] - places[BONE_INDEX[above]]
        offsets[j] = quat_rotate(quat_conjugate(turn[above]), arm) / unit
        rotations[:, j] = quat_multiply(quat_conjugate(whole[above]), whole[b])
    turns = np.tile(none, (len(names), 1))
    armature = Armature(
        tuple(_mixamo(b) for b in names), np.array(parents, np.int32), offsets, turns
    )
    root = quat_rotate(up, points[:, 0]) / unit
    return ArmatureMotion(armature, clip.rate, rotations, {0: root})


def _bending(rest: Rest) -> Clip:
    """Return a walk in which elbows bend and arms move."""
    clip = stroll(rest, frames=60)
    local = clip.rotations.copy()
    t = np.arange(60)[:, None] / 60.0
    for side, sign in (("left", 1.0), ("right", -1.0)):
        bend = 0.6 + 0.5 * np.sin(6.0 * t)
        local[:, BONE_INDEX[f"{side}LowerArm"]] = quat_exp(bend * [0.0, -sign, 0.0])
    return Clip(
        clip.rate, clip.root, local, clip.weights, clip.gaze, clip.contacts, clip.hip_height
    )


def _a_pose() -> dict[str, np.ndarray]:
    pose = {}
    for side, sign in (("left", 1.0), ("right", -1.0)):
        pose[f"{side}UpperArm"] = quat_from_axis_angle([0.0, 0.0, 1.0], sign * 0.8)
        pose[f"{side}UpperLeg"] = quat_from_axis_angle([0.0, 0.0, 1.0], -sign * 0.15)
        pose[f"{side}Foot"] = np.array([0.0, 0.0, 0.0, 1.0])
    return pose


def _folded() -> dict[str, np.ndarray]:
    """Return joints whose own y runs along the bone, turned about it by odd angles."""
    pose = {}
    for side, sign in (("left", 1.0), ("right", -1.0)):
        down = quat_from_axis_angle([1.0, 0.0, 0.0], np.pi)
        out = quat_from_axis_angle([0.0, 0.0, 1.0], -sign * np.pi / 2)
        spin = quat_from_axis_angle([0.0, 1.0, 0.0], 1.1 * sign)
        for bone in ("UpperLeg", "LowerLeg"):
            pose[side + bone] = quat_multiply(down, spin)
        for bone in ("UpperArm", "LowerArm", "Hand"):
            pose[side + bone] = quat_multiply(out, spin)
        pose[f"{side}Foot"] = quat_from_axis_angle([1.0, 0.0, 0.0], 2.0)
    return pose


_UPRIGHT = np.array([0.0, 0.0, 0.0, 1.0])
_Z_UP = quat_from_axis_angle([1.0, 0.0, 0.0], np.pi / 2)
_ENDS = [BONE_INDEX[b] for b in ("head", "leftHand", "rightHand", "leftFoot", "rightFoot")]


@pytest.mark.parametrize(("unit", "up"), [(0.01, _UPRIGHT), (0.0254, _Z_UP), (1.0, _UPRIGHT)])
def test_a_poses_are_turned_to_the_t_pose(unit: float, up: np.ndarray) -> None:
    rest = body()
    clip = _bending(rest)
    found = to_humanoid(_foreign(clip, rest, _a_pose(), unit, up), "a.bvh")
    assert found.rest.hip_height == pytest.approx(rest.hip_height, abs=0.03)
    assert degrees_apart(found.clip.rotations[:, : BONE_INDEX["leftUpperLeg"]],
                         clip.rotations[:, : BONE_INDEX["leftUpperLeg"]]) < 1.0  # fmt: skip
    before, after = joints(clip, rest), joints(found.clip, found.rest)
    shift = after[:, :1] - before[:, :1]
    assert np.abs(after - shift - before)[:, _ENDS].max() < 0.02
    elbow = BONE_INDEX["leftLowerArm"]
    assert degrees_apart(found.clip.rotations[:, elbow], clip.rotations[:, elbow]) < 2.0


def test_folded_rest_poses_get_their_twist_from_bends() -> None:
    rest = body()
    clip = _bending(rest)
    found = to_humanoid(_foreign(clip, rest, _folded(), 0.01, _UPRIGHT), "cc.bvh")
    assert any("folded" in note for note in found.notes)
    before, after = joints(clip, rest), joints(found.clip, found.rest)
    shift = after[:, :1] - before[:, :1]
    assert np.abs(after - shift - before)[:, _ENDS].max() < 0.03
    for bone in ("leftLowerArm", "rightLowerArm", "leftLowerLeg"):
        i = BONE_INDEX[bone]
        assert degrees_apart(found.clip.rotations[:, i], clip.rotations[:, i]) < 12.0


def test_odd_units_are_scaled_to_a_usual_height() -> None:
    rest = body()
    found = to_humanoid(_foreign(_bending(rest), rest, {}, 0.035, _UPRIGHT), "odd.bvh")
    assert any("no unit" in note for note in found.notes)
    assert 0.8 < found.rest.hip_height < 1.0
    tall = to_humanoid(_foreign(_bending(rest), rest, {}, 0.035, _UPRIGHT), "odd.bvh", 1.9)
    assert tall.rest.hip_height > 1.02 * found.rest.hip_height


def test_motions_are_put_on_the_floor() -> None:
    rest = body()
    foreign = _foreign(_bending(rest), rest, _a_pose(), 0.01, _UPRIGHT)
    high = ArmatureMotion(
        foreign.armature, foreign.rate, foreign.rotations, {0: foreign.moves[0] + [0, 77, 0]}
    )
    found = to_humanoid(high)
    assert any("floor" in note for note in found.notes)
    assert found.clip.contacts.any(axis=1).mean() > 0.7


def test_what_is_no_humanoid_is_refused() -> None:
    armature = Armature(
        ("root", "tail"),
        np.array([-1, 0], np.int32),
        np.zeros((2, 3)),
        np.tile(_UPRIGHT, (2, 1)),
    )
    motion = ArmatureMotion(armature, stroll(body()).rate, np.zeros((3, 2, 4)), {})
    with pytest.raises(InputRefused) as caught:
        to_humanoid(motion, "dog.bvh")
    assert caught.value.code == "motion-no-humanoid"


@pytest.mark.parametrize(
    "names",
    [
        ["Hips", "LeftUpLeg", "LeftLeg", "LeftFoot"],
        ["pelvis", "thigh_l", "calf_l", "foot_l"],
        ["CC_Base_Pelvis", "CC_Base_L_Thigh", "CC_Base_L_Calf", "CC_Base_L_Foot"],
        ["Hips", "LeftHip", "LeftKnee", "LeftAnkle"],
        ["下半身", "左足", "左ひざ", "左足首"],
        ["pelvis", "lThighBend", "lShin", "lFoot"],
        ["Bip01 Pelvis", "Bip01 L Thigh", "Bip01 L Calf", "Bip01 L Foot"],
    ],
)
def test_names_of_many_programs(names: list[str]) -> None:
    found = match_bones(names, np.array([-1, 0, 1, 2], np.int32))
    wanted = {"hips": 0, "leftUpperLeg": 1, "leftLowerLeg": 2, "leftFoot": 3}
    assert {k: v for k, v in found.items() if k in wanted} == wanted


def test_shoulders_may_be_upper_arms() -> None:
    names = ["Hips", "Chest", "LeftCollar", "LeftShoulder", "LeftElbow", "LeftWrist"]
    found = match_bones(names, np.array([-1, 0, 1, 2, 3, 4], np.int32))
    assert found["leftShoulder"] == 2
    assert found["leftUpperArm"] == 3
    assert found["leftLowerArm"] == 4


@pytest.mark.parametrize("name", ["dab", "jumping_jacks", "wave_hello", "zombie"])
def test_real_files_keep_their_joints(name: str) -> None:
    path = _DATA / f"{name}.bvh"
    if not path.is_file():
        pytest.skip("../shared/data/bvh is absent")
    found = read_motion(path)
    assert 0.75 < found.rest.hip_height < 1.1
    assert found.clip.contacts.any()
    head = joints(found.clip, found.rest)[:, BONE_INDEX["head"], 1]
    assert 1.0 < float(np.median(head)) < 1.8


def _ik_file(on: bool, name: str = "左足ＩＫ") -> Vmd:
    """Return a file whose left foot is drawn up by its IK bone."""
    count = 10
    still = np.tile(_UPRIGHT, (count, 1))
    rise = np.linspace(0.0, 3.0, count)[:, None] * [0.0, 1.0, -1.0]
    bones = {
        "センター": keys_of(count, np.zeros((count, 3)), still),
        name: keys_of(count, rise, still),
    }
    return Vmd("", bones, {}, [(0, {name: on})])


def test_leg_ik_of_vmd_is_solved() -> None:
    found = humanoid_of(_ik_file(True))
    points = joints(found.clip, found.rest)
    foot = points[:, BONE_INDEX["leftFoot"]]
    assert float(foot[-1, 1] - foot[0, 1]) == pytest.approx(0.24, abs=0.01)
    assert float(foot[-1, 2] - foot[0, 2]) == pytest.approx(0.24, abs=0.01)
    knee = points[-1, BONE_INDEX["leftLowerLeg"]]
    assert knee[2] > points[-1, BONE_INDEX["leftUpperLeg"], 2] + 0.1
    other = points[:, BONE_INDEX["rightFoot"]]
    assert np.abs(other - other[0]).max() < 1e-3


def test_leg_ik_that_is_off_is_not_solved() -> None:
    found = humanoid_of(_ik_file(False))
    foot = joints(found.clip, found.rest)[:, BONE_INDEX["leftFoot"]]
    assert np.abs(foot - foot[0]).max() < 1e-3


def test_chinese_and_halfwidth_names_of_mmd() -> None:
    assert plain_name("左足ＩＫ") == plain_name("左足IK") == plain_name("左腿IK")
    assert plain_name("左手腕") == "左手首"
    assert plain_name("右人指１") == "右人指1"
    found = humanoid_of(_ik_file(True, "左腿IK"))
    foot = joints(found.clip, found.rest)[:, BONE_INDEX["leftFoot"]]
    assert float(foot[-1, 1] - foot[0, 1]) > 0.2
