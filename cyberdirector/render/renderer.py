"""Frames of a set with characters: the passes in their order."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.errors import InputRefused, Location
from cyberdirector.core.model import Character
from cyberdirector.core.scene import Camera, LightRig, Set
from cyberdirector.render import _passes
from cyberdirector.render.backdrop import Backdrop
from cyberdirector.render.camera import TO_TEXTURE, View, boxes_inside
from cyberdirector.render.device import Device
from cyberdirector.render.figure import Figure, to_tile
from cyberdirector.render.geometry import join_runs
from cyberdirector.render.lights import (
    BLOBS,
    POINTS,
    SHELTERS,
    Lighting,
    fill_at,
    frame_block,
    lighting_of,
)
from cyberdirector.render.scene import FrameState, RenderScene
from cyberdirector.render.shaders import UNIT, ShaderLibrary
from cyberdirector.render.shadows import fit_key_map, screen_box
from cyberdirector.render.targets import FRINGE_SIZE, SET_SHADOW_SIZE, Targets, check_size
from cyberdirector.render.visibility import VisibilityPass

Quality = Literal["draft", "final"]

FAR_PIXELS = 640.0
"""A figure with fewer pixels for a metre (in a picture 1280 high) is painted by vertices:
its triangles, about a centimetre long, then cover few pixels each."""

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
        ``draft`` (small shadow maps, no glow) or ``final``.
    samples
        0 or 4 samples a pixel (MSAA).
    device
        Where to draw; None opens one. Several renderers of a thread may share a device.

    Raises
    ------
    AdapterUnavailable
        ``gl-missing`` when there is no OpenGL.
    InputRefused
        ``render-size`` for sizes or samples that cannot be drawn, ``mesh-invalid``,
        ``texture-…`` for content that cannot be drawn.

    Examples
    --------
    >>> with Renderer(RenderScene(place, {"lin": character}), (720, 1280)) as renderer:
    ...     image = renderer.draw(state)  # doctest: +SKIP
    """

    def __init__(
        self,
        scene: RenderScene,
        size: tuple[int, int],
        quality: Quality = "final",
        samples: int = 4,
        device: Device | None = None,
    ) -> None:
        check_size(size, samples)
        self.size = size
        self.quality = quality
        self._owns_device = device is None
        self.device = device or Device()
        self.samples = min(samples, self.device.max_samples)
        self.device.activate()
        context = self.device.context
        self._context = context
        shadow = 1280 if quality == "final" else 1024
        self.targets = Targets(context, size, self.samples, shadow)
        constants = {
            "POINTS": POINTS,
            "BLOBS": BLOBS,
            "SHELTERS": SHELTERS,
            "SHADOW_SIZE": shadow,
            "SET_SHADOW_SIZE": SET_SHADOW_SIZE,
            "FRINGE_SIZE": FRINGE_SIZE,
        }
        self.shaders = ShaderLibrary(context, constants)
        self._tools = _passes.Tools(context, self.shaders)
        # Real GPUs leave out hidden fragments themselves.
        finds = self.device.software and self.samples > 0
        self._visibility = VisibilityPass(context, size) if finds else None
        self._frame = context.buffer(reserve=4 * 64 + 13 * 16 + (2 * POINTS + BLOBS) * 16)
        self._white = context.texture((1, 1), 4, b"\xff\xff\xff\xff")
        self._uploaded: dict[int, tuple[object, Any]] = {}
        self._still: tuple[Camera, LightRig, int] | None = None
        self._plate: tuple[Camera, LightRig, int] | None = None
        self._set_light: NDArray[np.float64] | None = None
        self._set_matrix = np.eye(4)
        self.backdrop: Backdrop | None = None
        self.figures: dict[str, Figure] = {}
        self.load(scene)

    def load(self, scene: RenderScene) -> None:
        """Take another scene; sets and characters seen before (same objects) are kept."""
        self.device.activate()
        kept: dict[int, tuple[object, Any]] = {}

        def place(thing: Set | Character) -> Any:
            known = self._uploaded.get(id(thing))
            if known is None:
                known = (thing, self._upload(thing))
            kept[id(thing)] = known
            return known[1]

        self.backdrop = place(scene.set) if scene.set is not None else None
        # A character in two roles needs a buffer for each.
        self.figures = {}
        used: set[int] = set()
        for role, character in scene.characters.items():
            if id(character) in used:
                self.figures[role] = self._upload(character)
            else:
                self.figures[role] = place(character)
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
        self._still = self._plate = self._set_light = None

    def _upload(self, thing: Set | Character) -> Any:
        if isinstance(thing, Set):
            return Backdrop(self._context, thing)
        return Figure(self._context, self.shaders, thing)

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
        self._paint(state)
        width, height = self.size
        data = self.targets.output.read(components=components, alignment=1)
        self.device.check_error("read")
        return np.frombuffer(data, np.uint8).reshape(height, width, components)

    def _paint(self, state: FrameState) -> None:
        """Run all passes of one frame up to the finished output target."""
        self.device.activate()
        view = View(state.camera, self.size)
        lighting = lighting_of(state.light)
        self.targets.output.use()  # transform feedback too needs a complete target
        shown = self._pose(state, view)
        key_matrix, texel = self._draw_key_map(shown, lighting)
        self._draw_fringes(shown, lighting)
        self._draw_set_map(lighting)
        if self.backdrop:
            self.backdrop.materials.set_glow(state.light.glow)
        shelters = self.backdrop.shelters[:SHELTERS] if self.backdrop else []
        blobs = [b for f in shown for b in f.contacts()]
        self._frame.write(
            frame_block(
                view,
                state.light,
                lighting,
                self.size,
                (state.time, state.seed),
                (key_matrix, TO_TEXTURE @ self._set_matrix, texel),
                blobs,
                len(shelters),
            )
        )
        self._frame.bind_to_uniform_block(0)
        self._bind_maps()
        on_screen = [f for f in shown if f.on_screen]
        tools = self._tools
        if self._visibility:
            self._visibility.run(
                [f.level.seen for f in on_screen],
                lambda i, first: tools.draw_ids(on_screen[i], view, first),
            )
        tools.lamps = min(len(state.light.points) + len(state.light.points) % 2, POINTS)
        if self._plate_ready(state):
            self._context.copy_framebuffer(self.targets.picture, self.targets.plate)
            self.targets.picture.use()
            tools.draw_figures(on_screen, view)
        else:
            self._find_set(view)
            self.targets.picture.use()
            self.targets.picture.clear(0.0, 0.0, 0.0, 1.0, depth=1.0)
            tools.draw_figures(on_screen, view)
            self._draw_set(view)
        self._draw_receivers(shown, view, state.light, lighting)
        tools.draw_blended(self.backdrop, on_screen, view)
        tools.draw_glow(len(state.light.points))
        if state.light.weather in ("rain", "snow"):
            tools.draw_weather(shelters, self.quality == "final")
        bloom = state.light.bloom if self.quality == "final" else 0.0
        tools.finish(self.targets, self.size, self.samples, state.light.grade, bloom)
        self.device.check_error("frame")

    def _pose(self, state: FrameState, view: View) -> list[Figure]:
        """Skin the figures that can be seen or throw a shadow into the picture."""
        shown = []
        planes = view.planes()
        for role, figure_state in state.figures.items():
            if role not in self.figures:
                raise InputRefused(
                    "role-unknown",
                    f"画面里有角色“{role}”，但场景只有："
                    f"{'、'.join(self.figures) or '（无）'}。",
                    f"The frame shows role '{role}' but the scene has only: "
                    f"{', '.join(self.figures) or '(none)'}.",
                    Location(path=role),
                )
            figure = self.figures[role]
            figure.pose(figure_state, view.eye, view.focal_pixels)
            figure.far = figure.density < FAR_PIXELS * self.size[1] / 1280
            low, high = figure.low[None], figure.high[None]
            figure.on_screen = bool(boxes_inside(planes, low, high)[0])
            if figure.visible and boxes_inside(planes, low, high, margin=2.0)[0]:
                shown.append(figure)
        # Nearest first: what is behind is never shaded.
        gap = [float(np.sum((f.head_center_world() - view.eye) ** 2)) for f in shown]
        return [shown[i] for i in np.argsort(gap, kind="stable")]

    def _draw_key_map(
        self, shown: list[Figure], lighting: Lighting
    ) -> tuple[NDArray[np.float64], float]:
        """Draw the figures into the shadow map; return world → 0..1 and the texel size."""
        target = self.targets.key
        target.use()
        target.clear(depth=1.0)
        if not shown:
            return np.eye(4), 0.0
        low = np.min([f.low for f in shown], axis=0)
        high = np.max([f.high for f in shown], axis=0)
        density = max(f.density for f in shown)
        most = self.targets.key_map.width
        matrix, texels, texel = fit_key_map(low, high, lighting.direction, density, most)
        target.viewport = (0, 0, texels, texels)
        self._tools.draw_depth(shown, matrix)
        target.viewport = (0, 0, most, most)
        corner = np.diag([texels / most, texels / most, 1.0, 1.0])
        return corner @ TO_TEXTURE @ matrix, texel

    def _draw_fringes(self, shown: list[Figure], lighting: Lighting) -> None:
        """Draw the hair of each figure into its tile of the fringe map."""
        target = self.targets.fringe
        target.use()
        target.clear(depth=1.0)
        columns = 1
        while columns * columns < len(shown):
            columns += 1
        side = FRINGE_SIZE // columns
        for i, figure in enumerate(shown):
            column, row = i % columns, i // columns
            target.viewport = (column * side, row * side, side, side)
            matrix = figure.fringe_matrix(lighting)
            drawn = (
                figure.on_screen
                and not figure.far
                and self._tools.draw_hair_depth(figure, matrix)
            )
            tile = to_tile(matrix, column, row, columns) if drawn else None
            figure.set_light(lighting, tile)
        target.viewport = (0, 0, FRINGE_SIZE, FRINGE_SIZE)

    def _draw_set_map(self, lighting: Lighting) -> None:
        """Draw the shadow map of the set when the light has moved since the last time."""
        if self._set_light is not None and np.array_equal(self._set_light, lighting.direction):
            return
        target = self.targets.set_key
        target.use()
        target.clear(depth=1.0)
        if self.backdrop:
            self._set_matrix = self.backdrop.light_matrix(lighting.direction)
            self._tools.draw_set_depth(self.backdrop, self._set_matrix)
        self._set_light = lighting.direction

    def _bind_maps(self) -> None:
        self._white.use(UNIT["base_map"])
        self._white.use(UNIT["shade_map"])
        self.targets.key_map.use(UNIT["key_map"])
        self.targets.set_key_map.use(UNIT["set_key_map"])
        self.targets.fringe_map.use(UNIT["fringe_map"])

    def _plate_ready(self, state: FrameState) -> bool:
        """Draw the plate when the camera and light stand still; return if it can be used.

        Set and sky hold nothing that moves (water is drawn every frame), so their picture
        depends on camera, light and seed only and a copy has the same pixels.
        """
        now = (state.camera, state.light, state.seed)
        still, self._still = self._still == now, now
        if not still:
            return False
        if self._plate != now:
            view = View(state.camera, self.size)
            self._find_set(view)
            self.targets.plate.use()
            self.targets.plate.clear(0.0, 0.0, 0.0, 1.0, depth=1.0)
            self._draw_set(view)
            self._plate = now
        return True

    def _find_set(self, view: View) -> None:
        """Find the visible triangles of the set, as if nobody stood before them.

        So a plate and a frame without one have the same pixels.
        """
        if self._visibility and self.backdrop:
            backdrop, tools = self.backdrop, self._tools
            self._visibility.run(
                [backdrop.seen], lambda _, first: tools.draw_set_ids(backdrop, view, first)
            )

    def _draw_set(self, view: View) -> None:
        """Draw all that stands still: surfaces, sky, and the paint on the surfaces."""
        if self.backdrop:
            self._tools.draw_set(self.backdrop, view)
        self._tools.draw_sky()
        if self.backdrop:
            self._tools.draw_decals(self.backdrop, view)

    def _draw_receivers(
        self, figures: list[Figure], view: View, rig: LightRig, lighting: Lighting
    ) -> None:
        """Multiply the shadows of the figures over the set where they can fall."""
        if not figures or self.backdrop is None:
            return
        low = np.min([f.low for f in figures], axis=0)
        high = np.max([f.high for f in figures], axis=0)
        points = np.concatenate([f.shadow_reach(lighting) for f in figures])
        box = screen_box(points, view, self.size)
        if box is None:
            return
        draws = self.backdrop.touched(points.min(axis=0), points.max(axis=0))
        planes = view.planes()
        seen = [d for d in draws if boxes_inside(planes, d.low[None], d.high[None])[0]]
        fill = fill_at((low + high) / 2.0, rig, lighting)
        self._tools.draw_receivers(
            self.backdrop, join_runs(seen), self.targets.picture, box, fill
        )
        self._tools.draw_contacts(sum(len(f.contacts()) for f in figures))

    def close(self) -> None:
        """Free everything on the device (the device too if this renderer opened it)."""
        self._uploaded.clear()
        self.figures.clear()
        self.backdrop = None
        if self._owns_device:
            self.device.close()
            return
        self.device.activate()
        del self.targets, self._tools, self.shaders, self._visibility, self._frame, self._white
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
