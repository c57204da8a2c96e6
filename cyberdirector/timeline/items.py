"""What lies on the tracks of a timeline: plain items with ids; frames are whole numbers."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from cyberdirector.timeline.keys import KeyTrack

Vector = tuple[float, float, float]

PARTS: tuple[str, ...] = (
    "root", "legs", "torso", "armLeft", "armRight", "handLeft", "handRight", "head",
    "upperFace", "mouth", "gaze",
)  # fmt: skip
"""Parts of a body that a layer's mask can name; left and right of the character."""

RATIOS: tuple[str, ...] = ("9:16", "16:9", "1:1", "2.39:1")
"""Picture formats that one scene is framed for, width : height."""

CAMERA_EASES = ("", "step", "linear", "in", "out", "inout")

LockKind = Literal["look", "cast", "shot", "line"]


class Item(BaseModel):
    """Base of everything stored; unknown fields survive."""

    model_config = ConfigDict(extra="allow", allow_inf_nan=False)


class Span(Item):
    """An item over project frames ``start:end`` (half-open)."""

    id: str = ""
    start: int
    end: int

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.end <= self.start:
            kind = type(self).__name__.removesuffix("Item").lower()
            raise ValueError(
                f"{kind} {self.id}: end {self.end} is not after start {self.start}"
            )
        return self

    @property
    def frames(self) -> int:
        """Length in frames."""
        return self.end - self.start


class CameraItem(Item):
    """A camera key; metres, degrees, world space; ``frame`` counts from the shot's start.

    ``ease`` is how the move to the next key goes: ``step``, ``linear``, ``in`` (starts at
    rest), ``out`` (ends at rest), ``inout``; empty eases a move of two keys at both ends and
    joins more keys linearly.
    """

    frame: int = 0
    eye: Vector
    target: Vector
    fov: float = Field(gt=1.0, lt=170.0)
    roll: float = 0.0
    ease: Literal["", "step", "linear", "in", "out", "inout"] = ""


class FramingItem(Item):
    """A key of the framing for one picture format; ``frame`` counts from the shot's start.

    ``x`` and ``y`` move the picture over the scene (halves of the picture's height, right and
    up); ``zoom`` 2 shows half as much.
    """

    frame: int = 0
    x: float = Field(default=0.0, ge=-4.0, le=4.0)
    y: float = Field(default=0.0, ge=-4.0, le=4.0)
    zoom: float = Field(default=1.0, ge=0.1, le=10.0)


class ShotItem(Span):
    """A shot on the camera track. ``locked`` keeps its cameras and light as they are."""

    id: str
    scene: str
    size: str = ""
    subjects: list[str] = []
    cameras: list[CameraItem] = Field(min_length=1)
    light: str
    segments: list[str] = []
    why: str = ""
    locked: bool = False
    framing: dict[str, list[FramingItem]] = {}
    """Ratio (:data:`RATIOS`) → keys of its framing.

    A ratio without keys shows the middle, or what brings the heads in (``made_for``).
    """
    made_for: str = ""
    """Ratio of the picture for which a person set the camera; empty for one of the program."""


class OperatorItem(Item):
    """A change of placed motion that is computed when it is shown; nothing is baked.

    ``name`` is ``smooth``, ``mirror``, ``footlock`` …; operators run in order over the placed
    frames of a clip, after its time-warp, before mask and blend.
    """

    name: str
    args: dict[str, Any] = {}


class MotionItem(Span):
    """A generated take of one role: the file's first frame plays at ``start``."""

    role: str
    file: str
    visible_from: int
    """First frame at which the role can be seen (later for one who enters)."""
    visible_to: int
    """End (exclusive) of the frames in which the role can be seen."""
    operators: list[OperatorItem] = []


class ClipItem(Span):
    """Motion of a file placed on a layer.

    ``offset`` is the frame of the file (counted at the project's rate) that plays at
    ``start``. ``warp`` bends time: rows of (frame from ``start``, frame of the file from
    ``offset``), both increasing, linear between, unit speed outside (rows may lie outside the
    clip); empty plays at unit speed. Over ``blend_in`` and ``blend_out`` frames the clip is
    cross-faded with what lies under it (or with its neighbour on the layer where they overlap).
    With an ``anchor`` the clip is turned about the vertical and moved so that its hips meet
    those below (place on the floor and heading) at that project frame, which may lie outside
    the clip; None leaves it where the file has it.
    """

    id: str
    file: str
    offset: float = Field(default=0.0, ge=0.0)
    warp: list[tuple[float, float]] = []
    blend_in: int = Field(default=0, ge=0)
    blend_out: int = Field(default=0, ge=0)
    anchor: int | None = None
    operators: list[OperatorItem] = []
    source: str = ""
    """Where it came from: ``capture``, ``import``, ``take`` …"""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.blend_in + self.blend_out > self.end - self.start:
            raise ValueError(
                f"clip {self.id}: blends of {self.blend_in} and {self.blend_out} frames do "
                f"not fit into frames {self.start}:{self.end}"
            )
        for a, b in pairwise(self.warp):
            if b[0] <= a[0] or b[1] < a[1]:
                raise ValueError(
                    f"clip {self.id}: time runs back at frame {self.start + b[0]:g}"
                )
        return self


class LayerItem(Item):
    """A layer of one character: clips, then keys over them, through a mask with a weight.

    ``override`` puts its pose in place of what lies below; ``additive`` adds to it (rotations
    in the local frame of the bone, metres, shape weights). ``mask`` part → 0..1 (empty: all
    parts whole; parts not named: 0). ``weight`` is a curve 0..1 over project frames. On an
    override layer clips act within their span only, keys hold their first and last value.
    """

    id: str
    name: str = ""
    mode: Literal["override", "additive"] = "override"
    mask: dict[str, float] = {}
    weight: KeyTrack = Field(default_factory=lambda: KeyTrack.constant(1.0))
    muted: bool = False
    clips: list[ClipItem] = []
    keys: dict[str, KeyTrack] = {}

    @field_validator("mask")
    @classmethod
    def _parts(cls, mask: dict[str, float]) -> dict[str, float]:
        for part, share in mask.items():
            if part not in PARTS:
                raise ValueError(f"there is no part '{part}'; use {', '.join(PARTS)}")
            if not 0.0 <= share <= 1.0:
                raise ValueError(f"mask of {part} is {share:g}, expected 0..1")
        return dict(sorted(mask.items()))

    @field_validator("weight")
    @classmethod
    def _curve(cls, weight: KeyTrack) -> KeyTrack:
        if weight.channel != "value" or not len(weight):
            raise ValueError("a weight is at least one key of the channel 'value'")
        return weight

    @field_validator("keys")
    @classmethod
    def _channels(cls, keys: dict[str, KeyTrack]) -> dict[str, KeyTrack]:
        for channel, track in keys.items():
            if track.channel != channel:
                raise ValueError(f"keys of {track.channel} are filed under {channel}")
        return dict(sorted(keys.items()))


class CharacterItem(Item):
    """The layers of one role over its generated motion, lowest first."""

    role: str
    layers: list[LayerItem] = []


class AudioItem(Item):
    """A sound: file, first project frame, gain in dB and pan -1 (left) … 1."""

    id: str
    file: str
    start: int
    end: int
    role: str = ""
    gain: float = 0.0
    pan: float = 0.0
    treatment: str = ""
    """How a voice is heard: in the room, ``os``, ``vo``, ``off`` or ``phone``."""


class EffectItem(Item):
    """A small sound that begins at a project frame: a step, a door, cloth."""

    name: str
    start: int
    pan: float = 0.0
    gain: float = 0.0
    id: str = ""


class TextItem(Item):
    """A subtitle or caption over project frames ``start:end``."""

    kind: Literal["subtitle", "caption", "place", "label"]
    text: str
    start: int
    end: int
    speaker: str = ""
    id: str = ""


class SceneItem(Item):
    """A scene: its set, light, ambience and span in project frames."""

    id: str
    place: str
    set: str
    light: str
    ambience: list[str] = []
    start: int
    end: int


class SegmentItem(Span):
    """A line, action or pause of a scene: what keys and clips move along with."""

    id: str
    scene: str


class NestedItem(Span):
    """Scene ``source`` shown inside scene ``scene`` from its frame ``offset`` on."""

    id: str
    scene: str
    source: str
    offset: int = Field(default=0, ge=0)


class MarkerItem(Item):
    """A named frame: a beat, a cue, a remark."""

    id: str
    frame: int
    name: str
    colour: str = ""
    note: str = ""
    role: str = ""


class LightItem(Span):
    """Light over project frames: another preset of the set, or values of the rig.

    ``values``: fields of :class:`~cyberdirector.core.scene.LightRig` by name, in its units.
    """

    id: str
    scene: str
    preset: str = ""
    values: dict[str, Any] = {}


class SetItem(Span):
    """Another set for a span of a scene, by the name of its file."""

    id: str
    scene: str
    set: str


class TakeItem(Item):
    """One performance of a line, kept beside the others.

    ``file`` is the motion (empty: the generated one), ``sound`` the voice (empty: the
    generated one); the first frame of both plays at the line's first frame. ``seed`` is what
    it was made with.
    """

    id: str
    file: str = ""
    sound: str = ""
    seed: int = 0
    offset: float = Field(default=0.0, ge=0.0)
    blend: int = Field(default=6, ge=0)
    author: str = ""
    made: str = ""
    note: str = ""


class LineItem(Span):
    """The takes of one line (project frames of its speech) and the chosen one."""

    id: str
    role: str
    takes: list[TakeItem] = []
    chosen: str = ""


class LockItem(Item):
    """Something that nobody may change: who said so, when and why.

    ``id`` is the shot, the line or the role; for ``look`` it is empty. ``hash`` is what it
    was when it was locked.
    """

    kind: LockKind
    id: str = ""
    author: str = ""
    time: str = ""
    note: str = ""
    hash: str = ""
