"""Small movable things: furniture, tea ware, lanterns, desks.

A prop is a dict from a material slot to a mesh that stands on y = 0 round the origin.
Slots: ``wood`` (trim texture), ``paint`` (the shared swatches), ``glow`` (lantern skins),
``flame``, ``dark`` (timber of frames), ``leaf``.
"""

from __future__ import annotations

from collections.abc import Iterable

from cyberdirector.backlot.kit.mesh import Mesh, join

Prop = dict[str, Mesh]


def placed(
    prop: Prop, at: tuple[float, float, float], yaw: float = 0.0, scale: float = 1.0
) -> Prop:
    """Return the prop turned about +Y (radians) and moved (metres)."""
    return {slot: mesh.moved(at, yaw, scale=scale) for slot, mesh in prop.items()}


def gather(props: Iterable[Prop]) -> Prop:
    """Return all props as one."""
    lists: dict[str, list[Mesh]] = {}
    for prop in props:
        for slot, mesh in prop.items():
            lists.setdefault(slot, []).append(mesh)
    return {slot: join(meshes) for slot, meshes in lists.items()}
