"""Video to observations: bodies, hands and face of one person, on all cores.

Three stages work on different pictures at the same time: decoding, the heavy body model,
and everything that needs the body first (the second body model, hands, face, background).
Each looks at every picture in order, so the result does not depend on who is faster.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyberdirector.capture import face_pixels
from cyberdirector.capture._tasks import Bodies, Face, Hands, has_heavy
from cyberdirector.capture.crops import Square, hand_square, head_square, own_hand
from cyberdirector.capture.face import face_model
from cyberdirector.capture.observations import MAX_FRAMES, Observations
from cyberdirector.capture.people import MAX_PEOPLE, Actor, distinct, stature
from cyberdirector.capture.scenery import Background, CutFinder
from cyberdirector.capture.video import Picture, Video, unreadable
from cyberdirector.core.progress import Progress, SilentProgress
from cyberdirector.core.rotations import quat_between, quat_to_matrix

Floats = NDArray[np.float32]
Pixels = NDArray[np.uint8]

_SURVEY = 15
"""Pictures between two counts of the people."""

_AHEAD = 3
"""Pictures that wait between two stages (6 MB each at 1080p)."""

_CHECK = 2
"""Every which picture the second model looks at: its answers vary slowly where it is wrong."""

_LOST = 12
"""Pictures without an own hand after which its model looks afresh."""


@dataclass(frozen=True)
class Parts:
    """What is captured."""

    body: bool = True
    hands: bool = True
    face: bool = True


@dataclass
class Looked:
    """One picture and what is known of it so far (one row of ``Observations``).

    ``taken`` is the clock's time (``monotonic``) at which it was there.
    """

    number: int
    picture: Picture
    cut: bool
    rows: dict[str, Any] = field(default_factory=dict)
    taken: float = field(default_factory=time.monotonic)

    @property
    def ms(self) -> int:
        """Time stamp for the models: milliseconds, strictly increasing."""
        return max(self.number, round(self.picture.time * 1000))


class BodyStage:
    """Finds and follows the actor's body with the heavy model (the full one without it)."""

    def __init__(self, number: int | None) -> None:
        self.heavy = has_heavy()
        self.actor = Actor(number)
        self._model = Bodies(self.heavy)
        self._survey = Bodies(False, MAX_PEOPLE + 1, video=False)
        self._fewer = 0

    def __call__(self, look: Looked) -> Looked:
        """Add pose, world and people."""
        if look.cut:
            self._restart(self._model.count)
            self.actor.cut()
        if look.cut or look.number % _SURVEY == 0:
            look.rows["people"] = self._count(look)
        poses, worlds = self._model.look(look.picture.pixels, look.ms)
        chosen = self.actor.choose(poses, look.picture.pixels, look.picture.time)
        if chosen is not None:
            look.rows["pose"], look.rows["world"] = poses[chosen], worlds[chosen]
        return look

    def _count(self, look: Looked) -> int:
        """Count people; follow more when there are more, fewer after two counts of fewer."""
        poses, _ = self._survey.look(look.picture.pixels, look.ms)
        people = len(distinct(poses))
        self.actor.most = max(self.actor.most, people)
        wanted = min(max(people, 1), MAX_PEOPLE)
        self._fewer = self._fewer + 1 if wanted < self._model.count else 0
        if wanted > self._model.count or self._fewer >= 2:
            self._restart(wanted)
        return people

    def _restart(self, count: int) -> None:
        self._model.close()
        self._model = Bodies(self.heavy, count)
        self._fewer = 0

    def close(self) -> None:
        """Free the models."""
        self._model.close()
        self._survey.close()


class DetailStage:
    """Adds the second model's body, hands, face and background."""

    def __init__(self, parts: Parts, check: bool) -> None:
        self._parts = parts
        self._check = Bodies(False) if check else None
        self._apart = 0
        self._hands = [Hands(), Hands()] if parts.hands else []
        self._strays = [0, 0]
        self._face = Face() if parts.face else None
        self._background = Background()

    def __call__(self, look: Looked) -> Looked:
        """Add check, hands, face and background."""
        pose, pixels = look.rows.get("pose"), look.picture.pixels
        if look.cut:
            self._background.forget()
            self._renew()
        look.rows["background"] = self._background.move(
            pixels, None if pose is None else pose[:, :2]
        )
        if self._check is not None and pose is not None and look.number % _CHECK == 0:
            self._see_check(self._check, look, pose)
        if pose is not None:
            for side in range(len(self._hands)):
                self._see_hand(side, look, pose)
        if self._face is not None:
            self._see_face(self._face, look, pose)
        return look

    def _renew(self) -> None:
        if self._check is not None:
            self._check.close()
            self._check = Bodies(False)
        self._apart = 0
        for side in range(len(self._hands)):
            self._renew_hand(side)
        if self._face is not None:
            self._face.close()
            self._face = Face()

    def _renew_hand(self, side: int) -> None:
        self._hands[side].close()
        self._hands[side] = Hands()
        self._strays[side] = 0

    def _see_check(self, model: Bodies, look: Looked, pose: Floats) -> None:
        poses, _ = model.look(look.picture.pixels, look.ms)
        if not len(poses):
            return
        here = stature(pose)
        away = float(np.linalg.norm(stature(poses[0]).centre - here.centre))
        # Another person, or a track that slid off: what it says is nothing about this one.
        self._apart = self._apart + 1 if away > here.height else 0
        if self._apart >= _LOST:
            model.close()
            self._check, self._apart = Bodies(False), 0
        look.rows["check"] = poses[0, :, :2]

    def _see_hand(self, side: int, look: Looked, pose: Floats) -> None:
        pixels = look.picture.pixels
        square = hand_square(pose, side, (pixels.shape[1], pixels.shape[0]))
        if square is None:
            return
        found = self._hands[side].look(square.cut(pixels), look.ms)
        if not found:
            self._strays[side] = 0
            return
        points, metres, _ = found[0]
        points = square.out(points)
        if own_hand(points[0, :2], pose, side):
            self._strays[side] = 0
            _rows(look, "hands", (2, 21, 3))[side] = points
            _rows(look, "hands_world", (2, 21, 3))[side] = metres
            return
        self._strays[side] += 1
        if self._strays[side] >= _LOST:
            self._renew_hand(side)

    def _see_face(self, model: Face, look: Looked, pose: Floats | None) -> None:
        pixels = look.picture.pixels
        size = (pixels.shape[1], pixels.shape[0])
        # Without a body the picture may be a face from near.
        square = Square((0, 0), 0) if pose is None else head_square(pose, size)
        if square is None:
            return
        crop = square.cut(pixels) if square.side else pixels
        found = model.look(crop, look.ms)
        if found is None:
            return
        points, scores, matrix = found
        shown = face_pixels.patches(crop, points)
        look.rows["face_pixels"] = face_model().row(shown)
        look.rows["face"] = square.out(points)
        look.rows["face_scores"] = scores
        look.rows["face_matrix"] = along_ray(matrix)

    def close(self) -> None:
        """Free the models."""
        for model in (self._check, self._face, *self._hands):
            if model is not None:
                model.close()


def _rows(look: Looked, name: str, shape: tuple[int, ...]) -> Floats:
    if name not in look.rows:
        look.rows[name] = np.full(shape, np.nan, np.float32)
    rows: Floats = look.rows[name]
    return rows


def along_ray(matrix: Floats) -> Floats:
    """Return the turn of a face relative to the ray that it is seen along, (4, 4).

    MediaPipe places the face before a camera of its own whose axis goes through the middle
    of the crop; the ray to the face in that camera is taken off, so that the result says
    how much of the face's sides is seen, wherever the crop was.
    """
    turn, place = matrix[:3, :3].astype(np.float64), matrix[:3, 3].astype(np.float64)
    scale = np.cbrt(max(float(np.linalg.det(turn)), 1e-9))
    ray = quat_to_matrix(quat_between([0.0, 0.0, -1.0], place))
    out = np.eye(4)
    out[:3, :3] = ray.T @ (turn / scale)
    return out.astype(np.float32)


class _Pipe:
    """A generator that runs in a thread of its own, a few items ahead.

    With ``newest`` it never waits for its reader: of pictures that nobody took, the last
    remains, so that a camera does not fall behind.
    """

    def __init__(
        self, source: Iterator[Looked], ahead: int = _AHEAD, newest: bool = False
    ) -> None:
        self._queue: queue.Queue[Looked | BaseException | None] = queue.Queue(ahead)
        self._newest = newest
        self._stop = threading.Event()
        self._source = source
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _put(self, item: Looked | BaseException | None) -> bool:
        while not self._stop.is_set():
            try:
                self._queue.put(item, timeout=0.002 if self._newest else 0.1)
            except queue.Full:
                if self._newest and isinstance(item, Looked):
                    self._drop(item)
                continue
            return True
        return False

    def _drop(self, newer: Looked) -> None:
        """Take out the picture that waits; a cut before it is one before the newer, too."""
        try:
            waiting = self._queue.get_nowait()
        except queue.Empty:
            return
        if isinstance(waiting, Looked):
            newer.cut = newer.cut or waiting.cut

    def _run(self) -> None:
        try:
            for item in self._source:
                if not self._put(item):
                    return
            self._put(None)
        except BaseException as error:  # handed to the reader, whoever it is
            self._put(error)

    def __iter__(self) -> Iterator[Looked]:
        while True:
            item = self._queue.get()
            if item is None:
                return
            if isinstance(item, BaseException):
                raise item
            yield item

    def close(self) -> None:
        self._stop.set()
        self._thread.join()


def _decoded(video: Video) -> Iterator[Looked]:
    cuts = CutFinder()
    for number, picture in enumerate(video.pictures()):
        yield Looked(number, picture, cuts.cut(picture.pixels))


def _each(stage: BodyStage, source: _Pipe) -> Iterator[Looked]:
    for look in source:
        yield stage(look)


def look_at(
    video: Video, parts: Parts, person: int | None = None, progress: Progress | None = None,
    newest: bool = False,
) -> Iterator[Looked]:  # fmt: skip
    """Yield every picture of a video with all that the models see in it.

    With ``newest`` (cameras) pictures that come faster than they can be looked at are left
    out.

    Raises
    ------
    AdapterUnavailable
        ``mediapipe-missing``, ``model-missing``.
    InputRefused
        From the video; ``nobody-seen`` or ``person-missing`` after the last picture.
    """
    body = BodyStage(person)
    detail = DetailStage(parts, body.heavy)
    info = video.info
    total = round((info.seconds or 0.0) * info.rate.fps)
    near = False
    ahead = 1 if newest else _AHEAD
    decoded = _Pipe(_decoded(video), ahead, newest)
    posed = _Pipe(_each(body, decoded), ahead)
    try:
        with (progress or SilentProgress()).stage("landmarks", max(total, 1)) as bar:
            for look in posed:
                if look.number >= MAX_FRAMES:
                    video.refuse_length(look.picture.time)
                near = "face" in detail(look).rows or near
                yield look
                bar.advance()
        # A face from near has no body that could be seen.
        if not near or person is not None:
            body.actor.check(info.file)
    finally:
        decoded.close()
        posed.close()
        body.close()
        detail.close()


class Gather:
    """Collects looked-at pictures into observations (pictures themselves are let go)."""

    def __init__(self) -> None:
        self._looks: list[tuple[float, bool, dict[str, Any]]] = []

    def add(self, look: Looked) -> None:
        """Keep the rows of one picture."""
        self._looks.append((look.picture.time, look.cut, look.rows))

    def observations(self, video: Video) -> Observations:
        """Return everything seen so far."""
        info = video.info
        if not self._looks:
            raise unreadable(info.file, "0 pictures")
        times = np.array([time for time, _, _ in self._looks])
        cuts = np.array([i for i, (_, cut, _) in enumerate(self._looks) if cut and i], np.int64)
        seen = Observations.empty(times, info.size, info.rate)
        for i, (_, _, rows) in enumerate(self._looks):
            for name, values in rows.items():
                getattr(seen, name)[i] = values
        object.__setattr__(seen, "cuts", cuts)
        object.__setattr__(seen, "source", info.file)
        object.__setattr__(seen, "reader", face_model().tag)
        return seen


def watch(
    video: Video, parts: Parts, person: int | None = None, progress: Progress | None = None
) -> Observations:
    """Return what is seen in a whole video; see :func:`look_at`."""
    gather = Gather()
    for look in look_at(video, parts, person, progress):
        gather.add(look)
    return gather.observations(video)
