"""How the bones of the MakeHuman default rig become VRM humanoid bones."""

from __future__ import annotations

from types import MappingProxyType

from cyberdirector.core.skeleton import HUMANOID_BONES

_SIDES = (("left", "L", "l"), ("right", "R", "r"))
_FINGERS = ("Thumb", "Index", "Middle", "Ring", "Little")


def _merge_table() -> dict[str, str]:
    """Return MakeHuman bone -> humanoid bone; bones not listed belong to the head."""
    table = {
        "root": "hips",
        "pelvis.L": "hips",
        "pelvis.R": "hips",
        "spine05": "hips",
        "spine04": "spine",
        "spine03": "spine",
        "spine02": "chest",
        "spine01": "upperChest",
        "breast.L": "upperChest",
        "breast.R": "upperChest",
        "neck01": "neck",
        "neck02": "neck",
        "neck03": "neck",
    }
    for side, S, _ in _SIDES:
        table |= {
            f"clavicle.{S}": f"{side}Shoulder",
            f"shoulder01.{S}": f"{side}Shoulder",
            f"upperarm01.{S}": f"{side}UpperArm",
            f"upperarm02.{S}": f"{side}UpperArm",
            f"lowerarm01.{S}": f"{side}LowerArm",
            f"lowerarm02.{S}": f"{side}LowerArm",
            f"wrist.{S}": f"{side}Hand",
            f"upperleg01.{S}": f"{side}UpperLeg",
            f"upperleg02.{S}": f"{side}UpperLeg",
            f"lowerleg01.{S}": f"{side}LowerLeg",
            f"lowerleg02.{S}": f"{side}LowerLeg",
            f"foot.{S}": f"{side}Foot",
            f"eye.{S}": f"{side}Eye",
        }
        for i in range(1, 5):
            table[f"metacarpal{i}.{S}"] = f"{side}Hand"
        for i, finger in enumerate(_FINGERS, 1):
            parts = ("Metacarpal", "Proximal", "Distal") if i == 1 else (
                "Proximal", "Intermediate", "Distal")  # fmt: skip
            for j, part in enumerate(parts, 1):
                table[f"finger{i}-{j}.{S}"] = f"{side}{finger}{part}"
        for i in range(1, 6):
            for j in range(1, 4):
                table[f"toe{i}-{j}.{S}"] = f"{side}Toes"
    return table


MERGE = MappingProxyType(_merge_table())
"""MakeHuman bone name -> humanoid bone that carries its weights (default: ``head``)."""


def _joint_table() -> dict[str, tuple[str, ...]]:
    """Return humanoid bone -> joint cubes whose common centre is the bone's head."""
    table: dict[str, tuple[str, ...]] = {
        "hips": ("joint-pelvis",),
        "spine": ("joint-spine-4",),
        "chest": ("joint-spine-2",),
        "upperChest": ("joint-spine-1",),
        "neck": ("joint-neck",),
        "head": ("joint-head",),
        "jaw": ("joint-mouth",),
    }
    for side, _, s in _SIDES:
        table |= {
            f"{side}Eye": (f"joint-{s}-eye",),
            f"{side}UpperLeg": (f"joint-{s}-upper-leg",),
            f"{side}LowerLeg": (f"joint-{s}-knee",),
            f"{side}Foot": (f"joint-{s}-ankle",),
            f"{side}Toes": tuple(f"joint-{s}-toe-{i}-1" for i in (1, 2, 3)),
            f"{side}Shoulder": (f"joint-{s}-clavicle",),
            f"{side}UpperArm": (f"joint-{s}-shoulder",),
            f"{side}LowerArm": (f"joint-{s}-elbow",),
            f"{side}Hand": (f"joint-{s}-hand",),
        }
        for i, finger in enumerate(_FINGERS, 1):
            parts = ("Metacarpal", "Proximal", "Distal") if i == 1 else (
                "Proximal", "Intermediate", "Distal")  # fmt: skip
            for j, part in enumerate(parts, 1):
                table[f"{side}{finger}{part}"] = (f"joint-{s}-finger-{i}-{j}",)
    return table


JOINTS = MappingProxyType(_joint_table())
"""Humanoid bone -> names of the joint cubes at its head."""

TIPS = MappingProxyType(
    {f"{side}{finger}Tip": f"joint-{s}-finger-{i}-4" for side, _, s in _SIDES
     for i, finger in enumerate(_FINGERS, 1)}
)  # fmt: skip
"""Finger tip name -> joint cube (finger tips are no bones, but tell directions)."""

POINT_NAMES: tuple[str, ...] = HUMANOID_BONES + tuple(TIPS)
"""Rows of ``Template.joint_cubes``: the 55 bones, then ten finger tips."""
