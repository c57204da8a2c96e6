"""Find where on the head MediaPipe's 478 landmarks lie, and how much they scatter there.

Bald heads of random shape are drawn without stylisation from three sides; each landmark is
carried back along its ray to the skin and the places are averaged on the base mesh.

usage: python scripts/train_perceive_face.py MODELS/perceive_face.npz [--heads N]
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyberdirector.character.compile import compile_character
from cyberdirector.character.recipe import Recipe
from cyberdirector.character.template import load_template
from cyberdirector.core.files import replacing
from cyberdirector.perceive.likeness import dial_names, local_of
from cyberdirector.perceive.model import body_of
from cyberdirector.perceive.photo import see_faces
from cyberdirector.render import Stage
from cyberdirector.render.camera import View
from cyberdirector.render.still import STUDIO, face_camera

SIZE = 512
YAWS = (-0.30, 0.0, 0.30)
Floats = NDArray[np.float64]


def head_recipe(seed: int) -> Recipe:
    """Return a bald head of random shape without stylisation."""
    rng = np.random.default_rng([seed, 478])
    names = dial_names(load_template())
    values = np.clip(rng.normal(0.0, 0.35, len(names)), -0.9, 0.9)
    return Recipe.model_validate({
        "schema": "cyberdirector.character", "version": 1, "id": "head",
        "name": {"zh": "头", "en": "head"}, "sex": str(rng.choice(["female", "male"])),
        "age": int(rng.integers(18, 55)), "era": "modern", "stylisation": 0.0,
        "shape": {
            "asian": float(rng.uniform(0, 1)), "weight": float(rng.uniform(0.2, 0.7)),
            "ideal": float(rng.uniform(0.3, 0.9)), "muscle": float(rng.uniform(0.35, 0.6)),
        },
        "local": local_of(dict(zip(names, values.tolist(), strict=True))),
        "hair": {"style": "bald"},
    })  # fmt: skip


def hits(origin: Floats, rays: Floats, corners: Floats) -> tuple[NDArray[np.int64], Floats]:
    """Return triangle (n,) and barycentric place (n, 3) of the first hit; -1 for none.

    Möller, Trumbore: "Fast, minimum storage ray/triangle intersection" (1997).
    """
    a, u, v = corners[:, 0], corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    index = np.full(len(rays), -1)
    place = np.zeros((len(rays), 3))
    s = origin - a
    q = np.cross(s, u)
    for i, ray in enumerate(rays):
        p = np.cross(ray, v)
        det = (u * p).sum(1)
        safe = np.where(np.abs(det) < 1e-12, 1.0, det)
        b = (s * p).sum(1) / safe
        c = (q @ ray) / safe
        t = (v * q).sum(1) / safe
        good = (np.abs(det) > 1e-12) & (b >= 0) & (c >= 0) & (b + c <= 1) & (t > 0)
        if good.any():
            k = int(np.where(good, t, np.inf).argmin())
            index[i], place[i] = k, (1.0 - b[k] - c[k], b[k], c[k])
    return index, place


def project_back(stage: Stage, recipe: Recipe) -> list[tuple[NDArray[np.int64], Floats]]:
    """Return for each view where the landmarks lie on the mesh: triangle and place."""
    person = compile_character(recipe)
    body = body_of(recipe)
    lift = person.nodes[0].translation[1] - body.nodes[0].translation[1]
    triangles = body.faces("body")
    corners = (body.positions + np.array([0.0, lift, 0.0]))[triangles]
    stage.remove("figure")
    stage.add(person, "figure")
    stage.light = STUDIO
    out = []
    for yaw in YAWS:
        stage.camera = face_camera(person, yaw, 0.17)
        faces = see_faces(stage.draw()[..., :3])
        if not faces:
            continue
        view = View(stage.camera, (SIZE, SIZE))
        xy = faces[0].points[:, :2] / SIZE * [2.0, -2.0] + np.array([-1.0, 1.0])
        clip = np.c_[xy, np.full(len(xy), 0.5), np.ones(len(xy))]
        world = clip @ np.linalg.inv(view.matrix).T
        rays = world[:, :3] / world[:, 3:] - view.eye
        out.append(hits(view.eye, rays / np.linalg.norm(rays, axis=1)[:, None], corners))
    return out


def bake(stage: Stage, heads: int) -> dict[str, Any]:
    """Return corner vertices (478, 3), places (478, 3) and scatter (478,) in metres."""
    template = load_template()
    triangles = template.faces("body")
    seen: list[list[Floats]] = [[] for _ in range(478)]
    views = 0
    for seed in range(heads):
        for index, place in project_back(stage, head_recipe(seed)):
            views += 1
            for k in np.nonzero(index >= 0)[0]:
                corner = template.base[triangles[index[k]]]
                seen[k].append(place[k] @ corner)
        sys.stdout.write(f"{seed} {views}\n")
        sys.stdout.flush()
    corners = np.zeros((478, 3), np.int32)
    places = np.zeros((478, 3), np.float32)
    scatter = np.full(478, np.inf, np.float32)
    centres = template.base[triangles].mean(1)
    for k, points in enumerate(seen):
        if len(points) < 0.5 * views:
            continue
        mean = np.median(np.array(points), axis=0)
        near = np.argsort(((centres - mean) ** 2).sum(1))[:40]
        best, where = _nearest(mean, template.base[triangles[near]])
        corners[k], places[k] = triangles[near[best]], where
        scatter[k] = np.sqrt(((np.array(points) - mean) ** 2).sum(1).mean())
    return {"corners": corners, "places": places, "scatter": scatter}


def _nearest(point: Floats, corners: Floats) -> tuple[int, Floats]:
    """Return the triangle whose surface is nearest to a point and the place on it."""
    best, least, where = 0, np.inf, np.full(3, 1 / 3)
    for i, (a, b, c) in enumerate(corners):
        basis = np.stack([b - a, c - a], axis=1)
        uv, *_ = np.linalg.lstsq(basis, point - a, rcond=None)
        bary = np.clip([1.0 - uv.sum(), *uv], 0.0, 1.0)
        bary /= bary.sum()
        off = float(((bary @ np.array([a, b, c]) - point) ** 2).sum())
        if off < least:
            best, least, where = i, off, bary
    return best, where


def main(words: list[str]) -> int:
    """Bake the places of the landmarks."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--heads", type=int, default=16)
    asked = parser.parse_args(words)
    with Stage((SIZE, SIZE), profile="cpu") as stage:
        data = bake(stage, asked.heads)
    good = np.isfinite(data["scatter"])
    sys.stdout.write(
        f"{good.sum()} landmarks, scatter {np.median(data['scatter'][good]):.4f} m\n"
    )
    with replacing(asked.out) as temporary, temporary.open("wb") as stream:
        np.savez_compressed(stream, **data)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
