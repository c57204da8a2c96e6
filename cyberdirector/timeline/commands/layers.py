"""Commands on layers: make, remove, order, weight, mask, mode, mute."""

from __future__ import annotations

from typing import Literal

import numpy as np

from cyberdirector.timeline.commands._edit import Edit, changed, refuse
from cyberdirector.timeline.commands._registry import command
from cyberdirector.timeline.commands.keys import with_key
from cyberdirector.timeline.document import Timeline
from cyberdirector.timeline.items import LayerItem
from cyberdirector.timeline.keys import KeyTrack


@command("layer")
def add_layer(
    edit: Edit,
    role: str,
    layer: str,
    mode: Literal["override", "additive"] = "override",
    mask: dict[str, float] | None = None,
    name: str = "",
) -> Timeline:
    """Put an empty layer on top of the layers of a role."""
    edit.role(role)
    if edit.timeline.layer(role, layer) is not None:
        refuse(
            "layer-exists",
            f"{role} 已有图层“{layer}”。",
            f"{role} has a layer '{layer}' already.",
            track=f"{role}/{layer}",
        )
    item = LayerItem.model_validate(
        {"id": layer, "name": name or layer, "mode": mode, "mask": mask or {}}
    )
    return edit.put_layer(role, item)


@command("drop")
def drop_layer(edit: Edit, role: str, layer: str) -> Timeline:
    """Take a layer away with its clips and keys."""
    gone = edit.layer(role, layer)
    one = edit.timeline.character(role)
    layers = one.layers if one is not None else []
    return edit.put_layers(role, [x for x in layers if x is not gone])


@command("order")
def order_layer(edit: Edit, role: str, layer: str, by: int = 1) -> Timeline:
    """Move a layer up over others, or down with a negative number."""
    moved = edit.layer(role, layer)
    one = edit.timeline.character(role)
    layers = list(one.layers) if one is not None else []
    place = layers.index(moved)
    layers.remove(moved)
    layers.insert(max(0, min(len(layers), place + by)), moved)
    return edit.put_layers(role, layers)


@command("weight")
def set_weight(
    edit: Edit,
    role: str,
    layer: str,
    value: float,
    frame: int | None = None,
    ease: str = "auto",
) -> Timeline:
    """Set how much a layer counts: all through, or as a key of its curve at a frame."""
    item = edit.layer(role, layer)
    track = f"{role}/{layer}"
    if not 0.0 <= value <= 1.0:
        refuse(
            "weight-outside",
            f"{track}：权重 {value:g} 不在 0–1 之内。",
            f"{track}: weight {value:g} is not within 0..1.",
            track=track, frame=frame,
        )  # fmt: skip
    if frame is None:
        curve = KeyTrack.constant(value)
    else:
        edit.check_frame(frame, track)
        old = item.weight
        first = old if len(old) > 1 or old.eases[0] else _unheld(old)
        curve = with_key(first, frame, np.array([value]), ease)
    return edit.put_layer(role, changed(item, weight=curve))


def _unheld(curve: KeyTrack) -> KeyTrack:
    """Return a constant curve as one that leaves its key smoothly."""
    return KeyTrack.of(curve.channel, curve.frames, curve.values, "auto")


@command("mask")
def set_mask(edit: Edit, role: str, layer: str, parts: dict[str, float]) -> Timeline:
    """Say which parts of the body a layer moves, and how much; {} is the whole body."""
    return edit.put_layer(role, changed(edit.layer(role, layer), mask=parts))


@command("mode")
def set_mode(
    edit: Edit, role: str, layer: str, mode: Literal["override", "additive"]
) -> Timeline:
    """Make a layer replace what lies under it, or add to it."""
    return edit.put_layer(role, changed(edit.layer(role, layer), mode=mode))


@command("mute")
def mute_layer(edit: Edit, role: str, layer: str, muted: bool = True) -> Timeline:
    """Switch a layer off or on."""
    return edit.put_layer(role, changed(edit.layer(role, layer), muted=muted))
