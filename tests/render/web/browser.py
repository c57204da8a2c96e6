"""Runs the page of this folder in headless Chromium and returns what it found."""

from __future__ import annotations

import http.server
import json
import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from cyberdirector.core.resources import data_dir

HERE = Path(__file__).parent
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PAGES = ("index.html", "shaders.js", "targets.js", "replay.js")
BACKENDS = {"swiftshader": "swiftshader", "mesa": "gl-egl"}
"""What draws for the browser → ANGLE's name for it."""


def find_browser() -> str:
    """Return the path of Chromium or Chrome (``CYBERDIRECTOR_CHROMIUM`` first), or ''."""
    named = os.environ.get("CYBERDIRECTOR_CHROMIUM")
    if named:
        return named
    return next((path for path in map(shutil.which, NAMES) if path), "")


@dataclass
class Answer:
    """What the page sent back."""

    result: dict[str, Any] = field(default_factory=dict)
    pictures: list[np.ndarray] = field(default_factory=list)
    error: str = ""


class _Handler(http.server.BaseHTTPRequestHandler):
    def __init__(self, state: _State, *args: Any) -> None:
        self.state = state
        super().__init__(*args)

    def do_GET(self) -> None:
        name = self.path.strip("/").split("?")[0] or "index.html"
        data = self.state.data.get(name)
        if data is None and name in PAGES:
            data = (HERE / name).read_bytes()
        self.send_response(200 if data is not None else 404)
        kind = {"html": "text/html", "js": "text/javascript"}.get(name.rsplit(".")[-1], "")
        self.send_header("Content-Type", kind or "application/octet-stream")
        self.end_headers()
        self.wfile.write(data or b"")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        # Before the answer: the page posts the next picture, on another thread, once it has it.
        self.state.take(self.path.strip("/"), body)
        self.send_response(200)
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        pass


class _State:
    def __init__(self, data: Mapping[str, bytes]) -> None:
        self.data = data
        self.raw: list[bytes] = []
        self.answer = Answer()
        self.done = threading.Event()

    def take(self, name: str, body: bytes) -> None:
        if name == "picture":
            self.raw.append(body)
            return
        if name == "result":
            self.answer.result = json.loads(body)
        else:
            self.answer.error = body.decode()
        self.done.set()


def run_page(
    browser: str,
    backend: str,
    job: Mapping[str, Any],
    blobs: bytes = b"",
    files: Mapping[str, str] | None = None,
    timeout: float = 120.0,
) -> Answer:
    """Open the page in ``browser`` drawing with ``backend`` and wait for its answer."""
    state = _State(
        {
            "manifest.json": (data_dir("shaders") / "manifest.json").read_bytes(),
            "job.json": json.dumps(job).encode(),
            "files.json": json.dumps(files or {}).encode(),
            "blobs.bin": bytes(blobs),
        }
    )
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, state))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as profile:
        command = [
            browser,
            "--headless=new",
            "--no-sandbox",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--no-first-run",
            "--ignore-gpu-blocklist",
            "--enable-unsafe-swiftshader",
            "--use-gl=angle",
            f"--use-angle={BACKENDS[backend]}",
            f"--user-data-dir={profile}",
            f"http://127.0.0.1:{server.server_port}/",
        ]
        quiet = subprocess.DEVNULL
        child = subprocess.Popen(command, stdout=quiet, stderr=quiet, start_new_session=True)
        try:
            if not state.done.wait(timeout):
                state.answer.error = f"no answer in {timeout:.0f} s"
        finally:
            _end(child)
            server.shutdown()
            server.server_close()
    for size, raw in zip(state.answer.result.get("pictures", []), state.raw, strict=True):
        picture = np.frombuffer(raw, np.uint8).reshape(size[1], size[0], 4)
        state.answer.pictures.append(picture)
    return state.answer


def _end(child: subprocess.Popen[bytes]) -> None:
    """End the browser that we started, with its own children (its process group)."""
    os.killpg(child.pid, 15)
    try:
        child.wait(10)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, 9)
        child.wait()
