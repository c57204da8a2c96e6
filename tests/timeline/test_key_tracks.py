"""Keys in columns: what is written reads back bit for bit, in lists or packed."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from pydantic import ValidationError
from timeline_project import timeline

from cyberdirector.timeline import CharacterItem, KeyTrack, LayerItem
from cyberdirector.timeline.changes import apply_changes, difference, undo_changes
from cyberdirector.timeline.keys import READABLE, common_ends, plain_keys, read_keys
from cyberdirector.timeline.show import text
from cyberdirector.timeline.show_lanes import draw_lanes
from cyberdirector.timeline.store import state_bytes

VALUES = st.floats(-1e6, 1e6, width=32)


@st.composite
def tracks(draw, channel="root", least=0, most=2 * READABLE):
    frames = sorted(draw(st.sets(st.integers(0, 10_000), min_size=least, max_size=most)))
    n = len(frames)
    values = draw(hnp.arrays(np.float32, (n, 3), elements=VALUES))
    eases = draw(hnp.arrays(np.uint8, n, elements=st.integers(0, 4)))
    handles = draw(hnp.arrays(np.float32, (n, 2, 4), elements=VALUES))
    tcb = draw(hnp.arrays(np.float32, (n, 3), elements=st.floats(-1, 1, width=32)))
    return KeyTrack(channel, np.array(frames, np.int32), values, eases, handles, tcb)


@given(tracks())
def test_tracks_read_back_bit_for_bit(track):
    again = read_keys(json.loads(json.dumps(plain_keys(track))))
    assert again == track
    assert ("packed" in plain_keys(track)) == (len(track) > READABLE)


@given(tracks(most=40), tracks(most=40))
def test_differences_of_tracks_apply_and_undo_exactly(a, b):
    def having(track):
        keys = {"root": track} if len(track) else {}
        layer = LayerItem(id="hand", keys=keys)
        made = timeline().model_copy(
            update={"characters": [CharacterItem(role="林晚", layers=[layer])]}
        )
        return made

    before, after = having(a), having(b)
    changes = difference(before, after)
    assert state_bytes(apply_changes(before, changes)) == state_bytes(after)
    assert state_bytes(undo_changes(after, changes)) == state_bytes(before)
    first, last = common_ends(a, b)
    assert first + last <= min(len(a), len(b))


def test_a_change_of_one_key_in_many_is_one_row():
    n = 5000
    a = KeyTrack.of("root", np.arange(n), np.zeros((n, 3)))
    values = np.zeros((n, 3))
    values[2500] = 1.0
    b = KeyTrack.of("root", np.arange(n), values)
    assert common_ends(a, b) == (2500, n - 2501)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"channel": "bone:tail", "keys": []}, "bone:tail"),
        ({"channel": "root", "keys": [[5, [0, 0, 0]], [5, [0, 0, 0]]]}, "frame 5"),
        ({"channel": "root", "keys": [[0, [0, 0, math.nan]]]}, "frame 0"),
        ({"channel": "root", "keys": [[0, [0, 0]]]}, "number 0"),
        ({"channel": "root", "keys": [[1.5, [0, 0, 0]]]}, "1.5"),
        ({"channel": "root", "keys": [[2**40, [0, 0, 0]]]}, "number 0"),
        ({"channel": "bone:head", "keys": [[7, [0, 0, 0, 2]]]}, "frame 7"),
        ({"channel": "root", "keys": [[0, [0, 0, 0], "bouncy"]]}, "bouncy"),
        ({"channel": "root", "count": 3, "packed": {"frames": "AAAA"}}, "packed"),
        ({"channel": "root", "count": 0, "packed": {}}, "lack"),
        ({"channel": "root"}, "list"),
        ([1, 2], "channel"),
    ],
)
def test_damaged_keys_are_refused_by_name_and_frame(data, said):
    with pytest.raises(ValueError, match=said):
        read_keys(data)


@pytest.mark.parametrize(
    "fields",
    [
        {"mask": {"tail": 1.0}},
        {"mask": {"head": 1.5}},
        {"weight": {"channel": "root", "keys": [[0, [0, 0, 0]]]}},
        {"weight": {"channel": "value", "keys": []}},
        {"keys": {"root": {"channel": "gaze", "keys": [[0, [0, 0]]]}}},
        {"clips": [{"id": "a", "file": "x", "start": 5, "end": 5}]},
        {"clips": [{"id": "a", "file": "x", "start": 0, "end": 5, "blend_in": 6}]},
        {"clips": [{"id": "a", "file": "x", "start": 0, "end": 5, "warp": [[0, 1], [2, 0]]}]},
        {"clips": [{"id": "a", "file": "x", "start": 0, "end": 5, "offset": math.nan}]},
    ],
)
def test_damaged_layers_are_refused(fields):
    with pytest.raises(ValidationError):
        LayerItem.model_validate({"id": "x", **fields})


def test_five_hundred_characters_with_long_names_of_emoji():
    made = timeline()
    names = ["😀" * 39 + chr(0x4E00 + i) for i in range(500)]
    track = KeyTrack.of("root", [0, 9], [[0, 0, 0], [1, 0, 0]])
    layer = LayerItem(id="手", keys={"root": track})
    made.characters = [CharacterItem(role=name, layers=[layer]) for name in names]
    shown = text(made)
    assert all(name in shown for name in names)
    picture = draw_lanes(made, "五百人")
    assert picture.height < 8000
    changed = made.model_copy(
        update={"characters": [*made.characters[:-1], CharacterItem(role=names[-1])]}
    )
    assert len(difference(made, changed)) == 1
