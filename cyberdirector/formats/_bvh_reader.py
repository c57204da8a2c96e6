"""Reads BVH files of any program: tabs, CRLF, GBK names, any order of channels."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.errors import InputRefused, Location
from cyberdirector.core.rotations import Array
from cyberdirector.formats._number_text import parse_numbers
from cyberdirector.formats.armature import (
    MAX_MOTION_BYTES,
    MAX_MOTION_DEPTH,
    MAX_MOTION_JOINTS,
    MAX_MOTION_VALUES,
    Armature,
    ArmatureMotion,
    rate_of_seconds,
)

_MOTION = re.compile(rb"^[ \t]*MOTION\b", re.IGNORECASE | re.MULTILINE)
_HEAD = re.compile(
    rb"\s*MOTION\s+Frames\s*:\s*(\d{1,9})\s+Frame\s+Time\s*:\s*([-+0-9.eE]{1,32})",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\s{}]+|[{}]")
_AXES = {"X": 0, "Y": 1, "Z": 2}
_MAX_HEAD = 4 << 20
"""Bytes of the hierarchy; 2048 joints need about 400 kB."""


def _refuse(code: str, zh: str, en: str, file: str, line: int = 0) -> InputRefused:
    return InputRefused(code, zh, en, Location(file=file, line=line))


def _broken(file: str, line: int, zh: str, en: str) -> InputRefused:
    return _refuse(
        "bvh-hierarchy",
        f"BVH 骨架写得不对（{zh}），请重新导出。",
        f"the skeleton of the BVH is not written properly ({en}); export it again.",
        file,
        line,
    )


@dataclass
class _Joint:
    name: str
    parent: int
    offset: tuple[float, float, float] | None = None
    channels: list[str] = field(default_factory=list)


class _Hierarchy:
    """The joints of a file, end sites left out but remembered as tips of their joint."""

    def __init__(self, text: str, file: str) -> None:
        self.file = file
        self.joints: list[_Joint] = []
        self._words = list(_WORD.finditer(text))
        self._text = text
        self._at = 0
        self._stack: list[int] = []
        self._read()

    @property
    def line(self) -> int:
        """Line number of the word that is read."""
        at = min(self._at, len(self._words) - 1)
        return self._text.count("\n", 0, self._words[at].start()) + 1 if self._words else 1

    def _next(self) -> str:
        if self._at >= len(self._words):
            raise _broken(self.file, self.line, "中途结束", "it ends too early")
        word = self._words[self._at].group()
        self._at += 1
        return word

    def _expect(self, word: str) -> None:
        found = self._next()
        if found.upper() != word:
            raise _broken(
                self.file, self.line, f"应为 {word}，却是 {found[:40]}",
                f"expected {word}, found {found[:40]}",
            )  # fmt: skip

    def _number(self) -> float:
        word = self._next()
        try:
            value = float(word)
        except ValueError:
            value = np.nan
        if not abs(value) < 1e7:
            raise _broken(
                self.file, self.line, f"“{word[:40]}”不是数", f"'{word[:40]}' is no number"
            )
        return value

    def _read(self) -> None:
        self._expect("HIERARCHY")
        while self._at < len(self._words):
            word = self._next()
            kind = word.upper()
            if kind in ("ROOT", "JOINT"):
                self._joint(kind)
            elif kind == "END":
                self._skip_end()
            elif kind == "OFFSET":
                self._owner().offset = (self._number(), self._number(), self._number())
            elif kind == "CHANNELS":
                self._channels()
            elif kind == "}":
                self._owner()
                self._stack.pop()
            else:
                raise _broken(
                    self.file, self.line, f"不认识“{word[:40]}”", f"unknown '{word[:40]}'"
                )
        if self._stack or not self.joints:
            raise _broken(self.file, self.line, "括号没有配对", "braces do not match")

    def _owner(self) -> _Joint:
        if not self._stack:
            raise _broken(self.file, self.line, "括号没有配对", "braces do not match")
        return self.joints[self._stack[-1]]

    def _joint(self, kind: str) -> None:
        if (kind == "ROOT") != (not self._stack):
            raise _broken(self.file, self.line, f"{kind} 的位置不对", f"{kind} out of place")
        if len(self.joints) >= MAX_MOTION_JOINTS:
            raise _refuse(
                "bvh-joints",
                f"关节超过 {MAX_MOTION_JOINTS} 个，请只导出身体骨架。",
                f"more than {MAX_MOTION_JOINTS} joints; export the body's skeleton only.",
                self.file,
                self.line,
            )
        words: list[str] = []
        while (word := self._next()) != "{":  # names may hold blanks
            if word == "}" or len(words) > 16:
                raise _broken(self.file, self.line, "缺少 {", "a { is missing")
            words.append(word)
        name = " ".join(words) or f"joint{len(self.joints)}"
        if any(self.joints[i].name == name for i in self._stack):
            raise _refuse(
                "bvh-loop",
                f"关节“{name[:40]}”是它自己的上级，骨架成了环；请重新导出。",
                f"joint '{name[:40]}' hangs on itself, a loop; export it again.",
                self.file,
                self.line,
            )
        if len(self._stack) >= MAX_MOTION_DEPTH:
            raise _broken(self.file, self.line, "层级太深", "it is nested too deep")
        self.joints.append(_Joint(name, self._stack[-1] if self._stack else -1))
        self._stack.append(len(self.joints) - 1)

    def _skip_end(self) -> None:
        self._expect("SITE")
        self._expect("{")
        self._expect("OFFSET")
        tip = (self._number(), self._number(), self._number())
        self._expect("}")
        owner = self._stack[-1] if self._stack else -1
        self._owner()
        self.joints.append(_Joint(f"{self.joints[owner].name}_End", owner, tip))

    def _channels(self) -> None:
        owner, count = self._owner(), self._number()
        if count not in range(7):
            raise _broken(self.file, self.line, "通道数不对", "a wrong number of channels")
        for _ in range(int(count)):
            word = self._next()
            low = word.lower()
            if low[:1] not in "xyz" or low[1:] not in ("position", "rotation"):
                raise _broken(
                    self.file, self.line, f"不认识通道“{word[:40]}”",
                    f"unknown channel '{word[:40]}'",
                )  # fmt: skip
            owner.channels.append(low[0].upper() + low[1:])


def _decode(data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")


def _numbers(block: bytes, file: str) -> Array:
    """Return all numbers of the motion block, flat."""
    try:
        return parse_numbers(block)
    except ValueError as error:
        raise _refuse(
            "bvh-number",
            "动作数据里有不是数字的内容（小数点须为“.”），请重新导出。",
            "the motion data holds something that is no number (the decimal sign must be a "
            "point); export it again.",
            file,
        ) from error


def _table(data: bytes, at: int, width: int, file: str) -> tuple[Array, float, list[str]]:
    """Return the motion (frames, width), the frame time and notes."""
    head = _HEAD.match(data, at)
    if head is None:
        raise _refuse(
            "bvh-motion",
            "MOTION 部分缺少 Frames 或 Frame Time，请重新导出。",
            "the MOTION part lacks Frames or Frame Time; export it again.",
            file,
        )
    declared = int(head.group(1))
    try:
        seconds = float(head.group(2))
    except ValueError:
        seconds = np.nan
    if not 1e-4 <= seconds <= 10.0:
        raise _refuse(
            "bvh-frame-time",
            f"Frame Time 是 {seconds:g}，应在 0.0001 到 10 秒之间。",
            f"the frame time is {seconds:g}; it should be 0.0001 to 10 seconds.",
            file,
        )
    if declared * width > MAX_MOTION_VALUES:
        raise _too_long(file)
    flat = _numbers(data[head.end() :], file)
    if len(flat) > MAX_MOTION_VALUES:
        raise _too_long(file)
    rows, left = divmod(len(flat), width)
    if left or not rows:
        raise _refuse(
            "bvh-truncated",
            f"动作数据有 {len(flat)} 个数，不是每帧 {width} 个的整数倍；文件不完整。",
            f"the motion holds {len(flat)} numbers, no multiple of {width} a frame; the file "
            "is not complete.",
            file,
        )
    notes = []
    if rows != declared:
        notes.append(f"the file declares {declared} frames and holds {rows}")
    return flat.reshape(rows, width), seconds, notes


def _too_long(file: str) -> InputRefused:
    return _refuse(
        "motion-too-long",
        f"动作超过 {MAX_MOTION_VALUES // 1_000_000} 百万个数，请分段导出。",
        f"the motion has more than {MAX_MOTION_VALUES // 1_000_000} million numbers; export "
        "it in parts.",
        file,
    )


def _check_values(table: Array, owners: list[str], file: str) -> None:
    bad = ~(np.abs(table) < 1e7)
    if bad.any():
        frame, column = np.argwhere(bad)[0]
        raise _refuse(
            "bvh-nan",
            f"第 {frame + 1} 帧、关节“{owners[column][:40]}”的数不是有限值，请重新导出。",
            f"frame {frame + 1}, joint '{owners[column][:40]}' holds a number that is not "
            "finite; export it again.",
            file,
        )


def _euler(half: Array, columns: NDArray[np.intp], axes: tuple[int, ...]) -> Array:
    """Return (frames, k, 4) quaternions of ``k`` joints that share an order of axes.

    Parameters
    ----------
    half
        (frames, all columns) half angles, radians.
    columns
        (k, len(axes)) columns of each joint, in the order in which they are written.
    """
    out = np.zeros((len(half), len(columns), 4))
    angle = half[:, columns[:, 0]]
    out[..., 3] = np.cos(angle)
    out[..., axes[0]] = np.sin(angle)
    for place, axis in enumerate(axes[1:], start=1):
        angle = half[:, columns[:, place]]
        c, s = np.cos(angle), np.sin(angle)
        # q · (s on one axis, c): two plane rotations, (axis, w) and the other two axes.
        a, b = (axis + 1) % 3, (axis + 2) % 3
        w, x, y, z = out[..., 3], out[..., axis], out[..., a], out[..., b]
        new_w, new_x = w * c - x * s, x * c + w * s
        out[..., a], out[..., b] = y * c + z * s, z * c - y * s
        out[..., 3], out[..., axis] = new_w, new_x
    return out


def _rotations(joints: list[_Joint], starts: list[int], table: Array) -> Array:
    """Return (frames, joints, 4) local rotations: the written order, leftmost first."""
    out = np.zeros((len(table), len(joints), 4))
    out[..., 3] = 1.0
    half = np.radians(table) * 0.5
    plan = []
    for j, joint in enumerate(joints):
        turning = [i for i, c in enumerate(joint.channels) if c.endswith("rotation")]
        if turning:
            axes = tuple(_AXES[joint.channels[i][0]] for i in turning)
            plan.append((axes, j, [starts[j] + i for i in turning]))
    plan.sort(key=lambda item: (item[0], item[1]))
    for axes, group in groupby(plan, key=lambda item: item[0]):
        members = list(group)
        columns = np.array([m[2] for m in members])
        out[:, [m[1] for m in members]] = _euler(half, columns, axes)
    return out


def _moves(joints: list[_Joint], starts: list[int], table: Array) -> dict[int, Array]:
    """Return the places of joints with position channels.

    Those of a root are places. Those of other joints are places too in most programs, but
    some add them to the offset: what lies nearer to the offset decides.
    """
    out = {}
    for j, joint in enumerate(joints):
        moving = [i for i, c in enumerate(joint.channels) if c.endswith("position")]
        if not moving:
            continue
        offset = np.array(joint.offset or (0.0, 0.0, 0.0))
        place = np.tile(offset if joint.parent >= 0 else np.zeros(3), (len(table), 1))
        for i in moving:
            place[:, _AXES[joint.channels[i][0]]] = table[:, starts[j] + i]
        if joint.parent >= 0:
            middle = np.median(place, axis=0)
            if np.linalg.norm(middle - offset) > np.linalg.norm(middle):
                place = place + offset
            if np.abs(place - offset).max() < 1e-4 * max(float(np.abs(offset).max()), 1e-6):
                continue
        out[j] = place
    return out


def parse_bvh(data: bytes, file: str = "") -> ArmatureMotion:
    """Return the skeleton and the motion of a BVH file.

    Parameters
    ----------
    data
        The file: UTF-8, GBK or Latin-1 names; tabs or blanks; any line ends.
    file
        Its name for messages.

    Raises
    ------
    InputRefused
        ``bvh-hierarchy``, ``bvh-loop``, ``bvh-joints``, ``bvh-motion``, ``bvh-frame-time``,
        ``bvh-number``, ``bvh-nan``, ``bvh-truncated``, ``motion-too-long``.
    """
    start = _MOTION.search(data)
    if len(data) > MAX_MOTION_BYTES:
        raise _too_long(file)
    if start is None or start.start() > _MAX_HEAD:
        raise _refuse(
            "bvh-motion",
            "文件里没有 MOTION 部分，不是 BVH 动作或不完整。",
            "the file has no MOTION part; it is no BVH motion or not complete.",
            file,
        )
    text = _decode(data[: start.start()]).replace("\r", "\n")
    joints = _Hierarchy(text, file).joints
    starts: list[int] = []
    owners: list[str] = []
    for joint in joints:
        starts.append(len(owners))
        owners += [joint.name] * len(joint.channels)
    if not owners:
        raise _broken(file, 1, "没有通道", "it has no channels")
    table, seconds, notes = _table(data, start.start(), len(owners), file)
    _check_values(table, owners, file)
    turns = np.zeros((len(joints), 4))
    turns[:, 3] = 1.0
    armature = Armature(
        tuple(joint.name for joint in joints),
        np.array([joint.parent for joint in joints], np.int32),
        np.array([joint.offset or (0.0, 0.0, 0.0) for joint in joints]),
        turns,
    )
    return ArmatureMotion(
        armature,
        rate_of_seconds(seconds),
        _rotations(joints, starts, table),
        _moves(joints, starts, table),
        notes=tuple(notes),
    )
