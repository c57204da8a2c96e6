"""The timeline of the episode as it is generated: all scenes after each other."""

from __future__ import annotations

import math
from dataclasses import dataclass

from cyberdirector.core.hashing import content_hash
from cyberdirector.core.time import Rate
from cyberdirector.deliver import TREATMENTS, foley
from cyberdirector.script import Line, Scene
from cyberdirector.stage.blocking import Blocking
from cyberdirector.stage.shot import Shot
from cyberdirector.timeline import (
    AudioItem,
    CameraItem,
    EffectItem,
    LineItem,
    MotionItem,
    SceneItem,
    SegmentItem,
    ShotItem,
    TextItem,
    Timeline,
)

LEAST_TEXT = 0.6
"""Seconds: lines that are said together stand in one subtitle where the first would be shown
more briefly."""

LABEL_SECONDS = 2.5
PLACE_SECONDS = 2.2


@dataclass(frozen=True)
class StagedScene:
    """One scene after staging.

    Attributes
    ----------
    scene
        From the script.
    set_name, light
        Where and in which light.
    blocking
        Segments and who is visible when.
    shots
        In order.
    motion
        Role → path of its take, relative to the project.
    ambience, inside
        Tags for the sound of the place; whether it has a floor of wood and a door.
    """

    scene: Scene
    set_name: str
    light: str
    blocking: Blocking
    shots: list[Shot]
    motion: dict[str, str]
    ambience: list[str]
    inside: bool = True


def _shot_item(shot: Shot, offset: int) -> ShotItem:
    cameras = [
        CameraItem(
            frame=key.frame,
            eye=key.camera.eye,
            target=key.camera.target,
            fov=round(math.degrees(key.camera.fov), 4),
            roll=round(math.degrees(key.camera.roll), 4),
        )
        for key in shot.keys
    ]
    return ShotItem(
        id=shot.id,
        scene=shot.scene,
        start=offset + shot.start,
        end=offset + shot.end,
        size=shot.size,
        subjects=list(shot.subjects),
        cameras=cameras,
        light=shot.light,
        segments=list(shot.segments),
        why=shot.why,
    )


def _motion_items(staged: StagedScene, offset: int, frames: int) -> list[MotionItem]:
    items = []
    for role, file in staged.motion.items():
        first, last = staged.blocking.visible.get(role, (0, 0))
        if last > first:
            items.append(
                MotionItem(
                    id=f"{staged.scene.id}-{role}",
                    role=role,
                    file=file,
                    start=offset,
                    end=offset + frames,
                    visible_from=offset + first,
                    visible_to=offset + last,
                )
            )
    return items


def _segment_items(staged: StagedScene, offset: int) -> list[SegmentItem]:
    items, start = [], offset
    for segment in staged.blocking.score.segments:
        end = start + segment.frames
        if end > start:
            scene = staged.scene.id
            items.append(SegmentItem(id=segment.id, scene=scene, start=start, end=end))
        start = end
    return items


def _line_items(
    staged: StagedScene, offset: int, rate: Rate
) -> tuple[list[AudioItem], list[TextItem]]:
    lines = {line.id: line for line in staged.scene.lines()}
    audio: list[AudioItem] = []
    texts: list[TextItem] = []
    start = offset
    for segment in staged.blocking.score.segments:
        line = lines.get(segment.id)
        if line is not None and segment.speech is not None:
            first = start + segment.speech_start
            last = first + rate.ceil(segment.speech.duration)
            pan = _pan(staged, line)
            audio.append(
                AudioItem(
                    id=line.id,
                    file=f"takes/{line.id}.wav",
                    start=first,
                    end=last,
                    role=line.speaker,
                    pan=pan,
                    treatment=next((t for t in TREATMENTS if t and t in line.delivery), ""),
                )
            )
            hold = min(last + rate.frames(0.3), start + segment.frames)
            words, shown = line.text, first
            if texts and texts[-1].end > first:  # a line that goes on under this one
                before = texts[-1]
                texts[-1] = before.model_copy(update={"end": first})
                if first - before.start < rate.frames(LEAST_TEXT):
                    first_words = before.text if "　－" in before.text else f"－{before.text}"
                    words, shown = f"{first_words}　－{line.text}", before.start
                    texts.pop()
            texts.append(
                TextItem(
                    kind="subtitle",
                    text=words,
                    start=shown,
                    end=last if segment.spills else hold,
                    speaker=line.speaker,
                    id=line.id,
                )
            )
        start += segment.frames
    return audio, texts


def _effect_items(staged: StagedScene, offset: int, rate: Rate) -> list[EffectItem]:
    """Return the sounds of moves that are seen."""
    items = []
    start = offset
    for segment in staged.blocking.score.segments:
        for number, cue in enumerate(segment.cues):
            sounds = foley(
                cue.move,
                start + cue.start,
                cue.frames,
                rate,
                inside=staged.inside,
                pan=_pan_of(staged, cue.role),
                id=f"{segment.id}-{number}",
            )
            items += [
                EffectItem(name=s.name, start=s.start, pan=s.pan, gain=s.gain, id=s.id)
                for s in sounds
            ]
        start += segment.frames
    return items


def _pan(staged: StagedScene, line: Line) -> float:
    """Return a slight place in the stereo picture, the same for a role all through."""
    return 0.0 if line.off_screen else _pan_of(staged, line.speaker)


def _pan_of(staged: StagedScene, role: str) -> float:
    roles = sorted(staged.motion)
    if role not in roles or len(roles) < 2:
        return 0.0
    return round(-0.22 + 0.44 * roles.index(role) / (len(roles) - 1), 3)


def assemble(
    scenes: list[StagedScene], rate: Rate, size: tuple[int, int], label: str
) -> Timeline:
    """Return the timeline of all scenes in order, with the AI label over its head."""
    timeline = Timeline(rate=(rate.num, rate.den), size=size, frames=0)
    offset = 0
    for staged in scenes:
        frames = staged.blocking.score.frames
        timeline.scenes.append(
            SceneItem(
                id=staged.scene.id,
                place=staged.scene.place,
                set=staged.set_name,
                light=staged.light,
                ambience=staged.ambience,
                start=offset,
                end=offset + frames,
            )
        )
        timeline.segments += _segment_items(staged, offset)
        timeline.shots += [_shot_item(shot, offset) for shot in staged.shots]
        timeline.motion += _motion_items(staged, offset, frames)
        audio, texts = _line_items(staged, offset, rate)
        timeline.audio += audio
        timeline.lines += [
            LineItem(id=item.id, role=item.role, start=item.start, end=item.end)
            for item in audio
        ]
        timeline.effects += _effect_items(staged, offset, rate)
        for number, (start, end, text) in enumerate(staged.blocking.captions, 1):
            texts.append(
                TextItem(
                    kind="caption",
                    text=text,
                    start=offset + start,
                    end=offset + end,
                    id=f"{staged.scene.id}-caption-{number}",
                )
            )
        if staged.scene.place and not staged.blocking.captions:
            first = offset + rate.frames(0.3)
            texts.append(
                TextItem(
                    kind="place",
                    text=staged.scene.place,
                    start=first,
                    end=first + rate.frames(PLACE_SECONDS),
                    id=f"{staged.scene.id}-place",
                )
            )
        timeline.texts += texts
        offset += frames
    timeline.frames = offset
    timeline.texts.insert(
        0,
        TextItem(
            kind="label",
            text=label,
            start=0,
            end=min(offset, rate.ceil(LABEL_SECONDS)),
            id="label",
        ),
    )
    return timeline


def camera_hash(shot: ShotItem) -> str:
    """Return the hash of what a person may change in a shot."""
    return content_hash([c.model_dump() for c in shot.cameras], shot.light)
