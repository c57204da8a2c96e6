"""Reads long rows of decimal numbers out of text, exactly and fast."""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import NDArray

_DIGITS = 15
"""Digits of a plain number: they make an integer below 2⁵³, so that one division by a power
of ten rounds as the C library does (Clinger 1990)."""

_POWERS = 10.0 ** np.arange(_DIGITS + 1)

_PIECE = 1 << 18
"""Bytes that are read at a time: what is in work stays in the cache and memory flat."""

# What a byte is: 0 blank, 1 digit, 2 point, 3 minus, 4 anything else.
_KIND = np.full(256, 4, np.uint8)
_KIND[[9, 10, 11, 12, 13, 32]] = 0
_KIND[48:58] = 1
_KIND[46] = 2
_KIND[45] = 3

_U = np.uint64


def _eight(bytes_: NDArray[np.uint64], used: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Return the integers of eight digits each, of which the last ``used`` count.

    Three multiplications join pairs, fours and eights inside one word.
    """
    empty = (_U(8) * (8 - np.clip(used, 0, 8)).astype(_U)) & _U(63)
    v = (bytes_ ^ _U(0x3030303030303030)) >> empty << empty
    v = v * _U(10) + (v >> _U(8))
    mask = _U(0x000000FF000000FF)
    high = (v & mask) * _U(0x000F424000000064)
    low = ((v >> _U(16)) & mask) * _U(0x0000271000000001)
    return np.where(used > 0, (high + low) >> _U(32), _U(0))


def _points(
    dots: NDArray[np.intp], start: NDArray[np.intp], end: NDArray[np.intp]
) -> NDArray[np.intp] | None:
    """Return how many digits stand behind the point of each number; None when unclear."""
    if len(dots) == len(start):
        if bool(((dots < start) | (dots > end)).any()):
            return None
        return end - dots
    behind = np.zeros(len(start), np.intp)
    owner = np.searchsorted(start, dots, "right") - 1
    if len(dots) and (owner[0] < 0 or bool((np.diff(owner) == 0).any())):
        return None
    if bool((dots > end[owner]).any()):
        return None
    behind[owner] = end[owner] - dots
    return behind


def _plain(block: bytes) -> NDArray[np.float64] | None:
    """Return the numbers of a piece of text like ``-1.5 20``, None when it is not so plain."""
    text = np.frombuffer(block, np.uint8)
    kind = _KIND[text]
    if kind.size and int(kind.max()) > 3:
        return None
    dots = np.flatnonzero(kind == 2)
    keep = kind != 2
    digit = np.concatenate([np.full(16, 48, np.uint8), text[keep]])
    kind = kind[keep]
    dots = dots - np.arange(len(dots))
    inside = np.zeros(len(kind) + 2, np.bool_)
    np.greater(kind, 0, out=inside[1:-1])
    edges = np.flatnonzero(inside[1:] != inside[:-1])
    start, end = edges[::2], edges[1::2]
    if not len(start):
        return None if len(dots) else np.zeros(0)
    minus = kind[start] == 3
    if int(np.count_nonzero(kind == 3)) != int(np.count_nonzero(minus)):
        return None
    start = start + minus
    count = end - start
    behind = _points(dots, start, end)
    if behind is None or int(count.min()) < 1 or int(count.max()) > _DIGITS:
        return None
    words = np.ndarray(len(digit) - 7, "<u8", digit.tobytes(), strides=(1,))
    value = _eight(words[end + 8], count).astype(np.float64)
    if int(count.max()) > 8:
        value += _eight(words[end], count - 8).astype(np.float64) * 1e8
    value /= _POWERS[behind]
    return np.where(minus, -value, value)


def parse_numbers(block: bytes) -> NDArray[np.float64]:
    """Return all numbers of ``block``, which are parted by blanks, tabs or line ends.

    Raises
    ------
    ValueError
        When something in between is no number.
    """
    pieces: list[NDArray[np.float64]] = []
    at = 0
    while at < len(block):
        end = min(at + _PIECE, len(block))
        while end < len(block) and block[end : end + 1] not in b" \t\r\n\v\f":
            end += 1
        plain = _plain(block[at:end])
        pieces.append(_any(block[at:end]) if plain is None else plain)
        at = end
    return np.concatenate(pieces) if pieces else np.zeros(0)


def _any(block: bytes) -> NDArray[np.float64]:
    """Return the numbers of a piece of text in any notation that C knows."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # numpy warns where a word is no number
        try:
            return np.fromstring(block, dtype=np.float64, sep=" ")
        except DeprecationWarning as error:
            raise ValueError("no number") from error
