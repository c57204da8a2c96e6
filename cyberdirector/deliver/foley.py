"""Small sounds that belong to moves: steps, a door, sleeves, paper, a blade."""

from __future__ import annotations

from cyberdirector.core.time import Rate
from cyberdirector.deliver.soundtrack import MixEffect

STEP_SECONDS = 0.54
"""Time between two steps of an unhurried walk (about 110 steps a minute)."""

# Seconds before the first step of a move that goes somewhere.
_WALKS = {"enter": 0.9, "walk_to": 0.0, "exit": 0.0, "step_back": 0.0}
_SINGLE = {
    # move: (sound, share of the move at which it is heard)
    "sit": ("cloth", 0.45),
    "stand_up": ("cloth", 0.2),
    "turn": ("cloth", 0.25),
    "bow": ("cloth", 0.25),
    "salute": ("cloth", 0.2),
    "kneel": ("cloth", 0.35),
    "give": ("paper", 0.4),
    "draw_sword": ("sword", 0.3),
    "wave": ("cloth", 0.3),
    "cross_arms": ("cloth", 0.3),
    "wipe_tears": ("cloth", 0.2),
    "slam_table": ("thud", 0.5),
    "drink": ("cup", 0.8),
    "slap": ("slap", 0.32),
    "pat_shoulder": ("cloth", 0.35),
    "hold_shoulders": ("cloth", 0.3),
    "grasp_arm": ("cloth", 0.3),
    "grasp_collar": ("cloth", 0.3),
    "hug": ("cloth", 0.3),
    "help_up": ("cloth", 0.3),
    "push_away": ("cloth", 0.3),
}


def foley(
    move: str,
    start: int,
    frames: int,
    rate: Rate,
    *,
    inside: bool = True,
    pan: float = 0.0,
    id: str = "",
) -> list[MixEffect]:
    """Return the sounds of a move.

    Parameters
    ----------
    move
        Name of the move library; one without sounds gives an empty list.
    start, frames
        When it begins, and how long it takes, in frames.
    rate
        Frames per second.
    inside
        A wooden floor and a door; outdoors steps are softer and there is no door.
    pan
        -1 (left) to 1 (right).
    id
        Varies the sounds.
    """
    found: list[MixEffect] = []
    if move == "enter" and inside:
        found.append(MixEffect("door", start, pan, 0.0, f"{id}-door"))
    if move in _WALKS:
        first = rate.frames(min(_WALKS[move], rate.seconds(frames) * 0.4))
        pace = max(1, rate.frames(STEP_SECONDS))
        level = 0.0 if inside else -6.0
        for number, at in enumerate(range(first + pace // 2, max(0, frames - pace // 3), pace)):
            found.append(MixEffect("step", start + at, pan, level, f"{id}-step{number}"))
    if move in _SINGLE:
        sound, share = _SINGLE[move]
        found.append(MixEffect(sound, start + round(frames * share), pan, 0.0, f"{id}-{sound}"))
    return found
