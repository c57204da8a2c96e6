"""Recorded movement for the lifter, out of whatever form it comes in.

Three forms of the CMU Graphics Lab Motion Capture Database (mocap.cs.cmu.edu): BVH, the
original ASF/AMC, and tables of joint turns (rows of root x y z and 38 rotation vectors); and
the moves of our own library.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cyberdirector.capture.solve_figure import exp_turns
from cyberdirector.capture.synth import Movement, figure, movement
from cyberdirector.core.rotations import quat_from_axis_angle, quat_to_matrix

Floats = NDArray[np.float64]

AMC_RATE = 120.0
TABLE_RATE = 120.0

_LEG = ("UpperLeg", "LowerLeg", "Foot", "Toes")
_ARM = ("Shoulder", "UpperArm", "LowerArm", "Hand", "Fingers")
_BONES = {
    "lowerback": None, "upperback": "chest", "lowerneck": "neck", "head": "head",
} | {
    f"{s}{theirs}": f"{side}{ours}"
    for s, side in (("l", "left"), ("r", "right"))
    for ours, theirs in zip(
        _LEG[:3] + _ARM[:4],
        ("femur", "tibia", "foot", "clavicle", "humerus", "radius", "hand"),
        strict=True,
    )
}  # fmt: skip
"""Bone of an ASF skeleton → the joint of ours at its start."""

_ENDS = {"lfoot": "leftToes", "rfoot": "rightToes", "lhand": "leftFingers",
         "rhand": "rightFingers"}  # fmt: skip
"""Bone → the joint of ours at its end."""

_TABLE = (
    "root", "lhipjoint", "lfemur", "ltibia", "lfoot", "ltoes", "", "rhipjoint", "rfemur",
    "rtibia", "rfoot", "rtoes", "", "lowerback", "upperback", "thorax", "lowerneck",
    "upperneck", "head", "", "lclavicle", "lhumerus", "lradius", "lwrist", "lhand", "lfingers",
    "", "lthumb", "", "rclavicle", "rhumerus", "rradius", "rwrist", "rhand", "rfingers", "",
    "rthumb", "",
)  # fmt: skip
"""Bone of each rotation vector in a table; "" for ends."""


def movements(folder: Path) -> list[Movement]:
    """Return all movements of a folder (``.bvh``, ``.amc`` beside ``.asf``, ``.txt``)."""
    out = [movement(path) for path in sorted(folder.rglob("*.bvh"))]
    skeletons = {p.parent: _skeleton(p) for p in sorted(folder.rglob("*.asf"))}
    out += [_amc(p, skeletons[p.parent]) for p in sorted(folder.rglob("*.amc"))]
    if skeletons:
        first = skeletons[min(skeletons)]
        out += [_table(p, first) for p in sorted(folder.rglob("*.txt"))]
    return out


def own_moves() -> list[Movement]:
    """Return the moves of the shipped library on a usual body."""
    from cyberdirector.core.skeleton import BONE_INDEX
    from cyberdirector.core.time import Rate
    from cyberdirector.motion.moves import make_move
    from cyberdirector.motion.moves.library import shipped
    from cyberdirector.motion.usual import usual_rest

    rest, rate = usual_rest(), Rate(30)
    names = ["hips", "chest", "neck", "head", "leftEye", "rightEye"]
    names += [f"{side}{n}" for side in ("left", "right") for n in _LEG + _ARM[:4]]
    out = []
    for name in sorted(shipped()):
        clip = make_move(name, rest, rate, repeat=3 if "walk" in name or name == "run" else 1)
        points, _ = rest.forward(clip.root.astype(np.float64), clip.rotations)
        p = {n: points[:, BONE_INDEX[n]].astype(np.float64) for n in names}
        for side in ("left", "right"):
            p[f"{side}Fingers"] = points[:, BONE_INDEX[f"{side}MiddleProximal"]].astype(float)
        out.append(figure(p, rate.fps, f"move:{name}"))
    return out


_Bone = tuple[str, Floats, Floats, tuple[str, ...]]
"""(parent, vector to its end, axes, turns that the recording gives)."""


def _skeleton(path: Path) -> dict[str, _Bone]:
    """Return the bones of an ASF file, parents before children."""
    bones: dict[str, dict[str, list[str]]] = {}
    parents: dict[str, str] = {}
    section, name = "", ""
    for line in path.read_text("ascii", errors="replace").splitlines():
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        if words[0].startswith(":"):
            section = words[0]
        elif section == ":bonedata" and words[0] == "name":
            name = words[1]
            bones[name] = {}
        elif section == ":bonedata" and name and words[0] not in ("begin", "end"):
            bones[name].setdefault(words[0], words[1:])
        elif section == ":hierarchy" and words[0] not in ("begin", "end"):
            parents |= dict.fromkeys(words[1:], words[0])
    out: dict[str, _Bone] = {}
    while len(out) < len(parents):
        for child, parent in parents.items():
            if child not in out and (parent == "root" or parent in out):
                facts = bones[child]
                reach = float(facts["length"][0])
                vector = np.array([float(v) for v in facts["direction"]]) * reach
                angles = [float(v) for v in facts["axis"][:3]]
                out[child] = (parent, vector, _euler("rx ry rz".split(), np.array([angles]))[0],
                              tuple(facts.get("dof", ())))  # fmt: skip
    return out


def _euler(names: list[str] | tuple[str, ...], degrees: Floats) -> Floats:
    """Return rotations (n, 3, 3) of angles (n, k): the first is applied first."""
    out = np.tile(np.eye(3), (len(degrees), 1, 1))
    for name, angle in zip(names, degrees.T, strict=True):
        axis = np.eye(3)["xyz".index(name[1])]
        out = quat_to_matrix(quat_from_axis_angle(axis, np.radians(angle))) @ out
    return out


def _placed(
    bones: dict[str, _Bone], root: Floats, turns: dict[str, Floats], rate: float, name: str
) -> Movement:
    """Return the figure of a skeleton with turns relative to the parents, in root axes."""
    world = {"root": turns["root"]}
    ends = {"root": root}
    joints = {"hips": root}
    for bone, (parent, vector, _, _) in bones.items():
        start = ends[parent]
        world[bone] = world[parent] @ turns.get(bone, np.eye(3))
        ends[bone] = start + world[bone] @ vector
        ours = _BONES.get(bone)
        if ours is not None:
            joints[ours] = start
        if bone in _ENDS:
            joints[_ENDS[bone]] = ends[bone]
    return figure(joints, rate, name)


def _amc(path: Path, bones: dict[str, _Bone]) -> Movement:
    rows: dict[str, list[list[float]]] = {}
    for line in path.read_text("ascii").splitlines():
        words = line.split()
        if len(words) > 1 and not words[0].startswith((":", "#")):
            rows.setdefault(words[0], []).append([float(v) for v in words[1:]])
    table = {bone: np.array(values) for bone, values in rows.items()}
    turns = {"root": _euler(("rx", "ry", "rz"), table["root"][:, 3:])}
    for bone, (_, _, axes, free) in bones.items():
        if bone in table:
            turns[bone] = axes @ _euler(free, table[bone]) @ axes.T
    name = "_".join(f"{int(n):03d}" if not i else n for i, n in enumerate(path.stem.split("_")))
    return _placed(bones, table["root"][:, :3], turns, AMC_RATE, name)


def _table(path: Path, bones: dict[str, _Bone]) -> Movement:
    # The first row is the skeleton's own rest.
    data = np.loadtxt(path, delimiter=",")[1:]
    turns = {
        bone: exp_turns(-data[:, 3 + 3 * i : 6 + 3 * i])
        for i, bone in enumerate(_TABLE)
        if bone
    }
    return _placed(bones, data[:, :3], turns, TABLE_RATE, path.stem)
