from pathlib import Path

import numpy as np
import pytest

from cyberdirector import modelstore
from cyberdirector.core.errors import AdapterUnavailable
from cyberdirector.voice.g2p import read_line
from cyberdirector.voice.graph import cut_graph, kokoro, open_session
from cyberdirector.voice.signed import is_exact, probe_model, sign_convolutions
from cyberdirector.voice.styles import pack, pack_names, style_row, tokens_of


def test_parts_give_the_bytes_of_the_whole() -> None:
    tokens = tokens_of(read_line("你好，掌柜。").symbols)
    name = pack_names()[0]
    style = style_row({name: 1.0}, {name: 1.0}, len(tokens) - 2)
    graph = kokoro(2)
    encoded = graph.encode(tokens, style)
    prosody = graph.intone(encoded, encoded.rounded.astype(np.int64), style)
    whole = open_session(modelstore.get("kokoro"), 1)
    feeds = {"tokens": tokens[None], "style": style, "speed": np.ones(1, np.float32)}
    (audio,) = whole.run(None, feeds)
    np.testing.assert_array_equal(graph.sound(prosody, style), audio.reshape(-1))


def test_signed_convolutions_give_the_same_integers(tmp_path: Path) -> None:
    from onnx import TensorProto, helper, numpy_helper

    rng = np.random.default_rng(0)
    weights = rng.integers(0, 256, (24, 32, 3)).astype(np.uint8)
    nodes = [
        helper.make_node("DynamicQuantizeLinear", ["x"], ["q", "s", "z"]),
        helper.make_node("ConvInteger", ["q", "w", "z", "wz"], ["y"], pads=[1, 1]),
    ]
    constants = [
        numpy_helper.from_array(weights, "w"),
        numpy_helper.from_array(np.array(117, np.uint8), "wz"),
    ]
    given = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 32, "n"])
    made = helper.make_tensor_value_info("y", TensorProto.INT32, None)
    graph = helper.make_graph(nodes, "g", [given], [made], constants)
    sound = rng.normal(0.3, 1.0, (1, 32, 50)).astype(np.float32)
    found = []
    for name in ("plain", "signed"):
        if name == "signed":
            sign_convolutions(graph)
            assert graph.node[-1].input[0] == "q_signed"
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)])
        model.ir_version = 9
        (tmp_path / name).write_bytes(model.SerializeToString())
        found.append(open_session(tmp_path / name).run(None, {"x": sound})[0])
    (tmp_path / "probe").write_bytes(probe_model())
    if not is_exact(open_session(tmp_path / "probe")):
        pytest.skip("this processor saturates products of unsigned and signed numbers")
    np.testing.assert_array_equal(*found)


def test_a_probe_that_saturates_is_noticed() -> None:
    class Saturating:
        def run(self, _: None, feeds: dict[str, np.ndarray]) -> list[np.ndarray]:
            pairs = 2 * 255 * feeds["x"][:, :1].astype(np.int64)
            return [np.broadcast_to(32 * np.clip(pairs, -32768, 32767), (1, 16, 40))]

    assert not is_exact(Saturating())


def test_a_file_that_is_not_the_model_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.onnx"
    path.write_bytes(b"not a graph")
    with pytest.raises(AdapterUnavailable, match="voice-model-unknown"):
        cut_graph(path)


def test_styles_mix_linearly_and_join_two_halves() -> None:
    a, b = pack_names()[:2]
    mixed = style_row({a: 1.0, b: 1.0}, {b: 2.0}, 20)[0]
    np.testing.assert_allclose(
        mixed[:128], (pack(a)[19, :128] + pack(b)[19, :128]) / 2, atol=1e-6
    )
    np.testing.assert_allclose(mixed[128:], pack(b)[19, 128:], atol=1e-6)
