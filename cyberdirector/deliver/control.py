"""Control passes of a shot as videos, one file for each."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.time import Rate
from cyberdirector.deliver.encode import SegmentWriter, check_size

if TYPE_CHECKING:
    from cyberdirector.render.renderer import Renderer
    from cyberdirector.render.scene import FrameState, RenderScene


class ControlWriter:
    """Writes control pictures into one nearly lossless video for each pass.

    The files ``<name>.mp4`` (H.264 High 4:4:4, BT.709) appear when all went well; colours
    come back within 3 of 255 away from borders. Frames are encoded as they come.

    Parameters
    ----------
    folder
        Where to.
    names
        Passes, for example those of :data:`cyberdirector.render.control.CONTROLS`.
    size
        (width, height) in pixels, both even.
    rate
        Frames per second.

    Examples
    --------
    >>> with ControlWriter(folder, ("depth", "pose"), (720, 1280), Rate(24)) as writer:
    ...     writer.write({"depth": depth, "pose": pose})  # doctest: +SKIP
    """

    def __init__(
        self, folder: Path, names: Sequence[str], size: tuple[int, int], rate: Rate
    ) -> None:
        check_size(size)
        self.folder = folder
        self._writers = {
            name: SegmentWriter(folder / f"{name}.mp4", size, rate, "exact") for name in names
        }
        self._open = contextlib.ExitStack()

    @property
    def files(self) -> dict[str, Path]:
        """The file of each pass."""
        return {name: writer.path for name, writer in self._writers.items()}

    def __enter__(self) -> ControlWriter:
        with contextlib.ExitStack() as stack:
            for writer in self._writers.values():
                stack.enter_context(writer)
            self._open = stack.pop_all()
        return self

    def write(self, images: Mapping[str, NDArray[np.uint8]]) -> None:
        """Append one frame: name → (height, width, 3) uint8, row 0 on top."""
        for name, writer in self._writers.items():
            writer.write(images[name])

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._open.__exit__(kind, error, trace)


def write_control(
    folder: Path,
    renderer: Renderer,
    states: Sequence[FrameState],
    scene: RenderScene,
    rate: Rate,
    names: Sequence[str] = (),
) -> dict[str, Path]:
    """Draw the control passes of a shot and write one video for each; return the files.

    Parameters
    ----------
    folder
        Where ``depth.mp4``, ``pose.mp4`` … are written.
    renderer
        With ``scene`` loaded; its size is that of the videos.
    states
        The frames. Only one frame of pictures is in memory at a time.
    scene
        What the renderer shows.
    rate
        Frames per second.
    names
        Some of :data:`cyberdirector.render.control.CONTROLS`; empty for all.

    Raises
    ------
    InputRefused
        ``control-unknown``, ``video-size``, and what the renderer refuses.
    RenderFailed
        ``encode-failed`` when the disk is full.
    """
    from cyberdirector.render.aov import draw_aovs
    from cyberdirector.render.control import (
        CONTROL_AOVS,
        CONTROLS,
        ControlCast,
        check_controls,
        control_frame,
    )

    wanted = tuple(names) or CONTROLS
    check_controls(wanted)
    cast = ControlCast(scene.characters)
    span = cast.depth_range(states, renderer.size)
    with ControlWriter(folder, wanted, renderer.size, rate) as writer:
        for state in states:
            aovs = draw_aovs(renderer, state, names=CONTROL_AOVS)
            picture = renderer.draw_rgb(state) if "edge" in wanted else None
            writer.write(control_frame(aovs, state, cast, span, wanted, picture))
    return writer.files
