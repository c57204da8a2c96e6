"""``cyberdirector voice``: speak a line, hear the voices, make new ones."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cyberdirector.cli import language, print_json
from cyberdirector.cli.perform import watch_long

if TYPE_CHECKING:
    from cyberdirector.core.speech import Speech
    from cyberdirector.voice.curve import EmotionCurve
    from cyberdirector.voice.notes import Note
    from cyberdirector.voice.profile import VoiceProfile

_FILE = click.Path(path_type=Path)
_SENTENCES = {
    "zh": "你终于来了，我等了你整整三年。",
    "en": "You are here at last; I have waited three years.",
    "ja": "やっと来たのね。三年も待ったわ。",
}


@click.group()
def voice() -> None:
    """Speak a line, hear the voices, make new ones."""


@voice.command("list")
@click.option("--packs", is_flag=True, help="List the style packs that can be mixed.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_voices(packs: bool, as_json: bool) -> None:
    """List the voices: your own (*) first, then the catalogue."""
    from cyberdirector.voice import has_all_packs, load_voices
    from cyberdirector.voice.library import own_voices, read_voice
    from cyberdirector.voice.styles import pack_names

    if packs:
        if as_json:
            print_json({"packs": list(pack_names()), "all_packs": has_all_packs()})
        else:
            click.echo("\n".join(pack_names()))
        return
    own = [read_voice(path) for path in own_voices().values()]
    rows = [item.model_dump(mode="json") for item in (*own, *load_voices())]
    if as_json:
        print_json({"voices": rows, "own": len(own), "all_packs": has_all_packs()})
        return
    for number, row in enumerate(rows):
        youngest, oldest = row["age"]
        mark = "*" if number < len(own) else " "
        click.echo(f"{mark} {row['name']:10} {row['sex']:7} {youngest}-{oldest}")


@voice.command()
@click.argument("text", required=False)
@click.option("-o", "--output", type=_FILE, help="WAV file.")
@click.option(
    "--voice", "name", default="", help="A name of `voice list`, or a .voice.yaml file."
)
@click.option("--sex", type=click.Choice(["female", "male"]), default="female")
@click.option("--age", type=click.IntRange(4, 100), default=26)
@click.option(
    "--emotion", default="", help="sad:0.7, or along the line: sad:0.2@0,anger:0.9@1."
)
@click.option("--delivery", default="", help="shout, whisper or murmur.")
@click.option("--pace", type=click.FloatRange(0.5, 2), default=1.0)
@click.option("--language", "spoken", default="", help="zh, en or ja; else from the text.")
@click.option("--dictionary", type=_FILE, help="Your own pronunciations (YAML).")
@click.option("--seed", type=int, default=0)
@click.option("--plan", "plan_file", type=_FILE, help="Write the plan; without -o only that.")
@click.option("--from-plan", type=_FILE, help="Speak a plan with your edits, not a TEXT.")
@click.option("--json", "as_json", is_flag=True, help="Print phones, accents, notes as JSON.")
def say(text: str | None, output: Path | None, plan_file: Path | None, **asked: Any) -> None:
    """Speak TEXT, or a plan that you have edited, into a WAV file.

    Without --emotion the words themselves give a mild one; it is printed.
    """
    from cyberdirector.core.speech import SAMPLE_RATE
    from cyberdirector.formats import write_wav
    from cyberdirector.voice.planfile import load_plan, save_plan
    from cyberdirector.voice.synthesis import (
        outline,
        plan_read,
        render_plan,
        speak_read,
        take_of,
    )

    if output is None and plan_file is None:
        raise click.UsageError("Give -o line.wav, or --plan plan.json, or both.")
    if (text is None) == (asked["from_plan"] is None):
        raise click.UsageError("Give a TEXT or --from-plan.")
    if text is None:
        plan = load_plan(asked["from_plan"])
        chosen, notes, feeling = plan.voice, plan.reading.notes, str(plan.take.shading)
        speech = outline(plan) if output is None else render_plan(plan)
        if plan_file:
            save_plan(plan_file, plan)
    else:
        chosen = _choose(asked["name"], asked["sex"], asked["age"], asked["seed"])
        reading = _read(text, asked["spoken"], asked["dictionary"])
        curve, own_notes = _feeling(asked["emotion"], text)
        notes, feeling = (*reading.notes, *own_notes), str(curve)
        take = take_of(curve, asked["seed"], asked["pace"], asked["delivery"])
        if plan_file:
            plan = plan_read(reading, chosen, take)
            save_plan(plan_file, plan)
            speech = outline(plan) if output is None else render_plan(plan)
        else:
            with watch_long(text) as progress:
                speech = speak_read(reading, chosen, take, progress=progress)
    if output:
        write_wav(output, speech.audio, SAMPLE_RATE)
    if asked["as_json"]:
        print_json(_report(speech, chosen.name, feeling, notes))
        return
    click.echo(
        f"{output or plan_file}: {speech.duration:.2f} s, {chosen.name}, "
        f"{speech.language}, {feeling}"
    )
    for note in notes:
        click.echo(note.text(language()), err=True)


def _choose(name: str, sex: str, age: int, seed: int) -> VoiceProfile:
    from cyberdirector.voice import choose_voice
    from cyberdirector.voice.library import find_voice

    return find_voice(name, [Path.cwd()]) if name else choose_voice(sex, age, seed)


def _read(text: str, spoken: str, dictionary: Path | None) -> Any:
    from cyberdirector.voice.g2p import read_line
    from cyberdirector.voice.g2p.dictionary import NONE, read_dictionary

    return read_line(text, spoken or None, read_dictionary(dictionary) if dictionary else NONE)


def _feeling(asked: str, text: str) -> tuple[EmotionCurve, tuple[Note, ...]]:
    """Return the emotion that was asked for, else the mild one of the words, with a note."""
    from cyberdirector.script.feeling import feel_line
    from cyberdirector.voice.curve import EmotionCurve, read_emotion
    from cyberdirector.voice.notes import Note

    if asked:
        return read_emotion(asked), ()
    found = feel_line(text)
    curve = EmotionCurve.of(found)
    if found.name == "neutral":
        return curve, ()
    note = Note(
        "voice-feeling",
        f"情绪取自台词本身：{curve}；用 --emotion 另定（neutral 为平常语气）。",
        f"the emotion is taken from the words: {curve}; choose another with --emotion "
        "(neutral for none).",
    )
    return curve, (note,)


def _report(speech: Speech, name: str, feeling: str, notes: tuple[Note, ...]) -> dict[str, Any]:
    return {
        "voice": name,
        "language": speech.language,
        "emotion": feeling,
        "seconds": round(speech.duration, 3),
        "phones": [[p.symbol, p.kind, p.start, p.end] for p in speech.phones],
        "words": [[w.text, w.start, w.end] for w in speech.words],
        "accents": [list(accent) for accent in speech.accents],
        "notes": [{"code": n.code, "zh": n.zh, "en": n.en} for n in notes],
    }


@voice.command()
@click.argument("names", nargs=-1)
@click.option(
    "-o", "--output", type=_FILE, required=True, help="One .wav for all, or a folder."
)
@click.option("--text", default="", help="The sentence; one of ours if empty.")
@click.option("--language", "spoken", type=click.Choice(list(_SENTENCES)), default="zh")
@click.option("--emotion", default="neutral", help="As in `voice say`.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def audition(
    names: tuple[str, ...], output: Path, text: str, spoken: str, emotion: str, as_json: bool
) -> None:
    """Hear the same sentence in several voices (NAMES; all of the catalogue if none)."""
    import numpy as np

    from cyberdirector.core.speech import SAMPLE_RATE
    from cyberdirector.formats import write_wav
    from cyberdirector.voice import load_voices, speak
    from cyberdirector.voice.curve import read_emotion
    from cyberdirector.voice.library import find_voice

    chosen = [find_voice(name, [Path.cwd()]) for name in names] or list(load_voices())
    curve = read_emotion(emotion)
    together = output.suffix.lower() == ".wav"
    rows: list[dict[str, Any]] = []
    parts = []
    time = 0.0
    for item in chosen:
        speech = speak(text or _SENTENCES[spoken], item, curve, None if text else spoken)
        voiced = speech.f0[speech.f0 > 0]
        hertz = round(float(np.median(voiced)), 0) if len(voiced) else 0.0
        place = f"{time:.2f}" if together else f"{item.name}.wav"
        rows.append({"voice": item.name, "sex": item.sex, "f0": hertz,
                     "seconds": round(speech.duration, 2), "at": place})  # fmt: skip
        if together:
            parts += [speech.audio, np.zeros(SAMPLE_RATE * 2 // 5, np.float32)]
            time += speech.duration + 0.4
        else:
            write_wav(output / f"{item.name}.wav", speech.audio, SAMPLE_RATE)
        if not as_json:
            row = rows[-1]
            head = f"{row['voice']:12} {row['sex']:7} {hertz:4.0f} Hz"
            click.echo(f"{head} {row['seconds']:5.2f} s  {place}")
    if together:
        write_wav(output, np.concatenate(parts), SAMPLE_RATE)
    if as_json:
        print_json({"voices": rows})


@voice.command()
@click.option("--mix", default="", help="Packs or voices with weights: a:0.6,b:0.4.")
@click.option("--timbre", default="", help="Another mix for the colour of the sound.")
@click.option("--prosody", default="", help="Another mix for melody and accent.")
@click.option("--pitch", type=float, default=1.0, help="0.7..1.5")
@click.option("--formant", type=float, default=1.0, help="0.85 (large body) .. 1.15 (small)")
@click.option("--rate", type=float, default=1.0, help="0.6..1.6")
@click.option("--range", "spread", type=float, default=1.0, help="0.4..1.8")
@click.option("--name", required=True, help="What the voice is called.")
@click.option("-o", "--output", type=_FILE, help="A .voice.yaml; else your voice library.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def make(
    mix: str,
    timbre: str,
    prosody: str,
    pitch: float,
    formant: float,
    rate: float,
    spread: float,
    name: str,
    output: Path | None,
    as_json: bool,
) -> None:
    """Make a voice out of style packs and voices, to be used by its name or file."""
    from cyberdirector.voice.identity import voice_hash
    from cyberdirector.voice.library import (
        ENDING,
        library_dir,
        mixed_voice,
        read_mix,
        write_voice,
    )

    if not mix and not (timbre and prosody):
        raise click.UsageError("Give --mix, or --timbre and --prosody.")
    if name != Path(name).name or name.startswith("."):
        raise click.BadParameter("no path separators, please", param_hint="--name")
    changes = {"pitch": pitch, "formant": formant, "rate": rate, "range": spread}
    first, second, third = (read_mix(part) if part else {} for part in (mix, timbre, prosody))
    made = mixed_voice(name, first, second, third, changes)
    path = output or library_dir() / f"{name}{ENDING}"
    write_voice(path, made)
    mark = voice_hash(made)
    if as_json:
        print_json({"file": str(path), "hash": mark, "voice": made.model_dump(mode="json")})
    else:
        click.echo(f"{path}: {made.name}, {made.sex}, {mark[:12]}")
