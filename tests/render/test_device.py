"""The device: which one is taken, what it can do, which thread may use it, pass times."""

from __future__ import annotations

import dataclasses
import json
import threading
import time

import pytest

from cyberdirector.core.errors import AdapterUnavailable, RenderFailed
from cyberdirector.render.device import (
    Device,
    EglDevice,
    _context,
    _egl,
    describe_device,
    list_devices,
)
from cyberdirector.render.timers import PassTimer


@pytest.mark.parametrize(
    ("extensions", "kind"),
    [
        ("EGL_NV_device_cuda EGL_EXT_device_drm EGL_EXT_device_query_name", "nvidia"),
        ("EGL_EXT_device_drm EGL_EXT_device_drm_render_node", "hardware"),
        ("EGL_MESA_device_software EGL_EXT_device_drm_render_node", "software"),
        ("", "unknown"),
    ],
)
def test_kind_of_an_egl_device(extensions: str, kind: str) -> None:
    assert _egl.kind_of(extensions) == kind


def test_nvidia_goes_before_mesa_and_the_processor_comes_last() -> None:
    listed = [
        EglDevice(0, "software", "a"),
        EglDevice(1, "hardware", "b"),
        EglDevice(2, "nvidia", "c"),
        EglDevice(3, "nvidia", "d"),
    ]
    assert [d.index for d in _egl.ranked(listed)] == [2, 3, 1, 0]


class FakeContext:
    """Stands for a driver with this renderer string."""

    def __init__(self, renderer: str) -> None:
        self.info = {"GL_RENDERER": renderer}
        self.released = False

    def release(self) -> None:
        self.released = True


def _machine(monkeypatch, devices: list[EglDevice], drivers: dict[int, str]) -> dict:
    made: dict[int, FakeContext] = {}

    def open_one(index: int) -> FakeContext:
        if index not in drivers:
            raise OSError("eglInitialize failed")
        made[index] = FakeContext(drivers[index])
        return made[index]

    monkeypatch.setattr(_context, "list_devices", lambda: devices)
    monkeypatch.setattr(_context, "_open", open_one)
    return made


TWO = [EglDevice(0, "software", "software"), EglDevice(1, "nvidia", "NVIDIA H200")]


def test_a_gpu_is_taken_and_the_reason_told(monkeypatch) -> None:
    _machine(monkeypatch, TWO, {0: "llvmpipe", 1: "NVIDIA H200/PCIe"})
    _, device, why = _context._choose("auto")
    assert device.index == 1
    assert why == "the first NVIDIA GPU"


def test_a_gpu_without_graphics_falls_back_and_says_so(monkeypatch) -> None:
    _machine(monkeypatch, TWO, {0: "llvmpipe"})
    _, device, why = _context._choose("auto")
    assert device.index == 0
    assert "no GPU offers OpenGL" in why
    assert "device 1 (NVIDIA H200): eglInitialize failed" in why


def test_a_card_that_draws_on_the_processor_is_not_the_last_word(monkeypatch) -> None:
    devices = [EglDevice(0, "hardware", "/dev/dri/renderD128"), EglDevice(1, "unknown", "u")]
    made = _machine(monkeypatch, devices, {0: "llvmpipe", 1: "AMD Radeon"})
    _, device, _ = _context._choose("auto")
    assert device.index == 1
    assert made[0].released


def test_software_is_never_a_gpu(monkeypatch) -> None:
    _machine(monkeypatch, TWO, {0: "llvmpipe", 1: "NVIDIA H200/PCIe"})
    assert _context._choose("software")[1].index == 0
    _machine(monkeypatch, TWO[1:], {1: "NVIDIA H200/PCIe"})
    with pytest.raises(AdapterUnavailable, match=r"only: 1 \(NVIDIA H200\)"):
        _context._choose("software")


def test_without_a_driver_one_sentence_says_what_to_install(monkeypatch) -> None:
    _machine(monkeypatch, [TWO[0]], {})
    with pytest.raises(AdapterUnavailable, match="apt-get install libegl1") as found:
        _context._choose("auto")
    assert found.value.code == "gl-missing"

    def no_library() -> list[EglDevice]:
        raise OSError("libEGL.so.1: cannot open shared object file")

    monkeypatch.setattr(_context, "list_devices", no_library)
    with pytest.raises(AdapterUnavailable, match=r"libEGL\.so\.1.*apt-get install"):
        _context._choose("auto")


@pytest.fixture(scope="module")
def device():
    one = Device()
    yield one
    one.close()


@pytest.mark.gl
def test_capabilities_are_what_the_driver_can_do(device) -> None:
    found = device.capabilities
    assert found.samples[0] == 0
    assert found.max_samples in found.samples
    assert found.samples_at_most(1) == 0
    assert found.samples_at_most(1000) == found.max_samples
    for samples in found.samples:
        texture = device.context.texture((8, 8), 4, samples=samples)
        device.context.framebuffer([texture]).clear()
    assert device.context.error == "GL_NO_ERROR"
    assert found.uniform_block_bytes >= 16384
    assert found.largest_texture >= 2048
    if "llvmpipe" in found.renderer:
        assert found.software
        assert found.samples == (0, 4)
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.why = ""


@pytest.mark.gl
def test_description_is_plain_data_and_names_the_egl_device() -> None:
    found = describe_device()
    json.dumps(found)
    assert found["why"]
    assert found["device_index"] in [d.index for d in list_devices()]
    with pytest.raises(AdapterUnavailable, match="no graphics device '31'"):
        describe_device("31")


@pytest.mark.gl
def test_another_thread_may_release_but_not_draw(device) -> None:
    buffer = device.context.buffer(reserve=64)
    errors: list[Exception] = []

    def work() -> None:
        device.release(buffer)
        for call in (device.activate, device.collect, device.close):
            try:
                call()
            except RenderFailed as error:
                errors.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert [e.code for e in errors] == ["gl-wrong-thread"] * 3
    assert type(buffer.mglo).__name__ != "InvalidObject"
    device.activate()
    assert type(buffer.mglo).__name__ == "InvalidObject"


@pytest.mark.gl
def test_dropped_objects_are_freed_before_the_next_frame(device) -> None:
    device.collect()
    texture = device.context.texture((8, 8), 4)
    del texture
    assert len(device.context.objects) == 1
    device.activate()
    assert not device.context.objects


@pytest.mark.gl
def test_a_closed_device_says_so() -> None:
    one = Device()
    one.close()
    one.close()
    with pytest.raises(RenderFailed, match="closed"):
        one.activate()


@pytest.mark.gl
@pytest.mark.parametrize("queries", [False, True])
def test_pass_times_add_up_by_name(device, queries: bool) -> None:
    """Both ways of measuring; llvmpipe has timer queries too, only with less meaning."""
    device.activate()
    target = device.context.framebuffer([device.context.texture((256, 256), 4)])
    timer = PassTimer(device)
    timer._queries = queries
    for _ in range(70):
        with timer.measure("clear"):
            target.clear()
        with timer.measure("sleep"):
            time.sleep(0.0005)
        timer.next_frame()
    report = timer.report()
    assert list(report) == ["clear", "sleep"]
    assert timer.calls() == {"clear": 70, "sleep": 70}
    assert all(wall >= 0.0 and cpu >= 0.0 for wall, cpu in report.values())
    if not queries:
        assert 0.5 <= report["sleep"][0] < 50.0
    timer.reset()
    assert timer.report() == {}


@pytest.mark.gl
def test_passes_are_timed_side_by_side(device) -> None:
    timer = PassTimer(device)
    with (
        pytest.raises(RenderFailed, match="'inner' is timed inside 'outer'"),
        timer.measure("outer"),
        timer.measure("inner"),
    ):
        pass
    with timer.measure("next"):
        pass


@pytest.mark.gl
def test_a_timer_that_is_off_measures_nothing(device) -> None:
    timer = PassTimer(device, enabled=False)
    with timer.measure("outer"), timer.measure("inner"):
        pass
    assert timer.report() == {}
