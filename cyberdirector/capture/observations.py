"""What was seen in a video, frame by frame: enough to solve again without the video."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyberdirector.capture import face_pixels
from cyberdirector.core.errors import InputRefused, Location
from cyberdirector.core.files import write_bytes
from cyberdirector.core.limits import MEBI
from cyberdirector.core.time import Rate

SCHEMA = "cyberdirector.observations"
VERSION = 1

MAX_FRAMES = 40_000
"""Frames of one take: ten minutes at 60 a second and some; a frame takes 10 KB."""

MAX_BYTES = 512 * MEBI
"""An observations file of :data:`MAX_FRAMES`, hardly packed."""

Floats = NDArray[np.float32]

_ROWS: dict[str, tuple[int, ...]] = {
    "pose": (33, 4),
    "world": (33, 3),
    "check": (33, 2),
    "hands": (2, 21, 3),
    "hands_world": (2, 21, 3),
    "face": (478, 3),
    "face_scores": (52,),
    "face_matrix": (4, 4),
    "background": (2, 3),
    "face_pixels": (face_pixels.ROW,),
}
"""Shape of one frame of each array of floats."""

_LATE = "face_pixels"


def _unmeasured() -> Floats:
    return np.zeros((0, 2, 3), np.float32)


def _unread() -> Floats:
    return np.zeros((0, face_pixels.ROW), np.float32)


def _uncounted() -> NDArray[np.int16]:
    return np.zeros(0, np.int16)


@dataclass(frozen=True)
class Observations:
    """Landmarks of one person over a take; NaN where a part was not seen.

    Pixels are those of the upright picture (rotation of the file applied), (0, 0) its top
    left corner, x to the right, y down. Left and right are the actor's own.

    Attributes
    ----------
    times
        (n,) float64, seconds from the start of the take, strictly increasing; the true
        times of the frames, also where the video's rate varies.
    size
        Width and height of the upright picture, pixels.
    rate
        Nominal frames per second of the take.
    pose
        (n, 33, 4) float32: x, y pixels, z (relative to the hips, the scale of x, towards
        the camera is negative) and visibility 0..1; the 33 points of BlazePose.
    world
        (n, 33, 3) float32, metres, MediaPipe's own: origin between the hips, x right, y
        down, z away from the camera, relative to the viewing ray of the person.
    check
        (n, 33, 2) float32, pixels: the same points by a second, independent model, which
        may look at only some of the pictures.
    hands
        (n, 2, 21, 3) float32: left and right hand, x, y pixels and relative z.
    hands_world
        (n, 2, 21, 3) float32, metres, origin at the hand's centre.
    face
        (n, 478, 3) float32: x, y pixels and relative z.
    face_scores
        (n, 52) float32, 0..1, MediaPipe's scores in ARKit order.
    face_matrix
        (n, 4, 4) float32: turn of the face, from the face (+Y up, +Z out of the face) to the
        ray from the camera through the face (+Y up, +Z towards the camera): identity looks
        into the lens wherever in the picture the face is. The last column is (0, 0, 0, 1).
    cuts
        (k,) int64: frames where the picture cuts (the first frame after each cut).
    background
        (n, 2, 3) float32: affine map that carries pixels of the background from the frame
        before to this frame, NaN where it was not measured (always at the first frame).
    people
        (n,) int16: how many people were seen; -1 where nobody looked.
    face_pixels
        (n, ROW) float32: what eyes and mouth look like, of
        :mod:`~cyberdirector.capture.face_pixels`; only the model that ``reader`` names can
        tell what it means.
    source
        Name of the file that was looked at (no folders).
    """

    times: NDArray[np.float64]
    size: tuple[int, int]
    rate: Rate
    pose: Floats
    world: Floats
    check: Floats
    hands: Floats
    hands_world: Floats
    face: Floats
    face_scores: Floats
    face_matrix: Floats
    cuts: NDArray[np.int64]
    background: Floats = field(default_factory=_unmeasured)
    people: NDArray[np.int16] = field(default_factory=_uncounted)
    face_pixels: Floats = field(default_factory=_unread)
    reader: str = ""
    source: str = ""

    def __post_init__(self) -> None:
        n = len(self.times)
        if not len(self.background):
            object.__setattr__(self, "background", np.full((n, 2, 3), np.nan, np.float32))
        if not len(self.face_pixels):
            blank = np.full((n, face_pixels.ROW), np.nan, np.float32)
            object.__setattr__(self, "face_pixels", blank)
        if not len(self.people):
            object.__setattr__(self, "people", np.full(n, -1, np.int16))
        shapes = {name: (n, *row) for name, row in _ROWS.items()} | {"people": (n,)}
        for name, shape in shapes.items():
            found = np.shape(getattr(self, name))
            if found != shape:
                raise ValueError(f"Observations.{name} has shape {found}, not {shape}")
        if n and not bool(np.isfinite(self.times).all() and (np.diff(self.times) > 0).all()):
            raise ValueError("Observations.times must be finite and strictly increasing")

    @property
    def frames(self) -> int:
        """Number of frames."""
        return len(self.times)

    @property
    def seen(self) -> NDArray[np.bool_]:
        """Whether a body was seen, (n,)."""
        return np.isfinite(self.pose[:, 0, 0])

    @classmethod
    def empty(
        cls, times: NDArray[np.float64], size: tuple[int, int], rate: Rate
    ) -> Observations:
        """Return observations of frames in which nothing was seen."""
        n = len(times)
        rows: dict[str, Any] = {
            name: np.full((n, *row), np.nan, np.float32) for name, row in _ROWS.items()
        }
        return cls(
            np.asarray(times, np.float64), size, rate, **rows, cuts=np.zeros(0, np.int64)
        )

    def slice(self, start: int, end: int) -> Observations:
        """Return frames ``start:end`` (half-open); times begin at zero again."""
        cuts = self.cuts[(self.cuts > start) & (self.cuts < end)] - start
        times = self.times[start:end]
        values: dict[str, Any] = {name: getattr(self, name)[start:end] for name in _ROWS}
        people = self.people[start:end]
        return Observations(
            times - (times[0] if len(times) else 0.0), self.size, self.rate, **values,
            cuts=cuts, people=people, reader=self.reader, source=self.source,
        )  # fmt: skip

    def save(self, path: Path) -> None:
        """Write an ``.observations.npz`` (same observations, same bytes) in one step."""
        write_bytes(path, observations_bytes(self))


def observations_bytes(seen: Observations) -> bytes:
    """Return the ``.npz`` of observations; equal observations give equal bytes."""
    head = {
        "schema": SCHEMA,
        "version": VERSION,
        "size": list(seen.size),
        "rate": [seen.rate.num, seen.rate.den],
        "source": seen.source,
        "reader": seen.reader,
    }
    arrays = {f.name: getattr(seen, f.name) for f in fields(seen) if f.name not in head}
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr(zipfile.ZipInfo("head.json"), json.dumps(head, ensure_ascii=False))
        for name, values in arrays.items():
            member = zipfile.ZipInfo(f"{name}.npy")
            member.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(member, "w") as out:
                np.lib.format.write_array(out, np.ascontiguousarray(values), (1, 0))
    return stream.getvalue()


def _damaged(path: Path, zh: str, en: str) -> InputRefused:
    return InputRefused(
        "observations-damaged",
        f"捕捉观测文件不能用（{zh}），请用视频重新捕捉。",
        f"the observations cannot be used ({en}); capture the video again.",
        Location(file=str(path)),
    )


def _array(archive: zipfile.ZipFile, name: str, row: tuple[int, ...], dtype: str) -> Any:
    """Return a member as an array of rows, refused before it is read where it is too large."""
    with archive.open(f"{name}.npy") as stream:
        version = np.lib.format.read_magic(stream)
        if version != (1, 0):
            raise ValueError(f"{name}: array version {version}")
        shape, fortran, kind = np.lib.format.read_array_header_1_0(stream)
        if kind != np.dtype(dtype) or fortran or shape[1:] != row or len(shape) != 1 + len(row):
            raise ValueError(f"{name}: {kind} {shape}")
        if shape[0] > MAX_FRAMES:
            raise ValueError(f"{name}: {shape[0]} frames")
        size = int(np.prod(shape)) * kind.itemsize
        data = stream.read(size + 1)
    if len(data) != size:
        raise ValueError(f"{name}: {len(data)} bytes of {size}")
    return np.frombuffer(data, kind).reshape(shape).copy()


def read_observations(path: Path) -> Observations:
    """Return what :meth:`Observations.save` wrote.

    Raises
    ------
    InputRefused
        ``observations-damaged`` when the file is missing, cut off, too large or no
        observations; ``observations-newer`` when a later version wrote it.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ValueError(f"more than {MAX_BYTES >> 20} MiB")
        with zipfile.ZipFile(path) as archive:
            return _read(archive, path)
    except OSError as error:
        reason = error.strerror or str(error)
        raise _damaged(path, reason, reason) from error
    except (ValueError, KeyError, TypeError, EOFError, zlib.error, zipfile.BadZipFile) as error:
        reason = str(error)[:80]
        raise _damaged(path, reason, reason) from error
    except (zipfile.LargeZipFile, NotImplementedError, RuntimeError) as error:
        raise _damaged(path, "压缩方式不识别", "unknown packing") from error


def _read(archive: zipfile.ZipFile, path: Path) -> Observations:
    with archive.open("head.json") as stream:
        head = json.loads(stream.read(1 << 16))
    if not isinstance(head, dict) or head.get("schema") != SCHEMA:
        raise ValueError("no observations of CyberDirector")
    if int(head["version"]) > VERSION:
        raise InputRefused(
            "observations-newer",
            f"该文件由更新的版本写成（{head['version']} > {VERSION}），请升级。",
            f"a later version wrote this file ({head['version']} > {VERSION}); upgrade.",
            Location(file=str(path)),
        )
    width, height = (int(v) for v in head["size"])
    num, den = (int(v) for v in head["rate"])
    if not 0 < width <= 1 << 16 or not 0 < height <= 1 << 16:
        raise ValueError(f"picture of {width} x {height}")
    # Earlier versions did not look at the pixels of faces.
    there = set(archive.namelist()) | {f"{name}.npy" for name in _ROWS if name != _LATE}
    values: dict[str, Any] = {
        name: _array(archive, name, row, "<f4")
        for name, row in _ROWS.items()
        if f"{name}.npy" in there
    }
    seen = Observations(
        _array(archive, "times", (), "<f8"), (width, height), Rate(num, den), **values,
        cuts=_array(archive, "cuts", (), "<i8"),
        people=_array(archive, "people", (), "<i2"),
        source=str(head.get("source", "")), reader=str(head.get("reader", "")),
    )  # fmt: skip
    if any(bool(np.isinf(v).any()) for v in values.values()):
        raise ValueError("infinite values")
    if len(seen.cuts) and not 0 < int(seen.cuts.min()) <= int(seen.cuts.max()) < seen.frames:
        raise ValueError("cuts outside the take")
    return seen
