"""Bars of the rasterizer, one line each (name, figure, bar); exit 1 when one is missed.

``QUICK=1`` measures what matters most within 50 s. Processor time (all threads) is the
measure: other work on the host moves wall times. All ratios come from one run. The software
driver draws in one thread, as in the processes that draw an episode side by side; with
``LP_NUM_THREADS=2`` it draws in two, which takes less time and more of both processors.
"""

from __future__ import annotations

import os
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("LP_NUM_THREADS", "0")

import memory
from content import (
    anny_class,
    cast,
    count,
    full_length,
    large_set,
    move,
    shipped_set,
    stand_at_marks,
    two_shot,
)
from features import full_detail, print_passes, print_table
from measure import QUICK, Cost, bar, cost, missed, title
from peers import Peers

from cyberdirector.core.model import Character
from cyberdirector.core.scene import Set
from cyberdirector.render import PROFILES, FigureState, FrameState, RenderScene
from cyberdirector.render.device import Device
from cyberdirector.render.painter import Painter
from cyberdirector.render.remarks import STUDIO

SIZE, PORTRAIT, HD = (1280, 720), (720, 1280), (1080, 1920)
NO_AA = replace(PROFILES["cpu"], name="no-aa", samples=0)


_shown: dict[str, int] = {}


def draw_body(
    body: Character, states: list[FigureState], device: Device, samples: int, frames: int
) -> Cost:
    """Return the cost of one character before the sky, full length, all moving."""
    profile = PROFILES["cpu"] if samples else NO_AA
    camera = full_length(body)
    with Painter(RenderScene(None, {"a": body}), SIZE, profile, device) as painter:
        found = cost(
            frames,
            lambda i: painter.draw(
                FrameState(camera, STUDIO, {"a": states[i % len(states)]}, i / 24, 1)
            ),
        )
        level = painter.renderer.figures["a"].level
        _shown["triangles"] = len(level.shape.indices) // 3
    return found


def bench_body(body: Character, states: list[FigureState], device: Device) -> None:
    """The Anny-class character, and the peers on the same posed vertices."""
    title(
        f"one character: {count(body.parts)} triangles, {len(body.nodes)} joints, 15 of 52 "
        f"shapes, {SIZE[0]}x{SIZE[1]}"
    )
    frames = 12 if QUICK else 60
    peers = Peers(body, states[:8], SIZE)
    ours: dict[int, list[Cost]] = {0: [], 4: []}
    theirs: list[Cost] = []
    told = ""
    try:
        for _ in range(1 if QUICK else 3):  # in turns: a busy host slows everyone
            for samples in ours:
                ours[samples].append(draw_body(body, states, device, samples, frames))
            plain = peers.pyrender(6 if QUICK else 20, shadows=False)
            if isinstance(plain, Cost):
                theirs.append(plain)
            else:
                told = plain
        shadows: Cost | str = "not measured (QUICK)"
        blender: Cost | str = "not measured (QUICK)"
        if not QUICK:
            shadows, blender = peers.pyrender(12, shadows=True), peers.blender(4)
    finally:
        peers.close()
    best = {samples: min(costs, key=lambda c: c.cpu) for samples, costs in ours.items()}
    print(f"     ours, no AA                {best[0]}")
    print(f"     ours, MSAA 4               {best[4]}")
    print(f"       level of detail at this distance: {_shown['triangles']} triangles")
    if not QUICK:
        with full_detail():
            for samples in ours:
                all_of_it = draw_body(body, states, device, samples, frames)
                print(f"     ours, all triangles, {samples} AA  {all_of_it}")
    peer = min(theirs, key=lambda c: c.cpu) if theirs else None
    print(f"     pyrender, 4 samples        {peer or told}")
    print(f"     pyrender, one shadow map   {shadows}")
    print(f"     Blender Workbench          {blender}")
    bar("one character, no AA", best[0].cpu, 20.0, " CPU-ms")
    bar("one character, MSAA 4", best[4].cpu, 50.0, " CPU-ms")
    if peer is not None:
        bar("pyrender / ours, no AA", peer.cpu / best[0].cpu, 4.0, "x", least=True)
        bar("pyrender / ours, MSAA 4", peer.cpu / best[4].cpu, 2.0, "x", least=True)
    else:
        bar("pyrender measured", 0.0, 1.0, least=True)
    if isinstance(blender, Cost):
        bar(
            "Blender Workbench / ours, MSAA 4", blender.cpu / best[4].cpu, 30.0, "x", least=True
        )


def bench_scene(
    people: dict[str, Character], place: Set, size: tuple[int, int], device: Device, name: str
) -> Cost:
    """Return the cost of two characters and a set, plates on, camera at rest."""
    camera, night = two_shot(place), place.lights["night"]
    poses = stand_at_marks(people, place)
    with Painter(RenderScene(place, people), size, PROFILES["cpu"], device) as painter:
        found = cost(
            8 if QUICK else 40,
            lambda i: painter.draw_rgb(FrameState(camera, night, poses[i % 8], i / 24, 1)),
        )
        print(f"     {name:27}{found}")
        if not QUICK:
            x, y, z = camera.eye
            views = [replace(camera, eye=(x + 0.002 * i, y, z)) for i in range(20)]
            moving = cost(
                16,
                lambda i: painter.draw_rgb(
                    FrameState(views[i], night, poses[i % 8], i / 24, 1)
                ),
            )
            print(f"       camera moving            {moving}")
    return found


def bench_scenes(device: Device, people: dict[str, Character], large: Set) -> None:
    """Two shipped characters and a set."""
    place = shipped_set()
    title(
        f"two characters ({sum(count(c.parts) for c in people.values())} triangles) and a set "
        f"({count(large.parts)} triangles), MSAA 4, plates"
    )
    wide = bench_scene(people, large, SIZE, device, "1280x720")
    tall = bench_scene(people, large, HD, device, "1080x1920")
    print(f"     the teahouse as it ships ({count(place.parts)} triangles):")
    shipped = bench_scene(people, place, PORTRAIT, device, "720x1280")
    bar("two characters and a set, 1280x720", wide.cpu, 70.0, " CPU-ms")
    bar("two characters and a set, 1080x1920", tall.cpu, 130.0, " CPU-ms")
    bar("two characters and a set, 720x1280, wall", shipped.wall, 90.0, " ms")


def bench_memory(people: dict[str, Character], large: Set) -> None:
    """Peak memory, and growth over many frames, of processes that read files and draw."""
    title("memory, each in a process of its own")
    with tempfile.TemporaryDirectory(prefix="bench-memory-") as folder:
        places = {"large": large} if QUICK else {"large": large, "shipped": shipped_set()}
        memory.store(people, places, Path(folder))
        bar("peak at 1080x1920", memory.measured("peak", folder), 600.0, " MB")
        if not QUICK:
            bar("growth over 500 frames", memory.measured("leak", folder, "500"), 5.0, " MB")


def main(words: list[str]) -> int:
    """Run all bars, or one measurement of a child process."""
    if words[:1] == ["peak"]:
        memory.peak(Path(words[1]))
        return 0
    if words[:1] == ["leak"]:
        memory.leak(Path(words[1]), int(words[2]))
        return 0
    body = anny_class()
    states = move(body, 30)
    people, large = cast(), large_set()
    device = Device()
    print(f"driver                          {device.renderer}")
    try:
        bench_body(body, states, device)
        bench_scenes(device, people, large)
    finally:
        device.close()
    bench_memory(people, large)
    if not QUICK:
        title("what each feature costs")
        print_table(body, states, large)
    title("where the time goes")
    print_passes(body, states, large)
    if missed():
        print("\nmissed:", "; ".join(missed()))
    return 1 if missed() else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
