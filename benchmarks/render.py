"""Time of one frame: 720 × 1280, two characters and a set, on this machine's driver.

Prints one line per bar and exits 1 when one is missed. ``QUICK=1`` takes fewer frames.
pyrender, the peer, draws the same posed vertices with its own default shading when it can
be imported here or by the interpreter named in ``CYBERDIRECTOR_PYRENDER`` (a Python with
``pyrender-maintained``; pyrender 0.1.45 does not run with numpy 2).
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from cyberdirector.backlot import build_set
from cyberdirector.character import compile_character, shipped_recipe
from cyberdirector.core.scene import Camera, Set
from cyberdirector.render.renderer import Renderer
from cyberdirector.render.scene import FigureState, FrameState, RenderScene
from cyberdirector.render.still import stand

SIZE = (720, 1280)
BAR_MS = 90.0
CAST = ("lin_wan", "shen_mo")

PEER = """
import os, sys, time
os.environ.setdefault("PYOPENGL_PLATFORM", "egl")
import numpy as np, pyrender
data = np.load(sys.argv[1])
scene = pyrender.Scene(ambient_light=[0.4, 0.4, 0.4])
figures = [k[:-2] for k in data.files if k.startswith("figure") and k.endswith("_p")]
def primitive(k):
    return pyrender.Mesh([pyrender.Primitive(positions=data[k + "_p"], normals=data[k + "_n"],
        indices=data[k + "_i"], material=pyrender.MetallicRoughnessMaterial(
        baseColorFactor=[0.8, 0.7, 0.6, 1.0]))])
scene.add(primitive("set"))
scene.add(pyrender.DirectionalLight(intensity=3.0), pose=data["light"])
camera = pyrender.PerspectiveCamera(yfov=float(data["fov"]), znear=0.05, zfar=400.0)
scene.add(camera, pose=data["camera"])
draw = pyrender.OffscreenRenderer(*map(int, data["size"]))
times, nodes = [], []
flags = pyrender.RenderFlags.SHADOWS_DIRECTIONAL if sys.argv[3] == "shadows" else 0
for _ in range(int(sys.argv[2])):
    start = time.perf_counter()
    for node in nodes:  # posed vertices change every frame: pyrender takes a new mesh
        scene.remove_node(node)
    nodes = [scene.add(primitive(k)) for k in figures]
    color, _ = draw.render(scene, flags=flags)
    times.append(time.perf_counter() - start)
from PIL import Image
Image.fromarray(color).save(sys.argv[1] + ".png")
print(1000.0 * float(np.median(times[1:])))
"""


def two_shot(place: Set) -> Camera:
    """Return a camera that holds the people on the marks a and b at full length."""
    a, b = (np.array(place.marks[m].position) for m in "ab")
    middle = (a + b) / 2.0
    eye, target = middle + np.array([0.0, 1.45, 4.7]), middle + np.array([0.0, 1.15, 0.0])
    return Camera(
        (float(eye[0]), float(eye[1]), float(eye[2])),
        (float(target[0]), float(target[1]), float(target[2])),
        0.5,
    )


def median_ms(frames: int, draw: Callable[[int], object]) -> tuple[float, float]:
    """Return the median wall and processor time of a frame in ms, the first two left out."""
    walls, cpus = [], []
    for i in range(frames + 2):
        wall, cpu = time.perf_counter(), time.process_time()
        draw(i)
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return float(np.median(walls[2:]) * 1e3), float(np.median(cpus[2:]) * 1e3)


def peer_python() -> str:
    """Return an interpreter that has pyrender, or an empty string."""
    other = os.environ.get("CYBERDIRECTOR_PYRENDER", "")
    if other:
        return other
    return sys.executable if importlib.util.find_spec("pyrender") else ""


def peer_ms(renderer: Renderer, camera: Camera, frames: int, shadows: bool) -> str:
    """Return what pyrender needs for the same vertices, as text for the table."""
    python = peer_python()
    if not python:
        return "absent (pip install pyrender-maintained, or set CYBERDIRECTOR_PYRENDER)"
    arrays: dict[str, np.ndarray] = {"fov": np.array(camera.fov), "size": np.array(SIZE)}
    for k, figure in enumerate(renderer.figures.values()):
        data = np.frombuffer(figure.skinned.read(), np.float32).reshape(-1, 10)
        arrays[f"figure{k}_p"], arrays[f"figure{k}_n"] = data[:, :3], data[:, 3:6]
        arrays[f"figure{k}_i"] = figure.mesh.indices.reshape(-1, 3)
    if renderer.backdrop is None:
        raise SystemExit("the benchmark needs a set")
    mesh = renderer.backdrop.mesh
    solid = [d for d in mesh.draws if not d.blended]
    arrays["set_p"], arrays["set_n"] = mesh.vertices[:, :3], mesh.vertices[:, 3:6]
    arrays["set_i"] = np.concatenate(
        [mesh.indices[d.first : d.first + d.count] for d in solid]
    ).reshape(-1, 3)
    arrays["camera"] = pose_of(camera.eye, camera.target)
    arrays["light"] = pose_of((2.0, 4.0, 3.0), (0.0, 0.0, 0.0))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "scene.npz"
        np.savez(path, **arrays)
        done = subprocess.run(
            [python, "-c", PEER, str(path), str(frames), "shadows" if shadows else "plain"],
            capture_output=True,
            text=True,
            timeout=300,
        )
    if done.returncode:
        return f"failed: {done.stderr.strip().splitlines()[-1]}"
    return f"{float(done.stdout.split()[-1]):.0f} ms"


def pose_of(eye: tuple[float, ...], target: tuple[float, ...]) -> np.ndarray:
    """Return the camera-to-world matrix (4, 4) that looks from ``eye`` to ``target``."""
    back = np.array(eye) - np.array(target)
    back = back / np.linalg.norm(back)
    right = np.cross([0.0, 1.0, 0.0], back)
    right /= np.linalg.norm(right)
    out = np.eye(4)
    out[:3, 0], out[:3, 1], out[:3, 2], out[:3, 3] = right, np.cross(back, right), back, eye
    return out


def main() -> int:
    """Run the benchmark and return the exit status."""
    frames = 12 if os.environ.get("QUICK") else 48

    cast = {n: compile_character(shipped_recipe(n), 0) for n in CAST}
    place = build_set("teahouse", 0)
    camera = two_shot(place)
    night = place.lights["night"]
    poses: list[dict[str, FigureState]] = [
        {
            role: stand(
                character,
                place.marks[mark].position,
                place.marks[mark].yaw,
                {"jawOpen": 0.3 * abs(np.sin(i)), "eyeBlinkLeft": 0.1 * (i % 8)},
            )
            for (role, character), mark in zip(cast.items(), "ab", strict=True)
        }
        for i in range(8)
    ]
    with Renderer(RenderScene(place, cast), SIZE) as renderer:
        triangles = sum(len(p.triangles) for c in cast.values() for p in c.parts)
        extent = sum(len(p.triangles) for p in place.parts)
        print(f"driver                     {renderer.device.renderer}, MSAA {renderer.samples}")
        print(
            f"content                    {triangles} + {extent} triangles, {SIZE[0]}x{SIZE[1]}"
        )

        def locked(i: int) -> object:
            return renderer.draw_rgb(FrameState(camera, night, poses[i % 8], i / 24, 1))

        def moving(i: int) -> object:
            x, y, z = camera.eye
            view = replace(camera, eye=(x + 0.002 * i, y, z))
            return renderer.draw_rgb(FrameState(view, night, poses[i % 8], i / 24, 1))

        wall, cpu = median_ms(frames, locked)
        wall_moving, cpu_moving = median_ms(frames // 2, moving)
        peer_frames = 6 if os.environ.get("QUICK") else 12
        plain = peer_ms(renderer, camera, peer_frames, shadows=False)
        shaded = peer_ms(renderer, camera, peer_frames, shadows=True)
    passed = wall <= BAR_MS
    print(f"frame, camera at rest      {wall:.0f} ms wall, {cpu:.0f} ms processor (median)")
    print(
        f"frame, camera moving       {wall_moving:.0f} ms wall, {cpu_moving:.0f} ms processor"
    )
    print(f"pyrender, no shadows       {plain}")
    print(f"pyrender, one shadow map   {shaded}")
    print(f"{'ok  ' if passed else 'MISS'} frame of two characters and a set: "
          f"{wall:.0f} ms, bar {BAR_MS:.0f} ms")  # fmt: skip
    return 0 if passed else 1


if __name__ == "__main__":
    raise SystemExit(main())
