"""What an editing program is told of a timeline: cuts, sounds, subtitles and markers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from cyberdirector.core.time import Rate
from cyberdirector.timeline.document import Timeline
from cyberdirector.timeline.items import MarkerItem, TextItem
from cyberdirector.timeline.nesting import views

_DROP = {(30000, 1001): 2, (60000, 1001): 4}
"""Frame numbers that drop-frame time code leaves out each minute but the tenth (SMPTE 12M)."""


@dataclass(frozen=True)
class Cut:
    """A shot as it is seen, or a sound as it is heard: project frames ``start:end``.

    ``file`` is relative to the project; its first frame plays at ``start``.
    """

    name: str
    file: str
    start: int
    end: int
    note: str = ""

    @property
    def frames(self) -> int:
        """Length in frames."""
        return self.end - self.start


@dataclass(frozen=True)
class CutList:
    """Everything that a cut of the film consists of.

    Attributes
    ----------
    name
        Title.
    rate, size, frames
        Of the whole film.
    cuts
        Shots in order; they do not overlap, gaps are black.
    sounds
        Rows of sounds that do not overlap, one row per audio track.
    texts
        Subtitles in order.
    markers
        Named frames.
    root
        Folder of the project; None leaves the files relative.
    """

    name: str
    rate: Rate
    size: tuple[int, int]
    frames: int
    cuts: list[Cut]
    sounds: list[list[Cut]]
    texts: list[TextItem]
    markers: list[MarkerItem]
    root: Path | None = None

    def url(self, file: str) -> str:
        """Return the address of a file of the project."""
        if self.root is None:
            return quote(file)
        return (self.root / file).resolve().as_uri()


def cut_list(timeline: Timeline, name: str, root: Path | None = None) -> CutList:
    """Return the cuts of a timeline, nested scenes laid out.

    Parameters
    ----------
    name
        Title of the film.
    root
        Folder of the project, for absolute addresses of pictures and sounds.
    """
    places = {scene.id: scene.place for scene in timeline.scenes}
    cuts = []
    for view in views(timeline):
        shot = view.shot
        title = f"{places.get(shot.scene, '')} {shot.id}".strip()
        cuts.append(Cut(title, f"shots/{shot.id}.mp4", shot.start, shot.end, shot.why))
    sounds = [
        Cut(f"{item.role} {item.id}".strip(), item.file, item.start, item.end)
        for item in timeline.audio
    ]
    texts = sorted(
        (text for text in timeline.texts if text.kind == "subtitle"), key=lambda x: x.start
    )
    return CutList(
        name, timeline.exact_rate, timeline.size, timeline.frames,
        sorted(cuts, key=lambda x: x.start), _rows(sounds), texts,
        sorted(timeline.markers, key=lambda x: x.frame), root,
    )  # fmt: skip


def _rows(sounds: list[Cut]) -> list[list[Cut]]:
    """Return sounds on as few rows as they need, each on the first row that is free."""
    rows: list[list[Cut]] = []
    for sound in sorted(sounds, key=lambda x: (x.start, x.name)):
        free = next((row for row in rows if row[-1].end <= sound.start), None)
        if free is None:
            rows.append([sound])
        else:
            free.append(sound)
    return rows


def is_drop(rate: Rate) -> bool:
    """Return whether time code at this rate drops frame numbers (29.97 and 59.94)."""
    return (rate.num, rate.den) in _DROP


def timecode(frame: int, rate: Rate) -> str:
    """Return SMPTE time code of a frame: drop-frame (``;``) at 29.97 and 59.94.

    The clock of drop-frame code stays within a few frames of real time for a day.
    """
    whole = -(-rate.num // rate.den)
    drop = _DROP.get((rate.num, rate.den), 0)
    if drop:
        tens, left = divmod(frame, whole * 600 - 9 * drop)
        minutes = max(0, (left - drop) // (whole * 60 - drop))
        frame += drop * (9 * tens + minutes)
    seconds, frames = divmod(frame, whole)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    mark = ";" if drop else ":"
    return f"{hours:02d}:{minutes:02d}:{seconds:02d}{mark}{frames:02d}"


def frame_of(code: str, rate: Rate) -> int:
    """Return the frame of a time code; the inverse of :func:`timecode`.

    Raises
    ------
    ValueError
        For text that is no time code.
    """
    parts = code.replace(";", ":").split(":")
    if len(parts) != 4 or not all(part.isdigit() for part in parts):
        raise ValueError(f"{code!r} is no time code, expected hh:mm:ss:ff")
    hours, minutes, seconds, frames = (int(part) for part in parts)
    whole = -(-rate.num // rate.den)
    drop = _DROP.get((rate.num, rate.den), 0)
    total = hours * 60 + minutes
    return (total * 60 + seconds) * whole + frames - drop * (total - total // 10)
