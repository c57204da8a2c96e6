"""The manifest of shader passes: up to date, true to the driver and to the packers."""

from __future__ import annotations

import ctypes
import json
import re
import sys
from pathlib import Path

import numpy as np
import pytest

from cyberdirector.core.errors import RenderFailed
from cyberdirector.core.model import Material
from cyberdirector.core.resources import data_dir
from cyberdirector.core.scene import Camera, LightRig, PointLight
from cyberdirector.render import _glsl
from cyberdirector.render.camera import View
from cyberdirector.render.device import Device
from cyberdirector.render.device._egl import load_function
from cyberdirector.render.lights import KeyMaps, frame_block, lighting_of
from cyberdirector.render.manifest import (
    CONSTANTS,
    PassText,
    block_layouts,
    build_manifest,
    manifest_text,
    read_manifest,
)
from cyberdirector.render.materials import material_block
from cyberdirector.render.renderer import Renderer
from cyberdirector.render.scene import FrameState, RenderScene
from cyberdirector.render.shader_passes import DOMAINS, list_passes, name_of
from cyberdirector.render.shaders import (
    BINDINGS,
    HEADER,
    SAMPLERS,
    UNIT,
    WEB_HEADER,
    ShaderLibrary,
    Source,
    explain,
)
from cyberdirector.render.still import stand

sys.path.insert(0, str(Path(__file__).parent))
from samples import LIGHTS, figure, room

ROOT = data_dir("shaders")
PASSES = {entry.name: entry for entry in list_passes(ROOT)}

# Least values that every WebGL2 offers (OpenGL ES 3.0, tables 6.31 to 6.34).
WEB_UNITS, WEB_COMBINED_UNITS, WEB_BLOCKS, WEB_BLOCK_BYTES = 16, 32, 12, 16384
WEB_ATTRIBUTES = 16


@pytest.fixture(scope="module")
def manifest():
    return build_manifest()


@pytest.fixture(scope="module")
def device():
    one = Device()
    yield one
    one.close()


# The file ---------------------------------------------------------------------------------


def test_the_stored_manifest_is_up_to_date(manifest) -> None:
    text = (ROOT / "manifest.json").read_text(encoding="utf-8")
    assert text == manifest_text(manifest), "run: python scripts/shader_manifest.py"
    assert json.loads(text) == read_manifest() == manifest


def test_every_shader_file_is_part_of_a_pass(manifest) -> None:
    used: set[str] = set()
    for row in manifest["passes"].values():
        used |= {row["vertex"], row["fragment"], *row["includes"]}
    files = {p.relative_to(ROOT).as_posix() for p in ROOT.rglob("*.*")} - {"manifest.json"}
    families = {f for f in files if f.startswith("paint/")}
    shared = {name for entry in PASSES.values() for name in _all_files(entry)}
    assert files - families <= used | shared


def _all_files(entry) -> set[str]:
    text = PassText(entry, ROOT)
    out: set[str] = set()
    for family in text.families or [""]:
        for source in text.sources({}, family):
            out |= {path.relative_to(ROOT).as_posix() for path in source.files}
    return out


def test_names_of_values_have_a_domain() -> None:
    """Words in capitals are constants, keys with values, or defined in the text."""
    for entry in PASSES.values():
        text = PassText(entry, ROOT)
        words: set[str] = set()
        own: set[str] = set()
        for family in text.families or [""]:
            for source in text.sources({}, family):
                code = _glsl.strip_comments(source.text)
                own |= set(re.findall(r"(?:#define|const\s+\w+)\s+([A-Z][A-Z0-9_]+)", code))
                code = re.sub(r"^\s*#.*$", "", code, flags=re.M)
                words |= set(re.findall(r"\b[A-Z][A-Z0-9_]{2,}\b", code))
        unknown = words - own - set(CONSTANTS) - set(DOMAINS)
        assert not unknown, f"{entry.name}: give {unknown} a domain in shader_passes.py"


def test_passes_stay_within_what_every_webgl2_offers(manifest) -> None:
    assert len(manifest["blocks"]) <= WEB_BLOCKS
    assert max(manifest["samplers"].values()) < WEB_COMBINED_UNITS
    for block in manifest["blocks"].values():
        assert block["size"] <= WEB_BLOCK_BYTES
    for name, row in manifest["passes"].items():
        assert set(row["samplers"]) <= set(manifest["samplers"]), name
        assert len(row["attributes"]) <= WEB_ATTRIBUTES, name
        entry = PassText(PASSES[name], ROOT)
        for family, defines in entry.permutations(web=True):
            for source in entry.sources(defines, family):
                found = _glsl.interface(source.text, dict(CONSTANTS) | defines)
                assert len(found.samplers) <= WEB_UNITS, (name, defines)


def test_a_block_has_one_layout_in_all_passes() -> None:
    layouts = block_layouts()
    for entry in PASSES.values():
        for block in PassText(entry, ROOT).interface()["blocks"].values():
            assert block == layouts[block.name], entry.name
    assert set(layouts) <= set(BINDINGS)


# GLSL reading -----------------------------------------------------------------------------


def test_conditions_choose_lines() -> None:
    text = """
#if defined(A) && !defined(B)
one
#elif N > 2 || defined B
two
#else
three
#ifdef A
never
#endif
#endif
"""
    assert _glsl.active_text(text, {"A": 1}).split() == ["one"]
    assert _glsl.active_text(text, {"A": 1, "B": 1}).split() == ["two"]
    assert _glsl.active_text(text, {"N": 3}).split() == ["two"]
    assert _glsl.active_text(text, {}).split() == ["three"]
    assert _glsl.condition_words(text) == {"A", "B", "N"}


def test_a_condition_that_is_not_understood_is_named() -> None:
    with pytest.raises(RenderFailed, match="#if A @ B"):
        _glsl.active_text("#if A @ B\n#endif\n", {})


def test_std140_known_layout() -> None:
    """The example of the OpenGL 4.6 specification, 7.6.2.2, in our subset."""
    text = (
        "layout(std140) uniform Example {\n float a;\n vec2 b;\n vec3 c;\n float d;\n"
        " mat3 e;\n float f[N];\n vec3 g[2];\n mat4 h[2];\n int i;\n};\n"
    )
    block = _glsl.interface(text, {"N": 3}).blocks["Example"]
    offsets = {m.name: m.offset for m in block.members}
    assert offsets == {
        "a": 0, "b": 8, "c": 16, "d": 28, "e": 32, "f": 80, "g": 128, "h": 160, "i": 288,
    }  # fmt: skip
    assert block.size == 304
    strides = {m.name: m.stride for m in block.members if m.count}
    assert strides == {"f": 16, "g": 16, "h": 64}


def test_a_line_of_a_block_that_is_not_understood_is_named() -> None:
    with pytest.raises(RenderFailed, match="'dvec2 a;'"):
        _glsl.interface("layout(std140) uniform B {\n dvec2 a;\n};\n", {})


# The driver -------------------------------------------------------------------------------


def _stages(name: str, family: str, defines: dict, header: str) -> list[Source]:
    entry = PASSES[name]
    values = dict(CONSTANTS) | defines
    files = [f for f in (entry.vertex, entry.fragment) if f]
    return [Source(f, values, family, ROOT, header) for f in files]


@pytest.mark.gl
@pytest.mark.parametrize("host", ["native", "web"])
@pytest.mark.parametrize("name", list(PASSES))
def test_every_permutation_compiles(device, name: str, host: str) -> None:
    """Mesa takes ``#version 300 es`` in desktop contexts and then checks that language."""
    entry = PASSES[name]
    web = host == "web"
    if web and entry.native:
        pytest.skip("needs more than GLSL ES 3.00")
    if web and "GL_ARB_ES3_compatibility" not in device.context.extensions:
        pytest.skip("this driver has no GL_ARB_ES3_compatibility")
    device.activate()
    text = PassText(entry, ROOT)
    feedback = () if entry.fragment else tuple(text.interface()["outputs"])
    for family, defines in text.permutations(web):
        if len(defines) > len(text.needed) + 1 and len(text.families) > 1:
            continue  # pairs of keys: once, with the first family
        stages = _stages(name, family, defines, WEB_HEADER if web else HEADER)
        try:
            program = device.context.program(
                vertex_shader=stages[0].text,
                fragment_shader=stages[1].text if entry.fragment else None,
                varyings=feedback,
            )
        except Exception as error:
            pytest.fail(f"{name} {family} {defines}: {explain(str(error), stages)[1]}")
        program.release()


def _driver_offsets(program, names: list[str]) -> dict[str, tuple[int, int]]:
    """Return (offset, array stride) of uniforms of blocks, as the driver has them."""
    number, pointer = ctypes.c_int, ctypes.c_void_p
    texts = (ctypes.c_char_p * len(names))(*[n.encode() for n in names])
    where = load_function("glGetUniformIndices", None, ctypes.c_uint, number, pointer, pointer)
    ask = load_function(
        "glGetActiveUniformsiv",
        None,
        *(ctypes.c_uint, number, pointer, ctypes.c_uint, pointer),
    )
    indices = (ctypes.c_uint * len(names))()
    where(program.glo, len(names), texts, indices)
    out = {}
    for name, index in zip(names, indices, strict=True):
        if index == 0xFFFFFFFF:
            continue
        values = []
        for question in (0x8A3B, 0x8A3C):  # UNIFORM_OFFSET, UNIFORM_ARRAY_STRIDE
            answer = number()
            ask(
                program.glo,
                1,
                ctypes.byref(ctypes.c_uint(index)),
                question,
                ctypes.byref(answer),
            )
            values.append(answer.value)
        out[name] = (values[0], values[1])
    return out


@pytest.mark.gl
def test_block_layouts_are_those_of_the_driver(device, manifest) -> None:
    device.activate()
    seen = set()
    library = ShaderLibrary(device.context, CONSTANTS)
    for name, row in manifest["passes"].items():
        if not row["blocks"] or not row["fragment"]:
            continue
        family, defines = next(PassText(PASSES[name], ROOT).permutations(web=False))
        program = library.program(row["vertex"], row["fragment"], defines, family=family)
        for block in row["blocks"]:
            if block not in program:
                continue
            layout = manifest["blocks"][block]
            assert program[block].size == layout["size"], (name, block)
            assert program[block].binding == layout["binding"]
            members = {m["name"] + ("[0]" if m["count"] else ""): m for m in layout["members"]}
            for member, found in _driver_offsets(program, list(members)).items():
                wanted = members[member]
                assert found == (wanted["offset"], wanted["stride"]), (block, member)
            seen.add(block)
    assert seen == set(manifest["blocks"])


# The packers ------------------------------------------------------------------------------


def _at(data: bytes, block: _glsl.Block, name: str, count: int = 4) -> np.ndarray:
    return np.frombuffer(data, np.float32, count, block.offset(name))


def test_frame_packer_follows_the_layout() -> None:
    layout = block_layouts()["Frame"]
    view = View(Camera((1.0, 2.0, 3.0), (0.0, 1.0, 0.0), 0.7), (320, 180))
    rig = LightRig(
        "test",
        key_direction=(0.0, 1.0, 0.0),
        fog_color=(0.1, 0.2, 0.3),
        fog_density=0.04,
        points=(PointLight((4.0, 5.0, 6.0), (0.7, 0.8, 0.9), 3.0),),
    )
    lighting = lighting_of(rig)
    maps = KeyMaps(np.full((4, 4), 2.0), np.full((4, 4), 3.0), 0.25, 0.75)
    blobs = [(7.0, 8.0, 9.0, 0.5)]
    data = frame_block(view, rig, lighting, (320, 180), (1.5, 7), maps, blobs, 2)
    assert len(data) == layout.size
    expected = {
        "eye": [*view.eye],
        "view_forward": [*view.forward],
        "key_direction": [0.0, 1.0, 0.0, 0.25],
        "fog": [0.1, 0.2, 0.3, 0.04],
        "screen": [320.0, 180.0, view.focal_pixels],
        "moment": [1.5],
        "counts": [1.0, 1.0, 2.0, 0.75],
        "point_position": [4.0, 5.0, 6.0, 3.0],
        "point_color": [0.7, 0.8, 0.9, 1.0],
        "blobs": [7.0, 8.0, 9.0, 0.5],
    }
    for name, values in expected.items():
        np.testing.assert_allclose(_at(data, layout, name, len(values)), values, rtol=1e-6)
    found = _at(data, layout, "view_projection", 16).reshape(4, 4).T
    np.testing.assert_allclose(found, view.matrix, rtol=1e-5)
    assert (_at(data, layout, "set_key_matrix", 16) == 3.0).all()


def test_material_packer_follows_the_layout() -> None:
    layout = block_layouts()["Material"]
    material = Material(
        "m",
        base_color=(0.1, 0.2, 0.3, 0.4),
        shade_color=(0.5, 0.6, 0.7),
        shading_shift=0.25,
        rim_color=(0.8, 0.9, 1.0),
        rim_fresnel_power=3.0,
        outline_color=(0.11, 0.12, 0.13),
        shading_toony=0.85,
        outline_width=0.002,
    )
    data = material_block(material)
    assert len(data) >= layout.size
    expected = {
        "base_color": [0.1, 0.2, 0.3, 0.4],
        "shade_color": [0.5, 0.6, 0.7, 0.25],
        "rim_color": [0.8, 0.9, 1.0, 3.0],
        "outline_color": [0.11, 0.12, 0.13],
        "surface": [0.85, 0.002],
    }
    for name, values in expected.items():
        np.testing.assert_allclose(_at(data, layout, name, len(values)), values, rtol=1e-6)


# The renderer ---------------------------------------------------------------------------


def test_samplers_have_units_of_their_own(manifest) -> None:
    assert len(set(SAMPLERS)) == len(SAMPLERS)
    assert manifest["samplers"].items() <= UNIT.items()


@pytest.mark.gl
@pytest.mark.parametrize("samples", [0, 4])
def test_frames_ask_only_for_what_the_manifest_lists(device, manifest, samples: int) -> None:
    """Otherwise a browser would not know the permutation, or the files of the pass."""
    cast, place = {"a": figure()}, room()
    state = {"a": stand(cast["a"], (0.0, 0.0, 0.0), 0.0)}
    with Renderer(RenderScene(place, cast), (64, 64), samples=samples, device=device) as one:
        for light in LIGHTS.values():
            one.draw(FrameState(place.cameras["establish"], light, state, 0.0, 1))
        asked = one.shaders.asked()
        constants = set(one.shaders._constants)
    assert asked
    assert constants == set(CONSTANTS)
    for wanted in asked:
        row = manifest["passes"][name_of(wanted.vertex, wanted.fragment)]
        assert (row["vertex"], row["fragment"]) == (wanted.vertex, wanted.fragment)
        assert wanted.family in (row["families"] or [""])
        assert list(wanted.varyings) == list(row.get("feedback", []))
        assert set(row["needed"]) <= {key for key, _ in wanted.defines}, str(wanted)
        for key, value in wanted.defines:
            assert f"{value}" in row["keys"].get(key, []), str(wanted)
