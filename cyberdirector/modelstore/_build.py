"""Makes the file of a model from the members of its archives, the same bytes everywhere."""

from __future__ import annotations

import io
import shutil
import tarfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from fnmatch import fnmatchcase
from pathlib import Path
from typing import IO

import numpy as np

from cyberdirector.core.errors import IntegrityError
from cyberdirector.modelstore._manifest import Source

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""Time stamp of every zip entry: the least that the format can say."""


class _Members:
    """Read access to a wheel, zip, npm package (tar) or single file by member name."""

    def __init__(self, path: Path) -> None:
        self._zip: zipfile.ZipFile | None = None
        self._tar: tarfile.TarFile | None = None
        self._path = path
        if zipfile.is_zipfile(path):
            self._zip = zipfile.ZipFile(path)
        elif tarfile.is_tarfile(path):
            self._tar = tarfile.open(path)

    def names(self) -> list[str]:
        if self._zip is not None:
            return [i.filename for i in self._zip.infolist() if not i.is_dir()]
        if self._tar is not None:
            return [m.name for m in self._tar.getmembers() if m.isfile()]
        return [self._path.name]

    def open(self, name: str) -> IO[bytes]:
        if self._zip is not None:
            return self._zip.open(name)
        if self._tar is not None:
            stream = self._tar.extractfile(name)
            if stream is None:
                raise KeyError(name)
            return stream
        return self._path.open("rb")

    def close(self) -> None:
        for archive in (self._zip, self._tar):
            if archive is not None:
                archive.close()


@contextmanager
def _opened(path: Path) -> Iterator[_Members]:
    members = _Members(path)
    try:
        yield members
    finally:
        members.close()


def _chosen(source: Source, names: list[str]) -> list[str]:
    """Return the member names that the source asks for, sorted."""
    return sorted(
        name
        for name in names
        if any(fnmatchcase(name, pattern) for pattern in source.include)
        and not any(fnmatchcase(name, pattern) for pattern in source.exclude)
    )


def _store(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    info = zipfile.ZipInfo(name, _EPOCH)
    info.compress_type = zipfile.ZIP_STORED
    info.create_system = 3  # the same on every system
    info.external_attr = 0o644 << 16
    archive.writestr(info, data)


def _npy(data: bytes, shape: tuple[int, ...]) -> bytes:
    array = np.frombuffer(data, "<f4").reshape(shape)
    stream = io.BytesIO()
    np.lib.format.write_array(stream, array, version=(1, 0), allow_pickle=False)
    return stream.getvalue()


def build(source: Source, archives: list[Path], target: Path) -> None:
    """Write the file that ``source`` describes to ``target``.

    Parameters
    ----------
    source
        Which members, and how they are put together.
    archives
        Local files in the order of ``source.archives``; their hashes are checked before.
    target
        File to write.

    Raises
    ------
    IntegrityError
        ``model-member-missing`` when an archive holds none of the members.
    """
    packed = source.build in ("zip", "npz")
    with target.open("wb") as out:
        pack = zipfile.ZipFile(out, "w") if packed else None
        for path in archives:
            with _opened(path) as members:
                names = _chosen(source, members.names())
                if not names:
                    raise IntegrityError(
                        "model-member-missing",
                        f"{path.name} 中没有 {'、'.join(source.include)}，请报告此问题。",
                        f"{path.name} holds none of {', '.join(source.include)}; "
                        "please report this.",
                    )
                for name in names:
                    with members.open(name) as stream:
                        if pack is None:
                            shutil.copyfileobj(stream, out, 1 << 20)
                            continue
                        data = stream.read()
                    stored = name.removeprefix(source.strip)
                    if source.build == "npz":
                        stored = Path(stored).stem + ".npy"
                        data = _npy(data, source.shape)
                    _store(pack, stored, data)
        if pack is not None:
            pack.close()
