"""Control passes: pictures with which a video model can paint our exact staging anew.

They follow the habits of the models that are steered by them (Zhang et al., "Adding
Conditional Control to Text-to-Image Diffusion Models", ICCV 2023): near is white, normals
are colours in camera space, skeletons are those of OpenPose, edges are white on black.
"""

from __future__ import annotations

import colorsys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.errors import InputRefused, Location
from cyberdirector.core.model import Character
from cyberdirector.render.aov import Name
from cyberdirector.render.camera import View
from cyberdirector.render.cryptomatte import identity
from cyberdirector.render.openpose import KeyRig, draw_skeletons, key_rig, project_keys
from cyberdirector.render.scene import FrameState

Floats = NDArray[np.float32]
Image = NDArray[np.uint8]
Control = Literal["depth", "normal", "pose", "mask", "edge"]
CONTROLS: tuple[Control, ...] = get_args(Control)
"""All control passes."""

CONTROL_AOVS: tuple[Name, ...] = ("depth", "normal_camera", "object", "line", "inner")
"""What :func:`control_frame` needs from :func:`~cyberdirector.render.aov.draw_aovs`."""

EMPTY_RANGE = (1.0, 50.0)
"""Near and far in metres for shots without anybody."""

_FLESH = 0.15
"""Metres that bodies reach before their joints."""
_FARTHEST, _FAR_FACTOR = 30.0, 4.0
_BEND, _TURN = 0.006, 0.82
"""Edges: change of slope of 1/depth in its own size; cosine between normals."""
_DRAWN = 60
"""Edges of what is painted on characters: change of luma (0..255) over a pixel."""


class ControlCast:
    """The characters of a shot, prepared once.

    Parameters
    ----------
    cast
        Role → character, as in :class:`~cyberdirector.render.scene.RenderScene`.
    order
        All roles of the film, so that each keeps its mask colour from shot to shot; None
        takes the order of ``cast``.
    """

    def __init__(
        self, cast: Mapping[str, Character], order: Sequence[str] | None = None
    ) -> None:
        self.roles = list(cast)
        everybody = dict.fromkeys([*(order or ()), *cast])
        self._places = {role: i for i, role in enumerate(everybody)}
        self._rigs: dict[str, KeyRig] = {role: key_rig(c) for role, c in cast.items()}

    def color(self, role: str) -> tuple[int, int, int]:
        """Return the colour of a role in masks: hues apart by the golden angle."""
        place = (self._places[role] * 0.618034) % 1.0
        r, g, b = colorsys.hsv_to_rgb(place, 0.85, 1.0)
        return round(255 * r), round(255 * g), round(255 * b)

    def keys(self, state: FrameState, size: tuple[int, int]) -> dict[str, NDArray[np.float64]]:
        """Return the keys of everybody who is visible, see :func:`project_keys`."""
        view = View(state.camera, size)
        return {
            role: project_keys(self._rigs[role], figure, view, size)
            for role, figure in state.figures.items()
            if figure.visible and role in self._rigs
        }

    def depth_range(
        self, states: Iterable[FrameState], size: tuple[int, int], floor: float | None = 0.0
    ) -> tuple[float, float]:
        """Return near and far in metres for all frames of a shot.

        Near is the nearest body in the picture or the nearest floor, far is well behind the
        farthest body.

        Parameters
        ----------
        states
            The frames of the shot; some of them are enough when little moves.
        size
            (width, height) of the pictures.
        floor
            Height of the floor in metres, None for none.
        """
        near, far, ground = np.inf, 0.0, np.inf
        for state in states:
            if floor is not None:
                ground = min(ground, _floor_depth(View(state.camera, size), size, floor))
            for keys in self.keys(state, size).values():
                off = np.abs(keys[:, :2] / np.array(size) - 0.5)
                inside = (keys[:, 3] > 0) & (off < 0.55).all(axis=1)
                if inside.any():
                    near = min(near, float(keys[inside, 2].min()))
                    far = max(far, float(keys[inside, 2].max()))
        if far <= 0.0:
            return min(max(ground, EMPTY_RANGE[0]), 10.0), EMPTY_RANGE[1]
        near = max(float(near) - _FLESH, 0.1)
        # Floor at the feet of the camera would leave no levels for the people.
        return max(min(near, ground), 0.6 * near), max(_FAR_FACTOR * far, _FARTHEST)


def _floor_depth(view: View, size: tuple[int, int], floor: float) -> float:
    """Return metres along the view axis to the nearest floor in the picture."""
    right = np.cross(view.forward, view.up)
    best = np.inf
    for x, y in ((-1, -1), (1, -1), (-1, 1), (1, 1)):
        u, v = x * size[0] / 2.0 / view.focal_pixels, y * size[1] / 2.0 / view.focal_pixels
        fall = float((view.forward + u * right + v * view.up)[1])
        if fall < -1e-6 and view.eye[1] > floor:
            best = min(best, (floor - float(view.eye[1])) / fall)
    return best


def _depth_image(aovs: Mapping[str, Floats], depth_range: tuple[float, float]) -> Image:
    near, far = depth_range
    inverse = 1.0 / np.maximum(aovs["depth"], np.float32(1e-3))
    level = (inverse - 1.0 / far) / (1.0 / near - 1.0 / far)
    return _gray(np.clip(level, 0.0, 1.0))


def _gray(level: NDArray[np.floating]) -> Image:
    """Return (height, width, 3) uint8 of levels 0..1."""
    return np.repeat(np.round(level * 255.0).astype(np.uint8)[..., None], 3, axis=-1)


def _normal_image(aovs: Mapping[str, Floats]) -> Image:
    normal = aovs["normal_camera"]
    # Nothing looks at the camera: the colour of a wall straight ahead.
    empty = np.asarray(~normal.any(axis=-1))
    shown = np.where(empty[..., None], np.array([0, 0, 1], np.float32), normal)
    return np.round((shown * 0.5 + 0.5) * 255.0).astype(np.uint8)


def _mask_image(aovs: Mapping[str, Floats], cast: ControlCast) -> Image:
    out = np.zeros((*aovs["object"].shape[:2], 3), np.uint8)
    for role in cast.roles:
        out[_mostly(aovs, role, 0.5)] = cast.color(role)
    return out


def _mostly(aovs: Mapping[str, Floats], role: str, share: float) -> NDArray[np.bool_]:
    """Return where a role covers more of the pixel than anything else, and ``share``."""
    largest = np.ascontiguousarray(aovs["object"][..., :2])
    return np.asarray(
        (largest[..., 0].view(np.uint32) == identity(role)) & (largest[..., 1] >= share)
    )


def _steps(
    array: NDArray[np.generic], differs: Callable[..., NDArray[np.bool_]]
) -> NDArray[np.bool_]:
    """Return where a pixel differs from the one right of it or below it."""
    out = np.zeros(array.shape[:2], bool)
    out[:, :-1] |= differs(array[:, :-1], array[:, 1:])
    out[:-1] |= differs(array[:-1], array[1:])
    return out


def edges_of(aovs: Mapping[str, Floats]) -> NDArray[np.bool_]:
    """Return where surfaces end or bend, (height, width) bool, from AOVs.

    1/depth is linear over the picture on every plane, so its second difference is zero
    there and large at borders.
    """
    inverse = (1.0 / np.maximum(aovs["depth"], np.float32(1e-3))).astype(np.float32)
    bent = np.zeros(inverse.shape, bool)
    for axis in (0, 1):
        rolled = np.moveaxis(inverse, axis, 0)
        curve = rolled[2:] + rolled[:-2] - 2.0 * rolled[1:-1]
        # The nearer side carries the line.
        np.moveaxis(bent, axis, 0)[1:-1] |= curve < -_BEND * rolled[1:-1]
    normal = aovs["normal_camera"]
    empty = np.equal(normal, 0.0).all(axis=-1)
    turned = _steps(normal, lambda a, b: (a * b).sum(axis=-1) < _TURN)
    things = np.ascontiguousarray(aovs["object"][..., 0]).view(np.uint32)
    other = _steps(things, lambda a, b: a != b)
    return bent | (turned & ~empty) | other


def _drawn_edges(picture: Image, inside: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return edges of a picture (Sobel on luma) where ``inside`` is set and around it.

    Thinned to the crests of the slope, as Canny's detector does (IEEE TPAMI 8, 1986).
    """
    luma = picture[..., :3].astype(np.float32) @ np.array([0.2126, 0.7152, 0.0722], np.float32)
    p = np.pad(luma, 1, mode="edge")
    smooth_y = p[:-2] + 2.0 * p[1:-1] + p[2:]
    smooth_x = p[:, :-2] + 2.0 * p[:, 1:-1] + p[:, 2:]
    dx = (smooth_y[:, 2:] - smooth_y[:, :-2]) / 8.0
    dy = (smooth_x[2:] - smooth_x[:-2]) / 8.0
    slope = np.hypot(dx, dy)
    q = np.pad(slope, 1)
    flat = np.abs(dx) >= np.abs(dy)
    before = np.where(flat, q[1:-1, :-2], q[:-2, 1:-1])
    after = np.where(flat, q[1:-1, 2:], q[2:, 1:-1])
    crest = (slope > before) & (slope >= after)
    return np.asarray(crest & (slope * 2.0 > _DRAWN) & inside)


def _edge_image(aovs: Mapping[str, Floats], cast: ControlCast, picture: Image | None) -> Image:
    level = np.maximum(aovs["line"], edges_of(aovs) | (aovs["inner"] > 0.0))
    if picture is not None:
        people = np.zeros(level.shape, np.bool_)
        for role in cast.roles:
            people |= _mostly(aovs, role, 0.99)
        level = np.maximum(level, _drawn_edges(picture, people))
    return _gray(level)


def _pose_image(aovs: Mapping[str, Floats], state: FrameState, cast: ControlCast) -> Image:
    height, width = aovs["depth"].shape
    things = np.ascontiguousarray(aovs["object"][..., 0]).view(np.uint32)
    people = cast.keys(state, (width, height))
    for role, keys in people.items():
        x, y = np.floor(keys[:, 0]).astype(int), np.floor(keys[:, 1]).astype(int)
        inside = (x >= 0) & (x < width) & (y >= 0) & (y < height)
        x, y = np.clip(x, 0, width - 1), np.clip(y, 0, height - 1)
        # Hidden by somebody or something else; one's own body hides nothing.
        before = aovs["depth"][y, x] < keys[:, 2] - 0.05
        keys[inside & before & (things[y, x] != identity(role)), 3] = 0.0
    order = sorted(people.values(), key=lambda keys: -float(keys[1, 2]))
    return draw_skeletons(order, (width, height))


def check_controls(names: Iterable[str]) -> None:
    """Raise ``control-unknown`` for names that are none of :data:`CONTROLS`."""
    unknown = [name for name in names if name not in CONTROLS]
    if unknown:
        raise InputRefused(
            "control-unknown",
            f"没有名为“{unknown[0]}”的控制画面；可用：{'、'.join(CONTROLS)}。",
            f"There is no control pass named '{unknown[0]}'; choose from "
            f"{', '.join(CONTROLS)}.",
            Location(path=unknown[0]),
        )


def control_frame(
    aovs: Mapping[str, Floats],
    state: FrameState,
    cast: ControlCast,
    depth_range: tuple[float, float],
    names: Sequence[str] = CONTROLS,
    picture: Image | None = None,
) -> dict[str, Image]:
    """Return the control pictures of one frame, each (height, width, 3) uint8.

    Parameters
    ----------
    aovs
        :data:`CONTROL_AOVS` of the frame.
    state
        The frame.
    cast
        The characters of the shot.
    depth_range
        Metres that are white and black in ``depth``, the same for all frames of a shot
        (:meth:`ControlCast.depth_range`).
    names
        Some of :data:`CONTROLS`:

        ``depth``
            Inverse depth, near white, as monocular depth networks give it.
        ``normal``
            n × 0.5 + 0.5 in camera space: red right, green up, blue towards the camera.
        ``pose``
            Skeletons of OpenPose; what others hide is left out.
        ``mask``
            One flat colour for each role on black.
        ``edge``
            Drawn lines and borders of surfaces, white on black.
    picture
        The frame itself, (height, width, 3 or 4) uint8: with it ``edge`` also holds what is
        painted on characters (irises, lips, patterns).

    Raises
    ------
    InputRefused
        ``control-unknown`` for other names.
    """
    check_controls(names)
    made: dict[str, Callable[[], Image]] = {
        "depth": lambda: _depth_image(aovs, depth_range),
        "normal": lambda: _normal_image(aovs),
        "pose": lambda: _pose_image(aovs, state, cast),
        "mask": lambda: _mask_image(aovs, cast),
        "edge": lambda: _edge_image(aovs, cast, picture),
    }
    return {name: made[name]() for name in names}
