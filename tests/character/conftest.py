from __future__ import annotations

import pytest

from cyberdirector.character import compile_character, shipped_recipe
from cyberdirector.character.body import Body, build_body
from cyberdirector.character.shape import Shape
from cyberdirector.character.style import Style
from cyberdirector.character.template import Template, load_template
from cyberdirector.core.model import Character


@pytest.fixture(scope="session")
def template() -> Template:
    return load_template()


@pytest.fixture(scope="session")
def woman(template: Template) -> Body:
    return build_body(template, Shape(), Style())


@pytest.fixture(scope="session")
def man(template: Template) -> Body:
    recipe = shipped_recipe("gu_chen")
    return build_body(template, recipe.body_shape(), recipe.body_style())


@pytest.fixture(scope="session")
def heroine() -> Character:
    return compile_character(shipped_recipe("lin_wan"), seed=1)
