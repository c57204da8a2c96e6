"""@pixiv/three-vrm in headless Chromium: every character loads, every expression moves it."""

from __future__ import annotations

import http.server
import json
import os
import shutil
import subprocess
import tempfile
import threading
from functools import partial
from pathlib import Path
from typing import Any

from bars import QUICK, bar, measure, note
from compiling import RANDOM, files

from cyberdirector.character import recipe_names
from cyberdirector.review.khronos import package_home

PAGE = Path(__file__).with_name("three_vrm.html")
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
EXPRESSIONS = 69
"""VRM presets that move something, and the 52 ARKit shapes."""


class _Handler(http.server.SimpleHTTPRequestHandler):
    """Serves the page, the characters and the installed packages; takes one answer."""

    def __init__(self, state: dict[str, Any], *args: Any, **words: Any) -> None:
        self._state = state
        super().__init__(*args, **words)

    def translate_path(self, path: str) -> str:
        clean = path.split("?")[0].lstrip("/")
        if not clean:
            return str(PAGE)
        base = self._state["vrm"] if clean.endswith(".vrm") else self._state["modules"]
        return str(Path(base) / clean.removeprefix("modules/"))

    def guess_type(self, path: Any) -> str:
        kinds = {".js": "text/javascript", ".html": "text/html"}
        return kinds.get(Path(str(path)).suffix, "application/octet-stream")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.end_headers()
        self._state["answer"] = json.loads(body)
        self._state["done"].set()

    def log_message(self, *args: Any) -> None:
        pass


def load_in_browser(browser: str, modules: Path, folder: Path, names: list[str]) -> list[Any]:
    """Return what the page says of each character: expressions, problems."""
    state: dict[str, Any] = {"vrm": folder, "modules": modules, "done": threading.Event()}
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, state))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/?names={','.join(names)}"
    with tempfile.TemporaryDirectory() as profile:
        command = [
            browser, "--headless=new", "--no-sandbox", "--disable-dev-shm-usage",
            "--no-first-run", "--disable-background-networking",
            "--enable-unsafe-swiftshader", "--use-gl=angle", "--use-angle=swiftshader",
            f"--user-data-dir={profile}", address,
        ]  # fmt: skip
        child = subprocess.Popen(
            command,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            state["done"].wait(30.0 + 8.0 * len(names))
        finally:
            os.killpg(child.pid, 15)
            child.wait(10)
            server.shutdown()
    answer: list[Any] = state.get("answer") or [{"name": "?", "problem": "no answer in time"}]
    return answer


@measure("browser")
def browser() -> None:
    """Load characters in three-vrm and play every expression."""
    found = next((path for path in map(shutil.which, NAMES) if path), "")
    found = os.environ.get("CYBERDIRECTOR_CHROMIUM", found)
    home = package_home("@pixiv/three-vrm")
    if not found or home is None:
        note("Chromium or npm @pixiv/three-vrm is not here: nothing was loaded")
        return
    names = recipe_names()[:2] if QUICK else [*recipe_names(), *map(str, RANDOM[:10])]
    folder = files(names)[0].parent
    rows = load_in_browser(found, home / "node_modules", folder, names)
    for row in rows:
        if row.get("problem"):
            note(f"{row['name']}: {row['problem']}")
    whole = [r for r in rows if not r.get("problem")]
    bar(f"characters of {len(names)} that load and play", len(whole), "≥", len(names))
    least = min((r["moving"] for r in whole), default=0)
    bar("expressions that move a character, least", least, "≥", EXPRESSIONS)
