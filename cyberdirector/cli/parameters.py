"""Values of the command line that several commands take."""

from __future__ import annotations

import re

import click

from cyberdirector.core.speech import EMOTIONS, Emotion


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


class Feeling(click.ParamType):  # type: ignore[type-arg]
    """``sad``, ``sad:0.7`` or keys along the line: ``sad:0.2@0,anger:0.9@1``."""

    name = "EMOTION"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[tuple[float, Emotion], ...]:
        """Return keys (share of the line 0..1, emotion), in order."""
        if isinstance(value, tuple):
            return value
        found = [
            re.fullmatch(r"([a-z]+)(?::([\d.]+))?(?:@([\d.]+))?", word.strip())
            for word in str(value).split(",")
        ]
        keys = []
        for number, match in enumerate(found):
            name = match[1] if match else ""
            if match is None or name not in EMOTIONS:
                known = ", ".join(EMOTIONS)
                self.fail(
                    f"“{value}” is not like sad:0.7 or sad:0.2@0,anger:1@1; emotions: {known}",
                    param,
                    ctx,
                )
            spread = number / max(len(found) - 1, 1)
            strength, at = _number(match[2], 0.8), _number(match[3], spread)
            if not (0.0 <= strength <= 1.0 and 0.0 <= at <= 1.0):
                self.fail("strengths and places lie within 0..1", param, ctx)
            keys.append((at, Emotion(name, strength)))
        return tuple(sorted(keys, key=lambda key: key[0]))


def _number(text: str | None, default: float) -> float:
    try:
        return default if text is None else float(text)
    except ValueError:
        return -1.0
