"""Single pictures and contact sheets of characters and sets.

A picture of anything in two lines::

    from cyberdirector.render.still import render_still, set_sheet, turntable_sheet

    turntable_sheet(character, Path("out/lin.png"))       # body four times, face four times
    set_sheet(place, Path("out/teahouse.png"))             # cameras × light presets
    image = render_still(character, set=place, camera=place.cameras["establish"],
                         light=place.lights["night"])      # (h, w, 4) uint8

From a shell, for files: ``python -m cyberdirector.render.still figure.vrm out.png`` and
``python -m cyberdirector.render.still place.glb out.png``.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.face import ARKIT_INDEX, SHAPE_COUNT
from cyberdirector.core.files import replacing
from cyberdirector.core.model import Character
from cyberdirector.core.pose import arms_down
from cyberdirector.core.rotations import quat_from_yaw_pitch_roll
from cyberdirector.core.scene import Camera, LightRig, Set
from cyberdirector.render.device import Device
from cyberdirector.render.profiles import Quality
from cyberdirector.render.renderer import Renderer
from cyberdirector.render.scene import FigureState, FrameState, RenderScene, pose_figures

Image = NDArray[np.uint8]

STUDIO = LightRig(
    "studio",
    key_direction=(0.45, 0.65, 0.65),
    key_color=(1.0, 0.97, 0.94),
    ambient=((0.36, 0.38, 0.43), (0.26, 0.24, 0.24)),
    sky=((0.60, 0.66, 0.74), (0.80, 0.83, 0.87)),
)
"""Even light from the upper left of the character before a pale sky."""

_FACES: tuple[tuple[str, dict[str, float]], ...] = (
    ("neutral", {}),
    ("smile", {"mouthSmileLeft": 0.8, "mouthSmileRight": 0.8, "cheekSquintLeft": 0.4,
               "cheekSquintRight": 0.4}),
    ("talk", {"jawOpen": 0.45, "mouthFunnel": 0.2, "browInnerUp": 0.3}),
    ("blink", {"eyeBlinkLeft": 1.0, "eyeBlinkRight": 1.0}),
    ("anger", {"browDownLeft": 0.9, "browDownRight": 0.9, "mouthPressLeft": 0.6,
               "mouthPressRight": 0.6, "noseSneerLeft": 0.4, "noseSneerRight": 0.4}),
)  # fmt: skip


def stand(
    character: Character,
    place: tuple[float, float, float] = (0.0, 0.0, 0.0),
    yaw: float = 0.0,
    weights: Mapping[str, float] | None = None,
    rotations: NDArray[np.floating] | None = None,
) -> FigureState:
    """Return a character standing relaxed, arms beside the body.

    Parameters
    ----------
    character
        Who stands.
    place
        Under the hips on the floor, metres, world.
    yaw
        Radians about +Y from +Z.
    weights
        ARKit shape name → 0..1.
    rotations
        (55, 4) local quaternions xyzw instead of the relaxed pose; ``yaw`` is applied to
        its hips.
    """
    pose = arms_down(1) if rotations is None else np.array(rotations, np.float32)[None]
    pose[:, 0] = quat_from_yaw_pitch_roll(yaw, 0.0, 0.0)
    face = np.zeros((1, SHAPE_COUNT), np.float32)
    for name, value in (weights or {}).items():
        face[0, ARKIT_INDEX[name]] = value
    root = np.array([[place[0], place[1] + character.rest().hip_height, place[2]]])
    return pose_figures(character, root, pose, face)[0]


def head_height(character: Character) -> float:
    """Return the height of the eyes over the floor in metres (rest pose)."""
    points = character.node_positions()
    eyes = [character.humanoid[b] for b in ("leftEye", "rightEye") if b in character.humanoid]
    if eyes:
        return float(np.mean([points[e][1] for e in eyes]))
    head = character.humanoid.get("head", 0)
    return float(points[head][1]) + 0.08


def render_still(
    character: Character | Mapping[str, Character] | None = None,
    *,
    set: Set | None = None,
    camera: Camera | None = None,
    light: LightRig | None = None,
    states: Mapping[str, FigureState] | None = None,
    size: tuple[int, int] = (720, 1280),
    quality: Quality = "final",
    time: float = 0.0,
    seed: int = 0,
    device: Device | None = None,
) -> Image:
    """Return one picture, (height, width, 4) uint8, sRGB, row 0 on top.

    Parameters
    ----------
    character
        One character, several by role, or None for an empty set.
    set, camera, light
        The place; the camera (default: the set's ``establish``, or a full-length view);
        the light (default: the set's ``day``, or :data:`STUDIO`).
    states
        Pose by role (the role of a single character is ``"figure"``); default: standing
        at the origin, or at the marks ``a``, ``b`` … of the set.
    size
        (width, height) in pixels.
    time, seed
        For rain and flicker.
    """
    cast = {"figure": character} if isinstance(character, Character) else dict(character or {})
    posed = dict(states or _at_marks(cast, set))
    rig = light or (set.lights["day"] if set and "day" in set.lights else STUDIO)
    view = camera or (set.cameras["establish"] if set else body_camera(cast))
    with Renderer(RenderScene(set, cast), size, quality, device=device) as renderer:
        return renderer.draw(FrameState(view, rig, posed, time, seed))


def _at_marks(cast: Mapping[str, Character], place: Set | None) -> dict[str, FigureState]:
    """Return everyone standing at the marks a, b, c … in order."""
    out = {}
    for i, (role, character) in enumerate(cast.items()):
        mark = place.marks.get(chr(ord("a") + i)) if place else None
        if mark is None:
            out[role] = stand(character, (0.8 * (i - (len(cast) - 1) / 2.0), 0.0, 0.0))
        else:
            out[role] = stand(character, mark.position, mark.yaw)
    return out


def body_camera(cast: Mapping[str, Character], yaw: float = 0.0) -> Camera:
    """Return a camera that holds standing figures from head to toe in 9:16."""
    tall = max((head_height(c) for c in cast.values()), default=1.6) + 0.25
    return _around((0.0, tall / 2.0, 0.0), tall / 2.0 / np.tan(0.21) * 1.08, yaw, 0.42, 0.05)


def face_camera(character: Character, yaw: float = 0.0, width: float = 0.20) -> Camera:
    """Return a camera on the face of someone who stands at the origin."""
    node = character.humanoid.get("head", 0)
    z = float(character.node_positions()[node][2])
    height = head_height(character)
    return _around((0.0, height - 0.005, z + 0.02), width / np.tan(0.16), yaw, 0.32, 0.02)


def _around(
    target: tuple[float, float, float], distance: float, yaw: float, fov: float, rise: float
) -> Camera:
    x, y, z = target
    eye = (x + distance * np.sin(yaw), y + rise * distance, z + distance * np.cos(yaw))
    return Camera((float(eye[0]), float(eye[1]), float(eye[2])), target, fov)


def turntable_sheet(character: Character, path: Path, light: LightRig = STUDIO) -> Path:
    """Write a sheet of one character: the body from four sides, the face ten times.

    The first row shows front, three-quarter, side and back in a relaxed pose; the second
    the face from three sides; the third expressions; the picture is a PNG of 1600 pixels.
    """
    device = Device()
    scene = RenderScene(None, {"figure": character})
    yaws = (0.0, 0.7, np.pi / 2.0, np.pi)
    try:
        with Renderer(scene, (400, 800), device=device) as renderer:
            state = {"figure": stand(character)}
            bodies = [
                renderer.draw(FrameState(body_camera(scene.characters, yaw), light, state))
                for yaw in yaws
            ]
        with Renderer(scene, (400, 400), device=device) as renderer:
            cells = []
            for yaw in (0.0, 0.55, -0.55, np.pi / 2.0):
                camera = face_camera(character, yaw)
                cells.append(renderer.draw(FrameState(camera, light, state)))
            for _, weights in _FACES[1:]:
                posed = {"figure": stand(character, weights=weights)}
                camera = face_camera(character, 0.3)
                cells.append(renderer.draw(FrameState(camera, light, posed)))
    finally:
        device.close()
    rows = [np.hstack(bodies), np.hstack(cells[:4]), np.hstack(cells[4:8])]
    return save_image(np.vstack(rows), path)


def set_sheet(
    place: Set,
    path: Path,
    cast: Sequence[Character] = (),
    size: tuple[int, int] = (360, 640),
) -> Path:
    """Write a sheet of one set: a row for each light preset, a column for each camera.

    Parameters
    ----------
    place
        The set; every camera and light preset is shown.
    path
        PNG to write.
    cast
        Characters to stand at the marks ``a``, ``b`` …
    size
        (width, height) of a cell; use (640, 360) for the wide format.
    """
    roles = {f"role{i}": character for i, character in enumerate(cast)}
    states = _at_marks(roles, place)
    views = place.cameras.values()
    with Renderer(RenderScene(place, roles), size) as renderer:
        rows = [
            np.hstack([renderer.draw(FrameState(c, light, states, 1.0, 1)) for c in views])
            for light in place.lights.values()
        ]
    return save_image(np.vstack(rows), path)


def lit_sheet(
    character: Character, lights: Mapping[str, LightRig], path: Path, set: Set | None = None
) -> Path:
    """Write face and bust of one character under each light preset, side by side."""
    cells = []
    place = replace(set, marks={}) if set else None
    scene = RenderScene(place, {"figure": character})
    state = {"figure": stand(character)}
    with Renderer(scene, (400, 600)) as renderer:
        for light in lights.values():
            near = face_camera(character, 0.45, 0.27)
            far = face_camera(character, 0.2, 0.75)
            pair = [renderer.draw(FrameState(c, light, state, 1.0)) for c in (near, far)]
            cells.append(np.vstack(pair))
    return save_image(np.hstack(cells), path)


def save_image(image: Image, path: Path) -> Path:
    """Write an image as PNG in one step and return the path."""
    from PIL import Image as Pillow

    with replacing(path) as temporary:
        Pillow.fromarray(np.ascontiguousarray(image[..., :3])).save(temporary, format="PNG")
    return path


def main(arguments: Sequence[str]) -> int:
    """Draw the sheet of a ``.vrm`` or ``.glb`` file: ``SOURCE OUT.png``."""
    if len(arguments) != 2:
        sys.stderr.write("use: python -m cyberdirector.render.still SOURCE.vrm|.glb OUT.png\n")
        return 2
    source, out = Path(arguments[0]), Path(arguments[1])
    if source.suffix.lower() == ".vrm":
        from cyberdirector.formats.vrm import read_vrm

        turntable_sheet(read_vrm(source), out)
    else:
        from cyberdirector.formats.set_glb import read_set

        set_sheet(read_set(source), out)
    sys.stdout.write(f"{out}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
