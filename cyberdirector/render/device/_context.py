"""One context, the thread that owns it, and what waits to be freed on that thread."""

from __future__ import annotations

import gc
import os
import threading
from collections import deque
from dataclasses import asdict
from typing import Any

from cyberdirector.core.errors import AdapterUnavailable, RenderFailed
from cyberdirector.render.device._capabilities import Capabilities, is_software, probe
from cyberdirector.render.device._egl import EglDevice, list_devices, ranked

DEBIAN_PACKAGES = "libegl1 libgles2 libgl1 libgl1-mesa-dri"
"""What a bare Debian or Ubuntu lacks for drawing on the processor."""

VARIABLE = "CYBERDIRECTOR_GL"
"""Environment variable: ``auto``, ``software`` or the number of an EGL device."""

_current = threading.local()
"""``device``: the one whose context is current in this thread."""


class Device:
    """A standalone context with what the passes need to know about it.

    Parameters
    ----------
    prefer
        ``auto`` (NVIDIA, then any other GPU, then the processor), ``software`` or the
        number of an EGL device. Empty: the environment variable ``CYBERDIRECTOR_GL``,
        else ``auto``.

    Attributes
    ----------
    context
        The moderngl context.
    capabilities
        What the driver can do, and why this device was chosen.

    Raises
    ------
    AdapterUnavailable
        ``gl-missing`` when EGL or a driver is not installed, ``gl-device`` when the wanted
        device is not there.
    """

    def __init__(self, prefer: str = "") -> None:
        wanted = prefer or os.environ.get(VARIABLE, "") or "auto"
        self.context, chosen, why = _choose(wanted)
        self._owner = threading.get_ident()
        self._closed = False
        # Objects wait in a queue until `collect`, on the owner thread: Python may drop them
        # on any other.
        self.context.gc_mode = "context_gc"
        self._released: deque[Any] = deque()
        self.capabilities: Capabilities = probe(
            self.context, chosen.index, chosen.kind, chosen.name, why
        )
        _current.device = self

    @property
    def renderer(self) -> str:
        """Name of the driver."""
        return self.capabilities.renderer

    @property
    def version(self) -> str:
        """OpenGL version and version of the driver."""
        return self.capabilities.version

    @property
    def software(self) -> bool:
        """Whether it draws on the processor."""
        return self.capabilities.software

    @property
    def max_samples(self) -> int:
        """Most samples a pixel."""
        return self.capabilities.max_samples

    def check_owner(self) -> None:
        """Raise ``gl-wrong-thread`` unless called by the thread that made the context."""
        if threading.get_ident() != self._owner:
            raise RenderFailed(
                "gl-wrong-thread",
                "渲染器只能在创建它的线程里使用；请为每个线程各建一个渲染器。",
                "A renderer works only in the thread that made it; make one per thread.",
            )

    def activate(self) -> None:
        """Make this context the current one of its thread and free what waits for it.

        Raises
        ------
        RenderFailed
            ``gl-wrong-thread`` as :meth:`check_owner`, ``gl-closed`` after :meth:`close`.
        """
        self.check_owner()
        if self._closed:
            raise RenderFailed(
                "gl-closed",
                "这个图形设备已经关闭；请新建一个。",
                "This graphics device was closed; open another one.",
            )
        if getattr(_current, "device", None) is not self:
            self.context.__enter__()
            _current.device = self
        self._drain()

    def release(self, *things: Any) -> None:
        """Queue device objects (buffers, textures, programs …) for freeing, from any thread.

        They are freed on the owner thread by the next :meth:`activate` or :meth:`collect`.
        """
        self._released.extend(things)

    def _drain(self) -> None:
        while self._released:
            self._released.popleft().release()
        dropped = self.context.objects
        while dropped:
            # `Context.gc` of moderngl 5.13 fails on things that were released by hand.
            release = getattr(dropped.popleft(), "release", None)
            if release is not None:
                release()

    def collect(self) -> None:
        """Free the device objects that Python has dropped, cycles included."""
        self.activate()
        gc.collect()
        self._drain()

    def check_error(self, where: str) -> None:
        """Raise ``gl-error`` with the name of the pass if the driver complained."""
        error = self.context.error
        if error != "GL_NO_ERROR":
            raise RenderFailed(
                "gl-error",
                f"驱动 {self.renderer} 在“{where}”处报错 {error}；请降低分辨率或换用软件驱动。",
                f"Driver {self.renderer} reports {error} in '{where}'; use a smaller size or "
                f"set {VARIABLE}=software.",
            )

    def close(self) -> None:
        """Free the context and everything in it; a second call does nothing."""
        self.check_owner()
        if self._closed:
            return
        self._closed = True
        self._released.clear()
        if getattr(_current, "device", None) is self:
            _current.device = None
        self.context.release()


def forget_current() -> None:
    """Say that another library may have made its own context current in this thread."""
    _current.device = None


def _open(index: int) -> Any:
    """Return a context on EGL device ``index``.

    Raises
    ------
    OSError
        With the driver's reason.
    """
    import moderngl

    options: dict[str, Any] = {"backend": "egl", "device_index": index}
    try:
        return moderngl.create_context(standalone=True, require=330, **options)
    except (ImportError, OSError):
        raise
    except Exception as error:  # glcontext raises bare Exception for every failure
        raise OSError(str(error)) from error


def _candidates(wanted: str) -> list[EglDevice]:
    """Return the devices to try for ``wanted``, best first.

    Raises
    ------
    OSError
        When libEGL is not installed.
    AdapterUnavailable
        ``gl-device`` when the wanted device is not in the list.
    """
    # A driver that cannot list its devices may still open its first one.
    devices = list_devices() or [EglDevice(0, "unknown", "EGL device 0")]
    if wanted == "auto":
        return ranked(devices)
    if wanted == "software":
        found = [d for d in devices if d.kind in ("software", "unknown")]
    else:
        found = [d for d in devices if str(d.index) == wanted]
    if not found:
        names = ", ".join(f"{d.index} ({d.name})" for d in devices)
        hint = f"sudo apt-get install {DEBIAN_PACKAGES}"
        raise AdapterUnavailable(
            "gl-device",
            f"没有图形设备“{wanted}”，只有：{names}；请改 {VARIABLE}"
            f"（auto、software 或编号），软件驱动的安装：{hint}",
            f"There is no graphics device '{wanted}', only: {names}; set {VARIABLE} to auto, "
            f"software or a number. Software driver: {hint}",
        )
    return found


def _choose(wanted: str) -> tuple[Any, EglDevice, str]:
    """Open the wanted device; return its context, its entry and why it was taken."""
    failures: list[str] = []
    try:
        candidates = _candidates(wanted)
        for place, device in enumerate(candidates):
            try:
                context = _open(device.index)
            except OSError as error:
                failures.append(f"device {device.index} ({device.name}): {error}")
                continue
            software = is_software(str(context.info["GL_RENDERER"]))
            last = place == len(candidates) - 1
            if (wanted == "auto" and software and not last) or (
                wanted == "software" and not software
            ):
                failures.append(f"device {device.index} ({device.name}) is not of that kind")
                context.release()
                continue
            return context, device, _reason(wanted, device, software, failures)
        raise OSError("; ".join(failures) or "no EGL device")
    except (ImportError, OSError) as error:
        raise AdapterUnavailable(
            "gl-missing",
            f"没有可用的 OpenGL（EGL）：{error}。请运行："
            f"sudo apt-get install {DEBIAN_PACKAGES}",
            f"No OpenGL through EGL: {error}. Run: sudo apt-get install {DEBIAN_PACKAGES}",
        ) from error


def _reason(wanted: str, device: EglDevice, software: bool, failures: list[str]) -> str:
    """Return one sentence that says why a device was taken."""
    if wanted != "auto":
        text = f"asked for as '{wanted}'"
    elif software:
        text = "no GPU offers OpenGL, so the processor draws"
    elif device.kind == "nvidia":
        text = "the first NVIDIA GPU"
    else:
        text = "the first GPU with a driver"
    if failures:
        text += f" (not used: {'; '.join(failures)})"
    return text


def describe_device(prefer: str = "") -> dict[str, Any]:
    """Return the capabilities of the device that would be chosen, as plain data.

    Raises
    ------
    AdapterUnavailable
        ``gl-missing``, ``gl-device`` as for :class:`Device`.
    """
    device = Device(prefer)
    try:
        found = asdict(device.capabilities)
        return found | {"max_samples": device.max_samples}
    finally:
        device.close()
