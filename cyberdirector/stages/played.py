"""Moves of the library in a scene: the body plays them over its performance."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from cyberdirector.core.clip import Clip
from cyberdirector.core.skeleton import BONE_INDEX
from cyberdirector.motion.moves import make_move
from cyberdirector.motion.plant import plant_feet
from cyberdirector.perform import MOVES, Actor, SceneScore
from cyberdirector.perform.score import Cue
from cyberdirector.stages.filmed import lay_over

_STEP = 0.18
"""Seconds in which a foot steps into the stance of a move, and back."""

_LOWER = [
    BONE_INDEX[name]
    for name in BONE_INDEX
    if name == "hips" or name.endswith(("UpperLeg", "LowerLeg", "Foot", "Toes"))
]


def with_library_moves(clip: Clip, score: SceneScore, actor: Actor) -> Clip:
    """Return an actor's clip of a scene with the moves of the library that cues call for.

    A seated body plays them above the hips alone. The face that a move brings is added where
    it is stronger than what is there.
    """
    first, seated = 0, actor.place.seat_height > 0.0
    for segment in score.segments:
        for cue in sorted(segment.cues, key=lambda c: c.start):
            if cue.role != actor.role:
                continue
            if MOVES[cue.move].library:
                clip = _played(clip, cue, first + cue.start, actor, seated)
            elif MOVES[cue.move].kind in ("space", "posture"):
                seated = cue.move == "sit" or (seated and cue.move == "kneel")
        first += segment.frames
    return clip


def _played(clip: Clip, cue: Cue, start: int, actor: Actor, seated: bool) -> Clip:
    known = MOVES[cue.move]
    made = make_move(known.library, actor.rest, clip.rate, repeat=known.rounds)
    end = min(start + made.frames, clip.frames)
    if end - start < 4:
        return clip
    over = lay_over(clip, made, start, end)
    if seated:
        rotations = over.rotations.copy()
        rotations[:, _LOWER] = clip.rotations[:, _LOWER]
        over = replace(over, rotations=rotations, root=clip.root, contacts=clip.contacts)
    else:
        over = _stepped(over, start, end, actor)
    weights = over.weights.copy()
    span = slice(start, end)
    weights[span] = np.maximum(weights[span], made.weights[: end - start])
    return replace(over, weights=weights)


def _stepped(clip: Clip, start: int, end: int, actor: Actor) -> Clip:
    """Return the clip with the feet changing places at both ends of a move as steps do: one
    foot bears while the other goes.
    """
    half = max(2, round(_STEP * clip.rate.fps))
    contacts = clip.contacts.copy()
    for edge, sides in ((start, (0, 1)), (end - 2 * half, (1, 0))):
        for number, side in enumerate(sides):
            first = edge + number * half
            contacts[edge : edge + 2 * half, side] = True
            contacts[first : first + half, side] = False
    around = slice(max(0, start - 2 * half), min(clip.frames, end + 2 * half))
    part = plant_feet(clip.slice(around.start, around.stop), actor.rest, contacts[around])
    rotations, root = clip.rotations.copy(), clip.root.copy()
    rotations[around], root[around] = part.rotations, part.root
    return replace(clip, rotations=rotations, root=root, contacts=contacts)
