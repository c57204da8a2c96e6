"""Identities with coverage, as the public Cryptomatte specification 1.2.0 stores them.

A name becomes a 32-bit hash whose bits are read as a float; each pixel holds up to six
pairs (identity, share of the pixel), largest first; the header lists names and hashes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

LEVELS = 6
"""Pairs kept for each pixel: the default of production renderers."""

_WORD = 0xFFFFFFFF
_ROWS = 64
"""Rows of a picture ranked at a time, so that memory does not grow with its height."""


def _rotl(value: int, by: int) -> int:
    return (value << by | value >> (32 - by)) & _WORD


def murmur3_32(data: bytes, seed: int = 0) -> int:
    """Return the hash MurmurHash3_x86_32 of Austin Appleby (public domain)."""
    h = seed & _WORD

    def mixed(k: int) -> int:
        return _rotl(k * 0xCC9E2D51 & _WORD, 15) * 0x1B873593 & _WORD

    whole = len(data) // 4 * 4
    for at in range(0, whole, 4):
        h = _rotl(h ^ mixed(int.from_bytes(data[at : at + 4], "little")), 13)
        h = (h * 5 + 0xE6546B64) & _WORD
    if len(data) > whole:
        h ^= mixed(int.from_bytes(data[whole:], "little"))
    h ^= len(data)
    h = (h ^ h >> 16) * 0x85EBCA6B & _WORD
    h = (h ^ h >> 13) * 0xC2B2AE35 & _WORD
    return h ^ h >> 16


def identity(name: str) -> int:
    """Return the 32 bits that stand for ``name``: never those of 0, NaN or infinity.

    As the specification asks, hashes whose exponent bits are all 0 or all 1 get their
    lowest exponent bit flipped.
    """
    bits = murmur3_32(name.encode())
    if bits >> 23 & 255 in (0, 255):
        bits ^= 1 << 23
    return bits


def manifest(names: Iterable[str]) -> dict[str, str]:
    """Return name → identity as eight hexadecimal digits, in the order of the names."""
    return {name: f"{identity(name):08x}" for name in sorted(set(names))}


def metadata(layer: str, names: Iterable[str]) -> dict[str, str]:
    """Return the header entries of a Cryptomatte layer, for EXR files.

    Parameters
    ----------
    layer
        Name of the layer; its channels are ``layer00.R`` … ``layer02.A``.
    names
        All names that can occur in it.
    """
    key = f"cryptomatte/{murmur3_32(layer.encode()):08x}"[: len("cryptomatte/") + 7]
    return {
        f"{key}/name": layer,
        f"{key}/hash": "MurmurHash3_32",
        f"{key}/conversion": "uint32_to_float32",
        f"{key}/manifest": json.dumps(
            manifest(names), ensure_ascii=False, separators=(",", ":")
        ),
    }


def _ranked(ids: NDArray[np.uint32], levels: int) -> NDArray[np.float32]:
    """Return pairs (pixels, 2 × levels) of sampled identities (pixels, samples)."""
    pixels, samples = ids.shape
    ids = np.sort(ids, axis=1)
    starts = np.ones((pixels, samples), bool)
    starts[:, 1:] = ids[:, 1:] != ids[:, :-1]
    at = np.arange(samples)
    # Where the run that begins here ends: the next start, or the last sample.
    following = np.full((pixels, samples + 1), samples)
    following[:, :-1][starts] = np.broadcast_to(at, starts.shape)[starts]
    ends = np.minimum.accumulate(following[:, :0:-1], axis=1)[:, ::-1]
    counts = np.where(starts & (ids != 0), ends - at, 0).astype(np.uint64)
    # Largest count first, then largest identity: the order depends on nothing else.
    keys = np.sort(np.where(counts > 0, counts << np.uint64(32) | ids, 0), axis=1)[:, ::-1]
    kept = np.zeros((pixels, levels), np.uint64)
    width = min(levels, samples)
    kept[:, :width] = keys[:, :width]
    share = (kept >> np.uint64(32)).astype(np.float64)
    total = counts.sum(axis=1, keepdims=True).astype(np.float64)
    # What does not fit is shared out, so that the sum stays the covered part.
    share *= total / np.maximum(share.sum(axis=1, keepdims=True), 1.0) / samples
    out = np.zeros((pixels, levels, 2), np.float32)
    out[..., 0] = (kept & np.uint64(_WORD)).astype(np.uint32).view(np.float32)
    out[..., 1] = share
    return out.reshape(pixels, 2 * levels)


def mixed_pixels(samples: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Return where the samples (samples, height, width) of a pixel differ."""
    out = np.zeros(samples.shape[1:], np.bool_)
    for other in samples[1:]:
        out |= other != samples[0]
    return out


def rank_samples(
    samples: NDArray[np.uint32], table: NDArray[np.uint32], levels: int = LEVELS
) -> NDArray[np.float32]:
    """Return the pairs of every pixel from single samples: identities never blend.

    Parameters
    ----------
    samples
        (samples, height, width) uint32, what each sample of each pixel hit: an index
        into ``table``.
    table
        (things,) uint32, identity of each thing; 0 stands for nothing.
    levels
        Pairs to keep.

    Returns
    -------
    (height, width, 2 × levels) float32: identity bits, coverage 0..1, and so on, largest
    first. The coverage of a pixel sums to the share of its samples that hit something.
    """
    _, height, width = samples.shape
    out = np.zeros((height, width, 2 * levels), np.float32)
    for row in range(0, height, _ROWS):
        hit = samples[:, row : row + _ROWS]
        band = out[row : row + _ROWS]
        first = table[hit[0]]
        band[..., 0] = first.view(np.float32)
        band[..., 1] = first != 0
        mixed = mixed_pixels(hit)
        if mixed.any():
            band[mixed] = _ranked(table[hit[:, mixed].T], levels)
    return out


def coverage_of(pairs: NDArray[np.float32], name: str) -> NDArray[np.float32]:
    """Return the coverage (height, width) float32 0..1 of ``name`` in a layer of pairs."""
    ids = np.ascontiguousarray(pairs[..., 0::2]).view(np.uint32)
    return np.where(ids == np.uint32(identity(name)), pairs[..., 1::2], 0).sum(
        axis=-1, dtype=np.float32
    )
