"""Face curves as CSV in the columns of Live Link Face, which Unreal, Blender and Maya read."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from cyberdirector.core.clip import Clip
from cyberdirector.core.face import ARKIT_INDEX
from cyberdirector.core.files import write_bytes
from cyberdirector.core.rotations import quat_multiply, quat_to_matrix
from cyberdirector.core.skeleton import BONE_INDEX

_SIDES = ("Blink", "LookDown", "LookIn", "LookOut", "LookUp", "Squint", "Wide")
_SHAPES = (
    *(f"eye{part}Left" for part in _SIDES), *(f"eye{part}Right" for part in _SIDES),
    "jawForward", "jawRight", "jawLeft", "jawOpen", "mouthClose", "mouthFunnel",
    "mouthPucker", "mouthRight", "mouthLeft", "mouthSmileLeft", "mouthSmileRight",
    "mouthFrownLeft", "mouthFrownRight", "mouthDimpleLeft", "mouthDimpleRight",
    "mouthStretchLeft", "mouthStretchRight", "mouthRollLower", "mouthRollUpper",
    "mouthShrugLower", "mouthShrugUpper", "mouthPressLeft", "mouthPressRight",
    "mouthLowerDownLeft", "mouthLowerDownRight", "mouthUpperUpLeft", "mouthUpperUpRight",
    "browDownLeft", "browDownRight", "browInnerUp", "browOuterUpLeft", "browOuterUpRight",
    "cheekPuff", "cheekSquintLeft", "cheekSquintRight", "noseSneerLeft", "noseSneerRight",
    "tongueOut",
)  # fmt: skip

_TURNS = tuple(f"{part}{axis}" for part in ("Head", "LeftEye", "RightEye")
               for axis in ("Yaw", "Pitch", "Roll"))  # fmt: skip


def _timecode(frame: int, clip: Clip) -> str:
    """Return hours:minutes:seconds:frames.thousandths at the whole rate above the clip's."""
    whole = round(clip.rate.fps)
    seconds, rest = divmod(frame, whole)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}:{rest:02d}.000"


def live_link_text(clip: Clip) -> str:
    """Return the CSV of a clip: one row per frame, 52 shapes 0..1, nine turns in radians.

    Head turns are those of neck and head together; the eyes carry the gaze.
    """
    names = [name[0].upper() + name[1:] for name in _SHAPES]
    lines = [",".join(["Timecode", "BlendShapeCount", *names, *_TURNS])]
    shapes = clip.weights[:, [ARKIT_INDEX[name] for name in _SHAPES]]
    neck, head = (clip.rotations[:, BONE_INDEX[b]] for b in ("neck", "head"))
    m = quat_to_matrix(quat_multiply(neck, head))
    # R = Ry(yaw) · Rx(pitch) · Rz(roll)
    turn = np.stack(
        [
            np.arctan2(m[:, 0, 2], m[:, 2, 2]),
            np.arcsin(np.clip(-m[:, 1, 2], -1.0, 1.0)),
            np.arctan2(m[:, 1, 0], m[:, 1, 1]),
        ],
        axis=1,
    )
    eye = np.concatenate([clip.gaze, np.zeros((clip.frames, 1))], axis=1)
    rows = np.concatenate([shapes, turn, eye, eye], axis=1)
    for frame, row in enumerate(rows):
        values = ",".join(f"{value:.5f}" for value in row)
        lines.append(f"{_timecode(frame, clip)},{len(_SHAPES) + len(_TURNS)},{values}")
    return "\n".join(lines) + "\n"


def write_live_link(path: Path, clip: Clip) -> None:
    """Write the face curves of a clip as CSV; nothing is left behind when it fails."""
    write_bytes(path, live_link_text(clip).encode("ascii"))
