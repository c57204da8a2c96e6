"""Recipe to VRM: time, memory, and the same bytes in two processes."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from bars import QUICK, bar, measure, note

from cyberdirector.character import recipe_names

RANDOM = range(900_000, 900_100)
"""Seeds of the random characters."""

_CHILD = """
import hashlib, json, resource, sys, time
from pathlib import Path
from cyberdirector.character import compile_character, load_recipe, shipped_recipe
from cyberdirector.design import random_recipe
from cyberdirector.formats import write_vrm
out = {}
for name in json.loads(sys.argv[2]):
    recipe = random_recipe(int(name)) if name.isdigit() else shipped_recipe(name)
    wall, used = time.perf_counter(), time.process_time()
    path = Path(sys.argv[1]) / f"{name}.vrm"
    write_vrm(path, compile_character(recipe))
    out[name] = [time.perf_counter() - wall, time.process_time() - used,
                 hashlib.sha256(path.read_bytes()).hexdigest()]
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"made": out, "peak": peak}))
"""


def make(names: list[str], folder: Path) -> tuple[dict[str, tuple[float, float, str]], float]:
    """Compile shipped recipes (or random ones, by number) in a process of its own.

    Returns (name → wall seconds, processor seconds, SHA-256) and the peak of memory in MB.
    """
    command = [sys.executable, "-c", _CHILD, str(folder), json.dumps(names)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    data = json.loads(done.stdout.splitlines()[-1])
    return {k: (v[0], v[1], v[2]) for k, v in data["made"].items()}, float(data["peak"])


_store = tempfile.TemporaryDirectory()
_known: dict[str, tuple[float, float, str]] = {}
_peaks: list[float] = []


def files(names: list[str]) -> list[Path]:
    """Return the VRM files of characters; each is compiled once in a run."""
    missing = [name for name in names if name not in _known]
    if missing:
        made, peak = make(missing, Path(_store.name))
        _known.update(made)
        _peaks.append(peak)
    return [Path(_store.name) / f"{name}.vrm" for name in names]


@measure("compile")
def compiling() -> None:
    """Measure what recipe to VRM costs."""
    shipped = recipe_names()
    names = [shipped[0], "900000"] if QUICK else [*shipped, *map(str, RANDOM[:10])]
    files(names)
    first, peak = {name: _known[name] for name in names}, max(_peaks)
    with tempfile.TemporaryDirectory() as other:
        second, _ = make(names[:1] if QUICK else names, Path(other))
    slowest = max(first, key=lambda n: first[n][1])
    bar(f"recipe → VRM, processor time, slowest ({slowest})", first[slowest][1], "≤", 4.0, " s")
    note(f"wall time: {max(v[0] for v in first.values()):.2f} s at most")
    bar("recipe → VRM, peak memory of the process", peak, "≤", 600.0, " MB")
    differing = [n for n in second if second[n][2] != first[n][2]]
    bar("files that differ between two processes", len(differing), "≤", 0)
    digest = hashlib.sha256("".join(v[2] for v in first.values()).encode()).hexdigest()
    note(f"{len(first)} characters, {digest[:12]}")
