"""The grammar of Chinese screenplays (剧本), written for this project.

Every line of the text ends up as an element, or in a field that its words were read into.
The forms are listed in the order in which they are tried, see ``_RULES``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from cyberdirector.script.builder import EpisodeBuilder
from cyberdirector.script.document import Source, Time
from cyberdirector.script.heading import number_of, parse_heading
from cyberdirector.script.lexicon import lexicon
from cyberdirector.script.problems import ParseResult
from cyberdirector.script.speech import Spoken, parse_speech, split_words

_EPISODE = re.compile(
    r"(?:第\s*([0-9０-９零〇一二两三四五六七八九十百]+)\s*[集话回](?:\s|[：:.、·《]|$)"
    r"|(?:episode|ep\.?)\s*([0-9]+)\b)\s*[：:.、·\-]*\s*(.*)",
    re.IGNORECASE,
)
_TITLE = re.compile(
    r"(?:剧名|片名|标题|剧集|title)\s*[：:]\s*(.+)|《([^》]+)》$", re.IGNORECASE
)
_CAST = re.compile(
    r"(?:出场人物|人物|角色|出场|登场人物|cast|characters)\s*[：:]\s*(.*)", re.IGNORECASE
)
_ROLE_TABLE = re.compile(
    r"[【\[]?(?:主要|登场|出场)?(?:人物|角色)(表|介绍|小传|设定|列表)?[】\]]?\s*[：:]?$"
)
_FIELD = re.compile(r"(时间|地点|场景|天气|time|place|location|weather)\s*[：:]\s*(.+)", re.I)
_NOTE = re.compile(r"(?://|(?:注|备注|注释|编剧注|note)\s*[：:])\s*(.*)", re.IGNORECASE)
_RULER = re.compile(r"[-=_*—~·.。…\s]{3,}")
_ACTION = re.compile(r"[△▲∆Δ▽▼]\s*(.*)")
_CAPTION = re.compile(
    r"[【\[［]?\s*(?:字幕|屏幕字幕|画面字幕|字卡|黑屏字幕|片名字幕|caption|title card|super)\s*"
    r"[：:]?\s*(.*)",
    re.IGNORECASE,
)
_SOUND = re.compile(r"(?:音效|声音|背景音乐|配乐|音乐|bgm|sfx|sound|music)\b\s*[：:]?", re.I)
_CAMERA = re.compile(
    r"(?:镜头|特写|近景|中景|远景|全景|大远景|空镜|航拍|推镜|拉镜|摇镜|慢镜头|主观|蒙太奇|分屏"
    r"|close|wide|shot|angle|insert|slow motion)",
    re.IGNORECASE,
)
_TRANSITION = re.compile(
    r"(?:切至|切到|切回|转场|淡入|淡出|叠化|闪回|闪回结束|黑屏|黑场|画面?渐|定格|完|剧终|本集完"
    r"|未完待续|片头|片尾|cut to|fade|dissolve|flashback|the end)[^，,]{0,12}$",
    re.IGNORECASE,
)
_SONG = re.compile(r"[♪♫♬♩]\s*(.*?)\s*[♪♫♬♩]*$")
_BRACKET = re.compile(r"[【\[［]([^】\]］]*)[】\]］]")
_SEPARATOR = re.compile(r"[、,，;；/]+|\s+(?![^（(]*[）)])")
_ODD_START = re.compile(r"[^\w“”‘’「」『』《》（）()…—\-\"'，。！？、,.!?\s]")


@dataclass
class _Reader:
    """Reads line after line; ``waiting`` is a speaker whose words stand on the next line."""

    build: EpisodeBuilder
    lines: list[str] = field(default_factory=list)
    waiting: tuple[Spoken, Source] | None = None
    table: bool = False
    comment: bool = False
    last_comment: int = 0
    episodes: int = 0
    first_number: int = 1
    rules: list[Callable[[str, Source], bool]] = field(default_factory=list)

    def read(self, text: str, at: Source) -> None:
        """Give one line to the first form that knows it."""
        if self._comment(text, at):
            return
        plain = re.sub(r"^#+\s+|\*\*", "", text).strip()
        if not plain:
            self.build.add_note(text, at)
            return
        for rule in self.rules:
            if rule(plain, at):
                return

    def _comment(self, text: str, at: Source) -> bool:
        opens = not self.comment and text.startswith("/*")
        inner = text[2:] if opens else text
        if opens and "*/" not in inner and at.line >= self.last_comment:
            return False  # never closed: not a comment, nothing may vanish in it
        if not (self.comment or opens):
            return False
        self.comment = "*/" not in inner
        before, _, after = inner.partition("*/")
        if before.strip():
            self.build.add_note(before.strip(), at)
        if after.strip():
            self.read(after.strip(), at)
        return True

    def end_waiting(self) -> None:
        """Warn about a name without words and keep it as a note."""
        if self.waiting is None:
            return
        (spoken, at), self.waiting = self.waiting, None
        name = "、".join(spoken.names)
        self.build.problems.warn(
            at,
            "script-empty-speech",
            f"“{name}：”后面没有台词；请把台词写在冒号后面。",
            f"There are no words after “{name}:”; write them after the colon.",
        )
        tail = f"（{spoken.parenthetical}）" if spoken.parenthetical else ""
        self.build.add_note(f"{name}{tail}：", at)

    # -- the head of the script -----------------------------------------------------------

    def note(self, text: str, at: Source) -> bool:
        """``// …``, ``注：…`` and ruled lines."""
        match = _NOTE.match(text)
        if match is None and not _RULER.fullmatch(text):
            return False
        self.end_waiting()
        self.build.add_note((match and match[1]) or text, at)
        return True

    def title(self, text: str, at: Source) -> bool:
        """``《雨夜茶馆》`` before the first scene, ``剧名：…``."""
        match = None if self.build.scenes or self.build.title else _TITLE.fullmatch(text)
        if match:
            self.build.title = (match[1] or match[2]).strip().strip("《》") or text
        return match is not None

    def episode(self, text: str, at: Source) -> bool:
        """``第1集``, ``第一集：雨夜``, ``Episode 1``."""
        match = _EPISODE.fullmatch(text)
        number = number_of((match[1] or match[2]).translate(_WIDE_DIGITS)) if match else 0
        if match is None or number <= 0:
            return False
        self.end_waiting()
        self.table = False
        self.episodes += 1
        self.build.number = number
        if self.episodes == 1:
            self.first_number = number
            if match[3] and not self.build.title:
                self.build.title = match[3].strip("《》 ") or match[3]
            elif match[3]:
                self.build.add_note(text, at)
            return True
        self.build.problems.warn(
            at,
            "script-many-episodes",
            f"文件里有不止一集（这里开始第 {number} 集），会合成一部；请每集一个文件。",
            f"The file has more than one episode (number {number} starts here), they "
            "become one film; write one file per episode.",
        )
        self.build.add_note(text, at)
        return True

    def roles(self, text: str, at: Source) -> bool:
        """``人物：林晚（女，20岁）、沈青`` and tables of roles before the first scene."""
        if not self.build.scenes and (match := _ROLE_TABLE.fullmatch(text)):
            # The bare word is a heading only where scenes have theirs: else lines follow it.
            self.table = bool(match[1]) or self._scene_follows()
            return self.table or self._keep(text, at)
        if match := _CAST.fullmatch(text):
            self.end_waiting()
            if not match[1].strip():
                self.table = not self.build.scenes
                return self.table or self._keep(text, at)
            return self._cast(match[1], text, at)
        return False

    def _scene_follows(self) -> bool:
        return any(len(x) < 80 and parse_heading(x.strip(), 1) for x in self.lines if x.strip())

    def _keep(self, text: str, at: Source) -> bool:
        self.build.add_note(text, at)
        return True

    def _cast(self, words: str, text: str, at: Source) -> bool:
        names: list[str] = []
        inner = re.sub(
            r"[（(][^（）()]*[）)]", lambda m: _SEPARATOR.sub(lambda s: "\x1f", m[0]), words
        )
        for part in _SEPARATOR.split(inner):
            match = re.fullmatch(r"([^（(]+?)\s*(?:[（(](.*)[）)])?", part.strip(" 。."))
            if not match or not match[1].strip("。. "):
                if part.strip(" 。."):
                    self.build.add_unknown(part.replace("\x1f", "，"), at)
                continue
            name = match[1].strip()[:40]
            about = (match[2] or "").replace("\x1f", "，")
            self.build.add_role(name, about, at)
            names.append(name)
        if self.build.scenes:
            scene = self.build.scenes[-1]
            scene.cast += names
            scene.listed = scene.listed or bool(names)
        return True

    # -- scenes ---------------------------------------------------------------------------

    def heading(self, text: str, at: Source) -> bool:
        """``1-1 夜 内 云来茶馆`` and its relatives."""
        if text[0] in "△▲∆Δ♪（(":
            return False
        found = parse_heading(text, self.build.number)
        if found is None or (text[0] in "【[［" and not found.id):
            return False
        self.end_waiting()
        self.table = False
        self.build.open_scene(found, at)
        return True

    def fields(self, text: str, at: Source) -> bool:
        """``时间：夜``, ``地点：云来茶馆``, ``天气：雨`` below a heading."""
        match = _FIELD.fullmatch(text)
        if match is None or not self.build.scenes:
            return False
        self.end_waiting()
        scene, key, value = self.build.scenes[-1], match[1].lower(), match[2].strip()
        name = lexicon().time(value)
        if key in ("时间", "time") and name and scene.time is None:
            scene.time = Time(name=name, words=value)
        elif key in ("天气", "weather") and lexicon().weathers(value):
            scene.weather_words.append(value)
        elif key in ("地点", "场景", "place", "location") and not scene.place:
            scene.place = value
        else:
            self.build.add_note(text, at)
        return True

    # -- what is seen and heard -------------------------------------------------------------

    def action(self, text: str, at: Source) -> bool:
        """``△沈青推门而入。``, with ``【字幕：…】`` inside taken out."""
        match = _ACTION.fullmatch(text)
        if match is None:
            return False
        self.end_waiting()
        words = match[1].strip() or text
        done = 0
        for found in _BRACKET.finditer(words):
            caption = _CAPTION.fullmatch(found[1])
            if caption and caption[1].strip():
                if words[done : found.start()].strip():
                    self.build.add_action(words[done : found.start()].strip(), at)
                self.build.add_caption(caption[1].strip(), at)
                done = found.end()
        if words[done:].strip():
            self.build.add_action(words[done:].strip(), at)
        return True

    def bracket(self, text: str, at: Source) -> bool:
        """``【字幕：三年前】``, ``字幕：…``, ``【音效：雷声】``, ``【特写】``."""
        bracketed = text[0] in "【[［"
        caption = _CAPTION.match(text)
        if not bracketed and not (caption and re.match(r"[^：:]{0,12}[：:]", text)):
            return False
        self.end_waiting()
        if bracketed and not re.search(r"[】\]］]\s*$", text):
            if (cut := _BRACKET.match(text)) is not None and text[cut.end() :].strip():
                self.read(text[: cut.end()], at)
                self.read(text[cut.end() :].strip(), at)
                return True
            self.build.problems.warn(
                at,
                "script-bracket-open",
                "这一行的【没有合上，已读到行尾；请补上】。",
                "The bracket 【 of this line is not closed, it was read to the end of the "
                "line; add 】.",
            )
        inner = re.sub(r"^[【\[［]\s*|\s*[】\]］]\s*$", "", text).strip() if bracketed else text
        words = caption[1].strip().rstrip("】]］").strip() if caption else ""
        if words:
            self.build.add_caption(words, at)
        elif _SOUND.match(inner):
            self.build.add_action(inner, at, "sound")
        elif _TRANSITION.match(inner):
            self.build.add_action(inner, at, "transition")
        elif _CAMERA.match(inner):
            self.build.add_action(inner, at, "camera")
        else:
            self.build.add_unknown(text, at)
        return True

    def song(self, text: str, at: Source) -> bool:
        """``♪ 歌词 ♪``, also after a name."""
        spoken = None if text[0] in "♪♫♬♩" else parse_speech(text)
        match = _SONG.fullmatch(spoken.text if spoken else text)
        if match is None or (spoken and len(spoken.names) > 1):
            return False
        self.end_waiting()
        words = match[1] or text
        if spoken and (spoken.parenthetical or spoken.asides):
            return False
        self.build.add_song(words, at, spoken.names[0] if spoken else "")
        return True

    def transition(self, text: str, at: Source) -> bool:
        """``切至：…``, ``闪回``, ``淡出``, ``剧终``."""
        if not _TRANSITION.match(text):
            return False
        self.end_waiting()
        self.build.add_action(text, at, "transition")
        return True

    # -- speech -------------------------------------------------------------------------------

    def speech(self, text: str, at: Source) -> bool:
        """``林晚（冷笑）：台词``; a bare ``林晚：`` waits for the next line."""
        spoken = parse_speech(text)
        if spoken is None:
            return False
        if self.table and not self.build.scenes:
            about = "，".join(t for t in (spoken.parenthetical, spoken.text) if t)
            self.build.add_role(spoken.names[0], about, at)
            return True
        self.end_waiting()
        if spoken.open_paren:
            self.build.problems.warn(
                at,
                "script-paren-open",
                "冒号前的括号没有合上，请写成“林晚（冷笑）：台词”。",
                "The bracket before the colon is not closed; write “林晚（冷笑）：台词”.",
            )
        if spoken.text:
            self._say(spoken, at)
        else:
            self.waiting = (spoken, at)
        return True

    def _say(self, spoken: Spoken, at: Source) -> None:
        self.build.add_line(spoken.names, spoken.text, at, spoken.parenthetical, spoken.asides)

    def waited(self, text: str, at: Source) -> bool:
        """The words of a name that stood alone on the line before."""
        if self.waiting is None:
            return False
        head, place = self.waiting
        lead, words, asides = split_words(text)
        directions = "，".join(d for d in (head.parenthetical, lead) if d)
        spoken = Spoken(head.names, directions, words, asides)
        if not words:
            self.waiting = (spoken, place)
            return True
        self.waiting = None
        self._say(spoken, place)
        return True

    def rest(self, text: str, at: Source) -> bool:
        """A bare sentence is an action; anything odd is kept with a warning."""
        if _ODD_START.match(text):
            self.build.add_unknown(text, at)
        elif re.search(r"^[^，。！？\s]{1,12}[：:]", text):
            self.build.add_unknown(text, at)
        else:
            self.build.add_action(text, at, "plain")
        return True


_WIDE_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")

_RULES = (
    "note", "title", "episode", "roles", "action", "heading", "bracket", "fields", "song",
    "transition", "speech", "waited", "rest",
)  # fmt: skip


def parse_chinese(lines: list[str], file: str = "", title: str = "") -> ParseResult:
    """Read a 剧本.

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
    reader = _Reader(EpisodeBuilder(file), lines)
    reader.rules = [getattr(reader, name) for name in _RULES]
    closing = [number for number, line in enumerate(lines, 1) if "*/" in line]
    reader.last_comment = closing[-1] if closing else 0
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if text:
            reader.read(text, reader.build.at(number, len(line) - len(line.lstrip()) + 1))
    reader.end_waiting()
    reader.build.title = reader.build.title or title
    reader.build.number = reader.first_number
    return reader.build.finish(len(lines))
