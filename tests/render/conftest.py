"""Golden pictures: compare with a tolerance, record on request, write a difference image."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

FOLDER = Path(__file__).parent / "golden"
OUT = Path(__file__).parents[2] / "out" / "golden"

# Processors with other vector units round differently in a few pixels on edges.
MOST_CHANGED = 0.01
STEP = 12


@pytest.fixture
def golden():
    """Return a check of (name, (h, w, 3) uint8); CYBERDIRECTOR_RECORD=1 records anew."""

    def check(name: str, image: np.ndarray) -> None:
        path = FOLDER / f"{name}.png"
        if os.environ.get("CYBERDIRECTOR_RECORD"):
            FOLDER.mkdir(exist_ok=True)
            Image.fromarray(image).save(path, optimize=True)
        expected = np.asarray(Image.open(path).convert("RGB")).astype(int)
        difference = np.abs(image.astype(int) - expected).max(axis=-1)
        changed = float((difference > STEP).mean())
        if changed > MOST_CHANGED:
            OUT.mkdir(parents=True, exist_ok=True)
            scaled = np.repeat(np.minimum(difference * 4, 255)[..., None], 3, -1)
            sheet = np.hstack([expected, image, scaled]).astype(np.uint8)
            Image.fromarray(sheet).save(OUT / f"{name}.png")
            pytest.fail(f"{changed:.1%} of {name} changed; see {OUT / name}.png")

    return check
