"""The manifest of all shader passes: what another host needs to run the same files.

``shaders/manifest.json`` is made from the shader files and the tables beside
:class:`ShaderLibrary`; ``scripts/shader_manifest.py`` writes it. A host (this renderer, the
web preview) puts a header before the assembled text, sets the constants and the keys of a
permutation as defines, and finds attributes, block layouts and texture units here.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from cyberdirector.core.errors import Location, RenderFailed
from cyberdirector.core.resources import data_dir
from cyberdirector.render import _glsl
from cyberdirector.render.lights import BLOBS, POINTS, SHELTERS
from cyberdirector.render.shader_passes import (
    DOMAINS,
    EXCLUDED,
    INTERNAL,
    NATIVE_KEYS,
    NEEDED,
    ONE_OF,
    PassFiles,
    domain_of,
    list_passes,
)
from cyberdirector.render.shaders import BINDINGS, HEADER, UNIT, WEB_HEADER, Source
from cyberdirector.render.targets import FRINGE_SIZE, SET_SHADOW_SIZE

SCHEMA, VERSION = "cyberdirector.shaders", 1

CONSTANTS: Mapping[str, float] = {
    "POINTS": POINTS,
    "BLOBS": BLOBS,
    "SHELTERS": SHELTERS,
    "SHADOW_SIZE": 1280,
    "SET_SHADOW_SIZE": SET_SHADOW_SIZE,
    "FRINGE_SIZE": FRINGE_SIZE,
}
"""Defines that every shader gets. Sizes of maps follow the quality; arrays are fixed."""

_FAMILY = re.compile(r'#include\s+"([^"]*)\{family\}([^"]*)"')


def families_of(entry: PassFiles, root: Path) -> list[str]:
    """Return what may take the place of ``{family}`` in the files of a pass."""
    for name in _reached(entry, root):
        found = _FAMILY.search(_read(root, name))
        if found:
            before, after = found.groups()
            paths = sorted(root.glob(f"{before}*{after}"))
            return [
                path.relative_to(root).as_posix()[len(before) : -len(after) or None]
                for path in paths
            ]
    return []


def _read(root: Path, name: str) -> str:
    try:
        return (root / name).read_text(encoding="utf-8")
    except OSError as error:
        raise RenderFailed(
            "shader-missing",
            f"找不到着色器文件 {name}；请检查包含它的那一行。",
            f"Shader file {name} is missing ({error.strerror}); check who includes it.",
            Location(file=name),
        ) from error


def _reached(entry: PassFiles, root: Path) -> list[str]:
    """Return the files that a pass includes, without those of a family."""
    out: list[str] = []
    waiting = [name for name in (entry.vertex, entry.fragment) if name]
    while waiting:
        name = waiting.pop(0)
        if name in out or "{" in name:
            continue
        out.append(name)
        text = _read(root, name)
        waiting += re.findall(r'#include\s+"([^"]+)"', text)
    return out


class PassText:
    """The assembled text of one pass and what can be read from it.

    Parameters
    ----------
    entry
        Its files.
    root
        The shader folder.

    Attributes
    ----------
    families
        What ``{family}`` may be; empty when the pass has none.
    keys
        Permutation key → its values; a plain flag has the value 1.
    needed
        Keys that must always be set.
    """

    def __init__(self, entry: PassFiles, root: Path) -> None:
        self.entry, self.root = entry, root
        self.families = families_of(entry, root)
        asked: set[str] = set()
        free: set[str] = set()
        own: set[str] = set()
        for stage, family in itertools.product(self._stages(), self.families or [""]):
            text = Source(stage, {}, family, root).text
            asked |= _glsl.condition_words(text)
            free |= _glsl.free_words(text, set(DOMAINS))
            own |= _glsl.defined_words(text)  # what one family defines is no key of another
        words = (asked | free) - own - INTERNAL - set(CONSTANTS)
        self.keys = {word: domain_of(entry.name, word) for word in sorted(words)}
        self.needed = sorted((free - asked) | NEEDED.get(entry.name, frozenset()))

    def _stages(self) -> list[str]:
        return [name for name in (self.entry.vertex, self.entry.fragment) if name]

    def sources(self, defines: Mapping[str, float], family: str) -> list[Source]:
        """Return the assembled stages of one permutation."""
        values = dict(CONSTANTS) | dict(defines)
        return [Source(stage, values, family, self.root) for stage in self._stages()]

    def permutations(self, web: bool) -> Iterator[tuple[str, dict[str, float]]]:
        """Yield (family, defines) that together set every key and every pair of keys.

        ``web`` leaves out what needs more than GLSL ES 3.00.
        """
        base = {key: self.keys[key][0] for key in self.needed}
        groups = ONE_OF.get(self.entry.name, ())
        fixed = set(self.needed).union(*groups)
        keys = [k for k in self.keys if k not in fixed and not (web and k in NATIVE_KEYS)]
        banned = EXCLUDED.get(self.entry.name, ())
        for family, *one in itertools.product(self.families or [""], *groups):
            for count in range(3):
                for chosen in itertools.combinations(keys, count):
                    if any(group <= set(chosen) for group in banned):
                        continue
                    extra = {key: self.keys[key][-1] for key in (*one, *chosen)}
                    yield family, base | extra

    def interface(self) -> dict[str, Any]:
        """Return all that any permutation declares."""
        out: dict[str, Any] = {
            "attributes": {},
            "blocks": {},
            "samplers": {},
            "uniforms": {},
            "outputs": {},
        }
        for family, defines in self.permutations(web=not self.entry.native):
            values = dict(CONSTANTS) | defines
            for source in self.sources(defines, family):
                vertex = source.name.endswith(".vert")
                found = _glsl.interface(source.text, values)
                out["attributes"] |= found.inputs if vertex else {}
                out["outputs"] |= found.outputs if vertex == (not self.entry.fragment) else {}
                out["blocks"] |= found.blocks
                out["samplers"] |= found.samplers
                out["uniforms"] |= found.uniforms
        return out


def describe_pass(entry: PassFiles, root: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the entry of one pass in the manifest, and its uniform blocks by name."""
    text = PassText(entry, root)
    found = text.interface()
    files = _reached(entry, root)
    row: dict[str, Any] = {
        "vertex": entry.vertex,
        "fragment": entry.fragment,
        "hosts": ["native"] if entry.native else ["native", "web"],
        "includes": sorted(set(files) - {entry.vertex, entry.fragment}),
        "families": text.families,
        # As text: a host without integers must not write -2 for -2.0.
        "keys": {key: [f"{v}" for v in values] for key, values in text.keys.items()},
        "needed": text.needed,
        "native_keys": sorted(set(text.keys) & NATIVE_KEYS),
        "one_of": [list(group) for group in ONE_OF.get(entry.name, ())],
        "never_together": [sorted(group) for group in EXCLUDED.get(entry.name, ())],
        "attributes": found["attributes"],
        "blocks": sorted(found["blocks"]),
        "samplers": {name: found["samplers"][name] for name in sorted(found["samplers"])},
        "uniforms": {name: found["uniforms"][name] for name in sorted(found["uniforms"])},
    }
    key = "outputs" if entry.fragment else "feedback"
    row[key] = found["outputs"]
    return row, found["blocks"]


def build_manifest(root: Path | None = None) -> dict[str, Any]:
    """Return the manifest of the shader files below ``root`` as plain data.

    Raises
    ------
    RenderFailed
        ``shader-missing``, ``shader-condition`` or ``shader-block`` for files that are not
        there or not understood.
    """
    folder = root or data_dir("shaders")
    passes: dict[str, Any] = {}
    blocks: dict[str, _glsl.Block] = {}
    for entry in list_passes(folder):
        row, found = describe_pass(entry, folder)
        passes[entry.name] = row
        blocks |= found
    used = {name for row in passes.values() for name in row["samplers"]}
    return {
        "schema": SCHEMA,
        "version": VERSION,
        "headers": {"native": HEADER, "web": WEB_HEADER},
        "constants": {key: f"{value}" for key, value in CONSTANTS.items()},
        "blocks": {
            name: {
                "binding": BINDINGS[name],
                "size": block.size,
                "members": [asdict(member) for member in block.members],
            }
            for name, block in sorted(blocks.items())
        },
        "samplers": {name: unit for name, unit in UNIT.items() if name in used},
        "passes": passes,
    }


def block_layouts(root: Path | None = None) -> dict[str, _glsl.Block]:
    """Return the std140 layout of each uniform block by name."""
    folder = root or data_dir("shaders")
    out: dict[str, _glsl.Block] = {}
    for entry in list_passes(folder):
        out |= describe_pass(entry, folder)[1]
    return out


def manifest_text(manifest: Mapping[str, Any]) -> str:
    """Return the bytes of ``shaders/manifest.json`` as text."""
    return json.dumps(manifest, indent=1, ensure_ascii=False) + "\n"


def read_manifest() -> dict[str, Any]:
    """Return the manifest that ships with the shader files."""
    path = data_dir("shaders") / "manifest.json"
    return json.loads(path.read_text(encoding="utf-8"))
