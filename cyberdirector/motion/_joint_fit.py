"""Keys of all bones fitted together, so that the ends of the body are where they were.

Bone after bone, parents first, takes back as much of what is still wrong with the ends below
it as a curve through its keys can (Gauss-Seidel over bones, Gauss-Newton in the turns). Frames
and ends that are off weigh more in the next pass (iteratively reweighted least squares,
Lawson 1961), so that the largest error falls, not the mean.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.rotations import quat_to_matrix
from cyberdirector.core.skeleton import BONE_COUNT, BONE_PARENTS
from cyberdirector.motion import _quats
from cyberdirector.motion._ends import Body, Tolerance
from cyberdirector.motion._fit import Bools, bezier_track
from cyberdirector.motion._spans import Spans, fit_correction
from cyberdirector.motion.curves import Array, Track

ROOT = BONE_COUNT
"""Column of the place of the hips."""

_HOME = 0.003
"""Weight of each bone's own turn beside that of an end's: a bone that no end needs stays."""

_LIGHT, _HEAVY = 0.5, 2.5
"""Errors in tolerances between which the weights of a frame change."""

_STEP = 0.3
"""Largest turn of a key in one pass, radians: beyond it turns do not add up."""

_EYE = np.eye(3)


class JointFit:
    """Curves through keys of all moving bones and the hips' place.

    Parameters
    ----------
    body
        The dense motion.
    allowed
        Errors are counted in it.
    keep
        (n, 56) bool: frames of the keys of each bone; the last column is the hips' place.
    columns
        Those that are fitted now; all others run as in the dense motion.
    """

    def __init__(
        self, body: Body, allowed: Tolerance, keep: Bools, columns: Sequence[int]
    ) -> None:
        self.body, self.allowed = body, allowed
        self.count = len(body.root)
        self.columns = list(columns)
        self.at: dict[int, NDArray[np.intp]] = {}
        self._values: dict[int, Array] = {}
        self._slopes: dict[int, Array] = {}
        self._spans: dict[int, Spans] = {}
        self._local = body.turns.copy()
        self._root = body.root.copy()
        self._below: dict[int, list[int]] = {}
        for column in self.columns:
            self._begin(column, np.flatnonzero(keep[:, column]))
        self._heavy = np.ones((2, self.count, len(body.ends)))
        self.wanted: Array = np.zeros((self.count, BONE_COUNT + 1))
        """How much of the error a bone could still take back, were it free on each frame."""
        self._weights: dict[int, Array] = {}
        self._pinned: dict[int, set[int]] = {}

    def copy(self) -> JointFit:
        """Return the same fit, to be tried with other keys."""
        out = copy.copy(self)
        for name in ("at", "_values", "_slopes", "_weights", "_below", "_spans"):
            setattr(out, name, dict(getattr(self, name)))
        for name in ("_local", "_heavy", "wanted"):
            setattr(out, name, getattr(self, name).copy())
        out._pinned = {column: set(frames) for column, frames in self._pinned.items()}
        return out

    def above(self, end: int) -> list[int]:
        """Return the columns that move an end, given by its number."""
        return [column for column in self.columns if end in self._below[column]]

    def pin(self, column: int, frame: int) -> None:
        """Give a column a key with its own pose that stays."""
        if frame not in self.at[column]:
            self.add(column, frame)
        k = int(np.searchsorted(self.at[column], frame))
        dense = self.body.root if column == ROOT else self.body.turns[:, column]
        self._values[column] = self._values[column].copy()
        self._values[column][k] = dense[frame]
        self._pinned.setdefault(column, set()).add(frame)
        self._draw(column)

    def _firm(self, column: int) -> Bools:
        return np.isin(self.at[column], list(self._pinned.get(column, ())))

    def then(self, body: Body, keep: Bools, columns: Sequence[int]) -> JointFit:
        """Return this fit with other columns to be fitted; those of now stay as they are."""
        out = self.copy()
        out.body, out.columns = body, list(columns)
        out._heavy = np.ones_like(self._heavy)
        for column in columns:
            out._begin(column, np.flatnonzero(keep[:, column]))
        return out

    def _begin(self, column: int, at: NDArray[np.intp]) -> None:
        below, ends = self.body.below, self.body.ends
        self._below[column] = [
            i
            for i in range(len(ends))
            if column == ROOT or below[i, column] >= 0 or ends[i] == column
        ]
        if column == ROOT:
            values = self.body.root
            slopes = np.gradient(values, axis=0) if self.count > 1 else np.zeros_like(values)
        else:
            values = self.body.turns[:, column]
            step = np.zeros((self.count + 1, 3))
            step[1:-1] = _quats.between(values[:-1], values[1:])
            slopes = 0.5 * (step[:-1] + step[1:])
            slopes[[0, -1]] *= 2.0
        self.at[column] = at
        self._values[column], self._slopes[column] = values[at], slopes[at]
        self._draw(column)

    def _draw(self, column: int) -> None:
        """Evaluate a column as baking will."""
        curve = self._curve(column, self.at[column], self._values[column], self._slopes[column])
        if column == ROOT:
            self._root = curve
        else:
            self._local[:, column] = curve

    def _curve(self, column: int, at: NDArray[np.intp], values: Array, slopes: Array) -> Array:
        if len(at) < 2:
            return np.repeat(values[:1], self.count, axis=0)
        spans = self._spans.get(column)
        if spans is None or spans.at is not at:
            spans = self._spans[column] = Spans.of(at, self.count)
        return spans.curve(values, slopes, column != ROOT)

    def track(self, column: int) -> Track:
        """Return the keys of a column."""
        slopes = self._slopes[column]
        return bezier_track(
            self.at[column], self._values[column], slopes, slopes, column != ROOT
        )

    @property
    def keys(self) -> int:
        """Number of keys of the columns that are fitted now."""
        return sum(len(self.at[column]) for column in self.columns)

    def add(self, column: int, frame: int) -> None:
        """Give a column a key where its curve is now."""
        at = self.at[column]
        k = int(np.searchsorted(at, frame))
        curve = self._root if column == ROOT else self._local[:, column]
        before, after = curve[[max(frame - 1, 0)]], curve[[min(frame + 1, self.count - 1)]]
        step = after - before if column == ROOT else _quats.between(before, after)
        self.at[column] = np.insert(at, k, frame)
        self._values[column] = np.insert(self._values[column], k, curve[frame], 0)
        self._slopes[column] = np.insert(self._slopes[column], k, 0.5 * step[0], 0)
        self._spans[column] = Spans.of(self.at[column], self.count)

    def drop(self, column: int, gone: Bools) -> None:
        """Take keys (k,) of a column away."""
        self.at[column] = self.at[column][~gone]
        self._values[column] = self._values[column][~gone]
        self._slopes[column] = self._slopes[column][~gone]
        self._draw(column)

    def cost(self, column: int, gone: Bools) -> Array:
        """Return how far the ends move, in tolerances, were keys (k,) not there: (k,)."""
        at, slopes = self.at[column], self._slopes[column]
        curve = self._curve(column, at[~gone], self._values[column][~gone], slopes[~gone])
        if column == ROOT:
            away = curve - self._root
        else:
            away = _quats.between(self._local[:, column], curve)
        push = np.sqrt(np.einsum("na,nab,nb->n", away, self._weights[column], away))
        near = np.maximum.reduceat(push, at[:-1])
        gone = gone & ~self._firm(column)
        both = np.maximum(np.append(near[0], near), np.append(near, near[-1]))
        return np.where(gone, both, np.inf)

    def sweep(self) -> Array:
        """Let every bone take back what it can; return how far off each end is (n, ends).

        Errors are in tolerances: of the place or the turn, whichever is worse.
        """
        body = self.body
        points, world = body.rest.forward(self._root, self._local)
        ends = points[:, body.ends], world[:, body.ends]
        joints: dict[int, Array] = {}
        turned: dict[int, Array] = {}
        fitted = frozenset(self.columns)
        place, spin = self._move_hips(*ends) if ROOT in fitted else ends
        for bone in range(BONE_COUNT):
            parent = int(BONE_PARENTS[bone])
            above = None if parent < 0 else turned[parent]
            if above is None:
                joints[bone] = self._root
            else:
                offset = np.broadcast_to(
                    body.rest.offsets[bone].astype(np.float64), joints[parent].shape
                )
                joints[bone] = joints[parent] + _rotate(above, offset)
            if bone in fitted and len(self.at[bone]) > 1:
                self._turn_bone(bone, above, joints[bone], place, spin)
            local = self._local[:, bone]
            turned[bone] = local if above is None else _quats.turn(above, local)
        return self._weigh(place, spin)

    def _move_hips(self, place: Array, spin: Array) -> tuple[Array, Array]:
        if len(self.at[ROOT]) < 2:
            return place, spin
        body = self.body
        weight = self._heavy[0] / body.limit**2
        home = _HOME / self.allowed.metres**2
        total = weight.sum(axis=1) + home
        gap = body.points[:, body.ends] - place
        pull = np.einsum("ne,nea->na", weight, gap) + home * (body.root - self._root)
        full = total[:, None, None] * _EYE
        values, slopes = fit_correction(full, pull, self._spans[ROOT], self._firm(ROOT))
        self._values[ROOT] = self._values[ROOT] + values
        self._slopes[ROOT] = self._slopes[ROOT] + slopes
        old = self._root
        self._draw(ROOT)
        left = pull - total[:, None] * (self._root - old)
        self.wanted[:, ROOT] = np.einsum("na,na->n", left, left) / total
        self._weights[ROOT] = (len(body.ends) / body.limit.min(axis=1) ** 2)[
            :, None, None
        ] * _EYE
        return place + (self._root - old)[:, None], spin

    def _turn_bone(
        self, bone: int, above: Array | None, joint: Array, place: Array, spin: Array
    ) -> None:
        """Fit one bone; ``place`` (n, ends, 3) and ``spin`` (n, ends, 4) follow it."""
        body, which = self.body, self._below[bone]
        local = self._local[:, bone].copy()
        old = local if above is None else _quats.turn(above, local)
        frame = quat_to_matrix(old)
        arm = place[:, which] - joint[:, None]
        gap = body.points[:, body.ends[which]] - place[:, which]
        off = _log_world(body.world[:, body.ends[which]], spin[:, which])
        own = _log_world(body.world[:, bone], old)
        lever, gap, off = arm @ frame, gap @ frame, off @ frame
        firm = 1.0 / self.allowed.radians**2
        reach = 1.0 / body.limit[:, which] ** 2
        weight, home = _stiffness(lever, self._heavy[0][:, which] * reach,
                                  self._heavy[1][:, which] * firm, _HOME * firm)  # fmt: skip
        pull = np.einsum("ne,nea->na", self._heavy[0][:, which] * reach, _cross(lever, gap))
        pull += firm * np.einsum("ne,nea->na", self._heavy[1][:, which], off)
        pull += home * np.einsum("na,nab->nb", own, frame)
        values, slopes = fit_correction(weight, pull, self._spans[bone], self._firm(bone))
        done = self._take(bone, local, values, slopes, weight, pull)
        left = pull - np.einsum("nab,nb->na", weight, done)
        best = np.linalg.solve(weight, left[..., None])[..., 0]
        self.wanted[:, bone] = np.einsum("na,na->n", left, best)
        even = np.ones_like(reach)
        self._weights[bone] = _stiffness(lever, reach, even * firm, 0.0)[0]
        new = (
            self._local[:, bone] if above is None else _quats.turn(above, self._local[:, bone])
        )
        step = _quats.turn(new, old * np.array([-1.0, -1.0, -1.0, 1.0]))[:, None]
        step = np.broadcast_to(step, (self.count, len(which), 4))
        place[:, which] = joint[:, None] + _rotate(step, arm)
        spin[:, which] = _quats.turn(step, spin[:, which])

    def _take(
        self, bone: int, local: Array, values: Array, slopes: Array, weight: Array, pull: Array
    ) -> Array:
        """Change the keys of a bone wherever that lowers the error; return the turns made."""
        size = np.abs(values).max(axis=1, keepdims=True)
        calm = np.minimum(1.0, _STEP / np.maximum(size, _STEP))
        old = self._values[bone], self._slopes[bone]
        values, slopes = values * calm, slopes * calm
        at, share = self.at[bone], np.ones((len(values), 1))
        while True:
            self._values[bone] = _quats.turn(old[0], _quats.exp(values * share))
            self._slopes[bone] = old[1] + slopes * share
            self._draw(bone)
            done = _quats.between(local, self._local[:, bone])
            error = np.einsum("na,nab,nb->n", done, weight, done)
            error -= 2.0 * np.einsum("na,na->n", pull, done)
            worse = np.add.reduceat(error, at[:-1]) > 0.0
            back = (np.append(worse, False) | np.append(False, worse)) & (share[:, 0] > 0.0)
            if not back.any():
                return done
            share[back] = np.where(share[back] > 0.3, 0.4 * share[back], 0.0)

    def _weigh(self, place: Array, spin: Array) -> Array:
        """Return the errors (n, ends) in tolerances, and let frames that are off weigh more."""
        body = self.body
        gap = body.points[:, body.ends] - place
        far = np.sqrt(np.einsum("nea,nea->ne", gap, gap)) / body.limit
        off = _log_world(body.world[:, body.ends], spin)
        turn = np.sqrt(np.einsum("nea,nea->ne", off, off)) / self.allowed.radians
        for heavy, error in zip(self._heavy, (far, turn), strict=True):
            heavy[:] = np.sqrt(heavy) * np.clip(error, _LIGHT, _HEAVY)
        return np.maximum(far, turn)


def _stiffness(lever: Array, reach: Array, firm: Array, home: float) -> tuple[Array, float]:
    """Return how much turning a bone moves its ends: (n, 3, 3), and ``home`` again."""
    size = np.einsum("nea,nea->ne", lever, lever)
    total = np.einsum("ne,ne->n", reach, size) + firm.sum(axis=1) + home
    out = total[:, None, None] * _EYE - (lever * reach[..., None]).swapaxes(1, 2) @ lever
    return out, home


def _log_world(wanted: Array, found: Array) -> Array:
    """Return the turn (..., 3), in the world, from one rotation to another."""
    return _quats.log(_quats.turn(wanted, found * np.array([-1.0, -1.0, -1.0, 1.0])))


def _cross(a: Array, b: Array) -> Array:
    out = np.zeros_like(a)
    for i, j, k in ((0, 1, 2), (1, 2, 0), (2, 0, 1)):
        out[..., i] = a[..., j] * b[..., k] - a[..., k] * b[..., j]
    return out


def _rotate(q: Array, v: Array) -> Array:
    """Return vectors (..., 3) turned by quaternions (..., 4) of the same shape."""
    once = 2.0 * _cross(q[..., :3], v)
    return np.asarray(v + q[..., 3:] * once + _cross(q[..., :3], once))
