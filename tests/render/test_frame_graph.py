"""The frame graph: order, culling, pooled targets, refusals."""

from __future__ import annotations

import pytest

from cyberdirector.core.errors import RenderFailed
from cyberdirector.render.device import Device
from cyberdirector.render.graph import FrameGraph, Pass, Pictures, describe
from cyberdirector.render.targets import Spec, TargetPool
from cyberdirector.render.timers import PassTimer

pytestmark = pytest.mark.gl

SMALL = Spec((16, 16))


class Log(Pictures):
    """A frame that notes which passes ran and what they drew into."""

    def __init__(self, off: tuple[str, ...] = ()) -> None:
        super().__init__()
        self.ran: list[str] = []
        self.used: dict[str, int] = {}
        self.off = off


def step(name: str, reads: tuple[str, ...] = (), writes: tuple[str, ...] = ()) -> Pass[Log]:
    def run(frame: Log) -> None:
        frame.ran.append(name)
        for each in writes:
            if each in frame.targets:
                frame.used[each] = frame.target(each).framebuffer.glo

    return Pass(name, run, reads, writes, lambda frame: name not in frame.off)


@pytest.fixture(scope="module")
def device():
    with_device = Device()
    yield with_device
    with_device.close()


def graph(device: Device, passes: list[Pass[Log]], kept: tuple[str, ...] = ("out",)):
    specs = {name: SMALL for name in ("a", "b", "c", "out")}
    return FrameGraph(passes, specs, kept, TargetPool(device.context))


def test_passes_run_in_order_and_useless_ones_do_not(device) -> None:
    g = graph(
        device,
        [
            step("one", (), ("a",)),
            step("lonely", (), ("b",)),
            step("two", ("a",), ("out",)),
        ],
    )
    frame = Log()
    g.run(frame, ("out",))
    assert frame.ran == ["one", "two"]


def test_targets_that_never_live_together_share_memory(device) -> None:
    pool = TargetPool(device.context)
    specs = {name: SMALL for name in ("a", "b", "c", "out")}
    passes = [
        step("one", (), ("a",)),
        step("two", ("a",), ("b",)),
        step("three", ("b",), ("c",)),
        step("four", ("c",), ("out",)),
    ]
    g = FrameGraph(passes, specs, ("out",), pool)
    for _ in range(5):
        frame = Log()
        g.run(frame, ("out",))
    assert pool.made == 3  # a and c share one
    assert frame.used["a"] == frame.used["c"] != frame.used["b"]


def test_a_pass_that_is_off_makes_no_target(device) -> None:
    pool = TargetPool(device.context)
    passes = [step("extra", (), ("a",)), step("last", ("a",), ("out",))]
    g = FrameGraph(passes, {"a": SMALL, "out": SMALL}, ("out",), pool)
    g.run(Log(off=("extra",)), ("out",))
    assert pool.made == 1


def test_kept_pictures_stay_and_others_go_back(device) -> None:
    g = graph(device, [step("one", (), ("a",)), step("two", ("a",), ("out",))], ("out", "a"))
    first, second = Log(), Log()
    g.run(first, ("out",))
    g.run(second, ("out",))
    assert first.used == second.used
    assert g.kept("a").framebuffer.glo == first.used["a"]


def test_bad_graphs_are_refused(device) -> None:
    with pytest.raises(RenderFailed, match="no earlier pass"):
        graph(device, [step("two", ("a",), ("out",)), step("one", (), ("a",))])
    with pytest.raises(RenderFailed, match="named 'one'"):
        graph(device, [step("one", (), ("a",)), step("one", ("a",), ("out",))])


def test_every_pass_is_timed_by_name(device) -> None:
    g = graph(device, [step("one", (), ("a",)), step("two", ("a",), ("out",))])
    timer = PassTimer(device)
    g.run(Log(), ("out",), timer)
    assert set(timer.report()) == {"one", "two"}
    assert describe(g.passes)[1] == {"name": "two", "reads": ["a"], "writes": ["out"]}
