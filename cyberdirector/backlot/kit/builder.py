"""Collects geometry by material and hands it out as the parts of a set."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cyberdirector.backlot.kit.mesh import Mesh, join
from cyberdirector.backlot.kit.noise import linear
from cyberdirector.core.model import Color3, Material, MeshPart, Texture


class Builder:
    """Gathers meshes under named materials; one part (draw call) comes out per material.

    Parts keep the order in which materials were made, so translucent ones come last
    when they are made last.
    """

    def __init__(self) -> None:
        self._materials: dict[str, Material] = {}
        self._textures: list[Texture] = []
        self._meshes: dict[str, list[Mesh]] = {}

    def paint(
        self,
        name: str,
        pixels: NDArray[np.uint8] | None = None,
        color: str = "#ffffff",
        shade: str = "#8a7f96",
        role: str = "set",
        glow: Color3 = (0.0, 0.0, 0.0),
        alpha: str = "OPAQUE",
        cutoff: float = 0.5,
        double: bool = False,
        unlit: bool = False,
        toony: float = 0.35,
        opacity: float = 1.0,
        order: int = 0,
        casts: bool = True,
        decal: bool = False,
    ) -> str:
        """Make a material with its own texture and return its name.

        Parameters
        ----------
        pixels
            (h, w, 4) uint8 sRGB, or None for a plain colour.
        color, shade
            sRGB factors on the texture in light and in shadow.
        glow
            Linear emissive colour; the texture modulates it.
        toony
            0 soft … 1 hard border between light and shadow.
        order
            Draw order among translucent materials.
        casts
            Whether it throws shadows of the key light; rooms whose walls do not are lit
            evenly by a light that a director hangs outside.
        decal
            Whether it is paint on other surfaces, with nobody ever behind it.
        """
        texture = None
        if pixels is not None:
            texture = len(self._textures)
            self._textures.append(Texture(name, np.ascontiguousarray(pixels)))
        base = linear(color)
        factor = linear(shade)
        self._materials[name] = Material(
            name=name,
            base_color=(*base, opacity),
            base_texture=texture,
            shade_color=(base[0] * factor[0], base[1] * factor[1], base[2] * factor[2]),
            shade_texture=texture,
            shading_toony=toony,
            shading_shift=0.0,
            emissive=glow,
            alpha_mode=alpha,
            alpha_cutoff=cutoff,
            double_sided=double,
            render_queue_offset=order,
            unlit=unlit,
            role=role,
            extras=({} if casts else {"cast_shadow": False})
            | ({"decal": True} if decal else {}),
        )
        self._meshes[name] = []
        return name

    def add(self, material: str, *meshes: Mesh) -> None:
        """Add meshes under a material made by :meth:`paint`."""
        self._meshes[material].extend(meshes)

    def finish(self) -> tuple[list[MeshPart], list[Material], list[Texture]]:
        """Return the parts, materials and textures of all that was added."""
        parts: list[MeshPart] = []
        materials: list[Material] = []
        for name, meshes in self._meshes.items():
            mesh = join(meshes)
            if not len(mesh.triangles):
                continue
            parts.append(
                MeshPart(
                    name, mesh.positions, mesh.normals, mesh.uvs, mesh.triangles, len(materials)
                )
            )
            materials.append(self._materials[name])
        return parts, materials, self._textures
