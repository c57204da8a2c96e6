"""The dress form: a smooth cloth surface around a body, with places named on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from cyberdirector.character._clip import (
    cast_rays,
    clip_all,
    compact,
    refine,
    smooth,
    vertex_normals,
)
from cyberdirector.character._figure import Figure, smooth_step
from cyberdirector.character._skin import dense_weights, sum_columns

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SIDES = ("left", "right")
SOFT = 9
"""Rounds by which the skin weights of cloth are smoothed: cloth bends wider than skin."""
_HAND = (
    "Hand",
    "ThumbMetacarpal",
    "ThumbProximal",
    "ThumbDistal",
    *(
        f + j
        for f in ("Index", "Middle", "Ring", "Little")
        for j in ("Proximal", "Intermediate", "Distal")
    ),
)


@dataclass(frozen=True)
class Place:
    """Coordinates of vertices on the body, from which garment borders are made.

    ``p`` (v, 3) metres; ``arm`` 0..1 how much a vertex belongs to an arm; ``t`` 0 at the
    shoulder joint, 1 at the wrist (arms only, else 0); ``leg`` 0..1; ``head`` 0..1.
    """

    p: Floats
    arm: Floats
    t: Floats
    leg: Floats
    head: Floats

    @property
    def x(self) -> Floats:
        """Left-right coordinate."""
        return self.p[:, 0]

    @property
    def y(self) -> Floats:
        """Height over the floor."""
        return self.p[:, 1]

    @property
    def z(self) -> Floats:
        """Front-back coordinate."""
        return self.p[:, 2]


Field = Callable[[Place], Floats]
"""A garment border: kept where the value (about metres) is ≥ 0."""


@dataclass
class Cloth:
    """A cut piece of the form: positions, triangles, dense weights and its place."""

    p: Floats
    t: Ints
    table: Floats
    n: Floats
    place: Place


@dataclass(frozen=True)
class Layers:
    """Thickness of the cloth worn so far, metres on a body of 1.65 m."""

    trunk: float = 0.0
    hips: float = 0.0
    legs: float = 0.0
    arms: float = 0.0

    def over(self, more: Layers) -> Layers:
        """Return both on top of each other."""
        return Layers(
            self.trunk + more.trunk,
            self.hips + more.hips,
            self.legs + more.legs,
            self.arms + more.arms,
        )


@dataclass
class Form:
    """A smooth surface a little outside the skin from ankle to neck and wrist.

    Attributes
    ----------
    base, normals
        (v, 3) surface and unit normals (about 4 mm over the skin).
    triangles
        (t, 3).
    table
        (v, nodes) dense weights.
    place
        Coordinates of the surface; ``skin`` the same of the body's skin vertices.
    size
        Body height over 1.65 m: the factor for lengths.
    """

    figure: Figure
    base: Floats
    normals: Floats
    triangles: Ints
    table: Floats
    place: Place
    skin: Place
    size: float
    covers: list[NDArray[np.bool_]] = field(default_factory=list)

    def joint(self, name: str) -> Floats:
        """Return the rest position of a node."""
        return self.figure.joint(name)

    @property
    def nodes(self) -> int:
        """Number of body nodes."""
        return len(self.figure.nodes)

    def grown(self, layers: Layers) -> Form:
        """Return the form with the cloth that is worn already on it."""
        if layers == Layers():
            return self
        q = self.place
        hip, ankle = self.joint("leftUpperLeg")[1], self.joint("leftFoot")[1]
        k = self.size
        high = smooth_step(hip - 0.02 * k, hip + 0.12 * k, q.y)
        leg = smooth_step(hip + 0.02 * k, hip - 0.10 * k, q.y)
        leg *= smooth_step(ankle, ankle + 0.05 * k, q.y)
        trunk = layers.hips + (layers.trunk - layers.hips) * high
        out = trunk + (layers.legs - trunk) * smooth_step(hip + 0.02 * k, hip - 0.10 * k, q.y)
        out = np.where(q.y < ankle + 0.05 * k, layers.legs * leg, out)
        out = out + (layers.arms - out) * smooth_step(0.2, 0.9, q.arm)
        out = out * smooth_step(0.6, 0.2, q.head) * k
        base = self.base + self.normals * out[:, None]
        place = Place(base, q.arm, q.t, q.leg, q.head)
        return replace(self, base=base, place=place)

    def cover(self, fields: Sequence[Field], margin: float = 0.015) -> None:
        """Note that cloth hides the skin where all fields are at least ``margin``."""
        deep = np.min([f(self.skin) for f in fields], axis=0) >= margin
        self.covers.append(deep & (self.skin.head < 0.5))

    def hidden(self) -> NDArray[np.bool_]:
        """Return the skin vertices (skin,) hidden under any garment noted so far."""
        out = np.zeros(len(self.skin.p), dtype=np.bool_)
        for one in self.covers:
            out |= one
        return out

    def cut(
        self, positions: Floats, fields: Sequence[Field], moved: Sequence[Field] = ()
    ) -> Cloth:
        """Return the form displaced to ``positions`` and cut on the fields.

        ``moved`` are fields measured where the cloth lies, not on the form below: their
        borders are as even as the fields, however the cloth was smoothed.
        """
        place = self.place
        values = [f(place) for f in fields]
        values += [f(replace(place, p=positions)) for f in moved]
        p, t, rest = clip_all(
            positions,
            self.triangles,
            values,
            [self.table, place.p, place.arm, place.t, place.leg, place.head],
        )
        table, at, arm, along, leg, head = rest
        return Cloth(p, t, table, vertex_normals(p, t), Place(at, arm, along, leg, head))

    def loose(self, offset: float, rounds: int = 10, keep: float = 0.6) -> Floats:
        """Return the surface ``offset`` metres out, smoothed like cloth over hollows.

        The cloth is never nearer to the form than ``keep`` of the offset.
        """
        p = self.base + self.normals * offset
        if rounds:
            p = smooth(p, self.triangles, rounds, 0.6)
        depth = np.sum((p - self.base) * self.normals, axis=1)
        return p + self.normals * np.maximum(keep * offset - depth, 0.0)[:, None]

    def tucked(self, positions: Floats, depth: float = 0.012) -> Floats:
        """Return the cloth of a trunk with its ends on the arms drawn below the sleeves.

        ``positions`` are (n, 3) of the form's vertices; ``depth`` metres at 1.65 m.
        """
        q = self.place
        share = smooth_step(0.15, 0.24, q.t) * smooth_step(0.2, 0.6, q.arm)
        out: Floats = positions - self.normals * (depth * self.size * share)[:, None]
        return out

    def slice_radius(
        self, heights: Floats, angles: Floats, centre: Floats, half: float = 0.012
    ) -> Floats:
        """Return support radii (heights, angles) of the trunk and legs seen from above.

        ``angles`` are azimuths about the vertical axis through ``centre`` (0 = front);
        arms do not count. The value is the farthest reach of what lies within 44 degrees
        of a direction, so a ring drawn with it lies outside the body.
        """
        keep = self.place.arm < 0.3
        q = self.place.p[keep] - centre
        d = np.stack([np.sin(angles), np.cos(angles)], axis=0)
        flat = q[:, [0, 2]]
        reach = flat @ d
        far = np.linalg.norm(flat, axis=1, keepdims=True)
        reach = np.where(reach > 0.72 * far, reach, -1.0)
        rows = []
        for y in heights:
            w = half
            near = np.abs(q[:, 1] + centre[1] - y) < w
            while near.sum() < 12:
                w *= 1.6
                near = np.abs(q[:, 1] + centre[1] - y) < w
            row = reach[near].max(axis=0)
            good = row > 0
            row = np.interp(angles, angles[good], row[good], period=2 * np.pi)
            rows.append(row)
        return np.array(rows)

    def front(self, x: Floats, y: Floats) -> Floats:
        """Return the depth z (n,) of the front surface at (x, y); arms do not count."""
        origin = np.stack([x, y, np.full(len(x), 1.0)], axis=1)
        ray = np.tile([0.0, 0.0, -1.0], (len(x), 1))
        trunk = self.triangles[self.place.arm[self.triangles].max(axis=1) < 0.6]
        near = np.abs(self.base[trunk[:, 0], 0]) < np.abs(x).max() + 0.05
        hit = cast_rays(origin, ray, self.base, trunk[near])
        z = 1.0 - hit
        good = np.isfinite(z)
        return np.interp(np.arange(len(x)), np.flatnonzero(good), z[good])

    def around(self, centre: Floats, azimuth: Floats, height: Floats) -> Floats:
        """Return surface points (n, 3) met outwards from a vertical axis."""
        d = np.stack([np.sin(azimuth), 0 * azimuth, np.cos(azimuth)], axis=1)
        origin = np.stack([0 * height + centre[0], height, 0 * height + centre[2]], axis=1)
        trunk = self.triangles[self.place.t[self.triangles].max(axis=1) < 0.15]
        high = self.base[trunk][:, :, 1].max(axis=1) > height.min() - 0.05
        hit = cast_rays(origin, d, self.base, trunk[high])
        good = np.isfinite(hit)
        hit = np.interp(np.arange(len(hit)), np.flatnonzero(good), hit[good])
        return origin + d * hit[:, None]

    def normals_at(self, points: Floats) -> Floats:
        """Return smooth surface normals near points (n, 3)."""
        _, i = cKDTree(self.base).query(points, k=6)
        n = self.normals[i].mean(axis=1)
        return n / np.linalg.norm(n, axis=1, keepdims=True)


def place_of(figure: Figure, points: Floats, table: Floats) -> Place:
    """Return the body coordinates of vertices with dense weights."""
    arm = np.zeros(len(points))
    t = np.zeros(len(points))
    leg = np.zeros(len(points))
    for side in SIDES:
        names = [side + n for n in ("UpperArm", "LowerArm", *_HAND)]
        arm_weight = sum_columns(table, [figure.index[n] for n in names if n in figure.index])
        a, b = figure.joint(f"{side}UpperArm"), figure.joint(f"{side}Hand")
        along = (points - a) @ (b - a) / ((b - a) @ (b - a))
        arm = np.maximum(arm, arm_weight)
        t = np.where(arm_weight > 0.02, np.maximum(along, 0.0), t)
        names = [side + n for n in ("UpperLeg", "LowerLeg", "Foot", "Toes")]
        leg = np.maximum(leg, sum_columns(table, [figure.index[n] for n in names]))
    head = sum_columns(
        table,
        [figure.index[n] for n in ("head", "leftEye", "rightEye", "jaw") if n in figure.index],
    )
    return Place(points, arm, t, leg, head)


def build_form(figure: Figure, fine: bool = True) -> Form:
    """Return the dress form of a body: the tights layer, smoothed, ``fine`` refined once."""
    nodes = len(figure.nodes)
    all_weights = dense_weights(figure.joints, figure.weights, nodes)
    triangles, (points, table) = compact(
        figure.groups["helper-tights"], figure.points, all_weights
    )
    if fine:
        points, triangles, (table,) = refine(points, triangles, [table], bend=0.75)
        points = smooth(points, triangles, 3, 0.4)
    place = place_of(figure, points, table)
    table = smooth(table, triangles, SOFT if fine else SOFT // 3, 0.6)
    normals = vertex_normals(points, triangles)
    skin = np.unique(figure.groups["body"])
    count = int(skin.max()) + 1
    height = float(figure.points[:count, 1].max())
    return Form(
        figure=figure,
        base=points,
        normals=smooth_normals(normals, triangles),
        triangles=triangles,
        table=table,
        place=place,
        skin=place_of(figure, figure.points[:count], all_weights[:count]),
        size=height / 1.65,
    )


def smooth_normals(normals: Floats, triangles: Ints, rounds: int = 3) -> Floats:
    """Return unit normals averaged over neighbours, for even offsets."""
    n = smooth(normals, triangles, rounds, 0.6)
    return n / np.maximum(np.linalg.norm(n, axis=1, keepdims=True), 1e-9)
