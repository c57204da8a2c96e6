"""The library of moves: every recipe on several bodies, search, transitions, own clips."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cyberdirector.core.errors import InputRefused
from cyberdirector.core.time import Rate
from cyberdirector.motion.blend import join_clips, make_loop
from cyberdirector.motion.check import check_clip
from cyberdirector.motion.feet import foot_paths
from cyberdirector.motion.files import write_motion
from cyberdirector.motion.moves import find, library, make_move, make_sequence, search
from cyberdirector.motion.moves.library import shipped
from cyberdirector.motion.moves.recipe import parse_recipe

from .strolls import body, joints, stroll

_RATE = Rate(24)
_SMALL = body(0.5, 0.7, 0.8)
_ON_BOTH = ("walk", "run", "sit", "kneel", "kowtow", "jump", "fall_back", "kick_front")


def test_there_are_many_moves_with_words_in_two_languages() -> None:
    moves = shipped()
    assert len(moves) >= 60
    assert {m.category for m in moves.values()} >= {"walk", "greet", "fight", "sword", "dance"}
    for move in moves.values():
        assert move.zh
        assert move.tags["zh"]
        assert move.tags["en"]


@pytest.mark.parametrize("name", sorted(shipped()))
def test_every_move_stands_on_the_floor(name: str) -> None:
    bodies = (body(), _SMALL) if name in _ON_BOTH else (body(),)
    for rest in bodies:
        clip = make_move(name, rest, _RATE)
        assert np.isfinite(clip.rotations).all()
        lows = [path.lowest for path in foot_paths(clip, rest)]
        assert min(float(low.min()) for low in lows) > -0.005
        report = check_clip(clip, rest)
        assert report.measures["flips"].value <= 2
        assert report.measures["limits"].value < 15.0
        # A foot that is said to bear touches the floor.
        for side, low in enumerate(lows):
            bearing = clip.contacts[:, side]
            assert not bearing.any() or float(low[bearing].max()) < 0.02


@pytest.mark.parametrize("name", [n for n, m in shipped().items() if m.loop])
def test_loops_close(name: str) -> None:
    rest = body()
    clip = make_move(name, rest, Rate(30), repeat=2)
    half = (clip.frames - 1) // 2
    local = joints(clip, rest) - clip.root[:, None] * np.array([1.0, 0.0, 1.0])
    step = np.linalg.norm(np.diff(local, axis=0), axis=-1).max(axis=1)
    assert step[max(half - 2, 0) : half + 2].max() < 1.6 * step.max() + 1e-6
    assert np.abs(local[-1] - local[0]).max() < 0.12


def test_search_knows_chinese_and_english() -> None:
    assert search("抱拳")[0].name == "baoquan"
    assert search("磕头")[0].name == "kowtow"
    assert search("sprint")[0].name == "run"
    assert any(m.name == "drink_tea" for m in search("喝茶"))
    assert search("xyzzy") == []


def test_an_unknown_move_names_what_is_close() -> None:
    with pytest.raises(InputRefused) as caught:
        find("wlak")
    assert caught.value.code == "move-unknown"
    assert "walk" in caught.value.en


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "zh: a",
        "{zh: a, en: a, category: walk, keys: [{t: 1}]}",
        "{zh: a, en: a, category: nowhere, keys: [{t: 0}, {t: 1}]}",
        "{zh: a, en: a, category: walk, keys: [{t: 0, hips: [.nan]}, {t: 1}]}",
        "{zh: a, en: a, category: walk, keys: [{t: 0, arms: {hand: hook}}, {t: 1}]}",
        "{zh: a, en: a, category: walk, keys: [{t: 0}, {t: 1e9}]}",
        "{zh: a, en: a, category: walk, gait: {tempo: 99}, keys: [{t: 0}]}",
        "a: &a [*a]",
        "!!python/object/apply:os.system [ls]",
    ],
)
def test_bad_recipes_are_refused(text: str) -> None:
    from cyberdirector.motion.moves.recipe import compile_move

    with pytest.raises(InputRefused) as caught:
        compile_move(parse_recipe(text, "bad"), body(), _RATE)
    assert caught.value.code == "move-bad"


def test_moves_flow_into_each_other() -> None:
    rest = body()
    clip = make_sequence(["walk", "turn_around", "wave"], rest, Rate(30))
    speed = np.linalg.norm(np.diff(joints(clip, rest), axis=0), axis=-1).max(axis=1) * 30.0
    assert speed.max() < 6.0
    jump = np.abs(np.diff(joints(clip, rest), 2, axis=0)).max()
    parts = [make_move(n, rest, Rate(30)) for n in ("walk", "turn_around", "wave")]
    usual = max(np.abs(np.diff(joints(p, rest), 2, axis=0)).max() for p in parts)
    assert jump < usual + 0.03
    # The second move goes on where the walk ended, and turns round from there.
    assert float(clip.root[-1, 2]) > 0.5
    assert check_clip(clip, rest).measures["skate"].ok


def test_clips_of_several_rates_are_not_joined() -> None:
    rest = body()
    with pytest.raises(ValueError, match="rate"):
        join_clips([stroll(rest), make_move("wave", rest, Rate(24))], rest)


def test_a_loop_is_made_of_any_clip() -> None:
    rest = body()
    clip = make_loop(make_move("walk", rest, Rate(30), repeat=3).slice(0, 70), rest)
    twice = join_clips([clip, clip], rest, 0.05)
    step = np.linalg.norm(np.diff(joints(twice, rest), axis=0), axis=-1).max(axis=1)
    assert step[clip.frames - 3 : clip.frames + 3].max() < 2.0 * np.quantile(step, 0.95)


def test_own_recipes_and_clips_in_a_folder(tmp_path: Path) -> None:
    rest = body()
    write_motion(tmp_path / "my_walk.loop.bvh", stroll(rest, frames=61), rest)
    (tmp_path / "sigh.yaml").write_text(
        "{zh: 叹气, en: sigh, category: mood, keys: [{t: 0}, {t: 1, spine: [0, 9, 0]}]}",
        encoding="utf-8",
    )
    moves = library(tmp_path)
    assert moves["my_walk"].loop
    assert search("叹气", tmp_path)[0].name == "sigh"
    clip = make_move("my_walk", _SMALL, Rate(30), folder=tmp_path)
    assert clip.frames > 40
    assert make_move("叹气", rest, _RATE, folder=tmp_path).frames == 25


def test_mirror_swaps_the_sides() -> None:
    rest = body()
    one, other = (make_move("wave", rest, _RATE, mirror=m) for m in (False, True))
    assert np.allclose(joints(one, rest)[:, 0] * [-1, 1, 1], joints(other, rest)[:, 0])


def test_who_spins_on_a_foot_does_not_slide() -> None:
    rest = body()
    skate = check_clip(make_move("dance_spin", rest, _RATE), rest).measures["skate"]
    assert skate.value < 0.5
