"""Cuts in other programs after an hour."""

from __future__ import annotations

from typing import Any

import numpy as np
from bars import bar, measure, note

from cyberdirector.core.time import Rate
from cyberdirector.timeline.export_cuts import Cut, CutList
from cyberdirector.timeline.export_edl import edl_text
from cyberdirector.timeline.export_fcpxml import fcpxml_text, read_fcpxml
from cyberdirector.timeline.export_otio import otio_timeline


def film(rate: Rate) -> CutList:
    """Return an hour of shots with Chinese names."""
    rng = np.random.default_rng(4)
    total = round(3600 * rate.fps)
    ends = np.unique(np.append(rng.integers(1, total, 800), total)).tolist()
    cuts = [
        Cut(f"云来茶馆·夜 {i}", f"shots/镜头{i}.mp4", a, b)
        for i, (a, b) in enumerate(zip([0, *ends], ends, strict=False))
    ]
    return CutList("雨夜茶馆", rate, (1080, 1920), total, cuts, [], [], [])


def wrong(made: CutList, found: Any) -> int:
    """Return how many cuts came back with another name, place or length."""
    clips = [
        (c.name, c.range_in_parent().start_time.value, c.range_in_parent().duration.value)
        for c in found.find_clips()
    ]
    same = sum(a == (b.name, b.start, b.frames) for a, b in zip(clips, made.cuts, strict=False))
    return max(len(clips), len(made.cuts)) - same


@measure("exports")
def exports() -> None:
    """Written, read back through OpenTimelineIO, counted."""
    import opentimelineio as otio

    for rate in (Rate(30000, 1001), Rate(25)):
        made = film(rate)
        text = otio.adapters.write_to_string(otio_timeline(made), "otio_json")
        edl = otio.adapters.read_from_string(edl_text(made), "cmx_3600", rate=rate.fps)
        xml = fcpxml_text(made)
        rows = {
            "OTIO": otio.adapters.read_from_string(text, "otio_json"),
            "EDL": edl,
            "FCPXML": read_fcpxml(xml),
        }
        for name, found in rows.items():
            bar(f"wrong cuts of {len(made.cuts)}, {name} at {rate.fps:.6g}",
                wrong(made, found), "≤", 0)  # fmt: skip
        stock = otio.adapters.read_from_string(xml, "fcpx_xml")[0]
        note(f"the adapter's own FCPXML reader: {wrong(made, stock)} wrong (counts in floats "
             "and whole rates)")  # fmt: skip
