"""Observations: what is stored comes back; damage is told."""

from __future__ import annotations

import io
import zipfile
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from cyberdirector.capture.observations import (
    Observations,
    observations_bytes,
    read_observations,
)
from cyberdirector.core.errors import InputRefused
from cyberdirector.core.time import Rate


def _some(n: int = 12) -> Observations:
    rng = np.random.default_rng(3)
    seen = Observations.empty(np.arange(n) / 30.0, (1080, 1920), Rate(30000, 1001))
    seen.pose[2:] = rng.normal(size=(n - 2, 33, 4)).astype(np.float32)
    seen.face[5] = rng.normal(size=(478, 3)).astype(np.float32)
    seen.people[:] = 1
    object.__setattr__(seen, "cuts", np.array([7], np.int64))
    object.__setattr__(seen, "source", "舞蹈.mp4")
    object.__setattr__(seen, "reader", "0123456789ab")
    return seen


def test_round_trip(tmp_path: Path) -> None:
    seen = _some()
    path = tmp_path / "take.observations.npz"
    seen.save(path)
    back = read_observations(path)
    for f in fields(seen):
        before, after = getattr(seen, f.name), getattr(back, f.name)
        if isinstance(before, np.ndarray):
            np.testing.assert_array_equal(before, after)
            assert before.dtype == after.dtype
        else:
            assert before == after
    assert observations_bytes(back) == path.read_bytes()


def test_earlier_files_have_no_pixels(tmp_path: Path) -> None:
    seen, path = _some(), tmp_path / "old.npz"
    with zipfile.ZipFile(io.BytesIO(observations_bytes(seen))) as new:
        with zipfile.ZipFile(path, "w") as old:
            for name in new.namelist():
                if name != "face_pixels.npy":
                    old.writestr(name, new.read(name))
    back = read_observations(path)
    assert np.isnan(back.face_pixels).all()
    np.testing.assert_array_equal(back.face, seen.face)


def test_slice_keeps_cuts_and_starts_at_zero() -> None:
    part = _some().slice(5, 10)
    assert part.frames == 5
    assert part.times[0] == 0.0
    assert part.cuts.tolist() == [2]
    assert part.seen.all()


@pytest.mark.parametrize("keep", [0, 10, 300, -30])
def test_cut_off_file_is_refused(tmp_path: Path, keep: int) -> None:
    path = tmp_path / "a.npz"
    path.write_bytes(observations_bytes(_some())[:keep])
    with pytest.raises(InputRefused) as caught:
        read_observations(path)
    assert caught.value.code == "observations-damaged"


def test_flipped_bytes_never_escape_as_other_errors(tmp_path: Path) -> None:
    whole = bytearray(observations_bytes(_some(6)))
    rng = np.random.default_rng(0)
    path = tmp_path / "a.npz"
    for _ in range(40):
        data = bytearray(whole)
        for at in rng.integers(0, len(data), 3):
            data[at] ^= 1 << int(rng.integers(8))
        path.write_bytes(data)
        try:
            read_observations(path)
        except InputRefused:
            continue


def test_other_archives_and_newer_versions(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    np.savez(path, a=np.zeros(3))
    with pytest.raises(InputRefused, match="observations-damaged"):
        read_observations(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("head.json", '{"schema": "cyberdirector.observations", "version": 99}')
    with pytest.raises(InputRefused, match="observations-newer"):
        read_observations(path)


def test_times_must_increase() -> None:
    with pytest.raises(ValueError, match="increasing"):
        Observations.empty(np.array([0.0, 0.1, 0.1]), (10, 10), Rate(30))
