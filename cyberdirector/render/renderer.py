"""Frames of a set with characters: what is uploaded, and the frame graph that draws it."""

from __future__ import annotations

from dataclasses import replace
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.model import Character
from cyberdirector.core.scene import Set
from cyberdirector.render.backdrop import Backdrop
from cyberdirector.render.camera import View
from cyberdirector.render.device import Device
from cyberdirector.render.figure import Figure
from cyberdirector.render.finish import KEPT, FinishPasses, finish_specs
from cyberdirector.render.frame import Frame
from cyberdirector.render.graph import FrameGraph
from cyberdirector.render.lights import BLOBS, POINTS, SHELTERS, lighting_of
from cyberdirector.render.locked import EmptyPicture, empty_key
from cyberdirector.render.profiles import Profile, Quality, profile_of
from cyberdirector.render.remarks import Remark
from cyberdirector.render.scene import FrameState, RenderScene, same_state
from cyberdirector.render.scene_passes import ScenePasses
from cyberdirector.render.shaders import ShaderLibrary
from cyberdirector.render.style import CEL, Style, style_named
from cyberdirector.render.targets import (
    FRINGE_SIZE,
    SET_SHADOW_SIZE,
    TargetPool,
    check_size,
    read_pixels,
    scene_specs,
)
from cyberdirector.render.timers import PassTimer

MOST_SETS, MOST_FIGURES = 3, 12
"""Uploaded things that a renderer keeps for later scenes."""


class Renderer:
    """Draws frames of one scene; use as a context manager or call :meth:`close`.

    Parameters
    ----------
    scene
        What stays the same; :meth:`load` changes it and keeps what is already uploaded.
    size
        (width, height) in pixels.
    quality
        A profile (without its supersampling, which is the work of a
        :class:`~.painter.Painter`); or ``draft`` for that profile, ``final`` for ``cpu``.
    samples
        Samples a pixel (MSAA), 0, 4 or 8; None takes the profile's. No more than the device
        has are taken.
    device
        Where to draw; None opens one. Several renderers of a thread may share a device.
    style
        A style or its name (see :mod:`~.style`).

    Attributes
    ----------
    profile
        How well frames are drawn.
    style
        What the next frame is drawn in.
    graph
        The passes of a frame.
    timer
        Set one to measure each pass (see :class:`~.timers.PassTimer`); None measures nothing.

    Raises
    ------
    AdapterUnavailable
        ``gl-missing`` when there is no OpenGL.
    InputRefused
        ``render-size`` for sizes or samples that cannot be drawn, ``mesh-invalid``,
        ``texture-…`` for content that cannot be drawn; ``style-unknown``.

    Examples
    --------
    >>> with Renderer(RenderScene(place, {"lin": character}), (720, 1280)) as renderer:
    ...     image = renderer.draw(state)  # doctest: +SKIP
    """

    def __init__(
        self,
        scene: RenderScene,
        size: tuple[int, int],
        quality: Quality | Profile = "final",
        samples: int | None = None,
        device: Device | None = None,
        style: Style | str = CEL,
    ) -> None:
        self.profile = profile_of(quality)
        samples = self.profile.samples if samples is None else samples
        check_size(size, samples)
        self.style = style_named(style) if isinstance(style, str) else style
        self.size = size
        self._owns_device = device is None
        self.device = device or Device()
        self.samples = self.device.capabilities.samples_at_most(samples)
        self.device.activate()
        self._context = self.device.context
        shadow = self.profile.shadow_size
        constants = {
            "POINTS": POINTS,
            "BLOBS": BLOBS,
            "SHELTERS": SHELTERS,
            "SHADOW_SIZE": shadow,
            "SET_SHADOW_SIZE": SET_SHADOW_SIZE,
            "FRINGE_SIZE": FRINGE_SIZE,
        }
        self.shaders = ShaderLibrary(self._context, constants)
        self.passes = ScenePasses(self.device, self.shaders, size, self.samples, self.profile)
        self._finish = FinishPasses(
            self._context,
            self.shaders,
            size,
            self.samples,
            self.profile.effects,
            self.passes.tools.noise,
        )
        self.graph: FrameGraph[Frame] = FrameGraph(
            [*self.passes.listed(), *self._finish.listed(), *self.passes.after()],
            scene_specs(size, self.samples, shadow, self.profile.hdr) | finish_specs(size),
            ("plate", "set_key", "output", *KEPT),
            TargetPool(self._context),
        )
        self.timer: PassTimer | None = None
        self._uploaded: dict[int, tuple[object, Any]] = {}
        # Motion on twos shows most pictures twice: the second time nothing is drawn.
        self._held: tuple[FrameState, Style, NDArray[np.uint8]] | None = None
        self.backdrop: Backdrop | None = None
        self.figures: dict[str, Figure] = {}
        self.load(scene)

    def load(self, scene: RenderScene) -> None:
        """Take another scene; sets and characters seen before (same objects) are kept."""
        self.device.activate()
        self.scene = scene
        kept: dict[int, tuple[object, Any]] = {}

        def place(thing: Set | Character) -> Any:
            known = kept.get(id(thing)) or self._uploaded.get(id(thing))
            if known is None:
                known = (thing, self._upload(thing))
            kept[id(thing)] = known
            return known[1]

        self.backdrop = place(scene.set) if scene.set is not None else None
        # A crowd of one character shares its mesh; each has a pose of its own.
        self.figures = {}
        used: set[int] = set()
        for role, character in scene.characters.items():
            figure: Figure = place(character)
            self.figures[role] = figure.twin() if id(character) in used else figure
            used.add(id(character))
        # In use now: newest. What has waited longest goes first.
        waiting = {key: value for key, value in self._uploaded.items() if key not in kept}
        self._uploaded = waiting | kept
        for kind, most in ((Set, MOST_SETS), (Character, MOST_FIGURES)):
            old = [key for key, (thing, _) in waiting.items() if isinstance(thing, kind)]
            here = sum(isinstance(thing, kind) for thing, _ in kept.values())
            for key in old[: max(len(old) + here - most, 0)]:
                del self._uploaded[key]
        self.device.collect()
        self.passes.content(self.backdrop, self.figures)
        self._finish.empty = self._held = None

    def _upload(self, thing: Set | Character) -> Any:
        if isinstance(thing, Set):
            return Backdrop(self._context, thing)
        return Figure(self._context, self.shaders, thing)

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """What was mended in the set and the characters so that they can be drawn."""
        things: list[Backdrop | Figure] = [*self.figures.values()]
        things += [self.backdrop] if self.backdrop else []
        return tuple(remark for thing in things for remark in thing.remarks)

    def draw(self, state: FrameState) -> NDArray[np.uint8]:
        """Return one frame: (height, width, 4) uint8, sRGB, opaque, row 0 on top.

        The picture depends on ``state`` and the scene alone, never on frames before it.

        Raises
        ------
        InputRefused
            ``camera-invalid``, ``role-unknown``.
        RenderFailed
            ``figure-invalid`` for NaN or wrong shapes, ``gl-error`` from the driver.
        """
        return self._read(state, 4)

    def draw_rgb(self, state: FrameState) -> NDArray[np.uint8]:
        """Return one frame as (height, width, 3) uint8, sRGB, row 0 on top."""
        return self._read(state, 3)

    def _read(self, state: FrameState, components: int) -> NDArray[np.uint8]:
        self.device.activate()
        if self.shaders.refresh():
            self.passes.content(self.backdrop, self.figures)  # plates are of the old shaders
            self._finish.empty = self._held = None
        if self._held is not None:
            before, style, picture = self._held
            if (
                picture.shape[2] == components
                and style == self.style
                and same_state(before, state)
            ):
                return picture
        output = self.graph.kept("output")
        output.use()  # transform feedback too needs a complete target
        frame = Frame(
            state, View(state.camera, self.size), lighting_of(state.light), style=self.style
        )
        self.passes.begin(frame)
        frame.empty = self._empty(frame)
        self.graph.run(frame, ("output",), self.timer)
        self.device.check_error("frame")
        if frame.empty and frame.left is not None:
            picture = frame.empty.filled(output, frame.left, components)
        else:
            picture = read_pixels(output, components)
        self.device.check_error("read")
        self._held = (state, self.style, picture)
        return picture

    def _empty(self, frame: Frame) -> EmptyPicture | None:
        """Return the finished picture of a locked shot without its figures.

        Software rasterizers only: a real GPU finishes a picture faster than it is asked
        what changed.
        """
        if not (self.device.software and frame.locked):
            return None
        if frame.state.light.weather or not self._finish.settles(frame):
            return None
        known = self._finish.empty
        if known is None or known.key != empty_key(frame):
            alone = replace(
                frame, state=replace(frame.state, figures={}), keeps=True, targets={}
            )
            self.graph.run(alone, ("empty_bright",), self.timer)
        return self._finish.empty

    def close(self) -> None:
        """Free everything on the device (the device too if this renderer opened it)."""
        self._uploaded.clear()
        self.figures.clear()
        self.backdrop = None
        if self._owns_device:
            self.device.close()
            return
        self.device.activate()
        del self.graph, self.passes, self._finish, self.shaders
        self.device.collect()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
