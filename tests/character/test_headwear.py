"""Hats over hair, masks on faces, bare scalps, slit brows."""

from __future__ import annotations

import numpy as np
import pytest

from cyberdirector.character._figure import figure_of
from cyberdirector.character.body import build_body
from cyberdirector.character.face.brows import BrowLook, brow_parts
from cyberdirector.character.face.canvas import Canvas
from cyberdirector.character.face.scalp import round_scalp
from cyberdirector.character.face.shapes import arkit_deltas
from cyberdirector.character.face.skin import skin_parts
from cyberdirector.character.hair import VOLUME, HairSpec, build_hair
from cyberdirector.character.hair.shell import build_shell
from cyberdirector.character.hair.worn import hat_of
from cyberdirector.character.shape import Shape
from cyberdirector.character.style import Style
from cyberdirector.character.template import load_template
from cyberdirector.character.wardrobe import GarmentSpec, build_outfit
from cyberdirector.character.wardrobe.hats import HATS
from cyberdirector.character.wardrobe.masks import MASKS

WHOLE = ("cap", "douli", "futou", "helmet", "mianguan")


@pytest.fixture(scope="module")
def body():
    return build_body(load_template(), Shape(sex=0.0), Style())


@pytest.fixture(scope="module")
def worn(body):
    """The pieces of every hat and mask."""
    return {kind: build_outfit(body, [GarmentSpec(kind)]).pieces for kind in (*HATS, *MASKS)}


@pytest.mark.parametrize("style", ["high_bun", "curls", "short_male"])
@pytest.mark.parametrize("kind", sorted(HATS))
def test_hair_stays_under_hats(body, worn, kind, style):
    figure = figure_of(body)
    shell = build_shell(figure, VOLUME)
    hat = hat_of(shell, figure, worn[kind])
    assert hat is not None
    assert hat.whole == (kind in WHOLE)
    for piece in build_hair(body, HairSpec(style=style, seed=1), worn[kind]):
        used = piece.positions[np.unique(piece.triangles)]
        r, most, over = hat.inside(used)
        under = (over > 0.05) & (most < 1.0) & (piece.material.role == "hair")
        d = (used - shell.centre) / r[:, None]
        room = np.maximum(most, shell.skull(d) + 0.003)
        assert not (r > room)[under].any(), piece.name


def test_tails_are_tied_below_the_rim(body, worn):
    def root(pieces):
        locks = next(p for p in pieces if p.name == "hair-locks")
        chain = next(c for c in locks.chains if "tail" in c.name)
        return float(chain.points[0][1])

    spec = HairSpec(style="high_ponytail")
    assert root(build_hair(body, spec, worn["cap"])) < root(build_hair(body, spec)) - 0.05


def test_masks_and_glasses_are_no_hats(body, worn):
    figure = figure_of(body)
    shell = build_shell(figure, VOLUME)
    for kind in MASKS:
        assert hat_of(shell, figure, worn[kind]) is None


def test_hair_hangs_over_a_cloak(body):
    cloth = build_outfit(body, [GarmentSpec("cloak")]).pieces
    spec = HairSpec(style="loose_long")
    bare, over = (build_hair(body, spec, w)[1].positions for w in ((), cloth))
    shell = build_shell(figure_of(body), VOLUME)
    low = (bare[:, 1] < shell.chin[1] - 0.10) & (bare[:, 2] < shell.neck[2] - 0.05)
    assert over[low, 2].mean() < bare[low, 2].mean() - 0.005


@pytest.mark.parametrize("kind", sorted(MASKS))
def test_masks_lie_on_the_face_and_leave_the_eyes(body, worn, kind):
    eye = body.landmarks["leftEyeFront"]
    for piece in worn[kind]:
        corner = piece.positions[piece.triangles].mean(axis=1)
        before = np.linalg.norm(corner[:, :2] - eye[:2], axis=1) < 0.010
        assert not before.any()
        assert np.isfinite(piece.positions).all()
        assert piece.positions[:, 2].max() < body.landmarks["nose_tip"][2] + 0.05


def test_a_bare_scalp_is_divided_and_stays_closed(body):
    deltas = arkit_deltas(body)
    canvas = Canvas.__new__(Canvas)
    canvas.uv = lambda points: np.zeros((len(points), 2))
    hidden = np.zeros(len(body.positions), np.bool_)
    plain = skin_parts(body, deltas, canvas, hidden)
    fine = skin_parts(body, deltas, canvas, hidden)
    round_scalp(fine, body)
    more = sum(len(p.triangles) for p in fine) - sum(len(p.triangles) for p in plain)
    assert 400 < more < 6000

    def border(parts):
        p = np.concatenate([part.positions for part in parts])
        first = np.cumsum([0, *[len(part.positions) for part in parts]])
        t = np.concatenate(
            [q.triangles.astype(int) + f for q, f in zip(parts, first, strict=False)]
        )
        _, same = np.unique(np.round(p, 5), axis=0, return_inverse=True)
        e = np.sort(
            same.ravel()[np.stack([t, np.roll(t, -1, axis=1)], -1)].reshape(-1, 2), axis=1
        )
        return int((np.unique(e, axis=0, return_counts=True)[1] == 1).sum())

    assert border(fine) == border(plain)


def test_a_slit_brow_has_a_gap_on_its_side_only(body):
    deltas = arkit_deltas(body)
    left, right = brow_parts(body, deltas, BrowLook(), "Left")
    whole, same = brow_parts(body, deltas, BrowLook())
    assert len(right.triangles) == len(same.triangles)

    def widest_hole(part):
        x = np.sort(part.positions[part.triangles][..., 0], axis=1)
        order = np.argsort(x[:, 0])
        reach = np.maximum.accumulate(x[order, 2])
        return float(np.max(x[order, 0][1:] - reach[:-1]))

    assert widest_hole(left) > 0.001
    assert widest_hole(whole) < 1e-6
