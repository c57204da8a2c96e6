"""The Khronos glTF validator, when node and its package are on this machine."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cyberdirector.core.errors import AdapterUnavailable
from cyberdirector.core.resources import cache_dir
from cyberdirector.review.finding import Report

PACKAGE = "gltf-validator"
SECONDS = 10.0
"""Time for one file."""

_IGNORED = ("UNSUPPORTED_EXTENSION",)
"""The validator does not know the VRM extensions; our own rules check those."""


def package_home(package: str = PACKAGE) -> Path | None:
    """Return the folder whose ``node_modules`` holds an npm package, or None.

    ``CYBERDIRECTOR_NPM`` first, then the cache of the user.
    """
    named = os.environ.get("CYBERDIRECTOR_NPM")
    for folder in (Path(named) if named else None, cache_dir("npm")):
        if folder is not None and (folder / "node_modules" / package).is_dir():
            return folder
    return None


def available() -> bool:
    """Tell whether the validator can run here."""
    return shutil.which("node") is not None and package_home() is not None


def validate(paths: Sequence[Path]) -> dict[Path, dict[str, Any]]:
    """Return the validator's answer by file: ``issues`` with counts and messages.

    Raises
    ------
    AdapterUnavailable
        ``validator-missing`` with what to install.
    """
    node, home = shutil.which("node"), package_home()
    if node is None or home is None:
        where = cache_dir("npm")
        raise AdapterUnavailable(
            "validator-missing",
            "没有找到 Khronos glTF 校验器：请安装 Node.js，然后运行 "
            f"npm install --prefix {where} {PACKAGE}。",
            "The Khronos glTF validator is not here: install Node.js, then run "
            f"npm install --prefix {where} {PACKAGE}.",
        )
    script = Path(__file__).with_name("validate.mjs")
    command = [node, str(script), str(home), *(str(p.resolve()) for p in paths)]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=SECONDS * max(1, len(paths)),
            check=False, encoding="utf-8",
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return {path: {"failed": f"no answer in {SECONDS:.0f} s"} for path in paths}
    rows = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    found = {Path(row["file"]): row for row in rows}
    lost = {"failed": done.stderr.strip()[-200:] or "no answer"}
    return {path: found.get(path.resolve(), lost) for path in paths}


def counts(answer: dict[str, Any]) -> tuple[int, int]:
    """Return the numbers of errors and warnings; a failed run is one error."""
    if "issues" not in answer:
        return 1, 0
    kept = [m for m in answer["issues"]["messages"] if m["code"] not in _IGNORED]
    return sum(m["severity"] == 0 for m in kept), sum(m["severity"] == 1 for m in kept)


def add_validation(path: Path, report: Report) -> None:
    """Run the validator on a file and add its errors and warnings to the report."""
    answer = validate([path])[path]
    errors, warnings = counts(answer)
    report.figures["khronos"] = {"errors": errors, "warnings": warnings}
    if "failed" in answer:
        report.error(
            "khronos-failed",
            f"Khronos 校验器未能完成：{answer['failed']}。",
            f"The Khronos validator did not finish: {answer['failed']}.",
        )
        return
    for message in answer["issues"]["messages"]:
        if message["code"] in _IGNORED or message["severity"] > 1:
            continue
        add = report.error if message["severity"] == 0 else report.warn
        text = f"{message['code']}: {message['message']}"
        add("khronos", f"Khronos 校验器：{text}", f"Khronos validator: {text}",
            message.get("pointer", ""))  # fmt: skip
