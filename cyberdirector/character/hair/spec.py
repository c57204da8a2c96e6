"""What a recipe says about hair."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class HairSpec:
    """A hairstyle by name, with colours and dials.

    Attributes
    ----------
    style
        Name in :data:`~cyberdirector.character.hair.STYLES`; ``bald`` for none.
    colour, tip
        sRGB ``#rrggbb`` of the roots and of the tips (empty: a little lighter than the
        roots).
    inner, streak
        sRGB of the locks below the outer ones and of a few single locks (empty: as the
        rest).
    ornament, gem
        sRGB of hairpins, crowns and bands, and of their stones.
    length
        Factor on the length of hanging locks, 0.5..1.6.
    volume
        Factor on the volume over the skull, 0.5..1.8.
    beard
        ``""``, ``moustache``, ``goatee`` or ``beard_long``.
    seed
        Seed of the small irregularities.
    params
        Further dials (see :data:`~cyberdirector.character.hair.dials.DIALS`).
    """

    style: str = "long_straight"
    colour: str = "#2a2028"
    tip: str = ""
    inner: str = ""
    streak: str = ""
    ornament: str = "#d9b45b"
    gem: str = "#3f8f7f"
    length: float = 1.0
    volume: float = 1.0
    beard: str = ""
    seed: int = 0
    params: dict[str, float] = field(default_factory=dict)
