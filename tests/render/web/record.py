"""Writes down what a renderer asks of a moderngl context, so that a browser can do the same.

A :class:`Recorder` stands between them: every call goes through to the driver and, with its
data, into a list of plain commands. Only what our renderer uses is known; anything else goes
through unrecorded, and then the pictures differ.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from cyberdirector.render.shaders import HEADER


class Log:
    """Commands, and the bytes they refer to by (offset, length)."""

    def __init__(self) -> None:
        self.commands: list[list[Any]] = []
        self.blobs = bytearray()
        self._known: dict[bytes, list[int]] = {}
        self._names = 0

    def add(self, *command: Any) -> None:
        self.commands.append(list(command))

    def name(self) -> int:
        self._names += 1
        return self._names

    def blob(self, data: Any) -> list[int] | None:
        if data is None:
            return None
        raw = bytes(data)
        key = hashlib.sha256(raw).digest()
        if key not in self._known:
            self.blobs += bytes(-len(self.blobs) % 8)
            self._known[key] = [len(self.blobs), len(raw)]
            self.blobs += raw
        return self._known[key]

    def text(self) -> str:
        return json.dumps(self.commands)


def _real(value: Any) -> Any:
    """Return ``value`` with all stand-ins replaced by what they stand for."""
    if isinstance(value, Thing):
        return value._real
    if isinstance(value, (list, tuple)):
        return type(value)(_real(v) for v in value)
    return value


class Thing:
    """Stands for one device object; ``_recorded`` are attributes whose changes count."""

    _recorded: tuple[str, ...] = ()

    def __init__(self, log: Log, real: Any, name: int | None = None) -> None:
        object.__setattr__(self, "_log", log)
        object.__setattr__(self, "_real", real)
        object.__setattr__(self, "_name", log.name() if name is None else name)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._real, name, _real(value))
        if name in self._recorded:
            self._log.add("set", self._name, name, value)


class Buffer(Thing):
    """A buffer."""

    def write(self, data: Any, offset: int = 0) -> None:
        self._real.write(data, offset=offset)
        self._log.add("write", self._name, offset, self._log.blob(data))

    def bind_to_uniform_block(self, binding: int = 0, offset: int = 0, size: int = -1) -> None:
        self._real.bind_to_uniform_block(binding, offset, size)
        size = self._real.size - offset if size < 0 else size
        self._log.add("bind_block", self._name, binding, offset, size)


class Texture(Thing):
    """A texture of any kind."""

    _recorded = ("filter", "repeat_x", "repeat_y", "repeat_z", "compare_func", "anisotropy")

    def write(
        self, data: Any, viewport: Any = None, level: int = 0, alignment: int = 1
    ) -> None:
        kwargs = {"viewport": viewport, "alignment": alignment}
        if level:
            kwargs["level"] = level
        self._real.write(_real(data), **kwargs)
        self._log.add("texture_write", self._name, self._log.blob(data), viewport, level)

    def build_mipmaps(self, *args: Any, **kwargs: Any) -> None:
        self._real.build_mipmaps(*args, **kwargs)
        self._log.add("mipmaps", self._name)

    def use(self, location: int = 0) -> None:
        self._real.use(location)
        self._log.add("use_texture", self._name, location)


class Framebuffer(Thing):
    """A render target."""

    _recorded = ("viewport", "scissor", "depth_mask", "color_mask")

    def use(self) -> None:
        self._real.use()
        object.__setattr__(self._owner, "_bound", self)
        self._log.add("use_target", self._name)

    def clear(
        self,
        red: float = 0.0,
        green: float = 0.0,
        blue: float = 0.0,
        alpha: float = 0.0,
        depth: float = 1.0,
        viewport: Any = None,
        color: Any = None,
    ) -> None:
        self._real.clear(red, green, blue, alpha, depth, viewport, color)
        value = color or (red, green, blue, alpha)
        self._log.add("clear", self._name, list(value), depth, viewport)

    def read(self, *args: Any, **kwargs: Any) -> bytes:
        data = self._real.read(*args, **kwargs)
        self._log.add("read", self._name, kwargs.get("attachment", 0))
        return data


class Uniform(Thing):
    """A value of a program."""

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._real, name, value)
        if name == "value":
            self._keep()

    def write(self, data: Any) -> None:
        self._real.write(data)
        self._keep()

    def _keep(self) -> None:
        blob = self._log.blob(self._real.read())
        self._log.add("uniform", self._name, self._real.name, blob)


class Program(Thing):
    """A program; ``[]`` gives its uniforms and blocks."""

    def __getitem__(self, name: str) -> Any:
        real = self._real[name]
        return Uniform(self._log, real, self._name) if hasattr(real, "location") else real

    def __contains__(self, name: str) -> bool:
        return name in self._real


class VertexArray(Thing):
    """Buffers bound to the inputs of a program."""

    def _range(self, vertices: int, instances: int) -> tuple[int, int]:
        count = self._real.vertices if vertices < 0 else vertices
        return count, max(self._real.instances if instances < 0 else instances, 1)

    def render(
        self, mode: int | None = None, vertices: int = -1, first: int = 0, instances: int = -1
    ) -> None:
        self._real.render(mode, vertices=vertices, first=first, instances=instances)
        count, times = self._range(vertices, instances)
        mode = self._real.mode if mode is None else mode
        self._log.add("draw", self._name, mode, first, count, times)

    def transform(
        self,
        buffer: Any,
        mode: int | None = None,
        vertices: int = -1,
        first: int = 0,
        instances: int = -1,
        buffer_offset: int = 0,
    ) -> None:
        self._real.transform(
            _real(buffer),
            mode,
            vertices=vertices,
            first=first,
            instances=instances,
            buffer_offset=buffer_offset,
        )
        count, times = self._range(vertices, instances)
        mode = self._real.mode if mode is None else mode
        self._log.add(
            "feedback", self._name, buffer._name, mode, first, count, times, buffer_offset
        )


class Context(Thing):
    """Stands for the moderngl context itself."""

    _recorded = (
        "depth_func",
        "cull_face",
        "front_face",
        "blend_func",
        "blend_equation",
        "polygon_offset",
    )

    def __enter__(self) -> Any:
        self._real.__enter__()
        return self

    def __exit__(self, *args: Any) -> None:
        self._real.__exit__(*args)

    @property
    def fbo(self) -> Any:
        return self._bound

    def enable_only(self, flags: int) -> None:
        self._real.enable_only(flags)
        self._log.add("enable_only", flags)

    def enable(self, flags: int) -> None:
        self._real.enable(flags)
        self._log.add("enable", flags, True)

    def disable(self, flags: int) -> None:
        self._real.disable(flags)
        self._log.add("enable", flags, False)

    def buffer(self, data: Any = None, reserve: int = 0, dynamic: bool = False) -> Buffer:
        real = self._real.buffer(data, reserve=reserve, dynamic=dynamic)
        out = Buffer(self._log, real)
        self._log.add("buffer", out._name, real.size, self._log.blob(data))
        return out

    def _texture(self, kind: str, real: Any, data: Any, **more: Any) -> Texture:
        out = Texture(self._log, real)
        self._log.add("texture", out._name, kind, list(real.size), self._log.blob(data), more)
        if kind != "renderbuffer" and not more.get("samples"):
            names = ("filter", "repeat_x", "repeat_y", "compare_func")
            for name in names if kind == "depth" else names[:3]:
                self._log.add("set", out._name, name, getattr(real, name))
        return out

    def texture(
        self, size: Any, components: int, data: Any = None, *, samples: int = 0,
        alignment: int = 1, dtype: str = "f1", internal_format: Any = None,
    ) -> Texture:  # fmt: skip
        real = self._real.texture(
            size, components, data, samples=samples, alignment=alignment, dtype=dtype,
            internal_format=internal_format,
        )  # fmt: skip
        more = {"components": components, "dtype": dtype, "samples": samples}
        return self._texture("color", real, data, alignment=alignment, **more)

    def texture3d(
        self, size: Any, components: int, data: Any = None, *, alignment: int = 1,
        dtype: str = "f1",
    ) -> Texture:  # fmt: skip
        real = self._real.texture3d(size, components, data, alignment=alignment, dtype=dtype)
        return self._texture(
            "volume", real, data, components=components, dtype=dtype, alignment=alignment
        )

    def depth_texture(
        self, size: Any, data: Any = None, *, samples: int = 0, alignment: int = 4
    ) -> Texture:
        real = self._real.depth_texture(size, data, samples=samples, alignment=alignment)
        return self._texture("depth", real, data, samples=samples)

    def renderbuffer(
        self, size: Any, components: int = 4, *, samples: int = 0, dtype: str = "f1"
    ) -> Texture:
        real = self._real.renderbuffer(size, components, samples=samples, dtype=dtype)
        return self._texture(
            "renderbuffer", real, None, components=components, dtype=dtype, samples=samples
        )

    def depth_renderbuffer(self, size: Any, *, samples: int = 0) -> Texture:
        real = self._real.depth_renderbuffer(size, samples=samples)
        return self._texture("renderbuffer", real, None, components=0, samples=samples)

    def framebuffer(self, color_attachments: Any = (), depth_attachment: Any = None) -> Any:
        colors = (
            list(color_attachments)
            if isinstance(color_attachments, (list, tuple))
            else [color_attachments]
        )
        real = self._real.framebuffer(_real(colors), _real(depth_attachment))
        out = Framebuffer(self._log, real)
        object.__setattr__(out, "_owner", self)
        depth = None if depth_attachment is None else depth_attachment._name
        self._log.add("target", out._name, [c._name for c in colors], depth, list(real.size))
        return out

    def copy_framebuffer(self, dst: Any, src: Any) -> None:
        self._real.copy_framebuffer(_real(dst), _real(src))
        self._log.add("copy", dst._name, src._name)

    def program(
        self, *, vertex_shader: str, fragment_shader: str | None = None, varyings: Any = ()
    ) -> Program:
        real = self._real.program(
            vertex_shader=vertex_shader, fragment_shader=fragment_shader, varyings=varyings
        )
        out = Program(self._log, real)
        texts = [
            t.removeprefix(HEADER) if t else None for t in (vertex_shader, fragment_shader)
        ]
        self._log.add("program", out._name, *texts, list(varyings))
        return out

    def vertex_array(
        self, program: Any, content: Any, index_buffer: Any = None, *args: Any, **kwargs: Any
    ) -> VertexArray:
        real = self._real.vertex_array(
            _real(program), _real(content), _real(index_buffer), *args, **kwargs
        )
        out = VertexArray(self._log, real)
        rows = [[buffer._name, layout, *names] for buffer, layout, *names in content]
        index = None if index_buffer is None else index_buffer._name
        size = kwargs.get("index_element_size", 4)
        self._log.add("array", out._name, program._name, rows, index, size)
        return out


class Recorder:
    """Records all calls on ``context`` (stands in for ``moderngl_context``)."""

    def __init__(self, moderngl_context: Any) -> None:
        self.log = Log()
        self.context = Context(self.log, moderngl_context)
        object.__setattr__(self.context, "_bound", None)
