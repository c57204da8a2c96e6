"""``cyberdirector voice``: hear a line, see the voices."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from cyberdirector.cli import print_json


@click.group()
def voice() -> None:
    """Hear a line in a voice, or list the voices."""


@voice.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_voices(as_json: bool) -> None:
    """List the voices of the catalogue."""
    from cyberdirector.voice import has_all_packs, load_voices

    rows = [item.model_dump(mode="json") for item in load_voices()]
    if as_json:
        print_json({"voices": rows, "all_packs": has_all_packs()})
        return
    for row in rows:
        youngest, oldest = row["age"]
        click.echo(f"{row['name']:10} {row['sex']:7} {youngest}-{oldest}")


@voice.command()
@click.argument("text")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), required=True, help="WAV file."
)
@click.option(
    "--voice", "name", default="", help="Name from `voice list`; chosen by seed if empty."
)
@click.option("--sex", type=click.Choice(["female", "male"]), default="female")
@click.option("--age", type=click.IntRange(4, 100), default=26)
@click.option("--emotion", default="neutral", help="For example joy, anger, sad, fear.")
@click.option("--intensity", type=click.FloatRange(0, 1), default=0.8)
@click.option("--delivery", default="", help="shout, whisper or murmur.")
@click.option("--pace", type=click.FloatRange(0.5, 2), default=1.0)
@click.option("--seed", type=int, default=0)
@click.option(
    "--json", "as_json", is_flag=True, help="Print phones, words and accents as JSON."
)
def say(
    text: str,
    output: Path,
    name: str,
    sex: str,
    age: int,
    emotion: str,
    intensity: float,
    delivery: str,
    pace: float,
    seed: int,
    as_json: bool,
) -> None:
    """Speak TEXT into a WAV file."""
    from cyberdirector.core.errors import InputRefused
    from cyberdirector.core.speech import SAMPLE_RATE, Emotion
    from cyberdirector.formats import write_wav
    from cyberdirector.voice import choose_voice, load_voices, speak

    known = {item.name: item for item in load_voices()}
    if name and name not in known:
        raise InputRefused(
            "voice-unknown",
            f"没有名为 {name} 的声音；可用：{'、'.join(known)}。",
            f"there is no voice named {name}; use one of {', '.join(known)}.",
        )
    chosen = known[name] if name else choose_voice(sex, age, seed)
    speech = speak(
        text, chosen, Emotion(emotion, intensity), seed=seed, pace=pace, delivery=delivery
    )
    write_wav(output, speech.audio, SAMPLE_RATE)
    if as_json:
        print_json(_report(speech, chosen.name))
    else:
        click.echo(f"{output}: {speech.duration:.2f} s, {chosen.name}, {speech.language}")


def _report(speech: Any, name: str) -> dict[str, Any]:
    return {
        "voice": name,
        "language": speech.language,
        "seconds": round(speech.duration, 3),
        "phones": [[p.symbol, p.kind, p.start, p.end] for p in speech.phones],
        "words": [[w.text, w.start, w.end] for w in speech.words],
        "accents": [list(accent) for accent in speech.accents],
    }
