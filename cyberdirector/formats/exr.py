"""OpenEXR pictures with many layers: arrays in, arrays out, equal arrays give equal bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.errors import InputRefused, Location, RenderFailed
from cyberdirector.core.files import replacing
from cyberdirector.core.limits import MAX_ARRAY_BYTES, MAX_IMAGE_PIXELS

Value = str | int | float
"""What a header of ours holds beside the attributes that every file has."""

CHANNELS: Mapping[str, tuple[str, ...]] = {
    "depth": ("Z",),
    "normal": ("X", "Y", "Z"),
    "normal_camera": ("X", "Y", "Z"),
    "motion": ("X", "Y"),
    "line": ("A",),
    "inner": ("A",),
    "alpha": ("A",),
}
"""Channel letters of layers that are no colours; others get R, G, B, A by their number."""

_LETTERS = ("R", "G", "B", "A")
_KINDS = (np.dtype(np.float16), np.dtype(np.float32), np.dtype(np.uint32))
_USUAL = frozenset(("type", "pixelAspectRatio", "screenWindowWidth", "name"))
"""Numbers and texts that the format itself needs."""

_MOST_IN_LAYER = 48
MOST_CHANNELS = 256
"""Channels of one file that is read; our largest have 40."""


@dataclass(frozen=True)
class Exr:
    """What was read from a file.

    Attributes
    ----------
    layers
        Layer name → (height, width) or (height, width, channels) float16, float32 or
        uint32, row 0 on top. The layer without a name is ``""``.
    metadata
        Texts and numbers of the header.
    """

    layers: dict[str, NDArray[Any]]
    metadata: dict[str, Value] = field(default_factory=dict)


def channel_names(layer: str, count: int) -> list[str]:
    """Return the names of the channels of a layer, ``layer.letter``.

    Letters are those of :data:`CHANNELS`, else R, G, B, A; the layer ``""`` has bare
    letters. More than four channels become layers ``layer00``, ``layer01`` … of four each.
    """
    if count > len(_LETTERS):
        return [f"{layer}{k // 4:02d}.{_LETTERS[k % 4]}" for k in range(count)]
    letters = CHANNELS.get(layer, _LETTERS)[:count]
    return [f"{layer}.{letter}" if layer else letter for letter in letters]


def _planes(layers: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Return channel name → (height, width); refuse what no file can hold."""
    out: dict[str, NDArray[Any]] = {}
    shapes = {np.shape(a)[:2] for a in layers.values()}
    for name, array in layers.items():
        count = array.shape[2] if array.ndim == 3 else 1
        most = len(CHANNELS[name]) if name in CHANNELS else _MOST_IN_LAYER if name else 4
        if (
            len(shapes) != 1
            or array.ndim not in (2, 3)
            or not array.size
            or count > most
            or array.dtype not in _KINDS
        ):
            raise RenderFailed(
                "exr-layer",
                f"图层“{name}”为 {array.shape} {array.dtype}，需要大小相同的（高，宽）或"
                f"（高，宽，1 到 {most}）float16、float32 或 uint32。",
                f"Layer '{name}' is {array.shape} {array.dtype}; all layers need one size, "
                f"(height, width) or (height, width, 1 to {most}), float16, float32 "
                "or uint32.",
                Location(path=name),
            )
        for k, channel in enumerate(channel_names(name, count)):
            out[channel] = np.ascontiguousarray(array if array.ndim == 2 else array[..., k])
    if not out:
        raise RenderFailed(
            "exr-layer",
            "EXR 没有图层，请至少给一个。",
            "The EXR has no layers; give at least one.",
        )
    return out


def write_exr(
    path: Path,
    layers: Mapping[str, NDArray[Any]],
    metadata: Mapping[str, Value] | None = None,
) -> None:
    """Write layers into one OpenEXR file (one part, scan lines, lossless ZIP).

    Parameters
    ----------
    path
        Where to; the file appears when it is whole.
    layers
        Layer name → (height, width) or (height, width, channels) float16, float32 or
        uint32, row 0 on top. ``""`` is the picture itself (R, G, B, A); see
        :func:`channel_names` for the others. Pairs of identity and coverage with 12
        channels become three layers, as Cryptomatte wants.
    metadata
        Texts and numbers for the header.

    Raises
    ------
    RenderFailed
        ``exr-layer`` for arrays that do not fit, ``exr-failed`` when the disk refuses.
    """
    import OpenEXR

    header: dict[str, Any] = {
        "compression": OpenEXR.ZIP_COMPRESSION,
        "type": OpenEXR.scanlineimage,
        **(metadata or {}),
    }
    planes = _planes(layers)
    try:
        with replacing(path) as temporary, OpenEXR.File(header, planes) as file:
            file.write(str(temporary))
    except (OSError, RuntimeError, ValueError, TypeError) as error:
        raise RenderFailed(
            "exr-failed",
            f"写 EXR 时出错（{error}），请检查磁盘空间后重新运行。",
            f"Writing the EXR failed ({error}); check the disk space and run again.",
            Location(str(path)),
        ) from error


def _refuse(path: Path, zh: str, en: str) -> InputRefused:
    return InputRefused(
        "exr-unreadable",
        f"EXR 打不开（{zh}），请给单部分的扫描线 EXR。",
        f"the EXR cannot be used ({en}); give one with a single part of scan lines.",
        Location(str(path)),
    )


def _check_header(path: Path) -> None:
    """Refuse files whose pixels would not fit into memory, before they are decoded."""
    import OpenEXR

    with OpenEXR.File(str(path), header_only=True) as file:
        if len(file.parts) != 1:
            raise _refuse(path, f"{len(file.parts)} 个部分", f"{len(file.parts)} parts")
        header = file.header()
        low, high = header["dataWindow"]
        width, height = (int(b) - int(a) + 1 for a, b in zip(low, high, strict=True))
        count = len(header["channels"])
    if not 0 < width * height <= MAX_IMAGE_PIXELS or min(width, height) < 1:
        raise _refuse(path, f"{width}×{height} 像素", f"{width}x{height} pixels")
    if count > MOST_CHANNELS or 4 * width * height * count > MAX_ARRAY_BYTES:
        raise _refuse(path, f"{count} 个通道", f"{count} channels")


def _order(name: str) -> tuple[int, str]:
    """Return where a channel letter stands: R, G, B, A and X, Y, Z in their order."""
    at = "RGBAXYZ".find(name)
    return (at if at >= 0 and len(name) == 1 else 99), name


def read_exr(path: Path) -> Exr:
    """Return the layers and the header of a file with one part.

    Raises
    ------
    InputRefused
        ``exr-unreadable`` when it is missing, damaged, too large or has several parts.
    """
    import OpenEXR

    try:
        _check_header(path)
        with OpenEXR.File(str(path), separate_channels=True) as file:
            planes = {name: np.array(c.pixels) for name, c in file.channels().items()}
            header = dict(file.header())
    except (OSError, RuntimeError, ValueError, TypeError, KeyError) as error:
        raise _refuse(path, str(error)[:80], str(error)[:80]) from error
    groups: dict[str, list[str]] = {}
    for name in planes:
        groups.setdefault(name.rpartition(".")[0], []).append(name)
    layers = {}
    for layer, names in groups.items():
        ordered = sorted(names, key=lambda n: _order(n.rpartition(".")[2]))
        arrays = [planes[n] for n in ordered]
        alike = {(a.dtype, a.shape) for a in arrays}
        if len(alike) != 1:
            raise _refuse(path, f"图层 {layer} 混有多种数", f"layer '{layer}' mixes kinds")
        layers[layer] = arrays[0] if len(arrays) == 1 else np.stack(arrays, axis=-1)
    texts = {
        k: v for k, v in header.items() if isinstance(v, str | int | float) and k not in _USUAL
    }
    return Exr(layers, texts)
