"""Bake the body template from the fetched data, so that the first character need not wait.

usage: python scripts/bake_template.py
"""

from __future__ import annotations

import sys
import time

from cyberdirector.character.template import load_template, template_path
from cyberdirector.core.errors import CyberDirectorError


def main() -> int:
    """Bake unless it is done already, and say what there is."""
    start = time.perf_counter()
    try:
        template = load_template()
    except CyberDirectorError as error:
        sys.stderr.write(f"{error}\n")
        return 3
    path = template_path()
    sys.stdout.write(
        f"{path.name}: {path.stat().st_size / 1e6:.1f} MB, {len(template.target_names)} "
        f"targets, {time.perf_counter() - start:.2f} s\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
