"""Convolutions of 8-bit models on signed sounds: the same integers, a quarter of the time less.

``ConvInteger`` multiplies weights (unsigned) by activations. ONNX Runtime has a fast kernel for
unsigned by signed numbers (VNNI), so activations are quantised to −128..127 instead of 0..255,
their zero point with them. Every product of differences stays the same integer, and so do the
bytes of the sound. Older processors add pairs of such products with saturation, which is
wrong; :func:`is_exact` finds out by trying.
"""

from __future__ import annotations

from typing import Any

import numpy as np

_HALF = "signed_half"


def sign_convolutions(graph: Any) -> None:
    """Let every ``ConvInteger`` of a GraphProto take signed activations, in place.

    Only those whose activations come from ``DynamicQuantizeLinear`` are changed.
    """
    from onnx import TensorProto, helper, numpy_helper

    quantised = {n.output[0]: n for n in graph.node if n.op_type == "DynamicQuantizeLinear"}
    wanted: set[str] = set()
    for node in graph.node:
        if node.op_type == "ConvInteger" and node.input[0] in quantised:
            wanted.add(node.input[0])
            node.input[2] += "_signed"
            node.input[0] += "_signed"
    if not wanted:
        return
    nodes = []
    for node in graph.node:
        nodes.append(node)
        if node.op_type == "DynamicQuantizeLinear" and node.output[0] in wanted:
            values, scale, zero = node.output
            nodes += [
                helper.make_node("Cast", [zero], [f"{zero}_wide"], to=TensorProto.INT32),
                helper.make_node("Sub", [f"{zero}_wide", _HALF], [f"{zero}_moved"]),
                helper.make_node(
                    "Cast", [f"{zero}_moved"], [f"{zero}_signed"], to=TensorProto.INT8
                ),
                helper.make_node(
                    "QuantizeLinear",
                    [node.input[0], scale, f"{zero}_signed"],
                    [f"{values}_signed"],
                ),
            ]
    del graph.node[:]
    graph.node.extend(nodes)
    graph.initializer.append(numpy_helper.from_array(np.array(128, np.int32), _HALF))


def probe_model() -> bytes:
    """Return a small ONNX model (bytes): one convolution of signed activations ``x``."""
    from onnx import TensorProto, helper, numpy_helper

    weights = np.full((16, 64, 1), 255, np.uint8)
    graph = helper.make_graph(
        [helper.make_node("ConvInteger", ["x", "w", "xz", "wz"], ["y"])],
        "probe",
        [helper.make_tensor_value_info("x", TensorProto.INT8, [1, 64, 40])],
        [helper.make_tensor_value_info("y", TensorProto.INT32, None)],
        [
            numpy_helper.from_array(weights, "w"),
            numpy_helper.from_array(np.array(0, np.int8), "xz"),
            numpy_helper.from_array(np.array(0, np.uint8), "wz"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)])
    model.ir_version = 9
    return bytes(model.SerializeToString(deterministic=True))


def is_exact(session: Any) -> bool:
    """Return whether this machine multiplies the largest numbers of the probe exactly.

    Parameters
    ----------
    session
        An ONNX Runtime session of :func:`probe_model`.
    """
    sound = np.full((1, 64, 40), 127, np.int8)
    sound[:, :, 1::2] = -128
    (found,) = session.run(None, {"x": sound})
    expected = 255 * 64 * sound[:, :1].astype(np.int64)
    return bool(np.array_equal(found, np.broadcast_to(expected, found.shape)))
