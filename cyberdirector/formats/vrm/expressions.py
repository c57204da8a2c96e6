"""Expressions of VRM files by shape name instead of by mesh and index."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from cyberdirector.core.model import COLOUR_BINDS, ColourBind, Expression, MeshPart, UvBind
from cyberdirector.formats.gltf._view import View
from cyberdirector.formats.gltf.document import Gltf
from cyberdirector.formats.gltf.meshes import Source
from cyberdirector.formats.vrm.mtoon0 import linear_of
from cyberdirector.formats.vrm.names import OVERRIDES, PRESETS, PRESETS_0

Bind = tuple[int, int, float]
"""Mesh, index of the shape in it, weight 0..1."""


@dataclass
class Raw:
    """An expression as the file has it."""

    name: str
    preset: bool
    binds: list[Bind] = field(default_factory=list)
    is_binary: bool = False
    blink: str = "none"
    look_at: str = "none"
    mouth: str = "none"
    colours: list[ColourBind] = field(default_factory=list)
    moves: list[UvBind] = field(default_factory=list)


def read_raw(gltf: Gltf) -> list[Raw]:
    """Return the expressions of VRMC_vrm-1.0."""
    vrm = gltf.root.extension("VRMC_vrm")
    out: list[Raw] = []
    if vrm is None:
        return out
    for kind in ("preset", "custom"):
        group = vrm.view("expressions").view(kind)
        for name in group.keys():
            view = group.view(name)
            raw = Raw(name, kind == "preset" and name in PRESETS, [], view.flag("isBinary"))
            raw.blink = view.choice("overrideBlink", OVERRIDES, "none")
            raw.look_at = view.choice("overrideLookAt", OVERRIDES, "none")
            raw.mouth = view.choice("overrideMouth", OVERRIDES, "none")
            for bind in view.views("textureTransformBinds", 4096):
                x, y = bind.numbers("offset", 2, (0.0, 0.0))
                w, h = bind.numbers("scale", 2, (1.0, 1.0))
                material = bind.index("material", len(gltf.materials))
                raw.moves.append(UvBind(material, (x, y), (w, h)))
            for bind in view.views("materialColorBinds", 4096):
                r, g, b, a = bind.numbers("targetValue", 4, (1.0, 1.0, 1.0, 1.0))
                kind = bind.choice("type", tuple(COLOUR_BINDS))
                material = bind.index("material", len(gltf.materials))
                raw.colours.append(ColourBind(material, kind, (r, g, b, a)))
            for bind in view.views("morphTargetBinds", 4096):
                node = gltf.nodes[bind.index("node", len(gltf.nodes))]
                mesh = node.optional_index("mesh", len(gltf.meshes))
                if mesh is not None:
                    index = bind.integer("index", 0, 65_535)
                    raw.binds.append((mesh, index, bind.number("weight", 1.0, 0.0, 1.0)))
            out.append(raw)
    return out


_COLOURS_0 = {
    "_Color": "color",
    "_ShadeColor": "shadeColor",
    "_EmissionColor": "emissionColor",
    "_RimColor": "rimColor",
    "_OutlineColor": "outlineColor",
}
"""Colours of MToon 0.x that ``materialValues`` names → kinds of 1.0."""


def _take_value(raw: Raw, value: View, gltf: Gltf) -> None:
    """Add a bind of ``materialValues`` of VRM 0.x; note what 1.0 has no place for.

    Colours of 0.x are sRGB. ``_MainTex_ST`` holds scale and offset of all textures, counted
    upwards; ``_S`` and ``_T`` after it mean the horizontal and the vertical alone.
    """
    name, key = value.text("materialName", ""), value.text("propertyName", "")
    x, y, z, w = value.numbers("targetValue", 4, (0.0, 0.0, 0.0, 0.0))
    found = [i for i, m in enumerate(gltf.materials) if m.text("name", "") == name]
    known = key in _COLOURS_0 or key in ("_MainTex_ST", "_MainTex_ST_S", "_MainTex_ST_T")
    if not found or not known:
        gltf.note(f"expression {raw.name!r}: {key!r} of material {name!r} is not played")
        return
    if key in _COLOURS_0:
        colour = (*linear_of((x, y, z)), w)
        raw.colours.append(ColourBind(found[0], _COLOURS_0[key], colour))
        return
    across, along = not key.endswith("_T"), not key.endswith("_S")
    offset = (z if across else None, 1.0 - y - w if along else None)
    raw.moves.append(UvBind(found[0], offset, (x if across else None, y if along else None)))


def read_raw_0(gltf: Gltf) -> list[Raw]:
    """Return the blend-shape groups of VRM 0.x under their names of 1.0."""
    vrm = gltf.root.extension("VRM")
    out: list[Raw] = []
    if vrm is None:
        return out
    for view in vrm.view("blendShapeMaster").views("blendShapeGroups", 4096):
        preset = view.text("presetName", "unknown").lower()
        name = PRESETS_0.get(preset, view.text("name", ""))
        if not name:
            continue
        raw = Raw(name, preset in PRESETS_0, [], view.flag("isBinary"))
        for value in view.views("materialValues", 4096):
            _take_value(raw, value, gltf)
        for bind in view.views("binds", 4096):
            mesh = bind.index("mesh", len(gltf.meshes))
            index = bind.integer("index", 0, 65_535)
            raw.binds.append((mesh, index, bind.number("weight", 100.0, 0.0, 100.0) / 100.0))
        out.append(raw)
    return out


def _shape_names(parts: list[MeshPart], sources: list[Source]) -> dict[int, list[str]]:
    """Return the shape names of each mesh."""
    return {source.mesh: source.targets for source in sources}


def _split_names(
    raws: list[Raw], parts: list[MeshPart], sources: list[Source]
) -> dict[int, list[str]]:
    """Return names under which one weight may drive a shape on all parts that have it.

    Two meshes may both have a shape ``A`` of which an expression moves only one. Then
    the shapes get the name of their mesh added, here and in the parts.
    """
    names = _shape_names(parts, sources)
    owners: dict[str, set[int]] = defaultdict(set)
    for mesh, shapes in names.items():
        for shape in shapes:
            owners[shape].add(mesh)
    clash: set[str] = set()
    for raw in raws:
        seen: dict[str, dict[int, float]] = defaultdict(dict)
        for mesh, index, weight in raw.binds:
            if mesh in names and index < len(names[mesh]):
                seen[names[mesh][index]][mesh] = weight
        for shape, weights in seen.items():
            if set(weights) != owners[shape] or len(set(weights.values())) > 1:
                clash.add(shape)
    if not clash:
        return names
    renamed = {
        mesh: [f"{shape}@{mesh}" if shape in clash else shape for shape in shapes]
        for mesh, shapes in names.items()
    }
    for part, source in zip(parts, sources, strict=True):
        table = dict(zip(source.targets, renamed[source.mesh], strict=True))
        part.morphs = {table[name]: morph for name, morph in part.morphs.items()}
    return renamed


def bind_expressions(
    raws: list[Raw], parts: list[MeshPart], sources: list[Source]
) -> dict[str, Expression]:
    """Return expressions by name; shapes of ``parts`` are renamed where they must be."""
    names = _split_names(raws, parts, sources)
    out: dict[str, Expression] = {}
    for raw in raws:
        binds: dict[str, float] = {}
        for mesh, index, weight in raw.binds:
            if mesh in names and index < len(names[mesh]):
                binds.setdefault(names[mesh][index], weight)
        out[raw.name] = Expression(
            list(binds.items()), raw.is_binary, raw.blink, raw.look_at, raw.mouth, raw.preset,
            raw.colours, raw.moves,
        )  # fmt: skip
    return out
