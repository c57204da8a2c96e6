# ruff: noqa: E501, RUF005
"""A figure of capsules with a head, hair and eyes, and a small room: no assets needed."""

from __future__ import annotations

import numpy as np

from cyberdirector.core.model import Character, Material, MeshPart, Morph, Node, Texture
from cyberdirector.core.scene import Camera, LightRig, PointLight, Set
from cyberdirector.core.skeleton import BONE_PARENTS, HUMANOID_BONES

BODY = {
    "hips": (0.0, 0.92, 0.0), "spine": (0.0, 0.10, 0.0), "chest": (0.0, 0.13, 0.0),
    "upperChest": (0.0, 0.13, 0.0), "neck": (0.0, 0.13, 0.0), "head": (0.0, 0.08, 0.0),
    "leftEye": (0.03, 0.08, 0.07), "rightEye": (-0.03, 0.08, 0.07), "jaw": (0.0, 0.02, 0.03),
    "UpperLeg": (0.09, -0.04, 0.0), "LowerLeg": (0.0, -0.42, 0.0), "Foot": (0.0, -0.40, 0.0),
    "Toes": (0.0, -0.05, 0.13), "Shoulder": (0.03, 0.09, 0.0), "UpperArm": (0.11, 0.0, 0.0),
    "LowerArm": (0.25, 0.0, 0.0), "Hand": (0.23, 0.0, 0.0),
}  # fmt: skip


def _offset(bone: str) -> tuple[float, float, float]:
    if bone in BODY:
        return BODY[bone]
    sign = 1.0 if bone.startswith("left") else -1.0
    name = bone.removeprefix("left").removeprefix("right")
    x, y, z = BODY.get(name, (0.03, 0.0, 0.0))
    return (sign * x, y, z)


def sphere(center, radii, rings=16, sectors=24):
    """Return positions, normals, uvs, triangles of an ellipsoid."""
    v = np.linspace(0.0, np.pi, rings + 1)
    u = np.linspace(0.0, 2.0 * np.pi, sectors + 1)
    vv, uu = np.meshgrid(v, u, indexing="ij")
    n = np.stack([np.sin(vv) * np.sin(uu), np.cos(vv), np.sin(vv) * np.cos(uu)], -1)
    n = n.reshape(-1, 3)
    r = np.asarray(radii, float)
    normals = n / r
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    uvs = np.stack([uu / (2 * np.pi), vv / np.pi], -1).reshape(-1, 2)
    i = np.arange(rings)[:, None] * (sectors + 1) + np.arange(sectors)
    a, b, c, d = i, i + sectors + 1, i + sectors + 2, i + 1
    tris = np.concatenate([np.stack([a, b, c], -1), np.stack([a, c, d], -1)]).reshape(-1, 3)
    return n * r + center, normals, uvs, tris


def capsule(a, b, radius, rings=10, sectors=16):
    """Return arrays of a capsule from ``a`` to ``b``."""
    a, b = np.asarray(a, float), np.asarray(b, float)
    p, n, uv, t = sphere((0, 0, 0), (radius,) * 3, rings, sectors)
    axis = b - a
    length = np.linalg.norm(axis)
    up = axis / max(length, 1e-9)
    side = np.cross(up, [0.0, 0.0, 1.0] if abs(up[2]) < 0.9 else [1.0, 0.0, 0.0])
    side /= np.linalg.norm(side)
    frame = np.stack([side, up, np.cross(side, up)], 1)
    p = p + np.where(p[:, 1:2] > 0.0, [0.0, length, 0.0], 0.0)
    return p @ frame.T + a, n @ frame.T, uv, t


def part(name, shapes, material, joints=None, **more):
    """Merge (positions, normals, uvs, triangles) into a part, one joint for each shape."""
    base, blocks, held = 0, [], []
    for i, shape in enumerate(shapes):
        blocks.append((*shape[:3], shape[3] + base))
        base += len(shape[0])
        if joints is not None:
            held.append(np.full((len(shape[0]), 1), joints[i], np.uint16))
    p, n, uv, t = (np.concatenate(x) for x in zip(*blocks, strict=True))
    return MeshPart(
        name, p.astype(np.float32), n.astype(np.float32), uv.astype(np.float32),
        t.astype(np.uint32), material,
        joints=np.concatenate(held) if held else None,
        weights=np.ones((len(p), 1), np.float32) if held else None, **more,
    )  # fmt: skip


def _locks(head):
    """Hair: a cap and tapered locks hanging around it, longer behind."""
    out = [sphere(head + [0, 0.035, -0.012], (0.101, 0.105, 0.115), 12, 24)]
    p, n, uv, t = out[0]
    keep = (p[t][:, :, 1].mean(1) > head[1] + 0.02) | (p[t][:, :, 2].mean(1) < head[2] - 0.02)
    out[0] = (p, n, uv, t[keep])
    for angle in np.linspace(-np.pi, np.pi, 26)[:-1]:
        front = abs(angle) < 0.9
        length = 0.085 if front else 0.2 + 0.15 * (abs(angle) > 1.7)
        d = np.array([np.sin(angle), 0.0, np.cos(angle)])
        root = head + d * [0.092, 0, 0.10] + [0, 0.085, -0.005]
        p, n, uv, t = capsule((0, 0, 0), (0, -length, 0), 0.017, 8, 8)
        taper = 1.0 - 0.8 * np.clip(-p[:, 1:2] / length, 0, 1)
        p = p * np.concatenate([taper, np.ones_like(taper), taper], 1)
        bulge = np.sin(np.clip(-p[:, 1:2] / length, 0, 1) * 2.2) * 0.02
        out.append((p + root + d * bulge, n, uv, t))
    return out


def _iris():
    """A drawn eye, 64 × 64: white, blue iris, pupil, highlight."""
    y, x = np.mgrid[0:64, 0:64] / 63.0 - 0.5
    r = np.hypot(x, y * 0.85)
    image = np.full((64, 64, 4), 255, np.uint8)
    image[r < 0.33, :3] = (60, 110, 190)
    image[r < 0.16, :3] = (20, 25, 50)
    image[np.hypot(x + 0.1, y + 0.12) < 0.08, :3] = 255
    return Texture("iris", image)


def figure(color=(0.10, 0.16, 0.34), hair=(0.09, 0.05, 0.04)) -> Character:
    """Return the figure: 55 bones, roles face, skin, hair, eye, brow, cloth."""
    nodes, humanoid = [], {}
    for i, bone in enumerate(HUMANOID_BONES):
        nodes.append(Node(bone, int(BONE_PARENTS[i]), _offset(bone)))
        humanoid[bone] = i
    at = Character("x", nodes, humanoid, [], []).node_positions()
    ink = {"outline_mode": "worldCoordinates", "outline_width": 0.002}
    materials = [
        Material("face", (0.92, 0.68, 0.56, 1), shade_color=(0.74, 0.42, 0.36), role="face", **ink),
        Material("skin", (0.92, 0.68, 0.56, 1), shade_color=(0.74, 0.42, 0.36), role="skin", **ink),
        Material("coat", (*color, 1), shade_color=tuple(0.45 * c for c in color), role="cloth", **ink),
        Material("trim", (0.8, 0.78, 0.72, 1), shade_color=(0.45, 0.44, 0.5), role="cloth", **ink),
        Material("hair", (*hair, 1), shade_color=tuple(0.4 * c for c in hair), role="hair", **ink),
        Material("eye", base_texture=0, role="eye"),
        Material("brow", (0.06, 0.03, 0.03, 1), role="brow"),
    ]  # fmt: skip
    head = at[humanoid["head"]] + [0, 0.085, 0.015]
    face = sphere(head, (0.083, 0.112, 0.095), 28, 36)
    low = np.clip((head[1] - face[0][:, 1]) / 0.11, 0, 1)[:, None]
    face[0][:, :1] *= 1 - 0.35 * low**1.5
    jaw = np.nonzero(low[:, 0] > 0.45)[0].astype(np.uint32)
    drop = np.zeros((len(jaw), 3), np.float32)
    drop[:, 1] = -0.02
    bone = humanoid.__getitem__
    eyes, brows = [], []
    for sign in (1, -1):
        at_eye = head + [sign * 0.034, 0.0, 0.082]
        p, n, _, t = sphere(at_eye, (0.019, 0.021, 0.006), 10, 14)
        flat = np.stack(
            [(p[:, 0] - at_eye[0]) / 0.038 + 0.5, 0.5 - (p[:, 1] - at_eye[1]) / 0.042], 1
        )
        eyes.append((p, n, flat, t))
        brows.append(
            capsule(
                head + [sign * 0.018, 0.034, 0.091],
                head + [sign * 0.05, 0.036, 0.08],
                0.003,
                6,
                8,
            )
        )
    limbs, limb_joints, sleeves, sleeve_joints = [], [], [], []
    for side in ("left", "right"):
        for a, b, r in (("UpperArm", "LowerArm", 0.05), ("LowerArm", "Hand", 0.045)):
            sleeves.append(capsule(at[bone(side + a)], at[bone(side + b)], r))
            sleeve_joints.append(bone(side + a))
        for a, b, r in (
            ("UpperLeg", "LowerLeg", 0.08),
            ("LowerLeg", "Foot", 0.055),
            ("Foot", "Toes", 0.04),
        ):
            sleeves.append(capsule(at[bone(side + a)], at[bone(side + b)], r))
            sleeve_joints.append(bone(side + a))
        hand = at[bone(side + "Hand")]
        limbs.append(capsule(hand, hand + [0.08 if side == "left" else -0.08, 0, 0], 0.032))
        limb_joints.append(bone(side + "Hand"))
    limbs.append(
        capsule(at[bone("upperChest")] + [0, 0.05, 0], at[bone("head")] + [0, 0.02, 0], 0.045)
    )
    limb_joints.append(bone("neck"))
    torso = [
        sphere(at[bone("chest")], (0.15, 0.2, 0.1)), sphere(at[bone("hips")], (0.15, 0.16, 0.11)),
        sphere(at[bone("upperChest")] + [0, 0.03, 0], (0.17, 0.11, 0.09)),
    ]  # fmt: skip
    parts = [
        part("face", [face], 0, [bone("head")], morphs={"jawOpen": Morph(jaw, drop)}),
        part("limbs", limbs, 1, limb_joints),
        part("coat", torso + sleeves, 2, [bone("chest"), bone("hips"), bone("upperChest"), *sleeve_joints]),
        part("belt", [sphere(at[bone("hips")] + [0, 0.1, 0], (0.152, 0.03, 0.11))], 3, [bone("hips")]),
        part("hair", _locks(head), 4, [bone("head")] * 26),
        part("eyes", eyes, 5, [bone("head")] * 2),
        part("brows", brows, 6, [bone("head")] * 2),
    ]  # fmt: skip
    return Character("sample", nodes, humanoid, parts, materials, [_iris()])


def box(low, high):
    """Return arrays of a box with flat normals."""
    low, high = np.asarray(low, float), np.asarray(high, float)
    ps, ns, us, ts = [], [], [], []
    for axis in range(3):
        for sign in (0, 1):
            u, v = (axis + 1) % 3, (axis + 2) % 3
            quad = np.zeros((4, 3))
            quad[:, axis] = (low, high)[sign][axis]
            quad[:, u] = np.array([low[u], high[u], high[u], low[u]])
            quad[:, v] = np.array([low[v], low[v], high[v], high[v]])
            n = np.zeros((4, 3))
            n[:, axis] = 1.0 if sign else -1.0
            order = [0, 1, 2, 0, 2, 3] if sign else [0, 2, 1, 0, 3, 2]
            ts.append(np.array(order).reshape(2, 3) + 4 * len(ps))
            ps.append(quad)
            ns.append(n)
            us.append(np.array([[0, 0], [1, 0], [1, 1], [0, 1]], float))
    return np.concatenate(ps), np.concatenate(ns), np.concatenate(us), np.concatenate(ts)


LIGHTS = {
    "day": LightRig("day"),
    "dusk": LightRig(
        "dusk", (-0.75, 0.35, 0.45), (1.0, 0.62, 0.36), ((0.36, 0.30, 0.42), (0.22, 0.15, 0.14)),
        ((0.16, 0.20, 0.42), (0.95, 0.52, 0.28)), (0.75, 0.45, 0.32), 0.01,
        (PointLight((1.2, 1.9, -0.6), (1.2, 0.6, 0.25), 3.5, 0.4),), "", (0.0, 1.05, 1.05, 0.2), 0.5,
    ),
    "night": LightRig(
        "night", (-0.5, 0.7, 0.5), (0.30, 0.40, 0.66), ((0.12, 0.16, 0.28), (0.07, 0.08, 0.13)),
        ((0.015, 0.025, 0.07), (0.06, 0.09, 0.18)), (0.05, 0.07, 0.13), 0.012,
        (PointLight((1.2, 1.9, -0.6), (1.5, 0.75, 0.28), 4.5, 0.5),
         PointLight((-1.5, 1.0, -1.2), (1.2, 0.6, 0.22), 3.0, 0.6)), "", (0.2, 1.06, 1.05, 0.0), 0.7,
    ),
    "rain": LightRig(
        "rain", (0.3, 0.8, 0.4), (0.45, 0.50, 0.56), ((0.34, 0.38, 0.44), (0.18, 0.19, 0.21)),
        ((0.30, 0.35, 0.42), (0.50, 0.55, 0.60)), (0.45, 0.50, 0.55), 0.035,
        (), "rain", (0.0, 1.03, 0.9, -0.15), 0.2,
    ),
}  # fmt: skip


def room() -> Set:
    """Return a floor, a wall with a gap, pillars, a table and two lanterns."""
    materials = [
        Material("floor", (0.42, 0.27, 0.16, 1)), Material("wall", (0.62, 0.55, 0.45, 1)),
        Material("wood", (0.24, 0.09, 0.05, 1)),
        Material("lamp", (0.9, 0.4, 0.15, 1), emissive=(1.3, 0.6, 0.2), role="emissive"),
        Material("pond", (0.05, 0.12, 0.14, 1), role="water"),
    ]  # fmt: skip
    pillars = [box((x - 0.1, 0, -1.7), (x + 0.1, 2.9, -1.5)) for x in (-2.0, -0.7, 0.7, 2.0)]
    table = [
        box((-1.7, 0.68, -1.3), (-1.1, 0.73, -0.8)),
        box((-1.45, 0, -1.1), (-1.35, 0.7, -1.0)),
    ]
    parts = [
        part("floor", [box((-6, -0.1, -6), (6, 0, 6))], 0),
        part("wall", [box((-6, 0, -2.2), (-0.8, 2.9, -2.0)), box((0.8, 0, -2.2), (6, 2.9, -2.0))], 1),
        part("frame", [*pillars, *table], 2),
        part("lamp", [sphere((1.2, 1.9, -0.6), (0.11, 0.14, 0.11)), sphere((-1.5, 0.8, -1.2), (0.04, 0.06, 0.04))], 3),
        part("pond", [box((-6, -0.06, -12), (6, 0.001, -6))], 4),
    ]  # fmt: skip
    cameras = {"establish": Camera((0.0, 1.35, 4.6), (0.0, 1.0, 0.0), 0.62)}
    return Set("room", parts, materials, cameras=cameras, lights=LIGHTS)
