"""Train what corrects MediaPipe's bodies: how it errs on our own takes with known truth.

usage: python scripts/train_capture_body.py DATA models/capture_body.npz

DATA is the folder of ``train_capture_body_data.py``. A ridge regression; takes of the report
are left out of the fit that it is a report of.
"""

from __future__ import annotations

import itertools
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cyberdirector.capture.body_bias import JOINTS, features, joints_of, mirrored_points
from cyberdirector.capture.camera import focal_of, to_rays
from cyberdirector.capture.confidence import landmark_trust
from cyberdirector.capture.lifter import view
from cyberdirector.capture.solve_figure import BLAZEPOSE, LANDMARKS
from cyberdirector.capture.solve_prior import scaled_world
from cyberdirector.core.files import replacing
from cyberdirector.core.skeleton import BONE_INDEX

Floats = NDArray[np.float64]

RIDGE = 0.3
"""Price of the weights, in features of unit spread (best of 0.03, 0.1, 0.3, 1)."""

_BONE = {"Shoulder": "UpperArm", "Elbow": "LowerArm", "Wrist": "Hand", "Hip": "UpperLeg",
         "Knee": "LowerLeg", "Ankle": "Foot"}  # fmt: skip


def _bone(landmark: int) -> int:
    name = LANDMARKS[landmark]
    side = "left" if name.startswith("left") else "right"
    return BONE_INDEX[side + _BONE[name.removeprefix(side)]]


def read(path: Path) -> tuple[Floats, Floats] | None:
    """Return MediaPipe's points (n, 19, 3) and true joints (n, 12, 3) in the virtual camera.

    Both relative to the hips, in units of the body's scale; None where hardly anybody is
    seen.
    """
    with np.load(path, allow_pickle=False) as data:
        pose, world, check, truth = (
            data[n].astype(np.float64) for n in ("pose", "world", "check", "truth")
        )
        size = (int(data["size"][0]), int(data["size"][1]))
        focal = focal_of(size, float(data["fov"]))
        rate = 1.0 / float(data["times"][1])
    there = np.isfinite(pose[:, 0, 0])
    if not there.any():
        return None
    visible = np.where(there[:, None], np.nan_to_num(pose[..., 3]), 0.0)
    trust = landmark_trust(np.nan_to_num(pose[..., :2]), visible, check, size, rate)
    good = there & (trust.mean(axis=1) > 0.5)
    if good.sum() < 8:
        return None
    flat = to_rays(pose[good, :, :2], size, focal)[:, BLAZEPOSE]
    _, turn = view(flat, trust[good])
    points = np.einsum("nij,nkj->nki", turn, scaled_world(world[good], flat, trust[good]))
    own = truth[good][:, [_bone(i) for i in JOINTS]]
    own = np.einsum("nij,nkj->nki", turn, own - own[:, 6:8].mean(axis=1, keepdims=True))
    return points, own / _scale(truth)


def _scale(truth: Floats) -> float:
    def middle(name: str) -> Floats:
        return np.asarray(
            truth[:, [BONE_INDEX[f"{s}{name}"] for s in ("left", "right")]].mean(1)
        )

    chain = ("UpperLeg", "LowerLeg", "Foot"), ("UpperArm", "LowerArm", "Hand")
    total = np.linalg.norm(middle("UpperArm") - middle("UpperLeg"), axis=-1)
    for names in chain:
        for a, b in itertools.pairwise(names):
            ends = [truth[:, BONE_INDEX[f"left{n}"]] for n in (a, b)]
            total = total + np.linalg.norm(ends[0] - ends[1], axis=-1)
    return float(np.median(total))


def fit(takes: list[tuple[Floats, Floats]]) -> Floats:
    """Return the map (features, 36) of takes and their mirror images."""
    flip = np.array([-1.0, 1.0, 1.0])
    both = takes + [(mirrored_points(p), t[:, _TWIN] * flip) for p, t in takes]
    rows = np.concatenate([features(p) for p, _ in both])
    miss = np.concatenate([(t - joints_of(p)).reshape(len(p), -1) for p, t in both])
    spread = rows.std(axis=0)
    spread[-1] = 1.0
    scaled = rows / np.maximum(spread, 1e-3)
    inner = scaled.T @ scaled + RIDGE * len(scaled) * np.eye(scaled.shape[1])
    return np.asarray(
        np.linalg.solve(inner, scaled.T @ miss) / np.maximum(spread, 1e-3)[:, None]
    )


_TWIN = np.array([1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10])


def main(data: Path, out: Path) -> None:
    """Fit, report on takes that were left out (one of seven at a time), write."""
    found = [read(p) for p in sorted(data.glob("take-*.npz"))]
    takes = [t for t in found if t is not None]
    before, after = [], []
    for k in range(7):
        weights = fit([t for i, t in enumerate(takes) if i % 7 != k])
        for points, truth in takes[k::7]:
            said = joints_of(points)
            fixed = said + (features(points) @ weights).reshape(said.shape)
            before.append(np.linalg.norm(said - truth, axis=-1).mean())
            after.append(np.linalg.norm(fixed - truth, axis=-1).mean())
    # One unit is 1.85 m / 1.7 m of the height: 1.0 m on a body of 1.7 m.
    sys.stdout.write(
        f"{len(takes)} takes, left out: {np.mean(before) * 1e3:.1f} -> "
        f"{np.mean(after) * 1e3:.1f} thousandths of the body's scale\n"
    )
    with replacing(out) as partial, partial.open("wb") as file:
        np.savez_compressed(file, weights=fit(takes).astype(np.float32))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
