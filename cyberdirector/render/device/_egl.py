"""The EGL devices of this machine, listed without opening them."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["nvidia", "hardware", "unknown", "software"]

PREFERENCE: tuple[Kind, ...] = ("nvidia", "hardware", "unknown", "software")
"""Best first. A device that says nothing about itself may be a GPU."""

# Enumerants of EGL_EXT_device_query, EGL_EXT_device_drm and its render node, and
# EGL_EXT_device_query_name (Khronos EGL registry).
_EXTENSIONS = 0x3055
_DRM_FILE, _DRM_RENDER_FILE = 0x3233, 0x3377
_VENDOR, _RENDERER = 0x3053, 0x335F

_MOST_DEVICES = 32


@dataclass(frozen=True)
class EglDevice:
    """One entry of the driver's list.

    Attributes
    ----------
    index
        Place in the list, the number that ``CYBERDIRECTOR_GL`` takes.
    kind
        ``nvidia``, ``hardware`` (any other GPU with a kernel driver), ``software`` or
        ``unknown``.
    name
        What the driver tells without opening it: renderer, device file or extensions.
    """

    index: int
    kind: Kind
    name: str


def kind_of(extensions: str) -> Kind:
    """Return the kind of a device with these (space separated) EGL device extensions."""
    words = set(extensions.split())
    if any(word.startswith("EGL_NV_") for word in words):
        return "nvidia"
    if "EGL_MESA_device_software" in words:
        return "software"
    if words & {"EGL_EXT_device_drm", "EGL_EXT_device_drm_render_node"}:
        return "hardware"
    return "unknown"


def load_function(name: str, result: Any, *arguments: Any) -> Any:
    """Return EGL or OpenGL function ``name`` as a ctypes call, None if there is none.

    Raises
    ------
    OSError
        When libEGL is not installed.
    """
    library = ctypes.CDLL("libEGL.so.1")
    library.eglGetProcAddress.restype = ctypes.c_void_p
    library.eglGetProcAddress.argtypes = [ctypes.c_char_p]
    address = library.eglGetProcAddress(name.encode())
    return ctypes.CFUNCTYPE(result, *arguments)(address) if address else None


def list_devices() -> list[EglDevice]:
    """Return all EGL devices in the order of the driver; empty when it cannot tell.

    Raises
    ------
    OSError
        When libEGL is not installed.
    """
    pointer, number = ctypes.c_void_p, ctypes.c_int
    query = load_function("eglQueryDevicesEXT", ctypes.c_uint, number, pointer, pointer)
    text = load_function("eglQueryDeviceStringEXT", ctypes.c_char_p, pointer, number)
    if query is None or text is None:
        return []
    handles = (ctypes.c_void_p * _MOST_DEVICES)()
    count = ctypes.c_int()
    if not query(_MOST_DEVICES, handles, ctypes.byref(count)):
        return []
    found = []
    for index in range(count.value):
        words = {key: _decode(text(handles[index], key)) for key in _KEYS}
        extensions = words[_EXTENSIONS]
        kind = kind_of(extensions)
        vendor = " ".join(part for part in (words[_VENDOR], words[_RENDERER]) if part)
        name = vendor or words[_DRM_RENDER_FILE] or words[_DRM_FILE] or kind
        found.append(EglDevice(index, kind, name))
    return found


_KEYS = (_EXTENSIONS, _DRM_FILE, _DRM_RENDER_FILE, _VENDOR, _RENDERER)


def _decode(value: bytes | None) -> str:
    return value.decode("utf-8", "replace") if value else ""


def ranked(devices: list[EglDevice]) -> list[EglDevice]:
    """Return the devices, best first; equals in the order of the driver."""
    return sorted(devices, key=lambda d: PREFERENCE.index(d.kind))
