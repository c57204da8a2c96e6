"""One shot as a piece of work: everything in it is plain data or the name of a file."""

from __future__ import annotations

from dataclasses import dataclass

from cyberdirector.core.scene import Camera, LightRig


@dataclass(frozen=True)
class FigureTask:
    """One character in a shot.

    ``take`` frames ``first : first + frames`` of the shot's span; ``visible`` local frames
    (first, last + 1) in which it is seen. ``edits`` is a small timeline (JSON) with the layers
    over the take, empty when there are none; ``root`` the folder its files lie in, ``start``
    the shot's first frame on it.
    """

    role: str
    vrm: str
    vrm_hash: str
    take: str
    take_hash: str
    first: int
    visible: tuple[int, int]
    edits: str = ""
    root: str = ""
    start: int = 0


@dataclass(frozen=True)
class TextTask:
    """Words burnt into the picture over local frames ``start:end``."""

    kind: str
    text: str
    speaker: str
    start: int
    end: int


@dataclass(frozen=True)
class ShotTask:
    """A shot to be drawn and encoded.

    Attributes
    ----------
    id, seed
        Name of the shot and seed of what flickers and falls.
    output
        Path of the segment to write.
    place, place_hash
        Path of the set and the hash of its bytes.
    light
        The light rig, already resolved.
    cameras
        One per frame, or a single one for a locked-off shot.
    figures, texts
        Who is there and what is written over it.
    size, rate, quality
        Picture size in pixels, frames per second (num, den), ``draft`` or ``final``.
    style, step
        How it is painted, and for how many frames each pose is held (2: on twos).
    fade_in, fade_out
        Frames over which the picture comes from and goes to black.
    """

    id: str
    seed: int
    output: str
    frames: int
    place: str
    place_hash: str
    light: LightRig
    cameras: tuple[Camera, ...]
    figures: tuple[FigureTask, ...]
    texts: tuple[TextTask, ...]
    size: tuple[int, int]
    rate: tuple[int, int]
    quality: str
    style: str = "cel"
    step: int = 1
    fade_in: int = 0
    fade_out: int = 0

    def camera(self, frame: int) -> Camera:
        """Return the camera of a local frame."""
        return self.cameras[frame] if len(self.cameras) > 1 else self.cameras[0]


@dataclass(frozen=True)
class ShotResult:
    """What came of a shot: seconds it took, hash of its frames, device, notes."""

    id: str
    frames: int
    seconds: float
    frames_hash: str
    device: str
    peak_mb: float
    notes: tuple[str, ...] = ()
