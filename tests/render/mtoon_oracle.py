"""MToon 1.0 in numpy, written from the text of VRMC_materials_mtoon-1.0.

Arrays are (points, ...) float64; colours linear RGB; directions unit, world space, +Y up.
Where the pseudocode of the specification and its formulas disagree, the formulas and the two
reference implementations decide: UV turns counter-clockwise on the picture, and the top of a
matcap lies where the surface looks up (glTF counts v downwards).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from cyberdirector.core.model import Material, Texture, UvTransform

MATCAP_SCALE = 0.495
EPSILON = 1e-5


@dataclass
class Lights:
    """One directional light, point lights and a hemisphere."""

    direction: np.ndarray
    color: np.ndarray
    up: np.ndarray
    down: np.ndarray
    points: list[tuple[np.ndarray, np.ndarray, float]] = field(default_factory=list)
    """(position, colour, range in metres)."""


def saturate(x):
    return np.clip(x, 0.0, 1.0)


def unit(v):
    return v / np.maximum(np.linalg.norm(v, axis=-1, keepdims=True), 1e-12)


def linear_of_srgb(c):
    """IEC 61966-2-1."""
    c = np.asarray(c, float)
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def wrapped(index, count, way):
    """Return texel indices inside 0..count as glTF's samplers wrap them."""
    if way == "clamp":
        return np.clip(index, 0, count - 1)
    if way == "repeat":
        return index % count
    index = index % (2 * count)
    return np.where(index < count, index, 2 * count - 1 - index)


def sample(texture: Texture, uv, color: bool):
    """Bilinear lookup with the wrapping of the texture; colours are decoded first."""
    data = texture.pixels / 255.0
    if color and not texture.linear:
        data = np.concatenate([linear_of_srgb(data[..., :3]), data[..., 3:]], axis=-1)
    height, width = data.shape[:2]
    x, y = uv[:, 0] * width - 0.5, uv[:, 1] * height - 0.5
    x0, y0 = np.floor(x).astype(int), np.floor(y).astype(int)
    fx, fy = (x - x0)[:, None], (y - y0)[:, None]

    def at(column, row):
        u, v = texture.wrap
        return data[wrapped(row, height, v), wrapped(column, width, u)]

    top = at(x0, y0) * (1 - fx) + at(x0 + 1, y0) * fx
    bottom = at(x0, y0 + 1) * (1 - fx) + at(x0 + 1, y0 + 1) * fx
    return top * (1 - fy) + bottom * fy


def transformed(uv, transform: UvTransform | None):
    """KHR_texture_transform: scale, then turn, then offset."""
    if transform is None:
        return uv
    c, s = np.cos(transform.rotation), np.sin(transform.rotation)
    scaled = uv * transform.scale
    turned = np.stack(
        [c * scaled[:, 0] + s * scaled[:, 1], c * scaled[:, 1] - s * scaled[:, 0]], -1
    )
    return turned + transform.offset


class Surface:
    """A material with its textures, looked up at animated coordinates."""

    def __init__(self, material: Material, textures: list[Texture], uv, time: float):
        self.material, self.textures = material, textures
        self.uv = self._animated(np.asarray(uv, float), time)

    def look(self, slot: str, missing, color: bool, uv=None):
        index = getattr(self.material, slot)
        where = self.uv if uv is None else uv
        if index is None:
            return np.broadcast_to(np.asarray(missing, float), (len(where), 4))
        place = transformed(where, self.material.transforms.get(slot))
        return sample(self.textures[index], place, color)

    def _animated(self, uv, time):
        m = self.material
        self.uv = uv
        mask = self.look("uv_animation_mask_texture", (1, 1, 1, 1), color=False)[:, 2]
        angle = m.uv_rotation * time * mask
        c, s = np.cos(angle), np.sin(angle)
        d = uv - 0.5
        turned = np.stack([c * d[:, 0] + s * d[:, 1], -s * d[:, 0] + c * d[:, 1]], -1)
        return turned + 0.5 + np.asarray(m.uv_scroll) * time * mask[:, None]


def linearstep(a, b, t):
    return saturate((t - a) / np.maximum(b - a, 1e-9))


def shading(facing, shift, toony):
    return linearstep(-1.0 + toony, 1.0 - toony, facing + shift)


def raw_gi(y, lights: Lights):
    k = (y * 0.5 + 0.5)[:, None]
    return lights.down * (1 - k) + lights.up * k


def gi(n, lights: Lights, equalization):
    up, down = np.array([1.0]), np.array([-1.0])
    uniformed = (raw_gi(up, lights) + raw_gi(down, lights)) / 2.0
    return raw_gi(n[:, 1], lights) * (1 - equalization) + uniformed * equalization


def matcap_place(n, v):
    x = unit(np.stack([v[:, 2], np.zeros(len(v)), -v[:, 0]], -1))
    y = np.cross(v, x)
    return np.stack([(x * n).sum(-1), -(y * n).sum(-1)], -1) * MATCAP_SCALE + 0.5


def rim(surface: Surface, n, v, lighting):
    m = surface.material
    place = matcap_place(n, v)
    out = (
        np.asarray(m.matcap_color)
        * surface.look("matcap_texture", (0, 0, 0, 0), color=True, uv=place)[:, :3]
    )
    amount = saturate(1.0 - (n * v).sum(-1) + m.rim_lift)
    amount = amount ** max(m.rim_fresnel_power, EPSILON)
    out = out + amount[:, None] * np.asarray(m.rim_color)
    out = out * surface.look("rim_multiply_texture", (1, 1, 1, 1), color=True)[:, :3]
    return out * (1 - m.rim_lighting_mix + m.rim_lighting_mix * lighting)


def mapped_normal(surface: Surface, n, tangent, bitangent):
    """Normal of the normal map; ``bitangent`` points to the top of the picture."""
    m = surface.look("normal_texture", (0.5, 0.5, 1, 1), color=False)[:, :3] * 2.0 - 1.0
    m = m * [surface.material.normal_scale, surface.material.normal_scale, 1.0]
    return unit(tangent * m[:, :1] + bitangent * m[:, 1:2] + n * m[:, 2:])


def shade_input(surface: Surface, n, to_light):
    """The value that decides between shade and lit: dot product plus shift."""
    m = surface.material
    shift = surface.look("shading_shift_texture", (0, 0, 0, 0), color=False)[:, 0]
    return (n * to_light).sum(-1) + m.shading_shift + shift * m.shading_shift_scale


def directions(points, n, lights: Lights):
    """Return [(unit vectors to the light, colours that arrive)] of all direct lights."""
    out = [
        (
            np.broadcast_to(lights.direction, points.shape),
            np.broadcast_to(lights.color, points.shape),
        )
    ]
    for position, color, reach in lights.points:
        to = position - points
        d2 = (to * to).sum(-1, keepdims=True)
        window = np.maximum(1.0 - d2 / reach**2, 0.0) ** 2
        arriving = color * window / (1.0 + 0.6 * d2)
        # The specification knows one light. UniVRM's rule for others: half, less behind.
        facing = (n * to).sum(-1, keepdims=True) / np.sqrt(d2)
        out.append((to / np.sqrt(d2), arriving * 0.5 * (1.0 + np.minimum(facing, 0.0))))
    return out


def color_and_alpha(surface: Surface, points, n, v, lights: Lights):
    """Return linear colours (points, 3) and alpha of the surface."""
    m = surface.material
    base = surface.look("base_texture", (1, 1, 1, 1), color=True) * np.asarray(m.base_color)
    lit = base[:, :3]
    if m.unlit:
        return lit, base[:, 3]
    dark = surface.look("shade_texture", (1, 1, 1, 1), color=True)[:, :3] * m.shade_color
    total, lighting = np.zeros_like(lit), np.zeros_like(lit)
    for to_light, arriving in directions(points, n, lights):
        t = shading(shade_input(surface, n, to_light), 0.0, m.shading_toony)[:, None]
        total = total + (dark * (1 - t) + lit * t) * arriving
        lighting = lighting + arriving
    ambient = gi(n, lights, m.gi_equalization)
    total = total + ambient * lit
    lighting = lighting + ambient
    total = total + rim(surface, n, v, lighting)
    glow = surface.look("emissive_texture", (1, 1, 1, 1), color=True)[:, :3]
    return total + glow * np.asarray(m.emissive), base[:, 3]


def outline_color(material: Material, surface_color):
    mix = material.outline_lighting_mix
    return np.asarray(material.outline_color) * (1 - mix + mix * surface_color)


def outline_metres(surface: Surface, depth, screen_height, focal_pixels):
    """Width of the outline in metres at ``depth`` (metres along the view)."""
    m = surface.material
    mask = surface.look("outline_width_texture", (1, 1, 1, 1), color=False)[:, 1]
    if m.outline_mode == "none":
        return np.zeros(len(mask))
    if m.outline_mode == "screenCoordinates":
        return m.outline_width * mask * screen_height * depth / focal_pixels
    return m.outline_width * mask


def tame(color):
    """The picture's own roll-off of what is brighter than 0.92 (shaders/lib/tame.glsl)."""
    top = color.max(axis=-1, keepdims=True)
    return color / (1.0 + 0.85 * np.maximum(top - 0.92, 0.0))
