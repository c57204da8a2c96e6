"""Bars of the performance, one line each (name, figure, bar); exit 1 when one is missed.

``QUICK=1`` stays within 50 s. Names on the command line run single measures.
"""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

ORDER = ("prosody", "ear", "lips", "gesture")
"""Modules that run first, in this order; all others follow by name."""


def load() -> None:
    """Import every module of this folder, so that it adds what it measures."""
    here = {p.stem for p in Path(__file__).parent.glob("*.py")} - {"__main__", "bars"}
    for name in [n for n in ORDER if n in here] + sorted(here - set(ORDER)):
        importlib.import_module(name)


if __name__ == "__main__":
    load()
    bars = importlib.import_module("bars")
    raise SystemExit(bars.run(sys.argv[1:]))
