"""Brows and eyes that shine through hair: whose pixels they are."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cyberdirector.core.scene import Camera
from cyberdirector.render._passes import Tools
from cyberdirector.render.aov import draw_aovs, names_of
from cyberdirector.render.cryptomatte import coverage_of
from cyberdirector.render.device import Device
from cyberdirector.render.renderer import Renderer
from cyberdirector.render.scene import FrameState, RenderScene
from cyberdirector.render.still import stand

sys.path.insert(0, str(Path(__file__).parent))
from samples import LIGHTS, figure

pytestmark = pytest.mark.gl


@pytest.fixture(scope="module")
def device():
    one = Device()
    yield one
    one.close()


def test_brows_through_hair_keep_identity_and_depth_of_the_hair(device, monkeypatch):
    cast = {"a": figure()}
    camera = Camera((0.0, 1.58, 0.9), (0.0, 1.56, 0.0), 0.35)
    state = FrameState(camera, LIGHTS["day"], {"a": stand(cast["a"], (0, 0, 0), 0.0)})
    size = (241, 241)
    with Renderer(RenderScene(None, cast), size, "draft", device=device) as renderer:
        shown = renderer.draw(state).astype(int)
        out = draw_aovs(renderer, state)
    monkeypatch.setattr(Tools, "_through_hair", lambda *_: None)
    with Renderer(RenderScene(None, cast), size, "draft", device=device) as renderer:
        hidden = renderer.draw(state).astype(int)
    through = np.abs(shown - hidden).max(axis=-1) > 24
    assert through.sum() > 30
    (hair,) = (n for n in names_of(RenderScene(None, cast))["material"] if "hair" in n)
    kept = coverage_of(out["material"], hair)[through]
    assert kept.mean() > 0.95
    bald = replace(cast["a"], parts=[p for p in cast["a"].parts if p.name != "hair"])
    with Renderer(RenderScene(None, {"a": bald}), size, "draft", device=device) as renderer:
        behind = draw_aovs(renderer, state, names=["depth"])["depth"]
    assert (out["depth"][through] <= behind[through] + 1e-6).all()
    assert (out["depth"][through] < behind[through] - 1e-3).mean() > 0.9
