"""A sheet of known places and normals, drawn by pass/mtoon without the rest of a frame."""

from __future__ import annotations

import numpy as np

from cyberdirector.core.model import TEXTURE_SLOTS, Material, Texture, UvTransform
from cyberdirector.core.scene import Camera, LightRig, PointLight
from cyberdirector.render.camera import View
from cyberdirector.render.lights import BLOBS, POINTS, KeyMaps, frame_block, lighting_of
from cyberdirector.render.materials import MaterialTable
from cyberdirector.render.mtoon import use_material
from cyberdirector.render.shaders import UNIT, ShaderLibrary

SIDE = 128
RANGE = 1.5
"""Brightest linear colour of a target (lib/color.glsl)."""
CAMERA = Camera((0.35, 0.2, 2.6), (0.0, 0.0, 0.0), 0.7)
EYE = np.array(CAMERA.eye)


class Sheet:
    """The square -1..1 at z = 0 with normals that turn linearly over it."""

    def __init__(self, device, turn=1.6, lean=(0.0, 0.0)):
        self.device, self.context = device, device.context
        constants = {"POINTS": POINTS, "BLOBS": BLOBS, "SHELTERS": 8, "SHADOW_SIZE": 16,
                     "SET_SHADOW_SIZE": 16, "FRINGE_SIZE": 16}  # fmt: skip
        self.shaders = ShaderLibrary(self.context, constants)
        self.turn, self.lean = turn, np.asarray(lean)
        corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], float)
        rows = np.concatenate(
            [np.c_[corners, np.zeros(4)], self.raw_normals(corners), self.uvs(corners)], axis=1
        )
        self.vertices = self.context.buffer(rows.astype("f4").tobytes())
        self.indices = self.context.buffer(np.array([0, 1, 2, 0, 2, 3], "u4").tobytes())
        size = (SIDE, SIDE)
        color = self.context.texture(size, 4, dtype="f4")
        self.target = self.context.framebuffer([color], self.context.depth_renderbuffer(size))
        self.view = View(CAMERA, size)
        self.frame = self.context.buffer(reserve=4 * 64 + 13 * 16 + (2 * POINTS + BLOBS) * 16)
        figure = np.zeros((13, 4), "f4")
        figure[10, 3] = 1.0  # factor on the light of figures
        self.figure = self.context.buffer(figure.tobytes())
        self.map = self.context.depth_texture((16, 16))
        self.map.compare_func = "<="
        with_map = self.context.framebuffer(depth_attachment=self.map)
        with_map.use()
        with_map.clear(depth=1.0)

    def raw_normals(self, xy):
        return np.c_[(xy + self.lean) * self.turn, np.ones(len(xy))]

    @staticmethod
    def uvs(xy):
        return np.c_[xy[:, 0] * 0.5 + 0.5, 0.5 - xy[:, 1] * 0.5]

    def places(self):
        """Return (pixels, 2) positions on the sheet of all pixels that lie inside it."""
        at = (np.mgrid[0:SIDE, 0:SIDE][::-1].reshape(2, -1).T + 0.5) / SIDE * 2 - 1
        inverse = np.linalg.inv(self.view.matrix)
        far = np.c_[at, np.ones((len(at), 2))] @ inverse.T
        ray = far[:, :3] / far[:, 3:] - EYE
        hit = EYE + ray * (-EYE[2] / ray[:, 2:])
        return hit[:, :2], (np.abs(hit[:, :2]) < 0.95).all(axis=1)

    def draw(
        self, material: Material, textures: list[Texture], rig: LightRig, time=0.0, ramp=None
    ):
        """Return linear colours and alpha of the sheet, (pixels, 4), rows from below."""
        program = self._begin(material, textures, rig, time, outline=False, ramp=ramp)
        self.context.enable_only(self.context.DEPTH_TEST)
        array = self.context.vertex_array(
            program,
            [(self.vertices, "3f4 3f4 2f4", "in_position", "in_normal", "in_uv")],
            self.indices,
            skip_errors=True,
        )
        array.render()
        return self._read()

    def draw_hull(self, material: Material, textures: list[Texture], rig: LightRig, shape):
        """Return linear colours with alpha of the outline of a ball as in samples."""
        program = self._begin(material, textures, rig, 0.0, outline=True)
        positions, normals, uvs, triangles = shape
        rows = np.concatenate(
            [positions, normals, uvs, normals, np.ones((len(uvs), 1))], axis=1
        )
        array = self.context.vertex_array(
            program,
            [
                (
                    self.context.buffer(rows.astype("f4").tobytes()),
                    "3f4 3f4 2f4 4f4",
                    *("in_position", "in_normal", "in_uv", "in_outline"),
                )
            ],
            self.context.buffer(triangles.astype("u4").tobytes()),
            skip_errors=True,
        )
        self.context.enable_only(self.context.DEPTH_TEST | self.context.CULL_FACE)
        self.context.cull_face = "front"
        array.render()
        self.context.cull_face = "back"
        return self._read()

    def _begin(self, material, textures, rig, time, outline, ramp=None):
        table = MaterialTable(self.context, "test", [material], textures)
        lighting = lighting_of(rig)
        eye = np.eye(4)
        block = frame_block(
            self.view, rig, lighting, (SIDE, SIDE), (time, 0), KeyMaps(eye, eye, 0.0), [], 0
        )
        self.frame.write(block)
        self.frame.bind_to_uniform_block(0)
        self.figure.bind_to_uniform_block(2)
        for name in ("key_map", "set_key_map"):
            self.map.use(UNIT[name])
        self.target.use()
        self.target.clear(0.0, 0.0, 0.0, 0.0, depth=1.0)
        lamps = len(rig.points) + len(rig.points) % 2
        return use_material(self.shaders, table, 0, lamps, outline=outline, chosen=ramp or {})

    def _read(self):
        self.device.check_error("mtoon")
        out = np.frombuffer(self.target.read(components=4, dtype="f4"), "f4").reshape(-1, 4)
        return np.c_[out[:, :3].astype(float) ** 2 * RANGE, out[:, 3]]


def _color(rng, most=1.0):
    return tuple(float(v) for v in rng.uniform(0.0, most, 3))


def random_texture(rng, name, linear):
    """A smooth tileable picture: a few waves in each channel, so that filters agree."""
    side = 64
    at = (np.arange(side) + 0.5) / side * 2 * np.pi
    waves = [
        np.sin(at * rng.integers(1, 3) + rng.uniform(0, 6))[:, None]
        * np.sin(at * rng.integers(1, 3) + rng.uniform(0, 6))[None, :]
        for _ in range(4)
    ]
    pixels = np.round(np.stack(waves, axis=-1) * 70 + 128).astype(np.uint8)
    wrap = rng.choice(["repeat", "mirror", "clamp"], 2)
    return Texture(name, pixels, linear, (str(wrap[0]), str(wrap[1])))


def random_rig(rng):
    """A light of any direction and colour, with up to three lamps, no fog."""
    direction = rng.normal(size=3)
    points = tuple(
        PointLight((*rng.uniform(-1.5, 1.5, 2), float(rng.uniform(0.3, 2.0))),
                   _color(rng, 0.6), float(rng.uniform(1.0, 4.0)))
        for _ in range(rng.integers(4))
    )  # fmt: skip
    return LightRig(
        "random", tuple(direction), _color(rng, 0.8), (_color(rng, 0.4), _color(rng, 0.4)),
        points=points,
    )  # fmt: skip


def random_material(rng):
    """Return (material, textures) with any combination of what MToon 1.0 has."""
    textures = [random_texture(rng, f"t{i}", linear=i >= 4) for i in range(8)]
    values = {}
    textures[7].pixels[..., 2] = 200 + textures[7].pixels[..., 2] // 5  # a normal map
    slots = rng.permutation(TEXTURE_SLOTS)[: rng.integers(0, len(TEXTURE_SLOTS) + 1)]
    for slot in slots:
        values[str(slot)] = 7 if slot == "normal_texture" else int(rng.integers(0, 8))
    if "normal_texture" in values:  # its frame would follow the 8-bit steps of the mask
        values.pop("uv_animation_mask_texture", None)
    moved = rng.random() < 0.4
    transforms = {
        str(slot): UvTransform(
            tuple(rng.uniform(-1, 1, 2)),
            tuple(rng.uniform(0.5, 1.5, 2)),
            float(rng.uniform(-3, 3)),
        )
        for slot in slots
        if moved and rng.integers(2)
    }
    animated = rng.random() < 0.4
    return Material(
        "m",
        base_color=(*_color(rng), float(rng.uniform(0.5, 1.0))),
        shade_color=_color(rng, 0.7),
        shading_toony=float(rng.choice([0.0, 0.5, 0.9, rng.uniform(0.0, 0.95)])),
        shading_shift=float(rng.uniform(-0.6, 0.6)),
        gi_equalization=float(rng.uniform(0.0, 1.0)),
        rim_color=_color(rng, 0.5) if rng.integers(2) else (0.0, 0.0, 0.0),
        rim_fresnel_power=float(rng.uniform(1.0, 8.0)),
        rim_lift=float(rng.uniform(-0.3, 0.5)),
        rim_lighting_mix=float(rng.uniform(0.0, 1.0)),
        emissive=_color(rng, 0.4) if rng.integers(2) else (0.0, 0.0, 0.0),
        matcap_color=_color(rng, 0.6),
        normal_scale=float(rng.uniform(-1.0, 1.0)),
        shading_shift_scale=float(rng.uniform(-1.0, 1.0)),
        uv_scroll=tuple(rng.uniform(-0.5, 0.5, 2)) if animated else (0.0, 0.0),
        uv_rotation=float(rng.uniform(-2.0, 2.0)) if animated else 0.0,
        alpha_mode=str(rng.choice(["OPAQUE", "BLEND"])),
        unlit=bool(rng.random() < 0.05),
        transforms=transforms,
        **values,
    ), textures
