"""The peers: pyrender always, Blender Workbench where it is installed.

They draw the same posed vertices with their own default shading, new vertices in every
frame; posing and skinning are done for them. ``CYBERDIRECTOR_PYRENDER`` names a Python
that has ``pyrender-maintained`` (pyrender 0.1.45 does not run with numpy 2); without it one
is made in the user's cache. ``CYBERDIRECTOR_BPY`` names a Python that has ``bpy``.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

import numpy as np
from content import full_length
from measure import Cost

from cyberdirector.core.model import Character
from cyberdirector.core.resources import cache_dir
from cyberdirector.core.scene import Camera
from cyberdirector.render import FigureState
from cyberdirector.render.compat_pyrender import pose_matrix
from cyberdirector.render.plain import posed_meshes

PYRENDER = """
import os, sys, time
os.environ.setdefault("PYOPENGL_PLATFORM", "egl")
import numpy as np, pyrender
data = np.load(sys.argv[1])
frames, shadows = int(sys.argv[2]), sys.argv[3] == "shadows"
scene = pyrender.Scene(ambient_light=[0.4, 0.4, 0.4])
skin = pyrender.MetallicRoughnessMaterial(baseColorFactor=[0.8, 0.7, 0.6, 1.0])
scene.add(pyrender.DirectionalLight(intensity=3.0), pose=data["light"])
lens = pyrender.PerspectiveCamera(yfov=float(data["fov"]), znear=0.05, zfar=400.0)
scene.add(lens, pose=data["camera"])
draw = pyrender.OffscreenRenderer(*map(int, data["size"]))
flags = pyrender.RenderFlags.SHADOWS_DIRECTIONAL if shadows else pyrender.RenderFlags.NONE
walls, cpus, node = [], [], None
for i in range(frames + 3):
    k = i % len(data["positions"])
    wall, cpu = time.perf_counter(), time.process_time()
    if node is not None:
        scene.remove_node(node)
    node = scene.add(pyrender.Mesh([pyrender.Primitive(positions=data["positions"][k],
        normals=data["normals"][k], indices=data["triangles"], material=skin)]))
    color, _ = draw.render(scene, flags=flags)
    walls.append(time.perf_counter() - wall)
    cpus.append(time.process_time() - cpu)
w, c = np.array(walls[3:]) * 1e3, np.array(cpus[3:]) * 1e3
from PIL import Image
Image.fromarray(color).save(sys.argv[1] + ".png")
print("COST", np.median(c), c.min(), np.median(w), w.min())
"""

BLENDER = """
import sys, time
import numpy as np, bpy
path, frames = sys.argv[-2], int(sys.argv[-1])
data = np.load(path)
bpy.ops.wm.read_factory_settings(use_empty=True)
scene = bpy.context.scene
scene.render.engine = "BLENDER_WORKBENCH"
scene.render.resolution_x, scene.render.resolution_y = map(int, data["size"])
scene.render.filepath = path + ".blender.png"
turn = np.array([[1, 0, 0, 0], [0, 0, -1, 0], [0, 1, 0, 0], [0, 0, 0, 1.0]])
mesh = bpy.data.meshes.new("body")
mesh.from_pydata(data["positions"][0].tolist(), [], data["triangles"].tolist())
body = bpy.data.objects.new("body", mesh)
body.matrix_world = turn.T.tolist()
scene.collection.objects.link(body)
lens = bpy.data.cameras.new("camera")
lens.sensor_fit, lens.angle_y = "VERTICAL", float(data["fov"])
camera = bpy.data.objects.new("camera", lens)
camera.matrix_world = (turn @ data["camera"]).T.tolist()
scene.collection.objects.link(camera)
scene.camera = camera
walls, cpus = [], []
for i in range(frames + 1):
    wall, cpu = time.perf_counter(), time.process_time()
    points = data["positions"][i % len(data["positions"])]
    mesh.vertices.foreach_set("co", np.ascontiguousarray(points, np.float32).ravel())
    mesh.update()
    bpy.ops.render.render(write_still=i == frames)
    walls.append(time.perf_counter() - wall)
    cpus.append(time.process_time() - cpu)
w, c = np.array(walls[1:]) * 1e3, np.array(cpus[1:]) * 1e3
print("COST", np.median(c), c.min(), np.median(w), w.min())
"""


def _python(variable: str, module: str) -> str:
    """Return an interpreter that has a module, or an empty string."""
    other = os.environ.get(variable, "")
    if other:
        return other
    return sys.executable if importlib.util.find_spec(module) else ""


def pyrender_python() -> str:
    """Return a Python with pyrender, made in the cache the first time; empty if it fails."""
    found = _python("CYBERDIRECTOR_PYRENDER", "pyrender")
    if found:
        return found
    home = cache_dir("peers") / "pyrender"
    python = home / "bin" / "python"
    ready = home / "ready"
    if not ready.exists():
        print("     (installing pyrender-maintained into the cache, once)", flush=True)
        venv.create(home, with_pip=True, clear=True)
        install = [
            str(python),
            "-m",
            "pip",
            "install",
            "--quiet",
            "pyrender-maintained",
            "pillow",
        ]
        if subprocess.run(install, check=False).returncode:
            return ""
        ready.touch()
    return str(python)


def _write(
    path: Path, body: Character, states: list[FigureState], size: tuple[int, int]
) -> None:
    posed = [list(posed_meshes(body, state)) for state in states]
    starts = np.cumsum([0, *(len(mesh.positions) for mesh in posed[0])])
    triangles = [m.triangles + start for m, start in zip(posed[0], starts[:-1], strict=True)]
    camera = full_length(body)
    key = Camera((2.0, 4.0, 3.0), (0.0, 0.0, 0.0))
    np.savez(
        path,
        positions=np.array([np.concatenate([m.positions for m in row]) for row in posed]),
        normals=np.array([np.concatenate([m.normals for m in row]) for row in posed]),
        triangles=np.concatenate(triangles).astype(np.uint32),
        camera=pose_matrix(camera),
        light=pose_matrix(key),
        fov=camera.fov,
        size=np.array(size),
    )


def _run(python: str, script: str, words: list[str]) -> Cost | str:
    done = subprocess.run(
        [python, "-c", script, *words], capture_output=True, text=True, timeout=600, check=False
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("COST")]
    if done.returncode or not lines:
        told = (done.stderr.strip() or done.stdout.strip() or "no output").splitlines()
        return f"failed: {told[-1]}"
    return Cost(*(float(word) for word in lines[0].split()[1:]))


class Peers:
    """The posed body on disk, and what others need to draw it."""

    def __init__(
        self, body: Character, states: list[FigureState], size: tuple[int, int]
    ) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="bench-peers-")
        self._path = Path(self._folder.name) / "body.npz"
        _write(self._path, body, states, size)

    def pyrender(self, frames: int, shadows: bool) -> Cost | str:
        """Return what pyrender needs (its own 4 samples a pixel), or why it did not run."""
        python = pyrender_python()
        if not python:
            return "absent (set CYBERDIRECTOR_PYRENDER to a Python with pyrender-maintained)"
        how = "shadows" if shadows else "plain"
        return _run(python, PYRENDER, [str(self._path), str(frames), how])

    def blender(self, frames: int) -> Cost | str:
        """Return what Blender Workbench needs, or why it did not run."""
        python = _python("CYBERDIRECTOR_BPY", "bpy")
        if not python:
            return "absent (a Python with bpy in CYBERDIRECTOR_BPY)"
        return _run(python, BLENDER, [str(self._path), str(frames)])

    def picture(self, name: str = "") -> Path:
        """Return the last picture that a peer left."""
        return self._path.with_name(self._path.name + f"{name}.png")

    def close(self) -> None:
        """Remove the files."""
        self._folder.cleanup()
