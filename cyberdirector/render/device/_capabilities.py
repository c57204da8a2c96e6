"""What a context can do, asked once when it is opened."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import Any

from cyberdirector.render.device._egl import load_function

_SOFTWARE = ("llvmpipe", "softpipe", "swrast", "swiftshader", "software")

# Enumerants of ARB_internalformat_query (core in OpenGL 4.2).
_RENDERBUFFER, _RGBA8, _NUM_SAMPLE_COUNTS, _SAMPLES = 0x8D41, 0x8058, 0x9380, 0x80A9


@dataclass(frozen=True)
class Capabilities:
    """A driver and its limits.

    Attributes
    ----------
    renderer, vendor, version
        Strings of the driver.
    software
        Whether it draws on the processor.
    samples
        Offered samples a pixel of RGBA8 targets, 0 first (llvmpipe: 0 and 4).
    compute
        Whether there are compute shaders (OpenGL 4.3).
    float_targets
        Which of ``f2`` (RGBA16F) and ``f4`` (RGBA32F) can be drawn into.
    timer_queries
        Whether the time of single passes can be asked of the device.
    largest_texture
        Pixels on a side.
    uniform_block_bytes, uniform_alignment
        Size of the largest uniform block and the step of offsets into its buffer.
    device_index, device_kind, device_name
        The EGL device (see :class:`EglDevice`).
    why
        Why it was chosen, one sentence in English.
    """

    renderer: str
    vendor: str
    version: str
    software: bool
    samples: tuple[int, ...]
    compute: bool
    float_targets: tuple[str, ...]
    timer_queries: bool
    largest_texture: int
    uniform_block_bytes: int
    uniform_alignment: int
    device_index: int
    device_kind: str
    device_name: str
    why: str

    @property
    def max_samples(self) -> int:
        """Most samples a pixel of a colour target."""
        return max(self.samples)

    def samples_at_most(self, wanted: int) -> int:
        """Return the largest offered number of samples that is not above ``wanted``."""
        return max(n for n in self.samples if n <= max(wanted, 0))


def is_software(renderer: str) -> bool:
    """Return whether a renderer string names a driver that draws on the processor."""
    return any(name in renderer.lower() for name in _SOFTWARE)


def _offered_samples(most: int) -> tuple[int, ...]:
    """Return the sample counts of RGBA8 in the current context, 0 first."""
    number = ctypes.c_int
    ask = load_function(
        "glGetInternalformativ",
        None,
        *(ctypes.c_uint, ctypes.c_uint, ctypes.c_uint, number, ctypes.c_void_p),
    )
    if ask is None:
        return (0, most) if most > 1 else (0,)
    count = number()
    ask(_RENDERBUFFER, _RGBA8, _NUM_SAMPLE_COUNTS, 1, ctypes.byref(count))
    values = (number * max(count.value, 1))()
    ask(_RENDERBUFFER, _RGBA8, _SAMPLES, count.value, values)
    return (0, *sorted({n for n in values[: count.value] if 1 < n <= most}))


def _float_targets(context: Any) -> tuple[str, ...]:
    """Return the float formats that make a complete framebuffer."""
    import moderngl

    found = []
    for kind in ("f2", "f4"):
        texture = context.texture((4, 4), 4, dtype=kind)
        try:
            context.framebuffer([texture]).release()
            found.append(kind)
        except moderngl.Error:  # the driver's answer "incomplete" is what is asked for
            pass
        texture.release()
    return tuple(found)


def probe(context: Any, index: int, kind: str, name: str, why: str) -> Capabilities:
    """Return what the current ``context`` on EGL device ``index`` can do."""
    info = context.info
    renderer = str(info["GL_RENDERER"])
    modern = context.version_code >= 420 or (
        "GL_ARB_internalformat_query" in context.extensions
    )
    most = int(context.max_samples)
    found = Capabilities(
        renderer=renderer,
        vendor=str(info["GL_VENDOR"]),
        version=str(info["GL_VERSION"]),
        software=is_software(renderer),
        samples=_offered_samples(most) if modern else ((0, most) if most > 1 else (0,)),
        compute=context.version_code >= 430,
        float_targets=_float_targets(context),
        timer_queries=context.version_code >= 330,
        largest_texture=int(info["GL_MAX_TEXTURE_SIZE"]),
        uniform_block_bytes=int(info["GL_MAX_UNIFORM_BLOCK_SIZE"]),
        uniform_alignment=int(info["GL_UNIFORM_BUFFER_OFFSET_ALIGNMENT"]),
        device_index=index,
        device_kind=kind,
        device_name=name,
        why=why,
    )
    context.clear_errors()
    return found
