"""Ways of walking and running from a few dials."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cyberdirector.core.rotations import Array
from cyberdirector.motion.moves.channels import COLUMNS


@dataclass(frozen=True)
class Gait:
    """Dials of a way of walking; lengths in leg lengths, angles in degrees.

    Attributes
    ----------
    step
        Length of one step; negative goes backwards.
    tempo
        Steps a second.
    duty
        Share of a cycle in which a foot bears: above 0.5 walking, below running.
    crouch, bounce
        How far the hips are lowered, and how far they move up and down.
    sway, roll, swing
        Sideways way of the hips, their roll, and their yaw with the steps.
    twist
        Counter-yaw of the shoulders.
    lift
        How high a swinging foot comes.
    lean
        Pitch of the trunk.
    arms
        How far the wrists swing, arm lengths.
    width, toe_out
        Distance of each foot from the middle (leg lengths) and its outward turn.
    heel
        How far the heel lifts at the end of a step.
    """

    step: float = 0.75
    tempo: float = 1.9
    duty: float = 0.62
    crouch: float = 0.012
    bounce: float = 0.014
    sway: float = 0.02
    roll: float = 2.5
    swing: float = 5.0
    twist: float = 7.0
    lift: float = 0.06
    lean: float = 2.0
    arms: float = 0.3
    width: float = 0.09
    toe_out: float = 6.0
    heel: float = 38.0


def _smooth(u: Array) -> Array:
    u = np.clip(u, 0.0, 1.0)
    return np.asarray(u**3 * (10.0 - 15.0 * u + 6.0 * u * u))


def cycle_seconds(gait: Gait) -> float:
    """Return the length of one cycle (two steps) in seconds."""
    return 2.0 / gait.tempo


def gait_poses(gait: Gait, base: Array, t: Array) -> Array:
    """Return poses (n, WIDTH) of walking along +Z.

    Parameters
    ----------
    base
        (WIDTH,) pose of arms, trunk and head that the steps move.
    t
        (n,) seconds; whole cycles of :func:`cycle_seconds` repeat but for the way.
    """
    out = np.tile(base, (len(t), 1))
    cycle = cycle_seconds(gait)
    speed = gait.step * gait.tempo
    phase = t / cycle
    for side, name in enumerate(("left", "right")):
        _foot(out[:, COLUMNS[f"{name}.foot"]], gait, side, phase, speed * cycle)
    beat = 2.0 * np.pi * phase
    # The hips are lowest while both feet bear and highest over the standing leg; in running
    # they are highest in flight.
    middle = 2.0 * (beat - np.pi * gait.duty)
    rise = gait.bounce * np.cos(middle) * (1.0 if gait.duty > 0.5 else -1.0)
    hips = out[:, COLUMNS["hips"]]
    left = np.cos(beat - np.pi * gait.duty)
    hips[:, 0] += gait.sway * left
    hips[:, 1] += rise - gait.crouch
    hips[:, 2] += speed * t
    turn, spine = out[:, COLUMNS["turn"]], out[:, COLUMNS["spine"]]
    ahead = np.cos(beat)  # the left foot lands in front at phase 0
    radians = np.pi / 180.0
    direction = 1.0 if gait.step >= 0.0 else -1.0
    turn[:, 0] += -radians * gait.swing * ahead * direction
    turn[:, 1] += radians * 0.4 * gait.lean
    turn[:, 2] += -radians * gait.roll * left
    spine[:, 0] += radians * (gait.swing + gait.twist) * ahead * direction
    spine[:, 1] += radians * 0.6 * gait.lean
    spine[:, 2] += radians * gait.roll * left
    out[:, COLUMNS["head"]][:, 0] -= radians * gait.twist * ahead * direction
    for name, sign in (("left", -1.0), ("right", 1.0)):
        wrist = out[:, COLUMNS[f"{name}.wrist"]]
        way = sign * gait.arms * ahead * direction
        wrist[:, 2] += way
        wrist[:, 1] += 0.35 * way**2 + 0.10 * np.maximum(way, 0.0)
        wrist[:, 0] -= 0.25 * np.maximum(way, 0.0)
    return out


def _foot(foot: Array, gait: Gait, side: int, phase: Array, way: float) -> None:
    """Write one foot (n, 5) of a gait; ``way`` is the length of a cycle."""
    sign = 1.0 if side == 0 else -1.0
    own = phase + 0.5 * side
    step, u = np.floor(own), own - np.floor(own)
    duty = gait.duty
    # The foot stands under the hips in the middle of its time on the ground.
    stand = way * (step - 0.5 * side + 0.5 * duty)
    swing = np.clip((u - duty) / (1.0 - duty), 0.0, 1.0)
    size = min(1.0, abs(gait.step) / 0.7)
    foot[:, 0] = sign * gait.width
    # Who runs snatches the foot up at once, else the hips run away from it.
    runs = float(np.clip((0.5 - duty) / 0.12, 0.0, 1.0))
    ahead = runs * (3.0 - 2.0 * swing) * swing**2 + (1.0 - runs) * _smooth(swing)
    foot[:, 1] = stand + way * ahead
    foot[:, 2] = sign * np.radians(gait.toe_out)
    early, late = 0.62 - 0.12 * runs, 0.65 + 0.2 * runs
    off = _smooth((u - early * duty) / ((1.0 - early) * duty)) * (1.0 - _smooth(swing / late))
    strike = _smooth((swing - 0.55) / 0.45) * (u >= duty)
    land = (1.0 - _smooth(u / (0.16 * duty))) * (u < duty)
    toes_up = np.radians(16.0) * size * (1.0 if gait.duty > 0.5 else 0.3)
    forward = gait.step >= 0.0
    foot[:, 3] = np.radians(gait.heel) * size * off * (1.0 if forward else 0.3)
    foot[:, 3] -= toes_up * (strike + land) * (1.0 if forward else -0.6)
    foot[:, 4] = gait.lift * np.sin(np.pi * swing ** (1.0 - 0.25 * runs)) ** 2
