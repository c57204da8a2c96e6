"""The files: Khronos glTF validator and our own rules on shipped and random characters."""

from __future__ import annotations

from pathlib import Path

from bars import QUICK, bar, measure, note
from compiling import RANDOM, files

from cyberdirector.character import recipe_names
from cyberdirector.review import check_file
from cyberdirector.review.khronos import available, counts, validate


@measure("validate")
def formats() -> None:
    """Count errors and warnings of the validator and of our own checks."""
    names = [str(seed) for seed in RANDOM]
    names = [recipe_names()[0], names[0]] if QUICK else [*recipe_names(), *names]
    paths = files(names)
    if available():
        found = validate(paths)
        tally = [counts(found[path]) for path in paths]
        bar(f"validator errors in {len(paths)} files", sum(e for e, _ in tally), "≤", 0)
        bar(f"validator warnings in {len(paths)} files", sum(w for _, w in tally), "≤", 0)
    else:
        note("the Khronos validator is not installed: npm gltf-validator")
    reports = [check_file(path) for path in paths]
    for report in reports:
        for finding in report.findings:
            if finding.level == "error":
                note(f"{Path(report.file).stem}: {finding.code}: {finding.en}")
    bar("errors of our own rules", sum(r.count("error") for r in reports), "≤", 0)
    bar("most triangles", max(r.figures["triangles"] for r in reports), "≤", 160_000)
    bar("most draw calls", max(r.figures["draw_calls"] for r in reports), "≤", 12)
    bar(
        "widest gap of closed lips",
        max(r.figures["lip_gap_mm"] for r in reports),
        "≤",
        1.5,
        " mm",
    )
    heavy = sum(r.figures["triangles"] > 60_000 for r in reports)
    note(f"{heavy} of {len(reports)} have more than 60,000 triangles")
