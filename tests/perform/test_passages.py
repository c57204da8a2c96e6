from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from conftest import humanoid, make_speech

from cyberdirector.core.speech import SAMPLE_RATE, Emotion, Speech
from cyberdirector.core.time import Rate
from cyberdirector.perform import Actor, Placement, SceneScore, Segment, perform_scene
from cyberdirector.perform.lips import articulate
from cyberdirector.perform.passages import LONGEST, course_of, cut_speech


def _long(count: int) -> tuple[Speech, str]:
    """A speech of ``count`` made-up lines, one after the other."""
    parts = [make_speech(i, 24) for i in range(count)]
    phones, words, accents, time = [], [], [], 0.0
    for part in parts:
        base = len(words)
        phones += [
            replace(p, start=p.start + time, end=p.end + time, word=p.word + base)
            for p in part.phones
        ]
        words += [
            replace(w, start=w.start + time, end=w.end + time,
                    first=base + w.first, last=base + w.last)
            for w in part.words
        ]  # fmt: skip
        accents += [(at + time, p) for at, p in part.accents]
        time += part.duration
    whole = replace(
        parts[0],
        audio=np.concatenate([p.audio for p in parts]),
        phones=tuple(phones),
        words=tuple(words),
        accents=tuple(accents),
        f0=np.concatenate([p.f0 for p in parts]),
        energy=np.concatenate([p.energy for p in parts]),
    )
    return whole, "".join(chr(0x4E00 + i) for i in range(len(words)))


@pytest.mark.parametrize("rate", [Rate(30), Rate(30_000, 1001), Rate(24)])
def test_passages_are_the_whole_speech(rate: Rate) -> None:
    speech, text = _long(40)
    passages = cut_speech(speech, text, rate)
    assert len(passages) >= 3
    assert sum(p.frames for p in passages) == rate.ceil(speech.duration)
    assert "".join(p.text for p in passages) == text
    for before, after in pairwise(passages):
        assert before.first + before.frames == after.first
        assert before.share[1] == pytest.approx(after.share[0])
    for passage in passages:
        own, begin = passage.speech, rate.seconds(passage.first)
        assert own.duration <= LONGEST
        assert [passage.text[w.first : w.last] for w in own.words] == list(passage.text)
        assert all(0 <= p.word < len(own.words) for p in own.phones)
        for phone, word in ((p, own.words[p.word]) for p in own.phones):
            assert word.start - 1e-6 <= phone.start < phone.end <= word.end + 1e-6
        at = round(begin * SAMPLE_RATE)
        np.testing.assert_array_equal(own.audio, speech.audio[at : at + len(own.audio)])
    moved = [
        (p.kind, p.start + rate.seconds(x.first)) for x in passages for p in x.speech.phones
    ]
    assert [k for k, _ in moved] == [p.kind for p in speech.phones]
    np.testing.assert_allclose([t for _, t in moved], [p.start for p in speech.phones])


def test_a_short_speech_stays_as_it_is() -> None:
    speech = make_speech(1)
    (passage,) = cut_speech(speech, "words", Rate(30))
    assert passage.speech is speech
    assert passage.text == "words"


def test_speech_without_a_pause_is_cut_all_the_same() -> None:
    speech, text = _long(40)
    joined, time = [], 0.0
    for phone in speech.phones:
        joined.append(replace(phone, start=time, end=time + 0.1))
        time += 0.1
    passages = cut_speech(replace(speech, phones=tuple(joined), words=()), text, Rate(30))
    assert all(p.speech.duration <= LONGEST for p in passages)


def test_a_feeling_goes_on_over_passages() -> None:
    keys = ((0.0, Emotion("sad", 0.8)), (0.5, Emotion("joy", 0.6)), (1.0, Emotion("anger", 1)))
    one, two = course_of(keys, (0.0, 0.6)), course_of(keys, (0.6, 1.0))
    assert one[0] == (0.0, Emotion("sad", 0.8))
    assert one[1][0] == pytest.approx(0.5 / 0.6)
    assert one[-1][1] == two[0][1]
    assert two[-1] == (1.0, Emotion("anger", 1.0))


def test_passages_join_without_a_jump() -> None:
    speech, text = _long(22)
    rate = Rate(30)
    segments = [
        Segment(f"p{i}", "line", p.frames, i, "A", p.text, p.speech, 0, Emotion("sad", 0.7),
                "partner")
        for i, p in enumerate(cut_speech(speech, text, rate))
    ]  # fmt: skip
    actor = Actor("A", humanoid(), Placement((0, 0, 0), 0.0), 3)
    score = SceneScore("s", rate, (actor,), tuple(segments), {"partner": (0.0, 1.5, 1.3)}, 1)
    clip = perform_scene(score).clips["A"]
    cut = segments[0].frames
    turns = np.abs(np.diff(clip.rotations, axis=0)).max(axis=(1, 2))
    assert turns[cut - 1] <= np.percentile(turns, 99.5)
    shapes = np.abs(np.diff(clip.weights, axis=0)).max(axis=1)
    assert shapes[cut - 1] <= np.percentile(shapes, 99)


def test_lips_of_far_phones_do_not_matter() -> None:
    """A line is articulated the same whether or not minutes of speech follow."""
    speech, _ = _long(6)
    alone = make_speech(0, 24)
    rate = 30.0
    frames = round((alone.duration - 0.4) * rate)
    same_level = replace(alone, energy=alone.energy)
    a = articulate(speech, frames, 0, rate, spills=True).weights
    b = articulate(same_level, frames, 0, rate, spills=True).weights
    np.testing.assert_allclose(a, b, atol=1e-6)
