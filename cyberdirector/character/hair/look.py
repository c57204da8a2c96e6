"""The painted hair texture and the hair and ornament materials."""

from __future__ import annotations

import numpy as np

from cyberdirector.character._paint import linear3, luma, mix, srgb, texture
from cyberdirector.character.hair.spec import HairSpec
from cyberdirector.core.hashing import content_hash
from cyberdirector.core.model import Material, Texture

WIDTH, HEIGHT = 192, 128
"""Three tone columns of 64 pixels; root on top, tip below."""


def hair_texture(spec: HairSpec) -> Texture:
    """Paint root-to-tip gradient, fine strands and the highlight band.

    Each third of the width is one tone. Within a third the horizontal axis is the
    highlight coordinate: the band lies in the middle.
    """
    base = srgb(spec.colour)
    tip = srgb(spec.tip) if spec.tip else mix(base, np.ones(3), 0.10)
    light = mix(base, np.array([1.0, 0.96, 0.94]), 0.30 + 0.18 * luma(base))
    v = (np.arange(HEIGHT) + 0.5)[:, None] / HEIGHT
    u = ((np.arange(WIDTH) % (WIDTH // 3)) + 0.5)[None] / (WIDTH // 3)
    tone = np.array([0.88, 1.0, 1.09])[np.arange(WIDTH) // (WIDTH // 3)][None, :, None]
    image = mix(base, tip, np.broadcast_to(v**1.3, (HEIGHT, WIDTH)))
    dark = 0.80 + 0.20 * np.clip(v / 0.30, 0, 1)
    image = image * dark[..., None] * tone
    core = np.clip(1 - np.abs(u - 0.52) / 0.05, 0, 1)
    halo = np.exp(-(((u - 0.5) / 0.13) ** 2))
    band = np.clip(0.75 * np.minimum(core * 2.2, 1.0) + 0.22 * halo, 0, 1)
    image = mix(image, light, np.broadcast_to(band * 0.85, (HEIGHT, WIDTH)))
    return texture(f"hair-{content_hash(spec.colour, spec.tip, size=4)}", image)


def hair_material(spec: HairSpec) -> Material:
    """Return the material of the locks (texture 0 of their piece)."""
    base = srgb(spec.colour)
    shade = mix(np.array([0.60, 0.53, 0.66]), np.array([0.72, 0.66, 0.78]), luma(base))
    return Material(
        name=f"hair-{content_hash(spec.colour, spec.tip, size=4)}",
        base_texture=0,
        shade_color=linear3(shade),
        shade_texture=0,
        shading_toony=0.88,
        shading_shift=0.0,
        rim_color=linear3(base * 0.25 + 0.05),
        outline_mode="worldCoordinates",
        outline_width=0.0012,
        outline_color=linear3(base * 0.32),
        double_sided=False,
        role="hair",
    )


def metal_material(name: str, colour: str) -> Material:
    """Return a plain shiny material for pins, crowns and stones."""
    base = srgb(colour)
    return Material(
        name=f"{name}-{colour.lstrip('#')}",
        base_color=(*linear3(base), 1.0),
        shade_color=linear3(base * np.array([0.62, 0.52, 0.50])),
        shading_toony=0.92,
        rim_color=linear3(mix(base, np.ones(3), 0.5)),
        rim_fresnel_power=3.0,
        outline_mode="worldCoordinates",
        outline_width=0.0008,
        outline_color=linear3(base * 0.3),
        role="metal",
    )
