"""The rasterizer: a set and characters become frames (moderngl on EGL)."""

from cyberdirector.render.scene import FigureState, FrameState, RenderScene, pose_figures

__all__ = ["FigureState", "FrameState", "RenderScene", "pose_figures"]
