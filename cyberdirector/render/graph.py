"""The frame graph: passes are data, targets come from a pool and go back when last used.

A pass names what it reads and writes. Names with a :class:`Spec` are pictures; others are
facts (skinned vertices, uniform blocks) that only fix the order. What nobody needs for the
wanted picture is left out; a picture lives from its first pass to its last, so two that never
live together share memory. Kept pictures stay from frame to frame (plates, the finished
picture).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from cyberdirector.core.errors import RenderFailed
from cyberdirector.render.targets import Spec, Target, TargetPool
from cyberdirector.render.timers import PassTimer

F = TypeVar("F", bound="Pictures")


@dataclass
class Pictures:
    """Base of a frame: the pictures that passes draw into and read from."""

    targets: dict[str, Target] = field(default_factory=dict, kw_only=True)

    def target(self, name: str) -> Target:
        """Return the target of a name that the running pass reads or writes."""
        return self.targets[name]

    def use(self, name: str, unit: int) -> None:
        """Bind the texture of a picture (its depth where it has no colour) to a unit."""
        self.targets[name].texture.use(unit)


@dataclass(frozen=True)
class Pass(Generic[F]):
    """One step of a frame.

    Attributes
    ----------
    name
        For timings and errors.
    run
        Draws; is given the frame.
    reads, writes
        Names; a pass that draws over a picture names it in both.
    when
        Whether the step is part of this frame; always if None.
    """

    name: str
    run: Callable[[F], None]
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    when: Callable[[F], bool] | None = None


def _refuse(zh: str, en: str) -> RenderFailed:
    return RenderFailed("graph-invalid", zh, en)


class FrameGraph(Generic[F]):
    """Passes in their order with what they need.

    Parameters
    ----------
    passes
        Every pass comes after those that write what it reads.
    specs
        Name → what a picture is made of.
    kept
        Names of pictures that stay from frame to frame.
    pool
        Where targets come from.

    Raises
    ------
    RenderFailed
        ``graph-invalid`` for two passes of one name, or one that reads what no earlier
        pass writes.
    """

    def __init__(
        self,
        passes: Sequence[Pass[F]],
        specs: Mapping[str, Spec],
        kept: Iterable[str],
        pool: TargetPool,
    ) -> None:
        self.passes = tuple(passes)
        self.specs = dict(specs)
        self._kept = frozenset(kept)
        self._pool = pool
        self._stays: dict[str, Target] = {}
        self._plans: dict[tuple[tuple[str, ...], tuple[str, ...]], list[_Step[F]]] = {}
        self._check()

    def _check(self) -> None:
        written: set[str] = set(self._kept)
        names: set[str] = set()
        for item in self.passes:
            if item.name in names:
                raise _refuse(
                    f"有两个名为“{item.name}”的渲染步骤；请改名。",
                    f"Two passes are named '{item.name}'; rename one.",
                )
            names.add(item.name)
            missing = set(item.reads) - written - set(item.writes)
            if missing:
                raise _refuse(
                    f"步骤“{item.name}”读取 {sorted(missing)}，但之前没有步骤写出它；"
                    "请调整顺序。",
                    f"Pass '{item.name}' reads {sorted(missing)}, which no earlier pass "
                    "writes; change the order.",
                )
            written |= set(item.writes)

    def run(self, frame: F, wanted: tuple[str, ...], timer: PassTimer | None = None) -> None:
        """Run the passes that the ``wanted`` pictures of a frame need.

        The wanted pictures must be kept ones; :meth:`kept` returns them afterwards.
        """
        active = tuple(p.name for p in self.passes if p.when is None or p.when(frame))
        key = (active, wanted)
        if key not in self._plans:
            self._plans[key] = self._plan(active, wanted)
        frame.targets = dict(self._stays)
        for step in self._plans[key]:
            for name in step.begins:
                frame.targets[name] = self._take(name)
            if timer is None:
                step.item.run(frame)
            else:
                with timer.measure(step.item.name):
                    step.item.run(frame)
            for name in step.ends:
                self._pool.give(frame.targets.pop(name))

    def kept(self, name: str) -> Target:
        """Return a kept picture; it is made when first asked for."""
        return self._take(name)

    def _take(self, name: str) -> Target:
        if name in self._stays:
            return self._stays[name]
        target = self._pool.take(self.specs[name])
        if name in self._kept:
            self._stays[name] = target
        return target

    def _plan(self, active: tuple[str, ...], wanted: tuple[str, ...]) -> list[_Step[F]]:
        chosen = set(active)
        needed = set(wanted)
        steps: list[_Step[F]] = []
        for item in reversed([p for p in self.passes if p.name in chosen]):
            if needed.intersection(item.writes):
                steps.append(_Step(item))
                needed |= set(item.reads)
        steps.reverse()
        made = {name for step in steps for name in step.item.writes} | self._kept
        first: dict[str, _Step[F]] = {}
        last: dict[str, _Step[F]] = {}
        for step in steps:
            for name in (*step.item.reads, *step.item.writes):
                if name in self.specs and name in made:
                    first.setdefault(name, step)
                    last[name] = step
        for name, step in first.items():
            step.begins.append(name)
        for name, step in last.items():
            if name not in self._kept:
                step.ends.append(name)
        return steps


@dataclass
class _Step(Generic[F]):
    item: Pass[F]
    begins: list[str] = field(default_factory=list)
    ends: list[str] = field(default_factory=list)


def describe(passes: Sequence[Pass[Any]]) -> list[dict[str, Any]]:
    """Return the passes as plain data: name, reads, writes."""
    return [{"name": p.name, "reads": [*p.reads], "writes": [*p.writes]} for p in passes]
