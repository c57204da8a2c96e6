"""Where a character came from, kept inside its file: words, picture, seed, consent."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Provenance:
    """What a character was made from.

    Attributes
    ----------
    words
        The description that it was designed from.
    picture
        SHA-256 of the picture that it was made after, or nothing.
    likeness
        True when the picture is a photograph of a real person.
    consent
        True when that person agreed to be shown.
    seed
        Seed of the design.
    """

    words: str = ""
    picture: str = ""
    likeness: bool = False
    consent: bool = False
    seed: int = 0

    def as_dict(self) -> dict[str, Any]:
        """Return what is known as plain JSON data."""
        known = {k: v for k, v in asdict(self).items() if v not in ("", False)}
        if self.likeness:
            known["consent"] = self.consent
        return known


def provenance_meta(origin: Provenance) -> dict[str, Any]:
    """Return the members of the VRM meta that the origin decides.

    The likeness of a real person who did not agree stays with its author: no one else may
    wear it, sell it or pass it on (avatarPermission, commercialUsage … of VRMC_vrm-1.0).
    """
    references = []
    if origin.words:
        references.append(f"words: {origin.words[:240]}")
    if origin.picture:
        references.append(f"picture: sha256:{origin.picture}")
    out: dict[str, Any] = {"references": references} if references else {}
    if origin.likeness:
        out["thirdPartyLicenses"] = (
            "Likeness of a real person, shown with consent."
            if origin.consent
            else "Likeness of a real person; consent was not stated."
        )
    if origin.likeness and not origin.consent:
        out |= {
            "avatarPermission": "onlyAuthor",
            "commercialUsage": "personalNonProfit",
            "allowRedistribution": False,
            "modification": "prohibited",
        }
    return out
