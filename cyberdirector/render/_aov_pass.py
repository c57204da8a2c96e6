"""Draws numbers and geometry of figures and a set with one sample a pixel."""

from __future__ import annotations

import weakref
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyberdirector.render._aov_jobs import CUTOUT, Job
from cyberdirector.render.camera import Matrix, View
from cyberdirector.render.figure import Figure
from cyberdirector.render.lights import BLOBS, POINTS, KeyMaps, frame_block, lighting_of
from cyberdirector.render.mtoon import uv_rows
from cyberdirector.render.scene import FrameState
from cyberdirector.render.shaders import ShaderLibrary
from cyberdirector.render.style import Style

Floats = NDArray[np.float32]

SAMPLES: tuple[tuple[float, float], ...] = (
    (0.0625, -0.1875), (-0.0625, 0.1875), (0.3125, 0.0625), (-0.1875, -0.3125),
    (-0.3125, 0.3125), (-0.4375, -0.0625), (0.1875, 0.4375), (0.4375, -0.4375),
)  # fmt: skip
"""Places in a pixel, from its middle: the standard pattern of Direct3D 11 for 8 samples."""

FRAME_BYTES = 4 * 64 + 13 * 16 + (2 * POINTS + BLOBS) * 16
"""Size of the block of ``shaders/lib/frame.glsl``."""

EVERY_VERTEX = 1e9
"""Pixels for a metre that make a figure take its finest level of detail."""


class AovPass:
    """Draws numbers and geometry of figures and a set, one sample a pixel.

    Parameters
    ----------
    context
        A moderngl context.
    shaders
        Where programs come from.
    size
        (width, height) in pixels.
    """

    def __init__(self, context: Any, shaders: ShaderLibrary, size: tuple[int, int]) -> None:
        self._context, self._shaders, self.size = context, shaders, size
        self._block = context.buffer(reserve=FRAME_BYTES)
        self._depth = context.depth_renderbuffer(size)
        self._numbers = context.framebuffer([context.texture(size, 4)], self._depth)
        self._geometry: Any = None
        self._brush = (1.0, 0.0)
        self._pasts: weakref.WeakKeyDictionary[Figure, Any] = weakref.WeakKeyDictionary()

    def use(self) -> None:
        """Make a complete target current: skinning needs one."""
        self._numbers.use()

    def begin(self, state: FrameState, view: View, style: Style) -> None:
        """Take the camera, the moment and the lines of a frame."""
        light = lighting_of(state.light)
        maps = KeyMaps(np.eye(4), np.eye(4), 0.0)
        moment = (state.time, state.seed)
        data = frame_block(view, state.light, light, self.size, moment, maps, [], 0)
        self._block.write(data)
        self._block.bind_to_uniform_block(0)
        self._brush = (style.outline, style.outline_vary)

    def keep_past(self, figure: Figure) -> None:
        """Remember how a figure stands now as its pose of the frame before."""
        if figure not in self._pasts:
            self._pasts[figure] = self._context.buffer(reserve=figure.skinned.size)
        self._context.copy_buffer(self._pasts[figure], figure.skinned)

    def _state(self) -> None:
        c = self._context
        c.enable_only(c.DEPTH_TEST | c.CULL_FACE)
        c.front_face = "ccw"

    def _run(
        self, jobs: Sequence[Job], stage: str, values: Mapping[str, Any], moved: set[Figure]
    ) -> None:
        """Draw all jobs with the shaders ``aov/<stage>`` and these uniforms."""
        c = self._context
        self._state()
        ready: set[int] = set()
        for job in jobs:
            figure = job.thing if isinstance(job.thing, Figure) else None
            defines: dict[str, float] = {"CUT": job.cut} if job.cut else {}
            flags = {"HULL": job.hull, "MOVED": figure in moved, "MTOON": job.mtoon}
            defines |= {name: 1 for name, on in flags.items() if on}
            program = self._shaders.program(f"aov/{stage}.vert", f"aov/{stage}.frag", defines)
            if program.glo not in ready:
                ready.add(program.glo)
                for name, value in values.items():
                    if name in program:
                        program[name].value = value
            if job.double and not job.hull:
                c.disable(c.CULL_FACE)
            else:
                c.enable(c.CULL_FACE)
                c.cull_face = "front" if job.hull else "back"
            # Where a foot lies on the floor to the bit, the foot is seen.
            c.depth_func = "<" if figure is None else "<="
            self._bind(job, program)
            if "mark" in program:
                low, middle, high = (job.number >> k & 255 for k in (0, 8, 16))
                program["mark"].value = (low / 255, middle / 255, high / 255, 1.0)
            else:
                program["number"].value = job.number
            if "leaf" in program:
                program["leaf"].value = int(figure is None and job.cut == CUTOUT)
            if figure is None:
                array = job.thing.array(program)
            else:
                past = self._pasts[figure] if figure in moved else None
                array = figure.array(program, past=past)
            array.render(vertices=job.count, first=job.first)

    def _bind(self, job: Job, program: Any) -> None:
        """Make the material of a job the current one."""
        table = job.thing.materials
        if not job.mtoon:
            table.bind(job.material)
            return
        table.bind_all(job.material)
        if "uv_rows" in program:
            rows = program["uv_rows"]
            rows.write(uv_rows(table[job.material])[: rows.array_length].tobytes())

    def numbers(
        self, jobs: Sequence[Job], view: View, places: Sequence[tuple[float, float]] = SAMPLES
    ) -> NDArray[np.uint32]:
        """Return which thing each sample hits: (samples, height, width) uint32, 0 nothing.

        ``places`` are offsets from the middle of a pixel, in pixels.
        """
        width, height = self.size
        out = np.zeros((len(places), height, width), np.uint32)
        for k, place in enumerate(places):
            self._numbers.use()
            self._numbers.clear(0.0, 0.0, 0.0, 0.0, depth=1.0)
            to_clip = _shifted(view.matrix, place, self.size)
            values = {"to_clip": _columns(to_clip), "brush": self._brush}
            self._run(jobs, "number", values, set())
            data = self._numbers.read(components=4, alignment=1)
            rows = np.frombuffer(data, np.uint32).reshape(height, width)
            np.bitwise_and(rows[::-1], 0xFFFFFF, out=out[k])
        return out

    def geometry(
        self, jobs: Sequence[Job], view: View, before: View, moved: set[Figure]
    ) -> tuple[Floats, Floats]:
        """Return what lies in the middle of each pixel, nearest first.

        Parameters
        ----------
        jobs, view
            What and from where.
        before
            The camera of the frame before.
        moved
            Figures whose pose of the frame before was kept (:meth:`keep_past`).

        Returns
        -------
        shape
            (height, width, 4) float32: unit normal in world space, metres along the view
            axis; 0 where nothing is.
        motion
            (height, width, 4) float32: pixels right, pixels down since the frame before,
            0, number of the thing.
        """
        if self._geometry is None:
            colors = [self._context.texture(self.size, 4, dtype="f4") for _ in range(2)]
            self._geometry = self._context.framebuffer(colors, self._depth)
        target = self._geometry
        target.use()
        target.clear(0.0, 0.0, 0.0, 0.0, depth=1.0)
        size = self.size
        values = {
            "to_clip": _columns(view.matrix),
            "before_clip": _columns(before.matrix),
            "brush": self._brush,
            "lens_before": (size[1], before.focal_pixels, min(size) / 720.0),
        }
        self._run(jobs, "geometry", values, moved)
        width, height = size
        images = []
        for attachment in range(2):
            data = target.read(components=4, attachment=attachment, dtype="f4", alignment=1)
            images.append(np.frombuffer(data, np.float32).reshape(height, width, 4)[::-1])
        return images[0], images[1]


def _columns(matrix: Matrix) -> tuple[float, ...]:
    return tuple(float(v) for v in matrix.T.ravel())


def _shifted(matrix: Matrix, place: tuple[float, float], size: tuple[int, int]) -> Matrix:
    """Return world → clip with the sample ``place`` pixels off moved to the middle."""
    shift = np.eye(4)
    shift[0, 3], shift[1, 3] = -2.0 * place[0] / size[0], -2.0 * place[1] / size[1]
    return shift @ matrix
