"""Pictures of characters in a few lines: load, pose, draw, get an array.

>>> from cyberdirector.render import Stage
>>> with Stage((1280, 720)) as stage:                       # doctest: +SKIP
...     lin = stage.add("lin.vrm")
...     lin.pose(rotations, root).weigh({"jawOpen": 0.6})   # (55, 4) xyzw, (3,) metres
...     image = stage.draw()                                # (720, 1280, 4) uint8

What the numbers mean is in ``docs/conventions.md``: metres, +Y up, characters face +Z,
quaternions xyzw local to the parent bone, rest = identity.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cyberdirector.core.errors import InputRefused, Location
from cyberdirector.core.model import Character, Color4
from cyberdirector.core.scene import Camera, LightRig, Set
from cyberdirector.render.actor import Actor
from cyberdirector.render.plain import PlainMesh, posed_meshes, set_meshes
from cyberdirector.render.profiles import AUTO, Profile
from cyberdirector.render.remarks import Remark, place_light
from cyberdirector.render.scene import FrameState, RenderScene
from cyberdirector.render.style import CEL, Style

MODEL_SUFFIXES = (".vrm", ".glb", ".gltf")


def load_model(path: str | Path) -> Character | Set:
    """Return the character of a VRM file, or the set of any other glTF.

    Raises
    ------
    InputRefused
        ``model-suffix`` for other files, ``model-missing``, and what the reader refuses.
    """
    from cyberdirector.formats.gltf.document import read_gltf
    from cyberdirector.formats.set_glb import set_from
    from cyberdirector.formats.vrm.reader import character_from

    path = Path(path)
    suffix = path.suffix.lower()
    if suffix not in MODEL_SUFFIXES:
        raise InputRefused(
            "model-suffix",
            f"不认识“{path.name}”这种文件，可用：{'、'.join(MODEL_SUFFIXES)}。",
            f"'{path.name}' is no model that can be drawn; use {', '.join(MODEL_SUFFIXES)}.",
            Location(str(path)),
        )
    if not path.is_file():
        raise InputRefused(
            "model-missing",
            "找不到这个文件，请检查路径。",
            "There is no such file; look at the path.",
            Location(str(path)),
        )
    gltf = read_gltf(path)
    human = any(gltf.root.extension(name) is not None for name in ("VRMC_vrm", "VRM"))
    return character_from(gltf) if human or suffix == ".vrm" else set_from(gltf)


def camera_from_matrix(pose: ArrayLike, fov: float) -> Camera:
    """Return the camera of a pose matrix, as pyrender and glTF write it.

    Parameters
    ----------
    pose
        (4, 4), camera → world, metres; the camera looks along its -Z, +Y is up.
    fov
        Vertical field of view, radians (``2 atan(height / (2 fy))`` of a calibrated camera).
    """
    m = np.asarray(pose, np.float64)
    if m.shape != (4, 4):
        raise ValueError(f"pose has shape {m.shape}, expected (4, 4)")
    eye, back, up = m[:3, 3], m[:3, 2], m[:3, 1]
    target = eye - back / max(float(np.linalg.norm(back)), 1e-12)
    forward = target - eye
    side = np.cross(forward, [0.0, 1.0, 0.0])
    if float(np.sum(side**2)) < 1e-10:
        side = np.cross(forward, [0.0, 0.0, -1.0])
    side /= np.linalg.norm(side)
    level = np.cross(side, forward)
    # View turns its axes by +roll, so the up vector leans by it towards the side.
    roll = float(np.arctan2(-(up @ side), up @ level))
    return Camera(_triple(eye), _triple(target), float(fov), roll)


def _triple(values: ArrayLike) -> tuple[float, float, float]:
    x, y, z = (float(v) for v in np.asarray(values, np.float64))
    return (x, y, z)


class Stage:
    """Characters, meshes and a set before a camera; :meth:`draw` gives the picture.

    Use it as a context manager or call :meth:`close`; all calls from one thread.

    Parameters
    ----------
    size
        (width, height) in pixels.
    place
        The set, or a GLB file of it; None draws before a plain sky.
    profile
        ``auto``, ``draft``, ``cpu``, ``gpu``, ``final`` or a
        :class:`~cyberdirector.render.profiles.Profile`.
    style
        ``cel``, ``guoman``, ``ink``, ``comic`` or a :class:`~cyberdirector.render.style.Style`.
    device
        Where to draw; None opens one. Several stages of a thread may share a device.

    Attributes
    ----------
    camera
        None looks at everyone on the stage (or takes the set's ``establish``).
    light
        None takes ``day`` of the set, or even studio light without a set.
    time, seed
        Seconds and a number for what flickers and falls.
    remarks
        What the last picture shows otherwise than asked.

    Raises
    ------
    AdapterUnavailable
        ``gl-missing`` with what to install when there is no OpenGL.
    InputRefused
        ``render-size``, ``profile-unknown``, ``style-unknown``.
    """

    def __init__(
        self,
        size: tuple[int, int] = (1280, 720),
        *,
        place: Set | str | Path | None = None,
        profile: str | Profile = AUTO,
        style: Style | str = CEL,
        device: Any = None,
    ) -> None:
        from cyberdirector.render.painter import Painter

        self.size = size
        self.camera: Camera | None = None
        self.light: LightRig | None = None
        self.time, self.seed = 0.0, 0
        self.remarks: tuple[Remark, ...] = ()
        self.actors: dict[str, Actor] = {}
        self._meshes: dict[str, PlainMesh] = {}
        self._place = self._read_place(place)
        self._shown: Set | None = self._place
        self._changed = False
        self._drawn: dict[str, Character] = {}
        scene = RenderScene(self._shown, {})
        self._painter = Painter(scene, size, profile, device, style)

    @property
    def profile(self) -> Profile:
        """The profile that is drawn with."""
        return self._painter.profile

    @property
    def style(self) -> Style:
        """What the next picture is drawn in; assign a style or its name."""
        return self._painter.style

    @style.setter
    def style(self, style: Style | str) -> None:
        self._painter.style = style

    @property
    def place(self) -> Set | None:
        """The set; assign another to change it."""
        return self._place

    @place.setter
    def place(self, place: Set | str | Path | None) -> None:
        self._place = self._read_place(place)
        self._changed = True

    def add(self, source: Character | str | Path, role: str = "") -> Actor:
        """Put a character on the stage and return it.

        Parameters
        ----------
        source
            A character or a VRM file.
        role
            Its name; empty takes that of the character, made distinct.

        Raises
        ------
        InputRefused
            ``model-no-character`` for a file without a humanoid; ``role-taken``.
        """
        character = source if isinstance(source, Character) else self._read_character(source)
        name = role or self._free(character.name or "figure")
        if name in self.actors:
            raise InputRefused(
                "role-taken",
                f"台上已有角色“{name}”，请换一个名字。",
                f"There is a role '{name}' on the stage; choose another name.",
                Location(path=name),
            )
        actor = Actor(name, character)
        self.actors[name] = actor
        self._changed = True
        return actor

    def add_mesh(
        self,
        positions: ArrayLike,
        triangles: ArrayLike,
        color: Color4 = (0.8, 0.8, 0.8, 1.0),
        normals: ArrayLike | None = None,
        name: str = "",
    ) -> str:
        """Put a plain mesh on the stage (world space, metres) and return its name.

        A name that is there already is replaced: call it again with new positions for each
        frame of a moving mesh.
        """
        key = name or self._free("mesh")
        given = np.zeros((0, 3)) if normals is None else normals
        self._meshes[key] = PlainMesh(
            np.asarray(positions, np.float32),
            np.asarray(triangles, np.uint32),
            np.asarray(given, np.float32),
            color,
            key,
        )
        self._changed = True
        return key

    def remove(self, name: str) -> None:
        """Take a role or mesh off the stage; a name that is not there is no error."""
        self._changed |= bool(self.actors.pop(name, None) or self._meshes.pop(name, None))

    def look(
        self,
        eye: Sequence[float],
        target: Sequence[float],
        fov: float = 0.6,
        roll: float = 0.0,
    ) -> Camera:
        """Set the camera: metres, world space; vertical ``fov`` and ``roll`` in radians."""
        self.camera = Camera(_triple(eye), _triple(target), fov, roll)
        return self.camera

    def state(self) -> FrameState:
        """Return what :meth:`draw` draws: camera, light and figures as plain data."""
        light, remarks = (
            (self.light, []) if self.light is not None else place_light(self._place)
        )
        figures = {role: actor.state for role, actor in self.actors.items()}
        camera = self.camera or self._camera()
        self.remarks = tuple(remarks)
        return FrameState(camera, light, figures, self.time, self.seed)

    def draw(self) -> NDArray[np.uint8]:
        """Return the picture, (height, width, 4) uint8, sRGB, opaque, row 0 on top.

        Raises
        ------
        InputRefused
            ``camera-invalid``, ``light-invalid``, ``mesh-invalid``.
        RenderFailed
            ``figure-invalid``, ``gl-error``.
        """
        self._refresh()
        state = self.state()
        image, remarks = self._painter.draw(state)
        self.remarks += remarks
        return image

    def draw_aovs(
        self, names: Sequence[str], previous: FrameState | None = None
    ) -> dict[str, NDArray[Any]]:
        """Return data layers of the picture by name (see :mod:`cyberdirector.render.aov`).

        ``previous`` is the state one frame earlier, for ``motion``.
        """
        self._refresh()
        return self._painter.draw_aovs(self.state(), names, previous)

    def meshes(self) -> list[PlainMesh]:
        """Return everything on the stage as posed triangles in world space."""
        out = list(set_meshes(self._place)) if self._place is not None else []
        out += self._meshes.values()
        for actor in self.actors.values():
            if actor.visible:
                out += posed_meshes(actor.character, actor.state)
        return out

    def close(self) -> None:
        """Free everything on the device."""
        self._painter.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _refresh(self) -> None:
        cast = {role: actor.character for role, actor in self.actors.items()}
        painted = any(self._drawn.get(role) is not one for role, one in cast.items())
        if not (self._changed or painted):
            return
        self._shown, self._drawn = _with_meshes(self._place, self._meshes), cast
        self._painter.load(RenderScene(self._shown, cast))
        self._changed = False

    def _camera(self) -> Camera:
        from cyberdirector.render.overview import overview

        if self._place is not None and "establish" in self._place.cameras:
            return self._place.cameras["establish"]
        return overview(self.meshes(), self.size)

    def _free(self, name: str) -> str:
        taken = {*self.actors, *self._meshes}
        names: Iterator[str] = (name, *(f"{name}-{i}" for i in range(2, 10_000))).__iter__()
        return next(free for free in names if free not in taken)

    @staticmethod
    def _read_place(place: Set | str | Path | None) -> Set | None:
        if place is None or isinstance(place, Set):
            return place
        model = load_model(place)
        if isinstance(model, Set):
            return model
        raise InputRefused(
            "model-no-set",
            "这是一个角色文件，不是场景；请用 Stage.add 加载角色。",
            "This file is a character and no set; add it with Stage.add.",
            Location(str(place)),
        )

    @staticmethod
    def _read_character(source: str | Path) -> Character:
        model = load_model(source)
        if isinstance(model, Character):
            return model
        raise InputRefused(
            "model-no-character",
            "文件里没有 VRM 人形骨骼；静态模型请用 Stage(place=…) 或 add_mesh。",
            "The file has no VRM humanoid; take Stage(place=…) or add_mesh for still models.",
            Location(str(source)),
        )


def _with_meshes(place: Set | None, meshes: Mapping[str, PlainMesh]) -> Set | None:
    """Return the place with plain meshes in it (a copy; the place itself without any)."""
    if not meshes:
        return place
    base = place or Set("stage", [], [])
    parts, materials = list(base.parts), list(base.materials)
    for mesh in meshes.values():
        parts.append(mesh.part(len(materials)))
        materials.append(mesh.material())
    return replace(base, parts=parts, materials=materials)
