"""Draw the 24 cards by which characters are judged, to ``out/cards/``.

The shipped characters, then people made from words. ``cards-1.png`` … hold six cards each;
single cards stay beside them, and one whose recipe and look are unchanged is not drawn again.

usage: python scripts/cards.py [PAGE …]
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from PIL import Image
from rich.progress import track

from cyberdirector.character import compile_character, recipe_names, shipped_recipe
from cyberdirector.character.recipe import Recipe
from cyberdirector.core.errors import CyberDirectorError
from cyberdirector.core.hashing import content_hash
from cyberdirector.design import design_characters
from cyberdirector.review.sheet import write_card
from cyberdirector.stages.production import code_hash, data_hash

WORDS = (
    "二十岁女剑客，高马尾，月白色交领襦裙，清冷",
    "十六岁小宫女，双丫髻，鹅黄襦裙，圆脸，活泼",
    "三十岁将军，铠甲，剑眉，束发冠，披风",
    "仙尊，银发披散，白色仙袍，广袖，清冷",
    "四十岁皇帝，黑色圆领袍，八字胡，威严",
    "a cheerful teenage girl with pink twin tails, school sailor uniform and white sneakers",
    "霸道总裁，三十岁，黑色西装，背头，高大",
    "a young detective in a long brown coat, short messy hair, glasses",
    "民国女子，旗袍，卷发，红唇，珍珠耳环",
    "old village doctor, straw hat, grey beard, brown robe",
)
PAGE = 6
OUT = Path(__file__).parents[1] / "out" / "cards"


def people() -> Iterator[Recipe]:
    """Yield the recipes of all cards, in order."""
    for name in recipe_names():
        yield shipped_recipe(name)
    for number, words in enumerate(WORDS):
        yield design_characters(words, seed=number).recipes[0]


def card_of(number: int, recipe: Recipe, code: str) -> Path:
    """Return the picture of a card; it is drawn when recipe, program or shaders changed."""
    key = content_hash(recipe.model_dump(mode="json", by_alias=True), code)
    path = OUT / f"{number:02d}-{recipe.id}-{key[:12]}.png"
    if not path.is_file():
        for old in OUT.glob(f"{number:02d}-*.png"):
            old.unlink()
        write_card(compile_character(recipe), path)
    return path


def write_page(number: int, cards: list[Path]) -> Path:
    """Write six cards as one picture, two in a row."""
    width, height = 1200, 750
    page = Image.new("RGB", (2 * width, (len(cards) + 1) // 2 * height), "white")
    for i, card in enumerate(cards):
        with Image.open(card) as picture:
            small = picture.convert("RGB").resize((width, height), Image.Resampling.LANCZOS)
        page.paste(small, (i % 2 * width, i // 2 * height))
    path = OUT / f"cards-{number}.png"
    page.save(path)
    return path


def main() -> int:
    """Draw the pages that are asked for."""
    recipes = list(people())
    pages = range(1, -(-len(recipes) // PAGE) + 1)
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pages", nargs="*", type=int, choices=[*pages, []])
    wanted = set(parser.parse_args().pages) or set(pages)
    OUT.mkdir(parents=True, exist_ok=True)
    code = code_hash("character", "render", "review", "design") + data_hash("shaders", "*")
    chosen = [i for i in range(len(recipes)) if i // PAGE + 1 in wanted]
    cards = {i: card_of(i, recipes[i], code) for i in track(chosen, "cards")}
    for page in sorted(wanted):
        sys.stdout.write(
            f"{write_page(page, [cards[i] for i in chosen if i // PAGE + 1 == page])}\n"
        )
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except CyberDirectorError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(error.exit_code)
