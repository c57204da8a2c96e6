"""Gloves: a thin skin over the hands, with a hem on the forearm."""

from __future__ import annotations

import numpy as np

from cyberdirector.character._clip import clip, smooth, vertex_normals
from cyberdirector.character._skin import dense_weights
from cyberdirector.character.wardrobe.form import Place, place_of
from cyberdirector.character.wardrobe.look import Look
from cyberdirector.character.wardrobe.spec import GarmentSpec
from cyberdirector.character.wardrobe.tailor import Maker, Tailor

_WRIST, _LONG = 0.95, 0.62
"""Hem at ``length`` 0 and 1: share of the way from shoulder to wrist."""


def gloves(tailor: Tailor, spec: GarmentSpec) -> None:
    """Add gloves on both hands; ``length`` 0 ends at the wrist, 1 below the elbow.

    The fingers keep their own surface and weights, so that a gloved hand closes like a bare
    one; towards the hem the glove stands off the arm.
    """
    figure, k = tailor.form.figure, tailor.form.size
    main = spec.colours.get("main", "#3a2c28")
    hem = _WRIST + (_LONG - _WRIST) * spec.params.get("length", 0.2)
    skin = figure.groups["body"]
    arm = tailor.form.skin.arm
    rows = np.unique(skin[(arm[skin] > 0.5).all(axis=1)])
    number = np.full(len(figure.points), -1)
    number[rows] = np.arange(len(rows))
    triangles = number[skin]
    triangles = triangles[(triangles >= 0).all(axis=1)]
    table = dense_weights(figure.joints[rows], figure.weights[rows], tailor.form.nodes)
    points = figure.points[rows]
    along = place_of(figure, points, table).t

    def beyond(place: Place) -> np.ndarray:
        return np.where(place.arm > 0.5, place.t - hem, -1.0)

    p, t, (table, along) = clip(points, triangles, along - hem, [table, along])
    n = vertex_normals(p, t)
    n = smooth(n, t, 2, 0.5)
    n /= np.maximum(np.linalg.norm(n, axis=1, keepdims=True), 1e-9)
    flare = np.exp(-np.maximum(along - hem, 0.0) / 0.03)
    p = p + n * ((0.0012 + 0.0030 * flare) * k)[:, None]
    look = Look(main, sheen=0.25, outline=0.0008)
    tailor.add("gloves", p, t, table, look, np.full((len(p), 2), 0.5), vertex_normals(p, t))
    tailor.form.cover([beyond], 0.02)


GLOVES: dict[str, Maker] = {"gloves": gloves}
"""Garment makers by kind."""
