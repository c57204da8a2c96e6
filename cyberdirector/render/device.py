"""The OpenGL context: EGL without a window, NVIDIA before Mesa, one owner thread."""

from __future__ import annotations

import gc
import os
import threading
from typing import Any

from cyberdirector.core.errors import AdapterUnavailable, RenderFailed

DEBIAN_PACKAGES = "libegl1 libgles2 libgl1 libgl1-mesa-dri"
"""What a bare Debian or Ubuntu lacks for drawing on the processor."""

_SOFTWARE = ("llvmpipe", "softpipe", "swrast", "software")
_MOST_DEVICES = 8
_VARIABLE = "CYBERDIRECTOR_GL"
_current = threading.local()
"""``device``: the one whose context is current in this thread."""


class Device:
    """A standalone context with what the passes need to know about it.

    Parameters
    ----------
    prefer
        ``auto`` (a real GPU if there is one), ``software`` or the number of an EGL device.
        Empty: the environment variable ``CYBERDIRECTOR_GL``, else ``auto``.

    Raises
    ------
    AdapterUnavailable
        ``gl-missing`` when EGL or a driver is not installed.
    """

    def __init__(self, prefer: str = "") -> None:
        wanted = prefer or os.environ.get(_VARIABLE, "") or "auto"
        self.context = _choose(wanted)
        self.renderer: str = str(self.context.info["GL_RENDERER"])
        self.version: str = str(self.context.info["GL_VERSION"])
        self.software = _is_software(self.renderer)
        # Objects are freed when `collect` is called, on this thread: Python may drop them
        # on any other.
        self.context.gc_mode = "context_gc"
        self.max_samples: int = int(self.context.max_samples)
        self._owner = threading.get_ident()
        _current.device = self

    def activate(self) -> None:
        """Make this context the current one of its thread.

        Raises
        ------
        RenderFailed
            ``gl-wrong-thread`` unless called by the thread that made the context.
        """
        if threading.get_ident() != self._owner:
            raise RenderFailed(
                "gl-wrong-thread",
                "渲染器只能在创建它的线程里使用；请为每个线程各建一个渲染器。",
                "A renderer works only in the thread that made it; make one per thread.",
            )
        if getattr(_current, "device", None) is not self:
            self.context.__enter__()
            _current.device = self

    def collect(self) -> None:
        """Free the device objects that Python has dropped."""
        gc.collect()
        self.context.gc()

    def check_error(self, where: str) -> None:
        """Raise ``gl-error`` with the name of the pass if the driver complained."""
        error = self.context.error
        if error != "GL_NO_ERROR":
            raise RenderFailed(
                "gl-error",
                f"驱动 {self.renderer} 在“{where}”处报错 {error}；请降低分辨率或换用软件驱动。",
                f"Driver {self.renderer} reports {error} in '{where}'; use a smaller size or "
                f"set {_VARIABLE}=software.",
            )

    def close(self) -> None:
        """Free the context and everything in it."""
        if getattr(_current, "device", None) is self:
            _current.device = None
        self.context.release()


def _is_software(renderer: str) -> bool:
    return any(name in renderer.lower() for name in _SOFTWARE)


def _open(index: int) -> Any:
    """Return a context on EGL device ``index`` or None if there is no such device."""
    import moderngl

    try:
        options: dict[str, Any] = {"backend": "egl", "device_index": index}
        return moderngl.create_context(standalone=True, require=330, **options)
    except (ImportError, OSError):
        raise
    except Exception as error:  # glcontext raises bare Exception for every failure
        if index == 0:
            raise OSError(str(error)) from error
        return None


def _choose(wanted: str) -> Any:
    """Open the wanted device: a number, ``software``, or the first real GPU."""
    try:
        if wanted.isdigit():
            context = _open(int(wanted))
            if context is None:
                raise OSError(f"no EGL device {wanted}")
            return context
        best = _open(0)
        for index in range(1, _MOST_DEVICES):
            if _is_software(str(best.info["GL_RENDERER"])) == (wanted == "software"):
                break
            other = _open(index)
            if other is None:
                break
            best.release()
            best = other
        return best
    except (ImportError, OSError) as error:
        raise AdapterUnavailable(
            "gl-missing",
            f"没有可用的 OpenGL（EGL）：{error}。请运行："
            f"sudo apt-get install {DEBIAN_PACKAGES}",
            f"No OpenGL through EGL: {error}. Run: sudo apt-get install {DEBIAN_PACKAGES}",
        ) from error


def describe_device(prefer: str = "") -> dict[str, Any]:
    """Return the renderer string, version and kind of the device that would be chosen.

    Raises
    ------
    AdapterUnavailable
        ``gl-missing`` as for :class:`Device`.
    """
    device = Device(prefer)
    try:
        return {
            "renderer": device.renderer,
            "version": device.version,
            "software": device.software,
            "max_samples": device.max_samples,
        }
    finally:
        device.close()
