"""Finds, fetches and verifies the models that ``models/models.toml`` declares."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cyberdirector.core.errors import AdapterUnavailable, CyberDirectorError, IntegrityError
from cyberdirector.core.files import replacing, write_json
from cyberdirector.core.hashing import file_sha256
from cyberdirector.core.resources import cache_dir
from cyberdirector.modelstore._build import build
from cyberdirector.modelstore._fetch import copy_local, fetch
from cyberdirector.modelstore._manifest import Model, Source, manifest

Progress = Callable[[str, int, int], None]
"""Called as ``progress(model name, bytes here, bytes in all)``."""

FOLDER_VARIABLE = "CYBERDIRECTOR_MODELS"
"""Environment variable that names a folder of models brought by hand."""


@dataclass(frozen=True)
class ModelStatus:
    """State of one model: ``ready``, ``missing`` or ``damaged``."""

    name: str
    state: str
    path: str
    size: int
    licence: str
    credit: str
    purpose: dict[str, str]
    sha256: str


def model(name: str) -> Model:
    """Return what the manifest says about a model.

    Raises
    ------
    AdapterUnavailable
        ``model-unknown`` for a name that it does not declare.
    """
    known = manifest()
    if name not in known:
        names = ", ".join(known)
        raise AdapterUnavailable(
            "model-unknown",
            f"没有名为 {name} 的模型；可用的有：{names}。",
            f"There is no model named {name}; known are: {names}.",
        )
    return known[name]


def _folder() -> Path:
    return cache_dir("models")


def _stamp_path(path: Path) -> Path:
    return path.with_name(path.name + ".verified.json")


def _verified(path: Path, sha256: str) -> bool:
    """Tell whether the file has the hash; a stamp beside it saves reading it again."""
    if not path.is_file():
        return False
    stat = path.stat()
    now = {"sha256": sha256, "size": stat.st_size, "mtime_ns": stat.st_mtime_ns}
    stamp = _stamp_path(path)
    try:
        if json.loads(stamp.read_text(encoding="utf-8")) == now:
            return True
    except (OSError, ValueError):
        pass  # no stamp, or half a stamp: read the file itself
    if file_sha256(path) != sha256:
        return False
    write_json(stamp, now)
    return True


def _local(entry: Model) -> Path | None:
    """Return the file in the user's own model folder if it has the right hash."""
    folder = os.environ.get(FOLDER_VARIABLE)
    if not folder:
        return None
    path = Path(folder) / entry.file
    return path if path.is_file() and file_sha256(path) == entry.sha256 else None


def has(name: str) -> bool:
    """Tell whether :func:`get` would succeed."""
    entry = model(name)
    return _verified(_folder() / entry.file, entry.sha256) or _local(entry) is not None


def get(name: str) -> Path:
    """Return the verified local file of a model.

    Parameters
    ----------
    name
        A name of ``models/models.toml``, for example ``kokoro``.

    Returns
    -------
    Path
        A file whose SHA-256 is the declared one.

    Raises
    ------
    AdapterUnavailable
        ``model-missing`` with the command that brings it; ``model-unknown``.
    """
    entry = model(name)
    path = _folder() / entry.file
    if _verified(path, entry.sha256):
        return path
    local = _local(entry)
    if local is not None:
        copy_local(local, path)
        return path
    state = "已损坏" if path.is_file() else "还没有下载"
    raise AdapterUnavailable(
        "model-missing",
        f"模型 {name}（{entry.purpose['zh']}）{state}，"
        f"请运行：cyberdirector models pull {name}",
        f"The model {name} ({entry.purpose['en']}) is "
        f"{'damaged' if path.is_file() else 'not here yet'}; "
        f"run: cyberdirector models pull {name}",
        model=name,
    )


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Let one process at a time change the store (where the system knows file locks)."""
    if sys.platform == "win32":
        yield
        return
    import fcntl

    with (folder / ".lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(handle, fcntl.LOCK_UN)


def _install(entry: Model, source: Source, progress: Progress | None) -> None:
    """Fetch the archives of one source and build the model from them."""
    parts = _folder() / ".parts"
    total = sum(a.size for a in source.archives)
    done = 0
    files = []
    for archive in source.archives:
        before = done

        def advance(here: int, before: int = before) -> None:
            if progress is not None:
                progress(entry.name, before + here, total)

        files.append(fetch(archive, parts, advance))
        done += archive.size
    with replacing(_folder() / entry.file) as temporary:
        build(source, files, temporary)
        found = file_sha256(temporary)
        if found != entry.sha256:
            raise IntegrityError(
                "model-hash",
                f"模型 {entry.name} 的内容与清单不符（得到 {found[:16]}…），没有安装。",
                f"The model {entry.name} does not have the promised content "
                f"(found {found[:16]}…, expected {entry.sha256[:16]}…); it was not installed.",
            )


def _pull_one(entry: Model, progress: Progress | None) -> None:
    path = _folder() / entry.file
    if _verified(path, entry.sha256):
        if progress is not None:
            progress(entry.name, entry.size, entry.size)
        return
    local = _local(entry)
    if local is not None:
        copy_local(local, path)
        return
    failures: list[CyberDirectorError] = []
    for source in entry.sources:
        try:
            _install(entry, source, progress)
            return
        except (AdapterUnavailable, IntegrityError) as error:
            failures.append(error)
    raise failures[-1]


def pull(names: Iterable[str] | None = None, progress: Progress | None = None) -> list[str]:
    """Bring models onto this machine; what is already here is left as it is.

    Parameters
    ----------
    names
        Models to bring, all but those on demand when None. With None, a model that
        cannot be had is passed over when the fallback that the manifest names for it can
        (the 54 voices of Kokoro).
    progress
        Called with (model name, bytes here, bytes in all).

    Returns
    -------
    list of str
        Names of models that were replaced by their fallback (empty: all are here).

    Raises
    ------
    AdapterUnavailable
        When a source cannot be reached; says what to do.
    IntegrityError
        When other bytes arrive than promised.
    """
    lenient = names is None
    if names is None:
        wanted = [entry for entry in manifest().values() if not entry.on_demand]
    else:
        wanted = [model(name) for name in names]
    replaced: list[str] = []
    folder = _folder()
    with _locked(folder):
        for entry in wanted:
            try:
                _pull_one(entry, progress)
            except AdapterUnavailable:
                if not (lenient and entry.fallback):
                    raise
                _pull_one(model(entry.fallback), progress)
                replaced.append(entry.name)
        shutil.rmtree(folder / ".parts", ignore_errors=True)
    return replaced


def status() -> list[ModelStatus]:
    """Return the state of every declared model without reading whole files again."""
    rows = []
    for entry in manifest().values():
        path = _folder() / entry.file
        if _verified(path, entry.sha256):
            state = "ready"
        else:
            state = "damaged" if path.is_file() else "missing"
        rows.append(
            ModelStatus(
                name=entry.name,
                state=state,
                path=str(path),
                size=entry.size,
                licence=entry.licence,
                credit=entry.credit,
                purpose=entry.purpose,
                sha256=entry.sha256,
            )
        )
    return rows


def verify(names: Iterable[str] | None = None) -> list[ModelStatus]:
    """Read every file (or those named) whole and return the states found."""
    chosen = set(manifest() if names is None else [model(n).name for n in names])
    for name in chosen:
        _stamp_path(_folder() / model(name).file).unlink(missing_ok=True)
    return [row for row in status() if row.name in chosen]
