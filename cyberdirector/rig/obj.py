"""Reads Wavefront OBJ with its plain materials; units and axes stay as they are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.errors import InputRefused, Location
from cyberdirector.core.limits import MAX_COORDINATE, MAX_MODEL_BYTES, MAX_VERTICES
from cyberdirector.core.model import Material, MeshPart, Texture
from cyberdirector.rig.mesh import Statue

_MTL_BYTES = 1 << 20
"""A material library is a few kilobytes."""

_NAMED = ("usemtl ", "mtllib ")


def _refuse(path: Path, zh: str, en: str) -> InputRefused:
    return InputRefused(
        "obj-damaged",
        f"OBJ 文件读不懂（{zh}），请重新导出。",
        f"The OBJ file cannot be read ({en}); export it again.",
        Location(str(path)),
    )


def read_obj(path: Path) -> Statue:
    """Return the geometry of an OBJ file.

    Polygons become fans of triangles; vertex colours (``v x y z r g b``, sRGB) are kept;
    ``Kd`` and ``map_Kd`` of the material library beside the file give the colours.

    Raises
    ------
    InputRefused
        ``obj-damaged`` with what is wrong.
    """
    try:
        if path.stat().st_size > MAX_MODEL_BYTES:
            size = MAX_MODEL_BYTES >> 20
            raise _refuse(path, f"超过 {size} MiB", f"larger than {size} MiB")
        text = path.read_bytes().replace(b"\\\n", b" ").decode("utf-8", "replace")
    except OSError as error:
        raise _refuse(
            path, error.strerror or "打不开", error.strerror or "unreadable"
        ) from error
    lines = _sorted_lines(text)
    points, colours = _vertices(lines["v"], path)
    uvs = _table(lines["vt"], 2, path)
    corners, materials = _faces(lines["f"], lines["use"], len(points), len(uvs), path)
    names, found, textures = _materials(lines["mtl"], path)
    parts: list[MeshPart] = []
    vertex_colours: dict[int, NDArray[np.float32]] = {}
    used: list[Material] = []
    for name in dict.fromkeys(materials):
        rows = corners[materials.index(name)]
        part, source = _part(name or path.stem, rows, points, uvs, len(parts))
        if colours is not None:
            vertex_colours[len(parts)] = colours[source]
        used.append(found[names[name]] if name in names else Material(name or "default"))
        parts.append(part)
    return Statue(path.stem, parts, used, textures, vertex_colours)


def _sorted_lines(text: str) -> dict[str, list[Any]]:
    """Return the lines by kind; ``f`` holds one list for each run under one material."""
    out: dict[str, list[Any]] = {"v": [], "vt": [], "f": [], "use": [], "mtl": []}
    run: dict[str, list[str]] = {}
    current: list[str] = run.setdefault("", [])
    for line in text.split("\n"):
        head = line[:2]
        if head == "v ":
            out["v"].append(line[2:])
        elif head == "vt":
            out["vt"].append(line[3:])
        elif head == "f ":
            current.append(line[2:])
        elif line.startswith(_NAMED):
            value = line[7:].strip()
            if line.startswith("usemtl"):
                current = run.setdefault(value, [])
            else:
                out["mtl"].append(value)
    out["use"] = [name for name, faces in run.items() if faces]
    out["f"] = [run[name] for name in out["use"]]
    return out


def _numbers(rows: list[str], path: Path) -> NDArray[np.float64]:
    try:
        out = np.array(" ".join(rows).split(), np.float64)
    except ValueError as error:
        raise _refuse(path, "数字不对", "a number is malformed") from error
    if not bool(np.isfinite(out).all()) or bool((np.abs(out) > MAX_COORDINATE).any()):
        raise _refuse(path, "坐标不是有限的数", "a coordinate is not finite")
    return out


def _table(rows: list[str], width: int, path: Path) -> NDArray[np.float64]:
    """Return the first ``width`` numbers of each row."""
    if not rows:
        return np.zeros((0, width))
    flat = _numbers(rows, path)
    each, rest = divmod(len(flat), len(rows))
    if rest or each < width:
        raise _refuse(path, "每行数字个数不同", "rows differ in length")
    return flat.reshape(len(rows), each)[:, :width]


def _vertices(
    rows: list[str], path: Path
) -> tuple[NDArray[np.float64], NDArray[np.float32] | None]:
    if not rows or len(rows) > MAX_VERTICES:
        raise _refuse(path, f"{len(rows)} 个顶点", f"{len(rows)} vertices")
    table = _table(rows, 3, path)
    flat = len(rows[0].split())
    if flat < 6:
        return table, None
    colour = np.clip(_table(rows, 6, path)[:, 3:], 0.0, 1.0)
    linear = np.where(colour <= 0.04045, colour / 12.92, ((colour + 0.055) / 1.055) ** 2.4)
    return table, np.hstack([linear, np.ones((len(linear), 1))]).astype(np.float32)


def _faces(
    runs: list[list[str]], names: list[str], points: int, uvs: int, path: Path
) -> tuple[list[NDArray[np.int64]], list[str]]:
    """Return per material the triangles (t, 3, 2): vertex and uv index, uv -1 for none."""
    out = []
    for rows in runs:
        counts = np.array([len(row.split()) for row in rows])
        joined = " ".join(rows)
        slashes = joined.count("/")
        total = int(counts.sum())
        each = 1 + slashes // max(total, 1)
        if slashes % max(total, 1) or each > 3 or counts.min() < 3:
            raise _refuse(path, "面的写法不一致", "faces are written in different ways")
        flat = joined.replace("//", "/0/").replace("/", " ")
        try:
            table = np.array(flat.split(), np.int64).reshape(total, each)
        except ValueError as error:
            raise _refuse(path, "面的编号不对", "a face index is malformed") from error
        v = _absolute(table[:, 0], points, path)
        t = np.full(total, -1, np.int64)
        if each > 1 and uvs and bool((table[:, 1] != 0).all()):
            t = _absolute(table[:, 1], uvs, path)
        out.append(_fans(np.stack([v, t], axis=1), counts))
    return out, names


def _absolute(index: NDArray[np.int64], count: int, path: Path) -> NDArray[np.int64]:
    """Return indices from 0; negative ones count from the end (of the whole file)."""
    out = np.where(index < 0, count + index, index - 1)
    if bool(((out < 0) | (out >= count)).any()):
        raise _refuse(path, "面引用了不存在的顶点", "a face names a vertex that is not there")
    return out


def _fans(corners: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    first = np.cumsum(counts) - counts
    fans = np.repeat(first, counts - 2)
    step = np.arange(len(fans)) - np.repeat(np.cumsum(counts - 2) - (counts - 2), counts - 2)
    return np.stack([corners[fans], corners[fans + step + 1], corners[fans + step + 2]], axis=1)


def _part(
    name: str, corners: NDArray[np.int64], points: Any, uvs: Any, material: int
) -> tuple[MeshPart, NDArray[np.int64]]:
    """Return a part with one vertex per pair of place and uv, and the place of each."""
    from cyberdirector.formats.gltf.meshes import smooth_normals

    flat = corners.reshape(-1, 2)
    key = flat[:, 0] * (len(uvs) + 1) + flat[:, 1] + 1
    _, rows, local = np.unique(key, return_index=True, return_inverse=True)
    source, texel = flat[rows, 0], flat[rows, 1]
    positions = points[source].astype(np.float32)
    triangles = local.reshape(-1, 3).astype(np.uint32)
    uv = np.zeros((len(rows), 2), np.float32)
    if len(uvs):
        uv = np.where(texel[:, None] >= 0, uvs[np.maximum(texel, 0)], 0.0)
        uv[:, 1] = 1.0 - uv[:, 1]  # OBJ counts from the bottom of the picture
    part = MeshPart(
        name, positions, smooth_normals(positions, triangles), uv.astype(np.float32),
        triangles, material,
    )  # fmt: skip
    return part, source


def _materials(
    libraries: list[str], path: Path
) -> tuple[dict[str, int], list[Material], list[Texture]]:
    """Return material number by name, the materials, and their pictures."""
    names: dict[str, int] = {}
    out: list[Material] = []
    textures: list[Texture] = []
    for library in libraries:
        file = _beside(library, path)
        if file is None or file.stat().st_size > _MTL_BYTES:
            continue
        for line in file.read_text("utf-8", "replace").split("\n"):
            word, _, value = line.strip().partition(" ")
            if word == "newmtl":
                names[value.strip()] = len(out)
                out.append(Material(value.strip() or "material"))
            elif word == "Kd" and out:
                r, g, b = _table([value], 3, path)[0].tolist()
                out[-1].base_color = (r, g, b, 1.0)
            elif word == "map_Kd" and out:
                picture = _beside(value.strip().split(" ")[-1], path)
                if picture is not None:
                    out[-1].base_texture = out[-1].shade_texture = len(textures)
                    out[-1].base_color = (1.0, 1.0, 1.0, 1.0)
                    textures.append(_picture(picture))
    return names, out, textures


def _beside(name: str, path: Path) -> Path | None:
    """Return a plain file in the same folder, None for anything else."""
    plain = Path(name).name
    file = path.parent / plain
    return file if plain and file.is_file() else None


def _picture(path: Path) -> Texture:
    from cyberdirector.formats.image import read_image

    return Texture(path.stem, read_image(path))
