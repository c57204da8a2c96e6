"""Locked shots: only the tiles that differ from the empty picture are finished again.

While camera and light stand still, the finished picture of the set without people is kept.
A frame then takes it as it is wherever no figure, no shadow and no changed glow lies. Which
tiles that are follows from the frame alone, so a frame has the same bytes in any order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyberdirector.render.camera import View, normalized
from cyberdirector.render.figure import Figure
from cyberdirector.render.targets import Target, read_pixels
from cyberdirector.render.tiles import (
    TILE,
    Rect,
    grid_of,
    grown,
    mark_boxes,
    mark_patches,
    rects_of,
)

CELL = 8
"""Pixels a side of the squares in which the ground is known."""
_SHADE = 0.04
"""Side of the squares in which the light sees the figures, metres."""
_BLURRED = 6.0
"""Texels of the shadow map by which a shadow may lie beside its figure as the light sees it:
the push along the normal, the two looks, and those between texels."""
_OFF = 0.012
"""Metres that the surface of the coarser level lies beside the drawn one, at most."""
_LINE = 4.0
"""Widest outline that a style draws, pixels in a picture 720 high."""
_GLOW_REACH = 3
"""Tiles that a glow spreads: nine taps of 1.2 texels, each eight pixels, and two texels more
that :meth:`EmptyPicture.brightened` adds."""


@dataclass(frozen=True)
class Changes:
    """What of a frame differs from the empty picture.

    Attributes
    ----------
    grid
        (rows, columns) tiles that are drawn anew, row 0 at the bottom.
    drawn
        Rectangles that hold them, pixels.
    around
        Rectangles that hold them and what their glow may reach.
    shaded
        (rows, columns) tiles on which shadows of figures may fall.
    """

    grid: NDArray[np.bool_]
    drawn: list[Rect]
    around: list[Rect]
    shaded: NDArray[np.bool_]


class Ground:
    """The surfaces behind each small square of a picture, as the key light sees them.

    Parameters
    ----------
    span
        (rows, columns, 2) nearest and farthest distance along the view, metres; 0 for sky.
    view, size
        Camera, and (width, height) in pixels.
    direction
        (3,) unit, towards the key light.
    """

    def __init__(
        self,
        span: NDArray[np.float32],
        view: View,
        size: tuple[int, int],
        direction: NDArray[np.float64],
    ) -> None:
        self._axes = _light_axes(direction)
        self.size = size
        rows, columns = span.shape[:2]
        self._some = span[..., 1] > 0.0
        x = (np.arange(columns + 1) * CELL / size[0] * 2.0 - 1.0)[None, :]
        y = (np.arange(rows + 1) * CELL / size[1] * 2.0 - 1.0)[:, None]
        # A ray of length 1 along the view through each corner of the squares.
        across = normalized(np.cross(view.forward, view.up)) * (
            size[0] / 2.0 / view.focal_pixels
        )
        up = view.up * (size[1] / 2.0 / view.focal_pixels)
        rays = view.forward + x[..., None] * across + y[..., None] * up
        seen = rays @ self._axes.T
        eye = self._axes @ view.eye
        corners = [seen[:-1, :-1], seen[1:, :-1], seen[:-1, 1:], seen[1:, 1:]]
        places = np.stack([eye + c * span[..., k : k + 1] for c in corners for k in (0, 1)])
        self._low, self._high = places.min(axis=0), places.max(axis=0)

    def shaded(
        self, casters: Sequence[tuple[NDArray[np.float32], NDArray[np.uint32]]], texel: float
    ) -> Any:
        """Return the tiles (rows, columns) on which shadows may fall.

        Parameters
        ----------
        casters
            Vertices (n, 3) in the world, metres, and patches (see ``tiles.patches_of``) of
            what each figure throws.
        texel
            Side of a texel of their shadow map, metres.
        """
        out = np.zeros(grid_of(self.size), bool)
        if not casters:
            return out
        across = self._axes.T.astype(np.float32)
        seen = [points @ across for points, _ in casters]
        blurred = int(np.ceil(_BLURRED * texel / _SHADE))
        low = np.min([p.min(axis=0) for p in seen], axis=0) - blurred * _SHADE
        high = np.max([p.max(axis=0) for p in seen], axis=0) + blurred * _SHADE
        side = np.ceil((high - low)[:2] / _SHADE).astype(int) + 1
        grid = np.zeros((side[1], side[0]), bool)
        for points, (_, patches) in zip(seen, casters, strict=True):
            mark_patches(grid, (points[:, :2] - low[:2]) / _SHADE, patches, 0.0)
        grid = grown(grid, blurred)
        # Number of marked squares left of and below each corner.
        total = np.zeros((side[1] + 1, side[0] + 1), np.int32)
        total[1:, 1:] = grid.cumsum(axis=0, dtype=np.int32).cumsum(axis=1, dtype=np.int32)
        first = np.floor((self._low[..., :2] - low[:2]) / _SHADE)
        last = np.floor((self._high[..., :2] - low[:2]) / _SHADE) + 1.0
        x0, y0 = (np.clip(first[..., k], 0, side[k]).astype(np.int32) for k in (0, 1))
        x1, y1 = (np.clip(last[..., k], 0, side[k]).astype(np.int32) for k in (0, 1))
        held = total[y1, x1] - total[y0, x1] - total[y1, x0] + total[y0, x0]
        behind = self._low[..., 2] < high[2]
        hit = (held > 0) & behind & self._some
        return _tiles_of(hit, out.shape, CELL)


def _light_axes(direction: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return rows: two axes across the light, and the one towards it."""
    aside = np.array([0.0, 0.0, 1.0]) if abs(direction[1]) > 0.9 else np.array([0.0, 1.0, 0.0])
    right = normalized(np.cross(aside, direction))
    return np.stack([right, np.cross(direction, right), direction])


def _tiles_of(cells: NDArray[np.bool_], shape: tuple[int, int], side: int) -> Any:
    """Return the tiles (``shape``) that hold a marked cell of ``side`` pixels."""
    rows, columns = shape
    each = TILE // side
    padded = np.zeros((rows * each, columns * each), bool)
    height, width = min(cells.shape[0], rows * each), min(cells.shape[1], columns * each)
    padded[:height, :width] = cells[:height, :width]
    return padded.reshape(rows, each, columns, each).any(axis=(1, 3))


def empty_key(frame: Any) -> tuple[object, ...]:
    """Return what the picture of a frame without figures depends on."""
    state = frame.state
    return (state.camera, state.light, state.seed, frame.style)


@dataclass(frozen=True)
class EmptyPicture:
    """The finished picture of a locked shot before anybody steps into it.

    Attributes
    ----------
    key
        What it depends on: camera, light, seed, style.
    pixels, alpha
        (height, width, 3) and (height, width) uint8 sRGB, row 0 on top.
    glow
        (rows, columns) uint32: the spread glow, an eighth of the picture; None without.
    ground
        Where shadows fall.
    """

    key: object
    pixels: NDArray[np.uint8]
    alpha: NDArray[np.uint8]
    glow: NDArray[np.uint32] | None
    ground: Ground

    def changes(
        self,
        shown: Sequence[Figure],
        view: View,
        texel: float,
        water: Sequence[NDArray[np.float64]] = (),
    ) -> Changes | None:
        """Return what figures change; None when that cannot be bounded.

        Parameters
        ----------
        shown
            Skinned figures that are in the picture or throw a shadow into it.
        view
            The camera.
        texel
            Side of a texel of the shadow map of the figures, metres.
        water
            Corners (n, 3) around what moves by itself, metres.
        """
        size = self.ground.size
        grid = np.zeros(grid_of(size), bool)
        casters = []
        discs: list[tuple[float, float, float, float]] = []
        for figure in shown:
            # A coarser level holds the same vertices and fewer triangles.
            rough = figure.shadow_level
            points = figure.posed(rough.shape.vertices)
            casters.append((points, rough.patches))
            if not figure.on_screen:
                continue
            spots, depth = _spots(points, view, size)
            if (depth < 0.05).any():
                return None
            nearest = view.focal_pixels / float(depth.min())
            line = max(_LINE * min(size) / 720.0, _widest_line(figure, nearest, size[1]))
            mark_patches(grid, spots, rough.patches, (line + _OFF * nearest) / TILE)
            discs += figure.contacts()
        rims = [_rim(*disc) for disc in discs]
        if not all(self._mark_hull(grid, points, view) for points in (*rims, *water)):
            return None
        shade = self.ground.shaded(casters, texel)
        grid |= shade
        around = rects_of(grown(grid, _GLOW_REACH), size)
        return Changes(grid, rects_of(grid, size), around, shade)

    def filled(self, output: Target, rects: Sequence[Rect], components: int) -> Any:
        """Return this picture with ``rects`` of a finished one in it.

        Parameters
        ----------
        output
            Where they were finished, row 0 on top.
        rects
            Row 0 at the bottom, pixels.
        components
            3 or 4.
        """
        picture = self.pixels.copy()
        if components == 4:
            picture = np.concatenate([picture, self.alpha[..., None]], axis=2)
        for x, y, width, height in rects:
            top = self.ground.size[1] - y - height
            data = read_pixels(output, components, (x, top, width, height))
            picture[top : top + height, x : x + width] = data
        return picture

    def _mark_hull(
        self, grid: NDArray[np.bool_], points: NDArray[np.float64], view: View
    ) -> bool:
        """Mark what lies between points; tell whether all of them are before the eye."""
        spots, depth = _spots(points.astype(np.float32), view, self.ground.size)
        # Discs under feet are pulled two centimetres to the eye: half a tile is far more.
        low, high = np.floor(spots.min(axis=0) - 0.5), np.floor(spots.max(axis=0) + 0.5)
        box = np.clip([low, high], -1, 32767).astype(np.int32)
        mark_boxes(grid, box[:1], box[1:])
        return bool((depth >= 0.05).all())

    def brightened(self, changes: Changes, glow: NDArray[np.uint32] | None) -> list[Rect]:
        """Return the rectangles to finish: what is drawn anew and where the glow differs.

        Parameters
        ----------
        changes
            Of the frame.
        glow
            Like :attr:`glow`, of the frame.
        """
        if self.glow is None or glow is None:
            return changes.drawn
        # Reads between texels: one that differs is seen beside it too.
        other = _tiles_of(grown(glow != self.glow, 2), changes.grid.shape, CELL)
        return rects_of(changes.grid | other, self.ground.size)


def _rim(x: float, y: float, z: float, radius: float) -> NDArray[np.float64]:
    """Return the corners (4, 3) of the square around a disc on the floor, metres."""
    return np.array([(x + a * radius, y, z + b * radius) for a in (-1, 1) for b in (-1, 1)])


def _spots(
    points: NDArray[np.float32], view: View, size: tuple[int, int]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return where points (…, 3) lie in tiles (…, 2), and their distances (…), metres."""
    matrix = view.matrix.astype(np.float32)
    clip = points @ matrix[[0, 1, 3], :3].T + matrix[[0, 1, 3], 3]
    scale = np.array(size, np.float32) * np.float32(0.5 / TILE)
    depth = clip[..., 2]
    safe = np.maximum(depth, np.float32(1e-3))
    return (clip[..., :2] / safe[..., None] + np.float32(1.0)) * scale, depth


def _widest_line(figure: Figure, pixels_per_metre: float, height: int) -> float:
    """Return the widest outline that a material asks for, pixels."""
    unit = {"worldCoordinates": pixels_per_metre, "screenCoordinates": float(height)}
    used = {draw.material for draw in figure.level.shape.draws}
    materials = [figure.materials[index] for index in sorted(used)]
    return max(
        (m.outline_width * unit.get(m.outline_mode, 0.0) for m in materials), default=0.0
    )
