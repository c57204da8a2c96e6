"""Builds glTF files with the same bytes for the same content."""

from __future__ import annotations

import json
import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

_COMPONENT = {"int8": 5120, "uint8": 5121, "uint16": 5123, "uint32": 5125, "float32": 5126}
_KIND = {1: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4", 16: "MAT4"}
ARRAY_BUFFER, ELEMENT_BUFFER = 34962, 34963
_JSON, _BIN = 0x4E4F534A, 0x004E4942


def plain(value: Any) -> Any:
    """Return ``value`` as JSON data: numpy numbers and arrays, tuples and dataclass-free."""
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, np.generic):
        return value.item()
    return value


class Builder:
    """Collects JSON and binary data, then gives the bytes of a GLB.

    ``json`` is the root object; add to its lists with :meth:`add`.
    """

    def __init__(self) -> None:
        self.json: dict[str, Any] = {
            "asset": {"version": "2.0", "generator": "CyberDirector"},
        }
        self._pieces: list[bytes] = []
        self._length = 0
        self._used: set[str] = set()
        self._seen: dict[tuple[Any, ...], int] = {}

    def add(self, kind: str, item: dict[str, Any]) -> int:
        """Append to the list ``kind`` (nodes, meshes …) and return the index."""
        items = self.json.setdefault(kind, [])
        items.append(item)
        return len(items) - 1

    def use(self, extension: str) -> None:
        """Declare an extension as used."""
        self._used.add(extension)

    def blob(self, data: bytes, target: int | None = None, kind: str = "") -> int:
        """Store bytes as a buffer view and return its index.

        Equal bytes of one ``kind`` are shared; vertex attributes of different types must
        not share a view.
        """
        key = (target, kind, data)
        if key in self._seen:
            return self._seen[key]
        padding = -self._length % 4
        self._pieces.append(b"\0" * padding + data)
        view: dict[str, Any] = {
            "buffer": 0,
            "byteOffset": self._length + padding,
            "byteLength": len(data),
        }
        if target is not None:
            view["target"] = target
        self._length += padding + len(data)
        self._seen[key] = self.add("bufferViews", view)
        return self._seen[key]

    def accessor(
        self,
        values: NDArray[Any],
        target: int | None = None,
        bounds: bool = False,
        normalized: bool = False,
    ) -> int:
        """Store an array (count,) or (count, width) and return the accessor's index.

        Parameters
        ----------
        values
            int8, uint8, uint16, uint32 or float32; vertex data has rows of 4n bytes.
        bounds
            Whether min and max are stated (positions and times need them).
        normalized
            Whether integers stand for 0..1.
        """
        rows = np.ascontiguousarray(values).reshape(len(values), -1)
        data = rows.astype(rows.dtype.newbyteorder("<")).tobytes()
        kind = f"{rows.dtype.name}{rows.shape[1]}"
        item: dict[str, Any] = {
            "bufferView": self.blob(data, target, kind),
            "componentType": _COMPONENT[rows.dtype.name],
            "count": len(rows),
            "type": _KIND[rows.shape[1]],
        }
        if normalized:
            item["normalized"] = True
        if bounds:
            item["min"] = rows.min(axis=0).tolist()
            item["max"] = rows.max(axis=0).tolist()
        return self._share(item)

    def sparse(
        self,
        count: int,
        indices: NDArray[np.uint32],
        values: NDArray[np.float32],
        bounds: bool = False,
    ) -> int:
        """Store a (count, width) float32 array that is zero except at rising ``indices``."""
        item: dict[str, Any] = {
            "componentType": 5126,
            "count": count,
            "type": _KIND[values.shape[1]],
        }
        if len(indices):
            small = count <= 0xFFFF
            rows = indices.astype("<u2" if small else "<u4")
            item["sparse"] = {
                "count": len(indices),
                "indices": {
                    "bufferView": self.blob(rows.tobytes()),
                    "componentType": 5123 if small else 5125,
                },
                "values": {"bufferView": self.blob(values.astype("<f4").tobytes())},
            }
        if bounds:
            zero = np.zeros((int(len(indices) < count), values.shape[1]), np.float32)
            every = np.concatenate([values.astype(np.float32), zero])
            item["min"] = every.min(axis=0).tolist()
            item["max"] = every.max(axis=0).tolist()
        return self._share(item)

    def _share(self, item: dict[str, Any]) -> int:
        key = ("accessor", json.dumps(item, sort_keys=True))
        if key not in self._seen:
            self._seen[key] = self.add("accessors", item)
        return self._seen[key]

    def glb(self) -> bytes:
        """Return the file."""
        binary = b"".join(self._pieces)
        binary += b"\0" * (-len(binary) % 4)
        if binary:
            self.json["buffers"] = [{"byteLength": len(binary)}]
        if self._used:
            self.json["extensionsUsed"] = sorted(self._used)
        text = json.dumps(
            plain(self.json), ensure_ascii=False, separators=(",", ":"), allow_nan=False
        ).encode()
        text += b" " * (-len(text) % 4)
        chunks = struct.pack("<II", len(text), _JSON) + text
        if binary:
            chunks += struct.pack("<II", len(binary), _BIN) + binary
        return struct.pack("<III", 0x46546C67, 2, 12 + len(chunks)) + chunks
