"""Our VRM animations in @pixiv/three-vrm-animation, the player that everybody uses.

Needs Chromium and the npm packages, fetched once with
``npm install --prefix <cache> three @pixiv/three-vrm @pixiv/three-vrm-animation`` where
``<cache>`` is the folder ``three-vrm`` of the program's cache, or any folder named by
``CYBERDIRECTOR_NODE_MODULES``.
"""

from __future__ import annotations

import http.server
import json
import os
import shutil
import subprocess
import tempfile
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cyberdirector.core.face import ARKIT_INDEX
from cyberdirector.core.model import Character, Material, MeshPart, Morph
from cyberdirector.core.resources import cache_dir
from cyberdirector.core.skeleton import BONE_INDEX, Rest
from cyberdirector.core.time import Rate
from cyberdirector.formats import vrm_bytes, vrma_bytes
from cyberdirector.motion.files import bare_character
from cyberdirector.motion.moves import make_sequence

from .strolls import body, joints

_PAGE = Path(__file__).with_name("three_vrm.html")
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_BROWSER = os.environ.get("CYBERDIRECTOR_CHROMIUM") or next(
    (found for found in map(shutil.which, _NAMES) if found), ""
)


def _modules() -> Path | None:
    named = os.environ.get("CYBERDIRECTOR_NODE_MODULES")
    folder = Path(named) if named else cache_dir("three-vrm") / "node_modules"
    return folder if (folder / "@pixiv" / "three-vrm-animation").is_dir() else None


class _Handler(http.server.BaseHTTPRequestHandler):
    files: dict[str, bytes]
    modules: Path
    answer: dict[str, Any]
    done: threading.Event

    def do_GET(self) -> None:
        name = self.path.split("?")[0].lstrip("/")
        data = self.files.get(name)
        if data is None and name.startswith("modules/"):
            path = (self.modules / name.removeprefix("modules/")).resolve()
            if path.is_file() and path.is_relative_to(self.modules.resolve()):
                data = path.read_bytes()
        self.send_response(200 if data is not None else 404)
        script = name.endswith(".js")
        kind = "text/javascript" if script else "text/html" if not name else "text/plain"
        self.send_header("Content-Type", kind)
        self.end_headers()
        self.wfile.write(data or b"")

    def do_POST(self) -> None:
        size = int(self.headers["Content-Length"])
        self.answer.update(json.loads(self.rfile.read(size)))
        self.send_response(200)
        self.end_headers()
        self.done.set()

    def log_message(self, format: str, *args: Any) -> None:
        return


def _hero(rest: Rest) -> Character:
    """Return joints with one triangle that opens its jaw."""
    hero = bare_character(rest)
    square = np.array([[0, 1.5, 0.1], [0.1, 1.5, 0.1], [0, 1.6, 0.1]], np.float32)
    normals = np.tile(np.array([0, 0, 1], np.float32), (3, 1))
    jaw = Morph(np.array([0], np.uint32), np.array([[0, -0.01, 0]], np.float32))
    part = MeshPart(
        "face", square, normals, np.zeros((3, 2), np.float32),
        np.array([[0, 1, 2]], np.uint32), 0,
        np.full((3, 1), hero.humanoid["head"], np.uint16), np.ones((3, 1), np.float32),
        {"jawOpen": jaw},
    )  # fmt: skip
    return replace(hero, parts=[part], materials=[Material("skin")])


def _play(modules: Path, files: dict[str, bytes]) -> dict[str, Any]:
    handler = type(
        "Handler",
        (_Handler,),
        {"files": files, "modules": modules, "answer": {}, "done": threading.Event()},
    )
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as profile:
        browser = subprocess.Popen(
            [
                _BROWSER, "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run",
                f"--user-data-dir={profile}", f"http://127.0.0.1:{server.server_port}/",
            ],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            assert handler.done.wait(120), "the browser sent no answer"  # type: ignore[attr-defined]
        finally:
            browser.terminate()
            browser.wait(20)
            server.shutdown()
    answer: dict[str, Any] = handler.answer  # type: ignore[attr-defined]
    assert "error" not in answer, answer["error"]
    return answer


@pytest.mark.xdist_group("browser")
@pytest.mark.skipif(not _BROWSER, reason="no Chromium: sudo apt-get install chromium")
def test_vrma_plays_in_three_vrm() -> None:
    modules = _modules()
    if modules is None:
        pytest.skip("npm packages three, @pixiv/three-vrm, @pixiv/three-vrm-animation absent")
    rest = body(0.9)
    clip = make_sequence(["walk", "bow", "wave"], rest, Rate(30))
    weights = clip.weights.copy()
    weights[:, ARKIT_INDEX["jawOpen"]] = np.linspace(0.0, 1.0, clip.frames)
    clip = replace(clip, weights=weights)
    frames = [0, 11, clip.frames // 2, clip.frames - 1]
    answer = _play(
        modules,
        {
            "": _PAGE.read_bytes(),
            "hero.vrm": vrm_bytes(_hero(rest)),
            "take.vrma": vrma_bytes(clip, rest),
            "times.json": json.dumps([f / 30.0 for f in frames]).encode(),
        },
    )
    assert answer["duration"] == pytest.approx((clip.frames - 1) / 30.0, abs=1e-3)
    expected = joints(clip, rest)
    for frame, shown in zip(frames, answer["frames"], strict=True):
        for bone, at in shown["bones"].items():
            wanted = expected[frame, BONE_INDEX[bone]]
            assert np.abs(np.array(at) - wanted).max() < 1e-3, (frame, bone)
        wide = float(clip.weights[frame, ARKIT_INDEX["jawOpen"]])
        assert shown["jawOpen"] == pytest.approx(wide, abs=0.02)
