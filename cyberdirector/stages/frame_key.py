"""The key of a frame inside its picture file: what is in it, so that it is drawn once."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

MARK = b"cyberdirector-frame:"
_KEY_LENGTH = 32
_HEAD = 1 << 16
"""Bytes of a file that are searched for its key."""


def stored_key(path: Path) -> str:
    """Return the key that a picture carries, or an empty string."""
    try:
        with path.open("rb") as stream:
            head = stream.read(_HEAD)
    except OSError:
        return ""
    at = head.find(MARK)
    start = at + len(MARK)
    return head[start : start + _KEY_LENGTH].decode("ascii", "replace") if at >= 0 else ""


def stamp_png(data: bytes, key: str) -> bytes:
    """Return PNG bytes with a key in a ``tEXt`` chunk after the header (33 bytes)."""
    body = b"tEXtComment\0" + MARK + key.encode("ascii")
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return data[:33] + chunk + data[33:]
