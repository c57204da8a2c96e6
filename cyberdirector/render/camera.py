"""View, projection and what lies inside them (column vectors, GL clip space)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.errors import InputRefused, Location
from cyberdirector.core.scene import Camera

Matrix = NDArray[np.float64]


def normalized(v: Sequence[float] | NDArray[np.floating]) -> NDArray[np.float64]:
    """Return ``v`` at length 1; a zero vector becomes +Y."""
    a = np.asarray(v, dtype=np.float64)
    length = float(np.sqrt(np.sum(a * a)))
    return a / length if length > 1e-12 else np.array([0.0, 1.0, 0.0])


def view_matrix(
    eye: NDArray[np.float64], forward: NDArray[np.float64], up: NDArray[np.float64]
) -> Matrix:
    """Return world → view for a camera looking along ``forward`` (view space -Z)."""
    f = normalized(forward)
    side = np.cross(f, up)
    if float(np.sum(side * side)) < 1e-10:
        side = np.cross(f, np.array([0.0, 0.0, -1.0]))
    r = normalized(side)
    u = np.cross(r, f)
    m = np.eye(4)
    m[0, :3], m[1, :3], m[2, :3] = r, u, -f
    m[:3, 3] = -(m[:3, :3] @ eye)
    return m


def perspective(fov: float, aspect: float, near: float, far: float) -> Matrix:
    """Return the GL perspective matrix; ``fov`` vertical in radians, aspect = w / h."""
    m = np.zeros((4, 4))
    focal = 1.0 / np.tan(fov / 2.0)
    m[0, 0], m[1, 1] = focal / aspect, focal
    m[2, 2], m[2, 3] = (far + near) / (near - far), 2.0 * far * near / (near - far)
    m[3, 2] = -1.0
    return m


def orthographic(low: NDArray[np.float64], high: NDArray[np.float64], view: Matrix) -> Matrix:
    """Return world → GL clip for a box ``low``..``high`` of light-view space (-Z ahead)."""
    m = np.eye(4)
    size = high - low
    m[0, 0], m[1, 1], m[2, 2] = 2.0 / size[0], 2.0 / size[1], -2.0 / size[2]
    m[0, 3] = -(high[0] + low[0]) / size[0]
    m[1, 3] = -(high[1] + low[1]) / size[1]
    m[2, 3] = (high[2] + low[2]) / size[2]
    return m @ view


TO_TEXTURE: Matrix = np.array(
    [[0.5, 0, 0, 0.5], [0, 0.5, 0, 0.5], [0, 0, 0.5, 0.5], [0, 0, 0, 1.0]]
)
"""GL clip space -1..1 → texture space 0..1."""


class View:
    """A camera made ready for one picture size.

    Attributes
    ----------
    matrix
        (4, 4) float64, world → clip.
    eye, forward, up
        (3,) float64, world space.
    focal_pixels
        Pixels covered by one metre at one metre distance.
    """

    def __init__(self, camera: Camera, size: tuple[int, int]) -> None:
        width, height = size
        self.eye = np.asarray(camera.eye, dtype=np.float64)
        target = np.asarray(camera.target, dtype=np.float64)
        numbers = (*self.eye, *target, camera.fov, camera.roll, camera.near, camera.far)
        if not (
            np.isfinite(numbers).all()
            and 0.01 < camera.fov < 3.0
            and 0.0 < camera.near < camera.far
            and float(np.abs(target - self.eye).max()) > 1e-6
        ):
            raise InputRefused(
                "camera-invalid",
                f"镜头数据不可用：{camera}。需要有限的数值、不同的 eye 与 target，"
                "fov 在 0.01 与 3 弧度之间。",
                f"Camera {camera} cannot be used: finite numbers, eye and target apart, "
                "0.01 < fov < 3 radians and 0 < near < far are needed.",
                Location(path="camera"),
            )
        self.forward = normalized(target - self.eye)
        view = view_matrix(self.eye, self.forward, np.array([0.0, 1.0, 0.0]))
        c, s = np.cos(camera.roll), np.sin(camera.roll)
        turn = np.eye(4)
        turn[:2, :2] = [[c, s], [-s, c]]
        view = turn @ view
        self.up = view[1, :3].copy()
        self.matrix = perspective(camera.fov, width / height, camera.near, camera.far) @ view
        self.focal_pixels = height / 2.0 / float(np.tan(camera.fov / 2.0))

    def slice(self, near: float, far: float) -> NDArray[np.float64]:
        """Return the corners (8, 3) of what is seen from ``near`` to ``far``, metres."""
        clip = np.array([[x, y, 0.0, 1.0] for x in (-1.0, 1.0) for y in (-1.0, 1.0)])
        ends = clip @ np.linalg.inv(self.matrix).T
        rays = ends[:, :3] / ends[:, 3:] - self.eye
        rays /= (rays @ self.forward)[:, None]
        return np.concatenate([self.eye + near * rays, self.eye + far * rays])

    def planes(self) -> NDArray[np.float64]:
        """Return the six planes (6, 4) of the frustum; inside is positive, metres."""
        m = self.matrix
        rows = np.stack([m[3] + s * m[axis] for axis in range(3) for s in (1.0, -1.0)])
        return rows / np.linalg.norm(rows[:, :3], axis=1, keepdims=True)


def boxes_inside(
    planes: NDArray[np.float64],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    margin: float = 0.0,
) -> NDArray[np.bool_]:
    """Return which axis-aligned boxes (n, 3), (n, 3) touch the inside of ``planes``."""
    center, half = (low + high) / 2.0, (high - low) / 2.0
    distance = center @ planes[:, :3].T + planes[:, 3]
    reach = half @ np.abs(planes[:, :3]).T + margin
    return np.asarray((distance > -reach).all(axis=1))
