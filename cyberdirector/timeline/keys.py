"""Keys of one channel in columns: half a million of them are a few arrays, not objects."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from cyberdirector.core.face import ARKIT_NAMES
from cyberdirector.core.skeleton import BONE_INDEX

EASES: tuple[str, ...] = ("step", "linear", "auto", "tcb", "bezier")
"""How a curve leaves a key; the number stored in :attr:`KeyTrack.eases` is the index here.

``step`` holds, ``linear`` joins, ``auto`` is a smooth cubic that never overshoots, ``tcb`` has
tension, continuity and bias, ``bezier`` handles of its own; numbers and curves are those
of :mod:`cyberdirector.motion.curves`.
"""

STEP, LINEAR, AUTO, TCB, BEZIER = range(5)

READABLE = 64
"""Up to so many keys are written as lists that a person can change, more as packed columns."""

_WIDTHS = {"root": 3, "gaze": 2, "contact:left": 1, "contact:right": 1, "value": 1}
_ARKIT = frozenset(ARKIT_NAMES)
_SLACK = 2e-3
"""How far a stored rotation may be from length 1."""


def channel_width(channel: str) -> int:
    """Return how many numbers a key of this channel has.

    ``bone:<VRM bone>`` 4 (unit quaternion xyzw, local to parent), ``root`` 3 (metres),
    ``gaze`` 2 (radians, yaw and pitch), ``weight:<ARKit shape>`` 1, ``sign:<name>`` 1,
    ``contact:left`` and ``contact:right`` 1 (planted from 0.5), ``value`` 1 (a layer's weight).

    Raises
    ------
    ValueError
        For any other name.
    """
    if channel in _WIDTHS:
        return _WIDTHS[channel]
    kind, _, name = channel.partition(":")
    if kind == "bone" and name in BONE_INDEX:
        return 4
    if (kind == "weight" and name in _ARKIT) or (kind == "sign" and name):
        return 1
    raise ValueError(
        f"there is no channel '{channel}'; use bone:<VRM bone>, root, gaze, "
        "weight:<ARKit shape>, sign:<name>, contact:left or contact:right"
    )


def reach(channel: str) -> int:
    """Return the width of a handle's value: 3 (rotation vector) for bones, else as values."""
    return 3 if channel.startswith("bone:") else channel_width(channel)


@dataclass(frozen=True, eq=False)
class KeyTrack:
    """The keys of one channel.

    Attributes
    ----------
    channel
        Name, see :func:`channel_width`.
    frames
        (n,) int32, project frames, strictly increasing.
    values
        (n, width) float32 in the channel's unit.
    eases
        (n,) uint8, index into :data:`EASES`: how the curve leaves the key.
    handles
        (n, 2, 1 + :func:`reach`) float32, arriving and leaving handle of ``bezier`` keys as
        frames and value away from the key (frames -, then +; for bones a rotation vector in
        radians in the frame of the key); zero for other keys, None when no key is ``bezier``.
    tcb
        (n, 3) float32, tension, continuity, bias of ``tcb`` keys, -1..1; None when there is
        none (Kochanek & Bartels, SIGGRAPH 1984).
    """

    channel: str
    frames: NDArray[np.int32]
    values: NDArray[np.float32]
    eases: NDArray[np.uint8]
    handles: NDArray[np.float32] | None = None
    tcb: NDArray[np.float32] | None = None

    def __post_init__(self) -> None:
        width, n = channel_width(self.channel), len(self.frames)
        set_ = object.__setattr__
        set_(self, "frames", _column(self.frames, np.int32, (n,), self.channel))
        set_(self, "values", _column(self.values, np.float32, (n, width), self.channel))
        set_(self, "eases", _column(self.eases, np.uint8, (n,), self.channel))
        wide = (n, 2, 1 + reach(self.channel))
        set_(self, "handles", self._side(self.handles, wide, BEZIER))
        set_(self, "tcb", self._side(self.tcb, (n, 3), TCB))
        self._check()

    def _side(
        self, rows: NDArray[np.float32] | None, shape: tuple[int, ...], ease: int
    ) -> NDArray[np.float32] | None:
        """Return a side column in its one form: zero where it means nothing, else None."""
        uses = self.eases == ease
        if not uses.any():
            return None
        if rows is None:
            rows = np.zeros(shape, np.float32)
        rows = _column(rows, np.float32, shape, self.channel)
        if not uses.all():
            rows = np.where(uses.reshape(-1, *[1] * (len(shape) - 1)), rows, np.float32(0.0))
            rows.setflags(write=False)
        return rows

    def _check(self) -> None:
        if len(self.frames) > 1:
            late = np.flatnonzero(np.diff(self.frames.astype(np.int64)) <= 0)
            if len(late):
                frame = int(self.frames[late[0] + 1])
                raise ValueError(
                    f"{self.channel}: key at frame {frame} is not after the one before"
                )
        for name, rows in (("value", self.values), ("handle", self.handles), ("tcb", self.tcb)):
            if rows is not None and not np.isfinite(rows).all():
                bad = np.flatnonzero(~np.isfinite(rows.reshape(len(rows), -1)).all(axis=1))[0]
                frame = int(self.frames[bad])
                raise ValueError(f"{self.channel}: {name} at frame {frame} is not a number")
        if len(self.eases) and int(self.eases.max()) >= len(EASES):
            raise ValueError(f"{self.channel}: there are only {len(EASES)} kinds of tangent")
        if self.channel.startswith("bone:") and len(self.values):
            off = np.abs(np.linalg.norm(self.values.astype(np.float64), axis=1) - 1.0)
            if off.max() > _SLACK:
                frame = int(self.frames[int(off.argmax())])
                raise ValueError(f"{self.channel}: rotation at frame {frame} has not length 1")

    def __len__(self) -> int:
        return len(self.frames)

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, KeyTrack):
            return NotImplemented
        return self.channel == other.channel and all(
            _same(a, b) for a, b in zip(self.columns(), other.columns(), strict=True)
        )

    __hash__ = None  # type: ignore[assignment]

    def columns(self) -> tuple[NDArray[Any] | None, ...]:
        """Return frames, values, eases, handles and tcb."""
        return self.frames, self.values, self.eases, self.handles, self.tcb

    @classmethod
    def constant(cls, value: float, channel: str = "value") -> KeyTrack:
        """Return a curve of one number that holds all through."""
        return cls.of(channel, [0], [[value]], "step")

    @classmethod
    def of(
        cls, channel: str, frames: ArrayLike, values: ArrayLike, ease: str | ArrayLike = "auto"
    ) -> KeyTrack:
        """Return a track of plain lists; ``ease`` is a name for all, or numbers."""
        at = np.asarray(frames, np.int32)
        rows = np.asarray(values, np.float32).reshape(len(at), channel_width(channel))
        if isinstance(ease, str):
            eases = np.full(len(at), ease_number(ease), np.uint8)
        else:
            eases = np.asarray(ease, np.uint8)
        return cls(channel, at, rows, eases)

    def full_columns(self) -> tuple[NDArray[Any], ...]:
        """Return all five columns; handles and tcb are zeros where no key has them."""
        n = len(self)
        handles, tcb = self.handles, self.tcb
        if handles is None:
            handles = np.zeros((n, 2, 1 + reach(self.channel)), np.float32)
        if tcb is None:
            tcb = np.zeros((n, 3), np.float32)
        return self.frames, self.values, self.eases, handles, tcb

    def replace_rows(self, start: int, end: int, rows: KeyTrack) -> KeyTrack:
        """Return the track with keys number ``start:end`` replaced by those of ``rows``."""
        pairs = zip(self.full_columns(), rows.full_columns(), strict=True)
        columns = [np.concatenate([a[:start], b, a[end:]]) for a, b in pairs]
        return KeyTrack(self.channel, *columns)

    def rows(self, start: int, end: int) -> KeyTrack:
        """Return keys number ``start:end`` as a track of their own."""
        columns = [None if c is None else c[start:end] for c in self.columns()]
        return KeyTrack(self.channel, *columns)  # type: ignore[arg-type]

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            read_keys,
            serialization=core_schema.plain_serializer_function_ser_schema(plain_keys),
        )


def common_ends(a: KeyTrack, b: KeyTrack) -> tuple[int, int]:
    """Return how many keys two tracks share, bit for bit, at their beginning and end."""
    n = min(len(a), len(b))
    if not n:
        return 0, 0
    old, new = _memory(a), _memory(b)
    head = (old[:n] != new[:n]).any(axis=1)
    first = int(head.argmax()) if head.any() else n
    tail = (old[len(a) - n :] != new[len(b) - n :]).any(axis=1)[::-1]
    last = int(tail.argmax()) if tail.any() else n
    return first, min(last, n - first)


def _memory(track: KeyTrack) -> NDArray[np.uint8]:
    """Return the keys of a track as (n, bytes) rows of raw memory."""
    n = len(track)
    rows = [np.ascontiguousarray(c).reshape(n, -1) for c in track.full_columns()]
    return np.concatenate([row.view(np.uint8).reshape(n, -1) for row in rows], 1)


def ease_number(name: str) -> int:
    """Return the number of a kind of tangent.

    Raises
    ------
    ValueError
        When there is none of that name.
    """
    if name not in EASES:
        raise ValueError(f"there is no tangent '{name}'; use {', '.join(EASES)}")
    return EASES.index(name)


def _column(rows: ArrayLike, kind: type, shape: tuple[int, ...], channel: str) -> NDArray[Any]:
    """Return rows as a contiguous read-only array of this kind and shape."""
    array = np.asarray(rows)
    if array.shape != shape:
        raise ValueError(f"{channel}: keys have shape {array.shape}, expected {shape}")
    array = np.ascontiguousarray(array, dtype=kind)
    if array.flags.writeable:
        array = array.copy()
        array.setflags(write=False)
    return array


def _same(a: NDArray[Any] | None, b: NDArray[Any] | None) -> bool:
    if a is None or b is None:
        return a is b
    return a is b or (a.shape == b.shape and a.tobytes() == b.tobytes())


def _number(value: np.float32) -> float:
    """Return the shortest decimal that reads back as the same float32."""
    return float(str(value))


def plain_keys(track: KeyTrack) -> dict[str, Any]:
    """Return a track as plain JSON data: lists for few keys, packed columns for many."""
    if len(track) > READABLE:
        names = ("frames", "values", "eases", "handles", "tcb")
        packed = {
            name: base64.b64encode(column.tobytes()).decode("ascii")
            for name, column in zip(names, track.columns(), strict=True)
            if column is not None
        }
        return {"channel": track.channel, "count": len(track), "packed": packed}
    keys: list[list[Any]] = []
    for i, frame in enumerate(track.frames.tolist()):
        ease = int(track.eases[i])
        row: list[Any] = [frame, [_number(v) for v in track.values[i]], EASES[ease]]
        if ease == BEZIER and track.handles is not None:
            row.append([[_number(v) for v in side] for side in track.handles[i]])
        if ease == TCB and track.tcb is not None:
            row.append([_number(v) for v in track.tcb[i]])
        keys.append(row)
    return {"channel": track.channel, "keys": keys}


def read_keys(data: Any) -> KeyTrack:
    """Return the track of :func:`plain_keys` data; a bare number is a constant curve.

    Raises
    ------
    ValueError
        Naming channel and frame.
    """
    if isinstance(data, KeyTrack):
        return data
    if isinstance(data, int | float):
        return KeyTrack.constant(float(data))
    if not isinstance(data, Mapping) or not isinstance(data.get("channel"), str):
        raise ValueError("keys need a channel and a list of keys")
    channel = str(data["channel"])
    if "packed" in data:
        return _unpack(channel, int(data.get("count", 0)), data["packed"])
    rows = data.get("keys")
    if not isinstance(rows, Sequence) or isinstance(rows, str):
        raise ValueError(f"{channel}: keys must be a list")
    return _from_rows(channel, rows)


def _from_rows(channel: str, rows: Sequence[Any]) -> KeyTrack:
    n, width, wide = len(rows), channel_width(channel), 1 + reach(channel)
    frames, eases = np.zeros(n, np.int32), np.zeros(n, np.uint8)
    values = np.zeros((n, width), np.float32)
    handles, tcb = np.zeros((n, 2, wide), np.float32), np.zeros((n, 3), np.float32)
    for i, row in enumerate(rows):
        try:
            if not isinstance(row[0], int):
                raise ValueError(f"frame {row[0]!r} is no whole number")
            frames[i] = row[0]
            values[i] = row[1]
            eases[i] = ease_number(row[2]) if len(row) > 2 else AUTO
            if len(row) > 3 and eases[i] == BEZIER:
                handles[i] = row[3]
            elif len(row) > 3 and eases[i] == TCB:
                tcb[i] = row[3]
        except (TypeError, IndexError, KeyError, ValueError, OverflowError) as error:
            raise ValueError(f"{channel}: key number {i} is wrong: {error}") from error
    return KeyTrack(channel, frames, values, eases, handles, tcb)


def _unpack(channel: str, count: int, packed: Any) -> KeyTrack:
    shapes: dict[str, tuple[type, tuple[int, ...]]] = {
        "frames": (np.int32, (count,)),
        "values": (np.float32, (count, channel_width(channel))),
        "eases": (np.uint8, (count,)),
        "handles": (np.float32, (count, 2, 1 + reach(channel))),
        "tcb": (np.float32, (count, 3)),
    }
    columns: dict[str, NDArray[Any]] = {}
    for name, (kind, shape) in shapes.items():
        if name not in packed:
            continue
        try:
            data = base64.b64decode(packed[name], validate=True)
            columns[name] = np.frombuffer(data, kind).reshape(shape)
        except (TypeError, ValueError, binascii.Error) as error:
            raise ValueError(f"{channel}: packed {name} do not fit {count} keys") from error
    missing = [name for name in ("frames", "values", "eases") if name not in columns]
    if missing:
        raise ValueError(f"{channel}: packed keys lack {', '.join(missing)}")
    return KeyTrack(channel, **columns)
