"""What is drawn: things that stay for a shot and things that change with every frame."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.face import SHAPE_COUNT
from cyberdirector.core.model import Character
from cyberdirector.core.pose import node_matrices, skin_matrices
from cyberdirector.core.scene import Camera, LightRig, Set


@dataclass(frozen=True)
class RenderScene:
    """The unchanging content of a shot.

    Attributes
    ----------
    set
        The place; None draws the characters before the sky of the light.
    characters
        Role name → character.
    """

    set: Set | None
    characters: Mapping[str, Character]


@dataclass(frozen=True)
class FigureState:
    """One character in one frame.

    Attributes
    ----------
    palette
        (nodes, 3, 4) float32 skin matrices, rest model space → world, metres.
    weights
        (52,) float32, 0..1, ARKit order; each moves the shape of that name on every part.
    head
        (4, 4) float32 matrix of the head node, node space → world, for the face light.
    visible
        False leaves the character out, its shadow too.
    shapes
        Weights of shapes that are not among the ARKit 52, by name.
    """

    palette: NDArray[np.float32]
    weights: NDArray[np.float32]
    head: NDArray[np.float32]
    visible: bool = True
    shapes: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class FrameState:
    """Everything that one frame depends on besides the :class:`RenderScene`.

    Attributes
    ----------
    camera, light
        Where from and under which light.
    figures
        Role → state; roles that are missing are not drawn.
    time
        Seconds from the start of the shot; rain and flicker read only this and ``seed``.
    seed
        Seed of the shot.
    """

    camera: Camera
    light: LightRig
    figures: Mapping[str, FigureState] = field(default_factory=dict)
    time: float = 0.0
    seed: int = 0


def same_state(a: FrameState, b: FrameState) -> bool:
    """Return whether two frames of a scene show the same picture."""
    if (a.camera, a.light, a.time, a.seed) != (b.camera, b.light, b.time, b.seed):
        return False
    if a.figures.keys() != b.figures.keys():
        return False
    return all(_same_figure(a.figures[role], b.figures[role]) for role in a.figures)


def _same_figure(a: FigureState, b: FigureState) -> bool:
    return a is b or (
        a.visible == b.visible
        and dict(a.shapes) == dict(b.shapes)
        and np.array_equal(a.palette, b.palette)
        and np.array_equal(a.weights, b.weights)
        and np.array_equal(a.head, b.head)
    )


def pose_figures(
    character: Character,
    root: NDArray[np.floating],
    rotations: NDArray[np.floating],
    weights: NDArray[np.floating] | None = None,
    extra: Mapping[int, NDArray[np.floating]] | None = None,
    signs: Mapping[str, NDArray[np.floating]] | None = None,
) -> list[FigureState]:
    """Return one :class:`FigureState` for each frame of a motion.

    Parameters
    ----------
    character
        Who moves.
    root, rotations, extra
        As for :func:`~cyberdirector.core.pose.node_matrices`; ``root`` and ``rotations``
        of a :class:`~cyberdirector.core.clip.Clip` fit, ``extra`` takes the springs.
    weights
        (frames, 52) ARKit weights, or None for a neutral face.
    signs
        Weights (frames,) of shapes that are not among the ARKit 52; those that the character
        does not have are left out.
    """
    known = {name for part in character.parts for name in part.morphs}
    shown = {name: w for name, w in (signs or {}).items() if name in known}
    globals_ = node_matrices(character, root, rotations, extra)
    palettes = skin_matrices(character, globals_)
    head = character.humanoid.get("head", character.humanoid["hips"])
    faces = np.zeros((len(globals_), SHAPE_COUNT), np.float32) if weights is None else weights
    return [
        FigureState(
            palettes[i],
            np.asarray(faces[i], np.float32),
            globals_[i, head],
            shapes={name: float(w[i]) for name, w in shown.items() if w[i] > 0.0},
        )
        for i in range(len(globals_))
    ]
