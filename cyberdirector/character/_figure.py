"""The view of a body that hair and clothes are built against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from cyberdirector.character._clip import vertex_normals
from cyberdirector.character.body import Body

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MENTON, CROWN, NOSE_BASE = 747, 881, 317
"""hm08 vertices: under the chin, top of the head, between the nostrils."""

LASHES = ("helper-{}-eyelashes-1", "helper-{}-eyelashes-2")


def smooth_step(low: float, high: float, x: Floats | float) -> Floats:
    """Return 0 below ``low``, 1 above ``high`` and a smooth rise between."""
    t = np.clip((np.asarray(x, dtype=np.float64) - low) / (high - low), 0.0, 1.0)
    return t * t * (3.0 - 2.0 * t)


@dataclass(frozen=True)
class Figure:
    """A body in its T-pose: metres, +Y up, facing +Z, left is +X.

    Attributes
    ----------
    points
        (v, 3) all hm08 vertices with the helper layers; the first 13,380 are skin.
    joints, weights
        (v, 8) node indices and weights.
    groups
        Triangles (t, 3) of each group (``body``, ``helper-tights``, ``helper-l-eye`` …).
    nodes
        Node names, index = node number (humanoid bones first).
    at
        (nodes, 3) rest positions.
    """

    points: Floats
    joints: NDArray[np.int32]
    weights: Floats
    groups: dict[str, Ints]
    nodes: Sequence[str]
    at: Floats

    @cached_property
    def index(self) -> dict[str, int]:
        """Node index by name."""
        return {name: i for i, name in enumerate(self.nodes)}

    def joint(self, name: str) -> Floats:
        """Return the rest position of a node, (3,) metres."""
        return self.at[self.index[name]]

    @cached_property
    def skin_normals(self) -> Floats:
        """Unit normals (v, 3) of the skin; other vertices hold +Y."""
        return vertex_normals(self.points, self.groups["body"])

    def weight_of(self, names: Sequence[str]) -> Floats:
        """Return the summed weight (v,) of some nodes; absent names count nothing."""
        wanted = [self.index[n] for n in names if n in self.index]
        return np.where(np.isin(self.joints, wanted), self.weights, 0.0).sum(axis=1)

    @cached_property
    def head_weight(self) -> Floats:
        """Weight (v,) of the head with its eyes and jaw."""
        return self.weight_of(("head", "leftEye", "rightEye", "jaw"))

    @cached_property
    def eyes(self) -> tuple[Floats, Floats]:
        """Middles of the left and right eye opening, (3,) metres."""
        out = []
        for side in "lr":
            rows = [np.unique(self.groups[name.format(side)]) for name in LASHES]
            upper, lower = (self.points[r] for r in rows)
            both = np.concatenate([upper, lower])
            middle = 0.5 * (upper[:, 1].mean() + lower[:, 1].mean())
            out.append(np.array([both[:, 0].mean(), middle, both[:, 2].max()]))
        return out[0], out[1]

    @cached_property
    def eye_top(self) -> float:
        """Height of the upper lashes in metres."""
        return float(self.points[np.unique(self.groups[LASHES[0].format("l")])][:, 1].max())


GROUPS = (
    "body", "helper-tights", "helper-l-eyelashes-1", "helper-l-eyelashes-2",
    "helper-r-eyelashes-1", "helper-r-eyelashes-2",
)  # fmt: skip


def figure_of(body: Body) -> Figure:
    """Return the view of a finished body that hair and clothes use."""
    return Figure(
        points=body.positions,
        joints=body.joints.astype(np.int32),
        weights=body.weights,
        groups={name: body.faces(name).astype(np.int64) for name in GROUPS},
        nodes=[node.name for node in body.nodes],
        at=body.joint_positions,
    )
