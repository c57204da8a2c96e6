"""Exact pictures of what is drawn: depth, normals, motion, identities, lines, alpha.

Nothing here passes through a multisample resolve or a filter: every value belongs to one
sample. Shares of a pixel (identities, lines, alpha) are counted over eight passes whose
samples lie at different places in the pixel.
"""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.errors import InputRefused, Location
from cyberdirector.render import cryptomatte
from cyberdirector.render._aov_jobs import Job, Things, figure_jobs, set_jobs, set_object
from cyberdirector.render._aov_pass import EVERY_VERTEX, AovPass
from cyberdirector.render.camera import View
from cyberdirector.render.figure import Figure
from cyberdirector.render.scene import FrameState, RenderScene

if TYPE_CHECKING:
    from cyberdirector.render.renderer import Renderer

Floats = NDArray[np.float32]
Name = Literal[
    "depth", "normal", "normal_camera", "motion", "object", "material", "line", "inner", "alpha"
]
NAMES: tuple[Name, ...] = get_args(Name)
"""Everything that can be asked for."""

FAR_AWAY = 1e10
"""Depth where nothing is drawn, metres (the value that Blender writes too)."""

_COUNTED = frozenset(("object", "material", "line", "alpha"))
_GEOMETRIC = frozenset(("depth", "normal", "normal_camera", "motion", "inner"))
_CREASE = 0.5
"""Cosine between the normals of neighbours that makes a crease: 60 degrees."""
_STEP = 0.03
"""Metres between neighbours above which they are no crease but one before the other."""


def _axes(view: View) -> NDArray[np.float64]:
    """Return world → camera (3, 3): rows right, up, backward."""
    return np.stack([np.cross(view.forward, view.up), view.up, -view.forward])


def _sky_motion(view: View, before: View, size: tuple[int, int]) -> NDArray[np.float64]:
    """Return the motion (height, width, 2) of what is infinitely far, pixels."""
    width, height = size
    x, y = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
    rays = np.stack(
        [x - width / 2.0, height / 2.0 - y, np.full(x.shape, -view.focal_pixels)], axis=-1
    )
    rays = rays @ (_axes(before) @ _axes(view).T).T
    away = np.maximum(-rays[..., 2], 1e-3) / before.focal_pixels
    return np.stack(
        [
            x - (width / 2.0 + rays[..., 0] / away),
            y - (height / 2.0 - rays[..., 1] / away),
        ],
        axis=-1,
    )


def _check(names: Sequence[str]) -> None:
    unknown = [name for name in names if name not in NAMES]
    if unknown:
        raise InputRefused(
            "aov-unknown",
            f"没有名为“{unknown[0]}”的 AOV；可用：{'、'.join(NAMES)}。",
            f"There is no AOV named '{unknown[0]}'; choose from {', '.join(NAMES)}.",
            Location(path=unknown[0]),
        )


_PASSES: weakref.WeakKeyDictionary[Any, AovPass] = weakref.WeakKeyDictionary()


def _pass_of(renderer: Renderer) -> AovPass:
    """Return the targets of a renderer, made when first asked for."""
    if renderer not in _PASSES:
        _PASSES[renderer] = AovPass(renderer.device.context, renderer.shaders, renderer.size)
    return _PASSES[renderer]


def draw_aovs(
    renderer: Renderer,
    state: FrameState,
    previous_state: FrameState | None = None,
    names: Sequence[str] = NAMES,
) -> dict[str, Floats]:
    """Return exact pictures of one frame, float32, row 0 on top.

    They depend on the scene and the two states alone.

    Parameters
    ----------
    renderer
        With the scene loaded; its size is that of the pictures.
    state
        The frame.
    previous_state
        The frame before, for ``motion``; without it everything stands still.
    names
        Some of :data:`NAMES`.

    Returns
    -------
    Name → array of (height, width, …):

    ``depth``
        Metres along the view axis; :data:`FAR_AWAY` where nothing is.
    ``normal``, ``normal_camera``
        (…, 3) unit vectors in world space and in camera space (right, up, towards the
        camera); 0 where nothing is.
    ``motion``
        (…, 2) pixels right and down since the frame before: what is at pixel p now was
        at p - motion.
    ``object``, ``material``
        (…, 12) pairs of identity bits and coverage (see
        :func:`~cyberdirector.render.cryptomatte.rank_samples`).
    ``line``
        Share of the pixel covered by outlines as they are drawn, 0..1.
    ``inner``
        1 on lines inside characters that no outline draws: creases and borders between
        materials.
    ``alpha``
        Share of the pixel covered by characters, 0..1.

    Raises
    ------
    InputRefused
        ``aov-unknown``; ``camera-invalid`` and ``role-unknown`` as for a picture.
    """
    _check(names)
    wanted = set(names)
    renderer.device.activate()
    passes = _pass_of(renderer)
    view = View(state.camera, renderer.size)
    passes.use()
    moved: set[Figure] = set()
    before = view
    if previous_state is not None and "motion" in wanted:
        before = View(previous_state.camera, renderer.size)
        moved = _pose_before(renderer, passes, state, previous_state, before)
    things = Things()
    jobs = _jobs(renderer, state, view, things)
    passes.begin(state, view, renderer.style)
    out: dict[str, Floats] = {}
    if wanted & _GEOMETRIC:
        shape, motion = passes.geometry(jobs, view, before, moved)
        out |= _geometric(wanted, shape, motion, view, before)
        if "inner" in wanted:
            out["inner"] = _inner(shape, motion[..., 3], things)
    if wanted & _COUNTED:
        numbers = passes.numbers(jobs, view)
        out |= _counted(wanted, numbers, things)
    renderer.device.check_error("aov")
    return {name: out[name] for name in names}


def _pose_before(
    renderer: Renderer, passes: AovPass, state: FrameState, previous: FrameState, before: View
) -> set[Figure]:
    """Skin the figures of the frame before that are in this one too; return them."""
    moved = set()
    for role, past in previous.figures.items():
        if role in state.figures and role in renderer.figures and past.visible:
            figure = renderer.figures[role]
            figure.pose(past, before.eye, EVERY_VERTEX)
            passes.keep_past(figure)
            moved.add(figure)
    return moved


def _jobs(renderer: Renderer, state: FrameState, view: View, things: Things) -> list[Job]:
    """Skin the figures of a frame and return everything to draw."""
    shown = [f for f in renderer.passes.pose(state, view) if f.on_screen]
    lines = renderer.style.outline > 0.0
    jobs: list[Job] = []
    for role, figure in renderer.figures.items():
        if figure in shown:
            jobs += figure_jobs(role, figure, view, things, lines)
    place = renderer.scene.set
    if place is not None and renderer.backdrop is not None:
        jobs += set_jobs(place.name, renderer.backdrop, view, renderer.figures, things)
    return jobs


def _geometric(
    wanted: set[str], shape: Floats, motion: Floats, view: View, before: View
) -> dict[str, Floats]:
    """Return depth, normals and motion from what was drawn."""
    out: dict[str, Floats] = {}
    empty = shape[..., 3] <= 0.0
    if "depth" in wanted:
        out["depth"] = np.where(empty, np.float32(FAR_AWAY), shape[..., 3])
    if "normal" in wanted:
        out["normal"] = np.ascontiguousarray(shape[..., :3])
    if "normal_camera" in wanted:
        out["normal_camera"] = (shape[..., :3] @ _axes(view).T.astype(np.float32)).astype(
            np.float32
        )
    if "motion" in wanted:
        pixels = np.ascontiguousarray(motion[..., :2])
        if before is not view and empty.any():
            height, width = empty.shape
            pixels[empty] = _sky_motion(view, before, (width, height))[empty]
        out["motion"] = pixels if before is not view else np.zeros_like(pixels)
    return out


def _inner(shape: Floats, numbers: Floats, things: Things) -> Floats:
    """Return 1 where a character creases or changes its material without an outline."""
    at = numbers.astype(np.int64)
    figure, hull = np.array(things.figure)[at], np.array(things.hull)[at]
    object_, material = (
        np.unique(names, return_inverse=True)[1][at]
        for names in (things.objects, things.materials)
    )
    near = hull.copy()  # an outline is within a pixel
    for dy in (-1, 0, 1):
        for dx in (-1, 0, 1):
            near |= np.roll(hull, (dy, dx), (0, 1))
    out = np.zeros(at.shape, np.float32)
    for one, two in ((np.s_[:, :-1], np.s_[:, 1:]), (np.s_[:-1], np.s_[1:])):
        turn = np.sum(shape[one][..., :3] * shape[two][..., :3], axis=-1)
        step = np.abs(shape[one][..., 3] - shape[two][..., 3])
        line = (material[one] != material[two]) | ((turn < _CREASE) & (step < _STEP))
        line &= figure[one] & figure[two] & (object_[one] == object_[two])
        out[one][line & ~near[one] & ~near[two]] = 1.0
    return out


def _counted(
    wanted: set[str], numbers: NDArray[np.uint32], things: Things
) -> dict[str, Floats]:
    """Return identities, lines and alpha from numbers (samples, height, width)."""
    out: dict[str, Floats] = {}
    for name, names in (("object", things.objects), ("material", things.materials)):
        if name in wanted:
            out[name] = cryptomatte.rank_samples(numbers, things.identities(names))
    if wanted & {"line", "alpha"}:
        mixed = cryptomatte.mixed_pixels(numbers)
        inside = numbers[:, mixed]
        for name, flags in (("line", things.hull), ("alpha", things.figure)):
            if name in wanted:
                hit = np.array(flags, np.float32)
                out[name] = hit[numbers[0]]
                out[name][mixed] = hit[inside].mean(axis=0)
    return out


def names_of(scene: RenderScene) -> dict[str, list[str]]:
    """Return all names that ``object`` and ``material`` of a scene can hold, sorted.

    Objects are roles and parts of the set, materials ``role/material`` and
    ``set/material``; the same for all frames of a shot.
    """
    objects = set(scene.characters)
    materials = {
        f"{role}/{m.name}" for role, c in scene.characters.items() for m in c.materials
    }
    if scene.set is not None:
        place = scene.set.name
        objects |= {set_object(place, p.name, scene.characters) for p in scene.set.parts}
        materials |= {f"{place}/{m.name}" for m in scene.set.materials}
    return {"object": sorted(objects), "material": sorted(materials)}
