"""Canonical 3D content: meshes, MToon materials, textures, characters."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.skeleton import BONE_COUNT, BONE_PARENTS, HUMANOID_BONES, Rest

Color3 = tuple[float, float, float]
Color4 = tuple[float, float, float, float]


@dataclass
class Texture:
    """An image: pixels (height, width, 4) uint8, straight alpha, row 0 on top.

    ``linear`` is True for masks and normal maps, False for sRGB colour. ``wrap`` is what
    lies beyond the border in u and v: ``repeat``, ``mirror`` or ``clamp``.
    """

    name: str
    pixels: NDArray[np.uint8]
    linear: bool = False
    wrap: tuple[str, str] = ("repeat", "repeat")


@dataclass(frozen=True)
class UvTransform:
    """Where a texture is looked up (KHR_texture_transform): scaled, turned, then moved.

    ``rotation`` in radians, counter-clockwise seen on the picture (u right, v down).
    """

    offset: tuple[float, float] = (0.0, 0.0)
    scale: tuple[float, float] = (1.0, 1.0)
    rotation: float = 0.0

    def matrix(self) -> NDArray[np.float64]:
        """Return the (2, 3) matrix that maps (u, v, 1) to the place to look up."""
        cos, sin = float(np.cos(self.rotation)), float(np.sin(self.rotation))
        (x, y), (w, h) = self.offset, self.scale
        return np.array([[cos * w, sin * h, x], [-sin * w, cos * h, y]])


TEXTURE_SLOTS = (
    "base_texture",
    "shade_texture",
    "shading_shift_texture",
    "rim_multiply_texture",
    "emissive_texture",
    "normal_texture",
    "outline_width_texture",
    "uv_animation_mask_texture",
    "matcap_texture",
)
"""Fields of :class:`Material` that are indices of textures."""

LINEAR_SLOTS = frozenset(
    (
        "shading_shift_texture",
        "normal_texture",
        "outline_width_texture",
        "uv_animation_mask_texture",
    )
)
"""Slots that hold numbers, not colours (sRGB)."""


@dataclass
class Material:
    """MToon parameters (VRMC_materials_mtoon-1.0); colours are linear RGB.

    ``role`` tells the renderer what the surface is (``skin``, ``face``, ``hair``,
    ``eye``, ``brow``, ``lash``, ``mouth``, ``cloth``, ``metal``, ``set``, ``emissive``,
    ``water``, ``sky``, or empty) and is stored in glTF ``extras``.
    """

    name: str
    base_color: Color4 = (1.0, 1.0, 1.0, 1.0)
    base_texture: int | None = None
    shade_color: Color3 = (0.5, 0.45, 0.55)
    shade_texture: int | None = None
    shading_toony: float = 0.9
    shading_shift: float = -0.05
    gi_equalization: float = 0.9
    rim_color: Color3 = (0.0, 0.0, 0.0)
    rim_fresnel_power: float = 5.0
    rim_lift: float = 0.0
    emissive: Color3 = (0.0, 0.0, 0.0)
    outline_mode: str = "none"
    """``none``, ``worldCoordinates`` (width in metres) or ``screenCoordinates``."""
    outline_width: float = 0.0
    outline_color: Color3 = (0.1, 0.06, 0.06)
    outline_lighting_mix: float = 1.0
    alpha_mode: str = "OPAQUE"
    alpha_cutoff: float = 0.5
    double_sided: bool = False
    render_queue_offset: int = 0
    transparent_with_z_write: bool = False
    unlit: bool = False
    role: str = ""
    extras: dict[str, Any] = field(default_factory=dict)
    shading_shift_texture: int | None = None
    """Its red channel times ``shading_shift_scale`` is added to ``shading_shift``."""
    shading_shift_scale: float = 1.0
    rim_lighting_mix: float = 1.0
    rim_multiply_texture: int | None = None
    matcap_color: Color3 = (1.0, 1.0, 1.0)
    matcap_texture: int | None = None
    """The top of the picture is drawn where the surface looks up."""
    emissive_texture: int | None = None
    normal_texture: int | None = None
    normal_scale: float = 1.0
    outline_width_texture: int | None = None
    """Its green channel is a factor on ``outline_width``."""
    uv_animation_mask_texture: int | None = None
    """Its blue channel is a factor on the speeds of the UV animation."""
    uv_scroll: tuple[float, float] = (0.0, 0.0)
    """Units of (u, v) per second."""
    uv_rotation: float = 0.0
    """Radians per second about (0.5, 0.5), counter-clockwise seen on the picture."""
    transforms: dict[str, UvTransform] = field(default_factory=dict)
    """Texture transform by slot (:data:`TEXTURE_SLOTS`), after the UV animation."""
    extensions: dict[str, Any] = field(default_factory=dict)
    """Foreign glTF material extensions as JSON, kept for writing; ``index`` of an object
    under a key that ends in ``Texture`` counts in the owner's textures."""


@dataclass
class Morph:
    """One sparse shape: offsets of the listed vertices, metres, model space (rest)."""

    indices: NDArray[np.uint32]
    positions: NDArray[np.float32]
    normals: NDArray[np.float32] | None = None


@dataclass
class MeshPart:
    """Triangles of one material.

    Attributes
    ----------
    positions, normals
        (vertices, 3) float32, metres, model space of the rest pose (sets: world space).
    uvs
        (vertices, 2) float32, (0, 0) is the top left corner of the texture (glTF).
    triangles
        (triangles, 3) uint32, counter-clockwise seen from outside.
    material
        Index into the material list of the owner.
    joints, weights
        (vertices, k) uint16 node indices and float32 weights summing to 1, k ≤ 8;
        None for static parts.
    morphs
        Sparse shapes by name (ARKit names first of all).
    outline_normals
        (vertices, 3) float32 unit normals that are smooth over seams, or None.
    outline_scale
        (vertices,) float32 factor on the outline width, or None for 1.
    """

    name: str
    positions: NDArray[np.float32]
    normals: NDArray[np.float32]
    uvs: NDArray[np.float32]
    triangles: NDArray[np.uint32]
    material: int
    joints: NDArray[np.uint16] | None = None
    weights: NDArray[np.float32] | None = None
    morphs: dict[str, Morph] = field(default_factory=dict)
    outline_normals: NDArray[np.float32] | None = None
    outline_scale: NDArray[np.float32] | None = None


@dataclass
class Node:
    """A joint: local rest transform relative to its parent (index, or -1)."""

    name: str
    parent: int
    translation: tuple[float, float, float] = (0.0, 0.0, 0.0)
    rotation: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 1.0)
    scale: tuple[float, float, float] = (1.0, 1.0, 1.0)


COLOUR_BINDS = {
    "color": "base_color",
    "emissionColor": "emissive",
    "shadeColor": "shade_color",
    "matcapColor": "matcap_color",
    "rimColor": "rim_color",
    "outlineColor": "outline_color",
}
"""Kinds of VRMC_vrm-1.0 ``materialColorBinds`` → the field of :class:`Material`."""


@dataclass(frozen=True)
class ColourBind:
    """A colour that an expression brings to a material at full weight.

    ``material`` is an index of the character's materials, ``kind`` a key of
    :data:`COLOUR_BINDS`, ``target`` linear red, green, blue, alpha (alpha: ``color`` only).
    """

    material: int
    kind: str
    target: tuple[float, float, float, float]


@dataclass(frozen=True)
class UvBind:
    """Where an expression at full weight has the textures of a material looked up.

    ``material`` is an index of the character's materials; ``offset`` and ``scale`` are those
    of :class:`UvTransform`, None where the material keeps its own along that axis.
    """

    material: int
    offset: tuple[float | None, float | None] = (0.0, 0.0)
    scale: tuple[float | None, float | None] = (1.0, 1.0)


@dataclass
class Expression:
    """A VRM expression: weights of shapes, and what it overrides while active."""

    binds: list[tuple[str, float]]
    """(shape name, weight 0..1)."""
    is_binary: bool = False
    override_blink: str = "none"
    override_look_at: str = "none"
    override_mouth: str = "none"
    preset: bool = True
    colours: list[ColourBind] = field(default_factory=list)
    moves: list[UvBind] = field(default_factory=list)


@dataclass
class Collider:
    """A sphere (``tail`` None) or capsule on a node; metres, node space."""

    node: int
    offset: tuple[float, float, float]
    radius: float
    tail: tuple[float, float, float] | None = None


@dataclass
class SpringJoint:
    """One joint of a spring chain (VRMC_springBone-1.0)."""

    node: int
    hit_radius: float = 0.02
    stiffness: float = 1.0
    gravity_power: float = 0.0
    gravity_dir: tuple[float, float, float] = (0.0, -1.0, 0.0)
    drag_force: float = 0.4


@dataclass
class Spring:
    """A chain of spring joints, root first; the last joint is only the tail."""

    name: str
    joints: list[SpringJoint]
    collider_groups: list[int] = field(default_factory=list)


@dataclass
class LookAt:
    """VRM look-at: ``bone`` or ``expression``; range maps as (input degrees, output)."""

    kind: str = "expression"
    offset_from_head: tuple[float, float, float] = (0.0, 0.06, 0.0)
    horizontal_inner: tuple[float, float] = (30.0, 1.0)
    horizontal_outer: tuple[float, float] = (30.0, 1.0)
    vertical_down: tuple[float, float] = (25.0, 1.0)
    vertical_up: tuple[float, float] = (25.0, 1.0)


@dataclass
class Character:
    """A rigged character in its T-pose, facing +Z, feet on y = 0 (VRM 1.0 in memory).

    Attributes
    ----------
    nodes
        Joints, parents before children. All rest rotations are identity for characters
        that we make; imported ones are normalised by the reader.
    humanoid
        VRM humanoid bone name → node index.
    parts, materials, textures
        Geometry; ``MeshPart.joints`` index ``nodes``.
    expressions
        VRM presets and custom expressions by name; the 52 ARKit shapes appear as custom
        expressions of their own name when the shapes exist.
    collider_groups
        Lists of indices into ``colliders``.
    meta
        VRM meta (camelCase keys of VRMC_vrm-1.0 ``meta``).
    extras
        Free data kept in ``extras.cyberdirector`` (recipe, provenance, head radius …).
    """

    name: str
    nodes: list[Node]
    humanoid: dict[str, int]
    parts: list[MeshPart]
    materials: list[Material]
    textures: list[Texture] = field(default_factory=list)
    expressions: dict[str, Expression] = field(default_factory=dict)
    colliders: list[Collider] = field(default_factory=list)
    collider_groups: list[list[int]] = field(default_factory=list)
    springs: list[Spring] = field(default_factory=list)
    look_at: LookAt = field(default_factory=LookAt)
    meta: dict[str, Any] = field(default_factory=dict)
    extras: dict[str, Any] = field(default_factory=dict)

    def node_positions(self) -> NDArray[np.float64]:
        """Return rest positions of all nodes, (nodes, 3), metres, model space."""
        points = np.array([node.translation for node in self.nodes], dtype=np.float64)
        for i, node in enumerate(self.nodes):
            if node.parent >= 0:
                points[i] += points[node.parent]
        return points

    def rest(self) -> Rest:
        """Return the rest pose of the humanoid bones; absent bones have no length."""
        points = self.node_positions()
        at = np.zeros((BONE_COUNT, 3), dtype=np.float32)
        present = np.zeros(BONE_COUNT, dtype=np.bool_)
        for i, bone in enumerate(HUMANOID_BONES):
            present[i] = bone in self.humanoid
            parent = BONE_PARENTS[i]
            at[i] = points[self.humanoid[bone]] if present[i] else at[parent]
        offsets = at.copy()
        offsets[1:] -= at[BONE_PARENTS[1:]]
        return Rest(offsets, present)
