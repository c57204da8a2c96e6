"""Folds, flipped triangles and gaps of lids and lips over two hundred random styles.

usage: python benchmarks/characters/styles.py [COUNT]
"""

from __future__ import annotations

import sys
import time

import numpy as np

from cyberdirector.character.style_check import StyleReport, check_style, random_style
from cyberdirector.character.template import load_template


def measure_styles(count: int = 200, seed: int = 1000) -> list[StyleReport]:
    """Return the reports on ``count`` random people and styles."""
    template = load_template()
    rngs = (np.random.default_rng(seed + i) for i in range(count))
    return [check_style(template, *random_style(rng)) for rng in rngs]


def main() -> None:
    """Print the worst figures."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    start = time.perf_counter()
    found = measure_styles(count)
    print(f"styles            {count}")
    print(f"least Jacobian    {min(r.jacobian for r in found):.3f}   (bar > 0.2)")
    print(f"flipped triangles {max(r.flipped for r in found)}       (bar 0)")
    print(f"widest lid gap    {1e3 * max(r.lids for r in found):.2f} mm")
    print(f"widest lip gap    {1e3 * max(r.lips for r in found):.2f} mm")
    print(f"seconds           {time.perf_counter() - start:.1f}")


if __name__ == "__main__":
    main()
