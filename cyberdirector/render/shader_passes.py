"""Which shader files make a pass, and which permutations of it there are.

A pass is named after its fragment file without the suffix (``pass/set``), or after its
vertex file when there is none. Its vertex file has the same name, or is a full-screen
triangle, unless the table below says otherwise; its permutation keys are the names that its
conditions ask for. So a new file is a new pass with nothing more to write.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

SCREEN = "pass/screen.vert"
"""A triangle that covers the picture."""

OTHER_VERTEX: Mapping[str, str] = {
    "pass/set.frag": "pass/surface.vert",
    "pass/water.frag": "pass/surface.vert",
}
"""Fragment files whose vertex file has another name."""

DOMAINS: Mapping[str, tuple[float, ...]] = {
    "CUT": (1, 2),
    "GLOSS": (1.0,),
    "LAMPS": tuple(range(0, 13, 2)),
    "LINE_GAIN": (1.7,),
    "OUTLINE": (1.7,),
    "pass/mtoon:OUTLINE": (1,),
    "OUTLINE_TONE": (-0.6, 0.8),
    "OUTLINE_VARY": (0.85,),
    "SAMPLES": (2, 4, 8, 16),
    "SOFTNESS": (0.75,),
    "TURN": (-2.0, -0.15),
}
"""Values of the keys that are not plain flags (a flag is set to 1 or not set).

``pass/x:KEY`` is for one pass, ``KEY`` for all others.
"""

NATIVE_PASSES = frozenset({"pass/id"})
"""Passes that only native hosts draw: the web preview draws all triangles."""

NATIVE_KEYS = frozenset({"SAMPLES"})
"""Keys that need more than GLSL ES 3.00 (``sampler2DMS``): elsewhere the host resolves."""

NEEDED: Mapping[str, frozenset[str]] = {
    "pass/figure": frozenset({"LAMPS"}),
    "pass/set": frozenset({"LAMPS"}),
    "pass/water": frozenset({"LAMPS"}),
}
"""Keys without which a pass does not compile though its conditions ask for them."""

EXCLUDED: Mapping[str, tuple[frozenset[str], ...]] = {
    "post/final": (frozenset({"COMIC", "INK"}),),
}
"""Sets of keys of a pass that are never set together."""

ONE_OF: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "pass/weather": (("FLAKE", "LEAF", "SPARK", "STREAK"),),
}
"""Groups of keys of a pass of which exactly one is set."""

INTERNAL = frozenset({"VERTEX_STAGE", "FIGURE_SHADE"})
"""Names in conditions that our own text or the host of every stage sets."""


@dataclass(frozen=True)
class PassFiles:
    """The files of one pass.

    Attributes
    ----------
    name
        ``pass/figure``.
    vertex, fragment
        Files below ``shaders/``; ``fragment`` is empty for transform feedback.
    """

    name: str
    vertex: str
    fragment: str

    @property
    def native(self) -> bool:
        """Whether only desktop OpenGL can run it."""
        return self.name in NATIVE_PASSES


def domain_of(name: str, key: str) -> tuple[float, ...]:
    """Return the values of a key in pass ``name``."""
    return DOMAINS.get(f"{name}:{key}") or DOMAINS.get(key) or (1,)


def name_of(vertex: str, fragment: str) -> str:
    """Return the name of the pass that these files make."""
    return str(PurePosixPath(fragment or vertex).with_suffix(""))


def list_passes(root: Path) -> list[PassFiles]:
    """Return all passes whose files lie below ``root``, by name."""
    files = {path.relative_to(root).as_posix() for path in root.rglob("*.*")}
    fragments = sorted(name for name in files if name.endswith(".frag"))
    found, used = [], set()
    for fragment in fragments:
        same = fragment.removesuffix(".frag") + ".vert"
        vertex = OTHER_VERTEX.get(fragment) or (same if same in files else SCREEN)
        used.add(vertex)
        found.append(PassFiles(name_of(vertex, fragment), vertex, fragment))
    alone = [name for name in files if name.endswith(".vert") and name not in used]
    found += [PassFiles(name_of(vertex, ""), vertex, "") for vertex in alone]
    return sorted(found, key=lambda entry: entry.name)
