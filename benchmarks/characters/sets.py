"""How long the sets of the backlot take to build."""

from __future__ import annotations

import time

from bars import bar, measure

from cyberdirector.backlot import SET_NAMES, build_set


@measure("sets")
def sets() -> None:
    """Build every set once; processor time, so that other work on the machine counts less."""
    spent = {}
    for name in SET_NAMES:
        start = time.process_time()
        build_set(name)
        spent[name] = time.process_time() - start
    slowest = max(spent, key=lambda name: spent[name])
    bar(f"a set built, slowest ({slowest})", spent[slowest], "≤", 4.0, " s")
