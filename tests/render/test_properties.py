"""What every frame must satisfy, whatever is drawn: coverage, shifts, lines, shadows."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from scipy.ndimage import binary_dilation, distance_transform_edt

from cyberdirector.core.model import Character, Material, Morph, Node
from cyberdirector.core.pose import arms_down
from cyberdirector.core.scene import Camera, LightRig, Set
from cyberdirector.render import (
    FigureState,
    FrameState,
    Profile,
    RenderScene,
    Stage,
    pose_figures,
)
from cyberdirector.render.device import Device
from cyberdirector.render.figure_mesh import pack_figure
from cyberdirector.render.painter import Painter
from cyberdirector.render.plain import posed_meshes
from cyberdirector.render.still import stand

sys.path.insert(0, str(Path(__file__).parent))
from samples import LIGHTS, box, figure, part, room, sphere

pytestmark = pytest.mark.gl

SIDE = 64
PIXEL = 1.0 / 16.0
"""Metres of a pixel on the plane z = 0: a power of two, so that shifts are exact."""
AWAY = 8.0
FRONT = Camera((0.0, 0.0, AWAY), (0.0, 0.0, 0.0), 2.0 * float(np.arctan(32 * PIXEL / AWAY)))
SHARP = Profile("sharp", samples=0, effects=False, dense_weather=False)
PALE = LightRig("pale", sky=((0.6, 0.6, 0.6), (0.6, 0.6, 0.6)))
RED = (0.9, 0.02, 0.02, 1.0)

few = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
steps = st.integers(2 * 16 + 1, 62 * 16 - 1)
"""Sixteenths of a pixel: what rasterizers keep exactly."""
corners = st.tuples(steps, steps)


@pytest.fixture(scope="module")
def device():
    one = Device()
    yield one
    one.close()


@pytest.fixture(scope="module")
def wall(device):
    """A stage on which flat triangles can be drawn, and its empty picture."""
    with Stage((SIDE, SIDE), profile=SHARP, device=device) as stage:
        stage.camera, stage.light = FRONT, PALE
        yield stage, stage.draw()


def world(points: np.ndarray) -> np.ndarray:
    """Return pixels (n, 2), right and down from the corner, as metres on z = 0."""
    x, y = np.asarray(points, float).T
    return np.stack([(x - 32) * PIXEL, (32 - y) * PIXEL, np.zeros(len(x))], axis=1)


def covered(wall, *triangles: np.ndarray) -> np.ndarray:
    """Return which pixels (64, 64) flat triangles in pixel units cover."""
    stage, empty = wall
    points = np.concatenate([world(t) for t in triangles])
    stage.add_mesh(points, np.arange(len(points)).reshape(-1, 3), RED, name="flat")
    return np.asarray((stage.draw() != empty).any(axis=-1))


def area(t: np.ndarray) -> float:
    (ax, ay), (bx, by), (cx, cy) = t
    return 0.5 * abs((bx - ax) * (cy - ay) - (cx - ax) * (by - ay))


def as_pixels(points: tuple[tuple[int, int], ...]) -> np.ndarray:
    return np.array(points, float) / 16.0


# Coverage ---------------------------------------------------------------------------------


@few
@given(st.tuples(corners, corners, corners))
def test_a_triangle_covers_its_area(wall, points) -> None:
    t = as_pixels(points)
    perimeter = float(np.linalg.norm(t - np.roll(t, 1, axis=0), axis=1).sum())
    assume(area(t) > 4.0)
    assert abs(int(covered(wall, t).sum()) - area(t)) <= perimeter / 2.0 + 1.0


@few
@given(st.tuples(corners, corners, corners, corners))
def test_a_shared_edge_is_covered_once(wall, points) -> None:
    a, b, c, d = as_pixels(points)
    along = b - a
    sides = [along[0] * (p - a)[1] - along[1] * (p - a)[0] for p in (c, d)]
    assume(sides[0] * sides[1] < -16.0)
    one, two = np.stack([a, b, c]), np.stack([b, a, d])
    first, second, both = (
        covered(wall, one), covered(wall, two), covered(wall, one, two),
    )  # fmt: skip
    assert not (first & second).any()
    assert ((first | second) == both).all()


@few
@given(st.tuples(corners, corners, corners), st.integers(-5, 5), st.integers(-5, 5))
def test_whole_pixels_shift_the_picture(wall, points, right, down) -> None:
    t = as_pixels(points)
    assume(area(t) > 4.0)
    moved = t + np.array([right, down])
    assume(moved.min() > 0 and moved.max() < SIDE)
    expected = np.roll(covered(wall, t), (down, right), axis=(0, 1))
    assert (covered(wall, moved) == expected).all()


def test_nothing_of_no_area(wall) -> None:
    """Triangles without area cover nothing."""
    line = np.array([[10.0, 10.0], [50.0, 50.0], [30.0, 30.0]])
    assert not covered(wall, line).any()


# Figures ----------------------------------------------------------------------------------


def ball(radius: float = 1.0, width: float = 0.0, morph: bool = False) -> Character:
    """Return a one-bone character: a white ball with a black outline."""
    shape = sphere((0.0, 0.0, 0.0), (radius,) * 3, 32, 48)
    body = part("ball", [shape], 0, [0])
    if morph:
        rows = np.arange(0, len(body.positions), 3, dtype=np.uint32)
        body.morphs["cheekPuff"] = Morph(rows, np.full((len(rows), 3), 0.2, np.float32))
    material = Material(
        "white", (1, 1, 1, 1), shade_color=(1, 1, 1), role="cloth",
        outline_mode="worldCoordinates" if width else "none", outline_width=width,
        outline_color=(0.0, 0.0, 0.0),
    )  # fmt: skip
    return Character("ball", [Node("hips", -1)], {"hips": 0}, [body], [material])


def at(x: float = 0.0, y: float = 0.0, weights: np.ndarray | None = None) -> FigureState:
    """Return the ball at (x, y, 0)."""
    palette = np.eye(4, dtype=np.float32)[None, :3].copy()
    palette[0, :2, 3] = x, y
    head = np.eye(4, dtype=np.float32)
    head[:2, 3] = x, y
    face = np.zeros(52, np.float32) if weights is None else weights
    return FigureState(palette, face, head)


def drawn(device, character: Character, state: FigureState, side: int = SIDE) -> np.ndarray:
    scene = RenderScene(None, {"a": character})
    with Painter(scene, (side, side), SHARP, device) as painter:
        return painter.draw(FrameState(FRONT, PALE, {"a": state}))[0]


def silhouette(
    device, character: Character, state: FigureState, side: int = SIDE
) -> np.ndarray:
    """Return which pixels a character covers."""
    empty = drawn(device, character, replace(state, visible=False), side)
    return np.asarray((drawn(device, character, state, side) != empty).any(axis=-1))


def test_outline_grows_with_its_width_and_stays_within_it(device) -> None:
    """A line of w pixels ends at most w + 1 pixels off the body, and wider is never less.

    At 720 pixels: lines are held between limits that shrink with the picture.
    """
    side, pixel = 720, SIDE * PIXEL / 720
    body = silhouette(device, ball(), at(), side)
    off = distance_transform_edt(~body)
    before = body
    for width in (1.0, 1.5, 2.0):
        with_line = silhouette(device, ball(width=width * pixel), at(), side)
        line = with_line & ~body
        assert line.any()
        assert off[line].max() <= width + 1.0
        assert with_line.sum() > before.sum()
        assert (before & ~with_line).sum() <= 2  # vertices move by fractions of a pixel
        before = with_line


def test_a_moved_figure_is_the_same_picture_elsewhere(device) -> None:
    """All of it moves: weights that did not sum to 1 would leave a part behind."""
    here = silhouette(device, ball(0.8), at())
    there = silhouette(device, ball(0.8), at(5 * PIXEL, -3 * PIXEL))
    rolled = np.roll(here, (3, 5), axis=(0, 1))
    # Perspective shows a little more of its side.
    near = binary_dilation(rolled, iterations=1)
    assert (there & ~near).sum() == 0
    assert (rolled & ~binary_dilation(there, iterations=1)).sum() == 0


def test_shapes_without_weight_are_the_base(device) -> None:
    plain = drawn(device, ball(), at())
    with_shapes = drawn(device, ball(morph=True), at())
    assert plain.tobytes() == with_shapes.tobytes()
    face = np.zeros(52, np.float32)
    face[:] = 1.0
    assert drawn(device, ball(morph=True), at(weights=face)).tobytes() != plain.tobytes()


@few
@given(st.integers(1, 8), st.integers(0, 2**31))
def test_packed_weights_sum_to_one(influences, seed) -> None:
    rng = np.random.default_rng(seed)
    person = figure()
    for piece in person.parts:
        n = len(piece.positions)
        piece.joints = rng.integers(0, len(person.nodes), (n, influences)).astype(np.uint16)
        weights = rng.random((n, influences)) ** 4 + 1e-6
        piece.weights = (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)
    packed = pack_figure(person).rest["weights"].astype(float)
    scale = 255.0 if packed.max() > 1.0 else 1.0
    np.testing.assert_allclose(packed.sum(axis=1), scale, rtol=1e-5)


# Light ------------------------------------------------------------------------------------


def floor() -> Set:
    return Set(
        "floor",
        [part("floor", [box((-8, -0.1, -8), (8, 0, 8))], 0)],
        [Material("f", (0.6, 0.6, 0.6, 1))],
    )


def test_the_shadow_is_that_of_the_posed_body(device) -> None:
    """On the floor it lies where the posed vertices fall, seen from above."""
    person = figure()
    turns = arms_down(1)
    turns[:] = [0.0, 0.0, 0.0, 1.0]
    root = np.array([[0.3, person.rest().hip_height, 0.0]])
    towards = np.array([1.0, 1.0, 0.35])
    light = LightRig("side", tuple(towards), sky=((0.5, 0.5, 0.5), (0.5, 0.5, 0.5)))
    camera = Camera((-0.8, 9.0, 0.01), (-0.8, 0.0, 0.0), 0.5)
    size = (128, 128)
    for pose in (turns, arms_down(1)):
        state = pose_figures(person, root, pose)[0]
        with Painter(RenderScene(floor(), {"a": person}), size, SHARP, device) as painter:
            lit, shaded = (
                painter.draw(FrameState(camera, light, {"a": s}))[0].astype(int)
                for s in (replace(state, visible=False), state)
            )
        dark = (lit - shaded)[..., :3].max(axis=-1) > 4
        points = np.concatenate([m.positions for m in posed_meshes(person, state)])
        fallen = points - points[:, 1:2] / towards[1] * towards
        # Seen from above: +X right, +Z down.
        scale = 64.0 / (9.0 * np.tan(0.25))
        x, y = 64 + (fallen[:, 0] + 0.8) * scale, 64 + fallen[:, 2] * scale
        inside = (x > 1) & (x < 127) & (y > 1) & (y < 127)
        cells = np.zeros((128, 128), bool)
        cells[y[inside].astype(int), x[inside].astype(int)] = True
        hidden = binary_dilation(_body_from_above(points, scale), iterations=3)
        expected = binary_dilation(cells, iterations=2)
        # No shadow where no vertex falls (nor the soft spots under the feet), and most
        # vertices fall into shadow.
        assert (dark & ~expected & ~hidden).sum() <= 0.02 * dark.sum()
        free = cells & ~hidden
        assert (dark & free).sum() > 0.8 * free.sum()


def _body_from_above(points: np.ndarray, scale: float) -> np.ndarray:
    """Return which pixels the body itself covers, seen from 9 m above."""
    nearer = 9.0 / (9.0 - points[:, 1])
    x = np.clip(64 + (points[:, 0] + 0.8) * scale * nearer, 0, 127).astype(int)
    y = np.clip(64 + points[:, 2] * scale * nearer, 0, 127).astype(int)
    out = np.zeros((128, 128), bool)
    out[y, x] = True
    return binary_dilation(out, iterations=2)


# Sequences --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def scene(device):
    cast = {"a": figure(), "b": figure((0.5, 0.08, 0.1))}
    place = room()
    with Painter(RenderScene(place, cast), (96, 128), "cpu", device) as painter:
        yield painter, place, cast


def _frame(scene, number: int, light: str) -> np.ndarray:
    painter, place, cast = scene
    camera = place.cameras["establish"]
    figures = {
        "a": stand(cast["a"], (-0.4 + 0.02 * number, 0.0, 0.0), 0.1 * number),
        "b": stand(cast["b"], (0.4, 0.0, 0.1), -0.3),
    }
    state = FrameState(camera, LIGHTS[light], figures, number / 24, 5)
    return painter.draw(state)[0]


@settings(max_examples=6, deadline=None)
@given(st.permutations(range(5)), st.sampled_from(["day", "night", "rain"]))
def test_a_frame_alone_is_the_frame_in_any_sequence(scene, order, light) -> None:
    straight = [_frame(scene, i, light).tobytes() for i in range(5)]
    shuffled = {i: _frame(scene, i, light).tobytes() for i in order}
    assert [shuffled[i] for i in range(5)] == straight


def test_a_plate_changes_no_pixel(scene) -> None:
    """A camera at rest takes the set from a plate; one that has just moved draws it."""
    painter, place, _ = scene
    camera = place.cameras["establish"]
    for light in ("day", "night", "rain"):
        rest = [_frame(scene, 2, light) for _ in range(3)]
        x, y, z = camera.eye
        painter.draw(FrameState(replace(camera, eye=(x + 0.1, y, z)), LIGHTS[light]))
        fresh = _frame(scene, 2, light)
        assert {image.tobytes() for image in rest} == {fresh.tobytes()}
