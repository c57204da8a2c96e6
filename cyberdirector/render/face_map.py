"""Threshold maps: which way the light turns before each place of a face falls into shade.

A map is a grey picture in the texture coordinates of the face. Its value is the azimuth of
the key light about the head at which a place loses the light, over 180 degrees: black is
never lit, white stays lit until the light stands behind. It is painted for a light that goes
from the front to the character's own left; for the other side it is read at ``1 - u``.

Pictures of one byte a texel step by 0.7 degrees. Maps that we bake hold sixteen bits: high
byte in red, low byte in green. Both are read by the same formula, ``(256 r + g) / 257``.

A material names its map in ``Material.extras["face_shadow"]``: the name of a texture of its
character.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cyberdirector.core.errors import InputRefused, Location
from cyberdirector.core.model import Character, MeshPart, Texture
from cyberdirector.render.figure_mesh import head_box
from cyberdirector.render.geometry import normals_of, role_of
from cyberdirector.render.lights import face_direction

Array = NDArray[np.float64]

BIAS = 0.12
"""Added to the facing of faces (``paint/face.glsl``)."""

_STEP = np.radians(2.0)
"""Between two azimuths that are looked at; thresholds lie on lines between them."""

_HELD = np.radians(104.0)
"""Where the light of faces stops turning with the key light (``lights.face_direction``)."""

_GROWN = 8
"""Texels by which islands grow, so that filters find no foreign values."""


def _smooth(low: float, high: float, x: Array) -> Array:
    t = np.clip((x - low) / (high - low), 0.0, 1.0)
    return np.asarray(t * t * (3.0 - 2.0 * t))


def face_shape(q: Array, front: Array, light: Array) -> Array:
    """Return the drawn shapes of nose and cheek, as ``lib/face_shape.glsl`` has them.

    Parameters
    ----------
    q
        (..., 2) places in the head, -1..1 (+x left, +y up).
    front
        (...) 1 on the front of the face.
    light
        (3,) unit, head space.

    Returns
    -------
    NDArray
        (...) to be added to the facing.
    """
    u, v = np.where(light[0] < 0.0, -q[..., 0], q[..., 0]), q[..., 1]
    down = -0.17 - v
    patch = np.minimum(np.minimum(down, -u - 0.13 - down * 0.30), u + 0.56 - down * 0.55)
    shape = 0.34 * np.clip(patch * 9.0 + 0.35, 0.0, 1.0)
    width = 0.045 + 0.33 * np.maximum(-0.14 - v, 0.0)
    along = np.minimum(-0.10 - v, v + 0.49)
    nose = np.minimum(np.minimum(-u + 0.005, u + width), along)
    turned = _smooth(0.42, 0.70, np.abs(np.asarray(light[0], np.float64)))
    return np.asarray((shape - 1.1 * turned * np.clip(nose * 14.0, 0.0, 1.0)) * front)


def key_about_head(azimuth: ArrayLike, rise: float) -> Array:
    """Return unit directions (..., 3) in head space: azimuth to the left, ``rise`` = y."""
    a = np.asarray(azimuth, np.float64)
    level = float(np.sqrt(max(1.0 - rise * rise, 0.0)))
    return np.stack([np.sin(a) * level, np.full(a.shape, rise), np.cos(a) * level], axis=-1)


class FaceSurface:
    """What the paint of faces knows of each vertex, in head space.

    Attributes
    ----------
    normals
        (n, 3) smooth normals: of the mesh, pulled to an ellipsoid.
    places
        (n, 2) in the head, -1..1.
    front
        (n,) 1 on the front of the face.
    """

    def __init__(self, positions: Array, normals: Array, radii: Array) -> None:
        """``positions`` (n, 3) metres from the middle of the head, ``radii`` (3,)."""
        round_n = positions / (radii * radii)
        mixed = 0.3 * normals + 0.7 * _unit(round_n)
        self.normals = _unit(mixed)
        q = positions / radii
        self.places = q[:, :2]
        self.front = _smooth(0.35, 0.65, q[:, 2])

    def mixed(self, corners: NDArray[np.integer], weights: Array) -> FaceSurface:
        """Return the surface at places inside triangles, as a rasterizer blends vertices."""
        out = object.__new__(FaceSurface)
        out.normals = np.einsum("pc,pci->pi", weights, self.normals[corners])
        out.places = np.einsum("pc,pci->pi", weights, self.places[corners])
        out.front = np.einsum("pc,pc->p", weights, self.front[corners])
        return out

    def facing(self, key: Array) -> Array:
        """Return the facing (n,) under a key light in head space; lit above 0."""
        light = face_direction(key)
        return self.normals @ light + BIAS + face_shape(self.places, self.front, light)

    def thresholds(self, rise: float) -> Array:
        """Return the azimuths (n,) in radians, 0..pi, at which the light is lost.

        Up to where the light of faces stops turning, that is where the drawn shapes lose
        it; what is lit then goes as the bare surface turns from the true light.
        """
        found = np.full(len(self.front), np.pi)
        known = np.zeros(len(self.front), bool)
        before = self.facing(key_about_head(0.0, rise))
        found[before <= 0.0], known = 0.0, before <= 0.0
        for at in np.arange(_STEP, np.pi + _STEP / 2.0, _STEP):
            key = key_about_head(at, rise)
            now = self.facing(key) if at <= _HELD else self.normals @ key + BIAS
            lost = ~known & (now <= 0.0)
            share = before[lost] / np.maximum(before[lost] - now[lost], 1e-9)
            found[lost] = at - _STEP * (1.0 - np.clip(share, 0.0, 1.0))
            known |= lost
            before = now
        return found


def _unit(v: Array) -> Array:
    return np.asarray(v / np.maximum(np.linalg.norm(v, axis=-1, keepdims=True), 1e-12))


def face_surface(character: Character, part: MeshPart) -> FaceSurface:
    """Return the rest pose of a part of a character's head for the paint of faces."""
    center, radii = head_box(character, character.parts)
    at = character.node_positions()[character.humanoid.get("head", 0)]
    positions = part.positions.astype(np.float64) - at - center
    return FaceSurface(positions, normals_of(part).astype(np.float64), radii)


def _covered(corners: Array, side: int) -> tuple[NDArray[np.int64], Array]:
    """Return the texels (k, 2) column, row inside a triangle (3, 2), and weights (k, 3)."""
    low = np.clip(np.floor(corners.min(axis=0) - 0.5), 0, side - 1).astype(int)
    high = np.clip(np.ceil(corners.max(axis=0) - 0.5), 0, side - 1).astype(int)
    columns, rows = np.meshgrid(np.arange(low[0], high[0] + 1), np.arange(low[1], high[1] + 1))
    texels = np.stack([columns.ravel(), rows.ravel()], axis=-1)
    (ax, ay), (bx, by), (cx, cy) = corners
    area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
    if abs(area) < 1e-9:
        return texels[:0], np.zeros((0, 3))
    x, y = texels[:, 0] + 0.5, texels[:, 1] + 0.5
    wb = ((x - ax) * (cy - ay) - (y - ay) * (cx - ax)) / area
    wc = ((bx - ax) * (y - ay) - (by - ay) * (x - ax)) / area
    weights = np.stack([1.0 - wb - wc, wb, wc], axis=-1)
    inside = (weights >= -1e-6).all(axis=1)
    return texels[inside], weights[inside]


def _grown(values: Array, known: NDArray[np.bool_]) -> Array:
    """Return a map whose unknown texels take the mean of their known neighbours."""
    for _ in range(_GROWN):
        total, count = np.zeros_like(values), np.zeros_like(values)
        padded, held = np.pad(values * known, 1), np.pad(known, 1)
        for dy in range(3):
            for dx in range(3):
                window = slice(dy, dy + len(values)), slice(dx, dx + len(values))
                total += padded[window]
                count += held[window]
        fresh = ~known & (count > 0)
        values = np.where(fresh, total / np.maximum(count, 1), values)
        known = known | fresh
    return np.where(known, values, 1.0)


def bake_face_map(character: Character, side: int = 512, rise: float = 0.35) -> Texture:
    """Return the threshold map of our own drawn shapes for a character's face.

    A start for artists: paint over it, name it, and the face is lit by it.

    Parameters
    ----------
    character
        With a material of the role ``face`` (told by its name where it has none).
    side
        Width and height, texels.
    rise
        Height of the key light for which it is made (y of its unit direction).

    Raises
    ------
    InputRefused
        ``face-missing`` for a character without such a material.
    """
    roles = [role_of(material) for material in character.materials]
    parts = [p for p in character.parts if roles[p.material] == "face" and len(p.triangles)]
    if not parts:
        raise InputRefused(
            "face-missing",
            f"角色“{character.name}”没有用途为 face 的材质，无法烘焙面部阴影图。",
            f"'{character.name}' has no material with the role 'face' to bake a map for.",
            Location(path=character.name),
        )
    values, known = np.ones((side, side)), np.zeros((side, side), bool)
    for part in parts:
        surface = face_surface(character, part)
        places = part.uvs.astype(np.float64) * side
        # Farthest from the eye first: where islands overlap, what is seen stays.
        depth = part.positions[part.triangles, 2].mean(axis=1)
        texels, corners, weights = [], [], []
        for t in part.triangles[np.argsort(depth, kind="stable")].astype(np.int64):
            inside, share = _covered(places[t], side)
            texels.append(inside)
            weights.append(share)
            corners.append(np.broadcast_to(t, (len(inside), 3)))
        column, row = np.concatenate(texels).T
        held = surface.mixed(np.concatenate(corners), np.concatenate(weights))
        values[row, column] = held.thresholds(rise) / np.pi
        known[row, column] = True
    return packed_map(_grown(values, known))


def packed_map(values: Array, name: str = "face_shadow") -> Texture:
    """Return thresholds (h, w), 0..1, as a texture of sixteen bits in red and green."""
    codes = np.round(np.clip(values, 0.0, 1.0) * 65535.0).astype(np.uint16)
    pixels = np.full((*codes.shape, 4), 255, np.uint8)
    pixels[..., 0], pixels[..., 1] = codes >> 8, codes & 255
    pixels[..., 2] = pixels[..., 0]
    return Texture(name, pixels, linear=True, wrap=("clamp", "clamp"))


def grey_map(grey: NDArray[np.uint8], name: str = "face_shadow") -> Texture:
    """Return a painted threshold map (height, width) uint8 as a texture.

    Raises
    ------
    InputRefused
        ``texture-invalid`` for arrays of another shape or kind.
    """
    values = np.asarray(grey)
    if values.ndim != 2 or values.dtype != np.uint8 or not values.size:
        raise InputRefused(
            "texture-invalid",
            f"面部阴影图为 {values.shape} {values.dtype}，应为（高，宽）uint8 灰度。",
            f"The face map is {values.shape} {values.dtype}, expected (height, width) uint8.",
            Location(path=name),
        )
    pixels = np.repeat(values[..., None], 4, axis=-1)
    pixels[..., 3] = 255
    return Texture(name, pixels, linear=True, wrap=("clamp", "clamp"))


def map_values(texture: Texture) -> Array:
    """Return the thresholds (h, w) of a map, 0..1."""
    red, green = (texture.pixels[..., i].astype(np.float64) / 255.0 for i in (0, 1))
    return (256.0 * red + green) / 257.0
