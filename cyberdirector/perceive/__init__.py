"""A picture of a person becomes a recipe: mask, parts, points, colours, classes, face.

>>> from cyberdirector.perceive import perceive_picture
>>> seen = perceive_picture("hero.png")  # doctest: +SKIP
>>> seen.recipe, seen.confidence, seen.guessed  # doctest: +SKIP
"""

from cyberdirector.perceive.perceive import perceive_picture
from cyberdirector.perceive.perception import Perception

__all__ = ["Perception", "perceive_picture"]
