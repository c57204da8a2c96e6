"""Style packs of the voice model: loading, mixing, and what to do where they are missing.

A style is 256 numbers per utterance length: the first 128 colour the sound (timbre), the
last 128 steer duration and melody (prosody). Mixing packs linearly gives new voices, and the
two halves may come from different packs.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.errors import AdapterUnavailable

TIMBRE = 128
"""How many of the 256 style numbers colour the sound; the rest steer the prosody."""


@lru_cache(maxsize=1)
def vocabulary() -> dict[str, int]:
    """Return the model's symbols and their token numbers."""
    from cyberdirector import modelstore

    data = json.loads(modelstore.get("kokoro-vocab").read_text(encoding="utf-8"))
    return {str(symbol): int(number) for symbol, number in data["vocab"].items()}


def tokens_of(symbols: str) -> NDArray[np.int64]:
    """Return (t,) int64 token numbers of ``symbols`` between two pads (number 0)."""
    table = vocabulary()
    return np.array([0, *(table[symbol] for symbol in symbols), 0], np.int64)


@lru_cache(maxsize=1)
def _archive() -> tuple[np.lib.npyio.NpzFile, bool]:
    from cyberdirector import modelstore

    try:
        return np.load(modelstore.get("kokoro-voices")), True
    except AdapterUnavailable:
        return np.load(modelstore.get("kokoro-voices-ja")), False


@lru_cache(maxsize=64)
def pack(name: str) -> NDArray[np.float32]:
    """Return the style pack ``name``: (510, 256) float32, one row per utterance length.

    Raises
    ------
    AdapterUnavailable
        ``voice-pack-missing`` when it is not here.
    """
    if name not in pack_names():
        raise AdapterUnavailable(
            "voice-pack-missing",
            f"没有音色 {name}；这里有 {len(pack_names())} 个音色"
            f"（{'、'.join(pack_names()[:5])}……），请运行"
            " cyberdirector models pull kokoro-voices（需要 npm）。",
            f"the style pack {name} is not here; there are {len(pack_names())} "
            f"({', '.join(pack_names()[:5])} ...); "
            "run `cyberdirector models pull kokoro-voices` (needs npm).",
        )
    array = np.asarray(_archive()[0][name], np.float32).reshape(-1, 256)
    array.setflags(write=False)
    return array


@lru_cache(maxsize=1)
def pack_names() -> tuple[str, ...]:
    """Return the names of the packs that are here, sorted."""
    return tuple(sorted(_archive()[0].files))


def has_all_packs() -> bool:
    """Whether all 54 packs are here, not only the five Japanese ones."""
    return _archive()[1]


def style_row(
    timbre: Mapping[str, float], prosody: Mapping[str, float], tokens: int
) -> NDArray[np.float32]:
    """Return (1, 256) float32: the style for an utterance of ``tokens`` (without pads).

    Parameters
    ----------
    timbre, prosody
        Weights by pack name; they are divided by their sum.
    """
    row = min(max(tokens, 1), 510) - 1
    halves = (_mix(timbre, row)[:TIMBRE], _mix(prosody, row)[TIMBRE:])
    return np.concatenate(halves)[None].astype(np.float32)


def _mix(weights: Mapping[str, float], row: int) -> NDArray[np.float32]:
    total = sum(weights.values())
    mixed = np.zeros(256, np.float64)
    for name in sorted(weights):
        mixed += weights[name] / total * pack(name)[row]
    return mixed.astype(np.float32)
