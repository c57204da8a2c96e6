"""What a frame shows otherwise than asked, and why: no light, a camera inside a head."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cyberdirector.core.errors import InputRefused, Location
from cyberdirector.core.model import Character
from cyberdirector.core.scene import LightRig, Set
from cyberdirector.render.scene import FigureState, FrameState

STUDIO = LightRig(
    "studio",
    key_direction=(0.45, 0.65, 0.65),
    key_color=(1.0, 0.97, 0.94),
    ambient=((0.36, 0.38, 0.43), (0.26, 0.24, 0.24)),
    sky=((0.60, 0.66, 0.74), (0.80, 0.83, 0.87)),
)
"""Even light from the upper left of the character, for places that have none."""

_DARK = 1e-4
"""Linear light below which a frame is black in 8 bits."""


@dataclass(frozen=True)
class Remark:
    """A named warning: ``code``, a sentence in Chinese and English, and what it is about."""

    code: str
    zh: str
    en: str
    where: str = ""

    def as_dict(self) -> dict[str, str]:
        """Return the remark as plain JSON data."""
        return asdict(self)


def place_light(place: Set | None, name: str = "") -> tuple[LightRig, list[Remark]]:
    """Return a light preset of a place by name, or what stands in for it.

    Without a name: ``day``, else the first preset. A place without presets is drawn under
    :data:`STUDIO` light with the remark ``light-none``.

    Raises
    ------
    InputRefused
        ``light-unknown`` for a name that the place does not have.
    """
    lights: Mapping[str, LightRig] = place.lights if place is not None else {}
    if name and name not in lights:
        known = ", ".join(lights) or "-"
        raise InputRefused(
            "light-unknown",
            f"场景没有名为“{name}”的灯光，可选：{known}。",
            f"The set has no light '{name}'; choose one of: {known}.",
            Location(path=name),
        )
    if name or "day" in lights:
        return lights[name or "day"], []
    if lights:
        return next(iter(lights.values())), []
    if place is None:
        return STUDIO, []
    return STUDIO, [
        Remark(
            "light-none",
            f"场景“{place.name}”没有灯光，已用中性光绘制。",
            f"Set '{place.name}' has no light; it is drawn under neutral light.",
            place.name,
        )
    ]


def head_ball(character: Character) -> tuple[NDArray[np.float64], float]:
    """Return centre (3,) in head-node space and radius in metres of a character's head.

    Taken from the vertices that hang on the head for more than half.
    """
    head = character.humanoid.get("head")
    if head is None:
        return np.zeros(3), 0.0
    found = []
    for part in character.parts:
        if part.joints is None or part.weights is None:
            continue
        held = (part.weights * (part.joints == head)).sum(axis=1) > 0.5
        found.append(part.positions[held])
    points = np.concatenate(found) if found else np.zeros((0, 3))
    if not len(points):
        return np.array([0.0, 0.08, 0.0]), 0.1
    # Percentiles: a hairpin or a long plait is no head.
    low, high = np.percentile(points.astype(np.float64), (2.0, 98.0), axis=0)
    center = (low + high) / 2.0 - character.node_positions()[head]
    return center, float(np.median(high - low)) / 2.0


def _check_light(rig: LightRig) -> None:
    groups: list[ArrayLike] = [
        rig.key_direction, rig.key_color, rig.ambient, rig.sky, rig.fog_color,
        rig.fog_density, rig.grade, rig.bloom,
        *((*lamp.position, *lamp.color, lamp.range) for lamp in rig.points),
    ]  # fmt: skip
    numbers = np.concatenate([np.asarray(group, np.float64).ravel() for group in groups])
    if not np.isfinite(numbers).all():
        raise InputRefused(
            "light-invalid",
            f"灯光“{rig.name}”含有非数值，请检查颜色、方向与位置。",
            f"Light '{rig.name}' has numbers that are not finite; look at its colours, "
            "directions and positions.",
            Location(path=rig.name),
        )


def is_dark(rig: LightRig) -> bool:
    """Tell whether a rig gives no light at all."""
    lamps = [np.max(lamp.color) for lamp in rig.points if lamp.range > 0.0]
    level = max(np.max(rig.key_color), np.max(rig.ambient), *lamps, 0.0)
    return float(level) * 2.0 ** rig.grade[0] < _DARK


class Watch:
    """Looks at frame states before they are drawn.

    Parameters
    ----------
    cast
        Role → character.
    """

    def __init__(self, cast: Mapping[str, Character]) -> None:
        self._balls = {role: head_ball(character) for role, character in cast.items()}

    def settle(self, state: FrameState) -> tuple[FrameState, list[Remark]]:
        """Return the state that can be drawn, and what was changed or is worth knowing.

        A figure in whose head the camera stands is left out of the frame: from inside, its
        outline would cover the whole picture.

        Raises
        ------
        InputRefused
            ``light-invalid`` for a rig with NaN.
        """
        _check_light(state.light)
        remarks = []
        if is_dark(state.light):
            remarks.append(
                Remark(
                    "light-dark",
                    f"灯光“{state.light.name}”完全没有亮度，画面会是黑的。",
                    f"Light '{state.light.name}' gives no light at all; the picture is dark.",
                    state.light.name,
                )
            )
        figures = dict(state.figures)
        for role, figure in state.figures.items():
            if figure.visible and self._inside(role, figure, state.camera.eye):
                figures[role] = replace(figure, visible=False)
                remarks.append(
                    Remark(
                        "camera-in-head",
                        f"镜头位于“{role}”的头内，这一帧不画该角色；请把镜头移到头外。",
                        f"The camera stands inside the head of '{role}', who is left out of "
                        "this frame; move the camera out.",
                        role,
                    )
                )
        if not remarks:
            return state, []
        return replace(state, figures=figures), remarks

    def _inside(self, role: str, figure: FigureState, eye: tuple[float, float, float]) -> bool:
        center, radius = self._balls.get(role, (np.zeros(3), 0.0))
        head = np.asarray(figure.head, np.float64)
        at = head[:3, :3] @ center + head[:3, 3]
        return bool(np.sum((np.asarray(eye) - at) ** 2) < radius**2)
