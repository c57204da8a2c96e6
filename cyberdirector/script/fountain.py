"""Fountain screenplays, with Chinese names that need no ``@`` and 内/外 headings.

The elements are told apart by screenplay-tools; comments, headings, the title page and
Chinese cues are ours, because that library knows upper case only in Latin letters, loses
the place of an element in the file and drops a comment that is never closed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from cyberdirector.script.builder import EpisodeBuilder
from cyberdirector.script.document import Aside, Source
from cyberdirector.script.heading import Heading, number_of, parse_heading
from cyberdirector.script.problems import ParseResult
from cyberdirector.script.speech import split_words

_TITLE_KEYS = frozenset(
    ["title", "credit", "author", "authors", "source", "notes", "draft date", "date", "contact",
     "copyright", "language", "episode", "revision", "format",
     "标题", "片名", "剧名", "作者", "编剧", "集", "日期", "版权"]
)  # fmt: skip
_CUE = re.compile(r"@?([\u3400-\u9fff·]{1,8})\s*((?:[（(][^（）()]{0,40}[）)]\s*)*)\^?")
_NOT_CUE = re.compile(r"[了着过的是在有和被把向从]")
_EMPHASIS = re.compile(r"(?<!\\)[*_]+")
_SHOWN = re.compile(r"(?:SUPER(?:IMPOSE)?|TITLE(?: CARD)?|CAPTION|字幕)\s*[:：]\s*(.+)", re.I)
_TRANSITION = re.compile(
    r"(?:FADE (?:IN|OUT|TO BLACK)|(?:SMASH |MATCH )?CUT TO|DISSOLVE TO|THE END)\b[^a-z]{0,20}"
)
_CUT = 150


@dataclass
class _Piece:
    """One non-blank line with its place and what the library takes it for."""

    number: int
    column: int
    text: str
    kind: str = ""
    name: str = ""
    extension: str = ""


@dataclass
class _Speech:
    """A cue that collects its words."""

    names: tuple[str, ...]
    at: Source
    directions: list[str] = field(default_factory=list)
    text: str = ""
    asides: list[Aside] = field(default_factory=list)


def _strip_comments(lines: list[str]) -> tuple[list[str], list[tuple[int, str]]]:
    """Return the lines without comments (numbers stay), and (line, text) of each comment."""
    text = "\n".join(lines)
    notes: list[tuple[int, str]] = []
    kept: list[str] = []
    done, number = 0, 1
    # Scanned by hand: an expression would look for the end once per opening mark.
    ends = {"/*": "*/", "[[": "]]"}
    starts = {mark: text.find(mark) for mark in ends}
    while open_marks := {m: i for m, i in starts.items() if i >= 0}:
        mark = min(open_marks, key=lambda m: open_marks[m])
        first = open_marks[mark]
        last = text.find(ends[mark], first + 2)
        if last < 0:
            starts[mark] = -1
            continue
        kept.append(text[done:first])
        number += kept[-1].count("\n")
        for offset, part in enumerate(text[first + 2 : last].split("\n")):
            if part.strip():
                notes.append((number + offset, part.strip()))
        breaks = text.count("\n", first, last)
        kept.append("\n" * breaks)
        number += breaks
        done = last + 2
        for m, i in starts.items():
            starts[m] = text.find(m, done) if 0 <= i < done else i
    return ("".join(kept) + text[done:]).split("\n"), notes


def _title_page(lines: list[str], build: EpisodeBuilder) -> int:
    """Read the title page; return the number of lines that it takes."""
    index, key = 0, ""
    while index < len(lines) and not lines[index].strip():
        index += 1
    while index < len(lines) and lines[index].strip():
        match = re.match(r"\s*([\w ]{1,20}?)\s*[:：]\s*(.*)", lines[index])
        known = match is not None and match[1].lower() in _TITLE_KEYS
        if match is not None and known:
            key, value = match[1].lower(), match[2].strip()
        elif key and re.match(r"\s", lines[index]):
            value = lines[index].strip()
        else:
            return index
        plain = _EMPHASIS.sub("", value).strip()
        if key in ("title", "标题", "片名", "剧名"):
            build.title = f"{build.title} {plain}".strip()
        elif key in ("episode", "集") and number_of(plain):
            build.number = number_of(plain)
        elif value:
            build.early_notes.append((f"{key}: {value}", build.at(index + 1)))
        index += 1
    return index


def _classify(lines: list[str], first: int) -> list[_Piece]:
    """Let the library name the element on every non-blank line, in order."""
    from screenplay_tools.fountain.parser import Parser

    parser = Parser()
    parser.mergeActions = parser.mergeDialogue = False
    parser.add_line("")  # ends the library's own title page, which takes any “word:”
    pieces: list[_Piece] = []
    for index in range(first, len(lines)):
        raw = lines[index].rstrip()
        text = " ".join(raw.split())
        piece = _Piece(index + 1, len(raw) - len(raw.lstrip()) + 1, text)
        if not text:
            parser.add_line("  " if raw != lines[index] and lines[index] else "")
            continue
        pieces.append(piece)
        before = lines[index - 1].strip() if index else ""
        after = lines[index + 1].strip() if index + 1 < len(lines) else ""
        parser.add_line(_feed(piece, not before, bool(after)))
    parser.finalize()
    found = [e for e in parser.script.elements if e.text_raw.strip() or _textless(e)]
    for piece, element in zip(pieces, found, strict=True):
        piece.kind = piece.kind or element.type.value
        piece.name = getattr(element, "name", "") or ""
        piece.extension = getattr(element, "extension", "") or ""
        if piece.kind == "ACTION" and getattr(element, "centered", False):
            piece.kind = "CENTRED"
    return pieces


def _textless(element: object) -> bool:
    return type(element).__name__ in ("PageBreak", "Character")


def _feed(piece: _Piece, blank_before: bool, more_after: bool) -> str:
    """Return what the library is given for a line; short, so that its patterns stay fast."""
    # “/*” and “[[” still here were never closed; the library would swallow what follows.
    text = piece.text.replace("/*", "/ ").replace("[", "{")
    cue = _CUE.fullmatch(text)
    if text.strip("!~#=><@.^* ") == "" and not text.startswith("==="):
        piece.kind = "MARKS"
        return "!marks"
    if parse_fountain_heading(text) is not None:
        piece.kind = "HEADING"
        return ".1"
    if _TRANSITION.fullmatch(text):
        return "> " + text
    if (
        cue
        and more_after
        and (text[0] == "@" or (blank_before and not _NOT_CUE.search(cue[1])))
    ):
        return "@" + text.lstrip("@").replace("（", "(").replace("）", ")")
    if text[0] in "（(" and text[-1] in "）)":
        return f"({text[1:-1][:_CUT]})"
    if text[0] in "♪♫":
        return "~" + text[:_CUT]
    return text if len(text) <= _CUT else text[: _CUT - 40] + text[-40:]


def parse_fountain_heading(text: str, episode: int = 1) -> Heading | None:
    """Return the heading of ``INT. …``, ``.FORCED``, ``内. 茶馆 - 夜``, else None."""
    forced = bool(re.match(r"\.[^.\s]", text))
    number = re.search(r"\s*#([\w.\-]+)#\s*$", text)
    bare = (text[: number.start()] if number else text)[1 if forced else 0 :].strip()
    latin = re.match(r"(int|ext|est|i/e)[./\s]", bare, re.IGNORECASE)
    if not (forced or latin or re.match(r"[内外]{1,2}\s*[.．。、]|[内外]{1,2}景", bare)):
        scene = re.match(r"(?:场|第|\d+\s*-\s*\d+)", bare)
        return parse_heading(bare, episode) if scene else None
    body = re.sub(r"^(内外|外内|内|外)\s*[.．。、]\s*", r"\1 ", bare)
    label = re.sub(r"[^0-9\-]", "", (number[1] if number else "").replace(".", "-")).strip("-")
    found = parse_heading(f"场{label or 1} {body}", episode)
    return found if label or found is None else replace(found, id="")


@dataclass
class _Emitter:
    """Turns the pieces into beats."""

    build: EpisodeBuilder
    speech: _Speech | None = None

    def emit(self, piece: _Piece) -> None:
        """Add one piece."""
        at = self.build.at(piece.number, piece.column)
        if piece.kind in ("PARENTHETICAL", "DIALOGUE") and self.speech:
            self._words(self.speech, piece.text)
            return
        self.flush()
        plain = re.sub(r"\\([*_])", r"\1", _EMPHASIS.sub("", piece.text)).strip()
        plain = plain or piece.text
        heading = parse_fountain_heading(piece.text, self.build.number)
        if piece.kind == "HEADING" and heading is not None:
            self.build.open_scene(heading, at)
        elif piece.kind == "CHARACTER" and _fits(piece.name):
            directions = [piece.extension] if piece.extension else []
            name = _EMPHASIS.sub("", piece.name).strip() or piece.name
            self.speech = _Speech((name,), at, directions)
        elif piece.kind == "LYRIC":
            self.build.add_song(plain.strip("~♪♫♬♩ ") or plain, at)
        elif piece.kind == "TRANSITION":
            self.build.add_action(plain.lstrip("> ") or plain, at, "transition")
        elif piece.kind == "CENTRED":
            self.build.add_caption(plain.strip("<> ") or plain, at)
        elif piece.kind in ("SECTION", "SYNOPSIS", "PAGEBREAK", "MARKS"):
            self.build.add_note(piece.text, at)
        else:
            self._action(plain.lstrip("!").strip() or plain, at)

    def _action(self, text: str, at: Source) -> None:
        shown = _SHOWN.fullmatch(text.strip("【】[]"))
        if shown:
            self.build.add_caption(shown[1].strip('“”"'), at)
        else:
            self.build.add_action(text, at, "plain")

    def _words(self, speech: _Speech, text: str) -> None:
        clean = re.sub(r"\\([*_])", r"\1", _EMPHASIS.sub("", text)).strip() or text
        lead, words, asides = split_words(clean)
        if lead and speech.text:
            speech.asides.append(Aside(offset=len(speech.text), text=lead))
        elif lead:
            speech.directions.append(lead)
        if not words:
            return
        latin = speech.text[-1:].isascii() and words[0].isascii()
        start = speech.text + (" " if speech.text and latin else "")
        speech.asides += [
            a.model_copy(update={"offset": a.offset + len(start)}) for a in asides
        ]
        speech.text = start + words

    def flush(self) -> None:
        """Finish the speech that is being collected."""
        speech, self.speech = self.speech, None
        if speech is None:
            return
        directions = "，".join(speech.directions)
        if speech.text:
            self.build.add_line(
                speech.names, speech.text, speech.at, directions, tuple(speech.asides)
            )
            return
        self.build.problems.warn(
            speech.at,
            "script-empty-speech",
            f"“{speech.names[0]}”后面没有台词；请把台词写在下一行。",
            f"There are no words after “{speech.names[0]}”; write them on the next line.",
        )
        told = " ".join([speech.names[0], *(f"（{d}）" for d in speech.directions)])
        self.build.add_note(told, speech.at)


def _fits(name: str) -> bool:
    return 0 < len(name) <= 40 and re.search(r"[^\W_]", name) is not None


def parse_fountain(lines: list[str], file: str = "", title: str = "") -> ParseResult:
    """Read a Fountain screenplay.

    Parameters
    ----------
    lines
        The text, one string per line, as ``reading.split_lines`` gives.
    file
        Name for messages.
    title
        Title to take when the script states none.

    Raises
    ------
    InputRefused
        ``script-no-line`` or ``script-too-long``.
    """
    build = EpisodeBuilder(file)
    clean, notes = _strip_comments(lines)
    first = _title_page(clean, build)
    emitter = _Emitter(build)
    for piece in _classify(clean, first):
        while notes and notes[0][0] <= piece.number:
            emitter.flush() if piece.kind not in ("PARENTHETICAL", "DIALOGUE") else None
            number, words = notes.pop(0)
            build.add_note(words, build.at(number))
        emitter.emit(piece)
    emitter.flush()
    for number, words in notes:
        build.add_note(words, build.at(number))
    build.title = build.title or title
    return build.finish(len(lines))
