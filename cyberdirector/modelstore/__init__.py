"""Finds, fetches and verifies models by hash; opens ONNX sessions; finds fonts.

>>> from cyberdirector import modelstore
>>> modelstore.pull(["kokoro-vocab"])  # doctest: +SKIP
>>> path = modelstore.get("kokoro-vocab")  # doctest: +SKIP
"""

from cyberdirector.modelstore._manifest import Model, manifest
from cyberdirector.modelstore.fonts import FontFace, face, font, pil_font
from cyberdirector.modelstore.onnx import onnx_session, providers, session_device
from cyberdirector.modelstore.store import (
    ModelStatus,
    get,
    has,
    model,
    pull,
    status,
    verify,
)

__all__ = [
    "FontFace",
    "Model",
    "ModelStatus",
    "face",
    "font",
    "get",
    "has",
    "manifest",
    "model",
    "onnx_session",
    "pil_font",
    "providers",
    "pull",
    "session_device",
    "status",
    "verify",
]
