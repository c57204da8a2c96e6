"""Pictures that passes draw into."""

from __future__ import annotations

from typing import Any

from cyberdirector.core.errors import InputRefused

FRINGE_SIZE = 896
"""Side of the atlas of fringe maps, texels."""
SET_SHADOW_SIZE = 2048


LARGEST_SIDE = 8192
"""Pixels; above it drivers differ and a frame needs more memory than a worker has."""


def check_size(size: tuple[int, int], samples: int) -> None:
    """Raise ``render-size`` for sizes or samples that cannot be drawn."""
    if not all(16 <= side <= LARGEST_SIDE for side in size) or samples not in (0, 4):
        raise InputRefused(
            "render-size",
            f"画面 {size} 与采样 {samples} 不可用：边长需在 16 与 {LARGEST_SIDE} 之间，"
            "采样为 0 或 4。",
            f"Size {size} with {samples} samples cannot be drawn: sides of 16 to "
            f"{LARGEST_SIDE} pixels and 0 or 4 samples are possible.",
        )


def shadow_map(context: Any, side: int) -> tuple[Any, Any]:
    """Return (framebuffer, depth texture) of a square shadow map with hardware compare."""
    import moderngl

    texture = context.depth_texture((side, side))
    texture.compare_func = "<="
    texture.filter = (moderngl.LINEAR, moderngl.LINEAR)
    texture.repeat_x = texture.repeat_y = False
    return context.framebuffer(depth_attachment=texture), texture


class Targets:
    """All render targets for one picture size.

    Attributes
    ----------
    picture, plate
        Multisampled (or plain) colour and depth; colour holds encoded light, alpha marks
        hair (see ``shaders/lib/color.glsl`` and ``pass/hair.frag``).
    output
        (width, height) RGBA8, sRGB, row 0 on top.
    small
        Two targets of an eighth of the size for the glow.
    """

    def __init__(self, context: Any, size: tuple[int, int], samples: int, shadow: int) -> None:
        import moderngl

        width, height = size

        def layered() -> tuple[Any, Any]:
            color = context.texture(size, 4, samples=samples)
            if not samples:
                color.filter = (moderngl.NEAREST, moderngl.NEAREST)
            depth = context.depth_texture(size, samples=samples)
            return context.framebuffer([color], depth), color

        self.picture, self.picture_color = layered()
        self.plate, _ = layered()
        self.output = context.framebuffer([context.texture(size, 4)])
        eighth = (max(width // 8, 1), max(height // 8, 1))
        self.small_color = [context.texture(eighth, 4) for _ in range(2)]
        for texture in self.small_color:
            texture.filter = (moderngl.LINEAR, moderngl.LINEAR)
            texture.repeat_x = texture.repeat_y = False
        self.small = [context.framebuffer([texture]) for texture in self.small_color]
        self.key, self.key_map = shadow_map(context, shadow)
        self.set_key, self.set_key_map = shadow_map(context, SET_SHADOW_SIZE)
        self.fringe, self.fringe_map = shadow_map(context, FRINGE_SIZE)
