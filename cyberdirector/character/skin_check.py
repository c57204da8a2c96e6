"""How well skin and clothes bend: stretch of edges and skin that comes through cloth.

Pure numpy and deterministic, so that tests and benchmarks can call it without a renderer.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from cyberdirector.core.model import Character, MeshPart
from cyberdirector.core.pose import node_matrices, skin_matrices
from cyberdirector.core.rotations import quat_multiply
from cyberdirector.core.skeleton import BONE_COUNT, BONE_INDEX

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

_Turns = dict[str, tuple[float, float, float]]

_ARMS: tuple[_Turns, ...] = (
    {"leftUpperArm": (0, 0, -75), "rightUpperArm": (0, 0, 75)},
    {"leftUpperArm": (0, 0, -80), "rightUpperArm": (0, 0, 80), "leftLowerArm": (0, -120, 0),
     "rightLowerArm": (0, 120, 0)},
    {"leftUpperArm": (0, -80, 0), "rightUpperArm": (0, 80, 0)},
    {"leftUpperArm": (0, 0, 65), "rightUpperArm": (0, 0, -65)},
    {"leftUpperArm": (0, -60, -40), "rightUpperArm": (0, 60, 40), "leftLowerArm": (0, -95, 0),
     "rightLowerArm": (0, 95, 0)},
    {"leftUpperArm": (0, 35, -55), "rightUpperArm": (0, -35, 55)},
    {"leftUpperArm": (40, 0, -60), "rightUpperArm": (-45, 30, 60), "rightLowerArm": (0, 60, 0)},
    {"leftUpperArm": (0, 0, 30), "rightUpperArm": (0, 0, 70), "leftLowerArm": (0, -130, 0)},
    {"leftUpperArm": (0, -30, -70), "rightUpperArm": (0, 85, 10), "leftLowerArm": (0, -70, 0),
     "leftHand": (0, 0, -40), "rightHand": (0, 0, 40)},
    {"leftUpperArm": (0, -20, -70), "rightUpperArm": (0, 20, 70),
     "leftLowerArm": (60, -50, 0), "rightLowerArm": (60, 50, 0)},
)  # fmt: skip
_LEGS: tuple[_Turns, ...] = (
    {},
    {"leftUpperLeg": (-85, 0, 0), "rightUpperLeg": (-85, 0, 0), "leftLowerLeg": (85, 0, 0),
     "rightLowerLeg": (85, 0, 0)},
    {"leftUpperLeg": (-35, 0, 0), "rightUpperLeg": (30, 0, 0), "rightLowerLeg": (40, 0, 0)},
    {"leftUpperLeg": (0, 0, 28), "rightUpperLeg": (0, 0, -28)},
    {"leftUpperLeg": (-80, 0, 8), "leftLowerLeg": (110, 0, 0)},
    {"leftUpperLeg": (-60, 0, 12), "rightUpperLeg": (25, 0, -6), "leftLowerLeg": (75, 0, 0),
     "rightLowerLeg": (50, 0, 0)},
    {"leftUpperLeg": (-100, 0, 10), "rightUpperLeg": (-100, 0, -10),
     "leftLowerLeg": (125, 0, 0), "rightLowerLeg": (125, 0, 0), "leftFoot": (-20, 0, 0),
     "rightFoot": (-20, 0, 0)},
    {"rightUpperLeg": (-90, 0, 0), "rightLowerLeg": (15, 0, 0)},
)  # fmt: skip
_TRUNK: tuple[_Turns, ...] = (
    {},
    {"spine": (22, 0, 0), "chest": (18, 0, 0)},
    {"spine": (0, 22, 0), "chest": (0, 18, 0), "head": (0, 40, 0)},
    {"spine": (0, 0, 15), "chest": (0, 0, 12), "head": (20, 0, 10)},
    {"spine": (-12, 0, 0), "chest": (-10, 0, 0), "head": (-25, -30, 0)},
)


def _quat(turns: tuple[float, float, float]) -> Floats:
    """Return the quaternion of turns about X, then Y, then Z, degrees."""
    out = np.array([0.0, 0.0, 0.0, 1.0])
    for axis, degrees in enumerate(turns):
        q = np.zeros(4)
        q[axis], q[3] = np.sin(np.radians(degrees) / 2), np.cos(np.radians(degrees) / 2)
        out = quat_multiply(q, out)
    return out


@cache
def _poses() -> Floats:
    rows = []
    for i in range(40):
        pose = np.zeros((BONE_COUNT, 4))
        pose[:, 3] = 1.0
        parts = (_ARMS[i % 10], _LEGS[(i * 3 + i // 8) % 8], _TRUNK[(i * 2 + i // 5) % 5])
        for part in parts:
            for bone, turns in part.items():
                pose[BONE_INDEX[bone]] = _quat(turns)
        rows.append(pose)
    return np.array(rows)


def extreme_poses(count: int = 40) -> Floats:
    """Return up to 40 poses (count, 55, 4), quaternions xyzw local to the parent.

    Arms up, down, crossed and behind; sitting, kneeling, squatting, lunging and kicking;
    bowed, bent and twisted trunks; mixed so that every arm pose meets several leg poses.
    """
    return _poses()[np.linspace(0, 39, min(count, 40)).round().astype(int)]


@dataclass(frozen=True)
class SkinReport:
    """What :func:`check_skin` found.

    Attributes
    ----------
    stretch_p99
        99th percentile of edge lengths over their rest lengths, all edges in all poses.
    stretch
        (poses,) the same of each pose.
    through
        (poses,) share of the figure's pixels that show skin which cloth covers at rest.
    worst_part
        Name of the material role and part with the largest stretch.
    """

    stretch_p99: float
    stretch: Floats
    through: Floats
    worst_part: str

    @property
    def through_share(self) -> float:
        """Mean share over all poses, 0..1."""
        return float(np.mean(self.through))


def check_skin(
    character: Character, poses: Floats | None = None, height: int = 224
) -> SkinReport:
    """Bend a character and measure its skin.

    Parameters
    ----------
    poses
        (poses, 55, 4); None takes all :func:`extreme_poses`.
    height
        Pixels over the figure's height of the pictures in which skin is looked for.
    """
    poses = extreme_poses() if poses is None else poses
    root = np.tile(character.node_positions()[character.humanoid["hips"]], (len(poses), 1))
    matrices = skin_matrices(character, node_matrices(character, root, poses))
    parts = [p for p in character.parts if p.joints is not None]
    edges = [_edges(p.triangles.astype(np.int64)) for p in parts]
    roles = [character.materials[p.material].role for p in parts]
    rest = [p.positions.astype(np.float64) for p in parts]
    covered = _covered(rest, [p.triangles for p in parts], roles)
    stretch, through, worst = [], [], (0.0, "")
    every: list[Floats] = []
    for pose in matrices:
        posed = [_skinned(p, pose) for p in parts]
        ratios = []
        for p, role, e, a, b in zip(parts, roles, edges, rest, posed, strict=True):
            ratio = _ratio(e, a, b)
            if role in ("cloth", "skin") and len(ratio):
                ratios.append(ratio)
                worst = max(worst, (float(np.percentile(ratio, 99)), f"{role}:{p.name}"))
        every.append(np.concatenate(ratios))
        stretch.append(float(np.percentile(every[-1], 99)))
        through.append(_seen_share(posed, [p.triangles for p in parts], roles, covered, height))
    whole = float(np.percentile(np.concatenate(every), 99))
    return SkinReport(whole, np.array(stretch), np.array(through), worst[1])


def _skinned(part: MeshPart, matrices: NDArray[np.floating]) -> Floats:
    """Return posed positions (v, 3) of a part."""
    positions = np.pad(part.positions.astype(np.float64), ((0, 0), (0, 1)), constant_values=1.0)
    out = np.zeros((len(positions), 3))
    joints, weights = part.joints, part.weights
    if joints is None or weights is None:
        return positions[:, :3]
    for slot in range(joints.shape[1]):
        used = weights[:, slot] > 0
        moved = np.einsum("nij,nj->ni", matrices[joints[used, slot]][:, :3], positions[used])
        out[used] += weights[used, slot, None] * moved
    return out


def _edges(triangles: Ints) -> Ints:
    pairs = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    return np.unique(np.sort(pairs, axis=1), axis=0)


def _ratio(edges: Ints, rest: Floats, posed: Floats) -> Floats:
    """Return edge lengths over rest lengths; edges under 2 mm do not count."""
    a = np.linalg.norm(rest[edges[:, 0]] - rest[edges[:, 1]], axis=1)
    b = np.linalg.norm(posed[edges[:, 0]] - posed[edges[:, 1]], axis=1)
    return b[a > 0.002] / a[a > 0.002]


def _covered(
    rest: list[Floats], triangles: list[NDArray[np.uint32]], roles: list[str]
) -> list[Bools]:
    """Return for each part the vertices of skin over which cloth lies at rest (3 cm)."""
    cloth = [
        _centres(p, t) for p, t, r in zip(rest, triangles, roles, strict=True) if r == "cloth"
    ]
    out = []
    tree = cKDTree(np.concatenate(cloth)) if cloth else None
    for p, t, role in zip(rest, triangles, roles, strict=True):
        if role != "skin" or tree is None:
            out.append(np.zeros(len(p), np.bool_))
            continue
        n = _normals(p, t.astype(np.int64))
        near = np.zeros(len(p), np.bool_)
        for reach in (0.006, 0.014, 0.022):
            distance, _ = tree.query(p + n * reach)
            near |= distance < 0.010
        out.append(near)
    return out


def _centres(p: Floats, t: NDArray[np.uint32]) -> Floats:
    return np.concatenate([p, p[t].mean(axis=1)])


def _normals(p: Floats, t: Ints) -> Floats:
    from cyberdirector.character._clip import vertex_normals

    return vertex_normals(p, t)


_SPLIT = np.array([[1, 1, 1], [4, 1, 1], [1, 4, 1], [1, 1, 4], [2, 2, 0.5], [2, 0.5, 2],
                   [0.5, 2, 2], [8, 1, 1], [1, 8, 1], [1, 1, 8]], float)  # fmt: skip
_SPLIT /= _SPLIT.sum(axis=1, keepdims=True)
_VIEWS = (0.0, 0.5 * np.pi, np.pi, 1.5 * np.pi)


def _seen_share(
    posed: list[Floats], triangles: list[NDArray[np.uint32]], roles: list[str],
    covered: list[Bools], height: int,
) -> float:  # fmt: skip
    """Return the share of pixels, over four views, that show skin which should be covered."""
    points, wrong = [], []
    for p, t, role, hidden in zip(posed, triangles, roles, covered, strict=True):
        corner = p[t]
        points.append(np.einsum("sk,tkj->stj", _SPLIT, corner).reshape(-1, 3))
        bad = hidden[t].all(axis=1) if role == "skin" else np.zeros(len(t), np.bool_)
        wrong.append(np.tile(bad, len(_SPLIT)))
    at, bad = np.concatenate(points), np.concatenate(wrong)
    low, high = at.min(axis=0), at.max(axis=0)
    step = (high[1] - low[1]) / height
    seen = total = 0
    for turn in _VIEWS:
        right = np.array([np.cos(turn), 0.0, -np.sin(turn)])
        depth = at @ np.array([np.sin(turn), 0.0, np.cos(turn)])
        x = ((at @ right) / step).astype(np.int64)
        y = ((at[:, 1] - low[1]) / step).astype(np.int64)
        key = (x - x.min()) * (height + 2) + y
        order = np.lexsort((-depth, key))
        first = np.ones(len(order), np.bool_)
        first[1:] = key[order][1:] != key[order][:-1]
        front = order[first]
        seen += int(bad[front].sum())
        total += len(front)
    return seen / max(total, 1)
