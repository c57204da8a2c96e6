"""The ear on real recordings: phones with and without the words, live, and what it costs.

Figures need the recordings of :mod:`ear_data`; where they are absent they are not measured.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from itertools import pairwise

import numpy as np
from bars import bar, measure, note
from ear_data import Labelled, Spans, labelled, words
from lines import spoken

from cyberdirector.core.speech import PHONE_CLASSES, SAMPLE_RATE, Speech
from cyberdirector.formats.audio import resample
from cyberdirector.voice.ear.decode import decode
from cyberdirector.voice.ear.features import RATE, STEP, log_mel
from cyberdirector.voice.ear.hearing import listen
from cyberdirector.voice.ear.live import LiveEar
from cyberdirector.voice.ear.network import load_ear
from cyberdirector.voice.g2p import read_line
from cyberdirector.voice.recording import align_recording

NEAR = 0.04
"""Seconds within which a closure is where it should be."""

GROUPS = {
    "closed": ("BMP", "SIL"),
    "labiodental": ("FV",),
    "open": ("AA", "AE"),
    "mid": ("AH", "EH", "KG", "TH", "TD", "L", "R", "SH"),
    "spread": ("IY", "S", "Y", "CJ"),
    "round": ("W", "OW", "UW", "YY"),
}
"""Mouth shapes as viewers see them; a silence that is said to be speech's is a closed mouth."""

_ALIKE = ({"open", "mid"}, {"mid", "spread"})
_GROUP = {kind: group for group, kinds in GROUPS.items() for kind in kinds}


def frames_of(spans: Spans, count: int) -> list[str]:
    """Return the class at every 10 ms, silence where nothing is labelled."""
    kinds = ["SIL"] * count
    for start, end, kind in spans:
        for frame in range(int(np.ceil(start / STEP)), min(count, int(np.ceil(end / STEP)))):
            kinds[frame] = kind
    return kinds


def macro(pairs: list[tuple[Spans, Spans, float]]) -> float:
    """Return the mean over mouth shapes of the share of right frames.

    Frames of silence in the labels do not count; open and mid, mid and spread pass for each
    other.
    """
    right: dict[str, list[bool]] = {}
    for told, found, seconds in pairs:
        count = int(seconds / STEP)
        for a, b in zip(frames_of(told, count), frames_of(found, count), strict=True):
            if a != "SIL":
                one, two = _GROUP[a], _GROUP[b]
                right.setdefault(one, []).append(one == two or {one, two} in _ALIKE)
    return float(np.mean([np.mean(hits) for hits in right.values()]))


def closures(spans: Spans) -> list[float]:
    """Return the centres of the closed runs."""
    centres: list[tuple[float, float]] = []
    for start, end, kind in spans:
        if kind == "BMP" and centres and start - centres[-1][1] < 0.015:
            centres[-1] = (centres[-1][0], end)
        elif kind == "BMP":
            centres.append((start, end))
    return [(start + end) / 2 for start, end in centres]


def count_closures(
    pairs: list[tuple[Spans, Spans, float]],
) -> tuple[int, int, int, int, list[float]]:
    """Return (hit, told, false, found, centre errors in ms)."""
    hit = told_all = false = found_all = 0
    errors: list[float] = []
    for told, found, _ in pairs:
        wanted, given = closures(told), closures(found)
        told_all, found_all = told_all + len(wanted), found_all + len(given)
        for centre in wanted:
            nearest = min(given, key=lambda g: abs(g - centre), default=9.0)
            if abs(nearest - centre) <= NEAR:
                hit += 1
                errors.append(1e3 * (nearest - centre))
        false += sum(min((abs(g - w) for w in wanted), default=9.0) > NEAR for g in given)
    return hit, told_all, false, found_all, errors


def onset_errors(told: Spans, found: Spans, starts: frozenset[float]) -> list[float]:
    """Return ms between the starts of phones of one class that both have (best matching).

    Only the ``starts`` that a person has set count.
    """
    told = [s for s in told if s[2] != "SIL"]
    found = [s for s in found if s[2] != "SIL"]
    cost = np.zeros((len(told) + 1, len(found) + 1))
    cost[:, 0], cost[0] = np.arange(len(told) + 1) * 0.12, np.arange(len(found) + 1) * 0.12
    for i, a in enumerate(told):
        for j, b in enumerate(found):
            both = abs(a[0] - b[0]) if a[2] == b[2] else 0.25
            apart = min(cost[i, j + 1], cost[i + 1, j]) + 0.12
            cost[i + 1, j + 1] = min(cost[i, j] + both, apart)
    errors, i, j = [], len(told), len(found)
    while i and j:
        a, b = told[i - 1], found[j - 1]
        both = abs(a[0] - b[0]) if a[2] == b[2] else 0.25
        if np.isclose(cost[i, j], cost[i - 1, j - 1] + both):
            if a[2] == b[2] and a[0] in starts:
                errors.append(1e3 * (b[0] - a[0]))
            i, j = i - 1, j - 1
        elif np.isclose(cost[i, j], cost[i - 1, j] + 0.12):
            i -= 1
        else:
            j -= 1
    return errors


def with_text(item: Labelled) -> Spans:
    """Return the phones of a recording whose words are known."""
    speech = align_recording(item.audio, item.text, item.language)
    return [(p.start, p.end, p.kind) for p in speech.phones]


def spans_of(path: np.ndarray) -> Spans:
    """Return the runs of a path of classes as spans."""
    edges = np.concatenate([[0], np.flatnonzero(np.diff(path)) + 1, [len(path)]])
    return [
        (max(0.0, (a - 0.5) * STEP), (b - 0.5) * STEP, PHONE_CLASSES[path[a]])
        for a, b in pairwise(edges)
    ]


def without_text(item: Labelled) -> Spans:
    """Return the phones of a recording of which only the language is known."""
    return spans_of(decode(listen(item.audio).posteriors, item.language))


def live(item: Labelled) -> Spans:
    """Return the likeliest class of every frame as the live ear gives it."""
    audio = resample(item.audio, SAMPLE_RATE, RATE)
    ear = LiveEar()
    pieces = [ear.push(audio[i : i + 512]) for i in range(0, len(audio), 512)]
    return spans_of(np.concatenate([*pieces, ear.push(np.zeros(1600, np.float32))]).argmax(1))


def offline(item: Labelled) -> Spans:
    """Return the likeliest class of every frame with all of the context."""
    return spans_of(listen(item.audio).posteriors.argmax(1))


def _pairs(
    items: list[Labelled], hear: Callable[[Labelled], Spans]
) -> list[tuple[Spans, Spans, float]]:
    return [(item.spans, hear(item), len(item.audio) / SAMPLE_RATE) for item in items]


@measure("ear: hand labels")
def hand_labels() -> None:
    items = labelled()
    if not items:
        note("not measured: no recordings (CYBERDIRECTOR_EAR_DATA)")
        return
    en = [item for item in items if item.language == "en"]
    zh = [item for item in items if item.language == "zh"]
    known = _pairs(items, with_text)
    hit, wanted, false, found, errors = count_closures(known)
    note(f"with text, {len(items)} recordings: {hit}/{wanted} closures, {false}/{found} false")
    bar("with text: closures hit", hit / wanted, "≥", 1.0)
    bar("with text: false closures", false, "≤", 0)
    bar("with text: closure centres, MAD", _mad(errors), "≤", 12, " ms")
    for language in ("en", "zh"):
        chosen = [(i, p) for i, p in zip(items, known, strict=True) if i.language == language]
        onsets = np.array([e for i, p in chosen for e in onset_errors(p[0], p[1], i.starts)])
        note(f"with text, {language}: starts median {np.median(onsets):+.0f} ms, "
             f"{np.mean(np.abs(onsets) <= 20):.0%} within 20 ms of {len(onsets)}, "
             f"macro {macro([p for _, p in chosen]):.3f}")  # fmt: skip
        off = float(np.mean(np.abs(onsets)))
        bar(f"with text, {language}: boundary MAE", off, "≤", 25, " ms")
    free, free_zh = _pairs(en, without_text), _pairs(zh, without_text)
    hit, wanted, false, found, errors = count_closures(free + free_zh)
    note(f"no text: {hit}/{wanted} closures, {false}/{found} false, MAD {_mad(errors):.0f} ms")
    bar("no text: false closures", false / max(found, 1), "≤", 0.15)
    bar("no text, en: macro", macro(free), "≥", 0.68)
    bar("no text, zh: macro", macro(free_zh), "≥", 0.72)
    judge_labels(items, known, "en")
    judge_labels(items, known, "zh")
    whole, now = macro(_pairs(items, offline)), macro(_pairs(items, live))
    note(f"frame by frame: macro {whole:.3f} with all context, {now:.3f} live (80 ms ahead)")
    bar("live: loss of macro against all context", 1 - now / whole, "≤", 0.2)


STRIDENT = ("S", "SH", "CJ")


def strident_errors(item: Labelled, spans: Spans) -> list[float]:
    """Return ms from the steepest rise above 4 kHz to the starts of hisses in ``spans``.

    Only sounds count that start where a label of the same class does (within 0.15 s), follow
    another class and rise by 1.5 nepers and more; the rise is looked for within 90 ms of the
    label.
    """
    mel = log_mel(resample(item.audio, SAMPLE_RATE, RATE))
    high = np.logaddexp.reduce(mel[:, 31:], axis=1)
    errors = []
    for before, (start, _, kind) in pairwise(item.spans):
        if kind not in STRIDENT or before[2] in STRIDENT or start not in item.starts:
            continue
        centre = round(start / STEP)
        places = range(max(2, centre - 9), min(len(high) - 2, centre + 10))
        rise = [high[k : k + 2].mean() - high[k - 2 : k].mean() for k in places]
        given = [s[0] for s in spans if s[2] == kind and abs(s[0] - start) < 0.15]
        if given and max(rise) > 1.5:
            nearest = min(given, key=lambda s: abs(s - start))
            errors.append(1e3 * (nearest - (places[int(np.argmax(rise))] - 0.5) * STEP))
    return errors


def judge_labels(
    items: list[Labelled], known: list[tuple[Spans, Spans, float]], language: str
) -> None:
    """Say how far the labels themselves lie from the sound, and what moving them changes."""
    chosen = [(i, p) for i, p in zip(items, known, strict=True) if i.language == language]
    told = np.array([e for i, _ in chosen for e in strident_errors(i, i.spans)])
    ours = np.array([e for i, p in chosen for e in strident_errors(i, p[1])])
    note(f"{language}: {len(told)} clear starts of s, sh, x against the sound: labels off by "
         f"{np.mean(np.abs(told)):.0f} ms (median {np.median(told):+.0f}), "
         f"ours by {np.mean(np.abs(ours)):.0f} ms (median {np.median(ours):+.0f})")  # fmt: skip
    late = -float(np.median(told)) / 1e3
    for name, hear in (("with text", None), ("no text", without_text)):
        moved = [
            ([(a + late, b + late, k) for a, b, k in i.spans], hear(i) if hear else p[1], p[2])
            for i, p in chosen
        ]
        shift = f"{1e3 * late:+.0f} ms"
        note(f"{language}, {name}, labels moved by {shift}: macro {macro(moved):.3f}")


def _mad(errors: list[float]) -> float:
    return float(np.median(np.abs(np.array(errors) - np.median(errors)))) if errors else 99.0


HISSES = ("s", "ʂ", "ɕ")


def sibilant_errors(speech: Speech) -> list[float]:
    """Return ms from the steepest rise above 4 kHz (within 60 ms) to the start of s, sh, x."""
    mel = log_mel(resample(speech.audio, SAMPLE_RATE, RATE))
    high = np.logaddexp.reduce(mel[:, 31:], axis=1)
    errors = []
    for phone in speech.phones:
        if phone.symbol[:1] in HISSES and phone.kind in ("S", "SH", "CJ"):
            centre = round(phone.start / STEP)
            places = range(max(2, centre - 6), min(len(high) - 2, centre + 7))
            rise = [high[k : k + 2].mean() - high[k - 2 : k].mean() for k in places]
            errors.append(1e3 * (phone.start - (places[int(np.argmax(rise))] - 0.5) * STEP))
    return errors


@measure("ear: Mandarin words")
def mandarin_words() -> None:
    items = words(200)
    if not items:
        note("not measured: no recordings (CYBERDIRECTOR_EAR_DATA)")
        return
    right = found_all = told_all = spoilt = clean = 0
    onsets: list[float] = []
    for word, audio in items:
        sounds = read_line(word, "zh").sounds
        told = sum(kind == "BMP" for s in sounds for kind, _ in s.parts)
        found = len(closures(spans_of(decode(listen(audio).posteriors, "zh"))))
        right += min(told, found)
        found_all, told_all = found_all + found, told_all + told
        clean, spoilt = clean + (told == 0), spoilt + (told == 0 and found > 0)
        if any(s.symbols[:1] in HISSES for s in sounds):
            onsets += sibilant_errors(align_recording(audio, word, "zh"))
    note(f"{len(items)} words: {right}/{told_all} bilabials, {found_all - right} too many, "
         f"{spoilt}/{clean} words without any spoilt")  # fmt: skip
    off = np.abs(np.array(onsets))
    note(f"with text: {len(off)} starts of s, sh, x, {np.mean(off <= 20):.0%} within 20 ms")
    bar("with text: starts of s, sh, x, mean distance", float(off.mean()), "≤", 25, " ms")
    bar("bilabials of words, no text: F1", 2 * right / (found_all + told_all), "≥", 0.85)


@measure("ear: cost")
def cost() -> None:
    facts = load_ear().session.get_modelmeta().custom_metadata_map
    note(f"training: {facts['training']}")
    note(f"held-out own voices, frames right: {json.loads(facts['held_out_accuracy'])}")
    voice = np.concatenate([speech.audio for _, speech in spoken() if speech.language == "zh"])
    audio = np.resize(voice, 20 * SAMPLE_RATE)
    decode(listen(audio).posteriors, "zh")
    best = np.full(3, np.inf)
    for _ in range(3):
        begun = time.process_time()
        hearing = listen(audio)
        heard = time.process_time()
        decode(hearing.posteriors, "zh")
        read = time.process_time()
        ear, stream = LiveEar(), resample(audio[: 5 * SAMPLE_RATE], SAMPLE_RATE, RATE)
        for first in range(0, len(stream), 512):
            ear.push(stream[first : first + 512])
        lived = time.process_time()
        spent = [(heard - begun) / 20, (read - heard) / 20, (lived - read) / 5]
        best = np.minimum(best, 1e3 * np.array(spent))
    heard, read, lived = best
    note(f"CPU ms per second: hearing {heard:.1f}, decoding {read:.1f}, live {lived:.1f}")
    bar("hearing and decoding, CPU ms per second of sound", float(best[:2].sum()), "≤", 10)
    bar("live, CPU ms per second of sound", float(lived), "≤", 50)
