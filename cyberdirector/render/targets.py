"""Pictures that passes draw into: what they are made of, and a pool that lends them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from cyberdirector.core.errors import InputRefused
from cyberdirector.render.tiles import Rect

FRINGE_SIZE = 896
"""Side of the atlas of fringe maps, texels."""
SET_SHADOW_SIZE = 2048


LARGEST_SIDE = 8192
"""Pixels; above it drivers differ and a frame needs more memory than a worker has."""


def check_size(size: tuple[int, int], samples: int) -> None:
    """Raise ``render-size`` for sizes or samples that cannot be drawn."""
    if not all(16 <= side <= LARGEST_SIDE for side in size) or samples not in (0, 4, 8):
        raise InputRefused(
            "render-size",
            f"画面 {size} 与采样 {samples} 不可用：边长需在 16 与 {LARGEST_SIDE} 之间，"
            "采样为 0、4 或 8。",
            f"Size {size} with {samples} samples cannot be drawn: sides of 16 to "
            f"{LARGEST_SIDE} pixels and 0, 4 or 8 samples are possible.",
        )


@dataclass(frozen=True)
class Spec:
    """What a picture is made of.

    Attributes
    ----------
    size
        (width, height) in pixels.
    components, dtype
        Of the colour texture; 0 components for none. ``f1`` is 8 bits, ``f2`` half floats.
    depth
        ``none``, ``buffer`` (cannot be read), ``texture``, or ``shadow`` (a texture with
        hardware comparison).
    samples
        0, 4 or 8.
    smooth
        Whether reads of the colour are interpolated.
    """

    size: tuple[int, int]
    components: int = 4
    dtype: Literal["f1", "f2", "f4"] = "f1"
    depth: Literal["none", "buffer", "texture", "shadow"] = "none"
    samples: int = 0
    smooth: bool = False


class Target:
    """A framebuffer with its textures.

    Attributes
    ----------
    spec, size
        What it is made of.
    framebuffer
        To draw into.
    color, depth
        Textures or None.
    """

    def __init__(self, context: Any, spec: Spec) -> None:
        import moderngl

        self.spec = spec
        self.size = spec.size
        self.color: Any = None
        self.depth: Any = None
        if spec.components:
            self.color = context.texture(
                spec.size, spec.components, samples=spec.samples, dtype=spec.dtype
            )
            if not spec.samples:
                kind = moderngl.LINEAR if spec.smooth else moderngl.NEAREST
                self.color.filter = (kind, kind)
                self.color.repeat_x = self.color.repeat_y = False
        attached: Any = None
        if spec.depth == "buffer":
            attached = context.depth_renderbuffer(spec.size, samples=spec.samples)
        elif spec.depth != "none":
            attached = self.depth = context.depth_texture(spec.size, samples=spec.samples)
        if spec.depth == "shadow":
            self.depth.compare_func = "<="
            self.depth.filter = (moderngl.LINEAR, moderngl.LINEAR)
            self.depth.repeat_x = self.depth.repeat_y = False
        elif self.depth and not spec.samples:
            # Read as numbers: a texture that compares may give anything else.
            self.depth.compare_func = ""
            self.depth.filter = (moderngl.NEAREST, moderngl.NEAREST)
        colors = [self.color] if self.color else []
        self.framebuffer = context.framebuffer(colors, attached)

    @property
    def texture(self) -> Any:
        """Return the colour texture, or the depth texture where there is no colour."""
        return self.color or self.depth

    def use(self) -> None:
        """Draw into this target from now on."""
        self.framebuffer.use()


def read_pixels(target: Target, components: int, rect: Rect | None = None) -> Any:
    """Return the colours of a target, or of ``rect`` of it: bytes (rows, columns, n)."""
    width, height = rect[2:] if rect else target.size
    data = target.framebuffer.read(viewport=rect, components=components, alignment=1)
    return np.frombuffer(data, np.uint8).reshape(height, width, components)


class TargetPool:
    """Lends targets; those given back are lent again to whoever asks for the same."""

    def __init__(self, context: Any) -> None:
        self._context = context
        self._free: dict[Spec, list[Target]] = {}
        self.made = 0

    def take(self, spec: Spec) -> Target:
        """Return a target of this kind, a used one if there is any."""
        free = self._free.get(spec)
        if free:
            return free.pop()
        self.made += 1
        return Target(self._context, spec)

    def give(self, target: Target) -> None:
        """Take a target back."""
        self._free.setdefault(target.spec, []).append(target)


def grain_of(size: tuple[int, int]) -> int:
    """Return how many pixels of the picture, a side, one pixel of ``ids`` stands for.

    Larger pictures show the same triangles larger, so about 360 pixels on the short side
    find them all.
    """
    return max(2, round(min(size) / 360))


def scene_specs(
    size: tuple[int, int], samples: int, shadow: int, hdr: bool = False
) -> dict[str, Spec]:
    """Return the pictures of a frame by name.

    Parameters
    ----------
    size
        (width, height) of the picture, pixels.
    samples
        0, 4 or 8.
    shadow
        Side of the shadow map of the figures, texels.
    hdr
        Whether light above ``RANGE`` is kept (half floats) until the last pass.

    Notes
    -----
    ``picture`` and ``plate`` hold encoded light, their alpha marks hair (see
    ``shaders/lib/color.glsl`` and ``pass/figure.frag``); ``output`` is sRGB with row 0 on
    top; ``bright`` and
    ``glow`` are an eighth of the size, ``ids`` a :func:`grain_of` th of it.
    """
    dtype: Literal["f1", "f2"] = "f2" if hdr else "f1"
    picture = Spec(size, dtype=dtype, depth="texture", samples=samples)
    grain = grain_of(size)
    eighth = (max(size[0] // 8, 1), max(size[1] // 8, 1))
    glow = Spec(eighth, smooth=True)
    return {
        "key": Spec((shadow, shadow), 0, depth="shadow"),
        "set_key": Spec((SET_SHADOW_SIZE, SET_SHADOW_SIZE), 0, depth="shadow"),
        "fringe": Spec((FRINGE_SIZE, FRINGE_SIZE), 0, depth="shadow"),
        "ids": Spec((-(-size[0] // grain), -(-size[1] // grain)), depth="buffer"),
        "picture": picture,
        "plate": picture,
        "bright": glow,
        "glow": glow,
        "glow_half_way": glow,
        "output": Spec(size),
    }
