"""What hair and clothes are made of before they join the character's parts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.model import Material, Texture

INFLUENCES = 8
"""Joint slots per vertex."""


@dataclass
class Chain:
    """A row of spring joints that hangs from a node of the body.

    Attributes
    ----------
    name
        Unique in the character. Pieces that list a chain of the same name share it: its
        nodes are made once.
    points
        (n, 3) float64, metres, model space of the T-pose, root first; the last point is
        the tail. Each point becomes one node; consecutive nodes are parent and child.
    parent
        Name of the body node from which the first joint hangs.
    stiffness, gravity, drag, hit_radius
        VRMC_springBone-1.0 joint values; ``gravity`` is the power along -Y, the radius is
        in metres.
    colliders
        Names of the collider groups that the chain minds: ``head``, ``neck``, ``chest``,
        ``hips``, ``arms``, ``legs``.
    """

    name: str
    points: NDArray[np.float64]
    parent: str
    stiffness: float = 1.0
    gravity: float = 0.0
    drag: float = 0.4
    hit_radius: float = 0.02
    colliders: tuple[str, ...] = ()


@dataclass
class Piece:
    """Triangles of one material with their skin, textures and spring chains.

    Attributes
    ----------
    positions, normals
        (v, 3) float64, metres, model space of the T-pose; normals are unit length.
    uvs
        (v, 2) float64, (0, 0) is the top left of the texture. On hair v runs along the
        strand from the root (0) to the tip (1) and u crosses the highlight band.
    triangles
        (t, 3) int64, counter-clockwise seen from outside.
    joints
        (v, 8) int32. A value ≥ 0 is a node index of the body. A value < 0 is a chain
        joint: ``-1 - k``, where k counts the points of ``chains`` one after the other
        (chain 0 joint 0 is -1, chain 0 joint 1 is -2 …). Unused slots are 0 with weight 0.
        :func:`resolve_joints` turns them into node indices.
    weights
        (v, 8) float64, sum 1.
    material
        ``base_texture`` and ``shade_texture`` index ``textures`` of this piece. Pieces
        whose materials have equal names have equal materials and may be merged; textures
        of equal name are equal.
    outline_normals, outline_scale
        (v, 3) and (v,) as in :class:`~cyberdirector.core.model.MeshPart`, or None.
    """

    name: str
    positions: NDArray[np.float64]
    normals: NDArray[np.float64]
    uvs: NDArray[np.float64]
    triangles: NDArray[np.int64]
    joints: NDArray[np.int32]
    weights: NDArray[np.float64]
    material: Material
    textures: list[Texture] = field(default_factory=list)
    outline_normals: NDArray[np.float64] | None = None
    outline_scale: NDArray[np.float64] | None = None
    chains: list[Chain] = field(default_factory=list)


@dataclass
class Outfit:
    """A dressed body: the pieces, and which body vertices lie deep enough to drop.

    ``hidden`` is (body vertices,) bool, True where cloth covers the skin by at least the
    margin on all sides, so that triangles with three hidden corners need not be drawn.
    """

    pieces: list[Piece]
    hidden: NDArray[np.bool_]


def chain_index(chains: list[Chain], chain: int, joint: int) -> int:
    """Return the negative joint number of one chain joint (see :class:`Piece`)."""
    before = sum(len(item.points) for item in chains[:chain])
    return -1 - (before + joint)


def resolve_joints(piece: Piece, first_node: Mapping[str, int]) -> NDArray[np.int32]:
    """Return the joints of a piece with chain joints replaced by node indices.

    Parameters
    ----------
    first_node
        Node index of the first joint of each chain by chain name; the other joints of the
        chain follow it without gaps.

    Returns
    -------
    (v, 8) int32, all ≥ 0.
    """
    table = [
        first_node[chain.name] + i for chain in piece.chains for i in range(len(chain.points))
    ]
    nodes = np.array([0, *table], dtype=np.int32)
    own = piece.joints < 0
    return np.where(own, nodes[np.where(own, -piece.joints, 0)], piece.joints)


def unique_chains(pieces: Iterable[Piece]) -> list[Chain]:
    """Return the chains of all pieces, each name once, in order of appearance."""
    found: dict[str, Chain] = {}
    for piece in pieces:
        for chain in piece.chains:
            found.setdefault(chain.name, chain)
    return list(found.values())
