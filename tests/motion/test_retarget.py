"""A motion on other bodies: steps, feet, touches, missing bones."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cyberdirector.core.clip import Clip
from cyberdirector.core.rotations import quat_exp
from cyberdirector.core.skeleton import BONE_INDEX, Rest
from cyberdirector.core.time import Rate
from cyberdirector.motion.check import check_clip, skate
from cyberdirector.motion.feet import foot_paths
from cyberdirector.motion.retarget import RetargetOptions, retarget
from cyberdirector.motion.surface import into_bone, usual_surface
from cyberdirector.motion.touches import find_touches, hand_points, move_hand

from .strolls import body, degrees_apart, joints, stroll

_BODIES = {
    "three heads": body(0.42, 0.6, 0.75),
    "five heads": body(0.62, 0.85, 0.9),
    "eight heads": body(1.04, 1.15, 1.05),
}


def _touching_head(rest: Rest) -> Clip:
    """Return a clip whose right fingertips lie on the head in the middle second."""
    clip = Clip.rest(90, Rate(30), rest.hip_height)
    local = clip.rotations.astype(np.float64)
    for side, sign in (("left", -1.0), ("right", 1.0)):
        local[:, BONE_INDEX[f"{side}UpperArm"]] = quat_exp([0.0, 0.0, 1.1 * sign])
    local[:, BONE_INDEX["rightLowerArm"]] = quat_exp([0.0, 1.9, 0.0])
    points, turns = rest.forward(clip.root, local)
    part = usual_surface(rest)["head"]
    head = BONE_INDEX["head"]
    spot = part.place(
        np.zeros(90), np.tile([-0.4, 0.1, 0.9], (90, 1)) / 0.99, np.full(90, 0.012)
    )
    weight = np.interp(np.arange(90), [15, 30, 60, 75], [0, 1, 1, 0])[:, None]
    for _ in range(4):
        points, turns = rest.forward(clip.root, local)
        tip = hand_points(points, turns, rest)[:, 1, 1]
        move_hand(local, points, turns, 1, weight * (points[:, head] + spot - tip))
    return replace(clip, rotations=local.astype(np.float32))


@pytest.mark.parametrize("name", list(_BODIES))
def test_feet_do_not_slide_on_other_bodies(name: str) -> None:
    source = body()
    clip = stroll(source, frames=80)
    out = retarget(clip, source, _BODIES[name])
    assert skate(out, _BODIES[name]) <= skate(clip, source) + 0.5
    assert min(float(p.lowest.min()) for p in foot_paths(out, _BODIES[name])) > -0.005


@pytest.mark.parametrize("name", list(_BODIES))
def test_touches_stay(name: str) -> None:
    source, rest = body(), _BODIES[name]
    clip = _touching_head(source)
    found = [t for t in find_touches(clip, source, usual_surface(source)) if t.on == "head"]
    assert len(found) == 1
    assert found[0].start <= 32
    assert found[0].end >= 58
    out = retarget(clip, source, rest)
    points, turns = rest.forward(out.root, out.rotations)
    tips = hand_points(points, turns, rest)[:, 1, found[0].point]
    head = BONE_INDEX["head"]
    gap = usual_surface(rest)["head"].gap(into_bone(tips, points[:, head], turns[:, head]))[0]
    assert np.abs(gap[30:60]).max() < 0.02


def test_the_same_body_changes_little() -> None:
    source = body()
    clip = stroll(source, frames=60)
    out = retarget(clip, source, source, RetargetOptions(touches=False))
    ends = [BONE_INDEX[b] for b in ("head", "leftHand", "rightHand")]
    assert np.abs(joints(out, source)[:, ends] - joints(clip, source)[:, ends]).max() < 0.04


def test_jumps_keep_their_flight() -> None:
    source, rest = body(), _BODIES["three heads"]
    clip = Clip.rest(40, Rate(30), source.hip_height)
    t = np.linspace(0.0, 1.0, 20)
    root = clip.root.copy()
    root[10:30, 1] += (2.0 * t * (1.0 - t)).astype(np.float32)
    contacts = np.ones((40, 2), np.bool_)
    contacts[11:29] = False
    out = retarget(replace(clip, root=root, contacts=contacts), source, rest)
    rise = float(out.root[:, 1].max() - out.root[0, 1])
    scale = rest.hip_height / source.hip_height
    assert rise == pytest.approx(float(root[:, 1].max() - root[0, 1]) * scale, rel=0.02)
    assert all(float(p.lowest[20]) > 0.1 for p in foot_paths(out, rest))


def _without(rest: Rest, *bones: str) -> Rest:
    """Return a rest pose that lacks bones; their children keep their places."""
    from cyberdirector.core.skeleton import BONE_PARENTS

    points = rest.positions().astype(np.float64)
    present = rest.present.copy()
    for bone in bones:
        present[BONE_INDEX[bone]] = False
    at = points.copy()
    for i in range(1, len(at)):
        if not present[i]:
            at[i] = at[BONE_PARENTS[i]]
    offsets = at.copy()
    offsets[1:] -= at[BONE_PARENTS[1:]]
    return Rest(offsets.astype(np.float32), present)


def test_missing_trunk_bones_hand_their_turn_on() -> None:
    source = body()
    clip = Clip.rest(5, Rate(30), source.hip_height)
    local = clip.rotations.copy()
    for bone in ("spine", "chest", "upperChest"):
        local[:, BONE_INDEX[bone]] = quat_exp([0.2, 0.1, 0.0])
    clip = replace(clip, rotations=local)
    short = _without(source, "chest", "upperChest")
    out = retarget(clip, source, short, RetargetOptions(touches=False, plant=False))
    head = BONE_INDEX["head"]
    before = source.forward(clip.root, clip.rotations)[1][:, head]
    after = short.forward(out.root, out.rotations)[1][:, head]
    assert degrees_apart(before, after) < 0.01
    back = retarget(out, short, source, RetargetOptions(touches=False, plant=False))
    assert degrees_apart(source.forward(back.root, back.rotations)[1][:, head], before) < 0.01
    chest = back.rotations[0, BONE_INDEX["chest"]]
    assert abs(float(chest[3])) < 0.999


def test_arm_space_keeps_hands_before_the_trunk() -> None:
    source, rest = body(), body(0.92, 1.0, 1.3)
    clip = _touching_head(source)
    near = []
    for dial in (0.0, 1.0):
        options = RetargetOptions(arms=dial, touches=False, plant=False)
        out = retarget(clip, source, rest, options)
        hand = BONE_INDEX["rightHand"]
        near.append(np.abs(joints(out, rest)[45, hand] - joints(clip, source)[45, hand]).max())
    assert near[1] < 0.3 * near[0]


def test_check_tells_what_is_wrong() -> None:
    rest = body()
    clip = stroll(rest, frames=60, slip=0.3)
    report = check_clip(clip, rest)
    assert not report.measures["skate"].ok
    assert report.measures["flips"].ok
    local = clip.rotations.copy()
    local[30, BONE_INDEX["leftUpperArm"]] = quat_exp([2.0, 0.0, 0.0])
    flipped = check_clip(replace(clip, rotations=local), rest)
    assert flipped.measures["flips"].value >= 1
    assert 30 in flipped.measures["flips"].worst or 31 in flipped.measures["flips"].worst
    local[12, 0, 0] = np.nan
    broken = check_clip(replace(clip, rotations=local), rest)
    assert broken.measures["finite"].worst == (12,)
    assert not broken.ok


def test_overstretched_knees_are_told() -> None:
    rest = body()
    clip = Clip.rest(10, Rate(30), rest.hip_height)
    local = clip.rotations.copy()
    local[4, BONE_INDEX["leftLowerLeg"]] = quat_exp([-0.6, 0.0, 0.0])
    found = check_clip(replace(clip, rotations=local), rest).measures["limits"]
    assert not found.ok
    assert found.worst[0] == 4
