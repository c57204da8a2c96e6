"""A video, or what was seen in one, becomes a take: body, hands, face, gaze and how sure."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cyberdirector.capture._tasks import has_heavy
from cyberdirector.capture.attach import Grid, put_face, put_hand
from cyberdirector.capture.camera import CaptureCamera
from cyberdirector.capture.confidence import PARTS
from cyberdirector.capture.landmarks import Parts, watch
from cyberdirector.capture.observations import Observations, read_observations
from cyberdirector.capture.skeleton_fit import rest_of
from cyberdirector.capture.solve import HEIGHT, Solved, SolveOptions, solve_clip
from cyberdirector.capture.solve_prior import human
from cyberdirector.capture.video import VideoInfo, open_video
from cyberdirector.core.clip import Clip
from cyberdirector.core.errors import InputRefused, Location
from cyberdirector.core.progress import Progress
from cyberdirector.core.skeleton import Rest

Floats = NDArray[np.float64]
Note = tuple[str, str, str]

LANES = (*PARTS, "leftHand", "rightHand", "face")
"""Columns of the confidence of a take."""

SEEN_SUFFIX = ".observations.npz"


@dataclass(frozen=True)
class CaptureOptions:
    """What to capture of whom.

    ``start`` and ``end`` are seconds of the file; ``height`` metres; ``fov`` radians along
    the longer side; ``person`` counts from 1, from left to right; ``limit`` pictures a
    second.
    """

    parts: Parts = field(default_factory=Parts)
    start: float = 0.0
    end: float | None = None
    height: float | None = None
    fov: float | None = None
    moving_camera: bool = False
    person: int | None = None
    limit: float = 30.0


@dataclass(frozen=True)
class Take:
    """A captured take.

    ``confidence`` (n, 9) 0..1 has columns :data:`LANES`; ``landmarks`` (n, 19, 3) metres are
    the solved figure's points, None without a body; ``clamped`` counts joints held to what
    bodies can do; ``notes`` are (code, zh, en); ``begin`` is when it begins, seconds after
    the first picture that was looked at.
    """

    clip: Clip
    rest: Rest
    confidence: NDArray[np.float32]
    observations: Observations
    camera: CaptureCamera | None
    landmarks: NDArray[np.float32] | None
    clamped: Mapping[str, int]
    notes: tuple[Note, ...]
    video: VideoInfo | None = None
    begin: float = 0.0


def capture(
    path: Path, options: CaptureOptions | None = None, progress: Progress | None = None
) -> Take:
    """Return the take of a video, or of the ``.observations.npz`` of an earlier capture.

    Raises
    ------
    InputRefused
        For videos that cannot be used or show nobody (``video-*``, ``nobody-seen``,
        ``person-missing``, ``observations-*``).
    AdapterUnavailable
        ``mediapipe-missing``, ``model-missing``.
    """
    options = options or CaptureOptions()
    seen, info = _seen(path, options, progress)
    take = solve_take(seen, options)
    return take if info is None else _of_video(take, info)


def capture_shots(
    path: Path, options: CaptureOptions | None = None, progress: Progress | None = None
) -> tuple[Observations, list[Take]]:
    """Return what was seen, and one take of each shot: a film that cuts becomes several.

    Shots shorter than :data:`SHORTEST_SHOT` or without anybody in them are left out, unless
    the film has no other.

    Raises
    ------
    InputRefused, AdapterUnavailable
        As :func:`capture`.
    """
    options = options or CaptureOptions()
    seen, info = _seen(path, options, progress)
    spans = _shots(seen)
    parts = [seen] if len(spans) < 2 else [seen.slice(a, b) for a, b in spans]
    begins = [0.0] if len(spans) < 2 else [float(seen.times[a]) for a, _ in spans]
    takes = [
        replace(solve_take(part, options), begin=begin)
        for part, begin in zip(parts, begins, strict=True)
    ]
    return seen, [take if info is None else _of_video(take, info) for take in takes]


SHORTEST_SHOT = 0.4
"""Seconds below which a shot is too short to be a take."""


def _seen(
    path: Path, options: CaptureOptions, progress: Progress | None
) -> tuple[Observations, VideoInfo | None]:
    if path.name.endswith(".npz"):
        return _cut(read_observations(path), options, path), None
    with open_video(path, options.start, options.end, options.limit) as video:
        return watch(video, options.parts, options.person, progress), video.info


def _of_video(take: Take, info: VideoInfo) -> Take:
    return replace(take, video=info, notes=(*_video_notes(info), *take.notes))


def _shots(seen: Observations) -> list[tuple[int, int]]:
    """Return half-open spans of frames between cuts that can be takes."""
    edges = [0, *(int(c) for c in seen.cuts), seen.frames]
    out = []
    for start, end in itertools.pairwise(edges):
        body = seen.seen[start:end]
        face = np.isfinite(seen.face[start:end, 0, 0])
        long = (end - start) >= max(6, round(SHORTEST_SHOT * seen.rate.fps))
        if long and max(body.mean(), face.mean()) > 0.2:
            out.append((start, end))
    return out


def _cut(seen: Observations, options: CaptureOptions, path: Path) -> Observations:
    first = int(np.searchsorted(seen.times, options.start))
    last = seen.frames
    if options.end is not None:
        last = int(np.searchsorted(seen.times, options.end))
    if last - first < 2:
        long = float(seen.times[-1]) if seen.frames else 0.0
        raise InputRefused(
            "video-span",
            f"起止时间不在观测之内（全长 {long:.1f} 秒）。",
            f"--start/--end do not lie inside the observations ({long:.1f} s long).",
            Location(file=str(path)),
        )
    return seen.slice(first, last)


def _video_notes(info: VideoInfo) -> list[Note]:
    out: list[Note] = []
    if not has_heavy():
        out.append((
            "heavy-missing",
            "没有 heavy 人体模型，改用 full，误判更多；可运行 "
            "cyberdirector models pull pose-landmarker-heavy。",
            "The heavy body model is not here; the full one was used and errs more often. Run "
            "cyberdirector models pull pose-landmarker-heavy.",
        ))  # fmt: skip
    if info.damaged:
        out.append((
            "video-damaged",
            f"视频有 {info.damaged} 处损坏，已跳过。",
            f"{info.damaged} damaged places of the video were passed over.",
        ))  # fmt: skip
    if info.ended:
        out.append((
            "video-ended",
            f"视频提前结束（{info.ended}），只用了前面的部分。",
            f"The video ended early ({info.ended}); the part before is used.",
        ))  # fmt: skip
    if info.slowed > 1.0:
        out.append((
            "slow-motion",
            f"这是 {info.slowed:.0f} 倍慢动作文件，已恢复真实速度。",
            f"A slow-motion file ({info.slowed:.0f} times): the take has the speed of life.",
        ))  # fmt: skip
    return out


def solve_take(seen: Observations, options: CaptureOptions) -> Take:
    """Return the take of observations: the body is solved, the other parts are put on it."""
    notes: list[Note] = _seen_notes(seen)
    solved: Solved | None = None
    if options.parts.body:
        solved = solve_clip(
            seen, SolveOptions(options.height, options.fov, options.moving_camera)
        )
        clip, rest, camera = solved.clip, solved.rest, solved.camera
        notes += solved.notes
        body_sure = solved.confidence
    else:
        rest = rest_of(human(options.height or HEIGHT))
        frames = max(2, round(float(seen.times[-1]) * seen.rate.fps) + 1)
        clip, camera = Clip.rest(frames, seen.rate, rest.hip_height), None
        body_sure = np.zeros((frames, len(PARTS)), np.float32)
    grid = Grid.of(seen.times, clip.frames, clip.rate)
    sure = np.zeros((clip.frames, len(LANES)), np.float32)
    sure[:, : len(PARTS)] = body_sure
    clamped: dict[str, int] = {}
    if options.parts.face:
        clip = put_face(clip, rest, seen, grid, camera, sure, notes)
    if options.parts.hands:
        for side in (0, 1):
            clip = put_hand(clip, rest, seen, grid, camera, side, sure, clamped)
        if not (sure[:, 6:8] > 0).any():
            notes.append((
                "hands-unseen",
                "没有看清手指（手部画面需 90 像素以上）；可另拍手部近景再叠加。",
                "No fingers were seen (a hand needs 90 pixels); film them from near as a take "
                "of their own and layer it.",
            ))  # fmt: skip
    return Take(
        clip, rest, sure, seen, camera, None if solved is None else solved.landmarks,
        clamped, tuple(notes),
    )  # fmt: skip


def _seen_notes(seen: Observations) -> list[Note]:
    out: list[Note] = []
    share = float(seen.seen.mean()) if seen.frames else 0.0
    if 0 < share < 0.9:
        out.append((
            "often-unseen",
            f"只有 {share:.0%} 的画面看到了演员，其余为推测。",
            f"The actor was seen in {share:.0%} of the pictures; the rest is a guess.",
        ))  # fmt: skip
    if len(seen.cuts):
        at = "、".join(f"{seen.times[c]:.2f}" for c in seen.cuts[:8])
        out.append((
            "video-cuts",
            f"画面在 {at} 秒处切换，镜头之间的位移不可信；请用 --start/--end 分开捕捉。",
            f"The picture cuts at {at.replace('、', ', ')} s; places before and after do not "
            "belong together. Capture the parts by --start/--end.",
        ))  # fmt: skip
    if len(seen.people) and int(seen.people.max()) > 1:
        out.append((
            "several-people",
            f"画面中最多有 {int(seen.people.max())} 人；选错了人可用 --person 指定（从左数）。",
            f"Up to {int(seen.people.max())} people are seen; if the wrong one was followed, "
            "name another by --person (counted from the left).",
        ))  # fmt: skip
    return out
