"""Necklines and collar bands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from cyberdirector.character._figure import smooth_step
from cyberdirector.character.wardrobe.form import Field, Form, Place
from cyberdirector.character.wardrobe.loft import band, orient, relax, resample
from cyberdirector.character.wardrobe.look import Look
from cyberdirector.character.wardrobe.tailor import Tailor

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Neckline:
    """A V neckline over a ring around the neck; metres of this body.

    ``axis`` is a point on the vertical axis through the neck; ``side`` the half width
    where the V meets the ring at ``side_y``; ``back_y`` the height at the nape;
    ``front_y`` the lowest point of the V.
    """

    axis: Floats
    side: float
    side_y: float
    back_y: float
    front_y: float
    bend: float = 1.0
    """1 a V, 2 a round neck, more a square one."""

    def ring(self, azimuth: Floats) -> Floats:
        """Return the ring height over azimuth (radians)."""
        back = smooth_step(np.pi / 2, np.pi, np.abs(azimuth))
        return self.side_y + (self.back_y - self.side_y) * back

    def v_height(self, x: Floats) -> Floats:
        """Return the height of the V over |x|."""
        share = (np.abs(x) / self.side) ** self.bend
        return self.front_y + (self.side_y - self.front_y) * share

    def field(self, place: Place) -> Floats:
        """Return metres below the neckline (≥ 0 keeps the cloth); arms are kept."""
        x, z = place.x - self.axis[0], place.z - self.axis[2]
        ring = self.ring(np.arctan2(x, z)) - place.y
        slope = np.hypot(1.0, (self.side_y - self.front_y) / self.side)
        v = np.where(z > 0, (self.v_height(place.x) - place.y) / slope, 1.0)
        return np.where(place.arm > 0.5, 1.0, np.minimum(ring, v))


def neckline(
    form: Form, depth: float, up: float = 0.0, wide: float = 0.0, bend: float = 1.0
) -> Neckline:
    """Return a neckline ``depth`` deep, raised by ``up``, wider by ``wide`` (for 1.65 m)."""
    k = form.size
    neck = form.joint("neck")
    axis = neck + np.array([0.0, 0.0, 0.02 * k])
    side = (0.054 + wide) * k
    probe = form.around(axis, np.full(9, np.pi / 2), neck[1] + np.linspace(0.03, -0.05, 9) * k)
    reach = np.maximum.accumulate(np.hypot(probe[:, 0], probe[:, 2] - axis[2]))
    side_y = float(np.interp(side, reach, probe[:, 1])) + up * k
    back = neck[1] + (0.024 + up) * k
    return Neckline(axis, side, side_y, back, side_y - depth * k, bend)


def collar_path(form: Form, line: Neckline, past: float, end_y: float) -> Floats:
    """Return the left edge of a neckline: nape, left of the neck, V, then on to the right.

    The line goes on beyond the middle to ``x = -past`` (metres) but not below ``end_y``.
    """
    az = np.linspace(np.pi * 1.10, np.pi / 2, 16)
    wrapped = (az + np.pi) % (2 * np.pi) - np.pi
    ring = form.around(line.axis, az, line.ring(wrapped))
    slope = (line.side_y - line.front_y) / line.side
    x = np.linspace(line.side * 0.96, -past, 136)
    y = np.where(x > 0, line.v_height(x), line.front_y + slope * x)
    keep = y > end_y
    x, y = x[keep], y[keep]
    front = np.stack([x, y, form.front(x, y)], axis=1)
    path = np.concatenate([ring, front])
    return relax(resample(path, 0.010), 1.6)


def ring_path(form: Form, line: Neckline) -> Floats:
    """Return the whole edge of a closed neckline, from nape to nape over the left side."""
    half = collar_path(form, line, 0.0, line.front_y - 1.0)
    return np.concatenate([half, mirrored(half[:-1])[::-1]])


def add_band(
    tailor: Tailor, name: str, path: Floats, width: float, offset: float, look: Look,
    shift: float = 0.0, thickness: float = 0.0025, taper: float = 0.0,
) -> None:  # fmt: skip
    """Add a collar or trim band along a surface path, ``offset`` metres off the form."""
    form = tailor.form
    n = form.normals_at(path)
    n = gaussian_filter1d(n, 2.0, axis=0, mode="nearest")
    n /= np.linalg.norm(n, axis=1, keepdims=True)
    s = np.linspace(0, 1, len(path))
    w = width * (1.0 - taper * smooth_step(0.7, 1.0, s))
    p, t, uv, _ = band(path + n * offset, n, w, thickness, shift)
    out = np.repeat(n, len(p) // len(path), axis=0)
    t = orient(p, t, out)
    tailor.add(name, p, t, tailor.weights_at(p), look, uv, out, flat=True)


def mirrored(path: Floats) -> Floats:
    """Return a path reflected in the middle plane."""
    return path * np.array([-1.0, 1.0, 1.0])


def below(y: float) -> Field:
    """Keep what is below a height."""
    return lambda place: y - place.y


def above(y: float) -> Field:
    """Keep what is above a height."""
    return lambda place: place.y - y


def arm_to(t: float) -> Field:
    """Keep the trunk and the arms up to a share of their length."""
    return lambda place: np.where(place.arm > 0.05, (t - place.t) * 0.45, 0.45)


def arm_from(t: float) -> Field:
    """Keep only the arms beyond a share of their length."""
    return lambda place: np.where(place.arm > 0.3, (place.t - t) * 0.45, -0.1)


def near_middle(half: float) -> Field:
    """Keep what is nearer to the middle plane than ``half`` metres."""
    return lambda place: half - np.abs(place.x)


def at_least(field: Field, value: float) -> Field:
    """Keep where another field is at least ``value``."""
    return lambda place: field(place) - value


def at_most(field: Field, value: float) -> Field:
    """Keep where another field is at most ``value``."""
    return lambda place: value - field(place)
