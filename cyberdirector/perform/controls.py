"""What the layers write and the solver reads: one body over the frames of a segment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cyberdirector.perform._body import Body
from cyberdirector.perform._motion import Array

HAND_CHANNELS = 20
"""15 joint flexions (thumb to little, root to tip) and 5 spreads, radians."""


@dataclass
class Controls:
    """Handles of one body, one row per frame; axis of length 2 is left, right.

    Trunk angles are (yaw, pitch, roll) in radians, signs as in
    :func:`~cyberdirector.core.rotations.quat_from_yaw_pitch_roll`. Arm vectors live in the
    frame of the chest with x mirrored so that +x points away from the body on both sides.

    Attributes
    ----------
    body
        Measures of the body that is moved.
    root
        (n, 3) hips, world metres.
    heading
        (n,) yaw of the whole body in the world.
    hips
        (n, 3) turn of the pelvis relative to the heading.
    spine
        (n, 3) turn of the upper chest relative to the pelvis, shared by the spine bones.
    head
        (n, 3) turn of the head relative to the heading.
    lift
        (n, 2) shoulder lift, radians.
    wrist, pole
        (n, 2, 3) wrist from the shoulder in arm lengths; direction of the elbow.
    twist
        (n, 2) turn of the forearm from the neutral hand, radians about the rest forearm.
    bend
        (n, 2, 2) wrist flexion towards the palm and deviation towards the thumb, radians.
    hand
        (n, 2, 20) finger angles.
    hang
        (n, 2) 1: the arm follows gravity (heading frame), 0: it follows the chest.
    pin
        (n, 2) 1: the wrist goes with the head (a hand at the face), 0: with the chest.
    ankle
        (n, 2, 3) ankle joints, world metres.
    foot
        (n, 2, 3) world yaw and pitch of the foot and pitch of the toes against the foot.
    knee
        (n, 2) outward turn of the knees, radians.
    contacts
        (n, 2) bool, foot planted.
    still
        (n,) 1 where the body stands or sits quietly (idle sway is allowed), 0 in moves.
    """

    body: Body
    root: Array
    heading: Array
    hips: Array
    spine: Array
    head: Array
    lift: Array
    wrist: Array
    pole: Array
    twist: Array
    bend: Array
    hand: Array
    hang: Array
    pin: Array
    ankle: Array
    foot: Array
    knee: Array
    contacts: NDArray[np.bool_]
    still: Array

    @classmethod
    def zeros(cls, n: int, body: Body) -> Controls:
        """Return ``n`` frames of zeros (feet planted, body still)."""
        return cls(
            body=body,
            root=np.zeros((n, 3)),
            heading=np.zeros(n),
            hips=np.zeros((n, 3)),
            spine=np.zeros((n, 3)),
            head=np.zeros((n, 3)),
            lift=np.zeros((n, 2)),
            wrist=np.zeros((n, 2, 3)),
            pole=np.zeros((n, 2, 3)),
            twist=np.zeros((n, 2)),
            bend=np.zeros((n, 2, 2)),
            hand=np.zeros((n, 2, HAND_CHANNELS)),
            hang=np.ones((n, 2)),
            pin=np.zeros((n, 2)),
            ankle=np.zeros((n, 2, 3)),
            foot=np.zeros((n, 2, 3)),
            knee=np.zeros((n, 2)),
            contacts=np.ones((n, 2), np.bool_),
            still=np.ones(n),
        )
