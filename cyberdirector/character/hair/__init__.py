"""Hair: locks over a skull shell, buns and ornaments, beards."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cyberdirector.character._figure import Figure, figure_of
from cyberdirector.character.body import Body
from cyberdirector.character.hair.beards import BEARDS, beard
from cyberdirector.character.hair.build import (
    Head,
    StyleMaker,
    cap_piece,
    lock_piece,
    solid_pieces,
    strand_piece,
)
from cyberdirector.character.hair.dials import DIALS, Dials
from cyberdirector.character.hair.kinds import HairKind, catalogue, kind_of
from cyberdirector.character.hair.shell import Shell, build_shell
from cyberdirector.character.hair.spec import HairSpec
from cyberdirector.character.hair.styles import STYLES as _ALL
from cyberdirector.character.hair.worn import hat_of, into_roll, over_cloth, under_hat
from cyberdirector.character.piece import Piece
from cyberdirector.core.errors import InputRefused

STYLES: dict[str, StyleMaker] = _ALL
"""Hairstyles by name."""

MAX_TRIANGLES = 20_000
"""Of all hair of a character: cap, locks, buns, ornaments and beard."""

VOLUME = 0.025
"""Metres that hair adds over the crown of a standard head."""

TIED_BELOW = 16.0
"""Degrees below the rim of a hat where tails are tied."""

__all__ = ["DIALS", "STYLES", "HairKind", "HairSpec", "build_hair", "catalogue", "kind_of"]


def build_hair(body: Body, spec: HairSpec, worn: Sequence[Piece] = ()) -> list[Piece]:
    """Return the pieces of a hairstyle on a body (deterministic in ``spec.seed``).

    ``worn`` are the clothes: hair hangs over them and lies flat under hats.

    Raises
    ------
    InputRefused
        The style is unknown or a colour cannot be read.
    """
    figure = figure_of(body)
    bare = build_shell(figure, VOLUME * spec.volume)
    if spec.style == "bald":
        return [_beard_piece(body, figure, bare, spec)] if spec.beard else []
    maker = STYLES.get(spec.style)
    if maker is None:
        names = ", ".join(sorted(STYLES))
        raise InputRefused(
            "hair-style-unknown",
            f"没有名为“{spec.style}”的发型；可选：{names}。",
            f"There is no hairstyle “{spec.style}”; choose one of {names}.",
        )
    shell = over_cloth(bare, worn) if worn else bare
    hat = hat_of(shell, figure, worn)
    rim = hat.low(180.0) - TIED_BELOW if hat is not None else 90.0
    head = Head(shell, spec, np.random.default_rng(spec.seed), Dials.of(spec), rim)
    style = maker(head)
    fine = np.random.default_rng(spec.seed + 2)
    pieces = [
        cap_piece(figure, shell, spec, style.hairline, fine),
        *solid_pieces(figure, spec, style.solids),
    ]
    if spec.beard:
        pieces.append(_beard_piece(body, figure, shell, spec))
    left = MAX_TRIANGLES - sum(len(piece.triangles) for piece in pieces)
    pieces.insert(1, lock_piece(figure, head, style, left))
    pieces = into_roll(pieces, shell, worn)
    return under_hat(pieces, hat) if hat is not None else pieces


def _beard_piece(body: Body, figure: Figure, shell: Shell, spec: HairSpec) -> Piece:
    if spec.beard not in BEARDS:
        names = ", ".join(BEARDS)
        raise InputRefused(
            "beard-unknown",
            f"没有名为“{spec.beard}”的胡须；可选：{names}。",
            f"There is no beard “{spec.beard}”; choose one of {names}.",
        )
    lips, chin = body.landmarks["lips"], body.landmarks["menton"]
    strands = beard(shell, lips, chin, spec.beard, np.random.default_rng(spec.seed + 1))
    return strand_piece(figure, spec, strands, "hair-beard", "jaw")
