"""Commands on what the camera sees: boundaries, cameras, lens, framing, light, set."""

from __future__ import annotations

from typing import Any, Literal

from cyberdirector.timeline.commands._edit import Edit, changed, refuse
from cyberdirector.timeline.commands._registry import command
from cyberdirector.timeline.document import Timeline
from cyberdirector.timeline.items import (
    RATIOS,
    CameraItem,
    FramingItem,
    LightItem,
    SetItem,
    ShotItem,
    Vector,
)

_NEAR = 0.03
"""How far a picture's ratio may be from a named one."""


def ratio_of(size: tuple[int, int]) -> str:
    """Return the name of the format of a picture, or an empty string."""
    aspect = size[0] / size[1]
    for name in RATIOS:
        width, height = (float(x) for x in name.split(":"))
        if abs(aspect / (width / height) - 1.0) < _NEAR:
            return name
    return ""


def _neighbour(edit: Edit, shot: ShotItem, step: int) -> ShotItem | None:
    """Return the shot before or after, if it is of the same scene."""
    number = edit.timeline.shots.index(shot) + step
    if not 0 <= number < len(edit.timeline.shots):
        return None
    other = edit.timeline.shots[number]
    return other if other.scene == shot.scene else None


@command("shot")
def move_boundary(
    edit: Edit, shot: str, start: int | None = None, end: int | None = None
) -> Timeline:
    """Move the cut at the start or end of a shot; the neighbour gives or takes the frames."""
    shots = list(edit.timeline.shots)
    for side, frame in (("start", start), ("end", end)):
        if frame is None:
            continue
        inner = edit.on(edit.with_(shots=shots))
        mine = inner.shot(shot)
        other = _neighbour(inner, mine, -1 if side == "start" else 1)
        if other is None:
            refuse(
                "boundary-fixed",
                f"镜头 {shot} 的这一端是本场的边界，不能移动。",
                f"shot {shot} begins or ends its scene there; that cut cannot move.",
                track=shot, frame=frame,
            )  # fmt: skip
        pair = (other, mine) if side == "start" else (mine, other)
        if not pair[0].start < frame < pair[1].end:
            refuse(
                "span-negative",
                f"切点第 {frame} 帧不在镜头 {pair[0].id} 与 {pair[1].id} 之间"
                f"（{pair[0].start + 1}–{pair[1].end - 1}）。",
                f"a cut at frame {frame} leaves {pair[0].id} or {pair[1].id} without length; "
                f"use {pair[0].start + 1} to {pair[1].end - 1}.",
                track=shot, frame=frame,
            )  # fmt: skip
        moved = frame - pair[1].start
        late = changed(pair[1], start=frame, cameras=_later(pair[1].cameras, moved))
        early = changed(pair[0], end=frame)
        shots = [{early.id: early, late.id: late}.get(x.id, x) for x in shots]
    return edit.with_(shots=shots)


def _later(cameras: list[CameraItem], by: int) -> list[CameraItem]:
    """Return camera keys that stay where they are in the film when a shot starts later."""
    if len(cameras) == 1:
        return cameras
    return [changed(key, frame=key.frame - by) for key in cameras]


@command("cut")
def cut_shot(edit: Edit, shot: str, at: int, name: str = "") -> Timeline:
    """Cut a shot in two at a frame; both have the camera that it had."""
    whole = edit.shot(shot)
    if not whole.start < at < whole.end:
        refuse(
            "split-outside",
            f"镜头 {shot} 在第 {whole.start}–{whole.end} 帧，第 {at} 帧不在其中。",
            f"shot {shot} has frames {whole.start}:{whole.end}; frame {at} is not inside.",
            track=shot, frame=at,
        )  # fmt: skip
    used = [x.id for x in edit.timeline.shots]
    new = name or edit.fresh(f"{shot}-", [*used, f"{shot}-1"])
    if new in used:
        refuse("shot-exists", f"已有镜头“{new}”。", f"there is a shot '{new}'.", track=new)
    left = changed(whole, end=at)
    right = changed(whole, id=new, start=at, cameras=_later(whole.cameras, at - whole.start))
    shots = [y for x in edit.timeline.shots for y in ((left, right) if x is whole else (x,))]
    return edit.with_(shots=shots)


@command("join")
def join_shots(edit: Edit, shot: str) -> Timeline:
    """Join a shot with the one after it; its camera goes on."""
    mine = edit.shot(shot)
    other = _neighbour(edit, mine, 1)
    if other is None:
        refuse(
            "boundary-fixed",
            f"镜头 {shot} 之后本场没有别的镜头。",
            f"there is no shot after {shot} in its scene.",
            track=shot,
        )
    segments = list(dict.fromkeys([*mine.segments, *other.segments]))
    whole = changed(mine, end=other.end, segments=segments)
    shots = [whole if x is mine else x for x in edit.timeline.shots if x is not other]
    return edit.with_(shots=shots)


@command("camera")
def set_camera(
    edit: Edit,
    shot: str,
    frame: int = 0,
    eye: Vector | None = None,
    target: Vector | None = None,
    fov: float | None = None,
    roll: float | None = None,
    ease: Literal["", "step", "linear", "in", "out", "inout"] | None = None,
    remove: bool = False,
) -> Timeline:
    """Set or remove a key of a shot's camera; frames count from the shot's start."""
    mine = edit.shot(shot)
    if not 0 <= frame < mine.frames:
        refuse(
            "frame-outside",
            f"镜头 {shot} 有 {mine.frames} 帧，没有第 {frame} 帧。",
            f"shot {shot} has {mine.frames} frames; there is no frame {frame}.",
            track=shot, frame=frame,
        )  # fmt: skip
    keys = {key.frame: key for key in mine.cameras}
    if remove:
        if frame not in keys or len(keys) == 1:
            refuse(
                "key-unknown",
                f"镜头 {shot} 在第 {frame} 帧没有可删的相机关键帧。",
                f"shot {shot} has no camera key at frame {frame} that could go.",
                track=shot, frame=frame,
            )  # fmt: skip
        del keys[frame]
    else:
        base = keys.get(frame) or camera_between(mine, frame)
        given = {"eye": eye, "target": target, "fov": fov, "roll": roll, "ease": ease}
        fields = {name: value for name, value in given.items() if value is not None}
        keys[frame] = changed(base, frame=frame, **fields)
    cameras = [keys[number] for number in sorted(keys)]
    seen = ratio_of(edit.timeline.size)
    return edit.put_shot(changed(mine, cameras=cameras, made_for=seen))


def camera_between(shot: ShotItem, frame: float) -> CameraItem:
    """Return the camera of a shot at a frame counted from its start, eased between keys.

    Two keys without an ease are joined by a move that starts and ends at rest, more keys
    linearly; see :class:`~cyberdirector.timeline.items.CameraItem`.
    """
    keys = shot.cameras
    if frame <= keys[0].frame:
        return keys[0]
    if frame >= keys[-1].frame:
        return keys[-1]
    after = next(i for i, key in enumerate(keys) if key.frame > frame)
    a, b = keys[after - 1], keys[after]
    t = eased(a.ease or ("inout" if len(keys) == 2 else "linear"),
              (frame - a.frame) / (b.frame - a.frame))  # fmt: skip

    def mix(p: Vector, q: Vector) -> Vector:
        x, y, z = (u + (v - u) * t for u, v in zip(p, q, strict=True))
        return x, y, z

    return CameraItem(
        frame=a.frame,
        eye=mix(a.eye, b.eye),
        target=mix(a.target, b.target),
        fov=a.fov + (b.fov - a.fov) * t,
        roll=a.roll + (b.roll - a.roll) * t,
        ease=a.ease,
    )


def eased(ease: str, t: float) -> float:
    """Return how far a move is, 0..1, at share ``t`` of its time (cubic Hermite)."""
    if ease == "step":
        return 0.0
    if ease == "in":
        return t * t * (2.0 - t)
    if ease == "out":
        return t * (1.0 + t - t * t)
    return t if ease == "linear" else t * t * (3.0 - 2.0 * t)


@command("lens")
def set_lens(edit: Edit, shot: str, fov: float) -> Timeline:
    """Give all camera keys of a shot another lens (vertical field of view, degrees)."""
    mine = edit.shot(shot)
    cameras = [changed(k, fov=fov) for k in mine.cameras]
    return edit.put_shot(changed(mine, cameras=cameras, made_for=ratio_of(edit.timeline.size)))


@command("reframe")
def set_framing(
    edit: Edit,
    shot: str,
    ratio: str,
    frame: int = 0,
    x: float | None = None,
    y: float | None = None,
    zoom: float | None = None,
    remove: bool = False,
) -> Timeline:
    """Set or remove a key of a shot's framing for one picture format."""
    mine = edit.shot(shot)
    if ratio not in RATIOS:
        refuse(
            "ratio-unknown",
            f"没有画幅“{ratio}”；可用：{'、'.join(RATIOS)}。",
            f"there is no format '{ratio}'; use {', '.join(RATIOS)}.",
            track=shot,
        )
    keys = {key.frame: key for key in mine.framing.get(ratio, [])}
    if remove:
        if frame not in keys:
            refuse(
                "key-unknown",
                f"镜头 {shot} 的 {ratio} 在第 {frame} 帧没有取景关键帧。",
                f"shot {shot} has no framing key for {ratio} at frame {frame}.",
                track=shot, frame=frame,
            )  # fmt: skip
        del keys[frame]
    else:
        if not 0 <= frame < mine.frames:
            refuse(
                "frame-outside",
                f"镜头 {shot} 有 {mine.frames} 帧，没有第 {frame} 帧。",
                f"shot {shot} has {mine.frames} frames; there is no frame {frame}.",
                track=shot, frame=frame,
            )  # fmt: skip
        base = keys.get(frame) or FramingItem(frame=frame)
        given = {"x": x, "y": y, "zoom": zoom}
        keys[frame] = changed(base, **{k: v for k, v in given.items() if v is not None})
    framing = {**mine.framing, ratio: [keys[number] for number in sorted(keys)]}
    if not framing[ratio]:
        del framing[ratio]
    return edit.put_shot(changed(mine, framing=dict(sorted(framing.items()))))


@command("light")
def set_light(
    edit: Edit,
    shot: str = "",
    preset: str = "",
    scene: str = "",
    start: int | None = None,
    end: int | None = None,
    values: dict[str, Any] | None = None,
    remove: str = "",
) -> Timeline:
    """Light a shot by another preset, or shots of a span by a preset and values of the rig."""
    if remove:
        rows = [item for item in edit.timeline.lights if item.id != remove]
        if len(rows) == len(edit.timeline.lights):
            refuse("light-unknown", f"没有灯光“{remove}”。", f"there is no light '{remove}'.")
        return edit.with_(lights=rows)
    if shot and not values:
        return edit.put_shot(changed(edit.shot(shot), light=preset or edit.shot(shot).light))
    if shot:
        mine = edit.shot(shot)
        scene, start, end = mine.scene, mine.start, mine.end
    scene, first, last = _scene_span(edit, scene, start, end)
    _check_values(values or {}, scene)
    item = LightItem(
        id=edit.fresh("light", [x.id for x in edit.timeline.lights]), scene=scene,
        start=first, end=last, preset=preset, values=values or {},
    )  # fmt: skip
    return edit.with_(lights=[*edit.timeline.lights, item])


@command("set")
def set_place(
    edit: Edit,
    scene: str,
    set: str = "",
    start: int | None = None,
    end: int | None = None,
    remove: str = "",
) -> Timeline:
    """Play a scene, or a span of it, in another set of the project."""
    if remove:
        rows = [item for item in edit.timeline.sets if item.id != remove]
        return edit.with_(sets=rows)
    scene, first, last = _scene_span(edit, scene, start, end)
    name = edit.fresh("set", [x.id for x in edit.timeline.sets])
    item = SetItem(id=name, scene=scene, start=first, end=last, set=set)
    return edit.with_(sets=[*edit.timeline.sets, item])


def _scene_span(
    edit: Edit, scene: str, start: int | None, end: int | None
) -> tuple[str, int, int]:
    found = next((x for x in edit.timeline.scenes if x.id == scene), None)
    if found is None:
        known = [x.id for x in edit.timeline.scenes]
        refuse(
            "scene-unknown",
            f"没有场景“{scene}”；有：{'、'.join(known)}。",
            f"there is no scene '{scene}'; there are {', '.join(known)}.",
            track=scene,
        )
    first = found.start if start is None else start
    last = found.end if end is None else end
    edit.check_span(first, last, scene)
    return scene, first, last


_NUMBERS = {"fog_density": 1, "bloom": 1, "shafts": 1}
_TUPLES = {"key_direction": 3, "key_color": 3, "fog_color": 3, "grade": 4}
_WORDS = ("weather", "lut")


def _check_values(values: dict[str, Any], scene: str) -> None:
    """Refuse values that a light rig does not have."""
    for name, value in values.items():
        numbers = [value] if name in _NUMBERS else value if name in _TUPLES else []
        width = _NUMBERS.get(name) or _TUPLES.get(name)
        good = name in _WORDS and isinstance(value, str)
        if width is not None and isinstance(numbers, list | tuple):
            good = len(numbers) == width and all(
                isinstance(x, int | float) and abs(x) < 1e6 for x in numbers
            )
        if not good:
            known = ", ".join([*_NUMBERS, *_TUPLES, *_WORDS])
            refuse(
                "light-value",
                f"灯光没有这样的数值 {name}={value!r}；可用：{known}。",
                f"a light has no value {name}={value!r}; there are {known}.",
                track=scene,
            )
