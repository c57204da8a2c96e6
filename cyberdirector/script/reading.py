"""From a file on disk to clean numbered lines: the gate for foreign text."""

from __future__ import annotations

import re
from pathlib import Path

from cyberdirector.core.errors import InputRefused, Location

MAX_BYTES = 2 << 20
"""Largest script, bytes: a season of 100 episodes of plain text stays below this."""

MAX_LINE = 2000
"""Longest line, characters: keeps every pattern's time bounded; real lines have under 300."""

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff\u200b\ufffe\uffff]")
_ODD_BREAK = re.compile(r"[\x0b\x0c\x85\u2028\u2029]")
_CHINESE = re.compile(
    r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef\u2014\u2018-\u201d\u2026\u25b2\u25b3]"
)


def read_script(path: Path) -> str:
    """Return the text of a script file.

    UTF-8 (with or without BOM), UTF-16 with BOM and GB18030 are recognised. The size is
    looked at before a byte is read.

    Raises
    ------
    InputRefused
        ``script-missing``, ``script-empty``, ``script-too-large``, ``script-binary`` or
        ``script-encoding``.
    """
    place = Location(str(path))
    if not path.is_file():
        raise InputRefused(
            "script-missing",
            "找不到这个剧本文件，请检查路径。",
            "There is no such script file; check the path.",
            place,
        )
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise InputRefused(
            "script-too-large",
            f"文件有 {size:,} 字节，剧本最多 {MAX_BYTES:,} 字节，请按集拆成多个文件。",
            f"The file has {size:,} bytes, a script may have {MAX_BYTES:,}; "
            "split it into one file per episode.",
            place,
        )
    return decode(path.read_bytes(), str(path))


def decode(data: bytes, file: str = "") -> str:
    """Return the text of a script's bytes; see :func:`read_script` for the errors."""
    place = Location(file)
    if not data.strip():
        raise InputRefused(
            "script-empty",
            "剧本是空的，请至少写一个场景和一句台词，例如“林晚：你来了。”",
            "The script is empty; write at least a scene and a line, such as “ANNA: Hello.”",
            place,
        )
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = data.decode("utf-16", errors="replace")
    elif b"\x00" in data:
        raise _binary(place)
    else:
        text = _decode_eight_bit(data, place)
    controls = sum(1 for c in text if c < " " and c not in "\t\n\r\x0b\x0c")
    if controls * 100 > len(text) or text.count("\ufffd") * 100 > len(text):
        raise _binary(place)
    return text


def _decode_eight_bit(data: bytes, place: Location) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        bad = data.count(b"\n", 0, error.start) + 1
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        text = ""
    foreign = [c for c in text if c > "\x7f"]
    known = sum(1 for c in foreign if _CHINESE.match(c))
    if foreign and known >= 0.9 * len(foreign):
        return text
    raise InputRefused(
        "script-encoding",
        f"第 {bad} 行不是 UTF-8 也不是 GB18030 文字，请用编辑器另存为 UTF-8 文本。",
        f"Line {bad} is neither UTF-8 nor GB18030 text; save the file as UTF-8 plain text.",
        Location(place.file, bad),
    )


def _binary(place: Location) -> InputRefused:
    return InputRefused(
        "script-binary",
        "这不是文本文件（可能是 Word、PDF 或视频），请另存为 .txt 或 .fountain 文本。",
        "This is not a text file (perhaps Word, PDF or a video); save it as plain .txt "
        "or .fountain text.",
        place,
    )


def split_lines(text: str, file: str = "") -> list[str]:
    """Return the lines as an editor numbers them, without control characters.

    Raises
    ------
    InputRefused
        ``script-line-too-long``.
    """
    lines = re.split(r"\r\n|\r|\n", _CONTROL.sub("", text))
    lines = [_ODD_BREAK.sub(" ", line).rstrip() for line in lines]
    for number, line in enumerate(lines, 1):
        if len(line) > MAX_LINE:
            raise InputRefused(
                "script-line-too-long",
                f"这一行有 {len(line)} 个字，最多 {MAX_LINE} 个，请分成几段。",
                f"This line has {len(line)} characters, the limit is {MAX_LINE}; "
                "break it into paragraphs.",
                Location(file, number),
            )
    return lines


def detect_language(text: str) -> str:
    """Return ``zh``, ``en`` or ``ja`` by the share of ideographs, kana and Latin words."""
    kana = len(re.findall(r"[\u3040-\u30ff]", text))
    ideographs = len(re.findall(r"[\u3400-\u9fff]", text))
    words = len(re.findall(r"[A-Za-z]{2,}", text))
    if kana and kana * 4 >= ideographs:
        return "ja" if kana + ideographs >= words else "en"
    return "en" if words > ideographs else "zh"
