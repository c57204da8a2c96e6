"""Shader text: our own ``#include``, permutations, and errors that name pass and line."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from cyberdirector.core.errors import CyberDirectorError, Location, RenderFailed
from cyberdirector.core.hashing import content_hash
from cyberdirector.core.resources import data_dir
from cyberdirector.render.shader_passes import name_of

HEADER = "#version 330\n"
"""First lines of every shader on desktop OpenGL."""

WEB_HEADER = """#version 300 es
precision highp float;
precision highp int;
precision highp sampler2D;
precision highp sampler3D;
precision highp sampler2DArray;
precision highp sampler2DShadow;
precision highp usampler2D;
"""
"""First lines of every shader in WebGL2; everything below them is the same text."""

VARIABLE = "CYBERDIRECTOR_SHADER_WATCH"
"""Environment variable: ``1`` makes libraries look for changed shader files."""

_INCLUDE = re.compile(r'^\s*#include\s+"([^"]+)"\s*$')
# Mesa writes "0:12(5): error: …", NVIDIA "0(12) : error …", ANGLE "ERROR: 0:12: …".
_MESSAGE = re.compile(r"^(?:ERROR:\s*)?\d+(?::(\d+)(?:\(\d+\))?|\((\d+)\))\s*:\s*(.*)$")
_ASIDE = re.compile(r"warning|error:\s{2}")
"""Warnings, and the candidates that Mesa lists after an error."""
_STAGE = re.compile(r"^(vertex|fragment)_shader$")
_MOST_MESSAGES = 4

Defines = Mapping[str, float]

BINDINGS: Mapping[str, int] = {"Frame": 0, "Material": 1, "Figure": 2}
"""Binding point of each uniform block."""

SAMPLERS = (
    "base_map",
    "shade_map",
    "key_map",
    "set_key_map",
    "fringe_map",
    "picture",
    "glow_map",
    "picture_small",
    "palette",
    "morph_entries",
    "morph_weights",
    "noise_map",
    "depth_map",
    "distance_map",
    "lut_map",
    "focus_map",
    "occlusion_map",
    "shafts_map",
    "wash_map",
    "half_map",
    "paper_map",
    "emissive_map",
    "matcap_map",
    "normal_map",
    "outline_map",
    "rim_map",
    "shift_map",
    "uv_mask_map",
    "ramp_map",
    "face_map",
    "lines_map",
)
"""Texture unit of each sampler: its place in this list."""

UNIT: Mapping[str, int] = {name: unit for unit, name in enumerate(SAMPLERS)}


def _stamp(path: Path) -> int:
    """Return the time of the last change of a file, ns; 0 when it is not there."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


class Source:
    """Text of one shader stage with the origin of each line.

    Parameters
    ----------
    name
        File below the shader folder.
    defines
        Set before the first line of the file.
    family
        Takes the place of ``{family}`` in the names of included files.
    root
        The shader folder; None is the one that ships.
    header
        What the host wants first: :data:`HEADER` or :data:`WEB_HEADER`.

    Attributes
    ----------
    text
        GLSL ready for the driver.
    origins
        (file, line) of each line of ``text``.
    files
        Every file that became part of it, with the time of its last change (ns).
    """

    def __init__(
        self,
        name: str,
        defines: Defines,
        family: str = "",
        root: Path | None = None,
        header: str = HEADER,
    ) -> None:
        self.name = name
        self._root = root or data_dir("shaders")
        self._family = family
        self.files: dict[Path, int] = {}
        lines = header.splitlines()
        if name.endswith(".vert"):
            lines.append("#define VERTEX_STAGE 1")
        lines += [f"#define {key} {value}" for key, value in sorted(defines.items())]
        self.origins: list[tuple[str, int]] = [("(header)", 0)] * len(lines)
        self._lines = lines
        self._add(name, Location(file=name))
        self.text = "\n".join(self._lines) + "\n"

    def _add(self, name: str, asked: Location) -> None:
        path = self._root / name
        if path in self.files:
            return
        self.files[path] = _stamp(path)
        try:
            text = path.read_text(encoding="utf-8")
        except OSError as error:
            raise RenderFailed(
                "shader-missing",
                f"找不到着色器文件 {name}；请重新安装。",
                f"Shader file {name} is missing ({error.strerror}); install again.",
                asked,
            ) from error
        for number, line in enumerate(text.splitlines(), 1):
            found = _INCLUDE.match(line)
            if found:
                wanted = found.group(1).replace("{family}", self._family)
                self._add(wanted, Location(name, number))
            else:
                self._lines.append(line)
                self.origins.append((name, number))

    def place(self, line: int) -> Location:
        """Return where line ``line`` (from 1) of the assembled text came from."""
        if 1 <= line <= len(self.origins):
            return Location(*self.origins[line - 1])
        return Location()


class Permutation(NamedTuple):
    """One program: the files of a pass, its keys and what fills ``{family}``."""

    vertex: str
    fragment: str = ""
    defines: tuple[tuple[str, float], ...] = ()
    varyings: tuple[str, ...] = ()
    family: str = ""

    def __str__(self) -> str:
        keys = [key if value == 1 else f"{key}={value}" for key, value in self.defines]
        shown = " ".join([*([self.family] if self.family else []), *keys])
        return f"{name_of(self.vertex, self.fragment)} [{shown}]"


def explain(message: str, sources: list[Source]) -> tuple[Location, str]:
    """Return the place of the first complaint of a driver, and all with file and line.

    Parameters
    ----------
    message
        As moderngl passes it on: the name of a stage, then the lines of the driver.
    sources
        Vertex and fragment stage.
    """
    source, first = sources[0], Location()
    found: list[str] = []
    for line in message.splitlines():
        stage = _STAGE.match(line.strip())
        if stage:
            source = sources[-1] if stage.group(1) == "fragment" else sources[0]
            continue
        told = _MESSAGE.match(line.strip())
        if told and not _ASIDE.match(told.group(3)):
            place = source.place(int(told.group(1) or told.group(2)))
            first = first if first.file else place
            complaint = f"{place}: {told.group(3)}".removesuffix("; candidates are:")
            if complaint not in found:
                found.append(complaint)
        elif not told and "error" in line.lower():
            found.append(line.strip())
    return first, "; ".join(found[:_MOST_MESSAGES])[:600] or message.strip()[:300]


@dataclass
class _Entry:
    program: Any
    files: dict[Path, int]


def _files(sources: list[Source]) -> dict[Path, int]:
    return {path: stamp for source in sources for path, stamp in source.files.items()}


def _tell(error: CyberDirectorError) -> None:
    sys.stderr.write(f"{error}\n")


class ShaderLibrary:
    """Programs by pass and permutation, compiled when first asked for.

    Parameters
    ----------
    context
        A moderngl context.
    constants
        Defines that every shader gets (array sizes, map sizes).
    watch
        Whether :meth:`refresh` looks for changed files; None asks the environment variable
        ``CYBERDIRECTOR_SHADER_WATCH``.
    root
        The shader folder; None is the one that ships.
    report
        Gets the error of a changed file that the driver refuses, once for each change;
        None writes it to standard error.
    """

    def __init__(
        self,
        context: Any,
        constants: Defines,
        watch: bool | None = None,
        root: Path | None = None,
        report: Callable[[CyberDirectorError], None] | None = None,
    ) -> None:
        self._context = context
        self._constants = dict(constants)
        self.watch = os.environ.get(VARIABLE) == "1" if watch is None else watch
        self._root = root or data_dir("shaders")
        self._report = report or _tell
        self._entries: dict[Permutation, _Entry] = {}

    def program(
        self,
        vertex: str,
        fragment: str = "",
        defines: Defines | None = None,
        varyings: tuple[str, ...] = (),
        family: str = "",
    ) -> Any:
        """Return the program of these files; ``varyings`` makes it transform feedback.

        ``family`` takes the place of ``{family}`` in the names of included files.

        Raises
        ------
        RenderFailed
            ``shader-refused`` with pass, permutation, file and line when the driver refuses
            the text, ``shader-missing`` for a file that is not there.
        """
        keys = tuple(sorted((defines or {}).items()))
        wanted = Permutation(vertex, fragment, keys, varyings, family)
        entry = self._entries.get(wanted)
        if entry is None:
            sources = self._sources(wanted)
            entry = _Entry(self._compile(wanted, sources), _files(sources))
            self._entries[wanted] = entry
        return entry.program

    def asked(self) -> list[Permutation]:
        """Return all permutations compiled so far, in the order of first use."""
        return list(self._entries)

    def refresh(self) -> bool:
        """Compile again what was made from files that changed; return whether anything did.

        A program that the driver refuses stays as it was. Call it between frames; pictures
        kept from earlier frames are void when it returns True.
        """
        changed = False
        if not self.watch:
            return changed
        times: dict[Path, int] = {}
        told: set[str] = set()
        for wanted, entry in self._entries.items():
            now = {path: times.setdefault(path, _stamp(path)) for path in entry.files}
            if now == entry.files:
                continue
            entry.files = now
            try:
                sources = self._sources(wanted)
                entry.files |= _files(sources)
                entry.program = self._compile(wanted, sources)
                changed = True
            except RenderFailed as error:
                # Many permutations share a broken file: one of them tells.
                if str(error.location) not in told:
                    told.add(str(error.location))
                    self._report(error)
        return changed

    def _sources(self, wanted: Permutation) -> list[Source]:
        defines = self._constants | dict(wanted.defines)
        stages = [name for name in (wanted.vertex, wanted.fragment) if name]
        return [Source(name, defines, wanted.family, self._root) for name in stages]

    def _compile(self, wanted: Permutation, sources: list[Source]) -> Any:
        import moderngl

        try:
            program = self._context.program(
                vertex_shader=sources[0].text,
                fragment_shader=sources[1].text if wanted.fragment else None,
                varyings=wanted.varyings,
            )
        except moderngl.Error as error:
            place, reason = explain(str(error), sources)
            raise RenderFailed(
                "shader-refused",
                f"驱动拒绝着色器 {wanted}：{reason}",
                f"The driver refuses shader {wanted}: {reason}",
                place,
            ) from error
        for block, binding in BINDINGS.items():
            if block in program:
                program[block].binding = binding
        for unit, name in enumerate(SAMPLERS):
            if name in program:
                program[name].value = unit
        return program


def shader_hash() -> str:
    """Return the hash of all shader files: part of every key of a cached frame."""
    root = data_dir("shaders")
    files = sorted(path for path in root.rglob("*") if path.is_file())
    return content_hash(
        [(path.relative_to(root).as_posix(), path.read_bytes()) for path in files]
    )
