from pathlib import Path

import numpy as np
import pytest

from cyberdirector import modelstore
from cyberdirector.core.errors import AdapterUnavailable
from cyberdirector.voice.g2p import read_line
from cyberdirector.voice.graph import cut_graph, kokoro, open_session
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
