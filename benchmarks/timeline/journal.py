"""Nothing that was acknowledged is lost; everything can be taken back."""

from __future__ import annotations

import hashlib
import os
import random
import signal
import tempfile
import time
from pathlib import Path
from typing import Any

from bars import QUICK, bar, measure, note

from cyberdirector.timeline import (
    LineItem,
    MotionItem,
    SceneItem,
    SegmentItem,
    ShotItem,
    Timeline,
)
from cyberdirector.timeline.store import Editor, state_bytes

CHANNELS = ("bone:head", "bone:neck", "bone:leftHand", "bone:chest")


def project(root: Path) -> None:
    """Write a project of six lines with two roles."""
    camera = {"eye": (0, 1.5, 2), "target": (0, 1.5, 0), "fov": 30.0}
    made = Timeline(rate=(24, 1), size=(180, 320), frames=600)
    made.scenes.append(
        SceneItem(id="1-1", place="茶馆", set="room", light="night", start=0, end=600)
    )
    for i in range(6):
        name, start = f"1-1-L{i + 1:02d}", 100 * i
        role = ("林晚", "沈青")[i % 2]
        made.segments.append(SegmentItem(id=name, scene="1-1", start=start, end=start + 100))
        made.lines.append(LineItem(id=name, role=role, start=start + 5, end=start + 95))
        made.shots.append(
            ShotItem.model_validate(
                {"id": f"{name}-1", "scene": "1-1", "start": start, "end": start + 100,
                 "cameras": [camera], "light": "night", "segments": [name]}
            )
        )  # fmt: skip
    for role in ("林晚", "沈青"):
        made.motion.append(
            MotionItem(id=f"1-1-{role}", role=role, file=f"takes/{role}.vrma", start=0, end=600,
                       visible_from=0, visible_to=600)
        )  # fmt: skip
    made.save(root / "timeline.json")


def edit(editor: Editor, rng: random.Random) -> None:
    """Make one edit by chance."""
    role = rng.choice(("林晚", "沈青"))
    kind = rng.random()
    do: Any = editor
    if kind < 0.7:
        value = [rng.randint(-30, 30), rng.randint(-30, 30), 0]
        do.key(role=role, channel=rng.choice(CHANNELS), frame=rng.randrange(600), value=value)
    elif kind < 0.85:
        do.marker(frame=rng.randrange(600), name=f"鼓点{rng.randrange(1000)}")
    elif editor.timeline.layer(role, "hand") is not None:
        do.weight(role=role, layer="hand", value=rng.random(), frame=rng.randrange(600))


def _write(root: Path, pipe: int, seed: int) -> None:
    """Edit until killed; say after each edit what has been acknowledged."""
    rng = random.Random(seed)
    editor = Editor(root, "写手", sync="normal", take_over=True)
    while True:
        edit(editor, rng)
        digest = hashlib.sha256(state_bytes(editor.timeline)).hexdigest()
        os.write(pipe, f"{editor.head} {digest}\n".encode())


def _killed(root: Path, seed: int) -> bool:
    """Kill a writer at some moment; return whether everything it said is there."""
    rng = random.Random(seed)
    read, write = os.pipe()
    child = os.fork()
    if not child:
        os.close(read)
        try:
            _write(root, write, seed)
        finally:
            os._exit(1)
    os.close(write)
    said = b""
    while said.count(b"\n") < rng.randint(1, 6):
        said += os.read(read, 65536)
    time.sleep(rng.random() * 0.02)
    os.kill(child, signal.SIGKILL)
    while chunk := os.read(read, 65536):
        said += chunk
    os.close(read)
    os.waitpid(child, 0)
    head, digest = said.decode().rpartition("\n")[0].splitlines()[-1].split()
    with Editor(root, "复查", take_over=True) as editor:
        more = editor.head - int(head)
        if more not in (0, 1):
            return False
        editor.undo(more)
        same = hashlib.sha256(state_bytes(editor.timeline)).hexdigest() == digest
        editor.redo(more)
        return same


@measure("killed writers")
def kills() -> None:
    """Kill -9 at random points."""
    points = 20 if QUICK else 200
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        project(root)
        lost = sum(not _killed(root, seed) for seed in range(points))
        with Editor(root, "复查", take_over=True) as editor:
            note(f"{points} kills, {editor.head} edits in the journal, chain intact")
            editor.verify()
    bar(f"lost edits after {points} kills", lost, "≤", 0)


@measure("undo of everything")
def undo() -> None:
    """Random edits, all taken back, made again."""
    count = 400 if QUICK else 10_000
    rng = random.Random(7)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        project(root)
        with Editor(root, "写手", sync="normal") as editor:
            first = state_bytes(editor.timeline)
            start = time.perf_counter()
            for _ in range(count):
                edit(editor, rng)
            made = time.perf_counter() - start
            last, number = state_bytes(editor.timeline), editor.head
            start = time.perf_counter()
            editor.undo(number)
            back = time.perf_counter() - start
            bar(f"bytes that differ after {count} edits and undos",
                sum(a != b for a, b in zip(first, state_bytes(editor.timeline), strict=False))
                + abs(len(first) - len(state_bytes(editor.timeline))), "≤", 0)  # fmt: skip
            editor.redo(number)
            bar("redo of all gives the same bytes (0 or 1)",
                float(state_bytes(editor.timeline) == last), "≥", 1)  # fmt: skip
            note(f"{1e3 * made / count:.2f} ms an edit, undo of all {back:.1f} s")


@measure("an edit to one line")
def locality() -> None:
    """Which shots an edit of one line's motion touches."""
    from cyberdirector.stages.shown_motion import edits_of

    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        project(root)
        with Editor(root, "写手", sync="normal") as editor:
            do: Any = editor
            do.layer(role="林晚", layer="nod", mode="additive")
            before = editor.timeline
            for frame, pitch in ((210, 0), (220, 12), (235, 0)):
                do.key(role="林晚", layer="nod", channel="bone:head", frame=frame,
                       value=[0, pitch, 0])  # fmt: skip
            after = editor.timeline
        changed = [
            shot.id
            for shot in after.shots
            if edits_of(before, "林晚", shot.start, shot.end)
            != edits_of(after, "林晚", shot.start, shot.end)
        ]
    outside = [name for name in changed if name != "1-1-L03-1"]
    note(f"shots touched: {', '.join(changed)}")
    bar("shots outside the line that change", len(outside), "≤", 0)
    bar("shots of the line that change", len(changed) - len(outside), "≥", 1)
