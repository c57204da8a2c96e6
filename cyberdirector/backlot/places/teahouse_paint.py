"""Colours and textures of the teahouse."""

from __future__ import annotations

import numpy as np

from cyberdirector.backlot.kit.builder import Builder
from cyberdirector.backlot.kit.decals import decal_texture
from cyberdirector.backlot.kit.noise import coordinates, pixels, ramp, step
from cyberdirector.backlot.kit.pictures import (
    ink_scroll,
    lantern_skin,
    leaf_cluster,
    sign_board,
    tag_strip,
)
from cyberdirector.backlot.kit.streets import old_street
from cyberdirector.backlot.kit.surfaces import boards, lacquer, paper, plaster, slabs
from cyberdirector.backlot.props.swatch import swatch_pixels

TEAS = ("龙井", "普洱", "毛尖", "碧螺春", "铁观音", "大红袍", "茉莉", "白毫")

_SHADE = "#7d6a80"


def make_materials(made: Builder, seed: int) -> None:
    """Make every material of the set; translucent ones last."""
    made.paint(
        "timber",
        boards(("#3a2117", "#663c26", "#8e5a38", "#b98152"), seed + 1),
        shade=_SHADE,
        casts=False,
    )
    made.paint(
        "wood",
        boards(("#5e3421", "#935a36", "#bf824e", "#e2b077"), seed + 2, 512),
        shade=_SHADE,
    )
    made.paint(
        "floor",
        boards(
            ("#472a1d", "#7d4f31", "#a87647", "#cf9f66"), seed + 3, joints=True, spread=0.34
        ),
        shade=_SHADE,
        casts=False,
    )
    made.paint(
        "plaster",
        plaster(("#8a7050", "#c4a678", "#e4cb9e", "#f2e2bc"), seed + 4),
        shade=_SHADE,
        casts=False,
    )
    made.paint(
        "lacquer",
        lacquer(("#4a1511", "#8a2a1d", "#b33f2a", "#d2603e"), seed + 5, 256),
        shade=_SHADE,
        casts=False,
    )
    made.paint(
        "paper",
        paper(("#a98a58", "#d8bc86", "#f0deb0"), seed + 6),
        shade="#8c8296",
        glow=(0.10, 0.075, 0.045),
        casts=False,
    )
    made.paint(
        "stone",
        slabs(("#4c5158", "#767a7e", "#9a9b98", "#b7b5ad"), seed + 7, size=512),
        shade="#77758c",
    )
    made.paint("props", swatch_pixels(), shade="#8a7890", toony=0.5)
    made.paint("pictures", _picture_sheet(seed), shade=_SHADE, casts=False)
    made.paint("cloth", _cloth_sheet(), shade=_SHADE, double=True, casts=False)
    made.paint(
        "sign",
        sign_board(
            "云来茶馆",
            (256, 768),
            ("#140d0e", "#241518", "#38201f"),
            ("#b5762a", "#f0c260", "#fff0b8"),
            "#a8701f",
            seed + 8,
        ),
        shade=_SHADE,
        glow=(0.05, 0.04, 0.03),
        casts=False,
    )
    skins = np.concatenate(
        [
            lantern_skin(
                ("#7a0f0c", "#d8301a", "#ff7a38", "#ffd890"), 14, "茶", size=(256, 512)
            ),
            lantern_skin(("#9c4a14", "#ee9a3c", "#ffd07a", "#fff3c4"), 6, size=(256, 512)),
        ],
        axis=1,
    )
    made.paint("lantern", skins, unlit=True, role="emissive", glow=(0.30, 0.16, 0.05))
    made.paint("flame", _flame(), unlit=True, role="emissive", glow=(0.5, 0.4, 0.2))
    street, lit = old_street(seed + 9)
    made.paint("street", street, shade="#7780a0", alpha="MASK", casts=False)
    made.paint(
        "leaf",
        leaf_cluster(("#26402c", "#4a7040", "#86a858", "#c2d484"), seed + 10),
        shade="#6d7d8c",
        alpha="MASK",
        cutoff=0.4,
        double=True,
    )
    made.paint(
        "street_glow",
        lit,
        color="#a8a0a0",
        unlit=True,
        role="emissive",
        alpha="MASK",
        cutoff=0.3,
        glow=(0.80, 0.50, 0.17),
    )
    made.paint(
        "wet_glow",
        lit,
        color="#a8a0a0",
        unlit=True,
        role="emissive",
        alpha="BLEND",
        opacity=0.95,
        order=1,
        decal=True,
        glow=(0.55, 0.34, 0.12),
    )
    made.paint(
        "shadow", decal_texture("#0c0608", 0.62), unlit=True, alpha="BLEND", order=2, decal=True
    )
    made.paint(
        "warmth", decal_texture("#ff9c48", 0.20), unlit=True, alpha="BLEND", order=3, decal=True
    )


def _flame(size: int = 64) -> np.ndarray:
    v, _ = coordinates(size, 16)
    return pixels(ramp(1 - v, ("#ffb040", "#ffe9a0", "#fff8e0", "#ff9a3c")))


def _picture_sheet(seed: int) -> np.ndarray:
    """Return three scrolls (0.5 high) over a strip of eight tea labels, 768 × 768."""
    scrolls = [
        ink_scroll(seed + 20 + i, (512, 256), poem)
        for i, poem in enumerate(("", "一盏清茗", ""))
    ]
    labels = tag_strip(TEAS, (256, 768), "#dcbf84", "#33180f", seed + 30)
    return np.concatenate([np.concatenate(scrolls, axis=1), labels], axis=0)


SCROLLS = tuple((i / 3 + 0.002, 0.002, (i + 1) / 3 - 0.002, 0.664) for i in range(3))


def label_rect(index: int) -> tuple[float, float, float, float]:
    """Return the place of one tea label on the picture sheet."""
    i = index % len(TEAS)
    return (i / 8 + 0.002, 0.669, (i + 1) / 8 - 0.002, 0.998)


def _cloth_sheet(size: int = 256) -> np.ndarray:
    """Return indigo door cloth with 茶 on the left and plain wine-red cloth on the right."""
    from cyberdirector.backlot.kit.noise import rgb, value_noise
    from cyberdirector.backlot.kit.pictures import glyph_mask

    v, u = coordinates(size, size)
    fold = 0.5 + 0.5 * np.sin(u * np.pi * 6 + 0.8 * np.sin(v * 4))
    tone = (
        0.35
        + 0.35 * fold
        + 0.15 * (value_noise((size, size), (6, 6), 3) - 0.5)
        - 0.2 * step(0.6, 1.0, v)
    )
    blue = ramp(np.asarray(tone, np.float32), ("#131d38", "#263a66", "#3f5c92", "#6484b4"))
    mask = glyph_mask("茶", (size, size), fill=0.62)[..., None]
    blue = blue + (rgb("#e8dcc0") * (0.75 + 0.25 * fold[..., None]) - blue) * mask * 0.92
    band = ((v > 0.93) & (v < 0.955))[..., None]
    blue = np.where(band, rgb("#d8c79c"), blue)
    red = ramp(np.asarray(tone, np.float32), ("#3a0d10", "#6e1d1c", "#9c3428", "#c2583c"))
    red = np.where((v > 0.9)[..., None] & (v < 0.94)[..., None], rgb("#d8a850"), red)
    return pixels(np.asarray(np.concatenate([blue, red], axis=1), np.float32))
