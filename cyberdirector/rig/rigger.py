"""A static humanoid mesh becomes a rigged character: the whole way in one function."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyberdirector.character.body import vertex_normals
from cyberdirector.character.expressions import vrm_expressions
from cyberdirector.core.errors import InputRefused
from cyberdirector.core.face import ARKIT_NAMES
from cyberdirector.core.model import Character, LookAt, MeshPart, Node
from cyberdirector.core.skeleton import BONE_INDEX, BONE_PARENTS, HUMANOID_BONES
from cyberdirector.rig.clean import face_outwards, thin_statue
from cyberdirector.rig.colour import bake_vertex_colours, vertex_srgb
from cyberdirector.rig.depth import SAMPLES, sample_surface
from cyberdirector.rig.face import FaceShapes, face_shapes
from cyberdirector.rig.fit import Fitted, fit_template
from cyberdirector.rig.headswap import swap_head
from cyberdirector.rig.joints import Joints, find_joints, frame_of, views_of
from cyberdirector.rig.licence import Licence, meta_of
from cyberdirector.rig.mesh import Statue
from cyberdirector.rig.notes import Note
from cyberdirector.rig.openings import anchors_of, find_openings
from cyberdirector.rig.orient import Stand, find_stand
from cyberdirector.rig.stance import Stance, find_stance, to_t_pose, turned_normals
from cyberdirector.rig.weights import Skin, skin_figure

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_SEEN = 0.4
"""A surface point counts as outer surface when less of the probe depth lies over it."""

_UNSURE = 0.35
"""Confidence below which a main joint is reported as guessed."""

_FIGURE, _FIGURE_TURNED = 0.3, 0.55
"""Certainty below which no figure was found: chairs, trees and balls have 0.1 and less, people
in the widest robes 0.4. The second one holds where the file had to be turned upright: a dog on
its hind legs has 0.45."""
_UPRIGHT = 0.9
"""Cosine of the up axes of file and figure from which the file stood upright."""
_ENOUGH = 6
"""Markers from which a person's word counts for more than our eyes."""


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
    head
        ``keep`` the mesh's own, or ``swap`` it for one of ours that can blink and talk.
    """

    markers: Mapping[str, Floats] = field(default_factory=dict)
    height: float | None = None
    seed: int = 0
    head: str = "keep"


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
    face
        What the face can do: ``mode``, ``shapes``, and what was found of eyes and mouth.
    """

    character: Character
    stand: Stand
    stance: Stance
    joints: Joints
    skin: Skin
    fitted: Fitted
    notes: list[Note]
    face: dict[str, Any] = field(default_factory=dict)


@dataclass
class _Figure:
    """An upright figure in metres: all parts in one list."""

    points: Floats
    normals: Floats
    triangles: Ints
    samples: Floats


def rig_statue(
    statue: Statue, options: RigOptions | None = None, licence: Licence | None = None
) -> Rigged:
    """Return the rigged character of a static mesh (deterministic, about ten seconds).

    Parameters
    ----------
    statue
        The mesh; see :func:`~cyberdirector.rig.mesh.load_statue`.
    options
        Markers, height, seed.
    licence
        Of the mesh; None takes what the file says.

    Raises
    ------
    InputRefused
        ``rig-marker`` for a marker of an unknown bone, ``rig-no-figure`` for what is no
        figure that stands.
    """
    chosen = options or RigOptions()
    _check_markers(chosen.markers)
    rng = np.random.default_rng(chosen.seed)
    statue = bake_vertex_colours(thin_statue(statue))
    statue = replace(statue, parts=[replace(p) for p in statue.parts], notes=[*statue.notes])
    raw, triangles = statue.joined()
    stand = find_stand(raw, triangles, rng, chosen.height)
    figure = _stood_up(statue, stand, rng)
    markers = {b: stand.apply(np.asarray(p)[None])[0] for b, p in chosen.markers.items()}
    joints = find_joints(figure.samples, markers)
    _check_figure(joints, stand)
    stance = find_stance(joints.positions, figure.samples)
    fitted, skin, shapes = _dress(figure, joints.positions, hair_vertices(statue))
    bones, weights = skin.packed()
    heavy = weights.astype(np.float64)
    posed, after, turns = to_t_pose(figure.points, bones, heavy, joints.positions)
    figure.normals = turned_normals(figure.normals, bones, heavy, turns)
    figure.points = posed
    character = assemble(statue, figure, bones, weights, after)
    character.meta = meta_of(statue.meta, statue.name, licence)
    notes = [*statue.notes, *stand.notes, *_remarks(stance, joints)]
    report: dict[str, Any] = {"mode": "own", **shapes.found}
    if chosen.head == "swap":
        colours = vertex_srgb(statue)
        character = swap_head(character, fitted, joints.positions, colours)
        report = {"mode": "swapped", "shapes": list(ARKIT_NAMES)}
    else:
        _give_face(character, shapes)
        notes += _face_remarks(shapes)
    return Rigged(character, stand, stance, joints, skin, fitted, notes, report)


def _check_markers(markers: Mapping[str, Floats]) -> None:
    strange = sorted(set(markers) - set(HUMANOID_BONES))
    if strange:
        raise InputRefused(
            "rig-marker",
            f"标记点里有不认识的骨骼：{'、'.join(strange[:5])}；请用 VRM 1.0 骨骼名。",
            f"Unknown bones among the markers: {', '.join(strange[:5])}; use VRM 1.0 names.",
        )


def _check_figure(joints: Joints, stand: Stand) -> None:
    least = _FIGURE if stand.turn[1, 1] > _UPRIGHT else _FIGURE_TURNED
    if joints.certainty < least and len(joints.given) < _ENOUGH:
        sure = round(100.0 * joints.certainty)
        raise InputRefused(
            "rig-no-figure",
            f"看不出站立的双臂双腿人形（把握 {sure}%）：请换成站立的人形网格，"
            f"或用 --markers 给出 {_ENOUGH} 个以上关节。",
            f"No standing figure with two arms and two legs was found ({sure}% sure): give a "
            f"humanoid that stands, or set {_ENOUGH} joints or more with --markers.",
        )


def _stood_up(statue: Statue, stand: Stand, rng: np.random.Generator) -> _Figure:
    """Return the upright figure; surfaces that face inwards are turned round in the statue."""
    raw, triangles = statue.joined()
    points = stand.apply(raw)
    samples = sample_surface(points, triangles, SAMPLES, rng)
    turned = face_outwards(points, triangles, samples)
    at = 0
    for part in statue.parts:
        mine = turned[at : at + len(part.triangles)]
        at += len(part.triangles)
        part.triangles = np.where(mine[:, None], part.triangles[:, ::-1], part.triangles)
    _, triangles = statue.joined()
    if turned.any():
        statue.notes.append(
            Note(
                "rig-inside-out",
                f"{int(turned.sum())} 个三角形朝内，已翻转。",
                f"{int(turned.sum())} triangles faced inwards and were turned round.",
            )
        )
    flat = vertex_normals(points, triangles)
    normals = np.concatenate([p.normals for p in statue.parts]) @ stand.turn.T
    wrong = np.einsum("ij,ij->i", normals, flat) <= 0.0
    return _Figure(points, np.where(wrong[:, None], flat, normals), triangles, samples)


def _dress(
    figure: _Figure, joints: Floats, hair: NDArray[np.bool_]
) -> tuple[Fitted, Skin, FaceShapes]:
    """Return the template fitted to the outer surface, and the weights and shapes it gives."""
    frame = frame_of(figure.samples)
    views = views_of(frame.inside(figure.samples))
    outer = views.depth_of(frame.inside(figure.points), 0.02) < _SEEN
    flat = vertex_normals(figure.points, figure.triangles)
    surface, facing = figure.points[outer], flat[outer]
    fitted = fit_template(joints, surface, facing, frame.height)
    skin = skin_figure(
        figure.points, figure.triangles, fitted, joints, frame.height, outer, hair
    )
    openings = find_openings(figure.points, figure.triangles, fitted, frame.height)
    anchors = anchors_of(openings, fitted)
    if len(anchors[0]):
        fitted = fit_template(joints, surface, facing, frame.height, anchors)
    shapes = face_shapes(figure.points, figure.triangles, fitted, skin, openings)
    return fitted, skin, shapes


def _give_face(character: Character, shapes: FaceShapes) -> None:
    """Give the parts their shapes, and the character the expressions that they can make."""
    at = 0
    for part in character.parts:
        part.morphs = shapes.morphs(at, len(part.positions))
        at += len(part.positions)
    there = {name for part in character.parts for name in part.morphs}
    expressions = {}
    for name, expression in vrm_expressions().items():
        binds = [bind for bind in expression.binds if bind[0] in there]
        if binds or not expression.binds:
            expressions[name] = replace(expression, binds=binds)
    character.expressions = expressions
    if any(name.startswith("eyeLook") for name in there):
        character.look_at = replace(character.look_at, kind="expression")


def _face_remarks(shapes: FaceShapes) -> list[Note]:
    """Return what the face cannot do."""
    lacking = [
        (zh, en)
        for key, zh, en in (
            ("left_eye", "左眼", "the left eye"),
            ("right_eye", "右眼", "the right eye"),
            ("mouth", "嘴", "the mouth"),
        )
        if not shapes.found[key]
    ]
    if not lacking:
        return []
    zh, en = "、".join(z for z, _ in lacking), ", ".join(e for _, e in lacking)
    return [
        Note(
            "rig-face-fused",
            f"{zh}没有开口（是画上去的或连成一片），不能做眨眼或口型；可用 --head swap 换头。",
            f"No opening was found for {en} (painted or fused), so it cannot blink or speak; "
            "--head swap gives a head that can.",
        )
    ]


def _remarks(stance: Stance, joints: Joints) -> list[Note]:
    """Return what is uncertain about stance and joints."""
    out = []
    if stance.welded:
        out.append(
            Note(
                "rig-arms-down",
                "双臂贴着身体，相连处抬臂时可能互相拉扯；建议用 A 或 T 姿势重新生成。",
                "The arms hang at the trunk; where they touch they may pull at it. "
                "Prefer a mesh in A or T pose.",
            )
        )
    weak = [
        name
        for name, sure in zip(HUMANOID_BONES, joints.confidence, strict=True)
        if sure < _UNSURE
    ]
    if weak:
        out.append(
            Note(
                "rig-joints-guessed",
                f"这些关节不太确定：{'、'.join(weak)}；可用 --markers 指定。",
                f"These joints are uncertain: {', '.join(weak)}; --markers sets them.",
            )
        )
    return out


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
    figure: _Figure,
    bones: NDArray[np.uint16],
    weights: NDArray[np.float32],
    joints: Floats,
) -> Character:
    """Return the character of a figure in T-pose, with its lowest point on the floor."""
    lift = np.array([0.0, -float(figure.points[:, 1].min()), 0.0])
    points, joints = figure.points + lift, joints + lift
    parts: list[MeshPart] = []
    at = 0
    for part in statue.parts:
        rows = slice(at, at + len(part.positions))
        at = rows.stop
        parts.append(
            replace(
                part,
                positions=points[rows].astype(np.float32),
                normals=figure.normals[rows].astype(np.float32),
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
    )


def _nodes(joints: Floats) -> list[Node]:
    nodes = []
    for i, name in enumerate(HUMANOID_BONES):
        parent = int(BONE_PARENTS[i])
        x, y, z = (joints[i] - (joints[parent] if parent >= 0 else 0.0)).tolist()
        nodes.append(Node(name, parent, (x, y, z)))
    return nodes
