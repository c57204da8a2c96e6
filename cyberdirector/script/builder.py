"""Puts the pieces of a script together: ids, roles, addressees, weather, casts."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from cyberdirector.core.errors import InputRefused, Location
from cyberdirector.script.document import (
    Action,
    Aside,
    Beat,
    Caption,
    Episode,
    Line,
    Note,
    Role,
    Scene,
    Song,
    Source,
    Time,
)
from cyberdirector.script.feeling import feel_line
from cyberdirector.script.heading import Heading
from cyberdirector.script.lexicon import lexicon
from cyberdirector.script.names import Names
from cyberdirector.script.people import introduced, meant, sex_told
from cyberdirector.script.problems import ParseResult, Problems
from cyberdirector.script.reading import detect_language

MAX_BEATS = 20_000
"""Most elements of one script: 100 episodes of 200; keeps memory under 100 MB."""

_LETTERS = {"line": "L", "action": "A", "caption": "C", "song": "S", "note": "N"}
_VERB = re.compile(r"[\u3400-\u9fff]{2,8}[说道问答喊叹]")


@dataclass
class _Draft:
    """A scene under construction."""

    id: str
    at: Source
    heading: Heading | None = None
    place: str = ""
    time: Time | None = None
    inside: bool | None = None
    both: bool = False
    weather_words: list[str] = field(default_factory=list)
    cast: list[str] = field(default_factory=list)
    listed: bool = False
    beats: list[Beat] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)


@dataclass
class EpisodeBuilder:
    """Collects what a grammar finds, in order, and finishes it into an Episode."""

    file: str = ""
    problems: Problems = field(default_factory=Problems)
    title: str = ""
    number: int = 1
    roles: dict[str, Role] = field(default_factory=dict)
    scenes: list[_Draft] = field(default_factory=list)
    early_notes: list[tuple[str, Source]] = field(default_factory=list)
    total: int = 0

    def at(self, line: int, column: int = 1) -> Source:
        """Return a place in the file being read."""
        return Source(file=self.file, line=line, column=column)

    # -- scenes -------------------------------------------------------------------------

    def open_scene(self, heading: Heading, at: Source) -> None:
        """Begin a scene; unnumbered ones count on, repeated numbers get a letter."""
        wanted = heading.id or self._next_id()
        scene_id, taken = wanted, {s.id for s in self.scenes}
        for suffix in range(2, len(taken) + 3):
            if scene_id not in taken:
                break
            scene_id = f"{wanted}.{suffix}"
        if scene_id != wanted:
            self.problems.warn(
                at,
                "script-duplicate-scene",
                f"场号 {wanted} 已经用过，这一场记为 {scene_id}；请改成没有用过的场号。",
                f"Scene number {wanted} was used before, this one becomes {scene_id}; "
                "give it a number of its own.",
            )
        time = heading.time
        if heading.same_time and self.scenes:
            time = self.scenes[-1].time
        self._check_heading(heading, time, at)
        self.scenes.append(
            _Draft(
                scene_id,
                at,
                heading,
                heading.place,
                time,
                heading.inside,
                heading.both,
                list(heading.weather_words),
            )
        )

    def _next_id(self) -> str:
        numbers = [
            int(m[1])
            for s in self.scenes
            if (m := re.match(rf"{self.number}-(\d+)", s.id)) is not None
        ]
        return f"{self.number}-{max(numbers, default=0) + 1}"

    def _check_heading(self, heading: Heading, time: Time | None, at: Source) -> None:
        if not heading.place:
            self.problems.warn(
                at,
                "script-heading-place",
                "这一场没有写地点，请写成“1-1 夜 内 云来茶馆”的样子。",
                "This scene names no place; write it like “INT. TEAHOUSE - NIGHT”.",
            )
        if time is None and not heading.same_time:
            self.problems.warn(
                at,
                "script-heading-time",
                "这一场没有写时间，按“日”处理；请加上 日、夜、晨 或 黄昏。",
                "This scene names no time, day is taken; add DAY, NIGHT, DAWN or DUSK.",
            )

    def scene(self, at: Source) -> _Draft:
        """Return the open scene; content before any heading gets a scene of its own."""
        if not self.scenes:
            self.problems.warn(
                at,
                "script-no-heading",
                "场景标题之前就有内容，已放进第一场；请先写一行“1-1 夜 内 地点”。",
                "There is content before any scene heading; begin with a line such as "
                "“INT. OFFICE - DAY”.",
            )
            self.scenes.append(_Draft(f"{self.number}-0", at))
        return self.scenes[-1]

    # -- beats --------------------------------------------------------------------------

    def _id(self, kind: str, at: Source) -> str:
        scene = self.scene(at)
        self.total += 1
        if self.total > MAX_BEATS:
            raise InputRefused(
                "script-too-long",
                f"到这一行已超过 {MAX_BEATS} 个台词和动作，请按集拆成多个文件。",
                f"There are more than {MAX_BEATS} lines and actions up to here; split the "
                "script into one file per episode.",
                at.location(),
            )
        scene.counts[kind] = scene.counts.get(kind, 0) + 1
        return f"{scene.id}-{_LETTERS[kind]}{scene.counts[kind]:02d}"

    def add_action(self, text: str, at: Source, notation: str = "action") -> None:
        """Add something that happens."""
        made = Action(id=self._id("action", at), text=text, at=at, notation=notation)
        self.scene(at).beats.append(made)

    def add_unknown(self, text: str, at: Source) -> None:
        """Keep a notation that is not understood as an action, with a warning."""
        self.problems.warn(
            at,
            "script-unknown-notation",
            f"不认识这种写法“{text[:20]}”，已按动作保留；动作请以△开头，台词请写“人物：台词”。",
            f"The notation “{text[:20]}” is not known and was kept as action; begin an "
            "action with △ or a plain sentence, and a line with “NAME: words”.",
        )
        self.add_action(text, at, "unknown")

    def add_caption(self, text: str, at: Source) -> None:
        """Add words on the screen."""
        self.scene(at).beats.append(Caption(id=self._id("caption", at), text=text, at=at))

    def add_song(self, text: str, at: Source, speaker: str = "") -> None:
        """Add something sung."""
        made = Song(id=self._id("song", at), text=text, at=at, speaker=speaker)
        self.scene(at).beats.append(made)

    def add_note(self, text: str, at: Source) -> None:
        """Keep a comment (before the first scene it opens none: it goes to the first)."""
        if self.scenes:
            self.scene(at).beats.append(Note(id=self._id("note", at), text=text, at=at))
        else:
            self.early_notes.append((text, at))

    def add_line(
        self,
        names: tuple[str, ...],
        text: str,
        at: Source,
        parenthetical: str = "",
        asides: tuple[Aside, ...] = (),
    ) -> None:
        """Add spoken words; feeling and delivery are read from the directions."""
        words = lexicon()
        told = "，".join([parenthetical, *(a.text for a in asides)]).strip("，")
        emotion = words.emotion(told)
        if emotion.name == "neutral" and not any(w in told for w in ("平常", "neutral")):
            emotion = feel_line(text)
        whole = words.delivery.get(names[0].lower().rstrip("."), ())
        delivery = {*words.deliveries(told), *whole}
        if names[0].lower() in ("narrator", "解说员"):
            delivery.add("vo")
        made = Line(
            id=self._id("line", at),
            speaker=names[0],
            chorus=names[1:],
            text=text,
            at=at,
            parenthetical=parenthetical,
            asides=asides,
            emotion=emotion,
            delivery=tuple(sorted(delivery)),
            language=detect_language(text) if re.search(r"[^\W\d_]", text) else "",
        )
        self.scene(at).beats.append(made)

    def add_role(self, name: str, about: str, at: Source) -> None:
        """Remember someone of the story; a later description fills an empty one."""
        known = self.roles.get(name)
        if known is None or (about and not known.about):
            self.roles[name] = Role(name=name, about=about, at=at)

    # -- the end ------------------------------------------------------------------------

    def finish(self, last_line: int) -> ParseResult:
        """Return the finished episode.

        Raises
        ------
        InputRefused
            ``script-no-line`` when nobody says anything.
        """
        spoken = [b for s in self.scenes for b in s.beats if isinstance(b, Line)]
        if not spoken:
            raise InputRefused(
                "script-no-line",
                f"读到第 {last_line} 行也没有一句台词，请写成“林晚：你来了。”",
                f"There is not one spoken line up to line {last_line}; write one as "
                "“林晚：你来了。” or, in Fountain, NAME in capitals with the words below.",
                Location(self.file, last_line),
            )
        self._find_verbs()
        spoken = [b for s in self.scenes for b in s.beats if isinstance(b, Line)]
        for line in spoken:
            for name in (line.speaker, *line.chorus):
                self.add_role(name, "", line.at)
        self._read_introductions()
        if self.early_notes:
            self._place_early_notes()
        language = detect_language("".join(line.text for line in spoken))
        names = Names(tuple(self.roles))
        scenes = tuple(self._finish_scene(s, names, language) for s in self.scenes)
        episode = Episode(
            title=self.title,
            number=self.number,
            language=language,
            roles=tuple(self.roles.values()),
            scenes=scenes,
        )
        return ParseResult(episode, self.problems.sorted())

    def _read_introductions(self) -> None:
        """Fill descriptions that stand in actions, where a role is first seen."""
        names = Names(tuple(self.roles))
        for scene in self.scenes:
            for beat in scene.beats:
                for name in names.found(beat.text) if isinstance(beat, Action) else ():
                    about = "" if self.roles[name].about else introduced(name, beat.text)
                    if about:
                        change = {"about": about}
                        self.roles[name] = self.roles[name].model_copy(update=change)

    def _find_verbs(self) -> None:
        """Read ``林晚冷笑道：`` as 林晚 with a direction, where 林晚 is known otherwise."""
        lines = [b for s in self.scenes for b in s.beats if isinstance(b, Line)]
        known = {*self.roles, *(b.speaker for b in lines)}
        for scene in self.scenes:
            for index, beat in enumerate(scene.beats):
                match = _VERB.fullmatch(beat.speaker) if isinstance(beat, Line) else None
                if match is None or not isinstance(beat, Line):
                    continue
                cut = next((n for n in (4, 3, 2) if match[0][:n] in known), 0)
                if not 0 < len(match[0]) - cut <= 5 or cut == 0:
                    continue
                told = "，".join(t for t in (match[0][cut:], beat.parenthetical) if t)
                change: dict[str, Any] = {"speaker": match[0][:cut], "parenthetical": told}
                change["delivery"] = lexicon().deliveries(told)
                feeling = lexicon().emotion(told)
                change["emotion"] = beat.emotion if feeling.name == "neutral" else feeling
                scene.beats[index] = beat.model_copy(update=change)

    def _place_early_notes(self) -> None:
        first = self.scenes[0]
        kept, first.beats = first.beats, []
        old = first.counts.pop("note", 0)
        for text, at in self.early_notes:
            beat_id = f"{first.id}-N{len(first.beats) + 1:02d}"
            first.beats.append(Note(id=beat_id, text=text, at=at))
        shift = len(first.beats)
        for beat in kept:
            if old and isinstance(beat, Note):
                number = int(beat.id.rsplit("N", 1)[1]) + shift
                beat = beat.model_copy(update={"id": f"{first.id}-N{number:02d}"})
            first.beats.append(beat)

    def _finish_scene(self, draft: _Draft, names: Names, language: str) -> Scene:
        beats: list[Beat] = []
        weather: list[str] = [w for h in draft.weather_words for w in lexicon().weathers(h)]
        seen: list[str] = []
        sexes = {name: sex_told(role.about) for name, role in self.roles.items()}
        for beat in draft.beats:
            if isinstance(beat, Action):
                roles = names.found(beat.text) or meant(beat.text, seen, sexes)
                beat = beat.model_copy(update={"roles": roles})
                seen += roles
                weather += lexicon().weathers(names.masked(beat.text))
            elif isinstance(beat, Line):
                change: dict[str, Any] = {"addressee": names.addressee(beat)}
                if not beat.language:
                    change["language"] = language
                beat = beat.model_copy(update=change)
                seen += [beat.speaker] if not beat.off_screen else []
            beats.append(beat)
        speakers = dict.fromkeys(
            n for b in beats if isinstance(b, Line) for n in (b.speaker, *b.chorus)
        )
        self._check_scene(draft, list(speakers))
        return Scene(
            id=draft.id,
            place=draft.place,
            time=draft.time or Time(),
            inside=draft.inside,
            both=draft.both,
            weather=tuple(dict.fromkeys(weather)),
            weather_words=tuple(draft.weather_words),
            cast=tuple(dict.fromkeys([*draft.cast, *speakers])),
            beats=tuple(beats),
            at=draft.at,
        )

    def _check_scene(self, draft: _Draft, speakers: list[str]) -> None:
        if not [b for b in draft.beats if not isinstance(b, Note)]:
            self.problems.warn(
                draft.at,
                "script-empty-scene",
                f"第 {draft.id} 场没有内容，请写动作（△）或台词，或删去这一行。",
                f"Scene {draft.id} is empty; write an action or a line, or delete it.",
            )
        strangers = [n for n in speakers if n not in draft.cast]
        if draft.listed:
            for beat in draft.beats:
                if isinstance(beat, Line) and beat.speaker in strangers:
                    strangers.remove(beat.speaker)
                    if beat.delivery and beat.off_screen:
                        continue
                    self.problems.warn(
                        beat.at,
                        "script-not-in-cast",
                        f"“{beat.speaker}”不在这一场的人物表里；请检查名字，或加进“人物：”一行。",
                        f"“{beat.speaker}” is not in the cast line of this scene; check "
                        "the name or add it there.",
                    )
