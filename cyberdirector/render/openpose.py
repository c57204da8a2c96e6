"""Pose skeletons as OpenPose draws them: 18 body keys in their usual colours, 21 per hand.

Keys of the body are in the order of the COCO model of OpenPose, keys of a hand start at the
wrist and run along thumb, index, middle, ring and little finger (Cao et al., "OpenPose:
Realtime Multi-Person 2D Pose Estimation using Part Affinity Fields", TPAMI 2019).
"""

from __future__ import annotations

import colorsys
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.model import Character
from cyberdirector.render.camera import View, normalized
from cyberdirector.render.geometry import role_of
from cyberdirector.render.scene import FigureState

Floats = NDArray[np.float64]

BODY = (
    "nose", "neck", "rightShoulder", "rightElbow", "rightWrist", "leftShoulder", "leftElbow",
    "leftWrist", "rightHip", "rightKnee", "rightAnkle", "leftHip", "leftKnee", "leftAnkle",
    "rightEye", "leftEye", "rightEar", "leftEar",
)  # fmt: skip
"""The 18 keys of the body; the keys of the left and the right hand follow, 60 in all."""

LIMBS = (
    (1, 2), (1, 5), (2, 3), (3, 4), (5, 6), (6, 7), (1, 8), (8, 9), (9, 10), (1, 11),
    (11, 12), (12, 13), (1, 0), (0, 14), (14, 16), (0, 15), (15, 17),
)  # fmt: skip
"""Keys that a limb joins; its colour is that of its place in this list."""

_BONES = {
    "rightShoulder": "rightUpperArm", "rightElbow": "rightLowerArm", "rightWrist": "rightHand",
    "leftShoulder": "leftUpperArm", "leftElbow": "leftLowerArm", "leftWrist": "leftHand",
    "rightHip": "rightUpperLeg", "rightKnee": "rightLowerLeg", "rightAnkle": "rightFoot",
    "leftHip": "leftUpperLeg", "leftKnee": "leftLowerLeg", "leftAnkle": "leftFoot",
}  # fmt: skip
_FINGERS = ("Thumb", "Index", "Middle", "Ring", "Little")
_HAND_KEYS = 21
KEYS = len(BODY) + 2 * _HAND_KEYS

_TIP = 0.8
"""Length of the last joint of a finger, in lengths of the one before."""
_FACING = {"nose": -0.2, "rightEye": 0.05, "leftEye": 0.05, "rightEar": -0.5, "leftEar": -0.5}
"""A key of the face is hidden when the cosine between its outward direction and that to the
camera is below: at three quarters the far ear is gone, in profile the far eye too."""


@dataclass(frozen=True)
class KeyRig:
    """Where the keys of a character are: points that follow a node rigidly.

    Attributes
    ----------
    nodes
        (60,) node of each key, -1 for keys that the character lacks.
    points
        (60, 3) metres, model space of the rest pose.
    outward
        (60, 3) unit direction that a key of the face looks to, rest pose; 0 for others.
    """

    nodes: NDArray[np.int64]
    points: Floats
    outward: Floats


def _face_points(character: Character, at: Floats) -> dict[str, Floats]:
    """Return nose, eyes and ears in the rest pose, metres, from eye bones and face mesh."""
    bones = character.humanoid
    head = at[bones["head"]]
    eyes = {s: at[bones[f"{s}Eye"]] for s in ("left", "right") if f"{s}Eye" in bones}
    if len(eyes) < 2:
        middle = head + np.array([0.0, 0.08, 0.06])
        half = np.array([0.032, 0.0, 0.0])
        eyes = {"left": middle + half, "right": middle - half}
    middle = (eyes["left"] + eyes["right"]) / 2.0
    apart = float(np.linalg.norm(eyes["left"] - eyes["right"]))
    cloud = [
        p.positions
        for p in character.parts
        if role_of(character.materials[p.material]) == "face"
    ]
    face = np.concatenate(cloud).astype(np.float64) if cloud else np.zeros((0, 3))
    bulge = np.array([0.0, 0.0, 0.3 * apart])
    out = {f"{s}Eye": p + bulge for s, p in eyes.items()}
    low = (face[:, 1] < middle[1] - 0.15 * apart) & (face[:, 1] > middle[1] - 1.1 * apart)
    bridge = face[low & (np.abs(face[:, 0] - middle[0]) < 0.15 * apart)]
    guess = middle + np.array([0.0, -0.55 * apart, 0.6 * apart])
    out["nose"] = bridge[np.argmax(bridge[:, 2])] if len(bridge) else guess
    level = face[np.abs(face[:, 1] - middle[1]) < 0.8 * apart]
    for side, sign in (("left", 1.0), ("right", -1.0)):
        far = float((sign * (level[:, 0] - middle[0])).max()) if len(level) else 1.2 * apart
        out[f"{side}Ear"] = np.array(
            [middle[0] + sign * far, middle[1] - 0.15 * apart, head[2] + 0.1 * apart]
        )
    return out


def _hand_points(character: Character, at: Floats, side: str) -> list[tuple[int, Floats]]:
    """Return (node, point) of the 21 keys of a hand; node -1 where a finger is missing."""
    bones = character.humanoid
    wrist = bones.get(f"{side}Hand", -1)
    out = [(wrist, at[wrist])]
    for finger in _FINGERS:
        joints = ("Metacarpal", "Proximal", "Distal") if finger == "Thumb" else (
            "Proximal", "Intermediate", "Distal")  # fmt: skip
        nodes = [bones.get(f"{side}{finger}{joint}", -1) for joint in joints]
        if min(nodes) < 0:
            out += [(-1, np.zeros(3))] * 4
            continue
        out += [(node, at[node]) for node in nodes]
        out.append((nodes[2], at[nodes[2]] + _TIP * (at[nodes[2]] - at[nodes[1]])))
    return out


def key_rig(character: Character) -> KeyRig:
    """Return the keys of a character in its rest pose."""
    at = character.node_positions().astype(np.float64)
    bones = character.humanoid
    nodes = np.full(KEYS, -1, np.int64)
    points, outward = np.zeros((KEYS, 3)), np.zeros((KEYS, 3))
    for key, bone in _BONES.items():
        if bone in bones:
            nodes[BODY.index(key)] = bones[bone]
            points[BODY.index(key)] = at[bones[bone]]
    if "head" in bones:
        for key, point in _face_points(character, at).items():
            i = BODY.index(key)
            nodes[i], points[i] = bones["head"], point
            sign = 0.0 if key == "nose" else 1.0 if key.startswith("left") else -1.0
            ear = key.endswith("Ear")
            outward[i] = normalized([sign * (1.0 if ear else 0.75), 0.0, 0.0 if ear else 1.0])
    for k, side in enumerate(("left", "right")):
        if f"{side}Hand" not in bones:
            continue
        first = len(BODY) + k * _HAND_KEYS
        for i, (node, point) in enumerate(_hand_points(character, at, side), first):
            nodes[i], points[i] = node, point
    return KeyRig(nodes, points, outward)


def project_keys(rig: KeyRig, state: FigureState, view: View, size: tuple[int, int]) -> Floats:
    """Return the keys in a picture: (60, 4) pixels right, pixels down, metres, seen 0 or 1.

    Metres are along the view axis. A key is not seen when the character lacks it, when it
    lies behind the camera, or when it is on the far side of the head.
    """
    palette = np.asarray(state.palette, np.float64)[np.maximum(rig.nodes, 0)]
    world = (palette[:, :, :3] * rig.points[:, None, :]).sum(axis=-1) + palette[:, :, 3]
    outward = (palette[:, :, :3] * rig.outward[:, None, :]).sum(axis=-1)
    seen = rig.nodes >= 0
    toward = view.eye - world
    toward /= np.maximum(np.linalg.norm(toward, axis=1, keepdims=True), 1e-9)
    facing = (outward * toward).sum(axis=1)
    for key, limit in _FACING.items():
        seen[BODY.index(key)] &= facing[BODY.index(key)] >= limit
    shoulders = [BODY.index("rightShoulder"), BODY.index("leftShoulder")]
    world[1], seen[1] = world[shoulders].mean(axis=0), bool(seen[shoulders].all())
    ones = np.concatenate([world, np.ones((KEYS, 1))], axis=1)
    clip = (ones[:, None, :] * view.matrix[None]).sum(axis=-1)
    away = clip[:, 3]
    seen &= away > 0.05
    width, height = size
    out = np.zeros((KEYS, 4))
    safe = np.maximum(away, 0.05)
    out[:, 0] = (clip[:, 0] / safe * 0.5 + 0.5) * width
    out[:, 1] = (0.5 - clip[:, 1] / safe * 0.5) * height
    out[:, 2], out[:, 3] = away, seen
    return out


def _color(place: float) -> Floats:
    """Return a full colour (3,) 0..255 by its place 0..1 on the colour circle."""
    return np.array(colorsys.hsv_to_rgb(place, 1.0, 1.0)) * 255.0


def _stroke(
    image: Floats, a: Floats, b: Floats, radius: float, color: Floats, lens: bool
) -> None:
    """Paint an ellipse (``lens``) or a line with round ends from ``a`` to ``b``, pixels."""
    height, width = image.shape[:2]
    low = np.floor(np.minimum(a, b) - radius - 1.0).astype(int)
    high = np.ceil(np.maximum(a, b) + radius + 2.0).astype(int)
    x0, y0 = np.clip(low, 0, (width, height))
    x1, y1 = np.clip(high, 0, (width, height))
    if x0 >= x1 or y0 >= y1:
        return
    x, y = np.meshgrid(np.arange(x0, x1) + 0.5, np.arange(y0, y1) + 0.5)
    length = float(np.hypot(*(b - a)))
    ux, uy = (b - a) / length if length > 1e-6 else (1.0, 0.0)
    middle = (a + b) / 2.0
    u = (x - middle[0]) * ux + (y - middle[1]) * uy
    v = (y - middle[1]) * ux - (x - middle[0]) * uy
    if lens:
        half = max(length / 2.0, radius)
        q = (u / half) ** 2 + (v / radius) ** 2
        slope = 2.0 * np.sqrt((u / half**2) ** 2 + (v / radius**2) ** 2)
        inside = (1.0 - q) / np.maximum(slope, 1e-6)
    else:
        beyond = np.maximum(np.abs(u) - length / 2.0, 0.0)
        inside = radius - np.hypot(beyond, v)
    cover = np.clip(inside + 0.5, 0.0, 1.0)[..., None]
    image[y0:y1, x0:x1] += (color - image[y0:y1, x0:x1]) * cover


def _draw_hand(image: Floats, keys: Floats, scale: float) -> None:
    """Paint the 21 keys of a hand."""
    seen = keys[:, 3] > 0
    if seen.sum() < 2:
        return
    spread = keys[seen, :2].max(axis=0) - keys[seen, :2].min(axis=0)
    # Small hands get small dots, so that fingers stay apart.
    dot = float(np.clip(0.05 * np.hypot(*spread), 0.8, 4.0 * scale))
    edges = [(0 if k == 0 else 4 * f + k, 4 * f + k + 1) for f in range(5) for k in range(4)]
    for i, (a, b) in enumerate(edges):
        if seen[a] and seen[b]:
            color = _color(i / len(edges))
            _stroke(image, keys[a, :2], keys[b, :2], dot / 2.0, color, lens=False)
    for key in keys[seen]:
        _stroke(image, key[:2], key[:2], dot, np.array([0.0, 0.0, 255.0]), lens=False)


def draw_skeletons(people: list[Floats], size: tuple[int, int]) -> NDArray[np.uint8]:
    """Return skeletons on black, (height, width, 3) uint8.

    Parameters
    ----------
    people
        From :func:`project_keys`; who comes later is painted over.
    size
        (width, height) in pixels. Sticks are 4 pixels wide to each side in a picture 512
        pixels across, as the networks were trained.
    """
    width, height = size
    image = np.zeros((height, width, 3))
    scale = min(size) / 512.0
    for keys in people:
        seen = keys[:, 3] > 0
        margin = 0.25 * max(size)
        near = (
            (keys[:, 0] > -margin) & (keys[:, 0] < width + margin)
            & (keys[:, 1] > -margin) & (keys[:, 1] < height + margin)
        )  # fmt: skip
        for i, (a, b) in enumerate(LIMBS):
            if seen[a] and seen[b] and (near[a] or near[b]):
                color = _color(i / len(BODY)) * 0.6
                _stroke(image, keys[a, :2], keys[b, :2], 4.0 * scale, color, lens=True)
        for i in range(len(BODY)):
            if seen[i] and near[i]:
                dot = keys[i, :2]
                _stroke(image, dot, dot, 4.0 * scale, _color(i / len(BODY)), lens=False)
        for first in (len(BODY), len(BODY) + _HAND_KEYS):
            hand = keys[first : first + _HAND_KEYS]
            if near[first]:
                _draw_hand(image, hand, scale)
    return np.round(image).astype(np.uint8)
