"""Quiet postures: standing, sitting, kneeling; where pelvis, feet and arms are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cyberdirector.core.skeleton import BONE_INDEX
from cyberdirector.perform._body import Body
from cyberdirector.perform._motion import Array
from cyberdirector.perform.arms import ArmPose, set_arm
from cyberdirector.perform.controls import Controls
from cyberdirector.perform.score import Actor, Placement

STANDING, SITTING, KNEELING = "standing", "sitting", "kneeling"

FLOOR_SEAT = 0.22
"""Seats lower than this (metres) are cushions on the floor: the actor kneels on the heels."""

_THIGH = 0.138
"""Height of a hand that lies on the clothed thigh over the hip joint, metres for an adult."""

_SHOULDER = BONE_INDEX["leftUpperArm"]

_SOFT_KNEE = 0.9975
"""Leg extension in quiet standing; 1 would lock the knee (0.9975 bends it by 8 degrees)."""


@dataclass(frozen=True)
class Posture:
    """A held posture in the frame of a placement (+z forward), metres and radians.

    Attributes
    ----------
    hips
        Pelvis from the placement's point on the floor.
    lean
        (pelvis pitch, spine pitch).
    ankles
        (2, 3) ankle joints from the placement's point.
    feet
        (2, 3) yaw and pitch of each foot, pitch of the toes.
    knees
        Outward turn of the knees.
    planted
        Whether the feet bear on the floor.
    """

    hips: tuple[float, float, float]
    lean: tuple[float, float]
    ankles: Array
    feet: Array
    knees: float = 0.0
    planted: bool = True


def style(actor: Actor, name: str, default: float = 0.5) -> float:
    """Return one dial of an actor."""
    return float(actor.style.get(name, default))


def is_woman(actor: Actor) -> bool:
    """Tell whether the ``sex`` dial says so."""
    return style(actor, "sex", 0.0) >= 0.5


def is_elder(actor: Actor) -> bool:
    """Tell whether the actor is 60 or more."""
    return style(actor, "age", 25.0) >= 60.0


def feet_apart(body: Body, actor: Actor) -> float:
    """Return the distance between the ankles in quiet standing, metres."""
    given = style(actor, "feet_apart", 0.0)
    wide = 0.17 if is_woman(actor) else 0.25
    return given or wide * body.scale


def _feet(yaw: float) -> Array:
    return np.array([[yaw, 0.0, 0.0], [-yaw, 0.0, 0.0]])


def standing(body: Body, actor: Actor) -> Posture:
    """Return quiet standing on both feet."""
    half = feet_apart(body, actor) / 2
    turn = np.radians(7.0 if is_woman(actor) else 11.0)
    ankles = np.array([[half, body.ankle, 0.0], [-half, body.ankle, 0.0]])
    aside = abs(half - float(np.abs(body.hip_joint[:, 0]).mean()))
    length = body.leg * _SOFT_KNEE
    down = float(body.hip_joint[:, 1].mean())
    height = body.ankle + float(np.sqrt(max(length**2 - aside**2, 0.01))) - down
    lean = (np.radians(1.0), np.radians(9.0 if is_elder(actor) else 1.0))
    # The ankle lies under the hip joint, the weight a little in front of it.
    z = -float(body.hip_joint[:, 2].mean()) + 0.012 * body.scale
    return Posture((0.0, height, z), lean, ankles, _feet(turn))


def seat_reach(body: Body, seat_height: float) -> float:
    """Return how far in front of the seat's middle the ankles of a sitter are, metres."""
    rise = _seat_pelvis(body, seat_height) + float(body.hip_joint[:, 1].mean())
    knee = body.ankle + float(body.shin.mean()) * 0.985
    thigh = float(body.thigh.mean())
    flat = np.sqrt(max(thigh**2 - (rise - knee) ** 2, (0.6 * thigh) ** 2))
    return float(flat) - 0.01 * body.scale


def _seat_pelvis(body: Body, seat_height: float) -> float:
    return seat_height + 0.105 * body.scale


def sitting(body: Body, actor: Actor, seat_height: float) -> Posture:
    """Return quiet sitting on a seat of the given height (metres)."""
    if seat_height < FLOOR_SEAT:
        return heel_sitting(body, actor, seat_height)
    half = (0.09 if is_woman(actor) else 0.15) * body.scale
    reach = seat_reach(body, seat_height)
    ankles = np.array([[half, body.ankle, reach], [-half, body.ankle, reach]])
    hips = (0.0, _seat_pelvis(body, seat_height), 0.0)
    turn = np.radians(3.0 if is_woman(actor) else 10.0)
    lean = (np.radians(-8.0), np.radians(9.0))
    return Posture(hips, lean, ankles, _feet(turn), knees=turn * 0.5)


def kneeling(body: Body, actor: Actor) -> Posture:
    """Return kneeling upright on both knees."""
    half = (0.08 if is_woman(actor) else 0.11) * body.scale
    thigh, shin = float(body.thigh.mean()), float(body.shin.mean())
    knee = 0.055 * body.scale
    height = knee + thigh * 0.985 - float(body.hip_joint[:, 1].mean())
    toe = 0.065 * body.scale
    ankles = np.array([[half, toe, 0.02 - shin * 0.99], [-half, toe, 0.02 - shin * 0.99]])
    feet = np.array([[0.0, np.radians(150.0), 0.0]] * 2)
    return Posture((0.0, height, -0.02), (0.0, np.radians(2.0)), ankles, feet, planted=False)


def heel_sitting(body: Body, actor: Actor, seat_height: float) -> Posture:
    """Return sitting on the heels on the floor or a cushion (跪坐)."""
    half = (0.07 if is_woman(actor) else 0.11) * body.scale
    thigh = float(body.thigh.mean())
    y = seat_height * 0.6
    hips = (0.0, y + 0.26 * body.scale, -0.02)
    back = -0.06 * body.scale
    ankles = np.array(
        [[half, y + 0.08 * body.scale, back], [-half, y + 0.08 * body.scale, back]]
    )
    ankles[:, 2] = thigh * 0.9 - float(body.shin.mean()) * 0.99
    feet = np.array([[0.0, np.radians(150.0), 0.0]] * 2)
    return Posture(hips, (np.radians(-4.0), np.radians(5.0)), ankles, feet, planted=False)


def posture(body: Body, actor: Actor, stance: str, place: Placement) -> Posture:
    """Return the quiet posture of a stance at a placement."""
    if stance == SITTING:
        return sitting(body, actor, place.seat_height or 0.45)
    if stance == KNEELING:
        return kneeling(body, actor)
    return standing(body, actor)


def to_world(place: Placement, points: Array) -> Array:
    """Return placement-frame points (..., 3) in world metres."""
    cos, sin = np.cos(place.yaw), np.sin(place.yaw)
    x, y, z = points[..., 0], points[..., 1], points[..., 2]
    out = np.stack([cos * x + sin * z, y, cos * z - sin * x], axis=-1)
    return np.asarray(out + np.array(place.position))


def hold(c: Controls, frames: slice, place: Placement, p: Posture) -> None:
    """Write a posture into ``frames`` of the controls (arms are left alone)."""
    c.root[frames] = to_world(place, np.array(p.hips))
    c.heading[frames] = place.yaw
    c.hips[frames] = (0.0, p.lean[0], 0.0)
    c.spine[frames] = (0.0, p.lean[1], 0.0)
    c.ankle[frames] = to_world(place, p.ankles)
    c.foot[frames] = p.feet + np.array([place.yaw, 0.0, 0.0])
    c.knee[frames] = p.knees
    c.contacts[frames] = p.planted


def _lap(body: Body, actor: Actor) -> ArmPose:
    """Return a hand laid flat on the thigh of a sitter."""
    shoulder = float(body.points[_SHOULDER, 1] - body.points[0, 1])
    top = float(body.hip_joint[:, 1].mean()) + _THIGH * body.scale
    down = float(np.clip((shoulder - top) / body.arm, 0.4, 0.86))
    ahead = 0.94 * float(np.sqrt(max(0.93 - down * down, 0.1)))
    inward = -0.16 if is_woman(actor) else -0.02
    return ArmPose(
        (inward, -down, ahead), (0.75, -0.4, -0.7), (-0.2, -1.0, 0.1),
        np.radians(-24.0), hand="relaxed", hang=0.9,
    )  # fmt: skip


def arm_rest(body: Body, actor: Actor, stance: str) -> ArmPose:
    """Return how the arms rest in a stance (the same for both sides)."""
    skirt = style(actor, "skirt", 0.0)
    shoulder = float(np.abs(body.shoulder_joint[:, 0]).mean())
    clear = max(0.0, skirt + 0.05 - shoulder) / body.arm
    if stance == SITTING:
        return _lap(body, actor)
    out = max(0.205, clear)
    if stance == KNEELING:
        return ArmPose((out - 0.05, -0.9, 0.26), hang=0.7, palm=(-1.0, -0.3, -0.2))
    out += 0.02 * (style(actor, "openness") - 0.5)
    return ArmPose(
        (out, -0.955, 0.10), (0.45, 0.0, -1.0), (-1.0, 0.0, -0.35), np.radians(4.0), hang=0.8
    )


def folded_hands(body: Body, actor: Actor) -> tuple[ArmPose, ArmPose]:
    """Return hands folded before the belly, left over right, mirrored frames."""
    half = float(np.abs(body.shoulder_joint[:, 0]).mean()) / body.arm
    depth = max(0.33, (style(actor, "skirt", 0.0) * 0.75 + 0.06) / body.arm)
    left = ArmPose(
        (-half + 0.17, -0.67, depth + 0.05), (0.7, -0.4, -0.7), (-0.35, -0.3, -1.0),
        np.radians(12.0), hand="soft", hang=0.3,
    )  # fmt: skip
    right = ArmPose(
        (-half + 0.17, -0.70, depth), (0.7, -0.4, -0.7), (-0.35, -0.3, -1.0),
        np.radians(12.0), hand="soft", hang=0.3,
    )  # fmt: skip
    return left, right


def hands_behind(body: Body) -> ArmPose:
    """Return hands held behind the back (the elder's stance)."""
    half = float(np.abs(body.shoulder_joint[:, 0]).mean()) / body.arm
    return ArmPose(
        (-half + 0.1, -0.83, -0.3), (0.9, -0.2, -0.6), (-0.1, 0.1, -1.0),
        np.radians(10.0), hand="relaxed", hang=0.4,
    )  # fmt: skip


def habitual_arms(body: Body, actor: Actor, stance: str) -> tuple[ArmPose, ArmPose]:
    """Return how this actor's left and right arm rest in a stance."""
    habit = actor.seed % 4
    if stance == STANDING and is_elder(actor) and not is_woman(actor) and habit == 0:
        behind = hands_behind(body)
        return behind, behind
    if stance == STANDING and (is_elder(actor) or (is_woman(actor) and habit < 2)):
        return folded_hands(body, actor)
    rest = arm_rest(body, actor, stance)
    return rest, rest


def rest_arms(c: Controls, body: Body, actor: Actor, stance: str) -> None:
    """Put both arms of all frames into the actor's habitual rest."""
    for side, pose in enumerate(habitual_arms(body, actor, stance)):
        set_arm(c, side, pose)
