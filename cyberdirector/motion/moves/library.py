"""The library of moves: shipped recipes, and recipes and clips of the user's own folder."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

from cyberdirector.core.clip import Clip
from cyberdirector.core.errors import InputRefused
from cyberdirector.core.resources import data_dir
from cyberdirector.core.skeleton import Rest
from cyberdirector.core.time import Rate
from cyberdirector.motion.blend import BLEND, join_clips, make_loop
from cyberdirector.motion.mirror import mirror as mirrored
from cyberdirector.motion.moves.recipe import Recipe, compile_move, read_recipe
from cyberdirector.motion.resample import resample
from cyberdirector.motion.retarget import retarget
from cyberdirector.motion.surface import usual_surface
from cyberdirector.motion.touches import push_out

_CLIPS = (".vrma", ".bvh", ".vmd", ".glb", ".fbx")
_MAX_FILES = 2000


@dataclass(frozen=True)
class UserClip:
    """A motion file in the user's folder; ``walk.loop.bvh`` is a loop.

    Names and tags are the words of its file name.
    """

    path: Path

    @property
    def name(self) -> str:
        """File name without endings."""
        return self.path.name.split(".")[0]

    @property
    def zh(self) -> str:
        """Title."""
        return self.name

    @property
    def loop(self) -> bool:
        """Whether its end shall lead into its start."""
        return ".loop." in self.path.name.lower()

    @property
    def seconds(self) -> float:
        """Length in seconds (the file is read)."""
        from cyberdirector.motion.files import read_motion

        clip = read_motion(self.path).clip
        return clip.rate.seconds(clip.frames)

    @property
    def tags(self) -> dict[str, tuple[str, ...]]:
        """Words of the file name."""
        return {"zh": (self.name,), "en": tuple(re.split(r"[\W_]+", self.name))}

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON data."""
        return {
            "name": self.name, "zh": self.name, "en": self.name, "category": "own",
            "tags": {k: list(v) for k, v in self.tags.items()}, "loop": self.loop,
            "seconds": round(self.seconds, 3), "kind": "clip", "file": str(self.path),
        }  # fmt: skip


AnyMove = Recipe | UserClip


@cache
def shipped() -> dict[str, Recipe]:
    """Return the shipped recipes by name."""
    folder = data_dir("assetlib") / "moves"
    return {p.stem: read_recipe(p) for p in sorted(folder.glob("*.yaml"))}


def library(folder: Path | None = None) -> dict[str, AnyMove]:
    """Return all moves by name; those of ``folder`` come before shipped ones of a name."""
    out: dict[str, AnyMove] = dict(shipped())
    if folder is not None:
        for path in sorted(folder.iterdir())[:_MAX_FILES]:
            if path.suffix.lower() in (".yaml", ".yml"):
                out[path.stem] = read_recipe(path)
            elif path.suffix.lower() in _CLIPS:
                own = UserClip(path)
                out[own.name] = own
    return out


def find(name: str, folder: Path | None = None) -> AnyMove:
    """Return a move by its name or its Chinese title.

    Raises
    ------
    InputRefused
        ``move-unknown`` with names that are close to it.
    """
    moves = library(folder)
    if name in moves:
        return moves[name]
    for move in moves.values():
        if move.zh == name:
            return move
    close = get_close_matches(name, list(moves), 3, 0.4) or [m.name for m in search(name)[:3]]
    near = ", ".join(close) or ", ".join(list(moves)[:6])
    raise InputRefused(
        "move-unknown",
        f"动作库里没有“{name}”，相近的有：{near}；全部动作见 cyberdirector motion moves list。",
        f"there is no move '{name}'; close to it: {near}. See cyberdirector motion moves list.",
    )


def _score(move: AnyMove, words: str) -> float:
    text = words.lower().strip()
    own = [move.name, move.zh, getattr(move, "en", ""), getattr(move, "category", "")]
    best = 0.0
    for word in (*own, *(w for tags in move.tags.values() for w in tags)):
        low = word.lower()
        if low == text:
            best = max(best, 3.0)
        elif low and (low in text or text in low):
            best = max(best, 1.0 + min(len(low), len(text)) / max(len(low), len(text)))
        elif set(low.split("_")) & set(re.split(r"[\s_]+", text)):
            best = max(best, 0.8)
    return best


def search(words: str, folder: Path | None = None) -> list[AnyMove]:
    """Return the moves that words call for, best first; Chinese or English, in any mix."""
    scored = [(_score(m, words), m) for m in library(folder).values()]
    parts = [p for p in re.split(r"[\s,，、]+", words) if p]
    if len(parts) > 1:
        scored = [(s + sum(_score(m, p) for p in parts) / len(parts), m) for s, m in scored]
    found = [(score, move) for score, move in scored if score >= 0.8]
    return [move for _, move in sorted(found, key=lambda f: (-f[0], f[1].name))]


def make_move(
    name: str,
    rest: Rest,
    rate: Rate,
    *,
    repeat: int = 1,
    mirror: bool = False,
    folder: Path | None = None,
) -> Clip:
    """Return the clip of a move on a body, starting at the origin and facing +Z.

    Parameters
    ----------
    repeat
        Rounds of a loop.
    mirror
        Left for right.

    Raises
    ------
    InputRefused
        ``move-unknown``, ``move-bad``, and those of motion files.
    """
    move = find(name, folder)
    if isinstance(move, Recipe):
        clip = compile_move(move, rest, rate, repeat)
        clip = push_out(clip, rest, usual_surface(rest), 0.01 * rest.hip_height)
    else:
        clip = _own(move, rest, rate, repeat)
    return mirrored(clip) if mirror else clip


def _own(move: UserClip, rest: Rest, rate: Rate, repeat: int) -> Clip:
    from cyberdirector.motion.files import read_motion
    from cyberdirector.motion.root import to_origin

    found = read_motion(move.path)
    clip = to_origin(retarget(resample(found.clip, rate), found.rest, rest))
    if not move.loop:
        return clip
    round_ = make_loop(clip, rest)
    return join_clips([round_] * repeat, rest) if repeat > 1 else round_


def make_sequence(
    names: Sequence[str],
    rest: Rest,
    rate: Rate,
    *,
    repeat: int = 1,
    mirror: bool = False,
    folder: Path | None = None,
    blend: float = BLEND,
) -> Clip:
    """Return moves that flow into each other, each going on where the one before ends.

    Parameters
    ----------
    repeat
        Rounds of each loop.
    blend
        Seconds in which the difference at a seam dies away.
    """
    clips = [
        make_move(n, rest, rate, repeat=repeat, mirror=mirror, folder=folder) for n in names
    ]
    return join_clips(clips, rest, blend)
