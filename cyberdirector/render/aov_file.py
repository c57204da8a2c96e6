"""AOVs of a frame as one OpenEXR file that compositing programs understand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.scene import Camera
from cyberdirector.formats.exr import Value, write_exr
from cyberdirector.render import cryptomatte
from cyberdirector.render.aov import names_of
from cyberdirector.render.scene import RenderScene

_CODES = np.arange(256) / 255.0
_LINEAR = np.where(_CODES <= 0.04045, _CODES / 12.92, ((_CODES + 0.055) / 1.055) ** 2.4).astype(
    np.float16
)
"""sRGB code (IEC 61966-2-1) → linear light."""


def exr_layers(
    aovs: Mapping[str, NDArray[np.float32]], picture: NDArray[np.uint8] | None = None
) -> dict[str, NDArray[Any]]:
    """Return layers for :func:`~cyberdirector.formats.exr.write_exr`.

    Parameters
    ----------
    aovs
        From :func:`~cyberdirector.render.aov.draw_aovs`.
    picture
        (height, width, 3 or 4) uint8 sRGB, the frame itself: it becomes the bare channels
        R, G, B, linear light, float16.
    """
    out: dict[str, NDArray[Any]] = {}
    if picture is not None:
        out[""] = _LINEAR[picture[..., :3]]
    out |= aovs
    return out


def exr_metadata(scene: RenderScene, camera: Camera, names: Iterable[str]) -> dict[str, Value]:
    """Return header entries: the camera, and Cryptomatte manifests of the named AOVs."""
    out: dict[str, Value] = {"software": "CyberDirector"}
    known = names_of(scene)
    for name in known.keys() & set(names):
        out |= cryptomatte.metadata(name, known[name])
    for part in ("eye", "target"):
        out[f"camera/{part}"] = " ".join(repr(float(v)) for v in getattr(camera, part))
    for part in ("fov", "roll", "near", "far"):
        out[f"camera/{part}"] = float(getattr(camera, part))
    return out


def write_aovs(
    path: Path,
    scene: RenderScene,
    camera: Camera,
    aovs: Mapping[str, NDArray[np.float32]],
    picture: NDArray[np.uint8] | None = None,
) -> None:
    """Write the AOVs of one frame, and the picture if given, as a multi-layer EXR.

    Raises
    ------
    RenderFailed
        ``exr-failed`` when the disk refuses.
    """
    metadata = exr_metadata(scene, camera, aovs)
    write_exr(path, exr_layers(aovs, picture), metadata)
