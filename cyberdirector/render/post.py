"""Everything after the last triangle: lens, corners, light in the air, glow, last pass.

Each method reads textures and draws into a target that it is given. What a style does not
ask for is neither drawn nor compiled into the last pass.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cyberdirector.core.scene import Camera
from cyberdirector.render.shaders import UNIT, ShaderLibrary
from cyberdirector.render.style import Style
from cyberdirector.render.tiles import Rect

SENSOR = 0.024
"""Short side of the frame that lenses are named for (135 film: 24 × 36 mm), metres."""
_BLUR_SHARE = 1.0 / 56.0
"""Largest blur radius as a share of the short side."""
_GLOW_STEP = 1.2
"""Steps of the glow's blur, texels."""
_OCCLUSION_RADIUS = 0.30
"""Metres."""
_OCCLUSION_FAR = 30.0
"""Metres where occlusion has faded out: the limit of its packed distances."""


@dataclass(frozen=True)
class Lens:
    """The blur of one camera.

    Attributes
    ----------
    focus
        Distance in focus along the view axis, metres.
    blur
        Radius of the circle of confusion of a point at infinity, as a share of the height
        of the picture.
    """

    focus: float
    blur: float


def lens_of(camera: Camera, size: tuple[int, int], aperture: float, focus: float) -> Lens:
    """Return the lens of a camera.

    A thin lens of focal length F and f-number N, focused at f, draws a point at distance d
    as a disc of diameter ``F / N · F / (f - F) · |d - f| / d`` on the film. The film stands
    upright in upright pictures, so F follows from the vertical field of view.

    Parameters
    ----------
    camera
        For its field of view (radians).
    size
        (width, height) in pixels.
    aperture
        F-number, above 0.
    focus
        Metres.
    """
    width, height = size
    film = SENSOR if width >= height else SENSOR * 1.5
    length = film / 2.0 / float(np.tan(camera.fov / 2.0))
    distance = max(focus, 2.0 * length)
    disc = length / aperture * length / (distance - length)
    return Lens(distance, disc / 2.0 / film)


@dataclass(frozen=True)
class Grade:
    """Numbers of the last pass that come from the light.

    Attributes
    ----------
    exposure
        In stops.
    contrast, saturation, warmth
        1, 1, 0 leave the picture alone.
    bloom
        Strength of the glow.
    """

    exposure: float = 0.0
    contrast: float = 1.0
    saturation: float = 1.0
    warmth: float = 0.0
    bloom: float = 0.0


class Post:
    """The passes of the finished picture.

    Parameters
    ----------
    context, shaders
        Of the renderer.
    size
        (width, height) of the picture, pixels.
    samples
        Samples a pixel of picture and depth, 0 or 4.
    """

    def __init__(
        self, context: Any, shaders: ShaderLibrary, size: tuple[int, int], samples: int
    ) -> None:
        self._context = context
        self._shaders = shaders
        self.size = size
        self._multi: dict[str, float] = {"SAMPLES": samples} if samples else {}
        self._arrays: dict[int, Any] = {}

    def _program(self, name: str, defines: dict[str, float], **values: Any) -> Any:
        """Return a program with its uniforms set."""
        program = self._shaders.program("pass/screen.vert", name, defines)
        program["depth"].value = 0.0
        for key, value in values.items():
            if key in program:
                program[key].value = value
        return program

    def _draw(self, program: Any, target: Any, rects: Sequence[Rect] | None = None) -> None:
        """Draw all of a target, or only ``rects`` of it."""
        context = self._context
        context.enable_only(0)
        target.use()
        if program.glo not in self._arrays:
            self._arrays[program.glo] = context.vertex_array(program, [])
        array = self._arrays[program.glo]
        if rects is None:
            array.render(vertices=3)
            return
        for rect in rects:
            target.framebuffer.scissor = rect
            array.render(vertices=3)
        target.framebuffer.scissor = None

    def _lens_values(self, camera: Camera) -> tuple[float, ...]:
        return (camera.near, camera.far)

    def _focus_values(self, lens: Lens, share: float) -> tuple[float, ...]:
        """Return the uniform ``focus`` for a picture of ``share`` of the full size."""
        most = max(min(self.size) * _BLUR_SHARE, 2.0) * share
        return (lens.focus, lens.blur * self.size[1] * share, most, 0.0)

    def distance(self, target: Any, depth: Any, camera: Camera) -> None:
        """Draw the distances (metres) of every second pixel."""
        depth.use(UNIT["depth_map"])
        width, height = self.size
        program = self._program(
            "post/distance.frag",
            self._multi,
            lens=self._lens_values(camera),
            limit=(width - 1, height - 1),
        )
        self._draw(program, target)

    def occlusion(self, target: Any, other: Any, distance: Any, camera: Camera) -> None:
        """Draw the occlusion of corners into ``target``; ``other`` holds it on the way.

        Both have half the size of ``distance``.
        """
        distance.use(UNIT["distance_map"])
        width, height = target.size
        tall = 2.0 * float(np.tan(camera.fov / 2.0))
        program = self._program(
            "post/occlusion.frag",
            {},
            eye_plane=(tall * self.size[0] / self.size[1], tall, width, height),
            reach=(_OCCLUSION_RADIUS, 0.006, 2.0, _OCCLUSION_FAR),
        )
        self._draw(program, target)
        for source, sink, along in ((target, other, (1, 0)), (other, target, (0, 1))):
            source.color.use(UNIT["occlusion_map"])
            blur = self._program(
                "post/occlusion_blur.frag", {}, along=along, limit=(width - 1, height - 1)
            )
            self._draw(blur, sink)

    def half(
        self,
        target: Any,
        picture: Any,
        lens: Lens | None = None,
        distance: Any = None,
        occlusion: Any = None,
        strength: float = 0.0,
    ) -> None:
        """Draw the picture at half size, with blur radii where there is a lens."""
        picture.use(UNIT["picture"])
        defines = dict(self._multi)
        values: dict[str, Any] = {}
        if lens:
            defines["FOCUS"] = 1
            distance.use(UNIT["distance_map"])
            values["focus"] = self._focus_values(lens, 0.5)
        if occlusion:
            defines["OCCLUSION"] = 1
            occlusion.use(UNIT["occlusion_map"])
            values["occlusion"] = strength
        limit = (self.size[0] - 1, self.size[1] - 1)
        program = self._program("post/half.frag", defines, limit=limit, **values)
        self._draw(program, target)

    def focus(self, target: Any, half: Any, lens: Lens) -> None:
        """Gather the half picture through the lens."""
        half.use(UNIT["half_map"])
        program = self._program(
            "post/focus.frag",
            {},
            focus=self._focus_values(lens, 0.5),
            texel=(1.0 / half.width, 1.0 / half.height),
        )
        self._draw(program, target)

    def wash(self, target: Any, half: Any, grade: Grade) -> None:
        """Flatten the half picture into areas of one tone, as they will be shown."""
        half.use(UNIT["half_map"])
        limit = (half.width - 1, half.height - 1)
        program = self._program("post/wash.frag", {}, limit=limit, grade=_grade_values(grade))
        self._draw(program, target)

    def lines(self, target: Any, picture: Any, depth: Any, camera: Camera) -> None:
        """Draw how much of an inner line each pixel holds."""
        picture.use(UNIT["picture"])
        depth.use(UNIT["depth_map"])
        program = self._program(
            "post/lines.frag",
            self._multi,
            lens=self._lens_values(camera),
            last_pixel=(self.size[0] - 1, self.size[1] - 1),
            footprint=(
                2.0 * float(np.tan(camera.fov / 2.0)) / self.size[1],
                max(round(min(self.size) / 720.0), 1),
            ),
        )
        self._draw(program, target)

    def paper(self, target: Any, noise: Any) -> None:
        """Draw the paper of the ink style; it depends on the size alone."""
        noise.use(UNIT["noise_map"])
        scale = min(self.size) / 720.0
        self._draw(self._program("post/paper.frag", {}, scale=scale), target)

    def shafts(
        self,
        target: Any,
        other: Any,
        distance: Any,
        set_map: Any,
        noise: Any,
        strength: float,
        streaks: float,
    ) -> None:
        """March the light in the air and even it out; needs the Frame block bound."""
        distance.use(UNIT["distance_map"])
        set_map.use(UNIT["set_key_map"])
        noise.use(UNIT["noise_map"])
        program = self._program("pass/shafts.frag", {}, beam=(strength, 11.0, streaks, 90.0))
        self._draw(program, target)
        width, height = target.size
        for source, sink, along in (
            (target, other, (1.0 / width, 0.0)),
            (other, target, (0.0, 1.0 / height)),
        ):
            source.color.use(UNIT["picture_small"])
            self._draw(self._program("post/blur.frag", {}, along=along), sink)

    def span(self, target: Any, depth: Any, camera: Camera) -> None:
        """Draw the nearest and farthest distance (metres) of every square of 8 pixels."""
        depth.use(UNIT["depth_map"])
        program = self._program(
            "post/span.frag",
            self._multi,
            lens=self._lens_values(camera),
            limit=(self.size[0] - 1, self.size[1] - 1),
        )
        self._draw(program, target)

    def bright(self, target: Any, picture: Any, rects: Sequence[Rect] | None = None) -> None:
        """Draw what glows (``rects`` of the picture, else all), an eighth of the size."""
        picture.use(UNIT["picture"])
        limit = (self.size[0] - 1, self.size[1] - 1)
        program = self._program("post/bright.frag", self._multi, limit=limit)
        parts = rects and [(x // 8, y // 8, -(-w // 8), -(-h // 8)) for x, y, w, h in rects]
        self._draw(program, target, parts)

    def bloom(self, target: Any, other: Any, bright: Any) -> None:
        """Spread what glows; ``other`` holds it on the way."""
        width, height = target.size
        for source, sink, along in (
            (bright, other, (_GLOW_STEP / width, 0.0)),
            (other, target, (0.0, _GLOW_STEP / height)),
        ):
            source.color.use(UNIT["picture_small"])
            self._draw(self._program("post/blur.frag", {}, along=along), sink)

    def final(
        self,
        target: Any,
        picture: Any,
        style: Style,
        grade: Grade,
        camera: Camera,
        maps: dict[str, Any],
        lens: Lens | None = None,
        subject: float = 0.0,
        moment: int = 0,
        rects: Sequence[Rect] | None = None,
    ) -> None:
        """Resolve, finish and encode the picture.

        Parameters
        ----------
        target
            RGBA8 of the full size; row 0 becomes the top.
        picture
            The drawn picture.
        style, grade, camera, lens
            What to do; without a lens all is sharp.
        maps
            Textures by sampler name. An effect is on when its texture is here:
            ``glow_map``, ``shafts_map``, ``lut_map``, ``occlusion_map``, ``focus_map`` and
            ``depth_map`` (lens), ``lines_map``, ``wash_map``, ``distance_map``, ``paper_map``.
        subject
            Distance of what the shot is about, metres: mist begins behind it.
        moment
            Changes the grain.
        rects
            Only these parts of the picture; None for all.
        """
        picture.use(UNIT["picture"])
        for name, texture in maps.items():
            texture.use(UNIT[name])
        scale = min(self.size) / 720.0
        defines = dict(self._multi) | _defines(style, grade, maps, lens)
        values: dict[str, Any] = {
            "grade": _grade_values(grade),
            "finish": (*self.size, grade.bloom, style.vignette),
            "lens": self._lens_values(camera),
            "occlusion": style.occlusion,
            "inner": style.inner_lines,
            "mist": tuple(subject + m for m in style.mist),
            "ink": (style.ink[0], style.ink[1] * scale, *style.ink[2:]),
            "dots": (style.dots[0], style.dots[1] * scale, *style.dots[2:]),
            "film": style.grain,
            "frame_seed": float(moment % 4096),
        }
        if lens:
            values["focus"] = self._focus_values(lens, 1.0)
        if "lut_map" in maps:
            values["table"] = (float(maps["lut_map"].width), style.lut_strength)
        if rects is not None:  # row 0 of the finished picture is the top
            rects = [(x, self.size[1] - y - h, w, h) for x, y, w, h in rects]
        self._draw(self._program("post/final.frag", defines, **values), target, rects)


def _grade_values(grade: Grade) -> tuple[float, float, float, float]:
    return (2.0**grade.exposure, grade.contrast, grade.saturation, grade.warmth)


def _defines(
    style: Style, grade: Grade, maps: dict[str, Any], lens: Lens | None
) -> dict[str, float]:
    """Return the parts of the last pass that are on."""
    on = {
        "BLOOM": "glow_map" in maps and grade.bloom > 0.0,
        "SHAFTS": "shafts_map" in maps,
        "LUT": "lut_map" in maps and style.lut_strength > 0.0,
        "OCCLUSION": "occlusion_map" in maps,
        "FOCUS": lens is not None and "focus_map" in maps,
        "LINES": style.inner_lines > 0.0 and "lines_map" in maps,
        "MIST": style.medium == "ink" and "distance_map" in maps,
        "INK": style.medium == "ink",
        "COMIC": style.medium == "print",
        "GRAIN": style.grain > 0.0,
    }
    return {name: 1 for name, wanted in on.items() if wanted}
