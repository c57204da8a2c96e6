"""What VRM 0.x says differently: bone list, meta, look-at and MToon properties.

Field meanings are those of the VRM 0.0 schema; the MToon conversion is the arithmetic of
the VRM 1.0 migration notes (toony and shift describe the same ramp in other variables).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from cyberdirector.core.model import Color3, LookAt, Material
from cyberdirector.core.skeleton import BONE_INDEX
from cyberdirector.formats.gltf._view import View
from cyberdirector.formats.gltf.document import Gltf
from cyberdirector.formats.gltf.skeleton import Skeleton
from cyberdirector.formats.vrm.names import BONES_0, LICENCE_URL

_PERMISSIONS = {
    "OnlyAuthor": "onlyAuthor",
    "ExplicitlyLicensedPerson": "onlySeparatelyLicensedPerson",
    "Everyone": "everyone",
}


def _vrm(gltf: Gltf) -> View:
    return gltf.root.extension("VRM") or View({}, gltf.file, "/extensions/VRM")


def bones(gltf: Gltf) -> dict[str, int]:
    """Return humanoid bone (name of VRM 1.0) → glTF node."""
    out: dict[str, int] = {}
    for view in _vrm(gltf).view("humanoid").views("humanBones", 256):
        old = view.text("bone", "")
        name = BONES_0.get(old, old)
        if name in BONE_INDEX and view.raw("node") not in (None, -1):
            out[name] = view.index("node", len(gltf.nodes))
    return out


def meta(gltf: Gltf) -> dict[str, Any]:
    """Return the meta under the keys of VRM 1.0; permissions are never widened."""
    view = _vrm(gltf).view("meta")

    def text(key: str) -> str:
        value = view.raw(key)
        return value if isinstance(value, str) else ""

    out: dict[str, Any] = {
        "name": text("title") or "character",
        "version": text("version"),
        "authors": [text("author") or "unknown"],
        "contactInformation": text("contactInformation"),
        "references": [text("reference")] if text("reference") else [],
        "licenseUrl": LICENCE_URL,
        "avatarPermission": _PERMISSIONS.get(text("allowedUserName"), "onlyAuthor"),
        "allowExcessivelyViolentUsage": text("violentUssageName") == "Allow",
        "allowExcessivelySexualUsage": text("sexualUssageName") == "Allow",
        "commercialUsage": (
            "personalProfit" if text("commercialUssageName") == "Allow" else "personalNonProfit"
        ),
        "otherLicenseUrl": text("otherLicenseUrl") or text("otherPermissionUrl"),
        "thirdPartyLicenses": text("licenseName"),
    }
    return {key: value for key, value in out.items() if value not in ("", [])}


def look_at(gltf: Gltf, skeleton: Skeleton, head: int) -> LookAt:
    """Return the look-at; offsets of 0.x have their z axis reversed."""
    view = _vrm(gltf).view("firstPerson")
    kind = "expression" if view.raw("lookAtTypeName") == "BlendShape" else "bone"
    offset = view.view("firstPersonBoneOffset")
    x, y, z = (offset.number(k, 0.0) for k in "xyz")
    out = LookAt(kind, skeleton.vector(head, (x, y, -z)))

    def span(key: str) -> tuple[float, float]:
        values = view.view(key)
        return (
            values.number("xRange", 90.0),
            values.number("yRange", 10.0 if kind == "bone" else 1.0),
        )

    out.horizontal_inner = span("lookAtHorizontalInner")
    out.horizontal_outer = span("lookAtHorizontalOuter")
    out.vertical_down = span("lookAtVerticalDown")
    out.vertical_up = span("lookAtVerticalUp")
    return out


def _linear(color: tuple[float, ...]) -> Color3:
    """Return an sRGB colour as linear RGB (IEC 61966-2-1)."""
    c = np.clip(np.array(color[:3]), 0.0, 1.0)
    out = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
    r, g, b = (float(v) for v in out)
    return (r, g, b)


def _toon(material: Material, view: View) -> None:
    """Translate the properties of one MToon material of VRM 0.x."""
    floats, vectors = view.view("floatProperties"), view.view("vectorProperties")
    color = vectors.numbers("_Color", 4, (1.0, 1.0, 1.0, 1.0))
    material.base_color = (*_linear(color), color[3])
    material.shade_color = _linear(vectors.numbers("_ShadeColor", 4, (0.97, 0.81, 0.86, 1.0)))
    shift = floats.number("_ShadeShift", 0.0, -1.0, 1.0)
    toony = floats.number("_ShadeToony", 0.9, 0.0, 1.0)
    low, high = shift, 1.0 + (shift - 1.0) * toony
    material.shading_toony = min(max(1.0 - (high - low) / 2.0, 0.0), 1.0)
    material.shading_shift = min(max(-(low + high) / 2.0, -1.0), 1.0)
    material.gi_equalization = 1.0 - floats.number("_IndirectLightIntensity", 0.1, 0.0, 1.0)
    material.rim_color = _linear(vectors.numbers("_RimColor", 4, (0.0, 0.0, 0.0, 1.0)))
    material.rim_fresnel_power = floats.number("_RimFresnelPower", 1.0, 0.0, 1e3)
    material.rim_lift = floats.number("_RimLift", 0.0, -1e3, 1e3)
    material.emissive = _linear(vectors.numbers("_EmissionColor", 4, (0.0, 0.0, 0.0, 1.0)))
    mode = int(floats.number("_OutlineWidthMode", 0.0, 0.0, 2.0))
    material.outline_mode = ("none", "worldCoordinates", "screenCoordinates")[mode]
    # Widths of 0.x are centimetres, or percent of half the screen height.
    width = floats.number("_OutlineWidth", 0.0, 0.0, 1e3) * 0.01
    material.outline_width = width * (0.5 if mode == 2 else 1.0)
    material.outline_color = _linear(vectors.numbers("_OutlineColor", 4, (0.0, 0.0, 0.0, 1.0)))
    mixed = floats.number("_OutlineColorMode", 0.0) >= 0.5
    mix = floats.number("_OutlineLightingMix", 1.0, 0.0, 1.0)
    material.outline_lighting_mix = mix if mixed else 0.0
    blend = int(floats.number("_BlendMode", 0.0, 0.0, 3.0))
    material.alpha_mode = ("OPAQUE", "MASK", "BLEND", "BLEND")[blend]
    material.transparent_with_z_write = blend == 3
    material.alpha_cutoff = floats.number("_Cutoff", 0.5, 0.0, 1.0)
    material.double_sided = int(floats.number("_CullMode", 2.0)) == 0
    if view.view("textureProperties").raw("_ShadeTexture") is not None:
        material.shade_texture = material.base_texture
    material.unlit = False


def read_mtoon(gltf: Gltf, materials: list[Material]) -> None:
    """Replace the values of materials that VRM 0.x describes as MToon."""
    listed = _vrm(gltf).views("materialProperties", 4096)
    for material, view in zip(materials, listed, strict=False):
        shader = view.raw("shader")
        if shader == "VRM/MToon":
            _toon(material, view)
        elif isinstance(shader, str) and shader.startswith("VRM/Unlit"):
            material.unlit = True
