"""The AI label that Chinese law asks for: visible words and the ``AIGC`` metadata field.

Sources: GB 45438-2025 (visible label: text height at least 5 % of the short side, at least
2 s at the opening of a video; metadata: key ``AIGC`` with seven fields), read from public
summaries. There is no function that removes a label.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from cyberdirector.core.errors import InputRefused, IntegrityError, Location

LABEL_TEXT = "本片由人工智能生成"
"""Visible words of the label."""

LABEL_TEXT_EN = "AI-generated"
"""English words under them."""

LABEL_SECONDS = 2.5
"""How long the label stands; the law asks for 2 s."""

LABEL_HEIGHT = 0.056
"""Height of the label's characters as a share of the short side (the law: 0.05)."""

MIN_SECONDS = 2.0
MIN_HEIGHT = 0.05

AIGC_FIELDS = (
    "Label", "ContentProducer", "ProduceID", "ReservedCode1", "ContentPropagator",
    "PropagateID", "ReservedCode2",
)  # fmt: skip
"""The fields of the ``AIGC`` metadata, all of them strings."""


def aigc_fields(
    produce_id: str, producer: str = "", propagator: str = "", propagate_id: str = ""
) -> dict[str, str]:
    """Return the ``AIGC`` metadata of something that is AI-generated (``Label`` = 1).

    Parameters
    ----------
    produce_id
        Number of this work at its producer; stable over re-runs (a content hash).
    producer, propagator
        Codes of the service providers, empty when there are none.
    propagate_id
        Number of this work at the propagator.
    """
    values = ("1", producer, produce_id, "", propagator, propagate_id, "")
    return dict(zip(AIGC_FIELDS, values, strict=True))


def read_label(path: Path) -> dict[str, str] | None:
    """Return the ``AIGC`` metadata of a film, or None when it has none.

    Raises
    ------
    InputRefused
        ``video-unreadable``.
    """
    import av

    try:
        with av.open(str(path)) as container:
            found = {k.lower(): v for k, v in container.metadata.items()}.get("aigc")
    except (av.FFmpegError, OSError) as error:
        raise InputRefused(
            "video-unreadable",
            f"读不出这个视频（{error}），请重新导出。",
            f"This video cannot be read ({error}); export it again.",
            Location(str(path)),
        ) from error
    if found is None:
        return None
    try:
        data: Any = json.loads(found)
    except ValueError:
        data = None
    if not isinstance(data, dict):
        return {}
    return {str(k): str(v) for k, v in data.items()}


def verify_label(path: Path) -> dict[str, str]:
    """Return the ``AIGC`` metadata of a film after checking that it is whole.

    Raises
    ------
    InputRefused
        ``video-unreadable``.
    IntegrityError
        ``label-missing`` or ``label-broken``.
    """
    found = read_label(path)
    place = Location(str(path))
    if found is None:
        raise IntegrityError(
            "label-missing",
            "视频里没有 AIGC 元数据标识，请用本程序重新导出。",
            "The video carries no AIGC metadata label; deliver it again with this program.",
            place,
        )
    missing = [name for name in AIGC_FIELDS if name not in found]
    if missing or found.get("Label") not in ("1", "2", "3"):
        told = ", ".join(missing) or f"Label={found.get('Label')}"
        raise IntegrityError(
            "label-broken",
            f"AIGC 元数据标识不完整（{told}），请用本程序重新导出。",
            f"The AIGC metadata label is not whole ({told}); deliver it again.",
            place,
        )
    return found
