"""``cyberdirector doctor``: what this machine has, what is missing, and what to run."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
from dataclasses import asdict, dataclass, field
from typing import Any

import click

from cyberdirector import __version__
from cyberdirector.core.errors import CyberDirectorError, ExitCode

_PROBE_TIMEOUT = 60
"""Seconds for the graphics driver to start (compiling llvmpipe the first time is slow)."""

_PROBE = (
    "import json; from cyberdirector.render.device import describe_device; "
    "print(json.dumps(describe_device()))"
)
_LIBRARIES = ("numpy", "onnxruntime", "moderngl", "av", "Pillow", "scipy", "misaki")
_SHARED = {
    "libEGL.so.1": "libegl1",
    "libGLESv2.so.2": "libgles2",
    "libGL.so.1": "libgl1",
    "libglib-2.0.so.0": "libglib2.0-0",
}
_DRIVER = "libgl1-mesa-dri"


@dataclass
class Check:
    """One line: ``ok``, ``warn`` (works, but worse) or ``missing`` (must be mended)."""

    name: str
    state: str
    found: str
    fix_zh: str = ""
    fix_en: str = ""
    details: dict[str, Any] = field(default_factory=dict)


def _system() -> Check:
    import psutil

    memory = psutil.virtual_memory().total / 2**30
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    found = (
        f"{platform.system()} {platform.machine()}, Python {platform.python_version()}, "
        f"{cores} cores, {memory:.0f} GiB"
    )
    if memory >= 4:
        return Check("system", "ok", found)
    return Check(
        "system",
        "warn",
        found,
        "内存少于 4 GiB，长剧集可能失败。",
        "less than 4 GiB of memory; long episodes may fail.",
    )


def _missing_packages() -> list[str]:
    """Return the Debian packages whose shared libraries the linker does not find."""
    import ctypes

    missing = []
    for library, package in _SHARED.items():
        try:
            ctypes.CDLL(library)
        except OSError:
            missing.append(package)
    return missing


def _apt(packages: list[str]) -> str:
    sudo = "" if hasattr(os, "geteuid") and os.geteuid() == 0 else "sudo "
    return f"{sudo}apt-get install -y {' '.join(packages)}"


def _libraries() -> Check:
    missing = _missing_packages()
    if not missing:
        return Check("system libraries", "ok", ", ".join(_SHARED.values()))
    command = _apt(missing)
    return Check(
        "system libraries",
        "missing",
        "missing: " + ", ".join(missing),
        f"请运行：{command}",
        f"run: {command}",
    )


def _gl() -> Check:
    """Open a context in a process of its own: a bad driver may crash."""
    try:
        done = subprocess.run(
            [sys.executable, "-c", _PROBE],
            capture_output=True,
            text=True,
            timeout=_PROBE_TIMEOUT,
            check=False,
        )
        details = json.loads(done.stdout) if done.returncode == 0 else {}
        reason = done.stderr.strip().splitlines()[-1:] or [f"exit code {done.returncode}"]
    except (subprocess.TimeoutExpired, ValueError) as error:
        details, reason = {}, [str(error)]
    if details:
        kind = "on the processor" if details["software"] else "on a GPU"
        samples = "/".join(str(n) for n in details["samples"])
        found = (
            f"{details['renderer']} ({kind}), {details['version']}, samples {samples}, "
            f"EGL device {details['device_index']}: {details['why']}"
        )
        return Check("graphics (EGL)", "ok", found, details=details)
    command = _apt([*_SHARED.values(), _DRIVER])
    return Check(
        "graphics (EGL)",
        "missing",
        reason[0][:200],
        f"请运行：{command}",
        f"run: {command}",
    )


def _gpu() -> Check:
    tool = shutil.which("nvidia-smi")
    none = Check("GPU", "ok", "none (everything works on the processor)")
    if tool is None:
        return none
    query = ["--query-gpu=name,memory.total,driver_version", "--format=csv,noheader"]
    try:
        done = subprocess.run(
            [tool, *query], capture_output=True, text=True, timeout=20, check=False
        )
    except subprocess.TimeoutExpired:
        return none
    lines = done.stdout.strip().splitlines()
    return Check("GPU", "ok", "; ".join(lines)) if done.returncode == 0 and lines else none


def _onnx() -> Check:
    from cyberdirector.modelstore import providers

    found = providers()
    return Check("ONNX providers", "ok", ", ".join(found), details={"providers": found})


def _font() -> Check:
    from cyberdirector.modelstore import face

    try:
        regular = face()
    except CyberDirectorError as error:
        return Check("Chinese font", "missing", "none", error.zh, error.en)
    return Check("Chinese font", "ok", f"{regular.name} ({regular.path})")


def _models() -> list[Check]:
    from cyberdirector.modelstore import manifest, status

    rows = status()
    ready = {row.name for row in rows if row.state == "ready"}
    out = []
    for row in rows:
        entry = manifest()[row.name]
        if entry.on_demand and row.state == "missing":
            continue
        state = "ok" if row.state == "ready" else "missing"
        if row.state == "missing" and entry.fallback in ready:
            state = "warn"
        command = f"cyberdirector models pull {row.name}"
        bad = state != "ok"
        out.append(
            Check(
                f"model {row.name}",
                state,
                f"{row.state}, {row.size / 1e6:.1f} MB, {row.licence}",
                f"请运行：{command}" if bad else "",
                f"run: {command}" if bad else "",
            )
        )
    return out


def _versions() -> Check:
    from importlib import metadata

    found = {}
    for name in _LIBRARIES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = ""
    text = ", ".join(f"{name} {version or 'missing'}" for name, version in found.items())
    state = "ok" if all(found.values()) else "missing"
    fix = "pip install --upgrade cyberdirector" if state == "missing" else ""
    return Check(
        "Python libraries",
        state,
        text,
        f"请运行：{fix}" if fix else "",
        f"run: {fix}" if fix else "",
        found,
    )


def _npm() -> Check:
    found = shutil.which("npm")
    return Check("npm", "ok", found or "none (pip brings Node.js when a model needs it)")


def examine() -> list[Check]:
    """Return all checks in the order in which a person would look."""
    return [
        Check("cyberdirector", "ok", __version__),
        _system(),
        _libraries(),
        _gl(),
        _gpu(),
        _onnx(),
        _font(),
        *_models(),
        _versions(),
        _npm(),
    ]


_MARKS = {"ok": ("green", "✓"), "warn": ("yellow", "!"), "missing": ("red", "✗")}


def _print(checks: list[Check], chinese: bool) -> None:
    from rich.console import Console
    from rich.markup import escape

    console = Console(highlight=False, soft_wrap=True)
    width = max(len(check.name) for check in checks)
    for check in checks:
        colour, mark = _MARKS[check.state]
        line = f"[{colour}]{mark}[/] {check.name:<{width}}  {escape(check.found)}"
        console.print(line)
        fix = check.fix_zh if chinese else check.fix_en
        if fix:
            console.print(f"  {'':<{width}}  [{colour}]→ {escape(fix)}[/]")


@click.command(help="Show what this machine has and what is missing. 检查这台机器。")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")
def doctor(as_json: bool) -> None:
    """Exit with 4 when something is missing without which nothing can be produced."""
    from cyberdirector.cli import language

    checks = examine()
    ready = all(check.state != "missing" for check in checks)
    if as_json:
        data = {"ready": ready, "checks": [asdict(check) for check in checks]}
        click.echo(json.dumps(data, ensure_ascii=False, indent=2))
    else:
        _print(checks, language() == "zh")
    if not ready:
        sys.exit(ExitCode.MISSING)
