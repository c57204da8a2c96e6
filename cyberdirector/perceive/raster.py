"""A front view of a body with hair or clothes as labels, without a graphics device."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cyberdirector.character.body import Body
from cyberdirector.character.piece import Piece
from cyberdirector.perceive.layout import Layout
from cyberdirector.perceive.model import model_face
from cyberdirector.perceive.parts import BODY_POINTS, PART_INDEX, part_of

CELL = 0.007
"""Metres of a pixel."""


def _spots(steps: int) -> NDArray[np.float64]:
    """Return places on a triangle (barycentric) that stand for it, ``steps`` along a side."""
    grid = [(i, j, steps - i - j) for i in range(steps + 1) for j in range(steps + 1 - i)]
    return np.array(grid) / steps


_BONES = {
    "shoulder": "UpperArm", "elbow": "LowerArm", "wrist": "Hand", "hip": "UpperLeg",
    "knee": "LowerLeg", "ankle": "Foot",
}  # fmt: skip


def _parts_of(piece: Piece, names: Sequence[str], hip: float) -> NDArray[np.uint8]:
    """Return the part of each triangle of a piece."""
    main = piece.joints[np.arange(len(piece.joints)), piece.weights.argmax(1)]
    corner = main[piece.triangles[:, 0]]
    height = piece.positions[piece.triangles][:, :, 1].mean(1) - hip
    free = [chain.parent for chain in piece.chains for _ in chain.points]
    out = np.zeros(len(corner), np.uint8)
    for i, (joint, level) in enumerate(zip(corner.tolist(), height.tolist(), strict=True)):
        bone = names[joint] if joint >= 0 else free[-1 - joint]
        role = piece.material.role
        out[i] = PART_INDEX[part_of(piece.name, role, bone if bone in names else "hips", level)]
    return out


def front_labels(body: Body, pieces: Sequence[Piece]) -> tuple[NDArray[np.uint8], Layout]:
    """Return labels (h, w) of the T-pose seen from the front, and its points in pixels."""
    names = [node.name for node in body.nodes]
    hip = float(body.bone("leftUpperLeg")[1])
    skin = body.faces("body")
    corners = [body.positions[skin]]
    labels = [np.full(len(skin), PART_INDEX["skin"], np.uint8)]
    for piece in pieces:
        corners.append(piece.positions[piece.triangles])
        labels.append(_parts_of(piece, names, hip))
    triangles, parts = np.concatenate(corners), np.concatenate(labels)
    longest = np.linalg.norm(np.diff(triangles[:, [0, 1, 2, 0]], axis=1), axis=2).max(1)
    cloud, code = [], []
    for least, most, steps in ((0.0, 2.0, 2), (2.0, 5.0, 6), (5.0, np.inf, 14)):
        own = (longest >= least * CELL) & (longest < most * CELL)
        spots = _spots(steps)
        cloud.append(np.einsum("sc,tcx->tsx", spots, triangles[own]).reshape(-1, 3))
        code.append(np.repeat(parts[own], len(spots)))
    points, codes = np.concatenate(cloud), np.concatenate(code)
    low, high = points.min(0) - 0.05, points.max(0) + 0.05
    size = np.ceil((high - low)[:2] / CELL).astype(int)
    column = ((points[:, 0] - low[0]) / CELL).astype(int)
    row = ((high[1] - points[:, 1]) / CELL).astype(int)
    order = np.argsort(points[:, 2], kind="stable")
    image = np.zeros((size[1] + 1, size[0] + 1), np.uint8)
    image[row[order], column[order]] = codes[order]

    def pixel(p: NDArray[np.float64]) -> tuple[float, float, float]:
        return float((p[0] - low[0]) / CELL), float((high[1] - p[1]) / CELL), 1.0

    places = {name: pixel(p) for name, p in model_face(body).items()}
    for name in BODY_POINTS:
        side, _, joint = name.partition("_")
        places[name] = pixel(body.bone(side + _BONES[joint] if joint else name))
    return image, Layout(places, "model")
