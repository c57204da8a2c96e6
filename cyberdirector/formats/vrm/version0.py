"""What VRM 0.x says differently: bone list, meta and look-at (materials: ``mtoon0``).

Field meanings are those of the VRM 0.0 schema.
"""

from __future__ import annotations

from typing import Any

from cyberdirector.core.model import LookAt
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
