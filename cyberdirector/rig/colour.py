"""Colours of a statue: sampled at its vertices, and vertex colours baked into a picture."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.model import MeshPart, Texture
from cyberdirector.rig.mesh import Statue
from cyberdirector.rig.weights import connected_pieces

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_SIDE = 1024
"""Pixels of a side of a baked picture."""
_MARGIN = 2.0
"""Pixels between charts."""
_FINE = 6
"""Samples along the side of a triangle when it is painted."""
_EVEN = 6
"""Rounds of averaging of the directions that charts are cut by."""


def to_srgb(linear: NDArray[np.floating]) -> Floats:
    """Return linear colours 0..1 as sRGB 0..1 (IEC 61966-2-1)."""
    c = np.clip(np.asarray(linear, np.float64), 0.0, 1.0)
    return np.where(c <= 0.0031308, 12.92 * c, 1.055 * c ** (1.0 / 2.4) - 0.055)


def vertex_srgb(statue: Statue) -> Floats:
    """Return the sRGB colour (v, 3), 0..1, of the joined vertices of a statue."""
    rows = []
    for i, part in enumerate(statue.parts):
        material = statue.materials[part.material]
        colour = np.tile(to_srgb(np.array(material.base_color[:3])), (len(part.positions), 1))
        if material.base_texture is not None:
            pixels = statue.textures[material.base_texture].pixels
            height, width = pixels.shape[:2]
            u, v = np.mod(part.uvs.astype(np.float64), 1.0).T
            column = np.minimum((u * width).astype(np.int64), width - 1)
            row = np.minimum((v * height).astype(np.int64), height - 1)
            colour = colour * pixels[row, column, :3] / 255.0
        if i in statue.colours:
            colour = colour * to_srgb(statue.colours[i][:, :3])
        rows.append(colour)
    return np.concatenate(rows)


def bake_vertex_colours(statue: Statue) -> Statue:
    """Return the statue with vertex colours baked into pictures; VRM knows no vertex colours.

    Every part is cut into charts that look along one of the six axes; each chart lies flat
    in its own place of the picture.
    """
    if not statue.colours:
        return statue
    parts, materials = list(statue.parts), list(statue.materials)
    textures = list(statue.textures)
    for i, colour in statue.colours.items():
        material = materials[parts[i].material]
        if material.base_texture is not None:
            continue  # the picture says more than the vertices
        parts[i], picture = _baked(parts[i], to_srgb(colour[:, :3]))
        parts[i] = replace(parts[i], material=len(materials))
        tint = replace(
            material,
            name=f"{material.name}-colours",
            base_texture=len(textures),
            shade_texture=len(textures),
        )
        materials.append(tint)
        textures.append(Texture(f"colours{i}", picture))
    return replace(statue, parts=parts, materials=materials, textures=textures, colours={})


def _baked(part: MeshPart, colours: Floats) -> tuple[MeshPart, NDArray[np.uint8]]:
    """Return the part with texture coordinates, and its picture (side, side, 4)."""
    triangles = part.triangles.astype(np.int64)
    points = part.positions.astype(np.float64)
    chart, axis = _charts(points, triangles)
    key = triangles * (int(chart.max()) + 1) + chart[:, None]
    unique, local = np.unique(key, return_inverse=True)
    source, owner = np.divmod(unique, int(chart.max()) + 1)
    local = local.reshape(-1, 3)
    first = np.full(int(chart.max()) + 1, 0, np.int64)
    first[chart] = axis
    drop = first[owner]
    flat = np.stack([points[source, (drop + 1) % 3], points[source, (drop + 2) % 3]], axis=1)
    uv = _packed(flat, owner)
    out = replace(
        part,
        positions=part.positions[source],
        normals=part.normals[source],
        uvs=uv.astype(np.float32),
        triangles=local.astype(np.uint32),
    )
    return out, _picture(uv, local, colours[source])


def _charts(points: Floats, triangles: Ints) -> tuple[Ints, Ints]:
    """Return per triangle its chart and the axis (0, 1, 2) that the chart is seen along."""
    from scipy.sparse import coo_matrix, diags

    a, b, c = (points[triangles[:, k]] for k in range(3))
    normal = np.cross(b - a, c - a)
    count = len(points)
    corners = triangles.ravel()
    rows = np.repeat(np.arange(len(triangles)), 3)
    meet = coo_matrix((np.ones(len(rows)), (rows, corners)), (len(triangles), count)).tocsr()
    around = diags(1.0 / np.maximum(np.asarray(meet.sum(axis=0)).ravel(), 1.0)) @ meet.T
    for _ in range(_EVEN):  # even out, so that charts are few and large
        normal = np.asarray(meet @ (around @ normal), np.float64) / 3.0
    axis = np.abs(normal).argmax(axis=1)
    side = axis * 2 + (normal[np.arange(len(axis)), axis] < 0.0)
    number = np.zeros(len(triangles), np.int64)
    total = 0
    for k in range(6):
        mine = np.flatnonzero(side == k)
        if len(mine):
            pieces = connected_pieces(triangles[mine], count)[triangles[mine, 0]]
            _, pieces = np.unique(pieces, return_inverse=True)
            number[mine] = pieces + total
            total += int(pieces.max()) + 1
    return number, axis


def _packed(flat: Floats, owner: Ints) -> Floats:
    """Return coordinates 0..1 with the charts side by side on shelves, one scale for all."""
    count = int(owner.max()) + 1
    low, high = np.full((count, 2), np.inf), np.full((count, 2), -np.inf)
    np.minimum.at(low, owner, flat)
    np.maximum.at(high, owner, flat)
    size = np.where(np.isfinite(high - low), high - low, 0.0)
    scale = 0.8 * _SIDE / max(float(np.sqrt(size.prod(axis=1).sum())), 1e-9)
    order = np.argsort(-size[:, 1], kind="stable")
    while True:
        place, full = np.zeros((count, 2)), True
        x = y = shelf = 0.0
        for k in order:
            w, h = size[k] * scale + 2.0 * _MARGIN
            if x + w > _SIDE:
                x, y, shelf = 0.0, y + shelf, 0.0
            place[k] = x + _MARGIN, y + _MARGIN
            x, shelf = x + w, max(shelf, h)
            full = full and w <= _SIDE
        if full and y + shelf <= _SIDE:
            return (place[owner] + (flat - low[owner]) * scale) / _SIDE
        scale *= 0.92


def _picture(uv: Floats, triangles: Ints, colours: Floats) -> NDArray[np.uint8]:
    """Return the picture (side, side, 4) of triangles with colours at their corners."""
    from scipy.ndimage import distance_transform_edt

    steps = np.arange(_FINE + 1) / _FINE
    u, v = (g.ravel() for g in np.meshgrid(steps, steps))
    inside = u + v <= 1.0 + 1e-9
    mix = np.stack([1.0 - u - v, u, v], axis=1)[inside]
    total = np.zeros((_SIDE * _SIDE, 4))
    for row in mix:  # one sample of every triangle at a time keeps the memory low
        at = np.einsum("k,tkc->tc", row, uv[triangles]) * _SIDE
        cell = np.clip(at.astype(np.int64), 0, _SIDE - 1)
        flat = cell[:, 1] * _SIDE + cell[:, 0]
        tone = np.einsum("k,tkc->tc", row, colours[triangles])
        for k in range(3):
            total[:, k] += np.bincount(flat, tone[:, k], _SIDE * _SIDE)
        total[:, 3] += np.bincount(flat, minlength=_SIDE * _SIDE)
    empty = (total[:, 3] == 0).reshape(_SIDE, _SIDE)
    rgb = (total[:, :3] / np.maximum(total[:, 3:], 1.0)).reshape(_SIDE, _SIDE, 3)
    row, column = distance_transform_edt(empty, return_distances=False, return_indices=True)
    out = np.full((_SIDE, _SIDE, 4), 255, np.uint8)
    out[..., :3] = np.rint(255.0 * rgb[row, column])
    return out
