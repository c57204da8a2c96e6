"""Spring bones of VRM 1.0 and 0.x in the normalised pose."""

from __future__ import annotations

from dataclasses import dataclass, field

from cyberdirector.core.model import Collider, Spring, SpringJoint
from cyberdirector.formats.gltf._view import View
from cyberdirector.formats.gltf.document import Gltf
from cyberdirector.formats.gltf.skeleton import Skeleton

_DOWN = (0.0, -1.0, 0.0)


_JOINT_BYTES = 400
"""Memory of one spring joint; a small file may list the same long chain many times."""


@dataclass
class Springs:
    """Colliders, groups of collider indices, and chains."""

    colliders: list[Collider] = field(default_factory=list)
    groups: list[list[int]] = field(default_factory=list)
    springs: list[Spring] = field(default_factory=list)


def spring_nodes(gltf: Gltf) -> set[int]:
    """Return the glTF nodes that springs and colliders of either version need."""
    count = len(gltf.nodes)
    wanted: set[int] = set()
    spec = gltf.root.extension("VRMC_springBone")
    if spec is not None:
        for spring in spec.views("springs"):
            wanted |= {joint.index("node", count) for joint in spring.views("joints")}
        wanted |= {c.index("node", count) for c in spec.views("colliders")}
    old = gltf.root.extension("VRM")
    if old is not None:
        second = old.view("secondaryAnimation")
        for group in second.views("boneGroups"):
            for root in group.indices("bones", count):
                _add_below(gltf, root, wanted)
        wanted |= {g.index("node", count) for g in second.views("colliderGroups")}
    return wanted


def _add_below(gltf: Gltf, root: int, wanted: set[int]) -> None:
    """Add a node and all below it that are not there yet."""
    stack = [root]
    while stack:
        node = stack.pop()
        if node not in wanted:
            wanted.add(node)
            stack.extend(gltf.nodes[node].indices("children", len(gltf.nodes)))


def _vec(
    view: View, key: str, default: tuple[float, float, float]
) -> tuple[float, float, float]:
    x, y, z = view.numbers(key, 3, default)
    return (x, y, z)


def _collider(gltf: Gltf, skeleton: Skeleton, view: View) -> Collider | None:
    node = view.index("node", len(gltf.nodes))
    if node not in skeleton.index:
        return None
    shape = view.view("shape")
    capsule = "capsule" in shape
    inner = shape.view("capsule" if capsule else "sphere")
    tail = _vec(inner, "tail", (0.0, 0.0, 0.0))
    return Collider(
        skeleton.index[node],
        skeleton.vector(node, _vec(inner, "offset", (0.0, 0.0, 0.0))),
        inner.number("radius", 0.0, 0.0, 1e3) * skeleton.scale(node),
        skeleton.vector(node, tail) if capsule else None,
    )


def _joint(skeleton: Skeleton, view: View, node: int) -> SpringJoint:
    return SpringJoint(
        skeleton.index[node],
        view.number("hitRadius", 0.0, 0.0, 1e3) * skeleton.scale(node),
        view.number("stiffness", 1.0, 0.0, 1e3),
        view.number("gravityPower", 0.0, -1e3, 1e3),
        _vec(view, "gravityDir", _DOWN),
        view.number("dragForce", 0.5, 0.0, 1.0),
    )


def read_springs(gltf: Gltf, skeleton: Skeleton) -> Springs:
    """Return VRMC_springBone-1.0 with offsets turned into the normalised pose."""
    out = Springs()
    spec = gltf.root.extension("VRMC_springBone")
    if spec is None:
        return out
    table: dict[int, int] = {}
    for i, view in enumerate(spec.views("colliders")):
        collider = _collider(gltf, skeleton, view)
        if collider is not None:
            table[i] = len(out.colliders)
            out.colliders.append(collider)
    count = len(spec.items("colliders"))
    for group in spec.views("colliderGroups"):
        members = group.indices("colliders", count)
        out.groups.append([table[i] for i in members if i in table])
    for spring in spec.views("springs"):
        if spring.raw("center") is not None:
            gltf.note("spring centres are not used")
        joints = []
        for view in spring.views("joints"):
            node = view.index("node", len(gltf.nodes))
            if node in skeleton.index:
                joints.append(_joint(skeleton, view, node))
        groups = spring.indices("colliderGroups", len(out.groups))
        out.springs.append(Spring(spring.text("name", ""), joints, list(groups)))
    return out


def _chains(gltf: Gltf, root: int) -> list[list[int]]:
    """Return chains from ``root`` to each leaf; a branch starts a chain of its own."""
    chains, stack = [], [[root]]
    while stack:
        chain = stack.pop()
        while True:
            below = gltf.nodes[chain[-1]].indices("children", len(gltf.nodes))
            below = [n for n in below if gltf.nodes[n].raw("mesh") is None]
            if not below:
                break
            stack.extend([chain[-1], other] for other in reversed(below[1:]))
            chain.append(below[0])
        chains.append(chain)
    return chains


def read_springs_0(gltf: Gltf, skeleton: Skeleton) -> Springs:
    """Return the secondary animation of VRM 0.x as chains of VRM 1.0.

    Offsets of 0.x colliders have their z axis reversed (Unity's left-handed space).
    """
    out = Springs()
    old = gltf.root.extension("VRM")
    if old is None:
        return out
    second = old.view("secondaryAnimation")
    for group in second.views("colliderGroups"):
        node = group.index("node", len(gltf.nodes))
        members: list[int] = []
        for view in group.views("colliders") if node in skeleton.index else []:
            offset = _xyz(view.view("offset"), (0.0, 0.0, 0.0))
            turned = skeleton.vector(node, (offset[0], offset[1], -offset[2]))
            radius = view.number("radius", 0.0, 0.0, 1e3) * skeleton.scale(node)
            members.append(len(out.colliders))
            out.colliders.append(Collider(skeleton.index[node], turned, radius))
        out.groups.append(members)
    for group in second.views("boneGroups"):
        x, y, z = _xyz(group.view("gravityDir"), _DOWN)
        values = {
            "hit_radius": group.number("hitRadius", 0.02, 0.0, 1e3),
            "stiffness": group.number("stiffiness", 1.0, 0.0, 1e3),
            "gravity_power": group.number("gravityPower", 0.0, -1e3, 1e3),
            "drag_force": group.number("dragForce", 0.4, 0.0, 1.0),
        }
        groups = group.indices("colliderGroups", len(out.groups))
        for root in group.indices("bones", len(gltf.nodes)):
            for chain in _chains(gltf, root):
                gltf.spend(len(chain) * _JOINT_BYTES, group.path)
                kept = [skeleton.index[n] for n in chain if n in skeleton.index]
                joints = [SpringJoint(n, gravity_dir=(-x, y, -z), **values) for n in kept]
                if joints:
                    name = group.text("comment", "")
                    out.springs.append(Spring(name, joints, list(groups)))
    return out


def _xyz(view: View, default: tuple[float, float, float]) -> tuple[float, float, float]:
    """Return a vector of VRM 0.x, which is an object with x, y and z."""
    x, y, z = (view.number(k, d) for k, d in zip("xyz", default, strict=True))
    return (x, y, z)
