"""Where eyes, mouth, joints are: points of a figure from whoever could find them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.errors import InputRefused, Location
from cyberdirector.perceive.net import Point, Square
from cyberdirector.perceive.parts import FACE_POINTS

NINE: tuple[str, ...] = (
    "left_eye_outer", "left_eye_inner", "right_eye_inner", "right_eye_outer", "nose",
    "mouth_left", "mouth_right", "chin", "crown",
)  # fmt: skip
"""What a user points at where nothing is found; left and right are the figure's own,
``crown`` is the top of the head."""

_SURE = 0.22
"""Score of a point below which it is a guess."""


@dataclass(frozen=True)
class Layout:
    """Points of one figure: name → (x, y, score), picture pixels, and who found them."""

    points: dict[str, Point]
    source: str

    def at(self, name: str) -> NDArray[np.float64]:
        """Return the place (2,) of a point."""
        x, y, _ = self.points[name]
        return np.array([x, y])

    def sure(self, *names: str) -> bool:
        """Tell whether all these points are there with a fair score."""
        return all(n in self.points and self.points[n][2] >= _SURE for n in names)

    @property
    def face_score(self) -> float:
        """Mean score of the face points, 0..1."""
        scores = [self.points[n][2] for n in FACE_POINTS if n in self.points]
        return float(np.mean(scores)) if scores else 0.0

    @property
    def head_height(self) -> float:
        """Pixels from chin to crown."""
        return float(np.linalg.norm(self.at("chin") - self.at("crown")))

    @property
    def head_window(self) -> Square:
        """The square around the head with its hair."""
        height = max(self.head_height, 8.0)
        middle = 0.5 * (self.at("chin") + self.at("crown"))
        side = 1.9 * height
        return Square(float(middle[0] - side / 2), float(middle[1] - 0.54 * side), side)

    def moved(self, shift: tuple[float, float]) -> Layout:
        """Return the layout with all points moved by (x, y) pixels."""
        points = {n: (x + shift[0], y + shift[1], s) for n, (x, y, s) in self.points.items()}
        return replace(self, points=points)


def is_face(layout: Layout) -> bool:
    """Tell whether the points lie as a face does: eyes level, mouth under them, chin last.

    The test is loose (a head may lean by 50 degrees); it refuses what no head can be.
    """
    needed = ("left_eye", "right_eye", "chin", "crown")
    if any(n not in layout.points for n in needed):
        return False
    eyes = 0.5 * (layout.at("left_eye") + layout.at("right_eye"))
    apart = layout.at("left_eye") - layout.at("right_eye")
    down = layout.at("chin") - layout.at("crown")
    height = float(np.hypot(*down))
    if height < 6.0:
        return False
    along = float((eyes - layout.at("crown")) @ down) / height**2
    lean = abs(float(apart @ down)) / (height * max(float(np.hypot(*apart)), 1e-6))
    wide = float(np.hypot(*apart)) / height
    return 0.25 < along < 0.85 and lean < 0.77 and 0.06 < wide < 0.75


def read_points(source: Path | str | Mapping[str, Any]) -> Layout:
    """Return the layout of nine points given by the user.

    Parameters
    ----------
    source
        A JSON file or a mapping: name of :data:`NINE` → [x, y] in pixels of the picture.

    Raises
    ------
    InputRefused
        ``points-invalid`` when it is no JSON object of numbers or a point is missing.
    """
    place = Location("" if isinstance(source, Mapping) else str(source))
    try:
        data = (
            dict(source)
            if isinstance(source, Mapping)
            else json.loads(Path(source).read_text(encoding="utf-8"))
        )
        points = {n: (float(data[n][0]), float(data[n][1]), 1.0) for n in NINE}
        finite = all(np.isfinite(p).all() for p in points.values())
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        raise _points_wrong(str(error), place) from error
    if not finite:
        raise _points_wrong("NaN", place)
    for side in ("left", "right"):
        a, b = points[f"{side}_eye_outer"], points[f"{side}_eye_inner"]
        points[f"{side}_eye"] = (0.5 * (a[0] + b[0]), 0.5 * (a[1] + b[1]), 1.0)
    layout = Layout(points, "user")
    if not is_face(layout):
        raise _points_wrong("points do not form a face", place)
    return layout


def _points_wrong(detail: str, place: Location) -> InputRefused:
    names = ", ".join(NINE)
    return InputRefused(
        "points-invalid",
        f"九个点读不懂（{detail[:120]}）；请给出 JSON：{names} 各为 [x, y] 像素坐标，"
        "左右以人物自己为准。",
        f"The nine points cannot be used ({detail[:120]}); give JSON with {names}, each "
        "[x, y] in pixels, left and right as the figure has them.",
        place,
    )


def no_person(file: str) -> InputRefused:
    """Return the error for a picture in which nobody was found."""
    return InputRefused(
        "person-missing",
        "图里没有找到人物。请裁剪到人物，或用 --points 给出九个点（四个眼角、鼻尖、"
        "两个嘴角、下巴、头顶）。",
        "No person was found in the picture. Crop it to the person, or give nine points with "
        "--points (four eye corners, nose tip, two mouth corners, chin, top of the head).",
        Location(file),
    )


def steady(layout: Layout, mask: NDArray[np.bool_]) -> Layout:
    """Return the layout with legs that stand: under the hips, left beside right, ankles just
    above the soles. Points under a skirt are guesses; what cannot be is replaced.

    Parameters
    ----------
    mask
        (h, w) the figure; its lowest row are the soles unless the frame cuts it.
    """
    rows = np.nonzero(mask.any(1))[0]
    if not len(rows):
        return layout
    head, floor = layout.head_height, float(rows[-1])
    hips = 0.5 * (layout.at("left_hip") + layout.at("right_hip"))
    below = floor - hips[1]
    if rows[-1] >= mask.shape[0] - 2 or below < 1.2 * head:
        return layout
    points = dict(layout.points)
    standing = {"knee": hips[1] + 0.47 * below, "ankle": floor - 0.10 * below}
    for joint, y in standing.items():
        names = (f"left_{joint}", f"right_{joint}")
        left, right = (layout.at(n) for n in names)
        apart = float(left[0] - right[0])
        level = abs(left[1] - right[1]) < 0.25 * below
        near = abs(0.5 * (left[1] + right[1]) - y) < 0.16 * below
        if 0.12 * head < apart < 1.6 * head and level and near:
            continue
        for name, sign in zip(names, (1.0, -1.0), strict=True):
            points[name] = (float(hips[0] + sign * 0.30 * head), float(y), 0.25)
    if not 0.1 * head < layout.at("left_hip")[0] - layout.at("right_hip")[0] < 1.5 * head:
        for side, sign in (("left", 1.0), ("right", -1.0)):
            x = float(hips[0] + sign * 0.33 * head)
            points[f"{side}_hip"] = (x, float(hips[1]), 0.25)
    return replace(layout, points=points)


def with_body(layout: Layout, floor: float, heads: float = 6.5) -> Layout:
    """Return the layout with standing body points guessed where they are missing.

    Parameters
    ----------
    floor
        y of the soles (or of the lower edge of a cut picture), pixels.
    heads
        Height of the figure in heads where the picture does not show the feet.
    """
    crown, chin = layout.at("crown"), layout.at("chin")
    head = layout.head_height
    whole = max(floor - crown[1], 2.0 * head)
    whole = min(whole, heads * 1.6 * head)
    x = 0.5 * (crown[0] + chin[0])
    rows = {
        "neck": 0.25 * head, "shoulder": 0.42 * head, "elbow": 0.33 * whole,
        "wrist": 0.47 * whole, "hip": 0.46 * whole, "knee": 0.72 * whole,
        "ankle": 0.95 * whole,
    }  # fmt: skip
    wide = {"shoulder": 0.75, "elbow": 0.95, "wrist": 1.05, "hip": 0.35, "knee": 0.35,
            "ankle": 0.33}  # fmt: skip
    points = dict(layout.points)
    for joint, down in rows.items():
        y = chin[1] + down if joint in ("neck", "shoulder") else crown[1] + down
        if joint == "neck":
            points.setdefault("neck", (float(x), float(y), 0.1))
            continue
        for side, sign in (("left", 1.0), ("right", -1.0)):
            guess = (float(x + sign * wide[joint] * head), float(y), 0.1)
            points.setdefault(f"{side}_{joint}", guess)
    return replace(layout, points=points)
