"""Work on this machine in spawned processes."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing.connection import wait
from typing import Protocol, TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")


_GRACE = 10.0
"""Seconds that a worker has to clear up once its parent is gone."""


class Executor(Protocol):
    """Runs one function over many tasks and yields results as they come."""

    def run(
        self, function: Callable[[Task], Result], tasks: Sequence[Task]
    ) -> Generator[tuple[int, Result], None, None]:
        """Yield (index of the task, result) in the order of completion.

        Closing it (:func:`contextlib.closing`) ends the workers.
        """
        ...


class _Worker:
    """State of a worker process: told to end, it takes no more of the queued tasks."""

    ending = False


def _leave(*_: object) -> None:
    _Worker.ending = True
    raise SystemExit(1)


def _call(function: Callable[[Task], Result], task: Task) -> Result:
    if _Worker.ending:
        raise SystemExit(1)
    return function(task)


def _follow_parent() -> None:
    """End this worker when its parent is gone, however it went (a kill tells nobody)."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    wait([parent.sentinel])
    os.kill(os.getpid(), signal.SIGTERM)
    # A worker that waits for tasks would wait for ever.
    threading.Event().wait(_GRACE)
    os._exit(1)


def _prepare_worker() -> None:
    # Ctrl-C reaches every process of the terminal: the parent decides, and ends the
    # workers by SIGTERM, which lets them remove what is half-written.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _leave)
    threading.Thread(target=_follow_parent, daemon=True).start()
    # One rasterizer thread per process: two processes then fill two cores, and a
    # thread pool inside each would only fight with the other.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "LP_NUM_THREADS"):
        os.environ[name] = "1" if name != "LP_NUM_THREADS" else "0"


class LocalExecutor:
    """A pool of spawned processes (a GL context does not survive a fork).

    Parameters
    ----------
    workers
        Number of processes; 0 takes one per processor, 1 works in this process.
    """

    def __init__(self, workers: int = 0) -> None:
        self.workers = workers or len(os.sched_getaffinity(0))

    def run(
        self, function: Callable[[Task], Result], tasks: Sequence[Task]
    ) -> Generator[tuple[int, Result], None, None]:
        """Yield (index of the task, result) in the order of completion.

        An interrupt or an error cancels what has not begun.
        """
        workers = min(self.workers, len(tasks))
        if workers <= 1:
            for i, task in enumerate(tasks):
                yield i, function(task)
            return
        context = multiprocessing.get_context("spawn")
        pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_prepare_worker)
        done = False
        try:
            futures = {pool.submit(_call, function, task): i for i, task in enumerate(tasks)}
            for future in as_completed(futures):
                yield futures[future], future.result()
            done = True
        finally:
            if not done:
                for child in multiprocessing.active_children():
                    child.terminate()
            pool.shutdown(wait=True, cancel_futures=True)
