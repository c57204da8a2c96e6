"""The passes of a frame in their order."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.errors import InputRefused, Location
from cyberdirector.core.scene import Camera, LightRig
from cyberdirector.render import _passes
from cyberdirector.render.backdrop import Backdrop
from cyberdirector.render.camera import TO_TEXTURE, View, boxes_inside
from cyberdirector.render.device import Device
from cyberdirector.render.figure import Figure, to_tile
from cyberdirector.render.frame import Frame
from cyberdirector.render.graph import Pass
from cyberdirector.render.lights import BLOBS, POINTS, SHELTERS, KeyMaps, fill_at, frame_block
from cyberdirector.render.profiles import Profile
from cyberdirector.render.receivers import Receivers, receivers_within
from cyberdirector.render.scene import FrameState
from cyberdirector.render.shaders import UNIT, ShaderLibrary
from cyberdirector.render.shadows import fit_key_map, screen_box
from cyberdirector.render.targets import FRINGE_SIZE, grain_of
from cyberdirector.render.tiles import rects_of
from cyberdirector.render.visibility import FINEST, find_seen
from cyberdirector.render.weather import DRIFTS, Over

FAR_PIXELS = 640.0
"""A figure with fewer pixels for a metre (in a picture 1280 high) is painted by vertices:
its triangles, about a centimetre long, then cover few pixels each."""


class ScenePasses:
    """Steps that draw a set with figures; :meth:`listed` names what each reads and writes.

    Parameters
    ----------
    device, shaders
        Of the renderer.
    size
        (width, height) in pixels.
    samples
        Samples a pixel, 0, 4 or 8.
    profile
        Whether there is glow and all of the rain.
    """

    def __init__(
        self,
        device: Device,
        shaders: ShaderLibrary,
        size: tuple[int, int],
        samples: int,
        profile: Profile,
    ) -> None:
        context = device.context
        self._context = context
        self.size = size
        self.samples = samples
        self.profile = profile
        self.tools = _passes.Tools(context, shaders)
        # Real GPUs leave out hidden fragments themselves.
        self._finds = device.software and samples > 0
        self._block = context.buffer(reserve=4 * 64 + 13 * 16 + (2 * POINTS + BLOBS) * 16)
        self._white = context.texture((1, 1), 4, b"\xff\xff\xff\xff")
        self._backdrop: Backdrop | None = None
        self._figures: Mapping[str, Figure] = {}
        self._still: tuple[Camera, LightRig, int] | None = None
        self._plate: tuple[Camera, LightRig, int] | None = None
        self._set_light: NDArray[np.float64] | None = None
        self._under: Receivers | None = None
        self._set_matrix = np.eye(4)

    def content(self, backdrop: Backdrop | None, figures: Mapping[str, Figure]) -> None:
        """Draw these from now on."""
        self._backdrop, self._figures = backdrop, figures
        self._still = self._plate = self._set_light = self._under = None

    def begin(self, frame: Frame) -> None:
        """Decide what this frame needs.

        Set and sky hold nothing that moves (water is drawn every frame), so their picture
        depends on camera, light and seed only: the second frame with the same ones draws a
        plate, of which later frames copy the same pixels.
        """
        state = frame.state
        now = (state.camera, state.light, state.seed)
        frame.locked = self._still == now
        self.tools.style = frame.style
        self._still = now

    def listed(self) -> list[Pass[Frame]]:
        """Return all passes in their order."""
        picture = ("picture",)
        return [
            Pass("skin", self._skin, writes=("vertices",)),
            Pass("shadow.figures", self._key_map, ("vertices",), ("key",)),
            Pass("shadow.fringe", self._fringes, ("vertices",), ("fringe", "light")),
            Pass("shadow.set", self._set_map, (), ("set_key",), self._light_moved),
            Pass("uniforms", self._uniforms, ("vertices", "key", "set_key"), ("frame",)),
            Pass("visible", self._visible, ("frame",), ("ids", "seen"), lambda _: self._finds),
            Pass(
                "changes",
                self._changes,
                ("vertices", "frame"),
                ("changes",),
                lambda f: f.empty is not None,
            ),
            Pass("plate", self._draw_plate, ("frame",), ("plate", "ids"), self._plate_old),
            Pass("restore", self._restore, ("plate",), picture, lambda f: f.locked),
            Pass("clear", self._clear, (), picture, lambda f: not f.locked),
            Pass(
                "figures",
                self._draw_figures,
                (*picture, "frame", "light", "seen", "key", "fringe", "set_key"),
                picture,
                lambda f: bool(f.state.figures),
            ),
            Pass(
                "set",
                self._draw_set,
                (*picture, "frame", "set_key"),
                (*picture, "ids"),
                lambda f: not f.locked,
            ),
            Pass(
                "receivers", self._receivers, (*picture, "key", "set_key", "changes"), picture
            ),
            Pass("blended", self._blended, (*picture, "key", "fringe", "set_key"), picture),
            Pass("lamps", self._lamps, (*picture, "changes"), picture),
            Pass("weather", self._weather, picture, picture, self._has_weather),
        ]

    def after(self) -> list[Pass[Frame]]:
        """Return the passes that come when the picture is finished.

        What falls would be washed out or inked like a thing in drawn styles.
        """
        over = ("output", "distance", "frame")
        run = self._weather_on_paper
        return [Pass("weather.over", run, over, ("output",), self._weather_over)]

    # Before the picture -----------------------------------------------------------------

    def _skin(self, frame: Frame) -> None:
        shown = self.pose(frame.state, frame.view)
        frame.shown, frame.on_screen = shown, [f for f in shown if f.on_screen]

    def pose(self, state: FrameState, view: View) -> list[Figure]:
        """Skin the figures that can be seen or throw a shadow into the picture."""
        shown = []
        planes = view.planes()
        for role, figure_state in state.figures.items():
            if role not in self._figures:
                raise InputRefused(
                    "role-unknown",
                    f"画面里有角色“{role}”，但场景只有："
                    f"{'、'.join(self._figures) or '（无）'}。",
                    f"The frame shows role '{role}' but the scene has only: "
                    f"{', '.join(self._figures) or '(none)'}.",
                    Location(path=role),
                )
            figure = self._figures[role]
            figure.pose(figure_state, view.eye, view.focal_pixels)
            figure.far = figure.density < FAR_PIXELS * self.size[1] / 1280
            low, high = figure.low[None], figure.high[None]
            figure.on_screen = bool(boxes_inside(planes, low, high)[0])
            if figure.visible and boxes_inside(planes, low, high, margin=2.0)[0]:
                shown.append(figure)
        # Nearest first: what is behind is never shaded.
        gap = [float(np.sum((f.head_center_world() - view.eye) ** 2)) for f in shown]
        return [shown[i] for i in np.argsort(gap, kind="stable")]

    def _key_map(self, frame: Frame) -> None:
        """Draw the figures into their shadow map."""
        target = frame.target("key").framebuffer
        target.use()
        if not frame.shown:
            target.clear(depth=1.0)
            return
        # Steps of texels show where pixels are painted one by one.
        density = max(f.density * (0.85 if f.far else 1.4) for f in frame.shown)
        most = frame.target("key").size[0]
        joints = np.concatenate([f.joints() for f in frame.shown])
        matrix, texels, frame.key_texel = fit_key_map(
            joints, frame.lighting.direction, density, most, frame.view
        )
        used = min(texels + 4, most)  # shaders look no farther than a texel or two
        target.clear(depth=1.0, viewport=(0, 0, used, used))
        frame.key_share = texels / most
        target.viewport = (0, 0, texels, texels)
        self.tools.draw_depth(frame.shown, matrix)
        target.viewport = (0, 0, most, most)
        corner = np.diag([texels / most, texels / most, 1.0, 1.0])
        frame.key_matrix = corner @ TO_TEXTURE @ matrix

    def _fringes(self, frame: Frame) -> None:
        """Draw the hair of each figure into its tile of the fringe map."""
        target = frame.target("fringe").framebuffer
        target.use()
        if any(f.on_screen and not f.far for f in frame.shown):
            target.clear(depth=1.0)
        columns = 1
        while columns * columns < len(frame.shown):
            columns += 1
        side = FRINGE_SIZE // columns
        for i, figure in enumerate(frame.shown):
            column, row = i % columns, i // columns
            target.viewport = (column * side, row * side, side, side)
            matrix = figure.fringe_matrix(frame.lighting)
            near = figure.on_screen and not figure.far
            drawn = near and self.tools.draw_hair_depth(figure, matrix)
            tile = to_tile(matrix, column, row, columns) if drawn else None
            figure.set_light(frame.lighting, tile)
        target.viewport = (0, 0, FRINGE_SIZE, FRINGE_SIZE)

    def _light_moved(self, frame: Frame) -> bool:
        known = self._set_light
        return known is None or not np.array_equal(known, frame.lighting.direction)

    def _set_map(self, frame: Frame) -> None:
        """Draw the shadow map of the set; it stays until the light moves."""
        target = frame.target("set_key").framebuffer
        target.use()
        target.clear(depth=1.0)
        if self._backdrop:
            self._set_matrix = self._backdrop.light_matrix(frame.lighting.direction)
            self.tools.draw_set_depth(self._backdrop, self._set_matrix)
        self._set_light = frame.lighting.direction

    def _uniforms(self, frame: Frame) -> None:
        """Fill the block that all shaders read, and bind the shadow maps."""
        state = frame.state
        if self._backdrop:
            self._backdrop.materials.set_glow(state.light.glow)
        maps = KeyMaps(
            frame.key_matrix, TO_TEXTURE @ self._set_matrix, frame.key_texel, frame.key_share
        )
        blobs = [b for f in frame.shown for b in f.contacts()]
        moment = (state.time, state.seed)
        data = frame_block(
            frame.view,
            state.light,
            frame.lighting,
            self.size,
            moment,
            maps,
            blobs,
            len(self._shelters()),
        )
        self._block.write(data)
        self._block.bind_to_uniform_block(0)
        count = len(state.light.points)
        self.tools.lamps = min(count + count % 2, POINTS)
        self._white.use(UNIT["base_map"])
        self._white.use(UNIT["shade_map"])
        frame.use("key", UNIT["key_map"])
        frame.use("set_key", UNIT["set_key_map"])

    def _shelters(self) -> list[tuple[float, ...]]:
        return self._backdrop.shelters[:SHELTERS] if self._backdrop else []

    def _visible(self, frame: Frame) -> None:
        """Find the triangles of the figures that can be seen; small figures keep all."""
        view = frame.view
        for figure in frame.on_screen:
            figure.level.seen.reset()
        finest = FINEST * grain_of(self.size)
        figures = [f for f in frame.on_screen if f.level.seen.grain * f.density >= finest]
        find_seen(
            frame.target("ids").framebuffer,
            [f.level.seen for f in figures],
            lambda i, first: self.tools.draw_ids(figures[i], view, first),
        )

    def _changes(self, frame: Frame) -> None:
        """Find what figures change of the finished picture without them."""
        if frame.empty:
            water = self._backdrop.water if self._backdrop else []
            frame.changes = frame.empty.changes(frame.shown, frame.view, frame.key_texel, water)

    # The set ----------------------------------------------------------------------------

    def _plate_old(self, frame: Frame) -> bool:
        state = frame.state
        return frame.locked and self._plate != (state.camera, state.light, state.seed)

    def _draw_plate(self, frame: Frame) -> None:
        target = frame.target("plate").framebuffer
        self._find_set(frame)
        target.use()
        target.clear(0.0, 0.0, 0.0, 1.0, depth=1.0)
        self._unmoving(frame.view)
        self._plate, self._under = self._still, None

    def _restore(self, frame: Frame) -> None:
        picture, plate = frame.target("picture"), frame.target("plate")
        self._context.copy_framebuffer(picture.framebuffer, plate.framebuffer)

    def _clear(self, frame: Frame) -> None:
        picture = frame.target("picture").framebuffer
        picture.use()
        picture.clear(0.0, 0.0, 0.0, 1.0, depth=1.0)

    def _draw_set(self, frame: Frame) -> None:
        self._find_set(frame)
        frame.target("picture").use()
        self._unmoving(frame.view)

    def _find_set(self, frame: Frame) -> None:
        """Find the visible triangles of the set, as if nobody stood before them.

        So a plate and a frame without one have the same pixels.
        """
        backdrop, view = self._backdrop, frame.view
        if self._finds and backdrop:
            find_seen(
                frame.target("ids").framebuffer,
                [backdrop.seen],
                lambda _, first: self.tools.draw_set_ids(backdrop, view, first),
            )

    def _unmoving(self, view: View) -> None:
        """Draw all that stands still: surfaces, sky, and the paint on the surfaces."""
        if self._backdrop:
            self.tools.draw_set(self._backdrop, view)
        self.tools.draw_sky()
        if self._backdrop:
            self.tools.draw_decals(self._backdrop, view)

    # The picture ------------------------------------------------------------------------

    def _draw_figures(self, frame: Frame) -> None:
        frame.target("picture").use()
        frame.use("fringe", UNIT["fringe_map"])
        self.tools.draw_figures(frame.on_screen, frame.view)

    def _receivers(self, frame: Frame) -> None:
        """Multiply the shadows of the figures over the set where they can fall."""
        figures, backdrop, view = frame.shown, self._backdrop, frame.view
        if not figures or backdrop is None:
            return
        points = np.concatenate([f.shadow_reach(frame.lighting) for f in figures])
        box = screen_box(points, view, self.size)
        target = frame.target("picture").framebuffer
        target.use()
        contacts = sum(len(f.contacts()) for f in figures)
        if frame.changes:
            boxes = rects_of(frame.changes.shaded, self.size)
            runs = self._receivers_of(frame, backdrop).under(frame.changes.shaded)
        else:
            boxes = [box] if box else []
            around = (points.min(axis=0), points.max(axis=0))
            runs = receivers_within(backdrop, view, around)
        if not (boxes and runs):
            self.tools.draw_contacts(contacts)
            return
        low = np.min([f.low for f in figures], axis=0)
        high = np.max([f.high for f in figures], axis=0)
        fill = fill_at((low + high) / 2.0, frame.state.light, frame.lighting)
        self.tools.draw_receivers(backdrop, runs, target, boxes, fill)
        self.tools.draw_contacts(contacts)

    def _receivers_of(self, frame: Frame, backdrop: Backdrop) -> Receivers:
        """Return what shadows may fall on; it stays as long as the plate."""
        light = frame.lighting.direction
        self._under = self._under or Receivers(backdrop, frame.view, self.size, light)
        return self._under

    def _blended(self, frame: Frame) -> None:
        frame.target("picture").use()
        frame.use("fringe", UNIT["fringe_map"])
        self.tools.draw_blended(self._backdrop, frame.on_screen, frame.view)

    def _lamps(self, frame: Frame) -> None:
        frame.target("picture").use()
        boxes = frame.changes.around if frame.changes else None
        self.tools.draw_glow(len(frame.state.light.points), boxes)

    @staticmethod
    def _has_weather(frame: Frame) -> bool:
        return frame.state.light.weather in DRIFTS and frame.style.medium == "screen"

    @staticmethod
    def _weather_over(frame: Frame) -> bool:
        return frame.state.light.weather in DRIFTS and frame.style.medium != "screen"

    def _weather(self, frame: Frame, over: Over | None = None) -> None:
        frame.target("output" if over else "picture").use()
        drift = DRIFTS[frame.state.light.weather]
        fov, dense = frame.state.camera.fov, self.profile.dense_weather
        heads = [f.head_sphere() for f in frame.on_screen]
        self.tools.draw_weather(drift, self._shelters(), fov, dense, over, heads)

    def _weather_on_paper(self, frame: Frame) -> None:
        exposure, contrast, saturation, warmth = frame.state.light.grade
        grade = (2.0**exposure, contrast, saturation, warmth)
        self._weather(frame, Over(frame.target("distance").color, self.size[1], grade))
