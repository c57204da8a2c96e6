"""Cut-out pictures of one character: a figure with its coverage, for laying over paper."""

from __future__ import annotations

from dataclasses import replace
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.model import Character
from cyberdirector.core.scene import Camera, LightRig
from cyberdirector.render.device import Device
from cyberdirector.render.painter import Painter
from cyberdirector.render.scene import FigureState, FrameState, RenderScene
from cyberdirector.render.still import head_height

Image = NDArray[np.uint8]

ROLE = "figure"

FRAME = (760, 1400)
"""Pixels of the frame that cut-outs are taken from."""

LIGHT = LightRig(
    "review",
    key_direction=(0.42, 0.62, 0.72),
    key_color=(1.0, 0.975, 0.95),
    ambient=((0.38, 0.39, 0.43), (0.29, 0.27, 0.27)),
    sky=((0.80, 0.80, 0.80), (0.80, 0.80, 0.80)),
)
"""Soft even light from the upper left of the character."""


class Studio:
    """Draws cut-outs of one character; close it, or use it as a context manager.

    Parameters
    ----------
    character
        Who is drawn.
    paper
        Linear colour of what the cut-outs will lie on: the last half pixel of an edge has
        a share of it.
    style, profile
        As for :class:`~cyberdirector.render.api.Stage`.

    Raises
    ------
    AdapterUnavailable
        ``gl-missing`` when there is no OpenGL.
    """

    def __init__(
        self,
        character: Character,
        paper: tuple[float, float, float] = (0.8, 0.8, 0.8),
        style: str = "cel",
        profile: str = "cpu",
    ) -> None:
        self.character = character
        self.light = replace(LIGHT, sky=(paper, paper))
        self._device = Device()
        try:
            scene = RenderScene(None, {ROLE: character})
            self._painter = Painter(scene, FRAME, profile, self._device, style)
        except BaseException:
            self._device.close()
            raise

    def cut(
        self, state: FigureState, camera: Camera, size: tuple[int, int], fine: int = 1
    ) -> Image:
        """Return a cut-out (height, width, 4) uint8, sRGB, straight alpha.

        Parameters
        ----------
        state, camera
            The posed figure, and the view that fills the cut-out.
        size
            (width, height) in pixels, at most :data:`FRAME` times ``fine``.
        fine
            How many drawn pixels each pixel of the cut-out is the mean of, along a side.
        """
        width, height = size[0] * fine, size[1] * fine
        # All cut-outs come from the middle of one frame: a renderer of a new size costs
        # more than the picture.
        tangent = np.tan(0.5 * camera.fov) * FRAME[1] / height
        wide = replace(camera, fov=float(2.0 * np.arctan(tangent)))
        frame = FrameState(wide, self.light, {ROLE: state}, 0.0, 0)
        picture, _ = self._painter.draw(frame)
        alpha = self._painter.draw_aovs(frame, ["alpha"])["alpha"]
        out = np.array(picture, np.float32)
        out[..., 3] = np.clip(alpha.reshape(alpha.shape[:2]), 0.0, 1.0) * 255.0
        left, top = (FRAME[0] - width) // 2, (FRAME[1] - height) // 2
        out = out[top : top + height, left : left + width]
        cells = out.reshape(size[1], fine, size[0], fine, 4)
        share = cells[..., 3:].sum((1, 3))
        colour = (cells[..., :3] * cells[..., 3:]).sum((1, 3)) / np.maximum(share, 1e-6)
        alpha_mean = share / (fine * fine)
        return np.round(np.concatenate([colour, alpha_mean], axis=-1)).astype(np.uint8)

    def close(self) -> None:
        """Free everything on the device."""
        self._painter.close()
        self._device.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def view(
    target: tuple[float, float, float],
    height: float,
    yaw: float = 0.0,
    rise: float = 0.0,
    fov: float = 0.28,
) -> Camera:
    """Return a camera that holds ``height`` metres about ``target`` in its upright.

    Parameters
    ----------
    target
        Middle of the picture, world metres.
    height
        What the picture is high at the target, metres.
    yaw, rise
        Radians about +Y from +Z, and above the horizon.
    fov
        Vertical angle, radians; a long lens keeps proportions.
    """
    distance = 0.5 * height / np.tan(0.5 * fov)
    x, y, z = target
    eye = (
        float(x + distance * np.sin(yaw) * np.cos(rise)),
        float(y + distance * np.sin(rise)),
        float(z + distance * np.cos(yaw) * np.cos(rise)),
    )
    return Camera(eye, target, fov)


def tall(character: Character) -> float:
    """Return the height of the highest vertex in the rest pose, metres."""
    return max(float(part.positions[:, 1].max()) for part in character.parts)


def face_point(character: Character, state: FigureState) -> tuple[float, float, float]:
    """Return the middle of the face of a posed character, world metres."""
    node = character.humanoid.get("head", character.humanoid["hips"])
    rest = character.node_positions()[node]
    lift = head_height(character) - float(rest[1])
    x, y, z, _ = np.asarray(state.head, np.float64) @ [0.0, lift, 0.04, 1.0]
    return (float(x), float(y), float(z))
