"""Draw the sheets by which the look is judged, to ``out/sheet/``.

``cel.png``, ``guoman.png``, ``ink.png``: six characters under four lights in each style;
``shots.png``: six shots of the demo; ``close.png``: hair, eyes and faces from near.

usage: python scripts/sheet.py [--size PERCENT] [PAGE …]
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from cyberdirector.backlot import build_set
from cyberdirector.character import compile_character, shipped_recipe
from cyberdirector.core.errors import CyberDirectorError
from cyberdirector.core.model import Character
from cyberdirector.core.scene import Camera, LightRig, Set
from cyberdirector.modelstore import pil_font
from cyberdirector.render import FrameState, RenderScene
from cyberdirector.render.device import Device
from cyberdirector.render.painter import Painter
from cyberdirector.render.still import face_camera, head_height, stand
from cyberdirector.stages.project_reel import ProjectReel
from cyberdirector.stages.reel import ReelTask

CAST = ("lin_wan", "shen_mo", "su_qing", "gu_chen", "sun_po", "a_fu")
LIGHTS = ("day", "dusk", "night", "rain")
STYLES = ("cel", "guoman", "ink")
PLACE = "mountain_gate"
CLOSE = ("lin_wan", "gu_chen")
SHOTS = 6
SMILE = {"mouthSmileLeft": 0.55, "mouthSmileRight": 0.55, "cheekSquintLeft": 0.3,
         "cheekSquintRight": 0.3}  # fmt: skip
TALK = {"jawOpen": 0.35, "mouthFunnel": 0.15, "browInnerUp": 0.4}

Cell = tuple[str, NDArray[np.uint8]]


class Studio:
    """What all pages share: the device, characters and the place."""

    def __init__(self, scale: float) -> None:
        self.scale = scale
        self.device = Device()
        self.place: Set = build_set(PLACE, 0)
        self._cast: dict[str, Character] = {}

    def size(self, width: int, height: int) -> tuple[int, int]:
        """Return a size in pixels, scaled, even."""
        return (
            max(32, round(width * self.scale / 2) * 2),
            max(32, round(height * self.scale / 2) * 2),
        )

    def character(self, name: str) -> Character:
        """Return a shipped character, compiled once."""
        if name not in self._cast:
            self._cast[name] = compile_character(shipped_recipe(name), 0)
        return self._cast[name]


def save(cells: Iterable[Cell], columns: int, path: Path) -> Path:
    """Write cells of one size as a page with their titles."""
    rows = list(cells)
    height, width = rows[0][1].shape[:2]
    band = max(18, height // 22)
    lines = -(-len(rows) // columns)
    page = Image.new("RGB", (columns * width, lines * (height + band)), "white")
    draw, font = ImageDraw.Draw(page), pil_font(max(11, band - 6))
    for i, (title, image) in enumerate(rows):
        x, y = i % columns * width, i // columns * (height + band)
        page.paste(Image.fromarray(image), (x, y))
        draw.text((x + 5, y + height + 1), title, "black", font)
    path.parent.mkdir(parents=True, exist_ok=True)
    page.save(path)
    return path


def _at_mark(camera: Camera, place: Set, mark: str, yaw: float) -> Camera:
    """Return a camera made for someone at the origin, brought to a mark of the set."""
    x, y, z = place.marks[mark].position
    c, s = np.cos(yaw), np.sin(yaw)

    def moved(point: tuple[float, float, float]) -> tuple[float, float, float]:
        px, py, pz = point
        return (float(x + c * px + s * pz), float(y + py), float(z - s * px + c * pz))

    return replace(camera, eye=moved(camera.eye), target=moved(camera.target))


def style_page(studio: Studio, style: str) -> list[Cell]:
    """Return the characters, one row for each light, standing in the set."""
    size, place = studio.size(320, 460), studio.place
    mark = place.marks["a"]
    cells: dict[tuple[str, str], Cell] = {}
    with Painter(RenderScene(place, {}), size, "final", studio.device, style) as painter:
        for i, name in enumerate(CAST):
            person = studio.character(name)
            painter.load(RenderScene(place, {"a": person}))
            face = SMILE if i % 3 == 0 else TALK
            figures = {"a": stand(person, mark.position, 0.0, face)}
            camera = face_camera(person, 0.35 - 0.12 * i, 0.56)
            x, y, z = camera.target
            camera = _at_mark(replace(camera, target=(x, y - 0.22, z)), place, "a", 0.0)
            for light in LIGHTS:
                state = FrameState(camera, place.lights[light], figures, 1.0, i)
                title = f"{name} · {light} · {style}"
                cells[light, name] = (title, painter.draw_rgb(state)[0])
    return [cells[light, name] for light in LIGHTS for name in CAST]


def close_page(studio: Studio) -> Iterator[Cell]:
    """Yield faces, eyes and hair from near, by day and at night."""
    size, place = studio.size(480, 480), studio.place
    mark = place.marks["a"]
    for name in CLOSE:
        person = studio.character(name)
        eyes = head_height(person)
        scene = RenderScene(place, {"a": person})
        with Painter(scene, size, "final", studio.device) as painter:
            for title, camera, light, face in _views(person, eyes):
                state = stand(person, mark.position, 0.0, face)
                rig: LightRig = place.lights[light]
                view = _at_mark(camera, place, "a", 0.0)
                image, _ = painter.draw_rgb(FrameState(view, rig, {"a": state}, 1.0, 1))
                yield f"{name} · {title} · {light}", image


def _views(person: Character, eyes: float) -> list[tuple[str, Camera, str, dict[str, float]]]:
    """Return the close views of a character: title, camera, light, face."""
    face = face_camera(person, 0.0, 0.17)
    x, y, z = face.target
    eye = replace(face_camera(person, 0.15, 0.085), target=(x, eyes + 0.01, z))
    crown = replace(face_camera(person, 0.6, 0.19), target=(x, y + 0.06, z - 0.05))
    back = replace(face_camera(person, 2.5, 0.3), target=(x, y - 0.08, z - 0.06))
    return [
        ("face", face, "day", {}),
        ("three quarters, smiling", face_camera(person, 0.7, 0.17), "day", SMILE),
        ("profile", face_camera(person, 1.5, 0.19), "dusk", {}),
        ("face, talking", face_camera(person, -0.35, 0.17), "night", TALK),
        ("eyes", eye, "day", {}),
        ("hair", crown, "day", {}),
        ("hair from behind", back, "dusk", {}),
        ("face in the rain", face_camera(person, 0.35, 0.2), "rain", {"browInnerUp": 0.6}),
    ]


def shots_page(studio: Studio, project: Path) -> Iterator[Cell]:
    """Yield the middle of six shots of a project, spread over its length."""
    reel = ProjectReel(ReelTask(str(project), profile="final"))
    width, height = reel.size
    reel.close()
    size = studio.size(480, 480 * height // width)
    reel = ProjectReel(ReelTask(str(project), size=size, profile="final"))
    try:
        spans = reel.spans()
        chosen = [spans[round(i * (len(spans) - 1) / (SHOTS - 1))] for i in range(SHOTS)]
        for name, first, last in chosen:
            yield f"{name}", reel.picture((first + last) // 2)
    finally:
        reel.close()


def main(words: list[str]) -> int:
    """Draw the pages; exit 1 when one could not be drawn."""
    pages = (*STYLES, "shots", "close")
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pages", nargs="*", choices=[*pages, []], help="default: all")
    parser.add_argument("--size", type=int, default=100, help="percent")
    parser.add_argument("--project", type=Path, default=Path("out/demo.cdir"))
    parser.add_argument("-o", "--output", type=Path, default=Path("out/sheet"))
    asked = parser.parse_args(words)
    studio, failed = Studio(asked.size / 100.0), 0
    for page in asked.pages or pages:
        path = asked.output / f"{page}.png"
        try:
            if page == "shots":
                save(shots_page(studio, asked.project), 3, path)
            elif page == "close":
                save(close_page(studio), 4, path)
            else:
                save(style_page(studio, page), len(CAST), path)
        except CyberDirectorError as error:
            # A page needs a finished demo, say; the others do not.
            sys.stderr.write(f"{page}: {error}\n")
            failed = 1
            continue
        sys.stdout.write(f"{path}\n")
        sys.stdout.flush()
    return failed


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
