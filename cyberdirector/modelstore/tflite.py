"""Bare TFLite models for MediaPipe's task library: metadata, bundles, a quiet start."""

from __future__ import annotations

import io
import os
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager


def with_metadata(model: bytes, mean: float, std: float) -> bytes:
    """Return a TFLite model whose only input is an RGB picture, (x - mean) / std of 0..255.

    The layout is that of TensorFlow Lite's ``metadata_schema.fbs``; the names of the
    outputs carry no meaning for the tasks used here.
    """
    import flatbuffers
    from mediapipe.tasks.metadata import metadata_schema_py_generated as meta
    from mediapipe.tasks.metadata import schema_py_generated as schema

    tree = schema.ModelT.InitFromObj(schema.Model.GetRootAsModel(model, 0))
    norm = meta.NormalizationOptionsT()
    norm.mean, norm.std = [mean], [std]
    unit = meta.ProcessUnitT()
    unit.optionsType, unit.options = meta.ProcessUnitOptions.NormalizationOptions, norm
    colours = meta.ImagePropertiesT()
    colours.colorSpace = meta.ColorSpaceType.RGB
    content = meta.ContentT()
    content.contentPropertiesType = meta.ContentProperties.ImageProperties
    content.contentProperties = colours
    given = meta.TensorMetadataT()
    given.name, given.processUnits, given.content = "image", [unit], content
    graph = meta.SubGraphMetadataT()
    graph.inputTensorMetadata, graph.outputTensorMetadata = [given], []
    for i in range(len(tree.subgraphs[0].outputs)):
        out = meta.TensorMetadataT()
        out.name = f"output{i}"
        graph.outputTensorMetadata.append(out)
    whole = meta.ModelMetadataT()
    whole.name, whole.subgraphMetadata = "model", [graph]
    builder = flatbuffers.Builder(1024)
    builder.Finish(whole.Pack(builder), b"M001")
    buffer = schema.BufferT()
    buffer.data = list(bytes(builder.Output()))
    tree.buffers.append(buffer)
    entry = schema.MetadataT()
    entry.name, entry.buffer = b"TFLITE_METADATA", len(tree.buffers) - 1
    tree.metadata = [*(tree.metadata or []), entry]
    builder = flatbuffers.Builder(len(model) + 4096)
    builder.Finish(tree.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def task_bundle(members: dict[str, bytes]) -> bytes:
    """Return a task file: its members stored one after another without compression."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data)
    return stream.getvalue()


@contextmanager
def quiet_start() -> Iterator[None]:
    """Keep MediaPipe's start-up chatter off the terminal (it writes to descriptor 2)."""
    sys.stderr.flush()
    saved, sink = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(sink, 2)
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(sink)
