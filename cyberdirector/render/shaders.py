"""Shader text: our own ``#include``, permutations, and errors that name file and line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cyberdirector.core.errors import Location, RenderFailed
from cyberdirector.core.hashing import content_hash
from cyberdirector.core.resources import data_dir

HEADER = "#version 330\n"
"""The web preview puts ``#version 300 es`` and precisions here instead."""

_INCLUDE = re.compile(r'^\s*#include\s+"([^"]+)"\s*$')
# Mesa writes "0:12(5): error", NVIDIA "0(12) : error".
_MESSAGE = re.compile(r"\b(\d+)(?::(\d+)\(\d+\)|\((\d+)\))\s*:")

Defines = Mapping[str, float]


class Source:
    """Text of one shader stage with the origin of each line.

    Attributes
    ----------
    text
        GLSL ready for the driver.
    origins
        (file, line) of each line of ``text``.
    """

    def __init__(
        self, name: str, defines: Defines, family: str = "", root: Path | None = None
    ) -> None:
        self._root = root or data_dir("shaders")
        self._family = family
        self._seen: set[str] = set()
        lines = HEADER.splitlines()
        if name.endswith(".vert"):
            lines.append("#define VERTEX_STAGE 1")
        lines += [f"#define {key} {value}" for key, value in sorted(defines.items())]
        self.origins: list[tuple[str, int]] = [("(header)", 0)] * len(lines)
        self._lines = lines
        self._add(name, Location(file=name))
        self.text = "\n".join(self._lines) + "\n"

    def _add(self, name: str, asked: Location) -> None:
        if name in self._seen:
            return
        self._seen.add(name)
        try:
            text = (self._root / name).read_text(encoding="utf-8")
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


def _place_of(message: str, sources: list[Source]) -> Location:
    """Return the place of the first message of the driver, judged by the stage it names."""
    found = _MESSAGE.search(message)
    if not found:
        return Location()
    line = int(found.group(2) or found.group(3))
    stage = sources[-1] if "fragment" in message.lower() else sources[0]
    return stage.place(line)


class ShaderLibrary:
    """Programs by pass name and permutation, compiled when first asked for.

    Parameters
    ----------
    context
        A moderngl context.
    constants
        Defines that every shader gets (array sizes, map sizes).
    """

    def __init__(self, context: Any, constants: Defines) -> None:
        self._context = context
        self._constants = dict(constants)
        self._programs: dict[tuple[Any, ...], Any] = {}

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
            ``shader-refused`` with file and line when the driver refuses the text.
        """
        extra = dict(defines or {})
        key = (vertex, fragment, tuple(sorted(extra.items())), varyings, family)
        if key not in self._programs:
            self._programs[key] = self._compile(vertex, fragment, extra, varyings, family)
        return self._programs[key]

    def _compile(
        self,
        vertex: str,
        fragment: str,
        extra: dict[str, float],
        varyings: tuple[str, ...],
        family: str,
    ) -> Any:
        import moderngl

        defines = self._constants | extra
        sources = [Source(vertex, defines, family)]
        if fragment:
            sources.append(Source(fragment, defines, family))
        try:
            program = self._context.program(
                vertex_shader=sources[0].text,
                fragment_shader=sources[1].text if fragment else None,
                varyings=varyings,
            )
        except moderngl.Error as error:
            name = f"{vertex}+{fragment} {family} {sorted(extra)}"
            reason = "; ".join(line for line in str(error).splitlines() if "error" in line)[
                :300
            ]
            raise RenderFailed(
                "shader-refused",
                f"驱动拒绝着色器 {name}：{reason}",
                f"The driver refuses shader {name}: {reason}",
                _place_of(str(error), sources),
            ) from error
        for block, binding in (("Frame", 0), ("Material", 1), ("Figure", 2)):
            if block in program:
                program[block].binding = binding
        for unit, name in enumerate(SAMPLERS):
            if name in program:
                program[name].value = unit
        return program


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
)
"""Texture unit of each sampler: its place in this list."""

UNIT: Mapping[str, int] = {name: unit for unit, name in enumerate(SAMPLERS)}


def shader_hash() -> str:
    """Return the hash of all shader files: part of every key of a cached frame."""
    root = data_dir("shaders")
    files = sorted(path for path in root.rglob("*") if path.is_file())
    return content_hash(
        [(path.relative_to(root).as_posix(), path.read_bytes()) for path in files]
    )
