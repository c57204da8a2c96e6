"""A cut as OpenTimelineIO: what Resolve, Premiere, Hiero, RV and Blender's tools read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cyberdirector.core.files import write_bytes
from cyberdirector.core.time import Rate
from cyberdirector.timeline.export_cuts import Cut, CutList


def _span(start: int, frames: int, rate: Rate) -> Any:
    import opentimelineio as otio

    time = otio.opentime.RationalTime
    return otio.opentime.TimeRange(time(start, rate.fps), time(frames, rate.fps))


def _track(film: CutList, name: str, kind: str, cuts: list[Cut]) -> Any:
    import opentimelineio as otio

    track = otio.schema.Track(name, kind=kind)
    at = 0
    for cut in cuts:
        if cut.start > at:
            track.append(otio.schema.Gap(source_range=_span(0, cut.start - at, film.rate)))
        whole = _span(0, cut.frames, film.rate)
        media = otio.schema.ExternalReference(film.url(cut.file), whole)
        own = {"cyberdirector": {"why": cut.note}} if cut.note else {}
        track.append(otio.schema.Clip(cut.name, media, whole, metadata=own))
        at = cut.end
    return track


def otio_timeline(film: CutList) -> Any:
    """Return the ``opentimelineio.schema.Timeline`` of a cut.

    Pictures lie on ``V1``, sounds on ``A1`` …; markers on the whole; subtitles as markers of
    the video track, because OpenTimelineIO has no text of its own.
    """
    import opentimelineio as otio

    start = otio.opentime.RationalTime(0, film.rate.fps)
    timeline = otio.schema.Timeline(film.name, global_start_time=start)
    own = {"rate": [film.rate.num, film.rate.den], "size": list(film.size)}
    timeline.metadata["cyberdirector"] = own
    video = _track(film, "V1", otio.schema.TrackKind.Video, film.cuts)
    for text in film.texts:
        video.markers.append(
            otio.schema.Marker(
                text.text,
                _span(text.start, text.end - text.start, film.rate),
                otio.schema.MarkerColor.WHITE,
                {"cyberdirector": {"subtitle": True, "speaker": text.speaker}},
            )
        )
    timeline.tracks.append(video)
    for number, row in enumerate(film.sounds, 1):
        timeline.tracks.append(_track(film, f"A{number}", otio.schema.TrackKind.Audio, row))
    for marker in film.markers:
        timeline.tracks.markers.append(
            otio.schema.Marker(marker.name, _span(marker.frame, 1, film.rate))
        )
    return timeline


def write_otio(path: Path, film: CutList) -> None:
    """Write a cut as ``.otio`` in one step."""
    import opentimelineio as otio

    text = otio.adapters.write_to_string(otio_timeline(film), "otio_json")
    write_bytes(path, text.encode("utf-8"))
