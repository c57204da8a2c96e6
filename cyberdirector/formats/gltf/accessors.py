"""Reads arrays out of a glTF after checking every offset, stride, count and index."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.limits import MAX_VERTICES
from cyberdirector.formats.gltf._view import View
from cyberdirector.formats.gltf.document import Gltf

COMPONENTS: dict[int, str] = {
    5120: "i1",
    5121: "u1",
    5122: "<i2",
    5123: "<u2",
    5125: "<u4",
    5126: "<f4",
}
"""glTF component types as little-endian numpy types (glTF 2.0, section 3.6.2.2)."""

WIDTHS: dict[str, int] = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}
"""Numbers per element; MAT2 and MAT3 have padded columns and no use here."""

_MOST = {"i1": 127.0, "u1": 255.0, "<i2": 32767.0, "<u2": 65535.0}
"""Value that stands for 1 in normalised integers."""

_MAX_STRIDE = 252


@dataclass(frozen=True)
class Sparse:
    """Elements of a sparse accessor that differ from its base: rows and values."""

    indices: NDArray[np.uint32]
    values: NDArray[Any]


@dataclass(frozen=True)
class Shape:
    """What an accessor declares: numpy type, numbers per element, elements."""

    dtype: str
    width: int
    count: int
    normalized: bool


def shape_of(gltf: Gltf, index: int) -> Shape:
    """Return the checked type and size of an accessor without reading it."""
    view = gltf.accessors[index]
    component = view.integer("componentType", 5120, 5126)
    if component not in COMPONENTS:
        raise view.bad("componentType", "a glTF component type")
    kind = view.choice("type", tuple(WIDTHS))
    count = view.integer("count", 1, MAX_VERTICES * 3)
    return Shape(COMPONENTS[component], WIDTHS[kind], count, view.flag("normalized"))


def _window(gltf: Gltf, view: View, dtype: str, width: int, count: int) -> NDArray[Any]:
    """Return a (count, width) view into a buffer; nothing is copied."""
    which = gltf.buffer_views[view.index("bufferView", len(gltf.buffer_views))]
    buffer = gltf.buffers[which.index("buffer", len(gltf.buffers))]
    start = which.integer("byteOffset", 0, len(buffer), 0)
    length = which.integer("byteLength", 1, len(buffer))
    if start + length > len(buffer):
        raise which.bad("byteLength", f"at most {len(buffer) - start}")
    size = np.dtype(dtype).itemsize
    stride = which.integer("byteStride", 4, _MAX_STRIDE, max(size * width, 4))
    if "byteStride" not in which:
        stride = size * width
    offset = view.integer("byteOffset", 0, length, 0)
    last = offset + stride * (count - 1) + size * width
    if stride < size * width or last > length:
        raise view.bad("bufferView", f"{last} bytes, the view has {length}")
    return np.ndarray(
        (count, width),
        np.dtype(dtype),
        buffer,
        start + offset,
        (stride, size),
    )


def sparse_of(gltf: Gltf, index: int) -> Sparse | None:
    """Return the sparse part of an accessor, None when it has none."""
    view = gltf.accessors[index]
    if "sparse" not in view:
        return None
    shape = shape_of(gltf, index)
    sparse = view.view("sparse")
    count = sparse.integer("count", 1, shape.count)
    at = sparse.view("indices")
    component = at.integer("componentType", 5121, 5125)
    if component not in (5121, 5123, 5125):
        raise at.bad("componentType", "5121, 5123 or 5125")
    rows = _window(gltf, at, COMPONENTS[component], 1, count)[:, 0]
    gltf.spend(rows.nbytes * 4, sparse.path)
    indices = rows.astype(np.uint32)
    if int(indices[-1]) >= shape.count or bool(np.any(np.diff(indices.astype(np.int64)) <= 0)):
        raise at.bad("bufferView", f"rising indices below {shape.count}")
    values = _window(gltf, sparse.view("values"), shape.dtype, shape.width, count)
    return Sparse(indices, values)


def has_base(gltf: Gltf, index: int) -> bool:
    """Tell whether an accessor has data besides its sparse part."""
    return gltf.accessors[index].raw("bufferView") is not None


def array(gltf: Gltf, index: int) -> NDArray[Any]:
    """Return an accessor as (count, width) in its own type, sparse part applied."""
    view = gltf.accessors[index]
    shape = shape_of(gltf, index)
    size = np.dtype(shape.dtype).itemsize
    gltf.spend(shape.count * shape.width * size, view.path)
    if has_base(gltf, index):
        out = np.array(_window(gltf, view, shape.dtype, shape.width, shape.count))
    else:
        out = np.zeros((shape.count, shape.width), shape.dtype)
    sparse = sparse_of(gltf, index)
    if sparse is not None:
        out[sparse.indices] = sparse.values
    return out


def to_float(values: NDArray[Any], dtype: str, normalized: bool) -> NDArray[np.float32]:
    """Return stored numbers as float32, normalised integers as -1..1 or 0..1."""
    out = np.asarray(values, np.float32)
    if normalized and dtype in _MOST:
        out = np.maximum(out / np.float32(_MOST[dtype]), np.float32(-1.0))
    return out


def floats(gltf: Gltf, index: int, width: int, path: str = "") -> NDArray[np.float32]:
    """Return an accessor as finite float32 (count, width).

    Raises
    ------
    InputRefused
        When the width is another, or a value is NaN or infinite.
    """
    view = gltf.accessors[index]
    shape = shape_of(gltf, index)
    if shape.width != width:
        raise view.bad("type", f"{width} numbers per element")
    out = to_float(array(gltf, index), shape.dtype, shape.normalized)
    if not bool(np.isfinite(out).all()):
        raise view.bad("bufferView", "finite numbers")
    return out


def integers(gltf: Gltf, index: int, width: int) -> NDArray[np.uint32]:
    """Return an accessor of unsigned integers as uint32 (count, width)."""
    view = gltf.accessors[index]
    shape = shape_of(gltf, index)
    if shape.width != width:
        raise view.bad("type", f"{width} numbers per element")
    if shape.dtype not in ("u1", "<u2", "<u4"):
        raise view.bad("componentType", "unsigned integers")
    return array(gltf, index).astype(np.uint32)
