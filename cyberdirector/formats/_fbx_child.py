"""The process that opens FBX files: reads one from standard input, writes arrays, and ends.

Parsing foreign binary files in native code is kept out of the program: this process may
open no file, start no process, and has bounds on memory and time.
"""

from __future__ import annotations

import io
import json
import sys
from typing import Any

import numpy as np

MEMORY = 3 << 30
"""Bytes of address space; the largest characters need about 1 GB."""

CPU_SECONDS = 60

_EPSILON = 1e-6


def _jail() -> None:
    """Give up what reading bytes does not need (where the system can)."""
    try:
        import resource
    except ImportError:  # Windows: the time limit of the parent is what is left
        return
    limits = {
        "RLIMIT_AS": MEMORY,
        "RLIMIT_CPU": CPU_SECONDS,
        "RLIMIT_FSIZE": 0,
        "RLIMIT_NOFILE": 0,
        "RLIMIT_NPROC": 0,
        "RLIMIT_CORE": 0,
    }
    for name, value in limits.items():
        if hasattr(resource, name):
            resource.setrlimit(getattr(resource, name), (value, value))


def _stack(ufbx: Any, scene: Any) -> tuple[Any, float, float]:
    """Return the animation with the longest span of keys, its begin and end in seconds."""
    best: tuple[Any, float, float] = (None, 0.0, 0.0)
    for stack in scene.anim_stacks:
        begin, end = float(stack.time_begin), float(stack.time_end)
        if end - begin < _EPSILON:
            baked = ufbx.bake_anim(scene, stack.anim)
            begin, end = float(baked.key_time_min), float(baked.key_time_max)
        if best[0] is None or end - begin > best[2] - best[1]:
            best = (stack, begin, end)
    return best


def _nodes(scene: Any, limit: int) -> tuple[list[Any], list[int]]:
    """Return nodes, parents first, and the place of each one's parent (-1: the root)."""
    nodes = [n for n in scene.nodes if not n.is_root]
    if len(nodes) > limit:
        raise ValueError("joints")
    nodes.sort(key=lambda n: (int(n.node_depth), int(n.typed_id)))
    table = {int(n.typed_id): i for i, n in enumerate(nodes)}
    parents = [
        -1 if int(n.node_depth) <= 1 else table.get(int(n.parent.typed_id), -1) for n in nodes
    ]
    return nodes, parents


def read(data: bytes, joints: int, values: int) -> dict[str, Any]:
    """Return names, parents, rest and local motion of the nodes of an FBX."""
    import ufbx

    scene = ufbx.load_memory(
        data, load_external_files=False, ignore_geometry=True, ignore_embedded=True
    )
    nodes, parents = _nodes(scene, joints)
    stack, begin, end = _stack(ufbx, scene)
    if stack is None or not nodes:
        raise ValueError("none")
    fps = float(scene.settings.frames_per_second) or 30.0
    frames = round((end - begin) * fps) + 1
    if frames * len(nodes) * 7 > values:
        raise ValueError("long")
    rest = np.zeros((len(nodes), 10))
    for j, node in enumerate(nodes):
        t = node.local_transform
        rest[j] = (*t.translation, *t.rotation, *t.scale)
    motion = np.zeros((frames, len(nodes), 7))
    for f in range(frames):
        time = begin + f / fps
        for j, node in enumerate(nodes):
            t = ufbx.evaluate_transform(stack.anim, node, time)
            motion[f, j] = (*t.translation, *t.rotation)
    return {
        "names": np.frombuffer(json.dumps([str(n.name) for n in nodes]).encode(), np.uint8),
        "parents": np.array(parents, np.int32),
        "rest": rest,
        "motion": motion,
        "fps": np.float64(fps),
        "metres": np.float64(scene.settings.unit_meters),
        "up": np.int32(int(scene.settings.axes.up)),
    }


def main() -> None:
    """Read an FBX from standard input and write an ``.npz`` to standard output."""
    joints, values = int(sys.argv[1]), int(sys.argv[2])
    data = sys.stdin.buffer.read()
    import ufbx  # noqa: F401

    np.savez(io.BytesIO(), empty=np.zeros(1))  # libraries are opened before files are given up
    _jail()
    try:
        out = io.BytesIO()
        np.savez(out, **read(data, joints, values))
        sys.stdout.buffer.write(out.getvalue())
    except ValueError as error:
        sys.stderr.write(f"refused:{error}")
        sys.exit(3)
    except Exception as error:
        sys.stderr.write(f"failed:{type(error).__name__}: {error}")
        sys.exit(4)


if __name__ == "__main__":
    main()
