"""What hair knows of the clothes: it hangs over cloth and lies flat under hats."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cyberdirector.character._figure import smooth_step
from cyberdirector.character.hair.shell import EL_LOW, Shell, bilinear
from cyberdirector.character.piece import Piece

if TYPE_CHECKING:
    from cyberdirector.character._figure import Figure

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

AZ_STEPS, EL_STEPS = 90, 60
OPEN = 9.0
"""Metres: radius of a hat in directions where there is none."""

UNDER = 0.004
"""Metres that hair stays below the inside of a hat."""

CLOSE = 0.030
"""Metres between scalp and hat within which hair under a hat cannot be seen."""

RIM = np.radians(9.0)
"""How far above the rim of a hat hair is left out at least."""


def over_cloth(shell: Shell, cloth: Sequence[Piece]) -> Shell:
    """Return the shell with the cloth around neck and trunk as a surface for hanging hair.

    Only vertices that look away from the middle of the trunk count: linings do not.
    """
    from scipy.spatial import cKDTree

    points, normals = [shell.skin], [shell.skin_normals]
    rolled = any(piece.name in ROLLS for piece in cloth)
    for piece in cloth:
        # Hair is tucked into cloaks with a fur collar, and hangs below them.
        if rolled and piece.name.split("-")[0] in (*ROLLS, "cloak"):
            continue
        p, n = piece.positions, piece.normals
        out = p - shell.neck
        out[:, 1] = np.maximum(p[:, 1] - shell.neck[1] - 0.02, 0.0)
        rows = (p[:, 1] < shell.chin[1] - 0.01) & (np.abs(p[:, 0]) < 0.26)
        rows &= np.sum(out * n, axis=1) > 0.2 * np.linalg.norm(out, axis=1)
        points.append(p[rows])
        normals.append(n[rows])
    every = np.concatenate(points)
    return replace(
        shell, cover=cKDTree(every), over=every, over_normals=np.concatenate(normals)
    )


@dataclass(frozen=True)
class Hat:
    """The inside of all hats: a radius map around the middle of the head.

    ``radius`` is (EL_STEPS, AZ_STEPS + 1) metres, as in :class:`Shell`; ``rim`` (AZ_STEPS + 1)
    the lowest elevation (radians) of the hat at each azimuth.
    """

    shell: Shell
    radius: Floats
    rim: Floats

    def inside(self, p: Floats) -> tuple[Floats, Floats, Floats]:
        """Return distance from the middle, radius of the hat and height over its rim."""
        d = p - self.shell.centre
        r = np.linalg.norm(d, axis=1)
        az, el = self.shell.angles(d)
        row = (el - EL_LOW) / (np.pi / 2 - EL_LOW) * (EL_STEPS - 1)
        col = (az + np.pi) / (2 * np.pi) * AZ_STEPS
        rim = np.interp(col, np.arange(AZ_STEPS + 1), self.rim)
        return r, bilinear(self.radius, row, col), el - rim

    @property
    def whole(self) -> bool:
        """Whether the hat covers the crown."""
        return bool(self.radius[-1, 0] < OPEN / 2)

    def low(self, azimuth: float) -> float:
        """Return the elevation in degrees of the rim of a hat that is whole, else 90."""
        col = (azimuth + 180.0) / 360.0 * AZ_STEPS
        rim = np.interp(col, np.arange(AZ_STEPS + 1), self.rim)
        return float(np.degrees(rim)) if self.whole else 120.0

    def press(self, p: Floats) -> Floats:
        """Return points (n, 3) pressed under the hat, but never into the scalp."""
        r, most, _ = self.inside(p)
        d = (p - self.shell.centre) / np.maximum(r, 1e-9)[:, None]
        skull = self.shell.skull(d) + 0.0015
        # Several layers of hair keep their order: the outer ones stay outer.
        room = np.maximum(most - UNDER - skull, 0.0005)
        rise = np.maximum(r - skull, 0.0)
        flat = skull + room * (1.0 - np.exp(-rise / room))
        return np.where(
            (most < OPEN / 2)[:, None] & (flat < r)[:, None],
            self.shell.centre + d * flat[:, None],
            p,
        )

    def hides(self, p: Floats) -> Bools:
        """Return which points (n, 3) lie where nobody can look under the hat."""
        r, most, over = self.inside(p)
        d = (p - self.shell.centre) / np.maximum(r, 1e-9)[:, None]
        close = most - self.shell.skull(d) < CLOSE
        return (most < OPEN / 2) & close & (over > RIM) & self.whole


def hat_of(shell: Shell, figure: Figure, cloth: Sequence[Piece]) -> Hat | None:
    """Return the inside of the hats among some pieces, or None if there is no hat.

    A hat moves with the head alone and reaches over the middle of the upper skull; what is
    named after it (``cap-brim``) belongs to it.
    """
    hats = {p.name.split("-")[0] for p in cloth if _is_hat(p, shell, figure)}
    if not hats:
        return None
    points = [_samples(p) - shell.centre for p in cloth if p.name.split("-")[0] in hats]
    d = np.concatenate(points)
    r = np.linalg.norm(d, axis=1)
    az, el = shell.angles(d)
    # Parts of a hat may reach into the head.
    low = (el > EL_LOW) & (r > shell.skull(d) + UNDER)
    row = np.round((el[low] - EL_LOW) / (np.pi / 2 - EL_LOW) * (EL_STEPS - 1)).astype(int)
    col = np.round((az[low] + np.pi) / (2 * np.pi) * AZ_STEPS).astype(int)
    table = np.full((EL_STEPS, AZ_STEPS + 1), OPEN)
    np.minimum.at(table, (row, col), r[low])
    seam = np.minimum(table[:, 0], table[:, -1])
    table[:, 0] = table[:, -1] = seam
    return Hat(shell, *_closed(table))


def _is_hat(piece: Piece, shell: Shell, figure: Figure) -> bool:
    head = figure.index["head"]
    held = np.where(piece.joints == head, piece.weights, 0.0).sum(axis=1)
    p = piece.positions
    if len(p) == 0 or held.min() < 0.99:
        return False
    wide = np.ptp(p[:, 0]) > shell.size and np.ptp(p[:, 2]) > shell.size
    return bool(wide and p[:, 1].max() > shell.centre[1] + 0.9 * shell.size)


def _samples(piece: Piece) -> Floats:
    """Return points spread over the triangles of a piece, closer than the map's steps."""
    corner = piece.positions[piece.triangles]
    steps = 8
    u, v = np.meshgrid(np.arange(steps + 1), np.arange(steps + 1))
    keep = u + v <= steps
    w = np.stack([u[keep], v[keep], steps - u[keep] - v[keep]], axis=1) / steps
    return np.einsum("sk,tkc->tsc", w, corner).reshape(-1, 3)


def _closed(table: Floats) -> tuple[Floats, Floats]:
    """Return the map continued below the rim, where hair flares out again, and the rim."""
    el = np.linspace(EL_LOW, np.pi / 2, EL_STEPS)
    full = table < OPEN / 2
    rim = np.where(full.any(axis=0), el[np.argmax(full, axis=0)], np.pi / 2)
    out = table.copy()
    out[-1] = np.min(out[-1])
    for i in range(EL_STEPS - 2, -1, -1):
        above = out[i + 1]
        # Holes between samples are bridged, then hair widens by 45 degrees.
        flare = above * (1.0 + 1.0 * (el[1] - el[0]))
        near = np.abs(el[i] - rim) < np.radians(16)
        out[i] = np.where(full[i], out[i], np.where((el[i] > rim) | near, flare, OPEN))
        out[i] = np.where(out[i] > OPEN / 2, OPEN, out[i])
    return out, rim


def under_hat(pieces: Sequence[Piece], hat: Hat) -> list[Piece]:
    """Return the pieces of hair pressed under a hat; what the hat hides is left out.

    Pins, crowns and ribbons that would stand in the hat are taken off.
    """
    out = []
    for piece in pieces:
        p = piece.positions
        _, most, over = hat.inside(p)
        if piece.material.role != "hair" and ((most < OPEN / 2) & (over > 0)).any():
            continue
        if piece.name == "hair-beard":
            out.append(piece)
            continue
        pressed = hat.press(p)
        moved = smooth_step(0.0, 0.004, np.linalg.norm(pressed - p, axis=1))
        hidden = hat.hides(p)
        keep = ~hidden[piece.triangles].all(axis=1)
        if not keep.any():
            continue
        piece.positions, piece.triangles = pressed, piece.triangles[keep]
        if piece.outline_scale is not None:
            piece.outline_scale = piece.outline_scale * (1.0 - 0.7 * moved)
        out.append(piece)
    return out


ROLLS = ("fur",)
"""Pieces around the neck into which hair is tucked: it cannot hang over them."""


TUCK = 0.008
"""Metres above the middle of a collar at which tucked hair ends."""


def into_roll(pieces: Sequence[Piece], shell: Shell, cloth: Sequence[Piece]) -> list[Piece]:
    """Return the pieces of hair without what would come out again below a fur collar."""
    rolls = [p.positions for p in cloth if p.name in ROLLS]
    if not rolls:
        return list(pieces)
    steps = 72
    points = np.concatenate(rolls)
    count = np.bincount(_turn_of(points, shell, steps), minlength=steps)
    sums = np.bincount(_turn_of(points, shell, steps), points[:, 1], minlength=steps)
    level = np.where(count > 0, sums / np.maximum(count, 1) + TUCK, -OPEN)
    out = []
    for piece in pieces:
        low = piece.positions[:, 1] < level[_turn_of(piece.positions, shell, steps)]
        if piece.name == "hair-locks":
            piece.triangles = piece.triangles[~low[piece.triangles].any(axis=1)]
        out.append(piece)
    return out


def _turn_of(points: Floats, shell: Shell, steps: int) -> NDArray[np.int64]:
    """Return the numbers (n,) of the sectors around the neck that points lie in."""
    d = points - shell.neck
    turn = np.arctan2(d[:, 0], d[:, 2]) / (2.0 * np.pi) + 0.5
    return np.minimum((turn * steps).astype(np.int64), steps - 1)
