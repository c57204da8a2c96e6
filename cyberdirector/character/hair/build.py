"""From a list of locks and ornaments to skinned pieces with spring chains."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from cyberdirector.character._clip import vertex_normals
from cyberdirector.character._figure import Figure, smooth_step
from cyberdirector.character._skin import chain_weights
from cyberdirector.character.hair.dials import Dials
from cyberdirector.character.hair.hairline import HairLine, cap_mesh, cap_uvs, down_mesh
from cyberdirector.character.hair.lock import UNIT, Lock, spline
from cyberdirector.character.hair.loft import RING_TRIANGLES, Strands, loft
from cyberdirector.character.hair.look import (
    column,
    hair_material,
    hair_texture,
    metal_material,
    ribbon_material,
)
from cyberdirector.character.hair.parts import SPRINGS
from cyberdirector.character.hair.shell import Shell, Spot
from cyberdirector.character.hair.solids import Solid
from cyberdirector.character.hair.spec import HairSpec
from cyberdirector.character.piece import INFLUENCES, Chain, Piece, chain_index

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

CHAIN_POINTS, LYING_POINTS = 4, 6
LATEST = 0.8
"""Share of a lock at which its chain begins at the latest."""
MAX_CHAINS = 24


@dataclass
class Style:
    """All that a hairstyle consists of."""

    locks: list[Lock]
    hairline: HairLine
    solids: list[Solid] = field(default_factory=list)
    springs: dict[str, tuple[float, float, float]] = field(default_factory=lambda: SPRINGS)
    """Chain name prefix -> stiffness, gravity, drag."""
    paths: dict[str, Floats] = field(default_factory=dict)
    """Chain name -> (n, 3) metres: the chain's line where its locks do not give it."""
    lying: dict[str, float] = field(default_factory=dict)
    """Chain name -> share of its line from which it lies on the chest and moves with it."""


@dataclass(frozen=True)
class Head:
    """What a hairstyle is made on and from."""

    shell: Shell
    spec: HairSpec
    rng: np.random.Generator
    dials: Dials
    rim: float = 90.0
    """Elevation in degrees above which a hat leaves no room for tails."""

    def knot(self, azimuth: float, elevation: float) -> Spot:
        """Return where a tail is tied: at its spot, or below the rim of a hat."""
        return azimuth, min(elevation, self.rim)

    @property
    def scale(self) -> float:
        """Size of this head over that of the standard head."""
        return self.shell.size / UNIT


StyleMaker = Callable[[Head], Style]


def cap_piece(
    figure: Figure, shell: Shell, spec: HairSpec, hairline: HairLine, rng: np.random.Generator
) -> Piece:
    """Return the scalp cap with the fine hairs of its edge as a piece bound to the head."""
    p, t, grid = cap_mesh(shell, hairline)
    fine, blades = down_mesh(shell, hairline, rng)
    u, v = column(1, 0)[0], 0.06
    uv = np.concatenate([cap_uvs(shell, grid), np.full((len(fine), 2), (u + 0.02, v))])
    n = np.concatenate([vertex_normals(p, t), vertex_normals(fine, blades)])
    t = np.concatenate([t, blades + len(p)])
    return _head_piece(
        figure, "hair-cap", np.concatenate([p, fine]), n, uv, t, spec, outline=0.0
    )


def _head_piece(
    figure: Figure, name: str, p: Floats, n: Floats, uv: Floats, t: Ints, spec: HairSpec,
    outline: float = 1.0,
) -> Piece:  # fmt: skip
    joints = np.zeros((len(p), INFLUENCES), dtype=np.int32)
    weights = np.zeros((len(p), INFLUENCES))
    joints[:, 0], weights[:, 0] = figure.index["head"], 1.0
    return Piece(
        name, p, n, uv, t, joints, weights, hair_material(spec), [hair_texture(spec)],
        outline_normals=n, outline_scale=np.full(len(p), outline),
    )  # fmt: skip


def lock_piece(figure: Figure, head: Head, style: Style, limit: int) -> Piece:
    """Return all locks of a style as one piece with their spring chains.

    Sections are left out where there would be more than ``limit`` triangles.
    """
    locks = within(head.dials.dress(style.locks), limit)
    strands = loft(head.shell, locks)
    piece = strand_piece(figure, head.spec, strands, "hair-locks")
    for chain_name in sorted({lock.chain for lock in locks if lock.chain})[:MAX_CHAINS]:
        _hang_on_chain(piece, figure, strands, locks, style, chain_name)
    return piece


def within(locks: Sequence[Lock], limit: int) -> list[Lock]:
    """Return the locks with so few sections that they have at most ``limit`` triangles."""
    count = sum((lock.rings - 1) * RING_TRIANGLES for lock in locks)
    if count <= limit:
        return list(locks)
    share = limit / count
    return [replace(q, rings=max(4, 1 + int((q.rings - 1) * share))) for q in locks]


def strand_piece(
    figure: Figure, spec: HairSpec, strands: Strands, name: str, node: str = "head"
) -> Piece:
    """Return lofted locks bound to one node (the head where the body lacks it)."""
    piece = _head_piece(
        figure, name, strands.positions, strands.normals, strands.uvs, strands.triangles, spec
    )
    piece.joints[:, 0] = figure.index.get(node, figure.index["head"])
    piece.outline_normals = strands.outline_normals
    piece.outline_scale = strands.outline_scale
    return piece


def solid_pieces(figure: Figure, spec: HairSpec, solids: Sequence[Solid]) -> list[Piece]:
    """Return buns (hair material), metal ornaments and stones, one piece per material."""
    out = []
    for kind in ("hair", "ornament", "gem", "ribbon"):
        group = [solid for solid in solids if solid.material == kind]
        if not group:
            continue
        starts = np.cumsum([0, *[len(solid.positions) for solid in group]])
        p = np.concatenate([solid.positions for solid in group])
        t = np.concatenate([q.triangles + s for q, s in zip(group, starts, strict=False)])
        uv = np.concatenate([solid.uvs for solid in group])
        if kind == "hair":
            low, high = column(1, 0)
            uv = np.stack([low + (high - low) * uv[:, 0] % 1.0, 0.08 + 0.3 * uv[:, 1]], axis=1)
        piece = _head_piece(figure, f"hair-{kind}", p, vertex_normals(p, t), uv, t, spec)
        if kind != "hair":
            colour = spec.gem if kind == "gem" else spec.ornament
            make = ribbon_material if kind == "ribbon" else metal_material
            piece.material, piece.textures = make(f"hair-{kind}", colour), []
        out.append(piece)
    return out


def _hang_on_chain(
    piece: Piece, figure: Figure, strands: Strands, locks: Sequence[Lock], style: Style,
    name: str,
) -> None:  # fmt: skip
    """Make the chain ``name`` from its locks' centre lines and weight them to it."""
    members = [i for i, lock in enumerate(locks) if lock.chain == name]
    lines = strands.lines
    begin = np.minimum(lines.start, LATEST)
    lies = style.lying.get(name, 0.0)
    count = LYING_POINTS if lies else CHAIN_POINTS
    if name in style.paths:
        points = spline(style.paths[name], 100)[round(100 * lies) :]
        points = spline(points, count)
    else:
        points = np.mean(
            [_part(lines.points[i], lines.shares[i], begin[i]) for i in members], axis=0
        )
    number = len(piece.chains)
    piece.chains.append(_chain(style, name, points, "upperChest" if lies else "head"))
    spans = np.array([lock.span or (np.nan, np.nan) for lock in locks])
    rows = np.isin(strands.lock, members)
    own, along = strands.lock[rows], strands.along[rows]
    hanging = (along - begin[own]) / (1 - begin[own])
    given = spans[own, 0] + along * (spans[own, 1] - spans[own, 0])
    share = np.where(np.isnan(given), hanging, given)
    weight = chain_weights((share - lies) / (1.0 - lies) * (count - 1), count)
    first = chain_index(piece.chains, number, 0)
    piece.weights[rows, 0] = weight[:, 0]
    for j in range(count - 1):
        piece.joints[rows, j + 1] = first - j
        piece.weights[rows, j + 1] = weight[:, j + 1]
    if lies:
        # Between head and chest the hair stretches a little, like skin.
        chest = smooth_step(0.0, 1.0, np.clip(share / lies, 0.0, 1.0))
        piece.joints[rows, count] = figure.index["upperChest"]
        piece.weights[rows, count] = weight[:, 0] * chest
        piece.weights[rows, 0] *= 1.0 - chest


def _chain(style: Style, name: str, points: Floats, parent: str) -> Chain:
    """Return the chain of hanging hair with the springs of its kind."""
    prefix = name.split("-")[0]
    stiffness, gravity, drag = style.springs[prefix]
    before = prefix in ("side", "front")
    return Chain(
        f"hair-{name}", points, parent, stiffness=stiffness, gravity=gravity, drag=drag,
        hit_radius=0.010 if before else 0.016, colliders=("neck", "chest"),
    )  # fmt: skip


def _part(points: Floats, shares: Floats, begin: float) -> Floats:
    """Return CHAIN_POINTS points (n, 3) of a centre line from a share of its length on."""
    at = np.linspace(begin, 1.0, CHAIN_POINTS)
    return np.stack([np.interp(at, shares, points[:, k]) for k in range(3)], axis=1)
