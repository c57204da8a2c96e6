"""The body chart: texture coordinates on which every body's shoulders, waist and knees agree.

Clothes of all bodies are painted on one reference body (metres over the floor, a woman of
1.65 m), so that folds lie at armpits, waist, crotch and knees. The left half of the chart
is the front, the right half the back; both are seen from the front.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from cyberdirector.character.wardrobe.form import Form

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

TOP = 1.46
"""Height of the upper edge of the chart on the reference body, metres."""
HALF = 0.24
"""Half of the width of the body on the chart, metres."""

_BONES = ("neck", "leftUpperArm", "chest", "leftUpperLeg", "leftLowerLeg", "leftFoot")
_HEIGHTS = (1.35, 1.267, 1.073, 0.87, 0.485, 0.061)
_ASIDE = 0.132, 0.087
"""Half distances of shoulder joints and of the legs on the reference body."""


@dataclass(frozen=True)
class Chart:
    """Maps points of one body to the reference body."""

    form: Form

    @cached_property
    def _levels(self) -> tuple[Floats, Floats]:
        """Heights of this body and of the reference, rising."""
        here = np.array([self.form.joint(name)[1] for name in _BONES])
        there = np.array(_HEIGHTS)
        here = np.concatenate([[0.0], here[::-1], [here[0] + 0.5 * self.form.size]])
        return here, np.concatenate([[0.0], there[::-1], [there[0] + 0.5]])

    def height(self, y: Floats) -> Floats:
        """Return heights on the reference body of heights on this one."""
        return np.asarray(np.interp(y, *self._levels), dtype=np.float64)

    def metric(self, p: Floats) -> Floats:
        """Return (v, 2) x and height on the reference body, metres."""
        y = self.height(p[:, 1])
        shoulder = self.form.joint("leftUpperArm")[0] / _ASIDE[0]
        leg = self.form.joint("leftLowerLeg")[0] / _ASIDE[1]
        wide = np.interp(y, [0.87, 1.12], [leg, shoulder])
        return np.stack([p[:, 0] / wide, y], axis=1)


def chart_uvs(metric: Floats, back: NDArray[np.bool_], span: tuple[float, float]) -> Floats:
    """Return texture coordinates (v, 2) in a chart that shows heights ``span`` (top, low)."""
    x = np.clip(metric[:, 0] / (2 * HALF) + 0.5, 0.004, 0.996)
    v = (span[0] - metric[:, 1]) / (span[0] - span[1])
    return np.stack([0.5 * (x + back), np.clip(v, 0.0, 1.0)], axis=1)


def span_of(metric: Floats) -> tuple[float, float]:
    """Return the heights (top, low) that a chart for these points must show."""
    step = 0.05
    top = min(TOP + 0.10, float(np.ceil(metric[:, 1].max() / step) * step))
    low = float(np.floor(metric[:, 1].min() / step) * step)
    return round(top, 3), round(min(low, top - step), 3)


def split_sides(p: Floats, t: Ints, n: Floats) -> tuple[Ints, Ints, NDArray[np.bool_]]:
    """Part a surface into front and back for the two halves of the chart.

    Returns
    -------
    source (w,) vertex that each new vertex copies, triangles (t, 3) over the new vertices,
    and back (w,), True for the back.
    """
    back = n[t][:, :, 2].mean(axis=1) < 0.0
    corners = t * 2 + back[:, None]
    used, faces = np.unique(corners, return_inverse=True)
    return used // 2, faces.reshape(t.shape).astype(np.int64), used % 2 == 1
