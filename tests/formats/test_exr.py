"""OpenEXR: what is written comes back, the same every time, and bad bytes are refused."""

import contextlib
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cyberdirector.core.errors import InputRefused, RenderFailed
from cyberdirector.formats.exr import channel_names, read_exr, write_exr


def _layers(seed: int = 0, height: int = 21, width: int = 33):
    rng = np.random.default_rng(seed)

    def noise(*channels: int) -> np.ndarray:
        return rng.normal(size=(height, width, *channels)).astype(np.float32)

    depth = noise()
    depth[0, 0], depth[0, 1] = 1e10, np.inf
    ids = rng.integers(0, 2**32, (height, width), dtype=np.uint32)
    return {
        "": noise(3).astype(np.float16),
        "depth": depth,
        "normal": noise(3),
        "motion": noise(2),
        "numbered": noise(4),
        "numbers": ids,
    }


def test_layers_come_back_as_they_were_written(tmp_path):
    path = tmp_path / "帧.exr"
    layers = _layers()
    notes = {
        "cryptomatte/1234567/manifest": json.dumps({"林晚": "8ec9c258"}),
        "fov": 0.5,
        "n": 3,
    }
    write_exr(path, layers, notes)
    back = read_exr(path)
    assert back.layers.keys() == layers.keys()
    for name, array in layers.items():
        assert back.layers[name].dtype == array.dtype
        assert back.layers[name].tobytes() == np.ascontiguousarray(array).tobytes(), name
    assert back.metadata == {**notes, "fov": pytest.approx(0.5)}


def test_more_than_four_channels_become_numbered_layers(tmp_path):
    pairs = np.random.default_rng(0).normal(size=(5, 6, 12)).astype(np.float32)
    write_exr(tmp_path / "a.exr", {"object": pairs})
    back = read_exr(tmp_path / "a.exr").layers
    assert list(back) == ["object00", "object01", "object02"]
    assert np.array_equal(np.concatenate(list(back.values()), axis=-1), pairs)


def test_equal_layers_give_equal_bytes(tmp_path):
    for name in ("a.exr", "b.exr"):
        write_exr(tmp_path / name, _layers(3), {"a": "b"})
    assert (tmp_path / "a.exr").read_bytes() == (tmp_path / "b.exr").read_bytes()


def test_channels_have_the_names_that_programs_look_for():
    assert channel_names("", 4) == ["R", "G", "B", "A"]
    assert channel_names("depth", 1) == ["depth.Z"]
    assert channel_names("normal", 3) == ["normal.X", "normal.Y", "normal.Z"]
    assert channel_names("object", 12)[3:5] == ["object00.A", "object01.R"]


@pytest.mark.parametrize(
    "layers",
    [
        {},
        {"a": np.zeros((4, 4), np.float64)},
        {"depth": np.zeros((4, 4, 2), np.float32)},
        {"a": np.zeros(4, np.float32)},
        {"a": np.zeros((0, 4), np.float32)},
        {"a": np.zeros((4, 4), np.float32), "b": np.zeros((4, 5), np.float32)},
    ],
)
def test_what_no_file_can_hold_is_refused(tmp_path, layers):
    with pytest.raises(RenderFailed) as caught:
        write_exr(tmp_path / "a.exr", layers)
    assert caught.value.code == "exr-layer"
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises((RenderFailed, OSError)):
        write_exr(tmp_path / "file" / "a.exr", {"depth": np.ones((2, 2), np.float32)})


def test_missing_and_damaged_files_are_refused(tmp_path):
    whole = tmp_path / "a.exr"
    write_exr(whole, _layers())
    data = whole.read_bytes()
    for k, bad in enumerate((b"", b"hello", data[:200], data[: len(data) // 2])):
        path = tmp_path / f"{k}.exr"
        path.write_bytes(bad)
        with pytest.raises(InputRefused) as caught:
            read_exr(path)
        assert caught.value.code == "exr-unreadable"
    with pytest.raises(InputRefused):
        read_exr(tmp_path / "none.exr")


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2000), st.integers(0, 255), st.integers(1, 40))
def test_flipped_bytes_never_crash(tmp_path_factory, at, value, count):
    folder = tmp_path_factory.mktemp("exr")
    path = folder / "a.exr"
    write_exr(path, {"depth": np.ones((9, 9), np.float32)})
    data = bytearray(path.read_bytes())
    at %= len(data)
    data[at : at + count] = bytes([value]) * min(count, len(data) - at)
    path.write_bytes(data)
    with contextlib.suppress(InputRefused):
        read_exr(path)
