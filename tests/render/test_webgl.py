"""The same shader files in headless Chromium: WebGL2 on SwiftShader and on Mesa."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cyberdirector.backlot import build_set
from cyberdirector.character import compile_character, shipped_recipe
from cyberdirector.core.resources import data_dir
from cyberdirector.core.scene import Camera
from cyberdirector.render.device import Device
from cyberdirector.render.manifest import CONSTANTS, PassText
from cyberdirector.render.profiles import PROFILES
from cyberdirector.render.renderer import Renderer
from cyberdirector.render.scene import FrameState, RenderScene
from cyberdirector.render.shader_passes import list_passes
from cyberdirector.render.shaders import WEB_HEADER, Source
from cyberdirector.render.still import stand

sys.path.insert(0, str(Path(__file__).parent))
from samples import LIGHTS, figure, room
from web.browser import find_browser, run_page
from web.record import Log, Recorder

OUT = Path(__file__).parents[2] / "out" / "webgl"
BROWSER = find_browser()
SIZE = (160, 284)
PREVIEW = (360, 640)
"""The smallest picture that a preview shows. A line is as wide in a smaller one and takes more
of it: what lies a quarter of a pixel aside weighs more (``comic`` 37 dB at :data:`SIZE`)."""
NEAR = Camera((0.15, 1.55, 1.0), (-0.25, 1.5, 0.0), 0.5)
LEAST_DB = 40.0
"""Bar for another rasterizer (SwiftShader); on Mesa every byte is the same."""

pytestmark = [
    pytest.mark.gl,
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(not BROWSER, reason="no Chromium: sudo apt-get install chromium"),
]


def _decibels(a: np.ndarray, b: np.ndarray) -> float:
    error = float(np.mean((a.astype(float) - b) ** 2))
    return 99.0 if error == 0.0 else 10.0 * np.log10(255.0**2 / error)


def _sample(light: str, camera: Camera | None) -> tuple[RenderScene, FrameState]:
    cast = {"a": figure(), "b": figure((0.5, 0.08, 0.1), (0.3, 0.14, 0.06))}
    place = room()
    states = {
        "a": stand(cast["a"], (-0.35, 0.0, 0.0), 0.3),
        "b": stand(cast["b"], (0.4, 0.0, 0.1), -0.3),
    }
    eye = camera or place.cameras["establish"]
    return RenderScene(place, cast), FrameState(eye, LIGHTS[light], states, 0.5, 7)


def _drawn(
    scene: RenderScene,
    state: FrameState,
    samples: int,
    size: tuple[int, int] = SIZE,
    style: str = "cel",
    profile: str = "cpu",
) -> tuple[np.ndarray, Log]:
    """Return the picture of one frame by a new renderer, and how it was made."""
    device = Device("software")
    recorder = Recorder(device.context)
    device.context = recorder.context
    try:
        with Renderer(scene, size, PROFILES[profile], samples, device, style) as one:
            return one.draw(state), recorder.log
    finally:
        device.close()


def _replayed(backend: str, log: Log, skin: str = "buffer") -> tuple[np.ndarray, str]:
    job = {"commands": log.commands, "skin": skin}
    answer = run_page(BROWSER, backend, job, log.blobs)
    assert not answer.error, answer.error
    return answer.pictures[-1], answer.result["renderer"]


def _keep(name: str, native: np.ndarray, web: np.ndarray) -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    gap = np.abs(native.astype(int) - web)[..., :3]
    sheet = np.hstack([native[..., :3], web[..., :3], np.minimum(gap * 16, 255)])
    Image.fromarray(sheet.astype(np.uint8)).save(OUT / f"{name}.png")


@pytest.mark.parametrize("backend", ["mesa", "swiftshader"])
@pytest.mark.parametrize(
    ("light", "camera", "samples"),
    [("dusk", NEAR, 0), ("rain", None, 0), ("day", NEAR, 4)],
    ids=["dusk-near", "rain-wide", "day-near-msaa"],
)
def test_a_whole_frame_is_the_same_in_the_browser(backend, light, camera, samples) -> None:
    """Every pass of a real frame, from skinning to the last pass, on the same bytes.

    With samples the last step differs: here the mean of four samples is taken in the
    shader, WebGL2 rounds it to eight bits first.
    """
    native, log = _drawn(*_sample(light, camera), samples)
    web, renderer = _replayed(backend, log)
    _keep(f"{light}-{samples}-{backend}", native, web)
    assert _decibels(native, web) >= LEAST_DB
    if backend == "mesa" and "llvmpipe" in renderer:
        most = int(np.abs(native.astype(int) - web).max())
        assert most <= (1 if samples else 0)


def test_skinning_in_every_pass_draws_the_same() -> None:
    """A host without transform feedback sets the key POSE."""
    native, log = _drawn(*_sample("dusk", NEAR), 0)
    web, renderer = _replayed("mesa", log, "vertex")
    _keep("skin-mesa", native, web)
    assert _decibels(native, web) >= LEAST_DB
    if "llvmpipe" in renderer:
        assert native.tobytes() == web.tobytes()


def _exact_on_mesa(name: str, native: np.ndarray, log: Log) -> None:
    web, renderer = _replayed("mesa", log)
    _keep(name, native, web)
    assert _decibels(native, web) >= LEAST_DB
    if "llvmpipe" in renderer:
        assert native.tobytes() == web.tobytes()


@pytest.mark.parametrize(
    ("style", "profile"),
    [("guoman", "cpu"), ("ink", "cpu"), ("comic", "cpu"), ("guoman", "gpu")],
)
def test_every_style_is_the_same_in_the_browser(style: str, profile: str) -> None:
    """Lens, corners, washes, print and lines; the GPU profile keeps light in half floats."""
    native, log = _drawn(*_sample("dusk", NEAR), 0, SIZE, style, profile)
    _exact_on_mesa(f"{style}-{profile}", native, log)


@pytest.mark.parametrize(
    ("backend", "style", "least"),
    [
        ("mesa", "cel", 60.0),
        ("mesa", "ink", 50.0),
        ("mesa", "comic", 50.0),
        ("mesa", "guoman", LEAST_DB),
        ("swiftshader", "guoman", LEAST_DB),
        ("swiftshader", "ink", LEAST_DB),
        ("swiftshader", "comic", LEAST_DB),
    ],
)
def test_every_style_is_close_with_samples(backend: str, style: str, least: float) -> None:
    """WebGL2 hands the last passes means of colours and marks, and one depth of four.

    The lens of ``guoman`` reads all four depths where it can. SwiftShader keeps the depth of
    another sample: lines found in it lie a quarter of a pixel aside, and are evened out.
    """
    native, log = _drawn(*_sample("dusk", NEAR), 4, PREVIEW, style)
    web, renderer = _replayed(backend, log)
    _keep(f"{style}-4-{backend}", native, web)
    assert _decibels(native, web) >= (least if backend in renderer.lower() else LEAST_DB)


def test_a_foreign_character_is_the_same_in_the_browser() -> None:
    """Materials without a role are drawn as MToon."""
    scene, state = _sample("day", NEAR)
    plain = {
        name: replace(c, materials=[replace(m, role="") for m in c.materials])
        for name, c in scene.characters.items()
    }
    native, log = _drawn(RenderScene(scene.set, plain), state, 0)
    _exact_on_mesa("foreign", native, log)


@pytest.fixture(scope="module")
def teahouse():
    """Real content: textures, eight joints a vertex, all shapes of a face, lanterns."""
    character, place = compile_character(shipped_recipe("lin_wan")), build_set("teahouse")
    pose = stand(character, (0.0, 0.0, 0.0), 0.2, {"jawOpen": 0.4, "eyeBlinkLeft": 0.3})
    camera = Camera((0.3, 1.5, 1.1), (0.0, 1.45, 0.0), 0.6)
    state = FrameState(camera, place.lights["night"], {"lin": pose}, 0.5, 7)
    return RenderScene(place, {"lin": character}), state


@pytest.mark.parametrize(("backend", "samples"), [("mesa", 0), ("swiftshader", 4)])
def test_shipped_content_is_the_same_in_the_browser(teahouse, backend, samples) -> None:
    """Another rasterizer takes other samples on edges, so it is compared with MSAA."""
    native, log = _drawn(*teahouse, samples, (540, 960))
    web, renderer = _replayed(backend, log)
    _keep(f"teahouse-{backend}", native, web)
    assert _decibels(native, web) >= LEAST_DB
    if backend == "mesa" and "llvmpipe" in renderer:
        assert native.tobytes() == web.tobytes()


@pytest.mark.parametrize("backend", ["mesa", "swiftshader"])
def test_the_browser_assembles_and_links_every_permutation(backend: str) -> None:
    root = data_dir("shaders")
    wanted, texts = [], []
    for entry in list_passes(root):
        if entry.native:
            continue
        text = PassText(entry, root)
        for family, defines in text.permutations(web=True):
            if len(defines) > len(text.needed) + 1:
                continue
            written = {key: f"{value}" for key, value in defines.items()}
            wanted.append([entry.name, family, written])
            stages = [f for f in (entry.vertex, entry.fragment) if f]
            values = dict(CONSTANTS) | defines
            texts.append([Source(f, values, family, root, WEB_HEADER).text for f in stages])
    files = {
        path.relative_to(root).as_posix(): path.read_text(encoding="utf-8")
        for path in root.rglob("*.*")
        if path.suffix != ".json"
    }
    answer = run_page(BROWSER, backend, {"permutations": wanted}, files=files)
    assert not answer.error, answer.error
    for name, expected, found in zip(wanted, texts, answer.result["linked"], strict=True):
        assert [t for t in found["texts"] if t] == expected, name
        assert not found["error"], (name, found["error"])
