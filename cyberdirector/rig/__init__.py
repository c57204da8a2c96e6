"""Static humanoid meshes become rigged VRM characters.

>>> from pathlib import Path
>>> from cyberdirector.rig import load_statue, rig_statue
>>> rigged = rig_statue(load_statue(Path("statue.glb")))  # doctest: +SKIP
"""

from cyberdirector.rig.generators import (
    GeneratedMesh,
    MeshGenerator,
    find_generators,
    generate_character,
)
from cyberdirector.rig.licence import Licence, check_commercial
from cyberdirector.rig.markers import read_markers
from cyberdirector.rig.mesh import Statue, load_statue, parse_statue
from cyberdirector.rig.report import rig_report
from cyberdirector.rig.rigger import Rigged, RigOptions, rig_statue

__all__ = [
    "GeneratedMesh",
    "Licence",
    "MeshGenerator",
    "RigOptions",
    "Rigged",
    "Statue",
    "check_commercial",
    "find_generators",
    "generate_character",
    "load_statue",
    "parse_statue",
    "read_markers",
    "rig_report",
    "rig_statue",
]
