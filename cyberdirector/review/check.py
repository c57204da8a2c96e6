"""All checks of a character file in one report."""

from __future__ import annotations

from pathlib import Path

from cyberdirector.core.errors import InputRefused, Location
from cyberdirector.review.finding import Report
from cyberdirector.review.khronos import add_validation, available
from cyberdirector.review.soundness import check_character, sparse_share
from cyberdirector.review.vrm_rules import check_vrm

SPARSE_SHARE = 0.9
"""Share of shapes that should be stored sparse: a face moves few vertices."""


def check_file(path: Path) -> Report:
    """Return what is wrong with a VRM file and its figures.

    Rules of VRM 1.0; numbers, budgets, weights, T-pose, shapes, lips, springs, hidden skin;
    and the Khronos validator where it is installed.

    Raises
    ------
    InputRefused
        The file is missing or cannot be read at all.
    """
    from cyberdirector.formats import read_vrm
    from cyberdirector.formats.gltf.document import read_gltf

    if not path.is_file():
        raise InputRefused(
            "model-missing",
            "找不到这个文件，请检查路径。",
            "There is no such file; look at the path.",
            Location(str(path)),
        )
    root = read_gltf(path).root.data()
    report = Report(str(path))
    report.figures["bytes"] = path.stat().st_size
    check_vrm(root, report)
    share = sparse_share(root)
    report.figures["sparse_shapes"] = round(share, 3)
    if share < SPARSE_SHARE:
        report.warn(
            "dense-shapes",
            f"只有 {share:.0%} 的表情数据是稀疏的，文件会很大。",
            f"Only {share:.0%} of the shape data are sparse; the file is larger than need be.",
        )
    if report.ok:
        character = read_vrm(path)
        for note in character.extras.get("import_notes", []):
            report.warn("import-note", str(note), str(note))
        check_character(character, report)
    if available():
        add_validation(path, report)
    else:
        report.info(
            "khronos-absent",
            "未安装 Khronos glTF 校验器（npm gltf-validator），跳过该项检查。",
            "The Khronos glTF validator (npm gltf-validator) is not installed; it was not run.",
        )
    return report
