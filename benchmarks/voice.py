"""Bars of the voice, one line each (name, figure, bar); exit 1 when one is missed.

Speed: the plan (predictor and prosody) and the whole synthesis per second of audio.
Truth: phones on the sound (closures, sibilants, silence), emotions in the measured melody,
distance between voices. ``QUICK=1`` speaks fewer lines.
"""

from __future__ import annotations

import os
import sys
import time

import numpy as np

from cyberdirector.core.speech import Emotion, Speech
from cyberdirector.voice import choose_voice, load_voices, speak
from cyberdirector.voice.acoustics import STEP, band_levels, level
from cyberdirector.voice.emotion import colour_of
from cyberdirector.voice.g2p import read_line
from cyberdirector.voice.graph import kokoro
from cyberdirector.voice.pitch import track_f0
from cyberdirector.voice.plan import Take, make_plan

QUICK = os.environ.get("QUICK") == "1"
LINES = (
    "吃饭了没有？走，我请你去喝杯白酒。",
    "飞机票买好了，后天早上八点出发。",
    "Please bring me the report before five; the boss is very angry.",
    "母と一緒に、散歩に行きましょう。",
    "明明是你先动的手，凭什么怪我？",
    "Something moved there, just above the big black box.",
    "学校旁边有一座旧桥，桥下的水很绿。",
    "お前が犯人だな！全部見ていたぞ。",
)
_missed: list[str] = []


def bar(name: str, figure: float, limit: float, unit: str = "", least: bool = False) -> None:
    """Print one bar; ``least`` means that more is better."""
    good = figure >= limit if least else figure <= limit
    sign = "≥" if least else "≤"
    print(f"{'ok  ' if good else 'MISS'} {name}: {figure:.3g}{unit} ({sign} {limit:g}{unit})")
    if not good:
        _missed.append(name)


def measure_speed() -> None:
    voice = load_voices()[0]
    reading = read_line("明明是你先动的手，凭什么怪我？学校旁边有一座旧桥，桥下的水很绿。")
    graph = kokoro(2)
    plans, sounds = [], []
    for _ in range(2 if QUICK else 4):
        start, wall = time.process_time(), time.perf_counter()
        plan = make_plan(graph, reading.sounds, "zh", voice, Take())
        middle = time.process_time()
        seconds = len(graph.sound(plan.prosody, plan.style)) / 24_000
        plans.append((middle - start) / seconds)
        sounds.append((time.process_time() - start) / seconds)
        wall = (time.perf_counter() - wall) / seconds
    print(f"     wall time of the last run on this machine as it is: {wall:.2f} × real time")
    bar("plan, CPU ms per second of speech", 1e3 * min(plans), 20, " ms")
    bar("synthesis, share of real time on two free cores (CPU / 2)", min(sounds) / 2, 0.3)


def closure_hits(speech: Speech) -> list[bool]:
    """Whether each b/p/m inside the line sits on a dip of at least 8 dB above 500 Hz."""
    bands = band_levels(speech.audio)[:, 1:4].max(1)
    hits = []
    for phone in speech.phones:
        if phone.kind == "BMP":
            first, last = round(phone.start / STEP), round(phone.end / STEP) + 1
            around = bands[max(0, first - 24) : last + 24]
            hits.append(bool(np.median(bands[first:last]) < np.percentile(around, 90) - 8.0))
    return hits


def sibilant_errors(speech: Speech) -> list[float]:
    """Milliseconds from the phone's start to the steepest rise above 3.5 kHz within 60 ms."""
    bands = band_levels(speech.audio)
    high = 10.0 * np.log10((10.0 ** (bands[:, 3:] / 10.0)).sum(1))
    errors = []
    for before, phone in zip(speech.phones, speech.phones[1:], strict=False):
        plain = phone.symbol[:1] in ("s", "ʂ", "ɕ", "ʃ", "f")
        if plain and before.kind in (
            "AA",
            "AE",
            "AH",
            "EH",
            "IY",
            "OW",
            "UW",
            "YY",
            "TD",
            "KG",
        ):
            centre = round(phone.start / STEP)
            places = range(max(4, centre - 12), min(len(high) - 4, centre + 13))
            rise = [high[k : k + 4].mean() - high[k - 4 : k].mean() for k in places]
            errors.append(1e3 * STEP * (places[int(np.argmax(rise))] - centre))
    return errors


def measure_timing(spoken: list[Speech]) -> None:
    hits = [hit for speech in spoken for hit in closure_hits(speech)]
    errors = np.array([error for speech in spoken for error in sibilant_errors(speech)])
    quiet = []
    for speech in spoken:
        levels = level(speech.audio, STEP)
        for phone in speech.phones:
            if phone.kind == "SIL" and phone.end - phone.start > 0.06:
                inside = levels[round(phone.start / STEP) + 3 : round(phone.end / STEP) - 3]
                quiet.append(float(inside.max() - levels.max()))
    bar(f"closures on dips, share of {len(hits)}", float(np.mean(hits)), 0.9, least=True)
    bar(f"sibilant onset, median of {len(errors)}", float(np.median(np.abs(errors))), 15, " ms")
    bar("loudest frame inside pauses, dB re peak", float(np.max(quiet)), -30, " dB")


def measure_emotion() -> None:
    voice = load_voices()[0]
    line = LINES[4]
    neutral = speak(line, voice)
    base = track_f0(neutral.audio)
    for name in ("joy", "sad") if QUICK else ("joy", "sad", "anger", "fear"):
        speech = speak(line, voice, Emotion(name, 1.0))
        f0 = track_f0(speech.audio)
        ratio = float(np.median(f0[f0 > 0]) / np.median(base[base > 0]))
        asked = colour_of(Emotion(name, 1.0)).pitch
        bar(
            f"{name}: median F0 off the asked ×{asked:g}", abs(ratio / asked - 1) * 100, 6, " %"
        )


def measure_variety() -> None:
    """Print the least distance between voices of one sex: F0 and long-term spectrum."""
    for sex in ("female", "male"):
        rows: list[np.ndarray] = []
        taken = []
        for index in range(3 if QUICK else 6):
            taken.append(choose_voice(sex, 26 + 4 * index, index, taken))
            speech = speak("好久不见，你最近过得怎么样？", taken[-1])
            voiced = speech.f0[speech.f0 > 0]
            bands = band_levels(speech.audio)
            loud = bands[bands.sum(1) > np.percentile(bands.sum(1), 50)].mean(0)
            semitones = 12 * np.log2(np.median(voiced) / 100)
            rows.append(np.append(loud - loud.mean(), semitones))
        gaps = [float(np.abs(a - b).max()) for i, a in enumerate(rows) for b in rows[:i]]
        bar(f"{sex} voices, least distance (st or dB)", min(gaps), 1.0, least=True)


def main() -> None:
    measure_speed()
    voices = load_voices()
    lines = LINES[:4] if QUICK else LINES
    spoken = [
        speak(line, voices[(5 * i) % len(voices)], seed=i) for i, line in enumerate(lines)
    ]
    measure_timing(spoken)
    measure_emotion()
    measure_variety()
    sys.exit(1 if _missed else 0)


if __name__ == "__main__":
    main()
