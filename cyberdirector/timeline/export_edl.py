"""A cut as EDL (CMX 3600): the list that every finishing system reads.

Pictures only, as the format has no names for many tracks of sound. Names of any script stand
in the comments, UTF-8.
"""

from __future__ import annotations

from pathlib import Path

from cyberdirector.core.files import write_bytes
from cyberdirector.timeline.export_cuts import CutList, is_drop, timecode


def edl_text(film: CutList) -> str:
    """Return the EDL of a cut; record time begins at 00:00:00:00."""
    lines = [f"TITLE: {_one_line(film.name)}"]
    lines.append(f"FCM: {'DROP FRAME' if is_drop(film.rate) else 'NON-DROP FRAME'}")
    lines.append("")
    for number, cut in enumerate(film.cuts, 1):
        times = [timecode(f, film.rate) for f in (0, cut.frames, cut.start, cut.end)]
        # Reels of eight letters or digits; the numbers keep them apart.
        lines.append(f"{number:03d}  S{number:07d} V     C        {' '.join(times)}")
        lines.append(f"* FROM CLIP NAME: {_one_line(cut.name)}")
        lines.append(f"* FROM CLIP: {_one_line(film.url(cut.file))}")
        said = [text.text for text in film.texts if cut.start <= text.start < cut.end]
        lines += [f"* COMMENT: {_one_line(text)}" for text in said]
        lines.append("")
    return "\n".join(lines)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def write_edl(path: Path, film: CutList) -> None:
    """Write a cut as ``.edl`` in one step."""
    write_bytes(path, edl_text(film).encode("utf-8"))
