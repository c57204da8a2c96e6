"""The stylisation over random people: nothing folds, eyes and lips stay closed."""

from __future__ import annotations

from bars import QUICK, bar, measure
from styles import measure_styles


@measure("styles")
def stylisation() -> None:
    """Measure folds and gaps over random styles."""
    found = measure_styles(4 if QUICK else 200)
    bar(f"least Jacobian of {len(found)} styles", min(r.jacobian for r in found), "≥", 0.2)
    bar("flipped triangles", max(r.flipped for r in found), "≤", 0)
    bar("widest gap of closed lids", 1e3 * max(r.lids for r in found), "≤", 1.5, " mm")
    bar("widest gap of closed lips", 1e3 * max(r.lips for r in found), "≤", 1.5, " mm")
