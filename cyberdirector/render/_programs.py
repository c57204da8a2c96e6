"""Programs and device state of single passes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from cyberdirector.render._clouds import cloud_texture
from cyberdirector.render.figure import Figure
from cyberdirector.render.geometry import Draw, kind_of
from cyberdirector.render.materials import MaterialTable
from cyberdirector.render.mtoon import use_material
from cyberdirector.render.ramps import RampShelf
from cyberdirector.render.shaders import ShaderLibrary
from cyberdirector.render.style import CEL, Style, figure_defines

_SMALL_PATTERN = 256
"""Texels: textures with shorter sides hold only gradients, which far figures read at their
vertices."""

_ALPHA_TO_COVERAGE, _ALPHA_TO_ONE = 0x809E, 0x809F
"""OpenGL 3.3: SAMPLE_ALPHA_TO_COVERAGE, SAMPLE_ALPHA_TO_ONE."""

_CORNERS = np.array([[-1, -1], [1, -1], [-1, 1], [1, 1]], np.float32)


def _coverage(draw: Draw) -> dict[str, float]:
    """Return the defines for the alpha mode of a draw."""
    if draw.cutout:
        return {"CUTOUT": 1}
    return {"BLENDED": 1} if draw.blended else {}


class Programs:
    """Programs, small buffers and state changes shared by all passes of a renderer.

    Attributes
    ----------
    lamps
        Number of lamps that the programs of this frame are made for.
    style
        Style that figures are painted in.
    noise
        See :func:`cloud_texture`.
    """

    def __init__(self, context: Any, shaders: ShaderLibrary) -> None:
        self._context = context
        self._shaders = shaders
        self._corners = context.buffer(_CORNERS.tobytes())
        self._arrays: dict[int, Any] = {}
        self.noise = cloud_texture(context)
        self._ramps = RampShelf(context)
        self.lamps = 0
        self.style: Style = CEL
        context.front_face = "ccw"

    def _state(self, *, depth: bool = True, cull: bool = True, blend: bool = False) -> None:
        c = self._context
        flags = (c.DEPTH_TEST if depth else 0) | (c.CULL_FACE if cull else 0)
        c.enable_only(flags | (c.BLEND if blend else 0))
        c.depth_func = "<="
        c.cull_face = "back"

    def _cull(self, on: bool) -> None:
        if on:
            self._context.enable(self._context.CULL_FACE)
        else:
            self._context.disable(self._context.CULL_FACE)

    @contextmanager
    def _soft_edges(self, draw: Draw) -> Iterator[None]:
        """Turn alpha into covered samples while holes of a foreign figure are drawn."""
        soft = draw.family == "mtoon" and draw.cutout and self._context.fbo.samples > 0
        for state in (_ALPHA_TO_COVERAGE, _ALPHA_TO_ONE) if soft else ():
            self._context.enable_direct(state)
        yield
        for state in (_ALPHA_TO_COVERAGE, _ALPHA_TO_ONE) if soft else ():
            self._context.disable_direct(state)

    def _surface(self, draw: Draw, table: MaterialTable) -> Any:
        """Bind the material of a draw of the set and return its program."""
        material = table[draw.material]
        defines: dict[str, float] = (
            {"LAMPS": self.lamps} if draw.family == "water" or not material.unlit else {}
        )
        if draw.family == "set" and material.unlit:
            defines["UNLIT"] = 1
        if draw.level and table.side(draw.material):
            defines["FLOOR"] = 1
        defines |= _coverage(draw)
        table.bind(draw.material)
        if draw.family == "set":
            defines |= table.use_detail(draw.material)
        self._cull(not material.double_sided)
        return self._shaders.program("pass/surface.vert", f"pass/{draw.family}.frag", defines)

    def _paint(self, figure: Figure, index: int, draw: Draw, pull: bool = False) -> Any:
        """Bind the material of draw number ``index`` of a figure and return its program."""
        material = figure.materials[draw.material]
        chosen = self._ramps.choose(
            figure.materials.ramps[draw.material], kind_of(material), self.style
        )
        chosen |= figure.materials.use_face_map(draw.material)
        if draw.family == "mtoon":
            self._cull(not material.double_sided)
            soft = draw.cutout and self._context.fbo.samples > 0
            return use_material(
                self._shaders,
                figure.materials,
                draw.material,
                self.lamps,
                soft=soft,
                style=self.style,
                chosen=chosen,
            )
        # Only sheets are seen from behind: smooth normals of solids may lean away a little.
        turn = -0.15 if material.double_sided else -2.0
        defines = {"LAMPS": self.lamps, "LIVE": 1, "TURN": turn} | _coverage(draw)
        flags = {
            "FAR": figure.far,
            "PULL": pull,
            "HAIR": draw.family == "hair",
            "RIM": any(material.rim_color),
            "METAL": draw.role == "metal",
            "BRIGHT": draw.role == "eye",
        }
        if figure.materials.side(draw.material):
            small = figure.materials.side(draw.material) <= _SMALL_PATTERN
            plain = figure.far and small and not (draw.cutout or draw.blended)
            flags["PATTERN_BY_VERTEX" if plain else "PATTERN"] = True
        defines |= {name: 1 for name, on in flags.items() if on}
        defines |= figure_defines(self.style) | chosen
        figure.materials.bind(draw.material)
        self._cull(not material.double_sided)
        program = self._shaders.program(
            "pass/figure.vert", "pass/figure.frag", defines, family=draw.family
        )
        if "pattern_level" in program:
            program["pattern_level"].value = figure.pattern_level(index)
        return program

    def _screen(self, program: Any) -> Any:
        if program.glo not in self._arrays:
            self._arrays[program.glo] = self._context.vertex_array(program, [])
        return self._arrays[program.glo]

    def _quads(self, program: Any) -> Any:
        if program.glo not in self._arrays:
            self._arrays[program.glo] = self._context.vertex_array(
                program, [(self._corners, "2f4", "in_corner")]
            )
        return self._arrays[program.glo]
