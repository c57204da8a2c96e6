"""A character on a stage: pose, face and place as arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cyberdirector.core.clip import Clip
from cyberdirector.core.errors import InputRefused, Location
from cyberdirector.core.face import ARKIT_INDEX, SHAPE_COUNT
from cyberdirector.core.model import Character, Texture
from cyberdirector.core.pose import arms_down
from cyberdirector.core.rotations import quat_from_yaw_pitch_roll, quat_multiply
from cyberdirector.core.skeleton import BONE_COUNT, BONE_INDEX
from cyberdirector.render.face_map import grey_map
from cyberdirector.render.ramps import ramp_from
from cyberdirector.render.scene import FigureState, pose_figures

Pose = ArrayLike | Mapping[str, ArrayLike]
Weights = ArrayLike | Mapping[str, float]


def _unknown(kind: str, name: str, known: list[str], role: str) -> InputRefused:
    near = ", ".join(get_close_matches(name, known, 3, 0.4)) or ", ".join(known[:8])
    zh = {"bone": "骨骼", "shape": "表情形状", "material": "材质"}[kind]
    return InputRefused(
        f"{kind}-unknown",
        f"角色“{role}”没有{zh}“{name}”，相近的有：{near}。",
        f"'{role}' has no {kind} '{name}'; close to it: {near}.",
        Location(path=role),
    )


def _free(name: str, taken: set[str]) -> str:
    """Return a name that is not taken yet: itself, or with a number."""
    return next(n for n in (name, *(f"{name}-{i}" for i in range(2, 10_000))) if n not in taken)


class Actor:
    """One character: set its pose and face, then draw the stage it stands on.

    Attributes
    ----------
    role
        Its name on the stage.
    character
        Mesh, bones, materials.
    visible
        False leaves it out of the frame, its shadow too.
    root
        (3,) float64, hips in metres, world space.
    rotations
        (55, 4) float32, unit quaternions xyzw, local to parent, rest = identity, in the
        order of :data:`~cyberdirector.core.skeleton.HUMANOID_BONES`.
    weights
        (52,) float32, 0..1, ARKit order.
    shapes
        Weights of shapes that are not among the ARKit 52, by name.

    Examples
    --------
    >>> actor.pose({"head": [0.0, 0.2, 0.0, 0.98]}).weigh({"jawOpen": 0.6})  # doctest: +SKIP
    """

    def __init__(self, role: str, character: Character) -> None:
        self.role = role
        self.character = character
        self.visible = True
        self._names = {name for part in character.parts for name in part.morphs}
        self._names |= {
            name for name, e in character.expressions.items() if e.colours or e.moves
        }
        self.shapes: dict[str, float] = {}
        self.weights = np.zeros(SHAPE_COUNT, np.float32)
        self.rotations = arms_down(1)[0]
        self.root = np.array([0.0, character.rest().hip_height, 0.0])
        self._extra: dict[int, NDArray[np.float32]] = {}

    def pose(
        self,
        rotations: Pose | None = None,
        root: ArrayLike | None = None,
        extra: Mapping[int, ArrayLike] | None = None,
    ) -> Self:
        """Take a pose; what is left out stays as it is.

        Parameters
        ----------
        rotations
            (55, 4) quaternions xyzw, local to parent, or bone name → (4,).
        root
            (3,) position of the hips, metres, world.
        extra
            Node index → (4,) local quaternion of nodes that are no humanoid bones (springs).

        Raises
        ------
        InputRefused
            ``bone-unknown``, ``pose-invalid`` for NaN and zero quaternions.
        ValueError
            For arrays of another shape.
        """
        if isinstance(rotations, Mapping):
            turned = self.rotations.copy()
            for bone, turn in rotations.items():
                if bone not in BONE_INDEX:
                    raise _unknown("bone", bone, list(BONE_INDEX), self.role)
                turned[BONE_INDEX[bone]] = self._quaternions(turn, (4,))
            self.rotations = turned
        elif rotations is not None:
            self.rotations = self._quaternions(rotations, (BONE_COUNT, 4))
        if root is not None:
            place = np.asarray(root, np.float64)
            if place.shape != (3,):
                raise ValueError(f"root has shape {place.shape}, expected (3,)")
            if not np.isfinite(place).all():
                raise self._invalid("root")
            self.root = place
        if extra is not None:
            self._extra = {
                node: self._quaternions(turn, (4,))[None] for node, turn in extra.items()
            }
        return self

    def stand(self, x: float = 0.0, z: float = 0.0, yaw: float = 0.0, y: float = 0.0) -> Self:
        """Stand relaxed at (x, y, z) on the floor, metres, turned by ``yaw`` radians."""
        pose = arms_down(1)[0]
        pose[0] = quat_multiply(quat_from_yaw_pitch_roll(yaw, 0.0, 0.0), pose[0])
        return self.pose(pose, (x, y + self.character.rest().hip_height, z))

    def weigh(self, weights: Weights) -> Self:
        """Set the face.

        Parameters
        ----------
        weights
            (52,) values 0..1 in ARKit order, or shape name → value; names that are left out
            become 0. Besides the ARKit 52 all shapes of the character can be named, and its
            expressions that change materials.

        Raises
        ------
        InputRefused
            ``shape-unknown``, ``weights-invalid`` for NaN.
        ValueError
            For arrays of another shape.
        """
        if isinstance(weights, Mapping):
            face = np.zeros(SHAPE_COUNT, np.float32)
            others: dict[str, float] = {}
            for name, value in weights.items():
                if name in ARKIT_INDEX:
                    face[ARKIT_INDEX[name]] = value
                elif name in self._names:
                    others[name] = float(value)
                else:
                    known = sorted({*ARKIT_INDEX, *self._names})
                    raise _unknown("shape", name, known, self.role)
        else:
            face = np.array(weights, np.float32)
            if face.shape != (SHAPE_COUNT,):
                raise ValueError(f"weights have shape {face.shape}, expected {(SHAPE_COUNT,)}")
            others = {}
        if not np.isfinite([*face, *others.values()]).all():
            raise InputRefused(
                "weights-invalid",
                f"角色“{self.role}”的表情权重含有非数值，请检查这一帧的数据。",
                f"The face weights of '{self.role}' have numbers that are not finite; look at "
                "the data of this frame.",
                Location(path=self.role),
            )
        self.weights, self.shapes = face, others
        return self

    def paint(
        self,
        material: str,
        ramp: str | Sequence[Sequence[float]] | None = None,
        shadow: Texture | NDArray[np.uint8] | None = None,
    ) -> Self:
        """Paint a material with a shading ramp or a face map; what is None stays as it is.

        Parameters
        ----------
        material
            Its name.
        ramp
            A ramp that ships (``cel``, ``three``, ``soft``, ``skin``, ``silk``, ``hair``), or
            stops [place, red, green, blue], all 0..1: how much of the lit colour is seen at
            a light term, 0.5 being the border of the light (see :mod:`~.ramps`).
        shadow
            Threshold map of a face: (height, width) grey or a texture
            (see :mod:`~.face_map`).

        Raises
        ------
        InputRefused
            ``material-unknown``, ``ramp-unknown``, ``ramp-invalid``.
        """
        if ramp is not None:
            ramp_from(ramp, Location(path=f"{self.role}/{material}"))
            named = isinstance(ramp, str)
            kept = ramp if named else [[float(v) for v in stop] for stop in ramp]
            self._extend(material, {"ramp": kept})
        if shadow is not None:
            texture = shadow if isinstance(shadow, Texture) else grey_map(shadow)
            taken = {held.name for held in self.character.textures}
            texture = replace(texture, name=_free(texture.name, taken))
            self._extend(material, {"face_shadow": texture.name})
            textures = [*self.character.textures, texture]
            self.character = replace(self.character, textures=textures)
        return self

    def _extend(self, material: str, extras: Mapping[str, object]) -> None:
        """Give a material more extras; the character of the caller stays as it is."""
        names = [m.name for m in self.character.materials]
        if material not in names:
            raise _unknown("material", material, sorted(names), self.role)
        changed = [
            replace(m, extras={**m.extras, **extras}) if m.name == material else m
            for m in self.character.materials
        ]
        self.character = replace(self.character, materials=changed)

    def play(self, clip: Clip, frame: int) -> Self:
        """Take pose and face of one frame of a motion."""
        if not 0 <= frame < clip.frames:
            raise ValueError(f"frame {frame} of a clip of {clip.frames} frames")
        self.pose(clip.rotations[frame], clip.root[frame])
        return self.weigh(clip.weights[frame])

    @property
    def state(self) -> FigureState:
        """The state that the renderer takes: skin matrices, weights, head."""
        posed = pose_figures(
            self.character,
            self.root[None],
            self.rotations[None],
            self.weights[None],
            self._extra,
        )[0]
        return FigureState(posed.palette, posed.weights, posed.head, self.visible, self.shapes)

    def _quaternions(self, values: ArrayLike, shape: tuple[int, ...]) -> NDArray[np.float32]:
        turns = np.asarray(values, np.float32)
        if turns.shape != shape:
            raise ValueError(f"rotations have shape {turns.shape}, expected {shape}")
        length = np.linalg.norm(turns, axis=-1, keepdims=True)
        if not bool((length > 1e-6).all() and np.isfinite(length).all()):
            raise self._invalid("rotations")
        return np.asarray(turns / length, np.float32)

    def _invalid(self, what: str) -> InputRefused:
        return InputRefused(
            "pose-invalid",
            f"角色“{self.role}”的 {what} 含有非数值或零四元数，请检查这一帧的数据。",
            f"The {what} of '{self.role}' have numbers that are not finite, or zero "
            "quaternions; look at the data of this frame.",
            Location(path=self.role),
        )
