"""Views of recorded movement for the lifter: bodies, cameras and faults drawn at random."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from train_lifter_sources import movements, own_moves

from cyberdirector.capture.lifter import body_scale, view
from cyberdirector.capture.solve_figure import (
    HUMAN,
    LANDMARK,
    SEGMENTS,
    SIZE,
    exp_turns,
    landmarks,
)
from cyberdirector.capture.synth import Movement

Floats = NDArray[np.float64]

HELD_OUT = ("002_01", "002_03", "002_05", "005_06", "005_10", "006_10")
"""Recordings that are never trained on; benchmarks/capture reports them."""

FRAMES, RATE = 64, 30.0

CAMERAS = 3
"""How many cameras look at each movement that is drawn."""

AS_RECORDED = 0.35
"""Share of movements that are hardly leant and loosened: how the parts of people move together
tells depth."""

_UPPER = np.array(
    [i for i, s in enumerate(SEGMENTS) if not ("Leg" in s or "Foot" in s or s == "pelvis")]
)
_LEFT_ARM = np.array(
    [i for i, s in enumerate(SEGMENTS) if s in ("leftUpperArm", "leftLowerArm")]
)
_ARMS = np.array([i for i, s in enumerate(SEGMENTS) if "Arm" in s])
_SWAP = np.array([
    SEGMENTS.index(s.replace("left", "#").replace("right", "left").replace("#", "right"))
    for s in SEGMENTS
])  # fmt: skip
_FLIP = np.diag([-1.0, 1.0, 1.0])
_TRUNK = [LANDMARK[n] for n in ("leftShoulder", "rightShoulder", "leftHip", "rightHip")]
_FEET = [LANDMARK[n] for n in ("leftHeel", "leftToe", "rightHeel", "rightToe")]
_PARTS = [
    [LANDMARK[n] for n in names]
    for names in (
        ("leftElbow", "leftWrist"), ("rightElbow", "rightWrist"),
        ("leftKnee", "leftAnkle", "leftHeel", "leftToe"),
        ("rightKnee", "rightAnkle", "rightHeel", "rightToe"),
        ("leftAnkle", "leftHeel", "leftToe", "rightAnkle", "rightHeel", "rightToe"),
        ("leftKnee", "leftAnkle", "leftHeel", "leftToe",
         "rightKnee", "rightAnkle", "rightHeel", "rightToe"),
        ("nose", "leftEar", "rightEar"),
    )
]  # fmt: skip


def recordings(folder: Path) -> tuple[list[Movement], list[Movement]]:
    """Return the movements of a folder and of our library: to train on, and held out."""
    all_of = movements(folder)
    train = [m for m in all_of if m.name not in HELD_OUT] + own_moves()
    return train, [m for m in all_of if m.name in HELD_OUT]


def _window(m: Movement, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Return root and turns of a random stretch, at 30 a second and a random pace."""
    pace = float(rng.choice([0.6, 0.75, 0.9, 1.0, 1.0, 1.15, 1.3, 1.5]))
    stride = m.rate / RATE * pace
    span = stride * (FRAMES - 1)
    start = rng.uniform(0.0, max(len(m.root) - 1.001 - span, 0.0))
    t = np.minimum(start + stride * np.arange(FRAMES), len(m.root) - 1.001)
    if rng.random() < 0.3:
        t = t[::-1]
    i, f = t.astype(int), (t % 1.0)
    g = f[:, None, None, None]
    return (
        m.root[i] * (1 - f)[:, None] + m.root[i + 1] * f[:, None],
        m.turns[i] * (1 - g) + m.turns[i + 1] * g,
    )


def _flip(root: Floats, turns: Floats) -> tuple[Floats, Floats]:
    return root @ _FLIP, (_FLIP @ turns @ _FLIP)[:, _SWAP]


def _upright(turns: Floats) -> Floats:
    """Return the pelvis' yaw, (n, 3, 3): what parts of other takes are hung on."""
    x = turns[:, 0, :, 0] * np.array([1.0, 0.0, 1.0])
    x /= np.maximum(np.linalg.norm(x, axis=-1, keepdims=True), 1e-9)
    y = np.broadcast_to([0.0, 1.0, 0.0], x.shape)
    return np.stack([x, y, np.cross(x, y)], axis=-1)


def _movement(
    pool: list[Movement], weights: Floats, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Return a stretch of movement whose parts may come from several recordings."""

    def draw() -> tuple[Floats, Floats]:
        one = _window(pool[rng.choice(len(pool), p=weights)], rng)
        return _flip(*one) if rng.random() < 0.5 else one

    root, turns = draw()
    turns = turns.copy()
    if rng.random() < 0.55:
        _, other = draw()
        carry = _upright(turns) @ np.swapaxes(_upright(other), -1, -2)
        turns[:, _UPPER] = carry[:, None] @ other[:, _UPPER]
    for half in (_LEFT_ARM, _LEFT_ARM + 1):
        if rng.random() < 0.3:
            _, other = draw()
            carry = turns[:, 1] @ np.swapaxes(other[:, 1], -1, -2)
            turns[:, half] = carry[:, None] @ other[:, half]
    return root, turns


def _wander(shape: tuple[int, ...], keep: float, rng: np.random.Generator) -> Floats:
    """Return slow noise of unit spread along axis 1."""
    from scipy.signal import lfilter

    white = rng.standard_normal(shape)
    white[:, 1:] *= np.sqrt(1.0 - keep * keep)
    return np.asarray(lfilter([1.0], [1.0, -keep], white, axis=1))


def _eased(b: int, rng: np.random.Generator) -> Floats:
    """Return factors (b, 1, 1) on what is done to recorded poses."""
    return np.where(rng.random((b, 1, 1)) < AS_RECORDED, 0.2, 1.0)


def _loosen(turns: Floats, rng: np.random.Generator) -> Floats:
    """Turn segments by slow random angles: poses beside those that were recorded."""
    b = len(turns)
    amount = np.full((b, 1, len(SEGMENTS), 1), 0.06)
    amount[:, :, _ARMS] = rng.choice([0.05, 0.25, 0.6], size=(b, 1, 1, 1))
    legs = [i for i, s in enumerate(SEGMENTS) if "Leg" in s or "Foot" in s]
    amount[:, :, legs] = rng.choice([0.03, 0.1], size=(b, 1, 1, 1))
    amount *= _eased(b, rng)[:, None]
    constant = rng.standard_normal((b, 1, len(SEGMENTS), 3)) * 0.8
    angles = (_wander((b, FRAMES, len(SEGMENTS), 3), 0.97, rng) * 0.6 + constant) * amount
    return np.asarray(turns @ exp_turns(angles))


def _lean(turns: Floats, rng: np.random.Generator) -> Floats:
    """Lean bodies, trunks and legs as wholes: stoops, lunges and kicks beside the recorded."""
    b = len(turns)
    out = turns.copy()
    groups: list[tuple[list[int], tuple[float, ...]]] = [
        (list(range(len(SEGMENTS))), (0.03, 0.1)),
        (list(_UPPER), (0.05, 0.15, 0.35)),
    ]
    for side in ("left", "right"):
        leg = [SEGMENTS.index(f"{side}{p}") for p in ("UpperLeg", "LowerLeg", "Foot")]
        groups += [(leg, (0.03, 0.12, 0.35)), (leg[1:], (0.02, 0.1))]
    ease = _eased(b, rng)
    for segments, amounts in groups:
        amount = rng.choice(amounts, size=(b, 1, 1)) * ease
        slow = _wander((b, FRAMES, 3), 0.97, rng) * 0.6 + rng.standard_normal((b, 1, 3)) * 0.8
        tilt = slow * amount * np.array([1.0, 0.5, 1.0])
        out[:, :, segments] = exp_turns(tilt)[:, :, None] @ out[:, :, segments]
    return out


def _bodies(b: int, rng: np.random.Generator) -> Floats:
    spread = np.exp(0.09 * rng.standard_normal((b, len(HUMAN))))
    sizes = HUMAN * rng.uniform(1.5, 1.9, (b, 1)) * spread
    # Detectors draw heads in together, drawn characters have large ones.
    head = [SIZE[n] for n in ("earUp", "earSide", "noseUp", "noseForward")]
    sizes[:, head] *= rng.uniform(0.5, 1.4, (b, 1))
    sizes[:, SIZE["noseForward"]] *= rng.uniform(0.5, 1.2, b)
    sizes[:, SIZE["neck"]] *= rng.uniform(0.8, 1.5, b)
    beside = [SIZE[n] for n in ("hipOut", "hipUp", "shoulderOut", "shoulderUp")]
    sizes[:, beside] += 0.012 * rng.standard_normal((b, 4))
    # Shins are seen 7 % shorter than they are where people are drawn, 13 % where filmed.
    sizes[:, SIZE["kneeDown"]] += 0.012 * rng.standard_normal(b)
    sizes[:, SIZE["ankleUp"]] += 0.022 * rng.standard_normal(b)
    return np.asarray(sizes)


def _cameras(points: Floats, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Return points in the spaces of random cameras, and their turns (b, 3, 3)."""
    b = len(points)
    height = rng.uniform(0.4, 2.0, b)
    distance = rng.uniform(1.8, 6.0, b)
    yaw = rng.uniform(0.0, 2 * np.pi, b)
    pitch = rng.normal(0.0, 0.14, b) + np.arctan2(height - 0.9, distance)
    roll = rng.normal(0.0, 0.05, b)
    aside = rng.normal(0.0, 0.15, b)
    zero = np.zeros(b)

    def about(axis: int, angle: Floats) -> Floats:
        vectors = np.stack([zero, zero, zero], -1)
        vectors[:, axis] = angle
        return exp_turns(vectors)

    middle = points.mean(axis=(1, 2)) * np.array([1.0, 0.0, 1.0])
    world = np.einsum("bij,btkj->btki", about(1, yaw), points - middle[:, None, None])
    world -= np.stack([zero, height, distance], -1)[:, None, None]
    turn = about(1, aside) @ about(2, roll) @ about(0, pitch)
    seen = np.einsum("bij,btkj->btki", turn, world)
    seen[..., 2] = np.minimum(seen[..., 2], -0.4)
    return seen, turn


_LIMBS = [
    [LANDMARK[f"{side}{n}"] for n in names]
    for names in (("Elbow", "Wrist"), ("Knee", "Ankle", "Heel", "Toe"))
    for side in ("left", "right")
]
_OTHERS = [_LIMBS[1], _LIMBS[0], _LIMBS[3], _LIMBS[2]]


def _guessed(flat: Floats, seen: Floats, rng: np.random.Generator) -> Floats:
    """Return by how much limbs behind the trunk are seen elsewhere, in heights (b, n, k, 2).

    A detector guesses them: off by a few hundredths of the height for seconds (measured on
    renders from the side and from behind: 1 to 4), and drawn to the limb of the other side.
    """
    b, n, k, _ = flat.shape
    out = np.zeros_like(flat)
    tall = (flat[..., 1].max(-1) - flat[..., 1].min(-1))[..., None, None]
    middle = seen[:, :, _TRUNK, 2].mean(axis=-1, keepdims=True)
    behind = np.clip((middle - seen[..., 2]) / 0.25, 0.0, 1.0)[..., None]
    still = rng.standard_normal((b, 1, k, 2)) * 0.02 * rng.random((b, 1, 1, 1))
    slow = _wander((b, n, k, 2), 0.95, rng) * 0.02 * rng.random((b, 1, 1, 1))
    for own, other in zip(_LIMBS, _OTHERS, strict=True):
        drawn = rng.uniform(0.0, 0.6, (b, 1, 1, 1)) * (rng.random((b, 1, 1, 1)) < 0.25)
        pull = drawn * (flat[:, :, other] - flat[:, :, own]) / np.maximum(tall, 1e-3)
        out[:, :, own] = behind[:, :, own] * ((still + slow)[:, :, own] + pull)
    return out


def _exchanged(flat: Floats, rng: np.random.Generator) -> Floats:
    """Return landmarks whose arms or legs change sides for some frames, now and then."""
    out = flat.copy()
    for i in np.flatnonzero(rng.random(len(flat)) < 0.06):
        pair = 2 * int(rng.integers(2))
        span = slice(int(rng.integers(flat.shape[1])), None)
        span = slice(span.start, span.start + int(rng.integers(2, 12)))
        out[i, span, _LIMBS[pair]] = flat[i, span, _LIMBS[pair + 1]]
        out[i, span, _LIMBS[pair + 1]] = flat[i, span, _LIMBS[pair]]
    return out


def _faults(flat: Floats, seen: Floats, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Return landmarks as a detector gives them, and their confidence."""
    b, n, k, _ = flat.shape
    tall = np.median(flat[..., 1].max(-1) - flat[..., 1].min(-1), axis=1)[:, None, None, None]
    spread = 0.004 + 0.016 * rng.random((b, 1, k, 1)) ** 2
    noise = _wander((b, n, k, 2), 0.85, rng) * spread
    constant = rng.choice([0.005, 0.008, 0.013], (b, 1, 1, 1))
    noise += (
        rng.standard_normal((b, 1, k, 2)) * constant + rng.standard_normal((b, n, k, 2)) * 0.002
    )
    heard = np.ones((b, n, k)) * rng.uniform(0.7, 1.0, (b, 1, 1))
    for i in range(b):
        for _ in range(rng.poisson(1.0)):
            part = (
                _PARTS[rng.integers(len(_PARTS))] if rng.random() < 0.5 else [rng.integers(k)]
            )
            start, length = rng.integers(n), rng.integers(4, 64)
            span = slice(start, start + length)
            kind = rng.choice([0.0, 0.3, 0.5])
            heard[i][span, part] = kind
            if kind:
                noise[i][span, part] += rng.standard_normal((len(part), 2)) * 0.06
        if rng.random() < 0.12:
            # Out of the picture, also at the ends of the stretch.
            start = rng.integers(-8, n)
            heard[i, max(start, 0) : start + rng.integers(9, 28)] = 0.0
    noise += _guessed(flat, seen, rng)
    return _exchanged(flat + noise * tall, rng), heard


class Views:
    """Endless batches: features, points, direction up, planted feet."""

    def __init__(self, pool: list[Movement], seed: int) -> None:
        self._pool = [m for m in pool if len(m.root) / m.rate > 0.5]
        weights = np.array([len(m.root) / m.rate for m in self._pool]) ** 0.7
        self._weights, self._rng = weights / weights.sum(), np.random.default_rng(seed)

    def batch(self, b: int, plain: bool = False) -> tuple[Floats, Floats, Floats, Floats]:
        """Return features (b, t, 58), targets (b, t, 19, 3), up (b, t, 3), planted (b, t, 2).

        ``plain`` keeps the recorded poses as they are (for held-out figures).
        """
        rng = self._rng
        if plain:
            parts = [_window(self._pool[i % len(self._pool)], rng) for i in range(b)]
        else:
            few = -(-b // CAMERAS)
            parts = [_movement(self._pool, self._weights, rng) for _ in range(few)]
        root, turns = (np.stack(x) for x in zip(*parts, strict=True))
        points, planted, sizes = self._performed(root, turns, plain)
        # Drawing a pose costs more than looking at it.
        again = 1 if plain else CAMERAS
        points, planted, sizes = (
            np.repeat(x, again, axis=0)[:b] for x in (points, planted, sizes)
        )
        seen, camera = _cameras(points, rng)
        # The angle of view is a guess for most takes.
        lens = np.exp(0.04 * rng.standard_normal((b, 1, 1, 1)))
        flat, heard = _faults(lens * seen[..., :2] / -seen[..., 2:], seen, rng)
        features, turn = view(flat, heard)
        hips = [LANDMARK["leftHip"], LANDMARK["rightHip"]]
        centred = seen - seen[:, :, hips].mean(axis=2, keepdims=True)
        target = (
            np.einsum("btij,btkj->btki", turn, centred) / body_scale(sizes)[..., None, None]
        )
        up = np.einsum("btij,bj->bti", turn, camera[:, :, 1])
        return features, target, up, planted

    def _performed(
        self, root: Floats, turns: Floats, plain: bool
    ) -> tuple[Floats, Floats, Floats]:
        """Return landmarks (b, t, 19, 3), planted feet, measures (b, 1, k) of random bodies."""
        b, rng = len(root), self._rng
        own = _bodies(b, rng)[:, None]
        root = root * (body_scale(own) / body_scale(HUMAN * 1.7))[..., None]
        sizes = np.broadcast_to(own, (b, FRAMES, own.shape[-1]))
        # Who leans or loosens still stands on the feet that stood in the recording.
        feet = landmarks(root, turns, sizes)[:, :, _FEET]
        speed = np.linalg.norm(np.gradient(feet, 1 / RATE, axis=1), axis=-1)
        planted = (speed.reshape(b, FRAMES, 2, 2).min(-1) < 0.22).astype(float)
        turns = turns if plain else _loosen(_lean(turns, rng), rng)
        return landmarks(root, turns, sizes), planted, own
