"""青云门: a mountain gate over a sea of cloud.

Plan (metres): terrace x −7 … 7, z −5.5 … 8.6 at y = 0; stairs rise to −Z, the gate stands on
a landing 1.2 m up at z −9; more stairs climb to a hall in the mist. Peaks all round.
"""

from __future__ import annotations

import numpy as np

from cyberdirector.backlot.kit.builder import Builder
from cyberdirector.backlot.places import gate_building as building
from cyberdirector.backlot.places import gate_nature as nature
from cyberdirector.backlot.places import gate_paint as paint
from cyberdirector.backlot.places import gate_stage as staging
from cyberdirector.core.scene import Set


def build(seed: int = 0) -> Set:
    """Return the mountain gate; ``seed`` varies pines, rocks and peaks."""
    rng = np.random.default_rng([seed, 23])
    made = Builder()
    contours = paint.make_materials(made, seed)
    building.add_terrace(made)
    building.add_gate(made)
    building.add_hall(made)
    building.add_fittings(made)
    nature.add_slope(made, rng)
    nature.add_trees(made, rng)
    nature.add_distance(made, contours)
    building.add_soft_shadows(made)
    parts, materials, textures = made.finish()
    return Set(
        name="mountain_gate",
        parts=parts,
        materials=materials,
        textures=textures,
        marks=staging.marks(),
        cameras=staging.cameras(),
        walk_area=staging.walk_area(),
        lights=staging.lights(),
        extras=staging.extras(),
    )
