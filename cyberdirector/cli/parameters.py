"""Values of the command line that several commands take."""

from __future__ import annotations

import re

import click


class PictureSize(click.ParamType):  # type: ignore[type-arg]
    """Width and height in pixels, as in ``720x1280``.

    ``film`` asks for what a video can hold: even sides within 64..7680.
    """

    name = "WxH"

    def __init__(self, *, film: bool) -> None:
        self._film = film

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int]:
        """Return (width, height), or end with a usage error."""
        found = re.fullmatch(r"(\d{2,5})[xX×](\d{2,5})", str(value))
        if not found:
            self.fail(f"“{value}” is not like 720x1280", param, ctx)
        width, height = int(found[1]), int(found[2])
        sound = all(side % 2 == 0 and 64 <= side <= 7680 for side in (width, height))
        if self._film and not sound:
            self.fail("width and height must be even and within 64..7680", param, ctx)
        return width, height
