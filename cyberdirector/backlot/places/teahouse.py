"""云来茶馆: an old timber teahouse at a rainy street.

Plan (metres): x −6.6 … 6.6, z −6.2 … 6.6, floor y = 0, ceiling 4.7. Back wall: counter and
tea shelves on the left, the open door to the street on the right, the sign over both.
"""

from __future__ import annotations

import numpy as np

from cyberdirector.backlot.kit.builder import Builder
from cyberdirector.backlot.places import teahouse_paint as paint
from cyberdirector.backlot.places import teahouse_shell as shell
from cyberdirector.backlot.places import teahouse_stage as staging
from cyberdirector.backlot.places import teahouse_things as things
from cyberdirector.core.scene import Set


def build(seed: int = 0) -> Set:
    """Return the teahouse; ``seed`` varies jars, cups and the street outside."""
    rng = np.random.default_rng([seed, 11])
    made = Builder()
    paint.make_materials(made, seed)
    shell.add_structure(made)
    shell.add_walls(made)
    shell.add_street(made)
    things.add_counter(made, rng)
    things.add_tables(made, rng)
    things.add_decoration(made, rng)
    things.add_lanterns(made)
    shell.add_soft_shadows(made)
    parts, materials, textures = made.finish()
    return Set(
        name="teahouse",
        parts=parts,
        materials=materials,
        textures=textures,
        marks=staging.marks(),
        cameras=staging.cameras(),
        walk_area=staging.walk_area(),
        lights=staging.lights(),
        extras=staging.extras(),
    )
