"""Motion files of any kind in, motion files of any kind out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from cyberdirector.core.clip import Clip
from cyberdirector.core.errors import InputRefused, Location
from cyberdirector.core.model import Character, Node
from cyberdirector.core.skeleton import BONE_INDEX, BONE_PARENTS, HUMANOID_BONES, Rest
from cyberdirector.formats._bvh_reader import parse_bvh
from cyberdirector.formats._glb_motion_reader import parse_glb_motion
from cyberdirector.formats.armature import MAX_MOTION_BYTES
from cyberdirector.formats.bvh import write_bvh
from cyberdirector.formats.gltf.document import parse_gltf
from cyberdirector.formats.motion_csv import write_motion_csv
from cyberdirector.formats.motion_glb import write_motion_glb
from cyberdirector.formats.vmd import parse_vmd, write_vmd
from cyberdirector.formats.vrma import parse_vrma, parse_vrma_rest, write_vrma
from cyberdirector.motion.contacts import find_contacts
from cyberdirector.motion.humanoid import Humanoid, to_humanoid
from cyberdirector.motion.mmd import humanoid_of, vmd_of
from cyberdirector.motion.usual import usual_rest

READ = (".bvh", ".vrma", ".vmd", ".fbx", ".glb", ".vrm", ".npz")
"""Endings that :func:`read_motion` knows."""

WRITTEN = (".vrma", ".bvh", ".vmd", ".glb", ".csv")
"""Endings that :func:`write_motion` knows."""

_MAX_BODY_MODEL = 1 << 30
"""Bytes of an SMPL-X model file."""


def _bvh(data: bytes, path: Path, height: float | None) -> Humanoid:
    return to_humanoid(parse_bvh(data, path.name), path.name, height)


def _vmd(data: bytes, path: Path, height: float | None) -> Humanoid:
    return humanoid_of(parse_vmd(data, path.name))


def _gltf(data: bytes, path: Path, height: float | None) -> Humanoid:
    if parse_gltf(data, path.name).root.extension("VRMC_vrm_animation") is not None:
        clip, rest = parse_vrma(data, path.name), parse_vrma_rest(data, path.name)
        if not clip.contacts.any():  # only our own files tell them
            clip = replace(clip, contacts=find_contacts(clip, rest))
        return Humanoid(clip, rest)
    return to_humanoid(parse_glb_motion(data, path.name), path.name, height)


def _fbx(data: bytes, path: Path, height: float | None) -> Humanoid:
    from cyberdirector.formats.fbx import parse_fbx

    return to_humanoid(parse_fbx(data, path.name), path.name, height)


def _smplx(data: bytes, path: Path, model: Path | None) -> Humanoid:
    from cyberdirector.formats.smplx import JOINTS, parse_smplx, vrm_bone

    places = usual_rest().positions().astype(np.float64)
    usual = np.stack([places[BONE_INDEX[vrm_bone(joint)]] for joint in JOINTS])
    own = None if model is None else read_bytes(model, _MAX_BODY_MODEL)
    return to_humanoid(parse_smplx(data, usual, path.name, own), path.name, ground=True)


_READERS: dict[str, Callable[[bytes, Path, float | None], Humanoid]] = {
    ".bvh": _bvh, ".vmd": _vmd, ".vrma": _gltf, ".glb": _gltf, ".vrm": _gltf, ".fbx": _fbx,
}  # fmt: skip


def _unknown(path: Path, known: tuple[str, ...]) -> InputRefused:
    return InputRefused(
        "motion-format",
        f"不认识动作格式“{path.suffix or path.name}”，可用的有：{'、'.join(known)}。",
        f"'{path.suffix or path.name}' is no motion format that is known; use one of "
        f"{', '.join(known)}.",
        Location(file=str(path)),
    )


def read_bytes(path: Path, limit: int = MAX_MOTION_BYTES) -> bytes:
    """Return the bytes of a file of at most ``limit`` bytes.

    Raises
    ------
    InputRefused
        ``file-unreadable`` or ``file-too-large``.
    """
    try:
        size = path.stat().st_size
        if size > limit:
            raise InputRefused(
                "file-too-large",
                f"文件有 {size >> 20} MiB，上限是 {limit >> 20} MiB。",
                f"the file has {size >> 20} MiB; at most {limit >> 20} MiB are read.",
                Location(file=str(path)),
            )
        return path.read_bytes()
    except OSError as error:
        raise InputRefused(
            "file-unreadable",
            f"文件打不开：{error.strerror}",
            f"the file cannot be opened: {error.strerror}",
            Location(file=str(path)),
        ) from error


def read_motion(
    path: Path, height: float | None = None, body_model: Path | None = None
) -> Humanoid:
    """Return the motion of a file as a humanoid clip, with the body that it was made on.

    Parameters
    ----------
    path
        ``.bvh``, ``.vmd``, ``.vrma``, ``.glb``, ``.vrm``, ``.fbx`` or SMPL-X ``.npz``.
    height
        Stature of the performer in metres, for files whose unit is not clear.
    body_model
        The user's SMPL-X model file, for the joints of SMPL-X motions.

    Raises
    ------
    InputRefused
        ``motion-format`` for another ending, and the errors of each reader.
    """
    if path.suffix.lower() == ".npz":
        return _smplx(read_bytes(path), path, body_model)
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise _unknown(path, READ)
    return reader(read_bytes(path), path, height)


def bare_character(rest: Rest) -> Character:
    """Return a character of joints only, for files that need a body around a motion."""
    nodes: list[Node] = []
    table: dict[int, int] = {}
    for i, name in enumerate(HUMANOID_BONES):
        parent = int(BONE_PARENTS[i])
        while parent >= 0 and not rest.present[parent]:
            parent = int(BONE_PARENTS[parent])
        if rest.present[i]:
            table[i] = len(nodes)
            x, y, z = (float(v) for v in rest.offsets[i])
            if parent >= 0:
                at = rest.positions()
                x, y, z = (float(v) for v in at[i] - at[parent])
            nodes.append(Node(name, table.get(parent, -1), (x, y, z)))
    humanoid = {HUMANOID_BONES[i]: j for i, j in table.items()}
    return Character("motion", nodes, humanoid, [], [])


def write_motion(
    path: Path, clip: Clip, rest: Rest, character: Character | None = None
) -> None:
    """Write a clip in the format that the ending of ``path`` names.

    Parameters
    ----------
    path
        ``.vrma``, ``.bvh``, ``.vmd``, ``.glb`` or ``.csv``.
    rest
        The body that the clip was made on.
    character
        Who is in a ``.glb``; None writes joints without a mesh.

    Raises
    ------
    InputRefused
        ``motion-format`` for another ending.
    """
    ending = path.suffix.lower()
    if ending == ".vrma":
        write_vrma(path, clip, rest)
    elif ending == ".bvh":
        write_bvh(path, clip, rest)
    elif ending == ".vmd":
        write_vmd(path, vmd_of(clip, rest))
    elif ending == ".glb":
        write_motion_glb(path, character or bare_character(rest), clip)
    elif ending == ".csv":
        write_motion_csv(path, clip)
    else:
        raise _unknown(path, WRITTEN)
