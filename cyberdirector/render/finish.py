"""The passes from the drawn picture to the finished one, as a style and a light ask."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyberdirector.render.frame import Frame
from cyberdirector.render.graph import Pass
from cyberdirector.render.locked import CELL, EmptyPicture, Ground, empty_key
from cyberdirector.render.luts import find_lut, upload_lut
from cyberdirector.render.post import Grade, Lens, Post, lens_of
from cyberdirector.render.shaders import ShaderLibrary
from cyberdirector.render.style import Style
from cyberdirector.render.targets import Spec, read_pixels
from cyberdirector.render.tiles import Rect

_FACE_AHEAD = 0.09
"""From the middle of a head to its face, metres."""
_SHARP = 0.0009
"""Radius of a blur that nobody sees, as a share of the height of the picture."""
_MOST_TABLES = 6
"""Tables of colours that stay on the device."""


def finish_specs(size: tuple[int, int]) -> dict[str, Spec]:
    """Return the pictures between the drawn and the finished one by name."""

    def part(share: int) -> tuple[int, int]:
        return max(size[0] // share, 1), max(size[1] // share, 1)

    half, quarter = Spec(part(2), smooth=True), Spec(part(4), smooth=True)
    return {
        "distance": Spec(part(2), 1, "f4"),
        "half": half,
        "focus": half,
        "wash": half,
        "occlusion": quarter,
        "occlusion_half_way": quarter,
        "shafts": quarter,
        "shafts_half_way": quarter,
        "lines": Spec(size, smooth=True),
        "paper": Spec(size),
        "empty_bright": Spec(part(8), smooth=True),
        "span": Spec((-(-size[0] // CELL), -(-size[1] // CELL)), 2, "f4"),
    }


KEPT = ("paper", "empty_bright")
"""Pictures that stay from frame to frame."""


@dataclass(frozen=True)
class Subject:
    """What a frame is about.

    Attributes
    ----------
    distance
        Along the view, metres.
    spread
        Largest blur of a face that should be sharp, as a share of that at infinity.
    """

    distance: float
    spread: float = 0.0


def subject_of(frame: Frame) -> Subject:
    """Return where the subject of a frame is.

    The camera's own focus if it names one; else the faces, weighed by how near to the
    middle of the picture they are and how much they look this way, so that focus travels
    instead of jumping; else the target.
    """
    camera, view = frame.state.camera, frame.view
    if camera.focus > 0.0:
        return Subject(camera.focus)
    found: list[tuple[float, float]] = []
    for figure in frame.on_screen:
        ahead = figure.head_axes()[:, 2]
        to = figure.head_center_world() + _FACE_AHEAD * ahead - view.eye
        depth = float(to @ view.forward)
        if depth < 0.1:
            continue
        aside = float(np.linalg.norm(to / depth - view.forward)) / float(np.tan(camera.fov / 2))
        looks = float(-to @ ahead) / max(float(np.linalg.norm(to)), 1e-6)
        outside = max(aside - 0.8, 0.0)
        found.append((float(np.exp(2.5 * looks - 2.0 * aside - 9.0 * outside)), depth))
    total = sum(weight for weight, _ in found)
    if total < 1e-9:
        reach = np.asarray(camera.target, np.float64) - view.eye
        return Subject(max(float(reach @ view.forward), 0.1))
    distance = total / sum(weight / depth for weight, depth in found)
    most = max(weight for weight, _ in found)
    spread = max(
        weight / most * abs(1.0 - distance / (depth + side))
        for weight, depth in found
        for side in (-_FACE_AHEAD, _FACE_AHEAD)
    )
    return Subject(distance, spread)


def lens_for(frame: Frame, size: tuple[int, int]) -> Lens | None:
    """Return the lens of a frame; None where all is sharp.

    A camera that names its aperture gets just that. The aperture of a style closes so far
    that faces stay sharp from nose to ear, as a camera assistant would have it.
    """
    camera = frame.state.camera
    aperture = camera.aperture or frame.style.aperture
    if aperture <= 0.0:
        return None
    subject = subject_of(frame)
    lens = lens_of(camera, size, aperture, subject.distance)
    if camera.aperture > 0.0:
        return lens
    return replace(lens, blur=min(lens.blur, _SHARP / max(subject.spread, 1e-6)))


class FinishPasses:
    """Steps after the last triangle; :meth:`listed` names what each reads and writes.

    Parameters
    ----------
    context, shaders
        Of the renderer.
    size
        (width, height) of the picture, pixels.
    samples
        Samples a pixel, 0 or 4.
    fine
        False leaves out what a draft does not need.
    noise
        Tileable noise (see ``_clouds.cloud_texture``).

    Attributes
    ----------
    empty
        The last picture that was kept without figures.
    """

    def __init__(
        self,
        context: Any,
        shaders: ShaderLibrary,
        size: tuple[int, int],
        samples: int,
        fine: bool,
        noise: Any,
    ) -> None:
        self._context = context
        self._post = Post(context, shaders, size, samples)
        self._fine = fine
        self._noise = noise
        self._tables: dict[str, Any] = {}
        self._has_paper = False
        self.empty: EmptyPicture | None = None

    def listed(self) -> list[Pass[Frame]]:
        """Return all passes in their order."""
        picture = ("picture",)
        ground = (*picture, "distance", "occlusion")
        return [
            Pass("distance", self._distance, picture, ("distance",), self._measures),
            Pass(
                "occlusion",
                self._occlusion,
                ("distance",),
                ("occlusion", "occlusion_half_way"),
                lambda f: self._style(f).occlusion > 0.0,
            ),
            Pass("half", self._half, ground, ("half",), self._halves),
            Pass("focus", self._focus, ("half",), ("focus",), self._blurs),
            Pass("wash", self._wash, ("half",), ("wash",), self._washes),
            Pass("paper", self._paper, (), ("paper",), self._paper_missing),
            Pass(
                "shafts",
                self._shafts,
                ("distance", "set_key", "frame"),
                ("shafts", "shafts_half_way"),
                self._shines,
            ),
            Pass("bright", self._bright, (*picture, "changes"), ("bright",), self._blooms),
            Pass("bloom", self._bloom, ("bright",), ("glow", "glow_half_way"), self._blooms),
            Pass(
                "lines",
                self._lines,
                picture,
                ("lines",),
                lambda f: f.style.inner_lines > 0.0,
            ),
            Pass(
                "finish",
                self._finish,
                (*ground, "lines", "focus", "wash", "paper", "shafts", "glow", "changes"),
                ("output",),
            ),
            Pass(
                "keep",
                self._keep,
                ("output", "bright", "glow", "plate"),
                ("empty_bright", "span"),
                lambda f: f.keeps,
            ),
        ]

    # What a frame needs ------------------------------------------------------------------

    def _style(self, frame: Frame) -> Style:
        style = frame.style
        return style if self._fine else replace(style, occlusion=0.0)

    def _blurs(self, frame: Frame) -> bool:
        aperture = frame.state.camera.aperture or frame.style.aperture
        return self._fine and aperture > 0.0

    def _washes(self, frame: Frame) -> bool:
        return frame.style.medium != "screen"

    def _halves(self, frame: Frame) -> bool:
        return self._blurs(frame) or self._washes(frame)

    def _shines(self, frame: Frame) -> bool:
        return self._fine and frame.state.light.shafts > 0.0

    def _measures(self, frame: Frame) -> bool:
        wanted = self._blurs(frame) or self._shines(frame)
        return wanted or self._style(frame).occlusion > 0.0 or frame.style.medium != "screen"

    def _paper_missing(self, frame: Frame) -> bool:
        return frame.style.medium == "ink" and not self._has_paper

    def _blooms(self, frame: Frame) -> bool:
        return self._fine and self._grade(frame).bloom > 0.0

    def _grade(self, frame: Frame) -> Grade:
        light = frame.state.light
        bloom = light.bloom + frame.style.bloom if self._fine else 0.0
        return Grade(*light.grade, bloom=bloom)

    def _lens(self, frame: Frame) -> Lens | None:
        return lens_for(frame, self._post.size) if self._blurs(frame) else None

    def _table(self, name: str) -> Any:
        """Return the table of a name on the device; the one used least lately goes."""
        found = self._tables.pop(name, None) or upload_lut(self._context, find_lut(name))
        self._tables[name] = found
        while len(self._tables) > _MOST_TABLES:
            del self._tables[next(iter(self._tables))]
        return found

    # The passes --------------------------------------------------------------------------

    def _distance(self, frame: Frame) -> None:
        depth = frame.target("picture").depth
        self._post.distance(frame.target("distance"), depth, frame.state.camera)

    def _occlusion(self, frame: Frame) -> None:
        self._post.occlusion(
            frame.target("occlusion"),
            frame.target("occlusion_half_way"),
            frame.target("distance").color,
            frame.state.camera,
        )

    def _half(self, frame: Frame) -> None:
        strength = self._style(frame).occlusion
        lens = self._lens(frame)
        self._post.half(
            frame.target("half"),
            frame.target("picture").color,
            lens,
            frame.target("distance").color if lens else None,
            frame.target("occlusion").color if strength > 0.0 else None,
            strength,
        )

    def _focus(self, frame: Frame) -> None:
        lens = self._lens(frame)
        if lens:
            self._post.focus(frame.target("focus"), frame.target("half").color, lens)

    def _wash(self, frame: Frame) -> None:
        half = frame.target("half").color
        self._post.wash(frame.target("wash"), half, self._grade(frame))

    def _lines(self, frame: Frame) -> None:
        picture = frame.target("picture")
        self._post.lines(
            frame.target("lines"), picture.color, picture.depth, frame.state.camera
        )

    def _paper(self, frame: Frame) -> None:
        self._post.paper(frame.target("paper"), self._noise)
        self._has_paper = True

    def _shafts(self, frame: Frame) -> None:
        self._post.shafts(
            frame.target("shafts"),
            frame.target("shafts_half_way"),
            frame.target("distance").color,
            frame.target("set_key").depth,
            self._noise,
            frame.state.light.shafts,
            0.8,
        )

    def _bright(self, frame: Frame) -> None:
        target, rects = frame.target("bright"), None
        if frame.changes:
            empty = frame.target("empty_bright")
            self._context.copy_framebuffer(target.framebuffer, empty.framebuffer)
            rects = frame.changes.drawn
        self._post.bright(target, frame.target("picture").color, rects)

    def _bloom(self, frame: Frame) -> None:
        bright = frame.target("bright")
        self._post.bloom(frame.target("glow"), frame.target("glow_half_way"), bright)

    def settles(self, frame: Frame) -> bool:
        """Tell whether each finished pixel depends on its own samples and the glow alone."""
        style = frame.style
        return not (self._measures(frame) or style.inner_lines > 0.0 or style.grain > 0.0)

    def _keep(self, frame: Frame) -> None:
        """Make the picture of this frame the empty one of later frames."""
        if "bright" in frame.targets:
            kept, bright = frame.target("empty_bright"), frame.target("bright")
            self._context.copy_framebuffer(kept.framebuffer, bright.framebuffer)
        target = frame.target("span")
        self._post.span(target, frame.target("plate").depth, frame.state.camera)
        width, height = target.size
        data = target.framebuffer.read(components=2, alignment=1, dtype="f4")
        span = np.frombuffer(data, np.float32).reshape(height, width, 2)
        ground = Ground(span, frame.view, self._post.size, frame.lighting.direction)
        read = read_pixels(frame.target("output"), 4)
        pixels, alpha = read[..., :3].copy(), read[..., 3].copy()
        self.empty = EmptyPicture(empty_key(frame), pixels, alpha, self._glow_of(frame), ground)

    def _glow_of(self, frame: Frame) -> NDArray[np.uint32] | None:
        """Return the spread glow of a frame as numbers that can be compared."""
        if not self._blooms(frame):
            return None
        target = frame.target("glow")
        data = target.framebuffer.read(components=4, alignment=1)
        return np.frombuffer(data, np.uint32).reshape(target.size[1], target.size[0])

    def _finish(self, frame: Frame) -> None:
        frame.left = self._left(frame)
        style, light = self._style(frame), frame.state.light
        if light.lut and style.medium == "screen":  # ink and print keep that of their paper
            style = replace(style, lut=light.lut, lut_strength=1.0)
        picture = frame.target("picture")
        on = {
            "depth_map": ("picture", self._blurs(frame)),
            "lines_map": ("lines", style.inner_lines > 0.0),
            "distance_map": ("distance", style.medium == "ink"),
            "occlusion_map": ("occlusion", style.occlusion > 0.0),
            "focus_map": ("focus", self._blurs(frame)),
            "wash_map": ("wash", self._washes(frame)),
            "paper_map": ("paper", style.medium == "ink"),
            "shafts_map": ("shafts", self._shines(frame)),
            "glow_map": ("glow", self._blooms(frame)),
        }
        maps = {key: frame.target(name).color for key, (name, wanted) in on.items() if wanted}
        if "depth_map" in maps:
            maps["depth_map"] = picture.depth
        if style.lut:
            maps["lut_map"] = self._table(style.lut)
        self._post.final(
            frame.target("output"),
            picture.color,
            style,
            self._grade(frame),
            frame.state.camera,
            maps,
            self._lens(frame),
            subject_of(frame).distance if style.medium == "ink" else 0.0,
            round(frame.state.time * 24.0),
            frame.left,
        )

    def _left(self, frame: Frame) -> list[Rect] | None:
        """Return what is not finished already in the empty picture, None for all."""
        if not (frame.empty and frame.changes):
            return None
        return frame.empty.brightened(frame.changes, self._glow_of(frame))
