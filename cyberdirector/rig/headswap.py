"""A face of ours in place of a fused one: it can blink, look and speak.

The front of our styled head, with eyes, lashes, brows and mouth, is laid over the face of
the mesh at its size and in its skin colour. Skin of the mesh under it goes; what has another
colour there (fringes, hats, glasses) stays.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from cyberdirector.character.body import Body
from cyberdirector.character.expressions import vrm_expressions
from cyberdirector.character.face.build import FaceLook, build_face
from cyberdirector.character.face.paint import PaintLook
from cyberdirector.character.face.topology import face_loops
from cyberdirector.character.template import BODY_COUNT
from cyberdirector.core.model import Character, LookAt, Material, MeshPart, Morph
from cyberdirector.core.skeleton import BONE_INDEX
from cyberdirector.rig.fit import Fitted
from cyberdirector.rig.weights import face_rows, nearest

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

_AHEAD = 0.035
"""Share of the head's radius by which the new face lies in front of the old one."""

_UNDER = 0.22
"""Share of the radius by which the mesh's own skin may lie before or behind the new face."""

_ALIKE = 0.16
"""Distance of sRGB colours below which a vertex counts as skin."""

_AROUND = 8
"""Vertices of hair that a vertex of the new forehead looks at."""

_TRIM = 0.06
"""Share of the radius by which the border of the new face covers the old skin."""


def swap_head(
    character: Character, fitted: Fitted, joints: Floats, colours: Floats
) -> Character:
    """Return the character with a face of ours.

    Parameters
    ----------
    character
        Rigged, in T-pose, without shapes.
    fitted
        The template on the figure, as it stood.
    joints
        (55, 3) where it stood, metres.
    colours
        (v, 3) sRGB 0..1 of its vertices, part after part.
    """
    body = fitted.body
    head = BONE_INDEX["head"]
    lift = character.node_positions()[character.humanoid["head"]] - joints[head]
    points = np.concatenate([p.positions for p in character.parts]).astype(np.float64)
    front = _front_rows(body)
    bare = front[body.positions[front, 1] < body.landmarks["leftEyeFront"][1]]
    scale, shift = _place(body.positions[bare], fitted.points[bare] + lift)
    radius = scale * body.head_radius
    shift = shift + np.array([0.0, 0.0, _AHEAD * radius])
    middle = fitted.points[face_rows(fitted)] + lift
    distance, _ = nearest(middle, points, 2)
    skin = _skin_colour(colours, distance[:, 0] < 0.12 * radius)
    look = _look(skin)
    face = build_face(body, look, np.zeros(BODY_COUNT, np.bool_))
    new = [p for p in face.parts if p.name != "skin"]
    ahead = np.concatenate([p.normals[:, 2] for p in character.parts])
    laid = scale * body.positions[front] + shift
    gone = _covered(points, ahead, colours, skin, laid, radius)
    features = scale * body.positions[_feature_rows(body)] + shift
    gone |= _inside(points, features, radius)
    parts = _without(character.parts, gone)
    other = ~gone & (np.linalg.norm(colours - skin, axis=1) > _ALIKE)
    first, material = len(character.textures), len(character.materials)
    laid_parts = [_laid(p, scale, shift, p.material + material) for p in new]
    for part in laid_parts:
        if part.name == "face":
            part.positions = _tucked(part.positions, points[other], features, radius)
    parts += laid_parts
    return replace(
        character,
        parts=parts,
        materials=[*character.materials, *(_moved(m, first) for m in face.materials)],
        textures=[*character.textures, *face.textures],
        expressions=vrm_expressions(),
        look_at=_look_at(body, scale),
    )


def _front_rows(body: Body) -> NDArray[np.int64]:
    """Return the template vertices of the front of the face."""
    limit = body.head_centre[2] + 0.30 * body.head_radius
    skin = body.positions[:BODY_COUNT]
    chosen = (body.head_weight[:BODY_COUNT] > 0.95) & (skin[:, 2] > limit)
    chosen &= skin[:, 1] > body.landmarks["menton"][1]
    chosen &= body.normals[:BODY_COUNT, 2] > 0.15
    return np.flatnonzero(chosen)


def _place(before: Floats, after: Floats) -> tuple[float, Floats]:
    """Return the scale and shift that bring our face onto the fitted one (least squares)."""
    middle, goal = np.median(before, axis=0), np.median(after, axis=0)
    across, there = (before - middle)[:, :2], (after - goal)[:, :2]
    weight = np.ones(len(across))
    scale = 1.0
    for _ in range(5):  # hair before the face must not pull
        total = float((weight[:, None] * across**2).sum())
        scale = float((weight[:, None] * across * there).sum()) / max(total, 1e-12)
        scale = float(np.clip(scale, 0.3, 3.0))
        off = np.linalg.norm(there - scale * across, axis=1)
        weight = 1.0 / (1.0 + (off / max(float(np.median(off)), 1e-9)) ** 2)
    shift = goal - scale * middle
    shift[0] = float(after[:, 0].mean() - scale * before[:, 0].mean())
    shift[2] = float(np.quantile((after - scale * before)[:, 2], 0.6))
    return scale, shift


def _skin_colour(colours: Floats, rows: Bools) -> Floats:
    """Return the most usual colour around nose and mouth, sRGB."""
    if not rows.any():
        return np.array([0.98, 0.88, 0.82])
    some = colours[rows]
    step = np.rint(some * 12.0).astype(np.int64)
    _, number, count = np.unique(step, axis=0, return_inverse=True, return_counts=True)
    return np.asarray(some[number.ravel() == int(count.argmax())].mean(axis=0))


def _look(skin: Floats) -> FaceLook:
    def text(rgb: Floats) -> str:
        return "#" + "".join(f"{round(float(v) * 255):02x}" for v in np.clip(rgb, 0, 1))

    paint = PaintLook(
        skin=text(skin),
        line=text(skin * [0.55, 0.36, 0.34]),
        lip=text(skin * [0.92, 0.58, 0.58]),
    )
    return FaceLook(paint=paint)


def _covered(
    points: Floats,
    ahead: NDArray[np.float32],
    colours: Floats,
    skin: Floats,
    face: Floats,
    radius: float,
) -> Bools:
    """Return which vertices of the mesh are its own skin just under the new face."""
    distance, near = nearest(face[:, :2], points[:, :2], 2)
    behind = face[near[:, 0], 2] - points[:, 2]
    under = (distance[:, 0] < _TRIM * radius) & (np.abs(behind) < _UNDER * radius)
    under &= ahead > 0.05
    return np.asarray(under & (np.linalg.norm(colours - skin, axis=1) < _ALIKE))


def _feature_rows(body: Body) -> NDArray[np.int64]:
    """Return the template vertices of lids and lips."""
    loops = face_loops(body.template)
    lids = [
        *loops.upper_lid,
        *loops.lower_lid,
        *(r for side in loops.lid_rings for r in side[:4]),
    ]
    return np.unique(np.concatenate([*lids, loops.upper_lip, *loops.lip_rings[:4]]))


def _inside(points: Floats, features: Floats, radius: float) -> Bools:
    """Return which vertices lie at or just behind the new eyes and mouth, of any colour."""
    distance, near = nearest(features[:, :2], points[:, :2], 2)
    behind = features[near[:, 0], 2] - points[:, 2]
    close = distance[:, 0] < 0.10 * radius
    return np.asarray(close & (behind > -0.02 * radius) & (behind < 0.25 * radius))


def _tucked(
    face: NDArray[np.float32], cover: Floats, features: Floats, radius: float
) -> NDArray[np.float32]:
    """Return the vertices of the new face, drawn behind hair and hats that lie over them."""
    out = face.astype(np.float64)
    brow = float(features[:, 1].max()) + 0.02 * radius
    cover = cover[(cover[:, 1] > brow) & (cover[:, 2] > out[:, 2].min() - 0.2 * radius)]
    if len(cover) < _AROUND:
        return face
    distance, near = nearest(cover[:, :2], out[:, :2], _AROUND)
    close = distance < 0.08 * radius
    behind = np.where(close, cover[near, 2], np.inf).min(axis=1)
    back = np.where(close.any(axis=1), out[:, 2] - behind + 0.02 * radius, 0.0)
    rise = np.clip((out[:, 1] - brow) / (0.15 * radius), 0.0, 1.0)
    out[:, 2] -= np.clip(back, 0.0, 0.5 * radius) * rise
    return out.astype(np.float32)


def _without(parts: list[MeshPart], gone: Bools) -> list[MeshPart]:
    """Return parts without the triangles whose corners are all gone."""
    out, at = [], 0
    for part in parts:
        mine = gone[at : at + len(part.positions)]
        at += len(part.positions)
        keep = ~mine[part.triangles].all(axis=1)
        if not keep.any():
            continue
        rows, local = np.unique(part.triangles[keep], return_inverse=True)
        out.append(
            replace(
                part,
                positions=part.positions[rows],
                normals=part.normals[rows],
                uvs=part.uvs[rows],
                triangles=local.reshape(-1, 3).astype(np.uint32),
                joints=None if part.joints is None else part.joints[rows],
                weights=None if part.weights is None else part.weights[rows],
                morphs={},
            )
        )
    return out


def _laid(part: MeshPart, scale: float, shift: Floats, material: int) -> MeshPart:
    """Return a part of our face at its place, wholly on the head."""
    count = len(part.positions)
    joints = np.zeros((count, 4), np.uint16)
    joints[:, 0] = BONE_INDEX["head"]
    weights = np.zeros((count, 4), np.float32)
    weights[:, 0] = 1.0
    morphs = {
        name: Morph(m.indices, (m.positions * np.float32(scale)), m.normals)
        for name, m in part.morphs.items()
    }
    return replace(
        part,
        positions=(scale * part.positions.astype(np.float64) + shift).astype(np.float32),
        joints=joints,
        weights=weights,
        morphs=morphs,
        material=material,
    )


def _moved(material: Material, first: int) -> Material:
    """Return a material whose textures stand behind others."""
    out = replace(material)
    for slot in ("base_texture", "shade_texture"):
        value = getattr(out, slot)
        if value is not None:
            setattr(out, slot, value + first)
    return out


def _look_at(body: Body, scale: float) -> LookAt:
    eyes = 0.5 * (body.bone("leftEye") + body.bone("rightEye")) - body.bone("head")
    return LookAt(offset_from_head=(0.0, float(eyes[1] * scale), float(eyes[2] * scale)))
