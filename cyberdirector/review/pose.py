"""Still poses that show a character: weight on one leg, hands that do something."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from cyberdirector.character import simulate_springs
from cyberdirector.core.face import ARKIT_INDEX, SHAPE_COUNT
from cyberdirector.core.model import Character
from cyberdirector.core.pose import node_matrices
from cyberdirector.core.time import Rate
from cyberdirector.perform import Body, measure_body
from cyberdirector.perform.arms import ArmPose, set_arm
from cyberdirector.perform.controls import Controls
from cyberdirector.perform.solve import solve_pose
from cyberdirector.render.scene import FigureState, pose_figures

Angles = tuple[float, float, float]
"""Yaw, pitch, roll in degrees: + turns to the character's left, looks down, tilts right."""

SETTLE = 1.6
"""Seconds for which hair and cloth fall into a pose."""

_OPEN_ARM = ArmPose((0.23, -0.95, 0.06), (0.45, 0.0, -1.0), (-1.0, 0.0, -0.35), 0.08, hang=0.85)


@dataclass(frozen=True)
class Leg:
    """One foot: place from the middle of the stance in leg lengths, turns in degrees.

    ``at`` is (outward, up, forward) of the ankle over its height in standing; ``yaw`` turns
    the toes outward, ``pitch`` lowers the toes, ``toes`` bends them up against the foot,
    ``knee`` turns the knee outward.
    """

    at: Angles
    yaw: float = 10.0
    pitch: float = 0.0
    toes: float = 0.0
    knee: float = 0.0


@dataclass(frozen=True)
class Pose:
    """A pose in body lengths and degrees, so that it fits every figure.

    ``hips`` is where the pelvis is: (left, up, forward) in leg lengths from standing
    upright over the middle of the feet.
    """

    zh: str
    en: str
    hips_at: Angles = (0.0, 0.0, 0.0)
    hips: Angles = (0.0, 0.0, 0.0)
    spine: Angles = (0.0, 0.0, 0.0)
    head: Angles = (0.0, 0.0, 0.0)
    left: Leg = Leg((0.11, 0.0, 0.0))
    right: Leg = Leg((0.11, 0.0, 0.0))
    left_arm: ArmPose = _OPEN_ARM
    right_arm: ArmPose = _OPEN_ARM
    face: dict[str, float] = field(default_factory=dict)


def both(**weights: float) -> dict[str, float]:
    """Return ARKit weights of shapes that come in pairs."""
    return {f"{name}{side}": w for name, w in weights.items() for side in ("Left", "Right")}


def posed(character: Character, pose: Pose, width: float | None = None) -> FigureState:
    """Return the character in a pose at the origin, facing +Z, hair and cloth at rest.

    Parameters
    ----------
    character
        Who; any humanoid.
    pose
        What; hands that hold something close on it.
    width
        Half-width of the clothes at hip height in metres; hands stay outside it. None
        measures it.
    """
    for hand in character.extras.get("holds") or ():
        arm = f"{hand}_arm"
        pose = replace(pose, **{arm: replace(getattr(pose, arm), hand="grip")})
    body = measure_body(character.rest())
    around = skirt_width(character) if width is None else width
    root, turns = solve_pose(_controls(body, pose), around)
    face = np.zeros((1, SHAPE_COUNT), np.float32)
    for name, weight in pose.face.items():
        face[0, ARKIT_INDEX[name]] = weight
    bones = node_matrices(character, root, turns)
    springs = simulate_springs(character, bones, Rate(24), SETTLE)
    return pose_figures(character, root, turns, face, springs)[0]


def with_face(pose: Pose, face: dict[str, float]) -> Pose:
    """Return the pose with another face."""
    return replace(pose, face=face)


def skirt_width(character: Character) -> float:
    """Return the half-width of body and clothes between hips and wrists, metres (T-pose)."""
    points = character.node_positions()
    hips = points[character.humanoid["hips"]][1]
    band = []
    for part in character.parts:
        y = part.positions[:, 1]
        band.append(np.abs(part.positions[(y < hips) & (y > 0.82 * hips), 0]))
    near = np.concatenate(band)
    near = near[near < 0.45]  # what hangs from the outstretched arms does not count
    return float(np.quantile(near, 0.98)) if len(near) else 0.0


def _controls(body: Body, pose: Pose) -> Controls:
    c = Controls.zeros(1, body)
    leg = body.leg
    upright = body.ankle + leg * 0.9975 - float(body.hip_joint[:, 1].mean())
    back = -float(body.hip_joint[:, 2].mean()) + 0.012 * body.scale
    x, y, z = pose.hips_at
    c.root[:] = (x * leg, upright + y * leg, back + z * leg)
    c.hips[:], c.spine[:], c.head[:] = (
        np.radians(angles) for angles in (pose.hips, pose.spine, pose.head)
    )
    for side, (sign, foot) in enumerate(((1.0, pose.left), (-1.0, pose.right))):
        out, up, forward = foot.at
        c.ankle[:, side] = (sign * out * leg, body.ankle + up * leg, forward * leg)
        c.foot[:, side] = np.radians([sign * foot.yaw, foot.pitch, -foot.toes])
        c.knee[:, side] = np.radians(foot.knee)
    set_arm(c, 0, pose.left_arm)
    set_arm(c, 1, pose.right_arm)
    return c
