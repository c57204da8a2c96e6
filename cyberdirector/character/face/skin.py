"""The skin: face front with its own picture, and all other skin."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cyberdirector.character.body import Body, vertex_normals
from cyberdirector.character.face.canvas import Canvas
from cyberdirector.character.face.materials import FACE, SKIN
from cyberdirector.character.face.mouth import cavity
from cyberdirector.character.face.shapes import Deltas
from cyberdirector.character.face.strip import sparse
from cyberdirector.character.face.topology import face_loops, sockets
from cyberdirector.character.style import smooth
from cyberdirector.core.model import MeshPart
from cyberdirector.core.skeleton import BONE_INDEX

Points = NDArray[np.float64]


UNDER = (0.28, 0.52)
"""How far normals look down where the underside of the jaw begins and is reached."""


def face_normals(body: Body, amount: float = 0.85) -> Points:
    """Return shading normals (19158, 3): the face leans towards an ellipsoid.

    Toon shading draws its terminator where normals turn away from the light; an
    ellipsoid keeps that line clean while the outline still uses the true normals.
    """
    true = vertex_normals(body.positions, body.faces())
    eye = body.landmarks["leftEyeFront"][1]
    radius = body.head_radius
    centre = np.array([0.0, eye - 0.05 * radius, body.head_centre[2] - 0.05 * radius])
    d = (body.positions - centre) / (np.array([0.90, 1.35, 0.98]) * radius) ** 2
    d /= np.linalg.norm(d, axis=1, keepdims=True)
    front = smooth(-0.30, 0.25, (body.positions[:, 2] - body.head_centre[2]) / radius)
    skin = _soften(body, true)
    # Under the jaw the skin looks down more than it does: it lies in the shade as a whole,
    # where the jaw would else cast a torn shadow on itself.
    near = _soften(body, true, 3)
    under = smooth(UNDER[0], UNDER[1], -near[:, 1]) * smooth(0.0, 0.3, body.head_weight)
    down = (eye - body.positions[:, 1]) / (eye - body.landmarks["menton"][1])
    under *= smooth(0.40, 0.65, down)
    tilted = near + np.array([0.0, -0.35, -0.12])
    skin = skin + under[:, None] * (tilted - skin)
    w = (amount * smooth(0.8, 1.0, body.head_weight) * front * (1.0 - under))[:, None]
    out = skin * (1.0 - w) + d * w
    ear = _ears(body)[:, None]
    side = np.array([0.97, 0.22, -0.10]) * np.sign(body.positions[:, :1]) ** [1, 0, 0]
    out = out + EAR_EVEN * ear * (side - out)
    # The neck shades like a cylinder.
    neck = (0.85 * smooth(0.2, 0.9, body.bone_weight("neck")) * (1.0 - under))[:, None]
    axis = 0.5 * (body.bone("neck") + body.bone("head"))
    round_ = (body.positions - axis) * [1.0, 0.0, 1.0]
    round_ /= np.maximum(np.linalg.norm(round_, axis=1, keepdims=True), 1e-9)
    out = out * (1.0 - neck) + round_ * neck
    return out / np.linalg.norm(out, axis=1, keepdims=True)


EAR_EVEN = 0.75
"""How far normals of the ears look to the side: their folds would shade as crumbs."""


def _ears(body: Body) -> Points:
    """Return how much each vertex belongs to an ear, 0..1."""
    unit = body.scale * body.style.head
    ear = body.landmarks["leftEar"]
    d = np.abs(body.positions) - np.abs(ear) * [1.0, 0.0, 1.0]
    d[:, 1] = body.positions[:, 1] - ear[1]
    d[:, 2] = body.positions[:, 2] - ear[2]
    near = np.exp(-0.5 * (((d / (np.array([0.012, 0.028, 0.026]) * unit)) ** 2).sum(1)) ** 2)
    return near * smooth(0.9, 1.0, body.head_weight)


def _soften(body: Body, normals: Points, rounds: int = 10) -> Points:
    """Return normals averaged over their neighbours on neck and shoulders.

    The coarse mesh under the chin would otherwise tear the edge of the shade.
    """
    tri = body.faces().astype(np.int64)
    a = np.concatenate([tri[:, 0], tri[:, 1], tri[:, 2]])
    b = np.concatenate([tri[:, 1], tri[:, 2], tri[:, 0]])
    near = body.bone_weight("neck", "head", "upperChest", "leftShoulder", "rightShoulder")
    ear = np.abs(body.positions[:, 0]) > 0.8 * np.abs(body.landmarks["leftEar"][0])
    amount = np.where(ear & (body.head_weight > 0.9), 0.0, near)[:, None]
    count = len(normals)
    rows = np.flatnonzero(amount[:, 0] > 0.05)
    edge = amount[a, 0] > 0.05
    a, b = a[edge], b[edge]
    out = normals
    for _ in range(rounds):
        total = np.stack([np.bincount(a, out[b, k], minlength=count) for k in range(3)], axis=1)
        mean = out.copy()
        mean[rows] += total[rows]
        mean /= np.maximum(np.linalg.norm(mean, axis=1, keepdims=True), 1e-12)
        out = out + amount * (mean - out)
    return out / np.linalg.norm(out, axis=1, keepdims=True)


def skin_parts(
    body: Body, deltas: Deltas, canvas: Canvas, hidden: NDArray[np.bool_]
) -> list[MeshPart]:
    """Return the face front and the other skin, without what cloth or lids hide.

    ``hidden`` is (vertices,) bool: triangles whose three corners are hidden are dropped.
    """
    triangles = body.faces().astype(np.int64)
    gone = cavity(body.template) | sockets(body.template)
    covered = np.zeros(len(body.positions), np.bool_)
    covered[: len(hidden)] = hidden
    keep = ~gone[triangles].any(1) & ~covered[triangles].all(1)
    triangles = triangles[keep]
    normals, scale = face_normals(body), outline_scale(body)
    front = _front(body)[triangles].all(1)
    return [
        _part("face", body, deltas, triangles[front], normals, scale, FACE, canvas),
        _part("skin", body, deltas, triangles[~front], normals, scale, SKIN, None),
    ]


def _front(body: Body) -> NDArray[np.bool_]:
    limit = body.head_centre[2] + 0.18 * body.head_radius
    low = body.landmarks["menton"][1] - 0.10 * body.head_radius
    return (
        (body.head_weight > 0.95)
        & (body.positions[:, 2] > limit)
        & (body.positions[:, 1] > low)
    )


def outline_scale(body: Body) -> Points:
    """Return the outline width factor per vertex: thin on the face, none at eyes and lips."""
    out = np.full(len(body.positions), 1.0)
    face = smooth(0.5, 1.0, body.head_weight)
    out -= 0.35 * face
    loops = face_loops(body.template)
    for rings, values in (
        (loops.lid_rings[0], (0.0, 0.0, 0.0, 0.1, 0.3, 0.5)),
        (loops.lid_rings[1], (0.0, 0.0, 0.0, 0.1, 0.3, 0.5)),
        (loops.lip_rings, (0.0, 0.0, 0.0, 0.0, 0.15, 0.3, 0.5)),
    ):
        for ring, value in zip(rings, values, strict=False):
            out[ring] = np.minimum(out[ring], value)
    for rows in (*loops.upper_lid, *loops.lower_lid, loops.upper_lip, loops.lower_lip):
        out[rows] = 0.0
    out[cavity(body.template) | sockets(body.template)] = 0.0
    nose = body.landmarks["nose_tip"]
    d = (body.positions - nose) / (0.015 * body.scale * body.style.head)
    wings = np.abs(body.positions[:, 0]) > 0.0035 * body.scale * body.style.head
    out *= 1.0 - np.where(wings, 1.0, 0.7) * np.exp(-0.5 * (d * 0.8) ** 4).prod(1)
    hands = body.bone_weight(*(n for n in BONE_INDEX if "Proximal" in n or "Distal" in n
                               or "Intermediate" in n or "Metacarpal" in n))  # fmt: skip
    return out * (1.0 - 0.4 * hands)


def _part(
    name: str,
    body: Body,
    deltas: Deltas,
    triangles: NDArray[np.int64],
    normals: Points,
    scale: Points,
    material: int,
    canvas: Canvas | None,
) -> MeshPart:
    rows, local = np.unique(triangles, return_inverse=True)
    points = body.positions[rows]
    uvs = canvas.uv(points) if canvas is not None else np.full((len(rows), 2), 0.5)
    morphs = {k: m for k, d in deltas.items() if (m := sparse(d[rows])) is not None}
    return MeshPart(
        name,
        points.astype(np.float32),
        normals[rows].astype(np.float32),
        uvs.astype(np.float32),
        local.reshape(-1, 3).astype(np.uint32),
        material,
        body.joints[rows].astype(np.uint16),
        body.weights[rows].astype(np.float32),
        morphs,
        outline_normals=body.normals[rows].astype(np.float32),
        outline_scale=scale[rows].astype(np.float32),
    )
