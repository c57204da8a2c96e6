"""The rasterizer: a set and characters become frames (moderngl on EGL).

Pictures as arrays in a few lines: :class:`Stage`. Frames of a shot: ``renderer.Renderer``.
"""

from cyberdirector.render.actor import Actor
from cyberdirector.render.api import Stage, camera_from_matrix, load_model
from cyberdirector.render.plain import PlainMesh
from cyberdirector.render.profiles import PROFILES, Profile, choose_profile, profile_named
from cyberdirector.render.remarks import Remark
from cyberdirector.render.scene import FigureState, FrameState, RenderScene, pose_figures

__all__ = [
    "PROFILES",
    "Actor",
    "FigureState",
    "FrameState",
    "PlainMesh",
    "Profile",
    "Remark",
    "RenderScene",
    "Stage",
    "camera_from_matrix",
    "choose_profile",
    "load_model",
    "pose_figures",
    "profile_named",
]
