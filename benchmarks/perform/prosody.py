"""Prosody as it is measured on the sound: register, range, durations, tones; plan and speed.

F0 comes from Praat (``pip install praat-parselmouth``, for benchmarks only) where it is
installed, else from our own tracker; the output says which.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from bars import QUICK, bar, measure, note
from numpy.typing import NDArray

from cyberdirector.core.speech import Emotion
from cyberdirector.voice import load_voices
from cyberdirector.voice.emotion import Colour
from cyberdirector.voice.g2p import read_line
from cyberdirector.voice.graph import kokoro
from cyberdirector.voice.line import LinePlan, plan_reading
from cyberdirector.voice.pitch import track_f0
from cyberdirector.voice.plan import Take
from cyberdirector.voice.render import Sounded, sound_line
from cyberdirector.voice.synthesis import outline, plan_line, render_plan

LINES = (
    ("xiaobei", "学校旁边有一座旧桥，桥下的水很绿。"),
    ("yunxi", "明明是你先动的手，为什么要怪我。"),
    ("hongling", "Please bring me the big green book before lunch."),
    ("qinghe", "母と一緒に、散歩に行きましょう。"),
    ("xiaoxiao", "明天早上我们在老地方见面，不见不散。"),
    ("yunyang", "这件事情没有你想的那么简单。"),
    ("moyan", "The old man never told anyone where the money was."),
    ("yunjian", "あの山の向こうに、村があります。"),
)
ASKED = (
    Colour(pitch=1.2),
    Colour(pitch=0.87, range=0.65),
    Colour(range=1.4),
    Colour(rate=0.8),
    Colour(rate=1.25),
)
STEP = 0.01


@dataclass(frozen=True)
class Heard:
    """A line as sounded: its plan, sound and F0 (Hz every 10 ms, 0 unvoiced)."""

    plan: LinePlan
    sounded: Sounded
    f0: NDArray[np.float64]

    @property
    def seconds(self) -> float:
        """Return the time from the first to the last sound of all phones, pauses left out."""
        return sum(s.end - s.start for s in self.sounded.segments)


def measured_f0(audio: NDArray[np.float32], count: int, middle: float) -> NDArray[np.float64]:
    """Return (count,) Hz every 10 ms, searched within 1.1 octaves around ``middle``."""
    low, high = middle / 2.1, middle * 2.1
    try:
        import parselmouth
    except ImportError:
        found = track_f0(audio, STEP, max(low, 60.0), min(high, 550.0)).astype(np.float64)
        return np.pad(found, (0, max(0, count - len(found))))[:count]
    sound = parselmouth.Sound(audio.astype(np.float64), 24_000)
    pitch = sound.to_pitch_ac(time_step=0.005, pitch_floor=low, pitch_ceiling=high)
    at, hertz = pitch.xs(), pitch.selected_array["frequency"]
    index = np.searchsorted(at, np.arange(count) * STEP).clip(0, len(at) - 1)
    return np.asarray(hertz[index], np.float64)


def hear(name: str, text: str, colour: Colour) -> Heard:
    """Sound a line and measure it."""
    voices = {voice.name: voice for voice in load_voices()}
    plan = plan_reading(kokoro(2), read_line(text), voices[name], Take(colour))
    sounded = sound_line(kokoro(2), plan)
    voiced = sounded.f0[sounded.f0 > 0]
    f0 = measured_f0(sounded.audio, len(sounded.f0), float(np.median(voiced)))
    return Heard(plan, sounded, f0)


def by_vowel(heard: Heard) -> list[NDArray[np.float64]]:
    """Return per syllable the measured log F0 at eight places of its voiced middle."""
    sounds = heard.plan.reading.sounds
    groups: dict[int, list[tuple[float, float]]] = {}
    for segment in heard.sounded.segments:
        sound = sounds[segment.sound]
        if sound.syllable >= 0:
            groups.setdefault(sound.syllable, []).append((segment.start, segment.end))
    curves = []
    for spans in groups.values():
        first, last = round(spans[0][0] / STEP), round(spans[-1][1] / STEP) + 1
        f0 = heard.f0[first:last]
        known = np.flatnonzero((f0 > 0) & (heard.sounded.f0[first:last] > 0))
        if len(known) < 6:
            curves.append(np.zeros(0))
            continue
        place = np.linspace(known[0], known[-1], 8)
        curves.append(np.interp(place, known, np.log(f0[known])))
    return curves


def same_places(a: Heard, b: Heard) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return matching log F0 of two takes of a line, syllable by syllable."""
    pairs = [(x, y) for x, y in zip(by_vowel(a), by_vowel(b), strict=True) if len(x) and len(y)]
    return np.concatenate([x for x, _ in pairs]), np.concatenate([y for _, y in pairs])


def tone_correlations(heard: Heard) -> list[float]:
    """Return, by syllable that moves a semitone, measured against planned F0 (log Hz)."""
    found = []
    sounds = heard.plan.reading.sounds
    groups: dict[int, list[tuple[float, float]]] = {}
    for segment in heard.sounded.segments:
        if sounds[segment.sound].syllable >= 0:
            own = groups.setdefault(sounds[segment.sound].syllable, [])
            own.append((segment.start, segment.end))
    for spans in groups.values():
        first, last = round(spans[0][0] / STEP) + 1, round(spans[-1][1] / STEP) - 1
        asked, got = heard.sounded.f0[first:last], heard.f0[first:last]
        both = (asked > 0) & (got > 0)
        if both.sum() < 8:
            continue
        x, y = np.log(asked[both].astype(np.float64)), np.log(got[both])
        if 12.0 / np.log(2.0) * np.ptp(x) >= 1.0:
            found.append(float(np.corrcoef(x, y)[0, 1]))
    return found


def tracker() -> str:
    """Return the name of the tracker in use."""
    try:
        import parselmouth
    except ImportError:
        return "our own tracker (praat-parselmouth is not installed)"
    return f"Praat {parselmouth.PRAAT_VERSION}"


@measure("prosody")
def prosody() -> None:
    note(f"F0 by {tracker()}")
    median, spread, length, tones = [], [], [], []
    lines = LINES[:2] if QUICK else LINES
    for name, text in lines:
        plain = hear(name, text, Colour())
        tones += tone_correlations(plain)
        for asked in (ASKED[1], ASKED[4]) if QUICK else ASKED:
            heard = hear(name, text, asked)
            a, b = same_places(plain, heard)
            if asked.rate != 1.0:
                length.append(abs(plain.seconds / heard.seconds / asked.rate - 1.0))
                continue
            median.append(abs(np.exp(np.median(b - a)) / asked.pitch - 1.0))
            spread.append(abs(b.std() / a.std() / asked.range - 1.0))
            tones += tone_correlations(heard)
    bar("median F0 off what was asked, median of takes", 100 * np.median(median), "≤", 4, " %")
    bar("median F0, worst take", 100 * max(median), "≤", 8, " %")
    bar(
        "log-F0 range off what was asked, median of takes",
        100 * np.median(spread),
        "≤",
        12,
        " %",
    )
    bar("durations off what was asked, median of takes", 100 * np.median(length), "≤", 3, " %")
    bar(
        f"tone contours, median r of {len(tones)} syllables", float(np.median(tones)), "≥", 0.98
    )
    note(f"tone contours: {100 * np.mean(np.array(tones) >= 0.98):.0f} % of syllables ≥ .98")


@measure("split")
def split() -> None:
    import onnxruntime as ort

    from cyberdirector import modelstore
    from cyberdirector.voice.styles import style_row, tokens_of

    options = ort.SessionOptions()
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.intra_op_num_threads = 2
    options.log_severity_level = 3
    whole = ort.InferenceSession(str(modelstore.get("kokoro")), options)
    graph, worst = kokoro(2), 0.0
    voices = {voice.name: voice for voice in load_voices()}
    for name, text in (("xiaobei", "桥下的水很绿。"),) if QUICK else LINES[:3]:
        reading = read_line(text)
        tokens = tokens_of(reading.symbols)
        style = style_row(*voices[name].mixes(reading.language), len(tokens) - 2)
        names = [item.name for item in whole.get_inputs()]
        feed = {names[0]: tokens[None], names[1]: style, names[2]: np.ones(1, np.float32)}
        audio = np.asarray(whole.run(None, feed)[0]).reshape(-1)
        encoded = graph.encode(tokens, style)
        parts = graph.intone(encoded, encoded.rounded.astype(np.int64), style)
        worst = max(worst, float(np.abs(graph.sound(parts, style) - audio).max()))
    bar("split graph against the whole, largest difference", worst, "≤", 0.0)


@measure("plan")
def plan_speed() -> None:
    voice = load_voices()[0]
    text = "明明是你先动的手，凭什么怪我？学校旁边有一座旧桥，桥下的水很绿。"
    plan_line(text, voice)
    plans, sounds = [], []
    for _ in range(4):
        start = time.process_time()
        plan = plan_line(text, voice, Emotion("sad", 0.7))
        silent = outline(plan)
        plans.append((time.process_time() - start) / silent.duration)
    for _ in range(1 if QUICK else 4):
        start = time.process_time()
        speech = render_plan(plan)
        spent = time.process_time() - start + min(plans) * silent.duration
        sounds.append(spent / 2 / speech.duration)
    bar("plan and outline, CPU per second of speech", 1e3 * min(plans), "≤", 25, " ms")
    bar("speech, share of real time on two free cores (CPU / 2)", min(sounds), "≤", 0.3)
