"""MikuMikuDance motions and the humanoid clip: bone names, A-pose, leg IK, morphs.

MMD is left-handed and its models face -Z, so z changes sign (x and y of a quaternion too).
Its bones have the axes of the world at rest, like ours; its arms rest 35° below the T-pose.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.clip import Clip
from cyberdirector.core.face import ARKIT_INDEX, SHAPE_COUNT
from cyberdirector.core.rotations import (
    Array,
    quat_between,
    quat_conjugate,
    quat_continuous,
    quat_from_axis_angle,
    quat_multiply,
    quat_normalize,
    quat_rotate,
)
from cyberdirector.core.skeleton import BONE_COUNT, BONE_INDEX, BONE_PARENTS, Rest
from cyberdirector.core.time import Rate
from cyberdirector.formats.vmd import Vmd, keys_of
from cyberdirector.motion.contacts import find_contacts
from cyberdirector.motion.feet import SIDES
from cyberdirector.motion.humanoid import Humanoid
from cyberdirector.motion.ik import two_bone
from cyberdirector.motion.resample import resample
from cyberdirector.motion.usual import usual_rest

UNIT = 0.08
"""Metres per MMD unit: the standard model is 20 units (1.58 to 1.6 m) tall."""

HIPS = 0.92
"""Hip height in metres of the body that MMD motions are read for and written to."""

_ARMS = np.radians(35.0)
"""How far the arms of MMD models hang below the T-pose (models: 33 to 38 degrees)."""

_RATE = Rate(30)

_JA = {"left": "左", "right": "右"}
_DIGITS = str.maketrans("０１２３４５６７８９ＩＫＤＥＸ", "0123456789IKDEX")

_TRUNK = {"spine": "上半身", "upperChest": "上半身2", "neck": "首", "head": "頭"}
_SIDED = {
    "Shoulder": "肩", "UpperArm": "腕", "LowerArm": "ひじ", "Hand": "手首",
    "UpperLeg": "足", "LowerLeg": "ひざ", "Foot": "足首", "Toes": "足先EX",
    "ThumbMetacarpal": "親指０", "ThumbProximal": "親指１", "ThumbDistal": "親指２",
    "IndexProximal": "人指１", "IndexIntermediate": "人指２", "IndexDistal": "人指３",
    "MiddleProximal": "中指１", "MiddleIntermediate": "中指２", "MiddleDistal": "中指３",
    "RingProximal": "薬指１", "RingIntermediate": "薬指２", "RingDistal": "薬指３",
    "LittleProximal": "小指１", "LittleIntermediate": "小指２", "LittleDistal": "小指３",
}  # fmt: skip
_CHEST = "cd:chest"
"""Bone of our own that keeps the chest apart from the upper chest; MMD skips it."""

_ZH = {
    "中心": "センター", "全亲骨": "全ての親", "腰部": "腰", "脖子": "首", "颈": "首",
    "头": "頭", "头部": "頭", "臂": "腕", "手臂": "腕", "肘": "ひじ",
    "手肘": "ひじ", "手腕": "手首",
    "腿": "足", "大腿": "足", "膝": "ひざ", "膝盖": "ひざ", "脚踝": "足首", "脚腕": "足首",
    "脚IK": "足IK", "腿IK": "足IK", "脚尖": "つま先", "拇指": "親指", "食指": "人指",
    "无名指": "薬指", "眼": "目",
}  # fmt: skip
"""Chinese names in translated models (after the side) and the Japanese ones."""

_MORPHS: Mapping[str, Mapping[str, float]] = {
    "あ": {"jawOpen": 0.7}, "い": {"mouthStretchLeft": 0.6, "mouthStretchRight": 0.6},
    "う": {"mouthPucker": 0.9}, "え": {"mouthUpperUpLeft": 0.4, "mouthUpperUpRight": 0.4},
    "お": {"mouthFunnel": 0.7},
    "まばたき": {"eyeBlinkLeft": 1.0, "eyeBlinkRight": 1.0},
    "ウィンク２": {"eyeBlinkLeft": 1.0}, "ｳｨﾝｸ２右": {"eyeBlinkRight": 1.0},
    "笑い": {"eyeBlinkLeft": 1.0, "eyeBlinkRight": 1.0, "cheekSquintLeft": 0.6,
             "cheekSquintRight": 0.6},
    "口角上げ": {"mouthSmileLeft": 0.8, "mouthSmileRight": 0.8},
    "口角下げ": {"mouthFrownLeft": 0.8, "mouthFrownRight": 0.8},
    "怒り": {"browDownLeft": 0.9, "browDownRight": 0.9}, "困る": {"browInnerUp": 0.9},
    "上": {"browOuterUpLeft": 0.8, "browOuterUpRight": 0.8},
    "びっくり": {"eyeWideLeft": 0.9, "eyeWideRight": 0.9},
    "じと目": {"eyeSquintLeft": 0.9, "eyeSquintRight": 0.9},
}  # fmt: skip
"""Usual morphs of MMD faces and the ARKit shapes that they look like (our choice)."""

_WRITTEN = tuple(m for m in _MORPHS if m not in ("笑い",))


def plain_name(name: str) -> str:
    """Return a bone name with plain digits and Latin letters, in Japanese."""
    text = name.translate(_DIGITS).strip()
    side = text[:1] if text[:1] in "左右" else ""
    rest = text[len(side) :]
    match = re.match(r"^(\D*?)(\d*)$", rest)
    word, number = (match.group(1), match.group(2)) if match else (rest, "")
    return side + _ZH.get(rest, _ZH.get(word, word) + number)


def _flip(turns: Array) -> Array:
    """Return quaternions of the other handedness (z mirrored)."""
    return turns * np.array([-1.0, -1.0, 1.0, 1.0])


def _rest_turn(side: str, part: str) -> Array:
    """Return how a joint of an MMD model must turn (4,) to stand in the T-pose."""
    arm = part in ("UpperArm", "LowerArm", "Hand") or part.startswith(
        ("Thumb", "Index", "Middle", "Ring", "Little")
    )
    sign = 1.0 if side == "left" else -1.0
    return quat_from_axis_angle([0.0, 0.0, 1.0], sign * _ARMS if arm else 0.0)


class _Tracks:
    """Sampled bones of a file, right-handed and in metres."""

    def __init__(self, vmd: Vmd, frames: int) -> None:
        self.keys = {plain_name(name): keys for name, keys in vmd.bones.items()}
        self.frames = frames

    def has(self, name: str) -> bool:
        return plain_name(name) in self.keys

    def moves(self, name: str) -> bool:
        keys = self.keys.get(plain_name(name))
        return keys is not None and len(keys.frames) > 1

    def get(self, name: str) -> tuple[Array, Array]:
        """Return places (n, 3), metres, and turns (n, 4) of a bone; rest when it is absent."""
        keys = self.keys.get(plain_name(name))
        if keys is None:
            turns = np.zeros((self.frames, 4))
            turns[:, 3] = 1.0
            return np.zeros((self.frames, 3)), turns
        places, turns = keys.sample(self.frames)
        return places * np.array([1.0, 1.0, -1.0]) * UNIT, _flip(turns)

    def turn(self, *names: str) -> Array:
        """Return the product of turns of bones that follow each other."""
        out = self.get(names[0])[1]
        for name in names[1:]:
            if self.has(name):
                out = quat_multiply(out, self.get(name)[1])
        return out


def _trunk(tracks: _Tracks, rest: Rest, world: dict[str, Array]) -> Array:
    """Write world turns of hips to head; return the hips (n, 3), metres."""
    base_at, base = tracks.get("全ての親")
    point = base_at
    hips = rest.offsets[0].astype(np.float64)
    turn = base
    for name, height in (
        ("センター", 0.7 * hips[1]),
        ("グルーブ", 0.75 * hips[1]),
        ("腰", hips[1]),
    ):
        at, own = tracks.get(name)
        pivot = np.array([0.0, height, 0.0])
        # Each bone turns about its own rest place: carry the origin of the rest pose along.
        point = point + quat_rotate(turn, at + pivot)
        turn = quat_multiply(turn, own)
        point = point - quat_rotate(turn, pivot)
    place = point + quat_rotate(turn, hips)
    world["hips"] = quat_multiply(turn, tracks.turn("下半身"))
    world["spine"] = quat_multiply(turn, tracks.turn("上半身"))
    chest = world["spine"]
    if tracks.has(_CHEST):
        chest = quat_multiply(chest, tracks.get(_CHEST)[1])
    world["chest"] = chest
    world["upperChest"] = quat_multiply(world["spine"], tracks.turn("上半身2", "上半身3"))
    world["neck"] = quat_multiply(world["upperChest"], tracks.turn("首"))
    world["head"] = quat_multiply(world["neck"], tracks.turn("頭"))
    world["base"] = base
    world["base_at"] = base_at
    return place


def _limbs(tracks: _Tracks, world: dict[str, Array]) -> None:
    """Write world turns of arms, fingers and legs as the keys alone say (FK)."""
    twists = {"LowerArm": "腕捩", "Hand": "手捩"}
    for side in SIDES:
        ja = _JA[side]
        for part, name in _SIDED.items():
            bone = side + part
            parent = BONE_PARENTS[BONE_INDEX[bone]]
            above = world[list(BONE_INDEX)[parent]]
            own = tracks.turn(f"{ja}{name}")
            if part == "Shoulder":
                own = tracks.turn(f"{ja}肩P", f"{ja}肩")
            elif part in twists:
                own = quat_multiply(tracks.turn(f"{ja}{twists[part]}"), own)
            elif part == "Foot" and not tracks.has(f"{ja}足首"):
                own = tracks.turn(f"{ja}足首D")
            world[bone] = quat_multiply(above, own)


def _legs(tracks: _Tracks, vmd: Vmd, rest: Rest, place: Array, world: dict[str, Array]) -> None:
    """Solve legs to the IK bones where they are on, in place of the keys of the legs."""
    points = rest.positions().astype(np.float64)
    for side in SIDES:
        ja = _JA[side]
        name = f"{ja}足IK"
        listed = next((n for n in vmd.bones if plain_name(n) == name), f"{ja}足ＩＫ")
        on = np.ones(tracks.frames, np.bool_)
        for spelling in {listed, f"{ja}足ＩＫ", name}:
            on &= vmd.switches(spelling, tracks.frames)
        keyed = tracks.moves(f"{ja}足") or tracks.moves(f"{ja}ひざ")
        if not on.any() or (not tracks.has(name) and keyed):
            continue
        hip, knee, ankle = (
            points[BONE_INDEX[f"{side}{b}"]] for b in ("UpperLeg", "LowerLeg", "Foot")
        )
        parent_at, parent = tracks.get(f"{ja}足IK親")
        at, turn = tracks.get(name)
        target = world["base_at"] + quat_rotate(
            world["base"], parent_at + quat_rotate(parent, at + ankle)
        )
        foot = quat_multiply(quat_multiply(world["base"], parent), turn)
        toe_at, _ = tracks.get(f"{ja}つま先IK")
        toes = points[BONE_INDEX[f"{side}Toes"]] - ankle
        foot = quat_multiply(foot, _towards(toes, toes + toe_at))
        pelvis = world["hips"]
        ahead = np.array([0.0, 0.0, 1.0])
        pole = quat_rotate(world[f"{side}UpperLeg"], ahead) + 0.5 * quat_rotate(foot, ahead)
        thigh, shin, _ = two_bone(
            place + quat_rotate(pelvis, hip - points[0]),
            target,
            pole,
            (float(np.linalg.norm(knee - hip)), float(np.linalg.norm(ankle - knee))),
            (_unit(knee - hip), _unit(ankle - knee)),
            np.array([0.0, 0.0, -1.0]),
        )
        mask = on[:, None]
        for bone, value in (("UpperLeg", thigh), ("LowerLeg", shin), ("Foot", foot)):
            world[f"{side}{bone}"] = np.where(mask, value, world[f"{side}{bone}"])
        toe = quat_multiply(world[f"{side}Foot"], tracks.turn(f"{ja}足先EX"))
        world[f"{side}Toes"] = toe


def _unit(v: Array) -> Array:
    return np.asarray(v / np.linalg.norm(v))


def _towards(a: Array, b: Array) -> Array:
    return quat_between(np.broadcast_to(a, b.shape), b)


def _local(world: Mapping[str, Array], frames: int) -> NDArray[np.float32]:
    """Return (frames, 55, 4) local turns of world turns against the MMD rest pose."""
    out = np.zeros((frames, BONE_COUNT, 4))
    out[..., 3] = 1.0
    done = np.zeros((frames, BONE_COUNT, 4))
    for bone, i in BONE_INDEX.items():
        parent = int(BONE_PARENTS[i])
        if bone not in world:
            done[:, i] = done[:, parent]
            continue
        side = "left" if bone.startswith("left") else "right"
        turn = _rest_turn(side, bone.removeprefix(side))
        done[:, i] = quat_multiply(world[bone], quat_conjugate(turn))
        own = done[:, i]
        if parent >= 0:
            own = quat_multiply(quat_conjugate(done[:, parent]), own)
        out[:, i] = own
    return quat_continuous(out).astype(np.float32)


def _weights(vmd: Vmd, frames: int) -> NDArray[np.float32]:
    out = np.zeros((frames, SHAPE_COUNT))
    for name, (at, values) in vmd.morphs.items():
        shown = np.interp(np.arange(frames), at, values)
        for shape, share in _MORPHS.get(name, {}).items():
            out[:, ARKIT_INDEX[shape]] += share * shown
    return np.clip(out, 0.0, 1.0).astype(np.float32)


def _hips_of(model: str) -> float:
    """Return the hip height that our writer notes in the model's name, else the usual one."""
    match = re.match(r"^CyberDirector ([0-9]\.[0-9]{4})$", model)
    return float(match.group(1)) if match else HIPS


def humanoid_of(vmd: Vmd) -> Humanoid:
    """Return the clip of an MMD motion, 30 frames a second, on a usual body.

    Legs follow their IK bones where these are on; keys are read with their Bézier curves.
    """
    frames = vmd.length
    rest = usual_rest(_hips_of(vmd.model))
    tracks = _Tracks(vmd, frames)
    world: dict[str, Array] = {}
    place = _trunk(tracks, rest, world)
    scale = rest.hip_height / HIPS
    if scale != 1.0:  # our own files are written for a body of the usual hip height
        place = place + (scale - 1.0) * (place - rest.offsets[0])
    _limbs(tracks, world)
    _legs(tracks, vmd, rest, place, world)
    clip = Clip(
        _RATE,
        place.astype(np.float32),
        _local(world, frames),
        _weights(vmd, frames),
        np.zeros((frames, 2), np.float32),
        np.zeros((frames, 2), np.bool_),
        rest.hip_height,
    )
    return Humanoid(replace(clip, contacts=find_contacts(clip, rest)), rest)


def _bone_turns(clip: Clip, rest: Rest) -> dict[str, Array]:
    """Return local turns (n, 4) by MMD bone, right-handed."""
    _, world = rest.forward(clip.root, clip.rotations)
    by_bone: dict[str, Array] = {}
    for bone, i in BONE_INDEX.items():
        side = "left" if bone.startswith("left") else "right"
        by_bone[bone] = quat_multiply(world[:, i], _rest_turn(side, bone.removeprefix(side)))

    def against(bone: str, above: str) -> Array:
        return quat_multiply(quat_conjugate(by_bone[above]), by_bone[bone])

    out = {"下半身": by_bone["hips"], "上半身": by_bone["spine"]}
    out[_CHEST] = against("chest", "spine")
    out["上半身2"] = against("upperChest", "spine")
    out["首"], out["頭"] = against("neck", "upperChest"), against("head", "neck")
    for side in SIDES:
        for part, name in _SIDED.items():
            parent = list(BONE_INDEX)[BONE_PARENTS[BONE_INDEX[side + part]]]
            out[_JA[side] + name] = against(side + part, parent)
    return out


def vmd_of(clip: Clip, rest: Rest) -> Vmd:
    """Return the MMD motion of a clip: keys on all frames, leg IK off, usual morphs.

    Strides are scaled to the body of MMD's standard model.
    """
    clip = resample(clip, _RATE)
    scale = HIPS / rest.hip_height
    way = (clip.root.astype(np.float64) - rest.offsets[0]) * scale / UNIT
    none = np.zeros((clip.frames, 3))
    still = np.tile([0.0, 0.0, 0.0, 1.0], (clip.frames, 1))
    bones = {"センター": keys_of(clip.frames, way * np.array([1.0, 1.0, -1.0]), still)}
    for name, turn in _bone_turns(clip, rest).items():
        flipped = quat_continuous(quat_normalize(_flip(turn)))
        bones[name] = keys_of(clip.frames, none, flipped)
    morphs = {}
    frames = np.arange(clip.frames)
    for name in _WRITTEN:
        shapes = _MORPHS[name]
        shown = np.min(
            [clip.weights[:, ARKIT_INDEX[s]] / share for s, share in shapes.items()], axis=0
        )
        if float(shown.max(initial=0.0)) > 1e-3:
            morphs[name] = (frames, np.clip(shown, 0.0, 1.0))
    off = {f"{_JA[s]}{ik}": False for s in SIDES for ik in ("足ＩＫ", "つま先ＩＫ")}
    return Vmd(f"CyberDirector {rest.hip_height:.4f}", bones, morphs, [(0, off)])
