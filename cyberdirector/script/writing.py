"""From an Episode back to the text of a Chinese screenplay."""

from __future__ import annotations

from cyberdirector.script.document import (
    Action,
    Beat,
    Caption,
    Episode,
    Line,
    Role,
    Scene,
    Song,
)

_BRACKETED = frozenset({"sound", "camera"})


def _line(line: Line) -> str:
    head = "、".join((line.speaker, *line.chorus))
    if line.parenthetical:
        head += f"（{line.parenthetical}）"
    words, done = "", 0
    for aside in line.asides:
        words += line.text[done : aside.offset] + f"（{aside.text}）"
        done = aside.offset
    return f"{head}：{words}{line.text[done:]}"


def _beat(beat: Beat) -> str:
    if isinstance(beat, Line):
        return _line(beat)
    if isinstance(beat, Action):
        if beat.notation in _BRACKETED:
            return f"【{beat.text}】"
        return f"△{beat.text}" if beat.notation == "action" else beat.text
    if isinstance(beat, Caption):
        return f"【字幕：{beat.text}】"
    if isinstance(beat, Song):
        return f"{beat.speaker}：♪{beat.text}♪" if beat.speaker else f"♪{beat.text}♪"
    return f"// {beat.text}"


def _role(role: Role) -> str:
    return f"{role.name}（{role.about}）" if role.about else role.name


def _heading(scene: Scene) -> str:
    side = "内外" if scene.both else {True: "内", False: "外", None: ""}[scene.inside]
    parts = [scene.id, scene.time.words, side, scene.place]
    told = f"{scene.time.words} {scene.place}"
    parts += [word for word in scene.weather_words if word not in told]
    return " ".join(part for part in parts if part)


def format_script(episode: Episode) -> str:
    """Return the screenplay as 剧本 text that reads back to the same episode."""
    out = [f"《{episode.title}》"] if episode.title else []
    out.append(f"第{episode.number}集")
    told = [role for role in episode.roles if role.about]
    if told:
        out += ["", "人物：" + "、".join(_role(role) for role in episode.roles)]
    for scene in episode.scenes:
        out += ["", _heading(scene)]
        if scene.cast:
            out.append("人物：" + "、".join(scene.cast))
        out += [_beat(beat) for beat in scene.beats]
    return "\n".join(out) + "\n"
