"""Are the files of a take valid? Khronos' validator on motion, and on character and motion."""

from __future__ import annotations

import tempfile
from pathlib import Path

from bars import bar, measure, note
from lines import cast, spoken

from cyberdirector.core.speech import Emotion
from cyberdirector.formats import write_motion_glb, write_vrma
from cyberdirector.perform.take import Acting, perform_line
from cyberdirector.review.khronos import available, validate


@measure("files")
def files() -> None:
    """Count errors and warnings in takes of every character."""
    if not available():
        note("the Khronos validator is not installed: npm gltf-validator")
        return
    text, speech = spoken()[0]
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for number, person in enumerate(cast()):
            take = perform_line(person, speech, text, Acting(((0.0, Emotion("sad", 0.9)),)))
            path = Path(folder) / f"{number}.vrma"
            write_vrma(path, take.clip, person.rest())
            write_motion_glb(path.with_suffix(".glb"), person, take.clip, "take")
            paths += [path, path.with_suffix(".glb")]
        found = [answer["issues"] for answer in validate(paths).values()]
    bar(f"validator errors in {len(found)} files", sum(i["numErrors"] for i in found), "≤", 0)
    bar("validator warnings", sum(i["numWarnings"] for i in found), "≤", 0)
