"""``cyberdirector render``: files of projects, shots and models; resume; refusals."""

from __future__ import annotations

import io
import json
import signal
import subprocess
import sys
import time
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cyberdirector.cli import main
from cyberdirector.core.clip import Clip
from cyberdirector.core.pose import arms_down
from cyberdirector.core.time import Rate
from cyberdirector.formats import encode_png, read_image, write_set, write_vrm, write_vrma
from cyberdirector.project import Settings
from cyberdirector.stages.frame_key import stamp_png, stored_key

sys.path.insert(0, str(Path(__file__).parents[1] / "render"))
from samples import figure, room

pytestmark = [pytest.mark.gl, pytest.mark.xdist_group("render-cli")]

FRAMES = 8


@dataclass
class Done:
    """What a command left: exit status, standard output and error."""

    returncode: int
    stdout: str
    stderr: str


def render(*words: object, check: bool = True) -> Done:
    """Run the command line in this process."""
    out, err = io.StringIO(), io.StringIO()
    status = 0
    argv, sys.argv = sys.argv, ["cyberdirector", "render", *map(str, words)]
    try:
        with redirect_stdout(out), redirect_stderr(err):
            main()
    except SystemExit as ended:
        status = int(ended.code or 0)
    finally:
        sys.argv = argv
    assert not check or status == 0, err.getvalue()
    return Done(status, out.getvalue(), err.getvalue())


def report(*words: object) -> dict:
    return json.loads(render(*words, "--json", "--workers", "1").stdout)


def _shot(name: str, start: int, end: int, light: str) -> dict:
    camera = {"frame": 0, "eye": [0.3, 1.35, 3.2], "target": [0.0, 1.1, 0.0], "fov": 32.0}
    return {
        "id": name, "scene": "1-1", "start": start, "end": end, "cameras": [camera],
        "light": light,
    }  # fmt: skip


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    """A finished project of one scene with two shots of a waving person."""
    root = tmp_path_factory.mktemp("film") / "夜.cdir"
    person = figure()
    (root / "cast").mkdir(parents=True)
    (root / "sets").mkdir()
    (root / "takes").mkdir()
    write_vrm(root / "cast" / "林晚.vrm", person)
    write_set(root / "sets" / "room.glb", room())
    clip = Clip.rest(FRAMES, Rate(24), person.rest().hip_height)
    clip.rotations[:] = arms_down(FRAMES)
    clip.root[:, 0] = np.linspace(-0.3, 0.3, FRAMES)
    write_vrma(root / "takes" / "1-1-林晚.vrma", clip, person.rest())
    half = FRAMES // 2
    timeline = {
        "schema": "cyberdirector.timeline", "version": 1, "rate": [24, 1],
        "size": [96, 128], "frames": FRAMES,
        "scenes": [{"id": "1-1", "place": "屋里", "set": "room", "light": "day", "start": 0,
                    "end": FRAMES}],
        "shots": [_shot("1-1-a", 0, half, "day"), _shot("1-1-b", half, FRAMES, "night")],
        "motion": [{"role": "林晚", "file": "takes/1-1-林晚.vrma", "start": 0, "end": FRAMES,
                    "visible_from": 0, "visible_to": FRAMES}],
    }  # fmt: skip
    (root / "timeline.json").write_text(json.dumps(timeline, ensure_ascii=False))
    settings = Settings(size=(96, 128), subtitles="soft")
    (root / "project.json").write_text(settings.model_dump_json(by_alias=True))
    return root


def test_a_project_becomes_pictures_and_they_are_kept(project, tmp_path) -> None:
    out = tmp_path / "frames"
    first = report(project, "-o", out)
    names = [f"{i:06d}.png" for i in range(FRAMES)]
    assert sorted(path.name for path in out.iterdir()) == names
    assert (first["drawn"], first["kept"]) == (FRAMES, 0)
    bytes_before = [(out / name).read_bytes() for name in names]
    again = report(project, "-o", out)
    assert (again["drawn"], again["kept"]) == (0, FRAMES)
    (out / names[3]).unlink()
    assert report(project, "-o", out)["drawn"] == 1
    assert [(out / name).read_bytes() for name in names] == bytes_before
    other = report(project, "-o", out, "--profile", "draft", "--frames", "0:2")
    assert other["drawn"] == 2
    assert (out / names[0]).read_bytes() != bytes_before[0]


def test_nothing_in_the_project_changes(project, tmp_path) -> None:
    def state() -> dict[str, tuple[int, int]]:
        return {
            str(p): (p.stat().st_mtime_ns, p.stat().st_size)
            for p in project.rglob("*")
            if p.is_file()
        }

    before = state()
    report(project, "--frames", "0:1", "-o", tmp_path / "one.png")
    assert state() == before


def test_a_shot_counts_its_own_frames(project, tmp_path) -> None:
    whole = report(project, "-o", tmp_path / "film", "--frames", f"{FRAMES // 2}:{FRAMES}")
    shot = report(project / "shots" / "1-1-b.mp4", "-o", tmp_path / "shot")
    assert whole["drawn"] == shot["drawn"] == FRAMES // 2
    for i in range(FRAMES // 2):
        a = read_image(tmp_path / "film" / f"{i + FRAMES // 2:06d}.png")
        b = read_image(tmp_path / "shot" / f"{i:06d}.png")
        assert a.tobytes() == b.tobytes()


def test_workers_and_chunks_do_not_change_bytes(project, tmp_path) -> None:
    report(project, "-o", tmp_path / "a.mp4")
    render(project, "-o", tmp_path / "b.mp4", "--workers", "2")
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.mp4", "b.mp4"]


def test_a_character_is_one_picture_or_a_turn(project, tmp_path) -> None:
    vrm = project / "cast" / "林晚.vrm"
    one = report(vrm, "-o", tmp_path / "lin.png", "--size", "90x160")
    assert one["size"] == [90, 160]
    assert read_image(tmp_path / "lin.png").shape == (160, 90, 4)
    turn = report(vrm, "-o", tmp_path / "turn", "--size", "90x160", "--frames", "0:2")
    assert turn["drawn"] == 2
    face = report(vrm, "-o", tmp_path / "face.png", "--size", "90x90", "--view", "face")
    assert face["drawn"] == 1
    motion = project / "takes" / "1-1-林晚.vrma"
    moved = report(vrm, "-o", tmp_path / "moved", "--size", "90x90", "--motion", motion)
    assert moved["drawn"] == FRAMES


def test_a_set_has_its_cameras_and_lights(project, tmp_path) -> None:
    glb = project / "sets" / "room.glb"
    day = report(glb, "-o", tmp_path / "day.png", "--size", "128x96")
    report(glb, "-o", tmp_path / "night.png", "--size", "128x96", "--light", "night")
    assert day["notes"] == []
    images = [np.asarray(Image.open(tmp_path / f"{n}.png")) for n in ("day", "night")]
    assert images[0].mean() > images[1].mean()
    done = render(glb, "--view", "attic", check=False)
    assert done.returncode == 3
    assert "view-unknown" in done.stderr
    assert "establish" in done.stderr


def test_layers_go_into_one_exr(project, tmp_path) -> None:
    pytest.importorskip("OpenEXR")
    from cyberdirector.formats.exr import read_exr

    path = tmp_path / "a.exr"
    report(project, "-o", path, "--frames", "2:3", "--aov", "depth,normal")
    exr = read_exr(path)
    assert set(exr.layers) == {"", "depth", "normal"}
    assert exr.layers["depth"].shape[:2] == (128, 96)
    # The picture is linear light.
    report(project, "-o", tmp_path / "a.png", "--frames", "2:3")
    srgb = read_image(tmp_path / "a.png")[..., :3] / 255.0
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    np.testing.assert_allclose(exr.layers[""][..., :3], linear, atol=1e-3)
    assert report(project, "-o", path, "--frames", "2:3", "--aov", "depth,normal")["kept"] == 1


@pytest.mark.parametrize(
    ("words", "code", "status"),
    [
        (["-o", "x.png"], "output-one-picture", 3),
        (["-o", "x.tiff"], "output-suffix", 3),
        (["-o", "x.mp4", "--aov", "depth"], "aov-output", 3),
        (["--frames", "5:99"], "frames-outside", 3),
        (["--frames", "5"], "", 2),
        (["--size", "12"], "", 2),
        (["--profile", "ultra"], "", 2),
        (["--sheet"], "sheet-of-model", 3),
    ],
)
def test_what_cannot_be_written_is_said(project, tmp_path, words, code, status) -> None:
    words = [tmp_path / w if w.startswith("x.") else w for w in words]
    done = render(project, *words, check=False)
    assert done.returncode == status
    assert code in done.stderr
    assert not list(tmp_path.iterdir())


def test_sources_that_are_none(project, tmp_path) -> None:
    for source, code in (
        (tmp_path / "no", "render-source"),
        (project / "shots" / "9-9", "shot-unknown"),
        (tmp_path / "no.vrm", "model-missing"),
    ):
        done = render(source, check=False)
        assert done.returncode == 3, done.stderr
        assert code in done.stderr


def test_a_project_without_its_takes_is_refused(project, tmp_path) -> None:
    (tmp_path / "timeline.json").write_bytes((project / "timeline.json").read_bytes())
    done = render(tmp_path, check=False)
    assert done.returncode == 3
    assert "project-incomplete" in done.stderr


def test_an_interrupt_leaves_whole_files_only(project, tmp_path) -> None:
    """Ctrl-C in the middle: no half-written file, and the rest is drawn the next time."""
    out = tmp_path / "turn"
    command = [
        sys.executable, "-m", "cyberdirector", "render", str(project / "cast" / "林晚.vrm"),
        "-o", str(out), "--size", "200x200", "--frames", "0:40", "--workers", "1", "--json",
    ]  # fmt: skip
    pipes = {"stderr": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    child = subprocess.Popen(command, **pipes)
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and len(list(out.glob("0*.png"))) < 3:
        time.sleep(0.01)
    child.send_signal(signal.SIGINT)
    _, told = child.communicate(timeout=60)
    if child.returncode == 0:
        pytest.skip("all was drawn before the signal came")
    assert child.returncode == 130, told
    files = list(out.iterdir())
    assert files
    for path in files:
        assert path.name[0] != "."
        assert read_image(path).shape == (200, 200, 4)
    again = json.loads(subprocess.run(command, **pipes, check=True).stdout)
    assert again["kept"] >= len(files)
    assert again["kept"] + again["drawn"] == 40


def test_the_key_lies_in_the_picture(tmp_path) -> None:
    data = encode_png(np.zeros((4, 4, 3), np.uint8))
    path = tmp_path / "a.png"
    key = "0123456789abcdef" * 2
    path.write_bytes(stamp_png(data, key))
    assert stored_key(path) == key
    assert read_image(path).shape == (4, 4, 4)
    path.write_bytes(data)
    assert stored_key(path) == ""
    assert stored_key(tmp_path / "none.png") == ""


def test_control_pictures_become_videos(project, tmp_path) -> None:
    import av

    done = report(
        project / "shots" / "1-1-a",
        "-o",
        tmp_path,
        "--control",
        "depth,pose",
        "--frames",
        "0:2",
    )
    assert [Path(name).name for name in done["files"]] == ["depth.mp4", "pose.mp4"]
    for name in ("depth", "pose"):
        with av.open(str(tmp_path / f"{name}.mp4")) as video:
            images = [frame.to_ndarray(format="rgb24") for frame in video.decode(video=0)]
        assert len(images) == 2
        assert images[0].shape == (128, 96, 3)
        assert images[0].any()
    bad = render(project, "--control", "depht", check=False)
    assert bad.returncode == 3
    assert "control-unknown" in bad.stderr


def test_styles_differ(project, tmp_path) -> None:
    vrm = project / "cast" / "林晚.vrm"
    for style in ("cel", "ink"):
        report(vrm, "-o", tmp_path / f"{style}.png", "--size", "90x120", "--style", style)
    cel, ink = (read_image(tmp_path / f"{style}.png") for style in ("cel", "ink"))
    assert (cel != ink).any()


def test_a_project_is_drawn_in_its_own_style_and_step(project, tmp_path) -> None:
    import shutil

    copy = tmp_path / "夜.cdir"
    shutil.copytree(project, copy)
    settings = Settings(size=(96, 128), subtitles="soft", style="ink", step=2)
    (copy / "project.json").write_text(settings.model_dump_json(by_alias=True))
    report(copy, "-o", tmp_path / "own", "--frames", "0:2")
    report(copy, "-o", tmp_path / "cel", "--frames", "0:2", "--style", "cel")
    report(project, "-o", tmp_path / "plain", "--frames", "0:2")
    first, second = (read_image(tmp_path / "own" / f"{i:06d}.png") for i in range(2))
    cel, plain = (read_image(tmp_path / name / "000000.png") for name in ("cel", "plain"))
    assert (first != cel).any()
    assert (cel == plain).all()
    # On twos the second frame holds the pose of the first; the fade from black goes on.
    lit = second[..., :3].astype(float).sum() / first[..., :3].astype(float).sum()
    assert 1.5 < lit < 2.5


def test_a_shot_from_inside_a_head_says_so(project, tmp_path) -> None:
    from dataclasses import replace

    from cyberdirector.core.scene import Camera
    from cyberdirector.stages.project_reel import project_tasks
    from cyberdirector.stages.shot_worker import render_shot

    task = project_tasks(project, "1-1-a")[0][1]
    inside = Camera((-0.2, 1.57, 0.02), (-0.2, 1.5, 1.0))
    result = render_shot(replace(task, cameras=(inside,), output=str(tmp_path / "a.mp4")))
    assert result.notes == ("camera-in-head: 林晚",)
