"""Exact time: integer frames counted at a rational rate."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, order=True)
class Rate:
    """Frames per second as a ratio, for example ``Rate(24)`` or ``Rate(30000, 1001)``."""

    num: int
    den: int = 1

    def __post_init__(self) -> None:
        if self.num <= 0 or self.den <= 0:
            raise ValueError(f"a rate must be positive, got {self.num}/{self.den}")

    @property
    def fps(self) -> float:
        """Frames per second as a float, for display and filters only."""
        return self.num / self.den

    @property
    def fraction(self) -> Fraction:
        """Frames per second as an exact fraction."""
        return Fraction(self.num, self.den)

    def seconds(self, frames: int) -> float:
        """Return the time in seconds at which frame number ``frames`` starts."""
        return frames * self.den / self.num

    def frames(self, seconds: float) -> int:
        """Return the number of the frame that starts nearest to ``seconds``."""
        return round(seconds * self.num / self.den)

    def ceil(self, seconds: float) -> int:
        """Return the least whole number of frames that lasts at least ``seconds``."""
        return -int(-(seconds * self.num / self.den) // 1)

    def samples(self, frames: int, sample_rate: int) -> int:
        """Return the audio sample nearest to the start of frame ``frames``."""
        return round(Fraction(frames * self.den * sample_rate, self.num))
