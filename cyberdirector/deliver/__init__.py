"""From frames and sound to the finished film: encode, mix, letter, label, check."""

from __future__ import annotations

from cyberdirector.deliver.cues import Cue, write_srt
from cyberdirector.deliver.encode import SegmentWriter, check_size, join_segments
from cyberdirector.deliver.label import LABEL_TEXT, aigc_fields, read_label, verify_label
from cyberdirector.deliver.lettering import Lettering, Overlay, Words, blend

__all__ = [
    "LABEL_TEXT",
    "Cue",
    "Lettering",
    "Overlay",
    "SegmentWriter",
    "Words",
    "aigc_fields",
    "blend",
    "check_size",
    "join_segments",
    "read_label",
    "verify_label",
    "write_srt",
]
