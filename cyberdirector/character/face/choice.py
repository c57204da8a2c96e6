"""Names of the catalogue become dials."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cyberdirector.character.face.catalogue import FACE_FIELDS, find_entry


def apply_choices(
    face: Mapping[str, Any], section: str, base: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the dials of one section after the named choices of a face.

    Parameters
    ----------
    face
        The ``face`` block of a recipe; its catalogue fields hold names or nothing.
    section
        ``style``, ``eyes``, ``brows``, ``paint`` or ``face``.
    base
        Dial → value before. Dials that ``base`` lacks are left alone.

    Raises
    ------
    InputRefused
        ``face-choice``: a name is unknown.
    """
    out = dict(base)
    for field in FACE_FIELDS:
        name = face.get(field)
        if not name:
            continue
        entry = find_entry(field, str(name))
        for key, value in entry.sets.items():
            if _dial(key, section) in out:
                out[_dial(key, section)] = value
        for key, factor in entry.factors.items():
            if _dial(key, section) in out:
                out[_dial(key, section)] *= factor
        for key, shift in entry.shifts.items():
            if _dial(key, section) in out:
                out[_dial(key, section)] += shift
    return out


def _dial(key: str, section: str) -> str:
    """Return the dial of ``section.dial``, or nothing when the section is another."""
    place, _, dial = key.partition(".")
    return dial if place == section else ""
