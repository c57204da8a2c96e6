"""Where to put a camera so that a person sits in the frame as a film-maker would want."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.scene import Camera

Point = NDArray[np.float64]


@dataclass(frozen=True)
class Subject:
    """A person as a camera sees one.

    Attributes
    ----------
    role
        Name.
    eyes
        (3,) metres, world space, the middle between the eyes.
    facing
        (3,) unit, horizontal, where the face looks.
    feet
        (3,) metres, the floor under the hips.
    height
        Top of the hair over the floor under the feet, metres, as posed.
    """

    role: str
    eyes: Point
    facing: Point
    feet: Point
    height: float


@dataclass(frozen=True)
class Size:
    """How much of a person a shot shows: least height and width at the person, metres."""

    height: float
    width: float
    eye_line: float
    fov: float


SIZES: dict[str, Size] = {
    # eye_line: share of the frame above the eyes. 9:16 needs width, 16:9 needs height.
    "close": Size(0.50, 0.47, 0.40, math.radians(24)),
    "mcu": Size(0.74, 0.60, 0.36, math.radians(26)),
    "medium": Size(1.12, 0.86, 0.31, math.radians(30)),
    "full": Size(2.15, 1.25, 0.20, math.radians(34)),
}


def rotate_y(v: Point, angle: float) -> Point:
    """Turn a vector about +Y by ``angle`` radians (positive from +Z towards +X)."""
    c, s = math.cos(angle), math.sin(angle)
    return np.array([c * v[0] + s * v[2], v[1], -s * v[0] + c * v[2]])


def _point(v: Point) -> tuple[float, float, float]:
    return round(float(v[0]), 4), round(float(v[1]), 4), round(float(v[2]), 4)


def make_camera(eye: Point, target: Point, fov: float) -> Camera:
    """Return a camera with coordinates rounded to 0.1 mm (stable text in documents)."""
    return Camera(_point(eye), _point(target), round(fov, 5))


def place_camera(
    at: Point,
    direction: Point,
    shown: tuple[float, float],
    fov: float,
    aspect: float,
    ndc: tuple[float, float],
) -> Camera:
    """Return a camera that sees point ``at`` at ``ndc`` and at least ``shown`` metres there.

    Parameters
    ----------
    at
        (3,) metres, world space.
    direction
        (3,) unit, from the point towards the camera.
    shown
        Least height and width in metres that must be visible at the point's distance.
    fov
        Vertical field of view, radians.
    aspect
        Width / height of the picture.
    ndc
        Where the point shall appear: x right, y up, -1..1.
    """
    height = max(shown[0], shown[1] / aspect)
    distance = height / (2.0 * math.tan(fov / 2.0))
    right = np.cross(-direction, (0.0, 1.0, 0.0))
    right /= np.linalg.norm(right)
    up = np.cross(right, -direction)
    aim = at - up * (height / 2.0 * ndc[1]) - right * (height * aspect / 2.0 * ndc[0])
    return make_camera(aim + direction * distance, aim, fov)


def frame_person(
    person: Subject, size: str, side: float, angle: float, lift: float, aspect: float
) -> Camera:
    """Return a camera on one person.

    Parameters
    ----------
    person
        Whom to show.
    size
        A key of :data:`SIZES`.
    side
        +1 or -1: on which side of the face the camera stands (+1: towards the
        person's own left).
    angle
        Radians between the person's facing and the camera, in the floor plane.
    lift
        Radians that the camera is raised (negative: looks up at the person).
    aspect
        Width / height of the picture.
    """
    s = SIZES[size]
    flat = rotate_y(person.facing, side * angle)
    direction = flat * math.cos(lift) + np.array([0.0, math.sin(lift), 0.0])
    # Lead room: the person looks into the wider part of the picture.
    lead = 0.10 if aspect < 1.0 else 0.24
    right = np.cross(-direction, (0.0, 1.0, 0.0))
    looks_right = float(person.facing @ right)
    x = -lead * np.sign(looks_right) * min(1.0, abs(looks_right) * 2.0)
    y = 1.0 - 2.0 * s.eye_line
    at = person.eyes
    shown = (s.height, s.width)
    if size == "full":
        top = person.height + 0.12
        shown = (max(top + 0.15, 1.0), s.width)
    return place_camera(at, direction, shown, s.fov, aspect, (float(x), y))


def frame_pair(
    a: Subject, b: Subject, side_direction: Point, turn: float, lift: float, aspect: float
) -> Camera:
    """Return a camera on two people.

    ``side_direction`` (3,) unit, horizontal, points from their axis to the camera's side;
    ``turn`` radians rakes the view so that a tall picture can hold both.
    """
    flat = rotate_y(side_direction, turn)
    direction = flat * math.cos(lift) + np.array([0.0, math.sin(lift), 0.0])
    right = np.cross(-flat, (0.0, 1.0, 0.0))
    apart = abs(float((b.eyes - a.eyes) @ right))
    deep = abs(float((b.eyes - a.eyes) @ flat)) / 2.0
    middle = (a.eyes + b.eyes) / 2.0
    width = apart + (0.80 if aspect < 1.0 else 1.30)
    fov = math.radians(32)
    height = max(1.25, width / aspect) + deep * 2.0 * math.tan(fov / 2.0)
    eye_line = 0.34 if height < 2.0 else 0.30
    return place_camera(
        middle, direction, (height, width), fov, aspect, (0.0, 1.0 - 2.0 * eye_line)
    )


def frame_over_shoulder(
    speaker: Subject, listener: Subject, side_direction: Point, aspect: float
) -> Camera:
    """Return a camera behind the listener's shoulder that looks at the speaker.

    The listener's head is cut by the edge of the picture; the speaker looks past it.
    ``side_direction`` (3,) unit, horizontal, is the side of their line where the camera is.
    """
    axis = (speaker.eyes - listener.eyes) * (1.0, 0.0, 1.0)
    gap = float(np.linalg.norm(axis))
    axis = axis / max(gap, 1e-6)
    tall = aspect < 1.0
    behind = 0.85 if tall else 0.95
    s = SIZES["mcu"]
    height = max(s.height, s.width * 1.1 / aspect)
    fov = 2.0 * math.atan(height / (2.0 * (gap + behind)))
    half = math.tan(fov / 2.0) * aspect
    # Where the two heads lie in the half picture, from its centre.
    edge, lead = (0.98, 0.24) if tall else (0.90, 0.30)
    shift = _shift(behind, gap, math.atan(edge * half) + math.atan(lead * half))
    eye = listener.eyes - axis * behind + side_direction * shift
    eye[1] = max(listener.eyes[1] + 0.05, speaker.eyes[1] - 0.02)
    to_speaker = (speaker.eyes - eye) * (1.0, 0.0, 1.0)
    to_listener = (listener.eyes - eye) * (1.0, 0.0, 1.0)
    turn = float(to_speaker[2] * to_listener[0] - to_speaker[0] * to_listener[2])
    forward = rotate_y(to_speaker, math.copysign(math.atan(lead * half), turn))
    reach = float(np.linalg.norm(forward))
    rise = float(speaker.eyes[1] - eye[1]) / reach
    pitch = math.atan(rise) - math.atan((1.0 - 2.0 * s.eye_line) * math.tan(fov / 2.0))
    target = eye + forward + np.array([0.0, math.tan(pitch) * reach, 0.0])
    return make_camera(eye, target, fov)


def _shift(behind: float, gap: float, angle: float) -> float:
    """Return how far beside the line of two heads they are seen ``angle`` radians apart.

    The nearer head is ``behind`` metres ahead, the other ``gap`` farther. The angle grows
    up to the geometric mean of both distances; beyond it there is no better place.
    """
    low, high = 0.0, math.sqrt(behind * (behind + gap))
    for _ in range(40):
        middle = (low + high) / 2.0
        seen = math.atan(middle / behind) - math.atan(middle / (behind + gap))
        low, high = (middle, high) if seen < angle else (low, middle)
    return high
