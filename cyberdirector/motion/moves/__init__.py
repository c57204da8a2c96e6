"""The library of moves: recipes as text, clips on any body."""

from __future__ import annotations

from cyberdirector.motion.moves.library import (
    find,
    library,
    make_move,
    make_sequence,
    search,
)
from cyberdirector.motion.moves.recipe import Recipe, compile_move, parse_recipe

__all__ = [
    "Recipe",
    "compile_move",
    "find",
    "library",
    "make_move",
    "make_sequence",
    "parse_recipe",
    "search",
]
