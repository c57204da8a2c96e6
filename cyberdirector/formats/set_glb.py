"""Sets as GLB: geometry that any viewer opens, and marks, cameras and lights beside it.

Marks and cameras are nodes, so that a person can move them in a 3D program; numbers that a
node cannot hold are in its ``extras.cyberdirector``. Lights, the walk area and free data
are in ``extras.cyberdirector`` of the scene (schema name and version).
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from cyberdirector.core.files import write_bytes
from cyberdirector.core.model import Color3, Material
from cyberdirector.core.rotations import (
    quat_from_axis_angle,
    quat_from_matrix,
    quat_multiply,
    quat_rotate,
    quat_to_matrix,
)
from cyberdirector.core.scene import WEATHERS, Camera, LightRig, Mark, PointLight, Set
from cyberdirector.formats.gltf._view import View, refuse
from cyberdirector.formats.gltf.builder import Builder
from cyberdirector.formats.gltf.document import Gltf, parse_gltf, read_gltf
from cyberdirector.formats.gltf.materials import (
    bake_transforms,
    read_materials,
    write_material,
    write_textures,
)
from cyberdirector.formats.gltf.mesh_writer import write_mesh
from cyberdirector.formats.gltf.nodes import global_matrices, node_item
from cyberdirector.formats.gltf.skeleton import read_parts

SCHEMA = "cyberdirector.set"
VERSION = 1
_KINDS = ("stand", "seat", "door", "prop", "off")
_UNMOVED = 1e-5
"""Metres, or quaternion difference, below which a node counts as not moved by hand."""

Vector = tuple[float, float, float]


def _look_rotation(camera: Camera) -> tuple[float, ...]:
    """Return the node rotation of a camera: glTF cameras look along their local -Z."""
    back = np.array(camera.eye, float) - np.array(camera.target, float)
    length = float(np.linalg.norm(back))
    back = back / length if length > 1e-9 else np.array([0.0, 0.0, 1.0])
    helper = [0.0, 1.0, 0.0] if abs(back[1]) < 0.999 else [0.0, 0.0, -1.0]
    right = np.cross(helper, back)
    right /= np.linalg.norm(right)
    turn = quat_from_matrix(np.stack([right, np.cross(back, right), back], axis=1))
    rolled = quat_multiply(turn, quat_from_axis_angle([0.0, 0.0, 1.0], camera.roll))
    return tuple(float(v) for v in rolled)


def _mark_rotation(yaw: float) -> tuple[float, ...]:
    return tuple(float(v) for v in quat_from_axis_angle([0.0, 1.0, 0.0], yaw))


def _with_own(item: dict[str, object], own: dict[str, Any]) -> dict[str, Any]:
    return {**item, "extras": {"cyberdirector": own}}


def _write_mark(builder: Builder, mark: Mark) -> int:
    item = node_item(f"mark:{mark.name}", mark.position, _mark_rotation(mark.yaw))
    return builder.add("nodes", _with_own(item, {"mark": asdict(mark)}))


def _write_camera(builder: Builder, name: str, camera: Camera) -> int:
    lens = {
        "yfov": float(camera.fov),
        "znear": float(camera.near),
        "zfar": float(camera.far),
    }
    item = node_item(f"camera:{name}", camera.eye, _look_rotation(camera))
    item["camera"] = builder.add(
        "cameras", {"name": name, "type": "perspective", "perspective": lens}
    )
    return builder.add("nodes", _with_own(item, {"camera": {"name": name, **asdict(camera)}}))


def set_bytes(place: Set) -> bytes:
    """Return the GLB of a set.

    Raises
    ------
    ValueError
        For geometry whose arrays do not fit together.
    """
    builder = Builder()
    write_textures(builder, place.textures)
    for material in place.materials:
        write_material(builder, material)
    roots = [
        builder.add("nodes", {"name": part.name, "mesh": write_mesh(builder, part)})
        for part in place.parts
    ]
    roots += [_write_mark(builder, mark) for mark in place.marks.values()]
    roots += [_write_camera(builder, name, c) for name, c in place.cameras.items()]
    own: dict[str, Any] = {
        "schema": SCHEMA,
        "version": VERSION,
        "name": place.name,
        "walk_area": np.asarray(place.walk_area, np.float32).tolist(),
        "lights": {name: asdict(rig) for name, rig in place.lights.items()},
        "extras": place.extras,
    }
    scene: dict[str, Any] = {"name": place.name, "extras": {"cyberdirector": own}}
    if roots:
        scene["nodes"] = roots
    builder.add("scenes", scene)
    builder.json["scene"] = 0
    return builder.glb()


def write_set(path: Path, place: Set) -> None:
    """Write a set as GLB in one step; see :func:`set_bytes`."""
    write_bytes(path, set_bytes(place))


def _vector(view: View, key: str, default: Vector = (0.0, 0.0, 0.0)) -> Vector:
    x, y, z = view.numbers(key, 3, default)
    return (x, y, z)


def _colors(view: View, key: str, default: tuple[Color3, Color3]) -> tuple[Color3, Color3]:
    rows = view.items(key)
    if not rows:
        return default
    if len(rows) != 2:
        raise view.bad(key, "two colours")
    pair = View({"0": rows[0], "1": rows[1]}, view.file, f"{view.path}/{key}")
    return (_vector(pair, "0"), _vector(pair, "1"))


def _point(view: View) -> PointLight:
    return PointLight(
        _vector(view, "position"),
        _vector(view, "color", (1.0, 1.0, 1.0)),
        view.number("range", 4.0, 0.0),
        view.number("flicker", 0.0),
    )


def _glow(view: View) -> tuple[tuple[str, float], ...]:
    out = []
    for row in view.items("glow", 4096):
        pair = row if isinstance(row, list) and len(row) == 2 else [None, None]
        entry = View({"name": pair[0], "factor": pair[1]}, view.file, f"{view.path}/glow")
        out.append((entry.text("name"), entry.number("factor", low=0.0)))
    return tuple(out)


def _light(view: View, name: str) -> LightRig:
    rest = LightRig(name)
    exposure, contrast, saturation, warmth = view.numbers("grade", 4, rest.grade)
    return LightRig(
        name=view.text("name", name),
        key_direction=_vector(view, "key_direction", rest.key_direction),
        key_color=_vector(view, "key_color", rest.key_color),
        ambient=_colors(view, "ambient", rest.ambient),
        sky=_colors(view, "sky", rest.sky),
        fog_color=_vector(view, "fog_color", rest.fog_color),
        fog_density=view.number("fog_density", 0.0, 0.0),
        points=tuple(_point(p) for p in view.views("points", 1024)),
        weather=view.choice("weather", WEATHERS, ""),
        grade=(exposure, contrast, saturation, warmth),
        bloom=view.number("bloom", 0.0),
        glow=_glow(view),
        lut=view.text("lut", ""),
        shafts=view.number("shafts", 0.0, 0.0),
    )


def _turned(turn: Any, expected: tuple[float, ...]) -> bool:
    """Tell whether a node's rotation is another than the one that was written."""
    return 1.0 - abs(float(np.dot(turn, expected))) > _UNMOVED


def _read_mark(view: View, own: View, matrix: Any) -> Mark:
    name = own.text("name", view.text("name", "mark").removeprefix("mark:"))
    stored = _vector(own, "position")
    yaw = own.number("yaw", 0.0)
    found: Vector = tuple(float(v) for v in matrix[:3, 3])  # type: ignore[assignment]
    moved = max(abs(a - b) for a, b in zip(found, stored, strict=True)) > _UNMOVED
    turn = quat_from_matrix(matrix[:3, :3] / np.linalg.norm(matrix[:3, :3], axis=0))
    if _turned(turn, _mark_rotation(yaw)):
        x, _, z = quat_rotate(turn, [0.0, 0.0, 1.0])
        yaw = float(np.arctan2(x, z))
    return Mark(
        name=name,
        position=found if moved else stored,
        yaw=yaw,
        kind=own.choice("kind", _KINDS, "stand"),
        seat_height=own.number("seat_height", 0.0),
        zh=own.text("zh", ""),
    )


def _read_camera(cameras: list[View], view: View, own: View, matrix: Any) -> tuple[str, Camera]:
    """Return a camera; one that was moved by hand keeps its distance to the target."""
    lens = cameras[view.index("camera", len(cameras))].view("perspective")
    name = own.text("name", view.text("name", "camera").removeprefix("camera:"))
    stored = Camera(
        eye=_vector(own, "eye"),
        target=_vector(own, "target", (0.0, 0.0, -1.0)),
        fov=lens.number("yfov", 0.6, 1e-3, 3.1),
        roll=own.number("roll", 0.0),
        near=lens.number("znear", 0.05, 1e-6),
        far=lens.number("zfar", 400.0, 1e-6),
        focus=own.number("focus", 0.0, 0.0),
        aperture=own.number("aperture", 0.0, 0.0),
    )
    linear = matrix[:3, :3] / np.linalg.norm(matrix[:3, :3], axis=0)
    turn = quat_from_matrix(linear)
    eye = matrix[:3, 3]
    still = np.abs(eye - np.array(stored.eye)).max() <= _UNMOVED
    if still and not _turned(turn, _look_rotation(stored)):
        return name, stored
    reach = float(np.linalg.norm(np.subtract(stored.target, stored.eye)))
    target = eye - linear[:, 2] * reach
    level = Camera(tuple(eye.tolist()), tuple(target.tolist()))
    side = quat_to_matrix(_look_rotation(level)).T @ linear[:, 0]
    roll = float(np.arctan2(side[1], side[0]))
    return name, Camera(
        level.eye,
        level.target,
        stored.fov,
        roll if abs(roll) > 1e-4 else 0.0,
        stored.near,
        stored.far,
        stored.focus,
        stored.aperture,
    )


def _scene_data(gltf: Gltf) -> View:
    scenes = gltf.root.views("scenes")
    own = scenes[gltf.root.integer("scene", 0, len(scenes) - 1, 0)].own() if scenes else None
    if own is None or own.raw("schema") != SCHEMA:
        return View({}, gltf.file)
    if own.integer("version", 1, 1 << 30) > VERSION:
        raise refuse(
            "set-newer",
            "这个场景由更新版本的程序保存，请升级本程序。",
            "this set was saved by a newer version of the program; upgrade it.",
            gltf.file,
            own.path,
        )
    return own


def _walk_area(own: View) -> np.ndarray[Any, np.dtype[np.float32]]:
    rows = own.items("walk_area", 10_000)
    corners = [
        View({"corner": row}, own.file, f"{own.path}/walk_area/{i}").numbers("corner", 2)
        for i, row in enumerate(rows)
    ]
    return np.array(corners, np.float32).reshape(-1, 2)


def set_from(gltf: Gltf) -> Set:
    """Return the set of a checked glTF; see :func:`read_set`."""
    own = _scene_data(gltf)
    ours = bool(own.keys())
    materials, textures = read_materials(gltf, ours)
    parts, _, _ = read_parts(gltf, None, compact=not ours)
    if not ours:
        bake_transforms(gltf, parts, materials, always=True)
    if any(part.material < 0 for part in parts):
        for part in parts:
            part.material = len(materials) if part.material < 0 else part.material
        materials.append(Material("default"))
    lights = own.view("lights")
    place = Set(
        name=own.text("name", Path(gltf.file).stem or "set"),
        parts=parts,
        materials=materials,
        textures=textures,
        walk_area=_walk_area(own),
        lights={name: _light(lights.view(name), name) for name in lights.keys()},
        extras=dict(own.view("extras").data()),
    )
    if gltf.notes:
        place.extras["import_notes"] = sorted(gltf.notes)
    matrices = global_matrices(gltf)
    cameras = gltf.root.views("cameras")
    for node in sorted(gltf.order):
        view = gltf.nodes[node]
        data = view.own()
        if "mark" in data:
            mark = _read_mark(view, data.view("mark"), matrices[node])
            place.marks[mark.name] = mark
        elif view.raw("camera") is not None:
            name, camera = _read_camera(cameras, view, data.view("camera"), matrices[node])
            place.cameras[name] = camera
    return place


def parse_set(data: bytes, file: str = "") -> Set:
    """Return the set of a GLB in memory; see :func:`read_set`."""
    return set_from(parse_gltf(data, file))


def read_set(path: Path) -> Set:
    """Return the set of a GLB or glTF file.

    Geometry is brought into world space. Marks and cameras that were moved in a 3D
    program are taken from where they stand now.

    Raises
    ------
    InputRefused
        When the file is damaged, too large, or of a newer version.
    """
    return set_from(read_gltf(path))
