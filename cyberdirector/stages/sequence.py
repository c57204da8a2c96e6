"""Frames of a reel as files: pictures in a folder, one picture, or a video.

Each picture carries the key of what is in it; a frame whose file is there with the same
key is not drawn again. Videos are made of pieces on a fixed grid, joined without encoding
them again, so that bytes do not depend on how many processes drew them.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np

from cyberdirector.core.errors import InputRefused, Location
from cyberdirector.core.files import write_bytes
from cyberdirector.core.hashing import content_hash
from cyberdirector.core.progress import Progress
from cyberdirector.farm import LocalExecutor
from cyberdirector.stages.frame_key import MARK, stamp_png, stored_key
from cyberdirector.stages.reel import Reel, ReelTask, open_reel

GRID = {"mp4": 48, "png": 12, "exr": 4}
"""Frames of a piece of work: of video two seconds at 24 fps, the distance of key frames."""


@dataclass(frozen=True)
class Chunk:
    """A piece of work for one process: frames of a reel and where they go.

    ``output`` is a folder for pictures, a file for one picture or a piece of video;
    ``kind`` is ``png``, ``exr`` or ``mp4``.
    """

    task: ReelTask
    frames: tuple[int, ...]
    output: str
    kind: str
    single: bool = False


@dataclass
class Made:
    """What came of a chunk."""

    drawn: int = 0
    kept: int = 0
    files: list[str] = field(default_factory=list)
    notes: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)


def _write_frame(
    reel: Reel, frame: int, path: Path, kind: str, key: str, aovs: tuple[str, ...]
) -> None:
    from cyberdirector.formats import encode_png

    picture = reel.picture(frame)
    if kind == "png":
        write_bytes(path, stamp_png(encode_png(picture, level=1), key))
        return
    from cyberdirector.formats.exr import write_exr
    from cyberdirector.render.aov_file import exr_layers, exr_metadata

    now = reel.moment(frame)
    layers = now.painter.draw_aovs(now.state, aovs, now.before)
    metadata = exr_metadata(now.scene, now.state.camera, layers)
    write_exr(path, exr_layers(layers, picture), {**metadata, "comment": MARK.decode() + key})


class _Open:
    """The reel of this process: it stays open from chunk to chunk of one task."""

    task: ReelTask | None = None
    reel: Reel | None = None


def _reel(task: ReelTask) -> Reel:
    if _Open.reel is None or _Open.task != task:
        _close()
        _Open.reel, _Open.task = open_reel(task), task
    return _Open.reel


def _close() -> None:
    if _Open.reel is not None:
        _Open.reel.close()
    _Open.reel = _Open.task = None


def draw_chunk(chunk: Chunk, tell: Callable[[int], None] | None = None) -> Made:
    """Draw the frames of a chunk that are not there yet; ``tell`` hears of each."""
    reel = _reel(chunk.task)
    made = Made()
    if chunk.kind == "mp4":
        _write_piece(reel, chunk, made, tell)
    else:
        for frame in chunk.frames:
            path = frame_path(chunk, frame)
            key = reel.key(frame)
            if stored_key(path) == key:
                made.kept += 1
            else:
                _write_frame(reel, frame, path, chunk.kind, key, chunk.task.aovs)
                made.drawn += 1
            made.files.append(str(path))
            if tell is not None:
                tell(1)
    made.notes.update(reel.notes)
    return made


def _write_piece(
    reel: Reel, chunk: Chunk, made: Made, tell: Callable[[int], None] | None
) -> None:
    """Write a piece of video under a name that tells its key."""
    from cyberdirector.deliver import SegmentWriter

    key = content_hash([reel.key(frame) for frame in chunk.frames])
    path = Path(chunk.output) / f"{chunk.frames[0]:06d}-{key}.mp4"
    made.files.append(str(path))
    if path.is_file():
        made.kept += len(chunk.frames)
        if tell is not None:
            tell(len(chunk.frames))
        return
    quality: Literal["draft", "final"] = "draft" if chunk.task.profile == "draft" else "final"
    with SegmentWriter(path, reel.size, reel.rate, quality) as writer:
        for frame in chunk.frames:
            writer.write(reel.picture(frame))
            if tell is not None:
                tell(1)
    made.drawn += len(chunk.frames)


def frame_path(chunk: Chunk, frame: int) -> Path:
    """Return the file of a frame: the output itself, or a number in its folder."""
    output = Path(chunk.output)
    return output if chunk.single else output / f"{frame:06d}.{chunk.kind}"


def plan(task: ReelTask, reel: Reel, frames: range, output: Path) -> list[Chunk]:
    """Return the pieces of work for an output, on the fixed grid.

    Raises
    ------
    InputRefused
        ``output-one-picture`` for several frames in one file, ``output-suffix``,
        ``aov-output`` when the output cannot hold data layers, ``output-not-folder``.
    """
    suffix = output.suffix.lower()
    if suffix in (".png", ".exr"):
        _check_single(output, frames)
        _check_layers(task, suffix, output)
        return [Chunk(task, tuple(frames), str(output), suffix[1:], single=True)]
    if suffix == ".mp4":
        from cyberdirector.deliver import check_size

        _check_layers(task, suffix, output)
        check_size(reel.size)
        folder, kind = parts_folder(output), "mp4"
    elif suffix and not output.is_dir():
        raise InputRefused(
            "output-suffix",
            f"不会写“{suffix}”；请用文件夹、.png、.exr 或 .mp4。",
            f"'{suffix}' files cannot be written; use a folder, .png, .exr or .mp4.",
            Location(str(output)),
        )
    else:
        _check_folder(output)
        folder, kind = output, "exr" if task.aovs else "png"
    step = GRID[kind]
    pieces = [
        tuple(range(max(first, frames.start), min(first + step, frames.stop)))
        for first in range(frames.start // step * step, frames.stop, step)
    ]
    return [Chunk(task, piece, str(folder), kind) for piece in pieces]


def parts_folder(output: Path) -> Path:
    """Return the hidden folder beside a video that holds its pieces until it is whole."""
    return output.parent / f".{output.name}.parts"


def _check_single(output: Path, frames: range) -> None:
    if len(frames) != 1:
        raise InputRefused(
            "output-one-picture",
            f"“{output.name}”只能放一帧，现在要 {len(frames)} 帧；请用 --frames a:a+1，"
            "或给一个文件夹或 .mp4。",
            f"'{output.name}' holds one picture and {len(frames)} frames are asked; give "
            "--frames a:a+1, or a folder or .mp4.",
            Location(str(output)),
        )


def _check_layers(task: ReelTask, suffix: str, output: Path) -> None:
    if task.aovs and suffix != ".exr":
        raise InputRefused(
            "aov-output",
            f"“{suffix}”放不下数据图层；请把输出设为 .exr 文件或文件夹。",
            f"A {suffix} file holds no data layers; write to an .exr file or a folder.",
            Location(str(output)),
        )


def write_frames(
    task: ReelTask,
    output: Path,
    wanted: tuple[int, int] | None,
    progress: Progress,
    workers: int = 0,
) -> dict[str, Any]:
    """Draw frames of a reel into files; return what was done.

    Parameters
    ----------
    task
        What to draw.
    output
        A folder (``000012.png``, or ``.exr`` with data layers), one ``.png`` or ``.exr``,
        or an ``.mp4`` without sound.
    wanted
        Frames ``first:end`` (half-open); None takes all, or the first of a still model
        when one picture is written.
    progress
        Who is told.
    workers
        Processes; 0 takes one per processor.

    Raises
    ------
    InputRefused
        ``frames-outside`` and what :func:`plan` refuses.
    """
    try:
        reel = _reel(task)
        frames = _range(reel, wanted, output)
        chunks = plan(task, reel, frames, output)
        size, rate, device = reel.size, reel.rate, reel.device
        notes = dict(reel.notes)
        done: dict[int, Made] = {}
        with progress.stage("render", len(frames)) as bar:
            for i, made in _run(chunks, workers, bar.advance):
                done[i] = made
                notes.update(made.notes)
    finally:
        _close()
    rows = [done[i] for i in range(len(chunks))]
    files = [name for made in rows for name in made.files]
    if chunks[0].kind == "mp4":
        _join(files, output, rate, len(frames))
        files = [str(output)]
    return {
        "output": str(output),
        "frames": [frames.start, frames.stop],
        "size": list(size),
        "rate": [rate.num, rate.den],
        "drawn": sum(made.drawn for made in rows),
        "kept": sum(made.kept for made in rows),
        "device": device,
        "notes": [notes[name] for name in sorted(notes)],
        "files": files,
    }


def _run(
    chunks: list[Chunk], workers: int, tell: Callable[[int], None]
) -> Iterator[tuple[int, Made]]:
    """Draw all chunks and yield them as they are done."""
    executor = LocalExecutor(workers)
    if min(executor.workers, len(chunks)) <= 1:
        for i, chunk in enumerate(chunks):
            yield i, draw_chunk(chunk, tell)
        return
    with closing(executor.run(draw_chunk, chunks)) as results:
        for i, made in results:
            tell(made.drawn + made.kept)
            yield i, made


def write_controls(
    task: ReelTask,
    output: Path,
    names: tuple[str, ...],
    wanted: tuple[int, int] | None,
    progress: Progress,
) -> dict[str, Any]:
    """Draw control pictures of frames into one video for each; return what was done.

    Parameters
    ----------
    task, wanted, progress
        As for :func:`write_frames`.
    output
        A folder: ``depth.mp4``, ``pose.mp4`` …
    names
        Some of :data:`cyberdirector.render.control.CONTROLS`.

    Raises
    ------
    InputRefused
        ``control-unknown``, ``frames-outside``, ``output-not-folder``, ``video-size``.
    """
    from cyberdirector.deliver.control import ControlWriter
    from cyberdirector.render.control import (
        CONTROL_AOVS,
        ControlCast,
        check_controls,
        control_frame,
    )

    check_controls(names)
    try:
        reel = _reel(task)
        frames = _range(reel, wanted, output)
        _check_folder(output)
        cast: ControlCast | None = None
        scene, span = None, (0.0, 0.0)
        writer = ControlWriter(output, names, reel.size, reel.rate)
        with progress.stage("control", len(frames)) as bar, writer:
            for frame in frames:
                now = reel.moment(frame)
                if cast is None or scene is not now.scene:
                    # Another shot has other people and other distances.
                    cast, scene = ControlCast(now.scene.characters), now.scene
                    span = cast.depth_range(now.shot(), reel.size)
                aovs = now.painter.draw_aovs(now.state, CONTROL_AOVS)
                picture = now.painter.draw_rgb(now.state)[0] if "edge" in names else None
                writer.write(control_frame(aovs, now.state, cast, span, names, picture))
                bar.advance(1)
        return {
            "output": str(output),
            "frames": [frames.start, frames.stop],
            "size": list(reel.size),
            "rate": [reel.rate.num, reel.rate.den],
            "drawn": len(frames),
            "kept": 0,
            "device": reel.device,
            "notes": [reel.notes[name] for name in sorted(reel.notes)],
            "files": [str(path) for path in writer.files.values()],
        }
    finally:
        _close()


def _check_folder(output: Path) -> None:
    if output.is_file():
        raise InputRefused(
            "output-not-folder",
            "这里已有同名文件，不能当文件夹用，请换一个输出位置。",
            "There is a file of this name, which is no folder; choose another output.",
            Location(str(output)),
        )


def _range(reel: Reel, wanted: tuple[int, int] | None, output: Path) -> range:
    if wanted is None:
        one = reel.still and output.suffix.lower() in (".png", ".exr")
        return range(1 if one else reel.frames)
    first, end = wanted
    if not 0 <= first < end <= reel.frames:
        raise InputRefused(
            "frames-outside",
            f"没有第 {first}:{end} 帧；可用范围是 0:{reel.frames}（左闭右开）。",
            f"There are no frames {first}:{end}; they are 0:{reel.frames} (half-open).",
            Location(path="frames"),
        )
    return range(first, end)


def _join(pieces: list[str], output: Path, rate: Any, frames: int) -> None:
    """Join the pieces of a silent video and remove them."""
    from cyberdirector.deliver import join_segments

    silence = np.zeros((1, 2), np.float32)
    join_segments([Path(piece) for piece in pieces], silence, output, rate)
    shutil.rmtree(parts_folder(output), ignore_errors=True)
