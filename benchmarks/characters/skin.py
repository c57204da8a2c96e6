"""Skin and cloth in extreme poses: how far edges stretch, how much skin comes through."""

from __future__ import annotations

import numpy as np
from bars import QUICK, bar, measure, note

from cyberdirector.character import compile_character, shipped_recipe
from cyberdirector.character.skin_check import SkinReport, check_skin, extreme_poses
from cyberdirector.design import random_recipe

NAMES = ("lin_wan", "gu_chen", "shen_mo", "su_qing", "xia_xiaoyou", "a_fu")
SEEDS = range(910_000, 910_006)
"""Shipped characters of different dress, and random ones."""


def _report(name: str, poses: int) -> SkinReport:
    recipe = random_recipe(int(name)) if name.isdigit() else shipped_recipe(name)
    return check_skin(compile_character(recipe), extreme_poses(poses))


@measure("skin")
def skin() -> None:
    """Measure stretch and skin that shows through cloth over extreme poses."""
    names = NAMES[:1] if QUICK else (*NAMES, *map(str, SEEDS))
    poses = 3 if QUICK else 40
    found = {name: _report(name, poses) for name in names}
    worst = max(found, key=lambda n: found[n].stretch_p99)
    title = f"edge stretch p99 over {poses} poses, worst of {len(names)} ({worst})"
    bar(title, found[worst].stretch_p99, "≤", 1.75)
    bare = max(found, key=lambda n: found[n].through_share)
    share = 100.0 * found[bare].through_share
    bar(f"pixels of skin through cloth, worst character ({bare})", share, "≤", 0.5, " %")
    mean = 100.0 * float(np.mean([r.through_share for r in found.values()]))
    note(f"mean {mean:.3f} %")
