"""pyrender as a second renderer for plain meshes: comparisons, and habits of old scripts.

It needs ``pip install 'cyberdirector[pyrender]'``. It knows no morphs, skinning, outlines
or toon light: give it the posed triangles of :meth:`~cyberdirector.render.Stage.meshes`.

>>> from cyberdirector.render.compat_pyrender import PyrenderBackend
>>> color, depth = PyrenderBackend((640, 480)).draw(stage.meshes(), camera)  # doctest: +SKIP
"""

from __future__ import annotations

import atexit
import os
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.errors import AdapterUnavailable
from cyberdirector.core.scene import Camera, LightRig
from cyberdirector.render.camera import view_matrix
from cyberdirector.render.device import forget_current
from cyberdirector.render.plain import PlainMesh
from cyberdirector.render.remarks import STUDIO

_KEY = 3.0
"""Intensity of pyrender's directional light that matches key colour 1, near enough."""


def _import() -> Any:
    os.environ.setdefault("PYOPENGL_PLATFORM", "egl")
    try:
        import pyrender
    except ImportError as error:
        raise AdapterUnavailable(
            "pyrender-missing",
            f"没有安装 pyrender（{error}）；请运行：pip install 'cyberdirector[pyrender]'",
            f"pyrender is not installed ({error}); run: pip install 'cyberdirector[pyrender]'",
        ) from error
    return pyrender


@cache
def _offscreen() -> Any:
    """Return the renderer of this process.

    It is deleted when the process ends and no sooner: pyrender then ends EGL for everyone
    in the process, us too.
    """
    renderer = _import().OffscreenRenderer(64, 64)
    atexit.register(renderer.delete)
    forget_current()
    return renderer


def pose_matrix(camera: Camera) -> NDArray[np.float64]:
    """Return camera → world (4, 4) of a camera that looks along its -Z."""
    eye, target = np.asarray(camera.eye, float), np.asarray(camera.target, float)
    view = view_matrix(eye, target - eye, np.array([0.0, 1.0, 0.0]))
    c, s = np.cos(camera.roll), np.sin(camera.roll)
    turn = np.eye(4)
    turn[:2, :2] = [[c, s], [-s, c]]
    return np.asarray(np.linalg.inv(turn @ view), np.float64)


class PyrenderBackend:
    """Draws plain meshes with pyrender.

    Parameters
    ----------
    size
        (width, height) in pixels.

    Raises
    ------
    AdapterUnavailable
        ``pyrender-missing`` with the command that installs it.
    """

    def __init__(self, size: tuple[int, int]) -> None:
        self._pyrender = _import()
        self.size = size

    def draw(
        self,
        meshes: Sequence[PlainMesh],
        camera: Camera,
        light: LightRig = STUDIO,
        shadows: bool = False,
    ) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
        """Return the picture (h, w, 3) uint8 and the depth (h, w) float32 in metres.

        Depth is that along the view axis, 0 where nothing is. ``shadows`` asks for one
        shadow map.
        """
        lib = self._pyrender
        sky, ambient = light.sky[1], np.mean(light.ambient, axis=0)
        scene = lib.Scene(bg_color=[*np.clip(sky, 0, 1), 1.0], ambient_light=ambient)
        for mesh in meshes:
            scene.add(self._mesh(mesh.checked()))
        lens = lib.PerspectiveCamera(yfov=camera.fov, znear=camera.near, zfar=camera.far)
        scene.add(lens, pose=pose_matrix(camera))
        key = lib.DirectionalLight(color=np.clip(light.key_color, 0, 1), intensity=_KEY)
        towards = Camera(tuple(10.0 * v for v in light.key_direction), (0.0, 0.0, 0.0))  # type: ignore[arg-type]
        scene.add(key, pose=pose_matrix(towards))
        flags = lib.RenderFlags.SHADOWS_DIRECTIONAL if shadows else lib.RenderFlags.NONE
        renderer = _offscreen()
        renderer.viewport_width, renderer.viewport_height = self.size
        try:
            color, depth = renderer.render(scene, flags=flags)
        finally:
            forget_current()
        return np.asarray(color, np.uint8), np.asarray(depth, np.float32)

    def _mesh(self, mesh: PlainMesh) -> Any:
        lib = self._pyrender
        material = lib.MetallicRoughnessMaterial(
            baseColorFactor=list(mesh.color), metallicFactor=0.0, doubleSided=True
        )
        primitive = lib.Primitive(
            positions=mesh.positions,
            normals=mesh.normals,
            indices=mesh.triangles,
            material=material,
        )
        return lib.Mesh([primitive])
