"""From a foreign skeleton's motion to the humanoid clip that drives any VRM."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.clip import Clip
from cyberdirector.core.errors import InputRefused, Location
from cyberdirector.core.face import ARKIT_INDEX, SHAPE_COUNT
from cyberdirector.core.rotations import (
    Array,
    quat_conjugate,
    quat_continuous,
    quat_from_axis_angle,
    quat_multiply,
    quat_rotate,
)
from cyberdirector.core.skeleton import (
    BONE_COUNT,
    BONE_INDEX,
    BONE_PARENTS,
    HUMANOID_BONES,
    REQUIRED_BONES,
    Rest,
)
from cyberdirector.formats.armature import ArmatureMotion, forward
from cyberdirector.formats.vrm.arkit import arkit_name
from cyberdirector.motion._tpose import Motion3, find_tpose, median_offsets, parent_bone
from cyberdirector.motion.bone_names import match_bones
from cyberdirector.motion.contacts import find_contacts
from cyberdirector.motion.feet import foot_paths

UNITS = (1.0, 0.01, 0.001, 0.0254, 0.056444)
"""Metres, centimetres, millimetres, inches, and the unit of the CMU skeletons (inches over
0.45, see the ``:units`` of their ASF files)."""

_STATURE = (1.25, 2.15)
"""Metres: bodies that a unit must lead to."""

_USUAL_STATURE = 1.66
"""Metres given to bodies for which no unit is likely."""

_HEAD_SHARE = 0.885
"""Height of the head joint over the floor, share of the stature (adults: 0.87 to 0.90)."""

_TOE_THICK = 0.012
"""Height of the toe joint over the floor where the file does not tell, share of stature."""

_ANKLE = 0.05
"""Height of the ankle without a toe joint, share of the stature."""


@dataclass(frozen=True)
class Humanoid:
    """A clip, the body that it was made on, and what had to be guessed (plain English)."""

    clip: Clip
    rest: Rest
    notes: tuple[str, ...] = ()


def _bones(motion: ArmatureMotion, file: str) -> dict[str, int]:
    bones = dict(motion.humanoid)
    if not bones:
        bones = match_bones(motion.armature.names, motion.armature.parents)
    missing = sorted(REQUIRED_BONES - {"spine"} - set(bones))
    if missing:
        raise InputRefused(
            "motion-no-humanoid",
            f"认不出人形骨架：找不到 {'、'.join(missing[:6])}；请用常见的骨骼名称"
            "（VRM、Mixamo、CMU、Rokoko 等）导出。",
            f"no humanoid is recognised: {', '.join(missing[:6])} not found; export with usual "
            "bone names (VRM, Mixamo, CMU, Rokoko …).",
            Location(file=file),
            found=list(motion.armature.names[:64]),
        )
    return bones


def _is_ours(motion: ArmatureMotion) -> bool:
    """Tell whether the joints are VRM bones by name, as our own writers name them."""
    plain = [n for n in motion.armature.names if not n.endswith("_End")]
    return not motion.humanoid and all(n in BONE_INDEX for n in plain)


def _up_turn(motion: ArmatureMotion, points: Array, bones: Mapping[str, int]) -> Array:
    """Return the rotation (4,) from the file's axes to +Y up."""
    axis = motion.up
    if axis is None:
        feet = 0.5 * (points[:, bones["leftFoot"]] + points[:, bones["rightFoot"]])
        axis = int(np.argmax(np.abs((points[:, bones["head"]] - feet).mean(axis=0))))
    if axis == 2:
        return quat_from_axis_angle([1.0, 0.0, 0.0], -0.5 * np.pi)
    if axis == 0:
        return quat_from_axis_angle([0.0, 0.0, 1.0], 0.5 * np.pi)
    return np.array([0.0, 0.0, 0.0, 1.0])


def _moving(motion: ArmatureMotion, bones: Mapping[str, int], notes: list[str]) -> Motion3:
    points, turns = motion.world(bones.values())
    up = _up_turn(motion, points, bones)
    if abs(float(up[3])) < 0.9:
        notes.append("the file's up axis is not y; turned upright")
        return Motion3(
            {b: quat_rotate(up, points[:, j]) for b, j in bones.items()},
            {b: quat_multiply(up, turns[:, j]) for b, j in bones.items()},
        )
    return Motion3(
        {b: points[:, j] for b, j in bones.items()}, {b: turns[:, j] for b, j in bones.items()}
    )


def _rest_places(
    tpose: Mapping[str, Array], arms: Mapping[str, Array], bones: Mapping[str, int]
) -> dict[str, Array]:
    """Return VRM bone → place (3,) in the T-pose with the hips at the origin."""
    at: dict[str, Array] = {"hips": np.zeros(3)}
    for name in HUMANOID_BONES[1:]:
        if name in bones:
            parent = parent_bone(name, bones)
            at[name] = at[parent] + quat_rotate(tpose[parent], arms[name])
    return at


def _sole(at: Mapping[str, Array], stature: float) -> float:
    """Return the height of the soles under the hips (negative), same unit as ``at``."""
    lows = []
    for side in ("left", "right"):
        ankle = at[f"{side}Foot"][1]
        toes = at.get(f"{side}Toes")
        drop = _ANKLE * stature if toes is None else ankle - toes[1] + _TOE_THICK * stature
        lows.append(ankle - max(drop, 0.02 * stature))
    return float(min(lows))


def _unit_of(motion: ArmatureMotion, stature: float, notes: list[str]) -> float:
    """Return metres per unit of the file from the height of the body in its units."""
    stated = (motion.metres,) if motion.metres else ()
    for unit in (*stated, *UNITS):
        if _STATURE[0] <= stature * unit <= _STATURE[1]:
            return float(unit)
    if motion.metres:
        return float(motion.metres)
    notes.append(
        f"no unit fits a body of {stature:.3g}; scaled to a height of {_USUAL_STATURE} m"
    )
    return _USUAL_STATURE / max(stature, 1e-9)


def _rest(at: Mapping[str, Array], hips: float, unit: float) -> Rest:
    offsets = np.zeros((BONE_COUNT, 3))
    present = np.zeros(BONE_COUNT, np.bool_)
    places = np.zeros((BONE_COUNT, 3))
    for i, name in enumerate(HUMANOID_BONES):
        present[i] = name in at
        places[i] = at[name] * unit if present[i] else places[BONE_PARENTS[i]]
        offsets[i] = places[i] - places[BONE_PARENTS[i]] if i else (0.0, hips * unit, 0.0)
    return Rest(offsets.astype(np.float32), present)


def _rotations(moving: Motion3, tpose: Mapping[str, Array]) -> NDArray[np.float32]:
    """Return (frames, 55, 4): world turns against the T-pose, made local."""
    frames = len(moving.points["hips"])
    world = np.zeros((frames, BONE_COUNT, 4))
    local = np.zeros((frames, BONE_COUNT, 4))
    local[..., 3] = 1.0
    for i, name in enumerate(HUMANOID_BONES):
        parent = int(BONE_PARENTS[i])
        if name not in tpose:
            world[:, i] = world[:, parent] if parent >= 0 else local[:, i]
            continue
        world[:, i] = quat_multiply(moving.turns[name], quat_conjugate(tpose[name]))
        own = world[:, i]
        if parent >= 0:
            own = quat_multiply(quat_conjugate(world[:, parent]), own)
        local[:, i] = own
    return quat_continuous(local).astype(np.float32)


def _weights(motion: ArmatureMotion) -> NDArray[np.float32]:
    out = np.zeros((motion.frames, SHAPE_COUNT), np.float32)
    for name, values in motion.weights.items():
        proper = arkit_name(name)
        if proper:
            out[:, ARKIT_INDEX[proper]] = np.clip(values, 0.0, 1.0)
    return out


def _grounded(clip: Clip, rest: Rest, notes: list[str]) -> Clip:
    """Return the clip on the floor: its lower standing frames touch y = 0."""
    lowest = np.min([path.lowest for path in foot_paths(clip, rest)], axis=0)
    floor = float(np.quantile(lowest, 0.1))
    if abs(floor) > 0.02:
        notes.append(f"the floor was at {floor:.2f} m; the motion was put on it")
    root = clip.root.copy()
    root[:, 1] -= np.float32(floor)
    return replace(clip, root=root)


def to_humanoid(
    motion: ArmatureMotion,
    file: str = "",
    height: float | None = None,
    ground: bool | None = None,
) -> Humanoid:
    """Return the clip of a foreign motion and the body that it was made on.

    Parameters
    ----------
    motion
        What a reader gives.
    file
        Name for messages.
    height
        Stature of the body in metres; None guesses the unit of the file.
    ground
        Put the motion on the floor; None does so unless the file surely stands on it (VRM
        humanoids and files that we wrote).

    Raises
    ------
    InputRefused
        ``motion-no-humanoid`` when bones that every humanoid has are not recognised.
    """
    notes = list(motion.notes)
    bones = _bones(motion, file)
    exact = bool(motion.humanoid) or _is_ours(motion)
    moving = _moving(motion, bones, notes)
    if exact:
        points, turns = forward(motion.armature, motion.armature.turns[None], {})
        tpose = {b: turns[0, j] for b, j in bones.items()}
        at = {b: points[0, j] for b, j in bones.items()}
        hips, unit = float(at["hips"][1]), motion.metres or 0.01
    else:
        found = find_tpose(motion.armature, bones, moving)
        tpose = found.turns
        if found.guessed:
            notes.append("the rest pose is folded; the twist of limbs was told from bends")
        at = _rest_places(tpose, median_offsets(moving, bones), bones)
        stature = float(at["head"][1] - _sole(at, 0.0)) / _HEAD_SHARE
        hips = -_sole(at, stature)
        unit = height / stature if height else _unit_of(motion, stature, notes)
    rest = _rest(at, hips, unit)
    clip = Clip(
        motion.rate,
        (moving.points["hips"] * unit).astype(np.float32),
        _rotations(moving, tpose),
        _weights(motion),
        np.zeros((motion.frames, 2), np.float32),
        np.zeros((motion.frames, 2), np.bool_),
        rest.hip_height,
    )
    if (not exact) if ground is None else ground:
        clip = _grounded(clip, rest, notes)
    return Humanoid(replace(clip, contacts=find_contacts(clip, rest)), rest, tuple(notes))
