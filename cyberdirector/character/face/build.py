"""All parts of a face and the skin, with their materials and pictures."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from cyberdirector.character.body import Body
from cyberdirector.character.face.brows import BrowLook, brow_parts
from cyberdirector.character.face.colors import linear, mix, srgb, to_linear
from cyberdirector.character.face.decals import decal_parts
from cyberdirector.character.face.ears import ear_parts
from cyberdirector.character.face.eye_art import eye_texture
from cyberdirector.character.face.eyes import EyeLook, eye_parts
from cyberdirector.character.face.lashes import lash_parts
from cyberdirector.character.face.mouth import mouth_parts
from cyberdirector.character.face.paint import PaintKinds, PaintLook, paint_face
from cyberdirector.character.face.scalp import round_scalp
from cyberdirector.character.face.shapes import Deltas, arkit_deltas
from cyberdirector.character.face.skin import skin_parts
from cyberdirector.core.model import Color3, Material, MeshPart, Texture


@dataclass(frozen=True)
class FaceLook:
    """Everything about a face that is drawn rather than shaped.

    Fields with ``_kind``, ``shape``, ``eye_shape``, ``mole``, ``makeup``, ``mark`` and
    ``scar`` are names of :mod:`cyberdirector.character.face.catalogue` (empty: none or the
    plain one); ``iris_second`` is the second tone of the iris, ``iris_right`` another
    colour of the right one.
    """

    eyes: EyeLook = field(default_factory=EyeLook)
    brows: BrowLook = field(default_factory=BrowLook)
    paint: PaintLook = field(default_factory=PaintLook)
    iris: str = "#6b4a36"
    lash: str = "#2a1a1c"
    brow: str = "#3a2723"
    pupil: float = 1.0
    glint: float = 1.0
    shade: str = "#f0bfae"
    """What skin of the colour #ffffff would look like in shade."""
    iris_second: str = ""
    iris_right: str = ""
    shape: str = ""
    eye_shape: str = ""
    iris_kind: str = "classic"
    lash_kind: str = "natural"
    brow_kind: str = ""
    lip_kind: str = "natural"
    nose_kind: str = ""
    blush_kind: str = ""
    mole: str = ""
    makeup: str = ""
    mark: str = ""
    scar: str = ""


@dataclass(frozen=True)
class Face:
    """Parts (materials are numbers of ``materials``), pictures, and the dense shapes."""

    parts: list[MeshPart]
    materials: list[Material]
    textures: list[Texture]
    deltas: Deltas


_SLITS = {"brow_left": "Left"}
"""Scars that part a brow."""


def build_face(
    body: Body, look: FaceLook, hidden: NDArray[np.bool_], bare: bool = False
) -> Face:
    """Return skin and face of a body; ``hidden`` skin vertices are under cloth.

    ``bare`` heads have no hair: their scalp is made smooth.
    """
    deltas = arkit_deltas(body)
    kinds = PaintKinds(
        look.lip_kind, look.blush_kind, look.makeup, look.mole, look.mark, look.scar
    )
    canvas = paint_face(body, look.paint, kinds)
    parts = skin_parts(body, deltas, canvas, hidden)
    if bare:
        round_scalp(parts, body)
    parts += eye_parts(body, deltas, look.eyes, look.iris_kind, look.glint)
    parts += lash_parts(body, deltas, look.eyes, look.lash_kind)
    parts += brow_parts(body, deltas, look.brows, _SLITS.get(look.scar, ""))
    parts += ear_parts(body, deltas)
    parts += mouth_parts(body, deltas)
    parts += decal_parts(body, deltas)
    textures = [
        Texture("face", canvas.bytes()),
        Texture("eye", _eyes(look)),
        Texture("lines", _lines(look)),
        Texture(
            "mouth",
            _mouth([srgb("#7d2f35"), srgb("#fbf7f4"), srgb("#dd7f7c"), srgb("#c06a68")]),
        ),
    ]
    return Face(parts, face_materials(look), textures, deltas)


def _eyes(look: FaceLook) -> NDArray[np.uint8]:
    irises = (look.iris, look.iris_right or look.iris)
    return eye_texture(look.iris_kind, irises, look.iris_second, look.lash, look.pupil)


def _lines(look: FaceLook) -> NDArray[np.uint8]:
    """Return the columns of the lines; lashes and brows run from their own tone to a softer."""
    skin, line = srgb(look.paint.skin), srgb(look.paint.line)
    lash, brow = srgb(look.lash), srgb(look.brow)
    columns = (
        (lash, mix(lash, line, 0.55)),
        (mix(skin, line, 0.85), mix(skin, line, 0.85)),
        (brow, mix(brow, skin, 0.55)),
    )
    t = np.linspace(0.0, 1.0, 32)[:, None]
    out = np.full((32, 48, 4), 255, np.uint8)
    for i, (top, low) in enumerate(columns):
        tones = np.rint((top * (1.0 - t) + low * t) * 255.0)
        out[:, 16 * i : 16 * (i + 1), :3] = tones[:, None]
    return out


_GUMS = (0.78, 0.66, 0.72)
"""What is left of the white of the teeth at their roots, red, green, blue."""


def _mouth(colours: list[NDArray[np.float64]]) -> NDArray[np.uint8]:
    """Return a picture of equal columns (16, 16 n, 4); the second, of teeth, darkens up."""
    n = len(colours)
    out = np.full((16, 16 * n, 4), 255, np.uint8)
    for i, colour in enumerate(colours):
        out[:, 16 * i : 16 * (i + 1), :3] = np.rint(colour * 255.0)
    shade = np.linspace(1.0, 0.0, 16)[:, None, None] ** 1.6
    teeth = out[:, 16:32, :3] * (1.0 - shade * (1.0 - np.array(_GUMS)))
    out[:, 16:32, :3] = np.rint(teeth)
    return out


def _shade(look: FaceLook) -> Color3:
    r, g, b = to_linear(srgb(look.shade))
    return float(r), float(g), float(b)


def face_materials(look: FaceLook) -> list[Material]:
    """Return the materials in the order of ``materials.py``."""
    skin = linear(look.paint.skin)
    shade = _shade(look)
    skin_shade: Color3 = (skin[0] * shade[0], skin[1] * shade[1], skin[2] * shade[2])
    r, g, b = to_linear(
        mix(srgb(look.paint.skin) * [0.52, 0.36, 0.34], srgb(look.paint.line), 0.4)
    )
    outline: Color3 = (float(r), float(g), float(b))
    return [
        Material("face", base_texture=0, shade_texture=0, shade_color=shade,
                 shading_toony=0.93, shading_shift=0.0, outline_mode="worldCoordinates",
                 outline_width=0.0018, outline_color=outline, role="face"),
        Material("skin", base_color=(*skin, 1.0), shade_color=skin_shade,
                 shading_toony=0.93, shading_shift=0.0, outline_mode="worldCoordinates",
                 outline_width=0.0018, outline_color=outline, role="skin"),
        Material("eye", base_texture=1, shade_texture=1, shade_color=(0.72, 0.70, 0.76),
                 shading_toony=0.9, shading_shift=0.25, role="eye"),
        Material("line", base_texture=2, shade_texture=2, shade_color=(0.8, 0.8, 0.8),
                 shading_toony=0.9, shading_shift=0.25, double_sided=True, role="brow"),
        Material("mouth", base_texture=3, shade_texture=3, shade_color=(0.75, 0.68, 0.68),
                 shading_toony=0.9, shading_shift=0.2, double_sided=True, role="mouth"),
    ]  # fmt: skip
