"""The Chinese timber grammar: columns, beams, brackets, lattice leaves, balustrades.

Proportions follow the usual simplified rules: column base about 1.6 column diameters,
bracket sets of crossed arms on blocks, lattice leaves light above and boarded below.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from cyberdirector.backlot.kit.mesh import Mesh, join
from cyberdirector.backlot.kit.solids import (
    Point,
    bevel_box,
    box,
    boxes,
    cylinder,
    lathe,
    panel,
)


def column(at: Point, radius: float, height: float, sides: int = 14) -> Mesh:
    """Return a round column that stands on ``at`` (fit texture, V from top to foot)."""
    return cylinder(at, radius, height, sides, top=radius * 0.94, caps=False)


def column_base(at: Point, radius: float) -> Mesh:
    """Return the drum-shaped stone under a column of ``radius`` metres."""
    r = radius * 1.55
    square = box((0.0, 0.025, 0.0), (r * 2.5, 0.05, r * 2.5), 1, "xXYzZ")
    profile = [
        (r * 0.95, 0.05),
        (r * 1.12, 0.11),
        (r * 1.12, 0.15),
        (r * 0.92, 0.22),
        (r * 0.7, 0.235),
        (radius * 0.9, 0.24),
    ]
    return join([square, lathe(profile, 16)]).moved(at)


def beam(start: Point, end: Point, width: float, height: float, seed: int = 0) -> Mesh:
    """Return a bevelled beam between the centres of its ends, metres."""
    a, b = np.asarray(start, dtype=np.float64), np.asarray(end, dtype=np.float64)
    d = b - a
    length = float(np.linalg.norm(d))
    yaw = float(np.arctan2(d[0], d[2]))
    pitch = float(-np.arcsin(d[1] / length))
    solid = bevel_box((0.0, 0.0, 0.0), (width, height, length), min(width, height) * 0.08, seed)
    mid = (a + b) / 2
    return solid.moved((float(mid[0]), float(mid[1]), float(mid[2])), yaw, pitch)


def bracket(
    at: Point, size: float = 0.5, yaw: float = 0.0, tiers: int = 2, seed: int = 0
) -> Mesh:
    """Return a simplified 斗拱: blocks and crossed arms, ``size`` metres wide at the top."""
    block = size * 0.22
    made = [box((0.0, block * 0.4, 0.0), (block * 1.3, block * 0.8, block * 1.3), seed)]
    y = block * 0.8
    for tier in range(tiers):
        arm = size * (0.55 + 0.45 * (tier + 1) / tiers)
        h = block * 0.75
        for yaw_ in (0.0, np.pi / 2):
            made.append(
                box((0.0, y + h / 2, 0.0), (arm, h, block * 0.62), seed + tier).moved(yaw=yaw_)
            )
            for side in (-1, 0, 1):
                at_ = (side * (arm / 2 - block * 0.4), y + h + block * 0.22, 0.0)
                made.append(
                    box(at_, (block * 0.85, block * 0.44, block * 0.85), seed + 5 + side).moved(
                        yaw=yaw_
                    )
                )
        y += h + block * 0.44
    return join(made).moved(at, yaw)


def lattice(
    width: float,
    height: float,
    pattern: str = "grid",
    bar: float = 0.022,
    depth: float = 0.03,
    seed: int = 0,
) -> Mesh:
    """Return lattice bars in the plane z = 0, centred on the origin.

    ``pattern``: ``grid`` (even squares), ``steps`` (步步锦: nested steps), ``ice``
    (冰裂纹: irregular) or ``screen`` (upright bars with few cross bars).
    """
    uprights: list[tuple[float, float, float]] = []
    levels: list[tuple[float, float, float]] = []
    if pattern == "grid":
        nx, ny = max(round(width / 0.13), 2), max(round(height / 0.13), 2)
        uprights = [(width * (i / nx - 0.5), -height / 2, height / 2) for i in range(1, nx)]
        levels = [(height * (i / ny - 0.5), -width / 2, width / 2) for i in range(1, ny)]
    elif pattern == "screen":
        nx = max(round(width / 0.085), 3)
        uprights = [(width * (i / nx - 0.5), -height / 2, height / 2) for i in range(1, nx)]
        levels = [(height * f, -width / 2, width / 2) for f in (-0.36, -0.3, 0.3, 0.36)]
    elif pattern == "steps":
        uprights, levels = _steps(width, height)
    else:
        return _cracked(width, height, bar, depth, seed)
    centers = [(x, (a + b) / 2, 0.0) for x, a, b in uprights]
    sizes = [(bar, b - a, depth) for x, a, b in uprights]
    centers += [((a + b) / 2, y, 0.0) for y, a, b in levels]
    sizes += [(b - a, bar, depth * 0.9) for y, a, b in levels]
    return boxes(np.array(centers), np.array(sizes), seed)


def round_lattice(radius: float, bar: float = 0.024, depth: float = 0.03) -> Mesh:
    """Return a round lattice in the plane z = 0: chords, and a square frame in the middle."""
    uprights, levels = [], []
    count = max(round(radius / 0.13), 3)
    core = radius * 0.42
    for i in range(-count + 1, count):
        at = radius * i / count
        reach = float(np.sqrt(radius**2 - at**2))
        spans = [(-reach, reach)] if abs(at) > core else [(-reach, -core), (core, reach)]
        uprights += [(at, a, b) for a, b in spans]
        levels += [(at, a, b) for a, b in spans]
    for side in (-core, core):
        uprights.append((side, -core, core))
        levels.append((side, -core, core))
    centers = [(x, (a + b) / 2, 0.0) for x, a, b in uprights]
    centers += [((a + b) / 2, y, 0.0) for y, a, b in levels]
    sizes = [(bar, b - a, depth) for _, a, b in uprights]
    sizes += [(b - a, bar, depth * 0.9) for _, a, b in levels]
    return boxes(np.array(centers), np.array(sizes))


def _steps(width: float, height: float) -> tuple[list[Point], list[Point]]:
    """Return bars of nested rectangles joined by short stubs (步步锦)."""
    uprights: list[Point] = []
    levels: list[Point] = []
    rings = 3 if min(width, height) > 0.45 else 2
    inset_x, inset_y = width / (2 * rings + 1.6), height / (2 * rings + 1.6)
    for i in range(1, rings + 1):
        w, h = width / 2 - inset_x * i, height / 2 - inset_y * i
        if w <= 0.02 or h <= 0.02:
            break
        uprights += [(-w, -h, h), (w, -h, h)]
        levels += [(-h, -w, w), (h, -w, w)]
        for f in (-0.5, 0.5) if i < rings else (0.0,):
            uprights += [(2 * w * f * 0.9, h, h + inset_y), (2 * w * f * 0.9, -h - inset_y, -h)]
            levels += [(2 * h * f * 0.9, w, w + inset_x), (2 * h * f * 0.9, -w - inset_x, -w)]
    return uprights, levels


def _cracked(width: float, height: float, bar: float, depth: float, seed: int) -> Mesh:
    """Return irregular bars that split the panel again and again (冰裂纹)."""
    rng = np.random.default_rng(seed)
    pieces = [np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * (width / 2, height / 2)]
    areas = [width * height]
    ends = []
    while len(pieces) < round(width * height / 0.028) + 3:
        largest = int(np.argmax(areas))
        polygon = pieces.pop(largest)
        areas.pop(largest)
        n = len(polygon)
        edge = np.roll(polygon, -1, axis=0) - polygon
        first = int(np.argmax(np.hypot(edge[:, 0], edge[:, 1])))
        second = (first + n // 2) % n
        s, t = 0.35 + 0.3 * rng.random(2)
        p, q = polygon[first] + s * edge[first], polygon[second] + t * edge[second]
        ends.append((p, q))
        for begin, end, head, tail in ((first, second, p, q), (second, first, q, p)):
            ring = [polygon[(begin + 1 + k) % n] for k in range((end - begin) % n)]
            pieces.append(np.array([head, *ring, tail]))
            areas.append(_area(pieces[-1]))
    return _bars(np.array(ends), bar, depth, seed)


def _bars(ends: NDArray[np.float64], bar: float, depth: float, seed: int) -> Mesh:
    """Return bars between pairs of points (n, 2, 2) in the plane z = 0."""
    d = ends[:, 1] - ends[:, 0]
    length = np.hypot(d[:, 0], d[:, 1])
    sizes = np.stack([length, np.full(len(d), bar), np.full(len(d), depth)], axis=-1)
    flat = boxes(np.zeros((len(d), 3)), sizes, seed)
    # boxes() lays out side by side all first sides, then all second ones …: 4 points each.
    owner = np.tile(np.repeat(np.arange(len(d)), 4), 6)
    c, s = (d / length[:, None])[owner].T
    middle = ends.mean(axis=1)[owner]

    def turned(v: NDArray[np.floating]) -> NDArray[np.float64]:
        return np.stack(
            [c * v[:, 0] - s * v[:, 1], s * v[:, 0] + c * v[:, 1], v[:, 2]], axis=-1
        )

    positions = turned(flat.positions) + np.pad(middle, ((0, 0), (0, 1)))
    return Mesh(
        positions.astype(np.float32), turned(flat.normals).astype(np.float32), flat.uvs,
        flat.triangles,
    )  # fmt: skip


def _area(polygon: np.ndarray) -> float:
    x, y = polygon.T
    return abs(float(x @ np.roll(y, -1) - y @ np.roll(x, -1))) / 2


def frame(
    width: float, height: float, bar: float = 0.06, depth: float = 0.06, seed: int = 0
) -> Mesh:
    """Return a rectangular frame in the plane z = 0, centred on the origin."""
    w, h = width / 2 - bar / 2, height / 2 - bar / 2
    return boxes(
        np.array([[-w, 0, 0], [w, 0, 0], [0, -h, 0], [0, h, 0]]),
        np.array(
            [
                [bar, height, depth],
                [bar, height, depth],
                [width - 2 * bar, bar, depth],
                [width - 2 * bar, bar, depth],
            ]
        ),
        seed,
    )


def leaf(
    width: float, height: float, pattern: str = "steps", skirt: float = 0.3, seed: int = 0
) -> tuple[Mesh, Mesh]:
    """Return one 槅扇 leaf standing on y = 0, facing +Z: (timber, window paper).

    The lower ``skirt`` part is boarded; the paper lies behind the lattice of the upper part.
    """
    bar = 0.05
    low = height * skirt
    made = [frame(width, height, bar, 0.055, seed).moved((0.0, height / 2, 0.0))]
    upper = height - low - 2 * bar - 0.12
    middle = low + 0.12 + upper / 2 + bar
    made.append(
        boxes(
            np.array([[0, low, 0], [0, low + 0.12, 0]]),
            (width - 2 * bar, bar * 0.8, 0.05),
            seed,
        )
    )
    made.append(box((0.0, low / 2, -0.008), (width - 2 * bar, low, 0.016), seed + 1, "zZ"))
    if low > 0.3:
        made.append(
            frame(width - 2 * bar - 0.08, low - bar - 0.08, 0.022, 0.03, seed).moved(
                (0.0, low / 2 + bar / 3, 0.008)
            )
        )
    made.append(box((0.0, low + 0.06, -0.006), (width - 2 * bar, 0.1, 0.012), seed + 2, "zZ"))
    made.append(
        lattice(width - 2 * bar, upper, pattern, 0.02, 0.026, seed).moved((0.0, middle, 0.0))
    )
    sheet = panel((0.0, middle, 0.0), width - 2 * bar, upper, double=True)
    return join(made), sheet


def balustrade(
    path: Sequence[tuple[float, float]],
    height: float = 0.95,
    spacing: float = 1.5,
    seed: int = 0,
) -> Mesh:
    """Return a stone balustrade along a line of (x, z): posts with heads, slabs, rails."""
    made = []
    post = lathe(
        [
            (0.085, 0.0),
            (0.085, 0.02),
            (0.05, 0.05),
            (0.08, 0.11),
            (0.085, 0.17),
            (0.05, 0.24),
            (0.0, 0.27),
        ],
        8,
    )
    line = [np.asarray(p, dtype=np.float64) for p in path]
    for k, (a, b) in enumerate(pairwise(line)):
        d = b - a
        length = float(np.linalg.norm(d))
        yaw = float(np.arctan2(-d[1], d[0]))
        count = max(round(length / spacing), 1)
        step = length / count
        for i in range(count + 1):
            if i == count and k < len(line) - 2:
                continue
            at = a + d * i / count
            made.append(
                bevel_box((at[0], height / 2, at[1]), (0.19, height, 0.19), 0.015, seed + i)
            )
            made.append(
                post.with_uvs(post.uvs * (0.3, 0.12)).moved(
                    (float(at[0]), height, float(at[1]))
                )
            )
        for i in range(count):
            at = a + d * (i + 0.5) / count
            inner = step - 0.19
            piece = join(
                [
                    box((0.0, 0.09, 0.0), (inner, 0.18, 0.15), seed + i),
                    bevel_box(
                        (0.0, height * 0.4, 0.0),
                        (inner, height * 0.42, 0.09),
                        0.01,
                        seed + i + 3,
                    ),
                    bevel_box(
                        (0.0, height * 0.86, 0.0), (inner, 0.13, 0.13), 0.03, seed + i + 5
                    ),
                    box((0.0, height * 0.7, 0.0), (0.14, height * 0.22, 0.09), seed),
                    box((-inner * 0.36, height * 0.7, 0.0), (0.1, height * 0.22, 0.09), seed),
                    box((inner * 0.36, height * 0.7, 0.0), (0.1, height * 0.22, 0.09), seed),
                ]
            )
            made.append(piece.moved((float(at[0]), 0.0, float(at[1])), yaw))
    return join(made)


def stairs(
    x: tuple[float, float],
    z: tuple[float, float],
    y: tuple[float, float],
    count: int,
    seed: int = 0,
) -> Mesh:
    """Return ``count`` solid steps from (z[0], y[0]) up to (z[1], y[1])."""
    made = []
    for i in range(count):
        z0 = z[0] + (z[1] - z[0]) * i / count
        z1 = z[0] + (z[1] - z[0]) * (i + 1) / count
        low = y[0] + (y[1] - y[0]) * i / count
        top = y[0] + (y[1] - y[0]) * (i + 1) / count
        overhang = 0.025 * np.sign(z0 - z1)
        made.append(
            box(
                ((x[0] + x[1]) / 2, (low + top) / 2, (z0 + z1) / 2 + overhang / 2),
                (x[1] - x[0], top - low, abs(z1 - z0) + 0.025),
                seed + i,
                "xXYzZ",
            )
        )
    return join(made)
