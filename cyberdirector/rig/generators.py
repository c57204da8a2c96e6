"""Heavy generators of meshes (ONNX, torch, HTTP) as plug-ins.

A package offers one with the entry point group ``cyberdirector.generators``; the entry
point names a callable without arguments that returns a :class:`MeshGenerator`. What a
generator makes always passes through :func:`~cyberdirector.rig.rigger.rig_statue`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from typing import Protocol, runtime_checkable

from cyberdirector.core.errors import AdapterUnavailable, InputRefused
from cyberdirector.rig.licence import Licence
from cyberdirector.rig.mesh import parse_statue
from cyberdirector.rig.rigger import Rigged, RigOptions, rig_statue

GROUP = "cyberdirector.generators"

VIEWS = ("front", "side", "back")
"""Names of the pictures that a generator may be given."""

POSES = ("", "t", "a", "down")


@dataclass(frozen=True)
class GeneratedMesh:
    """What a generator made.

    Attributes
    ----------
    glb
        One GLB file.
    pose
        ``t``, ``a``, ``down``, or empty when it does not know.
    licence
        Of the mesh; travels into the VRM.
    """

    glb: bytes
    pose: str = ""
    licence: Licence = field(default_factory=Licence)


@runtime_checkable
class MeshGenerator(Protocol):
    """Makes a static mesh of a character from pictures or words.

    Attributes
    ----------
    name
        Short and unique, for example ``triposr``.
    licence
        Of what it makes.
    needs
        What it needs in words, for example ``{"vram": "8 GB", "files": "1.7 GB"}``.
    """

    name: str
    licence: Licence
    needs: Mapping[str, str]

    def available(self) -> str:
        """Return an empty string when it can run, else why not and what to do."""
        ...

    def generate(
        self, images: Mapping[str, bytes], prompt: str = "", seed: int = 0
    ) -> GeneratedMesh:
        """Return a mesh for pictures by view (PNG bytes) and words."""
        ...


def find_generators() -> dict[str, MeshGenerator]:
    """Return the installed generators by name.

    Raises
    ------
    AdapterUnavailable
        ``generator-broken`` when an installed one cannot be loaded or is none.
    """
    out: dict[str, MeshGenerator] = {}
    for entry in sorted(entry_points(group=GROUP), key=lambda e: e.name):
        try:
            made = entry.load()()
        except Exception as error:  # a plug-in may raise anything
            raise _broken(entry.name, f"{type(error).__name__}: {error}") from error
        if not isinstance(made, MeshGenerator):
            raise _broken(entry.name, "it is no MeshGenerator")
        out[made.name] = made
    return out


def _broken(name: str, why: str) -> AdapterUnavailable:
    return AdapterUnavailable(
        "generator-broken",
        f"生成器“{name}”无法加载（{why[:200]}）；请升级或卸载它。",
        f"The generator '{name}' cannot be loaded ({why[:200]}); upgrade or remove it.",
    )


def generate_character(
    generator: MeshGenerator,
    images: Mapping[str, bytes],
    prompt: str = "",
    options: RigOptions | None = None,
) -> Rigged:
    """Return the rigged character of what a generator makes.

    Raises
    ------
    AdapterUnavailable
        ``generator-unavailable`` with the reason that it gives.
    InputRefused
        ``generator-input`` for unknown views or nothing to go by; ``generator-output``, and
        all of :func:`~cyberdirector.rig.mesh.parse_statue`.
    """
    strange = sorted(set(images) - set(VIEWS))
    if strange or not (images or prompt.strip()):
        what = ", ".join(strange) or "nothing"
        raise InputRefused(
            "generator-input",
            f"生成器需要图片（{'、'.join(VIEWS)}）或文字，收到：{what}。",
            f"A generator takes pictures ({', '.join(VIEWS)}) or words; got {what}.",
        )
    reason = generator.available()
    if reason:
        raise AdapterUnavailable(
            "generator-unavailable",
            f"生成器“{generator.name}”不可用：{reason}",
            f"The generator '{generator.name}' cannot run: {reason}",
            needs=dict(generator.needs),
        )
    chosen = options or RigOptions()
    made = generator.generate(images, prompt, chosen.seed)
    if made.pose not in POSES:
        raise InputRefused(
            "generator-output",
            f"生成器“{generator.name}”给出了未知姿势“{made.pose}”。",
            f"The generator '{generator.name}' names an unknown pose '{made.pose}'.",
        )
    return rig_statue(parse_statue(made.glb, generator.name), chosen, made.licence)
