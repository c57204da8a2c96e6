"""Where frames of an older plan lie in a newer one: edits move along with their line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyberdirector.timeline.document import Timeline
from cyberdirector.timeline.keys import KeyTrack


def _spans(timeline: Timeline) -> dict[str, tuple[int, int]]:
    rows: Sequence[Any] = timeline.segments or timeline.scenes
    return {row.id: (row.start, row.end) for row in rows}


class TimeMap:
    """Frames of ``old`` → frames of ``new``, segment by segment.

    Segments (lines, actions, pauses) are told by their ids. One that kept its length carries
    its frames along unchanged; in one of another length frames keep their share of it.
    Without segments whole scenes are moved.
    """

    def __init__(self, old: Timeline, new: Timeline) -> None:
        before, after = _spans(old), _spans(new)
        if not (old.segments and new.segments):
            before = {x.id: (x.start, x.end) for x in old.scenes}
            after = {x.id: (x.start, x.end) for x in new.scenes}
        both = sorted((before[name], after[name]) for name in before if name in after)
        self._old = np.array([a for a, _ in both], np.int64).reshape(-1, 2)
        self._new = np.array([b for _, b in both], np.int64).reshape(-1, 2)
        self._ends = (old.frames, new.frames)
        whole = len(both) == len(before) == len(after) and old.frames == new.frames
        self.still = whole and bool((self._old == self._new).all())
        """Whether every frame stays where it is."""

    def kept(self, frames: NDArray[Any]) -> NDArray[np.bool_]:
        """Return which frames (n,) lie in segments that are still there."""
        if self.still:
            return np.ones(len(frames), np.bool_)
        at = np.searchsorted(self._old[:, 0], frames, "right") - 1
        inside = at >= 0
        inside[inside] = frames[inside] < self._old[at[inside], 1]
        return inside | (frames == self._ends[0])

    def moved(self, frames: NDArray[Any]) -> NDArray[np.int64]:
        """Return the new place of frames (n,); of lost segments the nearest border."""
        frames = np.asarray(frames, np.int64)
        if self.still or not len(self._old):
            return np.minimum(frames, self._ends[1])
        at = np.clip(np.searchsorted(self._old[:, 0], frames, "right") - 1, 0, None)
        (a, b), (x, y) = self._old[at].T, self._new[at].T
        share = np.clip(frames - a, 0, b - a)
        same = (b - a) == (y - x)
        out = x + np.where(same, share, np.rint(share * (y - x) / np.maximum(b - a, 1)))
        return np.where(frames >= self._ends[0], self._ends[1], out).astype(np.int64)

    def __call__(self, frame: int) -> int:
        """Return the new place of one frame."""
        return int(self.moved(np.array([frame]))[0])

    def has(self, frame: int) -> bool:
        """Return whether the segment of a frame is still there."""
        return bool(self.kept(np.array([frame]))[0])

    def keys(self, track: KeyTrack) -> KeyTrack:
        """Return a track at its new place; keys of lost segments go, as do keys that meet."""
        if self.still or not len(track):
            return track
        keep = np.flatnonzero(self.kept(track.frames))
        frames = self.moved(track.frames[keep])
        order = np.argsort(frames, kind="stable")
        frames, keep = frames[order], keep[order]
        last = np.append(np.diff(frames) > 0, True)[: len(frames)]
        columns = [None if c is None else c[keep[last]] for c in track.columns()]
        columns[0] = frames[last].astype(np.int32)
        return KeyTrack(track.channel, *columns)  # type: ignore[arg-type]
