"""Make the gallery of hairstyles and garments that pictures are compared with.

usage: python scripts/train_perceive_gallery.py models/perceive_gallery.npz
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from cyberdirector.core.files import replacing
from cyberdirector.perceive.gallery import bake_gallery


def main(words: list[str]) -> int:
    """Write the gallery of all catalogues."""
    if len(words) != 1:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    data = bake_gallery()
    with replacing(Path(words[0])) as temporary, temporary.open("wb") as stream:
        np.savez_compressed(stream, **data)
    sys.stdout.write(f"{len(data['hair'])} hair maps, {len(data['kinds'])} garments\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
