"""Colours and textures of the office."""

from __future__ import annotations

import numpy as np

from cyberdirector.backlot.kit.builder import Builder
from cyberdirector.backlot.kit.decals import decal_texture
from cyberdirector.backlot.kit.noise import Image, coordinates, fractal, pixels, ramp, rgb, step
from cyberdirector.backlot.kit.pictures import glyph_mask
from cyberdirector.backlot.kit.streets import skyline
from cyberdirector.backlot.kit.surfaces import boards, plaster, weave
from cyberdirector.backlot.props.swatch import swatch_pixels

_SHADE = "#8087a6"


def make_materials(made: Builder, seed: int) -> None:
    """Make every material of the set; translucent ones last."""
    made.paint(
        "carpet",
        weave(("#4b5a70", "#62748c", "#7b8da4", "#94a5b9"), seed + 1),
        shade=_SHADE,
        casts=False,
    )
    made.paint(
        "wall",
        plaster(("#b9bfca", "#d6dae0", "#e9eaea", "#f5f3ee"), seed + 2, foot=0.22),
        shade=_SHADE,
        casts=False,
    )
    made.paint(
        "accent",
        boards(("#6a4a34", "#94694a", "#b98c64", "#d3ac82"), seed + 3),
        shade="#857c94",
        casts=False,
    )
    made.paint(
        "wood",
        boards(("#8f6c4c", "#b8946c", "#d6b78e", "#e9d2ae"), seed + 4, 512),
        shade="#8a8498",
    )
    made.paint(
        "frame",
        boards(("#232833", "#323946", "#454e5e", "#606b7c"), seed + 5, 256),
        shade=_SHADE,
        casts=False,
    )
    made.paint("ceiling", _ceiling(), shade="#9096ae", casts=False)
    made.paint("props", swatch_pixels(), shade="#868ca8", toony=0.5)
    made.paint("graphics", _graphics(seed), shade=_SHADE, casts=False)
    made.paint("leaf", _leaf(), shade="#6f86a0", double=True)
    made.paint(
        "lamp", None, color="#f4f2ec", unlit=True, role="emissive", glow=(0.35, 0.34, 0.32)
    )
    made.paint(
        "warm_lamp", None, color="#ffe2b0", unlit=True, role="emissive", glow=(0.35, 0.26, 0.14)
    )
    made.paint("screen", _screens(), unlit=True, role="emissive", glow=(0.02, 0.03, 0.04))
    city, lit = skyline(seed + 8)
    made.paint("city", city, shade="#8c98bc", alpha="MASK", casts=False)
    made.paint(
        "city_glow",
        lit,
        color="#8e96a8",
        unlit=True,
        alpha="MASK",
        cutoff=0.3,
        role="emissive",
        glow=(0.66, 0.52, 0.32),
    )
    made.paint("glass", _glass(), shade="#a8b4cc", alpha="BLEND", order=2)
    made.paint(
        "shadow", decal_texture("#12182a", 0.5), unlit=True, alpha="BLEND", order=3, decal=True
    )


def _ceiling(size: int = 512) -> np.ndarray:
    """Return ceiling panels 4 × 4 with thin grooves."""
    v, u = coordinates(size, size)
    y, x = v * 4 % 1.0, u * 4 % 1.0
    edge = np.minimum(np.minimum(x, 1 - x), np.minimum(y, 1 - y))
    tone = (
        0.75
        + 0.12 * (fractal((size, size), (4, 4), 5, 3) - 0.5)
        - 0.5 * (1 - step(0.006, 0.02, edge))
    )
    return pixels(ramp(tone, ("#99a0ae", "#cdd1d8", "#eef0f2")))


def _leaf(size: int = 64) -> np.ndarray:
    v, u = coordinates(size, size)
    tone = 0.25 + 0.7 * v * 0.4 + 0.35 * (1 - np.abs(u - 0.5) * 2) * 0.5
    tone += 0.25 * (1 - step(0.0, 0.06, np.abs(u - 0.5)))
    return pixels(
        ramp(np.asarray(tone, np.float32), ("#1f4a38", "#33704a", "#5c9a58", "#9cc878"))
    )


def _glass(size: int = 256) -> np.ndarray:
    """Return faint slanting reflections on glass."""
    v, u = coordinates(size, size)
    d = (u + 0.55 * v) % 1.0
    streak = step(0.18, 0.22, d) * (1 - step(0.36, 0.40, d)) + 0.6 * step(0.44, 0.46, d) * (
        1 - step(0.50, 0.52, d)
    )
    alpha = 0.03 + 0.06 * streak * (1 - 0.5 * v)
    return pixels(
        np.ones((size, size, 3), np.float32) * rgb("#e4f0fa"), np.asarray(alpha, np.float32)
    )


def _lines(
    image: Image,
    left: float,
    top: float,
    width: float,
    rows: int,
    pitch: float,
    color: str,
    seed: int,
) -> None:
    """Draw rows of text-like bars."""
    rng = np.random.default_rng(seed)
    h, w = image.shape[:2]
    for i in range(rows):
        y = int((top + i * pitch) * h)
        x0, x1 = int(left * w), int((left + width * (0.4 + 0.6 * rng.random())) * w)
        image[y : y + max(int(pitch * h * 0.4), 1), x0:x1] = rgb(color)


def _screens(size: tuple[int, int] = (256, 1024)) -> np.ndarray:
    """Return four monitor pictures side by side: code, chart, document, picture."""
    image = np.zeros((*size, 3), np.float32)
    cell = size[1] // 4
    code, chart, page, art = (image[:, i * cell : (i + 1) * cell] for i in range(4))
    code[:] = rgb("#16202e")
    for k, tint in enumerate(("#7fd0c0", "#8fb4f0", "#e8b878", "#c0c8d4")):
        _lines(code, 0.08 + 0.04 * (k % 2), 0.06 + 0.058 * k, 0.75, 4, 0.232, tint, k)
    chart[:] = rgb("#f1f5fa")
    for i in range(8):
        top = int(256 * (0.80 - 0.07 * i * (0.6 + 0.4 * np.sin(i * 2.1) ** 2)))
        chart[top:220, 24 + i * 27 : 42 + i * 27] = rgb("#4d8fd8" if i % 2 else "#7fc0e8")
    _lines(chart, 0.08, 0.05, 0.5, 2, 0.05, "#50607a", 3)
    page[:] = rgb("#e6ebf2")
    page[14:242, 30:226] = rgb("#ffffff")
    _lines(page, 0.18, 0.12, 0.66, 13, 0.062, "#8c98aa", 4)
    v, u = coordinates(256, cell)
    art[:] = ramp(1 - v, ("#2a5a7c", "#5aa0b8", "#f0d8a8", "#f0a878"))
    art[(v > 0.62 + 0.12 * np.sin(u * 9))] = rgb("#1f3a50")
    for part in (code, chart, page, art):
        part[:10] = rgb("#2c3646")
    return pixels(image)


def _graphics(seed: int) -> np.ndarray:
    """Return whiteboard, two posters and the logo wall on one sheet, 1024 × 1024."""
    sheet = np.ones((1024, 1024, 3), np.float32)
    board = sheet[:512, :1024]
    board[:] = rgb("#f4f6f8")
    board *= (0.94 + 0.1 * fractal((512, 1024), (3, 4), seed + 3, 3))[..., None]
    title = glyph_mask("季度目标", (120, 420), fill=0.9)
    board[30:150, 50:470] *= 1 - (1 - rgb("#2b5fa8")) * title[..., None]
    for k, (x, y, tint) in enumerate(
        ((80, 200, "#d8503c"), (80, 260, "#2f3a4c"), (80, 320, "#2f3a4c"), (80, 380, "#2f8a5c"))
    ):
        _lines(board, x / 1024, y / 512, 0.28, 1, 0.06, tint, seed + k)
    v, u = coordinates(512, 1024)
    curve = np.abs(
        v - (0.75 - 0.5 * np.clip((u - 0.5) / 0.4, 0, 1) ** 1.6 + 0.03 * np.sin(u * 40))
    )
    ink = (1 - step(0.006, 0.012, np.asarray(curve, np.float32))) * (u > 0.5) * (u < 0.9)
    axis = (
        ((np.abs(u - 0.49) < 0.002) | (np.abs(v - 0.8) < 0.004))
        & (u > 0.488)
        & (u < 0.93)
        & (v > 0.2)
        & (v < 0.81)
    )
    board[:] = board + (rgb("#d8503c") - board) * ink[..., None]
    board[axis] = rgb("#2f3a4c")
    for i, tint in enumerate(("#f6d860", "#f29ab0", "#8fd0f0", "#b8e090", "#f6d860")):
        y, x = 60 + 90 * (i % 2), 560 + 90 * i
        board[y : y + 66, x : x + 66] = rgb(tint)
    logo = sheet[512:768]
    logo[:] = ramp(
        0.5 + 0.3 * (0.5 - coordinates(256, 1024)[0]), ("#16324e", "#22496c", "#346890")
    )
    mask = glyph_mask("云起科技", (256, 620), fill=0.86)
    logo[:, 340:960] += (rgb("#f4f8fc") - logo[:, 340:960]) * mask[..., None]
    v, u = coordinates(256, 256)
    cloud = np.zeros((256, 256), np.float32)
    for cx, cy, r in ((0.38, 0.55, 0.16), (0.55, 0.45, 0.2), (0.70, 0.57, 0.14)):
        cloud = np.maximum(cloud, 1 - step(r - 0.01, r + 0.01, np.hypot(u - cx, v - cy)))
    cloud = np.maximum(
        cloud, (1 - step(0.09, 0.11, np.abs(v - 0.62))) * (np.abs(u - 0.54) < 0.2)
    )
    logo[:, 70:326] += (rgb("#7fd0e8") - logo[:, 70:326]) * cloud[..., None]
    for i, tones in enumerate(
        (("#e8b090", "#f0d8b0", "#7fb0b8"), ("#28507c", "#6fa8c8", "#f4e0c0"))
    ):
        poster = sheet[768:, i * 256 : (i + 1) * 256]
        v, u = coordinates(256, 256)
        wave = 0.5 + 0.5 * np.sin(v * 9 + 2 * np.sin(u * 5 + i))
        poster[:] = ramp(np.asarray(wave, np.float32), tones)
        rim = np.minimum(np.minimum(u, 1 - u), np.minimum(v, 1 - v))
        poster[rim < 0.06] = rgb("#f6f4ee")
    sheet[768:, 512:] = rgb("#d8dce2")
    return pixels(sheet)


WHITEBOARD = (0.002, 0.002, 0.998, 0.498)
LOGO = (0.002, 0.502, 0.998, 0.748)
POSTERS = ((0.002, 0.752, 0.248, 0.998), (0.252, 0.752, 0.498, 0.998))
