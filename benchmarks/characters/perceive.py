"""Pictures: a random figure comes back from its picture, a head from its photograph."""

from __future__ import annotations

import os
import sys
from functools import lru_cache
from pathlib import Path

import numpy as np
from bars import QUICK, bar, measure, note
from numpy.typing import NDArray

from cyberdirector.character.compile import compile_character
from cyberdirector.character.recipe import Recipe
from cyberdirector.core.errors import CyberDirectorError
from cyberdirector.perceive import perceive_picture
from cyberdirector.perceive.likeness import fit_likeness
from cyberdirector.perceive.model import body_of
from cyberdirector.perceive.photo import see_faces
from cyberdirector.render import Stage
from cyberdirector.render.still import STUDIO, face_camera

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))

from train_perceive_check import JUDGED, SIZE, check_one, summary
from train_perceive_face import head_recipe

Floats = NDArray[np.float64]


def _count(name: str, quick: int, full: int) -> int:
    """Return how many are measured: an environment variable may ask for fewer."""
    return quick if QUICK else int(os.environ.get(name, full))


FIRST, FIGURES = 900_001, _count("FIGURES", 1, 100)
"""Seeds that nothing was trained on; a figure takes about 8 s."""

FIRST_HEAD, HEADS = 5_000_001, _count("HEADS", 1, 200)
"""Seeds that nothing was trained on; a head takes about 4 s."""

AMONG = 100
"""Heads among which each is looked for."""


_LOST = {
    "iou": 0.0, "delta_e": {}, "seconds": 0.0, "right": dict.fromkeys(JUDGED, False),
}  # fmt: skip
"""What a figure counts that is not found."""


@measure("loop")
def loop() -> None:
    """Measure recipe → picture → recipe' → picture'."""
    rows = []
    with Stage(SIZE, profile="cpu") as stage:
        for seed in range(FIRST, FIRST + FIGURES):
            try:
                rows.append(check_one(stage, seed)[0])
            except CyberDirectorError as error:
                note(f"{seed}: {error}")
                rows.append(_LOST)
    found = summary(rows)
    bar(f"silhouette IoU, mean of {FIGURES}", found["iou_mean"], "≥", 0.85)
    for name, value in found["delta_e_median"].items():
        bar(f"colour of {name}, median CIEDE2000", value, "≤", 8.0)
    if QUICK:
        note("attributes are shares: one figure does not judge them")
    else:
        bar("attributes right", 100.0 * found["right_all"], "≥", 85.0, " %")
    note(", ".join(f"{name} {100 * share:.0f} %" for name, share in found["right"].items()))
    note(f"a picture is read in {found['seconds']:.1f} s (median)")


@lru_cache(maxsize=1)
def _inside() -> NDArray[np.bool_]:
    """Return which vertices are the face: from chin to brows, before the ears."""
    plain = body_of(_plain(head_recipe(0)))
    at = plain.landmarks
    chin, eye = at["menton"], at["leftEyeFront"]
    skin = plain.positions[: len(plain.template.base)]
    inside = (skin[:, 1] > chin[1] - 0.005) & (skin[:, 1] < eye[1] + 0.045)
    inside &= (np.abs(skin[:, 0]) < 0.08) & (skin[:, 2] > eye[2] - 0.06)
    return np.asarray(inside)


def face_of(recipe: Recipe) -> Floats:
    """Return the skin of the face (n, 3), metres; the same vertices of every head."""
    inside = _inside()
    out: Floats = body_of(recipe).positions[: len(inside)][inside].astype(np.float64)
    return out


def _plain(recipe: Recipe) -> Recipe:
    """Return the mean face of the same sex and age."""
    keep = {"sex": recipe.sex, "age": recipe.age, "height": recipe.height}
    return Recipe.model_validate({
        "schema": "cyberdirector.character", "version": 1, "id": "plain",
        "name": {"zh": "均", "en": "mean"}, "era": "modern", "stylisation": 0.0,
        "hair": {"style": "bald"}, **keep,
    })  # fmt: skip


def distance(one: Floats, two: Floats) -> float:
    """Return the mean distance (metres) after the best turn, shift and scale.

    Umeyama: "Least-squares estimation of transformation parameters" (1991).
    """
    a, b = one - one.mean(0), two - two.mean(0)
    u, s, vt = np.linalg.svd(b.T @ a)
    sign = np.array([1.0, 1.0, np.sign(np.linalg.det(u @ vt))])
    scale = float((s * sign).sum() / (a * a).sum())
    moved = scale * a @ (u @ np.diag(sign) @ vt).T
    return float(np.linalg.norm(moved - b, axis=1).mean())


@measure("heads")
def heads() -> None:
    """Measure heads of random shape that are drawn, seen and fitted."""
    truth, fitted, mean = [], [], []
    with Stage((384, 384), profile="cpu") as stage:
        for seed in range(FIRST_HEAD, FIRST_HEAD + HEADS):
            recipe = head_recipe(seed)
            person = compile_character(recipe)
            stage.add(person, "head")
            stage.camera, stage.light = face_camera(person, 0.0, 0.25), STUDIO
            faces = see_faces(stage.draw()[..., :3].copy())
            stage.remove("head")
            if not faces:
                note(f"{seed}: no face was seen")
                continue
            plain = _plain(recipe)
            truth.append(face_of(recipe))
            fitted.append(face_of(fit_likeness(faces[0], plain).recipe))
            mean.append(face_of(plain))
    bar(f"heads seen, of {HEADS}", len(truth), "≥", 0.95 * HEADS)
    if not truth:
        return
    own = [distance(f, t) for f, t in zip(fitted, truth, strict=True)]
    base = [distance(m, t) for m, t in zip(mean, truth, strict=True)]
    note(f"{1e3 * np.mean(own):.2f} mm, mean face {1e3 * np.mean(base):.2f} mm")
    if QUICK:
        note(f"{len(truth)} heads do not judge error and retrieval: they are not measured")
        return
    bar("3D error over that of the mean face", sum(own) / sum(base), "≤", 0.65)
    known = truth[:AMONG]
    hits = 0
    for i, face in enumerate(fitted[:AMONG]):
        hits += int(np.argmin([distance(face, other) for other in known])) == i
    bar(f"retrieval, top 1 of {len(known)}", 100.0 * hits / len(known), "≥", 50.0, " %")


@measure("photo")
def photo() -> None:
    """Measure how well landmarks of a photograph are met (astronaut of scikit-image)."""
    try:
        from skimage.data import astronaut
    except ImportError:
        note("not measured: scikit-image is not installed")
        return
    seen = perceive_picture(np.ascontiguousarray(astronaut()))
    if seen.reprojection is None:
        note("not measured: no face was fitted")
        return
    bar("landmarks over the distance of the eyes", 100.0 * seen.reprojection, "≤", 5.0, " %")
