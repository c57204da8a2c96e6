"""A cut as Final Cut Pro XML 1.8: what Final Cut Pro, Resolve and Premiere's plug-ins read.

All times are whole numbers of frames as exact fractions of a second (``1001/30000s``). Own
writer and reader: that of OpenTimelineIO's adapter leaves the frame duration empty and rounds
29.97 to 29 frames a second when it reads.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from cyberdirector.core.errors import InputRefused, Location
from cyberdirector.core.files import write_bytes
from cyberdirector.core.time import Rate
from cyberdirector.timeline.export_cuts import Cut, CutList, is_drop


def _time(frames: int, rate: Rate) -> str:
    return f"{frames * rate.den}/{rate.num}s" if frames else "0s"


class _Writer:
    """Builds the tree of one film."""

    def __init__(self, film: CutList) -> None:
        self.film = film
        self.root = ET.Element("fcpxml", version="1.8")
        self.resources = ET.SubElement(self.root, "resources")
        width, height = film.size
        ET.SubElement(
            self.resources, "format", id="r1", frameDuration=_time(1, film.rate),
            width=str(width), height=str(height), colorSpace="1-1-1 (Rec. 709)",
        )  # fmt: skip
        self.assets: dict[str, str] = {}

    def asset(self, cut: Cut, sound: bool) -> str:
        """Return the id of a file, stated once among the resources."""
        if cut.file not in self.assets:
            name = f"r{len(self.assets) + 2}"
            self.assets[cut.file] = name
            item = ET.SubElement(
                self.resources, "asset", id=name, name=cut.name, src=self.film.url(cut.file),
                start="0s", duration=_time(cut.frames, self.film.rate),
            )  # fmt: skip
            sound_of = {"hasAudio": "1", "audioSources": "1", "audioChannels": "1"}
            item.attrib.update(sound_of if sound else {"hasVideo": "1", "format": "r1"})
        return self.assets[cut.file]

    def clip(self, parent: ET.Element, cut: Cut, offset: int, lane: int = 0) -> ET.Element:
        """Add a clip at ``offset`` frames of its parent's time."""
        item = ET.SubElement(
            parent, "asset-clip", name=cut.name, ref=self.asset(cut, bool(lane)),
            offset=_time(offset, self.film.rate), start="0s",
            duration=_time(cut.frames, self.film.rate),
        )  # fmt: skip
        hung = {"lane": str(lane), "audioRole": "dialogue"}
        item.attrib.update(hung if lane else {"format": "r1"})
        return item

    def gap(self, spine: ET.Element, start: int, end: int) -> ET.Element:
        """Add black."""
        return ET.SubElement(
            spine, "gap", name="Gap", offset=_time(start, self.film.rate), start="0s",
            duration=_time(end - start, self.film.rate),
        )  # fmt: skip

    def spine(self, spine: ET.Element) -> None:
        """Lay shots one after the other; sounds, subtitles and markers hang on them."""
        homes: list[tuple[int, int, ET.Element]] = []
        at = 0
        for cut in self.film.cuts:
            if cut.start > at:
                homes.append((at, cut.start, self.gap(spine, at, cut.start)))
            homes.append((cut.start, cut.end, self.clip(spine, cut, cut.start)))
            at = cut.end
        if self.film.frames > at:
            homes.append((at, self.film.frames, self.gap(spine, at, self.film.frames)))
        for start, end, home in homes:
            self._hang(home, start, end)

    def _hang(self, home: ET.Element, start: int, end: int) -> None:
        """Hang on a shot what begins in it: sounds, subtitles, markers, in this order."""
        rate = self.film.rate
        for lane, row in enumerate(self.film.sounds, 1):
            for sound in row:
                if start <= sound.start < end:
                    self.clip(home, sound, sound.start - start, -lane)
        for text in self.film.texts:
            if start <= text.start < end:
                caption = ET.SubElement(
                    home, "caption", name=text.text[:40], lane="1", start="3600s",
                    role="SRT?captionFormat=SRT.zh-Hans",
                    offset=_time(text.start - start, rate),
                    duration=_time(text.end - text.start, rate),
                )  # fmt: skip
                ET.SubElement(ET.SubElement(caption, "text"), "text-style").text = text.text
        for marker in self.film.markers:
            if start <= marker.frame < end:
                ET.SubElement(
                    home, "marker", start=_time(marker.frame - start, rate),
                    duration=_time(1, rate), value=marker.name,
                )  # fmt: skip


def fcpxml_text(film: CutList) -> str:
    """Return the Final Cut Pro XML of a cut."""
    writer = _Writer(film)
    library = ET.SubElement(writer.root, "library")
    event = ET.SubElement(library, "event", name=film.name)
    project = ET.SubElement(event, "project", name=film.name)
    sequence = ET.SubElement(
        project, "sequence", format="r1", duration=_time(film.frames, film.rate), tcStart="0s",
        tcFormat="DF" if is_drop(film.rate) else "NDF",
    )  # fmt: skip
    writer.spine(ET.SubElement(sequence, "spine"))
    ET.indent(writer.root)
    body = ET.tostring(writer.root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE fcpxml>\n{body}\n'


def write_fcpxml(path: Path, film: CutList) -> None:
    """Write a cut as ``.fcpxml`` in one step."""
    write_bytes(path, fcpxml_text(film).encode("utf-8"))


def read_fcpxml(text: str) -> Any:
    """Return the ``opentimelineio.schema.Timeline`` of a Final Cut Pro XML of ours.

    Exact at every rate: frames are counted from the fractions, not from rounded rates.

    Raises
    ------
    InputRefused
        ``fcpxml-invalid``.
    """
    import opentimelineio as otio

    try:
        if "<!ENTITY" in text:
            raise ValueError("entities")
        root = ET.fromstring(text)
        sequence = root.find(".//sequence")
        shape = root.find("resources/format")
        if sequence is None or shape is None:
            raise ValueError("no sequence or no format")
        step = _seconds(shape.get("frameDuration", ""))
        rate = Rate(step.denominator, step.numerator)
        files = {x.get("id", ""): x.get("src", "") for x in root.iterfind("resources/asset")}
        project = root.find(".//project")
        name = project.get("name", "") if project is not None else ""
        timeline = otio.schema.Timeline(name)
        tracks: dict[int, Any] = {}
        for home in sequence.iterfind("spine/*"):
            first = _frames(home.get("offset", "0s"), step)
            _read_clip(tracks, home, 0, first, step, rate, files)
            for inner in home.iterfind("asset-clip"):
                at = first + _frames(inner.get("offset", "0s"), step)
                lane = int(inner.get("lane", "0"))
                _read_clip(tracks, inner, lane, at, step, rate, files)
    except (ET.ParseError, ValueError, ZeroDivisionError) as error:
        raise InputRefused(
            "fcpxml-invalid",
            f"不是可读的 FCPXML：{error}。",
            f"this is no FCPXML that can be read: {error}.",
            Location(),
        ) from error
    for lane in sorted(tracks, reverse=True):
        timeline.tracks.append(tracks[lane])
    return timeline


def _read_clip(
    tracks: dict[int, Any],
    element: ET.Element,
    lane: int,
    at: int,
    step: Fraction,
    rate: Rate,
    files: dict[str, str],
) -> None:
    import opentimelineio as otio

    def span(start: int, frames: int) -> Any:
        time = otio.opentime.RationalTime
        return otio.opentime.TimeRange(time(start, rate.fps), time(frames, rate.fps))

    if element.tag != "asset-clip":
        return
    kind = otio.schema.TrackKind.Audio if lane < 0 else otio.schema.TrackKind.Video
    name = f"A{-lane}" if lane < 0 else f"V{lane + 1}"
    track = tracks.setdefault(lane, otio.schema.Track(name, kind=kind))
    end = int(track.duration().value) if len(track) else 0
    if at > end:
        track.append(otio.schema.Gap(source_range=span(0, at - end)))
    start = _frames(element.get("start", "0s"), step)
    frames = _frames(element.get("duration", "0s"), step)
    media = otio.schema.ExternalReference(files.get(element.get("ref", ""), ""))
    track.append(otio.schema.Clip(element.get("name", ""), media, span(start, frames)))


def _seconds(text: str) -> Fraction:
    return Fraction(text.removesuffix("s"))


def _frames(text: str, step: Fraction) -> int:
    count = _seconds(text) / step
    if count.denominator != 1:
        raise ValueError(f"{text} is no whole number of frames")
    return int(count)
