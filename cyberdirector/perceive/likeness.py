"""The face of a photograph as shape dials: landmarks of the head model brought onto it.

The model is linear: landmarks of the mean head, plus directions of MakeHuman's local
changes and macros (identity), plus directions of ARKit shapes (expression), seen by a scaled
orthographic camera. Gauss-Newton finds the most probable dials under a normal prior with
robust weights (Geman-McClure); expression is thrown away. It starts from what a regressor
learnt on drawn heads says (:mod:`.heads`) and stays near it: landmarks lean towards the mean
of those who drew them up, which only examples can tell.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyberdirector.character.recipe import Recipe, age_dial
from cyberdirector.character.shape import Shape, shape_vertices
from cyberdirector.character.stylisation import style_dials
from cyberdirector.character.template import Template, load_template
from cyberdirector.core.errors import AdapterUnavailable
from cyberdirector.core.resources import data_dir
from cyberdirector.perceive.heads import align, head_features, load_regressor, regress
from cyberdirector.perceive.photo import SeenFace

Floats = NDArray[np.float64]

MODEL = "perceive_face.npz"

OPPOSITES: tuple[tuple[str, str], ...] = (
    ("incr", "decr"), ("up", "down"), ("forward", "backward"), ("out", "in"),
    ("convex", "concave"), ("uncompress", "compress"),
)  # fmt: skip
"""Endings of targets that undo each other: the first is the positive one."""

_GROUPS = ("cheek", "chin", "eyebrows", "eye", "forehead", "head", "mouth", "nose")
_NOT = (
    "eyebrows-trans-out", "head-trans", "mouth-trans-out", "nose-trans-out", "head-back",
    "eye-push", "head-angle", "mouth-laugh", "mouth-dimples", "chin-cleft",
)  # fmt: skip
"""Changes that move the whole head, are asymmetric or cannot be seen in landmarks."""

_MACROS: tuple[tuple[str, float, float], ...] = (
    ("asian", 0.5, 0.30), ("weight", 0.40, 0.13), ("muscle", 0.45, 0.10), ("ideal", 0.6, 0.2),
)  # fmt: skip
"""Macro dial, mean and deviation of people in photographs (broad)."""

_EXPRESSIONS: tuple[str, ...] = (
    "jawOpen", "mouthSmileLeft", "mouthSmileRight", "mouthPucker", "mouthFunnel",
    "mouthUpperUpLeft", "mouthUpperUpRight", "mouthLowerDownLeft", "mouthLowerDownRight",
    "mouthStretchLeft", "mouthStretchRight", "mouthFrownLeft", "mouthFrownRight",
    "eyeBlinkLeft", "eyeBlinkRight", "eyeWideLeft", "eyeWideRight", "eyeSquintLeft",
    "eyeSquintRight", "browInnerUp", "browDownLeft", "browDownRight", "browOuterUpLeft",
    "browOuterUpRight", "cheekSquintLeft", "cheekSquintRight", "mouthRollLower",
    "mouthRollUpper", "mouthPressLeft", "mouthPressRight",
)  # fmt: skip

PRIOR = 0.32
"""Deviation of a local dial among people; ±1 is MakeHuman's end of the slider."""

NOISE = 0.016
"""Deviation of a landmark that neither shape nor expression explains, distances of eyes."""

DEPTH = 0.25
"""Weight of the landmarks' depth, which MediaPipe only guesses."""

STEPS = 10


@dataclass(frozen=True)
class Likeness:
    """A fitted recipe, its dials, and the mean landmark error over the distance of eyes."""

    recipe: Recipe
    dials: dict[str, float]
    reprojection: float


@dataclass(frozen=True)
class FaceModel:
    """Landmarks (478, 3) metres and their directions (k, 478, 3) for one sex and age."""

    mean: Floats
    identity: Floats
    deviations: Floats
    names: tuple[str, ...]
    expression: Floats
    good: NDArray[np.bool_]
    scatter: Floats


def dial_names(template: Template) -> list[str]:
    """Return the positive ends of the face's local changes that have an opposite."""
    out = []
    for name in template.target_names:
        stem = name.removeprefix("local/")
        stem = stem.removeprefix("l-")
        positive = next((p for p, _ in OPPOSITES if stem.endswith(f"-{p}")), None)
        if name == stem or positive is None or not stem.startswith(_GROUPS):
            continue
        if any(stem.startswith(no) for no in _NOT) or stem.startswith("r-"):
            continue
        negative = dict(OPPOSITES)[positive]
        base = stem[: -len(positive)]
        sides = ("local/l-", "local/r-") if name.startswith("local/l-") else ("local/",)
        if all(f"{s}{base}{negative}" in template.target_index for s in sides):
            out.append(stem)
    return sorted(set(out))


def _ends(dial: str) -> tuple[str, str]:
    """Return the stems at the positive and the negative end of a dial."""
    base, _, positive = dial.rpartition("-")
    return dial, f"{base}-{dict(OPPOSITES)[positive]}"


def local_of(dials: Mapping[str, float]) -> dict[str, float]:
    """Return the ``local`` block of a recipe for signed dials of the face."""
    out = {}
    for name, value in dials.items():
        plus, minus = _ends(name)
        if abs(value) >= 0.04:
            out[plus if value > 0 else minus] = round(abs(float(value)), 3)
    return out


@lru_cache(maxsize=1)
def _places() -> tuple[NDArray[np.int64], Floats, Floats]:
    path = data_dir("models") / MODEL
    if not path.is_file():
        raise AdapterUnavailable(
            "perceive-model-missing",
            f"缺少人脸模型 {MODEL}，请重新安装本程序。",
            f"The face model {MODEL} is missing; install the program again.",
        )
    with np.load(path) as data:
        return (
            data["corners"].astype(np.int64), data["places"].astype(np.float64),
            data["scatter"].astype(np.float64),
        )  # fmt: skip


def _landmarks(points: Floats) -> Floats:
    corners, places, _ = _places()
    return np.asarray(np.einsum("kc,kcx->kx", places, points[corners]))


def _target(template: Template, names: list[str]) -> Floats:
    points = np.zeros_like(template.base)
    for name in names:
        template.add(points, name, 1.0)
    return _landmarks(points)


@lru_cache(maxsize=8)
def face_model(sex: float, age: float) -> FaceModel:
    """Return the linear face model (metres; about 0.3 s, kept)."""
    template = load_template()
    middle: dict[str, Any] = {name: mean for name, mean, _ in _MACROS}

    def at(**changed: Any) -> Floats:
        return _landmarks(
            shape_vertices(template, replace(Shape(sex=sex, age=age, **middle), **changed))
        )

    mean = mean_landmarks(sex, age)
    names, rows, deviations = [], [], []
    for name, centre, deviation in _MACROS:
        names.append(name)
        rows.append((at(**{name: centre + 0.2}) - at(**{name: centre - 0.2})) / 0.4)
        deviations.append(deviation)
    for dial in dial_names(template):
        plus, minus = (
            [n for n in (f"local/{e}", f"local/l-{e}", f"local/r-{e}")
             if n in template.target_index]
            for e in _ends(dial)
        )  # fmt: skip
        names.append(dial)
        rows.append(0.5 * (_target(template, plus) - _target(template, minus)))
        deviations.append(PRIOR)
    faces = [_target(template, [f"arkit/{name}"]) for name in _EXPRESSIONS]
    scatter = _places()[2]
    return FaceModel(
        mean, np.array(rows), np.array(deviations), tuple(names), np.array(faces),
        np.isfinite(scatter), scatter,
    )  # fmt: skip


def _cross_rows(points: Floats) -> Floats:
    """Return the derivative (n, 3, 3) of points under small turns about x, y, z."""
    zero = np.zeros(len(points))
    x, y, z = points.T
    return np.stack([
        np.stack([zero, z, -y], 1), np.stack([-z, zero, x], 1), np.stack([y, -x, zero], 1),
    ], 1)  # fmt: skip


@dataclass(frozen=True)
class _Solved:
    dials: Floats
    expression: Floats
    error: float


def _solve(face: SeenFace, model: FaceModel, first: Floats, deviations: Floats) -> _Solved:
    """Return the most probable dials of a face under one model.

    ``first`` (dials,) is where they begin and what they are likely to be, ``deviations``
    (dials,) how far from there.
    """
    seen = face.points * [1.0, -1.0, -1.0]
    iod = float(np.linalg.norm(seen[468, :2] - seen[473, :2]))
    unit = np.array([1.0, 1.0, DEPTH])
    good = model.good
    weight = np.where(good, 1.0 / np.maximum(model.scatter, 0.0025), 0.0)
    weight = weight / weight[good].mean()
    keep = weight > 0
    count = len(model.names)
    start = np.array([
        min(face.scores.get(n, 0.0), 0.8) * 0.7 for n in _EXPRESSIONS
    ])  # fmt: skip
    dials, moved = first.copy(), start.copy()
    basis = np.concatenate([model.identity, model.expression])
    spread = np.concatenate([deviations, np.full(len(moved), 0.35)])
    centre = np.concatenate([first, start])
    residual = np.zeros_like(seen)
    robust = np.ones(len(seen))
    for _ in range(STEPS):
        both = np.concatenate([dials, moved])
        shape = model.mean + np.tensordot(both, basis, 1)
        scale, turn, shift = align(shape[keep], seen[keep], (weight * robust)[keep])
        posed = scale * shape @ turn.T
        residual = (seen - posed - shift) / iod
        off = np.linalg.norm(residual[:, :2], axis=1)
        robust = 1.0 / (1.0 + (off / 0.08) ** 2) ** 2
        ways = np.einsum("kni,ji->nkj", basis, turn) * (scale / iod)
        rows = [ways, _cross_rows(posed).transpose(0, 2, 1) / iod]
        rows.append(np.broadcast_to(posed[:, None] / iod, (len(seen), 1, 3)))
        rows.append(np.broadcast_to(np.eye(3)[None], (len(seen), 3, 3)))
        jacobian = np.concatenate([r.transpose(0, 2, 1) for r in rows], axis=2)
        w = np.sqrt(weight * robust)[:, None] * unit / NOISE / np.sqrt(_REPEAT)
        a = (jacobian * w[..., None])[keep].reshape(-1, jacobian.shape[2])
        b = (residual * w)[keep].ravel()
        prior = np.concatenate([1.0 / spread, np.full(7, 1e-3)])
        left = a.T @ a + np.diag(prior**2)
        right = a.T @ b - np.concatenate(
            [prior[: len(both)] ** 2 * (both - centre), np.zeros(7)]
        )
        step = np.linalg.solve(left, right)[: len(both)]
        both = both + step
        both[:count] = np.clip(both[:count], -3.0 * model.deviations, 3.0 * model.deviations)
        both[count:] = np.clip(both[count:], -0.2, 1.1)
        dials, moved = both[:count], both[count:]
    off = np.linalg.norm(residual[:, :2], axis=1)[keep]
    return _Solved(dials, moved, float(off.mean()))


_REPEAT = 6.0
"""Landmarks move together: about this many say the same thing."""


_FREEDOM, _MET = (0.05, 0.3, 1.0), 0.035
"""Shares of the regressor's own error that Gauss-Newton may move a dial by, the next where
landmarks are missed by more than that over the distance of the eyes: faces unlike any render.
"""


def features_of(face: SeenFace, mean: Floats, used: NDArray[np.int64]) -> Floats:
    """Return the features of a face for the regressor of dials (see :mod:`.heads`)."""
    template = load_template()
    ways = {n: _target(template, [f"arkit/{n}"]) for n in _EXPRESSIONS}
    return head_features(face.points, face.scores, mean, ways, used)


def mean_landmarks(sex: float, age: float) -> Floats:
    """Return the landmarks (478, 3) of the mean head of a sex and age (dials), metres."""
    middle: dict[str, Any] = {name: mean for name, mean, _ in _MACROS}
    template = load_template()
    return _landmarks(shape_vertices(template, Shape(sex=sex, age=age, **middle)))


def dials_of(recipe: Recipe) -> dict[str, float]:
    """Return the dials of the face of a recipe, as differences from the mean head."""
    out = {n: recipe.shape.get(n, mean) - mean for n, mean, _ in _MACROS}
    for dial in dial_names(load_template()):
        plus, minus = _ends(dial)
        out[dial] = recipe.local.get(plus, 0.0) - recipe.local.get(minus, 0.0)
    return out


def fit_likeness(face: SeenFace, recipe: Recipe) -> Likeness:
    """Return the recipe with the shape of a face in a photograph (its expression apart).

    At stylisation 0 the shape dials make the likeness; above it the same differences from
    the mean face are also carried to the style dials, which decide drawn eyes and mouths.
    """
    sex = 0.0 if recipe.sex == "female" else 1.0
    model = face_model(sex, round(age_dial(recipe.age), 2))
    regressor = load_regressor()
    order = [regressor.names.index(n) for n in model.names]
    likely = regress(regressor, features_of(face, model.mean, regressor.used))[order]
    for freedom in _FREEDOM:
        solved = _solve(face, model, likely, freedom * regressor.left[order])
        if solved.error < _MET:
            break
    dials = dict(zip(model.names, solved.dials.tolist(), strict=True))
    macro = {n: float(np.clip(mean + dials.pop(n), 0.02, 0.98)) for n, mean, _ in _MACROS}
    shape = {**recipe.shape, **{n: round(v, 3) for n, v in macro.items()}}
    local = {**recipe.local, **local_of(dials)}
    own = model.mean + np.tensordot(solved.dials, model.identity, 1)
    data = recipe.model_dump(by_alias=True)
    data |= {"shape": shape, "local": local, "style": _caricature(own, model.mean, recipe)}
    return Likeness(Recipe.model_validate(data), dials, solved.error)


_MEASURES: tuple[tuple[str, tuple[int, int], int, float], ...] = (
    ("eye_width", (33, 133), 0, 0.14), ("eye_height", (159, 145), 1, 0.20),
    ("eye_apart", (468, 473), 0, 0.10), ("mouth_width", (61, 291), 0, 0.12),
    ("nose_width", (129, 358), 0, 0.20), ("jaw", (172, 397), 0, 0.06),
    ("mouth_height", (0, 17), 1, 0.25),
)  # fmt: skip
"""Style dial, landmarks between which it is measured, axis, and its greatest change."""

_EXAGGERATE = 1.3
_DRAWN = 0.6
"""Stylisation from which the style dials carry a face's differences in full."""


def _caricature(own: Floats, mean: Floats, recipe: Recipe) -> dict[str, float]:
    """Return style dials that differ from the usual as the face differs from the mean."""
    base = style_dials(recipe.stylisation, recipe.sex)
    eyes = (
        [0.5 * (p[33] + p[133]) for p in (own, mean)],
        [0.5 * (p[263] + p[362]) for p in (own, mean)],
    )
    tall = [p[10, 1] - p[152, 1] for p in (own, mean)]
    out = dict(recipe.style)
    # What the warp leaves of a face is told by the shape dials alone.
    much = float(np.clip(recipe.stylisation / _DRAWN, 0.0, 1.0))
    if much == 0.0:
        return out
    for dial, (i, j), axis, most in _MEASURES:
        if dial == "eye_apart":
            a, b = (abs(eyes[1][k][0] - eyes[0][k][0]) for k in (0, 1))
        else:
            a, b = (abs(p[i, axis] - p[j, axis]) for p in (own, mean))
        ratio = ((a / tall[0]) / max(b / tall[1], 1e-6)) ** (_EXAGGERATE * much)
        out[dial] = round(base[dial] * float(np.clip(ratio, 1.0 - most, 1.0 + most)), 5)
    for dial, k in (("nose_at", 2), ("lips_at", 13)):
        a, b = ((p[k, 1] - p[152, 1]) / t for p, t in zip((own, mean), tall, strict=True))
        out[dial] = round(
            base[dial] * float(np.clip((a / max(b, 1e-6)) ** much, 0.88, 1.12)), 5
        )
    slope = [(p[263, 1] - p[362, 1]) / abs(p[263, 0] - p[362, 0]) for p in (own, mean)]
    out["eye_tilt"] = round(
        base["eye_tilt"]
        + float(np.clip(much * _EXAGGERATE * (slope[0] - slope[1]), -0.1, 0.1)),
        4,
    )
    return out
