"""VMD motion files of MikuMikuDance as they are: keys by bone, morphs, IK switches.

Little-endian, 30 frames a second, names in Shift-JIS (some tools write GBK). Space as in
the file: left-handed, +Y up, models face -Z, about 8 cm a unit.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.errors import InputRefused, Location
from cyberdirector.core.files import write_bytes
from cyberdirector.core.limits import MAX_CLIP_FRAMES
from cyberdirector.core.rotations import Array, quat_normalize, quat_slerp

MAX_VMD_BYTES = 256 << 20
"""A dance of five minutes with a key on each frame of 100 bones is 100 MB."""

_MAGIC = b"Vocaloid Motion Data"
_BONE = np.dtype(
    [
        ("name", "S15"),
        ("frame", "<u4"),
        ("place", "<f4", 3),
        ("turn", "<f4", 4),
        ("curve", "u1", 64),
    ]
)
_MORPH = np.dtype([("name", "S15"), ("frame", "<u4"), ("weight", "<f4")])
_SKIPPED = (61, 28, 9)
"""Bytes of a key of the camera, of the light and of the self-shadow, in the file's order."""

LINEAR = (20, 20, 107, 107)
"""Control points of a straight interpolation, 0..127."""


@dataclass
class BoneKeys:
    """Keys of one bone, frames rising.

    Attributes
    ----------
    frames
        (k,) int64.
    places
        (k, 3) float64, units of the file, from the rest place.
    turns
        (k, 4) float64, unit quaternions xyzw, left-handed.
    curves
        (k, 4, 4) float64, 0..1: for x, y, z and rotation the Bézier points x1, y1, x2, y2 of
        the way from the key before.
    """

    frames: NDArray[np.int64]
    places: Array
    turns: Array
    curves: Array

    def sample(self, count: int) -> tuple[Array, Array]:
        """Return places (count, 3) and turns (count, 4) on frames 0 .. count - 1."""
        t = np.arange(count)
        if len(self.frames) == 1:
            return np.repeat(self.places, count, axis=0), np.repeat(self.turns, count, axis=0)
        at = np.clip(np.searchsorted(self.frames, t, "right") - 1, 0, len(self.frames) - 2)
        span = np.maximum(self.frames[at + 1] - self.frames[at], 1)
        share = np.clip((t - self.frames[at]) / span, 0.0, 1.0)
        eased = [_bezier(share, self.curves[at + 1, axis]) for axis in range(4)]
        places = self.places[at].copy()
        for axis in range(3):
            way = self.places[at + 1, axis] - self.places[at, axis]
            places[:, axis] += eased[axis] * way
        return places, quat_slerp(self.turns[at], self.turns[at + 1], eased[3])


@dataclass
class Vmd:
    """A motion file.

    Attributes
    ----------
    model
        Name of the model that it was made for.
    bones
        Keys by bone name.
    morphs
        Morph name → (frames (k,), weights (k,)).
    ik
        (frame, {IK bone: on}) in rising order; absent bones are on.
    """

    model: str = ""
    bones: dict[str, BoneKeys] = field(default_factory=dict)
    morphs: dict[str, tuple[NDArray[np.int64], Array]] = field(default_factory=dict)
    ik: list[tuple[int, dict[str, bool]]] = field(default_factory=list)

    @property
    def length(self) -> int:
        """Number of frames up to the last key of a bone, morph or switch."""
        ends = [int(k.frames[-1]) for k in self.bones.values()]
        ends += [int(f[-1]) for f, _ in self.morphs.values()]
        return max([*ends, *(frame for frame, _ in self.ik), 0]) + 1

    def switches(self, bone: str, count: int) -> NDArray[np.bool_]:
        """Return (count,) bool: whether an IK bone is on."""
        out = np.ones(count, np.bool_)
        for frame, states in self.ik:
            if bone in states:
                out[frame:] = states[bone]
        return out


def _bezier(x: Array, points: Array) -> Array:
    """Return the height of Bézier curves (n, 4: x1, y1, x2, y2) over ``x`` (n,), 0..1.

    The parameter is found by bisection, so it never leaves 0..1 (16 halvings: 1e-5).
    """
    x1, y1, x2, y2 = points.T
    straight = (np.abs(x1 - y1) < 1e-6) & (np.abs(x2 - y2) < 1e-6)
    if straight.all():
        return x
    low, high = np.zeros_like(x), np.ones_like(x)
    for _ in range(18):
        t = 0.5 * (low + high)
        u = 1.0 - t
        short = 3.0 * u * u * t * x1 + 3.0 * u * t * t * x2 + t**3 < x
        low, high = np.where(short, t, low), np.where(short, high, t)
    t = 0.5 * (low + high)
    u = 1.0 - t
    return np.where(straight, x, 3.0 * u * u * t * y1 + 3.0 * u * t * t * y2 + t**3)


def _refuse(code: str, zh: str, en: str, file: str) -> InputRefused:
    return InputRefused(code, zh, en, Location(file=file))


def _cut(file: str) -> InputRefused:
    return _refuse(
        "vmd-truncated",
        "VMD 文件不完整（数据比声明的少），请重新导出。",
        "the VMD is not complete (it holds less than it declares); export it again.",
        file,
    )


def _text(raw: bytes) -> str:
    """Return a name: Shift-JIS, else GBK; rubbish after the first zero is left out."""
    raw = raw.split(b"\0", 1)[0]
    for encoding in ("cp932", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            if len(raw) >= 15:  # a long name may be cut inside its last character
                try:
                    return raw[:-1].decode(encoding)
                except UnicodeDecodeError:
                    continue
    return raw.decode("cp932", "replace")


class _Reader:
    def __init__(self, data: bytes, file: str) -> None:
        self.data, self.file, self.at = data, file, 0

    def take(self, size: int) -> bytes:
        """Return the next bytes or refuse the file."""
        if self.at + size > len(self.data):
            raise _cut(self.file)
        self.at += size
        return self.data[self.at - size : self.at]

    def count(self) -> int:
        """Return a count; a file that ends before an optional part has none of it."""
        if self.at == len(self.data):
            return 0
        return int(struct.unpack("<I", self.take(4))[0])

    def rows(self, dtype: np.dtype[np.void]) -> NDArray[np.void]:
        """Return a counted table."""
        count = self.count()
        if count * dtype.itemsize > len(self.data) - self.at:
            raise _cut(self.file)
        return np.frombuffer(self.take(count * dtype.itemsize), dtype)


def _bones(rows: NDArray[np.void], file: str) -> dict[str, BoneKeys]:
    values = np.concatenate([rows["place"], rows["turn"]], axis=1).astype(np.float64)
    if not bool((np.abs(values) < 1e7).all()):
        raise _refuse(
            "vmd-nan",
            "VMD 里有不是有限值的数，请重新导出。",
            "the VMD holds numbers that are not finite; export it again.",
            file,
        )
    if len(rows) and int(rows["frame"].max()) >= MAX_CLIP_FRAMES:
        raise _refuse(
            "motion-too-long",
            f"动作超过 {MAX_CLIP_FRAMES} 帧，请截短。",
            f"the motion is longer than {MAX_CLIP_FRAMES} frames; shorten it.",
            file,
        )
    names, owner = np.unique(rows["name"], return_inverse=True)
    out: dict[str, BoneKeys] = {}
    for i, raw in enumerate(names):
        mine = np.flatnonzero(owner == i)
        mine = mine[np.argsort(rows["frame"][mine], kind="stable")]
        frames = rows["frame"][mine].astype(np.int64)
        last = np.append(frames[1:] != frames[:-1], True)  # of equal frames the last counts
        mine, frames = mine[last], frames[last]
        table = rows["curve"][mine].astype(np.float64) / 127.0
        # Sixteen bytes: x1, y1, x2, y2 of x, y, z, r each. MMD keeps a flag in the third and
        # fourth byte; the next row, shifted by one byte, has them still.
        grid = table[:, :16].reshape(-1, 4, 4).copy()
        grid[:, 0, 2], grid[:, 0, 3] = table[:, 17], table[:, 18]
        out[_text(bytes(raw))] = BoneKeys(
            frames,
            values[mine, :3],
            quat_normalize(values[mine, 3:]),
            np.clip(grid.transpose(0, 2, 1), 0.0, 1.0),
        )
    return out


def _morphs(rows: NDArray[np.void]) -> dict[str, tuple[NDArray[np.int64], Array]]:
    out = {}
    names, owner = np.unique(rows["name"], return_inverse=True)
    for i, raw in enumerate(names):
        mine = np.flatnonzero(owner == i)
        mine = mine[np.argsort(rows["frame"][mine], kind="stable")]
        frames = np.minimum(rows["frame"][mine].astype(np.int64), MAX_CLIP_FRAMES - 1)
        weights = np.nan_to_num(rows["weight"][mine].astype(np.float64))
        out[_text(bytes(raw))] = (frames, np.clip(weights, 0.0, 1.0))
    return out


def _switches(reader: _Reader) -> list[tuple[int, dict[str, bool]]]:
    out = []
    for _ in range(min(reader.count(), MAX_CLIP_FRAMES)):
        frame, _, bones = struct.unpack("<IBI", reader.take(9))
        if bones > 4096:
            raise _cut(reader.file)
        states = {}
        for _ in range(bones):
            raw = reader.take(21)
            states[_text(raw[:20])] = raw[20] != 0
        out.append((min(int(frame), MAX_CLIP_FRAMES - 1), states))
    return sorted(out, key=lambda item: item[0])


def parse_vmd(data: bytes, file: str = "") -> Vmd:
    """Return the keys of a VMD file.

    Raises
    ------
    InputRefused
        ``vmd-header`` for another file, ``vmd-truncated``, ``vmd-nan``, ``motion-too-long``.
    """
    if len(data) > MAX_VMD_BYTES or not data.startswith(_MAGIC):
        raise _refuse(
            "vmd-header",
            "文件开头不是 VMD 动作（Vocaloid Motion Data），或文件太大。",
            "the file does not start like a VMD (Vocaloid Motion Data), or is too large.",
            file,
        )
    reader = _Reader(data, file)
    version = reader.take(30)[21:25]
    model = _text(reader.take(20 if version == b"0002" else 10))
    bones = _bones(reader.rows(_BONE), file)
    morphs = _morphs(reader.rows(_MORPH))
    for size in _SKIPPED:
        reader.take(reader.count() * size)
    vmd = Vmd(model, bones, morphs, _switches(reader))
    if not bones and not morphs:
        raise _refuse(
            "vmd-empty",
            "VMD 里没有骨骼或表情的关键帧（可能只是镜头文件）。",
            "the VMD holds no keys of bones or morphs (it may be a camera file).",
            file,
        )
    return vmd


def _name(text: str, size: int) -> bytes:
    raw = text.encode("cp932", "replace")[:size]
    return raw + b"\0" * (size - len(raw))


def _curve_bytes(curves: Array) -> NDArray[np.uint8]:
    """Return (k, 64) bytes: the sixteen numbers in four rows, each shifted by one."""
    flat = np.round(curves.transpose(0, 2, 1).reshape(-1, 16) * 127.0).astype(np.uint8)
    out = np.zeros((len(flat), 64), np.uint8)
    for row in range(4):
        out[:, 16 * row : 16 * row + 16 - row] = flat[:, row:]
    return out


def vmd_bytes(vmd: Vmd) -> bytes:
    """Return the file (version 2) of a motion."""
    rows = []
    for name, keys in vmd.bones.items():
        table = np.zeros(len(keys.frames), _BONE)
        table["name"] = _name(name, 15)
        table["frame"], table["place"], table["turn"] = keys.frames, keys.places, keys.turns
        table["curve"] = _curve_bytes(keys.curves)
        rows.append(table.tobytes())
    morphs = []
    for name, (frames, weights) in vmd.morphs.items():
        faces = np.zeros(len(frames), _MORPH)
        faces["name"], faces["frame"], faces["weight"] = _name(name, 15), frames, weights
        morphs.append(faces.tobytes())
    switches = b"".join(
        struct.pack("<IBI", frame, 1, len(states))
        + b"".join(_name(bone, 20) + bytes([on]) for bone, on in states.items())
        for frame, states in vmd.ik
    )
    total = sum(len(k.frames) for k in vmd.bones.values())
    shapes = sum(len(f) for f, _ in vmd.morphs.values())
    head = _MAGIC + b" 0002" + b"\0" * 5 + _name(vmd.model, 20)
    return b"".join(
        [
            head, struct.pack("<I", total), *rows, struct.pack("<I", shapes), *morphs,
            struct.pack("<III", 0, 0, 0), struct.pack("<I", len(vmd.ik)), switches,
        ]
    )  # fmt: skip


def write_vmd(path: Path, vmd: Vmd) -> None:
    """Write a motion in one step."""
    write_bytes(path, vmd_bytes(vmd))


def keys_of(frames: int, places: Array, turns: Array) -> BoneKeys:
    """Return straight keys on each frame; one key for a bone that never moves."""
    still = bool((places == places[:1]).all() and (turns == turns[:1]).all())
    count = 1 if still else frames
    curves = np.tile(np.array(LINEAR) / 127.0, (count, 4, 1))
    return BoneKeys(np.arange(count), places[:count], turns[:count], curves)
