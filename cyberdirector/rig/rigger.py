"""A static humanoid mesh becomes a rigged character: the whole way in one function."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyberdirector.character.body import vertex_normals
from cyberdirector.character.expressions import vrm_expressions
from cyberdirector.core.model import Character, LookAt, MeshPart, Node
from cyberdirector.core.skeleton import BONE_INDEX, BONE_PARENTS, HUMANOID_BONES
from cyberdirector.rig.depth import SAMPLES, sample_surface
from cyberdirector.rig.fit import Fitted, fit_template
from cyberdirector.rig.joints import Joints, find_joints, frame_of, views_of
from cyberdirector.rig.mesh import Statue
from cyberdirector.rig.orient import Stand, find_stand
from cyberdirector.rig.stance import Stance, find_stance, to_t_pose
from cyberdirector.rig.weights import Skin, skin_figure

Floats = NDArray[np.float64]

_SEEN = 0.4
"""A surface point counts as outer surface when less of the probe depth lies over it."""


@dataclass(frozen=True)
class RigOptions:
    """What a person may set.

    Attributes
    ----------
    markers
        Bone → (3,) place in the units and axes of the file.
    height
        Metres; None takes that of the file where it can be believed.
    seed
        Of the sampling of the surface.
    """

    markers: Mapping[str, Floats] = field(default_factory=dict)
    height: float | None = None
    seed: int = 0


@dataclass
class Rigged:
    """A rigged character and how it came about.

    Attributes
    ----------
    character
        In its T-pose, VRM 1.0 in memory.
    stand, stance, joints, skin, fitted
        What every step found; joints in metres as the figure stood.
    notes
        What was guessed or changed.
    """

    character: Character
    stand: Stand
    stance: Stance
    joints: Joints
    skin: Skin
    fitted: Fitted
    notes: list[str]


def rig_statue(statue: Statue, options: RigOptions | None = None) -> Rigged:
    """Return the rigged character of a static mesh (deterministic, about ten seconds)."""
    chosen = options or RigOptions()
    rng = np.random.default_rng(chosen.seed)
    raw, triangles = statue.joined()
    stand = find_stand(raw, triangles, rng, chosen.height)
    points = stand.apply(raw)
    samples = sample_surface(points, triangles, SAMPLES, rng)
    markers = {b: stand.apply(np.asarray(p)[None])[0] for b, p in chosen.markers.items()}
    joints = find_joints(samples, markers)
    stance = find_stance(joints.positions, samples)
    frame = frame_of(samples)
    normals = vertex_normals(points, triangles)
    outer = views_of(frame.inside(samples)).depth_of(frame.inside(points), 0.02) < _SEEN
    fitted = fit_template(joints.positions, points[outer], normals[outer], frame.height)
    skin = skin_figure(
        points, triangles, fitted, joints.positions, frame.height, outer,
        hair_vertices(statue),
    )  # fmt: skip
    bones, weights = skin.packed()
    posed, after, _ = to_t_pose(points, bones, weights.astype(np.float64), joints.positions)
    character = assemble(statue, posed, triangles, bones, weights, after)
    notes = [*statue.notes, *stand.notes]
    if stance.welded:
        notes.append("the arms hang at the trunk; where they touch it they may pull at it")
    return Rigged(character, stand, stance, joints, skin, fitted, notes)


def hair_vertices(statue: Statue) -> NDArray[np.bool_]:
    """Return which of the joined vertices the file calls hair."""
    words = ("hair", "头发", "髪")
    rows = []
    for part in statue.parts:
        name = f"{part.name} {statue.materials[part.material].name}".lower()
        rows.append(np.full(len(part.positions), any(w in name for w in words)))
    return np.concatenate(rows)


def assemble(
    statue: Statue,
    points: Floats,
    triangles: NDArray[np.integer],
    bones: NDArray[np.uint16],
    weights: NDArray[np.float32],
    joints: Floats,
) -> Character:
    """Return the character of a posed, skinned figure, with its lowest point on the floor."""
    lift = np.array([0.0, -float(points[:, 1].min()), 0.0])
    points, joints = points + lift, joints + lift
    normals = vertex_normals(points, triangles)
    parts: list[MeshPart] = []
    at = 0
    for part in statue.parts:
        rows = slice(at, at + len(part.positions))
        at = rows.stop
        parts.append(
            replace(
                part,
                positions=points[rows].astype(np.float32),
                normals=normals[rows].astype(np.float32),
                joints=bones[rows],
                weights=weights[rows],
            )
        )
    return Character(
        name=statue.name,
        nodes=_nodes(joints),
        humanoid=dict(BONE_INDEX),
        parts=parts,
        materials=statue.materials,
        textures=statue.textures,
        expressions={"neutral": vrm_expressions()["neutral"]},
        look_at=LookAt(kind="bone"),
        meta=_meta(statue),
    )


def _nodes(joints: Floats) -> list[Node]:
    nodes = []
    for i, name in enumerate(HUMANOID_BONES):
        parent = int(BONE_PARENTS[i])
        x, y, z = (joints[i] - (joints[parent] if parent >= 0 else 0.0)).tolist()
        nodes.append(Node(name, parent, (x, y, z)))
    return nodes


def _meta(statue: Statue) -> dict[str, Any]:
    return {"name": statue.name}
