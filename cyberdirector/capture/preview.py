"""Pictures that let a person judge a take: skeleton over the video, lanes of confidence."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyberdirector.capture.confidence import FLAGGED
from cyberdirector.capture.take import LANES, Take
from cyberdirector.core.files import replacing
from cyberdirector.core.time import Rate

Floats = NDArray[np.float64]
Pixels = NDArray[np.uint8]
Colour = tuple[int, int, int]

_BONES = (
    (11, 12), (11, 23), (12, 24), (23, 24), (11, 13), (13, 15), (12, 14), (14, 16), (23, 25),
    (25, 27), (27, 29), (29, 31), (27, 31), (24, 26), (26, 28), (28, 30), (30, 32), (28, 32),
    (0, 11), (0, 12),
)  # fmt: skip
_LEFT = {11, 13, 15, 23, 25, 27, 29, 31}
_FINGERS = tuple(
    pair
    for root in (1, 5, 9, 13, 17)
    for pair in pairwise((0, root, root + 1, root + 2, root + 3))
)

GREEN: Colour = (70, 200, 110)
RED: Colour = (225, 70, 60)
LEFT_COLOUR: Colour = (60, 170, 255)
RIGHT_COLOUR: Colour = (255, 150, 50)
_DARK, _PALE = (26, 28, 32), (226, 228, 232)


def shrink(pixels: Pixels, height: int) -> Pixels:
    """Return a picture at another height (area mean)."""
    from PIL import Image

    width = max(2, round(pixels.shape[1] * height / pixels.shape[0] / 2) * 2)
    return np.asarray(Image.fromarray(pixels).resize((width, height), Image.Resampling.BOX))


def skeleton_over(pixels: Pixels, take: Take, number: int, scale: float) -> Pixels:
    """Return a picture with the landmarks seen in it and the solved figure over them.

    Parameters
    ----------
    pixels
        (h, w, 3) of picture ``number`` of the observations, made smaller by ``scale``.
    """
    from PIL import Image, ImageDraw

    image = Image.fromarray(pixels)
    pen = ImageDraw.Draw(image)
    seen = take.observations
    wide = max(2, round(pixels.shape[0] / 180))
    pose = seen.pose[number, :, :2] * scale
    if np.isfinite(pose).all():
        for a, b in _BONES:
            colour = LEFT_COLOUR if {a, b} <= _LEFT else RIGHT_COLOUR
            colour = _PALE if (a in _LEFT) != (b in _LEFT) else colour
            pen.line([*pose[a].tolist(), *pose[b].tolist()], fill=colour, width=wide)
    for side in (0, 1):
        hand = seen.hands[number, side, :, :2] * scale
        if np.isfinite(hand).all():
            colour = LEFT_COLOUR if side == 0 else RIGHT_COLOUR
            for a, b in _FINGERS:
                pen.line([*hand[a].tolist(), *hand[b].tolist()], fill=colour, width=wide // 2)
    face = seen.face[number, :, :2] * scale
    if np.isfinite(face).all():
        pen.point([tuple(p) for p in face[::3].tolist()], fill=_PALE)
    _solved(pen, take, number, scale, wide)
    return np.asarray(image)


def _solved(pen: Any, take: Take, number: int, scale: float, wide: int) -> None:
    """Mark where the solved figure's points fall in the picture."""
    if take.landmarks is None or take.camera is None:
        return
    frame = frame_of(take, number)
    points = take.camera.project(take.landmarks.astype(np.float64))[frame] * scale
    for x, y in points[np.isfinite(points).all(axis=1)].tolist():
        r = wide
        pen.ellipse([x - r, y - r, x + r, y + r], outline=GREEN, width=max(1, wide // 2))


def frame_of(take: Take, number: int) -> int:
    """Return the frame of the clip that shows picture ``number``."""
    times = take.observations.times
    at = round(float(times[number] - times[0]) * take.clip.rate.fps)
    return min(max(at, 0), take.clip.frames - 1)


def lanes(take: Take, width: int, now: int | None = None, row: int = 12) -> Pixels:
    """Return the confidence of all parts over time, (9 rows, width, 3): green sure, red not."""
    from PIL import Image, ImageDraw

    label = 92
    out = np.full((row * len(LANES) + 4, width, 3), _DARK, np.uint8)
    span = width - label - 6
    at = (np.arange(span) * take.clip.frames / span).astype(int)
    good, bad = np.array(GREEN, float), np.array(RED, float)
    for i in range(len(LANES)):
        sure = take.confidence[at, i].astype(float)[:, None]
        share = np.clip((sure - FLAGGED + 0.25) / 0.5, 0.0, 1.0)
        strip = (share * good + (1 - share) * bad).astype(np.uint8)
        out[2 + i * row : 2 + (i + 1) * row - 2, label : label + span] = strip
    image = Image.fromarray(out)
    pen = ImageDraw.Draw(image)
    for i, name in enumerate(LANES):
        pen.text((4, 1 + i * row), name, fill=_PALE, font_size=row - 2)
    if now is not None:
        x = label + round(now * span / take.clip.frames)
        pen.line([x, 0, x, out.shape[0]], fill=_PALE, width=2)
    return np.asarray(image)


def beside(pictures: list[Pixels]) -> Pixels:
    """Return pictures of one height side by side."""
    return np.concatenate(pictures, axis=1)


def write_preview(path: Path, rate: Rate, pictures: Iterable[Pixels]) -> int:
    """Write pictures (h, w, 3) of one size as an H.264 MP4 and return how many."""
    import av

    count = 0
    with replacing(path) as temporary, av.open(str(temporary), "w", format="mp4") as out:
        stream = out.add_stream("libx264", rate=Fraction(rate.num, rate.den))
        stream.pix_fmt = "yuv420p"
        stream.options = {"crf": "20", "preset": "veryfast"}
        for pixels in pictures:
            height, width = pixels.shape[0] // 2 * 2, pixels.shape[1] // 2 * 2
            if count == 0:
                stream.width, stream.height = width, height
            frame = av.VideoFrame.from_ndarray(
                np.ascontiguousarray(pixels[:height, :width]), format="rgb24"
            )
            frame.pts, frame.time_base = count, Fraction(rate.den, rate.num)
            out.mux(stream.encode(frame))
            count += 1
        out.mux(stream.encode())
    return count
