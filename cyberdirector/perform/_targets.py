"""Mouth targets of the 21 phone classes and how strongly each class holds its own.

Values are our own choices for neutral speech; the openness order follows gaps measured on
real talking faces, and the blending idea follows Cohen & Massaro (1993): each phone rules
each articulator with its own dominance.
"""

from __future__ import annotations

from types import MappingProxyType

JAW, APERTURE, ROUND, SPREAD, DENTAL, TONGUE = range(6)
"""Articulators: each is blended with its own dominance."""

CHANNELS: tuple[tuple[str, int], ...] = (
    ("jawOpen", JAW),
    ("mouthLowerDown", APERTURE),
    ("mouthUpperUp", APERTURE),
    ("mouthPucker", ROUND),
    ("mouthFunnel", ROUND),
    ("mouthStretch", SPREAD),
    ("mouthSmile", SPREAD),
    ("mouthRollLower", DENTAL),
    ("tongueOut", TONGUE),
)
"""Mouth channels (both sides of a pair share one) and the articulator that drives them."""

_T = {
    #        jaw   low   up   puck  funn  strc  smil  roll  tong
    "SIL": (0.00, 0.00, 0.00, 0.00, 0.00, 0.00, 0.00, 0.00, 0.00),
    "BMP": (0.06, 0.00, 0.00, 0.00, 0.00, 0.00, 0.00, 0.10, 0.00),
    "FV": (0.04, 0.00, 0.35, 0.00, 0.00, 0.04, 0.00, 0.60, 0.00),
    "TH": (0.16, 0.15, 0.04, 0.00, 0.00, 0.05, 0.00, 0.00, 0.35),
    "TD": (0.17, 0.14, 0.04, 0.00, 0.00, 0.10, 0.00, 0.00, 0.00),
    "L": (0.21, 0.15, 0.04, 0.00, 0.00, 0.05, 0.00, 0.00, 0.00),
    "S": (0.07, 0.22, 0.10, 0.00, 0.00, 0.28, 0.03, 0.00, 0.00),
    "SH": (0.09, 0.18, 0.14, 0.05, 0.42, 0.00, 0.00, 0.00, 0.00),
    "CJ": (0.09, 0.16, 0.08, 0.00, 0.00, 0.25, 0.10, 0.00, 0.00),
    "R": (0.15, 0.05, 0.03, 0.28, 0.15, 0.00, 0.00, 0.00, 0.00),
    "KG": (0.24, 0.12, 0.03, 0.00, 0.00, 0.05, 0.00, 0.00, 0.00),
    "W": (0.09, 0.00, 0.00, 0.78, 0.10, 0.00, 0.00, 0.00, 0.00),
    "Y": (0.14, 0.10, 0.03, 0.00, 0.00, 0.28, 0.10, 0.00, 0.00),
    "AA": (0.58, 0.22, 0.06, 0.00, 0.00, 0.04, 0.00, 0.00, 0.00),
    "AE": (0.48, 0.22, 0.10, 0.00, 0.00, 0.22, 0.04, 0.00, 0.00),
    "AH": (0.33, 0.14, 0.04, 0.00, 0.00, 0.05, 0.00, 0.00, 0.00),
    "EH": (0.37, 0.18, 0.06, 0.00, 0.00, 0.20, 0.04, 0.00, 0.00),
    "IY": (0.17, 0.16, 0.05, 0.00, 0.00, 0.36, 0.14, 0.00, 0.00),
    "OW": (0.36, 0.04, 0.02, 0.32, 0.40, 0.00, 0.00, 0.00, 0.00),
    "UW": (0.14, 0.00, 0.00, 0.60, 0.20, 0.00, 0.00, 0.00, 0.00),
    "YY": (0.11, 0.00, 0.00, 0.65, 0.12, 0.00, 0.00, 0.00, 0.00),
}

TARGETS = MappingProxyType(_T)
"""Weights 0..1 per class in the order of :data:`CHANNELS`."""

VOWELS = frozenset({"AA", "AE", "AH", "EH", "IY", "OW", "UW", "YY"})
"""Classes that can carry a syllable."""

_D = {
    #       jaw  aper round spre dent tong
    "SIL": (0.5, 0.5, 0.7, 0.7, 1.0, 1.0),
    "BMP": (1.2, 3.0, 0.3, 0.3, 1.0, 1.0),
    "FV": (1.6, 2.0, 0.4, 0.4, 3.0, 1.0),
    "TH": (0.6, 0.5, 0.3, 0.3, 1.0, 3.0),
    "TD": (0.35, 0.3, 0.2, 0.2, 1.0, 1.0),
    "L": (0.3, 0.3, 0.2, 0.2, 1.0, 1.0),
    "S": (1.3, 0.8, 0.3, 0.6, 1.0, 1.0),
    "SH": (1.2, 0.8, 1.2, 0.6, 1.0, 1.0),
    "CJ": (1.1, 0.7, 0.4, 0.8, 1.0, 1.0),
    "R": (0.6, 0.5, 0.8, 0.5, 1.0, 1.0),
    "KG": (0.2, 0.2, 0.15, 0.2, 1.0, 1.0),
    "W": (1.0, 1.2, 2.0, 1.2, 1.0, 1.0),
    "Y": (0.6, 0.6, 0.5, 0.9, 1.0, 1.0),
    "OW": (1.0, 1.0, 1.8, 1.2, 1.0, 1.0),
    "UW": (1.0, 1.0, 2.0, 1.4, 1.0, 1.0),
    "YY": (1.0, 1.0, 2.0, 1.4, 1.0, 1.0),
}
DOMINANCE = MappingProxyType({k: _D.get(k, (1.0,) * 6) for k in _T})
"""Dominance per class and articulator; 1 for plain vowels."""

LEAD = (-0.015, -0.015, 0.045, 0.020, 0.015, 0.015)
"""Seconds by which each articulator anticipates a phone: rounding starts early, jaw and lips
come a touch after the sound, as on filmed faces (``benchmarks/perform/filmed.py``; lips that
must meet are placed on the sound itself)."""

DECAY = (0.050, 0.050, 0.065, 0.050, 0.030, 0.025)
"""Time constant in seconds of each articulator outside its phone."""
