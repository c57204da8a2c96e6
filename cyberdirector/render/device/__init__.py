"""The OpenGL context: EGL without a window, NVIDIA before Mesa, one owner thread."""

from cyberdirector.render.device._capabilities import Capabilities
from cyberdirector.render.device._context import (
    DEBIAN_PACKAGES,
    Device,
    describe_device,
    forget_current,
)
from cyberdirector.render.device._egl import EglDevice, list_devices

__all__ = [
    "DEBIAN_PACKAGES",
    "Capabilities",
    "Device",
    "EglDevice",
    "describe_device",
    "forget_current",
    "list_devices",
]
