"""Gestures, head, eyes and blinks: where strokes fall, how often, how far, how differently."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from itertools import combinations

import numpy as np
from bars import QUICK, bar, measure, note
from numpy.typing import NDArray

from cyberdirector.core.clip import Clip
from cyberdirector.core.face import ARKIT_INDEX
from cyberdirector.core.model import Character
from cyberdirector.core.rotations import quat_to_matrix
from cyberdirector.core.skeleton import BONE_INDEX
from cyberdirector.core.speech import Emotion, Speech
from cyberdirector.core.time import Rate
from cyberdirector.perform import (
    Actor,
    Performance,
    Placement,
    SceneScore,
    Segment,
    perform_scene,
)
from cyberdirector.perform import measure as m
from cyberdirector.perform.collide import depths
from cyberdirector.perform.figure import figure_style
from cyberdirector.perform.gesture import Stroke
from cyberdirector.perform.lexicon import gestures
from cyberdirector.perform.performance import body_of
from cyberdirector.perform.prosody import read_prosody
from cyberdirector.voice import load_voices
from cyberdirector.voice.synthesis import outline, plan_line

Array = NDArray[np.float64]

RATE = Rate(30)

DIALOGUE = (
    ("yunxi", "A", "neutral", "你终于来了，我在这里等了你三天三夜，但是你一封信都没有写。"),
    ("xiaobei", "B", "neutral", "我不知道该怎么告诉你，那边的事情比我们想的大得多。"),
    ("yunxi", "A", "anger", "第一，你答应过我；第二，你从来没有忘记过。为什么这一次不行？"),
    ("xiaobei", "B", "sad", "对不起，也许我真的错了。可是我当时没有别的办法，所有人都走了。"),
    ("yunxi", "A", "joy", "没关系，回来就好。明天我们一起出发，去看那个很大的湖！"),
    ("hanfeng", "B", "neutral", "Maybe you are right, but I never asked you to come here."),
    ("hanfeng", "A", "surprise", "What? You told me the first plan was impossible!"),
    ("hanfeng", "B", "calm", "Think about it. Either we go together, or nobody goes at all."),
    ("qinghe", "A", "neutral", "でも、私は何も知らないんです。もう来ないかもしれません。"),
    ("qinghe", "B", "tender", "大丈夫、みんな一緒に行きましょう。ありがとう、嬉しいです。"),
)  # fmt: skip
"""Voice, role, emotion and words of one long scene: zh, en and ja."""


def cast_of(quick: bool) -> tuple[Character, ...]:
    """Return the characters of the scene (lines.cast compiles one when in haste)."""
    from lines import cast

    found = cast()
    return found if not quick and len(found) > 1 else (found[0], found[0])


@lru_cache(maxsize=1)
def outlines() -> tuple[Speech, ...]:
    """Return the planned speech of the dialogue (no sound is needed)."""
    voices = {voice.name: voice for voice in load_voices()}
    lines = DIALOGUE[:5] if QUICK else DIALOGUE
    return tuple(
        outline(plan_line(text, voices[name], Emotion(mood, 0.6)))
        for name, _, mood, text in lines
    )


def scene(
    seed: int = 1, dials: dict[str, float] | None = None, plain: bool = False
) -> SceneScore:
    """Return the dialogue as a score: two people who face each other."""
    one, two = cast_of(QUICK)
    actors = tuple(
        Actor(role, who.rest(), Placement((x, 0.0, 0.0), yaw), 10 + i,
              {**figure_style(who), **(dials or {})})
        for i, (role, who, x, yaw) in enumerate(
            (("A", one, -0.6, np.pi / 2), ("B", two, 0.6, -np.pi / 2)))
    )  # fmt: skip
    segments = []
    for number, (line, speech) in enumerate(zip(DIALOGUE, outlines(), strict=False)):
        _, role, mood, text = line
        segments.append(Segment(
            f"L{number}", "line", RATE.ceil(speech.duration) + 24, 1000 * seed + number,
            role, text, speech, 10, Emotion("neutral" if plain else mood, 0.6),
            "B" if role == "A" else "A", present=("A", "B"),
        ))  # fmt: skip
    return SceneScore("bench", RATE, actors, tuple(segments), {}, seed)


@lru_cache(maxsize=6)
def played(seed: int = 1, density: float = 0.5, plain: bool = False) -> Performance:
    """Return the performed dialogue."""
    return perform_scene(scene(seed, {"density": density}, plain))


def starts(score: SceneScore) -> list[int]:
    """Return the first frame of every segment, and the end."""
    return [sum(s.frames for s in score.segments[:i]) for i in range(len(score.segments) + 1)]


def accents(score: SceneScore, number: int) -> Array:
    """Return the accents of a line, seconds of its segment."""
    segment = score.segments[number]
    assert segment.speech is not None
    t = (np.arange(segment.frames) + 0.5) / RATE.fps
    line = read_prosody(t, segment.speech, RATE.seconds(10), RATE.fps, segment.text)
    return np.array([a for a, _ in line.accents]) if line else np.zeros(0)


def speaking(score: SceneScore) -> list[tuple[int, str, int, int]]:
    """Return (number, role, first, last frame) of every line."""
    edges = starts(score)
    return [(i, s.speaker, edges[i], edges[i + 1]) for i, s in enumerate(score.segments)]


def head_angles(score: SceneScore, clip: Clip, role: str) -> Array:
    """Return the head's yaw, pitch and roll in the world, (n, 3) degrees."""
    rest = next(a.rest for a in score.actors if a.role == role)
    _, turns = rest.forward(clip.root.astype(float), clip.rotations.astype(float))
    matrix = quat_to_matrix(turns[:, BONE_INDEX["head"]])
    yaw = np.arctan2(matrix[:, 0, 2], matrix[:, 2, 2])
    pitch = -np.arcsin(np.clip(matrix[:, 1, 2], -1.0, 1.0))
    roll = np.arctan2(matrix[:, 1, 0], matrix[:, 1, 1])
    return np.degrees(np.unwrap(np.stack([yaw, pitch, roll], -1), axis=0))


def beats(score: SceneScore, clip: Clip, first: int, last: int, role: str) -> Array:
    """Return times (seconds from ``first``) at which a hand that moved comes to a stop."""
    rest = next(a.rest for a in score.actors if a.role == role)
    out = []
    for speed in m.hand_speeds(rest, clip)[first : last - 1].T:
        smooth = np.convolve(speed, np.ones(3) / 3, mode="same")
        low = np.flatnonzero((smooth[1:-1] < smooth[:-2]) & (smooth[1:-1] <= smooth[2:])) + 1
        # Trembling of a held hand is no beat: it moved well before it stopped.
        out += [i for i in low if smooth[max(i - 9, 0) : i].max(initial=0.0) > 0.3]
    return (np.array(sorted(out)) + 1.0) / RATE.fps


def consistency(motion: Array, sound: Array) -> float:
    """Return the mean over motion beats of exp(-d² / 2σ²), d to the nearest sound beat,
    σ = 0.1 s (beat consistency as of the GENEA challenges).
    """
    if len(motion) == 0 or len(sound) == 0:
        return 0.0
    away = np.abs(motion[:, None] - sound[None]).min(axis=1)
    return float(np.exp(-(away**2) / (2 * 0.1**2)).mean())


@measure("gesture")
def gesture() -> None:
    """Lexicon, strokes on accents, repeats, density, diversity, determinism."""
    bar("gestures in the lexicon", len(gestures()), "≥", 64)
    score = scene()
    done = played()
    near, total, rows = 0, 0, []
    for number, role, first, _ in speaking(score):
        sound = accents(score, number)
        for stroke in strokes(done, number):
            total += 1
            near += bool(np.abs(sound - stroke.apex).min(initial=9.0) <= 0.1)
            rows.append((role, first / RATE.fps + stroke.apex, stroke.name))
    bar("strokes within 100 ms of an accent", near / max(total, 1), "≥", 0.8)
    repeats = sum(
        a[0] == b[0] and a[2] == b[2] and abs(a[1] - b[1]) < 20.0
        for a, b in combinations(rows, 2)
    )
    bar("gestures repeated within 20 s", repeats, "≤", 0)
    note(f"{total} gestures, {len({r[2] for r in rows})} different: "
         + " ".join(sorted({r[2] for r in rows})))  # fmt: skip
    lively()


def lively() -> None:
    """Beat consistency of lively speakers, several takes: few strokes tell too little."""
    matched, mixed = [], []
    for seed in range(5 if QUICK else 3):
        score, done = scene(seed + 1), played(seed + 1, 0.9)
        lines = speaking(score)
        for number, role, first, last in lines:
            motion = beats(score, done.clips[role], first, last, role)
            if len(motion):
                matched.append(consistency(motion, accents(score, number)))
                mixed += [
                    consistency(motion, accents(score, k)) for k, *_ in lines if k != number
                ]
    gap = float(np.mean(matched) - np.mean(mixed))
    bar("beat consistency, own line minus other lines", gap, "≥", 0.15)
    note(f"matched {np.mean(matched):.3f}, mismatched {np.mean(mixed):.3f}")


def strokes(done: Performance, number: int) -> list[Stroke]:
    """Return the gestures made in a line."""
    return [s for s in done.gestures if s.segment == f"L{number}"]


@measure("gesture-dials")
def dials() -> None:
    """Density follows its dial; at 0 nobody gestures and the head is still."""
    rates = []
    steps = (0.0, 0.5, 1.0) if QUICK else (0.0, 0.25, 0.5, 1.0)
    for density in steps:
        done = perform_scene(scene(1, {"density": density}, plain=True))
        score = scene()
        seconds = sum(s.speech.duration for s in score.segments if s.speech)
        rates.append(60.0 * len(done.gestures) / seconds)
        if density == 0.0:
            spread = [
                head_angles(score, done.clips[r], r)[f:e].std(axis=0).max()
                for _, r, f, e in speaking(score)
            ]
            bar("head SD at stillness", float(np.max(spread)), "≤", 1.0, "°")
    bar("gestures a minute at density 0", rates[0], "≤", 0.0)
    bar(
        "least growth of density from dial to dial",
        float(np.diff(rates).min()),
        "≥",
        1.0,
        "/min",
    )
    note(
        "gestures a minute: "
        + ", ".join(f"{r:.1f} at {d}" for r, d in zip(rates, steps, strict=True))
    )
    one = perform_scene(scene(3)).clips["A"].rotations.tobytes()
    same = one == perform_scene(scene(3)).clips["A"].rotations.tobytes()
    bar("the same seed gives the same bytes", float(same), "≥", 1.0)
    short = replace(scene(), segments=scene().segments[:1])
    takes = []
    for seed in range(8):
        segment = replace(short.segments[0], seed=500 + seed)
        takes.append(perform_scene(replace(short, segments=(segment,))).clips["A"].rotations)
    apart = [float(np.abs(a - b).mean()) for a, b in combinations(takes, 2)]
    bar("least difference of two of 8 seeds (mean |q|)", min(apart), "≥", 1e-3)


@measure("gesture-solver")
def solver() -> None:
    """Feet stay, hands stay out of the body, hands are not hasty."""
    score, done = scene(), played()
    slip, deep, fast = 0.0, 0.0, []
    for actor in score.actors:
        clip = done.clips[actor.role]
        slip = max(slip, m.foot_skate(actor.rest, clip))
        body = body_of(actor)
        inside = depths(body, clip.root.astype(float), clip.rotations.astype(float),
                        actor.style.get("skirt", 0.0))  # fmt: skip
        deep = max(deep, float(inside.max()))
        fast.append(m.hand_speeds(actor.rest, clip))
    bar("slip of planted feet", 1000 * slip, "≤", 5.0, " mm")
    bar("hands and forearms inside the body", 1000 * deep, "≤", 10.0, " mm")
    speeds = np.concatenate(fast)
    bar("fastest hand", float(speeds.max()), "≤", 2.6, " m/s")
    note(f"hand speed 99 %: {np.quantile(speeds, 0.99):.2f} m/s")


@measure("gesture-head-and-eyes")
def head_and_eyes() -> None:
    """Head within the band of filmed talkers, gaze on the partner, saccades, blinks."""
    score, done = scene(), played(plain=True)
    spread, on, spoken, blinks, silent = [], 0.0, 0, [], []
    jumps: list[tuple[float, float]] = []
    for number, role, first, last in speaking(score):
        clip, other = done.clips[role], "B" if role == "A" else "A"
        spread.append(head_angles(score, clip, role)[first + 6 : last - 12].std(axis=0))
        speech = score.segments[number].speech
        assert speech is not None
        talk = slice(first + 10, first + 10 + RATE.ceil(speech.duration))
        on += float(on_partner(score, done, role, other)[talk].sum())
        spoken += talk.stop - talk.start
        blinks.append((count_blinks(clip, first, last), last - first))
        silent.append((count_blinks(done.clips[other], first, last), last - first))
        jumps += saccades(clip)
    yaw, pitch, roll = np.sqrt(np.mean(np.square(spread), axis=0))
    for name, value, low, high in (
        ("yaw", yaw, 3.7, 8.7), ("pitch", pitch, 3.4, 6.4), ("roll", roll, 1.6, 4.8)
    ):  # fmt: skip
        bar(f"head SD while talking, {name}", float(value), "≥", low, "°")
        bar(f"head SD while talking, {name}", float(value), "≤", high, "°")
    bar("gaze on the partner while talking", on / spoken, "≥", 0.6)
    bar("gaze on the partner while talking", on / spoken, "≤", 0.8)
    for name, rows in (("talking", blinks), ("listening", silent)):
        rate = 60.0 * RATE.fps * sum(b for b, _ in rows) / sum(n for _, n in rows)
        bar(f"blinks a minute, {name}", rate, "≥", 10.0)
        bar(f"blinks a minute, {name}", rate, "≤", 32.0)
    size, peak = np.array(jumps).T
    fit = np.corrcoef(size, peak)[0, 1]
    bar("saccades: speed grows with size (r)", float(fit), "≥", 0.8)
    note(f"{len(jumps)} saccades, {np.median(size):.1f}° median, {size.max():.1f}° largest")


def on_partner(
    score: SceneScore, done: Performance, role: str, other: str
) -> NDArray[np.bool_]:
    """Return when the eyes of ``role`` rest within 6 degrees of the other's face, (n,)."""
    mine, theirs = (next(a for a in score.actors if a.role == r) for r in (role, other))
    clip = done.clips[role]
    points, turns = mine.rest.forward(clip.root.astype(float), clip.rotations.astype(float))
    eyes = points[:, [BONE_INDEX["leftEye"], BONE_INDEX["rightEye"]]].mean(axis=1)
    partner, _ = theirs.rest.forward(
        done.clips[other].root.astype(float), done.clips[other].rotations.astype(float)
    )
    target = partner[:, [BONE_INDEX["leftEye"], BONE_INDEX["rightEye"]]].mean(axis=1) - eyes
    local = np.einsum("nji,nj->ni", quat_to_matrix(turns[:, BONE_INDEX["head"]]), target)
    yaw = np.arctan2(local[:, 0], local[:, 2]) - clip.gaze[:, 0]
    pitch = -np.arctan2(local[:, 1], np.hypot(local[:, 0], local[:, 2])) - clip.gaze[:, 1]
    return np.hypot(yaw, pitch) < np.radians(6.0)


def count_blinks(clip: Clip, first: int, last: int) -> int:
    """Return how often the left eye shuts between two frames."""
    shut = clip.weights[first:last, ARKIT_INDEX["eyeBlinkLeft"]] > 0.75
    return int(np.sum(shut[1:] & ~shut[:-1]))


def saccades(clip: Clip) -> list[tuple[float, float]]:
    """Return (size in degrees, peak speed in degrees per second) of quick eye movements."""
    step = np.degrees(np.linalg.norm(np.diff(clip.gaze, axis=0), axis=1))
    quick = np.concatenate([[0], (step > 0.9).astype(np.int8), [0]])
    edges = np.flatnonzero(np.diff(quick)).reshape(-1, 2)
    out = []
    for start, end in edges:
        size = np.degrees(np.linalg.norm(clip.gaze[end] - clip.gaze[start]))
        if end - start <= 4 and size > 1.5:
            out.append((float(size), float(step[start:end].max() * RATE.fps)))
    return out
