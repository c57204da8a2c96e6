"""A reading → the chain of classes that the ear has to find in a recording, in order."""

from __future__ import annotations

from dataclasses import dataclass
from math import log

from cyberdirector.voice.g2p import Reading

VOWELS = frozenset(("AA", "AE", "AH", "EH", "IY", "OW", "UW", "YY"))

APICAL = ("R", "IY", "YY", "AH", "EH")
"""What the vowel of zi, si, zhi, shi, ri may be heard as: the tongue stays, voice sets in."""

_LEAST = {"BMP": 4, "TD": 2, "L": 2, "R": 2, "KG": 2, "TH": 2, "W": 2, "Y": 2}
_USUAL = 3


@dataclass(frozen=True)
class Link:
    """A run of one class.

    Attributes
    ----------
    kind
        One of the phone classes.
    parts
        (sound, share) of the sounds of the reading that the run covers; empty for silence.
    least
        Fewest frames that it lasts.
    skip
        Log probability of its being left out; -inf when it must be heard.
    also
        Other classes that it may sound like.
    """

    kind: str
    parts: tuple[tuple[int, float], ...] = ()
    least: int = 3
    skip: float = float("-inf")
    also: tuple[str, ...] = ()


def chain_of(reading: Reading) -> list[Link]:
    """Return the chain of a reading, silence at both ends and wherever one may pause.

    Neighbours of one class become one run. Silence is likely at marks and possible between
    words; an r after a vowel and a stop at the end of an English word may not be heard.
    """
    links: list[Link] = [_silence(0.7)]
    for index, sound in enumerate(reading.sounds):
        if sound.pause:
            _pause(links, 0.6)
        elif sound.space:
            _pause(links, 0.04)
        for kind, share in () if sound.pause else sound.parts:
            last = links[-1]
            also = APICAL if sound.nucleus and kind in ("S", "SH") else ()
            if last.kind == kind and last.parts and last.also == also:
                merged = (*last.parts, (index, share))
                links[-1] = Link(kind, merged, last.least, float("-inf"), also)
            else:
                skip = _skip(reading, index, kind)
                least = _LEAST.get(kind, _USUAL)
                links.append(Link(kind, ((index, share),), least, skip, also))
    _pause(links, 0.7)
    return links


def _silence(likely: float) -> Link:
    return Link("SIL", (), _USUAL, log(1.0 - likely))


def _pause(links: list[Link], likely: float) -> None:
    """Put a possible silence at the end of the chain; of two the likelier stays."""
    link = _silence(likely)
    if links[-1].kind == "SIL":
        links[-1] = link if link.skip < links[-1].skip else links[-1]
    else:
        links.append(link)


def _skip(reading: Reading, index: int, kind: str) -> float:
    """Return the log probability that a sound is not heard in some accents."""
    sound = reading.sounds[index]
    if reading.language != "en" or sound.nucleus:
        return float("-inf")
    after = next((s for s in reading.sounds[index + 1 :] if not s.space), None)
    closed = after is None or not after.nucleus
    if kind == "R" and closed and index and reading.sounds[index - 1].nucleus:
        return -0.7
    if kind in ("TD", "KG") and closed:  # "could be", "sit back": one closure, at the lips
        lips = after is not None and after.parts[:1] and after.parts[0][0] == "BMP"
        return -0.7 if lips else -2.5
    return float("-inf")
