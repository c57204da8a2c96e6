"""Colour tables: moods, lookups, and files of users."""

from __future__ import annotations

import contextlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cyberdirector.core.errors import InputRefused
from cyberdirector.render.luts import (
    LUT_NAMES,
    SIDE,
    apply_lut,
    cube_text,
    find_lut,
    lattice,
    named_lut,
    read_cube,
)

COLORS = np.random.default_rng(3).random((200, 3))


def test_neutral_changes_nothing():
    np.testing.assert_allclose(apply_lut(COLORS, named_lut("neutral")), COLORS, atol=1e-6)


@pytest.mark.parametrize("name", LUT_NAMES)
def test_moods_are_monotone_on_greys_and_inside_range(name):
    lut = named_lut(name)
    assert lut.table.shape == (SIDE, SIDE, SIDE, 3)
    assert lut.table.min() >= 0.0
    assert lut.table.max() <= 1.0
    greys = apply_lut(np.linspace(0, 1, 64)[:, None].repeat(3, 1), lut).mean(axis=1)
    assert (np.diff(greys) > -1e-6).all()
    assert greys[-1] - greys[0] > 0.7


def test_memory_is_warm_and_faded_and_night_is_blue():
    grey = np.full((1, 3), 0.4)
    r, _, b = apply_lut(grey, named_lut("memory"))[0]
    assert r > b + 0.05
    assert apply_lut(np.zeros((1, 3)), named_lut("memory")).mean() > 0.05
    r, _, b = apply_lut(grey, named_lut("night"))[0]
    assert b > r + 0.05


def test_night_keeps_skin():
    skin = np.array([[0.9, 0.7, 0.6]])
    moved = np.abs(apply_lut(skin, named_lut("night")) - skin).max()
    assert moved < 0.08


def test_files_come_back_as_written(tmp_path):
    path = tmp_path / "回忆.cube"
    path.write_text(cube_text(named_lut("memory")), encoding="utf-8")
    again = find_lut(str(path))
    assert again.name == "memory"
    np.testing.assert_allclose(again.table, named_lut("memory").table, atol=1e-6)


def test_red_runs_fastest(tmp_path):
    path = tmp_path / "a.cube"
    rows = [f"{r} {g} {b}" for b in (0, 1) for g in (0, 1) for r in (0, 1)]
    path.write_text("# note\nLUT_3D_SIZE 2\n" + "\n".join(rows) + "\n")
    np.testing.assert_allclose(apply_lut(COLORS, read_cube(path)), COLORS, atol=1e-6)


def test_curves_and_domains(tmp_path):
    path = tmp_path / "c.cube"
    path.write_text("LUT_1D_SIZE 2\n1 1 1\n0 0 0\n")
    np.testing.assert_allclose(apply_lut(COLORS, read_cube(path)), 1 - COLORS, atol=1e-6)
    wide = lattice(5) * 2.0
    rows = "\n".join(" ".join(f"{v:.6f}" for v in row) for row in wide.reshape(-1, 3))
    path.write_text(f"LUT_3D_SIZE 5\nDOMAIN_MIN 0 0 0\nDOMAIN_MAX 2 2 2\n{rows}\n")
    np.testing.assert_allclose(apply_lut(COLORS, read_cube(path)), COLORS, atol=1e-5)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 0),
        ("LUT_3D_SIZE 2\n0 0 0\n", 0),
        ("LUT_3D_SIZE 1\n0 0 0\n", 1),
        ("LUT_3D_SIZE 999\n", 1),
        ("LUT_3D_SIZE 2.5\n", 1),
        ("LUT_3D_SIZE 2\n0 0\n", 2),
        ("LUT_3D_SIZE 2\nnan 0 0\n", 2),
        ("LUT_3D_SIZE 2\n0 zero 0\n", 2),
        ("LUT_3D_SIZE 2\nHELLO 1\n", 2),
        ("LUT_1D_SIZE 2\n0 0 0\n1 1 1\n1 1 1\n", 4),
        ("0 0 0\n", 1),
        ("LUT_1D_SIZE 2\nDOMAIN_MAX 0 0 0\n0 0 0\n1 1 1\n", 0),
    ],
)
def test_bad_files_are_refused_with_their_line(tmp_path, text, line):
    path = tmp_path / "bad.cube"
    path.write_text(text)
    with pytest.raises(InputRefused) as caught:
        read_cube(path)
    assert caught.value.code == "lut-invalid"
    assert caught.value.location.line == line


def test_missing_binary_and_unknown(tmp_path):
    with pytest.raises(InputRefused, match="lut-missing"):
        find_lut(str(tmp_path / "none.cube"))
    path = tmp_path / "b.cube"
    path.write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(InputRefused, match="lut-invalid"):
        read_cube(path)
    with pytest.raises(InputRefused, match="lut-unknown"):
        find_lut("sepia")


@given(st.text(max_size=60))
def test_any_text_is_a_table_or_refused(tmp_path_factory, text):
    path: Path = tmp_path_factory.mktemp("cube") / "x.cube"
    path.write_text(text, encoding="utf-8", errors="ignore")
    with contextlib.suppress(InputRefused):
        read_cube(path)
