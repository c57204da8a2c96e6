"""A timeline as a picture: lanes of shots, lines, layers, clips, keys and weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cyberdirector.timeline._board import (
    GAP,
    GUTTER,
    INK,
    KEY,
    LANE,
    LANE_ALT,
    LOCK,
    MARGIN,
    ROLES,
    ROW,
    RULE,
    SIZES,
    SOFT,
    WEIGHT,
    Board,
    Rgb,
    mix,
)
from cyberdirector.timeline.document import Timeline
from cyberdirector.timeline.evaluate import evaluate_weight
from cyberdirector.timeline.items import ClipItem, LayerItem
from cyberdirector.timeline.keys import KeyTrack
from cyberdirector.timeline.lane_words import word
from cyberdirector.timeline.show import clock, layers_of

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

_MOST = 180
"""Lanes in one picture; of more the rest is counted."""
_CHANNELS = 6
"""Channels of a layer with a lane of their own; the others share one."""


@dataclass(frozen=True)
class _Lane:
    """One row: its name, what draws it, its height in rows and how deep it is."""

    name: str
    draw: Any
    rows: float = 1.0
    depth: int = 0
    colour: Rgb = SOFT


def draw_lanes(
    timeline: Timeline,
    title: str = "",
    start: int = 0,
    end: int | None = None,
    width: int = 1800,
    only: str = "",
    language: str = "zh",
) -> Picture:
    """Return the lanes of frames ``start:end`` as a picture.

    Parameters
    ----------
    title
        Written over it.
    width
        Of the picture in pixels.
    only
        A role; empty shows all.
    language
        Of the names: ``zh``, ``en`` or ``ja``.
    """
    end = timeline.frames if end is None else end
    lanes = _lanes(timeline, only, (start, end), language)
    if len(lanes) > _MOST:
        left = word("more", language).format(len(lanes) - _MOST)
        lanes = [*lanes[:_MOST], _Lane(left, lambda board, y, height: None, 0.8)]
    heights = [lane.rows * ROW + GAP for lane in lanes]
    top = 92
    board = Board(timeline, width, int(top + sum(heights) + 2 * MARGIN), start, end)
    _head(board, title, language)
    _ruler(board, top, top + sum(heights))
    y = float(top)
    for number, (lane, height) in enumerate(zip(lanes, heights, strict=True)):
        inner = height - GAP
        board.box(board.left, y, board.right, y + inner, LANE if number % 2 else LANE_ALT)
        x, room = MARGIN + 12 * lane.depth, GUTTER - MARGIN - 12 * lane.depth - 8
        bold = lane.depth == 0
        board.text(lane.name, x, y + inner / 2, 13 if bold else 12, lane.colour, bold, room)
        _grid(board, y, y + inner)
        lane.draw(board, y, inner)
        y += height
    _markers(board, top, y - GAP)
    return board.finished()


def _lanes(timeline: Timeline, only: str, span: tuple[int, int], language: str) -> list[_Lane]:
    lanes = [
        _Lane(word("scenes", language), _scenes, 0.8),
        _Lane(word("shots", language), _Shots(language), 1.2),
        _Lane(word("lines", language), _words, 1.2),
    ]
    for name, rows, draw in (
        ("audio", timeline.audio, _sounds),
        ("effects", timeline.effects, _effects),
        ("lights", timeline.lights, _Spans(timeline.lights)),
        ("sets", timeline.sets, _Spans(timeline.sets)),
        ("nested", timeline.nested, _Spans(timeline.nested)),
    ):
        if any(x.start < span[1] and getattr(x, "end", x.start + 1) > span[0] for x in rows):
            lanes.append(_Lane(word(name, language), draw, 0.8))
    for number, role in enumerate(timeline.roles()):
        if only not in ("", role):
            continue
        colour = ROLES[number % len(ROLES)]
        lanes.append(_Lane(role, _Base(role, colour), 0.8, 0, colour))
        for layer in reversed(layers_of(timeline, role)):
            seen = any(x.start < span[1] and x.end > span[0] for x in layer.clips)
            if layer.clips and not seen and not layer.keys:
                continue
            mode = "＋ " if layer.mode == "additive" else ""
            muted = f" ({word('muted', language)})" if layer.muted else ""
            tall = 1.2 if layer.clips else 0.9
            lanes.append(_Lane(f"{mode}{layer.id}{muted}", _Layer(layer, colour), tall, 1, INK))
            tracks = [x for x in layer.keys.values() if _keyed(x, span)]
            lanes += [_Lane(x.channel, _Keys([x]), 0.6, 2) for x in tracks[:_CHANNELS]]
            if len(tracks) > _CHANNELS:
                rest = tracks[_CHANNELS:]
                more = f"+{len(rest)} {word('channels', language)}"
                lanes.append(_Lane(more, _Keys(rest), 0.6, 2))
    return lanes


def _keyed(track: KeyTrack, span: tuple[int, int]) -> bool:
    return bool(((track.frames >= span[0]) & (track.frames < span[1])).any())


def _head(board: Board, title: str, language: str) -> None:
    timeline = board.timeline
    rate = timeline.exact_rate
    keys = sum(
        len(track)
        for one in timeline.characters
        for layer in one.layers
        for track in layer.keys.values()
    )
    clips = sum(len(layer.clips) for one in timeline.characters for layer in one.layers)
    name = title or word("timeline", language)
    board.text(name, MARGIN, 30, 20, INK, True, room=board.right - 460)
    facts = word("facts", language).format(
        rate=f"{rate.fps:.5g}", frames=timeline.frames, clock=clock(rate, timeline.frames),
        shots=len(timeline.shots), clips=clips, keys=keys, locks=len(timeline.locks),
    )  # fmt: skip
    board.text(facts, board.right, 31, 12, SOFT, anchor="rm")


def _step(board: Board) -> float:
    """Return the seconds between two labels of the ruler."""
    seconds = board.timeline.exact_rate.seconds(board.end - board.start)
    wanted = seconds * 78.0 / (board.right - board.left)
    for step in (0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600):
        if step >= wanted:
            return float(step)
    return 1800.0


def _ticks(board: Board) -> list[tuple[float, float]]:
    """Return (seconds, x) of the labels of the ruler."""
    rate, step = board.timeline.exact_rate, _step(board)
    first = int(np.ceil(rate.seconds(board.start) / step))
    last = int(rate.seconds(board.end) / step)
    return [
        (i * step, board.x(float(i * step * rate.fraction))) for i in range(first, last + 1)
    ]


def _ruler(board: Board, top: float, bottom: float) -> None:
    board.line([(board.left, top - 8), (board.right, top - 8)], RULE)
    for seconds, x in _ticks(board):
        board.line([(x, top - 14), (x, top - 8)], SOFT)
        minutes, left = divmod(seconds, 60.0)
        label = (
            f"{int(minutes)}:{left:04.1f}"
            if _step(board) < 1
            else f"{int(minutes)}:{int(left):02d}"
        )
        if x < board.right - 24:
            board.text(label, x + 3, top - 20, 11, SOFT)


def _grid(board: Board, top: float, bottom: float) -> None:
    for _, x in _ticks(board):
        board.line([(x, top), (x, bottom)], RULE, 0.5)


def _markers(board: Board, top: float, bottom: float) -> None:
    for marker in board.timeline.markers:
        if board.start <= marker.frame < board.end:
            x = board.x(marker.frame)
            board.line([(x, top - 8), (x, bottom)], KEY, 0.8)
            board.shape([(x - 5, top - 15), (x + 5, top - 15), (x, top - 7)], KEY)
            board.text(marker.name, x + 7, top - 32, 11, KEY, room=120)


def _scenes(board: Board, y: float, height: float) -> None:
    for number, scene in enumerate(board.timeline.scenes):
        fill = (58, 62, 78) if number % 2 else (68, 72, 90)
        board.bar(scene.start, scene.end, y, height, fill, f"{scene.id} {scene.place}")


@dataclass(frozen=True)
class _Shots:
    language: str

    def __call__(self, board: Board, y: float, height: float) -> None:
        locked = {x.id for x in board.timeline.locks if x.kind == "shot"}
        for shot in board.timeline.shots:
            fill = SIZES.get(shot.size, (84, 88, 102))
            size = word(shot.size, self.language) or shot.id
            label = f"{size} {'·'.join(shot.subjects)}".strip()
            board.bar(shot.start, shot.end, y, height, fill, label)
            if len(shot.cameras) > 1:
                for key in shot.cameras:
                    _diamond(board, shot.start + key.frame, y + height - 5, 2.6, INK)
            if shot.framing:
                x = board.x(max(shot.start, board.start)) + 3
                board.shape([(x, y + 3), (x + 7, y + 3), (x, y + 10)], WEIGHT)
            if shot.locked or shot.id in locked:
                board.bar(shot.start, shot.end, y, 3, LOCK)


def _sounds(board: Board, y: float, height: float) -> None:
    roles = board.timeline.roles()
    for item in board.timeline.audio:
        colour = ROLES[roles.index(item.role) % len(ROLES)] if item.role in roles else SOFT
        gain = f"{item.gain:+g} dB" if item.gain else ""
        label = "  ".join(x for x in (item.id, gain, item.treatment) if x)
        board.bar(item.start, item.end, y + 2, height - 4, mix(LANE, colour, 0.3), label, SOFT)


def _effects(board: Board, y: float, height: float) -> None:
    """Draw effects as strokes, named where there is room before the next one."""
    rows = sorted((x.start, x.name) for x in board.timeline.effects)
    rows = [row for row in rows if board.start <= row[0] < board.end]
    places = [board.x(start) for start, _ in rows] + [board.right]
    for (_, name), x, after in zip(rows, places, places[1:], strict=False):
        board.box(x, y + 3, x + 2, y + height - 3, SOFT)
        if after - x > 34:
            board.text(name, x + 5, y + height / 2, 11, SOFT, room=after - x - 8)


def _words(board: Board, y: float, height: float) -> None:
    roles = board.timeline.roles()
    locked = {x.id for x in board.timeline.locks if x.kind == "line"}
    said = {x.id: x.text for x in board.timeline.texts if x.kind == "subtitle"}
    for line in board.timeline.lines:
        colour = ROLES[roles.index(line.role) % len(ROLES)] if line.role in roles else SOFT
        takes = f"[{line.chosen}] " if line.takes else ""
        label = takes + said.get(line.id, line.id)
        board.bar(line.start, line.end, y + 2, height - 4, mix(LANE, colour, 0.45), label)
        if line.id in locked:
            board.bar(line.start, line.end, y, 3, LOCK)


@dataclass(frozen=True)
class _Spans:
    rows: Sequence[Any]

    def __call__(self, board: Board, y: float, height: float) -> None:
        for item in self.rows:
            label = getattr(item, "preset", "") or getattr(item, "set", "") or ""
            label = label or getattr(item, "source", "") or item.id
            board.bar(item.start, item.end, y, height, (110, 98, 66), str(label))


@dataclass(frozen=True)
class _Base:
    role: str
    colour: Rgb

    def __call__(self, board: Board, y: float, height: float) -> None:
        for item in board.timeline.motion:
            if item.role == self.role:
                first, last = item.visible_from, item.visible_to
                board.bar(item.start, item.end, y + 3, height - 6, mix(LANE, self.colour, 0.14))
                board.bar(first, last, y + 3, height - 6, mix(LANE, self.colour, 0.34), item.id)


@dataclass(frozen=True)
class _Layer:
    layer: LayerItem
    colour: Rgb

    def __call__(self, board: Board, y: float, height: float) -> None:
        colour = mix(LANE, self.colour, 0.3 if self.layer.muted else 0.72)
        if not self.layer.clips and self.layer.keys:
            first = min(int(x.frames[0]) for x in self.layer.keys.values())
            last = max(int(x.frames[-1]) for x in self.layer.keys.values())
            board.bar(first, last + 1, y + height / 2 - 3, 6, colour)
        for clip in self.layer.clips:
            self._clip(board, clip, y, height, colour)
        if len(self.layer.weight) > 1:
            _weight(board, self.layer.weight, y, height)

    def _clip(self, board: Board, clip: ClipItem, y: float, height: float, colour: Rgb) -> None:
        dark: Rgb = (18, 19, 24)
        parts = "·".join(self.layer.mask)
        more = " ".join(x.name for x in clip.operators)
        label = "  ".join(x for x in (clip.id, clip.file.rpartition("/")[2], parts, more) if x)
        board.bar(clip.start, clip.end, y + 1, height - 2, colour)
        low, high = y + height - 1, y + 1
        for edge, frames in ((clip.start, clip.blend_in), (clip.end, -clip.blend_out)):
            if frames and board.start <= edge <= board.end:
                a, b = board.x(edge), board.x(min(max(edge + frames, board.start), board.end))
                board.shape([(a, low), (a, high), (b, high)], mix(LANE, colour, 0.3))
                board.line([(a, low), (b, high)], INK, 0.8)
        for frame, _ in clip.warp:
            at = clip.start + frame
            if board.start <= at <= board.end and clip.start < at < clip.end - 1:
                board.line([(board.x(at), high), (board.x(at), low)], dark, 0.8)
        x = board.x(max(clip.start + clip.blend_in, board.start)) + 5
        room = board.x(min(clip.end - clip.blend_out, board.end)) - x - 4
        if room > 12:
            board.text(label, x, y + height / 2, 11, dark, room=room)


def _weight(board: Board, track: KeyTrack, y: float, height: float) -> None:
    """Draw the curve of a weight and its keys."""
    columns = np.linspace(board.start, board.end, 400)
    values = evaluate_weight(track, columns)
    low, room = y + height - 3, height - 6
    points = [
        (board.x(frame), low - value * room)
        for frame, value in zip(columns.tolist(), values.tolist(), strict=True)
    ]
    board.line(points, WEIGHT, 1.2)
    for frame, value in zip(track.frames.tolist(), track.values[:, 0].tolist(), strict=True):
        if board.start <= frame <= board.end:
            x, at = board.x(frame), low - value * room
            board.shape([(x - 3, at), (x, at - 3), (x + 3, at), (x, at + 3)], WEIGHT)


@dataclass(frozen=True)
class _Keys:
    tracks: list[KeyTrack]

    def __call__(self, board: Board, y: float, height: float) -> None:
        frames = np.unique(np.concatenate([track.frames for track in self.tracks]))
        frames = frames[(frames >= board.start) & (frames < board.end)]
        middle = y + height / 2
        if len(frames) > 1:
            board.line([(board.x(frames[0]), middle), (board.x(frames[-1]), middle)], RULE, 1.5)
        # Where keys are closer than their signs a bar says so, and is drawn once.
        columns = np.unique(np.round([board.x(f) for f in frames.tolist()]).astype(int))
        dense = len(frames) > 2 * len(columns)
        size = 4.0 if len(columns) < 1 or np.diff(columns).min(initial=99) > 7 else 2.6
        for x in columns.tolist():
            if dense:
                board.box(x - 0.5, middle - 5, x + 0.5, middle + 5, KEY)
            else:
                board.shape(
                    [
                        (x - size, middle),
                        (x, middle - size),
                        (x + size, middle),
                        (x, middle + size),
                    ],
                    KEY,
                )


def _diamond(board: Board, frame: int, y: float, size: float, fill: Rgb) -> None:
    if board.start <= frame < board.end:
        x = board.x(frame)
        board.shape([(x - size, y), (x, y - size), (x + size, y), (x, y + size)], fill)
