"""Takes from video: files written, previews drawn, and takes used for lines of a script."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyberdirector.capture.landmarks import Gather, look_at
from cyberdirector.capture.live import LiveTake, open_source
from cyberdirector.capture.preview import (
    beside,
    frame_of,
    lanes,
    shrink,
    skeleton_over,
    write_preview,
)
from cyberdirector.capture.report import capture_report
from cyberdirector.capture.take import SEEN_SUFFIX, CaptureOptions, Take, capture_shots
from cyberdirector.capture.video import MIN_FRAMES, open_video, unreadable
from cyberdirector.character.compile import compile_character
from cyberdirector.core.clip import Clip
from cyberdirector.core.errors import InputRefused, Location
from cyberdirector.core.files import write_json
from cyberdirector.core.model import Character
from cyberdirector.core.progress import Progress, SilentProgress
from cyberdirector.formats.vrm import read_vrm
from cyberdirector.formats.vrma import write_vrma
from cyberdirector.motion.retarget import retarget
from cyberdirector.render import Stage
from cyberdirector.render.still import STUDIO

Pixels = NDArray[np.uint8]

PANEL = 540
"""Height of the panels of a preview, pixels."""


def capture_file(
    video: Path, output: Path, options: CaptureOptions, *, report: Path | None = None,
    preview: Path | None = None, character: Path | None = None, seed: int = 0,
    progress: Progress | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Capture a video into ``output`` (.vrma) and return the report.

    What was seen is written beside it (``.observations.npz``) when the source is a film.
    With a ``character`` the take is that of its body. A film that cuts becomes a file of each
    shot (``name-1.vrma`` …), told under ``takes``.

    Raises
    ------
    InputRefused
        As :func:`cyberdirector.capture.take.capture`; ``preview-no-video`` when a preview is
        asked for and the source is not a film.
    """
    film = not video.name.endswith(".npz")
    if preview is not None and not film:
        raise InputRefused(
            "preview-no-video",
            "预览需要原视频，观测文件里没有画面；请改用视频，或去掉 --preview。",
            "a preview needs the film; observations hold no pictures. Give the video, or leave "
            "--preview out.",
            Location(file=str(video)),
        )
    who = read_vrm(character) if character is not None else None
    seen, takes = capture_shots(video, options, progress)
    rows = _written(takes, output, who)
    if film:
        kept = output.with_name(output.stem + SEEN_SUFFIX)
        seen.save(kept)
        rows["observations"] = str(kept)
    if preview is not None:
        shown = who or stand_in(seed)
        for take, place in zip(takes, _numbered(preview, len(takes)), strict=True):
            mine = retarget(take.clip, take.rest, shown)
            pictures = preview_pictures(video, options, take, shown, mine, progress)
            write_preview(place, take.observations.rate, pictures)
        rows["preview"] = str(preview)
    if report is not None:
        write_json(report, rows)
    return rows


def _numbered(path: Path, count: int) -> list[Path]:
    """Return the path, or one for each of several takes (``name-1``, ``name-2`` …)."""
    if count == 1:
        return [path]
    return [path.with_name(f"{path.stem}-{i + 1}{path.suffix}") for i in range(count)]


def _written(takes: list[Take], output: Path, who: Character | None) -> dict[str, Any]:
    """Write takes and return their report: of one take, or of each under ``takes``."""
    reports = []
    for take, place in zip(takes, _numbered(output, len(takes)), strict=True):
        clip, rest = take.clip, take.rest
        if who is not None:
            clip, rest = retarget(clip, rest, who), who.rest()
        write_vrma(place, clip, rest)
        reports.append({"output": str(place), **capture_report(take)})
    if len(reports) == 1:
        return reports[0]
    at = [f"{take.begin:.2f}" for take in takes]
    return {
        "output": str(output), "takes": reports,
        "seconds": round(sum(r["seconds"] for r in reports), 3),
        "frames": sum(r["frames"] for r in reports),
        "notes": [{
            "code": "video-cuts",
            "zh": f"画面有切换，按镜头分成 {len(takes)} 条，分别从 {'、'.join(at)} 秒开始。",
            "en": f"The picture cuts: {len(takes)} takes, one of each shot, from "
            f"{', '.join(at)} s on.",
        }],
    }  # fmt: skip


def capture_live(source: str, output: Path, options: CaptureOptions) -> dict[str, Any]:
    """Capture a film or a camera roughly, picture by picture, and return what was done.

    What was seen is kept, so that the take can be captured properly from it afterwards.
    Ctrl-C ends a camera's take.
    """
    started = monotonic()
    gather = Gather()
    body: LiveTake | None = None
    late: list[float] = []
    with open_source(source, options.start, options.end, options.limit) as video:
        looks = look_at(video, options.parts, options.person, newest=source.isdecimal())
        try:
            for look in looks:
                height, width = look.picture.pixels.shape[:2]
                if body is None:
                    body = LiveTake((width, height), options.height, options.fov)
                gather.add(look)
                body.add(look)
                late.append(monotonic() - look.taken)
        except KeyboardInterrupt:
            if not source.isdecimal() or body is None or len(body) < MIN_FRAMES:
                raise
        seen = gather.observations(video)
    if body is None:
        raise unreadable(source, "0 pictures")
    clip, rest = body.clip(seen, options.parts)
    write_vrma(output, clip, rest)
    kept = output.with_name(output.stem + SEEN_SUFFIX)
    seen.save(kept)
    speed = len(body) / (monotonic() - started)
    return {
        "output": str(output), "observations": str(kept), "live": True,
        "seconds": round(clip.frames / clip.rate.fps, 3), "frames": clip.frames,
        "picturesASecond": round(speed, 1),
        "latency": round(float(np.median(late)), 3),
        "notes": [{
            "code": "rough",
            "zh": f"这是边拍边出的预览（{speed:.0f} 帧/秒），没有回看全片，前后方向较粗；"
            f"请用 cyberdirector capture {kept.name} 求正式的一版。",
            "en": f"A rough take ({speed:.0f} pictures a second), solved without looking "
            f"ahead; run cyberdirector capture {kept.name} for the proper one.",
        }],
    }  # fmt: skip


def stand_in(seed: int = 0) -> Character:
    """Return somebody in plain clothes to show takes on when no character is given."""
    from cyberdirector.design import design_characters

    words = ("短发的女生，白色T恤，深蓝长裤", "短发的男生，白色T恤，深蓝长裤")
    return compile_character(design_characters(words[seed % 2]).recipes[0])


_FOV = 0.52
_TILE = 0.5
"""Side of a tile of the floor, metres: feet that slide cross its lines."""


def _lay_floor(stage: Stage, low: NDArray[np.float64], high: NDArray[np.float64]) -> None:
    """Lay dark tiles on a pale floor under a box of space."""
    first = np.floor((low[[0, 2]] - 1.5) / _TILE).astype(int)
    last = np.ceil((high[[0, 2]] + 1.5) / _TILE).astype(int)
    corners: list[tuple[int, int]] = []
    tiles: list[tuple[int, int, int]] = []
    for x in range(first[0], last[0]):
        for z in range(first[1], last[1]):
            if (x + z) % 2:
                continue
            k = len(corners)
            corners += [(x + a, z + b) for a, b in ((0, 0), (0, 1), (1, 1), (1, 0))]
            tiles += [(k, k + 1, k + 2), (k, k + 2, k + 3)]
    flat = np.array(corners, np.float32) * _TILE
    stage.add_mesh(
        np.stack([flat[:, 0], np.full(len(flat), -0.002, np.float32), flat[:, 1]], axis=1),
        tiles, (0.38, 0.40, 0.44, 1.0), name="floor",
    )  # fmt: skip


class TakeStage:
    """Draws a character performing a clip on a tiled floor, from any side."""

    def __init__(self, character: Character, clip: Clip, size: tuple[int, int]) -> None:
        rest = character.rest()
        points, _ = rest.forward(clip.root, clip.rotations)
        body = points[:, rest.present].reshape(-1, 3)
        low, high = body.min(axis=0), body.max(axis=0)
        high[1] += 0.12  # the crown lies above the joint of the head
        self._stage = Stage(size, profile="cpu")
        self._stage.light = STUDIO
        self._actor = self._stage.add(character, "figure")
        self._clip = clip
        _lay_floor(self._stage, low, high)
        middle = (low + high) / 2
        self._target = (float(middle[0]), float(middle[1]), float(middle[2]))
        wide = float(max(high[0] - low[0], high[2] - low[2])) * size[1] / size[0]
        span = max(float(high[1] - min(low[1], 0.0)), wide) * 1.12
        self._away = span / (2 * np.tan(_FOV / 2)) + 0.3

    def draw(self, frame: int, yaw: float) -> Pixels:
        """Return the picture (h, w, 3) of a frame from ``yaw`` radians off the front."""
        x, y, z = self._target
        way = np.array([np.sin(yaw), 0.12, np.cos(yaw)]) * self._away
        self._stage.look((x + way[0], y + way[1], z + way[2]), self._target, fov=_FOV)
        self._actor.play(self._clip, frame)
        return np.ascontiguousarray(self._stage.draw()[..., :3])

    def close(self) -> None:
        """Free the device."""
        self._stage.close()


def preview_pictures(
    video: Path, options: CaptureOptions, take: Take, character: Character, clip: Clip,
    progress: Progress | None = None,
) -> Iterator[Pixels]:  # fmt: skip
    """Yield panels: film, skeleton over it, character from two sides; confidence below."""
    wide = round(PANEL * 0.62 / 2) * 2
    stage = TakeStage(character, clip, (wide, PANEL))
    total = take.observations.frames
    try:
        with (
            (progress or SilentProgress()).stage("preview", total) as bar,
            open_video(video, options.start, options.end, options.limit) as opened,
        ):
            # Several takes of one film are drawn one after the other.
            first = take.begin - 1e-4
            pictures = (p for p in opened.pictures() if p.time >= first)
            for number, picture in enumerate(pictures):
                if number >= total:
                    break
                frame = frame_of(take, number)
                small = shrink(picture.pixels, PANEL)
                scale = PANEL / picture.pixels.shape[0]
                row = beside([
                    small, skeleton_over(small, take, number, scale),
                    stage.draw(frame, 0.0), stage.draw(frame, np.pi / 2),
                ])  # fmt: skip
                yield np.concatenate([row, lanes(take, row.shape[1], frame)], axis=0)
                bar.advance()
    finally:
        stage.close()
