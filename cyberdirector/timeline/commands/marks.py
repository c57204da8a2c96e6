"""Commands on markers, words, sounds and nested scenes."""

from __future__ import annotations

from cyberdirector.timeline.commands._edit import Edit, changed, refuse
from cyberdirector.timeline.commands._registry import command
from cyberdirector.timeline.document import Timeline
from cyberdirector.timeline.items import MarkerItem, NestedItem


@command("marker")
def set_marker(
    edit: Edit,
    frame: int | None = None,
    name: str = "",
    marker: str = "",
    colour: str = "",
    note: str = "",
    role: str = "",
    remove: bool = False,
) -> Timeline:
    """Put a marker at a frame, or change or remove the one called ``marker``."""
    rows = edit.timeline.markers
    if frame is not None:
        edit.check_frame(frame, "markers")
    if not marker:
        if frame is None:
            refuse(
                "marker-without-frame", "标记需要一个帧号。", "a marker needs a frame.",
                track="markers",
            )  # fmt: skip
        item = MarkerItem(
            id=edit.fresh("m", [x.id for x in rows]), frame=frame, name=name or str(frame),
            colour=colour, note=note, role=role,
        )  # fmt: skip
        return edit.with_(markers=sorted([*rows, item], key=lambda x: (x.frame, x.id)))
    old = next((x for x in rows if x.id == marker), None)
    if old is None:
        refuse(
            "marker-unknown",
            f"没有标记“{marker}”；有：{'、'.join(x.id for x in rows) or '（无）'}。",
            f"there is no marker '{marker}'; use {', '.join(x.id for x in rows) or 'none'}.",
            track="markers",
        )
    rest = [x for x in rows if x is not old]
    if remove:
        return edit.with_(markers=rest)
    given = {"frame": frame, "name": name, "colour": colour, "note": note, "role": role}
    fields = {k: v for k, v in given.items() if v not in (None, "")}
    return edit.with_(
        markers=sorted([*rest, changed(old, **fields)], key=lambda x: (x.frame, x.id))
    )


@command("text")
def set_text(
    edit: Edit,
    text: str,
    words: str | None = None,
    start: int | None = None,
    end: int | None = None,
) -> Timeline:
    """Change the words or the span of a subtitle or caption."""
    old = next((x for x in edit.timeline.texts if x.id == text), None)
    if old is None:
        refuse("text-unknown", f"没有字幕“{text}”。", f"there is no text '{text}'.", track=text)
    first = old.start if start is None else start
    last = old.end if end is None else end
    edit.check_span(first, last, text)
    new = changed(old, text=old.text if words is None else words, start=first, end=last)
    return edit.with_(texts=[new if x is old else x for x in edit.timeline.texts])


@command("sound")
def set_sound(
    edit: Edit,
    sound: str,
    gain: float | None = None,
    pan: float | None = None,
    by: int = 0,
    treatment: str | None = None,
) -> Timeline:
    """Change level (dB), place (-1 left … 1), time or treatment of a sound."""
    old = next((x for x in edit.timeline.audio if x.id == sound), None)
    if old is None:
        refuse(
            "sound-unknown",
            f"没有声音“{sound}”。",
            f"there is no sound '{sound}'.",
            track=sound,
        )
    start, end = old.start + by, old.end + by
    edit.check_span(start, end, sound)
    if (pan is not None and not -1.0 <= pan <= 1.0) or (
        gain is not None and not -60.0 <= gain <= 24.0
    ):
        refuse(
            "sound-outside",
            f"声音 {sound}：声像要在 -1 到 1，音量要在 -60 到 24 dB。",
            f"sound {sound}: pan must be -1 to 1 and gain -60 to 24 dB.",
            track=sound,
        )
    given = {"gain": gain, "pan": pan, "treatment": treatment}
    fields = {k: v for k, v in given.items() if v is not None}
    new = changed(old, start=start, end=end, **fields)
    return edit.with_(audio=[new if x is old else x for x in edit.timeline.audio])


@command("nest")
def nest_scene(
    edit: Edit,
    scene: str = "",
    source: str = "",
    start: int = 0,
    end: int | None = None,
    offset: int = 0,
    remove: str = "",
) -> Timeline:
    """Show a span of one scene inside another: a memory, a dream, what happens meanwhile."""
    rows = edit.timeline.nested
    if remove:
        return edit.with_(nested=[x for x in rows if x.id != remove])
    spans = {x.id: x for x in edit.timeline.scenes}
    for name in (scene, source):
        if name not in spans:
            refuse(
                "scene-unknown",
                f"没有场景“{name}”；有：{'、'.join(spans)}。",
                f"there is no scene '{name}'; there are {', '.join(spans)}.",
                track=name,
            )
    length = spans[source].end - spans[source].start - offset
    last = start + length if end is None else end
    edit.check_span(start, last, scene)
    if offset >= spans[source].end - spans[source].start or last - start > length:
        refuse(
            "clip-past-end",
            f"场景 {source} 从第 {offset} 帧起只有 {max(length, 0)} 帧，"
            f"放不满 {start}–{last}。",
            f"scene {source} has {max(length, 0)} frames from {offset} on, too few for "
            f"{start}:{last}.",
            track=scene, frame=start,
        )  # fmt: skip
    if start < spans[scene].start or last > spans[scene].end:
        refuse(
            "span-outside",
            f"第 {start}–{last} 帧不在场景 {scene} 之内。",
            f"frames {start}:{last} are not inside scene {scene}.",
            track=scene, frame=start,
        )  # fmt: skip
    item = NestedItem(
        id=edit.fresh("n", [x.id for x in rows]), scene=scene, source=source, start=start,
        end=last, offset=offset,
    )  # fmt: skip
    return edit.with_(nested=[*rows, item])
