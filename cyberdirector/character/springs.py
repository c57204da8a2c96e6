"""Spring bones: hair, ribbons and skirts that follow (VRMC_springBone-1.0).

The step is that of the specification: a tail point moves on by its inertia less drag,
is drawn to its rest direction by the stiffness and down by gravity, keeps its distance
from the head, is pushed out of colliders, and the head turns so as to point at it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.model import Character
from cyberdirector.core.rotations import quat_between, quat_from_matrix, quat_to_matrix
from cyberdirector.core.time import Rate

Array = NDArray[np.float64]

STEP = 1.0 / 72.0
"""Length of a substep in seconds: short enough that stiff chains do not ring."""

PUSHES = 2
"""How many colliders may push one tail in a substep."""

SETTLE = 1.0
"""Seconds for which the first pose is held so that everything has come to rest."""


@dataclass
class _Level:
    """The k-th joints of all chains that are long enough, as arrays."""

    node: NDArray[np.int64]
    parent: NDArray[np.int64]
    arm: Array
    """(n, 3) rest vector from the joint to its tail, model space."""
    length: Array
    stiffness: Array
    drag: Array
    gravity: Array
    """(n, 3) metres per second of the specification's external force."""
    radius: Array
    chain: NDArray[np.int64]


def spring_nodes(character: Character) -> list[int]:
    """Return the nodes that :func:`simulate_springs` turns, in a fixed order."""
    return [j.node for spring in character.springs for j in spring.joints[:-1]]


def simulate_springs(
    character: Character,
    node_globals: NDArray[np.floating],
    rate: Rate,
    settle: float = SETTLE,
    lead: int = 0,
) -> dict[int, NDArray[np.float32]]:
    """Return the rotations of all spring joints over a motion.

    Parameters
    ----------
    character
        Its nodes, springs and colliders (rest rotations identity).
    node_globals
        (frames, nodes, 4, 4) global node matrices without springs
        (:func:`~cyberdirector.core.pose.node_matrices`), metres, world.
    rate
        Of the frames.
    settle
        Seconds for which the first pose is held before the motion starts.
    lead
        The first ``lead`` frames are only a run-up and are not returned.

    Returns
    -------
    Node index → (frames - lead, 4) float32 local quaternions xyzw, to be given as
    ``extra`` to ``node_matrices``. Deterministic; empty without springs.
    """
    levels = _levels(character)
    frames = len(node_globals)
    if not levels or not frames:
        return {}
    globals_ = np.asarray(node_globals, np.float64)
    sim = _Simulation(character, levels, globals_[0])
    substeps = max(1, round(rate.den / rate.num / STEP))
    dt = rate.den / rate.num / substeps
    for _ in range(round(settle / dt)):
        sim.step(globals_[0], dt)
    out = {int(n): np.zeros((frames, 4), np.float32) for level in levels for n in level.node}
    previous = globals_[0]
    for frame in range(frames):
        for k in range(substeps):
            part = (k + 1) / substeps
            sim.step(previous + part * (globals_[frame] - previous), dt)
        previous = globals_[frame]
        for level, turns in zip(levels, sim.local_turns(), strict=True):
            for node, turn in zip(level.node.tolist(), turns, strict=True):
                out[node][frame] = turn
    return {node: turns[lead:] for node, turns in out.items()}


def _levels(character: Character) -> list[_Level]:
    at = character.node_positions()
    depth = max((len(s.joints) - 1 for s in character.springs), default=0)
    levels = []
    for k in range(depth):
        rows = [
            (i, s.joints[k], s.joints[k + 1])
            for i, s in enumerate(character.springs)
            if len(s.joints) - 1 > k
        ]
        node = np.array([j.node for _, j, _ in rows])
        arm = np.array([at[t.node] - at[j.node] for _, j, t in rows])
        levels.append(
            _Level(
                node,
                np.array([character.nodes[n].parent for n in node]),
                arm,
                np.linalg.norm(arm, axis=1),
                np.array([j.stiffness for _, j, _ in rows]),
                np.array([j.drag_force for _, j, _ in rows]),
                np.array([np.array(j.gravity_dir) * j.gravity_power for _, j, _ in rows]),
                np.array([j.hit_radius for _, j, _ in rows]),
                np.array([i for i, _, _ in rows]),
            )
        )
    return levels


class _Simulation:
    """State of all chains: present and past tails, and the turned frames of the nodes."""

    def __init__(self, character: Character, levels: list[_Level], pose: Array) -> None:
        self.character = character
        self.levels = levels
        self.row = {
            (li, int(c)): i for li, lv in enumerate(levels) for i, c in enumerate(lv.chain)
        }
        self.above = [
            np.array([self.row[(k - 1, int(c))] for c in lv.chain]) if k else np.array([], int)
            for k, lv in enumerate(levels)
        ]
        self.tails: list[Array] = []
        for lv in levels:
            turn, head = pose[lv.node, :3, :3], pose[lv.node, :3, 3]
            self.tails.append(head + np.einsum("nij,nj->ni", turn, lv.arm))
        self.past = [t.copy() for t in self.tails]
        self.turns = [np.tile(np.eye(3), (len(lv.node), 1, 1)) for lv in levels]
        self.bases = [np.tile(np.eye(3), (len(lv.node), 1, 1)) for lv in levels]
        self._colliders()

    def _colliders(self) -> None:
        c = self.character
        self.c_node = np.array([x.node for x in c.colliders], np.int64)
        self.c_start = np.array([x.offset for x in c.colliders], np.float64).reshape(-1, 3)
        tails = [x.tail if x.tail is not None else x.offset for x in c.colliders]
        self.c_end = np.array(tails, np.float64).reshape(-1, 3)
        self.c_radius = np.array([x.radius for x in c.colliders], np.float64)
        minds = np.zeros((len(c.springs), len(c.colliders)), np.bool_)
        for i, spring in enumerate(c.springs):
            for group in spring.collider_groups:
                minds[i, c.collider_groups[group]] = True
        self.minds = minds

    def step(self, pose: Array, dt: float) -> None:
        """Move all tails on by ``dt`` seconds under one pose (nodes, 4, 4)."""
        a, b = self._collider_lines(pose)
        heads: Array = np.zeros((0, 3))
        for k, lv in enumerate(self.levels):
            if k == 0:
                basis, heads = pose[lv.parent, :3, :3], pose[lv.node, :3, 3]
            else:
                up = self.above[k]
                basis = np.einsum("nij,njk->nik", self.bases[k - 1], self.turns[k - 1])[up]
                heads = self.tails[k - 1][up]
            self.bases[k] = basis
            rest = np.einsum("nij,nj->ni", basis, lv.arm / lv.length[:, None])
            now, past = self.tails[k], self.past[k]
            # The specification's drag is per step of 1/60 s; forces are scaled so that
            # the speed a tail settles at does not depend on the substep.
            keep = (1.0 - lv.drag)[:, None] ** (dt * 60.0)
            gain = (1.0 - keep) / np.maximum(lv.drag, 1e-3)[:, None]
            new = now + (now - past) * keep
            new += dt * gain * (lv.stiffness[:, None] * rest + lv.gravity)
            new = self._push(_reach(new, heads, lv.length), lv, heads, a, b)
            self.past[k], self.tails[k] = now, new
            local = np.einsum("nji,nj->ni", basis, new - heads)
            self.turns[k] = quat_to_matrix(quat_between(lv.arm, local))

    def _collider_lines(self, pose: Array) -> tuple[Array, Array]:
        m = pose[self.c_node]
        turn, at = m[:, :3, :3], m[:, :3, 3]
        return (
            at + np.einsum("nij,nj->ni", turn, self.c_start),
            at + np.einsum("nij,nj->ni", turn, self.c_end),
        )

    def _push(self, tail: Array, lv: _Level, heads: Array, a: Array, b: Array) -> Array:
        """Return tails pushed out of the colliders that their chains mind, deepest first."""
        if not len(a):
            return tail
        axis = b - a
        inverse = 1.0 / np.maximum((axis * axis).sum(1), 1e-12)
        minds = self.minds[lv.chain]
        reach = self.c_radius + lv.radius[:, None]
        row = np.arange(len(tail))
        for _ in range(PUSHES):
            d = tail[:, None] - a
            t = np.clip((d * axis).sum(2) * inverse, 0.0, 1.0)
            d -= t[:, :, None] * axis
            gap = np.sqrt((d * d).sum(2))
            deep = np.where(minds, reach - gap, -1.0)
            worst = deep.argmax(1)
            depth = deep[row, worst]
            hit = depth > 0.0
            if not hit.any():
                break
            out = d[row, worst] / np.maximum(gap[row, worst], 1e-9)[:, None]
            moved = _reach(tail + out * depth[:, None], heads, lv.length)
            tail = np.where(hit[:, None], moved, tail)
        return tail

    def local_turns(self) -> list[Array]:
        """Return per level the local quaternions (n, 4) of its joints."""
        return [quat_from_matrix(t) for t in self.turns]


def _reach(tail: Array, head: Array, length: Array) -> Array:
    """Return tails put back at their distance from the heads."""
    d = tail - head
    far = np.maximum(np.linalg.norm(d, axis=1), 1e-9)
    return head + d * (length / far)[:, None]
