"""Writing files so that nothing half-written ever remains."""

from __future__ import annotations

import json
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside ``path`` that becomes ``path`` when all went well."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # The name is known before the file is there: wherever a signal ends this process, the
    # file is removed.
    token = secrets.token_hex(6)
    temporary = path.with_name(f".{path.stem[:24]}.{token}{path.suffix}")
    try:
        os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        yield temporary
        temporary.chmod(0o644)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


_UNFINISHED = re.compile(r"\..{1,24}\.[0-9a-f]{12}(\.\w+)?")


def remove_unfinished(folder: Path) -> None:
    """Remove what :func:`replacing` left in ``folder`` where a process was killed.

    Only for the one who holds the folder: the unfinished files of others go too.
    """
    for path in folder.glob(".*"):
        if _UNFINISHED.fullmatch(path.name) and path.is_file():
            path.unlink(missing_ok=True)


def write_bytes(path: Path, data: bytes) -> None:
    """Write ``data`` to ``path`` in one step."""
    with replacing(path) as temporary:
        temporary.write_bytes(data)


def write_json(path: Path, data: Any) -> None:
    """Write readable JSON (UTF-8, two spaces, Chinese kept as it is) in one step."""
    text = json.dumps(data, ensure_ascii=False, indent=2)
    write_bytes(path, (text + "\n").encode())
