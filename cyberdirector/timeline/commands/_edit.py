"""What a command works with: the timeline before it, and ways to find and put things."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, NoReturn, TypeVar

from pydantic import BaseModel

from cyberdirector.core.clip import Clip
from cyberdirector.core.errors import InputRefused, Location
from cyberdirector.core.skeleton import Rest
from cyberdirector.timeline.document import Timeline
from cyberdirector.timeline.items import CharacterItem, ClipItem, LayerItem, ShotItem

Model = TypeVar("Model", bound=BaseModel)

HAND = "hand"
"""Layer on which keys land when none is named."""


def refuse(code: str, zh: str, en: str, *, track: str = "", **details: Any) -> NoReturn:
    """Raise the typed error of an edit that cannot be made."""
    raise InputRefused(code, zh, en, Location("timeline", path=track), track=track, **details)


def changed(item: Model, **fields: Any) -> Model:
    """Return a checked copy of an item with other values; unknown fields stay."""
    # Not dict(item): a layer has a field called keys.
    now = {name: value for name, value in item}
    return type(item).model_validate({**now, **fields})


@dataclass(frozen=True)
class Placed:
    """A clip with the place where it lies."""

    role: str
    layer: LayerItem
    clip: ClipItem


@dataclass(frozen=True)
class Edit:
    """The timeline before an edit, who makes it when, and how files are read.

    ``load`` returns the motion of a file of the project at the project's rate, ``body`` the
    rest pose of a role.
    """

    timeline: Timeline
    load: Callable[[str], Clip]
    body: Callable[[str], Rest]
    author: str = ""
    time: str = ""

    def on(self, timeline: Timeline) -> Edit:
        """Return the same edit going on from another state."""
        return replace(self, timeline=timeline)

    def with_(self, **fields: Any) -> Timeline:
        """Return the timeline with other tracks."""
        return self.timeline.model_copy(update=fields)

    def role(self, role: str) -> str:
        """Return a role that is on the timeline."""
        known = self.timeline.roles()
        if role not in known:
            refuse(
                "role-unknown",
                f"时间线上没有角色“{role}”；有：{'、'.join(known) or '（无）'}。",
                f"the timeline has no role '{role}'; it has {', '.join(known) or 'none'}.",
                track=role,
            )
        return role

    def layer(self, role: str, layer: str) -> LayerItem:
        """Return a layer that is there."""
        found = self.timeline.layer(self.role(role), layer)
        if found is None:
            one = self.timeline.character(role)
            known = [x.id for x in one.layers] if one is not None else []
            refuse(
                "layer-unknown",
                f"{role} 没有图层“{layer}”；有：{'、'.join(known) or '（无）'}。",
                f"{role} has no layer '{layer}'; there are: {', '.join(known) or 'none'}.",
                track=f"{role}/{layer}",
            )
        return found

    def clip(self, clip: str) -> Placed:
        """Return a clip and where it lies."""
        for placed in self.clips():
            if placed.clip.id == clip:
                return placed
        known = [p.clip.id for p in self.clips()]
        refuse(
            "clip-unknown",
            f"没有片段“{clip}”；有：{'、'.join(known[:12]) or '（无）'}。",
            f"there is no clip '{clip}'; there are: {', '.join(known[:12]) or 'none'}.",
            track=clip,
        )

    def clips(self) -> Iterable[Placed]:
        """Yield every clip of every layer."""
        for one in self.timeline.characters:
            for layer in one.layers:
                for clip in layer.clips:
                    yield Placed(one.role, layer, clip)

    def shot(self, shot: str) -> ShotItem:
        """Return a shot that is there."""
        found = self.timeline.shot(shot)
        if found is None:
            known = [x.id for x in self.timeline.shots]
            refuse(
                "shot-unknown",
                f"没有镜头“{shot}”；有：{'、'.join(known[:12])}…",
                f"there is no shot '{shot}'; there are {', '.join(known[:12])} …",
                track=shot,
            )
        return found

    def put_shot(self, shot: ShotItem) -> Timeline:
        """Return the timeline with a shot in place of the one of its id."""
        shots = [shot if one.id == shot.id else one for one in self.timeline.shots]
        return self.with_(shots=shots)

    def put_layer(self, role: str, layer: LayerItem) -> Timeline:
        """Return the timeline with a layer in place of that of its id, or on top."""
        one = self.timeline.character(role) or CharacterItem(role=role)
        ids = [x.id for x in one.layers]
        if layer.id in ids:
            layers = [layer if x.id == layer.id else x for x in one.layers]
        else:
            layers = [*one.layers, layer]
        return self.put_layers(role, layers)

    def put_layers(self, role: str, layers: list[LayerItem]) -> Timeline:
        """Return the timeline with other layers of a role."""
        one = self.timeline.character(role) or CharacterItem(role=role)
        new = one.model_copy(update={"layers": layers})
        rows = self.timeline.characters
        if any(x.role == role for x in rows):
            return self.with_(characters=[new if x.role == role else x for x in rows])
        return self.with_(characters=[*rows, new])

    def put_clip(self, placed: Placed, *clips: ClipItem) -> Timeline:
        """Return the timeline with ``clips`` in place of a placed one."""
        rows = [x for x in placed.layer.clips if x.id != placed.clip.id]
        rows = sorted([*rows, *clips], key=lambda x: (x.start, x.id))
        return self.put_layer(placed.role, placed.layer.model_copy(update={"clips": rows}))

    def source_frames(self, file: str) -> int:
        """Return the length of a motion file in frames of the project."""
        return self.load(file).frames

    def fresh(self, prefix: str, used: Iterable[str]) -> str:
        """Return the first of ``prefix``1, ``prefix``2 … that is free."""
        taken, number = set(used), 1
        while f"{prefix}{number}" in taken:
            number += 1
        return f"{prefix}{number}"

    def check_frame(self, frame: int, track: str) -> int:
        """Return a frame that lies on the timeline."""
        if not 0 <= frame < self.timeline.frames:
            refuse(
                "frame-outside",
                f"{track}：第 {frame} 帧不在时间线 0–{self.timeline.frames - 1} 之内。",
                f"{track}: frame {frame} is not on the timeline (0 to "
                f"{self.timeline.frames - 1}).",
                track=track,
                frame=frame,
            )
        return frame

    def check_span(self, start: int, end: int, track: str, clip: str = "") -> None:
        """Refuse a span without length or past the ends of the timeline."""
        name = f"{track} {clip}".strip()
        if end <= start:
            refuse(
                "span-negative",
                f"{name}：从第 {start} 帧到第 {end} 帧没有长度。",
                f"{name}: frames {start} to {end} have no length.",
                track=track, clip=clip, frame=start,
            )  # fmt: skip
        if start < 0 or end > self.timeline.frames:
            refuse(
                "span-outside",
                f"{name}：第 {start}–{end} 帧超出时间线（0–{self.timeline.frames}）。",
                f"{name}: frames {start}:{end} go past the timeline, 0:{self.timeline.frames}.",
                track=track, clip=clip, frame=start if start < 0 else end,
            )  # fmt: skip
