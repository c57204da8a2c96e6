"""The device and the painter of this process: they stay open from task to task."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cyberdirector.render import Profile, RenderScene
    from cyberdirector.render.device import Device
    from cyberdirector.render.painter import Painter


class _Desk:
    device: Device | None = None
    painter: Painter | None = None


def open_device() -> Device:
    """Return the device of this process, opened when first asked for.

    Raises
    ------
    AdapterUnavailable
        ``gl-missing`` with what to install.
    """
    if _Desk.device is None:
        from cyberdirector.render.device import Device

        _Desk.device = Device()
    return _Desk.device


def settled_profile(name: str) -> Profile:
    """Return the profile of this name; ``auto`` fits the device."""
    from cyberdirector.render import choose_profile

    return choose_profile(open_device(), name)


def open_painter(
    scene: RenderScene, size: tuple[int, int], profile: str, style: str
) -> Painter:
    """Return the painter of this process with a scene loaded."""
    from cyberdirector.render.painter import Painter

    wanted = settled_profile(profile)
    painter = _Desk.painter
    if painter is not None and (painter.size, painter.profile) == (size, wanted):
        painter.load(scene)
        painter.style = style
        return painter
    if painter is not None:
        painter.close()
        _Desk.painter = None
    _Desk.painter = Painter(scene, size, wanted, open_device(), style)
    return _Desk.painter


def close_desk() -> None:
    """Free painter and device."""
    if _Desk.painter is not None:
        _Desk.painter.close()
    if _Desk.device is not None:
        _Desk.device.close()
    _Desk.painter = _Desk.device = None
