"""Opens glTF files safely: nothing is allocated before what it claims was checked."""

from __future__ import annotations

import base64
import binascii
import struct
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

from cyberdirector.core.errors import InputRefused
from cyberdirector.core.limits import (
    MAX_AMPLIFICATION,
    MAX_ARRAY_BYTES,
    MAX_MODEL_BYTES,
    MAX_NODE_DEPTH,
    MIN_ARRAY_BUDGET,
)
from cyberdirector.formats.gltf._view import View, parse, refuse

_MAGIC = 0x46546C67
_JSON, _BIN = 0x4E4F534A, 0x004E4942

UNDERSTOOD = frozenset(
    {
        "KHR_materials_unlit",
        "KHR_materials_emissive_strength",
        "VRMC_materials_hdr_emissiveMultiplier",
        "KHR_mesh_quantization",
        "KHR_texture_transform",
        "VRM",
        "VRMC_vrm",
        "VRMC_materials_mtoon",
        "VRMC_springBone",
        "VRMC_springBone_extended_collider",
        "VRMC_node_constraint",
        "VRMC_vrm_animation",
        "EXT_texture_webp",
    }
)
"""Extensions that a file may require (all others are refused when required)."""


@dataclass
class Gltf:
    """A glTF whose lists, buffers and node tree were checked.

    Attributes
    ----------
    root
        The JSON with typed getters.
    nodes, meshes, accessors, buffer_views, images, textures, materials
        The lists of the file.
    buffers
        Bytes of each buffer, exactly as long as declared.
    parents
        Parent of each node, -1 for roots.
    order
        Indices of the nodes of the scene shown, parents before children.
    budget
        Bytes of arrays that may still be made.
    folder
        Folder whose plain files may be referred to.
    notes
        What could not be taken over, in plain English.
    """

    root: View
    file: str
    nodes: list[View]
    meshes: list[View]
    accessors: list[View]
    buffer_views: list[View]
    images: list[View]
    textures: list[View]
    materials: list[View]
    buffers: list[memoryview]
    parents: list[int]
    order: list[int]
    budget: int
    folder: Path | None = None
    notes: list[str] = field(default_factory=list)

    def spend(self, size: int, path: str) -> None:
        """Take ``size`` bytes from the budget of arrays, or refuse the file."""
        self.budget -= size
        if self.budget < 0:
            raise refuse(
                "gltf-too-large",
                "文件声明的数据远大于文件本身，可能是恶意或损坏的文件，已拒绝。",
                "the file declares far more data than it holds; it is damaged or malicious.",
                self.file,
                path,
            )

    def note(self, text: str, code: str = "", path: str = "") -> None:
        """Remember once that something could not be taken over.

        ``code`` names the kind of trouble and ``path`` the place in the JSON; they stand
        before the text as in the text of an error.
        """
        if code:
            text = f"[{code}] {path + ': ' if path else ''}{text}"
        if text not in self.notes and len(self.notes) < 64:
            self.notes.append(text)


def _broken(file: str, zh: str, en: str) -> InputRefused:
    return refuse(
        "gltf-container",
        f"不是完整的 GLB/glTF 文件（{zh}），请重新导出。",
        f"not a complete GLB/glTF file ({en}); export it again.",
        file,
    )


def _chunks(data: memoryview, file: str) -> tuple[bytes, memoryview]:
    """Return the JSON and the BIN chunk of a GLB (glTF 2.0, section 4)."""
    if len(data) < 20:
        raise _broken(file, "太短", "too short")
    _, version, length = struct.unpack_from("<III", data)
    if version != 2 or length > len(data) or length < 20:
        raise _broken(file, "文件头不对", "bad header")
    text: bytes | None = None
    binary = memoryview(b"")
    at = 12
    while at + 8 <= length:
        size, kind = struct.unpack_from("<II", data, at)
        at += 8
        if at + size > length:
            raise _broken(file, "数据块超出文件", "a chunk runs past the end")
        if kind == _JSON and text is None:
            text = bytes(data[at : at + size])
        elif kind == _BIN and not len(binary):
            binary = data[at : at + size]
        at += size + (-size) % 4
    if text is None:
        raise _broken(file, "没有 JSON 块", "no JSON chunk")
    return text, binary


def _decode_data_uri(uri: str, view: View) -> bytes:
    head, _, body = uri.partition(",")
    if not head.endswith(";base64"):
        raise view.bad("uri", "base64 data")
    try:
        return base64.b64decode(unquote(body), validate=True)
    except (binascii.Error, ValueError) as error:
        raise view.bad("uri", "base64 data") from error


def _beside(uri: str, view: View, folder: Path | None) -> Path:
    """Return the file that a URI names; only plain names in the same folder are allowed."""
    name = unquote(uri)
    plain = name not in ("", ".", "..") and not any(c in name for c in '/\\:\0<>"|?*')
    path = (folder or Path()) / (name if plain else "-")
    inside = folder is not None and plain and path.resolve().parent == folder.resolve()
    if not inside or not path.is_file():
        raise refuse(
            "gltf-uri",
            f"引用了不允许或不存在的文件 {uri[:80]!r}，请导出为单个 GLB 文件。",
            f"refers to {uri[:80]!r}, which is not allowed or not there; "
            "export a single GLB file.",
            view.file,
            f"{view.path}/uri",
        )
    return path


def resource(view: View, folder: Path | None, limit: int) -> bytes:
    """Return the bytes behind ``uri`` (a data URI, or a file in the same folder)."""
    uri = view.text("uri")
    if uri.startswith("data:"):
        return _decode_data_uri(uri, view)
    path = _beside(uri, view, folder)
    if path.stat().st_size > limit:
        raise view.bad("uri", f"a file of at most {limit >> 20} MiB")
    return path.read_bytes()


def _load_buffers(root: View, binary: memoryview, folder: Path | None) -> list[memoryview]:
    buffers = []
    left = MAX_MODEL_BYTES
    for i, view in enumerate(root.views("buffers", 64)):
        if "uri" in view:
            data = memoryview(resource(view, folder, left))
        elif i == 0:
            data = binary
        else:
            raise view.bad("uri", "a data URI or a file name")
        length = view.integer("byteLength", 1, len(data) if len(data) else 1)
        if length > len(data):
            raise view.bad("byteLength", f"at most {len(data)}")
        buffers.append(data[:length])
        left -= length
        if left < 0:
            raise view.bad("byteLength", f"less than {MAX_MODEL_BYTES >> 20} MiB in all")
    return buffers


def _tree(root: View, nodes: list[View]) -> tuple[list[int], list[int]]:
    """Return parents and the topological order of the scene; refuse loops."""
    parents = [-1] * len(nodes)
    children = [node.indices("children", len(nodes)) for node in nodes]
    for i, node in enumerate(nodes):
        for child in children[i]:
            if parents[child] != -1 or child == i:
                raise node.bad("children", "nodes that have no other parent")
            parents[child] = i
    scenes = root.views("scenes")
    if scenes:
        shown = scenes[root.integer("scene", 0, len(scenes) - 1, 0)]
        roots = shown.indices("nodes", len(nodes))
        if any(parents[i] != -1 for i in roots) or len(set(roots)) != len(roots):
            raise shown.bad("nodes", "distinct root nodes")
    else:
        roots = [i for i, parent in enumerate(parents) if parent == -1]
    order: list[int] = []
    stack = [(i, 1) for i in reversed(roots)]
    while stack:  # every node has one parent, so a root never leads into a loop
        i, depth = stack.pop()
        if depth > MAX_NODE_DEPTH:
            raise nodes[i].bad("children", f"at most {MAX_NODE_DEPTH} levels")
        order.append(i)
        stack.extend((c, depth + 1) for c in reversed(children[i]))
    return parents, order


def _check_version(root: View) -> None:
    asset = root.view("asset")
    if not asset.text("version", "").startswith("2."):
        raise asset.bad("version", "glTF 2.x")
    unknown = [
        name
        for name in root.items("extensionsRequired", 256)
        if not isinstance(name, str) or name not in UNDERSTOOD
    ]
    if unknown:
        names = ", ".join(str(n)[:60] for n in unknown[:8])
        raise refuse(
            "gltf-extension",
            f"文件要求扩展 {names}，本程序不支持；请导出时关闭压缩（Draco、meshopt、KTX2）。",
            f"the file requires {names}, which is not supported; export it without "
            "compression (Draco, meshopt, KTX2).",
            root.file,
            "/extensionsRequired",
        )


def parse_gltf(data: bytes, file: str = "", folder: Path | None = None) -> Gltf:
    """Check the bytes of a ``.glb``, ``.vrm``, ``.vrma`` or ``.gltf`` file.

    Parameters
    ----------
    data
        The file.
    file
        Its name for messages.
    folder
        Folder whose plain files may be referred to; None allows only embedded data.

    Raises
    ------
    InputRefused
        With the JSON path of what is wrong.
    """
    if len(data) > MAX_MODEL_BYTES:
        raise _broken(file, f"超过 {MAX_MODEL_BYTES >> 20} MiB", "too large")
    if len(data) >= 4 and struct.unpack_from("<I", data)[0] == _MAGIC:
        text, binary = _chunks(memoryview(data), file)
    elif data[:1] == b"{" or data[:4] == b"\xef\xbb\xbf{":
        text, binary = data, memoryview(b"")
    else:
        raise _broken(file, "开头不是 glTF", "it does not start like one")
    root = parse(text, file)
    _check_version(root)
    nodes = root.views("nodes")
    parents, order = _tree(root, nodes)
    buffers = _load_buffers(root, binary, folder)
    held = len(data) + sum(len(b) for b in buffers)
    return Gltf(
        root=root,
        file=file,
        nodes=nodes,
        meshes=root.views("meshes"),
        accessors=root.views("accessors"),
        buffer_views=root.views("bufferViews"),
        images=root.views("images", 4096),
        textures=root.views("textures", 4096),
        materials=root.views("materials", 4096),
        buffers=buffers,
        parents=parents,
        order=order,
        budget=min(MAX_ARRAY_BYTES, max(MIN_ARRAY_BUDGET, held * MAX_AMPLIFICATION)),
        folder=folder,
    )


def read_gltf(path: Path) -> Gltf:
    """Open a glTF file; see :func:`parse_gltf`.

    Raises
    ------
    InputRefused
        ``file-unreadable`` when it cannot be read, and all of :func:`parse_gltf`.
    """
    try:
        if path.stat().st_size > MAX_MODEL_BYTES:
            raise _broken(str(path), f"超过 {MAX_MODEL_BYTES >> 20} MiB", "too large")
        data = path.read_bytes()
    except OSError as error:
        raise refuse(
            "file-unreadable",
            f"文件打不开：{error.strerror}",
            f"the file cannot be opened: {error.strerror}",
            str(path),
        ) from error
    return parse_gltf(data, str(path), path.parent)
