"""What may be done with a mesh: tags that travel into the VRM and guard its export."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cyberdirector.core.errors import InputRefused, Location

VRM_LICENCE = "https://vrm.dev/licenses/1.0/"

_OPEN = ("personalProfit", "corporation")
"""Values of ``commercialUsage`` (VRMC_vrm-1.0 meta) that allow to earn money."""


@dataclass(frozen=True)
class Licence:
    """Where a mesh comes from and what its licence allows.

    Attributes
    ----------
    name
        For example ``CC0-1.0``, ``Tencent Hunyuan Community``; empty when unknown.
    url
        Of its text, or empty.
    authors
        Who made it.
    commercial
        Whether money may be earned with it; None when unknown.
    credit
        Whether the authors must be named.
    source
        Generator and model, file or shop.
    """

    name: str = ""
    url: str = ""
    authors: tuple[str, ...] = ()
    commercial: bool | None = None
    credit: bool = True
    source: str = ""

    def meta(self, title: str) -> dict[str, Any]:
        """Return the VRM 1.0 meta of a character under this licence.

        What is unknown is not allowed: only its author may use it, and not for profit.
        """
        free = self.commercial is True
        out: dict[str, Any] = {
            "name": title,
            "authors": list(self.authors) or ["unknown"],
            "licenseUrl": VRM_LICENCE,
            "avatarPermission": "everyone" if free else "onlyAuthor",
            "commercialUsage": "corporation" if free else "personalNonProfit",
            "creditNotation": "required" if self.credit else "unnecessary",
            "allowRedistribution": free,
            "modification": "allowModificationRedistribution" if free else "prohibited",
        }
        if self.url:
            out["otherLicenseUrl"] = self.url
        third = ", ".join(v for v in (self.name, self.source) if v)
        if third:
            out["thirdPartyLicenses"] = third
        return out


def meta_of(found: Mapping[str, Any], title: str, licence: Licence | None) -> dict[str, Any]:
    """Return the VRM meta: the given licence, else that of the file, else the strictest."""
    if licence is not None:
        return licence.meta(title)
    if isinstance(found.get("vrm"), dict):
        return {**found["vrm"], "name": found["vrm"].get("name") or title}
    out = Licence(source=str(found.get("generator", ""))).meta(title)
    if found.get("copyright"):
        out["copyrightInformation"] = str(found["copyright"])
    return out


def check_commercial(meta: Mapping[str, Any], file: str = "") -> None:
    """Refuse a character whose licence does not allow to earn money with it.

    Raises
    ------
    InputRefused
        ``licence-non-commercial``.
    """
    usage = meta.get("commercialUsage", "personalNonProfit")
    if usage in _OPEN:
        return
    source = str(meta.get("thirdPartyLicenses", "")) or "?"
    raise InputRefused(
        "licence-non-commercial",
        f"该模型的许可（{source}）不允许商用；请换用可商用的模型，或去掉 --commercial。",
        f"The licence of this model ({source}) does not allow commercial use; take another "
        "model, or leave out --commercial.",
        Location(file),
        usage=usage,
    )
