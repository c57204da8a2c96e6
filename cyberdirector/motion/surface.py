"""The skin of a body as a few round parts that a hand can lie on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from cyberdirector.core.model import Character
from cyberdirector.core.rotations import Array, quat_conjugate, quat_rotate
from cyberdirector.core.skeleton import BONE_INDEX, Rest

ADULT = 0.92
"""Hip height in metres of the body for which the usual radii are."""

_RING = 16
"""Directions around a part in which its radius is kept."""

_ROWS = 6
"""Places along a part; a head has as many circles of latitude."""

# Bone → (next bones of which the first present one ends the part, front-to-back and side
# radius in metres for an adult in light clothes).
_TRUNK = {
    "hips": (("spine", "chest", "upperChest", "neck"), 0.115, 0.16),
    "spine": (("chest", "upperChest", "neck", "head"), 0.105, 0.14),
    "chest": (("upperChest", "neck", "head"), 0.115, 0.145),
    "upperChest": (("neck", "head"), 0.105, 0.15),
    "leftUpperLeg": (("leftLowerLeg",), 0.072, 0.072),
    "rightUpperLeg": (("rightLowerLeg",), 0.072, 0.072),
    "leftLowerLeg": (("leftFoot",), 0.05, 0.05),
    "rightLowerLeg": (("rightFoot",), 0.05, 0.05),
}
_GIRTH = (0.6, 1.5)
"""Least and greatest measured radius against the usual one; beyond it cloth hangs freely."""

_HEAD_CENTRE, _HEAD_RADII = np.array([0.0, 0.085, 0.015]), np.array([0.078, 0.115, 0.1])


@dataclass(frozen=True)
class Part:
    """A round part about a bone; metres, axes of the rest pose, from the bone's joint.

    Attributes
    ----------
    bone
        VRM bone that carries it.
    start, end
        (3,) axis of the part; equal for a ball (the head).
    radii
        (rows, 16): along the axis (for a ball: from south to north), around from +Z over +X.
    """

    bone: str
    start: Array
    end: Array
    radii: Array

    @property
    def ball(self) -> bool:
        """Whether the part is a ball."""
        return bool(np.array_equal(self.start, self.end))

    def axes(self) -> tuple[Array, Array, Array]:
        """Return unit vectors along the axis and the two square to it (front, side)."""
        along = self.end - self.start
        if self.ball:
            along = np.array([0.0, 1.0, 0.0])
        along = along / np.linalg.norm(along)
        front = np.array([0.0, 0.0, 1.0]) - along[2] * along
        front = front / np.linalg.norm(front)
        return along, front, np.cross(along, front)

    def foot(self, points: Array) -> tuple[Array, Array]:
        """Return the nearest places on the axis: share (n,) 0..1 and points (n, 3)."""
        line = self.end - self.start
        square = float(line @ line)
        if square < 1e-12:
            return np.zeros(len(points)), np.broadcast_to(self.start, points.shape)
        share = np.clip((points - self.start) @ line / square, 0.0, 1.0)
        return share, self.start + share[:, None] * line

    def radius(self, share: Array, direction: Array) -> Array:
        """Return the radius (n,) at places along the axis in unit directions (n, 3)."""
        along, front, side = self.axes()
        around = np.arctan2(direction @ side, direction @ front) / (2.0 * np.pi) * _RING
        row = share * (len(self.radii) - 1)
        if self.ball:
            rise = np.arcsin(np.clip(direction @ along, -1.0, 1.0))
            row = (rise / np.pi + 0.5) * (len(self.radii) - 1)
        i = np.clip(np.floor(row).astype(int), 0, max(len(self.radii) - 2, 0))
        u = np.clip(row - i, 0.0, 1.0)
        j = np.floor(around).astype(int)
        v = around - j
        k = np.minimum(i + 1, len(self.radii) - 1)
        a, b = j % _RING, (j + 1) % _RING
        low = (1 - v) * self.radii[i, a] + v * self.radii[i, b]
        high = (1 - v) * self.radii[k, a] + v * self.radii[k, b]
        return np.asarray((1 - u) * low + u * high)

    def gap(self, points: Array) -> tuple[Array, Array, Array]:
        """Return distances (n,) to the skin (< 0 inside), shares (n,), directions (n, 3).

        ``points`` (n, 3) are given in the bone's space.
        """
        share, foot = self.foot(points)
        away = points - foot
        length = np.linalg.norm(away, axis=-1)
        direction = away / np.maximum(length, 1e-9)[:, None]
        return length - self.radius(share, direction), share, direction

    def place(self, share: Array, direction: Array, gap: Array) -> Array:
        """Return points (n, 3), bone's space, at a distance ``gap`` from the skin."""
        foot = self.start + share[:, None] * (self.end - self.start)
        return np.asarray(foot + (self.radius(share, direction) + gap)[:, None] * direction)


Surface = Mapping[str, Part]
"""Parts by bone."""


def _ellipse(front: float, side: float) -> Array:
    angle = 2.0 * np.pi * np.arange(_RING) / _RING
    one = 1.0 / np.sqrt((np.cos(angle) / front) ** 2 + (np.sin(angle) / side) ** 2)
    return np.tile(one, (_ROWS, 1))


def _head(scale: float) -> Part:
    rise = np.linspace(-0.5 * np.pi, 0.5 * np.pi, _ROWS)
    angle = 2.0 * np.pi * np.arange(_RING) / _RING
    ray = np.stack(
        [
            np.cos(rise)[:, None] * np.sin(angle),
            np.repeat(np.sin(rise)[:, None], _RING, axis=1),
            np.cos(rise)[:, None] * np.cos(angle),
        ],
        axis=-1,
    )
    radii = 1.0 / np.linalg.norm(ray / _HEAD_RADII, axis=-1)
    centre = _HEAD_CENTRE * scale
    return Part("head", centre, centre, radii * scale)


def usual_surface(rest: Rest) -> dict[str, Part]:
    """Return the parts of a body of usual girth with the bones of ``rest``."""
    scale = rest.hip_height / ADULT
    points = rest.positions().astype(np.float64)
    out = {}
    for bone, (ends, front, side) in _TRUNK.items():
        end = next((e for e in ends if rest.present[BONE_INDEX[e]]), "")
        if not rest.present[BONE_INDEX[bone]] or not end:
            continue
        arm = points[BONE_INDEX[end]] - points[BONE_INDEX[bone]]
        if np.linalg.norm(arm) > 1e-4:
            out[bone] = Part(bone, np.zeros(3), arm, _ellipse(front, side) * scale)
    out["head"] = _head(scale)
    return out


def _owners(character: Character) -> tuple[Array, Array]:
    """Return vertices (n, 3) of skin, face and clothes, and the node that moves each most."""
    places, nodes = [], []
    for part in character.parts:
        role = character.materials[part.material].role
        if part.joints is None or part.weights is None or role in ("hair", "lash", "brow"):
            continue
        rows = np.arange(len(part.joints))
        places.append(part.positions.astype(np.float64))
        nodes.append(part.joints[rows, np.argmax(part.weights, axis=1)].astype(np.int64))
    if not places:
        return np.zeros((0, 3)), np.zeros(0)
    return np.concatenate(places), np.concatenate(nodes)


def _fitted(part: Part, points: Array, limit: float) -> Part:
    """Return the part with the radii of vertices (n, 3), bone's space; usual ones in holes."""
    if len(points) < 24:
        return part
    _, share, direction = part.gap(points)
    _, foot = part.foot(points)
    length = np.linalg.norm(points - foot, axis=-1)
    along, front, side = part.axes()
    around = np.rint(np.arctan2(direction @ side, direction @ front) / (2 * np.pi) * _RING)
    row = share * (_ROWS - 1)
    if part.ball:
        row = (np.arcsin(np.clip(direction @ along, -1, 1)) / np.pi + 0.5) * (_ROWS - 1)
    keep = (length < limit) & ((share > 0.0) & (share < 1.0) | part.ball)
    cell = np.rint(row).astype(int) * _RING + around.astype(int) % _RING
    radii = part.radii.copy().ravel()
    for c in np.unique(cell[keep]):
        radii[c] = np.quantile(length[keep & (cell == c)], 0.9)
    if not part.ball:  # wide clothes give way to a hand
        flat = part.radii.ravel()
        radii = np.clip(radii, _GIRTH[0] * flat, _GIRTH[1] * flat)
    return Part(part.bone, part.start, part.end, radii.reshape(_ROWS, _RING))


def measure_surface(character: Character) -> dict[str, Part]:
    """Return the parts of a character with radii measured on its mesh (hair left out)."""
    rest = character.rest()
    usual = usual_surface(rest)
    vertices, owners = _owners(character)
    at = character.node_positions()
    scale = rest.hip_height / ADULT
    out = {}
    for bone, part in usual.items():
        node = character.humanoid[bone]
        mine = vertices[owners == node] - at[node]
        if bone == "head":
            top = float(mine[:, 1].max()) if len(mine) > 24 else 0.2 * scale
            centre = np.array([0.0, 0.45 * top, 0.1 * top])
            part = _fitted(Part("head", centre, centre, part.radii), mine, 0.35 * scale)
        out[bone] = part if bone == "head" else _fitted(part, mine, 0.3 * scale)
    return out


def into_bone(points: Array, joint: Array, turn: Array) -> Array:
    """Return world points (n, 3) in the space of a bone (joint (n, 3), turn (n, 4))."""
    return quat_rotate(quat_conjugate(turn), points - joint)


def out_of_bone(points: Array, joint: Array, turn: Array) -> Array:
    """Return points (n, 3) of a bone's space in the world."""
    return np.asarray(joint + quat_rotate(turn, points))
