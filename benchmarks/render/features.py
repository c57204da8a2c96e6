"""What each feature costs, and which pass takes how much of a frame."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace

import numpy as np
from content import full_length
from measure import QUICK, cost

from cyberdirector.core.model import Character
from cyberdirector.core.scene import Camera, LightRig, PointLight, Set
from cyberdirector.render import PROFILES, FigureState, FrameState, Profile, RenderScene, figure
from cyberdirector.render.device import Device
from cyberdirector.render.painter import Painter
from cyberdirector.render.remarks import STUDIO

SIZE = (1280, 720)

Draw = Callable[[int], object]


@dataclass(frozen=True)
class Variant:
    """A way of drawing the body: what differs from the one before it in the table."""

    name: str
    character: Character
    profile: Profile
    light: LightRig = STUDIO
    place: Set | None = None
    moving: bool = False
    twice: bool = False
    still_face: bool = False
    style: str = "cel"
    levels: bool = True


def _without(character: Character, what: str) -> Character:
    """Return the character without outlines or textures."""
    if what == "outline":
        plain = [replace(m, outline_mode="none") for m in character.materials]
    else:
        plain = [replace(m, base_texture=None, shade_texture=None) for m in character.materials]
    return replace(character, materials=plain)


def _lamps(count: int) -> LightRig:
    points = tuple(
        PointLight((np.cos(k) * 1.5, 1.5, np.sin(k) * 1.5), (0.5, 0.4, 0.3), 3.0)
        for k in range(count)
    )
    return replace(STUDIO, points=points)


def variants(body: Character, place: Set) -> list[Variant]:
    """Return all rows of the table; the first is what the others are compared with."""
    cpu, draft = PROFILES["cpu"], PROFILES["draft"]
    rows = [
        Variant("toon, outline, shadow, MSAA 4", body, cpu),
        Variant("no AA", body, replace(cpu, name="no-aa", samples=0)),
        Variant("draft profile", body, draft),
        Variant("final profile (2x supersampling)", body, PROFILES["final"]),
        Variant("no outline", _without(body, "outline"), cpu),
        Variant("no textures", _without(body, "texture"), cpu),
        Variant("no shapes", body, cpu, still_face=True),
        Variant("a second character", body, cpu, twice=True),
        Variant("8 lamps", body, cpu, _lamps(8)),
        Variant("glow", body, cpu, replace(STUDIO, bloom=0.6)),
        Variant("rain", body, cpu, replace(STUDIO, weather="rain")),
        Variant("half floats (HDR)", body, replace(cpu, name="hdr", hdr=True)),
        Variant("full detail (no coarser levels)", body, cpu, levels=False),
        Variant("light shafts", body, cpu, replace(STUDIO, shafts=0.6)),
        Variant("colour table", body, cpu, replace(STUDIO, lut="memory")),
        Variant("style guoman (occlusion, lens, GGX)", body, cpu, style="guoman"),
        Variant("style ink", body, cpu, style="ink"),
        Variant("style comic", body, cpu, style="comic"),
        Variant("set of 180k triangles, plate", body, cpu, place=place),
        Variant("set of 180k triangles, camera moves", body, cpu, place=place, moving=True),
    ]
    return rows


@contextmanager
def full_detail() -> Iterator[None]:
    """Draw figures with all their triangles, however small they are."""
    choose = figure.level_for
    figure.level_for = lambda density: 0
    try:
        yield
    finally:
        figure.level_for = choose


@contextmanager
def drawing(variant: Variant, states: list[FigureState], device: Device) -> Iterator[Draw]:
    """Open a variant; the value draws a frame by its number."""
    people = {"a": variant.character}
    if variant.twice:
        people["b"] = replace(variant.character)
    camera = full_length(variant.character)
    scene = RenderScene(variant.place, people)
    with ExitStack() as stack:
        if not variant.levels:
            stack.enter_context(full_detail())
        painter = stack.enter_context(
            Painter(scene, SIZE, variant.profile, device, variant.style)
        )

        def draw(i: int) -> object:
            state = states[i % len(states)]
            if variant.still_face:
                state = replace(state, weights=np.zeros_like(state.weights))
            figures = {"a": state}
            if variant.twice:
                figures["b"] = _beside(state)
            return painter.draw_rgb(
                FrameState(_moved(camera, i, variant.moving), variant.light, figures, i / 24, 1)
            )

        yield draw


def _moved(camera: Camera, i: int, moving: bool) -> Camera:
    x, y, z = camera.eye
    return replace(camera, eye=(x + 0.002 * i, y, z)) if moving else camera


def _beside(state: FigureState) -> FigureState:
    """Return the state one step to the left and back."""
    palette, head = state.palette.copy(), state.head.copy()
    palette[:, 0, 3] += 0.8
    palette[:, 2, 3] -= 0.3
    head[0, 3] += 0.8
    head[2, 3] -= 0.3
    return replace(state, palette=palette, head=head)


def print_table(body: Character, states: list[FigureState], place: Set) -> None:
    """Print processor time per frame of each variant and its difference to the first.

    Variants take turns, so that a busy host slows all of them.
    """
    rounds, frames = 3, 12
    device = Device()
    rows = variants(body, place)
    cpus: dict[str, list[float]] = {row.name: [] for row in rows}
    with ExitStack() as stack:
        stack.callback(device.close)
        for _ in range(rounds):
            for row in rows:
                with drawing(row, states, device) as draw:
                    measured = cost(frames, draw)
                    cpus[row.name].append(measured.cpu)
    base = float(np.median(cpus[rows[0].name]))
    print(f"     {'feature (one body, 1280x720)':44} CPU-ms  against the first")
    for row in rows:
        value = float(np.median(cpus[row.name]))
        print(f"     {row.name:44} {value:6.1f}  {value - base:+6.1f}")


def print_passes(body: Character, states: list[FigureState], place: Set) -> None:
    """Print which share of the wall time each pass of a frame takes."""
    device = Device()
    row = Variant("passes", body, PROFILES["cpu"], place=place)
    with ExitStack() as stack:
        stack.callback(device.close)
        camera = full_length(body)
        painter = stack.enter_context(
            Painter(RenderScene(place, {"a": body}), SIZE, row.profile, device)
        )
        report = painter.time_passes(
            [
                FrameState(camera, STUDIO, {"a": states[i % len(states)]}, i / 24, 1)
                for i in range(8 if QUICK else 24)
            ]
        )
    total = sum(wall for wall, _ in report.values())
    print(f"     {'pass (one body, set at rest, 1280x720)':44} ms wall  share  CPU-ms")
    for name, (wall, cpu) in sorted(report.items(), key=lambda item: -item[1][0]):
        print(f"     {name:44} {wall:7.2f}  {wall / total:5.0%}  {cpu:6.2f}")
