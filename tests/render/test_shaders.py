"""Programs by pass and permutation: errors with their place, and reloading while developing."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from cyberdirector.core.errors import RenderFailed
from cyberdirector.core.resources import data_dir
from cyberdirector.render import shaders
from cyberdirector.render.device import Device
from cyberdirector.render.renderer import Renderer
from cyberdirector.render.scene import FrameState, RenderScene
from cyberdirector.render.shaders import Permutation, ShaderLibrary, Source, explain
from cyberdirector.render.still import stand

sys.path.insert(0, str(Path(__file__).parent))
from samples import LIGHTS, figure, room

VERTEX = "in vec2 in_corner;\nvoid main() { gl_Position = vec4(in_corner, 0.0, 1.0); }\n"
FRAGMENT = '#include "lib/tone.glsl"\nout vec4 pixel;\nvoid main() { pixel = vec4(tone()); }\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "lib").mkdir()
    (tmp_path / "dot.vert").write_text(VERTEX)
    (tmp_path / "dot.frag").write_text(FRAGMENT)
    _write(tmp_path, "float tone() { return 0.25; }\n", 1)
    return tmp_path


def _write(root: Path, text: str, second: int) -> None:
    path = root / "lib" / "tone.glsl"
    path.write_text(text)
    os.utime(path, ns=(second * 10**9, second * 10**9))


@pytest.mark.parametrize(
    "line",
    [
        "0:7(12): error: `foo' undeclared",
        '0(7) : error C1503: undefined variable "foo"',
        "ERROR: 0:7: 'foo' : undeclared identifier",
    ],
)
def test_messages_of_all_drivers_find_their_line(folder: Path, line: str) -> None:
    sources = [Source(f, {"KEY": 1}, root=folder) for f in ("dot.vert", "dot.frag")]
    assert sources[1].origins[4 - 1] == ("dot.frag", 2)
    text = (
        f"GLSL Compiler failed\n\nfragment_shader\n===============\n{line.replace('7', '3')}\n"
    )
    place, reason = explain(text, sources)
    assert str(place) == "lib/tone.glsl:1"
    assert "foo" in reason
    assert reason.startswith("lib/tone.glsl:1: ")


@pytest.mark.gl
def test_an_error_names_pass_permutation_file_and_line(device, folder: Path) -> None:
    device.activate()
    _write(folder, "\nfloat tone() { return missing; }\n", 2)
    library = ShaderLibrary(device.context, {"SIZE": 4}, root=folder)
    with pytest.raises(RenderFailed) as found:
        library.program("dot.vert", "dot.frag", {"RIM": 1, "LAMPS": 2})
    assert found.value.code == "shader-refused"
    assert str(found.value.location) == "lib/tone.glsl:2"
    assert "shader dot [LAMPS=2 RIM]" in found.value.en
    assert "missing" in found.value.en


@pytest.mark.gl
def test_hot_reload_takes_only_what_changed_and_keeps_what_worked(device, folder: Path) -> None:
    device.activate()
    (folder / "flat.frag").write_text("out vec4 pixel;\nvoid main() { pixel = vec4(1.0); }\n")
    errors: list[str] = []
    library = ShaderLibrary(
        device.context, {}, watch=True, root=folder, report=lambda e: errors.append(str(e))
    )

    def ask() -> tuple[object, object, object]:
        return (
            library.program("dot.vert", "dot.frag"),
            library.program("dot.vert", "dot.frag", {"RIM": 1}),
            library.program("dot.vert", "flat.frag"),
        )

    first = ask()
    assert not library.refresh()
    _write(folder, "float tone() { return 0.5; }\n", 2)
    assert library.refresh()
    second = ask()
    assert [a is b for a, b in zip(first, second, strict=True)] == [False, False, True]

    _write(folder, "float tone() { return broken; }\n", 3)
    assert not library.refresh()
    assert ask() == second
    assert len(errors) == 1
    assert "lib/tone.glsl:1" in errors[0]
    assert not library.refresh()
    assert len(errors) == 1

    (folder / "lib" / "tone.glsl").unlink()
    library.refresh()
    assert ask() == second
    assert "missing" in errors[-1]
    _write(folder, "float tone() { return 0.75; }\n", 4)
    assert library.refresh()


@pytest.mark.gl
def test_without_watching_nothing_is_read_again(device, folder: Path) -> None:
    device.activate()
    library = ShaderLibrary(device.context, {}, watch=False, root=folder)
    first = library.program("dot.vert", "dot.frag")
    _write(folder, "float tone() { return 0.5; }\n", 2)
    assert not library.refresh()
    assert library.program("dot.vert", "dot.frag") is first


def test_permutations_have_readable_names() -> None:
    one = Permutation(
        "pass/figure.vert", "pass/figure.frag", (("FAR", 1), ("LAMPS", 2)), (), "hair"
    )
    assert str(one) == "pass/figure [hair FAR LAMPS=2]"


@pytest.fixture(scope="module")
def device():
    one = Device()
    yield one
    one.close()


@pytest.mark.gl
def test_a_renderer_shows_changed_files_in_its_next_frame(
    device, tmp_path, monkeypatch
) -> None:
    """Also where the set comes from a plate that was drawn with the old text."""
    root = tmp_path / "shaders"
    shutil.copytree(data_dir("shaders"), root)
    monkeypatch.setattr(shaders, "data_dir", lambda name: root)
    monkeypatch.setenv(shaders.VARIABLE, "1")
    cast, place = {"a": figure()}, room()
    pose = {"a": stand(cast["a"], (0.0, 0.0, 0.0), 0.0)}
    state = FrameState(place.cameras["establish"], LIGHTS["day"], pose, 0.0, 1)
    with Renderer(RenderScene(place, cast), (64, 64), device=device) as one:
        frames = [one.draw(state) for _ in range(3)]
        assert (frames[0] == frames[2]).all()
        path = root / "pass" / "set.frag"
        text = path.read_text()
        changed = text.replace("void main() {", "void unused() {", 1)
        path.write_text(changed + "\nvoid main() { pixel = vec4(1.0, 0.0, 1.0, 1.0); }\n")
        os.utime(path, ns=(10**18, 10**18))
        after = one.draw(state)
        assert (np.abs(after.astype(int) - frames[2]).max(axis=-1) > 50).mean() > 0.2
        path.write_text(text)
        os.utime(path, ns=(2 * 10**18, 2 * 10**18))
        assert (one.draw(state) == frames[2]).all()
