"""Loudness against a reference, the limiter, beds, exact placement."""

from __future__ import annotations

import numpy as np
import pyloudnorm
import pytest

from cyberdirector.core.errors import InputRefused
from cyberdirector.core.time import Rate
from cyberdirector.deliver import MixEffect, MixLine, MixScene, foley, grains, mix
from cyberdirector.deliver.ambience import RECIPES, TAGS, Bed, layers_of, unknown_tags
from cyberdirector.deliver.loudness import (
    AUDIO_RATE,
    CEILING_DBTP,
    integrated_loudness,
    master,
    measure,
    true_peak,
)
from cyberdirector.deliver.mix import EFFECTS, Place, Voice, mix_samples, render_voice
from cyberdirector.perform import MOVES


def sine(hz: float, seconds: float, level: float = 1.0, phase: float = 0.0, rate=AUDIO_RATE):
    t = np.arange(round(seconds * rate)) / rate
    return (level * np.sin(2 * np.pi * hz * t + phase)).astype(np.float32)


def stereo(left, right=None):
    return np.stack([left, left if right is None else right], axis=1)


def test_loudness_of_the_reference_tone():
    # BS.1770-4: a 997 Hz sine of full scale in one channel reads -3.01 LKFS.
    tone = sine(997, 5)
    assert integrated_loudness(stereo(tone, 0 * tone)) == pytest.approx(-3.01, abs=0.02)


def test_loudness_agrees_with_pyloudnorm():
    rng = np.random.default_rng(3)
    audio = rng.standard_normal((AUDIO_RATE * 7 + 1234, 2)) * 0.05
    audio *= np.repeat(rng.uniform(0, 1, 8), AUDIO_RATE)[: len(audio), None]
    ours = integrated_loudness(audio.astype(np.float32))
    assert ours == pytest.approx(
        pyloudnorm.Meter(AUDIO_RATE).integrated_loudness(audio), abs=0.05
    )


def test_true_peak_sees_between_samples():
    # A quarter-rate sine at 45° has samples at 0.707 only, its peak is 1.
    tone = sine(AUDIO_RATE / 4, 2, 1.0, np.pi / 4)
    tone *= np.minimum(1, np.arange(len(tone)) / 4800).astype(np.float32)
    assert np.abs(tone).max() < 0.72
    assert true_peak(stereo(tone)) == pytest.approx(0.0, abs=0.15)


def test_master_reaches_target_under_the_ceiling():
    rng = np.random.default_rng(5)
    audio = (rng.standard_normal((AUDIO_RATE * 6, 2)) * 0.02).astype(np.float32)
    audio[::9000] = 0.9
    kept = audio.copy()
    out, levels = master(audio)
    np.testing.assert_array_equal(audio, kept)
    assert levels.loudness == pytest.approx(-16.0, abs=0.3)
    assert levels.true_peak <= CEILING_DBTP
    assert measure(out) == levels
    np.testing.assert_array_equal(master(audio)[0], out)


@pytest.mark.parametrize("audio", [np.zeros((0, 2)), np.zeros((10, 2)), np.zeros((99_999, 2))])
def test_silence_stays_silence(audio):
    out, levels = master(audio.astype(np.float32))
    assert np.array_equal(out, audio)
    assert levels.loudness == float("-inf")


@pytest.mark.parametrize("tag", sorted(RECIPES))
def test_beds(tag):
    bed, again, other = Bed([tag], 7), Bed([tag], 7), Bed([tag], 8)
    sound = np.concatenate([bed.piece() for _ in range(8)])
    np.testing.assert_array_equal(sound, np.concatenate([again.piece() for _ in range(8)]))
    varied = np.concatenate([other.piece() for _ in range(40)])
    assert not np.array_equal(sound, varied[: len(sound)]) or not varied.any()
    assert np.isfinite(sound).all()
    assert np.abs(sound).max() < 0.5


def test_tags_make_sense_together():
    assert unknown_tags(["rain", "day", "nonsense"]) == ("nonsense",)
    inside = [tag for tag, _, _ in layers_of(["room", "teahouse", "rain", "night"])]
    assert "rain-roof" in inside
    assert "rain" not in inside
    kinds = [getattr(layer, "kind", "") for _, layer, _ in layers_of(["mountain", "night"])]
    assert "bird" not in kinds
    assert "cricket" in kinds
    assert {"day", "dusk", "dawn", "night", "rain", "mist"} <= TAGS


@pytest.mark.parametrize("kind", sorted(grains.KINDS))
def test_grains(kind):
    for sound in grains.bank(kind, 1):
        assert np.isfinite(sound).all()
        assert 0.5 < np.abs(sound).max() <= 1.0 + 1e-9
        assert abs(sound[-1]) < 0.01


def test_voice_begins_at_its_sample():
    out = np.zeros((AUDIO_RATE * 3, 2), np.float32)
    click = np.zeros(4800, np.float32)
    click[1000:3000] = sine(300, 2000 / 24_000, 0.3, rate=24_000)
    mix_samples(out, [Voice(click, 50_000, room=0.0)])
    loud = np.flatnonzero(np.abs(out[:, 0]) > 0.02)
    assert abs(loud[0] - (50_000 + 2000)) < 40
    assert abs(loud[-1] - (50_000 + 6000)) < 80


def test_pan_and_treatments():
    voice = sine(400, 1.0, 0.2, rate=24_000)
    left, right = np.abs(render_voice(Voice(voice, 0, pan=-0.5, room=0.0))).max(axis=0)
    assert left > right > 0
    for treatment in ("os", "vo", "off", "phone", ""):
        out = render_voice(Voice(voice, 0, treatment=treatment))
        assert np.isfinite(out).all()
    assert len(render_voice(Voice(voice, 0, treatment="os"))) > 48_000
    silent = render_voice(Voice(np.zeros(100, np.float32), 0))
    assert silent.max() == 0


def test_beds_duck_under_speech():
    voice = Voice(np.zeros(24_000 * 2, np.float32), AUDIO_RATE * 3, room=0.0)
    ducked = np.zeros((AUDIO_RATE * 8, 2), np.float32)
    free = ducked.copy()
    place = [Place(("room", "rain"), 0, len(free), 1)]
    mix_samples(ducked, [voice], place)
    mix_samples(free, [], place)
    under = slice(AUDIO_RATE * 3, AUDIO_RATE * 5)
    ratio = np.sqrt((ducked[under] ** 2).mean() / (free[under] ** 2).mean())
    assert 20 * np.log10(ratio) == pytest.approx(-7.0, abs=0.2)
    np.testing.assert_array_equal(ducked[: AUDIO_RATE * 2], free[: AUDIO_RATE * 2])


_HEARD = frozenset(
    "enter exit walk_to step_back sit stand_up turn bow salute kneel give draw_sword wave slap "
    "pat_shoulder hold_shoulders grasp_arm grasp_collar hug help_up push_away "
    "cross_arms wipe_tears slam_table drink".split()
)


@pytest.mark.parametrize("move", [*MOVES, "nothing"])
def test_moves_have_their_sounds(move):
    for frames in (0, 1, 12, 96):
        found = foley(move, 100, frames, Rate(24), id="1-1-A01")
        assert all(e.name in EFFECTS for e in found)
        assert all(100 <= e.start <= 100 + frames for e in found)
        assert len({e.id for e in found}) == len(found)
    assert bool(found) == (move in _HEARD)
    assert "door" not in {e.name for e in foley("enter", 0, 96, Rate(24), inside=False)}


def test_mix_of_a_film():
    rate = Rate(24)
    lines = [
        MixLine(sine(220, 1.0, 0.1, rate=24_000), 24, -0.2),
        MixLine(sine(330, 1.0, 0.3, rate=24_000), 72, 0.2, -3.0, "os"),
    ]
    scenes = [
        MixScene(("teahouse", "room", "rain"), 0, 60, "1-1"),
        MixScene(("mountain", "wind", "day"), 60, 144, "1-2"),
    ]
    effects = [MixEffect(name, 3 * i, id=str(i)) for i, name in enumerate(EFFECTS)]
    out = mix(lines, scenes, 144, rate, 1, effects)
    assert out.shape == (AUDIO_RATE * 6, 2)
    assert integrated_loudness(out) == pytest.approx(-16.0, abs=0.5)
    np.testing.assert_array_equal(out, mix(lines, scenes, 144, rate, 1, effects))
    early = [MixScene(s.tags, s.start - 30, s.end - 30, s.id) for s in scenes]
    assert mix([], early, 100, rate, 1).shape[0] == rate.samples(100, AUDIO_RATE)
    for bad in ({"effects": [MixEffect("trumpet", 0)]}, {}):
        wrong = lines if bad else [MixLine(lines[0].audio, 0, treatment="radio")]
        with pytest.raises(InputRefused, match="mix-name"):
            mix(wrong, scenes, 144, rate, 1, **bad)
