"""Speech for training the ear: own voices say random lines; phones as they sit on the sound.

``python scripts/train_ear_data.py FOLDER --minutes 90`` writes one ``NNNNNN.npz`` per line:
``audio`` (n,) int16 at 16 kHz, ``starts``, ``ends`` (k,) float32 seconds, ``kinds`` (k,) uint8
(index into PHONE_CLASSES), ``language``, ``voice``, and ``raw``, ``sizes``: what the vocoder
gave, piece by piece (int16, 24 kHz), for ``train_ear_sketch.py``. A line depends on its number
alone, so the script goes on where it was stopped. Every 16th line is of a voice that no other
line contains (``held`` true). ``--words 45`` makes lines of single words (``wNNNNNNN.npz``,
most in Mandarin); half of them have been through a low MP3 bit rate.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from train_ear_texts import line_of, words_of

from cyberdirector.core.hashing import seed_of
from cyberdirector.core.speech import PHONE_CLASSES, SAMPLE_RATE
from cyberdirector.formats.audio import resample
from cyberdirector.voice.emotion import Colour
from cyberdirector.voice.g2p import Reading, Sound, read_line
from cyberdirector.voice.graph import KokoroGraph, Prosody, kokoro
from cyberdirector.voice.line import LinePlan, plan_reading
from cyberdirector.voice.plan import Take
from cyberdirector.voice.profile import VoiceProfile
from cyberdirector.voice.render import sound_line
from cyberdirector.voice.styles import pack_names
from cyberdirector.voice.timing import Segment

RATE = 16_000
HELD = ("af_sarah", "am_puck", "bf_lily", "zf_xiaoyi", "zm_yunyang", "jf_nezumi")
WORDS = 2_000_000
"""Number of the first line of single words."""

_OWN = {"zh": ("zf_", "zm_"), "en": ("af_", "am_", "bf_", "bm_"), "ja": ("jf_", "jm_")}
_NON_RHOTIC = frozenset("ɑɔɜə")
_OFF_GLIDE = frozenset("ɪɛʊiu")


@dataclass
class Taped:
    """The voice model's graph, and what its vocoder has given."""

    graph: KokoroGraph
    heard: list[np.ndarray] = field(default_factory=list)

    def sound(self, prosody: Prosody, style: np.ndarray) -> np.ndarray:
        """Return the vocoder's audio and keep it."""
        self.heard.append(self.graph.sound(prosody, style))
        return self.heard[-1]


def plan_of(number: int, formant: bool = True) -> tuple[LinePlan, str, bool]:
    """Return the plan of line ``number``, its language and whether its voice is held out."""
    rng = np.random.default_rng(seed_of("ear", number))
    held = number % 16 == 0
    language = str(rng.choice(["zh", "en", "ja"], p=[0.4, 0.42, 0.18]))
    voice, british = _voice(language, held, rng)
    if not formant:
        voice = voice.model_copy(update={"formant": 1.0})
    text = line_of(language, rng)
    return _plan(text, language, voice, british, number, rng), language, held


def words_plans(number: int) -> tuple[list[LinePlan], str, bool]:
    """Return the plans of the words of line ``number``, said slowly each for itself."""
    rng = np.random.default_rng(seed_of("ear", number))
    held = number % 16 == 0
    language = str(rng.choice(["zh", "en"], p=[0.85, 0.15]))
    voice, british = _voice(language, held, rng)
    voice = voice.model_copy(update={"rate": voice.rate * float(rng.uniform(0.65, 1.0))})
    texts = words_of(language, rng)
    return [_plan(t, language, voice, british, number, rng) for t in texts], language, held


def _plan(
    text: str, language: str, voice: VoiceProfile, british: bool, seed: int,
    rng: np.random.Generator,
) -> LinePlan:  # fmt: skip
    reading = read_line(text, language)
    if british:
        reading = non_rhotic(reading)
    colour = Colour(range=float(rng.uniform(0.7, 1.4)), effort=float(rng.uniform(-1.0, 1.0)))
    delivery = "whisper" if rng.random() < 0.02 else ""
    return plan_reading(kokoro(1), reading, voice, Take(colour, delivery, 1.0, seed))


def make_line(number: int) -> dict[str, np.ndarray]:
    """Return the arrays of line ``number``."""
    plan, language, held = plan_of(number)
    tape = Taped(kokoro(1))
    sounded = sound_line(tape, plan)
    return {
        **_arrays(sounded.audio, list(sounded.segments), plan, language, held),
        "raw": np.round(np.clip(np.concatenate(tape.heard), -1, 1) * 32767).astype(np.int16),
        "sizes": np.array([len(heard) for heard in tape.heard], np.int64),
    }


def make_words(number: int) -> dict[str, np.ndarray]:
    """Return the arrays of a line of single words with pauses, half of them through MP3."""
    plans, language, held = words_plans(number)
    rng = np.random.default_rng([5, number])
    sounds, segments, time_ = [], [], 0.0
    for plan in plans:
        sounded = sound_line(kokoro(1), plan)
        gap = np.zeros(int(rng.uniform(0.15, 0.5) * SAMPLE_RATE), np.float32)
        segments += [
            replace(s, start=s.start + time_, end=s.end + time_)
            for s in sounded.segments
            if s.kind != "SIL"
        ]
        loud = max(1e-4, float(np.abs(sounded.audio).max()))
        sounds += [sounded.audio / loud, gap]
        time_ += (len(sounded.audio) + len(gap)) / SAMPLE_RATE
    line = _arrays(np.concatenate(sounds), segments, plans[0], language, held)
    if rng.random() < 0.5:
        heard = _through_mp3(line["audio"] / 32767.0, int(rng.integers(24, 72)))
        line["audio"] = np.round(np.clip(heard, -1, 1) * 32767).astype(np.int16)
    return line


def _arrays(
    audio: np.ndarray, segments: list[Segment], plan: LinePlan, language: str, held: bool
) -> dict[str, np.ndarray]:
    spoken = resample(audio, SAMPLE_RATE, RATE)
    spoken = spoken / max(1e-4, float(np.abs(spoken).max())) * 0.9
    voice = plan.voice
    return {
        "audio": np.round(spoken * 32767).astype(np.int16),
        "starts": np.array([s.start for s in segments], np.float32),
        "ends": np.array([s.end for s in segments], np.float32),
        "kinds": np.array([PHONE_CLASSES.index(s.kind) for s in segments], np.uint8),
        "language": np.array(language),
        "voice": np.array("+".join(voice.prosody[language]) + "/" + "+".join(voice.timbre)),
        "held": np.array(held),
    }


def _through_mp3(audio: np.ndarray, kilobits: int) -> np.ndarray:
    """Return ``audio`` (16 kHz) as an MP3 of ``kilobits`` a second gives it back, in place."""
    import av

    stream = io.BytesIO()
    with av.open(stream, "w", format="mp3") as store:
        track = store.add_stream("libmp3lame", rate=RATE, layout="mono")
        track.bit_rate = 1000 * kilobits
        frame = av.AudioFrame.from_ndarray(audio[None].astype(np.float32), "fltp", "mono")
        frame.sample_rate = RATE
        for packet in (*track.encode(frame), *track.encode(None)):
            store.mux(packet)
    stream.seek(0)
    with av.open(stream) as store:
        heard = np.concatenate([f.to_ndarray().mean(0) for f in store.decode(audio=0)])
    size = 1 << int(np.ceil(np.log2(len(audio) + len(heard))))
    likeness = np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(audio, size)), size)
    late = int(np.argmax(likeness[:4000]))  # the codec's own delay
    return np.asarray(np.pad(heard[late : late + len(audio)], (0, len(audio)))[: len(audio)])


def _voice(language: str, held: bool, rng: np.random.Generator) -> tuple[VoiceProfile, bool]:
    """Return a random voice; whether its accent is British."""
    own = [n for n in pack_names() if n.startswith(_OWN[language]) and (n in HELD) == held]
    free = [n for n in pack_names() if n not in HELD]
    prosody = {str(rng.choice(own)): 1.0}
    timbre: dict[str, float] = {}
    if not held:
        if rng.random() < 0.3:
            prosody[str(rng.choice(own))] = float(rng.uniform(0.2, 0.8))
        if rng.random() < 0.55:
            timbre[str(rng.choice(free))] = 1.0
            if rng.random() < 0.5:
                timbre[str(rng.choice(free))] = float(rng.uniform(0.2, 1.0))
    formant = 1.0 if rng.random() < 0.3 else float(np.round(rng.uniform(0.86, 1.15), 2))
    profile = VoiceProfile(
        prosody={language: prosody},
        timbre=timbre,
        pitch=float(np.exp(rng.uniform(np.log(0.83), np.log(1.2)))),
        formant=formant,
        rate=float(np.exp(rng.uniform(np.log(0.8), np.log(1.25)))),
    )
    british = language == "en" and next(iter(prosody)).startswith("b")
    return profile, british or (language == "en" and rng.random() < 0.15)


def non_rhotic(reading: Reading) -> Reading:
    """Return an English reading in the southern British manner (no r but before vowels)."""
    sounds = list(reading.sounds)
    result: list[Sound] = []
    for index, sound in enumerate(sounds):
        after = next((s for s in sounds[index + 1 :] if not s.space), None)
        before = result[-1] if result else None
        if sound.symbols == "ɹ" and before is not None and not (after and after.nucleus):
            if before.symbols[-1:] in _NON_RHOTIC:
                result[-1] = replace(before, symbols=before.symbols + "ː")
                continue
            if before.symbols[-1:] in _OFF_GLIDE:
                result.append(replace(sound, symbols="ə", parts=(("AH", 1.0),)))
                continue
        result.append(_british(sound, after))
    return replace(reading, sounds=tuple(result))


def _british(sound: Sound, after: Sound | None) -> Sound:
    """Return one vowel or flap as it is said in southern Britain."""
    mark, last = sound.symbols[:-1], sound.symbols[-1:]
    if last == "O":
        return replace(sound, symbols=mark + "Q", parts=(("AH", 0.5), ("UW", 0.5)))
    if last == "ɑ" and not (after and after.symbols == "ɹ"):
        return replace(sound, symbols=mark + "ɒ", parts=(("OW", 1.0),))
    if last == "ɾ":
        return replace(sound, symbols="t")
    return sound


def say(text: str) -> None:
    """Write a line of progress at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--minutes", type=float, default=90.0)
    parser.add_argument("--words", type=float, help="minutes of single words instead")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    minutes, seconds, number = options.words or options.minutes, 0.0, 0
    while seconds < minutes * 60.0:
        path = options.folder / f"{number:06d}.npz"
        if options.words:
            path = options.folder / f"w{WORDS + number}.npz"
        if not path.exists():
            line = make_words(WORDS + number) if options.words else make_line(number)
            with open(f"{path}.part", "wb") as stream:
                np.savez_compressed(stream, **line)
            os.replace(f"{path}.part", path)
        with np.load(path) as data:
            seconds += len(data["audio"]) / RATE
        number += 1
        if number % 50 == 0:
            say(f"{number} lines, {seconds / 60:.1f} minutes")


if __name__ == "__main__":
    main()
