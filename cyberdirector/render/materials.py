"""Materials on the device: one block of numbers and up to nine textures each."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.errors import InputRefused, Location
from cyberdirector.core.model import (
    COLOUR_BINDS,
    LINEAR_SLOTS,
    TEXTURE_SLOTS,
    ColourBind,
    Material,
    Texture,
    UvBind,
    UvTransform,
)
from cyberdirector.render.ramps import Ramp, ramp_from
from cyberdirector.render.remarks import Remark
from cyberdirector.render.shaders import UNIT
from cyberdirector.render.textures import blend_mipmaps, neutral_texture, upload_texture

MaterialBind = ColourBind | UvBind
Tints = tuple[tuple[MaterialBind, float], ...]
"""What expressions ask of materials, with the weights of these."""

_BLOCK = 256
"""Bytes between material blocks: the largest UBO offset alignment in use."""

MAP_OF_SLOT = {
    "base_texture": "base_map",
    "shade_texture": "shade_map",
    "shading_shift_texture": "shift_map",
    "rim_multiply_texture": "rim_map",
    "emissive_texture": "emissive_map",
    "normal_texture": "normal_map",
    "outline_width_texture": "outline_map",
    "uv_animation_mask_texture": "uv_mask_map",
    "matcap_texture": "matcap_map",
}
"""Sampler that reads each texture slot."""

_PAINTED = ("base_texture", "shade_texture")
"""Slots that our own paints read; their shaders ask the flags whether they are there."""

_WHITE, _BLACK, _FLAT = (1.0, 1.0, 1.0, 1.0), (0.0, 0.0, 0.0, 1.0), (0.5, 0.5, 1.0, 1.0)
_NEUTRAL = {
    "matcap_texture": _BLACK,
    "shading_shift_texture": _BLACK,
    "normal_texture": _FLAT,
}
"""What a missing texture is sampled as (white unless named; VRMC_materials_mtoon-1.0)."""


def material_block(material: Material, glow: float = 1.0) -> bytes:
    """Return the std140 bytes of ``shaders/lib/material.glsl`` for one material.

    ``glow`` is a factor on the emissive colour.
    """
    m = material
    rows = [
        m.base_color,
        (*m.shade_color, m.shading_shift),
        (*m.rim_color, m.rim_fresnel_power),
        (*(glow * c for c in m.emissive), m.rim_lift),
        (*m.outline_color, m.outline_lighting_mix),
        (m.shading_toony, m.outline_width, m.alpha_cutoff, float(m.unlit)),
        (
            float(m.base_texture is not None),
            float(m.shade_texture is not None),
            float(m.outline_mode == "screenCoordinates"),
            m.gi_equalization,
        ),
        (*m.matcap_color, m.rim_lighting_mix),
        (*m.uv_scroll, m.uv_rotation, m.shading_shift_scale),
        (m.normal_scale, 0.0, 0.0, 0.0),
    ]
    return np.array(rows, dtype=np.float32).tobytes().ljust(_BLOCK, b"\0")


def tinted(material: Material, tints: Sequence[tuple[MaterialBind, float]]) -> Material:
    """Return a material with its colours and textures moved towards those of expressions."""
    changed: dict[str, NDArray[np.float64]] = {}
    for bind, weight in tints:
        if isinstance(bind, UvBind):
            continue
        name = COLOUR_BINDS[bind.kind]
        own = np.asarray(getattr(material, name), np.float64)
        step = weight * (np.asarray(bind.target[: len(own)]) - own)
        changed[name] = changed.get(name, own) + step
    fields: dict[str, Any] = {k: tuple(float(v) for v in c) for k, c in changed.items()}
    moves = [(bind, weight) for bind, weight in tints if isinstance(bind, UvBind)]
    if moves:
        fields["transforms"] = material.transforms | {
            slot: _moved(material.transforms.get(slot, UvTransform()), moves)
            for slot in _slots_of(material)
            if slot != "matcap_texture"
        }
    return replace(material, **fields)


def _moved(own: UvTransform, moves: Sequence[tuple[UvBind, float]]) -> UvTransform:
    """Return a transform moved by the sum of weight × (target - own), axis by axis."""
    offset, scale = list(own.offset), list(own.scale)
    for bind, weight in moves:
        for now, start, target in (
            (offset, own.offset, bind.offset),
            (scale, own.scale, bind.scale),
        ):
            for axis, wanted in enumerate(target):
                if wanted is not None:
                    now[axis] += weight * (wanted - start[axis])
    return UvTransform((offset[0], offset[1]), (scale[0], scale[1]), own.rotation)


def check_material(owner: str, material: Material, textures: int) -> None:
    """Raise unless a material can be drawn with ``textures`` textures.

    Raises
    ------
    InputRefused
        ``texture-missing`` for an index without a texture, ``material-invalid`` for
        numbers that are not finite.
    """
    place = Location(path=f"{owner}/{material.name}")
    for slot in TEXTURE_SLOTS:
        index = getattr(material, slot)
        if index is not None and not 0 <= index < textures:
            raise InputRefused(
                "texture-missing",
                f"“{owner}”的材质“{material.name}”引用贴图 {index}，但只有 {textures} 张。",
                f"Material '{material.name}' of '{owner}' names texture {index} of {textures}.",
                place,
                slot=slot,
            )
    numbers = np.frombuffer(material_block(material), np.float32)
    matrices = [transform.matrix() for transform in material.transforms.values()]
    if not (np.isfinite(numbers).all() and all(np.isfinite(m).all() for m in matrices)):
        raise InputRefused(
            "material-invalid",
            f"“{owner}”的材质“{material.name}”含有非有限的数值，请修复材质。",
            f"Material '{material.name}' of '{owner}' has numbers that are not finite; mend "
            "the material.",
            place,
        )


class MaterialTable:
    """The materials of one set or character, ready to bind by index.

    Parameters
    ----------
    context
        A moderngl context.
    owner
        Name for messages.
    materials, textures
        As in the set or character.

    Attributes
    ----------
    remarks
        What was changed to make the textures fit.
    ramps
        The shading ramp of each material, None where it names none.
    face_maps
        The threshold map of each material as an index of a texture, None where it names none.

    Raises
    ------
    InputRefused
        ``texture-missing``, ``texture-invalid``, ``material-invalid``, ``ramp-unknown``,
        ``ramp-invalid`` with the name of the owner and the material.
    """

    def __init__(
        self,
        context: Any,
        owner: str,
        materials: Sequence[Material],
        textures: Sequence[Texture],
    ) -> None:
        for material in materials:
            check_material(owner, material, len(textures))
        self.ramps = [_ramp_of(owner, material) for material in materials]
        self.face_maps = [_face_map_of(owner, material, textures) for material in materials]
        self.remarks: list[Remark] = []
        self._textures: dict[tuple[int, bool], Any] = {}
        for index, material in enumerate(materials):
            keys = [
                (getattr(material, slot), slot in LINEAR_SLOTS) for slot in _slots_of(material)
            ]
            held_map = self.face_maps[index]
            keys += [] if held_map is None else [(held_map, True)]
            for key in keys:
                if key not in self._textures:
                    held, remarks = upload_texture(context, textures[key[0]], key[1])
                    self._textures[key] = held
                    self.remarks += remarks
        self._neutral = {v: neutral_texture(context, v) for v in (_WHITE, _BLACK, _FLAT)}
        self._materials = list(materials)
        self._now = list(materials)
        data = b"".join(material_block(m) for m in materials) or bytes(_BLOCK)
        self._buffer = context.buffer(data)
        self._context = context
        self._glow: tuple[tuple[str, float], ...] = ()
        self._tints: Tints = ()
        self._small = False

    def set_glow(self, glow: tuple[tuple[str, float], ...]) -> None:
        """Scale the emissive colours of the named materials (``LightRig.glow``)."""
        if glow == self._glow:
            return
        factors = dict(glow)
        self._buffer.write(
            b"".join(material_block(m, factors.get(m.name, 1.0)) for m in self._materials)
        )
        self._glow = glow

    def twin(self) -> MaterialTable:
        """Return a table whose colours change apart; the textures are shared."""
        other = copy.copy(self)
        other._buffer = self._context.buffer(self._buffer.read())
        other._now = list(self._now)
        return other

    def tint(self, tints: Tints) -> None:
        """Move colours and textures of materials towards what expressions ask for.

        Parameters
        ----------
        tints
            (bind, weight 0..1); a colour is its own + the sum of weight × (target - own), as
            VRMC_vrm-1.0 has it. The materials that none names take their own colours again.
        """
        if tints == self._tints:
            return
        touched = {bind.material for bind, _ in (*tints, *self._tints)}
        for index in sorted(touched):
            here = [(b, w) for b, w in tints if b.material == index]
            self._now[index] = tinted(self._materials[index], here)
            self._buffer.write(material_block(self._now[index]), offset=index * _BLOCK)
        self._tints = tints

    def read_small(self, small: bool) -> None:
        """Read colours from the nearest mipmap only, or (the usual way) between two.

        For figures that are seen small: a third of their time went into the second look,
        which changes nothing that can be told at that size.
        """
        if small == self._small:
            return
        self._small = small
        for (_, numbers), texture in self._textures.items():
            if not numbers:
                blend_mipmaps(texture, not small)

    def bind(self, index: int) -> None:
        """Make material ``index`` the current one, with the textures of our paints."""
        self._buffer.bind_to_uniform_block(1, index * _BLOCK, _BLOCK)
        material = self._materials[index]
        for slot in _PAINTED:
            if getattr(material, slot) is not None:
                self._use(material, slot)

    def bind_all(self, index: int) -> None:
        """Make material ``index`` the current one, with every texture of MToon."""
        self._buffer.bind_to_uniform_block(1, index * _BLOCK, _BLOCK)
        material = self._materials[index]
        for slot in TEXTURE_SLOTS:
            self._use_or_neutral(material, slot)

    def use_detail(self, index: int) -> dict[str, float]:
        """Bind emission and normal map of a surface of a set; return defines to read them.

        Where a material of our own (it has a role) names no map, its base texture modulates
        what it emits; foreign ones emit as glTF says, evenly.
        """
        material = self._materials[index]
        own_map = material.emissive_texture not in (None, material.base_texture)
        even = material.emissive_texture is None and not material.role
        defines: dict[str, float] = {}
        if any(material.emissive) and (own_map or even):
            defines["GLOW"] = 1
            self._use_or_neutral(material, "emissive_texture")
        if material.normal_texture is not None and not material.unlit:
            defines["BUMP"] = 1
            self._use(material, "normal_texture")
        return defines

    def use_face_map(self, index: int) -> dict[str, float]:
        """Bind the threshold map of a material and return the defines that read it."""
        found = self.face_maps[index]
        if found is None:
            return {}
        self._textures[found, True].use(UNIT["face_map"])
        return {"FACE_MAP": 1}

    def _use_or_neutral(self, material: Material, slot: str) -> None:
        if getattr(material, slot) is None:
            self._neutral[_NEUTRAL.get(slot, _WHITE)].use(UNIT[MAP_OF_SLOT[slot]])
        else:
            self._use(material, slot)

    def _use(self, material: Material, slot: str) -> None:
        key = (getattr(material, slot), slot in LINEAR_SLOTS)
        self._textures[key].use(UNIT[MAP_OF_SLOT[slot]])

    def side(self, index: int) -> int:
        """Return the longer side of the base texture of a material, texels; 0 without one."""
        texture = self._materials[index].base_texture
        return 0 if texture is None else max(self._textures[texture, False].size)

    def __getitem__(self, index: int) -> Material:
        return self._now[index]


def _ramp_of(owner: str, material: Material) -> Ramp | None:
    """Return the ramp that a material names for itself."""
    data = material.extras.get("ramp")
    place = Location(path=f"{owner}/{material.name}")
    return None if data is None else ramp_from(data, place)


def _face_map_of(owner: str, material: Material, textures: Sequence[Texture]) -> int | None:
    """Return the texture that a material names as its threshold map."""
    name = material.extras.get("face_shadow")
    if name is None:
        return None
    names = [texture.name for texture in textures]
    if name not in names:
        raise InputRefused(
            "texture-missing",
            f"“{owner}”的材质“{material.name}”的面部阴影图“{name}”不在它的贴图之中。",
            f"Material '{material.name}' of '{owner}' names the face map '{name}', which is "
            "no texture of it.",
            Location(path=f"{owner}/{material.name}"),
        )
    return names.index(name)


def _slots_of(material: Material) -> list[str]:
    """Return the slots of a material that hold a texture."""
    return [slot for slot in TEXTURE_SLOTS if getattr(material, slot) is not None]
