"""Four calibrated cameras around one person: the video of the pose2sim wheel (BSD-3).

Truth is the triangulation of the landmarks of the other three cameras; it shares the detector
with the camera that is tested, so that what it says of depth is fairer than of width.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from truth import CACHE

from cyberdirector.capture.observations import Observations, read_observations
from cyberdirector.core.time import Rate

Floats = NDArray[np.float64]

WHEEL = "pose2sim==0.10.49"
FOLDER = "Pose2Sim/Demo_SinglePerson"


@dataclass(frozen=True)
class View:
    """One calibrated camera.

    Attributes
    ----------
    k, bend, turn, place
        Matrix (3, 3), distortion (k1, k2, p1, p2), world → camera (x right, y down, z away),
        centre of the camera, metres.
    seen
        What the detector saw.
    """

    k: Floats
    bend: Floats
    turn: Floats
    place: Floats
    seen: Observations

    def rays(self, pixels: Floats) -> Floats:
        """Return undistorted points at distance one, y down, of pixels (..., 2)."""
        x0 = (pixels[..., 0] - self.k[0, 2]) / self.k[0, 0]
        y0 = (pixels[..., 1] - self.k[1, 2]) / self.k[1, 1]
        x, y = x0.copy(), y0.copy()
        k1, k2, p1, p2 = self.bend
        for _ in range(8):
            r2 = x * x + y * y
            radial = 1.0 + k1 * r2 + k2 * r2 * r2
            x, y = (
                (x0 - 2 * p1 * x * y - p2 * (r2 + 2 * x * x)) / radial,
                (y0 - p1 * (r2 + 2 * y * y) - 2 * p2 * x * y) / radial,
            )
        return np.stack([x, y], axis=-1)

    def to_camera(self, points: Floats) -> Floats:
        """Return world points in this camera's space, y up, z to the viewer."""
        return (points - self.place) @ self.turn.T * np.array([1.0, -1.0, -1.0])


def fetch() -> Path | None:
    """Return the wheel, from the cache or fetched by pip; None when it cannot be had."""
    CACHE.mkdir(parents=True, exist_ok=True)
    found = sorted(CACHE.glob("pose2sim-0.10.49*.whl"))
    if found:
        return found[0]
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "-q",
        "--no-deps",
        "-d",
        str(CACHE),
        WHEEL,
    ]
    done = subprocess.run(command, check=False, capture_output=True)
    found = sorted(CACHE.glob("pose2sim-0.10.49*.whl"))
    return found[0] if done.returncode == 0 and found else None


def views(wheel: Path) -> list[View]:
    """Return the four cameras with what was detected in their videos."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        calib = next(n for n in names if FOLDER in n and n.endswith(".qca.txt"))
        cameras = _calibration(archive.read(calib))
        videos = sorted(n for n in names if FOLDER in n and n.endswith(".mp4"))
        return [
            View(*camera, _detected(archive, video))
            for camera, video in zip(cameras, videos, strict=True)
        ]


def _calibration(data: bytes) -> list[tuple[Floats, Floats, Floats, Floats]]:
    out = []
    for camera in ElementTree.fromstring(data).iter("camera"):
        t, i = camera.find("transform"), camera.find("intrinsic")
        if t is None or i is None:
            raise ValueError("camera without transform or intrinsic")
        turn = np.array([[float(t.attrib[f"r{a}{b}"]) for b in (1, 2, 3)] for a in (1, 2, 3)])
        place = np.array([float(t.attrib[axis]) for axis in "xyz"]) / 1000.0
        # Qualisys stores sub-pixels of 1/64 and looks along -z.
        k = np.array([
            [float(i.attrib["focalLengthU"]) / 64, 0.0, float(i.attrib["centerPointU"]) / 64],
            [0.0, float(i.attrib["focalLengthV"]) / 64, float(i.attrib["centerPointV"]) / 64],
            [0.0, 0.0, 1.0],
        ])  # fmt: skip
        names = ("radialDistortion1", "radialDistortion2", "tangentalDistortion1",
                 "tangentalDistortion2")  # fmt: skip
        bend = np.array([float(i.attrib[n]) for n in names])
        out.append((k, bend, np.diag([1.0, -1.0, -1.0]) @ turn, place))
    return out


def _detected(archive: zipfile.ZipFile, name: str) -> Observations:
    import av

    from cyberdirector.capture._tasks import Bodies

    path = CACHE / f"fourcam-{Path(name).stem}.observations.npz"
    if path.is_file():
        return read_observations(path)
    with tempfile.NamedTemporaryFile(suffix=".mp4") as file:
        file.write(archive.read(name))
        file.flush()
        with av.open(file.name) as video:
            pictures = [f.to_ndarray(format="rgb24") for f in video.decode(video=0)]
    n = len(pictures)
    size = (pictures[0].shape[1], pictures[0].shape[0])
    seen = Observations.empty(np.arange(n) / 60.0, size, Rate(60))
    heavy, full = Bodies(True), Bodies(False)
    for i, picture in enumerate(pictures):
        pose, world = heavy.look(picture, i * 17 + 1)
        if len(pose):
            seen.pose[i], seen.world[i] = pose[0], world[0]
        other, _ = full.look(picture, i * 17 + 1)
        if len(other):
            seen.check[i] = other[0][:, :2]
    heavy.close()
    full.close()
    seen.save(path)
    return seen


def triangulate(cameras: list[View]) -> Floats:
    """Return the 33 landmarks of several views, (n, 33, 3) metres, world; NaN where unseen.

    Direct linear transform (Hartley and Zisserman, Multiple View Geometry, 12.2), rows weighted
    by visibility.
    """
    n = min(v.seen.frames for v in cameras)
    rows = []
    for v in cameras:
        p = np.concatenate([v.turn, -(v.turn @ v.place)[:, None]], axis=1)
        xy = v.rays(v.seen.pose[:n, :, :2].astype(np.float64))
        w = np.where(np.isfinite(xy[..., 0]), v.seen.pose[:n, :, 3], 0.0)[..., None]
        xy = np.nan_to_num(xy)
        rows += [w * (xy[..., k : k + 1] * p[2] - p[k]) for k in (0, 1)]
    _, _, vt = np.linalg.svd(np.stack(rows, axis=-2))
    x = vt[..., -1, :]
    return np.asarray(x[..., :3] / x[..., 3:])
