"""What the AOV passes draw: runs of triangles with the number of the thing they belong to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cyberdirector.render.backdrop import Backdrop
from cyberdirector.render.camera import View
from cyberdirector.render.cryptomatte import identity
from cyberdirector.render.figure import Figure

OPAQUE, CUTOUT, BLENDED = 0, 1, 2


@dataclass(frozen=True)
class Job:
    """One run of triangles.

    ``number`` indexes the :class:`Things` of the frame; ``hull`` draws the outline around
    the run instead of its surface; ``cut`` is one of the alpha modes above; ``mtoon`` takes
    outlines and textures as MToon has them.
    """

    thing: Figure | Backdrop
    first: int
    count: int
    material: int
    number: int
    hull: bool
    cut: int
    double: bool
    mtoon: bool = False


class Things:
    """What can be seen in a frame; number 0 is nothing.

    Attributes
    ----------
    objects, materials
        Name of each number.
    hull, figure
        Whether each number is an outline, whether it belongs to a character.
    """

    def __init__(self) -> None:
        self.objects, self.materials = [""], [""]
        self.hull, self.figure = [False], [False]
        self._known: dict[tuple[str, str, bool], int] = {}

    def number(self, object_: str, material: str, figure: bool, hull: bool = False) -> int:
        """Return the number of a thing, a new one when it was not seen before."""
        key = (object_, material, hull)
        if key not in self._known:
            self._known[key] = len(self.objects)
            self.objects.append(object_)
            self.materials.append(material)
            self.hull.append(hull)
            self.figure.append(figure)
        return self._known[key]

    def identities(self, names: list[str]) -> NDArray[np.uint32]:
        """Return the Cryptomatte identity of each number, 0 for nothing."""
        return np.array([identity(n) if n else 0 for n in names], np.uint32)


def set_object(place: str, part: str, roles: Mapping[str, object]) -> str:
    """Return the object name of a part of a set; a role of that name keeps its own."""
    return f"{place}/{part}" if part in roles else part


def figure_jobs(
    role: str, figure: Figure, view: View, things: Things, lines: bool = True
) -> list[Job]:
    """Return the surfaces of a character in the picture, then its outlines.

    Without ``lines`` only MToon materials have outlines.
    """
    draws = [draw for _, draw in figure.draws_inside(view)]
    out = []
    for hull in (False, True):
        for draw in draws:
            material = figure.materials[draw.material]
            mtoon = draw.family == "mtoon"
            clear = draw.blended and not (mtoon and material.transparent_with_z_write)
            if hull and (clear or not draw.outlined or not (lines or mtoon)):
                continue
            name = f"{role}/{material.name}"
            holed = draw.cutout and (mtoon or not hull)
            cut = BLENDED if draw.blended else CUTOUT if holed else OPAQUE
            number = things.number(role, name, True, hull)
            run = (figure, draw.first, draw.count, draw.material, number)
            out.append(Job(*run, hull, cut, material.double_sided, mtoon))
    return out


def set_jobs(
    place: str, backdrop: Backdrop, view: View, roles: Mapping[str, object], things: Things
) -> list[Job]:
    """Return the surfaces of a set in the picture.

    Of what is blended only water and surfaces that write depth count: the others are
    painted light and shadow.
    """
    out: list[Job] = []
    for _, draw in sorted(backdrop.inside(view), key=lambda item: item[1].first):
        material = backdrop.materials[draw.material]
        water = draw.family == "water"
        if draw.blended and not (water or material.transparent_with_z_write):
            continue
        cut = CUTOUT if draw.cutout else BLENDED if draw.blended and not water else OPAQUE
        number = things.number(
            set_object(place, draw.name, roles), f"{place}/{material.name}", False
        )
        last = out[-1] if out else None
        if last and last.number == number and last.first + last.count == draw.first:
            out[-1] = replace(last, count=last.count + draw.count)
        else:
            run = (backdrop, draw.first, draw.count, draw.material, number)
            out.append(Job(*run, False, cut, material.double_sided))
    return out
