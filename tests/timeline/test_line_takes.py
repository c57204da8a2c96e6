"""Takes side by side: only the take changes, hand keys stay."""

from __future__ import annotations

import numpy as np
import pytest

from cyberdirector.core.errors import InputRefused
from cyberdirector.core.skeleton import BONE_INDEX, Rest
from cyberdirector.timeline import KeyTrack, LayerItem, LineItem, TakeItem, Timeline
from cyberdirector.timeline.takes import compare_takes, hand_layers, with_take
from tests.motion.bodies import acted, body
from tests.timeline.scenes import FRAMES, Library, timeline

LIBRARY = Library(base=acted(1, FRAMES), second=acted(2, 40), third=acted(3, 40))


def rest_of(role: str) -> Rest:
    return body()


def document() -> Timeline:
    keys = {"bone:head": KeyTrack.of("bone:head", [0], [[0.6, 0.0, 0.0, 0.8]])}
    made = timeline()
    made.characters[0].layers = [LayerItem(id="hand", keys=keys)]
    takes = [TakeItem(id="A"), TakeItem(id="B", file="second.vrma"),
             TakeItem(id="C", file="third.vrma")]  # fmt: skip
    made.lines = [LineItem(id="L1", role="林晚", start=10, end=50, takes=takes, chosen="B")]
    return made


def test_every_take_is_shown_under_the_same_hand_keys() -> None:
    rows = compare_takes(document(), "L1", LIBRARY, rest_of)
    assert [(row.take.id, row.chosen) for row in rows] == [
        ("A", False),
        ("B", True),
        ("C", False),
    ]
    assert rows[1].apart < 1e-9
    assert min(rows[0].apart, rows[2].apart) > 1.0
    head = np.array([0.6, 0.0, 0.0, 0.8], np.float32)
    for row in rows:
        assert row.clip.frames == 40
        assert np.array_equal(row.clip.rotations[:, BONE_INDEX["head"]], np.tile(head, (40, 1)))
    chest = BONE_INDEX["chest"]
    second = LIBRARY("second.vrma").rotations[10:30, chest]
    assert np.array_equal(rows[1].clip.rotations[10:30, chest], second)


def test_a_fresh_take_under_the_same_name_keeps_the_keys_on_top() -> None:
    made = with_take(document(), "L1", "B", LIBRARY, rest_of)
    assert hand_layers(made, "林晚") == ["hand"]
    fresh = Library(base=LIBRARY("base.vrma"), second=acted(9, 40), third=acted(3, 40))
    found = compare_takes(made, "L1", fresh, rest_of)[1].clip
    assert np.array_equal(
        found.rotations[20, BONE_INDEX["chest"]],
        fresh("second.vrma").rotations[20, BONE_INDEX["chest"]],
    )
    assert found.rotations[20, BONE_INDEX["head"]].tolist() == pytest.approx([0.6, 0, 0, 0.8])


@pytest.mark.parametrize(
    ("line", "take", "code"), [("L9", "A", "line-unknown"), ("L1", "Z", "take-unknown")]
)
def test_unknown_names_are_refused(line: str, take: str, code: str) -> None:
    with pytest.raises(InputRefused) as caught:
        with_take(document(), line, take, LIBRARY, rest_of)
    assert caught.value.code == code
