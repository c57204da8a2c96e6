"""Our template body brought into the pose and the shape of a figure.

First by its bones: every bone is turned and stretched onto the joints that were found.
Then without bones (a non-rigid ICP with a smooth field of moves): every skin vertex is drawn
to the outer surface near it that looks the same way, stiff at first, softer later.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from cyberdirector.character.body import Body, build_body, vertex_normals
from cyberdirector.character.face.mouth import cavity
from cyberdirector.character.face.topology import sockets
from cyberdirector.character.shape import Shape
from cyberdirector.character.style import Style
from cyberdirector.character.template import BODY_COUNT, load_template
from cyberdirector.core.rotations import quat_between, quat_to_matrix
from cyberdirector.core.skeleton import BONE_COUNT, BONE_INDEX, BONE_PARENTS, HUMANOID_BONES

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_STEPS = ((40.0, 0.06), (15.0, 0.045), (6.0, 0.035), (3.0, 0.03), (1.5, 0.025))
"""Stiffness, and how far (share of the height) the surface may lie, of each round."""

_FACING = 0.5
"""Least cosine between normals of the template and of the surface it is drawn to."""

_HOLD = 400.0
"""How strongly anchors hold, in units of the pull of the surface."""

_FACE_SCALE = (0.6, 1.6)
"""Bounds on how the template's face is stretched to bring eyes and lips into place."""

_THICKNESS = (0.6, 1.7)
"""Bounds on what a stretched bone does to its thickness."""

_CHILD = {
    **{n: HUMANOID_BONES[i] for n, i in (("hips", BONE_INDEX["spine"]),
       ("spine", BONE_INDEX["chest"]), ("chest", BONE_INDEX["upperChest"]),
       ("upperChest", BONE_INDEX["neck"]), ("neck", BONE_INDEX["head"]))},
    **{s + a: s + b for s in ("left", "right") for a, b in (
        ("UpperLeg", "LowerLeg"), ("LowerLeg", "Foot"), ("Foot", "Toes"),
        ("Shoulder", "UpperArm"), ("UpperArm", "LowerArm"), ("LowerArm", "Hand"),
        ("Hand", "MiddleProximal"),
        ("ThumbMetacarpal", "ThumbProximal"), ("ThumbProximal", "ThumbDistal"),
        *((f + "Proximal", f + "Intermediate") for f in ("Index", "Middle", "Ring", "Little")),
        *((f + "Intermediate", f + "Distal") for f in ("Index", "Middle", "Ring", "Little")),
    )},
}  # fmt: skip
"""The bone that a bone points at."""


@dataclass(frozen=True, eq=False)
class Fitted:
    """The template on a figure.

    Attributes
    ----------
    body
        The template in its own T-pose.
    points, normals
        (13380, 3) skin vertices on the figure, metres, pose of the figure.
    triangles
        (t, 3) skin triangles that can be seen (no mouth bag, no eye sockets).
    frames
        (55, 3, 3) how each bone turns and stretches the template.
    residual
        Mean distance of the fitted skin to the surface where there is one, metres.
    """

    body: Body
    points: Floats
    normals: Floats
    triangles: Ints
    frames: Floats
    residual: float


@lru_cache(maxsize=1)
def template_body() -> Body:
    """Return the middling styled body that is fitted."""
    return build_body(load_template(), Shape(sex=0.4, height=1.65), Style(head=1.2))


def bone_frames(body: Body, joints: Floats) -> Floats:
    """Return (55, 3, 3) matrices that turn and stretch the bones of a body onto joints."""
    rest = body.joint_positions
    size = _size(rest, joints)
    turns = np.tile(np.eye(3), (BONE_COUNT, 1, 1))
    out = np.zeros((BONE_COUNT, 3, 3))
    for bone, name in enumerate(HUMANOID_BONES):
        parent = int(BONE_PARENTS[bone])
        turn = turns[parent] if parent >= 0 else np.eye(3)
        scale = np.full(3, size)
        child = BONE_INDEX.get(_CHILD.get(name, ""), -1)
        if child >= 0:
            before, after = rest[child] - rest[bone], joints[child] - joints[bone]
            turn = quat_to_matrix(quat_between(turn @ before, after)) @ turn
            long = float(np.linalg.norm(after)) / max(float(np.linalg.norm(before)), 1e-9)
            along = np.abs(before) / max(float(np.linalg.norm(before)), 1e-9)
            thick = np.clip(np.sqrt(size * long), _THICKNESS[0] * size, _THICKNESS[1] * size)
            scale = thick * (1.0 - along**2) + long * along**2
        elif name in ("head", "jaw", "leftEye", "rightEye"):
            turn = np.eye(3)
            scale = np.full(3, _head_size(rest, joints, size))
        elif parent >= 0 and name not in ("leftToes", "rightToes"):
            scale = np.full(3, np.clip(np.linalg.norm(out[parent], axis=0).mean(), 0.5, 2.0))
        turns[bone], out[bone] = turn, turn * scale
    return out


def _size(rest: Floats, joints: Floats) -> float:
    """Return the ratio of trunk and leg lengths."""
    pairs = [("hips", "neck"), ("leftUpperLeg", "leftFoot"), ("rightUpperLeg", "rightFoot")]

    def total(at: Floats) -> float:
        return sum(
            float(np.linalg.norm(at[BONE_INDEX[a]] - at[BONE_INDEX[b]])) for a, b in pairs
        )

    return total(joints) / total(rest)


def _head_size(rest: Floats, joints: Floats, size: float) -> float:
    """Return the ratio of the distances from the head joint to the eyes."""

    def reach(at: Floats) -> float:
        eyes = 0.5 * (at[BONE_INDEX["leftEye"]] + at[BONE_INDEX["rightEye"]])
        return float(np.linalg.norm(eyes - at[BONE_INDEX["head"]]))

    return float(np.clip(reach(joints) / reach(rest), 0.6 * size, 1.8 * size))


def carry(body: Body, joints: Floats, frames: Floats) -> Floats:
    """Return the skin (13380, 3) of a body carried by its bones onto joints (skinning)."""
    shift = joints - np.einsum("bij,bj->bi", frames, body.joint_positions)
    bones, weights = body.joints[:BODY_COUNT], body.weights[:BODY_COUNT]
    skin = body.positions[:BODY_COUNT]
    out = np.zeros_like(skin)
    for k in range(bones.shape[1]):
        moved = np.einsum("vij,vj->vi", frames[bones[:, k]], skin) + shift[bones[:, k]]
        out += weights[:, k, None] * moved
    return out


def fit_template(
    joints: Floats,
    surface: Floats,
    normals: Floats,
    height: float,
    anchors: tuple[Ints, Floats] | None = None,
) -> Fitted:
    """Return the template fitted to a figure (deterministic, about five seconds).

    Parameters
    ----------
    joints
        (55, 3) joints of the figure, metres.
    surface, normals
        (n, 3) points of its outer surface and their unit normals, metres.
    height
        Of the figure, metres.
    anchors
        Template vertices (n,) and the places (n, 3) where they must come to lie, metres.
    """
    from scipy.spatial import cKDTree

    body = template_body()
    frames = bone_frames(body, joints)
    start = carry(body, joints, frames)
    hidden = (cavity(body.template) | sockets(body.template))[:BODY_COUNT]
    triangles = body.faces().astype(np.int64)
    triangles = triangles[~hidden[triangles].any(axis=1)]
    used = np.unique(triangles)
    local = np.full(BODY_COUNT, -1, np.int64)
    local[used] = np.arange(len(used))
    faces = local[triangles]
    smooth = _laplacian(faces, len(used))
    tree = cKDTree(surface)
    if anchors is not None:
        start = _face_in_place(start, body.head_weight[:BODY_COUNT], anchors)
    points = start[used].copy()
    gap = np.zeros(0)
    for stiffness, reach in _STEPS:
        own = vertex_normals(points, faces)
        distance, near = tree.query(points, k=8, distance_upper_bound=reach * height)
        safe = np.minimum(near, len(surface) - 1)
        facing = np.einsum("nkc,nc->nk", normals[safe], own)
        cost = np.where((near < len(surface)) & (facing > _FACING), distance, np.inf)
        best = cost.argmin(axis=1)
        row = np.arange(len(points))
        good = np.isfinite(cost[row, best])
        chosen = safe[row, best]
        along = np.einsum("nc,nc->n", surface[chosen] - points, normals[chosen])
        target = along[:, None] * normals[chosen]
        weight = np.where(
            good, 1.0 - 0.7 * np.minimum(cost[row, best], 1.0) / (reach * height), 0
        )
        if anchors is not None:
            held = local[anchors[0]]
            target[held] = anchors[1] - points[held]
            weight[held] = _HOLD
        points = points + _solve(smooth, weight, target, stiffness)
        gap = np.abs(along[good])
    out = start.copy()
    out[used] = points
    normals_out = vertex_normals(out, triangles)
    residual = float(gap.mean()) if len(gap) else np.inf
    return Fitted(body, out, normals_out, triangles, frames, residual)


def _face_in_place(start: Floats, head: Floats, anchors: tuple[Ints, Floats]) -> Floats:
    """Return the skin with the head moved and scaled so that eyes and lips lie about right."""
    before, after = start[anchors[0]], anchors[1]
    middle, goal = before.mean(axis=0), after.mean(axis=0)
    spread = ((before - middle) ** 2).sum(axis=0)
    scale = ((before - middle) * (after - goal)).sum(axis=0) / np.maximum(spread, 1e-12)
    scale = np.clip(scale, *_FACE_SCALE)
    tall = float(np.ptp(before[:, 1])) > 0.5 * float(np.ptp(before[:, 0]))
    scale[1] = scale[1] if tall else scale[0]  # eyes alone say little about the height
    scale[2] = 0.5 * (scale[0] + scale[1])
    moved = goal + (start - middle) * scale
    return start + head[:, None] * (moved - start)


def _laplacian(triangles: Ints, count: int):  # type: ignore[no-untyped-def]
    """Return the graph Laplacian (sparse) with rows that sum to zero and diagonal one."""
    from scipy.sparse import coo_matrix, diags

    a = triangles[:, [0, 1, 2]].ravel()
    b = triangles[:, [1, 2, 0]].ravel()
    one = np.ones(2 * len(a))
    graph = coo_matrix((one, (np.r_[a, b], np.r_[b, a])), (count, count)).tocsr()
    graph.data[:] = 1.0
    degree = np.asarray(graph.sum(axis=1)).ravel()
    return diags(np.ones(count)) - diags(1.0 / np.maximum(degree, 1.0)) @ graph


def _solve(smooth, weight: Floats, target: Floats, stiffness: float) -> Floats:  # type: ignore[no-untyped-def]
    """Return the smooth field of moves (n, 3) that follows ``target`` where ``weight`` says."""
    from scipy.sparse import diags
    from scipy.sparse.linalg import splu

    matrix = stiffness * (smooth.T @ smooth) + diags(weight + 1e-4)
    return splu(matrix.tocsc()).solve(weight[:, None] * target)
