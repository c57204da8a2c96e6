"""Workers of a job that was killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

JOB = """
import os, sys, time
from pathlib import Path

def work(folder):
    name = Path(folder) / f"{os.getpid()}.tmp"
    name.write_text("half")
    try:
        while True:
            time.sleep(0.05)
    finally:
        name.unlink()

if __name__ == "__main__":
    from cyberdirector.farm import LocalExecutor
    list(LocalExecutor(2).run(work, [sys.argv[1]] * 4))
"""


def _alive(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rsplit(")", 1)[1].split()[0] != "Z"


def _until(what, seconds: float) -> bool:  # type: ignore[no-untyped-def]
    last = time.monotonic() + seconds
    while time.monotonic() < last:
        if what():
            return True
        time.sleep(0.1)
    return False


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="needs /proc")
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL], ids=["term", "kill"])
def test_workers_end_and_clear_up_when_the_job_is_killed(tmp_path: Path, how: int) -> None:
    script, folder = tmp_path / "job.py", tmp_path / "out"
    script.write_text(JOB)
    folder.mkdir()
    job = subprocess.Popen([sys.executable, str(script), str(folder)])
    try:
        assert _until(lambda: len(list(folder.glob("*.tmp"))) == 2, 120.0)
        workers = [int(path.stem) for path in folder.glob("*.tmp")]
        os.kill(job.pid, how)
        job.wait(60)
        # The time is generous: other work may hold the processors.
        assert _until(lambda: not any(_alive(pid) for pid in workers), 120.0)
        assert list(folder.glob("*.tmp")) == []
    finally:
        job.kill()
        job.wait()
