"""Single passes: which state, which triangles, in which order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyberdirector.render._programs import Programs
from cyberdirector.render.backdrop import Backdrop
from cyberdirector.render.camera import View
from cyberdirector.render.figure import Figure
from cyberdirector.render.geometry import THROUGH_HAIR, Draw
from cyberdirector.render.lights import BLOBS, POINTS
from cyberdirector.render.mtoon import blended_queue, use_material
from cyberdirector.render.receivers import Run
from cyberdirector.render.shaders import UNIT
from cyberdirector.render.style import outline_defines
from cyberdirector.render.tiles import Rect, merge_rects
from cyberdirector.render.weather import Drift, Over, particle_count, set_over, set_weather

_DRAW_PIXELS, _TRIANGLE_PIXELS = 3000, 10
"""Pixels of shadow on the set that cost as much as one call, and as one triangle in it."""

_FIGURES_LAST = 100
"""Queue of the transparent parts of figures: after all of the set."""


class Tools(Programs):
    """The passes of a renderer that draw triangles."""

    # Shadow maps ------------------------------------------------------------------------

    def _depth_program(self, matrix: NDArray[np.float64], name: str = "depth") -> Any:
        program = self._shaders.program(f"pass/{name}.vert", f"pass/{name}.frag")
        program["to_map"].write(matrix.T.astype(np.float32).tobytes())
        return program

    def draw_depth(self, figures: list[Figure], matrix: NDArray[np.float64]) -> None:
        """Draw all opaque triangles of figures into the bound shadow map."""
        self._state(cull=False)
        program = self._depth_program(matrix)
        self._context.polygon_offset = (1.5, 2.0)
        for figure in figures:
            level = figure.shadow_level
            array = figure.array(program, level.indices)
            for first, count, double in level.solid_runs:
                self._cull(not double)
                array.render(vertices=count, first=first)
            if level.holed:
                self._draw_holes(figure, matrix)
        self._context.polygon_offset = (0.0, 0.0)

    def _draw_holes(self, figure: Figure, matrix: NDArray[np.float64]) -> None:
        """Draw the triangles with holes of a figure into the bound shadow map."""
        level = figure.shadow_level
        program = self._depth_program(matrix, "holes")
        for draw in level.holed:
            figure.materials.bind(draw.material)
            self._cull(not figure.materials[draw.material].double_sided)
            figure.array(program, level.indices).render(vertices=draw.count, first=draw.first)

    def draw_hair_depth(self, figure: Figure, matrix: NDArray[np.float64]) -> bool:
        """Draw the hair of a figure into the bound map; return whether it has any."""
        self._state()
        program = self._depth_program(matrix)
        runs = [d for d in figure.level.shape.draws if d.family == "hair" and d.count]
        for draw in runs:
            self._cull(not figure.materials[draw.material].double_sided)
            figure.array(program).render(vertices=draw.count, first=draw.first)
        return bool(runs)

    def draw_set_depth(self, backdrop: Backdrop, matrix: NDArray[np.float64]) -> None:
        """Draw the casters of the set into the bound map."""
        self._state(cull=False)
        program = self._depth_program(matrix)
        self._context.polygon_offset = (2.0, 4.0)
        backdrop.draw_casters(program)
        self._context.polygon_offset = (0.0, 0.0)

    # Opaque -----------------------------------------------------------------------------

    def draw_figures(self, figures: list[Figure], view: View) -> None:
        """Draw opaque surfaces, outlines, then brows and lashes through the hair."""
        for figure in figures:
            figure.bind()
            figure.materials.read_small(figure.far)
            self._state()
            draws = figure.draws_inside(view)
            for index, draw in draws:
                if not draw.blended:
                    with self._soft_edges(draw):
                        program = self._paint(figure, index, draw)
                        figure.draw_seen(program, "surface", index, draw)
            self._outlines(figure, draws)
            self._through_hair(figure, draws)

    def _id_program(self, view: View, first: int) -> Any:
        program = self._shaders.program("pass/id.vert", "pass/id.frag")
        program["first_id"].value = first
        program["to_map"].write(view.matrix.T.astype(np.float32).tobytes())
        return program

    def draw_ids(self, figure: Figure, view: View, first: int) -> None:
        """Draw the numbers of the vertices of a figure, counted from ``first``."""
        self._state()
        program = self._id_program(view, first)
        array = figure.array(program)
        for _, draw in figure.draws_inside(view):
            if not (draw.blended or draw.cutout):
                self._cull(not figure.materials[draw.material].double_sided)
                array.render(vertices=draw.count, first=draw.first)

    def _outlines(self, figure: Figure, draws: list[tuple[int, Draw]]) -> None:
        self._state()
        self._context.cull_face = "front"
        for index, draw in draws:
            if draw.outlined and not draw.blended:
                figure.draw_seen(self._outline(figure, draw), "outline", index, draw)

    def _outline(self, figure: Figure, draw: Draw) -> Any:
        """Bind the material of a draw of a figure and return the program of its outline."""
        table = figure.materials
        if draw.family == "mtoon":
            return use_material(
                self._shaders,
                table,
                draw.material,
                self.lamps,
                outline=True,
                style=self.style,
            )
        table.bind(draw.material)
        return self._shaders.program(
            "pass/outline.vert", "pass/outline.frag", outline_defines(self.style)
        )

    def _through_hair(self, figure: Figure, draws: list[tuple[int, Draw]]) -> None:
        """Blend brows, lashes and eyes over the hair just before them.

        The alpha channel of the picture is 1 but on hair, so the blend factors leave
        everything else alone.
        """
        c = self._context
        self._state(blend=True)
        c.blend_func = c.ONE_MINUS_DST_ALPHA, c.DST_ALPHA, c.ZERO, c.ONE
        for index, draw in draws:
            if draw.role in THROUGH_HAIR and draw.family == "eye":
                program = self._paint(figure, index, draw, pull=True)
                figure.array(program).render(vertices=draw.count, first=draw.first)

    def draw_set_ids(self, backdrop: Backdrop, view: View, first: int) -> None:
        """Draw the numbers of the vertices of the set, counted from ``first``."""
        self._state()
        program = self._id_program(view, first)
        array = backdrop.array(program)
        for draw, start, count, _ in backdrop.solid(view):
            if not draw.cutout:
                self._cull(not backdrop.materials[draw.material].double_sided)
                array.render(vertices=count, first=start)

    def draw_set(self, backdrop: Backdrop, view: View) -> None:
        """Draw the opaque, unmoving parts of the set.

        Where a foot lies on the floor to the bit, the foot is seen, whichever was first.
        """
        self._state()
        self._context.depth_func = "<"
        for draw, start, count, whole in backdrop.solid(view):
            program = self._surface(draw, backdrop.materials)
            array = backdrop.array(program, backdrop.seen.buffer("surface", whole))
            array.render(vertices=count, first=start)

    def draw_decals(self, backdrop: Backdrop, view: View) -> None:
        """Draw what is painted on the surfaces of the set: by queue, then as stored."""
        c = self._context
        self._state(blend=True)
        c.blend_func = c.SRC_ALPHA, c.ONE_MINUS_SRC_ALPHA, c.ZERO, c.ONE
        c.fbo.depth_mask = False
        draws = [draw for draw in backdrop.visible(view) if draw.decal]
        queue = [backdrop.materials[draw.material].render_queue_offset for draw in draws]
        for i in np.argsort(queue, kind="stable"):
            program = self._surface(draws[i], backdrop.materials)
            array = backdrop.array(program)
            array.render(vertices=draws[i].count, first=draws[i].first)
        c.fbo.depth_mask = True

    def draw_contacts(self, count: int) -> None:
        """Multiply the contact shadows of the feet over the floor."""
        c = self._context
        self._state(cull=False, blend=True)
        c.blend_func = c.DST_COLOR, c.ZERO
        c.fbo.depth_mask = False
        program = self._shaders.program("pass/contact.vert", "pass/contact.frag")
        self._quads(program).render(c.TRIANGLE_STRIP, instances=min(count, BLOBS))
        c.fbo.depth_mask = True

    def draw_receivers(
        self,
        backdrop: Backdrop,
        runs: list[Run],
        target: Any,
        boxes: Sequence[Rect],
        fill: NDArray[np.float64],
    ) -> None:
        """Multiply character shadows over finished pixels of the set inside ``boxes``.

        ``fill`` is the light near the figures that does not come from the key light.
        """
        c = self._context
        self._state(blend=True)
        c.depth_func = "=="
        c.blend_func = c.DST_COLOR, c.ZERO
        target.depth_mask = False
        program = self._shaders.program("pass/receiver.vert", "pass/receiver.frag")
        program["fill_near"].value = tuple(float(v) for v in fill)
        # Outside the boxes it multiplies by one: fewer boxes save looks at all triangles.
        triangles = sum(count for _, _, count, _ in runs) // 3
        merged = merge_rects(boxes, _DRAW_PIXELS * len(runs) + _TRIANGLE_PIXELS * triangles)
        for draw, start, count, buffer in runs:
            backdrop.materials.bind(draw.material)
            self._cull(not backdrop.materials[draw.material].double_sided)
            array = backdrop.array(program, buffer)
            for box in merged:
                target.scissor, program["part"].value = box, box[:2]
                array.render(vertices=count, first=start)
        target.scissor = None
        target.depth_mask = True

    # Sky, glass, lamps, weather ---------------------------------------------------------

    def draw_sky(self) -> None:
        """Fill what nothing covers."""
        self._state(cull=False)
        program = self._shaders.program("pass/screen.vert", "pass/sky.frag")
        program["depth"].value = 1.0
        self.noise.use(UNIT["noise_map"])
        self._screen(program).render(vertices=3)

    def draw_blended(
        self, backdrop: Backdrop | None, figures: list[Figure], view: View
    ) -> None:
        """Draw water and everything transparent: by queue, then farthest first."""
        jobs: list[tuple[int, float, int, int, Draw, Figure | Backdrop]] = []
        if backdrop:
            for draw in backdrop.visible(view):
                if (draw.blended and not draw.decal) or draw.family == "water":
                    gap = float(np.sum(((draw.low + draw.high) / 2.0 - view.eye) ** 2))
                    order = backdrop.materials[draw.material].render_queue_offset
                    jobs.append((order, -gap, len(jobs), 0, draw, backdrop))
        for figure in figures:
            gap = float(np.sum((figure.head_center_world() - view.eye) ** 2))
            jobs += [
                (
                    _FIGURES_LAST + blended_queue(figure.materials[draw.material]),
                    -gap,
                    len(jobs) + i,
                    i,
                    draw,
                    figure,
                )
                for i, draw in enumerate(figure.level.shape.draws)
                if draw.blended
            ]
        if not jobs:
            return
        c = self._context
        self._state(blend=True)
        c.blend_func = c.SRC_ALPHA, c.ONE_MINUS_SRC_ALPHA, c.ZERO, c.ONE
        target = c.fbo
        owner: Any = None
        for *_, index, draw, thing in sorted(jobs, key=lambda job: job[:3]):
            if isinstance(thing, Figure) and thing is not owner:
                thing.bind()
                thing.materials.read_small(thing.far)
            owner = thing
            material = thing.materials[draw.material]
            target.depth_mask = draw.family == "water" or material.transparent_with_z_write
            program = (
                self._paint(thing, index, draw)
                if isinstance(thing, Figure)
                else self._surface(draw, thing.materials)
            )
            thing.array(program).render(vertices=draw.count, first=draw.first)
            # A hull without depth of its surface before it would cover it.
            hulled = draw.family == "mtoon" and draw.outlined and target.depth_mask
            if isinstance(thing, Figure) and hulled:
                self._context.cull_face = "front"
                self._cull(True)
                program = self._outline(thing, draw)
                thing.array(program).render(vertices=draw.count, first=draw.first)
                self._context.cull_face = "back"
        target.depth_mask = True

    def draw_glow(self, lamps: int, boxes: Sequence[Rect] | None = None) -> None:
        """Add a soft disc before each lamp, inside ``boxes`` of the picture (all if None)."""
        if not lamps:
            return
        c = self._context
        self._state(cull=False, blend=True)
        c.blend_func = c.ONE, c.ONE, c.ZERO, c.ONE
        c.fbo.depth_mask = False
        program = self._shaders.program("pass/glow.vert", "pass/glow.frag")
        quads = self._quads(program)
        for box in [None] if boxes is None else boxes:
            c.fbo.scissor, program["part"].value = box, box[:2] if box else (0.0, 0.0)
            quads.render(c.TRIANGLE_STRIP, instances=min(lamps, POINTS))
        c.fbo.scissor = None
        c.fbo.depth_mask = True

    def draw_weather(
        self,
        drift: Drift,
        shelters: list[tuple[float, ...]],
        fov: float,
        dense: bool,
        over: Over | None = None,
        heads: Sequence[tuple[float, ...]] = (),
    ) -> None:
        """Draw what falls or floats outside the ``shelters`` (min xyz, max xyz).

        ``over`` is given where it is drawn on a finished picture; before ``heads`` (see
        :func:`set_weather`) no leaf passes.
        """
        c = self._context
        self._state(cull=False, blend=True)
        c.blend_func = c.SRC_ALPHA, c.ONE_MINUS_SRC_ALPHA, c.ZERO, c.ONE
        c.fbo.depth_mask = False
        defines = {drift.form: 1} | ({"OVER": 1} if over else {})
        program = self._shaders.program("pass/weather.vert", "pass/weather.frag", defines)
        set_weather(program, drift, shelters, fov, heads)
        if over:
            c.enable_only(c.BLEND)
            set_over(program, over)
        count = particle_count(drift, dense)
        self._quads(program).render(c.TRIANGLE_STRIP, instances=count)
        c.fbo.depth_mask = True
