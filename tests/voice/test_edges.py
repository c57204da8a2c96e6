from __future__ import annotations

import numpy as np

from cyberdirector.voice.ear.chain import APICAL, chain_of
from cyberdirector.voice.ear.edges import snap_plosives
from cyberdirector.voice.g2p import read_line
from cyberdirector.voice.timing import Segment


def _mel(quiet: slice) -> np.ndarray:
    mel = np.zeros((60, 40), np.float32)
    mel[quiet] = -4.0
    soft = np.array([0.1, 0.2, 0.4, 0.2, 0.1])  # windows of 25 ms see a step coming
    return np.stack([np.convolve(band, soft, "same") for band in mel.T], 1).astype(np.float32)


def _abra(kind: str = "BMP", symbol: str = "p", start: float = 0.24) -> list[Segment]:
    return [
        Segment("AA", 0, 0.05, start, "a"),
        Segment(kind, 1, start, 0.29, symbol),
        Segment("AA", 2, 0.29, 0.50, "a"),
    ]


def test_closures_grow_to_the_steps_of_loudness() -> None:
    out = snap_plosives(_abra(), _mel(slice(22, 32)))
    np.testing.assert_allclose([s.end for s in out], [0.22, 0.32, 0.50], atol=0.0101)
    assert [s.start for s in out[1:]] == [s.end for s in out[:-1]]


def test_closures_never_shrink_and_nasals_stay() -> None:
    wide = _abra(start=0.20)
    assert snap_plosives(wide, _mel(slice(23, 27))) == wide
    nasal = _abra(symbol="m")
    assert snap_plosives(nasal, _mel(slice(22, 32))) == nasal
    even = _abra()
    assert snap_plosives(even, np.zeros((60, 40), np.float32)) == even


def test_an_affricate_begins_with_a_closure() -> None:
    out = snap_plosives(_abra("SH", "ꭧ"), _mel(slice(22, 32)))
    assert abs(out[1].start - 0.22) < 0.0101
    assert out[2].start == 0.29


def test_the_vowel_of_ri_may_sound_like_other_vowels() -> None:
    links = chain_of(read_line("日报", "zh"))
    also = {link.kind: link.also for link in links if link.parts}
    assert also["SH"] == APICAL
    assert also["R"] == also["BMP"] == ()
