"""Lanterns that hang and stand; the skin goes to slot ``glow`` (texture fitted once round)."""

from __future__ import annotations

import numpy as np

from cyberdirector.backlot.kit.mesh import join
from cyberdirector.backlot.kit.solids import box, boxes, cylinder, lathe, tube
from cyberdirector.backlot.props import Prop
from cyberdirector.backlot.props.swatch import swatch
from cyberdirector.backlot.props.teaware import painted

_LEFT = (0.0, 0.0, 0.5, 1.0)
_RIGHT = (0.5, 0.0, 1.0, 1.0)


def round_lantern(radius: float = 0.24, cord: float = 0.8, red: bool = True) -> Prop:
    """Return a hanging 灯笼 round the origin with a cord of ``cord`` metres above it.

    The skin texture holds two skins side by side; ``red`` takes the left one.
    """
    r = radius
    t = np.linspace(-1.22, 1.22, 11)
    body = [(float(r * np.cos(a) ** 0.8), float(0.88 * r * np.sin(a))) for a in t]
    skin = lathe(body, 18, _LEFT if red else _RIGHT)
    top, low = body[-1][1], body[0][1]
    ring = body[-1][0]
    trim = [
        cylinder((0.0, top - 0.01, 0.0), ring * 1.08, 0.05, 12, rect=swatch("brass")),
        cylinder((0.0, low - 0.04, 0.0), ring * 1.08, 0.05, 12, rect=swatch("brass")),
        tube(
            [(0, top, 0), (0, top + cord * 0.5, 0), (0, top + cord, 0)], 0.007, 4, swatch("ink")
        ),
        lathe(
            [(0.028, low - 0.10), (0.034, low - 0.07), (0.012, low - 0.04)], 8, swatch("red")
        ),
        lathe([(0.038, low - 0.38), (0.026, low - 0.10), (0.0, low - 0.1)], 8, swatch("red")),
    ]
    return {"glow": skin, "paint": join(trim)}


def palace_lantern(radius: float = 0.17, height: float = 0.36, cord: float = 0.7) -> Prop:
    """Return a six-sided 宫灯: timber ribs, paper sides, small roof, tassels."""
    sides = 6
    skin = lathe(
        [(radius * 0.86, -height / 2), (radius, height / 2)], sides, _RIGHT, smooth=False
    )
    angle = np.arange(sides) * 2 * np.pi / sides
    ribs = [
        tube(
            [
                (radius * 0.88 * np.sin(a), -height / 2 - 0.02, radius * 0.88 * np.cos(a)),
                (radius * 1.02 * np.sin(a), height / 2 + 0.02, radius * 1.02 * np.cos(a)),
            ],
            0.011,
            4,
            swatch("clay"),
        )
        for a in angle
    ]
    caps = [
        lathe(
            [
                (radius * 1.12, height / 2),
                (radius * 1.14, height / 2 + 0.03),
                (radius * 0.5, height / 2 + 0.09),
                (0.02, height / 2 + 0.12),
            ],
            sides,
            swatch("clay"),
            smooth=False,
        ),
        lathe(
            [
                (radius * 0.4, -height / 2 - 0.05),
                (radius * 0.95, -height / 2 - 0.03),
                (radius * 0.95, -height / 2),
            ],
            sides,
            swatch("clay"),
            smooth=False,
        ),
        lathe(
            [(0.03, -height / 2 - 0.34), (0.02, -height / 2 - 0.07), (0.0, -height / 2 - 0.05)],
            8,
            swatch("red"),
        ),
        tube(
            [
                (0, height / 2 + 0.1, 0),
                (0, height / 2 + 0.1 + cord / 2, 0),
                (0, height / 2 + 0.1 + cord, 0),
            ],
            0.007,
            4,
            swatch("ink"),
        ),
    ]
    return {"glow": skin, "paint": join(ribs + caps)}


def stone_lantern(height: float = 1.7) -> Prop:
    """Return a standing stone lantern; slots ``stone`` (trim) and ``glow`` (its light box)."""
    h = height
    stone = [
        box((0.0, 0.05 * h, 0.0), (0.36 * h, 0.1 * h, 0.36 * h), 1),
        box((0.0, 0.12 * h, 0.0), (0.27 * h, 0.05 * h, 0.27 * h), 2),
        lathe(
            [(0.085 * h, 0.14 * h), (0.07 * h, 0.3 * h), (0.085 * h, 0.46 * h)],
            8,
            (0.1, 0.02, 0.5, 0.11),
        ),
        box((0.0, 0.49 * h, 0.0), (0.28 * h, 0.06 * h, 0.28 * h), 3),
        boxes(
            np.array([[sx, 0.62, sz] for sx in (-0.1, 0.1) for sz in (-0.1, 0.1)]) * h,
            np.array([0.045, 0.22, 0.045]) * h,
            4,
        ),
        lathe(
            [
                (0.26 * h, 0.72 * h),
                (0.24 * h, 0.755 * h),
                (0.12 * h, 0.83 * h),
                (0.05 * h, 0.9 * h),
            ],
            4,
            (0.1, 0.13, 0.9, 0.24),
            smooth=False,
        ).moved(yaw=np.pi / 4),
        lathe(
            [(0.05 * h, 0.88 * h), (0.065 * h, 0.93 * h), (0.0, 1.0 * h)],
            8,
            (0.1, 0.13, 0.5, 0.24),
        ),
    ]
    light = box((0.0, 0.62 * h, 0.0), (0.19 * h, 0.2 * h, 0.19 * h), 5, "xXzZ")
    flat = np.tile(
        np.array([[0.5, 0.8], [1.0, 0.8], [1.0, 0.3], [0.5, 0.3]], dtype=np.float32), (4, 1)
    )
    return {"stone": join(stone), "glow": light.with_uvs(flat)}


def desk_lamp(color: str = "brass") -> Prop:
    """Return an oil lamp (油灯) with a paper shade: foot in ``paint``, shade in ``glow``."""
    foot = lathe(
        [(0.07, 0.0), (0.065, 0.015), (0.018, 0.03), (0.015, 0.14), (0.045, 0.16), (0.0, 0.16)],
        12,
        swatch(color),
    )
    shade = lathe([(0.085, 0.14), (0.095, 0.24), (0.06, 0.34)], 12, _RIGHT)
    return {"glow": shade, "paint": painted(foot, color)}
