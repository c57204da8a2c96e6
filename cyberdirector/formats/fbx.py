"""FBX in: joints and their motion, parsed by ``ufbx`` in a process of its own.

The process has bounds on memory and time and may open no file (see ``_fbx_child``); what
comes back is checked like any other foreign input.
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile

import numpy as np

from cyberdirector.core.errors import AdapterUnavailable, InputRefused, Location
from cyberdirector.core.rotations import quat_normalize
from cyberdirector.core.time import Rate
from cyberdirector.formats.armature import (
    MAX_MOTION_BYTES,
    MAX_MOTION_JOINTS,
    MAX_MOTION_VALUES,
    Armature,
    ArmatureMotion,
    rate_of_seconds,
)

_SECONDS = 90.0
"""Time that one file may take; a dance of three minutes takes about five seconds."""

_CHILD = "from cyberdirector.formats._fbx_child import main; main()"

_REASONS = {
    "joints": (
        "motion-joints",
        f"FBX 的节点超过 {MAX_MOTION_JOINTS} 个，请只导出角色。",
        f"the FBX has more than {MAX_MOTION_JOINTS} nodes; export the character only.",
    ),
    "none": (
        "motion-none",
        "FBX 里没有骨骼动画，请连同动画一起导出。",
        "the FBX holds no animation of joints; export it with the animation.",
    ),
    "long": (
        "motion-too-long",
        "FBX 的动作太长，请分段导出。",
        "the motion of the FBX is too long; export it in parts.",
    ),
}


def _run(data: bytes, file: str) -> bytes:
    arguments = [sys.executable, "-I", "-c", _CHILD, str(MAX_MOTION_JOINTS)]
    try:
        done = subprocess.run(
            [*arguments, str(MAX_MOTION_VALUES)],
            input=data,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
            env={"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        )
    except subprocess.TimeoutExpired as error:
        raise _broken(file, "解析超时", "parsing took too long") from error
    if done.returncode == 0:
        return done.stdout
    told = done.stderr.decode("utf-8", "replace").strip().splitlines()
    last = told[-1] if told else ""
    if last.startswith("refused:") and last[8:] in _REASONS:
        code, zh, en = _REASONS[last[8:]]
        raise InputRefused(code, zh, en, Location(file=file))
    if "No module named 'ufbx'" in last:
        raise AdapterUnavailable(
            "fbx-missing",
            "读取 FBX 需要 ufbx，请安装：pip install ufbx。",
            "reading FBX needs ufbx; install it: pip install ufbx.",
        )
    reason = last[7:100] if last.startswith("failed:") else f"exit {done.returncode}"
    raise _broken(file, reason, reason)


def _broken(file: str, zh: str, en: str) -> InputRefused:
    return InputRefused(
        "fbx-unreadable",
        f"FBX 读不了（{zh}）；请重新导出为 FBX 7.4 二进制，或改用 GLB、BVH。",
        f"the FBX cannot be read ({en}); export it again as FBX 7.4 binary, or as GLB or BVH.",
        Location(file=file),
    )


def _motion(arrays: dict[str, np.ndarray], file: str) -> ArmatureMotion:
    names = json.loads(arrays["names"].tobytes().decode())
    parents = arrays["parents"].astype(np.int32)
    rest, motion = arrays["rest"], arrays["motion"]
    if not (np.isfinite(rest).all() and np.isfinite(motion).all()):
        raise _broken(file, "含有非有限数", "numbers that are not finite")
    scales = np.ones(len(names))
    for j, parent in enumerate(parents):
        if parent >= 0:  # a place counts in the scale of everything above it
            scales[j] = scales[parent] * float(np.cbrt(abs(np.prod(rest[parent, 7:]))))
    offsets = rest[:, :3] * scales[:, None]
    places = motion[..., :3] * scales[None, :, None]
    size = max(float(np.abs(offsets).max()), 1e-9)
    moves = {
        j: places[:, j]
        for j in range(len(names))
        if float(np.abs(places[:, j] - offsets[j]).max()) > 1e-5 * size
    }
    fps = float(arrays["fps"])
    rate = rate_of_seconds(1.0 / fps) if 1.0 <= fps <= 1000.0 else Rate(30)
    return ArmatureMotion(
        Armature(tuple(names), parents, offsets, quat_normalize(rest[:, 3:7])),
        rate,
        quat_normalize(motion[..., 3:]),
        moves,
        float(arrays["metres"]) or None,
        int(arrays["up"]) // 2 if 0 <= int(arrays["up"]) < 6 else None,
    )


def parse_fbx(data: bytes, file: str = "") -> ArmatureMotion:
    """Return the longest animation of an FBX file as joints in motion.

    Raises
    ------
    InputRefused
        ``fbx-unreadable``, ``motion-none``, ``motion-joints``, ``motion-too-long``.
    AdapterUnavailable
        ``fbx-missing`` without the library.
    """
    if len(data) > MAX_MOTION_BYTES:
        raise _broken(file, f"超过 {MAX_MOTION_BYTES >> 20} MiB", "too large")
    found = _run(data, file)
    try:
        with np.load(io.BytesIO(found), allow_pickle=False) as arrays:
            return _motion(dict(arrays), file)
    except (ValueError, KeyError, zipfile.BadZipFile) as error:
        raise _broken(file, "内容不完整", "incomplete content") from error
