"""OpenTimelineIO's adapter ``cyberdirector_fcpxml``."""

from __future__ import annotations

from typing import Any

from cyberdirector.timeline.export_fcpxml import read_fcpxml


def read_from_string(input_str: str) -> Any:
    """Return the ``opentimelineio.schema.Timeline`` of a Final Cut Pro XML.

    Raises
    ------
    InputRefused
        ``fcpxml-invalid``.
    """
    return read_fcpxml(input_str)
