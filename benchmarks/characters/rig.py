"""Auto-rig: characters of our own in unseen proportions, stripped, posed, turned, scaled."""

from __future__ import annotations

import time

import numpy as np
from bars import QUICK, bar, measure, note

from cyberdirector.character.body import vertex_normals
from cyberdirector.core.errors import InputRefused
from cyberdirector.core.model import Material, MeshPart
from cyberdirector.core.skeleton import HUMANOID_BONES
from cyberdirector.formats import vrm_bytes
from cyberdirector.rig import Rigged, Statue, rig_statue
from cyberdirector.rig.orient import axis_turns
from cyberdirector.rig.stance import find_stance
from cyberdirector.rig.training.people import make_person
from cyberdirector.rig.training.stances import STANCES, deform, random_scales, random_turns
from cyberdirector.rig.trials import TOO_FAR, stretches

FIRST_SEED = 30_000
"""Far from the seeds that the joint finder is learnt from."""

GROUPS = {
    "trunk": ("hips", "spine", "chest", "upperChest", "neck"),
    "head": ("head", "leftEye", "rightEye", "jaw"),
    "legs": ("UpperLeg", "LowerLeg"),
    "feet": ("Foot", "Toes"),
    "shoulders": ("Shoulder", "UpperArm"),
    "elbows, wrists": ("LowerArm", "Hand"),
    "fingers": ("Proximal", "Intermediate", "Distal", "Metacarpal"),
}


def _turn(number: int, rng: np.random.Generator) -> np.ndarray:
    """Return the identity, a turn along the axes, or a free one."""
    if number % 4 == 1:
        return axis_turns()[int(rng.integers(1, 24))]
    if number % 4 == 3:
        axis = rng.normal(size=3)
        k = np.cross(np.eye(3), axis / np.linalg.norm(axis))
        angle = rng.uniform(0.2, 2.5)
        return np.eye(3) + np.sin(angle) * k + (1.0 - np.cos(angle)) * k @ k
    return np.eye(3)


def _rig(number: int) -> tuple[Rigged, np.ndarray, bool, float]:
    """Return result, joint errors / height, whether the stance is right, and seconds."""
    seed = FIRST_SEED + number
    person = make_person(seed)
    rng = np.random.default_rng([seed, 1])
    stance = STANCES[number % len(STANCES)]
    points, joints = deform(person, random_turns(rng, stance), random_scales(rng, 0.5))
    height = float(np.ptp(points[:, 1]))
    turn, scale = _turn(number, rng), (1.0, 100.0, 0.37)[number % 3]
    file = scale * points @ turn.T
    normals = vertex_normals(file, person.triangles.astype(np.int64))
    part = MeshPart(
        "merged", file.astype(np.float32), normals.astype(np.float32),
        np.zeros((len(file), 2), np.float32), person.triangles.astype(np.uint32), 0,
    )  # fmt: skip
    start = time.perf_counter()
    rigged = rig_statue(Statue("merged", [part], [Material("grey")]))
    vrm_bytes(rigged.character)
    seconds = time.perf_counter() - start
    true = rigged.stand.apply(scale * joints @ turn.T)
    size = rigged.stand.scale * scale * height
    right = rigged.stance.kind == find_stance(joints, points).kind
    return rigged, np.linalg.norm(rigged.joints.positions - true, axis=1) / size, right, seconds


@measure("rig")
def rig() -> None:
    """Measure joints, stances, orientations and stretch over unseen people."""
    count = 1 if QUICK else 20
    errors, took, stretched, stances, refused = [], [], [], 0, 0
    for number in range(count):
        try:
            rigged, error, right, seconds = _rig(number)
        except InputRefused as why:
            refused += 1
            note(f"figure {number}: {why.en}")
            continue
        errors.append(100.0 * error)
        took.append(seconds)
        stances += right
        stretched.append(max(s.p99 for s in stretches(rigged.character).values()))
    bar("figures that were not taken for figures", refused, "≤", 0)
    if not errors:
        return
    table = np.array(errors)
    within = 100.0 * float((table.mean(axis=1) <= 3.0).sum()) / count
    bar(f"joint error of {count} figures, mean", float(table.mean()), "≤", 3.0, " % of height")
    bar("joint error of the worst figure", float(table.mean(axis=1).max()), "≤", 6.0, " %")
    bar("figures with a mean joint error of 3 % or less", within, "≥", 90.0, " %")
    for name, words in GROUPS.items():
        columns = [i for i, bone in enumerate(HUMANOID_BONES) if bone.endswith(words)]
        note(f"{name}: {table[:, columns].mean():.2f} %")
    bar("stances told right", 100.0 * stances / count, "≥", 90.0, " %")
    worst, words = float(np.median(stretched)), "stretch p99 in the worst of six poses, median"
    if QUICK:  # one figure is no median
        note(f"{words}: {worst:.2f}")
    else:
        bar(words, worst, "≤", TOO_FAR)
    bar("seconds a figure, median", float(np.median(took)), "≤", 20.0, " s")
