"""What the picture around the actor does: cuts, and the movement of the background."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Pixels = NDArray[np.uint8]

_CUT_CHANGE = 0.11
"""Mean change of brightness and colour between two pictures from which a cut is possible."""

_CUT_RATIO = 4.0
"""How many times the usual change a cut is; whip pans change over many frames."""

_CUT_COLOURS = 0.3
"""Share of the picture whose colours are others after a cut; flashes of light keep hues."""

_CUT_STANDS_OUT, _CUT_UNLIKE = 8.0, 0.6
"""A cut between views of one place keeps the colours: it changes this many times as much as
usual, and light and dark lie elsewhere (correlation below this; flashes keep them)."""

_ROUNDS = 4
"""Gauss–Newton steps on each of the two scales."""


class CutFinder:
    """Tells hard cuts from movement, one picture after another."""

    def __init__(self) -> None:
        self._before: Floats | None = None
        self._colours: Floats | None = None
        self._usual: list[float] = []

    def cut(self, pixels: Pixels) -> bool:
        """Return whether this picture (h, w, 3) belongs to another shot than the last."""
        height, width = pixels.shape[:2]
        small = pixels[:: max(1, height // 36), :: max(1, width // 48)]
        bins = (small >> 6).astype(np.int64) @ np.array([16, 4, 1])
        colours = np.bincount(bins.ravel(), minlength=64).astype(np.float32) / bins.size
        view = small.astype(np.float32) / np.float32(255)
        before, others = self._before, self._colours
        self._before, self._colours = view, colours
        if before is None or others is None or before.shape != view.shape:
            return False
        change = float(np.abs(view - before).mean())
        usual = float(np.median(self._usual)) if self._usual else 0.0
        moved = float(np.abs(colours - others).sum()) / 2
        self._usual = [*self._usual[-14:], change]
        # The more the colours are others, the less the change must stand out.
        ratio = _CUT_RATIO if moved < 2 * _CUT_COLOURS else _CUT_RATIO / 2
        jump = change > max(_CUT_CHANGE, ratio * usual) and moved > _CUT_COLOURS
        if not jump and change > max(_CUT_CHANGE, _CUT_STANDS_OUT * usual) and usual:
            jump = _alike(view, before) < _CUT_UNLIKE
        if jump:
            self._usual = []
        return jump


def _alike(one: Floats, other: Floats) -> float:
    """Return the correlation of brightness of two pictures; 1 when either is all but even."""
    a, b = one.mean(axis=-1), other.mean(axis=-1)
    a, b = a - a.mean(), b - b.mean()
    spread = float(a.std()), float(b.std())
    if min(spread) < 0.4 * max(spread):
        return 1.0
    return float((a * b).mean()) / max(spread[0] * spread[1], 1e-9)


def shrink(pixels: Pixels) -> tuple[Floats, int]:
    """Return a small grey picture and by how much it is smaller (long side near 160)."""
    step = max(2, round(max(pixels.shape[:2]) / 160 / 2) * 2)
    half = pixels[:: step // 2, :: step // 2, 1].astype(np.float32)
    height, width = half.shape[0] // 2 * 2, half.shape[1] // 2 * 2
    blocks = half[:height, :width].reshape(height // 2, 2, width // 2, 2)
    return np.asarray(blocks.mean(axis=(1, 3)), np.float32), step


def _sample(picture: Floats, x: Floats, y: Floats) -> Floats:
    """Return values between pixels (bilinear, edges repeated)."""
    height, width = picture.shape
    x = np.clip(x, 0, width - 1.001)
    y = np.clip(y, 0, height - 1.001)
    left, top = x.astype(np.int64), y.astype(np.int64)
    u, v = x - left, y - top
    flat, at = picture.ravel(), top * width + left
    upper = flat[at] * (1 - u) + flat[at + 1] * u
    lower = flat[at + width] * (1 - u) + flat[at + width + 1] * u
    return upper * (1 - v) + lower * v


def _blur(picture: Floats) -> Floats:
    padded = np.pad(picture, 1, mode="edge")
    rows = (padded[:-2] + 2 * padded[1:-1] + padded[2:]) / 4
    return np.asarray((rows[:, :-2] + 2 * rows[:, 1:-1] + rows[:, 2:]) / 4, np.float32)


def _register(
    before: Floats, after: Floats, free: NDArray[np.bool_], start: Floats
) -> tuple[Floats, float]:
    """Return the similarity (a, b, tx, ty) that carries ``before`` to ``after``.

    x' = (1 + a) x - b y + tx and y' = b x + (1 + a) y + ty around the middle; robust
    Gauss–Newton on grey values (inverse roles: gradients of ``before`` are fixed). The
    second value is the share of pixels that fit.
    """
    gy, gx = (np.asarray(g, np.float32) for g in np.gradient(before))
    ys, xs = np.nonzero(free & (np.hypot(gx, gy) > 1.5))
    if len(xs) < 60:
        return np.full(4, np.nan, np.float32), 0.0
    take = slice(None, None, max(1, len(xs) // 3000))
    ys, xs = ys[take], xs[take]
    cx, cy = (before.shape[1] - 1) / 2, (before.shape[0] - 1) / 2
    x, y = (xs - cx).astype(np.float64), (ys - cy).astype(np.float64)
    dx, dy, values = gx[ys, xs], gy[ys, xs], before[ys, xs]
    rows = np.stack([dx * x + dy * y, -dx * y + dy * x, dx, dy], axis=1)
    at = start.astype(np.float64)
    weight = np.ones(len(x))
    for _ in range(_ROUNDS):
        a, b, tx, ty = at
        u, v = (1 + a) * x - b * y + tx + cx, b * x + (1 + a) * y + ty + cy
        miss = values - _sample(after, u.astype(np.float32), v.astype(np.float32))
        spread = 1.4826 * float(np.median(np.abs(miss))) + 0.5
        weight = 1 / (1 + (miss / (2 * spread)) ** 2) ** 2
        normal = rows.T @ (rows * weight[:, None]) + np.eye(4) * 1e-3
        at = at + np.linalg.solve(normal, rows.T @ (weight * miss))
    return at.astype(np.float32), float((weight > 0.25).mean())


class Background:
    """Measures how the background moves from frame to frame."""

    def __init__(self) -> None:
        self._before: tuple[Floats, NDArray[np.bool_]] | None = None

    def forget(self) -> None:
        """Begin anew (the picture cut)."""
        self._before = None

    def move(self, pixels: Pixels, body: Floats | None) -> Floats:
        """Return the affine map (2, 3) of pixels from the last picture to this, or NaN.

        ``body`` are points (k, 2) px of the actor, who is left out.
        """
        small, step = shrink(pixels)
        small = _blur(small)
        free = np.ones(small.shape, np.bool_)
        free[:2] = free[-2:] = free[:, :2] = free[:, -2:] = False
        if body is not None and np.isfinite(body).all():
            pad = 0.12 * float(np.ptp(body[:, 1])) / step
            low, high = body.min(0) / step - pad, body.max(0) / step + pad
            x0, y0 = (max(0, int(v)) for v in low)
            x1, y1 = (max(0, int(v) + 1) for v in high)
            free[y0:y1, x0:x1] = False
        before, self._before = self._before, (small, free)
        nothing = np.full((2, 3), np.nan, np.float32)
        if before is None or before[0].shape != small.shape:
            return nothing
        mask = before[1] & free
        coarse = slice(None, None, 2)
        start, _ = _register(
            before[0][coarse, coarse], small[coarse, coarse], mask[coarse, coarse],
            np.zeros(4, np.float32),
        )  # fmt: skip
        if not np.isfinite(start).all():
            return nothing
        start[2:] *= 2
        found, fit = _register(before[0], small, mask, start)
        if not np.isfinite(found).all() or fit < 0.4 or np.abs(found[:2]).max() > 0.3:
            return nothing
        a, b, tx, ty = (float(v) for v in found)
        turn = np.array([[1 + a, -b], [b, 1 + a]])
        # Small pixel k covers full pixels step·k … step·k + step/2: its middle is there.
        middle = np.array([(small.shape[1] - 1) / 2, (small.shape[0] - 1) / 2]) * step
        shift = np.array([tx, ty]) * step + middle - turn @ middle
        return np.concatenate([turn, shift[:, None]], axis=1).astype(np.float32)
