from __future__ import annotations

import numpy as np
import pytest
from conftest import humanoid
from hypothesis import given, settings
from hypothesis import strategies as st

from cyberdirector.core.errors import InputRefused
from cyberdirector.core.skeleton import BONE_INDEX
from cyberdirector.core.time import Rate
from cyberdirector.perform import (
    MOVES,
    Actor,
    Cue,
    Placement,
    SceneScore,
    Segment,
    find_move,
    find_moves,
    move_frames,
    perform_scene,
)
from cyberdirector.perform import measure as m
from cyberdirector.perform.lexicon import gestures, read_gesture
from cyberdirector.perform.moves._faces import held_faces

RATE = Rate(24)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("林晚推门而入，抖落身上的雨水", "enter"),
        ("老周缓缓站起身来", "stand_up"),
        ("他走近柜台", "walk_to"),
        ("沈昭转身离去", "exit"),
        ("她转身，背对着他", "turn"),
        ("林晚坐下", "sit"),
        ("掌柜点头", "nod"),
        ("他摇了摇头", "shake_head"),
        ("将信递给她", "give"),
        ("弟子跪下", "kneel"),
        ("师兄拔剑", "draw_sword"),
        ("抱拳一礼", "salute"),
        ("他端起茶杯", "drink"),
        ("She sits down by the window.", "sit"),
        ("Tom stands up.", "stand_up"),
        ("He walks to the door", "walk_to"),
        ("Mary nods.", "nod"),
        ("He shakes his head slowly", "shake_head"),
        ("Anna enters.", "enter"),
        ("He leaves.", "exit"),
        ("沈昭冷笑", "sneer"),
        ("她微微一笑", "smile"),
        ("众人大笑", "laugh"),
        ("顾言耳朵红了", "blush"),
        ("她的脸唰地红了", "blush"),
        ("She blushes.", "blush"),
        ("他头也不抬", "lower_head"),
        ("沈昭脸色一沉", "darken"),
        ("她的脸色顿时煞白", "pale"),
        ("她翻了个白眼", "roll_eyes"),
        ("掌柜松了一口气", "sigh"),
        ("他苦笑", "smile_bitterly"),
        ("她抿了抿唇", "press_lips"),
        ("她抿了一口茶", "drink"),
        ("His face falls.", "sadden"),
        ("She rolls her eyes", "roll_eyes"),
        ("他凑近她耳边", "lean_in"),
        ("She leans closer.", "lean_in"),
        ("老板往椅背上一靠", "lean_back"),
        ("他停下脚步", "halt"),
        ("He stops in his tracks.", "halt"),
        ("他厉声喝道", None),
        ("她穿着一条红裙", None),
        ("开了个玩笑", None),
        ("Somebody turns off the light.", None),
        ("雨下得更大了", None),
        ("The rain falls harder.", None),
    ],
)
def test_find_move(text: str, name: str | None) -> None:
    found = find_move(text)
    assert (found.name if found else None) == name


def test_find_moves_keeps_the_order() -> None:
    names = [move.name for move in find_moves("林晚推门而入，走到桌边坐下，叹了口气")]
    assert names == ["enter", "walk_to", "sit", "sigh"]


def _perform(cues: list[tuple[str, Placement | None]], place: Placement, style=None):
    here, segments = place, []
    for i, (move, to) in enumerate(cues):
        n = move_frames(move, here, to, RATE)
        cue = Cue("A", move, 3, n, to)
        segments.append(Segment(f"s{i}", "action", n + 6, i, cues=(cue,)))
        here = to or here
    actor = Actor("A", humanoid(), place, 13, style or {})
    score = SceneScore("x", RATE, (actor,), tuple(segments))
    return actor, score, perform_scene(score)


@pytest.mark.parametrize("name", sorted(MOVES))
def test_every_move_plays_soundly(name: str) -> None:
    to = Placement((0.8, 0, 1.6), 0.4, 0.45 if name == "sit" else 0.0)
    to = to if MOVES[name].kind == "space" or name == "sit" else None
    start = Placement((0, 0, 0), 0.0, 0.45 if name == "stand_up" else 0.0)
    actor, score, done = _perform([(name, to), ("nod", None)], start)
    clip = done.clips["A"]
    assert done.notes == []
    assert m.foot_skate(actor.rest, clip) < 0.005
    points, _ = actor.rest.forward(clip.root.astype(float), clip.rotations.astype(float))
    assert points[..., 1].min() > -0.03
    speed = np.linalg.norm(np.diff(points, axis=0), axis=-1).max() * 24
    assert speed < 7.0
    turn, step = m.boundary_jumps(clip, [score.segments[0].frames])
    assert turn < np.radians(4.0)
    assert step < 0.01


@settings(max_examples=25, deadline=None)
@given(
    x=st.floats(-4, 4), z=st.floats(-4, 4), yaw=st.floats(-3.1, 3.1), start=st.floats(-3.1, 3.1)
)
def test_walks_anywhere_without_skating(x: float, z: float, yaw: float, start: float) -> None:
    actor, _, done = _perform(
        [("walk_to", Placement((x, 0, z), yaw))], Placement((0, 0, 0), start)
    )
    clip = done.clips["A"]
    assert m.foot_skate(actor.rest, clip) < 0.005
    points, _ = actor.rest.forward(clip.root.astype(float), clip.rotations.astype(float))
    feet = points[-1, [BONE_INDEX["leftFoot"], BONE_INDEX["rightFoot"]]].mean(axis=0)
    assert np.allclose(feet[[0, 2]], (x, z), atol=0.005)


def test_sitting_puts_the_hips_on_the_seat_and_rising_undoes_it() -> None:
    seat = Placement((0, 0, -0.5), 0.0, 0.45)
    _actor, score, done = _perform(
        [("sit", seat), ("stand_up", None)], Placement((0, 0, 0), 0.0)
    )
    clip = done.clips["A"]
    n = score.segments[0].frames
    assert 0.45 < clip.root[n, 1] < 0.62
    assert abs(clip.root[n, 2] + 0.5) < 0.05
    assert clip.root[-1, 1] > 0.85


@pytest.mark.parametrize("name", list(held_faces()))
def test_held_faces_come_and_go(name: str) -> None:
    frames = move_frames(name, Placement((0, 0, 0), 0.0), None, RATE)
    actor = Actor("A", humanoid(), Placement((0, 0, 0), 0.0), 1)

    def play(*cues: Cue) -> np.ndarray:
        segment = Segment("s", "action", frames + 24, 1, cues=cues)
        return perform_scene(SceneScore("x", RATE, (actor,), (segment,))).clips["A"].weights

    gap = np.abs(play(Cue("A", name, 4, frames)) - play()).max(axis=1)
    assert gap.max() > 0.2
    assert gap[0] < 0.05
    assert gap[-1] < 0.05
    face = held_faces()[name].face
    assert ((face >= 0.0) & (face <= 1.0)).all()


@pytest.mark.parametrize(("name", "way"), [("lean_in", 1.0), ("lean_back", -1.0)])
def test_who_leans_moves_the_head_and_comes_back(name: str, way: float) -> None:
    actor, score, done = _perform([(name, None), ("nod", None)], Placement((0, 0, 0), 0.0))
    clip = done.clips["A"]
    points, _ = actor.rest.forward(clip.root.astype(float), clip.rotations.astype(float))
    ahead = way * (points[:, BONE_INDEX["head"], 2] - points[0, BONE_INDEX["head"], 2])
    end = score.segments[0].frames
    assert ahead[:end].max() > 0.05
    assert abs(ahead[end - 1]) < 0.03


@pytest.mark.parametrize(("move", "sign"), [("blush", "blushLines"), ("weep", "tearDrops")])
def test_acts_of_the_face_are_drawn_where_the_style_draws_them(move: str, sign: str) -> None:
    def strongest(signs: float) -> float:
        actor = Actor("A", humanoid(), Placement((0, 0, 0), 0.0), 1, {"signs": signs})
        segment = Segment("s", "action", 72, 1, cues=(Cue("A", move, 4, 60),))
        clip = perform_scene(SceneScore("x", RATE, (actor,), (segment,))).clips["A"]
        return float(clip.signs[sign].max()) if sign in clip.signs else 0.0

    assert strongest(1.0) > 0.8
    assert strongest(0.0) == 0.0


def test_unknown_and_crowded_moves_are_noted() -> None:
    actor = Actor("A", humanoid(), Placement((0, 0, 0), 0.0), 1)
    cues = (Cue("A", "fly", 0, 20), Cue("A", "sit", 29, 20))
    score = SceneScore("x", RATE, (actor,), (Segment("s", "action", 30, 1, cues=cues),))
    codes = [note["code"] for note in perform_scene(score).notes]
    assert codes == ["move-unknown", "move-without-room"]


def test_gesture_files_are_read_and_bad_ones_refused(tmp_path) -> None:
    assert len(gestures()) >= 16
    bad = tmp_path / "坏.yaml"
    bad.write_text("hands: three\nkeys: []\n", encoding="utf-8")
    with pytest.raises(InputRefused) as caught:
        read_gesture(bad)
    assert caught.value.code == "gesture-bad"
