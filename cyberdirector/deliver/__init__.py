"""From frames and sound to the finished film: encode, mix, letter, label, check."""

from __future__ import annotations

from cyberdirector.deliver.check import check_delivery
from cyberdirector.deliver.control import ControlWriter, write_control
from cyberdirector.deliver.cues import Cue, write_srt
from cyberdirector.deliver.encode import SegmentWriter, check_size
from cyberdirector.deliver.foley import foley
from cyberdirector.deliver.join import join_segments
from cyberdirector.deliver.label import LABEL_TEXT, aigc_fields, read_label, verify_label
from cyberdirector.deliver.lettering import Lettering, Overlay, Words, blend
from cyberdirector.deliver.mix import EFFECTS, TREATMENTS
from cyberdirector.deliver.soundtrack import MixEffect, MixLine, MixScene, mix

__all__ = [
    "EFFECTS",
    "LABEL_TEXT",
    "TREATMENTS",
    "ControlWriter",
    "Cue",
    "Lettering",
    "MixEffect",
    "MixLine",
    "MixScene",
    "Overlay",
    "SegmentWriter",
    "Words",
    "aigc_fields",
    "blend",
    "check_delivery",
    "check_size",
    "foley",
    "join_segments",
    "mix",
    "read_label",
    "verify_label",
    "write_control",
    "write_srt",
]
