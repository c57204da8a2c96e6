"""The card of a character: who it is in one picture."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from cyberdirector.core.model import Character
from cyberdirector.render.scene import FigureState
from cyberdirector.render.still import save_image
from cyberdirector.review.paper import INK, SOFT_INK, Image, Paper, mix, palette_of
from cyberdirector.review.pose import posed, with_face
from cyberdirector.review.poses import RELAXED
from cyberdirector.review.studio import Studio, face_point, tall, view

SIZE = (2400, 1500)
"""Pixels of a card."""

_SMILE = {
    "mouthSmileLeft": 0.35, "mouthSmileRight": 0.35, "cheekSquintLeft": 0.15,
    "cheekSquintRight": 0.15,
}  # fmt: skip


def stance_of(character: Character) -> str:
    """Return how this character stands at ease (a name in ``RELAXED``)."""
    recipe: dict[str, Any] = character.extras.get("recipe") or {}
    old = int(recipe.get("age", 25)) >= 58
    if character.extras.get("holds"):
        fan = any(garment.get("kind") == "fan" for garment in recipe.get("wardrobe") or ())
        return "with_fan" if fan else "with_sword"
    if recipe.get("era") == "ancient":
        if recipe.get("sex") == "female":
            return "folded"
        return (
            "hand_behind" if old or _is(recipe, "noble", "scholar", "书生", "掌门") else "easy"
        )
    if recipe.get("sex") == "female":
        return "easy" if old else "hand_on_hip"
    return "easy"


def _is(recipe: dict[str, Any], *tags: str) -> bool:
    return not set(tags).isdisjoint(recipe.get("tags") or ())


def character_card(character: Character, style: str = "cel") -> Image:
    """Return the card, (1500, 2400, 3) uint8 sRGB.

    A portrait, the full figure at ease in three-quarter view, the back and the profile,
    name, age, height and colours.
    """
    palette = palette_of(character)
    paper = Paper(SIZE, palette)
    state = posed(character, with_face(RELAXED[stance_of(character)], _SMILE))
    with Studio(character, palette.linear_panel, style) as studio:
        paper.slant(560, 1180, 170)
        _names(paper, character)
        _figures(paper, studio, state)
        _portrait(paper, studio, state)
        _details(paper, studio, state)
    return paper.pixels()


def write_card(character: Character, path: Path, style: str = "cel") -> Path:
    """Write the card as PNG and return the path."""
    return save_image(character_card(character, style), path)


def _names(paper: Paper, character: Character) -> None:
    recipe: dict[str, Any] = character.extras.get("recipe") or {}
    name = recipe.get("name") or {}
    zh, en = str(name.get("zh") or character.name), str(name.get("en") or "")
    accent = paper.palette.accent
    paper.panel((84, 96, 92, 316), accent, 4)
    vertical = 0 < len(zh) <= 5 and not zh.isascii()
    if vertical:
        y = paper.column((178, 92), zh, 108, INK, 700)
    else:
        paper.words((120, 100), zh[:18], 72, INK, 700)
        y = 220
    if en and en != zh:
        paper.words((124 if not vertical else 118, y + 26), en.upper()[:22], 26, accent, 600,
                    spacing=0.14)  # fmt: skip
    facts = []
    if recipe:
        sex = {"female": "女", "male": "男"}.get(str(recipe.get("sex")), "")
        facts = [
            f"{recipe.get('age', '')} 岁 · {sex}",
            f"{tall_without_hair(character):.0f} cm",
        ]
    for i, fact in enumerate(facts):
        paper.words((118, y + 84 + i * 44), fact, 28, SOFT_INK, 400)
    _tags(paper, recipe)
    paper.swatches((84, SIZE[1] - 220), 58, 14)


def _tags(paper: Paper, recipe: dict[str, Any]) -> None:
    """Write the first tags of the recipe as a quiet list."""
    tags = [str(tag) for tag in recipe.get("tags") or () if not str(tag).isascii()][:5]
    for i, tag in enumerate(tags):
        y = SIZE[1] - 290 - (len(tags) - 1 - i) * 42
        paper.panel((84, y - 12, 90, y + 14), paper.palette.accent, 2)
        paper.words((106, y), tag, 26, SOFT_INK, anchor="lm")


def tall_without_hair(character: Character) -> float:
    """Return the standing height in centimetres: the recipe's, else the highest vertex."""
    recipe: dict[str, Any] = character.extras.get("recipe") or {}
    return 100.0 * float(recipe.get("height") or tall(character))


def _figures(paper: Paper, studio: Studio, state: FigureState) -> None:
    """Lay the full figure from the front left and, smaller, from behind."""
    high = tall(studio.character)
    for yaw, box, share in (
        (0.30, (430, 60, 1190, 1440), 0.93),
        (np.pi - 0.45, (1090, 380, 1560, 1400), 0.93),
    ):
        left, top, right, bottom = box
        size = (right - left, bottom - top)
        span = high / share
        # Feet stand a little over the lower edge.
        camera = view((0.0, span * 0.5 - 0.035 * span, 0.0), span, float(yaw), 0.03)
        cut = studio.cut(state, camera, size)
        foot = bottom - round(0.035 * size[1])
        paper.shadow(
            ((left + right) // 2, foot), (round(size[0] * 0.26), round(size[0] * 0.045))
        )
        paper.lay(cut, (left, top))


def _portrait(paper: Paper, studio: Studio, state: FigureState) -> None:
    box = (1590, 70, 2330, 990)
    paper.panel(box, mix(paper.palette.panel, (255, 255, 255), 0.25))
    x, y, z = face_point(studio.character, state)
    size = (box[2] - box[0], box[3] - box[1])
    # The tallest hairdo still has a little air over it.
    top = min(max(tall(studio.character) + 0.035, y + 0.20), y + 0.40)
    camera = view((x, top - 0.33, z - 0.03), 0.66, 0.32, 0.02)
    paper.lay(studio.cut(state, camera, size), box[:2], box)


def _details(paper: Paper, studio: Studio, state: FigureState) -> None:
    """Lay three small heads under the portrait: front, profile, three-quarter back."""
    x, y, z = face_point(studio.character, state)
    for i, yaw in enumerate((-0.02, -1.5, 2.5)):
        left = 1590 + i * 252
        box = (left, 1014, left + 236, 1430)
        paper.panel(box)
        size = (box[2] - box[0], box[3] - box[1])
        camera = view((x, y + 0.0, z - 0.06), 0.56, yaw, 0.02)
        paper.lay(studio.cut(state, camera, size, fine=2), box[:2], box)
