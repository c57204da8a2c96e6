"""The dials of a recipe that change the locks of any hairstyle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from cyberdirector.character.hair.lock import Lock
from cyberdirector.character.hair.spec import HairSpec
from cyberdirector.core.errors import InputRefused

GROUPS = ("fringe", "side", "back", "crown", "tail")

_EACH = {
    "count": (1.0, 0.4, 1.8), "length": (1.0, 0.4, 1.8), "width": (1.0, 0.5, 1.8),
    "curl": (0.0, -1.5, 1.5), "wave": (0.0, 0.0, 1.0),
}  # fmt: skip

DIALS: dict[str, tuple[float, float, float]] = {
    **{f"{g}_{what}": v for g in GROUPS for what, v in _EACH.items()},
    "part": (0.0, -50.0, 50.0),
    "asymmetry": (0.0, -1.0, 1.0),
}
"""Name → (neutral value, least, greatest).

``count``, ``length`` and ``width`` are factors, ``curl`` turns the ends in (positive) or
out (radians), ``wave`` is a share of 15 mm; ``part`` moves the parting (degrees, positive
to the left) and ``asymmetry`` lowers the fringe on the left (positive) or right.
"""

WAVE = 0.015
"""Metres of amplitude at the greatest ``wave`` dial."""


@dataclass(frozen=True)
class Dials:
    """The checked dials of one hairstyle."""

    values: dict[str, float]
    length: float

    @staticmethod
    def of(spec: HairSpec) -> Dials:
        """Return the dials of a recipe's hair.

        Raises
        ------
        InputRefused
            A dial is unknown or outside its range.
        """
        for name, value in spec.params.items():
            if name not in DIALS:
                known = ", ".join(DIALS)
                raise InputRefused(
                    "hair-dial-unknown",
                    f"头发没有名为“{name}”的参数；可选：{known}。",
                    f"Hair has no dial “{name}”; choose from {known}.",
                )
            _, low, high = DIALS[name]
            if not low <= value <= high:
                raise InputRefused(
                    "hair-dial-range",
                    f"头发参数“{name}”为 {value:g}，应在 {low:g} 到 {high:g} 之间。",
                    f"The hair dial “{name}” is {value:g}; it must lie in {low:g}..{high:g}.",
                )
        return Dials(dict(spec.params), spec.length)

    def __getitem__(self, name: str) -> float:
        return self.values.get(name, DIALS[name][0])

    def count(self, group: str, number: int) -> int:
        """Return how many locks of a group to draw where ``number`` is usual."""
        return max(2, round(number * self[f"{group}_count"]))

    def dress(self, locks: Sequence[Lock]) -> list[Lock]:
        """Return the locks with the dials of their groups applied."""
        return [self._dress(lock) for lock in locks]

    def _dress(self, lock: Lock) -> Lock:
        group = lock.group
        length = self[f"{group}_length"] * (self.length if lock.chain else 1.0)
        path = lock.path
        if group == "fringe" and path:
            az, el, lift = path[-1]
            side = 1.0 if az > 0 else -1.0
            el += 26.0 * (1.0 - length) - 7.0 * side * self["asymmetry"]
            path = (*path[:-1], (az, el, lift))
        return replace(
            lock,
            path=path,
            hang=lock.hang * length,
            width=lock.width * self[f"{group}_width"],
            curl=lock.curl + self[f"{group}_curl"],
            wave=lock.wave + WAVE * self[f"{group}_wave"],
        )
