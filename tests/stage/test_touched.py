"""People who touch each other: who goes where, who turns, what is seen."""

from __future__ import annotations

import math

import pytest
from test_staging import stage

from cyberdirector.perform.moves import touches

HEAD = "1-1 日 内 茶馆\n人物：林晚、沈青\n林晚：你好。\n沈青：你也好。\n"


def _cues(text: str):
    blocking, _, _, shots = stage(HEAD + text + "\n林晚：好。\n")
    cues = [c for s in blocking.score.segments if s.kind == "action" for c in s.cues]
    return blocking, cues, shots


def _names(cues) -> list[tuple[str, str]]:
    return [(c.role, c.move) for c in cues]


def test_one_walks_up_to_whom_one_touches() -> None:
    _, cues, _ = _cues("△沈青走上前，伸手拍了拍林晚的肩。")
    assert _names(cues) == [("沈青", "walk_to"), ("沈青", "pat_shoulder")]
    walk, pat = cues
    assert pat.start >= walk.start + walk.frames
    assert pat.target == "林晚"
    x, _, z = walk.to.position
    # 林晚 stands on mark a.
    assert math.dist((x, z), (-0.6, 0.2)) == pytest.approx(
        touches()["pat_shoulder"].distance, abs=0.01
    )


def test_two_who_embrace_do_it_once_and_part_afterwards() -> None:
    _, cues, _ = _cues("△两人紧紧相拥。")
    assert [c.move for c in cues].count("hug") == 1
    assert cues[-1].move == "step_back"


def test_who_is_to_be_looked_in_the_face_turns_round() -> None:
    _, cues, _ = _cues("△林晚转身背对着沈青。沈青扇了林晚一巴掌。")
    turns = [c for c in cues if (c.role, c.move) == ("林晚", "turn")]
    slap = next(c for c in cues if c.move == "slap")
    assert len(turns) == 2
    assert turns[1].start + turns[1].frames <= slap.start


def test_who_is_pushed_goes_back_and_who_sits_is_helped_up() -> None:
    _, cues, _ = _cues("△沈青一把推开林晚。")
    assert _names(cues)[-1] == ("林晚", "step_back")
    _, cues, _ = _cues("△林晚坐下。\n△沈青扶起林晚。")
    assert _names(cues)[-2:] == [("沈青", "help_up"), ("林晚", "stand_up")]
    _, cues, _ = _cues("△林晚跪下。\n△沈青扶起林晚。")
    assert _names(cues)[-1] == ("林晚", "stand_up")


def test_nobody_stands_in_the_knees_of_who_sits() -> None:
    blocking, cues, _ = _cues("△林晚坐下。\n△沈青握住林晚的手。")
    walk = next(c for c in cues if (c.role, c.move) == ("沈青", "walk_to"))
    seat = next(c.to for c in cues if c.move == "sit")
    way = math.atan2(
        walk.to.position[0] - seat.position[0], walk.to.position[2] - seat.position[2]
    )
    off = abs((way - seat.yaw + math.pi) % (2 * math.pi) - math.pi)
    assert off > math.radians(50)
    assert blocking.notes == []


def test_in_parentheses_only_who_is_near_is_touched() -> None:
    blocking, *_ = stage(HEAD + "沈青：（握住林晚的手）别怕。\n")
    assert "hold_hand" not in [c.move for s in blocking.score.segments for c in s.cues]
    blocking, *_ = stage(HEAD + "△沈青拍了拍林晚的肩。\n沈青：（握住林晚的手）别怕。\n")
    line = blocking.score.segments[-2]
    assert [(c.move, c.target) for c in line.cues if c.role == "沈青"] == [
        ("hold_hand", "林晚")
    ]


def test_who_has_left_is_not_touched() -> None:
    _, cues, _ = _cues("△林晚转身离去。\n△沈青揪住林晚的衣领。")
    assert [(c.move, c.target) for c in cues if c.role == "沈青"] == [("grasp_collar", "")]


def test_a_touch_is_seen_from_the_side_with_both() -> None:
    blocking, _, shots = _cues("△沈青抱住林晚。")
    action = next(s for s in blocking.score.segments if s.kind == "action")
    shot = next(s for s in shots if action.id in s.segments and s.why == "touches")
    assert shot.size == "two"
    assert set(shot.subjects) == {"沈青", "林晚"}
