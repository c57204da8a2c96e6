"""Markers: joints that a person sets by hand, in the units and axes of the mesh's file."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.errors import InputRefused, Location
from cyberdirector.core.limits import MAX_COORDINATE
from cyberdirector.core.skeleton import BONE_INDEX

_MOST_BYTES = 1 << 20


def read_markers(path: Path) -> dict[str, NDArray[np.float64]]:
    """Return bone → place (3,) of a JSON object such as ``{"leftHand": [0.6, 1.1, 0.0]}``.

    Raises
    ------
    InputRefused
        ``rig-markers-file`` with what is wrong.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise _refuse(path, "文件太大", "it is larger than 1 MiB")
        data = json.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        why = error.strerror or "unreadable"
        raise _refuse(path, why, why) from error
    except (ValueError, RecursionError) as error:
        raise _refuse(path, "不是 JSON", "it is no JSON") from error
    if not isinstance(data, dict):
        raise _refuse(path, "应为对象", "an object is expected")
    out = {}
    for name, place in data.items():
        if name not in BONE_INDEX:
            raise _refuse(path, f"没有骨骼“{name[:40]}”", f"there is no bone '{name[:40]}'")
        good = isinstance(place, list) and len(place) == 3
        good = good and all(type(v) in (int, float) and abs(v) < MAX_COORDINATE for v in place)
        if not good:
            raise _refuse(
                path, f"“{name}”应为三个有限的数", f"'{name}' must be three finite numbers"
            )
        out[name] = np.array(place, np.float64)
    return out


def _refuse(path: Path, zh: str, en: str) -> InputRefused:
    return InputRefused(
        "rig-markers-file",
        f"标记文件不能用（{zh}）；格式：{{“leftHand”: [x, y, z], …}}。",
        f'The marker file cannot be used: {en}; write {{"leftHand": [x, y, z], …}}.',
        Location(str(path)),
    )
