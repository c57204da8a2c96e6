"""Pages of faces and of poses."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from cyberdirector.core.face import ARKIT_INDEX, ARKIT_NAMES
from cyberdirector.core.model import Character
from cyberdirector.render.scene import FigureState
from cyberdirector.render.still import save_image
from cyberdirector.review.paper import INK, SOFT_INK, Image, Paper, palette_of
from cyberdirector.review.pose import posed
from cyberdirector.review.poses import EXPRESSIONS, POSES, RELAXED
from cyberdirector.review.sheet import stance_of
from cyberdirector.review.studio import Studio, face_point, tall, view

_CELL, _GAP, _MARGIN, _HEAD = 380, 20, 70, 150


def faced(state: FigureState, character: Character, name: str) -> FigureState:
    """Return the state with a VRM expression of the character on its face."""
    weights = np.zeros_like(state.weights)
    others: dict[str, float] = {}
    expression = character.expressions.get(name)
    for shape, weight in expression.binds if expression is not None else ():
        if shape in ARKIT_INDEX:
            weights[ARKIT_INDEX[shape]] = weight
        else:
            others[shape] = weight
    return FigureState(state.palette, weights, state.head, state.visible, others)


def _faces(character: Character) -> list[tuple[str, str, str]]:
    """Return the presets that the character has, then its expressions beyond ARKit."""
    known = [row for row in EXPRESSIONS if row[0] in character.expressions]
    shown = {name for name, _, _ in known}
    extra = [
        name
        for name, expression in character.expressions.items()
        if not expression.preset and name not in ARKIT_NAMES and name not in shown
    ]
    return known + [(name, name, "") for name in extra[:10]]


def expression_page(character: Character, style: str = "cel") -> Image:
    """Return the page of faces, (h, 2080, 3) uint8 sRGB: each VRM expression, full on."""
    faces = _faces(character)
    rows = -(-len(faces) // 5)
    size = (_MARGIN * 2 + 5 * _CELL + 4 * _GAP, _HEAD + rows * (_CELL + 70) + 30)
    palette = palette_of(character)
    paper = Paper(size, palette)
    _title(paper, character, "表情", "EXPRESSIONS")
    state = posed(character, RELAXED[stance_of(character)])
    x, y, z = face_point(character, state)
    camera = view((x, y + 0.012, z - 0.03), 0.40, 0.16, 0.0)
    with Studio(character, palette.linear_panel, style) as studio:
        for i, (name, zh, en) in enumerate(faces):
            left = _MARGIN + i % 5 * (_CELL + _GAP)
            top = _HEAD + i // 5 * (_CELL + 70)
            box = (left, top, left + _CELL, top + _CELL)
            paper.panel(box)
            cut = studio.cut(faced(state, character, name), camera, (_CELL, _CELL))
            paper.lay(cut, (left, top), box)
            _label(paper, (left + _CELL // 2, top + _CELL + 10), zh, en)
    return paper.pixels()


def pose_page(character: Character, style: str = "cel") -> Image:
    """Return the page of poses, (1706, 2460, 3) uint8 sRGB: two rows of four."""
    width, height = 560, 700
    size = (_MARGIN * 2 + 4 * width + 3 * _GAP, _HEAD + 2 * (height + 70) + 16)
    palette = palette_of(character)
    paper = Paper(size, palette)
    _title(paper, character, "姿态", "POSES")
    span = tall(character) * 1.16
    with Studio(character, palette.linear_panel, style) as studio:
        for i, pose in enumerate(POSES):
            left = _MARGIN + i % 4 * (width + _GAP)
            top = _HEAD + i // 4 * (height + 70)
            box = (left, top, left + width, top + height)
            paper.panel(box)
            paper.shadow((left + width // 2, top + height - 30), (150, 22))
            camera = view((0.0, span * 0.5 - 0.045 * span, 0.0), span, 0.42, 0.05)
            paper.lay(
                studio.cut(posed(character, pose), camera, (width, height)), (left, top), box
            )
            _label(paper, (left + width // 2, top + height + 10), pose.zh, pose.en)
    return paper.pixels()


def _title(paper: Paper, character: Character, zh: str, en: str) -> None:
    paper.panel((_MARGIN, 52, _MARGIN + 8, 112), paper.palette.accent, 4)
    wide = paper.words((_MARGIN + 28, 82), character.name or "—", 52, INK, 700, anchor="lm")
    paper.words((_MARGIN + 52 + wide, 84), zh, 34, INK, 400, anchor="lm")
    paper.words((_MARGIN + 140 + wide, 84), en, 22, paper.palette.accent, 600, anchor="lm",
                spacing=0.14)  # fmt: skip


def _label(paper: Paper, at: tuple[int, int], zh: str, en: str) -> None:
    text = f"{zh}  {en}" if en and en != zh else zh
    paper.words(at, text, 24, SOFT_INK, anchor="ma")


def write_page(image: Image, path: Path) -> Path:
    """Write a page as PNG and return the path."""
    return save_image(image, path)
