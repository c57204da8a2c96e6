"""Trees and potted plants built from tubes and cards of painted leaves."""

from __future__ import annotations

import numpy as np

from cyberdirector.backlot.kit.mesh import Mesh, grid_mesh, join
from cyberdirector.backlot.kit.solids import Point, panel, tube


def crossed_cards(
    center: Point, size: float, seed: int, count: int = 3, tilt: float = 0.4
) -> Mesh:
    """Return leaf cards (fit texture, made double) that cross in ``center``."""
    rng = np.random.default_rng(seed)
    made = []
    for i in range(count):
        yaw = np.pi * i / count + 0.5 * rng.random()
        grow = size * (0.85 + 0.3 * rng.random())
        card = panel((0.0, 0.0, 0.0), grow, grow, double=False)
        made.append(card.moved(center, yaw, tilt * (rng.random() - 0.5)))
    return _round_normals(join(made), center)


def _round_normals(mesh: Mesh, center: Point) -> Mesh:
    """Return the mesh with normals that point away from ``center`` and up: soft light."""
    away = mesh.positions - np.asarray(center, dtype=np.float32)
    away = away / np.maximum(np.linalg.norm(away, axis=1, keepdims=True), 1e-6)
    normal = away * 0.6 + np.array([0, 0.8, 0], dtype=np.float32)
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    return Mesh(mesh.positions, normal.astype(np.float32), mesh.uvs, mesh.triangles)


def pine(at: Point, height: float, seed: int, lean: float = 0.25) -> tuple[Mesh, Mesh]:
    """Return a mountain pine (trunk, needle cards): bent trunk, flat layered crowns."""
    rng = np.random.default_rng(seed)
    t = np.linspace(0, 1, 9)
    side = rng.random() * 2 * np.pi
    bend = lean * height * (t**1.5) + 0.05 * height * np.sin(t * 5.5 + rng.random() * 6)
    line = np.stack([np.cos(side) * bend, t * height * 0.92, np.sin(side) * bend], axis=-1)
    trunk = [tube(line, 0.045 * height * (1 - 0.78 * t), 8, repeat=1.4)]
    cards = []
    for i in range(9):
        f = 0.42 + 0.58 * i / 8
        root = np.array([np.interp(f, t, line[:, k]) for k in range(3)])
        turn = side + i * 2.4 + 0.5 * rng.random()
        reach = height * (0.40 - 0.28 * (f - 0.42)) * (0.75 + 0.4 * rng.random())
        end = root + np.array([np.cos(turn) * reach, 0.10 * reach, np.sin(turn) * reach])
        middle = (root + end) / 2 - (0, 0.06 * reach, 0)
        trunk.append(
            tube(
                [root, middle, end],
                [0.016 * height * (1.1 - f * 0.7), 0.011 * height, 0.004 * height],
                5,
                repeat=1.4,
            )
        )
        for k in range(3):
            spot = root + (end - root) * (0.45 + 0.30 * k)
            size = height * (0.30 - 0.05 * k) * (0.85 + 0.3 * rng.random())
            cards.append(
                _tuft((float(spot[0]), float(spot[1] + size * 0.13), float(spot[2])), size, rng)
            )
    top = line[-1]
    cards.append(_tuft((float(top[0]), float(top[1]) + 0.1, float(top[2])), height * 0.3, rng))
    return join(trunk).moved(at), join(cards).moved(at)


def _tuft(center: Point, size: float, rng: np.random.Generator) -> Mesh:
    """Return one flat cushion of needles: a lying card and three upright ones."""
    made = [
        panel((0.0, -0.02, 0.0), size, size * 0.9).moved(pitch=-np.pi / 2, yaw=rng.random() * 6)
    ]
    for i in range(3):
        yaw = np.pi * i / 3 + 0.6 * rng.random()
        made.append(panel((0.0, 0.0, 0.0), size, size * 0.62).moved(yaw=yaw))
    return _round_normals(join(made), (0.0, -0.1 * size, 0.0)).moved(center)


def fronds(at: Point, height: float, seed: int, count: int = 11) -> Mesh:
    """Return long arching leaves (an indoor plant); fit texture along each leaf."""
    rng = np.random.default_rng(seed)
    made = []
    for i in range(count):
        turn = 2 * np.pi * i / count + 0.5 * rng.random()
        reach = height * (0.25 + 0.4 * rng.random())
        t = np.linspace(0, 1, 6)
        rise = height * (0.6 + 0.4 * rng.random())
        r, y = reach * t**1.2, rise * (1.55 * t - 0.75 * t**2.2)
        width = 0.07 * height * np.sin(np.pi * np.clip(t, 0.06, 0.985)) ** 0.7
        middle = np.stack([np.cos(turn) * r, y, np.sin(turn) * r], -1)
        across = np.array([-np.sin(turn), 0, np.cos(turn)])
        points = np.stack(
            [middle - across * width[:, None], middle + across * width[:, None] + (0, 0.01, 0)],
            1,
        )
        made.append(grid_mesh(points))
    return _round_normals(join(made), (0.0, height * 0.2, 0.0)).moved(at)
