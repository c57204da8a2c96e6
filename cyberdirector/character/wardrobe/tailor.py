"""Collects the sewn panels of an outfit as skinned pieces."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, map_coordinates, maximum_filter

from cyberdirector.character._clip import vertex_normals
from cyberdirector.character._figure import smooth_step
from cyberdirector.character._skin import nearest_weights, pack_weights
from cyberdirector.character.piece import Chain, Piece
from cyberdirector.character.wardrobe.chart import Chart, chart_uvs, span_of, split_sides
from cyberdirector.character.wardrobe.form import Cloth, Field, Form, Layers, place_of
from cyberdirector.character.wardrobe.look import Look, material_of
from cyberdirector.character.wardrobe.spec import GarmentSpec

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


LEGS = frozenset({"trousers", "jeans", "leg-wraps", "leggings"})
"""Names of the pieces that boots are worn over."""

SMALL = 700
"""Pieces of fewer triangles are trimmings, of which no crumbs may remain."""


@dataclass
class Tailor:
    """The outfit being made: the form (and a coarse one), and the pieces so far.

    ``form`` and ``coarse`` hold what is worn already (:meth:`put_on`), so that each garment
    is cut around those below it. ``given`` are the slots of this garment that
    other garments fill, ``worn`` all slots of the outfit, ``skirted`` whether a skirt of its
    own is worn (tops are then tucked in), ``draped`` whether wide sleeves are.
    """

    form: Form
    coarse: Form
    given: frozenset[str] = frozenset()
    worn: frozenset[str] = frozenset()
    skirted: bool = False
    draped: bool = False
    pieces: list[Piece] = field(default_factory=list)
    skirts: list[Floats] = field(default_factory=list)
    """Skirts made so far, (rows, cols + 1, 3) points; what is worn over them stays outside."""
    girdles: list[float] = field(default_factory=list)
    """Lower edges of sashes and belts so far, metres over the floor."""

    def __post_init__(self) -> None:
        self._bare = self.form, self.coarse
        self._layers = Layers()
        self._tables: list[Floats] = []
        self._first = 0
        self._below: list[Floats] = []
        self.over_skirts = False

    def put_on(self, layers: Layers) -> None:
        """Note the thickness of the garment that was just made; the next lies over it."""
        self._layers = self._layers.over(layers)
        self.form, self.coarse = (form.grown(self._layers) for form in self._bare)
        self._first = len(self.pieces)
        self._below = list(self.skirts)

    def cover(
        self,
        fields: Sequence[Field],
        margin: float = 0.015,
        sleeves: bool = False,
        keep: frozenset[str] = frozenset(),
    ) -> None:
        """Note that the garment hides skin and cloth below where all fields are positive.

        Skin goes where they reach ``margin`` metres, cloth a little deeper; ``sleeves`` hides
        all sleeves below, small things (ribbons, pendants) go altogether when half hidden;
        pieces named in ``keep`` stay whole.
        """
        self.form.cover(fields, margin)
        for i in range(self._first):
            piece, table = self.pieces[i], self._tables[i]
            if piece.name in keep or not len(piece.triangles):
                continue
            place = place_of(self.form.figure, piece.positions, table)
            deep = np.min([f(place) for f in fields], axis=0) >= margin + 0.012
            if sleeves:
                deep |= (place.arm > 0.3) & (place.t > 0.12)
            gone = deep[piece.triangles].all(axis=1)
            if len(gone) < SMALL and gone.mean() > 0.5:
                gone[:] = True
            piece.triangles = piece.triangles[~gone]

    def tuck_legs(self, opening: Field, room: float) -> None:
        """Draw trouser legs into boots: what nears the opening lies ``room`` off the leg.

        ``opening`` is metres below the upper edge of the boots, metres too ``room``.
        """
        from scipy.spatial import cKDTree

        tree = cKDTree(self.form.base)
        for piece, table in zip(self.pieces, self._tables, strict=True):
            if piece.name not in LEGS or not len(piece.triangles):
                continue
            deep = opening(place_of(self.form.figure, piece.positions, table))
            share = smooth_step(-0.045 * self.form.size, -0.006 * self.form.size, deep)
            rows = np.flatnonzero(share)
            _, i = tree.query(piece.positions[rows])
            n = self.form.normals[i]
            off = np.sum((piece.positions[rows] - self.form.base[i]) * n, axis=1)
            back = share[rows] * np.maximum(off - room, 0.0)
            piece.positions[rows] -= n * back[:, None]

    def add(
        self,
        name: str,
        p: Floats,
        t: Ints,
        table: Floats,
        look: Look,
        uv: Floats | None = None,
        normals: Floats | None = None,
        chains: Sequence[Chain] = (),
        flat: bool = False,
    ) -> Piece:
        """Add one panel; ``table`` has the body nodes' columns, then the chain joints'.

        ``flat`` panels (bands, trims) are lit by ``normals``, those of the cloth they lie on,
        and drawn around by their own, so that they keep their look when they are simplified.
        """
        if self.over_skirts:
            p = self.outside(p)
        n = vertex_normals(p, t) if normals is None else normals
        around = vertex_normals(p, t) if flat else None
        if uv is None and look.paint == "flat":
            source, t, back = split_sides(p, t, n)
            metric = self.chart.metric(p[source])
            look = replace(look, span=span_of(metric))
            p, n, table = p[source], n[source], table[source]
            around = None if around is None else around[source]
            uv = chart_uvs(metric, back, look.span)
        joints, weights = pack_weights(table, self.form.nodes)
        material, textures = material_of(look)
        at = np.full((len(p), 2), 0.5) if uv is None else uv
        piece = Piece(
            name,
            p,
            n,
            at,
            t,
            joints,
            weights,
            material,
            textures,
            outline_normals=around,
            chains=list(chains),
        )
        self.pieces.append(piece)
        self._tables.append(table[:, : self.form.nodes])
        return piece

    def add_cloth(self, name: str, cloth: Cloth, look: Look, uv: Floats | None = None) -> Piece:
        """Add a piece cut from the form."""
        return self.add(name, cloth.p, cloth.t, cloth.table, look, uv, cloth.n)

    def outside(self, p: Floats, gap: float = 0.009) -> Floats:
        """Return points moved out of the skirts of garments below, ``gap`` metres off."""
        for grid in self._below:
            heights = grid[:, :, 1].mean(axis=1)
            middle = np.array([0.0, grid[0, :-1, 2].mean()])
            radius = np.hypot(grid[..., 0] - middle[0], grid[..., 2] - middle[1])
            radius = maximum_filter(radius, (1, 5), mode="wrap")
            radius = gaussian_filter(radius, (0.5, 2.0), mode=("nearest", "wrap")) + gap
            radius[0] -= gap
            flat = p[:, [0, 2]] - middle
            row = np.interp(-p[:, 1], -heights, np.arange(len(heights)))
            col = np.arctan2(flat[:, 0], flat[:, 1]) / (2 * np.pi) % 1.0 * (grid.shape[1] - 1)
            least = map_coordinates(radius, [row, col], order=1, mode="nearest")
            now = np.maximum(np.linalg.norm(flat, axis=1), 1e-6)
            within = (p[:, 1] < heights[0]) & (p[:, 1] > heights[-1] - 0.05) & (now < least)
            grow = np.where(within, least / now, 1.0)[:, None]
            p = np.stack([flat[:, 0], p[:, 1], flat[:, 1]], axis=1) * np.insert(
                np.tile(grow, (1, 2)), 1, 1.0, axis=1
            )
            p = p + np.array([0.0, 0.0, middle[1]])
        return p

    @cached_property
    def chart(self) -> Chart:
        """Where points lie on the reference body."""
        return Chart(self.form)

    def weights_at(self, p: Floats, soft: float = 0.02) -> Floats:
        """Return dense weights of points from the nearest part of the form."""
        return nearest_weights(p, self.form.base, self.form.table, soft=soft)


Maker = Callable[[Tailor, GarmentSpec], None]
"""Adds one garment to the outfit."""
