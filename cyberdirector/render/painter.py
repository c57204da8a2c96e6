"""A renderer with a profile: the right size, remarks, data layers."""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from cyberdirector.render.device import Device
from cyberdirector.render.profiles import AUTO, Profile, choose_profile
from cyberdirector.render.remarks import Remark, Watch
from cyberdirector.render.renderer import Renderer
from cyberdirector.render.scene import FrameState, RenderScene
from cyberdirector.render.style import CEL, Style, style_named
from cyberdirector.render.supersample import halve
from cyberdirector.render.timers import PassTimer


class Painter:
    """Draws frames of a scene as a profile asks.

    Parameters
    ----------
    scene, size, device
        As for :class:`~cyberdirector.render.renderer.Renderer`; ``size`` is that of the
        finished picture.
    profile
        A profile, its name, or ``auto``.
    style
        A style or its name; assign :attr:`style` to change it.
    """

    def __init__(
        self,
        scene: RenderScene,
        size: tuple[int, int],
        profile: str | Profile = AUTO,
        device: Device | None = None,
        style: Style | str = CEL,
    ) -> None:
        self._owns_device = device is None
        self.device = device or Device()
        try:
            self.profile = choose_profile(self.device, profile)
            self.size = size
            self._style = style_named(style) if isinstance(style, str) else style
            self._scene = scene
            self._watch = Watch(scene.characters)
            self._plain: Renderer | None = None
            self.renderer = self._open(self.profile.supersampling)
        except BaseException:
            self._close_device()
            raise

    def _open(self, factor: int) -> Renderer:
        width, height = self.size
        return Renderer(
            self._scene,
            (width * factor, height * factor),
            self.profile,
            device=self.device,
            style=self._style,
        )

    @property
    def style(self) -> Style:
        """What the next frame is drawn in."""
        return self._style

    @style.setter
    def style(self, style: Style | str) -> None:
        self._style = style_named(style) if isinstance(style, str) else style
        self.renderer.style = self._style

    def load(self, scene: RenderScene) -> None:
        """Take another scene; what is uploaded already is kept."""
        self._scene = scene
        self._watch = Watch(scene.characters)
        self.renderer.load(scene)
        if self._plain is not None:
            self._plain.load(scene)

    def draw(self, state: FrameState) -> tuple[NDArray[np.uint8], tuple[Remark, ...]]:
        """Return one frame, (height, width, 4) uint8 sRGB, and what there is to say of it."""
        settled, remarks = self._watch.settle(state)
        image = self.renderer.draw(settled)
        return self._finished(image), (*self.renderer.remarks, *remarks)

    def draw_rgb(self, state: FrameState) -> tuple[NDArray[np.uint8], tuple[Remark, ...]]:
        """Return one frame, (height, width, 3) uint8 sRGB, and what there is to say of it."""
        settled, remarks = self._watch.settle(state)
        image = self.renderer.draw_rgb(settled)
        return self._finished(image), (*self.renderer.remarks, *remarks)

    def _finished(self, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        return halve(image) if self.profile.supersampling == 2 else image

    def draw_aovs(
        self, state: FrameState, names: Sequence[str], previous: FrameState | None = None
    ) -> dict[str, NDArray[np.float32]]:
        """Return data layers by name at the size of the picture; see :mod:`~.aov`."""
        from cyberdirector.render.aov import draw_aovs

        settled, _ = self._watch.settle(state)
        return draw_aovs(self._exact(), settled, previous, names)

    def _exact(self) -> Renderer:
        """Return a renderer at the size of the picture."""
        if self.profile.supersampling == 1:
            return self.renderer
        self._plain = self._plain or self._open(1)
        return self._plain

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def time_passes(self, states: Sequence[FrameState]) -> dict[str, tuple[float, float]]:
        """Draw frames and return (wall, processor) milliseconds per frame of each pass.

        The first two frames warm caches up and are not counted.
        """
        timer = PassTimer(self.device)
        for i, state in enumerate(states):
            self.renderer.timer = timer if i >= 2 else None
            self.draw_rgb(state)
            if i >= 2:
                timer.next_frame()
        self.renderer.timer = None
        return timer.report()

    def close(self) -> None:
        """Free everything on the device."""
        self.renderer.close()
        if self._plain is not None:
            self._plain.close()
        self._close_device()

    def _close_device(self) -> None:
        if self._owns_device:
            self.device.close()
