"""The edited timeline of a project folder: opened, changed, undone, saved.

The journal (``timeline.db``) is what happened; ``timeline.json`` is the last state in a form
that people and other programs read. A ``timeline.json`` that somebody changed by hand is taken
in as one more edit.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

from cyberdirector.core.errors import InputRefused, ProjectError
from cyberdirector.core.files import write_bytes
from cyberdirector.core.folder_lock import FolderLock, now
from cyberdirector.core.hashing import content_hash
from cyberdirector.timeline._errors import missing, unsaved
from cyberdirector.timeline._replay import replay, short, stacks
from cyberdirector.timeline.changes import apply_changes, difference, undo_changes
from cyberdirector.timeline.clip_files import BodyFiles, ClipFiles
from cyberdirector.timeline.commands import COMMANDS, Edit
from cyberdirector.timeline.commands.shots import ratio_of
from cyberdirector.timeline.document import Timeline, load_timeline, read_timeline
from cyberdirector.timeline.journal import NAME, Entry, Journal
from cyberdirector.timeline.locks import check_locks, refusal
from cyberdirector.timeline.soundness import check_sound
from cyberdirector.timeline.touched import touched

FILE = "timeline.json"

SNAPSHOT_EVERY = 400
"""Rows after which the whole state is stored again; so many are replayed at most."""


def state_bytes(timeline: Timeline) -> bytes:
    """Return a timeline as bytes that are the same for the same content."""
    text = json.dumps(
        timeline.plain(), ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )
    return text.encode()


class Editor:
    """A project's timeline, open for editing by one writer.

    Every command of :data:`~cyberdirector.timeline.commands.COMMANDS` is a method:
    ``editor.key(role="林晚", channel="bone:head", frame=120, value=[0, 10, 0])``.

    Parameters
    ----------
    root
        The project folder.
    author
        Who edits; stored with every edit.
    clock
        Gives the time that is stored with every edit.
    take_over
        Take the lock from a writer who still holds it.
    lock
        A lock on the folder that is held already; it is left as it is on closing.
    sync
        ``full``: an edit survives a power cut; ``normal``: a killed process (much faster).
    initial
        The timeline of a project that has none yet.

    Raises
    ------
    ProjectError
        ``timeline-missing``, ``project-locked`` and what the journal and the document refuse.
    """

    def __init__(
        self,
        root: Path,
        author: str = "",
        clock: Callable[[], str] = now,
        take_over: bool = False,
        lock: FolderLock | None = None,
        sync: Literal["full", "normal"] = "full",
        initial: Timeline | None = None,
    ) -> None:
        self.root = root
        self.author = author
        self._clock = clock
        self._path = root / FILE
        if initial is None and not (self._path.exists() or (root / NAME).exists()):
            raise missing(root)
        self._own_lock = lock is None
        self.folder_lock = lock or FolderLock(root, author, clock)
        holder = self.folder_lock.holder or self.folder_lock.take(take_over)
        try:
            self._journal = Journal(root / NAME, holder.token, sync)
        except BaseException:
            self._release()
            raise
        try:
            self._load(initial)
        except BaseException:
            self._journal.close()
            self._release()
            raise

    def _release(self) -> None:
        if self._own_lock:
            self.folder_lock.release()

    def _load(self, initial: Timeline | None) -> None:
        fresh = self._journal.latest_snapshot() is None
        if fresh:
            start = load_timeline(self._path) if self._path.exists() else initial
            if start is None:
                raise missing(self.root)
            state = state_bytes(start)
            self._journal.snapshot(0, state)
            bare = start.model_copy(update={"characters": []})
            self._journal.put_generated(0, state_bytes(bare))
            if self._path.exists():
                self._journal.put("saved", _digest(self._path.read_bytes()))
        self.torn = self._journal.torn
        self.timeline, self.head, self._snapshot = replay(self._journal)
        check_sound(self.timeline, str(self._path))
        self._done, self._undone = stacks(self._journal.outline())
        self.load = ClipFiles(self.root, self.timeline.exact_rate)
        self.body = BodyFiles(self.root)
        if self._path.exists() and not fresh:
            self._take_in_hand_edits()

    def _take_in_hand_edits(self) -> None:
        """Make an edit of what a person changed in ``timeline.json``.

        A shot whose camera or light was changed there is locked: it is kept as it is.
        """
        data = self._path.read_bytes()
        if _digest(data) in self._journal.get("saved").split():
            return
        theirs = load_timeline(self._path)
        check_sound(theirs, str(self._path))
        mine = {shot.id: (shot.cameras, shot.light) for shot in self.timeline.shots}
        theirs.shots = [
            shot.model_copy(update={"locked": True, "made_for": ratio_of(theirs.size)})
            if mine.get(shot.id, (shot.cameras, shot.light)) != (shot.cameras, shot.light)
            else shot
            for shot in theirs.shots
        ]
        self.put("by-hand", theirs, {"file": FILE}, author=FILE)
        self._journal.put("saved", _digest(data))

    def __enter__(self) -> Editor:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close(save=not (isinstance(error, ProjectError) and error.code == TAKEN))

    def __getattr__(self, name: str) -> Callable[..., Entry | None]:
        command = name.replace("_", "-")
        if name.startswith("_") or command not in COMMANDS:
            raise AttributeError(f"there is no command '{command}'")
        return functools.partial(self.run, command)

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *(name.replace("-", "_") for name in COMMANDS)]

    def run(self, command: str, **args: Any) -> Entry | None:
        """Make one edit; when this returns it is safe. None: nothing changed.

        Raises
        ------
        CyberDirectorError
            A typed error; the timeline and the disk are then as before.
        """
        spec = COMMANDS.get(command)
        if spec is None:
            raise InputRefused(
                "command-unknown",
                f"没有命令“{command}”；有：{'、'.join(COMMANDS)}。",
                f"there is no command '{command}'; there are {', '.join(COMMANDS)}.",
            )
        time = self._clock()
        after = spec(Edit(self.timeline, self.load, self.body, self.author, time), args)
        return self.put(command, after, args, over_locks=spec.over_locks, time=time)

    def put(
        self,
        command: str,
        after: Timeline,
        args: dict[str, Any],
        *,
        over_locks: bool = False,
        time: str = "",
        author: str = "",
        generated: Timeline | None = None,
    ) -> Entry | None:
        """Make the timeline ``after`` the current one, as one edit called ``command``.

        ``generated`` is what came newly from the script, when the edit is a rebase.
        """
        changes = difference(self.timeline, after)
        if not changes and generated is None:
            return None
        about = touched(self.timeline, after)
        if not over_locks:
            check_locks(self.timeline, about)
        state = apply_changes(self.timeline, changes)
        check_sound(state, "timeline", about)
        self.folder_lock.check()
        entry = self._journal.append(
            Entry(
                0, "edit", command, short(args), author or self.author,
                time or self._clock(), about=tuple(about),
            ),
            changes,
            None if generated is None else state_bytes(generated),
        )  # fmt: skip
        self._done.append(entry.seq)
        self._undone.clear()
        self._accept(state, entry)
        return entry

    def _accept(self, state: Timeline, entry: Entry) -> None:
        self.timeline, self.head = state, entry.seq
        if self.head - self._snapshot >= SNAPSHOT_EVERY:
            self._journal.snapshot(self.head, state_bytes(state))
            self._snapshot = self.head

    def undo(self, count: int = 1) -> list[Entry]:
        """Take back the last ``count`` edits; return the rows written, none at the start."""
        return self._walk("undo", count)

    def redo(self, count: int = 1) -> list[Entry]:
        """Make ``count`` edits again that were taken back; any new edit ends that."""
        return self._walk("redo", count)

    def _walk(self, kind: Literal["undo", "redo"], count: int) -> list[Entry]:
        source, target = self._done, self._undone
        turn = undo_changes
        if kind == "redo":
            source, target, turn = self._undone, self._done, apply_changes
        rows = []
        for _ in range(min(count, len(source))):
            seq = source[-1]
            self._check_author(kind, seq)
            state = turn(self.timeline, self._journal.changes(seq))
            self.folder_lock.check()
            about = touched(self.timeline, state)
            row = Entry(0, kind, kind, {}, self.author, self._clock(), seq, tuple(about))
            entry = self._journal.append(row, [])
            target.append(source.pop())
            self._accept(state, entry)
            rows.append(entry)
        return rows

    def _check_author(self, kind: str, seq: int) -> None:
        """Refuse to take back a lock of somebody else by an undo."""
        entry = self._journal.entry(seq)
        if kind == "undo" and entry.command == "lock" and entry.author != self.author:
            names = {touch.name for touch in entry.about}
            for lock in self.timeline.locks:
                if f"{lock.kind} {lock.id}".strip() in names:
                    raise refusal(lock, None, "不能由别人撤销", "others cannot undo it")

    def history(self) -> list[Entry]:
        """Return every row of the journal: who did what when."""
        return self._journal.entries()

    def undoable(self) -> list[int]:
        """Return the rows of the edits that are in force, oldest first."""
        return list(self._done)

    def generated(self) -> Timeline:
        """Return what was generated when the current state was last rebased."""
        rows = self._journal.generated_rows()
        row = next((seq for seq in reversed(self._done) if seq in rows), 0)
        state = self._journal.generated(row)
        if state is None:
            raise RuntimeError(f"row {row} of the journal lost what was generated")
        return read_timeline(json.loads(state), NAME)

    def verify(self) -> int:
        """Check the hash chain of the journal; return the number of rows."""
        return self._journal.verify()

    def save(self) -> None:
        """Write ``timeline.json`` when it is not the current state."""
        data = self.timeline.text().encode()
        digest = _digest(data)
        if self._path.exists() and _digest(self._path.read_bytes()) == digest:
            return
        self.folder_lock.check()
        # Both are known while the file is written, so that neither looks like a hand edit.
        self._journal.put("saved", f"{self._journal.get('saved')} {digest}")
        try:
            write_bytes(self._path, data)
        except OSError as error:
            raise unsaved(self._path, error) from error
        self._journal.put("saved", digest)

    def close(self, save: bool = True) -> None:
        """Save, close the journal and give the lock back."""
        try:
            if save:
                self.save()
        finally:
            self._journal.close()
            self._release()


TAKEN = "project-taken-over"


def _digest(data: bytes) -> str:
    return content_hash(data)


def read_project(root: Path) -> Timeline:
    """Return the current timeline of a project folder, for reading; nothing is locked.

    Raises
    ------
    ProjectError
        ``timeline-missing`` and what journal and document refuse.
    """
    if (root / NAME).exists():
        journal = Journal(root / NAME)
        try:
            if journal.begun and journal.latest_snapshot() is not None:
                return replay(journal)[0]
        finally:
            journal.close()
    if not (root / FILE).exists():
        raise missing(root)
    return load_timeline(root / FILE)


def read_history(root: Path) -> list[Entry]:
    """Return the rows of a project's journal, for reading; empty when there is none."""
    if not (root / NAME).exists():
        return []
    journal = Journal(root / NAME)
    try:
        return journal.entries() if journal.begun else []
    finally:
        journal.close()
