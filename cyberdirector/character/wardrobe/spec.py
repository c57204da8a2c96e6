"""What a recipe says about clothes."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class GarmentSpec:
    """One garment of an outfit by kind, with colours and dials.

    Attributes
    ----------
    kind
        Name in :data:`~cyberdirector.character.wardrobe.GARMENTS`.
    colours
        sRGB ``#rrggbb`` by role (``main``, ``trim``, ``inner``, ``sash``, ``skirt`` …);
        what is absent takes the garment's own default.
    pattern
        ``""``, a motif (``cloud``, ``wave``, ``check``, ``dot``, ``stripe`` …) or a print
        (:mod:`.prints`).
    params
        Dials (lengths as factors around 1).
    seed
        Seed of small irregularities.
    """

    kind: str
    colours: dict[str, str] = field(default_factory=dict)
    pattern: str = ""
    params: dict[str, float] = field(default_factory=dict)
    seed: int = 0
