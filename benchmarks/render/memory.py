"""Memory of a drawing process, measured in processes of their own."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from content import stand_at_marks, two_shot
from measure import peak_mb, resident_mb

from cyberdirector.core.model import Character
from cyberdirector.core.scene import Set
from cyberdirector.formats import read_set, read_vrm, write_set, write_vrm
from cyberdirector.render import FrameState, RenderScene
from cyberdirector.render.painter import Painter

PORTRAIT = (1080, 1920)
_SETTLED = 150
"""Frames after which caches and the driver's memory have their size."""


def store(people: dict[str, Character], places: dict[str, Set], folder: Path) -> None:
    """Write what the processes read, as a project does for its workers."""
    for name, character in people.items():
        write_vrm(folder / f"{name}.vrm", character)
    for name, place in places.items():
        write_set(folder / f"{name}.glb", place)


def _content(folder: Path, name: str) -> tuple[dict[str, Character], Set]:
    people = {path.stem: read_vrm(path) for path in sorted(folder.glob("*.vrm"))}
    return people, read_set(folder / f"{name}.glb")


def peak(folder: Path) -> None:
    """Draw 1080 × 1920, two characters and the large set, at rest and moving; print MB."""
    people, place = _content(folder, "large")
    camera, night = two_shot(place), place.lights["night"]
    poses = stand_at_marks(people, place)
    with Painter(RenderScene(place, people), PORTRAIT, "cpu") as painter:
        for i in range(12):
            x, y, z = camera.eye
            view = camera if i < 6 else replace(camera, eye=(x + 0.01 * i, y, z))
            painter.draw_rgb(FrameState(view, night, poses[i % 8], i / 24, 1))
    print("MB", peak_mb())


def leak(folder: Path, frames: int) -> None:
    """Draw many frames, cameras and lights; print by how many MB the process grew."""
    people, place = _content(folder, "shipped")
    camera = two_shot(place)
    lights = list(place.lights.values())
    poses = stand_at_marks(people, place)
    with Painter(RenderScene(place, people), (480, 270), "cpu") as painter:
        start = 0.0
        for i in range(frames + _SETTLED):
            if i == _SETTLED:
                start = resident_mb()
            x, y, z = camera.eye
            view = camera if i // 20 % 2 else replace(camera, eye=(x + 0.002 * (i % 50), y, z))
            light = lights[i // 15 % len(lights)]
            painter.draw_rgb(FrameState(view, light, poses[i % 8], i / 24, 1))
        print("MB", resident_mb() - start)


def measured(*words: str) -> float:
    """Return the MB that this benchmark prints when called with ``words``."""
    done = subprocess.run(
        [sys.executable, str(Path(__file__).parent), *words],
        capture_output=True,
        text=True,
        check=False,
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("MB")]
    if done.returncode or not lines:
        raise SystemExit(f"{' '.join(words)} failed: {done.stderr[-2000:]}")
    return float(lines[0].split()[1])
