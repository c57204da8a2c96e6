"""What is found in a picture, as data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyberdirector.character.recipe import Recipe
from cyberdirector.perceive.palette import Palette
from cyberdirector.perceive.picture import Note


@dataclass(frozen=True)
class Perception:
    """A recipe and where it comes from.

    Attributes
    ----------
    recipe
        Ready to be compiled.
    confidence
        Slot (``hair.style``, ``wardrobe``, ``paint.skin`` …) → 0..1.
    guessed
        Slots that the picture does not show; the back of a single picture always is.
    boxes
        Name → (left, top, right, bottom), pixels of the (reduced) picture.
    landmarks
        Name → (x, y, score), pixels of the picture.
    mask
        (h, w) bool, the figure in the picture.
    palette
        Colours by slot and tones of the clothes.
    medium
        ``drawing`` or ``photo``.
    source
        Who found the face: ``net``, ``mediapipe``, ``pose`` or ``user``.
    reprojection
        Mean distance of the fitted face's landmarks from those of a photograph, as a share
        of the distance between the eyes; None for drawings.
    notes
        Sentences for the user, (zh, en).
    provenance
        Picture hashes, seed and consent, kept in the VRM.
    """

    recipe: Recipe
    confidence: dict[str, float]
    guessed: list[str]
    boxes: dict[str, tuple[int, int, int, int]]
    landmarks: dict[str, tuple[float, float, float]]
    mask: NDArray[np.bool_]
    palette: Palette
    medium: str
    source: str
    reprojection: float | None = None
    notes: tuple[Note, ...] = ()
    provenance: dict[str, Any] = field(default_factory=dict)

    def report(self, language: str = "en") -> dict[str, Any]:
        """Return plain data for ``--json`` (the mask apart)."""
        pick = 0 if language == "zh" else 1
        return {
            "id": self.recipe.id,
            "medium": self.medium,
            "found_by": self.source,
            "confidence": {k: round(v, 3) for k, v in self.confidence.items()},
            "guessed": self.guessed,
            "boxes": {k: list(v) for k, v in self.boxes.items()},
            "landmarks": {
                k: [round(v[0], 1), round(v[1], 1), round(v[2], 2)]
                for k, v in self.landmarks.items()
            },
            "palette": self.palette.as_dict(),
            "reprojection": self.reprojection,
            "notes": [note[pick] for note in self.notes],
            "provenance": self.provenance,
        }
