"""Control passes as videos: what goes in can be read again, the same bytes every time."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from cyberdirector.core.errors import InputRefused
from cyberdirector.core.time import Rate
from cyberdirector.deliver.control import ControlWriter, write_control

SIZE = (96, 64)


def _frames(count: int = 5):
    y, x = np.mgrid[0 : SIZE[1], 0 : SIZE[0]]
    for i in range(count):
        mask = np.zeros((SIZE[1], SIZE[0], 3), np.uint8)
        mask[10:50, 10 + i : 40 + i] = (255, 38, 38)
        mask[20:60, 50 + i : 80 + i] = (38, 99, 255)
        depth = np.repeat(((x + y + 3 * i) % 256).astype(np.uint8)[..., None], 3, -1)
        yield {"mask": mask, "depth": depth}


def _write(folder):
    with ControlWriter(folder, ("mask", "depth"), SIZE, Rate(24)) as writer:
        for images in _frames():
            writer.write(images)
    return writer.files


def _read(path):
    import av

    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert stream.codec_context.pix_fmt == "yuv444p"
        assert stream.average_rate == 24
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(stream)]


def test_pictures_come_back_nearly_as_they_were(tmp_path):
    files = _write(tmp_path / "控制")
    for name in ("mask", "depth"):
        frames = _read(files[name])
        assert len(frames) == 5
        for made, images in zip(frames, _frames(), strict=True):
            off = np.abs(made.astype(int) - images[name])
            assert np.quantile(off, 0.95) <= 3
            assert off.mean() < 1.5


def test_equal_pictures_give_equal_bytes(tmp_path):
    one, two = _write(tmp_path / "a"), _write(tmp_path / "b")
    assert all(one[n].read_bytes() == two[n].read_bytes() for n in one)


def test_nothing_is_left_when_something_fails(tmp_path):
    with (
        pytest.raises(KeyError),
        ControlWriter(tmp_path, ("mask", "depth"), SIZE, Rate(24)) as writer,
    ):
        writer.write({"mask": next(_frames())["mask"]})
    assert not list(tmp_path.iterdir())


def test_sizes_that_no_video_has_are_refused(tmp_path):
    with pytest.raises(InputRefused):
        ControlWriter(tmp_path, ("mask",), (97, 64), Rate(24))


@pytest.mark.gl
def test_a_shot_becomes_one_video_for_each_pass(tmp_path):
    sys.path.insert(0, str(Path(__file__).parents[1] / "render"))
    from samples import LIGHTS, figure, room

    from cyberdirector.render.control import CONTROLS
    from cyberdirector.render.renderer import Renderer
    from cyberdirector.render.scene import FrameState, RenderScene
    from cyberdirector.render.still import stand

    person, place = figure(), room()
    scene = RenderScene(place, {"a": person})
    camera = place.cameras["establish"]
    states = [
        FrameState(camera, LIGHTS["day"], {"a": stand(person, (0.1 * i, 0, 0))})
        for i in range(3)
    ]
    with Renderer(scene, SIZE) as renderer:
        files = write_control(tmp_path / "all", renderer, states, scene, Rate(24))
        again = write_control(tmp_path / "two", renderer, states, scene, Rate(24), ["pose"])
        with pytest.raises(InputRefused):
            write_control(tmp_path, renderer, states, scene, Rate(24), ["canny"])
    assert tuple(files) == CONTROLS
    for path in files.values():
        frames = _read(path)
        assert len(frames) == 3
        assert all(frame.shape == (SIZE[1], SIZE[0], 3) for frame in frames)
        assert (frames[0] != frames[2]).any()
    assert again["pose"].read_bytes() == files["pose"].read_bytes()
