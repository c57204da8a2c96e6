"""An emotion that changes along a line: keys from its first syllable (0) to its last (1)."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.errors import InputRefused
from cyberdirector.core.speech import EMOTIONS, Emotion
from cyberdirector.voice.emotion import Colour, colour_of

DEFAULT_INTENSITY = 0.7
"""Intensity of an emotion that is named without one."""

_KEY = re.compile(r"\s*([A-Za-z]+)\s*(?::\s*([0-9.]+))?\s*(?:@\s*([0-9.]+))?\s*")


@dataclass(frozen=True)
class EmotionCurve:
    """Emotions at places of a line.

    Attributes
    ----------
    keys
        (place, emotion) with places 0..1 rising, counted in syllables; at least one. Before
        the first and after the last key the emotion stays; between two it is blended.
    """

    keys: tuple[tuple[float, Emotion], ...] = ((0.0, Emotion()),)

    @classmethod
    def of(cls, emotion: Emotion | EmotionCurve | None) -> EmotionCurve:
        """Return a curve for an emotion that stays the same over the line."""
        if isinstance(emotion, EmotionCurve):
            return emotion
        return cls(((0.0, emotion or Emotion()),))

    @property
    def strongest(self) -> Emotion:
        """The key with the highest intensity (the later of two equals)."""
        return max((key for _, key in reversed(self.keys)), key=lambda e: e.intensity)

    def intensity(self, place: float) -> float:
        """Return the intensity at ``place`` 0..1, whatever the emotion."""
        places, values = zip(*((p, e.intensity) for p, e in self.keys), strict=True)
        return float(np.interp(place, places, values))

    def shares(self, place: float) -> dict[str, float]:
        """Return the strength 0..1 of each emotion at ``place``."""
        places = [key for key, _ in self.keys]
        result: dict[str, float] = {}
        for index, (_, emotion) in enumerate(self.keys):
            weight = float(np.interp(place, places, np.eye(len(places))[index]))
            if weight > 0:
                share = result.get(emotion.name, 0.0)
                result[emotion.name] = share + weight * emotion.intensity
        return result

    def colours(
        self, places: NDArray[np.float64], delivery: str = ""
    ) -> dict[str, NDArray[np.float64]]:
        """Return each field of :class:`Colour` at ``places`` (n,), factors blended in logs.

        Raises
        ------
        InputRefused
            ``voice-emotion`` or ``voice-delivery`` for a name that is not known.
        """
        keys = [(place, colour_of(emotion, delivery)) for place, emotion in self.keys]
        at = [place for place, _ in keys]
        result = {}
        for field in fields(Colour):
            values = np.array([getattr(colour, field.name) for _, colour in keys], np.float64)
            if len(keys) == 1:
                result[field.name] = np.full(len(places), values[0])
            elif field.default == 1.0:
                result[field.name] = np.exp(np.interp(places, at, np.log(values)))
            else:
                result[field.name] = np.interp(places, at, values)
        return result

    def __str__(self) -> str:
        """Return the notation that :func:`read_emotion` reads."""
        if len(self.keys) == 1:
            emotion = self.keys[0][1]
            return f"{emotion.name}:{emotion.intensity:g}"
        return ",".join(f"{e.name}:{e.intensity:g}@{place:g}" for place, e in self.keys)


def read_emotion(text: str) -> EmotionCurve:
    """Read ``sad``, ``sad:0.7`` or a curve ``sad:0.2@0,anger:0.9@1``.

    Places that are not given are spread evenly over the line.

    Raises
    ------
    InputRefused
        ``voice-emotion`` for another notation, an unknown name, or numbers outside 0..1.
    """
    parts = [part for part in text.replace("，", ",").split(",") if part.strip()]
    keys: list[tuple[float, Emotion]] = []
    for index, part in enumerate(parts):
        match = _KEY.fullmatch(part.replace("：", ":"))
        name = match[1].lower() if match else ""
        if match is None or name not in EMOTIONS:
            raise _refused(part.strip())
        default = 0.0 if name == "neutral" else DEFAULT_INTENSITY
        even = index / (len(parts) - 1) if len(parts) > 1 else 0.0
        keys.append(
            (_share(match[3], even, part), Emotion(name, _share(match[2], default, part)))
        )
    if not keys:
        raise _refused(text.strip())
    if any(a[0] >= b[0] for a, b in pairwise(keys)):
        raise _refused(text.strip())
    return EmotionCurve(tuple(keys))


def _share(text: str | None, default: float, part: str) -> float:
    if text is None:
        return default
    try:
        value = float(text)
    except ValueError:
        raise _refused(part.strip()) from None
    if not 0.0 <= value <= 1.0:
        raise _refused(part.strip())
    return value


def _refused(found: str) -> InputRefused:
    return InputRefused(
        "voice-emotion",
        f"看不懂情绪 {found!r}；请写“名称:强度”（如 sad:0.7），或沿台词变化的"
        f"“sad:0.2@0,anger:0.9@1”（位置递增，数值在 0 到 1 之间）。"
        f"可用名称：{'、'.join(EMOTIONS)}。",
        f"cannot read the emotion {found!r}; write name:intensity (sad:0.7), or keys along the "
        "line such as sad:0.2@0,anger:0.9@1 (places rising, numbers 0 to 1); "
        f"names: {', '.join(EMOTIONS)}.",
    )


def colours_at(
    shading: EmotionCurve | Colour, places: NDArray[np.float64], delivery: str = ""
) -> dict[str, NDArray[np.float64]]:
    """Return the fields of a curve, or of one colour for the whole line, at ``places``."""
    if isinstance(shading, EmotionCurve):
        return shading.colours(places, delivery)
    return {f.name: np.full(len(places), getattr(shading, f.name)) for f in fields(shading)}
