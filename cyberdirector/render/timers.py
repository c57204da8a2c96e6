"""Time of each pass: asked of a real GPU, measured around the driver on the processor."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

from cyberdirector.core.errors import RenderFailed
from cyberdirector.render.device import Device

_MOST_PENDING = 64
"""Queries in flight before the oldest is read: about one frame."""


@dataclass
class _Sum:
    wall: float = 0.0
    cpu: float = 0.0
    calls: int = 0


class PassTimer:
    """Adds up the time of named passes over any number of frames.

    On a real GPU, ``wall`` is the time that the GPU spent (timer queries, read when they
    are long finished) and ``cpu`` the processor time of giving the commands. A software
    driver draws on threads of this process: there the driver is made to finish before and
    after each pass, ``wall`` is what the clock says and ``cpu`` the time of all threads.
    That costs some overlap between passes, so measure the whole frame without it.

    Parameters
    ----------
    device
        Where the passes draw.
    enabled
        When False, :meth:`measure` costs nothing and :meth:`report` is empty.

    Examples
    --------
    >>> timer = PassTimer(device)  # doctest: +SKIP
    >>> with timer.measure("outline"):  # doctest: +SKIP
    ...     draw()
    >>> timer.report()["outline"]  # doctest: +SKIP
    (1.7, 3.1)
    """

    def __init__(self, device: Device, enabled: bool = True) -> None:
        self.enabled = enabled
        self._device = device
        self._queries = device.capabilities.timer_queries and not device.software
        self._sums: dict[str, _Sum] = {}
        self._pending: deque[tuple[str, Any]] = deque()
        self._spare: list[Any] = []
        self._open = ""
        self._frames = 0

    def measure(self, name: str) -> AbstractContextManager[None]:
        """Return a context manager around the commands of pass ``name``.

        Raises
        ------
        RenderFailed
            ``timer-nested`` inside another pass: a GPU times one thing at once.
        """
        if not self.enabled:
            return nullcontext()
        return self._on_device(name) if self._queries else self._on_processor(name)

    def _enter(self, name: str) -> _Sum:
        if self._open:
            raise RenderFailed(
                "timer-nested",
                f"计时步骤“{name}”不能放在“{self._open}”里面；请把两者并列。",
                f"Pass '{name}' is timed inside '{self._open}'; time them side by side.",
            )
        self._open = name
        entry = self._sums.setdefault(name, _Sum())
        entry.calls += 1
        return entry

    @contextmanager
    def _on_processor(self, name: str) -> Iterator[None]:
        entry = self._enter(name)
        context = self._device.context
        context.finish()
        cpu, wall = time.process_time(), time.perf_counter()
        try:
            yield
        finally:
            context.finish()
            entry.wall += time.perf_counter() - wall
            entry.cpu += time.process_time() - cpu
            self._open = ""

    @contextmanager
    def _on_device(self, name: str) -> Iterator[None]:
        entry = self._enter(name)
        query = self._spare.pop() if self._spare else self._device.context.query(time=True)
        cpu = time.process_time()
        try:
            with query:
                yield
        finally:
            entry.cpu += time.process_time() - cpu
            self._open = ""
            self._pending.append((name, query))
            if len(self._pending) > _MOST_PENDING:
                self._settle(_MOST_PENDING // 2)

    def _settle(self, keep: int) -> None:
        """Read finished queries until ``keep`` are left."""
        while len(self._pending) > keep:
            name, query = self._pending.popleft()
            self._sums[name].wall += query.elapsed * 1e-9
            self._spare.append(query)

    def next_frame(self) -> None:
        """Count a frame: :meth:`report` gives means over the counted frames."""
        self._frames += 1

    def report(self) -> dict[str, tuple[float, float]]:
        """Return (wall, cpu) of each pass in milliseconds, in the order of first use.

        Means per frame when frames were counted with :meth:`next_frame`, else sums.
        """
        self._settle(0)
        scale = 1000.0 / max(self._frames, 1)
        return {name: (s.wall * scale, s.cpu * scale) for name, s in self._sums.items()}

    def calls(self) -> dict[str, int]:
        """Return how often each pass ran."""
        return {name: s.calls for name, s in self._sums.items()}

    def reset(self) -> None:
        """Forget all times and frames."""
        self._settle(0)
        self._sums.clear()
        self._frames = 0
