"""Gauss–Newton over a whole take: the figure that explains landmarks, moves smoothly, stands.

Robust terms are solved as reweighted least squares (Holland and Welsch 1977). Frames couple to
the two before and after them, so the normal equations are banded and cost the same per frame
however long the take is.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from cyberdirector.capture.solve_balance import balance, standing
from cyberdirector.capture.solve_figure import (
    COLUMNS,
    FREE,
    HUMAN,
    SEGMENT,
    SIZE,
    about_axis,
    jacobian,
    size_jacobian,
    step,
)
from cyberdirector.capture.solve_normal import Border, Normal
from cyberdirector.capture.solve_problem import FEET, Problem, State, Weights

Floats = NDArray[np.float64]

_COLUMN_OF = np.array([segment for segment, _ in COLUMNS])
_AXIS_OF = np.array([axis for _, axis in COLUMNS])


def _picture(problem: Problem, points: Floats, jac: Floats, w: Weights, out: Normal) -> float:
    depth = np.maximum(-points[..., 2], 0.2)
    flat = points[..., :2] / depth[..., None]
    miss = (flat - problem.flat) * depth[..., None]
    square = np.sum(miss * miss, axis=-1)
    s2 = w.outlier * w.outlier
    weight = w.picture * problem.trust * (s2 / (square + s2)) ** 2
    rows = jac[:, :, :2] + flat[..., None] * jac[:, :, 2:]
    rows = rows.reshape(len(points), -1, FREE)
    heavy = np.repeat(weight, 2, axis=-1)[..., None] * rows
    across = np.swapaxes(heavy, 1, 2)
    out.blocks[:, :FREE] += across @ rows
    out.right += (across @ miss.reshape(len(points), -1, 1))[..., 0]
    return float(w.picture * np.sum(problem.trust * square * s2 / (square + s2)))


def _turned(turns: Floats, segment: int, vector: Floats) -> tuple[Floats, Floats]:
    """Return a fixed vector in camera space (n, 3) and its change with the angles (n, 3, k)."""
    here = turns[:, segment]
    return here @ vector, here @ _across(segment, *vector.tolist())


@lru_cache(maxsize=512)
def _across(segment: int, x: float, y: float, z: float) -> Floats:
    """Return the change of a vector of a segment with its angles, in its own space, (3, k)."""
    axes = _AXIS_OF[segment == _COLUMN_OF]
    vector = np.array([x, y, z])
    return np.stack([about_axis(int(axis), vector) for axis in axes], axis=-1)


@lru_cache(maxsize=64)
def _columns(segment: int) -> NDArray[np.intp]:
    return 3 + np.flatnonzero(segment == _COLUMN_OF)


def _aims(problem: Problem, turns: Floats, out: Normal) -> float:
    cost = 0.0
    for aim in problem.aims:
        value, rows = _turned(turns, aim.segment, aim.vector)
        miss = value - aim.target
        heavy = np.swapaxes(rows, 1, 2) * aim.weight[:, None, None]
        columns = _columns(aim.segment)
        out.add(0, columns, heavy @ rows)
        out.right[:, columns] += (heavy @ miss[..., None])[..., 0]
        cost += float(np.sum(aim.weight * np.sum(miss * miss, -1)))
    return cost


def _girdle(turns: Floats, still: Floats, w: Weights, out: Normal) -> float:
    """Hold collar bones and neck near the chest, and knees near straight."""
    cost, legs = 0.0, w.straight + w.upright * still
    down = np.array([0.0, -1.0, 0.0])
    for name, base, vector, weight in (
        ("leftShoulder", "chest", np.array([1.0, 0.0, 0.0]), w.clavicle),
        ("rightShoulder", "chest", np.array([-1.0, 0.0, 0.0]), w.clavicle),
        ("neck", "chest", np.array([0.0, 1.0, 0.0]), w.neck),
        ("leftLowerLeg", "leftUpperLeg", down, legs),
        ("rightLowerLeg", "rightUpperLeg", down, legs),
    ):
        own, chest = SEGMENT[name], SEGMENT[base]
        a, ja = _turned(turns, own, vector)
        b, jb = _turned(turns, chest, vector)
        columns = np.concatenate([_columns(own), _columns(chest)])
        rows = np.concatenate([ja, -jb], axis=-1)
        pull = weight * np.ones(len(turns))
        across = np.swapaxes(rows, 1, 2) * pull[:, None, None]
        out.add(0, columns, across @ rows)
        out.right[:, columns] += (across @ (a - b)[..., None])[..., 0]
        cost += float(np.sum(pull * np.sum((a - b) ** 2, axis=-1)))
    return cost


def _knees(turns: Floats, w: Weights, out: Normal) -> float:
    """Keep knees from bending forwards: the bend about the axis of pelvis and foot."""
    cost = 0.0
    down, side = np.array([0.0, -1.0, 0.0]), np.array([1.0, 0.0, 0.0])
    for s in ("left", "right"):
        upper, lower = SEGMENT[f"{s}UpperLeg"], SEGMENT[f"{s}LowerLeg"]
        hinge = turns[:, SEGMENT["pelvis"]] @ side + turns[:, SEGMENT[f"{s}Foot"]] @ side
        hinge /= np.maximum(np.linalg.norm(hinge, axis=-1, keepdims=True), 1e-9)
        a, ja = _turned(turns, upper, down)
        b, jb = _turned(turns, lower, down)
        bend = np.sum(np.cross(a, b) * hinge, axis=-1)
        miss = np.minimum(bend - 0.02, 0.0)
        wrong = miss < 0.0
        # (a x b) . h = a . (b x h) = b . (h x a)
        rows = np.concatenate(
            [
                np.einsum("nik,ni->nk", ja, np.cross(b, hinge)),
                np.einsum("nik,ni->nk", jb, np.cross(hinge, a)),
            ],
            axis=-1,
        )
        rows = rows * (wrong * w.knee)[:, None]
        columns = np.concatenate([_columns(upper), _columns(lower)])
        plain = rows / w.knee
        out.add(0, columns, rows[:, :, None] * plain[:, None, :])
        out.right[:, columns] += rows * miss[:, None]
        cost += w.knee * float(np.sum(miss * miss))
    return cost


def _second(values: Floats) -> Floats:
    return values[2:] - 2.0 * values[1:-1] + values[:-2]


GRAVITY = 9.81
"""Metres a second squared, downwards."""


def _smooth_one(
    value: Floats, rows: Floats, columns: NDArray[np.intp], weight: float,
    problem: Problem, out: Normal, free: Floats | None = None, more: Floats | None = None,
) -> float:  # fmt: skip
    """Add the Charbonnier norm of accelerations of vectors (n, k), rows (n, k, c), m/s².

    ``free`` (n - 2, k) is the acceleration that costs nothing, ``more`` (n - 2,) a factor on
    the weight of each frame.
    """
    fps2 = problem.rate**2
    bend = _second(value) * fps2
    if free is not None:
        bend = bend - free
    joined = (problem.joined[1:] & problem.joined[:-1]).astype(float)
    if more is not None:
        joined = joined * more
    size = np.sqrt(np.sum(bend * bend, axis=-1) + 1.0)
    pull = weight * joined / size * 0.5
    p = pull * fps2 * fps2
    n = len(value)
    here = np.zeros(n)
    here[1:-1] += 4.0 * p
    here[:-2] += p
    here[2:] += p
    across = np.swapaxes(rows, 1, 2)
    out.add(0, columns, here[:, None, None] * (across @ rows))
    near = np.zeros(n - 1)
    near[:-1] -= 2.0 * p
    near[1:] -= 2.0 * p
    out.add(1, columns, near[:, None, None] * (across[1:] @ rows[:-1]))
    out.add(2, columns, p[:, None, None] * (across[2:] @ rows[:-2]))
    push = np.zeros_like(value)
    force = pull[:, None] * bend * fps2
    push[2:] += force
    push[1:-1] -= 2.0 * force
    push[:-2] += force
    out.right[:, columns] += (across @ push[..., None])[..., 0]
    return float(weight * np.sum(joined * size))


def _vectors(sizes: Floats) -> list[tuple[int, Floats, float, str]]:
    """Return (segment, vectors (k, 3) in metres, landmarks that move with it, kind)."""
    m = {name: float(sizes[i]) for name, i in SIZE.items()}
    arm = m["upperArm"] + m["lowerArm"]
    girdle = np.diag([m["shoulder"] * 2, m["trunk"], m["shoulder"]])
    out = [
        (SEGMENT["pelvis"], np.diag([m["hip"] * 2, m["loin"], m["hip"] * 2]), 5.0, "trunk"),
        (SEGMENT["chest"], girdle, 5.0, "trunk"),
        (SEGMENT["head"], np.diag([0.12, 0.12, 0.12]), 3.0, "trunk"),
        (SEGMENT["neck"], np.array([[0.0, m["neck"] + 0.05, 0.0]]), 3.0, "trunk"),
    ]
    for s, sign in (("left", 1.0), ("right", -1.0)):
        x = np.array([[sign, 0.0, 0.0]])
        y = np.array([[0.0, -1.0, 0.0]])
        foot = m["toeForward"]
        out += [
            (SEGMENT[f"{s}Shoulder"], x * m["shoulder"], 3.0, "trunk"),
            (SEGMENT[f"{s}UpperArm"], x * (arm * 0.5), 2.0, "arms"),
            (SEGMENT[f"{s}LowerArm"], x * (arm * 0.5), 1.0, "arms"),
            (SEGMENT[f"{s}UpperLeg"], y * m["upperLeg"], 4.0, "legs"),
            (SEGMENT[f"{s}LowerLeg"], y * m["lowerLeg"], 3.0, "legs"),
            (SEGMENT[f"{s}Foot"], np.diag([foot, foot, foot]), 2.0, "legs"),
        ]
    return out


def _smooth(problem: Problem, state: State, w: Weights, out: Normal) -> float:
    n = len(state.root)
    kinds = {"trunk": w.trunk, "arms": w.arms, "legs": w.legs}
    eye = np.broadcast_to(np.eye(3), (n, 3, 3))
    free = more = None
    if problem.flight is not None:
        fall = problem.flight[1:-1].astype(float)
        free, more = -GRAVITY * fall[:, None] * problem.up, 1.0 + (w.fall - 1.0) * fall
    weight = 19.0 * w.smooth * w.root
    cost = _smooth_one(state.root, eye, np.arange(3), weight, problem, out, free, more)
    for segment, vectors, carried, kind in _vectors(state.sizes):
        parts = [_turned(state.turns, segment, v) for v in vectors]
        axes = np.array([1.0, 1.0, w.deep if kind == "arms" else 1.0])
        value = np.concatenate([v * axes for v, _ in parts], axis=-1)
        rows = np.concatenate([r * axes[:, None] for _, r in parts], axis=1)
        amount = w.smooth * carried * kinds[kind]
        cost += _smooth_one(value, rows, _columns(segment), amount, problem, out)
    return cost


def _stand(problem: Problem, points: Floats, jac: Floats, w: Weights, out: Normal) -> float:
    """Hold planted points still and on the floor, and all feet above it."""
    feet, rows = points[:, FEET], jac[:, FEET]
    n = len(feet)
    speed = (feet[1:] - feet[:-1]) * problem.rate
    both = np.minimum(problem.planted[1:], problem.planted[:-1]) * problem.joined[:, None]
    size = np.sqrt(np.sum(speed * speed, axis=-1) + 1e-4)
    pull = np.repeat(w.stand * both / size * 0.5, 3, axis=-1)
    flat = rows.reshape(n, -1, FREE)
    late, early = flat[1:], flat[:-1]
    fps = problem.rate
    heavy = np.swapaxes(late * (pull * fps * fps)[..., None], 1, 2)
    out.blocks[1:, :FREE] += heavy @ late
    cross = heavy @ early
    out.blocks[:-1, FREE : 2 * FREE] -= cross
    back = np.swapaxes(early * (pull * fps * fps)[..., None], 1, 2)
    out.blocks[:-1, :FREE] += back @ early
    moved = (speed.reshape(n - 1, -1) / fps)[..., None]
    out.right[1:] += (heavy @ moved)[..., 0]
    out.right[:-1] -= (back @ moved)[..., 0]
    cost = float(w.stand * np.sum(both * size))
    if problem.floor is None:
        return cost
    height = feet @ problem.up - problem.floor
    lift = np.einsum("nkic,i->nkc", rows, problem.up)
    pull = w.ground * (problem.planted + (height < 0.0))
    # A foot far from the floor stands on something else: it is not pulled through the air.
    pull = pull * (w.reach**2 / (height**2 + w.reach**2)) ** 2
    heavy = np.swapaxes(lift * pull[..., None], 1, 2)
    out.blocks[:, :FREE] += heavy @ lift
    out.right += (heavy @ height[..., None])[..., 0]
    return cost + float(np.sum(pull * height * height))


_GROWING = np.array([
    SIZE[n] for n in (
        "hip", "loin", "trunk", "shoulder", "neck", "earUp", "earSide", "noseUp", "noseForward",
        "upperArm", "lowerArm", "upperLeg", "lowerLeg", "toeForward", "toeDown",
    )
])  # fmt: skip
"""Measures that are found from the pictures; the others keep the human mean."""

_LIMBS = np.array([
    SIZE[n] for n in ("upperLeg", "lowerLeg", "upperArm", "lowerArm", "loin", "trunk")
])  # fmt: skip

_HEAD = 6.0
"""How much more heads vary than other measures: drawn ones are large, and detectors draw the
points of a head in together. A head of the wrong size moves the whole figure in depth."""

_VARIES = np.where(
    np.isin(_GROWING, [SIZE[n] for n in ("earUp", "earSide", "noseUp", "noseForward")]),
    _HEAD, 1.0,
)  # fmt: skip

_TOGETHER = 15.0
"""Frames whose landmarks err alike: so many count as one picture of the body."""


def _sizes(
    problem: Problem, state: State, points: Floats, jac: Floats, height: float, w: Weights
) -> Border:
    """Return the border of the measures (relative to the human mean of a height)."""
    mean = (HUMAN * height)[_GROWING]
    depth = np.maximum(-points[..., 2], 0.2)
    flat = points[..., :2] / depth[..., None]
    miss = (flat - problem.flat) * depth[..., None]
    s2 = w.outlier**2
    weight = w.picture * problem.trust * (s2 / (np.sum(miss * miss, axis=-1) + s2)) ** 2
    n = len(points)

    def seen(slopes: Floats) -> Floats:
        rows = slopes[:, :, :2] + flat[..., None] * slopes[:, :, 2:]
        return np.asarray(rows.reshape(n, -1, slopes.shape[-1]))

    own = seen(size_jacobian(state.turns)[..., _GROWING] * mean)
    heavy = np.swapaxes(own * np.repeat(weight, 2, axis=-1)[..., None], 1, 2)
    here = state.sizes[_GROWING] / mean - 1.0
    prior = np.diag(1.0 / (w.size * _VARIES) ** 2)
    # The scale stays that of the height: one picture cannot tell a small actor who is near
    # from a tall one who is far.
    limbs = np.where(np.isin(_GROWING, _LIMBS), mean, 0.0)
    limbs /= limbs.sum()
    prior += np.outer(limbs, limbs) / 0.005**2
    prior *= _TOGETHER / 2.0
    return Border(
        np.swapaxes(heavy @ seen(jac), 1, 2),
        np.sum(heavy @ own, axis=0) + prior,
        np.sum(heavy @ miss.reshape(n, -1, 1), axis=0)[:, 0] + prior @ here,
    )


def _iterate(
    problem: Problem, state: State, w: Weights, height: float | None
) -> tuple[State, float]:
    n = len(state.root)
    normal = Normal(n)
    points, jac = state.points(), jacobian(state.turns, state.sizes)
    cost = _picture(problem, points, jac, w, normal)
    cost += _aims(problem, state.turns, normal)
    cost += _girdle(state.turns, standing(problem, state.root), w, normal)
    cost += _knees(state.turns, w, normal)
    if n > 2:
        cost += _smooth(problem, state, w, normal)
    if n > 1:
        cost += _stand(problem, points, jac, w, normal)
    if n > 2 and problem.floor is not None:
        cost += balance(problem, points, jac, w, normal)
    border = None if height is None else _sizes(problem, state, points, jac, height, w)
    change, grown = normal.solve(1e-3, border)
    # Angles beyond a quarter turn leave the region where the equations hold.
    change[:, 3:] = np.clip(change[:, 3:], -0.8, 0.8)
    root, turns = step(state.root, state.turns, change)
    root[:, 2] = np.minimum(root[:, 2], -0.3)
    sizes = state.sizes
    if height is not None:
        mean = (HUMAN * height)[_GROWING]
        sizes = sizes.copy()
        sizes[_GROWING] += np.clip(grown, -0.1, 0.1) * mean
        sizes[_GROWING] = np.clip(sizes[_GROWING], 0.6 * mean, 1.7 * mean)
    return State(root, turns, sizes), cost


def fit(
    problem: Problem, state: State, weights: Weights, rounds: int, height: float | None = None
) -> State:
    """Return the figure after ``rounds`` of Gauss–Newton.

    Parameters
    ----------
    height
        Standing height in metres when the measures of the body are to be found as well.
    """
    if len(state.root) > WINDOW:
        return _fit_long(problem, state, weights, rounds, height)
    for _ in range(rounds):
        state, _ = _iterate(problem, state, weights, height)
    return state


WINDOW, MARGIN = 1500, 60
"""Frames that are solved at once, and how many on each side only support the others: memory
stays flat however long the take is."""


def _fit_long(
    problem: Problem, state: State, weights: Weights, rounds: int, height: float | None
) -> State:
    n, stride = len(state.root), WINDOW - 2 * MARGIN

    def solved(start: int, end: int, tall: float | None) -> State:
        part = State(state.root[start:end], state.turns[start:end], state.sizes)
        return fit(problem.part(start, end), part, weights, rounds, tall)

    if height is not None:
        # The body is measured where it is seen best.
        trust = np.convolve(problem.trust.mean(axis=1), np.ones(WINDOW), "valid")
        best = int(np.argmax(trust))
        state = replace(state, sizes=solved(best, best + WINDOW, height).sizes)
    root, turns = state.root.copy(), state.turns.copy()
    for start in range(0, n, stride):
        end = min(start + stride, n)
        first, last = max(0, start - MARGIN), min(n, end + MARGIN)
        part = solved(first, last, None)
        root[start:end] = part.root[start - first : end - first]
        turns[start:end] = part.turns[start - first : end - first]
    return State(root, turns, state.sizes)
