"""Motion files of other programs: what is read, what is refused, within time and memory."""

from __future__ import annotations

import contextlib
import io
import os
import struct
import time
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest

from cyberdirector.core.errors import InputRefused
from cyberdirector.formats._bvh_reader import parse_bvh
from cyberdirector.formats._glb_motion_reader import parse_glb_motion
from cyberdirector.formats._number_text import parse_numbers
from cyberdirector.formats.fbx import parse_fbx
from cyberdirector.formats.smplx import JOINTS, model_joints, parse_smplx
from cyberdirector.formats.vmd import BoneKeys, Vmd, parse_vmd, vmd_bytes

_JOINT = """HIERARCHY
ROOT Hips
{{
\tOFFSET 0 90 0
\tCHANNELS 6 Xposition Yposition Zposition Zrotation Xrotation Yrotation
\tJOINT {name}
\t{{
\t\tOFFSET 0 10 0
\t\tCHANNELS 3 Zrotation Xrotation Yrotation
\t\tEnd Site
\t\t{{
\t\t\tOFFSET 0 5 0
\t\t}}
\t}}
}}
MOTION
Frames: {frames}
Frame Time: {time}
{rows}
"""


def _bvh(name: str = "Spine", frames: int = 2, time: str = "0.0333333", rows: str = "") -> str:
    row = "1 90 2 0 0 0 10 20 30"
    return _JOINT.format(name=name, frames=frames, time=time, rows=rows or f"{row}\n{row}")


def test_bvh_with_tabs_and_windows_line_ends() -> None:
    plain = parse_bvh(_bvh().encode())
    odd = _bvh().replace("\t", "  ").replace("\n", "\r\n").replace(" ", "\t").encode()
    other = parse_bvh(odd)
    assert plain.armature.names[:2] == ("Hips", "Spine")
    assert np.allclose(plain.rotations, other.rotations)
    assert plain.rate.fps == 30.0


def test_bvh_with_chinese_names_in_gbk() -> None:
    assert parse_bvh(_bvh("左臂").encode("gbk")).armature.names[1] == "左臂"
    assert parse_bvh(_bvh("左臂").encode("utf-8")).armature.names[1] == "左臂"


def _chain(count: int) -> str:
    head = "ROOT j0\n{\nOFFSET 0 0 0\nCHANNELS 3 Xrotation Yrotation Zrotation\n"
    flat = "".join(
        f"JOINT j{i}\n{{\nOFFSET 0 1 0\nCHANNELS 3 Xrotation Yrotation Zrotation\n}}\n"
        for i in range(1, count)
    )
    numbers = " ".join(["0"] * 3 * count)
    return f"HIERARCHY\n{head}{flat}}}\nMOTION\nFrames: 1\nFrame Time: 0.01\n{numbers}\n"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (_bvh(rows="1 90 2 0 0 0 nan 20 30"), "bvh-nan"),
        (_bvh(rows="1 90 2 0 0 0 1e300 20 30"), "bvh-nan"),
        (_bvh(rows="1 90 2 0 0 0 10 20"), "bvh-truncated"),
        (_bvh(rows="1 90 2 0 0 0 ten 20 30"), "bvh-number"),
        (_bvh(rows="1,5 90 2 0 0 0 10 20 30"), "bvh-number"),
        (_bvh(time="0"), "bvh-frame-time"),
        (_bvh(time="-1"), "bvh-frame-time"),
        (_bvh("Hips"), "bvh-loop"),
        (_bvh(frames=999_999_999), "motion-too-long"),
        (_bvh().replace("}", "", 1), "bvh-hierarchy"),
        (_bvh().replace("OFFSET 0 10 0", "OFFSET 0 x 0"), "bvh-hierarchy"),
        (_bvh().replace("Zrotation", "Wrotation", 1), "bvh-hierarchy"),
        (_bvh().split("MOTION")[0], "bvh-motion"),
        ("", "bvh-motion"),
        (_chain(10_000), "bvh-joints"),
    ],
)
def test_bad_bvh_is_refused(text: str, code: str) -> None:
    with pytest.raises(InputRefused) as caught:
        parse_bvh(text.encode(), "bad.bvh")
    assert caught.value.code == code
    assert caught.value.zh
    assert caught.value.en


def test_more_rows_than_declared_are_told() -> None:
    motion = parse_bvh(_bvh(frames=7).encode())
    assert motion.frames == 2
    assert "7" in motion.notes[0]


def test_numbers_are_read_exactly() -> None:
    rng = np.random.default_rng(3)
    values = [f"{v:.6f}" for v in rng.normal(0.0, 200.0, 500)] + ["-0.0", "5.", ".5", "-.25"]
    read = parse_numbers(" \t\n".join(values).encode())
    assert np.array_equal(read, np.array([float(v) for v in values]))
    assert parse_numbers(b"1e3 -2.5E-2").tolist() == [1000.0, -0.025]
    for bad in (b"1..2", b"- 5", b"5-6", b"1.2.3", b".", b"0x10 2"):
        with pytest.raises(ValueError, match=r".*"):
            parse_numbers(bad)


def test_a_minute_of_51_joints_is_read_fast() -> None:
    rng = np.random.default_rng(1)
    table = rng.normal(0.0, 60.0, (1800, 3 * 51))
    text = _chain(51).rsplit("MOTION", 1)[0]
    rows = "\n".join(" ".join(f"{v:.6f}" for v in row) for row in table)
    data = f"{text}MOTION\nFrames: 1800\nFrame Time: 0.0333333\n{rows}\n".encode()
    spent = []
    for _ in range(3):
        start = time.process_time()
        parse_bvh(data)
        spent.append(time.process_time() - start)
    assert min(spent) < 0.2  # the bar is 0.1 s: benchmarks/capture/motion.py


def test_random_bytes_never_crash() -> None:
    rng = np.random.default_rng(9)
    good = [
        (parse_bvh, _bvh().encode()),
        (parse_vmd, vmd_bytes(_two_keys())),
        (parse_glb_motion, b"glTF" + b"\x02\0\0\0" + b"\x40\0\0\0" + b"\0" * 52),
        (lambda d: parse_smplx(d, np.zeros((55, 3))), _npz(poses=np.zeros((2, 165)))),
    ]
    tracemalloc.start()
    start = time.process_time()
    for parse, data in good:
        for _ in range(60):
            broken = bytearray(data)
            for at in rng.integers(0, len(broken), 6):
                broken[at] = rng.integers(0, 256)
            cut = bytes(broken[: rng.integers(0, len(broken) + 1)])
            with contextlib.suppress(InputRefused):
                parse(cut)
    assert tracemalloc.get_traced_memory()[1] < 64 << 20
    tracemalloc.stop()
    assert time.process_time() - start < 20.0


def _two_keys(curve: tuple[float, float, float, float] = (0.2, 0.2, 0.8, 0.8)) -> Vmd:
    half = np.sqrt(0.5)
    keys = BoneKeys(
        np.array([0, 10]),
        np.array([[0.0, 0.0, 0.0], [1.0, 2.0, 4.0]]),
        np.array([[0.0, 0.0, 0.0, 1.0], [0.0, half, 0.0, half]]),
        np.tile(np.array(curve), (2, 4, 1)),
    )
    return Vmd("モデル", {"センター": keys}, {"あ": (np.array([0, 5]), np.array([0.0, 1.0]))})


def test_vmd_comes_back() -> None:
    vmd = _two_keys()
    vmd.ik = [(0, {"左足ＩＫ": True}), (4, {"左足ＩＫ": False})]
    again = parse_vmd(vmd_bytes(vmd))
    assert again.model == "モデル"
    assert list(again.bones) == ["センター"]
    assert np.allclose(again.bones["センター"].places, vmd.bones["センター"].places)
    assert again.switches("左足ＩＫ", 6).tolist() == [True] * 4 + [False] * 2
    assert again.length == 11


def test_vmd_keys_are_joined_by_their_curves() -> None:
    straight = _two_keys().bones["センター"].sample(11)[0]
    assert np.allclose(straight[5], [0.5, 1.0, 2.0])
    slow = parse_vmd(vmd_bytes(_two_keys((0.9, 0.1, 0.9, 0.1)))).bones["センター"]
    places, turns = slow.sample(11)
    assert places[5, 0] < 0.3
    assert np.allclose(places[10], [1.0, 2.0, 4.0], atol=1e-4)
    assert np.allclose(np.linalg.norm(turns, axis=1), 1.0)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "vmd-header"),
        (b"RIFF" * 30, "vmd-header"),
        (b"Vocaloid Motion Data 0002", "vmd-truncated"),
        (vmd_bytes(_two_keys())[:90], "vmd-truncated"),
        (b"Vocaloid Motion Data 0002" + b"\0" * 25 + b"\xff" * 4, "vmd-truncated"),
        (b"Vocaloid Motion Data 0002" + b"\0" * 45, "vmd-empty"),
    ],
)
def test_bad_vmd_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(InputRefused) as caught:
        parse_vmd(data)
    assert caught.value.code == code


def test_vmd_with_nan_and_far_frames() -> None:
    data = bytearray(vmd_bytes(_two_keys()))
    at = 54 + 15
    far = bytes(data[:at]) + struct.pack("<I", 0xFFFFFFF0) + bytes(data[at + 4 :])
    with pytest.raises(InputRefused) as caught:
        parse_vmd(far)
    assert caught.value.code == "motion-too-long"
    broken = bytes(data[: at + 4]) + struct.pack("<f", np.nan) + bytes(data[at + 8 :])
    with pytest.raises(InputRefused) as caught:
        parse_vmd(broken)
    assert caught.value.code == "vmd-nan"


def _npz(**arrays: np.ndarray) -> bytes:
    out = io.BytesIO()
    np.savez(out, **arrays)
    return out.getvalue()


def test_smplx_joints_of_a_synthetic_model() -> None:
    rng = np.random.default_rng(2)
    vertices = rng.uniform(-1.0, 1.0, (80, 3))
    regressor = rng.uniform(0.0, 1.0, (55, 80))
    regressor /= regressor.sum(axis=1, keepdims=True)
    shapes = rng.normal(0.0, 0.05, (80, 3, 10))
    model = _npz(v_template=vertices, J_regressor=regressor, shapedirs=shapes)
    betas = rng.normal(0.0, 1.0, 10)
    shaped = vertices + shapes @ betas
    wanted = regressor @ shaped - [0.0, shaped[:, 1].min(), 0.0]
    assert np.allclose(model_joints(model, betas), wanted)
    poses = np.zeros((3, 165))
    poses[:, 3:6] = (0.3, 0.0, 0.0)
    motion = parse_smplx(
        _npz(poses=poses, betas=betas, mocap_framerate=np.float64(120.0)),
        np.zeros((55, 3)),
        model=model,
    )
    assert motion.rate.fps == 120.0
    assert motion.armature.names == JOINTS
    assert np.allclose(motion.moves[0][0], wanted[0])
    assert np.allclose(motion.rotations[0, 1], [np.sin(0.15), 0.0, 0.0, np.cos(0.15)])


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "npz-unreadable"),
        (b"PK\x03\x04" + b"\0" * 100, "npz-unreadable"),
        (_npz(trans=np.zeros((3, 3))), "smplx-poses"),
        (_npz(poses=np.zeros((3, 7))), "smplx-poses"),
        (_npz(poses=np.full((3, 165), np.nan)), "npz-values"),
        (_npz(poses=np.array([{"a": 1}], dtype=object)), "smplx-poses"),
    ],
)
def test_bad_smplx_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(InputRefused) as caught:
        parse_smplx(data, np.zeros((55, 3)))
    assert caught.value.code == code


def test_an_archive_that_unpacks_to_too_much_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("cyberdirector.formats.smplx._MAX_UNPACKED", 1 << 20)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("poses.npy", b"\0" * (2 << 20))
    with pytest.raises(InputRefused) as caught:
        parse_smplx(out.getvalue(), np.zeros((55, 3)))
    assert caught.value.code == "npz-too-large"


_FBX = """; FBX 7.4.0 project file
FBXHeaderExtension:  { FBXHeaderVersion: 1003
 FBXVersion: 7400
}
Objects:  {
	Model: 1000, "Model::Hips", "LimbNode" {
		Version: 232
		Properties70:  {
			P: "Lcl Translation", "Lcl Translation", "", "A",0,95,0
		}
	}
	Model: 1001, "Model::Spine", "LimbNode" {
		Version: 232
		Properties70:  {
			P: "Lcl Translation", "Lcl Translation", "", "A",0,10,0
		}
	}
	AnimationStack: 2000, "AnimStack::Take 001", "" {
	}
	AnimationLayer: 2001, "AnimLayer::Base", "" {
	}
	AnimationCurveNode: 2002, "AnimCurveNode::R", "" {
		Properties70:  {
			P: "d|X", "Number", "", "A",0
		}
	}
	AnimationCurve: 2003, "AnimCurve::", "" {
		Default: 0
		KeyVer: 4009
		KeyTime: *2 { a: 0,46186158000 }
		KeyValueFloat: *2 { a: 0,90 }
		KeyAttrFlags: *1 { a: 24840 }
		KeyAttrDataFloat: *4 { a: 0,0,0,0 }
		KeyAttrRefCount: *1 { a: 2 }
	}
}
Connections:  {
	C: "OO",1000,0
	C: "OO",1001,1000
	C: "OO",2001,2000
	C: "OO",2002,2001
	C: "OP",2002,1001, "Lcl Rotation"
	C: "OP",2003,2002, "d|X"
}
"""


def test_fbx_is_read_in_a_process_of_its_own() -> None:
    motion = parse_fbx(_FBX.encode(), "t.fbx")
    assert motion.armature.names == ("Hips", "Spine")
    assert motion.armature.parents.tolist() == [-1, 0]
    assert motion.metres == pytest.approx(0.01)
    half = np.sqrt(0.5)
    assert np.allclose(motion.rotations[-1, 1], [half, 0.0, 0.0, half], atol=1e-6)


@pytest.mark.parametrize("data", [b"", b"rubbish" * 99, _FBX[:700].encode()])
def test_bad_fbx_is_refused(data: bytes) -> None:
    with pytest.raises(InputRefused) as caught:
        parse_fbx(data, "bad.fbx")
    assert caught.value.code in ("fbx-unreadable", "motion-none")


def test_the_fbx_process_may_open_no_file(tmp_path: Path) -> None:
    import subprocess
    import sys

    if not hasattr(os, "fork"):
        pytest.skip("limits of processes need a POSIX system")
    secret = tmp_path / "secret.txt"
    secret.write_text("x")
    code = (
        f"from cyberdirector.formats import _fbx_child as c\nc._jail()\nopen({str(secret)!r})\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert done.returncode != 0
    assert b"Too many open files" in done.stderr
