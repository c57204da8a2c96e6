"""Draw how lines are performed, to ``out/perform/``.

``lanes-<language>-<emotion>.png``: waveform, F0, phones, jaw and lips, brows and lids, head
and the phases of gestures, on one clock; ``strips-<language>.png``: eight moments of a line in
each of eight emotions.

usage: python scripts/sheet_perform.py [--character NAME] [--emotions A,B]
       [--languages zh,en,ja] [--no-strips] [-o FOLDER]
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from cyberdirector.character import compile_character, shipped_recipe
from cyberdirector.core.face import ARKIT_INDEX
from cyberdirector.core.model import Character
from cyberdirector.core.rotations import quat_to_matrix
from cyberdirector.core.skeleton import BONE_INDEX
from cyberdirector.core.speech import SAMPLE_RATE, Emotion, Phone, Speech
from cyberdirector.modelstore import pil_font
from cyberdirector.perform.lip_probe import LipProbe
from cyberdirector.perform.take import Acting, Take, perform_line
from cyberdirector.render import Stage
from cyberdirector.render.still import face_camera
from cyberdirector.voice import load_voices, speak

LINES = {
    "zh": ("xiaobei", "你怎么不明白？我妈妈每天半夜都在帮你包饭。"),
    "en": ("hanfeng", "Maybe my mother brought five apples, but I never believed her."),
    "ja": ("qinghe", "ママは毎晩パンを買います。本当にふしぎですね。"),
}
EMOTIONS = ("neutral", "joy", "anger", "sad", "fear", "surprise", "disgust", "tender")

WIDTH, MARGIN = 1500, 150
COLOURS = ((31, 119, 180), (214, 39, 40), (44, 160, 44), (148, 103, 189))
MOMENTS = 8
CELL = (220, 240)

Curve = tuple[str, NDArray[np.float64]]


class Page:
    """Lanes under each other on one clock."""

    def __init__(self, seconds: float, title: str) -> None:
        self._seconds = seconds
        self._rows: list[Image.Image] = []
        head = Image.new("RGB", (WIDTH, 34), "white")
        ImageDraw.Draw(head).text((8, 5), title, "black", pil_font(20))
        self._rows.append(head)

    def x(self, time: float) -> float:
        """Return the column of a time in seconds."""
        return MARGIN + (WIDTH - MARGIN - 10) * time / self._seconds

    def lane(self, name: str, height: int) -> ImageDraw.ImageDraw:
        """Add a lane and return what draws in it."""
        image = Image.new("RGB", (WIDTH, height), "white")
        draw = ImageDraw.Draw(image)
        draw.text((6, 4), name, "black", pil_font(14))
        draw.line((0, height - 1, WIDTH, height - 1), (190, 190, 190))
        for tick in np.arange(0, self._seconds, 0.5):
            draw.line((self.x(tick), 0, self.x(tick), height), (232, 232, 232))
        self._rows.append(image)
        return draw

    def curves(
        self, name: str, height: int, curves: list[Curve], low: float, high: float
    ) -> None:
        """Add a lane of curves over the whole clock."""
        draw = self.lane(name, height)
        for number, (label, values) in enumerate(curves):
            colour = COLOURS[number % len(COLOURS)]
            draw.text((6, 22 + 15 * number), label, colour, pil_font(12))
            times = (np.arange(len(values)) + 0.5) / len(values) * self._seconds
            y = height - 4 - (height - 8) * np.clip((values - low) / (high - low), 0, 1)
            points = [(self.x(t), v) for t, v in zip(times, y, strict=True) if np.isfinite(v)]
            draw.line(points, colour, 2)

    def spans(self, name: str, height: int, spans: list[tuple[float, float, str, str]]) -> None:
        """Add a lane of spans: start, end, words, colour."""
        draw = self.lane(name, height)
        for start, end, words, colour in spans:
            draw.rectangle((self.x(start), 4, self.x(end), height - 5), colour, (90, 90, 90))
            draw.text((self.x(start) + 2, height / 2 - 8), words, "black", pil_font(12))

    def image(self) -> Image.Image:
        """Return the page."""
        page = Image.new("RGB", (WIDTH, sum(r.height for r in self._rows)), "white")
        y = 0
        for row in self._rows:
            page.paste(row, (0, y))
            y += row.height
        return page


def lanes(character: Character, speech: Speech, take: Take, title: str) -> Image.Image:
    """Return the lanes of one take."""
    clip = take.clip
    seconds, offset = clip.frames / clip.rate.fps, take.start / clip.rate.fps
    page = Page(seconds, title)
    _sound(page, speech, seconds, offset)
    page.spans("phones", 34, [
        (p.start + offset, p.end + offset, _label(p), _phone_colour(p.kind))
        for p in speech.phones if p.kind != "SIL"
    ])  # fmt: skip
    weight = {n: clip.weights[:, i].astype(float) for n, i in ARKIT_INDEX.items()}
    probe = LipProbe(character)
    page.curves("jaw, lips", 110, [
        ("lip gap / open mouth", probe.gaps(clip.weights) / probe.height),
        ("jawOpen", weight["jawOpen"]),
        ("pucker + funnel", weight["mouthPucker"] + weight["mouthFunnel"]),
        ("smile", weight["mouthSmileLeft"]),
    ], 0.0, 1.0)  # fmt: skip
    page.curves("brows, lids", 90, [
        ("browInnerUp", weight["browInnerUp"]),
        ("browDown", weight["browDownLeft"]),
        ("blink", weight["eyeBlinkLeft"]),
        ("eyeWide", weight["eyeWideLeft"]),
    ], 0.0, 1.0)  # fmt: skip
    m = quat_to_matrix(clip.rotations[:, BONE_INDEX["head"]].astype(float))
    turn = np.degrees([np.arctan2(m[:, 0, 2], m[:, 2, 2]), np.arcsin(-m[:, 1, 2])])
    page.curves("head, eyes (°)", 90, [
        ("head yaw", turn[0]), ("head pitch", turn[1]),
        ("gaze yaw", np.degrees(clip.gaze[:, 0].astype(float))),
    ], -15.0, 15.0)  # fmt: skip
    page.spans("accents", 30, [
        (t + offset - 0.02, t + offset + 0.02, "", "#d62728") for t, _ in speech.accents
    ])  # fmt: skip
    phases: list[tuple[float, float, str, str]] = []
    for stroke in take.gestures:
        phases += [
            (stroke.start, stroke.begin, stroke.name, "#c6dbef"),
            (stroke.begin, stroke.apex, "", "#fd8d3c"),
            (stroke.apex, stroke.held, "", "#fdd0a2"),
            (stroke.held, stroke.end, "", "#e5f5e0"),
        ]
    page.spans("gestures: prep, stroke, hold, back", 46, phases)
    return page.image()


def _sound(page: Page, speech: Speech, seconds: float, offset: float) -> None:
    """Add the waveform and the F0 contour."""
    draw = page.lane("waveform", 80)
    step = max(1, int(SAMPLE_RATE * seconds / (WIDTH - MARGIN)))
    count = len(speech.audio) // step
    blocks = speech.audio[: count * step].reshape(count, step)
    for i, (low, high) in enumerate(zip(blocks.min(1), blocks.max(1), strict=True)):
        x = page.x(offset + i * step / SAMPLE_RATE)
        draw.line((x, 40 - 38 * float(high), x, 40 - 38 * float(low)), (60, 60, 60))
    whole = np.full(max(2, int(seconds / speech.step)), np.nan)
    first = int(offset / speech.step)
    f0 = np.where(speech.f0 > 55, speech.f0, np.nan)[: len(whole) - first]
    whole[first : first + len(f0)] = 12 * np.log2(f0 / 100.0)
    page.curves("F0, semitones over 100 Hz", 80, [("F0", whole)], -6.0, 26.0)


def _label(phone: Phone) -> str:
    """Return the symbol where the font has it, else the class."""
    return phone.symbol if phone.symbol.isascii() and phone.symbol else phone.kind.lower()


def _phone_colour(kind: str) -> str:
    if kind in ("BMP", "FV"):
        return "#fb6a4a"
    vowels = ("AA", "AE", "AH", "EH", "IY", "OW", "UW", "YY")
    return "#9ecae1" if kind in vowels else "#e0e0e0"


def strip(stage: Stage, character: Character, take: Take, title: str) -> Image.Image:
    """Return moments of a take side by side, seen from the partner's place."""
    clip, (width, height) = take.clip, stage.size
    actor = stage.actors["speaker"]
    row = Image.new("RGB", (width * MOMENTS, height + 22), "white")
    first, last = take.start, clip.frames - clip.rate.frames(0.5)
    for i, frame in enumerate(np.linspace(first, last, MOMENTS).astype(int)):
        shown = dict(zip(ARKIT_INDEX, clip.weights[frame], strict=True))
        shown |= {sign: values[frame] for sign, values in clip.signs.items()}
        actor.pose(clip.rotations[frame], clip.root[frame]).weigh(shown)
        row.paste(Image.fromarray(stage.draw()), (i * width, 22))
    ImageDraw.Draw(row).text((6, 2), title, "black", pil_font(15))
    return row


def main(words: list[str]) -> int:
    """Draw all pages that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--character", default="lin_wan")
    parser.add_argument("--emotions", default=",".join(EMOTIONS))
    parser.add_argument("--languages", default=",".join(LINES))
    parser.add_argument("--no-strips", action="store_true")
    parser.add_argument("-o", "--output", type=Path, default=Path("out/perform"))
    asked = parser.parse_args(words)
    asked.output.mkdir(parents=True, exist_ok=True)
    voices = {voice.name: voice for voice in load_voices()}
    character = compile_character(shipped_recipe(asked.character), 0)
    with Stage(CELL) as stage:
        stage.add(character, "speaker")
        stage.camera = face_camera(character, 0.2, 0.22)
        for language in asked.languages.split(","):
            name, text = LINES[language]
            rows = []
            for feeling in asked.emotions.split(","):
                emotion = Emotion(feeling, 0.0 if feeling == "neutral" else 0.85)
                speech = speak(text, voices[name], emotion)
                take = perform_line(character, speech, text, Acting(((0.0, emotion),), seed=1))
                title = f"{language} · {feeling} · {text}"
                path = asked.output / f"lanes-{language}-{feeling}.png"
                lanes(character, speech, take, title).save(path)
                sys.stdout.write(f"{path}\n")
                if not asked.no_strips:
                    rows.append(strip(stage, character, take, title))
            if rows:
                sheet = Image.new("RGB", (rows[0].width, sum(r.height for r in rows)))
                for i, row in enumerate(rows):
                    sheet.paste(row, (0, i * row.height))
                path = asked.output / f"strips-{language}.png"
                sheet.save(path)
                sys.stdout.write(f"{path}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
