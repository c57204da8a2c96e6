"""云起科技: a modern office high over the city.

Plan (metres): x −7 … 7, z −5.6 … 6.4, floor y = 0, ceiling 3.0. Back wall: glass from floor
to ceiling with the skyline. Left: meeting table and whiteboard. Right: desks. Front wall:
lounge, bookcases, the door.
"""

from __future__ import annotations

import numpy as np

from cyberdirector.backlot.kit.builder import Builder
from cyberdirector.backlot.places import office_paint as paint
from cyberdirector.backlot.places import office_shell as shell
from cyberdirector.backlot.places import office_stage as staging
from cyberdirector.backlot.places import office_things as things
from cyberdirector.core.scene import Set


def build(seed: int = 0) -> Set:
    """Return the office; ``seed`` varies the skyline, books and what lies on desks."""
    rng = np.random.default_rng([seed, 37])
    made = Builder()
    paint.make_materials(made, seed)
    shell.add_room(made)
    shell.add_glass_wall(made)
    shell.add_city(made)
    things.add_meeting(made, rng)
    things.add_desks(made, rng)
    things.add_lounge(made, rng)
    shell.add_soft_shadows(made)
    parts, materials, textures = made.finish()
    return Set(
        name="office",
        parts=parts,
        materials=materials,
        textures=textures,
        marks=staging.marks(),
        cameras=staging.cameras(),
        walk_area=staging.walk_area(),
        lights=staging.lights(),
        extras=staging.extras(),
    )
