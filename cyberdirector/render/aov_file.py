"""AOVs of a frame as one OpenEXR file that compositing programs understand."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.scene import Camera
from cyberdirector.formats.exr import Value, write_exr
from cyberdirector.render import cryptomatte
from cyberdirector.render.aov import names_of

if TYPE_CHECKING:
    from cyberdirector.render.renderer import Renderer

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
        From :func:`~cyberdirector.render.aov.draw_aovs`; ``object`` and ``material`` become
        the Cryptomatte layers ``crypto_object00`` … and ``crypto_material00`` ….
    picture
        (height, width, 3 or 4) uint8 sRGB, the frame itself: it becomes the bare channels
        R, G, B, linear light, float16.
    """
    out: dict[str, NDArray[Any]] = {}
    if picture is not None:
        out[""] = _LINEAR[picture[..., :3]]
    for name, array in aovs.items():
        if name in ("object", "material"):
            out |= cryptomatte.exr_layers(f"crypto_{name}", array)
        else:
            out[name] = array
    return out


def exr_metadata(renderer: Renderer, camera: Camera, names: list[str]) -> dict[str, Value]:
    """Return header entries: Cryptomatte manifests of the scene and the camera."""
    out: dict[str, Value] = {"software": "CyberDirector"}
    known = names_of(renderer)
    for name in ("object", "material"):
        if name in names:
            out |= cryptomatte.metadata(f"crypto_{name}", known[name])
    for part in ("eye", "target"):
        out[f"camera/{part}"] = " ".join(repr(float(v)) for v in getattr(camera, part))
    for part in ("fov", "roll", "near", "far"):
        out[f"camera/{part}"] = float(getattr(camera, part))
    return out


def write_aovs(
    path: Path,
    renderer: Renderer,
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
    metadata = exr_metadata(renderer, camera, list(aovs))
    write_exr(path, exr_layers(aovs, picture), metadata)
