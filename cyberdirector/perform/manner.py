"""How somebody moves: Laban-like dials from a character's style and the emotion of a line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from types import MappingProxyType

import numpy as np

from cyberdirector.core.speech import Emotion


@dataclass(frozen=True)
class Manner:
    """Dials 0..1, 0.5 in the middle.

    Attributes
    ----------
    amplitude
        Size of gestures about the middle of the gesture space.
    tempo
        Pace of the phases.
    fluidity
        0: abrupt, short ways back; 1: flowing, late and long ways back.
    power
        Force of the strokes: how fast a hand may be.
    height
        How high hands are carried.
    openness
        How far from the body's middle hands are carried.
    density
        Gestures: 0 none, 1 about 25 a minute. Also how much the head lives.
    """

    amplitude: float = 0.5
    tempo: float = 0.5
    fluidity: float = 0.5
    power: float = 0.5
    height: float = 0.5
    openness: float = 0.5
    density: float = 0.5

    @property
    def per_minute(self) -> float:
        """Gestures per minute of speech: 4..25 by the dial, none at 0."""
        return 4.0 + 21.0 * self.density if self.density > 0.0 else 0.0

    @property
    def size(self) -> float:
        """Factor on the size of gestures."""
        return 0.74 + 0.52 * self.amplitude

    @property
    def slowness(self) -> float:
        """Factor on the lengths of phases."""
        return 1.22 - 0.44 * self.tempo

    @property
    def fastest(self) -> float:
        """Highest speed of a hand in metres per second: 1.5 usual, 1.0..2.4."""
        return float(np.interp(self.power, (0.0, 0.5, 1.0), (1.0, 1.5, 2.4)))

    @property
    def carried(self) -> tuple[float, float]:
        """Shift of free hands outward and upward, arm lengths."""
        return 0.14 * (self.openness - 0.5), 0.20 * (self.height - 0.5)

    @property
    def flow(self) -> float:
        """Share of a phase by which it overlaps the one before."""
        return 0.4 + 0.5 * self.fluidity

    @property
    def liveliness(self) -> float:
        """Factor on head motion: 1 at the usual density, nearly still at 0."""
        return float(np.interp(self.density, (0.0, 0.1, 0.5, 1.0), (0.12, 0.6, 1.0, 1.15)))


# amplitude, tempo, fluidity, power, height, openness, density at full intensity.
# Signs: joy grows in all, anger grows but closes and hardens, sadness shrinks in all, fear is
# small, quick and closed (Wallbott 1998; Laban effort as used by Chi et al. 2000).
_SHIFTS: dict[str, tuple[float, ...]] = {
    "neutral": (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0),
    "joy": (0.25, 0.2, 0.15, 0.05, 0.25, 0.3, 0.2),
    "anger": (0.25, 0.3, -0.3, 0.4, 0.05, -0.05, 0.2),
    "cold": (-0.2, -0.15, 0.0, -0.05, -0.1, -0.25, -0.2),
    "sad": (-0.3, -0.35, 0.0, -0.3, -0.3, -0.25, -0.25),
    "fear": (-0.2, 0.25, -0.2, -0.1, 0.05, -0.4, -0.05),
    "surprise": (0.15, 0.2, 0.0, 0.1, 0.2, 0.15, 0.05),
    "disgust": (-0.05, 0.0, -0.1, 0.05, 0.0, -0.15, 0.0),
    "contempt": (-0.05, -0.15, 0.05, 0.0, 0.05, 0.05, -0.1),
    "tender": (-0.3, -0.4, 0.35, -0.35, -0.05, -0.1, -0.1),
    "shy": (-0.3, 0.0, 0.0, -0.25, -0.2, -0.4, -0.15),
    "calm": (-0.1, -0.2, 0.2, -0.15, 0.0, 0.0, -0.1),
}
EMOTION_SHIFTS = MappingProxyType(_SHIFTS)
"""Change of each dial by a full emotion."""


def manner_of(style: Mapping[str, float], emotion: Emotion | None = None) -> Manner:
    """Return the manner of a character in an emotion.

    Parameters
    ----------
    style
        Dials of :attr:`~cyberdirector.perform.score.Actor.style`; those that are missing are
        in the middle, ``power`` follows ``energy``. A ``density`` of 0 stays 0.
    """
    own = {f.name: float(style.get(f.name, 0.5)) for f in fields(Manner)}
    own["power"] = float(style.get("power", style.get("energy", 0.5)))
    plain = Manner(**own)
    if emotion is None or emotion.intensity <= 0.0:
        return plain
    shifts = dict(zip(own, EMOTION_SHIFTS[emotion.name], strict=True))
    moved = {
        name: float(np.clip(value + emotion.intensity * shifts[name], 0.0, 1.0))
        for name, value in own.items()
    }
    if own["density"] <= 0.0:
        moved["density"] = 0.0
    else:
        moved["density"] = max(moved["density"], 0.5 * own["density"])
    return replace(plain, **moved)


def still(style: Mapping[str, float]) -> bool:
    """Tell whether a character keeps still: no gestures, a quiet head."""
    return float(style.get("density", 0.5)) <= 0.0
