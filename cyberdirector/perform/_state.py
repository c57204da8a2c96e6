"""State that an actor carries from one segment to the next: script-level things only."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.hashing import seed_of
from cyberdirector.core.speech import Emotion
from cyberdirector.perform._body import Body
from cyberdirector.perform.accompany import Memory
from cyberdirector.perform.score import Actor, Placement
from cyberdirector.perform.stance import SITTING, STANDING


@dataclass(frozen=True)
class Piece:
    """Frames of one actor in one segment, as in :class:`~cyberdirector.core.clip.Clip`."""

    root: NDArray[np.float32]
    rotations: NDArray[np.float32]
    weights: NDArray[np.float32]
    gaze: NDArray[np.float32]
    contacts: NDArray[np.bool_]
    signs: dict[str, NDArray[np.float32]]


@dataclass(frozen=True)
class State:
    """Where and how an actor is at a segment boundary.

    ``emotion`` is what still shows on the face, ``look`` the key that is looked at,
    ``hands`` what the hands did of late.
    """

    stance: str
    place: Placement
    emotion: Emotion = field(default_factory=Emotion)
    look: str = ""
    hands: Memory = field(default_factory=Memory)


@dataclass(frozen=True)
class Player:
    """An actor with the measures of the body."""

    actor: Actor
    body: Body

    def weight_at(self, boundary: str) -> float:
        """Return the leg that bears the weight (-1 right .. +1 left) at a boundary."""
        rng = np.random.default_rng(seed_of(self.actor.seed, "weight", boundary))
        return float(rng.choice([-1.0, 1.0]) * rng.uniform(0.45, 1.0))

    def rng(self, seed: int, purpose: str) -> np.random.Generator:
        """Return the generator of one purpose inside a segment with this seed."""
        return np.random.default_rng(seed_of(seed, self.actor.seed, self.actor.role, purpose))


def first_state(actor: Actor, look: str) -> State:
    """Return the state of an actor when the scene begins."""
    stance = SITTING if actor.place.seat_height > 0.0 else STANDING
    return State(stance, actor.place, Emotion(), look)
