"""Collects the sewn panels of an outfit as skinned pieces."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from cyberdirector.character._clip import vertex_normals
from cyberdirector.character._skin import nearest_weights, pack_weights
from cyberdirector.character.piece import Chain, Piece
from cyberdirector.character.wardrobe.form import Cloth, Form
from cyberdirector.character.wardrobe.look import Look, material_of
from cyberdirector.character.wardrobe.spec import GarmentSpec

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FLAT_SPAN = 1.6
"""Metres that the ``flat`` texture layout spans."""


@dataclass
class Tailor:
    """The outfit being made: the form (and a coarse one), and the pieces so far."""

    form: Form
    coarse: Form
    pieces: list[Piece] = field(default_factory=list)

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
    ) -> Piece:
        """Add one panel; ``table`` has the body nodes' columns, then the chain joints'."""
        n = vertex_normals(p, t) if normals is None else normals
        joints, weights = pack_weights(table, self.form.nodes)
        material, textures = material_of(look)
        piece = Piece(
            name, p, n, self.flat_uvs(p) if uv is None else uv, t, joints, weights, material,
            textures, chains=list(chains),
        )  # fmt: skip
        self.pieces.append(piece)
        return piece

    def add_cloth(self, name: str, cloth: Cloth, look: Look, uv: Floats | None = None) -> Piece:
        """Add a piece cut from the form."""
        return self.add(name, cloth.p, cloth.t, cloth.table, look, uv, cloth.n)

    def flat_uvs(self, p: Floats) -> Floats:
        """Return metric texture coordinates seen from the front, (v, 2)."""
        top = self.form.joint("neck")[1] + 0.1
        return np.stack([0.5 + p[:, 0] / FLAT_SPAN, (top - p[:, 1]) / FLAT_SPAN], axis=1)

    def weights_at(self, p: Floats, soft: float = 0.02) -> Floats:
        """Return dense weights of points from the nearest part of the form."""
        return nearest_weights(p, self.form.base, self.form.table, soft=soft)


Maker = Callable[[Tailor, GarmentSpec], None]
"""Adds one garment to the outfit."""
