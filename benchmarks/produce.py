"""Bars of the main job, one line each (name, figure, bar); exit 1 when one is missed.

``QUICK=1`` measures what matters most on a short script at a small size (under 50 s).
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
QUICK = os.environ.get("QUICK") == "1"
DEMO = ROOT / "examples" / "雨夜茶馆.txt"
SHORT = """第1集
1-1 夜 内 茶馆
人物：林晚（女，二十岁）、沈青（男，二十五岁）
林晚：明白了吗？不必怕，慢慢说。
沈青：师父没有告诉我别的。
"""
_missed: list[str] = []


def bar(name: str, figure: float, limit: float, unit: str = "", least: bool = False) -> None:
    """Print one bar; ``least`` means that more is better."""
    good = figure >= limit if least else figure <= limit
    sign = "≥" if least else "≤"
    print(f"{'ok  ' if good else 'MISS'} {name}: {figure:.3g}{unit} ({sign} {limit:g}{unit})")
    if not good:
        _missed.append(name)


def produce(script: Path, out: Path, *more: str) -> tuple[float, dict[str, Any]]:
    """Run the command line; return wall seconds and the report."""
    start = time.perf_counter()
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "cyberdirector",
            "produce",
            str(script),
            "-o",
            str(out),
            "--json",
            *more,
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"produce failed ({done.returncode}): {done.stderr[-2000:]}")
    return time.perf_counter() - start, json.loads(done.stdout)


def bench_help() -> None:
    """Measure the start of the command line (best of five)."""
    times = []
    for _ in range(5):
        start = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "cyberdirector", "--help"], capture_output=True, check=True
        )
        times.append(time.perf_counter() - start)
    bar("cli --help", min(times), 0.3, " s")


def bench_lips(report: dict[str, Any]) -> None:
    """Print the lip bars of a report."""
    lips = report["lips"]
    share = 100.0 * lips["closed"] / max(lips["closures"], 1)
    bar("b/p/m that close", share, 100.0, " %", least=True)
    bar("widest gap at b/p/m", lips["worst_gap_mm"], 1.0, " mm")
    bar("mouth against sound onset", lips["worst_onset_frames"], 1.0, " frames")


def bench_episode(folder: Path) -> None:
    """Produce, produce again, change one line."""
    script = folder / ("short.txt" if QUICK else "demo.txt")
    size = ("--size", "270x480") if QUICK else ()
    text = SHORT if QUICK else DEMO.read_text(encoding="utf-8")
    script.write_text(text, encoding="utf-8")
    out = folder / "episode.mp4"
    first, report = produce(script, out, *size)
    print(
        f"     first produce: {first:.1f} s, episode of {report['delivery']['seconds']:.1f} s"
    )
    for name, row in report["stages"].items():
        print(f"       {name}: {row['seconds']:.1f} s")
    second, again = produce(script, out, *size)
    bar("second produce, nothing changed", second, 5.0, " s")
    bar("shots drawn again, nothing changed", again["stages"]["render"]["made"], 0)
    old, new = ("慢慢说", "坐下说") if QUICK else ("借我一盏灯", "借我一把伞")
    script.write_text(text.replace(old, new), encoding="utf-8")
    changed, third = produce(script, out, *size)
    bar("one line changed / first", 100.0 * changed / first, 25.0 if not QUICK else 60.0, " %")
    bar("shots drawn again, one line", third["stages"]["render"]["made"], 2)
    bench_lips(report)
    bar(
        "peak memory",
        max(report["peak_mb"], report["stages"]["render"].get("peak_mb", 0)),
        2048,
        " MB",
    )
    if not QUICK:
        bar("length", report["delivery"]["seconds"], 40.0, " s", least=True)
        bar("speaking roles", len({row["role"] for row in report["lines"]}), 3, least=True)


def bench_memory(folder: Path) -> None:
    """Compare the peak memory of a short and a five-minute episode (small pictures)."""
    lines = "".join(
        f"{'林晚' if i % 2 else '沈青'}：这是第{i + 1}句话，雨一直下，灯一直亮，"
        "我们慢慢说，谁也不要着急。\n"
        for i in range(42)
    )
    head = "第1集\n1-1 夜 内 茶馆\n人物：林晚（女，二十岁）、沈青（男，二十五岁）\n"
    peaks = []
    for name, body in (
        ("twenty", "".join(lines.splitlines(keepends=True)[:3])),
        ("long", lines),
    ):
        script = folder / f"{name}.txt"
        script.write_text(head + body, encoding="utf-8")
        _, report = produce(
            script, folder / f"{name}.mp4", "--size", "90x160", "--quality", "draft"
        )
        worker = report["stages"]["render"].get("peak_mb", 0)
        peaks.append((report["delivery"]["seconds"], report["peak_mb"], worker))
        print(
            f"     {name}: {peaks[-1][0]:.0f} s, {peaks[-1][1]:.0f} MB, worker {worker:.0f} MB"
        )
    bar("memory, five minutes / twenty seconds", peaks[1][1] / peaks[0][1], 1.25, "×")
    bar("worker memory, five minutes / twenty seconds", peaks[1][2] / peaks[0][2], 1.15, "×")


def main() -> int:
    """Run all bars."""
    bench_help()
    folder = Path(tempfile.mkdtemp(prefix="bench-produce-"))
    try:
        bench_episode(folder)
        if not QUICK:
            bench_memory(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if _missed:
        print("missed:", ", ".join(_missed))
    return 1 if _missed else 0


if __name__ == "__main__":
    sys.exit(main())
