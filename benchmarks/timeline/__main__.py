"""Bars of the timeline, one line each (name, figure, bar); exit 1 when one is missed.

``QUICK=1`` stays within 50 s. Names on the command line run single measures.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
sys.path.insert(1, str(Path(__file__).resolve().parent.parent))

import bars  # noqa: E402

ORDER = ("reduction", "evaluation", "exports", "journal")
"""Modules that run first; all others follow by name."""

if __name__ == "__main__":
    bars.load(Path(__file__).parent, ORDER)
    raise SystemExit(bars.run(sys.argv[1:]))
