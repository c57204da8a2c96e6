"""A clip as a table (CSV) for spreadsheets and NumPy: one row a frame, names on top."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from cyberdirector.core.clip import Clip
from cyberdirector.core.face import ARKIT_NAMES
from cyberdirector.core.files import write_bytes
from cyberdirector.core.skeleton import HUMANOID_BONES


def motion_csv_text(clip: Clip) -> str:
    """Return the table: frame, seconds, hips in metres, quaternions xyzw, shapes, gaze, feet.

    The last two columns are 1 while the left and the right foot bear.
    """
    names = ["frame", "seconds", *(f"root.{axis}" for axis in "xyz")]
    names += [f"{bone}.{axis}" for bone in HUMANOID_BONES for axis in "xyzw"]
    names += [*ARKIT_NAMES, "gaze.yaw", "gaze.pitch", "contact.left", "contact.right"]
    table = np.concatenate(
        [
            clip.root,
            clip.rotations.reshape(clip.frames, -1),
            clip.weights,
            clip.gaze,
        ],
        axis=1,
    )
    lines = [",".join(names)]
    for frame, row in enumerate(table):
        values = ",".join(f"{value:.7g}" for value in row)
        left, right = (int(v) for v in clip.contacts[frame])
        lines.append(f"{frame},{clip.rate.seconds(frame):.6f},{values},{left},{right}")
    return "\n".join(lines) + "\n"


def write_motion_csv(path: Path, clip: Clip) -> None:
    """Write a clip as a table; nothing is left behind when it fails."""
    write_bytes(path, motion_csv_text(clip).encode("ascii"))
