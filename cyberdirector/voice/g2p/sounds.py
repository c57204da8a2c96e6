"""What a grapheme-to-phoneme reader gives: sounds with their words and phone classes."""

from __future__ import annotations

from dataclasses import dataclass, replace

from cyberdirector.voice.notes import Note

Parts = tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Sound:
    """A run of voice-model symbols that is spoken as one or more phones.

    Attributes
    ----------
    symbols
        Characters of the voice model's alphabet, for example ``a→`` or ``ʨʰ``.
    parts
        Phone classes of :data:`cyberdirector.core.speech.PHONE_CLASSES` with the share of
        the sound's time that each takes (shares add up to 1). A pause is ``SIL``; a space
        between words has no part and its time goes to the sound before it.
    word
        Index into the words of the reading, -1 outside words.
    stress, tone
        As in :class:`cyberdirector.core.speech.Phone`.
    rounded
        Lip rounding 0..1.
    syllable
        Index of the syllable, -1 for pauses; sounds of one syllable share it.
    nucleus
        True for the sound that carries the syllable (its vowel).
    """

    symbols: str
    parts: Parts
    word: int = -1
    stress: int = 0
    tone: int = 0
    rounded: float = 0.0
    syllable: int = -1
    nucleus: bool = False

    @property
    def pause(self) -> bool:
        """Whether this is punctuation that is heard as silence."""
        return len(self.parts) == 1 and self.parts[0][0] == "SIL"

    @property
    def space(self) -> bool:
        """Whether this is a word boundary without a phone of its own."""
        return not self.parts


@dataclass(frozen=True)
class Spelled:
    """A word as written, ``text[first:last]`` of the line."""

    text: str
    first: int
    last: int


@dataclass(frozen=True)
class Reading:
    """A line as it will be spoken.

    Attributes
    ----------
    sounds, words
        In order.
    emphasis
        Indices of the words that the text marks as stressed (``*so*``).
    notes
        What was left out or read otherwise than written.
    """

    text: str
    language: str
    sounds: tuple[Sound, ...]
    words: tuple[Spelled, ...]
    emphasis: frozenset[int] = frozenset()
    notes: tuple[Note, ...] = ()

    @property
    def symbols(self) -> str:
        """All model symbols in order."""
        return "".join(sound.symbols for sound in self.sounds)

    @property
    def question(self) -> bool:
        """Whether the line ends as a question."""
        ends = [sound.symbols for sound in self.sounds if sound.pause]
        return bool(ends) and "?" in ends[-1]


PAUSES = ",.!?:;—…"
"""Punctuation symbols of the voice model that are heard as a pause."""


class Builder:
    """Collects sounds, words and pauses of one line, in order."""

    def __init__(self) -> None:
        self.sounds: list[Sound] = []
        self.words: list[Spelled] = []
        self.syllables = 0

    def begin_word(self, text: str, first: int, last: int) -> int:
        """Open a word; put a space before it where the sound before is not a pause."""
        if self.sounds and not self.sounds[-1].space:
            self.sounds.append(Sound(" ", ()))
        self.words.append(Spelled(text, first, last))
        return len(self.words) - 1

    def space(self) -> None:
        """Put a space inside a word that is said as several."""
        if self.sounds and not self.sounds[-1].space:
            self.sounds.append(Sound(" ", ()))

    def add(self, sound: Sound) -> None:
        """Append a sound of the word that is open."""
        self.sounds.append(replace(sound, word=len(self.words) - 1, syllable=self.syllables))

    def end_syllable(self) -> None:
        """Close a syllable; the sounds that follow belong to the next one."""
        self.syllables += 1

    def pause(self, symbol: str) -> None:
        """Append a punctuation pause; of two neighbours the stronger one stays."""
        while self.sounds and self.sounds[-1].space:
            self.sounds.pop()
        if not self.sounds:
            return
        if self.sounds[-1].pause:
            if _STRENGTH[symbol] > _STRENGTH[self.sounds[-1].symbols]:
                self.sounds[-1] = Sound(symbol, (("SIL", 1.0),))
            return
        self.sounds.append(Sound(symbol, (("SIL", 1.0),)))

    def reading(self, text: str, language: str) -> Reading:
        """Return the finished line, closed by a pause."""
        while self.sounds and self.sounds[-1].space:
            self.sounds.pop()
        if self.sounds and not self.sounds[-1].pause:
            self.pause(".")
        return Reading(text, language, tuple(self.sounds), tuple(self.words))


_STRENGTH = {",": 1, ":": 2, ";": 2, "—": 2, "…": 3, ".": 4, "!": 5, "?": 6}

_MARKS = {
    "，": ",", ",": ",", "、": ",", "。": ".", ".": ".", "．": ".", "！": "!", "!": "!",
    "？": "?", "?": "?", "：": ":", ":": ":", "；": ";", ";": ";", "…": "…", "—": "—",
    "～": "—", "~": "—", "–": "—", "（": ",", "）": ",", "(": ",", ")": ",", "\n": ".",
    "♪": ",", "・": ",", "　": ",", "⋯": "…", "･": ",", "｡": ".",
}  # fmt: skip


def mark(character: str) -> str:
    """Return the pause symbol for a written punctuation mark, or an empty string."""
    return _MARKS.get(character, "")
