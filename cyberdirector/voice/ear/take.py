"""A sound file, with or without what is said in it → speech that a face can perform."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.errors import InputRefused, Location
from cyberdirector.core.speech import SAMPLE_RATE, Phone, Speech
from cyberdirector.formats.audio import read_audio
from cyberdirector.voice.accents import find_accents, place_accents
from cyberdirector.voice.acoustics import level
from cyberdirector.voice.assembly import CONTOUR_STEP
from cyberdirector.voice.ear.chain import VOWELS
from cyberdirector.voice.ear.decode import decode, phones_of
from cyberdirector.voice.ear.hearing import Hearing, listen
from cyberdirector.voice.notes import Note
from cyberdirector.voice.pitch import track_f0

_SILENT = 1e-3  # peak below which nothing was recorded
_PIECE = 30 * SAMPLE_RATE
_CLEAR = 0.3  # mean probability of the best class while speaking; speech at 0 dB SNR has it
_CLIPPED = 2e-4  # share of samples at full scale
_ABRUPT = 9.0  # dB below the loud level: no line ends louder than this
_NARROW = -38.0  # dB of what lies above 4.2 kHz against all, in the loudest hisses


def listen_to(
    path: Path, transcript: str | None = None, language: str | None = None
) -> tuple[Speech, tuple[Note, ...]]:
    """Hear a recording.

    Parameters
    ----------
    path
        Any sound file that :func:`cyberdirector.formats.read_audio` reads.
    transcript
        What is said in it; lips are surer with it.
    language
        ``zh``, ``en`` or ``ja``; found from the transcript. Where neither is given, any
        language is heard and the speech counts as Mandarin.

    Returns
    -------
    Speech
        The audio at 24 kHz with phones, F0, level and accents; words only with a transcript.
    tuple of Note
        What a user should know: clipping, a narrow band, no speech, a cut end, a transcript
        that does not fit.

    Raises
    ------
    InputRefused
        ``audio-unreadable`` for what is no sound or longer than an hour,
        ``recording-silent``, and with a transcript ``recording-length``.
    """
    audio = read_audio(path)
    if float(np.abs(audio).max()) < _SILENT:
        raise InputRefused(
            "recording-silent",
            "录音里没有声音；请检查麦克风后重录。",
            "the recording is silent; check the microphone and record again.",
            Location(str(path)),
        )
    return listen_to_audio(audio, transcript, language)


def listen_to_audio(
    audio: NDArray[np.float32], transcript: str | None = None, language: str | None = None
) -> tuple[Speech, tuple[Note, ...]]:
    """Hear (samples,) float32 mono at 24 kHz; see :func:`listen_to`."""
    if transcript and transcript.strip():
        from cyberdirector.voice.recording import align_heard

        speech, hearing, fit = align_heard(audio, transcript, language)
        return speech, (*_remarks(speech, hearing, None), *fit)
    hearing = listen(audio)
    path = decode(hearing.posteriors, language)
    clear = clearness(hearing, path)
    if clear < _CLEAR:
        path = np.zeros_like(path)
    speech = speech_of(audio, path, language or "zh")
    return speech, _remarks(speech, hearing, clear)


def clearness(hearing: Hearing, path: NDArray[np.int64]) -> float:
    """Return how sure the ear is of its classes while somebody speaks, 0..1."""
    spoken = path > 0
    if spoken.sum() < 5:
        return 0.0
    return float(np.exp(hearing.posteriors[spoken]).max(1).mean())


def speech_of(audio: NDArray[np.float32], path: NDArray[np.int64], language: str) -> Speech:
    """Return the speech of a decoded take; accents lie on the strongest of three syllables.

    Parameters
    ----------
    audio
        (samples,) float32 at 24 kHz.
    path
        (n,) class of every 10 ms.
    """
    phones = phones_of(path, len(audio) / SAMPLE_RATE)
    energy = level(audio, CONTOUR_STEP)
    f0 = _melody(audio)
    count = min(len(energy), len(f0))
    f0, energy = f0[:count], energy[:count]
    voiced = np.interp(np.arange(count), np.arange(len(path)), (path > 0).astype(float)) > 0.5
    f0 = np.where(voiced, f0, 0.0).astype(np.float32)
    grouped, syllables = _group(phones)
    found = find_accents(grouped, syllables, f0, energy, CONTOUR_STEP)
    accents = place_accents(found, phones, syllables, energy, CONTOUR_STEP)
    return Speech(audio, phones, (), f0, energy, CONTOUR_STEP, accents, language)


def _melody(audio: NDArray[np.float32]) -> NDArray[np.float32]:
    """Track F0 in pieces of 30 s, so that memory does not grow with the take."""
    pieces = [
        track_f0(audio[first : first + _PIECE], CONTOUR_STEP)[: _PIECE // 240]
        for first in range(0, len(audio), _PIECE)
    ]
    return np.concatenate(pieces)


def _group(phones: tuple[Phone, ...]) -> tuple[tuple[Phone, ...], tuple[int, ...]]:
    """Number vowels as syllables and three syllables (or a breath group) as a word."""
    grouped, syllables = [], []
    syllable, word, inside = -1, 0, 0
    for phone in phones:
        if phone.kind == "SIL" and inside:
            word, inside = word + 1, 0
        elif phone.kind in VOWELS:
            if inside == 3:
                word, inside = word + 1, 0
            syllable, inside = syllable + 1, inside + 1
        silent = phone.kind == "SIL"
        grouped.append(replace(phone, word=-1 if silent else word))
        syllables.append(-1 if silent else max(syllable, 0))
    return tuple(grouped), tuple(syllables)


def _remarks(speech: Speech, hearing: Hearing, clear: float | None) -> tuple[Note, ...]:
    """Return what is wrong with a recording."""
    if clear is not None and clear < _CLEAR:
        return (
            Note(
                "ear-no-speech",
                "没有听出人声（只有安静、噪声或音乐），嘴保持闭合；若有人说话，请附上台词。",
                "no speech was heard (only quiet, noise or music), so the mouth stays shut; "
                "if somebody speaks, give a transcript.",
            ),
        )
    notes = []
    if float((np.abs(speech.audio) > 0.985).mean()) > _CLIPPED:
        notes.append(
            Note(
                "ear-clipped",
                "录音削波失真；口型可能不够准，建议降低录音电平重录。",
                "the recording is clipped; lips may be less exact, record at a lower level.",
            )
        )
    if _is_narrow(hearing):
        notes.append(
            Note(
                "ear-narrow",
                "录音只有电话音质（高频缺失）；s、f 一类的音较难分辨。",
                "the recording has telephone bandwidth; s and f are harder to tell.",
            )
        )
    levels, speaking = hearing.level, speech.phones[-1].kind != "SIL"
    if speaking and levels[-3:].max() > np.percentile(levels, 95) - _ABRUPT:
        notes.append(
            Note(
                "ear-cut",
                "录音在说话中途被截断；最后的口型会直接收住。",
                "the recording ends in mid-speech; the mouth closes after the last sound.",
            )
        )
    return tuple(notes)


def _is_narrow(hearing: Hearing) -> bool:
    """Whether nothing lies above about 4.2 kHz, even in the frames with the most of it."""
    power = np.exp(hearing.mel.astype(np.float64))
    loud = power.sum(1) >= np.percentile(power.sum(1), 60)
    high = power[loud, 31:].sum(1) / power[loud].sum(1)
    return bool(10.0 * np.log10(np.percentile(high, 95) + 1e-12) < _NARROW)
