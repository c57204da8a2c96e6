"""Kokoro-82M cut into three graphs, so that a line can be read and edited before it sounds.

The int8 ONNX file is one graph from tokens to audio. It is cut at named tensors into

* the *predictor*: tokens → durations (and the encoded text),
* the *prosody*: durations → F0, energy and text features per frame,
* the *vocoder*: F0, energy, features → audio.

Run one after the other without edits they give the bytes of the whole graph. One frame is
600 samples at 24 kHz (25 ms); F0 and energy have two values per frame.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.errors import AdapterUnavailable
from cyberdirector.core.files import write_bytes
from cyberdirector.core.resources import cache_dir
from cyberdirector.voice.signed import is_exact, probe_model, sign_convolutions

if TYPE_CHECKING:
    import onnxruntime as ort

    Floats = NDArray[np.float32]
else:
    Floats = np.ndarray

FRAME_SAMPLES = 600
"""Samples of audio per duration frame (25 ms at 24 kHz)."""

FRAME_SECONDS = 0.025
"""Length of one duration frame in seconds."""

MAX_TOKENS = 510
"""Most phoneme tokens that the text encoder takes in one piece (512 less two pads)."""

_CUT_VERSION = 1
_DURATION = "/encoder/Clip_output_0"
_RAW_DURATION = "/encoder/Div_output_0"
_ENCODED = "/encoder/predictor/text_encoder/Concat_4_output_0"
_TEXT = "/encoder/text_encoder/Transpose_2_output_0"
_F0 = "/encoder/Squeeze_output_0"
_ENERGY = "/encoder/Squeeze_1_output_0"
_FEATURES = "/encoder/MatMul_1_output_0"

_PARTS: dict[str, tuple[dict[str, tuple[str, list[Any]]], list[str]]] = {
    "predictor": (
        {
            "tokens": ("int64", [1, "t"]),
            "style": ("float", [1, 256]),
            "speed": ("float", [1]),
        },
        [_RAW_DURATION, _ENCODED, _TEXT, _DURATION],
    ),
    "prosody": (
        {
            _DURATION: ("float", []),
            _ENCODED: ("float", []),
            _TEXT: ("float", []),
            "style": ("float", [1, 256]),
        },
        [_F0, _ENERGY, _FEATURES],
    ),
    "vocoder": (
        {
            _F0: ("float", []),
            _ENERGY: ("float", []),
            _FEATURES: ("float", []),
            "style": ("float", [1, 256]),
        },
        ["audio"],
    ),
}


@dataclass(frozen=True)
class Encoded:
    """What the predictor knows of a line.

    Attributes
    ----------
    durations
        (tokens,) float32, frames of 25 ms, not rounded (pads included).
    rounded
        (tokens,) float32, the whole frames (at least 1) that the model itself would use.
    text, context
        Tensors handed on to the prosody as they are.
    """

    durations: Floats
    rounded: Floats
    text: Floats
    context: Floats


@dataclass(frozen=True)
class Prosody:
    """What the prosody says of a line.

    Attributes
    ----------
    f0
        (2 frames,) float32, Hz every 12.5 ms; unvoiced steps lie below about 55 Hz.
    energy
        (2 frames,) float32, the model's own voice-effort scale (not a level).
    features
        (1, 512, frames) float32, handed on to the vocoder as they are.
    """

    f0: Floats
    energy: Floats
    features: Floats


class KokoroGraph:
    """The three parts as ONNX Runtime sessions on the CPU.

    Parameters
    ----------
    model
        The int8 Kokoro ONNX file; the cut is made once and kept in the cache folder.
    threads
        Threads inside an operator, 1 or 2; the result does not depend on it.
    """

    def __init__(self, model: Path, threads: int = 1) -> None:
        self._sessions = {
            name: open_session(path, threads) for name, path in cut_graph(model).items()
        }

    def encode(self, tokens: NDArray[np.int64], style: Floats) -> Encoded:
        """Return durations and encodings of ``tokens`` (t,), pads included."""
        raw, context, text, rounded = self._sessions["predictor"].run(
            _PARTS["predictor"][1],
            {"tokens": tokens[None], "style": style, "speed": np.ones(1, np.float32)},
        )
        return Encoded(raw.reshape(-1), rounded.reshape(-1), text, context)

    def intone(self, encoded: Encoded, frames: NDArray[np.int64], style: Floats) -> Prosody:
        """Return F0, energy and features for whole ``frames`` (t,) per token."""
        f0, energy, features = self._sessions["prosody"].run(
            _PARTS["prosody"][1],
            {
                _DURATION: frames[None].astype(np.float32),
                _ENCODED: encoded.context,
                _TEXT: encoded.text,
                "style": style,
            },
        )
        return Prosody(f0.reshape(-1), energy.reshape(-1), features)

    def sound(self, prosody: Prosody, style: Floats) -> Floats:
        """Return (600 frames,) float32 audio at 24 kHz."""
        (audio,) = self._sessions["vocoder"].run(
            ["audio"],
            {
                _F0: prosody.f0[None],
                _ENERGY: prosody.energy[None],
                _FEATURES: prosody.features,
                "style": style,
            },
        )
        return np.ascontiguousarray(audio.reshape(-1), np.float32)


def open_session(path: Path, threads: int = 1) -> ort.InferenceSession:
    """Open an ONNX file on the CPU with few threads that do not spin."""
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def cut_graph(model: Path) -> dict[str, Path]:
    """Cut ``model`` into its three parts once; return their files by name.

    Where this machine multiplies exactly, the parts take signed sounds (:mod:`~.signed`).

    Raises
    ------
    AdapterUnavailable
        ``voice-model-unknown`` when the file is not the graph that we know how to cut.
    """
    folder = cache_dir("voice") / f"kokoro-{_fingerprint(model)}-v{_CUT_VERSION}"
    probe = folder / "probe.onnx"
    if not probe.is_file():
        write_bytes(probe, probe_model())
    signed = is_exact(open_session(probe))
    ending = "-signed" if signed else ""
    parts = {name: folder / f"{name}{ending}.onnx" for name in _PARTS}
    if not all(path.is_file() for path in parts.values()):
        _write_parts(model, parts, signed)
    return parts


def _fingerprint(model: Path) -> str:
    """Hash the size and both ends of a file: enough to tell one verified file from another."""
    size = model.stat().st_size
    digest = hashlib.blake2b(str(size).encode(), digest_size=8)
    with model.open("rb") as stream:
        digest.update(stream.read(1 << 16))
        stream.seek(max(0, size - (1 << 16)))
        digest.update(stream.read())
    return digest.hexdigest()


def _write_parts(model: Path, parts: dict[str, Path], signed: bool) -> None:
    import onnx
    from google.protobuf.message import DecodeError  # type: ignore[import-untyped]

    try:
        whole = onnx.load(str(model))
    except (OSError, ValueError, DecodeError) as error:
        raise _unknown(model) from error
    produced = {name for node in whole.graph.node for name in node.output}
    if not all(name in produced for _, outputs in _PARTS.values() for name in outputs):
        raise _unknown(model)
    for name, (inputs, outputs) in _PARTS.items():
        part = _extract(whole, inputs, outputs)
        if signed:
            sign_convolutions(part.graph)
        write_bytes(parts[name], part.SerializeToString(deterministic=True))


def _unknown(model: Path) -> AdapterUnavailable:
    return AdapterUnavailable(
        "voice-model-unknown",
        f"语音模型 {model.name} 不是预期的 Kokoro-82M int8 图；"
        "请运行 cyberdirector models pull kokoro 重新获取。",
        f"the voice model {model.name} is not the Kokoro-82M int8 graph that was expected; "
        "run `cyberdirector models pull kokoro` to fetch it again.",
    )


def _extract(
    whole: Any, inputs: dict[str, tuple[str, list[Any]]], outputs: Iterable[str]
) -> Any:
    """Return the sub-graph between ``inputs`` and ``outputs``, nodes in their old order."""
    from onnx import TensorProto, helper

    producer = {name: node for node in whole.graph.node for name in node.output if name}
    constants = {item.name: item for item in whole.graph.initializer}
    wanted, seen = list(outputs), set(inputs)
    nodes: set[int] = set()
    used: list[str] = []
    while wanted:
        name = wanted.pop()
        if name in seen or not name:
            continue
        seen.add(name)
        if name in constants:
            used.append(name)
            continue
        node = producer[name]
        if id(node) not in nodes:
            nodes.add(id(node))
            wanted.extend(node.input)
    kinds = {"float": TensorProto.FLOAT, "int64": TensorProto.INT64}
    graph = helper.make_graph(
        [node for node in whole.graph.node if id(node) in nodes],
        "part",
        [
            helper.make_tensor_value_info(name, kinds[kind], shape or None)
            for name, (kind, shape) in inputs.items()
        ],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs],
        [constants[name] for name in sorted(used)],
    )
    part = helper.make_model(graph, opset_imports=whole.opset_import)
    part.ir_version = whole.ir_version
    return part


@lru_cache(maxsize=2)
def kokoro(threads: int = 1) -> KokoroGraph:
    """Return the opened model of the model store (kept for the life of the process)."""
    from cyberdirector import modelstore

    return KokoroGraph(modelstore.get("kokoro"), threads)
