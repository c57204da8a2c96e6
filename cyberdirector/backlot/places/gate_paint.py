"""Colours and textures of the mountain gate."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cyberdirector.backlot.kit.builder import Builder
from cyberdirector.backlot.kit.decals import decal_texture
from cyberdirector.backlot.kit.noise import (
    coordinates,
    fractal,
    pixels,
    posterize,
    ramp,
    rgb,
    step,
)
from cyberdirector.backlot.kit.pictures import (
    glyph_mask,
    lantern_skin,
    leaf_cluster,
    sign_board,
)
from cyberdirector.backlot.kit.surfaces import boards, lacquer, roof_tiles, slabs
from cyberdirector.backlot.kit.views import (
    cloud_bank,
    contour_of,
    grounded,
    mist_patches,
    peaks,
)
from cyberdirector.backlot.props.swatch import swatch_pixels

_SHADE = "#7f86ad"


def make_materials(made: Builder, seed: int) -> dict[str, NDArray[np.float32]]:
    """Make every material; return the upper contours of the bands of the distance."""
    stone = ("#56606e", "#868d95", "#b3b4b1", "#d4d0c6")
    made.paint("slabs", slabs(stone, seed + 1, 6, 4, moss="#6f8a5c"), shade=_SHADE)
    made.paint(
        "masonry",
        boards(
            ("#5a626d", "#8b9196", "#b5b4ae", "#d2cdc1"),
            seed + 2,
            512,
            joints=True,
            grain=(30, 26),
        ),
        shade=_SHADE,
    )
    made.paint("rock", _rock(seed), shade="#7078a0")
    made.paint("grass", _grass(seed), shade="#6c80a0")
    made.paint(
        "lacquer",
        lacquer(("#4a1414", "#8c2820", "#b53c2a", "#cf5a3c"), seed + 3, 256),
        shade=_SHADE,
    )
    made.paint("beams", _painted_beams(seed), shade=_SHADE)
    made.paint(
        "tiles",
        roof_tiles(("#1d3a46", "#2f5f6c", "#4f8a90", "#8cbcb4"), seed + 4),
        shade="#737cab",
    )
    made.paint(
        "ridge",
        boards(("#1b2d38", "#29424e", "#3d5c66", "#5d7f84"), seed + 5, 256),
        shade=_SHADE,
    )
    made.paint(
        "plaster",
        boards(("#8d7c6c", "#b9a78e", "#d8c8a8", "#e8dcc0"), seed + 6, 256),
        shade=_SHADE,
    )
    made.paint(
        "sign",
        sign_board(
            "青云门",
            (256, 640),
            ("#0f1d38", "#182c50", "#25406c"),
            ("#b5812e", "#f4cc6a", "#fff2c0"),
            "#c08c34",
            seed + 7,
        ),
        shade=_SHADE,
    )
    made.paint("props", swatch_pixels(), shade="#8088ac", toony=0.5)
    skins = np.concatenate(
        [
            lantern_skin(("#7a0f0c", "#d8301a", "#ff7a38", "#ffd890"), 14),
            lantern_skin(("#b86a20", "#f2ae50", "#ffd98a", "#fff4cc"), 6),
        ],
        axis=1,
    )
    made.paint("lantern", skins, unlit=True, role="emissive", glow=(0.28, 0.16, 0.05))
    made.paint("banner", _banner(), shade=_SHADE, double=True)
    made.paint(
        "needles",
        leaf_cluster(("#173532", "#2b5a48", "#548660", "#97b878"), seed + 8, "pine"),
        shade="#6a80a4",
        alpha="MASK",
        cutoff=0.42,
        double=True,
    )
    made.paint("sea", _sea(seed), shade="#a9b8dc", toony=0.1, glow=(0.04, 0.045, 0.055))
    sheet, contours = _distance(seed)
    made.paint("distance", sheet, shade="#b4bedc", casts=False)
    mist = mist_patches("#f4f6fb", seed + 15, (128, 1024))
    made.paint("mist", mist, shade="#c0c9e4", alpha="BLEND", order=1)
    made.paint(
        "shadow", decal_texture("#141a30", 0.5), unlit=True, alpha="BLEND", order=9, decal=True
    )
    return contours


DISTANCE = {
    "far_peaks": (0.0, 0.25),
    "mid_cloud": (0.25, 0.42),
    "mid_peaks": (0.42, 0.67),
    "near_cloud": (0.67, 0.79),
    "near_peaks": (0.79, 1.0),
}
"""Rows (top, bottom) of the bands on the distance sheet."""

_MIST = "#eef2f9"
"""Colour into which the feet of peaks and clouds dissolve."""


def _distance(
    seed: int, size: int = 1024, width: int = 2048
) -> tuple[NDArray[np.uint8], dict[str, NDArray[np.float32]]]:
    """Return all bands of the distance on one opaque sheet, and their upper contours.

    Silhouettes are cut in the mesh and not by alpha: their edges are then as smooth as
    those of all other geometry, and the whole distance costs one opaque draw.
    """
    clouds = ("#b9c6e2", "#d6deef", "#f0f3fa", "#ffffff")
    far, mid, near = (
        ("#93a8c8", "#abbdd6", "#c8d5e4"),
        ("#3f5f7c", "#587c92", "#7fa2a8", "#b0cabe"),
        ("#234240", "#3b6054", "#62866c", "#9ab48a"),
    )
    ends = [round(end * size) for _, end in DISTANCE.values()]
    starts = [0, *ends[:-1]]
    shape = {n: (b - a, width) for n, a, b in zip(DISTANCE, starts, ends, strict=True)}
    made = {
        "far_peaks": peaks(far, seed + 10, 0.75, shape["far_peaks"]),
        "mid_cloud": cloud_bank(clouds, seed + 11, shape["mid_cloud"], 0.9),
        "mid_peaks": peaks(mid, seed + 12, 0.8, shape["mid_peaks"], woods=0.5),
        "near_cloud": cloud_bank(clouds, seed + 14, shape["near_cloud"], 0.9),
        "near_peaks": peaks(near, seed + 13, 0.55, shape["near_peaks"], woods=1.0),
    }
    contours = {name: contour_of(image) for name, image in made.items()}
    opaque = [grounded(made[name], contours[name], _MIST) for name in DISTANCE]
    return np.concatenate(opaque), contours


def _rock(seed: int, size: int = 512) -> np.ndarray:
    """Return cliff stone with upright painted facets; tileable."""
    facets = posterize(fractal((size, size), (4, 9), seed + 31, 3), 5, 0.35)
    fine = fractal((size, size), (10, 22), seed + 32, 3) - 0.5
    return pixels(
        ramp(
            np.clip(facets * 0.9 + 0.3 * fine, 0, 1),
            ("#3f4a5c", "#64707e", "#8d9598", "#b7b6ac"),
        )
    )


def _grass(seed: int, size: int = 512) -> np.ndarray:
    """Return mountain turf in a few soft greens with stone showing; tileable."""
    cloud = posterize(fractal((size, size), (5, 5), seed + 33, 4), 5, 0.6)
    tuft = fractal((size, size), (26, 26), seed + 34, 2) - 0.5
    color = ramp(
        np.clip(cloud + 0.35 * tuft, 0, 1), ("#2e5450", "#456f5e", "#68906c", "#93b080")
    )
    bare = step(0.62, 0.70, fractal((size, size), (6, 6), seed + 35, 3))[..., None]
    return pixels(color + (rgb("#8d938e") - color) * bare * 0.7)


def _painted_beams(seed: int, size: int = 512) -> np.ndarray:
    """Return eight strips of 青绿彩画: blue and green fields, gold lines, cloud heads."""
    v, u = coordinates(size, size)
    strip = (v * 8).astype(int)
    y = v * 8 - strip
    field = (u * 4 + 0.5 * (strip % 2)) % 1.0
    blue = ramp(0.55 + 0.5 * (0.5 - y), ("#173a66", "#2a5f94", "#5c96bc"))
    green = ramp(0.55 + 0.5 * (0.5 - y), ("#17503f", "#2e7a5c", "#6cab82"))
    color = np.where((np.abs(field - 0.5) < 0.28)[..., None], blue, green)
    point = np.abs(field - 0.5) - 0.28 + 0.10 * np.abs(y - 0.5)
    gold = np.maximum(
        1 - step(0.0, 0.012, np.abs(point)),
        1 - step(0.02, 0.05, np.abs(np.abs(y - 0.5) - 0.42)),
    )
    bud = np.hypot((np.abs(field - 0.5) - 0.13) * 2.2, y - 0.5)
    gold = np.maximum(gold, 1 - step(0.0, 0.03, np.abs(bud - 0.16)))
    gold = np.maximum(gold, (1 - step(0.05, 0.07, bud)) * 0.8)
    color = color + (rgb("#e4bf6a") - color) * gold[..., None]
    edge = np.minimum(y, 1 - y)
    color *= (0.55 + 0.45 * step(0.0, 0.06, edge))[..., None]
    color *= (0.9 + 0.2 * fractal((size, size), (6, 6), seed + 40, 3))[..., None]
    return pixels(np.asarray(color, np.float32))


def _banner(size: tuple[int, int] = (512, 160)) -> np.ndarray:
    v, u = coordinates(*size)
    fold = 0.5 + 0.5 * np.sin(u * 7 + 1.5 * v)
    color = ramp(
        np.asarray(0.35 + 0.4 * fold - 0.15 * v, np.float32),
        ("#14305c", "#22508c", "#4480b4", "#86b8d8"),
    )
    mask = glyph_mask("青云", size, vertical=True, fill=0.62)
    color = color + (rgb("#f6ecd0") - color) * mask[..., None]
    edge = np.minimum(np.minimum(u, 1 - u) * size[1], np.minimum(v, 1 - v) * size[0])
    line = step(7, 9, edge) * (1 - step(12, 14, edge))
    return pixels(color + (rgb("#e8c878") - color) * line[..., None])


def _sea(seed: int, size: int = 512) -> np.ndarray:
    """Return the top of the cloud sea; tileable."""
    billow = np.abs(fractal((size, size), (5, 5), seed + 50, 4) - 0.5) * 2
    tone = posterize(1 - billow, 4, 0.9)
    return pixels(ramp(tone, ("#c6d2ea", "#dfe7f4", "#f4f7fc", "#ffffff")))
