"""Which joint of a foreign skeleton is which VRM bone: by name, then by place in the tree."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.skeleton import BONE_INDEX, HUMANOID_BONES

# Spellings after :func:`_plain`; sides and prefixes are gone. Mixamo, Rokoko, MotionBuilder,
# CMU, iClone (CC_Base), Bandai-Namco, Unreal, 3ds Max Biped, DAZ, SMPL, MMD, Blender Rigify.
_MIDDLE = {
    "hips": "hips hip pelvis cog bip01pelvis bip001pelvis centerofmass 下半身 腰骨",
    "spine": "spine spine1 spine01 abdomen abdomenlower lowerback waist lowertorso torso "
    "abdomenlower spinelower bip01spine 上半身 上半身2",
    "neck": "neck neck1 neck01 necklower lowerneck necktwist01 bip01neck bip001neck 首",
    "head": "head head1 bip01head bip001head 頭",
    "jaw": "jaw jawroot lowerjaw あご",
}
_SIDED = {
    "UpperLeg": "upleg upperleg thigh thighbend hip uplegroll femur 足 legupper",
    "LowerLeg": "leg lowerleg calf shin knee tibia ひざ leglower",
    "Foot": "foot ankle 足首",
    "Toes": "toebase toes toe ball toe0 ballofoot つま先 foottoe metatarsals metatarsal",
    "Shoulder": "shoulder clavicle collar collarbone clav 肩 thorax inshoulder",
    "UpperArm": "arm upperarm uparm shldr shldrbend shoulderjoint humerus 腕 armupper",
    "LowerArm": "forearm lowerarm lowarm elbow forearmbend radius ひじ armlower",
    "Hand": "hand wrist 手首",
    "Eye": "eye eyeball 目",
}
_FINGERS = {
    "Thumb": "thumb 親指 finger0",
    "Index": "index indexfinger pointer 人指 finger1",
    "Middle": "middle mid middlefinger 中指 finger2",
    "Ring": "ring ringfinger 薬指 finger3",
    "Little": "pinky little pinkie littlefinger 小指 finger4",
}

_PREFIX = re.compile(
    r"^(?:mixamorig\d*|cc_base|bip0*1|character\d*|armature|def|org|j_bip|j_sec|root|skeleton|"
    r"genesis\d*\w*|hiptrans|reference|valvebiped|ik|smplx|m_avg|f_avg|[\w ]+:)[:_\s.|-]+",
    re.IGNORECASE,
)
_SIDE = (
    (re.compile(r"^(?:left|左)[_\s.-]*", re.IGNORECASE), "left"),
    (re.compile(r"^(?:right|右)[_\s.-]*", re.IGNORECASE), "right"),
    (re.compile(r"[_\s.-]*(?:left|左)$", re.IGNORECASE), "left"),
    (re.compile(r"[_\s.-]*(?:right|右)$", re.IGNORECASE), "right"),
    (re.compile(r"^[lL][_\s.-]+"), "left"),
    (re.compile(r"^[rR][_\s.-]+"), "right"),
    (re.compile(r"[_\s.-]+[lL]$"), "left"),
    (re.compile(r"[_\s.-]+[rR]$"), "right"),
    (re.compile(r"^l(?=[A-Z])"), "left"),
    (re.compile(r"^r(?=[A-Z])"), "right"),
    (re.compile(r"^L(?=[A-Z][a-z])"), "left"),
    (re.compile(r"^R(?=[A-Z][a-z])"), "right"),
    (re.compile(r"[_\s.-]+[lL][_\s.-]+"), "left"),
    (re.compile(r"[_\s.-]+[rR][_\s.-]+"), "right"),
)
_FINGER = re.compile(r"^(?:hand)?(\D+?)(?:finger)?(\d{0,2})$")
_SPINE = re.compile(
    r"^(?:spine\d*|chest\d*|upperchest|abdomen\w*|lowerback|upperback|waist|torso|lowertorso|"
    r"uppertorso|spine\w{0,6}|thorax|上半身2?|spineupper|chestlower|chestupper)$"
)
_HELPER = re.compile(
    r"(?i:twist|share|roll|helper|nub|[_\s]end$|tip$|site|pole|target|effector)|End$|IK|捩|先$|"
    r"キャンセル",
)

Found = dict[str, int]
Given = dict[str, list[int]]
Parents = NDArray[np.int32]


def _words(table: Mapping[str, str]) -> dict[str, str]:
    return {word: bone for bone, words in table.items() for word in words.split()}


_MIDDLE_WORDS = MappingProxyType(_words(_MIDDLE))
_SIDED_WORDS = MappingProxyType(_words(_SIDED))
_FINGER_WORDS = MappingProxyType(_words(_FINGERS))
_EXACT = MappingProxyType({name.lower(): name for name in HUMANOID_BONES})


def _split(name: str) -> tuple[str, str]:
    """Return the side (``left``, ``right`` or empty) and the plain rest of a name."""
    text = name.strip()
    for _ in range(2):
        text = _PREFIX.sub("", text, count=1)
    for pattern, side in _SIDE:
        if pattern.search(text):
            rest = pattern.sub("_" if pattern.pattern.startswith("[_") else "", text, count=1)
            return side, _plain(rest)
    return "", _plain(text)


def _plain(text: str) -> str:
    digits = str.maketrans("０１２３４５６７８９", "0123456789")
    return re.sub(r"[_\s.:|-]+", "", text.translate(digits)).lower()


def _sided(side: str, rest: str) -> str:
    """Return the VRM bone of a sided name, or an empty text."""
    if rest in _SIDED_WORDS:
        return side + _SIDED_WORDS[rest]
    match = _FINGER.match(rest)
    finger = match and _FINGER_WORDS.get(match.group(1))
    if finger:
        return f"{side}{finger}#{match.group(2)}" if match else ""
    # Biped counts Finger0, Finger01, Finger02.
    biped = re.match(r"^finger([0-4])([12]?)$", rest)
    if biped:
        order = ("Thumb", "Index", "Middle", "Ring", "Little")
        return f"{side}{order[int(biped.group(1))]}#{int(biped.group(2) or 0) + 1}"
    return ""


def _candidates(names: Sequence[str]) -> dict[str, list[int]]:
    """Return joints by VRM bone; fingers as ``leftIndex#number``, the trunk as ``spine``."""
    out: dict[str, list[int]] = {}
    for joint, name in enumerate(names):
        exact = _EXACT.get(_PREFIX.sub("", name.strip(), count=1).lower())
        if exact:
            out.setdefault(exact, []).append(joint)
            continue
        side, rest = _split(name)
        if not rest or (_HELPER.search(name) and rest not in _MIDDLE_WORDS):
            continue
        if side:
            bone = _sided(side, rest)
        else:
            bone = "spine" if _SPINE.match(rest) else _MIDDLE_WORDS.get(rest, "")
        if bone:
            out.setdefault(bone, []).append(joint)
    return out


def _above(joint: int, parents: Parents) -> list[int]:
    """Return the joints over ``joint``, nearest first."""
    out = []
    while (joint := int(parents[joint])) >= 0:
        out.append(joint)
    return out


def _legs(found: Found, given: Given, parents: Parents) -> None:
    """Settle chains of sided limbs: ``hip`` may be a pelvis or a thigh, ``toe`` may repeat."""
    for side in ("left", "right"):
        for chain in (("UpperLeg", "LowerLeg", "Foot", "Toes"), ("Shoulder",),
                      ("UpperArm", "LowerArm", "Hand"), ("Eye",)):  # fmt: skip
            for bone in chain:
                name = side + bone
                if name in given:
                    depth = [len(_above(j, parents)) for j in given[name]]
                    found[name] = given[name][int(np.argmin(depth))]


def _arms(found: Found, given: Given, parents: Parents) -> None:
    """Settle ``shoulder``: where no joint is called an upper arm, the last one is it."""
    for side in ("left", "right"):
        elbow = found.get(f"{side}LowerArm")
        if elbow is None or f"{side}UpperArm" in found:
            continue
        above = _above(elbow, parents)
        shoulders = [j for j in above if j in given.get(f"{side}Shoulder", [])]
        found.pop(f"{side}Shoulder", None)
        if shoulders:
            found[f"{side}UpperArm"] = shoulders[0]
        if len(shoulders) > 1:
            found[f"{side}Shoulder"] = shoulders[-1]


def _hips(found: Found, parents: Parents) -> None:
    """Set the hips to the joint that both thighs hang on."""
    legs = [found.get("leftUpperLeg"), found.get("rightUpperLeg")]
    if legs[0] is None or legs[1] is None:
        return
    common = [j for j in _above(legs[0], parents) if j in _above(legs[1], parents)]
    if common:
        found["hips"] = common[0]


def _trunk(found: Found, given: Given, parents: Parents) -> None:
    """Spread spine, chest and upper chest over the joints between hips and neck."""
    if "hips" not in found or "head" not in found:
        return
    chain = _above(found["head"], parents)
    neck = [j for j in given.get("neck", []) if j in chain]
    arms = [_above(found[b], parents) for b in ("leftUpperArm", "rightUpperArm") if b in found]
    top = next((j for j in chain if arms and all(j in a for a in arms)), None)
    if neck:
        found["neck"] = min(neck, key=lambda j: len(_above(j, parents)))
    known = [given[b][0] for b in ("spine", "chest", "upperChest") if b in given]
    between = [j for j in reversed(chain) if j in known or j in given.get("spine", [])]
    hips = found["hips"]
    between = [j for j in between if j != hips and j not in _above(hips, parents)]
    if top is not None and top != hips and top not in neck:
        between = [j for j in between if j == top or j in _above(top, parents)]
        between = between if top in between else [*between, top]
    for bone in ("spine", "chest", "upperChest"):
        found.pop(bone, None)
    exact: Found = {b: given[b][0] for b in ("spine", "chest", "upperChest") if b in given}
    if len(exact) == len(between) and set(exact.values()) == set(between):
        found.update(exact)
    elif len(between) == 1:
        found["spine"] = between[0]
    elif len(between) == 2:
        found["spine"], found["chest"] = between
    elif between:
        found["spine"], found["upperChest"] = between[0], between[-1]
        found["chest"] = between[len(between) // 2]


def _fingers(found: Found, given: Given, parents: Parents) -> None:
    """Take the joints of each finger from the hand outwards."""
    for side in ("left", "right"):
        hand = found.get(f"{side}Hand")
        if hand is None:
            continue
        for finger in _FINGERS:
            joints = sorted(
                {
                    j
                    for key, found_at in given.items()
                    if key.startswith(f"{side}{finger}#")
                    for j in found_at
                    if hand in _above(j, parents)
                },
                key=lambda j: len(_above(j, parents)),
            )
            # A fourth joint is the tip (Index4) or a metacarpal, which is no VRM bone.
            tip = any(j in given.get(f"{side}{finger}#4", []) for j in joints)
            if len(joints) >= 4 and finger != "Thumb" and not tip:
                joints = joints[1:]
            parts = ("Metacarpal", "Proximal", "Distal") if finger == "Thumb" else (
                "Proximal", "Intermediate", "Distal")  # fmt: skip
            if len(joints) >= 1 and f"{side}{finger}{parts[0]}" not in found:
                for part, joint in zip(parts, joints, strict=False):
                    found[f"{side}{finger}{part}"] = joint


def match_bones(names: Sequence[str], parents: Parents) -> dict[str, int]:
    """Return VRM bone → joint for the names of any program that we know.

    Parameters
    ----------
    names
        Joint names; prefixes, sides (Left, L_, .L, 左) and spellings are recognised.
    parents
        (joints,) parent of each joint, -1 for roots; parents before children.

    Returns
    -------
    Only bones that were found, in the order of the VRM skeleton; the caller decides whether
    they are enough.
    """
    given = _candidates(names)
    found = {
        bone: min(joints, key=lambda j: len(_above(j, parents)))
        for bone, joints in given.items()
        if "#" not in bone
    }
    _legs(found, given, parents)
    _arms(found, given, parents)
    _hips(found, parents)
    if "head" in given:
        found["head"] = min(given["head"], key=lambda j: len(_above(j, parents)))
    _trunk(found, given, parents)
    _fingers(found, given, parents)
    used: set[int] = set()
    out = {}
    for bone in sorted(found, key=lambda b: BONE_INDEX[b]):
        if found[bone] not in used:
            out[bone] = found[bone]
            used.add(found[bone])
    return out
