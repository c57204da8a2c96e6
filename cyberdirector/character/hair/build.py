"""From a list of locks and ornaments to skinned pieces with spring chains."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from cyberdirector.character._clip import vertex_normals
from cyberdirector.character._figure import Figure, smooth_step
from cyberdirector.character._skin import chain_weights
from cyberdirector.character.hair.lock import Lock, Strands, loft
from cyberdirector.character.hair.look import hair_material, hair_texture, metal_material
from cyberdirector.character.hair.shell import Shell
from cyberdirector.character.hair.solids import Solid
from cyberdirector.character.hair.spec import HairSpec
from cyberdirector.character.piece import INFLUENCES, Chain, Piece, chain_index

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

CHAIN_POINTS = 4
MAX_CHAINS = 24

HairLine = Sequence[tuple[float, float]]
"""(azimuth ≥ 0, elevation) in degrees from the forehead to the nape, both sides alike."""


@dataclass
class Style:
    """All that a hairstyle consists of."""

    locks: list[Lock] = field(default_factory=list)
    hairline: HairLine = ()
    solids: list[Solid] = field(default_factory=list)
    springs: dict[str, tuple[float, float, float]] = field(default_factory=dict)
    """Chain name prefix -> stiffness, gravity, drag."""


StyleMaker = Callable[[Shell, HairSpec, np.random.Generator], Style]


def cap_mesh(
    shell: Shell, hairline: HairLine, lift: float = 0.005
) -> tuple[Floats, Ints, Floats]:
    """Return the scalp cap down to the hairline: positions, triangles, (az, share) grid.

    At the hairline the cap sinks into the skin so that no rim stands off.
    """
    cols, rows = 96, 22
    az = np.linspace(-np.pi, np.pi, cols + 1)
    table = np.array(hairline, dtype=np.float64)
    end = np.radians(np.interp(np.degrees(np.abs(az)), table[:, 0], table[:, 1]))
    end = gaussian_filter1d(end[:-1], 1.0, mode="wrap")
    end = np.append(end, end[0])
    share = np.linspace(0, 1, rows)[:, None]
    el = np.pi / 2 + (end - np.pi / 2) * share
    height = lift * (1 - 1.15 * smooth_step(0.93, 1.0, share) - 0.05 * share)
    d = shell.direction(np.broadcast_to(az, el.shape), el)
    fade = smooth_step(1.0, 0.75, share)
    full, bare = shell.hair(d, 0.0), shell.centre + d * shell.skull(d)[..., None]
    p = (
        bare
        + (full - bare) * fade[..., None]
        + d * np.broadcast_to(height, el.shape)[..., None]
    )
    i = (np.arange(rows - 1)[:, None] * (cols + 1) + np.arange(cols)).ravel()
    t = np.concatenate(
        [
            np.stack([i, i + cols + 1, i + 1], 1),
            np.stack([i + 1, i + cols + 1, i + cols + 2], 1),
        ]
    )
    grid = np.stack([np.broadcast_to(az, el.shape), np.broadcast_to(share, el.shape)], -1)
    return p.reshape(-1, 3), t.astype(np.int64), grid.reshape(-1, 2)


def cap_piece(figure: Figure, shell: Shell, spec: HairSpec, hairline: HairLine) -> Piece:
    """Return the scalp cap as a piece bound to the head."""
    p, t, grid = cap_mesh(shell, hairline)
    _, el = shell.angles(p - shell.centre)
    u = 0.5 + (el - np.radians(40.0)) / np.radians(52.0) + 0.05 * np.sin(grid[:, 0] * 24)
    uv = np.stack([np.clip(u, 0.03, 0.97) / 3.0, 0.25 + 0.35 * grid[:, 1]], axis=1)
    n = vertex_normals(p, t)
    return _head_piece(figure, "hair-cap", p, n, uv, t, spec, outline=0.0)


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


def lock_piece(
    figure: Figure, shell: Shell, spec: HairSpec, style: Style, name: str = "hair-locks"
) -> Piece:
    """Return all locks of a style as one piece with their spring chains."""
    strands = loft(shell, style.locks)
    piece = strand_piece(figure, spec, strands, name)
    names = sorted({lock.chain for lock in style.locks if lock.chain})[:MAX_CHAINS]
    for chain_name in names:
        _hang_on_chain(piece, strands, style, chain_name)
    return piece


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
    for kind in ("hair", "ornament", "gem"):
        group = [solid for solid in solids if solid.material == kind]
        if not group:
            continue
        starts = np.cumsum([0, *[len(solid.positions) for solid in group]])
        p = np.concatenate([solid.positions for solid in group])
        t = np.concatenate([q.triangles + s for q, s in zip(group, starts, strict=False)])
        uv = np.concatenate([solid.uvs for solid in group])
        piece = _head_piece(figure, f"hair-{kind}", p, vertex_normals(p, t), uv, t, spec)
        if kind != "hair":
            colour = spec.ornament if kind == "ornament" else spec.gem
            piece.material, piece.textures = metal_material(f"hair-{kind}", colour), []
        out.append(piece)
    return out


def _hang_on_chain(piece: Piece, strands: Strands, style: Style, name: str) -> None:
    """Make the chain ``name`` from its locks' centre lines and weight them to it."""
    members = [i for i, lock in enumerate(style.locks) if lock.chain == name]
    paths = []
    for i in members:
        line, begin = strands.lines[i], min(strands.start[i], 0.8)
        share = np.linspace(begin, 1.0, CHAIN_POINTS)
        at = np.linspace(0, 1, len(line))
        paths.append(np.stack([np.interp(share, at, line[:, k]) for k in range(3)], axis=1))
    prefix = name.split("-")[0]
    stiffness, gravity, drag = style.springs.get(prefix, (1.2, 0.25, 0.5))
    chain = Chain(
        f"hair-{name}",
        np.mean(paths, axis=0),
        "head",
        stiffness=stiffness,
        gravity=gravity,
        drag=drag,
        hit_radius=0.006 if prefix == "side" else 0.024,
        colliders=("neck",) if prefix == "side" else ("neck", "chest"),
    )
    number = len(piece.chains)
    piece.chains.append(chain)
    rows = np.isin(strands.lock, members)
    begin = np.minimum(strands.start[strands.lock[rows]], 0.8)
    t = (strands.along[rows] - begin) / (1 - begin) * (CHAIN_POINTS - 1)
    weight = chain_weights(t, CHAIN_POINTS)
    first = chain_index(piece.chains, number, 0)
    piece.weights[rows, 0] = weight[:, 0]
    for j in range(CHAIN_POINTS - 1):
        piece.joints[rows, j + 1] = first - j
        piece.weights[rows, j + 1] = weight[:, j + 1]
