"""Content hashes that decide what must be made again."""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields, is_dataclass
from enum import Enum
from pathlib import Path
from typing import Any

import numpy as np


def _feed(h: hashlib.blake2b, value: Any) -> None:
    """Feed one value with a type tag and a length, so that no two values collide."""
    if isinstance(value, np.ndarray):
        array = np.ascontiguousarray(value)
        h.update(f"a{array.dtype.str}{array.shape};".encode())
        h.update(array.tobytes())
    elif isinstance(value, bytes | bytearray | memoryview):
        h.update(f"b{len(value)};".encode())
        h.update(value)
    elif is_dataclass(value) and not isinstance(value, type):
        h.update(f"d{type(value).__name__};".encode())
        for item in fields(value):
            _feed(h, item.name)
            _feed(h, getattr(value, item.name))
    elif isinstance(value, dict):
        h.update(f"m{len(value)};".encode())
        for key in sorted(value, key=str):
            _feed(h, str(key))
            _feed(h, value[key])
    elif isinstance(value, list | tuple):
        h.update(f"l{len(value)};".encode())
        for item in value:
            _feed(h, item)
    elif isinstance(value, Enum):
        _feed(h, value.value)
    elif isinstance(value, np.generic):
        _feed(h, value.item())
    elif value is None or isinstance(value, bool | int | float | str):
        text = json.dumps(value)
        h.update(f"s{len(text)};{text}".encode())
    else:
        raise TypeError(f"cannot hash a {type(value).__name__}")


def content_hash(*values: Any, size: int = 16) -> str:
    """Return the BLAKE2b hash (hex) of plain data, arrays and dataclasses."""
    h = hashlib.blake2b(digest_size=size)
    _feed(h, values)
    return h.hexdigest()


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file as hex, reading it in pieces."""
    h = hashlib.sha256()
    with path.open("rb") as stream:
        for block in iter(lambda: stream.read(1 << 20), b""):
            h.update(block)
    return h.hexdigest()


def seed_of(*values: Any) -> int:
    """Return a 64-bit seed made from plain values (stable over runs and machines)."""
    return int(content_hash(*values, size=8), 16)
